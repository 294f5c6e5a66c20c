"""Lines of text in which studies are told: paragraphs and tables of one width."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from textwrap import wrap

__all__ = ["WIDTH", "indented", "table"]

WIDTH = 110


def indented(text: str, indent: str = "  ") -> list[str]:
    """A paragraph, with what follows its first line further in."""
    return wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent + "  ")


def table(rows: Sequence[tuple[str, ...]], numbers: Collection[int] | None = None) -> Iterator[str]:
    """Rows of cells, as wide as the widest; `numbers`: the columns that stand right, else all but the first."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    right = range(1, len(widths)) if numbers is None else numbers
    for row in rows:
        cells = zip(row, widths, strict=True)
        yield "  " + "  ".join(c.rjust(w) if n in right else c.ljust(w) for n, (c, w) in enumerate(cells)).rstrip()
