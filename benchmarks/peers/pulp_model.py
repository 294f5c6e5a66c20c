"""PuLP, with `LpVariable.dicts`, `lpSum` and `+=`; solved by CBC or by HiGHS through PuLP's own interfaces."""

from __future__ import annotations

import subprocess

import highspy
import pulp
from pulp import LpMinimize, LpProblem, LpVariable, lpSum

from benchmarks.clock import Clock
from benchmarks.data import Data

__all__ = ["build", "shape", "solve", "watch"]


def build(data: Data) -> LpProblem:
    """The whole model."""
    years, orders = list(data.years), list(data.on_stream)
    ore_lanes, oxide_lanes = list(data.ore_cost), list(data.oxide_cost)

    prob = LpProblem("sourcing", LpMinimize)
    buy = LpVariable.dicts("buy", (data.suppliers, years), 0)
    run = LpVariable.dicts("run", (data.plants, years), 0)
    collect = LpVariable.dicts("collect", (data.recyclers, years), 0)
    ore = LpVariable.dicts("ore", (ore_lanes, years), 0)
    oxide = LpVariable.dicts("oxide", (oxide_lanes, years), 0)
    spare = LpVariable.dicts("spare", (data.builds, years), 0)
    deliver = LpVariable.dicts("deliver", (data.demands, years), 0)
    short = LpVariable.dicts("short", (data.demands, years), 0)
    fill = LpVariable.dicts("fill", (data.demands, years), 0)
    draw = LpVariable.dicts("draw", ([(d, u) for d in data.serves for u in data.serves[d]], years), 0)
    level = LpVariable.dicts("level", (data.demands, years), 0)
    add = {
        name: {t: LpVariable(f"add_{name}_{t}", 0, build["max"]) for t in orders} for name, build in data.builds.items()
    }
    opened = LpVariable.dicts("open", (data.plants, orders), cat="Binary") if data.yes_no else {}

    prob += (
        lpSum(data.weight[t] * data.suppliers[s]["unit_cost"][t] * buy[s][t] for s in data.suppliers for t in years)
        + lpSum(
            data.weight[t] * data.plants[p]["recipes"][0]["unit_cost"] * run[p][t] for p in data.plants for t in years
        )
        + lpSum(
            data.weight[t] * (r["collection_cost"] + r["recovery"] * r["unit_cost"]) * collect[name][t]
            for name, r in data.recyclers.items()
            for t in years
        )
        + lpSum(data.weight[t] * data.ore_cost[lane] * ore[lane][t] for lane in ore_lanes for t in years)
        + lpSum(data.weight[t] * data.oxide_cost[lane] * oxide[lane][t] for lane in oxide_lanes for t in years)
        + lpSum(data.weight[t] * data.demands[d]["shortage_cost"] * short[d][t] for d in data.demands for t in years)
        + lpSum(data.holding(d, t) * level[d][t] for d in data.demands for t in years)
        + lpSum(data.capital(name, t)[0] * add[name][t] for name in data.builds for t in orders)
        + lpSum(data.capital(p, t)[1] * opened[p][t] for p in opened for t in orders)
    )

    for mineral, sites in data.minerals.items():
        makers = data.makers(mineral)
        for t in years:
            built = {
                name: lpSum(add[name][order] for order in orders if t in data.on_stream[order])
                for name in [*sites["suppliers"], *makers]
            }
            for s in sites["suppliers"]:
                prob += buy[s][t] == lpSum(ore[s, p][t] for p in sites["plants"]) + spare[s][t]
                prob += buy[s][t] <= data.capacity[s] + built[s]
            for p in sites["plants"]:
                needs = data.plants[p]["recipes"][0]["inputs"][f"{mineral}_ore"]
                prob += run[p][t] == lpSum(oxide[p, d][t] for d in sites["demands"]) + spare[p][t]
                prob += lpSum(ore[s, p][t] for s in sites["suppliers"]) == needs * run[p][t]
                prob += run[p][t] <= data.capacity[p] + built[p]
            for r in sites["recyclers"]:
                recycler, back = data.recyclers[r], data.recyclers[r]["returns"][0]
                returned = back["scrap_per_unit"] * deliver[back["demand"]][t - 2] if t >= 2 else 0
                recovered = recycler["recovery"] * collect[r][t]
                prob += collect[r][t] <= recycler["collection_rate"] * (recycler["scrap"][t] + returned)
                prob += recovered == lpSum(oxide[r, d][t] for d in sites["demands"]) + spare[r][t]
                prob += recovered <= data.capacity[r] + built[r]
            for d in sites["demands"]:
                arriving = lpSum(oxide[o, d][t] for o in makers) + lpSum(draw[u, d][t] for u in data.serves[d])
                stock = data.gap * (fill[d][t] - lpSum(draw[d, u][t] for u in data.serves[d]))
                prob += arriving == deliver[d][t] + fill[d][t]
                prob += deliver[d][t] + short[d][t] == data.demands[d]["quantity"][t]
                prob += level[d][t] == stock + (level[d][t - 1] if t else 0)
                prob += level[d][t] <= data.demands[d]["stock"]["capacity"]
            arriving = [(o, d) for o in makers for d in sites["demands"]]
            chinese = [(o, d) for o in data.in_china(makers) for d in sites["demands"]]
            prob += lpSum(oxide[lane][t] for lane in chinese) <= data.oxide_cap * lpSum(
                oxide[lane][t] for lane in arriving
            )
            refined = data.outside_china(sites["plants"])
            arriving = [(s, p) for s in sites["suppliers"] for p in refined]
            chinese = [(s, p) for s in data.in_china(sites["suppliers"]) for p in refined]
            prob += lpSum(ore[lane][t] for lane in chinese) <= data.ore_cap * lpSum(ore[lane][t] for lane in arriving)

    if len(orders) > 1:
        for name, build in data.builds.items():
            prob += lpSum(add[name][t] for t in orders) <= build["max"]
    for p in opened:
        for t in orders:
            prob += add[p][t] <= data.builds[p]["max"] * opened[p][t]
        if len(orders) > 1:
            prob += lpSum(opened[p][t] for t in orders) <= 1
    if data.budget is not None:
        for t in orders:
            spent = lpSum(build["unit_capex"] * add[name][t] for name, build in data.builds.items())
            fixed = lpSum(data.builds[p]["fixed_capex"] * opened[p][t] for p in opened)
            prob += spent + fixed <= data.budget
    return prob


def shape(prob: LpProblem) -> tuple[int, int, int]:
    """Columns, rows and nonzeros."""
    rows = prob.constraints.values() if isinstance(prob.constraints, dict) else prob.constraints()
    return len(prob.variables()), len(rows), sum(len(row) for row in rows)


def solve(prob: LpProblem, solver: str, gap: float) -> float:
    """The optimal value by `cbc` or `highs`."""
    known = {"cbc": pulp.PULP_CBC_CMD, "highs": pulp.HiGHS}
    prob.solve(known[solver](msg=False, gapRel=gap))
    if prob.status != pulp.LpStatusOptimal:
        raise RuntimeError(f"PuLP says {pulp.LpStatus[prob.status]}")
    return float(pulp.value(prob.objective))


def watch(clock: Clock, solver: str) -> None:
    """The solver's own time: of HiGHS its `run`; of CBC its process, with reading and writing files."""
    if solver == "highs":
        clock.watch(highspy.Highs, "run", "solve")
    else:
        clock.watch(subprocess.Popen, "wait", "solve")
