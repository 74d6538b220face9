"""The help is enough to live without the documentation, in both languages."""

from __future__ import annotations

import re
from uuid import UUID

import pytest

from complaints.cli.exit_codes import EXIT_CODES, exit_code_of
from complaints.errors import (
    BrokenHistoryError,
    ComplaintError,
    ConflictError,
    DefinitionError,
    IllegalMoveError,
    InvalidCommandError,
    KeyReusedError,
    NaiveTimeError,
    NotFoundError,
    NotPermittedError,
    RefusedError,
    SchemaOutOfDateError,
    StoreBusyError,
    StoreError,
    UnknownDefinitionError,
)
from complaints.forms.layout import width_of
from complaints.locale import label

COMMANDS = (
    (), ("demo",), ("list",), ("show",), ("work",), ("candidates",), ("web",), ("similar",),
    ("do",), ("explain",), ("tick",), ("worker",), ("verify",), ("diagram",), ("form",), ("due",),
    ("customer",), ("customer", "export"), ("customer", "redact"), ("figures",), ("figures", "fast-track"),
    ("figures", "kept"), ("eligibility",),
    ("db",), ("db", "status"), ("db", "upgrade"), ("db", "backup"),
    ("policy",), ("policy", "show"), ("policy", "check"), ("simulate",),
    ("lifecycle",), ("lifecycle", "show"), ("lifecycle", "check"), ("lifecycle", "migrate"),
)  # fmt: skip
CODE = re.compile(r"\b(help|option|exit|usage|screen)\.[a-z]")
ID = UUID(int=1)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_that_fits_and_misses_no_text(run, command, language):
    helped = run(*command, "--help", "--lang", language)

    assert (helped.code, helped.err) == (0, "")
    assert CODE.findall(helped.out) == []
    assert [line for line in helped.out.splitlines() if width_of(line) > 100] == []


def test_help_comes_in_chinese(run):
    lines = [line.rstrip() for line in run("form", "--help", "--lang", "zh_CN").out.splitlines()]

    assert lines[1] == " 用法： complaints form [选项] [COMMAND]"
    assert [line for line in lines if "Options" in line or "Show this" in line] == []
    assert lines[lines.index(" 示例：") :][:3] == [" 示例：", "   complaints form", "   complaints form Uphold"]


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_exit_codes_stand_in_the_help(run, language):
    shown = " ".join(run("--help", "--lang", language).out.split())

    assert [
        code for code, meaning in EXIT_CODES.items() if f"{code} {label('screen', meaning, language)}" not in shown
    ] == []


def test_without_a_command_the_help_is_shown(run):
    shown = run()

    assert "Usage:" in shown.out + shown.err
    assert shown.code == 2


def test_the_version_is_told(run):
    assert run("--version").out == "complaints, version 0.1.0\n"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ComplaintError(), 1),
        (RefusedError([]), 1),
        (InvalidCommandError("Uphold", []), 2),
        (NaiveTimeError("at"), 2),
        (DefinitionError("policy", []), 2),
        (NotFoundError("complaint", "C"), 3),
        (IllegalMoveError([]), 4),
        (NotPermittedError([]), 4),
        (ConflictError(ID, 1, 2, []), 5),
        (KeyReusedError("k", ID), 5),
        (StoreError("full"), 6),
        (StoreBusyError(), 6),
        (SchemaOutOfDateError("schema_newer"), 6),
        (BrokenHistoryError(ID, 1, "changed"), 7),
        (UnknownDefinitionError("Uphold"), 7),
    ],
)
def test_every_error_has_its_exit_code(error, code):
    assert exit_code_of(error) == code
    assert code in EXIT_CODES
