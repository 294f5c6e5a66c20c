"""Numbers that are not known, and how likely each of their values is."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from statistics import NormalDist
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from oremix.models.fields import Id, Number, Part, Year, faults_error
from oremix.models.scenarios import Change

__all__ = ["Distribution", "Uncertainty"]

Two = Annotated[list[Number], Field(min_length=2, max_length=2)]
Three = Annotated[list[Number], Field(min_length=3, max_length=3)]
Weight = Annotated[float, Field(ge=0, le=1e9)]

KINDS = ("uniform", "triangular", "normal", "lognormal", "values")
# Where nothing is said a bell is cut off this many standard deviations from its middle.
WIDTH = 3.0
# Of a logarithm: a factor of 20,000 either way.
WIDEST = 10.0
STANDARD = NormalDist()

Fault = tuple[tuple[str | int, ...], str, Any]


class Distribution(Part):
    """How likely each value is: one of `uniform`, `triangular`, `normal`, `lognormal` and `values`."""

    uniform: Two | None = Field(None, description="[lowest, highest], all between alike")
    triangular: Three | None = Field(None, description="[lowest, likeliest, highest]")
    normal: Two | None = Field(None, description="[mean, standard deviation], before it is cut off at `low` and `high`")
    lognormal: Two | None = Field(
        None, description="[median, standard deviation of the logarithm], before it is cut off at `low` and `high`"
    )
    values: Annotated[list[Number], Field(min_length=1)] | None = Field(None, description="the only values there are")
    weights: Annotated[list[Weight], Field(min_length=1)] | None = Field(
        None, description="how likely each of `values` is, beside the others; default all alike"
    )
    low: Number | None = Field(
        None, description="where a bell is cut off below; default 3 standard deviations (of the logarithm) below"
    )
    high: Number | None = Field(None, description="where a bell is cut off above; default likewise")

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [kind for kind in KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise faults_error("distribution", [((), f"needs exactly one of {', '.join(KINDS)}", given)])
        faults: list[Fault] = [(path, message, getattr(self, path[0])) for path, message in self._faults(given[0])]
        if faults:
            raise faults_error("distribution", faults)
        return self

    def _faults(self, kind: str) -> Iterator[tuple[tuple[str], str]]:
        ordered = sorted(self.triangular or [])
        if self.uniform and not self.uniform[0] < self.uniform[1]:
            yield ("uniform",), "should be [lowest, highest], the lowest first"
        if self.triangular and not (ordered == self.triangular and ordered[0] < ordered[2]):
            yield ("triangular",), "should be [lowest, likeliest, highest], in this order"
        if self.normal and not self.normal[1] > 0:
            yield ("normal",), "should be [mean, standard deviation], the second above 0"
        if self.lognormal and not (self.lognormal[0] > 0 and 0 < self.lognormal[1] <= WIDEST):
            yield (
                ("lognormal",),
                f"should be [median, standard deviation of the logarithm], above 0 and 0 to {WIDEST:g}",
            )
        yield from self._wrong_weights()
        yield from self._wrong_ends(kind)

    def _wrong_weights(self) -> Iterator[tuple[tuple[str], str]]:
        if self.weights is None:
            return
        if len(self.weights) != len(self.values or ()):
            yield ("weights",), "should be as many as there are `values`"
        elif not sum(self.weights) > 0:
            yield ("weights",), "should not all be 0"

    def _wrong_ends(self, kind: str) -> Iterator[tuple[tuple[str], str]]:
        is_bell = kind in ("normal", "lognormal")
        given = [name for name in ("low", "high") if getattr(self, name) is not None]
        for name in () if is_bell else given:
            yield (name,), "is for `normal` and `lognormal`; the others have ends of their own"
        sound = is_bell and (self.normal or self.lognormal or [0, 0])[1] > 0 and (self.lognormal or [1])[0] > 0
        if sound and given and not self._has_room:
            yield (given[0],), "leaves nothing: `low` should be below `high`, and not both far out on one side"

    # ------------------------------------------------------------ values by how many are below

    @property
    def ends(self) -> tuple[float, float]:
        """The lowest and the highest value."""
        if self._is_bell:
            return self._cut
        listed = self.uniform or self.triangular or self._likely
        return min(listed), max(listed)

    def at(self, below: float) -> float:
        """The value that this share of all is below, from 0 to 1: the inverse of the distribution function."""
        if self.uniform:
            low, high = self.uniform
            return low + below * (high - low)
        if self.triangular:
            return _triangular(self.triangular, below)
        if self._is_bell:
            first, last = (self._below(end) for end in self._cut)
            value = self._inverse(first + below * (last - first))
            return min(max(value, self._cut[0]), self._cut[1])
        sums = list(accumulate(self.weights or [1.0] * len(self.values or ())))
        return (self.values or [])[min(bisect_left(sums, max(below * sums[-1], math.ulp(0.0))), self._last)]

    @property
    def _likely(self) -> list[float]:
        """The values with any weight."""
        values = self.values or []
        return [value for value, weight in zip(values, self.weights or [1.0] * len(values), strict=True) if weight]

    @property
    def _last(self) -> int:
        weights = self.weights or [1.0] * len(self.values or ())
        return max(number for number, weight in enumerate(weights) if weight)

    @property
    def _is_bell(self) -> bool:
        return self.normal is not None or self.lognormal is not None

    @property
    def _cut(self) -> tuple[float, float]:
        """Where a bell is cut off."""
        low = self._scored(-WIDTH) if self.low is None else self.low
        high = self._scored(WIDTH) if self.high is None else self.high
        return low, high

    @property
    def _has_room(self) -> bool:
        low, high = self._cut
        return low < high and self._below(low) < self._below(high)

    def _below(self, value: float) -> float:
        """The share of an uncut bell that is below a value."""
        if self.normal:
            return STANDARD.cdf((value - self.normal[0]) / self.normal[1])
        median, sd = self.lognormal or (1.0, 1.0)
        return STANDARD.cdf(math.log(value / median) / sd) if value > 0 else 0.0

    def _inverse(self, below: float) -> float:
        """The value of an uncut bell that a share is below."""
        return self._scored(STANDARD.inv_cdf(min(max(below, 1e-300), 1 - 1e-16)))

    def _scored(self, score: float) -> float:
        """The value so many standard deviations above the middle."""
        if self.normal:
            return self.normal[0] + self.normal[1] * score
        median, sd = self.lognormal or (1.0, 1.0)
        return median * math.exp(sd * score)


def _triangular(corners: list[float], below: float) -> float:
    low, mode, high = corners
    rise = (mode - low) / (high - low)
    if below <= rise:
        return low + math.sqrt(below * (high - low) * (mode - low))
    return high - math.sqrt((1 - below) * (high - low) * (high - mode))


class Uncertainty(Part):
    """A number of some parts that is not known, multiplied or shifted by what is drawn."""

    id: Id = Field(description="what studies call it")
    on: Literal[
        "suppliers", "plants", "recyclers", "lanes", "demands", "materials", "stockpiles", "policies", "problem"
    ] = Field(description="what kind of part it is about; `problem`: the discount rate")
    where: dict[str, Any] = Field(
        default_factory=dict, description="field → value that the parts must have; default all of this kind"
    )
    field: str = Field(description="name of the field, or of one within it, as in a scenario's change")
    times: Distribution | None = Field(None, description="of the factor that multiplies the field's number")
    plus: Distribution | None = Field(None, description="of the amount added to the field's number, in its unit")
    from_year: Year | None = Field(None, description="first year in which it holds, included; absent: from the start")
    until_year: Year | None = Field(None, description="last year in which it holds, included; absent: to the end")

    @model_validator(mode="after")
    def _one_operation(self) -> Self:
        faults: list[Fault] = []
        if (self.times is None) == (self.plus is None):
            faults.append(((), "needs exactly one of `times`, `plus`", None))
        if self.times is not None and self.times.ends[0] < 0:
            faults.append((("times",), "should not be below 0; for a bell state where it is cut off, as `low`", None))
        if self.on == "problem":
            faults += [
                ((name,), "cannot stand with `on: problem`, which has one discount rate", None)
                for name in ("where", "from_year", "until_year")
                if getattr(self, name)
            ]
            if self.field != "discount_rate":
                faults.append(
                    (("field",), "should be discount_rate: nothing else of the problem itself is drawn", self.field)
                )
        if faults:
            raise faults_error("uncertainty", faults)
        return self

    @property
    def distribution(self) -> Distribution:
        """Of what is drawn."""
        return self.times or self.plus or Distribution(values=[0.0])

    def change(self, value: float) -> Change:
        """The change that a value drawn makes; not for the discount rate, which no scenario changes."""
        stated = self.model_dump(include={"on", "where", "field", "from_year", "until_year"}, exclude_unset=True)
        return Change.model_validate(stated | {"times" if self.times is not None else "plus": value})

    def rate(self, stated: float, value: float) -> float:
        """The discount rate that a value drawn makes of the one stated."""
        return stated * value if self.times is not None else stated + value
