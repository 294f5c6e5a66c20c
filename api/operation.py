"""What the service can be asked: one entry per method and path, read by the router and by the OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from flask import Request, Response

from oremix.api.limits import Limits
from oremix.api.options import Option
from oremix.api.settings import Settings
from oremix.api.storage import Database
from oremix.models.examples import example

__all__ = ["EXAMPLE", "PROBLEM", "Call", "Header", "Operation", "or_null"]

PROBLEM = {"$ref": "#/components/schemas/Problem"}
LOOKING_SECONDS = 10.0
"""The longest that something may take which takes no time, unless the database does not answer."""
EXAMPLE = json.loads(example("minimal"))


def or_null(schema: dict[str, Any], description: str = "") -> dict[str, Any]:
    """The schema of a part that may be left out, for which null is another way."""
    found: dict[str, Any] = {"anyOf": [schema, {"type": "null"}]}
    return found | ({"description": description} if description else {})


@dataclass(frozen=True)
class Call:
    """One request, as the operations see it."""

    request: Request
    settings: Settings
    database: Database
    options: dict[str, Any] = field(default_factory=dict)
    path: dict[str, str] = field(default_factory=dict)
    key: str | None = None
    """Holder of the key that was shown; none where nobody has to show one."""
    sees_all: bool = True
    """Whether the jobs and runs of other keys are shown too."""

    @property
    def limits(self) -> Limits:
        """Within what the question of this call is answered."""
        return Limits(self.options, self.settings.max_seconds, int(self.settings.max_columns))


@dataclass(frozen=True)
class Header:
    """A header that an operation reads."""

    name: str
    description: str
    schema: dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """A method and path, what does it, and what it takes and gives.

    Parameters
    ----------
    name
        The OpenAPI operation id, and the router's endpoint.
    method, path
        As in OpenAPI: `/v1/examples/{name}`.
    view
        Answers a call.
    summary
        One sentence.
    answer
        JSON Schema of the answer.
    example
        A body that it answers.
    body
        JSON Schema of what is expected in the body; none where nothing is.
    workbook
        Whether the body may be an .xlsx workbook too.
    solves
        Whether the solver's time comes on top.
    options
        The query parameters.
    path_parameters
        Name → description.
    kept
        Whether a client may keep its answer, and ask by its tag whether it still holds.
    recorded
        Whether it may be answered from the record.
    needs
        Scope of the key that it takes; by default `read` for a GET, `solve` for anything else.
    public
        Whether it takes no key: it tells nothing about anybody.
    headers
        What it reads of the request's headers.
    status
        Of its answer.
    errors
        Statuses of its own errors.
    media
        Media type of its answer.
    others
        Media types of files that it answers with where it is asked for them.
    empty
        When it answers 204, with nothing; none: never.
    """

    name: str
    method: str
    path: str
    view: Callable[[Call], Response]
    summary: str
    answer: dict[str, Any]
    body: dict[str, Any] | None = None
    workbook: bool = False
    solves: bool = False
    options: tuple[Option, ...] = ()
    path_parameters: dict[str, str] = field(default_factory=dict)
    headers: tuple[Header, ...] = ()
    status: int = 200
    errors: tuple[int, ...] = ()
    media: str = "application/json"
    others: tuple[str, ...] = ()
    empty: str | None = None
    kept: bool = False
    recorded: bool = False
    example: Any = None
    needs: str = ""
    public: bool = False

    @property
    def scope(self) -> str | None:
        """The scope of the key that it takes; none where it takes no key."""
        return None if self.public else self.needs or ("read" if self.method == "GET" else "solve")

    @property
    def rule(self) -> str:
        """The path as the router writes it."""
        return self.path.replace("{", "<").replace("}", ">")

    @property
    def looks(self) -> bool:
        """Whether it only looks something up."""
        return self.body is None

    def seconds(self, settings: Settings) -> float:
        """The longest it may take."""
        if self.looks:
            return LOOKING_SECONDS
        return settings.max_request_seconds if self.solves else settings.max_overhead_seconds
