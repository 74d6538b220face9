"""What is awaited is what the desk itself does, and what is cancelled is done whole or not at all."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import closing, suppress
from contextvars import ContextVar
from datetime import date, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from complaints import (
    AsyncDesk,
    Channel,
    Complaint,
    Desk,
    IllegalMoveError,
    Order,
    Policy,
    Query,
    RefusedError,
    State,
    Store,
    StoreError,
)
from complaints.model.words import Duty, PersonalData
from complaints.stages.anytime import AddEvidence, AddNote
from complaints.stages.intake import BeginJudgment
from complaints.stages.review import Archive
from complaints.stores import MemoryStore, SqlStore
from complaints.testing import OPENING, SMALL_HOUSE, SMALLEST_STAFF, FrozenClock
from tests.test_one_transaction import receive

counter, deputy, owner = SMALLEST_STAFF
BY_MAIL = receive(channel=Channel.WEBSITE, takes_on=False)
"""What is owed an acknowledgement, so that time alone does something to it."""
_PATIENCE = 30
"""Seconds after which a test gives up on a thread."""


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = MemoryStore() if request.param == "memory" else SqlStore.open(f"sqlite:///{tmp_path}/complaints.db")
    with closing(made):
        yield made


class Slow:
    """A house whose clock stands still until it is let go on, so that a test can look at a step that has begun."""

    def __init__(self, store: Store) -> None:
        self.clock = FrozenClock()
        self.has_begun, self.may_end = Event(), Event()
        self.is_slow = False
        self.desk = SMALL_HOUSE.desk(store, clock=self._looked_at)

    def _looked_at(self):
        if self.is_slow:
            self.has_begun.set()
            assert self.may_end.wait(_PATIENCE)
        return self.clock()

    async def begins(self) -> None:
        assert await asyncio.to_thread(self.has_begun.wait, _PATIENCE)


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run *test* in a loop, and show that every thread of ours has ended afterwards."""
    asyncio.run(test())
    assert threads() == []


def threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.startswith("complaints-")]


def note(case: Complaint, text: str) -> AddNote:
    return AddNote(complaint=case.id, text=text)


# --- the same calls ---------------------------------------------------------------------------------------------------

CALLS = [name for name in vars(Desk) if not name.startswith("_") and name not in ("lifecycle", "store", "transaction")]


@pytest.mark.parametrize("name", CALLS)
def test_every_call_of_a_desk_is_there_with_the_same_signature(name):
    """But for ``connection``: what is shared with the host happens in one thread."""
    ours, theirs = (inspect.signature(getattr(kind, name)) for kind in (AsyncDesk, Desk))
    wanted = [one for one in theirs.parameters.values() if one.name != "connection"]
    answer = str(theirs.return_annotation).replace("Iterator", "AsyncIterator")

    assert list(ours.parameters.values()) == wanted
    assert ours.return_annotation == ("AsyncDesk" if name == "open" else answer)


def test_there_is_no_other_call_but_the_one_for_what_is_shared():
    calls = {name for name in vars(AsyncDesk) if not name.startswith("_")}

    assert calls == {*CALLS, "lifecycle", "store", "run"}


def test_every_reading_call_answers_what_the_desk_answers(store):
    desk = SMALL_HOUSE.desk(store, clock=FrozenClock())
    case = desk.handle(receive(), by=counter)
    day = date(2026, 3, 2), date(2026, 3, 3)
    calls: dict[str, tuple[tuple[object, ...], dict[str, object]]] = {
        "relaxations": (("SH01",), {}),
        "calendar": (("SH01",), {}),
        "dealer": (("SH01",), {"by": counter}),
        "dealers": ((), {"by": counter}),
        "now": ((), {}),
        "simulate": ((Policy(),), {"by": owner}),
        "options": ((case.id,), {"by": counter}),
        "refusals": ((Archive(complaint=case.id),), {"by": counter}),
        "rehearse": ((AddEvidence(complaint=case.id, id="E1", kind="photo"),), {"by": counter}),
        "complaint": ((case.reference,), {"by": counter}),
        "find": ((Query(state=State.INTAKE),), {"by": counter}),
        "tally": ((), {"by": counter}),
        "feed": ((), {"by": counter}),
        "history": ((case.id,), {"by": counter}),
        "similar": ((case.id,), {"by": counter}),
        "fast_track_figures": (("SH01", *day), {"by": counter}),
        "kept_figures": (("SH01", *day), {"by": counter}),
        "form": ((AddNote,), {"language": "zh_CN"}),
        "verify": ((case.id,), {}),
        "work": ((), {"by": counter}),
        "propose_assignee": ((case.id, Duty.INVESTIGATOR), {"by": counter, "candidates": ["deputy"]}),
        "misfits": ((case.id,), {"by": counter}),
        "migrate": ((Query(),), {"by": owner, "reason": "new"}),
        "export_customer": (("10000000001",), {"by": counter}),
    }

    async def asks() -> None:
        async with AsyncDesk(desk) as same:
            for name, (given, named) in calls.items():
                assert await getattr(same, name)(*given, **named) == getattr(desk, name)(*given, **named), name
            assert await same.explain(case.id, by=counter) == desk.explain(case.id, by=counter)
            assert await same.explain(Archive(complaint=case.id), by=counter) == desk.refusals(
                Archive(complaint=case.id), by=counter
            )
            assert [one async for one in same.verify_all()] == list(desk.verify_all())
            assert (same.lifecycle, same.store) == (desk.lifecycle, desk.store)

    run(asks)


def test_every_writing_call_does_what_the_desk_does(store):
    desk = SMALL_HOUSE.desk(store, clock=FrozenClock())

    async def acts() -> None:
        async with AsyncDesk(desk) as same:
            case = await same.handle(BY_MAIL, by=counter, recorded_by=deputy, key="call-1")
            assert await same.handle(BY_MAIL, by=counter, key="call-1") == case
            answers = await same.handle_all(
                [Order(note(case, "1"), counter), Order(Archive(complaint=case.id), counter)]
            )
            assert [type(one) for one in answers] == [Complaint, IllegalMoveError]
            (redaction,) = await same.redact_customer(
                "10000000001", by=counter, reason="asked", fields=[PersonalData.NOTES]
            )
            assert redaction.outcome == desk.complaint(case.id, by=counter)
            with pytest.raises(IllegalMoveError):
                await same.handle(Archive(complaint=case.id), by=counter)
            assert (await same.tick(OPENING + timedelta(days=30))).looked_at == 1

    run(acts)


# --- threads ----------------------------------------------------------------------------------------------------------


def test_no_thread_starts_before_the_first_call_and_none_is_left_after_the_last(store):
    async def looks() -> None:
        desk = AsyncDesk(SMALL_HOUSE.desk(store, clock=FrozenClock()))
        before = threads()
        case = await desk.handle(receive(), by=counter)
        await desk.complaint(case.id, by=counter)
        meanwhile = threads()
        await desk.close()
        await desk.close()
        with pytest.raises(StoreError) as reading:
            await desk.find(by=counter)
        with pytest.raises(StoreError) as stepping:
            await desk.handle(receive(), by=counter)

        assert (before, meanwhile, threads()) == ([], ["complaints-steps_0", "complaints-reads_0"], [])
        assert (reading.value.why, stepping.value.why) == ("closed", "closed")

    run(looks)


def test_a_closing_that_is_cancelled_goes_on_and_whoever_closes_again_waits_for_it(store):
    slow = Slow(store)

    async def closes() -> None:
        desk = AsyncDesk(slow.desk)
        slow.is_slow = True
        step = asyncio.create_task(desk.handle(receive(), by=counter))
        await slow.begins()
        closing = asyncio.create_task(desk.close())
        await asyncio.sleep(0)
        closing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await closing
        again = asyncio.create_task(desk.close())
        await asyncio.sleep(0)
        is_over_too_early = again.done()
        slow.may_end.set()
        await again

        assert (is_over_too_early, (await step).version, threads()) == (False, 1, [])
        with pytest.raises(StoreError) as closed:
            slow.desk.find(by=counter)
        assert closed.value.why == "closed"

    run(closes)


def test_it_opens_a_database_and_closes_it(tmp_path):
    async def opens() -> None:
        async with await AsyncDesk.open(f"sqlite:///{tmp_path}/complaints.db", clock=FrozenClock()) as desk:
            await desk.handle(receive(), by=counter)
        with pytest.raises(StoreError):
            desk.store.read().__enter__()

    run(opens)


def test_an_opening_that_is_cancelled_leaves_no_database_open(tmp_path):
    async def opens() -> None:
        opening = asyncio.create_task(AsyncDesk.open(f"sqlite:///{tmp_path}/complaints.db"))
        await asyncio.sleep(0)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        while threads():
            await asyncio.sleep(0.01)

    run(opens)

    assert not list(tmp_path.glob("*-wal"))


def test_steps_are_taken_one_after_the_other_in_the_order_in_which_they_were_asked_for(store):
    desk = SMALL_HOUSE.desk(store, clock=FrozenClock())
    case = desk.handle(receive(), by=counter)

    async def asks() -> None:
        async with AsyncDesk(desk) as same:
            await asyncio.gather(*(same.handle(note(case, f"{n}"), by=counter) for n in range(20)))
            noted = await same.history(case.id, by=counter, after=1)
            assert [event.command.text for event in noted] == [f"{n}" for n in range(20)]

    run(asks)


def test_a_step_sees_what_the_caller_has_set_for_his_own_context(store):
    user = ContextVar("user", default="nobody")
    seen = []
    desk = Desk(store, clock=FrozenClock(), on_read=lambda by, what, ids: seen.append(user.get()))

    async def reads(name: str, case: Complaint, same: AsyncDesk) -> None:
        user.set(name)
        await same.complaint(case.id, by=counter)

    async def asks() -> None:
        async with AsyncDesk(desk) as same:
            case = await same.handle(receive(), by=counter)
            await asyncio.gather(*(reads(name, case, same) for name in ("li", "mei")))

    run(asks)

    assert sorted(seen) == ["li", "mei"]


def test_progress_is_told_in_the_loop_before_the_answer(store):
    desk = SMALL_HOUSE.desk(store, clock=FrozenClock())
    case = desk.handle(receive(), by=counter)
    told: list[tuple[int, bool]] = []

    async def asks() -> None:
        loop = threading.get_ident()
        async with AsyncDesk(desk) as same:
            orders = [Order(note(case, f"{n}"), counter) for n in range(40)]
            await same.handle_all(orders, progress=lambda done: told.append((done, threading.get_ident() == loop)))
            assert told == [(32, True), (40, True)]

    run(asks)


# --- cancelled --------------------------------------------------------------------------------------------------------


def test_a_step_that_is_cancelled_before_it_began_is_never_taken(store):
    slow = Slow(store)
    case = slow.desk.handle(receive(), by=counter)

    async def cancels() -> None:
        async with AsyncDesk(slow.desk) as desk:
            slow.is_slow = True
            first = asyncio.create_task(desk.handle(note(case, "first"), by=counter))
            await slow.begins()
            second = asyncio.create_task(desk.handle(note(case, "second"), by=counter))
            await asyncio.sleep(0)
            second.cancel()
            with pytest.raises(asyncio.CancelledError):
                await second
            slow.may_end.set()
            assert (await first).version == 2
            assert [one.command.text for one in await desk.history(case.id, by=counter, after=1)] == ["first"]

    run(cancels)


def test_a_step_that_is_cancelled_in_its_midst_is_kept_whole_and_may_be_repeated(store):
    slow = Slow(store)
    case = slow.desk.handle(receive(), by=counter)

    async def cancels() -> None:
        async with AsyncDesk(slow.desk) as desk:
            slow.is_slow = True
            step = asyncio.create_task(desk.handle(note(case, "first"), by=counter, key="note-1"))
            await slow.begins()
            step.cancel()
            with pytest.raises(asyncio.CancelledError):
                await step
            unseen = (await desk.complaint(case.id, by=counter)).version
            slow.may_end.set()
            again = await desk.handle(note(case, "first"), by=counter, key="note-1")
            assert (unseen, again.version) == (1, 2)
            assert (await desk.verify(case.id)).number == 2

    run(cancels)


@pytest.mark.parametrize(("atomic", "kept"), [(True, 0), (False, 32)])
def test_a_batch_that_is_cancelled_stops_before_its_next_order(store, atomic, kept):
    desk = SMALL_HOUSE.desk(store, clock=FrozenClock())
    case = desk.handle(receive(), by=counter)
    is_there, may_go_on = Event(), Event()

    def orders() -> Iterator[Order]:
        for n in range(60):
            if n == 40:
                is_there.set()
                assert may_go_on.wait(_PATIENCE)
            yield Order(note(case, f"{n}"), counter)

    async def cancels() -> None:
        async with AsyncDesk(desk) as same:
            batch = asyncio.create_task(same.handle_all(orders(), atomic=atomic))
            assert await asyncio.to_thread(is_there.wait, _PATIENCE)
            batch.cancel()
            with pytest.raises(asyncio.CancelledError):
                await batch
            may_go_on.set()
            answer = await same.handle(note(case, "later"), by=counter)
            assert answer.version == 1 + kept + 1
            assert (await same.verify(case.id)).number == answer.version

    run(cancels)


def test_a_tick_that_is_cancelled_stops_after_the_complaint_it_looks_at(store):
    desk = SMALL_HOUSE.desk(store, clock=FrozenClock())
    cases = [desk.handle(BY_MAIL, by=counter) for _ in range(3)]
    told: list[int] = []

    async def cancels() -> None:
        late = OPENING + timedelta(days=30)
        async with AsyncDesk(desk) as same:
            ticking = asyncio.create_task(same.tick(late, progress=told.append))
            while not told:
                await asyncio.sleep(0)
            ticking.cancel()
            with suppress(asyncio.CancelledError):
                await ticking
            await same.tick(late)
            assert (await same.tick(late)).looked_at == 0
            assert [one.number > 1 async for one in same.verify_all()] == [True] * len(cases)

    run(cancels)


def test_who_stops_looking_lets_go_of_what_was_read(store):
    desk = SMALL_HOUSE.desk(store, clock=FrozenClock())
    for _ in range(3):
        desk.handle(receive(), by=counter)

    async def looks() -> None:
        async with AsyncDesk(desk) as same:
            histories = same.verify_all()
            first = await anext(histories)
            await histories.aclose()
            assert first.number == 1
            assert [one.number async for one in same.verify_all()] == [1, 1, 1]
            left_open = same.verify_all()
            await anext(left_open)
        await left_open.aclose()

    run(looks)


# --- shared with the host ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_function_of_the_hosts_runs_where_the_steps_do_and_all_of_it_is_kept_or_nothing(tmp_path, is_kept):
    desk = SMALL_HOUSE.desk(SqlStore.open(f"sqlite:///{tmp_path}/complaints.db"), clock=FrozenClock())

    def receives_with_an_order(desk: Desk) -> Complaint:
        with desk.transaction() as connection:
            connection.exec_driver_sql("CREATE TABLE repair_order (complaint TEXT)")
            case = desk.handle(receive(), by=counter, connection=connection)
            connection.exec_driver_sql("INSERT INTO repair_order VALUES (?)", (case.reference,))
            if not is_kept:
                desk.handle(BeginJudgment(complaint=case.id), by=counter, connection=connection)
            return case

    async def shares() -> None:
        async with AsyncDesk(desk) as same:
            beside = asyncio.gather(*(same.handle(receive(), by=counter) for _ in range(3)))
            with suppress(RefusedError):
                await same.run(receives_with_an_order)
            await beside
            found = [one.reference for one in await same.find(by=counter)]
            tables = await same.run(tables_of)
            assert (len(found), tables) == ((4, ["repair_order"]) if is_kept else (3, []))

    run(shares)


def tables_of(desk: Desk) -> list[str]:
    with desk.transaction() as connection:
        named = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE name = 'repair_order'")
        return list(named.scalars())
