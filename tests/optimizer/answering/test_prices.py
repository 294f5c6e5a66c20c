"""Prices, limits and offers say what solving again says."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

import oremix
from oremix.models import Plan, Problem, read_problem
from tests.random_problems import Document, documents

MINIMAL: dict[str, Any] = {
    "materials": [{"id": "oxide", "unit": "t"}],
    "suppliers": [
        {"id": "northern", "country": "CN", "material": "oxide", "capacity": 60000, "unit_cost": 55000},
        {"id": "mount_weld", "country": "AU", "material": "oxide", "capacity": 6500, "unit_cost": 69000},
    ],
    "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 5500}],
    "policies": [{"id": "china_cap", "type": "share", "countries": ["CN"], "max": 0.4}],
}
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
SOLVERS = ("highs", "cbc")


def cost(document: Document | dict[str, Any], **options: Any) -> float | None:
    """The least cost; none where there is no plan."""
    return oremix.solve(document, detail="plan", **options).total_cost


def with_cap(share: float) -> dict[str, Any]:
    return {**MINIMAL, "policies": [MINIMAL["policies"][0] | {"max": share}]}


def with_demand(quantity: float) -> dict[str, Any]:
    return {**MINIMAL, "demands": [MINIMAL["demands"][0] | {"quantity": quantity}]}


# ---------------------------------------------------------------- by hand


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_percentage_point_is_worth_the_difference_of_the_prices(solver: str) -> None:
    """55 t × 14,000 a point, from no Chinese oxide to nothing else: checked by solving again on both sides."""
    (limit,) = oremix.solve(MINIMAL, solver=solver).limits
    assert (limit.price, limit.tightening) == (pytest.approx(770_000), pytest.approx(770_000))
    assert (limit.at, limit.from_, limit.to) == pytest.approx((0.4, 0, 1))
    base = 348_700_000
    for share in (0, 0.2, 0.39, 0.41, 0.8, 1):
        assert cost(with_cap(share), solver=solver) == pytest.approx(base - 77_000_000 * (share - 0.4), rel=1e-12)


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_tonne_of_demand_costs_the_mix_while_australia_can_supply_its_part(solver: str) -> None:
    """0.4 × 55,000 + 0.6 × 69,000 = 63,400, up to 6,500 / 0.6 = 10,833.3 t."""
    (price,) = oremix.solve(MINIMAL, solver=solver).prices
    assert (price.price, price.less) == (pytest.approx(63_400), pytest.approx(63_400))
    assert (price.from_, price.to) == pytest.approx((0, 6500 / 0.6))
    assert cost(with_demand(10_833), solver=solver) == pytest.approx(63_400 * 10_833)
    assert cost(with_demand(10_834), solver=solver) is None


@pytest.mark.parametrize("solver", SOLVERS)
def test_on_a_kink_the_two_sides_differ(solver: str) -> None:
    """Demand is just what the cheap seller has: a tonne more costs 9, a tonne less saves 5."""
    document = {
        "materials": [{"id": "oxide", "unit": "t"}],
        "suppliers": [
            {"id": "cheap", "country": "AU", "material": "oxide", "capacity": 100, "unit_cost": 5},
            {"id": "dear", "country": "US", "material": "oxide", "capacity": 50, "unit_cost": 9},
        ],
        "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100}],
    }
    plan = oremix.solve(document, solver=solver)
    (price,) = plan.prices
    assert (price.price, price.less) == (pytest.approx(9), pytest.approx(5))
    assert (price.from_, price.to) == pytest.approx((0, 150))
    limits = {limit.on: limit for limit in plan.limits}
    if "cheap" in limits:  # listed only where the solver's dual is not 0; what it says is the same in any case
        assert limits["cheap"].price == 0
        assert limits["cheap"].tightening == pytest.approx(4)
        assert limits["cheap"].to is None


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_last_tonne_that_can_be_had_has_no_price_beyond_it(solver: str) -> None:
    """No plan could deliver one more: there is no price for it, and one less saves what the dearest costs."""
    document = with_demand(100) | {"policies": []}
    document["suppliers"] = [MINIMAL["suppliers"][0] | {"capacity": 100}]
    (price,) = oremix.solve(document, solver=solver).prices
    assert price.price is None
    assert price.less == pytest.approx(55_000)
    assert price.to == pytest.approx(100)


@pytest.mark.parametrize("solver", SOLVERS)
def test_an_offer_names_the_price_at_which_it_enters(solver: str) -> None:
    """A third seller at 80,000 enters below 69,000: it would take the place of Australian oxide, never of Chinese."""
    third = {"id": "third", "country": "US", "material": "oxide", "capacity": 1000, "unit_cost": 80_000}
    document = {**MINIMAL, "suppliers": [*MINIMAL["suppliers"], third]}
    (offer,) = [offer for offer in oremix.solve(document, solver=solver).offers if offer.kind == "supplier"]
    assert (offer.on, offer.price, offer.enters_at) == ("third", 80_000, pytest.approx(69_000))
    for asked, bought in ((68_999, 1000), (69_001, 0)):
        changed = {**document, "suppliers": [*MINIMAL["suppliers"], third | {"unit_cost": asked}]}
        purchases = {
            purchase.supplier: purchase.quantity for purchase in oremix.solve(changed, solver=solver).purchases
        }
        assert purchases.get("third", 0) == pytest.approx(bought)


def test_an_unused_chain_enters_at_what_all_of_it_may_cost() -> None:
    """Ore at 20, refining at 30 against oxide at 40: refining would have to cost 20; no reduced cost says so alone."""
    document = {
        "materials": [{"id": "ore", "unit": "t"}, {"id": "oxide", "unit": "t"}],
        "suppliers": [
            {"id": "mine", "country": "AU", "material": "ore", "capacity": 90, "unit_cost": 20},
            {"id": "seller", "country": "CN", "material": "oxide", "capacity": 200, "unit_cost": 40},
        ],
        "plants": [
            {"id": "works", "country": "MY", "capacity": 50, "recipes": [
                {"id": "r", "inputs": {"ore": 1}, "outputs": {"oxide": 1}, "unit_cost": 30}]},
        ],
        "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100}],
    }  # fmt: skip
    offers = {offer.on: offer.enters_at for offer in oremix.solve(document).offers if offer.kind != "lane"}
    assert offers == {"works": pytest.approx(20), "mine": pytest.approx(10)}


def test_a_build_enters_at_the_capex_that_its_savings_pay() -> None:
    """A refinery would save 10 a tonne and year: at no interest and 10 years of life, 100 a tonne of capacity."""
    document = {
        "materials": [{"id": "ore", "unit": "t"}, {"id": "oxide", "unit": "t"}],
        "suppliers": [
            {"id": "mine", "country": "AU", "material": "ore", "unit_cost": 20},
            {"id": "seller", "country": "CN", "material": "oxide", "unit_cost": 40},
        ],
        "plants": [
            {"id": "works", "country": "MY",
             "recipes": [{"id": "r", "inputs": {"ore": 1}, "outputs": {"oxide": 1}, "unit_cost": 10}],
             "build": {"unit_capex": 150, "life": 10, "wacc": 0}},
        ],
        "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100}],
    }  # fmt: skip
    (offer,) = [offer for offer in oremix.solve(document).offers if offer.kind == "build"]
    assert (offer.on, offer.price, offer.enters_at) == ("works", 150, pytest.approx(100))


def test_less_detail_leaves_prices_and_drops_what_takes_further_solves() -> None:
    """A price is then the most that one unit saves, and says so."""
    plan = oremix.solve(MINIMAL, detail="plan")
    (limit,) = plan.limits
    assert (limit.price, limit.tightening, limit.to) == (pytest.approx(770_000), None, None)
    assert "up to" in limit.text
    assert plan.offers == []
    with pytest.raises(oremix.InvalidOption, match="detail"):
        oremix.solve(MINIMAL, detail="much")  # type: ignore[arg-type]


# ---------------------------------------------------------------- against solving again


def stated(problem: Problem, key: str, identity: str, field: str, period: int) -> float:
    """A value over time as it is read in a period."""
    part = next(part for part in getattr(problem, key) if part.id == identity)
    return problem.timeline.read(getattr(part, field))[problem.timeline.starts.index(period)]


def changed(
    problem: Problem, document: Document, key: str, identity: str, field: str, period: int, to: float
) -> Document:
    """The document with one field of one part set in one period."""
    result: Document = copy.deepcopy(document)
    part = next(part for part in result[key] if part["id"] == identity)
    series = problem.timeline.read(part_value(problem, key, identity, field))
    values = list(series)
    values[problem.timeline.starts.index(period)] = to
    part[field] = values
    return result


def part_value(problem: Problem, key: str, identity: str, field: str) -> Any:
    return getattr(next(part for part in getattr(problem, key) if part.id == identity), field)


def weight(problem: Problem, period: int) -> float:
    return problem.timeline.weights[problem.timeline.starts.index(period)]


def turnover(plan: Plan) -> float:
    return max(1.0, sum(abs(amount) for amount in plan.costs.by_category.values()))


def solved(document: Document) -> tuple[Problem, Plan]:
    problem = read_problem(document)
    plan = oremix.solve(problem, detail="full")
    assume(plan.status == "optimal" and plan.total_cost is not None)
    return problem, plan


@settings(max_examples=60, suppress_health_check=SLOW, deadline=None)
@given(documents(yes_no=False))
def test_prices_of_demand_are_slopes_on_either_side(document: Document) -> None:
    """A little more costs the price, a little less saves the other, as far as the range says."""
    problem, plan = solved(document)
    for price in plan.prices[:4]:
        quantity = stated(problem, "demands", price.demand, "quantity", price.period)
        tiny = 1e-4 * max(1.0, quantity)
        up = tiny if price.to is None else min(0.5, (price.to - quantity) * 0.9)
        down = min(tiny, quantity) if price.from_ is None else min(0.5, (quantity - price.from_) * 0.9)
        for step, slope in ((up, price.price), (-down, price.less)):
            if abs(step) < 1e-6 or slope is None:
                continue
            other = cost(changed(problem, document, "demands", price.demand, "quantity", price.period, quantity + step))
            assert other is not None
            expected = plan.total_cost + slope * step * weight(problem, price.period)
            assert other == pytest.approx(expected, abs=1e-8 * turnover(plan))


@settings(max_examples=60, suppress_health_check=SLOW, deadline=None)
@given(documents(yes_no=False))
def test_offers_enter_a_hair_below_their_price_and_not_above(document: Document) -> None:
    """A hair below the plan gets cheaper; a hair above nothing changes."""
    problem, plan = solved(document)
    base = plan.total_cost
    assert base is not None
    for offer in [offer for offer in plan.offers if offer.kind == "supplier"][:4]:
        if part_value(problem, "suppliers", offer.on, "tiers") is not None:
            continue
        hair = 1e-3 * max(1.0, abs(offer.price))
        if offer.enters_at < -1e12 or part_value(problem, "suppliers", offer.on, "take_or_pay") is not None:
            continue
        below, above = (
            cost(changed(problem, document, "suppliers", offer.on, "unit_cost", offer.period, offer.enters_at + by))
            for by in (-hair, hair)
        )
        if below is None:  # at a price below nothing it may earn without end
            continue
        assert above == pytest.approx(base, abs=1e-8 * turnover(plan))
        assert below < base + 1e-9 * turnover(plan)
        assert below < base or offer.enters_at == offer.price


@settings(max_examples=60, suppress_health_check=SLOW, deadline=None)
@given(documents(yes_no=False))
def test_a_rule_is_worth_what_loosening_and_tightening_it_does(document: Document) -> None:
    """One unit of a hard quantity up or down changes the cost by what is stated."""
    problem, plan = solved(document)
    for limit, policy in rules_of(problem, plan):
        side = "max" if policy.get("max") is not None else "min"
        position = problem.timeline.starts.index(limit.period)
        assert limit.at is not None
        for step in steps_of(limit):
            other = copy.deepcopy(document)
            entry = next(entry for entry in other["policies"] if entry.get("id") == limit.on)
            values = list(problem.timeline.read(part_value(problem, "policies", limit.on, side)))
            values[position] += step
            entry[side] = values
            looser = step > 0 if side == "max" else step < 0
            slope = -limit.price if looser else limit.tightening
            found = cost(other)
            assert found is not None
            expected = plan.total_cost + slope * abs(step) * weight(problem, limit.period)
            assert found == pytest.approx(expected, abs=1e-8 * turnover(plan))


def rules_of(problem: Problem, plan: Plan) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The limits of hard quantities with one bound on one material, which a single number moves."""
    for limit in plan.limits:
        policy = (
            next((rule for rule in problem.policies if rule.id == limit.on), None) if limit.kind == "policy" else None
        )
        if policy is None or policy.type != "quantity" or limit.period is None or policy.each:
            continue
        if (policy.max is None) == (policy.min is None) or len([x for x in plan.limits if x.on == limit.on]) > 1:
            continue
        if sum(share.policy == limit.on and share.period == limit.period for share in plan.shares) == 1:
            yield limit, policy.model_dump()


def steps_of(limit: Any) -> Iterator[float]:
    """A step to either side that stays within the range, where the price holds."""
    up = 0.5 if limit.to is None else min(0.5, (limit.to - limit.at) * 0.9)
    down = 0.0 if limit.from_ is None else min(0.5, (limit.at - limit.from_) * 0.9)
    yield from (step for step in (up, -down) if abs(step) > 1e-6)


@settings(max_examples=40, suppress_health_check=SLOW, deadline=None)
@given(documents(yes_no=False))
def test_two_solvers_give_the_same_prices(document: Document) -> None:
    """One-sided slopes are facts of the problem, not of a solver's vertex."""
    problem, plan = solved(document)
    other = oremix.solve(problem, solver="cbc", detail="full")
    assert other.status == "optimal"
    scale = max([1.0, *(abs(price.price or 0.0) for price in plan.prices)])
    for one, two in zip(plan.prices, other.prices, strict=True):
        for mine, others in ((one.price, two.price), (one.less, two.less)):
            assert (mine is None) == (others is None)
            assert (mine or 0.0) == pytest.approx(others or 0.0, rel=1e-6, abs=1e-6 * scale)


@pytest.mark.parametrize("name", ["cobalt-usa", "lithium-japan", "magnets-usa-japan"])
def test_two_solvers_explain_an_example_alike(name: str) -> None:
    """The same limits, worth the same on both sides, and the same offers at the same prices."""
    one, other = (oremix.solve(oremix.example(name), solver=solver) for solver in SOLVERS)
    for field, key, numbers in (
        ("limits", ("kind", "on", "period", "material"), ("price", "tightening", "from_", "to")),
        ("offers", ("kind", "on", "period", "material"), ("enters_at",)),
        ("prices", ("demand", "period"), ("price", "less", "from_", "to")),
    ):
        mine, others = (
            {tuple(getattr(record, part) for part in key): record for record in getattr(plan, field)}
            for plan in (one, other)
        )
        assert mine.keys() == others.keys()
        for label, record in mine.items():
            for number in numbers:
                value, twin = getattr(record, number), getattr(others[label], number)
                assert (value is None) == (twin is None), (label, number)
                assert value is None or value == pytest.approx(twin, rel=1e-6, abs=1e-6), (label, number)
