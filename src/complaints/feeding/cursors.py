"""Places in the feed, and the cursors that name them: text that belongs to one database."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import blake2b

import msgspec

from complaints.errors import CursorAheadError, CursorElsewhereError, CursorError
from complaints.stores.base import Committed, Reader

_CURSOR = "v1."
_CHECK_BYTES = 4
_POSITION_BYTES = 8
_DIGEST_BYTES = 8
_CURSOR_BYTES = _POSITION_BYTES + _DIGEST_BYTES + _CHECK_BYTES


class Place(msgspec.Struct, frozen=True):
    """
    A place between two events of the feed.

    Attributes:
        position: Of the event before it; 0 at the very start.
        digest: A short digest of that event's: in another database another event stands there.
    """

    position: int
    digest: bytes


START = Place(0, bytes(_DIGEST_BYTES))


def place_behind(one: Committed) -> Place:
    """The place behind an event."""
    # of the digest as it lies, since somebody may have spoilt it
    digest = one.event.digest.encode("utf-8", "surrogatepass")
    return Place(one.position, blake2b(digest, digest_size=_DIGEST_BYTES).digest())


def end_of(reader: Reader, place: Place) -> Place:
    """The place behind the last event that *reader* sees; *place*, if that is it."""
    last = reader.last_position()
    return place if last == place.position else place_behind(reader.committed(after=last - 1, limit=1)[0])


def require_known(reader: Reader, place: Place) -> None:
    """
    Refuse a place behind an event that is not here.

    Raises:
        CursorAheadError: If nothing stands so far on: an older copy of the database was put back.
        CursorElsewhereError: If another event stands there: it is another database, or one that was put back and
            went on since.
    """
    if place.position == 0:
        return
    if place.position > reader.last_position():
        raise CursorAheadError
    before = reader.committed(after=place.position - 1, limit=1)
    if not before or place_behind(before[0]) != place:
        raise CursorElsewhereError


def cursor_at(place: Place) -> str:
    """The text that names *place*."""
    raw = place.position.to_bytes(_POSITION_BYTES, "big") + place.digest
    return _CURSOR + urlsafe_b64encode(raw + _check(raw)).decode().rstrip("=")


def place_of(cursor: str) -> Place:
    """
    The place that *cursor* names.

    Raises:
        CursorError: If it did not come from :func:`cursor_at`. The check finds slips, not malice: a made-up cursor
            shows nothing that its reader may not see.
    """
    if not isinstance(cursor, str):
        raise CursorError
    text = cursor.removeprefix(_CURSOR)
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        raw = b""
    place = Place(int.from_bytes(raw[:_POSITION_BYTES], "big"), raw[_POSITION_BYTES:-_CHECK_BYTES])
    # written anew and compared, check and all, so that one place has one cursor
    if len(raw) != _CURSOR_BYTES or cursor_at(place) != cursor:
        raise CursorError
    return place


def _check(raw: bytes) -> bytes:
    return blake2b(raw, digest_size=_CHECK_BYTES, person=b"complaints.feed").digest()


__all__ = ["START", "Place", "cursor_at", "end_of", "place_behind", "place_of", "require_known"]
