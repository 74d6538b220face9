"""``complaints web``: a real server on this machine, seen by a real client, and ended by Ctrl-C."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from contextlib import closing

import httpx

from tests.cli.conftest import PLAIN

NOON = "2026-01-05T12:00+08:00"


def test_the_desk_is_shown_on_this_machine_until_ctrl_c(house):
    before = house.read_bytes()
    command = [sys.executable, "-m", "complaints.cli", "web", "--db", str(house), "--port", "0", "--now", NOON]

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=PLAIN) as server:
        try:
            first = server.stdout.readline()
            where = first.rpartition(" ")[2].strip()
            page, elsewhere = httpx.get(where), httpx.get(where, headers={"Host": "evil.example"})
        finally:
            server.send_signal(signal.SIGINT)
        out, err = server.stdout.read(), server.stderr.read()

    assert (first, page.status_code, "SH01-2026-000001" in page.text) == (f"Please open: {where}\n", 200, True)
    assert (elsewhere.status_code, "SH01" in elsewhere.text) == (400, False)
    assert (server.returncode, out, err) == (
        0,
        "Ctrl-C ends it. Whoever opens it on this machine reads as: reader\nStopped.\n",
        "",
    )
    assert house.read_bytes() == before


def test_a_port_that_is_taken_is_told(run, house):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        ran = run("web", "--port", port)

    assert (ran.code, ran.out) == (2, "")
    assert f"--port, not: {port}" in ran.err


def test_what_is_missing_is_told_with_what_to_do(run, house, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)

    ran = run("web", "--lang", "zh_CN")

    assert (ran.code, "pip install 'complaints[web]' uvicorn" in ran.err) == (2, True)


def test_a_database_that_is_not_there_is_told_before_anything_listens(run):
    ran = run("web", "--port", "0", "--db", "nowhere.db")

    assert (ran.code, ran.out, "nowhere.db" in ran.err) == (6, "", True)
