"""The examples run as a user would run them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings

from complaints import Actor, BrokenHistoryError, Desk, Role, State, Store
from complaints.stages.investigation import ConcludeInvestigation
from complaints.testing import Dice, StoreContract, Walk, take_walk, walks
from tests.programs import EXAMPLES, example, printed

YEAR = datetime.now(ZoneInfo("Asia/Shanghai")).year


def test_a_script_registers_and_settles():
    assert printed("register_and_settle.py") == [
        f"SH01-{YEAR}-000001: follow_up, settled_at_once, to be called back within 3 days"
    ]


def test_one_screen_receives_and_settles_or_does_neither_and_may_be_posted_twice():
    first, *others, last = printed("one_screen.py")

    assert first.startswith("422 ")
    assert [line for line in others if line.startswith("201 ")] == [f"201 SH01-{YEAR}-000001"] * 2
    assert last == "1 complaint on record"


def test_a_repair_order_is_stopped_and_complained_of_in_one_transaction_or_neither(tmp_path):
    assert printed("one_transaction.py", tmp_path) == [
        "there is no finished order 4712",
        "still to come: form.incomplete",
        f"SH01-{YEAR}-000001",
        f"(4711, 'stopped', 'SH01-{YEAR}-000001')",
        "(4712, 'paid', None)",
        "1 complaint about order 4711, and 1 on record",
    ]


def test_the_hosts_tables_say_who_is_away_who_knows_the_matter_and_who_stands_in():
    assert printed("directory_adapter.py") == [
        "Away on that day: li. Deputies: mei. Please name the deputy or somebody else.",
        "mei does not know the matter: Repair quality. Please name somebody who does.",
        "finance specialist for li -> judgment",
    ]


def test_a_house_rule_refuses_in_its_own_words_until_it_is_met():
    assert printed("house_rule.py") == [
        (
            "car.unnamed: No car is on the form, and the complaint is about one (Product quality: brakes)."
            " Please complete the registration."
        ),
        "judgment, allowed by sh_house@1",
    ]


def test_what_a_leader_decided_on_the_telephone_is_recorded_as_hers_and_confirmed_before_it_is_closed():
    assert printed("record_afterwards.py") == [
        "1 Receive: by li, typed by li 4 hours later",
        "2 BeginJudgment: by li, typed by li 3 hours later",
        "3 Explain: by zhao, typed by li 2 hours later",
        (
            "These steps still wait for a confirmation: 3."
            " Please have them confirmed or denied first, by the person or by a superior."
        ),
        "confirmed ()",
    ]


# --- an extra step --------------------------------------------------------------------------------------------------


CONSULT = example("consult_manufacturer")
OWN_WAYS = {"lifecycle": CONSULT.OURS, "builders": CONSULT.OUR_BUILDERS, "cures": CONSULT.OUR_CURES}


def test_the_manufacturer_is_asked_before_the_cause_is_concluded():
    *_, asked, concluded = printed("consult_manufacturer.py")[0].split()

    assert (asked, concluded) == ("ConsultManufacturer", "ConcludeInvestigation")


def _unasked(walk: Walk) -> list[int]:
    """Conclusions about the car that nobody had asked the manufacturer about, since the investigation began."""
    found, asked = [], False
    for before, event in zip((None, *walk.steps), walk.history, strict=False):
        if event.is_move and event.target is State.INVESTIGATION:
            asked = False
        asked = asked or event.name == "ConsultManufacturer"
        about = before.after.registration.issues if before is not None and before.after is not None else ()
        is_about_the_car = any((one.category or "").startswith("product") for one in about)
        if isinstance(event.command, ConcludeInvestigation) and is_about_the_car and not asked:
            found.append(event.number)
    return found


@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(walk=walks(**OWN_WAYS))
def test_on_no_walk_the_cause_of_a_cars_fault_is_concluded_without_asking(walk: Walk):
    assert _unasked(walk) == []


def test_walks_take_the_extra_step_and_get_past_it():
    taken = [take_walk(Dice(seed), favourite=ConcludeInvestigation, steps=40, **OWN_WAYS) for seed in range(12)]

    assert {_unasked(walk) == [] for walk in taken} == {True}
    assert any(row[0] is CONSULT.ConsultManufacturer for walk in taken for row in walk.rows)
    assert [walk.desk.verify(walk.complaint_id).number for walk in taken] == [len(walk.history) for walk in taken]


# --- a store of one's own -------------------------------------------------------------------------------------------


class TestJournalStore(StoreContract):
    def make_store(self, folder: Path) -> Store:
        return example("own_store").JournalStore(folder / "complaints.jsonl")


def test_a_journal_is_there_again_when_it_is_opened_again(tmp_path):
    assert printed("own_store.py", tmp_path) == [
        f"SH01-{YEAR}-000001: 1 on record",
        f"SH01-{YEAR}-000002: 2 on record",
    ]


@pytest.mark.parametrize("lost", [1, 100, 2000])
def test_a_power_cut_in_the_midst_of_a_line_loses_nothing_that_had_counted(tmp_path, lost):
    printed("own_store.py", tmp_path)
    journal = tmp_path / "complaints.jsonl"
    whole = journal.read_bytes()
    journal.write_bytes(whole[:-lost])

    with Desk(example("own_store").JournalStore(journal)) as desk:
        left = [one for one in desk.verify_all() if not isinstance(one, BrokenHistoryError)]

    assert [one.number for one in left] == [1]
    assert journal.read_bytes() == whole.splitlines(keepends=True)[0]


# --- events to a bus ------------------------------------------------------------------------------------------------


def test_a_relay_that_dies_publishes_again_and_the_consumer_counts_once(tmp_path):
    *published, states = printed("event_relay.py", tmp_path)

    assert published == ["published: 2", "new to the board: [True, False, True]"]
    assert states == "('intake', 2)"


class DeadError(Exception):
    """The process is gone."""


@pytest.mark.parametrize("noting", [False, True], ids=["while publishing", "while noting it"])
@pytest.mark.parametrize("dies_at", range(1, 5))
def test_wherever_the_relay_dies_the_consumer_ends_with_what_the_desk_has(tmp_path, dies_at, noting):
    bus = example("event_relay")
    walk = take_walk(Dice(dies_at), steps=25)
    reader = Actor("relay", Role.GROUP)
    queue, board = bus.Queue(tmp_path / "bus.db"), bus.Board(tmp_path / "board.db")
    place, calls = bus.Place(tmp_path / "relay.cursor"), count(1)

    def publish(messages):
        for message in messages:
            if not noting and next(calls) == dies_at * 5:
                raise DeadError
            queue.publish([message])
        if noting and next(calls) == 1:
            raise DeadError

    with pytest.raises(DeadError):
        bus.relay(walk.desk, publish, place, by=reader)
    published = dies_at * 5 - 1 if not noting else min(100, len(walk.desk.feed(by=reader)))
    bus.relay(walk.desk, publish, place, by=reader)
    new = queue.deliver(board.take)

    complaints = walk.desk.find(by=reader).complaints
    counted = dict(board.database.execute("SELECT * FROM state WHERE n > 0"))
    assert counted == Counter(complaint.state.value for complaint in complaints)
    assert new.count(False) == published
    queue.database.close()
    board.database.close()


# --- how they read --------------------------------------------------------------------------------------------------

_WHOLE_EXTENSIONS = ("consult_manufacturer.py", "event_relay.py", "own_store.py")
_WHOLE_PROGRAMS = ("html_form.py", "http_django.py", "http_fastapi.py", "http_flask.py")


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_an_example_is_read_at_one_glance_and_a_whole_extension_or_program_at_two(path):
    most = 140 if path.name in _WHOLE_PROGRAMS else 100 if path.name in _WHOLE_EXTENSIONS else 60

    assert len(path.read_text(encoding="utf-8").splitlines()) < most
