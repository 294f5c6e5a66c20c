"""Gunicorn's log in our lines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from oremix.api.logs.lines import Lines, style_of

__all__ = ["WAITED", "log_in"]

WAITED = "oremix.waited"
"""Where in a WSGI environment stands how many seconds the request waited for a worker."""


class _Log(Logger):  # type: ignore[misc]
    """What gunicorn says, and a line for each request."""

    style = "auto"

    def setup(self, cfg: Any) -> None:
        """Take our lines for its own."""
        super().setup(cfg)
        for log in (self.error_log, self.access_log):
            for handler in log.handlers:
                handler.setFormatter(Lines(style_of(self.style)))

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:  # noqa: ARG002
        """Say what was asked, how it was answered, and how long that took; nothing of what was in it."""
        method, path = environ["REQUEST_METHOD"], environ["RAW_URI"]
        status = int(str(resp.status).split(None, 1)[0])
        fields = {
            "client": environ.get("REMOTE_ADDR", ""),
            "method": method,
            "path": path,
            "status": status,
            "bytes": resp.sent,
            "seconds": round(request_time.total_seconds(), 6),
            "waited": round(environ.get(WAITED, 0.0), 3),
        }
        self.access_log.info("%s %s %s", method, path, status, extra={"fields": fields})


def log_in(style: str) -> type[Logger]:
    """A class of gunicorn's log that writes in this style."""
    return type("Log", (_Log,), {"style": style})
