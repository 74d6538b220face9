"""When something is due: by the days a house works, by its hours, and by clocks that jump."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from complaints.calendars import Calendar, HolidayYear
from complaints.errors import Fault, InvalidCommandError, NaiveTimeError
from complaints.locale import label
from complaints.model.span import Due, Skip, Span, Unit, windows

PUBLISHED = json.loads((Path(__file__).parent / "data" / "cn_holidays.json").read_text(encoding="utf-8"))
FILES = tuple(HolidayYear.parse(json.dumps(year)) for year in PUBLISHED)
FIRST, LAST = date(2018, 1, 1), date(2026, 12, 31)
SHANGHAI, BERLIN, NEW_YORK = (ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/Berlin", "America/New_York"))
CHINA, GERMANY, ALWAYS = Calendar.of("CN"), Calendar.of("DE"), Calendar.always()
UNPUBLISHED = (CHINA.last_known_year or 0) + 1
DAY = timedelta(days=1)
YEARS = (datetime.fromisoformat("2018-01-01T00:00"), datetime.fromisoformat("2025-12-31T23:59"))


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    """A moment by the clocks of *zone*."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def end_of(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.combine(date.fromisoformat(text), time(23, 59, 59), zone)


def days_of(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def skip(first: str, last: str, why: str) -> Skip:
    return Skip(first=date.fromisoformat(first), last=date.fromisoformat(last), why=why)


def faults(error: pytest.ExceptionInfo[InvalidCommandError]) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in error.value.faults]


moments = st.datetimes(*YEARS, timezones=st.just(SHANGHAI))
numbers = st.integers(1, 60)
house_days = st.frozensets(st.dates(FIRST, LAST), max_size=20)
calendars = st.builds(
    lambda closures, extra_days: Calendar.of("CN", closures=closures - extra_days, extra_days=extra_days),
    house_days,
    house_days,
)
units = st.sampled_from(list(Unit))
day_units = st.sampled_from([Unit.WORKING_DAYS, Unit.CALENDAR_DAYS, Unit.WEEKS])


# --- against what was published -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "working_days", "due"),
    [
        ("2026-02-13", 7, "2026-03-02"),
        ("2026-02-13", 10, "2026-03-05"),
        ("2026-04-30", 7, "2026-05-13"),
        ("2026-04-30", 10, "2026-05-18"),
        ("2026-09-24", 7, "2026-10-12"),
    ],
)
def test_known_answers(received, working_days, due):
    answer = CHINA.due(at(f"{received}T16:20"), Span(amount=working_days, unit=Unit.WORKING_DAYS), SHANGHAI)

    assert (answer.at, answer.provisional) == (end_of(due), False)


@pytest.mark.parametrize("calendar", [CHINA, Calendar.of("CN", years=FILES)], ids=["package", "files"])
def test_every_day_from_2018_to_2026_is_what_the_state_council_published(calendar):
    told = {day["date"]: day["isOffDay"] for year in PUBLISHED for day in year["days"]}
    works = {day: not told.get(day.isoformat(), day.weekday() >= 5) for day in days_of(FIRST, LAST)}

    assert {day: calendar.is_working_day(day) for day in works} == works


def test_every_published_day_off_is_a_holiday_with_a_name_in_both_languages():
    off = [date.fromisoformat(day["date"]) for year in PUBLISHED for day in year["days"] if day["isOffDay"]]
    names = [CHINA.name_of(day, language) for day in off for language in ("zh_CN", "en")]

    assert {CHINA.why_off(day) for day in off} == {"holiday"}
    assert None not in names


def test_a_year_is_read_from_a_file_with_the_days_it_has_in_the_year_before():
    year = next(one for one in FILES if one.year == 2019)

    assert (year.off_days[date(2018, 12, 31)], date(2018, 12, 29) in year.working_days) == ("元旦", True)


def test_what_was_skipped_is_told_in_rows_with_the_reason():
    answer = CHINA.due(at("2026-02-13T10:00"), Span.parse("7 working days"), SHANGHAI)

    assert answer == Due(
        at=end_of("2026-03-02"),
        skipped=(skip("2026-02-15", "2026-02-23", "holiday"), skip("2026-03-01", "2026-03-01", "weekend")),
    )


def test_a_holiday_has_its_name_in_both_languages_whether_from_a_file_or_not():
    from_file = Calendar.of("CN", years=FILES)
    day = date(2020, 10, 1)

    assert [CHINA.name_of(date(2026, 10, 1), language) for language in ("zh_CN", "en")] == ["国庆节", "National Day"]
    assert [from_file.name_of(day, language) for language in ("zh_CN", "en")] == [
        "国庆节、中秋节",
        "National Day, Mid-Autumn Festival",
    ]
    assert CHINA.name_of(date(2026, 10, 12), "en") is None


def test_days_moved_into_a_row_of_holidays_and_its_weekends_have_the_name_of_the_row():
    row = [date(2026, 2, day) for day in range(15, 24)]

    assert [CHINA.name_of(day, "zh_CN") for day in row] == ["春节", "农历除夕", *["春节"] * 7]


# --- days -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", [SHANGHAI, BERLIN, NEW_YORK], ids=str)
@pytest.mark.parametrize(
    ("span", "due"), [("3 days", "2026-10-04"), ("2 weeks", "2026-10-15"), ("1 day", "2026-10-02")]
)
def test_calendar_days_and_weeks_end_with_the_day_and_mind_no_holiday(zone, span, due):
    answer = CHINA.due(at("2026-10-01T00:00", zone), Span.parse(span), zone)

    assert answer == Due(at=end_of(due, zone))


def test_a_period_rolls_over_days_off_only_where_the_rule_says_so():
    three_days = Span.parse("3 days")
    rolled = CHINA.due(at("2026-10-01T10:00"), three_days, SHANGHAI, roll=True)

    assert rolled == Due(at=end_of("2026-10-08"), skipped=(skip("2026-10-04", "2026-10-07", "holiday"),))
    assert CHINA.due(at("2026-10-06T10:00"), three_days, SHANGHAI, roll=True) == Due(at=end_of("2026-10-09"))


def test_day_0_is_the_dealers_local_day():
    late = datetime(2026, 10, 12, 16, 30, tzinfo=UTC)  # 00:30 of the 13th in Shanghai
    one = Span.parse("1 working day")

    assert CHINA.due(late, one, SHANGHAI).at == end_of("2026-10-14")
    assert CHINA.due(late, one, BERLIN).at == end_of("2026-10-13", BERLIN)


@given(calendars, moments, numbers)
def test_between_start_and_due_lie_as_many_working_days_as_were_asked_for(calendar, start, number):
    answer = calendar.due(start, Span(amount=number, unit=Unit.WORKING_DAYS), SHANGHAI)
    passed = days_of(start.date() + DAY, answer.at.date())
    skipped = [day for one in answer.skipped for day in days_of(one.first, one.last)]

    assert sum(map(calendar.is_working_day, passed)) == number
    assert calendar.is_working_day(answer.at.date())
    assert skipped == [day for day in passed if not calendar.is_working_day(day)]
    assert calendar.working_days_left(start, answer.at, SHANGHAI) == number


@given(calendars, moments, numbers, numbers, day_units)
def test_one_period_after_another_is_due_with_both_together(calendar, start, one, other, unit):
    first = calendar.due(start, Span(amount=one, unit=unit), SHANGHAI)
    second = calendar.due(first.at, Span(amount=other, unit=unit), SHANGHAI)

    assert second.at == calendar.due(start, Span(amount=one + other, unit=unit), SHANGHAI).at


@given(calendars, moments, moments, numbers, units, st.booleans())
def test_who_starts_later_is_not_due_earlier(calendar, one, other, number, unit, roll):
    span = Span(amount=number, unit=unit)
    sooner, later = (calendar.due(start, span, SHANGHAI, roll=roll).at for start in sorted([one, other]))

    assert sooner <= later


@given(calendars, moments, numbers, numbers, units, st.booleans())
def test_who_gets_longer_is_not_due_earlier(calendar, start, one, other, unit, roll):
    shorter, longer = (
        calendar.due(start, Span(amount=number, unit=unit), SHANGHAI, roll=roll).at for number in sorted([one, other])
    )

    assert start < shorter <= longer


@given(calendars, moments, numbers)
def test_a_rolled_period_ends_on_the_first_working_day_from_its_end_on(calendar, start, number):
    span = Span(amount=number, unit=Unit.CALENDAR_DAYS)
    plain, rolled = (calendar.due(start, span, SHANGHAI, roll=roll).at.date() for roll in (False, True))

    assert [day for day in days_of(plain, rolled) if calendar.is_working_day(day)] == [rolled]


# --- the house's own days -------------------------------------------------------------------------------------------


def test_a_house_closes_on_days_of_its_own_and_opens_on_others():
    calendar = Calendar.of("CN", closures=[date(2026, 10, 13)], extra_days=[date(2026, 10, 11)])
    answer = calendar.due(at("2026-10-10T10:00"), Span.parse("3 working days"), SHANGHAI)

    assert answer == Due(at=end_of("2026-10-14"), skipped=(skip("2026-10-13", "2026-10-13", "closure"),))


def test_why_a_day_is_off():
    calendar = Calendar.of("CN", closures=[date(2026, 10, 1), date(2026, 10, 13), date(2026, 10, 17), date(2026, 5, 9)])
    days = [date(2026, 10, 1), date(2026, 10, 13), date(2026, 10, 17), date(2026, 5, 9), date(2026, 10, 10)]

    assert [calendar.why_off(day) for day in days] == ["holiday", "closure", "closure", "closure", None]


def test_a_house_that_works_on_saturdays_says_so():
    calendar = Calendar.of("CN", weekend=[6])

    assert [calendar.is_working_day(date(2026, 10, day)) for day in (16, 17, 18)] == [True, True, False]


def test_a_country_has_its_own_weekend():
    friday_to_sunday = [date(2026, 10, day) for day in (16, 17, 18)]

    assert [Calendar.of("SA").why_off(day) for day in friday_to_sunday] == ["weekend", "weekend", None]
    assert [Calendar.of("SA", weekend=[6]).why_off(day) for day in friday_to_sunday] == [None, None, "weekend"]


def test_without_a_calendar_every_day_is_a_working_day_round_the_clock():
    start = at("2026-02-16T23:30")
    answers = [ALWAYS.due(start, Span.parse(text), SHANGHAI) for text in ("2 working days", "2 business hours")]

    assert answers == [Due(at=end_of("2026-02-18")), Due(at=at("2026-02-17T01:30"))]
    assert (ALWAYS.stamp, ALWAYS.last_known_year, ALWAYS.knows(2500)) == ("always", None, True)
    assert (ALWAYS.missing, ALWAYS.advice(), ALWAYS.opening(start.date(), SHANGHAI)) == (
        None,
        None,
        at("2026-02-16T00:00"),
    )


# --- business hours -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "span", "due"),
    [
        ("2026-10-12T09:00", "3 business hours", "2026-10-12T12:00"),  # ends as the window closes
        ("2026-10-12T11:30", "1 business hour", "2026-10-12T14:30"),
        ("2026-10-12T12:30", "1 business hour", "2026-10-12T15:00"),
        ("2026-10-12T19:30", "1 business hour", "2026-10-13T09:30"),
        ("2026-10-16T20:00", "2 business hours", "2026-10-19T11:00"),
        ("2026-10-17T10:00", "9 business hours", "2026-10-19T20:00"),
        ("2026-10-09T19:00", "2 business hours", "2026-10-10T10:00"),  # a Saturday that is worked (调休)
    ],
)
def test_business_hours_run_in_the_windows_of_working_days(start, span, due):
    assert CHINA.due(at(start), Span.parse(span), SHANGHAI).at == at(due)


def test_days_off_between_business_hours_are_told():
    answer = CHINA.due(at("2026-09-30T19:00"), Span.parse("2 business hours"), SHANGHAI)

    assert answer == Due(at=at("2026-10-08T10:00"), skipped=(skip("2026-10-01", "2026-10-07", "holiday"),))


whole_hours = st.sampled_from(["09:00-12:00, 14:00-20:00", "00:00-24:00", "01:00-05:00", "00:00-02:00, 02:00-03:00"])
changes = st.sampled_from(
    [
        (BERLIN, "2026-03-29"),
        (BERLIN, "2026-10-25"),
        (NEW_YORK, "2026-03-08"),
        (NEW_YORK, "2026-11-01"),
    ]
)


@given(changes, st.integers(-3 * 24 * 60, 24 * 60), whole_hours, st.integers(1, 30))
def test_as_much_business_time_passes_as_was_asked_for_whatever_the_clocks_do(change, minutes, hours, number):
    zone, day = change
    calendar = Calendar.of("DE", hours=windows(hours), weekend=[])
    start = (datetime.fromisoformat(f"{day}T00:00Z") + timedelta(minutes=minutes)).astimezone(zone)

    due = calendar.due(start, Span(amount=number, unit=Unit.BUSINESS_HOURS), zone).at

    assert minutes_open(calendar, start, due) == 60 * number
    assert minutes_open(calendar, (due.astimezone(UTC) - timedelta(minutes=1)).astimezone(zone), due) == 1
    assert calendar.business_time(start, due, zone) == timedelta(hours=number)


def minutes_open(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Counted one by one, by what the clocks on the wall show."""
    zone, count = start.tzinfo, int((end.astimezone(UTC) - start.astimezone(UTC)) / timedelta(minutes=1))
    shown = [(start.astimezone(UTC) + timedelta(minutes=number)).astimezone(zone) for number in range(count)]
    return sum(
        calendar.is_working_day(one.date()) and any(window.holds(one.time()) for window in calendar.hours)
        for one in shown
    )


@given(calendars, moments, numbers, numbers)
def test_business_hours_after_business_hours_are_due_with_both_together(calendar, start, one, other):
    first = calendar.due(start, Span(amount=one, unit=Unit.BUSINESS_HOURS), SHANGHAI)
    second = calendar.due(first.at, Span(amount=other, unit=Unit.BUSINESS_HOURS), SHANGHAI)

    assert second.at == calendar.due(start, Span(amount=one + other, unit=Unit.BUSINESS_HOURS), SHANGHAI).at


def test_a_window_that_the_clocks_jump_into_opens_with_the_jump():
    calendar = Calendar.of("DE", hours=windows("02:30-04:00"), weekend=[])

    assert calendar.opening(date(2026, 3, 29), BERLIN) == at("2026-03-29T03:00", BERLIN)
    assert calendar.business_time(at("2026-03-29T00:00", BERLIN), at("2026-03-30T00:00", BERLIN), BERLIN) == timedelta(
        hours=1
    )


@given(st.permutations(["14:00-20:00", "09:00-12:00", "21:00-22:00"]))
def test_windows_stand_in_order_whatever_order_they_were_given_in(texts):
    given_so = tuple(windows(text)[0] for text in texts)

    assert Calendar.of("CN", hours=given_so).hours == windows("09:00-12:00, 14:00-20:00, 21:00-22:00")


def test_exact_hours_are_hours_on_a_stopwatch():
    spring = GERMANY.due(at("2026-03-28T12:00", BERLIN), Span.parse("24 hours"), BERLIN)
    autumn = GERMANY.due(at("2026-10-24T12:00", BERLIN), Span.parse("1440 minutes"), BERLIN)

    assert (spring, autumn) == (Due(at=at("2026-03-29T13:00", BERLIN)), Due(at=at("2026-10-25T11:00", BERLIN)))


def test_a_day_ends_with_its_last_second_also_where_the_clocks_go_back_over_midnight():
    beirut = ZoneInfo("Asia/Beirut")  # 2026-10-25: at 00:00 it is 23:00 of the 24th again
    due = ALWAYS.due(at("2026-10-23T10:00", beirut), Span.parse("1 day"), beirut).at

    assert due.astimezone(UTC) == datetime(2026, 10, 24, 21, 59, 59, tzinfo=UTC)
    assert (due + timedelta(seconds=1)).date() == date(2026, 10, 25)


# --- calls ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "may"),
    [
        ("2026-10-12T08:59", False),
        ("2026-10-12T09:00", True),
        ("2026-10-12T12:00", False),
        ("2026-10-12T19:59", True),
        ("2026-10-12T20:00", False),
        ("2026-10-17T10:00", True),  # a Saturday
        ("2026-10-01T10:00", False),  # National Day
        ("2026-02-21T10:00", False),  # the Saturday within the Spring Festival
    ],
)
def test_customers_are_called_in_contact_hours_and_on_no_public_holiday(moment, may):
    calendar = Calendar.of("CN", extra_days=[date(2026, 10, 1)])

    assert calendar.may_contact(at(moment), SHANGHAI) is may
    assert calendar.may_contact(at(moment).astimezone(UTC), SHANGHAI) is may


def test_the_first_window_opens_the_day():
    assert CHINA.opening(date(2026, 10, 12), SHANGHAI) == at("2026-10-12T09:00")


# --- pauses and what is left ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "due", "shifted"),
    [
        (Unit.HOURS, at("2026-10-20T10:00"), at("2026-10-26T11:00")),
        (Unit.BUSINESS_HOURS, at("2026-10-20T10:00"), at("2026-10-26T11:00")),
        (Unit.WORKING_DAYS, end_of("2026-10-20"), end_of("2026-10-26")),
        (Unit.CALENDAR_DAYS, end_of("2026-10-20"), end_of("2026-10-26")),
        (Unit.WEEKS, end_of("2026-10-20"), end_of("2026-10-26")),
    ],
)
def test_a_pause_is_given_back_in_the_unit_it_is_counted_in(unit, due, shifted):
    paused, resumed = at("2026-10-13T09:30"), at("2026-10-19T10:30")

    assert CHINA.shifted(due, paused, resumed, unit, SHANGHAI) == shifted


@given(calendars, moments, numbers, st.timedeltas(timedelta(), 30 * DAY), st.timedeltas(timedelta(), 30 * DAY))
def test_after_a_pause_the_whole_span_is_worked_all_the_same(calendar, start, number, until, length):
    paused, resumed = start + until, start + until + length
    days, hours = (Span(amount=number, unit=unit) for unit in (Unit.WORKING_DAYS, Unit.BUSINESS_HOURS))
    by_days, by_hours = (
        calendar.shifted(calendar.due(start, span, SHANGHAI).at, paused, resumed, span.unit, SHANGHAI)
        for span in (days, hours)
    )

    stood = [calendar.is_working_day(day) for day in days_of(paused.date() + DAY, resumed.date())]
    assert calendar.working_days_left(start, by_days, SHANGHAI) == number + sum(stood)
    assert calendar.business_time(start, by_hours, SHANGHAI) == timedelta(hours=number) + calendar.business_time(
        paused, resumed, SHANGHAI
    )


def test_a_pause_outside_business_hours_moves_nothing():
    due = at("2026-10-20T20:30")
    paused, resumed = at("2026-10-13T21:00"), at("2026-10-14T08:00")

    assert CHINA.shifted(due, paused, resumed, Unit.BUSINESS_HOURS, SHANGHAI) == due


def test_a_pause_cannot_end_before_it_began():
    with pytest.raises(InvalidCommandError) as error:
        CHINA.shifted(end_of("2026-10-20"), at("2026-10-13T10:00"), at("2026-10-13T09:00"), Unit.HOURS, SHANGHAI)

    assert faults(error) == [("resumed", "ends_before_start")]


@pytest.mark.parametrize(
    ("now", "left"),
    [
        ("2026-10-09T23:00", 2),  # Saturday the 10th is worked
        ("2026-10-10T08:00", 1),
        ("2026-10-11T08:00", 1),
        ("2026-10-12T00:00", 0),
        ("2026-10-12T23:59", 0),
        ("2026-10-13T00:00", -1),
        ("2026-10-17T12:00", -4),
    ],
)
def test_working_days_left(now, left):
    assert CHINA.working_days_left(at(now), end_of("2026-10-12"), SHANGHAI) == left


def test_what_was_due_on_friday_is_late_on_saturday():
    assert CHINA.working_days_left(at("2026-10-17T09:00"), end_of("2026-10-16"), SHANGHAI) == -1


# --- what nobody has published yet ----------------------------------------------------------------------------------


def test_beyond_the_last_published_year_a_due_date_is_provisional_until_the_year_is_known():
    start, span = at(f"{UNPUBLISHED - 1}-12-28T10:00"), Span.parse("7 working days")
    notice = HolidayYear(year=UNPUBLISHED, off_days={date(UNPUBLISHED, 1, day): "元旦" for day in (1, 2, 3, 4)})
    settled = Calendar.of("CN", years=[notice])

    assert (CHINA.knows(UNPUBLISHED), CHINA.due(start, span, SHANGHAI).provisional) == (False, True)
    assert (settled.knows(UNPUBLISHED), settled.due(start, span, SHANGHAI).provisional) == (True, False)
    assert (CHINA.stamp, settled.stamp) == (f"CN@{UNPUBLISHED - 1}", f"CN@{UNPUBLISHED}")


def test_only_what_depends_on_an_unpublished_day_is_provisional():
    start = at(f"{UNPUBLISHED}-03-01T10:00")
    told = {
        text: (
            CHINA.due(start, Span.parse(text), SHANGHAI).provisional,
            CHINA.due(start, Span.parse(text), SHANGHAI, roll=True).provisional,
        )
        for text in ("1 working day", "1 business hour", "1 day", "1 week", "1 hour", "1 minute")
    }

    assert told == {
        "1 working day": (True, True),
        "1 business hour": (True, True),
        "1 day": (False, True),
        "1 week": (False, True),
        "1 hour": (False, False),
        "1 minute": (False, False),
    }


def test_a_year_from_a_file_wins_over_the_package():
    notice = HolidayYear(year=2026, off_days={date(2026, 10, 14): "店庆"}, working_days=[date(2026, 10, 17)])
    calendar = Calendar.of("CN", years=[notice])

    assert [calendar.why_off(date(2026, 10, day)) for day in (1, 14, 17)] == [None, "holiday", None]
    assert calendar.name_of(date(2026, 10, 14), "en") == "店庆"


def test_of_two_files_the_later_year_has_the_last_word_on_the_turn_of_the_year():
    new_years_eve = date(2025, 12, 31)
    years = [
        HolidayYear(year=2026, off_days={new_years_eve: "元旦"}),
        HolidayYear(year=2025, off_days={}, working_days=[new_years_eve]),
    ]

    assert Calendar.of("CN", years=years).why_off(new_years_eve) == "holiday"
    assert Calendar.of("CN", years=years[1:]).why_off(new_years_eve) is None


def test_holidays_that_the_law_tells_are_never_provisional_and_estimated_ones_are():
    singapore = Calendar.of("SG")

    assert (GERMANY.stamp, GERMANY.last_known_year, GERMANY.knows(2060)) == ("DE", None, True)
    assert (singapore.last_known_year, singapore.knows(2010), singapore.knows(2060)) == (None, True, False)
    assert [Calendar.of(code).is_working_day(date(2026, 6, 4)) for code in ("DE", "DE-BY")] == [True, False]


def test_a_country_without_known_holidays_goes_by_weekends_and_says_so():
    nowhere = Calendar.of("XX")
    answer = nowhere.due(at("2026-09-30T10:00"), Span.parse("3 working days"), SHANGHAI)

    assert answer == Due(
        at=end_of("2026-10-05"), skipped=(skip("2026-10-03", "2026-10-04", "weekend"),), provisional=True
    )
    assert (nowhere.missing, nowhere.last_known_year, nowhere.stamp) == ("country", 0, "XX@0")
    assert nowhere.advice() == (
        "The holidays of this country are not known, so only weekends are."
        " Please load a file with each year's, or choose another calendar."
    )


WITHOUT_THE_PACKAGE = """
import sys
sys.modules["holidays"] = None
from datetime import date
from complaints.calendars import Calendar, HolidayYear
plain = Calendar.of("CN")
loaded = Calendar.of("CN", years=[HolidayYear(year=2026, off_days={date(2026, 10, 1): "国庆节"})])
print(plain.missing, plain.stamp, plain.knows(2026), plain.why_off(date(2026, 10, 1)), plain.why_off(date(2026, 10, 3)))
print(loaded.stamp, loaded.knows(2026), loaded.why_off(date(2026, 10, 1)))
print(plain.advice("en"))
"""


def test_without_the_package_a_calendar_still_answers_and_says_what_to_install():
    done = subprocess.run([sys.executable, "-c", WITHOUT_THE_PACKAGE], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == [
        "package CN@0 False None weekend",
        "CN@2026 True holiday",
        label("calendar", "package", "en"),
    ]


# --- bad input ------------------------------------------------------------------------------------------------------


def test_a_calendar_tells_all_its_faults_at_once():
    day = date(2026, 10, 13)
    with pytest.raises(InvalidCommandError) as error:
        Calendar.of(
            "??",
            hours=(),
            contact_hours=(*windows("09:00-12:00"), *windows("11:00-13:00")),
            closures=[day],
            extra_days=[day],
            years=[FILES[0], FILES[0]],
            weekend=range(7),
        )

    assert error.value.what == "Calendar"
    assert error.value.faults == (
        Fault("code", "calendar_code"),
        Fault("hours", "missing"),
        Fault("contact_hours", "windows_overlap"),
        Fault("extra_days", "off_and_on", day="2026-10-13"),
        Fault("years", "doubled"),
        Fault("weekend", "weekend"),
    )


@pytest.mark.parametrize("code", ["", "C", "China", "中国", "CN-", "C N", None])
def test_what_can_be_no_countrys_code_is_refused(code):
    with pytest.raises(InvalidCommandError) as error:
        Calendar.of(code)

    assert faults(error) == [("code", "calendar_code")]


def test_a_code_may_be_typed_in_small_letters():
    assert Calendar.of(" cn ") == CHINA


@pytest.mark.parametrize(
    "house",
    [{"closures": ["2026-10-13"]}, {"extra_days": [datetime(2026, 10, 13, tzinfo=UTC)]}, {"hours": ["09:00-12:00"]},
     {"years": [2026]}, {"weekend": [7]}],
    ids=lambda house: next(iter(house)),
)  # fmt: skip
def test_what_a_house_says_of_its_own_must_be_of_the_right_kind(house):
    with pytest.raises(InvalidCommandError) as error:
        Calendar.of("CN", **house)

    assert [field for field, _ in faults(error)] == list(house)


def test_a_file_tells_all_its_faults_at_once():
    text = json.dumps(
        {
            "year": "2026",
            "days": [
                {"name": "元旦", "date": "2026-01-01", "isOffDay": True},
                {"name": " ", "date": "2026-02-30", "isOffDay": "yes"},
                {"date": 20260103},
                "2026-01-04",
            ],
        }
    )
    with pytest.raises(InvalidCommandError) as error:
        HolidayYear.parse(text)

    assert faults(error) == [
        ("year", "type"),
        ("days[1].name", "empty"),
        ("days[1].date", "not_a_date"),
        ("days[1].isOffDay", "type"),
        ("days[2].name", "missing"),
        ("days[2].date", "type"),
        ("days[2].isOffDay", "missing"),
        ("days[3].day", "type"),
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", [("file", "not_json")]),
        ("[" * 100_000, [("file", "not_json")]),
        ("[]", [("file", "type")]),
        ("{}", [("year", "missing"), ("days", "missing")]),
        ('{"year": 26, "days": []}', [("year", "year")]),
        (json.dumps({"year": 2026, "days": [{}] * 401}), [("days", "too_many")]),
        (
            '{"year": 2026, "days": [{"name": "元旦", "date": "2024-01-01", "isOffDay": true}]}',
            [("off_days", "far_from_year")],
        ),
        (
            json.dumps(
                {
                    "year": 2026,
                    "days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": is_off} for is_off in (True, False)],
                }
            ),
            [("working_days", "off_and_on")],
        ),
    ],
    ids=["nothing", "endless", "list", "empty", "year", "many", "far", "both"],
)
def test_a_file_that_is_none_is_refused(text, told):
    with pytest.raises(InvalidCommandError) as error:
        HolidayYear.parse(text)

    assert (error.value.what, faults(error)[: len(told)]) == ("HolidayYear", told)


@pytest.mark.parametrize("unit", list(Unit))
@pytest.mark.parametrize("start", ["0001-01-01T00:00", "1979-12-31T00:00", "9990-12-31T00:00", "9999-12-31T23:59"])
def test_what_leads_beyond_the_calendar_is_told_and_does_not_crash(unit, start):
    with pytest.raises(InvalidCommandError) as error:
        CHINA.due(at(start, NEW_YORK), Span(amount=60, unit=unit), NEW_YORK)

    assert [code for _, code in faults(error)] == ["beyond_reach"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda naive, aware: CHINA.due(naive, Span.parse("1 day"), SHANGHAI),
        lambda naive, aware: CHINA.shifted(naive, aware, aware, Unit.HOURS, SHANGHAI),
        lambda naive, aware: CHINA.shifted(aware, naive, aware, Unit.HOURS, SHANGHAI),
        lambda naive, aware: CHINA.working_days_left(aware, naive, SHANGHAI),
        lambda naive, aware: CHINA.business_time(aware, naive, SHANGHAI),
        lambda naive, aware: CHINA.may_contact(naive, SHANGHAI),
    ],
    ids=["due", "shifted", "paused", "left", "business_time", "may_contact"],
)
def test_a_time_without_a_zone_is_refused(ask):
    with pytest.raises(NaiveTimeError):
        ask(datetime.fromisoformat("2026-10-12T10:00"), at("2026-10-12T10:00"))


@example(datetime(2026, 10, 12, 10, tzinfo=UTC))
@given(st.datetimes(*YEARS, timezones=st.sampled_from([UTC, BERLIN, SHANGHAI])))
def test_the_answer_is_in_the_dealers_zone_whatever_zone_was_asked_in(start):
    answers = [CHINA.due(start, Span(amount=2, unit=unit), SHANGHAI) for unit in Unit]

    assert [answer.at.utcoffset() for answer in answers] == [
        answer.at.astimezone(SHANGHAI).utcoffset() for answer in answers
    ]
    assert answers == [CHINA.due(start.astimezone(UTC), Span(amount=2, unit=unit), SHANGHAI) for unit in Unit]
