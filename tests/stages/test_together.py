"""Where two parts of the lifecycle meet: a merge and a conflict of interest, a hold and an erasure, and so on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from complaints import Refusal, State
from complaints.model.people import SYSTEM
from complaints.model.words import ReworkReason
from complaints.stages.ending import Void
from complaints.stages.family import Merge
from complaints.stages.promises import RecordBreach
from tests.stages.cases import Case, qian, shows, zhao

# --- a merge and the conflict of interest (invariant 4) --------------------------------------------------------------


def test_what_a_judge_did_before_a_merge_showed_his_part_is_confirmed_by_another():
    survivor = Case().to(State.JUDGMENT).upheld(by=zhao)
    gone = survivor.another().received().about("zhao")
    gone.other = survivor.id

    gone.does(Merge, qian)

    waiting = [(one.command, one.by, one.typed_by) for one in survivor.complaint.unconfirmed]
    assert waiting == [("Uphold", "zhao", None)]


# --- a merge and the windows of those who may object (A9) ------------------------------------------------------------


def test_a_merge_shortens_nobodys_time_to_contest():
    gone = Case().to(State.INVESTIGATION).measured()
    survivor = gone.another().to(State.INVESTIGATION).later(days=3).measured()
    gone.other = survivor.id
    own = survivor.complaint.deadlines["contest"]

    gone.does(Merge, qian)

    assert survivor.complaint.deadlines["contest"] == own


def test_a_merge_opens_no_window_where_nothing_was_decided():
    gone = Case().to(State.INVESTIGATION).measured()
    survivor = gone.another().to(State.INVESTIGATION)
    gone.other = survivor.id

    gone.does(Merge, qian)

    assert "contest" not in survivor.complaint.deadlines
    assert gone.complaint.deadlines["contest"].due > gone.clock() + timedelta(days=4)


def test_a_window_that_has_passed_is_no_due_date_that_was_missed():
    case = Case().to(State.INVESTIGATION).measured().later(days=9)

    refusals = case.refused(RecordBreach, by=SYSTEM, promise=None, clock="contest")

    assert [refusal.code for refusal in refusals] == ["due.unknown"]
    assert "contest" not in refusals[0].facts["clocks"]


# --- void and a customer who waits (MOVES 7, 20, 22, 25) -------------------------------------------------------------


@shows(Void, "void.came_back")
def test_whoever_disputes_a_judgment_waits_for_an_answer():
    case = Case().to(State.EXPLANATION).disputed()

    refusals = case.refused(Void, by=qian)

    assert refusals == (Refusal("void.came_back"),)


@pytest.mark.parametrize(
    "came_back",
    [
        lambda case: case.to(State.CLOSED).reopened(),
        lambda case: case.to(State.REVIEW).reworked(ReworkReason.JUDGED_WRONGLY),
        lambda case: case.received().withdrawn().called_back(pressed=True).reworked(ReworkReason.UNDER_PRESSURE),
    ],
    ids=["reopened", "reworked", "pressed to withdraw"],
)
def test_what_came_back_is_a_complaint_and_never_void(came_back):
    case = came_back(Case())

    refusals = case.refused(Void, by=qian)

    assert Refusal("void.came_back") in refusals
