"""The layer of marked flows laid over the flows of a plan."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from oremix.models.chain import Facility, Plant, Recycler
from oremix.models.geography import Origin
from oremix.optimizer.formulation import Model
from oremix.optimizer.formulation.marking import Marking
from oremix.optimizer.formulation.tracing import Layer, Mix, Mixes
from oremix.optimizer.lean import Column, Key, Pairs, summed

__all__ = ["LaidRow", "Overlay", "PlanLayer"]


class LaidRow(NamedTuple):
    """A row over the plan's flows."""

    key: Key
    pairs: Pairs
    sense: int
    rhs: float


class Overlay:
    """Columns and rows laid over the plan's flows, made as those of a `LeanProblem`.

    Its columns are numbered down from −1, so that they are told from the model's.
    """

    def __init__(self, model: Model) -> None:
        self._labels = model.lp.labels
        self.size = 0
        self.rows: list[LaidRow] = []

    def column(self, *key: Any) -> Column:
        """Make a column."""
        self.size += 1
        return Column(self._labels, key[:-1], key[-1], -self.size)

    def row(self, *key: Any, pairs: Pairs, sense: int, rhs: float = 0.0) -> LaidRow:
        """Make a row."""
        if len({column.number for column, _ in pairs}) < len(pairs):
            pairs = summed(pairs)
        row = LaidRow(key, pairs, sense, rhs)
        self.rows.append(row)
        return row


class PlanLayer(Layer):
    """A layer over a model that has only what moves in a plan: each period has mixes of its own.

    Most of what could be mixed in the problem is not in a plan, so that few of its flows need a column.
    """

    def __init__(self, moving: Model, marking: Marking, wanted: set[str], periods: Iterable[int], lp: Overlay) -> None:
        self._found: dict[int, Mixes] = {}
        super().__init__(moving, marking, wanted, periods, lp)

    def _mixes(self, period: int) -> Mixes:
        if period not in self._found:
            self._found[period] = self._mixed(period)
        return self._found[period]

    def _mixed(self, period: int) -> Mixes:
        """From what was there before and what is made, gone through until nothing is added any more."""
        mixes: Mixes = {(number,): self._from_before(number, period) for number, _ in self._piles}
        makers = list(self._makers(period))
        size = -1
        while size < (size := sum(map(len, mixes.values()))):
            for material, origin, facility in makers:
                made = mixes.setdefault((material, origin), set())
                made |= self._makes(mixes, facility, material)
            for (material, origin), ships in self._going.get(period, {}).items():
                made = mixes.setdefault((material, origin), set())
                for place, _ in ships:
                    mixes.setdefault((material, place), set()).update(made)
            for number, pile in self._piles:
                stock = mixes[number,]
                if (number, period) in self.model.fill:
                    stock |= mixes.get((pile.material, pile.at), set())
                for place in self.model.network.serves(pile):
                    if (number, place, period) in self.model.draw:
                        mixes.setdefault((pile.material, place), set()).update(stock)
        return mixes

    def _from_before(self, number: int, period: int) -> Mix:
        """What a stock may be made of at the start of a period."""
        if period == 0:
            return self._initially(self.model.problem.stockpiles[number])
        return set(self._mixes(period - 1)[number,]) if (number, period - 1) in self.model.level else set()

    def _makers(self, period: int) -> Iterable[tuple[str, Origin, Facility]]:
        """Who makes anything of a material in a period."""
        for material in self._materials:
            for origin, makers in self.model.network.makers[material].items():
                for facility in makers:
                    if self._runs_in(facility, period):
                        yield material, origin, facility

    def _runs_in(self, facility: Facility, period: int) -> bool:
        model = self.model
        if isinstance(facility, Plant):
            return any((facility.id, recipe.id, period) in model.run for recipe in facility.recipes)
        if isinstance(facility, Recycler):
            return (facility.id, period) in model.collect
        return bool(model.taken.get((facility.id, period)))
