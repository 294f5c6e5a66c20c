"""PuLP objects that cost little to make: names are worked out when somebody asks, nothing is scanned twice.

A `LeanProblem` is a `pulp.LpProblem`; every solver of PuLP takes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import pulp

__all__ = ["Column", "Expression", "Key", "LeanProblem", "Pairs", "Row", "difference", "rows_of"]

# So that a name of five words stays below the hundred letters that PuLP allows in LP files.
LONGEST_WORD = 20

Key = tuple[Any, ...]
"""The kind of a column or row, then the user's ids it stands for."""


class Column(pulp.LpVariable):  # type: ignore[misc]
    """A variable with its key; at least 0, at most `upBound`."""

    # What PuLP keeps beside these of one variable goes into its dict, which most never need.
    __slots__ = ("_labels", "_upbound_original", "key", "upBound")

    varValue: float | None = None  # noqa: N815 - PuLP's name
    dj: float | None = None
    cat: str = pulp.LpContinuous
    modified = True
    lowBound = _lowbound_original = 0.0  # noqa: N815 - PuLP's name

    def __init__(self, labels: _Labels, key: Key, upper: float | None) -> None:
        self._labels = labels
        self.key = key
        self.upBound = self._upbound_original = upper

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


class Row(pulp.LpConstraint):  # type: ignore[misc]
    """A constraint with its key; its expression is made when somebody asks for it, and from then on it decides.

    `gate`: it holds for one answer to its yes/no decision and says nothing for the other. What it allows then is no
    limit of the problem, only more than any plan needs.
    """

    __slots__ = ("_labels", "_terms", "constant", "gate", "key", "sense")

    pi: float | None = None
    slack: float | None = None
    modified = True

    def __init__(self, labels: _Labels, key: Key, terms: dict[Column, float], sense: int, rhs: float) -> None:
        self._labels = labels
        self.key = key
        self._terms = terms
        self.sense = sense
        self.constant = -rhs
        self.gate = False

    @property
    def terms(self) -> dict[Column, float]:
        """Column → coefficient."""
        return self._terms

    @property
    def expr(self) -> Expression:
        """The terms as PuLP takes them."""
        if not isinstance(self._terms, Expression):
            self._terms = Expression(self._terms)
        return self._terms

    @expr.setter
    def expr(self, expression: Expression) -> None:
        self._terms = expression

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
        self._runs: list[list[Column]] = []
        self._columns: dict[Key, Column] | None = None
        self._named: dict[str, pulp.LpConstraint] | None = None
        super().__init__(name, pulp.LpMinimize)
        self._variables: list[pulp.LpVariable] = []
        self._variable_ids: dict[int, pulp.LpVariable] = {}

    def column(self, *key: Any, upper: float | None = None, integer: bool = False) -> Column:
        """Make a column."""
        column = Column(self.labels, key, upper)
        if integer:
            column.cat = pulp.LpInteger  # type: ignore[misc]  # into its dict
        self._add([column])
        return column

    def columns_over(self, ends: Iterable[Any], *key: Any) -> list[Column]:
        """Make a column for each end of the key, such as the periods; the ends are in order."""
        columns = [Column(self.labels, (*key, end), None) for end in ends]
        if columns:
            self._add(columns)
        return columns

    def _add(self, run: list[Column]) -> None:
        self._runs.append(run)
        self._variables += run
        self._columns = None

    @property
    def columns(self) -> dict[Key, Column]:
        """Its own columns by key, in the order in which they were made, or of their keys once they are put in order."""
        if self._columns is None:
            self._columns = {column.key: column for column in chain.from_iterable(self._runs)}
        return self._columns

    def row(self, *key: Any, pairs: Pairs, sense: int, rhs: float = 0.0) -> Row:
        """Make a row: the pairs' sum, `pulp.LpConstraintLE`, `EQ` or `GE`, and the right-hand side."""
        terms = dict(pairs)
        if len(terms) < len(pairs):
            terms = dict(summed(pairs))
        row = self.rows[key] = Row(self.labels, key, terms, sense, rhs)
        if self._named is not None:
            self._named[row.name] = row
        return row

    def put_in_order(self) -> None:
        """Order columns and rows by their keys, so that a solver sees the same whatever was made first.

        What is left over comes last: a solver tries it last where something else costs as much.
        """
        self._runs.sort(key=lambda run: (run[0].key[0] == "surplus", str(run[0].key)))
        self.rows = {key: self.rows[key] for key in sorted(self.rows, key=str)}
        self._variables = list(chain.from_iterable(self._runs))
        self._columns = None

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
