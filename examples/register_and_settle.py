"""Register a complaint and settle it at once, within what the leader allowed in advance."""

from datetime import UTC, datetime
from decimal import Decimal

from complaints import Actor, Channel, Customer, Dealer, Department, Desk, Issue, Money, Policy, Role
from complaints.model.execution import Acceptance
from complaints.model.judgment import IssueJudgment
from complaints.model.proposal import Remedy
from complaints.model.words import Cause, Demand, Grounds, Proof, RemedyKind, Verdict
from complaints.policy import StandingOrder, StandingRemedy
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.intake import Receive

shop = Dealer("SH01", zone="Asia/Shanghai", language="zh_CN", currency="CNY")
li = Actor("li", Role.SPECIALIST, dealer="SH01", department=Department.CUSTOMER_SERVICE)
since = datetime(2024, 1, 1, tzinfo=shop.tz)
apology = StandingRemedy(category="service", kind=RemedyKind.APOLOGY, ceiling=Decimal(0))
voucher = StandingRemedy(category="service", kind=RemedyKind.VOUCHER, ceiling=Decimal(200))
order = StandingOrder(
    id="SO-1", version="2024", dealer="SH01", signed_by="chen", signed_at=since, valid_from=since,
    staff=("li",), remedies=(apology, voucher), per_case=Decimal(200),
)  # fmt: skip

# Desk.open("sqlite:///complaints.db", …) keeps them on disk; Desk() forgets them when the script ends
with Desk(dealers=[shop], policy=Policy(standing_orders=(order,))) as desk:
    now = datetime.now(UTC)
    receive = Receive(
        dealer="SH01",
        complainant=Customer(phone="13800000000"),
        channel=Channel.SHOWROOM,
        received_at=now,
        statement="约好九点，等到十一点才接车。",
        wish="说明原因，并给一点补偿。",
        issues=(Issue(id="I1", category="service"),),
    )
    case = desk.handle(receive, by=li, key="counter-0001")

    upheld = IssueJudgment(
        issue="I1", verdict=Verdict.UPHELD, grounds=Grounds.SUFFICIENT, grounds_reason="接车记录属实。",
        demand=Demand.REASONABLE, demand_reason="等了两小时。",
    )  # fmt: skip
    settle = SettleAtOnce(
        complaint=case.id,
        order=order.stamp,
        judgments=(upheld,),
        department=Department.SERVICE,
        cause=Cause.MANAGEMENT,
        remedies=(Remedy(kind=RemedyKind.VOUCHER, cost=Money("100", "CNY"), owner="li", due=now.date()),),
        acceptance=Acceptance(proof=Proof.SIGNATURE, evidence="scan-0001"),
    )
    case = desk.handle(settle, by=li)

    days = (case.deadlines["follow_up"].due.date() - now.astimezone(shop.tz).date()).days
    print(f"{case.reference}: {case.state}, {case.outcome}, to be called back within {days} days")
