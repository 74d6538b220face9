"""Where two parts of the lifecycle meet: a merge and a conflict of interest, a hold and an erasure, and so on."""

from __future__ import annotations

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
