"""A well-formed command of any kind, whatever it says: most of them make no sense for a complaint."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs
import msgspec
from msgspec import structs

from complaints.errors import InvalidCommandError
from complaints.model.judgment import VERDICTS, IssueJudgment
from complaints.model.money import Money
from complaints.model.words import Category, Grounds
from complaints.stages.review import ReturnForRework
from complaints.testing.choice import Choice

T = TypeVar("T")
_TRIES = 20
_TEXTS = ("文字", "Some words.", "两行\ntwo lines", "不行")
_AMOUNTS = ("0", "0.01", "299.50", "2000.01", "-150")
_WAITS = (timedelta(0), timedelta(minutes=1), timedelta(days=-1), timedelta(days=40))
_DIGEST = "ab" * 32


@attrs.frozen
class Filler:
    """
    Fills in forms at random.

    Args:
        choose: Where it turns.
        complaint: Id of the complaint that the commands are about.
        now: Moments are drawn around this one.
        names: Ids that stand where the form wants one; those of the complaint make some commands fit it.
        currency: ISO 4217 code of most amounts.
    """

    choose: Choice
    complaint: UUID
    now: datetime
    names: Sequence[str] = ("I1", "S1", "T1", "counter")
    currency: str = "CNY"

    def fill(self, cls: type[T]) -> T | None:
        """A *cls* with everything in it drawn, or ``None`` if its fields did not fit together in twenty tries."""
        for _ in range(_TRIES):
            try:
                return self._made(cls)
            except InvalidCommandError:
                continue
        return None

    def _made(self, cls: type[T]) -> T:
        if issubclass(cls, IssueJudgment):
            return cls(**self._judgment())
        if issubclass(cls, msgspec.Struct):
            hints = get_type_hints(cls)
            return cls(**{one.name: self._value(hints[one.name], {}, one.name) for one in structs.fields(cls)})
        hints = get_type_hints(cls)
        fields = attrs.fields(cls)  # type: ignore[arg-type]  # every command and noun is an attrs class
        values = {one.name: self._value(hints[one.name], one.metadata, one.name) for one in fields if one.init}
        if issubclass(cls, ReturnForRework):
            values["target"] = values["reason"].target
        return cls(**values)

    def _judgment(self) -> dict[str, Any]:
        grounds, demand = self.choose.one(tuple(VERDICTS))
        return {
            "issue": self.choose.one(self.names),
            "grounds": grounds,
            "grounds_reason": self.choose.one(_TEXTS),
            "demand": demand,
            "demand_reason": None if grounds is Grounds.UNKNOWN else self.choose.one(_TEXTS),
            "verdict": self.choose.one(VERDICTS[grounds, demand]),
        }

    def _value(self, hint: Any, limits: Mapping[str, Any], name: str) -> Any:
        origin = get_origin(hint)
        if origin in (Union, types.UnionType):
            kinds = [one for one in get_args(hint) if one is not type(None)]
            return None if self.choose.once_in(2) else self._value(self.choose.one(kinds), limits, name)
        if origin is tuple:
            least = limits.get("fewest", 0)
            many = self.choose.whole(least, least + 1)
            return tuple(self._value(get_args(hint)[0], {}, name) for _ in range(many))
        if issubclass(hint, Enum):
            return self.choose.one(tuple(hint))
        drawn = self._plain(hint, limits, name)
        return self._made(hint) if drawn is None else drawn

    def _plain(self, hint: type, limits: Mapping[str, Any], name: str) -> Any:
        if hint is str:
            return self._text(limits, name)
        if hint is bool:
            return self.choose.once_in(2)
        if hint is int:
            least = limits.get("least") or 0
            return self.choose.whole(least, min(least + 5, limits.get("greatest") or least + 5))
        if hint is UUID:
            return self.complaint
        if hint is Decimal:
            return Decimal(self.choose.one(_AMOUNTS))
        if hint is Money:
            return Money(self.choose.one(_AMOUNTS), "EUR" if self.choose.once_in(6) else self.currency)
        if hint in (datetime, date):
            moment = self.now + self.choose.one(_WAITS)
            return moment if hint is datetime else moment.date()
        return None

    def _text(self, limits: Mapping[str, Any], name: str) -> str:
        if name == "sha256":
            return _DIGEST
        if name == "category":
            return str(self.choose.one(("unheard_of", *Category)))
        if name == "contact_hours":
            return "09:00-12:00, 14:00-20:00"
        if name == "vin":
            return "LSVAA000000000001"
        return self.choose.one(_TEXTS) if limits.get("multiline") else self.choose.one(self.names)


__all__ = ["Filler"]
