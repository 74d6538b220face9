"""How many due dates another policy would have met: complaints simulate."""

from __future__ import annotations

import sys
from datetime import timedelta
from importlib.resources import files
from io import StringIO

import pytest

from complaints import Actor, Channel, Dealer, Desk, Role
from complaints.cli import main
from complaints.forms.layout import width_of
from complaints.model.judgment import IssueJudgment
from complaints.model.words import Demand, Grounds, Verdict
from complaints.stages.judgment import Explain
from complaints.testing import FrozenClock
from tests.cli.conftest import FIRST, NINE

NEXT = """
name = "next"
version = "2"

[[clock]]
clock = "judge"
starts = ["judgment"]
within = "3 working days"
"""
PACK = 'name = "p"\nversion = "1"\ntitle = { en = "T" }\nsource = "S"\n'
AT = ("--at", "2026-01-08T12:00+08:00")
NOT_OURS = IssueJudgment(
    issue="I1",
    grounds=Grounds.INSUFFICIENT,
    grounds_reason="the bill shows it",
    demand=Demand.UNREASONABLE,
    demand_reason="it was free",
    verdict=Verdict.NOT_UPHELD,
)


@pytest.fixture
def tried(house, tmp_path):
    """
    A house file in which the judge has three days instead of one, beside the database.

    Its first complaint was received on Monday 5 January and judged on Wednesday.
    """
    (tmp_path / "next.toml").write_text(NEXT, encoding="utf-8")
    clock = FrozenClock(NINE + timedelta(days=2))
    zhao = Actor("zhao", Role.SUPERVISOR, dealer="SH01")
    with Desk.open(f"sqlite:///{house}", dealers=[Dealer("SH01")], clock=clock) as desk:
        judged = desk.complaint(FIRST, by=zhao)
        text = "您好，我们向您说明一下检查结果。"
        order = Explain(complaint=judged.id, judgments=(NOT_OURS,), text=text, channel=Channel.PHONE)
        desk.handle(order, by=zhao)
    return tmp_path


def test_what_another_number_would_have_changed_is_told_in_english(run, tried):
    shown = run("simulate", "--policy", "next.toml", *AT)

    assert (shown.code, shown.err) == (0, "")
    assert shown.out == (
        "Tried       next@2\n"
        "As of       2026-01-08 12:00\n"
        "Complaints  3\n"
        "\n"
        "Clock          Rule then         Rule tried      No.  Then  Tried  +/-\n"
        "─────────────  ────────────────  ──────────────  ───  ────  ─────  ───\n"
        "Judge          1 working day     3 working days  1    0     1      +1\n"
        "Acknowledge    2 business hours  =               3    1     1      0\n"
        "First contact  7 calendar days   =               1    1     1      0\n"
        "\n"
        "· Of so many (No.) whose end can be told, in time then, and in time under what was tried; = is the\n"
        "  rule of then.\n"
        "· Judge: with 3 working days instead of 1 working day, 1 more of 1 would have been in time.\n"
    )


def test_what_another_number_would_have_changed_is_told_in_chinese(run, tried):
    shown = run("simulate", "--policy", "next.toml", *AT, "--lang", "zh_CN")

    assert shown.out.splitlines()[4:8] == [
        "时限      原规则        试用规则    件数  原按时  试用按时  增减",
        "────────  ────────────  ──────────  ────  ──────  ────────  ────",
        "判定      1 个工作日    3 个工作日  1     0       1         +1",
        "受理告知  2 个营业小时  =           3     1       1         0",
    ]
    assert shown.out.splitlines()[-1] == "· 判定：若以3 个工作日代替1 个工作日，1件中将多1件按时。"


def test_scripts_get_every_clock_under_both_policies(run, tried):
    told = run("simulate", "--policy", "next.toml", *AT, "--json").json

    judge = next(one for one in told["clocks"] if one["clock"] == "judge")
    nothing = dict.fromkeys(("in_time", "late", "overdue", "running", "cancelled", "ended", "undated"), 0)
    assert judge == {
        "clock": "judge",
        "kind": "owed",
        "then": {"spans": ["1 working day"], "started": 1, **nothing, "late": 1},
        "now": {"spans": ["3 working days"], "started": 1, **nothing, "in_time": 1},
        "number": 1,
        "difference": 1,
    }
    assert {name: told[name] for name in ("policies", "until", "complaints", "failed")} == {
        "policies": ["next@2"],
        "until": "2026-01-08T04:00:00Z",
        "complaints": 3,
        "failed": [],
    }


def test_a_rule_pack_takes_the_place_of_the_one_of_its_name(run, tried):
    own = files("complaints.policy").joinpath("packs", "house_4s.toml").read_text(encoding="utf-8")
    (tried / "house_4s.toml").write_text(own.replace('"1 working day"', '"3 working days"'), encoding="utf-8")

    lines = run("simulate", "--policy", "house_4s.toml", *AT).out.splitlines()

    assert lines[0] == "Tried       house_4s@1+house_4s@1"
    assert lines[-1] == "· Judge: with 3 working days instead of 1 working day, 1 more of 1 would have been in time."


def test_the_policy_that_was_in_force_changes_nothing(run, tried):
    (tried / "same.toml").write_text("", encoding="utf-8")

    shown = run("simulate", "--policy", "same.toml", *AT)

    assert shown.out.splitlines()[-1] == "· Nothing would have been in time that was late, nor late that was in time."


def test_only_complaints_received_in_some_days_are_replayed(run, tried):
    shown = run("simulate", "--policy", "next.toml", "--since", "2026-01-06", "--until", "2026-02-01", *AT)

    assert shown.out.splitlines()[2:] == ["Complaints  0", "", "· No due date of these complaints can be judged."]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("columns", ["60", "80"])
def test_it_fits_the_terminal(run, tried, monkeypatch, columns, language):
    monkeypatch.setenv("COLUMNS", columns)

    shown = run("simulate", "--policy", "next.toml", *AT, "--lang", language)

    assert [line for line in shown.out.splitlines() if width_of(line) > int(columns)] == []


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_a_bar_shows_how_far_it_has_come_and_goes_away(run, tried, monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(sys, "stderr", screen)

    code = main(["simulate", "--policy", "next.toml", *AT])

    steps = screen.getvalue().split("\r")
    assert code == 0
    assert [step.removesuffix("\x1b[K").partition(" ")[2] for step in steps[1:]] == [
        "1/3 Replaying",
        "2/3 Replaying",
        "",
    ]


def test_nothing_is_written(run, tried, house):
    before = house.read_bytes()

    run("simulate", "--policy", "next.toml")

    assert house.read_bytes() == before


def test_only_a_manager_replays(run, tried):
    ran = run("simulate", "--policy", "next.toml", "--as", "li", "--role", "specialist", "--dealer", "SH01", "--json")

    assert (ran.code, [one["code"] for one in ran.error["refusals"]]) == (4, ["simulate.not_permitted"])


def test_a_complaint_of_a_dealer_that_the_house_does_not_serve_is_told_of(run, tried):
    (tried / "next.toml").write_text(f'{NEXT}\n[[dealer]]\nid = "BJ02"\n', encoding="utf-8")

    ran = run("simulate", "--policy", "next.toml", *AT, "--json")

    assert (ran.code, ran.json["complaints"], [one["error"] for one in ran.json["failed"]]) == (
        7,
        0,
        ["not_found", "not_found", "not_found"],
    )


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("[[", ["not_toml"]),
        ('[[clock]]\nclock = "judge"\nstarts = ["Recieve"]\nstops = ["answered"]\nwithin = "1 day"', ["no_command"]),
        (f"{PACK}hours = 3", ["unknown_field"]),
        (
            f'{PACK}[[clock]]\nclock = "judge"\nstarts = ["judgment"]\nwithin = "1 day"',
            ["clock_in_two_packs"],
        ),
    ],
)
def test_a_policy_that_does_not_hold_together_is_not_tried(run, tried, text, codes):
    (tried / "next.toml").write_text(text, encoding="utf-8")

    ran = run("simulate", "--policy", "next.toml", "--json")

    assert (ran.code, [fault["code"] for fault in ran.error["faults"]]) == (2, codes)
