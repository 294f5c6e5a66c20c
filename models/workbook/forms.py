"""What a field may hold, as far as a cell has to know: read off the models."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel

__all__ = ["Field", "Form", "fields_of", "form_of"]

Models = tuple[type[BaseModel], ...]

FIRST = (
    *("id", "name", "type", "preset", "material", "unit", "from", "to", "country", "place", "owner", "stage"),
    *("of", "measure", "countries", "max", "min", "inputs", "outputs", "capacity", "unit_cost"),
)
LAST = ("from_year", "until_year", "build", "firm", "notes", "source", "assumption")


@dataclass(frozen=True)
class Form:
    """The kinds of values that a field takes; several where it takes any of several.

    Parameters
    ----------
    text, number, truth
        A text, a number, true or false.
    words
        The only texts that there are; none: any.
    texts, numbers
        A list of them.
    series
        A value over time: a number, a list, or a map of years.
    keyed
        A map from names to this.
    part, parts
        An object of one of these models, or a list of such.
    anything
        Whatever JSON can say.
    """

    text: bool = False
    number: bool = False
    truth: bool = False
    words: tuple[str, ...] = ()
    texts: bool = False
    numbers: bool = False
    series: bool = False
    keyed: Form | None = None
    part: Models = ()
    parts: Models = ()
    anything: bool = False

    def __or__(self, other: Form) -> Form:
        """What takes what either takes."""
        both = {field.name: getattr(self, field.name) or getattr(other, field.name) for field in fields(self)}
        any_word = any((form.text or form.texts) and not form.words for form in (self, other))
        both |= {"part": (*self.part, *other.part), "parts": (*self.parts, *other.parts)}
        return Form(**both | {"words": () if any_word else (*self.words, *other.words)})

    @property
    def nests(self) -> bool:
        """Whether it takes an object or a list of objects."""
        return bool(self.keyed or self.part or self.parts)

    @property
    def reads_json(self) -> bool:
        """Whether a text in brackets or braces is JSON."""
        return bool(self.nests or self.texts or self.numbers or self.series or self.anything)


PLAIN = {str: Form(text=True), bool: Form(truth=True), int: Form(number=True), float: Form(number=True)}


@dataclass(frozen=True)
class Field:
    """A field of a model: its name in the contract, its form, what it is."""

    name: str
    form: Form
    description: str
    required: bool


@cache
def fields_of(model: type[BaseModel]) -> dict[str, Field]:
    """The fields of a model by their names in the contract, in the order in which people fill them in."""
    found = {
        (info.alias or name): Field(
            info.alias or name, form_of(info.annotation), _description(info), info.is_required()
        )
        for name, info in model.model_fields.items()
    }
    middle = [name for name in found if name not in FIRST and name not in LAST]
    return {name: found[name] for name in (*FIRST, *middle, *LAST) if name in found}


def _description(info: Any) -> str:
    if info.description:
        return str(info.description)
    return next((entry.description for entry in info.metadata if getattr(entry, "description", None)), "")


def form_of(annotation: Any) -> Form:
    """The form of a type."""
    return _merged(_forms(annotation))


def _merged(forms: Iterator[Form]) -> Form:
    found = Form()
    for form in forms:
        found |= form
    return found


def _forms(annotation: Any) -> Iterator[Form]:
    origin, inner = get_origin(annotation), get_args(annotation)
    if annotation is Any:
        yield Form(anything=True)
    elif origin is Annotated:
        yield from _forms(inner[0])
    elif origin in (Union, UnionType):
        for choice in inner:
            yield from _forms(choice)
    elif origin is Literal:
        words = tuple(word for word in inner if isinstance(word, str))
        yield Form(text=bool(words), words=words, truth=any(isinstance(word, bool) for word in inner))
    elif origin is list:
        yield _list_of(form_of(inner[0]))
    elif origin is dict:
        yield _map_of(inner[0], form_of(inner[1]))
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield Form(part=(annotation,))
    elif annotation is not NoneType:
        yield {str: Form(text=True), bool: Form(truth=True), int: Form(number=True), float: Form(number=True)}[
            annotation
        ]


def _list_of(entry: Form) -> Form:
    if entry.part:
        return Form(parts=entry.part)
    return Form(texts=entry.text, words=entry.words, numbers=entry.number)


def _map_of(key: Any, entry: Form) -> Form:
    if key is int:
        return Form(number=True, numbers=True, series=True)
    # what is a map again is for JSON
    return Form(keyed=Form(anything=True) if entry.nests else replace(entry))
