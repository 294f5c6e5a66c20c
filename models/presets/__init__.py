"""Rules of laws and strategies as cited, dated data: benchmarks, not legal advice."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from oremix.models.presets.shipped import Role, ShippedPreset, ShippedRule

__all__ = ["Role", "ShippedPreset", "ShippedRule", "preset", "presets"]


@cache
def _shipped() -> dict[str, ShippedPreset]:
    texts = [entry.read_text("utf-8") for entry in files(__name__).iterdir() if entry.name.endswith(".json")]
    return {found.id: found for found in sorted(map(ShippedPreset.model_validate_json, texts), key=lambda p: p.id)}


def presets() -> dict[str, str]:
    """The presets' names, and what each is about."""
    return {name: found.title for name, found in _shipped().items()}


def preset(name: str) -> ShippedPreset:
    """A preset with its rules, its source and what it leaves out.

    Raises
    ------
    KeyError
        There is no preset of this name.
    """
    return _shipped()[name]
