"""Plans that are nearly as cheap, and the range of each decision: by hand."""

from __future__ import annotations

import threading
from typing import Any

import pytest

import oremix
from oremix.models import InvalidOption, read_problem
from oremix.models.studies.alternatives import Alternatives, Range
from oremix.optimizer.studies import ends
from oremix.optimizer.verify import verify
from tests.plans import near, supplier
from tests.problems import OXIDE, document

KEPT = {**OXIDE, "surplus": "forbidden"}
CHINA = supplier("north", "CN", 5, capacity=100)
AUSTRALIA = supplier("weld", "AU", 5.5, capacity=100)
NEAR_IN_COST = document(materials=[KEPT], suppliers=[CHINA, AUSTRALIA])


def ranges(found: Alternatives) -> dict[str, tuple[Any, ...]]:
    """Kind and id → cheapest, least, most, verdict; builds by year are left out."""
    return {
        f"{one.kind} {one.id}": (*(none_or_near(v) for v in (one.cheapest, one.min, one.max)), one.verdict)
        for one in found.ranges
        if one.ordered is None
    }


def none_or_near(value: float | None) -> Any:
    return None if value is None else near(value)


def supply(found: Alternatives) -> list[dict[str, float]]:
    """Country → share, of the cheapest plan and of each alternative."""
    return [{part.country: part.share for part in one.supply} for one in (found.cheapest, *found.alternatives)]


def assert_sound(found: Alternatives, document: dict[str, Any]) -> None:
    """What holds of every answer, recomputed from its own plans and lists."""
    room = 1e-8 * max(1.0, abs(found.cheapest.total_cost))
    plans = [found.cheapest, *found.alternatives]
    by_pair = {frozenset((pair.first, pair.second)): pair.distance for pair in found.distances}
    assert len(by_pair) == len(plans) * (len(plans) - 1) // 2
    assert all(distance >= found.min_distance - 1e-6 for distance in by_pair.values())
    for one in plans:
        assert one.verified
        assert one.plan.certificate.verified
        assert one.total_cost == one.plan.total_cost
        assert one.total_cost <= found.budget + room
        assert one.total_cost >= found.cheapest.total_cost - room
        assert verify(read_problem(document), one.plan).right
    for one in found.ranges:
        assert_contains(one)
    if found.furthest is not None:
        assert all(one.distance <= found.furthest + 1e-6 for one in found.alternatives)


def assert_contains(one: Range) -> None:
    """A range has the cheapest plan's value and each alternative's, and lies within what is proved."""
    most = float("inf") if one.max is None else one.max
    room = 1e-6 * max(1.0, one.min, 0.0 if one.max is None else one.max)
    for value in (one.cheapest, *one.values):
        assert value is None or one.min - room <= value <= most + room, one
    assert one.proved_min is None or one.proved_min <= one.min + room
    assert one.proved_max is None or one.proved_max >= most - room


# ---------------------------------------------------------------- ranges


def test_two_sellers_near_in_cost() -> None:
    """100 t at 5 are 500; 2 % more are 10, and pay for 10 / 0.5 = 20 t of Australia's at 5.5 in place of China's."""
    found = oremix.alternatives(NEAR_IN_COST)
    assert (found.cheapest.total_cost, found.budget) == (near(500), near(510))
    assert ranges(found) == {
        "share CN": (1, near(0.8), 1, "must"),
        "share AU": (0, 0, near(0.2), "free"),
        "supplier north": (100, 80, 100, "must"),
        "supplier weld": (0, 0, 20, "free"),
    }
    assert all(one.exact for one in found.ranges)
    assert (found.complete, found.left_out) == (True, [])
    assert_sound(found, NEAR_IN_COST)


def test_the_alternatives_are_as_different_as_they_can_be() -> None:
    """The furthest takes 20 t from Australia; halfway, 10 t, it is 10 % from both; and then there is 5 t and 15 t."""
    found = oremix.alternatives(NEAR_IN_COST)
    parts = [part.get("AU", 0) for part in supply(found)]
    assert parts[:3] == [0, near(0.2), near(0.1)]
    assert len(parts) == 5
    assert {round(part, 5) for part in parts[3:]} == {0.05, 0.15}
    assert [one.total_cost for one in found.alternatives][:2] == [near(510), near(505)]
    assert found.alternatives[0].distance == near(0.2)
    assert found.alternatives[1].nearest == pytest.approx(0.05, abs=1e-6)
    assert found.alternatives[0].text == [
        "20 % of oxide in JP comes from elsewhere: AU 20 % (not 0 %), CN 80 % (not 100 %)"
    ]
    assert found.furthest == near(0.2)


def test_when_there_are_no_more_it_says_so() -> None:
    """Of plans from 0 to 20 % of Australia, no third is 11 % from 0 and from 20 %: 10 % is the most."""
    found = oremix.alternatives(NEAR_IN_COST, min_distance=0.11)
    assert len(found.alternatives) == 1
    assert found.exhausted
    assert found.reason is not None
    assert "none is 11 % from all of these: 10 % at most" in found.reason
    assert found.complete


def test_what_is_left_over_is_told() -> None:
    """Where surplus is free, 510 also pay for 102 t of China's, 2 of which nobody uses."""
    found = oremix.alternatives(document(suppliers=[CHINA | {"capacity": 200}, AUSTRALIA]))
    north = next(one for one in found.ranges if one.id == "north")
    assert (north.max, north.left_over_at_max) == (near(102), near(2))
    assert any("left over" in note for note in found.notes)


def test_one_plan_only() -> None:
    """At no more than the least cost there is China's 100 t and nothing else, which the ranges prove."""
    found = oremix.alternatives(NEAR_IN_COST, within=0.0)
    assert (found.alternatives, found.exhausted, found.budget) == ([], True, near(500))
    assert found.reason is not None
    assert found.reason.endswith("which the ranges prove")
    assert found.furthest == pytest.approx(0, abs=1e-7)
    assert {name: verdict for name, (*_, verdict) in ranges(found).items()} == {
        "share CN": "must",
        "share AU": "never",
        "supplier north": "must",
        "supplier weld": "never",
    }


def test_a_tie_has_many_cheapest_plans() -> None:
    """At one price any split costs 500, so that each seller can have from nothing to everything."""
    tie = document(materials=[KEPT], suppliers=[CHINA, AUSTRALIA | {"unit_cost": 5}])
    found = oremix.alternatives(tie, within=0.0, count=2)
    assert [one.total_cost for one in found.alternatives] == [near(500), near(500)]
    for name in ("share CN", "share AU"):
        assert ranges(found)[name][1:3] == (0, 1)
    assert {frozenset(part) for part in supply(found)[:2]} == {frozenset({"CN"}), frozenset({"AU"})}
    assert found.distances[0].distance == near(1)
    assert_sound(found, tie)


def test_a_share_of_what_can_itself_be_less() -> None:
    """Missing costs 6, as does Australia: of 60 t from China and up to 40 of Australia's, China has 60 to 100 %."""
    problem = document(
        materials=[KEPT],
        suppliers=[CHINA | {"capacity": 60}, AUSTRALIA | {"unit_cost": 6}],
        demands=[{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100, "shortage_cost": 6}],
    )
    found = oremix.alternatives(problem, within=0.0)
    told = ranges(found)
    assert told["share CN"][1:] == (near(0.6), 1, "must")
    assert told["share AU"][1:] == (0, near(0.4), "free")
    assert told["demand japan"][1:] == (60, 100, "must")
    assert_sound(found, problem)


def test_a_share_that_is_must_only_where_anything_arrives() -> None:
    """Missing costs what all sellers ask: China must be half of what arrives, and nothing need arrive at all."""
    problem = document(
        materials=[KEPT],
        suppliers=[CHINA, AUSTRALIA | {"unit_cost": 5}],
        demands=[{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100, "shortage_cost": 5}],
        policies=[{"id": "half", "type": "share", "countries": ["CN"], "min": 0.5}],
    )
    found = oremix.alternatives(problem, within=0.0)
    told = ranges(found)
    assert told["share CN"][1:] == (0.5, 1, "free")
    assert told["demand japan"][1:] == (0, 100, "free")


def test_a_negative_cost_is_widened_by_its_amount() -> None:
    """An outlet pays 10 for what costs 5: −500 for 100 t. 2 % of that are 10: 98 t at least are sold."""
    outlet = document(
        materials=[KEPT],
        suppliers=[CHINA, AUSTRALIA],
        demands=[{"id": "japan", "country": "JP", "material": "oxide", "quantity": 100, "sale_price": 10}],
    )
    found = oremix.alternatives(outlet)
    assert (found.cheapest.total_cost, found.budget) == (near(-500), near(-490))
    assert ranges(found)["demand japan"] == (100, 98, 100, "must")
    assert_sound(found, outlet)


def test_what_costs_nothing() -> None:
    """An outlet that pays less than anything costs is left alone; within 2 % of nothing, and not a tonne more."""
    outlet = {"id": "japan", "country": "JP", "material": "oxide", "quantity": 100, "sale_price": 1}
    problem = document(materials=[KEPT], suppliers=[CHINA, AUSTRALIA], demands=[outlet])
    found = oremix.alternatives(problem)
    assert (found.cheapest.total_cost, found.budget) == (0, 0)
    assert ranges(found)["demand japan"] == (0, 0, 0, "never")
    # 8 t cost 4 each more than they bring, or more
    assert ranges(oremix.alternatives(problem, budget=32.0))["demand japan"] == (0, 0, 8, "free")


def test_what_has_no_end() -> None:
    """What costs nothing can be had without end, if what is left over does no harm."""
    found = oremix.alternatives(document(suppliers=[supplier("gift", "CN", 0)]))
    (gift,) = (one for one in found.ranges if one.kind == "supplier")
    assert (gift.min, gift.max, gift.proved_max, gift.exact, gift.verdict) == (near(100), None, None, True, "must")


def test_must_and_never_by_rules() -> None:
    """China at most half, the United States nothing: of 100 t Australia sends from 50 to 54, at 12 more in all."""
    rules = [
        {"id": "cap", "type": "share", "countries": ["CN"], "max": 0.5},
        {"id": "none", "type": "share", "countries": ["US"], "max": 0},
    ]
    sellers = [CHINA, AUSTRALIA | {"unit_cost": 8}, supplier("pass", "US", 1)]
    found = oremix.alternatives(document(materials=[KEPT], suppliers=sellers, policies=rules))
    assert found.budget == near(663)
    assert ranges(found) == {
        "share CN": (near(0.5), near(0.5 - 13 / 300), near(0.5), "must"),
        "share AU": (near(0.5), near(0.5), near(0.5 + 13 / 300), "must"),
        "share US": (0, 0, 0, "never"),
        "supplier north": (50, near(50 - 13 / 3), 50, "must"),
        "supplier weld": (50, 50, near(50 + 13 / 3), "must"),
        "supplier pass": (0, 0, 0, "never"),
    }


def test_amounts_are_per_year_of_the_horizon() -> None:
    """Two years and one, 100 t a year at 5, undiscounted: 1,500; and 45 more for stock, held at 1 a tonne and year.

    30 t at the end of 2027 are 15 on the mean of two years and of the next: 45, and on the mean of the ends 30 · 2 / 3.
    Or some is left at the very end: at 5 and half a year of holding 45 / 5.5 t, a third of that a year.
    """
    problem = document(
        periods=[2026, 2028],
        final_years=1,
        discount_rate=0,
        materials=[KEPT],
        suppliers=[supplier("north", "CN", 5)],
        stockpiles=[{"country": "JP", "material": "oxide", "capacity": 30, "holding_cost": 1, "final": 0}],
    )
    found = oremix.alternatives(problem, budget=1_545)
    told = ranges(found)
    assert told["stock JP"] == (0, 0, 20, "free")
    assert told["supplier north"] == (100, 100, near(100 + 45 / 5.5 / 3), "must")


# ---------------------------------------------------------------- builds

BUILD = {"max": 100, "unit_capex": 10, "life": 10}
BUILDS = document(
    materials=[KEPT],
    discount_rate=0,
    suppliers=[
        supplier("weld", "AU", 5, capacity=0, build=BUILD),
        supplier("pass", "US", 5, capacity=0, build=BUILD | {"unit_capex": 11}),
    ],
)


def test_one_build_instead_of_another() -> None:
    """A tonne is 5 and a tenth of 10 from Australia, of 11 from America: 600 or 610, less than 2 % more.

    612 build 100 t and, to stand idle, 12 / 1.1 = 10.9 t more: 1.109 full builds at most. The supply is all from
    elsewhere, and one full build is exchanged: (1 + 1 / 1.109) / 2.
    """
    found = oremix.alternatives(BUILDS)
    told = ranges(found)
    assert told["build weld"][1:3] == (0, 100)
    assert told["build pass"][1:3] == (0, 100)
    assert found.most_built == near(1 + 12 / 110)
    first = found.alternatives[0]
    assert (first.total_cost, [(b.on, near(b.capacity)) for b in first.builds]) == (near(610), [("pass", 100)])
    assert first.distance == near((1 + 1 / (1 + 12 / 110)) / 2)
    assert first.text[0] == "builds pass (100 t a year) instead of weld (100 t a year)"
    assert_sound(found, BUILDS)


def test_nothing_is_built_only_to_be_different() -> None:
    """A mill nobody needs costs 1 a tonne a year; no alternative has more of it than it uses."""
    idle = BUILDS | {"suppliers": [*BUILDS["suppliers"], supplier("far", "BR", 90, capacity=0, build=BUILD)]}
    found = oremix.alternatives(idle)
    for one in found.alternatives:
        taken = {line.supplier: line.quantity for line in one.plan.purchases}
        assert all(build.capacity == pytest.approx(taken.get(build.on, 0), abs=1e-6) for build in one.builds)


def test_yes_or_no() -> None:
    """One of two works at 10 and 15 a year each, and 5 a tonne: 510 or 515. Both are 525, more than 520.2.

    So each is built in full or not at all, and halfway between the two plans there is none.
    """
    works = {"max": 100, "life": 10}
    problem = document(
        materials=[KEPT],
        discount_rate=0,
        suppliers=[
            supplier("weld", "AU", 5, capacity=0, build=works | {"fixed_capex": 100}),
            supplier("pass", "US", 5, capacity=0, build=works | {"fixed_capex": 150}),
        ],
    )
    found = oremix.alternatives(problem)
    assert [one.total_cost for one in (found.cheapest, *found.alternatives)] == [near(510), near(515)]
    assert found.exhausted
    assert found.most_built == near(1)
    assert ranges(found)["build pass"][1:3] == (0, 100)
    assert ranges(found)["supplier weld"][1:3] == (0, 100)
    assert found.distances[0].distance == near(1)
    assert_sound(found, problem)


def test_the_year_of_an_order_is_a_decision() -> None:
    """Orders of either year count, together and each on its own."""
    problem = BUILDS | {"periods": [2026, 2027]}
    found = oremix.alternatives(problem, decisions=["weld"])
    years = {one.ordered: (near(one.min), near(one.max)) for one in found.ranges if one.kind == "build"}
    assert set(years) == {None, 2026, 2027}
    assert_sound(found, problem)


# ---------------------------------------------------------------- what is asked


def test_only_some_decisions() -> None:
    """By kind, by id of a facility, by country; the distance counts all the same."""
    every = oremix.alternatives(NEAR_IN_COST, count=1)
    for asked, expected in (
        (["share"], {"share CN", "share AU"}),
        (["weld"], {"supplier weld"}),
        (["AU"], {"share AU", "supplier weld"}),
        ([], set()),
    ):
        found = oremix.alternatives(NEAR_IN_COST, count=1, decisions=asked)
        assert set(ranges(found)) == expected
        assert (found.complete, found.furthest) == (True, near(0.2))
        assert supply(found)[1] == near(supply(every)[1])


def test_too_many_decisions_are_named() -> None:
    """The first two are the shares."""
    found = oremix.alternatives(NEAR_IN_COST, max_decisions=2)
    assert set(ranges(found)) == {"share CN", "share AU"}
    assert found.left_out == ["supplier north oxide", "supplier weld oxide"]
    assert not found.complete


def test_demands_that_tell_plans_apart() -> None:
    """With Japan's alone, what America's supply does is no difference."""
    both = NEAR_IN_COST | {
        "demands": [
            {"id": "japan", "country": "JP", "material": "oxide", "quantity": 50},
            {"id": "america", "country": "US", "material": "oxide", "quantity": 50},
        ]
    }
    found = oremix.alternatives(both, demands=["japan"], count=1)
    assert found.alternatives[0].distance == near(0.4)
    shares = {(part.where, part.country): near(part.share) for part in found.alternatives[0].supply}
    assert shares["JP", "AU"] == 0.4
    assert shares["US", "CN"] == 1


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"within": -0.1}, "`within`"),
        ({"within": 0.1, "budget": 600.0}, "`budget` cannot stand with `within`"),
        ({"budget": 499.0}, "no plan costs less than 500.00"),
        ({"min_distance": 0.0}, "`min_distance`"),
        ({"decisions": ["nowhere"], "demands": ["korea"]}, "`demands.0` is no demand; there are: japan; `decisions.0`"),
        ({"count": -1}, "`count`"),
    ],
    ids=str,
)
def test_what_cannot_be_asked(asked: dict[str, Any], words: str) -> None:
    """Every fault, with a remedy."""
    with pytest.raises(InvalidOption) as caught:
        oremix.alternatives(NEAR_IN_COST, **asked)
    assert words in str(caught.value)


def test_without_a_plan_there_is_none_to_start_from() -> None:
    """50 t of 100."""
    with pytest.raises(InvalidOption, match="it is infeasible; `oremix solve` says why"):
        oremix.alternatives(document(suppliers=[CHINA | {"capacity": 50}]))


def test_stopped_in_the_middle() -> None:
    """What is done is kept, and the rest is named."""
    stop = threading.Event()

    def tell(done: int, total: int, text: str) -> None:
        assert 0 <= done <= total
        if text == "supply":
            stop.set()

    found = oremix.alternatives(NEAR_IN_COST, stop=stop, progress=tell)
    assert found.cheapest.total_cost == near(500)
    assert (found.complete, found.ranges, found.exhausted) == (False, [], False)
    assert len(found.left_out) == 4
    assert found.reason == "it was stopped before there were as many as asked for"


def test_no_time_at_all() -> None:
    """There is the cheapest plan, which was soon found, and the rest is named."""
    found = oremix.alternatives(NEAR_IN_COST, time_limit=1e-6)
    assert found.cheapest.verified
    assert (found.complete, found.alternatives, found.exhausted, len(found.left_out)) == (False, [], False, 4)


@pytest.mark.parametrize("engine", ["threads", "loky"])
def test_the_engine_changes_nothing(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In pieces of two directions, by threads or by processes: the same answer but for the seconds."""
    monkeypatch.setattr(ends, "CHUNK", 2)
    monkeypatch.setenv("OREMIX_ENGINE", engine)
    found = oremix.alternatives(BUILDS, tries=6)
    monkeypatch.setattr(ends, "WAVE", 1)
    monkeypatch.setenv("OREMIX_ENGINE", "threads")
    assert without_seconds(found) == without_seconds(oremix.alternatives(BUILDS, tries=6))


def without_seconds(found: Alternatives) -> dict[str, Any]:
    told = found.model_dump(mode="json")
    for one in (told["cheapest"], *told["alternatives"]):
        one["plan"].pop("solver")
    return told


def test_the_text() -> None:
    """Units on every number, and what there is to say of each."""
    text = str(oremix.alternatives(BUILDS, count=1))
    for words in (
        "the cheapest plan costs USD 600, others here up to USD 612, 2 % more, discounted",
        "builds pass (100 t a year) instead of weld (100 t a year)",
        "oxide in JP from AU   100.0 %  0.0 %  100.0 %",
        "weld (AU), t       100      0   100",
    ):
        assert words in text, text
