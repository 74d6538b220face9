"""Orders that must be refused, each for a reason that is known beforehand and not asked of the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias
from uuid import UUID

import attrs

from complaints.errors import (
    ComplaintError,
    ConflictError,
    IllegalMoveError,
    NotFoundError,
    NotPermittedError,
    RefusedError,
)
from complaints.model.event import Command
from complaints.model.execution import Acceptance
from complaints.model.judgment import IssueJudgment
from complaints.model.money import Money
from complaints.model.people import Customer
from complaints.model.promise import PromiseMade
from complaints.model.proposal import Proposal, Remedy
from complaints.model.registration import Issue
from complaints.model.words import (
    RANKS,
    Channel,
    Demand,
    Direction,
    Duty,
    Grounds,
    Proof,
    Purpose,
    RemedyKind,
    ReworkReason,
    Role,
    Satisfaction,
    State,
    TaskResult,
    Verdict,
)
from complaints.orders import Order, new_id
from complaints.rows import Entry, Move
from complaints.stages.accountability import DecideAccountability
from complaints.stages.anytime import (
    AddEvidence,
    LimitContact,
    RecordContact,
    SetSeverity,
)
from complaints.stages.escalation import AnswerEscalation, Escalate
from complaints.stages.execution import AbandonExecution, Accept, BookCompensation, ReportTask
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.handover import AnswerTransfer, Transfer
from complaints.stages.holds import PlaceHold, ReleaseHold
from complaints.stages.intake import Assign, CompleteRegistration, handlers_of
from complaints.stages.investigation import ConcludeInvestigation, RecordFinding
from complaints.stages.judgment import Explain, Uphold
from complaints.stages.outside import OpenExternalCase, UpdateExternalCase
from complaints.stages.promises import KeepPromise, MakePromise
from complaints.stages.proposal import Approve, Propose, RetractProposal, ReviewProposal, SubmitProposals
from complaints.stages.review import Archive, Close, PlanImprovement, RecordFollowUp, Reopen, ReturnForRework
from complaints.testing.anything import Filler
from complaints.testing.builders import BUILDERS
from complaints.testing.choice import Choice
from complaints.testing.houses import AUDITOR, STRANGER, House
from complaints.testing.orders import Scene, Spoiled, but, is_waived, receipt
from complaints.testing.orders_answering import WRONG_ANSWERS
from complaints.testing.orders_beside import SPOILED_BESIDE
from complaints.testing.orders_erasure import SPOILED_ERASURE
from complaints.testing.orders_turns import SPOILED_TURNS
from complaints.testing.ways import Guide

_NOBODY = UUID(int=0)
_RUDE = "这个不行，您自己想办法。"


@attrs.frozen(kw_only=True)
class Forbidden:
    """
    An order that must be refused.

    Args:
        error: What the desk must raise.
        code: A refusal that must be among the reasons; ``None`` where the error says it all.
    """

    order: Order
    error: type[ComplaintError]
    code: str | None = None


Attempted: TypeAlias = Callable[[Guide], "Forbidden | None"]


def filler(guide: Guide) -> Filler:
    """Fills in forms that name what the complaint of *guide* has, so that some of them fit."""
    complaint = guide.complaint
    names = (
        *(issue.id for issue in complaint.registration.issues),
        *(proposal.id for proposal in complaint.present_proposals),
        *(task.id for task in complaint.tasks),
        *(promise.id for promise in complaint.open_promises),
        *(one.id for one in complaint.evidence[-2:]),
        "unheard-of",
        "counter",
    )
    return Filler(guide.choose, complaint.id, guide.clock(), names, guide.house.policy.currency)


# --- whatever the command -------------------------------------------------------------------------------------------


def _in_another_state(guide: Guide) -> Forbidden | None:
    """A command that the complaint's state has no row for."""
    lifecycle = guide.desk.lifecycle
    here = {row.command for row in lifecycle.rows_from(guide.complaint.state)}
    firsts = {row.command for row in lifecycle.rows_from(None)}
    elsewhere = [command for command in lifecycle.commands.values() if command not in here | firsts]
    command = filler(guide).fill(guide.choose.one(elsewhere))
    if command is None:
        return None
    return Forbidden(
        order=Order(command, guide.choose.one(guide.house.staff)), error=IllegalMoveError, code="move.illegal"
    )


def _by_an_auditor(guide: Guide) -> Forbidden | None:
    """An auditor reads, and does nothing."""
    rows = guide.desk.lifecycle.rows_from(guide.complaint.state)
    if not rows:
        return None
    command = filler(guide).fill(guide.choose.one(rows).command)
    if command is None:
        return None
    return Forbidden(order=Order(command, AUDITOR), error=NotPermittedError, code="move.not_permitted")


_FOR_RANKS = (
    CompleteRegistration, RecordContact, Assign, MakePromise, KeepPromise, SetSeverity, Uphold, Explain,
    SubmitProposals, Propose, Approve, ReviewProposal, Accept, AbandonExecution, BookCompensation,
    DecideAccountability, ReturnForRework, Close, PlanImprovement, Reopen, Archive, OpenExternalCase,
    UpdateExternalCase, PlaceHold, ReleaseHold, Transfer, AnswerTransfer, Escalate, AnswerEscalation, LimitContact,
)  # fmt: skip


def _by_a_small_role(guide: Guide) -> Forbidden | None:
    """What a receptionist or a technician may not do."""
    small = [actor for actor in guide.house.staff if {*actor.roles} <= {Role.RECEPTIONIST, Role.DEPARTMENT_STAFF}]
    rows = [row for row in guide.desk.lifecycle.rows_from(guide.complaint.state) if row.command in _FOR_RANKS]
    if not small or not rows:
        return None
    command = filler(guide).fill(guide.choose.one(rows).command)
    if command is None:
        return None
    by = guide.choose.one(small)
    return Forbidden(order=Order(command, by), error=NotPermittedError, code="move.not_permitted")


def _allowed(guide: Guide) -> Order | None:
    possible = guide.possible
    return guide.order(guide.choose.one(possible)) if possible else None


def _in_the_future(guide: Guide) -> Forbidden | None:
    """Nothing is recorded before it happens."""
    order = _allowed(guide)
    if order is None:
        return None
    later = guide.clock() + timedelta(minutes=1)
    return Forbidden(order=but(order, at=later), error=RefusedError, code="time.in_future")


def _too_early(guide: Guide) -> Forbidden | None:
    """No move before the last one, no entry before the receipt."""
    order = _allowed(guide)
    row = None if order is None else guide.desk.lifecycle.row_for(type(order.command), guide.complaint.state)
    moment = timedelta(seconds=1)
    if order is not None and isinstance(row, Move):
        at = guide.complaint.moved_at - moment
        return Forbidden(order=but(order, at=at), error=RefusedError, code="time.before_last_move")
    if order is not None and isinstance(row, Entry):
        at = guide.complaint.received_at - moment
        return Forbidden(order=but(order, at=at), error=RefusedError, code="time.before_receipt")
    return None


def _from_another_dealer(guide: Guide) -> Forbidden | None:
    """Somebody of another dealer, who would be allowed here."""
    order = _allowed(guide)
    return None if order is None else Forbidden(order=but(order, by=STRANGER), error=NotFoundError)


def _typed_elsewhere(guide: Guide) -> Forbidden | None:
    """Typed by somebody of another dealer."""
    order = _allowed(guide)
    return None if order is None else Forbidden(order=but(order, recorded_by=STRANGER), error=NotFoundError)


def _about_nothing(guide: Guide) -> Forbidden | None:
    """A complaint that is not there."""
    order = _allowed(guide)
    if order is None:
        return None
    command = but(order.command, complaint=_NOBODY)
    return Forbidden(order=but(order, command=command), error=NotFoundError)


def _on_an_old_page(guide: Guide) -> Forbidden | None:
    """Decided on a version that is not the last one."""
    order = _allowed(guide)
    version = guide.complaint.version + guide.choose.one((-1, 1))
    if order is None or version < 1:
        return None
    return Forbidden(order=but(order, expected_version=version), error=ConflictError)


# --- wrong in what it says ------------------------------------------------------------------------------------------


def _built(s: Scene, command: type[Command]) -> Command | None:
    built = BUILDERS[command](s)
    return built.command if isinstance(built, Order) else built


def _but(command: type[Command], **changes: object) -> Callable[[Scene], Command | None]:
    """What could be ordered, but for one thing."""

    def spoiled(s: Scene) -> Command | None:
        built = _built(s, command)
        return None if built is None else but(built, **changes)

    return spoiled


def _settled_for(amount: str) -> Callable[[Scene], Command | None]:
    """What could be ordered, but far too dear."""

    def spoiled(s: Scene) -> Command | None:
        built = _built(s, SettleAtOnce)
        if not isinstance(built, SettleAtOnce):
            return None
        return but(built, remedies=(but(built.remedies[0], cost=s.money(amount)),))

    return spoiled


def _promise(s: Scene, *, id: str, text: str, hours: int) -> PromiseMade:
    return PromiseMade(id=id, text=text, due_at=s.happens_at + timedelta(hours=hours), channel=Channel.PHONE)


def _rude_contact(s: Scene) -> Command:
    return RecordContact(
        complaint=s.id, purpose=Purpose.OTHER, direction=Direction.OUTGOING, channel=Channel.SMS, reached=True,
        text=_RUDE,
    )  # fmt: skip


def _promise_again(s: Scene) -> Command | None:
    known = s.complaint.promises
    if not known:
        return None
    return MakePromise(complaint=s.id, promise=_promise(s, id=s.choose.one(known).id, text="会尽快答复", hours=24))


def _assign_the_involved(s: Scene) -> Command | None:
    involved = sorted(s.complaint.involved)
    duty = s.choose.one((Duty.HANDLER, Duty.INVESTIGATOR, Duty.CALLER))
    return Assign(complaint=s.id, duty=duty, assignee=s.choose.one(involved), basis="负荷最低") if involved else None


def _assign_the_handler_as_caller(s: Scene) -> Command | None:
    handlers = sorted(handlers_of(s.complaint))
    return (
        Assign(complaint=s.id, duty=Duty.CALLER, assignee=s.choose.one(handlers), basis="负荷最低")
        if handlers
        else None
    )


def _evidence_again(s: Scene) -> Command | None:
    known = s.complaint.evidence
    return AddEvidence(complaint=s.id, id=s.choose.one(known).id, kind="photo") if known else None


def _an_issue_too_late(s: Scene) -> Command | None:
    if s.complaint.state in (State.INTAKE, State.JUDGMENT):
        return None
    return CompleteRegistration(complaint=s.id, issues=(Issue(id=s.new("I")),))


def _severity_as_it_is(s: Scene) -> Command:
    return SetSeverity(complaint=s.id, severity=s.complaint.severity, reason="无变化")


def _severity_lowered(s: Scene) -> Command | None:
    if s.by.holds(Role.MANAGER) or s.complaint.severity.rank == 0:
        return None
    lower = [one for one in type(s.complaint.severity) if one.rank < s.complaint.severity.rank]
    return SetSeverity(complaint=s.id, severity=s.choose.one(lower), reason="没那么严重")


def _severity_below_the_floor(s: Scene) -> Command | None:
    lower = [one for one in type(s.complaint.severity) if one.rank < s.complaint.floor.rank]
    return SetSeverity(complaint=s.id, severity=s.choose.one(lower), reason="没那么严重") if lower else None


def _a_floor_by_hand(s: Scene) -> Command:
    return SetSeverity(complaint=s.id, severity=s.complaint.severity, reason="无", floor="injury")


def _judged(issue: str, verdict: Verdict) -> IssueJudgment:
    sufficient = verdict is Verdict.UPHELD
    return IssueJudgment(
        issue=issue,
        grounds=Grounds.SUFFICIENT if sufficient else Grounds.INSUFFICIENT,
        grounds_reason="核对",
        demand=Demand.REASONABLE if sufficient else Demand.UNREASONABLE,
        demand_reason="核对",
        verdict=verdict,
    )


def _nothing_upheld(s: Scene) -> Command | None:
    built = _built(s, Uphold)
    judgments = tuple(_judged(issue, Verdict.NOT_UPHELD) for issue in s.issues)
    return but(built, judgments=judgments) if isinstance(built, Uphold) and judgments else None


def _something_upheld(s: Scene) -> Command | None:
    built = _built(s, Explain)
    judgments = tuple(_judged(issue, Verdict.UPHELD) for issue in s.issues)
    return but(built, judgments=judgments) if isinstance(built, Explain) and judgments else None


def _investigated_by_the_involved(s: Scene) -> Command | None:
    built, involved = _built(s, Uphold), sorted(s.complaint.involved)
    return but(built, investigator=s.choose.one(involved)) if isinstance(built, Uphold) and involved else None


def _promised_for_yesterday(s: Scene) -> Command | None:
    built = _built(s, Uphold)
    yesterday = _promise(s, id=s.new("P"), text="会尽快答复", hours=-24)
    return but(built, promise=yesterday) if isinstance(built, Uphold) else None


def _dear_promise(s: Scene) -> Command | None:
    if s.by.rank > RANKS.index(Role.SUPERVISOR):
        return None
    promise = but(_promise(s, id=s.new("P"), text="会为您减免费用", hours=24), cost=s.money("800"))
    return MakePromise(complaint=s.id, promise=promise)


def _concluded_without_a_cause(s: Scene) -> Command | None:
    built = _built(s, ConcludeInvestigation)
    if any(one.cause is not None and one.cause.is_primary for one in s.complaint.present_findings):
        return None
    return but(built, inconclusive_reason=None) if isinstance(built, ConcludeInvestigation) else None


def _proposal(s: Scene, id: str, cost: Money) -> Command:
    remedy = Remedy(kind=RemedyKind.REPAIR, cost=cost, owner=s.house.owners[0], due=s.now.date())
    return Propose(
        complaint=s.id,
        proposal=Proposal(id=id, remedies=(remedy,), answers_wish="尽快修好", answers_issues=s.issues or ("I1",)),
    )


def _proposal_again(s: Scene) -> Command | None:
    known = s.complaint.proposals
    return _proposal(s, s.choose.one(known).id, s.money("0")) if known else None


def _other_money(s: Scene) -> Command:
    return _proposal(s, s.new("S"), Money("10", "EUR"))


def _sky_high_ceiling(s: Scene) -> Command | None:
    built = _built(s, Approve)
    if s.by.holds(Role.GROUP) or not isinstance(built, Approve):
        return None
    return but(built, ceiling=s.money("200000.01"))


def _accepted_by_a_nod(s: Scene) -> Command | None:
    mandate = s.complaint.mandate
    acceptance = Acceptance(proof=Proof.WORDS)
    return Accept(complaint=s.id, option=mandate.chosen, acceptance=acceptance) if mandate is not None else None


def _accepted_beyond_the_ceiling(s: Scene) -> Command | None:
    mandate = s.complaint.mandate
    if mandate is None:
        return None
    ceiling = mandate.ceiling.amount if mandate.ceiling is not None else Decimal(0)
    cost = s.money(ceiling + Decimal("0.01"))
    remedy = Remedy(kind=RemedyKind.VOUCHER, cost=cost, owner=s.house.owners[0], due=s.now.date())
    acceptance = Acceptance(proof=Proof.SIGNATURE, evidence="A-1")
    return Accept(complaint=s.id, remedies=(remedy,), acceptance=acceptance)


def _somebody_elses_task(s: Scene) -> Command | None:
    others = [task for task in s.complaint.open_tasks if task.owner != s.by.id]
    if not others:
        return None
    return ReportTask(complaint=s.id, task=s.choose.one(others).id, result=TaskResult.DONE, proof="WO-9")


def _reported_twice(s: Scene) -> Command | None:
    finished = [task for task in s.complaint.tasks if task.result is not TaskResult.OPEN]
    if not finished:
        return None
    return ReportTask(complaint=s.id, task=s.choose.one(finished).id, result=TaskResult.DONE, proof="WO-9")


def _booked_too_much(s: Scene) -> Command | None:
    tasks = s.complaint.tasks
    if not tasks:
        return None
    task = s.choose.one(tasks)
    left = task.cost.amount - sum(one.amount.amount for one in s.complaint.ledger if one.task == task.id)
    amount = s.money(left + Decimal("0.01"))
    return BookCompensation(complaint=s.id, booking=s.new("B"), task=task.id, amount=amount)


def _booked_in_other_money(s: Scene) -> Command | None:
    tasks = s.complaint.tasks
    if not tasks:
        return None
    amount = Money("0.01", "EUR")
    return BookCompensation(complaint=s.id, booking=s.new("B"), task=s.choose.one(tasks).id, amount=amount)


def _booked_for_nothing(s: Scene) -> Command:
    return BookCompensation(complaint=s.id, booking=s.new("B"), task="unheard-of", amount=s.money("1"))


def _booked_again(s: Scene) -> Command | None:
    booked = s.complaint.ledger
    if not booked:
        return None
    one = s.choose.one(booked)
    return BookCompensation(complaint=s.id, booking=one.id, task=one.task, amount=s.money("0.01"))


def _reversed_by_half(s: Scene) -> Command | None:
    booked = [one for one in s.complaint.ledger if one.amount.amount > Decimal("0.01")]
    if not booked:
        return None
    one = s.choose.one(booked)
    return BookCompensation(complaint=s.id, booking=s.new("B"), task=one.task, amount=s.money("-0.01"), reverses=one.id)


def _nobody_is_named(s: Scene) -> Command | None:
    conclusion = s.complaint.conclusion
    if conclusion is None or not conclusion.responsibility.persons:
        return None
    return DecideAccountability(complaint=s.id, reason="大家都有责任")


def _called_by_the_handler(s: Scene) -> Command | None:
    if s.by.id not in handlers_of(s.complaint):
        return None
    return RecordFollowUp(complaint=s.id, result=Satisfaction.SATISFIED, channel=Channel.PHONE)


def _given_up_too_soon(s: Scene) -> Command | None:
    since = [one for one in s.complaint.attempts if one.at >= s.complaint.moved_at and not one.was_reached]
    if len(since) >= s.house.policy.callback_attempts:
        return None
    return RecordFollowUp(complaint=s.id, result=Satisfaction.UNREACHABLE, channel=Channel.PHONE, message="MSG-1")


def _back_to_where_nobody_was(s: Scene) -> Command | None:
    reasons = [one for one in ReworkReason if not s.complaint.was_in(one.target) and one.target is not State.EXECUTION]
    if not reasons:
        return None
    reason = s.choose.one(reasons)
    return ReturnForRework(complaint=s.id, reason=reason, target=reason.target, explanation="重办")


def _dear_rework(s: Scene) -> Command:
    remedy = Remedy(kind=RemedyKind.REPAIR, cost=s.money("1"), owner=s.house.owners[0], due=s.now.date())
    reason = ReworkReason.REMEDY_NOT_DONE
    return ReturnForRework(complaint=s.id, reason=reason, target=reason.target, explanation="重办", remedies=(remedy,))


def _closed_without_learning(s: Scene) -> Command | None:
    built = _built(s, Close)
    since = s.complaint.entered.get(State.FOLLOW_UP, 0)
    if not isinstance(built, Close) or any(one.number > since for one in s.complaint.improvements):
        return None
    return but(built, no_improvement_reason=None)


def _closed_as_nothing_known(s: Scene) -> Command | None:
    built = _built(s, Close)
    if not isinstance(built, Close):
        return None
    return but(built, classification=but(built.classification, category="unheard_of"))


def _reopened_too_late(s: Scene) -> Command | None:
    ends = s.complaint.window_ends("reopen")
    if ends is None or s.now <= ends:
        return None
    return Reopen(complaint=s.id, reason="又坏了")


def _archived_too_soon(s: Scene) -> Command | None:
    ends = s.complaint.window_ends("reopen")
    return Archive(complaint=s.id) if ends is not None and s.now <= ends else None


SPOILED: tuple[Spoiled, ...] = (
    (RecordContact, "text.discourteous", _rude_contact),
    (MakePromise, "text.discourteous",
     lambda s: MakePromise(complaint=s.id, promise=_promise(s, id=s.new("P"), text=_RUDE, hours=24))),
    (MakePromise, "promise.doubled", _promise_again),
    (MakePromise, "promise.too_soon",
     lambda s: MakePromise(complaint=s.id, promise=_promise(s, id=s.new("P"), text="会尽快答复", hours=0))),
    (MakePromise, "promise.beyond_authority", _dear_promise),
    (KeepPromise, "promise.not_open", lambda s: KeepPromise(complaint=s.id, promise="unheard-of")),
    (Assign, "assignee.involved", _assign_the_involved),
    (Assign, "caller.is_handler", _assign_the_handler_as_caller),
    (AddEvidence, "evidence.doubled", _evidence_again),
    (CompleteRegistration, "category.unknown",
     lambda s: CompleteRegistration(complaint=s.id, issues=(Issue(id="I1", category="unheard_of"),))),
    (CompleteRegistration, "issues.too_late", _an_issue_too_late),
    (SetSeverity, "severity.same", _severity_as_it_is),
    (SetSeverity, "severity.lowering", _severity_lowered),
    (SetSeverity, "severity.below_floor", _severity_below_the_floor),
    (SetSeverity, "severity.floor_is_the_systems", _a_floor_by_hand),
    (SettleAtOnce, "fast.order", _but(SettleAtOnce, order="SO-0@9")),
    (SettleAtOnce, "fast.customer_ceiling", _settled_for("5000.01")),
    (SettleAtOnce, "fast.month_ceiling", _settled_for("50000.01")),
    (SettleAtOnce, "issues.unjudged", _but(SettleAtOnce, judgments=(_judged("unheard-of", Verdict.UPHELD),))),
    (Uphold, "issues.unjudged", _but(Uphold, judgments=(_judged("unheard-of", Verdict.UPHELD),))),
    (Uphold, "verdict.nothing_upheld", _nothing_upheld),
    (Uphold, "investigator.involved", _investigated_by_the_involved),
    (Uphold, "promise.too_soon", _promised_for_yesterday),
    (Explain, "text.discourteous", _but(Explain, text=_RUDE)),
    (Explain, "verdict.something_upheld", _something_upheld),
    (RecordFinding, "evidence.unknown", _but(RecordFinding, evidence=("unheard-of",))),
    (RecordFinding, "issues.unknown", _but(RecordFinding, inspected=("unheard-of",))),
    (ConcludeInvestigation, "cause.not_one", _concluded_without_a_cause),
    (Propose, "proposal.doubled", _proposal_again),
    (Propose, "currency.other", _other_money),
    (RetractProposal, "proposal.unknown",
     lambda s: RetractProposal(complaint=s.id, proposal="unheard-of", reason="撤回")),
    (ReviewProposal, "proposal.unknown", _but(ReviewProposal, proposal="unheard-of")),
    (Approve, "proposal.not_submitted", _but(Approve, chosen="unheard-of", alternatives=())),
    (Approve, "ceiling.beyond_limit", _sky_high_ceiling),
    (Accept, "option.not_mandated", _but(Accept, option="unheard-of", remedies=())),
    (Accept, "option.not_mandated", _accepted_beyond_the_ceiling),
    (Accept, "acceptance.too_weak", _accepted_by_a_nod),
    (ReportTask, "task.not_yours", _somebody_elses_task),
    (ReportTask, "task.not_open", _reported_twice),
    (BookCompensation, "booking.beyond_approval", _booked_too_much),
    (BookCompensation, "booking.beyond_approval", _booked_in_other_money),
    (BookCompensation, "booking.task_unknown", _booked_for_nothing),
    (BookCompensation, "booking.doubled", _booked_again),
    (BookCompensation, "booking.wrong_reversal", _reversed_by_half),
    (AbandonExecution, "text.discourteous", _but(AbandonExecution, text=_RUDE)),
    (DecideAccountability, "accountability.incomplete", _nobody_is_named),
    (RecordFollowUp, "caller.handled_it", _called_by_the_handler),
    (RecordFollowUp, "customer.not_tried_enough", _given_up_too_soon),
    (ReturnForRework, "rework.not_visited", _back_to_where_nobody_was),
    (ReturnForRework, "rework.beyond_settlement", _dear_rework),
    (Close, "improvement.missing", _closed_without_learning),
    (Close, "classification.unknown", _closed_as_nothing_known),
    (Reopen, "reopen.too_late", _reopened_too_late),
    (Archive, "archive.too_early", _archived_too_soon),
    *SPOILED_TURNS,
    *SPOILED_BESIDE,
    *SPOILED_ERASURE,
    *WRONG_ANSWERS,
)  # fmt: skip
"""What is wrong in the content of an order: the command, the refusal that must be among the reasons, and the order."""


def _wrong_in_content(guide: Guide) -> Forbidden | None:
    """Given by somebody who may give such orders, but never this one."""
    here = [spoiled for spoiled in SPOILED if any(of_one.get(spoiled[0]) == () for of_one in guide.options.values())]
    for command, code, spoil in guide.choose.turned(here)[:4] if here else ():
        able = [actor for actor, of_one in guide.options.items() if of_one.get(command) == ()]
        by = guide.choose.one(able)
        scene = Scene(
            complaint=guide.complaint,
            by=by,
            now=guide.clock(),
            at=None,
            house=guide.house,
            choose=guide.choose,
            others=guide.others,
        )
        spoiled = spoil(scene)
        if spoiled is not None and not is_waived(scene, command, code):
            return Forbidden(order=Order(spoiled, by), error=RefusedError, code=code)
    return None


_ATTEMPTS: Mapping[str, tuple[Attempted, int]] = MappingProxyType(
    {
        "content": (_wrong_in_content, 8),
        "state": (_in_another_state, 2),
        "auditor": (_by_an_auditor, 1),
        "role": (_by_a_small_role, 2),
        "future": (_in_the_future, 1),
        "past": (_too_early, 1),
        "dealer": (_from_another_dealer, 1),
        "typist": (_typed_elsewhere, 1),
        "nothing": (_about_nothing, 1),
        "version": (_on_an_old_page, 1),
    }
)


def forbidden_order(guide: Guide) -> Forbidden | None:
    """An order that must be refused now, wrong in state, role, content, time, dealer or version; ``None`` for none."""
    return guide.choose.weighted(tuple(_ATTEMPTS.values()))(guide)


def forbidden_receipt(house: House, now: datetime, choose: Choice, *, taken: UUID | None = None) -> Forbidden:
    """
    A first command that must be refused; it names the id it would have had.

    Args:
        taken: The id of a complaint that is there already.
    """
    order = receipt(house, now, choose)
    fine = but(order.command, id=new_id())
    auditor, stranger = but(order, by=AUDITOR), but(order, by=STRANGER)
    tomorrow = but(fine, received_at=now + timedelta(days=1))
    unknown = but(fine, complainant=Customer(member=True))
    unheard = but(fine, issues=(Issue(id="I1", category="unheard_of"),))
    adviser = but(fine, takes_on=True)
    specialist = next((one for one in house.staff if one.holds(Role.SPECIALIST)), house.staff[0])
    involved = but(fine, takes_on=True, complained_of=(specialist.id,))
    small = next((one for one in house.staff if not one.holds(Role.SPECIALIST)), AUDITOR)
    possible = [
        Forbidden(order=but(order, command=tomorrow), error=RefusedError, code="time.in_future"),
        Forbidden(order=but(order, command=unknown), error=RefusedError, code="complainant.unknown"),
        Forbidden(order=but(order, command=unheard), error=RefusedError, code="category.unknown"),
        Forbidden(order=but(auditor, command=fine), error=NotPermittedError, code="move.not_permitted"),
        Forbidden(order=but(stranger, command=fine), error=NotFoundError),
        Forbidden(order=Order(involved, specialist), error=RefusedError, code="receiver.cannot_handle"),
    ]
    if small is not AUDITOR:
        possible.append(Forbidden(order=Order(adviser, small), error=RefusedError, code="receiver.cannot_handle"))
    if taken is not None:
        possible.append(Forbidden(order=but(order, command=but(fine, id=taken)), error=RefusedError, code="id.taken"))
    return choose.one(possible)


__all__ = ["SPOILED", "Forbidden", "filler", "forbidden_order", "forbidden_receipt"]
