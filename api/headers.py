"""Headers that every answer has: what browsers may do with it."""

from __future__ import annotations

from flask import Response

__all__ = ["PAGE", "SECURITY", "secure"]

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The policy of a page: what it needs comes from this server, and nothing stands in the page itself."""


def secure(response: Response) -> None:
    """Give an answer what it has not: a page the policy of pages, anything else one under which nothing runs."""
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", PAGE)
    for name, text in SECURITY.items():
        response.headers.setdefault(name, text)
