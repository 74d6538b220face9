"""Orders for the turns a complaint can take: disputed, ended early, withdrawn, reopened, merged, corrected, voided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from uuid import UUID

from complaints.model.complaint import Complaint
from complaints.model.event import Command
from complaints.model.words import (
    Alarm,
    CaseStatus,
    Channel,
    CorrectableFact,
    EndGround,
    LinkKind,
    MergeGround,
    Outcome,
    Satisfaction,
    VoidReason,
)
from complaints.stages.correction import IN_WORDS, Correct, standing
from complaints.stages.ending import EndWithoutAgreement, Void, Withdraw
from complaints.stages.family import Link, Merge, Separate, Unlink
from complaints.stages.intake import handlers_of
from complaints.stages.investigation import ReopenInvestigation
from complaints.stages.judgment import Dispute
from complaints.stages.review import RecordFollowUp
from complaints.testing.orders import COURTEOUS, WORDS, Builder, Scene, Spoiled

_NOBODY = UUID(int=0)
_RUDE = "这个不行，您自己想办法。"


def _dispute(s: Scene) -> Command:
    return Dispute(complaint=s.id, grounds=s.choose.one(WORDS), channel=Channel.PHONE)


def _end_without_agreement(s: Scene) -> Command:
    grounds = [ground for ground in EndGround if _holds(s, ground)]
    ground = s.choose.one(grounds)
    return EndWithoutAgreement(
        complaint=s.id,
        ground=ground,
        reason="双方意见不一致",
        text=s.choose.one(COURTEOUS),
        told_where="可向消费者协会反映",
        channel=Channel.PHONE,
        evidence="LETTER-1" if ground is EndGround.REFUSED else None,
    )


def _holds(s: Scene, ground: EndGround) -> bool:
    complaint = s.complaint
    if ground is EndGround.SECOND_REVIEW:
        dispute, judgment = complaint.beside.dispute, complaint.judgment
        return dispute is not None and judgment is not None and judgment.number > dispute.number
    if ground is EndGround.TWO_ROUNDS:
        since = complaint.conclusion.number if complaint.conclusion is not None else 0
        return sum(number > since for number in complaint.beside.rounds) >= 2
    if ground is EndGround.SETTLED_EXTERNALLY:
        return any(case.status is CaseStatus.SETTLED for case in complaint.beside.cases)
    return ground is EndGround.REFUSED


def _reopen_investigation(s: Scene) -> Command | None:
    able = [actor.id for actor in s.house.staff if actor.id not in s.complaint.involved]
    if not able:
        return None
    return ReopenInvestigation(complaint=s.id, reason="出现新的检测报告", investigator=s.choose.one(able))


def _withdraw(s: Scene) -> Command | None:
    witnesses = [actor.id for actor in s.house.staff if actor.id not in {s.by.id, *s.complaint.involved}]
    if not witnesses:
        return None
    return Withdraw(
        complaint=s.id,
        statement="不再投诉了。",
        evidence="MSG-2",
        witness=s.choose.one(witnesses),
        channel=Channel.WECHAT,
    )


def _void(s: Scene) -> Command:
    reason = s.choose.one(tuple(VoidReason))
    answer = s.choose.one(COURTEOUS) if reason is VoidReason.ENQUIRY else None
    return Void(complaint=s.id, reason=reason, explanation="核对后确认", answer=answer)


def _merge(s: Scene) -> Command | None:
    relatives = [other for other in s.others if other.is_open and _is_the_same_customer(other, s.complaint)]
    if not relatives:
        return None
    survivor = s.choose.one(relatives).id
    return Merge(complaint=s.id, survivor=survivor, ground=MergeGround.CUSTOMER, reason="同一客户的同一问题")


def _is_the_same_customer(one: Complaint, other: Complaint) -> bool:
    mine, theirs = one.registration.complainant, other.registration.complainant
    marks = ("phone", "email", "platform_number")
    return any(getattr(mine, mark) is not None and getattr(mine, mark) == getattr(theirs, mark) for mark in marks)


def _separate(s: Scene) -> Command:
    return Separate(complaint=s.id, reason="确认为两件事")


def _link(s: Scene) -> Command | None:
    linked = {(one.other, one.kind) for one in s.complaint.links}
    free = [(other.id, kind) for other in s.others for kind in LinkKind if (other.id, kind) not in linked]
    if not free:
        return None
    other, kind = s.choose.one(free)
    return Link(complaint=s.id, other=other, kind=kind)


def _unlink(s: Scene) -> Command | None:
    if not s.complaint.links:
        return None
    link = s.choose.one(s.complaint.links)
    return Unlink(complaint=s.id, other=link.other, kind=link.kind, reason="关联有误")


def _correct(s: Scene) -> Command | None:
    fact, item, right = s.choose.one(
        (
            (CorrectableFact.WISH, None, "希望更换配件"),
            (CorrectableFact.NAME, None, "顾客庚"),
            (CorrectableFact.CHANNEL, None, "app"),
            (CorrectableFact.CATEGORY, s.issues[0] if s.issues else "I1", "parts"),
            (CorrectableFact.PLATE, "1", "沪A00009"),
        )
    )
    known = {CorrectableFact.CATEGORY: s.issues, CorrectableFact.PLATE: s.complaint.registration.vehicles}
    wrong = standing(s.complaint, corrected(s, fact, item, None, right))
    if not known.get(fact, True) or wrong == right:
        return _without_an_alarm(s)
    return corrected(s, fact, item, wrong, right)


def corrected(s: Scene, fact: CorrectableFact, item: str | None, wrong: str | None, right: str | None) -> Correct:
    """A correction with its values in the fields that the fact wants."""
    if fact in IN_WORDS:
        return Correct(complaint=s.id, fact=fact, item=item, old=wrong, new=right, reason="录入有误")
    return Correct(complaint=s.id, fact=fact, item=item, old_code=wrong, new_code=right, reason="录入有误")


def _without_an_alarm(s: Scene) -> Command | None:
    alarms = s.complaint.registration.alarms
    if not alarms:
        return None
    others = [alarm.value for alarm in Alarm if alarm not in alarms]
    return corrected(s, CorrectableFact.ALARM, None, s.choose.one(alarms).value, s.choose.one((None, *others)))


TURNS: Mapping[type[Command], Builder] = MappingProxyType(
    {
        Dispute: _dispute,
        EndWithoutAgreement: _end_without_agreement,
        ReopenInvestigation: _reopen_investigation,
        Withdraw: _withdraw,
        Void: _void,
        Merge: _merge,
        Separate: _separate,
        Link: _link,
        Unlink: _unlink,
        Correct: _correct,
    }
)
"""A builder for each turn that a person decides on; what follows by itself has none."""


# --- wrong in what it says ------------------------------------------------------------------------------------------


def _ended_too_soon(s: Scene) -> Command | None:
    ground = s.choose.one((EndGround.LAPSED, EndGround.SETTLED_EXTERNALLY, EndGround.SECOND_REVIEW))
    if _holds(s, ground) or (ground is EndGround.LAPSED and len(s.complaint.beside.unanswered) > 2):
        return None
    return EndWithoutAgreement(
        complaint=s.id,
        ground=ground,
        reason="不同意",
        text=COURTEOUS[0],
        told_where="可向消费者协会反映",
        channel=Channel.PHONE,
    )


def _ended_rudely(s: Scene) -> Command:
    return EndWithoutAgreement(
        complaint=s.id,
        ground=EndGround.REFUSED,
        reason="不同意",
        text=_RUDE,
        told_where="可向消费者协会反映",
        channel=Channel.PHONE,
        evidence="LETTER-1",
    )


def _witnessed_by_himself(s: Scene) -> Command:
    return Withdraw(complaint=s.id, statement="算了。", evidence="MSG-2", witness=s.by.id, channel=Channel.PHONE)


def _reopened_by_the_involved(s: Scene) -> Command | None:
    involved = sorted(s.complaint.involved)
    if not involved:
        return None
    return ReopenInvestigation(complaint=s.id, reason="新证据", investigator=s.choose.one(involved))


def _merged_into(s: Scene, survivor: UUID) -> Command:
    return Merge(complaint=s.id, survivor=survivor, ground=MergeGround.CUSTOMER, reason="同一件事")


def _linked_to(s: Scene, other: UUID) -> Command:
    return Link(complaint=s.id, other=other, kind=LinkKind.FAMILY)


def _linked_again(s: Scene) -> Command | None:
    if not s.complaint.links:
        return None
    link = s.choose.one(s.complaint.links)
    return Link(complaint=s.id, other=link.other, kind=link.kind)


def _unlinked_from_nothing(s: Scene) -> Command | None:
    free = [other.id for other in s.others if not any(one.other == other.id for one in s.complaint.links)]
    if not free:
        return None
    return Unlink(complaint=s.id, other=s.choose.one(free), kind=LinkKind.FAMILY, reason="关联有误")


def _corrected_unread(s: Scene) -> Command:
    return Correct(complaint=s.id, fact=CorrectableFact.WISH, old="从未说过的话", new="换车", reason="录入有误")


def _corrected_without_proof(s: Scene) -> Command:
    received = s.complaint.registration.received_at
    return Correct(
        complaint=s.id,
        fact=CorrectableFact.RECEIVED_AT,
        old_code=received.isoformat(),
        new_code=(received - timedelta(hours=1)).isoformat(),
        reason="录入有误",
        proof="unheard-of",
    )


def _corrected_for_himself(s: Scene) -> Command:
    return corrected(s, CorrectableFact.COMPLAINED_OF, None, s.by.id, None)


def _pressure_left_unasked(s: Scene) -> Command | None:
    if s.complaint.outcome is not Outcome.WITHDRAWN or s.by.id in handlers_of(s.complaint):
        return None
    return RecordFollowUp(complaint=s.id, result=Satisfaction.SATISFIED, channel=Channel.PHONE)


def _content_and_finding_fault(s: Scene) -> Command | None:
    if s.by.id in handlers_of(s.complaint):
        return None
    return RecordFollowUp(
        complaint=s.id, result=Satisfaction.SATISFIED, channel=Channel.LETTER, suggestions="等待时间太长，很失望"
    )


SPOILED_TURNS: tuple[Spoiled, ...] = (
    (Correct, "correct.own_part", _corrected_for_himself),
    (EndWithoutAgreement, "end.ground", _ended_too_soon),
    (EndWithoutAgreement, "text.discourteous", _ended_rudely),
    (Withdraw, "witness.partial", _witnessed_by_himself),
    (ReopenInvestigation, "investigator.involved", _reopened_by_the_involved),
    (Merge, "merge.survivor", lambda s: _merged_into(s, s.id)),
    (Merge, "other.unknown", lambda s: _merged_into(s, _NOBODY)),
    (Link, "link.self", lambda s: _linked_to(s, s.id)),
    (Link, "other.unknown", lambda s: _linked_to(s, _NOBODY)),
    (Link, "link.doubled", _linked_again),
    (Unlink, "link.none", _unlinked_from_nothing),
    (Correct, "correct.old", _corrected_unread),
    (Correct, "correct.proof", _corrected_without_proof),
    (RecordFollowUp, "pressure.unasked", _pressure_left_unasked),
    (RecordFollowUp, "followup.contradiction", _content_and_finding_fault),
)  # fmt: skip
"""Turns that are wrong in what they say."""

__all__ = ["SPOILED_TURNS", "TURNS"]
