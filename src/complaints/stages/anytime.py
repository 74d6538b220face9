"""What can be recorded in more than one stage: contacts, evidence, notes, severity."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from complaints.conduct import discourtesies
from complaints.errors import Fault
from complaints.model.base import evolve, line, prose, several
from complaints.model.beside import Beside, ContactLimit, Hold
from complaints.model.complaint import Complaint
from complaints.model.event import Aftermath, Command, Event, Refusal, Situation, command, rule
from complaints.model.investigation import Evidence
from complaints.model.review import Attempt
from complaints.model.words import (
    Channel,
    Direction,
    Purpose,
    Role,
    Severity,
    State,
    Track,
)
from complaints.stages.intake import handlers_of

SLIP = timedelta(minutes=5)
"""By so much a machine's clock may go back without anybody being refused; a default."""

_MOST_ATTEMPTS = 49
"""Attempts in vain that are kept on the complaint; our choice: enough for any house's rule, and no step gets slow."""


@command
class RecordContact(Command):
    """
    沟通记录: somebody spoke with the customer, or tried to (R7, R10, R29, R38).

    Args:
        reached: Whether the customer himself was reached.
        text: What was said or sent; outgoing text must be courteous.
        options: Ids of the proposals that were offered, when the purpose is an offer.
        appointment: When the customer wants to be called (R39).
    """

    complaint: UUID
    purpose: Purpose
    direction: Direction = Direction.OUTGOING
    channel: Channel
    reached: bool
    text: str | None = prose(default=None)
    options: tuple[str, ...] = several(most=20, default=())
    appointment: datetime | None = None
    evidence: str | None = line(most=120, default=None)

    @property
    def outgoing_text(self) -> tuple[str, ...]:
        """What goes to the customer."""
        return (self.text,) if self.text is not None and self.direction is Direction.OUTGOING else ()

    @property
    def reaches_out_by(self) -> Channel | None:
        """Nothing reaches out where the customer came or called himself."""
        return self.channel if self.direction is Direction.OUTGOING else None

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """What rules need to know of it; the words stay in the history."""
        changes: dict[str, object] = {"contacts": complaint.contacts + 1}
        if self.reached and complaint.acknowledged_at is None and self.direction is Direction.OUTGOING:
            changes["acknowledged_at"] = event.at
        if self.purpose is Purpose.OFFER and self.reached and complaint.state is State.OFFER:
            changes["offered"] = event.number
        attempt = Attempt(at=event.at, channel=self.channel, by=event.by.id, was_reached=self.reached)
        if self.purpose is Purpose.FOLLOW_UP and complaint.state is State.FOLLOW_UP:
            since = [one for one in complaint.attempts if one.at >= complaint.moved_at]
            changes["attempts"] = (*since, attempt)
        return evolve(complaint, beside=self._beside(complaint, attempt), **changes)

    def _beside(self, complaint: Complaint, attempt: Attempt) -> Beside:
        """A progress call is noted on the holds; attempts in vain are counted until the customer is reached."""
        beside = complaint.beside
        if self.purpose is Purpose.HOLD and self.reached and complaint.open_holds:
            beside = evolve(beside, holds=tuple(_called(hold, attempt.at) for hold in beside.holds))
        if self.reached and self.appointment is not None:
            beside = evolve(beside, appointment=self.appointment)
        if self.reached and beside.unanswered:
            beside = evolve(beside, unanswered=())
        elif not self.reached and self.direction is Direction.OUTGOING and complaint.state is not State.FOLLOW_UP:
            since = [one for one in beside.unanswered if one.at >= complaint.moved_at]
            beside = evolve(beside, unanswered=(*since[-_MOST_ATTEMPTS:], attempt))
        return beside


def _called(hold: Hold, at: datetime) -> Hold:
    """*hold* after the customer was told how it stands; a call that is entered late sets nothing back."""
    if hold.released_at is not None or at < (hold.called_at or hold.at):
        return hold
    return evolve(hold, called_at=at)


@command
class AddEvidence(Command):
    """
    添加证据: a photo, a scan, a recording (R20).

    Args:
        id: Short name, unique within the complaint.
        kind: What it is, in a word.
        sha256: Digest of the file, 64 hexadecimal digits.
        collector: Id of whoever collected it.
    """

    complaint: UUID
    id: str = line(most=40)
    kind: str = line(most=40)
    description: str | None = prose(most=2000, default=None)
    sha256: str | None = line(most=64, default=None)
    collector: str | None = line(most=80, default=None)
    collected_at: datetime | None = None

    def _faults(self) -> Iterator[Fault]:
        if isinstance(self.sha256, str) and (len(self.sha256) != 64 or set(self.sha256) - set("0123456789abcdef")):
            yield Fault("sha256", "digest")

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """One piece of evidence more."""
        added = Evidence(
            id=self.id,
            kind=self.kind,
            sha256=self.sha256,
            collector=self.collector,
            collected_at=self.collected_at,
            number=event.number,
        )
        return evolve(complaint, evidence=(*complaint.evidence, added))


@command
class AddNote(Command):
    """备注: a note for colleagues; it touches no clock and stays in the history alone."""

    complaint: UUID
    text: str = prose()


@command
class SetSeverity(Command):
    """
    等级调整: how grave it is (R1, R66); rules raise by themselves, never below a floor.

    Args:
        severity: The severity from now on; with *floor*, the lowest it may have from now on.
        floor: Code of the policy's floor it follows from; only the system gives one.
    """

    complaint: UUID
    severity: Severity
    reason: str = prose(most=1000)
    floor: str | None = line(most=40, default=None)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The severity, which a floor never lowers; above general the fast track is shut for good."""
        if self.floor is None:
            severity, floor = self.severity, complaint.floor
        else:
            severity, floor = max(self.severity, complaint.severity, key=_rank), self.severity
        track = complaint.track if severity is Severity.GENERAL else Track.FULL
        return evolve(complaint, severity=severity, floor=floor, track=track)


@command
class LimitContact(Command):
    """
    沟通约定: after behaviour nobody has to bear, one channel stays open; every due date stays as it was.

    Args:
        behaviour: What happened, as facts.
        channel: How the customer still reaches the house, and is answered.
        review_on: The day on which it is looked at again.
    """

    is_decision = True

    complaint: UUID
    behaviour: str = prose(most=2000)
    channel: Channel
    review_on: date

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The limit that holds from now on, instead of one before."""
        limit = ContactLimit(channel=self.channel, review_on=self.review_on, number=event.number)
        return complaint.beside_with(contact_limit=limit)


def _rank(severity: Severity) -> int:
    return severity.rank


# --- what follows ---------------------------------------------------------------------------------------------------


def raise_to_the_floor(a: Aftermath) -> tuple[Command, ...]:
    """
    The severity rises to the highest floor that applies, in the same transaction (R66, MOVES 13).

    Severity is no matter of a complaint that has ended: what became known meanwhile raises it when it is open again.
    Only a file that is brought over closed has its floor as it comes.
    """
    if not a.complaint.is_open and a.before is not None:
        return ()
    found = a.rules.floor(a.complaint)
    if found is None or found[0].severity.rank <= a.complaint.floor.rank:
        return ()
    floor, stamp = found
    reason = f"{stamp} {floor.code}: {floor.source}"
    return (SetSeverity(complaint=a.complaint.id, severity=floor.severity, reason=reason, floor=floor.code),)


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("text.discourteous")
def the_text_is_courteous(s: Situation) -> Refusal | None:
    """No forbidden phrase in anything that goes to the customer (R54–R59)."""
    texts = s.command.outgoing_text
    found = tuple(dict.fromkeys(one.phrase for text in texts for one in discourtesies(text)))
    return Refusal("text.discourteous", phrases=found) if found else None


@rule("content.required")
def what_the_packs_ask_for_is_said(s: Situation) -> Refusal | None:
    """What a rule pack in force asks a form to say is said, where the form itself may leave it out."""
    asked = s.rules.required.get(type(s.command).__name__, ())
    missing = [one for one in asked if getattr(s.command, one.field, None) in (None, "", ())]
    if not missing:
        return None
    fields, sources = ({getattr(one, name): None for one in missing} for name in ("field", "source"))
    return Refusal("content.required", missing=tuple(fields), sources=tuple(sources))


@rule("time.in_future")
def it_has_happened(s: Situation) -> Refusal | None:
    """Nothing is recorded before it happens (R8)."""
    return Refusal("time.in_future", at=s.at.isoformat()) if s.at > s.now else None


@rule("time.clock_back")
def the_clock_runs_on(s: Situation) -> Refusal | None:
    """A clock that runs backwards would put the history out of order; a slip of a few minutes is passed over."""
    last = s.complaint.updated_at
    return Refusal("time.clock_back", last=last.isoformat(), now=s.now.isoformat()) if last - s.now > SLIP else None


@rule("time.before_receipt")
def it_was_after_the_receipt(s: Situation) -> Refusal | None:
    """Nothing about a complaint happened before it was received."""
    received = s.complaint.received_at
    return Refusal("time.before_receipt", received=received.isoformat()) if s.at < received else None


@rule("time.before_last_move")
def it_was_after_the_last_move(s: Situation) -> Refusal | None:
    """Moves are in order of happening; entries may be entered late."""
    moved = s.complaint.moved_at
    return Refusal("time.before_last_move", moved=moved.isoformat()) if s.at < moved else None


@rule("other.unknown")
def every_other_complaint_is_there(s: Situation) -> Refusal | None:
    """Every other complaint an order is about exists, for whoever gives it."""
    unknown = tuple(str(id) for id in s.command.others if id not in s.others and id != s.complaint.id)
    return Refusal("other.unknown", complaints=unknown) if unknown else None


@rule("contact.by_handler")
def the_call_back_is_somebody_elses(s: Situation) -> Refusal | None:
    """In follow_up the handler does not call (MOVES 19)."""
    call_back = s.complaint.state is State.FOLLOW_UP and s.command.purpose is Purpose.FOLLOW_UP
    if not call_back or s.by.id not in handlers_of(s.complaint):
        return None
    return Refusal("contact.by_handler")


@rule("offer.unknown_option")
def what_is_offered_was_approved(s: Situation) -> Refusal | None:
    """Only what the leader mandated is offered (R26, R55)."""
    if s.command.purpose is not Purpose.OFFER:
        return None
    mandate = s.complaint.mandate
    approved = (mandate.chosen, *mandate.alternatives) if mandate is not None else ()
    unknown = tuple(one for one in s.command.options if one not in approved)
    return Refusal("offer.unknown_option", options=unknown) if unknown else None


@rule("evidence.doubled")
def the_evidence_has_a_new_name(s: Situation) -> Refusal | None:
    """Evidence is told apart by its id."""
    taken = any(one.id == s.command.id for one in s.complaint.evidence)
    return Refusal("evidence.doubled", evidence=(s.command.id,)) if taken else None


@rule("severity.same")
def the_severity_changes(s: Situation) -> Refusal | None:
    """Setting what is set already is no event; a floor may still be put under it."""
    if s.command.severity is not s.severity or s.command.floor is not None:
        return None
    return Refusal("severity.same", severity=s.severity.value)


@rule("severity.below_floor")
def it_stays_above_the_floor(s: Situation) -> Refusal | None:
    """Never below the highest floor that applied (invariant 8)."""
    if s.command.severity.rank >= s.complaint.floor.rank:
        return None
    return Refusal("severity.below_floor", floor=s.complaint.floor.value)


@rule("severity.lowering")
def only_the_manager_lowers(s: Situation) -> Refusal | None:
    """Raising is anybody's; lowering the manager's (R66). A floor lowers nothing."""
    is_lower = s.command.severity.rank < s.severity.rank and s.command.floor is None
    if not is_lower or s.by.holds(Role.MANAGER):
        return None
    return Refusal("severity.lowering", who=("manager",))


@rule("severity.floor_is_the_systems")
def only_the_system_sets_floors(s: Situation) -> Refusal | None:
    """A floor comes from the policy's rules, not from a person."""
    if s.command.floor is None or s.by.holds(Role.SYSTEM):
        return None
    return Refusal("severity.floor_is_the_systems")


@rule("limit.review")
def it_is_reviewed_later(s: Situation) -> Refusal | None:
    """A limit is looked at again on a day after today (our choice of the first day it could be)."""
    today = s.now.astimezone(s.dealer.tz).date()
    if s.command.review_on > today:
        return None
    return Refusal("limit.review", today=today.isoformat())


__all__ = ["AddEvidence", "AddNote", "LimitContact", "RecordContact", "SetSeverity"]
