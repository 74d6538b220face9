"""A builder for each command of the table, put together from the modules that have them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from complaints.model.event import Command
from complaints.testing.orders import MAIN_WAY, Builder
from complaints.testing.orders_answering import ANSWERING
from complaints.testing.orders_beside import BESIDE
from complaints.testing.orders_erasure import ERASURE
from complaints.testing.orders_turns import TURNS

BUILDERS: Mapping[type[Command], Builder] = MappingProxyType(
    {
        **MAIN_WAY,
        **TURNS,
        **BESIDE,
        **ANSWERING,
        **ERASURE,
    }
)
"""A builder for each command of the table but the first; pass more of them for commands of your own."""

__all__ = ["BUILDERS"]
