"""A generated problem as the sets and tables that a modeller of another library would start from.

What Oremix works out of the document (freight by country, duties, years that count, discounting) is worked out here
beforehand, so that the other libraries are measured only on what is theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Data", "read"]

Document = dict[str, Any]


@dataclass(frozen=True)
class Data:
    """Sets and parameters; `periods` are years, everything per year is a list by position of the period.

    Attributes
    ----------
    weight
        Discount weight of each period: the sum over its years.
    suppliers, plants, recyclers, demands
        By id, each with its `mineral` and its `country`.
    minerals
        Ids of each kind by mineral.
    freight
        (from country, to country) → money per unit, without duties.
    duty
        Money per unit of (ore, oxide) from China by country of arrival.
    on_stream
        Order's period → periods in which its capacity counts.
    annuity
        Of one unit of capex, per year.
    """

    periods: list[int]
    weight: list[float]
    minerals: dict[str, dict[str, list[str]]]
    suppliers: dict[str, Document]
    plants: dict[str, Document]
    recyclers: dict[str, Document]
    demands: dict[str, Document]
    freight: dict[tuple[str, str], float]
    duty: dict[str, tuple[float, float]]
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

    def ore_cost(self, supplier: str, plant: str) -> float:
        """Freight and duty of a unit of ore."""
        return self._moving(self.suppliers[supplier]["country"], self.plants[plant]["country"], 0)

    def oxide_cost(self, maker: str, demand: str) -> float:
        """Freight and duty of a unit of oxide from a plant or recycler."""
        start = (self.plants.get(maker) or self.recyclers[maker])["country"]
        return self._moving(start, self.demands[demand]["country"], 1)

    def _moving(self, start: str, end: str, stage: int) -> float:
        duty = self.duty.get(end, (0.0, 0.0))[stage] if start == "CN" else 0.0
        return 0.0 if start == end else self.freight[start, end] + duty

    def capital(self, plant: str, order: int) -> tuple[float, float]:
        """Discounted cost of ordering one unit of capacity, and of ordering at all."""
        years = sum(self.weight[later] for later in self.on_stream[order])
        build = self.plants[plant]["build"]
        return tuple(self.annuity * years * build.get(capex, 0.0) for capex in ("unit_capex", "fixed_capex"))

    def makers(self, mineral: str) -> list[str]:
        """The plants and recyclers of a mineral."""
        return self.minerals[mineral]["plants"] + self.minerals[mineral]["recyclers"]

    def in_china(self, names: list[str]) -> list[str]:
        """Those suppliers, plants or recyclers that stand in China."""
        return [name for name in names if self._facility(name)["country"] == "CN"]

    def outside_china(self, names: list[str]) -> list[str]:
        """Those that do not."""
        return [name for name in names if self._facility(name)["country"] != "CN"]

    def _facility(self, name: str) -> Document:
        return self.suppliers.get(name) or self.plants.get(name) or self.recyclers[name]


def read(document: Document) -> Data:
    """The sets and tables of a problem of `benchmarks.families`."""
    periods = document["periods"]
    gap, rate = periods[1] - periods[0], document["discount_rate"]
    tables = {kind: _table(document, kind) for kind in ("suppliers", "plants", "recyclers", "demands")}
    build = document["plants"][0]["build"]
    wacc, life = build["wacc"], build["life"]
    policies = {policy["id"]: policy for policy in document["policies"]}
    orders = {order: list(range(order + 1, len(periods))) for order in range(len(periods) - 1)}
    return Data(
        periods=periods,
        weight=[sum((1 + rate) ** -(start + year - periods[0]) for year in range(gap)) for start in periods],
        minerals=_by_mineral(tables),
        **tables,
        freight={(lane["from"], lane["to"]): lane["unit_cost"] for lane in document["lanes"] if "unit_cost" in lane},
        duty=_duties(document),
        on_stream=orders,
        annuity=wacc / (1 - (1 + wacc) ** -life),
        oxide_cap=policies["china_oxide"]["max"],
        ore_cap=policies["china_ore"]["max"],
        budget=policies["budget"]["max"] if "budget" in policies else None,
        yes_no="fixed_capex" in build,
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


def _duties(document: Document) -> dict[str, tuple[float, float]]:
    prices = {material["id"]: material["price"] for material in document["materials"]}
    rule = document["lanes"][-1]
    duty = (rule["duty"] * prices["m0_ore"], rule["duty"] * prices["m0_oxide"])
    return dict.fromkeys(rule["to"], duty)
