"""The Customer Complaint Registration Form 顾客投诉登记表 (R11)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from complaints.errors import Fault
from complaints.model.base import line, noun, number, prose, several
from complaints.model.people import Customer, ExternalRef, Party
from complaints.model.words import Alarm, Channel, Kind

_CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?")
_VIN = re.compile(r"[A-HJ-NPR-Z0-9*]{6,17}")
_SHOWN_BY_CHANNEL = {
    Channel.SOCIAL_MEDIA: Alarm.PUBLIC_POST,
    Channel.PRESS: Alarm.PUBLIC_POST,
    Channel.PLATFORM_12315: Alarm.AUTHORITY,
    Channel.PLATFORM_12345: Alarm.AUTHORITY,
    Channel.CONSUMER_ASSOCIATION: Alarm.AUTHORITY,
    Channel.LAWYER: Alarm.LAWYER,
    Channel.COURT: Alarm.LAWYER,
}
_SHOWN_BY_CATEGORY = {"recall": Alarm.RECALL, "privacy": Alarm.PRIVACY}


def is_category_code(code: object) -> bool:
    """Whether *code* has the shape ``group`` or ``group.detail``."""
    return isinstance(code, str) and _CODE.fullmatch(code) is not None


@noun
class Vehicle:
    """
    A car the complaint is about.

    Args:
        vin: Identification number, whole or (in regulators' files) its first 11 characters.
        year: Model year.
        mileage_km: Odometer reading in kilometres.
    """

    vin: str | None = line(personal=True, most=17, default=None)
    plate: str | None = line(personal=True, most=20, default=None)
    make: str | None = line(most=80, default=None)
    model: str | None = line(most=256, default=None)
    year: int | None = number(least=1886, most=2200, default=None)
    mileage_km: int | None = number(most=10_000_000, default=None)
    ref: ExternalRef | None = None

    def _faults(self) -> Iterator[Fault]:
        if isinstance(self.vin, str) and not self.vin.startswith("[") and not _VIN.fullmatch(self.vin):
            yield Fault("vin", "vin")
        if not any((self.vin, self.plate, self.make, self.model, self.ref)):
            yield Fault("vin", "vehicle_unknown")


@noun
class Issue:
    """One thing complained of; judged and answered on its own."""

    id: str = line(most=20)
    category: str | None = line(most=80, default=None)
    text: str | None = prose(default=None)
    is_safety: bool = False

    def _faults(self) -> Iterator[Fault]:
        if self.category is not None and not is_category_code(self.category):
            yield Fault("category", "category")


def doubled_issues(issues: object) -> Iterator[Fault]:
    """A fault if two of *issues* have the same id; anything that is no tuple of issues is another check's to tell."""
    ids = [issue.id for issue in issues if isinstance(issue, Issue)] if isinstance(issues, tuple) else []
    if len(set(ids)) != len(ids):
        yield Fault("issues", "doubled")


@noun
class Completeness:
    """How much of the form is filled in: what is there, what is missing, and the share as a percentage."""

    filled: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def percent(self) -> int:
        """Whole per cent, rounded down: a form is only complete at 100."""
        return 100 * len(self.filled) // (len(self.filled) + len(self.missing))


@noun
class Registration:
    """
    What the form says now; partial saves are allowed, the rest may be completed later (R11).

    Args:
        recorded_by: Who typed it, if somebody else.
        excerpt: The first words of the statement; the whole stands verbatim in the history (R60).
        complained_of: Ids of the staff complained of: none of them may judge, investigate or call (A8).
    """

    complainant: Customer
    channel: Channel
    received_at: datetime
    received_by: str = line(most=80)
    recorded_by: str | None = line(most=80, default=None)
    excerpt: str = prose(most=200)
    kind: Kind = Kind.COMPLAINT
    wish: str | None = prose(default=None)
    issues: tuple[Issue, ...] = ()
    vehicles: tuple[Vehicle, ...] = ()
    parties: tuple[Party, ...] = ()
    refs: tuple[ExternalRef, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    complained_of: tuple[str, ...] = several(default=())

    def _faults(self) -> Iterator[Fault]:
        yield from doubled_issues(self.issues)

    @property
    def completeness(self) -> Completeness:
        """Which fields of the form are filled in, in the order of the form."""
        fields = self._filled()
        return Completeness(
            filled=tuple(name for name, there in fields.items() if there),
            missing=tuple(name for name, there in fields.items() if not there),
        )

    @property
    def fast_track_bars(self) -> tuple[Alarm, ...]:
        """What shuts the fast track: the alarms, and what channel, complainant and issues show by themselves."""
        return tuple(dict.fromkeys((*self.alarms, *self._shown())))

    def _shown(self) -> Iterator[Alarm]:
        if self.channel in _SHOWN_BY_CHANNEL:
            yield _SHOWN_BY_CHANNEL[self.channel]
        if self.complainant.post_url is not None:
            yield Alarm.PUBLIC_POST
        for issue in self.issues:
            group = issue.category.partition(".")[0] if issue.category is not None else None
            if group in _SHOWN_BY_CATEGORY:
                yield _SHOWN_BY_CATEGORY[group]
            if issue.is_safety:
                yield Alarm.SAFETY_PART

    @property
    def missing_for_judgment(self) -> tuple[str, ...]:
        """What the minimum form still lacks (MOVES 2); the other fields may stay open."""
        complainant, issues = self.complainant, self.issues
        if self.wish and issues and complainant.can_be_answered and all(issue.category for issue in issues):
            return ()  # nearly always, and every move out of intake asks
        return tuple(name for name, there in self._filled().items() if not there and name in _MINIMUM)

    def _filled(self) -> dict[str, bool]:
        return {
            "complainant": self.complainant.is_identified,
            "answer_channel": self.complainant.can_be_answered,
            "received_at": True,
            "statement": bool(self.excerpt),
            "wish": self.wish is not None,
            "issues": bool(self.issues),
            "category": bool(self.issues) and all(issue.category for issue in self.issues),
            "vehicle": bool(self.vehicles),
            "customer_name": self.complainant.name is not None,
        }


_MINIMUM = frozenset({"complainant", "answer_channel", "received_at", "statement", "wish", "issues", "category"})
