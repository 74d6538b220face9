"""What the demonstration tells about time: what was missed, whom that led to, and what was kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from complaints.demo.house import STAFF, House
from complaints.demo.result import DemoResult
from complaints.forms.due import due_in_words, why
from complaints.forms.layout import bullet
from complaints.forms.words import Reader
from complaints.model.complaint import Complaint
from complaints.model.event import Event
from complaints.stages.due_dates import RecordBreach, RecordWarning
from complaints.stages.escalation import AnswerEscalation, Escalate
from complaints.stages.promises import KeepPromise, MakePromise

__all__ = ["what_time_did"]

_READER = STAFF["chen"]


def what_time_did(house: House, result: DemoResult, stories: Mapping[str, Complaint], width: int) -> Iterator[str]:
    """One complaint that was late and made good, one whose clock stood still, and what all looks at the clock found."""
    late, held = stories["late"], stories["declined"]
    yield house.text("story.way", title=house.text("story.late"), case=late.reference)
    for event in house.desk.history(late.id, by=_READER):
        said = _said(house, late, event)
        if said:
            yield from bullet(said, width, mark=" ")
    investigate = held.deadlines["investigate"]
    calendar, reader = house.desk.calendar(house.dealer.id), _reader(house)
    yield house.text("due.paused", case=held.reference, clock=reader.label("clock", "investigate"))
    yield from bullet(why(investigate, calendar, house.dealer.tz, house.language), width, mark=" ")
    yield house.text(
        "due.ticks",
        times=len(result.ticks),
        warned=sum(tick.of(RecordWarning) for tick in result.ticks),
        missed=sum(tick.of(RecordBreach) for tick in result.ticks),
        escalated=sum(tick.of(Escalate) for tick in result.ticks),
    )


def _said(house: House, complaint: Complaint, event: Event) -> str:
    """When, who, and what it had to do with time; empty for what had nothing to do with it."""
    reader = _reader(house)
    what = _what(house, complaint, event)
    if not what:
        return ""
    done = reader.named(reader.label("command", event.name), what)
    return f"{reader.moment(event.at)}  {event.by.id:6}  {done}"


def _what(house: House, complaint: Complaint, event: Event) -> str:
    reader, promises = _reader(house), {one.id: one for one in complaint.promises}
    match event.command:
        case RecordBreach(clock=str(clock)):
            missed = next(one for one in complaint.beside.breaches if one.number == event.number)
            return reader.clauses(reader.label("clock", clock), _in_words(house, missed.due, event.at))
        case RecordWarning(clock=str(clock)):
            return reader.clauses(
                reader.label("clock", clock), _in_words(house, complaint.deadlines[clock].due, event.at)
            )
        case Escalate(to=to):
            return reader.word(to)
        case AnswerEscalation(decision=decision):
            return decision
        case MakePromise(promise=promise):
            return _in_words(house, promise.due_at, event.at)
        case RecordWarning(promise=str(id)):
            return _in_words(house, promises[id].due_at, event.at)
        case KeepPromise(promise=id):
            return reader.word(promises[id].state)
    return ""


def _in_words(house: House, due: datetime | None, now: datetime) -> str:
    calendar = house.desk.calendar(house.dealer.id)
    return due_in_words(due, now, calendar, house.dealer.tz, house.language)


def _reader(house: House) -> Reader:
    return Reader(house.language, house.dealer.tz)
