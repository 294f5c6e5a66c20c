"""Marks that follow the flows: which part of what is delivered went through steps in some countries.

Beside each flow runs its marked part, with balances of its own. Where all of a flow is marked, or none of it can be,
no column is needed: only what may be mixed has columns.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Protocol

import pulp

from oremix.models.chain import Facility, Plant, Recipe, Recycler, Stockpile, Supplier
from oremix.models.geography import Origin
from oremix.models.history import Step
from oremix.optimizer.formulation.marking import Marking
from oremix.optimizer.formulation.model import Model
from oremix.optimizer.lean import Column, Key, Pairs

__all__ = ["Layer", "Mix", "Mixes"]


class Rows(Protocol):
    """What columns and rows can be made in: a problem, or what is laid over a plan."""

    def column(self, *key: Any) -> Column:
        """Make a column."""

    def row(self, *key: Any, pairs: Pairs, sense: int, rhs: float = 0.0) -> Any:
        """Make a row."""


Mix = set[bool]
"""What a flow may be made of: marked, clean, or both."""

Mixes = dict[tuple[Any, ...], Mix]


class Layer:
    """The marked part of every flow that can become part of the materials wanted.

    Of a model without the flows that a plan does not have, the layer is that of the plan.

    Parameters
    ----------
    marking
        What is marked.
    wanted
        The materials whose deliveries are asked after.
    periods
        Those asked after.
    lp
        Where columns and rows are made; default the model's own.

    Attributes
    ----------
    within
        Marked column → the flow that it is a part of.
    balances
        Row of the model → the row that says the same of the marked parts.
    """

    def __init__(
        self,
        model: Model,
        marking: Marking,
        wanted: set[str],
        periods: Iterable[int],
        lp: Rows | None = None,
    ) -> None:
        self.model, self.marking = model, marking
        self.lp: Rows = model.lp if lp is None else lp
        self.within: dict[Column, Pairs] = {}
        self.balances: dict[Key, Any] = {}
        self._wanted = wanted
        self._label = (marking.policy, tuple(sorted(marking.countries)), marking.side)
        self._known_marks: dict[str, bool | None] = {}
        self._run: dict[tuple[str, str, int], Pairs] = {}
        self._ship: dict[tuple[str, Origin, str, int], Pairs] = {}
        self._draw: dict[tuple[int, str, int], Pairs] = {}
        self._use: dict[tuple[str, Column], Pairs] = {}
        self._levels: dict[Key, Pairs] = {}
        for period in self._periods(periods):
            self._runs(period)
            self._made(period)
            self._draws(period)
            self._used(period)
            self._steps(period)
            self._stocks(period)

    def delivered(self, demand: str, period: int) -> Pairs:
        """The marked part of a delivery."""
        deliver = self.model.deliver[demand, period]
        return self._use.get((self._demand_material[demand], deliver), [])

    def add_within(self) -> None:
        """Rows marked_within: no marked part is more than its flow."""
        for column, flow in self.within.items():
            pairs = [(column, 1.0), *((flowing, -amount) for flowing, amount in flow)]
            self.lp.row("marked_within", *column.key, pairs=pairs, sense=pulp.LpConstraintLE)

    @cached_property
    def _demand_material(self) -> dict[str, str]:
        return {demand.id: demand.material for demand in self.model.problem.demands}

    def _periods(self, asked: Iterable[int]) -> list[int]:
        """The periods asked after; with a stockpile of what is traced also those before them."""
        asked = list(asked)
        if any(pile.material in self._materials for pile in self.model.problem.stockpiles) and asked:
            return list(range(max(asked) + 1))
        return asked

    # ------------------------------------------------------------ what may be mixed

    @cached_property
    def _materials(self) -> dict[str, None]:
        """The materials wanted and those that can hand their marks on to them, in the problem's order."""
        recipes = [recipe for plant in self.model.problem.plants for recipe in plant.recipes]
        found, new = set(self._wanted), set(self._wanted)
        while new:
            new = {m for r in recipes if r.outputs.keys() & new for m in self.marking.carrying(r)} - found
            found |= new
        return {material: None for material in self.model.network.materials if material in found}

    def _mixes(self, _period: int) -> Mixes:
        """What flows of a period may be made of: (material, origin), (material, place) and (stockpile,)."""
        return self._mixes_at_all

    @cached_property
    def _mixes_at_all(self) -> Mixes:
        mixes: Mixes = {}
        size = -1
        while size < (size := sum(map(len, mixes.values()))):
            for material in self._materials:
                for origin, makers in self.model.network.makers[material].items():
                    made = mixes.setdefault((material, origin), set())
                    for facility in makers:
                        made |= self._makes(mixes, facility, material)
                for origin, place in self.model.network.flows(material):
                    mixes.setdefault((material, place), set()).update(mixes[material, origin])
            for number, pile in self._piles:
                stock = mixes.setdefault((number,), self._initially(pile))
                stock |= mixes.setdefault((pile.material, pile.at), set())
                for place in self.model.network.serves(pile):
                    mixes.setdefault((pile.material, place), set()).update(stock)
        return mixes

    @cached_property
    def _piles(self) -> list[tuple[int, Stockpile]]:
        piles = enumerate(self.model.problem.stockpiles)
        return [(number, pile) for number, pile in piles if pile.material in self._materials]

    def _initially(self, pile: Stockpile) -> Mix:
        marked = self._marked_initial(pile)
        return {mark for mark, amount in ((True, marked), (False, pile.initial - marked)) if amount > 0}

    def _marked_initial(self, pile: Stockpile) -> float:
        history = self.model.network.history
        return pile.initial * sum(
            share
            for country, share in (pile.initial_origin or {}).items()
            if self.marking.marks(history.of_stock(pile.material, country))
        )

    def _marks(self, facility: Facility) -> bool | None:
        """Whether a facility marks what it makes; none where it hands on what its inputs carry."""
        if facility.id not in self._known_marks:
            self._known_marks[facility.id] = self._marks_of(facility)
        return self._known_marks[facility.id]

    def _marks_of(self, facility: Facility) -> bool | None:
        if isinstance(facility, Supplier):
            return self.marking.marks(self.model.network.history.of_supplier(facility))
        origin = self.model.network.origins[facility.id]
        step = Step(facility.stage, self.model.country(origin.place), origin.owner)
        counts = self.marking.counts(step.stage)
        if counts and self.marking.inside(step):
            return True
        # scrap starts a new life; a step elsewhere takes a floor's mark away
        elsewhere = counts and self.marking.side == "min"
        return False if isinstance(facility, Recycler) or elsewhere else None

    def _makes(self, mixes: Mixes, facility: Facility, material: str) -> Mix:
        marks = self._marks(facility)
        if marks is not None or not isinstance(facility, Plant):
            return {bool(marks)}
        recipes = [recipe for recipe in facility.recipes if material in recipe.outputs]
        return {mark for recipe in recipes for mark in self._hands_on(mixes, facility, recipe)}

    def _hands_on(self, mixes: Mixes, plant: Plant, recipe: Recipe) -> Mix:
        """What a recipe can make of what its inputs carry: for a cap one marked input is enough, for a floor all."""
        inputs = [mixes.get((material, plant.at), set()) for material in self.marking.carrying(recipe)]
        if not inputs:
            return {False}
        enough, needed = (any, all) if self.marking.side == "max" else (all, any)
        found = {True} if enough(True in mix for mix in inputs) else set()
        return found | ({False} if needed(False in mix for mix in inputs) else set())

    # ------------------------------------------------------------ columns and rows

    def _column(self, kind: str, key: Key, flow: Pairs) -> Column:
        column = self.lp.column(kind, *self._label, *key)
        self.within[column] = flow
        return column

    def _row(self, kind: str, key: Key, pairs: Pairs, sense: int = pulp.LpConstraintEQ, rhs: float = 0.0) -> Any:
        return self.lp.row(kind, *self._label, *key, pairs=pairs, sense=sense, rhs=rhs)

    def _part(self, mix: Mix, flow: Pairs, kind: str, key: Key) -> Pairs:
        """The marked part of a flow: none, all, or a column."""
        if True not in mix or not flow:
            return []
        return flow if False not in mix else [(self._column(kind, key, flow), 1.0)]

    def _runs(self, period: int) -> None:
        """The marked activity of every recipe that makes something traced."""
        for plant in self.model.problem.plants:
            marks = self._marks(plant)
            for recipe in plant.recipes:
                run = self.model.run.get((plant.id, recipe.id, period))
                if run is None or not recipe.outputs.keys() & self._materials.keys():
                    continue
                mix = self._hands_on(self._mixes(period), plant, recipe) if marks is None else {marks}
                key = (plant.id, recipe.id, self.model.start(period))
                self._run[plant.id, recipe.id, period] = self._part(mix, [(run, 1.0)], "marked_run", key)

    @cached_property
    def _going(self) -> dict[int, dict[tuple[str, Origin], list[tuple[str, Column]]]]:
        """Period → what is made of a material at an origin → the places that it goes to."""
        going: dict[int, dict[tuple[str, Origin], list[tuple[str, Column]]]] = defaultdict(lambda: defaultdict(list))
        for flow in self.model.flows:
            if flow.material in self._materials:
                for period, number in enumerate(flow.numbers):
                    if number is not None:
                        going[period][flow.material, flow.origin].append((flow.place, self.model.lp.at(number)))
        return going

    @cached_property
    def _drawing(self) -> dict[tuple[int, int], list[tuple[str, Column]]]:
        """Stockpile and period → the places that it is drawn for."""
        drawing: dict[tuple[int, int], list[tuple[str, Column]]] = defaultdict(list)
        for (number, place, period), draw in self.model.draw.items():
            drawing[number, period].append((place, draw))
        return drawing

    def _made(self, period: int) -> None:
        """What is marked of what an origin makes is marked where it goes."""
        mixes = self._mixes(period)
        for (material, origin), ships in self._going.get(period, {}).items():
            mix = mixes[material, origin]
            if len(mix) < 2:
                for place, ship in ships if mix == {True} else ():
                    self._ship[material, origin, place, period] = [(ship, 1.0)]
                continue
            surplus = self.model.surplus.get((material, origin, period))
            made = self._marked_made(material, origin, period)
            key: Key = (material, origin, self.model.start(period))
            if len(ships) == 1 and surplus is None:
                self._ship[material, origin, ships[0][0], period] = made
                continue
            sent: Pairs = []
            for place, ship in ships:
                where = (material, origin, place, self.model.start(period))
                part = self._part(mix, [(ship, 1.0)], "marked_ship", where)
                self._ship[material, origin, place, period] = part
                sent += part
            if surplus is not None:
                sent += self._part(mix, [(surplus, 1.0)], "marked_surplus", key)
            row = self._row("marked_made", key, [*made, *((column, -part) for column, part in sent)])
            self.balances["made", *key] = row

    def _marked_made(self, material: str, origin: Origin, period: int) -> Pairs:
        marked: Pairs = []
        for facility in self.model.network.makers[material][origin]:
            marks = self._marks(facility)
            if isinstance(facility, Plant):
                for recipe in facility.recipes:
                    amount = recipe.outputs.get(material, 0.0)
                    activity = self._run.get((facility.id, recipe.id, period), [])
                    marked += [(column, part * amount) for column, part in activity if amount]
            elif marks and isinstance(facility, Recycler):
                collect = self.model.collect.get((facility.id, period))
                marked += [] if collect is None else [(collect, facility.recovery)]
            elif marks:
                marked += self.model.taken.get((facility.id, period), [])
        return marked

    def _draws(self, period: int) -> None:
        for number, pile in self._piles:
            mix = self._mixes(period)[number,]
            for place, draw in self._drawing.get((number, period), ()) if True in mix else ():
                key = (pile.material, pile.at, place, self.model.start(period))
                self._draw[number, place, period] = self._part(mix, [(draw, 1.0)], "marked_draw", key)

    def _used(self, period: int) -> None:
        """What arrives and is drawn marked is marked in what it is used for."""
        drawn: dict[tuple[str, str], Pairs] = {}
        for number, pile in self._piles:
            for place, _ in self._drawing.get((number, period), ()):
                part = self._draw.get((number, place, period), [])
                drawn.setdefault((pile.material, place), []).extend(part)
        mixes = self._mixes(period)
        for material in self._materials:
            for place in self.model.network.uses[material]:
                needs = self.model.needs.get((material, place, period), [])
                mix = mixes.get((material, place), set())
                if len(mix) < 2:
                    for column, amount in needs if mix == {True} else ():
                        self._use[material, column] = [(column, amount)]
                elif needs:
                    arriving = self._arriving(material, place, period) + drawn.get((material, place), [])
                    self._use_at(material, place, period, needs, arriving)

    def _arriving(self, material: str, place: str, period: int) -> Pairs:
        return [
            (column, flow.arrives[period] * part)
            for flow in self.model.flows_to.get((material, place), ())
            for column, part in self._ship.get((material, flow.origin, place, period), ())
        ]

    def _use_at(self, material: str, place: str, period: int, needs: Pairs, arriving: Pairs) -> None:
        """Of what may be mixed where it is used."""
        if len(needs) == 1:
            self._use[material, needs[0][0]] = arriving
            return
        used: Pairs = []
        for column, amount in needs:
            key = (material, column.key[:-1], self.model.start(period))
            part = self._part({True, False}, [(column, amount)], "marked_use", key)
            self._use[material, column] = part
            used += part
        row_key: Key = (material, place, self.model.start(period))
        row = self._row("marked_used", row_key, [*arriving, *((column, -part) for column, part in used)])
        self.balances["used", *row_key] = row

    def _steps(self, period: int) -> None:
        """A recipe hands on what its inputs carry: for a cap no less than any, for a floor no more than any."""
        for plant in self.model.problem.plants:
            if self._marks(plant) is not None:
                continue
            for recipe in plant.recipes:
                activity = self._run.get((plant.id, recipe.id, period))
                run = self.model.run.get((plant.id, recipe.id, period))
                if run is None or not activity or activity[0][0] is run:
                    continue
                for material in self.marking.carrying(recipe):
                    marked = [(column, recipe.inputs[material] * part) for column, part in activity]
                    given = [(column, -part) for column, part in self._use.get((material, run), [])]
                    key = (plant.id, recipe.id, material, self.model.start(period))
                    sense = pulp.LpConstraintGE if self.marking.side == "max" else pulp.LpConstraintLE
                    self._row("marked_step", key, [*marked, *given], sense)

    def _stocks(self, period: int) -> None:
        """Marked stock is carried over like any other."""
        years = float(self.model.timeline.years[period])
        for number, pile in self._piles:
            if len(self._mixes(period)[number,]) < 2:
                continue
            site: Key = (pile.material, pile.at)
            level = self._level(number, pile, period)
            fill = self.model.fill.get((number, period))
            filled = [] if fill is None else self._use.get((pile.material, fill), [])
            drawn = [
                pair
                for place, _ in self._drawing.get((number, period), ())
                for pair in self._draw.get((number, place, period), [])
            ]
            pairs = [
                *level,
                *((column, -years * part) for column, part in filled),
                *((column, years * part) for column, part in drawn),
            ]
            if period:
                pairs += [(column, -part) for column, part in self._level(number, pile, period - 1)]
            rhs = 0.0 if period else self._marked_initial(pile)
            key = (*site, self.model.start(period))
            if pairs:
                self.balances["stock", *key] = self._row("marked_stock", key, pairs, rhs=rhs)

    def _level(self, number: int, pile: Stockpile, period: int) -> Pairs:
        level = self.model.level.get((number, period))
        key = (pile.material, pile.at, self.model.start(period))
        if key not in self._levels:
            flow = [] if level is None else [(level, 1.0)]
            self._levels[key] = self._part(self._mixes(period)[number,], flow, "marked_level", key)
        return self._levels[key]
