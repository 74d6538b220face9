"""``complaints work`` and ``complaints candidates``: what waits for whom, and who might get a complaint."""

from __future__ import annotations

import pytest

from complaints.forms.layout import width_of
from tests.cli.conftest import FIRST, SECOND, THIRD

NOON = ("--now", "2026-01-05T12:00+08:00")
BEFORE = ("--now", "2026-01-05T10:00+08:00")
AS_LI = ("--as", "li", "--role", "specialist", "--dealer", "SH01")


def test_everything_is_grouped_by_whom_it_waits_for(run, house):
    assert run("work", *NOON).out.splitlines() == [
        f"── li {'─' * 94}",
        "Case number       Due                To do",
        "────────────────  ─────────────────  ──────────────────────",
        "SH01-2026-000002  late: today 11:00  Lead on from: Intake",
        "SH01-2026-000003  late: today 11:00  Lead on from: Intake",
        "SH01-2026-000001  tomorrow           Lead on from: Judgment",
        "SH01-2026-000001  Mon 12 January     See to: First contact",
    ]


def test_what_nobody_handles_comes_first(run, house):
    declined = ("--complaint", SECOND, "--set", "duty=handler", "--set", "accepts:=false", "--set", "reason=away")
    run("do", "AnswerAssignment", *declined, *AS_LI)

    lines = run("work", "--as", "zhao", "--role", "supervisor", "--dealer", "SH01", *NOON).out.splitlines()

    assert (lines[0].rstrip("─"), lines[3]) == (
        "── nobody – assign ",
        "SH01-2026-000002  late: today 11:00  Assign: Handler",
    )


def test_somebodys_list_is_told_in_chinese(run, house):
    assert run("work", "--for", "li", "--lang", "zh_CN", *NOON).out.splitlines() == [
        f"── li {'─' * 94}",
        "案号              期限             待办",
        "────────────────  ───────────────  ──────────────────",
        "SH01-2026-000002  逾期：今天11:00  办理下一步：受理中",
        "SH01-2026-000003  逾期：今天11:00  办理下一步：受理中",
        "SH01-2026-000001  明天             办理下一步：判定中",
        "SH01-2026-000001  1月12日（周一）  办理：首次联系",
    ]


@pytest.mark.parametrize("columns", ["40", "60", "100"])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_list_fits_the_terminal(run, house, monkeypatch, columns, language):
    monkeypatch.setenv("COLUMNS", columns)

    lines = run("work", "--lang", language, *NOON).out.splitlines()

    assert [line for line in lines if width_of(line) > int(columns)] == []
    assert len(lines) > 3


@pytest.mark.parametrize(
    ("narrowed", "found"),
    [
        ([*NOON], {"late", "later"}),
        ([*NOON, "--late"], {"late"}),
        ([*NOON, "--today"], set()),
        ([*BEFORE, "--today"], {"today"}),
        ([*BEFORE, "--late"], set()),
        ([*BEFORE, "--late", "--today"], {"today"}),
        ([*NOON, "--for", "wang"], set()),
    ],
)
def test_the_list_is_narrowed_to_what_is_late_or_due_today(run, house, narrowed, found):
    assert {item["state"] for item in run("work", "--json", *narrowed).json["items"]} == found


def test_a_script_gets_codes_and_moments(run, house):
    item = run("work", "--json", *AS_LI, *NOON).json["items"][0]

    del item["complaint"]
    assert item == {
        "dealer": "SH01",
        "reference": SECOND,
        "what": "step",
        "subject": "intake",
        "due": "2026-01-05T11:00:00+08:00",
        "state": "late",
        "waits_for": "person",
        "who": ["li"],
        "department": None,
    }


def test_nothing_to_do_is_said(run, house):
    assert run("work", "--for", "wang", "--lang", "zh_CN").out == "没有待办事项。\n"


def test_on_a_terminal_what_is_late_is_red(run, house, monkeypatch):
    monkeypatch.setattr("complaints.cli.screen.is_coloured", lambda stream: True)

    rows = [line for line in run("work", "--for", "li", *NOON).out.splitlines() if "SH01-" in line]

    assert [line[:5] for line in rows if "late" in line] == ["\x1b[31m"] * 2
    assert [line[:5] for line in rows if "late" not in line] == [FIRST[:5]] * 2


@pytest.mark.parametrize("wrong", [["--now", "2026-01-05T12:00"], ["--now", "2026-01-05T12:00 Mars/Phobos"]])
def test_a_moment_nobody_can_place_is_refused(run, house, wrong):
    ran = run("work", *wrong)

    assert (ran.code, ran.out) == (2, "")


# --- who might get it -----------------------------------------------------------------------------------------------


def test_candidates_are_told_with_their_reasons_and_a_basis_to_copy(run, house):
    assert run("candidates", SECOND, "--among", "li,wang").out == (
        "✓ wang: Open complaints: 0.\n✓ li: Open complaints: 3.\n\n→ Basis for the assignment: Open complaints: 0.\n"
    )


def test_without_names_those_who_handle_something_are_told(run, house):
    told = run("candidates", THIRD, "--duty", "caller", "--json").json

    assert told == {
        "reference": THIRD,
        "duty": "caller",
        "candidates": [
            {
                "id": "li",
                "is_fit": False,
                "load": 3,
                "basis": "Has handled this complaint before. Open complaints: 3.",
                "reasons": [
                    {"code": "handled_before", "facts": {}, "sentence": "Has handled this complaint before."},
                    {"code": "load", "facts": {"load": 3}, "sentence": "Open complaints: 3."},
                ],
            }
        ],
    }


def test_a_duty_is_chosen_by_its_label_too(run, house):
    assert run("candidates", THIRD, "--duty", "回访人", "--among", "wang", "--lang", "zh_CN").out == (
        "✓ wang：在办投诉 0 件。\n\n→ 分派依据：在办投诉 0 件。\n"
    )


def test_an_unknown_duty_lists_them_all(run, house):
    ran = run("candidates", THIRD, "--duty", "boss")

    assert (ran.code, ran.err.splitlines()[1]) == (
        2,
        "Possible: handler Handler, investigator Investigator, caller Caller, task_owner Task owner",
    )
