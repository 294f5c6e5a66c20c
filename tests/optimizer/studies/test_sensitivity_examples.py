"""What the pages on the examples say of the numbers that carry them."""

from __future__ import annotations

from typing import Any

import pytest

import oremix
from oremix.models.studies.sensitivity import Bar, Sensitivity


def moved(name: str, **asked: Any) -> Sensitivity:
    return oremix.sensitivity(oremix.example(name), **asked)


def bar(found: Sensitivity, label: str) -> Bar:
    return next(one for one in found.bars if one.label == label)


def millions(one: Bar) -> tuple[float | None, float | None]:
    """The change of cost on both sides; none: no plan."""
    sides = (one.down, one.up)
    costs = [None if side is None or side.difference is None else side.difference / 1e6 for side in sides]
    return costs[0], costs[1]


def near(*expected: float) -> Any:
    return pytest.approx(expected, abs=0.51)


def test_lithium_one_by_one() -> None:
    """Demands and prices, what is built otherwise, and an independent program's 8,970 for cheaper Chinese hydroxide."""
    found = moved("lithium-japan", fields=["quantity", "unit_cost"], on=["demands", "suppliers"])
    demand = bar(found, "quantity of japan_hydroxide (JP)")
    assert millions(demand) == near(-869, 876)
    assert demand.slope == pytest.approx(87e6, rel=0.01)
    assert demand.up is not None
    assert {(build.what, build.on, round(build.after)) for build in demand.up.builds if build.what != "moves"} == {
        ("more", "canadian_refinery", 15000),
        ("enters", "antofagasta_plant", 5917),
    }
    china = bar(found, "unit_cost of china_hydroxide (CN)")
    assert millions(china) == near(-445, 397)
    assert china.down is not None
    assert china.down.total_cost == pytest.approx(8970e6, abs=1e6)
    assert china.down.builds == []
    assert millions(bar(found, "unit_cost of olaroz (AR)")) == near(-144, 42)
    assert bar(found, "unit_cost of new_argentine_brines (AR)").slope == 0


def test_lithium_in_groups() -> None:
    """All hydroxide a tenth dearer is 10,010 by an independent program too."""
    groups = [
        {"on": "suppliers", "field": "unit_cost", "where": {"material": "hydroxide"}, "id": "hydroxide"},
        {"on": "plants", "field": "build.unit_capex", "id": "capex"},
    ]
    found = moved("lithium-japan", groups=groups)
    hydroxide = bar(found, "hydroxide").up
    assert hydroxide is not None
    assert hydroxide.total_cost == pytest.approx(10010.5e6, abs=0.1e6)
    assert millions(bar(found, "capex")) == pytest.approx((-28.7, 22.0), abs=0.06)


def test_lithium_drawn() -> None:
    """With fewer samples than the page: what is built always is, and with the plan's builds most have no plan."""
    found = moved("lithium-japan", samples=20, most=0).sampling
    assert found is not None
    assert len(found.drawn) == 109
    assert found.drawn[0].id == "quantity of japan_hydroxide (JP)"
    survive = {build.on: build.share for build in found.builds}
    assert survive["australian_train"] == survive["naraha_plant"] == 1
    assert found.kept.infeasible > 10 > found.anew.infeasible


def test_cobalt_falls_off_a_cliff() -> None:
    """The stockpile's rate of filling, and 2,253 for demand a tenth higher from 2026, as by an independent program."""
    group = {"on": "demands", "field": "quantity", "from_year": 2026, "id": "demand"}
    found = moved("cobalt-usa", on=["stockpiles", "demands"], inputs="all", groups=[group])
    first = found.bars[0]
    assert first.label == "fill_max of national_stockpile (US)"
    assert (first.swing, millions(first)[0]) == (None, None)
    assert first.slope == pytest.approx(-0.055e6, rel=0.01)
    assert millions(bar(found, "quantity of us_metal (US)")) == near(-143, 150)
    later = bar(found, "demand").up
    assert later is not None
    assert later.total_cost == pytest.approx(2252.8e6, abs=0.1e6)


def test_magnets_just_fit() -> None:
    """Five numbers leave no plan on one side, one of them worth nothing by prices."""
    found = moved("magnets-usa-japan", fields=["quantity", "max", "capacity"], on=["demands", "policies", "lanes"])
    assert {one.label for one in found.bars if one.swing is None} == {
        "quantity of japan_makers (JP)",
        "max of magnet_cap",
        "max of oxide_cap",
        "capacity of lane gebeng_to_japan",
        "max of world_refining",
    }
    assert bar(found, "max of world_refining").slope == 0
    assert millions(bar(found, "quantity of china_makers (CN)")) == near(-7590, 7590)
    assert millions(bar(found, "quantity of us_magnets (US)")) == near(-777, 786)
