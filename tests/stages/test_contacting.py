"""When, and by which channels, the house reaches out for a customer (R39–R41)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints import Channel, Customer, Refusal, State
from complaints.calendars import Calendar, HolidayYear
from complaints.errors import InvalidCommandError
from complaints.model.span import windows
from complaints.model.words import DIRECT, CorrectableFact, Direction, Purpose, Satisfaction
from complaints.stages.anytime import LimitContact, RecordContact
from complaints.stages.correction import Correct
from complaints.stages.intake import CompleteRegistration
from complaints.stages.review import RecordFollowUp
from tests.stages.cases import MONDAY, SHANGHAI, Case, chen, li, qian, shows

NIGHT = MONDAY.replace(hour=22)
NOON = MONDAY.replace(hour=12, minute=30)
# a holiday on Wednesday, 4 March
HOUSE = Calendar(
    code="",
    hours=windows("09:00-12:00, 14:00-20:00"),
    contact_hours=windows("09:00-12:00, 14:00-20:00"),
    years=(HolidayYear(year=2026, off_days={date(2026, 3, 4): "spring feast"}),),
)
EVENINGS = Customer(name="王芳", phone="13800000001", contact_hours="18:00-22:30")
ONLY_WECHAT = tuple(channel for channel in DIRECT if channel is not Channel.WECHAT)


def at(case: Case, moment: datetime) -> Case:
    case.clock.set(moment)
    return case


def untimely(moment: datetime, *hours: str) -> tuple[Refusal, ...]:
    return (Refusal("contact.untimely", who=("manager",), at=moment.isoformat(), hours=hours),)


def received(*, calendar: Calendar | None = HOUSE, **customer: Any) -> Case:
    told = {"name": "王芳", "phone": "13800000001", **customer}
    return Case(calendar=calendar).received(complainant=Customer(**told))


# --- hours -----------------------------------------------------------------------------------------------------------


@shows(RecordContact, "contact.untimely")
def test_nobody_is_called_outside_the_houses_hours():
    case = at(received(), NIGHT)

    refusals = case.refused(RecordContact, by=li)

    assert refusals == untimely(NIGHT, "09:00-12:00", "14:00-20:00")


@shows(RecordFollowUp, "contact.untimely")
def test_nor_called_back():
    case = at(Case(calendar=HOUSE).to(State.FOLLOW_UP), NOON)

    refusals = case.refused(RecordFollowUp, by=chen)

    assert refusals == untimely(NOON, "09:00-12:00", "14:00-20:00")


@pytest.mark.parametrize(
    ("moment", "is_fine"),
    [
        (datetime(2026, 3, 2, 11, 59, 59, tzinfo=SHANGHAI), True),
        (datetime(2026, 3, 2, 12, 0, tzinfo=SHANGHAI), False),
        (datetime(2026, 3, 2, 13, 59, tzinfo=SHANGHAI), False),
        (datetime(2026, 3, 2, 14, 0, tzinfo=SHANGHAI), True),
        (datetime(2026, 3, 2, 20, 0, tzinfo=SHANGHAI), False),
        (datetime(2026, 3, 4, 10, 0, tzinfo=SHANGHAI), False),  # the holiday
        (datetime(2026, 3, 7, 10, 0, tzinfo=SHANGHAI), True),  # a Saturday
        (datetime(2026, 3, 3, 2, 0, tzinfo=UTC), True),  # ten o'clock where the customer is
        (datetime(2026, 3, 3, 10, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 3, 13, 0, tzinfo=UTC), False),
    ],
)
def test_the_hours_are_the_dealers_and_a_public_holiday_has_none(moment, is_fine):
    case = at(received(), moment)

    refusals = case.desk.explain(case.form(RecordContact), by=li)

    assert [refusal.code for refusal in refusals] == ([] if is_fine else ["contact.untimely"])


def test_a_dealer_without_a_calendar_is_open_round_the_clock():
    case = at(received(calendar=None), NIGHT)

    case.spoken()

    assert case.complaint.contacts == 1


# R40: his own hours, not the house's
@pytest.mark.parametrize("calendar", [None, HOUSE])
@pytest.mark.parametrize(
    ("moment", "is_fine"), [(NIGHT, True), (NOON, False), (NIGHT + timedelta(days=2), True), (MONDAY, False)]
)
def test_whoever_has_told_his_hours_is_called_then_and_only_then(calendar, moment, is_fine):
    case = at(received(calendar=calendar, contact_hours="18:00-22:30"), moment)

    refusals = case.desk.explain(case.form(RecordContact), by=li)

    assert refusals == (() if is_fine else untimely(moment, "18:00-22:30"))


@pytest.mark.parametrize("channel", [*Channel])
def test_at_night_only_what_does_not_ring(channel):
    case = at(received(), NIGHT)

    refusals = case.desk.explain(case.form(RecordContact, channel=channel), by=li)

    rings = channel in {
        *(Channel.PHONE, Channel.HOTLINE, Channel.APPOINTMENT_CALL, Channel.FOLLOWUP_CALL),
        *(Channel.SMS, Channel.WECHAT, Channel.WECHAT_GROUP, Channel.APP),
    }
    assert [refusal.code for refusal in refusals] == (["contact.untimely"] if rings else [])


def test_the_customer_calls_whenever_he_likes():
    case = at(received(), NIGHT)

    case.spoken(direction=Direction.INCOMING)

    assert case.complaint.contacts == 1


def test_a_call_within_the_hours_may_be_entered_in_the_evening():
    case = at(received(), NIGHT)

    case.spoken(at=MONDAY.replace(hour=11))

    assert case.complaint.contacts == 1


def test_his_own_message_and_what_was_tried_in_vain_are_written_down_at_any_hour():
    written = at(Case(calendar=HOUSE).to(State.FOLLOW_UP), NIGHT)
    tried = Case(calendar=HOUSE).to(State.FOLLOW_UP).tried().tried(Channel.SMS).later(days=1).tried()

    written.called_back(by=li, channel=Channel.WECHAT, message="wechat-12")
    at(tried, NIGHT + timedelta(days=1)).called_back(Satisfaction.UNREACHABLE)

    assert (written.state, tried.state) == (State.REVIEW, State.REVIEW)


def test_a_manager_may_permit_a_call_at_night():
    case = at(received(), NIGHT).permitted("RecordContact", "contact.untimely")

    case.spoken()

    assert case.events[-1].set_aside == ("contact.untimely",)


# --- appointments ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "is_fine"), [(-31, False), (-30, True), (0, True), (30, True), (31, False)])
def test_what_the_customer_agreed_to_is_no_disturbance(minutes, is_fine):
    case = received().spoken(appointment=NIGHT)
    moment = NIGHT + timedelta(minutes=minutes)
    at(case, moment)

    refusals = case.desk.explain(case.form(RecordContact), by=li)

    assert refusals == (() if is_fine else untimely(moment, "09:00-12:00", "14:00-20:00"))


def test_the_last_appointment_is_the_one_that_counts():
    case = received().spoken(appointment=NIGHT).spoken(by=chen, appointment=NIGHT + timedelta(days=1))
    at(case, NIGHT)

    refusals = case.refused(RecordContact, by=li)

    assert refusals == untimely(NIGHT, "09:00-12:00", "14:00-20:00")
    assert case.complaint.beside.appointment == NIGHT + timedelta(days=1)


def test_whoever_was_not_reached_has_agreed_to_nothing():
    case = received().spoken(reached=False, appointment=NIGHT)

    assert case.complaint.beside.appointment is None


# --- channels --------------------------------------------------------------------------------------------------------


@shows(RecordContact, "contact.opted_out")
def test_nobody_is_written_to_where_he_does_not_want_to():
    case = received(do_not_contact=(Channel.SMS,))

    refusals = case.refused(RecordContact, by=li, channel=Channel.SMS)

    assert refusals == (Refusal("contact.opted_out", channel="sms"),)


# one telephone rings, whatever the call is named
@shows(RecordFollowUp, "contact.opted_out")
def test_who_wants_no_calls_is_not_called_back():
    case = Case().received(complainant=Customer(name="王芳", wechat="wf", do_not_contact=(Channel.PHONE,)))
    case.begun().explained().understood()

    refusals = case.refused(RecordFollowUp, by=chen, channel=Channel.FOLLOWUP_CALL)

    assert refusals == (Refusal("contact.opted_out", channel="followup_call"),)
    assert case.called_back(channel=Channel.WECHAT).state is State.REVIEW


def test_an_appointment_opens_no_channel_that_is_not_wanted():
    case = received(do_not_contact=(Channel.PHONE,)).spoken(channel=Channel.WECHAT, appointment=MONDAY)

    refusals = case.refused(RecordContact, by=li)

    assert refusals == (Refusal("contact.opted_out", channel="phone"),)


def test_he_may_still_call_himself():
    case = received(do_not_contact=(Channel.PHONE,))

    case.spoken(direction=Direction.INCOMING)

    assert case.complaint.contacts == 1


@pytest.mark.parametrize(
    ("unwanted", "open_ones"),
    [
        (ONLY_WECHAT, {Channel.WECHAT}),
        # whoever wants nothing is still owed his answer, quietly
        (tuple(DIRECT), {Channel.SHOWROOM, Channel.WORKSHOP, Channel.EMAIL, Channel.LETTER}),
    ],
)
def test_some_way_is_always_open(unwanted, open_ones):
    case = received(do_not_contact=unwanted)

    answers = {channel: case.desk.explain(case.form(RecordContact, channel=channel), by=li) for channel in DIRECT}

    assert {channel for channel, refusals in answers.items() if not refusals} == open_ones


# three attempts, two channels, two days – but nobody is tried where he does not want to be
def test_who_wants_only_wechat_is_tried_by_wechat_alone():
    case = Case().received(complainant=Customer(name="王芳", wechat="wf", do_not_contact=ONLY_WECHAT))
    case.begun().explained().understood()

    case.tried(Channel.WECHAT).tried(Channel.WECHAT).later(days=1).tried(Channel.WECHAT)

    assert case.called_back(Satisfaction.UNREACHABLE).state is State.REVIEW


# --- LimitContact ----------------------------------------------------------------------------------------------------


@shows(RecordContact, "contact.limited")
def test_after_a_limit_the_house_keeps_to_the_channel_it_left_open():
    case = received().does(LimitContact, by=qian, review_on=date(2026, 3, 16))

    refusals = case.refused(RecordContact, by=li)

    assert refusals == (Refusal("contact.limited", channel="email", until="2026-03-16"),)
    assert case.spoken(channel=Channel.EMAIL).complaint.contacts == 1


@shows(RecordFollowUp, "contact.limited")
def test_the_call_back_does_so_too():
    case = Case().to(State.FOLLOW_UP).does(LimitContact, by=qian, review_on=date(2026, 3, 16))

    refusals = case.refused(RecordFollowUp, by=chen)

    assert refusals == (Refusal("contact.limited", channel="email", until="2026-03-16"),)
    assert case.called_back(channel=Channel.EMAIL).state is State.REVIEW


def test_a_limit_ends_with_the_day_of_its_review():
    case = received(calendar=None).does(LimitContact, by=qian, review_on=date(2026, 3, 16))
    last = at(case, datetime(2026, 3, 16, 23, 59, tzinfo=SHANGHAI)).desk.explain(case.form(RecordContact), by=li)

    case.later(minutes=1).spoken()

    assert ([refusal.code for refusal in last], case.complaint.contacts) == (["contact.limited"], 1)


def test_the_channel_that_was_left_is_used_even_if_it_is_not_wanted():
    case = received(do_not_contact=(Channel.EMAIL, Channel.SMS)).does(LimitContact, by=qian)

    case.spoken(channel=Channel.EMAIL)

    assert case.refused(RecordContact, by=li, channel=Channel.SMS)[0].code == "contact.opted_out"


def test_where_the_telephone_was_left_every_call_is_one():
    case = received().does(LimitContact, by=qian, channel=Channel.PHONE)

    case.spoken(channel=Channel.HOTLINE)

    assert case.complaint.contacts == 1


def test_an_authority_is_answered_whatever_was_limited():
    case = received().does(LimitContact, by=qian)

    case.spoken(channel=Channel.PLATFORM_12315)

    assert case.complaint.contacts == 1


def test_a_customer_who_may_only_be_written_to_is_tried_by_writing():
    case = Case().to(State.OFFER).does(LimitContact, by=qian, review_on=date(2026, 3, 16))
    for _ in range(3):
        case.tried(Channel.EMAIL, by=li, purpose=Purpose.OFFER).later(days=1)

    case.ended()

    assert case.state is State.FOLLOW_UP


# --- the form --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "fault"),
    [
        ("after work", "window"),
        ("20:00-18:00", "ends_before_start"),
        ("09:00-12:00, 11:00-13:00", "windows_overlap"),
        ("09:00-24:30", "window"),
    ],
)
def test_hours_that_are_none_are_no_hours(hours, fault):
    with pytest.raises(InvalidCommandError) as stopped:
        Customer(name="王芳", contact_hours=hours)

    assert [one.code for one in stopped.value.faults] == [fault]


def test_both_are_completed_later_and_corrected():
    case = received(do_not_contact=(Channel.SMS,))

    case.does(CompleteRegistration, by=li, complainant=EVENINGS, wish=None)
    case.completed_with(complainant=Customer(name="王芳", do_not_contact=(Channel.APP, Channel.SMS)))
    told = case.complaint.registration.complainant
    case.corrected(**_fix(CorrectableFact.CONTACT_HOURS, "18:00-22:30", "18:00-21:00"))
    case.corrected(**_fix(CorrectableFact.DO_NOT_CONTACT, "sms", None))
    case.corrected(**_fix(CorrectableFact.DO_NOT_CONTACT, "app", "letter"))

    right = case.complaint.registration.complainant
    assert (told.contact_hours, told.do_not_contact) == ("18:00-22:30", (Channel.SMS, Channel.APP))
    assert (right.contact_hours, right.do_not_contact) == ("18:00-21:00", (Channel.LETTER,))


def _fix(fact: CorrectableFact, old: str, new: str | None) -> dict[str, Any]:
    return {"fact": fact, "old": None, "new": None, "old_code": old, "new_code": new}


@pytest.mark.parametrize(
    ("fact", "old", "new", "fault"),
    [
        (CorrectableFact.CONTACT_HOURS, "18:00-22:30", "in the evening", "window"),
        (CorrectableFact.DO_NOT_CONTACT, "sms", "pigeon", "choice"),
    ],
)
def test_what_cannot_be_is_no_correction(fact, old, new, fault):
    case = received()

    with pytest.raises(InvalidCommandError) as stopped:
        case.form(Correct, **_fix(fact, old, new))

    assert [one.code for one in stopped.value.faults] == [fault]


def test_a_channel_that_nobody_refused_is_not_taken_back():
    case = received(do_not_contact=(Channel.SMS,))

    refusals = case.refused(Correct, by=li, **_fix(CorrectableFact.DO_NOT_CONTACT, "app", None))

    assert refusals == (Refusal("correct.old", fact="do_not_contact"),)


# --- whatever the hours ----------------------------------------------------------------------------------------------


@given(st.integers(0, 7 * 24 * 60), st.sampled_from([*Channel]), st.booleans())
def test_letters_and_incoming_calls_never_wait(minutes, channel, is_incoming):
    case = at(received(contact_hours="18:00-22:30"), MONDAY + timedelta(minutes=minutes))
    direction = Direction.INCOMING if is_incoming else Direction.OUTGOING

    refusals = case.desk.explain(case.form(RecordContact, channel=channel, direction=direction), by=li)

    if is_incoming or channel in (Channel.LETTER, Channel.EMAIL):
        assert refusals == ()
