"""The ways from a problem to its optimum that are measured."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ROUTES", "Route"]


@dataclass(frozen=True)
class Route:
    """A way, and what it needs.

    Parameters
    ----------
    says
        What the tables call it.
    package
        The distribution whose version is reported, and without which the route is left out.
    module, solver
        Of a peer: its module in `benchmarks.peers`, and the solver it hands over to.
    detail
        Of Oremix: how much the plan explains.
    """

    says: str
    package: str
    module: str | None = None
    solver: str = "highs"
    detail: str | None = None


ROUTES = {
    "raw": Route("arrays → `Highs.passModel`", "highspy"),
    "oremix": Route("Oremix, `detail=plan`", "pulp", detail="plan"),
    "oremix_full": Route("Oremix, `detail=full`", "pulp", detail="full"),
    "pulp_cbc": Route("PuLP + CBC", "pulp", "pulp_model", "cbc"),
    "pulp_highs": Route("PuLP + `pulp.HiGHS`", "pulp", "pulp_model"),
    "linopy": Route("linopy", "linopy", "linopy_model"),
    "pyomo": Route("Pyomo, APPSI", "pyomo", "pyomo_model"),
    "mathopt": Route("OR-Tools MathOpt", "ortools", "mathopt_model"),
}
