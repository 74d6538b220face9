"""The host's say: a permit that narrows who may do what, and a hook that is told who reads."""

from __future__ import annotations

from typing import Literal, Protocol, TypeAlias
from uuid import UUID

from complaints.errors import HostError, NotPermittedError, ReentrantStepError
from complaints.model.complaint import Complaint
from complaints.model.event import Command
from complaints.model.people import Actor

Reading: TypeAlias = Literal["complaint", "find", "history", "similar", "figures", "feed"]
"""What somebody reads: one complaint, a page of them, who did what, which resemble one another, figures, the feed."""


class Permit(Protocol):
    """
    Narrows who may do what. Pass one in: ``Desk(permit=…)``.

    It is asked about every order of a person that the table allows him, and can only refuse: who is not let in by the
    table is never asked about. It sees the complaint as it stands, must be quick (the step's transaction is open) and
    must answer the same when asked again: ``explain`` asks it as ``handle`` does.
    """

    def __call__(self, command: type[Command], complaint: Complaint, by: Actor, /) -> bool:
        """``True`` to leave it to the table and its rules, ``False`` to refuse."""
        ...


class ReadHook(Protocol):
    """
    Is told who reads, before the answer is given. Pass one in: ``Desk(on_read=…)``.

    It keeps a log, or raises :class:`~complaints.errors.NotPermittedError` to refuse. What is read is not passed.
    """

    def __call__(self, by: Actor, what: Reading, ids: tuple[UUID, ...], /) -> None:
        """
        *by* is about to see the complaints *ids*.

        Raises:
            NotPermittedError: To refuse; the reader gets this very error.
        """
        ...


def is_permitted(permit: Permit, command: type[Command], complaint: Complaint, by: Actor) -> bool:
    """
    What *permit* answers.

    Raises:
        HostError: If it fails, or answers neither ``True`` nor ``False``.
    """
    try:
        answer: object = permit(command, complaint, by)
    except ReentrantStepError:
        raise
    except Exception as error:  # it is the host's code: whatever it raises, the step fails by a name of ours
        raise HostError("permit", type(error).__name__) from error
    if answer is True:
        return True
    if answer is False:
        return False
    raise HostError("permit", type(answer).__name__)


def tell(hook: ReadHook | None, by: Actor, what: Reading, ids: tuple[UUID, ...]) -> None:
    """
    Tell *hook*, if there is one, that somebody reads.

    Raises:
        NotPermittedError: If it refuses.
        HostError: If it fails otherwise: what cannot be logged is not shown.
    """
    if hook is None:
        return
    try:
        hook(by, what, ids)
    except (NotPermittedError, ReentrantStepError):
        raise
    except Exception as error:  # it is the host's code: whatever it raises, the reading fails by a name of ours
        raise HostError("on_read", type(error).__name__) from error


__all__ = ["Permit", "ReadHook", "Reading", "is_permitted", "tell"]
