"""The compliance matrix as text: a row for each rule, a column for each period."""

from __future__ import annotations

from collections.abc import Iterator
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
    yield "Benchmarks, not legal advice. Share achieved, its bound, in brackets where the rule is not in force."
    for preset in compliance.presets:
        source = preset.source
        left = f", {preset.unmeasured} not measured" if preset.unmeasured and preset.verdict != "not evaluated" else ""
        yield from ["", f"{preset.preset}: {preset.verdict}{left}"]
        yield from wrap(f"{preset.title} ({source.article}, {source.date})", WIDTH, initial_indent="  ")
        verdicts = [verdict for verdict in compliance.verdicts if verdict.preset == preset.preset]
        yield from _table([verdict for verdict in verdicts if verdict.evaluated])
        yield from _unmeasured([verdict for verdict in verdicts if not verdict.evaluated])
    for note in compliance.notes:
        yield from ["", *wrap(note, WIDTH)]


def _table(verdicts: list[Verdict]) -> Iterator[str]:
    periods = sorted({verdict.period for verdict in verdicts if verdict.period is not None})
    titles = ["" if periods == [1] else str(period) for period in periods]
    if any(verdict.period is None for verdict in verdicts):
        titles.append(ALL)
    rows: dict[str, dict[int | None, Verdict]] = {}
    for verdict in verdicts:
        cells = rows.setdefault(_label(verdict), {})
        known = cells.get(verdict.period)
        if known is None or (verdict.margin or 0.0) < (known.margin or 0.0):
            cells[verdict.period] = verdict
    columns: list[int | None] = [*periods, *([None] if ALL in titles else [])]
    texts = {label: [_cell(cells.get(column)) for column in columns] for label, cells in rows.items()}
    width = max((len(label) for label in texts), default=0)
    widths = [max(len(title), *(len(cells[n]) for cells in texts.values())) for n, title in enumerate(titles) if texts]
    if any(titles):
        yield _row("", titles, width, widths)
    for label, row in texts.items():
        yield _row(label, row, width, widths)


def _row(label: str, cells: list[str], width: int, widths: list[int]) -> str:
    shown = "".join("  " + cell.rjust(size) for cell, size in zip(cells, widths, strict=True))
    return f"  {label:<{width}}{shown}".rstrip()


def _label(verdict: Verdict) -> str:
    return ", ".join(text for text in (verdict.rule, verdict.material, verdict.place) if text)


def _cell(verdict: Verdict | None) -> str:
    if verdict is None or verdict.achieved is None:
        return ""
    country = f"{verdict.country} " if verdict.country else ""
    bounds = "".join(
        f" {sign}{100 * bound:.1f}" for sign, bound in (("≤", verdict.max), ("≥", verdict.min)) if bound is not None
    )
    text = f"{country}{100 * verdict.achieved:.1f}{bounds} % {'met' if verdict.met else 'MISSED'}"
    return text if verdict.in_force else f"({text})"


def _unmeasured(verdicts: list[Verdict]) -> Iterator[str]:
    for text in dict.fromkeys(f"{_label(verdict)}: not measured: {verdict.reason}" for verdict in verdicts):
        yield from wrap(text, WIDTH, initial_indent="  ", subsequent_indent="    ")
