"""The cheapest insurance: what more of one build, stock or contract would have avoided a shortage, or halved it.

Marginal values of the stressed problem say what is worth trying and how much of it; every amount is solved again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, field
from functools import partial
from math import inf
from typing import Literal

from oremix.models import Problem
from oremix.models.chain import Demand, Facility, Stockpile, Supplier
from oremix.models.errors import InvalidProblem
from oremix.models.scenarios import Change
from oremix.models.studies.outages import Outage
from oremix.models.studies.stress import Insurance
from oremix.optimizer.clock import Clock
from oremix.optimizer.lean import Key
from oremix.optimizer.session import Point, Session
from oremix.optimizer.session.state import Held
from oremix.optimizer.studies.baseline import BUILDS, ROUNDING, Baseline, columns_held
from oremix.optimizer.studies.stressed import NOTHING, SLACK, Found, Trial

__all__ = ["Insurer"]

# How many of a kind are looked into, those of the greatest marginal value; how many are told of an outage.
TRIED, TOLD = 6, 3
# A shortage that is convex in an amount is met by few steps along its slope.
STEPS = 30

Changes = tuple[Change, ...]


@dataclass(frozen=True)
class _Measure:
    """What is bought beforehand: the changes and columns held that it is in the plan, and to size it under the outage.

    `checked` are the changes left under the outage when what the plan with it did before is held; `outright` is what it
    costs that is in no plan.
    """

    kind: Literal["build", "stock", "contract"]
    on: str
    material: str | None
    amount: float
    unit: str
    text: str
    plan_changes: Changes = ()
    outage_changes: Changes = ()
    checked: Changes = ()
    in_plan: dict[Key, Held] = field(default_factory=dict)
    in_outage: dict[Key, Held] = field(default_factory=dict)
    outright: float = 0.0


class Insurer:
    """Looks for insurance of one plan; what it finds of an outage does not depend on others before it.

    Attributes
    ----------
    reference
        The plan's builds, operated at the least cost.

    Raises
    ------
    OutOfTime
        Before this was found.
    """

    def __init__(self, base: Baseline, clock: Clock, *, gap: float | None) -> None:
        self.base, self.clock = base, clock
        self._session = Session(base.problem, gap=gap, stop=clock.stop)
        self._builds: dict[Key, Held] = {key: value for key, value in base.held(0).items() if key[0] in BUILDS}
        self.reference = self.solve(self._session, (), self._builds)
        self._session.keep()

    def twin(self) -> Insurer:
        """Another for another thread."""
        twin = copy(self)
        twin._session = self._session.twin()  # noqa: SLF001 - its own
        return twin

    def cheapest(self, trial: Trial, outage: Outage, found: Found) -> list[Insurance]:
        """The cheapest single measures against an outage: those that avoid all of its shortage first.

        Raises
        ------
        OutOfTime
            Before all were tried.
        """
        if found.session is None or found.least is None or (found.least.objective or 0.0) <= NOTHING:
            return []
        if self.reference.total_cost is None:
            return []
        self._session.rewind()
        search = _Search(self, trial, outage, found, found.session, found.least)
        told = [
            insurance
            for find in search.all()
            for target in (0.0, search.shortage / 2)
            if (insurance := self._tried(search, find, target)) is not None
        ]
        best: dict[tuple[str, str, str | None], Insurance] = {}
        for insurance in told:  # where all is avoided, half need not be told
            best.setdefault((insurance.kind, insurance.on, insurance.material), insurance)
        return sorted(best.values(), key=lambda one: (one.avoids != "all", one.cost))[:TOLD]

    def _tried(self, search: _Search, find: Finder, target: float) -> Insurance | None:
        """The plan is decided with it, and then put to the outage."""
        try:
            measure = find(target)
            plan = None if measure is None else self._plan(measure)
            if measure is None or plan is None or plan.total_cost is None:
                return None
            held = columns_held(self.base.problem, plan.values, search.trial.start)
            after = search.solve(measure.checked, held, objective=search.missing).objective
            if after is None or after > target + NOTHING * search.shortage:
                return None
            under = search.solve(measure.checked, held, within=[(search.missing, after + SLACK)]).total_cost
        except InvalidProblem:  # such a part cannot be
            return None
        if under is None:
            return None
        more = plan.total_cost - (self.reference.total_cost or 0.0) + measure.outright
        avoids: Literal["all", "half"] = "half" if target else "all"
        return Insurance(
            outage=search.outage.id,
            kind=measure.kind,
            on=measure.on,
            material=measure.material,
            amount=measure.amount,
            unit=measure.unit,
            cost=more,
            shortage_before=search.shortage,
            shortage_after=max(after, 0.0) if target else 0.0,
            avoids=avoids,
            cost_under_outage=under + measure.outright - search.total_cost,
            text=f"{measure.text} would avoid {'half of the' if target else 'the'} shortage",
        )

    def _plan(self, measure: _Measure) -> Point:
        """The plan with it, without the outage."""
        builds = {key: value for key, value in self._builds.items() if measure.kind != "build" or key[1] != measure.on}
        return self.solve(self._session, measure.plan_changes, builds | measure.in_plan)

    def solve(self, session: Session, changes: Changes, held: dict[Key, Held], **aim: object) -> Point:
        """A point within the time that is left."""
        session.time_limit = self.clock.demand()
        point = session.solve(changes, fixed=held, **aim)  # type: ignore[arg-type]
        if point.status == "no_answer":
            self.clock.demand()  # else it is the solver that has none
        return point


Finder = Callable[[float], "_Measure | None"]
"""The least of a measure that brings the shortage down to a target; none where none does."""


class _Search:
    """What is worth trying against one outage."""

    def __init__(
        self, insurer: Insurer, trial: Trial, outage: Outage, found: Found, session: Session, point: Point
    ) -> None:
        self.insurer, self.trial, self.outage, self.point = insurer, trial, outage, point
        self._session, self._changes = session, found.changes
        self.total_cost = 0.0 if found.plan is None else found.plan.total_cost or 0.0
        self.problem: Problem = trial.base.problem
        self.shortage = point.objective or 0.0
        self.missing = trial.missing(outage.changes)
        self.start = trial.start or 0
        self.year = self.problem.timeline.starts[self.start]

    def all(self) -> Iterator[Finder]:
        """Everything whose marginal value says that more of it would help."""
        for facility in self._built_more():
            yield partial(self._build, facility)
        for pile in self._piles():
            yield partial(self._stepped, partial(self._stock, pile), inf)
        for supplier in self._sellers():
            most = max(capacity or 0.0 for capacity in self.problem.network.existing_capacity(supplier)[self.start :])
            yield partial(self._stepped, partial(self._contract, supplier), most)

    # ------------------------------------------------------------ under the outage

    def solve(self, changes: Changes, held: dict[Key, Held], **aim: object) -> Point:
        """Under the outage with more changes."""
        return self.insurer.solve(self._session, (*self._changes, *changes), held, **aim)

    def _sized(self, measure: _Measure, **aim: object) -> Point:
        """With the measure added to the plan as it was."""
        held = {
            key: value
            for key, value in self.trial.held.items()
            if measure.kind != "build" or key[0] not in BUILDS or key[1] != measure.on
        }
        return self.solve(measure.outage_changes, held | measure.in_outage, **aim)

    def _stepped(
        self, make: Callable[[float], tuple[_Measure, list[Key]]], most: float, target: float
    ) -> _Measure | None:
        """The least amount: along the slope, that the rows' marginal values are, until the shortage is met."""
        amount = 0.0
        for _ in range(STEPS):
            measure, rows = make(amount)
            point = self._sized(measure, objective=self.missing)
            if point.objective is None:
                return None
            left = point.objective - target
            if left <= SLACK:
                return measure if amount else None
            slope = sum(point.duals.get(row, 0.0) for row in rows)
            if slope >= -1e-15 or (amount := amount + left / -slope) > most:
                return None
        return None

    # ------------------------------------------------------------ builds

    def _built_more(self) -> list[Facility]:
        """Of yes/no builds the marginal value says nothing: nothing can be added to what is not ordered."""
        worth: dict[str, float] = {}
        for key, value in self.point.reduced.items():
            if key[0] == "add":
                build = self.problem.network.facilities[key[1]].builds[key[2]]
                plain = not self.problem.network.decides(build) and not build.curve
                worth[key[1]] = min(worth.get(key[1], 0.0), value if plain else -inf)
        names = sorted((name for name, value in worth.items() if value < 0), key=lambda name: (worth[name], name))
        return [self.problem.network.facilities[name] for name in names[:TRIED]]

    def _build(self, facility: Facility, target: float) -> _Measure | None:
        """No less than planned of each order, and as little more as brings the shortage down."""
        planned = self.trial.base.values
        adds = [key for key in self._session.columns if key[0] == "add" and key[1] == facility.id]
        most = {key: facility.builds[key[2]].largest_order for key in adds}
        free: dict[Key, Held] = {key: (planned[key], inf if (m := most[key]) is None else m) for key in adds}
        empty = _Measure("build", facility.id, None, 0.0, "", "", in_outage=free)
        weights = dict.fromkeys(adds, 1.0)
        enough = (self.missing, target + SLACK)
        least = self._sized(empty, objective=weights, within=[enough])
        if least.objective is None:
            return None
        # of the orders that add up to no more, the cheapest
        point = self._sized(empty, within=[enough, (weights, least.objective * (1 + ROUNDING) + ROUNDING)])
        if point.total_cost is None:
            return None
        held: dict[Key, Held] = {
            key: value for key, value in point.values.items() if key[0] in BUILDS and key[1] == facility.id
        }
        amount = sum(point.values[key] - planned[key] for key in adds)
        if amount <= NOTHING:
            return None
        unit = self._unit(facility)
        years = sorted({key[-1] for key in adds if point.values[key] - planned[key] > NOTHING * amount})
        when = "" if self.problem.timeline.typical else f", ordered in {', '.join(map(str, years))}"
        text = f"{_amount(amount)} {unit} a year more built at {facility.id}{when},"
        return _Measure("build", facility.id, None, amount, unit, text, in_plan=held, in_outage=held)

    def _unit(self, facility: Facility) -> str:
        material = getattr(facility, "material", None)
        if material is not None:
            return self.problem.network.materials[material].unit
        recipes = getattr(facility, "recipes", [])
        made = {(self.problem.network.materials[m].unit, amount) for r in recipes for m, amount in r.outputs.items()}
        alike = len(made) == 1 and all(recipe.capacity_use == amount for recipe in recipes for _, amount in made)
        return made.pop()[0] if alike else "units of activity"

    # ------------------------------------------------------------ stock

    def _piles(self) -> list[tuple[Stockpile, bool]]:
        """The stockpiles there are, and a new one where a demand goes short and its country stores none of it."""
        network = self.problem.network
        found = [(pile, False) for pile in self.problem.stockpiles]
        have = {(pile.material, network.geography.country(pile.at)) for pile in self.problem.stockpiles}
        for demand in self.problem.demands:
            site = (demand.material, network.geography.country(demand.at))
            is_short = any(key[:2] == ("short", demand.id) and value > 0 for key, value in self.point.values.items())
            if is_short and site not in have:
                have.add(site)
                found.append((self._new_pile(demand), True))
        return found

    def _new_pile(self, demand: Demand) -> Stockpile:
        """Where a demand is, held at what the nearest stock of its material is; for nothing where there is none."""
        network = self.problem.network

        def far(pile: Stockpile) -> float:
            known = network.geography.distance_km(pile.at, demand.at)
            return inf if known is None else known

        others = [p for p in self.problem.stockpiles if p.material == demand.material and p.holding_cost is not None]
        nearest = min(others, key=lambda pile: (far(pile), pile.at), default=None)
        new = Stockpile(material=demand.material, country=demand.country, place=demand.place)
        return new if nearest is None else new.model_copy(update={"holding_cost": nearest.holding_cost})

    def _stock(self, choice: tuple[Stockpile, bool], amount: float) -> tuple[_Measure, list[Key]]:
        """So much more in stock when the outage begins.

        Under the outage it is there from the start on and untouched until then, so that it is in no flow before. In the
        plan it is laid in; where the outage begins with the first period it is bought before that, at what a unit is
        worth in that period, and kept.
        """
        pile, is_new = choice
        planned = self.trial.base.values
        site = (pile.material, pile.at)
        keys: list[Key] = [("level", *site, year) for year in self._before]
        levels = {key: planned.get(key, 0.0) + amount for key in keys}
        last = keys[-1] if keys else None
        unit = self.problem.network.materials[pile.material].unit
        where = f"in {_called_new(pile) if is_new else 'stock'} at {pile.at}"
        when = "" if self.problem.timeline.typical else f" when {self.year} begins"
        empty = (_laid_in(pile, 0.0),) if is_new else ()
        given = (_laid_in(pile, amount) if is_new else _more(pile, amount),)
        measure = _Measure(
            kind="stock",
            on=pile.at,
            material=pile.material,
            amount=amount,
            unit=unit,
            text=f"{_amount(amount)} {unit} of {pile.material} more {where}{when}",
            plan_changes=empty,
            outage_changes=given,
            checked=given if last is None else empty,
            in_plan={} if last is None else {last: (levels[last], inf)},
            in_outage=dict(levels),
            outright=0.0 if last is not None else amount * self._price(pile),
        )
        return measure, [("stock", *site, self.year)]

    @property
    def _before(self) -> tuple[int, ...]:
        return self.problem.timeline.starts[: self.start]

    def _price(self, pile: Stockpile) -> float:
        """What a unit bought before the first period costs, and is held for to the end."""
        timeline = self.problem.timeline
        worth = self.insurer.reference.duals.get(("used", pile.material, pile.at, timeline.starts[0]), 0.0)
        rates = timeline.read_or(pile.holding_cost, 0.0)
        holding = sum(rate * weight for rate, weight in zip(rates, timeline.weights, strict=True))
        return max(worth, 0.0) / timeline.years[0] + holding

    # ------------------------------------------------------------ contracts

    def _sellers(self) -> list[Supplier]:
        """Those that sell all they have in a period of the outage, at one price: they might sell as much again."""
        worth: dict[str, float] = {}
        for key, value in self.point.duals.items():
            if key[0] == "supplier_capacity" and key[-1] >= self.year and value < 0:
                worth[key[1]] = worth.get(key[1], 0.0) + value
        sellers = {supplier.id: supplier for supplier in self.problem.suppliers if supplier.tiers is None}
        names = sorted((name for name in worth if name in sellers), key=lambda name: (worth[name], name))
        return [sellers[name] for name in names[:TRIED]]

    def _contract(self, supplier: Supplier, amount: float) -> tuple[_Measure, list[Key]]:
        """So much more a year from the first changed period on, paid for whether taken or not."""
        timeline = self.problem.timeline
        owed = timeline.read_or(supplier.take_or_pay, 0.0)
        taken = [value + amount if period >= self.start else value for period, value in enumerate(owed)]
        years = {} if timeline.typical else {"from_year": self.year}
        where = {"on": "suppliers", "where": {"id": supplier.id}}
        changes = (
            Change.model_validate(where | {"field": "capacity", "plus": amount} | years),
            Change.model_validate(where | {"field": "take_or_pay", "set": taken}),
        )
        unit = self.problem.network.materials[supplier.material].unit
        when = "" if timeline.typical else f" from {self.year} on"
        text = f"a contract for {_amount(amount)} {unit} a year more from {supplier.id}{when}, take or pay,"
        measure = _Measure("contract", supplier.id, supplier.material, amount, unit, text, changes, changes, changes)
        return measure, [("supplier_capacity", supplier.id, year) for year in timeline.starts[self.start :]]


def _called_new(pile: Stockpile) -> str:
    return "a new stock, whose holding is not counted," if pile.holding_cost is None else "a new stock"


def _laid_in(pile: Stockpile, amount: float) -> Change:
    """A stockpile that there is not yet."""
    stated = pile.model_dump(by_alias=True, exclude_unset=True, exclude_none=True) | {"initial": amount}
    return Change.model_validate({"on": "stockpiles", "add": stated})


def _more(pile: Stockpile, amount: float) -> Change:
    """More in a stockpile at the start."""
    where = {"material": pile.material, "place": pile.place} | ({"country": pile.country} if pile.country else {})
    return Change.model_validate({"on": "stockpiles", "where": where, "field": "initial", "plus": amount})


def _amount(amount: float) -> str:
    return f"{amount:,.4g}" if amount < 1000 else f"{amount:,.0f}"
