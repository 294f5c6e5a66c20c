"""Economies of scale, terms of contract and times of building: on paper, or against every choice there is."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import pytest

from oremix.models import Plan
from tests.plans import demand, near, plant, refused, solved, supplier, tonnes
from tests.problems import FIRST, SECOND, YEARS

Document = dict[str, Any]
IMPORT = 20.0
RUNNING = 2.0


def costs(plan: Plan) -> dict[str, float]:
    return plan.costs.by_category


def works(name: str = "works", unit_cost: float = RUNNING, **more: Any) -> Document:
    """A plant that makes oxide of nothing."""
    return plant(name, "AU", unit_cost, {}, {"oxide": 1}, **more)


def import_or_build(quantity: Any, *plants: Document, price: Any = IMPORT, **parts: Any) -> Document:
    """Oxide can be bought without limit, or made in plants that have to be built."""
    return {
        "discount_rate": 0,
        "suppliers": [supplier("import", "CN", price)],
        "plants": list(plants),
        "demands": [demand(quantity)],
        **parts,
    }


def points(*pairs: tuple[float, float]) -> list[Document]:
    return [{"capacity": capacity, "capex": capex} for capacity, capex in pairs]


def between(curve: list[tuple[float, float]], capacity: float) -> float:
    """Total capex of a size on a curve."""
    for (low, less), (high, more) in pairwise(curve):
        if low <= capacity <= high:
            return less + (more - less) * (capacity - low) / (high - low)
    raise AssertionError(capacity)


# ---------------------------------------------------------------- curves


def test_a_concave_curve_against_enumeration(solver: str) -> None:
    """Two plants that get cheaper by size, in two periods: the best of all whole sizes and both years of ordering."""
    curves = {
        "a": [(10.0, 500.0), (50.0, 1300.0), (100.0, 1700.0)],
        "b": [(0.0, 400.0), (20.0, 800.0), (40.0, 1000.0)],
    }
    running, wanted, price, life = {"a": 2.0, "b": 1.0}, {2026: 43.0, 2027: 71.0}, 25.0, 2.0
    plan = solved(
        import_or_build(
            list(wanted.values()),
            *(works(name, running[name], build={"curve": points(*curves[name]), "life": life}) for name in curves),
            price=price,
            periods=list(wanted),
        ),
        solver,
    )

    def total(orders: dict[str, tuple[int, float]]) -> float:
        amount = 0.0
        for year, quantity in wanted.items():
            left = quantity
            for name in sorted(orders, key=running.__getitem__):
                ordered, size = orders[name]
                if ordered <= year:
                    made = min(left, size)
                    amount += between(curves[name], size) / life + made * running[name]
                    left -= made
            amount += left * price
        return amount

    # between whole sizes costs are linear, as demands and the points of the curves are whole
    choices = {
        name: [None, *product(wanted, range(int(curve[0][0]), int(curve[-1][0]) + 1))] for name, curve in curves.items()
    }
    best = min(
        total({name: order for name, order in zip(choices, orders, strict=True) if order})
        for orders in product(*choices.values())
    )
    assert best < sum(wanted.values()) * price
    assert plan.total_cost == near(best)
    for build in plan.builds:
        assert build.capex == near(between(curves[build.on], build.capacity))
    assert plan.certificate.decisions_fixed


@pytest.mark.parametrize(
    ("quantity", "price", "capacity", "total"),
    [
        (4, 60, 10, 200 + 4 * 2),  # the smallest size, though only 4 t are wanted: 208 against 240
        (4, 50, None, 4 * 50),  # no plant at all: 208 against 200
        (30, 60, 30, 200 + 20 * 7.5 + 30 * 2),  # half way from (10, 200) to (50, 500)
        (80, 60, 50, 500 + 50 * 2 + 30 * 60),  # no larger than the last point
    ],
)
def test_a_curve_begins_and_ends(
    solver: str, quantity: float, price: float, capacity: float | None, total: float
) -> None:
    """The first point is the smallest size and the last the largest; what is not built costs nothing."""
    curve = points((10, 200), (50, 500))
    plan = solved(import_or_build(quantity, works(build={"curve": curve, "life": 1}), price=price), solver)
    assert plan.total_cost == near(total)
    assert [build.capacity for build in plan.builds] == near([] if capacity is None else [capacity])


@pytest.mark.parametrize("quantity", [5, 6, 40])
def test_a_curve_from_nothing_with_a_capex_is_a_fixed_capex(solver: str, quantity: float) -> None:
    """(0, 100) to (50, 300) is 100 for having it and 4 for each unit."""
    by_curve = {"curve": points((0, 100), (50, 300)), "life": 1}
    by_fields = {"fixed_capex": 100, "unit_capex": 4, "max": 50, "life": 1}
    plans = [solved(import_or_build(quantity, works(build=build)), solver) for build in (by_curve, by_fields)]
    # 18 - 4 = 14 a unit has to pay for 100: above 7.14
    assert plans[0].total_cost == near(min(quantity * 20, 100 + quantity * 6))
    assert plans[1].total_cost == near(plans[0].total_cost)


@pytest.mark.parametrize(
    ("price", "capacity", "total"), [(7, 50, 50 * (2 + 2) + 30 * 7), (9, 80, 80 * 2 + 100 + 30 * 6)]
)
def test_a_convex_curve_needs_no_decision(solver: str, price: float, capacity: float, total: float) -> None:
    """2 a unit up to 50, then 6: built up to the point where the next unit costs more than the import."""
    curve = points((0, 0), (50, 100), (100, 400))
    plan = solved(import_or_build(80, works(build={"curve": curve, "life": 1}), price=price), solver)
    assert plan.total_cost == near(total)
    assert [(build.capacity, build.capex) for build in plan.builds] == [
        near((capacity, between([(0, 0), (50, 100), (100, 400)], capacity)))
    ]
    # an LP without yes or no: its prices hold without a condition
    assert not plan.certificate.decisions_fixed
    assert plan.prices[0].price == near(min(price, 8))


def test_a_convex_curve_is_ordered_once(solver: str) -> None:
    """Two orders of the cheap half would cost less than one of the whole; with `orders: 2` they do."""
    curve = points((0, 0), (50, 100), (100, 600))

    def total(**more: Any) -> float | None:
        build = {"curve": curve, "life": 4, **more}
        return solved(import_or_build([50, 100], works(build=build), periods=[2026, 2027]), solver).total_cost

    # One order: 50 in 2026 (25 a year, and 50 t imported), 100 in 2026 (150 a year), or 100 in 2027.
    one = min(
        2 * 25 + 150 * 2 + 50 * 20,
        2 * 150 + 150 * 2,
        50 * 20 + 150 + 100 * 2,
    )
    assert one == 600
    assert total() == near(one)
    # 50 t in each year: 25 a year each
    assert total(orders=2) == near(25 + 2 * 25 + 150 * 2)


# ---------------------------------------------------------------- sizes


def test_sizes_against_enumeration(solver: str) -> None:
    """Two plants with three sizes each, ordered in one of two years: the best of all 49 choices."""
    sizes = {"a": {20.0: 300.0, 60.0: 700.0, 90.0: 800.0}, "b": {10.0: 100.0, 30.0: 270.0, 50.0: 440.0}}
    running, wanted, life = {"a": 3.0, "b": 1.0}, {2026: 40.0, 2027: 85.0}, 1.5
    plan = solved(
        import_or_build(
            list(wanted.values()),
            *(
                works(name, running[name], build={"sizes": points(*sizes[name].items()), "life": life})
                for name in sizes
            ),
            periods=list(wanted),
        ),
        solver,
    )

    def total(orders: dict[str, tuple[int, float]]) -> float:
        amount = 0.0
        for year, quantity in wanted.items():
            left = quantity
            for name in sorted(orders, key=running.__getitem__):
                ordered, size = orders[name]
                if ordered <= year:  # a life of 1.5 years covers the start of the next
                    made = min(left, size)
                    amount += sizes[name][size] / life + made * running[name]
                    left -= made
            amount += left * IMPORT
        return amount

    choices = {name: [None, *product(wanted, sizes[name])] for name in sizes}
    best = min(
        total({name: order for name, order in zip(choices, orders, strict=True) if order})
        for orders in product(*choices.values())
    )
    assert plan.total_cost == near(best)
    assert plan.builds
    for build in plan.builds:
        size = min(sizes[build.on], key=lambda size: abs(size - build.capacity))
        assert (build.capacity, build.capex) == near((size, sizes[build.on][size]))


def test_a_size_is_whole_or_not_at_all(solver: str) -> None:
    """For 30 t the plant of 40 t is built and stands partly idle; a grant pays half of its 200."""
    build = {"sizes": points((40, 200), (90, 500)), "life": 1, "grant": 0.5}
    plan = solved(import_or_build(30, works(build=build)), solver)
    assert plan.total_cost == near(100 + 30 * 2)
    assert (plan.builds[0].capacity, plan.builds[0].capex, plan.builds[0].grant) == near((40, 200, 100))


# ---------------------------------------------------------------- how often, and whether


@pytest.mark.parametrize(
    ("build", "total"),
    [
        # 10 a year for each order of 40 t
        ({"fixed_capex": 100, "max": 80, "max_per_order": 40, "orders": 2}, 10 + 40 * 2 + 2 * 10 + 80 * 2),
        ({"fixed_capex": 100, "max": 80, "max_per_order": 40}, 2 * 10 + 80 * 2 + 40 * 20),
        ({"fixed_capex": 100, "max": 60, "max_per_order": 40, "orders": 2}, 10 + 40 * 2 + 2 * 10 + 60 * 2 + 20 * 20),
        # without a yes/no part as often as one likes: 5 a year and unit, 40 and then 40 more
        ({"unit_capex": 50, "max": 80}, 40 * (5 + 2) + 80 * (5 + 2)),
        # once: all of it at the start
        ({"unit_capex": 50, "max": 80, "orders": 1}, 2 * 80 * 5 + 120 * 2),
        ({"unit_capex": 50, "max_per_order": 40, "orders": 1}, 2 * 40 * 5 + 80 * 2 + 40 * 20),
    ],
)
def test_how_often_a_build_is_ordered(solver: str, build: Document, total: float) -> None:
    """40 t are wanted in 2026 and 80 t in 2027; import costs 20."""
    document = import_or_build([40, 80], works(build={"life": 10, **build}), periods=[2026, 2027])
    assert solved(document, solver).total_cost == near(total)


def test_one_order_a_period(solver: str) -> None:
    """Two orders of 40 t are allowed, but not in the same period."""
    build = {"fixed_capex": 100, "max": 80, "max_per_order": 40, "orders": 2, "life": 10}
    plan = solved(import_or_build([80, 80], works(build=build), periods=[2026, 2027]), solver)
    assert plan.total_cost == near(10 + 40 * 2 + 40 * 20 + 20 + 80 * 2)


@pytest.mark.parametrize(
    ("years", "total"),
    [
        ({}, 100 * 5 + 20 * (10 + 2) + 80 * 5),  # as late as it may be
        ({"latest": 2026}, 2 * (20 * (10 + 2) + 80 * 5)),
        ({"committed": False}, 2 * 100 * 5),
    ],
)
def test_a_committed_build_is_ordered(solver: str, years: Document, total: float) -> None:
    """10 a year and 2 for running against an import at 5: it does not pay, and is ordered all the same."""
    build = {"minimum": 20, "unit_capex": 100, "max": 50, "life": 10, "committed": True, **years}
    plan = solved(import_or_build(100, works(build=build), price=5, periods=[2026, 2027]), solver)
    assert plan.total_cost == near(total)


def test_a_committed_size(solver: str) -> None:
    """The cheaper of two sizes, where one must be built."""
    build = {"sizes": points((10, 300), (20, 400)), "life": 10, "committed": True}
    plan = solved(import_or_build(100, works(build=build), price=5), solver)
    # 30 a year for 10 t or 40 for 20 t, each saving 3
    assert plan.total_cost == near(min(30 + 10 * 2 + 90 * 5, 40 + 20 * 2 + 80 * 5))


def test_a_list_of_builds(solver: str) -> None:
    """30 t more on the old site at 10, the rest on a new one at 40; each has its own lead time and years."""
    builds = [
        {"max": 30, "unit_capex": 10, "life": 1},
        {"unit_capex": 40, "life": 1, "fixed_cost_per_capacity": 1},
    ]
    plan = solved(import_or_build(50, works(build=builds), price=60), solver)
    assert plan.total_cost == near(30 * 10 + 20 * (40 + 1) + 50 * 2)
    assert {build.build: (build.capacity, build.capex) for build in plan.builds} == {
        0: near((30, 300)),
        1: near((20, 800)),
    }
    builds = [
        {"max": 30, "unit_capex": 30, "life": 3, "lead_time": 1},
        {"max": 30, "unit_capex": 40, "life": 4, "latest": 2026},
    ]
    plan = solved(import_or_build([50, 50], works(build=builds), periods=[2026, 2027]), solver)
    # 30 t of the second at once, at 10 a year and for good; 20 t of the first from 2027, at 10 too
    assert plan.total_cost == near(30 * (10 + 2) + 20 * 20 + 50 * (10 + 2))
    found = {build.build: (build.capacity, build.on_stream) for build in plan.builds}
    assert found == {0: near((20, 2027)), 1: near((30, 2026))}


# ---------------------------------------------------------------- coming on stream


def test_a_supplier_ramps_up_over_the_years_of_a_period(solver: str) -> None:
    """20 %, 60 % and all of 100 t in 2026, 2027 and 2028 are 60 t a year; from 2029 it is 100 t."""
    seller = supplier("new", "AU", 5, capacity=100, from_year=2026, ramp_up=[0.2, 0.6])
    problem = {"periods": [2026, 2029], "final_years": 2, "discount_rate": 0, "demands": [demand(100)]}
    plan = solved({**problem, "suppliers": [seller, supplier("import", "CN", 20)]}, solver)
    amounts = {record.period: record.quantity for record in plan.purchases if record.supplier == "new"}
    assert amounts == near({2026: 60, 2029: 100})
    assert plan.total_cost == near(3 * (60 * 5 + 40 * 20) + 2 * 100 * 5)


@pytest.mark.parametrize(
    ("start", "first", "second"),
    [
        (2024, 100, 100),  # both years lie before the horizon
        (2025, 100 * (0.6 + 1 + 1) / 3, 100),  # 2026 is its second year
        (2027, 0, 100),  # a period counts as its start year, so it begins in 2029, its third
        (2028, 0, 100 * (0.6 + 1) / 2),
        (2029, 0, 100 * (0.2 + 0.6) / 2),
    ],
)
def test_a_ramp_counts_from_its_first_year(solver: str, start: int, first: float, second: float) -> None:
    """The year since `from_year` decides, whenever the periods begin."""
    seller = supplier("new", "AU", 5, capacity=100, from_year=start, ramp_up=[0.2, 0.6])
    problem = {"periods": [2026, 2029], "final_years": 2, "discount_rate": 0, "demands": [demand(100)]}
    plan = solved({**problem, "suppliers": [seller, supplier("import", "CN", 20)]}, solver)
    assert plan.total_cost == near(3 * (first * 5 + (100 - first) * 20) + 2 * (second * 5 + (100 - second) * 20))


@pytest.mark.parametrize(
    ("terms", "first"),
    [
        # cut to the 60 t that can be made
        ({"unit_cost": 30, "minimum": 80}, 60 * 30 + 40 * 20),
        ({"unit_cost": 30, "take_or_pay": 80}, 60 * 30 + 40 * 20),
        # the first tier is as wide as ever: all 60 t at 5
        ({"tiers": [{"up_to": 60, "unit_cost": 5}, {"up_to": 100, "unit_cost": 9}]}, 60 * 5 + 40 * 20),
    ],
)
def test_what_a_ramp_scales(solver: str, terms: Document, first: float) -> None:
    """What can be produced, and through that what is owed; no tier."""
    seller = {
        "id": "new",
        "country": "AU",
        "material": "oxide",
        "capacity": 100,
        "from_year": 2026,
        "ramp_up": [0.2, 0.6],
    }
    plan = solved(
        {
            "periods": [2026],
            "final_years": 3,
            "discount_rate": 0,
            "suppliers": [{**seller, **terms}, supplier("import", "CN", 20)],
            "demands": [demand(100)],
        },
        solver,
    )
    assert plan.total_cost == near(3 * first)


def test_a_build_ramps_up_by_its_age(solver: str) -> None:
    """On stream in mid 2027 it counts from 2028, at half, then 80 %, then all of 100 t; its capital is due in full."""
    build = {"unit_capex": 30, "life": 10, "lead_time": 1.5, "max": 100, "latest": 2026, "ramp_up": [0.5, 0.8]}
    years = [2026, 2027, 2028, 2029, 2030]
    plan = solved(import_or_build(100, works(build=build), periods=years, final_years=1), solver)
    made = {record.period: record.activity for record in plan.production}
    assert made == near({2028: 50, 2029: 80, 2030: 100})
    # saves 18 a tonne in three years for 3 a year and tonne of capacity
    assert plan.total_cost == near(5 * 100 * 20 - (50 + 80 + 100) * 18 + 3 * 100 * 3)


def test_a_builds_ramp_is_averaged_too(solver: str) -> None:
    """On stream in 2027: in the period of 2028 and 2029 its ages are 1 and 2 years, 80 % and all."""
    build = {"unit_capex": 30, "life": 10, "lead_time": 1, "max": 100, "latest": 2026, "ramp_up": [0.5, 0.8],
             "fixed_cost_per_capacity": 1, "minimum_utilisation": 0.5}  # fmt: skip
    document = import_or_build(100, works(build=build), periods=[2026, 2028], final_years=2)
    plan = solved(document, solver)
    assert plan.total_cost == near(2 * 100 * 20 + 2 * (90 * 2 + 10 * 20 + 100 * (3 + 1)))
    # where the import is cheaper, half of the 90 t must run all the same once it is built
    document["suppliers"][0]["unit_cost"] = 1
    document["plants"][0]["build"] |= {"minimum": 100, "committed": True}
    plan = solved(document, solver)
    assert plan.total_cost == near(2 * 100 * 1 + 2 * (45 * 2 + 55 * 1 + 100 * (3 + 1)))


# ---------------------------------------------------------------- terms of contract


def test_all_or_nothing_orders_against_enumeration(solver: str) -> None:
    """Three sellers with smallest orders: the best of the eight ways to choose among them."""
    sellers = {"a": (4.0, 60.0, 60.0), "b": (5.0, 50.0, 80.0), "c": (6.0, 20.0, 40.0)}  # price, smallest, most
    for wanted in (30.0, 45.0, 75.0, 90.0, 115.0, 150.0):
        plan = solved(
            {
                "materials": [{"id": "oxide", "unit": "t", "surplus": -1}],
                "suppliers": [
                    *(
                        supplier(name, "AU", price, minimum_order=least, capacity=most)
                        for name, (price, least, most) in sellers.items()
                    ),
                    supplier("import", "CN", 9),
                ],
                "demands": [demand(wanted)],
            },
            solver,
        )

        def total(chosen: tuple[str, ...], wanted: float = wanted) -> float:
            """Every smallest order, then the cheapest first; what is too much costs 1 to be rid of."""
            amount = sum(sellers[name][0] * sellers[name][1] for name in chosen)
            left = wanted - sum(sellers[name][1] for name in chosen)
            for name in sorted(chosen, key=lambda name: sellers[name][0]):
                more = max(0.0, min(left, sellers[name][2] - sellers[name][1]))
                amount, left = amount + more * sellers[name][0], left - more
            return amount + (left * 9 if left > 0 else -left)

        ways = [
            tuple(name for name, taken in zip(sellers, picks, strict=True) if taken)
            for picks in product((False, True), repeat=3)
        ]
        assert plan.total_cost == near(min(total(way) for way in ways))


def test_a_smallest_order_above_the_capacity_is_never_placed(solver: str) -> None:
    """It is not cut to what can be made: nothing is bought in the year in which 40 t cannot be delivered."""
    plan = solved(
        {
            "periods": [2026, 2027],
            "discount_rate": 0,
            "suppliers": [
                supplier("cheap", "AU", 5, minimum_order=40, capacity=[30, 50]),
                supplier("import", "CN", 9),
            ],
            "demands": [demand(45)],
        },
        solver,
    )
    assert plan.total_cost == near(45 * 9 + 45 * 5)


def test_fixed_costs_against_enumeration(solver: str) -> None:
    """Being a customer costs something each year: the best of the eight ways to choose among three sellers."""
    sellers = {"a": (4.0, 150.0, 60.0), "b": (5.0, 90.0, 50.0), "c": (8.0, 10.0, 40.0)}  # price, fixed, most
    for wanted in (20.0, 50.0, 70.0, 105.0, 150.0):
        document = {
            "suppliers": [
                *(
                    supplier(name, "AU", price, fixed_cost=fixed, capacity=most)
                    for name, (price, fixed, most) in sellers.items()
                ),
                supplier("import", "CN", 9),
            ],
            "demands": [demand(wanted)],
        }

        def total(chosen: tuple[str, ...], wanted: float = wanted) -> float:
            amount, left = sum(sellers[name][1] for name in chosen), wanted
            for name in sorted(chosen, key=lambda name: sellers[name][0]):
                taken = min(left, sellers[name][2])
                amount, left = amount + taken * sellers[name][0], left - taken
            return amount + left * 9

        ways = [
            tuple(name for name, taken in zip(sellers, picks, strict=True) if taken)
            for picks in product((False, True), repeat=3)
        ]
        assert solved(document, solver).total_cost == near(min(total(way) for way in ways))


def test_a_fixed_cost_is_due_in_years_in_which_something_is_taken(solver: str) -> None:
    """Two years of 50, discounted, and none in the years without demand."""
    sellers = [supplier("cheap", "AU", 5, fixed_cost=50, capacity=20), supplier("import", "CN", 20)]
    plan = solved({**YEARS, "suppliers": sellers, "demands": [demand([10, 0])]}, solver)
    assert costs(plan) == near({"purchases": 50 * FIRST, "fixed": 50 * FIRST})
    assert {(part.kind, part.id): part.total for part in plan.costs.by_facility} == near(
        {("supplier", "cheap"): 100 * FIRST}
    )


def test_what_is_paid_and_not_taken_has_no_fixed_cost(solver: str) -> None:
    """300 are owed in any case; taking the goods would cost another 1,000, and 60 t elsewhere cost 480."""
    sellers = [supplier("contract", "AU", 5, take_or_pay=60, fixed_cost=1000, capacity=60), supplier("other", "CN", 8)]
    plan = solved({"suppliers": sellers, "demands": [demand(100)]}, solver)
    assert plan.total_cost == near(300 + 100 * 8)
    sellers[0]["fixed_cost"] = 400
    plan = solved({"suppliers": sellers, "demands": [demand(100)]}, solver)
    assert plan.total_cost == near(300 + 400 + 40 * 8)


ALL_UNITS: list[tuple[list[tuple[float | None, float]], Any, float, float]] = [
    # tiers, surplus, demand, total; import at 8.5
    ([(50, 10), (100, 7)], "free", 35, 35 * 8.5),
    ([(50, 10), (100, 7)], "free", 45, 50 * 7),  # 50 t at the lower price of the boundary
    ([(50, 10), (100, 7)], "forbidden", 45, 45 * 8.5),
    ([(50, 10), (100, 7)], "forbidden", 50, 50 * 7),
    ([(50, 10), (100, 7)], "free", 60, 60 * 7),
    ([(50, 10), (100, 7)], "free", 120, 100 * 7 + 20 * 8.5),
    ([(50, 7), (100, 10)], "free", 40, 40 * 7),
    ([(50, 7), (100, 10)], "free", 60, 50 * 7 + 10 * 8.5),  # the 51st tonne would make all of them dearer
    ([(20, 9), (50, 8), (100, 6)], "free", 30, 30 * 8),
    ([(20, 9), (50, 8), (100, 6)], "free", 38, 50 * 6),  # against 38 × 8 = 304
]


@pytest.mark.parametrize(("tiers", "surplus", "wanted", "total"), ALL_UNITS)
def test_all_units_discounts(
    solver: str, tiers: list[tuple[float | None, float]], surplus: Any, wanted: float, total: float
) -> None:
    """The price of the tier reached holds for every unit; on a boundary the lower of the two."""
    schedule = [{"up_to": up_to, "unit_cost": price} for up_to, price in tiers]
    seller = {"id": "seller", "country": "AU", "material": "oxide", "tiers": schedule, "all_units": True}
    plan = solved(
        {
            "materials": [{"id": "oxide", "unit": "t", "surplus": surplus}],
            "suppliers": [seller, supplier("import", "CN", 8.5)],
            "demands": [demand(wanted)],
        },
        solver,
    )
    assert plan.total_cost == near(total)


def test_all_units_of_what_is_paid_for(solver: str) -> None:
    """60 t are paid for and 40 taken: the price is that of 60."""
    seller = {
        "id": "seller", "country": "AU", "material": "oxide", "all_units": True, "take_or_pay": 60,
        "tiers": [{"up_to": 50, "unit_cost": 10}, {"up_to": 100, "unit_cost": 7}],
    }  # fmt: skip
    dear_to_leave = [{"id": "oxide", "unit": "t", "surplus": -1}]
    plan = solved({"materials": dear_to_leave, "suppliers": [seller], "demands": [demand(40)]}, solver)
    assert plan.total_cost == near(60 * 7)
    assert (plan.purchases[0].quantity, plan.purchases[0].paid) == near((40, 60))


@pytest.mark.parametrize("wanted", [20, 60, 70, 80, 100, 130])
def test_falling_tiers_are_filled_in_order(solver: str, wanted: float) -> None:
    """The 6 of the second 50 t are for who has paid 10 for the first: the best of every whole amount against 9."""
    tiers = [{"up_to": 50, "unit_cost": 10}, {"up_to": 100, "unit_cost": 6}]
    seller = {"id": "seller", "country": "AU", "material": "oxide", "tiers": tiers}
    plan = solved({"suppliers": [seller, supplier("import", "CN", 9)], "demands": [demand(wanted)]}, solver)

    def total(amount: float) -> float:
        return min(amount, 50) * 10 + max(amount - 50, 0) * 6 + (wanted - amount) * 9

    assert plan.total_cost == near(min(total(amount) for amount in range(min(int(wanted), 100) + 1)))


def test_falling_then_rising_tiers(solver: str) -> None:
    """10, 4, then 12 a tonne for 20 t each, against 8: all of the first two, and the import for the rest."""
    tiers = [{"up_to": 20, "unit_cost": 10}, {"up_to": 40, "unit_cost": 4}, {"up_to": 60, "unit_cost": 12}]
    seller = {"id": "seller", "country": "AU", "material": "oxide", "tiers": tiers}
    plan = solved({"suppliers": [seller, supplier("import", "CN", 8)], "demands": [demand(55)]}, solver)
    assert plan.total_cost == near(20 * 10 + 20 * 4 + 15 * 8)


def test_a_reserve_lasts_the_horizon(solver: str) -> None:
    """160 t in the ground, for one year and three: all of it in the three, where it saves 15 a tonne and not 3."""
    sellers = [supplier("mine", "AU", 5, reserve=160), supplier("import", "CN", [8, 20])]
    problem = {"periods": [2026, 2027], "final_years": 3, "discount_rate": 0, "demands": [demand(100)]}
    plan = solved({**problem, "suppliers": sellers}, solver)
    assert plan.total_cost == near(100 * 8 + 160 * 5 + 140 * 20)
    taken = {record.period: record.quantity for record in plan.purchases if record.supplier == "mine"}
    assert taken == near({2027: 160 / 3})


def test_a_reserve_is_of_what_is_taken_and_owes_nothing(solver: str) -> None:
    """Paid and not taken stays in the ground; an obligation is not cut to what is left there."""
    problem = {"periods": [2026], "final_years": 2, "discount_rate": 0, "demands": [demand(100)]}
    mine, other = supplier("mine", "AU", 5, reserve=100), supplier("import", "CN", 8)
    plan = solved({**problem, "suppliers": [mine | {"take_or_pay": 80}, other]}, solver)
    assert plan.total_cost == near(2 * (80 * 5 + 50 * 8))
    refused({**problem, "suppliers": [mine | {"minimum": 80}, other]}, solver)


def test_a_build_works_under_the_reserve(solver: str) -> None:
    """What is built digs in the same ground: 30 t in all."""
    mine = supplier("mine", "AU", 5, capacity=10, reserve=30, build={"max": 90, "unit_capex": 1, "life": 1})
    plan = solved(
        {"discount_rate": 0, "suppliers": [mine, supplier("import", "CN", 8)], "demands": [demand(100)]}, solver
    )
    assert plan.total_cost == near(30 * 5 + 20 * 1 + 70 * 8)


# ---------------------------------------------------------------- lanes together


def lanes_together(*lanes: Document, **parts: Any) -> Document:
    """150 t for JP, of CN at 5, of MY at 6 or of AU at 20."""
    return {
        "groups": {"asia": ["CN", "MY"]},
        "suppliers": [
            supplier("chinese", "CN", 5, capacity=500),
            supplier("malaysian", "MY", 6, capacity=500),
            supplier("australian", "AU", 20, capacity=500),
        ],
        "demands": [demand(150)],
        "lanes": list(lanes),
        **parts,
    }


@pytest.mark.parametrize(
    ("lanes", "total"),
    [
        ([{"capacity": 60}], 60 * 5 + 60 * 6 + 30 * 20),
        ([{"capacity": 60, "joint": True}], 60 * 5 + 90 * 20),
        # what a later rule decides does not count in the joint one
        ([{"capacity": 60, "joint": True}, {"from": "CN", "capacity": 30}], 30 * 5 + 60 * 6 + 60 * 20),
        ([{"capacity": 60, "joint": True}, {"from": "CN", "unit_cost": 2}], 60 * 6 + 90 * 20),
    ],
)
def test_a_joint_capacity_is_of_all_that_the_rule_matches(solver: str, lanes: list[Document], total: float) -> None:
    """60 t from each country, or from both together."""
    rules = [{"from": "asia", "to": "JP", **lane} for lane in lanes]
    assert solved(lanes_together(*rules), solver).total_cost == near(total)


def test_a_joint_minimum(solver: str) -> None:
    """At least 80 t from the two dearer countries together; from each it would be more than is wanted."""
    sellers = [
        supplier("chinese", "CN", 10, capacity=500),
        supplier("malaysian", "MY", 9, capacity=500),
        supplier("australian", "AU", 5, capacity=500),
    ]
    rule = {"from": "asia", "to": "JP", "minimum": 80}
    plan = solved(lanes_together(rule | {"joint": True}, suppliers=sellers), solver)
    assert plan.total_cost == near(80 * 9 + 70 * 5)
    refused(lanes_together(rule, suppliers=sellers), solver)


@pytest.mark.parametrize(("wanted", "total"), [(30, 30 * 8), (40, 40 * 5 + 100)])
def test_a_lane_with_a_fixed_cost(solver: str, wanted: float, total: float) -> None:
    """3 a tonne are saved: enough for a ship of 100 from 33.3 t on. The place that it sails to pays."""
    plan = solved(
        {
            "suppliers": [supplier("chinese", "CN", 5, capacity=99), supplier("australian", "AU", 8)],
            "demands": [demand(wanted)],
            "lanes": [{"from": "CN", "to": "JP", "fixed_cost": 100}],
        },
        solver,
    )
    assert plan.total_cost == near(total)
    if wanted == 40:
        assert costs(plan)["fixed"] == near(100)
        (lane,) = [part for part in plan.costs.by_facility if part.kind == "lane"]
        assert (lane.id, lane.country, lane.total) == ("JP", "JP", near(100))


@pytest.mark.parametrize(
    ("joint", "total"),
    [
        # metal would save 2 × 40 for 100 of its own; together with oxide it sails for nothing more
        (False, 40 * 5 + 100 + 40 * 7),
        (True, 40 * 5 + 40 * 5 + 100),
    ],
)
def test_a_joint_fixed_cost_is_paid_once(solver: str, joint: bool, total: float) -> None:
    """Each material has its own ship, or one for all."""
    plan = solved(
        {
            "materials": tonnes("oxide", "metal"),
            "suppliers": [
                supplier("oxide_cn", "CN", 5, capacity=99),
                supplier("oxide_au", "AU", 8),
                supplier("metal_cn", "CN", 5, "metal", capacity=99),
                supplier("metal_au", "AU", 7, "metal"),
            ],
            "demands": [demand(40), demand(40, material="metal", id="metals")],
            "lanes": [{"id": "liner", "from": "CN", "to": "JP", "fixed_cost": 100, "joint": joint}],
        },
        solver,
    )
    assert plan.total_cost == near(total)
    (lane,) = [part for part in plan.costs.by_facility if part.kind == "lane"]
    assert (lane.id, lane.country) == (("liner", None) if joint else ("JP", "JP"))


def test_one_fixed_cost_for_all_owners_and_stages_of_a_pair(solver: str) -> None:
    """Two Chinese sellers share the ship, though what they sell was made by others and at another stage."""
    plan = solved(
        {
            **YEARS,
            "suppliers": [
                supplier("one", "CN", 5, capacity=50, stage="refining"),
                supplier("two", "CN", 5, capacity=50, owner="AU"),
            ],
            "demands": [demand([100, 0])],
            "lanes": [{"from": "CN", "to": "JP", "fixed_cost": 70}],
        },
        solver,
    )
    assert costs(plan) == near({"purchases": 500 * FIRST, "fixed": 70 * FIRST})


# ---------------------------------------------------------------- by-products and outlets


def separation(name: str, country: str, unit_cost: float, **more: Any) -> Document:
    return plant(name, country, unit_cost, {"ore": 1}, {"ndpr": 1, "cerium": 0.5}, **more)


def by_products(wanted: float, cerium: Document, *plants: Document) -> Document:
    """A tonne of ore (5) gives a tonne of NdPr and half a tonne of cerium that nobody wants."""
    return {
        "materials": [*tonnes("ore", "ndpr"), {"id": "cerium", "unit": "t", **cerium}],
        "suppliers": [supplier("mine", "AU", 5, "ore")],
        "plants": list(plants),
        "demands": [demand(wanted, material="ndpr")],
    }


@pytest.mark.parametrize(
    ("terms", "total"),
    [
        ({}, 60 * (5 + 1)),
        ({"surplus": -4}, 60 * (5 + 2.5)),  # disposal at 2 for each tonne of ore: the other plant is cheaper
        ({"surplus": -1}, 60 * (5 + 1 + 0.5)),
        ({"surplus": 2}, 60 * (5 + 1 - 1)),
        ({"surplus": "forbidden"}, 60 * (5 + 2.5)),
        ({"surplus_max": 20}, 40 * (5 + 1) + 20 * (5 + 2.5)),
        ({"surplus": -1, "surplus_max": 20}, 40 * (5 + 1 + 0.5) + 20 * (5 + 2.5)),
    ],
)
def test_a_plants_own_surplus(solver: str, terms: Document, total: float) -> None:
    """Its by-product costs, fetches or is limited where it stands; elsewhere the material's own terms hold."""
    plants = [separation("cheap", "MY", 1, **terms), separation("other", "US", 2.5)]
    assert solved(by_products(60, {}, *plants), solver).total_cost == near(total)


def test_a_plants_own_surplus_is_in_place_of_the_materials(solver: str) -> None:
    """20 t may be left over there and 10 t everywhere else: 60 t of ore, and not a tonne more."""
    plants = [separation("cheap", "MY", 1, surplus_max=20), separation("other", "US", 2.5)]
    plan = solved(by_products(60, {"surplus_max": 10, "surplus": -1}, *plants), solver)
    # its limit is its own, the price is still the material's
    assert plan.total_cost == near(40 * 6 + 20 * 7.5 + 30 * 1)
    refused(by_products(61, {"surplus_max": 10}, *plants), solver)
    free = separation("cheap", "MY", 1, surplus="free")
    # the price is its own, the limit is still the material's
    refused(by_products(21, {"surplus_max": 10, "surplus": -1}, free), solver)
    assert solved(by_products(20, {"surplus_max": 10, "surplus": -1}, free), solver).total_cost == near(20 * 6)


@pytest.mark.parametrize(
    ("outlet", "sold", "ore"),
    [
        ({"sale_price": 3, "quantity": 10}, 10, 60),
        ({"sale_price": 3}, 30, 60),
        ({"sale_price": 0.5}, 0, 60),  # not worth a freight of 1
        ({"sale_price": 20}, 100, 200),  # 19 for the cerium of two tonnes of ore, which cost 12: all that can be made
    ],
)
def test_an_outlet(solver: str, outlet: Document, sold: float, ore: float) -> None:
    """It buys what pays its freight of 1 for the seller, at most its quantity, and misses nothing else."""
    document = by_products(60, {}, separation("cheap", "MY", 1, capacity=200))
    document["lanes"] = [{"from": "*", "to": "US", "unit_cost": 1}]
    document["demands"].append({"id": "glass", "country": "US", "material": "cerium", **outlet})
    total = ore * (5 + 1) - sold * (outlet["sale_price"] - 1)
    plan = solved(document, solver)
    assert plan.total_cost == near(total)
    (record,) = [record for record in plan.deliveries if record.demand == "glass"]
    assert (record.quantity, record.shortage, record.cost) == near((sold, 0, 0))
    assert record.revenue == near(sold * outlet["sale_price"])
    assert costs(plan).get("sales", 0.0) == near(-sold * outlet["sale_price"])
    if sold:
        (payer,) = [part for part in plan.costs.by_facility if (part.kind, part.id) == ("demand", "glass")]
        assert (payer.country, payer.total) == ("US", near(-sold * outlet["sale_price"]))


# ---------------------------------------------------------------- recycling


def recycler(name: str = "urban", **terms: Any) -> Document:
    return {"id": name, "country": "JP", "material": "oxide", **terms}


def returning(wanted: Any, *recyclers: Document, periods: Any = (2026, 2027), **parts: Any) -> Document:
    """Oxide at 10, or what comes back."""
    return {
        "periods": list(periods),
        "discount_rate": 0,
        "suppliers": [supplier("import", "CN", 10)],
        "recyclers": list(recyclers),
        "demands": [demand(wanted)],
        **parts,
    }


def test_the_least_that_must_be_collected(solver: str) -> None:
    """30 % of 100 t of scrap, at 20 for collecting and 5 for recovering, whether it pays or not."""
    urban = recycler(
        scrap=100, minimum_collection_rate=0.3, collection_rate=0.8, collection_cost=20, unit_cost=5, recovery=0.5
    )
    plan = solved({"suppliers": [supplier("import", "CN", 10)], "recyclers": [urban], "demands": [demand(100)]}, solver)
    assert plan.total_cost == near(30 * 20 + 15 * 5 + 85 * 10)
    assert (plan.recycling[0].scrap, plan.recycling[0].quantity) == near((30, 15))
    # what is recovered beyond what is wanted is left over
    plan = solved({"suppliers": [supplier("import", "CN", 10)], "recyclers": [urban], "demands": [demand(5)]}, solver)
    assert plan.total_cost == near(30 * 20 + 15 * 5)


def test_a_recycler_that_does_not_stand_collects_nothing(solver: str) -> None:
    """The obligation begins with it, in 2027."""
    urban = recycler(scrap=100, minimum_collection_rate=0.3, unit_cost=25, from_year=2027)
    plan = solved(returning(100, urban), solver)
    assert plan.total_cost == near(100 * 10 + 30 * 25 + 70 * 10)


def back(after_years: float = 1, scrap_per_unit: float = 0.5) -> list[Document]:
    return [{"demand": "jp", "after_years": after_years, "scrap_per_unit": scrap_per_unit}]


def test_scrap_comes_back_a_year_later(solver: str) -> None:
    """Half of the 100 t of 2026 is scrap in 2027, 80 % of it collected, beside 10 t of old scrap: 48 t at 3."""
    plan = solved(returning(100, recycler(scrap=10, returns=back(), collection_rate=0.8, unit_cost=3)), solver)
    assert plan.total_cost == near((8 * 3 + 92 * 10) + (48 * 3 + 52 * 10))
    records = {record.period: record for record in plan.recycling}
    assert {period: record.scrap for period, record in records.items()} == near({2026: 8, 2027: 48})
    (returned,) = records[2027].returned
    assert (returned.demand, returned.after_years, returned.scrap) == ("jp", 1, near(50))


@pytest.mark.parametrize(
    ("after", "first", "second"),
    [
        (0, 0.5 * 100, 0.5 * 60),
        # of 2026 and 2027 one comes from before the horizon; of 2028 and 2029 each from 2027 and 2028
        (1, 0.5 * (0 + 100) / 2, 0.5 * (100 + 60) / 2),
        (2, 0, 0.5 * 100),
        (3, 0, 0.5 * (0 + 100) / 2),
        # 2027 - 0.5 and 2028 - 0.5 lie in the first period, 2029 - 0.5 in the second
        (0.5, 0.5 * (0 + 100) / 2, 0.5 * (100 + 60) / 2),
        (1.5, 0.5 * (0 + 0) / 2, 0.5 * (100 + 100) / 2),
        (4, 0, 0),
    ],
)
def test_returns_are_the_mean_over_a_periods_years(solver: str, after: float, first: float, second: float) -> None:
    """Periods of two years: each year looks back on its own."""
    plan = solved(returning([100, 60], recycler(returns=back(after), unit_cost=3), periods=[2026, 2028]), solver)
    assert plan.total_cost == near(2 * (100 * 10 - first * 7) + 2 * (60 * 10 - second * 7))


def test_two_recyclers_share_what_comes_back(solver: str) -> None:
    """A tonne delivered is 0.5 t of scrap for one (8 saved) or 0.4 t for the other (9 saved): 4 against 3.6.

    The first takes what its 30 t of capacity allow, 60 of the 100 t delivered; the other has the scrap of 40.
    """
    one = recycler("one", returns=back(), unit_cost=2, capacity=30)
    two = recycler("two", returns=back(scrap_per_unit=0.4), unit_cost=1)
    plan = solved(returning(100, one, two), solver)
    assert plan.total_cost == near(100 * 10 + 30 * 2 + 16 * 1 + 54 * 10)
    assert {record.recycler: record.returned[0].scrap for record in plan.recycling} == near({"one": 30, "two": 16})


def test_what_comes_back_goes_to_somebody(solver: str) -> None:
    """Half of what is assigned must be collected at 30: the one whose half costs less has all of it."""
    one = recycler("one", returns=back(), unit_cost=30, minimum_collection_rate=0.5)
    two = recycler("two", returns=back(scrap_per_unit=0.4), unit_cost=30, minimum_collection_rate=0.5)
    # a tonne delivered is at least 0.25 t at one (5 more than the import's), or 0.2 t at the other (4 more)
    plan = solved(returning(100, one, two), solver)
    assert plan.total_cost == near(100 * 10 + 20 * 30 + 80 * 10)
    # who need not collect may have it; who does not stand may not
    free = two | {"minimum_collection_rate": 0}
    assert solved(returning(100, one, free), solver).total_cost == near(2 * 100 * 10)
    gone = free | {"until_year": 2026}
    assert solved(returning(100, one, gone), solver).total_cost == near(100 * 10 + 25 * 30 + 75 * 10)


def test_different_lags_are_different_scrap(solver: str) -> None:
    """Half comes back after a year and another fifth after two."""
    urban = recycler(returns=[*back(1, 0.5), *back(2, 0.2)], unit_cost=3)
    plan = solved(returning(100, urban, periods=[2026, 2027, 2028]), solver)
    assert plan.total_cost == near(3 * 1000 - 7 * (50 + 50 + 20))


def test_a_delivery_that_comes_back_is_worth_more(solver: str) -> None:
    """Going short costs 9 in 2026, less than the import, but 0.5 t of scrap saves 7 in 2027."""
    document = returning(100, recycler(returns=back(), unit_cost=3), periods=[2026, 2027])
    document["demands"][0]["shortage_cost"] = [9, 99]
    assert solved(document, solver).total_cost == near(100 * 10 + 50 * 3 + 50 * 10)
    document["demands"][0]["shortage_cost"] = [6, 99]
    # a tonne delivered costs 4 more than one missed, and saves 3.5
    assert solved(document, solver).total_cost == near(100 * 6 + 100 * 10)


def test_a_typical_year_has_only_what_comes_back_at_once(solver: str) -> None:
    """Process scrap returns within the year; a lag leads out of it."""
    document = returning(100, recycler(returns=[*back(0, 0.3), *back(1, 0.5)], unit_cost=3))
    del document["periods"]
    assert solved(document, solver).total_cost == near(30 * 3 + 70 * 10)


# ---------------------------------------------------------------- one with another


def mine_that_grows(prices: tuple[float, float], **more: Any) -> Document:
    """Tiers that end at 80 t, and 40 t more to be built for 1 a year and tonne."""
    tiers = [{"up_to": 60, "unit_cost": prices[0]}, {"up_to": 80, "unit_cost": prices[1]}]
    build = {"max": 40, "unit_capex": 1, "life": 1}
    return {"id": "mine", "country": "AU", "material": "oxide", "tiers": tiers, "build": build, **more}


@pytest.mark.parametrize(
    ("seller", "total"),
    [
        (mine_that_grows((5, 6)), 60 * 5 + 60 * 6 + 40),
        (mine_that_grows((6, 5)), 60 * 6 + 60 * 5 + 40),
        (mine_that_grows((6, 5), all_units=True), 120 * 5 + 40),
        (mine_that_grows((5, 6), all_units=True), 120 * 6 + 40),  # against 60 × 5 + 60 × 9
        (mine_that_grows((5, 6), fixed_cost=400), 120 * 9),  # the import costs 380 more than its own prices
        (mine_that_grows((5, 6), fixed_cost=370), 60 * 5 + 60 * 6 + 40 + 370),
        (mine_that_grows((5, 6), minimum_order=121), 120 * 9),
        (mine_that_grows((5, 6), minimum_order=120), 60 * 5 + 60 * 6 + 40),
    ],
)
def test_what_is_built_beyond_the_last_tier(solver: str, seller: Document, total: float) -> None:
    """It is sold at the last tier's price, and widens every limit there is. 120 t are wanted, the import is at 9."""
    document = {"discount_rate": 0, "suppliers": [seller, supplier("import", "CN", 9)], "demands": [demand(120)]}
    assert solved(document, solver).total_cost == near(total)


@pytest.mark.parametrize(("wanted", "total"), [(40, 50 * 10 + 20 * 6), (80, 50 * 10 + 30 * 6)])
def test_take_or_pay_along_falling_tiers(solver: str, wanted: float, total: float) -> None:
    """70 t are paid for in the order of the tiers, and more where more is wanted."""
    tiers = [{"up_to": 50, "unit_cost": 10}, {"up_to": 100, "unit_cost": 6}]
    seller = {"id": "seller", "country": "AU", "material": "oxide", "tiers": tiers, "take_or_pay": 70}
    plan = solved({"suppliers": [seller, supplier("import", "CN", 9)], "demands": [demand(wanted)]}, solver)
    assert plan.total_cost == near(total)


def test_two_orders_along_a_curve_within_their_sum(solver: str) -> None:
    """100 for each order and 4 a unit: 40 t in 2026 and 20 t in 2027, as 60 t is the most of both."""
    build = {"curve": points((0, 100), (40, 260)), "orders": 2, "max": 60, "life": 10}
    plan = solved(import_or_build([40, 80], works(build=build), periods=[2026, 2027]), solver)
    assert plan.total_cost == near((40 * 2 + 26) + (60 * 2 + 26 + 18 + 20 * 20))
    assert [(build.ordered, build.capacity, build.capex) for build in plan.builds] == [
        (2026, near(40), near(260)),
        (2027, near(20), near(180)),
    ]


def test_a_ship_for_two_years(solver: str) -> None:
    """What fills a stock moves too: one ship in 2026 brings what is needed in both years."""
    plan = solved(
        {
            "periods": [2026, 2027],
            "discount_rate": 0,
            "suppliers": [supplier("chinese", "CN", 5, capacity=500), supplier("australian", "AU", 20)],
            "stockpiles": [{"country": "JP", "material": "oxide"}],
            "demands": [demand(50)],
            "lanes": [{"from": "CN", "to": "JP", "fixed_cost": 100}],
        },
        solver,
    )
    assert plan.total_cost == near(100 * 5 + 100)


def test_everything_is_discounted(solver: str) -> None:
    """A year's sum counts for each year of its period, each discounted to the first."""
    plan = solved(
        {
            **YEARS,
            "suppliers": [supplier("chinese", "CN", 5, capacity=20, footprint={"co2e_t": 1}, fixed_cost=7)],
            "demands": [
                demand(10),
                {"id": "outlet", "country": "JP", "material": "oxide", "quantity": 5, "sale_price": [9, 7]},
            ],
            "lanes": [{"from": "CN", "to": "JP", "fixed_cost": 3, "capacity": 99}],
            "policies": [{"id": "carbon", "type": "footprint", "of": "co2e_t", "price": [2, 4]}],
        },
        solver,
    )
    # the outlet pays 9 for what costs 5 + 2, and not 7 for what costs 5 + 4
    assert costs(plan) == near(
        {
            "purchases": 15 * 5 * FIRST + 10 * 5 * SECOND,
            "fixed": (7 + 3) * (FIRST + SECOND),
            "footprint": 15 * 2 * FIRST + 10 * 4 * SECOND,
            "sales": -5 * 9 * FIRST,
        }
    )
    assert [record.amount for record in plan.footprints] == near([15, 10])


@pytest.mark.parametrize(("across", "weight"), [([], SECOND), (["periods"], (FIRST + SECOND) / 4)])
def test_a_penalty_on_a_budget_is_discounted(solver: str, across: list[str], weight: float) -> None:
    """10 t built in 2028 for 100 in all: 10 a year at a penalty of 10 %, in its own years or spread over all."""
    build = {"unit_capex": 10, "life": 10, "wacc": 0, "earliest": 2028}
    budget = {"id": "purse", "type": "budget", "max": 0, "penalty": 0.1, "across": across}
    document = import_or_build([0, 10], works(build=build), price=200, policies=[budget])
    plan = solved(document | YEARS, solver)
    assert costs(plan) == near({"processing": 10 * 2 * SECOND, "capital": 10 * SECOND, "penalties": 100 * 0.1 * weight})
    (record,) = [record for record in plan.shares if record.policy == "purse" and record.part]
    # pooled, in each of the four years
    assert (record.beyond, record.penalty) == near((100, 2.5 if across else 10))


def test_what_an_outlet_took_comes_back_too(solver: str) -> None:
    """50 t sold in 2026 are 25 t of scrap in 2027, recovered at 3 instead of bought at 10."""
    returns = [{"demand": "outlet", "after_years": 1, "scrap_per_unit": 0.5}]
    document = returning(100, recycler(returns=returns, unit_cost=3))
    document["demands"].append(
        {"id": "outlet", "country": "US", "material": "oxide", "quantity": 50, "sale_price": [9, 12]}
    )
    # at 9 it buys for less than the import costs, and brings back half of what saves 7
    plan = solved(document, solver)
    assert plan.total_cost == near((150 * 10 - 50 * 9) + (25 * 3 + 125 * 10 - 50 * 12))


def test_a_recyclers_capacity_is_of_what_is_recovered(solver: str) -> None:
    """12 t recovered of 24 t collected, at 2 a tonne of scrap and 1 a tonne of oxide."""
    urban = recycler(scrap=100, recovery=0.5, capacity=12, collection_cost=2, unit_cost=1)
    plan = solved({"suppliers": [supplier("import", "CN", 10)], "recyclers": [urban], "demands": [demand(100)]}, solver)
    assert plan.total_cost == near(24 * 2 + 12 * 1 + 88 * 10)
