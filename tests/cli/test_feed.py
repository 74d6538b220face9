"""``complaints feed``: what other systems are told, page by page or for as long as it goes on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from subprocess import PIPE

import pytest

from complaints import Actor, Dealer, Desk, Role
from complaints.feeding import event_schema
from complaints.stages.anytime import AddNote
from tests.cli.conftest import FIRST, PLAIN, SECOND, THIRD

LI = Actor("li", Role.SPECIALIST, dealer="SH01")
RELAY = Actor("relay", Role.GROUP)


def lines(ran) -> list[dict]:
    return [json.loads(line) for line in ran.out.splitlines()]


def test_a_script_gets_a_line_for_each_event_with_the_cursor_to_go_on_behind_it(run, house):
    with Desk.open(f"sqlite:///{house}") as desk:
        wanted = [{**event.data(), "cursor": event.cursor} for event in desk.feed(by=RELAY)]

    first = run("feed", "--json", "--limit", "3")
    rest = run("feed", "--json", "--after", lines(first)[-1]["cursor"])

    assert (first.code, first.err, lines(first) + lines(rest)) == (0, "", wanted)
    assert len(lines(first)) == 3


def test_a_person_reads_when_which_complaint_what_and_from_where_to_where(run, house):
    ran = run("feed", "--limit", "4")

    *told, cursor = [line for line in ran.out.splitlines() if line]
    assert told == [
        f"2026-01-05 09:00  {FIRST}  General  Receive  Intake",
        f"2026-01-05 09:30  {FIRST}  General  Assign  Intake",
        f"2026-01-05 09:30  {FIRST}  General  Answer an assignment  Intake",
        f"2026-01-05 09:30  {FIRST}  General  Begin the judgment  Intake → Judgment",
    ]
    assert cursor.startswith("What comes next: --after v1.")


def test_at_the_end_nothing_is_told_but_where_to_go_on(run, house):
    cursor = run("feed").out.splitlines()[-1].split()[-1]

    again = run("feed", "--after", cursor, "--lang", "zh_CN")

    assert (again.code, again.out.splitlines()) == (0, ["此后没有新的事件。", f"后续事件： --after {cursor}"])
    assert run("feed", "--after", cursor, "--json").out == ""


def test_whoever_is_named_reads_the_feed_of_his_own_dealer(run, house):
    ours = run("feed", "--json", "--as", "li", "--role", "specialist", "--dealer", "SH01")
    theirs = run("feed", "--json", "--as", "bei", "--role", "manager", "--dealer", "BJ02")

    assert (ours.out, theirs.out, theirs.code) == (run("feed", "--json").out, "", 0)
    assert {one["reference"] for one in lines(ours)} == {FIRST, SECOND, THIRD}


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (("--after", "nonsense"), 2, "cursor.unreadable"),
        (("--limit", "0"), 2, "invalid"),
        (("--every", "0"), 2, "usage"),
        (("--follow", "--after", "nonsense"), 2, "cursor.unreadable"),
    ],
)
def test_what_cannot_be_answered_is_refused_by_name(run, house, arguments, code, error):
    ran = run("feed", "--json", *arguments)

    assert (ran.code, ran.out, ran.error["error"]) == (code, "", error)


def test_a_cursor_of_another_database_has_an_exit_code_of_its_own(run, house, tmp_path):
    cursor = lines(run("feed", "--json"))[-1]["cursor"]
    with Desk.open(f"sqlite:///{tmp_path}/empty.db"):
        pass

    ran = run("feed", "--json", "--after", cursor, "--db", "empty.db")

    assert (ran.code, ran.error["error"]) == (5, "cursor.ahead")


def test_the_schema_is_printed_without_a_database(run, tmp_path):
    ran = run("feed", "--schema")

    assert (ran.code, ran.json, list(tmp_path.iterdir())) == (0, event_schema(), [])


def test_no_database_is_made_for_the_sake_of_reading(run, tmp_path):
    ran = run("feed", "--json")

    assert (ran.code, ran.error["why"], list(tmp_path.iterdir())) == (6, "missing", [])


def test_whoever_follows_is_told_what_comes_until_he_stops_it(house: Path):
    command = [sys.executable, "-m", "complaints.cli", "feed", "--follow", "--every", "1", "--json", "--limit", "5"]
    with Desk.open(f"sqlite:///{house}", dealers=[Dealer("SH01")]) as desk:
        told = list(desk.feed(by=RELAY))
        with subprocess.Popen(command, cwd=house.parent, env=PLAIN, stdout=PIPE, stderr=PIPE) as follower:
            before = [json.loads(follower.stdout.readline())["id"] for _ in told]
            note = desk.handle(AddNote(complaint=told[0].complaint, text="He called again."), by=LI)
            after = json.loads(follower.stdout.readline())["id"]
            follower.send_signal(signal.SIGINT)
            rest, errors = follower.communicate(timeout=60)

    assert (before, after) == ([event.id for event in told], f"{note.id}:{note.version}")
    assert (follower.returncode, rest, errors) == (0, b"", b"")
