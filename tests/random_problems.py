"""Random problems of the contract, feasible or not, for hypothesis.

Numbers are small and round, so that a difference beyond rounding is a fault and a failure can be read.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]
Draw = st.DrawFn

COUNTRIES = ["CN", "AU", "JP", "US"]
PLACES = [{"id": "port", "country": "JP"}, {"id": "hills", "country": "AU", "owner": "CN"}]
SITES: list[Document] = [{"country": code} for code in COUNTRIES] + [{"place": place["id"]} for place in PLACES]
GROUPS = {"partners": ["AU", "US", "JP"], "rivals": ["CN"]}
STEPS = 0.05
SHARES = st.integers(0, 20).map(lambda number: number * STEPS)

QUANTITY_FIELDS = {
    *("capacity", "minimum", "take_or_pay", "up_to", "scrap", "quantity", "initial", "final", "fill_max", "draw_max"),
    *("surplus_max", "max_per_order", "minimum_order", "reserve"),
}
MONEY_FIELDS = {
    *("unit_cost", "fixed_cost", "fixed_cost_per_capacity", "unit_capex", "fixed_capex", "collection_cost"),
    *("shortage_cost", "sale_price", "holding_cost", "price", "penalty", "duty_per_unit", "capex"),
}


def chance(draw: Draw, percent: int) -> bool:
    return draw(st.integers(1, 100)) > 100 - percent


class Writer:
    """Writes one document, drawing what it says.

    Some rules ask something of the whole document, so that this is drawn first: `staged`, every supplier has a stage,
    and `limited`, everything has a capacity.
    """

    def __init__(self, draw: Draw, *, typical: bool | None, builds: bool, yes_no: bool, stocks: bool) -> None:
        self.draw = draw
        self.builds = builds
        self.yes_no = yes_no
        self.stocks = stocks
        self.periods: list[int] | None = None
        if not (chance(draw, 25) if typical is None else typical):
            gaps = draw(st.lists(st.integers(1, 3), max_size=2))
            self.periods = [2026 + sum(gaps[:number]) for number in range(len(gaps) + 1)]
        self.materials = [f"m{number}" for number in range(draw(st.integers(1, 3)))]
        self.staged = draw(st.booleans())
        self.limited = draw(st.sampled_from([False, False, True]))

    def maybe(self, percent: int) -> bool:
        return chance(self.draw, percent)

    def whole(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def one_of(self, choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def over_time(self, low: int, high: int, unit: float = 1) -> Any:
        """A number, one per period, or a map of years."""
        numbers = st.integers(low, high).map(lambda number: number * unit)
        form = self.whole(1, 10)
        if self.periods is None or form <= 6:
            return self.draw(numbers)
        if form <= 8:
            return [self.draw(numbers) for _ in self.periods]
        return {str(year): self.draw(numbers) for year in (2026, 2029)}

    def years(self, first: str = "from_year", last: str = "until_year") -> Document:
        if self.periods is None or not self.maybe(20):
            return {}
        start = self.whole(2025, 2030)
        return {first: start} if self.maybe(50) else {last: start}

    def document(self) -> Document:
        document: Document = {
            "groups": GROUPS,
            "places": [*PLACES, {"id": "works", "country": "JP"}],
            "materials": [self.material(name) for name in self.materials],
            "suppliers": [self.supplier(f"s{n}") for n in range(self.whole(1, 3))],
            "plants": [
                self.plant(f"p{n}_{copy}", n)
                for n in range(len(self.materials) - 1)
                for copy in range(self.whole(1, 2))
            ],
            "recyclers": self.recyclers(),
            "demands": [self.demand("d0", self.materials[-1])],
            "lanes": [self.lane() for _ in range(self.whole(0, 3))],
            "stockpiles": [self.stockpile()] if self.stocks and self.maybe(45) else [],
            "policies": [self.policy(f"r{n}") for n in range(self.whole(0, 2))],
            "discount_rate": self.one_of([0, 0.05, 0.1]),
        }
        # Somebody emits what a rule may be about, and one plant may have a place, and a surplus, of its own.
        document["suppliers"][0]["footprint"] = {"co2": self.over_time(0, 5)}
        if document["plants"] and self.maybe(20):
            document["plants"][0] |= self.own_surplus()
            document["plants"][0].pop("country", None)
        if self.maybe(30):
            document["demands"].append(self.demand("d1", self.one_of(self.materials)))
            if self.maybe(40):
                document["demands"][1].pop("shortage_cost", None)
                document["demands"][1]["sale_price"] = self.over_time(-5, 40)
        if self.periods is not None:
            document |= {"periods": self.periods, "final_years": self.whole(1, 3)}
        return document

    def material(self, name: str) -> Document:
        material: Document = {"id": name, "unit": "t", "price": self.over_time(1, 30)}
        if self.maybe(30):
            material["surplus"] = self.one_of(["forbidden", -3, 1])
        if self.maybe(10):
            material["surplus_max"] = self.over_time(0, 40)
        return material

    def own_surplus(self) -> Document:
        return {"place": "works", self.one_of(["surplus", "surplus_max"]): self.whole(0, 2)}

    def facility(self, name: str, capacity: int = 200) -> Document:
        facility: Document = {"id": name, **self.one_of(SITES), **self.years()}
        if self.maybe(15):
            facility |= {"owner": self.one_of(COUNTRIES), "availability": 0.75}
        if self.limited or self.maybe(60):
            facility["capacity"] = self.over_time(0, capacity)
        if self.builds and self.maybe(35):
            facility["build"] = self.build()
            if self.maybe(15):
                facility["build"] = [facility["build"], self.build()]
        return facility

    def footprint(self) -> Document:
        return {"footprint": {"co2": self.over_time(0, 5)}} if self.maybe(15) else {}

    def build(self) -> Document:
        build: Document = {
            "max": self.whole(1, 100),
            "unit_capex": self.over_time(0, 40),
            "life": self.whole(1, 6),
            "lead_time": self.one_of([0, 0, 1, 1.5, 3]),
            **self.years("earliest", "latest"),
        }
        if self.periods is not None and self.maybe(15):
            build["ramp_up"] = self.ramp()
        if self.maybe(30):
            build["wacc"] = self.one_of([0, 0.08])
        if self.maybe(30):
            build["grant"] = self.draw(SHARES)
        if self.maybe(20):
            build["max_per_order"] = self.whole(1, 50)
        if self.maybe(20):
            build["fixed_cost_per_capacity"] = self.over_time(0, 5)
        if self.maybe(15):
            build["minimum_utilisation"] = self.draw(SHARES)
        if self.yes_no:
            self.order(build)
        return build

    def order(self, build: Document) -> None:
        """What makes ordering a decision of its own."""
        if self.maybe(15):
            build["orders"] = self.whole(1, 2)
        if self.maybe(20):
            self.by_size(build)
            return
        if not self.maybe(40):
            return
        build["fixed_capex"] = self.over_time(0, 400)
        if self.maybe(40):
            build["minimum"] = self.whole(1, min(build["max"], build.get("max_per_order", 100)))
        if self.maybe(30):
            build["fixed_cost"] = self.over_time(0, 40)
        if self.maybe(10):
            build |= {"committed": True, "lead_time": 0}
            build.pop("earliest", None)
            build.pop("latest", None)

    def by_size(self, build: Document) -> None:
        """Whole capex for whole sizes instead, ascending."""
        kind = self.one_of(["curve", "sizes"])
        least = 1 if kind == "sizes" else 0
        sizes = sorted(self.draw(st.lists(st.integers(least, 60), min_size=2, max_size=3, unique=True)))
        capex = sorted(self.draw(st.lists(st.integers(0, 900), min_size=len(sizes), max_size=len(sizes))))
        for name in ("unit_capex", "max", "max_per_order"):
            build.pop(name, None)
        build[kind] = [{"capacity": size, "capex": money} for size, money in zip(sizes, capex, strict=True)]

    def ramp(self) -> list[float]:
        return self.draw(st.lists(SHARES, min_size=1, max_size=3))

    def supplier(self, name: str) -> Document:
        first = name == "s0"
        material = self.materials[0] if first else self.one_of([self.materials[0], *self.materials])
        supplier = self.facility(name) | {"material": material}
        if self.staged or self.maybe(30):
            supplier["stage"] = "mining"
        if self.maybe(15):
            supplier["history"] = {self.one_of(["mining", "smelting"]): self.one_of(COUNTRIES)}
        if "from_year" in supplier and self.maybe(50):
            supplier["ramp_up"] = self.ramp()
        if self.maybe(10):
            supplier["reserve"] = self.whole(0, 300)
        supplier |= self.footprint()
        if self.maybe(30):
            widths = self.draw(st.lists(st.integers(1, 60), min_size=1, max_size=3))
            prices = sorted(self.draw(st.lists(st.integers(0, 40), min_size=len(widths), max_size=len(widths))))
            tiers = [{"up_to": sum(widths[: number + 1]), "unit_cost": price} for number, price in enumerate(prices)]
            if self.maybe(50):
                del tiers[-1]["up_to"]
            supplier["tiers"] = tiers
        else:
            supplier["unit_cost"] = self.over_time(0, 40)
        if self.maybe(15):
            supplier["minimum"] = self.over_time(0, 60)
        if self.maybe(20):
            supplier["take_or_pay"] = self.over_time(0, 80)
        if self.yes_no and "capacity" in supplier:
            self.decisions(supplier)
        return supplier

    def decisions(self, supplier: Document) -> None:
        """Terms that make buying a decision of its own; they need a limit on what can be bought."""
        if self.maybe(10):
            supplier["minimum_order"] = self.over_time(0, 60)
        if self.maybe(10):
            supplier["fixed_cost"] = self.over_time(0, 200)
        if "tiers" in supplier and self.maybe(30):
            supplier["all_units"] = True
        if "tiers" in supplier and self.maybe(30):
            prices = [tier["unit_cost"] for tier in supplier["tiers"]]
            for tier, price in zip(supplier["tiers"], reversed(prices), strict=True):
                tier["unit_cost"] = price

    def plant(self, name: str, step: int) -> Document:
        plant = self.facility(name)
        recipes = []
        for number in range(self.whole(1, 2)):
            recipe: Document = {
                "id": f"{name}_x{number}",
                "inputs": {self.materials[step]: self.one_of([0.5, 1, 2])},
                "outputs": {self.materials[step + 1]: self.one_of([0.4, 1, 2])},
                "unit_cost": self.over_time(0, 10),
                "capacity_use": self.one_of([1, 1, 1 if self.limited else 0, 2.5]),
                **self.footprint(),
            }
            if step + 2 < len(self.materials) and self.maybe(15):
                recipe["outputs"][self.materials[step + 2]] = 0.1
            recipes.append(recipe)
        plant["recipes"] = recipes
        if "capacity" in plant:
            if self.maybe(15):
                plant["minimum_utilisation"] = self.over_time(0, 20, STEPS)
            if self.maybe(20):
                plant["fixed_cost_per_capacity"] = self.over_time(0, 3)
        if self.maybe(20):
            plant["fixed_cost"] = self.over_time(0, 50)
        return plant

    def recyclers(self) -> list[Document]:
        return [self.recycler(f"c{number}") for number in range(self.one_of([0, 0, 0, 1, 1, 2]))]

    def recycler(self, name: str) -> Document:
        recycler = self.facility(name, 60) | {
            "material": self.one_of(self.materials),
            "scrap": self.over_time(0, 100),
            "collection_rate": self.over_time(0, 20, STEPS),
            "collection_cost": self.over_time(0, 10),
            "recovery": self.one_of([0.3, 1, 1.5]),
            "unit_cost": self.over_time(0, 10),
            **self.footprint(),
        }
        if self.maybe(40):
            # A typical year has no past.
            after = 0 if self.periods is None else self.one_of([0, 1, 1.5, 3])
            scrap = self.one_of([0.2, 0.5])
            recycler["returns"] = [{"demand": "d0", "after_years": after, "scrap_per_unit": scrap}]
        if self.maybe(15):
            recycler |= {"collection_rate": 0.8, "minimum_collection_rate": self.whole(0, 16) * STEPS}
        return recycler

    def demand(self, name: str, material: str) -> Document:
        demand = {"id": name, **self.one_of(SITES), "material": material, "quantity": self.over_time(0, 100)}
        if self.maybe(70):
            demand["shortage_cost"] = self.over_time(0, 300)
        return demand

    def ends(self) -> Any:
        return self.one_of(
            ["*", *COUNTRIES, "partners", "rivals", "port", "hills", ["CN", "hills"], ["JP", "partners"]]
        )

    def lane(self) -> Document:
        lane: Document = {"from": self.ends(), "to": self.ends(), **self.years()}
        if self.maybe(30):
            lane["materials"] = [self.one_of(self.materials)]
        if self.maybe(60):
            lane["unit_cost"] = self.over_time(0, 8)
        if self.maybe(30):
            lane["duty"] = self.over_time(0, 10, STEPS)
        if self.maybe(20):
            lane["duty_per_unit"] = self.over_time(0, 5)
        if self.maybe(35):
            lane["loss"] = self.one_of([0, 0.1, 0.5])
        if self.maybe(25):
            lane["capacity"] = self.over_time(0, 80)
        elif self.maybe(10) and lane["from"] != "*":
            lane["minimum"] = self.over_time(0, 20)
        if self.maybe(20):
            lane["closed"] = self.draw(st.booleans())
        return lane | self.footprint() | self.together(lane)

    def together(self, lane: Document) -> Document:
        """A ship to be hired, and limits for all that a rule matches."""
        more: Document = {}
        if "capacity" in lane and self.yes_no and self.maybe(25):
            more["fixed_cost"] = self.over_time(0, 60)
        if {"capacity", "minimum"} & lane.keys() and self.maybe(30):
            more["joint"] = True
        return more

    def stockpile(self) -> Document:
        pile: Document = {**self.one_of(SITES), "material": self.one_of(self.materials)}
        pile["initial"] = self.whole(0, 60)
        if self.maybe(30):
            pile["initial_origin"] = {self.one_of(COUNTRIES): self.draw(SHARES)}
        if self.maybe(50):
            pile["holding_cost"] = self.over_time(0, 4)
        least = self.whole(0, 40)
        if self.maybe(30):
            pile["minimum"] = least
        elif self.maybe(30):
            pile["days_of_demand"] = self.over_time(0, 120)
        if self.maybe(30):
            pile["capacity"] = least + self.whole(0, 60)
        if self.maybe(20):
            pile["final"] = self.whole(0, least)
        for name in ("fill_max", "draw_max"):
            if self.maybe(20):
                pile[name] = self.over_time(0, 40)
        return pile

    def policy(self, name: str) -> Document:
        kinds = ["measured"] * 8 + ["emissions", "budget"] + ["diversify"] * (self.limited and self.yes_no)
        policy = getattr(self, self.one_of(kinds))()
        return {"id": name, **self.years(), **policy}

    def measured(self) -> Document:
        measures = ["supply", "supply", "production", "content", "content", "shipments"] + ["capacity"] * self.limited
        measure = self.one_of(measures)
        is_share = measure == "capacity" or (measure != "shipments" and self.maybe(67))
        policy: Document = {"type": "share" if is_share else "quantity", "measure": measure}
        policy |= self.bound(self.over_time(0, 20, STEPS) if is_share else self.over_time(0, 100))
        if self.maybe(25):
            policy["materials"] = [self.one_of(self.materials)]
        if self.maybe(30):
            policy["penalty"] = self.whole(0, 60)
        if self.maybe(15):
            policy["by"] = "owner"
        policy["across"] = [pooled for pooled in ("materials", "periods") if self.maybe(20)]
        policy |= self.scope_of(measure, is_share=is_share)
        if "materials" in policy["across"] and self.maybe(40):
            # Money beyond a bound in money would be money squared, and a bound in money is not a quantity.
            by_value = is_share and "penalty" not in policy
            policy["weight"] = "value" if by_value else {name: n + 1 for n, name in enumerate(self.materials)}
        return policy

    def scope_of(self, measure: str, *, is_share: bool) -> Document:
        """What a measure reads of scope and stages."""
        if measure == "shipments":
            return {"from": self.ends(), "to": self.ends()}
        if measure in ("supply", "content"):
            scope = self.scope()
        else:
            scope = {"of": "consumption"} if measure == "production" and is_share and self.maybe(40) else {}
        if measure != "supply" and self.staged and self.maybe(60):
            stages = ["mining", *(["refining"] if len(self.materials) > 1 else [])]
            scope["stages"] = self.draw(st.lists(st.sampled_from(stages), min_size=1, max_size=2, unique=True))
        if measure == "content" and self.maybe(20):
            scope["carriers"] = [self.one_of(self.materials)]
        return scope

    def emissions(self) -> Document:
        policy: Document = {"type": "footprint", "of": "co2"}
        if self.maybe(60):
            policy["max"] = self.over_time(0, 300)
            if self.maybe(40):
                policy["penalty"] = self.whole(0, 20)
        if "max" not in policy or self.maybe(20):
            policy["price"] = self.over_time(0, 8)
        if self.maybe(30):
            policy["countries"] = [self.one_of([*COUNTRIES, *GROUPS])]
        return policy | {"across": ["periods"] if self.maybe(25) else []}

    def budget(self) -> Document:
        policy: Document = {"type": "budget", "max": self.whole(0, 2000)}
        if self.maybe(30):
            policy["penalty"] = self.one_of([0.05, 0.5])
        if self.maybe(30):
            policy["countries"] = [self.one_of([*COUNTRIES, *GROUPS])]
        return policy | {"across": ["periods"] if self.maybe(25) else []}

    def diversify(self) -> Document:
        policy: Document = {"type": "diversify", "of": self.one_of(["suppliers", "countries"])}
        policy |= {"max": self.whole(1, 2)} if self.maybe(50) else {"min": 2, "smallest": 0.2}
        if self.maybe(60):
            policy["penalty"] = self.whole(0, 300)
        return policy

    def bound(self, bound: Any) -> Document:
        if self.maybe(30):
            spared = {"except": [self.one_of([*COUNTRIES, "partners"])]} if self.maybe(50) else {}
            return {"each": True, "max": bound, **spared}
        return {"max" if self.maybe(75) else "min": bound, "countries": [self.one_of([*COUNTRIES, *GROUPS])]}

    def scope(self) -> Document:
        scope: Document = {}
        if self.maybe(20):
            scope["places"] = [self.one_of(["JP", "port", "partners"])]
        if self.maybe(20):
            scope["each_place"] = True
        if self.maybe(15):
            scope["demands"] = ["d0"]
        return scope


@st.composite
def documents(
    draw: Draw, *, typical: bool | None = None, builds: bool = True, yes_no: bool = True, stocks: bool = True
) -> Document:
    """A valid document: one typical year, up to three periods, or either."""
    return Writer(draw, typical=typical, builds=builds, yes_no=yes_no, stocks=stocks).document()


# ---------------------------------------------------------------- what is done to them


def scaled(value: Any, factor: float) -> Any:
    """A value over time, times a factor."""
    if isinstance(value, dict):
        return {year: scaled(number, factor) for year, number in value.items()}
    if isinstance(value, list):
        return [scaled(number, factor) for number in value]
    return value * factor


def _each(part: Any, change: Any, key: str | None = None) -> Any:
    """A copy of a document, with `change(kind of part, field, value)` of every field."""
    if isinstance(part, dict):
        return {name: change(key, name, _each(value, change, name)) for name, value in part.items()}
    if isinstance(part, list):
        return [_each(entry, change, key) for entry in part]
    return part


def with_money_times(document: Document, factor: float) -> Document:
    """The same in another currency."""

    def change(_: str | None, field: str, value: Any) -> Any:
        is_money = field in MONEY_FIELDS or (field == "surplus" and isinstance(value, int | float))
        return scaled(value, factor) if is_money else value

    changed = _each(document, change)
    for position, policy in enumerate(document["policies"]):
        if policy["type"] == "budget":
            # A penalty is money for money.
            changed["policies"][position] = policy | {"max": scaled(policy["max"], factor)}
    return changed


def with_quantities_times(document: Document, factor: float) -> Document:
    """The same in another unit of quantity, at the same unit costs: sums for a whole site go with its size."""

    def change(kind: str | None, field: str, value: Any) -> Any:
        sized = field in QUANTITY_FIELDS or (kind == "build" and field in ("max", "minimum"))
        return scaled(value, factor) if sized or (kind == "plants" and field == "fixed_cost") else value

    changed = _each(document, change)
    for policy in changed["policies"]:
        if policy["type"] in ("quantity", "footprint", "budget"):
            policy |= {side: scaled(policy[side], factor) for side in ("max", "min") if side in policy}
    return changed


def ids(document: Document) -> list[str]:
    """Every id that the user gave."""
    found: dict[str, None] = dict.fromkeys(document["groups"])
    for key in ("places", "materials", "suppliers", "plants", "recyclers", "demands", "policies"):
        for part in document[key]:
            found[part["id"]] = None
            found.update(dict.fromkeys(recipe["id"] for recipe in part.get("recipes", ())))
    return list(found)


def renamed(part: Any, names: dict[str, str]) -> Any:
    """A copy with other ids, wherever they stand."""
    if isinstance(part, dict):
        return {names.get(key, key): renamed(value, names) for key, value in part.items()}
    if isinstance(part, list):
        return [renamed(entry, names) for entry in part]
    return names.get(part, part) if isinstance(part, str) else part


@st.composite
def reordered(draw: Draw, document: Document) -> Document:
    """The same lists in another order; lanes keep theirs, because later rules win."""
    changed = dict(document)
    for key, value in document.items():
        if isinstance(value, list) and value and isinstance(value[0], dict) and key != "lanes":
            changed[key] = draw(st.permutations(value))
    changed["plants"] = [plant | {"recipes": draw(st.permutations(plant["recipes"]))} for plant in changed["plants"]]
    return dict(draw(st.permutations(list(changed.items()))))
