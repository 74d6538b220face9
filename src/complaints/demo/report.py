"""What the demonstration tells: line by line, in the chosen language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from shlex import quote

from complaints.demo.due import what_time_did
from complaints.demo.house import STAFF, House
from complaints.demo.result import DemoResult
from complaints.demo.sample import Mark, Refused
from complaints.forms.case_file import case_file
from complaints.forms.layout import bullet, heading, table, wrapped
from complaints.locale import label
from complaints.model.complaint import Complaint
from complaints.model.event import Event
from complaints.model.words import Severity, State, Track
from complaints.stores.base import Query

__all__ = ["beginning", "report"]

_READER = STAFF["chen"]
_IN_FULL = "explained"
_WIDTH = 100


def beginning(house: House, file: str) -> Iterator[str]:
    """What this is, and where it goes."""
    yield house.text("title")
    yield "═" * _WIDTH
    yield from wrapped(house.text("about"), _WIDTH)
    yield house.text("database", file=file)


def report(house: House, result: DemoResult) -> Iterator[str]:
    """All that was done, and how to look at it."""
    everything = house.desk.find(Query(limit=1000), by=_READER).complaints
    stories = {code: house.desk.complaint(id, by=_READER) for code, id in result.stories.items()}
    yield from _head(house, "intake")
    yield from _intake(house, result, everything)
    yield from _head(house, "stories")
    yield from _stories(house, stories)
    yield from _head(house, "due")
    yield from what_time_did(house, result, stories, _WIDTH)
    yield from _head(house, "wrong")
    yield from _wrong_steps(house, result)
    yield from _head(house, "case")
    yield from _case_file(house, stories[_IN_FULL])
    yield from _head(house, "summary")
    yield from _lined_up(_states(house, everything))
    yield ""
    yield from _lined_up(_outcomes(house, stories))
    yield from _head(house, "verified")
    yield from _verified(house, result)
    yield from _head(house, "next")
    waiting = next(complaint for complaint in everything if complaint.is_open)
    yield from _next(house, result, stories, waiting)


def _head(house: House, code: str) -> Iterator[str]:
    yield ""
    yield heading(house.text(f"heading.{code}"), _WIDTH)


def _intake(house: House, result: DemoResult, everything: Sequence[Complaint]) -> Iterator[str]:
    yield house.text(
        "intake.read",
        rows=result.rows,
        complaints=result.complaints,
        refused=len(result.refused),
        marked=len(result.marks),
    )
    flaws: tuple[Refused | Mark, ...] = (*result.refused, *result.marks)
    yield from (f"  {flaw.sentence(house.language)}" for flaw in flaws)
    yield house.text("intake.received", received=result.complaints - 1)
    found = Counter(complaint.severity for complaint in everything)
    yield house.text(
        "intake.severity",
        severities=tuple(f"{label('severity', one, house.language)} {found[one]}" for one in Severity if found[one]),
    )


def _stories(house: House, stories: Mapping[str, Complaint]) -> Iterator[str]:
    for code, complaint in stories.items():
        events = house.desk.history(complaint.id, by=_READER)
        yield house.text("story.way", title=house.text(f"story.{code}"), case=complaint.reference)
        yield from bullet(_way(events, house.language), _WIDTH, mark=" ")


def _way(events: Sequence[Event], language: str) -> str:
    return " → ".join(label("state", event.target, language) for event in events if event.is_move)


def _wrong_steps(house: House, result: DemoResult) -> Iterator[str]:
    for wrong in result.wrong_steps:
        yield house.text(
            "wrong.step", by=wrong.by.id, who=wrong.by.roles[0], case=wrong.reference, command=wrong.command
        )
        yield from _indented(wrong.error.sentence(house.language))
    yield house.text("wrong.unchanged")


def _indented(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield from bullet(line.strip(), _WIDTH, indent="  ") if line.startswith(" ") else bullet(line, _WIDTH, mark=" ")


def _case_file(house: House, complaint: Complaint) -> Iterator[str]:
    text = case_file(
        complaint,
        house.desk.history(complaint.id, by=_READER),
        language=house.language,
        zone=house.dealer.tz,
        options=house.desk.options(complaint.id, by=_READER),
        calendar=house.desk.calendar(house.dealer.id),
        width=_WIDTH,
    )
    yield text.rstrip()


def _lined_up(rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    return table(next(rows), rows, _WIDTH)


def _states(house: House, everything: Sequence[Complaint]) -> Iterator[tuple[str, ...]]:
    found = Counter(complaint.state for complaint in everything)
    yield house.text("column.state"), house.text("column.complaints")
    for state in State:
        if found[state]:
            yield label("state", state, house.language), str(found[state])


def _outcomes(house: House, stories: Mapping[str, Complaint]) -> Iterator[tuple[str, ...]]:
    columns = ("story", "case", "track", "outcome", "events")
    yield tuple(house.text(f"column.{column}") for column in columns)
    for code, complaint in stories.items():
        track = Track.FAST if complaint.track is Track.FAST else Track.FULL
        yield (
            house.text(f"story.{code}"),
            complaint.reference,
            label("track", track, house.language),
            label("outcome", complaint.outcome or "", house.language),
            str(complaint.version),
        )


def _verified(house: House, result: DemoResult) -> Iterator[str]:
    if result.broken:
        yield house.text("broken", count=len(result.broken))
        yield from (f"  {error.sentence(house.language)}" for error in result.broken)
    else:
        yield house.text("verified", complaints=result.complaints, events=result.events)


def _next(house: House, result: DemoResult, stories: Mapping[str, Complaint], waiting: Complaint) -> Iterator[str]:
    about = {
        "list": "",
        "show": stories["resolved"].reference,
        "explain": waiting.reference,
        "verify": "",
        "diagram": stories["reworked"].reference,
    }
    commands = {name: f"{name} {case}".rstrip() for name, case in about.items()}
    longest = max(map(len, commands.values()))
    for name, command in commands.items():
        yield f"  complaints {command:{longest}} --db {quote(result.database)}  # {house.text(f'next.{name}')}"
