"""Which numbers carry the answer, by hand."""

from __future__ import annotations

import json
import threading
import time
from typing import Any

import pytest

import oremix
from oremix.models import InvalidOption
from oremix.models.studies.sensitivity import Bar, Sensitivity, Side
from tests.plans import demand, supplier
from tests.problems import AUSTRALIA, CHINA, JAPAN, document

CAP = {"id": "china_cap", "type": "share", "countries": ["CN"], "max": 0.4}
# 40 t at 5 and 60 t at 7 are 620.
TWO = document(suppliers=[CHINA, AUSTRALIA], policies=[CAP])


def bars(found: Sensitivity) -> dict[str, Bar]:
    return {bar.label: bar for bar in found.bars}


def sides(bar: Bar) -> tuple[Side, Side]:
    assert bar.down is not None
    assert bar.up is not None
    return bar.down, bar.up


def differences(bar: Bar) -> tuple[float | None, float | None]:
    down, up = sides(bar)
    return down.difference, up.difference


def near(*expected: float) -> Any:
    return pytest.approx(expected, abs=1e-9)


# ---------------------------------------------------------------- the tornado


def test_two_suppliers() -> None:
    """Demand ±10 % is ∓62; Australia's 60 t at 0.7 are 42, China's 40 t at 0.5 are 20; 4 t more of China save 8."""
    found = oremix.sensitivity(TWO)
    assert found.plan_cost == pytest.approx(620)
    assert [bar.label for bar in found.bars] == [
        "quantity of japan (JP)",
        "unit_cost of weld (AU)",
        "unit_cost of north (CN)",
        "max of china_cap",
    ]
    by_label = bars(found)
    assert differences(by_label["quantity of japan (JP)"]) == near(-62, 62)
    assert differences(by_label["unit_cost of weld (AU)"]) == near(-42, 42)
    assert differences(by_label["unit_cost of north (CN)"]) == near(-20, 20)
    assert differences(by_label["max of china_cap"]) == near(8, -8)
    assert [bar.swing for bar in found.bars] == near(124, 84, 40, 16)
    assert [bar.slope for bar in found.bars] == near(6.2, 4.2, 2, -0.8)
    _, up = sides(by_label["max of china_cap"])
    assert [(share.country, share.before, share.after) for share in up.shares] == [
        ("CN", pytest.approx(0.4), pytest.approx(0.44)),
        ("AU", pytest.approx(0.6), pytest.approx(0.56)),
    ]
    assert up.distance == pytest.approx(0.04)
    assert up.text == "CN 40.0 -> 44.0 % of oxide; AU 60.0 -> 56.0 % of oxide"
    assert sides(by_label["quantity of japan (JP)"])[0].text == "the same plan"
    assert found.complete


def test_by_how_much_is_an_option_and_nothing_changes_nothing() -> None:
    """±25 % of demand are ±155; ±0 % are the plan."""
    assert differences(bars(oremix.sensitivity(TWO, by=0.25))["quantity of japan (JP)"]) == near(-155, 155)
    for bar in oremix.sensitivity(TWO, by=0).bars:
        assert bar.moves_nothing
        assert differences(bar) == (0, 0)
        assert sides(bar)[1].text == "the same plan"


def test_what_gives_way_costs_less_than_prices_foresee() -> None:
    """China at 5 raised by a tenth is 5.5, and Korea's 5.2 takes over: 20 more, where prices foresee 50."""
    found = oremix.sensitivity(document(suppliers=[CHINA, supplier("pohang", "KR", 5.2)]))
    down, up = sides(bars(found)["unit_cost of north (CN)"])
    assert (down.difference, up.difference) == near(-50, 20)
    assert (down.first_order, up.first_order) == near(-50, 50)
    assert (up.distance, down.distance) == (1, 0)
    # 4.68 is below 5; dearer it stays away
    down, up = sides(bars(found)["unit_cost of pohang (KR)"])
    assert (down.difference, up.difference) == near(-32, 0)
    assert (down.first_order, up.first_order) == (0, 0)
    assert up.text == "the same plan"


def test_a_side_without_a_plan_comes_first_and_has_no_cost() -> None:
    """105 t can be had: 110 t of demand cannot, nor 94.5 t of capacity serve 100."""
    found = oremix.sensitivity(document(suppliers=[CHINA | {"capacity": 105}]))
    first, second, third = found.bars
    assert {first.label, second.label} == {"quantity of japan (JP)", "capacity of north (CN)"}
    assert third.label == "unit_cost of north (CN)"
    _, up = sides(bars(found)["quantity of japan (JP)"])
    assert (up.status, up.verified, up.total_cost, up.difference, up.text) == (
        "infeasible",
        True,
        None,
        None,
        "no plan",
    )
    assert first.swing is None
    down, up = sides(bars(found)["capacity of north (CN)"])
    assert (down.status, down.total_cost) == ("infeasible", None)
    assert up.difference == 0
    assert "no plan" in str(found)


def test_what_moves_nothing_is_said() -> None:
    """A capacity that is never reached."""
    found = oremix.sensitivity(document(suppliers=[CHINA | {"capacity": 1000}]))
    assert bars(found)["capacity of north (CN)"].moves_nothing
    assert "1 move nothing at all: capacity of north (CN)" in str(found)


def test_what_cannot_be_is_refused_with_its_reason_and_no_cost() -> None:
    """A floor of 30 % cannot rise above a cap of 30 %."""
    both = CAP | {"max": 0.3, "min": 0.3}
    found = oremix.sensitivity(document(suppliers=[CHINA, AUSTRALIA], policies=[both]))
    bar = bars(found)["min of china_cap"]
    down, up = sides(bar)
    assert (up.status, up.total_cost) == ("refused", None)
    assert "above the upper bound" in (up.reason or "")
    assert down.difference == 0
    assert bar.swing == 0
    assert "cannot be" in up.text


def test_a_share_is_moved_as_far_as_it_goes() -> None:
    """95 % of 100 t of scrap at 1 beside China at 5: 5 t more are 20 less, 9.5 t less 38 more."""
    recycler = {
        "id": "back",
        "country": "JP",
        "material": "oxide",
        "scrap": 100,
        "collection_rate": 0.95,
        "unit_cost": 1,
    }
    found = oremix.sensitivity(document(suppliers=[CHINA], recyclers=[recycler]), fields=["collection_rate"])
    (bar,) = found.bars
    down, up = sides(bar)
    assert (down.difference, up.difference) == near(38, -20)
    assert (down.clipped, up.clipped) == (None, "kept at 1, the most there can be")
    assert bar.slope == pytest.approx(-3.8)


# 400 a year for 100 t of a plant that lasts 10 years; with its ore at 4 that is 8 a tonne, beside 10.
MINE = supplier("mine", "AU", 4, build={"max": 100, "unit_capex": 40, "life": 10, "wacc": 0})
BUILT = document(suppliers=[supplier("market", "CN", 10), MINE])


def test_builds_enter_and_leave() -> None:
    """At 10 the mine is built, at 7.5 it is not: 100 · (7.5 − 8) less."""
    found = oremix.sensitivity(BUILT, by=0.25)
    assert found.plan_cost == pytest.approx(800)
    down, up = sides(bars(found)["unit_cost of market (CN)"])
    assert (down.difference, up.difference) == near(-50, 0)
    (build,) = down.builds
    assert (build.what, build.on, build.before, build.after) == ("leaves", "mine", pytest.approx(100), 0)
    assert down.text.startswith("mine (AU) is not built; ")
    assert not up.builds
    # annuity of 5 and ore at 4 are 9; of 3, 7
    assert differences(bars(found)["build.unit_capex of mine (AU)"]) == near(-100, 100)
    down, _ = sides(bars(found)["build.max of mine (AU)"])
    assert (down.builds[0].what, down.builds[0].after) == ("less", pytest.approx(75))


def test_the_discount_rate_moves_too() -> None:
    """Two years of 500: at 10 % 500 + 500/1.1, at 11 % 500 + 500/1.11."""
    found = oremix.sensitivity(document(suppliers=[CHINA], periods=[2026, 2027], discount_rate=0.1))
    bar = bars(found)["the discount rate"]
    assert differences(bar) == near(500 / 1.09 - 500 / 1.1, 500 / 1.11 - 500 / 1.1)
    assert bar.slope == pytest.approx(500 / 1.11 / 10 - 500 / 1.1 / 10)
    assert sides(bar)[0].changes == []


def test_groups_move_together() -> None:
    """All sellers' prices: a tenth of all; China's alone a tenth of its 200."""
    groups = [
        {"on": "suppliers", "field": "unit_cost"},
        {"on": "suppliers", "field": "unit_cost", "where": {"country": "CN"}, "id": "China's prices"},
    ]
    found = oremix.sensitivity(TWO, groups=groups)
    assert {bar.label: differences(bar) for bar in found.bars} == {
        "unit_cost of suppliers": near(-62, 62),
        "China's prices": near(-20, 20),
    }
    assert all(bar.group for bar in found.bars)
    assert len(oremix.sensitivity(TWO, groups=groups, inputs="all").bars) == 6


def test_inputs_are_chosen_by_kind_by_field_and_by_mark() -> None:
    """One of each; a marked one is flagged."""
    problem = document(suppliers=[CHINA | {"assumption": True}, AUSTRALIA], policies=[CAP])
    assert list(bars(oremix.sensitivity(problem, on=["policies"]))) == ["max of china_cap"]
    assert list(bars(oremix.sensitivity(problem, fields=["quantity"]))) == ["quantity of japan (JP)"]
    assert list(bars(oremix.sensitivity(problem, inputs="assumptions"))) == ["unit_cost of north (CN)"]
    marked = {bar.label for bar in oremix.sensitivity(problem).bars if bar.assumption}
    assert marked == {"unit_cost of north (CN)"}


def test_of_many_those_that_carry_most_by_prices_are_solved_again() -> None:
    """Of four the marked one and the heaviest; the others have slopes, by prices, and no costs."""
    problem = TWO | {"policies": [CAP | {"assumption": True}]}
    found = oremix.sensitivity(problem, most=2)
    solved = [bar.label for bar in found.bars if bar.solved]
    assert solved == ["quantity of japan (JP)", "max of china_cap"]
    assert [(bar.label, bar.slope) for bar in found.bars if not bar.solved] == [
        ("unit_cost of weld (AU)", pytest.approx(4.2)),
        ("unit_cost of north (CN)", pytest.approx(2)),
    ]
    assert found.complete
    assert "2 of 4 inputs were not solved again" in " ".join(found.notes)
    assert "2 were not solved again; the most by prices: unit_cost of weld (AU)" in str(found)


def test_yes_no_decisions_are_taken_anew() -> None:
    """Ore at 400 and 5,500 over 10 years are 950: less than the market's 1,000 or 1,100, and more than its 900."""
    build = {"max": 100, "fixed_capex": 5500, "life": 10, "wacc": 0}
    problem = document(suppliers=[supplier("market", "CN", 10), supplier("mine", "AU", 4, build=build)])
    found = oremix.sensitivity(problem)
    assert found.plan_cost == pytest.approx(950)
    down, up = sides(bars(found)["unit_cost of market (CN)"])
    assert (down.difference, up.difference) == near(-50, 0)
    assert down.builds[0].what == "leaves"
    assert "yes/no" in " ".join(found.notes)


# ---------------------------------------------------------------- samples

PRICE = {"id": "price", "on": "suppliers", "where": {"id": "market"}, "field": "unit_cost"}
UNCERTAIN = BUILT | {"uncertainties": [PRICE | {"times": {"uniform": [0.5, 1.5]}}]}


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_a_build_survives_in_as_many_samples_as_strata_favour_it(seed: int) -> None:
    """The mine is built where the market asks more than 8: factors above 0.8, in 7 of 10 strata of [0.5, 1.5]."""
    found = oremix.sensitivity(UNCERTAIN, samples=10, seed=seed, most=0).sampling
    assert found is not None
    (build,) = found.builds
    assert (build.on, build.planned, build.built, build.share) == ("mine", pytest.approx(100), 7, 0.7)
    assert (build.least, build.mean, build.most) == near(100, 100, 100)
    factors = [sample.values["price"] for sample in found.samples]
    assert sorted(int((factor - 0.5) * 10) for factor in factors) == list(range(10))
    costs = [min(800, 1000 * factor) for factor in factors]
    assert [sample.total_cost for sample in found.samples] == pytest.approx(costs)
    assert found.anew.total_cost is not None
    assert found.anew.total_cost.mean == pytest.approx(sum(costs) / 10)
    assert found.anew.total_cost.p50 == pytest.approx(800)


def test_keeping_the_builds_costs_what_is_not_saved() -> None:
    """The mine stands for 400 a year, and its ore is the cheaper always: 800 in each sample, 800 − 1000 f too much."""
    found = oremix.sensitivity(UNCERTAIN, samples=10, most=0).sampling
    assert found is not None
    assert [sample.kept_total_cost for sample in found.samples] == pytest.approx([800] * 10)
    factors = [sample.values["price"] for sample in found.samples]
    assert found.regret is not None
    assert found.regret.mean == pytest.approx(sum(max(0, 800 - 1000 * factor) for factor in factors) / 10)
    (drawn,) = found.drawn
    assert drawn.kept_rank_correlation is None
    assert drawn.rank_correlation is not None
    assert drawn.rank_correlation > 0.5
    assert "kept" in " ".join(oremix.sensitivity(UNCERTAIN, samples=4, most=0).notes)


def test_samples_without_a_plan_are_counted() -> None:
    """110 t can be had: two of four draws of 100 or 120 t cannot be met, in neither reading."""
    drawn = {"id": "boom", "on": "demands", "field": "quantity", "times": {"values": [1, 1.2]}}
    problem = document(suppliers=[CHINA | {"capacity": 110}], uncertainties=[drawn])
    found = oremix.sensitivity(problem, samples=4, most=0).sampling
    assert found is not None
    assert (found.anew.plans, found.anew.infeasible, found.anew.infeasible_share) == (2, 2, 0.5)
    assert (found.kept.plans, found.kept.infeasible) == (2, 2)
    assert found.anew.total_cost is not None
    assert (found.anew.total_cost.least, found.anew.total_cost.most) == near(500, 500)
    assert sorted(sample.status for sample in found.samples) == ["infeasible", "infeasible", "optimal", "optimal"]


def test_what_planned_builds_cannot_meet_is_measured() -> None:
    """100 t are built and nothing else sells: above 100 t, in 5 of 10 strata of [80, 120], (q − 100)/q years miss."""
    drawn = {"id": "boom", "on": "demands", "field": "quantity", "times": {"uniform": [0.8, 1.2]}}
    mine = MINE | {"build": MINE["build"] | {"max": 200}}
    found = oremix.sensitivity(document(suppliers=[mine], uncertainties=[drawn]), samples=10, most=0).sampling
    assert found is not None
    assert (found.anew.infeasible, found.kept.infeasible, found.kept.plans) == (0, 5, 5)
    above = [sample for sample in found.samples if sample.values["boom"] > 1]
    assert [sample.kept_shortage for sample in above] == pytest.approx([1 - 1 / s.values["boom"] for s in above])
    assert found.kept.missing is not None
    assert found.kept.missing.most == pytest.approx(max(1 - 1 / sample.values["boom"] for sample in above))


def test_an_order_that_stands_is_not_undone_by_a_limit_on_orders() -> None:
    """All 100 t are built; where only 50 to 100 t may be, the market makes up for it, and the plan's builds stand."""
    drawn = {
        "id": "room",
        "on": "suppliers",
        "where": {"id": "mine"},
        "field": "build.max",
        "times": {"uniform": [0.5, 1]},
    }
    found = oremix.sensitivity(BUILT | {"uncertainties": [drawn]}, samples=5, most=0).sampling
    assert found is not None
    assert [sample.kept_total_cost for sample in found.samples] == pytest.approx([800] * 5)
    expected = [800 + 2 * 100 * (1 - sample.values["room"]) for sample in found.samples]
    assert [sample.total_cost for sample in found.samples] == pytest.approx(expected)


def test_what_goes_short_at_a_price_is_counted() -> None:
    """Beyond 100 t a tonne missing costs 20: (q − 100)/q years, in 5 of 10 strata of [80, 120]."""
    drawn = {"id": "boom", "on": "demands", "field": "quantity", "times": {"uniform": [0.8, 1.2]}}
    wants = [JAPAN | {"shortage_cost": 20}]
    problem = document(suppliers=[CHINA | {"capacity": 100}], demands=wants, uncertainties=[drawn])
    found = oremix.sensitivity(problem, samples=10, most=0).sampling
    assert found is not None
    assert (found.anew.plans, found.anew.short) == (10, 5)
    above = [sample for sample in found.samples if sample.values["boom"] > 1]
    assert [sample.shortage for sample in above] == pytest.approx([1 - 1 / sample.values["boom"] for sample in above])


def test_shares_and_what_a_policy_costs() -> None:
    """The cap binds, at 0.02 a point and tonne, where Australia asks more than China: 3.5 to 10.5 beside 5."""
    drawn = {
        "id": "au",
        "on": "suppliers",
        "where": {"id": "weld"},
        "field": "unit_cost",
        "times": {"uniform": [0.5, 1.5]},
    }
    found = oremix.sensitivity(TWO | {"uncertainties": [drawn]}, samples=7, most=0).sampling
    assert found is not None
    # 7 strata of width 1 from 3.5; the second, 4.5 to 5.5, may be on either side
    prices = [7 * sample.values["au"] for sample in found.samples]
    dearer = sum(price > 5 for price in prices)
    assert dearer in (5, 6)
    (priced,) = found.policies
    assert (priced.policy, priced.costs, priced.per) == ("china_cap", dearer, "percentage point")
    assert priced.marginal.most == pytest.approx(max(prices) - 5)
    share = next(entry for entry in found.supply if entry.country == "CN")
    assert (share.planned, share.share.most, share.share.least) == near(0.4, 0.4, 0)


def test_without_uncertainties_marked_assumptions_are_drawn() -> None:
    """China's price, evenly from 4.5 to 5.5; what cannot move at both ends is left out, and named."""
    both = CAP | {"min": 0.4, "assumption": ["min"]}
    problem = document(suppliers=[CHINA | {"assumption": True}, AUSTRALIA], policies=[both])
    study = oremix.sensitivity(problem, samples=5, most=0)
    assert study.sampling is not None
    (drawn,) = study.sampling.drawn
    assert drawn.id == "unit_cost of north (CN)"
    factors = [sample.values[drawn.id] for sample in study.sampling.samples]
    assert sorted(int((factor - 0.9) / 0.04) for factor in factors) == list(range(5))
    expected = [420 + 200 * factor for factor in factors]
    assert [sample.total_cost for sample in study.sampling.samples] == pytest.approx(expected)
    assert any("no `uncertainties`" in note for note in study.notes)
    assert any("not drawn" in note and "min of china_cap" in note for note in study.notes)


def test_the_discount_rate_can_be_uncertain() -> None:
    """500 + 500/(1 + r), with r from 5 to 15 %."""
    drawn = {"id": "r", "on": "problem", "field": "discount_rate", "times": {"uniform": [0.5, 1.5]}}
    problem = document(suppliers=[CHINA], periods=[2026, 2027], discount_rate=0.1, uncertainties=[drawn])
    found = oremix.sensitivity(problem, samples=4, most=0).sampling
    assert found is not None
    expected = [500 + 500 / (1 + 0.1 * sample.values["r"]) for sample in found.samples]
    assert [sample.total_cost for sample in found.samples] == pytest.approx(expected)
    assert [sample.kept_total_cost for sample in found.samples] == pytest.approx(expected)


# ---------------------------------------------------------------- what is asked, and stopping


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"by": 2}, "`by`"),
        ({"bye": 0.1}, "`bye` is no known key"),
        ({"samples": 10}, "needs `uncertainties` in the problem"),
        ({"samples": 1}, "`samples`"),
        ({"groups": [{"on": "suppliers", "field": "price"}]}, "`groups.0.field` is no field"),
        ({"groups": [{"on": "suppliers", "field": "unit_cost", "where": {"country": "FR"}}]}, "`groups.0.where`"),
        ({"on": ["mines"]}, "`on.0`"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused(options: dict[str, Any], words: str) -> None:
    """Every fault by name."""
    with pytest.raises(InvalidOption) as caught:
        oremix.sensitivity(TWO, **options)
    assert words in str(caught.value)


def test_a_problem_without_a_plan_is_refused() -> None:
    """There is nothing to move from."""
    with pytest.raises(InvalidOption, match="no plan to start from: it is infeasible"):
        oremix.sensitivity(document(demands=[demand(100)]))


def test_a_stop_keeps_what_is_done() -> None:
    """Set after the third of eight: those are told, and the others named."""
    stop = threading.Event()
    told: list[tuple[int, int]] = []

    def progress(done: int, total: int, _text: str) -> None:
        told.append((done, total))
        if done == 4:
            stop.set()

    problem = TWO | {"uncertainties": [PRICE | {"where": {}, "times": {"uniform": [0.9, 1.1]}}]}
    found = oremix.sensitivity(problem, samples=5, stop=stop, progress=progress)
    assert told[0] == (1, 13)
    assert not found.complete
    assert len(found.bars) + len(found.untried) == 4
    assert 1 <= len(found.bars) <= 3
    assert found.sampling is not None
    assert (found.sampling.asked, found.sampling.done) == (5, 0)
    assert found.sampling.anew.total_cost is None
    assert "not complete: it was stopped" in str(found)
    assert json.loads(found.to_json())["complete"] is False


def test_when_time_is_over_what_is_left_is_named() -> None:
    """A limit that ends while the third of many is told."""
    suppliers = [supplier(f"s{number}", "CN", 5 + number) for number in range(60)]
    found = oremix.sensitivity(
        document(suppliers=suppliers), time_limit=0.5, progress=lambda done, _total, _text: time.sleep(0.1 * (done > 2))
    )
    assert not found.complete
    assert found.untried
    assert len(found.bars) + len(found.untried) == 61


def test_the_text_is_a_tornado() -> None:
    """Bars to both sides of an axis, the widest first, with the change of cost on both."""
    lines = str(oremix.sensitivity(TWO)).splitlines()
    first = next(line for line in lines if "quantity of japan" in line)
    assert first.split() == ["quantity", "of", "japan", "(JP)", "-62", "░" * 18 + "|" + "█" * 18, "+62", "+6.2"]
    cap = next(line for line in lines if "max of china_cap" in line)
    assert "██|░░" in cap
