"""Sourcing problems of any size, all of one family: mines → refineries that can be enlarged → demands, and recyclers.

Every mineral has its own suppliers of ore, plants that make oxide of it, recyclers and demands; each stands at a place
of its own, somewhere on the globe, and a demand can lay in stock. China's share is capped on both, freight goes by the
kilometre, duties by the pair of countries. Capacity is scarce and can be built at mines, refineries and recyclers; what
couples the minerals is one budget for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

__all__ = ["SIZES", "Size", "problem"]

Document = dict[str, Any]

SUPPLYING = ["CN", "AU", "CL", "BR", "CA", "ZA", "IN", "US"]
REFINING = ["CN", "AU", "US", "JP", "KR", "DE", "CA", "IN"]
USING = ["US", "JP", "KR", "DE", "FR"]
COUNTRIES = sorted({*SUPPLYING, *REFINING, *USING})
START, GAP = 2026, 2


@dataclass(frozen=True)
class Size:
    """How many minerals, and how many suppliers, plants, recyclers and demands each has; periods of two years."""

    minerals: int
    suppliers: int
    plants: int
    recyclers: int
    demands: int
    periods: int


SIZES = {
    "0.1k": Size(1, 4, 2, 1, 2, 3),
    "1k": Size(2, 9, 5, 2, 6, 4),
    "3k": Size(4, 12, 6, 3, 8, 4),
    "10k": Size(12, 12, 6, 3, 8, 4),
    "100k": Size(20, 16, 10, 4, 18, 8),
    "1M": Size(200, 16, 10, 4, 18, 8),
}
"""By about how many columns their linear programs have."""


def problem(size: str, *, coupled: bool = True, yes_no: bool = False, seed: int = 1) -> Document:
    """A problem of a named size, as a document of the contract; the same seed gives the same problem.

    Parameters
    ----------
    coupled
        One budget for all builds; without, every mineral is a problem of its own.
    yes_no
        Every refinery's build has a fixed capex, so that ordering it is a yes/no decision.
    """
    shape = SIZES[size]
    random = Random(f"{size} {seed}")  # noqa: S311 - data, no secrets
    periods = [START + GAP * number for number in range(shape.periods)]
    document: Document = {
        "name": f"{shape.minerals} minerals, seed {seed}",
        "periods": periods,
        "discount_rate": 0.05,
        "places": [],
        "materials": [],
        "suppliers": [],
        "plants": [],
        "recyclers": [],
        "demands": [],
        "stockpiles": [],
        "lanes": _lanes(random),
        "policies": _policies(shape),
    }
    for number in range(shape.minerals):
        _Mineral(document, shape, random, f"m{number}").add(yes_no)
    if coupled:
        document["policies"].append(_budget(document, periods))
    return document


def _lanes(random: Random) -> list[Document]:
    """Freight by distance, a tariff per tonne by the pair of countries, and by value for China's exports to three."""
    tariffs = [
        {"from": start, "to": end, "duty_per_unit": _between(random, 5, 100)}
        for start in COUNTRIES
        for end in COUNTRIES
        if start != end
    ]
    return [
        {"from": "*", "to": "*", "cost_per_km": 0.02},
        *tariffs,
        {"from": "CN", "to": ["US", "JP", "DE"], "duty": 0.1},
    ]


def _policies(shape: Size) -> list[Document]:
    ores = [f"m{number}_ore" for number in range(shape.minerals)]
    return [
        {"id": "china_oxide", "type": "share", "countries": ["CN"], "max": 0.4},
        {"id": "china_ore", "type": "share", "countries": ["CN"], "materials": ores, "max": 0.5},
    ]


def _budget(document: Document, periods: list[int]) -> Document:
    """In each period a tenth of what it would cost to build everything at once, so that it binds."""
    builds = [site["build"] for kind in ("suppliers", "plants", "recyclers") for site in document[kind]]
    everything = sum(build["max"] * build["unit_capex"] + build.get("fixed_capex", 0.0) for build in builds)
    limit = round(0.1 * everything / len(periods), 2)
    return {"id": "budget", "type": "budget", "max": limit, "until_year": periods[-2]}


def _between(random: Random, low: float, high: float) -> float:
    return round(random.uniform(low, high), 2)


class _Mineral:
    """One mineral's part of a document."""

    def __init__(self, document: Document, shape: Size, random: Random, name: str) -> None:
        self.document, self.shape, self.random, self.name = document, shape, random, name
        self.ore, self.oxide = f"{name}_ore", f"{name}_oxide"
        self.wanted = self.random.uniform(5_000, 50_000)

    def add(self, yes_no: bool) -> None:
        self.document["materials"] += [
            {"id": self.ore, "unit": "t", "price": 300.0},
            {"id": self.oxide, "unit": "t", "price": 1_500.0},
        ]
        for number in range(self.shape.suppliers):
            self._supplier(number)
        for number in range(self.shape.plants):
            self._plant(number, yes_no)
        for number in range(self.shape.recyclers):
            self._recycler(number)
        for number in range(self.shape.demands):
            self._demand(number)

    def _place(self, kind: str, number: int, countries: list[str]) -> tuple[str, str]:
        """A name and a place; the first is in the first country of the list, the second is not."""
        country = countries[0] if number == 0 else self.random.choice(countries[number == 1 :])
        name = f"{self.name}_{kind}{number}"
        latitude, longitude = self.random.uniform(-40, 60), self.random.uniform(-180, 180)
        site = {
            "id": f"{name}_site",
            "country": country,
            "latitude": round(latitude, 2),
            "longitude": round(longitude, 2),
        }
        self.document["places"].append(site)
        return name, f"{name}_site"

    def _per_period(self, first: float, growth: float) -> list[float]:
        return [round(first * (1 + growth) ** number, 2) for number in range(self.shape.periods)]

    def _supplier(self, number: int) -> None:
        name, place = self._place("mine", number, SUPPLYING)
        cheap = 0.6 if number == 0 else 1.0
        supplier = {
            "id": name,
            "place": place,
            "material": self.ore,
            "capacity": round(2.5 * self.wanted / self.shape.suppliers * self.random.uniform(0.5, 1.5), 2),
            "unit_cost": self._per_period(cheap * self.random.uniform(150, 450), 0.02),
        }
        supplier["build"] = self._build(supplier["capacity"], 200, 900)
        self.document["suppliers"].append(supplier)

    def _plant(self, number: int, yes_no: bool) -> None:
        name, place = self._place("refinery", number, REFINING)
        others = 0.4 / (self.shape.plants - 1)
        capacity = self.wanted * (0.5 if number == 0 else others * self.random.uniform(0.5, 1.5))
        build = self._build(self.wanted * self.random.uniform(0.3, 0.8), 1_000, 4_000)
        if yes_no:
            build["fixed_capex"] = round(0.2 * build["max"] * build["unit_capex"], 2)
        recipe = {
            "id": "refine",
            "inputs": {self.ore: _between(self.random, 1.2, 2.5)},
            "outputs": {self.oxide: 1},
            "unit_cost": _between(self.random, 100, 400),
        }
        plant = {"id": name, "place": place, "capacity": round(capacity, 2), "recipes": [recipe], "build": build}
        self.document["plants"].append(plant)

    def _recycler(self, number: int) -> None:
        """It takes scrap that is there, and what one demand was delivered four years before."""
        name, place = self._place("recycler", number, USING)
        recycler = {
            "id": name,
            "place": place,
            "material": self.oxide,
            "scrap": self._per_period(0.1 * self.wanted / self.shape.recyclers, 0.1),
            "collection_rate": 0.7,
            "collection_cost": _between(self.random, 100, 500),
            "recovery": 0.8,
            "unit_cost": _between(self.random, 200, 900),
            "capacity": round(0.2 * self.wanted / self.shape.recyclers, 2),
            "returns": [{"demand": f"{self.name}_demand{number}", "after_years": 2 * GAP, "scrap_per_unit": 0.3}],
        }
        recycler["build"] = self._build(recycler["capacity"], 1_000, 3_000)
        self.document["recyclers"].append(recycler)

    def _demand(self, number: int) -> None:
        name, place = self._place("demand", number, USING)
        first = self.wanted / self.shape.demands * self.random.uniform(0.5, 1.5)
        demand = {
            "id": name,
            "place": place,
            "material": self.oxide,
            "quantity": self._per_period(first, 0.1),
            "shortage_cost": 10_000.0,
        }
        self.document["demands"].append(demand)
        stockpile = {
            "place": place,
            "material": self.oxide,
            "initial": 0,
            "capacity": round(0.5 * first, 2),
            "holding_cost": 50.0,
        }
        self.document["stockpiles"].append(stockpile)

    def _build(self, most: float, cheapest: float, dearest: float) -> Document:
        return {
            "max": round(most, 2),
            "unit_capex": _between(self.random, cheapest, dearest),
            "life": 25,
            "wacc": 0.08,
            "lead_time": GAP,
        }
