from dataclasses import replace

import pytest

from benchmarks.families import SIZES, problem
from oremix.models import read_problem
from oremix.optimizer.decide import columns_at_most, solve
from oremix.optimizer.formulation import build_model

NAMED = {"0.1k": 100, "1k": 1_000, "10k": 10_000, "100k": 100_000, "1M": 1_000_000}


@pytest.mark.parametrize("size", ["0.1k", "1k", "10k"])
@pytest.mark.parametrize("yes_no", [False, True])
def test_a_problem_has_about_the_columns_it_is_named_for(size: str, yes_no: bool) -> None:
    """It is valid, and its linear program has about as many columns as its name says, never fewer."""
    model = build_model(read_problem(problem(size, yes_no=yes_no)))
    assert 1 <= len(model.lp.columns) / NAMED[size] < 1.4


@pytest.mark.parametrize("size", ["100k", "1M"])
def test_so_have_the_largest(size: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of their minerals has its part of the columns; the whole would take long to build."""
    monkeypatch.setitem(SIZES, "one", replace(SIZES[size], minerals=1))
    columns = len(build_model(read_problem(problem("one"))).lp.columns)
    assert 1 <= columns * SIZES[size].minerals / NAMED[size] < 1.4


def test_the_same_seed_gives_the_same_problem() -> None:
    """A measurement can be repeated on the very problem; another seed gives another."""
    assert problem("1k", seed=7) == problem("1k", seed=7)
    assert problem("1k", seed=7) != problem("1k", seed=8)


def test_the_budget_couples_the_minerals() -> None:
    """It binds: without it the plan is cheaper, and every rule of China's share has a row of each mineral."""
    coupled, alone = (solve(problem("1k", coupled=coupled), detail="plan") for coupled in (True, False))
    assert (coupled.status, alone.status) == ("optimal", "optimal")
    assert alone.total_cost < coupled.total_cost * (1 - 1e-3)
    assert {share.policy for share in coupled.shares} >= {"china_oxide", "china_ore", "budget"}


def test_yes_or_no_makes_every_refinery_a_decision() -> None:
    """One decision for every plant and period of ordering; mines and recyclers are enlarged as wanted."""
    plain, decided = (build_model(read_problem(problem("1k", yes_no=yes_no))) for yes_no in (False, True))
    decisions = [key for key in decided.lp.columns if key[0] == "open"]
    assert not [key for key in plain.lp.columns if key[0] == "open"]
    orders = [key for key in decided.lp.columns if key[0] == "add" and "refinery" in key[1]]
    assert [key[1:] for key in decisions] == [key[1:] for key in orders] != []


def test_what_is_known_beforehand_holds_every_size() -> None:
    """The bound on columns that the service refuses by is not below what is built."""
    question = read_problem(problem("1k"))
    assert columns_at_most(question) >= len(build_model(question).lp.columns)
