"""Counts shared by the processes of a service, in memory that is there before they are forked.

Each process adds to a row of its own, so that nobody waits for anybody; a row outlives its process and goes on under
the next one that takes it, so that nothing is lost when a process is replaced.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterable, Mapping
from itertools import product
from weakref import finalize

import numpy as np

from oremix.api.door import Places
from oremix.api.metrics.family import Family

__all__ = ["COUNTS", "OTHER", "Counts"]

COUNTS = "OREMIX_COUNTS"
"""Where in the application's configuration they are."""

OTHER = "other"
"""Stands for every value of a label that is not listed: what clients make up makes no new metrics."""
BYTES = 8

Layout = Mapping[Family, tuple[tuple[str, ...], ...]]


class Counts:
    """Counters and histograms. Make it before the fork.

    Parameters
    ----------
    layout
        Each family with the values that each of its labels may have.
    processes
        How many may count at once.
    """

    def __init__(self, layout: Layout, processes: int = 1) -> None:
        self._at: dict[Family, dict[tuple[str, ...], int]] = {}
        self._values = {family: [dict.fromkeys((*each, OTHER)) for each in values] for family, values in layout.items()}
        size = 0
        for family, values in self._values.items():
            combined = list(product(*values))
            self._at[family] = {labels: size + place * family.width for place, labels in enumerate(combined)}
            size += family.width * len(combined)
        self._places = Places(processes)
        finalize(self, self._places.close)
        self._rows = np.frombuffer(mmap.mmap(-1, BYTES * size * processes)).reshape(processes, size)
        self._row: memoryview[float] = memoryview(self._rows[0])
        self._process = -1

    def add(self, family: Family, labels: tuple[str, ...], amount: float = 1.0) -> None:
        """Count one more; in a histogram, of this amount."""
        if self._process != os.getpid():
            self._take_row()
        at = self._at[family]
        start = at.get(labels)
        if start is None:
            known = zip(labels, self._values[family], strict=True)
            start = at[tuple(value if value in values else OTHER for value, values in known)]
        if family.bounds:
            self._row[start + family.bucket(amount)] += 1
            start, amount = start + family.width - 1, max(amount, 0.0)
        self._row[start] += amount

    def _take_row(self) -> None:
        """A row of this process alone; while there is none, the first one is shared."""
        self._process = os.getpid()
        self._row = memoryview(self._rows[self._places.take() or 0])

    def read(self) -> Iterable[tuple[Family, dict[tuple[str, ...], list[float]]]]:
        """The families with their metrics, those that were never counted left out."""
        totals = self._rows.sum(axis=0).tolist()
        for family, at in self._at.items():
            metrics = {labels: totals[start : start + family.width] for labels, start in at.items()}
            yield family, {labels: numbers for labels, numbers in metrics.items() if any(numbers)}
