"""Stage 1 投诉受理: receiving, completing the form, assigning, and settling at the counter (R7–R12, R52)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, TypeVar, cast
from uuid import UUID

import attrs

from complaints.errors import Fault
from complaints.model.base import evolve, line, prose, several
from complaints.model.beside import NOTHING, Beside, Linked
from complaints.model.complaint import Assignment, Complaint
from complaints.model.event import Command, Event, Refusal, Situation, command, rule
from complaints.model.people import Customer, ExternalRef, Party
from complaints.model.registration import Issue, Registration, Vehicle, doubled_issues
from complaints.model.words import (
    Alarm,
    Answer,
    Channel,
    Duty,
    Kind,
    LinkKind,
    Role,
    State,
    Track,
)

T = TypeVar("T")
_EXCERPT = 120
_MOST = MappingProxyType({"issues": 100, "vehicles": 500, "parties": 50, "refs": 100, "complained_of": 20})
"""How much one form holds, completed or not: our choice, more than any complaint has, and all of it can be judged."""


@command
class Opening(Command):
    """
    What every complaint begins with: who complains, when, of what (R11).

    Complainant, time and content are mandatory; the rest may be completed later.

    Args:
        dealer: Id of the dealer.
        statement: The customer's own words, kept verbatim (R60).
        received_at: When he complained; recording may be later, and shows (R8).
    """

    dealer: str = line(most=20)
    complainant: Customer
    channel: Channel
    received_at: datetime
    statement: str = prose()
    kind: Kind = Kind.COMPLAINT
    wish: str | None = prose(most=2000, default=None)
    issues: tuple[Issue, ...] = several(most=_MOST["issues"], default=())
    vehicles: tuple[Vehicle, ...] = several(most=_MOST["vehicles"], default=())
    parties: tuple[Party, ...] = several(most=_MOST["parties"], default=())
    refs: tuple[ExternalRef, ...] = several(most=_MOST["refs"], default=())
    alarms: tuple[Alarm, ...] = ()
    complained_of: tuple[str, ...] = several(most=_MOST["complained_of"], default=())

    def form(self, received_by: str, recorded_by: str | None = None) -> Registration:
        """The registration form that it makes."""
        return Registration(
            complainant=self.complainant,
            channel=self.channel,
            received_at=self.received_at,
            received_by=received_by,
            recorded_by=recorded_by,
            excerpt=_excerpt(self.statement),
            kind=self.kind,
            wish=self.wish,
            issues=self.issues,
            vehicles=self.vehicles,
            parties=self.parties,
            refs=self.refs,
            alarms=self.alarms,
            complained_of=self.complained_of,
        )

    def form_of(self, event: Event) -> Registration:
        """The registration form that it makes as *event*."""
        return self.form(event.by.id, event.recorded_by.id if event.recorded_by.id != event.by.id else None)

    def begun(self, event: Event, form: Registration, **said: Any) -> Complaint:
        """The complaint that begins with *event*, and what else is *said* of it."""
        return Complaint(
            id=event.complaint,
            reference=event.reference,
            dealer=self.dealer,
            version=event.number,
            state=event.target,
            recorded_at=event.recorded_at,
            updated_at=event.recorded_at,
            moved_at=event.at,
            registration=form,
            **said,
        )

    def _faults(self) -> Iterator[Fault]:
        yield from doubled_issues(self.issues)


@command
class Receive(Opening):
    """
    登记投诉: a customer complained (R7, R8, R11).

    Args:
        repeat_of: The complaint that it repeats, as staff say; it counts as a repeat whatever the library finds.
        takes_on: The receiver is the handler from now on; by voice this acknowledges as well.
        continues: The withdrawn complaint whose safety issue this one goes on with, inside the house; the system's.
        id: A fresh UUID, if the caller wants to refer to the complaint in the same transaction.
    """

    repeat_of: UUID | None = None
    takes_on: bool = False
    continues: UUID | None = None
    id: UUID | None = None

    when = "received_at"

    @property
    def others(self) -> tuple[UUID, ...]:
        """The complaint it goes on from."""
        return (self.continues,) if self.continues is not None else ()

    @property
    def looks_back(self) -> bool:
        """Where customer, car and problem are told; what goes on inside is no repeat of where it comes from."""
        return self.continues is None and bool(self.vehicles) and any(issue.category for issue in self.issues)

    def apply(self, complaint: Complaint | None, event: Event) -> Complaint:
        """A new complaint, in intake."""
        voice = self.takes_on and self.channel.is_by_voice
        duties: Mapping[Duty, Assignment] = {}
        if self.takes_on:
            duties = {
                Duty.HANDLER: Assignment(
                    duty=Duty.HANDLER, assignee=event.by.id, number=event.number, answer=Answer.ACCEPTED
                )
            }
        linked = tuple(Linked(other=one, kind=LinkKind.INTERNAL, number=event.number) for one in self.others)
        form = self.form_of(event)
        return self.begun(
            event,
            form,
            track=Track.FULL if form.fast_track_bars or self.repeat_of is not None else Track.OPEN,
            duties=duties,
            acknowledged_at=self.received_at if voice else None,
            repeat_of=self.repeat_of,
            repeats=0 if self.repeat_of is None else 2,
            beside=Beside(links=linked) if linked else NOTHING,
        )


def _excerpt(statement: str) -> str:
    first = " ".join(statement.split())
    return first if len(first) <= _EXCERPT else first[: _EXCERPT - 1] + "…"


@command
class CompleteRegistration(Command):
    """
    补全登记: more of the form (R11); what is given replaces or adds, what is not given stays.

    Args:
        issues: New issues (only in intake and judgment), or known ones by id with more detail.
    """

    complaint: UUID
    complainant: Customer | None = None
    wish: str | None = prose(most=2000, default=None)
    issues: tuple[Issue, ...] = several(most=_MOST["issues"], default=())
    vehicles: tuple[Vehicle, ...] = several(most=_MOST["vehicles"], default=())
    parties: tuple[Party, ...] = several(most=_MOST["parties"], default=())
    refs: tuple[ExternalRef, ...] = several(most=_MOST["refs"], default=())
    alarms: tuple[Alarm, ...] = ()
    complained_of: tuple[str, ...] = several(most=_MOST["complained_of"], default=())

    def _faults(self) -> Iterator[Fault]:
        if not any(
            (
                self.complainant,
                self.wish,
                self.issues,
                self.vehicles,
                self.parties,
                self.refs,
                self.alarms,
                self.complained_of,
            )
        ):
            yield Fault("complainant", "nothing_given")
        yield from doubled_issues(self.issues)

    @property
    def looks_back(self) -> bool:
        """Where it tells of customer, cars or issues: then it may be a repeat that nobody could see before."""
        return bool(self.complainant or self.vehicles or self.issues)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The form with the new entries; an alarm shuts the fast track."""
        form = _completed_form(complaint.registration, self)
        return evolve(complaint, registration=form, track=Track.FULL if form.fast_track_bars else complaint.track)


def _completed_form(before: Registration, more: CompleteRegistration) -> Registration:
    known = {issue.id: issue for issue in before.issues}
    known.update((issue.id, _completed(known.get(issue.id), issue)) for issue in more.issues)
    return Registration(
        complainant=_completed(before.complainant, more.complainant) if more.complainant else before.complainant,
        channel=before.channel,
        received_at=before.received_at,
        received_by=before.received_by,
        recorded_by=before.recorded_by,
        excerpt=before.excerpt,
        kind=before.kind,
        wish=more.wish or before.wish,
        issues=tuple(known.values()),
        vehicles=_joined(before.vehicles, more.vehicles),
        parties=_joined(before.parties, more.parties),
        refs=_joined(before.refs, more.refs),
        alarms=_joined(before.alarms, more.alarms),
        complained_of=_joined(before.complained_of, more.complained_of),
    )


def _completed(before: T | None, more: T) -> T:
    """*before* with all that *more* tells; a mark once set stays, taking it off would be a correction."""
    if before is None:
        return more
    told = {a.name: getattr(more, a.name) for a in attrs.fields(cast("Any", type(more)))}
    new = {name: value for name, value in told.items() if value not in (None, False, ())}
    joined = {name: _joined(getattr(before, name), value) for name, value in new.items() if isinstance(value, tuple)}
    return evolve(before, **{**new, **joined})


def _joined(before: tuple[T, ...], more: tuple[T, ...]) -> tuple[T, ...]:
    return (*before, *(one for one in more if one not in before))


@command
class Assign(Command):
    """
    分派: ask somebody to handle, investigate or call (R52).

    Args:
        assignee: Id of the person.
        basis: Why this person: load, skill, or who asked.
        task: Id of the task that gets a new owner, with the duty of a task owner: nobody's absence may block a remedy.
    """

    complaint: UUID
    duty: Duty
    assignee: str = line(most=80)
    basis: str = line(personal=True)
    task: str | None = line(most=40, default=None)

    def _faults(self) -> Iterator[Fault]:
        if self.duty is Duty.TASK_OWNER and self.task is None:
            yield Fault("task", "missing")
        if self.duty is not Duty.TASK_OWNER and self.task is not None:
            yield Fault("task", "not_with_duty")

    @property
    def names_people(self) -> tuple[str, ...]:
        """Who is asked."""
        return (self.assignee,)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The duty waits for the assignee's answer; a task has a new owner at once."""
        if self.task is not None:
            tasks = tuple(
                evolve(task, owner=self.assignee) if task.id == self.task else task for task in complaint.tasks
            )
            return evolve(complaint, tasks=tasks)
        asked = Assignment(duty=self.duty, assignee=self.assignee, number=event.number)
        return evolve(
            complaint,
            duties={**complaint.duties, self.duty: asked},
            former_handlers=with_former_handler(complaint, self.duty),
        )


def with_former_handler(complaint: Complaint, duty: Duty) -> tuple[str, ...]:
    """Who has handled the complaint before, once somebody else gets *duty*."""
    before = complaint.handler
    if duty is not Duty.HANDLER or before is None or before in complaint.former_handlers:
        return complaint.former_handlers
    return (*complaint.former_handlers, before)


@command
class AnswerAssignment(Command):
    """接单/退单: take an assignment on, or decline it with a reason (R52, R64)."""

    complaint: UUID
    duty: Duty
    accepts: bool
    reason: str | None = prose(most=1000, default=None)

    def _faults(self) -> Iterator[Fault]:
        if self.accepts is False and self.reason is None:
            yield Fault("reason", "missing")

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The duty with its answer; who gives the handling back has handled it all the same."""
        asked = complaint.duties[self.duty]
        answer = Answer.ACCEPTED if self.accepts else Answer.DECLINED
        answered = Assignment(duty=asked.duty, assignee=asked.assignee, number=asked.number, answer=answer)
        return evolve(
            complaint,
            duties={**complaint.duties, self.duty: answered},
            former_handlers=complaint.former_handlers if self.accepts else with_former_handler(complaint, self.duty),
        )


@command
class BeginJudgment(Command):
    """开始判定: the form is good enough to be judged."""

    complaint: UUID


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("complainant.unknown")
def the_complainant_is_known(s: Situation) -> Refusal | None:
    """Named, or anonymous with a way to answer, or a public post with its address (MOVES 1)."""
    return None if s.command.complainant.is_identified else Refusal("complainant.unknown")


@rule("category.unknown")
def every_category_is_known(s: Situation) -> Refusal | None:
    """Categories come from the policy, which a house may extend."""
    unknown = tuple(
        issue.category for issue in s.command.issues if issue.category and issue.category not in s.policy.categories
    )
    return Refusal("category.unknown", categories=unknown) if unknown else None


@rule("receiver.cannot_handle")
def whoever_takes_it_on_may_handle(s: Situation) -> Refusal | None:
    """A handler is a specialist or above, and is not complained of (A8)."""
    if not s.command.takes_on or (s.by.holds(Role.SPECIALIST) and s.by.id not in s.command.complained_of):
        return None
    return Refusal("receiver.cannot_handle", who=("specialist",))


@rule("receive.continues")
def only_the_system_goes_on(s: Situation) -> Refusal | None:
    """A complaint is continued inside by what follows from a withdrawal, not by hand; people link."""
    if s.command.continues is None or s.by.holds(Role.SYSTEM):
        return None
    return Refusal("receive.continues")


@rule("issues.too_late")
def new_issues_come_before_investigation(s: Situation) -> Refusal | None:
    """New issues are taken in only in intake and judgment; later ones are a new complaint."""
    if s.complaint.state in (State.INTAKE, State.JUDGMENT):
        return None
    known = {issue.id for issue in s.complaint.registration.issues}
    new = tuple(issue.id for issue in s.command.issues if issue.id not in known)
    return Refusal("issues.too_late", issues=new) if new else None


@rule("form.full")
def the_form_has_room(s: Situation) -> Refusal | None:
    """However often it is completed, it holds no more than one filled in at once: else nobody could judge it."""
    before = s.complaint.registration
    after = _completed_form(before, s.command)
    full = tuple(name for name, most in _MOST.items() if len(getattr(before, name)) < len(getattr(after, name)) > most)
    return Refusal("form.full", parts=full) if full else None


@rule("form.incomplete")
def the_minimum_form_is_complete(s: Situation) -> Refusal | None:
    """Complainant, time, statement, wish, channel to answer, a category for each issue (MOVES 2)."""
    missing = s.complaint.registration.missing_for_judgment
    return Refusal("form.incomplete", missing=missing) if missing else None


@rule("handler.not_accepted", overridable=True)
def the_handler_has_accepted(s: Situation) -> Refusal | None:
    """Somebody has taken the complaint on (R64)."""
    return None if s.complaint.handler is not None else Refusal("handler.not_accepted", who=("supervisor",))


@rule("acknowledgement.missing")
def the_complaint_is_acknowledged(s: Situation) -> Refusal | None:
    """The customer knows that he was heard (R7)."""
    return None if s.complaint.acknowledged_at is not None else Refusal("acknowledgement.missing")


@rule("assignee.involved")
def the_assignee_is_impartial(s: Situation) -> Refusal | None:
    """Whoever is complained of or responsible gets no duty (A8, invariant 4)."""
    if s.command.duty is Duty.TASK_OWNER or s.command.assignee not in s.complaint.involved:
        return None
    return Refusal("assignee.involved", assignee=s.command.assignee)


@rule("assignment.no_task", overridable=True)
def the_assigned_task_is_open(s: Situation) -> Refusal | None:
    """Only a task that nobody has reported on can have a new owner."""
    open_ones = tuple(task.id for task in s.complaint.open_tasks)
    if s.command.duty is not Duty.TASK_OWNER or s.command.task in open_ones:
        return None
    return Refusal("assignment.no_task", tasks=open_ones)


@rule("caller.is_handler")
def the_caller_is_not_the_handler(s: Situation) -> Refusal | None:
    """Nobody asks after his own work (MOVES 19)."""
    if s.command.duty is not Duty.CALLER:
        return None
    return Refusal("caller.is_handler") if s.command.assignee in handlers_of(s.complaint) else None


@rule("assignment.none")
def there_is_something_to_answer(s: Situation) -> Refusal | None:
    """An answer needs an assignment to this person."""
    mine = any(duty.assignee == s.by.id and duty.answer is not Answer.DECLINED for duty in s.complaint.duties.values())
    return None if mine else Refusal("assignment.none")


@rule("assignment.not_yours", overridable=True)
def the_assignment_is_theirs(s: Situation) -> Refusal | None:
    """Only the assignee answers; once he has declined he is asked anew first."""
    asked = s.complaint.duties.get(s.command.duty)
    if asked is None or (asked.assignee == s.by.id and asked.answer is not Answer.DECLINED):
        return None  # somebody_was_asked refuses where there is nobody
    return Refusal("assignment.not_yours", duty=s.command.duty.value)


@rule("assignment.nobody")
def somebody_was_asked(s: Situation) -> Refusal | None:
    """A duty that nobody was asked to take has no answer."""
    if s.command.duty in s.complaint.duties:
        return None
    return Refusal("assignment.nobody", duty=s.command.duty.value)


def handlers_of(complaint: Complaint) -> frozenset[str]:
    """Everybody who has handled or settled the complaint."""
    settled = (complaint.settled.by,) if complaint.settled else ()
    return frozenset((*complaint.former_handlers, *settled, *((complaint.handler,) if complaint.handler else ())))


__all__ = [
    "AnswerAssignment",
    "Assign",
    "BeginJudgment",
    "CompleteRegistration",
    "Opening",
    "Receive",
]
