"""A Chromium for the tests: what the machine has."""

from __future__ import annotations

import os
import shutil

__all__ = ["ARGUMENTS", "REMEDY", "chromium", "environment"]

NAMES = ("chromium", "chromium-headless-shell", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--no-zygote"]
"""The tests open nothing but pages of their own, and CI runs as root, for whom there is no sandbox."""
REMEDY = "the tests need Chromium: install it (on Debian: apt-get install chromium), then run make test again"


def chromium() -> str | None:
    """The path of a Chromium that is there."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def environment() -> dict[str, str | float | bool]:
    """What it is started with."""
    return dict(os.environ)
