"""What the pages on the examples say of alternatives."""

from __future__ import annotations

import pytest

import oremix
from oremix.models.studies.alternatives import Alternatives, Range
from tests.optimizer.studies.test_alternatives import assert_contains


def told(found: Alternatives, kind: str, name: str, material: str | None = None) -> Range:
    """The range of a decision, over all years."""
    (one,) = (
        r for r in found.ranges if (r.kind, r.id, r.ordered) == (kind, name, None) and material in (None, r.material)
    )
    return one


def assert_near_enough(found: Alternatives) -> None:
    assert found.complete
    assert len(found.alternatives) == 5
    for one in found.alternatives:
        assert one.verified
        assert one.total_cost <= found.budget * (1 + 1e-9)
    assert all(pair.distance >= 0.05 - 1e-6 for pair in found.distances)
    for one in found.ranges:
        assert_contains(one)


def test_lithium_within_half_a_per_cent() -> None:
    """No build is in every plan; China, Australia and the United States are."""
    found = oremix.alternatives(oremix.example("lithium-japan"), 0.005)
    assert_near_enough(found)
    builds = [one for one in found.ranges if one.kind == "build" and one.ordered is None]
    assert len(builds) == 6
    assert all(one.verdict == "free" for one in builds)
    china = told(found, "share", "CN", "hydroxide")
    assert (china.cheapest, china.min, china.max) == pytest.approx((0.506, 0.405, 0.514), abs=6e-4)
    musts = {
        one.id for one in found.ranges if one.material == "hydroxide" and one.kind == "share" and one.verdict == "must"
    }
    assert musts == {"CN", "AU", "JP", "US", "CL"}


def test_cobalt_within_half_a_per_cent() -> None:
    """The refinery in Ontario is in every plan within 0.5 %, and in none need it be within 2 %."""
    near = oremix.alternatives(oremix.example("cobalt-usa"), 0.005)
    assert_near_enough(near)
    far = oremix.alternatives(oremix.example("cobalt-usa"), 0.02, count=0, tries=0)
    assert far.complete
    assert (told(near, "build", "ontario_refinery").verdict, told(near, "build", "ontario_refinery").min) == (
        "must",
        6500,
    )
    assert told(far, "build", "ontario_refinery").verdict == "free"
    assert told(far, "build", "us_batteries").max == pytest.approx(1572, abs=1)
    assert told(far, "supplier", "drc_mines").min == pytest.approx(989, abs=1)


def test_magnets_within_a_thousandth() -> None:
    """For 85 m USD, less than what the caps cost: what Japan's and America's supply can be."""
    asked = {"demands": ["japan_makers", "us_magnets"]}
    found = oremix.alternatives(oremix.example("magnets-usa-japan"), 0.001, **asked)
    assert_near_enough(found)
    assert found.budget - found.cheapest.total_cost == pytest.approx(85.3e6, abs=0.1e6)
    musts = {one.id for one in found.ranges if one.kind == "build" and one.ordered is None and one.verdict == "must"}
    assert musts == {"eneabba_refinery", "nolans", "hypromag"}
    assert told(found, "build", "nolans").min == pytest.approx(165, abs=1)
    assert told(found, "build", "vulcan_benson").verdict == "free"
    japan = next(
        r for r in found.ranges if (r.kind, r.id, r.where, r.material) == ("share", "CN", "JP", "magnet_oxide")
    )
    assert (japan.min, japan.max) == pytest.approx((0.161, 0.363), abs=6e-4)
