"""Problems to start from, with real figures and their sources."""

from __future__ import annotations

import json
from importlib.resources import files

__all__ = ["example", "examples"]


def examples() -> dict[str, str]:
    """The examples' names, and what each is about."""
    found = sorted(entry.name for entry in files(__name__).iterdir() if entry.name.endswith(".json"))
    return {name.removesuffix(".json"): str(json.loads(example(name.removesuffix(".json")))["name"]) for name in found}


def example(name: str) -> str:
    """An example as JSON text.

    Raises
    ------
    KeyError
        There is no example of this name.
    """
    if name not in {entry.name.removesuffix(".json") for entry in files(__name__).iterdir()}:
        raise KeyError(name)
    return (files(__name__) / f"{name}.json").read_text(encoding="utf-8")
