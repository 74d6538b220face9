"""
The feed: what happened to all complaints, thin enough for other systems, in an order in which nothing comes late.

An event of the feed tells that something happened, to which complaint, and where it stands now. It holds no form and
nothing personal; whoever needs more asks the desk for the complaint. It is the same whenever it is read: after an
erasure, from a copy of the database, in pages of any size.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC
from uuid import UUID

from complaints.access import sees_all_dealers
from complaints.feeding.cursors import START, cursor_at, end_of, place_behind, place_of, require_known
from complaints.feeding.events import SCHEMA, FeedEvent, FeedEventType, FeedPage
from complaints.feeding.schema import event_schema
from complaints.history import outline, read
from complaints.model.complaint import Complaint
from complaints.model.event import Command, applied
from complaints.model.people import Actor
from complaints.model.words import Severity, State
from complaints.stores.base import Committed, Reader


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
    place = START if after is None else place_of(after)
    require_known(reader, place)
    if by.dealer is None and not sees_all_dealers(by):
        return FeedPage((), cursor_at(place))
    dealer = None if sees_all_dealers(by) else by.dealer
    found = reader.committed(after=place.position, dealer=dealer, limit=limit)
    severities = _severities(reader, found, commands)
    events = tuple(_told(one, severities[one.event.complaint, one.event.number]) for one in found)
    # a page that is not full has looked at everything, the others' events too: they need not be passed over again
    is_full = len(found) == limit
    end = place_behind(found[-1]) if is_full or (found and dealer is None) else end_of(reader, place)
    return FeedPage(events, cursor_at(end))


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
        cursor=cursor_at(place_behind(one)),
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


__all__ = ["SCHEMA", "FeedEvent", "FeedEventType", "FeedPage", "event_schema", "feed"]
