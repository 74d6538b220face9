"""Stage 3 展开调查: what happened, why, and who answers for it – shown, not asserted (R17–R20)."""

from __future__ import annotations

import pytest

from complaints import Issue, Refusal, Severity, State
from complaints.model.investigation import CauseFound, Finding, Responsibility
from complaints.model.people import SYSTEM
from complaints.model.words import Answer, Answerable, Cause, Duty, ReworkReason, Track
from complaints.stages.investigation import ConcludeInvestigation, RecordFinding, ReopenInvestigation, Supersede
from tests.stages.cases import Case, chen, gao_answers, li, nobody, qian, shows, zhao

SUSPECTED = CauseFound(cause=Cause.METHOD)
CONFIRMED = CauseFound(cause=Cause.METHOD, is_confirmed=True)
CONFIRMED_WITH_WHYS = CauseFound(cause=Cause.METHOD, is_confirmed=True, whys=("two calendars", "nobody decided"))

# --- RecordFinding ---------------------------------------------------------------------------------------------------


def test_a_finding_names_its_cause_and_its_evidence():
    case = Case().to(State.INVESTIGATION).shown("photo")

    case.found(by=li, cause=SUSPECTED, evidence=("photo",), inspected=("1",))

    assert case.complaint.findings == (
        Finding(number=5, by="li", cause=SUSPECTED, evidence=("photo",), inspected=("1",)),
    )
    assert case.events[-1].command.text == "the appointment was not in the book"


def test_only_the_investigator_records_what_was_found():
    case = Case().to(State.INVESTIGATION)

    refusals = [case.forbidden(RecordFinding, by=person) for person in (chen, zhao, qian)]

    assert refusals == [(Refusal("move.not_permitted", who=("investigator",), command="RecordFinding"),)] * 3


def test_an_investigation_can_be_handed_on():
    case = Case().to(State.INVESTIGATION).assigned(Duty.INVESTIGATOR, "chen").answered(Duty.INVESTIGATOR, by=chen)

    case.found(by=chen, evidence=())

    assert [finding.by for finding in case.complaint.findings] == ["chen"]


@shows(RecordFinding, "actor.involved")
def test_an_investigator_who_turns_out_to_be_complained_of_stops():
    case = Case().to(State.INVESTIGATION).shown().about("li")

    refusals = case.refused(RecordFinding, by=li)

    assert refusals == (Refusal("actor.involved"),)


# R20: a finding refers to evidence that is there
@shows(RecordFinding, "evidence.unknown")
def test_evidence_is_put_on_record_before_a_finding_rests_on_it():
    case = Case().to(State.INVESTIGATION).shown("photo")

    refusals = case.refused(RecordFinding, by=li, evidence=("photo", "video"))

    assert refusals == (Refusal("evidence.unknown", evidence=("video",)),)


@shows(RecordFinding, "issues.unknown")
def test_only_issues_of_this_complaint_are_inspected():
    case = Case().to(State.INVESTIGATION).shown()

    refusals = case.refused(RecordFinding, by=li, inspected=("1", "2"))

    assert refusals == (Refusal("issues.unknown", issues=("2",)),)


# --- MOVES 8: ConcludeInvestigation ----------------------------------------------------------------------------------


def test_the_investigation_ends_with_a_cause_and_a_responsible_person():
    case = Case().to(State.INVESTIGATION).shown().found(cause=CONFIRMED)

    case.concluded(by=li, responsibility=gao_answers())

    complaint = case.complaint
    assert (complaint.state, complaint.conclusion.cause) == (State.PROPOSAL, Cause.METHOD)
    assert complaint.conclusion.responsibility == gao_answers()
    assert complaint.involved == frozenset({"gao", "zhou"})


# R18: "nobody" and its kin are answers too, with a reason
@pytest.mark.parametrize("kind", [Answerable.SYSTEM, Answerable.SUPPLIER, Answerable.CUSTOMER, Answerable.NOBODY])
def test_that_no_person_answers_is_an_answer(kind):
    case = Case().to(State.INVESTIGATION).shown().found()

    case.concluded(responsibility=nobody(kind))

    assert case.complaint.conclusion.responsibility.kind is kind


@shows(ConcludeInvestigation, "actor.involved")
def test_an_investigator_who_is_complained_of_concludes_nothing():
    case = Case().to(State.INVESTIGATION).shown().found().about("li")

    refusals = case.refused(ConcludeInvestigation, by=li)

    assert refusals == (Refusal("actor.involved"),)


# R17: a concrete cause, one of them the primary one
@shows(ConcludeInvestigation, "cause.not_one")
def test_two_primary_causes_are_one_too_many():
    case = Case().to(State.INVESTIGATION).shown()
    case.found(cause=CauseFound(cause=Cause.METHOD)).found(cause=CauseFound(cause=Cause.PEOPLE))

    refusals = case.refused(ConcludeInvestigation, by=li)

    assert refusals == (Refusal("cause.not_one", causes=("method", "people")),)


def test_a_finding_without_a_cause_concludes_nothing():
    case = Case().to(State.INVESTIGATION).shown().found(cause=None)

    refusals = case.refused(ConcludeInvestigation, by=li)

    assert refusals == (Refusal("cause.not_one", causes=()),)


def test_a_confirmed_cause_settles_between_suspicions():
    case = Case().to(State.INVESTIGATION).shown()

    case.found(cause=CauseFound(cause=Cause.PEOPLE)).found(cause=CONFIRMED).concluded()

    assert case.complaint.conclusion.cause is Cause.METHOD


def test_contributing_causes_do_not_compete():
    case = Case().to(State.INVESTIGATION).shown()

    case.found(cause=CauseFound(cause=Cause.PEOPLE, is_primary=False, is_confirmed=True)).found(cause=SUSPECTED)
    case.concluded()

    assert case.complaint.conclusion.cause is Cause.METHOD


def test_an_open_end_is_allowed_with_reasons():
    case = Case().to(State.INVESTIGATION).shown().found(cause=None)

    case.concluded(inconclusive_reason="the camera was off")

    conclusion = case.complaint.conclusion
    assert (case.state, conclusion.cause, conclusion.is_inconclusive) == (State.PROPOSAL, Cause.UNKNOWN, True)


@pytest.mark.parametrize("severity", [Severity.GENERAL, Severity.CRITICAL], ids=str)
def test_where_the_end_is_open_no_suspicion_passes_for_the_cause(severity):
    case = Case().to(State.INVESTIGATION, severity).shown().found(cause=SUSPECTED)

    case.concluded(inconclusive_reason="the camera was off")

    assert case.complaint.conclusion.cause is Cause.UNKNOWN


@shows(ConcludeInvestigation, "cause.unknown_without_reason")
def test_unknown_is_a_cause_only_of_an_inconclusive_investigation():
    case = Case().to(State.INVESTIGATION).shown().found(cause=CauseFound(cause=Cause.UNKNOWN))

    refusals = case.refused(ConcludeInvestigation, by=li)

    assert refusals == (Refusal("cause.unknown_without_reason"),)


# "a rule counts only facts recorded since its stage was last entered"
def test_what_the_last_pass_found_does_not_conclude_this_one():
    case = Case().to(State.REVIEW).reworked(ReworkReason.CAUSE_MISSED)

    refusals = case.refused(ConcludeInvestigation, by=li)

    assert refusals == (
        Refusal("evidence.too_light", wanted="reference"),
        Refusal("cause.not_one", causes=()),
    )


# --- weight by severity: evidence, cause -----------------------------------------------------------------------------


REFERENCE = {"sha256": None, "collector": None}
DIGEST = {"collector": None}
DIGEST_AND_COLLECTOR = {}


@pytest.mark.parametrize(
    ("severity", "evidence", "wanted"),
    [
        (Severity.GENERAL, None, "reference"),
        (Severity.GENERAL, REFERENCE, None),
        (Severity.ESCALATED, REFERENCE, "digest"),
        (Severity.ESCALATED, DIGEST, None),
        (Severity.MAJOR, DIGEST, "digest_and_collector"),
        (Severity.MAJOR, DIGEST_AND_COLLECTOR, None),
        (Severity.CRITICAL, DIGEST, "digest_and_collector"),
        (Severity.CRITICAL, DIGEST_AND_COLLECTOR, None),
    ],
)
def test_evidence_weighs_as_the_severity_asks(severity, evidence, wanted):
    case = Case().to(State.INVESTIGATION, severity)
    if evidence is not None:
        case.shown("photo", **evidence)
    case.found(cause=CONFIRMED_WITH_WHYS, evidence=() if evidence is None else ("photo",))

    refusals = case.desk.explain(case.form(ConcludeInvestigation), by=li)

    assert refusals == (() if wanted is None else (Refusal("evidence.too_light", wanted=wanted),))


@shows(ConcludeInvestigation, "evidence.too_light")
def test_evidence_that_no_finding_refers_to_shows_nothing():
    case = Case().to(State.INVESTIGATION).shown("photo").found(evidence=())

    refusals = case.refused(ConcludeInvestigation, by=li)

    assert refusals == (Refusal("evidence.too_light", wanted="reference"),)


@pytest.mark.parametrize(
    ("severity", "cause", "is_enough"),
    [
        (Severity.GENERAL, SUSPECTED, True),
        (Severity.ESCALATED, SUSPECTED, False),
        (Severity.ESCALATED, CONFIRMED, True),
        (Severity.MAJOR, CONFIRMED, False),
        (Severity.MAJOR, CONFIRMED_WITH_WHYS, True),
        (Severity.CRITICAL, CONFIRMED, False),
        (Severity.CRITICAL, CONFIRMED_WITH_WHYS, True),
    ],
)
def test_the_cause_is_as_sure_as_the_severity_asks(severity, cause, is_enough):
    case = Case().to(State.INVESTIGATION, severity).shown().found(cause=cause)

    refusals = case.desk.explain(case.form(ConcludeInvestigation), by=li)

    assert refusals == (() if is_enough else (Refusal("cause.unconfirmed", severity=severity.value),))


# R20: the most thorough analysis where it is gravest
@shows(ConcludeInvestigation, "cause.unconfirmed")
def test_a_suspicion_does_not_conclude_an_escalated_complaint():
    case = Case().to(State.INVESTIGATION, Severity.ESCALATED).shown().found(cause=SUSPECTED)

    refusals = case.refused(ConcludeInvestigation, by=li)

    assert refusals == (Refusal("cause.unconfirmed", severity="escalated"),)


def test_a_safety_issue_found_during_the_investigation_stands_on_the_form():
    case = Case().to(State.INVESTIGATION)

    case.completed_with(issues=(Issue(id="1", is_safety=True),))

    assert case.complaint.registration.issues == (Issue(id="1", category="service", is_safety=True),)


def test_the_responsible_person_is_known_to_have_a_conflict_from_then_on():
    case = Case().to(State.INVESTIGATION).shown().found()
    person = Responsibility(kind=Answerable.PERSON, persons=("chen",))

    case.concluded(responsibility=person)

    assert case.complaint.involved == frozenset({"chen"})


# --- MOVES 17: ReopenInvestigation -----------------------------------------------------------------------------------

AFTER_JUDGMENT = (State.EXPLANATION, State.PROPOSAL, State.APPROVAL, State.OFFER, State.EXECUTION, State.FOLLOW_UP)


@pytest.mark.parametrize("state", AFTER_JUDGMENT, ids=str)
def test_new_evidence_reopens_the_investigation(state):
    case = Case().to(state).shown("receipt")

    case.investigated_again(investigator="chen")

    duty = case.complaint.duties[Duty.INVESTIGATOR]
    assert (case.state, duty.assignee, duty.answer) == (State.INVESTIGATION, "chen", Answer.ACCEPTED)


@shows(ReopenInvestigation, "evidence.not_newer")
def test_what_the_last_conclusion_knew_is_no_reason():
    case = Case().to(State.PROPOSAL)

    refusals = case.refused(ReopenInvestigation, by=zhao)

    assert refusals == (Refusal("evidence.not_newer"),)


@shows(ReopenInvestigation, "investigation.never_judged")
def test_what_nobody_judged_is_not_investigated_again():
    case = Case().received().withdrawn().shown("receipt")

    refusals = case.refused(ReopenInvestigation, by=zhao)

    assert refusals == (Refusal("investigation.never_judged"), Refusal("evidence.not_newer"))


@shows(ReopenInvestigation, "investigator.involved")
def test_whoever_is_complained_of_does_not_investigate_again():
    case = Case().to(State.PROPOSAL).shown("receipt").about("chen")

    refusals = case.refused(ReopenInvestigation, by=zhao, investigator="chen")

    assert refusals == (Refusal("investigator.involved", assignee="chen"),)


def test_open_proposals_fall_with_the_conclusion_they_rested_on():
    case = Case().to(State.APPROVAL).shown("receipt")

    case.investigated_again()

    last = case.events[-1]
    assert (last.name, last.by.id, last.caused_by) == ("Supersede", "system", last.number - 1)
    assert last.command.proposals == ("P1", "P2")


def test_they_do_not_come_back_with_the_next_conclusion():
    case = Case().to(State.APPROVAL).shown("receipt").investigated_again()

    case.found().concluded()

    assert case.complaint.present_proposals == ()


def test_what_the_customer_accepted_is_not_taken_back_to_his_harm():
    case = Case().to(State.EXECUTION).shown("receipt")
    agreed = case.complaint.settlement

    case.investigated_again()
    case.done_and_booked()

    assert case.complaint.settlement == agreed
    assert case.complaint.open_tasks == ()
    assert "Supersede" not in [event.name for event in case.events]


def test_what_was_settled_at_once_is_investigated_on_the_full_way():
    case = Case().received().settled().shown("receipt")

    case.investigated_again()

    assert (case.complaint.track, case.complaint.outcome) == (Track.FULL, None)


def test_a_mandate_that_nobody_used_is_void():
    case = Case().to(State.OFFER).shown("receipt")

    case.investigated_again()

    assert case.complaint.mandate is None


@shows(Supersede, "supersede.unknown")
def test_only_proposals_of_the_complaint_are_superseded():
    case = Case().to(State.PROPOSAL)

    refusals = case.refused(Supersede, by=SYSTEM, proposals=("P9",))

    assert refusals == (Refusal("supersede.unknown", proposals=("P9",)),)
