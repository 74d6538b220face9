"""``complaints figures``: each figure with its formula, in both languages and for scripts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from complaints import Desk
from complaints.testing import FrozenClock
from tests.stages.cases import MONDAY, POLICY, SHOP, Case, chen, promise, wang

MARCH = ("figures", "fast-track", "--since", "2026-03-01", "--until", "2026-04-01", "--dealer", "SH01")


@pytest.fixture
def shop(run, tmp_path: Path) -> Path:
    """A database with two complaints, of which one was settled at once and called back."""
    file = tmp_path / "complaints.db"
    with Desk.open(f"sqlite:///{file}", dealers=[SHOP], policy=POLICY, clock=FrozenClock(MONDAY)) as desk:
        case = Case()
        case.desk = desk
        case.received(takes_on=False, id=UUID(int=20)).settled(by=wang).called_back(by=chen)
        case.received(received_at=MONDAY - timedelta(hours=1))
    return file


def test_figures_come_with_their_formulas(run, shop):
    shown = run(*MARCH)

    assert (shown.code, shown.err) == (0, "")
    assert shown.out.splitlines() == [
        "Received from … before: 2026-03-01 … 2026-04-01",
        "Registered: 2",
        "Settled at once: 1",
        "Of these returned for rework: 0",
        "Of these repeated within 30 days: 0",
        "Of these in the call-back sample: 1",
        "Of the sample called and answered: 1",
        "Share of the fast track: 50.00 %",
        "  Settled at once ÷ registered; complaints received in the period, but for those merged, voided or",
        "  brought over.",
        "30-day repeat rate: 0.00 %",
        "  Repeated ÷ settled at once; repeated is what the same customer complains of again, of the same",
        "  vehicle and problem, within 30 × 24 hours after the settlement.",
        "Coverage of the sample: 100.00 %",
        "  Called and answered ÷ in the sample; declined, unreachable and overdue stay in the denominator.",
        "  The id of a complaint decides whether it is in the sample.",
        "",
        "Settled by  Settled at once  Cost",
        "──────────  ───────────────  ───────",
        "wang        1                200 CNY",
        "Version of the formulas: 1",
    ]


def test_in_chinese_as_well(run, shop):
    lines = run(*MARCH, "--lang", "zh_CN").out.splitlines()

    assert lines[:3] == ["受理期间（起 … 止，不含）：2026-03-01 … 2026-04-01", "登记件数：2", "当场办结：1"]
    assert "当场办结占比：50.00 %" in lines


def test_scripts_get_counts_ratios_and_formulas(run, shop):
    data = run(*MARCH, "--json").json

    formulas = data.pop("formulas")
    assert data == {
        "since": "2026-03-01", "until": "2026-04-01", "registered": 2, "settled": 1, "reworked": 0, "repeated": 0,
        "sampled": 1, "called": 1, "adopted": 0, "version": "1", "share": "0.5000", "repeat_rate": "0.0000",
        "sample_coverage": "1.0000", "settlers": [{"settler": "wang", "settled": 1, "cost": ["200 CNY"]}],
    }  # fmt: skip
    assert [*formulas] == ["share", "repeat_rate", "sample_coverage"]


def test_of_nothing_there_is_no_share(run, shop):
    shown = run("figures", "fast-track", "--since", "2025-03-01", "--until", "2025-04-01", "--dealer", "SH01")

    assert "Share of the fast track: –" in shown.out.splitlines()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_without_a_dealer_it_asks_whose(run, shop, language):
    asked = run(*MARCH[:-2], "--lang", language)

    assert asked.code == 2
    assert "--dealer ID" in asked.err


def test_a_period_the_wrong_way_round_is_refused(run, shop):
    asked = run("figures", "fast-track", "--since", "2026-04-01", "--until", "2026-03-01", "--dealer", "SH01", "--json")

    assert (asked.code, asked.error["faults"][0]["field"]) == (2, "until")


# --- what was kept --------------------------------------------------------------------------------------------------

KEPT = ("figures", "kept", "--since", "2026-03-01", "--until", "2026-04-01", "--dealer", "SH01")
LATER = ("--now", "2026-03-10T09:00+08:00")


@pytest.fixture
def with_promises(run, tmp_path: Path) -> Path:
    """A database with a complaint on which one promise was kept and one was broken."""
    file = tmp_path / "complaints.db"
    with Desk.open(f"sqlite:///{file}", dealers=[SHOP], policy=POLICY, clock=FrozenClock(MONDAY)) as desk:
        case = Case()
        case.desk = desk
        case.received(takes_on=False).promised(promise=promise("call")).promised(promise=promise("part"))
        case.kept("call")
    return file


def test_what_was_kept_comes_with_its_formulas(run, with_promises):
    shown = run(*KEPT, *LATER)

    assert (shown.code, shown.err) == (0, "")
    assert shown.out.splitlines() == [
        "Due from … before: 2026-03-01 … 2026-04-01",
        "What is open judged at: 2026-03-10 09:00",
        "Promises due: 2",
        "Of these kept in time: 1",
        "Of these kept late: 0",
        "Of these broken, then kept or released: 0",
        "Of these broken and still owed: 1",
        "Broken in all: 1",
        "Of the due ones put off before: 0",
        "Not counted: released in time: 0",
        "Not counted: not due yet: 0",
        "Broken-promise rate: 50.00 %",
        "  Broken ÷ due, by the date told last; broken is what has a breach on record, was kept or released",
        "  late, or is open and past its date. Released in time and not due yet are left out.",
        "Promises kept: 50.00 %",
        "  1 − broken-promise rate.",
        "",
        "Promised by  Due  Kept  Kept late  Made good  Still owed  Broken-promise rate",
        "───────────  ───  ────  ─────────  ─────────  ──────────  ───────────────────",
        "li           2    1     0          0          1           50.00 %",
        "",
        "Share in time",
        "  Done in time ÷ due, for each rule; what was recorded late counts as missed. Windows, customers'",
        "  answers, and what was cancelled, stands still or is not due yet are left out; a clock that started",
        "  anew counts as it runs now, and for each date it missed before.",
        "",
        "What was due  Due  In time  Late  Recorded late  Not done  Share in time",
        "────────────  ───  ───────  ────  ─────────────  ────────  ─────────────",
        "Acknowledge   1    0        0     0              1         0.00 %",
        "",
        "Closed in the period: 0",
        "Of these without any breach: 0",
        "No clock breached: –",
        "  Closed without any breach, of a promise or a clock ÷ closed; complaints closed in the period and",
        "  not reopened since.",
        "Version of the formulas: 1",
    ]


def test_what_was_kept_is_told_in_chinese_as_well(run, with_promises):
    lines = run(*KEPT, *LATER, "--lang", "zh_CN").out.splitlines()

    assert lines[:3] == [
        "到期期间（起 … 止，不含）：2026-03-01 … 2026-04-01",
        "未完成事项的判断时刻：2026-03-10 09:00",
        "到期承诺：2",
    ]
    assert [line for line in lines if line.startswith(("失约率", "守约率", "li ", "受理告知", "无逾期结案率"))] == [
        "失约率：50.00 %",
        "守约率：50.00 %",
        "li      2     1         0         0         1         50.00 %",
        "受理告知  1     0     0     0         1         0.00 %",
        "无逾期结案率：–",
    ]


def test_scripts_get_what_was_kept(run, with_promises):
    data = run(*KEPT, *LATER, "--json").json

    formulas = data.pop("formulas")
    promises = {
        "due": 2, "kept": 1, "kept_late": 0, "made_good": 0, "owed": 1, "broken": 1, "put_off": 0, "released": 0,
        "not_due": 0, "broken_rate": "0.5000", "kept_rate": "0.5000",
    }  # fmt: skip
    acknowledge = {"due": 1, "in_time": 0, "late": 0, "recorded_late": 0, "undone": 1, "in_time_rate": "0.0000"}
    assert data == {
        "since": "2026-03-01",
        "until": "2026-04-01",
        "at": "2026-03-10T01:00:00Z",
        "promises": promises,
        "makers": [{"maker": "li", **promises}],
        "clocks": [{"clock": "acknowledge", **acknowledge}],
        "closed": 0,
        "unbreached": 0,
        "unbreached_rate": None,
        "version": "1",
    }
    assert [*formulas] == ["broken_rate", "kept_rate", "in_time_rate", "unbreached_rate"]


def test_of_an_empty_period_there_is_no_rate(run, with_promises):
    shown = run("figures", "kept", "--since", "2025-03-01", "--until", "2025-04-01", "--dealer", "SH01", *LATER)

    assert shown.code == 0
    assert [line for line in shown.out.splitlines() if line.endswith(": –")] == [
        "Broken-promise rate: –",
        "Promises kept: –",
        "Share in time: –",
        "No clock breached: –",
    ]


def test_it_asks_whose_promises(run, with_promises):
    asked = run(*KEPT[:-2])

    assert asked.code == 2
    assert "--dealer ID" in asked.err


def test_a_moment_to_judge_at_has_a_zone(run, with_promises):
    asked = run(*KEPT, "--now", "2026-03-10T09:00", "--json")

    assert (asked.code, asked.error["error"]) == (2, "time.naive")
