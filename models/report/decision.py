"""The decision in three sentences: true of the plan whatever its status, each number from the plan."""

from __future__ import annotations

from collections import defaultdict

from oremix.models.amounts import amount_text, money_text, percent_text, plural
from oremix.models.countries import country_in_words, country_name
from oremix.models.figures.chain import chain
from oremix.models.figures.labels import Labels
from oremix.models.figures.masses import Masses
from oremix.models.listing import listed
from oremix.models.plan import Build, Plan

__all__ = ["decision"]

NAMED = 3
SITES = 4
POINT = "percentage point"


def decision(plan: Plan, labels: Labels) -> list[str]:
    """What to do, what to build, and what it costs within which rules; or why there is no plan, and what would help."""
    if plan.total_cost is not None:
        return [_mix(plan, labels), _built(plan, labels), _cost(plan, labels)]
    return _nothing(plan)


# ---------------------------------------------------------------- there is a plan


def _mix(plan: Plan, labels: Labels) -> str:
    """Where what is delivered comes from."""
    masses = Masses(plan)
    origins: dict[str, float] = defaultdict(float)
    scrap = 0.0
    for period in labels.periods:
        for flow in chain(plan, labels, period):
            if flow.target.kind == "demand" and flow.source.kind != "missing":
                amount = labels.years[period] * masses.value(flow)
                stored = flow.source.kind == "stock"
                origins["stock" if stored else country_in_words(flow.source.country)] += amount
                scrap += amount if "recycl" in flow.source.stage.lower() else 0.0
    delivered = sum(origins.values())
    best = "the cheapest plan" if plan.status == "optimal" else "the best plan found"
    missing = _missing(plan, labels, masses)
    if delivered <= 0:
        return f"In {labels.horizon}, {best} delivers nothing{missing}."
    ranked = sorted(origins.items(), key=lambda item: (-item[1], item[0]))
    told = [f"{percent_text(amount / delivered)} from {name}" for name, amount in ranked[:NAMED]]
    rest = ranked[NAMED:]
    if rest:
        others = rest[0][0] if len(rest) == 1 else f"{len(rest)} others"
        told.append(f"{percent_text(sum(amount for _, amount in rest) / delivered)} from {others}")
    counted = dict.fromkeys(delivery.material for delivery in plan.deliveries if masses.fits(delivery.material))
    what = listed((labels.material(material) for material in counted), NAMED, "; ")
    over = "a year" if labels.typical else f"over {labels.horizon}"
    recycled = f"; {percent_text(scrap / delivered)} of it comes from scrap" if scrap else ""
    return (
        f"To deliver {amount_text(delivered)} {masses.unit} ({what}) {over}, {best} takes {_and(told)},"
        f" by where it was last made{recycled}{missing}."
    )


def _missing(plan: Plan, labels: Labels, masses: Masses) -> str:
    short = sum(
        labels.years[delivery.period] * masses.amount(delivery.material, delivery.shortage)
        for delivery in plan.deliveries
    )
    if not any(delivery.shortage for delivery in plan.deliveries):
        return ""
    return f"; {amount_text(short)} {masses.unit} of demand are not met"


def _built(plan: Plan, labels: Labels) -> str:
    if not plan.builds:
        return "Nothing new is built."
    sites: dict[str, list[Build]] = defaultdict(list)
    for build in plan.builds:
        sites[build.on].append(build)
    dearest = sorted(sites, key=lambda on: -sum(build.capex for build in sites[on]))
    where = [f"{labels.facility(on)} ({country_name(sites[on][0].country)})" for on in dearest]
    named = listed(where, SITES, "; ")
    capex, grant = sum(build.capex for build in plan.builds), sum(build.grant for build in plan.builds)
    paid = f" for {money_text(plan.currency, capex)}" if capex else ""
    granted = f", of which others pay {money_text(plan.currency, grant)}" if grant else ""
    when = ""
    if not labels.typical:
        first = min(plan.builds, key=lambda build: build.on_stream)
        when = f", the first on stream in {first.on_stream:g}"
    orders = plural(len(plan.builds), "order")
    return f"It builds at {plural(len(sites), 'site')} in {orders}{paid}{granted}{when}: {named}."


def _cost(plan: Plan, labels: Labels) -> str:
    assert plan.total_cost is not None  # noqa: S101 - there is a plan
    several = len(labels.periods) > 1
    since = f", discounted to {labels.periods[0]}" if several else " a year" if labels.typical else ""
    return f"It costs {money_text(plan.currency, plan.total_cost)}{since}{_proved(plan)}; {_rules(plan)}."


def _proved(plan: Plan) -> str:
    if plan.status == "optimal":
        return ""
    gap = plan.certificate.gap
    return ", not proved to be the least" + (f" (at most {100 * gap:.2g} % above it)" if gap is not None else "")


def _rules(plan: Plan) -> str:
    rules = {share.policy for share in plan.shares if share.policy is not None}
    if not rules:
        return "there is no rule to keep"
    broken = {share.policy for share in plan.shares if share.beyond > 0}
    kept = f"{len(broken)} of {plural(len(rules), 'rule')} broken at a price" if broken else "every rule is kept"
    if not plan.certificate.verified:
        kept = "whether every rule is kept was not verified"
    dear = [limit for limit in plan.limits if limit.kind == "policy" and limit.price > 0]
    if not dear:
        binds = any(share.binding for share in plan.shares if share.policy is not None)
        return f"{kept}, {'and what those that bind cost is not known' if binds else 'and none of them binds'}"
    dearest = next((limit for limit in dear if limit.per == POINT), dear[0])
    return f"{kept}, and at the margin {dearest.on} costs most: {dearest.text}"


# ---------------------------------------------------------------- there is none


def _nothing(plan: Plan) -> list[str]:
    reason = _sentence(plan.certificate.reason)
    if plan.status == "infeasible":
        return _infeasible(plan)
    if plan.status == "unbounded":
        return [
            "There is no cheapest plan: the cost has no lower limit.",
            reason or "Something earns money without end.",
            "Look for a sale, a credit for a surplus or a price below nothing that no quantity limits.",
        ]
    return [
        "No plan was found before a limit was reached.",
        reason or "Whether there is one is not known.",
        "More time, or a smaller problem, may give one.",
    ]


def _infeasible(plan: Plan) -> list[str]:
    found = plan.diagnosis
    proved = "" if plan.certificate.verified else " This is not proved: " + (plan.certificate.reason or "") + "."
    first = f"No plan keeps every rule.{proved}"
    if found is None:
        return [first, "Why was not looked into.", "Solving with a diagnosis says what conflicts and what would help."]
    conflict = _and([entry.text for entry in found.conflict[:NAMED]])
    more = f", with {len(found.conflict) - NAMED} more" if len(found.conflict) > NAMED else ""
    second = f"What cannot hold together: {conflict}{more}." if found.conflict else _sentence(found.text)
    if not found.repairs:
        return [first, second, "No repair was found."]
    repair = found.repairs[0]
    cost = money_text(plan.currency, repair.total_cost)
    return [
        first,
        second,
        f"The first of {plural(len(found.repairs), 'repair')} is to {repair.text}: a plan then costs {cost}.",
    ]


def _sentence(text: str | None) -> str:
    return "" if not text else text[0].upper() + text[1:].rstrip(".") + "."


def _and(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
