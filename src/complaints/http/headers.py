"""Headers that mean something to a desk: the version seen, the key that makes repeating safe, the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from uuid import UUID

from complaints.errors import Fault
from complaints.http.requests import PreconditionMissingError, RequestError
from complaints.model.complaint import Complaint
from complaints.orders import LONGEST_KEY

_IF_MATCH, _KEY = "If-Match", "Idempotency-Key"
_TAG = re.compile(r'"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.(?P<version>[1-9][0-9]{0,8})"')
_ANY_TAG = r'(?:W/)?"[\x21\x23-\x7e]*"'
_TAGS = re.compile(rf"{_ANY_TAG}(?:[ \t]*,[ \t]*{_ANY_TAG})+")
# RFC 9651: printable ASCII between quotes, of which a quote and a backslash stand behind a backslash
_QUOTED = re.compile(r'"(?P<text>(?:[ !#-\[\]-~]|\\["\\])*)"(?:[ ]*;[ -~]*)?')
_BARE = re.compile(r"[!#-+\--:<-\[\]-~]+")
_LONGEST_LIST = 1000
_SPOKEN = {"zh": "zh_CN", "en": "en"}
_RANGE = re.compile(r"(?P<name>[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)(?:[ \t]*;[ \t]*q=(?P<q>[01](?:\.[0-9]{0,3})?))?")


def etag(complaint: Complaint) -> str:
    """
    The strong entity tag of a complaint, for the header ``ETag``: its id and its version.

    Source:
        RFC 9110, 8.8.3. It tells versions apart and not what a role does not see; :func:`answer` keeps caches off.
    """
    return f'"{complaint.id}.{complaint.version}"'


def version_from(if_match: str | None, *, of: UUID, required: bool = False) -> int | None:
    """
    The version somebody has seen: ``expected_version`` of :meth:`Desk.handle`.

    Args:
        if_match: The header ``If-Match``; ``None`` where there is none.
        of: Id of the complaint that the request is about.
        required: Whether the host takes no step without it.

    Returns:
        ``None`` where nothing was sent.

    Raises:
        RequestError: If it is anything but one entity tag of this complaint, as :func:`etag` wrote it.
        PreconditionMissingError: If it is required and not there.

    Source:
        RFC 9110, 13.1.1. Stricter by our choice: ``*`` and lists say less than what was seen, and a weak tag says that
        something on the way has changed the answer, so each is told instead of never matching.
    """
    if if_match is None:
        if required:
            raise PreconditionMissingError(_IF_MATCH, [Fault(_IF_MATCH, "missing")])
        return None
    text = if_match.strip()
    found = _TAG.fullmatch(text)
    if found is None:
        raise RequestError(_IF_MATCH, [_fault_of_tag(text)])
    if UUID(found["id"]) != of:
        raise RequestError(_IF_MATCH, [Fault(_IF_MATCH, "version_of_another")])
    return int(found["version"])


def _fault_of_tag(text: str) -> Fault:
    if text == "*":
        return Fault(_IF_MATCH, "any_version")
    if _TAGS.fullmatch(text):
        return Fault(_IF_MATCH, "several_versions")
    if text.startswith("W/") and _TAG.fullmatch(text[2:]):
        return Fault(_IF_MATCH, "weak_version")
    return Fault(_IF_MATCH, "not_a_version")


def key_from(idempotency_key: str | None, *, required: bool = False) -> str | None:
    """
    The key that makes repeating safe: ``key`` of :meth:`Desk.handle`.

    Args:
        idempotency_key: The header ``Idempotency-Key``: a string in quotes, or the bare token that many clients send.
        required: Whether the host takes nothing without it.

    Returns:
        ``None`` where nothing was sent. ``"k-1"`` and ``k-1`` are the same key.

    Raises:
        RequestError: If it is no key, empty, longer than 200 signs, or required and not there.

    Source:
        draft-ietf-httpapi-idempotency-key-header-07, 2.1 and 2.7; strings of RFC 9651, 3.3.3.
    """
    if idempotency_key is None:
        if required:
            raise RequestError(_KEY, [Fault(_KEY, "missing")])
        return None
    key = _key_in(idempotency_key.strip(" \t"))
    faults = list(_faults_of_key(key))
    if faults:
        raise RequestError(_KEY, faults)
    return key


def _key_in(text: str) -> str | None:
    quoted = _QUOTED.fullmatch(text)
    if quoted is not None:
        return re.sub(r"\\(.)", r"\1", quoted["text"])
    return text if not text or _BARE.fullmatch(text) else None


def _faults_of_key(key: str | None) -> Iterator[Fault]:
    if key is None:
        yield Fault(_KEY, "not_a_key")
    elif not key.strip():
        yield Fault(_KEY, "empty")
    elif len(key) > LONGEST_KEY:
        yield Fault(_KEY, "too_long", most=LONGEST_KEY, length=len(key))


def language_from(accept_language: str | None, *, default: str = "en") -> str:
    """
    In which language to answer.

    Args:
        accept_language: The header ``Accept-Language``.
        default: Where it names neither Chinese nor English: perhaps the dealer's language.

    Returns:
        ``"zh_CN"`` for any Chinese, ``"en"`` for any English; of both, the one that is liked better, and of two
        equals the first. What cannot be read is passed over: nobody is refused for the language he speaks.

    Source:
        RFC 9110, 12.5.4. Only the first 1000 signs are read (our choice).
    """
    liked: dict[str, float] = {}
    for part in (accept_language or "")[:_LONGEST_LIST].split(","):
        found = _RANGE.fullmatch(part.strip(" \t"))
        spoken = {**_SPOKEN, "*": default}.get(found["name"].partition("-")[0].lower()) if found else None
        if found and spoken:
            liked[spoken] = max(liked.get(spoken, 0.0), float(found["q"] or 1))
    best = max(liked, key=lambda language: liked[language], default=default)
    return best if liked.get(best) else default


__all__ = ["etag", "key_from", "language_from", "version_from"]
