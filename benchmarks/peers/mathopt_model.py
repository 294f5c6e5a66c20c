"""OR-Tools MathOpt, with one `add_variable` or `add_linear_constraint` each; solved by the HiGHS inside OR-Tools."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Any

from ortools.math_opt.core.python import solver as core
from ortools.math_opt.python import mathopt

from benchmarks.clock import Clock
from benchmarks.data import Data

__all__ = ["build", "shape", "solve", "watch"]

Columns = dict[Any, mathopt.Variable]


def build(data: Data) -> mathopt.Model:
    """The whole model."""
    m = mathopt.Model(name="sourcing")
    years, orders, builds, serves = data.years, list(data.on_stream), data.builds, data.serves
    sums = mathopt.fast_sum

    def columns(keys: Iterable[Any]) -> Columns:
        return {key: m.add_variable(lb=0.0) for key in keys}

    minerals = data.minerals.items()
    buy, run, collect = (columns(product(names, years)) for names in (data.suppliers, data.plants, data.recyclers))
    ore = columns((s, p, t) for s, p in data.ore_cost for t in years)
    oxide = columns((o, d, t) for o, d in data.oxide_cost for t in years)
    spare = columns(product(builds, years))
    deliver, short, fill, level = (columns(product(data.demands, years)) for _ in range(4))
    draw = columns((d, u, t) for d in serves for u in serves[d] for t in years)
    add = {(b, t): m.add_variable(lb=0.0, ub=builds[b]["max"]) for b in builds for t in orders}
    opened = {(p, t): m.add_binary_variable() for p in data.plants for t in orders if data.yes_no}

    weight = data.weight
    m.minimize(
        sums(weight[t] * data.suppliers[s]["unit_cost"][t] * column for (s, t), column in buy.items())
        + sums(weight[t] * data.plants[p]["recipes"][0]["unit_cost"] * column for (p, t), column in run.items())
        + sums(weight[t] * _per_scrap(data.recyclers[r]) * column for (r, t), column in collect.items())
        + sums(weight[t] * data.ore_cost[s, p] * column for (s, p, t), column in ore.items())
        + sums(weight[t] * data.oxide_cost[o, d] * column for (o, d, t), column in oxide.items())
        + sums(weight[t] * data.demands[d]["shortage_cost"] * column for (d, t), column in short.items())
        + sums(data.holding(*key) * column for key, column in level.items())
        + sums(data.capital(*key)[0] * column for key, column in add.items())
        + sums(data.capital(*key)[1] * column for key, column in opened.items())
    )

    row = m.add_linear_constraint
    for name, sites in minerals:
        makers, demands = data.makers(name), sites["demands"]
        refined = data.outside_china(sites["plants"])
        for t in years:
            on_stream = [order for order in orders if t in data.on_stream[order]]
            built = {b: sums(add[b, order] for order in on_stream) for b in [*sites["suppliers"], *makers]}
            for s in sites["suppliers"]:
                row(buy[s, t] == sums(ore[s, p, t] for p in sites["plants"]) + spare[s, t])
                row(buy[s, t] <= data.capacity[s] + built[s])
            for p in sites["plants"]:
                needs = data.plants[p]["recipes"][0]["inputs"][f"{name}_ore"]
                row(run[p, t] == sums(oxide[p, d, t] for d in demands) + spare[p, t])
                row(sums(ore[s, p, t] for s in sites["suppliers"]) == needs * run[p, t])
                row(run[p, t] <= data.capacity[p] + built[p])
            for r in sites["recyclers"]:
                recycler, back = data.recyclers[r], data.recyclers[r]["returns"][0]
                returned = back["scrap_per_unit"] * deliver[back["demand"], t - 2] if t >= 2 else 0.0
                recovered = recycler["recovery"] * collect[r, t]
                row(recovered == sums(oxide[r, d, t] for d in demands) + spare[r, t])
                row(collect[r, t] <= recycler["collection_rate"] * (recycler["scrap"][t] + returned))
                row(recovered <= data.capacity[r] + built[r])
            for d in demands:
                arriving = sums(oxide[o, d, t] for o in makers) + sums(draw[u, d, t] for u in serves[d])
                added = data.gap * (fill[d, t] - sums(draw[d, u, t] for u in serves[d]))
                row(arriving == deliver[d, t] + fill[d, t])
                row(level[d, t] == added + (level[d, t - 1] if t else 0.0))
                row(level[d, t] <= data.demands[d]["stock"]["capacity"])
                row(deliver[d, t] + short[d, t] == data.demands[d]["quantity"][t])
            part = sums(oxide[o, d, t] for o in data.in_china(makers) for d in demands)
            row(part <= data.oxide_cap * sums(oxide[o, d, t] for o in makers for d in demands))
            part = sums(ore[s, p, t] for s in data.in_china(sites["suppliers"]) for p in refined)
            row(part <= data.ore_cap * sums(ore[s, p, t] for s in sites["suppliers"] for p in refined))

    if len(orders) > 1:
        for b, build in builds.items():
            row(sums(add[b, t] for t in orders) <= build["max"])
    for (p, t), column in opened.items():
        row(add[p, t] <= builds[p]["max"] * column)
    if opened and len(orders) > 1:
        for p in data.plants:
            row(sums(opened[p, t] for t in orders) <= 1)
    if data.budget is not None:
        for t in orders:
            spent = sums(build["unit_capex"] * add[b, t] for b, build in builds.items())
            fixed = sums(builds[p]["fixed_capex"] * opened[p, t] for p in data.plants if opened)
            row(spent + fixed <= data.budget)
    return m


def _per_scrap(recycler: dict[str, Any]) -> float:
    return float(recycler["collection_cost"] + recycler["recovery"] * recycler["unit_cost"])


def shape(m: mathopt.Model) -> tuple[int, int, int]:
    """Columns, rows and nonzeros."""
    rows = m.get_num_linear_constraints()
    return m.get_num_variables(), rows, sum(1 for _ in m.linear_constraint_matrix_entries())


def solve(m: mathopt.Model, solver: str, gap: float) -> float:
    """The optimal value by `highs`."""
    kind = mathopt.SolverType[solver.upper()]
    result = mathopt.solve(m, kind, params=mathopt.SolveParameters(relative_gap_tolerance=gap))
    if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
        raise RuntimeError(f"MathOpt says {result.termination}")
    return float(result.objective_value())


def watch(clock: Clock, _solver: str) -> None:
    """The solver's own time, with the model's way from OR-Tools' message to HiGHS, which is in the same call."""
    clock.watch(core, "solve", "solve")
