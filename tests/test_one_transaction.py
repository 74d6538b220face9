"""What the host writes and a step are kept together or not at all, on the desk's connection and on the host's own."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from shutil import copyfile
from threading import Barrier, Thread

import pytest
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import (
    IntegrityError,
    InvalidRequestError,
    OperationalError,
    PendingRollbackError,
    ProgrammingError,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from complaints import (
    LIFECYCLE,
    Channel,
    Complaint,
    ComplaintError,
    ConflictError,
    Customer,
    Desk,
    Fault,
    IllegalMoveError,
    InvalidCommandError,
    KeyReusedError,
    NotFoundError,
    Order,
    PersonalData,
    Query,
    ReentrantStepError,
    StoreBusyError,
    StoreError,
)
from complaints.model.event import rule
from complaints.stages.anytime import AddNote
from complaints.stages.erasure import Redact
from complaints.stages.intake import BeginJudgment, Receive
from complaints.stages.review import Archive
from complaints.stores import SqlStore
from complaints.testing import OPENING, SMALL_HOUSE, SMALLEST_STAFF, FrozenClock
from tests.stages.cases import qian
from tests.stores.test_erased_bytes import SECRETS, found_in, received

counter, deputy, owner = SMALLEST_STAFF
BEGIN = "BEGIN IMMEDIATE"
NOTED = SECRETS[-1]


class _HostError(Exception):
    """Whatever makes the host give up its transaction."""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with our tables and the host's, made once."""
    file = tmp_path_factory.mktemp("one") / "empty.db"
    SqlStore.open(f"sqlite:///{file}").close()
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("CREATE TABLE repair_order (number INTEGER PRIMARY KEY, complaint TEXT)")
        raw.execute("PRAGMA journal_mode = DELETE")
    return file


@pytest.fixture
def file(empty: Path, tmp_path: Path) -> Path:
    return Path(copyfile(empty, tmp_path / "dealership.db"))


@pytest.fixture
def store(file: Path) -> Iterator[SqlStore]:
    with closing(SqlStore.open(f"sqlite:///{file}", busy_seconds=0.05)) as store:
        yield store


@pytest.fixture
def desk(store: SqlStore) -> Desk:
    return SMALL_HOUSE.desk(store, clock=FrozenClock())


@pytest.fixture
def engine(file: Path) -> Iterator[Engine]:
    """The host's own."""
    engine = create_engine(f"sqlite:///{file}")
    yield engine
    engine.dispose()


def receive(**parts: object) -> Receive:
    usual = {
        "dealer": "SH01",
        "complainant": Customer(name="顾客甲", phone="10000000001"),
        "channel": Channel.PHONE,
        "received_at": OPENING - timedelta(hours=1),
        "statement": "发动机异响",
        "takes_on": True,
    }
    return Receive(**{**usual, **parts})


def order(connection: Connection, number: int, case: Complaint | None = None) -> None:
    values = (number, None if case is None else case.reference)
    connection.exec_driver_sql("INSERT INTO repair_order VALUES (?, ?)", values)


def orders_in(file: Path) -> list[tuple[int, str | None]]:
    with closing(sqlite3.connect(file)) as raw:
        return raw.execute("SELECT number, complaint FROM repair_order ORDER BY number").fetchall()


def references(desk: Desk) -> list[str]:
    return [one.reference for one in desk.find(by=counter)]


def whole(desk: Desk) -> list[int]:
    """The number of events of every complaint, each proven."""
    return [one.number for one in desk.verify_all() if not isinstance(one, ComplaintError)]


@contextmanager
def begun(engine: Engine, how: str = BEGIN) -> Iterator[Connection]:
    with engine.begin() as connection:
        connection.exec_driver_sql(how)
        yield connection


@pytest.fixture(params=["the desk's", "the host's"])
def transaction(request: pytest.FixtureRequest, desk: Desk, engine: Engine) -> Callable[[], object]:
    """Begins a transaction on the connection of either."""
    return desk.transaction if request.param == "the desk's" else partial(begun, engine)


# --- together -------------------------------------------------------------------------------------------------------


def test_a_repair_order_and_a_complaint_are_kept_together(desk, file, transaction):
    with transaction() as connection:
        case = desk.handle(receive(), by=counter, connection=connection)
        order(connection, 1, case)
        later = desk.handle(AddNote(complaint=case.id, text="接车单1"), by=counter, connection=connection)

    assert (orders_in(file), desk.complaint(case.id, by=counter)) == ([(1, "SH01-2026-000001")], later)
    assert whole(desk) == [2]


def test_neither_is_there_when_the_host_gives_up_nor_is_a_number_or_a_key_used(desk, file, transaction):
    with suppress(_HostError), transaction() as connection:
        case = desk.handle(receive(), by=counter, key="call-1", connection=connection)
        order(connection, 1, case)
        raise _HostError

    assert (orders_in(file), references(desk)) == ([], [])
    assert desk.handle(receive(statement="另一件"), by=counter, key="call-1").reference == "SH01-2026-000001"


def test_a_refused_step_changes_nothing_and_the_host_goes_on(desk, file, transaction):
    with transaction() as connection:
        case = desk.handle(receive(), by=counter, connection=connection)
        with pytest.raises(IllegalMoveError):
            desk.handle(Archive(complaint=case.id), by=counter, connection=connection)
        order(connection, 1, case)

    assert (orders_in(file), whole(desk)) == ([(1, case.reference)], [1])


def test_the_hosts_own_savepoint_takes_a_step_back(desk, transaction):
    with transaction() as connection:
        kept = desk.handle(receive(), by=counter, connection=connection)
        with suppress(_HostError), connection.begin_nested():
            desk.handle(receive(), by=counter, connection=connection)
            desk.handle(AddNote(complaint=kept.id, text="undone"), by=counter, connection=connection)
            raise _HostError
        second = desk.handle(receive(), by=counter, connection=connection)
        desk.handle(AddNote(complaint=kept.id, text="kept"), by=counter, connection=connection)

    assert (second.reference, references(desk)) == ("SH01-2026-000002", [second.reference, kept.reference])
    assert [event.command.text for event in desk.history(kept.id, by=counter, after=1)] == ["kept"]
    assert whole(desk) == [2, 1]


def test_of_a_batch_all_or_none_is_undone_and_another_stands_order_by_order(desk, transaction):
    case = desk.handle(receive(), by=counter)
    batch = [
        Order(AddNote(complaint=case.id, text="1"), counter),
        Order(Archive(complaint=case.id), counter),
        Order(AddNote(complaint=case.id, text="2"), counter),
    ]
    told = []

    with transaction() as connection:
        with pytest.raises(IllegalMoveError):
            desk.handle_all(batch, atomic=True, connection=connection)
        undone = desk.complaint(case.id, by=counter, connection=connection).version
        answers = desk.handle_all(batch, progress=told.append, connection=connection)

    assert (undone, [type(one) for one in answers], told) == (1, [Complaint, IllegalMoveError, Complaint], [3])
    assert desk.verify(case.id).number == 3


def test_the_transaction_reads_what_it_has_written_and_nobody_else_does(desk, transaction):
    with transaction() as connection:
        here = {"by": counter, "connection": connection}
        case = desk.handle(receive(), **here)
        within = (
            desk.complaint(case.reference, **here),
            tuple(desk.find(Query(customer="顾客甲"), **here)),
            [one.name for one in desk.history(case.id, **here)],
            desk.explain(BeginJudgment(complaint=case.id), **here)
            == desk.refusals(BeginJudgment(complaint=case.id), **here),
            AddNote in desk.explain(case.id, **here),
            desk.verify(case.id, connection=connection).number,
        )
        with pytest.raises(NotFoundError):
            desk.complaint(case.id, by=counter)
        outside = references(desk)

    assert within == (case, (case,), ["Receive"], True, True, 1)
    assert outside == []


def test_repeating_with_a_key_and_acting_on_an_old_version_are_as_they_are_elsewhere(desk, transaction):
    with transaction() as connection:
        here = {"by": counter, "connection": connection}
        first = desk.handle(receive(), key="call-1", **here)
        again = desk.handle(receive(), key="call-1", **here)
        desk.handle(AddNote(complaint=first.id, text="1"), expected_version=1, **here)
        with pytest.raises(ConflictError) as late:
            desk.handle(AddNote(complaint=first.id, text="2"), expected_version=1, **here)
        with pytest.raises(KeyReusedError):
            desk.handle(AddNote(complaint=first.id, text="3"), key="call-1", **here)

    assert again == first
    assert [one.command.text for one in late.value.events] == ["1"]
    assert desk.verify(first.id).number == 2


def test_who_reads_in_a_transaction_is_told_to_the_read_hook(store):
    told = []
    desk = Desk(store, clock=FrozenClock(), on_read=lambda by, what, ids: told.append((by.id, what, len(ids))))

    with desk.transaction() as connection:
        case = desk.handle(receive(), by=counter, connection=connection)
        desk.complaint(case.id, by=counter, connection=connection)
        desk.find(by=counter, connection=connection)
        desk.history(case.id, by=counter, connection=connection)

    assert told == [("counter", "complaint", 1), ("counter", "find", 1), ("counter", "history", 1)]


def test_a_customer_is_erased_and_complaints_are_migrated_with_the_host_or_not_at_all(store, desk, transaction):
    case = desk.handle(receive(), by=counter)
    other = Desk(store, lifecycle=LIFECYCLE.extend(name="own", version="2"), clock=FrozenClock())

    with suppress(_HostError), transaction() as connection:
        (redaction,) = desk.redact_customer("10000000001", by=counter, reason="asked", fields=(), connection=connection)
        (migration,) = other.migrate(Query(), by=owner, reason="new", dry_run=False, connection=connection)
        raise _HostError

    assert (redaction.complaint, migration.complaint) == (case.id, case.id)
    assert desk.complaint(case.id, by=counter) == case


class Base(DeclarativeBase):
    """The host's own tables, as its ORM knows them."""


class RepairOrder(Base):
    __tablename__ = "repair_order"
    number: Mapped[int] = mapped_column(primary_key=True)
    complaint: Mapped[str | None]


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_session_of_the_hosts_orm_takes_part_on_the_desks_connection(desk, file, is_kept):
    with suppress(_HostError), desk.transaction() as connection, Session(connection) as session:
        case = desk.handle(receive(), by=counter, connection=connection)
        session.add(RepairOrder(number=1, complaint=case.reference))
        session.commit()
        if not is_kept:
            raise _HostError

    assert orders_in(file) == ([(1, "SH01-2026-000001")] if is_kept else [])
    assert len(references(desk)) == len(orders_in(file))


def test_a_step_takes_part_in_a_session_of_the_hosts_orm(desk, engine, file):
    with Session(engine) as session, session.begin():
        session.add(RepairOrder(number=1))
        session.flush()
        case = desk.handle(receive(), by=counter, connection=session.connection())
        session.get_one(RepairOrder, 1).complaint = case.reference

    assert (orders_in(file), references(desk)) == ([(1, case.reference)], [case.reference])


# --- where it may not be --------------------------------------------------------------------------------------------


def refused(desk: Desk, connection: object) -> tuple[type[ComplaintError], str]:
    """How a step on *connection* is refused; nothing is written."""
    with pytest.raises(StoreError) as error:
        desk.handle(receive(), by=counter, connection=connection)
    assert references(desk) == []
    return type(error.value), error.value.why


def test_a_transaction_that_has_not_begun_immediate_is_refused_also_where_nobody_else_writes(desk, engine):
    with begun(engine, "BEGIN") as connection:
        before_reading = refused(desk, connection)
        connection.exec_driver_sql("SELECT count(*) FROM repair_order").scalar()
        after_reading = refused(desk, connection)

    assert (before_reading, after_reading) == ((StoreBusyError, "connection_deferred"),) * 2


def test_a_transaction_without_the_right_to_write_is_refused_while_somebody_else_has_it(desk, engine):
    with begun(engine, "BEGIN") as connection, begun(engine):
        assert refused(desk, connection) == (StoreBusyError, "connection_deferred")


def test_a_transaction_that_has_written_has_the_right_to_write(desk, engine, file):
    with engine.begin() as connection:
        order(connection, 1)
        case = desk.handle(receive(), by=counter, connection=connection)

    assert (orders_in(file), references(desk)) == ([(1, None)], [case.reference])


def test_a_host_may_begin_immediate_by_an_event_of_its_engine(desk, engine):
    event.listen(engine, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(BEGIN))

    with engine.begin() as connection:
        case = desk.handle(receive(), by=counter, connection=connection)

    assert references(desk) == [case.reference]


def test_what_is_in_no_transaction_is_refused(desk, engine):
    with engine.connect() as connection:
        unbegun = refused(desk, connection)
        connection.begin()
        begun_in_name_only = refused(desk, connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection, connection.begin():
        autocommit = refused(desk, connection)

    assert (unbegun, begun_in_name_only) == ((StoreError, "connection_not_begun"),) * 2
    assert autocommit == (StoreError, "connection_autocommit")


def test_a_connection_that_is_closed_or_to_another_database_is_refused(desk, engine, file, empty):
    with begun(engine) as connection:
        pass
    closed = refused(desk, connection)
    found = []
    for url in (f"sqlite:///{empty}", "sqlite://"):
        elsewhere = create_engine(url)
        with begun(elsewhere) as connection:
            found.append(refused(desk, connection))
        elsewhere.dispose()

    assert (closed, found) == ((StoreError, "connection_closed"), [(StoreError, "connection_elsewhere")] * 2)


def test_the_same_file_under_another_name_is_the_same_database(desk, file):
    other_name = file.with_name("other-name.db")
    other_name.symlink_to(file)
    engine = create_engine(f"sqlite:///{other_name}")
    with begun(engine) as connection:
        case = desk.handle(receive(), by=counter, connection=connection)
    engine.dispose()

    assert references(desk) == [case.reference]


def test_something_else_than_a_connection_is_refused_by_its_type(desk, engine):
    with pytest.raises(InvalidCommandError) as error:
        desk.handle(receive(), by=counter, connection=engine)

    assert error.value.faults == (Fault("connection", "type", wanted="Connection", given="Engine"),)


def test_a_connection_bound_to_its_thread_is_refused_in_another(desk, file):
    engine = create_engine(f"sqlite:///{file}", connect_args={"check_same_thread": True})
    found = []
    with begun(engine) as connection:
        thread = Thread(target=lambda: found.append(refused(desk, connection)))
        thread.start()
        thread.join()
    engine.dispose()

    assert found == [(StoreError, "connection_thread")]


def test_a_store_in_memory_shares_no_transaction(engine):
    desk = SMALL_HOUSE.desk(clock=FrozenClock())
    with pytest.raises(StoreError) as beginning, desk.transaction():
        raise AssertionError("the memory store began a transaction")

    with begun(engine) as connection:
        assert refused(desk, connection) == (StoreError, "no_connection")
    assert beginning.value.why == "no_connection"


def test_a_store_that_was_closed_takes_no_step_of_the_hosts(store, desk, engine):
    store.close()

    with begun(engine) as connection, pytest.raises(StoreError) as error:
        desk.handle(receive(), by=counter, connection=connection)

    assert error.value.why == "closed"


def test_a_store_that_may_only_be_read_takes_no_step_of_the_hosts(file, engine):
    with closing(SqlStore.open(f"sqlite:///{file}", is_read_only=True)) as store, begun(engine) as connection:
        desk = SMALL_HOUSE.desk(store, clock=FrozenClock())

        assert refused(desk, connection) == (StoreError, "read_only")
        with pytest.raises(StoreError) as beginning, desk.transaction():
            raise AssertionError("a transaction began where nothing may be written")

    assert beginning.value.why == "read_only"


def test_what_is_wrong_is_said_in_both_languages(desk, engine):
    with begun(engine, "BEGIN") as connection, pytest.raises(StoreBusyError) as error:
        desk.handle(receive(), by=counter, connection=connection)

    assert error.value.sentence("en") == (
        "The transaction has not begun IMMEDIATE and has written nothing, so it has no right to write."
        " Nothing was changed; please use desk.transaction(), or execute BEGIN IMMEDIATE first."
    )
    assert error.value.sentence("zh_CN") == (
        "该事务不是以 IMMEDIATE 开始，也还没有写入过，尚未取得写入权，未作任何更改。"
        "请使用 desk.transaction()，或先执行 BEGIN IMMEDIATE。"
    )


# --- nobody waits for himself ---------------------------------------------------------------------------------------


def test_a_step_beside_the_transaction_of_its_own_thread_is_refused_by_name(desk, transaction):
    with transaction() as connection:
        case = desk.handle(receive(), by=counter, connection=connection)
        with pytest.raises(ReentrantStepError):
            desk.handle(receive(), by=counter)
        with pytest.raises(ReentrantStepError), desk.transaction():
            raise AssertionError("a transaction began within a transaction")

    assert references(desk) == [case.reference]
    assert desk.handle(receive(), by=counter).reference == "SH01-2026-000002"


def test_a_rule_may_neither_take_a_step_in_the_hosts_transaction_nor_begin_one(store, transaction):
    raised = []

    def meddles(situation):
        for act in (
            lambda: desk.handle(receive(), by=counter, connection=connection),
            lambda: another.handle(receive(), by=counter, connection=connection),
            lambda: another.handle(receive(), by=counter),
            lambda: desk.transaction().__enter__(),
        ):
            with pytest.raises(ReentrantStepError):
                act()
            raised.append(1)

    lifecycle = LIFECYCLE.extend(name="own", version="1", rules={AddNote: [rule("own.rule")(meddles)]})
    desk, another = (SMALL_HOUSE.desk(store, clock=FrozenClock(), lifecycle=lifecycle) for _ in range(2))

    with transaction() as connection:
        case = desk.handle(receive(), by=counter, connection=connection)
        noted = desk.handle(AddNote(complaint=case.id, text="1"), by=counter, connection=connection)

    assert (raised, noted.version, whole(desk)) == ([1] * 4, 2, [2])


def test_who_comes_while_the_host_takes_its_time_is_told_to_try_again(desk, store, transaction):
    answers = []

    def comes() -> None:
        try:
            with desk.transaction() as another:
                answers.append(desk.handle(receive(), by=counter, connection=another))
        except StoreBusyError as error:
            answers.append(error.sentence())

    with transaction() as connection:
        case = desk.handle(receive(), by=counter, connection=connection)
        thread = Thread(target=comes)
        thread.start()
        thread.join()

    comes()
    assert answers[0] == "Somebody else is using the database. Nothing was changed; please try again in a moment."
    assert (answers[1].reference, references(desk)) == ("SH01-2026-000002", ["SH01-2026-000002", case.reference])


def test_two_hosts_at_once_lose_nothing_and_leave_no_gap(file):
    start = Barrier(3, timeout=60)
    desks = [SMALL_HOUSE.desk(SqlStore.open(f"sqlite:///{file}"), clock=FrozenClock()) for _ in range(2)]
    # two of them share a store, the third comes from elsewhere
    desks.append(desks[0])

    def works(host: int, desk: Desk) -> None:
        start.wait()
        for n in range(8):
            with suppress(_HostError), desk.transaction() as connection:
                case = desk.handle(receive(), by=counter, connection=connection)
                order(connection, 100 * host + n, case)
                if n % 3 == 2:
                    raise _HostError

    threads = [Thread(target=works, args=(host, desk)) for host, desk in enumerate(desks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [number for number, _ in orders_in(file)] == [
        100 * host + n for host in range(3) for n in (0, 1, 3, 4, 6, 7)
    ]
    assert sorted(case for _, case in orders_in(file)) == [f"SH01-2026-{n:06d}" for n in range(1, 19)]
    assert sorted(references(desks[0])) == sorted(case for _, case in orders_in(file))
    assert whole(desks[0]) == [1] * 18
    for desk in desks[:2]:
        desk.close()


# --- what goes wrong ------------------------------------------------------------------------------------------------

_DIES = """
import sys
from datetime import UTC, datetime
from complaints import Actor, Channel, Customer, Desk, Role
from complaints.stages.intake import Receive
counter = Actor("counter", Role.SPECIALIST, dealer="SH01")
receive = Receive(
    dealer="SH01", complainant=Customer(phone="10000000001"), channel=Channel.PHONE,
    received_at=datetime.now(UTC), statement="...",
)
desk = Desk.open(sys.argv[1])
with desk.transaction() as connection:
    case = desk.handle(receive, by=counter, key="call-1", connection=connection)
    connection.exec_driver_sql("INSERT INTO repair_order VALUES (1, ?)", (case.reference,))
    print("is in the midst of it", flush=True)
    sys.stdin.read()
"""


def test_a_host_in_another_process_that_is_killed_before_it_commits_leaves_nothing(desk, file):
    command = [sys.executable, "-c", _DIES, f"sqlite:///{file}"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as host:
        told = host.stdout.readline()
        with pytest.raises(StoreBusyError):
            desk.handle(receive(), by=counter)
        host.kill()

    assert (told, orders_in(file), references(desk)) == (b"is in the midst of it\n", [], [])
    assert desk.handle(receive(), by=counter, key="call-1").reference == "SH01-2026-000001"


def test_an_error_of_the_hosts_own_statements_stays_its_own(desk, file):
    with pytest.raises(IntegrityError), desk.transaction() as connection:  # noqa: PT012
        desk.handle(receive(), by=counter, connection=connection)
        order(connection, 1)
        order(connection, 1)

    assert (orders_in(file), references(desk)) == ([], [])


def test_a_commit_that_the_hosts_own_tables_refuse_is_its_own_error_and_undoes_all(desk, file):
    with closing(sqlite3.connect(file)) as raw:
        raw.execute(
            "CREATE TABLE part (repair_order INTEGER REFERENCES repair_order (number) DEFERRABLE INITIALLY DEFERRED)"
        )

    with pytest.raises(IntegrityError), desk.transaction() as connection:  # noqa: PT012
        desk.handle(receive(), by=counter, connection=connection)
        connection.exec_driver_sql("INSERT INTO part VALUES (4711)")

    assert references(desk) == []


def test_a_commit_that_a_reader_keeps_from_the_file_is_busy_and_undoes_all(file, engine):
    """In a file without WAL, where who reads and who commits wait for each other."""
    with closing(SqlStore(engine, busy_seconds=0.05)) as store, closing(sqlite3.connect(file)) as reader:
        desk = SMALL_HOUSE.desk(store, clock=FrozenClock())
        with pytest.raises(StoreBusyError), desk.transaction() as connection:  # noqa: PT012
            order(connection, 1, desk.handle(receive(), by=counter, connection=connection))
            reading = reader.execute("SELECT command FROM complaints_event UNION ALL VALUES (1), (2)")
            reading.fetchone()
        reading.close()

        assert (orders_in(file), references(desk)) == ([], [])
        assert desk.handle(receive(), by=counter).reference == "SH01-2026-000001"


def test_a_host_may_commit_early_and_goes_no_further(desk, file):
    with pytest.raises(InvalidRequestError), desk.transaction() as connection:  # noqa: PT012
        case = desk.handle(receive(), by=counter, connection=connection)
        connection.commit()
        with pytest.raises(StoreError) as late:
            desk.handle(receive(), by=counter, connection=connection)
        order(connection, 1)

    assert (late.value.why, orders_in(file), references(desk)) == ("connection_not_begun", [], [case.reference])


@pytest.mark.parametrize(
    ("does", "told", "kept"),
    [
        ([Connection.close], "connection_closed", 0),
        ([Connection.commit, Connection.close], None, 1),
        ([Connection.rollback], None, 0),
    ],
    ids=["closes", "commits and closes", "gives up"],
)
def test_a_host_that_closes_the_desks_connection_uncommitted_is_told_that_nothing_was_kept(desk, does, told, kept):
    why = None

    try:
        with desk.transaction() as connection:
            desk.handle(receive(), by=counter, connection=connection)
            for one in does:
                one(connection)
    except StoreError as error:
        why = error.why

    assert (why, len(references(desk))) == (told, kept)


@pytest.mark.parametrize("goes_on", [True, False])
def test_where_a_step_cannot_be_undone_alone_all_of_the_transaction_is_given_up(desk, file, goes_on):
    kept = desk.handle(receive(), by=counter)
    note = Order(AddNote(complaint=kept.id, text="1"), counter)
    failed = []

    with pytest.raises(StoreError) as error, desk.transaction() as connection:  # noqa: PT012
        order(connection, 1)
        interrupt_after_the_first_write(connection)
        for _ in range(2 if goes_on else 1):
            try:
                desk.handle(note.command, by=counter, connection=connection)
            except StoreError as met:
                failed.append(met.why)
                if not goes_on:
                    raise

    assert failed == ["interrupted", "connection_closed"][: len(failed)]
    assert error.value.why == ("connection_closed" if goes_on else "interrupted")
    assert (orders_in(file), whole(desk)) == ([], [1])
    assert desk.handle(note.command, by=counter).version == 2


def test_where_a_step_cannot_be_undone_alone_the_hosts_own_transaction_is_given_up_as_well(desk, file, engine):
    kept = desk.handle(receive(), by=counter)

    with pytest.raises(PendingRollbackError), begun(engine) as connection:  # noqa: PT012
        order(connection, 1)
        interrupt_after_the_first_write(connection)
        with pytest.raises(StoreError):
            desk.handle(AddNote(complaint=kept.id, text="1"), by=counter, connection=connection)
        order(connection, 2)

    assert (orders_in(file), whole(desk)) == ([], [1])


@pytest.mark.parametrize("goes_on", [True, False])
def test_where_sqlite_undoes_all_at_a_statement_of_the_hosts_own_nothing_is_kept_of_what_comes_after(
    desk, file, goes_on
):
    told = []

    with pytest.raises(StoreError) as error, desk.transaction() as connection:  # noqa: PT012
        case = desk.handle(receive(), by=counter, connection=connection)
        raw = connection.connection.driver_connection
        raw.set_progress_handler(lambda: told.append(1) or len(told) > 20, 1)
        with suppress(OperationalError):
            connection.exec_driver_sql("INSERT INTO repair_order (complaint) VALUES (1), (2), (3), (4), (5), (6)")
        raw.set_progress_handler(None, 1)
        if goes_on:
            order(connection, 7, case)

    assert (error.value.why, orders_in(file), references(desk)) == ("connection_closed", [], [])
    assert desk.handle(receive(), by=counter).reference == "SH01-2026-000001"


def interrupt_after_the_first_write(connection: Connection) -> None:
    """SQLite then undoes the whole transaction by itself."""
    raw = connection.connection.driver_connection
    before = raw.total_changes
    raw.set_progress_handler(lambda: raw.total_changes > before, 1)


def test_the_hosts_own_way_of_reading_rows_is_as_before(desk, engine):
    event.listen(engine, "connect", lambda raw, _: setattr(raw, "row_factory", sqlite3.Row))
    with begun(engine) as connection:
        raw = connection.connection.driver_connection
        raw.text_factory = bytes

        desk.handle(receive(), by=counter, connection=connection)
        desk.find(by=counter, connection=connection)

        assert (raw.row_factory, raw.text_factory) == (sqlite3.Row, bytes)


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: setattr(raw, "row_factory", lambda cursor, row: {"row": row}),
        lambda raw: setattr(raw, "text_factory", bytes),
        lambda raw: setattr(raw, "isolation_level", "DEFERRED"),
        lambda raw: raw.execute("PRAGMA query_only = ON"),
        lambda raw: raw.close(),
    ],
    ids=["rows", "texts", "how transactions begin", "only reading", "closed"],
)
def test_whatever_a_host_sets_on_the_desks_connection_the_next_step_is_taken_as_ever(desk, store, change):
    with suppress(_HostError, ProgrammingError), desk.transaction() as connection:
        change(connection.connection.driver_connection)
        raise _HostError

    case = desk.handle(receive(), by=counter)
    with desk.transaction() as connection:
        again = desk.handle(receive(), by=counter, connection=connection)
        raw = connection.connection.driver_connection
        settings = raw.row_factory, raw.text_factory, raw.isolation_level

    assert settings == (None, str, None)
    assert [case.reference, again.reference] == ["SH01-2026-000001", "SH01-2026-000002"]
    assert whole(desk) == [1, 1]


# --- what is erased -------------------------------------------------------------------------------------------------


def test_what_is_erased_is_gone_once_the_host_has_committed_and_not_before(store, engine, tmp_path, transaction):
    case = received(store)
    desk, version = case.desk, case.complaint.version
    redact = Redact(complaint=case.id, fields=(PersonalData.NOTES,), reason="asked")

    with suppress(_HostError), transaction() as connection:
        desk.handle(redact, by=qian, connection=connection)
        raise _HostError
    given_up = desk.complaint(case.id, by=qian).version, store.wipe(), found_in(tmp_path)
    with transaction() as connection:
        desk.handle(redact, by=qian, connection=connection)
        desk.find(by=qian)
        before_the_commit = found_in(tmp_path)
    desk.find(by=qian)

    assert (given_up, before_the_commit) == ((version, True, set(SECRETS)), set(SECRETS))
    assert found_in(tmp_path) == set(SECRETS) - {NOTED}
    assert (store.wipe(), whole(desk)) == (True, [version + 1])


def test_nothing_that_a_host_gave_up_is_remembered(store, desk, transaction):
    with suppress(_HostError), transaction() as connection:
        case = desk.handle(receive(statement="没有留下"), by=counter, connection=connection)
        desk.find(by=counter, connection=connection)
        raise _HostError

    assert store._remembered.at(case.id.hex, 1) is None
