"""Recorded afterwards: a leader decided on the telephone, somebody else types it in, and the leader confirms it."""

from datetime import UTC, datetime, timedelta

from complaints import Actor, Channel, Customer, Dealer, Department, Desk, Issue, Role
from complaints.model.judgment import IssueJudgment
from complaints.model.words import Demand, Grounds, Satisfaction, Verdict
from complaints.stages.confirming import ConfirmProxy
from complaints.stages.intake import BeginJudgment, Receive
from complaints.stages.judgment import Explain, RecordUnderstanding
from complaints.stages.review import Close, RecordFollowUp

li = Actor("li", Role.SPECIALIST, dealer="SH01", department=Department.CUSTOMER_SERVICE)
mei = Actor("mei", Role.SPECIALIST, dealer="SH01", department=Department.CUSTOMER_SERVICE)
zhao = Actor("zhao", Role.SUPERVISOR, dealer="SH01", department=Department.CUSTOMER_SERVICE)
now = datetime.now(UTC)
came_in, began, was_called = now - timedelta(hours=4), now - timedelta(hours=3), now - timedelta(hours=2)

with Desk(dealers=[Dealer("SH01")]) as desk:
    receive = Receive(
        dealer="SH01", complainant=Customer(phone="13800000000"), channel=Channel.PHONE, received_at=came_in,
        statement="保养后油耗变高。", wish="退保养费。", takes_on=True,
        issues=(Issue(id="1", category="repair_quality"),),
    )  # fmt: skip
    case = desk.handle(receive, by=li)
    desk.handle(BeginJudgment(complaint=case.id), by=li, at=began)

    # by: who decided; recorded_by: who types it; at: when it happened. Rules and roles ask about the one who decided.
    judgment = IssueJudgment(
        issue="1", grounds=Grounds.INSUFFICIENT, grounds_reason="路试油耗正常", demand=Demand.UNREASONABLE,
        demand_reason="保养项目均已完成", verdict=Verdict.NOT_UPHELD,
    )  # fmt: skip
    explain = Explain(
        complaint=case.id, judgments=(judgment,), text="感谢您的反馈，我们向您说明路试结果。", channel=Channel.PHONE
    )
    desk.handle(explain, by=zhao, recorded_by=li, at=was_called)
    for event in desk.history(case.id, by=li):
        late = round((event.recorded_at - event.at) / timedelta(hours=1))
        print(f"{event.number} {event.name}: by {event.by.id}, typed by {event.recorded_by.id} {late} hours later")

    # it counts at once, and the work goes on; nothing is closed before Zhao has confirmed it herself
    desk.handle(RecordUnderstanding(complaint=case.id, channel=Channel.PHONE), by=li)
    called = RecordFollowUp(complaint=case.id, result=Satisfaction.SATISFIED, channel=Channel.FOLLOWUP_CALL)
    case = desk.handle(called, by=mei)
    for refusal in desk.explain(case.id, by=zhao)[Close]:
        print(refusal.sentence("en"))
    case = desk.handle(ConfirmProxy(complaint=case.id, number=3, confirms=True), by=zhao)
    print(case.beside.confirmations[0].state, desk.explain(case.id, by=zhao)[Close])
