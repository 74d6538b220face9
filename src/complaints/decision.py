"""May this step be taken? Rules asked once, all refusals at once, the same for ``explain`` and ``handle``."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from complaints.directory import is_represented
from complaints.errors import IllegalMoveError, NotPermittedError, RefusedError
from complaints.lifecycle import ADOPTION, FLOOR_OF_A_FILE, MIGRATION, OF_EVERY_ENTRY, OF_EVERY_MOVE, OF_NO_TABLE
from complaints.machine import Lifecycle
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Refusal, Rule, Situation
from complaints.model.people import Actor
from complaints.model.words import Role, State
from complaints.permission import Permit, is_permitted
from complaints.rows import Move, Row


def decide(
    lifecycle: Lifecycle, situation: Situation, source: State | None, permit: Permit | None = None
) -> tuple[Row, State, tuple[str, ...]]:
    """
    Decide on ``situation.command``: the row first, then who may, then every rule.

    Args:
        source: The state the complaint is in; ``None`` for the first command of a complaint.
        permit: The host's say, asked only where the table lets the person in.

    Returns:
        The row, the state it leads to, and the codes of rules that stood in the way and were set aside: by a waiver,
        or because the policy relaxes them.

    Raises:
        IllegalMoveError: There is no such row, or the target the command names is not in it.
        NotPermittedError: It is not for this person.
        RefusedError: Rules stand in the way; carries what each of them says.
        HostError: The permit failed.
    """
    row, target = allowed(lifecycle, situation, source)
    if (situation.people or permit is not None) and (against := _against(row, situation, permit)):
        raise NotPermittedError(against, command=row.command.__name__, who=row.who.names)
    refusals = [refusal for rules in rules_of(row) for rule in rules if (refusal := rule(situation)) is not None]
    if row is ADOPTION and not (target.is_ending or lifecycle.leads_on(target)):
        refusals.append(no_way(lifecycle, target))
    if row is MIGRATION:
        refusals += _about_definitions(lifecycle, situation.complaint, target)
    if not refusals:
        return row, target, ()
    standing, set_aside = _without_those_set_aside(refusals, row, situation)
    if standing:
        raise RefusedError(standing, command=type(situation.command).__name__)
    return row, target, tuple(refusal.code for refusal in set_aside)


def allowed(lifecycle: Lifecycle, situation: Situation, source: State | None) -> tuple[Row, State]:
    """
    The row of ``situation.command`` in *source*, and where it leads, before any rule is asked.

    Raises:
        IllegalMoveError, NotPermittedError: As :func:`decide` says.
    """
    command: Command = situation.command
    row = lifecycle.row_for(type(command), source)
    if row is None:
        row = _row_of_no_table(lifecycle, situation, source)
    target = lifecycle.target_of(row, command, situation.complaint, source)
    if not row.who.includes(situation.by, situation.complaint) or _is_typed_by_a_reader(situation):
        raise _not_permitted(row)
    return row, target


def rules_of(row: Row) -> tuple[tuple[Rule, ...], ...]:
    """The rules of every move or entry, then those of *row* itself."""
    return (OF_EVERY_MOVE if isinstance(row, Move) else OF_EVERY_ENTRY), row.given, row.provided


def _row_of_no_table(lifecycle: Lifecycle, situation: Situation, source: State | None) -> Row:
    command = type(situation.command)
    row = OF_NO_TABLE.get(command)
    if row is not None and source in row.sources and (row is not FLOOR_OF_A_FILE or situation.by.holds(Role.SYSTEM)):
        return row
    if row is MIGRATION and source is not None:
        refusal = Refusal("definition.ended", state=source.value)
        raise IllegalMoveError([refusal], command=command.__name__, state=source.value)
    raise _no_row(lifecycle, command, source)


def _about_definitions(lifecycle: Lifecycle, complaint: Complaint, target: State) -> list[Refusal]:
    """It must lead to another definition and to a way on; where there still is one, it is no short cut."""
    refusals = []
    if complaint.definition == lifecycle.stamp:
        refusals.append(Refusal("definition.same", definition=lifecycle.stamp))
    if not lifecycle.leads_on(target):
        refusals.append(no_way(lifecycle, target))
    elif target is not complaint.state and lifecycle.leads_on(complaint.state):
        refusals.append(Refusal("definition.has_way", definition=lifecycle.stamp, state=complaint.state.value))
    return refusals


def no_way(lifecycle: Lifecycle, state: State) -> Refusal:
    """The refusal of whatever is asked in a state that the definition has no moves for."""
    return Refusal("definition.no_way", who=MIGRATION.who.names, definition=lifecycle.stamp, state=state.value)


def _without_those_set_aside(
    refusals: Sequence[Refusal], row: Row, situation: Situation
) -> tuple[list[Refusal], list[Refusal]]:
    waiver = situation.complaint.beside.waiver
    waived = waiver.rules if waiver is not None and waiver.command == row.command.__name__ else ()
    relaxed = situation.policy.relaxes
    if not waived and not relaxed:
        return [*refusals], []
    standing = [one for one in refusals if one.code not in waived and one.code not in relaxed]
    return standing, [one for one in refusals if one not in standing]


def _is_typed_by_a_reader(situation: Situation) -> bool:
    """Whether an auditor, who reads only, types for somebody else."""
    recorded_by = situation.recorded_by
    return recorded_by is not situation.by and recorded_by.roles == (Role.AUDITOR,)


def _against(row: Row, situation: Situation, permit: Permit | None) -> tuple[Refusal, ...]:
    """
    What the host has against a person whom the table lets in: his directory first, then his permit.

    Each can only take away what the one before allows.
    """
    claims = _false_claims(situation)
    if claims or permit is None or is_permitted(permit, row.command, situation.complaint, situation.by):
        return claims
    return (Refusal("move.not_permitted_here", command=row.command.__name__),)


def _false_claims(situation: Situation) -> tuple[Refusal, ...]:
    """What the directory does not bear out of who acts: that he is there, his roles, and whom he stands in for."""
    by = situation.by
    if by.id not in situation.people:
        return ()  # there is no directory, or it is the system, which none lists
    person = situation.people[by.id]
    if person is None:
        return (Refusal("actor.unknown", actor=by.id),)
    refusals = []
    listed = Actor(by.id, person.roles, dealer=by.dealer) if person.roles else None
    unheld = tuple(role.value for role in by.roles if listed is None or not listed.holds(role))
    if unheld:
        refusals.append(Refusal("actor.role_not_held", actor=by.id, roles=unheld))
    back = tuple(id for id in by.stands_in_for if not is_represented(situation.people.get(id), by=by.id))
    if back:
        refusals.append(Refusal("actor.no_deputy", actor=by.id, persons=back))
    return tuple(refusals)


def foresee(
    lifecycle: Lifecycle, situation: Situation, permit: Permit | None = None
) -> dict[type[Command], tuple[Refusal, ...]]:
    """
    For every command of the present state: what would refuse it whatever its content.

    Where the definition has no move for an open complaint, ``Migrate`` is one of them: nothing else leads on.
    """
    state, by = situation.complaint.state, situation.by
    found, for_sure, perhaps = _by_roles(lifecycle, state, by.roles)
    rows = [*for_sure, *(row for row in perhaps if row.who.includes(by, situation.complaint))]
    if not (state.is_ending or lifecycle.leads_on(state)):
        found = {**found, MIGRATION.command: (_for_others(MIGRATION),)}
        rows += [MIGRATION] if MIGRATION.who.includes(by, situation.complaint) else []
    asked = _Answers(situation)
    return {**found, **{row.command: _foreseen(row, situation, permit, asked) for row in rows}}


@lru_cache(maxsize=1_000)
def _by_roles(
    lifecycle: Lifecycle, state: State, roles: tuple[Role, ...]
) -> tuple[dict[type[Command], tuple[Refusal, ...]], tuple[Row, ...], tuple[Row, ...]]:
    """Each command of *state* as it is refused to others; the rows open to holders of *roles*, or to some on duty."""
    rows = lifecycle.rows_from(state)
    for_sure = tuple(row for row in rows if row.who.has_one_of(roles))
    perhaps = tuple(row for row in rows if row.who.duty is not None and row not in for_sure)
    return {row.command: (_for_others(row),) for row in rows}, for_sure, perhaps


class _Answers(dict[Rule, Refusal | None]):
    """What rules answer in one situation: many rows have the same rule, and it is asked once."""

    def __init__(self, situation: Situation) -> None:
        self._situation = situation

    def __missing__(self, rule: Rule) -> Refusal | None:
        answer = self[rule] = rule(self._situation)
        return answer


def _foreseen(row: Row, situation: Situation, permit: Permit | None, answers: _Answers) -> tuple[Refusal, ...]:
    """What refuses the command of *row* to somebody whom the table lets in."""
    if (situation.people or permit is not None) and (against := _against(row, situation, permit)):
        return against
    refusals = [refusal for rule in row.given if (refusal := answers[rule]) is not None]
    return tuple(_without_those_set_aside(refusals, row, situation)[0]) if refusals else ()


def _no_row(lifecycle: Lifecycle, command: type[Command], source: State | None) -> IllegalMoveError:
    if not (source is None or source.is_ending or lifecycle.leads_on(source)):
        return IllegalMoveError([no_way(lifecycle, source)], command=command.__name__, state=source.value)
    possible = tuple(row.command.__name__ for row in lifecycle.rows_from(source) if isinstance(row, Move))
    state = "" if source is None else source.value
    refusal = Refusal("move.illegal", command=command.__name__, state=state, commands=possible)
    return IllegalMoveError([refusal], command=command.__name__, state=state)


def _not_permitted(row: Row) -> NotPermittedError:
    return NotPermittedError([_for_others(row)], command=row.command.__name__, who=row.who.names)


def _for_others(row: Row) -> Refusal:
    return Refusal("move.not_permitted", who=row.who.names, command=row.command.__name__)


__all__ = ["allowed", "decide", "foresee", "no_way", "rules_of"]
