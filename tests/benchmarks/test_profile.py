from benchmarks.families import problem
from benchmarks.profile import profiled, table
from oremix.optimizer import decide


def test_every_phase_is_profiled_apart() -> None:
    """Each has its own function at the top of its list, once for each time; nothing stays patched."""
    before = vars(decide).copy()
    found = profiled(problem("0.1k"), "plan", times=2)
    dearest = {phase: table(stats, times=2, top=1).splitlines()[-1] for phase, stats in found.items()}
    functions = {phase: line.split()[-1] for phase, line in dearest.items()}
    assert functions == {
        "validate": "read_problem",
        "formulate": "build_model",
        "solve and verify": "solve_lp",
        "answer": "answer",
        "serialise": "to_json",
    }
    assert all(line.split()[2] == "1" for line in dearest.values())
    assert vars(decide) == before
