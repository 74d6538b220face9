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
    "old": Personal.CONTACTS,
    "new": Personal.CONTACTS,
}
"""
The group of a personal field, by its name; other texts of several lines are words.

What was corrected may have been a telephone number: old and new are for those who see contacts.
"""


def group_of(field: str, *, is_prose: bool) -> Personal:
    """The group of a personal field; one that the table does not know is shown to the fewest."""
    return GROUP_OF_LINES.get(field, Personal.WORDS if is_prose else Personal.CONTACTS)


__all__ = ["EVERYTHING", "GROUP_OF_LINES", "Personal", "group_of"]
