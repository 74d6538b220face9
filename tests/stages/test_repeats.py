"""重复投诉: the same trouble of the same customer's car again is recorded by the system, counted and linked."""

from __future__ import annotations

from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints import Channel, Customer, InvalidCommandError, Issue, Policy, Refusal, Severity, State, Vehicle
from complaints.errors import Fault
from complaints.model.beside import Linked
from complaints.model.people import SYSTEM
from complaints.model.words import Alarm, LinkKind, RemedyKind, Track
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.intake import Receive
from complaints.stages.repeats import RecordRepeat
from tests.stages.cases import Case, li, remedy, shows, wang

PASSAT = Vehicle(vin="LSVAA49J132047371", plate="沪A00001")
BRAKES = (Issue(id="1", category="service"),)


def again(case: Case, *, days: int = 10, **changes: object) -> Case:
    """So many days later the customer is there again with the same car and the same trouble."""
    next_one = case.another().later(days=days)
    return next_one.received(**{"vehicles": (PASSAT,), "issues": BRAKES, **changes})


def first(**changes: object) -> Case:
    return Case().received(**{"vehicles": (PASSAT,), "issues": BRAKES, **changes})


# --- found at receipt -----------------------------------------------------------------------------------------------


def test_the_same_trouble_again_is_recorded_at_receipt_and_is_more_than_a_grumble():
    one = first()

    two = again(one)

    complaint = two.complaint
    assert [event.name for event in two.events] == ["Receive", "RecordRepeat", "SetSeverity"]
    assert (complaint.earlier, complaint.repeats) == ((one.id,), 2)
    assert (complaint.registration.alarms, complaint.track) == ((Alarm.REPEAT,), Track.FULL)
    assert (complaint.severity, complaint.floor) == (Severity.ESCALATED, Severity.ESCALATED)


def test_it_is_recorded_by_the_system_as_what_follows_from_the_receipt():
    two = again(first())

    recorded = two.events[1]
    assert (recorded.by, recorded.recorded_by, recorded.caused_by, recorded.at) == (SYSTEM, SYSTEM, 1, two.clock())


def test_the_fast_track_is_shut_for_it():
    two = again(first())

    refusals = two.refused(SettleAtOnce, by=wang, remedies=(remedy(RemedyKind.APOLOGY, 0),))

    assert refusals == (Refusal("fast.shut", alarms=("repeat",), severity="escalated"),)


def test_the_two_are_linked_from_both_sides():
    one = first()

    two = again(one)

    assert two.complaint.links == (Linked(other=one.id, kind=LinkKind.REPEAT, number=2),)
    assert one.complaint.links == (Linked(other=two.id, kind=LinkKind.REPEAT, number=2),)


def test_what_is_archived_stays_as_it_is():
    one = first().begun().withdrawn().called_back().closed().later(days=31).archived()
    archived = one.complaint

    two = again(one)

    assert two.complaint.earlier == (one.id,)
    assert one.complaint == archived


# "third repeat within 90 days for the same customer, vehicle and problem"
def test_the_third_of_its_kind_meets_the_floor_of_the_third():
    floors = tuple(
        attrs.evolve(rule, severity=Severity.MAJOR) for rule in Policy().packs[0].floors if rule.code == "third_repeat"
    )
    one = Case(policy=Policy(floors=floors)).received(vehicles=(PASSAT,), issues=BRAKES)
    two = again(one)

    three = again(two)

    assert (two.severity, three.severity) == (Severity.ESCALATED, Severity.MAJOR)
    assert (three.complaint.earlier, three.complaint.repeats) == ((two.id, one.id), 3)


@pytest.mark.parametrize(
    ("changes", "days"),
    [
        ({}, 91),
        ({}, 3),
        ({"vehicles": (Vehicle(vin="LSVAA49J132047372"),)}, 10),
        ({"vehicles": ()}, 10),
        ({"issues": (Issue(id="1", category="price"),)}, 10),
        ({"issues": (Issue(id="1"),)}, 10),
        ({"complainant": Customer(name="李强", phone="13900000009")}, 10),
    ],
    ids=["after 90 days", "told twice", "another car", "no car", "another problem", "no category", "another customer"],
)
def test_what_is_no_repeat_in_full_is_not_recorded(changes, days):
    two = again(first(), days=days, **changes)

    assert [event.name for event in two.events] == ["Receive"]
    assert (two.complaint.earlier, two.complaint.repeats) == ((), 0)


def test_on_the_ninetieth_day_it_still_is_one():
    assert again(first(), days=90).complaint.repeats == 2


def test_how_long_back_it_looks_is_the_houses_policy():
    one = Case(policy=Policy(repeat_days=20)).received(vehicles=(PASSAT,), issues=BRAKES)

    assert [again(one, days=days).complaint.repeats for days in (20, 1)] == [2, 0]


def test_what_was_voided_or_merged_is_nothing_to_repeat():
    one = first(takes_on=False).voided()

    assert again(one).complaint.repeats == 0


def test_another_dealers_complaint_is_none_of_the_house():
    one = first()
    theirs = one.another().later(days=10)
    order = theirs.form(Receive, dealer="BJ02", vehicles=(PASSAT,), issues=BRAKES, takes_on=False)

    complaint = one.desk.handle(order, by=SYSTEM)

    assert (complaint.repeats, complaint.earlier) == (0, ())


def test_nobodys_name_or_number_stands_in_what_is_recorded():
    one = first()

    two = again(one)

    assert two.events[1].command == RecordRepeat(complaint=two.id, earlier=(one.id,))
    with two.desk.store.read() as reader:
        assert [text for text in reader.personal(two.id) if text.number == 2] == []


# --- what staff say -------------------------------------------------------------------------------------------------


def test_what_staff_say_counts_as_a_repeat_too():
    case = Case().received(repeat_of=UUID(int=7))

    assert (case.complaint.repeats, case.complaint.earlier, case.complaint.track) == (2, (), Track.FULL)


def test_what_staff_say_and_what_is_found_is_counted_once():
    one = first()

    two = again(one, repeat_of=one.id)

    assert (two.complaint.repeats, two.complaint.earlier) == (2, (one.id,))


def test_what_staff_say_adds_to_what_is_found():
    one = first()

    two = again(one, repeat_of=UUID(int=7))

    assert two.complaint.repeats == 3


# --- found later ----------------------------------------------------------------------------------------------------


def test_a_repeat_is_found_when_the_car_becomes_known():
    one = first()
    two = again(one, vehicles=())

    two.completed_with(vehicles=(PASSAT,))

    assert [event.name for event in two.events[1:]] == ["CompleteRegistration", "RecordRepeat", "SetSeverity"]
    assert two.complaint.repeats == 2


def test_it_is_recorded_once_however_often_the_form_is_completed():
    two = again(first())

    two.completed_with(vehicles=(Vehicle(plate="沪A00002"),)).completed_with(issues=(Issue(id="2", category="price"),))

    assert [event.name for event in two.events].count("RecordRepeat") == 1


def test_what_does_not_tell_of_customer_car_or_issue_looks_for_nothing():
    one = first()
    two = again(one, vehicles=())
    order = two.form(type(two.events[0].command), vehicles=(PASSAT,))

    assert order.looks_back
    assert not two.form(Receive).looks_back
    two.completed_with(wish="道歉并退款")
    assert two.complaint.repeats == 0


def test_a_later_complaint_is_not_repeated_by_an_earlier_one():
    one = first(vehicles=())
    again(one)

    one.completed_with(vehicles=(PASSAT,))

    assert one.complaint.repeats == 0


# --- the entry itself -----------------------------------------------------------------------------------------------


@shows(RecordRepeat, "repeat.doubled")
def test_an_earlier_complaint_counts_once():
    one = first()
    two = again(one)

    refusals = two.refused(RecordRepeat, by=SYSTEM, earlier=(one.id,))

    assert refusals == (Refusal("repeat.doubled", complaints=(str(one.id),)),)


@shows(RecordRepeat, "repeat.not_earlier")
def test_a_repeat_follows_what_it_repeats():
    one = first(vehicles=())
    two = again(one)

    refusals = one.refused(RecordRepeat, by=SYSTEM, earlier=(two.id, one.id))

    assert refusals == (Refusal("repeat.not_earlier", complaints=(str(two.id), str(one.id))),)


def test_what_is_repeated_exists():
    case = Case().received()

    refusals = case.refused(RecordRepeat, by=SYSTEM, earlier=(case.nobody,))

    assert refusals == (Refusal("other.unknown", complaints=(str(case.nobody),)),)


def test_naming_one_twice_is_a_fault():
    with pytest.raises(InvalidCommandError) as wrong:
        RecordRepeat(complaint=UUID(int=1), earlier=(UUID(int=2), UUID(int=2)))

    assert wrong.value.faults == (Fault("earlier", "doubled"),)


def test_it_is_recorded_in_review_as_well_and_stays_there():
    case = Case().to(State.REVIEW).after_another()

    case.does(RecordRepeat, SYSTEM)

    assert (case.state, case.complaint.repeats) == (State.REVIEW, 2)


# --- together -------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(8, 60), min_size=1, max_size=5))
def test_each_counts_itself_and_those_of_the_last_ninety_days(gaps):
    days = [0]
    cases = [first()]
    for gap in gaps:
        days.append(days[-1] + gap)
        cases.append(again(cases[-1], days=gap, channel=Channel.SHOWROOM))

    counted = [case.complaint.repeats for case in cases]

    expected = [sum(0 <= day - other <= 90 for other in days[: place + 1]) for place, day in enumerate(days)]
    assert counted == [count if count > 1 else 0 for count in expected]


def test_whoever_reads_it_sees_the_earlier_ones_by_id():
    one = first()

    two = again(one)

    assert two.desk.complaint(two.id, by=li).earlier == (one.id,)


# what comes after a remedy is not the same thing told twice
def test_what_was_settled_at_once_and_comes_back_within_the_week_is_a_repeat():
    one = first(takes_on=False).settled(by=wang)

    two = again(one, days=2)

    assert (two.complaint.earlier, two.complaint.repeats) == ((one.id,), 2)
