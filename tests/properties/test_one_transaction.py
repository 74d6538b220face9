"""Whatever a host keeps and gives up, in whatever order: what it kept is there, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from complaints import ComplaintError, Desk, IllegalMoveError
from complaints.model.base import evolve
from complaints.model.people import SYSTEM
from complaints.stages.anytime import AddNote
from complaints.stages.intake import Receive
from complaints.stages.review import Archive
from complaints.stores import SqlStore
from complaints.testing import SMALL_HOUSE, SMALLEST_STAFF, Dice, FrozenClock, Walk, take_walk
from complaints.testing.walking import Tried
from tests.test_one_transaction import receive

counter = SMALLEST_STAFF[0]


class _HostError(Exception):
    """Whatever makes the host give up."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    with closing(SqlStore.open(f"sqlite:///{tmp_path_factory.mktemp('hosts')}/hosts.db")) as store:
        with store.transaction() as connection:
            connection.exec_driver_sql("CREATE TABLE repair_order (number INTEGER)")
        yield store


# --- every walk -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
def test_a_walk_of_which_every_step_was_given_up_once_before_comes_to_the_same(store: SqlStore, seed: int) -> None:
    walk = take_walk(Dice(seed), steps=14, forbidden_in=2, family_in=0)
    clock = FrozenClock()
    desk = walk.house.desk(store, clock=clock)

    for tried in walk.tried:
        clock.set(tried.now)
        with suppress(_HostError), desk.transaction() as connection:
            given_up = _outcome(desk, tried, walk, connection)
            raise _HostError
        with desk.transaction() as connection:
            kept = _outcome(desk, tried, walk, connection)
        assert given_up == kept == (tried.name if tried.error is None else type(tried.error))

    then = desk.complaint(walk.complaint_id, by=SYSTEM)
    events = desk.history(then.id, by=SYSTEM)
    assert [(one.name, one.at, one.by) for one in events] == [(one.name, one.at, one.by) for one in walk.history]
    assert (then.version, then.state) == (walk.complaint.version, walk.complaint.state)
    assert desk.verify(then.id).number == then.version


def _outcome(desk: Desk, tried: Tried, walk: Walk, connection: Connection) -> str | type[ComplaintError]:
    order = tried.order
    command = order.command
    if isinstance(command, Receive) and tried.before is None:
        command = evolve(command, id=walk.complaint_id)
    try:
        desk.handle(
            command, by=order.by, recorded_by=order.recorded_by, at=order.at, key=order.key,
            expected_version=order.expected_version, connection=connection,
        )  # fmt: skip
    except ComplaintError as error:
        return type(error)
    return tried.name


# --- every interleaving -----------------------------------------------------------------------------------------------


@attrs.frozen
class Part:
    """What a host does, one after the other, and whether it keeps it in the end."""

    acts: tuple[str | Part, ...]
    is_kept: bool


ACTS = st.sampled_from(("receive", "note", "refused", "order"))
PARTS = st.recursive(
    st.builds(Part, st.lists(ACTS, max_size=4).map(tuple), st.booleans()),
    lambda inner: st.builds(Part, st.lists(ACTS | inner, max_size=4).map(tuple), st.booleans()),
    max_leaves=6,
)


class Host:
    """A host that does what it is told, and writes down on paper what must be there in the end."""

    def __init__(self, store: SqlStore) -> None:
        self.desk = SMALL_HOUSE.desk(store, clock=FrozenClock())
        self.paper = self.found()

    def found(self) -> tuple[dict[str, int], int]:
        """How many events each complaint has, by its number, and how many repair orders there are."""
        with self.desk.transaction() as connection:
            page = self.desk.find(by=counter, connection=connection)
            orders = connection.exec_driver_sql("SELECT count(*) FROM repair_order").scalar_one()
        return {one.reference: self.desk.verify(one.id).number for one in page}, orders

    def does(self, parts: list[Part]) -> None:
        for part in parts:
            before = self.paper
            with suppress(_HostError), self.desk.transaction() as connection:
                self._part(part, connection)
            self.paper = self.paper if part.is_kept else before

    def _part(self, part: Part, connection: Connection) -> None:
        for act in part.acts:
            if isinstance(act, Part):
                before = self.paper
                with suppress(_HostError), connection.begin_nested():
                    self._part(act, connection)
                self.paper = self.paper if act.is_kept else before
            else:
                getattr(self, f"_{act}")(connection)
        if not part.is_kept:
            raise _HostError

    def _receive(self, connection: Connection) -> None:
        versions, orders = self.paper
        key = f"call-{len(versions)}"
        case = self.desk.handle(receive(), by=counter, key=key, connection=connection)
        self.paper = {**versions, case.reference: 1}, orders

    def _note(self, connection: Connection) -> None:
        versions, orders = self.paper
        if not versions:
            return
        case = self.desk.complaint(max(versions), by=counter, connection=connection)
        self.desk.handle(AddNote(complaint=case.id, text="…"), by=counter, connection=connection)
        self.paper = {**versions, case.reference: versions[case.reference] + 1}, orders

    def _refused(self, connection: Connection) -> None:
        for reference in list(self.paper[0])[:1]:
            case = self.desk.complaint(reference, by=counter, connection=connection)
            with pytest.raises(IllegalMoveError):
                self.desk.handle(Archive(complaint=case.id), by=counter, connection=connection)

    def _order(self, connection: Connection) -> None:
        versions, orders = self.paper
        connection.exec_driver_sql("INSERT INTO repair_order VALUES (1)")
        self.paper = versions, orders + 1


@pytest.fixture
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    with closing(SqlStore.open(f"sqlite:///{tmp_path_factory.mktemp('host')}/host.db")) as store:
        with store.transaction() as connection:
            connection.exec_driver_sql("CREATE TABLE repair_order (number INTEGER)")
        yield Host(store)


@settings(
    max_examples=max(8, settings.default.max_examples // 3),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(parts=st.lists(PARTS, max_size=3))
def test_what_a_host_kept_is_there_and_nothing_else(host: Host, parts: list[Part]) -> None:
    """One host does it all, example after example, so that what was given up is used again."""
    host.does(parts)

    versions, _ = found = host.found()
    assert found == host.paper
    assert sorted(versions) == [f"SH01-2026-{number:06d}" for number in range(1, len(versions) + 1)]
