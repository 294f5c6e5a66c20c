"""Whether a plan, ours or anybody's, is what it says: its numbers recomputed from the problem and the plan alone."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from pydantic import Field

from oremix.models.as_json import as_json
from oremix.models.plan import Check, Record

__all__ = ["Cheapest", "Verification"]

WIDTH = 110
VERDICTS = {
    True: "right: what was recomputed is as the plan states it, and every limit and rule is kept",
    False: "wrong",
    None: "nothing to be said: there is no plan to recompute",
}


class Cheapest(Record):
    """The problem solved, beside the plan that was verified."""

    status: str = Field(description="of the problem, verified")
    total_cost: float | None = Field(description="of the best plan found, discounted money; none without a plan")
    bound: float | None = Field(description="no plan can cost less, discounted money; none where none was proved")
    proof: str | None = Field(description="what that rests on")
    dearer: float | None = Field(
        description="by how much the plan verified costs more than the bound, discounted money; none without both"
    )
    text: str = Field(description="the same as a sentence")


class Verification(Record):
    """What was recomputed of a plan, what it does not state, and whether it is right."""

    problem: str | None = Field(description="name of the problem")
    problem_hash: str = Field(description="SHA-256 of the problem's meaning")
    right: bool | None = Field(
        description="true: what the plan states is so, and every limit and rule of the problem is kept; null: it claims"
        " to be none, which only solving the problem can say something of"
    )
    reasons: list[str] = Field(description="why it is not right; the worst of each category, in the problem's own ids")
    checks: dict[str, Check] = Field(description="category of the audit → what it found")
    total_cost: float | None = Field(
        description="recomputed from the quantities, discounted money; none without a plan"
    )
    currency: str = Field(description="label of all money")
    unstated: list[str] = Field(description="what the plan leaves out, so that it was not compared")
    unchecked: list[str] = Field(description="what was not checked")
    warnings: list[str] = Field(default_factory=list, description="what is likely to be a mistake and breaks nothing")
    cheapest: Cheapest | None = Field(None, description="the problem solved, if that was asked for")

    def to_json(self, indent: int | None = 2) -> str:
        """The verification as JSON."""
        return as_json(self, indent)

    def __str__(self) -> str:
        return "\n".join(_lines(self))


def _lines(found: Verification) -> Iterator[str]:
    yield found.problem or "Plan"
    for warning in found.warnings:
        yield from _indented(f"warning: {warning}", "")
    if found.checks:
        yield from ["", *_table(found.checks)]
    for title, lines in (("Not stated", found.unstated), ("Not checked", found.unchecked)):
        yield from ["", title] if lines else []
        for line in lines:
            yield from _indented(line)
    if found.total_cost is not None:
        yield from ["", f"total cost {found.currency} {found.total_cost:,.2f}, recomputed"]
    if found.cheapest is not None:
        yield from _indented(found.cheapest.text, "")
    yield from ["", VERDICTS[found.right]]
    for reason in found.reasons:
        yield from _indented(reason)


def _indented(text: str, indent: str = "  ") -> list[str]:
    return wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ", break_on_hyphens=False)


def _table(checks: dict[str, Check]) -> Iterator[str]:
    """A row for each category: how many things, the largest violation, and where."""
    head = ("Recomputed", "things", "off by at most")
    rows = [(f"  {name}", f"{c.checked:,}", f"{c.worst:.1e}", c.at or "") for name, c in checks.items()]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(3)]
    yield f"{head[0]:<{widths[0]}}  {head[1]:>{widths[1]}}  {head[2]:>{widths[2]}}"
    for name, count, worst, at in rows:
        yield f"{name:<{widths[0]}}  {count:>{widths[1]}}  {worst:>{widths[2]}}  {at}".rstrip()
