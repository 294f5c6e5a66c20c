"""Answers in JSON, with the headers that let clients and caches know what they hold."""

from __future__ import annotations

import json
from typing import Any

from flask import Request, Response

__all__ = ["cacheable", "json_answer"]


def json_answer(content: Any) -> Response:
    """JSON text as it is, anything else as JSON."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False, allow_nan=False)
    return Response(text.encode(), content_type="application/json")


def cacheable(response: Response, request: Request) -> Response:
    """An answer that a client may keep and ask after by its tag."""
    response.headers["Cache-Control"] = "no-cache"
    response.add_etag()
    response.make_conditional(request)
    return response
