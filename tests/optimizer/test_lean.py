"""The lean problem is a PuLP problem: whoever changes it through PuLP finds the change in what is solved."""

from __future__ import annotations

import numpy as np
import pulp
import pytest

from oremix.optimizer.formulation.charges import Charges, Payment
from oremix.optimizer.lean import Expression, LeanProblem, Sum, difference
from oremix.optimizer.solving.arrays import arrays_of
from oremix.optimizer.solving.highs import Highs


def cheapest() -> LeanProblem:
    """3 t from two sellers, of which the cheap one has 2 t: 2 · 1 + 1 · 5 = 7."""
    lp = LeanProblem()
    cheap, dear = lp.column("buy", "cheap", upper=2.0), lp.column("buy", "dear")
    lp.row("demand", pairs=[(cheap, 1.0), (dear, 1.0)], sense=pulp.LpConstraintGE, rhs=3.0)
    lp.objective = Expression([(cheap, 1.0), (dear, 5.0)])
    lp.put_in_order()
    return lp


def value(lp: LeanProblem) -> float:
    """What the problem costs, by HiGHS from our arrays and by CBC from PuLP's file alike."""
    lp.solve(Highs())
    ours = pulp.value(lp.objective)
    lp.solve(pulp.PULP_CBC_CMD(msg=False))
    assert pulp.value(lp.objective) == pytest.approx(ours)
    return float(ours)


def test_a_constraint_added_through_pulp_counts() -> None:
    lp = cheapest()
    assert value(lp) == 7
    lp += lp.columns["buy", "cheap"] <= 1, "less"
    assert value(lp) == 1 + 2 * 5


def test_an_expression_changed_through_pulp_counts() -> None:
    """A row's expression is made when it is first asked for; from then on it is the row."""
    lp = cheapest()
    lp.rows["demand",].expr[lp.columns["buy", "dear"]] = 2.0
    assert value(lp) == 2 + 5 / 2
    lp.rows["demand",].changeRHS(5)
    assert value(lp) == 2 + 5 * 3 / 2


def test_a_variable_and_an_objective_of_the_users_own_count() -> None:
    lp = cheapest()
    other = lp.add_variable("other", 0)
    lp.rows["demand",].expr.addterm(other, 1)
    lp += other <= 1, "own"
    lp.objective += 2 * other
    assert value(lp) == 2 * 1 + 1 * 2


def test_a_column_that_stands_twice_in_a_row_is_added_up() -> None:
    lp = LeanProblem()
    column = lp.column("buy")
    row = lp.row("twice", pairs=[(column, 1.0), (column, 0.5)], sense=pulp.LpConstraintLE, rhs=3.0)
    assert row.terms == {column: 1.5}
    arrays = arrays_of(lp)
    assert arrays.coefficients.tolist() == [1.5]


def test_columns_are_found_by_their_keys_in_the_order_of_their_text() -> None:
    """Whatever was made first; what is left over comes last."""
    lp = LeanProblem()
    lp.column("surplus", "a", 1)
    lp.columns_over([2026, 2028], "ship", "b", "c")
    assert ("ship", "b", "c", 2028) in lp.columns
    lp.columns_over([2026], "ship", "a", "z")
    lp.column("buy", "z", 1)
    lp.put_in_order()
    keys = [("buy", "z", 1), ("ship", "a", "z", 2026), ("ship", "b", "c", 2026), ("ship", "b", "c", 2028)]
    assert list(lp.columns) == [column.key for column in lp.variables()] == [*keys, ("surplus", "a", 1)]


def test_keys_of_one_word_are_put_in_order_too() -> None:
    """With `str`'s comma behind the only word of a tuple or without; text goes by letters, 10 before 9."""
    lp = LeanProblem()
    for name in ("z", "b", "a"):
        lp.row(name, pairs=[(lp.column(name), 1.0)], sense=pulp.LpConstraintLE)
    lp.column("c", 9)
    lp.column("c", 10)
    lp.put_in_order()
    assert list(lp.rows) == [("a",), ("b",), ("z",)]
    assert list(lp.columns) == sorted(lp.columns, key=str) == [("a",), ("b",), ("c", 10), ("c", 9), ("z",)]
    assert [list(row.terms) for row in lp.rows.values()] == [[lp.columns[key]] for key in lp.rows]


def test_what_drops_out_of_a_difference_is_left_out() -> None:
    assert difference(Sum([0, 1], [1.0, 2.0]), Sum([0, 1, 2], [1.0, 0.5, 3.0])) == Sum([1, 2], [1.5, -3.0])


def test_charges_of_nothing_are_not_entered() -> None:
    """Neither alone nor among those of other periods."""
    lp = LeanProblem()
    charges = Charges(lp)
    numbers = lp.numbers_over([2026, 2028, 2030], "ship")
    charges.add_over(numbers, [1.0, 0.0, 2.0], [0, 1, 2], Payment("freight", "lane", "JP", "JP"))
    charges.add_over(numbers, [0.0] * 3, [0, 1, 2], Payment("duties", "lane", "JP", "JP"))
    charges.add(None, 5.0, 1, Payment("fixed", "plant", "works", "JP"))
    assert [(charge.column, charge.rate, charge.period) for charge in charges] == [
        (lp.at(0), 1.0, 0),
        (lp.at(2), 2.0, 2),
        (None, 5.0, 1),
    ]
    assert len(charges) == 3


def test_columns_left_for_later_are_made_once_and_as_the_others() -> None:
    """Whoever asks first: by number, by key, through PuLP or through a row; before and after they are put in order."""
    lp = LeanProblem()
    late, one = lp.numbers_over([2026, 2028], "ship", "b"), lp.column("buy", "a")
    early = lp.at(late[1])
    (row,) = lp.rows_over([1], "made", sums=[Sum([*late, one.number], [1.0, 2.0, -1.0])], sense=0, rhs=[4.0])
    assert list(row.terms) == [lp.at(late[0]), early, one]
    other = lp.numbers_over([2030], "ship", "a")
    assert list(other) == [3]
    numbers = lp.put_in_order().tolist()
    assert [column.key for column in lp.variables()] == [
        ("buy", "a"),
        ("ship", "a", 2030),
        ("ship", "b", 2026),
        ("ship", "b", 2028),
    ]
    assert lp.columns["ship", "b", 2028] is early is lp.at(numbers[late[1]])
    assert list(row.terms.values()) == [1.0, 2.0, -1.0]
    assert [column.number for column in lp.variables()] == [0, 1, 2, 3]


def test_numbers_are_handed_over_as_the_expressions_say() -> None:
    """The way through PuLP's expressions, taken once somebody has asked for one, ends at the same numbers."""
    lp = LeanProblem()
    numbers, spare = lp.numbers_over([1, 2], "ship"), lp.column("surplus", upper=4.0)
    sums = [Sum([number, spare.number], [1.0, -2.0]) for number in numbers]
    rows = lp.rows_over([1, 2], "made", sums=sums, sense=pulp.LpConstraintGE, rhs=[3.0, 0.0])
    rows[1].gate = True
    lp.put_in_order()
    lp.minimise(np.array([1.0, 0.0, 2.5]), 7.0)
    assert lp.matrix() is not None
    quick = arrays_of(lp)
    assert lp.objective is not None
    assert [row.expr for row in rows] == [row.terms for row in rows]
    assert lp.matrix() is None
    slow = arrays_of(lp)
    for name in vars(quick):
        assert np.array_equal(getattr(quick, name), getattr(slow, name)), name
    assert value(lp) == 7 + 3


def test_bounds_are_those_of_the_columns() -> None:
    lp = LeanProblem()
    lp.column("buy", upper=4.0)
    for column in lp.columns_over([1, 2], "fill"):
        column.limit(7.0)
    lp.column("open", upper=1.0, integer=True)
    arrays = arrays_of(lp)
    assert arrays.high.tolist() == [4, 7, 7, 1]
    assert arrays.integer.tolist() == [False, False, False, True]
    assert np.all(arrays.low == 0)
