"""A hedge as text: what is built, what each branch costs, and what other decisions would cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from oremix.models.amounts import quantity_text
from oremix.models.plan import Build
from oremix.models.studies.hedge import FirstStage, Hedge, HedgeBranch
from oremix.models.studies.hedge_options import AS_STATED
from oremix.models.studies.lines import WIDTH, indented, table

__all__ = ["hedge_as_text"]

MOST_BRANCHES, MOST_BUILDS, MOST_CONFLICTING = 25, 25, 6


def hedge_as_text(hedge: Hedge) -> str:
    """The answer, a unit on every number."""
    return "\n".join(_lines(hedge))


def _lines(hedge: Hedge) -> Iterator[str]:
    yield hedge.problem or "Hedge"
    branches = f"{len(hedge.branches)} branch{'' if len(hedge.branches) == 1 else 'es'}"
    doubt = "" if hedge.reason is None else f": {hedge.reason}"
    yield from wrap(f"{branches}, {_aim(hedge)}; {hedge.status}{doubt}", WIDTH, subsequent_indent="  ")
    if not hedge.complete:
        yield "not complete: it was stopped, and this is the best found until then"
    if hedge.objective_cost is not None:
        yield from _costs(hedge)
        yield from _builds(hedge)
    yield from _branches(hedge)
    for branch in hedge.branches:
        yield from _conflict(branch)
    yield from _first_stages(hedge)
    yield from _values(hedge)
    yield from ["", "Note"]
    for note in hedge.notes:
        yield from indented(note)


def _aim(hedge: Hedge) -> str:
    if hedge.objective == "worst":
        return "the dearest branch as cheap as can be"
    if not hedge.cvar_weight:
        return "least expected cost"
    weights = f"{1 - hedge.cvar_weight:.3g} · expected cost + {hedge.cvar_weight:.3g} · CVaR"
    return f"least {weights} at {100 * hedge.alpha:.4g} %"


def _money(hedge: Hedge, amount: float | None, sign: str = "") -> str:
    """An amount, in millions where the costs are; the unit follows."""
    if amount is None:
        return "-"
    if amount == 0:
        return "0"
    known = [abs(b.cost_alone) for b in hedge.branches if b.cost_alone is not None]
    if max(known, default=0.0) >= 1e7:
        millions = round(amount / 1e6, 1)
        return f"{millions:{sign},.1f} m" if millions else "0.0 m"
    return f"{amount:{sign},.6g}"


def _costs(hedge: Hedge) -> Iterator[str]:
    tail = f"the worst {100 * (1 - hedge.alpha):.4g} % (CVaR)"
    lines = [("expected", hedge.expected_cost), (tail, hedge.cvar), ("the dearest branch", hedge.worst_cost)]
    lines = [(name, cost) for name, cost in lines if cost is not None]
    width = max(len(name) for name, _ in lines)
    yield from ["", f"Cost with what is common, {hedge.currency}, discounted"]
    for name, cost in lines:
        yield f"  {name.ljust(width)}  {_money(hedge, cost)}"
    if hedge.gap:
        yield f"  other common decisions may be cheaper by at most {100 * hedge.gap:.2g} %"


def _builds(hedge: Hedge) -> Iterator[str]:
    yield from ["", "Built in every branch"]
    if not hedge.builds:
        yield "  nothing"
    for build in hedge.builds[:MOST_BUILDS]:
        yield f"  {_build(build)}"
    if len(hedge.builds) > MOST_BUILDS:
        yield f"  and {len(hedge.builds) - MOST_BUILDS} more (`builds` in the JSON)"


def _build(build: Build) -> str:
    when = "" if build.ordered == 1 else f", ordered {build.ordered}"
    return f"{build.on} {quantity_text(build.capacity)} {build.unit} a year{when}"


# ---------------------------------------------------------------- branches


def _branches(hedge: Hedge) -> Iterator[str]:
    head = ("branch", "probability", "cost", "cost if known", "regret", "built if known")
    rows = [_row(hedge, branch) for branch in hedge.branches[:MOST_BRANCHES]]
    yield from ["", f"Branches (cost: {hedge.currency}, discounted; known: from the start, by itself)"]
    yield from table([head, *rows], numbers=(1, 2, 3, 4))
    if len(hedge.branches) > MOST_BRANCHES:
        yield f"  and {len(hedge.branches) - MOST_BRANCHES} more (`branches` in the JSON)"


def _row(hedge: Hedge, branch: HedgeBranch) -> tuple[str, ...]:
    return (
        branch.scenario or AS_STATED,
        "-" if branch.probability is None else f"{100 * branch.probability:.4g} %",
        _money(hedge, branch.total_cost),
        branch.status_alone if branch.cost_alone is None else _money(hedge, branch.cost_alone),
        _money(hedge, branch.regret, "+"),
        _together(branch.builds_alone),
    )


def _together(builds: Sequence[Build]) -> str:
    """What is built in all years, by facility."""
    amounts: dict[tuple[str, str], float] = {}
    for build in builds:
        amounts[build.on, build.unit] = amounts.get((build.on, build.unit), 0.0) + build.capacity
    listed = [f"{on} {quantity_text(amount)} {unit}" for (on, unit), amount in amounts.items()]
    more = f" and {len(listed) - 3} more" if len(listed) > 3 else ""
    return (", ".join(listed[:3]) + more) or "nothing"


def _conflict(branch: HedgeBranch) -> Iterator[str]:
    for statement in branch.conflict[:MOST_CONFLICTING]:
        text = f"in the way in {branch.scenario or AS_STATED}: {statement.text}"
        yield from indented(text)
    if len(branch.conflict) > MOST_CONFLICTING:
        yield f"  and {len(branch.conflict) - MOST_CONFLICTING} more there (`conflict` in the JSON)"


# ---------------------------------------------------------------- other decisions


def _first_stages(hedge: Hedge) -> Iterator[str]:
    if not hedge.first_stages:
        return
    what = {"expected": "expected data", "stated": "data as stated"}
    rows = [(what.get(one.kind, one.scenario or ""), *_cells(hedge, one)) for one in hedge.first_stages[:MOST_BRANCHES]]
    yield from ["", f"What it would cost to decide what is common as for … ({hedge.currency}, discounted)"]
    yield from table([("", "cost", "dearer by", ""), *rows], numbers=(1, 2))


def _cells(hedge: Hedge, one: FirstStage) -> tuple[str, str, str]:
    said = f"cannot be met: {', '.join(one.unmet)}" if one.unmet else one.reason or ""
    return _money(hedge, one.cost), _money(hedge, one.loss, "+"), said


def _values(hedge: Hedge) -> Iterator[str]:
    lines = [
        ("to plan for all branches, not for the expected data", hedge.value_of_stochastic_solution),
        ("to know which branch comes true", hedge.value_of_perfect_information),
    ]
    known = [(name, amount) for name, amount in lines if amount is not None]
    if known:
        yield from ["", f"What it is worth, {hedge.currency}, discounted"]
        yield from table([(name, _money(hedge, amount)) for name, amount in known], numbers=(1,))
