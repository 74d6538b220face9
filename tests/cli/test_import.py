"""``complaints import``: an export of the old system comes in, as often as one likes."""

from __future__ import annotations

import csv
import os
import pty
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from complaints.imports import load_map, shipped_maps
from tests.imports.cases import BRAKES, CLOSED, MAP, a_file, numbered, text

WHO = ("--dealer", "SH01", "--as", "chen", "--role", "manager")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """An export in GBK with an open complaint, a closed one and one that nobody can date; and its map."""
    a_file(tmp_path, MAP.replace("[file]", '[file]\nencoding = "gbk"'), "map.toml")
    undated = {**BRAKES, "编号": "T-3", "受理时间": "上周"}
    return a_file(tmp_path, text(BRAKES, CLOSED, undated).encode("gbk"))


def test_an_export_in_gbk_comes_in_and_says_what_became_of_it(run, old):
    ran = run("import", "old.csv", "--map", "map.toml", *WHO)

    assert (ran.code, ran.err) == (10, "")
    assert ran.out.splitlines() == [
        "Rows read            3",
        "Complaints taken in  2",
        "of which open        1",
        "of which closed      1",
        "Already there        0",
        "Rows refused         1",
        "Refused rows are in  old.csv.refused.csv",
        "",
        f"── In which state {'─' * 82}",
        "Closed    1",
        "Judgment  1",
        "",
        f"── Refused for {'─' * 85}",
        "not_in_forms  1",
    ]
    assert len(run("list", "--json").json["complaints"]) == 2


def test_refused_rows_lie_beside_the_file_for_its_owner_alone(run, old, tmp_path):
    run("import", "old.csv", "--map", "map.toml", *WHO, "--lang", "zh_CN")

    beside = tmp_path / "old.csv.refused.csv"
    with beside.open(encoding="utf-8-sig", newline="") as opened:
        (row,) = csv.DictReader(opened)
    assert stat.S_IMODE(beside.stat().st_mode) == 0o600
    assert (row["refused_row"], row["refused_column"], row["编号"]) == ("4", "受理时间", "T-3")
    assert row["refused_reason"].startswith("受理时间: 此处的日期不符合对应表中的任何格式")


def test_nothing_personal_is_shown(run, old):
    ran = run("import", "old.csv", "--map", "map.toml", *WHO, "--dry-run")

    personal = [word for word in ("张三", "13800000000", "LSJA24U62JG269225", "异响，") if word in ran.out + ran.err]
    assert (ran.code, personal) == (10, [])


def test_a_dry_run_makes_no_database_and_shows_the_first_complaints(run, old, tmp_path):
    ran = run("import", "old.csv", "--map", "map.toml", *WHO, "--dry-run", "--json")

    assert (ran.json["dry_run"], ran.json["complaints"], ran.json["refused"]) == (True, 2, {"not_in_forms": 1})
    assert [(one["number"], one["state"], one["severity"]) for one in ran.json["samples"]] == [
        ("T-1", "judgment", "critical"), ("T-2", "closed", "general"),
    ]  # fmt: skip
    assert not (tmp_path / "complaints.db").exists()


def test_again_and_again_nothing_is_doubled(run, old):
    first = run("import", "old.csv", "--map", "map.toml", *WHO, "--json")

    again = run("import", "old.csv", "--map", "map.toml", *WHO, "--json")

    assert (first.json["complaints"], again.json["complaints"], again.json["there"]) == (2, 0, 2)


def test_what_is_all_in_ends_well(run, tmp_path):
    a_file(tmp_path, MAP, "map.toml")
    a_file(tmp_path, text(BRAKES))

    ran = run("import", "old.csv", "--map", "map.toml", *WHO, "--json")

    assert (ran.code, ran.json["refused_file"]) == (0, None)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("old.csv", *WHO), 2),
        (("old.csv", "--map", "map.toml", "--dealer", "SH01"), 2),
        (("old.csv", "--map", "map.toml", "--as", "chen", "--role", "manager"), 2),
        (("none.csv", "--map", "map.toml", *WHO), 2),
        (("old.csv", "--map", "none.toml", *WHO), 2),
        (("old.csv", "--map", "cfpb", *WHO), 2),
        (("old.csv", "--map", "map.toml", "--dealer", "SH01", "--as", "li", "--role", "specialist"), 4),
    ],
)
def test_what_cannot_be_done_says_so_and_writes_nothing(run, old, tmp_path, arguments, code):
    ran = run("import", *arguments)

    assert (ran.code, ran.out) == (code, "")
    assert not (tmp_path / "old.csv.refused.csv").exists()
    assert run("list", "--json").code == 6 or run("list", "--json").json["complaints"] == []


def test_maps_that_come_along_are_listed_and_printed_to_be_copied(run, tmp_path):
    listed = run("import", "--maps", "--json").json
    printed = run("import", "--show-map", "nhtsa_odi").out

    assert tuple(listed) == shipped_maps()
    assert load_map(a_file(tmp_path, printed, "copy.toml")).table == load_map("nhtsa_odi").table


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_being_stopped_keeps_what_is_in_and_the_same_command_goes_on(run, tmp_path, asked):
    a_file(tmp_path, MAP, "map.toml")
    a_file(tmp_path, text(*numbered(128, 受伤人数="0")))
    command = ["import", "old.csv", "--map", "map.toml", *WHO, "--json"]
    terminal, theirs = pty.openpty()

    with subprocess.Popen(
        [sys.executable, "-m", "complaints.cli", *command], stderr=theirs, stdout=subprocess.PIPE, cwd=tmp_path
    ) as process:
        os.close(theirs)
        shown = os.read(terminal, 4096)
        process.send_signal(asked)
        out, _ = process.communicate(timeout=60)
    os.close(terminal)
    rest = run(*command)

    assert (process.returncode, "rows" in shown.decode()) == (130, True)
    assert b'"whole": false' in out
    assert 0 < rest.json["there"] < 128
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    assert rest.json["there"] + rest.json["complaints"] == 128
