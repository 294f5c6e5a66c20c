"""Stockpiles: filled at their place, drawn for every use in their country, carried from period to period."""

from __future__ import annotations

from oremix.models.chain import Stockpile
from oremix.optimizer.formulation.charges import Payment
from oremix.optimizer.formulation.model import Model
from oremix.optimizer.lean import Column, Row, Sum

__all__ = ["add_stockpiles"]


def add_stockpiles(model: Model) -> None:
    """Columns fill, draw and level, rows stock, stock_minimum, stock_capacity and draw_max."""
    piles = list(enumerate(model.problem.stockpiles))
    for number, pile in piles:
        _fill(model, number, pile)
    for number, pile in piles:
        _levels(model, number, pile, _draw(model, number, pile))


def _fill(model: Model, number: int, pile: Stockpile) -> None:
    fills = model.lp.columns_over(model.timeline.starts, "fill", pile.material, pile.at)
    if pile.fill_max is not None:
        for fill, upper in zip(fills, model.timeline.read(pile.fill_max), strict=True):
            fill.limit(upper)
    for period, fill in enumerate(fills):
        model.fill[number, period] = fill
        model.needs[pile.material, pile.at, period].append((fill, 1.0))


def _draw(model: Model, number: int, pile: Stockpile) -> list[list[int]]:
    """What is drawn in each period for the places that use the material then; elsewhere it would only vanish."""
    site = (pile.material, pile.at)
    drawn: list[list[int]] = [[] for _ in model.timeline]
    for place in model.network.serves(pile):
        periods = [period for period in model.timeline if model.needs.get((pile.material, place, period))]
        draws = model.lp.columns_over([model.start(period) for period in periods], "draw", *site, place)
        for period, draw in zip(periods, draws, strict=True):
            model.draw[number, place, period] = draw
            drawn[period].append(draw.number)
    if pile.draw_max is not None:
        limits = model.timeline.read(pile.draw_max)
        periods = [period for period in model.timeline if drawn[period]]
        sums = [Sum(drawn[period], [1.0] * len(drawn[period])) for period in periods]
        model.at_most_over(periods, "draw_max", *site, sums=sums, rhs=[limits[period] for period in periods])
    return drawn


def _levels(model: Model, number: int, pile: Stockpile, drawn: list[list[int]]) -> None:
    """The level at each period's end."""
    starts = model.timeline.starts
    levels = model.lp.columns_over(starts, "level", pile.material, pile.at)
    least = model.network.minimum_stock(pile)
    if pile.capacity is not None:
        capacity = model.timeline.read(pile.capacity)
        held = [Sum([level.number], [1.0]) for level in levels]
        model.at_most_over(list(model.timeline), "stock_capacity", pile.material, pile.at, sums=held, rhs=capacity)
    balances: list[Sum] = []
    for period, level in enumerate(levels):
        model.level[number, period] = level
        _at_least(model, pile, period, level, least[period])
        years = float(model.timeline.years[period])
        before = [levels[period - 1].number] if period else []
        numbers = [level.number, model.fill[number, period].number, *drawn[period], *before]
        balances.append(Sum(numbers, [1.0, -years, *[years] * len(drawn[period]), *[-1.0] * len(before)]))
    initial = [pile.initial] + [0.0] * (len(levels) - 1)
    model.equal_over(list(model.timeline), "stock", pile.material, pile.at, sums=balances, rhs=initial)
    if pile.holding_cost is not None:
        _holding(model, pile, levels, model.timeline.read(pile.holding_cost))


def _at_least(model: Model, pile: Stockpile, period: int, level: Column, minimum: float) -> None:
    """The minimum; in the last period also `final`."""
    lower = minimum
    if period == len(model.timeline) - 1 and pile.final is not None:
        lower = max(lower, pile.final)
    if lower > 0:
        key = (pile.material, pile.at, model.start(period))
        row = model.at_least("stock_minimum", *key, pairs=[(level, 1.0)], rhs=lower)
        if pile.days_of_demand is not None and lower == minimum:
            _follow(model, pile, period, row)


def _follow(model: Model, pile: Stockpile, period: int, row: Row) -> None:
    """A minimum of days of demand moves with every quantity demanded in the country."""
    days = model.timeline.read_or(pile.days_of_demand, 0.0)[period]
    for demand in model.problem.demands:
        if demand.material == pile.material and model.country(demand.at) == model.country(pile.at):
            model.follows[demand.id, period].append((row, days / 365))


def _holding(model: Model, pile: Stockpile, levels: list[Column], costs: list[float]) -> None:
    """The holding cost, on the mean of the levels at both ends of the period."""
    periods = list(model.timeline)
    halves = [cost / 2 for cost in costs]
    payment = Payment("holding", "stockpile", pile.id or f"{pile.material} at {pile.at}", model.country(pile.at))
    numbers = [level.number for level in levels]
    model.charges.add_over(numbers, halves, periods, payment)
    model.charges.add_over(numbers[:-1], halves[1:], periods[1:], payment)
    if initial := halves[0] * pile.initial:
        model.charges.add(None, initial, 0, payment)
