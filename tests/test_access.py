"""Who sees how much of a customer: by role, by what he has to do on the complaint, and everywhere it is shown (R67)."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import attrs
import pytest

import complaints
from complaints import (
    Actor,
    ConflictError,
    DefinitionError,
    Desk,
    NotPermittedError,
    Order,
    Party,
    Personal,
    Policy,
    Query,
    Refusal,
    Role,
    State,
    Vehicle,
)
from complaints.history import ERASED, MASKED, read
from complaints.model.personal import EVERYTHING, GROUP_OF_LINES
from complaints.model.words import Duty, PartyKind, TaskResult
from complaints.policy import SEES
from complaints.stages.anytime import AddNote
from complaints.stages.execution import BookCompensation
from complaints.stages.intake import Assign, Receive
from tests.stages.cases import GROUP, OTHER_SHOP, SHOP, Case, feng, li, remedy, staff, wang, wu, yuan, zhao, zheng

NAMES, CONTACTS, WORDS, VEHICLE = Personal.NAMES, Personal.CONTACTS, Personal.WORDS, Personal.VEHICLE
technician = staff("ma", Role.DEPARTMENT_STAFF)
ENOUGH = {
    "parties": (Party(kind=PartyKind.OWNER, name="李强", phone="13900000002"),),
    "vehicles": (Vehicle(plate="沪A12345"),),
}
SECRETS = {
    NAMES: ("王芳", "李强"),
    CONTACTS: ("13800000001", "13900000002"),
    WORDS: ("预约的时间没有人接待", "道歉"),
    VEHICLE: ("沪A12345",),
}


def a_case(**changes) -> Case:
    return Case(**changes).received(**ENOUGH)


def seen_in(shown: object) -> set[Personal]:
    """The groups of which something can be read in *shown*; half a group is a mistake."""
    text = repr(shown)
    found = {group for group, secrets in SECRETS.items() if any(secret in text for secret in secrets)}
    assert all(all(secret in text for secret in SECRETS[group]) for group in found)
    return found


# --- by role ---------------------------------------------------------------------------------------------------------

SEEN_BY = {
    Role.SPECIALIST: EVERYTHING,
    Role.SUPERVISOR: EVERYTHING,
    Role.MANAGER: EVERYTHING,
    Role.GENERAL_MANAGER: EVERYTHING,
    Role.GROUP: EVERYTHING,
    Role.RECEPTIONIST: EVERYTHING,
    Role.SERVICE_ADVISER: EVERYTHING,
    Role.SALES_CONSULTANT: EVERYTHING,
    Role.LEGAL: EVERYTHING,
    Role.SPOKESPERSON: EVERYTHING,
    Role.SYSTEM: EVERYTHING,
    Role.DEPARTMENT_HEAD: {NAMES, WORDS, VEHICLE},
    Role.DEPARTMENT_STAFF: {NAMES, WORDS, VEHICLE},
    Role.TECHNICAL_LEAD: {NAMES, WORDS, VEHICLE},
    Role.WARRANTY_CLERK: {NAMES, WORDS, VEHICLE},
    Role.FINANCE: {NAMES},
    Role.ARCHIVIST: {NAMES, VEHICLE},
    Role.HR: {WORDS},
    Role.AUDITOR: set(),
}


@pytest.mark.parametrize("role", Role, ids=str)
def test_each_role_sees_what_its_work_takes_and_no_more(role):
    case, by = a_case(), staff("somebody", role)

    shown = case.desk.complaint(case.id, by=by), *case.desk.find(by=by), *case.desk.history(case.id, by=by)

    assert [seen_in(one) for one in shown] == [SEEN_BY[role]] * 3


def test_who_holds_several_roles_sees_what_any_of_them_sees():
    case = a_case()

    seen = case.desk.complaint(case.id, by=staff("both", Role.FINANCE, Role.HR))

    assert seen_in(seen) == {NAMES, WORDS}


def test_what_is_hidden_is_marked_and_the_rest_is_as_it_was():
    case = a_case()

    seen = case.desk.complaint(case.id, by=technician)

    form = case.complaint.registration
    masked_party = attrs.evolve(form.parties[0], phone=MASKED)
    expected = attrs.evolve(form, complainant=attrs.evolve(form.complainant, phone=MASKED), parties=(masked_party,))
    assert seen.registration == expected


def test_a_house_may_have_a_table_of_its_own_and_a_role_left_out_sees_nothing():
    case = a_case(policy=Policy(sees={**SEES, Role.FINANCE: frozenset({VEHICLE})}))
    other = a_case(policy=Policy(sees={Role.SPECIALIST: EVERYTHING}))

    assert seen_in(case.desk.complaint(case.id, by=wu)) == {VEHICLE}
    assert seen_in(other.desk.complaint(other.id, by=wang)) == set()


def test_a_slip_in_the_table_is_told():
    with pytest.raises(DefinitionError) as stopped:
        Policy(sees={"boss": EVERYTHING, Role.FINANCE: {NAMES, "phones"}})

    assert stopped.value.problems == ("boss is no role", "phones is no group of personal texts")


def test_each_dealers_table_is_its_own():
    policies = {"SH01": Policy(), "BJ02": Policy(sees={Role.GROUP: frozenset({NAMES})})}
    desk = Desk(dealers=[SHOP, OTHER_SHOP], policy=policies, clock=Case().clock)
    for dealer in policies:
        by = staff("somebody", Role.SPECIALIST, dealer=dealer)
        desk.handle(attrs.evolve(Case().form(Receive, **ENOUGH), dealer=dealer), by=by)

    seen = {complaint.dealer: seen_in(complaint) for complaint in desk.find(by=GROUP)}

    assert seen == {"SH01": EVERYTHING, "BJ02": {NAMES}}
    assert refused_to_search(desk, Query(customer="王芳"), GROUP)
    assert len(desk.find(Query(customer="王芳", dealer="SH01"), by=GROUP)) == 1


# --- by what he has to do --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("duty", [Duty.HANDLER, Duty.INVESTIGATOR, Duty.CALLER])
def test_who_has_a_duty_on_a_complaint_sees_all_of_it_until_he_declines(duty):
    case = a_case().assigned(duty, "ma")
    asked = seen_in(case.desk.complaint(case.id, by=technician))

    case.answered(duty, technician, accepts=False, reason="on leave")

    assert (asked, seen_in(case.desk.complaint(case.id, by=technician))) == (EVERYTHING, {NAMES, WORDS, VEHICLE})


def test_who_has_an_open_task_sees_all_of_it_until_he_has_reported():
    case = a_case().begun().upheld().shown().found().concluded().consulted()
    case.proposed("P1", remedy(owner="ma")).submitted().read().approved().offered().accepted()
    seen = [seen_in(case.desk.complaint(case.id, by=technician))]

    case.reported("T1", TaskResult.DONE, by=technician)
    seen.append(seen_in(case.desk.complaint(case.id, by=technician)))

    assert seen == [EVERYTHING, {NAMES, WORDS, VEHICLE}]


def test_a_deputy_sees_what_the_one_who_is_away_would_see():
    case = a_case().assigned(Duty.CALLER, "chen")
    deputy = attrs.evolve(technician, stands_in_for=("chen",))

    assert seen_in(case.desk.complaint(case.id, by=deputy)) == EVERYTHING


# --- wherever it is shown --------------------------------------------------------------------------------------------


def test_the_answer_of_a_step_shows_no_more_than_reading_would():
    case = Case().to(State.EXECUTION)
    booking = case.form(BookCompensation, booking="B1", task="T1", amount=yuan(200))

    answers = [case.desk.handle(booking, by=wu, key="b"), case.desk.handle(booking, by=wu, key="b")]
    answers += case.desk.handle_all([Order(booking, wu, key="b")])
    answers += case.desk.handle_all([Order(booking, wu, key="b")], atomic=True)

    assert [answer.registration.complainant.phone for answer in answers] == [MASKED] * 4
    assert answers[0] == case.desk.complaint(case.id, by=wu)
    assert case.complaint.registration.complainant.phone == "13800000001"


def test_a_repeated_order_shows_no_more_of_the_complaint_as_it_then_was():
    case = a_case()
    note = case.form(AddNote)
    case.desk.handle(note, by=wu, key="n")
    case.begun()

    again = case.desk.handle(note, by=wu, key="n")

    assert (again.version, seen_in(again)) == (2, {NAMES})


def test_a_conflict_shows_no_more_of_what_happened_in_between():
    case = a_case()

    with pytest.raises(ConflictError) as conflict:
        case.desk.handle(case.form(AddNote), by=technician, expected_version=0)

    assert seen_in(conflict.value.events) == {NAMES, WORDS, VEHICLE}


def test_what_is_kept_is_whole_whoever_wrote_it():
    case = a_case().does(AddNote, by=wu)

    assert case.desk.verify(case.id).number == 2
    assert seen_in(case.complaint) == EVERYTHING


def test_who_a_colleague_was_chosen_for_is_words_and_no_contact():
    case = a_case().does(Assign, by=zhao, duty=Duty.CALLER, assignee="chen", basis="knows 王芳")

    reasons = [case.desk.history(case.id, by=by)[-1].command.basis for by in (technician, wu)]

    assert reasons == ["knows 王芳", MASKED]


def test_what_was_erased_and_what_is_hidden_are_told_apart():
    case = a_case()
    with case.desk.store.read() as reader:
        events = reader.events(case.id)
        kept = [one for one in reader.personal(case.id) if not one.path.startswith("complainant.")]

    (event,) = read(events, kept, case.desk.lifecycle.commands, hidden=frozenset({CONTACTS}))

    complainant, (party,) = event.command.complainant, event.command.parties
    assert (complainant.name, complainant.phone, party.name, party.phone) == (ERASED, MASKED, "李强", MASKED)


# --- searching -------------------------------------------------------------------------------------------------------


def refused_to_search(desk: Desk, query: Query, by: Actor) -> bool:
    try:
        desk.find(query, by=by)
    except NotPermittedError as error:
        return error.refusals == (Refusal("query.personal"),)
    return False


@pytest.mark.parametrize(
    ("by", "refused"),
    [
        (li, []),
        (technician, ["customer"]),
        (wu, ["customer", "vehicle", "text"]),
        (zheng, ["customer", "text"]),
        (feng, ["customer", "vehicle", "text"]),
    ],
    ids=["specialist", "department staff", "finance", "archivist", "auditor"],
)
def test_nobody_finds_out_by_searching_what_he_may_not_read(by, refused):
    desk = a_case().desk

    tried = [name for name in ("customer", "vehicle", "text") if refused_to_search(desk, Query(**{name: "13"}), by)]

    assert tried == refused


# --- nothing is forgotten --------------------------------------------------------------------------------------------


def personal_lines() -> set[str]:
    rooms = [m.name for m in pkgutil.walk_packages(complaints.__path__, "complaints.") if ".migrations" not in m.name]
    classes = [one for room in rooms if not room.endswith("__main__") for one in vars(import_module(room)).values()]
    return {
        field.name
        for cls in classes
        if isinstance(cls, type) and attrs.has(cls)
        for field in attrs.fields(cls)
        if field.metadata.get("personal") and not field.metadata.get("multiline", True)
    }


def test_every_personal_line_has_a_group():
    of_a_correction = {"old", "new"}  # texts of several lines, which may hold a number to call

    assert personal_lines() | of_a_correction == set(GROUP_OF_LINES)


def test_every_role_is_in_the_table():
    assert set(SEES) == set(Role)
