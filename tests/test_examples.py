"""The examples run as a user would run them."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

EXAMPLES = Path(__file__).parent.parent / "examples"
YEAR = datetime.now(ZoneInfo("Asia/Shanghai")).year


def printed(name: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, EXAMPLES / name], capture_output=True, encoding="utf-8", env={"PYTHONUTF8": "1"}, check=True
    )
    return done.stdout.splitlines()


def test_a_script_registers_and_settles():
    assert printed("register_and_settle.py") == [
        f"SH01-{YEAR}-000001: follow_up, settled_at_once, to be called back within 3 days"
    ]


def test_one_screen_receives_and_settles_or_does_neither_and_may_be_posted_twice():
    first, *others, last = printed("one_screen.py")

    assert first.startswith("422 ")
    assert [line for line in others if line.startswith("201 ")] == [f"201 SH01-{YEAR}-000001"] * 2
    assert last == "1 complaint on record"


def test_the_hosts_tables_say_who_is_away_who_knows_the_matter_and_who_stands_in():
    assert printed("directory_adapter.py") == [
        "Away on that day: li. Deputies: mei. Please name the deputy or somebody else.",
        "mei does not know the matter: Repair quality. Please name somebody who does.",
        "finance specialist for li -> judgment",
    ]


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_an_example_is_read_at_one_glance(example):
    assert len(example.read_text(encoding="utf-8").splitlines()) < 60
