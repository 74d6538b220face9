"""``complaints tick`` and ``complaints worker``: run by hand, by real processes, beside each other, and stopped."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from complaints import Actor, Channel, Checkpoint, Customer, Dealer, Desk, Order, Role, StoreBusyError, StoreError
from complaints.cli.settings import Settings
from complaints.cli.ticking import _Worker
from complaints.model.people import SYSTEM
from complaints.stages.intake import Receive
from complaints.testing import FrozenClock
from complaints.ticking import Ticked
from tests.cli.conftest import FIRST, NINE, PLAIN, SECOND, THIRD

COMPLAINTS = [sys.executable, "-m", "complaints.cli"]
NOON = ("--now", "2026-01-05T12:00+08:00")
MANY = 600
LI = Actor("li", Role.SPECIALIST, dealer="SH01")


# --- one tick -------------------------------------------------------------------------------------------------------


def test_a_tick_tells_what_it_recorded(run, house):
    ran = run("tick", *NOON)

    assert (ran.code, ran.err, ran.out.splitlines()) == (
        0,
        "",
        [
            "Looked at  2",
            "Warned     0",
            "Missed     2",
            "Escalated  2",
            "Lapsed     0",
            "Settled    0",
            "Failed     0",
        ],
    )


def test_a_second_tick_at_the_same_moment_does_nothing(run, house):
    run("tick", *NOON)
    before = house.read_bytes()

    again = run("tick", *NOON, "--json").json

    assert {name: again[name] for name in ("looked_at", "missed", "escalated", "errors")} == {
        "looked_at": 0,
        "missed": 0,
        "escalated": 0,
        "errors": [],
    }
    assert house.read_bytes() == before


def test_a_clock_in_the_past_does_nothing(run, house):
    before = house.read_bytes()

    told = run("tick", "--now", "1999-12-31T23:59:59+08:00", "--lang", "zh_CN")

    assert (told.code, told.out.splitlines()[0], house.read_bytes()) == (0, "查看    0", before)


def test_a_clock_that_runs_backwards_takes_nothing_back(run, house):
    run("tick", *NOON)
    versions = [one["version"] for one in run("list", "--json").json["complaints"]]

    back = run("tick", "--now", "2026-01-05T11:30+08:00", "--json").json

    assert (back["looked_at"], back["events"]) == (0, {})
    assert [one["version"] for one in run("list", "--json").json["complaints"]] == versions


@pytest.mark.parametrize(
    ("moment", "error"),
    [("2026-01-05T12:00", "time.naive"), ("2026-01-05T12:00 Mars/Phobos", "usage"), ("tomorrow", "usage")],
)
def test_a_moment_nobody_can_place_is_refused_and_nothing_is_written(run, house, moment, error):
    before = house.read_bytes()

    ran = run("tick", "--now", moment, "--json")

    assert (ran.code, ran.out, ran.error["error"], house.read_bytes()) == (2, "", error, before)


def test_a_house_in_an_unknown_zone_is_refused_and_nothing_is_written(run, house):
    Path("house.toml").write_text('[[dealer]]\nid = "SH01"\nzone = "Mars/Phobos"\n', encoding="utf-8")
    before = house.read_bytes()

    for command in ("tick", "worker"):
        ran = run(command, "--house", "house.toml", "--json")

        assert (ran.code, ran.error["faults"][0]["code"], house.read_bytes()) == (2, "zone", before)


@pytest.mark.parametrize("command", ["tick", "worker"])
def test_no_database_is_made_for_the_sake_of_a_clock(run, tmp_path, command):
    ran = run(command, "--json")

    assert (ran.code, ran.error["why"], list(tmp_path.iterdir())) == (6, "missing", [])


def spoil(file, reference):
    """Somebody writes into the database past the program."""
    with sqlite3.connect(file) as database:
        database.execute("UPDATE complaints_complaint SET snapshot = '{}' WHERE reference = ?", (reference,))
    database.close()


def test_a_broken_complaint_stops_no_other_one(run, house):
    spoil(house, SECOND)

    ran = run("tick", *NOON)

    assert (ran.code, ran.out.splitlines()[0], ran.out.splitlines()[2], ran.out.splitlines()[-1]) == (
        7,
        "Looked at  2",
        "Missed     1",
        "Failed     1",
    )
    assert (ran.err.splitlines()[0].startswith("✗ Failed: "), ran.err.splitlines()[-1]) == (True, "[history.broken]")


def test_a_complaint_that_fails_is_told_to_scripts_with_its_reason(run, house):
    with Desk.open(f"sqlite:///{house}") as desk:
        ids = {one.reference: str(one.id) for one in desk.find(by=SYSTEM)}
    spoil(house, SECOND)

    told = run("tick", *NOON, "--json").json

    assert [(one["complaint"], one["reference"], one["error"]) for one in told["errors"]] == [
        (ids[SECOND], ids[SECOND], "history.broken")
    ]
    assert told["failed"] == 1


# --- a worker -------------------------------------------------------------------------------------------------------


def test_a_worker_tells_of_a_round_in_which_something_happened(run, house):
    first, second = run("worker", "--once"), run("worker", "--once")

    assert (first.code, first.out.split("  ", 1)[1]) == (0, "Looked at 3, Missed 4, Escalated 3\n")
    assert (second.code, second.out) == (0, "")


def test_a_worker_tells_of_every_round_if_it_is_asked_to(run, house):
    run("worker", "--once")

    lines = run("worker", "--once", "--verbose", "--lang", "zh_CN").out.splitlines()

    assert (lines[0], lines[1].split("  ", 1)[1]) == ("开始看管期限： sqlite:///complaints.db", "查看 0")


def test_a_worker_ends_with_the_code_of_what_failed(run, house):
    spoil(house, THIRD)

    assert run("worker", "--once").code == 7


@pytest.mark.parametrize("every", ["0", "-5", "soon"])
def test_a_worker_that_would_never_rest_is_refused(run, house, every):
    ran = run("worker", "--every", every, "--json")

    assert (ran.code, ran.out, ran.error["error"]) == (2, "", "usage")


class Waits(Event):
    """Nobody waits here; it is noted for how long somebody would have, and the last time it is set."""

    def __init__(self, times):
        super().__init__()
        self.times, self.waited = times, []

    def wait(self, timeout=None):
        self.waited.append(timeout)
        if len(self.waited) == self.times:
            self.set()
        return self.is_set()


class Held(Desk):
    """A desk whose store somebody else holds for the first rounds."""

    def __init__(self, *errors):
        super().__init__()
        self.errors = list(errors)

    def tick(self, now=None, *, progress=None):
        if self.errors:
            raise self.errors.pop(0)
        return Ticked()


def worker(desk, stop, *, is_once=False):
    return _Worker(desk, Settings(), stop, 60, is_once=is_once, is_verbose=False)


def test_a_worker_waits_longer_each_time_while_the_database_is_busy_and_then_goes_on(capsys):
    stop = Waits(9)

    code = worker(Held(*[StoreBusyError()] * 7), stop).run()

    assert (code, stop.waited) == (0, [1, 2, 4, 8, 16, 32, 60, 60, 60])
    assert capsys.readouterr().err.splitlines()[0] == "Somebody else holds the database; trying again in 1 s"


def test_a_round_that_went_well_makes_the_next_wait_short_again(capsys):
    stop = Waits(4)
    desk = Held(StoreBusyError(), StoreBusyError())

    class Again(Held):
        rounds = 0

        def tick(self, now=None, *, progress=None):
            self.rounds += 1
            if self.rounds in (1, 2, 4):
                raise StoreBusyError
            return Ticked()

    assert (worker(Again(), stop).run(), stop.waited, len(desk.errors)) == (0, [1, 2, 60, 1], 2)


def test_once_is_once_and_another_trouble_ends_the_worker():
    with pytest.raises(StoreBusyError):
        worker(Held(StoreBusyError()), Waits(1), is_once=True).run()
    with pytest.raises(StoreError):
        worker(Held(StoreError("full")), Waits(1)).run()


# --- real processes -------------------------------------------------------------------------------------------------


@pytest.fixture
def busy_house(tmp_path):
    """A database in which six hundred complaints have long been due."""
    file = tmp_path / "complaints.db"
    clock = FrozenClock(NINE)
    with Desk.open(f"sqlite:///{file}", dealers=[Dealer("SH01")], clock=clock) as desk:
        desk.handle_all(
            [
                Order(
                    Receive(
                        dealer="SH01",
                        complainant=Customer(phone="13800000000"),
                        channel=Channel.EMAIL,
                        received_at=NINE - timedelta(minutes=number),
                        statement="没有人回电。",
                        takes_on=True,
                    ),
                    LI,
                )
                for number in range(MANY)
            ],
            atomic=True,
        )
    return file


@pytest.fixture
def started():
    """Starts a worker on a file; whatever still runs at the end is stopped."""
    with ExitStack() as left:
        yield lambda file, *arguments: left.enter_context(_running(file, *arguments))


@contextmanager
def _running(file, *arguments):
    process = subprocess.Popen(
        [*COMPLAINTS, "worker", "--db", str(file), *arguments],
        cwd=file.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**PLAIN, "LANG": "en_US.UTF-8"},
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def missed(file):
    """How often each complaint has something missed on record."""
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        rows = database.execute("SELECT complaint FROM complaints_event WHERE command = 'RecordBreach'").fetchall()
    database.close()
    return Counter(id for (id,) in rows)


def is_whole(file):
    with Desk.open(f"sqlite:///{file}", dealers=[Dealer("SH01")]) as desk:
        return all(isinstance(one, Checkpoint) for one in desk.verify_all())


def wait_until(is_so):
    until = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.01)


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT], ids=lambda one: one.name)
def test_a_worker_that_is_stopped_in_the_middle_finishes_the_complaint_it_is_at(busy_house, started, sent):
    process = started(busy_house)
    wait_until(lambda: len(missed(busy_house)) > 3)

    process.send_signal(sent)
    out, err = process.communicate(timeout=30)

    done = missed(busy_house)
    assert (process.returncode, err, out.decode().startswith("Stopped.")) == (0, b"", True)
    assert (3 < len(done) < MANY, set(done.values()), is_whole(busy_house)) == (True, {1}, True)
    with Desk.open(f"sqlite:///{busy_house}", dealers=[Dealer("SH01")]) as desk:
        assert desk.tick().looked_at == MANY - len(done)


def test_a_worker_that_is_killed_leaves_nothing_half_done(busy_house, started):
    process = started(busy_house)
    wait_until(lambda: len(missed(busy_house)) > 3)

    process.kill()
    process.communicate(timeout=30)

    done = missed(busy_house)
    assert (set(done.values()), is_whole(busy_house)) == ({1}, True)
    with Desk.open(f"sqlite:///{busy_house}", dealers=[Dealer("SH01")]) as desk:
        assert desk.tick().looked_at == MANY - len(done)


def test_two_workers_on_one_file_record_everything_once(busy_house, started):
    workers = [started(busy_house, "--once", "--json") for _ in range(2)]

    ended = [(*process.communicate(timeout=120), process.returncode) for process in workers]

    rounds = [json.loads(out) for out, _, _ in ended if out]
    assert [(err, code) for _, err, code in ended] == [(b"", 0)] * 2
    assert (len(missed(busy_house)), set(missed(busy_house).values())) == (MANY, {1})
    assert sum(one["missed"] for one in rounds) == MANY
    assert is_whole(busy_house)


def test_an_idle_worker_stops_at_once(house, started):
    process = started(house, "--verbose")
    line = process.stdout.readline()
    process.stdout.readline()  # the first round

    process.send_signal(signal.SIGTERM)
    begun = time.monotonic()
    process.communicate(timeout=30)

    assert (line[:13], process.returncode, time.monotonic() - begun < 10) == (b"Looking after", 0, True)


def test_the_first_complaint_stays_as_it_was_where_only_the_clock_was_asked(run, house):
    run("tick", *NOON)

    shown = run("show", FIRST, *NOON).out.splitlines()

    assert [line for line in shown if line.startswith("State")] == ["State        Judgment"]
