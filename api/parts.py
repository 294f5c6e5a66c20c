"""A body of several parts, each read on its own: the faults of all of them at once, each under its part's key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from oremix.api import body
from oremix.api.operation import Call
from oremix.models import Fault, InvalidProblem

__all__ = ["Parts"]

Part = TypeVar("Part")


class Parts:
    """The parts of a request's body, or of such an object, and the faults found in them so far.

    Raises
    ------
    Refusal, InvalidProblem
        As `body.read_object`.
    """

    def __init__(self, asked: Call | dict[str, Any], known: tuple[str, ...], required: tuple[str, ...]) -> None:
        self._data = asked if isinstance(asked, dict) else body.read_object(asked.request, asked.settings)
        self.faults = [
            Fault((key,), f"is no known key here; there are: {', '.join(known)}")
            for key in self._data
            if key not in known
        ]
        self.faults += [Fault((key,), "is missing") for key in required if self._data.get(key) is None]

    def get(self, key: str) -> Any:
        """A part as it was sent; none where it was not."""
        return self._data.get(key)

    def read(self, key: str, read: Callable[[Any], Part]) -> Part | None:
        """A part that is an object; its faults are added to the others', under its key."""
        if self._data.get(key) is None:
            return None
        if not isinstance(self._data[key], dict):
            self.faults.append(Fault((key,), "should be a JSON object", type(self._data[key]).__name__))
            return None
        try:
            return read(self._data[key])
        except InvalidProblem as error:
            self.faults += [Fault((key, *fault.path), fault.message, fault.value) for fault in error.errors]
            return None

    def refuse(self) -> None:
        """Refuse a body with faults.

        Raises
        ------
        InvalidProblem
            With every fault found.
        """
        if self.faults:
            raise InvalidProblem(self.faults)
