"""Orders about what the house answers for: promises and due dates, measures, claims, effects, confirmations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from complaints.model.event import Command
from complaints.model.execution import Measure
from complaints.model.money import Money
from complaints.model.promise import warning_of
from complaints.model.words import (
    Against,
    Channel,
    ClaimAnswer,
    ClockKind,
    ClockState,
    MeasureKind,
    MeasureRole,
    State,
)
from complaints.orders import Order
from complaints.stages.accountability import (
    Contest,
    DecideAccountability,
    ExecuteMeasure,
    ReviewContest,
    contested,
    has_contested,
    measured,
    unexecuted,
)
from complaints.stages.claims import ClaimBack, RecordClaimAnswer, open_claims
from complaints.stages.confirming import ConfirmProxy, confirmable
from complaints.stages.due_dates import RecordBreach, RecordLapse, RecordWarning, SettleDueDate, is_provisional
from complaints.stages.override import Override
from complaints.stages.promises import ExtendPromise, ReleasePromise
from complaints.stages.repeats import RecordRepeat
from complaints.stages.review import VerifyImprovement
from complaints.testing.orders import COURTEOUS, Builder, Scene, Spoiled

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_RUDE = "这个不行，您自己想办法。"

# --- promises and due dates -----------------------------------------------------------------------------------------


def _extend_promise(s: Scene) -> Command | None:
    open_ones = [one for one in s.complaint.open_promises if s.happens_at <= one.due_at]
    if not open_ones:
        return None
    promise = s.choose.one(open_ones)
    return _extended(s, promise.id, days=s.choose.one((1, 5)))


def _extended(s: Scene, id: str, *, days: int, text: str = COURTEOUS[0]) -> ExtendPromise:
    due = next((one.due_at for one in s.complaint.promises if one.id == id), s.happens_at)
    return ExtendPromise(
        complaint=s.id, promise=id, due_at=due + days * _DAY, reason="配件未到", text=text, channel=Channel.PHONE
    )


def _release_promise(s: Scene) -> Command | None:
    owed = s.complaint.owed_promises
    if not owed or not s.choose.once_in(3):
        return None  # most are kept
    return ReleasePromise(
        complaint=s.id, promise=s.choose.one(owed).id, said_by="客户本人", channel=Channel.WECHAT, evidence="MSG-2"
    )


def _by_the_system(s: Scene, command: Command | None) -> Order | None:
    """Nobody types for the system."""
    return None if command is None else Order(command, s.by, None, s.at)


def _record_warning(s: Scene) -> Order | None:
    warned, at = s.complaint.beside.warnings, s.happens_at
    running = [name for name, one in s.complaint.deadlines.items() if one.state is ClockState.RUNNING]
    clocks = [name for name, due in _due_dates(s).items() if at <= due and name in running]
    promises = [one.id for one in s.complaint.open_promises if at <= one.due_at and warning_of(one.id) not in warned]
    if promises and (not clocks or s.choose.once_in(2)):
        return _by_the_system(s, RecordWarning(complaint=s.id, promise=s.choose.one(promises)))
    return _by_the_system(s, RecordWarning(complaint=s.id, clock=s.choose.one(clocks)) if clocks else None)


def _due_dates(s: Scene) -> dict[str, datetime]:
    """The clocks by which the house owes something and which still run, and when it is due."""
    clocks = s.complaint.deadlines.items()
    return {name: one.due for name, one in clocks if one.is_owed and one.runs and one.due is not None}


def _record_breach(s: Scene) -> Order | None:
    missed, at = {(one.clock, one.due) for one in s.complaint.beside.breaches}, s.happens_at
    clocks = [name for name, due in _due_dates(s).items() if due < at and (name, due) not in missed]
    promises = [one.id for one in s.complaint.open_promises if one.due_at < at]
    if promises and (not clocks or s.choose.once_in(2)):
        return _by_the_system(s, RecordBreach(complaint=s.id, promise=s.choose.one(promises)))
    return _by_the_system(s, RecordBreach(complaint=s.id, clock=s.choose.one(clocks)) if clocks else None)


def _record_lapse(s: Scene) -> Order | None:
    waiting = [
        one.clock
        for one in s.complaint.deadlines.values()
        if one.kind is ClockKind.ANSWER and one.runs and one.is_past(s.happens_at)
    ]
    return _by_the_system(s, RecordLapse(complaint=s.id, clock=s.choose.one(waiting)) if waiting else None)


def _settle_due_date(s: Scene) -> Order | None:
    provisional = [one.clock for one in s.complaint.deadlines.values() if is_provisional(one)]
    return _by_the_system(s, SettleDueDate(complaint=s.id, clock=s.choose.one(provisional)) if provisional else None)


def _record_repeat(s: Scene) -> Order | None:
    return _by_the_system(s, RecordRepeat(complaint=s.id, earlier=new) if (new := _earlier(s)) else None)


def _earlier(s: Scene) -> tuple[UUID, ...]:
    """What was received no later, and is not recorded as repeated yet."""
    before = (one.id for one in s.others if one.received_at <= s.complaint.received_at)
    return tuple(id for id in before if id not in s.complaint.earlier)


# --- measures -------------------------------------------------------------------------------------------------------


def _contest(s: Scene) -> Command | None:
    ends = s.complaint.window_ends("contest")
    is_over = ends is not None and s.happens_at > ends
    is_theirs = s.by.id in measured(s.complaint) and not has_contested(s.complaint, s.by.id)
    return Contest(complaint=s.id, grounds="当天我不在岗") if is_theirs and not is_over else None


def _review_contest(s: Scene) -> Command | None:
    waiting = contested(s.complaint)
    if not waiting:
        return None
    # where only his own is left, the refusal tells that somebody else must decide anew
    others = [person for person in waiting if person != s.by.id]
    return _reviewed(s, s.choose.one(others or waiting), granted=s.choose.once_in(2))


def _reviewed(s: Scene, person: str, *, granted: bool) -> ReviewContest:
    decided = s.complaint.accountability
    measures = decided.measures if decided is not None else ()
    role = next((one.role for one in measures if one.person == person), MeasureRole.DIRECT)
    kind = s.choose.one((MeasureKind.NONE, MeasureKind.TRAINING))
    lifted = kind is MeasureKind.NONE
    measure = Measure(
        person=person, role=role, kind=kind, rule=None if lifted else "HR-8", reason="证据不足" if lifted else None
    )
    return ReviewContest(
        complaint=s.id, person=person, granted=granted, reason="已核实", measure=measure if granted else None
    )


def _execute_measure(s: Scene) -> Order | None:
    left = unexecuted(s.complaint)
    if not left:
        return None
    others = [person for person in left if person != s.by.id and person not in contested(s.complaint)]
    person = s.choose.one(others or left)
    remark = "已谈话" if s.choose.once_in(2) else None
    command = ExecuteMeasure(complaint=s.id, person=person, evidence="HR-1", remark=remark)
    ends = s.complaint.window_ends("contest")
    if ends is None or s.happens_at > ends or has_contested(s.complaint, person):
        return s.order(command)
    return s.order(command, at=max(s.now, ends + _HOUR))


# --- claims and effects ---------------------------------------------------------------------------------------------


def _claim_back(s: Scene) -> Command:
    amount = s.money(s.choose.one(("500", "1999.99")))
    return ClaimBack(
        complaint=s.id, id=s.new("C"), against=s.choose.one(tuple(Against)), amount=amount, reference="OEM-1"
    )


def _record_claim_answer(s: Scene) -> Command | None:
    claims = open_claims(s.complaint)
    if not claims:
        return None
    claim = s.choose.one(claims)
    answer = s.choose.one((ClaimAnswer.PAID, ClaimAnswer.PARTLY_PAID, ClaimAnswer.REFUSED))
    granted = {ClaimAnswer.PAID: claim.amount, ClaimAnswer.PARTLY_PAID: s.money("0.01")}.get(answer)
    return RecordClaimAnswer(complaint=s.id, claim=claim.id, answer=answer, granted=granted)


def _verify_improvement(s: Scene) -> Command | None:
    planned = [
        one.id
        for one in s.complaint.improvements
        if one.effective is None and (one.planned_at is None or one.planned_at <= s.happens_at)
    ]
    if not planned:
        return None
    helped = not s.choose.once_in(3)
    return VerifyImprovement(complaint=s.id, improvement=s.choose.one(planned), effective=helped, remark="抽查十台车")


# --- confirmations and permissions ----------------------------------------------------------------------------------


def _confirm_proxy(s: Scene) -> Order | None:
    mine = confirmable(s.complaint, s.by)
    if not mine:
        return None
    confirms = not s.choose.once_in(4)
    command = ConfirmProxy(
        complaint=s.id,
        number=s.choose.one(mine).number,
        confirms=confirms,
        reason=None if confirms else "未曾同意",
    )
    return Order(command, s.by, None, s.at)


_PERMITTED = (
    ("Assign", ("assignment.no_task",)),
    ("AnswerAssignment", ("assignment.not_yours",)),
    ("BeginJudgment", ("handler.not_accepted",)),
)
_PERMITTED_IN = {
    State.EXECUTION: ("ReportTask", ("task.none_of_yours", "task.not_yours")),
    State.CLOSED: ("Reopen", ("reopen.too_late",)),
}


def _override(s: Scene) -> Command:
    command, rules = _PERMITTED_IN.get(s.complaint.state) or s.choose.one(_PERMITTED)
    return Override(complaint=s.id, command=command, rules=rules, reason="同事休假，不能让客户等")


ANSWERING: Mapping[type[Command], Builder] = MappingProxyType(
    {
        ExtendPromise: _extend_promise,
        ReleasePromise: _release_promise,
        RecordWarning: _record_warning,
        RecordBreach: _record_breach,
        RecordLapse: _record_lapse,
        SettleDueDate: _settle_due_date,
        RecordRepeat: _record_repeat,
        Contest: _contest,
        ReviewContest: _review_contest,
        ExecuteMeasure: _execute_measure,
        ClaimBack: _claim_back,
        RecordClaimAnswer: _record_claim_answer,
        VerifyImprovement: _verify_improvement,
        ConfirmProxy: _confirm_proxy,
        Override: _override,
    }
)
"""A builder for each of these commands."""

# --- wrong in what they say -----------------------------------------------------------------------------------------


def _put_off_rudely(s: Scene) -> Command | None:
    owed = s.complaint.open_promises
    return _extended(s, s.choose.one(owed).id, days=9, text=_RUDE) if owed else None


def _put_off_to_the_same_day(s: Scene) -> Command | None:
    owed = s.complaint.open_promises
    return _extended(s, s.choose.one(owed).id, days=0) if owed else None


def _put_off_when_it_was_due(s: Scene) -> Command | None:
    late = [one for one in s.complaint.open_promises if one.due_at < s.now]
    return _extended(s, s.choose.one(late).id, days=30) if late else None


def _put_off_though_broken(s: Scene) -> Command | None:
    broken = [one for one in s.complaint.owed_promises if one not in s.complaint.open_promises]
    return _extended(s, s.choose.one(broken).id, days=30) if broken else None


def _released_for_nothing(s: Scene) -> Command:
    return ReleasePromise(
        complaint=s.id, promise="unheard-of", said_by="客户本人", channel=Channel.PHONE, evidence="MSG-2"
    )


def _warned_too_late(s: Scene) -> Command | None:
    past = [name for name, due in _due_dates(s).items() if due < s.now]
    return RecordWarning(complaint=s.id, clock=s.choose.one(past)) if past else None


def _warned_again(s: Scene) -> Command | None:
    warned = [name for name, one in s.complaint.deadlines.items() if one.state is ClockState.WARNED and one.is_owed]
    return RecordWarning(complaint=s.id, clock=s.choose.one(warned)) if warned else None


def _breached_too_early(s: Scene) -> Command | None:
    ahead = [name for name, due in _due_dates(s).items() if s.now <= due]
    return RecordBreach(complaint=s.id, clock=s.choose.one(ahead)) if ahead else None


def _breached_again(s: Scene) -> Command | None:
    missed = [one for one in s.complaint.beside.breaches if one.clock is not None]
    if not missed:
        return None
    again = s.choose.one(missed)
    return RecordBreach(complaint=s.id, clock=again.clock, due=again.due)


def _decided_about_himself(s: Scene) -> Command:
    none = Measure(person=s.by.id, role=MeasureRole.HEAD, kind=MeasureKind.NONE, reason="与我无关")
    return DecideAccountability(complaint=s.id, measures=(none,))


def _contested_too_late(s: Scene) -> Command | None:
    ends = s.complaint.window_ends("contest")
    return Contest(complaint=s.id, grounds="迟到的申诉") if ends is not None and s.now > ends else None


def _his_own_contest(s: Scene) -> Command | None:
    return _reviewed(s, s.by.id, granted=True) if s.by.id in contested(s.complaint) else None


def _executed_too_early(s: Scene) -> Command | None:
    ends = s.complaint.window_ends("contest")
    left = [person for person in unexecuted(s.complaint) if not has_contested(s.complaint, person)]
    if ends is None or s.now > ends or not left:
        return None
    return ExecuteMeasure(complaint=s.id, person=s.choose.one(left), remark="已谈话")


def _executed_though_contested(s: Scene) -> Command | None:
    waiting = contested(s.complaint)
    return ExecuteMeasure(complaint=s.id, person=s.choose.one(waiting), remark="已谈话") if waiting else None


def _executed_against_himself(s: Scene) -> Command | None:
    is_his = s.by.id in unexecuted(s.complaint)
    return ExecuteMeasure(complaint=s.id, person=s.by.id, remark="已谈话") if is_his else None


def _claimed(s: Scene, id: str, currency: str) -> Command:
    amount = Money("10", currency)
    return ClaimBack(complaint=s.id, id=id, against=Against.OEM, amount=amount, reference="OEM-1")


def _claimed_again(s: Scene) -> Command | None:
    known = s.complaint.beside.claims
    return _claimed(s, s.choose.one(known).id, s.house.policy.currency) if known else None


def _paid_more_than_claimed(s: Scene) -> Command | None:
    claims = open_claims(s.complaint)
    if not claims:
        return None
    claim = s.choose.one(claims)
    granted = Money(claim.amount.amount + 1, claim.amount.currency)
    return RecordClaimAnswer(complaint=s.id, claim=claim.id, answer=ClaimAnswer.PARTLY_PAID, granted=granted)


def _verified_unheard_of(s: Scene) -> Command:
    return VerifyImprovement(complaint=s.id, improvement="unheard-of", effective=True, remark="抽查十台车")


def _somebody_elses_step(s: Scene) -> Command:
    return ConfirmProxy(complaint=s.id, number=s.complaint.version + 1, confirms=True)


def _what_nobody_may_set_aside(s: Scene) -> Command:
    command, rules = s.choose.one(
        (
            ("Approve", ("leader.limit",)),
            ("Accept", ("acceptance.too_weak",)),
            ("Uphold", ("actor.involved",)),
            ("BookCompensation", ("booking.beyond_approval",)),
            ("ReportTask", ("task.not_yours", "task.not_open")),
        )
    )
    return Override(complaint=s.id, command=command, rules=rules, reason="请通融")


def _a_step_there_is_not(s: Scene) -> Command:
    return Override(complaint=s.id, command="Forget", rules=("leader.limit",), reason="请通融")


WRONG_ANSWERS: tuple[Spoiled, ...] = (
    (ExtendPromise, "text.discourteous", _put_off_rudely),
    (ExtendPromise, "extension.not_later", _put_off_to_the_same_day),
    (ExtendPromise, "extension.too_late", _put_off_when_it_was_due),
    (ExtendPromise, "promise.broken", _put_off_though_broken),
    (ExtendPromise, "promise.not_open", lambda s: _extended(s, "unheard-of", days=1)),
    (ReleasePromise, "promise.not_open", _released_for_nothing),
    (RecordWarning, "due.unknown", lambda s: RecordWarning(complaint=s.id, clock="unheard-of")),
    (RecordWarning, "warning.too_late", _warned_too_late),
    (RecordWarning, "warning.doubled", _warned_again),
    (RecordBreach, "due.unknown", lambda s: RecordBreach(complaint=s.id, promise="unheard-of")),
    (RecordBreach, "breach.too_early", _breached_too_early),
    (RecordBreach, "breach.doubled", _breached_again),
    (RecordLapse, "lapse.none", lambda s: RecordLapse(complaint=s.id, clock="judge")),
    (SettleDueDate, "due.settled", lambda s: SettleDueDate(complaint=s.id, clock="unheard-of")),
    (RecordRepeat, "other.unknown", lambda s: RecordRepeat(complaint=s.id, earlier=(UUID(int=0),))),
    (RecordRepeat, "repeat.not_earlier", lambda s: RecordRepeat(complaint=s.id, earlier=(s.id,))),
    (RecordRepeat, "repeat.doubled",
     lambda s: RecordRepeat(complaint=s.id, earlier=s.complaint.earlier) if s.complaint.earlier else None),
    (DecideAccountability, "decider.own_measure", _decided_about_himself),
    (Contest, "contest.too_late", _contested_too_late),
    (ReviewContest, "contest.unknown", lambda s: _reviewed(s, "unheard-of", granted=False)),
    (ReviewContest, "contest.own", _his_own_contest),
    (ExecuteMeasure, "measure.unknown", lambda s: ExecuteMeasure(complaint=s.id, person="unheard-of", remark="无")),
    (ExecuteMeasure, "measure.too_early", _executed_too_early),
    (ExecuteMeasure, "measure.contested", _executed_though_contested),
    (ExecuteMeasure, "measure.own", _executed_against_himself),
    (ClaimBack, "claim.doubled", _claimed_again),
    (ClaimBack, "claim.currency", lambda s: _claimed(s, s.new("C"), "EUR")),
    (RecordClaimAnswer, "claim.not_open",
     lambda s: RecordClaimAnswer(complaint=s.id, claim="unheard-of", answer=ClaimAnswer.REFUSED)),
    (RecordClaimAnswer, "claim.inconsistent", _paid_more_than_claimed),
    (VerifyImprovement, "improvement.not_open", _verified_unheard_of),
    (ConfirmProxy, "proxy.not_yours", _somebody_elses_step),
    (Override, "override.not_overridable", _what_nobody_may_set_aside),
    (Override, "override.no_such_step", _a_step_there_is_not),
)  # fmt: skip
"""Orders of these commands that are wrong in what they say, with the refusal that is due."""

__all__ = ["ANSWERING", "WRONG_ANSWERS"]
