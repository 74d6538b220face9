"""责任认定: decided, contested, looked at again, carried out; never before it can be contested (R28, A6, A9)."""

from __future__ import annotations

from datetime import timedelta

import attrs
import pytest

from complaints import InvalidCommandError, Refusal, Role, Severity, State
from complaints.errors import Fault
from complaints.model.beside import Contest as Contested
from complaints.model.execution import Accountability, Measure
from complaints.model.words import Answer, MeasureKind, MeasureRole
from complaints.stages.accountability import Contest, DecideAccountability, ExecuteMeasure, ReviewContest
from complaints.stages.review import Archive
from tests.stages.cases import (
    GROUP,
    MONDAY,
    Case,
    chen,
    coaching,
    gao_answers,
    hu,
    li,
    no_measure,
    qian,
    shows,
    staff,
    sun,
    wang,
    zhao,
    zheng,
    zhou,
)

DAY = timedelta(days=1)
SUNDAY = "2026-03-07T23:59:59+08:00"
other_qian = staff("other-qian", Role.MANAGER)
other_sun = staff("other-sun", Role.GENERAL_MANAGER)


def with_wang_coached(by=qian):
    return Case().to(State.OFFER).measured(by=by)


# --- DecideAccountability (R28) --------------------------------------------------------------------------------------

GAO = coaching("gao")
ZHOU = Measure(person="zhou", role=MeasureRole.HEAD, kind=MeasureKind.NONE, reason="had warned in writing")


def with_gao_responsible(severity=Severity.GENERAL):
    case = Case().to(State.INVESTIGATION, severity).shown().found()
    return case.concluded(responsibility=gao_answers())


def test_person_and_department_head_are_both_decided():
    case = with_gao_responsible()

    case.answered_for(by=qian, measures=(GAO, ZHOU))

    assert case.complaint.accountability == Accountability(
        number=case.complaint.version, measures=(GAO, ZHOU), decided_by="qian", rank=qian.rank
    )


@shows(DecideAccountability, "accountability.incomplete")
def test_neither_of_them_is_left_out():
    case = with_gao_responsible()

    refusals = (
        case.refused(DecideAccountability, by=qian, measures=(GAO,)),
        case.refused(DecideAccountability, by=qian, measures=(ZHOU,)),
    )

    assert refusals == (
        (Refusal("accountability.incomplete", persons=("department_head",)),),
        (Refusal("accountability.incomplete", persons=("gao",)),),
    )


@shows(DecideAccountability, "decider.involved")
def test_nobody_decides_about_himself():
    case = Case().to(State.JUDGMENT).about("qian")

    refusals = case.refused(DecideAccountability, by=qian)

    assert refusals == (Refusal("decider.involved"),)


# A6: it must not delay the remedy; it may be decided any time from judgment on
@pytest.mark.parametrize("state", [State.JUDGMENT, State.EXPLANATION, State.OFFER, State.FOLLOW_UP, State.CLOSED])
def test_it_is_decided_beside_the_way(state):
    case = Case().to(state)

    case.answered_for(by=qian)

    assert (case.state, case.complaint.accountability.decided_by) == (state, "qian")


def test_another_decider_who_says_the_same_has_reviewed_it():
    case = with_gao_responsible(Severity.MAJOR).answered_for(by=qian, measures=(GAO, ZHOU))

    case.answered_for(by=sun, measures=(GAO, ZHOU))

    accountability = case.complaint.accountability
    assert (accountability.decided_by, accountability.reviewed_by) == ("qian", "sun")


def test_another_decider_who_says_otherwise_decides_anew():
    case = with_gao_responsible(Severity.MAJOR).answered_for(by=qian, measures=(GAO, ZHOU))
    warning = attrs.evolve(GAO, kind=MeasureKind.WARNING)

    case.answered_for(by=sun, measures=(warning, ZHOU))

    accountability = case.complaint.accountability
    assert (accountability.decided_by, accountability.reviewed_by) == ("sun", None)


def test_the_same_decider_does_not_review_himself():
    case = with_gao_responsible(Severity.MAJOR).answered_for(by=qian, measures=(GAO, ZHOU))

    case.answered_for(by=qian, measures=(GAO, ZHOU))

    assert case.complaint.accountability.reviewed_by is None


@pytest.mark.parametrize("person", [li, zhao, zhou])
def test_below_the_manager_nobody_decides(person):
    case = Case().to(State.JUDGMENT)

    refusals = case.forbidden(DecideAccountability, by=person)

    assert refusals == (Refusal("move.not_permitted", who=("manager",), command="DecideAccountability"),)


def test_the_rank_of_the_decider_is_kept_for_whoever_reviews_a_contest():
    case = Case().to(State.JUDGMENT)

    case.measured(by=sun)

    assert (case.complaint.accountability.decided_by, case.complaint.accountability.rank) == ("sun", sun.rank)


# --- Contest (A9) ----------------------------------------------------------------------------------------------------


def test_whoever_is_measured_may_object_and_waits_for_an_answer():
    case = with_wang_coached().later(days=2)

    case.contested(by=wang)

    assert case.complaint.beside.contests == (
        Contested(person="wang", at=MONDAY + 2 * DAY, number=case.complaint.version),
    )


@shows(Contest, "contest.no_measure")
def test_nobody_objects_to_what_was_decided_against_another():
    case = Case().to(State.OFFER).measured(coaching("gao"))

    refusals = case.refused(Contest, by=wang)

    assert refusals == (Refusal("contest.no_measure"),)


def test_nobody_objects_where_nothing_follows_for_him():
    case = Case().to(State.OFFER).measured(no_measure("wang"))

    refusals = case.refused(Contest, by=wang)

    assert refusals == (Refusal("contest.no_measure"),)


@shows(Contest, "contest.doubled")
def test_a_decision_is_contested_once():
    case = with_wang_coached().contested().looked_at_again()

    refusals = case.refused(Contest, by=wang)

    assert refusals == (Refusal("contest.doubled"),)


def test_a_new_decision_may_be_contested_anew():
    case = with_wang_coached().contested().looked_at_again()
    case.measured(coaching(kind=MeasureKind.WARNING))

    case.contested()

    assert [one.answer for one in case.complaint.beside.contests] == [Answer.DECLINED, Answer.PENDING]


@shows(Contest, "contest.too_late")
def test_after_the_window_it_is_too_late():
    case = with_wang_coached().later(days=6)

    refusals = case.refused(Contest, by=wang)

    assert refusals == (Refusal("contest.too_late", due=SUNDAY),)


LAST_MOMENT = {"days": 5, "hours": 14, "minutes": 59, "seconds": 59}


def test_the_window_is_open_until_its_very_last_moment():
    contested = with_wang_coached().later(**LAST_MOMENT).contested()
    waiting = with_wang_coached().later(**LAST_MOMENT)

    refusals = waiting.refused(ExecuteMeasure, by=hu)

    assert [one.person for one in contested.complaint.beside.contests] == ["wang"]
    assert refusals == (Refusal("measure.too_early", due=SUNDAY),)


# --- ReviewContest (A9) ----------------------------------------------------------------------------------------------


def test_what_is_granted_replaces_what_was_decided():
    case = Case().to(State.OFFER).measured(coaching("wang"), coaching("gao")).contested()

    case.looked_at_again(by=sun, granted=True, measure=no_measure("wang"))

    decided = case.complaint.accountability
    assert (decided.measures, decided.decided_by) == ((coaching("gao"), no_measure("wang")), "qian")
    assert [one.answer for one in case.complaint.beside.contests] == [Answer.ACCEPTED]


def test_of_two_who_object_each_gets_his_own_answer():
    case = Case().to(State.OFFER).measured(coaching("wang"), coaching("chen")).contested().contested(by=chen)

    case.looked_at_again(person="wang")

    assert [(one.person, one.answer) for one in case.complaint.beside.contests] == [
        ("wang", Answer.DECLINED),
        ("chen", Answer.PENDING),
    ]


def test_what_is_refused_leaves_it_as_it_was():
    case = with_wang_coached().contested()
    before = case.complaint.accountability

    case.looked_at_again(by=sun)

    assert case.complaint.accountability == before
    assert [one.answer for one in case.complaint.beside.contests] == [Answer.DECLINED]


@shows(ReviewContest, "contests.none")
@shows(ReviewContest, "contest.unknown")
def test_where_nobody_objects_nothing_is_reviewed():
    case = with_wang_coached()

    refusals = case.refused(ReviewContest, by=sun)

    assert refusals == (Refusal("contests.none"), Refusal("contest.unknown", persons=()))


@shows(ReviewContest, "contest.by_decider")
def test_the_decider_does_not_look_at_his_own_decision():
    case = with_wang_coached(by=GROUP).contested()

    refusals = case.refused(ReviewContest, by=GROUP)

    assert refusals == (Refusal("contest.by_decider"),)


@shows(ReviewContest, "contest.rank")
def test_the_reviewer_stands_above_the_decider():
    case = with_wang_coached(by=sun).contested()

    refusals = case.refused(ReviewContest, by=other_sun)

    assert refusals == (Refusal("contest.rank", who=("group",)),)


@pytest.mark.parametrize(
    ("decider", "reviewer", "who"),
    [(qian, other_qian, ("general_manager", "group")), (GROUP, qian, ("general_manager",))],
)
def test_a_refusal_names_who_stands_high_enough(decider, reviewer, who):
    case = with_wang_coached(by=decider).contested()

    refusals = case.refused(ReviewContest, by=reviewer)

    assert refusals == (Refusal("contest.rank", who=who),)


# our choice: else what the owner of the smallest house decides could never be answered
@pytest.mark.parametrize("reviewer", [sun, staff("other-owner", Role.GROUP)])
def test_what_the_group_decided_a_general_manager_may_review(reviewer):
    case = with_wang_coached(by=GROUP).contested()

    case.looked_at_again(by=reviewer)

    assert [one.answer for one in case.complaint.beside.contests] == [Answer.DECLINED]


@shows(ReviewContest, "decider.involved")
def test_nobody_involved_reviews_it():
    case = with_wang_coached().contested().about("sun")

    refusals = case.refused(ReviewContest, by=sun)

    assert refusals == (Refusal("decider.involved"),)


@shows(ReviewContest, "contest.own")
def test_nobody_answers_his_own_contest():
    case = Case().to(State.OFFER).measured(coaching("sun")).contested(by=sun)

    refusals = case.refused(ReviewContest, by=sun, person="sun")

    assert refusals == (Refusal("contest.own"),)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"granted": True}, Fault("measure", "missing")),
        ({"granted": False, "measure": no_measure()}, Fault("measure", "only_where_granted")),
        ({"granted": True, "measure": no_measure("gao")}, Fault("measure", "of_another_person")),
    ],
)
def test_the_form_of_a_review_holds_together(said, fault):
    case = with_wang_coached().contested()

    with pytest.raises(InvalidCommandError) as refused:
        case.looked_at_again(**said)

    assert refused.value.faults == (fault,)


# --- ExecuteMeasure --------------------------------------------------------------------------------------------------


def test_when_it_can_no_longer_be_contested_it_is_carried_out():
    case = with_wang_coached().later(days=6)

    case.executed("wang")

    assert case.complaint.beside.executed == ("wang",)


def test_what_was_contested_and_answered_need_not_wait_for_the_window():
    case = with_wang_coached().contested().looked_at_again()

    case.executed("wang")

    assert case.complaint.beside.executed == ("wang",)


@shows(ExecuteMeasure, "measure.too_early")
def test_inside_the_window_nothing_is_carried_out():
    case = with_wang_coached().later(days=5)

    refusals = case.refused(ExecuteMeasure, by=hu)

    assert refusals == (Refusal("measure.too_early", due=SUNDAY),)


@shows(ExecuteMeasure, "measure.contested")
def test_while_it_is_contested_nothing_is_carried_out():
    case = with_wang_coached().contested().later(days=6)

    refusals = case.refused(ExecuteMeasure, by=hu)

    assert refusals == (Refusal("measure.contested", who=("manager",)),)


@shows(ExecuteMeasure, "measures.none")
@shows(ExecuteMeasure, "measure.unknown")
def test_nothing_is_carried_out_twice():
    case = with_wang_coached().later(days=6).executed()

    refusals = case.refused(ExecuteMeasure, by=hu)

    assert refusals == (Refusal("measures.none"), Refusal("measure.unknown", persons=()))


def test_where_nothing_follows_nothing_is_carried_out():
    case = Case().to(State.OFFER).measured(no_measure()).later(days=6)

    refusals = case.refused(ExecuteMeasure, by=hu)

    assert refusals == (Refusal("measures.none"), Refusal("measure.unknown", persons=()))


@shows(ExecuteMeasure, "measure.own")
def test_nobody_carries_out_what_was_decided_against_himself():
    case = Case().to(State.OFFER).measured(coaching("hu")).later(days=6)

    refusals = case.refused(ExecuteMeasure, by=hu, person="hu")

    assert refusals == (Refusal("measure.own"),)


def test_how_it_was_done_is_told_or_shown():
    case = with_wang_coached().later(days=6)

    with pytest.raises(InvalidCommandError) as refused:
        case.executed(remark=None)

    assert refused.value.faults == (Fault("remark", "missing"),)


def test_deciding_anew_undoes_only_what_is_decided_otherwise():
    case = Case().to(State.OFFER).measured(coaching("wang"), coaching("gao")).later(days=6)
    case.executed("wang").executed("gao")

    case.measured(coaching("wang"), coaching("gao", MeasureKind.WARNING), by=sun)

    assert case.complaint.beside.executed == ("wang",)


# --- Archive (MOVES 26) ----------------------------------------------------------------------------------------------


@shows(Archive, "measures.contested")
def test_while_somebody_waits_for_an_answer_nothing_is_archived():
    case = Case().to(State.CLOSED).measured(coaching("wang")).later(days=1).contested().later(days=40)

    refusals = case.refused(Archive, by=zheng)

    assert refusals[0] == Refusal("measures.contested", who=("manager",), persons=("wang",))


@shows(Archive, "measures.unexecuted")
def test_what_was_decided_is_carried_out_before_the_archive():
    case = Case().to(State.CLOSED).measured(coaching("wang")).later(days=40)

    refusals = case.refused(Archive, by=zheng)

    assert refusals == (Refusal("measures.unexecuted", who=("hr",), persons=("wang",)),)


def test_once_everything_is_answered_and_done_it_is_archived():
    case = Case().to(State.CLOSED).measured(coaching("wang"), coaching("gao")).contested()
    case.looked_at_again(granted=True, measure=no_measure()).later(days=40).executed("gao")

    case.archived()

    assert case.state is State.ARCHIVED
