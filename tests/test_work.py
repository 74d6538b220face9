"""R52, R53: what waits for whom, what is due today and what is late; and who might get a complaint."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from complaints import (
    Actor,
    Channel,
    Dealer,
    Department,
    Desk,
    HostError,
    NaiveTimeError,
    NotFoundError,
    Person,
    Role,
    Severity,
    State,
)
from complaints.model.words import Duty, HoldKind, RuleStanding
from complaints.policy import Policy
from complaints.policy.rules import ClockRule
from complaints.stages.review import PlanImprovement
from tests.stages.cases import (
    GROUP,
    SHANGHAI,
    Case,
    Listed,
    chen,
    hu,
    li,
    qian,
    sun,
    wang,
    wu,
    yang,
    zhao,
    zhou,
)

SPECIALIST = (Role.SPECIALIST,)


def told(items):
    """What, about what, when, how pressing, and for whom: without the names of complaints."""
    return [
        (
            item.what,
            item.subject,
            f"{item.due.astimezone(SHANGHAI):%m-%d %H:%M}" if item.due else None,
            item.state.value,
            *(item.who or (item.waits_for.value,)),
        )
        for item in items
    ]


def of(case, person):
    """The list of *person*, without the promise and the receipt that go with most of the cases here."""
    return [line for line in told(case.desk.work(by=person, for_=person.id)) if line[0] not in ("promise", "clock")]


# --- the step that leads on -----------------------------------------------------------------------------------------


def test_a_complaint_that_nobody_handles_waits_for_somebody_to_be_named():
    case = Case().received(takes_on=False)

    assert told(case.desk.work(by=zhao)) == [("assign", "handler", "03-02 11:00", "today", "nobody")]
    assert (of(case, zhao), of(case, li)) == ([("assign", "handler", "03-02 11:00", "today", "nobody")], [])


def test_whoever_is_asked_answers_first():
    case = Case().received(takes_on=False).assigned(Duty.HANDLER, "chen")

    assert told(case.desk.work(by=chen)) == [
        ("answer_assignment", "handler", "03-02 11:00", "today", "chen"),
        ("clock", "first_contact", "03-09 23:59", "later", "chen"),
    ]


@pytest.mark.parametrize(
    ("state", "severity", "person", "line"),
    [
        (State.INTAKE, Severity.GENERAL, li, ("step", "intake", None, "no_date", "li")),
        (State.JUDGMENT, Severity.GENERAL, li, ("step", "judgment", "03-03 23:59", "later", "li")),
        (State.JUDGMENT, Severity.MAJOR, qian, ("step", "judgment", "03-03 23:59", "later", "manager")),
        (State.INVESTIGATION, Severity.GENERAL, li, ("step", "investigation", "03-05 23:59", "later", "li")),
        (State.PROPOSAL, Severity.GENERAL, li, ("step", "proposal", "03-05 23:59", "later", "li")),
        (
            State.APPROVAL,
            Severity.GENERAL,
            zhou,
            ("step", "approval", "03-03 23:59", "later", "department_head", "manager", "general_manager", "group"),
        ),
        (
            State.APPROVAL,
            Severity.MAJOR,
            sun,
            ("step", "approval", "03-03 23:59", "later", "manager", "general_manager", "group"),
        ),
        (State.OFFER, Severity.GENERAL, li, ("step", "offer", None, "no_date", "li")),
        (State.EXECUTION, Severity.GENERAL, wang, ("task", "T1", "03-09 23:59", "later", "wang")),
        (State.FOLLOW_UP, Severity.GENERAL, zhao, ("assign", "caller", "03-05 23:59", "later", "nobody")),
        (State.REVIEW, Severity.GENERAL, zhao, ("step", "review", "03-07 23:59", "later", "supervisor")),
        (State.REVIEW, Severity.MAJOR, qian, ("step", "review", "03-07 23:59", "later", "manager")),
    ],
    ids=lambda value: str(getattr(value, "id", getattr(value, "value", ""))),
)
def test_each_state_waits_for_whoever_leads_on_from_it(state, severity, person, line):
    case = Case().to(state, severity)

    assert of(case, person) == [line]


def test_intake_has_a_date_until_the_customer_is_told_that_he_was_heard():
    case = Case().received(channel=Channel.EMAIL)
    written = of(case, li)

    case.spoken()

    assert written == [("step", "intake", "03-02 11:00", "today", "li")]
    assert of(case, li) == [("step", "intake", None, "no_date", "li")]


def test_a_department_head_is_not_asked_where_his_authority_ends():
    assert of(Case().to(State.APPROVAL, Severity.MAJOR), zhou) == []


def test_a_rank_above_is_not_buried_in_what_waits_for_those_below():
    assert of(Case().to(State.REVIEW), sun) == []


def test_the_caller_has_the_call_back_on_his_list():
    case = Case().to(State.FOLLOW_UP).assigned(Duty.CALLER, "chen")
    asked = of(case, chen)

    case.answered(Duty.CALLER, by=chen)

    assert (asked, of(case, chen)) == (
        [("answer_assignment", "caller", "03-05 23:59", "later", "chen")],
        [("step", "follow_up", "03-05 23:59", "later", "chen")],
    )


def test_the_customers_answer_waits_for_the_customer_until_his_time_is_over():
    case = Case().to(State.OFFER).offered()
    waiting = [line for line in told(case.desk.work(by=zhao)) if line[-1] == "customer"]

    case.later(days=31)
    case.desk.tick()

    assert waiting == [("customer_answer", "offer", "04-01 23:59", "later", "customer")]
    assert of(case, li) == [("decide_lapse", "offer", None, "no_date", "li")]


def test_what_stands_still_has_no_date():
    case = Case().to(State.INVESTIGATION).held()

    assert of(case, li) == [
        ("progress_call", "bumper", "03-09 23:59", "later", "li"),
        ("step", "investigation", None, "no_date", "li"),
    ]


# --- what else waits ------------------------------------------------------------------------------------------------


def test_a_promise_waits_for_the_handler_and_stays_late_until_it_is_made_good():
    case = Case().received().promised().later(days=4)
    case.desk.tick()
    late = told(case.desk.work(by=li))[0]

    case.kept("call")

    assert late == ("promise", "call", "03-05 09:00", "late", "li")
    assert [line for line in told(case.desk.work(by=li)) if line[0] == "promise"] == []


def test_finance_has_what_is_paid_and_not_booked():
    case = Case().to(State.EXECUTION).reported("T1")

    assert (of(case, wu), of(case, wang)) == ([("book", "T1", None, "no_date", "finance")], [])


def test_an_escalation_waits_for_the_rank_that_was_asked_and_a_transfer_for_the_department():
    case = Case().received().begun().escalated().transferred()
    number = str(case.complaint.open_escalations[0].number)
    head_of_parts = Actor("fang", Role.DEPARTMENT_HEAD, dealer="SH01", department=Department.PARTS)

    assert of(case, qian) == [("answer_escalation", number, "03-03 23:59", "later", "manager")]
    assert of(case, head_of_parts) == [("answer_transfer", "parts", None, "no_date", "department_head")]
    assert of(case, zhou) == []


def test_a_decision_on_the_telephone_waits_for_him_who_made_it():
    case = Case().received().permitted_by_telephone()

    assert of(case, qian) == [("confirm", "2", "03-03 23:59", "later", "qian")]


def test_an_outside_case_waits_for_the_manager_and_the_spokesperson():
    case = Case().received(channel=Channel.EMAIL).opened(due=date(2026, 3, 6))
    line = ("outside_answer", "outside_answer:12315-7", "03-06 23:59", "later", "manager", "spokesperson")

    assert [of(case, person) for person in (qian, yang, li)] == [
        [line],
        [line],
        [("step", "intake", "03-02 11:00", "today", "li")],
    ]


def test_a_contest_waits_for_somebody_above_the_decider_and_a_measure_for_its_end():
    case = Case().to(State.REVIEW).measured()
    inside = of(case, hu)
    contested = case.contested()
    during = (of(contested, sun), of(contested, hu))
    answered = case.looked_at_again()

    assert inside == []
    assert during == ([("review_contest", "wang", None, "no_date", "general_manager", "group")], [])
    assert of(answered, hu) == [("execute_measure", "wang", None, "no_date", "hr")]


def test_a_measure_nobody_contests_is_carried_out_when_the_window_is_over():
    case = Case().to(State.REVIEW).measured().closed().later(days=6)

    assert of(case, hu) == [("execute_measure", "wang", None, "no_date", "hr")]


def test_a_closed_complaint_keeps_what_is_owed_on_somebodys_list():
    case = Case().to(State.REVIEW).does(PlanImprovement, zhao).answered_for(qian).closed()
    line = ("improvement", "I1", "04-01 23:59", "later", "zhou")

    assert (of(case, zhou), told(case.desk.work(by=zhao))) == ([line], [line])


def test_a_date_that_nobody_has_verified_is_looked_up():
    unverified = ClockRule(
        clock="oem_reply", starts=("Receive",), stops=("informed",), standing=RuleStanding.UNVERIFIED
    )
    case = Case(policy=Policy(clocks=(unverified,))).received(channel=Channel.EMAIL)

    assert told(case.desk.work(by=li))[-1] == ("look_up", "oem_reply", None, "no_date", "li")


# --- whose list -----------------------------------------------------------------------------------------------------


def test_late_comes_first_then_by_due_date_and_what_has_no_date_last():
    case = Case().to(State.PROPOSAL).held(kind=HoldKind.PARTS).later(days=4)

    assert told(case.desk.work(by=li)) == [
        ("promise", "answer-2", "03-05 09:00", "late", "li"),
        ("progress_call", "bumper", "03-09 23:59", "later", "li"),
        ("step", "proposal", None, "no_date", "li"),
    ]


def test_a_supervisor_sees_everything_grouped_by_whom_it_waits_for():
    case = Case().received(takes_on=False)
    case.another().to(State.REVIEW)
    case.another().received(channel=Channel.EMAIL)

    everything = case.desk.work(by=zhao)

    assert [(item.waits_for.value, *item.who) for item in everything] == [
        ("nobody",),
        ("person", "li"),
        ("person", "li"),
        ("role", "supervisor"),
    ]
    assert told(case.desk.work(by=li)) == told(item for item in everything if item.who == ("li",))


def test_another_dealers_complaints_are_on_nobodys_list():
    case = Case().received(takes_on=False)
    stranger = Actor("zhao", Role.SUPERVISOR, dealer="BJ02")

    assert (case.desk.work(by=stranger), len(case.desk.work(by=GROUP))) == ((), 1)


def test_a_deputy_has_the_list_of_whom_he_stands_in_for():
    case = Case().received()
    deputy = Actor("chen", Role.SPECIALIST, dealer="SH01", stands_in_for=("li",))

    assert told(case.desk.work(by=deputy)) == told(case.desk.work(by=li))


def test_somebody_elses_list_goes_by_his_roles_where_a_directory_tells_them():
    case = Case(directory=Listed()).to(State.REVIEW)
    without = Desk(case.desk.store, dealers=[Dealer("SH01")], clock=case.clock)

    with_roles, by_name = ([item.what for item in desk.work(by=qian, for_="zhao")] for desk in (case.desk, without))

    assert (with_roles, by_name) == (["step"], [])
    with pytest.raises(NotFoundError):
        case.desk.work(by=qian, for_="nobody")


def test_reading_a_work_list_is_told_and_masked_as_any_reading():
    log = []
    case = Case(on_read=lambda by, what, ids: log.append((by.id, what, len(ids))))
    case.received()

    case.desk.work(by=li)

    assert log == [("li", "find", 1), ("li", "find", 0)]


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(NaiveTimeError):
        Case().received().desk.work(by=li, now=datetime(2026, 3, 2, 9, 0))  # noqa: DTZ001  # what is refused here


def test_a_long_list_is_read_page_by_page():
    case = Case().received()
    for _ in range(3):
        case.another().received()

    whole = told(case.desk.work(by=li))
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("complaints.desk._PAGE", 1)
        in_pages = told(case.desk.work(by=li))

    assert (in_pages, len(whole)) == (whole, 4)


# --- who might get it -----------------------------------------------------------------------------------------------


def proposed(case, duty=Duty.HANDLER, *candidates, by=zhao):
    found = case.desk.propose_assignee(case.id, duty, candidates=candidates, by=by)
    return [(one.id, one.is_fit, one.load, one.basis()) for one in found]


def test_whoever_has_the_fewest_open_complaints_is_proposed_first_and_told_why():
    case = Case().received(takes_on=False)
    case.another().received()
    case.another().received(takes_on=False).assigned(Duty.HANDLER, "li")
    case.another().to(State.CLOSED)

    assert proposed(case, Duty.HANDLER, "li", "chen") == [
        ("chen", True, 0, "Open complaints: 0."),
        ("li", True, 2, "Open complaints: 2."),
    ]


def test_the_directory_tells_who_is_there_and_what_they_know():
    case = Case(
        directory=Listed(
            Person(id="chen", roles=SPECIALIST, skills=("product",)),
            Person(id="li", roles=SPECIALIST, absent=True, deputy="chen"),
            Person(id="bai", roles=SPECIALIST, skills=("service",)),
        )
    ).received(takes_on=False, complained_of=("wang",))

    assert proposed(case)[:2] == [
        ("bai", True, 0, "Open complaints: 0. Knows: Service process."),
        ("chen", False, 0, "Does not know the matter: Service process. Open complaints: 0."),
    ]
    assert {id: why for id, _, _, why in proposed(case) if id in ("li", "wang")} == {
        "li": "Away; the deputy is chen. Open complaints: 0.",
        "wang": "Complained of or found responsible in this complaint. Is no Specialist. Open complaints: 0.",
    }


def test_a_candidate_whom_the_directory_does_not_know_is_named():
    case = Case(directory=Listed()).received(takes_on=False)

    with pytest.raises(NotFoundError) as missing:
        proposed(case, Duty.HANDLER, "li", "stranger")

    assert missing.value.facts == {"kind": "person", "wanted": "stranger"}


def test_whoever_handled_it_does_not_call_back():
    case = Case().to(State.FOLLOW_UP)

    assert proposed(case, Duty.CALLER, "li", "chen") == [
        ("chen", True, 0, "Open complaints: 0."),
        ("li", False, 1, "Has handled this complaint before. Open complaints: 1."),
    ]


def test_without_directory_and_names_those_who_handle_something_are_proposed():
    case = Case().received(takes_on=False)
    case.another().received()

    assert [id for id, *_ in proposed(case)] == ["li"]


def test_an_investigation_is_for_anybody_who_is_not_involved():
    case = Case().received(complained_of=("wang",)).begun()

    assert proposed(case, Duty.INVESTIGATOR, "wang", "zhou") == [
        ("zhou", True, 0, "Open complaints: 0."),
        ("wang", False, 0, "Complained of or found responsible in this complaint. Open complaints: 0."),
    ]


def test_what_is_proposed_fits_the_form_of_the_assignment():
    case = Case().received(takes_on=False)
    best = case.desk.propose_assignee(case.id, Duty.HANDLER, candidates=["chen"], by=zhao)[0]

    case.assigned(Duty.HANDLER, best.id)

    assert case.complaint.duties[Duty.HANDLER].assignee == "chen"
    assert case.form(type(case.events[-1].command), basis=best.basis("zh_CN")).basis == "在办投诉 0 件。"


def test_a_directory_that_fails_stops_the_proposal_by_its_name():
    class Broken(Listed):
        def people(self, dealer, on):
            raise ConnectionError(dealer)

    case = Case(directory=Broken()).received(takes_on=False)

    with pytest.raises(HostError) as failed:
        proposed(case)

    assert failed.value.facts == {"what": "directory", "why": "ConnectionError"}
