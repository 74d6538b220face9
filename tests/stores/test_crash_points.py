"""
Wherever a step breaks off, it is there whole or not at all, and the same order may be given again.

Every statement of the write is found by sending it: a new one has its two places, before and after it, by itself.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from functools import cache
from itertools import groupby
from pathlib import Path

import attrs
import pytest
from hypothesis import settings

from complaints import Checkpoint, Complaint, ComplaintError, Order, StoreError
from complaints.stages.anytime import AddNote
from complaints.stores import SqlStore
from tests.stages.cases import wang
from tests.stores.crash_points import (
    GROUP,
    ONE,
    STEPS,
    Answers,
    act,
    contents,
    desk_on,
    made,
    opened,
    orders_of,
    sizes,
)

ROOT = Path(__file__).parents[2]
_MANY = 1_000


@attrs.frozen(kw_only=True)
class Undisturbed:
    """
    A step that nothing came in the way of.

    Attributes:
        sent: Its statements, from BEGIN to COMMIT or ROLLBACK.
        answered: Which of its orders were accepted.
        rows: How many rows each table had afterwards.
    """

    sent: tuple[str, ...]
    answered: tuple[bool, ...]
    rows: dict[str, int]

    @property
    def places(self) -> range:
        """Before and after each statement."""
        return range(2 * len(self.sent))

    @property
    def last(self) -> int:
        """The place where all is done and only the answer is missing."""
        return self.places[-1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("base")


@pytest.fixture
def base(step: str, folder: Path) -> Path:
    return _base(folder, step)


def _base(folder: Path, step: str) -> Path:
    """A file on which *step* may be taken."""
    noted = GROUP if step == "a group" else 0
    file = folder / f"{noted}.db"
    if not file.exists():
        made(file, noted=noted)
    return file


_contents = cache(contents)


@cache
def _orders(base: Path, step: str) -> tuple[Order, ...]:
    with closing(SqlStore.open(f"sqlite:///{base}")) as store:
        return orders_of(step, store)


@pytest.fixture
def whole(step: str, base: Path) -> Undisturbed:
    return _undisturbed(base, step)


@cache
def _undisturbed(base: Path, step: str) -> Undisturbed:
    """The step as nothing came in its way."""
    with _broken(base, step, None, lambda: None) as unbroken:
        answered = tuple(isinstance(answer, Complaint) for answer in unbroken.answers)
        return Undisturbed(sent=unbroken.sent, answered=answered, rows=sizes(unbroken.after))


def _fails() -> None:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    raise error


def _interrupts() -> None:
    raise KeyboardInterrupt


def _those_with_time_for(places: range, stride: int) -> range:
    """One of so many places, unless somebody has asked for many examples."""
    return places[:: 1 if settings.default.max_examples >= _MANY else stride]


class Broken:
    """A copy of the file on which a step broke off at one place."""

    def __init__(self, base: Path, step: str, place: int | None, strike: Callable[[], None], *, for_good: bool) -> None:
        self.step, self.orders = step, _orders(base, step)
        self.file = base.with_name("broken.db")
        shutil.copy(base, self.file)
        self.before = _contents(base)
        self.store, self.wire = opened(self.file)
        self.desk = desk_on(self.store)
        self.tries(place, strike, for_good=for_good)

    def tries(self, place: int | None, strike: Callable[[], None], *, for_good: bool = False) -> None:
        """Take the step once, to break off at *place*."""
        self.raised: BaseException | None = None
        self.answers: Answers = []
        self.wire.arm(place, strike, for_good=for_good)
        try:
            self.answers = act(self.step, self.desk, self.orders)
        except (ComplaintError, KeyboardInterrupt) as error:
            self.raised = error
        self.sent = tuple(self.wire.sent)
        self.wire.arm(None)
        self.after = contents(self.file)

    def close(self) -> None:
        self.store.close()
        for left in self.file.parent.glob("broken.db*"):
            left.unlink()  # the log of the one would be taken for the next one's

    def goes_on(self) -> Complaint:
        """The desk takes another step, on a complaint that the broken one may have been about."""
        some = self.desk.find(by=wang).complaints[-1]
        return self.desk.handle(AddNote(complaint=some.id, text="life goes on"), by=wang)

    def again(self) -> Answers:
        return act(self.step, self.desk, self.orders)


def _broken(
    base: Path, step: str, place: int | None, strike: Callable[[], None], *, for_good: bool = False
) -> closing[Broken]:
    return closing(Broken(base, step, place, strike, for_good=for_good))


def _shows_it_once(broken: Broken, whole: Undisturbed) -> None:
    """The same orders with the same keys are accepted, once, whatever became of them before."""
    again = broken.again()
    rows = contents(broken.file)
    once_more = broken.again()

    assert tuple(isinstance(answer, Complaint) for answer in again) == whole.answered
    assert [one for one in again if isinstance(one, Complaint)] == [
        one for one in once_more if isinstance(one, Complaint)
    ]
    assert contents(broken.file) == rows
    assert sizes(rows) == whole.rows
    assert {type(one) for one in broken.desk.verify_all()} == {Checkpoint}


# --- what is tried ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
def test_every_statement_of_a_step_is_a_place_to_break_off(step, base, whole):
    file = base.with_name("traced.db")
    shutil.copy(base, file)
    store, _ = opened(file)
    with closing(store):
        traced: list[str] = []
        store._connections._writer.set_trace_callback(traced.append)
        act(step, desk_on(store), _orders(base, step))

    sent = whole.sent
    # a statement whose trigger begins is traced a second time
    assert len([one for one, _ in groupby(traced)]) == len(sent)
    assert (sent[0], sent[-1]) == ("BEGIN IMMEDIATE", "COMMIT")


# --- the statement fails, and the program lives ----------------------------------------------------------------------


@pytest.mark.parametrize("strike", [_fails, _interrupts])
@pytest.mark.parametrize("step", [*ONE, "all or none"])
def test_a_step_that_breaks_off_leaves_nothing_and_may_be_taken_again(step, strike, base, whole):
    for place in whole.places:
        with _broken(base, step, place, strike) as broken:
            assert broken.raised is not None
            if place != whole.last:
                assert broken.after == broken.before
            _shows_it_once(broken, whole)
            assert broken.goes_on().version >= 1


@pytest.mark.parametrize("strike", [_fails, _interrupts])
@pytest.mark.parametrize("step", [*ONE, "all or none"])
def test_a_step_on_a_disk_that_is_gone_leaves_nothing_and_may_be_taken_once_it_is_back(step, strike, base, whole):
    for place in _those_with_time_for(whole.places, 3):
        with _broken(base, step, place, strike, for_good=True) as broken:
            assert broken.raised is not None
            if place != whole.last:
                assert broken.after == broken.before
            _shows_it_once(broken, whole)


@pytest.mark.parametrize("strike", [_fails, _interrupts])
@pytest.mark.parametrize("step", ["a refused step"])
def test_a_refusal_that_breaks_off_changes_nothing_and_the_desk_goes_on(step, strike, base):
    for place in range(2 * 8):
        with _broken(base, step, place, strike) as broken:
            assert broken.raised is not None
            assert broken.after == broken.before
            assert broken.goes_on().version == 2


@pytest.mark.parametrize("step", ["a group"])
def test_of_a_group_whose_statement_fails_all_that_was_answered_is_there_and_nothing_else(step, base, whole):
    for place in _those_with_time_for(whole.places, 2):
        with _broken(base, step, place, _fails) as broken:
            kept = {key for _, key, *_ in broken.after["complaints_key"]}
            accepted = {
                order.key
                for order, answer in zip(broken.orders, broken.answers, strict=False)
                if isinstance(answer, Complaint)
            }
            assert (kept == accepted) or (place == whole.last)
            assert (broken.raised is None) or (place == whole.last) or (broken.after == broken.before)
            assert len(kept) in (0, GROUP - 2, GROUP - 1)
            if place in _those_with_time_for(whole.places, 40):
                _shows_it_once(broken, whole)


@pytest.mark.parametrize("step", ["a group"])
def test_of_a_group_that_is_interrupted_nothing_is_there(step, base, whole):
    with _broken(base, step, 0, _interrupts) as broken:
        for place in whole.places[:-1]:
            broken.tries(place, _interrupts)
            assert (type(broken.raised), broken.after) == (KeyboardInterrupt, broken.before)
        _shows_it_once(broken, whole)


@pytest.mark.parametrize("step", ["a group"])
def test_of_a_group_on_a_disk_that_is_gone_nothing_is_there(step, base, whole):
    for place in _those_with_time_for(whole.places, 40):
        with _broken(base, step, place, _fails, for_good=True) as broken:
            assert isinstance(broken.raised, StoreError)
            assert (broken.after == broken.before) or (place == whole.last)
            _shows_it_once(broken, whole)


# --- the program is killed -------------------------------------------------------------------------------------------


def test_a_program_killed_at_a_statement_leaves_the_whole_step_or_nothing(folder, tmp_path):
    bases = {step: _base(folder, step) for step in STEPS}
    wholes = {step: _undisturbed(bases[step], step) for step in STEPS}
    plan = {step: (str(bases[step]), _some_of(wholes[step].places, step)) for step in STEPS}
    program = [sys.executable, "-m", "tests.stores.crash_points", str(tmp_path), json.dumps(plan)]

    killed = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)

    assert (killed.returncode, killed.stderr) == (0, "")
    for step, (base, places) in plan.items():
        for place in places:
            _holds_all_or_nothing(tmp_path / f"{step}-{place}.db", step, Path(base), wholes[step], place)


def _holds_all_or_nothing(file: Path, step: str, base: Path, whole: Undisturbed, place: int) -> None:
    found = contents(file)
    store, _ = opened(file)
    with closing(store):
        desk = desk_on(store)
        proven = {type(one) for one in desk.verify_all()}
        again = act(step, desk, _orders(base, step))

    assert (sizes(found) == whole.rows) if place == whole.last else (found == _contents(base))
    assert proven == {Checkpoint}
    assert tuple(isinstance(answer, Complaint) for answer in again) == whole.answered
    assert sizes(contents(file)) == whole.rows


def _some_of(places: range, step: str) -> list[int]:
    """Every third place and the last four, fewer of a long group; all of them for who has asked for many."""
    return sorted({*_those_with_time_for(places, 40 if step == "a group" else 3), *places[-4:]})
