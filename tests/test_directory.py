"""Who people are on the day of a step: roles by dealer and date, absence and deputies, as the host's directory says."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta

import attrs
import pytest

from complaints import (
    Actor,
    DefinitionError,
    Department,
    Desk,
    HostError,
    NaiveTimeError,
    NotFoundError,
    NotPermittedError,
    Person,
    ReentrantStepError,
    Refusal,
    Role,
    State,
)
from complaints.history import replay
from complaints.model.people import SYSTEM
from complaints.model.words import Duty, TaskResult
from complaints.stages.anytime import AddNote
from complaints.stages.execution import ReportTask
from complaints.stages.intake import Assign, BeginJudgment
from complaints.stages.investigation import RecordFinding
from complaints.stages.judgment import Explain, Uphold
from complaints.stages.review import Close, RecordFollowUp
from tests.stages.cases import GROUP, MONDAY, SHOP, Case, Listed, chen, li, qian, remedy, sun, wang, zhao

LI_IS_AWAY = Person(id="li", roles=(Role.SPECIALIST,), absent=True, deputy="chen")
CHEN_STANDS_IN = Person(
    id="chen", roles=(Role.SPECIALIST,), department=Department.CUSTOMER_SERVICE, stands_in_for=("li", "wang")
)


def chen_for(*others):
    return Actor("chen", Role.SPECIALIST, dealer="SH01", department=Department.CUSTOMER_SERVICE, stands_in_for=others)


class BetweenDates:
    """Wang is an adviser until the end of February, then a supervisor; at BJ02 she is nobody."""

    def person(self, id, *, dealer, on):
        if (id, dealer) != ("wang", "SH01"):
            return None
        return Person(id="wang", roles=(Role.SUPERVISOR,) if on >= date(2026, 3, 1) else (Role.SERVICE_ADVISER,))

    def people(self, dealer, on):
        return ("wang",) if dealer == "SH01" else ()


class Failing:
    def __init__(self, error):
        self.error = error

    def person(self, id, *, dealer, on):
        raise self.error

    def people(self, dealer, on):
        raise self.error


class Answering:
    def __init__(self, answer):
        self.answer = answer

    def person(self, id, *, dealer, on):
        return self.answer

    def people(self, dealer, on):
        return self.answer


# --- a user becomes an actor -----------------------------------------------------------------------------------------


def test_a_user_acts_with_all_the_roles_he_has_at_the_dealer():
    directory = Listed(Person(id="wei", roles=(Role.SPECIALIST, Role.FINANCE), department=Department.FINANCE))
    desk = Case(directory=directory).desk

    actor = desk.actor("wei", dealer="SH01")

    assert actor == Actor("wei", (Role.FINANCE, Role.SPECIALIST), dealer="SH01", department=Department.FINANCE)


def test_roles_are_those_of_the_day_on_the_dealers_calendar():
    desk = Desk(dealers=[SHOP], directory=BetweenDates())
    in_february, in_march = datetime.fromisoformat("2026-02-28T15:59:00Z"), datetime.fromisoformat("2026-02-28T16:00Z")

    roles = [desk.actor("wang", dealer="SH01", at=at).roles for at in (in_february, in_march)]

    assert roles == [(Role.SERVICE_ADVISER,), (Role.SUPERVISOR,)]


def test_the_group_belongs_to_no_single_dealer():
    desk = Case(directory=Listed()).desk

    assert desk.actor("group", dealer=None) == GROUP


@pytest.mark.parametrize(("id", "dealer"), [("nobody", "SH01"), ("li", "BJ02"), ("gone", "SH01"), ("li", "XX99")])
def test_who_has_no_role_at_the_dealer_is_not_there(id, dealer):
    desk = Case(directory=Listed(Person(id="gone"))).desk

    with pytest.raises(NotFoundError):
        desk.actor(id, dealer=dealer)


def test_without_a_directory_the_host_makes_its_actors_itself():
    with pytest.raises(DefinitionError) as stopped:
        Desk().actor("li", dealer="SH01")

    assert stopped.value.problems == ("this desk was given none",)


def test_a_moment_without_its_zone_has_no_day():
    with pytest.raises(NaiveTimeError):
        Case(directory=Listed()).desk.actor("li", dealer="SH01", at=MONDAY.replace(tzinfo=None))


def test_a_user_stands_in_for_those_who_are_away_and_name_him():
    directory = Listed(LI_IS_AWAY, CHEN_STANDS_IN)
    desk = Case(directory=directory).desk

    actors = desk.actor("chen", dealer="SH01"), desk.actor("chen", dealer="SH01", stands_in=False)

    assert actors == (chen_for("li"), chen)


@pytest.mark.parametrize(
    "li_says",
    [
        Person(id="li", roles=(Role.SPECIALIST,), absent=False, deputy="chen"),
        Person(id="li", roles=(Role.SPECIALIST,), absent=True, deputy="qian"),
        Person(id="li", roles=(Role.SPECIALIST,), absent=True),
    ],
    ids=["is here", "names another", "names nobody"],
)
def test_nobody_stands_in_for_somebody_who_does_not_say_so(li_says):
    desk = Case(directory=Listed(li_says, CHEN_STANDS_IN)).desk

    assert desk.actor("chen", dealer="SH01").stands_in_for == ()


# --- the desk asks who acts ------------------------------------------------------------------------------------------


def test_the_directory_is_asked_on_the_day_of_the_step():
    directory = Listed()
    case = Case(directory=directory).received()

    case.later(days=2).does(AddNote, by=chen, at=MONDAY)

    assert directory.asked[-1] == ("chen", "SH01", date(2026, 3, 2))


def test_a_role_that_was_taken_away_cannot_be_used_any_more():
    directory = Listed()
    case = Case(directory=directory).to(State.JUDGMENT)
    directory.listed["zhao"] = Person(id="zhao", roles=(Role.SPECIALIST,))

    refusals = case.forbidden(Uphold, by=zhao)

    assert refusals == (Refusal("actor.role_not_held", actor="zhao", roles=("supervisor",)),)
    assert case.desk.explain(case.id, by=zhao)[Uphold] == refusals


def test_a_lower_rank_than_the_directorys_may_be_used():
    case = Case(directory=Listed()).to(State.JUDGMENT)

    case.upheld(by=attrs.evolve(sun, roles=(Role.SUPERVISOR,)))

    assert case.state is State.INVESTIGATION


def test_who_has_left_does_nothing_more():
    directory = Listed()
    case = Case(directory=directory).received()
    directory.listed["chen"] = None

    refusals = case.forbidden(AddNote, by=chen)

    assert refusals == (Refusal("actor.unknown", actor="chen"),)


def test_what_the_table_does_not_allow_the_directory_is_not_asked_to_allow():
    case = Case(directory=Listed(Person(id="wang", roles=(Role.GROUP,)))).to(State.JUDGMENT)

    refusals = case.forbidden(Uphold, by=wang)

    assert refusals == (Refusal("move.not_permitted", who=("specialist",), command="Uphold"),)


def test_the_system_is_in_no_directory_and_acts_all_the_same():
    case = Case(directory=Listed())

    case.received(by=SYSTEM, takes_on=False)

    assert case.state is State.INTAKE


def test_a_whole_life_under_a_directory():
    case = Case(directory=Listed())

    case.to(State.ARCHIVED)

    assert case.desk.verify(case.id).number == case.complaint.version


@pytest.mark.parametrize(
    ("directory", "why"),
    [
        (Failing(KeyError("13800000001")), "KeyError"),
        (Failing(NotPermittedError([], command="x", who=())), "NotPermittedError"),
        (Answering(Person(id="somebody else")), "Person"),
        (Answering("li"), "str"),
        (object(), "AttributeError"),
    ],
)
def test_a_directory_that_fails_stops_the_step_by_name_and_tells_nothing_personal(directory, why):
    case = Case().received()
    case.desk = Desk(case.desk.store, dealers=[SHOP], clock=case.clock, directory=directory)
    before = case.everything()

    for ask in (case.desk.handle, case.desk.explain):
        with pytest.raises(HostError) as failed:
            ask(case.form(AddNote), by=li)
        assert failed.value.facts == {"what": "directory", "why": why}
        assert "138" not in failed.value.sentence("zh_CN")

    assert case.everything() == before


def test_a_directory_that_gives_orders_is_told_so():
    case = Case().received()

    class Meddling:
        def person(self, id, *, dealer, on):
            case.desk.handle(case.form(AddNote), by=li)

    case.desk = Desk(case.desk.store, dealers=[SHOP], clock=case.clock, directory=Meddling())

    with pytest.raises(ReentrantStepError):
        case.desk.handle(case.form(AddNote), by=li)


# --- deputies --------------------------------------------------------------------------------------------------------


def test_a_deputy_exercises_the_duties_of_who_is_away_and_history_shows_for_whom():
    case = Case(directory=Listed(LI_IS_AWAY, CHEN_STANDS_IN)).received()

    case.begun(by=chen_for("li"))

    event = case.events[-1]
    assert (event.by, event.by.stands_in_for, event.recorded_by) == (chen_for("li"), ("li",), chen_for("li"))
    assert case.desk.verify(case.id).number == 2


def test_a_deputy_investigates_and_reports_a_task_for_who_is_away():
    case = Case().to(State.INVESTIGATION).shown()
    case.found(by=chen_for("li")).concluded(by=chen_for("li"))
    case.consulted().proposed("P1", remedy(owner="li")).submitted().read().approved().offered().accepted()

    case.reported("T1", TaskResult.DONE, by=chen_for("li"))

    assert case.complaint.tasks[0].result is TaskResult.DONE


@pytest.mark.parametrize(("state", "order"), [(State.INTAKE, BeginJudgment), (State.INVESTIGATION, RecordFinding)])
def test_without_standing_in_a_colleague_has_no_duty(state, order):
    case = Case().to(state)

    refusals = case.forbidden(order, by=chen_for("zhao"))

    assert [refusal.code for refusal in refusals] == ["move.not_permitted"]


def test_a_task_of_somebody_else_is_not_a_deputys():
    case = Case().to(State.EXECUTION)

    refusals = case.refused(ReportTask, by=chen_for("li"), task="T1", result=TaskResult.DONE, proof="receipt")

    assert [refusal.code for refusal in refusals] == ["task.none_of_yours", "task.not_yours"]


def test_no_rank_passes_to_a_deputy():
    case = Case().to(State.REVIEW)

    refusals = case.forbidden(Close, by=chen_for("qian"))

    assert refusals == (Refusal("move.not_permitted", who=("supervisor",), command="Close"),)


def test_who_claims_to_stand_in_for_somebody_who_is_back_is_refused():
    directory = Listed(LI_IS_AWAY, CHEN_STANDS_IN)
    case = Case(directory=directory).received()
    directory.listed["li"] = Person(id="li", roles=(Role.SPECIALIST,), deputy="chen")

    refusals = case.forbidden(BeginJudgment, by=chen_for("li"))

    assert refusals == (Refusal("actor.no_deputy", actor="chen", persons=("li",)),)


# invariant 4: the conflict of interest counts for both
def test_a_deputy_shares_the_conflict_of_whom_he_stands_in_for():
    case = Case().to(State.JUDGMENT).about("gao")
    deputy = attrs.evolve(qian, stands_in_for=("gao",))

    refusals = case.refused(Explain, by=deputy)

    assert refusals == (Refusal("actor.involved"),)
    assert case.explained(by=qian).state is State.EXPLANATION


# MOVES 19: who led it on for the handler has handled it, also when the handler is back
def test_a_deputy_who_handled_a_complaint_does_not_call_back():
    case = Case().received().begun(by=chen_for("li")).upheld().shown().found().concluded()
    case.consulted().proposed().submitted().read().approved().offered().accepted().done_and_booked().completed()

    refusals = case.refused(RecordFollowUp, by=chen)

    assert refusals == (Refusal("caller.handled_it"),)
    assert replay(case.events) == case.complaint


def test_who_only_writes_a_note_for_the_handler_has_not_handled_it():
    case = Case().received().does(AddNote, by=chen_for("li"))

    assert case.complaint.former_handlers == ()


def test_a_standing_in_is_a_list_of_ids():
    assert Actor("li", Role.SPECIALIST, stands_in_for=["chen", "wang"]).stands_in_for == ("chen", "wang")


# histories of earlier versions stay as they are, byte for byte
def test_who_stands_in_for_nobody_is_stored_as_ever():
    case = Case().received().does(Assign, by=zhao, duty=Duty.CALLER, assignee="chen", basis="has the fewest")
    case.does(AddNote, by=chen_for("li"))

    with case.desk.store.read() as reader:
        bodies = [stored.body for stored in reader.events(case.id)]

    assert ["stands_in_for" in body for body in bodies] == [False, False, True]
    by = json.loads(bodies[0])["by"]
    assert by == {"id": "li", "roles": ["specialist"], "dealer": "SH01", "department": "customer_service"}


def test_a_late_entry_is_judged_by_the_roles_of_its_day():
    case = Case(directory=BetweenDates())
    wang_then = Actor("wang", Role.SERVICE_ADVISER, dealer="SH01")
    case.clock.advance(timedelta(days=-3))
    case.received(by=wang_then, takes_on=False).later(days=3)

    case.does(AddNote, by=wang_then, at=MONDAY - timedelta(days=3))
    refusals = case.forbidden(AddNote, by=wang_then)

    assert refusals == (Refusal("actor.role_not_held", actor="wang", roles=("service_adviser",)),)
