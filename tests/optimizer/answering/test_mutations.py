"""A formulation with one term wrong: its plans are called not verified, and verification says where."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import oremix
from oremix.optimizer.answering.overlay import Overlay
from oremix.optimizer.lean import LeanProblem, Pairs, Sum, numbered

Change = Callable[[str, Pairs], Pairs]


def everything() -> dict[str, Any]:
    """Ore from China and Australia, a tenth of it lost on its way to a refinery in Japan that is being enlarged.

    A stock of oxide is kept in both periods, of two years each; at most a third of the oxide may be of Chinese ore.
    """
    return {
        "periods": [2026, 2028],
        "discount_rate": 0.05,
        "materials": [{"id": "ore", "unit": "t"}, {"id": "oxide", "unit": "t"}],
        "suppliers": [
            {"id": "bayan", "country": "CN", "stage": "mining", "material": "ore", "unit_cost": 5},
            {"id": "weld", "country": "AU", "stage": "mining", "material": "ore", "unit_cost": 10},
        ],
        "plants": [
            {
                "id": "naraha",
                "country": "JP",
                "stage": "refining",
                "capacity": 100,
                "recipes": [{"id": "r", "inputs": {"ore": 2}, "outputs": {"oxide": 1}, "unit_cost": 1}],
                "build": {"max": 500, "unit_capex": 10, "life": 10, "ramp_up": [0.2, 0.4]},
            }
        ],
        "lanes": [{"from": "*", "to": "*", "loss": 0.1}],
        "stockpiles": [{"country": "JP", "material": "oxide", "initial": 40, "minimum": 40}],
        "demands": [{"id": "japan", "country": "JP", "material": "oxide", "quantity": [130, 150]}],
        "policies": [
            {"id": "mined", "type": "share", "measure": "content", "stages": ["mining"], "countries": ["CN"]}
            | {"max": 0.3}
        ],
    }


def times(row: str, column: str, factor: float) -> Change:
    """In the rows of a kind, the coefficients of a kind of column times a factor; 0 drops the term."""

    def change(kind: str, pairs: Pairs) -> Pairs:
        if kind != row:
            return pairs
        changed = [(c, value * factor if c.key[0] == column else value) for c, value in pairs]
        return [(c, value) for c, value in changed if value]

    return change


def no_loss(kind: str, pairs: Pairs) -> Pairs:
    """All that is shipped arrives."""
    return [(c, 1.0 if c.key[0] == "ship" else value) for c, value in pairs] if kind == "used" else pairs


def no_carry_over(kind: str, pairs: Pairs) -> Pairs:
    """The stock of the period before is left out."""
    return [(c, v) for c, v in pairs if (c.key[0], v) != ("level", -1.0)] if kind == "stock" else pairs


def no_ramp_up(kind: str, pairs: Pairs) -> Pairs:
    """What is built can be used in full at once."""
    return [(c, -1.0 if c.key[0] == "add" else v) for c, v in pairs] if kind == "plant_capacity" else pairs


def no_mark_handed_on(kind: str, pairs: Pairs) -> Pairs:
    """The refinery makes clean oxide of any ore."""
    return [(c, v) for c, v in pairs if v > 0] if kind == "marked_step" else pairs


MUTATIONS = {
    "a loss": (no_loss, "balances: ore arrived, drawn and used at JP in 2026"),
    "what a recipe uses": (times("used", "run", 0.0), "balances: ore arrived, drawn and used at JP in 2026"),
    "what a recipe makes": (times("made", "run", 2.0), "balances: oxide made at JP, shipped and left over in 2026"),
    "what is shipped": (times("made", "ship", 0.0), "shipped and left over in 2026"),
    "what fills the stock": (times("stock", "fill", 2.0), "balances: stock of oxide at JP in 2026"),
    "stock carried over": (no_carry_over, "balances: stock of oxide at JP in 2028"),
    "a ramp-up": (no_ramp_up, "capacities: capacity of plant naraha in 2026"),
    "use of capacity": (times("plant_capacity", "run", 0.5), "capacities: capacity of plant naraha in 2028"),
    "a mark handed on": (no_mark_handed_on, "shares: bound of policy mined for oxide in 2026"),
    "what meets a demand": (times("used", "deliver", 0.5), "balances: oxide arrived, drawn and used at JP in"),
}


def mutate(monkeypatch: pytest.MonkeyPatch, change: Change) -> None:
    """Every row of the linear program is changed as it is made, and of what is laid over the plan."""
    rows_over, row = LeanProblem.rows_over, Overlay.row

    def changed(self: LeanProblem, ends: Any, *key: Any, sums: list[Sum], **more: Any) -> Any:
        mutated = [numbered(change(str((*key, *ends)[0]), self.pairs(sum_))) for sum_ in sums]
        return rows_over(self, ends, *key, sums=mutated, **more)

    def laid(self: Overlay, *key: Any, pairs: Pairs, **more: Any) -> Any:
        return row(self, *key, pairs=change(str(key[0]), list(pairs)), **more)

    monkeypatch.setattr(LeanProblem, "rows_over", changed)
    monkeypatch.setattr(Overlay, "row", laid)


def test_without_a_mutation_the_plan_is_right() -> None:
    """What follows is about the mutations and nothing else."""
    plan = oremix.solve(everything())
    assert (plan.status, plan.certificate.verified) == ("optimal", True)
    assert oremix.verify(everything(), plan, cheapest=True).right is True


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutated_formulation_is_caught(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The solver is content with it; the plan's own audit is not, and nor is anybody's verification."""
    change, where = MUTATIONS[name]
    problem = oremix.read_problem(everything())
    with monkeypatch.context() as patch:
        mutate(patch, change)
        plan = oremix.solve(problem, detail="plan")
    assert plan.total_cost is not None
    assert plan.certificate.primal_residual is not None
    assert plan.certificate.primal_residual <= 1e-6
    assert (plan.status, plan.certificate.verified) == ("feasible", False)
    assert (plan.certificate.reason or "").startswith("the audit found ")
    found = oremix.verify(problem, json.loads(plan.to_json()))
    assert found.right is False
    assert any(where in reason for reason in found.reasons), found.reasons
