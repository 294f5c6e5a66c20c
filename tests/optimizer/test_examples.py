"""The examples against answers that somebody else's program gave: an LP of its own for each, written from the notes."""

from __future__ import annotations

import pytest

import oremix

# discounted cost in the currency of the example, to the digits that the other program was noted with
TOTALS = {
    "minimal": (348_700_000, 1e-12),
    "lithium-japan": (9_415.2e6, 1e-5),
    "cobalt-usa": (2_112.17e6, 1e-5),
    "magnets-usa-japan": (85.32547e9, 1e-7),
}


def test_every_example_has_its_answer() -> None:
    """No example is shipped without a total that was found twice."""
    assert set(oremix.examples()) == set(TOTALS)


@pytest.mark.parametrize("name", TOTALS)
def test_an_example_costs_what_another_program_found(name: str) -> None:
    """The plan is proved, and costs what an LP written apart from this code costs."""
    plan = oremix.solve(oremix.example(name))
    expected, precision = TOTALS[name]
    assert plan.status == "optimal"
    assert plan.certificate.verified
    assert plan.total_cost == pytest.approx(expected, rel=precision)


@pytest.mark.parametrize("name", ["lithium-japan", "cobalt-usa", "magnets-usa-japan"])
def test_every_number_has_a_source_or_is_marked(name: str) -> None:
    """Whatever has figures says where they come from, or that nobody published them."""
    problem = oremix.read_problem(oremix.example(name))
    bounds = [p for p in problem.policies if getattr(p, "max", None) != 1 and getattr(p, "min", None) != 0]
    parts = [*problem.facilities, *problem.demands, *problem.lanes, *problem.stockpiles, *bounds]
    bare = [part for part in parts if not part.source and not part.assumption]
    assert bare == []


def test_the_lithium_mix_is_the_one_worked_out_apart() -> None:
    """Flows of the independent LP, in t a year, and what a point more of China saves, in million a year."""
    plan = oremix.solve(oremix.example("lithium-japan"))
    china = {p.period: p.quantity for p in plan.purchases if p.supplier == "china_hydroxide"}
    assert list(china.values()) == pytest.approx([32_430, 45_755, 48_920, 46_248, 44_914, 39_607], abs=1)
    recycled = {r.period: r.quantity for r in plan.recycling}
    assert recycled == pytest.approx({2024: 53, 2026: 67, 2028: 447, 2030: 1_651, 2032: 4_520, 2034: 9_229}, abs=1)
    points = {limit.period: limit.price / 1e6 for limit in plan.limits if limit.kind == "policy"}
    assert points == pytest.approx({2026: 0.04, 2028: 0.36, 2030: 0.99, 2032: 1.25, 2034: 1.99}, abs=0.005)


def test_the_seeds_story_is_told() -> None:
    """China mines about 70 % of rare earths and refines about 90 % at the start; the partners' part then grows."""
    plan = oremix.solve(oremix.example("magnets-usa-japan"))
    shares = {(share.policy, share.period): share.achieved for share in plan.shares if share.policy}
    assert shares["world_mining_reo", 2024] == pytest.approx(0.70, abs=0.01)
    assert shares["world_refining", 2024] == pytest.approx(0.91, abs=0.01)
    assert shares["partners_oxide", 2024] == pytest.approx(0.20, abs=0.01)
    assert (shares["partners_oxide", 2034] or 0) > 0.85
    assert {build.on for build in plan.builds} >= {"eneabba_refinery", "japan_recycling", "nolans"}
