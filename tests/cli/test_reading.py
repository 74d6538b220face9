"""Looking: list, show, explain, verify, diagram, form, db."""

from __future__ import annotations

import shutil
import sqlite3

import pytest

from complaints import LIFECYCLE
from complaints.diagram import mermaid
from complaints.forms.layout import width_of
from complaints.forms.schema import form
from complaints.model.words import Severity, State
from complaints.stages.anytime import AddEvidence
from complaints.stores.migrate import NEWEST
from tests.cli.conftest import FIRST, SECOND, THIRD
from tests.stores.upgrades import made_by_an_older_program

ADD_NOTE = ("do", "AddNote", "--as", "li", "--role", "specialist", "--set", "text=x", "--complaint")

# --- list -----------------------------------------------------------------------------------------------------------


NOON = ("--now", "2026-01-05T12:00+08:00")


def test_the_list_is_a_table_newest_first(run, house):
    assert run("list", *NOON).out == (
        "Case number       State     Severity  Handler  Received at       Due                Statement (begi…\n"
        "────────────────  ────────  ────────  ───────  ────────────────  ─────────────────  ────────────────\n"
        "SH01-2026-000003  Intake    Major     li       2026-01-05 09:00  late: today 11:00  刹车失灵，撞车…\n"
        "SH01-2026-000002  Intake    General   li       2026-01-05 09:00  late: today 11:00  The bill is wro…\n"
        "SH01-2026-000001  Judgment  General   li       2026-01-05 09:00  tomorrow           空调不制冷，等…\n"
    )


@pytest.mark.parametrize(
    ("columns", "first"),
    [
        ("110", "SH01-2026-000003  受理中  重大      li      2026-01-05 09:00  逾期：今天11:00  刹车失灵，撞车了。"),
        ("80", "SH01-2026-000003  受理中  重大      li      逾期：今天11:00  刹车失灵，撞车了。"),
        ("60", "SH01-2026-000003  受理中  重大      li      逾期：今天11:00"),
        ("50", "SH01-2026-000003  受理中  逾期：今天11:00"),
        ("40", "SH01-2026-000003  受理中"),
    ],
)
def test_the_list_fits_a_narrow_terminal_and_cuts_no_date(run, house, monkeypatch, columns, first):
    monkeypatch.setenv("COLUMNS", columns)

    lines = run("list", "--lang", "zh_CN", *NOON).out.splitlines()

    assert [width_of(line) <= int(columns) for line in lines] == [True] * 5
    assert (lines[2], [line[:16] for line in lines[2:]]) == (first, [THIRD, SECOND, FIRST])


def test_on_a_terminal_what_is_late_is_red_and_what_is_due_today_yellow(run, house, monkeypatch):
    monkeypatch.setattr("complaints.cli.screen.is_coloured", lambda stream: True)

    red, yellow, plain = "\x1b[31m", "\x1b[33m", "SH01-"
    late, today, later = (
        [line[:5] for line in run("list", "--now", f"2026-01-{moment}+08:00").out.splitlines()[2:]]
        for moment in ("05T11:00:01", "05T11:00:00", "04T11:00:00")
    )

    assert (late, today, later) == ([red, red, plain], [yellow, yellow, plain], [plain] * 3)


@pytest.mark.parametrize("command", [("list",), ("show", FIRST)], ids=" ".join)
def test_a_moment_without_a_zone_is_refused(run, house, command):
    ran = run(*command, "--now", "2026-01-05T12:00", "--json")

    assert (ran.code, ran.out, ran.error["error"]) == (2, "", "time.naive")


def test_the_list_tells_scripts_when_something_is_due(run, house):
    assert [one["due"] for one in run("list", "--json").json["complaints"]] == [
        "2026-01-05T11:00:00+08:00",
        "2026-01-05T11:00:00+08:00",
        "2026-01-06T23:59:59+08:00",
    ]


def test_the_case_file_tells_due_dates_as_of_a_moment(run, house):
    shown = run("show", THIRD, "--now", "2026-01-05T12:00+08:00").out.splitlines()

    assert [line for line in shown if "today" in line] == [
        "Due first    overdue since today 11:00",
        "✗ Acknowledge: 2026-01-05 11:00; overdue since today 11:00",
    ]


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        (["--state", "judgment"], [FIRST]),
        (["--state", "判定中"], [FIRST]),
        (["--state", "Follow-Up"], []),
        (["--stage", "intake"], [THIRD, SECOND]),
        (["--severity", "major"], [THIRD]),
        (["--severity", "重大"], [THIRD]),
        (["--category", "价格与收费"], [SECOND]),
        (["--category", "product.brakes"], [THIRD]),
        (["--category", "car_wash"], []),
        (["--text", "bill"], [SECOND]),
        (["--customer", "王五"], [THIRD]),
        (["--handler", "li", "--open"], [THIRD, SECOND, FIRST]),
        (["--ended"], []),
        (["--reference", SECOND], [SECOND]),
        (["--dealer", "BJ02"], []),
        (["--since", "2026-01-05", "--until", "2026-01-06"], [THIRD, SECOND, FIRST]),
        (["--since", "2026-01-05T09:00:01+08:00"], []),
        (["--until", "2026-01-05T01:00Z"], []),
        (["--ref", "dms:order:1"], []),
    ],
)
def test_the_list_is_narrowed(run, house, narrowed, found):
    assert [one["reference"] for one in run("list", "--json", *narrowed).json["complaints"]] == found


def test_pages_follow_each_other(run, house):
    first = run("list", "--json", "--limit", "2").json
    second = run("list", "--json", "--limit", "2", "--after", first["next"]).json

    assert [[one["reference"] for one in page["complaints"]] for page in (first, second)] == [[THIRD, SECOND], [FIRST]]
    assert second["next"] is None


def test_a_person_sees_the_complaints_of_his_dealer(run, house):
    own = run("list", "--as", "li", "--role", "specialist", "--dealer", "SH01", "--json").json
    others = run("list", "--as", "li", "--role", "specialist", "--dealer", "BJ02", "--json").json

    assert (len(own["complaints"]), others["complaints"]) == (3, [])


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (["--state", "closd"], "Error: Not usable: --state closd\nPossible: intake Intake, judgment Judgment,"),
        (["--category", "刹车"], "Error: No such category: 刹车\nPossible: sales, delivery,"),
        (["--limit", "many"], "Error: Not usable: --limit Possible: whole number\n[usage]"),
        (["--limit", "0"], "Error: “Search” cannot be taken as it is. Please correct:\n  limit: Please give 1"),
        (["--after", "x"], "Error: “Search” cannot be taken as it is. Please correct:\n  after: This is no cursor"),
        (["--since", "yesterday"], "Error: Not usable: --since yesterday\nThis is no day and no moment"),
        (
            ["--since", "2026-01-05T09:00"],
            "Error: “Search” cannot be taken as it is. Please correct:\n  received_from:",
        ),
        (["--ref", "1"], "Error: --ref 1 ≠ SYSTEM:KIND:ID\n[usage]"),
        (["--role", "boss"], "Error: Not usable: --role boss\nPossible: specialist Specialist,"),
        (["--as", "li"], "Error: Who acts needs both: --as ID and --role ROLE.\n[usage]"),
        (["--as", "li", "--role", "specialist"], "Error: Say at which dealer that person works: --dealer ID.\n"),
        (["--stat", "closed"], "Error: No such option: --stat"),
        (["now"], "Error: More than the command takes: now\n[usage]"),
        (["--text"], "Error: A value is missing after: --text\n[usage]"),
    ],
)
def test_wrong_input_is_told_with_what_is_possible(run, house, wrong, said):
    ran = run("list", *wrong)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err[: len(said)] == said


# --- show -----------------------------------------------------------------------------------------------------------


def test_the_case_file_is_shown_by_number_and_by_id(run, house):
    data = run("show", FIRST, "--json").json

    by_number, by_id = run("show", FIRST).out, run("show", data["complaint"]["id"]).out

    assert by_number == by_id
    assert by_number.splitlines()[0] == "Case file SH01-2026-000001"
    assert data["statement"] == "空调不制冷，等了两个小时。"


def test_the_case_file_tells_what_this_very_person_may_do(run, house):
    steps = {
        role: {
            step["command"]
            for step in run("show", THIRD, "--as", "x", "--role", role, "--json").json["next"]
            if step["is_open"]
        }
        for role in ("archivist", "supervisor")
    }

    assert "Assign" in steps["supervisor"]
    assert "Assign" not in steps["archivist"]


def test_an_auditor_sees_no_names(run, house):
    shown = run("show", FIRST, "--as", "aud", "--role", "auditor", "--lang", "zh_CN").out

    assert [secret for secret in ("张三", "13800000000", "空调") if secret in shown] == []


@pytest.mark.parametrize("case", ["SH01-2026-000009", "018f0000-0000-7000-8000-000000000001", "", "\x1b[2J"])
def test_an_unknown_complaint_is_not_found(run, house, case):
    assert run("show", case).code == 3


def test_another_dealers_person_is_told_that_there_is_nothing(run, house):
    ran = run("show", FIRST, "--as", "x", "--role", "manager", "--dealer", "BJ02", "--json")

    assert (ran.code, ran.error["error"]) == (3, "not_found")


# --- explain --------------------------------------------------------------------------------------------------------


def test_what_may_be_done_is_explained(run, house):
    lines = run("explain", FIRST, "--as", "li", "--role", "specialist").out.splitlines()

    assert lines[:2] == ["SH01-2026-000001 (Judgment)", "✓ Uphold → Investigation (Specialist)"]
    others = " ".join(lines).partition("For others: ")[2].split("; ")
    assert {"Assign (Supervisor)", "Decide accountability (Manager)", "Erase personal data (Manager)"} <= {*others}


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ("Uphold", 0, "✓ Nothing is known to stand in the way.\n"),
        ("keep-promise", 1, "✗ No promise is open on this complaint, so there is nothing to keep."),
        ("结案", 4, "✗ “Close” is no step from “Judgment”."),
        ("Assign", 4, "✗ “Assign” is for: Supervisor."),
    ],
)
def test_one_step_is_explained_with_the_exit_code_it_would_have(run, house, command, code, said):
    ran = run("explain", FIRST, command, "--as", "li", "--role", "specialist")

    assert (ran.code, ran.out[: len(said)]) == (code, said)


def test_explaining_for_scripts(run, house):
    assert run("explain", FIRST, "KeepPromise", "--json").json == {
        "reference": FIRST,
        "command": "KeepPromise",
        "refusals": [
            {
                "code": "promises.none_open",
                "sentence": (
                    "No promise is open on this complaint, so there is nothing to keep."
                    " Please look at its register of promises."
                ),
                "who": [],
                "facts": {},
            }
        ],
    }


def test_an_unknown_step_is_told_with_what_may_be_meant(run, house):
    ran = run("explain", FIRST, "Uphald")

    assert (ran.code, ran.err.splitlines()[:2]) == (2, ["Error: No such step: Uphald", "Possible: Uphold"])


# --- verify ---------------------------------------------------------------------------------------------------------


def test_whole_histories_are_counted(run, house):
    assert run("verify").out == "Histories that are whole: 3\nEvents in them: 7\nHistories that are broken: 0\n"


def test_a_changed_event_is_found(run, house):
    _change(house, "UPDATE complaints_event SET body = replace(body, 'handler', 'caller') WHERE number = 2")

    ran, one, as_json = run("verify"), run("verify", FIRST), run("verify", "--json")

    assert (ran.code, one.code, as_json.code) == (7, 7, 7)
    assert ran.out == "Histories that are whole: 2\nEvents in them: 3\nHistories that are broken: 1\n"
    assert ran.err.splitlines()[-1] == "[history.broken]"
    assert [(error["error"], error["facts"]["what"]) for error in as_json.json["broken"]] == [
        ("history.broken", "changed")
    ]


def test_a_cut_off_end_is_found_against_a_checkpoint(run, house):
    shutil.copy(house, "early.db")
    run("do", "AddNote", "--complaint", FIRST, "--set", "text=x", "--as", "li", "--role", "specialist")
    written = run("verify", "--write-checkpoint", "kept.json")

    alone, held = (run("verify", "--db", "early.db", *more) for more in ([], ["--checkpoint", "kept.json"]))

    assert (written.code, alone.code, held.code) == (0, 0, 7)
    assert "the end is cut off." in held.err


def test_no_checkpoint_is_written_of_a_broken_history(run, house, tmp_path):
    _change(house, "UPDATE complaints_event SET body = replace(body, 'handler', 'caller') WHERE number = 2")

    ran = run("verify", "--write-checkpoint", "kept.json")

    assert (ran.code, (tmp_path / "kept.json").exists()) == (7, False)


@pytest.mark.parametrize("text", ["", "{}", '{"checkpoints": [{"complaint": "x"}]}', "\x00"])
def test_what_is_no_checkpoint_is_refused(run, house, tmp_path, text):
    (tmp_path / "kept.json").write_text(text)

    ran = run("verify", "--checkpoint", "kept.json", "--json")

    assert (ran.code, [fault["code"] for fault in ran.error["faults"]]) == (2, ["not_a_checkpoint"])


def test_a_checkpoint_that_cannot_be_read_or_written_is_told(run, house):
    read, written = run("verify", "--checkpoint", "no.json"), run("verify", "--write-checkpoint", "no/no.json")

    assert (read.code, written.code) == (2, 2)


def _change(file, statement):
    with sqlite3.connect(file) as database:
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:
            database.execute(f"DROP TRIGGER {name}")
        database.execute(statement)
    database.close()


# --- diagram, form --------------------------------------------------------------------------------------------------


def test_the_lifecycle_is_drawn_without_a_database(run):
    assert run("diagram").out == mermaid(LIFECYCLE)
    assert run("diagram", "--lang", "zh_CN").out == mermaid(LIFECYCLE, language="zh_CN")


def test_one_complaints_way_is_drawn(run, house):
    path = [("Receive", State.INTAKE), ("BeginJudgment", State.JUDGMENT)]

    assert run("diagram", FIRST).out == mermaid(LIFECYCLE, complaint_path=path)


def test_the_form_of_a_step_is_printed(run):
    printed = run("form", "add-evidence", "--severity", "major", "--lang", "zh_CN").json

    assert printed == form(AddEvidence, severity=Severity.MAJOR, language="zh_CN")


def test_without_a_name_the_steps_are_listed(run):
    assert run("form", "--json").json == list(LIFECYCLE.commands)
    assert len(run("form").out.splitlines()) == 2 + len(LIFECYCLE.commands)


# --- the database ---------------------------------------------------------------------------------------------------


def test_the_database_is_described(run, house):
    described = run("db", "status", "--json").json

    assert described == {
        "file": str(house),
        "schema": described["newest"],
        "newest": described["newest"],
        "complaints": 3,
        "events": 7,
        "size_bytes": described["size_bytes"],
        "journal_mode": "wal",
        "synchronous": "full",
    }
    assert len(run("db", "status").out.splitlines()) == 8


def test_a_backup_is_a_database_of_its_own(run, house):
    ran = run("db", "backup", "copy.db")

    assert (ran.code, ran.out) == (0, "Backup written: copy.db\n")
    assert run("list", "--db", "copy.db").out == run("list").out


def test_a_backup_overwrites_nothing(run, house, tmp_path):
    (tmp_path / "copy.db").write_text("mine")

    ran = run("db", "backup", "copy.db", "--json")

    assert (ran.code, ran.error["why"], (tmp_path / "copy.db").read_text()) == (6, "exists", "mine")


def test_an_older_file_is_told_of_by_who_only_looks_and_upgraded_by_who_is_asked_to(run, tmp_path):
    made_by_an_older_program(tmp_path / "old.db")

    looked = run("db", "status", "--db", "old.db", "--json")
    upgraded = run("db", "upgrade", "--db", "old.db", "--json")

    assert (looked.code, looked.error["why"], looked.error["facts"]["found"]) == (6, "schema_older", "0001")
    assert (upgraded.code, upgraded.json["schema"], upgraded.json["events"]) == (0, NEWEST, 23)


def test_an_upgrade_of_what_is_new_changes_nothing(run, house):
    assert run("db", "upgrade", "--json").json == run("db", "status", "--json").json


@pytest.mark.parametrize(
    "command",
    [
        ["list"], ["show", FIRST], ["explain", FIRST], ["verify"], ["diagram", FIRST],
        ["db", "status"], ["db", "upgrade"], ["db", "backup", "b.db"],
        ["do", "AddNote", "--complaint", FIRST, "--set", "text=x", "--as", "li", "--role", "specialist"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_a_mistyped_database_is_told_and_not_made(run, tmp_path, command):
    ran = run(*command, "--db", "typo.db", "--json")

    assert (ran.code, ran.out, ran.error["why"]) == (6, "", "missing")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("content", "why"), [(b"\x7f" * 5000, "not_a_database"), (b"text\n", "not_a_database")])
def test_a_file_that_is_no_database_is_told_and_not_touched(run, tmp_path, content, why):
    (tmp_path / "garbage.db").write_bytes(content)

    ran = run("list", "--db", "garbage.db", "--json")

    assert (ran.code, ran.error["why"], (tmp_path / "garbage.db").read_bytes()) == (6, why, content)


def test_another_programs_database_is_told_and_not_touched(run, tmp_path):
    with sqlite3.connect(tmp_path / "theirs.db") as theirs:
        theirs.execute("CREATE TABLE theirs (id)")
    theirs.close()

    ran = run("verify", "--db", "theirs.db", "--json")

    assert (ran.code, ran.error["why"]) == (6, "foreign")


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "no such folder/x.db"])
def test_an_address_that_cannot_be_used_is_told(run, url):
    assert run("list", "--db", url).code == 6


@pytest.mark.parametrize(
    ("address", "error"),
    [
        ("x" * 300, "store.cannot_open"),
        ("loop/x.db", "store.cannot_open"),
        ("plain.txt/x.db", "store.cannot_open"),
        ("folder", "store.cannot_open"),
        ("x\udcff.db", "store.url"),
        ("sqlite://here:abc/x.db", "store.url"),
        ("sqlite+aiosqlite:///complaints.db", "store.dialect"),
        ("sqlite+nonsense:///complaints.db", "store.dialect"),
    ],
)
@pytest.mark.parametrize("command", [["list"], ["db", "upgrade"], [*ADD_NOTE, FIRST], [*ADD_NOTE, FIRST, "--dry-run"]])
def test_what_cannot_be_opened_is_told_by_what_is_the_matter(run, house, tmp_path, address, error, command):
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "plain.txt").write_text("text")
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.iterdir())

    told, shown = run(*command, "--db", address, "--json"), run(*command, "--db", address)

    assert (told.code, told.error["error"], shown.err.splitlines()[-1]) == (6, error, f"[{error}]")
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.parametrize("copy", ["x" * 300, "loop/x.db", "x\udcff.db"])
def test_a_backup_to_where_no_file_can_be_is_told(run, house, tmp_path, copy):
    (tmp_path / "loop").symlink_to("loop")

    assert run("db", "backup", copy).code == 6


def test_reading_changes_no_byte(run, house):
    before = house.read_bytes()

    for command in (["list"], ["show", FIRST], ["explain", FIRST], ["verify"], ["db", "status"]):
        run(*command)

    assert house.read_bytes() == before


def test_common_options_stand_before_or_behind_the_command(run, house, monkeypatch):
    behind = run("list", "--db", "complaints.db", "--json", "--dealer", "SH01").out
    before = run("--db", "complaints.db", "--json", "--dealer", "SH01", "list").out
    monkeypatch.setenv("COMPLAINTS_DB", "elsewhere.db")
    over_the_environment = run("list", "--db", "complaints.db", "--json", "--dealer", "SH01").out

    assert behind == before == over_the_environment
    assert run("list").code == 6


# --- what reaches the terminal --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [["show", "SH\x1b[31mX\x07"], ["list", "--db", "x\x1b[31m"], ["\x1b[31m"], ["do", "\x9b31m"], ["list", "--\x1bx"]],
)
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_what_was_typed_never_commands_the_terminal(run, house, typed, more):
    ran = run(*typed, *more)

    assert ran.code in (2, 3, 6)
    assert [sign for sign in ran.out + ran.err if sign != "\n" and not sign.isprintable()] == []


def test_stored_text_cannot_turn_the_reading_direction(run, house):
    run(
        "do",
        "AddNote",
        "--complaint",
        FIRST,
        "--set",
        "text=paid \u202e999\u202c",
        "--as",
        "li",
        "--role",
        "specialist",
    )

    shown, told = run("show", FIRST, "--full"), run("show", FIRST, "--json")

    assert "paid \\u202e999\\u202c" in shown.out
    assert "\u202e" not in told.out
    assert told.json["timeline"][4]["form"]["text"] == "paid \u202e999\u202c"
