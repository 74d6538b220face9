"""A lifecycle of a house's own: what its commands leave, what its rules say, and who can still read its histories."""

from __future__ import annotations

from uuid import UUID

import pytest

from complaints import (
    LIFECYCLE,
    BrokenHistoryError,
    Checkpoint,
    Command,
    ConflictError,
    DefinitionError,
    Entry,
    Query,
    Refusal,
    Role,
    State,
    UnknownDefinitionError,
    Who,
    command,
)
from complaints.forms.case_file import case_file
from complaints.history import masked
from complaints.model.beside import Mark
from complaints.model.words import ReworkReason
from complaints.stages.anytime import AddNote
from complaints.stages.investigation import ConcludeInvestigation
from complaints.stages.migration import Migrate
from complaints.stores import SqlStore
from tests.lifecycle.own import (
    NO_INVESTIGATION,
    NOT_ASKED,
    OURS,
    ConsultManufacturer,
    asked,
    investigated,
    the_manufacturer_was_asked,
    under,
)
from tests.stages.cases import SHANGHAI, Case, li, qian, zhao

# --- an extra step --------------------------------------------------------------------------------------------------


def test_what_a_house_asks_for_stands_in_the_way_until_it_is_done():
    case = investigated()

    assert case.desk.options(case.id, by=li)[ConcludeInvestigation] == (NOT_ASKED,)
    assert case.refused(ConcludeInvestigation, by=li) == (NOT_ASKED,)
    assert case.does(ConsultManufacturer, by=li).concluded().state is State.PROPOSAL


def test_a_mark_of_an_earlier_pass_does_not_count():
    case = asked().concluded()
    case.consulted().proposed().submitted().read().approved().offered().accepted().done_and_booked().completed()
    case.called_back().reworked(ReworkReason.CAUSE_MISSED).shown("second").found(evidence=("second",))

    assert case.complaint.marked("manufacturer") is not None
    assert case.refused(ConcludeInvestigation, by=li) == (NOT_ASKED,)


def test_a_mark_is_a_short_word_on_the_complaint_and_the_text_stays_in_the_history():
    case = asked().does(ConsultManufacturer, by=li, ticket="T-2")

    assert case.complaint.beside.marks == (Mark(name="manufacturer", value="T-2", number=case.complaint.version),)
    assert case.complaint.marked("insurer") is None
    assert case.events[-1].command.question == "Is the fault known?"


def test_the_case_file_shows_what_the_steps_of_a_house_left():
    case = asked()

    lines = case_file(case.complaint, case.events, language="en", zone=SHANGHAI).splitlines()

    title = next(place for place, line in enumerate(lines) if line.startswith("── Marks"))
    assert lines[title + 1] == "manufacturer  T-1"


@pytest.mark.parametrize("value", ["T-1", "", 0, -7])
def test_whoever_sees_no_persons_sees_the_marks(value):
    case = asked()

    seen = masked(case.complaint.marked_with("manufacturer", value, number=9))

    assert seen.marked("manufacturer") == Mark(name="manufacturer", value=value, number=9)


def test_marks_survive_a_database(tmp_path):
    store = SqlStore.open(f"sqlite:///{tmp_path}/own.db")
    case = Case(lifecycle=OURS, store=store).to(State.INVESTIGATION).does(ConsultManufacturer, by=li)

    assert case.complaint.marked("manufacturer") == Mark(
        name="manufacturer", value="T-1", number=case.events[-1].number
    )
    assert case.desk.verify(case.id).number == case.complaint.version
    store.close()


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "The manufacturer was not asked (Investigation)."), ("zh_CN", "尚未询问厂家（调查中）。"), ("fr", None)],
)
def test_a_house_says_in_its_own_words_what_stands_in_the_way(language, said):
    (refusal,) = investigated().refused(ConcludeInvestigation, by=li)

    assert refusal.sentence(language) == (said or "manufacturer.not_asked (who: none, state: Investigation)")


# --- whose definition it was ----------------------------------------------------------------------------------------


def test_a_complaint_under_way_goes_on_under_the_newer_definition_and_shows_both():
    case = under(investigated(LIFECYCLE), OURS)

    assert case.refused(ConcludeInvestigation, by=li) == (NOT_ASKED,)
    case.does(ConsultManufacturer, by=li).concluded()
    stamps = [event.definition for event in case.events]
    assert (stamps[0], stamps[-1], set(stamps)) == (LIFECYCLE.stamp, OURS.stamp, {LIFECYCLE.stamp, OURS.stamp})
    assert case.desk.verify(case.id).number == len(stamps)


def test_a_definition_with_a_further_rule_has_another_digest():
    ruled = LIFECYCLE.extend(
        name="dealership", version="1", rules={ConcludeInvestigation: [the_manufacturer_was_asked]}
    )

    assert len({LIFECYCLE.digest, OURS.digest, ruled.digest}) == 3


def test_a_row_that_stands_in_the_table_is_not_replaced():
    wider = Entry(AddNote, State.INTAKE, Who("system", Role.SYSTEM))

    with pytest.raises(DefinitionError) as refused:
        LIFECYCLE.extend(name="ours", version="1", entries=[wider])

    assert refused.value.problems == ("AddNote from intake stands twice; one row may have several targets",)


# --- a desk that does not know the house's commands -----------------------------------------------------------------


def test_who_misses_a_command_is_told_which_when_he_reads_the_history():
    case = under(asked(), LIFECYCLE)

    for read in (case.desk.history, lambda case_id, by: case.desk.verify(case_id)):
        with pytest.raises(UnknownDefinitionError) as missing:
            read(case.id, by=li)
        assert missing.value.facts == {"name": "ConsultManufacturer"}


def test_everything_but_the_history_is_there_without_the_houses_commands():
    case = under(asked(), LIFECYCLE)

    assert [one.id for one in case.desk.find(Query(state=State.INVESTIGATION), by=li)] == [case.id]
    assert case.complaint.marked("manufacturer") is not None
    assert case.concluded().state is State.PROPOSAL


def test_a_conflict_is_one_even_where_the_steps_in_between_cannot_be_read():
    case = under(asked(), LIFECYCLE)

    with pytest.raises(ConflictError) as conflict:
        case.desk.handle(case.form(AddNote), by=li, expected_version=1)

    assert (conflict.value.found, conflict.value.events) == (case.complaint.version, ())


def test_a_history_that_cannot_be_read_keeps_no_other_from_being_verified():
    case = asked()
    first = case.id
    case.received()
    under(case, LIFECYCLE)

    found = {getattr(one, "complaint", None): one for one in case.desk.verify_all()}

    assert isinstance(found[case.id], Checkpoint)
    assert isinstance(found[None], UnknownDefinitionError)
    assert first not in found
    assert not any(isinstance(one, BrokenHistoryError) for one in found.values())


def test_a_command_that_no_row_takes_any_more_is_still_read():
    later = LIFECYCLE.extend(name="ours", version="2", former=[ConsultManufacturer])
    case = under(asked(), later)

    assert [event.name for event in case.events][-1] == "ConsultManufacturer"
    assert case.desk.verify(case.id).number == case.complaint.version
    assert "ConsultManufacturer" not in later.commands
    assert later.extend(name="ours", version="3").readable == later.readable
    assert later.digest == LIFECYCLE.digest


def test_what_is_no_command_and_what_has_anothers_name_is_no_former_command():
    @command
    class AddNote(Command):
        complaint: UUID

    with pytest.raises(DefinitionError) as refused:
        LIFECYCLE.extend(name="ours", version="1", former=["AddNote", AddNote])  # type: ignore[list-item]

    assert refused.value.problems == (
        "'AddNote' stands among the former commands, but is none",
        "two different commands are called AddNote",
    )


def test_no_house_has_a_migration_of_its_own():
    @command
    class Migrate(Command):
        complaint: UUID

    with pytest.raises(DefinitionError) as refused:
        LIFECYCLE.extend(
            name="ours", version="1", entries=[Entry(Migrate, State.INTAKE, Who("specialist", Role.SPECIALIST))]
        )

    assert refused.value.problems == ("two different commands are called Migrate",)


# --- a state without a way ------------------------------------------------------------------------------------------

NO_WAY = Refusal("definition.no_way", who=("manager",), definition=NO_INVESTIGATION.stamp, state="investigation")


def test_a_state_the_definition_has_no_moves_for_is_told_by_name():
    case = under(investigated(LIFECYCLE), NO_INVESTIGATION)

    assert case.illegal(ConcludeInvestigation, by=li) == (NO_WAY,)
    assert case.desk.options(case.id, by=qian)[Migrate] == ()
    assert [one.code for one in case.desk.options(case.id, by=zhao)[Migrate]] == ["move.not_permitted"]
    assert case.does(AddNote, by=li).state is State.INVESTIGATION


def test_where_there_is_a_way_nobody_is_offered_a_migration():
    case = under(investigated(LIFECYCLE), OURS)

    assert Migrate not in case.desk.options(case.id, by=qian)
