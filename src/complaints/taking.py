"""One order and all that follows from it: decided, made events, and what they write, complaint by complaint."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from complaints.access import is_of
from complaints.clocks import turned
from complaints.decision import decide
from complaints.erasing import erased
from complaints.errors import RefusedError
from complaints.history import read, seal
from complaints.lifecycle import OF_NO_TABLE
from complaints.looking_back import earlier_ones, spent_before
from complaints.model.complaint import Complaint
from complaints.model.event import Aftermath, Command, Event, Refusal, applied, said_by
from complaints.model.people import SYSTEM, Actor, Dealer
from complaints.model.spending import NOTHING_SPENT, Spent
from complaints.model.words import State
from complaints.orders import Order, names_in, new_id, searchable, statement_of
from complaints.premises import Premises
from complaints.stages.due_dates import RecordBreach
from complaints.stores.base import Reader, Step, StoredEvent, StoredKey, StoredPersonal

Numbering = Callable[[Dealer, datetime], str]
"""Gives the next case number of a dealer, for a receipt at some moment."""


class _Sheet:
    """What one complaint gains: its events and texts, on top of what was read."""

    __slots__ = ("complaint", "erased", "events", "personal", "seen", "text")

    def __init__(self, before: Complaint | None, complaint: Complaint) -> None:
        self.seen = 0 if before is None else before.version
        self.complaint = complaint
        self.events: list[StoredEvent] = []
        self.personal: list[StoredPersonal] = []
        self.erased: tuple[StoredPersonal, ...] = ()
        self.text: str | None = None


class Taking:
    """
    Takes one order, and what follows from it, in one transaction that somebody else commits.

    Args:
        premises: Where it is taken.
        reader: What is kept now.
        now: The present moment.
        number: Gives case numbers; without it nothing will be written, it is only tried.
    """

    __slots__ = ("_now", "_number", "_premises", "_reader", "_sheets")

    def __init__(self, premises: Premises, reader: Reader, now: datetime, number: Numbering | None = None) -> None:
        self._premises = premises
        self._reader = reader
        self._now = now
        self._number = number
        self._sheets: dict[UUID, _Sheet] = {}

    def take(self, before: Complaint | None, order: Order, at: datetime) -> Complaint:
        """
        Decide on *order* about the complaint *before*, or on the first one of a complaint, and on what follows.

        Returns:
            The complaint after all of it.

        Raises:
            IllegalMoveError, NotPermittedError, RefusedError: As ``decide`` says, of the order or of what follows.
        """
        recorded_by = order.recorded_by if order.recorded_by is not None else order.by
        id = self._accept(before, order.command, order.by, recorded_by, at, None)
        return self._sheets[id].complaint

    def steps(self, keys: tuple[StoredKey, ...] = ()) -> Iterable[Step]:
        """What is to be written: in order of the complaints' ids, so that two that meet never wait for each other."""
        sheets = self._sheets
        ordered = sheets.values() if len(sheets) == 1 else [sheets[id] for id in sorted(sheets)]
        for sheet in ordered:
            complaint = sheet.complaint
            yield Step(
                seen=sheet.seen,
                complaint=complaint,
                events=tuple(sheet.events),
                personal=tuple(sheet.personal),
                keys=tuple(key for key in keys if key.complaint == complaint.id),
                text=sheet.text,
                erased=sheet.erased,
            )

    def _accept(
        self,
        before: Complaint | None,
        command: Command,
        by: Actor,
        recorded_by: Actor,
        at: datetime,
        cause: Event | None,
    ) -> UUID:
        premises = self._premises
        # what follows in another complaint is never recorded before that one's last event, whatever the clock says
        now = self._now if cause is None or before is None else max(self._now, before.updated_at)
        subject = before if before is not None else self._draft(command, by, recorded_by, at)
        source = None if before is None else before.state
        others = self._others(command, subject, by)
        spent = NOTHING_SPENT if command.spends_under is None else self._spent(command.spends_under, subject, at)
        situation = premises.situation(subject, command, by, recorded_by, at, now, others, spent)
        # what follows from a step is part of it: whoever was let in for the step is not asked about again
        permit = premises.permit if cause is None else None
        row, target, set_aside = decide(premises.lifecycle, situation, source, permit)
        if before is None:
            _require_a_fresh_id(self._reader, command)
        if before is not None and command.erases:
            before = self._erase(before, command)
        if target is not source and type(command) not in OF_NO_TABLE:
            target = premises.lifecycle.step(row, source, target)
        policy = situation.policy
        event = Event(
            complaint=subject.id,
            number=1 if before is None else before.version + 1,
            command=command,
            at=at,
            recorded_at=now,
            by=by,
            recorded_by=recorded_by,
            source=source,
            target=target,
            reference=self._number(situation.dealer, at) if before is None and self._number is not None else "",
            definition=premises.lifecycle.stamp,
            policy=policy.stamp,
            caused_by=None if cause is None else cause.number,
            caused_in=None if cause is None or cause.complaint == subject.id else cause.complaint,
            set_aside=set_aside,
            previous="" if before is None else before.head,
        )
        said, dealer = said_by(before, event), situation.dealer
        rules = policy.rules(said.received_at, dealer.tz)
        turn = turned(rules, premises.calendar_of(dealer), dealer.tz, before, said, event)
        event, stored, texts = seal(event, deadlines=turn.changed)
        after = applied(before, event, said=said)
        self._write_down(before, after, stored, texts, command)
        # a definition of a house's own may have no such row: then the clock alone tells
        has_row = turn.missed and premises.lifecycle.row_for(RecordBreach, after.state) is not None
        for clock, due in turn.missed if has_row else ():
            self._follow(RecordBreach(complaint=after.id, clock=clock, due=due), at, event)
            after = self._sheets[after.id].complaint
        earlier = earlier_ones(self._reader, after, policy.repeat_days) if command.looks_back else ()
        for follow in row.then:
            aftermath = Aftermath(
                before=before, complaint=after, event=event, policy=policy, rules=rules, others=others, earlier=earlier
            )
            for consequence in follow(aftermath):
                self._follow(consequence, at, event)
            after = self._sheets[after.id].complaint
        return after.id

    def _erase(self, before: Complaint, command: Command) -> Complaint:
        """The complaint without the texts that *command* erases, which it has before the command is applied."""
        id, reader = before.id, self._reader
        left = erased(before, reader.events(id), reader.personal(id), command, self._premises.lifecycle.readable)
        sheet = self._sheets.setdefault(id, _Sheet(before, before))
        sheet.complaint, sheet.erased, sheet.text = left.complaint, left.texts, left.words
        return left.complaint

    def _write_down(
        self,
        before: Complaint | None,
        after: Complaint,
        stored: StoredEvent,
        texts: tuple[StoredPersonal, ...],
        command: Command,
    ) -> None:
        sheet = self._sheets.get(after.id)
        if sheet is None:
            sheet = self._sheets[after.id] = _Sheet(before, after)
        sheet.complaint = after
        sheet.events.append(stored)
        sheet.personal.extend(texts)
        if before is None or before.registration is not after.registration:
            sheet.text = self._words(before, after, command) or sheet.text

    def _words(self, before: Complaint | None, after: Complaint, command: Command) -> str | None:
        """What a search for words finds from now on; ``None`` where it finds the same as before."""
        form = after.registration
        if before is None:
            return searchable(statement_of(command), form)
        if names_in(before.registration) == names_in(form):
            return None
        id, reader = after.id, self._reader
        first = read(reader.events(id, upto=1), reader.personal(id, upto=1), self._premises.lifecycle.readable)
        return searchable(statement_of(first[0].command), form)

    def _follow(self, command: Command, at: datetime, cause: Event) -> None:
        """Take what follows, as the system; it happened when its cause did."""
        before = None if self._premises.begins(command) else self._as_it_stands(command.complaint, SYSTEM)
        self._accept(before, command, SYSTEM, SYSTEM, at, cause)

    def _others(self, command: Command, subject: Complaint, by: Actor) -> Mapping[UUID, Complaint]:
        named, relatives = command.others, subject.relatives
        if not named and not relatives:
            return {}
        # in order of their ids: a store that locks what it reads then never locks two ways round
        wanted = sorted({*named, *relatives} - {subject.id})
        found = {id: self._as_it_stands(id, by if id in named else SYSTEM) for id in wanted}
        return {id: complaint for id, complaint in found.items() if complaint is not None}

    def _spent(self, stamp: str, subject: Complaint, at: datetime) -> Spent:
        """What was spent before under the standing order of this stamp, as far as it is in force and has ceilings."""
        dealer = self._premises.dealer(subject.dealer, SYSTEM)
        order = self._premises.policy_of(dealer).standing_order(dealer.id, at)
        if order is None or order.stamp != stamp:
            return NOTHING_SPENT
        return spent_before(self._reader, subject, order, dealer.tz, at)

    def _as_it_stands(self, id: UUID, by: Actor) -> Complaint | None:
        """The complaint after what was taken so far; ``None`` if it is not there, or not for *by*."""
        sheet = self._sheets.get(id)
        complaint = sheet.complaint if sheet is not None else self._reader.complaint(id)
        return complaint if complaint is not None and is_of(by, complaint.dealer) else None

    def _draft(self, command: Command, by: Actor, recorded_by: Actor, at: datetime) -> Complaint:
        """The complaint that a first command would make, for its rules to look at."""
        event = Event(
            complaint=getattr(command, "id", None) or new_id(),
            number=1,
            command=command,
            at=at,
            recorded_at=self._now,
            by=by,
            recorded_by=recorded_by,
            source=None,
            target=State.INTAKE,
        )
        self._premises.dealer(command.dealer, by)  # type: ignore[attr-defined]  # the first command names it
        return applied(None, event)


def _require_a_fresh_id(reader: Reader, command: Command) -> None:
    """An id the caller chose must be one that no complaint has."""
    id: UUID | None = getattr(command, "id", None)
    if id is not None and reader.complaint(id) is not None:
        raise RefusedError([Refusal("id.taken")], command=type(command).__name__)


__all__ = ["Numbering", "Taking"]
