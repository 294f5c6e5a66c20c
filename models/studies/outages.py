"""What can break: outages, each stated as changes that a scenario could make too."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from oremix.models.chain import Facility, Lane
from oremix.models.changes import changed_parts, with_parts
from oremix.models.errors import Fault, InvalidProblem
from oremix.models.fields import Id, Positive, Year
from oremix.models.network import products
from oremix.models.problem import Problem
from oremix.models.scenarios import Change, Scenario

__all__ = ["Ban", "Closure", "Outage", "OutageKind", "Spike", "StressOptions", "Surge", "outages_of"]

OutageKind = Literal["country", "supplier", "plant", "recycler", "scenario", "ban", "spike", "surge", "lane", "pair"]
KINDS = ("suppliers", "plants", "recyclers")


class _Option(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, frozen=True)


class Ban(_Option):
    """Nothing made at a stage in a country leaves it; what is used in the country itself still is."""

    country: Id = Field(description="country (ISO 3166-1 alpha-2), or group of countries, each on its own")
    stage: str | None = Field(None, description="stage whose materials stay; absent: of every stage")


class Spike(_Option):
    """Unit costs that rise."""

    of: Id = Field(description="country or group whose suppliers, plants and recyclers, or material whose sellers")
    times: Annotated[float, Field(ge=0)] = Field(description="factor on their unit costs")


class Surge(_Option):
    """Demand that rises."""

    demand: Id = Field(description='id of the demand, or "*" for all')
    times: Positive = Field(description="factor on its quantity")


class Closure(_Option):
    """A lane that is closed."""

    from_: Annotated[Id, Field(alias="from", description='country, group, place or "*" where it starts')]
    to: Id = Field(description='country, group, place or "*" where it ends')
    materials: Annotated[list[Id], Field(min_length=1)] | None = Field(None, description="ids; default all")
    periods: Annotated[int, Field(ge=1)] | None = Field(
        None, description="for how many periods, from the first year of the test on; absent: as long as that"
    )


class StressOptions(_Option):
    """What a stress test tries; where nothing is named, `all`."""

    all: bool | None = Field(
        None,
        description="every country, supplier, plant and recycler alone, and every scenario of the problem; default true"
        " where no outage is named, else false",
    )
    countries: list[Id] = Field(
        default_factory=list,
        description="countries (ISO 3166-1 alpha-2) or groups in which nothing is made, one by one",
    )
    facilities: list[Id] = Field(
        default_factory=list, description="ids of suppliers, plants and recyclers that make nothing, one by one"
    )
    scenarios: list[Id | Scenario] = Field(
        default_factory=list, description="ids of scenarios of the problem, or scenarios as there"
    )
    bans: list[Ban] = Field(default_factory=list, description="export bans, one by one")
    spikes: list[Spike] = Field(default_factory=list, description="rises of unit costs, one by one")
    surges: list[Surge] = Field(default_factory=list, description="rises of demand, one by one")
    lanes: list[Closure] = Field(default_factory=list, description="closed lanes, one by one")
    pairs: bool | list[Annotated[list[Id], Field(min_length=2, max_length=2)]] = Field(
        False,
        description="true: every two of the countries tried, together; or pairs of countries, groups, facilities and"
        " scenarios of the problem",
    )
    from_year: Year | None = Field(
        None, description="first year of outages, included; absent: from the start. Scenarios have years of their own"
    )
    until_year: Year | None = Field(None, description="last year of outages, included; absent: to the end")
    insurance: Annotated[int, Field(ge=0)] = Field(
        3, description="for how many of the worst outages the cheapest insurance is looked for"
    )


class Outage(BaseModel):
    """An outage: what it is called, and the changes that it is."""

    model_config = ConfigDict(frozen=True)

    kind: OutageKind
    on: tuple[str, ...]
    text: str
    changes: tuple[Change, ...]

    @property
    def id(self) -> str:
        """What it is called in short."""
        return " + ".join(self.on)


def outages_of(problem: Problem, options: StressOptions) -> list[Outage]:
    """The outages that are asked for, each once.

    Raises
    ------
    InvalidProblem
        With every fault: what there is none of, and changes that cannot be made.
    """
    writer = _Writer(problem, options)
    found = list(writer.all())
    faults = writer.faults or [fault for number, entry in found for fault in _faults(problem, number, entry)]
    if faults:
        raise InvalidProblem(faults)
    return list({(outage.kind, outage.on): outage for _, outage in found}.values())


Path = tuple[str | int, ...]
Found = Iterator[tuple[Path, Outage]]


def _faults(problem: Problem, path: Path, outage: Outage) -> list[Fault]:
    """Why changes cannot be made; what scenarios that are not the problem's own make is checked as a whole."""
    try:
        parts = changed_parts(problem, list(outage.changes))
        if outage.kind == "scenario" and all(scenario.id != outage.id for scenario in problem.scenarios):
            with_parts(problem, parts)
    except InvalidProblem as error:
        return [Fault(path, f"{outage.text}: {fault.message} ({fault.pointer})", fault.value) for fault in error.errors]
    return []


class _Writer:
    """Writes outages as changes, and takes down what is wrong with what is asked for."""

    def __init__(self, problem: Problem, options: StressOptions) -> None:
        self.problem, self.options = problem, options
        self.network = problem.network
        self.faults = list(self._wrong_years())
        years = {"from_year": options.from_year, "until_year": options.until_year}
        self.years = {key: year for key, year in years.items() if year is not None}
        self.when = self._when()

    def _wrong_years(self) -> Iterator[Fault]:
        first, last = self.options.from_year, self.options.until_year
        if first is None and last is None:
            return
        timeline = self.problem.timeline
        if timeline.typical:
            yield Fault(("from_year",), "is of no use without `periods`: there is one typical year", first or last)
        elif not any(timeline.within(period, first, last) for period in timeline):
            yield Fault(("from_year",), f"leaves no period; they start in {_listed(timeline.starts)}", first or last)

    def _when(self) -> str:
        first, last = self.options.from_year, self.options.until_year
        if first is None:
            return "" if last is None else f", until {last}"
        return f", from {first}" if last is None else f", {first} to {last}"

    def all(self) -> Found:
        options = self.options
        named = (options.countries, options.facilities, options.scenarios, options.bans, options.spikes)
        others = (options.surges, options.lanes, options.pairs if isinstance(options.pairs, list) else [])
        is_all = not any((*named, *others)) if options.all is None else options.all
        countries = [*options.countries, *(sorted(self.network.making_countries) if is_all else [])]
        facilities = [*options.facilities, *(f.id for f in self.problem.facilities if is_all)]
        scenarios = [*options.scenarios, *(s.id for s in self.problem.scenarios if is_all)]
        for key, entries, write in (
            ("countries", countries, self.country),
            ("facilities", facilities, self.facility),
            ("scenarios", scenarios, self.scenario),
            ("bans", options.bans, self.ban),
            ("spikes", options.spikes, self.spike),
            ("surges", options.surges, self.surge),
            ("lanes", options.lanes, self.lane),
        ):
            yield from self._each(key, entries, write)
        if options.pairs is True:
            yield from self._each(
                "pairs", [list(pair) for pair in combinations(dict.fromkeys(countries), 2)], self.pair
            )
        elif options.pairs:
            yield from self._each("pairs", options.pairs, self.pair)

    def _each(self, key: str, entries: Any, write: Any) -> Found:
        for number, entry in enumerate(entries):
            try:
                yield (key, number), write(entry)
            except ValueError as error:
                self.faults.append(Fault((key, number), str(error), getattr(entry, "id", None) or _plain(entry)))

    # ------------------------------------------------------------ one of each

    def country(self, name: str) -> Outage:
        members = self._members(name)
        changes = [
            self._change(kind, {"country": name}, "capacity", times=0.0)
            for kind in KINDS
            if any(self._country(facility) in members for facility in getattr(self.problem, kind))
        ]
        return self._outage("country", (name,), f"nothing is made in {name}", changes)

    def facility(self, name: str) -> Outage:
        facility = self.network.facilities.get(name)
        if facility is None:
            raise ValueError("is no supplier, plant or recycler of the problem")
        changes = [self._change(f"{facility.kind}s", {"id": name}, "capacity", times=0.0)]
        return self._outage(facility.kind, (name,), f"{name} ({self._country(facility)}) makes nothing", changes)

    def scenario(self, entry: str | Scenario) -> Outage:
        known = {scenario.id: scenario for scenario in self.problem.scenarios}
        scenario = entry if isinstance(entry, Scenario) else known.get(entry)
        if scenario is None:
            raise ValueError(f"is no scenario of the problem; there are: {_listed(known)}")
        text = scenario.name or f"scenario {scenario.id}"
        return Outage(kind="scenario", on=(scenario.id,), text=text, changes=tuple(scenario.changes))

    def ban(self, ban: Ban) -> Outage:
        members = self._members(ban.country)
        found = {
            country: dict.fromkeys(
                material
                for facility in self.problem.facilities
                if self._country(facility) == country and ban.stage in (None, facility.stage)
                for material in products(facility)
            )
            for country in sorted(members)
        }
        if not any(found.values()):
            stages = dict.fromkeys(str(f.stage) for f in self.problem.facilities if self._country(f) in members)
            raise ValueError(f"has nothing at this stage; it has: {_listed(stages)}")
        # what other countries of a group get is kept too: each is on its own
        changes = [
            self._closed(Lane.model_validate({"from": country, "to": "*", "materials": list(made), "closed": True}))
            for country, made in found.items()
            if made
        ]
        what = ban.stage or "everything"
        on = (ban.country,) if ban.stage is None else (f"{ban.country}:{ban.stage}",)
        return self._outage("ban", on, f"{ban.country} exports nothing of its {what}", changes)

    def spike(self, spike: Spike) -> Outage:
        if spike.of in self.network.materials:
            chosen = [f for f in self.problem.facilities if getattr(f, "material", None) == spike.of]
            if not chosen:
                raise ValueError("is sold and recovered by nobody; name the country of its plants")
        else:
            members = self._members(spike.of)
            chosen = [facility for facility in self.problem.facilities if self._country(facility) in members]
        changes = [
            self._change(f"{kind}s", {"id": [facility.id for facility in group]}, field, times=spike.times)
            for kind, field in (
                ("supplier", "unit_cost"),
                ("supplier", "tiers.unit_cost"),
                ("plant", "recipes.unit_cost"),
                ("recycler", "unit_cost"),
            )
            if (group := [f for f in chosen if f.kind == kind and getattr(f, field.split(".")[0], None) is not None])
        ]
        return self._outage(
            "spike", (f"{spike.of} x{spike.times:g}",), f"unit costs of {spike.of} times {spike.times:g}", changes
        )

    def surge(self, surge: Surge) -> Outage:
        chosen = [d.id for d in self.problem.demands if d.quantity is not None and surge.demand in ("*", d.id)]
        if not chosen:
            known = _listed(demand.id for demand in self.problem.demands)
            raise ValueError(f"is no demand with a quantity; there are: {known}")
        change = self._change("demands", {"id": chosen}, "quantity", times=surge.times)
        whose = "all demands" if surge.demand == "*" else surge.demand
        on = (f"{surge.demand} x{surge.times:g}",)
        return self._outage("surge", on, f"{whose} asks for {surge.times:g} times as much", [change])

    def lane(self, closure: Closure) -> Outage:
        stated = closure.model_dump(by_alias=True, exclude={"periods"}, exclude_none=True)
        years = dict(self.years)
        if closure.periods is not None and not self.problem.timeline.typical:
            starts = self.problem.timeline.starts
            first = next(
                (p for p in self.problem.timeline if self.problem.timeline.within(p, years.get("from_year"), None)), 0
            )
            years["until_year"] = starts[min(first + closure.periods, len(starts)) - 1]
        change = self._closed(Lane.model_validate(stated | {"closed": True}), years)
        which = "" if closure.materials is None else f" for {_listed(closure.materials)}"
        long = "" if closure.periods is None else f" for {closure.periods} period{'s' * (closure.periods > 1)}"
        on = (f"{closure.from_}>{closure.to}{which}",)
        return self._outage(
            "lane", on, f"the lane from {closure.from_} to {closure.to} is closed{which}{long}", [change]
        )

    def pair(self, names: list[str]) -> Outage:
        outages = [self._named(name) for name in names]
        texts = [outage.text.removesuffix(self.when) for outage in outages]
        return Outage(
            kind="pair",
            on=tuple(names),
            text=f"{texts[0]}, and {texts[1]}{self.when}",
            changes=tuple(change for outage in outages for change in outage.changes),
        )

    def _named(self, name: str) -> Outage:
        """An outage by the name of what is out."""
        if name in self.network.facilities:
            return self.facility(name)
        if any(scenario.id == name for scenario in self.problem.scenarios):
            return self.scenario(name)
        return self.country(name)

    # ------------------------------------------------------------ how they are put together

    def _outage(self, kind: OutageKind, on: tuple[str, ...], text: str, changes: list[Change]) -> Outage:
        return Outage(kind=kind, on=on, text=f"{text}{self.when}", changes=tuple(changes))

    def _change(self, on: str, where: dict[str, Any], field: str, **what: Any) -> Change:
        return Change.model_validate({"on": on, "where": where, "field": field, **what, **self.years})

    def _closed(self, lane: Lane, years: dict[str, int] | None = None) -> Change:
        stated = lane.model_dump(by_alias=True, exclude_unset=True) | (self.years if years is None else years)
        return Change.model_validate({"on": "lanes", "add": stated})

    def _country(self, facility: Facility) -> str:
        return self.network.geography.country(facility.at)

    def _members(self, name: str) -> frozenset[str]:
        """The countries of a name in which something is made."""
        members = self.network.geography.members([name]) & self.network.making_countries
        if not members:
            known = _listed(sorted(self.network.making_countries))
            raise ValueError(f"is no country in which anything is made, or group with one; there are: {known}")
        return members


def _listed(names: Any) -> str:
    return ", ".join(map(str, names)) or "none"


def _plain(entry: Any) -> Any:
    return entry.model_dump(by_alias=True, exclude_none=True) if isinstance(entry, BaseModel) else entry
