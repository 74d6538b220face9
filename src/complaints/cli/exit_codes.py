"""What the command line ends with: one table, for scripts, ``--help`` and the documentation."""

from __future__ import annotations

from collections.abc import Mapping

from complaints.errors import (
    BrokenHistoryError,
    ComplaintError,
    ConflictError,
    CursorAheadError,
    CursorElsewhereError,
    CursorError,
    DefinitionError,
    IllegalMoveError,
    InvalidCommandError,
    KeyReusedError,
    NaiveTimeError,
    NotFoundError,
    NotPermittedError,
    RefusedError,
    StoreError,
    UnknownDefinitionError,
)

DONE = 0
REFUSED = 1
BAD_INPUT = 2
NOT_FOUND = 3
NOT_ALLOWED = 4
CONFLICT = 5
STORE = 6
BROKEN = 7
OUTPUT = 8
UNFIT = 9
PARTLY = 10
INTERRUPTED = 130

EXIT_CODES: Mapping[int, str] = {
    DONE: "exit.done",
    REFUSED: "exit.refused",
    BAD_INPUT: "exit.bad_input",
    NOT_FOUND: "exit.not_found",
    NOT_ALLOWED: "exit.not_allowed",
    CONFLICT: "exit.conflict",
    STORE: "exit.store",
    BROKEN: "exit.broken",
    OUTPUT: "exit.output",
    UNFIT: "exit.unfit",
    PARTLY: "exit.partly",
    INTERRUPTED: "exit.interrupted",
}
"""Every exit code, and the code of its meaning under ``screen`` in ``locale/``. 2 is click's own, 130 the shell's."""

_OF_ERRORS: tuple[tuple[type[ComplaintError], int], ...] = (
    (RefusedError, REFUSED),
    (InvalidCommandError, BAD_INPUT),
    (NaiveTimeError, BAD_INPUT),
    (DefinitionError, BAD_INPUT),
    (NotFoundError, NOT_FOUND),
    (IllegalMoveError, NOT_ALLOWED),
    (NotPermittedError, NOT_ALLOWED),
    (ConflictError, CONFLICT),
    (KeyReusedError, CONFLICT),
    (CursorAheadError, CONFLICT),
    (CursorElsewhereError, CONFLICT),
    (CursorError, BAD_INPUT),
    (StoreError, STORE),
    (BrokenHistoryError, BROKEN),
    (UnknownDefinitionError, BROKEN),
)


def exit_code_of(error: ComplaintError) -> int:
    """The exit code of an error; 1 for one that has none of its own."""
    return next((code for kind, code in _OF_ERRORS if isinstance(error, kind)), REFUSED)


def exit_code_of_refusals(codes: tuple[str, ...]) -> int:
    """The exit code of refusals that were asked for and not raised; 0 for none."""
    if not codes:
        return DONE
    return NOT_ALLOWED if _NOT_ALLOWED.intersection(codes) else REFUSED


_NOT_ALLOWED = frozenset(
    {
        "definition.ended",
        "definition.no_way",
        "move.illegal",
        "move.not_permitted",
        "move.not_permitted_here",
        "actor.unknown",
        "actor.role_not_held",
        "actor.no_deputy",
        "target.not_in_row",
    }
)
