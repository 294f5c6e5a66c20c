import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest

from benchmarks import clock, report
from benchmarks.prepare import prepare
from benchmarks.results import Results
from benchmarks.routes import ROUTES
from benchmarks.run import Disagreement, check, installed
from benchmarks.service import load

Measured = dict[str, Any]
ROOT = Path(__file__).parents[2]


def measured(route: str, folder: Path, *more: str) -> list[Measured]:
    """What the measurements of one process say, as the command starts it."""
    command = [sys.executable, "-m", "benchmarks.measure", route, str(folder), *more]
    done = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [one | {"size": "0.1k", "variant": ""} for one in json.loads(done.stdout)]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Measured]:
    folder = tmp_path_factory.mktemp("problem")
    prepare(folder, "0.1k", coupled=True, yes_no=False, seed=1)
    return {route: measured(route, folder)[0] for route in installed(list(ROUTES))}


def test_every_route_solves_the_same_program(found: dict[str, Measured]) -> None:
    """The arrays, Oremix, and every other library that is installed have the same shape and optimum."""
    check(list(found.values()))
    assert {tuple(one["shape"]) for one in found.values()} == {(128, 90, 294)}
    assert set(found) >= {"raw", "oremix", "oremix_full", "pulp_cbc", "pulp_highs"}
    assert found["oremix"]["status"] == "optimal"


def test_every_phase_of_ours_is_measured(found: dict[str, Measured]) -> None:
    """No phase is lost when a function is renamed, and none is counted twice into another."""
    for route in ("oremix", "oremix_full"):
        assert set(found[route]["cpu"]) == set(found[route]["wall"]) == set(report.PHASES)
    assert set(found["pulp_cbc"]["cpu"]) == {"build", "hand over", "solve", "read back"}
    assert found["pulp_cbc"]["cpu"]["solve"] > 0, "CBC's own process counts"


def test_a_measurement_can_end_where_the_solver_would_start(tmp_path: Path) -> None:
    """For sizes that nothing solves in time: there is no optimum, and what came before is measured."""
    prepare(tmp_path, "0.1k", coupled=False, yes_no=True, seed=1)
    for route in ("oremix", "pulp_highs", "pulp_cbc"):
        (one,) = measured(route, tmp_path, "--no-run")
        assert "objective" not in one
        assert one["cpu"]["hand over"] > 0


def test_a_process_that_goes_on_tells_the_first_from_the_others(tmp_path: Path) -> None:
    """Every route can be repeated, with the same optimum each time."""
    prepare(tmp_path, "0.1k", coupled=True, yes_no=False, seed=1)
    for route in ("raw", "oremix", "pulp_cbc"):
        group = measured(route, tmp_path, "--seconds=1e-9")
        assert [one["first"] for one in group] == [True, False, False]
        check(group)


@pytest.mark.parametrize(("name", "value"), [("objective", 103_440_000.0), ("shape", [128, 90, 293])])
def test_routes_that_differ_are_not_compared(found: dict[str, Measured], name: str, value: Any) -> None:
    """Another optimum or another program ends the run."""
    with pytest.raises(Disagreement, match="pulp_highs"):
        check([found["raw"], found["pulp_highs"] | {name: value}])


def test_inner_phases_are_not_counted_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """10 s of which 3 are an inner phase, twice."""
    times = iter([0.0, 1.0, 4.0, 5.0, 8.0, 10.0])

    def now() -> tuple[float, float]:
        at = next(times)
        return at, 2 * at

    monkeypatch.setattr(clock, "_now", now)
    stopwatch = clock.Clock()
    with stopwatch.phase("outer"):
        for _ in range(2):
            with stopwatch.phase("inner"):
                pass
    assert stopwatch.wall == {"inner": 6.0, "outer": 4.0}
    assert stopwatch.cpu == {"inner": 12.0, "outer": 8.0}
    stopwatch.restart()
    assert stopwatch.wall == stopwatch.cpu == {}


def test_what_other_threads_do_belongs_to_the_phase_that_waits_for_them() -> None:
    """A phase of another thread would otherwise be taken for one inside whatever phase is open here."""
    stopwatch = clock.Clock()

    def work() -> None:
        with stopwatch.phase("elsewhere"):
            pass

    with stopwatch.phase("here"):
        thread = Thread(target=work)
        thread.start()
        thread.join()
    assert set(stopwatch.wall) == {"here"}


def test_what_follows_the_solver_is_not_handing_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """2 s of handing over, 3 of solving, and 4 of reading the answer back."""
    times = iter([0.0, 2.0, 5.0, 5.0, 9.0])
    monkeypatch.setattr(clock, "_now", lambda: (next(times),) * 2)
    stopwatch = clock.Clock()
    with stopwatch.phase("hand over"):
        with stopwatch.phase("solve"):
            pass
        stopwatch.go_on_as("read back")
    assert stopwatch.cpu == {"hand over": 2.0, "solve": 3.0, "read back": 4.0}


def one(route: str, size: str = "1k", *, first: bool = True, peak: float = 50.0, **cpu: float) -> Measured:
    """A measurement; what is not said is as small as it can be."""
    return {
        "route": route,
        "size": size,
        "variant": "",
        "first": first,
        "import": 9.0,
        "cpu": cpu,
        "wall": cpu,
        "peak_mb": peak,
        "start_mb": 40.0,
    }


RAW = {"hand over": 0.1, "solve": 1.0}
OURS = {"validate": 0.2, "formulate": 0.3, "solve": 1.0, "answer": 2.0}
RATES = [(load.OURS, 160.0), (load.RIVAL, 80.0)]


def test_the_tables_say_ratios_to_the_limit() -> None:
    """Made in 0.5 s where the limit takes 0.1, all in 3.5 where it takes 1.1; neither import nor first time counts."""
    slow = {phase: 2 * spent for phase, spent in OURS.items()}
    group = [one("raw", **RAW), one("oremix", **slow), one("oremix", first=False, **OURS)] * 2
    text = report.text(Results(group), "command")
    assert "| Oremix, `detail=plan` | 0.5 | 5 (5) | 1 | 3.5 | 3.18 (3.18) | 3.5 | 7 | 9 |" in text
    assert "| answer | 2 (1.82) |" in text
    assert "2 processes each" in text


def test_memory_is_that_of_the_first_time_less_what_was_there() -> None:
    """70 MB to the limit's 50, of which both had 40 before the problem: 30 to 10."""
    group = [one("raw", **RAW), one("oremix", peak=70.0, **OURS), one("oremix", first=False, peak=90.0, **OURS)]
    assert "| Oremix, `detail=plan` | 70 (1.4), 30 (3) |" in report.text(Results(group), "command")


def test_targets_are_said_to_be_met_or_missed() -> None:
    """250 % besides solving is more than 15 %; 5 times the making is less than 12; what was not measured is not met."""
    services = [{"name": name, "per_cpu": per_cpu, "per_wall": 1.0, "kilobytes": 1.0} for name, per_cpu in RATES]
    group = [one("raw", "100k", **RAW), one("oremix", "100k", peak=70.0, **OURS)]
    swept = SimpleNamespace(cold=8.0, opened=9.0, points=15.0, ratio=3.0, apart=2e-9)
    text = report.text(Results(group, services, {"100k": swept}), "command")
    assert "| besides solving at 100k, of the bare solve | at most 15 % | 250 % | **missed** |" in text
    assert "| made at 100k, to raw arrays | at most 12 × | 5 × | met |" in text
    assert "| peak less start at 100k, to raw arrays | at most 4 × | 3 × | met |" in text
    assert "| besides solving at 0.1k, to all of the bare | at most 2 × | – | not measured |" in text
    assert "| problems of 0.1k answered per CPU-second | at least 150 | 160 | met |" in text
    assert "| the same, to PuLP + CBC | at least 3 × | 2 × | **missed** |" in text
    assert "| 50 caps at 100k through a session, in cold solves | at most 5 | 3 | met |" in text
    assert "| their costs, apart from cold solves' | at most 1e-09 | 2e-09 | **missed** |" in text
    assert "| 100k | 8 | 9 | 15 | 3 | 2e-09 |" in text


def test_the_page_keeps_what_people_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only what stands between the marks is replaced."""
    page = tmp_path / "benchmarks.md"
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n", encoding="utf-8")
    monkeypatch.setattr(report, "find_spec", lambda _: None)
    report.write(tmp_path, "new", Results([]))
    assert page.read_text(encoding="utf-8") == f"before\n{report.BEGIN}\n\nnew\n\n{report.END}\nafter\n"
