"""The words of the trade, against the pages they come from."""

from __future__ import annotations

import pytest

from complaints import Fault, InvalidCommandError, Severity, Stage, State
from complaints.model.judgment import VERDICTS, IssueJudgment, Judgment
from complaints.model.words import (
    OPEN,
    RANKS,
    Answerable,
    Cause,
    Channel,
    Demand,
    Grounds,
    Outcome,
    Proof,
    RemedyKind,
    ReworkReason,
    Role,
    Satisfaction,
    Verdict,
)
from tests.stages.cases import MONDAY, judgment


def words(page: str) -> list[str]:
    return page.split()


# lifecycle.md, the first table
STAGES_OF_THE_PAGE = {
    Stage.INTAKE: [State.INTAKE],
    Stage.JUDGMENT: [State.JUDGMENT, State.EXPLANATION],
    Stage.INVESTIGATION: [State.INVESTIGATION],
    Stage.PROPOSAL: [State.PROPOSAL, State.APPROVAL],
    Stage.EXECUTION: [State.OFFER, State.EXECUTION],
    Stage.REVIEW: [State.FOLLOW_UP, State.REVIEW],
    Stage.ENDING: [State.CLOSED, State.MERGED, State.VOIDED, State.ARCHIVED],
}


def test_every_state_belongs_to_a_stage_or_is_an_ending():
    stages = {stage: [state for state in State if state.stage is stage] for stage in Stage}

    assert stages == STAGES_OF_THE_PAGE


def test_open_means_not_an_ending():
    assert list(OPEN) == [state for state in State if state.stage is not Stage.ENDING]
    assert [state.is_ending for state in OPEN] == [False] * 10


def test_severity_has_an_order_and_major_means_major_or_critical():
    assert sorted(Severity, key=lambda severity: severity.rank) == [
        Severity.GENERAL,
        Severity.ESCALATED,
        Severity.MAJOR,
        Severity.CRITICAL,
    ]
    assert [severity.is_major for severity in Severity] == [False, False, True, True]


def test_the_ladder_goes_from_specialist_to_group():
    assert RANKS == (Role.SPECIALIST, Role.SUPERVISOR, Role.MANAGER, Role.GENERAL_MANAGER, Role.GROUP)


# "Words used", kind by kind, as the page has them
CHANNELS = words(
    "showroom workshop phone hotline sms email letter wechat wechat_group app website appointment_call followup_call"
    " social_media press oem_hotline consumer_association 12315 12345 quality_platform lawyer court staff other"
)
REMEDIES = words(
    "apology explanation free_rework repair parts replacement_vehicle full_refund partial_refund fee_waiver discount"
    " voucher maintenance_package points loaner transport_allowance cash extended_warranty oem_goodwill process_change"
    " other"
)
CAUSES = words("people method communication material machine product environment management external customer unknown")
OUTCOMES = words("resolved settled_at_once understood disputed no_agreement lapsed withdrawn merged settled_externally")


@pytest.mark.parametrize(
    ("kind", "page"), [(Channel, CHANNELS), (RemedyKind, REMEDIES), (Cause, CAUSES), (Outcome, OUTCOMES)]
)
def test_the_words_of_the_page_are_there_in_its_order(kind, page):
    assert [word.value for word in kind] == page


def test_an_apology_and_an_explanation_are_words():
    assert [kind for kind in RemedyKind if kind.is_words] == [RemedyKind.APOLOGY, RemedyKind.EXPLANATION]


# R18
def test_who_answers_is_a_person_or_an_explicit_other():
    assert {kind.value for kind in Answerable} == {"person", "system", "supplier", "customer", "nobody"}


# R46: three answers of the questionnaire
def test_declined_and_unreachable_are_no_answers():
    assert [result.value for result in Satisfaction if result.was_answered] == ["satisfied", "neutral", "dissatisfied"]


# R30
def test_a_message_and_a_recording_weigh_the_same_between_words_and_signature():
    assert {proof.value: proof.rank for proof in sorted(Proof, key=lambda proof: proof.rank)} == {
        "words": 0,
        "message": 1,
        "recording": 1,
        "signature": 3,
    }


# R47
def test_each_reason_for_rework_has_its_place():
    assert {reason.value: reason.target for reason in ReworkReason} == {
        "form_incomplete": State.INTAKE,
        "judged_wrongly": State.JUDGMENT,
        "cause_missed": State.INVESTIGATION,
        "remedy_unsuitable": State.PROPOSAL,
        "remedy_not_done": State.EXECUTION,
        "under_pressure": State.INTAKE,
    }


# --- verdicts (R13, A7) ----------------------------------------------------------------------------------------------

SUFFICIENT, INSUFFICIENT, UNKNOWN = Grounds.SUFFICIENT, Grounds.INSUFFICIENT, Grounds.UNKNOWN
REASONABLE, PARTLY, UNREASONABLE = Demand.REASONABLE, Demand.PARTLY, Demand.UNREASONABLE
# lifecycle.md, "Verdicts": grounds, demand -> what may be judged; whether it leads on (Uphold) or not (Explain)
VERDICTS_OF_THE_PAGE = {
    (SUFFICIENT, REASONABLE): {Verdict.UPHELD},
    (SUFFICIENT, PARTLY): {Verdict.PARTLY_UPHELD},
    (SUFFICIENT, UNREASONABLE): {Verdict.PARTLY_UPHELD},
    (INSUFFICIENT, REASONABLE): {Verdict.GOODWILL, Verdict.NOT_UPHELD, Verdict.NOT_OURS},
    (INSUFFICIENT, PARTLY): {Verdict.GOODWILL, Verdict.NOT_UPHELD, Verdict.NOT_OURS},
    (INSUFFICIENT, UNREASONABLE): {Verdict.NOT_UPHELD, Verdict.NOT_OURS},
    (UNKNOWN, None): {Verdict.INCONCLUSIVE, Verdict.TO_BE_INSPECTED},
}


def test_the_two_answers_allow_what_the_page_says():
    assert {answers: set(verdicts) for answers, verdicts in VERDICTS.items()} == VERDICTS_OF_THE_PAGE


@pytest.mark.parametrize("grounds", Grounds)
@pytest.mark.parametrize("demand", [*Demand, None])
@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_follows_from_the_two_answers(grounds, demand, verdict):
    given = {
        "issue": "1",
        "grounds": grounds,
        "grounds_reason": "shown",
        "demand": demand,
        "demand_reason": None if demand is None else "usual",
        "verdict": verdict,
    }
    answered = (grounds, None) if grounds is UNKNOWN else (grounds, demand)

    faults = _faults_of(given)

    is_born = verdict in VERDICTS_OF_THE_PAGE.get(answered, set())
    assert ("verdict" in faults) is not is_born


def _faults_of(given: dict[str, object]) -> set[str]:
    try:
        IssueJudgment(**given)
    except InvalidCommandError as error:
        return {fault.field for fault in error.faults}
    return set()


def test_a_verdict_that_does_not_follow_is_told_with_those_that_do():
    with pytest.raises(InvalidCommandError) as refused:
        IssueJudgment(
            issue="1",
            grounds=Grounds.INSUFFICIENT,
            grounds_reason="shown",
            demand=Demand.UNREASONABLE,
            demand_reason="usual",
            verdict=Verdict.GOODWILL,
        )

    assert refused.value.faults == (Fault("verdict", "verdict", choices=("not_upheld", "not_our_responsibility")),)


def test_whoever_knows_the_grounds_answers_to_the_demand_as_well():
    with pytest.raises(InvalidCommandError) as refused:
        IssueJudgment(issue="1", grounds=SUFFICIENT, grounds_reason="shown", verdict=Verdict.UPHELD)

    assert refused.value.faults == (Fault("verdict", "verdict", choices=()), Fault("demand", "missing"))


# what is no grounds or no demand at all is named once, and no verdict is judged by it
@pytest.mark.parametrize(("grounds", "demand"), [("sure", Demand.REASONABLE), (Grounds.SUFFICIENT, "fair")])
def test_where_an_answer_is_none_the_verdict_is_not_judged(grounds, demand):
    given = {"issue": "1", "grounds_reason": "shown", "demand_reason": "usual", "verdict": Verdict.GOODWILL}

    faults = _faults_of({**given, "grounds": grounds, "demand": demand})

    assert len(faults) == 1
    assert "verdict" not in faults


def test_both_answers_have_a_reason():
    with pytest.raises(InvalidCommandError) as refused:
        IssueJudgment(issue="1", grounds=SUFFICIENT, grounds_reason="", demand=REASONABLE, verdict=Verdict.UPHELD)

    assert refused.value.faults == (Fault("grounds_reason", "empty"), Fault("demand_reason", "missing"))


def test_what_leads_on_and_what_is_explained():
    assert [verdict for verdict in Verdict if not verdict.leads_on] == [Verdict.NOT_UPHELD, Verdict.NOT_OURS]
    assert [verdict for verdict in Verdict if verdict.is_upheld] == [Verdict.UPHELD, Verdict.PARTLY_UPHELD]


def test_a_judgment_tells_each_issue_apart():
    judged = Judgment(
        issues=(judgment(Verdict.NOT_OURS, "1"), judgment(Verdict.PARTLY_UPHELD, "2")),
        judge="zhao",
        at=MONDAY,
        number=3,
    )

    assert (judged.verdict_on("1"), judged.verdict_on("2"), judged.verdict_on("3")) == (
        Verdict.NOT_OURS,
        Verdict.PARTLY_UPHELD,
        None,
    )
    assert judged.is_upheld
