"""Documents without some of what they state, written apart from the diagnosis that they test."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

ROOM = 100_000
Document = dict[str, Any]
Name = tuple[str, str, str]
"""A list of the document, the id of an entry, and the field as a diagnosis writes it."""

LIMITS = {"capacity", "reserve", "scrap", "surplus_max", "fill_max", "draw_max"}
ABSENT = {
    *("minimum", "minimum_order", "days_of_demand", "final", "closed", "from_year", "until_year"),
    *("minimum_utilisation", "minimum_collection_rate", "collection_rate"),
}
SET = {"surplus": "free", "lead_time": 0, "orders": 9}
OF_BUILD = ("max", "max_per_order", "orders", "lead_time", "earliest", "latest", "committed", "minimum_utilisation")
FACILITIES = ("suppliers", "plants", "recyclers")
# What says how much a facility can make without builds.
OWN = {"capacity", "reserve", "scrap", "collection_rate", "from_year", "until_year"}


def name_of(on: str, position: int, entry: Document) -> str:
    if on == "lanes":
        return entry.get("id") or f"lane {position + 1}"
    if on == "stockpiles":
        return entry.get("id") or f"{entry['material']} at {entry.get('place') or entry['country']}"
    return str(entry["id"])


def statements(document: Document) -> list[Name]:
    """Everything that `without` can take out; what exists stays where a rule bounds it from above."""
    found: list[Name] = []
    policies = document.get("policies", [])
    fixed = any(policy.get("measure") == "capacity" and "max" in policy for policy in policies)
    for on in ("policies", "demands", "suppliers", "plants", "recyclers", "lanes", "stockpiles", "materials"):
        for position, entry in enumerate(document.get(on, [])):
            name = name_of(on, position, entry)
            if on == "policies":
                found += [(on, name, side) for side in ("max", "min") if side in entry and "penalty" not in entry]
            elif on == "demands":
                found += [(on, name, "quantity")] * ("shortage_cost" not in entry and "sale_price" not in entry)
            else:
                stands = fixed and on in FACILITIES
                found += [(on, name, f) for f in sorted(LIMITS | ABSENT) if f in entry and not (stands and f in OWN)]
                found += [(on, name, "surplus")] * (entry.get("surplus") == "forbidden")
                if "up_to" in (entry.get("tiers") or [{}])[-1] and not fixed:
                    found.append((on, name, f"tiers.{len(entry['tiers']) - 1}.up_to"))
                found += [(on, name, f"{path}.{f}") for path, build in builds(entry) for f in OF_BUILD if f in build]
    return found


def builds(entry: Document) -> list[tuple[str, Document]]:
    """The path and the data of each build."""
    build = entry.get("build")
    if isinstance(build, list):
        return [(f"build.{number}", one) for number, one in enumerate(build)]
    return [] if build is None else [("build", build)]


def without(document: Document, names: list[Name]) -> Document:
    """A copy that does not state these."""
    changed = deepcopy(document)
    for on, name, path in names:
        entries = changed[on]
        position = next(p for p, entry in enumerate(entries) if name_of(on, p, entry) == name)
        _take_out(changed, on, entries, position, path)
    return changed


def _take_out(document: Document, on: str, entries: list[Document], position: int, path: str) -> None:
    entry = entries[position]
    *way, field = path.split(".")
    for step in way:
        entry = entry[int(step)] if isinstance(entry, list) else entry[step]  # type: ignore[index]
    if field in ("capacity", "from_year", "until_year", "scrap"):
        _keep_floors(document, entry, field)
    if on == "demands":
        entry["shortage_cost"] = 0
    elif on == "policies":
        entry.pop(field)
        if not {"max", "min", "price"} & entry.keys():
            entries.pop(position)
    elif field in SET:
        entry[field] = SET[field]
    elif field in LIMITS | {"max", "max_per_order", "up_to"}:
        entry[field] = ROOM
    else:
        entry.pop(field)
        if field == "from_year":
            entry.pop("ramp_up", None)
        if not {"capacity", "minimum", "fixed_cost"} & entry.keys():
            entry.pop("joint", None)


def _keep_floors(document: Document, entry: Document, field: str) -> None:
    """What must run or be bought hangs on capacity: it stays as it was in units."""
    periods = document.get("periods") or [1]
    first, last = entry.get("from_year", 0), entry.get("until_year", 9999)
    capacity = read(entry.get("capacity", ROOM), periods)
    was = [c if first <= start <= last else 0 for c, start in zip(capacity, periods, strict=True)]
    now = [ROOM] * len(periods) if field == "capacity" else was if field == "scrap" else capacity
    floors: Document = {}
    if field == "scrap" and "minimum_collection_rate" in entry:
        shares, scrap = read(entry["minimum_collection_rate"], periods), read(entry["scrap"], periods)
        floors["minimum_collection_rate"] = [s * amount / ROOM for s, amount in zip(shares, scrap, strict=True)]
    if "minimum_utilisation" in entry:
        shares = read(entry["minimum_utilisation"], periods)
        floors["minimum_utilisation"] = [s * w / n if n else 0 for s, w, n in zip(shares, was, now, strict=True)]
    if field.endswith("year") and "minimum_collection_rate" in entry and "build" not in entry:
        rates = read(entry["minimum_collection_rate"], periods)
        floors["minimum_collection_rate"] = [rate if w else 0 for rate, w in zip(rates, was, strict=True)]
    for name in ("minimum", "take_or_pay"):
        if name in entry:
            floors[name] = [min(v, w) for v, w in zip(read(entry[name], periods), was, strict=True)]
    entry |= {name: value if "periods" in document else value[0] for name, value in floors.items()}


def edited(document: Document, changes: list[Any]) -> Document:
    """A copy that says what a repair's changes say."""
    changed = deepcopy(document)
    periods = document.get("periods")
    for change in changes:
        entries = changed[change.on]
        position = next(p for p, e in enumerate(entries) if name_of(change.on, p, e) == change.id)
        entry = entries[position]
        *way, field = change.field.split(".")
        for step in way:
            entry = entry[int(step)] if isinstance(entry, list) else entry[step]
        if change.period is None or periods is None:
            entry[field] = change.to
        else:
            values = read(entry.get(field, 0), periods)
            values[periods.index(change.period)] = change.to
            entry[field] = values
    return changed


def read(value: Any, periods: list[int]) -> list[float]:
    """A value over time in each period."""
    if isinstance(value, list):
        return list(value)
    if not isinstance(value, dict):
        return [value] * len(periods)
    years = sorted(map(int, value))
    found = []
    for start in periods:
        before = max((year for year in years if year <= start), default=years[0])
        after = min((year for year in years if year >= start), default=years[-1])
        low, high = value[str(before)], value[str(after)]
        found.append(low if before >= after else low + (high - low) * (start - before) / (after - before))
    return found
