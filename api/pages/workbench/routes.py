"""The workbench as it is served: its page, its looks, its modules, and Plotly as it is installed."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

from flask import Response

from oremix.api.answers import cacheable
from oremix.api.errors import Refusal
from oremix.api.headers import PAGE
from oremix.api.operation import Call, Operation

__all__ = ["OPERATIONS", "POLICY"]

EMPTY_SHEET = "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
"""Plotly makes an empty style sheet and adds its rules to that: the hash of nothing allows it, and no other."""
POLICY = PAGE.replace("style-src 'self'", f"style-src 'self' {EMPTY_SHEET}")
PLOTLY = "plotly.min.js"
SCRIPT = "text/javascript; charset=utf-8"
WITHOUT_PLOTLY = (
    "Figures need Plotly, which is not installed on this server: pip install 'oremix[report]'. Tables need none."
)


def _page(call: Call) -> Response:
    response = Response(_own("workbench.html"), content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = POLICY
    return cacheable(response, call.request)


def _style(call: Call) -> Response:
    return cacheable(Response(_own("workbench.css"), content_type="text/css; charset=utf-8"), call.request)


def _module(call: Call) -> Response:
    name = call.path["name"]
    if name == PLOTLY:
        text, tag = _plotly()
    elif name in _modules():
        text, tag = _own(name), None
    else:
        raise Refusal(404, "The workbench has no module of this name.")
    response = Response(text, content_type=SCRIPT)
    if tag is not None:
        response.set_etag(tag)  # not reckoned each time: it is large
    return cacheable(response, call.request)


@cache
def _own(name: str) -> bytes:
    return (files("oremix.api.pages.workbench") / name).read_bytes()


@cache
def _modules() -> frozenset[str]:
    found = files("oremix.api.pages.workbench").iterdir()
    return frozenset(entry.name for entry in found if entry.name.endswith(".js"))


@cache
def _plotly() -> tuple[bytes, str]:
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise Refusal(404, WITHOUT_PLOTLY)
    text = (Path(spec.origin).parent / "package_data" / PLOTLY).read_bytes()
    return text, hashlib.sha256(text).hexdigest()


TEXT = {"type": "string"}
OPERATIONS = (
    Operation(
        "workbench",
        "GET",
        "/",
        _page,
        "The workbench: a page to open a problem, move its rules, and see what follows.",
        TEXT,
        media="text/html",
        kept=True,
        public=True,
    ),
    Operation(
        "workbench_style",
        "GET",
        "/workbench/style.css",
        _style,
        "How the workbench looks.",
        TEXT,
        media="text/css",
        kept=True,
        public=True,
    ),
    Operation(
        "module",
        "GET",
        "/workbench/{name}",
        _module,
        "A JavaScript module of the workbench, or Plotly as it is installed.",
        TEXT,
        media="text/javascript",
        path_parameters={"name": "name of the module"},
        kept=True,
        public=True,
    ),
)
