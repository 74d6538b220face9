"""What authors of extensions are given: a clock, people, walks through their own table, a way home."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta
from uuid import UUID

import attrs
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import complaints.testing
from complaints import (
    LIFECYCLE,
    Actor,
    Command,
    ComplaintError,
    Entry,
    NaiveTimeError,
    Refusal,
    Role,
    Situation,
    State,
    Who,
    command,
    rule,
)
from complaints.stages.anytime import RecordContact
from complaints.stages.intake import BeginJudgment
from complaints.stages.judgment import Uphold
from complaints.testing import (
    BUILDERS,
    CURES,
    HOUSE,
    OPENING,
    SMALL_HOUSE,
    STAFF,
    DeadEndError,
    Dice,
    FrozenClock,
    Scene,
    Walk,
    commands,
    forbidden_orders_for,
    lead_home,
    people,
    take_walk,
    walks,
)

# --- the clock ------------------------------------------------------------------------------------------------------


def test_a_frozen_clock_stands_still_until_it_is_told_otherwise() -> None:
    clock = FrozenClock(OPENING)

    looks = [clock(), clock(), clock.advance(timedelta(hours=2)), clock()]
    clock.set(OPENING)

    later = OPENING + timedelta(hours=2)
    assert looks == [OPENING, OPENING, later, later]
    assert clock() == OPENING


def test_a_clock_without_a_zone_is_refused() -> None:
    noon = datetime(2026, 3, 2, 12)  # noqa: DTZ001  # that is what is wrong with it

    with pytest.raises(NaiveTimeError):
        FrozenClock(noon)
    with pytest.raises(NaiveTimeError):
        FrozenClock().set(noon)


# --- a table of one's own -------------------------------------------------------------------------------------------


@command
class WashCar(Command):
    """A house that washes every car it looks at."""

    complaint: UUID


@rule("car.unwashed")
def the_car_is_washed(s: Situation) -> Refusal | None:
    washed = s.complaint.contacts > 2
    return None if washed else Refusal("car.unwashed")


_WITH_A_WASH = LIFECYCLE.extend(
    name="with-a-wash",
    version="1",
    entries=[Entry(WashCar, State.INVESTIGATION, Who("any_staff", Role.DEPARTMENT_STAFF, Role.SPECIALIST))],
    given={Uphold: [the_car_is_washed]},
)


def _wash_car(scene: Scene) -> Command:
    return WashCar(complaint=scene.id)


def _walks_with_a_wash() -> list[Walk]:
    cures = {**CURES, "car.unwashed": (RecordContact,)}
    builders = {**BUILDERS, WashCar: _wash_car}
    return [
        take_walk(Dice(seed), lifecycle=_WITH_A_WASH, builders=builders, cures=cures, steps=40) for seed in range(40)
    ]


def test_walks_go_through_rows_and_past_rules_of_ones_own() -> None:
    rows = {row for walk in _walks_with_a_wash() for row in walk.rows}

    assert (WashCar, State.INVESTIGATION, State.INVESTIGATION) in rows
    assert (Uphold, State.JUDGMENT, State.INVESTIGATION) in rows


@given(walk=walks(least=1, most=4, forbidden_in=0), who=people(), data=st.data())
def test_whatever_may_be_drawn_is_answered_by_a_complaint_or_by_an_error_of_ours(
    walk: Walk, who: Actor, data: st.DataObject
) -> None:
    order = data.draw(commands(BeginJudgment, complaint=walk.complaint_id))
    wrong = data.draw(forbidden_orders_for(walk.desk, walk.complaint, walk.clock))

    with pytest.raises(wrong.error):
        walk.desk.handle(
            wrong.order.command,
            by=wrong.order.by,
            recorded_by=wrong.order.recorded_by,
            at=wrong.order.at,
            expected_version=wrong.order.expected_version,
        )
    try:
        answer = walk.desk.handle(order, by=who)
    except ComplaintError:
        return
    assert answer == walk.complaint


@pytest.mark.parametrize("kind", LIFECYCLE.commands.values(), ids=LIFECYCLE.commands)
def test_every_command_survives_being_written_down(kind: type[Command]) -> None:
    @given(commands(kind))
    def written_down_and_read(made: Command) -> None:
        assert msgspec.json.decode(msgspec.json.encode(made), type=kind) == made

    written_down_and_read()


# --- the way home ---------------------------------------------------------------------------------------------------


def test_the_way_home_is_the_same_every_time() -> None:
    one, same_again = (take_walk(Dice(7), steps=6, forbidden_in=0) for _ in range(2))

    ways = [lead_home(walk.desk, walk.complaint_id, clock=walk.clock) for walk in (one, same_again)]

    first, second = ([(type(order.command), order.by) for order in way] for way in ways)
    assert first == second


def test_where_nobody_keeps_the_archive_the_way_ends_before_it() -> None:
    others = tuple(actor for actor in STAFF if Role.ARCHIVIST not in actor.roles)
    nobody = attrs.evolve(SMALL_HOUSE, staff=others, owners=("deputy",))
    walk = take_walk(Dice(3), steps=3, forbidden_in=0)

    with pytest.raises(DeadEndError) as stuck:
        lead_home(walk.desk, walk.complaint_id, clock=walk.clock, house=nobody)

    assert stuck.value.complaint.state is State.CLOSED
    assert {why.code for refused in stuck.value.refused.values() for why in refused} == {"move.not_permitted"}


# --- the room -------------------------------------------------------------------------------------------------------


def test_every_name_that_is_promised_is_there() -> None:
    missing = [name for name in complaints.testing.__all__ if not hasattr(complaints.testing, name)]

    assert missing == []


def test_a_clock_and_a_house_need_neither_hypothesis_nor_pytest() -> None:
    asked = (
        "import sys; from complaints.testing import FrozenClock, house, take_walk, lead_home;"
        " print(sorted({'hypothesis', 'pytest'} & set(sys.modules)))"
    )

    printed = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout

    assert printed.strip() == "[]"


def test_no_member_of_the_staff_has_a_persons_name() -> None:
    assert {actor.id.rstrip("-12") for actor in HOUSE.staff} == {
        *("specialist", "supervisor", "manager", "counter", "deputy", "owner", "service-head", "technician"),
        *("receptionist", "adviser", "finance", "archivist", "legal", "spokesperson", "hr", "warranty-clerk"),
    }
