"""Where: places, their countries and owners, groups of countries, distances."""

from math import pi

import pytest

from oremix.models.chain import Place, Supplier
from oremix.models.geography import Geography, Origin

PLACES = [
    Place(id="osaka", country="JP", latitude=34.6, longitude=135.4),
    Place(id="perth", country="AU", latitude=-31.95, longitude=115.86, owner="CN"),
    Place(id="zero", country="GH", latitude=0, longitude=0),
    Place(id="east", country="ID", latitude=0, longitude=90),
    Place(id="north", country="NO", latitude=90, longitude=12),
    Place(id="west", country="US", latitude=0, longitude=-179),
    Place(id="fiji", country="FJ", latitude=0, longitude=179),
    Place(id="somewhere", country="CA"),
]
GEOGRAPHY = Geography(PLACES, {"partners": ["AU", "US"], "empty": []})


def test_a_country_is_a_place_without_being_listed() -> None:
    """A listed place is in its country, a country in itself."""
    assert GEOGRAPHY.country("osaka") == "JP"
    assert GEOGRAPHY.country("BR") == "BR"


def test_the_owner_is_the_facilitys_then_the_places_then_the_country() -> None:
    """The country that controls it, as finely as it is stated."""
    mine = {"id": "mine", "material": "ore", "unit_cost": 1.0}
    assert GEOGRAPHY.origin(Supplier(**mine, place="perth", owner="US")) == Origin("perth", "US", None)
    assert GEOGRAPHY.origin(Supplier(**mine, place="perth", stage="mining")) == Origin("perth", "CN", "mining")
    assert GEOGRAPHY.origin(Supplier(**mine, place="osaka")) == Origin("osaka", "JP", None)
    assert GEOGRAPHY.origin(Supplier(**mine, country="CL")) == Origin("CL", "CL", None)


def test_groups_stand_for_their_countries() -> None:
    """Beside countries that stand for themselves, each once."""
    assert GEOGRAPHY.members(["partners", "JP", "US"]) == {"AU", "US", "JP"}
    assert GEOGRAPHY.members(["empty"]) == frozenset()


@pytest.mark.parametrize("names", [["perth"], ["AU"], ["partners"], ["JP", "partners"]])
def test_a_place_is_covered_by_itself_its_country_and_its_groups(names: list[str]) -> None:
    assert GEOGRAPHY.covers(names, "perth")
    assert not GEOGRAPHY.covers(names, "BR")


def test_a_country_is_not_covered_by_a_place_in_it() -> None:
    """What stands in Australia is not in Perth."""
    assert not GEOGRAPHY.covers(["perth"], "AU")


@pytest.mark.parametrize(
    ("start", "end", "angle"),
    [("zero", "east", 90), ("zero", "north", 90), ("east", "north", 90), ("west", "fiji", 2), ("zero", "zero", 0)],
)
def test_a_distance_is_an_arc_of_the_mean_sphere(start: str, end: str, angle: float) -> None:
    """A quarter of the way round is π/2 · 6371.0088 km, and the date line is no wall."""
    assert GEOGRAPHY.distance_km(start, end) == pytest.approx(6371.0088 * angle * pi / 180, abs=1e-6)
    assert GEOGRAPHY.distance_km(end, start) == GEOGRAPHY.distance_km(start, end)


def test_opposite_points_are_half_way_round() -> None:
    """Rounding does not take the arc beyond its domain."""
    ends = [
        Place(id="a", country="ES", latitude=40.3, longitude=-3.7),
        Place(id="b", country="NZ", latitude=-40.3, longitude=176.3),
    ]
    assert Geography(ends, {}).distance_km("a", "b") == pytest.approx(6371.0088 * pi, rel=1e-9)


def test_osaka_to_perth() -> None:
    """Some 7,680 km, worked through by hand.

    sin²(66.55°/2) = 0.3010 and cos 34.6° · cos 31.95° · sin²(19.54°/2) = 0.02011; the arc is 2 · asin √0.3211.
    """
    assert GEOGRAPHY.distance_km("osaka", "perth") == pytest.approx(7677, rel=1e-4)


def test_no_distance_without_coordinates() -> None:
    """A country has none, nor a place that states none; to itself it is 0 all the same."""
    assert GEOGRAPHY.distance_km("osaka", "JP") is None
    assert GEOGRAPHY.distance_km("somewhere", "osaka") is None
    assert GEOGRAPHY.distance_km("somewhere", "somewhere") == 0
