"""A generated problem as the sets and tables that a modeller of another library would start from.

What Oremix works out of the document (distances, freight, duties, who a stockpile serves, years that count,
discounting) is worked out here beforehand, so that the other libraries are measured only on what is theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import asin, cos, radians, sin, sqrt
from typing import Any

__all__ = ["Data", "read"]

Document = dict[str, Any]
Costs = dict[tuple[str, str], float]

EARTH_RADIUS = 6371.0088
KINDS = ("suppliers", "plants", "recyclers", "demands")
BUILDING = KINDS[:3]


@dataclass(frozen=True)
class Data:
    """Sets and parameters; `periods` are years, everything per year is a list by position of the period.

    Attributes
    ----------
    gap
        How many years each period has.
    weight
        Discount weight of each period: the sum over its years.
    minerals
        Ids of each kind by mineral.
    suppliers, plants, recyclers, demands
        By id, each with its `mineral` and its `country`; a demand with its `stock`.
    capacity, builds
        By id of every supplier, plant and recycler: what it has, and what can be built.
    ore_cost, oxide_cost
        Freight and duties of a unit by (supplier, plant) and by (plant or recycler, demand): every pair there is.
    serves
        By demand, the demands that its stock serves: those in its country, itself included. So these serve it too.
    on_stream
        Order's period → periods in which its capacity counts.
    annuity
        Of one unit of capex, per year.
    """

    periods: list[int]
    gap: int
    weight: list[float]
    minerals: dict[str, dict[str, list[str]]]
    suppliers: dict[str, Document]
    plants: dict[str, Document]
    recyclers: dict[str, Document]
    demands: dict[str, Document]
    capacity: dict[str, float]
    builds: dict[str, Document]
    ore_cost: Costs
    oxide_cost: Costs
    serves: dict[str, list[str]]
    on_stream: dict[int, list[int]]
    annuity: float
    oxide_cap: float
    ore_cap: float
    budget: float | None
    yes_no: bool

    @property
    def years(self) -> range:
        """The periods by position."""
        return range(len(self.periods))

    def capital(self, name: str, order: int) -> tuple[float, float]:
        """Discounted cost of ordering one unit of capacity, and of ordering at all."""
        paid = self.annuity * sum(self.weight[later] for later in self.on_stream[order])
        build = self.builds[name]
        return paid * build["unit_capex"], paid * build.get("fixed_capex", 0.0)

    def holding(self, demand: str, period: int) -> float:
        """Discounted cost of a unit in stock at a period's end: half of it in each of the periods that meet there."""
        return float(self.demands[demand]["stock"]["holding_cost"] * sum(self.weight[period : period + 2]) / 2)

    def makers(self, mineral: str) -> list[str]:
        """The plants and recyclers of a mineral."""
        return self.minerals[mineral]["plants"] + self.minerals[mineral]["recyclers"]

    def in_china(self, names: list[str]) -> list[str]:
        """Those suppliers, plants or recyclers that stand in China."""
        return [name for name in names if self._country(name) == "CN"]

    def outside_china(self, names: list[str]) -> list[str]:
        """Those that do not."""
        return [name for name in names if self._country(name) != "CN"]

    def _country(self, name: str) -> str:
        site = self.suppliers.get(name) or self.plants.get(name) or self.recyclers[name]
        return str(site["country"])


def read(document: Document) -> Data:
    """The sets and tables of a problem of `benchmarks.families`."""
    periods = document["periods"]
    gap, rate = periods[1] - periods[0], document["discount_rate"]
    tables = {kind: _table(document, kind) for kind in KINDS}
    for stockpile in document["stockpiles"]:
        tables["demands"][stockpile["place"].removesuffix("_site")]["stock"] = stockpile
    minerals = _by_mineral(tables)
    enlarged = {name: row for kind in BUILDING for name, row in tables[kind].items()}
    builds = {name: row["build"] for name, row in enlarged.items()}
    wacc, life = (builds["m0_mine0"][field] for field in ("wacc", "life"))
    policies = {policy["id"]: policy for policy in document["policies"]}
    moving = _Moving(document)
    makers = {name: sites["plants"] + sites["recyclers"] for name, sites in minerals.items()}
    demands = tables["demands"]
    return Data(
        periods=periods,
        gap=gap,
        weight=[sum((1 + rate) ** -(start + year - periods[0]) for year in range(gap)) for start in periods],
        minerals=minerals,
        **tables,
        capacity={name: row["capacity"] for name, row in enlarged.items()},
        builds=builds,
        ore_cost={
            lane: moving.cost(*lane, 0)
            for sites in minerals.values()
            for lane in product(sites["suppliers"], sites["plants"])
        },
        oxide_cost={
            lane: moving.cost(*lane, 1)
            for name, sites in minerals.items()
            for lane in product(makers[name], sites["demands"])
        },
        serves={
            pile: [other for other in sites["demands"] if demands[other]["country"] == demands[pile]["country"]]
            for sites in minerals.values()
            for pile in sites["demands"]
        },
        on_stream={order: list(range(order + 1, len(periods))) for order in range(len(periods) - 1)},
        annuity=wacc / (1 - (1 + wacc) ** -life),
        oxide_cap=policies["china_oxide"]["max"],
        ore_cap=policies["china_ore"]["max"],
        budget=policies["budget"]["max"] if "budget" in policies else None,
        yes_no="fixed_capex" in document["plants"][0]["build"],
    )


def _table(document: Document, kind: str) -> dict[str, Document]:
    country = {place["id"]: place["country"] for place in document["places"]}
    rows = document[kind]
    return {row["id"]: row | {"mineral": row["id"].split("_")[0], "country": country[row["place"]]} for row in rows}


def _by_mineral(tables: dict[str, dict[str, Document]]) -> dict[str, dict[str, list[str]]]:
    minerals: dict[str, dict[str, list[str]]] = {}
    for kind, table in tables.items():
        for name, row in table.items():
            minerals.setdefault(row["mineral"], {}).setdefault(kind, []).append(name)
    return minerals


class _Moving:
    """What it costs to move a unit: by the kilometre, by the pair of countries, and from China by value."""

    def __init__(self, document: Document) -> None:
        self.places = {place["id"]: place for place in document["places"]}
        by_distance, *tariffs, by_value = document["lanes"]
        self.per_km = by_distance["cost_per_km"]
        self.tariff = {(lane["from"], lane["to"]): lane["duty_per_unit"] for lane in tariffs}
        self.dutiable, self.duty = by_value["to"], by_value["duty"]
        self.prices = [material["price"] for material in document["materials"][:2]]

    def cost(self, start: str, end: str, stage: int) -> float:
        """Of ore (stage 0) or oxide (1); nothing within a country."""
        here, there = self.places[f"{start}_site"], self.places[f"{end}_site"]
        pair = here["country"], there["country"]
        if pair[0] == pair[1]:
            return 0.0
        taxed = pair[0] == "CN" and pair[1] in self.dutiable
        duty = self.tariff[pair] + self.duty * self.prices[stage] * taxed
        return float(self.per_km * _kilometres(here, there) + duty)


def _kilometres(here: Document, there: Document) -> float:
    """The great circle between two places, by the haversine."""
    north, south = radians(here["latitude"]), radians(there["latitude"])
    apart = radians(there["longitude"] - here["longitude"])
    half_chord = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(apart / 2) ** 2
    return 2 * EARTH_RADIUS * asin(sqrt(half_chord))
