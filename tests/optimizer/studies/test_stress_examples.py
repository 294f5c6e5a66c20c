"""What the pages on the examples say of outages."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

import oremix
from oremix.models.studies.stress import Stress


@cache
def _stress(name: str, countries: tuple[str, ...], asked: tuple[tuple[str, Any], ...]) -> Stress:
    named = {key: list(value) if isinstance(value, tuple) else value for key, value in asked}
    return oremix.stress(oremix.example(name), countries=list(countries), **named)


def stress(name: str, *countries: str, **asked: Any) -> Stress:
    return _stress(name, countries, tuple(asked.items()))


def missing(found: Stress) -> dict[str, float]:
    return {outage.id: outage.shortage for outage in found.outages}


def test_lithium_without_each_country() -> None:
    """Years of hydroxide missing, and that all of it but China's own is for the cap."""
    found = stress("lithium-japan", "CN", "JP", "AU", "US", insurance=2)
    assert missing(found) == pytest.approx({"CN": 5.50, "JP": 2.38, "AU": 2.29, "US": 0.29}, abs=0.006)
    without = {outage.id: outage.shortage_without_policies for outage in found.outages}
    assert without == pytest.approx({"CN": 5.505, "JP": 0, "AU": 0, "US": 0}, abs=1e-3)
    assert {outage.id: outage.years_to_shortage for outage in found.outages} == {"CN": 0, "JP": 4, "AU": 4, "US": 6}
    told = [(one.outage, one.kind, one.on, round(one.amount), round(one.cost / 1e6)) for one in found.insurance]
    assert told == [
        ("JP", "contract", "australia_hydroxide", 9148, -17),
        ("JP", "build", "antofagasta_plant", 12249, 48),
    ]


def test_lithium_without_two_countries_for_two_years() -> None:
    """The pairs of 2032 and 2033, and how long 30 days of stock last."""
    found = stress("lithium-japan", "CN", "JP", "AU", "US", pairs=True, from_year=2032, until_year=2033, insurance=0)
    assert next(iter(missing(found))) == "JP + AU"
    expected = {"JP + AU": 1.61, "JP": 0.79, "AU": 0.70, "CN": 0.70}
    assert {name: missing(found)[name] for name in expected} == pytest.approx(expected, abs=0.006)
    months = {outage.id: outage.stocks[0].months for outage in found.outages}
    assert (months["CN"], months["JP + AU"]) == pytest.approx((2.1, 1.0), abs=0.06)
    assert found.outages[0].stocks[0].at_hand == pytest.approx(7422, abs=1)


def test_cobalt_without_congo() -> None:
    """The term that gives way, and what would insure against it in 2028 and 2029."""
    found = stress("cobalt-usa", "CD", "CN", "FI", "CA", facilities=("canada_mines",), insurance=0)
    expected = {"CD": 2.21, "CN": 0.60, "FI": 0.39, "canada_mines": 0.25, "CA": 0.17}
    assert missing(found) == pytest.approx(expected, abs=0.006)
    assert [entry.id for entry in found.outages[0].broken] == ["finland_refinery"]
    late = stress("cobalt-usa", "CD", from_year=2028, until_year=2029, insurance=1)
    assert missing(late) == pytest.approx({"CD": 0.86}, abs=0.006)
    told = {(one.kind, one.on): (one.amount, one.cost / 1e6) for one in late.insurance}
    assert told["stock", "pittsburgh"] == pytest.approx((1716, 5.5), abs=0.5)
    assert told["build", "us_batteries"] == pytest.approx((852, 9.3), abs=0.5)


def test_magnets_bans_and_outages() -> None:
    """A ban is not an outage."""
    bans = [{"country": "CN", "stage": stage} for stage in ("magnets", "refining", "mining")]
    found = oremix.stress(
        oremix.example("magnets-usa-japan"),
        countries=["CN", "US", "AU", "MY"],
        bans=bans,
        from_year=2030,
        until_year=2031,
        insurance=0,
    )
    expected = {"CN": 2.88, "US": 2.24, "AU": 1.38, "MY": 0.86}
    expected |= {"CN:magnets": 0.70, "CN:refining": 0.45, "CN:mining": 0}
    assert missing(found) == pytest.approx(expected, abs=0.006)
    without = {outage.id: outage.shortage_without_policies for outage in found.outages}
    assert (without["US"], without["AU"]) == pytest.approx((0, 0.04), abs=0.006)
