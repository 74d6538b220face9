"""Where two parts of the lifecycle meet: a merge and a conflict of interest, a hold and an erasure, and so on."""

from __future__ import annotations

from datetime import timedelta

from complaints import State
from complaints.stages.family import Merge
from tests.stages.cases import Case, qian, zhao

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
