"""What a leader has decided in advance, so that staff may settle a complaint on the spot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from complaints.errors import Fault
from complaints.model.base import line, noun, several
from complaints.model.words import RemedyKind


@noun
class StandingRemedy:
    """One remedy that staff may grant for a category, up to a ceiling in the policy's currency."""

    category: str = line(most=80)
    kind: RemedyKind
    ceiling: Decimal

    def _faults(self) -> Iterator[Fault]:
        yield from _not_negative("ceiling", self.ceiling)


def _not_negative(field: str, amount: object) -> Iterator[Fault]:
    if isinstance(amount, Decimal) and amount.is_finite() and amount < 0:
        yield Fault(field, "negative")


@noun
class StandingOrder:
    """
    A standing order for the fast track: versioned, dated, signed; at least two remedies per category.

    Args:
        staff: Ids of the staff who may settle.
        per_case: Ceiling of one complaint, settlement and help together, in the policy's currency.
        per_customer: Ceiling of one customer within 365 days; ``None`` for none.
        per_month: Ceiling of the dealer within a calendar month; ``None`` for none.
        signed_by: Id of the leader who signed it.
    """

    id: str = line(most=40)
    version: str = line(most=20)
    dealer: str = line(most=20)
    signed_by: str = line(most=80)
    signed_at: datetime
    valid_from: datetime
    valid_until: datetime | None = None
    staff: tuple[str, ...] = several(least=1)
    remedies: tuple[StandingRemedy, ...] = several(least=2)
    per_case: Decimal
    per_customer: Decimal | None = None
    per_month: Decimal | None = None

    def _faults(self) -> Iterator[Fault]:
        for field in ("per_case", "per_customer", "per_month"):
            yield from _not_negative(field, getattr(self, field))
        granted = self.remedies if isinstance(self.remedies, tuple) else ()
        categories = [remedy.category for remedy in granted if isinstance(remedy, StandingRemedy)]
        for category in dict.fromkeys(categories):
            if categories.count(category) < 2:
                yield Fault("remedies", "one_remedy", category=category)
        if (
            isinstance(self.valid_until, datetime)
            and isinstance(self.valid_from, datetime)
            and self.valid_until.utcoffset() is not None
            and self.valid_from.utcoffset() is not None
            and self.valid_until <= self.valid_from
        ):
            yield Fault("valid_until", "ends_before_start")

    @property
    def stamp(self) -> str:
        """Id and version, as the settlement carries it."""
        return f"{self.id}@{self.version}"

    def is_in_force(self, at: datetime) -> bool:
        """Whether it is signed and valid at that moment."""
        return self.valid_from <= at and (self.valid_until is None or at < self.valid_until) and self.signed_at <= at

    def was_in_force(self, since: datetime, until: datetime) -> bool:
        """Whether it was signed and valid at some moment from *since* to *until*."""
        began = max(self.valid_from, self.signed_at)
        return began <= until and (self.valid_until is None or since < self.valid_until)

    def allows(self, category: str | None, kind: RemedyKind) -> Decimal | None:
        """The ceiling of a remedy for a category or its group; ``None`` if it is not allowed."""
        group = category.partition(".")[0] if category else None
        ceilings = [r.ceiling for r in self.remedies if r.kind is kind and r.category in (category, group)]
        return max(ceilings, default=None)
