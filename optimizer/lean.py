"""PuLP objects that cost little to make: names are worked out when somebody asks, nothing is scanned twice.

A `LeanProblem` is a `pulp.LpProblem`; every solver of PuLP takes it.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

import numpy as np
import pulp
from numpy.typing import NDArray

__all__ = [
    "Column",
    "Expression",
    "Key",
    "LeanProblem",
    "Matrix",
    "Pairs",
    "Row",
    "Sum",
    "added",
    "difference",
    "ends_of",
    "numbered",
    "rows_of",
]

# So that a name of five words stays below the hundred letters that PuLP allows in LP files.
LONGEST_WORD = 20

# Comes after the bracket that texts of keys begin with.
LAST = "~"

Key = tuple[Any, ...]
"""The kind of a column or row, then the user's ids it stands for."""


class Column(pulp.LpVariable):  # type: ignore[misc]
    """A variable with its key; at least 0, at most `upBound`.

    `number` is its place among its problem's columns, `end` the last part of its key.
    """

    # What PuLP keeps beside these of one variable goes into its dict, which most never need.
    __slots__ = ("_labels", "_stem", "end", "number")

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
        self.end = end
        self.number = number

    @property
    def key(self) -> Key:
        """What it stands for; columns of one run share all of it but the end."""
        return (*self._stem, self.end)

    def limit(self, upper: float) -> None:
        """Let it be at most this."""
        self.upBound = self._upbound_original = upper  # type: ignore[misc]  # into its dict

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

    `is_read`: a row's expression has been asked for; what has become of it since, nobody says. `repeat`: some row adds
    up a column twice.
    """

    def __init__(self) -> None:
        self.starts = array("l", [0])
        self.numbers = array("i")
        self.coefficients = array("d")
        self.is_read = False
        self.repeat = False

    def add(self, sums: list[Sum]) -> int:
        """The next rows; the position of the first."""
        first = len(self.starts) - 1
        for numbers, coefficients in sums:
            self.repeat |= len(set(numbers)) < len(numbers)
            self.numbers.fromlist(numbers)
            self.coefficients.fromlist(coefficients)
            self.starts.append(len(self.numbers))
        return first

    def of(self, row: int) -> Sum:
        """What a row adds up."""
        start, end = self.starts[row], self.starts[row + 1]
        return Sum(self.numbers[start:end].tolist(), self.coefficients[start:end].tolist())

    def put_in_order(self, rows: NDArray[np.int64], numbers: NDArray[np.int32]) -> None:
        """Put the rows at these positions one after another; `numbers` are the new ones of the columns."""
        starts = np.array(self.starts)
        lengths = np.diff(starts)[rows]
        taken = _stretches(starts[rows], lengths)
        self.numbers = array("i", numbers[np.array(self.numbers)[taken]].tobytes())
        self.coefficients = array("d", np.array(self.coefficients)[taken].tobytes())
        self.starts = array("l", np.concatenate(([0], np.cumsum(lengths))).astype(starts.dtype).tobytes())


def _stretches(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """The positions of several stretches, one after another."""
    ends = np.cumsum(lengths)
    return np.asarray(np.repeat(starts - ends + lengths, lengths) + np.arange(int(lengths.sum())))


class Row(pulp.LpConstraint):  # type: ignore[misc]
    """A constraint with its key; its expression is made when somebody asks for it, and from then on it decides.

    `gate`: it holds for one answer to its yes/no decision and says nothing for the other. What it allows then is no
    limit of the problem, only more than any plan needs.
    """

    __slots__ = ("_expression", "_store", "constant", "gate", "key", "number", "sense")

    pi: float | None = None
    slack: float | None = None
    modified = True

    def __init__(self, store: _Store, key: Key, number: int, sense: int, rhs: float) -> None:
        self._store = store
        self.key = key
        self.number = number
        self._expression: Expression | None = None
        self.sense = sense
        self.constant = -rhs
        self.gate = False

    @property
    def terms(self) -> dict[Column, float]:
        """Column → coefficient."""
        if self._expression is not None:
            return self._expression
        return dict(summed(self._store.columns.pairs(self._store.terms.of(self.number))))

    @property
    def expr(self) -> Expression:
        """The terms as PuLP takes them."""
        if self._expression is None:
            self._expression = Expression(self.terms.items())
            self._store.terms.is_read = True
        return self._expression

    @expr.setter
    def expr(self, expression: Expression) -> None:
        self._expression = expression
        self._store.terms.is_read = True

    @property
    def name(self) -> str:
        """The key as a name that LP and MPS files take."""
        return self._store.labels.name(self.key)


Pairs = list[tuple[Column, float]]


class Sum(NamedTuple):
    """Σ coefficient · column, by the columns' numbers."""

    numbers: list[int]
    coefficients: list[float]

    def times(self, factor: float) -> Sum:
        """The sum times a factor."""
        return self if factor == 1.0 else Sum(self.numbers, [factor * amount for amount in self.coefficients])


def numbered(pairs: Pairs) -> Sum:
    """Pairs as a sum."""
    return Sum([column.number for column, _ in pairs], [coefficient for _, coefficient in pairs])


def added(sums: Iterable[Sum]) -> Sum:
    """Sums one after another."""
    numbers: list[int] = []
    coefficients: list[float] = []
    for sum_ in sums:
        numbers += sum_.numbers
        coefficients += sum_.coefficients
    return Sum(numbers, coefficients)


class _Columns:
    """A problem's variables by number; those of long runs are made when somebody asks for one."""

    def __init__(self, labels: _Labels) -> None:
        self._labels = labels
        self.made: list[pulp.LpVariable | None] = []
        self._others: list[tuple[int, Key, Sequence[Any]]] = []  # first number, stem and ends of each run

    def add(self, ends: Iterable[Any], stem: Key) -> list[Column]:
        """Make some."""
        labels = self._labels
        columns = [Column(labels, stem, end, number) for number, end in enumerate(ends, len(self.made))]
        self.made += columns
        return columns

    def leave(self, ends: Sequence[Any], stem: Key) -> range:
        """Leave some for later; their numbers."""
        first = len(self.made)
        if ends:
            self._others.append((first, stem, ends))
            self.made += [None] * len(ends)
        return range(first, len(self.made))

    def __getitem__(self, number: int) -> Column:
        found = self.made[number]
        if found is None:
            first, stem, ends = self._others[bisect_right(self._others, number, key=itemgetter(0)) - 1]
            found = self.made[number] = Column(self._labels, stem, ends[number - first], number)
        return found

    def pairs(self, sum_: Sum) -> Pairs:
        """A sum as pairs."""
        return [(self[number], coefficient) for number, coefficient in zip(*sum_, strict=True)]

    def all(self) -> list[pulp.LpVariable]:
        """Every one."""
        for first, _, ends in self._others:
            for number in range(first, first + len(ends)):
                self[number]
        self._others = []
        return self.made

    def put_in_order(self, order: NDArray[np.int64]) -> NDArray[np.int32]:
        """Put them in the order of these numbers; the new number of each."""
        numbers = np.empty(len(order), dtype=np.int32)
        numbers[order] = np.arange(len(order), dtype=np.int32)
        self.made[:] = [self.made[number] for number in order.tolist()]
        for number, column in enumerate(self.made):
            if column is not None:
                column.number = number
        self._others = sorted((int(numbers[first]), stem, ends) for first, stem, ends in self._others)
        return numbers


class _Store(NamedTuple):
    """What a problem's rows share."""

    labels: _Labels
    columns: _Columns
    terms: _Terms


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
        self._last: tuple[Key | None, str] = (None, "")
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

    def order(self, size: int) -> NDArray[np.int64]:
        """The positions in the order of the keys' texts, behind those that were in order before.

        What is left over comes last.
        """
        starts = np.array([*self._starts, size], dtype=np.int64)
        texts = self._texts
        order = np.array(sorted(range(len(texts)), key=texts.__getitem__), dtype=np.int64)
        self.__init__()  # type: ignore[misc]
        return np.concatenate((np.arange(starts[0]), _stretches(starts[:-1][order], np.diff(starts)[order])))


class Matrix(NamedTuple):
    """A problem's numbers: what a unit of each column costs and its bounds, and the rows one after another.

    Where there is no bound, it is not a number.
    """

    cost: NDArray[np.float64]
    constant: float
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    integer: NDArray[np.bool_]
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
        labels = self.labels = _Labels()
        self._columns, self._terms = _Columns(labels), _Terms()
        self._store = _Store(labels, self._columns, self._terms)
        self._runs, self._runs_of_rows = _Runs(), _Runs()
        self._by_key: dict[Key, Column] | None = None
        self._named: dict[str, pulp.LpConstraint] | None = None
        self._costs: tuple[NDArray[np.float64], float] | None = None
        self._objective: pulp.LpAffineExpression | None = None
        super().__init__(name, pulp.LpMinimize)
        self._variables = self._columns.made
        self._variable_ids: dict[int, pulp.LpVariable] = {}

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
        columns = self._columns.add(ends, key)
        if columns:
            self._enter(columns[0].number, key, columns[0].end, columns[-1].end)
        return columns

    def numbers_over(self, ends: Sequence[Any], *key: Any) -> range:
        """As `columns_over`, of columns that are made when somebody asks for them: their numbers."""
        numbers = self._columns.leave(ends, key)
        if ends:
            self._enter(numbers[0], key, ends[0], ends[-1])
        return numbers

    def _enter(self, number: int, stem: Key, first: Any, last: Any) -> None:
        self._runs.add(number, stem, first, last)
        self._by_key = None

    def at(self, number: int) -> Column:
        """The column of a number."""
        return self._columns[number]

    def pairs(self, sum_: Sum) -> Pairs:
        """A sum as pairs."""
        return self._columns.pairs(sum_)

    @property
    def columns(self) -> dict[Key, Column]:
        """Its own columns by key, in the order in which they were made, or of their keys once they are put in order."""
        if self._by_key is None:
            self._by_key = {column.key: column for column in self._columns.all() if isinstance(column, Column)}
        return self._by_key

    def row(self, *key: Any, pairs: Pairs, sense: int, rhs: float = 0.0) -> Row:
        """Make a row: the pairs' sum, `pulp.LpConstraintLE`, `EQ` or `GE`, and the right-hand side."""
        return self.rows_over(key[-1:], *key[:-1], sums=[numbered(pairs)], sense=sense, rhs=[rhs])[0]

    def rows_over(self, ends: Sequence[Any], *key: Any, sums: list[Sum], sense: int, rhs: Sequence[float]) -> list[Row]:
        """Make a row for each end of the key, such as the periods; the ends are in order."""
        if not ends:
            return []
        position, store = self._terms.add(sums), self._store
        self._runs_of_rows.add(position, key, ends[0], ends[-1])
        made = [
            Row(store, (*key, end), number, sense, bound)
            for number, (end, bound) in enumerate(zip(ends, rhs, strict=True), position)
        ]
        for row in made:
            self.rows[row.key] = row
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
            pairs = self.pairs(Sum(priced.tolist(), cost[priced].tolist()))
            self._objective = Expression(pairs, constant)
        return self._objective

    @objective.setter
    def objective(self, expression: pulp.LpAffineExpression | None) -> None:
        self._costs, self._objective = None, expression

    def put_in_order(self) -> NDArray[np.int32]:
        """Order columns and rows by their keys, so that a solver sees the same whatever was made first.

        What is left over comes last: a solver tries it last where something else costs as much. The new number of each
        column.
        """
        numbers = self._columns.put_in_order(self._runs.order(len(self._variables)))
        self._by_key = None
        rows, order = list(self.rows.values()), self._runs_of_rows.order(len(self.rows))
        self.rows = {row.key: row for row in (rows[number] for number in order.tolist())}
        self._terms.put_in_order(order, numbers)
        for number, row in enumerate(self.rows.values()):
            row.number = number
        return numbers

    def matrix(self) -> Matrix | None:
        """Its numbers; none where PuLP's objects may say otherwise by now, or a row adds up a column twice."""
        terms, size = self._terms, len(self._variables)
        if self._costs is None or self._objective is not None or self._named is not None or terms.is_read:
            return None
        if len(self._costs[0]) != size or terms.repeat:
            return None
        made = [column for column in self._variables if column is not None]
        numbers = [column.number for column in made]
        low, high, integer = np.zeros(size), np.full(size, np.nan), np.zeros(size, dtype=np.bool_)
        low[numbers], high[numbers] = ends_of(made, "lowBound"), ends_of(made, "upBound")
        integer[numbers] = [column.cat == pulp.LpInteger for column in made]
        return Matrix(
            *self._costs,
            low,
            high,
            integer,
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
            self._variable_ids = {known.hash: known for known in self._columns.all()}
        super()._register_variable(variable)

    def numVariables(self) -> int:  # noqa: N802 - PuLP's name
        """How many variables there are."""
        return len(self._variables)

    def variables(self) -> list[pulp.LpVariable]:
        """Every variable in the order of making."""
        found = self._columns.all()
        if self.dummyVar is not None:
            self._register_variable(self.dummyVar)
        return found

    def __getstate__(self) -> dict[str, Any]:
        self._columns.all()
        return dict(super().__getstate__())


def ends_of(variables: Sequence[pulp.LpVariable], name: str) -> NDArray[np.float64]:
    """The variables' bounds on one side, not a number where there is none."""
    return np.fromiter(map(attrgetter(name), variables), dtype=np.float64, count=len(variables))


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


def difference(sum_: Sum, less: Sum) -> Sum:
    """The first sum less the second, without the columns that drop out."""
    totals: dict[int, float] = {}
    known = totals.get
    for number, coefficient in zip(*sum_, strict=True):
        totals[number] = known(number, 0.0) + coefficient
    for number, coefficient in zip(*less, strict=True):
        totals[number] = known(number, 0.0) - coefficient
    kept = {number: total for number, total in totals.items() if total}
    return Sum(list(kept), list(kept.values()))
