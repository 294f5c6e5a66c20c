"""What is otherwise than in the plan, in numbers and in words."""

from __future__ import annotations

from collections import defaultdict
from typing import Literal

from oremix.models import InvalidProblem
from oremix.models.amounts import quantity_text
from oremix.models.inputs import Moved
from oremix.models.studies.sensitivity import BuildMoved, ShareMoved, Side
from oremix.optimizer.studies.questions import Asker, Found

__all__ = ["Differs"]

# Costs nearer to each other than this part of the plan's are the same; with decisions, what a search leaves.
SAME_COST, SAME_COST_SEARCHED = 1e-9, 1e-7
# Shares nearer to each other are told as the same; of capacities and of who makes what, what is nearer is rounding.
TOLD, ROUNDING = 1e-3, 1e-6
MOST_SHARES = 2


class Differs:
    """Findings beside the plan."""

    def __init__(self, asker: Asker) -> None:
        self._plan, self._model = asker.plan, asker.model
        self.cost = asker.plan.total_cost or 0.0
        self._same = (SAME_COST if asker.point.decisions == "none" else SAME_COST_SEARCHED) * max(abs(self.cost), 1.0)

    def side(self, factor: float, move: Moved, found: Found) -> Side:
        """An input moved to one side."""
        has_plan = found.total_cost is not None
        builds, shares = (self._builds(found), self._shares(found)) if has_plan else ([], [])
        distance = self._distance(found) if has_plan else None
        return Side(
            factor=factor,
            changes=[change.model_dump(mode="json", by_alias=True, exclude_unset=True) for change in move.changes],
            clipped=move.clipped,
            status=found.status,
            verified=found.verified,
            reason=found.reason,
            total_cost=found.total_cost,
            difference=self._difference(found),
            first_order=self._rounded(found.foreseen),
            builds=builds,
            shares=shares,
            distance=distance,
            text=self._text(found, builds, shares, distance),
        )

    def refused(self, factor: float, error: InvalidProblem) -> Side:
        """An input that cannot be moved at all."""
        reason = "; ".join(fault.message for fault in error.errors)
        return self.side(factor, Moved(), Found("refused", reason=reason))

    def is_nothing(self, side: Side) -> bool:
        """Whether nothing is otherwise."""
        return side.difference == 0 and not side.builds and not side.shares and not side.distance

    def _difference(self, found: Found) -> float | None:
        return None if found.total_cost is None else self._rounded(found.total_cost - self.cost)

    def _rounded(self, amount: float | None) -> float | None:
        return 0.0 if amount is not None and abs(amount) <= self._same else amount

    # ------------------------------------------------------------ numbers

    def _builds(self, found: Found) -> list[BuildMoved]:
        largest = max((sum(o.values()) for f in (self._plan, found) for o in f.orders.values()), default=0.0)
        moves = []
        for on in dict.fromkeys([*self._plan.orders, *found.orders]):
            before, after = self._plan.orders.get(on, {}), found.orders.get(on, {})
            what = _what(before, after, ROUNDING * largest)
            if what is not None:
                moves.append(
                    BuildMoved(
                        what=what,
                        on=on,
                        country=self.country(on),
                        before=sum(before.values()),
                        after=sum(after.values()),
                        ordered_before=sorted(before),
                        ordered_after=sorted(after),
                        unit=self.unit(on),
                    )
                )
        return moves

    def _shares(self, found: Found) -> list[ShareMoved]:
        keys = dict.fromkeys([*self._plan.supply, *found.supply])
        pairs = [(key, self._plan.supply.get(key, 0.0), found.supply.get(key, 0.0)) for key in keys]
        pairs.sort(key=lambda pair: (-round(abs(pair[2] - pair[1]), 9), pair[2] < pair[1]))
        return [
            ShareMoved(material=material, country=country, before=before, after=after)
            for (material, country), before, after in pairs
            if abs(after - before) >= TOLD - 1e-12
        ]

    def _distance(self, found: Found) -> float:
        """Half of what shares differ by, of the material where that is most; of what both make any of."""
        before, after = self._plan.makers, found.makers
        differ: dict[str, float] = defaultdict(float)
        both = {key[-1] for key in before} & {key[-1] for key in after}
        for key in dict.fromkeys([*before, *after]):
            if key[-1] in both:
                differ[key[-1]] += abs(after.get(key, 0.0) - before.get(key, 0.0)) / 2
        most = max(differ.values(), default=0.0)
        return most if most > ROUNDING else 0.0

    def country(self, facility: str) -> str:
        """Where a facility stands."""
        return self._model.country(self._model.network.facilities[facility].at)

    def unit(self, facility: str) -> str:
        """What its capacity is counted in."""
        return self._model.capacity_unit(self._model.network.facilities[facility])

    # ------------------------------------------------------------ words

    def _text(self, found: Found, builds: list[BuildMoved], shares: list[ShareMoved], distance: float | None) -> str:
        if found.status == "refused":
            return f"cannot be: {found.reason}"
        if distance is None:
            return "no plan" if found.status == "infeasible" else f"no plan: {found.status}"
        said = [_of_build(build) for build in builds if build.what != "moves"]
        said += [
            f"{share.country} {100 * share.before:.1f} -> {100 * share.after:.1f} % of {share.material}"
            for share in shares[:MOST_SHARES]
        ]
        if said:
            return "; ".join(said)
        if builds:
            return ", ".join(_of_build(build) for build in builds)
        return f"{100 * distance:.2g} % by others" if distance else "the same plan"


What = Literal["enters", "leaves", "more", "less", "moves"]


def _what(before: dict[int, float], after: dict[int, float], least: float) -> What | None:
    difference = sum(after.values()) - sum(before.values())
    if not before or not after:
        return "enters" if after else "leaves" if before else None
    if abs(difference) > least:
        return "more" if difference > 0 else "less"
    return "moves" if any(abs(after.get(y, 0.0) - before.get(y, 0.0)) > least for y in {*before, *after}) else None


def _of_build(build: BuildMoved) -> str:
    name = f"{build.on} ({build.country})"
    if build.what == "enters":
        return f"{name} is built, {quantity_text(build.after)} {build.unit}"
    if build.what == "leaves":
        return f"{name} is not built"
    if build.what == "moves":
        return f"{name} is ordered {_years(build.ordered_after)} instead of {_years(build.ordered_before)}"
    return f"{name} is built {quantity_text(build.before)} -> {quantity_text(build.after)} {build.unit}"


def _years(years: list[int]) -> str:
    return ", ".join(map(str, years))
