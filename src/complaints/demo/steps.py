"""What happens in several of the six stories: a handler takes over, an offer is made, work is carried out."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from complaints.demo.house import STAFF, House
from complaints.model.execution import Acceptance
from complaints.model.investigation import CauseFound, Responsibility
from complaints.model.judgment import IssueJudgment
from complaints.model.promise import PromiseMade
from complaints.model.proposal import Proposal, Remedy
from complaints.model.review import Classification, Evaluation
from complaints.model.words import (
    Answerable,
    Category,
    Cause,
    Channel,
    Demand,
    Department,
    Duty,
    Grounds,
    Proof,
    Purpose,
    RemedyKind,
    Satisfaction,
    TaskResult,
    Verdict,
)
from complaints.stages.anytime import AddEvidence, RecordContact
from complaints.stages.execution import BookCompensation, CompleteExecution, ReportTask
from complaints.stages.intake import AnswerAssignment, Assign, BeginJudgment, CompleteRegistration, Receive
from complaints.stages.investigation import ConcludeInvestigation, RecordFinding
from complaints.stages.judgment import Uphold
from complaints.stages.promises import KeepPromise
from complaints.stages.proposal import Approve, Propose, ReviewProposal
from complaints.stages.review import Close, RecordFollowUp

__all__ = [
    "approval", "assign", "begin", "call_back", "carry_out", "close", "id_of", "investigate", "offer", "propose",
    "review", "signed", "sufficient", "uphold", "work",
]  # fmt: skip


def id_of(form: Receive) -> UUID:
    """The id the sample gave the complaint."""
    assert form.id is not None  # noqa: S101  # the sample gives one to each
    return form.id


def assign(house: House, id: UUID) -> None:
    """The supervisor asks a handler, who takes it on (R52)."""
    house.do(Assign(complaint=id, duty=Duty.HANDLER, assignee="li", basis=house.text("basis")), "zhao")
    house.do(AnswerAssignment(complaint=id, duty=Duty.HANDLER, accepts=True), "li")


def begin(house: House, id: UUID, story: str) -> None:
    """The customer hears who looks after it, says what he wishes, and the judgment begins."""
    house.do(
        RecordContact(
            complaint=id,
            purpose=Purpose.INFORM,
            channel=Channel.PHONE,
            reached=True,
            text=house.text("first_contact"),
        ),
        "li",
    )
    house.do(CompleteRegistration(complaint=id, wish=house.text(f"{story}.wish")), "li")
    house.do(BeginJudgment(complaint=id), "li")


def sufficient(house: House, story: str, issue: str = "I1") -> IssueJudgment:
    """Upheld: sufficient grounds and a reasonable demand (R13)."""
    return IssueJudgment(
        issue=issue,
        grounds=Grounds.SUFFICIENT,
        grounds_reason=house.text(f"{story}.grounds"),
        demand=Demand.REASONABLE,
        demand_reason=house.text(f"{story}.demand"),
        verdict=Verdict.UPHELD,
    )


def uphold(house: House, id: UUID, judgments: tuple[IssueJudgment, ...]) -> None:
    """Judged by the supervisor, the workshop asked, and the customer told until when (R15, R16)."""
    due_at = house.evening(days=3)
    promise = PromiseMade(id="P1", text=house.text("promise", due=due_at.date()), due_at=due_at, channel=Channel.PHONE)
    house.do(
        Uphold(complaint=id, judgments=judgments, department=Department.WORKSHOP, investigator="wu", promise=promise),
        "zhao",
    )


def investigate(house: House, id: UUID, story: str, cause: Cause, issues: tuple[str, ...]) -> None:
    """Evidence, a finding that rests on it, the conclusion; and the customer hears it as promised."""
    report = house.text(f"{story}.evidence")
    house.do(
        AddEvidence(
            complaint=id,
            id="E1",
            kind=house.text("inspection"),
            description=report,
            sha256=sha256(report.encode()).hexdigest(),
            collector="wu",
            collected_at=house.clock(),
        ),
        "wu",
    )
    house.do(
        RecordFinding(
            complaint=id,
            text=house.text(f"{story}.finding"),
            cause=CauseFound(cause=cause, is_confirmed=True),
            evidence=("E1",),
            inspected=issues,
        ),
        "wu",
    )
    house.do(
        ConcludeInvestigation(
            complaint=id,
            summary=house.text(f"{story}.finding"),
            responsibility=Responsibility(kind=Answerable.SUPPLIER, reason=house.text("responsibility")),
        ),
        "wu",
    )
    house.do(KeepPromise(complaint=id, promise="P1", how=house.text("kept")), "li")


def work(house: House, kind: RemedyKind, code: str, cost: str, *, owner: str = "he", days: int = 2) -> Remedy:
    """One thing to be done within so many days."""
    due = house.today() + timedelta(days=days)
    return Remedy(kind=kind, text=house.text(code), cost=house.money(cost), owner=owner, due=due)


def propose(
    house: House, id: UUID, story: str, option: str, *remedies: Remedy, issues: tuple[str, ...] = ("I1",)
) -> None:
    """The handler drafts a solution that answers every issue (R22)."""
    proposal = Proposal(
        id=option,
        remedies=remedies,
        answers_wish=house.text(f"{story}.{option}.wish"),
        answers_issues=issues,
        days=1,
    )
    house.do(Propose(complaint=id, proposal=proposal), "li")


def review(house: House, id: UUID, story: str, option: str, leader: str) -> None:
    """A leader looks at one proposal (R23)."""
    opinion = house.text(f"{story}.{option}.opinion")
    house.do(ReviewProposal(complaint=id, proposal=option, is_suitable=True, opinion=opinion), leader)


def approval(house: House, id: UUID, story: str, option: str, alternatives: tuple[str, ...] = ()) -> Approve:
    """The choice and the written instruction 批示 (R24, R25)."""
    return Approve(
        complaint=id,
        chosen=option,
        reason=house.text(f"{story}.{option}.opinion"),
        instruction=house.text("instruction"),
        alternatives=alternatives,
    )


def offer(house: House, id: UUID, story: str, options: tuple[str, ...]) -> None:
    """The customer hears what the house offers (R29)."""
    house.do(
        RecordContact(
            complaint=id,
            purpose=Purpose.OFFER,
            channel=Channel.PHONE,
            reached=True,
            text=house.text(f"{story}.offer"),
            options=options,
        ),
        "li",
    )


def signed(scan: str) -> Acceptance:
    """The customer signed (R30)."""
    return Acceptance(proof=Proof.SIGNATURE, evidence=scan)


def carry_out(house: House, id: UUID) -> None:
    """Every open task is done by its owner, what it cost is booked, and the execution is complete."""
    complaint = house.desk.complaint(id, by=STAFF["li"])
    for task in complaint.open_tasks:
        proof = f"WO-{complaint.reference[-6:]}-{task.id}"
        house.do(ReportTask(complaint=id, task=task.id, result=TaskResult.DONE, proof=proof), task.owner)
        if task.cost.amount:
            house.do(BookCompensation(complaint=id, booking=f"B-{proof}", task=task.id, amount=task.cost), "qian")
    house.do(CompleteExecution(complaint=id), "li")


def call_back(
    house: House, id: UUID, result: Satisfaction, *, reason: str | None = None, suggestions: str | None = None
) -> None:
    """Somebody who did not handle it asks the customer how it went (R36, R46)."""
    house.do(
        RecordFollowUp(complaint=id, result=result, channel=Channel.PHONE, reason=reason, suggestions=suggestions),
        "wang",
    )


def close(house: House, id: UUID, story: str, category: Category, cause: Cause, *, is_improved: bool = False) -> None:
    """The supervisor evaluates, classifies and closes (R32, R33, R35)."""
    house.do(
        Close(
            complaint=id,
            evaluation=Evaluation(summary=house.text(f"{story}.evaluation"), grade=4),
            classification=Classification(category=category.value, department=Department.WORKSHOP, cause=cause),
            no_improvement_reason=None if is_improved else house.text("no_improvement"),
        ),
        "zhao",
    )
