"""What writes workbooks is an extra: how it is asked for."""

from __future__ import annotations

from typing import Any

from oremix.models.errors import MissingExtra

__all__ = ["xlsxwriter"]


def xlsxwriter() -> Any:
    """The library that writes workbooks, loaded when one is written.

    Raises
    ------
    MissingExtra
        It is not installed.
    """
    try:
        import xlsxwriter  # noqa: PLC0415 - an extra, and slow to load
    except ImportError:
        raise MissingExtra("writing .xlsx needs XlsxWriter: pip install 'oremix[excel]'") from None
    return xlsxwriter
