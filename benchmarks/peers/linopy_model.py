"""linopy, with one variable per kind over labelled dimensions; solved by HiGHS without files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import linopy
import numpy as np
import xarray as xr
from linopy import solvers

from benchmarks.clock import Clock
from benchmarks.data import Data

__all__ = ["build", "shape", "solve", "watch"]

Array = xr.DataArray


def build(data: Data) -> linopy.Model:
    """The whole model: every mineral has as many of each kind, so that all arrays are full."""
    minerals = list(data.minerals)
    first = data.minerals[minerals[0]]
    years, orders = list(data.years), list(data.on_stream)
    size = {"s": len(first["suppliers"]), "p": len(first["plants"]), "r": len(first["recyclers"])}
    size |= {"d": len(first["demands"]), "m": len(minerals), "t": len(years), "o": len(orders)}

    def over(*dims: str) -> list[Any]:
        return [range(size[dim]) for dim in dims]

    def table(kind: str, dim: str, value: Callable[[str], Any], *more: str) -> Array:
        values = [[value(name) for name in sites[kind]] for sites in data.minerals.values()]
        dims = ("m", dim, *more)
        return xr.DataArray(np.array(values, dtype=float), over(*dims), dims)

    def pairs(froms: str, tos: str, dims: tuple[str, str], cost: Callable[[str, str], float]) -> Array:
        values = [[[cost(a, b) for b in sites[tos]] for a in sites[froms]] for sites in data.minerals.values()]
        return xr.DataArray(np.array(values), over("m", *dims), ("m", *dims))

    m = linopy.Model()
    add_variables = m.add_variables

    def variable(name: str, *dims: str, **bounds: Any) -> linopy.Variable:
        return add_variables(**({"lower": 0} | bounds), coords=over(*dims), dims=dims, name=name)

    most = table("plants", "p", lambda p: data.plants[p]["build"]["max"])
    buy, run, collect = (
        variable("buy", "m", "s", "t"),
        variable("run", "m", "p", "t"),
        variable("collect", "m", "r", "t"),
    )
    ore = variable("ore", "m", "s", "p", "t")
    refined, recycled = variable("refined", "m", "p", "d", "t"), variable("recycled", "m", "r", "d", "t")
    spare_ore, spare_refined = variable("spare_ore", "m", "s", "t"), variable("spare_refined", "m", "p", "t")
    spare_recycled = variable("spare_recycled", "m", "r", "t")
    deliver, short = variable("deliver", "m", "d", "t"), variable("short", "m", "d", "t")
    add = variable("add", "m", "p", "o", upper=most.expand_dims(o=size["o"]).transpose("m", "p", "o"))
    opened = (
        add_variables(coords=over("m", "p", "o"), dims=["m", "p", "o"], name="open", binary=True)
        if data.yes_no
        else None
    )

    weight = xr.DataArray(data.weight, over("t"), ["t"])
    activity = table("plants", "p", lambda p: data.plants[p]["recipes"][0]["unit_cost"])
    per_scrap = table("recyclers", "r", lambda r: _per_scrap(data.recyclers[r]))
    capital = table("plants", "p", lambda p: [data.capital(p, t)[0] for t in orders], "o")
    cost = (
        (weight * table("suppliers", "s", lambda s: data.suppliers[s]["unit_cost"], "t") * buy).sum()
        + (weight * activity * run).sum()
        + (weight * per_scrap * collect).sum()
        + (weight * pairs("suppliers", "plants", ("s", "p"), data.ore_cost) * ore).sum()
        + (weight * pairs("plants", "demands", ("p", "d"), data.oxide_cost) * refined).sum()
        + (weight * pairs("recyclers", "demands", ("r", "d"), data.oxide_cost) * recycled).sum()
        + (weight * table("demands", "d", lambda d: data.demands[d]["shortage_cost"]) * short).sum()
        + (capital * add).sum()
    )
    if opened is not None:
        fixed = table("plants", "p", lambda p: [data.capital(p, t)[1] for t in orders], "o")
        cost += (fixed * opened).sum()
    m.add_objective(cost)

    on_stream = [[float(t in data.on_stream[order]) for t in years] for order in orders]
    counts = xr.DataArray(on_stream, over("o", "t"), ["o", "t"])
    needs = table("plants", "p", lambda p: next(iter(data.plants[p]["recipes"][0]["inputs"].values())))
    recovery = table("recyclers", "r", lambda r: data.recyclers[r]["recovery"])
    m.add_constraints(buy - ore.sum("p") - spare_ore == 0, name="ore made")
    m.add_constraints(run - refined.sum("d") - spare_refined == 0, name="oxide refined")
    m.add_constraints(recovery * collect - recycled.sum("d") - spare_recycled == 0, name="oxide recycled")
    m.add_constraints(ore.sum("s") - needs * run == 0, name="ore used")
    m.add_constraints(refined.sum("p") + recycled.sum("r") - deliver == 0, name="oxide used")
    m.add_constraints(
        deliver + short == table("demands", "d", lambda d: data.demands[d]["quantity"], "t"), name="demand"
    )
    m.add_constraints(buy <= table("suppliers", "s", lambda s: data.suppliers[s]["capacity"]), name="mines")
    capacity = table("plants", "p", lambda p: data.plants[p]["capacity"])
    m.add_constraints(run - (counts * add).sum("o") <= capacity, name="refineries")
    m.add_constraints(
        recovery * collect <= table("recyclers", "r", lambda r: data.recyclers[r]["capacity"]), name="recyclers"
    )
    _scrap(m, data, table, collect, deliver)
    _caps(m, data, table, ore, refined, recycled)

    if size["o"] > 1:
        m.add_constraints(add.sum("o") <= most, name="builds")
    if opened is not None:
        m.add_constraints(add - most * opened <= 0, name="size")
        if size["o"] > 1:
            m.add_constraints(opened.sum("o") <= 1, name="orders")
    if data.budget is not None:
        spent = (table("plants", "p", lambda p: data.plants[p]["build"]["unit_capex"]) * add).sum(["m", "p"])
        if opened is not None:
            spent += (table("plants", "p", lambda p: data.plants[p]["build"]["fixed_capex"]) * opened).sum(["m", "p"])
        m.add_constraints(spent <= data.budget, name="budget")
    return m


def _per_scrap(recycler: dict[str, Any]) -> float:
    return float(recycler["collection_cost"] + recycler["recovery"] * recycler["unit_cost"])


def _scrap(m: linopy.Model, data: Data, table: Any, collect: linopy.Variable, deliver: linopy.Variable) -> None:
    """The n-th recycler takes back what the n-th demand was delivered two periods before."""
    rate = table("recyclers", "r", lambda r: data.recyclers[r]["collection_rate"])
    back = table("recyclers", "r", lambda r: data.recyclers[r]["returns"][0]["scrap_per_unit"])
    scrap = table("recyclers", "r", lambda r: data.recyclers[r]["scrap"], "t")
    returning = deliver.isel(d=slice(0, scrap.sizes["r"])).rename(d="r").shift(t=2).fillna(0)
    m.add_constraints(collect - rate * back * returning <= rate * scrap, name="scrap")


def _caps(m: linopy.Model, data: Data, table: Any, ore: Any, refined: Any, recycled: Any) -> None:
    """China's share of what arrives: the part less the cap times the whole is at most 0."""

    def chinese(kind: str, dim: str) -> Array:
        return table(kind, dim, lambda name: bool(data.in_china([name])))

    oxide = (chinese("plants", "p") - data.oxide_cap) * refined
    scrap = (chinese("recyclers", "r") - data.oxide_cap) * recycled
    m.add_constraints(oxide.sum(["p", "d"]) + scrap.sum(["r", "d"]) <= 0, name="oxide from China")
    counted = (chinese("suppliers", "s") - data.ore_cap) * ore * (1 - chinese("plants", "p"))
    m.add_constraints(counted.sum(["s", "p"]) <= 0, name="ore from China")


def shape(m: linopy.Model) -> tuple[int, int, int]:
    """Columns, rows and nonzeros."""
    return m.nvars, m.ncons, int(m.matrices.A.count_nonzero())


def solve(m: linopy.Model, solver: str, gap: float) -> float:
    """The optimal value by `highs`."""
    status, words = m.solve(solver, io_api="direct", progress=False, output_flag=False, mip_rel_gap=gap)
    if status != "ok":
        raise RuntimeError(f"linopy says {words}")
    return float(m.objective.value)


def watch(clock: Clock, _solver: str) -> None:
    """HiGHS's own time: linopy runs it in a thread and waits."""
    clock.watch(solvers, "_run_highs_with_keyboard_interrupt", "solve")
