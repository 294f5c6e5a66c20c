"""Sums of products wider than a double, so that what cancels in them is no rounding error of ours.

With a long double that is wider, products and sums are taken in it. Where it is not, each product is split into two
doubles that are exactly it, and all of a sum are added up exactly.
"""

from __future__ import annotations

from itertools import pairwise
from math import fsum

import numpy as np
from numpy.typing import NDArray

__all__ = ["ARITHMETIC", "Wide", "dot", "group_sums"]

Floats = NDArray[np.float64]
Wide = NDArray[np.longdouble]

MANTISSA = int(np.finfo(np.longdouble).nmant) + 1
IS_WIDER = MANTISSA > 53
ARITHMETIC = (
    f"sums and products with a mantissa of {MANTISSA} bits (a double has 53)"
    if IS_WIDER
    else "exact products of doubles, added up exactly and rounded once"
)

# Veltkamp's: it splits a double into two halves of 26 bits.
SPLITTER = 134217729.0


def group_sums(starts: NDArray[np.int64], one: Floats, other: Floats, is_wider: bool = IS_WIDER) -> Wide:
    """Σ one·other over each group of neighbours; `starts` has where each begins, and the end."""
    if is_wider:
        return _sums_in_long_doubles(starts, one, other)
    return np.array(_exact_sums(starts, one, other), dtype=np.longdouble)


def dot(one: Floats, other: Floats) -> np.longdouble:
    """Σ one·other."""
    return np.longdouble(group_sums(np.array([0, len(one)]), one, other)[0])


def _sums_in_long_doubles(starts: NDArray[np.int64], one: Floats, other: Floats) -> Wide:
    sums = np.zeros(len(starts) - 1, dtype=np.longdouble)
    filled = np.flatnonzero(starts[1:] > starts[:-1])  # reduceat would give an empty group the number that follows it
    if len(filled):
        with np.errstate(invalid="ignore", over="ignore"):
            products = one.astype(np.longdouble) * other
            sums[filled] = np.add.reduceat(products, starts[:-1][filled])
    return sums


def _exact_sums(starts: NDArray[np.int64], one: Floats, other: Floats) -> list[float]:
    with np.errstate(invalid="ignore", over="ignore"):
        high = one * other
        low = _lost(one, other, high)
    terms = np.stack([high, np.where(np.isfinite(low), low, 0.0)], axis=1).ravel().tolist()
    ends = (2 * starts).tolist()
    return [_sum(terms[start:end]) for start, end in pairwise(ends)]


def _lost(one: Floats, other: Floats, product: Floats) -> Floats:
    """What the rounding of each product lost, exactly (Dekker's)."""
    (a, b), (c, d) = _halves(one), _halves(other)
    return np.asarray(((a * c - product) + a * d + b * c) + b * d, dtype=np.float64)


def _halves(values: Floats) -> tuple[Floats, Floats]:
    scaled = SPLITTER * values
    upper = scaled - (scaled - values)
    return upper, values - upper


def _sum(terms: list[float]) -> float:
    try:
        return fsum(terms)
    except (OverflowError, ValueError):  # beyond all numbers, or infinities of both signs
        return float(np.sum(terms))
