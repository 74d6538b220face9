"""Stage 2 投诉判断: two answers for every issue, by somebody of rank; a no is told with tact (R13–R16)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from complaints import Channel, Department, Issue, Policy, Refusal, Role, Severity, State
from complaints.model.beside import Disputed
from complaints.model.complaint import Assignment
from complaints.model.judgment import Explanation, Judgment
from complaints.model.promise import Promise
from complaints.model.words import Answer, Duty, Outcome, PromiseState, ReworkReason, Track, Verdict
from complaints.rows import Move
from complaints.stages.judgment import Dispute, Explain, Uphold
from tests.stages.cases import (
    GROUP,
    MONDAY,
    Case,
    chen,
    judgment,
    li,
    promise,
    qian,
    shows,
    staff,
    sun,
    wang,
    yuan,
    zhao,
    zhou,
)

DAY = timedelta(days=1)

# --- MOVES 4: Uphold -------------------------------------------------------------------------------------------------


def test_an_upheld_complaint_is_investigated_by_the_person_named():
    case = Case().to(State.JUDGMENT)

    case.upheld(by=zhao, department=Department.PARTS, investigator="chen")

    complaint = case.complaint
    assert (complaint.state, complaint.department) == (State.INVESTIGATION, Department.PARTS)
    assert complaint.judgment == Judgment(
        issues=(judgment(),), judge="zhao", at=MONDAY, number=3, rank=zhao.rank, department=Department.PARTS
    )
    assert complaint.duties[Duty.INVESTIGATOR] == Assignment(
        duty=Duty.INVESTIGATOR, assignee="chen", number=3, answer=Answer.ACCEPTED
    )


# fast track: judged in full, it is settled in full
@pytest.mark.parametrize("order", [Uphold, Explain])
def test_what_was_judged_goes_the_full_way(order):
    case = Case().to(State.JUDGMENT)
    before = case.complaint.track

    case.does(order, zhao)

    assert (before, case.complaint.track) == (Track.OPEN, Track.FULL)


def test_an_explanation_after_an_investigation_is_still_of_the_department_responsible():
    case = Case().to(State.JUDGMENT).upheld(department=Department.PARTS).found(evidence=())

    case.explained()

    assert case.complaint.judgment.department is Department.PARTS


# R16: the customer is asked for time; the date he was told is a promise
def test_the_date_told_to_the_customer_is_owed_from_then_on():
    case = Case().to(State.JUDGMENT)

    case.upheld(by=zhao, promise=promise("answer", due_at=MONDAY + 3 * DAY))

    owed = Promise(id="answer", made_by="zhao", made_at=MONDAY, due_at=MONDAY + 3 * DAY, number=3)
    assert case.complaint.promises == (owed,)
    assert owed.state is PromiseState.OPEN


@pytest.mark.parametrize(
    "verdict",
    [
        Verdict.UPHELD,
        Verdict.PARTLY_UPHELD,
        Verdict.GOODWILL,
        Verdict.INCONCLUSIVE,
        Verdict.TO_BE_INSPECTED,
    ],
)
def test_five_verdicts_lead_to_the_investigation(verdict):
    case = Case().to(State.JUDGMENT)

    case.upheld(judgments=(judgment(verdict),))

    assert case.complaint.judgment.verdict_on("1") is verdict
    assert case.state is State.INVESTIGATION


def test_one_upheld_issue_is_enough():
    case = Case().received(issues=(Issue(id="1", category="service"), Issue(id="2", category="parts"))).begun()

    case.upheld(judgments=(judgment(Verdict.NOT_OURS), judgment(Verdict.UPHELD, "2")))

    assert case.state is State.INVESTIGATION


@shows(Uphold, "verdict.nothing_upheld")
def test_what_nobody_upholds_is_not_investigated():
    case = Case().to(State.JUDGMENT)

    refusals = case.refused(Uphold, by=zhao, judgments=(judgment(Verdict.NOT_UPHELD),))

    assert refusals == (Refusal("verdict.nothing_upheld"),)


# R1, R19: supervisor; general severity and service: specialist; major: manager
@pytest.mark.parametrize(
    ("category", "severity", "lowest"),
    [
        ("service", Severity.GENERAL, "specialist"),
        ("attitude", Severity.GENERAL, "specialist"),
        ("price", Severity.GENERAL, "specialist"),
        ("repair_quality", Severity.GENERAL, "supervisor"),
        ("product.engine", Severity.GENERAL, "supervisor"),
        ("service", Severity.ESCALATED, "supervisor"),
        ("service", Severity.MAJOR, "manager"),
        ("service", Severity.CRITICAL, "manager"),
    ],
)
def test_the_judge_ranks_as_high_as_the_complaint_is_grave(category, severity, lowest):
    ladder = {"specialist": li, "supervisor": zhao, "manager": qian, "general_manager": sun}
    case = Case().received(issues=(Issue(id="1", category=category),)).graded(severity).begun()

    refused = {name: case.desk.explain(case.form(Uphold), by=actor) for name, actor in ladder.items()}

    wanted = (Refusal("judge.rank", who=(lowest,), severity=severity.value),)
    place = list(ladder).index(lowest)
    assert refused == {name: wanted if rank < place else () for rank, name in enumerate(ladder)}


@shows(Uphold, "judge.rank")
def test_a_specialist_does_not_judge_the_workshop():
    case = Case().received(issues=(Issue(id="1", category="repair_quality"),)).begun()

    refusals = case.refused(Uphold, by=li)

    assert refusals == (Refusal("judge.rank", who=("supervisor",), severity="general"),)


def test_a_complaint_that_is_only_partly_about_service_is_the_supervisors():
    case = Case().received(issues=(Issue(id="1", category="service"), Issue(id="2", category="parts"))).begun()

    refusals = case.refused(Uphold, by=li)

    assert refusals == (Refusal("judge.rank", who=("supervisor",), severity="general"),)


@shows(Uphold, "actor.involved")
def test_nobody_upholds_a_complaint_about_himself():
    case = Case().to(State.JUDGMENT).about("zhao")

    refusals = case.refused(Uphold, by=zhao)

    assert refusals == (Refusal("actor.involved"),)


# R13: two separate answers for every issue
@shows(Uphold, "issues.unjudged")
def test_every_issue_is_judged_none_left_out():
    case = Case().received(issues=(Issue(id="1", category="service"), Issue(id="2", category="service"))).begun()

    refusals = case.refused(Uphold, by=zhao, judgments=(judgment(issue="1"),))

    assert refusals == (Refusal("issues.unjudged", issues=("2",)),)


def test_no_issue_is_judged_twice():
    case = Case().to(State.JUDGMENT)

    refusals = case.refused(Uphold, by=zhao, judgments=(judgment(), judgment(Verdict.GOODWILL)))

    assert refusals == (Refusal("issues.unjudged", issues=("1",)),)


# R19, A8: conflict of interest wins over routing
@shows(Uphold, "investigator.involved")
def test_the_person_complained_of_does_not_investigate():
    case = Case().to(State.JUDGMENT).about("chen")

    refusals = case.refused(Uphold, by=zhao, investigator="chen")

    assert refusals == (Refusal("investigator.involved", assignee="chen"),)


@shows(Uphold, "promise.doubled")
def test_each_promise_has_a_name_of_its_own():
    case = Case().to(State.JUDGMENT).promised(promise=promise("answer"))

    refusals = case.refused(Uphold, by=zhao, promise=promise("answer"))

    assert refusals == (Refusal("promise.doubled", promise="answer"),)


@shows(Uphold, "promise.too_soon")
def test_the_customer_is_asked_for_time_that_lies_ahead():
    case = Case().to(State.JUDGMENT)

    refusals = case.refused(Uphold, by=zhao, promise=promise(due_at=MONDAY))

    assert refusals == (Refusal("promise.too_soon"),)


# R55: no promise beyond one's authority
@shows(Uphold, "promise.beyond_authority")
def test_a_supervisor_promises_no_money():
    case = Case().to(State.JUDGMENT)

    refusals = case.refused(Uphold, by=zhao, promise=promise(cost=yuan(100)))

    who = ("department_head", "manager", "general_manager", "group")
    assert refusals == (Refusal("promise.beyond_authority", who=who),)


def test_a_manager_promises_what_he_may_decide():
    case = Case().to(State.JUDGMENT)

    case.upheld(by=qian, promise=promise(cost=yuan(10_000)))

    assert case.state is State.INVESTIGATION


# R54–R59
@shows(Uphold, "text.discourteous")
def test_the_promise_is_told_with_courtesy():
    case = Case().to(State.JUDGMENT)

    refusals = case.refused(Uphold, by=zhao, promise=promise(text="不知道，您等着吧。"))

    assert refusals == (Refusal("text.discourteous", phrases=("不知道",)),)


# --- MOVES 5: Explain ------------------------------------------------------------------------------------------------


# R14: it is not closed by sending the answer
def test_what_is_not_established_is_explained_and_stays_open():
    case = Case().to(State.JUDGMENT)

    case.explained(by=zhao, channel=Channel.EMAIL)

    complaint = case.complaint
    assert (complaint.state, complaint.is_open, complaint.outcome) == (State.EXPLANATION, True, None)
    assert complaint.explanation == Explanation(given_at=MONDAY, channel=Channel.EMAIL, number=3)


@pytest.mark.parametrize("verdict", [Verdict.NOT_UPHELD, Verdict.NOT_OURS])
def test_two_verdicts_are_explained(verdict):
    case = Case().to(State.JUDGMENT)

    case.explained(judgments=(judgment(verdict),))

    assert case.complaint.judgment.verdict_on("1") is verdict


# a rule pack may ask for more than the form does: ISO 10002 and DISP want it said where else the customer may turn
@shows(Move, "content.required")
def test_an_explanation_says_where_else_to_turn_where_a_pack_asks_for_it():
    case = Case(policy=Policy(packs=("house_4s", "iso_10002", "fca_disp"))).to(State.JUDGMENT)

    refusals = case.refused(Explain, by=zhao)

    sources = ("7.9, closing: alternative forms of recourse", "DISP 1.6.2R: the ombudsman service")
    assert refusals == (Refusal("content.required", missing=("told_where",), sources=sources),)
    assert case.explained(told_where="您也可以向消费者协会反映。").state is State.EXPLANATION


def test_where_else_to_turn_is_told_as_courteously_as_the_rest():
    case = Case().to(State.JUDGMENT)

    refusals = case.refused(Explain, by=zhao, told_where="不关我的事，你去告吧。")

    assert [refusal.code for refusal in refusals] == ["text.discourteous"]


@shows(Explain, "verdict.something_upheld")
def test_what_is_partly_upheld_is_not_explained_away():
    case = Case().received(issues=(Issue(id="1", category="service"), Issue(id="2", category="service"))).begun()

    refusals = case.refused(
        Explain, by=zhao, judgments=(judgment(Verdict.NOT_UPHELD, "1"), judgment(Verdict.GOODWILL, "2"))
    )

    assert refusals == (Refusal("verdict.something_upheld", issues=("2",)),)


@shows(Explain, "judge.rank")
def test_a_major_complaint_is_turned_down_by_the_manager_only():
    case = Case().to(State.JUDGMENT, Severity.MAJOR)

    refusals = case.refused(Explain, by=zhao)

    assert refusals == (Refusal("judge.rank", who=("manager",), severity="major"),)


@shows(Explain, "actor.involved")
def test_nobody_turns_down_a_complaint_about_himself():
    case = Case().to(State.JUDGMENT).about("zhao")

    refusals = case.refused(Explain, by=zhao)

    assert refusals == (Refusal("actor.involved"),)


@shows(Explain, "issues.unjudged")
def test_no_issue_is_passed_over_in_silence():
    case = Case().received(issues=(Issue(id="1", category="service"), Issue(id="2", category="service"))).begun()

    refusals = case.refused(Explain, by=zhao, judgments=(judgment(Verdict.NOT_UPHELD, "2"),))

    assert refusals == (Refusal("issues.unjudged", issues=("1",)),)


@shows(Explain, "safety.uninspected")
def test_no_safety_issue_is_explained_away_before_somebody_has_looked_at_the_car():
    case = Case().received(issues=(Issue(id="1", category="service", is_safety=True),)).begun()

    refusals = case.refused(Explain, by=zhao)

    assert refusals == (Refusal("safety.uninspected", issues=("1",)),)


def test_a_safety_issue_that_was_inspected_may_be_explained():
    case = Case().received(issues=(Issue(id="1", category="service", is_safety=True),)).begun()

    case.upheld(judgments=(judgment(Verdict.TO_BE_INSPECTED),)).found(evidence=(), inspected=("1",)).explained()

    assert case.state is State.EXPLANATION


@shows(Explain, "findings.none")
def test_from_the_investigation_an_answer_rests_on_findings():
    case = Case().to(State.INVESTIGATION)

    refusals = case.refused(Explain, by=zhao)

    assert refusals == (Refusal("findings.none"),)


def test_findings_of_an_earlier_investigation_do_not_count():
    case = Case().to(State.INVESTIGATION).found(evidence=()).explained().understood().called_back()
    case.reworked(ReworkReason.CAUSE_MISSED)

    refusals = case.refused(Explain, by=zhao)

    assert refusals == (Refusal("findings.none"),)


# R58, R59: tactful, and never the internal reasons
@shows(Explain, "text.discourteous")
def test_a_no_is_told_with_tact():
    case = Case().to(State.JUDGMENT)

    refusals = case.refused(Explain, by=zhao, text="您的投诉不成立，这样不行。")

    assert refusals == (Refusal("text.discourteous", phrases=("不成立", "不行")),)


def test_all_that_stands_in_the_way_of_a_no_is_told_at_once():
    case = Case().received(issues=(Issue(id="1", category="parts", is_safety=True),)).begun().about("li")

    refusals = case.refused(Explain, by=li, judgments=(judgment(Verdict.UPHELD),), text="不行")

    assert refusals == (
        Refusal("judge.rank", who=("supervisor",), severity="escalated"),
        Refusal("actor.involved"),
        Refusal("safety.uninspected", issues=("1",)),
        Refusal("verdict.something_upheld", issues=("1",)),
        Refusal("text.discourteous", phrases=("不行",)),
    )


# --- MOVES 6: RecordUnderstanding ------------------------------------------------------------------------------------


# R14, A2: obtain the customer's understanding; a call-back follows here too
def test_once_the_customer_understands_he_is_called_back():
    case = Case().to(State.EXPLANATION).later(days=1)

    case.understood(by=chen, channel=Channel.WECHAT)

    complaint = case.complaint
    assert (complaint.state, complaint.outcome) == (State.FOLLOW_UP, Outcome.UNDERSTOOD)
    assert complaint.explanation == Explanation(
        given_at=MONDAY,
        channel=Channel.PHONE,
        number=3,
        understood_at=MONDAY + DAY,
        understood_channel=Channel.WECHAT,
    )


def test_a_complaint_that_was_not_upheld_needs_no_one_to_answer_for_it():
    case = Case().to(State.EXPLANATION, Severity.MAJOR).understood().called_back()

    case.closed()

    assert (case.state, case.complaint.accountability) == (State.CLOSED, None)


# an investigator, a department head and a service adviser judge nothing by their office
@pytest.mark.parametrize("person", [wang, zhou])
def test_judging_is_customer_services(person):
    case = Case().to(State.JUDGMENT)

    refusals = (case.forbidden(Uphold, by=person), case.forbidden(Explain, by=person))

    assert refusals == (
        (Refusal("move.not_permitted", who=("specialist",), command="Uphold"),),
        (Refusal("move.not_permitted", who=("specialist",), command="Explain"),),
    )


# --- MOVES 7: Dispute ------------------------------------------------------------------------------------------------


def test_a_customer_who_objects_is_judged_again():
    case = Case().to(State.EXPLANATION)

    case.disputed()

    assert (case.state, case.complaint.passes) == (State.JUDGMENT, 2)
    assert case.complaint.beside.dispute == Disputed(judge="zhao", rank=1, number=case.complaint.version)


@shows(Uphold, "judge.second")
def test_the_second_review_is_made_by_a_different_and_higher_person():
    case = Case().to(State.EXPLANATION).disputed()

    same = case.refused(Uphold, by=zhao)
    as_high = case.refused(Uphold, by=staff("zhang", Role.SUPERVISOR))
    case.upheld(by=qian)

    higher = ("manager", "general_manager", "group")
    assert same == as_high == (Refusal("judge.second", who=higher),)
    assert case.state is State.INVESTIGATION


@shows(Explain, "judge.second")
def test_so_is_the_second_explanation():
    case = Case().to(State.EXPLANATION).disputed()

    refusals = case.refused(Explain, by=zhao)

    assert refusals == (Refusal("judge.second", who=("manager", "general_manager", "group")),)


def test_after_the_second_review_judging_is_as_always():
    case = Case().to(State.EXPLANATION).disputed().upheld(by=qian).shown("photo").found()

    case.explained(by=zhao)

    assert case.state is State.EXPLANATION


@shows(Dispute, "dispute.second")
def test_there_is_one_second_review_for_each_complaint():
    case = Case().to(State.EXPLANATION).disputed().explained(by=qian)

    refusals = case.refused(Dispute, by=li)

    assert refusals == (Refusal("dispute.second", who=("manager",)),)


@shows(Dispute, "dispute.nobody_higher")
def test_nobody_reviews_what_the_group_has_judged():
    case = Case().to(State.JUDGMENT).explained(by=GROUP)

    refusals = case.refused(Dispute, by=li)

    assert refusals == (Refusal("dispute.nobody_higher"),)
