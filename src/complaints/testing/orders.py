"""
Orders that can be given, built with knowledge of the trade.

For each command a builder fills in the form so that the rules of the table are met, as far as they can be
met by this person now. The plainest choice is the one that leads on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TypeAlias, TypeVar
from uuid import UUID

import attrs
import msgspec

from complaints.model.complaint import Complaint
from complaints.model.event import Command
from complaints.model.execution import Acceptance, Measure, Task
from complaints.model.investigation import CauseFound, Responsibility
from complaints.model.judgment import IssueJudgment
from complaints.model.money import Money, total
from complaints.model.people import Actor, Customer, ExternalRef, Party
from complaints.model.promise import PromiseMade
from complaints.model.proposal import Proposal, Remedy
from complaints.model.registration import Issue, Vehicle
from complaints.model.review import Classification, Evaluation, NoWayFurther
from complaints.model.sampling import is_sampled
from complaints.model.words import (
    Alarm,
    Answer,
    Answerable,
    Category,
    Cause,
    Channel,
    Demand,
    Department,
    Direction,
    Duty,
    Grounds,
    MeasureKind,
    MeasureRole,
    Outcome,
    PartyKind,
    Proof,
    Purpose,
    RemedyKind,
    ReworkReason,
    Role,
    Satisfaction,
    Severity,
    State,
    TaskResult,
    Verdict,
)
from complaints.orders import Order
from complaints.stages.accountability import DecideAccountability, contested
from complaints.stages.anytime import AddEvidence, AddNote, RecordContact, SetSeverity
from complaints.stages.execution import (
    AbandonExecution,
    Accept,
    BookCompensation,
    CompleteExecution,
    Decline,
    ReportTask,
)
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.intake import AnswerAssignment, Assign, BeginJudgment, CompleteRegistration, Receive, handlers_of
from complaints.stages.investigation import ConcludeInvestigation, RecordFinding, primary_causes
from complaints.stages.judgment import Explain, RecordUnderstanding, Uphold
from complaints.stages.promises import KeepPromise, MakePromise
from complaints.stages.proposal import (
    Approve,
    Propose,
    RecordConsultation,
    RetractProposal,
    ReturnProposals,
    ReviewProposal,
    SubmitProposals,
    plus,
)
from complaints.stages.review import (
    Archive,
    Close,
    PlanImprovement,
    RecordFollowUp,
    Reopen,
    ReturnForRework,
)
from complaints.testing.choice import Choice
from complaints.testing.houses import House

T = TypeVar("T")

COURTEOUS = (
    "尊敬的客户，您反映的情况我们已记录，会尽快给您答复。",
    "Dear customer, thank you for telling us; we will come back to you by tomorrow noon.",
    "您方便的时候，我们安排专人向您当面说明。\nPlease let us know when it suits you.",
)
WORDS = ("交车后第三天发动机异响，维修两次仍未解决。", "The adviser did not call back as agreed.", "等待时间过长 🚗")

_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_COUNTER_CATEGORIES = (Category.ATTITUDE, Category.SERVICE, Category.PRICE, Category.FACILITIES)
_CATEGORIES = (*_COUNTER_CATEGORIES, Category.REPAIR_QUALITY, Category.PRODUCT_BRAKES, Category.RECALL)
_AMOUNTS = ("0", "150", "299.50", "1999.99", "2000", "2000.01", "9800", "15000")
_MONEY_KINDS = (RemedyKind.REPAIR, RemedyKind.CASH, RemedyKind.VOUCHER, RemedyKind.LOANER, RemedyKind.FULL_REFUND)


@attrs.frozen(kw_only=True)
class Scene:
    """
    What a builder looks at.

    Args:
        by: Who would give the order.
        now: The present moment.
        at: When it would have happened; ``None`` for now.
        others: Other complaints on the desk that this one may have to do with.
    """

    complaint: Complaint
    by: Actor
    now: datetime
    at: datetime | None
    house: House
    choose: Choice
    others: tuple[Complaint, ...] = ()

    @property
    def id(self) -> UUID:
        """The complaint's id."""
        return self.complaint.id

    @property
    def happens_at(self) -> datetime:
        """When it would have happened."""
        return self.now if self.at is None else self.at

    @property
    def issues(self) -> tuple[str, ...]:
        """Ids of the issues complained of."""
        return tuple(issue.id for issue in self.complaint.registration.issues)

    def new(self, prefix: str) -> str:
        """An id that nothing of this complaint has yet."""
        return f"{prefix}{self.complaint.version + 1}"

    def money(self, amount: str | Decimal) -> Money:
        """So much in the house's currency."""
        return Money(amount, self.house.policy.currency)

    def order(self, command: Command, *, at: datetime | None = None) -> Order:
        """*command* as an order; now and then somebody else types it."""
        typist = self.choose.one(self.house.staff) if self.choose.once_in(6) else None
        return Order(command, self.by, typist, at if at is not None else self.at)


def but(value: T, **changes: object) -> T:
    """*value* as it is but for *changes*; a noun is checked as at birth."""
    if isinstance(value, Order):
        return msgspec.structs.replace(value, **changes)
    return attrs.evolve(value, **changes)  # type: ignore[misc]  # mypy cannot know that every noun is an attrs class


Builder: TypeAlias = Callable[[Scene], "Command | Order | None"]
"""Fills in a command's form for a scene; an order where the moment matters; ``None`` if it makes no sense now."""


Spoiled: TypeAlias = tuple[type[Command], str, Callable[[Scene], "Command | None"]]
"""What is wrong in the content of an order: the command, the refusal that is due, and what makes such an order."""


def is_waived(s: Scene, command: type[Command], *codes: str) -> bool:
    """Whether a manager has set all of these rules aside for the next such step."""
    waiver = s.complaint.beside.waiver
    return waiver is not None and waiver.command == command.__name__ and {*codes} <= {*waiver.rules}


def build(command: type[Command], scene: Scene, builders: Mapping[type[Command], Builder]) -> Order | None:
    """The order that the builder of *command* makes of *scene*; ``None`` if it has none."""
    builder = builders.get(command)
    built = builder(scene) if builder is not None else None
    return scene.order(built) if isinstance(built, Command) else built


# --- the first one --------------------------------------------------------------------------------------------------


def receipt(house: House, now: datetime, choose: Choice, *, plain_in: int = 3) -> Order:
    """
    A complaint comes in: by voice, by message or by web form, with much or little of the form filled in.

    Args:
        plain_in: How often something grave is part of it: once in so many times.
    """
    from complaints.model.people import SYSTEM

    by = choose.one((*house.staff, SYSTEM))
    grave = choose.once_in(plain_in)
    suspect = choose.one(house.suspects) if choose.once_in(4) else None
    received_at = now - choose.one((timedelta(0), 10 * _MINUTE, 5 * _HOUR, 2 * _DAY))
    command = Receive(
        dealer=house.dealer.id,
        complainant=_complainant(choose),
        channel=choose.one((Channel.PHONE, Channel.SHOWROOM, Channel.WECHAT, Channel.WEBSITE, Channel.PLATFORM_12315)),
        received_at=received_at,
        statement=choose.one(WORDS),
        wish="希望尽快修好并说明原因" if not choose.once_in(4) else None,
        issues=_issues(choose, grave=grave),
        vehicles=_VEHICLES if choose.once_in(3) else (),
        parties=choose.some(_PARTIES),
        alarms=choose.some(choose.turned(tuple(Alarm)), least=1, most=2) if grave else (),
        complained_of=(suspect,) if suspect is not None else (),
        takes_on=by.holds(Role.SPECIALIST) and by.id != suspect and not choose.once_in(3),
    )
    return Order(command, by, None, None)


def _complainant(choose: Choice) -> Customer:
    return choose.one(
        (
            Customer(name="顾客甲", phone="10000000001"),
            Customer(name="顾客乙"),
            Customer(platform_number="P-0001"),
            Customer(post_url="https://example.com/post/1"),
            Customer(
                name="Customer C",
                email="customer-c@example.com",
                member=True,
                contact_hours="09:00-12:00, 14:00-20:00",
                do_not_contact=(Channel.SMS,),
            ),
        )
    )


_VEHICLES = (Vehicle(vin="LSVAA000000000001", plate="沪A00001", make="Example", model="One", year=2024),)
_PARTIES = (
    Party(kind=PartyKind.OWNER, name="顾客丙", may_accept=True, may_sign=True),
    Party(kind=PartyKind.SENDER, name="顾客丁", may_accept=True),
)


def _issues(choose: Choice, *, grave: bool) -> tuple[Issue, ...]:
    categories = _CATEGORIES if grave else _COUNTER_CATEGORIES
    return tuple(
        Issue(
            id=f"I{place}",
            category=choose.one(categories).value if not choose.once_in(6) else None,
            text=choose.one(WORDS) if choose.once_in(3) else None,
            is_safety=grave and choose.once_in(3),
        )
        for place in range(1, 1 + choose.one((1, 2, 3, 0)))
    )


# --- at any time ----------------------------------------------------------------------------------------------------


def _record_contact(s: Scene) -> Order | None:
    has_handled = s.by.id in handlers_of(s.complaint)
    mandate = s.complaint.mandate
    if s.complaint.state is State.OFFER and mandate is not None and not s.choose.once_in(4):
        options = (mandate.chosen, *mandate.alternatives)
        return s.order(contact_for(s, Purpose.OFFER, reached=not s.choose.once_in(6), options=options))
    if s.complaint.state is State.FOLLOW_UP and not has_handled:
        return _attempt(s)
    if s.complaint.state is State.FOLLOW_UP and not s.choose.once_in(3):
        return None  # somebody else calls
    if s.complaint.acknowledged_at is None and not s.choose.once_in(4):
        return s.order(contact_for(s, Purpose.ACKNOWLEDGE, reached=True))
    purpose = s.choose.one((Purpose.INFORM, Purpose.HOLD, Purpose.OTHER))
    return s.order(contact_for(s, purpose, reached=not s.choose.once_in(3)))


def contact_for(s: Scene, purpose: Purpose, *, reached: bool, options: tuple[str, ...] = ()) -> RecordContact:
    incoming = purpose is Purpose.OTHER and s.choose.once_in(2)
    agrees = reached and purpose is Purpose.INFORM and s.complaint.state is not State.FOLLOW_UP
    return RecordContact(
        complaint=s.id,
        purpose=purpose,
        direction=Direction.INCOMING if incoming else Direction.OUTGOING,
        channel=s.choose.one(welcome(s, Channel.PHONE, Channel.WECHAT, Channel.SMS)),
        reached=reached,
        text=s.choose.one((None, *COURTEOUS)),
        options=options,
        appointment=s.happens_at + _DAY if agrees else None,
    )


def welcome(s: Scene, *wanted: Channel) -> tuple[Channel, ...]:
    """Those of *wanted* by which the customer may be contacted then; else one that is left, which disturbs nobody."""
    customer, limit = s.complaint.registration.complainant, s.complaint.beside.contact_limit
    local = s.happens_at.astimezone(s.house.dealer.tz)
    if limit is not None and local.date() <= limit.review_on:
        return (limit.channel,)
    is_quiet = bool(customer.own_hours) and not any(window.holds(local.time()) for window in customer.own_hours)
    fine = [one for one in wanted if not customer.has_opted_out_of(one) and not (is_quiet and one.disturbs)]
    return tuple(fine) or (Channel.LETTER,)


def _attempt(s: Scene) -> Order:
    """Another try to call back, on another channel and another day than the one before."""
    tries = [one for one in s.complaint.attempts if one.at >= s.complaint.moved_at]
    at = _within_his_hours(s, max(s.now, max((one.at for one in tries), default=s.now - _DAY) + _DAY))
    open_then = welcome(but(s, at=at), Channel.PHONE, Channel.SMS, Channel.WECHAT, Channel.LETTER)
    channel = open_then[len(tries) % len(open_then)]
    reached = s.choose.once_in(6)
    command = RecordContact(complaint=s.id, purpose=Purpose.FOLLOW_UP, channel=channel, reached=reached)
    return s.order(command, at=at)


def _within_his_hours(s: Scene, at: datetime) -> datetime:
    """*at*, or the next time of day at which the customer wants to be called: else he is written to for ever."""
    windows = s.complaint.registration.complainant.own_hours
    local = at.astimezone(s.house.dealer.tz)
    if not windows or any(window.holds(local.time()) for window in windows):
        return at
    opens = local.replace(hour=windows[0].opens // 60, minute=windows[0].opens % 60, second=0, microsecond=0)
    return opens if opens >= local else opens + _DAY


def _add_evidence(s: Scene) -> Command:
    weight = s.choose.one((3, 2, 1))
    return AddEvidence(
        complaint=s.id,
        id=s.new("E"),
        kind=s.choose.one(("photo", "recording", "workshop order")),
        sha256="ab" * 32 if weight > 1 else None,
        collector=s.by.id if weight > 2 else None,  # reference, digest, digest and collector
        collected_at=s.happens_at if s.choose.once_in(2) else None,
    )


def _add_note(s: Scene) -> Command:
    return AddNote(complaint=s.id, text=s.choose.one(("请同事跟进。", "Parts are on their way.")))


def _make_promise(s: Scene) -> Command:
    return MakePromise(complaint=s.id, promise=promise_for(s))


def promise_for(s: Scene) -> PromiseMade:
    cost = s.choose.one((None, s.money("0"), s.money("800")))
    if cost is not None and cost.amount and not may_decide(s, {cost.currency: cost.amount}):
        cost = None
    return PromiseMade(
        id=s.new("P"),
        text=s.choose.one(COURTEOUS),
        due_at=s.happens_at + s.choose.one((_DAY, _MINUTE, 5 * _DAY)),
        channel=Channel.PHONE,
        cost=cost,
    )


def may_decide(s: Scene, cost: Mapping[str, Decimal], kinds: frozenset[RemedyKind] = frozenset()) -> bool:
    return s.house.policy.may_decide(s.by, cost, s.complaint.severity, kinds)


def _keep_promise(s: Scene) -> Command | None:
    owed = s.complaint.owed_promises
    return KeepPromise(complaint=s.id, promise=s.choose.one(owed).id) if owed else None


def _set_severity(s: Scene) -> Command | None:
    now, floor = s.complaint.severity, s.complaint.floor
    possible = [
        severity
        for severity in Severity
        if severity is not now
        and severity.rank >= floor.rank
        and (severity.rank > now.rank or s.by.holds(Role.MANAGER))
    ]
    if not possible:
        return None
    return SetSeverity(complaint=s.id, severity=s.choose.one(possible), reason="客户情况变化")


# --- intake ---------------------------------------------------------------------------------------------------------


def _complete_registration(s: Scene) -> Command | None:
    form = s.complaint.registration
    lacking = set(form.missing_for_judgment)
    if lacking:
        answerable = but(form.complainant, name=form.complainant.name or "顾客戊", phone="10000000002")
        return CompleteRegistration(
            complaint=s.id,
            complainant=answerable if lacking & {"complainant", "answer_channel"} else None,
            wish="希望得到说明" if "wish" in lacking else None,
            issues=_categorised(s) if lacking & {"issues", "category"} else (),
        )
    return s.choose.one((_more_people, _more_vehicles, _graver, _complained_of, _more_issues))(s)


def _categorised(s: Scene) -> tuple[Issue, ...]:
    issues = s.complaint.registration.issues or (Issue(id="I1"),)
    bare = [issue for issue in issues if issue.category is None]
    return tuple(but(issue, category=s.choose.one(_CATEGORIES).value) for issue in bare)


def _more_people(s: Scene) -> Command:
    agent = Party(kind=PartyKind.AGENT, name="顾客己", may_accept=True, may_sign=True)
    return CompleteRegistration(complaint=s.id, parties=(agent,))


def _more_vehicles(s: Scene) -> Command:
    order = ExternalRef(system="dms", kind="repair_order", id=s.new("RO-"))
    return CompleteRegistration(complaint=s.id, vehicles=_VEHICLES, refs=(order,))


def _graver(s: Scene) -> Command | None:
    new = [alarm for alarm in Alarm if alarm not in s.complaint.registration.alarms]
    return CompleteRegistration(complaint=s.id, alarms=(s.choose.one(new),)) if new else None


def _complained_of(s: Scene) -> Command:
    return CompleteRegistration(complaint=s.id, complained_of=(s.choose.one(s.house.suspects),))


def _more_issues(s: Scene) -> Command | None:
    known = s.complaint.registration.issues
    if s.complaint.state in (State.INTAKE, State.JUDGMENT):
        new = Issue(id=s.new("I"), category=s.choose.one(_CATEGORIES).value, is_safety=s.choose.once_in(4))
        return CompleteRegistration(complaint=s.id, issues=(new,))
    detailed = but(s.choose.one(known), text="客户补充说明") if known else None
    return CompleteRegistration(complaint=s.id, issues=(detailed,)) if detailed is not None else None


def _assign(s: Scene) -> Command | None:
    wanted = Duty.INVESTIGATOR if s.complaint.state is State.INVESTIGATION else Duty.HANDLER
    duty = s.choose.weighted(((wanted, 6), *((duty, 1) for duty in Duty if duty is not wanted)))
    busy = handlers_of(s.complaint) if duty is Duty.CALLER else frozenset()
    able = [
        actor.id
        for actor in s.house.staff
        if actor.id not in s.complaint.involved
        and actor.id not in busy
        and (duty is not Duty.HANDLER or actor.holds(Role.SPECIALIST))
        and (duty is not Duty.TASK_OWNER or actor.id in s.house.owners)
    ]
    if not able or (duty is Duty.TASK_OWNER and not s.complaint.open_tasks):
        return None
    task = s.choose.one(s.complaint.open_tasks).id if duty is Duty.TASK_OWNER else None
    return Assign(complaint=s.id, duty=duty, assignee=s.choose.one(able), basis="负荷最低", task=task)


def _answer_assignment(s: Scene) -> Command | None:
    mine = [one for one in s.complaint.duties.values() if one.assignee == s.by.id]
    asked = [one for one in mine if one.answer is Answer.PENDING]
    if not asked:
        kept = [one for one in mine if one.answer is Answer.ACCEPTED]
        gives_back = kept and s.choose.once_in(12)
        return _declined(s, s.choose.one(kept).duty) if gives_back else None
    duty = s.choose.one(asked).duty
    return _declined(s, duty) if s.choose.once_in(6) else AnswerAssignment(complaint=s.id, duty=duty, accepts=True)


def _declined(s: Scene, duty: Duty) -> Command:
    return AnswerAssignment(complaint=s.id, duty=duty, accepts=False, reason="本周休假")


def _settle_at_once(s: Scene) -> Order | None:
    ends = s.complaint.window_ends("settle_at_once")
    at = s.happens_at if ends is None else max(min(s.happens_at, ends), s.complaint.moved_at)
    standing = s.house.policy.standing_order(s.house.dealer.id, at)
    if standing is None:
        return None
    categories = [issue.category for issue in s.complaint.registration.issues]
    ceilings = {
        kind: max((standing.allows(category, kind) or Decimal(0) for category in categories), default=Decimal(0))
        for kind in (RemedyKind.APOLOGY, RemedyKind.VOUCHER, RemedyKind.FEE_WAIVER)
    }
    kind = s.choose.one(tuple(ceilings))
    cost = s.choose.one((ceilings[kind], ceilings[kind] / 2))
    remedies = [remedy_for(s, kind, s.money(cost))]
    if kind is RemedyKind.VOUCHER and s.choose.once_in(2):
        remedies.append(remedy_for(s, RemedyKind.APOLOGY, s.money("0")))
    command = SettleAtOnce(
        complaint=s.id,
        order=standing.stamp,
        judgments=tuple(judgment_for(s, issue) for issue in s.issues or _ONE_TO_COME),
        department=s.choose.one(tuple(Department)),
        cause=s.choose.one(tuple(Cause)),
        remedies=tuple(remedies),
        acceptance=acceptance_for(s, Proof.WORDS if all(one.kind.is_words for one in remedies) else Proof.MESSAGE),
    )
    return s.order(command, at=at if at < s.now else None)


def remedy_for(s: Scene, kind: RemedyKind, cost: Money) -> Remedy:
    due = (s.now + s.choose.one((_DAY, 7 * _DAY))).date()
    return Remedy(kind=kind, cost=cost, owner=s.choose.one(s.house.owners), due=due)


def acceptance_for(s: Scene, proof: Proof, signer: PartyKind | None = None) -> Acceptance:
    evidence = None if proof is Proof.WORDS else s.new("A-")
    return Acceptance(proof=proof, evidence=evidence, signer=signer)


# --- judgment and investigation -------------------------------------------------------------------------------------

_LEADING = (
    (Grounds.SUFFICIENT, Demand.REASONABLE, Verdict.UPHELD),
    (Grounds.SUFFICIENT, Demand.UNREASONABLE, Verdict.PARTLY_UPHELD),
    (Grounds.INSUFFICIENT, Demand.REASONABLE, Verdict.GOODWILL),
    (Grounds.UNKNOWN, None, Verdict.TO_BE_INSPECTED),
    (Grounds.UNKNOWN, None, Verdict.INCONCLUSIVE),
)
_EXPLAINED = (
    (Grounds.INSUFFICIENT, Demand.UNREASONABLE, Verdict.NOT_UPHELD),
    (Grounds.INSUFFICIENT, Demand.PARTLY, Verdict.NOT_OURS),
)

_ONE_TO_COME = ("I1",)
"""What is judged where nothing was named: the refusal tells that the form must be completed first."""


def judgment_for(s: Scene, issue: str, *, leads_on: bool | None = None) -> IssueJudgment:
    among = {True: _LEADING, False: _EXPLAINED, None: (*_LEADING, *_EXPLAINED)}[leads_on]
    grounds, demand, verdict = s.choose.one(among)
    return IssueJudgment(
        issue=issue,
        grounds=grounds,
        grounds_reason="核对了维修记录",
        demand=demand,
        demand_reason="与约定相符" if demand is not None else None,
        verdict=verdict,
    )


def _uphold(s: Scene) -> Command | None:
    able = [actor.id for actor in s.house.staff if actor.id not in s.complaint.involved]
    if not able:
        return None
    first, *rest = s.issues or _ONE_TO_COME
    return Uphold(
        complaint=s.id,
        judgments=(judgment_for(s, first, leads_on=True), *(judgment_for(s, issue) for issue in rest)),
        department=s.choose.one(tuple(Department)),
        investigator=s.choose.one(able),
        promise=promise_for(s),
    )


def _explain(s: Scene) -> Command:
    judgments = tuple(judgment_for(s, issue, leads_on=False) for issue in s.issues or _ONE_TO_COME)
    return Explain(complaint=s.id, judgments=judgments, text=s.choose.one(COURTEOUS), channel=Channel.PHONE)


def _record_understanding(s: Scene) -> Command:
    words = "知道了，谢谢。" if s.choose.once_in(2) else None
    return RecordUnderstanding(complaint=s.id, channel=Channel.WECHAT, words=words)


def _record_finding(s: Scene) -> Command | None:
    known = sorted(s.complaint.evidence, key=lambda one: -one.weight)
    wanted = s.house.policy.weight(s.complaint.severity).evidence
    if not any(one.weight >= wanted for one in known) and not s.choose.once_in(4):
        return None  # evidence comes first
    causes = primary_causes(s.complaint)
    cause = causes[0] if causes and not s.choose.once_in(8) else s.choose.one(tuple(Cause))
    sure = not s.choose.once_in(4)
    found = CauseFound(
        cause=cause, is_primary=not s.choose.once_in(5), is_confirmed=sure, whys=("为什么？", "因为") if sure else ()
    )
    return RecordFinding(
        complaint=s.id,
        text=s.choose.one(("现场勘查结果", "Test drive done, noise confirmed.")),
        cause=found if not s.choose.once_in(5) else None,
        evidence=s.choose.some([one.id for one in known], least=min(1, len(known)), most=2),
        inspected=s.issues if not s.choose.once_in(4) else (),
    )


def _conclude_investigation(s: Scene) -> Command:
    inconclusive = not _is_sure(s) or s.choose.once_in(6)
    return ConcludeInvestigation(
        complaint=s.id,
        summary="调查完毕",
        responsibility=_responsibility(s),
        inconclusive_reason="无法复现" if inconclusive else None,
    )


def _is_sure(s: Scene) -> bool:
    causes = primary_causes(s.complaint)
    if len(causes) != 1 or causes == (Cause.UNKNOWN,):
        return False
    weight = s.house.policy.weight(s.complaint.severity)
    found = [
        one.cause
        for one in s.complaint.present_findings
        if one.cause is not None and one.cause.is_primary and one.cause.cause is causes[0] and one.cause.is_confirmed
    ]
    return not weight.cause_confirmed or (bool(found) and (not weight.whys or any(one.whys for one in found)))


def _responsibility(s: Scene) -> Responsibility:
    kind = s.choose.one((Answerable.NOBODY, Answerable.PERSON, Answerable.SUPPLIER))
    if kind is not Answerable.PERSON:
        return Responsibility(kind=kind, reason="未发现人员责任")
    persons = (s.choose.one(s.house.suspects),)
    return Responsibility(kind=kind, persons=persons, head=s.choose.one((None, "service-head")))


# --- proposals ------------------------------------------------------------------------------------------------------


def _record_consultation(s: Scene) -> Command:
    minutes = "会议纪要：先检修，再回访。" if not s.choose.once_in(4) else None
    return RecordConsultation(
        complaint=s.id,
        on=s.happens_at.date(),
        participants=(s.by.id, "service-head"),
        departments=(Department.SERVICE, Department.CUSTOMER_SERVICE),
        minutes=minutes,
    )


def _propose(s: Scene) -> Command | None:
    if not s.issues or (s.by.holds(Role.GENERAL_MANAGER) and hesitates(s)):
        return None  # who has written it may not approve it
    remedies = tuple(remedy_for(s, *_priced(s)) for _ in range(s.choose.whole(1, 2)))
    proposal = Proposal(
        id=s.new("S"),
        remedies=remedies,
        answers_wish="尽快修好并说明原因",
        answers_issues=s.issues if not s.choose.once_in(8) else s.issues[:1],
        days=s.choose.one((3, None)),
    )
    return Propose(complaint=s.id, proposal=proposal)


def _priced(s: Scene) -> tuple[RemedyKind, Money]:
    amount = s.choose.one(_AMOUNTS)
    kind = s.choose.one(_MONEY_KINDS) if amount != "0" else s.choose.one((RemedyKind.APOLOGY, RemedyKind.FREE_REWORK))
    return kind, s.money(amount)


def _retract_proposal(s: Scene) -> Command | None:
    drafts = sorted(s.complaint.present_proposals, key=lambda one: len(one.answers_issues))
    return RetractProposal(complaint=s.id, proposal=s.choose.one(drafts).id, reason="有更好的办法") if drafts else None


def _submit_proposals(s: Scene) -> Command | None:
    if not somebody_can_decide(s) and not s.choose.once_in(6):
        return None
    weight = s.house.policy.weight(s.complaint.severity)
    few = len(s.complaint.present_proposals) < weight.proposals
    waives = few and weight.waiver is not None and s.by.holds(weight.waiver)
    return SubmitProposals(complaint=s.id, waiver_reason="客户指定了唯一的方案" if waives else None)


def somebody_can_decide(s: Scene) -> bool:
    """
    Whether a leader is left who is not involved, and whose limit covers every proposal.

    Nor an author, unless the house is too small to keep the two apart.
    """
    spent = total(booking.amount for booking in s.complaint.ledger)
    drafts = s.complaint.present_proposals
    apart = "leader.authored" not in s.house.policy.relaxes
    barred = s.complaint.involved | {one.author for one in drafts if apart}
    dearest = [(plus(spent, one.cost), frozenset(remedy.kind for remedy in one.remedies)) for one in drafts]
    return any(
        all(s.house.policy.may_decide(actor, cost, s.complaint.severity, kinds) for cost, kinds in dearest)
        for actor in s.house.staff
        if actor.id not in barred
    )


def hesitates(s: Scene) -> bool:
    """Five times out of six, but never where the plainest is wanted."""
    return s.choose.whole(0, 5) > 0


def _return_proposals(s: Scene) -> Command:
    return ReturnProposals(complaint=s.id, reasons="请补充备选方案")


def _review_proposal(s: Scene) -> Command | None:
    since = s.complaint.entered.get(State.APPROVAL, 0)
    begun = {one.leader for one in s.complaint.reviews if one.number > since}
    read = {one.proposal for one in s.complaint.reviews if one.leader == s.by.id and one.number > since}
    unread = [one.id for one in s.complaint.present_proposals if one.id not in read]
    costs = [one.cost for one in s.complaint.present_proposals]
    is_too_dear = any(not may_decide(s, cost) for cost in costs)
    is_anothers = bool(begun) and s.by.id not in begun
    if not unread or is_too_dear or (is_anothers and hesitates(s)):
        return None
    suits = not s.choose.once_in(4)
    return ReviewProposal(complaint=s.id, proposal=s.choose.one(unread), is_suitable=suits, opinion="费用与时间合适")


def _approve(s: Scene) -> Command | None:
    submitted = [one.id for one in s.complaint.present_proposals]
    if not submitted:
        return None
    chosen = s.choose.one(submitted)
    spent = total(booking.amount for booking in s.complaint.ledger)
    ceiling = s.money(s.choose.one(("500", "5000"))) if s.choose.once_in(3) else None
    if ceiling is not None:
        cost = {**spent, ceiling.currency: spent.get(ceiling.currency, Decimal(0)) + ceiling.amount}
        ceiling = ceiling if may_decide(s, cost) else None
    return Approve(
        complaint=s.id,
        chosen=chosen,
        reason="时间最短",
        instruction="同意，请尽快实施",
        alternatives=s.choose.some([one for one in submitted if one != chosen]),
        ceiling=ceiling,
    )


# --- execution ------------------------------------------------------------------------------------------------------


def _accept(s: Scene) -> Command | None:
    mandate = s.complaint.mandate
    if mandate is None:
        return None
    signers = [None, *(one.kind for one in s.complaint.registration.parties if one.may_sign)]
    acceptance = acceptance_for(s, Proof.SIGNATURE, s.choose.one(signers))
    if mandate.ceiling is not None and s.choose.once_in(2):
        agreed = remedy_for(s, RemedyKind.VOUCHER, mandate.ceiling)
        return Accept(complaint=s.id, remedies=(agreed,), acceptance=acceptance)
    option = s.choose.one((mandate.chosen, *mandate.alternatives))
    if s.choose.once_in(3) and _is_light(s, option):
        acceptance = acceptance_for(s, s.choose.one((Proof.MESSAGE, Proof.RECORDING)))
    return Accept(complaint=s.id, option=option, acceptance=acceptance)


def _is_light(s: Scene, option: str) -> bool:
    """Whether a message is enough: general severity, and no money in it."""
    proposal = next(one for one in s.complaint.present_proposals if one.id == option)
    return s.complaint.severity is Severity.GENERAL and not any(proposal.cost.values())


def _decline(s: Scene) -> Command:
    counter = "希望延长质保" if s.choose.once_in(2) else None
    return Decline(complaint=s.id, reasons="补偿与损失不相当", counter_demand=counter)


def _report_task(s: Scene) -> Command | None:
    is_anybodys = is_waived(s, ReportTask, "task.none_of_yours", "task.not_yours")
    mine = [task for task in s.complaint.open_tasks if task.owner == s.by.id or is_anybodys]
    if not mine:
        return None
    result = s.choose.weighted(((TaskResult.DONE, 5), (TaskResult.CANCELLED, 1), (TaskResult.FAILED, 2)))
    return ReportTask(
        complaint=s.id,
        task=s.choose.one(mine).id,
        result=result,
        proof="WO-1" if result is TaskResult.DONE else None,
        remark="配件停产" if result is TaskResult.FAILED else None,
        customer_consented=result is TaskResult.CANCELLED,
    )


def _book_compensation(s: Scene) -> Command | None:
    reversed_already = {one.reverses for one in s.complaint.ledger}
    wrong = [one for one in s.complaint.ledger if one.reverses is None and one.id not in reversed_already]
    if wrong and s.choose.once_in(5):
        taken_back = s.choose.one(wrong)
        return BookCompensation(
            complaint=s.id,
            booking=s.new("B"),
            task=taken_back.task,
            amount=Money(-taken_back.amount.amount, taken_back.amount.currency),
            reverses=taken_back.id,
        )
    owed = [(task, left) for task in s.complaint.tasks if (left := _unbooked(s.complaint, task)) > 0]
    if not owed:
        return None
    done = [one for one in owed if one[0].result is TaskResult.DONE]
    task, left = s.choose.one(done or owed)
    amount = s.choose.one((left, (left / 2).quantize(Decimal("0.01"))))
    return BookCompensation(complaint=s.id, booking=s.new("B"), task=task.id, amount=s.money(amount))


def _unbooked(complaint: Complaint, task: Task) -> Decimal:
    booked = sum((one.amount.amount for one in complaint.ledger if one.task == task.id), Decimal(0))
    return task.cost.amount - booked


def _complete_execution(s: Scene) -> Command:
    return CompleteExecution(complaint=s.id)


def _abandon_execution(s: Scene) -> Command:
    return AbandonExecution(complaint=s.id, reason="配件停产", text=s.choose.one(COURTEOUS), channel=Channel.PHONE)


def _decide_accountability(s: Scene) -> Command | None:
    answerable = s.complaint.conclusion.responsibility if s.complaint.conclusion is not None else None
    persons = answerable.persons if answerable is not None else ()
    before = s.complaint.accountability
    if before is not None and before.standing_rule is not None:
        before = None  # what a standing rule says is enough until people have to decide
    awaits_review = before is not None and before.reviewed_by is None and _is_reviewed_here(s)
    # where nobody may answer a contest, somebody else decides anew; what awaits a second decider first gets one
    is_stuck = (
        before is not None and before.decided_by != s.by.id and bool(contested(s.complaint)) and not awaits_review
    )
    if before is not None and not is_stuck and _names(before.measures, persons) and not s.choose.once_in(4):
        if before.decided_by == s.by.id:
            return None  # somebody else has to look at it
        return DecideAccountability(complaint=s.id, measures=before.measures, reason="同意")
    kind = s.choose.weighted(((MeasureKind.COACHING, 3), (MeasureKind.NONE, 1)))
    if is_stuck and before is not None and any(one.kind is kind for one in before.measures):
        kind = MeasureKind.TRAINING
    others = [person for person in s.house.suspects if person != s.by.id]
    if not persons and others and hesitates(s):
        persons = (s.choose.one(others),)
    measures = [_measure(person, MeasureRole.DIRECT, kind) for person in persons]
    if persons:
        measures.append(_measure("service-head", MeasureRole.HEAD, MeasureKind.NONE))
    return DecideAccountability(complaint=s.id, measures=tuple(measures), reason="无人员责任" if not persons else None)


def _is_reviewed_here(s: Scene) -> bool:
    return s.house.policy.weight(s.complaint.severity).accountability == "reviewed"


def _names(measures: tuple[Measure, ...], persons: tuple[str, ...]) -> bool:
    has_head = any(one.role is MeasureRole.HEAD for one in measures)
    return {*persons} <= {one.person for one in measures} and (has_head or not persons)


def _measure(person: str, role: MeasureRole, kind: MeasureKind) -> Measure:
    if kind is MeasureKind.NONE:
        return Measure(person=person, role=role, kind=kind, reason="已提醒")
    return Measure(person=person, role=role, kind=kind, rule="HR-7")


# --- review ---------------------------------------------------------------------------------------------------------


def _record_follow_up(s: Scene) -> Command | None:
    handlers = handlers_of(s.complaint)
    tries = [one for one in s.complaint.attempts if one.at >= s.complaint.moved_at]
    nobody_answers = bool(tries) and not any(one.was_reached for one in tries)
    others = [actor for actor in s.house.staff if actor.id not in handlers | s.complaint.involved]
    if nobody_answers and others:
        # whoever has begun to try goes on trying
        unreachable = RecordFollowUp(complaint=s.id, result=Satisfaction.UNREACHABLE, channel=Channel.FOLLOWUP_CALL)
        return unreachable if s.by.id not in handlers else None
    result = s.choose.one([one for one in Satisfaction if one is not Satisfaction.UNREACHABLE])
    below = result in (Satisfaction.NEUTRAL, Satisfaction.DISSATISFIED)
    withheld = below and s.choose.once_in(3)
    return RecordFollowUp(
        complaint=s.id,
        result=result,
        channel=welcome(s, Channel.FOLLOWUP_CALL)[0],
        reason="等待时间仍然偏长" if below and not withheld else None,
        reason_withheld=withheld,
        message="MSG-1" if s.by.id in handlers and not is_called_anyway(s) else None,
        pressed=s.choose.once_in(4) if s.complaint.outcome is Outcome.WITHDRAWN else None,
    )


def is_called_anyway(s: Scene) -> bool:
    """Whether the customer's own message is not enough: he is in the sample of those settled at once."""
    is_fast = s.complaint.outcome is Outcome.SETTLED_AT_ONCE
    return is_fast and is_sampled(s.complaint.id, s.house.policy.callback_sample_percent)


def _return_for_rework(s: Scene) -> Command | None:
    possible = [
        reason
        for reason in ReworkReason
        if s.complaint.was_in(reason.target)
        and (reason.target is not State.EXECUTION or s.complaint.settlement is not None)
        and (reason is not ReworkReason.UNDER_PRESSURE or _was_pressed(s.complaint))
    ]
    if ReworkReason.UNDER_PRESSURE in possible:
        possible = [ReworkReason.UNDER_PRESSURE]
    if not possible:
        return None
    reason = s.choose.one(possible)
    again = (remedy_for(s, RemedyKind.FREE_REWORK, s.money("0")),) if reason.target is State.EXECUTION else ()
    return ReturnForRework(
        complaint=s.id, reason=reason, target=reason.target, explanation="客户仍不满意", remedies=again
    )


def _was_pressed(complaint: Complaint) -> bool:
    made = complaint.follow_up
    return complaint.outcome is Outcome.WITHDRAWN and made is not None and made.pressed is True


def _close(s: Scene) -> Command:
    made = s.complaint.follow_up
    says_no = (
        made is not None
        and made.result is Satisfaction.DISSATISFIED
        and not s.complaint.reworks
        and s.by.holds(Role.MANAGER)
    )
    no = NoWayFurther(reason="已按约定完成全部维修", told_where="可向消费者协会反映", told_at=s.happens_at)
    return Close(
        complaint=s.id,
        evaluation=Evaluation(summary="处理及时", grade=s.choose.whole(1, 5)),
        classification=Classification(
            category=s.choose.one(_CATEGORIES).value,
            department=s.choose.one(tuple(Department)),
            cause=s.choose.one(tuple(Cause)),
        ),
        no_improvement_reason="个案，无需改进" if not s.choose.once_in(4) else None,
        no_way_further=no if says_no else None,
    )


def _reopen(s: Scene) -> Command:
    ends = s.complaint.window_ends("reopen")
    late = ends is not None and s.happens_at > ends and not is_waived(s, Reopen, "reopen.too_late")
    case = ExternalRef(system="12315", kind="case", id="C-1") if late or s.choose.once_in(4) else None
    return Reopen(complaint=s.id, reason="同样的问题再次出现", authority_case=case)


def _archive(s: Scene) -> Order:
    ends = [end for clock in ("reopen", "contest") if (end := s.complaint.window_ends(clock)) is not None]
    return s.order(Archive(complaint=s.id), at=max([s.now, *(end + _HOUR for end in ends)]))


def _plan_improvement(s: Scene) -> Command:
    due = (s.now + 30 * _DAY).date()
    return PlanImprovement(complaint=s.id, id=s.new("M"), text="增加交车前检查", owner=s.by.id, due=due)


def _begin_judgment(s: Scene) -> Command:
    return BeginJudgment(complaint=s.id)


MAIN_WAY: Mapping[type[Command], Builder] = MappingProxyType(
    {
        BeginJudgment: _begin_judgment,
        SettleAtOnce: _settle_at_once,
        Uphold: _uphold,
        Explain: _explain,
        RecordUnderstanding: _record_understanding,
        ConcludeInvestigation: _conclude_investigation,
        SubmitProposals: _submit_proposals,
        ReturnProposals: _return_proposals,
        Approve: _approve,
        Accept: _accept,
        Decline: _decline,
        CompleteExecution: _complete_execution,
        AbandonExecution: _abandon_execution,
        RecordFollowUp: _record_follow_up,
        ReturnForRework: _return_for_rework,
        Close: _close,
        Reopen: _reopen,
        Archive: _archive,
        RecordContact: _record_contact,
        AddEvidence: _add_evidence,
        AddNote: _add_note,
        CompleteRegistration: _complete_registration,
        Assign: _assign,
        AnswerAssignment: _answer_assignment,
        MakePromise: _make_promise,
        KeepPromise: _keep_promise,
        SetSeverity: _set_severity,
        RecordFinding: _record_finding,
        RecordConsultation: _record_consultation,
        Propose: _propose,
        RetractProposal: _retract_proposal,
        ReviewProposal: _review_proposal,
        ReportTask: _report_task,
        BookCompensation: _book_compensation,
        DecideAccountability: _decide_accountability,
        PlanImprovement: _plan_improvement,
    }
)
"""A builder for each command of the main way but the first."""

__all__ = ["MAIN_WAY", "COURTEOUS", "WORDS", "Builder", "Scene", "Spoiled", "build", "but", "is_waived", "receipt"]
