"""接续: what another system has handled so far goes on here where it stood, or is kept as a file."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import attrs
import pytest

from complaints import (
    Channel,
    Complaint,
    Customer,
    Desk,
    ExternalRef,
    IllegalMoveError,
    InvalidCommandError,
    Issue,
    NotPermittedError,
    Order,
    Policy,
    Query,
    Refusal,
    RefusedError,
    Severity,
    State,
    Vehicle,
)
from complaints.errors import Fault
from complaints.forms.case_file import case_file
from complaints.history import read, replay
from complaints.lifecycle import LIFECYCLE
from complaints.model.adoption import Adopted, Milestone
from complaints.model.people import SYSTEM
from complaints.model.proposal import Remedy
from complaints.model.words import Alarm, ClockState, Direction, Duty, HoldKind, Outcome, Purpose, RemedyKind, Track
from complaints.stages.adoption import ADOPTABLE, Adopt
from complaints.stages.anytime import RecordContact, SetSeverity
from complaints.stages.holds import PlaceHold
from complaints.stages.intake import Assign, Receive
from complaints.stages.review import Archive, Reopen
from complaints.testing import SMALL_HOUSE, SMALLEST_STAFF, FrozenClock, lead_home
from tests.lifecycle.own import NO_INVESTIGATION
from tests.stages.cases import MONDAY, SHANGHAI, SHOP, Listed, li, qian, yuan, zhao, zheng

YEARS_AGO = datetime(2019, 5, 6, 10, tzinfo=SHANGHAI)
LAST_WEEK = MONDAY - timedelta(days=7)
COUNTER, DEPUTY, MANAGER = SMALLEST_STAFF


def what_it_asks_for(target: State) -> dict[str, Any]:
    told = {"answer": "已告知客户检查结果。"} if target in (State.EXPLANATION, State.EXECUTION, State.FOLLOW_UP) else {}
    over = {"outcome": Outcome.RESOLVED} if target in (State.FOLLOW_UP, State.CLOSED) else {}
    left = Remedy(kind=RemedyKind.FREE_REWORK, cost=yuan(0), owner="wang", due=date(2026, 3, 9))
    return {**told, **over, **({"remedies": (left,)} if target is State.EXECUTION else {})}


def order(target: State, **changes: Any) -> Adopt:
    said: dict[str, Any] = {
        "dealer": SHOP.id,
        "complainant": Customer(name="顾客甲", phone="10000000001"),
        "channel": Channel.PHONE,
        "received_at": LAST_WEEK,
        "statement": "变速箱顿挫，已经来过两次。",
        "issues": (Issue(id="1", category="product.transmission"),),
        "system": "DMS",
        "number": "A-1",
        "target": target,
        **what_it_asks_for(target),
        **changes,
    }
    return Adopt(**said)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock(MONDAY)


@pytest.fixture
def desk(clock: FrozenClock) -> Desk:
    return Desk(dealers=[SHOP], clock=clock)


def running(complaint: Complaint) -> dict[str, datetime]:
    """When each clock began that is still to be met."""
    return {one.clock: one.start for one in complaint.clocks if one.state is ClockState.RUNNING}


# --- where it stood -------------------------------------------------------------------------------------------------


def test_a_complaint_goes_on_where_it_stood_with_its_own_times_and_number(desk):
    states = (Milestone(state=State.JUDGMENT, at=LAST_WEEK + timedelta(days=1)),)

    case = desk.handle(order(State.INVESTIGATION, milestones=states, handler="li"), by=qian)

    assert (case.state, case.received_at, case.moved_at) == (State.INVESTIGATION, LAST_WEEK, MONDAY)
    assert (case.handler, case.track, case.outcome) == ("li", Track.FULL, None)
    assert case.adopted == Adopted(system="DMS", number="A-1", milestones=states)
    assert [visit.state for visit in case.visits] == [State.JUDGMENT, State.INVESTIGATION]


def test_it_is_found_by_the_number_that_the_old_system_gave_it(desk):
    case = desk.handle(order(State.JUDGMENT), by=qian)

    found = desk.find(Query(ref=ExternalRef(system="DMS", kind="complaint", id="A-1")), by=li)

    assert [one.id for one in found] == [case.id]


def test_no_clock_runs_before_it_came_and_nobody_is_late(desk, clock):
    case = desk.handle(order(State.JUDGMENT, received_at=YEARS_AGO), by=qian)

    ticked = desk.tick()

    assert (running(case), dict(ticked.events)) == ({"judge": MONDAY}, {})


def test_what_happened_before_it_came_and_is_entered_afterwards_makes_nobody_late(desk, clock):
    case = desk.handle(order(State.JUDGMENT, received_at=YEARS_AGO), by=qian)
    assign = Assign(complaint=case.id, duty=Duty.HANDLER, assignee=li.id, basis="she had it in the old system")
    told = RecordContact(
        complaint=case.id, channel=Channel.PHONE, direction=Direction.OUTGOING, purpose=Purpose.INFORM, reached=True
    )

    waits = PlaceHold(
        complaint=case.id, id="W1", kind=HoldKind.PARTS, reason="the pads are on their way", until=date(2026, 4, 1)
    )

    desk.handle(waits, by=li, at=YEARS_AGO + timedelta(days=1))
    case = desk.handle(assign, by=zhao, at=YEARS_AGO + timedelta(days=1))
    ticked = desk.tick()
    called = desk.handle(told, by=li, at=YEARS_AGO + timedelta(days=2))

    assert (running(case), dict(ticked.events)) == (
        {"judge": MONDAY, "progress_call:W1": MONDAY, "first_contact": MONDAY},
        {},
    )
    assert running(called) == {"judge": MONDAY, "progress_call:W1": MONDAY}


def test_what_is_left_to_do_is_due_when_the_old_system_said(desk):
    case = desk.handle(order(State.EXECUTION), by=qian)

    assert [(task.id, task.owner, task.due) for task in case.tasks] == [("T1", "wang", date(2026, 3, 9))]
    assert running(case) == {"task:T1": MONDAY}


@pytest.mark.parametrize("target", ADOPTABLE)
def test_from_wherever_it_stands_three_people_can_lead_it_to_the_archive(target):
    clock = FrozenClock()
    desk = SMALL_HOUSE.desk(clock=clock)
    dealer = SMALL_HOUSE.dealer
    changes: dict[str, Any] = {"dealer": dealer.id, "received_at": clock() - timedelta(days=3)}
    if target is State.EXECUTION:
        left = attrs.evolve(what_it_asks_for(target)["remedies"][0], owner=COUNTER.id, due=clock().date())
        changes["remedies"] = (left,)
    case = desk.handle(order(target, **changes), by=MANAGER)

    lead_home(desk, case.id, clock=clock, house=SMALL_HOUSE)

    assert desk.complaint(case.id, by=SYSTEM).state is State.ARCHIVED
    assert desk.verify(case.id).number == desk.complaint(case.id, by=SYSTEM).version


@pytest.mark.parametrize("target", ADOPTABLE)
def test_replay_gives_the_complaint_that_was_taken_up(desk, target):
    case = desk.handle(order(target), by=qian)

    with desk.store.read() as reader:
        events = read(reader.events(case.id), reader.personal(case.id), LIFECYCLE.readable)
        kept = reader.complaint(case.id)

    assert replay(events) == kept


# --- files ----------------------------------------------------------------------------------------------------------


def closed(at: datetime) -> dict[str, Any]:
    return {"received_at": at - timedelta(days=5), "milestones": (Milestone(state=State.CLOSED, at=at),)}


def test_an_old_file_owes_nothing_and_can_be_archived_at_once(desk):
    case = desk.handle(order(State.CLOSED, **closed(YEARS_AGO)), by=qian)

    archived = desk.handle(Archive(complaint=case.id), by=zheng)

    assert running(case) == {"reopen": YEARS_AGO}
    assert archived.state is State.ARCHIVED


def test_the_window_to_ask_again_goes_by_when_it_was_closed_there(desk):
    old = desk.handle(order(State.CLOSED, **closed(YEARS_AGO)), by=qian)
    fresh = desk.handle(order(State.CLOSED, number="A-2", **closed(MONDAY - timedelta(days=10))), by=qian)

    too_late = desk.explain(Reopen(complaint=old.id, reason="the noise is back"), by=li)
    reopened = desk.handle(Reopen(complaint=fresh.id, reason="the noise is back"), by=li)

    assert [one.code for one in too_late] == ["reopen.too_late"]
    assert reopened.state is State.JUDGMENT


def test_what_a_file_tells_of_raises_its_severity_by_rule(desk):
    case = desk.handle(order(State.CLOSED, alarms=(Alarm.FIRE,), **closed(YEARS_AGO)), by=qian)

    assert (case.severity, case.floor, case.version) == (Severity.CRITICAL, Severity.CRITICAL, 2)
    assert [event.by for event in desk.history(case.id, by=qian)] == [qian, SYSTEM]


def test_an_open_one_is_graded_by_rule_from_what_the_old_system_said(desk):
    case = desk.handle(order(State.INTAKE, alarms=(Alarm.CRASH,), severity=Severity.ESCALATED), by=qian)

    assert case.severity is Severity.MAJOR


def test_nobody_but_the_rule_grades_a_closed_complaint(desk):
    case = desk.handle(order(State.CLOSED, **closed(YEARS_AGO)), by=qian)
    graver = SetSeverity(complaint=case.id, severity=Severity.MAJOR, reason="it looks bad")

    refusals = desk.explain(graver, by=qian)

    assert [one.code for one in refusals] == ["move.illegal"]
    assert SetSeverity not in desk.explain(case.id, by=qian)


# --- what it has to do with others ----------------------------------------------------------------------------------


def test_a_new_complaint_of_the_same_trouble_repeats_one_that_was_brought_over(desk):
    told = {"vehicles": (Vehicle(vin="LSVAA000000000001"),), "complainant": Customer(phone="10000000001")}
    old = desk.handle(order(State.CLOSED, **told, **closed(MONDAY - timedelta(days=10))), by=qian)

    new = desk.handle(
        Receive(
            dealer=SHOP.id,
            channel=Channel.PHONE,
            received_at=MONDAY,
            statement="又顿挫了。",
            issues=(Issue(id="1", category="product.transmission"),),
            **told,
        ),
        by=li,
    )

    assert (new.earlier, new.repeats) == ((old.id,), 2)


def test_the_words_of_the_statement_are_searched(desk):
    case = desk.handle(order(State.INTAKE), by=qian)

    assert [one.id for one in desk.find(Query(text="顿挫"), by=li)] == [case.id]


def test_the_same_key_takes_it_up_once(desk):
    once = desk.handle(order(State.INTAKE), by=qian, key="DMS:A-1")

    again = desk.handle(order(State.INTAKE), by=qian, key="DMS:A-1")

    assert (again, len(desk.find(by=qian))) == (once, 1)


def test_a_desk_with_a_definition_of_its_own_takes_it_up_where_it_has_a_way_on(clock):
    desk = Desk(dealers=[SHOP], clock=clock, lifecycle=NO_INVESTIGATION)

    with pytest.raises(RefusedError) as refused:
        desk.handle(order(State.INVESTIGATION), by=qian)

    assert [one.code for one in refused.value.refusals] == ["definition.no_way"]
    assert desk.handle(order(State.JUDGMENT), by=qian).state is State.JUDGMENT


def test_what_was_brought_over_is_counted_apart(desk):
    desk.handle(order(State.INTAKE), by=qian)

    figures = desk.fast_track_figures(SHOP.id, date(2026, 2, 1), date(2026, 4, 1), by=qian)

    assert (figures.registered, figures.adopted, figures.share) == (0, 1, None)


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        ("en", ("Brought over", "DMS (A-1)", "Milestones there", "Judgment")),
        ("zh_CN", ("由旧系统转入", "DMS（A-1）", "旧系统中的节点", "判定中")),
    ],
)
def test_the_case_file_tells_where_it_comes_from(desk, language, lines):
    states = (Milestone(state=State.JUDGMENT, at=LAST_WEEK + timedelta(days=1)),)
    case = desk.handle(order(State.INVESTIGATION, milestones=states), by=qian)

    page = case_file(case, desk.history(case.id, by=qian), language=language, zone=SHANGHAI)

    assert [line for line in lines if line not in page] == []


# --- what is refused ------------------------------------------------------------------------------------------------


def test_only_the_manager_takes_up_what_another_system_handled(desk):
    with pytest.raises(NotPermittedError) as refused:
        desk.handle(order(State.INTAKE), by=zhao)

    assert refused.value.refusals == (Refusal("move.not_permitted", who=("manager",), command="Adopt"),)


def test_it_is_how_a_complaint_begins_and_nothing_else(desk):
    with pytest.raises(InvalidCommandError) as wrong:
        order(State.APPROVAL)

    assert [(fault.field, fault.code) for fault in wrong.value.faults] == [("target", "choice")]


@pytest.mark.parametrize(
    ("target", "changes", "faults"),
    [
        (State.INVESTIGATION, {"issues": ()}, [Fault("issues", "missing")]),
        (State.EXPLANATION, {"answer": None}, [Fault("answer", "missing")]),
        (State.FOLLOW_UP, {"outcome": None}, [Fault("outcome", "missing")]),
        (State.JUDGMENT, {"outcome": Outcome.RESOLVED}, [Fault("outcome", "not_before_the_end")]),
        (State.EXECUTION, {"remedies": ()}, [Fault("remedies", "tasks_where_carried_out")]),
        (
            State.FOLLOW_UP,
            {"issues": (), "answer": None, "outcome": None},
            [Fault("issues", "missing"), Fault("answer", "missing"), Fault("outcome", "missing")],
        ),
        (
            State.JUDGMENT,
            {"milestones": (Milestone(state=State.INTAKE, at=LAST_WEEK - timedelta(days=1)),)},
            [Fault("milestones", "not_in_order")],
        ),
    ],
)
def test_all_that_a_state_asks_for_is_told_at_once(target, changes, faults):
    with pytest.raises(InvalidCommandError) as wrong:
        order(target, **changes)

    assert list(wrong.value.faults) == faults


def test_a_merged_complaint_has_its_outcome_elsewhere():
    with pytest.raises(InvalidCommandError) as wrong:
        order(State.CLOSED, outcome=Outcome.MERGED)

    assert [(fault.field, fault.code) for fault in wrong.value.faults] == [("outcome", "choice")]


@pytest.mark.parametrize(
    ("target", "changes", "refusal"),
    [
        (
            State.INTAKE,
            {"received_at": MONDAY + timedelta(hours=1)},
            Refusal("adoption.in_future", at=(MONDAY + timedelta(hours=1)).isoformat()),
        ),
        (
            State.INTAKE,
            {"milestones": (Milestone(state=State.INTAKE, at=MONDAY + timedelta(days=1)),)},
            Refusal("adoption.in_future", at=(MONDAY + timedelta(days=1)).isoformat()),
        ),
        (
            State.JUDGMENT,
            {"handler": "li", "complained_of": ("li",)},
            Refusal("adoption.handler_involved", assignee="li"),
        ),
        (
            State.EXECUTION,
            {"remedies": (Remedy(kind=RemedyKind.CASH, cost=yuan(50), owner="wang", due=date(2026, 3, 9)),)},
            Refusal("adoption.costly", remedies=("cash",)),
        ),
        (
            State.EXECUTION,
            {"remedies": (Remedy(kind=RemedyKind.REPAIR, cost=yuan(0), owner="wang", due=date(2026, 3, 1)),)},
            Refusal("adoption.task_past", due=("2026-03-01",), today="2026-03-02"),
        ),
        (State.INTAKE, {"complainant": Customer(member=True)}, Refusal("complainant.unknown")),
        (
            State.INTAKE,
            {"issues": (Issue(id="1", category="weather"),)},
            Refusal("category.unknown", categories=("weather",)),
        ),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(desk, target, changes, refusal):
    with pytest.raises(RefusedError) as refused:
        desk.handle(order(target, **changes), by=qian)

    assert (refused.value.refusals, len(desk.find(by=qian))) == ((refusal,), 0)
    assert desk.explain(order(target, **changes), by=qian) == (refusal,)


def test_whoever_is_to_go_on_with_it_is_known_to_the_directory(clock):
    desk = Desk(dealers=[SHOP], clock=clock, directory=Listed(), policy=Policy())

    with pytest.raises(RefusedError) as refused:
        desk.handle(order(State.JUDGMENT, handler="somebody who left"), by=qian)

    assert [one.code for one in refused.value.refusals] == ["assignee.unknown"]


def test_in_a_batch_each_stands_alone(desk):
    orders = [
        Order(order(State.INTAKE), qian),
        Order(order(State.INTAKE, number="A-2"), zhao),
        Order(order(State.CLOSED, number="A-3", **closed(YEARS_AGO)), qian),
    ]

    done = desk.handle_all(orders)

    assert [getattr(one, "state", type(one)) for one in done] == [State.INTAKE, NotPermittedError, State.CLOSED]


def test_a_complaint_under_way_is_not_taken_up_again(desk):
    case = desk.handle(order(State.INTAKE), by=qian)

    with pytest.raises((IllegalMoveError, RefusedError)) as refused:
        desk.handle(order(State.INTAKE, id=case.id), by=qian)

    assert [one.code for one in refused.value.refusals] == ["id.taken"]


@pytest.mark.parametrize("target", ADOPTABLE)
def test_a_file_on_disk_keeps_it_as_it_is(tmp_path, clock, target):
    with Desk.open(f"sqlite:///{tmp_path}/c.db", dealers=[SHOP], clock=clock) as desk:
        case = desk.handle(order(target), by=qian)

        assert (desk.complaint(case.id, by=qian), desk.verify(case.id).number) == (case, 1)
