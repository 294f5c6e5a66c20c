"""linopy, with one variable per kind over labelled dimensions, in sparse models; solved by HiGHS without files."""

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
BUILDING = {"s": "suppliers", "p": "plants", "r": "recyclers"}

linopy.options["semantics"] = "v1"  # which sparse models ask for


def build(data: Data) -> linopy.Model:
    """The whole model: every mineral has as many of each kind, so that all arrays but the draws' are full."""
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

    def pairs(froms: str, tos: str, dims: tuple[str, str], cost: dict[tuple[str, str], float]) -> Array:
        values = [[[cost[a, b] for b in sites[tos]] for a in sites[froms]] for sites in data.minerals.values()]
        return xr.DataArray(np.array(values), over("m", *dims), ("m", *dims))

    def built(kind: str, dim: str, value: Callable[[dict[str, Any]], float]) -> Array:
        return table(kind, dim, lambda name: value(data.builds[name]))

    m = linopy.Model(sparse=True)
    add_variables = m.add_variables

    def variable(name: str, *dims: str, **bounds: Any) -> linopy.Variable:
        return add_variables(**({"lower": 0} | bounds), coords=over(*dims), dims=dims, name=name)

    buy, run = variable("buy", "m", "s", "t"), variable("run", "m", "p", "t")
    collect = variable("collect", "m", "r", "t")
    ore = variable("ore", "m", "s", "p", "t")
    refined, recycled = variable("refined", "m", "p", "d", "t"), variable("recycled", "m", "r", "d", "t")
    spare_ore, spare_refined = variable("spare_ore", "m", "s", "t"), variable("spare_refined", "m", "p", "t")
    spare_recycled = variable("spare_recycled", "m", "r", "t")
    deliver, short = variable("deliver", "m", "d", "t"), variable("short", "m", "d", "t")
    fill, level = variable("fill", "m", "d", "t"), variable("level", "m", "d", "t")
    draw = _draws(m, data)
    add = {
        dim: variable(f"add_{kind}", "m", dim, "o", upper=built(kind, dim, lambda build: build["max"]))
        for dim, kind in BUILDING.items()
    }
    opened = (
        add_variables(coords=over("m", "p", "o"), dims=["m", "p", "o"], name="open", binary=True)
        if data.yes_no
        else None
    )

    weight = xr.DataArray(data.weight, over("t"), ["t"])
    activity = table("plants", "p", lambda p: data.plants[p]["recipes"][0]["unit_cost"])
    per_scrap = table("recyclers", "r", lambda r: _per_scrap(data.recyclers[r]))
    cost = (
        (weight * table("suppliers", "s", lambda s: data.suppliers[s]["unit_cost"], "t") * buy).sum()
        + (weight * activity * run).sum()
        + (weight * per_scrap * collect).sum()
        + (weight * pairs("suppliers", "plants", ("s", "p"), data.ore_cost) * ore).sum()
        + (weight * pairs("plants", "demands", ("p", "d"), data.oxide_cost) * refined).sum()
        + (weight * pairs("recyclers", "demands", ("r", "d"), data.oxide_cost) * recycled).sum()
        + (weight * table("demands", "d", lambda d: data.demands[d]["shortage_cost"]) * short).sum()
        + (table("demands", "d", lambda d: [data.holding(d, t) for t in years], "t") * level).sum()
    )
    for dim, kind in BUILDING.items():
        cost += (table(kind, dim, lambda name: [data.capital(name, t)[0] for t in orders], "o") * add[dim]).sum()
    if opened is not None:
        cost += (table("plants", "p", lambda p: [data.capital(p, t)[1] for t in orders], "o") * opened).sum()
    m.add_objective(cost)

    needs = table("plants", "p", lambda p: next(iter(data.plants[p]["recipes"][0]["inputs"].values())))
    recovered = table("recyclers", "r", lambda r: data.recyclers[r]["recovery"]) * collect
    wanted = table("demands", "d", lambda d: data.demands[d]["quantity"], "t")
    m.add_constraints(buy - ore.sum("p") - spare_ore == 0, name="ore made")
    m.add_constraints(run - refined.sum("d") - spare_refined == 0, name="oxide refined")
    m.add_constraints(recovered - recycled.sum("d") - spare_recycled == 0, name="oxide recycled")
    m.add_constraints(ore.sum("s") - needs * run == 0, name="ore used")
    arriving = refined.sum("p") + recycled.sum("r") + draw.groupby(["m", "u"]).sum().rename(u="d")
    m.add_constraints(arriving - deliver - fill == 0, name="oxide used")
    m.add_constraints(deliver + short == wanted, name="demand")
    stock = level - level.shift(t=1).fillna(0) - data.gap * fill + data.gap * draw.groupby(["m", "d"]).sum()
    m.add_constraints(stock == 0, name="stock")
    stored = table("demands", "d", lambda d: data.demands[d]["stock"]["capacity"])
    m.add_constraints(level <= stored, name="stock capacity")

    on_stream = [[float(t in data.on_stream[order]) for t in years] for order in orders]
    counts = xr.DataArray(on_stream, over("o", "t"), ["o", "t"])
    for (dim, kind), used in zip(BUILDING.items(), (buy, run, recovered), strict=True):
        capacity = table(kind, dim, data.capacity.__getitem__)
        m.add_constraints(used - (counts * add[dim]).sum("o") <= capacity, name=kind)
        if size["o"] > 1:
            m.add_constraints(add[dim].sum("o") <= built(kind, dim, lambda build: build["max"]), name=f"{kind} built")
    _scrap(m, data, table, collect, deliver)
    _caps(m, data, table, ore, refined, recycled)

    if opened is not None:
        most = built("plants", "p", lambda build: build["max"])
        m.add_constraints(add["p"] - most * opened <= 0, name="size")
        if size["o"] > 1:
            m.add_constraints(opened.sum("o") <= 1, name="orders")
    if data.budget is not None:
        spent = sum(
            (built(kind, dim, lambda build: build["unit_capex"]) * add[dim]).sum(["m", dim])
            for dim, kind in BUILDING.items()
        )
        if opened is not None:
            spent += (built("plants", "p", lambda build: build["fixed_capex"]) * opened).sum(["m", "p"])
        m.add_constraints(spent <= data.budget, name="budget")
    return m


def _draws(m: linopy.Model, data: Data) -> linopy.LinearExpression:
    """What each stock (of m, d) is drawn for each demand that it serves (of m, u), as a list with its coordinates."""
    position = {d: at for sites in data.minerals.values() for at, d in enumerate(sites["demands"])}
    mineral = {name: at for at, name in enumerate(data.minerals)}
    links = [
        (mineral[data.demands[d]["mineral"]], position[d], position[u]) for d in data.serves for u in data.serves[d]
    ]
    draw = m.add_variables(lower=0, coords=[range(len(links)), data.years], dims=["link", "t"], name="draw")
    return (1 * draw).assign_coords({dim: ("link", list(ends)) for dim, *ends in zip("mdu", *links, strict=True)})


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
