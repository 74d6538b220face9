"""What is personal, in four groups: a role sees a group or does not."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Personal(StrEnum):
    """A group of personal texts; our choice, since R67 asks for confidentiality and names no groups."""

    NAMES = "names"
    CONTACTS = "contacts"
    WORDS = "words"
    VEHICLE = "vehicle"


EVERYTHING = frozenset(Personal)

GROUP_OF_LINES: Mapping[str, Personal] = {
    "name": Personal.NAMES,
    "phone": Personal.CONTACTS,
    "email": Personal.CONTACTS,
    "wechat": Personal.CONTACTS,
    "address": Personal.CONTACTS,
    "platform_number": Personal.CONTACTS,
    "post_url": Personal.CONTACTS,
    "vin": Personal.VEHICLE,
    "plate": Personal.VEHICLE,
    "basis": Personal.WORDS,
    "said_by": Personal.NAMES,
}
"""The group of a one-line personal field, by its name; texts of several lines are words, whatever their name."""


def group_of(field: str, *, is_prose: bool) -> Personal:
    """The group of a personal field; one that the table does not know is shown to the fewest."""
    return Personal.WORDS if is_prose else GROUP_OF_LINES.get(field, Personal.CONTACTS)


__all__ = ["EVERYTHING", "GROUP_OF_LINES", "Personal", "group_of"]
