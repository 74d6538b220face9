"""
What authors of extensions need to prove their work.

Hypothesis and pytest are imported when something that needs them is first asked for: a host that only wants a
:class:`FrozenClock` or a house with people needs neither.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from complaints.testing.builders import BUILDERS
    from complaints.testing.choice import Choice, Dice, First
    from complaints.testing.clock import OPENING, FrozenClock
    from complaints.testing.forbidden import Forbidden, forbidden_order
    from complaints.testing.houses import (
        AUDITOR,
        DEALER,
        HOUSE,
        SMALL_HOUSE,
        SMALLEST_STAFF,
        STAFF,
        STRANGER,
        House,
        house,
    )
    from complaints.testing.orders import Builder, Scene
    from complaints.testing.search import Explored, Place, explore
    from complaints.testing.stores import SharingStoreContract, StoreContract
    from complaints.testing.strategies import commands, forbidden_orders_for, orders_for, people, walks
    from complaints.testing.walking import Trace, Tried, Walk, take_walk, trace
    from complaints.testing.ways import CURES, HOMEWARDS, DeadEndError, Guide, guide, lead_home

_ROOMS = {
    "builders": ("BUILDERS",),
    "choice": ("Choice", "Dice", "First"),
    "clock": ("OPENING", "FrozenClock"),
    "forbidden": ("Forbidden", "forbidden_order"),
    "houses": ("AUDITOR", "DEALER", "HOUSE", "SMALLEST_STAFF", "SMALL_HOUSE", "STAFF", "STRANGER", "House", "house"),
    "orders": ("Builder", "Scene"),
    "search": ("Explored", "Place", "explore"),
    "stores": ("SharingStoreContract", "StoreContract"),
    "strategies": ("commands", "forbidden_orders_for", "orders_for", "people", "walks"),
    "walking": ("Trace", "Tried", "Walk", "take_walk", "trace"),
    "ways": ("CURES", "HOMEWARDS", "DeadEndError", "Guide", "guide", "lead_home"),
}
_ROOM_OF = {name: room for room, names in _ROOMS.items() for name in names}


def __getattr__(name: str) -> object:
    room = _ROOM_OF.get(name)
    if room is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{room}"), name)


__all__ = [
    "AUDITOR",
    "Builder",
    "BUILDERS",
    "Choice",
    "commands",
    "CURES",
    "DeadEndError",
    "DEALER",
    "Dice",
    "Explored",
    "explore",
    "First",
    "Forbidden",
    "forbidden_order",
    "forbidden_orders_for",
    "FrozenClock",
    "Guide",
    "guide",
    "HOMEWARDS",
    "HOUSE",
    "House",
    "house",
    "lead_home",
    "OPENING",
    "orders_for",
    "people",
    "Place",
    "Scene",
    "SharingStoreContract",
    "SMALLEST_STAFF",
    "SMALL_HOUSE",
    "STAFF",
    "StoreContract",
    "STRANGER",
    "take_walk",
    "Trace",
    "trace",
    "Tried",
    "Walk",
    "walks",
]
