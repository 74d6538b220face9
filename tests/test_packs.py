"""Every shipped rule pack: each clock worked out by hand, and which version is in force for whom (R63, A10)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import attrs
import pytest

from complaints import LIFECYCLE, Channel, Dealer, DefinitionError, Fault, InvalidCommandError, Policy, Severity, State
from complaints.calendars import Calendar
from complaints.model.people import SYSTEM
from complaints.model.words import CaseKind, ClockState, Duty, RuleStanding
from complaints.policy import SHIPPED, ClockRule, RequiredContent, Retention, RulePack, Span, shipped
from complaints.stages.erasure import Redact
from complaints.stages.escalation import AnswerEscalation
from complaints.stages.review import PlanImprovement, VerifyImprovement
from tests.stages.cases import MONDAY, SHANGHAI, SHOP, Case, qian, zhao

CN, GB = Calendar.of("CN"), Calendar.of("GB")
LONDON = Dealer("SH01", zone="Europe/London")
APRIL_15 = datetime(2026, 4, 15, 9, 0, tzinfo=SHANGHAI)
Led = Callable[[Case], Case]


@attrs.frozen
class Worked:
    """
    A clock worked out by hand, for a complaint received on Monday 2 March 2026 at nine in the morning.

    Attributes:
        due: When it is due; ``None`` where the number is to be looked up.
        stop: What stops it; ``None`` for a window, which nothing stops.
    """

    pack: str
    clock: str
    start: Led
    due: str | None
    stop: Led | None
    shop: Dealer = SHOP
    calendar: Calendar = CN
    at: datetime = MONDAY


def outside(kind: CaseKind = CaseKind.PLATFORM_12315, due: date | None = None) -> Led:
    return lambda case: case.received().opened(kind=kind, due=due)


def improvement(case: Case) -> Case:
    return case.to(State.REVIEW).does(PlanImprovement, zhao, id="I1", owner="zhou", due=date(2026, 4, 1))


def written(case: Case) -> Case:
    return case.received(channel=Channel.EMAIL)


WORKED = (
    # two hours of business from nine o'clock on
    Worked("house_4s", "acknowledge", written, "2026-03-02T11:00:00+08:00", Case.spoken),
    # Tuesday, while nobody is asked to handle it
    Worked(
        "house_4s", "assign", lambda case: case.received(by=SYSTEM, takes_on=False), "2026-03-03T23:59:59+08:00",
        lambda case: case.assigned(Duty.HANDLER, "li"),
    ),
    Worked(
        "house_4s", "propose", lambda case: case.to(State.PROPOSAL), "2026-03-05T23:59:59+08:00",
        lambda case: case.proposed().submitted(),
    ),
    # Tuesday, Wednesday, Thursday
    Worked("house_4s", "settle_at_once", Case.received, "2026-03-05T23:59:59+08:00", None),
    Worked("house_4s", "judge", lambda case: case.to(State.JUDGMENT), "2026-03-03T23:59:59+08:00", Case.upheld),
    Worked(
        "house_4s", "investigate", lambda case: case.to(State.INVESTIGATION), "2026-03-05T23:59:59+08:00",
        lambda case: case.shown().found().concluded(),
    ),
    Worked(
        "house_4s", "approve", lambda case: case.to(State.APPROVAL), "2026-03-03T23:59:59+08:00",
        lambda case: case.read().approved(),
    ),
    # thirty days after the 2nd, whatever days they are
    Worked(
        "house_4s", "customer_answer", lambda case: case.to(State.EXPLANATION), "2026-04-01T23:59:59+08:00",
        Case.understood,
    ),
    # the day that the remedy was promised for
    Worked(
        "house_4s", "task:T1", lambda case: case.to(State.EXECUTION), "2026-03-09T23:59:59+08:00",
        lambda case: case.reported("T1"),
    ),
    Worked(
        "house_4s", "follow_up", lambda case: case.to(State.FOLLOW_UP), "2026-03-05T23:59:59+08:00",
        Case.called_back,
    ),
    Worked(
        "house_4s", "first_contact", lambda case: case.received().assigned(Duty.HANDLER, "li"),
        "2026-03-09T23:59:59+08:00", Case.spoken,
    ),
    # a week of working days ends on Monday
    Worked(
        "house_4s", "evaluate", lambda case: case.to(State.REVIEW), "2026-03-09T23:59:59+08:00",
        lambda case: case.answered_for(qian).closed(),
    ),
    Worked("house_4s", "reopen", lambda case: case.to(State.CLOSED), "2026-04-01T23:59:59+08:00", None),
    Worked(
        "house_4s", "contest", lambda case: case.to(State.REVIEW).answered_for(), "2026-03-09T23:59:59+08:00", None
    ),
    Worked(
        "house_4s", "confirm_proxy:2", lambda case: case.received().permitted_by_telephone(),
        "2026-03-03T23:59:59+08:00", Case.confirmed,
    ),
    Worked(
        "house_4s", "progress_call:bumper", lambda case: case.received().held(), "2026-03-09T23:59:59+08:00",
        Case.no_longer_held,
    ),
    Worked(
        "house_4s", "answer_escalation:2", lambda case: case.received().escalated(), "2026-03-03T23:59:59+08:00",
        lambda case: case.does(AnswerEscalation, qian),
    ),
    Worked(
        "house_4s", "outside_answer:12315-7", outside(due=date(2026, 3, 20)), "2026-03-20T23:59:59+08:00",
        Case.updated,
    ),
    Worked(
        "house_4s", "improvement:I1", improvement, "2026-04-01T23:59:59+08:00",
        lambda case: case.does(VerifyImprovement, zhao),
    ),
    # 3-6, 9, 10 and 11 March
    Worked(
        "cn_auto_sales_2017", "status_told", Case.received, "2026-03-11T23:59:59+08:00", Case.spoken
    ),
    # 3-6, 9-13 and 16 March
    Worked(
        "cn_sanbao_2021", "sanbao_reply:12315-7", outside(CaseKind.CONSUMER_ASSOCIATION),
        "2026-03-16T23:59:59+08:00", Case.updated,
    ),
    Worked(
        "cn_12315_2020", "platform_acceptance:12315-7", outside(), "2026-03-11T23:59:59+08:00", Case.updated
    ),
    # 21 days in March after the 2nd, 21 in April without the 6th (Qingming), and from 6 to 8 May after the holidays
    Worked(
        "cn_12315_2020", "platform_mediation:12315-7", outside(), "2026-05-08T23:59:59+08:00", Case.updated
    ),
    Worked("cn_12315_2026", "platform_acceptance_2026:12315-7", outside(), None, Case.updated, at=APRIL_15),
    Worked("cn_12315_2026", "platform_mediation_2026:12315-7", outside(), None, Case.updated, at=APRIL_15),
    # a day and a night on any clock
    Worked("oem_cn_grading", "oem_reply", Case.received, "2026-03-03T09:00:00+08:00", Case.spoken),
    # nine o'clock in Shanghai is one o'clock of the same Monday in London
    Worked(
        "fca_disp", "disp_summary_resolution", Case.received, "2026-03-05T23:59:59+00:00", None, LONDON, GB
    ),
    # eight weeks later the clocks show summer time
    Worked(
        "fca_disp", "disp_final_response", lambda case: case.to(State.JUDGMENT), "2026-04-27T23:59:59+01:00",
        lambda case: case.explained(told_where="You may turn to the ombudsman."), LONDON, GB,
    ),
    Worked(
        "fca_disp", "disp_holding_letter", Case.received, "2026-04-27T23:59:59+01:00",
        lambda case: case.spoken(channel=Channel.EMAIL), LONDON, GB,
    ),
)  # fmt: skip


def packs_with(name: str) -> Policy:
    return Policy(packs=("house_4s",) if name == "house_4s" else ("house_4s", name))


def started(worked: Worked) -> Case:
    case = Case(policy=packs_with(worked.pack), shop=worked.shop, calendar=worked.calendar)
    case.clock.set(worked.at)
    return worked.start(case)


# --- every pack -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_pack_loads_and_the_lifecycle_consumes_all_of_it(name):
    pack = shipped(name)

    assert (pack.name, set(pack.title), list(pack.faults_against(LIFECYCLE.readable))) == (name, {"zh_CN", "en"}, [])
    assert pack.source


def test_a_pack_that_is_not_shipped_is_none():
    with pytest.raises(DefinitionError) as refused:
        shipped("house_5s")

    assert refused.value.problems == (f"there is no rule pack house_5s; shipped are {', '.join(SHIPPED)}",)


# a number that nobody has verified must not look like one that somebody has
def test_every_pack_says_how_sure_its_rules_are():
    standings = {name: {one.value: count for one, count in shipped(name).standings.items()} for name in SHIPPED}

    assert standings == {
        "house_4s": {"verified": 3, "default": 26},
        "cn_auto_sales_2017": {"secondary": 2},
        "cn_sanbao_2021": {"unverified": 1},
        "oem_cn_grading": {"unverified": 2},
        "cn_12315_2020": {"secondary": 2},
        "cn_12315_2026": {"unverified": 2},
        "cn_pipl_2021": {"secondary": 1},
        "iso_10002": {"secondary": 1},
        "fca_disp": {"secondary": 4},
    }


# --- every clock ----------------------------------------------------------------------------------------------------


def test_every_clock_of_every_pack_is_worked_out_here():
    rules = {(name, rule.clock) for name in SHIPPED for rule in shipped(name).clocks}

    assert {(one.pack, one.clock.partition(":")[0]) for one in WORKED} == rules
    assert len(WORKED) == len(rules)


@pytest.mark.parametrize("worked", WORKED, ids=lambda one: one.clock)
def test_a_clock_is_due_when_it_is_by_hand(worked):
    clock = started(worked).complaint.deadlines[worked.clock]

    assert (clock.due and clock.due.isoformat(), clock.provisional) == (worked.due, False)
    assert clock.rule.startswith(shipped(worked.pack).stamp)


@pytest.mark.parametrize("worked", [one for one in WORKED if one.stop], ids=lambda one: one.clock)
def test_what_a_clock_waits_for_stops_it(worked):
    case = started(worked)
    waiting = case.complaint.deadlines[worked.clock]

    worked.stop(case)

    stopped = case.complaint.deadlines[worked.clock]
    assert (waiting.is_outstanding, stopped.state, stopped.stopped_at) == (True, ClockState.MET, case.clock())


@pytest.mark.parametrize("worked", [one for one in WORKED if one.due], ids=lambda one: one.clock)
def test_a_clock_that_is_missed_is_a_breach_unless_it_is_a_window_or_the_customers(worked):
    case = started(worked)
    clock = case.complaint.deadlines[worked.clock]
    case.clock.set(clock.due + timedelta(seconds=1))

    case.ticked()

    state = case.complaint.deadlines[worked.clock].state
    expected = {"owed": ClockState.BREACHED, "window": ClockState.RUNNING, "answer": ClockState.LAPSED}
    assert state is expected[clock.kind.value]
    missed = [one.clock for one in case.complaint.beside.breaches]
    assert (worked.clock in missed) is clock.is_owed


@pytest.mark.parametrize(
    ("severity", "due"),
    [
        (Severity.GENERAL, "2026-03-03T09:00:00+08:00"),
        (Severity.ESCALATED, "2026-03-02T17:00:00+08:00"),
        (Severity.MAJOR, "2026-03-02T13:00:00+08:00"),
        (Severity.CRITICAL, "2026-03-02T13:00:00+08:00"),
    ],
)
def test_the_maker_wants_to_hear_sooner_of_what_is_graver(severity, due):
    case = Case(policy=packs_with("oem_cn_grading"), calendar=CN).received().graded(severity)

    assert case.complaint.deadlines["oem_reply"].due.isoformat() == due


# --- by the day of receipt ------------------------------------------------------------------------------------------

BOTH_12315 = Policy(packs=("house_4s", "cn_12315_2020", "cn_12315_2026"))


@pytest.mark.parametrize(
    ("received", "clocks"),
    [
        (datetime(2026, 4, 14, 23, 59, tzinfo=SHANGHAI), {"platform_acceptance", "platform_mediation"}),
        (datetime(2026, 4, 15, 0, 0, tzinfo=SHANGHAI), {"platform_acceptance_2026", "platform_mediation_2026"}),
    ],
)
def test_the_day_of_receipt_chooses_between_the_two_12315_packs(received, clocks):
    case = Case(policy=BOTH_12315, calendar=CN)
    case.clock.set(received + timedelta(days=6))
    case.received(received_at=received).opened()

    platform = {one.name for one in case.complaint.deadlines.values() if one.name.startswith("platform")}

    assert platform == clocks


# 市场监督管理投诉举报处理办法: its numbers of days are not verified, so none is made up
def test_a_number_that_nobody_verified_is_to_be_looked_up():
    case = Case(policy=BOTH_12315, calendar=CN)
    case.clock.set(APRIL_15)
    case.received().opened()

    clock = case.complaint.deadlines["platform_acceptance_2026:12315-7"]

    assert (clock.due, clock.within, clock.standing, clock.state) == (
        None,
        "",
        RuleStanding.UNVERIFIED,
        ClockState.RUNNING,
    )
    assert case.ticked(days=300).complaint.deadlines[clock.clock] == clock


def version(number: str, span: str, **days: date) -> RulePack:
    rule = ClockRule(clock="judge_ours", starts=("judgment",), within=Span.parse(span))
    return RulePack(name="ours", version=number, clocks=(rule,), **days)


VERSIONS = Policy(
    packs=(
        "house_4s",
        version("1", "5 working days", in_force_until=date(2026, 3, 2)),
        version("2", "2 working days", in_force_from=date(2026, 3, 3)),
    )
)


# received on Monday, judged from Friday on: five working days more end on the next Friday
@pytest.mark.parametrize(
    ("later", "rule", "due"),
    [(0, "ours@1 default", "2026-03-13T23:59:59+08:00"), (1, "ours@2 default", "2026-03-10T23:59:59+08:00")],
)
def test_the_version_in_force_on_the_day_of_receipt_holds_for_clocks_that_start_later(later, rule, due):
    case = Case(policy=VERSIONS, calendar=CN).later(days=later).received().later(days=4 - later).begun()

    clock = case.complaint.deadlines["judge_ours"]

    assert (clock.rule, clock.due.isoformat()) == (rule, due)


def test_two_versions_in_force_on_one_day_are_no_policy():
    packs = ("house_4s", version("1", "5 days", in_force_until=date(2026, 3, 3)), VERSIONS.packs[2])

    with pytest.raises(DefinitionError) as refused:
        Policy(packs=packs)

    assert refused.value.problems == (Fault("packs", "pack_twice", pack="ours").sentence(),)


def test_two_packs_in_force_together_have_no_clock_of_one_name_unless_the_house_decides():
    other = RulePack(name="others", version="1", clocks=VERSIONS.packs[2].clocks)

    with pytest.raises(DefinitionError) as refused:
        Policy(packs=("house_4s", VERSIONS.packs[2], other))

    faults = (Fault("packs", "clock_in_two_packs", clock="judge_ours", packs=("ours", "others")),)
    assert refused.value.problems == tuple(fault.sentence() for fault in faults)
    assert Policy(packs=("house_4s", VERSIONS.packs[2], other), clocks=other.clocks).packs[2] == other


@pytest.mark.parametrize(
    ("text", "code"),
    [("a = " + "[" * 100_000, "not_toml"), ("[[", "not_toml"), ("#" * 2 * 1024 * 1024, "file_too_long")],
    ids=["nested without end", "no TOML", "two megabytes"],
)
def test_a_text_that_is_no_pack_is_refused(text, code):
    with pytest.raises(InvalidCommandError) as refused:
        RulePack.parse(text)

    assert [fault.code for fault in refused.value.faults] == [code]


# --- several at once ------------------------------------------------------------------------------------------------


def test_packs_in_force_together_keep_their_own_results():
    stacked = Policy(packs=("house_4s", "cn_auto_sales_2017", "oem_cn_grading"))
    case = Case(policy=stacked, calendar=CN).received(channel=Channel.EMAIL).later(days=2).spoken()

    results = {name: case.complaint.deadlines[name].state for name in ("acknowledge", "oem_reply", "status_told")}

    assert results == {
        "acknowledge": ClockState.BREACHED,
        "oem_reply": ClockState.BREACHED,
        "status_told": ClockState.MET,
    }
    assert [one.clock for one in case.complaint.beside.breaches] == ["acknowledge", "oem_reply"]


# --- ten years against erasing --------------------------------------------------------------------------------------

CONTRADICTING = Policy(packs=("house_4s", "cn_auto_sales_2017", "cn_pipl_2021"))


def test_packs_that_keep_and_erase_the_same_file_are_shown():
    days = {
        date(2017, 6, 30): (),
        date(2021, 10, 31): (),
        date(2021, 11, 1): (("keep_or_erase", "cn_auto_sales_2017", "cn_pipl_2021"),),
    }

    assert {day: CONTRADICTING.conflicts(day) for day in days} == days
    assert CONTRADICTING.conflicts() == days[date(2021, 11, 1)]


def test_a_file_that_must_be_kept_ten_years_is_not_erased_before():
    case = Case(policy=CONTRADICTING).to(State.ARCHIVED)

    refusals = case.refused(Redact, by=qian)

    assert [(refusal.code, dict(refusal.facts)) for refusal in refusals] == [("redact.retention", {"years": 10})]


def test_where_a_pack_asks_for_erasing_alone_it_is_done():
    case = Case(policy=Policy(packs=("house_4s", "cn_pipl_2021"))).to(State.ARCHIVED)

    case.does(Redact, qian)

    assert (case.events[-1].name, case.policy.conflicts()) == ("Redact", ())


# --- what nothing would consume -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pack", "problem"),
    [
        (
            RulePack(name="ours", version="1", required=(RequiredContent(command="Explain", field="apology"),)),
            "ours: Explain has no field apology",
        ),
        (
            RulePack(name="ours", version="1", required=(RequiredContent(command="Explian", field="text"),)),
            "ours: required Explian.text: no command Explian",
        ),
    ],
)
def test_a_desk_refuses_a_pack_that_asks_for_what_no_form_has(pack, problem):
    with pytest.raises(DefinitionError) as refused:
        Case(policy=Policy(packs=("house_4s", pack)))

    assert refused.value.problems == (problem,)


def test_three_guarantees_in_a_pack_are_reckoned_with_exact_numbers():
    text = (
        'name = "p"\nversion = "1"\ntitle = { en = "P" }\nsource = "S"\n'
        "[eligibility]\nrepair_days = 20\ncoefficient_most = 0.004\n"
    )
    pack = RulePack.parse(text)

    policy = Policy(packs=("house_4s", pack))

    rules = policy.three_guarantees(date(2026, 1, 1))
    assert (rules.repair_days, rules.coefficient_most) == (20, Decimal("0.004"))
    assert Policy().three_guarantees(date(2026, 1, 1)) is None


def test_a_file_is_kept_as_long_as_the_longest_pack_asks():
    longer = RulePack(name="ours", version="1", retention=Retention(keep_years=15))

    policy = Policy(packs=("house_4s", "cn_auto_sales_2017", longer), keep_years=3)

    assert policy.years_kept(MONDAY, SHANGHAI) == 15


# "a pack is validated whole at load, all problems listed"
def test_all_that_is_wrong_with_one_rule_is_told_at_once():
    wrong = (
        'name = "bad"\nversion = "1"\ntitle = { en = "bad" }\nsource = "x"\n'
        '[[clock]]\nclock = "a"\nstarts = ["Recieve"]\nstops = ["anwsered"]\nwithin = "-3 days"\n'
    )

    with pytest.raises(InvalidCommandError) as refused:
        RulePack.parse(wrong, commands=LIFECYCLE.readable)

    assert refused.value.faults == (
        Fault("clock[1].within", "span"),
        Fault("clock[1].stops", "moment", names=("anwsered",)),
        Fault("clock[1].starts", "no_command", command="Recieve", near=("Receive",)),
    )
