"""Work spread over threads, processes or a cluster comes back alike, in order, whatever dies on the way."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from oremix.models import InvalidOption
from oremix.optimizer import engine
from oremix.optimizer.clock import Clock, OutOfTime
from oremix.optimizer.engine import in_worker, shares_memory, spread, spread_as_done
from oremix.optimizer.solving import coupling
from oremix.optimizer.solving.coupled import run_coupled
from oremix.optimizer.solving.coupling import separated
from tests.random_lps import in_blocks


def squared(number: int) -> int:
    time.sleep(0.01 * (number % 3))
    return number * number


def refused(number: int) -> int:
    raise ValueError(f"not {number}")


def nested(number: int) -> tuple[bool, list[int]]:
    return in_worker(), spread(squared, [number, number + 1])


def dying(item: tuple[int, str]) -> int:
    """The first who comes to the fourth item dies of it."""
    number, mark = item
    if number == 3 and not Path(mark).exists():
        Path(mark).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def slow(number: int) -> int:
    time.sleep(0.5 if number == 0 else 0.0)
    return number


class Maker:
    """Makes a list that says where it was made, and what was done with it."""

    def __call__(self) -> list[str]:
        return [f"{os.getpid()} {threading.get_ident()}"]


def noted(made: list[str], number: int) -> tuple[int, str, int]:
    made.append(str(number))
    time.sleep(0.02)
    assert made[0] == f"{os.getpid()} {threading.get_ident()}"
    return 10 * number, made[0], len(made)


def dying_of(_: list[str], item: tuple[int, str]) -> int:
    return dying(item)


def patient(number: int) -> int:
    time.sleep(4.0 if number else 0.0)
    return number


def out_of_time(number: int) -> int:
    if number == 3:
        raise OutOfTime
    return number


@pytest.mark.usefixtures("engine_name")
def test_results_come_in_order() -> None:
    """However long each takes."""
    assert spread(squared, range(7)) == [0, 1, 4, 9, 16, 25, 36]
    assert spread(squared, []) == []
    assert spread(squared, [3]) == [9]


@pytest.mark.usefixtures("engine_name")
def test_errors_come_through() -> None:
    """What a worker raises is raised here."""
    with pytest.raises(ValueError, match="not 0"):
        spread(refused, [0, 0])


@pytest.mark.usefixtures("engine_name")
def test_results_are_handed_over_as_they_are_done() -> None:
    """The first takes long: the others are there before it, each with its number."""
    found = list(spread_as_done(slow, range(6)))
    assert sorted(found) == [(number, number) for number in range(6)]
    assert found[0] != (0, 0)


@pytest.mark.usefixtures("engine_name")
def test_every_worker_makes_what_it_needs_once() -> None:
    """Each has its own, made where it is used; and another call makes another."""
    for _ in range(2):
        found = dict(spread_as_done(noted, range(12), make=Maker()))
        assert [found[number][0] for number in range(12)] == list(range(0, 120, 10))
        counts: dict[str, list[int]] = {}
        for _, where, count in found.values():
            counts.setdefault(where, []).append(count)
        assert all(sorted(each) == list(range(2, len(each) + 2)) for each in counts.values())
        assert len(counts) <= 2


def test_alone_it_makes_it_once_too() -> None:
    """An item alone is done here, and so are all within a worker."""
    (only,) = spread_as_done(noted, [4], make=Maker())
    assert only == (0, (40, Maker()()[0], 2))


@pytest.mark.usefixtures("outside_engine")
def test_a_worker_that_takes_over_makes_it_again(tmp_path: Path) -> None:
    """What the killed one had made is made anew."""
    items = [(number, str(tmp_path / "died")) for number in range(6)]
    assert dict(spread_as_done(dying_of, items, make=Maker())) == dict(enumerate(range(6)))
    assert (tmp_path / "died").exists()


@pytest.mark.usefixtures("outside_engine")
@pytest.mark.parametrize("stopped", [True, False])
def test_nobody_waits_beyond_the_end(stopped: bool) -> None:
    """Stopped, or at its limit, what is done is handed over, and what is under way is left; others come after it."""
    spread(squared, [1, 2])  # workers that stand
    stop = threading.Event()
    clock = Clock(None if stopped else 2.0, stop)
    began = time.monotonic()
    found = []
    for result in spread_as_done(patient, [0, 1, 2, 3, 4], clock=clock):
        found.append(result)
        if stopped:
            stop.set()
    assert found == [(0, 0)]
    assert time.monotonic() - began < 3.5
    assert spread(squared, [1, 2, 3, 4]) == [1, 4, 9, 16]


@pytest.mark.usefixtures("engine_name")
def test_what_ran_out_of_time_is_left_out() -> None:
    """An item that says so ends it; without a clock it is an error like any other."""
    found = dict(spread_as_done(out_of_time, range(400), clock=Clock()))
    assert 3 not in found
    assert len(found) < 399
    assert all(number == result for number, result in found.items())
    with pytest.raises(OutOfTime):
        spread(out_of_time, range(5))
    assert list(spread_as_done(squared, range(5), clock=Clock(0.0))) == []


@pytest.mark.usefixtures("engine_name")
def test_a_worker_does_not_spread_further() -> None:
    """Within a worker the work is done one after another, and workers are not waited for by workers."""
    assert spread(nested, [1, 2]) == [(True, [1, 4]), (True, [4, 9])]
    assert not in_worker()


def test_only_threads_share_memory(engine_name: str) -> None:
    """Who wants to hand on an event asks first."""
    assert shares_memory() == (engine_name == "threads")


@pytest.mark.usefixtures("outside_engine")
def test_a_killed_worker_costs_nothing_but_time(tmp_path: Path) -> None:
    """Its work is done again by another."""
    items = [(number, str(tmp_path / "died")) for number in range(6)]
    assert spread(dying, items) == [0, 1, 2, 3, 4, 5]
    assert (tmp_path / "died").exists()


@pytest.mark.parametrize("stated", ["smoke", "threads:1", "loky:here", ""])
def test_engines_are_known_by_name(monkeypatch: pytest.MonkeyPatch, stated: str) -> None:
    """Another name is refused with those that there are; nothing stated is threads."""
    monkeypatch.setenv("OREMIX_ENGINE", stated)
    if stated:
        with pytest.raises(InvalidOption, match=r"OREMIX_ENGINE should be one of threads, loky, dask, ray"):
            spread(squared, [1, 2])
    else:
        assert spread(squared, [1, 2]) == [1, 4]


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine whose package is not installed is refused with what to install."""
    monkeypatch.setenv("OREMIX_ENGINE", "ray")
    monkeypatch.setitem(__import__("sys").modules, "ray", None)
    with pytest.raises(InvalidOption, match=r"OREMIX_ENGINE=ray needs ray.*pip install 'oremix\[ray\]'"):
        spread(squared, [1, 2])


@pytest.mark.usefixtures("outside_engine")
def test_prices_are_found_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """A decomposition ends bit for bit as in one thread."""
    monkeypatch.setattr(coupling, "COLUMNS_PER_ROW", 3)
    arrays = in_blocks(np.random.default_rng(5), 8, shared=3)
    parts = separated(arrays, 1)
    assert parts is not None
    here = run_coupled(arrays, parts)
    monkeypatch.setenv("OREMIX_ENGINE", "threads")
    monkeypatch.setattr(engine, "_cores", lambda: 1)
    alone = run_coupled(arrays, parts)
    assert (here.status, alone.status) == ("optimal", "optimal")
    assert here.x is not None
    assert here.duals is not None
    assert alone.x is not None
    assert alone.duals is not None
    assert here.x.tobytes() == alone.x.tobytes()
    assert here.duals.tobytes() == alone.duals.tobytes()


def test_a_worker_killed_while_prices_are_found(monkeypatch: pytest.MonkeyPatch, cluster: str) -> None:
    """A worker of the cluster is killed in the middle: the same answer."""
    from distributed import Client

    monkeypatch.setattr(coupling, "COLUMNS_PER_ROW", 3)
    arrays = in_blocks(np.random.default_rng(6), 8, shared=3)
    parts = separated(arrays, 1)
    assert parts is not None
    expected = run_coupled(arrays, parts)
    monkeypatch.setenv("OREMIX_ENGINE", f"dask:{cluster}")
    with Client(cluster) as client:
        workers = client.run(os.getpid)
        killer = threading.Timer(0.1, os.kill, (min(workers.values()), signal.SIGKILL))
        killer.start()
        found = run_coupled(arrays, parts)
        killer.join()
    assert found.x is not None
    assert expected.x is not None
    assert found.x.tobytes() == expected.x.tobytes()
