"""No secret in a log, even where somebody puts one into an address."""

from __future__ import annotations

import re

from oremix.api.keys.key import BRAND

__all__ = ["masked"]

SECRET = re.compile(BRAND + "([0-9A-Za-z]{6})[0-9A-Za-z]+")


def masked(text: str) -> str:
    """The text with of each secret no more than its prefix."""
    return SECRET.sub(BRAND + r"\1…", text)
