"""Latin hypercubes, and correlations of ranks."""

from __future__ import annotations

import numpy as np
import pytest

from oremix.optimizer.studies.sampling import latin_hypercube, rank_correlation, strata


@pytest.mark.parametrize("samples", [1, 2, 7, 100])
def test_each_stratum_of_each_number_has_one_sample(samples: int) -> None:
    """⌊u·n⌋ is every whole number below n once, in every column."""
    cube = latin_hypercube(["a", "b", "c"], samples, 5)
    assert cube.shape == (samples, 3)
    assert ((cube >= 0) & (cube < 1)).all()
    for column in cube.T:
        assert sorted(np.floor(column * samples).astype(int).tolist()) == list(range(samples))


def test_a_seed_draws_the_same_whatever_else_is_drawn() -> None:
    """A name's numbers follow from seed and name; another seed, or name, draws others."""
    first, second = latin_hypercube(["a", "b"], 20, 1), latin_hypercube(["b", "c", "a"], 20, 1)
    assert (first[:, 0] == second[:, 2]).all()
    assert (first[:, 1] == second[:, 0]).all()
    assert (strata("a", 20, 1) != strata("a", 20, 2)).any()
    assert (strata("a", 20, 1) != strata("b", 20, 1)).any()


def test_rank_correlation() -> None:
    """Monotone is 1 whatever the curve; of 1 2 3 4 against 2 1 4 3, 1 − 6·4/(4·15) = 0.6."""
    rising = np.array([1.0, 2.0, 3.0, 4.0])
    assert rank_correlation(rising, np.exp(rising)) == pytest.approx(1)
    assert rank_correlation(rising, -(rising**3)) == pytest.approx(-1)
    assert rank_correlation(rising, np.array([2.0, 1.0, 4.0, 3.0])) == pytest.approx(0.6)


def test_ties_share_their_ranks() -> None:
    """1 2 3 4 against ranks 1.5 1.5 3.5 3.5: deviations ∓1.5 ∓.5 and ∓1, so 4 / √(5·4) = 0.894."""
    rising = np.array([1.0, 2.0, 3.0, 4.0])
    assert rank_correlation(rising, np.array([7.0, 7.0, 9.0, 9.0])) == pytest.approx(4 / np.sqrt(20))
    assert rank_correlation(rising, np.ones(4)) is None
    assert rank_correlation(rising[:1], rising[:1]) is None
