"""Content, checked by walking the plan: from what was made, step by step, to what was delivered.

In a chain of steps with one input each, a tonne of which gives a tonne, and without losses, the part of a delivery that
can be clean is a flow through the records of the plan: as much as gets through. No linear program is asked.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from oremix.models import Plan
from oremix.optimizer.decide import solve

Document = dict[str, Any]
Node = tuple[Any, ...]

COUNTRIES = ["CN", "AU", "JP"]
SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
some = settings(max_examples=40, suppress_health_check=SLOW)
START: Node = ("start",)
END: Node = ("end",)


@st.composite
def chains(draw: st.DrawFn) -> Document:
    """Ore, oxide, magnets: mined, refined and made in three countries, sold at every step, stocked and recycled."""
    whole = st.integers

    def facility(name: str, most: int) -> Document:
        return {"id": name, "country": draw(st.sampled_from(COUNTRIES)), "capacity": draw(whole(5, most))}

    def supplier(name: str, material: str, stage: str, price: int) -> Document:
        seller = facility(name, 60) | {"material": material, "stage": stage}
        seller["unit_cost"] = draw(whole(price, price + 20))
        if draw(whole(0, 3)) == 3:
            seller["history"] = {"mining": draw(st.sampled_from(COUNTRIES))} if stage != "mining" else {}
        return seller

    def plant(name: str, made_of: str, makes: str, stage: str) -> Document:
        recipe = {"id": "r", "inputs": {made_of: 1}, "outputs": {makes: 1}, "unit_cost": draw(whole(0, 9))}
        return facility(name, 60) | {"stage": stage, "recipes": [recipe]}

    document: Document = {
        "materials": [{"id": name, "unit": "t"} for name in ("ore", "oxide", "magnet")],
        "suppliers": [
            *(supplier(f"mine{n}", "ore", "mining", 1) for n in range(draw(whole(2, 3)))),
            *(supplier(f"seller{n}", "oxide", "refining", 10) for n in range(draw(whole(0, 2)))),
        ],
        "plants": [
            *(plant(f"refinery{n}", "ore", "oxide", "refining") for n in range(draw(whole(2, 3)))),
            *(plant(f"works{n}", "oxide", "magnet", "magnets") for n in range(draw(whole(1, 2)))),
        ],
        "recyclers": [
            facility(f"urban{n}", 30)
            | {"material": "oxide", "scrap": draw(whole(0, 40)), "unit_cost": draw(whole(0, 40))}
            for n in range(draw(whole(0, 2)))
        ],
        "demands": [
            {
                "id": f"demand{n}",
                "country": draw(st.sampled_from(COUNTRIES)),
                "material": material,
                "quantity": draw(whole(0, 40)),
                "shortage_cost": 500,
            }
            for n, material in enumerate(("magnet", "magnet", "oxide"))
        ],
        "lanes": [
            {"from": start, "to": end, "unit_cost": draw(whole(0, 6))}
            for start in COUNTRIES
            for end in COUNTRIES
            if start != end
        ],
    }
    if draw(st.booleans()):
        document |= {"periods": [2026, 2027], "discount_rate": 0}
        document["stockpiles"] = [
            {"country": draw(st.sampled_from(COUNTRIES)), "material": material, "initial": draw(whole(0, 20))}
            for material in ("oxide", "magnet")
            if draw(st.booleans())
        ]
        for facility_ in (*document["suppliers"], *document["plants"]):
            if draw(whole(0, 2)) == 2:
                facility_["capacity"] = [facility_["capacity"], draw(whole(0, 60))]
    return document


# ---------------------------------------------------------------- what a step is


def comes_clean(seller: Document, stages: Iterable[str] | None) -> bool:
    """Whether nothing of what a supplier's material went through was one of `stages` in China."""
    after = {"ore": {"refining", "magnets"}, "oxide": {"magnets"}}[seller["material"]]
    if "history" in seller:
        steps = {**seller["history"], seller["stage"]: seller["country"]}
    else:
        steps = dict.fromkeys({"mining", "refining", "magnets"} - after, seller["country"])
    return all(country != "CN" or (stages is not None and stage not in stages) for stage, country in steps.items())


def hands_on(part: Document, stage: str, stages: Iterable[str] | None) -> bool:
    """Whether what leaves a step is as clean as what went in."""
    return part["country"] != "CN" or (stages is not None and stage not in stages)


# ---------------------------------------------------------------- the walk


class Walk:
    """The records of a plan as pipes that carry what is clean, or what was recycled."""

    def __init__(self, document: Document, plan: Plan) -> None:
        self.document = document
        self.plan = plan
        self.pipes: dict[Node, dict[Node, float]] = defaultdict(lambda: defaultdict(float))
        self._move()
        self._store()

    def pipe(self, start: Node, end: Node, amount: float) -> None:
        if amount > 0:
            self.pipes[start][end] += amount

    def _move(self) -> None:
        for record in self.plan.shipments:
            maker = ("made", record.material, record.from_, record.stage, record.period)
            self.pipe(maker, ("used", record.material, record.to, record.period), record.arrived)

    def _store(self) -> None:
        """A year's stock is filled and drawn within the year, and what is left goes into the next."""
        before: dict[tuple[str, str], tuple[Node, float]] = {}
        for pile in self.document.get("stockpiles", []):
            before[pile["country"], pile["material"]] = (START, pile["initial"])
        for record in sorted(self.plan.stocks, key=lambda stock: stock.period):
            here = ("stock", record.material, record.place, record.period)
            last, level = before[record.place, record.material]
            self.pipe(last, here, level)
            self.pipe(("used", record.material, record.place, record.period), here, record.fill)
            for draw in record.draws:
                self.pipe(here, ("used", record.material, draw.to, record.period), draw.quantity)
            before[record.place, record.material] = (here, record.level)

    def clean(self, stages: Iterable[str] | None) -> Walk:
        """Open what no step of `stages` in China has touched."""
        sellers = {seller["id"]: seller for seller in self.document["suppliers"]}
        for purchase in self.plan.purchases:
            seller = sellers[purchase.supplier]
            if comes_clean(seller, stages):
                made = ("made", purchase.material, seller["country"], seller["stage"], purchase.period)
                self.pipe(START, made, purchase.quantity)
        for recycler, amount, made in self._recovered():
            if hands_on(recycler, "recycling", stages):
                self.pipe(START, made, amount)
        self._transform(lambda plant: hands_on(plant, plant["stage"], stages))
        return self

    def recycled(self) -> Walk:
        """Open what was recovered from scrap, wherever it went; stock of unknown origin was not."""
        self.pipes.pop(START, None)
        for _, amount, made in self._recovered():
            self.pipe(START, made, amount)
        self._transform(lambda _: True)
        return self

    def _recovered(self) -> Iterable[tuple[Document, float, Node]]:
        recyclers = {recycler["id"]: recycler for recycler in self.document["recyclers"]}
        for record in self.plan.recycling:
            recycler = recyclers[record.recycler]
            yield recycler, record.quantity, ("made", "oxide", recycler["country"], "recycling", record.period)

    def _transform(self, opens: Any) -> None:
        plants = {plant["id"]: plant for plant in self.document["plants"]}
        for record in self.plan.production:
            plant = plants[record.plant]
            if opens(plant):
                ((taken, amount),) = record.inputs.items()
                (made,) = record.outputs
                used = ("used", taken, plant["country"], record.period)
                self.pipe(used, ("made", made, plant["country"], plant["stage"], record.period), amount)

    def reaches(self, demands: Iterable[str], periods: Iterable[int]) -> tuple[float, float]:
        """What gets through to these deliveries, and what was delivered."""
        places = {demand["id"]: demand["country"] for demand in self.document["demands"]}
        wanted, years, total = set(demands), set(periods), 0.0
        pipes = {start: dict(ends) for start, ends in self.pipes.items()}
        for record in self.plan.deliveries:
            if record.demand in wanted and record.period in years:
                used = ("used", record.material, places[record.demand], record.period)
                ends = pipes.setdefault(used, {})
                ends[END] = ends.get(END, 0.0) + record.quantity
                total += record.quantity
        return _through(pipes), total


def _through(pipes: dict[Node, dict[Node, float]]) -> float:
    """The most that flows from the start to the end: along the shortest open path, until none is left."""
    total = 0.0
    while (path := _open_path(pipes)) is not None:
        amount = min(pipes[start][end] for start, end in path)
        for start, end in path:
            pipes[start][end] -= amount
            back = pipes.setdefault(end, {})
            back[start] = back.get(start, 0.0) + amount
        total += amount
    return total


def _open_path(pipes: dict[Node, dict[Node, float]]) -> list[tuple[Node, Node]] | None:
    came: dict[Node, Node] = {START: START}
    waiting = deque([START])
    while waiting:
        here = waiting.popleft()
        for end, room in pipes.get(here, {}).items():
            if room > 1e-9 and end not in came:
                came[end] = here
                waiting.append(end)
    if END not in came:
        return None
    path, here = [], END
    while here != START:
        path.append((came[here], here))
        here = came[here]
    return path


# ---------------------------------------------------------------- what holds


def solved(document: Document) -> Plan:
    plan = solve(document)
    assert plan.status in ("optimal", "infeasible"), (plan.status, plan.certificate.reason)
    event(plan.status)
    assume(plan.status == "optimal")
    return plan


def periods_of(document: Document) -> list[int]:
    return document.get("periods", [1])


STAGES = st.sampled_from(
    [None, ["mining"], ["refining"], ["magnets"], ["mining", "magnets"], ["refining", "recycling"]]
)


def content(stages: list[str] | None, **fields: Any) -> Document:
    named = {} if stages is None else {"stages": stages}
    return {"id": "rule", "type": "share", "measure": "content", "countries": ["CN"], **named, **fields}


@some
@given(chains(), STAGES, st.sampled_from([["demand0"], ["demand0", "demand2"]]))
def test_nothing_touched_reaches_who_forbids_it(document: Document, stages: list[str] | None, ids: list[str]) -> None:
    """With a content of zero all that is delivered can be led there past every step in China, in all years at once."""
    assume(stages is None or "recycling" not in stages or document["recyclers"])
    plan = solved(document | {"policies": [content(stages, demands=ids, max=0)]})
    through, delivered = Walk(document, plan).clean(stages).reaches(ids, periods_of(document))
    assert through == pytest.approx(delivered, abs=1e-5)


@some
@given(chains(), STAGES, st.integers(1, 9))
def test_a_cap_is_kept_by_the_flows(document: Document, stages: list[str] | None, tenths: int) -> None:
    """At least the rest of what is delivered gets there clean; what is reported is the least that must be touched."""
    assume(stages is None or "recycling" not in stages or document["recyclers"])
    plan = solved(document | {"policies": [content(stages, max=tenths / 10, materials=["magnet"])]})
    for record in plan.shares:
        if record.policy == "rule":
            ids = ["demand0", "demand1"]
            through, delivered = Walk(document, plan).clean(stages).reaches(ids, [record.period])
            assert record.whole == pytest.approx(delivered, abs=1e-5)
            assert record.part == pytest.approx(delivered - through, abs=1e-4)
            assert through >= (1 - tenths / 10) * delivered - 1e-4


@some
@given(chains())
def test_chinas_content_is_the_least_that_the_flows_allow(document: Document) -> None:
    """Of each material in each year, over all stages, whether a rule asks for it or not."""
    plan = solved(document)
    ids = {"magnet": ["demand0", "demand1"], "oxide": ["demand2"]}
    found = [record for record in plan.shares if (record.policy, record.measure) == (None, "content")]
    assert {(record.material, record.period) for record in found} == {
        (material, period) for material in ids for period in periods_of(document)
    }
    for record in found:
        through, delivered = Walk(document, plan).clean(None).reaches(ids[record.material], [record.period])
        assert record.whole == pytest.approx(delivered, abs=1e-5)
        assert record.part == pytest.approx(delivered - through, abs=1e-4)
        if delivered > 1e-6:
            assert record.achieved == pytest.approx(1 - through / delivered, abs=1e-4)


@some
@given(chains(), st.integers(0, 6))
def test_recycled_content_is_recovered_material_alone(document: Document, tenths: int) -> None:
    """A floor is met by what recyclers recovered, led to the magnets in the plan's own flows."""
    assume(document["recyclers"])
    floor = {"id": "rule", "type": "share", "measure": "content", "stages": ["recycling"], "materials": ["magnet"]}
    plan = solved(document | {"policies": [floor | {"min": tenths / 10}]})
    for record in plan.shares:
        if record.policy == "rule":
            through, delivered = Walk(document, plan).recycled().reaches(["demand0", "demand1"], [record.period])
            assert record.part == pytest.approx(through, abs=1e-4)
            assert through >= tenths / 10 * delivered - 1e-4
            recovered = sum(r.quantity for r in plan.recycling if r.period <= record.period)
            assert recovered >= record.part - 1e-4


@some
@given(chains(), STAGES)
def test_tracing_costs_nothing_where_nothing_is_asked(document: Document, stages: list[str] | None) -> None:
    """A cap of 100 % changes no cost; one of nothing never lowers it."""
    assume(stages is None or "recycling" not in stages or document["recyclers"])
    free, capped, banned = (
        solve(document | {"policies": policies})
        for policies in ([], [content(stages, max=1)], [content(stages, max=0)])
    )
    assert free.total_cost is not None
    assert capped.total_cost == pytest.approx(free.total_cost, rel=1e-9, abs=1e-6)
    # going short is always allowed
    assert banned.total_cost is not None
    assert banned.total_cost >= free.total_cost - 1e-6
