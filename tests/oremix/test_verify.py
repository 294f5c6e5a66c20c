"""`oremix verify`: 0 right, 2 unreadable, 3 wrong and why."""

import json
from pathlib import Path

import pytest

import oremix
from tests.corrupted import WITH_BUILDS, corrupted, fewest
from tests.oremix.test_cli import INFEASIBLE, MINIMAL, run


@pytest.fixture(scope="module")
def lithium(tmp_path_factory):
    """The files of an example with builds, and its plan."""
    folder = tmp_path_factory.mktemp("lithium")
    problem = oremix.example("lithium-japan")
    (folder / "problem.json").write_text(problem, encoding="utf-8")
    return folder, json.loads(oremix.solve(problem, detail="plan").to_json())


@pytest.fixture
def files(tmp_path):
    """The smallest problem and a plan of it."""
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    problem.write_text(MINIMAL)
    plan.write_text(oremix.solve(MINIMAL).to_json())
    return str(problem), str(plan)


def test_a_right_plan_ends_with_0(files):
    """In words each category, what is not checked, and the verdict; as JSON what the library gives."""
    problem, plan = files
    done = run("verify", problem, plan)
    assert (done.returncode, done.stdout) == (
        0,
        str(oremix.verify(oremix.load(problem), oremix.load_plan(plan))) + "\n",
    )
    for words in ("costs", "totals", "balances", "capacities", "builds", "footprints", "shares", "Not checked"):
        assert words in done.stdout
    assert "that nothing cheaper exists" in done.stdout
    assert "\nright: " in done.stdout
    found = json.loads(run("verify", problem, plan, "--json").stdout)
    assert found == json.loads(oremix.verify(oremix.load(problem), oremix.load_plan(plan)).to_json())


@pytest.mark.parametrize("corrupt", WITH_BUILDS, ids=lambda corrupt: corrupt.__name__)
def test_a_corrupted_plan_ends_with_3(lithium, corrupt):
    """And the output says where it is wrong."""
    folder, plan = lithium
    wrong, category, where = corrupted(plan, corrupt)
    done = run("verify", str(folder / "problem.json"), "-", text=json.dumps(wrong))
    assert done.returncode == 3
    verdict = " ".join(done.stdout.partition("\nwrong\n")[2].split())
    assert f"{category}: " in verdict
    assert where in verdict


def test_another_tools_plan_and_what_it_does_not_state(files):
    """A plan on standard input with the fewest fields; what it leaves out is listed, and its missing hash warned of."""
    problem, plan = files
    told = fewest(json.loads(Path(plan).read_text(encoding="utf-8")))
    done = run("verify", problem, "-", text=json.dumps(told))
    assert done.returncode == 0
    assert "Not stated" in done.stdout
    assert "purchases: country, place, material, paid, unit, cost" in done.stdout
    assert "warning: the plan does not say of which problem it is" in done.stdout


def test_by_how_much_a_plan_is_dearer(files):
    """Solved when asked."""
    done = run("verify", *files, "--cheapest", "--time-limit", "60")
    assert done.returncode == 0
    assert "as cheap as can be" in done.stdout
    assert "nothing cheaper exists" not in done.stdout


def test_a_claim_that_there_is_no_plan(tmp_path):
    """Nothing to recompute: 3, until solving confirms it."""
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    problem.write_text(INFEASIBLE)
    assert run("solve", str(problem), "-o", str(plan)).returncode == 3
    done = run("verify", str(problem), str(plan))
    assert (done.returncode, "only solving the problem can say so" in done.stdout) == (3, True)
    done = run("verify", str(problem), str(plan), "--cheapest")
    assert (done.returncode, "solved, the problem is infeasible" in done.stdout) == (0, True)


@pytest.mark.parametrize(
    ("problem", "plan", "words"),
    [
        (MINIMAL, "{", "plan.json: /: is not JSON"),
        (MINIMAL, "{}", "plan.json: /: states nothing"),
        (MINIMAL, '{"purchases": [{"supplier": "northern", "period": 1}]}', "plan.json: /purchases/0/quantity: "),
        ("{}", '{"total_cost": 1}', "problem.json: /materials: "),
        (MINIMAL.replace("60000", "-1"), '{"total_cost": "dear"}', "plan.json: /total_cost: "),
        (MINIMAL.replace("60000", "-1"), '{"total_cost": "dear"}', "problem.json: /suppliers/0/capacity: "),
    ],
)
def test_what_cannot_be_read_ends_with_2(tmp_path, problem, plan, words):
    """Every fault of both files, each on its line, with nothing on standard output."""
    (tmp_path / "problem.json").write_text(problem)
    (tmp_path / "plan.json").write_text(plan)
    done = run("verify", str(tmp_path / "problem.json"), str(tmp_path / "plan.json"))
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr


@pytest.mark.parametrize("arguments", [["-", "-"], ["nowhere.json", "-"], ["-", "nowhere.json"], ["-"]])
def test_a_wrong_call_ends_with_2(arguments):
    """Standard input twice, a file that is not there, or one argument too few."""
    done = run("verify", *arguments, text=MINIMAL)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith("oremix: ")
