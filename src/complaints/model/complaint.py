"""A complaint: the sum of its events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from complaints.model.adoption import Adopted
from complaints.model.beside import (
    NOTHING,
    Absorbed,
    Beside,
    Confirmation,
    Escalation,
    ExternalCase,
    Hold,
    Linked,
    Mark,
    TransferAsked,
)
from complaints.model.clock import Deadline
from complaints.model.execution import Accountability, Booking, Settlement, Task
from complaints.model.investigation import Conclusion, Evidence, Finding
from complaints.model.judgment import Explanation, Judgment
from complaints.model.promise import Promise
from complaints.model.proposal import Consultation, Mandate, Proposal, ProposalReview
from complaints.model.registration import Registration
from complaints.model.review import Attempt, Classification, Evaluation, FollowUp, Improvement
from complaints.model.words import (
    Answer,
    Confirming,
    Department,
    Duty,
    Outcome,
    PromiseState,
    Satisfaction,
    Severity,
    Stage,
    State,
    TaskResult,
    Track,
)


class Assignment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who is asked to do what for the complaint, and what he answered (R52)."""

    duty: Duty
    assignee: str
    number: int
    answer: Answer = Answer.PENDING


class Settled(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Who settled the complaint at once, under which standing order (fast track)."""

    by: str
    at: datetime
    order: str
    number: int


class Deed(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """
    A step that nobody may take who is involved, and who took it (invariant 4).

    Attributes:
        number: The event of the step.
        command: Name of its command.
        rank: Of whoever took it.
    """

    number: int
    command: str
    by: str
    rank: int


class Visit(msgspec.Struct, frozen=True, gc=False):
    """
    When the complaint was last in a state: numbers of events.

    Attributes:
        number: The event that last entered the state.
        began: The event that had last entered its stage from another stage.
    """

    state: State
    number: int
    began: int


class Complaint(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """
    One complaint as it stands now.

    Frozen, and made only by applying events: nobody assigns a state. It holds what rules and lists
    read; notes, conversations and long texts stay in the events. Facts carry the number of the event
    they come from, so that a rule can ask for those of the present pass only.

    A msgspec structure where the other nouns are attrs classes: with its fifty fields, made anew at every step, it
    is copied in a fifth of the time and takes half the memory.

    Attributes:
        id: Unique for ever.
        reference: The case number, ``<dealer>-<year>-<number>``.
        version: The number of its last event.
        visits: The states it was in, each once, in the order they were last entered.
        passes: How often the complaint went backwards, plus one.
        floor: The lowest severity it may have, for life.
        deeds: The steps that only the impartial may take, and who took them.
        alarmed_late: Whether a fact that shuts the fast track became known.
        clocks: The clocks that were started, each as the last event about it left it.
        repeats: How many complaints of its kind there are with this one; 0 where it repeats none.
        earlier: The earlier complaints it repeats in full, as the library found them; each counts once.
        beside: What runs beside the state; empty for most complaints.
        head: Digest of the last event.
    """

    id: UUID
    reference: str
    dealer: str
    version: int
    state: State
    registration: Registration
    recorded_at: datetime
    updated_at: datetime
    moved_at: datetime
    head: str = ""
    definition: str = ""
    severity: Severity = Severity.GENERAL
    floor: Severity = Severity.GENERAL
    track: Track = Track.OPEN
    passes: int = 1
    visits: tuple[Visit, ...] = ()
    duties: Mapping[Duty, Assignment] = msgspec.field(default_factory=dict)
    former_handlers: tuple[str, ...] = ()
    clocks: tuple[Deadline, ...] = ()
    promises: tuple[Promise, ...] = ()
    contacts: int = 0
    acknowledged_at: datetime | None = None
    judgment: Judgment | None = None
    explanation: Explanation | None = None
    department: Department | None = None
    evidence: tuple[Evidence, ...] = ()
    findings: tuple[Finding, ...] = ()
    conclusion: Conclusion | None = None
    consultations: tuple[Consultation, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    reviews: tuple[ProposalReview, ...] = ()
    mandate: Mandate | None = None
    offered: int = 0
    declines: int = 0
    settlement: Settlement | None = None
    settled: Settled | None = None
    deeds: tuple[Deed, ...] = ()
    tasks: tuple[Task, ...] = ()
    ledger: tuple[Booking, ...] = ()
    accountability: Accountability | None = None
    attempts: tuple[Attempt, ...] = ()
    follow_up: FollowUp | None = None
    first_satisfaction: Satisfaction | None = None
    reworks: int = 0
    reopenings: int = 0
    improvements: tuple[Improvement, ...] = ()
    evaluation: Evaluation | None = None
    classification: Classification | None = None
    outcome: Outcome | None = None
    repeat_of: UUID | None = None
    repeats: int = 0
    earlier: tuple[UUID, ...] = ()
    beside: Beside = NOTHING

    @property
    def entered(self) -> Mapping[State, int]:
        """For each state visited, the number of the event that last entered it."""
        return {visit.state: visit.number for visit in self.visits}

    @property
    def began(self) -> Mapping[Stage, int]:
        """For each stage visited, the number of the event that last entered it from another stage."""
        # the latest visits come last, and a stage never begins earlier than before
        return {visit.state.stage: visit.began for visit in self.visits}

    @property
    def deadlines(self) -> Mapping[str, Deadline]:
        """
        The clocks as they count, by name: each the latest of its name.

        After a merge the strictest due date of the family counts for a clock that still runs, until it starts anew
        (MOVES 23); what the merged one had and the survivor has not is done here already, or never was to be.
        """
        own = {deadline.clock: deadline for deadline in self.clocks}
        for family in self.beside.absorbed:
            for other in family.clocks:
                mine = own.get(other.clock)
                if mine is not None and mine.is_unfinished and mine.start <= family.at and _is_sooner(other, mine):
                    own[other.clock] = replace(other, state=mine.state, pauses=mine.pauses, paused_at=mine.paused_at)
        return own

    def window_ends(self, clock: str) -> datetime | None:
        """The last moment of the time that somebody has to object or ask again; ``None`` where none was given."""
        window = self.deadlines.get(clock)
        return window.due if window is not None else None

    @property
    def stage(self) -> Stage:
        """The stage the complaint is in."""
        return self.state.stage

    @property
    def is_open(self) -> bool:
        """Whether it is not in an ending."""
        return not self.state.is_ending

    @property
    def received_at(self) -> datetime:
        """When the customer complained, which may be before it was recorded (R8); the earliest of a merged family."""
        own = self.registration.received_at
        absorbed = self.beside.absorbed
        return min([own, *(one.received_at for one in absorbed)]) if absorbed else own

    @property
    def adopted(self) -> Adopted | None:
        """Where it comes from, if another system handled it first; such complaints are counted apart."""
        return self.beside.adopted

    @property
    def handler(self) -> str | None:
        """Id of the handler who has accepted; ``None`` while nobody has."""
        duty = self.duties.get(Duty.HANDLER)
        return duty.assignee if duty is not None and duty.answer is Answer.ACCEPTED else None

    @property
    def involved(self) -> frozenset[str]:
        """Ids of the staff complained of or found responsible, as known now (invariant 4)."""
        found = self.conclusion.responsibility.persons if self.conclusion is not None else ()
        heads = (
            (self.conclusion.responsibility.head,) if self.conclusion and self.conclusion.responsibility.head else ()
        )
        family = (id for one in self.beside.absorbed for id in one.involved)
        return frozenset((*self.registration.complained_of, *found, *heads, *family))

    @property
    def open_promises(self) -> tuple[Promise, ...]:
        """Promises that are neither kept, released nor broken."""
        return tuple(promise for promise in self.promises if promise.state is PromiseState.OPEN)

    @property
    def owed_promises(self) -> tuple[Promise, ...]:
        """Promises the customer still waits for: the open ones, and broken ones that were not made good since."""
        return tuple(
            promise
            for promise in self.promises
            if promise.state is PromiseState.OPEN
            or (promise.state is PromiseState.BROKEN and promise.settled_at is None)
        )

    @property
    def open_holds(self) -> tuple[Hold, ...]:
        """What is waited for now; what a survivor has absorbed is waited for there."""
        since = self._merged_at
        return tuple(hold for hold in self.beside.holds if hold.released_at is None and hold.number > since)

    @property
    def pending_transfer(self) -> TransferAsked | None:
        """
        The transfer that waits for its answer; ``None`` if none does.

        One that was set aside, so that the complaint moved on, waits no more: nobody could answer it any longer.
        """
        asked = self.beside.transfer
        if asked is None or asked.answer is not Answer.PENDING or asked.number < self.visits[-1].number:
            return None
        return asked

    @property
    def open_escalations(self) -> tuple[Escalation, ...]:
        """What somebody higher was asked and has not answered."""
        return tuple(one for one in self.beside.escalations if one.answered_at is None)

    @property
    def open_cases(self) -> tuple[ExternalCase, ...]:
        """Outside cases that something is still to come of; what a survivor has absorbed is answered there."""
        since = self._merged_at
        return tuple(case for case in self.beside.cases if case.is_open and case.number > since)

    @property
    def blocking_cases(self) -> tuple[ExternalCase, ...]:
        """Outside cases that must be over before the complaint can be closed."""
        return tuple(case for case in self.open_cases if case.blocks)

    @property
    def _merged_at(self) -> int:
        """The number of the event in which a survivor absorbed what was open; 0 while there is no survivor."""
        went = self.beside.merged_into
        return went.number if went is not None else 0

    @property
    def unconfirmed(self) -> tuple[Confirmation, ...]:
        """Steps that wait for somebody's confirmation."""
        return tuple(one for one in self.beside.confirmations if one.state is Confirming.PENDING)

    @property
    def links(self) -> tuple[Linked, ...]:
        """Other complaints that have to do with this one."""
        return self.beside.links

    @property
    def absorbed(self) -> tuple[Absorbed, ...]:
        """The complaints that were merged into this one."""
        return self.beside.absorbed

    @property
    def relatives(self) -> tuple[UUID, ...]:
        """The complaints whose state a step of this one may depend on: those merged into it, and its survivor."""
        beside = self.beside
        if not beside.absorbed and beside.merged_into is None:
            return ()
        survivor = (beside.merged_into.survivor,) if beside.merged_into is not None else ()
        return (*(one.complaint for one in beside.absorbed), *survivor)

    def beside_with(self, **changes: object) -> Complaint:
        """The complaint with *changes* to what runs beside its state."""
        return replace(self, beside=replace(self.beside, **changes))

    def marked(self, name: str, *, since: Stage | None = None) -> Mark | None:
        """
        The mark that a command of a house's own left under *name*; ``None`` if there is none.

        Args:
            since: Only one that was left since this stage was last begun: a rule counts facts of its own pass.
        """
        began = self.began.get(since, 0) if since is not None else 0
        return next((mark for mark in self.beside.marks if mark.name == name and mark.number > began), None)

    def marked_with(self, name: str, value: str | int, *, number: int) -> Complaint:
        """
        The complaint with a mark, in place of an earlier one of that name.

        Args:
            value: A code or a number, never somebody's words.
            number: Of the event that leaves it.
        """
        others = tuple(mark for mark in self.beside.marks if mark.name != name)
        return self.beside_with(marks=(*others, Mark(name=name, value=value, number=number)))

    @property
    def open_tasks(self) -> tuple[Task, ...]:
        """Tasks nobody has reported on."""
        return tuple(task for task in self.tasks if task.result is TaskResult.OPEN)

    @property
    def present_proposals(self) -> tuple[Proposal, ...]:
        """The proposals of the present pass."""
        since = self.began.get(Stage.PROPOSAL, 0)
        return tuple(proposal for proposal in self.proposals if proposal.number > since)

    @property
    def present_findings(self) -> tuple[Finding, ...]:
        """The findings since the investigation was last begun."""
        since = self.began.get(Stage.INVESTIGATION, 0)
        return tuple(finding for finding in self.findings if finding.number > since)

    def was_in(self, state: State) -> bool:
        """Whether the complaint has ever been in *state*."""
        return any(visit.state is state for visit in self.visits)


def _is_sooner(other: Deadline, mine: Deadline) -> bool:
    return other.due is not None and (mine.due is None or other.due < mine.due)
