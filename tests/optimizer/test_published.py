"""Problems that others built and solved, in the words of this contract."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from oremix.optimizer.decide import solve
from tests.plans import near, solved, supplier

Document = dict[str, Any]


def test_dantzigs_transport_problem(solver: str) -> None:
    """Canned goods from two canneries to three markets: 153.675 thousand dollars.

    G. B. Dantzig, Linear Programming and Extensions (1963), chapter 3.3, as the first model of the GAMS library states
    it: distances in thousand miles, 90 dollars a case and thousand miles.
    """
    distances = {
        "seattle": {"new-york": 2.5, "chicago": 1.7, "topeka": 1.8},
        "san-diego": {"new-york": 2.5, "chicago": 1.8, "topeka": 1.4},
    }
    capacity = {"seattle": 350, "san-diego": 600}
    wanted = {"new-york": 325, "chicago": 300, "topeka": 275}
    plan = solved(
        {
            "currency": "thousand USD",
            "materials": [{"id": "goods", "unit": "case"}],
            "places": [{"id": place, "country": "US"} for place in (*capacity, *wanted)],
            "suppliers": [
                {"id": f"{place} cannery", "place": place, "material": "goods", "unit_cost": 0, "capacity": most}
                for place, most in capacity.items()
            ],
            "demands": [
                {"id": f"{place} market", "place": place, "material": "goods", "quantity": quantity}
                for place, quantity in wanted.items()
            ],
            "lanes": [
                {"from": start, "to": end, "unit_cost": 90 * distance / 1000}
                for start, ends in distances.items()
                for end, distance in ends.items()
            ],
        },
        solver,
    )
    assert plan.total_cost == near(153.675)
    assert plan.costs.by_category == near({"freight": 153.675})
    # the published marginals of demand
    assert {price.demand: price.price for price in plan.prices} == near(
        {"new-york market": 0.225, "chicago market": 0.153, "topeka market": 0.126}
    )


def read_warehouses() -> tuple[list[tuple[float, float]], list[tuple[float, list[float]]]]:
    """(capacity, fixed cost) of each warehouse; (demand, cost of serving all of it from each) of each customer."""
    text = (Path(__file__).parent / "data" / "cap41.txt").read_text(encoding="utf-8")
    (warehouses, customers), *lines = (
        [float(number) for number in line.split()] for line in text.splitlines() if not line.startswith("#")
    )
    count = int(warehouses)
    assert len(lines) == count + int(customers)
    return [(line[0], line[1]) for line in lines[:count]], [(line[0], line[1:]) for line in lines[count:]]


def warehouse_problem(*, build: bool) -> Document:
    """Warehouses that have to be rented by the year, or built."""
    warehouses, customers = read_warehouses()

    def rented(number: int, capacity: float, fixed: float) -> Document:
        return {"place": f"w{number}", "capacity": capacity, "fixed_cost": fixed}

    def built(number: int, capacity: float, fixed: float) -> Document:
        sizes = [{"capacity": capacity, "capex": fixed}]
        return {"place": f"w{number}", "build": {"sizes": sizes, "life": 1, "wacc": 0}}

    sellers = [
        supplier(f"warehouse {number}", "US", 0, "goods", **(built if build else rented)(number, *warehouse))
        for number, warehouse in enumerate(warehouses)
    ]
    for seller in sellers:
        del seller["country"]
    return {
        "materials": [{"id": "goods", "unit": "t"}],
        "places": [
            *({"id": f"w{number}", "country": "US"} for number in range(len(warehouses))),
            *({"id": f"c{number}", "country": "US"} for number in range(len(customers))),
        ],
        "suppliers": sellers,
        "demands": [
            {"id": f"customer {number}", "place": f"c{number}", "material": "goods", "quantity": wanted}
            for number, (wanted, _) in enumerate(customers)
        ],
        "lanes": [
            {"from": f"w{start}", "to": f"c{end}", "unit_cost": cost / wanted}
            for end, (wanted, costs) in enumerate(customers)
            for start, cost in enumerate(costs)
        ],
    }


@pytest.mark.parametrize("build", [False, True], ids=["rented", "built"])
def test_a_capacitated_warehouse_problem(build: bool) -> None:
    """16 warehouses, 50 customers, and 1,040,444.375 as the best there is: cap41 of J. E. Beasley's OR-Library.

    J. E. Beasley, An algorithm for solving large capacitated warehouse location problems, European Journal of
    Operational Research 33 (1988) 314-325. A customer may be served from several warehouses.
    """
    plan = solve(warehouse_problem(build=build))
    assert plan.status == "optimal"
    assert plan.certificate.verified
    assert plan.total_cost == pytest.approx(1_040_444.375, rel=1e-8)
