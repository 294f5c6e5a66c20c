"""Two policies at once, by hand."""

from __future__ import annotations

import threading
from typing import Any

import pytest

import oremix
from oremix.models.studies.frontier import Surface
from oremix.optimizer import engine
from tests.plans import near
from tests.problems import CHINA, FIRST, SECOND, YEARS, document

SELLERS: dict[str, Any] = {
    "suppliers": [
        CHINA,
        {"id": "weld", "country": "AU", "material": "oxide", "unit_cost": 7, "capacity": 40},
        {"id": "pass", "country": "US", "material": "oxide", "unit_cost": 10},
    ],
    "policies": [
        {"id": "cap", "type": "share", "countries": ["CN"], "max": 0.5},
        {"id": "other", "type": "share", "countries": ["US"], "max": 0.5},
    ],
}


def costs(found: Surface) -> dict[tuple[Any, Any], Any]:
    """Pair of bounds → cost, or none."""
    return {(round(p.bound, 9), round(p.second_bound, 9)): p.total_cost and near(p.total_cost) for p in found.points}


def test_a_surface_of_two_caps() -> None:
    """China any at 5, Australia 40 t at 7, America any at 10: what China may not sell is Australia's, then America's.

    At 50 % of China's: 250 + 280 + 100. At 0 %: 280 + 600, which needs 60 % of America's.
    """
    found = oremix.surface(document(**SELLERS), "cap", "other", points=3)
    assert costs(found) == {
        **{(1, other): 500 for other in (0.6, 0.3, 0)},
        **{(0.5, other): 630 for other in (0.6, 0.3)},
        (0.5, 0): None,
        (0, 0.6): 880,
        **{(0, other): None for other in (0.3, 0)},
    }
    assert [(near(edge.bound), near(edge.tightest)) for edge in found.edge] == [(1, 0), (0.5, 0.1), (0, 0.6)]
    infeasible = [point for point in found.points if point.total_cost is None]
    assert {(point.status, point.verified) for point in infeasible} == {("infeasible", True)}
    assert found.complete


def test_both_have_a_price() -> None:
    """At 50 % of China's and 30 % of America's a point more of China's saves 5 and America's bind nothing."""
    found = oremix.surface(document(**SELLERS), "cap", "other", points=3)
    (point,) = [p for p in found.points if (p.bound, p.second_bound) == (near(0.5), near(0.3))]
    assert (point.marginal, point.second_marginal) == (near(5), near(0))


def test_years_hold_for_both() -> None:
    """Until 2027 both hold as stated: 630 a year; from 2028 they move."""
    found = oremix.surface(document(**SELLERS, **YEARS), "cap", "other", points=2, from_year=2028)
    assert costs(found)[1, 0] == 630 * FIRST + 500 * SECOND


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"policy": "cup", "second_policy": "cap"}, ["`policy` is no policy; there are: cap, other"]),
        ({"policy": "cap", "second_policy": "cap"}, ["`second_policy` should be another"]),
        ({"policy": "cap", "second_policy": "other", "points": 1, "side": "up"}, ["`points`", "`side`"]),
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_said(options: dict[str, Any], names: list[str]) -> None:
    """Every fault, by the name of the option."""
    with pytest.raises(oremix.InvalidOption) as caught:
        oremix.surface(document(**SELLERS), **options)
    assert [name for name in names if name not in str(caught.value)] == []


def test_what_can_be_tightened_for_ever_has_no_surface() -> None:
    """Everything that is bought can be left over: a floor under what arrives from America has no highest."""
    outlet = {"id": "rest", "country": "JP", "material": "oxide", "sale_price": -1}
    floor = {"id": "floor", "type": "quantity", "countries": ["US"], "min": 0}
    problem = document(**SELLERS)
    problem = problem | {"demands": [*problem["demands"], outlet], "policies": [*problem["policies"], floor]}
    with pytest.raises(oremix.InvalidOption, match="floor can be tightened for ever"):
        oremix.surface(problem, "cap", "floor", points=2)
    alone = oremix.frontier(problem, "floor")
    assert "give `to`" in alone.notes[0]
    ended = oremix.frontier(problem, "floor", to=50)
    assert ended.points[-1].bound == 50


def test_no_plan_at_all() -> None:
    """Nobody sells enough."""
    short = document(**SELLERS | {"suppliers": [CHINA | {"capacity": 1}]})
    found = oremix.surface(short, "cap", "other", points=2)
    assert (found.points, found.complete) == ([], True)
    assert "no plan even at the loosest" in found.notes[0]


def test_somebody_who_stops_it_gets_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped after the first row, by one worker: the second may be under way."""
    monkeypatch.setattr(engine, "_cores", lambda: 1)
    stop = threading.Event()

    def listen(done: int, _total: int, _text: str) -> None:
        if done >= 3:
            stop.set()

    found = oremix.surface(document(**SELLERS), "cap", "other", points=3, stop=stop, progress=listen)
    assert not found.complete
    assert 3 <= len(found.points) < 9


def test_it_can_be_read() -> None:
    """A table with costs, and infeasible corners by name."""
    text = str(oremix.surface(document(**SELLERS, name="Oxide"), "cap", "other", points=3))
    assert "Oxide: cost, USD, discounted, against the max of cap (down) and the max of other (across)" in text
    assert " 50 %   630         630  infeasible" in text
    assert "at 50 %: 10 %" in text
