"""承诺: what was promised to the customer, put off, released, kept; what is broken stays broken (R16, R55)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from complaints.model.base import evolve, line, prose
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event, Refusal, Situation, command, rule
from complaints.model.promise import Promise, PromiseMade, warning_of
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

        return with_promise(complaint, self.promise, kept)


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

        after = with_promise(complaint, self.promise, put_off)
        before = complaint.beside.warnings
        warnings = tuple(one for one in before if one != warning_of(self.promise))
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

        return with_promise(complaint, self.promise, released)


def with_promise(complaint: Complaint, id: str, change: Callable[[Promise], Promise]) -> Complaint:
    """The complaint with one of its promises changed."""
    promises = tuple(change(promise) if promise.id == id else promise for promise in complaint.promises)
    return evolve(complaint, promises=promises)


def _settled(promise: Promise, state: PromiseState, at: datetime) -> Promise:
    """The promise with what became of it; once broken it stays so (invariant 5)."""
    kept_or_released = promise.state if promise.state is PromiseState.BROKEN else state
    return evolve(promise, state=kept_or_released, settled_at=at)


def _due_of(s: Situation) -> datetime | None:
    """When the promise is due, if it is open."""
    return next((one.due_at for one in s.complaint.open_promises if one.id == s.command.promise), None)


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
    due = _due_of(s)
    return Refusal("extension.too_late", due=due.isoformat()) if due is not None and s.at > due else None


@rule("extension.not_later")
def the_new_date_is_later(s: Situation) -> Refusal | None:
    """Later than the date told before, and ahead (R16)."""
    due = _due_of(s)
    if due is None or s.command.due_at > max(due, s.at):
        return None
    return Refusal("extension.not_later", due=due.isoformat())


__all__ = ["ExtendPromise", "KeepPromise", "MakePromise", "ReleasePromise"]
