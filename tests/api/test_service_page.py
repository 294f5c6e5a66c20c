"""The page on the service says what the service has: its routes, its statuses, its settings."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from oremix.api import Settings
from oremix.api.app import OPERATIONS
from oremix.api.openapi import ERRORS
from oremix.cli import EXIT_CODES

PAGE = (Path(__file__).parents[2] / "docs" / "service.md").read_text(encoding="utf-8")
VARIABLES = {f"OREMIX_{field.name.upper()}": field.default for field in fields(Settings)}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_every_route_is_named(operation):
    """Each call stands in the page with its method."""
    assert f"`{operation.method} {operation.path}`" in PAGE


def test_no_other_address_is_promised():
    """What the page gives as a call exists."""
    named = set(re.findall(r"`(GET|POST|DELETE|PUT) (/[^`]*)`", PAGE))
    assert named == {(operation.method, operation.path) for operation in OPERATIONS}


@pytest.mark.parametrize(("variable", "default"), VARIABLES.items())
def test_every_setting_has_a_row_with_its_default(variable, default):
    """An operator reads each limit's default where its name stands."""
    shown = default if isinstance(default, str) else f"{default:.12g}"
    assert f"| `{variable}` | {shown} |" in PAGE


def test_no_other_limit_is_named():
    """A variable that nothing reads would be set in vain."""
    assert set(re.findall(r"OREMIX_MAX_[A-Z_]+", PAGE)) == {
        name for name in VARIABLES if name.startswith("OREMIX_MAX_")
    }


@pytest.mark.parametrize("status", ERRORS)
def test_every_error_of_the_contract_is_explained(status):
    """Each status of the OpenAPI document has a row."""
    assert re.search(rf"^\|[^|]*\b{status}\b[^|]*\|", PAGE, flags=re.MULTILINE)


def test_every_option_is_explained():
    """Each query parameter has its line."""
    for option in (option for operation in OPERATIONS for option in operation.options):
        assert f"- `{option.name}`" in PAGE


@pytest.mark.parametrize("code", sorted({*EXIT_CODES.values(), 1, 2, 130, 141}))
def test_every_exit_code_is_explained(code):
    """Each code with which the command ends has a row."""
    assert f"\n| {code} |" in PAGE
