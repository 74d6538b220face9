"""``complaints do``: any step of the lifecycle, from JSON, from options, or asked field by field."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import attrs
import rich_click as click

from complaints.cli.answers import Typist, set_field
from complaints.cli.arguments import Moment, code_for, words_of
from complaints.cli.asking import Questions
from complaints.cli.cases import command_named
from complaints.cli.exit_codes import DONE, exit_code_of_refusals
from complaints.cli.screen import (
    OutputLostError,
    show,
    show_json,
    show_lines,
    show_refusals,
    width_of_terminal,
)
from complaints.cli.settings import READER, Decorator, Settings, with_settings
from complaints.cli.similar import likeness_lines
from complaints.cli.spoken import spoken_command
from complaints.desk import Desk
from complaints.errors import (
    ConflictError,
    Fault,
    InvalidCommandError,
    NaiveTimeError,
)
from complaints.forms.case_file import brief_data, event_data, refusal_data
from complaints.forms.filled import MOST_BYTES, command_from, data_from_json, id_or_reference, with_ids
from complaints.forms.layout import heading, visible, wrapped
from complaints.forms.next_steps import refuse_in_advance
from complaints.forms.timeline import timeline
from complaints.forms.words import Reader
from complaints.locale import label
from complaints.model.complaint import Complaint
from complaints.model.event import Command
from complaints.model.people import Actor
from complaints.model.words import Role
from complaints.stages.intake import Receive


@attrs.frozen(kw_only=True)
class Wanted:
    """
    What was typed after ``do``.

    Attributes:
        case: Case number or id of the complaint.
        source: File with the form as JSON; ``-`` is the standard input.
        fields: ``path=text`` and ``path:=json``.
        recorded_by: ``ID:ROLE`` of who types, if not who acts.
    """

    cls: type[Command]
    case: str | None
    source: str | None
    fields: tuple[str, ...]
    at: datetime | None
    key: str | None
    recorded_by: str | None
    expected_version: int | None
    is_dry_run: bool
    may_ask: bool


def do_command(language: str) -> click.Command:
    """The command that takes a step."""

    def option(*names: str, **more: Any) -> Decorator:
        return click.option(*names, help=label("screen", f"option.do.{names[0].strip('-')}", language), **more)

    @spoken_command(
        language,
        "do",
        "do Receive --as li --role specialist --dealer SH01",
        "do AddNote --complaint SH01-2026-000001 --set text=… --as li --role specialist",
        "do Uphold --complaint SH01-2026-000001 --from uphold.json --as zhao --role supervisor --dry-run",
        "do Assign --complaint SH01-2026-000001 --set duty=handler --set assignee=li --as zhao --role supervisor",
    )
    @click.argument("command", metavar="COMMAND")
    @option("--complaint", "case", metavar="CASE")
    @option("--from", "source", metavar="FILE|-")
    @option("--set", "fields", multiple=True, metavar="FIELD=VALUE")
    @option("--at", type=Moment(language), metavar="TIME")
    @option("--key", metavar="KEY")
    @option("--recorded-by", metavar="ID:ROLE")
    @option("--expected-version", type=int, metavar="N")
    @option("--dry-run", "is_dry_run", is_flag=True)
    @option("--no-input", "may_ask", flag_value=False, type=bool, default=True)
    @with_settings(language, "database", "actor", "roles", "dealer", "house", "is_json")
    @click.pass_context
    def do(ctx: click.Context, /, settings: Settings, command: str, **given: Any) -> None:
        wanted = Wanted(cls=command_named(command, settings), **given)
        if wanted.at is not None and wanted.at.utcoffset() is None:
            raise NaiveTimeError("at")
        ctx.exit(_do(wanted, settings))

    return do


@attrs.frozen(kw_only=True)
class Order:
    """A step that is ready to be taken."""

    command: Command
    before: Complaint | None
    by: Actor
    recorded_by: Actor | None


def _do(wanted: Wanted, settings: Settings) -> int:
    if _is_about_one(wanted.cls):
        # a mistyped path is no wish for a new database
        with settings.desk(is_read_only=wanted.is_dry_run or not settings.is_there) as desk:
            return _take(desk, wanted, _order(desk, wanted, settings), settings)
    if wanted.case is not None:
        raise click.UsageError(f"{settings.says('usage.begins')} --complaint {wanted.case}")
    order = _order(None, wanted, settings)
    if not settings.is_there:
        # receiving makes a new database where there is none, but only once the step has proved acceptable
        house = settings.described_house
        with Desk(dealers=house.dealers, policy=house.policies, calendars=house.calendars) as desk:
            if wanted.is_dry_run:
                return _take(desk, wanted, order, settings)
            _handled(desk, wanted, order)
    with settings.desk(is_read_only=wanted.is_dry_run) as desk:
        return _take(desk, wanted, order, settings)


def _order(desk: Desk | None, wanted: Wanted, settings: Settings) -> Order:
    data = _data(wanted.source)
    before = None if desk is None else _complaint(desk, wanted, data)
    by = _actor(before, data, settings)
    recorded_by = None if wanted.recorded_by is None else _recorder(wanted.recorded_by, by, settings)
    command = _command(desk, wanted, data, before, by, settings)
    return Order(command=command, before=before, by=by, recorded_by=recorded_by)


def _take(desk: Desk, wanted: Wanted, order: Order, settings: Settings) -> int:
    if wanted.is_dry_run:
        return _foresee(desk, wanted, order, settings)
    after = _handled(desk, wanted, order)
    try:
        _tell(desk, order.before, after, settings)
        if isinstance(order.command, Receive) and not settings.is_json:
            _tell_what_is_like_it(desk, after, order.by, settings)
    except OutputLostError:
        raise OutputLostError(after.reference) from None
    return DONE


def _handled(desk: Desk, wanted: Wanted, order: Order) -> Complaint:
    return desk.handle(
        order.command,
        by=order.by,
        recorded_by=order.recorded_by,
        at=wanted.at,
        key=wanted.key,
        expected_version=wanted.expected_version,
    )


def _is_about_one(cls: type[Command]) -> bool:
    """Whether the step is about a complaint that is there already."""
    fields: Any = cls
    return "complaint" in attrs.fields_dict(fields)


# --- who and what ---------------------------------------------------------------------------------------------------


def _complaint(desk: Desk, wanted: Wanted, data: dict[str, Any]) -> Complaint:
    """The complaint that the step is about; a case number in the form becomes its id."""
    case = wanted.case if wanted.case is not None else data.get("complaint")
    if not isinstance(case, str) or not case.strip():
        raise InvalidCommandError(wanted.cls.__name__, [Fault("complaint", "missing")])
    complaint = desk.complaint(id_or_reference(case), by=READER)
    data["complaint"] = str(complaint.id)
    return complaint


def _actor(before: Complaint | None, data: Mapping[str, Any], settings: Settings) -> Actor:
    """Who acts, at the complaint's dealer unless another one was said."""
    dealer = before.dealer if before is not None else data.get("dealer")
    by = settings.who(dealer=dealer if isinstance(dealer, str) else None)
    if by is None:
        raise click.UsageError(settings.says("usage.who_acts"))
    return by


def _recorder(text: str, by: Actor, settings: Settings) -> Actor:
    """Who types: nobody's role is guessed, since it stands in the history for good."""
    id, _, roles = text.rpartition(":")
    codes = [code_for(role, words_of(Role)) for role in roles.split(",")]
    known = tuple(Role(code) for code in codes if code is not None)
    if not id or len(known) < len(codes):
        raise click.UsageError(f"{settings.says('usage.recorder')} {text}")
    return Actor(id, known, dealer=by.dealer)


# --- the form -------------------------------------------------------------------------------------------------------


def _data(source: str | None) -> dict[str, Any]:
    if source is None:
        return {}
    try:
        text = sys.stdin.buffer.read(MOST_BYTES + 1) if source == "-" else _start_of(Path(source))
    except OSError:
        raise InvalidCommandError(source, [Fault(source, "unreadable_file")]) from None
    data = data_from_json(text, name=source)
    if not isinstance(data, dict):
        raise InvalidCommandError(source, [Fault(source, "type", wanted="mapping", given=type(data).__name__)])
    return data


def _start_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MOST_BYTES + 1)


def _command(
    desk: Desk | None, wanted: Wanted, data: dict[str, Any], before: Complaint | None, by: Actor, settings: Settings
) -> Command:
    asks = wanted.may_ask and wanted.source != "-" and sys.stdin.isatty() and sys.stdout.isatty()
    dealer = settings.dealer_known_as(by.dealer or (before.dealer if before is not None else "-"))
    typist = Typist(
        language=settings.language,
        currency=dealer.currency,
        zone=dealer.tz if asks else None,  # a script says which zone it means
        now=datetime.now(dealer.tz),
    )
    for setting in wanted.fields:
        set_field(data, wanted.cls, setting, typist)
    if desk is not None:
        data |= with_ids(wanted.cls, data, lambda case: desk.complaint(case, by=by).id)
    if wanted.cls.when is not None and wanted.at is not None:
        data.setdefault(wanted.cls.when, wanted.at.isoformat())
    if before is None and by.dealer is not None:
        data.setdefault("dealer", by.dealer)
    try:
        if asks and desk is not None and before is not None:
            refuse_in_advance(wanted.cls, before, desk.options(before.id, by=by), desk.lifecycle)
        return _asked(wanted, data, before, typist) if asks else command_from(wanted.cls, data, {})
    except InvalidCommandError:
        # nobody mends a form for a step that is refused whatever it says
        if desk is not None and before is not None:
            refuse_in_advance(wanted.cls, before, desk.options(before.id, by=by), desk.lifecycle)
        raise


def _asked(wanted: Wanted, data: dict[str, Any], before: Complaint | None, typist: Typist) -> Command:
    """Ask for what is not there yet, until the form is right."""
    cls, is_brief = wanted.cls, bool(wanted.fields or wanted.source)
    if is_brief and not list(_missing(cls, data)):
        return command_from(cls, data, {})
    questions = Questions(
        typist=typist,
        ask=lambda prompt: input(visible(prompt)),
        say=show,
        suggestions=_suggestions(cls, before, typist.language),
        width=width_of_terminal(),
    )
    name = cls.__name__
    show_lines(["", heading(label("command", name, typist.language), width_of_terminal())])
    told = (label("command_help", name, typist.language), label("screen", "ask.how", typist.language))
    show_lines(line for text in told for line in wrapped(text, width_of_terminal()))
    given = set(data)
    questions.fill(cls, data, is_brief=is_brief)
    while True:
        try:
            command = command_from(cls, data, {})
        except InvalidCommandError as error:
            if not questions.mend(cls, data, error.faults):
                raise
            continue
        if set(data) > given and not questions.confirms(label("screen", "ask.confirm", typist.language)):
            raise click.Abort
        return command


def _missing(cls: Any, data: Mapping[str, Any]) -> Iterator[str]:
    """Fields that must be filled in and are not there."""
    return (field.name for field in attrs.fields(cls) if field.default is attrs.NOTHING and field.name not in data)


def _suggestions(
    cls: type[Command], before: Complaint | None, language: str
) -> Mapping[tuple[str, str], Sequence[str]]:
    issues = () if before is None else tuple(issue.id for issue in before.registration.issues)
    fresh = [f"I{place}" for place in range(len(issues) + 1, len(issues) + 21)]
    suggestions: dict[tuple[str, str], Sequence[str]] = {("Issue", "id"): fresh, ("IssueJudgment", "issue"): issues}
    if cls.when is not None:
        suggestions[cls.__name__, cls.when] = (label("screen", "ask.now", language),)
    if before is not None:
        suggestions["Proposal", "answers_issues"] = (",".join(issues),)
    return suggestions


# --- what comes of it -----------------------------------------------------------------------------------------------


def _foresee(desk: Desk, wanted: Wanted, order: Order, settings: Settings) -> int:
    """What would become of it; nothing is written."""
    before, expected = order.before, wanted.expected_version
    if before is not None and expected is not None and expected != before.version:
        between = desk.history(before.id, by=order.by, after=expected)
        raise ConflictError(before.id, expected, before.version, between)
    refusals = desk.refusals(order.command, by=order.by, recorded_by=order.recorded_by, at=wanted.at)
    if settings.is_json:
        data = [refusal_data(refusal, settings.language) for refusal in refusals]
        show_json({"command": type(order.command).__name__, "refusals": data})
    else:
        show_refusals(refusals, settings.language)
    return exit_code_of_refusals(tuple(refusal.code for refusal in refusals))


def _tell(desk: Desk, before: Complaint | None, after: Complaint, settings: Settings) -> None:
    """What happened: the step itself, and what followed from it."""
    seen = 0 if before is None else before.version
    events = desk.history(after.id, by=READER, after=seen, upto=after.version)
    if settings.is_json:
        show_json({**brief_data(after), "events": [event_data(event) for event in events]})
        return
    reader = Reader(settings.language, settings.zone_of(after.dealer))
    show(reader.remark(after.reference, reader.word(after.state)))
    if not events:
        show(f"  {settings.says('done_already')}")
    for entry in timeline(events, reader):
        show("  ".join(part for part in (f"{entry.number:>3}", entry.step, entry.way, entry.by) if part))


def _tell_what_is_like_it(desk: Desk, received: Complaint, by: Actor, settings: Settings) -> None:
    """Which earlier complaints it may be, while the customer is still there."""
    alike = desk.similar(received.id, by=by)
    if alike:
        show_lines(likeness_lines(alike, settings.language, settings.zone_of(received.dealer)))


__all__ = ["do_command"]
