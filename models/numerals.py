"""Numbers as people read them in sentences."""

from __future__ import annotations

from typing import Literal

__all__ = ["numeral"]


def numeral(number: float, sign: Literal["", "+"] = "") -> str:
    """Six digits, with thousands apart; large numbers whole, never as 1.015e+06. `+`: with the sign of any."""
    return f"{number:{sign},.0f}" if abs(number) >= 1e6 else f"{number:{sign},.6g}"
