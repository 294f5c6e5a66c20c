"""What a session found: a verified point, read by the keys of the formulation."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import numpy as np

from oremix.optimizer.formulation import Measure, Model
from oremix.optimizer.lean import Key, Sum
from oremix.optimizer.session.first_order import first_order
from oremix.optimizer.session.state import State
from oremix.optimizer.solving.arrays import Floats
from oremix.optimizer.solving.solve import Status

__all__ = ["Achieved", "Point"]


@dataclass(frozen=True)
class Achieved:
    """What a policy bounds, as a point has it: a share of a whole, or an amount (then the whole is none)."""

    material: str | None
    place: str | None
    countries: tuple[str, ...]
    period: int | None
    part: float
    whole: float | None

    @property
    def value(self) -> float | None:
        """The share, or the amount; none where there is nothing to be a share of."""
        if self.whole is None:
            return self.part
        return self.part / self.whole if self.whole > 0 else None


@dataclass(frozen=True)
class Point:
    """What a session found, verified like a plan's point, and read by the keys of the formulation.

    Attributes
    ----------
    status
        As a plan's: ``optimal``, ``feasible``, ``infeasible``, ``unbounded`` or ``no_answer``.
    verified, reason
        Whether what the status says was checked, and what is in doubt.
    total_cost
        Discounted; none without a plan.
    objective
        What was made as small as can be: the total cost, unless another objective was asked for.
    bound
        What no plan has less than of what was made as small as can be; as far as is proved.
    gap
        By how much, relative to the money that changes hands, a plan might be cheaper; as far as is proved.
    decisions
        How the yes/no decisions were taken: ``none`` to take, ``searched``, or all ``held`` as asked. Duals hold with
        decisions as they are.
    seconds
        Of solving and verifying.
    """

    status: Status
    verified: bool
    reason: str | None
    total_cost: float | None
    objective: float | None
    bound: float | None
    gap: float | None
    decisions: Literal["none", "searched", "held"]
    seconds: float
    _state: State | None = field(repr=False)
    _x: Floats | None = field(repr=False)
    _duals: Floats | None = field(repr=False)

    def to_send(self) -> Point:
        """Without its model, as it is sent; `Session.received` gives it one again."""
        return replace(self, _state=None)

    @property
    def _known(self) -> State:
        if self._state is None:
            raise RuntimeError("a point that was sent has to be received by a session first")
        return self._state

    @cached_property
    def values(self) -> dict[Key, float]:
        """Column → annual rate, or level, capacity, decision, by the keys that `formulation.md` lists."""
        return {} if self._x is None else dict(zip(self._known.columns, self._x.tolist(), strict=True))

    @property
    def x(self) -> Floats | None:
        """The columns' values in their order; none without a plan."""
        return self._x

    @cached_property
    def duals(self) -> dict[Key, float]:
        """Row → what a unit more of its bound adds to the objective."""
        return {} if self._duals is None else dict(zip(self._known.rows, self._duals.tolist(), strict=True))

    @cached_property
    def reduced(self) -> dict[Key, float]:
        """Column → what a unit more of it adds to the objective, all else as cheap as it then can be."""
        if self._duals is None:
            return {}
        costs = self._known.arrays.reduced_costs(self._duals).astype(np.float64)
        return dict(zip(self._known.columns, costs.tolist(), strict=True))

    def of(self, kind: str) -> dict[Key, float]:
        """What there is of one kind of column, by the rest of its key: `add` what is built, `short` what is missing."""
        return {key[1:]: value for key, value in self.values.items() if key[0] == kind and value}

    @property
    def model(self) -> Model:
        """The model whose columns these are; after a change in place that of the problem before it."""
        return self._known.model

    def foreseen(self, other: Point) -> float | None:
        """What another point's problem would cost more than this one's if amounts and prices stayed as they are here.

        To first order it is what the optimum costs more; none where nothing is priced here, or a bound with a price is
        taken away there. With decisions, it holds with those as they are.
        """
        if self._x is None or self._duals is None:
            return None
        return first_order(self._known, self._x, self._duals, other._known)

    def achieved(self, policy: str) -> list[Achieved]:
        """What a policy bounds, in the order of its ratios; nothing without a plan.

        Of content it is what the bound counts, which may be more than the least that the flows allow: a plan says that.

        Raises
        ------
        KeyError
            No such policy, or it is for no period.
        """
        measures = self._measures(policy)
        if self._x is None:
            return []
        return [self._achieved(measure) for measure in measures]

    def _achieved(self, measure: Measure) -> Achieved:
        model = self._known.model
        whole = measure.whole(model)
        return Achieved(
            measure.material,
            measure.place,
            measure.countries,
            None if measure.period is None else model.start(measure.period),
            self._sum(measure.part(model)) + measure.constant,
            None if whole is None else self._sum(whole),
        )

    def marginal(self, policy: str) -> float | None:
        """What a policy's bound would save of the total cost if it were looser by a unit, in every period at once.

        A unit is a percentage point of a share, else one of what is bounded. At a kink it lies between the slopes of
        both sides. A number of sources has none, as it is kept by decisions; nor has anything without a plan.

        Raises
        ------
        KeyError
            As `achieved`.
        """
        measures = self._measures(policy)
        if self._x is None or self._duals is None or any(measure.sources is not None for measure in measures):
            return None
        saved = 0.0
        for measure in measures:
            unit = 0.01 if measure.is_share else 1.0
            room = unit * sum(self._sum(amount) for _, amount in measure.wholes(self._known.model))
            for side, row in measure.rows.items():
                dual = self.duals.get(row.key, 0.0)
                saved += -dual * room if side == "max" else dual * room
        return saved + 0.0

    def _measures(self, policy: str) -> list[Measure]:
        found = [m for m in self._known.model.bounded if m.policy is not None and m.policy.id == policy]
        if not found:
            raise KeyError(policy)
        return found

    def _sum(self, amount: Sum | float) -> float:
        if not isinstance(amount, Sum):
            return float(amount)
        pairs = self._known.model.lp.pairs(amount)
        return sum(coefficient * self.values[column.key] for column, coefficient in pairs)
