"""What stands in an old system's columns, in our words."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import TypeVar

import attrs

from complaints.locale import LANGUAGES, word
from complaints.model.registration import is_category_code
from complaints.model.words import Category

E = TypeVar("E", bound=StrEnum)

_ANYTHING = "*"
NOTHING = "none"
"""What a table says of a word that tells nothing."""

_YES = frozenset({"yes", "y", "true", "t", "1", "是", "有", "对"})
_NO = frozenset({"no", "n", "false", "f", "0", "否", "无", "不"})


@cache
def _known(enum: type[StrEnum]) -> Mapping[str, StrEnum]:
    labels = {word(member, language).casefold(): member for language in LANGUAGES for member in enum}
    return {**labels, **{member.value.casefold(): member for member in enum}}


def member_of(enum: type[E], text: str) -> E | None:
    """The member that *text* names by its code or by its label in either language."""
    return _known(enum).get(text.casefold())  # type: ignore[return-value]  # the table has members of this enum alone


def category_of(text: str) -> str | None:
    """The category that *text* names; a house's own is its code, and whether it exists is asked at the desk."""
    known = member_of(Category, text)
    return known.value if known is not None else text if is_category_code(text) else None


def yes_or_no(text: str) -> bool | None:
    """What *text* answers; ``None`` if it is no answer."""
    said = text.casefold()
    return True if said in _YES else False if said in _NO else None


@attrs.frozen
class Words:
    """
    A table of old words and ours.

    Attributes:
        exact: By what stands in the file, in small letters; what tells nothing is empty.
        beginnings: What a text may begin with, longest first; an empty one stands for everything else.
    """

    exact: Mapping[str, str]
    beginnings: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, table: Mapping[str, str]) -> Words:
        """The table as it stands in a map: a name that ends in ``*`` means all that begins so."""
        small = {old.casefold(): "" if new == NOTHING else new for old, new in table.items()}
        begin = {old.removesuffix(_ANYTHING): new for old, new in small.items() if old.endswith(_ANYTHING)}
        return cls(small, tuple(sorted(begin.items(), key=lambda one: -len(one[0]))))

    def ours(self, text: str) -> str:
        """What *text* is in our words; itself, where the table has nothing for it."""
        small = text.casefold()
        said = self.exact.get(small)
        if said is not None or not text:
            return said or ""
        return next((new for old, new in self.beginnings if small.startswith(old)), text)


__all__ = ["NOTHING", "Words", "category_of", "member_of", "yes_or_no"]
