"""Recorded afterwards: a leader decided on the telephone, and somebody else types it in."""

from datetime import UTC, datetime, timedelta

from complaints import Actor, Channel, Customer, Dealer, Department, Desk, Issue, Role, Severity
from complaints.stages.anytime import SetSeverity
from complaints.stages.intake import Receive

li = Actor("li", Role.SPECIALIST, dealer="SH01", department=Department.CUSTOMER_SERVICE)
qian = Actor("qian", Role.MANAGER, dealer="SH01")
now = datetime.now(UTC)
came_in, was_called = now - timedelta(hours=3), now - timedelta(hours=2)

with Desk(dealers=[Dealer("SH01")]) as desk:
    receive = Receive(
        dealer="SH01", complainant=Customer(phone="13800000000"), channel=Channel.SHOWROOM, received_at=came_in,
        statement="第三次返修仍未修好。", wish="修好。", issues=(Issue(id="1", category="repair_quality"),),
    )  # fmt: skip
    case = desk.handle(receive, by=li)
    # by: who decided; recorded_by: who types it; at: when it happened. Rules and roles ask about the one who decided.
    escalate = SetSeverity(complaint=case.id, severity=Severity.ESCALATED, reason="Third repair of the same fault.")
    desk.handle(escalate, by=qian, recorded_by=li, at=was_called)

    for event in desk.history(case.id, by=li):
        late = round((event.recorded_at - event.at) / timedelta(hours=1))
        print(f"{event.number} {event.name}: by {event.by.id}, typed by {event.recorded_by.id} {late} hours later")
