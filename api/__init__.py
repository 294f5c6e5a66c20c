"""Oremix over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oremix.api.app import create_app
    from oremix.api.settings import Settings

__all__ = ["Settings", "create_app"]


# Looked up when first used: the commands on the database need neither Flask nor a solver.
def __getattr__(name: str) -> Any:
    from importlib import import_module  # noqa: PLC0415

    homes = {"Settings": "oremix.api.settings", "create_app": "oremix.api.app"}
    if name not in homes:
        raise AttributeError(f"module 'oremix.api' has no attribute {name!r}")
    return getattr(import_module(homes[name]), name)
