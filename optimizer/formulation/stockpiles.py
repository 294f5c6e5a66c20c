"""Stockpiles: filled at their place, drawn for every use in their country, carried from period to period."""

from __future__ import annotations

from oremix.models.chain import Stockpile
from oremix.models.plan import PayerKind
from oremix.optimizer.formulation.model import Model
from oremix.optimizer.lean import Pairs, Row

__all__ = ["add_stockpiles"]


def add_stockpiles(model: Model) -> None:
    """Columns fill, draw and level, rows stock, stock_minimum, stock_capacity and draw_max."""
    piles = list(enumerate(model.problem.stockpiles))
    for number, pile in piles:
        _fill(model, number, pile)
    for number, pile in piles:
        drawn = _draw(model, number, pile)
        for period in model.timeline:
            _level(model, number, pile, drawn[period], period)


def _fill(model: Model, number: int, pile: Stockpile) -> None:
    fill_max = None if pile.fill_max is None else model.timeline.read(pile.fill_max)
    for period in model.timeline:
        upper = None if fill_max is None else fill_max[period]
        fill = model.lp.column("fill", pile.material, pile.at, model.start(period), upper=upper)
        model.fill[number, period] = fill
        model.needs[pile.material, pile.at, period].append((fill, 1.0))


def _draw(model: Model, number: int, pile: Stockpile) -> list[Pairs]:
    """What is drawn in each period for the places that use the material then; elsewhere it would only vanish."""
    site = (pile.material, pile.at)
    drawn: list[Pairs] = [[] for _ in model.timeline]
    for place in model.network.serves(pile):
        periods = [period for period in model.timeline if model.needs.get((pile.material, place, period))]
        draws = model.lp.columns_over(map(model.start, periods), "draw", *site, place)
        for period, draw in zip(periods, draws, strict=True):
            model.draw[number, place, period] = draw
            drawn[period].append((draw, 1.0))
    if pile.draw_max is not None:
        for period, limit in enumerate(model.timeline.read(pile.draw_max)):
            if drawn[period]:
                model.at_most("draw_max", *site, model.start(period), pairs=drawn[period], rhs=limit)
    return drawn


def _level(model: Model, number: int, pile: Stockpile, drawn: Pairs, period: int) -> None:
    """The level at the period's end, between the minimum and the capacity; the last also at least `final`."""
    site = (pile.material, pile.at)
    lower = model.network.minimum_stock(pile)[period]
    if period == len(model.timeline) - 1 and pile.final is not None:
        lower = max(lower, pile.final)
    capacity = None if pile.capacity is None else model.timeline.read(pile.capacity)[period]
    level = model.level[number, period] = model.lp.column("level", *site, model.start(period))
    if lower > 0:
        row = model.at_least("stock_minimum", *site, model.start(period), pairs=[(level, 1.0)], rhs=lower)
        if pile.days_of_demand is not None and lower == model.network.minimum_stock(pile)[period]:
            _follow(model, pile, period, row)
    if capacity is not None:
        model.at_most("stock_capacity", *site, model.start(period), pairs=[(level, 1.0)], rhs=capacity)
    years = float(model.timeline.years[period])
    balance: Pairs = [(level, 1.0), (model.fill[number, period], -years)]
    balance += [(draw, years) for draw, _ in drawn]
    if period:
        balance.append((model.level[number, period - 1], -1.0))
    model.equal("stock", *site, model.start(period), pairs=balance, rhs=0.0 if period else pile.initial)
    _holding(model, number, pile, period)


def _follow(model: Model, pile: Stockpile, period: int, row: Row) -> None:
    """A minimum of days of demand moves with every quantity demanded in the country."""
    days = model.timeline.read_or(pile.days_of_demand, 0.0)[period]
    for demand in model.problem.demands:
        if demand.material == pile.material and model.country(demand.at) == model.country(pile.at):
            model.follows[demand.id, period].append((row, days / 365))


def _holding(model: Model, number: int, pile: Stockpile, period: int) -> None:
    """The holding cost, on the mean of the levels at both ends of the period."""
    half = model.timeline.read_or(pile.holding_cost, 0.0)[period] / 2
    payer: tuple[PayerKind, str, str] = (
        "stockpile",
        pile.id or f"{pile.material} at {pile.at}",
        model.country(pile.at),
    )
    model.charge("holding", period, half, model.level[number, period], *payer)
    if period:
        model.charge("holding", period, half, model.level[number, period - 1], *payer)
    else:
        model.charge("holding", period, half * pile.initial, None, *payer)
