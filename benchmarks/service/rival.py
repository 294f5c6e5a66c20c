"""A small Flask service: a problem in, the plan of purchases and its cost out, by idiomatic PuLP and CBC.

It checks nothing, explains nothing, and answers only problems of `benchmarks.families`.
"""

from __future__ import annotations

from typing import Any

import pulp
from flask import Flask, request

from benchmarks.data import read
from benchmarks.peers.pulp_model import build

__all__ = ["app"]

app = Flask("rival")


@app.post("/solve")
def solve() -> dict[str, Any]:
    """Solve the problem in the body."""
    prob = build(read(request.get_json()))
    prob.solve(pulp.PULP_CBC_CMD(msg=False))
    amounts = [{"what": column.name, "quantity": column.varValue} for column in prob.variables() if column.varValue]
    return {
        "status": pulp.LpStatus[prob.status],
        "total_cost": pulp.value(prob.objective),
        "purchases": [amount for amount in amounts if amount["what"].startswith("buy_")],
        "builds": [amount for amount in amounts if amount["what"].startswith("add_")],
        "shipments": [amount for amount in amounts if amount["what"].startswith(("ore_", "oxide_"))],
    }
