"""What a report tells besides its pictures."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from oremix.models.amounts import amount_text, money_text, percent_text, plural
from oremix.models.figures.drawing import Cell, Table
from oremix.models.figures.labels import Labels
from oremix.models.listing import listed
from oremix.models.plan import Offer, Plan, ShareRecord
from oremix.models.problem import Problem

__all__ = ["STATUS", "assumed", "certificate", "facts", "offers", "rules", "sources"]

STATUS = {
    "optimal": "the cheapest plan, proved",
    "feasible": "a plan that keeps every rule, not proved to be the cheapest",
    "infeasible": "no plan keeps every rule",
    "unbounded": "the cost has no lower limit",
    "no_answer": "no plan was found before a limit was reached",
}
MOST_OFFERS = 25
MOST_CARRIERS = 12


class Fact(NamedTuple):
    """A number that is looked for first."""

    name: str
    value: str
    more: str = ""


class Cited(NamedTuple):
    """Where figures come from; the address only where it is one of the web."""

    id: str
    text: str
    url: str | None
    licence: str | None


def facts(plan: Plan, labels: Labels) -> list[Fact]:
    """Cost, capex, the dearest unit of demand, what is missing."""
    return list(_facts(plan, labels))


def _facts(plan: Plan, labels: Labels) -> Iterator[Fact]:
    if plan.total_cost is None:
        return
    several = len(labels.periods) > 1
    prices = f"prices of {plan.price_year}" if plan.price_year else ""
    discounted = f"discounted to {labels.periods[0]}" if several else "a typical year" if labels.typical else ""
    yield Fact("Total cost", money_text(plan.currency, plan.total_cost), _joined(discounted, prices))
    if plan.builds:
        yield _capex(plan)
    capped = [share for share in plan.shares if share.policy and share.max is not None and share.achieved is not None]
    ratios = [share for share in capped if share.whole is not None and share.max is not None and share.max < 1]
    if ratios:
        binding = sum(share.binding for share in ratios)
        yield Fact("Caps that bind", f"{binding} of {len(ratios)}", "a cap counts once in each period and material")
    short = [delivery for delivery in plan.deliveries if delivery.shortage > 0]
    if short:
        yield Fact("Demand not met", plural(len(short), "case"), "demands and periods that go short")


def _capex(plan: Plan) -> Fact:
    capex = sum(build.capex for build in plan.builds)
    grant = sum(build.grant for build in plan.builds)
    granted = f"undiscounted, {money_text(plan.currency, grant)} of it granted" if grant else "undiscounted"
    return Fact("Capex of what is built", money_text(plan.currency, capex), granted)


def _joined(*texts: str) -> str:
    return ", ".join(text for text in texts if text)


def rules(plan: Plan, labels: Labels) -> Table | None:
    """Rules on amounts, which the picture of shares does not have; none where there are none."""
    rows = [_rule(share, labels) for share in plan.shares if share.policy is not None and share.whole is None]
    if not rows:
        return None
    columns = ["rule", "measure", "material", "place", "period", "stands at", "max", "min", "unit", "binds"]
    return {"columns": columns, "rows": rows}


def _rule(share: ShareRecord, labels: Labels) -> list[Cell]:
    return [
        labels.of("policies", share.policy or ""),
        share.measure,
        None if share.material is None else labels.material(share.material),
        share.place,
        labels.period(share.period),
        share.achieved,
        share.max,
        share.min,
        share.unit,
        "binds" if share.binding else "",
    ]


# ---------------------------------------------------------------- what is not taken


def offers(plan: Plan, labels: Labels) -> Table | None:
    """What is not used, and by how much it is too dear: builds first, the nearest to being used before."""
    nearest: dict[tuple[str, str], Offer] = {}
    for offer in (offer for offer in plan.offers if offer.kind != "lane"):
        key = (offer.kind, offer.on)
        if key not in nearest or _too_dear(offer) < _too_dear(nearest[key]):
            nearest[key] = offer
    if not nearest:
        return None
    ranked = sorted(nearest.values(), key=lambda offer: (offer.kind != "build", _too_dear(offer)))
    rows: list[list[Cell]] = [
        [
            offer.kind,
            labels.facility(offer.on),
            labels.period(offer.period),
            offer.price,
            offer.enters_at if offer.enters_at > 0 else "not even for nothing",
            offer.price - offer.enters_at if offer.enters_at > 0 else None,
            _part(_too_dear(offer)),
            offer.unit,
        ]
        for offer in ranked[:MOST_OFFERS]
    ]
    columns = ["kind", "what", "nearest in", "asks", "would enter below", "too dear by", "of its price", "unit"]
    return {"columns": columns, "rows": rows}


def _too_dear(offer: Offer) -> float:
    return 1 - offer.enters_at / offer.price if offer.price > 0 else float("inf")


def _part(share: float) -> str | None:
    if share >= 1:
        return None
    return "below 0.1 %" if 0 < share < 0.0005 else percent_text(share)


# ---------------------------------------------------------------- what it rests on


def assumed(plan: Plan, labels: Labels) -> dict[str, list[str]]:
    """Heading → sentences: how time and money count, warnings, what nobody published."""
    found = {
        "Time and money": list(_time(plan, labels)),
        "Warnings": plan.warnings,
        "How numbers are to be read": plan.notes,
        "What the cost rests on most, of what nobody published": [
            carrier.text for carrier in plan.carried_by[:MOST_CARRIERS]
        ],
        f"Assumptions ({plural(len(plan.assumptions), 'entry', 'entries')})": plan.assumptions,
    }
    return {heading: texts for heading, texts in found.items() if texts}


def _time(plan: Plan, labels: Labels) -> Iterator[str]:
    if labels.typical:
        yield "One typical year: lead times and ramp-ups are not looked at, and nothing is discounted."
    elif labels.periods:
        lengths = [f"{period} ({plural(labels.years[period], 'year')})" for period in labels.periods]
        yield f"Periods: {listed(lengths, 12)}. Amounts and costs are per year of the period, unless said otherwise."
        yield f"Totals are discounted to {labels.periods[0]}; what is shown per year is not."
        yield "After the horizon nothing has a value or a cost."
    if plan.price_year:
        yield f"All money is {plan.currency} in constant prices of {plan.price_year}."


def sources(problem: Problem) -> list[Cited]:
    """The entries that the problem names as its sources."""
    return [
        Cited(
            source.id,
            _joined(*(str(part) for part in (source.title, source.publisher, source.year) if part)),
            source.url if source.url and source.url.lower().startswith(("https://", "http://")) else None,
            source.licence,
        )
        for source in problem.sources
    ]


# ---------------------------------------------------------------- the proof


def certificate(plan: Plan) -> dict[str, Table]:
    """Heading → table: what was verified and how, and what the audit recomputed."""
    proof, run = plan.certificate, plan.solver
    told: list[tuple[str, Any]] = [
        ("status", f"{plan.status}: {STATUS[plan.status]}"),
        ("verified", "yes" if proof.verified else "no"),
        ("why not, or what is in doubt", proof.reason),
        ("rests on", proof.proof),
        ("gap to the proven bound", _relative(proof.gap)),
        ("no plan costs less than", None if proof.bound is None else money_text(plan.currency, proof.bound)),
        ("largest violation of a row, relative", _relative(proof.primal_residual)),
        ("largest violation of the dual, relative", _relative(proof.dual_residual)),
        ("recomputed in", proof.arithmetic),
        ("prices", "hold with the yes/no decisions as they are" if proof.decisions_fixed else None),
        ("solver", f"{run.name} {run.version}, {run.seconds:.2f} s"),
        ("options", listed((f"{name}: {value}" for name, value in run.options.items() if value is not None), 12)),
        (
            "linear program",
            f"{plural(run.columns, 'column')}, {plural(run.rows, 'row')}, {plural(run.nonzeros, 'coefficient')}",
        ),
        ("problem (SHA-256)", plan.problem_hash),
        ("made by", f"Oremix {plan.version}"),
    ]
    found: dict[str, Table] = {
        "The proof": {"columns": ["what", "is"], "rows": [[name, value] for name, value in told if value]}
    }
    if proof.audit:
        found["The audit: recomputed from problem and plan alone"] = {
            "columns": ["of", "recomputed", "largest relative difference", "where"],
            "rows": [[name, check.checked, _relative(check.worst), check.at] for name, check in proof.audit.items()],
        }
    return found


def _relative(value: float | None) -> str | None:
    return None if value is None else "0" if value == 0 else f"{value:.1e}" if value < 1e-4 else amount_text(value)
