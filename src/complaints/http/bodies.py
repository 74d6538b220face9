"""Bodies of requests: JSON becomes a filled-in form, and the form an order about a complaint."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from complaints.desk import Desk
from complaints.errors import Fault, InvalidCommandError
from complaints.forms import filled
from complaints.forms.next_steps import refuse_in_advance
from complaints.http.requests import BodyTooLargeError, MediaTypeError, RequestError, UnknownStepError
from complaints.model.complaint import Complaint
from complaints.model.event import Command
from complaints.model.people import Actor
from complaints.model.words import Role

MOST_BYTES = 1024 * 1024
"""The longest body that is taken; a default. The longest form of a step is far shorter, files are only referred to."""

_BODY = "body"
_JSON = re.compile(
    r"application/(?:[a-z0-9!#$&^_.-]+\+)?json[ \t]*(?:;[ \t]*charset=\"?utf-8\"?[ \t]*)?", re.IGNORECASE
)
_NAME_SHOWN = 60


def form_from(body: bytes, content_type: str | None, *, most_bytes: int = MOST_BYTES) -> dict[str, Any]:
    """
    What a body says, as a form that somebody filled in.

    Args:
        body: All of it, or its first ``most_bytes + 1`` bytes: whoever reads on has read too much already.
        content_type: The header ``Content-Type``.

    Raises:
        MediaTypeError: If it does not say that the body is JSON in UTF-8. Other sites' pages can have a browser post
            forms and plain text with the user's own cookies, but no JSON.
        BodyTooLargeError: If it is longer than *most_bytes*.
        RequestError: If it is no JSON, or says two things under one key.
        InvalidCommandError: If it is JSON and no object.
    """
    if content_type is None or not _JSON.fullmatch(content_type.strip()):
        raise MediaTypeError("Content-Type", [Fault("Content-Type", "media_type")])
    if len(body) > most_bytes:
        raise BodyTooLargeError(_BODY, [Fault(_BODY, "body_too_large", most=most_bytes)])
    try:
        data = filled.data_from_json(body, name=_BODY)
    except InvalidCommandError as error:
        raise RequestError(_BODY, error.faults) from None
    if not isinstance(data, dict):
        raise InvalidCommandError(_BODY, [Fault(_BODY, "type", wanted="mapping", given=type(data).__name__)])
    return data


def step_named(desk: Desk, name: str, *, begins: bool | None = None) -> type[Command]:
    """
    The step of that name which a person can take.

    Args:
        begins: Whether it begins a complaint, or is about one that is there; either if not given.

    Raises:
        UnknownStepError: If there is none; what only the system does is none.
    """
    steps = {cls.__name__: cls for cls in _steps(desk, begins=begins)}
    found = steps.get(name)
    if found is None:
        raise UnknownStepError(name[:_NAME_SHOWN], [Fault("command", "choice", choices=tuple(steps))])
    return found


def _steps(desk: Desk, *, begins: bool | None) -> Iterable[type[Command]]:
    of_people = (row for row in desk.lifecycle.rows if row.who.roles != (Role.SYSTEM,))
    for command in dict.fromkeys(row.command for row in of_people):
        is_first = desk.lifecycle.row_for(command, None) is not None
        if begins is None or begins is is_first:
            yield command


def command_from(
    desk: Desk, name: str, data: Mapping[str, Any], *, by: Actor, complaint: Complaint | None = None
) -> Command:
    """
    The order that a filled-in form stands for.

    Args:
        name: Of the step, such as ``"Uphold"``.
        data: The form, as :func:`form_from` gives it. It need not name its complaint; a first one need not name its
            dealer, if *by* belongs to one; others may be named by id or case number.
        by: Who acts.
        complaint: The one that the step is about, as *by* has read it; ``None`` for the step that begins one.

    Raises:
        UnknownStepError: If there is no such step.
        InvalidCommandError: With every fault of the form and its path.
        IllegalMoveError, NotPermittedError, RefusedError: Instead of the faults, if the step is refused whatever its
            form says.
        NotFoundError: If the form names another complaint that is not there, or not for *by*.
    """
    cls = step_named(desk, name, begins=complaint is None)
    try:
        return filled.command_from(cls, _completed(desk, cls, data, by, complaint), {})
    except InvalidCommandError:
        if complaint is not None:
            refuse_in_advance(cls, complaint, desk.options(complaint.id, by=by), desk.lifecycle)
        raise


def _completed(
    desk: Desk, cls: type[Command], data: Mapping[str, Any], by: Actor, complaint: Complaint | None
) -> dict[str, Any]:
    """The form with what the request says beside it."""

    def find(reference: str) -> UUID:
        return desk.complaint(reference, by=by).id

    form = filled.with_ids(cls, data, find)
    if complaint is None:
        return {"dealer": by.dealer, **form} if by.dealer is not None else form
    own = (str(complaint.id), complaint.reference)
    if form.get("complaint", own[0]) not in own:
        raise InvalidCommandError(cls.__name__, [Fault("complaint", "choice", choices=own)])
    return {**form, "complaint": own[0]}


__all__ = ["MOST_BYTES", "command_from", "form_from", "step_named"]
