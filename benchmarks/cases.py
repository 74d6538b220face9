"""The complaints and orders that are measured: the same ones everywhere."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from complaints import Actor, Channel, Command, Complaint, Customer, Dealer, Department, Desk, Issue, Money, Role, Store
from complaints.model.execution import Acceptance
from complaints.model.investigation import CauseFound, Responsibility
from complaints.model.judgment import IssueJudgment
from complaints.model.promise import PromiseMade
from complaints.model.proposal import Proposal, Remedy
from complaints.model.review import Classification, Evaluation
from complaints.model.words import (
    Answerable,
    Cause,
    Demand,
    Grounds,
    Proof,
    Purpose,
    RemedyKind,
    Satisfaction,
    TaskResult,
    Verdict,
)
from complaints.stages.anytime import AddEvidence, RecordContact
from complaints.stages.execution import Accept, BookCompensation, CompleteExecution, ReportTask
from complaints.stages.intake import BeginJudgment, Receive
from complaints.stages.investigation import ConcludeInvestigation, RecordFinding
from complaints.stages.judgment import Uphold
from complaints.stages.promises import KeepPromise
from complaints.stages.proposal import Approve, Propose, ReviewProposal, SubmitProposals
from complaints.stages.review import Close, RecordFollowUp

SHOP = Dealer("SH01")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LI = Actor("li", Role.SPECIALIST, dealer="SH01", department=Department.CUSTOMER_SERVICE)
ZHAO = Actor("zhao", Role.SUPERVISOR, dealer="SH01", department=Department.CUSTOMER_SERVICE)
QIAN = Actor("qian", Role.MANAGER, dealer="SH01", department=Department.CUSTOMER_SERVICE)
CHEN = Actor("chen", Role.TECHNICAL_LEAD, dealer="SH01", department=Department.WORKSHOP)
WU = Actor("wu", Role.FINANCE, dealer="SH01", department=Department.FINANCE)

RECEIVE = Receive(
    dealer="SH01",
    complainant=Customer(name="顾客甲", phone="13900000000"),
    channel=Channel.PHONE,
    received_at=NOW - timedelta(hours=1),
    statement="刚保养完空调就不制冷了,来回跑了两趟。",
    wish="修好空调,不再收费",
    issues=(Issue(id="1", category="service"),),
    takes_on=True,
)


def desk_on(store: Store | None = None) -> Desk:
    """A desk whose clock stands still."""
    return Desk(store, dealers=[SHOP], clock=lambda: NOW)


def the_rest(case: Complaint) -> list[tuple[Command, Actor]]:
    """Everything from judgment to closing, for a complaint that was just received."""
    id = case.id
    remedy = Remedy(kind=RemedyKind.FREE_REWORK, cost=Money("180", "CNY"), owner="chen", due=date(2026, 3, 4))
    return [
        (BeginJudgment(complaint=id), LI),
        (
            Uphold(
                complaint=id,
                judgments=(
                    IssueJudgment(
                        issue="1",
                        grounds=Grounds.SUFFICIENT,
                        grounds_reason="工单显示当天拆过滤芯",
                        demand=Demand.REASONABLE,
                        demand_reason="合理",
                        verdict=Verdict.UPHELD,
                    ),
                ),
                department=Department.WORKSHOP,
                investigator="chen",
                promise=PromiseMade(
                    id="answer", text="周四前给您答复", due_at=NOW + timedelta(days=3), channel=Channel.PHONE
                ),
            ),
            LI,
        ),
        (AddEvidence(complaint=id, id="E1", kind="work order"), CHEN),
        (RecordFinding(complaint=id, text="滤芯装反", evidence=("E1",), cause=CauseFound(cause=Cause.METHOD)), CHEN),
        (
            ConcludeInvestigation(
                complaint=id,
                summary="复检漏项",
                responsibility=Responsibility(kind=Answerable.SYSTEM, reason="复检单没有这一项"),
            ),
            CHEN,
        ),
        (
            Propose(
                complaint=id,
                proposal=Proposal(id="A", remedies=(remedy,), answers_wish="免费返工", answers_issues=("1",)),
            ),
            LI,
        ),
        (SubmitProposals(complaint=id), LI),
        (ReviewProposal(complaint=id, proposal="A", is_suitable=True, opinion="可行"), QIAN),
        (Approve(complaint=id, chosen="A", reason="最快", instruction="周四前完成"), QIAN),
        (RecordContact(complaint=id, purpose=Purpose.OFFER, channel=Channel.PHONE, reached=True, options=("A",)), LI),
        (KeepPromise(complaint=id, promise="answer"), LI),
        (Accept(complaint=id, option="A", acceptance=Acceptance(proof=Proof.RECORDING, evidence="rec-1")), LI),
        (ReportTask(complaint=id, task="T1", result=TaskResult.DONE, proof="WO-91"), CHEN),
        (BookCompensation(complaint=id, booking="B-17", task="T1", amount=Money("180", "CNY")), WU),
        (CompleteExecution(complaint=id), LI),
        (RecordFollowUp(complaint=id, result=Satisfaction.SATISFIED, channel=Channel.FOLLOWUP_CALL), ZHAO),
        (
            Close(
                complaint=id,
                evaluation=Evaluation(summary="四天解决", grade=4),
                classification=Classification(category="service", department=Department.WORKSHOP, cause=Cause.METHOD),
                no_improvement_reason="已改复检单",
            ),
            ZHAO,
        ),
    ]
