"""Pages and pictures that programs write are what the code says now."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from oremix.models.schema import schema
from tests.docs.pages import DOCS

# Sphinx wants its folder to be no package; so do the programs that stand beside its settings.
sys.path.insert(0, str(DOCS / "site"))
import pictures
import reference

AGAIN = "`make docs` writes it again"


@pytest.mark.parametrize("page", ["reference.md", "api.md"])
def test_the_reference_is_that_of_the_models(page):
    """A field, limit, default or call that changes changes its page."""
    assert (DOCS / page).read_text(encoding="utf-8") == reference.pages()[DOCS / page], AGAIN


def test_the_pictures_are_those_of_the_plan():
    """Each width and percentage is the plan's, and no other picture is there."""
    drawn = pictures.pictures()
    assert {path: path.read_text(encoding="utf-8") for path in (DOCS / "pictures").iterdir()} == drawn, AGAIN


def objects() -> list[Any]:
    """Every object that a problem or a plan is made of, with its fields."""
    found = []
    for of in ("problem", "plan"):
        whole = schema(of)
        named = {"Problem" if of == "problem" else "Plan": whole} | whole["$defs"]
        found += [pytest.param(of, name, described, id=f"{of}-{name}") for name, described in named.items()]
    return found


@pytest.mark.parametrize(("of", "name", "described"), objects())
def test_every_field_has_its_row(of, name, described):
    """With what it is and what it means, in the section of its object; what everything may have is told once."""
    begin, end = ("# A problem", "# A plan") if of == "problem" else ("# A plan", r"\Z")
    text = (DOCS / "reference.md").read_text(encoding="utf-8")
    part = re.search(rf"^{begin}$(.*?)(?:^{end}$|\Z)", text, flags=re.DOTALL | re.MULTILINE)[1]
    heading = "" if name in ("Problem", "Plan") else rf"^## {name}$"
    section = re.search(rf"{heading}(.*?)(?:^## |\Z)", part, flags=re.DOTALL | re.MULTILINE)[1]
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", section, flags=re.MULTILINE))
    fields = set(described.get("properties", {}))
    told_once = set(reference.COMMON) if of == "problem" and name != "Problem" else set()
    assert rows.keys() == fields - told_once
    cells = {field: re.split(r"(?<!\\) \| ", row) for field, row in rows.items()}
    assert [field for field, told in cells.items() if not all(cell.strip() for cell in told)] == []


def test_words_for_values():
    """Limits, years, countries, ids and values over time in words."""
    numbers = {"type": "number", "minimum": 0, "maximum": 1e15}
    assert reference.typed(numbers, "{0}") == "number (≥ 0)"
    assert reference.typed({"type": "integer", "minimum": 1000, "maximum": 9999}, "{0}") == "year"
    assert reference.typed({"type": "string", "minLength": 1, "maxLength": 100}, "{0}") == "id"
    assert reference.typed({"type": "string", "pattern": "^[A-Z]{2}$"}, "{0}") == "country"
    by_year = {"type": "object", "patternProperties": {reference.YEARS: numbers}}
    series = {"anyOf": [numbers, {"type": "array"}, by_year]}
    assert reference.typed({"anyOf": [series, {"type": "null"}]}, "{0}") == "number (≥ 0) ~"
    assert reference.typed({"$ref": "#/$defs/Tier"}, "[{0}](#{1})") == "[Tier](#tier)"


def test_defaults_in_words():
    """Required, stated, or told in the description."""
    assert reference.default("a", {}, ["a"]) == "required"
    assert reference.default("a", {"default": False}, []) == "`false`"
    assert reference.default("a", {"default": None}, []) == "—"
    assert reference.default("a", {"type": "array"}, []) == "none"


def test_the_api_page_has_every_call():
    """By method and path."""
    page = Path(DOCS / "api.md").read_text(encoding="utf-8")
    calls = {(method.upper(), path) for path, methods in reference.document()["paths"].items() for method in methods}
    assert set(re.findall(r"^### (\w+) (\S+)$", page, flags=re.MULTILINE)) == calls
    assert json.dumps("highs") in page
