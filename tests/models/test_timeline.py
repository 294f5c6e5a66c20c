"""When: periods, their lengths and weights, and values over time."""

import pytest

from oremix.models.timeline import Timeline, annuity_factor
from tests.problems import problem


def test_periods_last_until_the_next_and_the_last_as_long_as_the_one_before() -> None:
    """2026 … 2027, 2028 … 2030, and from 2031 three years again."""
    timeline = Timeline.of([2026, 2028, 2031], None, 0.0)
    assert timeline.starts == (2026, 2028, 2031)
    assert timeline.years == (2, 3, 3)


@pytest.mark.parametrize(
    ("periods", "final_years", "years"), [([2026], None, (1,)), ([2026, 2030], 7, (4, 7)), ([2026], 5, (5,))]
)
def test_final_years_are_those_of_the_last_period(
    periods: list[int], final_years: int | None, years: tuple[int, ...]
) -> None:
    """Stated, or one year where there is no gap to go by."""
    assert Timeline.of(periods, final_years, 0.0).years == years


def test_weights_discount_every_year_to_the_first() -> None:
    """Years 0 and 1, then 2, 3 and 4, at 5 %."""
    timeline = Timeline.of([2026, 2028], 3, 0.05)
    assert timeline.weights == pytest.approx((1 + 1.05**-1, 1.05**-2 + 1.05**-3 + 1.05**-4))
    assert timeline.weights == pytest.approx((1.952380952, 2.593569039))  # by hand


def test_without_discounting_a_weight_is_a_length() -> None:
    """At a rate of 0 every year weighs 1."""
    assert Timeline.of([2026, 2028], 3, 0.0).weights == (2, 3)


def test_without_periods_there_is_one_typical_year() -> None:
    """It is called 1, lasts one year, and is not discounted whatever the rate."""
    timeline = problem(discount_rate=0.1).timeline
    assert (timeline.starts, timeline.years, timeline.weights, timeline.typical) == ((1,), (1,), (1.0,), True)


def test_a_value_over_time_has_three_forms() -> None:
    """A number for all periods, a list with one for each, a map of years read at the start years."""
    timeline = Timeline.of([2026, 2028, 2031], None, 0.0)
    assert timeline.read(7.0) == [7, 7, 7]
    assert timeline.read([1.0, 2.0, 3.0]) == [1, 2, 3]
    assert timeline.read({2026: 1.0, 2028: 2.0, 2031: 3.0}) == [1, 2, 3]


def test_a_map_is_linear_between_its_years_and_flat_outside() -> None:
    """10 in 2027 and 40 in 2030: 10 before, 20 a third of the way, 40 after; the period's later years do not count."""
    timeline = Timeline.of([2024, 2027, 2028, 2030, 2035], 10, 0.0)
    assert timeline.read({2027: 10.0, 2030: 40.0}) == pytest.approx([10, 10, 20, 40, 40])
    assert timeline.read({2040: 5.0}) == [5, 5, 5, 5, 5]


def test_a_map_may_name_its_years_in_any_order() -> None:
    """What counts is the year, not where it stands."""
    read = problem(
        periods=[2026, 2028],
        discount_rate=0,
        demands=[{"id": "d", "country": "JP", "material": "oxide", "quantity": {"2030": 40, "2026": 20}}],
    )
    quantity = read.demands[0].quantity
    assert quantity is not None
    assert read.timeline.read(quantity) == [20, 30]


def test_what_is_not_stated_has_a_default() -> None:
    """In every period."""
    timeline = Timeline.of([2026, 2028], None, 0.0)
    assert timeline.read_or(None, 4.0) == [4, 4]
    assert timeline.read_or([1.0, 0.0], 4.0) == [1, 0]


def test_years_are_included_at_both_ends() -> None:
    """A period counts as its start year, whatever its other years are."""
    timeline = Timeline.of([2026, 2028, 2031], None, 0.0)
    assert [timeline.within(period, 2028, 2031) for period in timeline] == [False, True, True]
    assert [timeline.within(period, 2027, 2030) for period in timeline] == [False, True, False]
    assert [timeline.within(period, None, None) for period in timeline] == [True, True, True]


def test_the_annuity_pays_back_with_interest() -> None:
    """8 % over 20 years is 10.185 % a year; its present value is 1. At no interest, an equal part each year."""
    factor = annuity_factor(0.08, 20)
    assert factor == pytest.approx(0.1018522, abs=1e-7)
    assert sum(factor / 1.08**year for year in range(1, 21)) == pytest.approx(1)
    assert annuity_factor(0, 20) == 1 / 20
    assert annuity_factor(0.08, 1) == pytest.approx(1.08)
