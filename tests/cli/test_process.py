"""The command line as a process: module, pipes, colour, encodings, the demo."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.cli.conftest import PLAIN

COMPLAINTS = [sys.executable, "-m", "complaints.cli"]


def process(*arguments, folder, stdout=subprocess.PIPE, **environment):
    return subprocess.run(
        [*COMPLAINTS, *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env={**PLAIN, "LANG": "en_US.UTF-8", **environment},
        timeout=60,
        check=False,
    )


def test_the_module_is_the_command(run, house):
    ran = process("list", folder=house.parent, COLUMNS="100")

    assert (ran.returncode, ran.stdout.decode(), ran.stderr) == (0, run("list").out, b"")


def test_errors_go_to_the_error_stream(house):
    ran = process("show", "nothing", folder=house.parent)

    assert (ran.returncode, ran.stdout, ran.stderr.splitlines()[-1]) == (3, b"", b"[not_found]")


@pytest.mark.parametrize("command", [["list"], ["--help"], ["diagram"], ["form", "Receive"]], ids=" ".join)
def test_a_pipe_that_is_closed_early_is_no_accident(house, command):
    reading, writing = os.pipe()
    os.close(reading)

    ran = process(*command, folder=house.parent, stdout=writing)
    os.close(writing)

    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk"])
def test_a_terminal_without_our_signs_stops_nothing(house, encoding):
    ran = process("list", "--lang", "zh_CN", folder=house.parent, PYTHONIOENCODING=encoding)

    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b"SH01-2026-000001" in ran.stdout


def test_nothing_is_coloured_in_a_pipe(house):
    assert b"\x1b" not in process("show", "SH01-2026-000001", folder=house.parent).stdout


def test_the_library_imports_nothing_of_the_terminal(tmp_path):
    script = "import sys, complaints; print([name for name in ('rich_click', 'rich', 'click') if name in sys.modules])"

    ran = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, check=True)

    assert ran.stdout == b"[]\n" if os.name == "posix" else b"[]\r\n"


def test_the_demo_leaves_a_database_to_look_at(run):
    demo = run("demo", "--db", "demo.db", "--json")

    listed = run("list", "--db", "demo.db", "--limit", "1000", "--json").json["complaints"]
    verified = run("verify", "--db", "demo.db")
    assert (demo.code, demo.json["database"], demo.json["complaints"]) == (0, "demo.db", len(listed))
    assert (verified.code, verified.out.splitlines()[-1]) == (0, "Histories that are broken: 0")


def test_the_demo_never_goes_to_the_database_of_the_environment(run, house, monkeypatch):
    monkeypatch.setenv("COMPLAINTS_DB", str(house))
    before = house.read_bytes()

    demo = run("demo", "--json")

    assert (demo.code, demo.json["database"], house.read_bytes()) == (0, "complaints-demo.db", before)


def test_the_demo_overwrites_nothing(run, house):
    ran = run("demo", "--db", "complaints.db", "--json")

    assert (ran.code, ran.error["why"]) == (6, "exists")


NOTE = (
    "do",
    "AddNote",
    "--complaint",
    "SH01-2026-000001",
    "--set",
    "text=called",
    "--as",
    "li",
    "--role",
    "specialist",
)


def in_shell(line, *arguments, folder):
    """Runs ``complaints`` as *line* has it, where ``"$@"`` is the whole command."""
    return subprocess.run(
        ["/bin/sh", "-c", line, "sh", *COMPLAINTS, *arguments],
        cwd=folder,
        capture_output=True,
        env={**PLAIN, "LANG": "en_US.UTF-8"},
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("line", ['"$@" >&-', '"$@" <&-', '"$@" 2>&-', '"$@" <&- >&- 2>&-'])
def test_a_step_is_done_whichever_stream_is_closed(run, house, line):
    ran = in_shell(line, *NOTE, folder=house.parent)

    assert (ran.returncode, ran.stderr) == (0, b"")
    assert run("list", "--json").json["complaints"][2]["version"] == 5
    assert run("verify").code == 0


# a standard output that is open for reading only fails as a full device does, on every system
def test_a_step_whose_result_is_lost_is_not_called_refused(run, house):
    ran = in_shell('"$@" 1</dev/null', *NOTE, folder=house.parent)

    assert (ran.returncode, ran.stderr.decode()) == (
        8,
        (
            "Error: The result could not be written. Please check the disk or device it\n"
            "    was to go to.\n"
            "The step was taken all the same; please do not repeat it: SH01-2026-000001\n"
            "[output]\n"
        ),
    )
    assert run("list", "--json").json["complaints"][2]["version"] == 5


@pytest.mark.parametrize("command", [["list", "--json"], ["--help", "--json"]], ids=" ".join)
def test_a_lost_result_is_told_to_scripts_too(house, command):
    ran = in_shell('"$@" 1</dev/null', *command, folder=house.parent)

    assert (ran.returncode, json.loads(ran.stderr)["error"]) == (8, "output")
