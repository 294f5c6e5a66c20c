"""What not everybody installs, imported when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from oremix.models.errors import MissingExtra

__all__ = ["needed"]


def needed(module: str, install: str, what: str) -> Any:
    """A module of a package that may not be there; `install` is what to give to pip for it.

    Raises
    ------
    MissingExtra
        It is not installed.
    """
    try:
        return import_module(module)
    except ImportError:
        package = module.partition(".")[0]
        raise MissingExtra(f"{what} needs {package}, which is not installed: pip install {install}") from None
