"""The compliance matrix: every preset on a plan that meets it and on one that misses it, by how much by hand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import oremix
from oremix.models import InvalidProblem, Plan, Problem, read_problem
from oremix.models.compliance import Compliance, Verdict
from tests.problems import JAPAN, ORE, OXIDE, problem
from tests.random_problems import documents

Key = tuple[str, str | None, str | None, int | None]


def matrix(asked: Problem, *presets: Any, plan: Plan | None = None) -> dict[Key, Verdict]:
    """(rule, country, material, period) → verdict, each once in its preset."""
    answer = plan or oremix.solve(asked)
    if plan is None:
        assert answer.status == "optimal", answer.certificate.reason
    verdicts = oremix.compliance(asked, answer, presets or None).verdicts
    found = {(v.rule, v.country, v.material, v.period): v for v in verdicts}
    assert len({(v.preset, v.rule, v.country, v.material, v.period) for v in verdicts}) == len(verdicts)
    return found


def standing(verdict: Verdict) -> tuple[float | None, float | None, bool | None]:
    """Achieved and margin in per cent, and whether it is met."""
    assert verdict.evaluated, verdict.reason
    assert verdict.achieved is not None
    assert verdict.margin is not None
    return pytest.approx(100 * verdict.achieved), pytest.approx(100 * verdict.margin), verdict.met


# ---------------------------------------------------------------- EU CRMA


def union(mine: float, refinery: float, urban: float, **parts: Any) -> Problem:
    """Germany wants 100 t of oxide: from Swedish ore (0.5 t in a tonne), from scrap, the rest from China, dearest."""
    base: dict[str, Any] = {
        "materials": [ORE, OXIDE],
        "suppliers": [
            {"id": "pit", "country": "SE", "material": "ore", "unit_cost": 1, "stage": "mining", "capacity": mine},
            {"id": "north", "country": "CN", "material": "oxide", "unit_cost": 90, "stage": "refining"},
        ],
        "plants": [
            {
                "id": "works",
                "country": "FR",
                "capacity": refinery,
                "recipes": [{"id": "r", "inputs": {"ore": 2}, "outputs": {"oxide": 1}}],
            }
        ],
        "recyclers": [{"id": "urban", "country": "DE", "material": "oxide", "scrap": 500, "capacity": urban}],
        "demands": [JAPAN | {"id": "germany", "country": "DE"}],
    }
    return problem(**(base | parts))


CRMA = {"preset": "eu-crma-2030", "weight": {"ore": 0.5, "oxide": 1}}


def test_crma_met() -> None:
    """A mine of 40 t of ore holds 20 t; the refinery could make 50 t though only 20 t of ore is there; 50 t from CN."""
    found = matrix(union(mine=40, refinery=50, urban=30), CRMA)
    assert standing(found["extraction.mining", None, None, 1]) == (20, 10, True)
    assert standing(found["processing.refining", None, None, 1]) == (50, 10, True)
    assert standing(found["recycling.recycling", None, None, 1]) == (30, 5, True)
    # China's oxide is mined and refined there: its seller tells no other history
    assert standing(found["one_country.refining", "CN", "oxide", 1]) == (50, 15, True)
    assert standing(found["one_country.mining", "CN", "oxide", 1]) == (50, 15, True)
    assert len(found) == 5


def test_crma_missed_by_how_much() -> None:
    """5 % mined, 30 % refined, 20 % recycled, and 100 − 5 − 20 = 75 % from China."""
    found = matrix(union(mine=10, refinery=30, urban=20), CRMA)
    assert standing(found["extraction.mining", None, None, 1]) == (5, -5, False)
    assert standing(found["processing.refining", None, None, 1]) == (30, -10, False)
    assert standing(found["recycling.recycling", None, None, 1]) == (20, -5, False)
    assert standing(found["one_country.refining", "CN", "oxide", 1]) == (75, -10, False)


def test_capacity_is_what_could_be_made_not_what_is() -> None:
    """The plan buys nothing in the Union where China is cheapest, and meets the benchmarks on capacity all the same."""
    north = {"id": "north", "country": "CN", "material": "oxide", "unit_cost": 0.1, "stage": "refining"}
    pit = {"id": "pit", "country": "SE", "material": "ore", "unit_cost": 50, "stage": "mining", "capacity": 40}
    urban = {"id": "urban", "country": "DE", "material": "oxide", "scrap": 500, "capacity": 30, "unit_cost": 50}
    found = matrix(union(40, 50, 30, suppliers=[pit, north], recyclers=[urban]), CRMA)
    assert standing(found["processing.refining", None, None, 1]) == (50, 10, True)
    assert standing(found["recycling.recycling", None, None, 1]) == (30, 5, True)
    assert standing(found["one_country.refining", "CN", "oxide", 1]) == (100, -35, False)


def test_a_build_counts_as_capacity_when_it_is_there() -> None:
    """Ordered in 2028 with two years to come, it counts in 2030: the preset itself asks for it."""
    works = {
        "id": "works",
        "country": "FR",
        "build": {"max": 100, "unit_capex": 10, "life": 20, "lead_time": 2},
        "recipes": [{"id": "r", "inputs": {"ore": 2}, "outputs": {"oxide": 1}, "unit_cost": 500}],
    }
    years = {"periods": [2028, 2030], "discount_rate": 0.05}
    asked = union(40, 0, 30, plants=[works], policies=[CRMA], **years)
    plan = oremix.solve(asked)
    (order,) = plan.builds
    assert (order.capacity, order.ordered) == (pytest.approx(40), 2028)
    found = matrix(asked, CRMA, plan=plan)
    assert standing(found["processing.refining", None, None, 2030]) == (40, 0, True)
    before = found["processing.refining", None, None, 2028]
    assert standing(before) == (0, -40, False)
    assert (before.in_force, found["processing.refining", None, None, 2030].in_force) == (False, True)


def test_a_rule_not_in_force_misses_nothing() -> None:
    """Before 2030 it is measured and does not count; afterwards it does."""
    for periods, verdict in (([2026, 2028], "not evaluated"), ([2028, 2030], "missed")):
        asked = union(10, 30, 20, periods=periods, discount_rate=0.05)
        whole = oremix.compliance(asked, oremix.solve(asked), [CRMA]).presets[0]
        assert (whole.verdict, whole.unmeasured) == (verdict, 0)


def test_materials_are_not_added_up_without_a_weight() -> None:
    """Ore is no oxide: the rule says what it needs instead of a number that would look right."""
    found = matrix(union(40, 50, 30), "eu-crma-2030")
    verdict = found["extraction.mining", None, None, None]
    assert (verdict.evaluated, verdict.met, verdict.achieved) == (False, None, None)
    assert "`weight` is missing" in str(verdict.reason)
    assert "ore, oxide" in str(verdict.reason)
    # one material needs none
    assert standing(found["recycling.recycling", None, None, 1]) == (30, 5, True)


def test_unlimited_capacity_is_no_number() -> None:
    """Said of the rule, and of who has it."""
    pit = {"id": "pit", "country": "SE", "material": "ore", "unit_cost": 1, "stage": "mining"}
    verdict = matrix(union(40, 100, 30, suppliers=[pit]), CRMA)["extraction.mining", None, None, None]
    assert not verdict.evaluated
    assert "pit" in str(verdict.reason)


def test_without_any_third_country_there_is_none_to_test() -> None:
    """All that take part are members: there is no ratio, and that is said."""
    pit = {"id": "pit", "country": "SE", "material": "ore", "unit_cost": 1, "stage": "mining", "capacity": 200}
    verdict = matrix(union(200, 100, 30, suppliers=[pit]), CRMA)["one_country.refining", None, None, None]
    assert "no country is left to test" in str(verdict.reason)


# ---------------------------------------------------------------- US


def magnets(*suppliers: dict[str, Any], **parts: Any) -> Problem:
    """The United States want 100 t, from these sellers in order of price."""
    sellers = [
        {"material": "magnets", "stage": "magnets", "unit_cost": 5 + number} | seller
        for number, seller in enumerate(suppliers)
    ]
    base: dict[str, Any] = {
        "periods": [2026, 2028],
        "discount_rate": 0.05,
        "materials": [{"id": "magnets", "unit": "t"}],
        "demands": [JAPAN | {"id": "us", "country": "US", "material": "magnets"}],
        "suppliers": sellers,
    }
    return problem(**(base | parts))


JAPANESE = {"id": "tokyo", "country": "JP", "history": {"mining": "AU", "refining": "JP"}}


def test_dfars_met_and_missed_by_any_step() -> None:
    """Magnets of Japan from Chinese ore miss it by all they are; from 2027 on, and not before."""
    met = matrix(magnets(JAPANESE), "us-dfars-magnets-2027")["covered", None, "magnets", 2028]
    assert standing(met) == (0, 0, True)
    tainted = JAPANESE | {"capacity": 30, "history": {"mining": "CN", "refining": "JP"}}
    found = matrix(magnets(tainted, JAPANESE | {"id": "osaka"}), "us-dfars-magnets-2027")
    assert standing(found["covered", None, "magnets", 2028]) == (30, -30, False)
    assert [found["covered", None, "magnets", year].in_force for year in (2026, 2028)] == [False, True]


def test_dfars_in_a_problem_keeps_covered_steps_out() -> None:
    """The cheaper tainted seller is used until 2027 and not after: 100 t at 5, then at 6."""
    tainted = JAPANESE | {"history": {"mining": "RU"}}
    clean = JAPANESE | {"id": "osaka"}
    plan = oremix.solve(magnets(tainted, clean, policies=[{"preset": "us-dfars-magnets-2027"}]))
    assert [(p.supplier, p.period, p.quantity) for p in plan.purchases] == [
        ("tokyo", 2026, pytest.approx(100)),
        ("osaka", 2028, pytest.approx(100)),
    ]
    assert [cost.annual for cost in plan.costs.by_period] == [pytest.approx(500), pytest.approx(600)]


def test_feoc_is_by_owner_and_by_place() -> None:
    """40 t from a Chinese-owned plant in Japan, 25 t from an American one in China, the rest from neither."""
    owned = {"id": "owned", "country": "JP", "owner": "CN", "capacity": 40}
    placed = {"id": "placed", "country": "CN", "owner": "US", "capacity": 25}
    found = matrix(magnets(owned, placed, {"id": "clean", "country": "AU"}), "us-feoc-2024")
    assert standing(found["control", None, "magnets", 2026]) == (40, -40, False)
    assert standing(found["jurisdiction", None, "magnets", 2026]) == (25, -25, False)
    clean = matrix(magnets({"id": "clean", "country": "AU"}), "us-feoc-2024")
    assert {standing(verdict)[2] for verdict in clean.values()} == {True}
    assert len(clean) == 4


# ---------------------------------------------------------------- UK


def britain(domestic: float, urban: float, china: float, **parts: Any) -> Problem:
    """200 t of two materials for Britain, all in one ratio: from home, from scrap, from China, the rest from Chile."""
    sellers: list[dict[str, Any]] = [
        {"id": "cornwall", "country": "GB", "material": "oxide", "unit_cost": 1, "capacity": domestic},
        {"id": "north", "country": "CN", "material": "oxide", "unit_cost": 3, "capacity": china / 2},
        {"id": "east", "country": "CN", "material": "metal", "unit_cost": 3, "capacity": china / 2},
        {"id": "chile", "country": "CL", "material": "oxide", "unit_cost": 5},
        {"id": "peru", "country": "PE", "material": "metal", "unit_cost": 5},
    ]
    base: dict[str, Any] = {
        "periods": [2035],
        "materials": [OXIDE, {"id": "metal", "unit": "t"}],
        "suppliers": [seller | {"stage": "refining"} for seller in sellers],
        "recyclers": [{"id": "urban", "country": "GB", "material": "metal", "scrap": urban}],
        "demands": [
            JAPAN | {"id": "oxide", "country": "GB"},
            JAPAN | {"id": "metal", "country": "GB", "material": "metal"},
        ],
    }
    return problem(**(base | parts))


def test_uk_met() -> None:
    """20 t from home, 40 t from scrap, 120 t from China: 10, 20 and 60 % of 200 t."""
    found = matrix(britain(domestic=20, urban=40, china=120), "uk-vision-2035")
    assert standing(found["domestic", None, None, 2035]) == (10, 0, True)
    assert standing(found["recycled", None, None, 2035]) == (20, 0, True)
    assert standing(found["one_country", "CN", None, 2035]) == (60, 0, True)
    assert standing(found["one_country", "CL", None, 2035]) == (10, 50, True)


def test_uk_missed_by_how_much() -> None:
    """10 t, 30 t and 140 t of 200 t: 5 points short, 5 points short, 10 points over."""
    found = matrix(britain(domestic=10, urban=30, china=140), "uk-vision-2035")
    assert standing(found["domestic", None, None, 2035]) == (5, -5, False)
    assert standing(found["recycled", None, None, 2035]) == (15, -5, False)
    assert standing(found["one_country", "CN", None, 2035]) == (70, -10, False)
    assert ("one_country", "GB", None, 2035) not in found


def test_uk_each_mineral_on_its_own() -> None:
    """`across: []` takes the materials apart: of oxide 10 of 100 t from home, none of the metal."""
    apart = {"preset": "uk-vision-2035", "across": []}
    found = matrix(britain(domestic=10, urban=30, china=140), apart)
    assert standing(found["domestic", None, "oxide", 2035]) == (10, 0, True)
    assert standing(found["domestic", None, "metal", 2035]) == (0, -10, False)
    assert standing(found["recycled", None, "metal", 2035]) == (30, 10, True)


# ---------------------------------------------------------------- EU batteries


def batteries(scrap: float, **parts: Any) -> Problem:
    """100 t of sulfate for Germany, of hydroxide (recycled or from Congo) and acid that holds no cobalt."""
    acid, hydroxide = {"id": "acid", "unit": "t"}, {"id": "hydroxide", "unit": "t"}
    recipe = {"id": "r", "inputs": {"hydroxide": 0.5, "acid": 1}, "outputs": {"oxide": 1}}
    base: dict[str, Any] = {
        "periods": [2030, 2031, 2036],
        "discount_rate": 0.05,
        "materials": [acid, hydroxide, OXIDE],
        "suppliers": [
            {"id": "congo", "country": "CD", "material": "hydroxide", "unit_cost": 9, "stage": "mining"},
            {"id": "works", "country": "DE", "material": "acid", "unit_cost": 1, "stage": "chemicals"},
        ],
        "plants": [{"id": "kokkola", "country": "FI", "capacity": 200, "recipes": [recipe]}],
        "recyclers": [{"id": "urban", "country": "NO", "material": "hydroxide", "scrap": scrap}],
        "demands": [JAPAN | {"id": "germany", "country": "DE"}],
    }
    return problem(**(base | parts))


COBALT = {"minerals": {"cobalt": ["hydroxide", "oxide"]}}
LEVELS = [{"preset": f"eu-batteries-recycled-{year}", **COBALT} for year in (2031, 2036)]


def test_recycled_content_rises_by_a_step() -> None:
    """10 of 50 t of hydroxide are recycled, 20 %: above the 16 % of 2031, below the 26 % of 2036."""
    asked = batteries(scrap=10)
    plan = oremix.solve(asked)
    verdicts = oremix.compliance(asked, plan, LEVELS).verdicts
    found = {(v.preset[-4:], v.period): v for v in verdicts if v.rule == "cobalt"}
    assert {key: verdict.in_force for key, verdict in found.items()} == {
        ("2031", 2030): False,
        ("2031", 2031): True,
        ("2031", 2036): False,
        ("2036", 2030): False,
        ("2036", 2031): False,
        ("2036", 2036): True,
    }
    assert standing(found["2031", 2031]) == (20, 4, True)
    assert standing(found["2036", 2036]) == (20, -6, False)
    whole = {p.preset[-4:]: (p.verdict, p.unmeasured) for p in oremix.compliance(asked, plan, LEVELS).presets}
    assert whole == {"2031": ("met", 3), "2036": ("missed", 3)}


def test_what_holds_no_cobalt_takes_nothing_away() -> None:
    """Were the acid a carrier, no sulfate could count as recycled."""
    asked = batteries(scrap=10)
    plan = oremix.solve(asked)
    wrong = LEVELS[0] | {"carriers": ["hydroxide", "oxide", "acid"]}
    assert matrix(asked, wrong, plan=plan)["cobalt", None, "oxide", 2031].achieved == pytest.approx(0)


def test_recycled_content_in_a_problem_makes_it_recycle() -> None:
    """Scrap is dearer than Congo's hydroxide: 16 % of 50 t are recycled from 2031, 26 % from 2036, nothing before."""
    dear = {"id": "urban", "country": "NO", "material": "hydroxide", "scrap": 40, "unit_cost": 20}
    plan = oremix.solve(batteries(scrap=40, recyclers=[dear], policies=LEVELS))
    assert plan.status == "optimal"
    assert {record.period: record.quantity for record in plan.recycling if record.quantity} == {
        2031: pytest.approx(8),
        2036: pytest.approx(13),
    }


# ---------------------------------------------------------------- any problem, any plan


@settings(max_examples=40, suppress_health_check=list(HealthCheck))
@given(documents(), st.sampled_from([1, 50]))
def test_the_matrix_is_what_a_plan_with_the_presets_reports(document: dict[str, Any], penalty: float) -> None:
    """Measured from outside, each rule has the share that the plan states for it, and misses where it pays."""
    materials = [material["id"] for material in document["materials"]]
    entries = [
        {"preset": name, "places": ["CN", "JP", "AU", "US"], "from_year": None, "until_year": None} | told
        for name, told in {
            "eu-crma-2030": {"weight": dict.fromkeys(materials, 1)},
            "uk-vision-2035": {"weight": dict.fromkeys(materials, 1)},
            "us-feoc-2024": {},
            "eu-batteries-recycled-2031": {"minerals": {"cobalt": materials}},
        }.items()
    ]
    try:
        asked = read_problem(document | {"policies": [entry | {"penalty": penalty} for entry in entries]})
    except InvalidProblem:
        assume(False)  # suppliers without stages, capacity without limit
        raise
    plan = oremix.solve(asked)
    assume(plan.status == "optimal")
    stated = {
        (s.policy, s.countries[0] if len(s.countries) == 1 else None, s.material, s.period): s for s in plan.shares
    }
    for verdict in oremix.compliance(asked, plan, entries).verdicts:
        key = (f"{verdict.preset}.{verdict.rule}", verdict.country, verdict.material, verdict.period)
        if verdict.evaluated and key in stated:
            assert verdict.achieved == pytest.approx(stated[key].achieved, rel=1e-5, abs=1e-5)
            assert verdict.met or stated[key].beyond > 0


def test_every_preset_is_answered_for_any_problem() -> None:
    """All that are shipped, each evaluated or with its reason."""
    asked = oremix.read_problem(oremix.example("minimal"))
    found = oremix.compliance(asked, oremix.solve(asked))
    assert [preset.preset for preset in found.presets] == list(oremix.presets())
    assert {preset.verdict for preset in found.presets} == {"not evaluated"}
    assert all(verdict.reason for verdict in found.verdicts)


def test_the_problems_own_mapping_is_used_with_the_bounds_as_shipped() -> None:
    """What an entry says of the problem is true of it; a bound that it loosens is no benchmark."""
    rules = {"extraction": False, "processing": {"min": 0.1}}
    lenient = CRMA | {"id": "ours", "max": 0.9, "penalty": 1, "rules": rules, "from_year": None}
    asked = union(10, 30, 20, policies=[lenient])
    found = matrix(asked)
    assert standing(found["ours.extraction.mining", None, None, 1]) == (5, -5, False)
    assert found["ours.processing.refining", None, None, 1].min == 0.40
    assert found["ours.one_country.refining", "CN", "oxide", 1].max == 0.65
    given = matrix(asked, lenient)
    assert given["ours.one_country.refining", "CN", "oxide", 1].max == 0.9
    assert ("ours.extraction.mining", None, None, 1) not in given


def test_a_supplier_without_a_stage_is_named() -> None:
    """Rules on stages cannot be measured, those on every step can."""
    bare = {"id": "bare", "country": "CN", "material": "magnets", "unit_cost": 5}
    europe = JAPAN | {"id": "eu", "country": "DE", "material": "magnets"}
    idle = {"id": "idle", "country": "DE", "capacity": 1, "recipes": [{"id": "r", "outputs": {"magnets": 1}}]}
    asked = problem(
        materials=[{"id": "magnets", "unit": "t"}],
        suppliers=[bare],
        demands=[europe, europe | {"id": "us", "country": "US"}],
        plants=[idle],
    )
    found = matrix(asked)
    assert "none is stated for bare" in str(found["processing.refining", None, None, None].reason)
    assert found["covered", None, "magnets", 1].evaluated


def test_a_plan_without_flows_is_measured_on_nothing() -> None:
    """An infeasible problem has no plan to measure."""
    asked = union(10, 30, 20, demands=[JAPAN | {"country": "DE", "quantity": 100}], suppliers=[])
    plan = oremix.solve(asked)
    assert plan.status == "infeasible"
    verdict = matrix(asked, CRMA, plan=plan)["processing.refining", None, None, None]
    assert "infeasible" in str(verdict.reason)


def test_a_plan_of_another_problem_is_said_to_be() -> None:
    """It is measured by the data given, with a note."""
    asked, other = union(40, 50, 30), union(40, 50, 20)
    notes = oremix.compliance(asked, oremix.solve(other)).notes
    assert any("another version" in note for note in notes)
    assert not any("another version" in note for note in oremix.compliance(asked, oremix.solve(asked)).notes)


@pytest.mark.parametrize(
    ("entry", "pointer"),
    [
        ("eu-crma-2031", "/presets/0/preset"),
        (CRMA | {"weigth": 1}, "/presets/0/weigth"),
        (CRMA | {"stages": {"processing": ["nix"]}}, "/presets/0/stages/processing/0"),
        (5, "/presets/0"),
    ],
)
def test_wrong_presets_are_refused(entry: Any, pointer: str) -> None:
    """With the place of what is wrong in the list given."""
    asked = union(40, 50, 30)
    with pytest.raises(InvalidProblem) as caught:
        oremix.compliance(asked, oremix.solve(asked), [entry])
    assert [fault.pointer for fault in caught.value.errors] == [pointer]


def test_the_matrix_as_text_and_as_json() -> None:
    """A row for each rule with its margin's sign, reasons below; and the same as one JSON document."""
    asked = union(10, 50, 20)
    found = oremix.compliance(asked, oremix.solve(asked), [CRMA, "uk-vision-2035"])
    lines = str(found).splitlines()
    assert "eu-crma-2030: missed" in lines
    assert any(line.split() == ["extraction.mining", "5.0", "≥10!"] for line in lines)
    assert any(line.split() == ["processing.refining", "50.0", "≥40"] for line in lines)
    assert any(line.split() == ["one_country.refining,", "oxide", "CN", "75.0", "≤65!"] for line in lines)
    assert "  recycled: not measured: nothing is demanded in GB" in lines
    assert Compliance.model_validate(json.loads(found.to_json())) == found
