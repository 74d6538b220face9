"""Correcting what was recorded wrongly: the old words, the new ones and the reason stay side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar
from uuid import UUID

from complaints.errors import Fault, InvalidCommandError
from complaints.model.base import evolve, is_reckonable, line, prose
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event, Refusal, Situation, command, rule
from complaints.model.people import Customer
from complaints.model.registration import Issue, Registration, Vehicle, is_category_code
from complaints.model.words import Alarm, Channel, CorrectableFact, Department, Role, Track

T = TypeVar("T", Issue, Vehicle)
F = CorrectableFact
IN_WORDS = (F.NAME, F.PHONE, F.EMAIL, F.WECHAT, F.ADDRESS, F.WISH, F.VIN, F.PLATE)
"""What is corrected in words that tell of somebody, and so can be erased; codes, times and numbers never are."""
_WORDS, _CODES = ("old", "new"), ("old_code", "new_code")
_DECIDED = (F.DEPARTMENT, F.CLASSIFICATION)
_TIMES = (F.RECEIVED_AT, F.ACKNOWLEDGED_AT)
_TAKEN_AWAY = (F.ALARM, F.COMPLAINED_OF, F.DO_NOT_CONTACT)
_CATEGORIES = (F.CATEGORY, F.CLASSIFICATION)


@command
class Correct(Command):
    """
    更正: a fact was recorded wrongly (R11). Nothing is deleted: old, new and reason stay in the history.

    There is no fact for a breach or a broken promise: those are never corrected (invariant 5).

    Args:
        fact: What was wrong.
        item: Which one of several: the id of the issue, or the number of the vehicle from 1.
        old: The words that stand there now: a name, a number to call, the wish, a VIN or plate. They can be erased.
        new: The words that should stand there.
        old_code: For everything else what stands there now, as its code, moment (ISO 8601), number or staff id; of an
            alarm, a person complained of or a channel that the customer does not want, the one to take away.
        new_code: What should stand there; ``None`` only where something is taken away.
        proof: Id of the evidence that shows a time.
    """

    complaint: UUID
    fact: CorrectableFact
    item: str | None = line(most=20, default=None)
    old: str | None = prose(most=2000, default=None)
    new: str | None = prose(most=2000, default=None)
    old_code: str | None = line(most=80, default=None)
    new_code: str | None = line(most=80, default=None)
    reason: str = prose(most=1000)
    proof: str | None = line(most=40, default=None)

    def _faults(self) -> Iterator[Fault]:
        if not isinstance(self.fact, CorrectableFact):
            return
        if self.fact in _TIMES and self.proof is None:
            yield Fault("proof", "missing")
        (old, new), others = (_WORDS, _CODES) if self.fact in IN_WORDS else (_CODES, _WORDS)
        for name, right in zip(others, (old, new), strict=True):
            if getattr(self, name) is not None:
                yield Fault(name, "not_with_fact", other=right)
        needed = old if self.fact in _TAKEN_AWAY else new
        if getattr(self, needed) is None:
            yield Fault(needed, "missing")
        if isinstance(self.should_be, str):
            for fault in _WRONG.get(self.fact, _nothing_wrong)(self.should_be):
                yield Fault(new, fault.code, **fault.facts)

    @property
    def was(self) -> str | None:
        """What stands there now, as text, whichever field carries it."""
        return self.old if self.fact in IN_WORDS else self.old_code

    @property
    def should_be(self) -> str | None:
        """What should stand there, as text, whichever field carries it."""
        return self.new if self.fact in IN_WORDS else self.new_code

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The fact as it should have been; what followed from it before is not undone."""
        if self.fact is F.DEPARTMENT:
            return evolve(complaint, department=Department(self.should_be or ""))
        if self.fact is F.CLASSIFICATION and complaint.classification is not None:
            return evolve(complaint, classification=evolve(complaint.classification, category=self.should_be))
        if self.fact is F.ACKNOWLEDGED_AT:
            return evolve(complaint, acknowledged_at=_moment(self.should_be))
        form = _corrected(complaint.registration, self)
        return evolve(complaint, registration=form, track=Track.FULL if form.fast_track_bars else complaint.track)


def _corrected(form: Registration, c: Correct) -> Registration:
    if c.fact in _OF_CUSTOMER:
        return evolve(form, complainant=evolve(form.complainant, **{c.fact.value: c.should_be}))
    if c.fact is F.DO_NOT_CONTACT:
        new = Channel(c.should_be) if c.should_be else None
        unwanted = _exchanged(form.complainant.do_not_contact, Channel(c.was or ""), new)
        return evolve(form, complainant=evolve(form.complainant, do_not_contact=unwanted))
    if c.fact is F.CATEGORY:
        return evolve(form, issues=_with(form.issues, _issue_at(form, c.item), category=c.should_be))
    if c.fact in _OF_VEHICLE:
        value: object = int(c.should_be or 0) if c.fact is F.MILEAGE else c.should_be
        return evolve(form, vehicles=_with(form.vehicles, _vehicle_at(form, c.item), **{_OF_VEHICLE[c.fact]: value}))
    if c.fact is F.ALARM:
        return evolve(
            form, alarms=_exchanged(form.alarms, Alarm(c.was or ""), Alarm(c.should_be) if c.should_be else None)
        )
    if c.fact is F.COMPLAINED_OF:
        return evolve(form, complained_of=_exchanged(form.complained_of, c.was, c.should_be))
    if c.fact is F.RECEIVED_AT:
        return evolve(form, received_at=_moment(c.should_be))
    return evolve(form, **{c.fact.value: Channel(c.should_be or "") if c.fact is F.CHANNEL else c.should_be})


_OF_CUSTOMER = (F.NAME, F.PHONE, F.EMAIL, F.WECHAT, F.ADDRESS, F.CONTACT_HOURS)
_OF_VEHICLE: Mapping[CorrectableFact, str] = {F.VIN: "vin", F.PLATE: "plate", F.MILEAGE: "mileage_km"}


def _with(things: tuple[T, ...], place: int | None, **changes: object) -> tuple[T, ...]:
    return tuple(evolve(one, **changes) if at == place else one for at, one in enumerate(things))


def _exchanged(things: tuple[Any, ...], old: object, new: object) -> tuple[Any, ...]:
    changed = (new if one == old else one for one in things)
    return tuple(dict.fromkeys(one for one in changed if one is not None))


def _issue_at(form: Registration, item: str | None) -> int | None:
    return next((place for place, issue in enumerate(form.issues) if issue.id == item), None)


def _vehicle_at(form: Registration, item: str | None) -> int | None:
    place = int(item) - 1 if item is not None and item.isdecimal() else -1
    return place if 0 <= place < len(form.vehicles) else None


def _moment(text: str | None) -> datetime:
    return datetime.fromisoformat(text or "")


# --- what a text must look like -------------------------------------------------------------------------------------


def _nothing_wrong(text: str) -> Iterator[Fault]:
    return iter(())


def _one_of(kind: type[Alarm] | type[Channel] | type[Department]) -> Callable[[str], Iterator[Fault]]:
    def check(text: str) -> Iterator[Fault]:
        if text not in [one.value for one in kind]:
            yield Fault("new", "choice", choices=tuple(one.value for one in kind))

    return check


def _as_a_time(text: str) -> Iterator[Fault]:
    try:
        moment = _moment(text)
    except ValueError:
        yield Fault("new", "not_a_moment")
        return
    if moment.utcoffset() is None:
        yield Fault("new", "naive_time")
    elif not is_reckonable(moment):
        yield Fault("new", "not_a_moment")


def _as_a_category(text: str) -> Iterator[Fault]:
    if not is_category_code(text):
        yield Fault("new", "category")


def _as_a_number(text: str) -> Iterator[Fault]:
    if not (text.isascii() and text.isdecimal()) or len(text) > 8:
        yield Fault("new", "type", wanted="int", given="str")


def _as_part_of(kind: type[Any], field: str) -> Callable[[str], Iterator[Fault]]:
    def check(text: str) -> Iterator[Fault]:
        try:
            kind(**{field: text})
        except InvalidCommandError as error:
            for fault in error.faults:
                yield Fault("new", fault.code, **fault.facts)

    return check


_WRONG: Mapping[CorrectableFact, Callable[[str], Iterator[Fault]]] = MappingProxyType(
    {
        **{fact: _as_part_of(Customer, fact.value) for fact in _OF_CUSTOMER},
        F.ALARM: _one_of(Alarm),
        F.CHANNEL: _one_of(Channel),
        F.DO_NOT_CONTACT: _one_of(Channel),
        F.DEPARTMENT: _one_of(Department),
        F.RECEIVED_AT: _as_a_time,
        F.ACKNOWLEDGED_AT: _as_a_time,
        F.CATEGORY: _as_a_category,
        F.CLASSIFICATION: _as_a_category,
        F.MILEAGE: _as_a_number,
        F.VIN: _as_part_of(Vehicle, "vin"),
        F.PLATE: _as_part_of(Vehicle, "plate"),
    }
)


# --- rules ----------------------------------------------------------------------------------------------------------


def standing(complaint: Complaint, c: Correct) -> str | None:
    """What stands there now, as text; ``None`` where nothing does."""
    form = complaint.registration
    if c.fact in _OF_CUSTOMER:
        return _as_text(getattr(form.complainant, c.fact.value))
    if c.fact is F.CATEGORY:
        issue = _issue_at(form, c.item)
        return None if issue is None else form.issues[issue].category
    if c.fact in _OF_VEHICLE:
        vehicle = _vehicle_at(form, c.item)
        return None if vehicle is None else _as_text(getattr(form.vehicles[vehicle], _OF_VEHICLE[c.fact]))
    if c.fact in _TAKEN_AWAY:
        return c.was if c.was in [str(one) for one in _listed(form, c.fact)] else None
    if c.fact is F.DEPARTMENT:
        return _as_text(complaint.department)
    if c.fact is F.CLASSIFICATION:
        return None if complaint.classification is None else complaint.classification.category
    if c.fact is F.ACKNOWLEDGED_AT:
        return _as_text(complaint.acknowledged_at)
    return _as_text(getattr(form, c.fact.value))


def _listed(form: Registration, fact: CorrectableFact) -> tuple[str, ...]:
    if fact is F.DO_NOT_CONTACT:
        return form.complainant.do_not_contact
    return form.alarms if fact is F.ALARM else form.complained_of


def _as_text(value: object) -> str | None:
    if value is None:
        return None
    return value.isoformat() if isinstance(value, datetime) else str(value)


@rule("correct.item")
def there_is_such_an_item(s: Situation) -> Refusal | None:
    """The issue or the vehicle is on the form; what has no items is corrected without one."""
    c, form = s.command, s.complaint.registration
    if c.fact is F.CATEGORY:
        found = _issue_at(form, c.item) is not None
    elif c.fact in _OF_VEHICLE:
        found = _vehicle_at(form, c.item) is not None
    elif c.fact is F.CLASSIFICATION:
        found = s.complaint.classification is not None
    else:
        found = True
    return None if found else Refusal("correct.item", fact=c.fact.value)


@rule("correct.old")
def what_was_wrong_stands_there(s: Situation) -> Refusal | None:
    """Whoever corrects has read what stands there; times are compared as moments."""
    c = s.command
    now = standing(s.complaint, c)
    same = _same_moment(now, c.was) if c.fact in _TIMES else now == c.was
    return None if same and now != c.should_be else Refusal("correct.old", fact=c.fact.value)


def _same_moment(one: str | None, other: str | None) -> bool:
    try:
        return one == other or (None not in (one, other) and _moment(one) == _moment(other))
    except (ValueError, TypeError):
        return False


@rule("correct.decided")
def decided_facts_are_the_supervisors(s: Situation) -> Refusal | None:
    """What was decided, the supervisor corrects; what was only noted, the specialist."""
    if s.command.fact not in _DECIDED or s.by.holds(Role.SUPERVISOR):
        return None
    return Refusal("correct.decided", who=("supervisor",), fact=s.command.fact.value)


@rule("correct.own_part")
def it_is_not_their_own_part(s: Situation) -> Refusal | None:
    """Nobody takes himself off the list of those complained of, nor whom he stands in for (A8, invariant 4)."""
    is_own = s.command.fact is F.COMPLAINED_OF and s.command.was is not None and s.by.acts_as(s.command.was)
    return Refusal("correct.own_part") if is_own else None


@rule("correct.proof")
def the_proof_is_on_record(s: Situation) -> Refusal | None:
    """A time is corrected only with evidence that was added before."""
    proof = s.command.proof
    if proof is None or any(one.id == proof for one in s.complaint.evidence):
        return None
    return Refusal("correct.proof", evidence=(proof,))


@rule("correct.time")
def the_time_is_possible(s: Situation) -> Refusal | None:
    """Received before it was recorded; acknowledged after the receipt and not in the future."""
    c = s.command
    if c.fact not in _TIMES:
        return None
    moment, complaint = _moment(c.should_be), s.complaint
    first, last = (
        (None, complaint.recorded_at) if c.fact is F.RECEIVED_AT else (complaint.registration.received_at, s.now)
    )
    if moment <= last and (first is None or moment >= first):
        return None
    return Refusal("correct.time", last=last.isoformat())


@rule("correct.category")
def the_right_category_is_known(s: Situation) -> Refusal | None:
    """Categories come from the policy, which a house may extend."""
    if s.command.fact not in _CATEGORIES or s.command.should_be in s.policy.categories:
        return None
    return Refusal("correct.category", categories=(s.command.should_be,))


__all__ = ["Correct"]
