"""A plan that a study starts from, as columns: what is built, and what is done in each period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from threading import Event

from oremix.models import Plan, Problem
from oremix.models.chain import Supplier
from oremix.models.errors import InvalidOption
from oremix.models.geography import Origin
from oremix.models.numerals import numeral
from oremix.models.plan import Purchase
from oremix.optimizer.decide import solve
from oremix.optimizer.lean import Key
from oremix.optimizer.session import Point, Session
from oremix.optimizer.session.state import Held
from oremix.optimizer.solving.proof import TOLERANCE
from oremix.optimizer.studies.asked import no_plan

__all__ = ["BUILDS", "ROUNDING", "Baseline", "around", "baseline", "columns_held"]

# What is held may move by this much of itself where numbers that add up only to within rounding would be impossible.
ROUNDING = 1e-9
# Plans of solvers that write text, and of other people.
WRITTEN = 1e-6

BUILDS = ("add", "open", "size", "step", "step_reached")
RECORDED = ("add", "run", "collect", "ship", "deliver", "short", "fill", "draw", "level", "surplus", "untaken")
OPERATIONS = (
    *RECORDED[1:],
    *("buy", "beyond_owed", "tier", "order", "returned", "lane_moves", "joint_moves", "source", "sizeable", "any"),
)


@dataclass(frozen=True)
class Baseline:
    """A plan of a problem, and the values of the columns of the problem's LP that it is."""

    problem: Problem
    plan: Plan
    values: dict[Key, float]

    def held(self, before: int | None, slack: float = 0.0) -> dict[Key, Held]:
        """As `columns_held`."""
        return columns_held(self.problem, self.values, before, slack)


def columns_held(
    problem: Problem, values: Mapping[Key, float], before: int | None, slack: float = 0.0
) -> dict[Key, Held]:
    """The columns of all builds, and of operations in the periods before one (none: in all), held as they are.

    Operations may move by `slack` of themselves. Marks of content are not among them: they are the accounts of a flow,
    and may be kept otherwise.
    """
    years = set(problem.timeline.starts[:before])
    return {
        key: value if key[0] in BUILDS else around(value, slack)
        for key, value in values.items()
        if key[0] in BUILDS or (key[0] in OPERATIONS and key[-1] in years)
    }


def baseline(
    problem: Problem,
    plan: Plan | None,
    *,
    time_limit: float | None = None,
    gap: float | None = None,
    stop: Event | None = None,
) -> Baseline:
    """The plan given, or else the cheapest, as a point.

    Raises
    ------
    InvalidOption
        The plan is of another problem, or breaks its rules; or the problem has none.
    SolverFailed
        As `oremix.solve`.
    """
    found = plan or solve(problem, time_limit=time_limit, gap=gap, stop=stop, detail="plan", diagnose=False)
    if found.total_cost is None:
        raise no_plan(found.status) if plan is None else no_plan(found.status, "the plan given is no plan")
    if found.problem_hash != problem.hash:
        raise InvalidOption("the plan is of another problem, or of this one before it was changed; solve it again")
    point = _point(Session(problem, gap=gap), found)
    if point is None or point.total_cost is None:
        raise InvalidOption("the plan given does not keep to its problem; `oremix verify` says where")
    turnover = sum(abs(amount) for amount in found.costs.by_category.values())
    if abs(point.total_cost - found.total_cost) > TOLERANCE * max(turnover, abs(found.total_cost)):
        message = f"costs {numeral(point.total_cost)}, and not the {numeral(found.total_cost)} that it says"
        raise InvalidOption(f"what the plan given does {message}; `oremix verify` says where")
    return Baseline(problem, found, point.values)


def _point(session: Session, plan: Plan) -> Point | None:
    """The point that the plan is; none where there is none."""
    recorded = dict(_recorded(session.problem, plan))
    columns = set(session.columns)
    if any(value > WRITTEN and key not in columns for key, value in recorded.items()):
        return None
    values = {key: recorded.get(key, 0.0) for key in session.columns if key[0] in RECORDED or key in recorded}
    for slack in (0.0, ROUNDING, WRITTEN):
        point = session.solve(fixed={key: around(value, slack) for key, value in values.items()})
        if point.total_cost is not None:
            return point
    return None


def around(value: float, slack: float) -> Held:
    """From a little less to a little more than a value; of nothing, nothing."""
    room = slack * max(1.0, value)
    return (max(0.0, value - room), value + room) if value > 0 and slack else value


# ---------------------------------------------------------------- from the plan's records to columns


def _recorded(problem: Problem, plan: Plan) -> Iterator[tuple[Key, float]]:
    """What the plan says of columns; those that it says nothing of are nothing, or follow."""
    for build in plan.builds:
        yield ("add", build.on, build.build, build.ordered), build.capacity
    for run in plan.production:
        yield ("run", run.plant, run.recipe, run.period), run.activity
    for line in plan.recycling:
        yield ("collect", line.recycler, line.period), line.scrap
    for met in plan.deliveries:
        yield ("deliver", met.demand, met.period), met.quantity
        yield ("short", met.demand, met.period), met.shortage
    yield from _bought(problem, plan)
    yield from _moved(plan)


def _moved(plan: Plan) -> Iterator[tuple[Key, float]]:
    for move in plan.shipments:
        origin = Origin(move.from_, move.owner, move.stage)
        yield ("ship", move.material, origin, move.to, move.period), move.quantity
    for left in plan.surpluses:
        origin = Origin(left.from_, left.owner, left.stage)
        yield ("surplus", left.material, origin, left.period), left.quantity
    for stock in plan.stocks:
        site = (stock.material, stock.place)
        yield ("fill", *site, stock.period), stock.fill
        yield ("level", *site, stock.period), stock.level
        for draw in stock.draws:
            yield ("draw", *site, draw.to, stock.period), draw.quantity


def _bought(problem: Problem, plan: Plan) -> Iterator[tuple[Key, float]]:
    """What is paid for, tier by tier, and what of it is not taken; which all-units tier holds is the cheapest's."""
    suppliers = {supplier.id: supplier for supplier in problem.suppliers}
    records: dict[tuple[str, int], Purchase] = {(line.supplier, line.period): line for line in plan.purchases}
    amounts: dict[Key, float] = defaultdict(float)
    for supplier in suppliers.values():
        for period in problem.timeline.starts:
            line = records.get((supplier.id, period))
            if not supplier.all_units:
                for tier, amount in enumerate(_by_tier(supplier, line.paid if line else 0.0), 1):
                    amounts["buy", supplier.id, tier, period] = amount
            if line and line.paid > line.quantity:
                amounts["untaken", supplier.id, period] = line.paid - line.quantity
    yield from amounts.items()


def _by_tier(supplier: Supplier, paid: float) -> Iterator[float]:
    """Each tier filled before the next."""
    reached = 0.0
    for number, tier in enumerate(supplier.tiers or [None]):
        is_last = number + 1 == len(supplier.tiers or [None])
        end = paid if tier is None or tier.up_to is None or is_last else min(paid, tier.up_to)
        yield max(0.0, end - reached)
        reached = max(reached, end)
