"""One unit for all that is drawn side by side: materials of other kinds are left out, and named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from oremix.models.figures.chain import Flow
from oremix.models.plan import Plan

__all__ = ["Masses"]

TONNES = {"t": 1.0, "kt": 1000.0, "kg": 0.001, "g": 1e-6, "lb": 0.00045359237}


class Masses:
    """The unit that most of a plan's demands are counted in, and what the others are in it.

    Attributes
    ----------
    unit
        That unit.
    unfit
        Material → unit, of what cannot be told in it.
    """

    def __init__(self, plan: Plan) -> None:
        self._units = dict(_units(plan))
        wanted = Counter(delivery.unit for delivery in plan.deliveries)
        self.unit = wanted.most_common(1)[0][0] if wanted else next(iter(self._units.values()), "")
        self._factors = {material: self._factor(unit) for material, unit in self._units.items()}
        self.unfit = {name: self._units[name] for name, factor in self._factors.items() if factor is None}

    def _factor(self, unit: str) -> float | None:
        if unit == self.unit:
            return 1.0
        if unit in TONNES and self.unit in TONNES:
            return TONNES[unit] / TONNES[self.unit]
        return None

    def fits(self, material: str) -> bool:
        """Whether a material can be told in the unit."""
        return self._factors.get(material) is not None

    def value(self, flow: Flow) -> float:
        """A flow in the unit."""
        return self.amount(flow.material, flow.quantity)

    def amount(self, material: str, quantity: float) -> float:
        """A quantity of a material in the unit; 0 where it cannot be told in it."""
        return quantity * (self._factors.get(material) or 0.0)


def _units(plan: Plan) -> Iterator[tuple[str, str]]:
    for records in (plan.purchases, plan.recycling, plan.deliveries, plan.shipments, plan.stocks, plan.surpluses):
        for record in records:
            yield record.material, record.unit
