"""The tables that the documentation makes from the code: every code with what to do, in each language."""

from __future__ import annotations

import re
from pathlib import Path
from runpy import run_path
from types import SimpleNamespace

import pytest

from complaints.locale import codes

TABLES = SimpleNamespace(**run_path(str(Path(__file__).parent.parent / "docs" / "tables.py")))
LANGUAGES = pytest.mark.parametrize("language", TABLES.LANGUAGES)
# its own facts are what to do: the steps that there are
LISTS_WHAT_TO_DO = ["move.illegal"]
EVERY = {"en": "every step", "zh_CN": "每一步"}
# they carry refusals, and those say it
CARRY_REFUSALS = ["move.illegal", "move.not_permitted", "move.refused"]


def rows(table: str) -> dict[str, str]:
    return {row[1]: row[0] for row in re.finditer(r"^\| `(.*?)`.*$", table, re.MULTILINE)}


@LANGUAGES
@pytest.mark.parametrize(
    ("kind", "silent"), [("refusal", LISTS_WHAT_TO_DO), ("fault", []), ("error", CARRY_REFUSALS)], ids=str
)
def test_every_sentence_tells_what_to_do(kind, silent, language):
    telling_nothing = [code for code in sorted(codes(kind, "en")) if not TABLES.parted(kind, code, language)[1]]

    assert telling_nothing == silent


@LANGUAGES
def test_no_word_of_a_sentence_is_lost_between_its_two_parts(language):
    def letters(text: str) -> str:
        return re.sub(r"\W", "", text).lower()

    changed = [
        code
        for kind in ("refusal", "fault", "error")
        for code in codes(kind, "en")
        if letters("".join(TABLES.parted(kind, code, language))) != letters(TABLES.locale.label(kind, code, language))
    ]

    assert changed == []


@LANGUAGES
def test_every_code_has_its_row(language):
    wanted = {code for kind in ("refusal", "fault", "error") for code in codes(kind, "en")}

    assert rows(TABLES.codes(language)).keys() == wanted


def test_a_row_tells_where_it_is_asked_and_who_can():
    told = [rows(TABLES.codes(language))["handler.not_accepted"] for language in TABLES.LANGUAGES]

    assert told == [
        (
            "| `handler.not_accepted`<br>Begin the judgment | Nobody has taken the complaint on yet."
            " | Please accept the assignment, or have a handler assigned by: {who}. Who: Supervisor."
            " A manager may set it aside (`Override`). |"
        ),
        (
            "| `handler.not_accepted`<br>开始判定 | 本投诉尚无人接单。"
            " | 请接受分派，或由以下人员分派承办人：{who}。办理人：客服主管。"
            "客服经理可以特批豁免（`Override`）。 |"
        ),
    ]


def test_a_row_tells_when_the_complaint_decides_who_can():
    row = rows(TABLES.codes("en"))["leader.limit"]

    assert row.endswith(" | Please ask: {who}. Who: the refusal names them. |")


def test_a_row_tells_what_a_small_house_may_relax():
    relaxable = {code for code, row in rows(TABLES.codes("en")).items() if "A small house may relax it." in row}

    assert relaxable == TABLES.RELAXABLE


@LANGUAGES
def test_a_rule_of_every_step_says_so_instead_of_listing_all(language):
    of_every_step = {code for code, row in rows(TABLES.codes(language)).items() if f"<br>{EVERY[language]} |" in row}

    assert of_every_step == {rule.code for rule in (*TABLES.OF_EVERY_MOVE, *TABLES.OF_EVERY_ENTRY)}


@LANGUAGES
def test_every_command_has_its_row(language):
    listed = {typed.split()[0] for typed in rows(TABLES.commands(language))}

    assert listed == TABLES.application(language).commands.keys()


def test_a_row_of_a_command_tells_what_it_takes_beside_what_all_take():
    told = [rows(TABLES.commands(language))["verify [CASE]"] for language in TABLES.LANGUAGES]

    assert told == [
        (
            "| `verify [CASE]` | Check that nobody changed the histories."
            "<br>Options: `--checkpoint`, `--write-checkpoint`. |"
        ),
        "| `verify [CASE]` | 核验历史记录无人改动。<br>选项：`--checkpoint`、`--write-checkpoint`。 |",
    ]


@pytest.mark.parametrize("flag", ["--db", "--lang", "--house", "--json"])
def test_what_the_page_says_of_every_command_is_true_of_each(flag):
    without = [
        " ".join(names)
        for names, command in TABLES._commands(TABLES.application("en"), ())
        if not any(flag in option.opts for option in command.params)
    ]

    assert without == []


@LANGUAGES
def test_a_flag_in_a_sentence_keeps_its_hyphens(language):
    assert re.findall(r"(?<!`)--[a-z]", TABLES.commands(language)) == []
