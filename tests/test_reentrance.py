"""A step inside a step is refused by name, whoever begins it; reading inside a step is harmless (our choice)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from complaints import (
    LIFECYCLE,
    Complaint,
    Desk,
    IllegalMoveError,
    NotPermittedError,
    Order,
    Query,
    ReentrantStepError,
    State,
    Store,
    StoreBusyError,
)
from complaints.model.event import rule
from complaints.stages.anytime import AddNote, RecordContact
from complaints.stages.intake import BeginJudgment, Receive
from complaints.stores import MemoryStore, SqlStore
from tests.stages.cases import MONDAY, OTHER_SHOP, POLICY, SHOP, Case, li, wang, with_other_row

Act = Callable[[Desk, Case], object]
"""What code of the house does while a step is being taken."""


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made = MemoryStore() if request.param == "memory" else SqlStore.open(f"sqlite:///{tmp_path}/complaints.db")
    with closing(made):
        yield made


def another_desk(case: Case) -> Desk:
    return case.desk_with(LIFECYCLE, case.desk.store)


ACTS: dict[str, Act] = {
    "handles": lambda desk, case: desk.handle(case.form(BeginJudgment), by=li),
    "handles a batch": lambda desk, case: desk.handle_all([Order(case.form(BeginJudgment), li)]),
    "handles all or none": lambda desk, case: desk.handle_all([Order(case.form(BeginJudgment), li)], atomic=True),
    "receives": lambda desk, case: desk.handle(case.form(Receive), by=li),
    "handles elsewhere": lambda desk, case: another_desk(case).handle(case.form(BeginJudgment), by=li),
    "handles a batch elsewhere": lambda desk, case: another_desk(case).handle_all(
        [Order(case.form(BeginJudgment), li)]
    ),
}


class House:
    """A desk whose own code does something, once it has been told what, where its rules are asked or follow."""

    def __init__(self, store: Store) -> None:
        self.does: Act | None = None
        self.raised: list[BaseException] = []
        self.case = Case(lifecycle=self.lifecycle(), store=store).received()
        self.before = self.case.everything()

    def lifecycle(self) -> Any:
        raise NotImplementedError

    def acts(self) -> None:
        act, self.does = self.does, None
        if act is None:
            return
        try:
            act(self.case.desk, self.case)
        except BaseException as error:
            self.raised.append(error)
            raise


class WithARule(House):
    def lifecycle(self):
        def the_house_agrees(situation):
            self.acts()

        return LIFECYCLE.extend(name="own", version="1", rules={AddNote: [rule("own.rule")(the_house_agrees)]})


class WithAConsequence(House):
    def lifecycle(self):
        def follows(aftermath):
            self.acts()
            return ()

        return with_other_row(LIFECYCLE, AddNote, then=[follows])


class WithAClock(House):
    def lifecycle(self):
        return LIFECYCLE

    def __init__(self, store: Store) -> None:
        super().__init__(store)

        def clock():
            self.acts()
            return MONDAY

        self.case.desk = Desk(store, dealers=[SHOP, OTHER_SHOP], policy=POLICY, clock=clock)


HOUSES = [WithARule, WithAConsequence, WithAClock]


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize("kind", HOUSES)
def test_a_step_inside_a_step_is_refused_by_name_and_neither_is_taken(kind, act, store):
    house = kind(store)
    house.does = act

    with pytest.raises(ReentrantStepError) as refused:
        house.case.desk.handle(house.case.form(AddNote), by=wang, key="note")

    assert house.raised == [refused.value]
    assert house.case.everything() == house.before
    assert house.case.desk.handle(house.case.form(AddNote), by=wang, key="note").version == 2


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize("kind", HOUSES)
def test_in_a_batch_the_order_that_began_another_step_fails_alone(kind, act, store):
    house = kind(store)
    orders = [Order(house.case.form(AddNote, text=text), wang, key=text) for text in ("one", "two")]
    house.does = act

    answers = house.case.desk.handle_all(orders)

    assert answers == [*house.raised, house.case.complaint]
    assert isinstance(answers[0], ReentrantStepError)
    assert [event.command.text for event in house.case.events[1:]] == ["two"]


@pytest.mark.parametrize("kind", HOUSES)
def test_all_or_none_is_none_when_one_of_them_began_another_step(kind, store):
    house = kind(store)
    orders = [Order(house.case.form(AddNote, text=text), wang) for text in ("one", "two")]
    house.does = ACTS["handles"]

    with pytest.raises(ReentrantStepError):
        house.case.desk.handle_all(orders, atomic=True)

    assert house.case.everything() == house.before


@pytest.mark.parametrize("kind", HOUSES)
def test_a_refusal_that_is_passed_over_leaves_the_outer_step_to_be_taken_alone(kind, store):
    house = kind(store)

    def tries(desk: Desk, case: Case) -> None:
        with suppress(ReentrantStepError):
            ACTS["handles"](desk, case)
        with suppress(ReentrantStepError):
            ACTS["handles elsewhere"](desk, case)

    house.does = tries
    after = house.case.desk.handle(house.case.form(AddNote), by=wang)

    assert (after.state, after.version) == (State.INTAKE, 2)
    assert house.case.desk.verify(after.id).number == 2


@pytest.mark.parametrize("kind", [WithARule, WithAConsequence, WithAClock])
def test_who_is_only_asked_takes_no_step_either(kind, store):
    house = kind(store)
    house.does = ACTS["handles"]

    with pytest.raises(ReentrantStepError):
        house.case.desk.explain(house.case.form(AddNote), by=wang)

    assert house.case.everything() == house.before


def test_who_is_asked_what_may_be_done_takes_no_step_either(store):
    house = WithAClock(store)
    house.does = ACTS["handles"]

    with pytest.raises(ReentrantStepError):
        house.case.desk.explain(house.case.id, by=wang)

    assert house.case.everything() == house.before
    assert house.case.desk.handle(house.case.form(AddNote), by=wang).version == 2


# --- reading --------------------------------------------------------------------------------------------------------

READS: dict[str, Act] = {
    "reads": lambda desk, case: desk.complaint(case.id, by=li).version,
    "reads the history": lambda desk, case: len(desk.history(case.id, by=li)),
    "finds": lambda desk, case: desk.find(Query(state=State.INTAKE), by=li).complaints[0].version,
    "verifies": lambda desk, case: desk.verify(case.id).number,
    "asks what may be done": lambda desk, case: len(desk.explain(case.id, by=li)[BeginJudgment]) + 1,
    "asks about an order": lambda desk, case: len(desk.explain(case.form(BeginJudgment), by=li)) + 1,
    "reads elsewhere": lambda desk, case: another_desk(case).complaint(case.id, by=li).version,
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize("kind", HOUSES)
def test_reading_inside_a_step_is_told_what_was_kept_before_it(kind, read, store):
    house = kind(store)
    told: list[object] = []
    house.does = lambda desk, case: told.append(read(desk, case))

    after = house.case.desk.handle(house.case.form(AddNote), by=wang)

    assert (told, after.version) == ([1], 2)


def test_asking_inside_a_step_does_not_open_the_door_to_another_one(store):
    house = WithARule(store)

    def asks_and_acts(desk: Desk, case: Case) -> None:
        desk.explain(case.id, by=li)
        desk.handle(case.form(BeginJudgment), by=li)

    house.does = asks_and_acts
    with pytest.raises(ReentrantStepError):
        house.case.desk.handle(house.case.form(AddNote), by=wang)

    assert house.case.everything() == house.before


# --- between steps --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("atomic", [False, True])
def test_between_the_groups_of_a_batch_other_steps_may_be_taken(atomic, store):
    case = Case(store=store).received()
    orders = [Order(case.form(AddNote, text=f"{n}"), wang) for n in range(40)]
    told: list[int] = []

    def progress(done: int) -> None:
        told.append(done)
        case.desk.handle(case.form(RecordContact, text=f"after {done}"), by=li)

    answers = case.desk.handle_all(orders, atomic=atomic, progress=progress)

    assert told == ([40] if atomic else [32, 40])
    assert [type(answer) for answer in answers] == [Complaint] * 40
    assert case.desk.verify(case.id).number == 41 + len(told)


def test_orders_that_are_made_while_a_batch_is_open_may_not_take_steps_of_their_own(store):
    case = Case(store=store).received()
    before = case.everything()

    def orders() -> Iterator[Order]:
        yield Order(case.form(AddNote), wang)
        case.desk.handle(case.form(BeginJudgment), by=li)
        yield Order(case.form(AddNote), wang)

    with pytest.raises(ReentrantStepError):
        case.desk.handle_all(orders(), atomic=True)

    assert case.everything() == before


def test_another_store_on_the_same_file_is_busy_inside_a_step_and_nothing_is_written(tmp_path):
    url = f"sqlite:///{tmp_path}/complaints.db"
    with closing(SqlStore.open(url)) as ours, closing(SqlStore.open(url, busy_seconds=0.05)) as theirs:
        house = WithARule(ours)
        house.does = lambda desk, case: case.desk_with(LIFECYCLE, theirs).handle(case.form(BeginJudgment), by=li)

        with pytest.raises(StoreBusyError):
            house.case.desk.handle(house.case.form(AddNote), by=wang)

        assert house.case.everything() == house.before


def test_a_step_that_was_refused_is_no_step_inside_the_next_one(store):
    case = Case(store=store).received()

    with pytest.raises(IllegalMoveError):
        case.archived()
    with pytest.raises(NotPermittedError):
        case.begun(by=wang)

    assert case.begun().state is State.JUDGMENT
