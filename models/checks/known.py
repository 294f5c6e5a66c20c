"""The ids of a document, of sound and malformed entries alike: what may be referred to."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oremix.models.problem import Problem

__all__ = ["STAND_IN", "Known", "named"]

STAND_IN = "\N{REPLACEMENT CHARACTER}"
DEFAULT_STAGES = {"suppliers": None, "plants": "refining", "recyclers": "recycling"}


class Known:
    """What a problem, or the raw data of one, has names for."""

    def __init__(self, document: Problem | dict[str, Any]) -> None:
        self._document = document
        self._named: dict[str, list[tuple[int, str]]] = {}
        groups = document.get("groups") if isinstance(document, dict) else document.groups
        self.groups = set(groups) if isinstance(groups, dict) else set()
        self.materials = self._ids("materials") | {STAND_IN}
        self.places = self._ids("places")
        self.demands = self._ids("demands")
        self.plants = self._ids("plants")
        self.sources = self._ids("sources")
        self.stages = self._stages()

    def states(self, key: str) -> bool:
        """Whether the document says anything about a key, sound or not."""
        document = self._document
        return (document.get(key) if isinstance(document, dict) else getattr(document, key)) is not None

    def entries(self, key: str) -> list[Any]:
        """The entries of a list, whatever they are."""
        found = self._document.get(key) if isinstance(self._document, dict) else getattr(self._document, key)
        return found if isinstance(found, list) else []

    @staticmethod
    def text(entry: Any, name: str) -> str | None:
        """A field of an entry where it is text."""
        value = entry.get(name) if isinstance(entry, dict) else getattr(entry, name, None)
        return value if isinstance(value, str) else None

    def named(self, key: str) -> list[tuple[int, str]]:
        """The entries of a list that have an id, each with its position."""
        if key not in self._named:
            self._named[key] = named(self.entries(key))
        return self._named[key]

    def _ids(self, key: str) -> set[str]:
        return {identity for _, identity in self.named(key)}

    def _stages(self) -> set[str]:
        stages = {
            stage
            for key, default in DEFAULT_STAGES.items()
            for entry in self.entries(key)
            if (stage := self.text(entry, "stage") or default)
        }
        for supplier in self.entries("suppliers"):
            history = supplier.get("history") if isinstance(supplier, dict) else getattr(supplier, "history", None)
            stages |= set(history) if isinstance(history, dict) else set()
        return stages

    @cached_property
    def footprints(self) -> set[str]:
        """Names of everything that is emitted or used up anywhere."""
        holders = [entry for key in ("suppliers", "recyclers", "lanes") for entry in self.entries(key)]
        for plant in self.entries("plants"):
            recipes = plant.get("recipes") if isinstance(plant, dict) else getattr(plant, "recipes", None)
            holders += recipes if isinstance(recipes, list) else []
        found: set[str] = set()
        for holder in holders:
            named = holder.get("footprint") if isinstance(holder, dict) else getattr(holder, "footprint", None)
            found |= set(named) if isinstance(named, dict) else set()
        return found


def named(entries: list[Any]) -> list[tuple[int, str]]:
    """The entries that have an id, each with its position."""
    return [(position, name) for position, entry in enumerate(entries) if (name := Known.text(entry, "id"))]
