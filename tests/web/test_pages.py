"""What the desk view shows: the board, the lists, the work, the case file, and the way a complaint took."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from urllib.parse import urlencode

import pytest

from complaints import Customer, Role, State
from complaints.model.words import Alarm, ReworkReason, Satisfaction
from complaints.stages.anytime import AddNote
from tests.stages.cases import GROUP, MONDAY, Case, li, staff
from tests.web.site import Page, Site, faults_of

STRANGER = staff("he", Role.MANAGER, dealer="BJ02")
EXPLAINED, WAITING, GRAVE, SETTLED, WORKED, CLOSED = (f"SH01-2026-00000{number}" for number in range(1, 7))
IDS = ("SH01", "li", "wang", "zhao", "T1", "B-T1")
PAGES = ("/", "/work", "/work?for=me", "/list", "/list?state=voided", f"/case/{EXPLAINED}", f"/case/{CLOSED}")


@cache
def house() -> Site:
    """
    A house with six complaints on its third day.

    One waits for the customer's answer and one for a handler, one is grave, one was settled at once, one is carried
    out, and one is closed. No tick has come by, so what is late is only seen to be. Another shop has one of its own.
    """
    case = Case().received().begun().explained()
    others = [case.another() for _ in range(5)]
    others[0].received(complainant=someone(2), takes_on=False)
    others[1].received(complainant=someone(3), alarms=(Alarm.CRASH,), takes_on=False)
    others[2].received(complainant=someone(4)).settled()
    others[3].to(State.EXECUTION)
    others[4].to(State.CLOSED)
    case.another().received(by=STRANGER, dealer="BJ02", takes_on=False)
    case.later(days=2)
    case.does(AddNote, li, at=MONDAY + timedelta(hours=3))
    return Site.of(case.desk, STRANGER)


def someone(number: int) -> Customer:
    return Customer(name=f"顾客{number}", phone=f"1390000000{number}")


def site_of(case: Case) -> Site:
    return Site.of(case.desk)


# --- for everybody ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PAGES, "/nowhere", "/case/SH01-2026-000099"])
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_a_page_is_made_for_everybody(path, language):
    answer = house().get(path, accept_language=language)

    assert faults_of(answer.page, language) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_page_in_one_language_has_nothing_of_the_other(path):
    english, chinese = (house().page(path, accept_language=language) for language in ("en", "zh"))

    headings = [[one for level in ("h1", "h2", "th", "dt") for one in page.texts(level)] for page in (english, chinese)]

    assert [text for text in headings[0] if not text.isascii() and "–" not in text and "·" not in text] == []
    assert [text for text in headings[1] if text.isascii() and not text.startswith(IDS)] == []


def test_every_page_is_reached_from_the_board_by_links():
    site, seen, waiting = house(), set[str](), {"/"}

    while waiting:
        page = site.page(waiting.pop())
        links = {link.partition("#")[0] for link in page.links()} - {""}
        waiting |= {link for link in links - seen if "lang=" not in link}
        seen |= links

    assert {f"/case/{one}" for one in (EXPLAINED, WAITING, GRAVE, SETTLED, WORKED, CLOSED)} <= seen


# --- the board -------------------------------------------------------------------------------------------------------


def columns(page: Page) -> dict[str, list[str]]:
    return {one.texts("h2")[0]: one.texts("h3") for one in page.all("li", class_="column")}


def counts(page: Page) -> list[str]:
    return [one.texts("p", class_="counts")[0] for one in page.all("li", class_="column")]


def test_the_board_has_a_column_for_every_stage():
    page = house().page("/")

    assert columns(page) == {
        "1 Intake": [WAITING, GRAVE],
        "2 Judgment": [EXPLAINED],
        "3 Investigation": [],
        "4 Proposal": [],
        "5 Execution": [WORKED],
        "6 Review": [SETTLED],
    }
    assert counts(page) == [
        "2 complaints · 2 late", "1 complaint", "0 complaints", "0 complaints", "1 complaint", "1 complaint",
    ]  # fmt: skip


def test_a_card_tells_what_is_owed_next_and_that_it_is_late():
    cards = house().page("/").texts("article")

    words = "预约的时间没有人接待，等了两个小时。 Service process Handler"
    assert (cards[1], cards[2], cards[-1]) == (
        f"{GRAVE} Major ✗ Acknowledge: late: Mon 2 March 11:00 {words} nobody yet",
        f"{EXPLAINED} Explanation given {words} li",
        f"{SETTLED} Settled at once Awaiting the call-back Call back: tomorrow {words} li",
    )


def test_what_has_ended_is_counted_and_can_be_listed():
    (ended,) = house().page("/").all("section", class_="ended")

    assert ended.texts("a") == ["Closed 1", "Merged 0", "Voided 0", "Archived 0"]
    assert house().page(ended.all("a")[0].attributes["href"]).texts("th", scope="row") == [CLOSED]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("late=1", [WAITING, GRAVE]),
        ("severity=major", [GRAVE]),
        ("severity=grave", [WAITING, GRAVE, EXPLAINED, WORKED, SETTLED]),
        ("late=1&severity=general", [WAITING]),
        ("mine=1", []),
        ("dealer=BJ02", [WAITING, GRAVE, EXPLAINED, WORKED, SETTLED]),
    ],
    ids=["late", "severity", "no such severity", "both", "mine", "another dealer"],
)
def test_the_board_can_be_narrowed(query, found):
    page = house().page(f"/?{query}")

    assert page.texts("h3") == found


def test_mine_are_those_that_i_handle():
    page = house().page("/?mine=1", by="li")

    assert page.texts("h3") == [EXPLAINED, WORKED, SETTLED]


def test_what_is_chosen_stays_chosen_and_can_be_taken_back():
    page = house().page("/?late=1&severity=major")

    chosen = [one.attributes["value"] for one in page.all("option") if "selected" in one.attributes]
    ticked = [one.attributes["id"] for one in page.all("input") if "checked" in one.attributes]
    assert (chosen, ticked) == (["major"], ["late"])
    assert house().page("/").texts("form", class_="filters") == [
        "Severity any General Escalated Major Critical late only handled by me Show"
    ]
    assert [one.attributes["href"] for one in page.all("form", class_="filters")[0].all("a")] == ["/"]


def test_the_group_chooses_among_its_dealers():
    page = house().page("/", by=GROUP.id)

    assert page.texts("select", id="dealer") == ["any SH01 BJ02"]
    assert page.texts("h3")[:3] == ["BJ02-2026-000001", WAITING, GRAVE]
    assert house().page("/?dealer=BJ02", by=GROUP.id).texts("h3") == ["BJ02-2026-000001"]


def test_a_full_column_shows_the_late_ones_and_leads_to_the_rest():
    case = Case().received(takes_on=False)
    for number in range(2, 15):
        case.another().received(complainant=someone(number), takes_on=False, received_at=MONDAY)
    case.later(days=1)
    for number in range(15, 17):
        case.another().received(complainant=someone(number), takes_on=False)

    page = site_of(case).page("/")

    (intake, *_) = page.all("li", class_="column")
    assert intake.texts("p", class_="counts") == ["16 complaints · 14 late"]
    assert intake.texts("h3") == [f"SH01-2026-0000{number:02}" for number in range(3, 15)]
    assert [(one.text, one.attributes["href"]) for one in intake.all("p", class_="more")[0].all("a")] == [
        ("Show all 16", "/list?stage=intake")
    ]


# --- lists -----------------------------------------------------------------------------------------------------------


def test_a_list_goes_on_page_by_page():
    case = Case().received()
    for number in range(2, 53):
        case.another().received(complainant=someone(number))
    site = site_of(case)

    first = site.page("/list?stage=intake")
    second = site.page(first.all("a", rel="next")[0].attributes["href"])

    assert [len(page.texts("th", scope="row")) for page in (first, second)] == [50, 2]
    assert second.texts("th", scope="row") == ["SH01-2026-000002", "SH01-2026-000001"]
    assert first.texts("p", class_="counts") == second.texts("p", class_="counts") == ["52 complaints"]
    assert second.texts("nav", aria_label="More") == ["First page"]


def test_a_row_tells_the_same_as_a_card():
    (row, *_) = house().page("/list?severity=major").all("tbody")

    assert row.text == (
        f"{GRAVE} Intake Major ✗ Acknowledge: late: Mon 2 March 11:00 – 2026-03-02 09:00"
        " 预约的时间没有人接待，等了两个小时。"
    )


def test_where_nothing_fits_that_is_said():
    page = house().page("/list?state=voided")

    assert page.texts("p", class_="none") == ["No complaint fits."]


# --- work ------------------------------------------------------------------------------------------------------------


def work(page: Page) -> dict[str, list[str]]:
    parties = [one for one in page.all("section") if one.all("table")]
    return {one.texts("h2")[0]: [row.text for row in one.all("tbody")[0].all("tr")] for one in parties}


def test_whoever_leads_the_house_sees_what_waits_for_whom_late_first():
    page = house().page("/work")

    assert work(page) == {
        "nobody – assign 3 things to do": [
            f"✗ late: Mon 2 March 11:00 Assign: Handler {WAITING}",
            f"✗ late: Mon 2 March 11:00 Assign: Handler {GRAVE}",
            f"tomorrow Assign: Caller {SETTLED}",
        ],
        "li 1 thing to do": [f"tomorrow 09:00 Keep the promise: answer-2 {WORKED}"],
        "wang 1 thing to do": [f"Mon 9 March Report the task: T1 {WORKED}"],
        "the customer 1 thing to do": [f"Wed 1 April Answer the house: Explanation given {EXPLAINED}"],
    }
    assert page.texts("p", class_="counts") == ["6 things to do · 2 late"]


def test_anybody_else_sees_his_own_whatever_he_asks_for():
    pages = [house().page(path, by="li") for path in ("/work", "/work?for=house", "/work?for=wang")]

    assert [work(page) for page in pages] == [
        {"For me 1 thing to do": [f"tomorrow 09:00 Keep the promise: answer-2 {WORKED}"]}
    ] * 3
    assert [page.all("nav", class_="tabs") for page in pages] == [[], [], []]


def test_long_work_goes_on_page_by_page():
    case = Case().received(takes_on=False)
    for number in range(2, 204):
        case.another().received(complainant=someone(number), takes_on=False)
    site = site_of(case)

    first = site.page("/work")
    second = site.page(first.all("a", rel="next")[0].attributes["href"])

    assert [sum(map(len, work(page).values())) for page in (first, second)] == [200, 3]
    assert [site.page(f"/work?page={number}").texts("p", class_="none") for number in ("7", "0", "-1", "x")] == [
        ["Nothing waits."], [], [], [],
    ]  # fmt: skip


# --- the case file ---------------------------------------------------------------------------------------------------


def test_a_case_file_has_its_parts_in_order():
    page = house().page(f"/case/{EXPLAINED}")

    assert page.texts("h1") == [f"Case file {EXPLAINED}"]
    assert page.texts("h2") == [
        "The way so far", "At a glance", "Customer Complaint Registration Form · complete: 88%",
        "Statement in the customer's words", "Judgment", "Explanation", "Timeline", "Due dates",
        "Still missing", "What may be done next",
    ]  # fmt: skip


def test_the_form_and_the_customers_words_are_shown():
    page = house().page(f"/case/{EXPLAINED}", accept_language="zh")

    form = page.section("顾客投诉登记表 · 完整度：88%")
    assert form.texts("dt")[:3] == ["投诉人", "电话", "渠道"]
    assert form.texts("dd")[:3] == ["王芳", "13800000001", "电话"]
    assert page.texts("blockquote") == ["预约的时间没有人接待，等了两个小时。"]


def test_the_timeline_tells_who_did_what_from_where_to_where_and_what_was_entered_late():
    page = house().page(f"/case/{EXPLAINED}")

    entries = [[part.text for part in one.all("p")] for one in page.all("ol", class_="timeline")[0].all("li")]
    assert entries == [
        ["2026-03-02 09:00 Receive → Intake li (Specialist)"],
        ["2026-03-02 09:00 Begin the judgment Intake → Judgment li (Specialist)"],
        ["2026-03-02 09:00 Explain Judgment → Explanation given zhao (Supervisor)"],
        [
            "2026-03-02 12:00 Add a note li (Specialist)",
            "entered late recorded 2026-03-04 09:00",
        ],
    ]


def test_due_dates_come_with_their_reasons():
    page = house().page(f"/case/{GRAVE}")

    assert page.section("Due dates").all("li")[0].text == (
        "✗ Late Acknowledge: 2026-03-02 11:00; overdue since Mon 2 March 11:00, 2 days late"
        " house_4s@1 (library default): 2 business hours from 2026-03-02 09:00; every day counts, since the dealer has"
        " no calendar."
    )


def test_money_stands_in_the_file():
    page = house().page(f"/case/{CLOSED}")

    tables = [[row.text for row in one.all("tr")] for one in page.section("Settlement").all("table")]
    assert tables[1] == ["Booking number Task Amount Reverses booking", "B-T1 T1 200 CNY –", "200 CNY"]


def test_what_i_could_do_is_told_and_why_not():
    page = house().page(f"/case/{GRAVE}")

    steps = page.section("What may be done next")
    assert steps.texts("h3") == ["Open to you now"]
    assert "✓ Assign" in steps.all("ul")[0].texts("li")
    (barred,) = [one for one in steps.all("details") if one.texts("summary")[0].startswith("Not now")]
    assert "✗ Settle at once → Awaiting the call-back" in [one.texts("p")[0] for one in barred.all("li")]


def test_a_long_timeline_shows_its_end_first_and_all_of_it_on_demand():
    case = Case().received()
    for _ in range(205):
        case.does(AddNote, li)
    site = site_of(case)

    page = site.page(f"/case/{case.complaint.reference}")
    link = page.section("Timeline").all("a")[0]
    whole = site.page(link.attributes["href"].partition("#")[0])

    numbers = [
        [one.attributes["value"] for one in each.all("ol", class_="timeline")[0].all("li")] for each in (page, whole)
    ]
    assert (len(numbers[0]), numbers[0][-1], len(numbers[1])) == (200, "206", 206)
    assert link.text == "Show the whole timeline, 206 entries"


# --- the way ---------------------------------------------------------------------------------------------------------


def test_the_way_is_told_in_words_and_drawn():
    case = Case().to(State.FOLLOW_UP).called_back(Satisfaction.DISSATISFIED).reworked(ReworkReason.REMEDY_UNSUITABLE)

    page = site_of(case).page(f"/case/{case.complaint.reference}")

    (drawing,) = page.all("svg")
    words = page.section("The way so far").all("details")[0].texts("li")
    assert words[-3:] == [
        "8. Complete the execution → Awaiting the call-back (2026-03-02 09:00)",
        "9. Record the call-back → Review (2026-03-02 09:00)",
        "10. Return for rework → Solutions being drafted (2026-03-02 09:00)",
    ]
    assert drawing.texts("desc") == ["; ".join(words)]
    assert drawing.texts("title") == ["The way so far: Solutions being drafted"]
    assert drawing.texts("text", class_="number") == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"]
    assert drawing.texts("g", class_="current") == ["Solutions being drafted"]


# --- whose eyes (R67) ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/list", f"/case/{EXPLAINED}", f"/case/{CLOSED}"])
def test_an_auditor_sees_the_process_and_not_the_person(path):
    seen, masked = (house().page(path, by=by).text for by in ("zhao", "feng"))

    secrets = ("王芳", "13800000001", "预约的时间没有人接待", "道歉")
    assert [one for one in secrets if one in masked] == []
    assert [one for one in secrets if one in seen] != []


def test_another_shops_complaints_are_not_there():
    ours, theirs = (house().get(f"/case/{one}", by="he") for one in (CLOSED, "SH01-2026-000099"))

    assert (ours.status, theirs.status) == (404, 404)
    assert ours.text.replace(CLOSED, "") == theirs.text.replace("SH01-2026-000099", "")
    assert house().page("/", by="he").texts("h3") == ["BJ02-2026-000001"]
    assert house().get(f"/search?q={CLOSED}", by="he").status == 404


def test_the_read_hook_is_told_and_may_refuse():
    told = []
    case = Case(on_read=lambda by, what, ids: told.append((by.id, what, len(ids)))).received()
    site = site_of(case)
    told.clear()

    site.page(f"/case/{case.complaint.reference}")

    assert told[-2:] == [("zhao", "complaint", 1), ("zhao", "history", 1)]


# --- finding by number -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "by", "found"),
    [
        (CLOSED, "zhao", f"/case/{CLOSED}"),
        (f" {CLOSED.lower()} ", "zhao", f"/case/{CLOSED}"),
        ("ＳＨ０１－2026－000006", "zhao", f"/case/{CLOSED}"),
        ("6", "zhao", f"/case/{CLOSED}"),
        ("6", GROUP.id, None),
        ("7", "zhao", None),
        ("", "zhao", None),
        ("x" * 500, "zhao", None),
        ("' OR 1=1 --", "zhao", None),
    ],
    ids=["whole", "small letters", "full width", "short", "short of which shop", "none", "empty", "long", "quotes"],
)
def test_a_complaint_is_found_by_its_number(typed, by, found):
    answer = house().get(url(typed), by=by)

    assert (answer.status, answer.headers.get("location")) == ((303, found) if found else (404, None))


def url(typed: str) -> str:
    return f"/search?{urlencode({'q': typed})}"


def test_a_complaint_is_found_by_its_id():
    case = Case().received()

    answer = site_of(case).get(url(str(case.id)))

    assert answer.headers["location"] == "/case/SH01-2026-000001"


# --- languages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "", "zh-CN"),
        ("", "en", "en"),
        ("", "de, en;q=0.5, zh;q=0.4", "en"),
        ("", "zh-TW;q=0.9, en;q=0.8", "zh-CN"),
        ("", "en;q=0, zh;q=0.1", "zh-CN"),
        ("", "de-DE,fr", "zh-CN"),
        ("", "de, *;q=0.5, en;q=0.1", "zh-CN"),
        ("", "en;q=NaN, zh;q=2x", "zh-CN"),
        ("?lang=en", "zh", "en"),
        ("?lang=zh_CN", "en", "zh-CN"),
        ("?lang=zh", "en", "zh-CN"),
        ("?lang=de", "en", "en"),
        ("?lang=%3Cscript%3E", "en", "en"),
        ("?lang=en%0d%0aSet-Cookie:x", "zh", "zh-CN"),
    ],
)
def test_a_page_speaks_what_was_asked_for_then_the_browsers_language_then_the_dealers(query, accepted, language):
    answer = house().get(f"/{query}", accept_language=accepted)

    assert ([one.attributes["lang"] for one in answer.page.all("html")], answer.headers["content-language"]) == (
        [language],
        language,
    )


def test_a_chosen_language_goes_along_with_every_link():
    page = house().page("/list?lang=en&late=1", accept_language="zh")

    others = [link for link in page.links() if link != "#content" and "lang=en" not in link]
    hidden = [one.attributes["value"] for one in page.all("input", name="lang")]
    assert (others, hidden) == (["/list?lang=zh-CN&late=1"], ["en", "en"])
    answer = house().get(f"/search?q={CLOSED}&lang=en")
    assert answer.headers["location"] == f"/case/{CLOSED}?lang=en"
