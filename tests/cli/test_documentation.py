"""What the documentation says about the command line in passing, outside of the blocks that run as tests."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import rich_click as click

from complaints.cli.app import application

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").glob("*.md"))]
PAGES += sorted((ROOT / "docs" / "how-to").glob("*.md"))
FENCE = re.compile(r"^```(?P<kind>\S+)[^\n]*\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
IN_PASSING = re.compile(r"`complaints (?P<typed>[a-z][^`]*)`")
PROGRAM = application("en")


def unknown(typed: str) -> Iterator[str]:
    """The options of a call that its command does not take, or the command itself if there is none."""
    command: click.Command = PROGRAM
    taken = set[str]()
    for word in typed.split():
        if isinstance(command, click.Group) and not word.startswith("-"):
            if word not in command.commands:
                yield word
                return
            command = command.commands[word]
        taken |= {flag for option in command.params for flag in (*option.opts, *option.secondary_opts)}
        if word.startswith("--") and word.partition("=")[0] not in taken:
            yield word


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_call_told_in_passing_is_one_that_is_taken(page):
    prose = FENCE.sub("", page.read_text(encoding="utf-8"))

    slips = {call["typed"]: found for call in IN_PASSING.finditer(prose) if (found := list(unknown(call["typed"])))}

    assert slips == {}


@pytest.mark.parametrize(
    ("typed", "slips"),
    [
        ("verify", []),
        ("tik", ["tik"]),
        ("policy chek house.toml", ["chek"]),
        ("work --for li --late --early", ["--early"]),
    ],
)
def test_a_call_that_is_not_taken_is_noticed(typed, slips):
    assert list(unknown(typed)) == slips


@pytest.mark.parametrize("name", ["command-line.md", "command-line.zh-CN.md"])
def test_the_house_file_that_is_shown_can_be_read(run, tmp_path, name):
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    shown = [block["body"] for block in FENCE.finditer(page) if block["kind"] == "toml"]
    # the module with the house's own lifecycle is not shown with it
    house = re.sub(r"^definition = .*$", "", "\n".join(shown), flags=re.MULTILINE)
    (tmp_path / "house.toml").write_text(house, encoding="utf-8")

    ran = run("policy", "check", "house.toml")

    assert (ran.err, ran.out.splitlines()[:1], ran.code) == ("", ["✓ house.toml: nothing is wrong."], 0)
