"""Presets: cited and dated data, written out as a problem's own rules, each fault of an entry at its place."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from typing import Any

import pytest

import oremix
from oremix.models.geography import COUNTRIES
from oremix.models.policies import Share
from tests.problems import JAPAN, ORE, OXIDE, faults, problem

SHIPPED = {name: oremix.preset(name) for name in oremix.presets()}

# Ore from Sweden, refined in France; oxide from China; all of it for Germany.
UNION: dict[str, Any] = {
    "periods": [2026, 2030],
    "discount_rate": 0.05,
    "materials": [ORE, OXIDE],
    "suppliers": [
        {"id": "pit", "country": "SE", "material": "ore", "unit_cost": 2, "stage": "mining", "capacity": 100},
        {"id": "north", "country": "CN", "material": "oxide", "unit_cost": 2, "stage": "refining"},
    ],
    "plants": [
        {
            "id": "works",
            "country": "FR",
            "capacity": 50,
            "recipes": [{"id": "r", "inputs": {"ore": 2}, "outputs": {"oxide": 1}, "unit_cost": 3}],
        }
    ],
    "demands": [JAPAN | {"id": "germany", "country": "DE"}],
}
CRMA: dict[str, Any] = {"preset": "eu-crma-2030", "weight": {"ore": 0.5, "oxide": 1}}
DFARS: dict[str, Any] = {"preset": "us-dfars-magnets-2027", "places": ["DE"]}
BATTERIES: dict[str, Any] = {"preset": "eu-batteries-recycled-2031", "minerals": {"cobalt": ["ore", "oxide"]}}
UK: dict[str, Any] = {"preset": "uk-vision-2035", "places": ["DE"]}
# With a recycler, so that no rule is left out for want of a stage.
URBAN: dict[str, Any] = {"id": "urban", "country": "JP", "material": "oxide", "scrap": 20}


def written(*entries: dict[str, Any], **parts: Any) -> dict[str, Share]:
    """Id → rule of everything that the entries come to."""
    rules = problem(**(UNION | parts), policies=list(entries)).rules
    return {rule.id: rule for rule in rules if isinstance(rule, Share)}


def left_out(*entries: dict[str, Any], **parts: Any) -> dict[str, str]:
    """Id of each rule that is left out, and why."""
    stated = problem(**(UNION | parts), policies=list(entries)).written_out
    return {place.line.id: place.line.left_out for place in stated if place.line and place.line.left_out}


# ---------------------------------------------------------------- the data


def test_each_file_is_named_as_its_preset() -> None:
    """What a problem names is what the file is called."""
    folder = files("oremix.models.presets")
    assert sorted(e.name.removesuffix(".json") for e in folder.iterdir() if e.name.endswith(".json")) == list(SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_a_preset_is_cited_and_dated(name: str) -> None:
    """It names its source, says when it was read and from what, and that it is no legal advice."""
    preset = SHIPPED[name]
    assert preset.source.title
    assert preset.source.article
    assert all(url.startswith("https://") for url in [preset.source.url, *preset.read.urls])
    assert date.fromisoformat(preset.source.date) <= date.fromisoformat(preset.read.date)
    assert preset.dated == preset.source.date
    assert preset.notes[0].startswith("A benchmark, not legal advice.")
    assert any("not covered" in note or "not applied" in note or "not judged" in note for note in preset.notes)


@pytest.mark.parametrize("name", SHIPPED)
def test_countries_are_countries(name: str) -> None:
    """Every code of a preset's groups and rules is a country's, and the Union has 27 members."""
    preset = SHIPPED[name]
    codes = {code for group in preset.groups.values() for code in group}
    named = {
        code
        for rule in preset.rules
        for field in ("countries", "places", "except")
        for code in rule.policy.get(field, [])
    }
    assert codes | (named - set(preset.groups)) <= COUNTRIES
    assert len(set(preset.groups.get("EU", range(27)))) == 27


@pytest.mark.parametrize(
    ("name", "bounds"),
    [
        ("eu-crma-2030", {"extraction": 0.10, "processing": 0.40, "recycling": 0.25, "one_country": 0.65}),
        ("us-dfars-magnets-2027", {"covered": 0}),
        ("us-feoc-2024", {"control": 0, "jurisdiction": 0}),
        ("uk-vision-2035", {"domestic": 0.10, "recycled": 0.20, "one_country": 0.60}),
        ("eu-batteries-recycled-2031", {"cobalt": 0.16, "lead": 0.85, "lithium": 0.06, "nickel": 0.06}),
        ("eu-batteries-recycled-2036", {"cobalt": 0.26, "lead": 0.85, "lithium": 0.12, "nickel": 0.15}),
    ],
)
def test_the_numbers_are_the_laws(name: str, bounds: dict[str, float]) -> None:
    """Each rule's one bound, as its source has it."""
    rules = SHIPPED[name].rules
    assert {rule.id: rule.policy.get("max", rule.policy.get("min")) for rule in rules} == bounds
    assert all(("max" in rule.policy) != ("min" in rule.policy) for rule in rules)


def test_a_preset_reads_as_text() -> None:
    """The text has every rule, the article and the address of the source."""
    text = str(SHIPPED["eu-crma-2030"])
    assert "Article 5(1)" in text
    assert SHIPPED["eu-crma-2030"].source.url in text
    assert all(f"  {rule.id}: " in text for rule in SHIPPED["eu-crma-2030"].rules)


def test_an_unknown_preset_is_a_key_error() -> None:
    """As with examples."""
    with pytest.raises(KeyError):
        oremix.preset("eu-crma-2031")


# ---------------------------------------------------------------- written out


def test_crma_is_capacity_by_stage_and_content_of_each_third_country() -> None:
    """Capacity against consumption for each stage on its own, and no third country above 65 % at any of them."""
    rules = written(CRMA, recyclers=[URBAN | {"capacity": 20}])
    union = SHIPPED["eu-crma-2030"].groups["EU"]
    assert {name.removeprefix("eu-crma-2030."): (r.measure, r.stages, r.min, r.max) for name, r in rules.items()} == {
        "extraction.mining": ("capacity", ["mining"], 0.10, None),
        "processing.refining": ("capacity", ["refining"], 0.40, None),
        "recycling.recycling": ("capacity", ["recycling"], 0.25, None),
        "one_country.mining": ("content", ["mining"], None, 0.65),
        "one_country.refining": ("content", ["refining"], None, 0.65),
    }
    for rule in rules.values():
        assert (rule.places, rule.from_year) == (union, 2030)
        expected = (union, False, None, ["materials"]) if rule.measure == "capacity" else (None, True, union, [])
        assert (rule.countries, rule.each, rule.except_, rule.across) == expected


def test_dfars_is_any_step_and_feoc_by_place_and_by_owner() -> None:
    """No stages: all of them count; and the covered nations are the same four."""
    (covered,) = written(DFARS).values()
    control, jurisdiction = written({"preset": "us-feoc-2024", "places": ["DE"]}).values()
    for rule in (covered, control, jurisdiction):
        assert (rule.measure, rule.stages, rule.max) == ("content", None, 0)
        assert set(rule.countries or ()) == {"CN", "IR", "KP", "RU"}
    assert (covered.by, control.by, jurisdiction.by) == ("location", "owner", "location")
    assert covered.from_year == 2027


def test_recycled_content_is_of_any_country_and_a_step() -> None:
    """A floor at the stages of recycling without countries; the first level ends where the second starts."""
    second = BATTERIES | {"preset": "eu-batteries-recycled-2036"}
    first, second_rule = written(BATTERIES, second, recyclers=[URBAN]).values()
    assert (first.measure, first.stages, first.countries) == ("content", ["recycling"], None)
    assert (first.materials, first.carriers) == (["oxide"], ["ore", "oxide"])
    assert (first.min, first.from_year, first.until_year) == (0.16, 2031, 2035)
    assert (second_rule.min, second_rule.from_year, second_rule.until_year) == (0.26, 2036, None)


def test_in_a_typical_year_the_years_are_dropped() -> None:
    """A rule of 2030 then holds in the one year there is."""
    typical = {"periods": None, "discount_rate": None}
    assert {rule.from_year for rule in written(CRMA, **typical).values()} == {None}


def test_stages_are_told_apart_by_name_and_can_be_said() -> None:
    """Mining extracts, recyclers recycle, the rest processes; a preset may be told otherwise."""
    parts = {"recyclers": [URBAN | {"capacity": 20, "stage": "urban mining"}]}
    assert [name for name in written(CRMA, **parts) if "one_country" not in name] == [
        "eu-crma-2030.extraction.mining",
        "eu-crma-2030.processing.refining",
        "eu-crma-2030.recycling.urban mining",
    ]
    said = CRMA | {"stages": {"extraction": ["refining"], "processing": ["mining"]}}
    assert list(written(said)) == [
        f"eu-crma-2030.{rule}"
        for rule in ("extraction.refining", "processing.mining", "one_country.refining", "one_country.mining")
    ]


def test_materials_are_those_demanded_or_those_that_can_be_made() -> None:
    """What is named limits deliveries to what is demanded, and capacity to what is made for these demands."""
    other = JAPAN | {"id": "ore_too", "country": "DE", "material": "ore"}
    rules = written(CRMA | {"materials": ["ore", "oxide"]})
    assert rules["eu-crma-2030.one_country.mining"].materials == ["oxide"]
    assert rules["eu-crma-2030.extraction.mining"].materials == ["ore", "oxide"]
    only = written(CRMA | {"materials": ["oxide"]}, demands=[*UNION["demands"], other])
    assert only["eu-crma-2030.processing.refining"].demands == ["germany"]
    assert "eu-crma-2030.extraction.mining" not in only


def test_overrides_are_put_into_every_rule_that_reads_them() -> None:
    """A bound only where there is one, a weight only where materials are added up, carriers only into content."""
    rules = written(CRMA | {"max": 0.5, "penalty": 7, "carriers": ["ore"], "from_year": None, "source": "s"},
                    sources=[{"id": "s", "title": "t"}])  # fmt: skip
    for rule in rules.values():
        content = rule.measure == "content"
        assert rule.max == (0.5 if content else None)
        assert rule.carriers == (["ore"] if content else None)
        assert rule.weight == ("quantity" if content else {"ore": 0.5, "oxide": 1})
        assert (rule.penalty, rule.from_year, rule.source) == (7, None, "s")


def test_a_rule_can_be_replaced_in_part_or_left_out() -> None:
    """What stands under a rule's name goes before what the preset says for all."""
    changed = {"extraction": {"min": 0.2, "penalty": 3}, "processing": False, "one_country": {"stages": ["refining"]}}
    rules = written(CRMA | {"id": "ours", "penalty": 7, "rules": changed})
    assert list(rules) == ["ours.extraction.mining", "ours.one_country.refining"]
    assert (rules["ours.extraction.mining"].min, rules["ours.extraction.mining"].penalty) == (0.2, 3)
    assert rules["ours.one_country.refining"].penalty == 7


@pytest.mark.parametrize(
    ("entry", "rule", "reason"),
    [
        (CRMA, "eu-crma-2030.recycling", "no stage here is recycling"),
        (UK, "uk-vision-2035.recycled", "no stage here is recycling"),
        (BATTERIES, "eu-batteries-recycled-2031.nickel", "which materials hold nickel"),
        (DFARS | {"places": ["JP"]}, "us-dfars-magnets-2027.covered", "nothing is demanded in JP"),
        (CRMA | {"materials": ["oxide"]}, "eu-crma-2030.extraction.mining", "none of the materials named is made at"),
    ],
)
def test_what_cannot_be_measured_is_left_out_and_said(entry: dict[str, Any], rule: str, reason: str) -> None:
    """A rule that the problem has nothing for bounds nothing, and a warning says which and why."""
    assert reason in left_out(entry)[rule]
    assert any(rule in warning and reason in warning for warning in problem(**UNION, policies=[entry]).warnings)


def test_capacity_at_a_stage_known_from_history_alone_is_left_out() -> None:
    """Mines that are only heard of have no capacity to count; what went through them is counted."""
    told = UNION["suppliers"][1] | {"history": {"mining": "CD"}}
    rules = written({"preset": "eu-crma-2030"}, suppliers=[told], plants=[], materials=[OXIDE])
    assert list(rules) == [f"eu-crma-2030.{rule}" for rule in
                           ("processing.refining", "one_country.mining", "one_country.refining")]  # fmt: skip


def test_a_preset_twice_needs_two_ids() -> None:
    """Each entry's rules are its own."""
    rules = written(DFARS, DFARS | {"id": "dearer", "penalty": 5})
    assert list(rules) == ["us-dfars-magnets-2027.covered", "dearer.covered"]


def test_a_problem_keeps_its_presets_as_stated() -> None:
    """Written again, it has the entry, not what it came to."""
    asked = problem(**UNION, policies=[CRMA])
    again = oremix.read_problem(asked.to_json())
    assert '"preset": "eu-crma-2030"' in asked.to_json()
    assert (again.policies, again.rules, again.hash) == (asked.policies, asked.rules, asked.hash)


# ---------------------------------------------------------------- faults


@pytest.mark.parametrize(
    ("entry", "pointer", "words"),
    [
        ({"preset": "eu-crma-203"}, "/policies/0/preset", "did you mean eu-crma-2030"),
        ({"preset": 5}, "/policies/0/preset", "string"),
        (CRMA | {"weigth": 1}, "/policies/0/weigth", "did you mean weight"),
        (CRMA | {"rules": {"extractio": False}}, "/policies/0/rules/extractio", "did you mean extraction"),
        (CRMA | {"rules": {"extraction": {"id": "x"}}}, "/policies/0/rules/extraction/id", "cannot be replaced"),
        (CRMA | {"rules": {"extraction": {"minn": 1}}}, "/policies/0/rules/extraction/minn", "did you mean min"),
        (CRMA | {"rules": {"extraction": {"min": 2}}}, "/policies/0/rules/extraction/min", "0 to 1"),
        (CRMA | {"rules": {"extraction": {"min": [1]}}}, "/policies/0/rules/extraction/min", "1 numbers for 2"),
        (CRMA | {"rules": {"extraction": {"max": 0.05}}}, "/policies/0", "above the upper bound"),
        (CRMA | {"rules": {"extraction": {"countries": ["XX"]}}}, "/policies/0/rules/extraction/countries/0", "CN"),
        (CRMA | {"stages": {"processing": ["refinery"]}}, "/policies/0/stages/processing/0", "did you mean refining"),
        (CRMA | {"stages": {"smelting": ["refining"]}}, "/policies/0/stages/smelting", "extraction"),
        (CRMA | {"materials": ["nix", "oxide"]}, "/policies/0/materials/0", "names no material"),
        (CRMA | {"materials": ["ore"]}, "/policies/0/materials", "that is demanded"),
        (CRMA | {"demands": ["nobody"]}, "/policies/0/demands/0", "names no demand"),
        (CRMA | {"places": ["nowhere"]}, "/policies/0/places/0", "names no country"),
        (CRMA | {"penalty": [1, 2, 3]}, "/policies/0/penalty", "3 numbers for 2 periods"),
        (CRMA | {"until_year": 2029}, "/policies/0", "after `until_year` 2029"),
        (CRMA | {"weight": {"ore": 1, "nix": 1}}, "/policies/0/weight/nix", "names no material"),
        (CRMA | {"weight": {"ore": 1}}, "/policies/0/weight", "no factor for oxide"),
        ({"preset": "eu-crma-2030"}, "/policies/0/weight", "state what a unit of each holds"),
        (CRMA | {"min": 0.1, "id": " x"}, "/policies/0/id", "1 to 100 letters"),
        (DFARS | {"min": 0.1}, "/policies/0/min", "is read by no rule"),
        (DFARS | {"minerals": {"cobalt": ["oxide"]}}, "/policies/0/minerals/cobalt", "mineral that a rule"),
        (BATTERIES | {"minerals": {"tin": ["ore", "oxide"]}}, "/policies/0/minerals/tin", "cobalt, lead, lithium"),
        (BATTERIES | {"minerals": {"cobalt": ["oxid"]}}, "/policies/0/minerals/cobalt/0", "did you mean oxide"),
        (BATTERIES | {"minerals": {"cobalt": ["ore"]}}, "/policies/0/minerals/cobalt", "that is demanded"),
        (BATTERIES | {"minerals": {"cobalt": ["oxide"]}}, "/policies/0/minerals/cobalt", "works makes it of (ore)"),
    ],
    ids=str,
)
def test_a_fault_is_reported_where_the_preset_states_it(entry: dict[str, Any], pointer: str, words: str) -> None:
    """Once, at its place, with what to do; where nothing is stated, on the entry, naming the rule."""
    found = faults(**UNION, policies=[entry])
    assert list(found) == [pointer]
    assert words in found[pointer]


def test_a_fault_of_the_problem_is_reported_on_the_presets_rule() -> None:
    """Unlimited capacity is no number, for a preset's rule as for anybody's; it is said which rule."""
    works = {key: value for key, value in UNION["plants"][0].items() if key != "capacity"}
    found = faults(**(UNION | {"plants": [works]}), policies=[CRMA])
    assert list(found) == ["/policies/0"]
    assert "rule eu-crma-2030.processing.refining" in found["/policies/0"]
    assert "works" in found["/policies/0"]


def test_a_typical_year_knows_no_years_of_its_own() -> None:
    """The preset's years are dropped, the user's refused."""
    parts = UNION | {"periods": None, "discount_rate": None}
    assert list(faults(**parts, policies=[CRMA | {"from_year": 2031}])) == ["/policies/0/from_year"]


def test_every_supplier_needs_its_stage() -> None:
    """A preset that names stages asks for them as any policy does."""
    bare = {key: value for key, value in UNION["suppliers"][0].items() if key != "stage"}
    found = faults(**(UNION | {"suppliers": [bare, UNION["suppliers"][1]]}), policies=[CRMA])
    assert "/suppliers/0/stage" in found


def test_ids_must_differ() -> None:
    """The same preset twice, or a policy with the id of a preset's rule."""
    assert list(faults(**UNION, policies=[DFARS, DFARS])) == ["/policies/0", "/policies/1"]
    own = {"id": "us-dfars-magnets-2027.covered", "type": "share", "countries": ["CN"], "max": 1}
    found = faults(**UNION, policies=[own, DFARS])
    assert list(found) == ["/policies/1"]
    assert "give the preset an `id`" in found["/policies/1"]


def test_faults_of_a_preset_hide_no_others() -> None:
    """Every fault of every entry at once."""
    entries = [CRMA | {"penalty": [1, 2, 3]}, {"preset": "nix"}, {"id": "cap", "type": "share", "max": 1}]
    demands = [UNION["demands"][0] | {"quantity": [1, 2, 3]}]
    found = faults(**(UNION | {"demands": demands}), policies=entries)
    assert set(found) == {
        "/demands/0/quantity",
        "/policies/0/penalty",
        "/policies/1/preset",
        "/policies/2/countries",
    }
