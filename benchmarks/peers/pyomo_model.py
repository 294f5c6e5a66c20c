"""Pyomo, with indexed variables and constraint rules; solved by HiGHS through APPSI, which hands over in memory."""

from __future__ import annotations

from typing import Any

import highspy
import pyomo.environ as pyo
from pyomo.repn import generate_standard_repn

from benchmarks.clock import Clock
from benchmarks.data import Data

__all__ = ["build", "shape", "solve", "watch"]


def build(data: Data) -> pyo.ConcreteModel:
    """The whole model."""
    m = pyo.ConcreteModel()
    sites, serves = data.minerals, data.serves
    mineral = {d: row["mineral"] for d, row in data.demands.items()}

    m.T = pyo.Set(initialize=list(data.years))
    m.ORDERS = pyo.Set(initialize=list(data.on_stream))
    m.M = pyo.Set(initialize=list(sites))
    m.S = pyo.Set(initialize=list(data.suppliers))
    m.P = pyo.Set(initialize=list(data.plants))
    m.R = pyo.Set(initialize=list(data.recyclers))
    m.D = pyo.Set(initialize=list(data.demands))
    m.MAKERS = pyo.Set(initialize=list(data.builds))
    m.ORE = pyo.Set(initialize=list(data.ore_cost), dimen=2)
    m.OXIDE = pyo.Set(initialize=list(data.oxide_cost), dimen=2)
    m.DRAWS = pyo.Set(initialize=[(d, u) for d in serves for u in serves[d]], dimen=2)

    m.buy = pyo.Var(m.S, m.T, domain=pyo.NonNegativeReals)
    m.run = pyo.Var(m.P, m.T, domain=pyo.NonNegativeReals)
    m.collect = pyo.Var(m.R, m.T, domain=pyo.NonNegativeReals)
    m.ore = pyo.Var(m.ORE, m.T, domain=pyo.NonNegativeReals)
    m.oxide = pyo.Var(m.OXIDE, m.T, domain=pyo.NonNegativeReals)
    m.spare = pyo.Var(m.MAKERS, m.T, domain=pyo.NonNegativeReals)
    m.deliver = pyo.Var(m.D, m.T, domain=pyo.NonNegativeReals)
    m.short = pyo.Var(m.D, m.T, domain=pyo.NonNegativeReals)
    m.fill = pyo.Var(m.D, m.T, domain=pyo.NonNegativeReals)
    m.draw = pyo.Var(m.DRAWS, m.T, domain=pyo.NonNegativeReals)
    m.level = pyo.Var(m.D, m.T, domain=pyo.NonNegativeReals)
    m.add = pyo.Var(m.MAKERS, m.ORDERS, bounds=lambda _m, name, _t: (0, data.builds[name]["max"]))
    if data.yes_no:
        m.open = pyo.Var(m.P, m.ORDERS, domain=pyo.Binary)

    @m.Objective(sense=pyo.minimize)
    def cost(m: Any) -> Any:
        total = sum(data.weight[t] * data.suppliers[s]["unit_cost"][t] * m.buy[s, t] for s in m.S for t in m.T)
        total += sum(data.weight[t] * data.plants[p]["recipes"][0]["unit_cost"] * m.run[p, t] for p in m.P for t in m.T)
        total += sum(data.weight[t] * _per_scrap(data.recyclers[r]) * m.collect[r, t] for r in m.R for t in m.T)
        total += sum(data.weight[t] * data.ore_cost[s, p] * m.ore[s, p, t] for s, p in m.ORE for t in m.T)
        total += sum(data.weight[t] * data.oxide_cost[o, d] * m.oxide[o, d, t] for o, d in m.OXIDE for t in m.T)
        total += sum(data.weight[t] * data.demands[d]["shortage_cost"] * m.short[d, t] for d in m.D for t in m.T)
        total += sum(data.holding(d, t) * m.level[d, t] for d in m.D for t in m.T)
        total += sum(data.capital(name, t)[0] * m.add[name, t] for name in m.MAKERS for t in m.ORDERS)
        if data.yes_no:
            total += sum(data.capital(p, t)[1] * m.open[p, t] for p in m.P for t in m.ORDERS)
        return total

    @m.Constraint(m.S, m.T)
    def ore_made(m: Any, s: str, t: int) -> Any:
        used = sum(m.ore[s, p, t] for p in sites[data.suppliers[s]["mineral"]]["plants"])
        return m.buy[s, t] == used + m.spare[s, t]

    def built(m: Any, name: str, t: int) -> Any:
        return sum(m.add[name, order] for order in m.ORDERS if t in data.on_stream[order])

    @m.Constraint(m.S, m.T)
    def mines(m: Any, s: str, t: int) -> Any:
        return m.buy[s, t] <= data.capacity[s] + built(m, s, t)

    @m.Constraint(m.P, m.T)
    def oxide_refined(m: Any, p: str, t: int) -> Any:
        used = sum(m.oxide[p, d, t] for d in sites[data.plants[p]["mineral"]]["demands"])
        return m.run[p, t] == used + m.spare[p, t]

    @m.Constraint(m.P, m.T)
    def ore_used(m: Any, p: str, t: int) -> Any:
        name = data.plants[p]["mineral"]
        needs = data.plants[p]["recipes"][0]["inputs"][f"{name}_ore"]
        return sum(m.ore[s, p, t] for s in sites[name]["suppliers"]) == needs * m.run[p, t]

    @m.Constraint(m.P, m.T)
    def refineries(m: Any, p: str, t: int) -> Any:
        return m.run[p, t] <= data.capacity[p] + built(m, p, t)

    @m.Constraint(m.R, m.T)
    def oxide_recycled(m: Any, r: str, t: int) -> Any:
        used = sum(m.oxide[r, d, t] for d in sites[data.recyclers[r]["mineral"]]["demands"])
        return data.recyclers[r]["recovery"] * m.collect[r, t] == used + m.spare[r, t]

    @m.Constraint(m.R, m.T)
    def scrap(m: Any, r: str, t: int) -> Any:
        back = data.recyclers[r]["returns"][0]
        returned = back["scrap_per_unit"] * m.deliver[back["demand"], t - 2] if t >= 2 else 0
        return m.collect[r, t] <= data.recyclers[r]["collection_rate"] * (data.recyclers[r]["scrap"][t] + returned)

    @m.Constraint(m.R, m.T)
    def recyclers(m: Any, r: str, t: int) -> Any:
        return data.recyclers[r]["recovery"] * m.collect[r, t] <= data.capacity[r] + built(m, r, t)

    @m.Constraint(m.D, m.T)
    def oxide_used(m: Any, d: str, t: int) -> Any:
        arriving = sum(m.oxide[o, d, t] for o in data.makers(mineral[d])) + sum(m.draw[u, d, t] for u in serves[d])
        return arriving == m.deliver[d, t] + m.fill[d, t]

    @m.Constraint(m.D, m.T)
    def stock(m: Any, d: str, t: int) -> Any:
        added = data.gap * (m.fill[d, t] - sum(m.draw[d, u, t] for u in serves[d]))
        return m.level[d, t] == added + (m.level[d, t - 1] if t else 0)

    @m.Constraint(m.D, m.T)
    def stock_capacity(m: Any, d: str, t: int) -> Any:
        return m.level[d, t] <= data.demands[d]["stock"]["capacity"]

    @m.Constraint(m.D, m.T)
    def demand(m: Any, d: str, t: int) -> Any:
        return m.deliver[d, t] + m.short[d, t] == data.demands[d]["quantity"][t]

    @m.Constraint(m.M, m.T)
    def oxide_from_china(m: Any, name: str, t: int) -> Any:
        makers, demands = data.makers(name), sites[name]["demands"]
        part = sum(m.oxide[o, d, t] for o in data.in_china(makers) for d in demands)
        return part <= data.oxide_cap * sum(m.oxide[o, d, t] for o in makers for d in demands)

    @m.Constraint(m.M, m.T)
    def ore_from_china(m: Any, name: str, t: int) -> Any:
        suppliers, plants = sites[name]["suppliers"], data.outside_china(sites[name]["plants"])
        part = sum(m.ore[s, p, t] for s in data.in_china(suppliers) for p in plants)
        return part <= data.ore_cap * sum(m.ore[s, p, t] for s in suppliers for p in plants)

    if len(m.ORDERS) > 1:

        @m.Constraint(m.MAKERS)
        def builds(m: Any, name: str) -> Any:
            return sum(m.add[name, t] for t in m.ORDERS) <= data.builds[name]["max"]

    if data.yes_no:

        @m.Constraint(m.P, m.ORDERS)
        def size(m: Any, p: str, t: int) -> Any:
            return m.add[p, t] <= data.builds[p]["max"] * m.open[p, t]

        if len(m.ORDERS) > 1:

            @m.Constraint(m.P)
            def orders(m: Any, p: str) -> Any:
                return sum(m.open[p, t] for t in m.ORDERS) <= 1

    if data.budget is not None:

        @m.Constraint(m.ORDERS)
        def budget(m: Any, t: int) -> Any:
            spent = sum(data.builds[name]["unit_capex"] * m.add[name, t] for name in m.MAKERS)
            if data.yes_no:
                spent += sum(data.builds[p]["fixed_capex"] * m.open[p, t] for p in m.P)
            return spent <= data.budget

    return m


def _per_scrap(recycler: dict[str, Any]) -> float:
    return float(recycler["collection_cost"] + recycler["recovery"] * recycler["unit_cost"])


def shape(m: pyo.ConcreteModel) -> tuple[int, int, int]:
    """Columns, rows and nonzeros."""
    rows = list(m.component_data_objects(pyo.Constraint))
    columns = sum(1 for _ in m.component_data_objects(pyo.Var))
    return columns, len(rows), sum(len(generate_standard_repn(row.body).linear_vars) for row in rows)


def solve(m: pyo.ConcreteModel, solver: str, gap: float) -> float:
    """The optimal value by `highs`."""
    optimizer = pyo.SolverFactory(f"appsi_{solver}")
    optimizer.config.mip_gap = gap
    result = optimizer.solve(m)
    pyo.assert_optimal_termination(result)
    return float(pyo.value(m.cost))


def watch(clock: Clock, _solver: str) -> None:
    """HiGHS's own time."""
    clock.watch(highspy.Highs, "run", "solve")
