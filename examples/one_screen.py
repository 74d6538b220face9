"""One screen of the host's own program: what its web handler calls receives and settles at once, or does neither."""

from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from complaints import Actor, Channel, ComplaintError, Customer, Dealer, Department, Desk, Issue, Money, Order, new_id
from complaints.model.execution import Acceptance
from complaints.model.judgment import IssueJudgment
from complaints.model.proposal import Remedy
from complaints.model.words import Cause, Demand, Grounds, Proof, RemedyKind, Role, Verdict
from complaints.policy import Policy, StandingOrder, StandingRemedy
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.intake import Receive

since = datetime(2024, 1, 1, tzinfo=UTC)
kinds = (RemedyKind.VOUCHER, RemedyKind.MAINTENANCE_PACKAGE)
order = StandingOrder(
    id="SO-1", version="2024", dealer="SH01", signed_by="chen", signed_at=since, valid_from=since, staff=("li",),
    remedies=tuple(StandingRemedy(category="service", kind=kind, ceiling=Decimal(200)) for kind in kinds),
    per_case=Decimal(200),
)  # fmt: skip
desk = Desk(dealers=[Dealer("SH01")], policy=Policy(standing_orders=(order,)))


def settle_on_one_screen(posted: dict[str, str], user: Actor) -> tuple[int, str]:
    """Answers the posted fields with an HTTP status and a text; posting the same screen twice changes nothing."""
    id, opened_at = UUID(posted["screen"]), datetime.fromisoformat(posted["opened_at"])
    try:
        receive = Receive(
            id=id, dealer="SH01", complainant=Customer(phone=posted["phone"]), channel=Channel.SHOWROOM,
            received_at=opened_at, statement=posted["said"], wish=posted["wish"],
            issues=(Issue(id="I1", category="service"),),
        )  # fmt: skip
        upheld = IssueJudgment(
            issue="I1", verdict=Verdict.UPHELD, grounds=Grounds.SUFFICIENT, grounds_reason=posted["why"],
            demand=Demand.REASONABLE, demand_reason=posted["why"],
        )  # fmt: skip
        voucher = Remedy(kind=RemedyKind.VOUCHER, cost=Money(posted["cost"], "CNY"), owner="li", due=opened_at.date())
        settle = SettleAtOnce(
            complaint=id, order=order.stamp, judgments=(upheld,), department=Department.SERVICE, cause=Cause.MANAGEMENT,
            remedies=(voucher,), acceptance=Acceptance(proof=Proof.SIGNATURE, evidence=posted["scan"]),
        )  # fmt: skip
        orders = [Order(receive, user, key=f"{id}/receive"), Order(settle, user, key=f"{id}/settle")]
        desk.handle_all(orders, atomic=True)
    except ComplaintError as error:
        return 422, error.sentence("zh_CN")
    return 201, desk.complaint(id, by=user).reference


if __name__ == "__main__":
    li = Actor("li", Role.SPECIALIST, dealer="SH01")
    screen = {"screen": str(new_id()), "opened_at": datetime.now(UTC).isoformat(), "phone": "13800000000"}
    screen |= {"said": "等了两小时才接车。", "wish": "一点补偿。", "why": "接车记录属实。", "scan": "scan-0002"}
    for cost in ("900", "150", "150"):
        print(*settle_on_one_screen({**screen, "cost": cost}, li))
    print(f"{len(desk.find(by=li))} complaint on record")
