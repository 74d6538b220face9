"""The case file: everything about one complaint, as a person reads it, or as a program does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo

import attrs
import msgspec

from complaints.calendars import Calendar
from complaints.forms.blocks import Block, Line, Quote, laid_out
from complaints.forms.chapters import CHAPTERS, Case
from complaints.forms.due import due_in_words
from complaints.forms.filled import data_of
from complaints.forms.layout import NARROWEST, heading
from complaints.forms.next_steps import NextStep, Options, next_step_lines, next_steps
from complaints.forms.timeline import timeline_lines
from complaints.forms.words import Reader
from complaints.lifecycle import LIFECYCLE
from complaints.machine import Lifecycle
from complaints.model.complaint import Complaint
from complaints.model.event import Event, Refusal
from complaints.model.people import Actor, Customer
from complaints.model.registration import Registration
from complaints.model.watching import earliest_due
from complaints.model.words import State

_EVERY_DAY = Calendar.always()
_WAYS = ("phone", "email", "wechat", "address", "platform_number", "post_url", "preferred_channel", "language", "ref")


def case_file(
    complaint: Complaint,
    events: Sequence[Event],
    *,
    language: str,
    zone: tzinfo,
    options: Options | None = None,
    width: int = 80,
    is_full: bool = False,
    lifecycle: Lifecycle = LIFECYCLE,
    calendar: Calendar = _EVERY_DAY,
    now: datetime | None = None,
) -> str:
    """
    The case file as text: the form, what each stage came to, the timeline, what is missing, what may be done next.

    Args:
        events: The history, as ``desk.history`` gives it; long texts stand there and not on the complaint.
        language: ``"zh_CN"`` or ``"en"``.
        zone: The dealer's time zone; all times are told in it.
        options: What ``desk.options`` says to the one who asks; without it nothing is said about next steps.
        width: Columns of the terminal, where Chinese signs take two; 40 at least.
        is_full: The timeline tells everything that was filled in, and not only the gist.
        calendar: The dealer's: it counts the working days that are left, and names holidays.
        now: When it is read: due dates are told in words as well; without it by their moments alone.

    Returns:
        Lines of at most *width* columns, without colour, ending with a line break.

    Source:
        R11 (form and completeness), R8 (late recording shows), R60 (the customer's words stay as they were).
    """
    width = max(width, NARROWEST)
    case = Case(
        complaint=complaint,
        events=tuple(events),
        reader=Reader(language, zone),
        calendar=calendar,
        now=now,
    )
    lines: list[str] = []
    for part in parts(case):
        lines += _titled(part.title, laid_out(part.blocks, width), width) if lines else _head_lines(part, width)
    history = timeline_lines(case.events, case.reader, width=width, is_full=is_full)
    lines += _titled(case.reader.screen("timeline"), history, width)
    lines += _titled(case.reader.screen("missing"), laid_out(missing(case), width), width)
    if options is not None:
        steps = next_steps(complaint.state, options, lifecycle)
        lines += _titled(case.reader.screen("next_steps"), next_step_lines(steps, case.reader, width=width), width)
    return "\n".join(lines) + "\n"


def _head_lines(head: Part, width: int) -> list[str]:
    return [head.title, *laid_out(head.blocks, width)]


def _titled(title: str, lines: Iterable[str], width: int) -> list[str]:
    told = list(lines)
    return ["", heading(title, width), *told] if told else []


# --- its parts ------------------------------------------------------------------------------------------------------


@attrs.frozen(kw_only=True)
class Part:
    """
    A part of the case file under a title of its own.

    Attributes:
        code: ``head``, ``registration``, ``statement``, or the code of a chapter; stable, for addresses within a page.
    """

    code: str
    title: str
    blocks: tuple[Block, ...]


def parts(case: Case) -> Iterator[Part]:
    """The case file up to its timeline: head, registration form, the customer's words, and what each stage came to."""
    reader, form = case.reader, case.complaint.registration
    share = reader.named(reader.screen("completeness"), f"{form.completeness.percent}%")
    head = f"{reader.screen('case_file')} {case.complaint.reference}"
    words = Quote(_words(case.complaint, case.events))
    yield Part(code="head", title=head, blocks=tuple(_head(case)))
    yield Part(
        code="registration",
        title=f"{reader.screen('registration_form')} · {share}",
        blocks=tuple(case.pairs((*_origin_rows(case.complaint, reader), *_form_rows(form, reader)))),
    )
    yield Part(code="statement", title=reader.field("Receive", "statement"), blocks=(words,))
    for kind, code, chapter in CHAPTERS:
        blocks = tuple(chapter(case))
        if blocks:
            yield Part(code=code, title=reader.label(kind, code), blocks=blocks)


def _head(case: Case) -> Iterator[Block]:
    complaint, reader = case.complaint, case.reader
    floor = complaint.floor
    rows: list[tuple[str, str | None]] = [
        (reader.field("Complaint", "state"), _state(complaint.state, reader)),
        (
            reader.field("Complaint", "severity"),
            reader.remark(
                reader.word(complaint.severity),
                reader.named(reader.field("Complaint", "floor"), reader.word(floor)) if floor.rank else "",
            ),
        ),
        (reader.field("Complaint", "track"), reader.word(complaint.track)),
        (reader.field("Complaint", "dealer"), complaint.dealer),
        (reader.field("Complaint", "department"), reader.word(complaint.department) if complaint.department else None),
        *(
            (reader.word(duty), reader.remark(held.assignee, reader.word(held.answer)))
            for duty, held in complaint.duties.items()
        ),
        (reader.field("Registration", "received_at"), reader.moment(complaint.received_at)),
        (reader.field("Complaint", "recorded_at"), reader.moment(complaint.recorded_at)),
        (reader.screen("due.first"), _first_due(case)),
        (reader.field("Complaint", "outcome"), reader.word(complaint.outcome) if complaint.outcome else None),
        (reader.field("Complaint", "passes"), str(complaint.passes) if complaint.passes > 1 else None),
        (reader.field("Complaint", "repeat_of"), str(complaint.repeat_of) if complaint.repeat_of else None),
    ]
    yield from case.pairs(rows)


def _first_due(case: Case) -> str | None:
    """The first of what is owed, in words for whoever reads now."""
    due = earliest_due(case.complaint)
    if due is None or case.now is None:
        return None
    return due_in_words(due, case.now, case.calendar, case.reader.zone, case.reader.language)


def _state(state: State, reader: Reader) -> str:
    stage, name = reader.word(state.stage), reader.word(state)
    return name if name == stage else reader.remark(name, stage)


def _origin_rows(complaint: Complaint, reader: Reader) -> Iterator[tuple[str, str | None]]:
    """Where it was handled before it came here, and what was done there when."""
    if complaint.adopted is None:
        return
    yield reader.field("Complaint", "adopted"), reader.remark(complaint.adopted.system, complaint.adopted.number)
    for one in complaint.adopted.milestones:
        yield reader.field("Adopted", "milestones"), reader.clauses(reader.word(one.state), reader.moment(one.at))


def _form_rows(form: Registration, reader: Reader) -> Iterator[tuple[str, str | None]]:
    customer = form.complainant
    yield reader.field("Registration", "complainant"), _customer(customer, reader)
    yield from reader.fields(customer, without=frozenset({"name", "member"}))
    yield reader.field("Registration", "channel"), reader.word(form.channel)
    yield reader.field("Registration", "kind"), reader.word(form.kind)
    yield reader.field("Registration", "received_by"), form.received_by
    yield reader.field("Registration", "wish"), form.wish
    for issue in form.issues:
        category = reader.label("category", issue.category) if issue.category else ""
        safety = reader.field("Issue", "is_safety") if issue.is_safety else ""
        told = reader.clauses(category, issue.text or "", safety)
        yield reader.field("IssueJudgment", "issue"), reader.named(issue.id, told)
    for vehicle in form.vehicles:
        yield reader.field("Query", "vehicle"), reader.says(vehicle)
    for party in form.parties:
        yield reader.field("Registration", "parties"), reader.says(party)
    for name in ("refs", "alarms", "complained_of"):
        yield reader.field("Registration", name), reader.says(getattr(form, name))


def _customer(customer: Customer, reader: Reader) -> str:
    name = customer.name or reader.screen("anonymous")
    return reader.remark(name, reader.field("Customer", "member") if customer.member else "")


def _words(complaint: Complaint, events: Sequence[Event]) -> str:
    """The customer's own words, whole: the complaint keeps only their beginning."""
    first = getattr(events[0].command, "statement", None) if events else None
    return first if isinstance(first, str) else complaint.registration.excerpt


def missing(case: Case) -> Iterator[Block]:
    """What the registration form still lacks: first what the judgment waits for."""
    form, reader = case.complaint.registration, case.reader
    needed = form.missing_for_judgment
    later = tuple(name for name in form.completeness.missing if name not in needed)
    for code, names in (("missing_for_judgment", needed), ("missing_otherwise", later)):
        if names:
            listed = reader.list(reader.label("field", name) for name in names)
            yield Line(reader.named(reader.screen(code), listed))


# --- for programs ---------------------------------------------------------------------------------------------------


def case_file_data(
    complaint: Complaint,
    events: Sequence[Event],
    *,
    language: str,
    options: Options | None = None,
    lifecycle: Lifecycle = LIFECYCLE,
) -> dict[str, object]:
    """
    The case file for programs: codes and ISO times, ready for JSON; only refusals carry sentences, in *language*.

    Keys: ``complaint``, ``statement``, ``completeness`` (``percent``, ``filled``, ``missing``,
    ``missing_for_judgment``), ``timeline``, and ``next`` if *options* are given.
    """
    form = complaint.registration
    data: dict[str, object] = {
        "complaint": msgspec.to_builtins(complaint),
        "statement": _words(complaint, events),
        "completeness": {
            "percent": form.completeness.percent,
            "filled": list(form.completeness.filled),
            "missing": list(form.completeness.missing),
            "missing_for_judgment": list(form.missing_for_judgment),
        },
        "timeline": [event_data(event) for event in events],
    }
    if options is not None:
        data["next"] = [next_step_data(step, language) for step in next_steps(complaint.state, options, lifecycle)]
    return data


def brief_data(complaint: Complaint) -> dict[str, object]:
    """A complaint in a list, for programs."""
    form = complaint.registration
    return {
        "id": complaint.id,
        "reference": complaint.reference,
        "dealer": complaint.dealer,
        "version": complaint.version,
        "state": complaint.state,
        "stage": complaint.stage,
        "severity": complaint.severity,
        "track": complaint.track,
        "handler": complaint.handler,
        "department": complaint.department,
        "categories": sorted({issue.category for issue in form.issues if issue.category}),
        "received_at": complaint.received_at,
        "recorded_at": complaint.recorded_at,
        "due": earliest_due(complaint),
        "outcome": complaint.outcome,
        "excerpt": form.excerpt,
    }


def event_data(event: Event) -> dict[str, object]:
    """An event for programs."""
    return {
        "number": event.number,
        "command": event.name,
        "at": event.at.isoformat(),
        "recorded_at": event.recorded_at.isoformat(),
        "by": _actor_data(event.by),
        "recorded_by": _actor_data(event.recorded_by),
        "source": None if event.source is None else event.source.value,
        "target": event.target.value,
        "caused_by": event.caused_by,
        "form": data_of(event.command),
        "digest": event.digest,
    }


def refusal_data(refusal: Refusal, language: str) -> dict[str, object]:
    """A refusal for programs."""
    facts = {name: list(fact) if isinstance(fact, tuple) else fact for name, fact in refusal.facts.items()}
    return {"code": refusal.code, "sentence": refusal.sentence(language), "who": list(refusal.who), "facts": facts}


def _actor_data(actor: Actor) -> dict[str, object]:
    data: dict[str, object] = msgspec.to_builtins(actor)
    return data


def next_step_data(step: NextStep, language: str) -> dict[str, object]:
    """A step that may come next, for programs."""
    return {
        "command": step.command,
        "targets": [target.value for target in step.targets],
        "who": list(step.who),
        "is_open": not step.refusals,
        "refusals": [refusal_data(refusal, language) for refusal in step.refusals],
    }


__all__ = [
    "Options",
    "Part",
    "brief_data",
    "case_file",
    "case_file_data",
    "event_data",
    "missing",
    "next_step_data",
    "parts",
    "refusal_data",
]
