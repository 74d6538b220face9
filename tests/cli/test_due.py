"""When something is due, and why: complaints due."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from complaints.calendars import Calendar
from complaints.forms.layout import width_of

KNOWN = Calendar.of("CN").last_known_year or 0
STAMP = f"CN@{KNOWN}"


def notice(folder: Path, year: int, *days: dict[str, object]) -> str:
    """A file with the holidays of *year*, as the project holiday-cn has them."""
    file = folder / f"{year}.json"
    file.write_text(json.dumps({"year": year, "days": days}, ensure_ascii=False), encoding="utf-8")
    return str(file)


def test_it_answers_and_explains_in_english(run):
    assert run("due", "2026-02-13", "7 working days").out == (
        "Due                  2026-03-02 Monday 23:59:59 (at the end of the day)\n"
        "Start                2026-02-13 Friday 00:00 (as the day begins)\n"
        "Length of time       7 working days\n"
        "Counted              working days only, from 2026-02-14 on, to the end of the last one\n"
        f"Calendar             {STAMP} · Asia/Shanghai\n"
        "Not counted          2026-02-15 Sunday – 2026-02-23 Monday: holiday (Chinese New Year (Spring\n"
        "                     Festival), Chinese New Year's Eve)\n"
        "                     2026-03-01 Sunday: weekend\n"
        "Worked on a weekend  2026-02-14 Saturday, 2026-02-28 Saturday\n"
        "Provisional          no\n"
    )


def test_it_answers_and_explains_in_chinese(run):
    assert run("due", "2026-02-13", "7 working days", "--lang", "zh_CN").out == (
        "到期      2026-03-02 星期一 23:59:59（当日结束时）\n"
        "起算      2026-02-13 星期五 00:00（当日零时）\n"
        "时长      7 个工作日\n"
        "计算方式  自 2026-02-14 起只计工作日，至末日结束时\n"
        f"日历      {STAMP} · Asia/Shanghai\n"
        "未计入    2026-02-15 星期日 – 2026-02-23 星期一：节假日（春节、农历除夕）\n"
        "          2026-03-01 星期日：周末\n"
        "调休上班  2026-02-14 星期六、2026-02-28 星期六\n"
        "是否暂定  否\n"
    )


def test_it_answers_scripts_the_same(run):
    assert run("due", "2026-10-09T18:30", "4 business hours", "--json").json == {
        "due": "2026-10-10T11:30:00+08:00",
        "provisional": False,
        "unknown_years": [],
        "start": "2026-10-09T18:30:00+08:00",
        "span": {"amount": 4, "unit": "business_hours"},
        "roll": False,
        "calendar": STAMP,
        "zone": "Asia/Shanghai",
        "skipped": [],
        "worked_weekends": ["2026-10-10"],
        "missing": None,
    }


def test_the_length_of_time_needs_no_quotation_marks(run):
    assert run("due", "2026-02-13", "7", "working", "days").out == run("due", "2026-02-13", "7 working days").out


def test_a_period_rolls_on_to_a_working_day_where_asked(run):
    plain, rolled = (run("due", "2026-10-01", "3 days", "--json", *more).json for more in ([], ["--roll"]))

    assert (plain["due"], plain["skipped"]) == ("2026-10-04T23:59:59+08:00", [])
    assert (rolled["due"], rolled["skipped"]) == (
        "2026-10-08T23:59:59+08:00",
        [
            {
                "first": "2026-10-04",
                "last": "2026-10-07",
                "why": "holiday",
                "names": ["National Day", "National Day (observed)"],
            }
        ],
    )


def test_how_a_rolled_period_was_counted_is_told(run):
    lines = run("due", "2026-10-01", "3 days", "--roll").out.splitlines()

    assert lines[0] == "Due             2026-10-08 Thursday 23:59:59 (at the end of the day)"
    assert [line for line in lines if line.startswith(("Counted", "Rolled"))] == [
        "Counted         every day from 2026-10-02 on, to the end of the last one; if that is no working day,",
        "Rolled over     2026-10-04 Sunday – 2026-10-07 Wednesday: holiday (National Day, National Day",
    ]


@pytest.mark.parametrize(
    ("start", "span", "due"),
    [
        ("2026-03-28T12:00", "24 hours", "2026-03-29T13:00:00+02:00"),
        ("2026-03-28T12:00+08:00", "30 minutes", "2026-03-28T05:30:00+01:00"),
        ("2026-04-02", "1 working day", "2026-04-07T23:59:59+02:00"),
        ("2026-03-27", "8 weeks", "2026-05-22T23:59:59+02:00"),
    ],
)
def test_it_reckons_by_another_country_and_another_clock(run, start, span, due):
    answer = run("due", start, span, "--calendar", "DE", "--zone", "Europe/Berlin", "--json").json

    assert (answer["due"], answer["calendar"], answer["provisional"]) == (due, "DE", False)


def test_what_is_not_published_is_provisional_and_settled_by_a_file(run, tmp_path):
    year = KNOWN + 1
    asked = ("due", f"{KNOWN}-12-28", "10 working days")
    days = [{"name": "元旦", "date": f"{year}-01-{day:02}", "isOffDay": True} for day in range(1, 5)]
    settled = run(*asked, "--json", "--holidays", notice(tmp_path, year, *days)).json

    assert run(*asked, "--json").json["unknown_years"] == [year]
    assert " ".join(run(*asked).out.split()).endswith(
        f"Provisional yes: the holidays of {year} are not published yet, so the date may still move"
    )
    assert (settled["provisional"], settled["calendar"]) == (False, f"CN@{year}")
    assert settled["skipped"][0] == {
        "first": f"{year}-01-01",
        "last": f"{year}-01-04",
        "why": "holiday",
        "names": ["New Year's Day"],
    }


def test_a_country_without_known_holidays_is_answered_for_and_told(run):
    answer = run("due", "2026-09-30", "3 working days", "--calendar", "XX")

    assert answer.code == 0
    assert " ".join(answer.out.split()).endswith(
        "Please note The holidays of this country are not known, so only weekends are."
        " Please load a file with each year's, or choose another calendar."
    )
    assert run("due", "2026-09-30", "3 working days", "--calendar", "XX", "--json").json["missing"] == "country"


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("unit", ["minutes", "hours", "business hours", "days", "working days", "weeks"])
def test_every_length_of_time_is_told_in_words_that_fit(run, monkeypatch, unit, language):
    monkeypatch.setenv("COLUMNS", "60")
    told = run("due", "2026-09-30T10:00", f"2 {unit}", "--lang", language)

    assert (told.code, told.err) == (0, "")
    assert re.findall(r"due\.[a-z]|\{", told.out) == []
    assert [line for line in told.out.splitlines() if width_of(line) > 60] == []


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (["2026-02-13", "7 moons"], {"field": "span", "code": "span"}),
        (["2026-02-13", "0 days"], {"field": "amount", "code": "too_small"}),
        (["2026-02-13", "1 day", "--calendar", "??"], {"field": "code", "code": "calendar_code"}),
        (["2026-02-13", "1 day", "--zone", "Asia/Nowhere"], {"field": "--zone", "code": "zone"}),
        (["2026-02-13", "1 day", "--zone", "../etc"], {"field": "--zone", "code": "zone"}),
        (["9999-12-31", "9 weeks"], {"field": "start", "code": "beyond_reach"}),
        (["2026-02-13", "1 day", "--holidays", "none.json"], {"field": "none.json.file", "code": "unreadable_file"}),
    ],
)
def test_bad_input_is_told_with_what_to_do(run, arguments, fault):
    told = run("due", *arguments, "--json")
    [one] = told.error["faults"]

    assert (told.code, told.out, {name: one[name] for name in fault}) == (2, "", fault)


def test_no_date_at_all_is_bad_usage(run):
    told = run("due", "tomorrow", "1 day", "--json")

    assert (told.code, told.error["error"]) == (2, "usage")


def test_every_fault_of_every_file_is_told_at_once(run, tmp_path):
    files = [
        notice(tmp_path, 2027, {"name": "元旦", "date": "2027-02-30", "isOffDay": True}),
        notice(tmp_path, 2028, {"name": "元旦", "isOffDay": 1}),
    ]
    told = run("due", "2026-02-13", "1 day", "--json", "--holidays", files[0], "--holidays", files[1])

    assert [(fault["field"], fault["code"]) for fault in told.error["faults"]] == [
        (f"{files[0]}.days[0].date", "not_a_date"),
        (f"{files[1]}.days[0].date", "missing"),
        (f"{files[1]}.days[0].isOffDay", "type"),
    ]
