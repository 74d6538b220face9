"""Who else has the complaint: authorities, courts, lawyers, the manufacturer, the media (R5, R66)."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from complaints import Refusal, Severity, State
from complaints.model.beside import ExternalCase
from complaints.model.words import Alarm, CaseKind, CaseStatus, Track
from complaints.stages.outside import OpenExternalCase, UpdateExternalCase
from complaints.stages.review import Close
from tests.stages.cases import MONDAY, SHANGHAI, Case, li, qian, shows, sun, yang, zhao

# --- OpenExternalCase ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.INTAKE, State.EXPLANATION, State.EXECUTION, State.CLOSED])
def test_a_case_is_opened_wherever_the_complaint_is_and_leaves_it_there(state):
    case = Case().to(state)

    case.opened("court-1", kind=CaseKind.COURT, due=date(2026, 4, 1))

    (opened,) = case.complaint.beside.cases
    assert case.state is state
    assert opened == ExternalCase(
        id="court-1", kind=CaseKind.COURT, opened_at=case.clock(), number=opened.number, due=date(2026, 4, 1)
    )


@pytest.mark.parametrize(
    ("kind", "alarms", "severity", "track"),
    [
        (CaseKind.PLATFORM_12315, (Alarm.AUTHORITY,), Severity.ESCALATED, Track.FULL),
        (CaseKind.PLATFORM_12345, (Alarm.AUTHORITY,), Severity.ESCALATED, Track.FULL),
        (CaseKind.CONSUMER_ASSOCIATION, (Alarm.AUTHORITY,), Severity.ESCALATED, Track.FULL),
        (CaseKind.COURT, (Alarm.LAWYER,), Severity.ESCALATED, Track.FULL),
        (CaseKind.LAWYER, (Alarm.LAWYER,), Severity.ESCALATED, Track.FULL),
        (CaseKind.OEM, (), Severity.GENERAL, Track.OPEN),
    ],
)
def test_its_alarm_rings_raises_the_severity_and_shuts_the_fast_track(kind, alarms, severity, track):
    case = Case().received()

    case.opened(kind=kind)

    complaint = case.complaint
    assert (complaint.registration.alarms, complaint.severity, complaint.track) == (alarms, severity, track)


# R5: media exposure raises the severity by itself
def test_the_media_make_it_major_in_the_same_step():
    case = Case().received()

    case.opened("tv", kind=CaseKind.MEDIA, by=yang)

    opened, raised = case.events[-2:]
    assert (case.severity, case.complaint.floor) == (Severity.MAJOR, Severity.MAJOR)
    assert (raised.name, raised.caused_by, raised.command.floor) == ("SetSeverity", opened.number, "media")


def test_an_alarm_rings_once():
    case = Case().received().opened("12315-7")

    case.opened("12345-8", kind=CaseKind.PLATFORM_12345)

    assert case.complaint.registration.alarms == (Alarm.AUTHORITY,)


def test_what_comes_after_closing_raises_the_severity_when_it_is_open_again():
    case = Case().to(State.CLOSED).opened(kind=CaseKind.LAWYER)
    while_closed = case.severity

    case.reopened()

    assert (while_closed, case.severity) == (Severity.GENERAL, Severity.ESCALATED)


@shows(OpenExternalCase, "case.doubled")
def test_cases_are_told_apart_by_their_names_for_life():
    case = Case().received().opened("12315-7").updated("12315-7", CaseStatus.CLOSED)

    refusals = case.refused(OpenExternalCase, by=qian, id="12315-7")

    assert refusals == (Refusal("case.doubled", case="12315-7"),)


# R5: the marketing director is the only spokesperson towards the media
@shows(OpenExternalCase, "case.role")
def test_only_the_spokesperson_has_to_do_with_the_media():
    case = Case().received()

    refusals = case.refused(OpenExternalCase, by=sun, id="tv", kind=CaseKind.MEDIA)

    assert refusals == (Refusal("case.role", who=("spokesperson",), case_kind="media"),)


def test_the_spokesperson_has_to_do_with_nobody_else():
    case = Case().received()

    refusals = case.refused(OpenExternalCase, by=yang, kind=CaseKind.COURT)

    assert refusals == (Refusal("case.role", who=("manager",), case_kind="court"),)


def test_an_archived_complaint_has_no_new_case():
    case = Case().to(State.ARCHIVED)

    refusals = case.illegal(OpenExternalCase, by=qian)

    assert refusals == (Refusal("move.illegal", command="OpenExternalCase", state="archived", commands=()),)


# --- UpdateExternalCase ----------------------------------------------------------------------------------------------


def test_a_case_is_kept_up_to_date_with_a_date_that_stays_until_there_is_another():
    case = Case().received().opened(due=date(2026, 3, 9)).updated(status=CaseStatus.ANSWERED)

    case.does(UpdateExternalCase, by=qian, status=CaseStatus.ANSWERED, due=date(2026, 3, 16))

    dates = [getattr(event.command, "due", None) for event in case.events if "ExternalCase" in event.name]
    assert case.complaint.beside.cases == (
        ExternalCase(
            id="12315-7",
            kind=CaseKind.PLATFORM_12315,
            opened_at=MONDAY,
            number=2,
            status=CaseStatus.ANSWERED,
            due=date(2026, 3, 16),
        ),
    )
    assert dates == [date(2026, 3, 9), None, date(2026, 3, 16)]


@shows(UpdateExternalCase, "cases.none_open")
def test_without_a_case_there_is_no_news_of_it():
    case = Case().received()

    refusals = case.refused(UpdateExternalCase, by=qian)

    assert refusals == (Refusal("cases.none_open"), Refusal("case.not_open", cases=()))


@shows(UpdateExternalCase, "case.not_open")
def test_what_is_over_outside_is_over():
    case = Case().received().opened("12315-7").updated("12315-7").opened("court-1", kind=CaseKind.COURT)

    refusals = case.refused(UpdateExternalCase, by=qian, case="12315-7", status=CaseStatus.OPEN)

    assert refusals == (Refusal("case.not_open", cases=("court-1",)),)


@shows(UpdateExternalCase, "case.role")
def test_news_of_the_media_are_the_spokespersons():
    case = Case().received().opened("tv", kind=CaseKind.MEDIA, by=yang)

    refusals = case.refused(UpdateExternalCase, by=qian, case="tv")

    assert refusals == (Refusal("case.role", who=("spokesperson",), case_kind="media"),)


@shows(UpdateExternalCase, "case.answered")
def test_what_was_answered_is_not_unanswered():
    case = Case().received().opened().updated(status=CaseStatus.ANSWERED)

    refusals = case.refused(UpdateExternalCase, by=qian, status=CaseStatus.OPEN)

    assert refusals == (Refusal("case.answered", case="12315-7"),)


def test_an_open_case_may_have_another_date_and_stay_open():
    case = Case().received().opened()

    case.does(UpdateExternalCase, by=qian, status=CaseStatus.OPEN, due=date(2026, 3, 20))

    assert [(one.status, one.due) for one in case.complaint.beside.cases] == [(CaseStatus.OPEN, date(2026, 3, 20))]


# --- MOVES 21: Close -------------------------------------------------------------------------------------------------


@shows(Close, "cases.open")
def test_nothing_is_closed_while_an_authority_has_it():
    case = Case().to(State.REVIEW).every_promise_kept().answered_for(qian).answered_for(sun)
    case.opened("12315-7").updated(status=CaseStatus.ANSWERED)

    refusals = case.refused(Close, by=zhao)

    assert refusals == (Refusal("cases.open", who=("manager",), cases=("12315-7",)),)


@pytest.mark.parametrize("status", [CaseStatus.SETTLED, CaseStatus.CLOSED])
def test_it_is_closed_once_they_are_done_with_it(status):
    case = Case().to(State.REVIEW).answered_for(qian).opened().updated(status=status)

    case.closed()

    assert case.state is State.CLOSED


def test_neither_the_manufacturer_nor_the_media_keep_it_from_being_closed():
    case = Case().to(State.REVIEW).answered_for(qian).answered_for(sun)
    case.opened("oem-1", kind=CaseKind.OEM).opened("tv", kind=CaseKind.MEDIA, by=yang)

    case.closed(by=qian)

    assert (case.state, len(case.complaint.beside.cases)) == (State.CLOSED, 2)


def test_its_own_clock_touches_none_of_the_houses():
    case = Case().to(State.OFFER)
    before = case.complaint.deadlines

    case.later(days=1).opened(due=date(2026, 3, 4)).updated().spoken(by=li)

    own = case.complaint.deadlines["outside_answer:12315-7"]
    assert own.due == datetime(2026, 3, 4, 23, 59, 59, tzinfo=SHANGHAI)
    assert {name: one for name, one in case.complaint.deadlines.items() if name != own.clock} == before


def test_of_two_cases_only_the_one_that_is_named_goes_on():
    case = Case().received().opened("12315-7").opened("court-1", kind=CaseKind.COURT)

    case.updated("12315-7", CaseStatus.SETTLED)

    assert [(one.id, one.status) for one in case.complaint.beside.cases] == [
        ("12315-7", CaseStatus.SETTLED),
        ("court-1", CaseStatus.OPEN),
    ]


def test_once_closed_as_well_the_fast_track_is_shut_by_what_comes():
    case = Case().received().settled().called_back().closed()

    case.opened("letter", kind=CaseKind.LAWYER)

    assert (case.complaint.severity, case.complaint.track) == (Severity.GENERAL, Track.FULL)
