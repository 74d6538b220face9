"""Values as people read them: codes as words, moments in the dealer's zone, nouns field by field."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Any

import attrs

from complaints.locale import field_label, label, word
from complaints.model.money import Money
from complaints.model.people import Actor

_NOTHING: tuple[object, ...] = (None, (), "")


def named(name: str, text: str, language: str) -> str:
    """A name and what stands behind its colon."""
    return f"{name}：{text}" if language == "zh_CN" else f"{name}: {text}"


@attrs.frozen
class Reader:
    """
    Who reads: in which language, by which clock.

    Args:
        language: ``"zh_CN"`` or ``"en"``.
        zone: The dealer's.
    """

    language: str
    zone: tzinfo

    def word(self, member: StrEnum | None) -> str:
        """The label of a code; a dash for none."""
        return "–" if member is None else word(member, self.language)

    def label(self, kind: str, code: str) -> str:
        """The label of a code that is no enum's."""
        return label(kind, code, self.language)

    def field(self, owner: str, name: str) -> str:
        """What the form of *owner* calls its field."""
        return field_label(owner, name, self.language)

    def screen(self, code: str) -> str:
        """A word of the screen."""
        return label("screen", code, self.language)

    def moment(self, at: datetime) -> str:
        """A moment on the dealer's clock, to the minute."""
        return f"{at.astimezone(self.zone):%Y-%m-%d %H:%M}"

    def actor(self, actor: Actor) -> str:
        """A person by id, and by the roles that were vouched for."""
        return self.remark(actor.id, self.list(self.word(role) for role in actor.roles))

    def list(self, items: Iterable[str]) -> str:
        """Several in a row."""
        return self._joined("、" if self.is_chinese else ", ", tuple(items))

    def clauses(self, *items: str) -> str:
        """Several statements in a row; empty ones are left out."""
        return self._joined("；" if self.is_chinese else "; ", tuple(item for item in items if item))

    def _joined(self, joint: str, items: tuple[str, ...]) -> str:
        """Sentences in a row lose the stop that the joint replaces."""
        return joint.join((*(item.removesuffix("。") for item in items[:-1]), *items[-1:]))

    def remark(self, text: str, remark: str) -> str:
        """*text*, with a remark in brackets if there is one."""
        if not remark:
            return text
        return f"{text}（{remark}）" if self.is_chinese else f"{text} ({remark})"

    def named(self, name: str, text: str) -> str:
        """A name and what stands behind its colon."""
        return named(name, text, self.language)

    @property
    def is_chinese(self) -> bool:
        """Whether punctuation is full width."""
        return self.language == "zh_CN"

    def says(self, value: object) -> str:
        """Any value of a form, on one line."""
        if isinstance(value, StrEnum):
            return self.word(value)
        if isinstance(value, bool):
            return self.screen("yes" if value else "no")
        if isinstance(value, datetime):
            return self.moment(value)
        if isinstance(value, Money):
            return f"{value.amount:,} {value.currency}"
        if isinstance(value, tuple):
            said = tuple(map(self.says, value))
            return self.clauses(*said) if any(map(_has_fields, value)) else self.list(said)
        if attrs.has(type(value)):
            return self.list(tuple(self.named(name, text) for name, text in self.fields(value)))
        return str(value) if isinstance(value, (date, Decimal, int)) else " ".join(str(value).split())

    def fields(self, value: object, *, without: frozenset[str] = frozenset()) -> Iterator[tuple[str, str]]:
        """The filled-in fields of a noun or command: label and content; what says nothing new is passed over."""
        cls: Any = type(value)
        for field in attrs.fields(cls):
            content = getattr(value, field.name)
            if field.name not in without and content not in _NOTHING and content != field.default:
                yield self.field(cls.__name__, field.name), self._content(field.name, content)

    def _content(self, name: str, content: object) -> str:
        if name in ("category", "floor") and isinstance(content, str) and not isinstance(content, StrEnum):
            return self.label(name, content)
        return self.says(content)


def _has_fields(value: object) -> bool:
    return attrs.has(type(value)) and not isinstance(value, Money)


__all__ = ["Reader", "named"]
