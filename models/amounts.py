"""Amounts and money as people read them."""

from __future__ import annotations

__all__ = ["amount_text", "money_text", "percent_text", "plural", "quantity_text"]


def amount_text(value: float) -> str:
    """Whole numbers from a hundred, else four digits."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.4g}"


def quantity_text(value: float) -> str:
    """Whole numbers from a thousand, else four digits."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:,.4g}"


def money_text(currency: str, amount: float) -> str:
    """Money with its label, in millions where there are any."""
    if abs(amount) >= 1e6:
        return f"{currency} {amount / 1e6:,.2f} m"
    return f"{currency} {amount:,.0f}" if abs(amount) >= 1000 else f"{currency} {amount:,.2f}"


def percent_text(share: float) -> str:
    """A share from 0 to 1 in percent, with one digit behind the point."""
    return f"{100 * share:.1f} %"


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
