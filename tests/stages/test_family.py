"""Complaints that belong together: linked, merged, separated (MOVES 23, 24; invariant 7)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from complaints import (
    Actor,
    Customer,
    ExternalRef,
    IllegalMoveError,
    NotFoundError,
    Order,
    Query,
    Refusal,
    Role,
    State,
    Vehicle,
)
from complaints.model.beside import Linked, MergedInto
from complaints.model.people import SYSTEM
from complaints.model.words import (
    Alarm,
    CaseKind,
    CaseStatus,
    ClockState,
    LinkKind,
    MergeGround,
    Outcome,
    PromiseState,
    Severity,
    Track,
)
from complaints.rows import Entry, Move
from complaints.stages.family import Absorb, Link, Merge, Regain, Release, Separate, Unlink
from complaints.stages.intake import Assign, Receive
from complaints.stages.review import Archive
from tests.stages.cases import (
    GROUP,
    MONDAY,
    OTHER_SHOP,
    Case,
    li,
    qian,
    shows,
    sun,
    yuan,
    zhao,
    zheng,
)

STRANGER = Actor("stranger", Role.GENERAL_MANAGER, dealer=OTHER_SHOP.id)

# --- Link and Unlink -------------------------------------------------------------------------------------------------


def test_a_link_is_seen_from_both_sides():
    case = Case().received().beside_another()

    case.linked(kind=LinkKind.FLEET)

    other = case.desk.complaint(case.other, by=li)
    assert case.complaint.links == (Linked(other=case.other, kind=LinkKind.FLEET, number=2),)
    assert other.links == (Linked(other=case.id, kind=LinkKind.FLEET, number=2),)
    assert [(event.by, event.caused_by, event.caused_in) for event in case.desk.history(case.other, by=li)[1:]] == [
        (SYSTEM, 2, case.id)
    ]


def test_linked_complaints_keep_their_own_ways():
    case = Case().received().beside_another().linked()

    case.begun()

    assert (case.state, case.desk.complaint(case.other, by=li).state) == (State.JUDGMENT, State.INTAKE)


def test_what_is_archived_can_be_pointed_at_and_stays_as_it_is():
    case = Case().received().beside_another(State.ARCHIVED)
    archived = case.desk.complaint(case.other, by=li)

    case.linked(kind=LinkKind.REPEAT)

    assert case.desk.complaint(case.other, by=li) == archived


@shows(Link, "link.self")
def test_a_complaint_has_nothing_to_do_with_itself():
    case = Case().received()

    refusals = case.refused(Link, by=li, other=case.id)

    assert refusals == (Refusal("link.self"),)


@shows(Link, "link.doubled")
def test_one_link_of_a_kind_is_enough():
    case = Case().received().beside_another().linked()

    refusals = case.refused(Link, by=li)
    case.linked(kind=LinkKind.FAMILY)

    assert refusals == (Refusal("link.doubled"),)
    assert len(case.complaint.links) == 2


@shows(Entry, "other.unknown")
def test_what_is_linked_exists():
    case = Case().received()

    refusals = case.refused(Link, by=li, other=case.nobody)

    assert refusals == (Refusal("other.unknown", complaints=(str(case.nobody),)),)


def test_another_dealers_complaint_does_not_exist_even_as_the_other_one():
    case = Case().received()
    theirs = case.another()
    theirs.id = case.desk.handle(theirs.form(Receive, dealer="BJ02"), by=STRANGER).id

    refusals = case.refused(Link, by=li, other=theirs.id)

    assert refusals == (Refusal("other.unknown", complaints=(str(theirs.id),)),)


def test_unlinking_takes_the_link_away_on_both_sides():
    case = Case().received().beside_another().linked()

    case.does(Unlink, li)

    assert (case.complaint.links, case.desk.complaint(case.other, by=li).links) == ((), ())


@shows(Unlink, "link.none")
def test_only_what_is_linked_can_be_unlinked():
    case = Case().received().beside_another().linked()

    refusals = case.refused(Unlink, by=li, kind=LinkKind.FLEET)

    assert refusals == (Refusal("link.none"),)


def test_what_is_unlinked_exists():
    case = Case().received().beside_another().linked()

    refusals = case.refused(Unlink, by=li, other=case.nobody)

    assert refusals == (Refusal("other.unknown", complaints=(str(case.nobody),)), Refusal("link.none"))


# --- MOVES 23: Merge -------------------------------------------------------------------------------------------------


def _two_visits() -> tuple[Case, Case]:
    """The same customer twice: the first one received two days ago and judged, with a promise; the second one today."""
    gone = Case().received(received_at=MONDAY - timedelta(days=2)).begun().promised()
    survivor = gone.another().received()
    gone.other = survivor.id
    return gone, survivor


def test_a_merged_complaint_goes_on_in_its_survivor():
    gone, survivor = _two_visits()

    gone.merged()

    assert (gone.state, gone.complaint.outcome) == (State.MERGED, Outcome.MERGED)
    assert gone.complaint.beside.merged_into == MergedInto(
        survivor=survivor.id, state=State.JUDGMENT, outcome=None, number=gone.complaint.version
    )
    assert [one.complaint for one in survivor.complaint.absorbed] == [gone.id]


def test_what_was_promised_there_is_owed_here_by_name():
    gone, survivor = _two_visits()

    gone.merged()
    survivor.kept("M1/call")

    assert [(one.id, one.state) for one in survivor.complaint.promises] == [("M1/call", PromiseState.KEPT)]


# invariant 7
def test_the_earliest_receipt_and_the_strictest_due_date_win():
    gone = Case().received(takes_on=False, received_at=MONDAY - timedelta(hours=1))
    survivor = gone.another().received(takes_on=False)
    gone.other = survivor.id
    own = survivor.complaint

    gone.merged()

    family, theirs = survivor.complaint, gone.complaint.deadlines["acknowledge"]
    assert (own.received_at, family.received_at) == (MONDAY, MONDAY - timedelta(hours=1))
    assert family.deadlines["acknowledge"].due == theirs.due < own.deadlines["acknowledge"].due
    assert family.deadlines["acknowledge"].start == theirs.start
    assert family.deadlines["acknowledge"].state is ClockState.RUNNING


def test_what_was_met_in_time_there_is_not_missed_here():
    gone, survivor = _two_visits()
    own = survivor.complaint.deadlines

    gone.merged()

    assert survivor.complaint.deadlines["acknowledge"] == own["acknowledge"]
    assert own["acknowledge"].state is ClockState.MET


def test_a_due_date_that_is_no_stricter_changes_nothing():
    survivor = Case().received(received_at=MONDAY - timedelta(days=2)).begun()
    gone = survivor.another().later(hours=1).received().begun()
    gone.other = survivor.id
    own = survivor.complaint.deadlines

    gone.merged()

    theirs = gone.complaint.deadlines
    assert own["acknowledge"].due < theirs["acknowledge"].due
    assert own["judge"].due == theirs["judge"].due
    assert survivor.complaint.deadlines == own


def test_a_clock_that_starts_anew_counts_from_then():
    gone, survivor = _two_visits()
    gone.merged()

    survivor.later(hours=1).begun()

    assert survivor.complaint.deadlines["judge"].start == survivor.clock()


def test_who_searches_finds_the_family_by_the_earliest_receipt():
    gone, survivor = _two_visits()
    gone.merged()

    found = survivor.desk.find(Query(received_until=MONDAY - timedelta(days=1), is_open=True), by=li)

    assert [one.id for one in found] == [survivor.id]


def test_the_floor_of_the_one_counts_for_the_other_and_the_fast_track_is_shut():
    survivor = Case().received()
    gone = survivor.another().received(alarms=(Alarm.INJURY,))
    gone.other = survivor.id

    gone.merged()

    now = survivor.complaint
    assert (now.severity, now.floor, now.track) == (Severity.CRITICAL, Severity.CRITICAL, Track.FULL)


# invariant 4
def test_whom_the_one_is_about_may_not_decide_on_the_other():
    survivor = Case().received()
    gone = survivor.another().received().about("zhao")
    gone.other = survivor.id

    gone.merged(by=qian)

    assert "zhao" in survivor.complaint.involved


def test_its_tasks_and_its_money_go_on_under_a_mark():
    survivor = Case().to(State.REVIEW).having_absorbed(State.EXECUTION)

    survivor.reported("M1/T1").booked("B9", "M1/T1", 200)

    assert [(task.id, task.result.value) for task in survivor.complaint.tasks] == [("T1", "done"), ("M1/T1", "done")]
    assert [(line.id, line.task) for line in survivor.complaint.ledger] == [("B-T1", "T1"), ("B9", "M1/T1")]


def test_what_is_waited_for_and_what_is_open_outside_goes_along_and_comes_back_as_it_stands():
    survivor = Case().received().held("key").opened("letter", kind=CaseKind.LAWYER)
    gone = survivor.another().received().held("paint").no_longer_held("paint").held("bumper")
    gone.opened("12345-1", kind=CaseKind.PLATFORM_12345).updated("12345-1").opened()
    gone.other = survivor.id

    gone.merged()
    together = survivor.complaint.beside
    survivor.no_longer_held("M1/bumper").updated("M1/12315-7", CaseStatus.SETTLED)
    gone.separated()

    own, back = survivor.complaint.beside, gone.complaint.beside
    assert [hold.id for hold in together.holds] == ["key", "M1/bumper"]
    assert [case.id for case in together.cases] == ["letter", "M1/12315-7"]
    assert ([hold.id for hold in own.holds], [case.id for case in own.cases]) == (["key"], ["letter"])
    assert [(hold.id, hold.released_at) for hold in back.holds] == [("paint", MONDAY), ("bumper", MONDAY)]
    assert [(case.id, case.status) for case in back.cases] == [
        ("12345-1", CaseStatus.SETTLED),
        ("12315-7", CaseStatus.SETTLED),
    ]


def test_what_was_booked_wrongly_stays_taken_back_wherever_it_is():
    survivor = Case().received()
    gone = survivor.another().to(State.EXECUTION).booked("B1", "T1", 50).booked("B2", "T1", -50, reverses="B1")
    gone.other = survivor.id

    gone.merged(by=qian)
    together = survivor.complaint
    survivor.booked("B1", "M1/T1", 40).booked("B2", "M1/T1", -40, reverses="B1")
    gone.separated()

    assert [task.number for task in together.tasks] == [together.version]
    assert [(line.id, line.reverses) for line in together.ledger] == [("M1/B1", None), ("M1/B2", "M1/B1")]
    assert [(line.id, line.reverses) for line in gone.complaint.ledger] == [
        ("B1", None),
        ("B2", "B1"),
        ("SH01-2026-000001/B1", None),
        ("SH01-2026-000001/B2", "SH01-2026-000001/B1"),
    ]


@shows(Merge, "merge.nothing_shared")
def test_what_two_complaints_share_is_looked_up_and_not_believed():
    gone, _ = _two_visits()

    vehicle = gone.refused(Merge, by=zhao, ground=MergeGround.VEHICLE)
    event = gone.refused(Merge, by=zhao, ground=MergeGround.EVENT)

    assert vehicle == (Refusal("merge.nothing_shared", ground="vehicle"),)
    assert event == (Refusal("merge.nothing_shared", ground="event"),)


KNOWN = ExternalRef(system="dms", kind="repair_order", id="RO-1")
CAR = {"plate": "沪A00001"}, {"vin": "LSVAA000000000001"}, {"ref": KNOWN}


@pytest.mark.parametrize(
    ("shared", "ground"),
    [
        *(({"vehicles": (Vehicle(**mark),)}, MergeGround.VEHICLE) for mark in CAR),
        ({"refs": (KNOWN,)}, MergeGround.EVENT),
    ],
    ids=["a plate", "a VIN", "a car of another system", "a repair order"],
)
def test_a_car_or_a_repair_order_is_enough(shared, ground):
    survivor = Case().received(**shared)
    gone = survivor.another().received(complainant=Customer(name="李雷", phone="13800000002"), **shared)
    gone.other = survivor.id

    gone.merged(ground=ground)

    assert gone.state is State.MERGED


@pytest.mark.parametrize(
    "mark",
    [{"email": "w@example.com"}, {"wechat": "wang"}, {"platform_number": "P-7"}, {"ref": KNOWN}],
    ids=["an e-mail", "a WeChat name", "a platform's number", "a customer of another system"],
)
def test_whatever_names_the_customer_is_enough(mark):
    survivor = Case().received(complainant=Customer(name="王芳", **mark))
    gone = survivor.another().received(complainant=Customer(name="李雷", phone="13800000002", **mark))
    gone.other = survivor.id

    gone.merged(ground=MergeGround.CUSTOMER)

    assert gone.state is State.MERGED


def test_complaints_linked_as_one_event_may_be_merged():
    survivor = Case().received()
    gone = survivor.another().received(complainant=Customer(name="李雷", phone="13800000002"))
    gone.other = survivor.id

    gone.linked(kind=LinkKind.EVENT).merged(ground=MergeGround.EVENT)

    assert gone.state is State.MERGED


def test_two_customers_whose_phones_were_erased_are_not_one():
    erased = Customer(name="王芳", phone="[已删除 erased]")
    survivor = Case().received(complainant=erased)
    gone = survivor.another().received(complainant=erased)
    gone.other = survivor.id

    refusals = gone.refused(Merge, by=zhao)

    assert refusals == (Refusal("merge.nothing_shared", ground="customer"),)


@shows(Merge, "merge.survivor")
def test_it_goes_on_in_another_open_complaint():
    gone, survivor = _two_visits()
    itself = gone.refused(Merge, by=zhao, survivor=gone.id)
    survivor.voided()

    refusals = gone.refused(Merge, by=zhao)

    assert itself == (Refusal("merge.survivor", state="judgment"),)
    assert refusals == (Refusal("merge.survivor", state="voided"),)


def test_so_no_circle_can_come_about():
    gone, survivor = _two_visits()
    gone.merged()
    survivor.other = gone.id

    refusals = survivor.refused(Merge, by=zhao)

    assert refusals == (Refusal("merge.survivor", state="merged"),)


@shows(Merge, "merge.other_dealer")
def test_complaints_of_two_dealers_are_linked_and_never_merged():
    case = Case().received()
    theirs = case.desk.handle(case.form(Receive, dealer="BJ02"), by=GROUP)

    refusals = case.refused(Merge, by=GROUP, survivor=theirs.id)
    case.linked(by=GROUP, other=theirs.id)

    assert refusals == (Refusal("merge.other_dealer"),)
    assert case.complaint.links[0].other == theirs.id


@shows(Move, "other.unknown")
def test_the_survivor_exists():
    case = Case().received()

    refusals = case.refused(Merge, by=zhao, survivor=case.nobody)

    assert refusals == (Refusal("other.unknown", complaints=(str(case.nobody),)),)


def test_a_merge_is_written_to_both_or_to_neither():
    gone, survivor = _two_visits()
    before = gone.everything()
    impossible = Order(gone.form(Merge, survivor=gone.nobody), zhao)

    with pytest.raises(IllegalMoveError):
        gone.desk.handle_all([Order(gone.form(Merge), zhao), impossible], atomic=True)

    assert gone.everything() == before
    assert survivor.complaint.absorbed == ()


def test_somebody_elses_dealer_cannot_merge_here():
    gone, _ = _two_visits()

    with pytest.raises(NotFoundError):
        gone.desk.handle(gone.form(Merge), by=STRANGER)


# --- MOVES 24: Separate ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "state", [State.INTAKE, State.EXPLANATION, State.PROPOSAL, State.APPROVAL, State.REVIEW], ids=str
)
def test_separated_it_stands_where_it_stood(state):
    survivor = Case().received()
    gone = survivor.another().to(state)
    gone.other = survivor.id
    before = gone.complaint

    gone.merged(by=qian).separated(by=qian)

    after = gone.complaint
    assert (after.state, after.visits, after.passes, after.clocks) == (
        before.state, before.visits, before.passes, before.clocks,
    )  # fmt: skip
    assert (after.promises, after.tasks, after.ledger, after.present_proposals, after.outcome) == (
        before.promises, before.tasks, before.ledger, before.present_proposals, before.outcome,
    )  # fmt: skip


# invariant 7
def test_separating_restores_both():
    gone, survivor = _two_visits()
    before = survivor.complaint

    gone.merged().separated()

    after = survivor.complaint
    assert (after.received_at, after.deadlines, after.promises, after.absorbed) == (
        before.received_at, before.deadlines, before.promises, (),
    )  # fmt: skip
    assert gone.complaint.received_at == MONDAY - timedelta(days=2)


def test_what_the_survivor_kept_is_kept_when_it_comes_back():
    gone, survivor = _two_visits()
    gone.merged()
    survivor.kept("M1/call")

    gone.separated()

    assert [(one.id, one.state) for one in gone.complaint.promises] == [("call", PromiseState.KEPT)]
    assert survivor.complaint.promises == ()


def test_what_the_survivor_paid_comes_back_and_nothing_is_lost_or_doubled():
    survivor = Case().received()
    gone = survivor.another().to(State.EXECUTION).booked("B1", "T1", 50)
    gone.other = survivor.id
    gone.merged(by=qian)
    survivor.booked("B1", "M1/T1", 100).reported("M1/T1")

    gone.separated()

    assert [(line.id, line.task, line.amount) for line in gone.complaint.ledger] == [
        ("B1", "T1", yuan(50)),
        ("SH01-2026-000001/B1", "T1", yuan(100)),
    ]
    assert (survivor.complaint.ledger, survivor.complaint.tasks) == ((), ())
    assert [task.result.value for task in gone.complaint.tasks] == ["done"]


def test_a_family_of_three_is_taken_apart_from_the_last_one_on():
    first = Case().received()
    second, third = first.another().received(), first.another().received()
    third.other, second.other = second.id, first.id
    third.promised(by=li).merged()
    second.merged()

    refusals = third.refused(Separate, by=zhao)
    second.separated()
    third.separated()

    assert refusals == (Refusal("separate.survivor", reference=second.complaint.reference, state="merged"),)
    assert [one.id for one in third.complaint.promises] == ["call"]
    assert (first.complaint.promises, second.complaint.promises) == ((), ())


@shows(Separate, "separate.survivor")
def test_an_archived_survivor_gives_nothing_back():
    case = Case()
    survivor = case.to(State.REVIEW)
    gone = survivor.another().received()
    gone.other = survivor.id
    gone.merged()
    survivor._to_closed().later(days=31).archived()

    refusals = gone.refused(Separate, by=zhao)

    assert refusals == (Refusal("separate.survivor", reference=survivor.complaint.reference, state="archived"),)


@shows(Archive, "archive.survivor_open")
def test_a_merged_complaint_is_archived_only_with_its_survivor():
    gone, survivor = _two_visits()
    gone.merged()

    refusals = gone.refused(Archive, by=zheng)

    assert refusals == (Refusal("archive.survivor_open", reference=survivor.complaint.reference),)
    assert gone.desk.explain(gone.id, by=zheng)[Archive] == refusals


def test_merged_into_a_second_time_it_gets_another_mark():
    gone, survivor = _two_visits()

    gone.merged().separated().merged()

    assert [one.mark for one in survivor.complaint.absorbed] == ["M2"]
    assert [one.id for one in survivor.complaint.promises] == ["M2/call"]


def test_new_tasks_get_new_names_whatever_came_and_went():
    survivor = Case().to(State.OFFER).having_absorbed(State.EXECUTION)
    survivor.offered().accepted()
    gone = survivor.another()
    gone.id, gone.other = survivor.other, survivor.id

    gone.separated(by=qian)

    assert [task.id for task in survivor.complaint.tasks] == ["T1"]


# --- the system's own ------------------------------------------------------------------------------------------------


@shows(Absorb, "absorb.doubled")
def test_nothing_is_absorbed_twice():
    case = Case().received().having_absorbed()

    refusals = case.refused(Absorb, by=SYSTEM, source=case.other, mark="M2")

    assert refusals == (Refusal("absorb.doubled"),)


@shows(Release, "absorb.merged_elsewhere")
def test_only_what_was_merged_here_is_released():
    case = Case().received().beside_another()

    refusals = case.refused(Release, by=SYSTEM)

    assert refusals == (Refusal("absorb.merged_elsewhere"),)


@pytest.mark.parametrize("order", [Absorb, Release, Regain])
def test_no_person_does_what_follows_by_itself(order):
    case = Case().received().having_absorbed()

    refusals = case.forbidden(order, by=sun)

    assert refusals == (Refusal("move.not_permitted", who=("system",), command=order.__name__),)


def test_a_repeated_key_answers_as_it_was_after_all_that_followed():
    gone, _ = _two_visits()
    order = gone.form(Merge)
    first = gone.desk.handle(order, by=zhao, key="merge-1")
    gone.separated()

    again = gone.desk.handle(order, by=zhao, key="merge-1")

    assert again == first


def test_what_follows_is_foreseen():
    gone, survivor = _two_visits()
    gone.desk.handle(gone.form(Merge), by=zhao)
    order = gone.form(Separate)

    foreseen = gone.desk.explain(order, by=zhao)

    assert foreseen == ()
    assert survivor.complaint.absorbed != ()


def test_a_merged_complaint_takes_no_steps_of_its_own():
    gone, _ = _two_visits()
    gone.merged()

    refusals = gone.illegal(Assign, by=zhao)

    assert [refusal.code for refusal in refusals] == ["move.illegal"]
