"""The Flask application."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from flask import Flask, Response, current_app, g, request

from oremix import __version__
from oremix.api import body, compliance, figures, reference, repair, report, solving, studies, verifying, why
from oremix.api.deadline import deadline
from oremix.api.errors import handle_errors
from oremix.api.headers import secure
from oremix.api.jobs import routes
from oremix.api.jobs.stream import Streams
from oremix.api.keys.access import asker
from oremix.api.logs import about
from oremix.api.metrics import routes as metrics
from oremix.api.metrics.counts import COUNTS, Counts
from oremix.api.metrics.families import REFUSALS, REQUESTS
from oremix.api.metrics.layout import NOWHERE, new_counts
from oremix.api.openapi import document
from oremix.api.operation import Call, Operation
from oremix.api.options import read_options
from oremix.api.pages import docs
from oremix.api.pages.workbench import routes as workbench
from oremix.api.settings import Settings
from oremix.api.storage import Database

__all__ = ["NAMES", "OPERATIONS", "create_app"]

TOO_SLOW = (408, 503)
OPERATIONS = (
    *solving.OPERATIONS,
    *compliance.OPERATIONS,
    *repair.OPERATIONS,
    *figures.OPERATIONS,
    *report.OPERATIONS,
    *why.OPERATIONS,
    *verifying.OPERATIONS,
    *studies.OPERATIONS,
    *routes.OPERATIONS,
    *reference.OPERATIONS,
    *docs.OPERATIONS,
    *workbench.OPERATIONS,
    *metrics.OPERATIONS,
)
NAMES = tuple(operation.name for operation in OPERATIONS)


def create_app(settings: Settings | None = None, counts: Counts | None = None) -> Flask:
    """Make the application; without settings they are read from the environment.

    Counts are those that its process shares with others; without any it counts by itself.

    Raises
    ------
    ValueError
        A setting in the environment is wrong.
    """
    # Read from the environment, nothing says who can reach the service: keys are needed unless it says otherwise.
    settings = settings or Settings.from_environment(os.environ).with_keys("on")
    app = Flask("oremix", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes + 1  # a chunked body is cut there, not refused
    app.config["OREMIX_OPENAPI"] = document(OPERATIONS, __version__, keys=settings.keys == "on")
    database = settings.open_database()
    app.config["OREMIX_STREAMS"] = Streams(database, int(settings.max_streams))
    app.config[COUNTS] = counts or new_counts(NAMES)
    app.url_map.merge_slashes = False  # a redirect would be an answer in another shape
    for operation in OPERATIONS:
        app.add_url_rule(
            operation.rule, operation.name, _served(operation, settings, database), methods=[operation.method]
        )
    handle_errors(app, settings)
    app.before_request(_begin)
    app.after_request(_finish)
    return app


def _served(operation: Operation, settings: Settings, database: Database) -> Callable[..., Response]:
    def view(**path: str) -> Response:
        with deadline(operation.seconds(settings), is_set=not operation.looks):
            who = asker(request, settings, database, operation.scope)
            if who.holder is not None:
                about.note(asker=who.holder)
            options = read_options(operation.options, request.args)
            return operation.view(Call(request, settings, database, options, path, who.holder, who.sees_all))

    return view


def _begin() -> None:
    g.started = time.perf_counter()
    name = request.endpoint or NOWHERE
    about.begin(request=about.identified(request.headers.get(about.HEADER)), operation=name)


def _finish(response: Response) -> Response:
    secure(response)
    response.headers[about.HEADER] = about.request_id()
    response.headers.setdefault("Cache-Control", "no-store")
    if response.status_code >= 400 and response.status_code not in TOO_SLOW:
        body.discard(request)
    _count(response)
    return response


def _count(response: Response) -> None:
    counts: Counts = current_app.config[COUNTS]
    labels = (request.endpoint or NOWHERE, str(response.status_code))
    counts.add(REQUESTS, labels, time.perf_counter() - g.started)
    if "limit" in g:
        counts.add(REFUSALS, (g.limit,))
