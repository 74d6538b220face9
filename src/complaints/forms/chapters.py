"""The chapters of a case file between the registration form and the timeline: what each stage came to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

import attrs

from complaints.calendars import Calendar
from complaints.forms.blocks import Block, Bullet, Line, Pairs, Table
from complaints.forms.due import due_in_words, mark_of, why
from complaints.forms.words import Reader
from complaints.model.clock import Deadline
from complaints.model.complaint import Complaint
from complaints.model.event import Event
from complaints.model.execution import Accountability
from complaints.model.judgment import IssueJudgment
from complaints.model.money import Money, total
from complaints.model.people import ExternalRef
from complaints.model.promise import PromiseMade
from complaints.model.proposal import Remedy
from complaints.model.watching import state_of
from complaints.model.words import ClockKind, ClockState, EscalationReply

Chapter = Callable[["Case"], Iterator[Block]]
_COMPLAINT = frozenset({"complaint"})


@attrs.frozen(kw_only=True)
class Case:
    """
    A complaint, what happened to it, and who reads it.

    Attributes:
        calendar: Counts the working days that are left, and names the holidays.
        now: When it is read; ``None`` where no reader's day is known.
    """

    complaint: Complaint
    events: tuple[Event, ...]
    reader: Reader
    calendar: Calendar
    now: datetime | None = None

    def of(self, *commands: str) -> Iterator[Event]:
        """The events of these commands, in order."""
        return (event for event in self.events if event.name in commands)

    def text_of(self, number: int, field: str) -> str | None:
        """A text of the form behind event *number*: the complaint itself does not keep long ones."""
        found = next((event for event in self.events if event.number == number), None)
        text = getattr(found.command, field, None) if found is not None else None
        return text if isinstance(text, str) else None

    def pairs(self, rows: Iterable[tuple[str, str | None]], *, level: int = 0) -> Iterator[Block]:
        """Labels and contents; what is empty is left out."""
        filled = tuple((name, text) for name, text in rows if text)
        if filled:
            yield Pairs(filled, level=level)

    def part(self, owner: str, field: str, text: str | None) -> str | None:
        """A field's label and content; ``None`` if it is empty."""
        return self.reader.named(self.reader.field(owner, field), text) if text else None

    def bullet(self, *texts: str | None) -> Iterator[Block]:
        """Several statements behind one mark."""
        yield Bullet(self.reader.clauses(*(text for text in texts if text)))


def judgment(case: Case) -> Iterator[Block]:
    """Both answers for every issue, with reasons (R13)."""
    made, reader = case.complaint.judgment, case.reader
    if made is None:
        return
    yield from case.pairs(
        [
            (reader.field("Judgment", "judge"), reader.remark(made.judge, reader.moment(made.at))),
            (reader.field("Judgment", "department"), reader.word(made.department) if made.department else None),
        ]
    )
    for one in made.issues:
        yield from case.bullet(reader.named(one.issue, reader.word(one.verdict)))
        yield from case.pairs(_answers(one, reader), level=1)


def _answers(one: IssueJudgment, reader: Reader) -> Iterator[tuple[str, str]]:
    yield reader.field("IssueJudgment", "grounds"), reader.remark(reader.word(one.grounds), one.grounds_reason)
    if one.demand is not None:
        yield reader.field("IssueJudgment", "demand"), reader.remark(reader.word(one.demand), one.demand_reason or "")


def explanation(case: Case) -> Iterator[Block]:
    """The tactful no, and how the customer took it (R14)."""
    given, reader = case.complaint.explanation, case.reader
    if given is None:
        return
    yield from case.pairs(
        [
            (
                reader.field("Explanation", "given_at"),
                reader.remark(reader.moment(given.given_at), reader.word(given.channel)),
            ),
            (reader.field("Explain", "text"), case.text_of(given.number, "text")),
            (
                reader.field("Explanation", "understood_at"),
                reader.remark(reader.moment(given.understood_at), reader.word(given.understood_channel))
                if given.understood_at
                else None,
            ),
        ]
    )


def investigation(case: Case) -> Iterator[Block]:
    """Findings, evidence, cause, and who answers for it (R17–R20)."""
    complaint, reader = case.complaint, case.reader
    for finding in complaint.findings:
        yield from case.bullet(
            reader.named(finding.by, case.text_of(finding.number, "text") or "–"),
            reader.says(finding.cause) if finding.cause else None,
            case.part("Finding", "evidence", reader.list(finding.evidence)),
            case.part("Finding", "inspected", reader.list(finding.inspected)),
        )
    for event in case.of("AddEvidence"):
        yield from case.bullet(
            reader.field("Complaint", "evidence"),
            *(
                reader.named(name, text)
                for name, text in reader.fields(event.command, without=frozenset({"complaint"}))
            ),
        )
    made = complaint.conclusion
    if made is not None:
        yield from case.pairs(
            [
                (reader.field("Complaint", "conclusion"), reader.remark(made.by, reader.moment(made.at))),
                (reader.field("Conclusion", "cause"), reader.word(made.cause)),
                (reader.field("ConcludeInvestigation", "summary"), case.text_of(made.number, "summary")),
                (reader.field("Conclusion", "responsibility"), reader.says(made.responsibility)),
                (
                    reader.field("ConcludeInvestigation", "inconclusive_reason"),
                    case.text_of(made.number, "inconclusive_reason"),
                ),
            ]
        )


def proposals(case: Case) -> Iterator[Block]:
    """What was discussed and drafted, how the leader read it, and what he decided (R21–R26)."""
    complaint, reader = case.complaint, case.reader
    for held in complaint.consultations:
        yield from case.bullet(
            reader.remark(reader.label("command", "RecordConsultation"), str(held.on)),
            reader.list(held.participants),
            reader.says(held.departments),
            case.text_of(held.number, "minutes"),
        )
    for one in complaint.proposals:
        cost = reader.list(f"{amount:,} {currency}" for currency, amount in one.cost.items())
        head = reader.named(reader.remark(f"{one.id}", one.author or ""), cost)
        yield from case.bullet(head)
        yield from _remedies(case, one.remedies)
        yield from case.pairs([(reader.field("Proposal", "answers_wish"), one.answers_wish)], level=1)
        for review in complaint.reviews:
            if review.proposal == one.id:
                suits = reader.named(reader.field("ProposalReview", "is_suitable"), reader.says(review.is_suitable))
                opinion = case.text_of(review.number, "opinion")
                name = reader.label("command", "ReviewProposal")
                yield from case.pairs(
                    [(name, reader.clauses(reader.named(review.leader, suits), opinion or ""))], level=1
                )
    yield from _mandate(case)


def _mandate(case: Case) -> Iterator[Block]:
    made, reader = case.complaint.mandate, case.reader
    if made is None:
        return
    rows = reader.fields(made, without=frozenset({"number", "at", "leader"}))
    yield from case.pairs(
        [
            (reader.field("Complaint", "mandate"), reader.remark(made.leader, reader.moment(made.at))),
            *rows,
            (reader.field("Approve", "reason"), case.text_of(made.number, "reason")),
            (reader.field("Approve", "instruction"), case.text_of(made.number, "instruction")),
        ]
    )


def _remedies(case: Case, remedies: Iterable[Remedy]) -> Iterator[Block]:
    reader = case.reader
    for one in remedies:
        yield Bullet(
            reader.clauses(
                reader.named(reader.word(one.kind), reader.says(one.cost)),
                one.owner,
                one.due.isoformat(),
                one.text or "",
            ),
            level=1,
        )


def settlement(case: Case) -> Iterator[Block]:
    """What the customer agreed to and how that was shown (R30), the tasks, and the ledger (R67)."""
    complaint, reader = case.complaint, case.reader
    agreed, at_once = complaint.settlement, complaint.settled
    rows: list[tuple[str, str | None]] = []
    if at_once is not None:
        told = reader.clauses(reader.remark(at_once.by, reader.moment(at_once.at)), at_once.order)
        rows.append((reader.field("Complaint", "settled"), told))
    if agreed is not None:
        when = reader.moment(agreed.at)
        rows.append(
            (reader.field("Complaint", "settlement"), reader.remark(agreed.option, when) if agreed.option else when)
        )
        rows.append((reader.field("Settlement", "acceptance"), reader.says(agreed.acceptance)))
    yield from case.pairs(rows)
    yield from _remedies(case, agreed.remedies if agreed is not None else ())
    if complaint.tasks:
        names = ("id", "kind", "owner", "due", "cost", "result")
        head = [reader.field("Task", name) for name in names]
        yield Table.of(head, ([reader.says(getattr(task, name)) for name in names] for task in complaint.tasks))
    if complaint.ledger:
        yield from _ledger(case)


def _ledger(case: Case) -> Iterator[Block]:
    reader, ledger = case.reader, case.complaint.ledger
    names = ("task", "amount", "reverses")
    head = [reader.field("BookCompensation", "booking"), *(reader.field("Booking", name) for name in names)]
    rows = [[line.id, *(reader.says(getattr(line, name) or "–") for name in names)] for line in ledger]
    sums = total(line.amount for line in ledger)
    rows += [["", "", reader.says(Money(amount, currency)), ""] for currency, amount in sums.items()]
    yield Table.of(head, rows)


def promises(case: Case) -> Iterator[Block]:
    """What was promised to the customer, and what became of it (R55); due dates the policy set."""
    complaint, reader = case.complaint, case.reader
    for one in complaint.promises:
        yield from case.bullet(
            reader.named(one.id, reader.word(one.state)),
            case.part("Promise", "due_at", reader.moment(one.due_at)),
            case.part("Promise", "first_due_at", reader.moment(one.first_due_at) if one.first_due_at else None),
            case.part("Promise", "extended", str(one.extended) if one.extended else None),
            case.part("Promise", "settled_at", reader.moment(one.settled_at) if one.settled_at else None),
            one.made_by,
            _promised(case, one.number),
        )


def _promised(case: Case, number: int) -> str | None:
    made = next((getattr(event.command, "promise", None) for event in case.events if event.number == number), None)
    return made.text if isinstance(made, PromiseMade) else None


def outside_cases(case: Case) -> Iterator[Block]:
    """Who else has the complaint, and what has become of it there (R5)."""
    reader = case.reader
    for one in case.complaint.beside.cases:
        ref = next((getattr(event.command, "ref", None) for event in case.events if event.number == one.number), None)
        yield from case.bullet(
            reader.named(one.id, reader.remark(reader.word(one.kind), reader.word(one.status))),
            case.part("ExternalCase", "opened_at", reader.moment(one.opened_at)),
            case.part("ExternalCase", "due", reader.says(one.due) if one.due else None),
            case.part("OpenExternalCase", "ref", ref.id if isinstance(ref, ExternalRef) else None),
            case.text_of(one.number, "text"),
        )
        news = (event for event in case.of("UpdateExternalCase") if getattr(event.command, "case", None) == one.id)
        for event in news:
            said = reader.remark(reader.moment(event.at), reader.says(getattr(event.command, "status", "")))
            yield from case.pairs([(said, case.text_of(event.number, "text"))], level=1)


def holds(case: Case) -> Iterator[Block]:
    """What is or was waited for, and when the customer is told how it stands."""
    reader = case.reader
    for one in case.complaint.beside.holds:
        clock = case.complaint.deadlines.get(f"progress_call:{one.id}")
        due = clock.due if clock is not None and clock.is_outstanding else None
        yield from case.bullet(
            reader.named(one.id, reader.word(one.kind)),
            reader.moment(one.at),
            case.part("Hold", "until", reader.says(one.until) if one.until else None),
            case.part("Hold", "called_at", reader.moment(one.called_at) if one.called_at else None),
            case.part("Hold", "released_at", reader.moment(one.released_at) if one.released_at else None),
            reader.named(reader.screen("hold.next_call"), reader.moment(due)) if due else None,
            case.text_of(one.number, "reason"),
        )


def transfers(case: Case) -> Iterator[Block]:
    """From which hands into which: departments asked and their answers, and what people handed over (R56, R64)."""
    reader = case.reader
    for event in case.of("Transfer", "AnswerTransfer", "HandOver"):
        yield from case.bullet(reader.named(reader.label("command", event.name), reader.moment(event.at)))
        told = reader.fields(event.command, without=_COMPLAINT)
        yield from case.pairs([(reader.field("Event", "by"), event.by.id), *told], level=1)


def escalations(case: Case) -> Iterator[Block]:
    """What somebody higher was asked, and what he decided (R2, R66)."""
    reader = case.reader
    for one in case.complaint.beside.escalations:
        yield from case.bullet(
            reader.named(reader.word(one.to), reader.moment(one.at)), case.text_of(one.number, "reason")
        )
        answers = (event for event in case.of("AnswerEscalation") if _answers_to(event) == one.number)
        for event in answers:
            who = reader.remark(event.by.id, reader.moment(event.at))
            said = reader.clauses(_reply(event, reader), case.text_of(event.number, "decision") or "")
            yield from case.pairs([(who, said)], level=1)


def _reply(event: Event, reader: Reader) -> str:
    """What else than a decision the answer is: that it was seen, or handed down and to whom."""
    reply, to = getattr(event.command, "reply", None), getattr(event.command, "to", None)
    if reply in (None, EscalationReply.DECIDED):
        return ""
    return reader.remark(reader.word(reply), reader.word(to) if to is not None else "")


def _answers_to(event: Event) -> int | None:
    return getattr(event.command, "escalation", None)


def help_given(case: Case) -> Iterator[Block]:
    """What was done for the customer at once; it admits nothing (R27)."""
    reader = case.reader
    for one in case.complaint.beside.help:
        yield from case.bullet(
            reader.named(reader.word(one.kind), reader.says(one.cost)),
            case.part("Help", "order", one.order),
            case.part("GiveHelp", "emergency", case.text_of(one.number, "emergency")),
            case.text_of(one.number, "text"),
        )


def contact_limit(case: Case) -> Iterator[Block]:
    """The one channel that stays open, why, and until it is looked at again."""
    limit, reader = case.complaint.beside.contact_limit, case.reader
    if limit is None:
        return
    yield from case.pairs(
        [
            (reader.field("ContactLimit", "channel"), reader.word(limit.channel)),
            (reader.field("ContactLimit", "review_on"), reader.says(limit.review_on)),
            (reader.field("LimitContact", "behaviour"), case.text_of(limit.number, "behaviour")),
        ]
    )


def breaches(case: Case) -> Iterator[Block]:
    """What was missed, for life (invariant 5), and what was warned of."""
    complaint, reader = case.complaint, case.reader
    for one in complaint.beside.breaches:
        what = reader.label("clock", one.clock) if one.clock is not None else one.promise or ""
        yield from case.bullet(reader.named(what, reader.moment(one.due)))
    for event in case.of("RecordWarning"):
        clock = getattr(event.command, "clock", None)
        what = reader.label("clock", clock) if clock is not None else getattr(event.command, "promise", "")
        yield from case.bullet(reader.named(reader.label("command", event.name), what), reader.moment(event.at))


def deadlines(case: Case) -> Iterator[Block]:
    """The due dates: when, what has become of them, and why; a cross marks what is late, ``!`` what is due today."""
    reader, zone = case.reader, case.reader.zone
    ordered = sorted(case.complaint.deadlines.values(), key=lambda one: (one.due is None, one.due or one.start))
    for one in ordered:
        said = reader.clauses(
            reader.named(_clock(one, reader), _due(one, reader)), _in_words(one, case), _met(one, case)
        )
        yield Bullet(said, mark=_mark(one, case))
        yield Line(why(one, case.calendar, zone, reader.language), level=1)


def _clock(one: Deadline, reader: Reader) -> str:
    name = reader.label("clock", one.name)
    return f"{name} {one.subject}" if one.subject else name


def _due(one: Deadline, reader: Reader) -> str:
    return reader.moment(one.due) if one.due is not None else reader.screen("deadline.unknown")


def _is_awaited(one: Deadline) -> bool:
    """Whether the house owes it still, and time goes on."""
    return one.is_owed and one.is_outstanding and one.paused_at is None and one.due is not None


def _in_words(one: Deadline, case: Case) -> str:
    """How it stands for whoever reads now; nothing where nobody waits, or nobody said when now is."""
    if case.now is None or not _is_awaited(one):
        return ""
    zone, language = case.reader.zone, case.reader.language
    return due_in_words(one.due, case.now, case.calendar, zone, language, provisional=one.provisional)


def _mark(one: Deadline, case: Case) -> str:
    if case.now is None or not _is_awaited(one):
        return "·"
    return mark_of(state_of(one.due, case.now, case.reader.zone))


def _met(one: Deadline, case: Case) -> str:
    """What became of the clock; nothing while it simply runs."""
    if one.kind is not ClockKind.OWED and one.state is ClockState.RUNNING:
        return case.reader.word(one.kind)
    if one.state is ClockState.RUNNING:
        return ""
    if one.state is ClockState.MET and one.is_owed:
        return case.reader.screen("deadline.in_time")
    if one.state is ClockState.BREACHED and one.stopped_at is not None:
        return case.reader.screen("deadline.recorded_late" if one.was_recorded_late else "deadline.late")
    return case.reader.label("clock_state", one.state.value)


def follow_up(case: Case) -> Iterator[Block]:
    """The call-back, and the attempts at it (R36–R48)."""
    complaint, reader = case.complaint, case.reader
    for attempt in complaint.attempts:
        yield from case.bullet(
            reader.named(reader.moment(attempt.at), reader.word(attempt.channel)),
            attempt.by,
            reader.named(reader.field("Attempt", "was_reached"), reader.says(attempt.was_reached)),
        )
    made = complaint.follow_up
    if made is None:
        return
    first = complaint.first_satisfaction
    yield from case.pairs(
        [
            (reader.field("FollowUp", "result"), reader.word(made.result)),
            (
                reader.field("FollowUp", "caller"),
                reader.clauses(made.caller, reader.moment(made.at), reader.word(made.channel)),
            ),
            (reader.field("RecordFollowUp", "reason"), case.text_of(made.number, "reason")),
            (reader.field("RecordFollowUp", "suggestions"), case.text_of(made.number, "suggestions")),
            (
                reader.field("Complaint", "first_satisfaction"),
                reader.word(first) if first not in (None, made.result) else None,
            ),
        ]
    )


def review(case: Case) -> Iterator[Block]:
    """Who answers (R28), what gets better (R35), and how the handling is judged (R32, R33)."""
    complaint, reader = case.complaint, case.reader
    for one in complaint.improvements:
        effect = reader.screen("effective.unknown") if one.effective is None else reader.says(one.effective)
        helped = reader.named(reader.field("Improvement", "effective"), effect)
        yield from case.bullet(reader.named(one.id, one.text), one.owner, one.due.isoformat(), helped)
    rows: list[tuple[str, str | None]] = [] if complaint.evaluation is None else [*reader.fields(complaint.evaluation)]
    if complaint.classification is not None:
        rows.append((reader.screen("classification_form"), reader.says(complaint.classification)))
    decided = complaint.accountability
    if decided is not None:
        rows.append((reader.field("Complaint", "accountability"), _accountability(decided, case)))
    yield from case.pairs(rows)


def _accountability(decided: Accountability, case: Case) -> str:
    """What was decided and by whom; where a standing rule answers, whoever settled the case decided nothing."""
    reader = case.reader
    if decided.standing_rule is not None:
        return reader.named(reader.field("Accountability", "standing_rule"), decided.standing_rule)
    said = reader.says(decided.measures) or case.text_of(decided.number, "reason") or "–"
    who = (decided.decided_by, case.part("Accountability", "reviewed_by", decided.reviewed_by) or "")
    return reader.remark(said, reader.clauses(*who))


def contests(case: Case) -> Iterator[Block]:
    """Who objected to what was decided against him, the answer (A9), and what has been carried out."""
    complaint, reader = case.complaint, case.reader
    for one in complaint.beside.contests:
        yield from case.bullet(
            reader.named(one.person, reader.screen(f"contest.{one.answer.value}")),
            reader.moment(one.at),
            case.text_of(one.number, "grounds"),
        )
    for person in complaint.beside.executed:
        yield from case.bullet(reader.named(person, reader.screen("measure.executed")))


def claims(case: Case) -> Iterator[Block]:
    """What the house asks back, from whom, and what it got."""
    reader = case.reader
    for one in case.complaint.beside.claims:
        yield from case.bullet(
            reader.named(one.id, reader.word(one.against)),
            reader.says(one.amount),
            case.text_of(one.number, "reference"),
            reader.word(one.answer),
            case.part("Claim", "granted", reader.says(one.granted) if one.granted is not None else None),
        )


def confirmations(case: Case) -> Iterator[Block]:
    """Steps that somebody else typed, or whose doer turned out to be involved, and what was said of them."""
    reader = case.reader
    for one in case.complaint.beside.confirmations:
        why = reader.screen("found_involved")
        if one.typed_by is not None:
            why = reader.named(reader.field("Confirmation", "typed_by"), one.typed_by)
        step = reader.named(f"{one.number} {reader.label('command', one.command)}", reader.word(one.state))
        yield from case.bullet(step, one.by, why)


def permissions(case: Case) -> Iterator[Block]:
    """What a manager set aside, for which step and why (R2)."""
    reader = case.reader
    for event in case.of("Override"):
        rules = reader.list(reader.label("rule", code) for code in getattr(event.command, "rules", ()))
        step = reader.label("command", getattr(event.command, "command", ""))
        yield from case.bullet(
            reader.named(step, rules), event.by.id, reader.moment(event.at), case.text_of(event.number, "reason")
        )


def marks(case: Case) -> Iterator[Block]:
    """What steps of a house's own left for its rules."""
    return case.pairs(
        [(mark.name, str(mark.value) or case.reader.screen("yes")) for mark in case.complaint.beside.marks]
    )


CHAPTERS: tuple[tuple[str, str, Chapter], ...] = (
    ("field", "judgment", judgment),
    ("field", "explanation", explanation),
    ("stage", "investigation", investigation),
    ("field", "proposals", proposals),
    ("field", "settlement", settlement),
    ("field", "promises", promises),
    ("field", "cases", outside_cases),
    ("field", "holds", holds),
    ("field", "transfer", transfers),
    ("field", "escalations", escalations),
    ("field", "help", help_given),
    ("field", "contact_limit", contact_limit),
    ("field", "breaches", breaches),
    ("screen", "follow_up_form", follow_up),
    ("stage", "review", review),
    ("field", "contests", contests),
    ("field", "claims", claims),
    ("field", "confirmations", confirmations),
    ("field", "waiver", permissions),
    ("field", "marks", marks),
    ("field", "deadlines", deadlines),
)
"""Kind and code of the title, and the chapter; one that has nothing to tell is left out."""

__all__ = ["CHAPTERS", "Case", "Chapter"]
