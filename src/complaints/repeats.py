"""
What a new complaint may have to do with earlier ones: the same thing told twice, or the same trouble again.

Suggestions only: a person links, merges or takes the alarm. Nothing here looks into a store; who calls finds the
candidates with :func:`terms_to_look_for` and passes them in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from uuid import UUID

import attrs

from complaints.errors import NaiveTimeError
from complaints.model.complaint import Complaint
from complaints.model.people import ExternalRef
from complaints.model.registration import Registration, Vehicle
from complaints.model.words import State

__all__ = [
    "Likeness",
    "LikenessKind",
    "customer_terms",
    "is_of_the_same_customer",
    "likenesses",
    "repeats_of",
    "shared",
    "terms_to_look_for",
]

_DUPLICATE_WITHIN = timedelta(days=7)
_WHOLE_VIN = 17
_PARTIAL_VIN = 11
_SHORTEST_PHONE = 5
_CHINESE_PHONE = re.compile(r"(?:00)?86(\d{11})")


class LikenessKind(StrEnum):
    """What an earlier complaint may be to a new one, the strongest first; labels lie under ``likeness``."""

    DUPLICATE = "duplicate"
    REPEAT = "repeat"
    RELATED = "related"


_SURE_CUSTOMER = ("phone", "email", "wechat", "customer_ref")
_SURE_CAR = ("vin", "plate", "vehicle_ref")
_CAR = (*_SURE_CAR, "vin_partial")
_PROBLEM = ("category", "category_group")
_STRENGTH = (*_SURE_CUSTOMER, *_SURE_CAR, "category", "name", "vin_partial", "category_group")


@attrs.frozen(kw_only=True)
class Likeness:
    """
    An earlier complaint that resembles a new one.

    Attributes:
        complaint: Id of the earlier one.
        reference: Its case number.
        kind: What it may be to the new one.
        shares: Codes of what both have in common, the strongest first; labels lie under ``shared``. Never the texts
            themselves: nobody reads a telephone number here.
        received_at: When the earlier one was received.
        is_open: Whether it is still being handled.
    """

    complaint: UUID
    reference: str
    kind: LikenessKind
    shares: tuple[str, ...]
    received_at: datetime
    is_open: bool

    def sentence(self, language: str = "en") -> str:
        """What it may be and why, in *language* (``"en"`` or ``"zh_CN"``)."""
        from complaints.locale import sentence

        facts = {"reference": self.reference, "shares": self.shares, "received_at": self.received_at.isoformat()}
        return sentence("likeness_said", self.kind.value, language, facts)


def likenesses(
    form: Registration,
    earlier: Iterable[Complaint],
    *,
    within_days: int = 90,
    at: datetime | None = None,
    dealer: str | None = None,
    itself: UUID | None = None,
) -> tuple[Likeness, ...]:
    """
    The earlier complaints that resemble what *form* says.

    Of the same customer are two that share telephone, e-mail, WeChat or reference; a name alone is weak, and counts
    only together with the same car. Of the same car are two that share a VIN, plate or reference; a partial VIN counts
    for what it has. Two whole VINs that differ are two cars, whatever the plate says. Of the same problem are two that
    share a category or its group. Then

    - a DUPLICATE shares customer and problem, and the car unless one of them names none; it is open, was received
      within 7 days, and was not settled at once before: what comes after a remedy is not the same thing told twice;
    - a REPEAT shares the same, was received within *within_days*, and may have ended;
    - what is RELATED shares the customer, be it by name alone, or the car; a partial VIN is not enough without the
      problem.

    Args:
        earlier: Candidates, in any order; one that was voided or merged into another never counts.
        within_days: How many times 24 hours before *at* count, the last moment included.
        at: The moment to count back from, aware; the receipt of *form* if not given. What was received later is not
            earlier.
        dealer: Only complaints of this dealer; without it, who calls has seen to that.
        itself: Id of the complaint that *form* is of, if it has been received already: nothing resembles itself.

    Returns:
        By kind, then the newest first, then by id: the order of *earlier* does not matter.

    Raises:
        NaiveTimeError: If *at* has no time zone.

    Source:
        lifecycle.md, "repeat and duplicate suggestions at intake" and "third repeat within 90 days for the same
        customer, vehicle and problem". The 7 days of a duplicate and what counts as the same are our choice.
    """
    moment = form.received_at if at is None else at
    if moment.utcoffset() is None:
        raise NaiveTimeError("at")
    told = _Told(form)
    alike = (
        _likeness(told, complaint, age, moment)
        for complaint in earlier
        if _counts(complaint, dealer, itself)
        and timedelta() <= (age := moment - complaint.received_at) <= timedelta(days=within_days)
    )
    return tuple(sorted((one for one in alike if one is not None), key=_place))


def repeats_of(
    form: Registration,
    earlier: Iterable[Complaint],
    *,
    within_days: int = 90,
    at: datetime | None = None,
    dealer: str | None = None,
    itself: UUID | None = None,
) -> tuple[UUID, ...]:
    """
    Ids of the earlier complaints of which this is a repeat in full: the same customer, vehicle and problem.

    Two that name no car share none, so they do not count here; neither does the same thing told twice
    (``DUPLICATE``), which is one complaint. Arguments and errors are those of :func:`likenesses`.

    Returns:
        The newest first.

    Source:
        lifecycle.md: "third repeat within 90 days for the same customer, vehicle and problem" raises the severity.
    """
    found = likenesses(form, earlier, within_days=within_days, at=at, dealer=dealer, itself=itself)
    repeats = (one for one in found if one.kind is LikenessKind.REPEAT)
    return tuple(one.complaint for one in repeats if any(code in one.shares for code in _CAR))


def shared(one: Registration, other: Registration) -> tuple[str, ...]:
    """
    Codes of what two forms have in common, the strongest first; the same both ways round.

    What was erased or is hidden from the reader is known to nobody, so it is shared by nobody.
    """
    return _shared(_Told(one), _Told(other))


def terms_to_look_for(form: Registration) -> tuple[tuple[str, str], ...]:
    """
    What to search a store by to find the candidates: ``("customer", …)`` and ``("vehicle", …)``, the strongest first.

    The values are folded as stores fold what they look up, each to be asked for by a query of its own
    (``Query(customer=…)``, ``Query(vehicle=…)``). WeChat names are no terms of a store.
    """
    customer = form.complainant
    texts = [("customer", customer.phone), ("customer", customer.email)]
    texts.append(("customer", customer.ref.id if customer.ref is not None else None))
    for vehicle in form.vehicles:
        texts += [("vehicle", vehicle.vin), ("vehicle", vehicle.plate)]
    texts.append(("customer", customer.name))
    return tuple(dict.fromkeys((kind, text) for kind, given in texts if (text := _folded(given)) is not None))


def customer_terms(form: Registration) -> tuple[tuple[str, str], ...]:
    """
    Of :func:`terms_to_look_for` those that the customer is surely known by; his name where he gave nothing else.

    One for most forms, so that whoever only wants the same customer's asks a store once.
    """
    of_him = tuple(one for one in terms_to_look_for(form) if one[0] == "customer")
    name = _folded(form.complainant.name)
    return tuple(one for one in of_him if one[1] != name) or of_him


def is_of_the_same_customer(one: Registration, other: Registration) -> bool:
    """
    Whether two forms are surely of one customer: they share telephone, e-mail, WeChat or reference.

    A name is enough together with the same car, as in :func:`likenesses`.
    """
    return _is_the_same_customer(shared(one, other))


# --- what a form tells ----------------------------------------------------------------------------------------------


def _folded(text: str | None) -> str | None:
    """*text* in one case and width; ``None`` if it says nothing, as the marker of an erased or hidden text does."""
    folded = unicodedata.normalize("NFKC", text).casefold().strip() if text is not None else ""
    is_marker = folded.startswith("[") and folded.endswith("]")
    return None if not folded or is_marker else folded


def _phone(text: str | None) -> str | None:
    """The digits of a number, without China's country code; ``None`` for what is too short to be one (our choice)."""
    digits = "".join(sign for sign in _folded(text) or "" if sign.isdecimal())
    chinese = _CHINESE_PHONE.fullmatch(digits)
    number = chinese[1] if chinese is not None else digits
    return number if len(number) >= _SHORTEST_PHONE else None


def _plate(text: str | None) -> str | None:
    folded = _folded(text)
    return "".join(sign for sign in folded if sign.isalnum()) or None if folded is not None else None


def _vin(text: str | None) -> str | None:
    """What is legible of a VIN: up to the first sign that is starred out."""
    folded = _folded(text)
    return folded.partition("*")[0] or None if folded is not None else None


def _ref(ref: ExternalRef | None) -> tuple[str, str, str] | None:
    return (ref.system, ref.kind, ref.id) if ref is not None and _folded(ref.id) is not None else None


@attrs.frozen(slots=False, eq=False)
class _Told:
    """What a form tells of customer, cars and problems, folded so that it can be compared."""

    form: Registration

    @cached_property
    def customer(self) -> Mapping[str, object]:
        who = self.form.complainant
        told = {
            "phone": _phone(who.phone),
            "email": _folded(who.email),
            "wechat": _folded(who.wechat),
            "customer_ref": _ref(who.ref),
            "name": _folded(who.name),
        }
        return {code: value for code, value in told.items() if value is not None}

    @cached_property
    def cars(self) -> tuple[_Car, ...]:
        cars = (_Car.of(vehicle) for vehicle in self.form.vehicles)
        return tuple(car for car in cars if any(attrs.astuple(car)))

    @cached_property
    def categories(self) -> frozenset[str]:
        return frozenset(issue.category for issue in self.form.issues if issue.category is not None)

    @cached_property
    def groups(self) -> frozenset[str]:
        return frozenset(category.partition(".")[0] for category in self.categories)


@attrs.frozen
class _Car:
    vin: str | None
    plate: str | None
    ref: tuple[str, str, str] | None

    @classmethod
    def of(cls, vehicle: Vehicle) -> _Car:
        return cls(_vin(vehicle.vin), _plate(vehicle.plate), _ref(vehicle.ref))

    def shared_with(self, other: _Car) -> Iterator[str]:
        """Codes of what two cars have in common; none if their whole VINs differ."""
        if self.vin is not None and other.vin is not None:
            if len(self.vin) == len(other.vin) == _WHOLE_VIN:
                if self.vin != other.vin:
                    return
                yield "vin"
            elif _is_partly(self.vin, other.vin):
                yield "vin_partial"
        if self.plate is not None and self.plate == other.plate:
            yield "plate"
        if self.ref is not None and self.ref == other.ref:
            yield "vehicle_ref"


def _is_partly(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= _PARTIAL_VIN and longer.startswith(shorter))


# --- comparing ------------------------------------------------------------------------------------------------------


def _shared(one: _Told, other: _Told) -> tuple[str, ...]:
    found = {code for code, value in one.customer.items() if other.customer.get(code) == value}
    for car in one.cars:
        for another in other.cars:
            found.update(car.shared_with(another))
    if one.categories & other.categories:
        found.add("category")
    elif one.groups & other.groups:
        found.add("category_group")
    return tuple(code for code in _STRENGTH if code in found)


def _counts(complaint: Complaint, dealer: str | None, itself: UUID | None) -> bool:
    if complaint.id == itself or (dealer is not None and complaint.dealer != dealer):
        return False
    return complaint.state not in (State.VOIDED, State.MERGED) and complaint.beside.merged_into is None


def _likeness(told: _Told, complaint: Complaint, age: timedelta, moment: datetime) -> Likeness | None:
    other = _Told(complaint.registration)
    shares = _shared(told, other)
    is_settled = complaint.settled is not None and complaint.settled.at <= moment
    is_duplicate_age = complaint.is_open and not is_settled and age <= _DUPLICATE_WITHIN
    if _is_the_same(shares, both_name_cars=bool(told.cars and other.cars)):
        kind = LikenessKind.DUPLICATE if is_duplicate_age else LikenessKind.REPEAT
    elif _is_related(shares):
        kind = LikenessKind.RELATED
    else:
        return None
    return Likeness(
        complaint=complaint.id,
        reference=complaint.reference,
        kind=kind,
        shares=shares,
        received_at=complaint.received_at,
        is_open=complaint.is_open,
    )


def _has(shares: tuple[str, ...], codes: tuple[str, ...]) -> bool:
    return any(code in shares for code in codes)


def _is_the_same(shares: tuple[str, ...], *, both_name_cars: bool) -> bool:
    car = _has(shares, _CAR) or not both_name_cars
    return _is_the_same_customer(shares) and car and _has(shares, _PROBLEM)


def _is_the_same_customer(shares: tuple[str, ...]) -> bool:
    return _has(shares, _SURE_CUSTOMER) or ("name" in shares and _has(shares, _SURE_CAR))


def _is_related(shares: tuple[str, ...]) -> bool:
    if _has(shares, (*_SURE_CUSTOMER, *_SURE_CAR, "name")):
        return True
    return "vin_partial" in shares and _has(shares, _PROBLEM)


def _place(likeness: Likeness) -> tuple[int, float, UUID]:
    return list(LikenessKind).index(likeness.kind), -likeness.received_at.timestamp(), likeness.complaint
