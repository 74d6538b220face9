"""Orders about what the house answers for: promises and due dates, measures, claims, effects, confirmations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType

from complaints.model.event import Command
from complaints.model.execution import Measure
from complaints.model.money import Money
from complaints.model.promise import WINDOWS, Deadline
from complaints.model.words import (
    Against,
    Channel,
    ClaimAnswer,
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
from complaints.stages.override import Override
from complaints.stages.promises import ExtendPromise, RecordBreach, RecordWarning, ReleasePromise
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
    clocks = [
        one.clock for one in _due_dates(s) if at <= one.due and f"{one.clock}:{one.due.isoformat()}" not in warned
    ]
    promises = [one.id for one in s.complaint.open_promises if at <= one.due_at and f"promise:{one.id}" not in warned]
    if promises and (not clocks or s.choose.once_in(2)):
        return _by_the_system(s, RecordWarning(complaint=s.id, promise=s.choose.one(promises)))
    return _by_the_system(s, RecordWarning(complaint=s.id, clock=s.choose.one(clocks)) if clocks else None)


def _due_dates(s: Scene) -> list[Deadline]:
    return [one for one in s.complaint.deadlines.values() if one.clock not in WINDOWS]


def _record_breach(s: Scene) -> Order | None:
    missed, at = {(one.clock, one.due) for one in s.complaint.beside.breaches}, s.happens_at
    clocks = [one.clock for one in _due_dates(s) if one.due < at and (one.clock, one.due) not in missed]
    promises = [one.id for one in s.complaint.open_promises if one.due_at < at]
    if promises and (not clocks or s.choose.once_in(2)):
        return _by_the_system(s, RecordBreach(complaint=s.id, promise=s.choose.one(promises)))
    return _by_the_system(s, RecordBreach(complaint=s.id, clock=s.choose.one(clocks)) if clocks else None)


# --- measures -------------------------------------------------------------------------------------------------------


def _contest(s: Scene) -> Command | None:
    window = s.complaint.deadlines.get("contest")
    is_over = window is not None and s.happens_at > window.due
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
    window = s.complaint.deadlines.get("contest")
    if window is None or s.happens_at > window.due or has_contested(s.complaint, person):
        return s.order(command)
    return s.order(command, at=max(s.now, window.due + _HOUR))


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
    past = [one.clock for one in _due_dates(s) if one.due < s.now]
    return RecordWarning(complaint=s.id, clock=s.choose.one(past)) if past else None


def _warned_again(s: Scene) -> Command | None:
    warned = [one.clock for one in _due_dates(s) if f"{one.clock}:{one.due.isoformat()}" in s.complaint.beside.warnings]
    return RecordWarning(complaint=s.id, clock=s.choose.one(warned)) if warned else None


def _breached_too_early(s: Scene) -> Command | None:
    ahead = [one.clock for one in _due_dates(s) if s.now <= one.due]
    return RecordBreach(complaint=s.id, clock=s.choose.one(ahead)) if ahead else None


def _breached_again(s: Scene) -> Command | None:
    deadlines = s.complaint.deadlines
    missed = [
        one.clock
        for one in s.complaint.beside.breaches
        if one.clock is not None and deadlines[one.clock].due == one.due
    ]
    return RecordBreach(complaint=s.id, clock=s.choose.one(missed)) if missed else None


def _decided_about_himself(s: Scene) -> Command:
    none = Measure(person=s.by.id, role=MeasureRole.HEAD, kind=MeasureKind.NONE, reason="与我无关")
    return DecideAccountability(complaint=s.id, measures=(none,))


def _contested_too_late(s: Scene) -> Command | None:
    window = s.complaint.deadlines.get("contest")
    return Contest(complaint=s.id, grounds="迟到的申诉") if window is not None and s.now > window.due else None


def _his_own_contest(s: Scene) -> Command | None:
    return _reviewed(s, s.by.id, granted=True) if s.by.id in contested(s.complaint) else None


def _executed_too_early(s: Scene) -> Command | None:
    window = s.complaint.deadlines.get("contest")
    left = [person for person in unexecuted(s.complaint) if not has_contested(s.complaint, person)]
    if window is None or s.now > window.due or not left:
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
