"""What one run measured."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

__all__ = ["BEFORE_SOLVING", "Measured", "Results", "made", "seconds", "solving", "warm"]

Measured = dict[str, Any]
Group = list[Measured]

BEFORE_SOLVING = ("validate", "build", "formulate", "hand over")


def seconds(one: Measured, clock: str = "cpu", phases: tuple[str, ...] | None = None) -> float:
    """Seconds of some phases, or of all."""
    return sum(spent for phase, spent in one[clock].items() if phases is None or phase in phases)


def made(one: Measured) -> float:
    """CPU seconds from the problem's data to a model inside the solver."""
    return seconds(one, phases=BEFORE_SOLVING)


def solving(one: Measured) -> float:
    """CPU seconds of the solver."""
    return seconds(one, phases=("solve",))


def warm(group: Group) -> Group:
    """Without the first of each process, where it was not the only one."""
    return [one for one in group if not one["first"]] or group


@dataclass(frozen=True)
class Results:
    """The routes' measurements, several of one process; the services'; and sweeps of the caps by size."""

    routes: Group
    services: Group = field(default_factory=list)
    sweeps: dict[str, Any] = field(default_factory=dict)

    @property
    def problems(self) -> list[tuple[str, str]]:
        """Each size and variant that was measured."""
        return list(dict.fromkeys((one["size"], one["variant"]) for one in self.routes))

    def of(self, route: str, size: str, variant: str = "") -> Group:
        """A route's measurements of one problem."""
        return [one for one in self.routes if (one["route"], one["size"], one["variant"]) == (route, size, variant)]

    def least(self, route: str, size: str, variant: str, value: Callable[[Measured], float]) -> float | None:
        """The least of a route's values in a warm process."""
        return min(map(value, warm(self.of(route, size, variant))), default=None)

    def per_cpu_second(self, service: str) -> float | None:
        """The most requests that a service answered per CPU-second."""
        return max((one["per_cpu"] for one in self.services if one["name"] == service), default=None)
