"""A part of a whole, as every figure tells it."""

from __future__ import annotations

from decimal import Decimal

_FOUR_PLACES = Decimal("0.0001")


def ratio(part: int, whole: int) -> Decimal | None:
    """*part* ÷ *whole*, to four places, half to even; ``None`` of nothing."""
    return (Decimal(part) / whole).quantize(_FOUR_PLACES) if whole else None


__all__ = ["ratio"]
