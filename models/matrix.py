"""The compliance matrix as text: a row for each rule, a column for each period."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from textwrap import wrap

from oremix.models.compliance import Compliance, Verdict

__all__ = ["matrix"]

WIDTH = 110
ALL = "all periods"


def matrix(compliance: Compliance) -> str:
    """Each rule's value against its bound; of rules on each country, the one that comes nearest to missing."""
    return "\n".join(_lines(compliance))


def _lines(compliance: Compliance) -> Iterator[str]:
    yield f"{compliance.problem or 'Plan'}: compliance"
    yield "Share achieved, % (≤ at most, ≥ at least; ! missed, - nothing to measure, in brackets not in force)"
    for preset in compliance.presets:
        source = preset.source
        left = f", {preset.unmeasured} not measured" if preset.unmeasured and preset.verdict != "not evaluated" else ""
        yield from ["", f"{preset.preset}: {preset.verdict}{left}"]
        yield from _indented(f"{preset.title} ({source.article}, {source.date})")
        verdicts = [verdict for verdict in compliance.verdicts if verdict.preset == preset.preset]
        yield from _table([verdict for verdict in verdicts if verdict.measure is not None])
        for verdict in verdicts:
            if verdict.measure is None:
                yield from _indented(f"{verdict.rule}: not measured: {verdict.reason}")
    for note in compliance.notes:
        yield from ["", *wrap(note, WIDTH)]


def _indented(text: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def _table(verdicts: list[Verdict]) -> Iterator[str]:
    """A row for each rule, material and place; of several countries in a cell the one nearest to missing."""
    rows: dict[str, dict[int | None, Verdict]] = {}
    for verdict in verdicts:
        cells = rows.setdefault(_label(verdict), {})
        if verdict.period not in cells or _margin(verdict) < _margin(cells[verdict.period]):
            cells[verdict.period] = verdict
    columns: list[int | None] = [*sorted({verdict.period for verdict in verdicts if verdict.period is not None})]
    columns += [None] if any(verdict.period is None for verdict in verdicts) else []
    titles = ["" if columns == [1] else ALL if column is None else str(column) for column in columns]
    texts = {label: [_cell(cells.get(column)) for column in columns] for label, cells in rows.items()}
    widths = [max(map(len, column)) for column in zip(titles, *texts.values(), strict=True)]
    width = max(map(len, texts), default=0)
    for label, row in [("", titles), *texts.items()] if any(titles) else texts.items():
        shown = "".join("  " + cell.rjust(size) for cell, size in zip(row, widths, strict=True))
        yield f"  {label:<{width}}{shown}".rstrip()


def _margin(verdict: Verdict) -> float:
    return inf if verdict.margin is None else verdict.margin


def _label(verdict: Verdict) -> str:
    return ", ".join(text for text in (verdict.rule, verdict.material, verdict.place) if text)


def _cell(verdict: Verdict | None) -> str:
    if verdict is None or verdict.achieved is None:
        return "-" if verdict else ""
    country = f"{verdict.country} " if verdict.country else ""
    bounds = "".join(
        f" {sign}{100 * bound:g}" for sign, bound in (("≤", verdict.max), ("≥", verdict.min)) if bound is not None
    )
    text = f"{country}{100 * verdict.achieved:.1f}{bounds}{'' if verdict.met else '!'}"
    return text if verdict.in_force else f"({text})"
