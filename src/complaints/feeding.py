"""
The feed: what happened to all complaints, thin enough for other systems, in an order in which nothing comes late.

An event of the feed tells that something happened, to which complaint, and where it stands now. It holds no form and
nothing personal; whoever needs more asks the desk for the complaint. It is the same whenever it is read: after an
erasure, from a copy of the database, in pages of any size.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from hashlib import blake2b
from types import NoneType, UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from msgspec.structs import fields

from complaints.access import sees_all_dealers
from complaints.errors import CursorAheadError, CursorElsewhereError, CursorError
from complaints.history import outline, read
from complaints.model.complaint import Complaint
from complaints.model.event import Command, applied
from complaints.model.people import Actor
from complaints.model.words import Role, Severity, Stage, State
from complaints.stores.base import Committed, Reader

SCHEMA: Final = "urn:complaints:schema:complaint-event:v1"
"""Names the JSON Schema of an event as other systems get it. What is no mere addition to it gets another name."""

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_UTC = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?Z$"
_CURSOR = "v1."
_CHECK_BYTES = 4
_POSITION_BYTES = 8
_DIGEST_BYTES = 8
_CURSOR_BYTES = _POSITION_BYTES + _DIGEST_BYTES + _CHECK_BYTES


class FeedEventType(StrEnum):
    """What kind of thing happened; in which step, its command tells."""

    RECEIVED = "complaint.received"
    MOVED = "complaint.moved"
    RECORDED = "complaint.recorded"


class FeedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """
    One event, as other systems are told of it.

    A msgspec structure, as the events of the history are: there are many of them.

    Attributes:
        id: ``complaint:number``, unique for ever: what a consumer knows by that it has had this one before.
        type: The first event of a complaint, one that changed its state, or one that recorded something within it.
        complaint: Id of the complaint.
        number: Of the event within its complaint, from 1 without gaps; the complaint's version after it.
        reference: The complaint's case number.
        dealer: Id of the dealer.
        command: Name of the step, such as ``"Uphold"``; a house's own steps come by their names.
        source: The state before; ``None`` for the first event.
        target: The state after.
        stage: The stage that *target* belongs to.
        severity: The severity after it.
        at: When it happened; in UTC.
        recorded_at: When it was recorded; in UTC.
        roles: What whoever did it may act as, in order; never who it was.
        caused_by: Number of the event it follows from, for steps of the system.
        caused_in: The complaint that event belongs to, if it is another one.
        cursor: Where the feed goes on behind this event; no part of what other systems get.
    """

    id: str
    type: FeedEventType
    complaint: UUID
    number: int
    reference: str
    dealer: str
    command: str
    source: State | None
    target: State
    stage: Stage
    severity: Severity
    at: datetime
    recorded_at: datetime
    roles: tuple[Role, ...]
    caused_by: int | None
    caused_in: UUID | None
    cursor: str

    def data(self) -> dict[str, object]:
        """The event as other systems get it, ready for JSON; :func:`event_schema` describes it."""
        return {name: _plain(getattr(self, name)) for name in _TOLD}

    def cloud_event(self, *, source: str | None = None) -> dict[str, object]:
        """
        The event in the envelope of CloudEvents 1.0 (structured mode), ready for JSON.

        Args:
            source: A URI reference that names where events come from; with ``id`` it must be unique. If not given, it
                is ``/complaints/`` and the dealer.

        Returns:
            The required attributes, those that are known, ``partitionkey`` of the partitioning extension (events of
            one complaint keep their order on one partition), and ``data``.

        Source:
            CloudEvents 1.0.2, 3.1 and 3.2; its extension "Partitioning".
        """
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": source if source is not None else f"/complaints/{self.dealer}",
            "type": self.type.value,
            "subject": self.reference,
            "time": _plain(self.at),
            "datacontenttype": "application/json",
            "dataschema": SCHEMA,
            "partitionkey": str(self.complaint),
            "data": self.data(),
        }


_TOLD = tuple(name for name in FeedEvent.__struct_fields__ if name != "cursor")


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, StrEnum):
        return value.value
    return str(value) if isinstance(value, UUID) else value


class FeedPage(msgspec.Struct, frozen=True):
    """
    Some events of the feed, and the cursor to go on with.

    There is always a cursor: at the end of the feed it is where the next events will come. An empty page is false, so
    ``while page := desk.feed(after=cursor, by=relay)`` reads to the end.
    """

    events: tuple[FeedEvent, ...]
    next: str

    def __iter__(self) -> Iterator[FeedEvent]:
        return iter(self.events)

    def __len__(self) -> int:
        return len(self.events)


def feed(
    reader: Reader, after: str | None, *, limit: int, by: Actor, commands: Mapping[str, type[Command]]
) -> FeedPage:
    """
    The page of events behind a cursor, of the dealer of *by*; the group and the system see all.

    Args:
        after: The cursor; from the very beginning without one.
        limit: So many events at most.
        commands: Command classes by name, to tell what the severity was.

    Raises:
        CursorError: If *after* is no cursor of a feed.
        CursorAheadError: If it is of a later state of the database than this one.
        CursorElsewhereError: If it is of another database.
        BrokenHistoryError: If a stored event cannot be read; names it.
        UnknownDefinitionError: If a history has a command of which there is no class.
    """
    place = _START if after is None else _place_of(after)
    _require_known(reader, place)
    if by.dealer is None and not sees_all_dealers(by):
        return FeedPage((), _cursor_at(place))
    dealer = None if sees_all_dealers(by) else by.dealer
    found = reader.committed(after=place.position, dealer=dealer, limit=limit)
    severities = _severities(reader, found, commands)
    events = tuple(_told(one, severities[one.event.complaint, one.event.number]) for one in found)
    # a page that is not full has looked at everything, the others' events too: they need not be passed over again
    is_full = len(found) == limit
    end = _place_behind(found[-1]) if is_full or (found and dealer is None) else _end(reader, place)
    return FeedPage(events, _cursor_at(end))


def _told(one: Committed, severity: Severity) -> FeedEvent:
    event = one.event
    told = outline(event)
    return FeedEvent(
        id=f"{event.complaint}:{event.number}",
        type=_type_of(told.source, told.target),
        complaint=event.complaint,
        number=event.number,
        reference=one.reference,
        dealer=one.dealer,
        command=event.command,
        source=told.source,
        target=told.target,
        stage=told.target.stage,
        severity=severity,
        at=told.at.astimezone(UTC),
        recorded_at=told.recorded_at.astimezone(UTC),
        roles=told.by.roles,
        caused_by=told.caused_by,
        caused_in=told.caused_in,
        cursor=_cursor_at(_place_behind(one)),
    )


def _type_of(source: State | None, target: State) -> FeedEventType:
    if source is None:
        return FeedEventType.RECEIVED
    return FeedEventType.RECORDED if source is target else FeedEventType.MOVED


# --- severity -------------------------------------------------------------------------------------------------------


def _severities(
    reader: Reader, found: Iterable[Committed], commands: Mapping[str, type[Command]]
) -> dict[tuple[UUID, int], Severity]:
    """The severity after each of the events; it stands in no event, so it is what the events up to it add up to."""
    numbers: dict[UUID, list[int]] = {}
    for one in found:
        numbers.setdefault(one.event.complaint, []).append(one.event.number)
    severities: dict[tuple[UUID, int], Severity] = {}
    for id, wanted in numbers.items():
        severities |= {(id, number): after for number, after in _after(reader, id, wanted, commands)}
    return severities


def _after(
    reader: Reader, id: UUID, numbers: list[int], commands: Mapping[str, type[Command]]
) -> Iterator[tuple[int, Severity]]:
    now = reader.complaint(id)
    if now is not None and numbers == [now.version]:
        # whoever follows the feed mostly asks for the last event: what it added up to is kept
        yield now.version, now.severity
        return
    complaint: Complaint | None = None
    # without the personal texts, as after an erasure: no severity depends on them
    for event in read(reader.events(id, upto=numbers[-1]), (), commands):
        complaint = applied(complaint, event)
        yield event.number, complaint.severity


# --- cursors --------------------------------------------------------------------------------------------------------


class _Place(msgspec.Struct, frozen=True):
    """
    A place between two events of the feed.

    Attributes:
        position: Of the event before it; 0 at the very start.
        digest: The first bytes of that event's digest: in another database another event stands there.
    """

    position: int
    digest: bytes


_START = _Place(0, bytes(_DIGEST_BYTES))


def _place_behind(one: Committed) -> _Place:
    return _Place(one.position, bytes.fromhex(one.event.digest[: 2 * _DIGEST_BYTES]))


def _end(reader: Reader, place: _Place) -> _Place:
    last = reader.last_position()
    return place if last == place.position else _place_behind(reader.committed(after=last - 1, limit=1)[0])


def _require_known(reader: Reader, place: _Place) -> None:
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
    if not before or _place_behind(before[0]) != place:
        raise CursorElsewhereError


def _cursor_at(place: _Place) -> str:
    raw = place.position.to_bytes(_POSITION_BYTES, "big") + place.digest
    return _CURSOR + urlsafe_b64encode(raw + _check(raw)).decode().rstrip("=")


def _place_of(cursor: str) -> _Place:
    """
    The place that *cursor* names.

    Raises:
        CursorError: If it did not come from :func:`_cursor_at`. The check finds slips, not malice: a made-up cursor
            shows nothing that its reader may not see.
    """
    if not isinstance(cursor, str):
        raise CursorError
    text = cursor.removeprefix(_CURSOR)
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        raw = b""
    place = _Place(int.from_bytes(raw[:_POSITION_BYTES], "big"), raw[_POSITION_BYTES:-_CHECK_BYTES])
    # written anew and compared, check and all, so that one place has one cursor
    if len(raw) != _CURSOR_BYTES or _cursor_at(place) != cursor:
        raise CursorError
    return place


def _check(raw: bytes) -> bytes:
    return blake2b(raw, digest_size=_CHECK_BYTES, person=b"complaints.feed").digest()


# --- what other systems are promised --------------------------------------------------------------------------------

_SAID = {
    "id": "complaint:number, unique for ever: tells whether this event was had before.",
    "type": "The first event of a complaint, one that changed its state, or one that recorded something within it.",
    "complaint": "Id of the complaint.",
    "number": "Number of the event within its complaint, from 1 without gaps; the complaint's version after it.",
    "reference": "The complaint's case number.",
    "dealer": "Id of the dealer.",
    "command": "Name of the step. Houses have steps of their own.",
    "source": "The state before; null for the first event.",
    "target": "The state after.",
    "stage": "The stage that the target belongs to.",
    "severity": "The severity after it.",
    "at": "When it happened, in UTC.",
    "recorded_at": "When it was recorded, in UTC.",
    "roles": "What whoever did it may act as.",
    "caused_by": "Number of the event it follows from; null where somebody did it.",
    "caused_in": "The complaint that event belongs to; null where it is the same one.",
}


def event_schema() -> dict[str, object]:
    """
    What :meth:`FeedEvent.data` holds, as JSON Schema (draft 2020-12).

    Under its name it only ever grows: fields and values are added, none is taken away or gets another meaning.
    Consumers pass over fields they do not know and bear with values they do not know.
    """
    hints = get_type_hints(FeedEvent)
    return {
        "$schema": _DIALECT,
        "$id": SCHEMA,
        "title": "Something that happened to a complaint",
        "description": "Thin: who wants more asks for the complaint by its id. Fields and values may be added.",
        "type": "object",
        "properties": {name: {"description": _SAID[name], **_schema_of(hints[name])} for name in _TOLD},
        # what is added later has a default: messages that lack it are still about
        "required": [field.name for field in fields(FeedEvent) if field.name in _TOLD and field.required],
        "additionalProperties": True,
    }


def _schema_of(hint: Any) -> dict[str, object]:
    if get_origin(hint) is UnionType:
        (kind,) = (one for one in get_args(hint) if one is not NoneType)
        return {"anyOf": [_schema_of(kind), {"type": "null"}]}
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _schema_of(get_args(hint)[0]), "minItems": 1}
    if issubclass(hint, StrEnum):
        return {"type": "string", "enum": [one.value for one in hint]}
    return _PLAIN_SCHEMAS[hint].copy()


_PLAIN_SCHEMAS: Mapping[type, dict[str, object]] = {
    str: {"type": "string", "minLength": 1},
    int: {"type": "integer", "minimum": 1},
    UUID: {"type": "string", "format": "uuid"},
    datetime: {"type": "string", "format": "date-time", "pattern": _UTC},
}


__all__ = ["SCHEMA", "FeedEvent", "FeedEventType", "FeedPage", "event_schema", "feed"]
