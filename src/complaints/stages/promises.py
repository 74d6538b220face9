"""承诺与期限: what was promised to the customer, put off, released, kept; what was missed stays missed (R16, R55)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from complaints.errors import Fault
from complaints.model.base import evolve, line, prose
from complaints.model.beside import Breach
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event, Refusal, Situation, command, rule
from complaints.model.promise import WINDOWS, Promise, PromiseMade
from complaints.model.words import Channel, PromiseState
from complaints.stages.judgment import promised


@command
class MakePromise(Command):
    """承诺: something is promised to the customer (R55)."""

    complaint: UUID
    promise: PromiseMade

    @property
    def outgoing_text(self) -> tuple[str, ...]:
        """What goes to the customer."""
        return (self.promise.text,)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """One promise more in the register."""
        return evolve(complaint, promises=(*complaint.promises, promised(self.promise, event)))


@command
class KeepPromise(Command):
    """兑现承诺: it was kept, in time or late; late stays late, and broken stays broken (R55)."""

    complaint: UUID
    promise: str = line(most=80)
    how: str | None = prose(most=1000, default=None)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The promise is settled; that a broken one was kept in time and recorded late is a remark, no repair."""

        def kept(promise: Promise) -> Promise:
            in_time = event.at <= promise.due_at
            return _settled(promise, PromiseState.KEPT if in_time else PromiseState.KEPT_LATE, event.at)

        return _with_promise(complaint, self.promise, kept)


@command
class ExtendPromise(Command):
    """
    承诺延期: the customer was told a later date before the first one had come (R16, R55).

    Args:
        due_at: The date told now; the one first told stays visible.
        text: What the customer was told; it must be courteous.
    """

    is_decision: ClassVar[bool] = True

    complaint: UUID
    promise: str = line(most=80)
    due_at: datetime
    reason: str = prose(most=1000)
    text: str = prose(most=2000)
    channel: Channel

    @property
    def outgoing_text(self) -> tuple[str, ...]:
        """What goes to the customer."""
        return (self.text,)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The promise is due later, and may be warned of once more."""

        def put_off(promise: Promise) -> Promise:
            first = promise.first_due_at if promise.first_due_at is not None else promise.due_at
            return evolve(promise, due_at=self.due_at, first_due_at=first, extended=promise.extended + 1)

        after = _with_promise(complaint, self.promise, put_off)
        before = complaint.beside.warnings
        warnings = tuple(one for one in before if one != _warning(None, self.promise, None))
        return after if warnings == before else after.beside_with(warnings=warnings)


@command
class ReleasePromise(Command):
    """
    免除承诺: the customer does not want it any more; nobody else can say so (R55).

    Args:
        said_by: Who said so, on the customer's side.
        evidence: Id of what shows it: a message, a recording, a letter.
    """

    complaint: UUID
    promise: str = line(most=80)
    said_by: str = line(personal=True, most=80)
    channel: Channel
    evidence: str = line(most=120)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The promise is settled; a broken one stays broken."""

        def released(promise: Promise) -> Promise:
            return _settled(promise, PromiseState.RELEASED, event.at)

        return _with_promise(complaint, self.promise, released)


@command
class RecordWarning(Command):
    """
    期限预警: a due date comes near; recorded by the system, once.

    Args:
        clock: Name of the clock; or
        promise: id of the promise.
    """

    complaint: UUID
    clock: str | None = line(most=40, default=None)
    promise: str | None = line(most=80, default=None)

    def _faults(self) -> Iterator[Fault]:
        if (self.clock is None) == (self.promise is None):
            yield Fault("clock", "one_of", other="promise")

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """One warning more."""
        warning = _warning(self.clock, self.promise, due_of(complaint, self.clock, self.promise))
        return complaint.beside_with(warnings=(*complaint.beside.warnings, warning))


@command
class RecordBreach(Command):
    """
    超期记录: a due date was missed, on record for life (invariant 5); recorded by the system.

    Args:
        clock: Name of the clock; or
        promise: id of the promise, which is broken from now on.
    """

    complaint: UUID
    clock: str | None = line(most=40, default=None)
    promise: str | None = line(most=80, default=None)

    def _faults(self) -> Iterator[Fault]:
        if (self.clock is None) == (self.promise is None):
            yield Fault("clock", "one_of", other="promise")

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """One breach more; a promise is broken, which nothing mends."""
        due = due_of(complaint, self.clock, self.promise)
        if due is None:
            return complaint
        missed = Breach(due=due, number=event.number, clock=self.clock, promise=self.promise)
        after = complaint.beside_with(breaches=(*complaint.beside.breaches, missed))
        return after if self.promise is None else _with_promise(after, self.promise, _broken)


def _with_promise(complaint: Complaint, id: str, change: Callable[[Promise], Promise]) -> Complaint:
    promises = tuple(change(promise) if promise.id == id else promise for promise in complaint.promises)
    return evolve(complaint, promises=promises)


def _broken(promise: Promise) -> Promise:
    return evolve(promise, state=PromiseState.BROKEN)


def _settled(promise: Promise, state: PromiseState, at: datetime) -> Promise:
    """The promise with what became of it; once broken it stays so (invariant 5)."""
    kept_or_released = promise.state if promise.state is PromiseState.BROKEN else state
    return evolve(promise, state=kept_or_released, settled_at=at)


def due_of(complaint: Complaint, clock: str | None, promise: str | None) -> datetime | None:
    """When a clock or an open promise is due; ``None`` where there is no such thing."""
    if clock is not None:
        return _due_dates(complaint).get(clock)
    return next((one.due_at for one in complaint.open_promises if one.id == promise), None)


def _due_dates(complaint: Complaint) -> dict[str, datetime]:
    """The clocks by which the house owes something, and when it is due."""
    return {clock: one.due for clock, one in complaint.deadlines.items() if clock not in WINDOWS}


def _warning(clock: str | None, promise: str | None, due: datetime | None) -> str:
    return f"promise:{promise}" if clock is None or due is None else f"{clock}:{due.isoformat()}"


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("promises.none_open")
def a_promise_is_owed(s: Situation) -> Refusal | None:
    """There is something the customer still waits for: open, or broken and not made good since."""
    return None if s.complaint.owed_promises else Refusal("promises.none_open")


@rule("promise.not_open")
def the_promise_is_owed(s: Situation) -> Refusal | None:
    """Only a promise that is owed can be kept, put off or released."""
    owed = tuple(promise.id for promise in s.complaint.owed_promises)
    return None if s.command.promise in owed else Refusal("promise.not_open", promises=owed)


@rule("promise.broken")
def the_promise_is_not_broken(s: Situation) -> Refusal | None:
    """What is broken is broken for ever: putting it off would hide it (invariant 5)."""
    is_broken = any(
        one.state is PromiseState.BROKEN for one in s.complaint.owed_promises if one.id == s.command.promise
    )
    return Refusal("promise.broken", promise=s.command.promise) if is_broken else None


@rule("extension.too_late")
def it_is_not_due_yet(s: Situation) -> Refusal | None:
    """Put off before the date has come; afterwards it is late (R55)."""
    due = due_of(s.complaint, None, s.command.promise)
    return Refusal("extension.too_late", due=due.isoformat()) if due is not None and s.at > due else None


@rule("extension.not_later")
def the_new_date_is_later(s: Situation) -> Refusal | None:
    """Later than the date told before, and ahead (R16)."""
    due = due_of(s.complaint, None, s.command.promise)
    if due is None or s.command.due_at > max(due, s.at):
        return None
    return Refusal("extension.not_later", due=due.isoformat())


@rule("due.unknown")
def there_is_such_a_due_date(s: Situation) -> Refusal | None:
    """The clock was started, or the promise is open; a window in which somebody may object is no date owed."""
    if due_of(s.complaint, s.command.clock, s.command.promise) is not None:
        return None
    promises = tuple(promise.id for promise in s.complaint.open_promises)
    return Refusal("due.unknown", clocks=tuple(_due_dates(s.complaint)), promises=promises)


@rule("warning.too_late")
def it_is_not_past_yet(s: Situation) -> Refusal | None:
    """Warned before it is due; afterwards it is a breach."""
    due = due_of(s.complaint, s.command.clock, s.command.promise)
    return Refusal("warning.too_late", due=due.isoformat()) if due is not None and s.at > due else None


@rule("warning.doubled")
def nobody_was_warned_yet(s: Situation) -> Refusal | None:
    """Once for a due date."""
    clock, promise = s.command.clock, s.command.promise
    warning = _warning(clock, promise, due_of(s.complaint, clock, promise))
    return Refusal("warning.doubled") if warning in s.complaint.beside.warnings else None


@rule("breach.too_early")
def it_is_past(s: Situation) -> Refusal | None:
    """The last moment that is in time is over."""
    due = due_of(s.complaint, s.command.clock, s.command.promise)
    return Refusal("breach.too_early", due=due.isoformat()) if due is not None and s.at <= due else None


@rule("breach.doubled")
def it_is_not_recorded_yet(s: Situation) -> Refusal | None:
    """Once for a due date; a clock that was started anew may be missed anew."""
    clock, promise = s.command.clock, s.command.promise
    missed = clock, promise, due_of(s.complaint, clock, promise)
    again = any((one.clock, one.promise, one.due) == missed for one in s.complaint.beside.breaches)
    return Refusal("breach.doubled") if again else None


__all__ = ["ExtendPromise", "KeepPromise", "MakePromise", "RecordBreach", "RecordWarning", "ReleasePromise"]
