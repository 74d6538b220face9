"""The house's numbers: each with its source, none of them a surprise (A10, R39, R53, R66, A1, A3)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import attrs
import pytest

from complaints import Actor, Dealer, DefinitionError, Desk, Fault, Money, Policy, Refusal, Role, Severity, State
from complaints.model.words import Alarm, Proof, RemedyKind
from complaints.policy import Authority, ClockRule, FloorRule, Span, StandingOrder, StandingRemedy, shipped
from complaints.stages.intake import Receive
from complaints.stages.promises import MakePromise
from tests.stages.cases import MONDAY, STANDING_ORDER, Case, li, promise, staff

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# --- clocks ----------------------------------------------------------------------------------------------------------


# "House defaults (library defaults unless cited)"; A10: only two deadlines are the source's
def test_the_defaults_are_those_of_the_page_and_say_where_they_come_from():
    house = shipped("house_4s")
    numbers = {rule.clock: (str(rule.within), rule.source, rule.standing.value) for rule in house.clocks if rule.within}

    assert numbers == {
        "acknowledge": ("2 business hours", "default", "default"),
        "assign": ("1 working day", "default", "default"),
        "settle_at_once": ("3 working days", "default", "default"),
        "judge": ("1 working day", "default", "default"),
        "investigate": ("3 working days", "default", "default"),
        "propose": ("3 working days", "default", "default"),
        "approve": ("1 working day", "default", "default"),
        "customer_answer": ("30 calendar days", "default", "default"),
        "follow_up": ("3 calendar days", "R39", "verified"),
        "first_contact": ("7 calendar days", "R53", "verified"),
        "evaluate": ("5 working days", "default", "default"),
        "reopen": ("30 calendar days", "default", "default"),
        "contest": ("5 working days", "default", "default"),
        "confirm_proxy": ("1 working day", "default", "default"),
        "progress_call": ("7 calendar days", "default", "default"),
        "answer_escalation": ("1 working day", "default", "default"),
    }
    assert {rule.clock for rule in house.clocks if rule.given} == {"task", "outside_answer", "improvement"}


def test_a_due_date_says_which_rule_of_which_pack_set_it():
    case = Case(policy=Policy(name="house", version="7")).to(State.FOLLOW_UP)

    deadline = case.complaint.deadlines["follow_up"]

    assert (deadline.rule, deadline.within, deadline.due.isoformat()) == (
        "house_4s@1 R39",
        "3 calendar days",
        "2026-03-05T23:59:59+08:00",
    )


def test_a_house_without_a_clock_sets_no_such_date():
    case = Case(policy=Policy(packs=(), authority=Policy().authority)).to(State.FOLLOW_UP)

    assert case.complaint.deadlines == {}


BEFORE_THE_CALL = {
    "acknowledge", "settle_at_once", "judge", "investigate", "propose", "approve", "customer_answer", "task:T1",
}  # fmt: skip


# each clock starts with a state or with a command
@pytest.mark.parametrize(
    ("state", "clocks"),
    [
        (State.INTAKE, {"acknowledge", "settle_at_once"}),
        (State.JUDGMENT, {"acknowledge", "settle_at_once", "judge"}),
        (State.APPROVAL, {"acknowledge", "settle_at_once", "judge", "investigate", "propose", "approve"}),
        (State.FOLLOW_UP, {*BEFORE_THE_CALL, "follow_up"}),
        (State.REVIEW, {*BEFORE_THE_CALL, "follow_up", "evaluate"}),
        (State.CLOSED, {*BEFORE_THE_CALL, "follow_up", "evaluate", "contest", "reopen"}),
    ],
)
def test_a_clock_starts_where_the_page_says(state, clocks):
    case = Case().to(state)

    assert set(case.complaint.deadlines) == clocks


# R8: the clock of a complaint that is registered late has been running since it was received
def test_the_first_clock_runs_from_receipt():
    case = Case().received(received_at=MONDAY - 5 * HOUR)

    assert case.complaint.deadlines["acknowledge"].due == MONDAY - 3 * HOUR


# invariant 6: what the policy decided stands in the event with its version
def test_a_later_policy_moves_no_date_that_is_set():
    case = Case().to(State.FOLLOW_UP)
    set_before = case.complaint.deadlines["follow_up"]
    one_hour = ClockRule(clock="follow_up", starts=("follow_up",), within=Span.parse("1 hour"))
    stricter = Policy(version="2", clocks=(one_hour,))

    later = Desk(case.desk.store, policy=stricter, clock=case.clock)

    assert later.complaint(case.id, by=li).deadlines["follow_up"] == set_before
    assert later.verify(case.id) == case.desk.verify(case.id)


# --- floors (R66) ----------------------------------------------------------------------------------------------------


def test_the_floors_are_named_and_dated_like_every_number():
    floors = {rule.code: (rule.severity, rule.source) for rule in shipped("house_4s").floors}

    assert floors == {
        "injury": (Severity.CRITICAL, "default"),
        "fire": (Severity.CRITICAL, "default"),
        "crash": (Severity.MAJOR, "default"),
        "media": (Severity.MAJOR, "default"),
        "authority": (Severity.ESCALATED, "default"),
        "lawyer": (Severity.ESCALATED, "default"),
        "safety_part": (Severity.ESCALATED, "default"),
        "repeat": (Severity.ESCALATED, "default"),
        "third_repeat": (Severity.ESCALATED, "default"),
        "third_decline": (Severity.ESCALATED, "lifecycle, MOVES 13"),
    }


def test_a_house_may_have_floors_of_its_own():
    strict = Policy(floors=(FloorRule(code="privacy", severity=Severity.MAJOR, alarm=Alarm.PRIVACY),))
    case = Case(policy=strict).received(alarms=(Alarm.PRIVACY, Alarm.LAWYER))

    assert (case.severity, case.complaint.floor) == (Severity.MAJOR, Severity.MAJOR)
    assert case.events[1].command.reason == "house_4s@1 privacy: default"


# --- weight by severity ----------------------------------------------------------------------------------------------


# "Weight by severity (general / escalated / major)"; critical weighs like major
def test_the_weights_are_those_of_the_page():
    weights = {severity: attrs.asdict(Policy().weight(severity)) for severity in Severity}

    major = {
        "proposals": 2,
        "waiver": Role.MANAGER,
        "minutes": True,
        "evidence": 3,
        "cause_confirmed": True,
        "whys": True,
        "proof": Proof.SIGNATURE,
        "authorised_signer": True,
        "accountability": "reviewed",
    }
    assert weights == {
        Severity.GENERAL: {
            "proposals": 1,
            "waiver": None,
            "minutes": False,
            "evidence": 1,
            "cause_confirmed": False,
            "whys": False,
            "proof": Proof.MESSAGE,
            "authorised_signer": False,
            "accountability": "standing",
        },
        Severity.ESCALATED: {
            "proposals": 2,
            "waiver": Role.SPECIALIST,
            "minutes": False,
            "evidence": 2,
            "cause_confirmed": True,
            "whys": False,
            "proof": Proof.SIGNATURE,
            "authorised_signer": False,
            "accountability": "decided",
        },
        Severity.MAJOR: major,
        Severity.CRITICAL: major,
    }


# --- authority (A1) --------------------------------------------------------------------------------------------------


def test_the_top_of_the_ladder_may_decide_everything():
    group = Actor("group", Role.GROUP)

    allowed = Policy().may_decide(
        group, {"CNY": Decimal(10**11), "EUR": Decimal(1)}, Severity.CRITICAL, frozenset(RemedyKind)
    )

    assert allowed


def test_a_limit_is_in_the_houses_money_and_covers_no_other():
    manager = staff("qian", Role.MANAGER)

    answers = [
        Policy().may_decide(manager, cost, Severity.GENERAL, frozenset())
        for cost in ({"CNY": Decimal(10_000)}, {"CNY": Decimal("10000.01")}, {"EUR": Decimal(1)}, {"EUR": Decimal(0)})
    ]

    assert answers == [True, False, False, True]


def test_who_decides_is_told_from_the_lowest_on():
    who = Policy().who_decides({"CNY": Decimal(5_000)}, Severity.GENERAL, frozenset())

    assert who == ("manager", "general_manager", "group")


def test_a_house_draws_its_own_ladder():
    flat = Policy(authority=(Authority(role=Role.SUPERVISOR, limit=None, severity=Severity.CRITICAL),))

    assert flat.may_decide(staff("zhao", Role.SUPERVISOR), {"CNY": Decimal(10**6)}, Severity.CRITICAL, frozenset())


_OWN_CLOCK = ClockRule(clock="answer", starts=("Receive",), stops=("answered",), within=Span.parse("10 working days"))
TOP = Authority(role=Role.GROUP, limit=None, severity=Severity.CRITICAL)


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"authority": ()}, ("The top of the authority ladder must have no limit. Please take its limit out.",)),
        (
            {"authority": (attrs.evolve(TOP, limit=Decimal(1)),)},
            ("The top of the authority ladder must have no limit. Please take its limit out.",),
        ),
        (
            {"authority": (attrs.evolve(TOP, severity=Severity.MAJOR),)},
            ("The top of the authority ladder must cover every severity and remedy. Please widen it.",),
        ),
        (
            {"authority": (attrs.evolve(TOP, excluded=frozenset({RemedyKind.CASH})),)},
            ("The top of the authority ladder must cover every severity and remedy. Please widen it.",),
        ),
        (
            {
                "authority": (
                    attrs.evolve(TOP, role=Role.MANAGER, limit=Decimal(1)),
                    attrs.evolve(TOP, role=Role.SUPERVISOR),
                )
            },
            ("The authority ladder must go upwards, each role once. Please put the rows in order.",),
        ),
        (
            {"weights": {Severity.GENERAL: Policy().weight(Severity.GENERAL)}},
            (
                "no weight for severity escalated",
                "no weight for severity major",
                "no weight for severity critical",
            ),
        ),
        (
            {"clocks": (_OWN_CLOCK, _OWN_CLOCK), "keep_years": 101, "repeat_days": 0},
            (
                "clock answer stands here twice",
                "files are kept for 0 to 100 years",
                "repeats are looked for in the last 1 to 3653 days",
            ),
        ),
        (
            {"packs": ("house_4s", "house_4s")},
            (Fault("packs", "pack_twice", pack="house_4s").sentence(),),
        ),
    ],
)
def test_a_policy_that_does_not_hold_together_says_why(changes, problems):
    with pytest.raises(DefinitionError) as refused:
        Policy(**changes)

    assert refused.value.problems == problems


def test_all_problems_of_a_policy_are_told_at_once():
    with pytest.raises(DefinitionError) as refused:
        Policy(authority=(), weights={}, keep_years=-1)

    assert len(refused.value.problems) == 6


# --- service matters (R19) -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("category", "is_service"),
    [
        ("service", True),
        ("attitude", True),
        ("facilities", True),
        ("service.waiting", True),
        ("repair_quality", False),
        ("product.engine", False),
        ("warranty", False),
        (None, False),
    ],
)
def test_what_customer_service_may_judge_itself(category, is_service):
    assert Policy().is_service_matter(category) is is_service


# --- standing orders -------------------------------------------------------------------------------------------------


def test_an_order_is_in_force_from_signing_and_start_until_its_end():
    order = attrs.evolve(STANDING_ORDER, signed_at=MONDAY, valid_from=MONDAY + DAY, valid_until=MONDAY + 3 * DAY)

    in_force = [order.is_in_force(MONDAY + days * DAY) for days in range(5)]

    assert in_force == [False, True, True, False, False]


def test_an_order_for_a_group_of_categories_holds_for_its_details():
    order = StandingOrder(
        **{
            **{field.name: getattr(STANDING_ORDER, field.name) for field in attrs.fields(StandingOrder)},
            "remedies": (
                StandingRemedy(category="product", kind=RemedyKind.APOLOGY, ceiling=Decimal(0)),
                StandingRemedy(category="product", kind=RemedyKind.VOUCHER, ceiling=Decimal(50)),
                StandingRemedy(category="product.tyres", kind=RemedyKind.VOUCHER, ceiling=Decimal(80)),
                StandingRemedy(category="product.tyres", kind=RemedyKind.PARTS, ceiling=Decimal(300)),
            ),
        }
    )

    allowed = {
        (category, kind): order.allows(category, kind)
        for category in ("product", "product.tyres", "product.engine", "service", None)
        for kind in (RemedyKind.VOUCHER, RemedyKind.PARTS)
    }

    assert {place: ceiling for place, ceiling in allowed.items() if ceiling is not None} == {
        ("product", RemedyKind.VOUCHER): Decimal(50),
        ("product.tyres", RemedyKind.VOUCHER): Decimal(80),
        ("product.tyres", RemedyKind.PARTS): Decimal(300),
        ("product.engine", RemedyKind.VOUCHER): Decimal(50),
    }


# --- one policy for each dealer --------------------------------------------------------------------------------------


def test_each_dealer_has_its_own_policy():
    desk = Desk(
        dealers=[Dealer("SH01"), Dealer("BJ02")],
        policy={"BJ02": Policy(name="beijing", version="3")},
        clock=lambda: MONDAY,
    )
    here, there = (staff("li", Role.SPECIALIST, dealer=dealer) for dealer in ("SH01", "BJ02"))
    form = Case().form(Receive)

    one = desk.handle(form, by=here)
    other = desk.handle(attrs.evolve(form, dealer="BJ02"), by=there)

    policies = [desk.history(one.id, by=here)[0].policy, desk.history(other.id, by=there)[0].policy]
    assert policies == ["house_4s@1", "beijing@3"]


def test_without_a_policy_the_limits_are_in_the_dealers_money():
    desk = Desk(dealers=[Dealer("HK01", currency="HKD", zone="Asia/Hong_Kong")], clock=lambda: MONDAY)
    manager = staff("qian", Role.MANAGER, dealer="HK01")
    complaint = desk.handle(attrs.evolve(Case().form(Receive), dealer="HK01"), by=manager)
    promises = [
        MakePromise(complaint=complaint.id, promise=promise(cost=Money(100, currency))) for currency in ("HKD", "CNY")
    ]

    refused = [desk.explain(order, by=manager) for order in promises]

    assert refused == [(), (Refusal("promise.beyond_authority", who=("group",)),)]
