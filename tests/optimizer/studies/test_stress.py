"""Outages by hand: what goes short, what it costs, how far stock carries, what would have insured against it."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

import oremix
from oremix.models.studies.stress import Stress, Stressed
from oremix.optimizer import engine
from tests.plans import demand, near, plant, refinery, supplier, tonnes
from tests.problems import AUSTRALIA, CHINA, document

YEARLY: dict[str, Any] = {"periods": [2026, 2027, 2028], "discount_rate": 0}


def stressed(problem: dict[str, Any], *, insurance: int = 0, **asked: Any) -> Stress:
    found = oremix.stress(problem, insurance=insurance, **asked)
    assert found.complete
    for outage in found.outages:
        assert outage.verified or outage.total_cost is None, (outage.id, outage.reason)
    return found


def the_outage(problem: dict[str, Any], **asked: Any) -> Stressed:
    (outage,) = stressed(problem, **asked).outages
    return outage


def missing(outage: Stressed) -> dict[int, float]:
    """Period → units missing a year; for problems of one demand."""
    return {short.period: near(short.quantity) for short in outage.shortages}


def ranked(found: Stress) -> list[tuple[str, float]]:
    return [(outage.id, round(outage.shortage, 8)) for outage in found.outages]


# ---------------------------------------------------------------- stock


def stocked(initial: float, **pile: Any) -> dict[str, Any]:
    """China alone sells; Japan has stock, which it must keep."""
    stock = {"country": "JP", "material": "oxide", "initial": initial, "minimum": initial, "holding_cost": 1, **pile}
    return document(suppliers=[CHINA], stockpiles=[stock], **YEARLY)


def test_stock_carries_six_months_and_then_there_is_none() -> None:
    """50 t at hand, 100 t a year lost from 2027 on: 6 months. Missing are 50 t in 2027, 100 t in 2028: 1.5 years."""
    outage = the_outage(stocked(50), countries=["CN"], from_year=2027)
    assert missing(outage) == {2027: 50, 2028: 100}
    assert outage.shortage == near(1.5)
    assert (outage.first_period, outage.years_to_shortage) == (2027, 0)
    (cover,) = outage.stocks
    assert (cover.at_hand, cover.use, cover.lost, cover.unit) == (near(50), near(100), near(100), "t")
    assert cover.months == near(6)
    assert cover.empty_after == 1
    (taker,) = outage.takes_over
    assert (taker.kind, taker.id, taker.more) == ("stockpile", "JP", near(25))


def test_stock_of_a_year_and_a_half_puts_shortage_off_by_one_year() -> None:
    """150 t: 18 months; all of 2027, and half of 2028 is missing."""
    outage = the_outage(stocked(150), countries=["CN"], from_year=2027)
    assert missing(outage) == {2028: 50}
    assert outage.years_to_shortage == 1
    assert [(cover.months, cover.empty_after) for cover in outage.stocks] == [(near(18), 2)]


def test_what_an_outage_costs_is_told_apart_from_stock_that_is_set_free() -> None:
    """The plan buys 300 t at 5 and keeps 50 t at 1 a year: 1,650.

    If its 50 t are free from 2027 on, 50 t less are bought in 2027, and the mean of the stock is 25 in that year and 0
    in the next: 1,325 without the outage. Under it 100 t are bought in 2026 alone, and the stock is the same: 575.
    """
    found = stressed(stocked(50), countries=["CN"], from_year=2027)
    (outage,) = found.outages
    assert found.plan_cost == near(1650)
    assert outage.total_cost == near(575)
    assert outage.difference == near(575 - 1650)
    assert outage.extra_cost == near(575 - 1325)


def test_nothing_is_laid_in_for_an_outage_that_nobody_knows_of() -> None:
    """China could sell 100 t more in 2026 for 2027; but 2026 is as planned, and all of 2027 is missing."""
    problem = document(suppliers=[CHINA], stockpiles=[{"country": "JP", "material": "oxide"}], **YEARLY)
    outage = the_outage(problem, countries=["CN"], from_year=2027, until_year=2027)
    assert missing(outage) == {2027: 100}
    assert outage.stocks == []


def test_stock_that_is_not_needed_lasts() -> None:
    """Australia takes over from China at 7: nothing is lost, whatever is drawn to save money."""
    outage = the_outage(stocked(50) | {"suppliers": [CHINA, AUSTRALIA]}, countries=["CN"], from_year=2028)
    assert outage.shortage == 0
    assert [(cover.lost, cover.months) for cover in outage.stocks] == [(0, None)]


# ---------------------------------------------------------------- a chain of two countries

CHAIN: dict[str, Any] = {
    "materials": tonnes("ore", "oxide"),
    "suppliers": [
        supplier("cn_mine", "CN", 1, "ore", capacity=60, stage="mining"),
        supplier("au_mine", "AU", 2, "ore", capacity=60, stage="mining"),
    ],
    "plants": [refinery("cn_works", "CN", 1, capacity=80), refinery("my_works", "MY", 3, capacity=40)],
    "demands": [demand(100)],
}


def test_every_country_and_facility_alone() -> None:
    """120 t of ore, and 120 t of refining, for 100 t of demand.

    Without China 60 t of ore can still be refined at 40 t only: 60 t are missing, and so they are without its refinery.
    Without either mine 60 t of ore are left: 40 t missing. Without Malaysia 80 t are refined: 20 t missing. Costs of
    like shortage: China 40 at (2 + 3) = 200, its refinery 40 at (1 + 3) = 160; China's mine 60 at 2, 60 at 1 refined:
    180, Australia's 60 at 1 and 1: 120; Malaysia 60 at 1 and 20 at 2, 80 at 1: 180.
    """
    found = stressed(CHAIN)
    assert ranked(found) == [
        ("CN", 0.6),
        ("cn_works", 0.6),
        ("cn_mine", 0.4),
        ("AU", 0.4),
        ("au_mine", 0.4),
        ("MY", 0.2),
        ("my_works", 0.2),
    ]
    costs = {outage.id: outage.total_cost for outage in found.outages}
    assert costs == {
        "CN": near(200),
        "cn_works": near(160),
        "cn_mine": near(180),
        "AU": near(120),
        "au_mine": near(120),
        "MY": near(180),
        "my_works": near(180),
    }


def test_a_ban_is_not_an_outage() -> None:
    """Ore that China keeps is refined in China, and what is refined in Malaysia is Australia's: nothing is missing.

    Oxide that China keeps is missing like that of an outage; its ore still goes to Malaysia, at 1 instead of 2. Without
    a stage both stay: Malaysia's 40 t are Australia's.
    """
    found = stressed(
        CHAIN, bans=[{"country": "CN", "stage": "mining"}, {"country": "CN", "stage": "refining"}, {"country": "CN"}]
    )
    assert {outage.id: outage.shortage for outage in found.outages} == {
        "CN": near(0.6),
        "CN:refining": near(0.6),
        "CN:mining": 0,
    }
    costs = {outage.id: outage.total_cost for outage in found.outages}
    assert costs["CN:refining"] == near(40 * (1 + 3))
    assert costs["CN"] == near(40 * (2 + 3))


def test_domestic_use_goes_on_under_a_ban() -> None:
    """China's own 30 t are met under a ban, and missing in an outage."""
    problem = {"materials": tonnes("oxide"), "suppliers": [CHINA], "demands": [demand(100), demand(30, "CN")]}
    assert the_outage(problem, bans=[{"country": "CN"}]).shortage == near(1)
    assert the_outage(problem, countries=["CN"]).shortage == near(2)


def test_pairs() -> None:
    """Every two of three countries: without China and Australia, or China and Malaysia, there is nothing at all."""
    found = stressed(CHAIN, countries=["CN", "AU", "MY"], pairs=True)
    assert dict(ranked(found)) == {
        "CN + AU": 1,
        "CN + MY": 1,
        "AU + MY": 0.4,
        "CN": 0.6,
        "AU": 0.4,
        "MY": 0.2,
    }
    assert dict(ranked(stressed(CHAIN, pairs=[["cn_mine", "my_works"]]))) == {"cn_mine + my_works": 0.4}


# ---------------------------------------------------------------- prices, demand, lanes, scenarios


def test_a_price_spike_moves_purchases() -> None:
    """China's 5 becomes 10: all 100 t come from Australia at 7, and 200 is what it costs more."""
    problem = document(suppliers=[CHINA, AUSTRALIA])
    outage = the_outage(problem, spikes=[{"of": "CN", "times": 2}])
    assert (outage.shortage, outage.difference) == (0, near(200))
    assert [(taker.id, taker.more) for taker in outage.takes_over] == [("weld", near(100))]
    assert the_outage(problem, spikes=[{"of": "oxide", "times": 2}]).difference == near(500)


def test_a_surge_of_demand() -> None:
    """150 t are asked for, 120 t there are: 30 of 150 are missing."""
    problem = document(suppliers=[CHINA | {"capacity": 120}])
    outage = the_outage(problem, surges=[{"demand": "*", "times": 1.5}])
    assert outage.shortage == near(0.2)
    assert missing(outage) == {1: 30}


def test_a_lane_closed_for_two_periods() -> None:
    """China's only buyer cannot be reached in 2026 and 2027."""
    problem = document(suppliers=[CHINA], **YEARLY)
    outage = the_outage(problem, lanes=[{"from": "CN", "to": "JP", "periods": 2}])
    assert missing(outage) == {2026: 100, 2027: 100}
    later = the_outage(problem, lanes=[{"from": "CN", "to": "JP", "periods": 1}], from_year=2028)
    assert missing(later) == {2028: 100}


@pytest.mark.parametrize(
    "asked",
    [
        {"countries": ["CN"], "from_year": 2027},
        {"facilities": ["weld"], "until_year": 2026},
        {"bans": [{"country": "CN"}], "from_year": 2028},
        {"spikes": [{"of": "CN", "times": 3}]},
        {"surges": [{"demand": "japan", "times": 2}], "from_year": 2027},
        {"lanes": [{"from": "*", "to": "JP", "periods": 1}], "from_year": 2027},
        {"pairs": [["CN", "weld"]], "from_year": 2027},
    ],
    ids=str,
)
def test_a_scenario_can_say_the_same(asked: dict[str, Any]) -> None:
    """The changes that an outage is, as a scenario of one's own, or of the problem."""
    problem = document(suppliers=[CHINA, AUSTRALIA | {"capacity": 60}], **YEARLY)
    outage = the_outage(problem, **asked)
    scenario = {"id": "mine", "changes": outage.changes}
    for other in (
        the_outage(problem, scenarios=[scenario]),
        the_outage(problem | {"scenarios": [scenario]}, scenarios=["mine"]),
    ):
        assert (other.shortage, other.total_cost) == (near(outage.shortage), near(outage.total_cost))
        assert other.first_period == outage.first_period


def test_no_outage_leaves_the_plan() -> None:
    """A scenario that changes nothing, and one that changes nothing that matters, cost what the plan costs."""
    nothing = {"id": "nothing", "changes": []}
    idle = {"id": "idle", "changes": [{"on": "suppliers", "where": {"id": "weld"}, "field": "capacity", "times": 0}]}
    problem = document(suppliers=[CHINA, AUSTRALIA], scenarios=[nothing, idle], **YEARLY)
    found = stressed(problem, scenarios=["nothing", "idle"])
    for outage in found.outages:
        assert (outage.shortage, outage.total_cost) == (0, near(found.plan_cost))
    assert {outage.id: outage.first_period for outage in found.outages} == {"nothing": None, "idle": 2026}


# ---------------------------------------------------------------- contracts, terms, policies, prices


def test_take_or_pay_under_an_outage() -> None:
    """Refining ore at 5 + 1 is planned: 600.

    Without the refinery the ore is paid for still, 500, and oxide bought at 9. Without the mine the contract falls
    away, and 900 is all.
    """
    problem = {
        "materials": tonnes("ore", "oxide"),
        "suppliers": [
            supplier("mine", "AU", 5, "ore", capacity=100, take_or_pay=100),
            supplier("seller", "CN", 9),
        ],
        "plants": [refinery("works", "MY", 1)],
        "demands": [demand(100)],
    }
    found = stressed(problem, facilities=["works", "mine"])
    assert found.plan_cost == near(600)
    assert {outage.id: outage.total_cost for outage in found.outages} == {"works": near(1400), "mine": near(900)}
    assert all(outage.shortage == 0 for outage in found.outages)


@pytest.mark.parametrize("more", [{}, {"build": {"max": 50, "life": 5}}], ids=["existing", "built too"])
def test_what_takes_no_capacity_is_out_too(more: dict[str, Any]) -> None:
    """A recipe that is in no row of the capacity makes nothing in an outage of its plant."""
    recipes = [
        {"id": name, "inputs": {"ore": 1}, "outputs": {"oxide": 1}, "capacity_use": use}
        for name, use in (("slow", 1), ("free", 0))
    ]
    problem = {
        "materials": tonnes("ore", "oxide"),
        "suppliers": [supplier("mine", "AU", 1, "ore")],
        "plants": [{"id": "works", "country": "AU", "capacity": 10, "recipes": recipes, **more}],
        "demands": [demand(100)],
    }
    assert the_outage(problem, facilities=["works"]).shortage == near(1)


def test_builds_are_as_planned() -> None:
    """The plan builds 40 t in Australia, cheaper by 2 a year each; without China no more than these 40 t are there."""
    build = {"max": 40, "unit_capex": 10, "life": 10, "wacc": 0}
    wider = {"max": 100, "unit_capex": 100, "life": 10, "wacc": 0}
    problem = document(suppliers=[CHINA, AUSTRALIA | {"unit_cost": 2, "build": [build, wider]}])
    outage = the_outage(problem, countries=["CN"])
    assert outage.shortage == near(0.6)


def test_rules_are_kept_though_demand_goes_short() -> None:
    """China may bring at most 40 %: without Australia it can bring nothing, and the cap costs all of the year."""
    cap = {"id": "cap", "type": "share", "countries": ["CN"], "max": 0.4}
    outage = the_outage(document(suppliers=[CHINA, AUSTRALIA], policies=[cap]), countries=["AU"])
    assert outage.shortage == near(1)
    assert outage.shortage_without_policies == near(0)
    assert outage.broken == []


def test_a_mine_may_hurt_more_than_its_country_and_it_is_said_why() -> None:
    """Australia's works must run at half of 50 t, on 2 t of ore a tonne; China's 100 t of ore are refined at 1 a tonne.

    Without Australia's mine 50 t of China's ore go through its works: 25 and 50 t for 100, a quarter is missing.
    Without Australia there are no works to run, and nothing is.
    """
    works = plant("works", "AU", 1, {"ore": 2}, {"oxide": 1}, capacity=50, minimum_utilisation=0.5)
    problem = {
        "materials": tonnes("ore", "oxide"),
        "suppliers": [
            supplier("cn_mine", "CN", 1, "ore", capacity=100),
            supplier("au_mine", "AU", 1, "ore", capacity=50),
        ],
        "plants": [works, refinery("good", "CN", 1, capacity=100)],
        "demands": [demand(100)],
    }
    found = stressed(problem, facilities=["au_mine"], countries=["AU"])
    assert ranked(found) == [("au_mine", 0.25), ("AU", 0.0)]
    assert found.outages[0].shortage_without_obligations == near(0)
    assert found.outages[1].shortage_without_obligations is None
    assert any("comes before demand" in note for note in found.notes)
    assert "obligations cost 0.25 of these 0.25 years of demand" in str(found)


STARVED: dict[str, Any] = {
    "materials": tonnes("ore", "oxide"),
    "suppliers": [supplier("mine", "AU", 5, "ore"), supplier("seller", "CN", 9, capacity=30)],
    "plants": [refinery("works", "MY", 1, capacity=100, minimum_utilisation=0.5)],
    "demands": [demand(100)],
}


def test_a_term_that_cannot_be_kept_gives_way() -> None:
    """Without ore the refinery cannot run at half its capacity: it stands still, and 70 t are missing."""
    outage = the_outage(STARVED, facilities=["mine"])
    assert outage.shortage == near(0.7)
    assert [entry.text for entry in outage.broken] == ["lower the minimum utilisation of works from 50 % to 0 %"]
    (change,) = outage.broken[0].changes
    assert (change.on, change.id, change.field, change.from_, change.to) == (
        "plants",
        "works",
        "minimum_utilisation",
        0.5,
        0,
    )


def test_a_policy_gives_way_last_and_least() -> None:
    """China must bring 20 t and cannot: the floor gives way, and Australia brings all."""
    floor = {"id": "floor", "type": "quantity", "countries": ["CN"], "min": 20}
    outage = the_outage(document(suppliers=[CHINA, AUSTRALIA], policies=[floor]), countries=["CN"])
    assert outage.shortage == 0
    assert [entry.text for entry in outage.broken] == ["lower floor from 20 t to 0 t a year"]


def test_what_is_firm_leaves_no_plan_and_is_named() -> None:
    """The same refinery, which must not give way: it is what is in the way."""
    works = STARVED["plants"][0] | {"firm": True}
    found = stressed(STARVED | {"plants": [works]}, facilities=["mine", "seller"])
    first, second = found.outages
    assert (first.id, first.status, first.total_cost) == ("mine", "infeasible", None)
    assert [statement.id for statement in first.conflict] == ["works"]
    assert second.id == "seller"
    assert "no plan" in str(found)


def test_a_demand_with_a_price_keeps_it() -> None:
    """Japan's shortage costs 6 a tonne: dearer than China, cheaper than Australia at 7. It is no hard shortage."""
    problem = document(suppliers=[CHINA, AUSTRALIA], demands=[demand(100, shortage_cost=6)])
    outage = the_outage(problem, countries=["CN"])
    assert (outage.shortage, outage.total_cost, outage.years_to_shortage) == (0, near(600), None)
    assert [(short.quantity, short.hard) for short in outage.shortages] == [(near(100), False)]


def test_shortage_is_counted_in_years_of_each_demand() -> None:
    """30 t left for 100 t and 50 t: the smaller is served first, since a tonne is more of its year."""
    problem = {
        "materials": tonnes("oxide"),
        "suppliers": [CHINA, AUSTRALIA | {"capacity": 30}],
        "demands": [demand(100), demand(50, "US")],
    }
    outage = the_outage(problem, countries=["CN"])
    assert {short.demand: short.share for short in outage.shortages} == {"jp": near(1), "us": near(0.4)}
    assert outage.shortage == near(1.4)


def test_the_plan_given_is_the_one_that_is_put_to_the_test() -> None:
    """A plan that buys from Australia alone does not mind an outage in China."""
    problem = oremix.read_problem(document(suppliers=[CHINA, AUSTRALIA], **YEARLY))
    dear = oremix.Session(problem).plan(fixed={("buy", "weld", 1, year): 100.0 for year in (2026, 2027, 2028)})
    found = oremix.stress(problem, dear, countries=["CN"], from_year=2028, insurance=0)
    assert found.plan_cost == near(2100)
    assert found.outages[0].total_cost == near(2100)
    again = oremix.stress(problem, dear.to_json(), countries=["AU"], from_year=2028, insurance=0)
    assert again.outages[0].total_cost == near(1900)


# ---------------------------------------------------------------- insurance


def test_the_cheapest_insurance() -> None:
    """All of 2028 is missing without China. 100 t laid in before cost nothing, where nothing is held or discounted.

    100 t built in Australia for 2028 cost 1 a tonne and year: 100 in the plan, and under the outage 700 for what they
    make, too. Stock was bought at 5, so that under the outage it costs 500.
    """
    build = {"max": 200, "unit_capex": 10, "life": 10, "wacc": 0}
    problem = document(suppliers=[CHINA, AUSTRALIA | {"build": build}], **YEARLY)
    found = stressed(problem, countries=["CN"], from_year=2028, insurance=1)
    stock, built = found.insurance
    assert (stock.kind, stock.on, stock.material, stock.avoids) == ("stock", "JP", "oxide", "all")
    assert (stock.amount, stock.cost, stock.cost_under_outage) == (near(100), near(0), near(500))
    assert (built.kind, built.on, built.avoids) == ("build", "weld", "all")
    assert (built.amount, built.cost, built.cost_under_outage) == (near(100), near(100), near(800))
    assert built.shortage_before == near(1)
    assert "ordered in 2028" in built.text


def test_a_new_stock_is_held_at_what_another_costs() -> None:
    """100 t from 0 in 2027 and to 0 in 2028 are 50 t on the mean of each: 100 at 1 a tonne and year, as in the US."""
    pile = {"country": "US", "material": "oxide", "holding_cost": 1}
    found = stressed(
        document(suppliers=[CHINA, AUSTRALIA], stockpiles=[pile], **YEARLY),
        countries=["CN", "AU"],
        pairs=[["CN", "AU"]],
        from_year=2028,
        insurance=1,
    )
    stock = next(one for one in found.insurance if one.on == "JP")
    assert (stock.amount, stock.cost) == (near(100), near(100))
    assert "not counted" not in stock.text
    bare = stressed(document(suppliers=[CHINA], **YEARLY), countries=["CN"], from_year=2028, insurance=1)
    (bare_stock,) = bare.insurance
    assert bare_stock.text.startswith(
        "100 t of oxide more in a new stock, whose holding is not counted, at JP when 2028"
    )


def test_half_is_better_than_nothing() -> None:
    """No more than 50 t can be built, and nothing stored: half of the shortage is avoided. A yes/no build will do."""
    build = {"max": 50, "unit_capex": 10, "fixed_capex": 100, "life": 10, "wacc": 0}
    problem = document(suppliers=[CHINA, AUSTRALIA | {"build": build}])
    found = stressed(problem, countries=["CN"], insurance=1)
    by_kind = {one.kind: one for one in found.insurance}
    built = by_kind["build"]
    assert (built.amount, built.avoids, built.shortage_after) == (near(50), "half", near(0.5))
    assert built.cost == near(50 + 10)


def test_a_contract_for_more_of_what_is_sold_out() -> None:
    """Australia sells 60 t of the 100 at 7; 40 t more, taken or not, cost 2 a tonne more than China's."""
    problem = document(suppliers=[CHINA, AUSTRALIA | {"capacity": 60}])
    found = stressed(problem, countries=["CN"], insurance=1)
    contract = next(one for one in found.insurance if one.kind == "contract")
    assert (contract.on, contract.amount, contract.avoids) == ("weld", near(40), "all")
    assert contract.cost == near(40 * 2)
    assert contract.cost_under_outage == near(40 * 7)


# ---------------------------------------------------------------- what is refused, and stopped


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"countries": ["FR"]}, "countries.0.*anything is made"),
        ({"facilities": ["x"]}, "facilities.0.*no supplier"),
        ({"scenarios": ["x"]}, "scenarios.0.*no scenario"),
        ({"bans": [{"country": "CN", "stage": "mining"}]}, "bans.0.*nothing at this stage"),
        ({"spikes": [{"of": "ore", "times": 2}]}, "spikes.0"),
        ({"surges": [{"demand": "x", "times": 2}]}, "surges.0.*no demand"),
        ({"from_year": 2040}, "from_year.*no period"),
        ({"pairs": [["CN"]]}, "pairs.0"),
        ({"unheard_of": 1}, "unheard_of"),
        ({"countries": ["FR"], "facilities": ["x"]}, "countries.0.*facilities.0"),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused(asked: dict[str, Any], words: str) -> None:
    with pytest.raises(oremix.InvalidOption, match=words):
        oremix.stress(document(suppliers=[CHINA], **YEARLY), **asked)


def test_years_need_periods() -> None:
    with pytest.raises(oremix.InvalidOption, match="typical year"):
        oremix.stress(document(suppliers=[CHINA]), from_year=2028)


def test_a_plan_that_is_not_the_problems_is_refused() -> None:
    problem = document(suppliers=[CHINA])
    other = oremix.solve(document(suppliers=[AUSTRALIA]))
    with pytest.raises(oremix.InvalidOption, match="another problem"):
        oremix.stress(problem, other)
    plan = oremix.solve(problem)
    wrong = plan.model_copy(update={"purchases": [], "shipments": []})
    with pytest.raises(oremix.InvalidOption, match="does not keep"):
        oremix.stress(problem, wrong)
    with pytest.raises(oremix.InvalidOption, match="no plan to start from"):
        oremix.stress(document(suppliers=[CHINA | {"capacity": 1}]))


def test_it_stops_with_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """After the first outage somebody stops it: those that were not under way are named as untried."""
    monkeypatch.setattr(engine, "_cores", lambda: 1)
    stop, told = Event(), []

    def progress(done: int, total: int, text: str) -> None:
        told.append((done, total, text))
        stop.set()

    found = oremix.stress(CHAIN, stop=stop, progress=progress)
    assert not found.complete
    assert 1 <= len(found.outages) <= len(told) < 7
    assert len(found.outages) + len(found.untried) == 7
    assert told[0] == (1, 7 + 3, told[0][2])
    assert {text for _, _, text in told} == {outage.id for outage in found.outages}
    assert "not complete" in str(found)


def test_a_time_limit_is_of_the_whole_study() -> None:
    found = oremix.stress(CHAIN, oremix.solve(CHAIN), time_limit=1e-9)
    assert (found.complete, found.outages, len(found.untried)) == (False, [], 7)


def test_the_table_ranks_first() -> None:
    """The worst outage stands first, with its units; the insurance last."""
    text = str(oremix.stress(CHAIN))
    lines = text.splitlines()
    first = next(number for number, line in enumerate(lines) if "first missing" in line)
    assert lines[first + 1].split()[:2] == ["CN", "0.60"]
    assert "jp 60 t a year (60 %)" in text
    assert text.index("What hurts most") < text.index("The cheapest insurance")
