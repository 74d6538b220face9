"""
Bad input gets a clear error with a code, in both languages, and nothing is written.

Each test says what somebody gave, which code came back, and that every row of the database stands as before. Not
repeated here, because proven where they belong: in ``tests/stores/test_sqlite.py`` that a full disk, a damaged file,
another program's or a newer program's tables and a step cut off at any point leave the file as it was; in
``tests/cli`` that the command line ends with the exit code of each error and makes no database by mistake.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from complaints import (
    Actor,
    Channel,
    Complaint,
    ComplaintError,
    Customer,
    Dealer,
    Department,
    Desk,
    Issue,
    Money,
    NotFoundError,
    Order,
    Query,
    Role,
    Vehicle,
    new_id,
)
from complaints.cli import main
from complaints.forms.filled import command_from, data_from_json
from complaints.lifecycle import LIFECYCLE
from complaints.model.words import Purpose
from complaints.stages.anytime import AddNote, RecordContact
from complaints.stages.intake import BeginJudgment, Receive
from complaints.stages.review import Archive
from complaints.stores import SqlStore
from complaints.testing import OPENING, FrozenClock

NAME, PHONE, PLATE, WORDS = "王秘密", "13912345678", "沪A54321", "机油味很重"
SHOP = Dealer("SH01")
LI = Actor("li", Role.SPECIALIST, dealer="SH01", department=Department.CUSTOMER_SERVICE)
AUDITOR = Actor("he", Role.AUDITOR, dealer="SH01")
STRANGER = Actor("bo", Role.MANAGER, dealer="BJ01")

Act = Callable[[], object]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "complaints.db"


@pytest.fixture
def desk(file: Path) -> Iterator[Desk]:
    with desk_on(file) as opened:
        yield opened


@pytest.fixture
def case(desk: Desk) -> Complaint:
    return desk.handle(receipt(), by=LI, key="call-1")


def desk_on(file: Path, **settings: object) -> Desk:
    return Desk(SqlStore.open(f"sqlite:///{file}", **settings), dealers=[SHOP], clock=FrozenClock())


def receipt(**changes: object) -> Receive:
    form = {
        "dealer": "SH01",
        "complainant": Customer(name=NAME, phone=PHONE),
        "channel": Channel.PHONE,
        "received_at": OPENING - timedelta(hours=1),
        "statement": f"{WORDS}。{NAME}，{PHONE}",
        "wish": "查明原因",
        "issues": (Issue(id="1", category="service", text=WORDS),),
        "vehicles": (Vehicle(plate=PLATE),),
        "takes_on": True,
    }
    return Receive(**{**form, **changes})


def note(case: Complaint) -> AddNote:
    return AddNote(complaint=case.id, text=f"{NAME} {PHONE}")


def rows(file: Path) -> dict[str, list[str]]:
    """Every row of every table: complaints, events, personal texts, keys, counters and what is searched by."""
    if not file.is_file():
        return {}
    with closing(sqlite3.connect(file)) as raw:
        tables = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(map(repr, raw.execute(f"SELECT * FROM {name}"))) for name in tables}


def refused(file: Path, act: Act) -> ComplaintError:
    """The error that *act* ends with. Nothing was written, and it can be told in both languages, naming no customer."""
    before = rows(file)

    with pytest.raises(ComplaintError) as caught:
        act()

    error = caught.value
    told = {language: error.sentence(language) for language in ("en", "zh_CN")}
    assert rows(file) == before
    assert told["en"] != told["zh_CN"]
    carried = (error.facts, error.args, getattr(error, "faults", ()), getattr(error, "refusals", ()))
    assert personal_texts_in(f"{told} {carried} {error!r}") == []
    return error


def personal_texts_in(text: str) -> list[str]:
    return [secret for secret in (NAME, PHONE, PLATE, WORDS) if secret in text]


def faults(error: ComplaintError) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in error.faults]


def reasons(error: ComplaintError) -> list[str]:
    return [refusal.code for refusal in error.refusals]


# --- times ----------------------------------------------------------------------------------------------------------


def test_nobody_complained_tomorrow(desk, file, case):
    error = refused(file, lambda: desk.handle(receipt(received_at=OPENING + timedelta(days=1)), by=LI))

    assert (error.code, reasons(error)) == ("move.refused", ["time.in_future"])


def test_nothing_is_recorded_before_it_happens(desk, file, case):
    error = refused(file, lambda: desk.handle(note(case), by=LI, at=OPENING + timedelta(seconds=1)))

    assert (error.code, reasons(error)) == ("move.refused", ["time.in_future"])


def test_nothing_happened_to_a_complaint_before_it_was_received(desk, file, case):
    error = refused(file, lambda: desk.handle(note(case), by=LI, at=OPENING - timedelta(hours=2)))

    assert (error.code, reasons(error)) == ("move.refused", ["time.before_receipt"])


def test_a_time_without_its_zone_is_refused(desk, file, case):
    naive = OPENING.replace(tzinfo=None)

    of_an_order = refused(file, lambda: desk.handle(note(case), by=LI, at=naive))
    in_a_form = refused(file, lambda: receipt(received_at=naive))

    assert of_an_order.code == "time.naive"
    assert (in_a_form.code, faults(in_a_form)) == ("invalid", [("received_at", "naive_time")])


@pytest.mark.parametrize("at", ["2026-03-02", OPENING.date(), 1772413200])
def test_what_is_no_time_is_refused(desk, file, case, at):
    error = refused(file, lambda: desk.handle(note(case), by=LI, at=at))

    assert (error.code, faults(error)) == ("invalid", [("at", "type")])


@pytest.mark.parametrize("year", [1, 1979])
def test_a_slip_in_the_year_is_refused(desk, file, case, year):
    error = refused(file, lambda: desk.handle(note(case), by=LI, at=datetime(year, 1, 1, tzinfo=UTC)))

    assert (error.code, faults(error)) == ("invalid", [("at", "not_a_moment")])


def test_a_refused_receipt_takes_no_case_number(desk, file, case):
    refused(file, lambda: desk.handle(receipt(received_at=OPENING + timedelta(days=1)), by=LI))

    assert desk.handle(receipt(), by=LI).reference == "SH01-2026-000002"


# --- names that nobody knows ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["janitor", "specialist", 3, None])
def test_an_unknown_role_is_refused(file, role):
    error = refused(file, lambda: Actor("li", role, dealer="SH01"))

    assert (error.code, faults(error)) == ("invalid", [("roles[0]", "choice")])


def test_an_unknown_state_is_refused(desk, file, case):
    error = refused(file, lambda: desk.find(Query(state="nirvana"), by=LI))

    assert (error.code, faults(error)) == ("invalid", [("state", "choice")])


@pytest.mark.parametrize("reading", [Desk.complaint, Desk.history])
def test_an_unknown_complaint_is_not_found(desk, file, case, reading):
    by_number = refused(file, lambda: reading(desk, "SH01-2026-000099", by=LI))
    by_id = refused(file, lambda: reading(desk, new_id(), by=LI))

    assert (by_number.code, by_id.code) == ("not_found", "not_found")


@pytest.mark.parametrize("reading", [Desk.complaint, Desk.history, Desk.explain])
@pytest.mark.parametrize("number", ["\udcff\udcfe", "SH01-2026-\ud800"], ids=["another encoding", "half a sign"])
def test_a_number_that_is_no_text_is_not_found_and_told_as_one(desk, file, case, reading, number):
    error = refused(file, lambda: reading(desk, number, by=LI))

    shown = number.encode(errors="replace").decode()
    assert (error.code, dict(error.facts)) == ("not_found", {"kind": "complaint", "wanted": shown})


def test_what_nobody_could_mean_is_not_repeated_at_full_length(desk, file, case):
    error = refused(file, lambda: desk.complaint("9" * 1_000_000, by=LI))

    assert (error.code, error.facts["wanted"]) == ("not_found", "9" * 80 + "…")


def test_no_step_is_taken_on_an_unknown_complaint(desk, file, case):
    error = refused(file, lambda: desk.handle(AddNote(complaint=new_id(), text="?"), by=LI))

    assert error.code == "not_found"


def test_another_dealers_complaint_is_as_good_as_none(desk, file, case):
    theirs = refused(file, lambda: desk.handle(note(case), by=STRANGER))
    nobodys = NotFoundError("complaint", str(case.id))

    assert (theirs.code, theirs.facts, str(theirs)) == (nobodys.code, nobodys.facts, str(nobodys))


def test_an_unknown_dealer_is_not_found(desk, file, case):
    error = refused(file, lambda: desk.handle(receipt(dealer="../SH01"), by=LI))

    assert (error.code, error.facts) == ("not_found", {"kind": "dealer", "wanted": "../SH01"})


def test_an_unknown_command_is_refused_with_those_there_are(file):
    error = refused(file, lambda: command_from("Frobnicate", {}, LIFECYCLE.commands))

    assert (error.code, faults(error)) == ("invalid", [("command", "choice")])
    assert error.faults[0].facts["choices"] == tuple(LIFECYCLE.commands)


def test_a_command_that_the_state_has_no_row_for_is_refused(desk, file, case):
    error = refused(
        file, lambda: desk.handle(Archive(complaint=case.id), by=Actor("yu", Role.ARCHIVIST, dealer="SH01"))
    )

    assert (error.code, reasons(error)) == ("move.illegal", ["move.illegal"])


def test_unknown_and_missing_fields_of_a_form_are_told_together(file):
    form = {"dealer": "SH01", "channel": "phone", "colour": "red", "complainant": {"nickname": NAME, "phone": PHONE}}

    error = refused(file, lambda: command_from(Receive, form, {}))

    assert (error.code, faults(error)) == (
        "invalid",
        [
            ("colour", "unknown_field"),
            ("complainant.nickname", "unknown_field"),
            ("received_at", "missing"),
            ("statement", "missing"),
        ],
    )


def test_an_unknown_choice_in_a_form_is_refused(file):
    form = {"dealer": "SH01", "channel": NAME, "complainant": {"phone": PHONE}, "statement": WORDS}

    error = refused(file, lambda: command_from(Receive, {**form, "received_at": "2026-03-02T08:00+08:00"}, {}))

    assert (error.code, faults(error)) == ("invalid", [("channel", "choice")])


def test_an_unknown_category_is_refused(desk, file, case):
    error = refused(file, lambda: desk.handle(receipt(issues=(Issue(id="1", category="weather"),)), by=LI))

    assert (error.code, reasons(error)) == ("move.refused", ["category.unknown"])


# --- texts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign", ["a", "刹", "\x1b"])
def test_a_statement_of_fifty_megabytes_is_refused_unread(file, sign):
    statement = sign * 50_000_000

    error = refused(file, lambda: receipt(statement=statement))

    assert (error.code, faults(error)) == ("invalid", [("statement", "too_long")])
    assert error.faults[0].facts == {"most": 20_000, "length": 50_000_000}


@pytest.mark.parametrize("signs", ["\x1b[31m", "\x00", "\x07", "\x7f", "\x9b31m", "\n", "\t", "\ud800"])
def test_control_characters_in_a_name_are_refused(file, signs):
    error = refused(file, lambda: Customer(name=f"{NAME}{signs}", phone=PHONE))

    assert (error.code, faults(error)) == ("invalid", [("name", "control_characters")])


@pytest.mark.parametrize("signs", ["\x1b]0;title\x07", "\x00", "\x08", "\x9b2J"])
def test_control_characters_in_a_statement_are_refused(file, signs):
    error = refused(file, lambda: receipt(statement=f"{WORDS}{signs}"))

    assert (error.code, faults(error)) == ("invalid", [("statement", "control_characters")])


@pytest.mark.parametrize("blank", ["", "   ", "\u3000\u00a0", "\n\t"])
def test_blanks_are_no_statement(file, blank):
    error = refused(file, lambda: receipt(statement=blank))

    assert (error.code, faults(error)) == ("invalid", [("statement", "empty")])


def test_people_write_in_every_script_and_sign(desk):
    name, statement = "👩‍🔧 Zoë אבג 𠮷", "第一行\n第二行\t👍🏽 مرحبا"

    case = desk.handle(receipt(complainant=Customer(name=name, phone=PHONE), statement=statement), by=LI)

    [event] = desk.history(case.id, by=LI)
    assert (case.registration.complainant.name, event.command.statement) == (name, statement)


def test_every_fault_of_a_form_is_told_at_once(file):
    error = refused(file, lambda: receipt(statement=" ", channel=NAME, received_at=PHONE, issues=[]))

    assert faults(error) == [
        ("channel", "choice"),
        ("received_at", "type"),
        ("statement", "empty"),
        ("issues", "type"),
    ]


# --- numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (199.5, "type"),
        (True, "type"),
        (PHONE + "元", "not_a_number"),
        ("NaN", "not_finite"),
        ("-Infinity", "not_finite"),
        ("1.005", "too_fine"),
        ("1e12", "too_great"),
        ("1e999999999999999999", "not_a_number"),
    ],
)
def test_what_is_no_sum_of_money_is_refused(file, amount, code):
    error = refused(file, lambda: Money(amount, "CNY"))

    assert (error.code, faults(error)) == ("invalid", [("amount", code)])


@pytest.mark.parametrize(("mileage", "code"), [(-1, "too_small"), (10**30, "too_great"), (1.5, "type"), (True, "type")])
def test_a_mileage_no_car_has_is_refused(file, mileage, code):
    error = refused(file, lambda: Vehicle(plate=PLATE, mileage_km=mileage))

    assert (error.code, faults(error)) == ("invalid", [("mileage_km", code)])


# --- JSON -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b'{"text": NaN}',
        b'{"text": Infinity}',
        b'{"text": "a"} {"text": "b"}',
        b'{"text": "\\ud800"}',
        b'{"text": "\xe9"}',
        '{"text": "投诉"}'.encode("utf-16"),
        '{"text": "投诉"}'.encode("gbk"),
        b"[" * 100_000 + b"]" * 100_000,
        b'{"mileage_km": ' + b"9" * 5_000 + b"}",
    ],
)
def test_what_is_no_json_is_refused(file, text):
    error = refused(file, lambda: data_from_json(text, name="form.json"))

    assert (error.code, faults(error)) == ("invalid", [("form.json", "not_json")])


def test_json_of_wrong_types_is_refused_field_by_field(file):
    form = {"dealer": 5, "channel": ["phone"], "received_at": 20260302, "complainant": NAME, "statement": {"a": WORDS}}

    error = refused(file, lambda: command_from(Receive, {**form, "takes_on": "yes", "id": PHONE}, {}))

    assert faults(error) == [
        ("dealer", "type"),
        ("complainant", "type"),
        ("channel", "choice"),
        ("received_at", "type"),
        ("statement", "type"),
        ("takes_on", "type"),
        ("id", "not_a_uuid"),
    ]


def test_a_form_without_a_bottom_is_refused(file):
    form: dict[str, object] = {}
    for _ in range(10_000):
        form = {"complainant": form}

    error = refused(file, lambda: command_from(Receive, form, {}))

    assert (error.code, faults(error)) == ("invalid", [("Receive", "too_large")])


# --- searching ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cursor", ["0", "A" * 27, "' OR 1=1 --", "../../etc/passwd", "汉字"])
def test_a_made_up_cursor_is_refused(desk, file, case, cursor):
    error = refused(file, lambda: desk.find(Query(after=cursor), by=LI))

    assert (error.code, faults(error)) == ("invalid", [("after", "cursor")])


@pytest.mark.parametrize("wildcard", ["%", "_", f"{NAME[0]}%", "*", "' OR '1'='1", '"', "\\"])
def test_wildcards_and_quotes_find_only_themselves(desk, case, wildcard):
    found = [desk.find(Query(**{field: wildcard}), by=LI) for field in ("text", "customer", "vehicle", "handler")]

    assert [len(page) for page in found] == [0, 0, 0, 0]


@pytest.mark.parametrize(("limit", "code"), [(0, "too_small"), (10**9, "too_great"), ("10", "type")])
def test_a_page_of_no_size_is_refused(desk, file, case, limit, code):
    error = refused(file, lambda: desk.find(Query(limit=limit), by=LI))

    assert (error.code, faults(error)) == ("invalid", [("limit", code)])


# --- who sees what --------------------------------------------------------------------------------------------------


def test_an_auditor_sees_no_personal_text(desk, case):
    desk.handle(note(case), by=LI)
    answer = RecordContact(
        complaint=case.id,
        purpose=Purpose.INFORM,
        channel=Channel.PHONE,
        reached=True,
        text=f"{NAME}您好，{WORDS}已记录",
    )
    desk.handle(answer, by=LI)

    seen = (desk.complaint(case.id, by=AUDITOR), desk.history(case.id, by=AUDITOR), *desk.find(by=AUDITOR))

    assert personal_texts_in(repr(seen)) == []


@pytest.mark.parametrize("query", [{"customer": NAME}, {"text": WORDS}, {"vehicle": PLATE}])
def test_an_auditor_cannot_guess_a_customer_by_searching(desk, file, case, query):
    error = refused(file, lambda: desk.find(Query(**query), by=AUDITOR))

    assert (error.code, reasons(error)) == ("move.not_permitted", ["query.personal"])


def test_an_auditor_does_nothing_and_learns_no_name_from_it(desk, file, case):
    desk.handle(note(case), by=LI)

    forbidden = refused(file, lambda: desk.handle(note(case), by=AUDITOR))
    outdated = refused(file, lambda: desk.handle(note(case), by=AUDITOR, expected_version=1))

    assert (forbidden.code, outdated.code) == ("move.not_permitted", "conflict")
    assert personal_texts_in(repr(outdated.events)) == []


def test_a_refusal_names_what_is_missing_and_not_what_is_there(desk, file):
    case = desk.handle(receipt(wish=None), by=LI)

    error = refused(file, lambda: desk.handle(BeginJudgment(complaint=case.id), by=LI))

    assert [(refusal.code, refusal.facts) for refusal in error.refusals] == [
        ("form.incomplete", {"missing": ("wish",)})
    ]


# --- keys, versions, batches ----------------------------------------------------------------------------------------


def test_a_key_stands_for_one_order(desk, file, case):
    error = refused(file, lambda: desk.handle(receipt(wish="退款"), by=LI, key="call-1"))

    assert (error.code, error.facts) == ("key.reused", {"key": "call-1", "complaint": str(case.id)})


def test_a_conflict_says_which_steps_came_between_and_carries_their_words_apart(desk, file, case):
    desk.handle(note(case), by=LI)

    error = refused(file, lambda: desk.handle(note(case), by=LI, expected_version=1))

    assert (error.code, error.facts["between"]) == ("conflict", ("2 AddNote",))
    assert [event.command for event in error.events] == [note(case)]


def test_one_wrong_order_undoes_the_whole_atomic_batch(desk, file, case):
    tomorrow = OPENING + timedelta(days=1)

    error = refused(
        file, lambda: desk.handle_all([Order(receipt(), LI), Order(note(case), LI, at=tomorrow)], atomic=True)
    )

    assert (error.code, reasons(error)) == ("move.refused", ["time.in_future"])


def test_one_wrong_order_among_others_is_refused_alone(desk, case):
    wrong = Order(receipt(received_at=OPENING + timedelta(days=1)), LI)

    first, second, third = desk.handle_all([Order(receipt(), LI), wrong, Order(receipt(), LI)])

    assert (first.reference, second.code, third.reference) == ("SH01-2026-000002", "move.refused", "SH01-2026-000003")


# --- the file -------------------------------------------------------------------------------------------------------


def test_a_database_that_may_only_be_read_takes_no_step(desk, file, case):
    with desk_on(file, is_read_only=True) as looking:
        error = refused(file, lambda: looking.handle(note(case), by=LI))

        assert (error.code, error.why) == ("store.unusable", "read_only")
        assert looking.complaint(case.id, by=LI) == case


def test_a_database_that_somebody_else_has_locked_takes_the_step_later(file):
    with desk_on(file, busy_seconds=0.05) as desk, closing(sqlite3.connect(file)) as somebody:
        case = desk.handle(receipt(), by=LI)
        somebody.execute("BEGIN IMMEDIATE")

        error = refused(file, lambda: desk.handle(note(case), by=LI))
        readable = desk.complaint(case.id, by=LI)
        somebody.rollback()

        assert (error.code, readable) == ("store.busy", case)
        assert desk.handle(note(case), by=LI).version == 2


def test_a_closed_desk_takes_no_step(desk, file, case):
    desk.close()

    error = refused(file, lambda: desk.handle(note(case), by=LI))

    assert (error.code, error.why) == ("store.unusable", "closed")


RECORDS_ON_AND_ON = """
import sys
from complaints import Actor, Dealer, Desk, Role
from complaints.stages.anytime import AddNote
li = Actor("li", Role.SPECIALIST, dealer="SH01")
desk = Desk.open(sys.argv[1], dealers=[Dealer("SH01")])
case = desk.complaint("SH01-2026-000001", by=li)
while True:
    case = desk.handle(AddNote(complaint=case.id, text="..."), by=li, key=f"note-{case.version}")
    print(case.version, flush=True)
"""


def test_a_killed_program_loses_no_acknowledged_step(desk, file, case):
    child = subprocess.Popen(
        [sys.executable, "-c", RECORDS_ON_AND_ON, f"sqlite:///{file}"], stdout=subprocess.PIPE, text=True
    )
    acknowledged = [child.stdout.readline() for _ in range(20)]

    child.kill()
    acknowledged += child.communicate()[0].splitlines()

    last = max(int(line) for line in acknowledged if line.strip())
    assert desk.complaint(case.id, by=LI).version in (last, last + 1)
    assert desk.verify(case.id).number == desk.complaint(case.id, by=LI).version


# --- the command line -----------------------------------------------------------------------------------------------

DO_NOTE = ("do", "AddNote", "--complaint", "SH01-2026-000001", "--as", "li", "--role", "specialist")


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize(
    ("arguments", "exit_code", "error"),
    [
        ((*DO_NOTE, "--set", "text=x", "--at", "2099-01-01T09:00+08:00"), 1, "move.refused"),
        ((*DO_NOTE, "--set", "text=x", "--at", "2026-03-02T09:00"), 2, "time.naive"),
        ((*DO_NOTE, "--set", "text=x", "--set", "colour=red"), 2, "invalid"),
        ((*DO_NOTE, "--set", "text=\x1b[31m"), 2, "invalid"),
        ((*DO_NOTE, "--set", "text"), 2, "usage"),
        (("do", "Frobnicate", "--as", "li", "--role", "specialist"), 2, "usage"),
        (("do", "AddNote", "--as", "li", "--role", "janitor"), 2, "usage"),
        (("list", "--state", "nirvana"), 2, "usage"),
        (("show", "SH01-2026-000099"), 3, "not_found"),
    ],
)
def test_the_command_line_tells_the_code_and_writes_nothing(
    desk, file, case, capsys, arguments, exit_code, error, language
):
    before = rows(file)

    ended_with = main([*arguments, "--db", str(file), "--lang", language])

    printed = capsys.readouterr()
    assert (ended_with, printed.out) == (exit_code, "")
    assert f"[{error}]" in printed.err.splitlines()
    assert rows(file) == before
    assert personal_texts_in(printed.err) == []


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("content", [b"Dear Sir or Madam, " * 100, b"SQLite format 3\x00" + b"\xff" * 8000])
def test_the_command_line_leaves_a_file_alone_that_is_no_database(tmp_path, capsys, content, language):
    letter = tmp_path / "letter.db"
    letter.write_bytes(content)

    ended_with = main([*DO_NOTE, "--set", "text=x", "--db", str(letter), "--lang", language])

    assert (ended_with, capsys.readouterr().err.splitlines()[-1]) == (6, "[store.not_a_database]")
    assert ([path.name for path in tmp_path.iterdir()], letter.read_bytes()) == (["letter.db"], content)
