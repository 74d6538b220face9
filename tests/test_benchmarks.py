"""What was measured is told so that a missed target is seen; the measuring itself is no test."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from benchmarks.report import machine, share_of_budget, write
from benchmarks.table import Line

STEP = Line("a durable step", "4,571 /s", "raw sqlite3 5,000 /s", "0.60 of raw", "≥ 0.75 of raw", False)
START = Line("import and Desk()", "75 ms over", "bare interpreter 20 ms", "", "≤ 150 ms", True)
BATCH = Line("steps in a batch <32>", "9,000 /s", "one by one 4,571 /s", "2.0 × faster", "", None)


@pytest.mark.parametrize(
    ("line", "share"),
    [
        (STEP, 1.25),
        (START, 0.5),
        (BATCH, None),
        (Line("long", "1.0 µs", "", "1.30 ×", "0.7 – 1.3 ×", True), 1.0),
        (Line("long", "1.0 µs", "", "0.35 ×", "0.7 – 1.3 ×", False), 2.0),
        (Line("much", "1,200 KB", "", "", "≤ 1,000 KB", False), 1.2),
        (Line("heavy modules", "none", "", "", "none", True), None),
    ],
)
def test_a_share_of_more_than_one_is_a_missed_target(line, share):
    assert share_of_budget(line) == share


def test_the_page_has_a_table_for_each_part_and_says_where_it_was_measured(tmp_path):
    write(tmp_path / "measured", {"import": [START], "durable": [STEP, BATCH]}, rounds=7)

    assert (tmp_path / "measured" / "tables.txt").read_text(encoding="utf-8").splitlines() == [
        f"Measured on {machine()}; the quickest of 7 rounds.",
        "",
        "*import*",
        "",
        "| what              | ours       | beside                 | ratio | target   |     |",
        "|-------------------|------------|------------------------|-------|----------|-----|",
        "| import and Desk() | 75 ms over | bare interpreter 20 ms |       | ≤ 150 ms | met |",
        "",
        "*durable*",
        "",
        "| what                  | ours     | beside               | ratio        | target        |        |",
        "|-----------------------|----------|----------------------|--------------|---------------|--------|",
        "| a durable step        | 4,571 /s | raw sqlite3 5,000 /s | 0.60 of raw  | ≥ 0.75 of raw | missed |",
        "| steps in a batch <32> | 9,000 /s | one by one 4,571 /s  | 2.0 × faster |               |        |",
    ]


def test_the_picture_has_a_bar_for_each_target_and_says_in_words_what_it_shows(tmp_path):
    write(tmp_path, {"import": [START], "durable": [STEP, BATCH]}, rounds=7)

    root = ET.fromstring((tmp_path / "budgets.svg").read_text(encoding="utf-8"))
    svg = "{http://www.w3.org/2000/svg}"
    bars = [(bar.get("width"), bar.get("fill")) for bar in root.iter(f"{svg}rect") if bar.get("x")]
    assert bars == [("110", "#2b6cb0"), ("275", "#c05621")]
    labels = [text.text for text in root.iter(f"{svg}text") if text.get("text-anchor") == "end"]
    assert labels == ["import and Desk()", "a durable step"]
    assert root.findtext(f"{svg}title") == (
        "Share of its target that each row uses. import and Desk(): 50%; a durable step: 125%"
    )


def test_rows_of_one_name_are_told_apart_by_whom_they_stand_beside(tmp_path):
    other = Line("a durable step", "4,571 /s", "eventsourcing 1,000 /s", "4.5 × faster", "≥ 4 × faster", True)

    write(tmp_path, {"durable": [STEP, other]}, rounds=1)

    text = (tmp_path / "budgets.svg").read_text(encoding="utf-8")
    assert [f">a durable step, {whom}<" in text for whom in ("raw sqlite3", "eventsourcing")] == [True, True]
