"""Events as other systems are told of them, alone and in pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from complaints.model.words import Role, Severity, Stage, State

SCHEMA: Final = "urn:complaints:schema:complaint-event:v1"
"""Names the JSON Schema of an event as other systems get it. What is no mere addition to it gets another name."""


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
        """
        The event as other systems get it, ready for JSON.

        :func:`~complaints.feeding.schema.event_schema` describes it.
        """
        return {name: _plain(getattr(self, name)) for name in TOLD}

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


TOLD = tuple(name for name in FeedEvent.__struct_fields__ if name != "cursor")
"""The fields that other systems get."""


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


__all__ = ["SCHEMA", "TOLD", "FeedEvent", "FeedEventType", "FeedPage"]
