"""``complaints figures``: each figure with its formula, in both languages and for scripts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from complaints import Desk
from complaints.testing import FrozenClock
from tests.stages.cases import MONDAY, POLICY, SHOP, Case, chen, wang

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
        "  Settled at once ÷ registered; complaints received in the period, but for those merged or voided.",
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
        "sampled": 1, "called": 1, "version": "1", "share": "0.5000", "repeat_rate": "0.0000",
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
