"""A session by hand: what it answers, and that nothing of one question is left in the next."""

from __future__ import annotations

import pickle
from pathlib import Path
from threading import Event
from typing import Any

import pytest

import oremix
from benchmarks import families
from oremix.models import InvalidOption, InvalidProblem
from oremix.optimizer.decide import solve
from oremix.optimizer.session import Session
from tests.problems import AUSTRALIA, CHINA, FIRST, SECOND, YEARS, document

CAP: dict[str, Any] = {"id": "cap", "type": "share", "countries": ["CN"], "max": 0.4}
# 100 t: 40 from China at 5, 60 from Australia at 7.
DATA = document(suppliers=[AUSTRALIA, CHINA], policies=[CAP])
PLANT = {
    "id": "works",
    "country": "AU",
    "recipes": [{"id": "refine", "inputs": {"ore": 1}, "outputs": {"oxide": 1}, "unit_cost": 5}],
    "build": {"max": 80, "unit_capex": 2, "fixed_capex": 30, "life": 10, "wacc": 0},
}
BUILDING = document(
    materials=[{"id": "oxide", "unit": "t"}, {"id": "ore", "unit": "t"}],
    suppliers=[CHINA, {"id": "pit", "country": "AU", "material": "ore", "unit_cost": 1}, AUSTRALIA],
    plants=[PLANT],
    policies=[CAP],
)


def test_the_problem_itself() -> None:
    session = Session(DATA)
    point = session.solve()
    assert point.status == "optimal"
    assert point.verified
    assert point.decisions == "none"
    assert point.total_cost == pytest.approx(40 * 5 + 60 * 7)
    assert point.values["deliver", "japan", 1] == pytest.approx(100)
    assert sum(point.of("buy").values()) == pytest.approx(100)


def test_a_bound_its_share_and_its_price() -> None:
    """A percentage point more is 1 t from China instead of Australia: it saves 2."""
    session = Session(DATA)
    point = session.solve(session.bound("cap", 0.25))
    assert point.total_cost == pytest.approx(25 * 5 + 75 * 7)
    (share,) = point.achieved("cap")
    assert share.value == pytest.approx(0.25)
    assert (share.material, share.period) == ("oxide", 1)
    assert point.marginal("cap") == pytest.approx(2)


def test_the_price_of_a_floor_and_of_an_amount() -> None:
    floor = {"id": "floor", "type": "share", "countries": ["AU"], "min": 0.3}
    point = Session(DATA | {"policies": [floor]}).solve()
    assert point.marginal("floor") == pytest.approx(2)
    most = {"id": "most", "type": "quantity", "countries": ["CN"], "max": 10}
    assert Session(DATA | {"policies": [most]}).solve().marginal("most") == pytest.approx(2)


def test_a_bound_of_several_periods_moves_in_all() -> None:
    """Two tonnes a year move, weighted with the years of both periods."""
    point = Session(DATA | YEARS).solve()
    assert point.marginal("cap") == pytest.approx(2 * (FIRST + SECOND))


def test_a_bound_takes_a_penalty_away() -> None:
    """Priced at 1 a tonne beyond it, all comes from China; bounded hard, 40 t."""
    session = Session(DATA | {"policies": [CAP | {"penalty": 1}]})
    assert session.solve().total_cost == pytest.approx(100 * 5 + 60)
    assert session.solve(session.bound("cap", 0.4)).total_cost == pytest.approx(620)
    dearer = [{"on": "policies", "field": "penalty", "set": 1.5}]
    assert session.solve(dearer).total_cost == pytest.approx(100 * 5 + 90)
    assert session.solve().total_cost == pytest.approx(560)


@pytest.mark.parametrize(
    ("change", "cost"),
    [
        ({"on": "suppliers", "where": {"id": "north"}, "field": "unit_cost", "set": 6}, 40 * 6 + 60 * 7),
        ({"on": "suppliers", "where": {"country": "CN"}, "field": "capacity", "times": 0}, 700),
        ({"on": "suppliers", "where": {"country": "CN"}, "field": "capacity", "set": 10}, 10 * 5 + 90 * 7),
        ({"on": "demands", "field": "quantity", "times": 2}, 1240),
        ({"on": "policies", "field": "max", "plus": 0.1}, 50 * 5 + 50 * 7),
        ({"on": "materials", "field": "surplus", "set": "forbidden"}, 620),
    ],
)
def test_changes_and_back(change: dict[str, Any], cost: float) -> None:
    session = Session(DATA)
    assert session.solve([change]).total_cost == pytest.approx(cost)
    assert session.solve().total_cost == pytest.approx(620)


def test_infeasible_and_back() -> None:
    """What has no plan is proved to have none, and the next question is answered as ever."""
    session = Session(DATA)
    outage = [{"on": "suppliers", "field": "capacity", "times": 0}]
    for _ in range(2):
        point = session.solve(outage)
        assert (point.status, point.total_cost) == ("infeasible", None)
        assert point.verified
        assert (point.values, point.of("buy")) == ({}, {})
        assert (point.achieved("cap"), point.marginal("cap")) == ([], None)
        assert session.solve().total_cost == pytest.approx(620)


def test_a_plan_is_what_solve_gives_for_the_changed_problem() -> None:
    """And without changes for the problem itself."""
    session = Session(DATA)
    for changes in ([], session.bound("cap", 0.1)):
        session.solve(session.bound("cap", 0.9))
        plan, cold = session.plan(changes), solve(session.changed(changes), detail="plan")
        assert plan.status == cold.status == "optimal"
        assert plan.certificate.verified
        assert plan.problem_hash == cold.problem_hash
        for field in ("purchases", "shipments", "deliveries", "shares", "prices", "limits", "costs"):
            assert getattr(plan, field) == pytest.approx(getattr(cold, field)), field


def test_a_plan_in_full_leaves_the_session_as_it_was() -> None:
    session = Session(DATA)
    full, cold = session.plan(detail="full"), solve(DATA, detail="full")
    assert full.limits == cold.limits
    assert full.offers == cold.offers
    assert session.solve().total_cost == pytest.approx(620)


def test_a_plan_of_what_is_infeasible_says_why() -> None:
    session = Session(DATA)
    outage = [{"on": "suppliers", "where": {"id": "weld"}, "field": "capacity", "times": 0}]
    plan = session.plan(outage)
    assert plan.status == "infeasible"
    assert plan.diagnosis is not None
    assert plan.diagnosis.conflict


def test_yes_no_decisions_are_searched_or_held() -> None:
    """Built, 60 t cost 60 · (1 + 5) + (60 · 2 + 30) / 10 = 375; held as not built, 420."""
    session = Session(BUILDING)
    point = session.solve()
    assert point.decisions == "searched"
    assert point.total_cost == pytest.approx(40 * 5 + 375)
    assert list(point.of("add").values()) == pytest.approx([60])
    without = session.solve(fixed={("open", "works", 0, 1): 0.0})
    assert without.decisions == "held"
    assert without.total_cost == pytest.approx(620)
    tight = session.solve(session.bound("cap", 0.2), fixed={("open", "works", 0, 1): 1.0})
    assert tight.total_cost == pytest.approx(20 * 5 + 80 * 6 + 19)
    assert session.solve(session.bound("cap", 0.2)).total_cost == pytest.approx(20 * 5 + 80 * 6 + 19)


def test_columns_are_held_for_one_question() -> None:
    session = Session(DATA)
    bought = session.solve(session.bound("cap", 0.1)).of("buy")
    held = session.solve(fixed={("buy", *key): value for key, value in bought.items()})
    assert held.total_cost == pytest.approx(10 * 5 + 90 * 7)
    assert session.solve().total_cost == pytest.approx(620)


def test_a_column_that_there_is_none_of_can_be_held_at_nothing_only() -> None:
    session = Session(DATA)
    assert session.solve(fixed={("buy", "gold", 1, 1): 0.0}).total_cost == pytest.approx(620)
    with pytest.raises(InvalidProblem, match="no column"):
        session.solve(fixed={("buy", "gold", 1, 1): 3.0})


@pytest.mark.parametrize("yes_no", [False, True])
def test_a_stop_ends_every_solve(yes_no: bool) -> None:
    """At most a plan that was soon found, and none is made up; once it is cleared there is an optimum again."""
    stop = Event()
    session = Session(families.problem("1k" if not yes_no else "0.1k", yes_no=yes_no), stop=stop)
    for cap in (0.4, 0.3):
        changes = session.bound("china_oxide", cap)
        stop.set()
        point = session.solve(changes)
        assert point.status in (("feasible", "no_answer") if yes_no else ("no_answer",))
        assert (point.total_cost is None) == (not point.values) == (point.status == "no_answer")
        stop.clear()
        assert session.solve(changes).status == "optimal"


def test_a_time_limit_is_of_each_question() -> None:
    session = Session(DATA, time_limit=30)
    for bound in (0.1, 0.2, 0.3):
        assert session.solve(session.bound("cap", bound)).status == "optimal"
    assert Session(families.problem("1k"), time_limit=0).solve().status == "no_answer"
    with pytest.raises(InvalidOption):
        Session(DATA, time_limit=-1)


def test_a_session_that_is_rewound_answers_like_a_new_one() -> None:
    """Two sellers ask the same: which of them sells may hang on what was asked before, but not after a rewind."""
    data = document(suppliers=[AUSTRALIA | {"unit_cost": 5}, CHINA], policies=[CAP | {"max": 0.9}])
    asked = [{"on": "demands", "field": "quantity", "times": 0.7}]
    new = Session(data)
    new.rewind()
    used = Session(data)
    used.solve([{"on": "suppliers", "where": {"id": "weld"}, "field": "unit_cost", "times": 0.1}])
    used.solve([{"on": "lanes", "add": {"from": "AU", "to": "JP", "closed": True}}])
    used.rewind()
    assert used.solve(asked).values == new.solve(asked).values
    used.rewind()
    assert used.solve().values == Session(data).solve().values


def test_what_prices_foresee() -> None:
    """60 t at 7, a tenth dearer, are 42; 10 t more 62; 5 points more of China 10 less; 60 t on a lane at 3 180."""
    session = Session(DATA)
    base = session.solve()

    def foreseen(**change: Any) -> float | None:
        return base.foreseen(session.solve([change]))

    dearer: dict[str, Any] = {"on": "suppliers", "where": {"id": "weld"}, "field": "unit_cost"}
    assert foreseen(**dearer, times=1.1) == pytest.approx(42)
    assert foreseen(**dearer, times=3) == pytest.approx(840)
    assert foreseen(on="demands", field="quantity", times=1.1) == pytest.approx(62)
    assert foreseen(on="policies", field="max", plus=0.05) == pytest.approx(-10)
    assert foreseen(on="lanes", add={"from": "AU", "to": "JP", "unit_cost": 3}) == pytest.approx(180)
    assert base.foreseen(base) == 0


def test_capacity_is_changed_in_place() -> None:
    """80 t of Australia's, then 55: China's cap leaves 60 to be had elsewhere, so that there is no plan."""
    session = Session(DATA | {"suppliers": [AUSTRALIA | {"capacity": 90}, CHINA]})
    where = {"on": "suppliers", "where": {"id": "weld"}, "field": "capacity"}
    for capacity, status in ((80, "optimal"), (55, "infeasible"), (60, "optimal")):
        state = session.state([where | {"set": capacity}])
        assert state.columns is session.state().columns
        assert session.solve([where | {"set": capacity}]).status == status


def test_what_cannot_be_asked_is_said() -> None:
    session = Session(DATA)
    with pytest.raises(InvalidProblem, match="fits none"):
        session.solve(session.bound("gold", 0.1))
    with pytest.raises(InvalidProblem, match="from 0 to 1"):
        session.solve(session.bound("cap", 1.5))
    point = session.solve()
    for asked in (point.achieved, point.marginal):
        with pytest.raises(KeyError):
            asked("gold")


def test_it_is_part_of_the_library() -> None:
    assert oremix.Session is Session


def test_the_pages_example_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """As it stands in the docs; tighter caps cost no less."""
    page = (Path(__file__).parents[3] / "docs" / "session.md").read_text(encoding="utf-8")
    exec(page.split("```python\n")[1].split("```")[0], {})  # noqa: S102 - our own page
    boom, *caps = capsys.readouterr().out.splitlines()
    assert boom.startswith("a tenth more demand from 2028: ")
    costs = [float(line.split()[2]) for line in caps if line.split()[1] == "optimal"]
    assert len(costs) > 1
    assert costs == sorted(costs)


# ---------------------------------------------------------------- back to where it began

ASKED: list[list[dict[str, Any]]] = [
    [{"on": "demands", "field": "quantity", "times": 1.1, "from_year": 2028}],
    [{"on": "suppliers", "field": "unit_cost", "times": 1.2}],
    [],
]


def answers(session: Session) -> list[Any]:
    points = [session.solve(changes) for changes in ASKED]
    return [(point.status, point.total_cost, point.values, point.duals) for point in points]


@pytest.mark.parametrize("name", ["lithium-japan", "cobalt-usa", "magnets-usa-japan"])
@pytest.mark.parametrize("kept", [True, False])
def test_from_a_rewind_on_answers_are_the_same_bit_for_bit(name: str, kept: bool) -> None:
    """Whatever was asked before, in a twin, and where it was sent, though it starts from the last basis."""
    session = Session(oremix.example(name))
    if kept:
        session.solve()
        session.keep()
    twin, sent = session.twin(), pickle.loads(pickle.dumps(session))  # noqa: S301 - its own
    session.solve([{"on": "demands", "field": "quantity", "times": 0.7}])
    session.rewind()
    first = answers(session)
    assert answers(twin) == first
    assert answers(sent) == first
    session.rewind()
    assert answers(session) == first


def test_a_session_is_sent_with_the_rows_that_its_last_question_added() -> None:
    """Kept with a limit on a sum, it begins from there elsewhere too."""
    session = Session(oremix.example("lithium-japan"))
    weights = {key: 1.0 for key in session.columns if key[0] == "ship"}
    session.solve(within=[(weights, 1e9)])
    session.keep()
    sent = pickle.loads(pickle.dumps(session))  # noqa: S301 - its own
    session.rewind()
    assert answers(sent) == answers(session)


def test_a_point_that_was_sent_is_received() -> None:
    """Without its model it says only what it is."""
    session = Session(oremix.example("lithium-japan"))
    point = session.solve(ASKED[0])
    sent = pickle.loads(pickle.dumps(point.to_send()))  # noqa: S301 - its own
    assert sent.total_cost == point.total_cost
    with pytest.raises(RuntimeError, match="received"):
        _ = sent.values
    received = session.received(sent, ASKED[0])
    assert received.values == point.values
    assert received.marginal("china_cap") == point.marginal("china_cap")


def test_problems_and_their_faults_can_be_sent() -> None:
    """What is worked out of a problem is worked out again."""
    problem = oremix.read_problem(oremix.example("magnets-usa-japan"))
    assert problem.network.countries
    sent = pickle.loads(pickle.dumps(problem))  # noqa: S301 - its own
    assert sent == problem
    assert sent.hash == problem.hash
    with pytest.raises(oremix.InvalidProblem) as found:
        oremix.read_problem({})
    again = pickle.loads(pickle.dumps(found.value))  # noqa: S301 - its own
    assert (str(again), again.errors) == (str(found.value), found.value.errors)
