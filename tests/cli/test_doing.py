"""Taking steps: from fields, from JSON, refused, repeated, in between, and tried out."""

from __future__ import annotations

import json
import sqlite3

import pytest

from tests.cli.conftest import FIRST, SECOND, THIRD

LI = ("--as", "li", "--role", "specialist")
ZHAO = ("--as", "zhao", "--role", "supervisor")
RECEIVE = (
    "do", "Receive", *LI, "--dealer", "SH01",
    "--set", "complainant.name=赵六", "--set", "complainant.phone=13900000000", "--set", "channel=电话",
    "--set", "received_at=2026-01-06T09:00+08:00", "--set", "statement=交车晚了一天。", "--set", "wish=解释",
    "--set", "issues[0].id=I1", "--set", "issues[0].category=交车", "--set", "takes_on=是",
)  # fmt: skip


def note(*more: str, case: str = FIRST) -> tuple[str, ...]:
    return ("do", "AddNote", "--complaint", case, "--set", "text=called", *LI, *more)


def versions(run) -> list[int]:
    return [one["version"] for one in run("list", "--json").json["complaints"]]


# --- a step ---------------------------------------------------------------------------------------------------------


def test_a_complaint_begins_in_an_empty_folder(run):
    received = run(*RECEIVE)

    found = run("list", "--json").json["complaints"]
    assert (received.code, received.err) == (0, "")
    assert received.out == f"{found[0]['reference']} (Intake)\n  1  Receive  → Intake  li (Specialist)\n"
    assert [(one["categories"], one["handler"], one["excerpt"]) for one in found] == [
        (["delivery"], "li", "交车晚了一天。")
    ]


def test_a_step_tells_what_happened_and_what_followed(run, house):
    ran = run("do", "CompleteRegistration", "--complaint", SECOND, "--set", "alarms=起火,injury", *LI)

    assert ran.out == (
        "SH01-2026-000002 (Intake)\n"
        "  2  Complete the registration  li (Specialist)\n"
        "  3  Set the severity  system (System)\n"
    )


def test_a_step_for_scripts(run, house):
    done = run(*note("--json")).json

    assert (done["reference"], done["version"], done["state"]) == (FIRST, 5, "judgment")
    assert [(event["number"], event["command"], event["form"]["text"]) for event in done["events"]] == [
        (5, "AddNote", "called")
    ]


@pytest.mark.parametrize("name", ["AddNote", "addnote", "add-note", "add_note", "Add a note", "备注"])
def test_a_step_is_called_by_name_or_label(run, house, name):
    assert run("do", name, "--complaint", FIRST, "--set", "text=x", *LI).code == 0


def test_a_form_comes_from_a_file_and_fields_go_before_it(run, house, tmp_path):
    (tmp_path / "form.json").write_text(json.dumps({"complaint": FIRST, "text": "from the file"}))

    from_file = run("do", "AddNote", "--from", "form.json", *LI, "--json").json
    with_field = run("do", "AddNote", "--from", "form.json", "--set", "text=typed", *LI, "--json").json

    assert [done["events"][0]["form"]["text"] for done in (from_file, with_field)] == ["from the file", "typed"]


def test_a_form_comes_from_the_standard_input(run, house):
    ran = run("do", "AddNote", "--complaint", FIRST, "--from", "-", *LI, "--json", typed='{"text": "管道"}'.encode())

    assert ran.json["events"][0]["form"]["text"] == "管道"


def test_a_whole_judgment_is_typed_in_fields(run, house):
    ran = run(
        "do", "Uphold", "--complaint", FIRST, *LI,
        "--set", "judgments[0].issue=I1", "--set", "judgments.0.grounds=理由充分",
        "--set", "judgments[0].grounds_reason=seen", "--set", "judgments[0].demand=reasonable",
        "--set", "judgments[0].demand_reason=usual", "--set", "judgments[0].verdict=Upheld",
        "--set", "department=售后服务部", "--set", "investigator=wu",
        "--set", "promise.id=P1", "--set", "promise.channel=phone",
        "--set", "promise.text=我们会尽快答复您。", "--set", "promise.due_at=2036-01-01T09:00+08:00",
    )  # fmt: skip

    assert (ran.code, ran.err, ran.out.splitlines()[1]) == (
        0,
        "",
        "  5  Uphold  Judgment → Investigation  li (Specialist)",
    )


def test_money_and_lists_are_typed_as_one_says_them(run, house):
    ran = run(
        "do", "CompleteRegistration", "--complaint", FIRST, *LI,
        "--set", "complained_of=wu，he", "--set", "vehicles[0].make=长安", "--set", "vehicles[0].year=2024", "--json",
    )  # fmt: skip

    form = ran.json["events"][0]["form"]
    assert (form["complained_of"], form["vehicles"][0]["year"]) == (["wu", "he"], 2024)


def test_it_happened_earlier_and_somebody_else_typed_it(run, house):
    done = run(
        *note("--at", "2026-01-05T12:00+08:00", "--recorded-by", "wang:receptionist,sales_consultant", "--json")
    ).json

    event = done["events"][0]
    assert (event["at"], event["by"]["id"], event["recorded_by"]["id"]) == ("2026-01-05T12:00:00+08:00", "li", "wang")
    assert event["recorded_by"]["roles"] == ["receptionist", "sales_consultant"]


def test_who_acts_may_stand_in_the_environment(run, house, monkeypatch):
    monkeypatch.setenv("COMPLAINTS_AS", "zhao")
    monkeypatch.setenv("COMPLAINTS_ROLE", "supervisor,finance")

    done = run("do", "AddNote", "--complaint", FIRST, "--set", "text=x", "--json").json

    assert done["events"][0]["by"] == {
        "id": "zhao", "roles": ["finance", "supervisor"], "dealer": "SH01", "department": None,
    }  # fmt: skip


# --- once only, and not over somebody's head ------------------------------------------------------------------------


def test_the_same_key_does_the_same_step_once(run, house):
    first, second = run(*note("--key", "k1")), run(*note("--key", "k1"))

    assert (first.code, second.code) == (0, 0)
    assert second.out == "SH01-2026-000001 (Judgment)\n  done before under the same key; nothing was added\n"
    assert versions(run) == [2, 1, 5]


def test_the_same_key_for_another_step_is_a_conflict(run, house):
    run(*note("--key", "k1"))

    ran = run(*note("--key", "k1", case=SECOND), "--json")

    assert (ran.code, ran.error["error"]) == (5, "key.reused")


@pytest.mark.parametrize("more", [[], ["--dry-run"]])
def test_whoever_has_seen_an_old_version_is_told_what_happened(run, house, more):
    ran = run(*note("--expected-version", "3", *more, "--json"))

    assert (ran.code, ran.error["error"]) == (5, "conflict")
    assert [(event["number"], event["command"]) for event in ran.error["events"]] == [(4, "BeginJudgment")]
    assert versions(run) == [2, 1, 4]


def test_whoever_has_seen_the_present_version_may(run, house):
    assert run(*note("--expected-version", "4")).code == 0


# --- tried out ------------------------------------------------------------------------------------------------------


def test_a_dry_run_writes_nothing(run, house):
    before = house.read_bytes()

    ran = run(*note("--dry-run"))

    assert (ran.code, ran.out) == (0, "✓ Nothing is known to stand in the way.\n")
    assert house.read_bytes() == before


def test_a_dry_run_tells_every_refusal(run, house):
    ran = run(
        "do",
        "SetSeverity",
        "--complaint",
        THIRD,
        "--set",
        "severity=general",
        "--set",
        "reason=x",
        *LI,
        "--dry-run",
        "--json",
    )

    assert (ran.code, [refusal["code"] for refusal in ran.json["refusals"]]) == (
        1, ["severity.below_floor", "severity.lowering"],
    )  # fmt: skip


def test_a_dry_run_of_the_first_step_makes_no_database(run, tmp_path):
    assert (run(*RECEIVE, "--dry-run").code, list(tmp_path.iterdir())) == (0, [])


# --- refused --------------------------------------------------------------------------------------------------------


def test_a_refusal_tells_every_reason_and_changes_nothing(run, house):
    ran = run("do", "SetSeverity", "--complaint", THIRD, "--set", "severity=general", "--set", "reason=x", *LI)

    assert ran.code == 1
    assert ran.err == (
        "Error: “Set the severity” was not done, and nothing was changed. What stands in the way:\n"
        "  severity.below_floor: By the rules that applied the severity is never below “Major”. Please\n"
        "      choose that or a higher one.\n"
        "  severity.lowering: The severity is lowered by: Manager, or a higher rank. Please ask there.\n"
        "[move.refused]\n"
    )
    assert versions(run) == [2, 1, 4]


@pytest.mark.parametrize(
    ("arguments", "code", "error"),
    [
        (["Close", "--complaint", FIRST, *LI], 4, "move.illegal"),
        (["Archive", "--complaint", FIRST, *LI], 4, "move.illegal"),
        (["Assign", "--complaint", FIRST, *LI], 4, "move.not_permitted"),
        (["AddNote", "--complaint", FIRST, "--as", "a", "--role", "auditor"], 4, "move.not_permitted"),
        (["KeepPromise", "--complaint", FIRST, *LI], 1, "move.refused"),
        (["AddNote", "--complaint", FIRST, *LI], 2, "invalid"),
        (["AddNote", *LI, "--set", "text=x"], 2, "invalid"),
        (["AddNote", "--complaint", FIRST, *LI, "--set", "tekst=x"], 2, "invalid"),
        (["AddNote", "--complaint", FIRST, *LI, "--set", "text=a\x07b"], 2, "invalid"),
        (["AddNote", "--complaint", FIRST, *LI, "--set", "text=x", "--at", "2026-01-05T12:00"], 2, "time.naive"),
        (["AddNote", "--complaint", FIRST, *LI, "--set", "text=x", "--at", "2136-01-05T12:00Z"], 1, "move.refused"),
        (["AddNote", "--complaint", "SH01-2026-000009", *LI, "--set", "text=x"], 3, "not_found"),
        (["AddNote", "--complaint", FIRST, *LI, "--set", "text=x", "--dealer", "BJ02"], 3, "not_found"),
        (["AddNote", "--complaint", FIRST, "--as", "x" * 81, "--role", "hr", "--set", "text=x"], 2, "invalid"),
        (["Upheld", "--complaint", FIRST, *LI], 2, "usage"),
        (["AddNote", "--complaint", FIRST, "--set", "text=x"], 2, "usage"),
        (["AddNote", "--complaint", FIRST, *LI, "--set", "text"], 2, "usage"),
        (["AddNote", "--complaint", FIRST, *LI, "--set", "=x"], 2, "usage"),
        (["AddNote", "--complaint", FIRST, *LI, "--set", "a[1].b=x"], 2, "usage"),
        (["AddNote", "--complaint", FIRST, *LI, "--set", "text=x", "--set", "text.more=x"], 2, "usage"),
        (["AddNote", "--complaint", FIRST, *LI, "--set", "text=x", "--recorded-by", "wang"], 2, "usage"),
        (["AddNote", "--complaint", FIRST, *LI, "--set", "text=x", "--recorded-by", "wang:boss"], 2, "usage"),
        (["AddNote", "--complaint", FIRST, *LI, "--set", "text=x", "--expected-version", "x"], 2, "usage"),
        (["Receive", "--complaint", FIRST, *LI], 2, "usage"),
        (["AddNote", "--complaint", FIRST, *LI, "--from", "no.json"], 2, "invalid"),
        (["AddNote", "--complaint", FIRST, *LI, "--from", "."], 2, "invalid"),
    ],
)
def test_wrong_input_has_its_exit_code_and_changes_nothing(run, house, arguments, code, error):
    ran = run("do", *arguments, "--json")

    assert (ran.code, ran.out, ran.error["error"]) == (code, "", error)
    assert versions(run) == [2, 1, 4]


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b'{"text": "' + b"x" * 50_000_000 + b'"}'])
def test_a_form_that_is_none_is_refused(run, house, text):
    ran = run("do", "AddNote", "--complaint", FIRST, "--from", "-", *LI, "--json", typed=text)

    assert (ran.code, ran.error["error"]) == (2, "invalid")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("{", "not_json"),
        ("NaN", "not_json"),
        ("", "not_json"),
        ("called", "not_json"),
        ('{"a":1,"a":2}', "doubled_key"),
    ],
)
def test_what_is_typed_as_json_is_json(run, house, raw, code):
    ran = run("do", "AddNote", "--complaint", FIRST, *LI, "--set", f"text:={raw}", "--json")

    assert (ran.code, [(fault["field"], fault["code"]) for fault in ran.error["faults"]]) == (2, [("text", code)])
    assert versions(run) == [2, 1, 4]


def test_a_form_that_is_wrong_makes_no_database(run, tmp_path):
    ran = run("do", "Receive", *LI, "--dealer", "SH01")

    assert (ran.code, list(tmp_path.iterdir())) == (2, [])
    assert ran.err == (
        "Error: “Receive” cannot be taken as it is. Please correct:\n"
        "  complainant: This is needed here. Please fill it in.\n"
        "  channel: This is needed here. Please fill it in.\n"
        "  received_at: This is needed here. Please fill it in.\n"
        "  statement: This is needed here. Please fill it in.\n"
        "[invalid]\n"
    )


def test_a_refused_beginning_makes_no_database(run, tmp_path):
    refused = run(*RECEIVE, "--set", "received_at=2136-01-06T09:00+08:00", "--json")

    assert (refused.code, refused.error["refusals"][0]["code"]) == (1, "time.in_future")
    assert list(tmp_path.iterdir()) == []


def test_reading_does_not_wait_for_somebody_who_writes(run, house):
    holder = sqlite3.connect(house, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")

    listed = run("list", "--json")
    holder.close()

    assert (listed.code, len(listed.json["complaints"])) == (0, 3)


# --- several complaints ----------------------------------------------------------------------------------------------


def test_another_complaint_is_named_by_its_case_number(run, house):
    linked = run("do", "Link", "--complaint", FIRST, "--set", f"other={SECOND}", "--set", "kind=event", *LI)
    merged = run(
        "do", "Merge", "--complaint", FIRST, "--set", f"survivor={SECOND}", "--set", "ground=customer",
        "--set", "reason=the same visit", *ZHAO,
    )  # fmt: skip

    assert (linked.code, linked.out) == (0, f"{FIRST} (Judgment)\n  5  Link  li (Specialist)\n")
    assert (merged.code, merged.out.splitlines()[:2]) == (
        0,
        [f"{FIRST} (Merged)", "  6  Merge  Judgment → Merged  zhao (Supervisor)"],
    )


def test_another_complaint_that_is_not_there_is_said_so(run, house):
    ran = run("do", "Link", "--complaint", FIRST, "--set", "other=SH01-2026-000099", "--set", "kind=event", *LI)

    assert (ran.code, ran.err.splitlines()[-1]) == (3, "[not_found]")
