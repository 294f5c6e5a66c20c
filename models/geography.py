"""Where: places, their countries and owners, groups of countries, distances."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

from oremix.models.chain import Facility, Place

__all__ = ["COUNTRIES", "Geography", "Origin"]

# ISO 3166-1 alpha-2, officially assigned; XK is the code in common use for Kosovo.
_CODES = """
AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY
BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK
FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR
IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK
ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM
PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF
TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW
"""
COUNTRIES = frozenset(_CODES.split())

EARTH_RADIUS_KM = 6371.0088


class Origin(NamedTuple):
    """Where a material was last made: the place, the country that controls it, and the stage."""

    place: str
    owner: str
    stage: str | None


Origin.__repr__ = tuple.__repr__  # type: ignore[method-assign]  # quick: keys are put in order by their text


class Geography:
    """The places and groups of a problem.

    A country is a place of its own without being listed.
    """

    def __init__(self, places: Iterable[Place], groups: dict[str, list[str]]) -> None:
        self.places = {place.id: place for place in places}
        self.groups = groups
        self._countries = {place.id: place.country for place in self.places.values()}

    def country(self, place: str) -> str:
        """The country a place is in."""
        return self._countries.get(place, place)

    def origin(self, facility: Facility) -> Origin:
        """The origin of whatever a facility makes."""
        place = facility.at
        listed = self.places.get(place)
        owner = facility.owner or (listed.owner if listed else None) or self.country(place)
        return Origin(place, owner, facility.stage)

    def members(self, names: Iterable[str]) -> frozenset[str]:
        """The countries that countries and groups stand for."""
        return frozenset(country for name in names for country in self.groups.get(name, [name]))

    def covers(self, names: Iterable[str], place: str) -> bool:
        """Whether a place is one of the places, countries or groups named."""
        country = self.country(place)
        return any(name in (place, country) or country in self.groups.get(name, ()) for name in names)

    @cached_property
    def _points(self) -> dict[str, tuple[float, float, float]]:
        """Latitude and longitude in radians, and the cosine of the latitude, where they are stated."""
        return {
            place.id: (radians(place.latitude), radians(place.longitude), cos(radians(place.latitude)))
            for place in self.places.values()
            if place.latitude is not None and place.longitude is not None
        }

    def distance_km(self, start: str, end: str) -> float | None:
        """The great-circle distance between two places, by haversine; ``None`` without coordinates."""
        if start == end:
            return 0.0
        here, there = self._points.get(start), self._points.get(end)
        if here is None or there is None:
            return None
        (lat_1, lon_1, cos_1), (lat_2, lon_2, cos_2) = here, there
        half = sin((lat_2 - lat_1) / 2) ** 2 + cos_1 * cos_2 * sin((lon_2 - lon_1) / 2) ** 2
        return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(half)))
