"""
Orders about what runs beside the state: outside cases, holds, transfers, escalations, help, limits.

Builders for each of them, and orders that are wrong in what they say.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from types import MappingProxyType

from complaints.model.beside import Escalation, ExternalCase, Hold
from complaints.model.event import Command
from complaints.model.money import Money
from complaints.model.people import ExternalRef
from complaints.model.words import (
    RANKS,
    Answer,
    CaseKind,
    CaseStatus,
    Channel,
    Department,
    Duty,
    EscalationReply,
    HelpKind,
    HoldKind,
    Purpose,
    Role,
)
from complaints.stages.anytime import LimitContact, RecordContact
from complaints.stages.escalation import AnswerEscalation, Escalate
from complaints.stages.handover import AnswerTransfer, HandOver, Transfer
from complaints.stages.help import GiveHelp
from complaints.stages.holds import PlaceHold, ReleaseHold
from complaints.stages.intake import handlers_of
from complaints.stages.outside import OpenExternalCase, UpdateExternalCase
from complaints.testing.orders import Builder, Scene, Spoiled, may_decide

_WEEK = timedelta(days=7)

# --- outside cases --------------------------------------------------------------------------------------------------


def _open_case(s: Scene) -> Command | None:
    kinds = [kind for kind in (CaseKind.OEM, *CaseKind) if _may_open(s, kind)]
    return _case(s, s.new("X"), s.choose.one(kinds)) if kinds else None


def _may_open(s: Scene, kind: CaseKind) -> bool:
    return s.by.holds(Role.SPOKESPERSON if kind is CaseKind.MEDIA else Role.MANAGER)


def _case(s: Scene, id: str, kind: CaseKind) -> OpenExternalCase:
    return OpenExternalCase(
        complaint=s.id,
        id=id,
        kind=kind,
        ref=ExternalRef(system="outside", kind="case", id="C-1") if s.choose.once_in(2) else None,
        due=(s.now + _WEEK).date() if s.choose.once_in(2) else None,
        text="对方要求书面答复" if s.choose.once_in(2) else None,
    )


def _update_case(s: Scene) -> Command | None:
    theirs = [case for case in s.complaint.open_cases if _may_open(s, case.kind)]
    if not theirs:
        return None
    case = s.choose.one(sorted(theirs, key=lambda one: not one.blocks))
    statuses = [CaseStatus.SETTLED, CaseStatus.CLOSED, CaseStatus.ANSWERED]
    return _news(s, case, s.choose.one(statuses))


def _news(s: Scene, case: ExternalCase, status: CaseStatus) -> UpdateExternalCase:
    due = (s.now + _WEEK).date() if s.choose.once_in(3) else None
    return UpdateExternalCase(complaint=s.id, case=case.id, status=status, due=due, text="已书面答复")


# --- holds ----------------------------------------------------------------------------------------------------------


def _place_hold(s: Scene) -> Command | None:
    kinds = [kind for kind in HoldKind if _may_hold(s, kind)]
    return _hold(s, s.new("W"), s.choose.one(kinds)) if kinds else None


def _may_hold(s: Scene, kind: HoldKind) -> bool:
    return s.by.holds(Role.LEGAL if kind is HoldKind.LEGAL else Role.SPECIALIST)


def _hold(s: Scene, id: str, kind: HoldKind) -> PlaceHold:
    until = (s.now + _WEEK).date() if s.choose.once_in(2) else None
    return PlaceHold(complaint=s.id, id=id, kind=kind, until=until, reason="等待回复")


def _release_hold(s: Scene) -> Command | None:
    theirs = [hold for hold in s.complaint.open_holds if _may_hold(s, hold.kind) and hold.at <= s.happens_at]
    if not theirs:
        return None
    # a legal one stands in the way of the archive, others stand in nobody's
    hold = s.choose.one(sorted(theirs, key=lambda one: one.kind is not HoldKind.LEGAL))
    return ReleaseHold(complaint=s.id, hold=hold.id, reason="已到货" if s.choose.once_in(2) else None)


def _legal_hold(s: Scene) -> Hold | None:
    return next((hold for hold in s.complaint.open_holds if hold.kind is HoldKind.LEGAL), None)


# --- from hand to hand ----------------------------------------------------------------------------------------------


def _transfer(s: Scene) -> Command:
    others = [one for one in Department if one is not s.complaint.department]
    to = s.by.department if s.by.department in others and s.choose.once_in(2) else s.choose.one(others)
    return _transfer_to(s, to)


def _transfer_to(s: Scene, to: Department | None) -> Transfer:
    return Transfer(
        complaint=s.id,
        to=to or Department.SERVICE,
        reason="属于该部门业务",
        briefing="客户已说明全部情况，请直接联系。",
    )


def _answer_transfer(s: Scene) -> Command:
    declines = s.choose.once_in(3)
    return AnswerTransfer(complaint=s.id, accepts=not declines, reason="不属于本部门业务" if declines else None)


def _hand_over(s: Scene) -> Command | None:
    """Who is left out of it takes over, as far as there is anybody."""
    givers = [person for person in _busy(s) if person == s.by.id or s.by.holds(Role.SUPERVISOR)]
    if not givers:
        return None
    giver = s.choose.one(givers)
    duties = _duties_of(s, giver)
    barred = {giver, *(s.complaint.involved if duties else ())}
    if Duty.CALLER in duties:
        barred |= handlers_of(s.complaint)
    has_tasks = any(task.owner == giver for task in s.complaint.open_tasks)
    able = [
        actor.id
        for actor in s.house.staff
        if actor.id not in barred
        and (Duty.HANDLER not in duties or actor.holds(Role.SPECIALIST))
        and (not has_tasks or actor.id in s.house.owners)
    ]
    if not able or {Duty.CALLER, Duty.HANDLER} <= {*duties}:
        return None
    return _handed(s, giver, s.choose.one(able))


def _handed(s: Scene, giver: str, taker: str) -> HandOver:
    return HandOver(complaint=s.id, giver=giver, taker=taker, briefing="客户上午方便接电话。", basis="负荷最低")


def _busy(s: Scene) -> tuple[str, ...]:
    on_duty = [one.assignee for one in s.complaint.duties.values() if one.answer is not Answer.DECLINED]
    return tuple(dict.fromkeys((*on_duty, *(task.owner for task in s.complaint.open_tasks))))


def _duties_of(s: Scene, person: str) -> tuple[Duty, ...]:
    return tuple(
        duty for duty, one in s.complaint.duties.items() if one.assignee == person and one.answer is not Answer.DECLINED
    )


# --- escalations ----------------------------------------------------------------------------------------------------


def _escalate(s: Scene) -> Command | None:
    asked = {one.to for one in s.complaint.open_escalations}
    free = [role for role in RANKS[1:] if role not in asked]
    return Escalate(complaint=s.id, to=s.choose.one(free), reason="客户要求上级答复") if free else None


def _answer_escalation(s: Scene) -> Command | None:
    theirs = [one for one in s.complaint.open_escalations if s.by.holds(one.to)]
    if not theirs:
        return None
    asked = s.choose.one(theirs)
    if asked.acknowledged_by is None and s.choose.once_in(4):
        return _answer_with(s, asked, EscalationReply.ACKNOWLEDGED)
    if s.choose.once_in(4):
        return _answer_with(s, asked, EscalationReply.HANDED_DOWN, s.choose.one(RANKS[: RANKS.index(asked.to)]))
    return _answer_with(s, asked, EscalationReply.DECIDED)


def _answer_with(s: Scene, asked: Escalation, reply: EscalationReply, to: Role | None = None) -> AnswerEscalation:
    return AnswerEscalation(complaint=s.id, escalation=asked.number, reply=reply, decision="同意优先处理", to=to)


# --- help and limits ------------------------------------------------------------------------------------------------


def _give_help(s: Scene) -> Command | None:
    order = s.house.policy.standing_order(s.house.dealer.id, s.happens_at)
    kind = s.choose.one(tuple(HelpKind))
    if order is not None and s.by.id in order.staff and not s.choose.once_in(4):
        ceilings = [order.allows(issue.category, kind.remedy) for issue in s.complaint.registration.issues]
        left = order.per_case - _spent(s, ordered=True)
        ceiling = max((one for one in ceilings if one is not None), default=None)
        if ceiling is not None:
            return GiveHelp(complaint=s.id, kind=kind, cost=s.money(min(ceiling, left)), order=order.stamp)
    cost = s.money(s.choose.one(("0", "300", "600", "1200")))
    spent = _spent(s, ordered=False) + cost.amount
    is_within = spent <= s.house.policy.emergency_help
    if not is_within and not may_decide(s, {cost.currency: spent}, frozenset({kind.remedy})):
        return None
    return GiveHelp(complaint=s.id, kind=kind, cost=cost, emergency="车辆停在高速路上", text="已联系救援")


def _spent(s: Scene, *, ordered: bool) -> Decimal:
    given = [one.cost.amount for one in s.complaint.beside.help if (one.order is not None) is ordered]
    return sum(given, Decimal(0))


def _limit_contact(s: Scene) -> Command:
    return LimitContact(
        complaint=s.id,
        behaviour="三次在电话中辱骂员工",
        channel=s.choose.one((Channel.EMAIL, Channel.LETTER)),
        review_on=(s.now + s.choose.one((_WEEK, 4 * _WEEK))).date(),
    )


BESIDE: Mapping[type[Command], Builder] = MappingProxyType(
    {
        OpenExternalCase: _open_case,
        UpdateExternalCase: _update_case,
        PlaceHold: _place_hold,
        ReleaseHold: _release_hold,
        Transfer: _transfer,
        AnswerTransfer: _answer_transfer,
        HandOver: _hand_over,
        Escalate: _escalate,
        AnswerEscalation: _answer_escalation,
        GiveHelp: _give_help,
        LimitContact: _limit_contact,
    }
)
"""A builder for each command about what runs beside the state."""

# --- wrong in what they say -----------------------------------------------------------------------------------------


def _case_again(s: Scene) -> Command | None:
    known = s.complaint.beside.cases
    return _case(s, s.choose.one(known).id, CaseKind.OEM) if known else None


def _somebody_elses_case(s: Scene) -> Command | None:
    others = [kind for kind in CaseKind if not _may_open(s, kind)]
    return _case(s, s.new("X"), s.choose.one(others)) if others else None


def _news_of_somebody_elses_case(s: Scene) -> Command | None:
    others = [case for case in s.complaint.open_cases if not _may_open(s, case.kind)]
    return _news(s, s.choose.one(others), CaseStatus.CLOSED) if others else None


def _unheard_of_case(s: Scene) -> Command:
    return UpdateExternalCase(complaint=s.id, case="unheard-of", status=CaseStatus.SETTLED, text="已和解")


def _unanswered_again(s: Scene) -> Command | None:
    answered = [case for case in s.complaint.open_cases if case.status is CaseStatus.ANSWERED]
    return _news(s, s.choose.one(answered), CaseStatus.OPEN) if answered else None


def _hold_again(s: Scene) -> Command | None:
    known = s.complaint.beside.holds
    return _hold(s, s.choose.one(known).id, HoldKind.PARTS) if known else None


def _somebody_elses_hold(s: Scene) -> Command | None:
    others = [kind for kind in HoldKind if not _may_hold(s, kind)]
    return _hold(s, s.new("W"), s.choose.one(others)) if others else None


def _release_of_somebody_elses_hold(s: Scene) -> Command | None:
    others = [hold for hold in s.complaint.open_holds if not _may_hold(s, hold.kind)]
    return ReleaseHold(complaint=s.id, hold=s.choose.one(others).id) if others else None


def _released_again(s: Scene) -> Command | None:
    released = [hold for hold in s.complaint.beside.holds if hold.released_at is not None]
    return ReleaseHold(complaint=s.id, hold=s.choose.one(released).id if released else "unheard-of")


def _transferred_to_itself(s: Scene) -> Command | None:
    return _transfer_to(s, s.complaint.department) if s.complaint.department is not None else None


def _handed_by_a_bystander(s: Scene) -> Command | None:
    others = [person for person in _busy(s) if person != s.by.id]
    if s.by.holds(Role.SUPERVISOR) or not others:
        return None
    return _handed(s, s.choose.one(others), s.by.id)


def _nothing_handed(s: Scene) -> Command:
    return _handed(s, "unheard-of", "counter")


def _handed_to_himself(s: Scene) -> Command | None:
    busy = _busy(s)
    return _handed(s, busy[0], busy[0]) if busy else None


def _handed_to_the_involved(s: Scene) -> Command | None:
    givers, involved = [one for one in _busy(s) if _duties_of(s, one)], sorted(s.complaint.involved)
    return _handed(s, s.choose.one(givers), s.choose.one(involved)) if givers and involved else None


def _call_back_handed_to_the_handler(s: Scene) -> Command | None:
    callers, handlers = [one for one in _busy(s) if Duty.CALLER in _duties_of(s, one)], handlers_of(s.complaint)
    return _handed(s, callers[0], min(handlers)) if callers and handlers else None


def _asked_twice(s: Scene) -> Command | None:
    asked = s.complaint.open_escalations
    return Escalate(complaint=s.id, to=s.choose.one(asked).to, reason="再次上报") if asked else None


def _answered_beyond_the_rank(s: Scene) -> Command | None:
    above = [one for one in s.complaint.open_escalations if not s.by.holds(one.to)]
    return AnswerEscalation(complaint=s.id, escalation=above[0].number, decision="同意") if above else None


def _acknowledged_again(s: Scene) -> Command | None:
    seen = [one for one in s.complaint.open_escalations if one.acknowledged_by is not None and s.by.holds(one.to)]
    return _answer_with(s, seen[0], EscalationReply.ACKNOWLEDGED) if seen else None


def _handed_up(s: Scene) -> Command | None:
    theirs = [one for one in s.complaint.open_escalations if s.by.holds(one.to) and one.to is not Role.GROUP]
    return _answer_with(s, theirs[0], EscalationReply.HANDED_DOWN, theirs[0].to) if theirs else None


def _called_after_the_limit(s: Scene) -> Command | None:
    limit = s.complaint.beside.contact_limit
    if limit is None or s.happens_at.astimezone(s.house.dealer.tz).date() > limit.review_on:
        return None
    return _called(s, Channel.PHONE)


def _called_unwanted(s: Scene) -> Command | None:
    unwanted, limit = s.complaint.registration.complainant.do_not_contact, s.complaint.beside.contact_limit
    return _called(s, s.choose.one(unwanted)) if unwanted and limit is None else None


def _called_at_rest(s: Scene) -> Command | None:
    """At an hour that is not the customer's; but for an appointment that the complaint may have."""
    hours, agreed = s.complaint.registration.complainant.own_hours, s.complaint.beside.appointment
    is_fine = any(window.holds(s.happens_at.astimezone(s.house.dealer.tz).time()) for window in hours)
    return _called(s, Channel.PHONE) if hours and not is_fine and agreed is None else None


def _called(s: Scene, channel: Channel) -> RecordContact:
    return RecordContact(complaint=s.id, purpose=Purpose.OTHER, channel=channel, reached=True)


def _help_in_other_money(s: Scene) -> Command:
    return GiveHelp(complaint=s.id, kind=HelpKind.TOW, cost=Money("1", "EUR"), emergency="车辆停在高速路上")


def _help_by_an_old_order(s: Scene) -> Command:
    return GiveHelp(complaint=s.id, kind=HelpKind.APOLOGY, cost=s.money("0"), order="SO-0@9")


def _help_for(s: Scene, amount: str) -> Command | None:
    """Help beyond the ceilings of the standing order in force, if there is one."""
    standing = s.house.policy.standing_order(s.house.dealer.id, s.happens_at)
    if standing is None:
        return None
    return GiveHelp(complaint=s.id, kind=HelpKind.LOANER, cost=s.money(amount), order=standing.stamp)


def _dear_help(s: Scene) -> Command | None:
    if s.by.holds(Role.GROUP):
        return None
    return GiveHelp(complaint=s.id, kind=HelpKind.TOW, cost=s.money("200000.01"), emergency="车辆停在高速路上")


def _reviewed_today(s: Scene) -> Command:
    today = s.now.astimezone(s.house.dealer.tz).date()
    return LimitContact(complaint=s.id, behaviour="辱骂员工", channel=Channel.EMAIL, review_on=today)


SPOILED_BESIDE: tuple[Spoiled, ...] = (
    (OpenExternalCase, "case.doubled", _case_again),
    (OpenExternalCase, "case.role", _somebody_elses_case),
    (UpdateExternalCase, "case.role", _news_of_somebody_elses_case),
    (UpdateExternalCase, "case.not_open", _unheard_of_case),
    (UpdateExternalCase, "case.answered", _unanswered_again),
    (PlaceHold, "hold.doubled", _hold_again),
    (PlaceHold, "name.reserved", lambda s: _hold(s, "M1/hold", HoldKind.CUSTOMER)),
    (PlaceHold, "hold.role", _somebody_elses_hold),
    (ReleaseHold, "hold.role", _release_of_somebody_elses_hold),
    (ReleaseHold, "hold.not_open", _released_again),
    (Transfer, "transfer.same", _transferred_to_itself),
    (HandOver, "handover.not_yours", _handed_by_a_bystander),
    (HandOver, "handover.nothing", _nothing_handed),
    (HandOver, "handover.same", _handed_to_himself),
    (HandOver, "handover.involved", _handed_to_the_involved),
    (HandOver, "handover.caller", _call_back_handed_to_the_handler),
    (Escalate, "escalation.doubled", _asked_twice),
    (AnswerEscalation, "escalation.rank", _answered_beyond_the_rank),
    (AnswerEscalation, "escalation.not_open",
     lambda s: AnswerEscalation(complaint=s.id, escalation=s.complaint.version + 1, decision="同意")),
    (AnswerEscalation, "escalation.acknowledged", _acknowledged_again),
    (AnswerEscalation, "escalation.not_lower", _handed_up),
    (RecordContact, "contact.limited", _called_after_the_limit),
    (RecordContact, "contact.opted_out", _called_unwanted),
    (RecordContact, "contact.untimely", _called_at_rest),
    (GiveHelp, "help.currency", _help_in_other_money),
    (GiveHelp, "help.order", _help_by_an_old_order),
    (GiveHelp, "help.customer_ceiling", lambda s: _help_for(s, "5000.01")),
    (GiveHelp, "help.month_ceiling", lambda s: _help_for(s, "50000.01")),
    (GiveHelp, "help.emergency", _dear_help),
    (LimitContact, "limit.review", _reviewed_today),
)  # fmt: skip
"""What is wrong in the content of an order: the command, the refusal that must be among the reasons, and the order."""

__all__ = ["BESIDE", "SPOILED_BESIDE"]
