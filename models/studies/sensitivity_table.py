"""A sensitivity study as text: a tornado first, then what changes in the plan, then the samples."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

from oremix.models.amounts import quantity_text
from oremix.models.studies.lines import indented, table
from oremix.models.studies.sensitivity import Bar, Range, Sampling, Sensitivity, Side

__all__ = ["sensitivity_as_text"]

LABEL, HALF = 46, 18
MOST_BARS, MOST_TOLD, MOST_DRAWN, MOST_LISTED = 25, 12, 10, 12
LOWERED, RAISED, BOTH = "░", "█", "▓"


def sensitivity_as_text(study: Sensitivity) -> str:
    """The answer, a unit on every number."""
    return "\n".join(_lines(study))


def _lines(study: Sensitivity) -> Iterator[str]:
    yield f"{study.problem or 'problem'}: which numbers carry the answer?"
    yield f"the plan costs {study.currency} {_money(study, study.plan_cost).lstrip('+')}, discounted"
    if not study.complete:
        yield f"not complete: it was stopped, {_count(len(study.untried), 'input')} untried{_undrawn(study)}"
    if study.bars:
        yield from _tornado(study)
        yield from _changes(study)
    if study.sampling is not None:
        yield from _sampling(study, study.sampling)
    if study.notes:
        yield from ["", "Note"]
    for note in study.notes:
        yield from indented(note)


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _undrawn(study: Sensitivity) -> str:
    drawn = study.sampling
    return "" if drawn is None or drawn.done == drawn.asked else f", {drawn.done} of {drawn.asked} samples drawn"


def _money(study: Sensitivity, amount: float) -> str:
    """An amount, in millions where the plan's cost is."""
    if amount == 0:
        return "0"
    if abs(study.plan_cost) < 1e7:
        return f"{amount:+,.4g}" if abs(amount) < 1000 else f"{amount:+,.0f}"
    millions = amount / 1e6
    return f"{millions:+,.3g} m" if abs(millions) < 100 else f"{millions:+,.0f} m"


def _size(amount: float | None) -> str:
    return "-" if amount is None else quantity_text(amount)


# ---------------------------------------------------------------- the tornado


def _tornado(study: Sensitivity) -> Iterator[str]:
    solved = [bar for bar in study.bars if bar.solved]
    shown = [bar for bar in solved if not bar.moves_nothing][:MOST_BARS]
    by = f"{100 * study.by:g} %"
    yield ""
    yield (
        f"{_count(len(solved), 'input')} lowered ({LOWERED}) and raised ({RAISED}) by {by}, the rest decided anew;"
        f" change of cost, {study.currency}, discounted; * assumption"
    )
    if any(side.clipped for bar in shown for side in (bar.down, bar.up) if side is not None):
        yield "  ^ kept back, where a share cannot go further"
    widest = max((abs(cost) for bar in shown for cost in _differences(bar)), default=0.0)
    rows = [
        (_label(bar), _cost(study, bar.down), _drawn(bar, widest), _cost(study, bar.up), _slope(study, bar))
        for bar in shown
    ]
    rows.insert(0, ("", f"-{by}", "", f"+{by}", "1 % by prices"))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for row in rows:
        label, low, drawn, high, slope = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield f"  {label}  {low.strip().rjust(widths[1])}  {drawn}  {high}  {slope.strip().rjust(widths[4])}".rstrip()
    yield from _not_shown(study, solved, len(shown))


def _not_shown(study: Sensitivity, solved: list[Bar], shown: int) -> Iterator[str]:
    nothing = [bar.label for bar in solved if bar.moves_nothing]
    more = len(solved) - len(nothing) - shown
    if more:
        yield f"  and {more} more that move less (`bars` in the JSON)"
    if nothing:
        listed = ", ".join(nothing[:MOST_LISTED]) + (", …" if len(nothing) > MOST_LISTED else "")
        yield from indented(f"{len(nothing)} move nothing at all: {listed}")
    if others := [bar for bar in study.bars if not bar.solved]:
        known = [bar for bar in others if bar.slope is not None]
        heaviest = f"; the most by prices: {known[0].label}" if known and known[0].slope else ""
        yield f"  {len(others)} were not solved again{heaviest}"


def _label(bar: Bar) -> str:
    text = bar.label if len(bar.label) <= LABEL else bar.label[: LABEL - 1] + "…"
    return f"{'*' if bar.assumption else ' '} {text}"


def _differences(bar: Bar) -> list[float]:
    return [side.difference or 0.0 for side in (bar.down, bar.up) if side is not None]


def _cost(study: Sensitivity, side: Side | None) -> str:
    if side is None:
        return ""
    if side.difference is None:
        return {"refused": "cannot be", "infeasible": "no plan"}.get(side.status, side.status)
    return _money(study, side.difference) + ("^" if side.clipped else "")


def _slope(study: Sensitivity, bar: Bar) -> str:
    return "-" if bar.slope is None else _money(study, bar.slope)


def _drawn(bar: Bar, widest: float) -> str:
    """The two sides about an axis: what saves to its left, what costs to its right."""
    low, high = [
        0 if side is None or not widest else round(HALF * (side.difference or 0.0) / widest)
        for side in (bar.down, bar.up)
    ]
    left = "".join(_cell(-place, low, high) for place in range(HALF, 0, -1))
    right = "".join(_cell(place, low, high) for place in range(1, HALF + 1))
    return f"{left}|{right}"


def _cell(place: int, low: int, high: int) -> str:
    is_low, is_high = (0 < place <= end or end <= place < 0 for end in (low, high))
    return BOTH if is_low and is_high else LOWERED if is_low else RAISED if is_high else " "


# ---------------------------------------------------------------- the plan


def _changes(study: Sensitivity) -> Iterator[str]:
    told = [
        (bar, word, side)
        for bar in study.bars
        for word, side in (("-", bar.down), ("+", bar.up))
        if side is not None and _is_told(side)
    ]
    if not told:
        return
    yield from ["", "What changes in the plan"]
    for bar, sign, side in told[:MOST_TOLD]:
        clipped = f" ({side.clipped})" if side.clipped else ""
        line = f"{bar.label} {sign}{100 * study.by:g} %{clipped}: {side.text}"
        yield from indented(line)
    if len(told) > MOST_TOLD:
        yield f"  and {len(told) - MOST_TOLD} more (`bars` in the JSON)"


def _is_told(side: Side) -> bool:
    return bool(side.total_cost is None or side.shares or any(build.what != "moves" for build in side.builds))


# ---------------------------------------------------------------- samples


def _sampling(study: Sensitivity, found: Sampling) -> Iterator[str]:
    yield ""
    yield (
        f"{_count(found.done, 'sample')} of {_count(len(found.drawn), 'uncertain number')} drawn together, seed"
        f" {found.seed}; cost, {study.currency}, discounted"
    )
    heads = ("", "mean", "sd", "5 %", "half", "95 %", "no plan", "short")
    rows = [heads, _reading(study, "decided anew (if we knew)", found, "anew")]
    rows.append(_reading(study, "the plan's builds kept (if we do not)", found, "kept"))
    yield from table(rows)
    if found.kept.missing is not None:
        missing = found.kept.missing
        yield (
            f"  without a plan with these builds, at least {missing.mean:.2g} years of demand are missing on the mean,"
            f" at most {missing.most:.2g}"
        )
    if found.regret is not None:
        yield (
            f"  keeping the plan's builds costs {_money(study, found.regret.mean)} more on the mean, at most"
            f" {_money(study, found.regret.most)}"
        )
    yield from _numbers(found)
    yield from _builds(found)
    yield from _supply(found)
    yield from _policies(study, found)


def _reading(study: Sensitivity, label: str, found: Sampling, which: str) -> tuple[str, ...]:
    reading = found.anew if which == "anew" else found.kept
    costs = ("-",) * 5 if reading.total_cost is None else _costs(study, reading.total_cost)
    without = f"{reading.infeasible} of {found.done}"
    if reading.refused:
        without += f", {reading.refused} no problem"
    if reading.unknown:
        without += f", {reading.unknown} unknown"
    return (label, *costs, without, f"{reading.short} of {reading.plans}")


def _costs(study: Sensitivity, costs: Range) -> tuple[str, ...]:
    return tuple(_money(study, cost).lstrip("+") for cost in (costs.mean, costs.sd, costs.p5, costs.p50, costs.p95))


def _numbers(found: Sampling) -> Iterator[str]:
    known = [drawn for drawn in found.drawn if drawn.rank_correlation is not None]
    if not known:
        return
    # by chance alone one in twenty is further from 0
    least = 2 / sqrt(found.anew.plans) if len(known) > 1 else 0.0
    told = [drawn for drawn in known if abs(drawn.rank_correlation or 0.0) >= least][:MOST_DRAWN]
    yield from ["", "Which numbers carry the cost (rank correlation, -1 to 1)"]
    for drawn in told:
        value = drawn.rank_correlation or 0.0
        length = round(HALF * abs(value))
        left = (LOWERED * length).rjust(HALF) if value < 0 else " " * HALF
        yield f"  {value:+.2f}  {left}|{(RAISED * length if value > 0 else '').ljust(HALF)}  {drawn.id}"
    if len(known) > len(told):
        yield f"  and {len(known) - len(told)} more (below {least:.2g} it may be chance)"


def _builds(found: Sampling) -> Iterator[str]:
    if not found.builds:
        return
    yield from ["", f"How often each build survives, of {_count(found.anew.plans, 'sample')} with a plan"]
    rows: list[tuple[str, ...]] = [("", "built", "plan", "least", "mean", "most", "")]
    for build in found.builds:
        sizes = [_size(size) for size in (build.least, build.mean, build.most)]
        planned = _size(build.planned or None)
        rows.append(
            (f"{build.on} ({build.country})", f"{100 * build.share:.0f} %", planned, *sizes, f"{build.unit} a year")
        )
    yield from table(rows)


def _supply(found: Sampling) -> Iterator[str]:
    if not found.supply:
        return
    yield from ["", "Shares of supply over the horizon"]
    rows: list[tuple[str, ...]] = [("", "plan", "5 %", "half", "95 %")]
    for share in found.supply:
        numbers = (share.planned, share.share.p5, share.share.p50, share.share.p95)
        rows.append((f"{share.material} from {share.country}", *(f"{100 * number:.1f} %" for number in numbers)))
    yield from table(rows[: MOST_LISTED + 1])
    if len(rows) > MOST_LISTED + 1:
        yield f"  and {len(rows) - MOST_LISTED - 1} more"


def _policies(study: Sensitivity, found: Sampling) -> Iterator[str]:
    if not found.policies:
        return
    yield from ["", f"What loosening policies by one unit would save, {study.currency}, discounted"]
    rows: list[tuple[str, ...]] = [("", "costs anything", "mean", "5 %", "95 %", "")]
    for priced in found.policies:
        numbers = (priced.marginal.mean, priced.marginal.p5, priced.marginal.p95)
        rows.append(
            (
                priced.policy,
                f"in {100 * priced.share:.0f} %",
                *(_money(study, number).lstrip("+") for number in numbers),
                f"per {priced.per}",
            )
        )
    yield from table(rows)
