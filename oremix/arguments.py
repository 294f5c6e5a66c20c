"""What the options of the command line may hold, read by callbacks of click."""

from __future__ import annotations

import math
from typing import Any

import click

__all__ = [
    "bans",
    "bounds",
    "caps",
    "factors",
    "file",
    "gap",
    "groups",
    "lanes",
    "margin",
    "presets",
    "probabilities",
    "seconds",
    "share",
    "words",
    "years",
]


def _number(text: str, least: float, most: float = math.inf) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if math.isfinite(number) and least <= number <= most:
        return number
    bounds = f"from {least:g} to {most:g}" if most < math.inf else f"not below {least:g}"
    raise click.BadParameter(f"{text!r} should be a number {bounds}")


def seconds(_ctx: click.Context, _param: click.Parameter, text: str | None) -> float | None:
    """`--time-limit 60`."""
    return None if text is None else _number(text, 0.001)


def gap(_ctx: click.Context, _param: click.Parameter, text: str | None) -> float | None:
    """`--gap 0.01`."""
    return None if text is None else _number(text, 0, 1)


def probabilities(_ctx: click.Context, _param: click.Parameter, texts: tuple[str, ...]) -> dict[str, float]:
    """`--probability strike=0.2`, any number of times."""
    found = {}
    for text in texts:
        what, _, probability = text.rpartition("=")
        if not what:
            raise click.BadParameter(f"{text!r} should be a scenario and a probability, as in strike=0.2")
        found[what] = _number(probability, 0, 1)
    return found


def bounds(_ctx: click.Context, _param: click.Parameter, text: str | None) -> list[float] | None:
    """`--bounds 0.5,0.4,0.3`."""
    return None if text is None else [_number(part.strip(), 0) for part in text.split(",")]


def share(_ctx: click.Context, _param: click.Parameter, text: str | None) -> float | None:
    """`--cvar 0.5`, or `--cvar 50%`."""
    return None if text is None else _in_percent(text, 1)


def margin(_ctx: click.Context, _param: click.Parameter, text: str | None) -> float | None:
    """`--within 2%`, or `--within 0.02`; it may be more than all."""
    return None if text is None else _in_percent(text)


def _in_percent(text: str, most: float = math.inf) -> float:
    number = text.strip().removesuffix("%")
    factor = 1 if number == text.strip() else 100
    return _number(number, 0, most * factor) / factor


def words(_ctx: click.Context, _param: click.Parameter, texts: tuple[str, ...]) -> list[str] | None:
    """`--decisions build,CN`, any number of times; none where it is not given."""
    return [word.strip() for text in texts for word in text.split(",") if word.strip()] if texts else None


def caps(_ctx: click.Context, _param: click.Parameter, texts: tuple[str, ...]) -> list[tuple[str, float]]:
    """`--cap CN=0.3`, any number of times, once for each country or group."""
    found = [_cap(text) for text in texts]
    twice = sorted({where for where, _ in found if [name for name, _ in found].count(where) > 1})
    if twice:
        raise click.BadParameter(f"{', '.join(twice)} stands twice")
    return found


def file(_ctx: click.Context, _param: click.Parameter, path: str | None) -> str | None:
    """`--lp FILE`, `-o FILE`: standard output is for the answer."""
    if path == "-":
        raise click.BadParameter("needs a file; standard output is for the answer")
    return path


def presets(_ctx: click.Context, _param: click.Parameter, texts: tuple[str, ...]) -> list[str | dict[str, Any]]:
    """`--preset NAME` or `--preset '{"preset": "NAME", …}'`, any number of times."""
    return [_preset(text) for text in texts]


def _preset(text: str) -> str | dict[str, Any]:
    if not text.lstrip().startswith("{"):
        return text
    from oremix.models import InvalidProblem, parse_json

    try:
        entry: dict[str, Any] = parse_json(text)
    except InvalidProblem as error:
        raise click.BadParameter(f"{text!r} {error.errors[0].message}") from None
    return entry


def _cap(text: str) -> tuple[str, float]:
    where, _, share = text.rpartition("=")
    if not where:
        raise click.BadParameter(f"{text!r} should be a country or group and a share, as in CN=0.3")
    return where, _number(share, 0, 1)


def years(_ctx: click.Context, _param: click.Parameter, text: str | None) -> tuple[int | None, int | None]:
    """`--years 2028-2030`, `--years 2028-`, `--years -2030` or `--years 2028`."""
    if text is None:
        return None, None
    first, dash, last = text.partition("-")
    last = last if dash else first
    if not all(year.isdigit() and len(year) == 4 for year in (first, last) if year) or not first + last:
        raise click.BadParameter(f"{text!r} should be years, as in 2028-2030, 2028- or 2028")
    return int(first) if first else None, int(last) if last else None


def bans(_ctx: click.Context, _param: click.Parameter, texts: tuple[str, ...]) -> list[dict[str, Any]]:
    """`--ban CN:refining`, or of every stage `--ban CN`."""
    parts = [text.partition(":") for text in texts]
    return [{"country": country} | ({"stage": stage} if stage else {}) for country, _, stage in parts]


def factors(_ctx: click.Context, _param: click.Parameter, texts: tuple[str, ...]) -> list[tuple[str, float]]:
    """`--surge japan=1.2`."""
    found = []
    for text in texts:
        what, _, factor = text.rpartition("=")
        if not what:
            raise click.BadParameter(f"{text!r} should be a name and a factor, as in CN=2")
        found.append((what, _number(factor, 0)))
    return found


def lanes(_ctx: click.Context, _param: click.Parameter, texts: tuple[str, ...]) -> list[dict[str, Any]]:
    """`--lane AU:MY`, or for two periods `--lane AU:MY=2`."""
    found: list[dict[str, Any]] = []
    for text in texts:
        ends, _, periods = text.partition("=")
        start, _, end = ends.partition(":")
        if not start or not end or not (periods.isdigit() or "=" not in text):
            raise click.BadParameter(f"{text!r} should be two ends and perhaps a number of periods, as in AU:MY=2")
        found.append({"from": start, "to": end} | ({"periods": int(periods)} if periods else {}))
    return found


def groups(_ctx: click.Context, _param: click.Parameter, texts: tuple[str, ...]) -> list[dict[str, Any]]:
    """`--group suppliers:unit_cost:country=CN,material=ore`, or without a condition `--group suppliers:unit_cost`."""
    found: list[dict[str, Any]] = []
    for text in texts:
        on, _, rest = text.partition(":")
        field, _, conditions = rest.partition(":")
        pairs = [condition.partition("=") for condition in conditions.split(",") if condition]
        if not on or not field or not all(key and sign and value for key, sign, value in pairs):
            example = "suppliers:unit_cost:country=CN"
            raise click.BadParameter(f"{text!r} should be a list, a field and perhaps conditions, as in {example}")
        where = {key: value for key, _, value in pairs}
        found.append({"on": on, "field": field} | ({"where": where} if where else {}))
    return found
