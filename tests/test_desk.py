"""The desk: one step, kept for good, told to whoever may know; fences, keys, versions (invariants 11, 14, 15)."""

from __future__ import annotations

from datetime import datetime, timedelta
from threading import Barrier, Thread
from uuid import UUID

import attrs
import msgspec
import pytest

from complaints import (
    LIFECYCLE,
    Actor,
    Channel,
    ConflictError,
    Customer,
    DefinitionError,
    Department,
    Desk,
    ExternalRef,
    Fault,
    IllegalMoveError,
    InvalidCommandError,
    Issue,
    KeyReusedError,
    NaiveTimeError,
    NotFoundError,
    NotPermittedError,
    Order,
    Party,
    Policy,
    Query,
    ReentrantStepError,
    Refusal,
    RefusedError,
    Role,
    Severity,
    Stage,
    State,
    Vehicle,
    rule,
)
from complaints.history import MASKED
from complaints.model.people import SYSTEM
from complaints.model.words import Alarm, PartyKind
from complaints.orders import new_id
from complaints.stages.anytime import AddNote, RecordContact, SetSeverity
from complaints.stages.intake import BeginJudgment, CompleteRegistration, Receive
from complaints.stages.judgment import Uphold
from complaints.stages.review import Close
from complaints.testing.clock import FrozenClock
from tests.stages.cases import GROUP, MONDAY, OTHER_SHOP, SHOP, Case, chen, feng, li, qian, staff, wang, zhao

MINUTE = timedelta(minutes=1)
STRANGER = staff("he", Role.GENERAL_MANAGER, dealer="BJ02")

# --- doing -----------------------------------------------------------------------------------------------------------


def test_a_desk_for_trying_things_out_needs_nothing():
    desk = Desk()
    person = Actor("li", Role.SPECIALIST, dealer="ANY")

    complaint = desk.handle(attrs.evolve(Case().form(Receive), dealer="ANY"), by=person)

    assert (complaint.reference, complaint.state) == (f"ANY-{complaint.recorded_at.year}-000001", State.INTAKE)


def test_what_is_handled_is_what_is_read():
    case = Case().received()

    handled = case.desk.handle(case.form(BeginJudgment), by=li)

    assert case.desk.complaint(case.id, by=li) == handled
    assert case.desk.complaint(handled.reference, by=li) == handled


def test_a_complaint_may_bring_its_own_id():
    id = new_id()
    case = Case()

    case.received(id=id)

    assert case.id == id


# invariant 11: a refusal changes nothing, not even a case number
def test_a_refused_registration_takes_no_number():
    case = Case()
    case.refused(Receive, by=li, complainant=Customer())

    case.received()

    assert case.complaint.reference == "SH01-2026-000001"


# what follows, follows in the same step
def test_what_follows_is_in_the_history_with_its_cause():
    case = Case()

    case.received(alarms=(Alarm.FIRE,))

    assert [(event.number, event.name, event.by.id, event.caused_by) for event in case.events] == [
        (1, "Receive", "li", None),
        (2, "SetSeverity", "system", 1),
    ]


# --- who did it, who typed it, and when (R8) -------------------------------------------------------------------------


def test_who_did_it_and_who_typed_it_are_two_people():
    case = Case().received(by=wang, takes_on=False)

    case.desk.handle(case.form(AddNote), by=wang, recorded_by=li)

    assert [(event.by, event.recorded_by) for event in case.events] == [(wang, wang), (wang, li)]


def test_the_one_who_did_it_is_the_one_who_must_be_allowed_to():
    case = Case().to(State.JUDGMENT)

    with pytest.raises(NotPermittedError):
        case.desk.handle(case.form(Uphold), by=wang, recorded_by=zhao)


def test_a_leaders_telephone_approval_is_typed_by_a_specialist():
    case = Case().to(State.APPROVAL).read(by=qian)

    approve = case.form(LIFECYCLE.commands["Approve"])
    complaint = case.desk.handle(approve, by=qian, recorded_by=li)

    assert (complaint.mandate.leader, case.events[-1].recorded_by) == ("qian", li)


def test_nobody_of_another_shop_types():
    case = Case().received()
    order = case.form(AddNote)
    before = case.everything()

    for ask in (case.desk.handle, case.desk.explain):
        with pytest.raises(NotFoundError):
            ask(order, by=li, recorded_by=STRANGER)

    assert case.everything() == before


def test_a_step_happens_now_unless_it_is_told_when():
    case = Case().received().later(hours=2)

    case.does(AddNote, by=li).does(AddNote, by=li, at=MONDAY + MINUTE)

    assert [(event.at, event.recorded_at) for event in case.events[1:]] == [
        (MONDAY + timedelta(hours=2), MONDAY + timedelta(hours=2)),
        (MONDAY + MINUTE, MONDAY + timedelta(hours=2)),
    ]


def test_a_form_with_a_time_of_its_own_uses_that():
    case = Case()

    case.received(at=MONDAY - timedelta(days=9), received_at=MONDAY - MINUTE)

    assert case.events[0].at == MONDAY - MINUTE


def test_a_time_without_its_zone_is_no_time():
    case = Case().received()

    with pytest.raises(NaiveTimeError) as naive:
        case.desk.handle(case.form(AddNote), by=li, at=MONDAY.replace(tzinfo=None))

    assert naive.value.facts == {"name": "at"}


@pytest.mark.parametrize(
    ("at", "fault"),
    [
        ("2026-03-02", Fault("at", "type", wanted="datetime", given="str")),
        (datetime(1900, 1, 1, tzinfo=MONDAY.tzinfo), Fault("at", "not_a_moment")),
    ],
)
def test_a_time_one_cannot_reckon_with_is_none(at, fault):
    case = Case().received()

    with pytest.raises(InvalidCommandError) as invalid:
        case.desk.handle(case.form(AddNote), by=li, at=at)

    assert invalid.value.faults == (fault,)


def test_a_clock_without_a_zone_tells_no_time():
    desk = Desk(clock=lambda: MONDAY.replace(tzinfo=None))

    with pytest.raises(NaiveTimeError) as naive:
        desk.handle(Case().form(Receive), by=li)

    assert naive.value.facts == {"name": "clock"}


# --- explain ---------------------------------------------------------------------------------------------------------


def test_explain_tells_of_every_step_what_stands_in_its_way_whatever_it_says():
    case = Case().received(wish=None)

    options = case.desk.explain(case.id, by=li)

    assert options[BeginJudgment] == (Refusal("form.incomplete", missing=("wish",)),)
    assert (options[AddNote], options[RecordContact], options[CompleteRegistration]) == ((), (), ())
    assert {order.__name__ for order in options} == {row.command.__name__ for row in LIFECYCLE.rows_from(State.INTAKE)}


def test_explain_tells_who_could_do_it():
    case = Case().to(State.REVIEW)

    options = case.desk.explain(case.id, by=wang)

    assert options[Close] == (Refusal("move.not_permitted", who=("supervisor",), command="Close"),)


# invariant 14: what explain(id) refuses, handle refuses whatever the content
@pytest.mark.parametrize("person", [li, chen, zhao, qian, wang, feng], ids=lambda person: person.id)
@pytest.mark.parametrize("state", [state for state in State if state not in (State.MERGED, State.VOIDED)], ids=str)
def test_what_is_refused_beforehand_is_refused_with_any_content(state, person):
    case = Case().to(state)

    for order, beforehand in case.desk.explain(case.id, by=person).items():
        refusals = case.desk.explain(case.form(order), by=person)
        assert [refusal for refusal in beforehand if refusal not in refusals] == []


def test_explaining_changes_nothing():
    case = Case().to(State.JUDGMENT)
    before = case.everything()

    answers = case.desk.explain(case.form(Uphold), by=zhao), case.desk.explain(case.form(Receive), by=li)

    assert answers == ((), ())
    assert case.everything() == before


def test_explain_of_a_step_that_does_not_exist_says_so():
    case = Case().received()

    refusals = case.desk.explain(case.form(Close), by=zhao)

    commands = ("BeginJudgment", "SettleAtOnce", "Withdraw", "Merge", "Void")
    assert refusals == (Refusal("move.illegal", command="Close", state="intake", commands=commands),)


# --- fences between dealers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ask",
    [
        lambda case, by: case.desk.complaint(case.id, by=by),
        lambda case, by: case.desk.complaint(case.complaint.reference, by=by),
        lambda case, by: case.desk.history(case.id, by=by),
        lambda case, by: case.desk.explain(case.id, by=by),
        lambda case, by: case.desk.explain(case.form(AddNote), by=by),
        lambda case, by: case.desk.handle(case.form(AddNote), by=by),
        lambda case, by: case.desk.handle(case.form(Receive, takes_on=False), by=by),
        lambda case, by: case.desk.explain(case.form(Receive, takes_on=False), by=by),
    ],
    ids=["read", "read by number", "history", "what next", "explain", "handle", "receive", "explain receiving"],
)
@pytest.mark.parametrize(
    "outsider",
    [STRANGER, Actor("nobody", Role.MANAGER), staff("group", Role.GROUP, dealer="BJ02")],
    ids=["of another shop", "of no shop", "the group's man at another shop"],
)
def test_what_is_behind_the_fence_is_not_there(ask, outsider):
    case = Case().received()
    before = case.everything()

    with pytest.raises(NotFoundError):
        ask(case, outsider)

    assert case.everything() == before


def test_a_number_behind_the_fence_is_refused_like_one_that_nobody_has():
    case = Case().received()
    number, nobodys = case.complaint.reference, "SH01-2026-000099"

    told = []
    for ask in (case.desk.complaint, case.desk.history, case.desk.options, case.desk.similar, case.desk.misfits):
        for wanted in (number, nobodys):
            with pytest.raises(NotFoundError) as missing:
                ask(wanted, by=STRANGER)
            told.append(missing.value.facts)

    assert told == [{"kind": "complaint", "wanted": number}, {"kind": "complaint", "wanted": nobodys}] * 5


def test_nobody_finds_what_is_behind_the_fence():
    case = Case().received()

    pages = [
        list(case.desk.find(query, by=outsider))
        for outsider in (STRANGER, Actor("nobody", Role.MANAGER))
        for query in (Query(), Query(dealer="SH01"), Query(reference="SH01-2026-000001"))
    ]

    assert pages == [[]] * 6


def test_the_group_sees_all_shops():
    case = Case().received()
    other = Case(store=case.desk.store).received(by=STRANGER, dealer="BJ02", takes_on=False)

    found = case.desk.find(by=GROUP)

    assert {complaint.id for complaint in found} == {case.id, other.id}
    assert [complaint.id for complaint in case.desk.find(Query(dealer="BJ02"), by=GROUP)] == [other.id]


def test_a_shop_that_is_not_served_is_not_there():
    case = Case()

    with pytest.raises(NotFoundError) as missing:
        case.desk.handle(case.form(Receive, dealer="XX99"), by=GROUP)

    assert missing.value.facts == {"kind": "dealer", "wanted": "XX99"}


def test_each_shop_counts_its_own_cases():
    case = Case().received()

    other = Case(store=case.desk.store).received(by=STRANGER, dealer="BJ02", takes_on=False)

    numbers = case.complaint.reference, other.desk.complaint(other.id, by=STRANGER).reference
    assert numbers == ("SH01-2026-000001", "BJ02-2026-000001")


@pytest.mark.parametrize("wanted", [UUID(int=7), "SH01-2026-000099", "", "' OR 1=1"])
def test_what_is_not_there_is_not_found(wanted):
    case = Case().received()

    with pytest.raises(NotFoundError):
        case.desk.complaint(wanted, by=li)


# --- what the auditor sees (R67) -------------------------------------------------------------------------------------


def test_an_auditor_sees_the_process_and_not_the_person():
    case = Case().received()

    seen = [case.desk.complaint(case.id, by=feng), *case.desk.find(by=feng)]

    assert [(one.registration.complainant.name, one.registration.wish, one.state) for one in seen] == [
        (MASKED, MASKED, State.INTAKE)
    ] * 2


def test_an_auditor_who_is_something_else_as_well_sees_the_person():
    case = Case().received()

    seen = case.desk.complaint(case.id, by=staff("both", Role.AUDITOR, Role.MANAGER))

    assert seen.registration.complainant.name == "王芳"


def test_an_auditor_is_told_of_a_conflict_without_the_person():
    case = Case().received().does(AddNote, by=li, text="王芳 called again")

    with pytest.raises(ConflictError) as conflict:
        case.desk.handle(case.form(AddNote), by=feng, expected_version=0)

    assert [event.number for event in conflict.value.events] == [1, 2]
    assert "王芳" not in repr(conflict.value.events)


def test_no_error_tells_a_customers_name():
    case = Case().received(wish=None).does(AddNote, by=li, text="王芳")
    attempts = [
        lambda: case.desk.handle(case.form(BeginJudgment), by=li),
        lambda: case.desk.handle(case.form(BeginJudgment), by=wang),
        lambda: case.desk.handle(case.form(Close), by=li),
        lambda: case.desk.handle(case.form(AddNote), by=li, expected_version=1),
        lambda: case.desk.handle(case.form(AddNote), by=STRANGER),
    ]

    said = []
    for attempt in attempts:
        with pytest.raises(Exception) as error:  # whatever is raised, it must not tell
            attempt()
        said.append(f"{error.value} {error.value.sentence('zh_CN')} {error.value.facts}")

    assert [sentence for sentence in said if "王芳" in sentence or "138" in sentence] == []


# --- keys ------------------------------------------------------------------------------------------------------------


def test_repeating_an_order_with_its_key_does_it_once():
    case = Case().received()
    order = case.form(AddNote)

    first = case.desk.handle(order, by=li, key="note-1")
    again = case.desk.handle(order, by=li, key="note-1", at=MONDAY)

    assert again == first
    assert [event.name for event in case.events] == ["Receive", "AddNote"]


def test_a_registration_is_repeated_safely_too():
    case = Case()
    form = case.form(Receive)

    first = case.desk.handle(form, by=li, key="call-7f3")
    again = case.desk.handle(form, by=li, key="call-7f3")

    assert again == first
    assert len(case.desk.find(by=li)) == 1


def test_a_repeated_order_answers_with_the_complaint_as_it_then_was():
    case = Case()
    form = case.form(Receive, alarms=(Alarm.FIRE,))
    first = case.desk.handle(form, by=li, key="call-7f3")
    case.id = first.id
    case.begun().later(days=1).does(AddNote, by=li)

    again = case.desk.handle(form, by=li, key="call-7f3")

    assert (again, again.version, again.severity) == (first, 2, Severity.CRITICAL)


@pytest.mark.parametrize(
    ("by", "text"), [(li, "something else"), (chen, "first words")], ids=["another content", "another person"]
)
def test_a_key_stands_for_one_order(by, text):
    case = Case().received()
    case.desk.handle(case.form(AddNote, text="first words"), by=li, key="note-1")

    with pytest.raises(KeyReusedError) as reused:
        case.desk.handle(case.form(AddNote, text=text), by=by, key="note-1")

    assert reused.value.facts == {"key": "note-1", "complaint": str(case.id)}
    assert case.complaint.version == 2


def test_a_key_stands_for_one_command():
    case = Case().received()
    case.desk.handle(case.form(BeginJudgment), by=li, key="one")

    with pytest.raises(KeyReusedError):
        case.desk.handle(case.form(AddNote), by=li, key="one")


def test_keys_are_each_shops_own():
    case = Case().received()
    case.desk.handle(case.form(AddNote), by=li, key="note-1")
    other = Case(store=case.desk.store).received(by=STRANGER, dealer="BJ02", takes_on=False)

    complaint = other.desk.handle(AddNote(complaint=other.id, text="mine"), by=STRANGER, key="note-1")

    assert complaint.version == 2


def test_a_refusal_is_not_remembered():
    case = Case().received(wish=None)
    with pytest.raises(RefusedError):
        case.desk.handle(case.form(BeginJudgment), by=li, key="go")
    case.completed_with(wish="道歉")

    complaint = case.desk.handle(case.form(BeginJudgment), by=li, key="go")

    assert complaint.state is State.JUDGMENT


# --- versions --------------------------------------------------------------------------------------------------------


def test_who_has_seen_the_last_version_may_act():
    case = Case().received()

    complaint = case.desk.handle(case.form(AddNote), by=li, expected_version=1)

    assert complaint.version == 2


# invariant 15
def test_who_has_not_learns_what_happened_in_between():
    case = Case().received().does(AddNote, by=wang, text="he called again").begun()
    before = case.everything()

    with pytest.raises(ConflictError) as conflict:
        case.desk.handle(case.form(AddNote), by=zhao, expected_version=1)

    error = conflict.value
    assert (error.complaint, error.expected, error.found) == (case.id, 1, 3)
    assert error.events == case.events[1:]
    assert case.everything() == before


def test_a_version_that_is_not_there_yet_is_a_conflict_too():
    case = Case().received()

    with pytest.raises(ConflictError) as conflict:
        case.desk.handle(case.form(AddNote), by=li, expected_version=9)

    assert (conflict.value.expected, conflict.value.found, conflict.value.events) == (9, 1, ())


def test_of_two_who_act_on_the_same_version_one_succeeds():
    case = Case().to(State.JUDGMENT)
    version, start = case.complaint.version, Barrier(2)
    answers: list[object] = []

    def act(order, by):
        start.wait()
        try:
            answers.append(case.desk.handle(case.form(order), by=by, expected_version=version).version)
        except ConflictError as error:
            answers.append([event.number for event in error.events])

    threads = [Thread(target=act, args=(Uphold, zhao)), Thread(target=act, args=(SetSeverity, li))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers, key=str) == sorted([version + 1, [version + 1]], key=str)
    assert case.complaint.version == version + 1


# --- many at once ----------------------------------------------------------------------------------------------------


def test_of_many_orders_each_stands_alone():
    case = Case().received(wish=None)
    orders = [
        Order(case.form(AddNote), li),
        Order(case.form(BeginJudgment), li),
        Order(case.form(AddNote), feng),
        Order(case.form(Close), zhao),
        Order(AddNote(complaint=UUID(int=7), text="?"), li),
        Order(case.form(AddNote), li, expected_version=1),
        Order(case.form(AddNote), wang, recorded_by=li, at=MONDAY, key="last", expected_version=2),
    ]

    answers = case.desk.handle_all(iter(orders))

    assert [type(answer).__name__ for answer in answers] == [
        "Complaint",
        "RefusedError",
        "NotPermittedError",
        "IllegalMoveError",
        "NotFoundError",
        "ConflictError",
        "Complaint",
    ]
    assert [event.name for event in case.events] == ["Receive", "AddNote", "AddNote"]
    assert case.desk.verify(case.id).number == 3


def test_numbers_have_no_gaps_where_some_were_refused():
    case = Case()
    good, bad = case.form(Receive), case.form(Receive, complainant=Customer())

    answers = case.desk.handle_all([Order(form, li) for form in (good, bad, good)])

    assert [getattr(answer, "reference", None) for answer in answers] == ["SH01-2026-000001", None, "SH01-2026-000002"]


def test_all_or_none():
    case = Case()
    good, bad = case.form(Receive), case.form(Receive, complainant=Customer())

    with pytest.raises(RefusedError):
        case.desk.handle_all([Order(form, li) for form in (good, good, bad)], atomic=True)

    assert list(case.desk.find(by=li)) == []


def test_receiving_and_settling_is_one_transaction():
    case = Case()
    id = new_id()
    case.id = case.received().id
    settle = case.form(LIFECYCLE.commands["SettleAtOnce"])

    answers = case.desk.handle_all(
        [Order(case.form(Receive, id=id, takes_on=False), wang), Order(attrs.evolve(settle, complaint=id), wang)],
        atomic=True,
    )

    assert [answer.state for answer in answers] == [State.INTAKE, State.FOLLOW_UP]


def test_progress_is_told_with_each_commit():
    case = Case()
    told: list[int] = []

    answers = case.desk.handle_all((Order(case.form(Receive), li) for _ in range(70)), progress=told.append)

    assert (len(answers), told) == (70, [32, 64, 70])


def test_progress_of_all_or_none_is_told_once():
    case = Case()
    told: list[int] = []

    case.desk.handle_all([Order(case.form(Receive), li)] * 3, atomic=True, progress=told.append)

    assert told == [3]


# --- a command inside a command --------------------------------------------------------------------------------------


def house_with(function):
    return LIFECYCLE.extend(name="own", version="1", rules={AddNote: [rule("own.rule")(function)]})


def test_a_rule_does_not_act():
    desks: list[Desk] = []

    def rules_that_act(situation):
        desks[0].handle(AddNote(complaint=situation.complaint.id, text="and another"), by=li)

    case = Case(lifecycle=house_with(rules_that_act)).received()
    desks.append(case.desk)
    before = case.everything()

    with pytest.raises(ReentrantStepError):
        case.desk.handle(case.form(AddNote), by=li)

    assert case.everything() == before
    assert case.begun().state is State.JUDGMENT


def test_a_rule_that_breaks_leaves_nothing_behind():
    def rules_that_break(situation):
        raise ZeroDivisionError

    case = Case(lifecycle=house_with(rules_that_break)).received()
    before = case.everything()

    with pytest.raises(ZeroDivisionError):
        case.desk.handle(case.form(AddNote), by=li, key="note")

    assert case.everything() == before
    assert case.begun().state is State.JUDGMENT


def test_a_house_has_rules_of_its_own():
    def notes_are_short(situation):
        return Refusal("own.rule", most=10) if len(situation.command.text) > 10 else None

    case = Case(lifecycle=house_with(notes_are_short)).received()

    refusals = case.refused(AddNote, by=li, text="much too long")

    assert refusals == (Refusal("own.rule", most=10),)
    assert case.does(AddNote, by=li, text="short").events[-1].definition.startswith("own@1#")


# --- finding ---------------------------------------------------------------------------------------------------------

DMS_CUSTOMER = ExternalRef(system="dms", kind="customer", id="C-77")
DMS_ORDER = ExternalRef(system="dms", kind="repair_order", id="RO-1")


@pytest.fixture
def shop():
    """Three complaints: one received, one in judgment and grave, one in investigation."""
    first = Case().received(
        complainant=Customer(name="王芳", phone="13800000001", ref=DMS_CUSTOMER),
        statement="刹车有异响，Brake noise",
        issues=(Issue(id="1", category="product.brakes"),),
        vehicles=(Vehicle(vin="LSVAA4182E2123456", plate="沪A12345"),),
        refs=(DMS_ORDER,),
        parties=(Party(kind=PartyKind.USER, name="李雷"),),
    )
    second = Case(store=first.desk.store)
    second.clock.set(MONDAY + timedelta(days=1))
    second.received(by=chen, complainant=Customer(email="w@example.cn")).graded(Severity.MAJOR).begun(by=chen)
    third = Case(store=first.desk.store)
    third.clock.set(MONDAY + timedelta(days=2))
    third.received(issues=(Issue(id="1", category="product.engine"),)).begun().upheld(department=Department.PARTS)
    return {"first": first, "second": second, "third": third}


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (Query(), ["third", "second", "first"]),
        (Query(state=State.JUDGMENT), ["second"]),
        (Query(stage=Stage.INVESTIGATION), ["third"]),
        (Query(is_open=True), ["third", "second", "first"]),
        (Query(is_open=False), []),
        (Query(handler="chen"), ["second"]),
        (Query(handler="li"), ["third", "first"]),
        (Query(department=Department.PARTS), ["third"]),
        (Query(severity=Severity.MAJOR), ["second"]),
        (Query(category="product.brakes"), ["first"]),
        (Query(category="product"), ["third", "first"]),
        (Query(vehicle="LSVAA4182E2123456"), ["first"]),
        (Query(vehicle="沪a12345"), ["first"]),
        (Query(customer="王芳"), ["third", "first"]),
        (Query(customer="13800000001"), ["third", "first"]),
        (Query(customer="W@EXAMPLE.cn"), ["second"]),
        (Query(customer="C-77"), ["first"]),
        (Query(ref=DMS_ORDER), ["first"]),
        (Query(ref=DMS_CUSTOMER), ["first"]),
        (Query(reference="SH01-2026-000002"), ["second"]),
        (Query(text="异响"), ["first"]),
        (Query(text="BRAKE"), ["first"]),
        (Query(text="李雷"), ["first"]),
        (Query(received_from=MONDAY + timedelta(days=1)), ["third", "second"]),
        (Query(received_until=MONDAY + timedelta(days=1)), ["first"]),
        (Query(received_from=MONDAY, received_until=MONDAY + timedelta(days=2)), ["second", "first"]),
        (Query(handler="li", category="product", state=State.INTAKE), ["first"]),
        (Query(handler="li", severity=Severity.MAJOR), []),
    ],
)
def test_complaints_are_found_by_what_people_know(shop, query, names):
    found = shop["first"].desk.find(query, by=li)

    assert [complaint.id for complaint in found] == [shop[name].id for name in names]


def test_what_was_added_to_the_form_is_found_too(shop):
    shop["second"].completed_with(vehicles=(Vehicle(plate="沪B99999"),))

    found = shop["first"].desk.find(Query(vehicle="沪B99999"), by=li)

    assert [complaint.id for complaint in found] == [shop["second"].id]


def test_pages_go_on_where_they_ended_while_others_come_in():
    case = Case()
    ids = [case.received().id for _ in range(5)]

    first = case.desk.find(Query(limit=2), by=li)
    newcomer = case.received().id
    second = case.desk.find(Query(limit=2, after=first.next), by=li)
    third = case.desk.find(Query(limit=2, after=second.next), by=li)

    pages = [[complaint.id for complaint in page] for page in (first, second, third)]
    assert pages == [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]]
    assert third.next is None
    assert newcomer not in ids


def test_a_page_that_is_just_full_is_the_last():
    case = Case().received()

    page = case.desk.find(Query(limit=1), by=li)

    assert (len(page), page.next) == (1, None)


@pytest.mark.parametrize("cursor", ["abc", "王芳", "AAAAAAAAAAAAAAAAAAAAAAAAAAA", "=" * 28])
def test_a_cursor_that_is_none_of_ours_is_refused(cursor):
    case = Case().received()

    with pytest.raises(InvalidCommandError) as invalid:
        case.desk.find(Query(after=cursor), by=li)

    assert invalid.value.faults == (Fault("after", "cursor"),)


# --- history ---------------------------------------------------------------------------------------------------------


def test_the_history_is_read_in_parts():
    case = Case().to(State.INVESTIGATION)

    parts = case.desk.history(case.id, by=li, upto=1), case.desk.history(case.complaint.reference, by=li, after=1)

    assert [[event.number for event in part] for part in parts] == [[1], [2, 3]]


def test_the_history_tells_the_way():
    case = Case().to(State.EXPLANATION)

    way = [(event.name, event.source, event.target, event.is_move) for event in case.events]

    assert way == [
        ("Receive", None, State.INTAKE, True),
        ("BeginJudgment", State.INTAKE, State.JUDGMENT, True),
        ("Explain", State.JUDGMENT, State.EXPLANATION, True),
    ]


# --- a desk and its store --------------------------------------------------------------------------------------------


def test_two_desks_share_a_store():
    case = Case().received()
    other = Desk(case.desk.store, dealers=[SHOP, OTHER_SHOP], clock=FrozenClock(MONDAY))

    other.handle(case.form(BeginJudgment), by=li)

    assert case.state is State.JUDGMENT


def test_a_desk_can_be_left():
    with Case().desk as desk:
        complaint = desk.handle(Case().form(Receive), by=li)

    assert complaint.version == 1


def test_the_system_acts_at_every_shop():
    case = Case().received(by=STRANGER, dealer="BJ02", takes_on=False)

    order = SetSeverity(complaint=case.id, severity=Severity.ESCALATED, reason="a rule of the group")
    case.desk.handle(order, by=SYSTEM)

    assert case.desk.complaint(case.id, by=STRANGER).severity is Severity.ESCALATED


def test_a_web_form_of_one_shop_is_received_there():
    case = Case()

    complaint = case.desk.handle(case.form(Receive, channel=Channel.WEBSITE, takes_on=False), by=SYSTEM)

    assert complaint.dealer == "SH01"


def test_the_kinds_of_no_are_told_apart():
    case = Case().received(wish=None)

    kinds = []
    for order, by in ((Close, zhao), (BeginJudgment, wang), (BeginJudgment, li)):
        try:
            case.desk.handle(case.form(order), by=by)
        except (IllegalMoveError, NotPermittedError, RefusedError) as error:
            kinds.append((error.code, [refusal.code for refusal in error.refusals]))

    assert kinds == [
        ("move.illegal", ["move.illegal"]),
        ("move.not_permitted", ["move.not_permitted"]),
        ("move.refused", ["form.incomplete"]),
    ]


def test_who_may_not_see_customers_may_not_search_for_them_either() -> None:
    case = Case().received()
    auditor = Actor("feng", Role.AUDITOR, dealer=case.complaint.dealer)

    for query in (Query(customer="139"), Query(vehicle="A0"), Query(text="word")):
        with pytest.raises(NotPermittedError) as stopped:
            case.desk.find(query, by=auditor)
        assert stopped.value.refusals == (Refusal("query.personal"),)
    assert len(case.desk.find(by=auditor)) == 1


def test_an_id_that_a_complaint_has_is_refused_and_explain_says_so_before() -> None:
    case = Case().received()
    again = attrs.evolve(case.desk.history(case.complaint.id, by=li)[0].command, id=case.complaint.id)

    explained = case.desk.explain(again, by=li)
    with pytest.raises(RefusedError) as stopped:
        case.desk.handle(again, by=li)

    assert stopped.value.refusals == explained == (Refusal("id.taken"),)
    assert case.desk.complaint(case.complaint.id, by=li) == case.complaint


@pytest.mark.parametrize(
    ("part", "fault"),
    [
        ({"key": ""}, Fault("key", "empty")),
        ({"key": 3}, Fault("key", "type", wanted="str", given="int")),
        ({"key": "a\0b"}, Fault("key", "control_characters")),
        ({"key": "k" * 201}, Fault("key", "too_long", most=200, length=201)),
        ({"expected_version": 2**70}, Fault("expected_version", "type", wanted="int", given="int")),
        ({"by": "li"}, Fault("by", "type", wanted="Actor", given="str")),
        ({"recorded_by": "li"}, Fault("recorded_by", "type", wanted="Actor", given="str")),
        ({"command": "AddNote"}, Fault("command", "type", wanted="Command", given="str")),
    ],
)
def test_an_order_with_a_wrong_part_is_refused_alone(part, fault):
    case = Case().received()
    note = AddNote(complaint=case.complaint.id, text="called")
    fine = Order(note, li)

    first, wrong, last = case.desk.handle_all([fine, msgspec.structs.replace(fine, **part), fine])

    assert isinstance(wrong, InvalidCommandError)
    assert wrong.faults == (fault,)
    assert (first.version, last.version) == (2, 3)


def test_a_policy_for_a_dealer_that_is_not_served_is_a_slip():
    with pytest.raises(DefinitionError) as stopped:
        Desk(dealers=[SHOP], policy={"SH1": Policy()})

    assert stopped.value.problems == ("there is no dealer SH1",)


def test_a_case_number_will_do_wherever_an_id_does():
    case = Case().received()
    number, id = case.complaint.reference, case.complaint.id

    assert case.desk.explain(number, by=li) == case.desk.explain(id, by=li)
    assert case.desk.verify(number) == case.desk.verify(id)
    assert case.desk.history(number, by=li) == case.desk.history(id, by=li)


# --- how many there are, and where ----------------------------------------------------------------------------------


def test_a_tally_counts_by_state_within_the_fence():
    case = Case().received().begun()
    for by, dealer in ((li, "SH01"), (STRANGER, "BJ02")):
        Case(store=case.desk.store).received(by=by, dealer=dealer, takes_on=False)

    tallies = [dict(case.desk.tally(by=by)) for by in (li, STRANGER, GROUP, Actor("nobody", Role.MANAGER))]

    assert tallies == [
        {State.JUDGMENT: 1, State.INTAKE: 1},
        {State.INTAKE: 1},
        {State.JUDGMENT: 1, State.INTAKE: 2},
        {},
    ]


def test_counting_tells_nobody_what_he_may_not_read():
    case = Case().received()

    with pytest.raises(NotPermittedError) as stopped:
        case.desk.tally(Query(customer="王芳"), by=feng)

    assert stopped.value.refusals == (Refusal("query.personal"),)


def test_a_tally_is_told_to_the_read_hook_as_a_figure():
    told = []
    case = Case(on_read=lambda *reading: told.append(reading)).received()

    case.desk.tally(by=li)

    assert told == [(li, "figures", ())]


def test_a_desk_names_the_dealers_that_are_open_to_somebody():
    desk = Case().desk

    named = [desk.dealers(by=by) for by in (li, STRANGER, GROUP)]

    assert named == [(SHOP,), (OTHER_SHOP,), (SHOP, OTHER_SHOP)]
    assert desk.dealer("SH01", by=li) == SHOP
    with pytest.raises(NotFoundError):
        desk.dealer("BJ02", by=li)


def test_a_desk_that_serves_any_dealer_was_named_none():
    desk = Desk()

    assert (desk.dealers(by=li), desk.dealer("SH01", by=li).id) == ((), "SH01")


def test_a_desk_tells_the_time_of_its_clock():
    case = Case().received()

    assert case.desk.now() == case.clock()
