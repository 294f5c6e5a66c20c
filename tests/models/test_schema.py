"""The JSON Schema of problem and plan: every field says what it is, and nothing unknown gets in."""

from typing import Any

import pytest

from oremix.models.schema import definitions

OBJECTS = {name: part for name, part in definitions("#/$defs/").items() if "properties" in part}


def undescribed(part: dict[str, Any]) -> list[str]:
    """The properties without a description, but for a `type` that tells objects apart."""
    return [
        name
        for name, field in part["properties"].items()
        if not field.get("description") and not (name == "type" and "const" in field)
    ]


@pytest.mark.parametrize("name", OBJECTS)
def test_every_field_says_what_it_is(name):
    """Whoever reads the schema needs no other page to know what a field holds."""
    assert undescribed(OBJECTS[name]) == []


@pytest.mark.parametrize("name", OBJECTS)
def test_no_field_has_only_the_description_of_its_form(name):
    """That a number may change over time, or is a share, does not say what it is a number of."""
    forms = ("value over time", "ISO 3166-1", "units of one thing")
    texts = {field: entry.get("description", "") for field, entry in OBJECTS[name]["properties"].items()}
    assert [field for field, text in texts.items() if text.startswith(forms)] == []


@pytest.mark.parametrize("name", OBJECTS)
def test_objects_are_closed(name):
    """A misspelt key is refused."""
    assert OBJECTS[name]["additionalProperties"] is False
