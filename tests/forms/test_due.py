"""Due dates in words: what is due today, what is late, how many working days are left, and why."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints import Channel
from complaints.calendars import Calendar
from complaints.errors import NaiveTimeError
from complaints.forms.case_file import case_file
from complaints.forms.due import due_briefly, due_in_words, why
from complaints.model.clock import Deadline, Pause
from complaints.model.span import Skip
from complaints.model.watching import state_of
from complaints.model.words import ClockState, DueState, Duty, RuleStanding
from tests.stages.cases import Case

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
CN = Calendar.of("CN")
EVERY_DAY = Calendar.always()
THURSDAY = datetime(2026, 11, 26, 10, 0, tzinfo=SHANGHAI)


def at(month: int, day: int, hour: int = 23, minute: int = 59, second: int | None = None, year: int = 2026) -> datetime:
    last = 59 if (hour, minute) == (23, 59) else 0
    return datetime(year, month, day, hour, minute, last if second is None else second, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("due", "english", "chinese"),
    [
        (at(11, 26, 17, 0), "due today 17:00", "今天17:00到期"),
        (at(11, 26), "due today", "今天到期"),
        (at(11, 27, 17, 0), "due tomorrow 17:00, 1 working day left", "明天17:00到期，剩余1个工作日"),
        (at(11, 27), "due tomorrow, 1 working day left", "明天到期，剩余1个工作日"),
        (at(12, 3), "due Thu 3 December, 5 working days left", "12月3日（周四）到期，剩余5个工作日"),
        (at(11, 26, 9, 59), "overdue since today 09:59", "自今天09:59起逾期"),
        (at(11, 25, 17, 0), "overdue since yesterday 17:00, 1 working day late", "自昨天17:00起逾期，已超1个工作日"),
        (at(11, 25), "overdue since yesterday, 1 working day late", "自昨天起逾期，已超1个工作日"),
        (at(11, 20), "overdue since Fri 20 November, 4 working days late", "自11月20日（周五）起逾期，已超4个工作日"),
        (
            at(1, 4, year=2027),
            "due Mon 4 January 2027, 26 working days left",
            "2027年1月4日（周一）到期，剩余26个工作日",
        ),
        (at(1, 4, year=2030), "due Fri 4 January 2030", "2030年1月4日（周五）到期"),
        (at(1, 5, year=2024), "overdue since Fri 5 January 2024", "自2024年1月5日（周五）起逾期"),
        (None, "to be looked up", "待查证"),
    ],
)
def test_a_due_date_is_told_as_people_say_it(due, english, chinese):
    said = [due_in_words(due, THURSDAY, CN, SHANGHAI, language) for language in ("en", "zh_CN")]

    assert said == [english, chinese]


def test_from_a_friday_to_a_sunday_no_working_day_is_left():
    friday = datetime(2026, 11, 27, 10, 0, tzinfo=SHANGHAI)

    said = [due_in_words(at(11, 29, 12, 0), friday, CN, SHANGHAI, language) for language in ("en", "zh_CN")]

    assert said == ["due Sun 29 November 12:00, no working day left", "11月29日（周日）12:00到期，其间没有工作日"]


def test_a_house_without_a_calendar_counts_days():
    ahead, past = at(11, 29), at(11, 23)

    said = [due_in_words(due, THURSDAY, EVERY_DAY, SHANGHAI, "en") for due in (ahead, past)]

    assert said == ["due Sun 29 November, 3 days left", "overdue since Mon 23 November, 3 days late"]


def test_a_provisional_date_says_that_it_may_move():
    said = [due_in_words(at(11, 27), THURSDAY, CN, SHANGHAI, one, provisional=True) for one in ("en", "zh_CN")]

    assert said == ["due tomorrow, 1 working day left (provisional)", "明天到期，剩余1个工作日（暂定）"]


# --- edges ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (at(11, 26, 16, 59, 59), "due today 17:00"),
        (at(11, 26, 17, 0, 0), "due today 17:00"),
        (at(11, 26, 17, 0, 1), "overdue since today 17:00"),
        (at(11, 27, 0, 0, 0), "overdue since yesterday 17:00, 1 working day late"),
        (at(11, 25, 23, 59, 59), "due tomorrow 17:00, 1 working day left"),
    ],
)
def test_the_last_moment_is_in_time_and_midnight_turns_the_day(now, said):
    assert due_in_words(at(11, 26, 17, 0), now, CN, SHANGHAI, "en") == said


def test_the_year_is_told_only_where_it_is_another():
    new_years_eve = datetime(2026, 12, 31, 10, 0, tzinfo=SHANGHAI)

    said = [due_in_words(at(1, day, year=2027), new_years_eve, EVERY_DAY, SHANGHAI, "en") for day in (1, 2)]

    assert said == ["due tomorrow, 1 day left", "due Sat 2 January 2027, 2 days left"]


def test_where_the_clocks_go_back_the_second_half_past_two_is_later_than_the_first():
    first = datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN)
    second = first.replace(fold=1)

    said = [due_in_words(due, now, EVERY_DAY, BERLIN, "en") for due, now in ((first, second), (second, first))]

    assert said == ["overdue since today 02:30", "due today 02:30"]


def test_the_day_is_that_of_the_dealer_wherever_the_reader_is():
    due = datetime(2026, 11, 26, 15, 59, 59, tzinfo=UTC)  # the end of the 26th in Shanghai
    now = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)  # the 26th has begun there

    assert due_in_words(due, now, CN, SHANGHAI, "en") == "due today"


def test_a_moment_without_a_zone_is_refused():
    naive = datetime(2026, 11, 26, 17, 0)  # noqa: DTZ001  # what is refused here

    for due, now in ((naive, THURSDAY), (THURSDAY, naive)):
        with pytest.raises(NaiveTimeError):
            due_in_words(due, now, CN, SHANGHAI, "en")
        with pytest.raises(NaiveTimeError):
            due_briefly(due, now, SHANGHAI, "en")


@given(st.integers(-40_000, 40_000), st.integers(0, 40_000))
def test_what_is_late_stays_late_and_is_never_told_as_due(minutes, wait):
    due = THURSDAY + timedelta(minutes=minutes)
    later = THURSDAY + timedelta(minutes=wait)

    said = [due_in_words(due, now, CN, SHANGHAI, "en").split(" ")[0] for now in (THURSDAY, later)]

    assert said == ["overdue" if state_of(due, now, SHANGHAI) is DueState.LATE else "due" for now in (THURSDAY, later)]
    assert said != ["overdue", "due"]


def test_a_column_has_the_day_and_the_word_late():
    dues = (None, at(11, 26, 17, 0), at(11, 27), at(12, 3), at(11, 25, 17, 0))

    said = {one: [due_briefly(due, THURSDAY, SHANGHAI, one) for due in dues] for one in ("en", "zh_CN")}

    assert said == {
        "en": ["–", "today 17:00", "tomorrow", "Thu 3 December", "late: yesterday 17:00"],
        "zh_CN": ["–", "今天17:00", "明天", "12月3日（周四）", "逾期：昨天17:00"],
    }


# --- why ------------------------------------------------------------------------------------------------------------

MAY = Deadline(
    clock="platform_mediation",
    start=datetime(2026, 4, 30, 2, 0, tzinfo=UTC),
    due=at(5, 13),
    rule="cn_12315_2026@1 Measures, article 15",
    within="7 working days",
    calendar="CN@2026",
    skipped=(
        Skip(date(2026, 5, 1), date(2026, 5, 5), "holiday"),
        Skip(date(2026, 5, 10), date(2026, 5, 10), "weekend"),
    ),
    standing=RuleStanding.SECONDARY,
    statutory=True,
)


def test_why_names_the_rule_how_sure_it_is_and_the_days_that_do_not_count():
    english, chinese = (why(MAY, CN, SHANGHAI, language) for language in ("en", "zh_CN"))

    assert english == (
        "cn_12315_2026@1, Measures, article 15 (from a secondary source): 7 working days from 2026-04-30 10:00;"
        " not counted: 2026-05-01 to 2026-05-05 (Labor Day), 2026-05-10 (weekend);"
        " set by law or an authority, so it never stands still."
    )
    assert chinese == (
        "cn_12315_2026@1、Measures, article 15（二手来源）：自2026-04-30 10:00起7个工作日；"
        "不计入：2026-05-01至2026-05-05（劳动节）、2026-05-10（周末）；由法律或主管部门规定，从不中止。"
    )


def test_two_holidays_in_a_row_are_told_by_their_names():
    autumn = Deadline(
        clock="judge",
        start=at(9, 24, 10, 0),
        due=at(10, 12),
        rule="house_4s@1 default",
        within="7 working days",
        calendar="CN@2026",
        skipped=(
            Skip(date(2026, 9, 25), date(2026, 9, 27), "holiday"),
            Skip(date(2026, 10, 1), date(2026, 10, 7), "holiday"),
        ),
    )

    assert why(autumn, CN, SHANGHAI, "en") == (
        "house_4s@1 (library default): 7 working days from 2026-09-24 10:00; not counted:"
        " 2026-09-25 to 2026-09-27 (Mid-Autumn Festival), 2026-10-01 to 2026-10-07 (National Day)."
    )


def test_a_holiday_that_the_calendar_does_not_know_is_a_holiday_all_the_same():
    assert "2026-05-01 to 2026-05-05 (holiday)" in why(MAY, EVERY_DAY, SHANGHAI, "en")


def test_why_tells_when_it_stood_still_and_that_it_may_move():
    paused = Deadline(
        clock="investigate",
        start=at(12, 28, 9, 0),
        due=at(1, 8, year=2027),
        rule="our_house@2026 handbook 4.2",
        within="1 week",
        calendar="CN@2026",
        provisional=True,
        standing=RuleStanding.VERIFIED,
        state=ClockState.PAUSED,
        paused_at=at(12, 31, 9, 0),
        pauses=(Pause(at(12, 29, 9, 0), at(12, 30, 15, 0)),),
    )

    english, chinese = (why(paused, CN, SHANGHAI, language) for language in ("en", "zh_CN"))

    assert english == (
        "our_house@2026, handbook 4.2 (verified): 1 week from 2026-12-28 09:00;"
        " stood still: 2026-12-29 09:00 to 2026-12-30 15:00; stands still since: 2026-12-31 09:00;"
        " provisional, because the holidays of a year are not published yet."
    )
    assert chinese == (
        "our_house@2026、handbook 4.2（已核实）：自2026-12-28 09:00起1周；"
        "曾中止：2026-12-29 09:00至2026-12-30 15:00；中止计时，自：2026-12-31 09:00；"
        "暂定，因有年份的放假安排尚未公布。"
    )


def test_why_says_where_no_span_was_counted():
    said = [
        why(
            Deadline(clock="oem_reply", start=THURSDAY, due=due, rule="oem@1", standing=RuleStanding.UNVERIFIED),
            CN,
            SHANGHAI,
            "en",
        ).partition(": ")[2]
        for due in (None, at(12, 3))
    ]

    assert said == [
        "nobody has verified the rule's number, so it has to be looked up; it runs from 2026-11-26 10:00.",
        "the day was named, on 2026-11-26 10:00.",
    ]


# --- in the case file -----------------------------------------------------------------------------------------------


def test_the_case_file_tells_due_dates_to_whoever_reads_it_now():
    case = Case().received(channel=Channel.EMAIL).spoken()
    now = case.clock() + timedelta(days=1)

    text = case_file(case.complaint, case.events, language="en", zone=SHANGHAI, now=now, calendar=CN)
    without = case_file(case.complaint, case.events, language="en", zone=SHANGHAI, calendar=CN)

    assert text[text.index("── Due dates") : text.index("── Timeline")].splitlines()[1:-1] == [
        "· Acknowledge: 2026-03-02 11:00; in time",
        "   house_4s@1 (library default): 2 business hours from 2026-03-02 09:00; every",
        "   day counts, since the dealer has no calendar.",
        "· Settle at once: 2026-03-05 23:59; Window for somebody to object or ask",
        "   house_4s@1 (library default): 3 working days from 2026-03-02 09:00; every day",
        "   counts, since the dealer has no calendar.",
    ]
    assert "Due first" not in text + without


def test_the_case_file_marks_what_is_late_and_what_is_due_today():
    case = Case().received(takes_on=False)
    case.assigned(Duty.HANDLER, "li")
    due_today, late = case.clock() + timedelta(hours=1), case.clock() + timedelta(hours=3)

    lines = {
        now: [
            line
            for line in case_file(case.complaint, case.events, language="zh_CN", zone=SHANGHAI, now=now).splitlines()
            if "受理告知：" in line or "最近期限" in line
        ]
        for now in (due_today, late)
    }

    assert lines == {
        due_today: ["最近期限  今天11:00到期", "! 受理告知：2026-03-02 11:00；今天11:00到期"],
        late: ["最近期限  自今天11:00起逾期", "✗ 受理告知：2026-03-02 11:00；自今天11:00起逾期"],
    }
