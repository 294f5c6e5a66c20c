"""Decisions before we know: what branches share, all of them as one LP or each beside a master, and what they cost."""
