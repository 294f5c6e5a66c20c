"""Demands: what is delivered, what is missing at a price, and what outlets pay for."""

from __future__ import annotations

from oremix.models.chain import Demand
from oremix.optimizer.formulation.charges import Payment
from oremix.optimizer.formulation.model import Model
from oremix.optimizer.lean import Pairs, numbered

__all__ = ["add_demands"]


def add_demands(model: Model) -> None:
    """Columns deliver and short, rows demand and outlet."""
    for demand in model.problem.demands:
        if demand.sale_price is not None:
            _outlet(model, demand, model.timeline.read(demand.sale_price))
            continue
        _demand(model, demand)


def _demand(model: Model, demand: Demand) -> None:
    """It has to be met, or what is short is paid for."""
    starts, periods = model.timeline.starts, list(model.timeline)
    quantity = model.timeline.read_or(demand.quantity, 0.0)
    delivered = model.lp.columns_over(starts, "deliver", demand.id)
    short = [] if demand.shortage_cost is None else model.lp.columns_over(starts, "short", demand.id)
    if demand.shortage_cost is not None:
        costs = model.timeline.read(demand.shortage_cost)
        model.charges.add_over(
            [column.number for column in short],
            costs,
            periods,
            Payment("shortage", "demand", demand.id, model.country(demand.at)),
        )
    met: list[Pairs] = []
    for period, deliver in enumerate(delivered):
        model.deliver[demand.id, period] = deliver
        delivery = (deliver, 1.0)
        model.needs[demand.material, demand.at, period].append(delivery)
        met.append([delivery])
        if short:
            model.short[demand.id, period] = short[period]
            met[period].append((short[period], 1.0))
    model.equal_over(periods, "demand", demand.id, sums=[numbered(pairs) for pairs in met], rhs=quantity)


def _outlet(model: Model, demand: Demand, prices: list[float]) -> None:
    """It takes what it is brought, up to its quantity, and pays for it."""
    quantity = None if demand.quantity is None else model.timeline.read(demand.quantity)
    for period in model.timeline:
        key = (demand.id, model.start(period))
        deliver = model.deliver[demand.id, period] = model.lp.column("deliver", *key)
        model.needs[demand.material, demand.at, period].append((deliver, 1.0))
        model.charge("sales", period, -prices[period], deliver, "demand", demand.id, model.country(demand.at))
        if quantity is not None:
            model.at_most("outlet", *key, pairs=[(deliver, 1.0)], rhs=quantity[period])
