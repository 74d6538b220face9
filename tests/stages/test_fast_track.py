"""The fast track 当场办结: a grumble at the counter, settled on one page by two people (R8, R9, R19, R27, R63)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Self
from uuid import UUID
from zoneinfo import ZoneInfo

import attrs
import pytest

from complaints import (
    Channel,
    Customer,
    Dealer,
    DefinitionError,
    Department,
    Desk,
    IllegalMoveError,
    Issue,
    Lifecycle,
    Money,
    Refusal,
    Severity,
    State,
    Store,
    Vehicle,
)
from complaints.model.execution import Accountability, Booking, Task
from complaints.model.judgment import Judgment
from complaints.model.words import (
    Alarm,
    Cause,
    Outcome,
    Proof,
    RemedyKind,
    ReworkReason,
    Satisfaction,
    TaskResult,
    Track,
    Verdict,
)
from complaints.policy import Policy
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.review import Close, RecordFollowUp
from tests.stages.cases import (
    MONDAY,
    POLICY,
    SHANGHAI,
    STANDING_ORDER,
    Case,
    chen,
    judgment,
    promise,
    qian,
    remedy,
    shows,
    signed,
    wang,
    yuan,
    zhao,
)

LONG_AGO = datetime(2020, 1, 1, tzinfo=SHANGHAI)
SAMPLED, NOT_SAMPLED = UUID(int=20), UUID(int=21)
"""Ids in the call-back sample of ten per cent, and not in it."""


def test_a_grumble_at_the_counter_is_settled_in_one_step():
    case = Case().received(by=wang, takes_on=False)

    case.settled(by=wang, department=Department.SERVICE, cause=Cause.PEOPLE, remedies=(remedy(cost=150),))

    complaint = case.complaint
    assert (complaint.state, complaint.track, complaint.outcome) == (
        State.FOLLOW_UP,
        Track.FAST,
        Outcome.SETTLED_AT_ONCE,
    )
    assert (complaint.settled.by, complaint.settled.order, complaint.settled.at) == ("wang", "SO-1@2026", MONDAY)


# "Invariants hold for it too: judgment, answer, acceptance, follow-up result, evaluation are on record"
def test_judgment_remedy_acceptance_and_money_are_all_on_record():
    case = Case().received(takes_on=False)

    case.settled(by=wang, remedies=(remedy(cost=150), remedy(RemedyKind.APOLOGY, 0)))

    complaint = case.complaint
    voucher = Task(
        id="T1",
        kind=RemedyKind.VOUCHER,
        owner="wang",
        due=remedy().due,
        cost=yuan(150),
        result=TaskResult.DONE,
        number=2,
    )
    assert complaint.judgment == Judgment(
        issues=(judgment(),), judge="wang", at=MONDAY, number=2, rank=wang.rank, department=Department.SERVICE
    )
    assert complaint.judgment.verdict_on("1") is Verdict.UPHELD
    assert (complaint.department, complaint.conclusion.cause) == (Department.SERVICE, Cause.PEOPLE)
    assert complaint.settlement.acceptance == signed()
    assert complaint.tasks == (voucher, attrs.evolve(voucher, id="T2", kind=RemedyKind.APOLOGY, cost=yuan(0)))
    assert complaint.ledger == (Booking(id="standing-order-2-T1", amount=yuan(150), task="T1", number=2),)
    assert complaint.acknowledged_at == MONDAY


# "Accountability: the standing rule's answer"
def test_who_answers_is_what_the_standing_order_says():
    case = Case().received(takes_on=False)

    case.settled(by=wang)

    assert case.complaint.accountability == Accountability(number=2, decided_by="wang", standing_rule="SO-1@2026")


def test_it_may_still_be_settled_while_it_is_judged():
    case = Case().to(State.JUDGMENT)

    case.settled(by=wang)

    assert case.state is State.FOLLOW_UP


def test_two_people_are_enough_from_receipt_to_the_archive():
    case = Case().received(by=wang, takes_on=False).settled(by=wang)

    case.called_back(by=zhao).closed(by=zhao).later(days=31).archived()

    assert (case.state, case.complaint.version) == (State.ARCHIVED, 5)


# --- who ------------------------------------------------------------------------------------------------------------


@shows(SettleAtOnce, "fast.not_named")
def test_only_staff_named_in_the_standing_order_settle():
    case = Case().received()

    refusals = case.refused(SettleAtOnce, by=chen)

    assert refusals == (Refusal("fast.not_named", order="SO-1@2026"),)


def test_without_a_standing_order_nobody_settles():
    case = Case(policy=Policy()).received()

    refusals = case.refused(SettleAtOnce, by=wang, order="SO-1@2026")

    assert refusals == (Refusal("fast.not_named", order=""), Refusal("fast.order", given="SO-1@2026", order=""))


@shows(SettleAtOnce, "actor.involved")
def test_nobody_settles_a_complaint_about_himself():
    case = Case().received(complained_of=("wang",))

    refusals = case.refused(SettleAtOnce, by=wang)

    assert refusals == (Refusal("actor.involved"),)


# --- when it is open ------------------------------------------------------------------------------------------------


@shows(SettleAtOnce, "fast.shut")
def test_a_grave_complaint_is_not_settled_at_once():
    case = Case().received().graded(Severity.ESCALATED)

    refusals = case.refused(SettleAtOnce, by=wang)

    assert refusals == (Refusal("fast.shut", alarms=(), severity="escalated"),)


# "no injury, fire, crash, undriveable car, safety part, recall, demand to return the car, privacy matter, public
# post, authority, lawyer, misconduct, disputed fact, or same problem within 90 days"
@pytest.mark.parametrize("alarm", Alarm)
def test_every_alarm_shuts_the_fast_track(alarm):
    case = Case().received(alarms=(alarm,))

    refusals = case.refused(SettleAtOnce, by=wang)

    assert refusals == (Refusal("fast.shut", alarms=(alarm.value,), severity=case.severity.value),)
    assert case.complaint.track is Track.FULL


@pytest.mark.parametrize(
    ("form", "bar"),
    [
        ({"issues": (Issue(id="1", category="service", is_safety=True),)}, "safety_part"),
        ({"issues": (Issue(id="1", category="recall"),)}, "recall"),
        ({"issues": (Issue(id="1", category="privacy"),)}, "privacy"),
        ({"channel": Channel.SOCIAL_MEDIA}, "public_post"),
        ({"channel": Channel.PRESS}, "public_post"),
        ({"complainant": Customer(post_url="https://weibo.example/77")}, "public_post"),
        ({"channel": Channel.PLATFORM_12315}, "authority"),
        ({"channel": Channel.PLATFORM_12345}, "authority"),
        ({"channel": Channel.CONSUMER_ASSOCIATION}, "authority"),
        ({"channel": Channel.LAWYER}, "lawyer"),
        ({"channel": Channel.COURT}, "lawyer"),
        ({"repeat_of": UUID(int=7)}, "repeat"),
    ],
)
def test_what_the_form_itself_shows_shuts_it_without_an_alarm(form, bar):
    case = Case().received(**form)

    refusals = case.refused(SettleAtOnce, by=wang, remedies=(remedy(RemedyKind.APOLOGY, 0),))

    # what channel, complainant and issues show has the same floors as what somebody notes
    assert refusals[0] == Refusal("fast.shut", alarms=(bar,), severity=case.severity.value)
    assert case.complaint.track is Track.FULL


# "any rule above becoming true later shuts the track; clocks never change"
def test_an_alarm_after_settling_shuts_the_track_and_moves_no_clock():
    case = Case().received(takes_on=False).settled(by=wang)
    before = case.complaint

    case.completed_with(alarms=(Alarm.PRIVACY,))

    assert (before.track, case.complaint.track) == (Track.FAST, Track.FULL)
    assert case.complaint.deadlines == before.deadlines


def test_a_safety_issue_found_after_settling_shuts_the_track():
    case = Case().received(takes_on=False).settled(by=wang)

    case.completed_with(issues=(Issue(id="1", is_safety=True),))

    assert case.complaint.track is Track.FULL


def test_a_track_that_was_shut_stays_shut():
    case = Case().received().graded(Severity.ESCALATED).graded(Severity.GENERAL, by=qian)

    refusals = case.refused(SettleAtOnce, by=wang)

    assert refusals == (Refusal("fast.shut", alarms=(), severity="general"),)


@shows(SettleAtOnce, "form.incomplete")
def test_the_one_page_is_filled_in():
    case = Case().received(complainant=Customer(name="王芳"), wish=None)

    refusals = case.refused(SettleAtOnce, by=wang)

    assert refusals == (Refusal("form.incomplete", missing=("answer_channel", "wish")),)


@shows(SettleAtOnce, "issues.unjudged")
def test_every_issue_gets_its_verdict():
    case = Case().received(issues=(Issue(id="1", category="service"), Issue(id="2", category="service")))

    refusals = case.refused(SettleAtOnce, by=wang, judgments=(judgment(issue="1"), judgment(issue="3")))

    assert refusals == (Refusal("issues.unjudged", issues=("2", "3")),)


# --- by when --------------------------------------------------------------------------------------------------------


# by the close of the third day after receipt; the plain policy counts calendar days, day 0 not counted
def test_on_the_evening_of_the_third_day_it_may_still_be_settled():
    case = Case().received(takes_on=False)
    case.clock.set(datetime(2026, 3, 5, 23, 59, 59, tzinfo=SHANGHAI))

    case.settled(by=wang)

    assert case.state is State.FOLLOW_UP


@shows(SettleAtOnce, "fast.too_late")
def test_on_the_fourth_day_it_goes_the_full_way():
    case = Case().received()
    case.clock.set(datetime(2026, 3, 6, tzinfo=SHANGHAI))

    refusals = case.refused(SettleAtOnce, by=wang)

    assert refusals == (Refusal("fast.too_late", due="2026-03-05T23:59:59+08:00"),)


def test_the_days_count_from_receipt_and_not_from_recording():
    case = Case().received(received_at=MONDAY - timedelta(days=4))

    refusals = case.refused(SettleAtOnce, by=wang)

    assert refusals == (Refusal("fast.too_late", due="2026-03-01T23:59:59+08:00"),)


def test_a_house_that_set_no_date_at_receipt_goes_by_its_present_rule():
    case = Case(policy=attrs.evolve(POLICY, clocks=())).received(takes_on=False)
    case.policy = POLICY
    case.desk = case.desk_with(case.lifecycle, case.desk.store)

    refusals = case.later(days=4).refused(SettleAtOnce, by=wang)

    assert refusals == (Refusal("fast.too_late", due="2026-03-05T23:59:59+08:00"),)


# --- by the dealer's calendar ---------------------------------------------------------------------------------------


class InChina(Case):
    """A complaint at a dealer whose working days are China's."""

    dealer = Dealer("SH01", calendar="CN")

    def desk_with(self, lifecycle: Lifecycle, store: Store | None = None) -> Desk:
        return Desk(store, dealers=(self.dealer,), policy=self.policy, lifecycle=lifecycle, clock=self.clock)

    def received_on(self, month: int, day: int, hour: int = 10, year: int = 2026) -> Self:
        self.clock.set(datetime(year, month, day, hour, tzinfo=SHANGHAI))
        self.received(takes_on=False)
        return self


# "by the close of the third working day after receipt"; the day itself is not counted
@pytest.mark.parametrize(
    ("received", "last", "year"),
    [
        ((2, 13), (2, 25), 2026),
        ((4, 30), (5, 8), 2026),
        ((9, 24), (9, 30), 2026),
        ((9, 30), (10, 10), 2026),
        ((4, 3), (4, 9), 2026),
        ((3, 7), (3, 11), 2026),
        ((12, 31), (1, 6), 2024),
    ],
    ids=[
        "over the Spring Festival, with a Saturday that is worked on",
        "over Labour Day, with a Saturday that is worked on",
        "over the Mid-Autumn Festival",
        "over the National Day, with a Saturday that is worked on",
        "over Tomb-Sweeping Day",
        "received on a Saturday",
        "over New Year",
    ],
)
def test_the_third_working_day_is_the_calendars(received, last, year):
    case = InChina().received_on(*received, year=year)
    ends = datetime(year + (last < received), *last, 23, 59, 59, tzinfo=SHANGHAI)
    case.policy = attrs.evolve(POLICY, standing_orders=(attrs.evolve(STANDING_ORDER, valid_from=LONG_AGO),))
    case.clock.set(ends + timedelta(seconds=1))

    refusals = [refusal for refusal in case.refused(SettleAtOnce, by=wang) if refusal.code == "fast.too_late"]

    assert (case.complaint.window_ends("settle_at_once"), refusals) == (
        ends,
        [Refusal("fast.too_late", due=ends.isoformat())],
    )


def test_on_the_evening_of_the_third_working_day_after_the_holidays_it_is_settled():
    case = InChina().received_on(2, 13)
    case.clock.set(datetime(2026, 2, 25, 23, 59, 59, tzinfo=SHANGHAI))

    case.settled(by=wang)

    assert (case.state, case.complaint.track) == (State.FOLLOW_UP, Track.FAST)


def test_what_was_settled_in_time_may_be_entered_after_it():
    case = InChina().received_on(4, 30)
    case.clock.set(datetime(2026, 5, 9, 9, tzinfo=SHANGHAI))
    in_time = datetime(2026, 5, 8, 18, tzinfo=SHANGHAI)

    refusals = case.refused(SettleAtOnce, by=wang)
    case.settled(by=wang, at=in_time)

    assert refusals == (Refusal("fast.too_late", due="2026-05-08T23:59:59+08:00"),)
    assert case.complaint.settled.at == in_time


def test_the_days_count_from_receipt_over_holidays_too_however_late_it_is_recorded():
    case = InChina()
    case.clock.set(datetime(2026, 2, 24, 9, tzinfo=SHANGHAI))

    case.received(takes_on=False, received_at=datetime(2026, 2, 13, 10, tzinfo=SHANGHAI))

    assert case.complaint.window_ends("settle_at_once") == datetime(2026, 2, 25, 23, 59, 59, tzinfo=SHANGHAI)


def test_beyond_the_last_published_year_the_day_is_provisional_and_it_is_settled_all_the_same():
    case = InChina(policy=attrs.evolve(POLICY, standing_orders=(STANDING_ORDER,))).received_on(3, 4, year=2037)

    case.settled(by=wang)

    window = case.complaint.deadlines["settle_at_once"]
    assert (window.provisional, case.state) == (True, State.FOLLOW_UP)


def test_where_the_clocks_go_forward_the_third_day_ends_at_midnight_as_ever():
    new_york = ZoneInfo("America/New_York")
    case = InChina()
    case.dealer = Dealer("SH01", zone="America/New_York")
    case.desk = case.desk_with(case.lifecycle)
    case.clock.set(datetime(2026, 3, 6, 10, tzinfo=new_york))

    case.received(takes_on=False)

    ends = case.complaint.window_ends("settle_at_once")
    assert (ends, ends.isoformat()) == (
        datetime(2026, 3, 9, 23, 59, 59, tzinfo=new_york),
        "2026-03-09T23:59:59-04:00",
    )


# "Follow-up within three days": calendar days, holidays included (R39)
def test_the_follow_up_is_due_on_the_third_calendar_day_though_it_is_a_holiday():
    case = InChina().received_on(4, 30, hour=16)

    case.settled(by=wang)

    assert case.complaint.deadlines["follow_up"].due == datetime(2026, 5, 3, 23, 59, 59, tzinfo=SHANGHAI)


def test_a_call_back_that_comes_late_is_made_and_stays_late():
    case = InChina().received_on(4, 30, hour=16).settled(by=wang)
    due = datetime(2026, 5, 3, 23, 59, 59, tzinfo=SHANGHAI)
    case.clock.set(datetime(2026, 5, 6, 10, tzinfo=SHANGHAI))  # the first day after the holidays

    case.desk.tick(case.clock())
    case.called_back(by=chen).closed(by=qian)

    missed = [(one.clock, one.due) for one in case.complaint.beside.breaches]
    assert (case.state, ("follow_up", due) in missed) == (State.CLOSED, True)


# "same problem within 90 days": counted as days of 24 hours, whatever the calendar
@pytest.mark.parametrize(("days", "track"), [(90, Track.FULL), (91, Track.OPEN)])
def test_the_same_problem_within_ninety_days_shuts_it(days, track):
    car = (Vehicle(plate="沪A00001"),)
    first = InChina()
    first.clock.set(datetime(2026, 2, 13, 10, tzinfo=SHANGHAI))
    first.received(takes_on=False, vehicles=car).later(days=days)

    again = first.another().received(takes_on=False, vehicles=car)

    assert again.complaint.track is track


# "below satisfied → ReturnForRework, and the fast track is shut for this complaint"
@pytest.mark.parametrize("result", [Satisfaction.NEUTRAL, Satisfaction.DISSATISFIED])
def test_below_satisfied_it_goes_back_and_is_shut_though_the_third_day_is_still_to_come(result):
    case = InChina().received_on(2, 13).settled(by=wang)
    case.clock.set(datetime(2026, 2, 14, 10, tzinfo=SHANGHAI))  # a Saturday that is worked on
    case.called_back(result, by=chen)

    closing = case.refused(Close, by=qian)
    case.reworked(ReworkReason.FORM_INCOMPLETE, by=zhao)
    again = case.refused(SettleAtOnce, by=wang)

    assert Refusal("fast.not_satisfied") in closing
    assert (case.state, case.complaint.track) == (State.INTAKE, Track.FULL)
    # nothing but the track stands in the way: the window is open until 25 February
    assert again == (Refusal("fast.shut", alarms=(), severity="general"),)


# --- what -----------------------------------------------------------------------------------------------------------


@shows(SettleAtOnce, "fast.order")
def test_the_customer_picks_from_the_order_in_force():
    case = Case().received()

    refusals = case.refused(SettleAtOnce, by=wang, order="SO-1@2025")

    assert refusals == (Refusal("fast.order", given="SO-1@2025", order="SO-1@2026"),)


def test_of_two_orders_in_force_the_later_one_counts():
    newer = attrs.evolve(STANDING_ORDER, version="2026b", valid_from=MONDAY, signed_at=MONDAY, staff=("wang",))
    case = Case(policy=Policy(standing_orders=(newer, STANDING_ORDER))).received()

    case.settled(by=wang, order="SO-1@2026b")

    assert case.complaint.settled.order == "SO-1@2026b"


@pytest.mark.parametrize(
    "order",
    [
        attrs.evolve(STANDING_ORDER, valid_until=MONDAY),
        attrs.evolve(STANDING_ORDER, valid_from=MONDAY + timedelta(seconds=1)),
        attrs.evolve(STANDING_ORDER, signed_at=MONDAY + timedelta(seconds=1)),
        attrs.evolve(STANDING_ORDER, dealer="BJ02"),
    ],
    ids=["run out", "not begun", "not signed yet", "another shop's"],
)
def test_an_order_that_is_not_in_force_settles_nothing(order):
    case = Case(policy=Policy(standing_orders=(order,))).received()

    refusals = case.refused(SettleAtOnce, by=wang)

    assert refusals == (Refusal("fast.not_named", order=""), Refusal("fast.order", given="SO-1@2026", order=""))


# while nothing is ordered, nobody knows yet when it happened: it may have been under the order that has run out
@pytest.mark.parametrize(
    ("order", "by", "named"),
    [
        (attrs.evolve(STANDING_ORDER, valid_until=MONDAY + timedelta(hours=1)), wang, True),
        (attrs.evolve(STANDING_ORDER, valid_until=MONDAY + timedelta(hours=1)), chen, False),
        (attrs.evolve(STANDING_ORDER, valid_until=MONDAY), wang, False),
        (attrs.evolve(STANDING_ORDER, dealer="BJ02", valid_until=MONDAY + timedelta(hours=1)), wang, False),
        (attrs.evolve(STANDING_ORDER, valid_from=MONDAY + timedelta(hours=3)), wang, False),
    ],
    ids=["named until then", "not named", "run out before", "another shop's", "not begun"],
)
def test_what_is_settled_may_have_happened_under_an_earlier_order(order, by, named):
    case = Case(policy=Policy(standing_orders=(order,))).received().later(hours=2)

    refusals = case.desk.explain(case.id, by=by)[SettleAtOnce]

    assert ("fast.not_named" not in [refusal.code for refusal in refusals]) is named


def test_the_date_that_was_set_at_receipt_counts_when_the_rules_change():
    case = Case().received()
    longer = tuple(
        attrs.evolve(rule, within=timedelta(days=9)) if rule.clock == "settle_at_once" else rule
        for rule in POLICY.clocks
    )
    case.policy = attrs.evolve(POLICY, clocks=longer)
    case.desk = case.desk_with(case.lifecycle, case.desk.store)
    case.later(days=4)

    refusals = case.refused(SettleAtOnce, by=wang)

    assert refusals == (Refusal("fast.too_late", due="2026-03-05T23:59:59+08:00"),)


@shows(SettleAtOnce, "fast.remedy")
def test_a_remedy_that_is_not_in_the_order_needs_a_leader():
    case = Case().received()

    refusals = case.refused(SettleAtOnce, by=wang, remedies=(remedy(RemedyKind.CASH, 50),))

    assert refusals == (Refusal("fast.remedy", remedies=("cash",), ceiling="500 CNY"),)


@pytest.mark.parametrize(
    ("remedies", "beyond"),
    [
        ((remedy(RemedyKind.VOUCHER, 201),), ("voucher",)),
        ((remedy(RemedyKind.APOLOGY, 1),), ("apology",)),
        ((remedy(RemedyKind.VOUCHER, 200), remedy(RemedyKind.FEE_WAIVER, 301)), ()),
        ((attrs.evolve(remedy(RemedyKind.VOUCHER, 1), cost=Money(1, "EUR")),), ("voucher",)),
    ],
    ids=["above its ceiling", "free of charge only", "together above the case's ceiling", "another currency"],
)
def test_ceilings_hold_for_each_remedy_and_for_the_case(remedies, beyond):
    case = Case().received()

    refusals = case.refused(SettleAtOnce, by=wang, remedies=remedies)

    assert refusals == (Refusal("fast.remedy", remedies=beyond, ceiling="500 CNY"),)


def test_up_to_the_ceilings_it_is_settled():
    case = Case().received()

    case.settled(by=wang, remedies=(remedy(RemedyKind.VOUCHER, 200), remedy(RemedyKind.FEE_WAIVER, 300)))

    assert sum(booking.amount.amount for booking in case.complaint.ledger) == Decimal(500)


def test_the_order_is_for_its_categories():
    case = Case().received(issues=(Issue(id="1", category="parts"),))

    refusals = case.refused(SettleAtOnce, by=wang)

    assert refusals == (Refusal("fast.remedy", remedies=("voucher",), ceiling="500 CNY"),)


# "how acceptance was shown: signature, message, recording; words noted where the remedy is an apology or explanation"
@pytest.mark.parametrize("proof", [Proof.SIGNATURE, Proof.MESSAGE, Proof.RECORDING])
def test_a_signature_a_message_or_a_recording_shows_that_he_agreed(proof):
    case = Case().received()

    case.settled(by=wang, acceptance=signed(proof))

    assert case.complaint.settlement.acceptance.proof is proof


@shows(SettleAtOnce, "fast.proof")
def test_noted_words_do_not_show_that_he_took_a_voucher():
    case = Case().received()

    refusals = case.refused(SettleAtOnce, by=wang, acceptance=signed(Proof.WORDS))

    assert refusals == (Refusal("fast.proof"),)


def test_noted_words_show_that_he_took_an_apology():
    case = Case().received()

    case.settled(by=wang, acceptance=signed(Proof.WORDS), remedies=(remedy(RemedyKind.APOLOGY, 0),))

    assert case.complaint.settlement.acceptance.proof is Proof.WORDS


def test_all_that_stands_in_the_way_is_told_at_once():
    case = Case().received(wish=None, complained_of=("chen",), alarms=(Alarm.UNDRIVEABLE,)).later(days=5)

    refusals = case.refused(
        SettleAtOnce, by=chen, order="SO-2", judgments=(judgment(issue="9"),), acceptance=signed(Proof.WORDS)
    )

    assert [refusal.code for refusal in refusals] == [
        "fast.shut",
        "fast.not_named",
        "form.incomplete",
        "actor.involved",
        "fast.too_late",
        "issues.unjudged",
        "fast.order",
        "fast.proof",
    ]


# --- afterwards -----------------------------------------------------------------------------------------------------


# "Follow-up within three days by somebody else or by the customer's own message"
def test_the_settler_does_not_call_back():
    case = Case().received(by=wang, takes_on=False).settled(by=wang)

    refusals = case.refused(RecordFollowUp, by=wang)

    assert refusals == (Refusal("caller.handled_it"),)


def test_the_customers_own_message_needs_no_caller():
    case = Case().received(by=wang, takes_on=False, id=NOT_SAMPLED).settled(by=wang)

    case.called_back(by=wang, message="wechat-88")

    assert case.state is State.REVIEW


# "its 10 % call-back sample"
@shows(RecordFollowUp, "fast.sampled")
def test_whoever_is_in_the_sample_is_called_though_he_has_written():
    case = Case().received(by=wang, takes_on=False, id=SAMPLED).settled(by=wang)

    refusals = case.refused(RecordFollowUp, by=chen, message="wechat-88")
    case.called_back(by=chen)

    assert refusals == (Refusal("fast.sampled", percent=10),)
    assert case.state is State.REVIEW


def test_only_what_was_settled_at_once_is_sampled():
    case = Case().received(id=SAMPLED).begun().explained().understood()

    case.called_back(by=chen, message="wechat-88")

    assert case.state is State.REVIEW


@pytest.mark.parametrize(("percent", "id"), [(0, SAMPLED), (100, NOT_SAMPLED)])
def test_the_share_is_the_houses_policy(percent, id):
    policy = attrs.evolve(POLICY, callback_sample_percent=percent)
    case = Case(policy=policy).received(by=wang, takes_on=False, id=id).settled(by=wang)

    refusals = case.desk.explain(case.form(RecordFollowUp, message="wechat-88"), by=chen)

    assert refusals == ((Refusal("fast.sampled", percent=100),) if percent else ())


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_share_is_between_nothing_and_all(percent):
    with pytest.raises(DefinitionError) as wrong:
        Policy(callback_sample_percent=percent)

    assert wrong.value.problems == ("the call-back sample is 0 to 100 per cent",)


@pytest.mark.parametrize("result", [Satisfaction.NEUTRAL, Satisfaction.DISSATISFIED])
def test_below_satisfied_it_is_not_closed(result):
    case = Case().received(takes_on=False).settled(by=wang).called_back(result)

    refusals = case.refused(Close, by=qian)

    assert refusals[0] == Refusal("fast.not_satisfied")


@shows(Close, "fast.not_satisfied")
def test_a_neutral_answer_is_not_satisfied():
    case = Case().received(takes_on=False).settled(by=wang).called_back(Satisfaction.NEUTRAL)

    refusals = case.refused(Close, by=zhao)

    assert refusals == (Refusal("fast.not_satisfied"),)


def test_below_satisfied_it_goes_back_and_the_track_is_shut():
    case = Case().received().settled(by=wang).called_back(Satisfaction.DISSATISFIED, by=chen)

    case.reworked(ReworkReason.FORM_INCOMPLETE, by=zhao)

    refusals = case.refused(SettleAtOnce, by=wang)
    assert (case.state, case.complaint.track) == (State.INTAKE, Track.FULL)
    assert refusals == (Refusal("fast.shut", alarms=(), severity="general"),)


@shows(Close, "closer.settled_it")
def test_whoever_settled_it_does_not_close_it():
    case = Case().received(takes_on=False).settled(by=zhao).called_back()

    refusals = case.refused(Close, by=zhao)

    assert refusals == (Refusal("closer.settled_it"),)


def test_whoever_settled_it_does_not_close_it_after_the_track_was_shut_either():
    case = Case().received(takes_on=False).settled(by=zhao).completed_with(alarms=(Alarm.PRIVACY,)).called_back()

    refusals = case.refused(Close, by=zhao)

    assert refusals == (Refusal("closer.settled_it"),)


# R28: the standing rule's answer is enough at general severity only
def test_once_it_is_grave_the_standing_rule_is_no_answer():
    case = Case().received(takes_on=False).settled(by=wang).called_back().graded(Severity.ESCALATED)

    refusals = case.refused(Close, by=zhao)

    assert refusals == (Refusal("accountability.undecided", who=("manager",), severity="escalated"),)


def test_one_managers_decision_does_not_review_the_standing_rule():
    case = Case().received(takes_on=False).settled(by=wang).called_back().graded(Severity.MAJOR)

    case.answered_for(by=qian)

    assert case.complaint.accountability == Accountability(number=5, decided_by="qian", rank=qian.rank)
    assert case.refused(Close, by=qian) == (Refusal("accountability.undecided", who=("manager",), severity="major"),)


def test_a_promise_made_at_the_counter_is_still_owed():
    case = Case().received().promised(promise=promise("voucher")).settled(by=wang).called_back()

    refusals = case.refused(Close, by=zhao)

    assert refusals == (Refusal("promises.open", promises=("voucher",)),)


# the lifecycle knows one way of settling at once
@pytest.mark.parametrize("state", [State.EXPLANATION, State.INVESTIGATION, State.OFFER, State.REVIEW, State.CLOSED])
def test_later_than_judgment_nothing_is_settled_at_once(state):
    case = Case().to(state)

    refusals = case.illegal(SettleAtOnce, by=wang)

    assert [refusal.code for refusal in refusals] == [IllegalMoveError.code]
