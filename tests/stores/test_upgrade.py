"""A file of an older program becomes one of ours, whole or not at all; and what the older program hears of it."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from threading import Barrier

import pytest

from complaints import Desk, SchemaOutOfDateError, State, StoreBusyError, StoreError
from complaints.history import read, replay
from complaints.lifecycle import LIFECYCLE
from complaints.model.people import SYSTEM
from complaints.stores import SqlStore
from complaints.stores.migrate import NEWEST, schema_version
from complaints.stores.tables import PREFIX
from complaints.testing import trace
from complaints.testing.stores import sample_complaint, sample_step
from tests.stores.crash_points import Wire, contents
from tests.stores.upgrades import everything, made_by_an_older_program, opened_over

ROOT = Path(__file__).parents[2]
MARCH = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_by_an_older_program(tmp_path_factory.mktemp("old") / "old.db")


@pytest.fixture
def file(old: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(old, tmp_path / "complaints.db"))


def opened(file: Path, **settings: object) -> SqlStore:
    return SqlStore.open(f"sqlite:///{file}", **settings)


def version_of(file: Path) -> str | None:
    with closing(sqlite3.connect(file)) as raw:
        return schema_version(raw, PREFIX)


# --- what becomes of it ---------------------------------------------------------------------------------------------


def test_an_older_file_is_upgraded_when_it_is_opened_and_its_complaints_go_on(file):
    with Desk.open(f"sqlite:///{file}") as desk:
        found = [(one.reference, one.version, one.state) for one in desk.find(by=SYSTEM)]
        verified = [one.number for one in desk.verify_all()]

    assert version_of(file) == NEWEST
    assert found == [("SH01-2026-000002", 9, State.INTAKE), ("SH01-2026-000001", 14, State.REVIEW)]
    assert sorted(verified) == [9, 14]


def test_an_upgrade_changes_no_event_and_no_personal_text(file):
    names = ("complaints_event", "complaints_personal", "complaints_key", "complaints_counter")
    before = contents(file)

    opened(file).close()

    after = contents(file)
    assert {name: after[name] for name in names} == {name: before[name] for name in names}


def test_an_upgraded_complaint_is_the_sum_of_its_events(file):
    with closing(opened(file)) as store, store.read() as reader:
        traces = [trace(store, id) for id, _, _ in reader.heads()]

    assert len(traces) == 2
    for one in traces:
        assert replay(read(one.events, one.personal, LIFECYCLE.readable)) == one.complaint


def test_after_an_upgrade_the_clock_looks_at_every_complaint(file):
    with closing(opened(file)) as store, store.read() as reader:
        waking = [id for _, id in reader.waking(MARCH)]
        known = [id for id, _, _ in reader.heads()]

    assert waking == known


# --- others who have it open ----------------------------------------------------------------------------------------


def test_an_upgrade_waits_for_whoever_writes_and_leaves_the_file_alone_when_that_takes_too_long(file):
    with closing(sqlite3.connect(file, isolation_level=None)) as somebody:
        somebody.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreBusyError):
            opened(file, busy_seconds=0.05)
        between = version_of(file)
        somebody.execute("ROLLBACK")
        opened(file).close()

    assert (between, version_of(file)) == ("0001", NEWEST)


def test_whoever_reads_meanwhile_goes_on_reading_what_was_there(file):
    with closing(sqlite3.connect(file, isolation_level=None)) as somebody:
        somebody.execute("BEGIN")
        before = somebody.execute("SELECT count(*) FROM complaints_clock").fetchall()

        opened(file).close()

        assert somebody.execute("SELECT count(*) FROM complaints_clock").fetchall() == before
        somebody.execute("ROLLBACK")
    assert version_of(file) == NEWEST


def test_who_opens_an_older_file_while_somebody_upgrades_it_waits_and_finds_it_upgraded(file):
    start = Barrier(3)

    def opens_with_the_others() -> None:
        start.wait()
        opened(file, busy_seconds=30).close()

    with ThreadPoolExecutor(3) as threads:
        opening = [threads.submit(opens_with_the_others) for _ in range(3)]

    assert [one.result() for one in opening] == [None, None, None]
    assert version_of(file) == NEWEST


def test_who_may_only_read_an_older_file_is_told_and_changes_nothing(file):
    before = file.read_bytes()

    with pytest.raises(SchemaOutOfDateError) as older:
        opened(file, is_read_only=True)

    assert (older.value.why, older.value.facts["found"], file.read_bytes()) == ("schema_older", "0001", before)


@pytest.mark.parametrize("is_read_only", [True, False])
def test_a_file_of_a_newer_program_is_left_alone_by_who_opens_it(file, is_read_only):
    opened(file).close()
    upgraded_by_a_newer_program(file)
    before = file.read_bytes()

    with pytest.raises(SchemaOutOfDateError) as newer:
        opened(file, is_read_only=is_read_only)

    assert (told(newer.value), file.read_bytes()) == (("schema_newer", NEWER, NEWEST), before)


# --- an older program that is still running -------------------------------------------------------------------------

NEWER = "9999"


def upgraded_by_a_newer_program(file: Path, *changes: str) -> None:
    with closing(sqlite3.connect(file)) as raw, raw:
        for change in (*changes, f"UPDATE complaints_version SET version_num = '{NEWER}'"):
            raw.execute(change)


def told(error: SchemaOutOfDateError) -> tuple[str, object, object]:
    return error.why, error.facts["found"], error.facts["known"]


def test_a_program_that_is_still_running_after_an_upgrade_writes_nothing_more(file):
    with closing(opened(file)) as store:
        upgraded_by_a_newer_program(file)
        before = contents(file)

        with pytest.raises(SchemaOutOfDateError) as newer, store.write() as writer:
            writer.append(sample_step(sample_complaint(7)))

        assert told(newer.value) == ("schema_newer", NEWER, NEWEST)
        assert contents(file) == before


def test_nor_does_it_do_what_time_does(file):
    with closing(opened(file)) as store:
        with store.read() as reader:
            [one, _] = [reader.complaint(id) for id, _, _ in reader.heads()]
        upgraded_by_a_newer_program(file)

        with pytest.raises(SchemaOutOfDateError) as newer, store.write() as writer:
            writer.watch(one)

    assert told(newer.value) == ("schema_newer", NEWER, NEWEST)


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE complaints_complaint RENAME COLUMN snapshot TO picture",
        "UPDATE complaints_complaint SET snapshot = '{\"id\": 1}'",
    ],
)
def test_what_it_can_no_longer_read_is_told_to_be_newer_and_not_to_be_broken(file, change):
    with closing(opened(file)) as store:
        with store.read() as reader:
            [(id, _, _), _] = reader.heads()
        upgraded_by_a_newer_program(file, change)

        with pytest.raises(SchemaOutOfDateError) as newer, store.read() as reader:
            reader.complaint(id)

    assert told(newer.value) == ("schema_newer", NEWER, NEWEST)


# --- an upgrade that breaks off -------------------------------------------------------------------------------------


def fails() -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    raise error


def test_wherever_an_upgrade_fails_the_file_is_as_it_was_and_can_be_upgraded_again(file):
    before, told = everything(file), []

    for place in count():
        wire = Wire()
        wire.arm(place, fails)
        try:
            opened_over(wire, file).close()
        except StoreError as error:
            told.append(error.why)
        if version_of(file) == NEWEST:
            break
        assert everything(file) == before

    assert (len(told), set(told)) == (place + 1, {"io"})
    assert place > 40


def test_wherever_an_upgrade_is_killed_the_file_is_the_old_or_the_new_one(file, old, tmp_path):
    shutil.copy(old, tmp_path / "old.db")
    opened(file).close()
    either = {"0001": everything(old), NEWEST: everything(file)}
    program = [sys.executable, "-m", "tests.stores.upgrades", tmp_path, "5"]

    done = subprocess.run(program, cwd=ROOT, check=True, capture_output=True, text=True, timeout=120)

    places = done.stdout.split()
    killed = [tmp_path / f"killed-{place}.db" for place in places]
    assert len(killed) > 8
    for left in killed:
        assert everything(left) == either[version_of(left) or ""]
        opened(left).close()
        assert everything(left) == either[NEWEST]
