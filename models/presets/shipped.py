"""What a shipped preset is: rules as data, with where they are from and what they leave out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from textwrap import wrap
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Citation", "Reading", "Role", "ShippedPreset", "ShippedRule"]

Role = Literal["extraction", "processing", "recycling"]
WIDTH = 110


class Shipped(BaseModel):
    """A part of a preset."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Citation(Shipped):
    """The text that a preset is taken from."""

    title: str = Field(description="title of the law, rule or strategy")
    publisher: str = Field(description="who published it")
    article: str = Field(description="where in it the rules stand")
    date: str = Field(description="its date, year-month-day")
    url: str = Field(description="where it can be read")


class Reading(Shipped):
    """When the preset was written down, and from what."""

    date: str = Field(description="year-month-day")
    what: str = Field(description="what was read, and what was not")
    urls: list[str] = Field(description="where that was read")


class ShippedRule(Shipped):
    """One rule of a preset: a policy but for what only the problem knows, its stages and materials."""

    id: str = Field(description="what overrides name it by")
    says: str = Field(description="what the source says, in a sentence")
    stages: list[Role] | None = Field(None, description="kinds of stage that are counted; none: every stage")
    per_stage: bool = Field(False, description="true: one rule for each of these stages")
    mineral: str | None = Field(None, description="mineral it is about; the problem says which materials hold it")
    weighed: bool = Field(False, description="true: materials are added up, by a `weight` that the problem states")
    policy: dict[str, Any] = Field(description="the policy, as a problem would state it")


class ShippedPreset(Shipped):
    """A law's or strategy's rules as policies: a benchmark, not legal advice."""

    id: str = Field(description="what a problem names as `preset`")
    title: str = Field(description="title, for people")
    summary: str = Field(description="what it says, in a sentence")
    source: Citation = Field(description="the text that it is taken from")
    dated: str = Field(description="date of the rules as they are written down here, year-month-day")
    read: Reading = Field(description="when and from what they were written down")
    notes: list[str] = Field(description="how it is measured here, and what it cannot say")
    groups: dict[str, list[str]] = Field(description="named sets of countries that the rules refer to")
    rules: list[ShippedRule] = Field(description="the rules")

    @property
    def minerals(self) -> list[str]:
        """The minerals that its rules are about."""
        return [rule.mineral for rule in self.rules if rule.mineral is not None]

    def to_json(self, indent: int | None = 2) -> str:
        """The preset as JSON, as it is shipped."""
        return json.dumps(self.model_dump(mode="json", exclude_unset=True), indent=indent, ensure_ascii=False)

    def __str__(self) -> str:
        return "\n".join(_lines(self))


def _lines(preset: ShippedPreset) -> Iterator[str]:
    yield f"{preset.id}: {preset.title}"
    yield from wrap(preset.summary, WIDTH)
    yield from ["", "Rules"]
    for rule in preset.rules:
        yield from _item(f"{rule.id}: {rule.says}")
    source = preset.source
    yield from ["", "Source"]
    yield from _item(f"{source.title}; {source.article}. {source.publisher}, {source.date}. {source.url}")
    yield from _item(f"Read on {preset.read.date}: {preset.read.what} {' '.join(preset.read.urls)}")
    yield from ["", "How to read it"]
    for note in preset.notes:
        yield from _item(note)


def _item(text: str) -> list[str]:
    return wrap(
        text, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False, break_long_words=False
    )
