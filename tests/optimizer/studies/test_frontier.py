"""Cost against a bound: by hand, and beside cold solves of random problems."""

from __future__ import annotations

import threading
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

import oremix
from oremix.models import InvalidProblem, read_problem
from oremix.models.studies.frontier import Frontier, FrontierPoint
from oremix.optimizer.decide import solve
from tests.plans import near
from tests.problems import CHINA, FIRST, SECOND, YEARS, document
from tests.random_problems import Document, documents

AUSTRALIA: dict[str, Any] = {"id": "weld", "country": "AU", "material": "oxide", "unit_cost": 7, "capacity": 40}
AMERICA: dict[str, Any] = {"id": "pass", "country": "US", "material": "oxide", "unit_cost": 10, "capacity": 30}
CAP: dict[str, Any] = {"id": "cap", "type": "share", "countries": ["CN"], "max": 0.5}
SELLERS: dict[str, Any] = {"suppliers": [CHINA, AUSTRALIA, AMERICA]}


def told(frontier: Frontier) -> list[tuple[Any, ...]]:
    """Bound, cost, what a unit looser saves and a unit tighter costs."""
    rows = [(point.bound, point.total_cost, point.marginal, point.tightening) for point in frontier.points]
    return [tuple(None if number is None else near(number) for number in row) for row in rows]


def kinks(frontier: Frontier) -> list[float]:
    return [near(point.bound) for point in frontier.points if point.kink]


# ---------------------------------------------------------------- by hand


def test_a_frontier_of_two_kinks() -> None:
    """Of 100 t China sells any at 5, Australia 40 at 7, America 30 at 10.

    From 100 to 60 % a point is 1 t of Australia's in place of China's, 2 dearer: 580 at 60 %. From there to 30 % it is
    America's, 5 dearer: 730. The other two have 70 t together, so that 30 % is the lowest.
    """
    found = oremix.frontier(document(**SELLERS, policies=[CAP]))
    assert told(found) == [(1.0, 500, 0, 2), (0.6, 580, 2, 5), (0.3, 730, 5, None)]
    assert kinks(found) == [1.0, 0.6]
    assert (found.policy, found.side, found.per, found.tightest) == ("cap", "max", "percentage point", near(0.3))
    assert found.exact
    assert found.complete
    assert found.refused is not None
    assert (found.refused.status, found.refused.verified) == ("infeasible", True)
    assert found.refused.bound == pytest.approx(0.3 - 1e-6, abs=1e-12)


def test_what_enters_and_leaves_on_the_way() -> None:
    """Australia enters first, then America; China is never out of it, and each part of the supply is told."""
    found = oremix.frontier(document(**SELLERS, policies=[CAP]))
    moves = [[(move.what, move.id, near(move.before), near(move.after)) for move in p.moves] for p in found.points]
    assert moves[0] == []
    assert sorted(moves[1]) == [("enters", "weld", 0, 40), ("less", "north", 100, 60)]
    assert sorted(moves[2]) == [("enters", "pass", 0, 30), ("less", "north", 60, 30)]
    assert {part.country: part.share for part in found.points[2].supply} == {
        "AU": near(0.4),
        "CN": near(0.3),
        "US": near(0.3),
    }


def test_down_to_nothing() -> None:
    """America without a limit: at 0 % 40 t at 7 and 60 at 10 are 880, and no bound is below."""
    sellers = [CHINA, AUSTRALIA, AMERICA | {"capacity": 200}]
    found = oremix.frontier(document(suppliers=sellers, policies=[CAP]))
    assert told(found) == [(1.0, 500, 0, 2), (0.6, 580, 2, 5), (0.0, 880, 5, None)]
    assert (found.tightest, found.refused) == (0, None)


def test_a_floor_is_a_cap_seen_from_the_other_side() -> None:
    """At least so much from elsewhere: from 0 to 40 % a point costs 2, from there to 70 % 5."""
    floor = {"id": "floor", "type": "share", "countries": ["AU", "US"], "min": 0.1}
    found = oremix.frontier(document(**SELLERS, policies=[floor]), "floor")
    assert told(found) == [(0, 500, 0, 2), (0.4, 580, 2, 5), (0.7, 730, 5, None)]
    assert (found.side, found.refused and found.refused.status) == ("min", "infeasible")


def test_both_sides_of_one_policy() -> None:
    """China at least 50 %: the cap cannot go below, though others could sell more; and as a floor it costs nothing."""
    both = CAP | {"max": 0.9, "min": 0.5}
    found = oremix.frontier(document(**SELLERS, policies=[both]))
    assert told(found) == [(1.0, 500, 0, 2), (0.6, 580, 2, 5), (0.5, 630, 5, None)]
    floor = oremix.frontier(document(**SELLERS, policies=[both]), side="min")
    # at most 90 % whatever the floor: 10 t of Australia's
    assert told(floor) == [(0.9, 520, 0, None)]


def test_a_penalty_gives_way_to_the_bound() -> None:
    """Priced at 1 the cap is not kept; as a bound it is, whatever it costs."""
    found = oremix.frontier(document(**SELLERS, policies=[CAP | {"penalty": 1}]))
    assert told(found) == [(1.0, 500, 0, 2), (0.6, 580, 2, 5), (0.3, 730, 5, None)]


@pytest.mark.parametrize(
    ("policy", "scale", "per"),
    [
        ({"type": "quantity", "countries": ["CN"], "max": 10}, 1, "t"),
        ({"type": "footprint", "of": "co2", "countries": ["CN"], "max": 10}, 2, "co2"),
    ],
    ids=["quantity", "footprint"],
)
def test_amounts_have_units(policy: dict[str, Any], scale: float, per: str) -> None:
    """The same in tonnes, and in tonnes of CO2 at 2 for each of China's."""
    sellers = [CHINA | {"footprint": {"co2": 2}}, AUSTRALIA, AMERICA]
    found = oremix.frontier(document(suppliers=sellers, policies=[policy | {"id": "rule"}]), "rule")
    expected = [(100, 500, 0, 2), (60, 580, 2, 5), (30, 730, 5, None)]
    assert told(found) == [(b * scale, c, m / scale, t and t / scale) for b, c, m, t in expected]
    assert found.per == per


def test_a_budget_is_a_bound_on_what_is_spent() -> None:
    """A works of at most 50 t at 4 (of which 1 is capex, for one year) saves 1 t of China's at 5 each: 1 a t.

    Capex of 1 a t: the budget begins to bind at 50; each unit of it is worth 5 − 3 − 1 = 1.
    """
    build = {"max": 50, "unit_capex": 1, "life": 1, "wacc": 0}
    works = {"id": "works", "country": "AU", "material": "oxide", "unit_cost": 3, "build": build}
    policy = {"id": "purse", "type": "budget", "max": 5}
    found = oremix.frontier(document(suppliers=[CHINA, works], policies=[policy]), "purse")
    assert told(found) == [(50, 450, 0, 1), (0, 500, 1, None)]
    assert [(b.on, b.capacity) for b in found.points[0].builds] == [("works", near(50))]
    assert ("leaves", "build") in [(move.what, move.kind) for move in found.points[1].moves]


def test_numbers_of_sources_are_gone_through() -> None:
    """With two sellers 60 at 5 and 40 at 7 make 580; with one only the third, who has all at 10, will do: 1000."""
    sellers = [CHINA | {"capacity": 60}, AUSTRALIA, AMERICA | {"capacity": 100}]
    policy = {"id": "few", "type": "diversify", "of": "suppliers", "max": 3}
    found = oremix.frontier(document(suppliers=sellers, policies=[policy]), "few")
    assert told(found) == [(2, 580, 0, 420), (1, 1000, 420, None)]
    assert [point.kink for point in found.points] == [None, None]
    assert found.per == "source more"


def test_a_build_that_is_yes_or_no_makes_the_cost_jump() -> None:
    """Australia has 20 t at 7; a works without running cost beyond China's 5 asks 300 a year as soon as it stands.

    Down to 80 % a point costs 2, at 80 % 540; below it the works is needed at 800, after which nothing costs more.
    """
    build = {"max": 100, "fixed_capex": 300, "life": 1, "wacc": 0}
    works = {"id": "works", "country": "US", "material": "oxide", "unit_cost": 5, "build": build}
    sellers = [CHINA, AUSTRALIA | {"capacity": 20}, works]
    found = oremix.frontier(document(suppliers=sellers, policies=[CAP]))
    assert not found.exact
    first, last, stands, end = found.points
    assert (first.bound, first.total_cost, first.tightening) == (near(1.0), near(500), near(2))
    assert (last.bound, last.total_cost) == (pytest.approx(0.8, abs=2e-4), pytest.approx(540, abs=0.04))
    assert (stands.bound, stands.total_cost) == (pytest.approx(0.8, abs=2e-4), near(800))
    assert (end.bound, end.total_cost, end.marginal) == (0, near(800), near(0))
    assert [point.other_decisions for point in found.points] == [False, False, True, False]
    assert [point.jump for point in found.points] == [False, False, True, False]
    assert ("enters", "build", "works") in [(move.what, move.kind, move.id) for move in stands.moves]


def test_marginals_are_discounted_and_of_all_periods_at_once() -> None:
    """A point is 1 t in each year of two periods of two years, 2 dearer each."""
    found = oremix.frontier(document(suppliers=[CHINA, AUSTRALIA], policies=[CAP], **YEARS))
    weight = FIRST + SECOND
    assert told(found) == [(1.0, 500 * weight, 0, 2 * weight), (0.6, 580 * weight, 2 * weight, None)]


def test_a_bound_that_moves_in_some_years_only() -> None:
    """Until 2027 the policy holds as stated, at 50 %: 100 t cost 580 with 40 of Australia's and 10 of America's at 10.

    From 2028 on the bound moves: from 100 to 60 % a point costs 2, then 5.
    """
    found = oremix.frontier(document(**SELLERS, policies=[CAP], **YEARS), from_year=2028)
    before = (580 + 50) * FIRST
    assert told(found) == [
        (1.0, before + 500 * SECOND, 0, 2 * SECOND),
        (0.6, before + 580 * SECOND, 2 * SECOND, 5 * SECOND),
        (0.3, before + 730 * SECOND, 5 * SECOND, None),
    ]
    assert [ratio.period for ratio in found.points[0].ratios] == [2028]


def test_a_whole_that_moves_bends_the_curve() -> None:
    """Japan may go short at 8 a t; America is dearer than that, so the whole shrinks once Australia's 40 t are bought.

    With x of China's and 40 of Australia's, x / (x + 40) = b, x = 40 b / (1 − b), and 60 − x t are short: the cost is
    5 x + 280 + 8 (60 − x) = 760 − 3 x. A point looser saves 3 dx/db / 100 = 1.2 / (1 − b)². At 30 %: x = 17.142857.
    """
    japan = document()["demands"][0] | {"shortage_cost": 8}
    found = oremix.frontier(document(suppliers=[CHINA, AUSTRALIA], policies=[CAP], demands=[japan]))
    assert not found.exact
    assert found.complete
    assert kinks(found) == [pytest.approx(1.0, abs=1e-6), pytest.approx(0.6, abs=1e-6)]
    curved = [point for point in found.points if point.bound < 0.6 - 1e-5]
    assert len(curved) > 3
    for point in curved:
        bound = point.bound
        assert point.total_cost == near(760 - 120 * bound / (1 - bound))
        assert point.marginal == pytest.approx(1.2 / (1 - bound) ** 2, rel=1e-5)
    assert found.points[-1].total_cost == near(760)
    for one, two in pairwise(curved):
        middle = (one.bound + two.bound) / 2
        line = (one.total_cost + two.total_cost) / 2
        assert abs(line - (760 - 120 * middle / (1 - middle))) <= found.tolerance


def test_a_whole_that_can_vanish_makes_the_cost_jump() -> None:
    """A tonne of Australia's ore makes two of oxide in China: of what is made, ore and oxide, a third is Australia's.

    Below a third nothing can be made at all: from 50 t of ore at 3 to all of 100 t of oxide missing at 8.
    """
    ore = {"id": "weld", "country": "AU", "material": "ore", "stage": "mining", "unit_cost": 3}
    works = {"id": "works", "country": "CN", "recipes": [{"id": "r", "inputs": {"ore": 1}, "outputs": {"oxide": 2}}]}
    policy = {"id": "cap", "type": "share", "measure": "production", "countries": ["AU"], "across": ["materials"]}
    materials = [{"id": "oxide", "unit": "t"}, {"id": "ore", "unit": "t"}]
    japan = document()["demands"][0] | {"shortage_cost": 8}
    parts = {"suppliers": [ore], "plants": [works], "policies": [policy | {"max": 1}], "demands": [japan]}
    found = oremix.frontier(document(materials=materials, **parts))
    bounds = [point.bound for point in found.points]
    assert bounds == pytest.approx([1 / 3, 1 / 3, 0], abs=1e-6)
    assert [near(point.total_cost) for point in found.points] == [150, 800, 800]
    assert [point.jump for point in found.points] == [False, True, False]
    assert [point.achieved for point in found.points] == [near(1 / 3), None, None]


def test_content_is_bounded_by_what_it_went_through() -> None:
    """Ore of China's at 1 or of Australia's at 3, refined in Japan: a point less of China's costs 2."""
    ore = [
        {"id": "north", "country": "CN", "material": "ore", "stage": "mining", "unit_cost": 1},
        {"id": "weld", "country": "AU", "material": "ore", "stage": "mining", "unit_cost": 3},
    ]
    works = {"id": "works", "country": "JP", "recipes": [{"id": "r", "inputs": {"ore": 1}, "outputs": {"oxide": 1}}]}
    policy = CAP | {"measure": "content", "stages": ["mining"]}
    materials = [{"id": "oxide", "unit": "t"}, {"id": "ore", "unit": "t"}]
    found = oremix.frontier(document(materials=materials, suppliers=ore, plants=[works], policies=[policy]))
    assert told(found) == [(1.0, 100, 0, 2), (0, 300, 2, None)]
    assert found.exact


# ---------------------------------------------------------------- what can be asked


def test_limits_of_interest() -> None:
    """From 80 to 50 %: the kink between, and both ends; the price beyond an end is known where it was asked from."""
    found = oremix.frontier(document(**SELLERS, policies=[CAP]), from_=0.8, to=0.5)
    assert [(near(p.bound), near(p.total_cost)) for p in found.points] == [(0.8, 540), (0.6, 580), (0.5, 630)]
    assert kinks(found) == [0.6]
    assert (found.points[0].marginal, found.tightest, found.refused) == (near(2), near(0.5), None)


def test_a_list_of_bounds() -> None:
    """Each is solved, the impossible said to be so, and no kink is claimed."""
    found = oremix.frontier(document(**SELLERS, policies=[CAP]), bounds=[0.2, 0.5, 0.9])
    assert [(near(p.bound), near(p.total_cost)) for p in found.points] == [(0.9, 520), (0.5, 630)]
    assert {point.kink for point in found.points} == {None}
    assert "0.2 (infeasible)" in found.notes[0]


def test_without_a_policy_it_is_the_only_cap() -> None:
    """With two, both are named; with none, what there is."""
    other = CAP | {"id": "other", "countries": ["AU"]}
    with pytest.raises(oremix.InvalidOption, match="cap, other"):
        oremix.frontier(document(**SELLERS, policies=[CAP, other]))
    floor = {"id": "floor", "type": "share", "countries": ["CN"], "min": 0}
    with pytest.raises(oremix.InvalidOption, match="`policy` is needed; there are policies: floor"):
        oremix.frontier(document(**SELLERS, policies=[floor]))
    with pytest.raises(oremix.InvalidOption, match="no policy"):
        oremix.frontier(document(**SELLERS))


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"policy": "cup"}, ["`policy` is no policy; there are: cap"]),
        ({"side": "most", "max_points": 1}, ["`side`", "`max_points`"]),
        ({"from_": 2, "to": 3}, ["`from` should be a share", "`to` should be a share", "tighter than"]),
        ({"from_": 0.2, "to": 0.4}, ["`to` should be tighter than `from`, which is 0.2"]),
        ({"bounds": [0.1], "to": 0.4}, ["`to` cannot stand with `bounds`"]),
        ({"from_year": 2028}, ["`from_year` cannot be: the problem is a typical year"]),
        ({"time_limit": -1}, ["`time_limit`"]),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_said(options: dict[str, Any], names: list[str]) -> None:
    """Every fault, by the name of the option."""
    with pytest.raises(oremix.InvalidOption) as caught:
        oremix.frontier(document(**SELLERS, policies=[CAP]), **options)
    assert [name for name in names if name not in str(caught.value)] == []


def test_no_plan_at_any_bound() -> None:
    """Nobody has 100 t."""
    found = oremix.frontier(document(suppliers=[AUSTRALIA], policies=[CAP]))
    assert (found.status, found.points, found.tightest) == ("infeasible", [], None)
    assert "no plan even at the loosest" in found.notes[0]


def test_a_policy_that_never_costs_is_one_point() -> None:
    """China sells least of all: 100 t of Australia's at 3."""
    cheap = AUSTRALIA | {"unit_cost": 3, "capacity": 100}
    found = oremix.frontier(document(suppliers=[CHINA, cheap], policies=[CAP]))
    assert told(found) == [(0, 300, 0, None)]


def test_a_rule_of_a_preset_moves_like_any_other() -> None:
    """No country above the bound: Australia's at 2 more, from 60 % America's at 5 more.

    Below 40 % a point takes 1 t of China and 1 t of Australia for 2 t of America's: 20 − 5 − 7 = 8. At 35 % all 30 t of
    America's are bought: 35 · 5 + 35 · 7 + 30 · 10 = 720.
    """
    preset = {"preset": "uk-vision-2035", "places": ["JP"], "rules": {"domestic": False, "recycled": False}}
    problem = document(**SELLERS, policies=[preset])
    (rule,) = read_problem(problem).rules
    found = oremix.frontier(problem, rule.id)
    assert told(found) == [(1.0, 500, 0, 2), (0.6, 580, 2, 5), (0.4, 680, 5, 8), (0.35, 720, 8, None)]
    assert len(found.points[0].ratios) == 3


# ---------------------------------------------------------------- limits and listening


def test_the_search_stops_at_its_limit_and_says_so() -> None:
    """Two bounds are not enough."""
    found = oremix.frontier(document(**SELLERS, policies=[CAP]), max_points=2)
    assert not found.complete
    assert not found.exact
    assert any("max_points" in note for note in found.notes)
    assert [near(found.points[0].bound), near(found.points[-1].bound)] == [1.0, 0.3]


def test_somebody_who_stops_it_gets_what_there_is() -> None:
    """Stopped at the fifth bound, it has points, and is not complete."""
    stop = threading.Event()
    heard = []

    def listen(done: int, total: int, text: str) -> None:
        heard.append((done, total, text))
        if done >= 5:
            stop.set()

    found = oremix.frontier(oremix.example("lithium-japan"), stop=stop, progress=listen)
    assert not found.complete
    assert len(found.points) >= 2
    assert all(total >= done for done, total, _ in heard)


def test_no_time_is_no_answer() -> None:
    """Nothing was solved."""
    found = oremix.frontier(document(**SELLERS, policies=[CAP]), time_limit=0)
    assert (found.status, found.points, found.complete) == ("no_answer", [], False)


def test_it_can_be_read() -> None:
    """A unit on every number, and what enters."""
    text = str(oremix.frontier(document(**SELLERS, policies=[CAP], name="Oxide")))
    assert "Oxide: cost against the max of cap" in text
    assert "USD 500 at 100 %, USD 230 more at 30 %, discounted; 2 kinks, exact" in text
    assert "No plan keeps a bound any lower than 30 % (proved)" in text
    assert "in    supplier weld (AU), oxide: 0 -> 40 t" in text


# ---------------------------------------------------------------- properties

SLOW = list(HealthCheck)
UNIT = {"share": 0.01}


def rule_of(problem: Document) -> tuple[str, str] | None:
    """A policy that can move, and its side."""
    for policy in problem["policies"]:
        if policy.get("type") in ("share", "quantity", "footprint", "budget"):
            for side in ("max", "min"):
                if side in policy:
                    return policy["id"], side
    return None


def cold(problem: Document, name: str, side: str, bound: float) -> Any:
    """The plan of the problem with the bound written into it, solved from nothing."""
    policies = [dict(policy) for policy in problem["policies"]]
    for policy in policies:
        if policy["id"] == name:
            policy.pop("penalty", None)
            policy[side] = bound
    return solve(problem | {"policies": policies}, detail="plan", diagnose=False)


def traced(data: st.DataObject, **kinds: Any) -> tuple[Document, str, str, Frontier]:
    problem = data.draw(documents(**kinds))
    found = rule_of(problem)
    if found is None:
        problem["policies"].append({"id": "cap", "type": "share", "countries": ["CN"], "max": 0.5})
        found = "cap", "max"
    name, side = found
    try:
        frontier = oremix.frontier(problem, name, side=side, max_points=60)
    except oremix.InvalidOption as error:
        event(str(error)[:40])
        assume(False)
        raise
    event(f"{frontier.status}, {min(len(frontier.points), 5)} points, exact {frontier.exact}")
    return problem, name, side, frontier


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(st.data())
def test_points_are_what_cold_solves_give(data: st.DataObject) -> None:
    """And the cost never rises as the bound loosens; just beyond the tightest there is no plan."""
    problem, name, side, found = traced(data, yes_no=False)
    loosens = 1 if side == "max" else -1
    bounds = [loosens * point.bound for point in found.points]
    assert bounds == sorted(bounds, reverse=True)
    size = max((abs(point.total_cost) for point in found.points), default=0.0)
    for point, tighter in pairwise(found.points):
        assert tighter.total_cost >= point.total_cost - 1e-8 * size
    for point in found.points[:6]:
        assert point.verified
        if point.jump or any(other.jump for looser, other in pairwise(found.points) if looser is point):
            continue  # on which side of it the bound is, rounding decides
        plan = cold(problem, name, side, point.bound)
        if plan.total_cost is None:
            # at the tightest bound itself rounding decides
            assert point is found.points[-1]
            continue
        money = sum(abs(amount) for amount in plan.costs.by_category.values())
        assert point.total_cost == pytest.approx(plan.total_cost, rel=1e-9, abs=1e-9 * max(money, 1.0))
    if found.refused is not None and found.points:
        assert cold(problem, name, side, found.refused.bound).status == "infeasible"


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
@given(st.data())
def test_kinks_have_two_slopes(data: st.DataObject) -> None:
    """The slopes told are those to bounds a little to either side, solved from nothing."""
    problem, name, side, found = traced(data, yes_no=False)
    assume(found.exact)
    loosens = 1 if side == "max" else -1
    kind = next(policy["type"] for policy in problem["policies"] if policy["id"] == name)
    unit = UNIT.get(kind, 1.0)
    for looser, point, tighter in zip([None, *found.points], found.points, [*found.points[1:], None], strict=False):
        if not point.kink:
            continue
        assert point.tightening is not None
        assert point.marginal is not None
        assert point.tightening > point.marginal
        for beside, slope in ((looser, point.marginal), (tighter, point.tightening)):
            assert_slope(problem, (name, side, unit, loosens), (point, beside), slope)


def assert_slope(
    problem: Document,
    rule: tuple[str, str, float, int],
    pair: tuple[FrontierPoint, FrontierPoint | None],
    slope: float,
) -> None:
    """What a tenth of the way to the next point saves or costs, by the unit."""
    name, side, unit, loosens = rule
    point, beside = pair
    if beside is None or abs(beside.bound - point.bound) < 1e-6 * max(1.0, abs(point.bound)):
        return
    bound = point.bound + (beside.bound - point.bound) / 10
    plan = cold(problem, name, side, bound)
    assert plan.total_cost is not None
    found = (point.total_cost - plan.total_cost) / (loosens * (bound - point.bound)) * unit
    noise = 1e-8 * sum(abs(amount) for amount in plan.costs.by_category.values()) / abs(bound - point.bound) * unit
    assert found == pytest.approx(slope, rel=1e-5, abs=noise + 1e-9)


@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
@given(st.data())
def test_names_and_order_change_nothing(data: st.DataObject) -> None:
    """Suppliers with other ids, and every list the other way round."""
    problem, name, side, found = traced(data, yes_no=False)
    renamed = [supplier | {"id": f"z{9 - number}"} for number, supplier in enumerate(problem["suppliers"])]
    other = problem | {"suppliers": renamed[::-1]}
    for key in ("materials", "plants", "recyclers", "demands", "places"):
        other[key] = problem[key][::-1]
    again = oremix.frontier(other, name, side=side, max_points=60)
    assert again.status == found.status
    assume(found.exact and again.exact)
    size = max((abs(point.total_cost) for point in found.points), default=1.0)
    assert [p.bound for p in again.points] == pytest.approx([p.bound for p in found.points], rel=1e-6, abs=1e-6)
    assert [p.total_cost for p in again.points] == pytest.approx(
        [p.total_cost for p in found.points], rel=1e-8, abs=1e-8 * size
    )


@settings(max_examples=12, deadline=None, suppress_health_check=SLOW)
@given(st.data())
def test_with_yes_no_decisions_points_are_what_cold_solves_give(data: st.DataObject) -> None:
    """To the gap of the search."""
    problem, name, side, found = traced(data, yes_no=True)
    for point in found.points[:4]:
        plan = cold(problem, name, side, point.bound)
        if plan.total_cost is None:
            assert point is found.points[-1]
            continue
        money = sum(abs(amount) for amount in plan.costs.by_category.values())
        assert point.total_cost == pytest.approx(plan.total_cost, abs=1e-6 * max(money, 1.0))


def test_two_problems_may_disagree_on_what_a_policy_is() -> None:
    """A problem with faults is refused with all of them, as everywhere."""
    with pytest.raises(InvalidProblem):
        oremix.frontier(document(suppliers=[CHINA | {"unit_cost": "a"}]))
