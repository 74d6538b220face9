"""What is known of a customer is erased when he asks (Redact); the history verifies and figures stay (invariant 10)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import attrs
import pytest

from complaints import (
    LIFECYCLE,
    Complaint,
    Customer,
    KeyErasedError,
    KeyReusedError,
    Party,
    Policy,
    Query,
    Refusal,
    Role,
    State,
    Vehicle,
)
from complaints.errors import BrokenHistoryError, DefinitionError
from complaints.history import ERASED, erased_as, is_erased, masked, personal_places
from complaints.model.base import evolve
from complaints.model.execution import Measure
from complaints.model.words import HoldKind, MeasureKind, MeasureRole, PartyKind, PersonalData
from complaints.stages.accountability import DecideAccountability
from complaints.stages.anytime import AddNote
from complaints.stages.erasure import GROUPS, Redact, group_of, without_places
from complaints.stages.intake import Receive
from complaints.stores.base import Step
from complaints.stores.memory import MemoryStore
from tests.stages.cases import MONDAY, POLICY, Case, feng, li, no_measure, qian, shows, staff, sun, wang

NAMES, CONTACTS, STATEMENT = PersonalData.NAMES, PersonalData.CONTACTS, PersonalData.STATEMENT
CORRESPONDENCE, NOTES, VEHICLE = PersonalData.CORRESPONDENCE, PersonalData.NOTES, PersonalData.VEHICLE
CAR = Vehicle(vin="LSVAA4182E2123456", plate="沪A12345", make="Example")


def a_closed_case(**changes: object) -> Case:
    """王芳 with a car complained, her husband was a party, and all of it is over."""
    case = Case()
    given = {
        "complainant": Customer(name="王芳", phone="13800000001", email="wang@example.cn"),
        "vehicles": (CAR,),
        "parties": (Party(kind=PartyKind.USER, name="陈伟", phone="13800000002"),),
        **changes,
    }
    case.received(**given).begun().upheld()
    case.spoken(text="您好，王女士，车已经好了。").does(AddNote, wang, text="王女士早上不接电话")
    case.shown().found().concluded()._to_approval()
    case.read().approved().offered().accepted().done_and_booked().completed().called_back()
    return case._to_closed()


# --- what is erased ---------------------------------------------------------------------------------------------------


def test_names_are_erased_wherever_they_were_written_down():
    case = a_closed_case()

    case.does(Redact, qian, fields=(NAMES,))

    form, first = case.complaint.registration, case.events[0].command
    assert (form.complainant.name, form.parties[0].name) == (erased_as(1), erased_as(2))
    assert (first.complainant.name, first.parties[0].name) == (erased_as(1), erased_as(2))
    assert (form.complainant.phone, form.excerpt) == ("13800000001", "预约的时间没有人接待，等了两个小时。")


@pytest.mark.parametrize(
    ("group", "gone"),
    [
        (NAMES, {"王芳", "陈伟"}),
        (CONTACTS, {"13800000001", "13800000002", "wang@example.cn"}),
        (STATEMENT, {"预约的时间没有人接待，等了两个小时。", "道歉"}),
        (CORRESPONDENCE, {"您好，王女士，车已经好了。", "您好，我们会在周四前给您答复。", "an apology and a voucher"}),
        (NOTES, {"two calendars", "王女士早上不接电话", "the repair order shows it", "others got the same"}),
        (VEHICLE, {"LSVAA4182E2123456", "沪A12345"}),
    ],
)
def test_each_group_takes_its_own_texts_and_leaves_the_others(group, gone):
    case = a_closed_case()
    before = texts_of(case)

    case.does(Redact, qian, fields=(group,), reason="asked")

    left = texts_of(case)
    assert gone <= before - left
    assert {group_of_text for text, group_of_text in groups_of(case) if is_erased(text)} == {group}
    assert all(is_erased(text) for text, its_group in groups_of(case) if its_group is group and text != "asked")


def test_everything_but_the_car_goes_unless_told_otherwise():
    case = a_closed_case()

    case.does(Redact, qian, fields=(), reason="asked")

    assert {text for text in texts_of(case) if not is_erased(text)} == {"LSVAA4182E2123456", "沪A12345", "asked"}


def test_with_the_car_nothing_is_left_but_why_it_was_erased():
    case = a_closed_case()

    case.does(Redact, qian, fields=(), include_vehicle=True, reason="asked")

    assert {text for text in texts_of(case) if not is_erased(text)} == {"asked"}


def test_why_it_was_erased_goes_with_the_next_one():
    case = a_closed_case().does(Redact, qian, fields=(), reason="王芳来信要求")

    case.does(Redact, qian, fields=(NOTES,), reason="once more")

    assert "王芳来信要求" not in texts_of(case)


def test_an_order_that_asks_for_the_car_as_well_asks_for_what_it_names_too():
    assert Redact(complaint=UUID(int=1), fields=(NAMES,), reason="asked", include_vehicle=True).erases == {
        NAMES,
        VEHICLE,
    }


def test_a_closed_complaint_can_be_opened_again_and_led_on_without_its_texts():
    case = a_closed_case().does(Redact, qian, fields=(), include_vehicle=True)

    case.reopened().upheld()

    assert case.state is State.INVESTIGATION
    assert case.desk.verify(case.id).number == case.complaint.version


def test_what_the_archive_holds_is_erased_as_well():
    case = a_closed_case().later(days=31).archived()

    case.does(Redact, qian, fields=())

    assert (case.state, case.complaint.registration.complainant.name) == (State.ARCHIVED, erased_as(1))


# --- what stays -------------------------------------------------------------------------------------------------------


def test_everything_that_is_not_a_text_stays_as_it_was():
    case = a_closed_case()
    before = case.complaint

    case.does(Redact, qian, fields=(), include_vehicle=True)

    assert all_but_the_texts(case.complaint) == all_but_the_texts(before)


def test_the_history_verifies_against_a_checkpoint_of_before():
    case = a_closed_case()
    checkpoint = case.desk.verify(case.id)

    case.does(Redact, qian, fields=(), include_vehicle=True)

    assert case.desk.verify(case.id, checkpoint=checkpoint).number == checkpoint.number + 1


# what a step depended on must not change with the texts: two cars are two, and the same one is one
def test_two_cars_stay_two_and_the_same_one_stays_one():
    other = attrs.evolve(CAR, vin="LSVAA4182E2999999")
    case = Case().received(vehicles=(CAR,)).completed_with(vehicles=(CAR, other))

    close(case).does(Redact, qian, fields=(VEHICLE,))

    assert len(case.complaint.registration.vehicles) == 2
    assert case.desk.verify(case.id).number == case.complaint.version


def test_a_car_named_again_after_its_erasure_is_another_one_for_good():
    case = close(Case().received(vehicles=(CAR,))).does(Redact, qian, fields=(VEHICLE,))
    case.reopened().completed_with(vehicles=(CAR,))
    assert len(case.complaint.registration.vehicles) == 2

    close(case).does(Redact, qian, fields=(VEHICLE,))

    assert len(case.complaint.registration.vehicles) == 2
    assert [vehicle.vin for vehicle in case.complaint.registration.vehicles] == [erased_as(1), erased_as(3)]


def test_who_decided_and_who_reviewed_stays_as_it_was_though_their_words_are_gone():
    case = a_closed_case()
    measures = [
        Measure(person="gao", role=MeasureRole.DIRECT, kind=MeasureKind.NONE, reason=reason)
        for reason in ("早退", "迟到")
    ]
    case.does(DecideAccountability, qian, measures=(measures[0],)).does(
        DecideAccountability, sun, measures=(measures[1],)
    )
    before = case.complaint.accountability

    case.does(Redact, qian, fields=(NOTES,))

    after = case.complaint.accountability
    assert (after.decided_by, after.reviewed_by, after.number) == (before.decided_by, before.reviewed_by, before.number)


def test_an_auditor_sees_no_more_of_it_than_before():
    case = a_closed_case().does(Redact, qian, fields=(NAMES,))

    seen = case.desk.complaint(case.id, by=feng)

    assert seen == masked(case.complaint)


# --- who, and when ----------------------------------------------------------------------------------------------------


han = staff("han", Role.LEGAL)


@shows(Redact, "redact.legal_hold")
def test_a_legal_hold_keeps_everything_as_it_is():
    case = Case().received().held("court-1", by=han, kind=HoldKind.LEGAL).does(AddNote, wang)

    refusals = case.refused(Redact, by=qian)

    assert refusals == (Refusal("redact.legal_hold", holds=("court-1",)),)


def test_any_other_hold_is_no_reason_to_keep_them():
    case = Case().received().held("parts-1", kind=HoldKind.PARTS).does(AddNote, wang)

    case.does(Redact, qian)

    assert case.events[2].command.text == erased_as(2)


@shows(Redact, "redact.retention")
def test_a_file_that_must_be_kept_is_kept_whole():
    case = Case(policy=attrs.evolve(POLICY, keep_years=10)).to(State.CLOSED).later(days=3652)

    refusals = case.refused(Redact, by=qian)

    assert refusals == (Refusal("redact.retention", years=10),)


def test_once_the_years_are_over_it_may_go():
    case = Case(policy=attrs.evolve(POLICY, keep_years=10)).to(State.CLOSED).later(days=3653)

    case.does(Redact, qian, fields=())

    assert is_erased(case.complaint.registration.complainant.name)


def test_the_years_count_from_the_closing_and_not_from_the_archiving():
    case = Case(policy=attrs.evolve(POLICY, keep_years=1)).to(State.CLOSED).later(days=200).archived().later(days=165)

    case.does(Redact, qian, fields=())

    assert is_erased(case.complaint.registration.complainant.name)


def test_where_nothing_was_closed_the_years_count_from_the_last_move():
    case = Case(policy=attrs.evolve(POLICY, keep_years=1)).received().voided().later(days=365)

    case.does(Redact, qian, fields=())

    assert is_erased(case.complaint.registration.complainant.name)


def test_what_ended_on_a_leap_day_may_go_on_the_last_of_february():
    leap_day = (date(2028, 2, 29) - MONDAY.date()).days
    case = Case(policy=attrs.evolve(POLICY, keep_years=1)).later(days=leap_day).received().voided().later(days=364)

    refusals = case.refused(Redact, by=qian, fields=())
    case.later(days=1).does(Redact, qian, fields=())

    assert refusals == (Refusal("redact.retention", years=1),)
    assert is_erased(case.complaint.registration.complainant.name)


def test_while_it_is_open_the_years_have_not_begun():
    case = Case(policy=attrs.evolve(POLICY, keep_years=1)).received().does(AddNote, wang).later(days=3650)

    refusals = case.refused(Redact, by=qian)

    assert refusals == (Refusal("redact.retention", years=1),)


@pytest.mark.parametrize("years", [-1, 101])
def test_years_of_keeping_are_between_none_and_a_hundred(years):
    with pytest.raises(DefinitionError) as refused:
        Policy(keep_years=years)

    assert refused.value.problems == ("files are kept for 0 to 100 years",)


@shows(Redact, "redact.still_open")
def test_while_it_is_open_what_the_answer_needs_stays():
    case = Case().received().does(AddNote, wang)

    refusals = case.refused(Redact, by=qian, fields=(), include_vehicle=True)

    assert refusals == (Refusal("redact.still_open", fields=("names", "contacts", "statement", "vehicle")),)


def test_all_that_stands_in_the_way_is_said_at_once():
    case = Case(policy=attrs.evolve(POLICY, keep_years=10))
    case.received().held("court-1", by=han, kind=HoldKind.LEGAL)

    refusals = case.refused(Redact, by=qian, fields=(NAMES,))

    assert [refusal.code for refusal in refusals] == ["redact.legal_hold", "redact.retention", "redact.still_open"]


def test_where_nothing_of_the_kind_is_left_there_is_nothing_to_erase():
    case = a_closed_case().does(Redact, qian, fields=(NAMES,))

    refusals = case.refused(Redact, by=qian, fields=(NAMES,))

    assert refusals == (Refusal("redact.nothing"),)


# to erase what shows that somebody changed it would be to hide it
def test_a_history_that_was_changed_is_not_erased():
    case = a_closed_case()
    with case.desk.store.read() as reader:
        complaint, events, texts = reader.complaint(case.id), reader.events(case.id), reader.personal(case.id)
    changed = [attrs.evolve(text, text="somebody else") if text.text == "王芳" else text for text in texts]
    desk = case.desk_with(
        LIFECYCLE, store_of(Step(seen=0, complaint=complaint, events=events, personal=tuple(changed)))
    )

    with pytest.raises(BrokenHistoryError) as broken:
        desk.handle(Redact(complaint=case.id, reason="asked"), by=qian)

    assert (broken.value.number, broken.value.what) == (1, "personal_changed")


def test_a_snapshot_that_was_changed_is_not_erased():
    case = a_closed_case()
    with case.desk.store.read() as reader:
        complaint, events, texts = reader.complaint(case.id), reader.events(case.id), reader.personal(case.id)
    changed = evolve(complaint, contacts=99)
    desk = case.desk_with(LIFECYCLE, store_of(Step(seen=0, complaint=changed, events=events, personal=tuple(texts))))

    with pytest.raises(BrokenHistoryError) as broken:
        desk.handle(Redact(complaint=case.id, reason="asked"), by=qian)

    assert broken.value.what == "snapshot_differs"


# --- what is kept beside ----------------------------------------------------------------------------------------------


def test_nobody_finds_what_was_erased_nor_anybody_else_by_it():
    case = a_closed_case().does(Redact, qian, fields=(), include_vehicle=True)
    searches = (
        *(Query(customer=one) for one in ("王芳", "13800000001", "wang@example.cn", erased_as(1), ERASED)),
        *(Query(vehicle=one) for one in ("LSVAA4182E2123456", "沪A12345")),
        *(Query(text=one) for one in ("接待", "王芳", "erased", "已删除")),
    )

    found = [len(case.desk.find(search, by=qian)) for search in searches]

    assert found == [0] * len(searches)


def test_what_was_not_erased_is_still_found():
    case = a_closed_case().does(Redact, qian, fields=(NAMES,))

    found = [len(case.desk.find(search, by=qian)) for search in (Query(text="接待"), Query(customer="13800000001"))]

    assert found == [1, 1]


def test_a_retry_after_the_erasure_is_told_that_nobody_can_tell():
    case = Case()
    order = case.form(Receive)
    case.id = case.desk.handle(order, by=li, key="call-1").id
    case.does(AddNote, wang).does(Redact, qian)

    with pytest.raises(KeyErasedError) as refused:
        case.desk.handle(order, by=li, key="call-1")

    assert isinstance(refused.value, KeyReusedError)
    assert refused.value.facts == {"key": "call-1", "complaint": str(case.id)}


def test_the_key_of_the_erasure_itself_still_makes_repeating_safe():
    case = a_closed_case()
    order = case.form(Redact, fields=())

    first = case.desk.handle(order, by=qian, key="ticket-7")
    again = case.desk.handle(order, by=qian, key="ticket-7")

    assert again == first == case.complaint


def test_keys_of_other_complaints_stay_as_they_are():
    other = Case()
    order = other.form(Receive)
    other.id = other.desk.handle(order, by=li, key="call-1").id
    case = Case(store=other.desk.store).received().does(AddNote, wang)

    case.does(Redact, qian)

    assert other.desk.handle(order, by=li, key="call-1").id == other.id


# --- the fields -------------------------------------------------------------------------------------------------------


def test_every_personal_field_of_every_command_belongs_to_a_group():
    fields = {field for order in LIFECYCLE.readable.values() for field in personal_places(order).values()}

    assert fields - set(GROUPS) == set()
    assert set(GROUPS) - fields == set()


def test_a_field_that_nobody_put_into_a_group_is_a_note():
    assert group_of("Extension.remark") is NOTES


# --- looking ----------------------------------------------------------------------------------------------------------


def texts_of(case: Case) -> set[str]:
    with case.desk.store.read() as reader:
        return {text.text for text in reader.personal(case.id)}


def groups_of(case: Case) -> list[tuple[str, PersonalData]]:
    with case.desk.store.read() as reader:
        names = {event.number: LIFECYCLE.commands[event.command] for event in reader.events(case.id)}
        return [
            (text.text, group_of(personal_places(names[text.number])[without_places(text.path)]))
            for text in reader.personal(case.id)
        ]


def close(case: Case) -> Case:
    """By the shortest way to the end."""
    if case.state is State.INTAKE:
        case.begun()
    photo = f"photo-{case.complaint.version}"
    case.upheld().shown(photo).found(evidence=(photo,)).concluded().consulted()
    case.proposed(f"P{case.complaint.version}")
    case.submitted().read()
    chosen = case.complaint.present_proposals[0].id
    case.approved(chosen).offered().accepted(chosen).done_and_booked().completed().called_back()
    return case.answered_for(qian).answered_for(sun).closed()


def store_of(step: Step) -> MemoryStore:
    store = MemoryStore()
    with store.write() as writer:
        writer.append(step)
    return store


def all_but_the_texts(complaint: Complaint) -> Complaint:
    """The complaint with its texts hidden, and without what every event changes."""
    return masked(evolve(complaint, version=0, head="", updated_at=MONDAY))


def test_what_was_copied_from_the_place_of_an_erased_text_goes_on_standing_for_the_same():
    case = Case().to(State.PROPOSAL).does(DecideAccountability, qian, measures=(no_measure(),), reason=None)
    case.does(Redact, qian, fields=(PersonalData.NOTES,))
    case.does(DecideAccountability, sun, measures=case.complaint.accountability.measures, reason=None)
    reviewed = case.complaint.accountability

    case.does(Redact, qian, fields=(PersonalData.NOTES,))

    assert (reviewed.reviewed_by, case.complaint.accountability) == ("sun", reviewed)
    assert case.desk.verify(case.id).number == case.complaint.version
