"""What the ratios of a plan are of: each policy's, and those on China that always stand in a plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from oremix.models.policies import Diversify, Footprint, Quantity, Rule, Share
from oremix.optimizer.answering.audit.book import Book
from oremix.optimizer.answering.audit.scope import Cell, Scope

__all__ = ["Subject", "asked", "subjects"]

# What is always reported, whether a policy bounds it or not.
ALWAYS = (
    Share(id="supply", type="share", measure="supply", countries=["CN"]),
    Share(id="production", type="share", measure="production", countries=["CN"]),
    Share(id="content", type="share", measure="content", countries=["CN"]),
)


class Subject(NamedTuple):
    """What a ratio is of.

    `name` is the policy's id, none for the standing report; `country` is set where each country is bounded on its
    own; `tested` are the countries of the part, none for all of them; `bounds` those of "max" and
    "min" that are on this ratio; `pool` the periods. `measure` is what is counted, as records call it; `is_share`,
    whether the bounds are shares of the whole; `pooled`, whether periods are.
    """

    policy: Rule
    name: str | None
    country: str | None
    tested: frozenset[str] | None
    cell: Cell
    bounds: tuple[str, ...]
    pool: tuple[int, ...]
    measure: str
    is_share: bool
    pooled: bool


def _measure(policy: Rule) -> str:
    if isinstance(policy, Share | Quantity):
        return policy.measure
    if isinstance(policy, Diversify):
        return policy.of
    return "footprint" if isinstance(policy, Footprint) else "budget"


def asked(book: Book) -> list[tuple[str | None, Rule]]:
    """What a plan has to report: the standing report, and every rule of the problem by its id."""
    return [*((None, policy) for policy in ALWAYS), *((rule.id, rule) for rule in book.problem.rules)]


def subjects(book: Book, scope: Scope, name: str | None, policy: Rule) -> Iterator[Subject]:
    """The ratios of a policy: for each country tested, material, place and period that are taken apart."""
    timeline = book.timeline
    periods = tuple(t for t in timeline if timeline.within(t, policy.from_year, policy.until_year))
    pooled = "periods" in getattr(policy, "across", ())
    pools = [periods] if pooled else [(period,) for period in periods]
    if not periods:
        return
    kind = (_measure(policy), isinstance(policy, Share), pooled)
    for country, tested in scope.tested(policy):
        for cell, bounds in scope.cells(policy, tested or frozenset()):
            for pool in pools:
                yield Subject(policy, name, country, tested, cell, bounds, pool, *kind)
