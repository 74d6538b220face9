"""
A complaint led to where a test begins, and the people of the house that the tests talk about.

``Case().received().begun().upheld()`` is a complaint in investigation. Every step has an obvious doer and an
obvious form, heavy enough for the gravest complaint; a test says only what matters to it:
``.upheld(by=zhao, department=Department.PARTS)``. What is refused is asked for with ``refused``, ``forbidden``
and ``illegal``; each of them also shows that ``explain`` answers the same and that nothing has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs
import pytest

from complaints import (
    LIFECYCLE,
    Actor,
    Channel,
    Command,
    Complaint,
    Customer,
    Dealer,
    Department,
    Desk,
    Event,
    IllegalMoveError,
    Issue,
    Lifecycle,
    Money,
    NotPermittedError,
    Policy,
    Refusal,
    RefusedError,
    Role,
    Severity,
    State,
    Store,
)
from complaints.model.execution import Acceptance
from complaints.model.investigation import CauseFound, Responsibility
from complaints.model.judgment import IssueJudgment
from complaints.model.promise import PromiseMade
from complaints.model.proposal import Proposal, Remedy
from complaints.model.review import Classification, Evaluation
from complaints.model.words import (
    OPEN,
    Answerable,
    Cause,
    Demand,
    Duty,
    Grounds,
    PersonalData,
    Proof,
    Purpose,
    RemedyKind,
    ReworkReason,
    Satisfaction,
    TaskResult,
    Verdict,
)
from complaints.policy.standing_order import StandingOrder, StandingRemedy
from complaints.stages.anytime import AddEvidence, AddNote, KeepPromise, MakePromise, RecordContact, SetSeverity
from complaints.stages.erasure import Redact
from complaints.stages.execution import (
    AbandonExecution,
    Accept,
    BookCompensation,
    CompleteExecution,
    DecideAccountability,
    Decline,
    ReportTask,
)
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.intake import AnswerAssignment, Assign, BeginJudgment, CompleteRegistration, Receive
from complaints.stages.investigation import ConcludeInvestigation, RecordFinding
from complaints.stages.judgment import Explain, RecordUnderstanding, Uphold
from complaints.stages.proposal import (
    Approve,
    Propose,
    RecordConsultation,
    RetractProposal,
    ReturnProposals,
    ReviewProposal,
    SubmitProposals,
)
from complaints.stages.review import Archive, Close, PlanImprovement, RecordFollowUp, Reopen, ReturnForRework
from complaints.testing.clock import FrozenClock

C = TypeVar("C", bound=Command)
T = TypeVar("T", bound=Callable[[], None])

# --- the house ------------------------------------------------------------------------------------------------------

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
SHOP = Dealer("SH01")
OTHER_SHOP = Dealer("BJ02")


def staff(id: str, *roles: Role, dealer: str = "SH01", department: Department = Department.CUSTOMER_SERVICE) -> Actor:
    return Actor(id, roles, dealer=dealer, department=department)


li = staff("li", Role.SPECIALIST)
chen = staff("chen", Role.SPECIALIST)
zhao = staff("zhao", Role.SUPERVISOR)
qian = staff("qian", Role.MANAGER)
sun = staff("sun", Role.GENERAL_MANAGER)
zhou = staff("zhou", Role.DEPARTMENT_HEAD, department=Department.WORKSHOP)
wu = staff("wu", Role.FINANCE, department=Department.FINANCE)
zheng = staff("zheng", Role.ARCHIVIST)
wang = staff("wang", Role.SERVICE_ADVISER, department=Department.SERVICE)
feng = staff("feng", Role.AUDITOR)
GROUP = Actor("group", Role.GROUP)

STANDING_ORDER = StandingOrder(
    id="SO-1",
    version="2026",
    dealer="SH01",
    signed_by="sun",
    signed_at=datetime(2026, 1, 1, tzinfo=SHANGHAI),
    valid_from=datetime(2026, 1, 1, tzinfo=SHANGHAI),
    staff=("li", "wang", "zhao"),
    remedies=(
        StandingRemedy(category="service", kind=RemedyKind.APOLOGY, ceiling=Decimal(0)),
        StandingRemedy(category="service", kind=RemedyKind.VOUCHER, ceiling=Decimal(200)),
        StandingRemedy(category="service", kind=RemedyKind.FEE_WAIVER, ceiling=Decimal(400)),
    ),
    per_case=Decimal(500),
)
POLICY = Policy(standing_orders=(STANDING_ORDER,))


# --- what forms carry -----------------------------------------------------------------------------------------------

_ANSWERS = {
    Verdict.UPHELD: (Grounds.SUFFICIENT, Demand.REASONABLE),
    Verdict.PARTLY_UPHELD: (Grounds.SUFFICIENT, Demand.PARTLY),
    Verdict.GOODWILL: (Grounds.INSUFFICIENT, Demand.REASONABLE),
    Verdict.NOT_UPHELD: (Grounds.INSUFFICIENT, Demand.UNREASONABLE),
    Verdict.NOT_OURS: (Grounds.INSUFFICIENT, Demand.UNREASONABLE),
    Verdict.INCONCLUSIVE: (Grounds.UNKNOWN, None),
    Verdict.TO_BE_INSPECTED: (Grounds.UNKNOWN, None),
}


def yuan(amount: int) -> Money:
    return Money(amount, "CNY")


def judgment(verdict: Verdict = Verdict.UPHELD, issue: str = "1") -> IssueJudgment:
    grounds, demand = _ANSWERS[verdict]
    return IssueJudgment(
        issue=issue,
        grounds=grounds,
        grounds_reason="the repair order shows it",
        demand=demand,
        demand_reason=None if demand is None else "others got the same",
        verdict=verdict,
    )


def remedy(kind: RemedyKind = RemedyKind.VOUCHER, cost: int = 200, *, owner: str = "wang") -> Remedy:
    return Remedy(kind=kind, cost=yuan(cost), owner=owner, due=date(2026, 3, 9))


def proposal(id: str, *remedies: Remedy, issues: tuple[str, ...] = ("1",)) -> Proposal:
    return Proposal(
        id=id, remedies=remedies or (remedy(),), answers_wish="an apology and a voucher", answers_issues=issues
    )


def signed(proof: Proof = Proof.SIGNATURE, **changes: Any) -> Acceptance:
    return Acceptance(**{"proof": proof, "evidence": None if proof is Proof.WORDS else "scan-1", **changes})


def promise(id: str = "answer", *, due_at: datetime = MONDAY + timedelta(days=3), **changes: Any) -> PromiseMade:
    said = {"text": "您好，我们会在周四前给您答复。", "channel": Channel.PHONE, **changes}
    return PromiseMade(id=id, due_at=due_at, **said)


def nobody(kind: Answerable = Answerable.SYSTEM) -> Responsibility:
    return Responsibility(kind=kind, reason="the booking system lost the appointment")


def gao_answers() -> Responsibility:
    return Responsibility(kind=Answerable.PERSON, persons=("gao",), head="zhou")


def _forms(case: Case) -> dict[type[Command], dict[str, Any]]:
    issues = tuple(issue.id for issue in case.complaint.registration.issues) or ("1",)
    judgments = tuple(judgment(issue=id) for id in issues)
    unfounded = tuple(judgment(Verdict.NOT_UPHELD, id) for id in issues)
    return {
        Uphold: {
            "judgments": judgments,
            "department": Department.SERVICE,
            "investigator": "li",
            "promise": promise(f"answer-{case.complaint.version}", due_at=case.clock() + timedelta(days=3)),
        },
        Explain: {"judgments": unfounded, "text": "感谢您的反馈，我们向您说明一下检查结果。", "channel": Channel.PHONE},
        SettleAtOnce: {
            "order": "SO-1@2026",
            "judgments": judgments,
            "department": Department.SERVICE,
            "cause": Cause.PEOPLE,
            "remedies": (remedy(),),
            "acceptance": signed(),
        },
        CompleteRegistration: {"wish": "a word from the manager"},
        Assign: {"duty": Duty.CALLER, "assignee": "chen", "basis": "has the fewest"},
        AnswerAssignment: {"duty": Duty.CALLER, "accepts": True},
        RecordContact: {"purpose": Purpose.INFORM, "channel": Channel.PHONE, "reached": True},
        AddEvidence: {"id": "photo", "kind": "photo", "sha256": "a" * 64, "collector": "wang"},
        AddNote: {"text": "the customer prefers mornings"},
        Redact: {"fields": (PersonalData.NOTES, PersonalData.CORRESPONDENCE), "reason": "the customer wrote to us"},
        MakePromise: {"promise": promise("call", due_at=case.clock() + timedelta(days=3))},
        KeepPromise: {"promise": "call"},
        SetSeverity: {"severity": Severity.ESCALATED, "reason": "third time this month"},
        RecordUnderstanding: {"channel": Channel.PHONE},
        RecordFinding: {
            "text": "the appointment was not in the book",
            "cause": CauseFound(cause=Cause.METHOD, is_confirmed=True, whys=("two calendars",)),
            "evidence": ("photo",),
            "inspected": issues,
        },
        ConcludeInvestigation: {"summary": "two calendars", "responsibility": nobody()},
        RecordConsultation: {
            "on": case.clock().date(),
            "participants": ("li", "zhou"),
            "departments": (Department.SERVICE,),
            "minutes": "one calendar from now on",
        },
        Propose: {"proposal": proposal("P1", issues=issues)},
        RetractProposal: {"proposal": "P1", "reason": "a better one came up"},
        ReturnProposals: {"reasons": "please find one without a voucher"},
        ReviewProposal: {"proposal": "P1", "is_suitable": True, "opinion": "fair"},
        Approve: {"chosen": "P1", "reason": "costs least", "instruction": "do it this week"},
        Accept: {"option": "P1", "acceptance": signed()},
        Decline: {"reasons": "a voucher is no apology"},
        ReportTask: {"task": "T1", "result": TaskResult.DONE, "proof": "receipt-1"},
        BookCompensation: {"booking": "B1", "task": "T1", "amount": yuan(200)},
        AbandonExecution: {
            "reason": "the voucher cannot be printed",
            "text": "非常抱歉，我们会重新为您拟定方案。",
            "channel": Channel.PHONE,
        },
        DecideAccountability: {"reason": "nobody is to blame"},
        RecordFollowUp: {
            "result": Satisfaction.SATISFIED,
            "channel": Channel.FOLLOWUP_CALL,
            "reason_withheld": True,
        },
        ReturnForRework: {
            "reason": ReworkReason.REMEDY_UNSUITABLE,
            "target": State.PROPOSAL,
            "explanation": "the voucher was not what was asked for",
        },
        Close: {
            "evaluation": Evaluation(summary="quick and friendly", grade=4),
            "classification": Classification(category="service", department=Department.SERVICE, cause=Cause.METHOD),
            "no_improvement_reason": "one calendar since March",
        },
        PlanImprovement: {"id": "I1", "text": "one calendar", "owner": "zhou", "due": date(2026, 4, 1)},
        Reopen: {"reason": "it happened again"},
    }


# --- the complaint --------------------------------------------------------------------------------------------------


class Case:
    """One complaint on a desk of its own, led on by what it is told has happened."""

    def __init__(
        self, *, policy: Policy = POLICY, lifecycle: Lifecycle = LIFECYCLE, store: Store | None = None
    ) -> None:
        self.policy, self.lifecycle = policy, lifecycle
        self.clock = FrozenClock(MONDAY)
        self.desk = self.desk_with(lifecycle, store)
        self.id = UUID(int=0)

    def desk_with(self, lifecycle: Lifecycle, store: Store | None = None) -> Desk:
        dealers = (SHOP, OTHER_SHOP)
        return Desk(store, dealers=dealers, policy=self.policy, lifecycle=lifecycle, clock=self.clock)

    @property
    def complaint(self) -> Complaint:
        return self.desk.complaint(self.id, by=li)

    @property
    def state(self) -> State:
        return self.complaint.state

    @property
    def events(self) -> tuple[Event, ...]:
        return self.desk.history(self.id, by=li)

    @property
    def severity(self) -> Severity:
        return self.complaint.severity

    def later(self, **duration: int) -> Case:
        self.clock.advance(timedelta(**duration))
        return self

    def form(self, order: type[C], /, **changes: Any) -> C:
        """A form filled in as usual, but for *changes*."""
        if order is Receive:
            return order(**{**self._registration(), **changes})
        return order(complaint=self.id, **{**_forms(self).get(order, {}), **changes})

    def _registration(self) -> dict[str, Any]:
        return {
            "dealer": "SH01",
            "complainant": Customer(name="王芳", phone="13800000001"),
            "channel": Channel.PHONE,
            "received_at": self.clock(),
            "statement": "预约的时间没有人接待，等了两个小时。",
            "wish": "道歉",
            "issues": (Issue(id="1", category="service"),),
            "takes_on": True,
        }

    def does(self, order: type[Command], /, by: Actor, *, at: datetime | None = None, **changes: Any) -> Case:
        """Take the step, whatever it is."""
        self.id = self.desk.handle(self.form(order, **changes), by=by, at=at).id
        return self

    # --- what is refused --------------------------------------------------------------------------------------------

    def refused(
        self, order: type[Command], /, by: Actor, *, at: datetime | None = None, **changes: Any
    ) -> tuple[Refusal, ...]:
        """The rules that stand in the way of this step."""
        return self._stopped(RefusedError, self.form(order, **changes), by, at)

    def forbidden(self, order: type[Command], /, by: Actor, **changes: Any) -> tuple[Refusal, ...]:
        """The step exists, but not for this person."""
        return self._stopped(NotPermittedError, self.form(order, **changes), by, None)

    def illegal(self, order: type[Command], /, by: Actor, **changes: Any) -> tuple[Refusal, ...]:
        """There is no such step in this state."""
        return self._stopped(IllegalMoveError, self.form(order, **changes), by, None)

    def _stopped(
        self,
        error: type[IllegalMoveError | NotPermittedError | RefusedError],
        order: Command,
        by: Actor,
        at: datetime | None,
    ) -> tuple[Refusal, ...]:
        desk = self.desk_with(_tried(self.lifecycle), self.desk.store)
        before = self.everything()
        with pytest.raises(error) as stopped:
            desk.handle(order, by=by, at=at)
        assert desk.explain(order, by=by, at=at) == stopped.value.refusals
        assert self.everything() == before
        return stopped.value.refusals

    def everything(self) -> list[object]:
        """All that is kept of all complaints."""
        with self.desk.store.read() as reader:
            return [(reader.complaint(id), reader.events(id), reader.personal(id)) for id, _, _ in reader.heads()]

    # --- what has happened ------------------------------------------------------------------------------------------

    def received(self, by: Actor = li, **changes: Any) -> Case:
        return self.does(Receive, by, **changes)

    def graded(self, severity: Severity, by: Actor = qian) -> Case:
        return self if severity is self.severity else self.does(SetSeverity, by, severity=severity)

    def completed_with(self, by: Actor = li, **changes: Any) -> Case:
        return self.does(CompleteRegistration, by, **{"wish": None, **changes})

    def about(self, *persons: str) -> Case:
        """It becomes known whom the complaint is about."""
        return self.completed_with(complained_of=persons)

    def assigned(self, duty: Duty, assignee: str, by: Actor = zhao) -> Case:
        return self.does(Assign, by, duty=duty, assignee=assignee, basis="has the fewest")

    def answered(self, duty: Duty, by: Actor, **changes: Any) -> Case:
        return self.does(AnswerAssignment, by, duty=duty, **changes)

    def spoken(self, by: Actor = li, **changes: Any) -> Case:
        return self.does(RecordContact, by, **changes)

    def shown(self, id: str = "photo", by: Actor = wang, **changes: Any) -> Case:
        return self.does(AddEvidence, by, id=id, **changes)

    def promised(self, by: Actor = li, **changes: Any) -> Case:
        return self.does(MakePromise, by, **changes)

    def kept(self, promise: str, by: Actor = li) -> Case:
        return self.does(KeepPromise, by, promise=promise)

    def settled(self, by: Actor = wang, **changes: Any) -> Case:
        return self.does(SettleAtOnce, by, **changes)

    def begun(self, by: Actor = li) -> Case:
        return self.does(BeginJudgment, by)

    def upheld(self, by: Actor | None = None, **changes: Any) -> Case:
        return self.does(Uphold, by or self._leader, **changes)

    def explained(self, by: Actor | None = None, **changes: Any) -> Case:
        return self.does(Explain, by or self._leader, **changes)

    def understood(self, by: Actor = li, **changes: Any) -> Case:
        return self.does(RecordUnderstanding, by, **changes)

    def found(self, by: Actor = li, **changes: Any) -> Case:
        return self.does(RecordFinding, by, **changes)

    def concluded(self, by: Actor = li, **changes: Any) -> Case:
        return self.does(ConcludeInvestigation, by, **changes)

    def consulted(self, by: Actor = li, **changes: Any) -> Case:
        return self.does(RecordConsultation, by, **changes)

    def proposed(self, id: str = "P1", *remedies: Remedy, by: Actor = li) -> Case:
        issues = tuple(issue.id for issue in self.complaint.registration.issues)
        return self.does(Propose, by, proposal=proposal(id, *remedies, issues=issues))

    def submitted(self, by: Actor = li, **changes: Any) -> Case:
        return self.does(SubmitProposals, by, **changes)

    def read(self, by: Actor | None = None) -> Case:
        """The leader has read every proposal that lies before him."""
        for one in self.complaint.present_proposals:
            self.does(ReviewProposal, by or self._approver, proposal=one.id)
        return self

    def approved(self, chosen: str = "P1", by: Actor | None = None, **changes: Any) -> Case:
        return self.does(Approve, by or self._approver, chosen=chosen, **changes)

    def offered(self, by: Actor = li, **changes: Any) -> Case:
        return self.does(RecordContact, by, purpose=Purpose.OFFER, **changes)

    def accepted(self, option: str | None = "P1", by: Actor = li, **changes: Any) -> Case:
        return self.does(Accept, by, option=option, **changes)

    def declined(self, by: Actor = li) -> Case:
        return self.does(Decline, by)

    def reported(self, task: str, result: TaskResult = TaskResult.DONE, by: Actor = wang, **changes: Any) -> Case:
        said = {"proof": "receipt", "remark": "as agreed", "customer_consented": True, **changes}
        return self.does(ReportTask, by, task=task, result=result, **said)

    def booked(self, booking: str = "B1", task: str = "T1", amount: int = 200, **changes: Any) -> Case:
        return self.does(BookCompensation, wu, booking=booking, task=task, amount=yuan(amount), **changes)

    def done_and_booked(self) -> Case:
        """Every task is done, and what it cost stands in the books."""
        for task in self.complaint.open_tasks:
            self.reported(task.id, by=staff(task.owner, Role.SERVICE_ADVISER))
            if task.cost.amount:
                self.does(BookCompensation, wu, booking=f"B-{task.id}", task=task.id, amount=task.cost)
        return self

    def completed(self, by: Actor = li) -> Case:
        return self.does(CompleteExecution, by)

    def abandoned(self, by: Actor = zhao) -> Case:
        return self.does(AbandonExecution, by)

    def called_back(self, result: Satisfaction = Satisfaction.SATISFIED, by: Actor = chen, **changes: Any) -> Case:
        return self.does(RecordFollowUp, by, result=result, **changes)

    def tried(self, channel: Channel = Channel.PHONE, by: Actor = chen, **changes: Any) -> Case:
        """Somebody tried to call back, in vain."""
        said = {"purpose": Purpose.FOLLOW_UP, "channel": channel, "reached": False, **changes}
        return self.does(RecordContact, by, **said)

    def reworked(self, reason: ReworkReason, by: Actor = qian, **changes: Any) -> Case:
        return self.does(ReturnForRework, by, reason=reason, target=reason.target, **changes)

    def answered_for(self, by: Actor = qian, **changes: Any) -> Case:
        return self.does(DecideAccountability, by, **changes)

    def every_promise_kept(self) -> Case:
        for one in self.complaint.open_promises:
            self.kept(one.id)
        return self

    def closed(self, by: Actor | None = None, **changes: Any) -> Case:
        return self.every_promise_kept().does(Close, by or self._leader, **changes)

    def reopened(self, by: Actor = li, **changes: Any) -> Case:
        return self.does(Reopen, by, **changes)

    def archived(self, by: Actor = zheng) -> Case:
        return self.does(Archive, by)

    # --- the whole way ----------------------------------------------------------------------------------------------

    def to(self, state: State, severity: Severity = Severity.GENERAL) -> Case:
        """By the shortest way to *state*, with everything done as the severity asks."""
        if state is State.EXPLANATION:
            return self.to(State.JUDGMENT, severity).explained()
        for step in _STEPS[: _WAY.index(state) + 1]:
            step(self)
            if step is _STEPS[0]:
                self.graded(severity)
        return self

    @property
    def _leader(self) -> Actor:
        return qian if self.severity.is_major else zhao

    @property
    def _approver(self) -> Actor:
        return sun if self.severity is Severity.CRITICAL else qian

    def _to_proposal(self) -> Case:
        return self.shown().found().concluded()

    def _to_approval(self) -> Case:
        return self.consulted().proposed("P1").proposed("P2", remedy(RemedyKind.APOLOGY, 0)).submitted()

    def _to_closed(self) -> Case:
        return self.answered_for(qian).answered_for(sun).closed()


_WAY = (
    State.INTAKE, State.JUDGMENT, State.INVESTIGATION, State.PROPOSAL, State.APPROVAL, State.OFFER,
    State.EXECUTION, State.FOLLOW_UP, State.REVIEW, State.CLOSED, State.ARCHIVED,
)  # fmt: skip
_STEPS: tuple[Callable[[Case], Case], ...] = (
    Case.received,
    Case.begun,
    Case.upheld,
    Case._to_proposal,
    Case._to_approval,
    lambda case: case.read().approved(),
    lambda case: case.offered().accepted(),
    lambda case: case.done_and_booked().completed(),
    Case.called_back,
    Case._to_closed,
    lambda case: case.later(days=31).archived(),
)
REACHABLE = (*OPEN, State.CLOSED, State.ARCHIVED)

# --- sentences of rules ---------------------------------------------------------------------------------------------

Row = type[Command] | type
SENTENCES: dict[tuple[Row, str], list[Callable[[], None]]] = {}


def shows(order: Row, code: str) -> Callable[[T], T]:
    """
    This test is the sentence of a rule: giving *order* is refused with *code*.

    ``Move`` or ``Entry`` instead of a command stands for the rules of every row. ``tests/test_table.py`` asks that
    every rule has a sentence, and that the sentence is false where the rule is taken out of the table.
    """

    def marked(test: T) -> T:
        SENTENCES.setdefault((order, code), []).append(test)
        return test

    return marked


_MISSING: ContextVar[tuple[Row, str] | None] = ContextVar("missing", default=None)


@contextmanager
def without(order: Row, code: str) -> Iterator[None]:
    """While this lasts, cases are refused by a table that lacks one rule."""
    token = _MISSING.set((order, code))
    try:
        yield
    finally:
        _MISSING.reset(token)


def _tried(lifecycle: Lifecycle) -> Lifecycle:
    missing = _MISSING.get()
    if missing is None or not issubclass(missing[0], Command):
        return lifecycle
    return Lifecycle(
        name=lifecycle.name,
        version=lifecycle.version,
        moves=[_lacking(row, *missing) for row in lifecycle.moves],
        entries=[_lacking(row, *missing) for row in lifecycle.entries],
    )


def with_other_row(lifecycle: Lifecycle, order: type[Command], **changes: Any) -> Lifecycle:
    """A house's own table, in which the row of one command is another."""

    def rows(given: tuple[Any, ...]) -> list[Any]:
        return [attrs.evolve(row, **changes) if row.command is order else row for row in given]

    return Lifecycle(name="own", version="1", moves=rows(lifecycle.moves), entries=rows(lifecycle.entries))


def _lacking(row: Any, order: Row, code: str) -> Any:
    if row.command is not order:
        return row
    return attrs.evolve(
        row,
        given=[rule for rule in row.given if rule.code != code],
        provided=[rule for rule in row.provided if rule.code != code],
    )
