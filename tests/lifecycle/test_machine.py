"""The engine of the lifecycle, with a small made-up house: five moves and two entries."""

from __future__ import annotations

import asyncio
import functools
import sys
import threading
from datetime import UTC, datetime
from uuid import UUID

import pytest

from complaints.errors import DefinitionError, IllegalMoveError
from complaints.machine import Entry, Lifecycle, Move, Who
from complaints.model.complaint import Assignment, Complaint
from complaints.model.event import Command, Refusal, command, rule
from complaints.model.people import SYSTEM, Actor, Customer
from complaints.model.registration import Registration
from complaints.model.words import Answer, Channel, Duty, Role, State

ID = UUID(int=1)
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@command
class Take(Command):
    """A complaint comes in."""


@command
class Weigh(Command):
    """Somebody looks at it."""

    complaint: UUID


@command
class Reply(Command):
    """The customer is answered."""

    complaint: UUID


@command
class Redo(Command):
    """Not good enough."""

    complaint: UUID
    target: State


@command
class Finish(Command):
    """Done."""

    complaint: UUID


@command
class Note(Command):
    """Something worth writing down."""

    complaint: UUID


@command
class Call(Command):
    """The customer rang."""

    complaint: UUID


@rule("form.incomplete")
def the_form_is_complete(situation):
    return None


@rule("answer.rude")
def the_answer_is_courteous(situation):
    return None


def tell_the_manager(complaint, event, policy):
    return ()


CLERK = Who("clerk", Role.RECEPTIONIST, Role.SPECIALIST)
SUPERVISOR = Who("supervisor", Role.SUPERVISOR)
HANDLER = Who("handler", duty=Duty.HANDLER)
MOVES = (
    Move(Take, None, State.INTAKE, CLERK),
    Move(Weigh, State.INTAKE, State.JUDGMENT, HANDLER, given=[the_form_is_complete]),
    Move(Reply, (State.INTAKE, State.JUDGMENT), State.REVIEW, CLERK, provided=(the_answer_is_courteous,)),
    Move(Redo, State.REVIEW, (State.INTAKE, State.JUDGMENT), SUPERVISOR, then=(tell_the_manager,)),
    Move(Finish, State.REVIEW, State.CLOSED, SUPERVISOR),
)
ENTRIES = (
    Entry(Note, (State.INTAKE, State.JUDGMENT, State.REVIEW), CLERK),
    Entry(Call, State.JUDGMENT, CLERK),
)
HOUSE = Lifecycle(name="house", version="1", moves=MOVES, entries=ENTRIES)


def problems(moves=MOVES, entries=ENTRIES, name="house", version="1"):
    with pytest.raises(DefinitionError) as caught:
        Lifecycle(name=name, version=version, moves=moves, entries=entries)
    return caught.value.problems


def complaint(handler=None, answer=Answer.ACCEPTED):
    duties = {}
    if handler is not None:
        duties = {Duty.HANDLER: Assignment(duty=Duty.HANDLER, assignee=handler, number=2, answer=answer)}
    form = Registration(
        complainant=Customer(phone="1"), channel=Channel.PHONE, received_at=NOON, received_by="li", excerpt="Rattles."
    )
    return Complaint(
        id=ID, reference="SH01-2026-1", dealer="SH01", version=2, state=State.INTAKE, registration=form,
        recorded_at=NOON, updated_at=NOON, moved_at=NOON, duties=duties,
    )  # fmt: skip


# --- reading the table ----------------------------------------------------------------------------------------------


def test_a_definition_lists_its_rows_commands_and_states_in_the_order_of_the_table():
    found = (HOUSE.rows, dict(HOUSE.commands), HOUSE.states)

    commands = {
        "Take": Take,
        "Weigh": Weigh,
        "Reply": Reply,
        "Redo": Redo,
        "Finish": Finish,
        "Note": Note,
        "Call": Call,
    }
    assert found == (MOVES + ENTRIES, commands, (State.INTAKE, State.JUDGMENT, State.REVIEW, State.CLOSED))


def test_rules_given_as_a_list_are_kept_as_a_tuple():
    row = HOUSE.row_for(Weigh, State.INTAKE)

    assert row.given == (the_form_is_complete,)


def test_every_row_is_found_by_its_command_and_each_of_its_states():
    found = [HOUSE.row_for(row.command, source) for row in HOUSE.rows for source in row.sources]

    assert found == [row for row in HOUSE.rows for _ in row.sources]


def test_a_command_without_a_row_in_a_state_has_none():
    found = (HOUSE.row_for(Weigh, State.REVIEW), HOUSE.row_for(Weigh, None), HOUSE.row_for(Command, State.INTAKE))

    assert found == (None, None, None)


def test_the_rows_from_a_state_come_in_the_order_of_the_table():
    found = [[row.command for row in HOUSE.rows_from(state)] for state in (None, State.JUDGMENT, State.ARCHIVED)]

    assert found == [[Take], [Reply, Note, Call], []]


def test_a_definition_cannot_be_changed():
    with pytest.raises(AttributeError):
        HOUSE.version = "2"
    with pytest.raises(TypeError):
        HOUSE.commands["Take"] = Weigh

    assert (HOUSE.version, HOUSE.commands["Take"]) == ("1", Take)


# --- who may --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", Role)
def test_a_row_permits_whoever_holds_one_of_its_roles_or_a_higher_rank(role):
    rows = [Move(Finish, State.REVIEW, State.CLOSED, Who("one", wanted)) for wanted in Role]
    actor = Actor("li", role)

    permitted = [row.who.includes(actor, None) for row in rows]

    assert permitted == [actor.holds(wanted) for wanted in Role]


@pytest.mark.parametrize(
    ("stands", "permitted"),
    [
        (complaint("li"), True),
        (complaint("li", Answer.PENDING), False),
        (complaint("li", Answer.DECLINED), False),
        (complaint("wang"), False),
        (complaint(), False),
        (None, False),
    ],
)
def test_a_duty_permits_only_whoever_has_accepted_it_on_this_complaint(stands, permitted):
    row = HOUSE.row_for(Weigh, State.INTAKE)

    answer = row.who.includes(Actor("li", Role.SPECIALIST), stands)

    assert answer is permitted


def test_a_row_may_be_for_a_role_and_for_a_duty():
    row = Move(Weigh, State.INTAKE, State.JUDGMENT, Who("leads", Role.MANAGER, duty=Duty.HANDLER))
    people = (Actor("zhao", Role.MANAGER), Actor("li", Role.SPECIALIST), Actor("wu", Role.SPECIALIST), SYSTEM)

    permitted = [row.who.includes(person, complaint("li")) for person in people]

    assert permitted == [True, True, False, False]


def test_of_several_ranks_the_lowest_is_enough():
    row = Move(Finish, State.REVIEW, State.CLOSED, Who("leads", Role.GENERAL_MANAGER, Role.SUPERVISOR))
    people = [Actor("li", role) for role in (Role.SPECIALIST, Role.SUPERVISOR, Role.MANAGER, Role.GROUP)]

    permitted = [row.who.includes(person, None) for person in people]

    assert permitted == [False, True, True, True]


def test_who_may_is_told_by_roles_and_duty_or_by_its_own_code_when_they_are_more_than_four():
    four = (Role.FINANCE, Role.HR, Role.LEGAL)

    names = [Who("office", *four, duty=Duty.HANDLER).names, Who("office", *four, Role.AUDITOR, duty=Duty.HANDLER).names]

    assert names == [("finance", "hr", "legal", "handler"), ("office",)]


# --- going from state to state --------------------------------------------------------------------------------------


def steps(lifecycle):
    return {
        (row.command, source, target): row
        for row in lifecycle.rows for source in row.sources for target in row.leads_to(source)
    }  # fmt: skip


def test_the_machine_takes_every_step_of_the_table():
    taken = [HOUSE.step(row, source, target) for (_, source, target), row in steps(HOUSE).items()]

    assert taken == [target for _, _, target in steps(HOUSE)]
    assert all(isinstance(state, State) for state in taken)


def test_the_machine_takes_no_step_that_is_not_in_the_table():
    known = steps(HOUSE)
    others = [
        (row, source, target)
        for row in HOUSE.rows for source in (None, *State) for target in State
        if (row.command, source, target) not in known
    ]  # fmt: skip

    refused = []
    for row, source, target in others:
        with pytest.raises(IllegalMoveError) as caught:
            HOUSE.step(row, source, target)
        refused.append(caught.value.facts)

    assert refused == [{"command": row.command.__name__, "state": source or ""} for row, source, _ in others]


def test_nothing_of_transitions_hangs_on_a_refused_step():
    with pytest.raises(IllegalMoveError) as caught:
        HOUSE.step(HOUSE.row_for(Finish, State.REVIEW), State.INTAKE, State.CLOSED)

    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_a_step_from_what_is_no_state_is_refused_as_any_other():
    with pytest.raises(IllegalMoveError) as caught:
        HOUSE.step(HOUSE.row_for(Finish, State.REVIEW), "nowhere", State.CLOSED)

    assert caught.value.code == "move.illegal"


def test_threads_may_share_a_definition():
    known = [(row, source, target) for (_, source, target), row in steps(HOUSE).items()]
    wrong = []

    def walk(first):
        for turn in range(400):
            row, source, target = known[(first + turn) % len(known)]
            if HOUSE.step(row, source, target) is not target:
                wrong.append((row, source, target))

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=walk, args=(first,)) for first in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)

    assert wrong == []


def test_a_move_with_one_target_leads_there():
    found = HOUSE.target_of(HOUSE.row_for(Weigh, State.INTAKE), Weigh(complaint=ID), complaint(), State.INTAKE)

    assert found is State.JUDGMENT


def test_a_move_with_several_targets_leads_where_its_command_says():
    row = HOUSE.row_for(Redo, State.REVIEW)

    found = [
        HOUSE.target_of(row, Redo(complaint=ID, target=target), complaint(), State.REVIEW) for target in row.targets
    ]

    assert found == [State.INTAKE, State.JUDGMENT]


def test_a_target_that_is_not_in_the_row_is_an_illegal_move():
    order = Redo(complaint=ID, target=State.CLOSED)

    with pytest.raises(IllegalMoveError) as caught:
        HOUSE.target_of(HOUSE.row_for(Redo, State.REVIEW), order, complaint(), State.REVIEW)

    refusal = Refusal("target.not_in_row", command="Redo", target=("intake", "judgment"))
    assert (caught.value.refusals, caught.value.facts) == ((refusal,), {"command": "Redo", "state": "review"})


def test_an_entry_stays_where_it_is():
    row = HOUSE.row_for(Note, State.JUDGMENT)

    found = HOUSE.target_of(row, Note(complaint=ID), complaint(), State.JUDGMENT)

    assert found is State.JUDGMENT


def test_one_command_may_be_a_move_in_one_state_and_an_entry_in_another():
    house = Lifecycle(name="house", version="1", moves=MOVES, entries=[Entry(Weigh, State.JUDGMENT, CLERK)])

    taken = [
        house.step(house.row_for(Weigh, State.INTAKE), State.INTAKE, State.JUDGMENT),
        house.step(house.row_for(Weigh, State.JUDGMENT), State.JUDGMENT, State.JUDGMENT),
    ]

    assert taken == [State.JUDGMENT, State.JUDGMENT]


# --- name, version, digest ------------------------------------------------------------------------------------------


def test_the_digest_is_the_same_in_every_run_and_on_every_machine():
    assert HOUSE.digest == "7f2e155085a920e3d9980cf67797da803ecc8374a8d28e8fb29e4804d0714ca9"


def test_the_stamp_tells_name_version_and_the_beginning_of_the_digest():
    assert (HOUSE.stamp, repr(HOUSE)) == ("house@1#7f2e155085a9", "<Lifecycle house@1#7f2e155085a9>")


def test_a_rule_written_anew_under_its_code_keeps_the_digest():
    @rule("form.incomplete")
    def every_field_is_filled_in(situation):
        return None

    moves = [Move(Weigh, State.INTAKE, State.JUDGMENT, HANDLER, given=[every_field_is_filled_in])]

    house = Lifecycle(name="other", version="2", moves=[MOVES[0], *moves, *MOVES[2:]], entries=ENTRIES)

    assert house.digest == HOUSE.digest


def test_rows_in_another_order_keep_the_digest():
    house = Lifecycle(name="house", version="1", moves=MOVES[::-1], entries=ENTRIES[::-1])

    assert house.digest == HOUSE.digest


@rule("boss.absent")
def the_boss_is_in(situation):
    return None


def tell_the_press(complaint, event, policy):
    return ()


CHANGED = {
    "another source": Move(Redo, State.JUDGMENT, (State.INTAKE,), SUPERVISOR, then=(tell_the_manager,)),
    "another target": Move(Redo, State.REVIEW, State.INTAKE, SUPERVISOR, then=(tell_the_manager,)),
    "another role": Move(Redo, State.REVIEW, (State.INTAKE, State.JUDGMENT), CLERK, then=(tell_the_manager,)),
    "a duty": Move(Redo, State.REVIEW, (State.INTAKE, State.JUDGMENT), HANDLER, then=(tell_the_manager,)),
    "a rule given": Move(
        Redo, State.REVIEW, (State.INTAKE, State.JUDGMENT), SUPERVISOR, [the_boss_is_in], then=(tell_the_manager,)
    ),
    "a rule provided": Move(
        Redo,
        State.REVIEW,
        (State.INTAKE, State.JUDGMENT),
        SUPERVISOR,
        provided=[the_boss_is_in],
        then=(tell_the_manager,),
    ),
    "nothing follows": Move(Redo, State.REVIEW, (State.INTAKE, State.JUDGMENT), SUPERVISOR),
    "something else follows": Move(
        Redo, State.REVIEW, (State.INTAKE, State.JUDGMENT), SUPERVISOR, then=(tell_the_press,)
    ),
}


def test_every_change_of_a_row_changes_the_digest():
    changed = [
        Lifecycle(name="house", version="1", moves=[*MOVES[:3], row, MOVES[4]], entries=ENTRIES).digest
        for row in CHANGED.values()
    ]

    assert len({HOUSE.digest, *changed}) == 1 + len(CHANGED)


# --- a definition of one's own --------------------------------------------------------------------------------------


@command
class Archive(Command):
    """Away with it."""

    complaint: UUID


def test_a_house_adds_moves_entries_and_rules_under_its_own_name():
    shelve = Move(Archive, State.CLOSED, State.ARCHIVED, CLERK)
    late_call = Entry(Call, State.CLOSED, CLERK)

    mine = HOUSE.extend(
        name="mine", version="7", moves=[shelve], entries=[late_call],
        given={Finish: [the_boss_is_in]}, rules={Reply: [the_form_is_complete]},
    )  # fmt: skip

    finish = Move(Finish, State.REVIEW, State.CLOSED, SUPERVISOR, given=[the_boss_is_in])
    reply = Move(
        Reply, (State.INTAKE, State.JUDGMENT), State.REVIEW, CLERK,
        provided=[the_answer_is_courteous, the_form_is_complete],
    )  # fmt: skip
    assert (mine.moves, mine.entries) == ((*MOVES[:2], reply, MOVES[3], finish, shelve), (*ENTRIES, late_call))
    assert mine.stamp.startswith("mine@7#")


def test_extending_a_definition_leaves_the_first_one_as_it_was():
    before = (HOUSE.rows, HOUSE.digest)

    HOUSE.extend(name="mine", version="7", given={Finish: [the_boss_is_in]})

    assert (HOUSE.rows, HOUSE.digest) == before


def test_rules_for_a_command_without_a_row_are_refused_with_every_other_problem():
    with pytest.raises(DefinitionError) as caught:
        HOUSE.extend(
            name="my house", version="7", moves=[Move({}, State.CLOSED, State.ARCHIVED, CLERK)],
            rules={Archive: [the_boss_is_in], Finish: "be quick"},
        )  # fmt: skip

    assert caught.value.problems == (
        "Archive has no row to add rules to",
        "the name 'my house' is not made of letters, digits, '.', '_', '-' and '+'",
        "Move Finish: 'be quick' stands where a rule belongs",
        "Move {}: {} is no command; make one with @command from Command",
    )


# --- what does not hold together ------------------------------------------------------------------------------------


def test_a_definition_needs_a_name_and_a_version_that_fit_into_a_stamp():
    found = problems(name="", version="1#2")

    assert found == (
        "the name '' is not made of letters, digits, '.', '_', '-' and '+'",
        "the version '1#2' is not made of letters, digits, '.', '_', '-' and '+'",
    )


def test_only_moves_stand_among_moves_and_entries_among_entries():
    found = problems(moves=[*MOVES, "Finish"], entries=[*ENTRIES, ("Note", "intake")])

    assert found == (
        "'Finish' stands among the moves, but is no Move",
        "('Note', 'intake') stands among the entries, but is no Entry",
    )


def test_one_command_has_one_row_in_a_state():
    found = problems(
        moves=[*MOVES, Move(Weigh, State.INTAKE, State.REVIEW, CLERK)],
        entries=[*ENTRIES, Entry(Call, State.JUDGMENT, SUPERVISOR), Entry(Reply, State.JUDGMENT, CLERK)],
    )

    assert found == (
        "Weigh from intake stands twice; one row may have several targets",
        "Call from judgment stands twice; one row may have several targets",
        "Reply from judgment stands twice; one row may have several targets",
    )


def test_a_state_stands_once_among_the_sources_and_targets_of_a_row():
    found = problems(
        moves=[*MOVES[:3], Move(Redo, State.REVIEW, (State.INTAKE, State.INTAKE), SUPERVISOR), MOVES[4]],
        entries=[Entry(Note, (State.INTAKE, State.INTAKE), CLERK)],
    )

    assert found == (
        "Move Redo: intake stands twice among its targets",
        "Note from intake stands twice; one row may have several targets",
    )


def test_two_different_commands_do_not_share_a_name():
    @command
    class Note(Command):
        """Another class of the same name."""

        complaint: UUID

    found = problems(entries=[*ENTRIES, Entry(Note, State.CLOSED, CLERK)])

    assert found == ("two different commands are called Note",)


class Undecorated(Command):
    """Not made with @command."""


@pytest.mark.parametrize(
    ("given", "named"),
    [("Note", "'Note'"), (None, "None"), (int, "int"), (Command, "Command"), (Undecorated, "Undecorated")],
)
def test_what_is_no_command_cannot_have_a_row(given, named):
    found = problems(entries=[Entry(given, State.INTAKE, CLERK)])

    assert found == (f"Entry {named}: {named} is no command; make one with @command from Command",)


def test_a_state_is_one_of_ours_and_no_string():
    found = problems(
        moves=[*MOVES, Move(Archive, "closed", ["archive", State.VOIDED], CLERK)],
        entries=[Entry(Note, None, CLERK), Entry(Call, ("intake", 3), CLERK)],
    )

    assert found == (
        "Move Archive: it has several targets, so its command needs a field 'target'",
        "Move Archive: 'closed' is no State",
        "Move Archive: 'archive' is no State",
        "Entry Note: None is no State",
        "Entry Call: 'intake' is no State",
        "Entry Call: 3 is no State",
    )


def test_a_row_starts_somewhere_and_a_move_leads_somewhere():
    found = problems(moves=[*MOVES, Move(Archive, (), (), CLERK)], entries=[Entry(Note, (), CLERK)])

    assert found == (
        "Move Archive: it has no state to start from",
        "Move Archive: it has no state to lead to",
        "Entry Note: it has no state to start from",
    )


def test_several_targets_need_a_command_that_names_one():
    found = problems(moves=[*MOVES[:4], Move(Finish, State.REVIEW, (State.CLOSED, State.VOIDED), SUPERVISOR)])

    assert found == ("Move Finish: it has several targets, so its command needs a field 'target'",)


def test_what_moves_nothing_is_no_move():
    found = problems(moves=[*MOVES, Move(Call, (State.REVIEW, State.CLOSED), State.CLOSED, CLERK)])

    assert found == ("Move Call: it leads from closed to closed; what moves nothing is an Entry",)


def test_nothing_leads_out_of_the_archive():
    shelve, revive = (
        Move(Archive, State.CLOSED, State.ARCHIVED, CLERK),
        Move(Weigh, State.ARCHIVED, State.JUDGMENT, CLERK),
    )

    found = problems(moves=[*MOVES, shelve, revive])

    assert found == ("Move Weigh: archived is final, nothing leads out of it",)


def test_every_row_is_for_somebody():
    found = problems(
        entries=[
            Entry(Note, State.INTAKE, Who("nobody")),
            Entry(Call, State.INTAKE, None),
            Entry(Archive, State.INTAKE, Who("Any Staff", "supervisor", [Role.MANAGER], duty="handler")),
        ]
    )

    assert found == (
        "Entry Note: nobody may take it; name a role or a duty",
        "Entry Call: None is no Who",
        "Entry Archive: 'Any Staff' is no code such as 'any_staff' for who may take it",
        "Entry Archive: 'supervisor' is no Role",
        "Entry Archive: [<Role.MANAGER: 'manager'>] is no Role",
        "Entry Archive: 'handler' is no Duty",
    )


@rule("late.answer")
async def somebody_answers_later(situation):
    return await asyncio.sleep(0)


@rule("many.answers")
def somebody_answers_bit_by_bit(situation):
    yield None


@rule("many.late.answers")
async def somebody_answers_bit_by_bit_later(situation):
    yield None


def a_rule_without_a_code(situation):
    return None


def a_rule_with_a_sentence_for_a_code(situation):
    return None


a_rule_with_a_sentence_for_a_code.code = "Please fill in the form!"


class Checker:
    code = "check"

    def __call__(self, situation):
        return None

    def __repr__(self):
        return "Checker()"

    def check(self, situation):
        return None


NO_RULES = [
    ("the_form_is_complete", "'the_form_is_complete' stands where a rule belongs"),
    (None, "None stands where a rule belongs"),
    (Checker(), "Checker() stands where a rule belongs"),
    (Checker().check, "check stands where a rule belongs"),
    (len, "len stands where a rule belongs"),
    (Checker, "Checker stands where a rule belongs"),
    (
        functools.partial(the_form_is_complete, None),
        "a partial of the_form_is_complete stands where a rule belongs; define a function",
    ),
    (rule("form.empty")(lambda situation: None), "a lambda stands where a rule belongs; give it a name"),
    (somebody_answers_later, "somebody_answers_later does not answer at once: a rule is neither async nor a generator"),
    (
        somebody_answers_bit_by_bit,
        "somebody_answers_bit_by_bit does not answer at once: a rule is neither async nor a generator",
    ),
    (
        somebody_answers_bit_by_bit_later,
        "somebody_answers_bit_by_bit_later does not answer at once: a rule is neither async nor a generator",
    ),
    (a_rule_without_a_code, "a_rule_without_a_code has no code such as 'form.incomplete'; make it with @rule"),
    (
        a_rule_with_a_sentence_for_a_code,
        "a_rule_with_a_sentence_for_a_code has no code such as 'form.incomplete'; make it with @rule",
    ),
]


@pytest.mark.parametrize(("no_rule", "problem"), NO_RULES)
def test_a_rule_is_a_plain_named_function_with_a_code(no_rule, problem):
    found = problems(
        entries=[
            Entry(Note, State.INTAKE, CLERK, given=no_rule),
            Entry(Call, State.INTAKE, CLERK, provided=[the_form_is_complete, no_rule]),
        ]
    )

    assert found == (f"Entry Note: {problem}", f"Entry Call: {problem}")


def test_what_follows_is_told_by_a_plain_named_function():
    found = problems(
        entries=[
            Entry(Note, State.INTAKE, CLERK, then="tell_the_manager"),
            Entry(
                Call,
                State.INTAKE,
                CLERK,
                then=[lambda *_: (), functools.partial(tell_the_manager), somebody_answers_later],
            ),
        ]
    )

    wanted = "a function that tells what follows"
    assert found == (
        f"Entry Note: 'tell_the_manager' stands where {wanted} belongs",
        f"Entry Call: a lambda stands where {wanted} belongs; give it a name",
        f"Entry Call: a partial of tell_the_manager stands where {wanted} belongs; define a function",
        f"Entry Call: somebody_answers_later does not answer at once: {wanted} is neither async nor a generator",
    )


def test_a_rule_stands_once_in_a_row():
    found = problems(entries=[Entry(Note, State.INTAKE, CLERK, [the_boss_is_in], [the_boss_is_in])])

    assert found == ("Entry Note: the_boss_is_in stands twice in it",)


def test_a_code_stands_for_one_rule_which_may_stand_in_many_rows():
    @rule("boss.absent")
    def the_boss_answers_the_phone(situation):
        return None

    found = problems(
        entries=[
            Entry(Note, State.INTAKE, CLERK, [the_boss_is_in]),
            Entry(Call, State.INTAKE, CLERK, [the_boss_is_in]),
            Entry(Archive, State.INTAKE, CLERK, [the_boss_answers_the_phone]),
        ]
    )

    assert found == ("two different rules have the code 'boss.absent': the_boss_is_in and the_boss_answers_the_phone",)


def test_functions_that_tell_what_follows_do_not_share_a_name():
    def tell_the_manager(complaint, event, policy):
        return ()

    found = problems(entries=[Entry(Note, State.INTAKE, CLERK, then=[tell_the_manager])])

    assert found == ("two different functions that tell what follows are called tell_the_manager",)


def test_one_move_starts_a_complaint():
    found = (
        problems(moves=MOVES[1:]),
        problems(moves=[*MOVES, Move(Archive, None, State.REVIEW, CLERK)]),
        problems(moves=[]),
    )

    assert found == (
        ("no move starts a complaint; one must come from None",),
        ("several moves start a complaint: Take, Archive",),
        ("no move starts a complaint; one must come from None",),
    )


def test_the_first_move_starts_from_nothing_only():
    found = problems(moves=[Move(Take, (None, State.REVIEW), State.INTAKE, CLERK), *MOVES[1:]])

    assert found == ("Move Take: it starts a complaint, so it cannot start from a state as well",)


def test_every_state_of_a_move_can_be_reached():
    found = problems(moves=[*MOVES, Move(Archive, (State.CLOSED, State.MERGED), State.ARCHIVED, CLERK)])

    assert found == ("merged cannot be reached",)


def test_an_entry_may_name_states_that_no_move_leads_to_yet_if_it_can_be_recorded_at_all():
    found = problems(entries=[Entry(Note, tuple(State), CLERK), Entry(Call, (State.MERGED, State.VOIDED), CLERK)])

    assert found == ("Entry Call: none of its states can be reached",)


def test_every_state_of_a_move_leads_to_an_ending():
    forth, back = Move(Call, State.REVIEW, State.OFFER, CLERK), Move(Note, State.OFFER, State.EXECUTION, CLERK)

    found = problems(moves=[*MOVES, forth, back, Move(Archive, State.EXECUTION, State.OFFER, CLERK)], entries=())

    assert found == ("offer cannot reach an ending", "execution cannot reach an ending")


def test_every_problem_is_listed_at_once():
    found = problems(
        name="@",
        moves=[
            "no row",
            Move(Weigh, State.INTAKE, "judgment", None, given="the_form_is_complete"),
            Move(Weigh, State.INTAKE, State.REVIEW, CLERK, given=[a_rule_without_a_code]),
        ],
        entries=[Entry("Note", (), Who("nobody"), then=len)],
    )

    assert found == (
        "the name '@' is not made of letters, digits, '.', '_', '-' and '+'",
        "'no row' stands among the moves, but is no Move",
        "Move Weigh: 'judgment' is no State",
        "Move Weigh: None is no Who",
        "Move Weigh: 'the_form_is_complete' stands where a rule belongs",
        "Move Weigh: a_rule_without_a_code has no code such as 'form.incomplete'; make it with @rule",
        "Entry 'Note': 'Note' is no command; make one with @command from Command",
        "Entry 'Note': it has no state to start from",
        "Entry 'Note': nobody may take it; name a role or a duty",
        "Entry 'Note': len stands where a function that tells what follows belongs",
        "Weigh from intake stands twice; one row may have several targets",
        "no move starts a complaint; one must come from None",
        "intake cannot reach an ending",
        "review cannot reach an ending",
    )
