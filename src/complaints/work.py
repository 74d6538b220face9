"""Work-lists: what waits for whom over the complaints of a dealer, what of it is due today and what is late."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import TypeAlias
from uuid import UUID

import attrs

from complaints.model.clock import Deadline
from complaints.model.complaint import Assignment, Complaint
from complaints.model.people import Actor
from complaints.model.watching import state_of
from complaints.model.words import (
    RANKS,
    Answer,
    ClockKind,
    ClockState,
    Department,
    DueState,
    Duty,
    HoldKind,
    Role,
    State,
    WaitsFor,
)
from complaints.policy import Policy
from complaints.stages.accountability import contested, has_contested, unexecuted
from complaints.stages.execution import unbooked
from complaints.stages.judgment import rank_to_judge
from complaints.stages.proposal import who_approves
from complaints.stages.review import who_closes

House: TypeAlias = Callable[[str], tuple[tzinfo, Policy]]
"""Gives a dealer's time zone and policy, by its id."""

_NOBODY: tuple[WaitsFor, tuple[str, ...]] = (WaitsFor.NOBODY, ())
_CUSTOMER: tuple[WaitsFor, tuple[str, ...]] = (WaitsFor.CUSTOMER, ())
_STATES = tuple(DueState)
_PARTIES = tuple(WaitsFor)
_AT_LAST = datetime.max.replace(tzinfo=UTC)

_SUPERVISOR, _GENERAL_MANAGER = RANKS.index(Role.SUPERVISOR), RANKS.index(Role.GENERAL_MANAGER)

_CLOCK_OF: Mapping[State, str] = {
    State.INTAKE: "acknowledge",
    State.JUDGMENT: "judge",
    State.INVESTIGATION: "investigate",
    State.PROPOSAL: "propose",
    State.APPROVAL: "approve",
    State.FOLLOW_UP: "follow_up",
    State.REVIEW: "evaluate",
}
"""The clock by which the next step of a state is due."""

_DUTY_OF: Mapping[State, Duty] = {
    State.INTAKE: Duty.HANDLER,
    State.INVESTIGATION: Duty.INVESTIGATOR,
    State.PROPOSAL: Duty.HANDLER,
    State.OFFER: Duty.HANDLER,
    State.EXECUTION: Duty.HANDLER,
    State.FOLLOW_UP: Duty.CALLER,
}
"""Whose the next step of a state is, where it is somebody's by a duty; else it is for a role."""


@attrs.frozen(kw_only=True)
class WorkItem:
    """
    One thing that waits for somebody.

    Attributes:
        what: Code of what is to be done; its labels lie in ``locale/`` under ``work``.
        subject: What it is about: a state, a duty, a department, a clock, or the id of a task, promise, hold or step.
        due: ``None`` where there is no date, or it stands still.
        who: Ids of the person, or codes of the roles, each of which is enough; empty for nobody and the customer.
        department: The roles are meant in this department alone; ``None`` for any.
    """

    complaint: UUID
    dealer: str
    reference: str
    what: str
    subject: str
    due: datetime | None
    state: DueState
    waits_for: WaitsFor
    who: tuple[str, ...] = ()
    department: Department | None = None

    @property
    def persons(self) -> tuple[str, ...]:
        """Ids of whom it waits for by name; empty where it waits for a role, the customer or nobody."""
        return self.who if self.waits_for is WaitsFor.PERSON else ()

    def is_for(self, person: Actor) -> bool:
        """
        Whether it waits for *person*: himself, somebody he stands in for, or a role that he holds.

        A rank counts as itself and not for those above it, whom it would bury; what waits for nobody waits for a
        supervisor, who assigns (our choice).
        """
        if self.waits_for is WaitsFor.PERSON:
            return any(map(person.acts_as, self.who))
        if self.waits_for is WaitsFor.NOBODY:
            return Role.SUPERVISOR in person.roles
        is_there = self.department in (None, person.department)
        return is_there and any(role in self.who for role in person.roles)


def work_of(person: Actor, complaints: Iterable[Complaint], now: datetime, house: House) -> tuple[WorkItem, ...]:
    """What of *complaints* waits for *person*: late first, then by due date; what has no date comes last."""
    return in_order(item for item in work_on(complaints, now, house) if item.is_for(person))


def work_on(complaints: Iterable[Complaint], now: datetime, house: House) -> Iterator[WorkItem]:
    """Everything that waits for somebody on *complaints*, in their order."""
    for complaint in complaints:
        yield from _Tray(complaint, now, *house(complaint.dealer)).items()


def in_order(items: Iterable[WorkItem]) -> tuple[WorkItem, ...]:
    """*items* with what is late first, then what is due today and later, each by due date, and then the undated."""
    return tuple(sorted(items, key=_urgency))


def by_party(items: Iterable[WorkItem]) -> tuple[WorkItem, ...]:
    """*items* grouped by whom they wait for: nobody first, then people, roles and the customer."""
    return tuple(sorted(items, key=lambda item: (_PARTIES.index(item.waits_for), item.who, _urgency(item))))


def _urgency(item: WorkItem) -> tuple[int, datetime, str, str, str]:
    due = item.due if item.due is not None else _AT_LAST
    return _STATES.index(item.state), due, item.reference, item.what, item.subject


def loads_of(complaints: Iterable[Complaint]) -> Mapping[str, int]:
    """
    How many of *complaints* each handles, by id.

    Whoever is asked and has not answered yet counts as well: else the next ten would all be proposed for him.
    """
    held = (complaint.duties.get(Duty.HANDLER) for complaint in complaints)
    return Counter(one.assignee for one in held if one is not None and one.answer is not Answer.DECLINED)


class _Tray:
    """What waits for somebody on one complaint: each clock once, with what it belongs to."""

    def __init__(self, complaint: Complaint, now: datetime, zone: tzinfo, policy: Policy) -> None:
        self._complaint = complaint
        self._now = now
        self._zone = zone
        self._policy = policy
        clocks = complaint.deadlines.values() if complaint.is_open or complaint.state is State.CLOSED else ()
        self._owed = {one.clock: one for one in clocks if one.is_owed and one.is_outstanding}

    def items(self) -> Iterator[WorkItem]:
        if self._complaint.is_open:
            yield from self._undated()
            step = tuple(self._step())
            yield from step
            yield from self._about_duties({(one.what, one.subject) for one in step})
        yield from self._promises()
        yield from self._tasks()
        yield from self._of_higher_people()
        yield from self._of_accountability()
        yield from self._improvements()
        yield from self._other_clocks()

    # --- what leads on ----------------------------------------------------------------------------------------------

    def _step(self) -> Iterator[WorkItem]:
        """The step that leads on, and whom it waits for; where nobody has the duty, that somebody gets it."""
        complaint, state = self._complaint, self._complaint.state
        if state in (State.EXPLANATION, State.OFFER) and self._customer_is_asked():
            yield from self._customers_answer()
            return
        if state is State.EXECUTION and complaint.open_tasks:
            return  # the tasks are what is waited for
        due, duty = self._due(_CLOCK_OF.get(state, "")), _DUTY_OF.get(state)
        party = self._deciding(state) if duty is None else _NOBODY
        if party != _NOBODY:
            yield self._item("step", state.value, due, *party)
            return
        duty = duty if duty is not None else Duty.HANDLER
        held = self._held(duty)
        if held is None:
            dates = [one for one in (due, self._due("assign")) if one is not None]
            yield self._item("assign", duty.value, min(dates, default=None), *_NOBODY)
        elif held.answer is Answer.PENDING:
            yield self._item("answer_assignment", duty.value, due, WaitsFor.PERSON, (held.assignee,))
        else:
            yield self._item("step", state.value, due, WaitsFor.PERSON, (held.assignee,))

    def _deciding(self, state: State) -> tuple[WaitsFor, tuple[str, ...]]:
        """Who judges, approves or closes; a specialist's judgment is the handler's."""
        complaint = self._complaint
        if state is State.APPROVAL:
            return WaitsFor.ROLE, who_approves(complaint, self._policy)
        if state is State.REVIEW:
            return WaitsFor.ROLE, (who_closes(complaint).value,)
        rank = rank_to_judge(complaint, self._policy)
        return self._handlers() if rank is Role.SPECIALIST else (WaitsFor.ROLE, (rank.value,))

    def _customer_is_asked(self) -> bool:
        complaint = self._complaint
        is_offered = complaint.offered > complaint.entered.get(State.OFFER, 0)
        return complaint.state is State.EXPLANATION or is_offered

    def _customers_answer(self) -> Iterator[WorkItem]:
        """The customer is waited for; once his time is over, somebody decides how to go on."""
        state = self._complaint.state.value
        waiting = [one for one in self._complaint.deadlines.values() if one.kind is ClockKind.ANSWER]
        if any(one.state is ClockState.LAPSED for one in waiting):
            yield self._item("decide_lapse", state, None, *self._handlers())
            return
        due = min((one.due for one in waiting if one.runs and one.due is not None), default=None)
        yield self._item("customer_answer", state, due, *_CUSTOMER)

    def _about_duties(self, told: set[tuple[str, str]]) -> Iterator[WorkItem]:
        """Who is asked to take something on and has not answered; that nobody handles it, before it is called back."""
        for duty, held in self._complaint.duties.items():
            if held.answer is Answer.PENDING and ("answer_assignment", duty.value) not in told:
                yield self._item("answer_assignment", duty.value, None, WaitsFor.PERSON, (held.assignee,))
        is_handled = self._held(Duty.HANDLER) is not None or self._complaint.state in (State.FOLLOW_UP, State.REVIEW)
        if not is_handled and ("assign", Duty.HANDLER.value) not in told:
            yield self._item("assign", Duty.HANDLER.value, None, *_NOBODY)

    # --- what was promised, given and asked -------------------------------------------------------------------------

    def _promises(self) -> Iterator[WorkItem]:
        if self._complaint.is_open or self._complaint.state is State.CLOSED:
            for promise in self._complaint.owed_promises:
                yield self._item("promise", promise.id, promise.due_at, *self._handlers())

    def _tasks(self) -> Iterator[WorkItem]:
        complaint = self._complaint
        for task in complaint.open_tasks if complaint.is_open else ():
            yield self._item("task", task.id, self._due(f"task:{task.id}"), WaitsFor.PERSON, (task.owner,))
        for id in unbooked(complaint) if complaint.is_open else ():
            yield self._item("book", id, None, WaitsFor.ROLE, (Role.FINANCE.value,))

    def _of_higher_people(self) -> Iterator[WorkItem]:
        """Confirmations, escalations and transfers: what others wait for."""
        complaint = self._complaint
        for one in complaint.unconfirmed if complaint.state is not State.ARCHIVED else ():
            due = self._due(f"confirm_proxy:{one.number}")
            is_his = one.typed_by is not None
            rank = RANKS[min(max(one.rank, _SUPERVISOR), _GENERAL_MANAGER)]
            who = (WaitsFor.PERSON, (one.by,)) if is_his else (WaitsFor.ROLE, (rank.value,))
            yield self._item("confirm", str(one.number), due, *who)
        if not complaint.is_open:
            return
        for asked in complaint.open_escalations:
            due = self._due(f"answer_escalation:{asked.number}")
            yield self._item("answer_escalation", str(asked.number), due, WaitsFor.ROLE, (asked.to.value,))
        transfer = complaint.pending_transfer
        if transfer is not None:
            item = self._item("answer_transfer", transfer.to.value, None, WaitsFor.ROLE, (Role.DEPARTMENT_HEAD.value,))
            yield attrs.evolve(item, department=transfer.to)

    def _of_accountability(self) -> Iterator[WorkItem]:
        """Contests for somebody above the decider, and measures to be carried out once nobody can object any more."""
        complaint, decided = self._complaint, self._complaint.accountability
        if decided is None or complaint.state is State.ARCHIVED:
            return
        above = tuple(role.value for role in RANKS[decided.rank + 1 :]) or (Role.GENERAL_MANAGER.value,)
        waiting = contested(complaint)
        for person in waiting:
            yield self._item("review_contest", person, None, WaitsFor.ROLE, above)
        ends = complaint.window_ends("contest")
        is_over = ends is None or self._now > ends
        for person in unexecuted(complaint):
            if person not in waiting and (is_over or has_contested(complaint, person)):
                yield self._item("execute_measure", person, None, WaitsFor.ROLE, (Role.HR.value,))

    def _improvements(self) -> Iterator[WorkItem]:
        for one in self._complaint.improvements if self._complaint.state in (State.REVIEW, State.CLOSED) else ():
            if one.effective is None:
                yield self._item(
                    "improvement", one.id, self._due(f"improvement:{one.id}"), WaitsFor.PERSON, (one.owner,)
                )

    # --- clocks -----------------------------------------------------------------------------------------------------

    def _undated(self) -> Iterator[WorkItem]:
        """Clocks whose number nobody has verified: somebody looks it up."""
        for clock in [one for one in self._owed.values() if one.due is None]:
            del self._owed[clock.clock]
            yield self._item("look_up", clock.clock, None, *self._handlers())

    def _other_clocks(self) -> Iterator[WorkItem]:
        """Whatever else is owed: the handler's, but for what outside cases wait for."""
        for clock in tuple(self._owed.values()):
            case = next((one for one in self._complaint.open_cases if one.id == clock.subject), None)
            hold = next((one for one in self._complaint.open_holds if one.id == clock.subject), None)
            if case is not None:
                roles = (Role.MANAGER.value, Role.SPOKESPERSON.value)
                yield self._item("outside_answer", clock.clock, self._due(clock.clock), WaitsFor.ROLE, roles)
            elif hold is not None and hold.kind is not HoldKind.LEGAL:
                yield self._item("progress_call", hold.id, self._due(clock.clock), *self._handlers())
            else:
                yield self._item("clock", clock.clock, self._due(clock.clock), *self._handlers())

    def _due(self, name: str) -> datetime | None:
        """When the clock is due, which is told of once; ``None`` while it stands still."""
        clock: Deadline | None = self._owed.pop(name, None)
        return None if clock is None or clock.paused_at is not None else clock.due

    # --- small things -----------------------------------------------------------------------------------------------

    def _held(self, duty: Duty) -> Assignment | None:
        held = self._complaint.duties.get(duty)
        return None if held is None or held.answer is Answer.DECLINED else held

    def _handlers(self) -> tuple[WaitsFor, tuple[str, ...]]:
        held = self._held(Duty.HANDLER)
        return _NOBODY if held is None else (WaitsFor.PERSON, (held.assignee,))

    def _item(
        self, what: str, subject: str, due: datetime | None, waits_for: WaitsFor, who: tuple[str, ...]
    ) -> WorkItem:
        return WorkItem(
            complaint=self._complaint.id,
            dealer=self._complaint.dealer,
            reference=self._complaint.reference,
            what=what,
            subject=subject,
            due=due,
            state=state_of(due, self._now, self._zone),
            waits_for=waits_for,
            who=who,
        )


__all__ = ["House", "WorkItem", "by_party", "in_order", "loads_of", "work_of", "work_on"]
