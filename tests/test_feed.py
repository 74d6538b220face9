"""The feed for other systems: who may read it, what a cursor is worth, and that writers at work leave no gap in it."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC
from pathlib import Path
from time import monotonic, sleep

import pytest

from complaints import (
    Actor,
    BrokenHistoryError,
    CursorAheadError,
    CursorElsewhereError,
    CursorError,
    Desk,
    FeedEvent,
    FeedEventType,
    HostError,
    InvalidCommandError,
    NotFoundError,
    NotPermittedError,
    Order,
    Refusal,
    Role,
    Severity,
    Stage,
    State,
    Store,
    UnknownDefinitionError,
)
from complaints.model.words import Alarm
from complaints.stages.anytime import AddNote
from complaints.stages.intake import Receive
from complaints.stores import MemoryStore, SqlStore
from tests.lifecycle.own import OURS, ConsultManufacturer, asked
from tests.stages.cases import SHOP, Case, li, staff

relay = Actor("relay", Role.GROUP)
_PATIENCE_SECONDS = 60


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = MemoryStore() if request.param == "memory" else SqlStore.open(f"sqlite:///{tmp_path}/complaints.db")
    yield made
    made.close()


def everything(desk: Desk, *, by: Actor = relay, after: str | None = None, limit: int = 100) -> list[FeedEvent]:
    """All events behind a cursor, page by page."""
    events: list[FeedEvent] = []
    while page := desk.feed(by=by, after=after, limit=limit):
        events += page
        after = page.next
    return events


def commands(events) -> list[str]:
    return [event.command for event in events]


def noted(case: Case, times: int = 1) -> Case:
    for _ in range(times):
        case.does(AddNote, by=li)
    return case


def at_both_dealers(store: Store | None = None) -> Case:
    """A complaint here with two events, one there with one, and a note on the first."""
    case = Case(store=store)
    case.received()
    there = case.form(Receive, dealer="BJ02")
    case.desk.handle(there, by=staff("bei", Role.SPECIALIST, dealer="BJ02"))
    return noted(case)


# --- what an event tells ----------------------------------------------------------------------------------------------


def test_an_event_tells_what_happened_to_which_complaint_and_where_it_stands_now():
    case = Case().received(alarms=(Alarm.CRASH,))

    received, raised, *_ = case.desk.feed(by=relay)

    complaint, events = case.complaint, case.desk.history(case.id, by=li)
    assert received == FeedEvent(
        id=f"{complaint.id}:1",
        type=FeedEventType.RECEIVED,
        complaint=complaint.id,
        number=1,
        reference="SH01-2026-000001",
        dealer="SH01",
        command="Receive",
        source=None,
        target=State.INTAKE,
        stage=Stage.INTAKE,
        severity=Severity.GENERAL,
        at=events[0].at.astimezone(UTC),
        recorded_at=events[0].recorded_at.astimezone(UTC),
        roles=(Role.SPECIALIST,),
        caused_by=None,
        caused_in=None,
        cursor=received.cursor,
    )
    assert (raised.command, raised.type, raised.severity, raised.roles, raised.caused_by) == (
        "SetSeverity",
        FeedEventType.RECORDED,
        events[1].command.severity,
        (Role.SYSTEM,),
        1,
    )


def test_the_envelope_is_that_of_cloudevents():
    case = Case().received()

    (event, *_) = case.desk.feed(by=relay)

    assert event.cloud_event(source="//dms.example.cn/complaints") == {
        "specversion": "1.0",
        "id": f"{case.id}:1",
        "source": "//dms.example.cn/complaints",
        "type": "complaint.received",
        "subject": "SH01-2026-000001",
        "time": event.data()["at"],
        "datacontenttype": "application/json",
        "dataschema": "urn:complaints:schema:complaint-event:v1",
        "partitionkey": str(case.id),
        "data": event.data(),
    }
    assert event.cloud_event()["source"] == "/complaints/SH01"


def test_steps_of_a_houses_own_are_told_by_their_names():
    case = asked()

    last = everything(case.desk)[-1]

    assert (last.command, last.type, last.target) == ("ConsultManufacturer", "complaint.recorded", State.INVESTIGATION)


def test_a_desk_that_does_not_know_a_step_says_so_and_passes_over_nothing(store: Store):
    case = Case(store=store, lifecycle=OURS).to(State.INVESTIGATION).does(ConsultManufacturer, by=li)
    case.does(AddNote, by=li)
    strange = Desk(store, dealers=[SHOP])

    with pytest.raises(UnknownDefinitionError) as unknown:
        strange.feed(by=relay, limit=1000)

    assert unknown.value.facts["name"] == "ConsultManufacturer"
    assert commands(everything(case.desk))[-2:] == ["ConsultManufacturer", "AddNote"]


def test_an_event_that_somebody_spoilt_is_named(tmp_path: Path):
    file = tmp_path / "complaints.db"
    with Desk.open(f"sqlite:///{file}") as desk:
        case = Case(store=desk.store).received()
        with sqlite3.connect(file) as database:
            database.execute("DROP TRIGGER complaints_event_no_update")
            database.execute("UPDATE complaints_event SET body = '{}' WHERE number = 1")
        database.close()

        with pytest.raises(BrokenHistoryError) as broken:
            desk.feed(by=relay)

    assert (broken.value.complaint, broken.value.number, broken.value.what) == (case.id, 1, "unreadable")


def test_a_digest_that_somebody_spoilt_stops_no_feed_and_makes_the_cursor_behind_it_another_one(tmp_path: Path):
    file = tmp_path / "complaints.db"
    with Desk.open(f"sqlite:///{file}") as desk:
        noted(Case(store=desk.store).received())
        before = desk.feed(by=relay)
        with sqlite3.connect(file) as database:
            database.execute("DROP TRIGGER complaints_event_no_update")
            database.execute("UPDATE complaints_event SET digest = '?' WHERE number = 1")
        database.close()

        after = desk.feed(by=relay)
        with pytest.raises(CursorElsewhereError):
            desk.feed(by=relay, after=before.events[0].cursor)

    assert [event.data() for event in after] == [event.data() for event in before]


# --- who may read it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role, ids=str)
def test_whoever_works_at_a_dealer_reads_its_events_and_no_others(role: Role):
    case = at_both_dealers()

    read = everything(case.desk, by=staff("somebody", role))

    assert read == [event for event in everything(case.desk) if event.dealer == "SH01"]
    assert commands(read)[::-1][0] == "AddNote"


def test_the_group_reads_what_happened_anywhere_in_the_order_it_happened(store: Store):
    case = at_both_dealers(store)

    told = [(event.dealer, event.command) for event in case.desk.feed(by=relay)]

    assert [one for one in told if one[1] in ("Receive", "AddNote")] == [
        ("SH01", "Receive"),
        ("BJ02", "Receive"),
        ("SH01", "AddNote"),
    ]


def test_whoever_is_of_no_dealer_and_not_of_the_group_reads_nothing():
    case = at_both_dealers()

    page = case.desk.feed(by=Actor("somebody", Role.MANAGER))

    assert (page.events, case.desk.feed(by=Actor("somebody", Role.MANAGER), after=page.next)) == ((), page)


def test_the_read_hook_is_told_which_complaints_are_on_the_page_and_may_refuse():
    lines = []
    case = Case(on_read=lambda by, what, ids: lines.append((by.id, what, ids)))
    noted(case.received())
    lines.clear()

    case.desk.feed(by=relay)

    def refuses(by, what, ids):
        raise NotPermittedError([Refusal("own.not_on_duty")], command=what, who=())

    def fails(by, what, ids):
        raise OSError

    assert lines == [("relay", "feed", (case.id,))]
    for hook, error in ((refuses, NotPermittedError), (fails, HostError)):
        with pytest.raises(error):
            Desk(case.desk.store, dealers=[SHOP], on_read=hook).feed(by=relay)


# --- pages and cursors ------------------------------------------------------------------------------------------------


def test_at_the_end_there_is_a_cursor_behind_which_the_next_events_come(store: Store):
    case = Case(store=store).received()
    end = case.desk.feed(by=relay).next

    nothing = case.desk.feed(by=relay, after=end)
    noted(case, 2)

    assert (nothing.events, nothing.next) == ((), end)
    assert commands(case.desk.feed(by=relay, after=end)) == ["AddNote", "AddNote"]


def test_where_nothing_ever_happened_the_cursor_is_that_of_the_beginning(store: Store):
    desk = Desk(store, dealers=[SHOP])
    start = desk.feed(by=relay)

    case = Case(store=store).received()

    assert start.events == ()
    assert case.desk.feed(by=relay, after=start.next) == case.desk.feed(by=relay)


def test_whose_dealer_is_quiet_does_not_pass_over_the_others_again_and_again(store: Store):
    case = at_both_dealers(store)
    bei = staff("bei", Role.SPECIALIST, dealer="BJ02")

    read = case.desk.feed(by=bei)

    assert (commands(read)[0], read.next) == ("Receive", everything(case.desk)[-1].cursor)
    assert case.desk.feed(by=bei, after=read.next).events == ()


def test_whoever_reads_his_own_dealers_events_page_by_page_misses_none_of_them(store: Store):
    case = noted(at_both_dealers(store), 4)

    read = [everything(case.desk, by=li, limit=limit) for limit in (1, 2, 3, 1000)]

    assert read == [[event for event in everything(case.desk) if event.dealer == "SH01"]] * 4


@pytest.mark.parametrize("limit", [0, -1, 1001, True, "10", None])
def test_a_page_has_between_one_and_a_thousand_events(limit):
    with pytest.raises(InvalidCommandError) as invalid:
        Case().received().desk.feed(by=relay, limit=limit)

    assert [fault.field for fault in invalid.value.faults] == ["limit"]


def test_a_cursor_survives_that_the_desk_is_closed_and_opened_again(tmp_path: Path):
    url = f"sqlite:///{tmp_path}/complaints.db"
    with closing(SqlStore.open(url)) as store:
        cursor = Case(store=store).received().desk.feed(by=relay, limit=1).next

    with Desk.open(url) as desk:
        assert everything(desk, after=cursor) == everything(desk)[1:]


def forged(cursor: str, place: int) -> str:
    """The same cursor with one bit of a byte turned."""
    raw = bytearray(urlsafe_b64decode(cursor.removeprefix("v1.") + "=="))
    raw[place] ^= 1
    return "v1." + urlsafe_b64encode(raw).decode().rstrip("=")


def test_a_cursor_that_is_none_is_refused_by_name():
    case = noted(Case().received())
    good = case.desk.feed(by=relay, limit=1).next
    next_page = case.desk.find(by=relay).next
    spoilt = [forged(good, place) for place in range(20)]
    wrong = ["", "v1.", "1", good[3:], good[:-1], good + "A", good + "=", f" {good}", good.replace("v1", "v2")]
    strange = ["v1.❤", "v1." + "A" * 27, "'; DROP TABLE complaints_event; --", "\x00", "v1." + "9" * 10_000]

    for cursor in (*spoilt, *wrong, *strange, 7, b"v1.", True):
        with pytest.raises(CursorError) as refused:
            case.desk.feed(by=relay, after=cursor)
        assert (refused.value.code, type(refused.value), isinstance(refused.value, ValueError)) == (
            "cursor.unreadable",
            CursorError,
            True,
        )
    assert next_page is None


def test_a_cursor_of_another_database_is_refused_and_not_taken_for_a_place_in_this_one(store: Store):
    there = noted(Case().received(), 3)
    cursor = there.desk.feed(by=relay, limit=2).next

    here = noted(Case(store=store).received(), 3)

    with pytest.raises(CursorElsewhereError) as refused:
        here.desk.feed(by=relay, after=cursor)
    assert refused.value.code == "cursor.elsewhere"


def test_when_an_older_copy_is_put_back_the_feed_says_so_and_says_so_still_when_it_has_gone_on(tmp_path: Path):
    store = SqlStore.open(f"sqlite:///{tmp_path}/complaints.db")
    case = noted(Case(store=store).received())
    early = case.desk.feed(by=relay).next
    store.backup(tmp_path / "copy.db")
    late = noted(case).desk.feed(by=relay).next
    store.close()

    restored = SqlStore.open(f"sqlite:///{tmp_path}/copy.db")
    case.desk = case.desk_with(case.lifecycle, restored)
    with pytest.raises(CursorAheadError) as at_once:
        case.desk.feed(by=relay, after=late)
    noted(case.later(hours=1), 3)
    with pytest.raises(CursorElsewhereError) as later_on:
        case.desk.feed(by=relay, after=late)

    assert (at_once.value.code, later_on.value.code) == ("cursor.ahead", "cursor.elsewhere")
    assert commands(everything(case.desk, after=early)) == ["AddNote"] * 3
    restored.close()


# --- while others write -----------------------------------------------------------------------------------------------


def test_what_was_refused_or_undone_is_not_told(store: Store):
    case = Case(store=store).received()
    end = case.desk.feed(by=relay).next
    note = case.form(AddNote)
    nonsense = AddNote(complaint=case.nobody, text="there is no such complaint")

    results = case.desk.handle_all([Order(note, li), Order(nonsense, li), Order(note, li)])
    with pytest.raises(NotFoundError):
        case.desk.handle_all([Order(note, li), Order(nonsense, li)], atomic=True)

    assert [getattr(one, "version", None) for one in results] == [
        case.complaint.version - 1,
        None,
        case.complaint.version,
    ]
    assert [event.number for event in case.desk.feed(by=relay, after=end)] == [
        case.complaint.version - 1,
        case.complaint.version,
    ]


_WRITER = """
import sys
from complaints import Actor, Desk, Role
from complaints.stages.anytime import AddNote

li = Actor("li", Role.SPECIALIST, dealer="SH01")
with Desk.open(sys.argv[1]) as desk:
    (case,) = desk.find(by=li)
    for page in range(int(sys.argv[2])):
        desk.handle(AddNote(complaint=case.id, text=str(page)), by=li)
"""


def test_while_two_processes_write_a_reader_misses_nothing_and_gets_nothing_twice(tmp_path: Path):
    url, each = f"sqlite:///{tmp_path}/complaints.db", 25
    with Desk.open(url, dealers=[SHOP]) as desk, Desk.open(url, dealers=[SHOP]) as beside:
        case = desk.handle(Case().form(Receive), by=li)
        cursor = desk.feed(by=relay).next
        read: list[FeedEvent] = []

        def write_here() -> None:
            for page in range(each):
                beside.handle(AddNote(complaint=case.id, text=str(page)), by=li)

        writer = subprocess.Popen([sys.executable, "-c", _WRITER, url, str(each)])
        until = monotonic() + _PATIENCE_SECONDS
        with ThreadPoolExecutor(1) as pool:
            here = None
            while len(read) < 2 * each and monotonic() < until:
                page = desk.feed(by=relay, after=cursor, limit=7)
                read += page
                cursor = page.next
                # the process takes its time to start; once it writes, somebody else does so too
                here = pool.submit(write_here) if here is None and read else here
                sleep(0 if page else 0.01)
        assert writer.wait(_PATIENCE_SECONDS) == 0

        assert commands(read) == ["AddNote"] * 2 * each
        assert [event.number for event in read] == list(range(read[0].number, read[0].number + 2 * each))
        assert everything(desk)[-2 * each :] == read
