"""PuLP objects that cost little to make: names are worked out when somebody asks, nothing is scanned twice.

A `LeanProblem` is a `pulp.LpProblem`; every solver of PuLP takes it.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Any, NamedTuple

import numpy as np
import pulp
from numpy.typing import NDArray

__all__ = ["Column", "Expression", "Key", "LeanProblem", "Matrix", "Pairs", "Row", "difference", "rows_of"]

# So that a name of five words stays below the hundred letters that PuLP allows in LP files.
LONGEST_WORD = 20

# Comes after the bracket that texts of keys begin with.
LAST = "~"

Key = tuple[Any, ...]
"""The kind of a column or row, then the user's ids it stands for."""


class Column(pulp.LpVariable):  # type: ignore[misc]
    """A variable with its key; at least 0, at most `upBound`.

    `number` is its place among its problem's columns.
    """

    # What PuLP keeps beside these of one variable goes into its dict, which most never need.
    __slots__ = ("_end", "_labels", "_stem", "number")

    varValue: float | None = None  # noqa: N815 - PuLP's name
    dj: float | None = None
    cat: str = pulp.LpContinuous
    modified = True
    lowBound = _lowbound_original = 0.0  # noqa: N815 - PuLP's name
    upBound: float | None = None  # noqa: N815 - PuLP's name
    _upbound_original: float | None = None

    def __init__(self, labels: _Labels, stem: Key, end: Any, number: int) -> None:
        self._labels = labels
        self._stem = stem
        self._end = end
        self.number = number

    @property
    def key(self) -> Key:
        """What it stands for; columns of one run share all of it but the end."""
        return (*self._stem, self._end)

    def limit(self, upper: float) -> None:
        """Let it be at most this."""
        self.upBound = self._upbound_original = upper

    __hash__ = object.__hash__

    @property
    def hash(self) -> int:
        """What PuLP tells variables apart by."""
        return id(self)

    @property
    def name(self) -> str:
        """The key as a name that LP and MPS files take."""
        return self._labels.name(self.key)


class Expression(pulp.LpAffineExpression):  # type: ignore[misc]
    """A sum of (column, coefficient) pairs, each column once."""

    _LpAffineExpression__name = None

    def __init__(self, pairs: Iterable[tuple[Column, float]], constant: float = 0.0) -> None:
        dict.__init__(self, pairs)
        self.constant = constant


class _Terms:
    """What all rows of a problem add up, row after row: the numbers of columns, and their coefficients.

    `is_read`: a row's expression has been asked for; what has become of it since, nobody says.
    """

    def __init__(self, columns: list[pulp.LpVariable]) -> None:
        self.columns = columns
        self.starts = array("l", [0])
        self.numbers = array("i")
        self.coefficients = array("d")
        self.is_read = False

    def add(self, rows: list[Pairs]) -> int:
        """The next rows; the position of the first."""
        first, end = len(self.starts) - 1, len(self.numbers)
        pairs = rows[0] if len(rows) == 1 else list(chain.from_iterable(rows))
        self.numbers.fromlist([column.number for column, _ in pairs])
        self.coefficients.fromlist([coefficient for _, coefficient in pairs])
        for row in rows:
            end += len(row)
            self.starts.append(end)
        return first

    @property
    def repeat(self) -> bool:
        """Whether a column stands twice in a row."""
        row_of = np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))
        places = np.sort(row_of * len(self.columns) + np.array(self.numbers))
        return bool((places[1:] == places[:-1]).any())

    def of(self, row: int) -> dict[Column, float]:
        """Column → coefficient."""
        start, end = self.starts[row], self.starts[row + 1]
        columns = map(self.columns.__getitem__, self.numbers[start:end])
        return dict(summed(zip(columns, self.coefficients[start:end], strict=True)))

    def put_in_order(self, rows: list[int], numbers: NDArray[np.int32]) -> None:
        """Put the rows at these positions one after another; `numbers` are the new ones of the columns."""
        starts = np.array(self.starts)
        lengths = np.diff(starts)[rows]
        ends = np.cumsum(lengths)
        taken = np.repeat(starts[rows] - ends + lengths, lengths) + np.arange(int(lengths.sum()))
        self.numbers = array("i", numbers[np.array(self.numbers)[taken]].tobytes())
        self.coefficients = array("d", np.array(self.coefficients)[taken].tobytes())
        self.starts = array("l", np.concatenate(([0], ends)).astype(starts.dtype).tobytes())


class Row(pulp.LpConstraint):  # type: ignore[misc]
    """A constraint with its key; its expression is made when somebody asks for it, and from then on it decides.

    `gate`: it holds for one answer to its yes/no decision and says nothing for the other. What it allows then is no
    limit of the problem, only more than any plan needs.
    """

    __slots__ = ("_expression", "_labels", "_terms", "constant", "key", "number", "sense")

    pi: float | None = None
    slack: float | None = None
    modified = True
    gate = False

    def __init__(self, labels: _Labels, key: Key, terms: _Terms, number: int, sense: int, rhs: float) -> None:
        self._labels = labels
        self.key = key
        self._terms = terms
        self.number = number
        self._expression: Expression | None = None
        self.sense = sense
        self.constant = -rhs

    @property
    def terms(self) -> dict[Column, float]:
        """Column → coefficient."""
        return self._terms.of(self.number) if self._expression is None else self._expression

    @property
    def expr(self) -> Expression:
        """The terms as PuLP takes them."""
        if self._expression is None:
            self.expr = Expression(self.terms.items())
        return self._expression

    @expr.setter
    def expr(self, expression: Expression) -> None:
        self._expression = expression
        self._terms.is_read = True

    @property
    def name(self) -> str:
        """The key as a name that LP and MPS files take."""
        return self._labels.name(self.key)


Pairs = list[tuple[Column, float]]


class _Labels:
    """Ids as words that LP files take: unlike ids keep unlike words."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}
        self._taken: set[str] = set()

    def name(self, key: Key) -> str:
        return f"{key[0]}({','.join(self._flat(key[1:]))})"

    def _flat(self, parts: Iterable[Any]) -> Iterator[str]:
        for part in parts:
            if isinstance(part, tuple):
                yield from self._flat(part)
            else:
                yield self._word("-" if part is None else str(part))

    def _word(self, text: str) -> str:
        if text not in self._words:
            base = word = re.sub(r"[^A-Za-z0-9_.]", "_", text)[:LONGEST_WORD]
            number = 1
            while word in self._taken:
                number += 1
                word = f"{base}.{number}"
            self._taken.add(word)
            self._words[text] = word
        return self._words[text]


class _Runs:
    """Where keys that differ in nothing but their ends, which are in order, begin among all in a row."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._texts: list[str] = []
        self._last: tuple[Key, str] = ((), "")
        self._start: tuple[Key, str] = ((), "(")
        self._words: dict[Key, str] = {}

    def add(self, position: int, stem: Key, first: Any, last: Any) -> None:
        """Enter a key, or several with the same stem."""
        known, before = self._last
        text = repr(first)
        if stem != known or text <= before:
            self._starts.append(position)
            self._texts.append(self._text(stem) + text)
        self._last = (stem, text if last is first else repr(last))

    def _text(self, stem: Key) -> str:
        """All of a key's text but its end; most are as the one before but for a word."""
        if not stem:
            return "("
        if stem[:-1] != self._start[0]:
            words = "".join([f"{self._word(part)}, " for part in stem[:-1]])
            self._start = (stem[:-1], f"{LAST if stem[0] == 'surplus' else ''}({words}")
        return f"{self._start[1]}{self._word(stem[-1])}, "

    def _word(self, part: Any) -> str:
        if not isinstance(part, tuple):
            return repr(part)
        if part not in self._words:
            self._words[part] = repr(part)
        return self._words[part]

    def in_order(self, found: list[Any]) -> list[Any]:
        """What has these keys, in the order of their texts, behind what was in order before.

        What is left over comes last.
        """
        ends = [*self._starts, len(found)]
        runs = [found[first:end] for first, end in pairwise(ends)]
        order = sorted(range(len(runs)), key=self._texts.__getitem__)
        self.__init__()  # type: ignore[misc]
        return [*found[: ends[0]], *chain.from_iterable(runs[number] for number in order)]


class Matrix(NamedTuple):
    """A problem's numbers: what a unit of each column costs, and the rows one after another."""

    cost: NDArray[np.float64]
    constant: float
    starts: NDArray[np.int32]
    columns: NDArray[np.int32]
    coefficients: NDArray[np.float64]


class LeanProblem(pulp.LpProblem):  # type: ignore[misc]
    """A minimisation with an index from every column and row back to its key.

    Attributes
    ----------
    rows
        By key, in the order in which they were made, or of their keys once they are put in order.
    """

    def __init__(self, name: str = "oremix") -> None:
        self.rows: dict[Key, Row] = {}
        self.labels = _Labels()
        self._runs, self._runs_of_rows = _Runs(), _Runs()
        self._columns: dict[Key, Column] | None = None
        self._named: dict[str, pulp.LpConstraint] | None = None
        self._costs: tuple[NDArray[np.float64], float] | None = None
        self._objective: pulp.LpAffineExpression | None = None
        super().__init__(name, pulp.LpMinimize)
        self._variables: list[pulp.LpVariable] = []
        self._variable_ids: dict[int, pulp.LpVariable] = {}
        self._terms = _Terms(self._variables)

    def column(self, *key: Any, upper: float | None = None, integer: bool = False) -> Column:
        """Make a column."""
        (column,) = self.columns_over(key[-1:], *key[:-1])
        if upper is not None:
            column.limit(upper)
        if integer:
            column.cat = pulp.LpInteger  # type: ignore[misc]  # into its dict
        return column

    def columns_over(self, ends: Iterable[Any], *key: Any) -> list[Column]:
        """Make a column for each end of the key, such as the periods; the ends are in order."""
        first, labels = len(self._variables), self.labels
        columns = [Column(labels, key, end, number) for number, end in enumerate(ends, first)]
        if columns:
            self._runs.add(first, key, columns[0]._end, columns[-1]._end)
            self._variables += columns
            self._columns = None
        return columns

    @property
    def columns(self) -> dict[Key, Column]:
        """Its own columns by key, in the order in which they were made, or of their keys once they are put in order."""
        if self._columns is None:
            self._columns = {column.key: column for column in self._variables if isinstance(column, Column)}
        return self._columns

    def row(self, *key: Any, pairs: Pairs, sense: int, rhs: float = 0.0) -> Row:
        """Make a row: the pairs' sum, `pulp.LpConstraintLE`, `EQ` or `GE`, and the right-hand side."""
        return self.rows_over(key[-1:], *key[:-1], pairs=[pairs], sense=sense, rhs=[rhs])[0]

    def rows_over(
        self, ends: Sequence[Any], *key: Any, pairs: list[Pairs], sense: int, rhs: Sequence[float]
    ) -> list[Row]:
        """Make a row for each end of the key, such as the periods; the ends are in order."""
        if not ends:
            return []
        position, labels, terms = self._terms.add(pairs), self.labels, self._terms
        self._runs_of_rows.add(position, key, ends[0], ends[-1])
        made = []
        for number, (end, bound) in enumerate(zip(ends, rhs, strict=True), position):
            row = Row(labels, (*key, end), terms, number, sense, bound)
            self.rows[row.key] = row
            made.append(row)
        if self._named is not None:
            self._named |= {row.name: row for row in made}
        return made

    def minimise(self, cost: NDArray[np.float64], constant: float) -> None:
        """What is minimised: the cost of a unit of each column by number, and a fixed sum."""
        self._costs, self._objective = (cost, constant), None

    @property
    def objective(self) -> pulp.LpAffineExpression | None:
        """As PuLP takes it; made when somebody asks for it, and from then on it decides."""
        if self._objective is None and self._costs is not None:
            cost, constant = self._costs
            priced = np.flatnonzero(cost)
            columns = map(self._variables.__getitem__, priced.tolist())
            self._objective = Expression(zip(columns, cost[priced].tolist(), strict=True), constant)
        return self._objective

    @objective.setter
    def objective(self, expression: pulp.LpAffineExpression | None) -> None:
        self._costs, self._objective = None, expression

    def put_in_order(self) -> None:
        """Order columns and rows by their keys, so that a solver sees the same whatever was made first.

        What is left over comes last: a solver tries it last where something else costs as much.
        """
        variables = self._variables
        variables[:] = self._runs.in_order(variables)
        numbers = np.empty(len(variables), dtype=np.int32)
        for number, column in enumerate(variables):
            numbers[column.number] = number
            column.number = number
        self._columns = None
        self.rows = {row.key: row for row in self._runs_of_rows.in_order(list(self.rows.values()))}
        self._terms.put_in_order([row.number for row in self.rows.values()], numbers)
        for number, row in enumerate(self.rows.values()):
            row.number = number

    def matrix(self) -> Matrix | None:
        """Its numbers; none where PuLP's objects may say otherwise by now, or a row adds up a column twice."""
        terms = self._terms
        if self._costs is None or self._objective is not None or self._named is not None or terms.is_read:
            return None
        if len(self._costs[0]) != len(self._variables) or terms.repeat:
            return None
        return Matrix(
            *self._costs,
            np.array(terms.starts, dtype=np.int32),
            np.array(terms.numbers, dtype=np.int32),
            np.array(terms.coefficients),
        )

    # What PuLP keeps by name is made when it is first asked for.
    @property
    def _constraints(self) -> dict[str, pulp.LpConstraint]:
        if self._named is None:
            self._named = {row.name: row for row in self.rows.values()}
        return self._named

    @_constraints.setter
    def _constraints(self, constraints: dict[str, pulp.LpConstraint]) -> None:
        self._named = constraints or None

    @property
    def all_rows(self) -> list[pulp.LpConstraint]:
        """Every constraint, those added through PuLP included, without naming any."""
        return list(self.rows.values() if self._named is None else self._named.values())

    def _register_variable(self, variable: pulp.LpVariable) -> None:
        if not self._variable_ids:
            self._variable_ids = {known.hash: known for known in self._variables}
        super()._register_variable(variable)

    def numVariables(self) -> int:  # noqa: N802 - PuLP's name
        """How many variables there are."""
        return len(self._variables)

    def variables(self) -> list[pulp.LpVariable]:
        """Every variable in the order of making."""
        if self.dummyVar is not None:
            self._register_variable(self.dummyVar)
        return self._variables


def rows_of(problem: pulp.LpProblem) -> list[pulp.LpConstraint]:
    """The constraints of any PuLP problem."""
    return problem.all_rows if isinstance(problem, LeanProblem) else list(problem.constraints())


def summed(pairs: Iterable[tuple[Column, float]]) -> Pairs:
    """The pairs with the coefficients of each column added up."""
    totals: dict[Column, float] = {}
    known = totals.get
    for column, coefficient in pairs:
        totals[column] = known(column, 0.0) + coefficient
    return list(totals.items())


def difference(pairs: Pairs, less: Pairs) -> Pairs:
    """The first sum less the second, without the columns that drop out."""
    totals = dict(summed(pairs))
    known = totals.get
    for column, coefficient in less:
        totals[column] = known(column, 0.0) - coefficient
    return [pair for pair in totals.items() if pair[1]]
