"""A complaint is the sum of its events: what every event leaves behind, whatever the command."""

from __future__ import annotations

from datetime import timedelta

from complaints import Refusal, Stage, State
from complaints.model.words import ReworkReason
from complaints.stages.anytime import AddNote
from complaints.stages.proposal import ReturnProposals
from tests.stages.cases import MONDAY, Case, li, qian, wang


def test_a_move_tells_when_a_state_was_entered_and_a_stage_begun():
    case = Case().received().later(hours=1).begun().later(hours=1).explained()

    complaint = case.complaint
    assert complaint.entered == {State.INTAKE: 1, State.JUDGMENT: 2, State.EXPLANATION: 3}
    assert complaint.began == {Stage.INTAKE: 1, Stage.JUDGMENT: 2}
    assert complaint.moved_at == MONDAY + timedelta(hours=2)


def test_an_entry_leaves_the_state_and_its_time_alone():
    case = Case().received().later(hours=3)
    before = case.complaint

    case.does(AddNote, by=wang)

    after = case.complaint
    assert (after.version, after.updated_at) == (2, MONDAY + timedelta(hours=3))
    assert (after.state, after.moved_at, after.entered, after.began, after.passes) == (
        before.state,
        before.moved_at,
        before.entered,
        before.began,
        before.passes,
    )


def test_a_stage_begins_again_when_it_is_entered_from_another():
    case = Case().to(State.REVIEW)
    first = case.complaint.began[Stage.PROPOSAL]

    case.reworked(ReworkReason.REMEDY_UNSUITABLE)

    assert first < case.complaint.began[Stage.PROPOSAL] == case.complaint.version


def test_within_a_stage_only_the_state_is_entered_anew():
    case = Case().to(State.APPROVAL)
    began = case.complaint.began[Stage.PROPOSAL]

    case.does(ReturnProposals, by=qian)

    assert case.complaint.began[Stage.PROPOSAL] == began
    assert case.complaint.entered[State.PROPOSAL] == case.complaint.version


def test_a_complaint_remembers_where_it_was():
    complaint = Case().to(State.EXPLANATION).complaint

    visited = [state for state in State if complaint.was_in(state)]

    assert visited == [State.INTAKE, State.JUDGMENT, State.EXPLANATION]


# R1: a case number that people can say on the telephone; gapless within dealer and year
def test_case_numbers_count_up_within_dealer_and_year():
    first = Case().received()
    second = Case(store=first.desk.store).received()
    second.refused(AddNote, by=li, at=MONDAY + timedelta(days=1))
    third = Case(store=first.desk.store).received()

    numbers = [case.complaint.reference for case in (first, second, third)]

    assert numbers == ["SH01-2026-000001", "SH01-2026-000002", "SH01-2026-000003"]


def test_a_new_year_counts_from_one():
    case = Case()
    case.clock.set(MONDAY.replace(month=12, day=31, hour=23))
    old = case.received().complaint.reference
    case.later(hours=2)

    new = case.received().complaint.reference

    assert (old, new) == ("SH01-2026-000001", "SH01-2027-000001")


# --- refusals as values ----------------------------------------------------------------------------------------------


def test_refusals_are_compared_by_code_facts_and_who():
    one = Refusal("form.incomplete", who=("specialist",), missing=("wish",))

    assert one == Refusal("form.incomplete", who=("specialist",), missing=("wish",))
    assert len({one, Refusal("form.incomplete", who=("specialist",), missing=("wish",))}) == 1
    assert one != Refusal("form.incomplete", who=("specialist",), missing=("vehicle",))
    assert one != Refusal("form.incomplete", missing=("wish",))
    assert one != "form.incomplete"


def test_a_refusal_says_in_both_languages_what_to_do():
    refusal = Refusal("handler.not_accepted", who=("supervisor",))

    assert refusal.sentence("zh_CN") != refusal.sentence("en")
    assert "handler.not_accepted" not in refusal.sentence("en")
