"""A thousand times too much is likely per kg; 80 % a year is likely 8."""

from __future__ import annotations

from typing import Any

import pytest

from tests.problems import AUSTRALIA, CHINA, OXIDE, problem

THIRD = AUSTRALIA | {"id": "third"}


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        (
            {"suppliers": [AUSTRALIA, THIRD, CHINA | {"unit_cost": 7000}]},
            "the unit_cost of north, 7,000, is a thousand times or more from what others ask for oxide (7 to 7)",
        ),
        (
            {"suppliers": [AUSTRALIA, THIRD, CHINA | {"unit_cost": 0.007}]},
            "the unit_cost of north, 0.007, is a thousand times or more from",
        ),
        (
            {"suppliers": [AUSTRALIA, CHINA | {"unit_cost": 7000}]},
            "the unit_cost of weld, 7, and the unit_cost of north, 7,000, are a thousand times or more apart",
        ),
        (
            {"suppliers": [AUSTRALIA], "materials": [OXIDE | {"price": 7000}]},
            "the unit_cost of weld, 7, and the price of oxide, 7,000, are a thousand times or more apart",
        ),
        ({"suppliers": [AUSTRALIA], "discount_rate": 0.8}, "the discount_rate is 80 % a year: 0.08 is 8 %"),
        (
            {"suppliers": [AUSTRALIA, CHINA | {"build": {"max": 5, "unit_capex": 1, "life": 9, "wacc": 0.5}}]},
            "the wacc of the build of north is 50 % a year: 0.08 is 8 %",
        ),
    ],
)
def test_a_likely_slip_is_said(parts: dict[str, Any], sentence: str) -> None:
    """With both numbers, so that the reader sees which is wrong."""
    assert [text for text in problem(**parts).warnings if text.startswith(sentence)], problem(**parts).warnings


@pytest.mark.parametrize(
    "parts",
    [
        {"suppliers": [AUSTRALIA, THIRD, CHINA | {"unit_cost": 6999}]},
        {"suppliers": [AUSTRALIA, CHINA | {"unit_cost": 0}]},
        {"suppliers": [AUSTRALIA, CHINA | {"unit_cost": -7}]},
        {"suppliers": [AUSTRALIA], "discount_rate": 0.12},
    ],
)
def test_odd_numbers_are_not_slips(parts: dict[str, Any]) -> None:
    """What is dear, free or paid for by others is let be."""
    assert problem(**parts).warnings == []
