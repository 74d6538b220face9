"""期限: what comes near is warned of, what was missed stays missed, what was provisional is settled (R63)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from complaints.errors import Fault
from complaints.model.base import evolve, line
from complaints.model.beside import Breach
from complaints.model.clock import Deadline
from complaints.model.complaint import Complaint
from complaints.model.event import Aftermath, Command, Event, Refusal, Situation, command, rule
from complaints.model.promise import Promise, warning_of
from complaints.model.words import RANKS, ClockKind, ClockState, PromiseState, Role
from complaints.stages.escalation import Escalate
from complaints.stages.promises import with_promise


@command
class RecordWarning(Command):
    """
    期限预警: a due date comes near; recorded by the system, once.

    Args:
        clock: Name of the clock; or
        promise: id of the promise.
    """

    complaint: UUID
    clock: str | None = line(most=120, default=None)
    promise: str | None = line(most=80, default=None)

    def _faults(self) -> Iterator[Fault]:
        if (self.clock is None) == (self.promise is None):
            yield Fault("clock", "one_of", other="promise")

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """One warning more."""
        if self.promise is None:
            return complaint  # the clock itself says so
        return complaint.beside_with(warnings=(*complaint.beside.warnings, warning_of(self.promise)))


@command
class RecordBreach(Command):
    """
    超期记录: a due date was missed, on record for life (invariant 5); recorded by the system.

    Args:
        clock: Name of the clock; or
        promise: id of the promise, which is broken from now on.
        due: Which due date, where the step that missed it has stopped the clock or started it anew.
    """

    complaint: UUID
    clock: str | None = line(most=120, default=None)
    promise: str | None = line(most=80, default=None)
    due: datetime | None = None

    def _faults(self) -> Iterator[Fault]:
        if (self.clock is None) == (self.promise is None):
            yield Fault("clock", "one_of", other="promise")

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """One breach more; a promise that is still open is broken, which nothing mends."""
        due = self.due or due_of(complaint, self.clock, self.promise)
        if due is None:
            return complaint
        missed = Breach(due=due, number=event.number, clock=self.clock, promise=self.promise)
        after = complaint.beside_with(breaches=(*complaint.beside.breaches, missed))
        return after if self.promise is None else with_promise(after, self.promise, _broken)


@command
class RecordLapse(Command):
    """
    逾期未回应: the customer did not answer in time; whether that ends it, a manager says (MOVES 14). By the system.

    Args:
        clock: Name of the clock that waited for him.
    """

    complaint: UUID
    clock: str = line(most=120)


@command
class SettleDueDate(Command):
    """
    期限落定: the year is published, and a provisional due date is reckoned again; recorded by the system.

    Args:
        clock: Name of the clock.
    """

    complaint: UUID
    clock: str = line(most=120)


def due_of(complaint: Complaint, clock: str | None, promise: str | None) -> datetime | None:
    """When a clock that still runs, or an open promise, is due; ``None`` where there is no such thing."""
    if clock is not None:
        return _due_dates(complaint).get(clock)
    return next((one.due_at for one in complaint.open_promises if one.id == promise), None)


def _due_dates(complaint: Complaint) -> dict[str, datetime]:
    """The clocks by which the house owes something and which still run, and when it is due."""
    clocks = complaint.deadlines.items()
    return {name: one.due for name, one in clocks if one.is_owed and one.runs and one.due is not None}


def _broken(promise: Promise) -> Promise:
    return evolve(promise, state=PromiseState.BROKEN) if promise.state is PromiseState.OPEN else promise


def _due(s: Situation) -> datetime | None:
    return getattr(s.command, "due", None) or due_of(s.complaint, s.command.clock, s.command.promise)


# --- what follows ---------------------------------------------------------------------------------------------------


def record_what_came_too_late(a: Aftermath) -> tuple[Command, ...]:
    """
    A promise kept, or released, after its date was broken until then: that stays on record (R55, invariant 5).

    Whether a tick had noticed makes no difference but in the name: kept late is kept late.
    """
    settled: Any = a.event.command
    promise = next(one for one in a.complaint.promises if one.id == settled.promise)
    if a.event.at <= promise.due_at or any(one.promise == promise.id for one in a.complaint.beside.breaches):
        return ()
    return (RecordBreach(complaint=a.complaint.id, promise=promise.id, due=promise.due_at),)


def escalate_the_breach(a: Aftermath) -> tuple[Command, ...]:
    """
    What was missed goes up the ladder, whoever has the complaint and whether anybody has (R63, invariant 13).

    To the rank that the rule names, unless it or a higher one is asked already; a promise that was broken to the
    supervisor (our choice); an escalation that nobody answered to the next rank.

    What was done by then, too late, is on record and asks nobody.
    """
    missed = a.event.command
    assert isinstance(missed, RecordBreach)  # noqa: S101  # its row is the only one that names this
    if missed.due is not None:
        return ()
    to = _whom_to_ask(a, missed)
    if to is None or not a.complaint.is_open:
        return ()
    if any(RANKS.index(one.to) >= RANKS.index(to) for one in a.complaint.open_escalations):
        return ()
    what = missed.clock if missed.clock is not None else f"promise {missed.promise}"
    return (Escalate(complaint=a.complaint.id, to=to, reason=f"{a.policy.stamp} breach: {what}"),)


def _whom_to_ask(a: Aftermath, missed: RecordBreach) -> Role | None:
    if missed.clock is None:
        return Role.SUPERVISOR
    name, _, subject = missed.clock.partition(":")
    unanswered = next((one for one in a.complaint.open_escalations if str(one.number) == subject), None)
    if name == _ANSWER and unanswered is not None:
        place = RANKS.index(unanswered.to) + 1
        return RANKS[place] if place < len(RANKS) else None
    rule = a.rules.clocks.get(name)
    return rule.escalates_to if rule is not None else None


_ANSWER = "answer_escalation"


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("due.unknown")
def there_is_such_a_due_date(s: Situation) -> Refusal | None:
    """The clock was started, or the promise is open; a window in which somebody may object is no date owed."""
    if _due(s) is not None:
        return None
    promises = tuple(promise.id for promise in s.complaint.open_promises)
    return Refusal("due.unknown", clocks=tuple(_due_dates(s.complaint)), promises=promises)


@rule("warning.too_late")
def it_is_not_past_yet(s: Situation) -> Refusal | None:
    """Warned before it is due; afterwards it is a breach."""
    due = _due(s)
    return Refusal("warning.too_late", due=due.isoformat()) if due is not None and s.at > due else None


@rule("warning.doubled")
def nobody_was_warned_yet(s: Situation) -> Refusal | None:
    """Once for a due date."""
    clock = s.complaint.deadlines.get(s.command.clock)
    if clock is None:
        is_again = warning_of(s.command.promise or "") in s.complaint.beside.warnings
    else:
        is_again = clock.state is ClockState.WARNED
    return Refusal("warning.doubled") if is_again else None


@rule("breach.too_early")
def it_is_past(s: Situation) -> Refusal | None:
    """The last moment that is in time is over."""
    due = _due(s)
    return Refusal("breach.too_early", due=due.isoformat()) if due is not None and s.at <= due else None


@rule("breach.doubled")
def it_is_not_recorded_yet(s: Situation) -> Refusal | None:
    """Once for a due date; a clock that was started anew may be missed anew."""
    clock, promise = s.command.clock, s.command.promise
    missed = clock, promise, _due(s)
    again = any((one.clock, one.promise, one.due) == missed for one in s.complaint.beside.breaches)
    return Refusal("breach.doubled") if again else None


@rule("lapse.none")
def the_customer_is_waited_for(s: Situation) -> Refusal | None:
    """The clock waits for the customer's answer, and its time is over."""
    clock = s.complaint.deadlines.get(s.command.clock)
    if clock is not None and clock.kind is ClockKind.ANSWER and clock.runs and clock.is_past(s.at):
        return None
    waiting = tuple(one.clock for one in s.complaint.deadlines.values() if one.kind is ClockKind.ANSWER and one.runs)
    return Refusal("lapse.none", clocks=waiting)


@rule("due.settled")
def the_due_date_is_provisional(s: Situation) -> Refusal | None:
    """Only a provisional date is settled, once its year is published."""
    provisional = tuple(one.clock for one in s.complaint.deadlines.values() if is_provisional(one))
    return None if s.command.clock in provisional else Refusal("due.settled", clocks=provisional)


def is_provisional(clock: Deadline) -> bool:
    """Whether the clock may still be met and was reckoned with a year that is not published yet."""
    return clock.provisional and clock.is_unfinished


__all__ = ["RecordBreach", "RecordLapse", "RecordWarning", "SettleDueDate"]
