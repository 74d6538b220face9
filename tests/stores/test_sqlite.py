from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, text

import complaints.stores.migrations
from complaints.errors import BrokenHistoryError, SchemaOutOfDateError, StoreBusyError, StoreError
from complaints.stores import Query, SqlStore, Store, StoreDescription
from complaints.stores.migrate import NEWEST
from complaints.stores.tables import tables
from complaints.testing.stores import (
    SharingStoreContract,
    StoreContract,
    sample_complaint,
    sample_later,
    sample_registration,
    sample_step,
)

FIRST = sample_complaint(1)
SECOND = sample_later(FIRST, contacts=1)


class TestSqlStore(StoreContract):
    def make_store(self, folder: Path) -> SqlStore:
        return SqlStore.open(f"sqlite:///{folder}/complaints.db")


class TestSqlStoreOnTheHostsEngine(SharingStoreContract):
    def make_store(self, folder: Path) -> SqlStore:
        return SqlStore(host_engine(folder / "dealership.db", "PRAGMA journal_mode = WAL"), prefix="cs_")


def host_engine(file: Path, *pragmas: str) -> Engine:
    engine = create_engine(f"sqlite:///{file}")

    @event.listens_for(engine, "connect")
    def configure(raw: sqlite3.Connection, _: object) -> None:
        for pragma in pragmas:
            raw.execute(pragma)

    return engine


@pytest.fixture
def file(tmp_path):
    return tmp_path / "complaints.db"


def opened(file: Path, **settings: object) -> SqlStore:
    return SqlStore.open(f"sqlite:///{file}", **settings)


def written(file: Path, *complaints) -> Path:
    """A file that holds these complaints, and nobody has it open."""
    with closing(opened(file)) as store:
        append(store, *complaints)
    return file


def append(store: Store, *complaints) -> None:
    with store.write() as writer:
        for complaint in complaints:
            writer.append(sample_step(complaint))


def versions(store: Store) -> list[tuple[int, int]]:
    with store.read() as reader:
        return [(id.int, version) for id, version, _ in reader.heads()]


def run(program: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


# --- nothing is lost ------------------------------------------------------------------------------------------------

WRITES_ON_AND_ON = """
import sys
from complaints.stores import SqlStore
from complaints.testing.stores import sample_complaint, sample_later, sample_step
store = SqlStore.open(sys.argv[1])
complaint = sample_complaint(1)
while True:
    with store.write() as writer:
        writer.append(sample_step(complaint))
    print(complaint.version, flush=True)
    complaint = sample_later(complaint, contacts=complaint.version)
"""


@pytest.mark.parametrize("steps", [1, 40, 333])
def test_a_killed_process_loses_no_acknowledged_step(file, steps):
    child = run(WRITES_ON_AND_ON, f"sqlite:///{file}")
    for _ in range(steps):
        child.stdout.readline()

    child.kill()
    # not communicate(): it would pass over lines that are buffered already
    acknowledged = max([steps, *(int(line) for line in child.stdout.read().splitlines() if line.isdigit())])
    child.wait()
    child.stdout.close()
    child.stderr.close()

    with closing(opened(file)) as store, store.read() as reader:
        complaint = reader.complaint(FIRST.id)
        events = reader.events(FIRST.id)
    assert complaint.version in (acknowledged, acknowledged + 1)
    assert [event.number for event in events] == list(range(1, complaint.version + 1))
    assert events[-1].digest == complaint.head


def test_wherever_a_step_is_cut_off_it_is_there_whole_or_not_at_all(file):
    store, writing = store_and_its_writing_connection(file)
    append(store, FIRST)
    latest, cut_off = FIRST, []

    for ticks in count(1):
        clock = count(1)
        writing.set_progress_handler(lambda clock=clock, ticks=ticks: next(clock) == ticks, 1)
        later = sample_later(latest, registration=sample_registration(ticks + 1), contacts=ticks)
        try:
            append(store, later)
        except StoreError as error:
            cut_off.append(error.why)
        writing.set_progress_handler(None, 1)
        with store.read() as reader:
            found = reader.complaint(FIRST.id)
            by_name = reader.find(Query(customer=found.registration.complainant.name))
            assert found in (latest, later)
            assert [event.number for event in reader.events(FIRST.id)] == list(range(1, found.version + 1))
            assert [complaint.version for complaint in by_name] == [found.version]
        if len(cut_off) < ticks:
            break
        latest = found

    store.close()
    assert found == later
    assert cut_off == ["interrupted"] * (ticks - 1)
    assert ticks > 50


def test_a_connection_that_cannot_even_roll_back_is_replaced(file):
    store, writing = store_and_its_writing_connection(file)
    append(store, FIRST)
    clock = count(1)
    writing.set_progress_handler(lambda: next(clock) > 30, 1)

    with pytest.raises(StoreError) as interrupted:
        append(store, SECOND)
    append(store, SECOND)

    assert (interrupted.value.why, versions(store)) == ("interrupted", [(1, 2)])
    store.close()


def store_and_its_writing_connection(file: Path) -> tuple[SqlStore, sqlite3.Connection]:
    engine, connections = host_engine(file), []
    event.listen(engine, "connect", lambda raw, _: connections.append(raw))
    return SqlStore(engine), connections[0]


def test_a_full_disk_refuses_the_step_and_keeps_what_was_there(file):
    store = SqlStore(host_engine(file, "PRAGMA max_page_count = 40"))
    append(store, FIRST)
    latest = FIRST

    with pytest.raises(StoreError) as full:  # noqa: PT012
        while True:
            later = sample_later(latest, former_handlers=("somebody",) * 200 * latest.version)
            append(store, later)
            latest = later

    assert (full.value.why, full.value.facts["file"]) == ("full", str(file))
    with store.read() as reader:
        assert reader.complaint(FIRST.id) == latest
        assert len(reader.events(FIRST.id)) == latest.version
    store.close()


def test_a_full_disk_inside_an_attempt_ends_the_transaction(file):
    store = SqlStore(host_engine(file, "PRAGMA max_page_count = 40"))
    append(store, FIRST)
    fat = sample_later(FIRST, former_handlers=("somebody",) * 50_000)

    with pytest.raises(StoreError) as full, store.write() as writer:  # noqa: PT012
        writer.append(sample_step(sample_complaint(2)))
        with pytest.raises(StoreError), writer.attempt():
            writer.append(sample_step(fat))
        writer.append(sample_step(sample_complaint(3)))

    assert full.value.why == "full"
    assert versions(store) == [(1, 1)]
    store.close()


# --- the history is append-only below our own code ------------------------------------------------------------------

EVENT = "INSERT{} INTO complaints_event (position, complaint, number, command, recorded_at, digest, body) "


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE complaints_event SET body = 'forged' WHERE number = 2", "an event is never changed"),
        ("UPDATE complaints_event SET number = 3 WHERE number = 2", "an event is never changed"),
        ("DELETE FROM complaints_event WHERE number = 2", "an event is never deleted"),
        ("DELETE FROM complaints_event", "an event is never deleted"),
        (EVENT.format("") + "VALUES (NULL, :id, 4, 'Forged', 0, '', '')", "an event must be the next one"),
        (EVENT.format("") + "VALUES (NULL, :id, 2, 'Forged', 0, '', '')", "an event must be the next one"),
        (EVENT.format(" OR REPLACE") + "VALUES (NULL, :id, 2, 'Forged', 0, '', '')", "an event must be the next one"),
        (EVENT.format(" OR REPLACE") + "VALUES (1, :id, 3, 'Forged', 0, '', '')", "an event must be the next one"),
        (EVENT.format("") + "VALUES (99, :id, 3, 'Forged', 0, '', '')", "an event must be the next one"),
        (EVENT.format("") + "VALUES (-1, :id, 3, 'Forged', 0, '', '')", "CHECK constraint failed"),
        ("DELETE FROM complaints_complaint", "FOREIGN KEY constraint failed"),
    ],
)
def test_the_database_itself_refuses_to_rewrite_the_history(file, statement, why):
    written(file, FIRST, SECOND)
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA foreign_keys = ON")
        before = raw.execute("SELECT * FROM complaints_event").fetchall()

        with pytest.raises(sqlite3.IntegrityError, match=why):
            raw.execute(statement, {"id": FIRST.id.hex})

        assert raw.execute("SELECT * FROM complaints_event").fetchall() == before


def test_an_event_that_slipped_in_elsewhere_is_reported_as_a_broken_history(file):
    written(file, FIRST)
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute(EVENT.format("") + "VALUES (NULL, ?, 2, 'Forged', 0, '', '')", (FIRST.id.hex,))

    with closing(opened(file)) as store:
        with pytest.raises(BrokenHistoryError) as broken:
            append(store, SECOND)

        assert (broken.value.complaint, broken.value.number) == (FIRST.id, 2)
        assert versions(store) == [(1, 1)]


def test_half_a_step_cannot_be_committed_by_ignoring_its_error(file):
    written(file, FIRST)
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute(EVENT.format("") + "VALUES (NULL, ?, 2, 'Forged', 0, '', '')", (FIRST.id.hex,))

    with closing(opened(file)) as store:
        with pytest.raises(BrokenHistoryError), store.write() as writer:  # noqa: PT012
            with pytest.raises(BrokenHistoryError):
                writer.append(sample_step(SECOND))
            writer.append(sample_step(sample_complaint(2)))

        assert versions(store) == [(1, 1)]


def test_a_changed_snapshot_is_shown_as_it_now_stands(file):
    with closing(opened(file)) as store:
        append(store, FIRST)
        assert versions(store) == [(1, 1)]
        with closing(sqlite3.connect(file)) as raw, raw:
            raw.execute("UPDATE complaints_complaint SET snapshot = replace(snapshot, 'SH01-2026', 'SH01-1999')")

        with store.read() as reader:
            assert reader.complaint(FIRST.id).reference == "SH01-1999-000001"


def test_positions_follow_the_order_of_commits(file):
    written(file, sample_complaint(2), FIRST, SECOND)

    with closing(sqlite3.connect(file)) as raw:
        rows = raw.execute("SELECT position, complaint, number FROM complaints_event ORDER BY position").fetchall()

    assert [(place, int(id, 16), number) for place, id, number in rows] == [(1, 2, 1), (2, 1, 1), (3, 1, 2)]


def test_what_was_corrected_leaves_no_trace_in_the_file(file):
    told = sample_registration(1, wish="Call me on 13900000001. " * 800)
    written(file, sample_complaint(1, told))
    before = file.read_bytes()
    written(file, sample_later(FIRST, registration=sample_registration(1, wish="Call me on 13900000002.")))
    after = file.read_bytes()

    assert [b"13900000001" in content for content in (before, after)] == [True, False]
    assert b"13900000002" in after


# --- several programs -----------------------------------------------------------------------------------------------


def test_two_programs_see_each_others_steps(file):
    with closing(opened(file)) as ours, closing(opened(file)) as theirs:
        append(ours, FIRST)
        append(theirs, SECOND)
        append(ours, sample_later(SECOND, contacts=2), sample_complaint(2))

        assert versions(theirs) == versions(ours) == [(1, 3), (2, 1)]


OPENS_AND_REGISTERS = """
import sys
from complaints.stores import SqlStore
from complaints.testing.stores import sample_complaint, sample_step
input_is_ready = sys.argv[3]
from pathlib import Path
print("ready", flush=True)
while not Path(input_is_ready).exists():
    pass
store = SqlStore.open(sys.argv[1])
with store.write() as writer:
    writer.append(sample_step(sample_complaint(int(sys.argv[2]))))
store.close()
"""


def test_programs_that_open_a_new_file_at_once_make_it_once(file, tmp_path):
    start = tmp_path / "start"
    children = [run(OPENS_AND_REGISTERS, f"sqlite:///{file}", n, start) for n in (1, 2, 3)]
    for child in children:
        child.stdout.readline()

    start.touch()
    errors = [child.communicate(timeout=30)[1] for child in children]

    assert errors == ["", "", ""]
    with closing(opened(file)) as store:
        assert versions(store) == [(1, 1), (2, 1), (3, 1)]


def test_a_database_locked_by_somebody_else_is_busy_and_unharmed(file):
    with closing(opened(file, busy_seconds=0.05)) as store, closing(sqlite3.connect(file)) as somebody:
        append(store, FIRST)
        somebody.execute("BEGIN IMMEDIATE")

        with pytest.raises(StoreBusyError) as busy:
            append(store, SECOND)
        readable = versions(store)
        somebody.rollback()
        append(store, SECOND)

        assert (busy.value.why, busy.value.facts, readable) == ("busy", {"why": "busy", "file": str(file)}, [(1, 1)])
        assert versions(store) == [(1, 2)]


def test_a_file_locked_by_somebody_else_cannot_be_opened_for_now(file):
    written(file, FIRST)
    with closing(sqlite3.connect(file)) as somebody:
        somebody.execute("PRAGMA locking_mode = EXCLUSIVE")
        somebody.execute("BEGIN EXCLUSIVE")

        with pytest.raises(StoreBusyError) as busy:
            opened(file, busy_seconds=0.05)

    assert busy.value.why == "busy"


# --- files that are not ours ----------------------------------------------------------------------------------------


def refusal(file: Path, **settings: object) -> tuple[str, dict[str, object]]:
    with pytest.raises(StoreError) as refused:
        opened(file, **settings)
    return refused.value.why, {name: value for name, value in refused.value.facts.items() if name != "why"}


def test_another_programs_database_is_left_alone(file):
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("CREATE TABLE invoice (id INTEGER)")
    before = file.read_bytes()

    assert refusal(file) == ("foreign", {"file": str(file)})
    assert refusal(file, is_read_only=True) == ("foreign", {"file": str(file)})
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert file.read_bytes() == before


def test_an_empty_database_that_another_program_has_marked_is_left_alone(file):
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA application_id = 7")

    assert refusal(file) == ("foreign", {"file": str(file)})


@pytest.mark.parametrize(
    "content", [b"Dear Sir or Madam, " * 100, b"\x00" * 8192, b"SQLite format 3\x00" + b"\xff" * 8000]
)
def test_a_file_that_is_no_database_is_left_alone(file, content):
    file.write_bytes(content)

    assert refusal(file) == ("not_a_database", {"file": str(file)})
    assert file.read_bytes() == content


def test_an_empty_file_becomes_a_database(file):
    file.touch()

    with closing(opened(file)) as store:
        append(store, FIRST)

        assert versions(store) == [(1, 1)]


@pytest.mark.parametrize("first_page", [4, 40])
def test_a_damaged_file_is_called_damaged(file, first_page):
    written(file, *(sample_complaint(n) for n in range(1, 200)))
    with file.open("r+b") as content:
        content.seek(first_page * 4096)
        content.write(b"\xff" * (file.stat().st_size - first_page * 4096))

    with pytest.raises(StoreError) as damaged, closing(opened(file)) as store, store.read() as reader:
        reader.find(Query(limit=1000))

    assert damaged.value.why == "damaged"


def test_what_cannot_be_opened_is_named(tmp_path):
    assert refusal(tmp_path) == ("cannot_open", {"file": str(tmp_path)})
    assert refusal(tmp_path / "no" / "folder.db") == ("cannot_open", {"file": str(tmp_path / "no" / "folder.db")})
    assert refusal(tmp_path / "no.db", is_read_only=True) == ("cannot_open", {"file": str(tmp_path / "no.db")})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("sqlite://", "in_memory"),
        ("sqlite:///:memory:", "in_memory"),
        ("sqlite:///file:x?mode=memory&cache=shared&uri=true", "in_memory"),
        ("mysql://root:secret@db/complaints", "dialect"),
        ("complaints.db", "url"),
        ("", "url"),
        ("sqlite:///no.db?timeout=abc", "url"),
        ("sqlite:///no\0.db", "url"),
        ("sqlite:///no\udcff.db", "url"),
        ("sqlite://here:abc/no.db", "url"),
        ("sqlite:///" + "x" * 300, "cannot_open"),
        ("sqlite+aiosqlite:///no.db", "dialect"),
        ("sqlite+nonsense:///no.db", "dialect"),
    ],
)
def test_an_address_that_names_no_sqlite_file_is_refused(url, why):
    with pytest.raises(StoreError) as refused:
        SqlStore.open(url)

    assert refused.value.why == why
    assert "secret" not in repr(refused.value.facts)


def test_a_hosts_engine_without_a_file_is_refused():
    with pytest.raises(StoreError) as refused:
        SqlStore(create_engine("sqlite://"))

    assert refused.value.why == "in_memory"


@pytest.mark.parametrize("prefix", ["", "1_", "Complaints_", "c; DROP TABLE x", "%(x)s", "a" * 21])
def test_a_prefix_that_is_no_plain_name_is_refused(file, prefix):
    assert refusal(file, prefix=prefix) == ("prefix", {"prefix": prefix})
    assert not file.exists()


# --- looking only ---------------------------------------------------------------------------------------------------


def test_opened_for_reading_nothing_is_written_and_everything_is_read(file):
    written(file, FIRST)
    before = file.read_bytes()

    with closing(opened(file, is_read_only=True)) as store:
        with pytest.raises(StoreError) as refused:
            append(store, SECOND)
        readable = versions(store)

    assert (refused.value.why, refused.value.facts["file"], readable) == ("read_only", str(file), [(1, 1)])
    assert file.read_bytes() == before


def test_opened_for_reading_the_steps_of_a_writer_are_seen(file):
    with closing(opened(file)) as writing, closing(opened(file, is_read_only=True)) as reading:
        append(writing, FIRST)

        assert versions(reading) == [(1, 1)]


def test_an_empty_file_holds_nothing_to_read(file):
    file.touch()

    assert refusal(file, is_read_only=True) == ("empty", {"file": str(file)})


def test_a_database_that_lies_on_a_read_only_disk_says_so_when_written(file):
    written(file, FIRST)
    engine = create_engine(f"sqlite:///file:{file}?mode=ro&uri=true")

    with closing(SqlStore(engine)) as store:
        with pytest.raises(StoreError) as refused:
            append(store, SECOND)

        assert (refused.value.why, versions(store)) == ("read_only", [(1, 1)])


# --- the tables -----------------------------------------------------------------------------------------------------


def test_a_newer_programs_tables_are_left_alone(file):
    written(file, FIRST)
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("UPDATE complaints_version SET version_num = '0999'")

    with pytest.raises(SchemaOutOfDateError) as newer:
        opened(file)

    facts = {"why": "schema_newer", "file": str(file), "found": "0999", "known": NEWEST}
    assert (newer.value.why, newer.value.facts) == ("schema_newer", facts)


def test_older_tables_are_not_changed_by_who_only_looks(file):
    written(file, FIRST)
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("UPDATE complaints_version SET version_num = '0000'")

    assert refusal(file, is_read_only=True)[0] == "schema_older"


def test_the_newest_revision_is_the_one_the_program_knows():
    [folder] = complaints.stores.migrations.__path__
    config = Config()
    config.set_main_option("script_location", folder)

    assert ScriptDirectory.from_config(config).get_heads() == [NEWEST]


def test_the_revisions_make_the_tables_that_the_statements_are_written_for(file, tmp_path):
    written(file)
    made = create_engine(f"sqlite:///{tmp_path}/made.db")
    tables().metadata.create_all(made)
    upgraded = create_engine(f"sqlite:///{file}")

    def shapes(engine: Engine) -> dict[str, str]:
        with engine.connect() as connection:
            rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type IN ('table', 'index')"))
            return {name: "".join(sorted((sql or "").split())) for name, sql in rows}

    with upgraded.connect() as connection:
        options = {"version_table": "complaints_version", "compare_type": True, "compare_server_default": True}
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), tables().metadata)
    shapes_made, shapes_upgraded = shapes(made), shapes(upgraded)
    for engine in (made, upgraded):
        engine.dispose()
    shapes_made.pop("complaints_version")
    shapes_upgraded.pop("complaints_version")
    assert differences == []
    assert shapes_upgraded == shapes_made


def test_our_tables_lie_beside_the_hosts_and_those_of_another_prefix(file):
    engine = host_engine(file)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE invoice (id INTEGER)"))

    with closing(SqlStore(engine)) as ours, closing(SqlStore(engine, prefix="old_")) as theirs:
        append(ours, FIRST)
        append(theirs, sample_complaint(2))

        assert (versions(ours), versions(theirs)) == ([(1, 1)], [(2, 1)])
    with engine.connect() as connection:
        marks = [connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("application_id", "journal_mode")]
    engine.dispose()
    assert marks == [0, "delete"]


def test_a_hosts_pool_keeps_its_connections(file):
    engine = create_engine(f"sqlite:///{file}", pool_size=1, max_overflow=0, pool_timeout=1)

    with closing(SqlStore(engine)) as store, store.read() as one, store.read() as other, engine.connect() as theirs:
        assert list(one.heads()) == list(other.heads()) == []
        assert theirs.execute(text("PRAGMA foreign_keys")).scalar() == 0
    engine.dispose()


def test_a_hosts_pool_that_is_used_up_is_busy(file):
    engine = create_engine(f"sqlite:///{file}", pool_size=1, max_overflow=0, pool_timeout=0.05)

    with engine.connect(), pytest.raises(StoreError) as busy:
        SqlStore(engine)

    engine.dispose()
    assert busy.value.why == "busy"


def test_a_database_describes_itself(file):
    with closing(opened(file)) as store:
        append(store, FIRST, SECOND, sample_complaint(2))

        description = store.describe()

    assert description == StoreDescription(
        file=str(file),
        schema=NEWEST,
        newest=NEWEST,
        complaints=2,
        events=3,
        size_bytes=description.size_bytes,
        journal_mode="wal",
        synchronous="full",
    )
    assert description.size_bytes == file.stat().st_size


def test_a_backup_holds_what_was_committed_when_it_was_made(file, tmp_path):
    copy = tmp_path / "copy.db"
    with closing(opened(file)) as store:
        append(store, FIRST)
        with store.write() as writer:
            writer.append(sample_step(SECOND))
            store.backup(copy)
        append(store, sample_complaint(2))

    with closing(opened(copy)) as copied:
        assert versions(copied) == [(1, 1)]


def test_a_backup_overwrites_nothing_and_leaves_no_rubbish(file, tmp_path):
    folder = tmp_path / "backups"
    folder.mkdir()
    (folder / "monday.db").write_text("dear to somebody")
    with closing(opened(file)) as store:
        append(store, FIRST)

        with pytest.raises(StoreError) as exists:
            store.backup(folder / "monday.db")
        with pytest.raises(StoreError) as nowhere:
            store.backup(tmp_path / "no" / "folder.db")
        store.backup(folder / "tuesday.db")

    assert (exists.value.why, nowhere.value.why) == ("exists", "cannot_open")
    assert sorted(path.name for path in folder.iterdir()) == ["monday.db", "tuesday.db"]
    assert (folder / "monday.db").read_text() == "dear to somebody"


# --- what is imported when -------------------------------------------------------------------------------------------

WHAT_IS_IMPORTED = """
import sys
import complaints
from complaints.stores import MemoryStore
heavy = ("sqlalchemy", "alembic", "sqlite3", "asyncio")  # SQLAlchemy brings the last one along
print([name for name in heavy if name in sys.modules])
from complaints.stores import SqlStore
SqlStore.open(sys.argv[1]).close()
print([name for name in heavy if name in sys.modules])
print(complaints.AsyncDesk.__name__)
"""


def test_sqlalchemy_comes_with_the_sql_store_alembic_with_work_to_do_and_asyncio_with_its_desk(file):
    written(file, FIRST)

    out, errors = run(WHAT_IS_IMPORTED, f"sqlite:///{file}").communicate(timeout=30)

    assert (out, errors) == ("[]\n['sqlalchemy', 'sqlite3', 'asyncio']\nAsyncDesk\n", "")


def test_a_complaint_that_somebody_wrote_over_is_told_and_does_not_stop_the_others(file):
    written(file, sample_complaint(1), sample_complaint(2))
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("UPDATE complaints_complaint SET snapshot = '{}' WHERE id = ?", (UUID(int=1).hex,))

    with closing(opened(file)) as store, store.read() as reader:
        with pytest.raises(BrokenHistoryError) as broken:
            reader.complaint(UUID(int=1))
        assert (broken.value.complaint, broken.value.what) == (UUID(int=1), "snapshot_unreadable")
        assert reader.complaint(UUID(int=2)) == sample_complaint(2)
