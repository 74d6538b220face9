"""The case file that people read, and the same for programs."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings

from complaints import Actor, Channel, Customer, Dealer, Department, Desk, Issue, Role
from complaints.forms.case_file import case_file, case_file_data
from complaints.forms.layout import width_of
from complaints.forms.words import Reader
from complaints.model.complaint import Complaint
from complaints.model.judgment import IssueJudgment
from complaints.model.money import Money
from complaints.model.people import SYSTEM
from complaints.model.words import Demand, Duty, Grounds, Purpose, State, Verdict
from complaints.stages.anytime import AddNote, RecordContact
from complaints.stages.intake import AnswerAssignment, Assign, BeginJudgment, Receive
from complaints.stages.judgment import Explain
from complaints.testing import FrozenClock, walks
from tests.stages.cases import Case, coaching

SHANGHAI = ZoneInfo("Asia/Shanghai")
NINE = datetime(2026, 1, 5, 9, 0, tzinfo=SHANGHAI)
SHOP = Dealer("SH01")
LI = Actor("li", Role.SPECIALIST, dealer="SH01", department=Department.CUSTOMER_SERVICE)
ZHAO = Actor("zhao", Role.SUPERVISOR, dealer="SH01")
AUDITOR = Actor("aud", Role.AUDITOR, dealer="SH01")
WORDS = "空调不制冷，等了两个小时。\nNobody told me anything!"


@pytest.fixture
def desk() -> Desk:
    """A desk with one complaint: answered, a note entered late, the reaction awaited."""
    clock = FrozenClock(NINE + timedelta(hours=1))
    desk = Desk(dealers=[SHOP], clock=clock)
    received = desk.handle(
        Receive(
            dealer="SH01",
            complainant=Customer(name="张三", phone="13800000000", member=True),
            channel=Channel.WECHAT,
            received_at=NINE,
            statement=WORDS,
            wish="希望有人解释。",
            issues=(Issue(id="I1", category="service", text="等候过久"),),
        ),
        by=LI,
    )
    id = received.id
    desk.handle(Assign(complaint=id, duty=Duty.HANDLER, assignee="li", basis="在办最少"), by=ZHAO)
    desk.handle(AnswerAssignment(complaint=id, duty=Duty.HANDLER, accepts=True), by=LI)
    desk.handle(
        RecordContact(
            complaint=id, purpose=Purpose.ACKNOWLEDGE, channel=Channel.PHONE, reached=True, text="已收到，谢谢您。"
        ),
        by=LI,
    )
    desk.handle(BeginJudgment(complaint=id), by=LI)
    judged = IssueJudgment(
        issue="I1",
        grounds=Grounds.INSUFFICIENT,
        grounds_reason="按预约时间交车。",
        demand=Demand.REASONABLE,
        demand_reason="理应解释。",
        verdict=Verdict.NOT_UPHELD,
    )
    clock.set(NINE + timedelta(hours=3))
    desk.handle(Explain(complaint=id, judgments=(judged,), text="感谢您的耐心等候。", channel=Channel.PHONE), by=ZHAO)
    desk.handle(AddNote(complaint=id, text="客户语气平和。"), by=LI, recorded_by=ZHAO, at=NINE + timedelta(hours=2))
    return desk


def only(desk: Desk) -> Complaint:
    return desk.find(by=SYSTEM).complaints[0]


IN_CHINESE = """\
投诉案卷 SH01-2026-000001
状态      说明答复中（投诉判断）
严重等级  一般
办理方式  完整流程
门店      SH01
承办人    li（已接单）
投诉时间  2026-01-05 09:00
录入时间  2026-01-05 10:00

── 顾客投诉登记表 · 完整度：88% ────────────────────────────────────────
投诉人    张三（会员）
电话      13800000000
渠道      微信
受理类型  投诉
受理人    li
客户诉求  希望有人解释。
投诉问题  I1：服务流程；等候过久

── 投诉内容（客户原话） ────────────────────────────────────────────────
│ 空调不制冷，等了两个小时。
│ Nobody told me anything!

── 判定 ────────────────────────────────────────────────────────────────
判定人  zhao（2026-01-05 12:00）
· I1：不成立
  理由是否充分  理由不充分（按预约时间交车。）
  要求是否合理  要求合理（理应解释。）

── 说明答复 ────────────────────────────────────────────────────────────
答复时间        2026-01-05 12:00（电话）
答复客户的内容  感谢您的耐心等候。

── 期限 ────────────────────────────────────────────────────────────────
· 受理告知：2026-01-05 11:00；按期
   house_4s@1（程序默认值）：自2026-01-05 09:00起2个营业小时；门店没有日
   历，每天都计入。
· 分派：2026-01-06 23:59；按期
   house_4s@1（程序默认值）：自2026-01-05 09:00起1个工作日；门店没有日
   历，每天都计入。
· 判定：2026-01-06 23:59；按期
   house_4s@1（程序默认值）：自2026-01-05 10:00起1个工作日；门店没有日
   历，每天都计入。
· 当场办结：2026-01-08 23:59；可提出异议或请求的窗口
   house_4s@1（程序默认值）：自2026-01-05 09:00起3个工作日；门店没有日
   历，每天都计入。
· 首次联系：2026-01-12 23:59；按期
   house_4s@1、R53（已核实）：自2026-01-05 10:00起7个自然日。
· 客户答复：2026-02-04 23:59；等客户答复
   house_4s@1（程序默认值）：自2026-01-05 12:00起30个自然日。

── 办理经过 ────────────────────────────────────────────────────────────
  1  2026-01-05 09:00  登记投诉  → 受理中  li（客服专员）
     录入时间：2026-01-05 10:00
     微信；希望有人解释。
  2  2026-01-05 10:00  分派  zhao（客服主管）
     承办人；li；在办最少
  3  2026-01-05 10:00  接单/退单  li（客服专员）
     承办人；是否接单：是
  4  2026-01-05 10:00  沟通记录  li（客服专员）
     受理告知；电话；是否联系上客户：是；已收到，谢谢您。
  5  2026-01-05 10:00  开始判定  受理中 → 判定中  li（客服专员）
  6  2026-01-05 12:00  说明答复  判定中 → 说明答复中  zhao（客服主管）
     感谢您的耐心等候；电话
  7  2026-01-05 11:00  备注  li（客服专员）
     录入时间：2026-01-05 12:00；录入人：zhao（客服主管）
     客户语气平和。

── 待补充 ──────────────────────────────────────────────────────────────
其他未填写：车辆

── 下一步可办理 ────────────────────────────────────────────────────────
✓ 记录客户谅解 → 待回访（客服专员）
✓ 客户提出异议 → 判定中（客服专员）
✓ 撤回投诉 → 待回访（客服专员）
✓ 沟通记录（客服专员）
✓ 添加证据（任何员工）
✓ 备注（任何员工）
✓ 关联（客服专员、系统）
✓ 更正（客服专员）
✓ 挂起（客服专员、法务）
✓ 补全登记（客服专员）
✓ 接单/退单（任何员工）
✓ 交接（任何员工）
✓ 承诺（客服专员）
✓ 等级调整（客服专员、系统）
✓ 上报（客服专员、系统）
✓ 先行处置（任何员工）
✗ 解除关联（客服专员、系统）
    · 该投诉没有关联其他投诉，无需解除。
✗ 解除挂起（客服专员、法务）
    · 本投诉没有未解除的挂起。请核对办理经过。
✗ 兑现承诺（客服专员）
    · 本投诉没有待兑现的承诺。请核对承诺记录。
✗ 免除承诺（客服专员）
    · 本投诉没有待兑现的承诺。请核对承诺记录。
✗ 补录确认（任何员工）
    · 本投诉没有待您确认的步骤。如有疑问，请联系客服经理。
✗ 任务结果（任何员工）
    · 本投诉没有由您负责的未完成任务。未完成任务的负责人：无。请由其报
      告；您可以代为录入。
✗ 申诉（任何员工）
    · 本投诉没有对您作出的处理，无从申诉。如有疑问，请联系客服经理。
由他人办理：未达成一致终结 → 待回访（客服经理）；重启调查 → 调查中（客服
主管）；并案 → 已并案（客服主管）；外部投诉立案（客服经理、媒体发言
人）；外部投诉进展（客服经理、媒体发言人）；个人信息删除（客服经理）；分
派（客服主管）；承诺延期（客服主管）；上报批复（客服主管）；沟通约定（客
服经理）；经理特批（客服经理）；补偿入账（财务）；责任认定（客服经理）；
申诉复核（客服经理）；执行处理（人事）
"""


def test_the_case_file_tells_everything_in_chinese(desk):
    complaint = only(desk)

    text = case_file(
        complaint,
        desk.history(complaint.id, by=LI),
        language="zh_CN",
        zone=SHANGHAI,
        options=desk.options(complaint.id, by=LI),
        width=72,
    )

    assert text == IN_CHINESE


def test_the_case_file_tells_everything_in_english(desk):
    complaint = only(desk)

    text = case_file(complaint, desk.history(complaint.id, by=LI), language="en", zone=ZoneInfo("UTC"), width=72)

    assert text.splitlines()[:22] == [
        "Case file SH01-2026-000001",
        "State        Explanation given (Judgment)",
        "Severity     General",
        "Track        Full way",
        "Dealer       SH01",
        "Handler      li (Accepted)",
        "Received at  2026-01-05 01:00",
        "Recorded at  2026-01-05 02:00",
        "",
        "── Customer Complaint Registration Form · complete: 88% ────────────────",
        "Complainant      张三 (Member)",
        "Phone            13800000000",
        "Channel          WeChat",
        "Kind of contact  Complaint",
        "Received by      li",
        "Customer's wish  希望有人解释。",
        "Issue            I1: Service process; 等候过久",
        "",
        "── Statement in the customer's words ───────────────────────────────────",
        "│ 空调不制冷，等了两个小时。",
        "│ Nobody told me anything!",
        "",
    ]


def test_without_options_nothing_is_said_about_next_steps(desk):
    complaint = only(desk)
    events = desk.history(complaint.id, by=LI)

    text = case_file(complaint, events, language="en", zone=SHANGHAI)

    assert "What may be done next" not in text
    assert "next" not in case_file_data(complaint, events, language="en")


def test_the_full_timeline_tells_all_that_was_filled_in(desk):
    complaint = only(desk)

    text = case_file(
        complaint, desk.history(complaint.id, by=LI), language="zh_CN", zone=SHANGHAI, width=72, is_full=True
    )

    assert text[text.index("  4  2026") : text.index("  5  2026")].splitlines() == [
        "  4  2026-01-05 10:00  沟通记录  li（客服专员）",
        "     沟通目的        受理告知",
        "     渠道            电话",
        "     是否联系上客户  是",
        "     沟通内容        已收到，谢谢您。",
    ]


def test_an_auditor_sees_the_process_and_not_the_customer(desk):
    id = only(desk).id
    complaint = desk.complaint(id, by=AUDITOR)

    text = case_file(complaint, desk.history(id, by=AUDITOR), language="zh_CN", zone=SHANGHAI)

    assert [secret for secret in ("张三", "13800000000", "空调", "等候") if secret in text] == []
    assert "│ [未显示 masked]" in text


@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(walk=walks(forbidden_in=0))
def test_every_complaint_has_a_case_file_that_fits_the_terminal(walk):
    options = walk.desk.options(walk.complaint_id, by=SYSTEM)

    texts = [
        case_file(
            walk.complaint, walk.history, language=language, zone=SHANGHAI, options=options, width=width, is_full=full
        )
        for language, width, full in (("zh_CN", 80, True), ("en", 80, False), ("zh_CN", 60, False), ("en", 120, True))
    ]

    widest = [max(map(width_of, text.splitlines())) for text in texts]
    assert [wide <= width for wide, width in zip(widest, (80, 80, 60, 120), strict=True)] == [True] * 4
    assert all(text.count(walk.complaint.reference) >= 1 for text in texts)


def test_the_case_file_for_programs_has_codes_and_iso_times(desk):
    complaint = only(desk)

    data = case_file_data(
        complaint,
        desk.history(complaint.id, by=LI),
        language="en",
        options=desk.options(complaint.id, by=LI),
    )

    assert data["statement"] == WORDS
    assert data["completeness"] == {
        "percent": 88,
        "filled": [
            "complainant", "answer_channel", "received_at", "statement", "wish", "issues", "category", "customer_name",
        ],
        "missing": ["vehicle"],
        "missing_for_judgment": [],
    }  # fmt: skip
    assert [(event["number"], event["command"], event["target"]) for event in data["timeline"]] == [
        (1, "Receive", "intake"),
        (2, "Assign", "intake"),
        (3, "AnswerAssignment", "intake"),
        (4, "RecordContact", "intake"),
        (5, "BeginJudgment", "judgment"),
        (6, "Explain", "explanation"),
        (7, "AddNote", "explanation"),
    ]
    assert data["timeline"][6]["at"] == "2026-01-05T11:00:00+08:00"
    assert data["next"][0] == {
        "command": "RecordUnderstanding",
        "targets": ["follow_up"],
        "who": ["specialist"],
        "is_open": True,
        "refusals": [],
    }


def test_next_steps_tell_what_stands_in_the_way_and_who_else_could(desk):
    complaint = only(desk)

    data = case_file_data(
        complaint, desk.history(complaint.id, by=LI), language="en", options=desk.options(complaint.id, by=LI)
    )

    told = {step["command"]: [refusal["code"] for refusal in step["refusals"]] for step in data["next"]}
    assert told["KeepPromise"] == ["promises.none_open"]
    assert told["Assign"] == ["move.not_permitted"]
    assert told["AddNote"] == []


def test_values_are_told_in_words():
    reader = Reader("zh_CN", SHANGHAI)

    told = [
        reader.says(value)
        for value in (State.FOLLOW_UP, True, NINE, Money("1480", "CNY"), ("a", "b"), Issue(id="I1", category="price"))
    ]

    assert told == ["待回访", "是", "2026-01-05 09:00", "1,480 CNY", "a、b", "编号：I1、投诉类别：价格与收费"]


# --- what the house answers for --------------------------------------------------------------------------------------


def answered_for() -> Case:
    case = Case().to(State.OFFER).about("li").measured(coaching("wang"), coaching("gao")).contested()
    case.looked_at_again().executed().claimed().permitted_by_telephone().promised().put_off().warned(promise="call")
    return case.later(days=20).missed(promise="call")


BESIDE_IN_ENGLISH = """\
── Breaches ────────────────────────────────────────────────────────────────────
· call: 2026-03-11 09:00
· Record a warning: call; 2026-03-02 09:00
"""
ANSWERED_IN_ENGLISH = """\
── Contests ────────────────────────────────────────────────────────────────────
· wang: not granted; 2026-03-02 09:00; I was not on duty that day
· wang: carried out

── Claims ──────────────────────────────────────────────────────────────────────
· C1: Manufacturer; 200 CNY; OEM-77; Pending

── Steps to confirm ────────────────────────────────────────────────────────────
· 5 Record a finding: To be confirmed; li; found to be involved later
· 6 Conclude the investigation: To be confirmed; li; found to be involved later
· 20 Override: To be confirmed; qian; Typed by: li

── Waiver ──────────────────────────────────────────────────────────────────────
· Assign: a task that gets a new owner is open; qian; 2026-03-02 09:00; nobody
  else is there this week
"""
ANSWERED_IN_CHINESE = """\
── 申诉 ────────────────────────────────────────────────────────────────────────
· wang：申诉不成立；2026-03-02 09:00；I was not on duty that day
· wang：已执行

── 索赔 ────────────────────────────────────────────────────────────────────────
· C1：厂家；200 CNY；OEM-77；待答复

── 待确认步骤 ──────────────────────────────────────────────────────────────────
· 5 调查发现：待确认；li；后来查明有关联
· 6 调查结论：待确认；li；后来查明有关联
· 20 经理特批：待确认；qian；录入人：li

── 特批 ────────────────────────────────────────────────────────────────────────
· 分派：更换负责人的任务尚未办结；qian；2026-03-02 09:00；nobody else is there
  this week
"""


def test_the_case_file_tells_what_the_house_answers_for():
    case = answered_for()

    texts = {
        language: case_file(case.complaint, case.events, language=language, zone=SHANGHAI)
        for language in ("en", "zh_CN")
    }

    assert _part(texts["en"], "── Breaches", "── Review") == BESIDE_IN_ENGLISH
    assert _part(texts["en"], "── Contests", "── Due dates") == ANSWERED_IN_ENGLISH
    assert _part(texts["zh_CN"], "── 申诉", "── 期限") == ANSWERED_IN_CHINESE


def test_a_promise_that_was_put_off_shows_both_dates():
    case = Case().received().promised().put_off()

    text = case_file(case.complaint, case.events, language="en", zone=SHANGHAI)

    assert _part(text, "── Promises", "── Due dates") == PUT_OFF_IN_ENGLISH


PUT_OFF_IN_ENGLISH = """\
── Promises ────────────────────────────────────────────────────────────────────
· call: Open; Date told to the customer: 2026-03-11 09:00; Date first told:
  2026-03-05 09:00; Times put off: 1; li; 您好，我们会在周四前给您答复。
"""


def _part(text: str, begin: str, end: str) -> str:
    return text[text.index(begin) : text.index(end) - 1]
