"""A large hedge: a master decides what is common, each branch answers with its cost and what that says of others.

Benders' decomposition, the L-shaped method, with a cut for each part of a branch that hangs together by itself once
what is common is decided. The master knows the parts' costs by cuts, which are below them, so that its value is a
bound; what the branches answer to decisions is what these cost. Decisions are tried between the master's and the best
so far, which swing less. With yes/no decisions the master takes them as fractions first.

Nothing here has to be believed: multipliers put together from the branches' are verified on the whole, and the plans
are solved and audited afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from oremix.optimizer.clock import Clock
from oremix.optimizer.engine import spread
from oremix.optimizer.solving.arrays import Floats
from oremix.optimizer.solving.basis import Basis
from oremix.optimizer.solving.proof import TOLERANCE, dual_proof
from oremix.optimizer.studies.hedging.hedge_master import Master, Proposal
from oremix.optimizer.studies.hedging.later import Answer, Cut, Job, Later, answered, later_of
from oremix.optimizer.studies.hedging.whole import Whole

__all__ = ["Decomposed", "decompose"]

# How far the next decisions are from the best so far to the master's (from 0.5 to 1 it makes little difference).
DRAWN = 0.8
# So small a gap is none, and so small a one is enough before fractions of decisions are made whole.
EXACT, FRACTIONS = 1e-8, 1e-4
MOST_ROUNDS = 500


@dataclass(frozen=True)
class Decomposed:
    """The best decisions found, what no others can cost less than, and in how many rounds.

    `status`: optimal, infeasible, or limit, where the gap was not reached; `cost` is that of the decisions.
    """

    status: str
    decisions: Floats | None
    cost: float | None
    bound: float | None
    verified: bool
    rounds: int


@dataclass
class _Best:
    """Decisions, what they cost, and what each branch does after them."""

    decisions: Floats
    value: float
    answers: list[Answer]


@dataclass
class _Search:
    whole: Whole
    parts: list[Later]
    master: Master
    clock: Clock
    money: float
    best: _Best | None = None
    bound: float = -np.inf
    rounds: int = 0
    bases: list[Basis | None] = field(default_factory=list)

    @property
    def gap(self) -> float:
        """Between the best decisions and the bound; infinite without either."""
        if self.best is None:
            return np.inf
        return (self.best.value - self.bound) / max(abs(self.best.value), self.money)

    def run(self, enough: float, *, whole_decisions: bool) -> str:
        """Search until the gap is small enough: optimal, infeasible, limit."""
        is_drawn, learns = not whole_decisions, True
        proposal: Proposal | None = None
        while self.rounds < MOST_ROUNDS and not self.clock.is_up():
            if learns or proposal is None:
                proposal = self.master.solve(self.clock)
                is_drawn = not whole_decisions
                self.bound = max(self.bound, proposal.bound)
            if proposal.status != "optimal":
                return proposal.status
            tried = proposal.decisions
            if is_drawn and self.best is not None:
                tried = DRAWN * tried + (1 - DRAWN) * self.best.decisions
            answers = None if self.gap <= enough else self._ask(tried)
            if answers is None:
                break
            self._take(tried, answers)
            learns = self._add(proposal, tried, answers)
            if self.gap <= enough or not (learns or is_drawn):  # or nothing more can be learnt, within rounding
                break
            is_drawn = False  # where nothing was learnt half way the master's own are tried
        return "optimal" if self.gap <= enough else "limit"

    def _ask(self, decisions: Floats) -> list[Answer] | None:
        """The branches' answers; none where one is neither an optimum nor proved impossible."""
        self.rounds += 1
        jobs = [Job(part, decisions, basis, self.clock) for part, basis in zip(self.parts, self.bases, strict=True)]
        answers = spread(answered, jobs)
        self.bases = [answer.basis for answer in answers]
        known = all(answer.status in ("optimal", "infeasible") and answer.duals is not None for answer in answers)
        return answers if known else None

    def _take(self, decisions: Floats, answers: list[Answer]) -> None:
        """Keep decisions that are cheaper than the best so far."""
        costs = [place.common_cost(decisions) + place.offset for place in self.whole.places]
        for part, answer in zip(self.parts, answers, strict=True):
            costs[part.branch] += np.inf if answer.x is None else part.cost(answer.x)
        value = self.whole.risk.value(costs) if max(costs) < np.inf else np.inf
        if value < (np.inf if self.best is None else self.best.value):
            self.best = _Best(decisions, value, answers)

    def _add(self, proposal: Proposal, tried: Floats, answers: list[Answer]) -> bool:
        """Hand the master what the answers say, and whether that speaks against what it proposed."""
        learnt = False
        for number, (part, answer) in enumerate(zip(self.parts, answers, strict=True)):
            if answer.duals is None:
                continue
            cut: Cut | None
            if answer.status == "optimal":
                cut = part.cut(number, answer.duals)
                missed = cut.at(proposal.decisions) - proposal.costs[number]
                learnt |= missed > 1e-10 * max(abs(proposal.costs[number]), self.money)
            else:
                cut = part.limit(number, tried, answer.duals)
                learnt |= cut is not None and cut.at(proposal.decisions) > 0
            if cut is not None:
                self.master.add(cut)
        return learnt


def decompose(whole: Whole, duals: list[Floats], money: float, clock: Clock, gap: float | None) -> Decomposed:
    """Search for the best common decisions of a whole whose branches have no yes/no decisions of their own.

    Parameters
    ----------
    duals
        Of each branch's LP by itself, from which the master knows a first bound on its cost.
    money
        What changes hands.
    """
    parts = later_of(whole)
    master = Master(whole, [part.branch for part in parts])
    for number, part in enumerate(parts):
        place = whole.places[part.branch]
        master.add(part.cut(number, duals[part.branch][place.own_rows[part.own_rows - place.rows.start]]))
    search = _Search(whole, parts, master, clock, money, bases=[None] * len(parts))
    enough = max(gap or 0.0, EXACT)
    if not whole.arrays.integer.any():
        status = search.run(enough, whole_decisions=False)
        proof = _proved(search)
        bound, verified = proof if proof is not None else (None, False)
    else:
        status = search.run(max(enough, FRACTIONS), whole_decisions=False)
        if status == "optimal" or search.best is not None:
            master.make_whole()
            search.best = None
            status = search.run(enough, whole_decisions=True)
        bound, verified = (search.bound if np.isfinite(search.bound) else None), status != "infeasible"
    best = search.best
    if status == "limit" and search.gap <= max(gap or 0.0, TOLERANCE):
        status = "optimal"
    return Decomposed(
        status=status,
        decisions=None if best is None else best.decisions,
        cost=None if best is None else best.value,
        bound=bound,
        verified=verified,
        rounds=search.rounds,
    )


def _proved(search: _Search) -> tuple[float, bool] | None:
    """The bound that multipliers prove on the whole, put together from those of the master and of the branches."""
    whole, best = search.whole, search.best
    weighed = search.master.duals()
    if best is None or weighed is None:
        return None
    arrays = whole.arrays
    duals = np.zeros(len(arrays.lower))
    duals[: whole.head] = weighed.head
    for cut, weight in weighed.cuts:
        duals[search.parts[cut.part].own_rows] += weight * cut.duals
    if weighed.risk is not None:
        duals[len(duals) - len(weighed.risk) :] = weighed.risk
    x = np.zeros(len(arrays.cost))
    x[: whole.width] = best.decisions
    for part, answer in zip(search.parts, best.answers, strict=True):
        if answer.x is not None:
            x[part.own_columns] = answer.x
    proof = dual_proof(arrays, x, duals)
    return (proof.bound, True) if proof.residual <= TOLERANCE else None
