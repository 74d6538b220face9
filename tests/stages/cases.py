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
    Directory,
    Event,
    IllegalMoveError,
    Issue,
    Lifecycle,
    Money,
    NotPermittedError,
    Permit,
    Person,
    Policy,
    ReadHook,
    Refusal,
    RefusedError,
    Role,
    Severity,
    State,
    Store,
)
from complaints.calendars import Calendar
from complaints.model.execution import Acceptance, Measure
from complaints.model.investigation import CauseFound, Responsibility
from complaints.model.judgment import IssueJudgment
from complaints.model.people import SYSTEM
from complaints.model.promise import PromiseMade
from complaints.model.proposal import Proposal, Remedy
from complaints.model.review import Classification, Evaluation
from complaints.model.span import windows
from complaints.model.words import (
    OPEN,
    Against,
    Answerable,
    CaseKind,
    CaseStatus,
    Cause,
    ClaimAnswer,
    CorrectableFact,
    Demand,
    Duty,
    EndGround,
    Grounds,
    HelpKind,
    HoldKind,
    LinkKind,
    MeasureKind,
    MeasureRole,
    MergeGround,
    Outcome,
    PersonalData,
    Proof,
    Purpose,
    RemedyKind,
    ReworkReason,
    Satisfaction,
    TaskResult,
    Verdict,
    VoidReason,
)
from complaints.policy.standing_order import StandingOrder, StandingRemedy
from complaints.stages.accountability import Contest, DecideAccountability, ExecuteMeasure, ReviewContest
from complaints.stages.anytime import (
    AddEvidence,
    AddNote,
    LimitContact,
    RecordContact,
    SetSeverity,
)
from complaints.stages.claims import ClaimBack, RecordClaimAnswer
from complaints.stages.confirming import ConfirmProxy
from complaints.stages.correction import Correct
from complaints.stages.due_dates import RecordBreach, RecordLapse, RecordWarning, SettleDueDate
from complaints.stages.ending import EndWithoutAgreement, Void, Withdraw
from complaints.stages.erasure import Redact
from complaints.stages.escalation import AnswerEscalation, Escalate
from complaints.stages.execution import (
    AbandonExecution,
    Accept,
    BookCompensation,
    CompleteExecution,
    Decline,
    ReportTask,
)
from complaints.stages.family import Absorb, Link, Merge, Regain, Release, Separate, Unlink
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.handover import AnswerTransfer, HandOver, Transfer
from complaints.stages.help import GiveHelp
from complaints.stages.holds import PlaceHold, ReleaseHold
from complaints.stages.intake import AnswerAssignment, Assign, BeginJudgment, CompleteRegistration, Receive
from complaints.stages.investigation import ConcludeInvestigation, RecordFinding, ReopenInvestigation, Supersede
from complaints.stages.judgment import Dispute, Explain, RecordUnderstanding, Uphold
from complaints.stages.outside import OpenExternalCase, UpdateExternalCase
from complaints.stages.override import Override
from complaints.stages.promises import ExtendPromise, KeepPromise, MakePromise, ReleasePromise
from complaints.stages.proposal import (
    Approve,
    Propose,
    RecordConsultation,
    RetractProposal,
    ReturnProposals,
    ReviewProposal,
    SubmitProposals,
)
from complaints.stages.repeats import RecordRepeat
from complaints.stages.review import (
    Archive,
    Close,
    PlanImprovement,
    RecordFollowUp,
    Reopen,
    ReturnForRework,
    VerifyImprovement,
)
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
han = staff("han", Role.LEGAL)
yang = staff("yang", Role.SPOKESPERSON, department=Department.MARKETING)
wang = staff("wang", Role.SERVICE_ADVISER, department=Department.SERVICE)
feng = staff("feng", Role.AUDITOR)
hu = staff("hu", Role.HR, department=Department.HR)
ma = staff("ma", Role.WARRANTY_CLERK, department=Department.SERVICE)
GROUP = Actor("group", Role.GROUP)
EVERYBODY = (li, chen, zhao, qian, sun, zhou, wu, zheng, wang, feng, GROUP)

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
OF_NO_YEAR = Calendar.of("XX", weekend=(), hours=windows("00:00-24:00"), contact_hours=windows("00:00-24:00"))
"""Round the clock, every day; no year of it is published."""

POLICY = Policy(standing_orders=(STANDING_ORDER,))


class Listed:
    """A directory of everybody above, and of whoever is listed otherwise."""

    def __init__(self, *others: Person) -> None:
        usual = [Person(id=one.id, roles=one.roles, department=one.department) for one in EVERYBODY]
        self.listed: dict[str, Person | None] = {one.id: one for one in (*usual, *others)}
        self.asked: list[tuple[str, str | None, date]] = []

    def person(self, id: str, *, dealer: str | None, on: date) -> Person | None:
        self.asked.append((id, dealer, on))
        return self.listed.get(id) if dealer in ("SH01", None) else None

    def people(self, dealer: str, on: date) -> tuple[str, ...]:
        return tuple(self.listed) if dealer == "SH01" else ()


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


def coaching(person: str = "wang", kind: MeasureKind = MeasureKind.COACHING) -> Measure:
    return Measure(person=person, role=MeasureRole.DIRECT, kind=kind, rule="house rule 4.2")


def no_measure(person: str = "wang") -> Measure:
    return Measure(person=person, role=MeasureRole.DIRECT, kind=MeasureKind.NONE, reason="he was not on duty")


def _forms(case: Case) -> dict[type[Command], dict[str, Any]]:
    issues = tuple(issue.id for issue in case.complaint.registration.issues) or ("1",)
    judgments = tuple(judgment(issue=id) for id in issues)
    task = next((one.id for one in case.complaint.open_tasks), "T1")
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
        ReportTask: {"task": task, "result": TaskResult.DONE, "proof": "receipt-1"},
        BookCompensation: {"booking": "B1", "task": task, "amount": yuan(200)},
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
            "pressed": False if case.complaint.outcome is Outcome.WITHDRAWN else None,
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
        ExtendPromise: {
            "promise": "call",
            "due_at": case.clock() + timedelta(days=9),
            "reason": "the part is late",
            "text": "非常抱歉，配件晚到，我们下周三给您答复。",
            "channel": Channel.PHONE,
        },
        ReleasePromise: {
            "promise": "call",
            "said_by": "the customer",
            "channel": Channel.WECHAT,
            "evidence": "message-1",
        },
        RecordWarning: {name: one for name, one in _something_due(case).items() if name != "due"},
        RecordBreach: _something_due(case),
        RecordLapse: {"clock": "customer_answer"},
        SettleDueDate: {"clock": case.a_provisional_clock},
        Contest: {"grounds": "I was not on duty that day"},
        ReviewContest: {"person": "wang", "granted": False, "reason": "the roster says otherwise"},
        ExecuteMeasure: {"person": "wang", "remark": "spoken with on Friday"},
        ClaimBack: {"id": "C1", "against": Against.OEM, "amount": yuan(200), "reference": "OEM-77"},
        RecordClaimAnswer: {"claim": "C1", "answer": ClaimAnswer.PAID, "granted": yuan(200)},
        VerifyImprovement: {"improvement": "I1", "effective": True, "remark": "ten cars looked at"},
        ConfirmProxy: {"number": case.waiting_for_confirmation, "confirms": True},
        Override: {
            "command": "Assign",
            "rules": ("assignment.no_task",),
            "reason": "nobody else is there this week",
        },
        PlanImprovement: {"id": "I1", "text": "one calendar", "owner": "zhou", "due": date(2026, 4, 1)},
        Reopen: {"reason": "it happened again"},
        Dispute: {"grounds": "nobody looked at the booking", "channel": Channel.PHONE},
        EndWithoutAgreement: {
            "ground": EndGround.REFUSED,
            "reason": "the customer wants a new car for a missed appointment",
            "text": "非常遗憾未能与您达成一致，我们向您说明其他途径。",
            "told_where": "消费者协会",
            "channel": Channel.PHONE,
            "evidence": "letter-1",
        },
        ReopenInvestigation: {"reason": "a second booking turned up", "investigator": "li"},
        Withdraw: {
            "statement": "不投诉了，谢谢。",
            "evidence": "message-1",
            "witness": "wang",
            "channel": Channel.PHONE,
        },
        Merge: {"survivor": case.other, "ground": MergeGround.CUSTOMER, "reason": "the same visit"},
        Separate: {"reason": "two visits after all"},
        Void: {"reason": VoidReason.TEST, "explanation": "tried the form"},
        Link: {"other": case.other, "kind": LinkKind.VISIT},
        Unlink: {"other": case.other, "kind": LinkKind.VISIT, "reason": "two visits after all"},
        Correct: {"fact": CorrectableFact.WISH, "old": "道歉", "new": "道歉并说明原因", "reason": "misheard"},
        Absorb: {"source": UUID(int=7), "mark": "M9", "received_at": MONDAY, "floor": Severity.GENERAL},
        Release: {"source": case.other},
        RecordRepeat: {"earlier": (case.other,)},
        Regain: {"source": UUID(int=7)},
        Supersede: {"proposals": tuple(one.id for one in case.complaint.proposals) or ("P1",)},
        OpenExternalCase: {"id": "12315-7", "kind": CaseKind.PLATFORM_12315},
        UpdateExternalCase: {"case": "12315-7", "status": CaseStatus.SETTLED, "text": "both sides have signed"},
        PlaceHold: {"id": "bumper", "kind": HoldKind.PARTS, "reason": "the bumper is on its way"},
        ReleaseHold: {"hold": "bumper"},
        Transfer: {
            "to": Department.PARTS,
            "reason": "the part was never ordered",
            "briefing": "she needs the car on Friday; she has told us everything",
        },
        AnswerTransfer: {"accepts": True},
        HandOver: {
            "giver": "li",
            "taker": "chen",
            "briefing": "she prefers mornings; the photo is on record",
            "basis": "has the fewest",
        },
        Escalate: {"to": Role.MANAGER, "reason": "the customer asks for the manager"},
        AnswerEscalation: {
            "escalation": max((one.number for one in case.complaint.beside.escalations), default=1),
            "decision": "I will call her myself",
        },
        GiveHelp: {"kind": HelpKind.TOW, "cost": yuan(300), "emergency": "the car stands on the motorway"},
        LimitContact: {
            "behaviour": "shouted at the receptionist three times",
            "channel": Channel.EMAIL,
            "review_on": (case.clock() + timedelta(days=14)).date(),
        },
    }


def _something_due(case: Case) -> dict[str, Any]:
    """The promise that is open; else a clock that still runs, or one that ended with the complaint."""
    if case.complaint.open_promises:
        return {"promise": case.complaint.open_promises[-1].id}
    running = [one.clock for one in case.complaint.deadlines.values() if one.is_owed and one.runs]
    return {"clock": running[0]} if running else {"clock": "acknowledge", "due": case.complaint.received_at}


# --- the complaint --------------------------------------------------------------------------------------------------


class Case:
    """One complaint on a desk of its own, led on by what it is told has happened."""

    def __init__(
        self,
        *,
        policy: Policy = POLICY,
        lifecycle: Lifecycle = LIFECYCLE,
        store: Store | None = None,
        directory: Directory | None = None,
        permit: Permit | None = None,
        on_read: ReadHook | None = None,
        shop: Dealer = SHOP,
        calendar: Calendar | None = None,
    ) -> None:
        self.policy, self.lifecycle = policy, lifecycle
        self.shop = shop if calendar is None else attrs.evolve(shop, calendar="house")
        self.calendars = {} if calendar is None else {"house": calendar}
        self.asked = {"directory": directory, "permit": permit, "on_read": on_read}
        self.clock = FrozenClock(MONDAY)
        self.desk = self.desk_with(lifecycle, store)
        self.id = UUID(int=0)
        self.other = UUID(int=0)

    def desk_with(self, lifecycle: Lifecycle, store: Store | None = None) -> Desk:
        dealers = (self.shop, OTHER_SHOP)
        asked: dict[str, Any] = {**self.asked, "calendars": self.calendars}
        return Desk(store, dealers=dealers, policy=self.policy, lifecycle=lifecycle, clock=self.clock, **asked)

    @property
    def a_provisional_clock(self) -> str:
        clocks = self.complaint.deadlines.values()
        return next((one.clock for one in clocks if one.provisional and one.is_unfinished), "none")

    def ticked(self, **later: float) -> Case:
        """Time goes by, and the desk looks at it."""
        self.later(**later) if later else None
        assert not self.desk.tick().failed
        return self

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

    def another(self) -> Case:
        """Another complaint of the same customer on the same desk; each knows the other one."""
        beside = Case(policy=self.policy, lifecycle=self.lifecycle)
        beside.clock, beside.desk, beside.other = self.clock, self.desk, self.id
        return beside

    def beside_another(self, state: State = State.INTAKE, severity: Severity = Severity.GENERAL) -> Case:
        """There is another complaint of the same customer, in *state*."""
        self.other = self.another().to(state, severity).id
        return self

    def after_another(self) -> Case:
        """There is another complaint of the same customer, received as early as this one."""
        self.other = self.another().received(received_at=self.complaint.received_at).id
        return self

    def having_absorbed(self, state: State = State.INTAKE, severity: Severity = Severity.GENERAL) -> Case:
        """Another complaint of the same customer was merged into this one."""
        gone = self.another().to(state, severity).does(Merge, qian)
        self.other = gone.id
        return self

    @property
    def nobody(self) -> UUID:
        """The id of no complaint."""
        return UUID(int=404)

    def internal(self) -> Complaint:
        """The complaint inside the house that this one goes on as."""
        return self.desk.complaint(self.complaint.links[-1].other, by=li)

    def _to_approval_again(self) -> Case:
        """Other proposals for a customer who declined the first ones, approved."""
        self.consulted().proposed(f"P{self.complaint.version}").proposed(f"P{self.complaint.version}")
        return self.submitted().read().approved(self.complaint.present_proposals[0].id)

    @property
    def waiting_for_confirmation(self) -> int:
        """The number of the first step that waits for a confirmation."""
        return next((one.number for one in self.complaint.unconfirmed), 1)

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

    def does(
        self,
        order: type[Command],
        /,
        by: Actor,
        *,
        at: datetime | None = None,
        typed_by: Actor | None = None,
        **changes: Any,
    ) -> Case:
        """Take the step, whatever it is."""
        self.id = self.desk.handle(self.form(order, **changes), by=by, recorded_by=typed_by, at=at).id
        return self

    # --- what is refused --------------------------------------------------------------------------------------------

    def refused(
        self,
        order: type[Command],
        /,
        by: Actor,
        *,
        at: datetime | None = None,
        typed_by: Actor | None = None,
        **changes: Any,
    ) -> tuple[Refusal, ...]:
        """The rules that stand in the way of this step."""
        return self._stopped(RefusedError, self.form(order, **changes), by, at, typed_by)

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
        typed_by: Actor | None = None,
    ) -> tuple[Refusal, ...]:
        desk = self.desk_with(_tried(self.lifecycle), self.desk.store)
        before = self.everything()
        with pytest.raises(error) as stopped:
            desk.handle(order, by=by, recorded_by=typed_by, at=at)
        assert desk.explain(order, by=by, recorded_by=typed_by, at=at) == stopped.value.refusals
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

    def measured(self, *measures: Measure, by: Actor = qian) -> Case:
        """Something is decided against somebody."""
        return self.answered_for(by, measures=measures or (coaching(),))

    def contested(self, by: Actor = wang, **changes: Any) -> Case:
        return self.does(Contest, by, **changes)

    def looked_at_again(self, by: Actor = sun, **changes: Any) -> Case:
        return self.does(ReviewContest, by, **changes)

    def executed(self, person: str = "wang", by: Actor = hu, **changes: Any) -> Case:
        return self.does(ExecuteMeasure, by, person=person, **changes)

    def put_off(self, by: Actor = zhao, **changes: Any) -> Case:
        return self.does(ExtendPromise, by, **changes)

    def released(self, by: Actor = li, **changes: Any) -> Case:
        return self.does(ReleasePromise, by, **changes)

    def missed(self, *, promise: str | None = None, clock: str | None = None) -> Case:
        return self.does(RecordBreach, SYSTEM, promise=promise, clock=clock)

    def lapsed(self, **changes: Any) -> Case:
        return self.does(RecordLapse, SYSTEM, **changes)

    def settled_due(self, **changes: Any) -> Case:
        return self.does(SettleDueDate, SYSTEM, **changes)

    def warned(self, *, promise: str | None = None, clock: str | None = None) -> Case:
        return self.does(RecordWarning, SYSTEM, promise=promise, clock=clock)

    def claimed(self, by: Actor = ma, **changes: Any) -> Case:
        return self.does(ClaimBack, by, **changes)

    def permitted(self, command: str, *rules: str, by: Actor = qian, **changes: Any) -> Case:
        return self.does(Override, by, command=command, rules=rules, **changes)

    def permitted_by_telephone(self) -> Case:
        """The manager permits something on the phone, and a specialist types it."""
        return self.does(Override, qian, typed_by=li)

    def confirmed(self, by: Actor = qian, **changes: Any) -> Case:
        return self.does(ConfirmProxy, by, **changes)

    def every_promise_kept(self) -> Case:
        for one in self.complaint.owed_promises:
            self.kept(one.id)
        return self

    def closed(self, by: Actor | None = None, **changes: Any) -> Case:
        return self.every_promise_kept().does(Close, by or self._leader, **changes)

    def disputed(self, by: Actor = li, **changes: Any) -> Case:
        return self.does(Dispute, by, **changes)

    def ended(self, by: Actor = qian, **changes: Any) -> Case:
        return self.does(EndWithoutAgreement, by, **changes)

    def withdrawn(self, by: Actor = li, **changes: Any) -> Case:
        return self.does(Withdraw, by, **changes)

    def investigated_again(self, by: Actor = zhao, **changes: Any) -> Case:
        return self.does(ReopenInvestigation, by, **changes)

    def merged(self, by: Actor = zhao, **changes: Any) -> Case:
        return self.does(Merge, by, **changes)

    def separated(self, by: Actor = zhao, **changes: Any) -> Case:
        return self.does(Separate, by, **changes)

    def linked(self, by: Actor = li, **changes: Any) -> Case:
        return self.does(Link, by, **changes)

    def corrected(self, by: Actor = li, **changes: Any) -> Case:
        return self.does(Correct, by, **changes)

    def voided(self, by: Actor = zhao, **changes: Any) -> Case:
        return self.does(Void, by, **changes)

    def reopened(self, by: Actor = li, **changes: Any) -> Case:
        return self.does(Reopen, by, **changes)

    def archived(self, by: Actor = zheng) -> Case:
        return self.does(Archive, by)

    # --- what runs beside the state ---------------------------------------------------------------------------------

    def opened(self, id: str = "12315-7", by: Actor = qian, **changes: Any) -> Case:
        return self.does(OpenExternalCase, by, id=id, **changes)

    def updated(self, case: str = "12315-7", status: CaseStatus = CaseStatus.SETTLED, by: Actor = qian) -> Case:
        return self.does(UpdateExternalCase, by, case=case, status=status)

    def held(self, id: str = "bumper", by: Actor = li, **changes: Any) -> Case:
        return self.does(PlaceHold, by, id=id, **changes)

    def no_longer_held(self, hold: str = "bumper", by: Actor = li, **changes: Any) -> Case:
        return self.does(ReleaseHold, by, hold=hold, **changes)

    def transferred(self, to: Department = Department.PARTS, by: Actor = qian) -> Case:
        return self.does(Transfer, by, to=to)

    def taken_over(self, by: Actor = qian) -> Case:
        return self.does(AnswerTransfer, by)

    def handed_over(self, giver: str = "li", taker: str = "chen", by: Actor = zhao) -> Case:
        return self.does(HandOver, by, giver=giver, taker=taker)

    def escalated(self, to: Role = Role.MANAGER, by: Actor = li) -> Case:
        return self.does(Escalate, by, to=to)

    def helped(self, by: Actor = wang, **changes: Any) -> Case:
        return self.does(GiveHelp, by, **changes)

    # --- the whole way ----------------------------------------------------------------------------------------------

    def to(self, state: State, severity: Severity = Severity.GENERAL) -> Case:
        """By the shortest way to *state*, with everything done as the severity asks."""
        if state is State.EXPLANATION:
            return self.to(State.JUDGMENT, severity).explained()
        if state is State.MERGED:
            return self.to(State.INTAKE, severity).beside_another().merged()
        if state is State.VOIDED:
            return self.to(State.INTAKE, severity).voided()
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
REACHABLE = (*OPEN, State.CLOSED, State.MERGED, State.VOIDED, State.ARCHIVED)

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
