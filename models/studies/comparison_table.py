"""A comparison as text: the difference, its heaviest causes, what is built and shared otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from oremix.models.numerals import numeral
from oremix.models.studies.comparison import Comparison, Split

__all__ = ["comparison_as_text"]

MOST_CAUSES = 12
MOST_SHARES = 12


def comparison_as_text(comparison: Comparison) -> str:
    """The comparison, a unit on every number."""
    return "\n".join(_lines(comparison))


def _lines(comparison: Comparison) -> Iterator[str]:
    money, rises = comparison.currency, comparison.difference >= 0
    yield f"{comparison.first.problem or 'first plan'} | {comparison.second.problem or 'second plan'}"
    yield (
        f"the second plan is {money} {numeral(abs(comparison.difference))} {'dearer' if rises else 'cheaper'}: "
        f"{numeral(comparison.first.total_cost)} before, {numeral(comparison.second.total_cost)} after, discounted"
    )
    if comparison.causes:
        yield from ["", "Why (heaviest first; all of them add up to the difference)"]
    for cause in comparison.causes[:MOST_CAUSES]:
        yield f"  {cause.text}"
    if len(comparison.causes) > MOST_CAUSES:
        rest = sum(cause.difference for cause in comparison.causes[MOST_CAUSES:])
        yield f"  {money} {numeral(rest, '+')} in {len(comparison.causes) - MOST_CAUSES} smaller ones"
    yield from _table(f"By category, {money}", comparison.by_category)
    yield from _table(f"By country, {money}", comparison.by_country)
    yield from _table(f"By period, {money}", comparison.by_period)
    if comparison.builds:
        yield from ["", "Built otherwise, capacity a year"]
    for build in comparison.builds:
        year = "" if build.ordered == 1 else f" ordered in {build.ordered}"
        yield f"  {build.on}{year}: {numeral(build.first)} | {numeral(build.second)} {build.unit}"
    if comparison.shares:
        yield from ["", "Measured otherwise (first | second)"]
    for share in comparison.shares[:MOST_SHARES]:
        scope = ", ".join(str(part) for part in (share.material, share.place, share.period) if part not in (None, 1))
        label = f"{share.policy or '/'.join(share.countries)} {share.measure}{f' ({scope})' if scope else ''}"
        yield f"  {label}: {_number(share.first)} | {_number(share.second)}"
    if len(comparison.shares) > MOST_SHARES:
        yield f"  and {len(comparison.shares) - MOST_SHARES} more"
    for note in comparison.notes:
        yield from ["", note]


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.4g}"


def _table(title: str, splits: list[Split]) -> Iterator[str]:
    shown = [split for split in splits if split.difference]
    if not shown or [split.of for split in shown] == [1]:
        return
    yield from ["", title]
    width = max(len(str(split.of or "penalties")) for split in shown)
    for split in shown:
        label = f"{split.of or 'penalties':<{width}}"
        change = numeral(split.difference, "+")
        yield f"  {label}  {numeral(split.first):>18} | {numeral(split.second):>18}  {change:>18}"
