"""The timeline: who did what and when, from where to where, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import attrs

from complaints.forms.layout import pairs, shortened, wrapped
from complaints.forms.words import Reader
from complaints.model.event import Event

_RECORDED_AT_ONCE = timedelta(minutes=1)
_TOLD_ELSEWHERE = frozenset({"complaint", "statement"})
_NOT_TELLING = _TOLD_ELSEWHERE | {"dealer"}
_MOST_TOLD = 4
_BELOW = " " * 5


@attrs.frozen(kw_only=True)
class TimelineEntry:
    """
    One event as people read it.

    Attributes:
        recorded_at: When it was recorded; ``None`` if at once. A minute is our choice: times are told to the minute.
        recorded_by: Who typed it; ``None`` if who did it.
        stands_in_for: Ids of those who were away and whose duties the doer exercised; empty for none.
        step: Label of the command.
        way: From which state to which; empty for an entry.
        set_aside: Which rules did not count for it, by an Override or because the house is too small.
        gist: Its most telling text, if it has one.
        content: Every filled-in field, label and text.
    """

    number: int
    at: str
    recorded_at: str | None
    by: str
    recorded_by: str | None
    stands_in_for: str
    step: str
    way: str
    set_aside: str
    gist: str
    content: tuple[tuple[str, str], ...]


def timeline(events: Iterable[Event], reader: Reader) -> Iterator[TimelineEntry]:
    """The events of a complaint as people read them."""
    for event in events:
        yield TimelineEntry(
            number=event.number,
            at=reader.moment(event.at),
            recorded_at=(
                reader.moment(event.recorded_at) if event.recorded_at - event.at >= _RECORDED_AT_ONCE else None
            ),
            by=reader.actor(event.by),
            recorded_by=reader.actor(event.recorded_by) if event.recorded_by != event.by else None,
            stands_in_for=reader.list(event.by.stands_in_for),
            step=reader.label("command", event.name),
            way=_way(event, reader),
            set_aside=reader.clauses(*(reader.label("rule", code) for code in event.set_aside)),
            gist=_gist(event, reader),
            content=tuple(reader.fields(event.command, without=_TOLD_ELSEWHERE)),
        )


def timeline_lines(events: Iterable[Event], reader: Reader, *, width: int, is_full: bool = False) -> Iterator[str]:
    """
    The timeline as text.

    Args:
        is_full: With everything that was filled in, and not only its gist.
    """
    for entry in timeline(events, reader):
        remarks = reader.clauses(
            reader.named(reader.screen("recorded_at"), entry.recorded_at) if entry.recorded_at else "",
            reader.named(reader.screen("recorded_by"), entry.recorded_by) if entry.recorded_by else "",
            reader.named(reader.screen("stands_in_for"), entry.stands_in_for) if entry.stands_in_for else "",
            reader.named(reader.screen("set_aside"), entry.set_aside) if entry.set_aside else "",
        )
        said = "  ".join(part for part in (entry.step, entry.way, entry.by) if part)
        yield from _hanging(f"{entry.number:>3}  {entry.at}  ", said, width)
        yield from _hanging(_BELOW, remarks, width) if remarks else ()
        if is_full:
            yield from pairs(entry.content, width, indent=_BELOW)
        elif entry.gist:
            yield f"{_BELOW}{shortened(entry.gist, width - len(_BELOW))}"


def _hanging(lead: str, text: str, width: int) -> Iterator[str]:
    for line in wrapped(text, width - len(lead)):
        yield f"{lead}{line}"
        lead = " " * len(lead)


def _way(event: Event, reader: Reader) -> str:
    if not event.is_move:
        return ""
    target = reader.word(event.target)
    return f"→ {target}" if event.source is None else f"{reader.word(event.source)} → {target}"


def _gist(event: Event, reader: Reader) -> str:
    """Its codes and first texts, and what had to be answered with yes or no: enough to know what it was about."""
    cls: Any = type(event.command)
    told = (_telling(field, getattr(event.command, field.name), event.name, reader) for field in attrs.fields(cls))
    return reader.clauses(*[text for text in told if text][:_MOST_TOLD])


def _telling(field: attrs.Attribute[object], value: object, owner: str, reader: Reader) -> str:
    if field.name in _NOT_TELLING or value is None or value == field.default:
        return ""
    if isinstance(value, bool):
        return reader.named(reader.field(owner, field.name), reader.says(value))
    return reader.says(value) if isinstance(value, str) else ""


__all__ = ["TimelineEntry", "timeline", "timeline_lines"]
