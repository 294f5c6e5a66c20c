"""From the solver's verified point to the plan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from oremix import __version__
from oremix.models.collector import collector_off
from oremix.models.errors import SolverFailed
from oremix.models.numerals import numeral
from oremix.models.plan import Certificate, Plan, SolverRun
from oremix.optimizer.answering import records
from oremix.optimizer.answering.assumptions import assumed, untold
from oremix.optimizer.answering.audit import audit
from oremix.optimizer.answering.carried import carriers
from oremix.optimizer.answering.limits import limits
from oremix.optimizer.answering.marginals import Marginals
from oremix.optimizer.answering.offers import Offers
from oremix.optimizer.answering.prices import duals_of, prices, worths
from oremix.optimizer.answering.remarks import remarks
from oremix.optimizer.answering.shares import shares
from oremix.optimizer.answering.values import Values
from oremix.optimizer.formulation import Model
from oremix.optimizer.solving import Outcome
from oremix.optimizer.solving.arrays import Floats
from oremix.optimizer.solving.proof import TOLERANCE
from oremix.optimizer.solving.wide import ARITHMETIC

__all__ = ["Detail", "answer"]

Detail = Literal["auto", "full", "plan"]


# Up to so many columns a plan is explained in full unless less is asked for.
EXPLAINED = 20_000


def answer(model: Model, outcome: Outcome, detail: Detail = "auto") -> Plan:
    """The plan, audited: one that fails its audit is not called optimal."""
    if outcome.x is None:
        return _plan_without_point(model, outcome)
    full = detail == "full" or (detail == "auto" and outcome.shape[0] <= EXPLAINED)
    with collector_off():
        return _plan(model, outcome, outcome.x, _marginals(outcome) if full else None)


def _marginals(outcome: Outcome) -> Marginals | None:
    """One-sided prices; none where the LP behind them does not hold when checked again."""
    try:
        return None if outcome.hot is None else Marginals(outcome.hot)
    except SolverFailed:
        return None


def _plan_without_point(model: Model, outcome: Outcome) -> Plan:
    return _base(model, outcome).model_copy(
        update={"certificate": _certificate(outcome, outcome.verified, outcome.reason)}
    )


def _certificate(outcome: Outcome, verified: bool, reason: str | None, **audited: Any) -> Certificate:
    return Certificate(
        verified=verified,
        reason=reason,
        primal_residual=outcome.primal_residual,
        dual_residual=outcome.dual_residual,
        gap=outcome.gap,
        bound=outcome.bound,
        decisions_fixed=outcome.decisions_fixed,
        proof=outcome.proof,
        arithmetic=ARITHMETIC,
        **audited,
    )


def _base(model: Model, outcome: Outcome) -> Plan:
    problem = model.problem
    columns, rows, nonzeros = outcome.shape
    return Plan.model_construct(
        status=outcome.status,
        total_cost=None,
        currency=problem.currency,
        price_year=problem.price_year,
        problem=problem.name,
        problem_hash=problem.hash,
        version=__version__,
        certificate=Certificate(verified=False),
        assumptions=list(assumed(problem)),
        warnings=problem.warnings,
        solver=SolverRun(
            name=outcome.name,
            version=outcome.version,
            seconds=outcome.seconds,
            options=outcome.options,
            columns=columns,
            rows=rows,
            nonzeros=nonzeros,
        ),
    )


def _plan(model: Model, outcome: Outcome, point: Floats, marginals: Marginals | None) -> Plan:
    problem = model.problem
    values = Values.of(model, point)
    duals = duals_of(values, outcome)
    offers = None if marginals is None else Offers(values, marginals)
    costs = values.costs()
    base = _base(model, outcome)
    plan = base.model_copy(
        update={
            "total_cost": float(sum(costs.by_category.values())),
            "costs": costs,
            "purchases": list(records.purchases(values)),
            "production": list(records.production(values)),
            "recycling": list(records.recycling(values)),
            "builds": list(records.builds(values)),
            "shipments": list(records.shipments(values)),
            "stocks": list(records.stocks(values)),
            "deliveries": list(records.deliveries(values)),
            "surpluses": list(records.surpluses(values)),
            "shares": list(shares(values)),
            "footprints": list(records.footprints(values)),
            "prices": list(prices(values, duals, marginals)) if outcome.duals is not None else [],
            "values": list(worths(values, duals)) if outcome.duals is not None else [],
            "limits": list(limits(values, duals, marginals)),
            "offers": list(offers.all()) if offers else [],
            "notes": list(_notes(values, offers)),
            "assumptions": [*untold(problem), *base.assumptions],
            "carried_by": carriers(values, duals),
        }
    )
    said = list(remarks(values, plan, marginals))
    return _certified(values, outcome, plan.model_copy(update={"warnings": [*plan.warnings, *said]}))


def _certified(values: Values, outcome: Outcome, plan: Plan) -> Plan:
    checks = audit(values.model.problem, plan)
    worst = max(checks.values(), key=lambda check: check.worst)
    drift = abs((plan.total_cost or 0.0) - (outcome.objective or 0.0)) / (outcome.scale or 1.0)
    reason = outcome.reason
    sound = outcome.verified
    if worst.worst > TOLERANCE:
        sound, reason = False, f"the audit found {worst.at} off by {worst.worst:.1e}"
    elif drift > TOLERANCE:
        sound, reason = False, f"the plan's cost differs from the LP's by {drift:.1e}"
    certificate = _certificate(outcome, sound, reason, audit=checks)
    status = plan.status if sound or plan.status != "optimal" else "feasible"
    warnings = [*plan.warnings, *_warnings(values, plan)]
    return plan.model_copy(update={"certificate": certificate, "status": status, "warnings": warnings})


def _warnings(values: Values, plan: Plan) -> Iterator[str]:
    """What the plan does at the horizon's end, where nothing has a value any more."""
    model = values.model
    timeline = model.timeline
    if timeline.typical:
        return
    end = timeline.starts[-1] + timeline.years[-1]
    for number, pile in enumerate(model.problem.stockpiles):
        final = max(model.network.minimum_stock(pile)[-1], pile.final or 0.0)
        level = values.value[model.level[number, len(timeline) - 1]]
        if level > final * (1 + TOLERANCE):
            unit = model.network.materials[pile.material].unit
            left = f"{numeral(level)} {unit} of {pile.material} are left at {pile.at}"
            yield f"{left}, more than the {numeral(final)} asked for"
    beyond = sorted({build.on for build in plan.builds if build.capex and (build.until or end) > end})
    if beyond:
        yield (
            f"what is built at {', '.join(beyond)} lasts beyond {end - 1}: only the years of the horizon are charged,"
            " and what it makes later counts for nothing"
        )


def _notes(values: Values, offers: Offers | None) -> Iterator[str]:
    """How numbers of the plan are to be read."""
    if offers is not None and offers.left:
        yield f"{offers.left} more offers would have taken long and were not worked out; `oremix why` answers for each"
    if any(measure.measure == "content" for measure in values.measures):
        yield (
            "content is counted segregated, as in a chain-of-custody audit: marked material can be kept apart from the"
            " rest of its kind, and a share is the least (for a floor the most) that the plan's flows allow; this says"
            " nothing of physical blending"
        )
