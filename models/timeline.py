"""When: periods, discounting, and values over time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import expm1, floor, log1p

from oremix.models.fields import Series

__all__ = ["Timeline", "annuity_factor"]


def annuity_factor(wacc: float, life: float) -> float:
    """The capital recovery factor: what one unit of capex costs a year over `life` years at `wacc`."""
    discounted = -expm1(-life * log1p(wacc))
    return wacc / discounted if discounted > 0 else 1 / life


@dataclass(frozen=True)
class Timeline:
    """The periods of a problem.

    Parameters
    ----------
    starts
        First year of each period; ``(1,)`` for one typical year.
    years
        Length of each period, n_t.
    weights
        Discount weight of each period: Σ over its years of (1 + rate)^−(year − first year), d_t.
    typical
        Whether the one period is a typical year, outside the calendar.
    """

    starts: tuple[int, ...]
    years: tuple[int, ...]
    weights: tuple[float, ...]
    typical: bool

    @classmethod
    def of(cls, periods: list[int] | None, final_years: int | None, rate: float) -> Timeline:
        """Lay out the periods; `final_years` defaults to the gap before the last period, or 1."""
        if periods is None:
            return cls((1,), (1,), (1.0,), typical=True)
        gaps = [after - before for before, after in pairwise(periods)]
        years = [*gaps, final_years or (gaps[-1] if gaps else 1)]
        weights = [
            sum((1 + rate) ** -(start + year - periods[0]) for year in range(length))
            for start, length in zip(periods, years, strict=True)
        ]
        return cls(tuple(periods), tuple(years), tuple(weights), typical=False)

    def __len__(self) -> int:
        return len(self.starts)

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.starts)))

    def read(self, series: Series) -> list[float]:
        """The value in each period: a year map is read at the start year, linear between its years, flat outside."""
        if type(series) is float:  # most are
            return [series] * len(self.starts)
        if isinstance(series, list):
            return series
        if isinstance(series, dict):
            years = list(series)
            return [_interpolate(years, series, start) for start in self.starts]
        return [series] * len(self.starts)

    def read_or(self, series: Series | None, default: float) -> list[float]:
        """As `read`, with a default where nothing is stated."""
        return self.read(default if series is None else series)

    def period_at(self, year: float) -> int | None:
        """The period that a year lies in; none before the horizon or after it."""
        if not self.starts[0] <= year < self.starts[-1] + self.years[-1]:
            return None
        return bisect_right(self.starts, year) - 1

    def ramped(self, ramp_up: list[float] | None, since: float, period: int) -> float:
        """The share of capacity that a ramp-up since a year allows, on the mean of the period's years; else 1."""
        if ramp_up is None or self.typical:
            return 1.0
        ages = [floor(self.starts[period] + year - since) for year in range(self.years[period])]
        return sum(ramp_up[age] if 0 <= age < len(ramp_up) else 1.0 for age in ages) / len(ages)

    def within(self, period: int, from_year: int | None, until_year: int | None) -> bool:
        """Whether the period starts within the years, both included."""
        start = self.starts[period]
        return (from_year is None or start >= from_year) and (until_year is None or start <= until_year)


def _interpolate(years: list[int], series: dict[int, float], year: int) -> float:
    right = bisect_right(years, year)
    if right == 0:
        return series[years[0]]
    before = years[right - 1]
    if right == len(years) or before == year:
        return series[before]
    after = years[right]
    return series[before] + (series[after] - series[before]) * (year - before) / (after - before)
