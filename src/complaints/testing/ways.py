"""How to get on with a complaint: what refuses a step tells what clears its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias
from uuid import UUID

import attrs

from complaints.desk import Desk
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Refusal
from complaints.model.people import SYSTEM, Actor
from complaints.model.words import Role, State
from complaints.orders import Order
from complaints.rows import Move
from complaints.stages.accountability import DecideAccountability, ExecuteMeasure, ReviewContest
from complaints.stages.anytime import AddEvidence, RecordContact
from complaints.stages.confirming import ConfirmProxy
from complaints.stages.execution import (
    AbandonExecution,
    Accept,
    BookCompensation,
    CompleteExecution,
    ReportTask,
)
from complaints.stages.family import Separate
from complaints.stages.handover import AnswerTransfer
from complaints.stages.holds import ReleaseHold
from complaints.stages.intake import AnswerAssignment, Assign, BeginJudgment, CompleteRegistration
from complaints.stages.investigation import ConcludeInvestigation, RecordFinding
from complaints.stages.judgment import Explain, RecordUnderstanding, Uphold
from complaints.stages.outside import UpdateExternalCase
from complaints.stages.promises import KeepPromise
from complaints.stages.proposal import (
    Approve,
    Propose,
    RecordConsultation,
    RetractProposal,
    ReturnProposals,
    ReviewProposal,
    SubmitProposals,
)
from complaints.stages.review import Archive, Close, PlanImprovement, RecordFollowUp, ReturnForRework
from complaints.testing.builders import BUILDERS
from complaints.testing.choice import Choice, First
from complaints.testing.clock import FrozenClock
from complaints.testing.houses import SMALL_HOUSE, House
from complaints.testing.orders import Builder, Scene, build

Cures: TypeAlias = Mapping[str, tuple[type[Command], ...]]

CURES: Cures = MappingProxyType(
    {
        "move.not_permitted": (AnswerAssignment, Assign),
        "actor.involved": (AnswerAssignment, Assign),
        "form.incomplete": (CompleteRegistration,),
        "issues.unjudged": (CompleteRegistration,),
        "handler.not_accepted": (AnswerAssignment, Assign),
        "acknowledgement.missing": (RecordContact,),
        "safety.uninspected": (RecordFinding, AddEvidence),
        "findings.none": (RecordFinding, AddEvidence),
        "evidence.too_light": (RecordFinding, AddEvidence),
        "proposals.none": (Propose,),
        "proposals.too_few": (Propose,),
        "proposals.incomplete": (RetractProposal,),
        "consultation.missing": (RecordConsultation,),
        "proposals.unread": (ReviewProposal,),
        "leader.authored": (ReturnProposals,),
        "offer.not_made": (RecordContact,),
        "tasks.open": (ReportTask,),
        "compensation.unbooked": (BookCompensation,),
        "customer.not_tried_enough": (RecordContact,),
        "promises.open": (KeepPromise,),
        "proxy.unconfirmed": (ConfirmProxy,),
        "measures.contested": (ReviewContest,),
        "measures.unexecuted": (ExecuteMeasure,),
        "measure.contested": (ReviewContest,),
        "contest.own": (DecideAccountability,),
        "contest.by_decider": (DecideAccountability,),
        "contest.rank": (DecideAccountability,),
        "accountability.undecided": (DecideAccountability,),
        "improvement.missing": (PlanImprovement,),
        "tasks.unfinished": (ReportTask,),
        "evidence.not_newer": (AddEvidence,),
        "withdrawal.pressed": (ReturnForRework,),
        "transfer.pending": (AnswerTransfer,),
        "cases.open": (UpdateExternalCase,),
        "hold.legal": (ReleaseHold,),
    }
)
"""For the code of a refusal the commands that may clear it away, most likely first."""

HOMEWARDS: Mapping[State, tuple[type[Command], ...]] = MappingProxyType(
    {
        State.INTAKE: (BeginJudgment,),
        State.JUDGMENT: (Uphold, Explain),
        State.EXPLANATION: (RecordUnderstanding,),
        State.INVESTIGATION: (ConcludeInvestigation, Explain),
        State.PROPOSAL: (SubmitProposals, RetractProposal),
        State.APPROVAL: (Approve,),
        State.OFFER: (Accept,),
        State.EXECUTION: (CompleteExecution, AbandonExecution),
        State.FOLLOW_UP: (RecordFollowUp,),
        State.REVIEW: (Close, ReturnForRework),
        State.CLOSED: (Archive,),
        State.MERGED: (Separate, Archive),
        State.VOIDED: (Archive,),
    }
)
"""For each state the moves that lead on to the archive, the usual one first."""

_OF_THE_ONE_ON_DUTY = ("move.not_permitted", "actor.involved")
_DEEP = 3
_MOST_STEPS = 200


class DeadEndError(AssertionError):
    """Nobody of the staff can take a complaint any further: a fault of the definition, not of a caller."""

    def __init__(self, complaint: Complaint, refused: Mapping[str, tuple[Refusal, ...]]) -> None:
        super().__init__(f"{complaint.id} is stuck in {complaint.state}: {refused}")
        self.complaint = complaint
        self.refused = refused


@attrs.frozen(kw_only=True)
class Guide:
    """Knows what can be done next with one complaint, and by whom."""

    desk: Desk
    clock: FrozenClock
    house: House
    choose: Choice
    builders: Mapping[type[Command], Builder]
    cures: Cures
    complaint: Complaint
    options: Mapping[Actor, Mapping[type[Command], tuple[Refusal, ...]]]
    backdates: bool = False
    others: tuple[Complaint, ...] = ()

    @cached_property
    def possible(self) -> tuple[type[Command], ...]:
        """The commands that somebody of the staff might give now, in the order of the table."""
        open_to_some = {command for of_one in self.options.values() for command, why in of_one.items() if not why}
        return tuple(row.command for row in self.desk.lifecycle.rows if row.command in open_to_some)

    def order(self, command: type[Command]) -> Order | None:
        """An order of this kind that will be accepted; ``None`` if there is none."""
        able = [actor for actor, of_one in self.options.items() if of_one.get(command) == ()]
        return self._first_accepted(command, able)[0]

    def towards(self, goal: type[Command], deep: int = _DEEP) -> Order | None:
        """An order for *goal* itself, or for something that clears its way; ``None`` if nothing helps."""
        able = [actor for actor, of_one in self.options.items() if of_one.get(goal) == ()]
        order, codes = self._first_accepted(goal, able)
        if order is not None or not deep:
            return order
        for code in dict.fromkeys(codes if able else self._obstacles(goal)):
            for cure in self.cures.get(code, ()):
                if cure is not goal and (order := self.towards(cure, deep - 1)) is not None:
                    return order
        return None

    def _first_accepted(self, command: type[Command], able: Sequence[Actor]) -> tuple[Order | None, list[str]]:
        codes: list[str] = []
        for actor in self.choose.turned(able) if able else ():
            order = build(command, self._scene(command, actor), self.builders)
            if order is None:
                continue
            refusals = self._refusals(order)
            if not refusals:
                return order, []
            codes += [refusal.code for refusal in refusals]
        return None, codes

    def _obstacles(self, goal: type[Command]) -> list[str]:
        """What stands in the way of those with the fewest obstacles first."""
        refused = [of_one[goal] for of_one in self.options.values() if of_one.get(goal)]
        near_first = sorted(refused, key=lambda why: (why[0].code == "move.not_permitted", len(why)))
        codes = [refusal.code for why in near_first for refusal in why]
        row = self.desk.lifecycle.row_for(goal, self.complaint.state)
        is_duty = row is not None and row.who.duty is not None
        return codes if is_duty else [code for code in codes if code not in _OF_THE_ONE_ON_DUTY]

    def _scene(self, command: type[Command], by: Actor) -> Scene:
        return Scene(
            complaint=self.complaint,
            by=by,
            now=self.clock(),
            at=self._moment(command),
            house=self.house,
            choose=self.choose,
            others=self.others,
        )

    def _moment(self, command: type[Command]) -> datetime | None:
        """Now; or, now and then, a moment since the last move, or since the receipt for entries."""
        if not self.backdates or not self.choose.once_in(4):
            return None
        row = self.desk.lifecycle.row_for(command, self.complaint.state)
        since = self.complaint.moved_at if isinstance(row, Move) else self.complaint.received_at
        return since + (self.clock() - since) / self.choose.one((2, 1))

    def _refusals(self, order: Order) -> tuple[Refusal, ...]:
        """What refuses *order*, once its time has come."""
        if order.at is not None and order.at > self.clock():
            self.clock.set(order.at)
        return self.desk.refusals(order.command, by=order.by, recorded_by=order.recorded_by, at=order.at)


def guide(
    desk: Desk,
    id: UUID,
    *,
    clock: FrozenClock,
    house: House,
    choose: Choice,
    builders: Mapping[type[Command], Builder] = BUILDERS,
    cures: Cures = CURES,
    backdates: bool = False,
    others: Sequence[UUID] = (),
) -> Guide:
    """What can be done next with the complaint *id*, by the staff of *house*; it may have to do with *others*."""
    return Guide(
        desk=desk,
        clock=clock,
        house=house,
        choose=choose,
        builders=builders,
        cures=cures,
        complaint=desk.complaint(id, by=SYSTEM),
        options={**{actor: desk.options(id, by=actor) for actor in house.staff}, SYSTEM: _of_the_system(desk, id)},
        backdates=backdates,
        others=tuple(desk.complaint(other, by=SYSTEM) for other in others),
    )


def _of_the_system(desk: Desk, id: UUID) -> Mapping[type[Command], tuple[Refusal, ...]]:
    """What nobody but the system may record; what people may as well is left to them."""
    alone = {row.command for row in desk.lifecycle.entries if row.who.roles == (Role.SYSTEM,)}
    return {command: why for command, why in desk.options(id, by=SYSTEM).items() if command in alone}


def lead_home(
    desk: Desk,
    id: UUID,
    *,
    clock: FrozenClock,
    house: House = SMALL_HOUSE,
    to: State = State.ARCHIVED,
    homewards: Mapping[State, tuple[type[Command], ...]] = HOMEWARDS,
    builders: Mapping[type[Command], Builder] = BUILDERS,
    cures: Cures = CURES,
) -> tuple[Order, ...]:
    """
    Lead a complaint from wherever it is to the archive, by orders that are allowed.

    It asks the desk what refuses the next move and does what clears it away; always the same for the same
    complaint. Open tasks are reported by their owners, who must be among the staff.

    Args:
        clock: The clock of *desk*; it is put forward where windows must pass.
        house: Who is there to do it.
        to: Where to stop, if the way leads there; else it goes on to the archive.
        homewards: For states of your own, the moves that lead on.

    Returns:
        The orders that were given.

    Raises:
        DeadEndError: If nobody can do anything; the complaint is left where it is.
    """
    given: list[Order] = []
    while desk.complaint(id, by=SYSTEM).state not in (to, State.ARCHIVED):
        way = guide(desk, id, clock=clock, house=house, choose=First(), builders=builders, cures=cures)
        goals = homewards.get(way.complaint.state, ())
        order = next((order for goal in goals if (order := way.towards(goal)) is not None), None)
        if order is None or len(given) == _MOST_STEPS:
            raise DeadEndError(way.complaint, _why_not(way, goals))
        desk.handle(order.command, by=order.by, recorded_by=order.recorded_by, at=order.at)
        given.append(order)
    return tuple(given)


def _why_not(way: Guide, goals: Sequence[type[Command]]) -> dict[str, tuple[Refusal, ...]]:
    return {
        f"{goal.__name__} by {actor.id}": of_one.get(goal, ())
        for goal in goals
        for actor, of_one in way.options.items()
    }


__all__ = ["CURES", "HOMEWARDS", "Cures", "DeadEndError", "Guide", "guide", "lead_home"]
