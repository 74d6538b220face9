"""
Complaints that belong together: linked, merged into one, and separated again (MOVES 23, 24).

A link changes nothing but the view. A merge makes one complaint the survivor: what the other one owes is owed there
from then on, under names that begin with a mark such as ``M1/``. Separating gives it back as it stands by then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from complaints.model.base import evolve, line, prose
from complaints.model.beside import Absorbed, Breach, ExternalCase, Hold, Linked, MergedInto
from complaints.model.clock import Deadline
from complaints.model.complaint import Complaint
from complaints.model.event import Aftermath, Command, Event, Refusal, Situation, command, rule
from complaints.model.execution import Booking, Task
from complaints.model.people import Customer
from complaints.model.promise import Promise
from complaints.model.registration import Registration
from complaints.model.words import LinkKind, MergeGround, Outcome, PromiseState, Severity, State, TaskResult, Track
from complaints.stages.execution import BookCompensation
from complaints.stages.holds import PlaceHold
from complaints.stages.intake import Receive
from complaints.stages.judgment import Uphold
from complaints.stages.outside import OpenExternalCase
from complaints.stages.promises import MakePromise

N = TypeVar("N", Promise, ExternalCase, Hold, Task, Booking)
_JOINT = "/"
_MARKED = re.compile(rf"M[0-9]+{_JOINT}")


# --- links ----------------------------------------------------------------------------------------------------------


@command
class Link(Command):
    """关联: another complaint has to do with this one: one visit, fleet, family, event; each keeps its own answer."""

    complaint: UUID
    other: UUID
    kind: LinkKind
    remark: str | None = prose(most=1000, default=None)

    @property
    def others(self) -> tuple[UUID, ...]:
        """The other complaint."""
        return (self.other,)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """One link more."""
        made = Linked(other=self.other, kind=self.kind, number=event.number)
        return complaint.beside_with(links=(*complaint.links, made))


@command
class Unlink(Command):
    """解除关联: they have nothing to do with each other after all."""

    complaint: UUID
    other: UUID
    kind: LinkKind
    reason: str = prose(most=1000)

    @property
    def others(self) -> tuple[UUID, ...]:
        """The other complaint."""
        return (self.other,)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The link is gone; the history keeps it."""
        left = tuple(one for one in complaint.links if (one.other, one.kind) != (self.other, self.kind))
        return complaint.beside_with(links=left)


# --- merging --------------------------------------------------------------------------------------------------------


@command
class Merge(Command):
    """
    并案: this complaint goes on within another one (MOVES 23).

    Args:
        survivor: The complaint it goes on in.
        ground: What the two share; it is looked up, not believed.
    """

    is_decision = True

    complaint: UUID
    survivor: UUID
    ground: MergeGround
    reason: str = prose(most=1000)

    @property
    def others(self) -> tuple[UUID, ...]:
        """The survivor."""
        return (self.survivor,)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """It is where it went; everything of its own stays as it is, for the day it is separated."""
        assert event.source is not None  # noqa: S101  # what is merged was there before
        went = MergedInto(survivor=self.survivor, state=event.source, outcome=complaint.outcome, number=event.number)
        return evolve(complaint.beside_with(merged_into=went), outcome=Outcome.MERGED)


@command
class Separate(Command):
    """拆分: a merged complaint stands on its own again, as it was, with what was absorbed (MOVES 24)."""

    is_decision = True
    goes_back = True

    complaint: UUID
    reason: str = prose(most=1000)

    def heads_for(self, complaint: Complaint) -> State | None:
        """The state it was in when it was merged."""
        went = complaint.beside.merged_into
        return went.state if went is not None else None

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """It belongs to nobody, and is as it was."""
        went = complaint.beside.merged_into
        return evolve(complaint.beside_with(merged_into=None), outcome=went.outcome if went is not None else None)


@command
class Absorb(Command):
    """
    并入: the survivor takes over what the merged complaint owes (MOVES 23); a step of the system.

    Args:
        source: The merged complaint.
        mark: What its names begin with from now on.
        received_at: When it was received; the earlier receipt counts for the family (invariant 7).
        clocks: Its clocks by which something is still owed; the strictest counts.
        floor: Its floor; severity floors count for life.
        severity: How grave it was; a merge makes nothing less grave, which is the manager's to say (R66).
        involved: Ids of the staff it is about.
    """

    complaint: UUID
    source: UUID
    mark: str = line(most=10)
    received_at: datetime
    clocks: tuple[Deadline, ...] = ()
    floor: Severity
    severity: Severity = Severity.GENERAL
    involved: tuple[str, ...] = ()
    promises: tuple[Promise, ...] = ()
    cases: tuple[ExternalCase, ...] = ()
    holds: tuple[Hold, ...] = ()
    tasks: tuple[Task, ...] = ()
    ledger: tuple[Booking, ...] = ()

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """Everything is owed here as well; the floor never falls, and the fast track is shut."""
        record = Absorbed(
            complaint=self.source,
            mark=self.mark,
            received_at=self.received_at,
            clocks=self.clocks,
            involved=self.involved,
            at=event.at,
            number=event.number,
        )
        beside = complaint.beside
        together = complaint.beside_with(
            absorbed=(*beside.absorbed, record),
            merges=beside.merges + 1,
            cases=(*beside.cases, *_marked(self.cases, self.mark, event.number)),
            holds=(*beside.holds, *_marked(self.holds, self.mark, event.number)),
        )
        return evolve(
            together,
            promises=(*complaint.promises, *_marked(self.promises, self.mark, event.number)),
            tasks=(*complaint.tasks, *_tasks_absorbed(self.tasks, self.mark, event.number)),
            ledger=(
                *complaint.ledger,
                *(_of_task(one, self.mark) for one in _marked(self.ledger, self.mark, event.number)),
            ),
            floor=max(complaint.floor, self.floor, key=_rank),
            severity=max(complaint.severity, self.severity, self.floor, key=_rank),
            track=Track.FULL,
        )


@command
class Release(Command):
    """解除并入: the survivor gives up what belongs to a complaint that is separated from it; a step of the system."""

    complaint: UUID
    source: UUID

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """Nothing of it is owed here any more; the receipt and the due dates are those of who is left."""
        mark = mark_of(complaint, self.source)
        beside = complaint.beside
        alone = complaint.beside_with(
            absorbed=tuple(one for one in beside.absorbed if one.complaint != self.source),
            cases=_without(beside.cases, mark),
            holds=_without(beside.holds, mark),
        )
        return evolve(
            alone,
            promises=_without(complaint.promises, mark),
            tasks=_without(complaint.tasks, mark),
            ledger=tuple(one for one in complaint.ledger if not _is_of(one, mark)),
        )


@command
class Regain(Command):
    """取回: a separated complaint has again what was absorbed, as it stands by now; a step of the system (MOVES 24)."""

    complaint: UUID
    source: UUID
    promises: tuple[Promise, ...] = ()
    cases: tuple[ExternalCase, ...] = ()
    holds: tuple[Hold, ...] = ()
    tasks: tuple[Task, ...] = ()
    ledger: tuple[Booking, ...] = ()

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """What the survivor did for it counts; what it had itself stays."""
        beside, number = complaint.beside, event.number
        known = {one.promise for one in beside.breaches}
        broken = [one for one in self.promises if _was_broken(one) and one.id not in known]
        again = complaint.beside_with(
            cases=_renewed(beside.cases, self.cases, number),
            holds=_renewed(beside.holds, self.holds, number),
            # what was broken there is broken here as well, for life (invariant 5)
            breaches=(*beside.breaches, *(Breach(due=one.due_at, number=number, promise=one.id) for one in broken)),
        )
        return evolve(
            again,
            promises=_renewed(complaint.promises, self.promises, number),
            tasks=_renewed(complaint.tasks, self.tasks, number),
            ledger=_renewed(complaint.ledger, self.ledger, number),
        )


def _was_broken(promise: Promise) -> bool:
    """Broken, or kept or released after its date."""
    late = promise.settled_at is not None and promise.settled_at > promise.due_at
    return promise.state is PromiseState.BROKEN or late


def mark_of(survivor: Complaint, source: UUID) -> str:
    """What the names begin with that came from *source*; empty if nothing did."""
    return next((one.mark for one in survivor.absorbed if one.complaint == source), "")


def came_with(name: str, mark: str) -> bool:
    """Whether a name begins with *mark*: it came with a merge and goes with it."""
    return bool(mark) and name.startswith(f"{mark}{_JOINT}")


def _rank(severity: Severity) -> int:
    return severity.rank


def _marked(things: Sequence[N], mark: str, number: int) -> tuple[N, ...]:
    return tuple(evolve(one, id=f"{mark}{_JOINT}{one.id}", number=number) for one in things)


def _tasks_absorbed(tasks: Sequence[Task], mark: str, number: int) -> Iterator[Task]:
    """What is open is to be done with the survivor's own tasks; what was reported before belongs to no settlement."""
    for one in tasks:
        yield from _marked((one,), mark, number if one.result is TaskResult.OPEN else 0)


def _of_task(line: Booking, mark: str) -> Booking:
    reverses = f"{mark}{_JOINT}{line.reverses}" if line.reverses is not None else None
    return evolve(line, task=f"{mark}{_JOINT}{line.task}", reverses=reverses)


def _unmarked(things: Sequence[N], mark: str) -> tuple[N, ...]:
    begin = f"{mark}{_JOINT}"
    return tuple(evolve(one, id=one.id.removeprefix(begin)) for one in things if one.id.startswith(begin))


def _without(things: Sequence[N], mark: str) -> tuple[N, ...]:
    return tuple(one for one in things if not came_with(one.id, mark))


def _is_of(line: Booking, mark: str) -> bool:
    # what was booked here for one of its tasks has a name of its own
    return came_with(line.task, mark)


def _renewed(own: Sequence[N], now: Sequence[N], number: int) -> tuple[N, ...]:
    # what it had before comes from the event it came from, so that a task still belongs to its settlement
    known = {one.id: one for one in own}
    known.update((one.id, evolve(one, number=known[one.id].number if one.id in known else number)) for one in now)
    return tuple(known.values())


# --- what follows ---------------------------------------------------------------------------------------------------


def link_back(a: Aftermath) -> tuple[Command, ...]:
    """A link is seen from both sides, as far as the other complaint can still be written in."""
    made: Any = a.event.command
    other, kind = (made.continues, LinkKind.INTERNAL) if isinstance(made, Receive) else (made.other, made.kind)
    if other is None or not _can_be_linked(a.others[other]) or _linked(a.others[other], a.complaint.id, kind):
        return ()
    return (Link(complaint=other, other=a.complaint.id, kind=kind),)


def unlink_back(a: Aftermath) -> tuple[Command, ...]:
    """The other side loses the link as well."""
    gone: Any = a.event.command
    other = a.others[gone.other]
    if not _can_be_linked(other) or not _linked(other, a.complaint.id, gone.kind):
        return ()
    # the words were said of this customer, and are erased with what is known of him: they stay on this complaint
    reason = f"另一侧已解除关联。It was unlinked on the other side: {a.complaint.reference}"
    return (Unlink(complaint=other.id, other=a.complaint.id, kind=gone.kind, reason=reason),)


def _can_be_linked(complaint: Complaint) -> bool:
    return complaint.state is not State.ARCHIVED


def _linked(complaint: Complaint, other: UUID, kind: LinkKind) -> bool:
    return any((one.other, one.kind) == (other, kind) for one in complaint.links)


def absorb_it(a: Aftermath) -> tuple[Command, ...]:
    """The survivor absorbs what is owed, booked and waited for, by name."""
    merged: Any = a.event.command
    assert a.before is not None  # noqa: S101  # what is merged was there before
    gone, survivor = a.before, a.others[merged.survivor]
    return (
        Absorb(
            complaint=survivor.id,
            source=gone.id,
            mark=f"M{survivor.beside.merges + 1}",
            received_at=gone.received_at,
            clocks=tuple(one for one in a.complaint.deadlines.values() if one.is_owed and one.is_unfinished),
            floor=gone.floor,
            severity=gone.severity,
            involved=tuple(sorted(gone.involved)),
            promises=gone.owed_promises,
            cases=gone.open_cases,
            holds=gone.open_holds,
            tasks=gone.tasks,
            ledger=gone.ledger,
        ),
    )


def give_it_back(a: Aftermath) -> tuple[Command, ...]:
    """The survivor releases what it had absorbed, and the complaint has it again as it stands."""
    assert a.before is not None  # noqa: S101  # what is separated was there before
    went = a.before.beside.merged_into
    assert went is not None  # noqa: S101  # and it was merged
    survivor = a.others[went.survivor]
    mark = mark_of(survivor, a.complaint.id)
    return (
        Release(complaint=survivor.id, source=a.complaint.id),
        Regain(
            complaint=a.complaint.id,
            source=survivor.id,
            promises=_unmarked(survivor.promises, mark),
            cases=_unmarked(survivor.beside.cases, mark),
            holds=_unmarked(survivor.beside.holds, mark),
            tasks=_unmarked(survivor.tasks, mark),
            ledger=_ledger_of(survivor, mark),
        ),
    )


def _ledger_of(survivor: Complaint, mark: str) -> tuple[Booking, ...]:
    """What is booked for the tasks behind *mark*; what the survivor booked itself has its case number in the name."""
    begin = f"{mark}{_JOINT}"

    def named(id: str) -> str:
        return id.removeprefix(begin) if id.startswith(begin) else f"{survivor.reference}{_JOINT}{id}"

    return tuple(
        evolve(
            one,
            id=named(one.id),
            task=one.task.removeprefix(begin),
            reverses=named(one.reverses) if one.reverses is not None else None,
        )
        for one in survivor.ledger
        if _is_of(one, mark)
    )


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("link.self")
def it_is_another_complaint(s: Situation) -> Refusal | None:
    """A complaint has nothing to do with itself."""
    return Refusal("link.self") if s.command.other == s.complaint.id else None


@rule("link.doubled")
def they_are_not_linked_yet(s: Situation) -> Refusal | None:
    """One link of a kind is enough."""
    return Refusal("link.doubled") if _linked(s.complaint, s.command.other, s.command.kind) else None


@rule("links.none")
def something_is_linked(s: Situation) -> Refusal | None:
    """There is a link to take away."""
    return None if s.complaint.links else Refusal("links.none")


@rule("link.none")
def they_are_linked(s: Situation) -> Refusal | None:
    """Only what is linked can be unlinked."""
    return None if _linked(s.complaint, s.command.other, s.command.kind) else Refusal("link.none")


@rule("merge.survivor")
def the_survivor_is_open(s: Situation) -> Refusal | None:
    """It goes on in another complaint that is open: so no circle can come about (MOVES 23)."""
    is_itself = s.command.survivor == s.complaint.id
    survivor = s.complaint if is_itself else s.others.get(s.command.survivor)
    if survivor is None or (survivor.is_open and not is_itself):
        return None  # one that is not there every_other_complaint_is_there refuses already
    return Refusal("merge.survivor", state=survivor.state.value)


@rule("merge.other_dealer")
def they_are_one_dealers(s: Situation) -> Refusal | None:
    """Complaints of two dealers are linked, never merged: each answers for its own."""
    survivor = s.others.get(s.command.survivor)
    return Refusal("merge.other_dealer") if survivor is not None and survivor.dealer != s.complaint.dealer else None


@rule("merge.nothing_shared")
def they_share_what_is_said(s: Situation) -> Refusal | None:
    """Same customer, vehicle or event, as the forms and links show (MOVES 23)."""
    survivor, ground = s.others.get(s.command.survivor), s.command.ground
    if survivor is None or _shared(s.complaint, survivor, ground):
        return None
    return Refusal("merge.nothing_shared", ground=ground.value)


def _shared(one: Complaint, other: Complaint, ground: MergeGround) -> bool:
    if ground is MergeGround.EVENT:
        if _linked(one, other.id, LinkKind.EVENT):  # seen from both sides, as long as both are open
            return True
        return not set(one.registration.refs).isdisjoint(other.registration.refs)
    marks = _customer_marks if ground is MergeGround.CUSTOMER else _vehicle_marks
    return not marks(one.registration).isdisjoint(marks(other.registration))


def _customer_marks(form: Registration) -> set[object]:
    who: Customer = form.complainant
    return set(_told(who.phone, who.email, who.wechat, who.platform_number, who.ref))


def _vehicle_marks(form: Registration) -> set[object]:
    return {mark for one in form.vehicles for mark in _told(one.vin, one.plate, one.ref)}


def _told(*facts: object) -> Iterator[object]:
    # what was erased or hidden stands in brackets, and makes nobody the same as another
    return (fact for fact in facts if fact is not None and not (isinstance(fact, str) and fact.startswith("[")))


@rule("separate.survivor")
def the_survivor_can_give_it_back(s: Situation) -> Refusal | None:
    """Neither archived, nor merged away itself: then that one is separated first (MOVES 24)."""
    went = s.complaint.beside.merged_into
    survivor = s.others.get(went.survivor) if went is not None else None
    if survivor is not None and survivor.state not in (State.ARCHIVED, State.MERGED, State.VOIDED):
        return None
    state = survivor.state.value if survivor is not None else ""
    return Refusal("separate.survivor", reference=survivor.reference if survivor is not None else "", state=state)


@rule("name.reserved")
def the_name_is_no_mark(s: Situation) -> Refusal | None:
    """What begins with a mark came with a merge, and goes with it: nothing of the complaint's own is named so."""
    name = _name_given(s.command)
    return Refusal("name.reserved", name=name) if _MARKED.match(name) else None


def _name_given(c: PlaceHold | OpenExternalCase | BookCompensation | MakePromise | Uphold) -> str:
    if isinstance(c, BookCompensation):
        return c.booking
    return c.promise.id if isinstance(c, (MakePromise, Uphold)) else c.id


@rule("absorb.merged_elsewhere")
def it_was_merged_here(s: Situation) -> Refusal | None:
    """Only what was merged into this complaint is released by it."""
    return None if mark_of(s.complaint, s.command.source) else Refusal("absorb.merged_elsewhere")


@rule("absorb.doubled")
def it_was_not_absorbed_before(s: Situation) -> Refusal | None:
    """Nothing is owed twice: each complaint is absorbed once, under a mark of its own."""
    known = {one.complaint for one in s.complaint.absorbed}
    marks = {one.mark for one in s.complaint.absorbed}
    return Refusal("absorb.doubled") if s.command.source in known or s.command.mark in marks else None


__all__ = ["Absorb", "Link", "Merge", "Regain", "Release", "Separate", "Unlink"]
