"""``complaints lifecycle``: a definition of a house's own, held against what is stored, and brought into force."""

from __future__ import annotations

import pytest

from complaints import LIFECYCLE
from complaints.forms.layout import width_of
from tests.cli.conftest import FIRST, SECOND, THIRD

OURS = """
from complaints import LIFECYCLE, Command, Entry, Lifecycle, Move, Refusal, Role, State, Who, command, rule
from complaints.stages.intake import BeginJudgment
from uuid import UUID

LOADED = []

@rule("car.unwashed")
def the_car_is_washed(s):
    said = {"en": "The car is not washed yet. Please wash it.", "zh_CN": "车辆尚未清洗。请先洗车。"}
    return None if s.complaint.marked("washed") else Refusal("car.unwashed", said=said)

@command
class WashCar(Command):
    complaint: UUID

    def apply(self, complaint, event):
        return complaint.marked_with("washed", "", number=event.number)

WASH = Entry(WashCar, State.INTAKE, Who("specialist", Role.SPECIALIST))
OURS = LIFECYCLE.extend(name="washing", version="1", entries=[WASH], given={BeginJudgment: [the_car_is_washed]})
SAME = LIFECYCLE.extend(name="same", version="1")
NO_JUDGMENT = Lifecycle(
    name="short", version="1",
    moves=[LIFECYCLE.moves[0], Move(WashCar, State.INTAKE, State.CLOSED, Who("specialist", Role.SPECIALIST))],
    former=[one for one in LIFECYCLE.commands.values() if one.__name__ != "Receive"],
)
"""
HOUSE = '[[dealer]]\nid = "SH01"\nzone = "Asia/Shanghai"\n'
QIAN = ("--as", "qian", "--role", "manager", "--dealer", "SH01", "--reason", "a newer table")


@pytest.fixture
def shop(house, tmp_path, monkeypatch):
    """The database, and beside it ``washing_shop.py`` with definitions and house files that name them."""
    (tmp_path / "washing_shop.py").write_text(OURS, encoding="utf-8")
    for name in ("OURS", "SAME", "NO_JUDGMENT"):
        text = f'definition = "washing_shop:{name}"\n{HOUSE}'
        (tmp_path / f"{name.lower()}.toml").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return house


# --- show -----------------------------------------------------------------------------------------------------------


def test_the_standard_definition_is_shown(run):
    lines = run("lifecycle", "show").out.splitlines()

    assert lines[0] == LIFECYCLE.stamp
    assert any("`Receive`" in line for line in lines)
    assert run("lifecycle", "show", "--json").json["digest"] == LIFECYCLE.digest


def test_a_definition_of_a_houses_own_is_shown_by_name_or_by_its_house_file(run, shop):
    named = run("lifecycle", "show", "--definition", "washing_shop:OURS", "--json").json
    filed = run("lifecycle", "show", "--house", "ours.toml", "--json").json

    assert named == filed
    assert (named["name"], named["commands"][-1]) == ("washing", "WashCar")


@pytest.mark.parametrize(
    "wrong", ["washing_shop", "washing_shop:", ":OURS", "washing_shop:LOADED", "nowhere:OURS", "../x:y"]
)
def test_what_is_no_definition_is_told(run, shop, wrong):
    ran = run("lifecycle", "show", "--definition", wrong, "--json")

    assert (ran.code, ran.error["faults"][0]["code"]) == (2, "not_a_definition")


# --- check ----------------------------------------------------------------------------------------------------------


def test_histories_that_fit_are_counted(run, shop):
    ran = run("lifecycle", "check", "--definition", "washing_shop:SAME")

    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].startswith("Definition: same@1#")
    assert lines[1:] == ["Histories checked: 3", "Histories that do not fit: 0"]


def test_what_would_no_longer_be_legal_is_a_table_with_the_reasons_below(run, shop):
    ran = run("lifecycle", "check", "--definition", "washing_shop:OURS")

    assert ran.code == 9
    *lines, definition, checked, unfit = ran.out.splitlines()
    assert lines == [
        "Case number       State     Event  Step                Why not",
        "────────────────  ────────  ─────  ──────────────────  ────────────",
        f"{FIRST}  Judgment  4      Begin the judgment  car.unwashed",
        "",
        "· car.unwashed: The car is not washed yet. Please wash it.",
        "",
    ]
    assert definition.startswith("Definition: washing@1#")
    assert (checked, unfit) == ("Histories checked: 3", "Histories that do not fit: 1")


@pytest.mark.parametrize("columns", ["100", "80", "60"])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_table_fits_the_terminal(run, shop, monkeypatch, columns, language):
    monkeypatch.setenv("COLUMNS", columns)

    lines = run("lifecycle", "check", "--definition", "washing_shop:OURS", "--lang", language).out.splitlines()

    assert [line for line in lines if width_of(line) > int(columns) and "@1#" not in line] == []
    assert lines[2].startswith(FIRST)


def test_scripts_get_every_refusal(run, shop):
    found = run("lifecycle", "check", "--definition", "washing_shop:OURS", "--json").json

    (misfit,) = found["misfits"]
    assert (found["checked"], found["unfit"]) == (3, 1)
    assert (misfit["reference"], misfit["command"], misfit["is_open"]) == (FIRST, "BeginJudgment", True)
    assert [one["code"] for one in misfit["refusals"]] == ["car.unwashed"]


def test_only_some_histories_are_checked_if_that_is_asked_for(run, shop):
    ended = run("lifecycle", "check", "--definition", "washing_shop:OURS", "--ended", "--json")
    others = run("lifecycle", "check", "--definition", "washing_shop:OURS", "--dealer", "BJ02", "--json")

    assert (ended.code, ended.json["checked"]) == (0, 0)
    assert (others.code, others.json["checked"]) == (0, 0)


def test_the_house_file_knows_the_commands_that_another_definition_does_not(run, shop):
    wash = ("do", "WashCar", "--complaint", SECOND, "--as", "li", "--role", "specialist", "--house", "ours.toml")
    assert run(*wash).code == 0

    def codes(*more):
        found = run("lifecycle", "check", "--definition", "washing_shop:SAME", "--json", *more).json["misfits"]
        return [one["code"] for misfit in found for one in misfit["refusals"]]

    assert codes("--house", "ours.toml") == ["definition.no_command"]
    assert codes() == ["definition.unread"]


def test_checking_changes_nothing(run, shop):
    before = run("db", "status", "--json").json

    run("lifecycle", "check", "--definition", "washing_shop:OURS")

    assert run("db", "status", "--json").json == before


# --- a house's own definition in force ------------------------------------------------------------------------------


def test_the_command_line_goes_by_the_definition_of_the_house_file(run, shop):
    house, li = ("--house", "ours.toml"), ("--as", "li", "--role", "specialist")
    begin = ("do", "BeginJudgment", "--complaint", SECOND, *li, *house)

    refused = run(*begin, "--dry-run", "--json")
    assert "car.unwashed" in refused.out
    assert run("form", "WashCar", *house).code == 0
    assert "WashCar" in run("form", "--json", *house).json
    assert run("do", "WashCar", "--complaint", SECOND, *li, *house).code == 0

    assert "car.unwashed" not in run(*begin, "--dry-run", "--json").out
    assert run("show", SECOND, *house).code == 0
    assert run("verify", *house).code == 0


def test_without_the_house_file_the_history_is_told_to_need_it_and_the_rest_is_verified(run, shop):
    run("do", "WashCar", "--complaint", SECOND, "--as", "li", "--role", "specialist", "--house", "ours.toml")

    verified = run("verify")

    assert verified.code == 7
    assert "WashCar" in verified.err
    assert run("show", SECOND).code == 7
    assert run("list").code == 0


# --- migrate --------------------------------------------------------------------------------------------------------


def test_a_migration_is_told_first_and_done_when_it_is_meant(run, shop):
    told = run("lifecycle", "migrate", *QIAN, "--house", "ours.toml", "--json")
    before = run("db", "status", "--json").json["events"]
    done = run("lifecycle", "migrate", *QIAN, "--house", "ours.toml", "--json", "--write")
    after = run("db", "status", "--json").json["events"]

    assert (told.code, done.code) == (0, 0)
    assert told.json["migrations"] == done.json["migrations"]
    assert {one["reference"] for one in done.json["migrations"]} == {FIRST, SECOND, THIRD}
    assert (told.json["is_written"], done.json["is_written"], after - before) == (False, True, 3)
    assert run("verify").code == 0


def test_a_migration_is_a_table(run, shop):
    lines = run("lifecycle", "migrate", FIRST, *QIAN, "--house", "ours.toml").out.splitlines()

    assert lines[0].split() == ["Case", "number", "Was", "under", "State", "Goes", "on", "in", "Result"]
    assert lines[2].startswith(f"{FIRST}  {LIFECYCLE.stamp}  Judgment  Judgment")
    assert lines[2].endswith("✓")
    assert lines[-2:] == ["Would be migrated: 1", "Refused: 0"]


def test_a_state_without_moves_needs_another(run, shop):
    migrate = ("lifecycle", "migrate", FIRST, *QIAN, "--house", "no_judgment.toml")

    refused = run(*migrate, "--write")
    moved = run(*migrate, "--state", "judgment=受理中", "--write", "--json")

    assert refused.code == 4
    assert "definition.no_way" in refused.out
    assert (moved.code, moved.json["migrations"][0]["target"]) == (0, "intake")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("--reason", "x"), "Say who acts"),
        (("--reason", "x", "--as", "qian", "--role", "manager"), "Say at which dealer"),
        (("--as", "qian", "--role", "manager", "--dealer", "SH01"), "Missing: --reason"),
        ((*QIAN, "--state", "judgment"), "Not usable"),
    ],
)
def test_what_is_missing_for_a_migration_is_told(run, shop, given, said):
    ran = run("lifecycle", "migrate", *given, "--house", "ours.toml")

    assert (ran.code, said in ran.err) == (2, True)


def test_a_mistyped_path_makes_no_database(run, shop, tmp_path):
    ran = run("lifecycle", "migrate", *QIAN, "--write", "--db", "complaint.db")

    assert ran.code == 6
    assert not (tmp_path / "complaint.db").exists()
