"""
Six complaints of the sample, led from receipt to their end; every step is a real one.

Each tale is a generator: it takes the steps of a day and yields how long it then waits. :func:`lead` runs
them side by side, so that days go by for all of them as they would in a house.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from heapq import heappop, heappush
from uuid import UUID

import attrs

from complaints.demo.house import STAFF, STANDING_ORDER, House
from complaints.demo.steps import (
    approval,
    assign,
    begin,
    call_back,
    carry_out,
    close,
    id_of,
    investigate,
    offer,
    propose,
    review,
    signed,
    sufficient,
    uphold,
    work,
)
from complaints.model.execution import Acceptance
from complaints.model.judgment import IssueJudgment
from complaints.model.promise import PromiseMade
from complaints.model.proposal import Remedy
from complaints.model.words import (
    Category,
    Cause,
    Channel,
    Demand,
    Department,
    Grounds,
    HoldKind,
    Proof,
    RemedyKind,
    ReworkReason,
    Satisfaction,
    State,
    Verdict,
)
from complaints.orders import Order
from complaints.stages.accountability import DecideAccountability
from complaints.stages.escalation import AnswerEscalation
from complaints.stages.execution import Accept, Decline
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.holds import PlaceHold, ReleaseHold
from complaints.stages.intake import Receive
from complaints.stages.judgment import Explain, RecordUnderstanding
from complaints.stages.promises import KeepPromise, MakePromise
from complaints.stages.proposal import RecordConsultation, SubmitProposals
from complaints.stages.review import Archive, PlanImprovement, ReturnForRework, VerifyImprovement

__all__ = ["AT_THE_COUNTER", "STORIES", "Story", "lead"]

Tale = Iterator[timedelta]
_OVERNIGHT = timedelta(days=1)


@attrs.frozen
class Story:
    """
    One of the six.

    Attributes:
        code: Its title stands in ``locale/`` under ``demo``, ``story.<code>``.
        odi: NHTSA's number of the complaint.
        tell: Takes its steps; the form is what was, or is to be, received.
    """

    code: str
    odi: str
    tell: Callable[[House, Receive], Tale]


def lead(house: House, forms: Mapping[str, Receive], *, progress: Callable[[int], None] | None = None) -> None:
    """
    Tell all stories side by side: whichever may go on first does.

    Args:
        forms: What was received, by ODI number.
        progress: Called with how many stories were told to the end.
    """
    waiting = [(house.clock(), place, story.tell(house, forms[story.odi])) for place, story in enumerate(STORIES)]
    while waiting:
        when, place, tale = heappop(waiting)
        house.wait_until(when)
        pause = next(tale, None)
        if pause is not None:
            heappush(waiting, (house.clock() + pause, place, tale))
        elif progress is not None:
            progress(len(STORIES) - len(waiting))


# --- the six --------------------------------------------------------------------------------------------------------


def _settled(house: House, form: Receive) -> Tale:
    """At the counter: received and settled in one transaction, called back the next day."""
    id, li = id_of(form), STAFF["li"]
    house.go_on()
    receive = attrs.evolve(form, received_at=house.clock(), wish=house.text("settled.wish"))  # type: ignore[misc]  # mypy does not see attrs
    latch = work(house, RemedyKind.FREE_REWORK, "settled.remedy", "180", days=0)
    settle = _settlement(house, id, "settled", latch, signed("scan-0001"))
    house.desk.handle_all([Order(receive, li), Order(settle, li)], atomic=True)
    yield _OVERNIGHT
    call_back(house, id, Satisfaction.SATISFIED)
    close(house, id, "settled", Category.PRODUCT_BODY, Cause.PRODUCT)


def _settlement(house: House, id: UUID, story: str, remedy: Remedy, acceptance: Acceptance) -> SettleAtOnce:
    return SettleAtOnce(
        complaint=id,
        order=STANDING_ORDER,
        judgments=(sufficient(house, story),),
        department=Department.WORKSHOP,
        cause=Cause.PRODUCT,
        remedies=(remedy,),
        acceptance=acceptance,
    )


def _resolved(house: House, form: Receive) -> Tale:
    """All six stages, with the weight of a safety part: evidence, two proposals, a signature; then archived."""
    id = id_of(form)
    assign(house, id)
    apology = work(house, RemedyKind.APOLOGY, "resolved.apology", "0", owner="li")
    house.try_wrongly(_settlement(house, id, "resolved", apology, Acceptance(proof=Proof.WORDS)), "li")
    begin(house, id, "resolved")
    uphold(house, id, (sufficient(house, "resolved"),))
    yield _OVERNIGHT
    investigate(house, id, "resolved", Cause.PRODUCT, ("I1",))
    _consult_and_propose(house, id)
    house.try_wrongly(approval(house, id, "resolved", "A"), "zhou")
    for option in ("A", "B"):
        review(house, id, "resolved", option, "chen")
    house.do(approval(house, id, "resolved", "A", alternatives=("B",)), "chen")
    offer(house, id, "resolved", ("A", "B"))
    house.do(Accept(complaint=id, option="A", acceptance=signed("scan-0002")), "li")
    yield _OVERNIGHT
    carry_out(house, id)
    yield _OVERNIGHT
    call_back(house, id, Satisfaction.SATISFIED, suggestions=house.text("resolved.suggestions"))
    _learn(house, id)
    close(house, id, "resolved", Category.PRODUCT_BRAKES, Cause.PRODUCT, is_improved=True)
    yield timedelta(days=10)
    remark = house.text("resolved.effect")
    house.do(VerifyImprovement(complaint=id, improvement="IM-1", effective=True, remark=remark), "zhao")
    window = house.desk.complaint(id, by=STAFF["dong"]).window_ends("reopen") or house.clock()
    yield window - house.clock() + _OVERNIGHT
    house.do(Archive(complaint=id), "dong")


def _consult_and_propose(house: House, id: UUID) -> None:
    """The departments discuss, with minutes, and two different solutions go to the leader (R21, R22)."""
    house.do(
        RecordConsultation(
            complaint=id,
            on=house.today(),
            participants=("li", "wu", "zhou"),
            departments=(Department.CUSTOMER_SERVICE, Department.WORKSHOP),
            minutes=house.text("resolved.minutes"),
        ),
        "li",
    )
    sensor = work(house, RemedyKind.REPAIR, "resolved.A", "1480")
    loaner = work(house, RemedyKind.LOANER, "resolved.loaner", "200", owner="li")
    cable = work(house, RemedyKind.REPAIR, "resolved.B", "380")
    propose(house, id, "resolved", "A", sensor, loaner)
    propose(house, id, "resolved", "B", cable)
    house.do(SubmitProposals(complaint=id), "li")


def _learn(house: House, id: UUID) -> None:
    """Who answers for it is decided, and what the house does better from now on (R28, R35)."""
    house.do(DecideAccountability(complaint=id, reason=house.text("resolved.accountability")), "chen")
    house.do(
        PlanImprovement(
            complaint=id,
            id="IM-1",
            text=house.text("resolved.improvement"),
            owner="zhou",
            due=house.today() + timedelta(days=14),
        ),
        "zhao",
    )


def _explained(house: House, form: Receive) -> Tale:
    """Not upheld: told so tactfully, and the customer understood."""
    id = id_of(form)
    assign(house, id)
    begin(house, id, "explained")
    yield _OVERNIGHT
    house.try_wrongly(_explanation(house, id, "explained", "draft"), "zhao")
    house.do(_explanation(house, id, "explained", "answer"), "zhao")
    words = house.text("explained.understanding")
    house.do(RecordUnderstanding(complaint=id, channel=Channel.SHOWROOM, words=words), "li")
    yield _OVERNIGHT
    call_back(house, id, Satisfaction.NEUTRAL, reason=house.text("explained.reason"))
    close(house, id, "explained", Category.PRODUCT_BODY, Cause.ENVIRONMENT)


def _explanation(house: House, id: UUID, story: str, text: str, channel: Channel = Channel.SHOWROOM) -> Explain:
    judgment = IssueJudgment(
        issue="I1",
        grounds=Grounds.INSUFFICIENT,
        grounds_reason=house.text(f"{story}.grounds"),
        demand=Demand.PARTLY,
        demand_reason=house.text(f"{story}.demand"),
        verdict=Verdict.NOT_UPHELD,
    )
    return Explain(complaint=id, judgments=(judgment,), text=house.text(f"{story}.{text}"), channel=channel)


def _declined(house: House, form: Receive) -> Tale:
    """The first offer is declined, a better one is made, and accepted."""
    id = id_of(form)
    assign(house, id)
    begin(house, id, "declined")
    judgment = IssueJudgment(
        issue="I1",
        grounds=Grounds.SUFFICIENT,
        grounds_reason=house.text("declined.grounds"),
        demand=Demand.PARTLY,
        demand_reason=house.text("declined.demand"),
        verdict=Verdict.PARTLY_UPHELD,
    )
    uphold(house, id, (judgment,))
    yield _OVERNIGHT
    hold = PlaceHold(complaint=id, id="H1", kind=HoldKind.THIRD_PARTY, reason=house.text("declined.hold"))
    house.do(hold, "li")
    yield _OVERNIGHT
    house.do(ReleaseHold(complaint=id, hold="H1"), "li")
    investigate(house, id, "declined", Cause.MATERIAL, ("I1",))
    _propose_and_offer(house, id, "A", "1900", leader="zhou")
    house.do(Decline(complaint=id, reasons=house.text("declined.reasons")), "li")
    yield _OVERNIGHT
    _propose_and_offer(house, id, "B", "4800", leader="chen")
    house.do(Accept(complaint=id, option="B", acceptance=signed("scan-0003")), "li")
    yield _OVERNIGHT
    carry_out(house, id)
    yield _OVERNIGHT
    call_back(house, id, Satisfaction.SATISFIED)
    close(house, id, "declined", Category.PRODUCT_TRANSMISSION, Cause.MATERIAL)


def _propose_and_offer(house: House, id: UUID, option: str, cost: str, *, leader: str) -> None:
    """One solution, decided by whoever's limit covers it (A1), goes to the customer."""
    propose(house, id, "declined", option, work(house, RemedyKind.REPAIR, f"declined.{option}", cost))
    house.do(SubmitProposals(complaint=id), "li")
    review(house, id, "declined", option, leader)
    house.do(approval(house, id, "declined", option), leader)
    offer(house, id, f"declined.{option}", (option,))


def _reworked(house: House, form: Receive) -> Tale:
    """The call-back finds a dissatisfied customer, and the work is done again."""
    id, issues = id_of(form), tuple(issue.id for issue in form.issues)
    assign(house, id)
    begin(house, id, "reworked")
    uphold(house, id, tuple(sufficient(house, "reworked", issue) for issue in issues))
    yield _OVERNIGHT
    investigate(house, id, "reworked", Cause.MATERIAL, issues)
    propose(house, id, "reworked", "A", work(house, RemedyKind.REPAIR, "reworked.A", "860"), issues=issues)
    house.do(SubmitProposals(complaint=id), "li")
    review(house, id, "reworked", "A", "zhou")
    house.do(approval(house, id, "reworked", "A"), "zhou")
    offer(house, id, "reworked", ("A",))
    house.do(Accept(complaint=id, option="A", acceptance=signed("scan-0004")), "li")
    yield _OVERNIGHT
    carry_out(house, id)
    yield _OVERNIGHT
    call_back(house, id, Satisfaction.DISSATISFIED, reason=house.text("reworked.reason"))
    house.do(
        ReturnForRework(
            complaint=id,
            reason=ReworkReason.REMEDY_NOT_DONE,
            target=State.EXECUTION,
            explanation=house.text("reworked.explanation"),
            remedies=(work(house, RemedyKind.FREE_REWORK, "reworked.again", "0"),),
        ),
        "zhao",
    )
    yield _OVERNIGHT
    carry_out(house, id)
    yield _OVERNIGHT
    call_back(house, id, Satisfaction.SATISFIED)
    close(house, id, "reworked", Category.PRODUCT_BODY, Cause.MATERIAL)


def _late(house: House, form: Receive) -> Tale:
    """Nobody judges it in time; the manager, whom that leads to, sees to it that the customer is not let down again."""
    id = id_of(form)
    assign(house, id)
    begin(house, id, "late")
    yield 2 * _OVERNIGHT
    (escalation,) = house.desk.complaint(id, by=STAFF["chen"]).open_escalations
    decision = house.text("late.decision")
    house.do(AnswerEscalation(complaint=id, escalation=escalation.number, decision=decision), "chen")
    due_at = house.evening(days=1)
    promise = PromiseMade(id="P1", text=house.text("late.promise"), due_at=due_at, channel=Channel.PHONE)
    house.do(MakePromise(complaint=id, promise=promise), "li")
    yield _OVERNIGHT
    house.do(_explanation(house, id, "late", "answer", Channel.PHONE), "zhao")
    house.do(KeepPromise(complaint=id, promise="P1"), "li")
    words = house.text("late.understanding")
    house.do(RecordUnderstanding(complaint=id, channel=Channel.PHONE, words=words), "li")
    yield _OVERNIGHT
    call_back(house, id, Satisfaction.NEUTRAL, reason=house.text("late.reason"))
    close(house, id, "late", Category.PRODUCT_TYRES, Cause.EXTERNAL)


AT_THE_COUNTER = "958166"
"""The one that is received where it is settled; the others come in with the rest of the file."""

STORIES = (
    Story("settled", AT_THE_COUNTER, _settled),
    Story("resolved", "958164", _resolved),
    Story("explained", "958175", _explained),
    Story("declined", "958131", _declined),
    Story("reworked", "958244", _reworked),
    Story("late", "958247", _late),
)
