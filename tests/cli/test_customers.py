"""One customer: everything held on him in a file, and then erased, by people who are sure and by scripts that are."""

from __future__ import annotations

import os
import pty
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing

import msgspec
import pytest

from complaints import Actor, Desk, Role
from complaints.history import erased_as
from complaints.stages.anytime import AddNote
from tests.cli.conftest import FIRST, PLAIN, SECOND, THIRD

QIAN = ("--as", "qian", "--role", "manager", "--dealer", "SH01")
LI = ("--as", "li", "--role", "specialist", "--dealer", "SH01")
NOTES = ("--what", "notes,correspondence", "--reason", "asked")


@pytest.fixture
def noted(house):
    """The three open complaints, with a note on the first."""
    li = Actor("li", Role.SPECIALIST, dealer="SH01")
    with Desk.open(f"sqlite:///{house}") as desk:
        desk.handle(AddNote(complaint=desk.complaint(FIRST, by=li).id, text="张先生下午来电"), by=li)
    return house


# --- export -----------------------------------------------------------------------------------------------------------


def test_everything_held_on_a_customer_is_written_to_a_file(run, noted, tmp_path):
    ran = run("customer", "export", "张三", "--to", "out.json", *QIAN)

    held = msgspec.json.decode((tmp_path / "out.json").read_bytes())
    (only,) = held["complaints"]
    assert (ran.code, ran.out, ran.err) == (0, "Exported to: out.json (1)\n", "")
    assert (held["format"], held["made_by"], only["reference"]) == ("complaints-customer-1", "qian", FIRST)
    assert only["statement"] == "空调不制冷，等了两个小时。"
    assert [event["form"]["text"] for event in only["timeline"] if event["command"] == "AddNote"] == ["张先生下午来电"]
    assert only["complaint"]["registration"]["complainant"]["phone"] == "13800000000"
    assert "张先生下午来电" in only["case_file"]


def test_what_a_phone_finds_is_exported_newest_first(run, noted, tmp_path):
    ran = run("customer", "export", "13800000000", "--to", "out.json", "--json", *QIAN)

    assert ran.json == {"export": "out.json", "complaints": [THIRD, SECOND, FIRST]}


def test_the_file_is_for_nobody_else_to_read(run, noted, tmp_path):
    run("customer", "export", "张三", "--to", "out.json", *QIAN)

    assert stat.S_IMODE((tmp_path / "out.json").stat().st_mode) == 0o600


def test_a_file_that_is_there_is_not_overwritten(run, noted, tmp_path):
    ran = run("customer", "export", "张三", "--to", "complaints.db", *QIAN)

    assert (ran.code, ran.err.splitlines()[-1]) == (6, "[store.exists]")
    assert run("list", "--json").code == 0


def test_a_file_that_cannot_be_written_leaves_nothing(run, noted, tmp_path):
    ran = run("customer", "export", "张三", "--to", "no/such/folder.json", *QIAN)

    assert (ran.code, list(tmp_path.glob("**/*.json*"))) == (2, [])


def test_a_specialist_exports_nobody(run, noted, tmp_path):
    ran = run("customer", "export", "张三", "--to", "out.json", *LI, "--json")

    assert (ran.code, [one["code"] for one in ran.error["refusals"]]) == (4, ["export.not_permitted"])
    assert not (tmp_path / "out.json").exists()


NOBODY = [("export", "nobody", "--to", "out.json"), ("redact", "nobody", "--reason", "x", "--yes")]


@pytest.mark.parametrize("step", NOBODY)
def test_nobody_is_found_of_whom_nothing_is_held(run, noted, tmp_path, step):
    ran = run("customer", *step, *QIAN)

    assert (ran.code, ran.out) == (3, "No complaint of this customer was found.\n")
    assert not (tmp_path / "out.json").exists()


@pytest.mark.parametrize("who", [(), ("张三", "--ref", "dms:customer:C-1")])
def test_one_customer_is_named_in_one_way(run, noted, who):
    ran = run("customer", "redact", *who, *NOTES, "--yes", *QIAN)

    assert (ran.code, ran.err.splitlines()[0]) == (2, "Error: Name one customer: WHO or --ref, one of the two.")


# --- redact -----------------------------------------------------------------------------------------------------------


def test_what_was_asked_for_is_erased(run, noted):
    ran = run("customer", "redact", "张三", *NOTES, "--yes", *QIAN)

    timeline = run("show", FIRST, "--json").json["timeline"]
    assert (ran.code, ran.out, ran.err) == (0, f"✓ {FIRST}: erased\n", "")
    assert [event["form"]["text"] for event in timeline if event["command"] == "AddNote"] == [erased_as(2)]
    assert run("verify").code == 0


def test_each_refusal_is_told_and_the_others_are_erased(run, noted):
    ran = run("customer", "redact", "13800000000", *NOTES, "--yes", "--json", *QIAN)

    told = [(one["reference"], one["is_erased"], one.get("error")) for one in ran.json["complaints"]]
    assert ran.code == 1
    assert told == [(THIRD, True, None), (SECOND, False, "move.refused"), (FIRST, True, None)]


def test_what_an_open_complaint_needs_is_refused_in_words(run, noted):
    ran = run("customer", "redact", "张三", "--reason", "asked", "--yes", *QIAN, "--lang", "zh_CN")

    assert (ran.code, ran.out) == (1, f"✗ {FIRST}\n")
    assert "投诉尚在办理中，答复客户还需要这些内容：姓名、联系方式、诉求内容。" in "".join(ran.err.split())


def test_a_script_that_is_not_sure_changes_nothing(run, noted):
    ran = run("customer", "redact", "张三", *NOTES, *QIAN)

    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[0] == "Error: It cannot be undone. Export first, and then say --yes."
    assert run("show", FIRST, "--json").json["complaint"]["version"] == 5


def test_somebody_must_have_asked_for_it(run, noted):
    assert run("customer", "redact", "张三", *NOTES, "--yes").code == 2


def test_a_missing_database_is_not_made(run, tmp_path):
    ran = run("customer", "redact", "张三", *NOTES, "--yes", *QIAN)

    assert (ran.code, list(tmp_path.iterdir())) == (6, [])


def test_the_house_says_how_long_files_are_kept(run, noted, tmp_path):
    (tmp_path / "house.toml").write_text('keep_years = 10\n[[dealer]]\nid = "SH01"\n')

    ran = run("customer", "redact", "张三", *NOTES, "--yes", "--json", "--house", "house.toml", *QIAN)

    (only,) = ran.json["complaints"]
    assert (ran.code, [one["code"] for one in only["refusals"]]) == (1, ["redact.retention"])


@pytest.mark.parametrize(("answer", "code", "version"), [("y", 0, 6), ("n", 130, 5), ("", 130, 5)])
def test_a_person_is_asked_and_may_think_better_of_it(noted, run, tmp_path, answer, code, version):
    command = [sys.executable, "-m", "complaints.cli", "customer", "redact", "张三", *NOTES, *QIAN]
    theirs, ours = pty.openpty()
    os.write(theirs, f"{answer}\n".encode())
    ran = subprocess.run(
        command, stdin=ours, capture_output=True, cwd=tmp_path, env={**PLAIN, "LANG": "en"}, check=False
    )
    os.close(theirs)
    os.close(ours)

    asked = f"It would be erased from these complaints:\n  {FIRST}\nIt cannot be undone. Erase it? [y/N] "
    assert (ran.returncode, ran.stdout.decode().startswith(asked)) == (code, True)
    assert run("show", FIRST, "--json").json["complaint"]["version"] == version


def test_traces_that_a_reader_keeps_are_told(run, noted):
    with closing(sqlite3.connect(noted, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM complaints_event").fetchone()
        ran = run("customer", "redact", "张三", *NOTES, "--yes", *QIAN)

    assert (ran.code, ran.err.startswith("It is erased, but somebody is reading the database")) == (0, True)
    assert run("db", "upgrade").code == 0
    assert [file for file in sorted(noted.parent.iterdir()) if "张先生下午来电".encode() in file.read_bytes()] == []
