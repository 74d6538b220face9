"""Orders that erase personal texts, fit and unfit (Redact)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from complaints.model.event import Command
from complaints.model.words import PersonalData
from complaints.stages.erasure import Redact
from complaints.testing.orders import Builder, Scene, Spoiled

_SELDOM = 6
_WHILE_OPEN = (PersonalData.NOTES, PersonalData.CORRESPONDENCE)


def _redact(s: Scene) -> Command | None:
    if not s.choose.once_in(_SELDOM):
        return None  # the other texts of a walk are worth looking at too
    groups = _WHILE_OPEN if s.complaint.is_open else tuple(PersonalData)
    some = s.choose.some(s.choose.turned(groups), least=1 if s.complaint.is_open else 0)
    return Redact(
        complaint=s.id,
        fields=some,
        reason=s.choose.one(("客户来电要求删除", "The customer asked for it in writing.")),
        include_vehicle=not s.complaint.is_open and s.choose.once_in(2),
    )


def _redacted_while_needed(s: Scene) -> Command | None:
    if not s.complaint.is_open:
        return None
    return Redact(complaint=s.id, fields=(PersonalData.NAMES, PersonalData.NOTES), reason="客户要求删除")


ERASURE: Mapping[type[Command], Builder] = MappingProxyType({Redact: _redact})
"""A builder for the one command that erases."""

SPOILED_ERASURE: tuple[Spoiled, ...] = ((Redact, "redact.still_open", _redacted_while_needed),)
"""What is wrong in the content of such an order."""

__all__ = ["ERASURE", "SPOILED_ERASURE"]
