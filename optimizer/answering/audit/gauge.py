"""How far two numbers are apart, relative to what they are numbers of."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import inf
from typing import Any, NamedTuple

from oremix.models.plan import Check

__all__ = ["At", "Gauge", "Kind", "money", "quantity"]

OWN_KIND = 1e-2
ANY_KIND = 1e-6
# What is small beside something else may still be all there is of it.
ONE_UNIT = 1.0
# Of violations this much alike the first is named: what it entails comes after it.
ALIKE = 1 - 1e-6

At = tuple[Any, ...]
"""Where something is: a format and what goes into it, put together only for the worst of all."""


class Kind(NamedTuple):
    """What a number is: a quantity or money, and of what."""

    family: str
    name: str


@cache
def quantity(name: str) -> Kind:
    """Units of a material, or of a plant's activity."""
    return Kind("quantity", name)


@cache
def money(name: str) -> Kind:
    """Money of a category of cost."""
    return Kind("money", name)


class Gauge:
    """The comparisons of one category of the audit.

    A difference is relative to the largest of: the numbers compared, a hundredth of the largest number of its kind,
    a millionth of the largest number of its family.
    """

    def __init__(self) -> None:
        self._checked = 0
        self._largest: dict[Kind, float] = {}
        self._differences: list[tuple[float, float, Kind, At]] = []
        self._refused: list[At] = []

    def same(self, kind: Kind, stated: float | None, computed: float, *at: Any, size: float = 0.0) -> None:
        """Two numbers should be equal; `size` is what they are to be measured by where that is larger.

        What is not stated is not compared, nor counted.
        """
        if stated is None:
            return
        if stated == computed and abs(stated) < inf and size < inf:
            # most numbers of a right plan are the same to the last digit
            self._checked += 1
            size = max(abs(stated), size)
            if size > self._largest.get(kind, 0.0):
                self._largest[kind] = size
            return
        self._note(kind, abs(stated - computed), max(abs(stated), abs(computed), size), at)

    def most(self, kind: Kind, value: float, limit: float | None, *at: Any) -> None:
        """A number should be no larger than a limit, if there is one."""
        if limit is not None:
            self._note(kind, value - limit, abs(value), at)

    def least(self, kind: Kind, value: float, limit: float, *at: Any) -> None:
        """A number should be no smaller than a limit."""
        self._note(kind, limit - value, max(abs(value), abs(limit)), at)

    def excess(self, kind: Kind, beyond: float, size: float, *at: Any) -> None:
        """A number should not be above zero, measured by `size`."""
        self._note(kind, beyond, max(size, beyond), at)

    def all_same(
        self,
        kind: Kind,
        stated: list[Any],
        computed: list[float],
        at: Callable[[int], At],
        sizes: list[float] | None = None,
    ) -> None:
        """As `same`, of many numbers of a kind; `at` says where those with a position are."""
        sizes = [] if sizes is None else sizes
        if stated and stated == computed and sum(map(abs, computed)) + sum(map(abs, sizes)) < inf:
            self._checked += len(computed)
            largest = max(map(abs, (*computed, *sizes)))
            if largest > self._largest.get(kind, 0.0):
                self._largest[kind] = largest
            return
        for position, (told, number) in enumerate(zip(stated, computed, strict=True)):
            self.same(kind, told, number, *at(position), size=sizes[position] if sizes else 0.0)

    def none_negative(self, kinds: list[Kind], values: list[float], at: Callable[[int], At]) -> None:
        """As `least` of 0, of many numbers; `at` says where the one with a position is."""
        largest = self._largest
        # a sum with what is no number in it is none
        fine = bool(values) and min(values) >= 0 and sum(values) < inf
        for position, (kind, value) in enumerate(zip(kinds, values, strict=True)):
            if fine or 0 <= value < inf:
                if value > largest.get(kind, 0.0):
                    largest[kind] = value
            else:
                self._note(kind, -value, abs(value), at(position))
                self._checked -= 1
        self._checked += len(values)

    def holds(self, condition: bool, *at: Any) -> None:
        """A statement that is true or a violation of 1."""
        self._checked += 1
        if not condition:
            self._refused.append(at)

    def _note(self, kind: Kind, difference: float, size: float, at: At) -> None:
        self._checked += 1
        if not (difference < inf and size < inf):
            self._refused.append((str(at[0]) + ", which is no finite number", *at[1:]))
            return
        if size > self._largest.get(kind, 0.0):
            self._largest[kind] = size
        if difference > 0:
            self._differences.append((difference, size, kind, at))

    def check(self) -> Check:
        """The count, the worst relative violation, and where it is."""
        families: dict[str, float] = {}
        for kind, largest in self._largest.items():
            families[kind.family] = max(families.get(kind.family, 0.0), largest)
        violations = [(1.0, at) for at in self._refused]
        for difference, size, kind, at in self._differences:
            family = min(ANY_KIND * families[kind.family], ONE_UNIT)
            scale = max(size, OWN_KIND * self._largest[kind], family)
            # denormal numbers: nothing can be said about what is smaller than any number
            violations.append((difference / scale if scale > 0 else 0.0, at))
        worst = max((violation for violation, _ in violations), default=0.0)
        where = next((at for violation, at in violations if violation >= ALIKE * worst > 0), None)
        said = str(where[0]).format(*where[1:]) if where else None
        return Check.model_construct(checked=self._checked, worst=worst, at=said)
