"""`--cap CN=0.3`: the share cap of a country or group, set from the command line."""

from __future__ import annotations

from typing import Any

from oremix.models import Problem, read_problem

__all__ = ["with_caps"]


def with_caps(problem: Problem, caps: list[tuple[str, float]]) -> tuple[Problem, list[str]]:
    """The problem with these caps, and a sentence on each that says what was done.

    Where supply caps on exactly that country or group exist, their `max` is replaced; else a cap is added.

    Raises
    ------
    InvalidProblem
        No such country or group, or the cap contradicts a `min`.
    """
    data = problem.model_dump(mode="json", by_alias=True, exclude_unset=True)
    policies = data.setdefault("policies", [])
    notes = [_set(policies, where, share) for where, share in caps]
    return read_problem(data), notes


def _set(policies: list[dict[str, Any]], where: str, share: float) -> str:
    caps = [policy for policy in policies if _caps_supply_of(policy, where)]
    for policy in caps:
        policy["max"] = share
    if caps:
        names = ", ".join(str(policy["id"]) for policy in caps)
        return f"--cap {where}={share:g}: set the max of {names}"
    identity = _free_id(policies, f"cap_{where}")
    policies.append({"id": identity, "type": "share", "countries": [where], "max": share})
    return f"--cap {where}={share:g}: added the policy {identity}"


def _caps_supply_of(policy: dict[str, Any], where: str) -> bool:
    return (
        policy.get("type") == "share"
        and policy.get("measure", "supply") == "supply"
        and policy.get("countries") == [where]
        and policy.get("max") is not None
    )


def _free_id(policies: list[dict[str, Any]], wanted: str) -> str:
    taken = {policy.get("id") for policy in policies}
    identity, number = wanted, 2
    while identity in taken:
        identity, number = f"{wanted}_{number}", number + 1
    return identity
