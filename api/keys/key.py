"""A key: a secret that is shown once, and what the service keeps of it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any

from oremix.api.storage import now

__all__ = ["BRAND", "SCOPES", "Key", "NewKey", "digest", "make_secret", "prefix_of"]

SCOPES = {
    "solve": "post problems and jobs",
    "read": "read jobs, runs and what is shipped",
    "metrics": "read the metrics, and nothing else",
    "admin": "everything, and the jobs and runs of every key",
}
BRAND = "oremix_"  # tools that look for leaked secrets recognise them by such a beginning
RANDOM_BYTES = 24
PREFIX = len(BRAND) + 6


@dataclass(frozen=True)
class Key:
    """What is known of a key; its secret is not."""

    id: str
    holder: str
    prefix: str
    scopes: tuple[str, ...]
    label: str
    created: str
    expires: str | None
    revoked: str | None
    used: str | None

    @property
    def state(self) -> str:
        """`valid`, `expired` or `revoked`."""
        if self.revoked is not None:
            return "revoked"
        return "valid" if self.expires is None or now() < self.expires else "expired"

    def may(self, scope: str) -> bool:
        """Whether it is good for something of this scope."""
        return scope in self.scopes or "admin" in self.scopes

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "id": self.id,
            "prefix": self.prefix,
            "label": self.label,
            "scopes": list(self.scopes),
            "state": self.state,
            "created": self.created,
            "expires": self.expires,
            "revoked": self.revoked,
            "used": self.used,
        }


@dataclass(frozen=True)
class NewKey:
    """A key just made, with the secret that nobody is told again."""

    key: Key
    secret: str


def make_secret() -> str:
    """A new secret, of 192 random bits: too many to be guessed, so that its hash needs neither salt nor slowness."""
    return BRAND + secrets.token_hex(RANDOM_BYTES)


def prefix_of(secret: str) -> str:
    """What a secret is recognised by in lists."""
    return secret[:PREFIX]


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
