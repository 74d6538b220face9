"""Ends before the end: withdrawn by the customer, without an agreement, or no complaint at all (MOVES 14, 18, 25)."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from complaints.errors import Fault
from complaints.model.base import evolve, line, prose
from complaints.model.complaint import Complaint
from complaints.model.event import Aftermath, Command, Event, Refusal, Situation, command, rule
from complaints.model.people import Customer
from complaints.model.registration import Vehicle
from complaints.model.review import tries_since
from complaints.model.words import Alarm, CaseStatus, Channel, ClockState, EndGround, Kind, Outcome, State, VoidReason
from complaints.stages.contacting import ways_open
from complaints.stages.intake import Receive

_OUTCOMES = {EndGround.LAPSED: Outcome.LAPSED, EndGround.SETTLED_EXTERNALLY: Outcome.SETTLED_EXTERNALLY}
_ABOUT_SAFETY = (
    Alarm.INJURY, Alarm.FIRE, Alarm.CRASH, Alarm.UNDRIVEABLE, Alarm.SAFETY_PART, Alarm.RECALL,
)  # fmt: skip


@command
class EndWithoutAgreement(Command):
    """
    未达成一致终结: the house and the customer do not agree, and he is told where else to turn (MOVES 14).

    Args:
        text: What the customer is told.
        told_where: Where else he can turn: the consumer association, the platforms, a court.
        evidence: What shows that he finally refuses, where that is the ground.
    """

    is_decision = True

    complaint: UUID
    ground: EndGround
    reason: str = prose(most=2000)
    text: str = prose(most=2000)
    told_where: str = prose(personal=False, most=500)
    channel: Channel
    evidence: str | None = line(most=120, default=None)

    def _faults(self) -> Iterator[Fault]:
        if self.ground is EndGround.REFUSED and self.evidence is None:
            yield Fault("evidence", "missing")

    @property
    def outgoing_text(self) -> tuple[str, ...]:
        """What goes to the customer."""
        return (self.text, self.told_where)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """No mandate stands any more; how it ended follows from the ground."""
        return evolve(complaint, outcome=_OUTCOMES.get(self.ground, Outcome.NO_AGREEMENT), mandate=None)


@command
class Withdraw(Command):
    """
    撤回投诉: the customer takes it back, of his own free will: the call-back asks whether anybody pressed him (R36).

    Args:
        statement: The customer's own words.
        evidence: Id of what shows it: a message, a recording, a signed sheet.
        witness: Id of a colleague who was there.
    """

    complaint: UUID
    statement: str = prose(most=2000)
    evidence: str = line(most=120)
    witness: str = line(most=80)
    channel: Channel

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """Withdrawn; what was approved is void."""
        return evolve(complaint, outcome=Outcome.WITHDRAWN, mandate=None)


@command
class Void(Command):
    """
    作废 / 转咨询: the entry is no complaint; its number stays (MOVES 25, R7).

    Args:
        answer: What somebody who only enquired was told.
    """

    is_decision = True

    complaint: UUID
    reason: VoidReason
    explanation: str = prose(most=1000)
    answer: str | None = prose(most=2000, default=None)

    def _faults(self) -> Iterator[Fault]:
        if self.reason is VoidReason.ENQUIRY and self.answer is None:
            yield Fault("answer", "missing")

    @property
    def outgoing_text(self) -> tuple[str, ...]:
        """What goes to the customer."""
        return (self.answer,) if self.answer is not None else ()

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """What was an enquiry is called one."""
        if self.reason is not VoidReason.ENQUIRY:
            return complaint
        return evolve(complaint, registration=evolve(complaint.registration, kind=Kind.ENQUIRY))


# --- what follows ---------------------------------------------------------------------------------------------------


def go_on_inside(a: Aftermath) -> tuple[Command, ...]:
    """
    A safety issue goes on as an internal complaint, linked to the withdrawn one (MOVES 18).

    It carries neither the customer nor the number of his car: those stay with the complaint it goes on from.
    """
    form = a.complaint.registration
    issues = tuple(evolve(issue, text=None) for issue in form.issues if issue.is_safety)
    if not issues:
        return ()
    internal = Receive(
        dealer=a.complaint.dealer,
        complainant=Customer(platform_number=a.complaint.reference or "-"),
        channel=Channel.STAFF,
        received_at=a.event.at,
        statement=f"客户撤回投诉后，安全问题转为内部跟进。A safety issue of {a.complaint.reference} goes on inside.",
        wish="查明原因，消除隐患。Find the cause and remove the risk.",
        issues=issues,
        vehicles=tuple(
            Vehicle(make=one.make, model=one.model, year=one.year, mileage_km=one.mileage_km, ref=one.ref)
            for one in form.vehicles
            if one.make or one.model or one.ref
        ),
        alarms=tuple(alarm for alarm in form.alarms if alarm in _ABOUT_SAFETY),
        complained_of=form.complained_of,
        continues=a.complaint.id,
    )
    return (internal,)


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("end.ground")
def the_ground_holds(s: Situation) -> Refusal | None:
    """Second review done · two rounds · lapsed or silent · settled externally · finally refuses, shown by evidence."""
    return None if _holds(s.command.ground, s) else Refusal("end.ground", ground=s.command.ground.value)


def _holds(ground: EndGround, s: Situation) -> bool:
    complaint, beside = s.complaint, s.complaint.beside
    if ground is EndGround.SECOND_REVIEW:
        dispute, judgment = beside.dispute, complaint.judgment
        return dispute is not None and judgment is not None and judgment.number > dispute.number
    if ground is EndGround.TWO_ROUNDS:
        since = max((one.number for one in (complaint.judgment, complaint.conclusion) if one is not None), default=0)
        return sum(number > since for number in beside.rounds) >= s.policy.rounds_before_the_end
    if ground is EndGround.LAPSED:
        return _has_lapsed(complaint) or _is_silent(s)
    if ground is EndGround.SETTLED_EXTERNALLY:
        return any(case.status is CaseStatus.SETTLED for case in beside.cases)
    return True


def _has_lapsed(complaint: Complaint) -> bool:
    """The customer has not answered what waits for him now, within the time that the policy gives him."""
    waits = complaint.state in (State.EXPLANATION, State.OFFER)
    return waits and any(one.state is ClockState.LAPSED for one in complaint.deadlines.values())


def _is_silent(s: Situation) -> bool:
    """Three attempts on two channels on two days since the last move, and none reached him (R37 by analogy)."""
    tries = tries_since(s.complaint.beside.unanswered, s.complaint.moved_at, s.dealer.tz)
    return s.policy.is_enough(tries, ways=len(ways_open(s)))


@rule("withdraw.case_open")
def no_authority_has_it(s: Situation) -> Refusal | None:
    """While an authority, a court or a lawyer has the case, it goes on whatever the customer says (MOVES 18)."""
    cases = tuple(case.id for case in s.complaint.blocking_cases)
    return Refusal("withdraw.case_open", cases=cases) if cases else None


@rule("witness.partial")
def the_witness_is_impartial(s: Situation) -> Refusal | None:
    """A witness is somebody else, and not involved (MOVES 18)."""
    witness = s.command.witness
    if witness != s.by.id and witness not in s.complaint.involved:
        return None
    return Refusal("witness.partial", witness=witness)


@rule("void.own_entry")
def somebody_else_recorded_it(s: Situation) -> Refusal | None:
    """Nobody makes his own entry disappear (MOVES 25)."""
    form = s.complaint.registration
    return Refusal("void.own_entry") if s.by.id in (form.received_by, form.recorded_by) else None


@rule("void.answer_owed")
def nobody_awaits_an_answer(s: Situation) -> Refusal | None:
    """No promise, no outside case and no other complaint hangs on it (MOVES 25)."""
    owed = tuple(promise.id for promise in s.complaint.owed_promises)
    cases = tuple(case.id for case in s.complaint.blocking_cases)
    if not owed and not cases and not s.complaint.absorbed:
        return None
    return Refusal("void.answer_owed", promises=owed, cases=cases, merged=len(s.complaint.absorbed))


@rule("void.came_back")
def it_never_came_back(s: Situation) -> Refusal | None:
    """
    Whoever disputed, asked again, was not satisfied or was pressed to withdraw waits for an answer (MOVES 7, 20, 22).

    Our choice of how to tell: what is in its first pass has not come back.
    """
    return Refusal("void.came_back") if s.complaint.passes > 1 else None


__all__ = ["EndWithoutAgreement", "Void", "Withdraw"]
