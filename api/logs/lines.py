"""Log lines: JSON for programs, text for people; never a secret, and of an error no more than it needs."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

from oremix.api.keys.masking import masked
from oremix.api.logs import about

__all__ = ["JSON", "STYLES", "TEXT", "Lines", "start", "style_of"]

JSON, TEXT = "json", "text"
STYLES = ("auto", JSON, TEXT)
LONGEST = 500
"""Characters of one line of a traceback: what an error says may quote what it was given."""


class Lines(logging.Formatter):
    """One line for each record.

    Parameters
    ----------
    style
        `json` or `text`.
    """

    def __init__(self, style: str) -> None:
        super().__init__()
        self._written = style

    def format(self, record: logging.LogRecord) -> str:
        """The record with what the present work is about."""
        more = about.noted() | getattr(record, "fields", {})
        error = _traceback(record.exc_info) if record.exc_info and record.exc_info[0] else None
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        level, message = record.levelname.lower(), record.getMessage()
        if self._written == TEXT:
            said = "".join(f" {name}={value}" for name, value in more.items())
            end = "" if error is None else f"\n{error}"
            return masked(f"{moment} {level} [{record.process}] {message.replace(chr(10), ' ')}{said}{end}")
        line: dict[str, Any] = {"time": moment, "level": level, "logger": record.name, "process": record.process}
        line |= {"message": message} | more | ({} if error is None else {"error": error})
        return masked(json.dumps(line, default=str))


def _traceback(error: Any) -> str:
    lines = traceback.format_exception(*error)
    return "".join(line if len(line) <= LONGEST else f"{line[:LONGEST]}…\n" for line in lines).rstrip()


def style_of(setting: str) -> str:
    """The style that `auto` stands for here: text on a terminal."""
    if setting != "auto":
        return setting
    return TEXT if sys.stderr.isatty() else JSON


def start(setting: str) -> None:
    """From now on this process logs to standard error: of ours what is worth knowing, of others what is wrong."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(style_of(setting)))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("oremix").setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
