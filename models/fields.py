"""What every part of a problem is made of: its base class, its ids, and values over time."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any, Self, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError, ValidationError

__all__ = [
    "AnySeries",
    "CountryCode",
    "Factor",
    "Firm",
    "Id",
    "Location",
    "NonNegative",
    "NonNegativeSeries",
    "Number",
    "Part",
    "Positive",
    "Rate",
    "Series",
    "Share",
    "ShareSeries",
    "Use",
    "Year",
    "faults_error",
]

Series: TypeAlias = float | list[float] | dict[int, float]
"""A value over time as stored: a number, one number per period, or year → number (years ascending)."""


def _check_id(value: str) -> str:
    if not value or len(value) > LONGEST_ID or value != value.strip() or not value.isprintable():
        raise ValueError(f"should be 1 to {LONGEST_ID} letters on one line, without spaces at its ends")
    return value


LONGEST_ID = 100
Id = Annotated[
    str, AfterValidator(_check_id), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LONGEST_ID})
]
# Which codes exist is checked with the references, in one message.
CountryCode = Annotated[
    str, WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$", "description": "ISO 3166-1 alpha-2"})
]
Year = Annotated[int, Field(ge=1000, le=9999)]
# Solvers take 1e20 for infinite and less than 1e-9 for nothing: numbers near either would change their meaning.
LARGEST = 1e15
SMALLEST_FACTOR, LARGEST_FACTOR = 1e-8, 1e9

Number = Annotated[float, Field(ge=-LARGEST, le=LARGEST)]
NonNegative = Annotated[float, Field(ge=0, le=LARGEST)]
Positive = Annotated[float, Field(gt=0, le=LARGEST)]
Rate = Annotated[float, Field(ge=0, le=1, description="per year: 0.05 is 5 %")]
Factor = Annotated[
    float, Field(ge=SMALLEST_FACTOR, le=LARGEST_FACTOR, description="units of one thing per unit of another")
]


Firm = Annotated[bool, Field(description="true: must not be moved to make an infeasible problem feasible")]


def _check_use(value: float) -> float:
    if 0 < value < SMALLEST_FACTOR:
        raise ValueError(f"should be 0 or at least {SMALLEST_FACTOR:g}")
    return value


Use = Annotated[float, Field(ge=0, le=LARGEST_FACTOR), AfterValidator(_check_use)]
Share = Annotated[float, Field(ge=0, le=1)]


Path = tuple[str | int, ...]
Triple = tuple[Path, str, Any]


def faults_error(title: str, faults: list[Triple]) -> ValidationError:
    """One pydantic error out of (path, message, value) triples."""
    lines = [
        InitErrorDetails(
            # braces would be read as a template
            type=PydanticCustomError("oremix", "{message}", {"message": message}),
            loc=path,
            input=value,
        )
        for path, message, value in faults
    ]
    return ValidationError.from_exception_data(title, lines)


def _number(value: Any, low: float, high: float) -> float | str:
    """The value as a float, or what is wrong with it."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return "should be a number, a list of one number per period, or a map year → number"
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        return "should be a finite number"
    if not low <= number <= high:
        return f"should be at least {low:g}" if high == math.inf else f"should be from {low:g} to {high:g}"
    if abs(number) > LARGEST:
        return f"should be at most {LARGEST:g}; leave a limit out where there is none, or choose a larger unit"
    return number


def _year(key: Any) -> int | None:
    if isinstance(key, int) and not isinstance(key, bool):
        return key if 1000 <= key <= 9999 else None
    return int(key) if isinstance(key, str) and len(key) == 4 and key.isascii() and key.isdigit() else None


def _series_reader(low: float, high: float) -> Callable[[Any], Series]:
    """A reader of the three forms, for numbers within bounds."""
    least, most = max(low, -LARGEST), min(high, LARGEST)

    def read(value: Any) -> Series:
        if type(value) is float and least <= value <= most:
            return value  # what is stated mostly, without more ado
        faults: list[Triple] = []

        def number(path: Path, entry: Any) -> float:
            result = _number(entry, low, high)
            if isinstance(result, str):
                faults.append((path, result, entry))
                return math.nan
            return result

        series: Series
        if isinstance(value, list | tuple):
            faults += [] if value else [((), "should have one number per period", value)]
            series = [number((position,), entry) for position, entry in enumerate(value)]
        elif isinstance(value, dict):
            years = {key: _year(key) for key in value}
            faults += _wrong_years(value, years)
            series = {years[key] or 0: number((str(key),), entry) for key, entry in value.items()}
            series = dict(sorted(series.items()))
        else:
            series = number((), value)
        if faults:
            raise faults_error("value over time", faults)
        return series

    return read


def _wrong_years(value: dict[Any, Any], years: dict[Any, int | None]) -> list[Triple]:
    faults: list[Triple] = [
        ((str(key),), "should be a year of four digits", key) for key, year in years.items() if year is None
    ]
    if not value:
        faults.append(((), "should name at least one year", value))
    if len(set(years.values())) < len(years) and not faults:
        faults.append(((), "should name each year once", value))
    return faults


def _series_schema(low: float, high: float) -> dict[str, Any]:
    number: dict[str, Any] = {"type": "number"}
    if low > -math.inf:
        number["minimum"] = low
    if high < math.inf:
        number["maximum"] = high
    return {
        "description": "value over time: a number, a list (one per period), or a map year → number",
        "anyOf": [
            number,
            {"type": "array", "items": number, "minItems": 1},
            {
                "type": "object",
                "patternProperties": {"^[1-9][0-9]{3}$": number},
                "additionalProperties": False,
                "minProperties": 1,
            },
        ],
    }


def _as_json(series: Series) -> float | list[float] | dict[str, float]:
    return {str(year): number for year, number in series.items()} if isinstance(series, dict) else series


_AS_JSON = PlainSerializer(_as_json, return_type=Any, when_used="json-unless-none")

AnySeries = Annotated[
    Series,
    PlainValidator(_series_reader(-math.inf, math.inf)),
    _AS_JSON,
    WithJsonSchema(_series_schema(-math.inf, math.inf)),
]
NonNegativeSeries = Annotated[
    Series, PlainValidator(_series_reader(0, math.inf)), _AS_JSON, WithJsonSchema(_series_schema(0, math.inf))
]
ShareSeries = Annotated[Series, PlainValidator(_series_reader(0, 1)), _AS_JSON, WithJsonSchema(_series_schema(0, 1))]


class Part(BaseModel):
    """A part of a problem: strict, closed to unknown keys, immutable, and with its provenance."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        frozen=True,
        serialize_by_alias=True,
    )

    name: str | None = Field(None, description="for people; ids are for references")
    notes: str | None = Field(None, description="free text for people; changes no number")
    source: str | list[str] | None = Field(None, description="ids of the problem's `sources`")
    assumption: bool | list[str] = Field(
        False, description="true, or the fields of this object, where nobody published the numbers"
    )

    if not TYPE_CHECKING:  # else any name would do

        def __getattr__(self, name: str) -> Any:
            """Say at once that there is no such field: pydantic looks in many places first."""
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    @model_validator(mode="after")
    def _assumed_fields_exist(self) -> Self:
        if isinstance(self.assumption, list):
            known = type(self).model_fields
            unknown = [field for field in self.assumption if field not in known]
            if unknown:
                message = f"names no field of this object; fields: {', '.join(sorted(known))}"
                raise faults_error("assumption", [(("assumption",), message, unknown)])
        return self


class Location(Part):
    """A part that stands somewhere: in a country, or at one of the problem's places."""

    country: CountryCode | None = Field(None, description="country (ISO 3166-1 alpha-2); state this or `place`")
    place: Id | None = Field(None, description="id of one of the problem's `places`; state this or `country`")

    @model_validator(mode="after")
    def _one_location(self) -> Self:
        if (self.country is None) == (self.place is None):
            message = "has both `country` and `place`" if self.country else "has neither `country` nor `place`"
            message += "; give exactly one"
            raise faults_error("location", [((), message, {"country": self.country, "place": self.place})])
        return self

    @property
    def at(self) -> str:
        """The place it stands at: a listed place, or the country itself."""
        return self.place or self.country or ""
