"""API keys: who may ask for what."""

from oremix.api.keys.keeping import NoSuchKey, find, has_valid, known, listed, new, revoke, rotate
from oremix.api.keys.key import SCOPES, Key, NewKey

__all__ = [
    "SCOPES",
    "Key",
    "NewKey",
    "NoSuchKey",
    "find",
    "has_valid",
    "known",
    "listed",
    "new",
    "revoke",
    "rotate",
]
