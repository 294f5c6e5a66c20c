"""JSON documents as they are stored: compressed at the level that costs a request least."""

from __future__ import annotations

import zlib

__all__ = ["pack", "unpack"]

LEVEL = 1  # three times faster than the default for a tenth more bytes


def pack(text: bytes) -> bytes:
    """A document, compressed."""
    return zlib.compress(text, LEVEL)


def unpack(packed: bytes) -> bytes:
    """A document as it was."""
    return zlib.decompress(packed)
