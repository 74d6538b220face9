"""Errors as problem details: which status each of them has, and what of it a client is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import attrs

from complaints.errors import (
    BrokenHistoryError,
    ComplaintError,
    ConflictError,
    CursorAheadError,
    CursorElsewhereError,
    CursorError,
    DefinitionError,
    Fault,
    HostError,
    IllegalMoveError,
    InvalidCommandError,
    KeyErasedError,
    KeyReusedError,
    NaiveTimeError,
    NotFoundError,
    NotPermittedError,
    ReentrantStepError,
    RefusedError,
    SchemaOutOfDateError,
    StoreBusyError,
    StoreError,
    UnknownDefinitionError,
)
from complaints.forms.case_file import refusal_data
from complaints.http.answers import Answer, answer
from complaints.http.requests import (
    BodyTooLargeError,
    MediaTypeError,
    PreconditionMissingError,
    RequestError,
    UnknownStepError,
)
from complaints.locale import label
from complaints.model.event import Event

_INTERNAL = 500
_PRECONDITION_FAILED = 412
_RETRY_AFTER_SECONDS = 1

STATUS: Mapping[type[ComplaintError], int] = MappingProxyType(
    {
        # the client can mend the request
        RequestError: 400,
        NaiveTimeError: 400,
        CursorError: 400,
        BodyTooLargeError: 413,
        MediaTypeError: 415,
        PreconditionMissingError: 428,
        InvalidCommandError: 422,
        # the client may not, or there is nothing
        NotPermittedError: 403,
        NotFoundError: 404,
        UnknownStepError: 404,
        # the complaint stands differently
        IllegalMoveError: 409,
        RefusedError: 422,
        ConflictError: 409,
        KeyReusedError: 422,
        KeyErasedError: 409,
        CursorAheadError: 409,
        CursorElsewhereError: 409,
        # the client can do nothing, or only wait
        StoreBusyError: 503,
        SchemaOutOfDateError: 503,
        StoreError: _INTERNAL,
        HostError: _INTERNAL,
        ReentrantStepError: _INTERNAL,
        DefinitionError: _INTERNAL,
        UnknownDefinitionError: _INTERNAL,
        BrokenHistoryError: _INTERNAL,
        ComplaintError: _INTERNAL,
    }
)
"""
The status of every error; one that is not here has that of the nearest class it descends from.

400 is for what cannot be read, 422 for what is understood and not taken as it is, 409 where the complaint, or the
feed, stands elsewhere than the request supposes (RFC 9110, 15.5); a reused key is 422 by
draft-ietf-httpapi-idempotency-key-header-07, 2.7.
"""


def status_of(error: ComplaintError, *, is_conditional: bool = False) -> int:
    """
    The status of an error.

    Args:
        is_conditional: Whether the request carried ``If-Match``: then a conflict is a failed precondition.
    """
    if is_conditional and isinstance(error, ConflictError):
        return _PRECONDITION_FAILED
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def problem(
    error: ComplaintError, *, language: str = "en", is_conditional: bool = False, names: str = "urn:complaints:"
) -> Answer:
    """
    An error as problem details (``application/problem+json``).

    Args:
        language: Of its sentences: ``"zh_CN"`` or ``"en"``.
        is_conditional: Whether the request carried ``If-Match``: then a conflict is a failed precondition.
        names: What stands before the code in ``type``: perhaps the address of the page that explains the codes.

    Returns:
        Beside ``type``, ``title``, ``status``, ``detail`` it has ``code``, ``facts``, and as the error carries them
        ``faults`` (by field), ``refusals`` and ``between`` (what happened since the version that was seen: who, when,
        from where to where, and no forms). Nothing in it is personal. Of an error that the client can do nothing
        about it tells the code alone: files and causes are for the host's log.

    Source:
        RFC 9457; which status, :data:`STATUS`.
    """
    status = status_of(error, is_conditional=is_conditional)
    told = (
        _told(error, language) if status < _INTERNAL else {"detail": label("problem_detail", _group(status), language)}
    )
    body = {
        "type": f"{names}{error.code}",
        "title": label("problem", error.code, language),
        "status": status,
        "code": error.code,
        **told,
    }
    made = answer(body, status=status, language=language, media_type="application/problem+json")
    if not isinstance(error, StoreBusyError):
        return made
    return attrs.evolve(made, headers={**made.headers, "Retry-After": str(_RETRY_AFTER_SECONDS)})


def _group(status: int) -> str:
    return "internal" if status == _INTERNAL else "unavailable"


def _told(error: ComplaintError, language: str) -> dict[str, object]:
    told: dict[str, object] = {"detail": error.sentence(language), "facts": dict(error.facts)}
    if isinstance(error, InvalidCommandError):
        told["faults"] = _faults(error.faults, language)
    if isinstance(error, (IllegalMoveError, NotPermittedError, RefusedError)):
        told["refusals"] = [refusal_data(refusal, language) for refusal in error.refusals]
    if isinstance(error, ConflictError):
        told["between"] = [_in_short(event) for event in error.events]
    return told


def _faults(faults: Iterable[Fault], language: str) -> list[dict[str, object]]:
    return [
        {"field": one.field, "code": one.code, "sentence": one.sentence(language), "facts": dict(one.facts)}
        for one in faults
    ]


def _in_short(event: Event) -> dict[str, object]:
    return {
        "number": event.number,
        "command": event.name,
        "at": event.at,
        "by": event.by.id,
        "source": event.source,
        "target": event.target,
    }


__all__ = ["STATUS", "problem", "status_of"]
