"""Latin hypercubes, and how numbers drawn go with what comes of them."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

__all__ = ["latin_hypercube", "rank_correlation", "strata"]

Floats = NDArray[np.float64]


def strata(name: str, samples: int, seed: int) -> Floats:
    """A number from 0 to 1 for each sample, one in each of as many equal strata, in an order drawn.

    It follows from the seed and the name alone: what else is drawn changes nothing.
    """
    drawn = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8])
    generator = np.random.default_rng([seed, drawn])
    return (generator.permutation(samples) + generator.random(samples)) / samples


def latin_hypercube(names: list[str], samples: int, seed: int) -> Floats:
    """Samples by names: a row for each sample, a column for each name."""
    return np.column_stack([strata(name, samples, seed) for name in names])


def rank_correlation(first: Floats, second: Floats) -> float | None:
    """Spearman's: the correlation of ranks, those that are alike sharing theirs; none where one is always the same."""
    ranks = _ranks(first), _ranks(second)
    spreads = [rank - rank.mean() for rank in ranks]
    sizes = [float(np.sqrt((spread**2).sum())) for spread in spreads]
    if len(first) < 2 or not all(sizes):
        return None
    return float(np.clip((spreads[0] * spreads[1]).sum() / (sizes[0] * sizes[1]), -1.0, 1.0))


def _ranks(values: Floats) -> Floats:
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return ((last - counts + 1 + last) / 2)[places].astype(np.float64)
