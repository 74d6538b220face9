"""A form asked field by field: by somebody who answers from a list, and by a real terminal."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from complaints import Fault
from complaints.cli.answers import Typist
from complaints.cli.asking import Questions
from complaints.forms.filled import command_from
from complaints.model.registration import Issue
from complaints.stages.anytime import AddNote, SetSeverity
from complaints.stages.intake import AnswerAssignment, CompleteRegistration, Receive
from complaints.stages.judgment import Uphold
from complaints.stages.proposal import Approve
from tests.cli.conftest import FIRST, PLAIN

ZONE = ZoneInfo("Asia/Shanghai")
ID = "018f0000-0000-7000-8000-000000000001"
SECONDS = 20


class Person:
    """Somebody who gives these answers in turn, and what he was asked."""

    def __init__(self, *answers: str, language: str = "en", suggestions: Any = None) -> None:
        self._answers = list(answers)
        self.shown: list[str] = []
        self.questions = Questions(
            typist=Typist(language=language, currency="CNY", zone=ZONE, now=datetime(2026, 1, 5, 9, tzinfo=ZONE)),
            ask=self._answer,
            say=self.shown.append,
            suggestions=suggestions or {},
            width=60,
        )

    def _answer(self, prompt: str) -> str:
        self.shown.append(prompt)
        return self._answers.pop(0)

    def fill(self, cls: type, **data: Any) -> dict[str, Any]:
        self.questions.fill(cls, data, is_brief=bool(data))
        assert self._answers == []
        return data


def test_every_field_is_asked_for_by_its_label():
    person = Person("2", "he was loud", "", "")

    data = person.fill(SetSeverity)

    assert data == {"severity": "escalated", "reason": "he was loud"}
    assert person.shown == [
        "1 General  2 Escalated  3 Major  4 Critical",
        "Severity *: ",
        "Reason *: (several lines; an empty line ends it)",
        "│ ",
        "│ ",
        "Severity floor: ",
    ]


def test_questions_come_in_chinese():
    person = Person("重大", "原因", "", "", language="zh_CN")

    assert person.fill(SetSeverity) == {"severity": "major", "reason": "原因"}
    assert person.shown[:2] == ["1 一般  2 升级  3 重大  4 重大且紧急", "严重等级 *: "]


def test_a_wrong_answer_is_told_at_once_and_asked_again():
    person = Person("grave", "", "major", "x", "", "")

    assert person.fill(SetSeverity)["severity"] == "major"
    assert person.shown[2:6] == [
        "  ✗ severity: Please choose by number, name or code.",
        "Severity *: ",
        "  ✗ severity: This is needed here. Please fill it in.",
        "Severity *: ",
    ]


def test_a_moment_that_has_not_come_is_told_at_once_and_asked_again():
    person = Person("2136-01-06 09:00", "2026-01-05 08:00")

    assert person.fill(Receive, complainant={}, channel="phone", statement="x", dealer="SH01") == {
        "complainant": {},
        "channel": "phone",
        "statement": "x",
        "dealer": "SH01",
        "received_at": "2026-01-05T08:00:00+08:00",
    }
    assert person.shown[1:3] == [
        "  ✗ The time given, 2136-01-06 09:00 +08:00, has not come",
        "  yet. Please check the date and the time zone.",
    ]


def test_only_what_is_missing_is_asked_for_where_something_was_given():
    person = Person("Handler")

    assert person.fill(AnswerAssignment, accepts=True) == {"accepts": True, "duty": "handler"}


def test_a_full_stop_skips_the_rest_of_its_part():
    person = Person("I1", "3", ".")

    assert person.fill(Issue) == {"id": "I1", "category": "service"}


def test_lists_grow_as_long_as_somebody_says_yes():
    suggestions = {("Issue", "id"): ["I1", "I2"]}
    answers = ("n", "", "y", "", "price", ".", "y", "", "own.code", ".", "n", "n", "n", "n", "1, crash", "wu，he")

    data = Person(*answers, suggestions=suggestions).fill(CompleteRegistration)

    assert data == {
        "issues": [{"id": "I1", "category": "price"}, {"id": "I2", "category": "own.code"}],
        "alarms": ["injury", "crash"],
        "complained_of": ["wu", "he"],
    }


def test_what_must_be_there_is_not_offered_but_asked_for():
    answers = (
        "", "1", "seen", "", "1", "usual", "", "1", "n", "service", "wu", "P1", "soon", "", "2036-01-01 09:00", "phone",
        "99",
    )  # fmt: skip

    data = Person(*answers, suggestions={("IssueJudgment", "issue"): ["I1"]}).fill(Uphold)

    command = command_from(Uphold, {"complaint": ID, **data}, {})
    assert command.judgments[0].issue == "I1"
    assert data["promise"]["due_at"] == "2036-01-01T09:00:00+08:00"
    assert data["promise"]["cost"] == {"amount": "99", "currency": "CNY"}


def test_answers_that_do_not_go_together_are_asked_for_again_and_no_others():
    person = Person(
        "I1", "1", "seen", "", "1", "", "1", "usual", "",  # the reason about the demand was left out at first
        "n", "service", "wu", "P1", "soon", "", "2036-01-01 09:00", "phone", ""
    )  # fmt: skip

    data = person.fill(Uphold)

    assert data["judgments"][0]["demand_reason"] == "usual"
    assert [line for line in person.shown if "✗" in line] == [
        "  ✗ demand_reason: This is needed here. Please fill it in."
    ]


def test_money_is_typed_with_or_without_its_currency():
    answers = ("A", "why", "", "do it", "", "", "1500.50 USD")

    assert Person(*answers).fill(Approve)["ceiling"] == {"amount": "1500.50", "currency": "USD"}


def test_mending_asks_only_for_what_is_wrong():
    person = Person("better", "")
    data: dict[str, Any] = {"complaint": ID, "text": " "}
    with pytest.raises(ValueError) as refused:
        command_from(AddNote, data, {})

    mended = person.questions.mend(AddNote, data, refused.value.faults)

    assert (mended, data) == (True, {"complaint": ID, "text": "better"})
    assert (
        person.questions.mend(AddNote, data, [Fault("complaint", "not_a_uuid"), Fault("else", "unknown_field")])
        is False
    )
    assert data == {"complaint": ID, "text": "better"}


# --- a real terminal ------------------------------------------------------------------------------------------------


CTRL_C = b"\x03"


def at_a_terminal(folder: Path, arguments: Sequence[str], *answers: bytes, language: str = "en") -> tuple[int, str]:
    """Run ``complaints`` on a terminal of its own; each answer is typed when a question waits for it."""
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "complaints.cli", *arguments, "--lang", language],
        cwd=folder,
        env={**PLAIN, "COLUMNS": "80", "TERM": "xterm"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        shown = _conversation(ours, child, list(answers))
        return child.wait(SECONDS), shown
    finally:
        child.kill()
        os.close(ours)


def _conversation(terminal: int, child: subprocess.Popen[bytes], answers: list[bytes]) -> str:
    shown, until = b"", time.monotonic() + SECONDS
    while time.monotonic() < until:
        if select.select([terminal], [], [], 0.05)[0]:
            try:
                more = os.read(terminal, 65536)
            except OSError:  # so Linux says that nobody is at the other end any more
                break
            if not more:
                break
            shown += more
        elif answers and shown.endswith((b": ", b"] ", "│ ".encode())):
            answer = answers.pop(0)
            shown += b" "
            if answer == CTRL_C:
                child.send_signal(signal.SIGINT)
            else:
                os.write(terminal, answer)
    return shown.decode()


def test_a_note_is_typed_at_a_terminal(run, house):
    code, shown = at_a_terminal(
        house.parent, ["do", "AddNote", "--complaint", FIRST, "--as", "li", "--role", "specialist"],
        "客户来电。\n".encode(), b"\n", b"y\n",
    )  # fmt: skip

    events = run("show", FIRST, "--json").json["timeline"]
    assert (code, events[-1]["form"]["text"]) == (0, "客户来电。")
    assert "\x1b[1;36m── Add a note ──" in shown


def test_without_a_yes_nothing_is_done(run, house):
    code, shown = at_a_terminal(
        house.parent, ["do", "AddNote", "--complaint", FIRST, "--as", "li", "--role", "specialist"],
        b"x\n", b"\n", b"n\n", language="zh_CN",
    )  # fmt: skip

    assert (code, run("show", FIRST, "--json").json["complaint"]["version"]) == (130, 4)
    assert shown.rstrip().endswith("已中断；未确认的内容没有办理。")


def test_ctrl_c_leaves_without_a_trace(run, house):
    code, shown = at_a_terminal(
        house.parent, ["do", "AddNote", "--complaint", FIRST, "--as", "li", "--role", "specialist"], CTRL_C
    )

    assert (code, "Traceback" in shown) == (130, False)
    assert shown.rstrip().endswith("Interrupted; what was not confirmed was not done.")


def test_nobody_is_asked_for_a_step_that_is_refused_anyway(house):
    code, shown = at_a_terminal(
        house.parent, ["do", "Close", "--complaint", FIRST, "--as", "zhao", "--role", "supervisor"]
    )

    assert code == 4
    assert "\x1b[1;31mError: “Close” was not done, because the complaint is in “Judgment”." in shown
