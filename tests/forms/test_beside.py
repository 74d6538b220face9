"""What runs beside the state has a chapter each in the case file, in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from complaints import Actor, Channel, Customer, Role, State
from complaints.forms.case_file import case_file
from complaints.model.people import ExternalRef
from complaints.model.words import CaseStatus, EscalationReply, Purpose
from complaints.stages.anytime import LimitContact
from complaints.stages.escalation import AnswerEscalation
from complaints.stages.handover import AnswerTransfer
from tests.stages.cases import SHANGHAI, Case, feng, li, qian, sun

TITLES = {
    "zh_CN": ("外部投诉", "挂起", "转办", "上报", "先行处置", "沟通约定"),
    "en": ("Outside cases", "Holds", "Transfer", "Escalations", "Help given at once", "Contact limit"),
}


def full_case() -> Case:
    case = Case().to(State.JUDGMENT)
    ref = ExternalRef(system="12315", kind="case", id="31000-7")
    case.opened(ref=ref, due=date(2026, 3, 9), text="a written answer is wanted").updated(status=CaseStatus.ANSWERED)
    case.held(until=date(2026, 3, 20)).later(days=1).spoken(purpose=Purpose.HOLD)
    case.transferred().does(AnswerTransfer, by=qian, accepts=False, reason="the part was in stock")
    case.handed_over().escalated().does(AnswerEscalation, by=qian)
    case.helped(text="the tow was there within the hour").does(LimitContact, by=qian)
    return case


def chapters(case: Case, language: str, by: Actor = li) -> dict[str, list[str]]:
    """The lines below each title."""
    complaint, events = case.desk.complaint(case.id, by=by), case.desk.history(case.id, by=by)
    text = case_file(complaint, events, language=language, zone=SHANGHAI, width=100)
    parts = [part.splitlines() for part in text.split("\n── ")[1:]]
    told = {part[0].rstrip("─ "): [line for line in part[1:] if line] for part in parts}
    return {title: told[title] for title in TITLES[language] if title in told}


def test_they_are_told_in_english():
    told = chapters(full_case(), "en")

    assert told == {
        "Outside cases": [
            "· 12315-7: Platform 12315 (Answered); Opened at: 2026-03-02 09:00; Answer wanted by: 2026-03-09;",
            "  Number there: 31000-7; a written answer is wanted",
            "  2026-03-02 09:00 (Answered)  both sides have signed",
        ],
        "Holds": [
            "· bumper: parts; 2026-03-02 09:00; Expected until: 2026-03-20; Last progress call: 2026-03-03 09:00;",
            "  next progress call: 2026-03-10 23:59; the bumper is on its way",
        ],
        "Transfer": [
            "· Transfer: 2026-03-03 09:00",
            "  By                qian",
            "  Department asked  Parts",
            "  Reason            the part was never ordered",
            "  Briefing          she needs the car on Friday; she has told us everything",
            "· Answer a transfer: 2026-03-03 09:00",
            "  By             qian",
            "  Takes it over  no",
            "  Reason         the part was in stock",
            "· Hand over: 2026-03-03 09:00",
            "  By        zhao",
            "  From      li",
            "  To        chen",
            "  Briefing  she prefers mornings; the photo is on record",
            "  Basis     has the fewest",
        ],
        "Escalations": [
            "· Manager: 2026-03-03 09:00; the customer asks for the manager",
            "  qian (2026-03-03 09:00)  I will call her myself",
        ],
        "Help given at once": [
            "· Tow: 300 CNY; Emergency: the car stands on the motorway; the tow was there within the hour",
        ],
        "Contact limit": [
            "Channel left open  E-mail",
            "Review on          2026-03-17",
            "Behaviour          shouted at the receptionist three times",
        ],
    }


def test_they_are_told_in_chinese():
    told = chapters(full_case(), "zh_CN")

    assert told == {
        "外部投诉": [
            "· 12315-7：12315 平台（已答复）；立案时间：2026-03-02 09:00；对方要求的答复日期：2026-03-09；外部案",
            "  号：31000-7；a written answer is wanted",
            "  2026-03-02 09:00（已答复）  both sides have signed",
        ],
        "挂起": [
            "· bumper：等配件；2026-03-02 09:00；预计到期：2026-03-20；最近进度告知：2026-03-03 09:00；下次进度告",
            "  知：2026-03-10 23:59；the bumper is on its way",
        ],
        "转办": [
            "· 转办：2026-03-03 09:00",
            "  操作人    qian",
            "  转往部门  配件部",
            "  原因      the part was never ordered",
            "  交接说明  she needs the car on Friday; she has told us everything",
            "· 接收/拒收转办：2026-03-03 09:00",
            "  操作人    qian",
            "  是否接收  否",
            "  原因      the part was in stock",
            "· 交接：2026-03-03 09:00",
            "  操作人    zhao",
            "  移交人    li",
            "  接手人    chen",
            "  交接说明  she prefers mornings; the photo is on record",
            "  交接依据  has the fewest",
        ],
        "上报": [
            "· 客服经理：2026-03-03 09:00；the customer asks for the manager",
            "  qian（2026-03-03 09:00）  I will call her myself",
        ],
        "先行处置": [
            "· 拖车救援：300 CNY；紧急原因：the car stands on the motorway；the tow was there within the hour",
        ],
        "沟通约定": [
            "保留的渠道  电子邮件",
            "复查日期    2026-03-17",
            "行为事实    shouted at the receptionist three times",
        ],
    }


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_what_never_happened_has_no_chapter(language):
    case = Case().to(State.JUDGMENT)

    assert chapters(case, language) == {}


def test_an_auditor_sees_that_it_happened_and_not_whom_it_is_about():
    told = chapters(full_case(), "en", by=feng)

    shown = "\n".join(line for lines in told.values() for line in lines)
    secrets = ("shouted", "mornings", "motorway", "stock", "bumper is", "call her", "both sides", "written answer")
    assert tuple(told) == TITLES["en"]
    assert [secret for secret in secrets if secret in shown] == []


def test_it_tells_what_was_seen_and_what_was_handed_down():
    case = Case().received().escalated(Role.GENERAL_MANAGER)
    case.does(AnswerEscalation, by=sun, reply=EscalationReply.ACKNOWLEDGED, decision="tomorrow")
    case.does(AnswerEscalation, by=sun, escalation=2, reply=EscalationReply.HANDED_DOWN, to=Role.MANAGER)

    told = chapters(case, "en")

    assert told == {
        "Escalations": [
            "· General manager: 2026-03-02 09:00; the customer asks for the manager",
            "  sun (2026-03-02 09:00)  Seen, being worked on; tomorrow",
            "  sun (2026-03-02 09:00)  Handed down (Manager); I will call her myself",
            "· Manager: 2026-03-02 09:00; lifecycle, Escalate: 2",
        ]
    }


@pytest.mark.parametrize(
    ("language", "rows"),
    [
        (
            "en",
            ["Hours to be called in      18:00-21:00", "Channels not wanted        SMS, App"],
        ),
        ("zh_CN", ["可联系时间          18:00-21:00", "不希望使用的联系渠道  短信、手机应用"]),
    ],
)
def test_the_form_tells_when_and_how_the_customer_wants_to_be_reached(language, rows):
    told = Customer(name="王芳", contact_hours="18:00-21:00", do_not_contact=(Channel.SMS, Channel.APP))
    case = Case().received(complainant=told)

    text = case_file(case.complaint, case.events, language=language, zone=SHANGHAI, width=100)

    names = [row.split("  ")[0] for row in rows]
    found = [line for line in text.splitlines() if line.split("  ")[0] in names]
    assert [line.split() for line in found] == [row.split() for row in rows]
