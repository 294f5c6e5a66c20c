"""The command line, as a process: what goes where, how it ends, and never a traceback."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest

import oremix
from oremix.cli import DOCUMENTS, EXIT_CODES
from oremix.models.plan import Status
from oremix.models.schema import DOCUMENTS as DESCRIBED
from oremix.models.schema import schema

MINIMAL = oremix.example("minimal")
COMMAND = [sys.executable, "-m", "oremix"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}


def run(*arguments: str, text: str | bytes = b"", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command with this standard input."""
    result = subprocess.run(
        [*COMMAND, *arguments],
        input=text.encode() if isinstance(text, str) else text,
        capture_output=True,
        env=ENVIRONMENT | variables,
        timeout=120,
        check=False,
    )
    done = subprocess.CompletedProcess(result.args, result.returncode, result.stdout.decode(), result.stderr.decode())
    assert "Traceback" not in done.stderr
    return done


def answered(*arguments: str) -> dict[str, Any]:
    """What the command answers as JSON."""
    done = run(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def changed(**parts: Any) -> str:
    """The minimal problem with some parts replaced."""
    return json.dumps(json.loads(MINIMAL) | parts)


INFEASIBLE = MINIMAL.replace("6500", "100")


# ---------------------------------------------------------------- solve


@pytest.mark.parametrize("solver", ["highs", "cbc"])
def test_json_alone_is_on_standard_output(solver):
    """With --json standard output is one JSON document: the plan, whatever the solver prints."""
    done = run("solve", "-", "--json", "--solver", solver, text=MINIMAL)
    assert done.returncode == 0
    plan = json.loads(done.stdout)
    assert plan["total_cost"] == pytest.approx(348_700_000)
    assert done.stdout.startswith("{")


def test_json_alone_with_yes_no_builds():
    """Branching prints nothing to standard output either."""
    problem = json.loads(MINIMAL)
    problem["suppliers"][1]["build"] = {"max": 5000, "fixed_capex": 1e7, "unit_capex": 1000, "life": 10}
    problem["discount_rate"] = 0.05
    done = run("solve", "-", "--json", text=json.dumps(problem))
    assert json.loads(done.stdout)["status"] == "optimal"


def test_the_table_alone_is_on_standard_output():
    """Without --json standard output is the table that the library prints."""
    done = run("solve", "-", text=MINIMAL)
    assert done.returncode == 0
    assert done.stdout == str(oremix.solve(oremix.read_problem(MINIMAL))).rstrip("\n") + "\n"


def test_the_plan_is_written_to_a_file_too(tmp_path):
    """-o writes the plan as JSON, which can be read back."""
    file = tmp_path / "plan.json"
    done = run("solve", "-", "-o", str(file), text=MINIMAL)
    assert done.returncode == 0
    assert oremix.load_plan(file).total_cost == pytest.approx(348_700_000)


@pytest.mark.parametrize("as_json", [[], ["--json"]])
def test_infeasible_exits_3_with_the_answer(as_json):
    """An infeasible problem is answered with what conflicts and what would help, and exit code 3."""
    done = run("solve", "-", *as_json, text=INFEASIBLE)
    assert done.returncode == 3
    assert "infeasible" in done.stdout
    assert "cannot hold together" in done.stdout
    assert "raise" in done.stdout


def test_cap_replaces_the_max_of_a_policy_on_that_country():
    """--cap on a country that has a cap changes it, and says so."""
    done = run("solve", "-", "--json", "--cap", "CN=0.5", text=MINIMAL)
    plan = json.loads(done.stdout)
    assert plan["total_cost"] == pytest.approx(2750 * 55_000 + 2750 * 69_000)
    assert "set the max of china_cap" in done.stderr
    assert {share["policy"] for share in plan["shares"]} <= {"china_cap", None}


def test_cap_adds_a_policy_where_there_is_none():
    """--cap on another country or group adds a cap, and says so."""
    done = run("solve", "-", "--json", "--cap", "allies=0.7", text=changed(groups={"allies": ["AU", "US"]}))
    assert done.returncode == 0
    shares = {share["policy"]: share for share in json.loads(done.stdout)["shares"]}
    assert shares["cap_allies"]["max"] == 0.7
    assert "added the policy cap_allies" in done.stderr


def test_cap_leaves_other_measures_and_bounds_alone():
    """A cap on production, or a minimum, is not what --cap means."""
    policies = [
        {"id": "made", "type": "share", "countries": ["CN"], "measure": "production", "max": 0.9},
        {"id": "least", "type": "share", "countries": ["CN"], "min": 0.1},
        {"id": "cap_CN", "type": "share", "countries": ["CN", "AU"], "max": 1},
    ]
    done = run("solve", "-", "--json", "--cap", "CN=0.5", text=changed(policies=policies))
    assert done.returncode == 0
    assert "added the policy cap_CN_2" in done.stderr


@pytest.mark.parametrize("cap", ["CN", "=0.3", "CN=1.7", "CN=-1", "CN=nan", "CN=x", "CN="])
def test_a_cap_that_cannot_be_read_exits_2(cap):
    """--cap wants a place and a share."""
    fails(run("solve", "-", "--cap", cap, text=MINIMAL), "--cap")


def test_two_caps_on_one_country_exit_2():
    """Of two caps on the same country neither is silently dropped."""
    fails(run("solve", "-", "--cap", "CN=0.3", "--cap", "CN=0.2", text=MINIMAL), "CN stands twice")


def test_an_lp_on_standard_output_exits_2():
    """Standard output is for the answer; `-` is no file to write an LP to."""
    fails(run("solve", "-", "--lp", "-", text=MINIMAL), "needs a file")
    assert not (Path.cwd() / "-").exists()


def test_a_cap_on_an_unknown_country_exits_2():
    """A cap on a country that does not exist is a fault of the input."""
    fails(run("solve", "-", "--cap", "ZZ=0.3", text=MINIMAL), "ZZ")


def test_the_linear_program_is_written_with_readable_names(tmp_path):
    """--lp writes the program with the user's own ids in it."""
    file = tmp_path / "problem.lp"
    assert run("solve", "-", "--lp", str(file), text=MINIMAL).returncode == 0
    assert "mount_weld" in file.read_text()


# ---------------------------------------------------------------- bad input


BAD = {
    "empty": (b"", "is empty"),
    "truncated": (MINIMAL[:100], "line 4, column 3"),
    "list": ("[]", "JSON object"),
    "NaN": (MINIMAL.replace("60000", "NaN"), "NaN"),
    "1e400": (MINIMAL.replace("60000", "1e400"), "/suppliers/0/capacity"),
    "duplicate key": ('{"name": 1, "name": 2}', "stands twice"),
    "invalid UTF-8": (b'{"name": "\xff"}', "UTF-8"),
    "nested": ("[" * 100_000, "nested too deeply"),
    "nested less": (MINIMAL.replace('"NdPr oxide for Japan"', "[" * 900 + "]" * 900), "/name"),
    "wrong type": (MINIMAL.replace("60000", '"much"'), "/suppliers/0/capacity"),
    "unknown key": (MINIMAL.replace("unit_cost", "unitcost"), "/suppliers/0/unitcost"),
    "dangling": (MINIMAL.replace('"JP", "material": "ndpr_oxide"', '"JP", "material": "gold"'), "/demands/0/material"),
    "negative": (MINIMAL.replace("60000", "-5"), "/suppliers/0/capacity"),
    "share": (MINIMAL.replace("0.4", "1.7"), "/policies/0/max"),
    "duplicate id": (MINIMAL.replace("mount_weld", "northern"), "/suppliers/1/id"),
    "line break in a key": (MINIMAL.replace('"name"', '"na\\nme\\u001b[31m"'), "/na\\nme\\x1b[31m"),
}


@pytest.mark.parametrize(("text", "words"), BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize("command", ["solve", "check"])
def test_bad_input_exits_2_with_a_line_per_fault(command, text, words):
    """Each fault has one line on standard error with its pointer, and standard output is empty."""
    fails(run(command, "-", text=text), words)


def test_every_fault_has_its_line():
    """All faults are listed at once."""
    text = MINIMAL.replace("60000", "-5").replace("0.4", "1.7").replace("5500}", "-1}")
    done = run("check", "-", text=text)
    pointers = {line.partition(":")[0] for line in done.stderr.splitlines()}
    assert {"/suppliers/0/capacity", "/policies/0/max", "/demands/0/quantity"} <= pointers


def fails(done: subprocess.CompletedProcess[str], words: str) -> None:
    """Assert an end with exit code 2, these words in a line on standard error, and an empty standard output."""
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert any(words in line for line in done.stderr.splitlines()), done.stderr
    assert all(line.startswith(("/", "oremix: ")) for line in done.stderr.splitlines()), done.stderr


# ---------------------------------------------------------------- bad calls


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["solve", "no/such/file.json"], "no/such/file.json"),
        (["solve", "."], "directory"),
        (["solve", sys.executable], "UTF-8"),
        (["solve"], "PROBLEM"),
        (["solve", "-", "--solver", "nonsense"], "nonsense"),
        (["solve", "-", "--time-limit", "abc"], "--time-limit"),
        (["solve", "-", "--time-limit", "0"], "--time-limit"),
        (["solve", "-", "--time-limit", "nan"], "--time-limit"),
        (["solve", "-", "--gap", "-1"], "--gap"),
        (["solve", "-", "--frobnicate"], "--frobnicate"),
        (["solve", "-", "-o", "no/such/folder/plan.json"], "no/such/folder"),
        (["solve", "-", "-o", "."], "directory"),
        (["solve", "-", "--lp", "no/such/folder/x.lp"], "no/such/folder"),
        (["frobnicate"], "frobnicate"),
        (["examples", "nothing"], "nothing"),
        (["presets", "nothing"], "eu-crma-2030"),
        (["compliance", "-", "nowhere.json"], "nowhere.json"),
        (["compliance", "-", "--preset", "nothing"], "/presets/0/preset"),
        (["compliance", "-", "--preset", "{"], "is not JSON"),
        (["schema", "nothing"], "nothing"),
        (["new", "problem.ods"], ".xlsx"),
        (["convert", "-", "problem.ods"], ".xlsx"),
        (["report", "plan.json", "-o", "plan.txt"], ".xlsx"),
        (["new", "no/such/folder/p.json"], "no/such/folder"),
        (["serve", "--port", "99999"], "--port"),
        (["serve", "--workers", "0"], "--workers"),
        (["serve", "--host", "no.such.host.invalid"], "no.such.host.invalid"),
    ],
)
def test_a_wrong_call_exits_2_with_one_line(arguments, words):
    """A call that cannot be done says why, in one line."""
    done = run(*arguments, text=MINIMAL)
    fails(done, words)
    assert len([line for line in done.stderr.splitlines() if line.startswith("oremix: ")]) == 1


def test_our_own_failure_exits_1_with_one_line(tmp_path):
    """What nobody expected ends with exit code 1 and one line on what to report."""
    (tmp_path / "sitecustomize.py").write_text(
        "import oremix\ndef solve(*a, **k): raise RuntimeError('oh')\noremix.solve = solve\n"
    )
    path = f"{tmp_path}{os.pathsep}{ENVIRONMENT['PYTHONPATH']}"
    done = run("solve", "-", text=MINIMAL, PYTHONPATH=path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "RuntimeError: oh" in done.stderr
    assert "OREMIX_DEBUG=1" in done.stderr


def test_the_traceback_is_there_for_those_who_ask(tmp_path):
    """OREMIX_DEBUG=1 shows where it failed, with the same exit code."""
    (tmp_path / "sitecustomize.py").write_text("import oremix\noremix.solve = None\n")
    path = f"{tmp_path}{os.pathsep}{ENVIRONMENT['PYTHONPATH']}"
    environment = ENVIRONMENT | {"PYTHONPATH": path, "OREMIX_DEBUG": "1"}
    done = subprocess.run(
        [*COMMAND, "solve", "-"], input=MINIMAL, capture_output=True, text=True, env=environment, check=False
    )
    assert done.returncode == 1
    assert "Traceback" in done.stderr


def test_every_status_has_its_exit_code():
    """Each status a plan can have ends with a code of its own meaning."""
    assert set(EXIT_CODES) == set(get_args(Status))
    assert {status for status, code in EXIT_CODES.items() if code == 0} == {"optimal", "feasible"}
    assert EXIT_CODES["no_answer"] == 4


# ---------------------------------------------------------------- the other commands


def test_check_says_valid():
    """A valid problem is valid, with exit code 0, and in JSON with its hash."""
    assert run("check", "-", text=MINIMAL).stdout.startswith("valid")
    done = run("check", "-", "--json", text=MINIMAL)
    assert json.loads(done.stdout)["problem_hash"] == oremix.read_problem(MINIMAL).hash


def test_check_in_json_lists_the_faults():
    """With --json the faults are the answer, on standard output, as over HTTP."""
    done = run("check", "-", "--json", text=MINIMAL.replace("60000", "-5"))
    assert done.returncode == 2
    answer = json.loads(done.stdout)
    assert answer["valid"] is False
    assert [error["pointer"] for error in answer["errors"]] == ["/suppliers/0/capacity"]


def test_the_template_is_valid_and_solves(tmp_path):
    """`oremix new` writes a problem that solves, and that shows one of each part."""
    file = tmp_path / "problem.json"
    assert run("new", str(file)).returncode == 0
    problem = json.loads(file.read_text())
    assert all(problem[part] for part in ("suppliers", "plants", "recyclers", "lanes", "policies"))
    assert problem["plants"][0]["build"]
    done = run("solve", str(file), "--json")
    plan = json.loads(done.stdout)
    assert (done.returncode, plan["status"]) == (0, "optimal")
    assert plan["builds"]
    assert plan["recycling"]


def test_new_does_not_overwrite(tmp_path):
    """An existing file is kept unless --force is given."""
    file = tmp_path / "problem.json"
    file.write_text("mine")
    fails(run("new", str(file)), "--force")
    assert file.read_text() == "mine"
    assert run("new", str(file), "--force").returncode == 0
    assert file.read_text() == run("new", "-").stdout


def test_presets_are_listed_and_shown():
    """Without a name a line each, with one the preset, as text or as JSON."""
    listed = run("presets").stdout.splitlines()
    assert [line.split()[0] for line in listed] == list(oremix.presets())
    assert json.loads(run("presets", "--json").stdout) == oremix.presets()
    assert run("presets", "eu-crma-2030").stdout == str(oremix.preset("eu-crma-2030")) + "\n"
    shown = run("presets", "eu-crma-2030", "--json").stdout
    assert json.loads(shown) == json.loads(oremix.preset("eu-crma-2030").to_json())


def test_compliance_of_a_problem_and_of_a_plan(tmp_path):
    """Solved first or read from a file, the matrix is the library's; what it misses is no failure."""
    problem, plan = tmp_path / "problem.json", tmp_path / "plan.json"
    problem.write_text(MINIMAL)
    assert run("solve", str(problem), "-o", str(plan)).returncode == 0
    expected = oremix.compliance(oremix.load(problem), oremix.load_plan(plan))
    for arguments in ([str(problem)], [str(problem), str(plan)]):
        done = run("compliance", *arguments, "--json")
        assert (done.returncode, json.loads(done.stdout)) == (0, json.loads(expected.to_json()))
    here = '{"preset": "us-dfars-magnets-2027", "places": ["JP"]}'
    done = run("compliance", str(problem), "--preset", here, "--preset", "us-feoc-2024")
    assert done.returncode == 0
    assert done.stdout.splitlines()[3] == "us-dfars-magnets-2027: missed"
    assert "covered, ndpr_oxide  40.0 ≤0!" in done.stdout
    assert "eu-crma-2030" not in done.stdout


def test_compliance_of_what_has_no_plan():
    """An infeasible problem ends as it does with solve, and the matrix says why nothing is measured."""
    here = '{"preset": "us-dfars-magnets-2027", "places": ["JP"]}'
    done = run("compliance", "-", "--preset", here, text=INFEASIBLE)
    assert done.returncode == EXIT_CODES["infeasible"]
    assert "the plan is infeasible" in done.stdout


def test_examples_are_listed_and_written(tmp_path):
    """Each example is in the list, and can be written to standard output and to a file."""
    listed = run("examples").stdout.splitlines()
    assert [line.split()[0] for line in listed] == list(oremix.examples())
    assert json.loads(run("examples", "minimal").stdout) == json.loads(MINIMAL)
    file = tmp_path / "minimal.json"
    assert run("examples", "minimal", "-o", str(file)).stdout == ""
    assert json.loads(file.read_text()) == json.loads(MINIMAL)


def test_every_answer_has_its_schema():
    """Whatever the models describe can be asked for."""
    assert sorted(DOCUMENTS) == sorted(name.lower() for name in DESCRIBED)
    assert json.loads(run("schema", "sensitivity").stdout) == schema("sensitivity")


def test_schemas_describe_problem_and_plan():
    """Each schema is a valid one, and describes what it is named for."""
    for of in (None, "problem", "plan"):
        jsonschema.Draft202012Validator.check_schema(schema(of))
    problem = json.loads(run("schema", "problem").stdout)
    jsonschema.Draft202012Validator(problem).validate(json.loads(MINIMAL))
    plan = json.loads(run("schema", "plan").stdout)
    jsonschema.Draft202012Validator(plan).validate(json.loads(run("solve", "-", "--json", text=MINIMAL).stdout))
    assert json.loads(run("schema").stdout) == schema()


def test_version():
    """--version says the version."""
    assert run("--version").stdout == f"oremix {oremix.__version__}\n"


def test_help_is_cheap():
    """--help imports nothing that takes time."""
    code = (
        "import sys\nfrom oremix.cli import main\nsys.argv = ['oremix', '--help']\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        "heavy = {'flask', 'gunicorn', 'rich', 'highspy', 'pulp', 'numpy', 'sqlalchemy'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=ENVIRONMENT, check=False)
    assert done.returncode == 0, done.stderr


# ---------------------------------------------------------------- pipes and signals


def test_a_reader_that_leaves_is_met_with_silence():
    """`oremix schema | head -1` prints one line and nothing else."""
    command = f"{sys.executable} -m oremix schema | head -1"
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, env=ENVIRONMENT, check=False)
    assert done.stdout == "{\n"
    assert done.stderr == ""


def test_a_full_disk_is_said_in_one_line():
    """An answer that cannot be written ends with exit code 2 and one line."""
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, "examples"], stdout=full, stderr=subprocess.PIPE, text=True, env=ENVIRONMENT, check=False
        )
    assert done.returncode == 2
    assert done.stderr.startswith("oremix: cannot write the answer")
    assert done.stderr.count("\n") == 1


def solving(tmp_path: Path, body: str, problem: str = MINIMAL) -> subprocess.Popen[str]:
    """`oremix solve` at work in a solve that is replaced by this, once it has begun."""
    started = tmp_path / "started"
    (tmp_path / "sitecustomize.py").write_text(
        "import ctypes, oremix, pathlib\nreal = oremix.solve\n"
        f"def solve(problem, *, stop, **options):\n    pathlib.Path({str(started)!r}).touch()\n    {body}\n"
        "oremix.solve = solve\n"
    )
    file = tmp_path / "problem.json"
    file.write_text(problem)
    process = subprocess.Popen(
        [*COMMAND, "solve", str(file), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ENVIRONMENT['PYTHONPATH']}"},
    )
    while not started.exists():
        assert process.poll() is None
        time.sleep(0.05)
    return process


def test_ctrl_c_asks_the_solver_for_the_best_plan_so_far(tmp_path):
    """The first Ctrl-C stops the solve, and what it has is the answer."""
    process = solving(tmp_path, "stop.wait(30); return real(problem, **options)")
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert json.loads(output)["status"] == "optimal"
    assert "best plan so far" in errors


def test_ctrl_c_really_gives_the_best_plan_so_far(tmp_path):
    """A search that would go on for long ends with a plan that is feasible, and says how good it is; CBC's too."""
    from tests.optimizer.solving.test_solve import hard

    for solver in ("highs", "cbc"):
        folder = tmp_path / solver
        folder.mkdir()
        process = solving(folder, f"return real(problem, stop=stop, solver={solver!r})", json.dumps(hard()))
        time.sleep(2)
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
        assert process.returncode == 0
        plan = json.loads(output)
        assert plan["status"] == "feasible"
        assert plan["certificate"]["verified"]
        assert 0 < plan["certificate"]["gap"] < 1
        assert "best plan so far" in errors


def test_ctrl_c_twice_exits_130_at_once(tmp_path):
    """The second Ctrl-C is heard even while a solver is in C code that does not return to Python."""
    process = solving(tmp_path, "ctypes.CDLL(None).usleep(30_000_000)")
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=10)
    assert process.returncode == 130
    assert output == ""
    assert "stopped" in errors
    assert "Traceback" not in errors


def test_a_terminal_sees_progress_and_the_answer_stays_clean(tmp_path):
    """On a terminal standard error shows that it is solving; standard output has the JSON alone."""
    file = tmp_path / "problem.json"
    file.write_text(MINIMAL)
    ours, theirs = pty.openpty()
    done = subprocess.run(
        [*COMMAND, "solve", str(file), "--json"], stdout=subprocess.PIPE, stderr=theirs, env=ENVIRONMENT, check=False
    )
    os.close(theirs)
    seen = os.read(ours, 65_536).decode()
    os.close(ours)
    assert json.loads(done.stdout)["status"] == "optimal"
    assert "Solving" in seen


# ---------------------------------------------------------------- frontier


TWO = changed(
    policies=[
        {"id": "china_cap", "type": "share", "countries": ["CN"], "max": 0.4},
        {"id": "australia_cap", "type": "share", "countries": ["AU"], "max": 1},
    ]
)


def test_a_frontier_is_the_librarys():
    """From all of China's at 55,000 to none: 14,000 dearer for each of 5,500 t, 770,000 a point."""
    done = run("frontier", "-", "--json", text=MINIMAL)
    assert done.returncode == 0
    found = json.loads(done.stdout)
    jsonschema.validate(found, schema("frontier"))
    assert [(point["bound"], point["total_cost"]) for point in found["points"]] == [
        (1, pytest.approx(302_500_000)),
        (0, pytest.approx(379_500_000)),
    ]
    assert found["points"][1]["marginal"] == pytest.approx(770_000)


def test_a_frontier_is_shown_as_a_table():
    """With its limits and its side."""
    done = run("frontier", "-", "--policy", "china_cap", "--from", "0.5", "--to", "0.25", text=MINIMAL)
    assert done.returncode == 0
    assert "cost against the max of china_cap" in done.stdout
    assert "at 50 %, USD 19,250,000 more at 25 %" in done.stdout
    assert run("frontier", "-", "--bounds", "0.4, 0.2", text=MINIMAL).stdout.count("770,000") == 2


def test_a_surface_is_the_librarys():
    """Both caps cannot be low at once."""
    done = run(
        "frontier", "-", "--policy", "china_cap", "--policy2", "australia_cap", "--points", "3", "--json", text=TWO
    )
    assert done.returncode == 0
    found = json.loads(done.stdout)
    jsonschema.validate(found, schema("surface"))
    assert len(found["points"]) == 9
    assert {point["status"] for point in found["points"]} == {"optimal", "infeasible"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "`policy` is needed; there are share policies with a max: china_cap, australia_cap"),
        (["--policy", "cap"], "`policy` is no policy"),
        (["--policy2", "china_cap"], "--policy2 needs --policy"),
        (["--policy", "china_cap", "--policy2", "australia_cap", "--to", "0.1"], "--to cannot stand with --policy2"),
        (["--policy", "china_cap", "--bounds", "0.1,x"], "'x' should be a number"),
        (["--policy", "china_cap", "--points", "1"], "`max_points`"),
    ],
    ids=str,
)
def test_a_frontier_that_cannot_be_meant_is_refused(options, message):
    """The option is named, and nothing is on standard output."""
    done = run("frontier", "-", *options, text=TWO)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_frontier_without_a_plan_ends_with_3():
    """There is none at any bound."""
    done = run("frontier", "-", text=changed(suppliers=[json.loads(MINIMAL)["suppliers"][0] | {"capacity": 1}]))
    assert done.returncode == 3
    assert "no plan even at the loosest bound" in done.stdout


def test_a_frontier_that_is_interrupted_gives_what_it_has(tmp_path):
    """Ctrl-C once: the answer says that it is not complete."""
    problem = tmp_path / "problem.json"
    problem.write_text(oremix.example("cobalt-usa"), encoding="utf-8")
    process = subprocess.Popen(
        [*COMMAND, "frontier", str(problem), "--policy", "china_cap", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    )
    time.sleep(4)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=120)
    assert b"stopping with the best" in stderr
    found = json.loads(stdout)
    assert found["complete"] is False
