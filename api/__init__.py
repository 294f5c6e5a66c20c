"""Oremix over HTTP."""

from oremix.api.app import create_app
from oremix.api.settings import Settings

__all__ = ["Settings", "create_app"]
