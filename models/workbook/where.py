"""Where in a workbook each part of the document that was read from it stands."""

from __future__ import annotations

from dataclasses import dataclass, field

from oremix.models.workbook.columns import Path
from oremix.models.workbook.grid import cell_name

__all__ = ["Cell", "Where"]


@dataclass(frozen=True)
class Cell:
    """A cell of a sheet, by row and column from 0."""

    sheet: str
    row: int
    column: int

    def __str__(self) -> str:
        return f"{self.sheet}!{cell_name(self.row, self.column)}"


@dataclass
class Where:
    """From paths in the document to cells.

    Parameters
    ----------
    cells
        Path → the cell that states it.
    rows
        Path of an object → its row, and its columns by their paths within the object.
    sheets
        Key of the document → the first blank cell of its sheet.
    """

    cells: dict[Path, Cell] = field(default_factory=dict)
    rows: dict[Path, tuple[Cell, dict[Path, int]]] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)
    _first: dict[Path, Cell] = field(default_factory=dict)

    def put(self, path: Path, cell: Cell) -> None:
        """A cell states what is at a path; of what is around it, the first cell is remembered."""
        self.cells[path] = cell
        for length in range(1, len(path)):
            self._first.setdefault(path[:length], cell)

    def stated_around(self, path: Path, base: int) -> Cell | None:
        """The cell that states what is at a path, within it or around it, above a length of it."""
        around = [self.cells[path[:length]] for length in range(base + 1, len(path) + 1) if path[:length] in self.cells]
        return around[0] if around else self._first.get(path)

    def of(self, path: Path) -> str | None:
        """The cell to look at for what is at a path, stated or missing; none where there is none."""
        found = self._stated(path) or self._blank(path)
        for length in range(len(path) - 1, 0, -1):
            found = found or self._stated(path[:length])
        if found is None and path and path[0] in self.sheets:
            return self.sheets[str(path[0])]
        return None if found is None else str(found)

    def _stated(self, path: Path) -> Cell | None:
        """The cell that states what is at a path, or the first of those that do."""
        return self.cells.get(path) or self._first.get(path) or (self.rows[path][0] if path in self.rows else None)

    def _blank(self, path: Path) -> Cell | None:
        """The blank cell in which something that is missing would stand."""
        for length in range(len(path) - 1, 0, -1):
            if path[:length] in self.rows:
                row, columns = self.rows[path[:length]]
                column = columns.get(path[length:])
                return None if column is None else Cell(row.sheet, row.row, column)
        return None
