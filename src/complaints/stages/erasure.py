"""What the house knows of a customer, erased when he asks for it; that something was written stays (Redact)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from uuid import UUID

from complaints.model.base import prose, several
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Refusal, Situation, command, rule
from complaints.model.words import CorrectableFact, HoldKind, PersonalData, State
from complaints.stages.correction import Correct

_WHILE_OPEN = frozenset({PersonalData.CORRESPONDENCE, PersonalData.NOTES})
"""What an open complaint can do without: who must be answered, about what and which car, stays until it is over."""

GROUPS: Mapping[str, PersonalData] = MappingProxyType(
    {
        **dict.fromkeys(("Customer.name", "Party.name", "ReleasePromise.said_by"), PersonalData.NAMES),
        **dict.fromkeys(
            (
                "Customer.phone",
                "Customer.email",
                "Customer.wechat",
                "Customer.address",
                "Customer.platform_number",
                "Customer.post_url",
                "Party.phone",
            ),
            PersonalData.CONTACTS,
        ),
        **dict.fromkeys(
            (
                "Receive.statement",
                "Receive.wish",
                "Adopt.statement",
                "Adopt.wish",
                "CompleteRegistration.wish",
                "Issue.text",
            ),
            PersonalData.STATEMENT,
        ),
        **dict.fromkeys(
            (
                "RecordContact.text",
                "PromiseMade.text",
                "Explain.text",
                "Adopt.answer",
                "RecordUnderstanding.words",
                "Proposal.answers_wish",
                "Remedy.text",
                "Decline.reasons",
                "Decline.counter_demand",
                "AbandonExecution.text",
                "Dispute.grounds",
                "EndWithoutAgreement.text",
                "Withdraw.statement",
                "Void.answer",
                "ExtendPromise.text",
                "RecordFollowUp.reason",
                "RecordFollowUp.suggestions",
                "NoWayFurther.reason",
                "Reopen.reason",
            ),
            PersonalData.CORRESPONDENCE,
        ),
        **dict.fromkeys(
            (
                "AddEvidence.description",
                "AddNote.text",
                "KeepPromise.how",
                "SetSeverity.reason",
                "Assign.basis",
                "AnswerAssignment.reason",
                "IssueJudgment.grounds_reason",
                "IssueJudgment.demand_reason",
                "RecordFinding.text",
                "CauseFound.whys",
                "ConcludeInvestigation.summary",
                "ConcludeInvestigation.inconclusive_reason",
                "Responsibility.reason",
                "RecordConsultation.minutes",
                "RetractProposal.reason",
                "SubmitProposals.waiver_reason",
                "ReturnProposals.reasons",
                "ReviewProposal.opinion",
                "Approve.reason",
                "Approve.instruction",
                "ReportTask.remark",
                "AbandonExecution.reason",
                "Measure.reason",
                "DecideAccountability.reason",
                "ReturnForRework.explanation",
                "Evaluation.summary",
                "Evaluation.lessons",
                "Redact.reason",
                "AnswerEscalation.decision",
                "AnswerTransfer.reason",
                "ConfirmProxy.reason",
                "Contest.grounds",
                "Correct.reason",
                "Correct.old",  # as its fact says; see group_of
                "Correct.new",
                "EndWithoutAgreement.reason",
                "Escalate.reason",
                "ExecuteMeasure.remark",
                "ExtendPromise.reason",
                "GiveHelp.emergency",
                "GiveHelp.text",
                "HandOver.basis",
                "HandOver.briefing",
                "LimitContact.behaviour",
                "Link.remark",
                "Merge.reason",
                "Migrate.reason",
                "OpenExternalCase.text",
                "Override.reason",
                "PlaceHold.reason",
                "RecordClaimAnswer.remark",
                "ReleaseHold.reason",
                "ReopenInvestigation.reason",
                "ReviewContest.reason",
                "Separate.reason",
                "Transfer.briefing",
                "Transfer.reason",
                "Unlink.reason",
                "UpdateExternalCase.text",
                "VerifyImprovement.remark",
                "Void.explanation",
            ),
            PersonalData.NOTES,
        ),
        **dict.fromkeys(("Vehicle.vin", "Vehicle.plate"), PersonalData.VEHICLE),
    }
)
"""
To which group each personal field belongs, by ``Owner.field``.

Our choice: what the customer said of himself, what went between him and the house, and what the house wrote about it
are three things a person can tell apart. ``tests/stages/test_erasure.py`` asks that every field of the library stands
here.
"""


_OF_FACTS = {
    CorrectableFact.NAME: PersonalData.NAMES,
    CorrectableFact.PHONE: PersonalData.CONTACTS,
    CorrectableFact.EMAIL: PersonalData.CONTACTS,
    CorrectableFact.WECHAT: PersonalData.CONTACTS,
    CorrectableFact.ADDRESS: PersonalData.CONTACTS,
    CorrectableFact.WISH: PersonalData.STATEMENT,
    CorrectableFact.VIN: PersonalData.VEHICLE,
    CorrectableFact.PLATE: PersonalData.VEHICLE,
}


def group_of(field: str, order: Command | None = None) -> PersonalData:
    """
    The group of a personal field; a note where nobody said otherwise, so that none is left out of all of them.

    Args:
        order: What it stands in: the two values of a correction are what was corrected.
    """
    if isinstance(order, Correct) and field in ("Correct.old", "Correct.new"):
        return _OF_FACTS[order.fact]
    return GROUPS.get(field, PersonalData.NOTES)


@command
class Redact(Command):
    """
    个人信息删除: what is known of the customer is erased; the history still verifies, and figures stay.

    Args:
        fields: What to erase; everything but the car if not given.
        reason: Why, such as who asked and when; it is a note itself, and may be erased by a later order.
        include_vehicle: The VIN and plate as well: they tell who the keeper is.
    """

    complaint: UUID
    fields: tuple[PersonalData, ...] = several(most=len(PersonalData), default=())
    reason: str = prose(most=1000)
    include_vehicle: bool = False

    @property
    def erases(self) -> frozenset[PersonalData]:
        """The groups that are erased."""
        asked = frozenset(self.fields) or frozenset(PersonalData) - {PersonalData.VEHICLE}
        return asked | {PersonalData.VEHICLE} if self.include_vehicle else asked


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("redact.legal_hold")
def no_legal_hold_keeps_it(s: Situation) -> Refusal | None:
    """A legal hold keeps everything as it is: what was merged into one file is kept as one."""
    family = (s.complaint, *(s.others[id] for id in s.complaint.relatives))
    holds = tuple(hold.id for one in family for hold in one.open_holds if hold.kind is HoldKind.LEGAL)
    return Refusal("redact.legal_hold", holds=holds) if holds else None


@rule("redact.retention")
def the_file_need_not_be_kept(s: Situation) -> Refusal | None:
    """The policy's years of keeping, counted from the end of the complaint and of its survivor, are over."""
    years = s.policy.years_kept(s.complaint.received_at, s.dealer.tz)
    if not years or (not _is_going_on(s) and s.at >= _years_after(_ended_at(_survivor(s)), years)):
        return None
    return Refusal("redact.retention", years=years)


@rule("redact.still_open")
def an_open_complaint_keeps_what_answers_it(s: Situation) -> Refusal | None:
    """While it is open, only correspondence and notes go: nobody can answer a customer unknown to him (our choice)."""
    needed = tuple(group.value for group in PersonalData if group in s.command.erases - _WHILE_OPEN)
    return Refusal("redact.still_open", fields=needed) if _is_going_on(s) and needed else None


def _survivor(s: Situation) -> Complaint:
    """Where the customer gets his answer: in the complaint itself, or in the one it was merged into."""
    went = s.complaint.beside.merged_into
    return s.complaint if went is None else s.others[went.survivor]


def _is_going_on(s: Situation) -> bool:
    """Whether an answer is still due; where a survivor was merged away itself, until that one is archived."""
    survivor = _survivor(s)
    return survivor.is_open or (survivor is not s.complaint and survivor.state is State.MERGED)


def _ended_at(complaint: Complaint) -> datetime:
    """When it was closed; where it ended otherwise, when it was last moved."""
    reopen = complaint.deadlines.get("reopen")
    last = next((visit.state for visit in reversed(complaint.visits) if visit.state is not State.ARCHIVED), None)
    return reopen.start if reopen is not None and last is State.CLOSED else complaint.moved_at


def _years_after(start: datetime, years: int) -> datetime:
    """The same day so many years later; the day before it where there is none (29 February)."""
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return start.replace(year=start.year + years, day=28)


_PLACES = re.compile(r"\[[0-9]+\]")


def without_places(path: str) -> str:
    """A path in a form, without the places in its lists."""
    return _PLACES.sub("", path)


__all__ = ["GROUPS", "Redact", "group_of", "without_places"]
