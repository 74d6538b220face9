"""The views for reports: what they tell is what the desk tells, they name nobody, and their columns are promised."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from complaints import Actor, Desk, Order, Query, Role, State
from complaints.model.adoption import Milestone
from complaints.model.watching import earliest_due
from complaints.stages.family import Merge
from complaints.stages.review import Archive
from complaints.stores import SqlStore
from complaints.stores.migrate import NEWEST
from complaints.testing import HOUSE, Dice, take_walk
from tests.stages.cases import SHOP, Case, qian, zheng
from tests.stages.test_adoption import order

HOW_TOS = Path(__file__).parent.parent.parent / "docs" / "how-to"
VIEWS = ("complaints_report_complaint", "complaints_report_event")
RELAY = Actor("relay", Role.GROUP)
PROMISED = {
    "complaints_report_complaint": [
        "id", "reference", "dealer", "state", "stage", "is_open", "severity", "department", "category", "cause",
        "channel", "track", "outcome", "satisfaction", "received_at", "recorded_at", "moved_at", "ended_at", "due_at",
        "passes", "reworks", "reopenings", "repeats", "adopted_from", "events",
    ],
    "complaints_report_event": [
        "position", "complaint", "number", "reference", "dealer", "command", "source", "target", "is_move", "roles",
        "at", "recorded_at", "caused_by",
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Desk]]:
    """A file with what two walks have left in it, and a desk on it."""
    file = tmp_path_factory.mktemp("walked") / "complaints.db"
    store = SqlStore.open(f"sqlite:///{file}")
    walks = [take_walk(Dice(seed), steps=45, store=store) for seed in (0, 3)]
    yield file, HOUSE.desk(store, clock=walks[0].clock)
    store.close()


def rows(file: Path, sql: str, *values: object) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(file)) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(sql, values)]


def second(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def test_a_report_tells_of_every_complaint_what_the_desk_tells(walked):
    file, desk = walked

    told = {row["reference"]: row for row in rows(file, "SELECT * FROM complaints_report_complaint")}

    complaints = desk.find(Query(limit=1000), by=RELAY).complaints
    assert told == {
        one.reference: {
            "id": one.id.hex,
            "reference": one.reference,
            "dealer": one.dealer,
            "state": one.state,
            "stage": one.stage,
            "is_open": int(one.is_open),
            "severity": one.severity,
            "department": one.department,
            "category": one.classification.category if one.classification else one.registration.issues[0].category,
            "cause": one.classification.cause if one.classification else None,
            "channel": one.registration.channel,
            "track": one.track,
            "outcome": one.outcome,
            "satisfaction": one.follow_up.result if one.follow_up else None,
            "received_at": second(one.received_at),
            "recorded_at": second(one.recorded_at),
            "moved_at": second(one.moved_at),
            "ended_at": None if one.is_open else told[one.reference]["ended_at"],
            "due_at": second(earliest_due(one)),
            "passes": one.passes,
            "reworks": one.reworks,
            "reopenings": one.reopenings,
            "repeats": one.repeats,
            "adopted_from": None,
            "events": one.version,
        }
        for one in complaints
    }
    assert len({one.state for one in complaints}) > 2


def test_a_report_tells_of_every_event_what_the_feed_tells(walked):
    file, desk = walked

    told = rows(file, "SELECT * FROM complaints_report_event ORDER BY position")

    feed = []
    while page := desk.feed(by=RELAY, after=feed[-1].cursor if feed else None, limit=1000):
        feed += page
    assert [{name: value for name, value in row.items() if name != "position"} for row in told] == [
        {
            "complaint": event.complaint.hex,
            "number": event.number,
            "reference": event.reference,
            "dealer": event.dealer,
            "command": event.command,
            "source": event.source,
            "target": event.target,
            "is_move": int(event.type != "complaint.recorded"),
            "roles": ",".join(event.roles),
            "at": second(event.at),
            "recorded_at": second(event.recorded_at),
            "caused_by": event.caused_by,
        }
        for event in feed
    ]
    assert [row["position"] for row in told] == list(range(1, len(feed) + 1))


def test_a_report_holds_nobodys_words_and_names_no_staff(walked):
    file, desk = walked
    texts = {row["text"] for row in rows(file, "SELECT text FROM complaints_personal")}
    staff = {actor.id for actor in HOUSE.staff}

    told = {
        value
        for view in VIEWS
        for row in rows(file, f"SELECT * FROM {view}")
        for value in row.values()
        if isinstance(value, str)
    }

    steps = {event.command for event in desk.feed(by=RELAY, limit=1000)}
    codes = {row["category"] for row in rows(file, "SELECT category FROM complaints_report_complaint")}
    # "manager" is a role and the id of somebody who holds it
    assert told & (texts | staff) - set(Role) - steps - codes == set()


def test_a_complaint_has_ended_when_it_was_closed_merged_or_voided_and_not_when_it_went_to_the_archive(tmp_path):
    file = tmp_path / "complaints.db"
    with closing(SqlStore.open(f"sqlite:///{file}")) as store:
        case = Case(store=store).to(State.CLOSED)
        closed_at = case.events[-1].at
        case.later(days=400).does(Archive, zheng)
        gone = case.another().received()
        gone.other = case.another().received().id
        gone.later(hours=1).does(Merge, qian)
        merged_at = gone.events[-1].at

    ended = rows(file, "SELECT state, ended_at, is_open FROM complaints_report_complaint ORDER BY reference")

    assert [(row["state"], row["ended_at"], row["is_open"]) for row in ended] == [
        ("archived", second(closed_at), 0),
        ("merged", second(merged_at), 0),
        ("intake", None, 1),
    ]


def test_a_file_that_was_brought_over_closed_has_ended_when_the_old_system_closed_it(tmp_path):
    file = tmp_path / "complaints.db"
    closed_at = datetime(2019, 5, 6, 10, tzinfo=UTC)
    there = Milestone(state=State.CLOSED, at=closed_at)
    with Desk.open(f"sqlite:///{file}", dealers=[SHOP]) as desk:
        old = order(State.CLOSED, received_at=closed_at - timedelta(days=2), milestones=(there,))
        desk.handle_all([Order(old, qian), Order(order(State.INTAKE, number="A-2"), qian)])

    told = rows(file, "SELECT state, adopted_from, ended_at FROM complaints_report_complaint ORDER BY reference")

    assert told == [
        {"state": "closed", "adopted_from": "DMS", "ended_at": second(closed_at)},
        {"state": "intake", "adopted_from": "DMS", "ended_at": None},
    ]


# --- what is promised -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("page", ["report-from-views.md", "report-from-views.zh-CN.md"])
def test_the_columns_are_the_promised_and_the_described_ones(walked, view, page):
    found = [row["name"] for row in rows(walked[0], f"PRAGMA table_info({view})")]
    described = (HOW_TOS / page).read_text(encoding="utf-8").partition(f"## `{view}`")[2].partition("\n## ")[0]

    assert found == PROMISED[view]
    assert [line.split("`")[1] for line in described.splitlines() if line.startswith("| `")] == found


def test_a_file_of_the_revision_before_gets_the_views_when_it_is_opened(tmp_path):
    file = tmp_path / "complaints.db"
    with closing(SqlStore.open(f"sqlite:///{file}")) as store:
        Case(store=store).received()
    with closing(sqlite3.connect(file)) as database, database:
        for view in VIEWS:
            database.execute(f"DROP VIEW {view}")
        database.execute("UPDATE complaints_version SET version_num = '0002'")

    with closing(SqlStore.open(f"sqlite:///{file}")) as store:
        assert store.describe().schema == NEWEST

    assert [row["reference"] for row in rows(file, "SELECT * FROM complaints_report_complaint")] == ["SH01-2026-000001"]


def test_the_views_of_two_prefixes_lie_beside_each_other_and_the_hosts_tables(tmp_path):
    file = tmp_path / "host.db"
    engine = create_engine(f"sqlite:///{file}")
    with closing(SqlStore(engine, prefix="ours_")) as ours, closing(SqlStore(engine, prefix="theirs_")) as theirs:
        Case(store=ours).received()
        assert theirs.describe().complaints == 0
    engine.dispose()

    counted = [
        rows(file, f"SELECT count(*) AS n FROM {prefix}report_complaint")[0]["n"] for prefix in ("ours_", "theirs_")
    ]

    assert counted == [1, 0]
