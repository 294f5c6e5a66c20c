from __future__ import annotations

import pytest

from benchmarks.sweep import caps, sweep


def test_a_sweep_runs_and_agrees_with_cold_solves() -> None:
    """Every point is verified, and those solved from nothing cost the same."""
    swept = sweep("0.1k", number=5, compared=5)
    assert swept.apart < 1e-9
    assert swept.cold > 0
    assert swept.points > 0


def test_caps_go_from_loose_to_tight() -> None:
    assert caps(5) == pytest.approx([0.6, 0.5, 0.4, 0.3, 0.2])
