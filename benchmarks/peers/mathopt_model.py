"""OR-Tools MathOpt, with one `add_variable` or `add_linear_constraint` each; solved by the HiGHS inside OR-Tools."""

from __future__ import annotations

from itertools import product
from typing import Any

from ortools.math_opt.python import mathopt

from benchmarks.clock import Clock
from benchmarks.data import Data

__all__ = ["build", "shape", "solve", "watch"]

Columns = dict[Any, mathopt.Variable]


def build(data: Data) -> mathopt.Model:
    """The whole model."""
    m = mathopt.Model(name="sourcing")
    years, orders = data.years, list(data.on_stream)
    sums = mathopt.fast_sum

    def columns(name: str, keys: Any, times: Any = years) -> Columns:
        return {(*key, t): m.add_variable(lb=0.0, name=f"{name}_{key}_{t}") for key in keys for t in times}

    def rows_of(names: Any) -> list[tuple[str]]:
        return [(name,) for name in names]

    minerals = data.minerals.items()
    ore_lanes = [lane for _, sites in minerals for lane in product(sites["suppliers"], sites["plants"])]
    oxide_lanes = [lane for name, sites in minerals for lane in product(data.makers(name), sites["demands"])]
    buy, run = columns("buy", rows_of(data.suppliers)), columns("run", rows_of(data.plants))
    collect = columns("collect", rows_of(data.recyclers))
    ore, oxide = columns("ore", ore_lanes), columns("oxide", oxide_lanes)
    spare = columns("spare", rows_of([*data.suppliers, *data.plants, *data.recyclers]))
    deliver, short = columns("deliver", rows_of(data.demands)), columns("short", rows_of(data.demands))
    builds = {p: plant["build"] for p, plant in data.plants.items()}
    add = {(p, t): m.add_variable(lb=0.0, ub=builds[p]["max"], name=f"add_{p}_{t}") for p in builds for t in orders}
    opened: Columns = {}
    if data.yes_no:
        opened = {(p, t): m.add_binary_variable(name=f"open_{p}_{t}") for p in builds for t in orders}

    weight = data.weight
    m.minimize(
        sums(weight[t] * data.suppliers[s]["unit_cost"][t] * column for (s, t), column in buy.items())
        + sums(weight[t] * data.plants[p]["recipes"][0]["unit_cost"] * column for (p, t), column in run.items())
        + sums(weight[t] * _per_scrap(data.recyclers[r]) * column for (r, t), column in collect.items())
        + sums(weight[t] * data.ore_cost(s, p) * column for (s, p, t), column in ore.items())
        + sums(weight[t] * data.oxide_cost(o, d) * column for (o, d, t), column in oxide.items())
        + sums(weight[t] * data.demands[d]["shortage_cost"] * column for (d, t), column in short.items())
        + sums(data.capital(*key)[0] * column for key, column in add.items())
        + sums(data.capital(*key)[1] * column for key, column in opened.items())
    )

    row = m.add_linear_constraint
    for name, sites in minerals:
        makers, demands = data.makers(name), sites["demands"]
        refined = data.outside_china(sites["plants"])
        for t in years:
            for s in sites["suppliers"]:
                row(buy[s, t] == sums(ore[s, p, t] for p in sites["plants"]) + spare[s, t])
                row(buy[s, t] <= data.suppliers[s]["capacity"])
            for p in sites["plants"]:
                needs = data.plants[p]["recipes"][0]["inputs"][f"{name}_ore"]
                built = sums(add[p, order] for order in orders if t in data.on_stream[order])
                row(run[p, t] == sums(oxide[p, d, t] for d in demands) + spare[p, t])
                row(sums(ore[s, p, t] for s in sites["suppliers"]) == needs * run[p, t])
                row(run[p, t] <= data.plants[p]["capacity"] + built)
            for r in sites["recyclers"]:
                recycler, back = data.recyclers[r], data.recyclers[r]["returns"][0]
                returned = back["scrap_per_unit"] * deliver[back["demand"], t - 2] if t >= 2 else 0.0
                recovered = recycler["recovery"] * collect[r, t]
                row(recovered == sums(oxide[r, d, t] for d in demands) + spare[r, t])
                row(collect[r, t] <= recycler["collection_rate"] * (recycler["scrap"][t] + returned))
                row(recovered <= recycler["capacity"])
            for d in demands:
                row(sums(oxide[o, d, t] for o in makers) == deliver[d, t])
                row(deliver[d, t] + short[d, t] == data.demands[d]["quantity"][t])
            part = sums(oxide[o, d, t] for o in data.in_china(makers) for d in demands)
            row(part <= data.oxide_cap * sums(oxide[o, d, t] for o in makers for d in demands))
            part = sums(ore[s, p, t] for s in data.in_china(sites["suppliers"]) for p in refined)
            row(part <= data.ore_cap * sums(ore[s, p, t] for s in sites["suppliers"] for p in refined))

    for p, build in builds.items():
        if len(orders) > 1:
            row(sums(add[p, t] for t in orders) <= build["max"])
        if data.yes_no:
            for t in orders:
                row(add[p, t] <= build["max"] * opened[p, t])
            if len(orders) > 1:
                row(sums(opened[p, t] for t in orders) <= 1)
    if data.budget is not None:
        for t in orders:
            spent = sums(builds[p]["unit_capex"] * add[p, t] for p in builds)
            fixed = sums(builds[p]["fixed_capex"] * opened[p, t] for p in builds if opened)
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
    """The solver's own time as it reports it: it runs inside the call that hands the model over."""
    call = mathopt.solve

    def timed(*args: Any, **kwargs: Any) -> mathopt.SolveResult:
        with clock.phase("hand over"):
            result = call(*args, **kwargs)
        clock.move(result.solve_stats.solve_time.total_seconds(), "hand over", "solve")
        return result

    mathopt.solve = timed
