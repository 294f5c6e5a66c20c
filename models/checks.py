"""Everything that can be wrong with a problem, found in one pass.

An entry that is malformed is set aside and the rest is checked without it, so that one fault hides no other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pydantic import ModelWrapValidatorHandler, ValidationError

from oremix.models.chain import Build, Plant, Recycler, Supplier
from oremix.models.fields import Part, Series, faults_error
from oremix.models.geography import COUNTRIES
from oremix.models.policies import Diversify, Measured, Policy, Quantity, Share
from oremix.models.timeline import Timeline

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["check_all"]

Path = tuple[str | int, ...]
Finding = tuple[Path, str, Any]

LISTS = (
    "places",
    "materials",
    "suppliers",
    "plants",
    "recyclers",
    "demands",
    "lanes",
    "stockpiles",
    "policies",
    "scenarios",
    "sources",
)
MAY_NOT_BE_EMPTY = ("materials", "demands")


def check_all(data: Any, handler: ModelWrapValidatorHandler[Problem]) -> Problem:
    """Make a problem of the data, or raise one error with every fault found.

    Raises
    ------
    pydantic.ValidationError
        With the path of each entry that is wrong.
    """
    try:
        problem = handler(data)
        findings: list[Finding] = []
    except ValidationError as error:
        if not isinstance(data, dict):
            raise
        findings = _structural(error)
        rest, positions = _set_aside(data, findings)
        try:
            problem = handler(rest)
        except ValidationError:
            raise error from None
        findings += _restored(_semantic(problem, _Known(data)), positions)
    else:
        findings = list(_semantic(problem, _Known(problem)))
        if not findings:
            return problem
    raise faults_error("Problem", findings)


def _structural(error: ValidationError) -> list[Finding]:
    return [(tuple(line["loc"]), str(line["msg"]), line["input"]) for line in error.errors(include_url=False)]


def _set_aside(data: dict[str, Any], findings: list[Finding]) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """The data without its malformed entries, and where the entries that stay stood."""
    faulty: dict[str, set[int] | None] = {}
    for path, _, _ in findings:
        key = str(path[0]) if path else ""
        if len(path) > 1 and isinstance(path[1], int) and isinstance(data.get(key), list):
            entries = faulty.setdefault(key, set())
            if entries is not None:
                entries.add(path[1])
        else:
            faulty[key] = None
    rest: dict[str, Any] = {}
    positions: dict[str, list[int]] = {}
    for key, value in data.items():
        entries = faulty.get(key, set())
        if entries is None:
            continue
        rest[key] = value
        if isinstance(value, list) and key in LISTS:
            positions[key] = [position for position in range(len(value)) if position not in entries]
            rest[key] = [value[position] for position in positions[key]]
    for key in MAY_NOT_BE_EMPTY:
        if not rest.get(key):
            rest[key] = [_STAND_INS[key]]
    return rest, positions


# What stands in for a list of which no entry is sound, so that the rest can still be checked.
_STAND_INS: dict[str, dict[str, Any]] = {
    "materials": {"id": "\N{REPLACEMENT CHARACTER}", "unit": "-"},
    "demands": {
        "id": "\N{REPLACEMENT CHARACTER}",
        "country": "AQ",
        "material": "\N{REPLACEMENT CHARACTER}",
        "quantity": 0,
    },
}


def _restored(findings: Iterable[Finding], positions: dict[str, list[int]]) -> Iterator[Finding]:
    """The findings with list positions as in the document, without those about stand-ins."""
    for path, message, value in findings:
        if len(path) > 1 and path[0] in positions and isinstance(path[1], int):
            kept = positions[str(path[0])]
            if path[1] >= len(kept):
                continue
            yield (path[0], kept[path[1]], *path[2:]), message, value
        elif "\N{REPLACEMENT CHARACTER}" not in f"{message}{value}":
            yield path, message, value


class _Known:
    """Ids that exist in the document, sound or not: what may be referred to."""

    def __init__(self, document: Problem | dict[str, Any]) -> None:
        def entries(key: str) -> list[Any]:
            found = document.get(key) if isinstance(document, dict) else getattr(document, key)
            return found if isinstance(found, list) else []

        def field(entry: Any, name: str) -> Any:
            value = entry.get(name) if isinstance(entry, dict) else getattr(entry, name, None)
            return value if isinstance(value, str) else None

        def ids(key: str) -> set[str]:
            return {identity for entry in entries(key) if (identity := field(entry, "id"))}

        groups = document.get("groups") if isinstance(document, dict) else document.groups
        self.materials = ids("materials") | {"\N{REPLACEMENT CHARACTER}"}
        self.places = ids("places")
        self.groups = set(groups) if isinstance(groups, dict) else set()
        self.demands = ids("demands")
        self.plants = ids("plants")
        self.sources = ids("sources")
        self.stages = {
            stage
            for key, default in (("suppliers", None), ("plants", "refining"), ("recyclers", "recycling"))
            for entry in entries(key)
            if (stage := field(entry, "stage") or default)
        }
        for supplier in entries("suppliers"):
            history = supplier.get("history") if isinstance(supplier, dict) else supplier.history
            self.stages |= set(history) if isinstance(history, dict) else set()


def _semantic(problem: Problem, known: _Known) -> Iterator[Finding]:
    """Faults that only show between entries."""
    from oremix.models.not_yet import not_yet

    yield from _time(problem)
    yield from _series(problem, problem.timeline)
    yield from _identities(problem)
    references = list(_references(problem, known))
    yield from references
    yield from _facilities(problem)
    for position, demand in enumerate(problem.demands):
        if demand.quantity is None and demand.sale_price is None:
            yield ("demands", position, "quantity"), "is missing", None
    yield from _stockpiles(problem)
    for position, policy in enumerate(problem.policies):
        for path, message, value in _policy(problem, policy):
            yield ("policies", position, *path), message, value
    yield from not_yet(problem)
    if not references and not _bad_lengths(problem, problem.timeline):
        yield from _lanes(problem)


# ---------------------------------------------------------------- time


def _time(problem: Problem) -> Iterator[Finding]:
    periods = problem.periods
    if periods and any(later <= earlier for earlier, later in pairwise(periods)):
        yield ("periods",), "should be start years in ascending order", periods
    if periods is None and problem.final_years is not None:
        yield ("final_years",), "needs `periods`; without them there is one typical year", problem.final_years
    if problem.discount_rate is None:
        if periods is not None and len(periods) > 1:
            yield ("discount_rate",), "is missing: required with more than one period (0 is allowed)", None
        for path, build in _builds(problem):
            if build.has_capex and build.wacc is None:
                yield (
                    path,
                    "has capex but neither a `wacc` nor the problem's `discount_rate`; state one",
                    None,
                )


def _parts(part: Part, path: Path = ()) -> Iterator[tuple[Path, Part]]:
    """A part and all parts inside it, with their paths."""
    yield path, part
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        key = field.alias or name
        if isinstance(value, Part):
            yield from _parts(value, (*path, key))
        elif isinstance(value, list) and value and isinstance(value[0], Part):
            for position, entry in enumerate(value):
                yield from _parts(entry, (*path, key, position))


_SERIES_FIELDS: dict[type[Part], list[tuple[str, str]]] = {}


def _series_fields(kind: type[Part]) -> list[tuple[str, str]]:
    if kind not in _SERIES_FIELDS:
        _SERIES_FIELDS[kind] = [
            (name, field.alias or name)
            for name, field in kind.model_fields.items()
            if "list[float] | dict[int, float]" in str(field.annotation)
        ]
    return _SERIES_FIELDS[kind]


YEARS = ("from_year", "until_year", "earliest", "latest")


def _bad_lengths(problem: Problem, timeline: Timeline) -> bool:
    return any("numbers for" in message for _, message, _ in _series(problem, timeline))


def _series(problem: Problem, timeline: Timeline) -> Iterator[Finding]:
    for path, part in _parts(problem):
        for name, key in _series_fields(type(part)):
            value: Series | None = getattr(part, name)
            if isinstance(value, list) and len(value) != len(timeline):
                yield (
                    (*path, key),
                    f"has {len(value)} numbers for {_periods(timeline)}; give one per period",
                    value,
                )
            elif isinstance(value, dict) and timeline.typical:
                yield (*path, key), "is a map of years, but the problem has no `periods`", value
        for first, last in (("from_year", "until_year"), ("earliest", "latest")):
            start, end = getattr(part, first, None), getattr(part, last, None)
            if start is not None and end is not None and start > end:
                yield (*path, first), f"is after `{last}` {end}", start
        if timeline.typical:
            for name in YEARS:
                if getattr(part, name, None) is not None:
                    yield (*path, name), "is a year, but the problem has no `periods`", getattr(part, name)


def _periods(timeline: Timeline) -> str:
    return "1 period" if len(timeline) == 1 else f"{len(timeline)} periods"


# ---------------------------------------------------------------- identities and references


def _identities(problem: Problem) -> Iterator[Finding]:
    for key in ("places", "materials", "demands", "lanes", "stockpiles", "policies", "scenarios", "sources"):
        yield from _duplicates(
            [((key, n, "id"), getattr(part, "id", None)) for n, part in enumerate(getattr(problem, key))]
        )
    yield from _duplicates(
        [
            ((key, n, "id"), part.id)
            for key in ("suppliers", "plants", "recyclers")
            for n, part in enumerate(getattr(problem, key))
        ]
    )
    for number, plant in enumerate(problem.plants):
        yield from _duplicates(
            [(("plants", number, "recipes", n, "id"), recipe.id) for n, recipe in enumerate(plant.recipes)]
        )
    sites: list[tuple[Path, str | None]] = [
        (("stockpiles", n), f"{pile.material} at {pile.at}") for n, pile in enumerate(problem.stockpiles)
    ]
    yield from _duplicates(sites)
    for number, place in enumerate(problem.places):
        if place.id in COUNTRIES:
            yield ("places", number, "id"), "is a country's code; give the place another id", place.id
        if place.id in problem.groups:
            yield ("places", number, "id"), "is a group's id too; give one of them another", place.id
    for group in problem.groups:
        if group in COUNTRIES or group == "*":
            yield ("groups", group), "is a country's code or `*`; give the group another id", group


def _duplicates(entries: list[tuple[Path, str | None]]) -> Iterator[Finding]:
    counts = Counter(identity for _, identity in entries if identity is not None)
    seen: set[str] = set()
    for path, identity in entries:
        if identity is not None and counts[identity] > 1:
            if identity in seen:
                yield path, f"stands {counts[identity]} times; ids must differ", identity
            seen.add(identity)


def _references(problem: Problem, known: _Known) -> Iterator[Finding]:
    where = known.groups | known.places

    def unknown(path: Path, name: str | None, ids: set[str], kind: str) -> Iterator[Finding]:
        if name is not None and name not in ids:
            yield path, f"names no {kind}; {_suggest(name, ids)}", name

    def country(path: Path, code: str | None) -> Iterator[Finding]:
        if code is not None and code not in COUNTRIES:
            yield path, f"is no ISO 3166-1 alpha-2 country code{_uk(code)}", code

    for path, part in _parts(problem):
        for field, ids, kind in (("material", known.materials, "material"), ("place", known.places, "place")):
            yield from unknown((*path, field), getattr(part, field, None), ids, kind)
        for field in ("country", "owner"):
            yield from country((*path, field), getattr(part, field, None))
        for field in ("inputs", "outputs"):
            for material in getattr(part, field, {}):
                yield from unknown((*path, field, material), material, known.materials, "material")
        for field in ("history", "initial_origin"):
            for key, value in (getattr(part, field, None) or {}).items():
                yield from country((*path, field, key), value if field == "history" else key)
        sources = [part.source] if isinstance(part.source, str) else part.source or []
        for source in sources:
            yield from unknown((*path, "source"), source, known.sources, "entry of `sources`")
        for position, material in enumerate(getattr(part, "materials", None) or [] if part is not problem else []):
            yield from unknown((*path, "materials", position), material, known.materials, "material")
        weight = getattr(part, "weight", None)
        for material in weight if isinstance(weight, dict) else ():
            yield from unknown((*path, "weight", material), material, known.materials, "material")
    for group, codes in problem.groups.items():
        for position, code in enumerate(codes):
            yield from country(("groups", group, position), code)
    for position, lane in enumerate(problem.lanes):
        for key, ends in (("from", lane.origins), ("to", lane.destinations)):
            for end in ends:
                yield from unknown(("lanes", position, key), end, where | COUNTRIES | {"*"}, "country, group or place")
    for position, policy in enumerate(problem.policies):
        for field, ids, kind in (
            ("countries", known.groups | COUNTRIES, "country or group"),
            ("except_", known.groups | COUNTRIES, "country or group"),
            ("places", where | COUNTRIES, "country, group or place"),
            ("demands", known.demands, "demand"),
            ("plants", known.plants, "plant"),
            ("stages", known.stages, "stage of a facility"),
        ):
            for entry, name in enumerate(getattr(policy, field, None) or []):
                yield from unknown(("policies", position, field.rstrip("_"), entry), name, set(ids), kind)


def _suggest(name: str, ids: Iterable[str]) -> str:
    ids = sorted(identity for identity in ids if identity != "\N{REPLACEMENT CHARACTER}")
    close = get_close_matches(name, ids, n=1)
    if close:
        return f"did you mean {close[0]}?"
    return f"there are: {', '.join(ids[:8])}{', …' if len(ids) > 8 else ''}" if ids else "there are none"


def _uk(code: str) -> str:
    return "; the United Kingdom is GB" if code == "UK" else ""


# ---------------------------------------------------------------- facilities


def _builds(problem: Problem) -> Iterator[tuple[Path, Build]]:
    for key in ("suppliers", "plants", "recyclers"):
        for position, facility in enumerate(getattr(problem, key)):
            for number, build in enumerate(facility.builds):
                inner: Path = ("build", number) if isinstance(facility.build, list) else ("build",)
                yield (key, position, *inner), build


def _facilities(problem: Problem) -> Iterator[Finding]:
    for position, supplier in enumerate(problem.suppliers):
        yield from _under(("suppliers", position), _supplier(supplier))
    for position, plant in enumerate(problem.plants):
        yield from _under(("plants", position), _plant(plant))
    for position, recycler in enumerate(problem.recyclers):
        yield from _under(("recyclers", position), _recycler(recycler, problem.timeline))
    for path, build in _builds(problem):
        yield from _under(path, _build(build))


def _under(path: Path, findings: Iterable[Finding]) -> Iterator[Finding]:
    for inner, message, value in findings:
        yield (*path, *inner), message, value


def _supplier(supplier: Supplier) -> Iterator[Finding]:
    if (supplier.unit_cost is None) == (supplier.tiers is None):
        both = "both are given" if supplier.tiers is not None else "neither is given"
        yield ("unit_cost",), f"give a `unit_cost` or `tiers`, exactly one; {both}", None
    if supplier.tiers is not None:
        if not supplier.tiers:
            yield ("tiers",), "needs at least one tier", []
        limits = [tier.up_to for tier in supplier.tiers]
        if any(limit is None for limit in limits[:-1]):
            yield ("tiers",), "only the last tier may be open; state `up_to` for the others", limits
        stated = [limit for limit in limits if limit is not None]
        if any(later <= earlier for earlier, later in pairwise(stated)):
            yield ("tiers",), "`up_to` is cumulative and must rise from tier to tier", limits
    if supplier.take_or_pay is not None and any(cost < 0 for cost in _costs(supplier)):
        yield ("take_or_pay",), "cannot stand with a negative price: paying more would earn money", None


def _costs(supplier: Supplier) -> list[float]:
    if supplier.tiers is not None:
        return [tier.unit_cost for tier in supplier.tiers]
    return _values(supplier.unit_cost)


def _values(series: Series | None) -> list[float]:
    if series is None:
        return []
    if isinstance(series, dict):
        return list(series.values())
    return series if isinstance(series, list) else [series]


def _plant(plant: Plant) -> Iterator[Finding]:
    needs = [name for name in ("minimum_utilisation", "fixed_cost_per_capacity") if getattr(plant, name) is not None]
    if plant.capacity is None and not plant.builds:
        for name in needs:
            yield (name,), "needs a `capacity`", getattr(plant, name)
    for position, recipe in enumerate(plant.recipes):
        for material in recipe.inputs.keys() & recipe.outputs.keys():
            message = f"{material} is an input too; handing on is no transformation, state the net amount on one side"
            yield ("recipes", position, "outputs", material), message, recipe.outputs[material]


def _recycler(recycler: Recycler, timeline: Timeline) -> Iterator[Finding]:
    if recycler.scrap is None and not recycler.returns:
        yield ("scrap",), "is missing: state the scrap available per year", None
    yield from _ordered(timeline, "minimum_collection_rate", recycler.minimum_collection_rate, recycler.collection_rate)


def _build(build: Build) -> Iterator[Finding]:
    if build.has_capex and build.life is None:
        yield ("life",), "is missing: years over which the capex is paid", None
    if build.is_yes_no and build.max is None and build.max_per_order is None:
        yield ("max",), "is missing: a yes/no build needs the largest size it may have", None
    for name in ("max", "max_per_order"):
        limit = getattr(build, name)
        if build.minimum is not None and limit is not None and build.minimum > limit:
            yield ("minimum",), f"is above `{name}` {limit:g}", build.minimum


def _ordered(timeline: Timeline, name: str, low: Series | None, high: Series | None) -> Iterator[Finding]:
    """A lower bound above its upper bound, in any period where both can be read."""
    if low is None or high is None or any(isinstance(s, list) and len(s) != len(timeline) for s in (low, high)):
        return
    for start, least, most in zip(timeline.starts, timeline.read(low), timeline.read(high), strict=True):
        if least > most:
            yield (name,), f"is above the upper bound {most:g} in {start}", least
            return


def _stockpiles(problem: Problem) -> Iterator[Finding]:
    for position, pile in enumerate(problem.stockpiles):
        path: Path = ("stockpiles", position)
        if pile.minimum is not None and pile.days_of_demand is not None:
            yield (*path, "days_of_demand"), "is a minimum too; give `minimum` or `days_of_demand`", None
        yield from _under(path, _ordered(problem.timeline, "minimum", pile.minimum, pile.capacity))
        if pile.final is not None:
            yield from _under(
                path,
                _ordered(
                    problem.timeline,
                    "final",
                    [0.0] * (len(problem.timeline) - 1) + [pile.final],
                    pile.capacity,
                ),
            )
        if pile.initial_origin is not None and sum(pile.initial_origin.values()) > 1 + 1e-9:
            yield (
                (*path, "initial_origin"),
                "has shares that add up to more than 1",
                sum(pile.initial_origin.values()),
            )


# ---------------------------------------------------------------- policies


def _policy(problem: Problem, policy: Policy) -> Iterator[Finding]:
    if isinstance(policy, Diversify):
        if policy.min is None and policy.max is None:
            yield (), "bounds nothing: state `max` or `min`", None
        if policy.min is not None and policy.smallest is None:
            yield ("smallest",), "is missing: the share from which a part counts towards `min`", None
    if not isinstance(policy, Share | Quantity):
        return
    if policy.max is None and policy.min is None:
        yield (), "bounds nothing: state `max` or `min`", None
    yield from _ordered(problem.timeline, "min", policy.min, policy.max)
    if policy.each:
        if policy.min is not None and policy.max is None:
            yield (
                ("each",),
                "with a `min` would ask every country for a part; name the countries it is for",
                True,
            )
    elif policy.except_ is not None:
        yield ("except",), "says what `each` skips; it needs `each: true`", policy.except_
    if policy.countries is None and not policy.each and not _counts_all(policy):
        yield ("countries",), "is missing: whose part is bounded (countries or groups), or `each: true`", None
    yield from _fitting(policy)
    yield from _weighing(problem, policy)
    if (
        policy.penalty is not None
        and "periods" in policy.across
        and len(set(problem.timeline.read(policy.penalty) if _readable(problem, policy.penalty) else ())) > 1
    ):
        yield ("penalty",), "must be one number where periods are pooled", policy.penalty


def _counts_all(policy: Measured) -> bool:
    """Whether a part can be meant without countries: what is made at a stage, or by named plants."""
    return policy.stages is not None or getattr(policy, "plants", None) is not None


def _readable(problem: Problem, series: Series) -> bool:
    return not isinstance(series, list) or len(series) == len(problem.timeline)


def _fitting(policy: Share | Quantity) -> Iterator[Finding]:
    """Fields that the measure does not read: refused, because they would be ignored."""
    reads: dict[str, tuple[str, ...]] = {
        "stages": ("production", "content", "capacity"),
        "plants": ("production",),
        "carriers": ("content",),
        "from_": ("shipments",),
        "to": ("shipments",),
    }
    for name, measures in reads.items():
        if getattr(policy, name, None) is not None and policy.measure not in measures:
            yield (
                (name.rstrip("_"),),
                f"is read only by measure {' or '.join(measures)}, not by {policy.measure}",
                None,
            )
    if policy.of == "consumption" and (policy.measure != "production" or isinstance(policy, Quantity)):
        yield ("of",), "`consumption` is the whole of a `share` of production only", policy.of
    if policy.measure == "production" and policy.of == "output" and isinstance(policy, Share):
        for name in ("places", "demands"):
            if getattr(policy, name) is not None:
                yield (
                    (name,),
                    "limits only the consumption; production needs `of: consumption` to read it",
                    None,
                )
    if policy.each_place and policy.measure == "production":
        yield ("each_place",), "takes places of arrival apart; production has none", True
    if policy.measure == "production" and policy.demands is not None and isinstance(policy, Quantity):
        yield ("demands",), "is not read by a quantity of production", None


def _weighing(problem: Problem, policy: Share | Quantity) -> Iterator[Finding]:
    materials = {material.id: material for material in problem.materials}
    names = set(
        policy.materials or ([d.material for d in problem.demands] if policy.measure == "supply" else materials)
    )
    if policy.demands is not None:
        names &= {d.material for d in problem.demands if d.id in policy.demands}
    scope = [materials[name] for name in sorted(names) if name in materials]
    if policy.weight == "value":
        for material in scope:
            if material.price is None:
                yield ("weight",), f"`value` needs the `price` of {material.id}", "value"
    elif isinstance(policy.weight, dict):
        for material in scope:
            if material.id not in policy.weight and "materials" in policy.across:
                yield ("weight",), f"has no factor for {material.id}; state one, or limit `materials`", None
    elif "materials" in policy.across and len({material.unit for material in scope}) > 1:
        units = ", ".join(f"{material.id} in {material.unit}" for material in scope)
        yield (
            ("across",),
            f"pools unlike units ({units}); give a `weight` per material, or limit `materials`",
            policy.across,
        )


# ---------------------------------------------------------------- lanes


def _lanes(problem: Problem) -> Iterator[Finding]:
    """Duties without a price and distances without coordinates, on any pair that can carry the material."""
    network = problem.network
    messages: dict[str, None] = {}
    for material in network.materials:
        for origin, place in network.flows(material):
            try:
                network.lanes.moves(material, origin.place, place)
            except ValueError as error:
                messages[str(error)] = None
    for message in messages:
        yield ("lanes",), message, None
