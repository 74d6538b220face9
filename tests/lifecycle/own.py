"""Definitions of a house's own that several tests talk about: a step more, and a stage less."""

from __future__ import annotations

from uuid import UUID

import attrs

from complaints import (
    LIFECYCLE,
    Command,
    Complaint,
    Entry,
    Event,
    Lifecycle,
    Move,
    Refusal,
    Role,
    Situation,
    Stage,
    State,
    Who,
    command,
    rule,
)
from complaints.model.base import line, prose
from complaints.stages.investigation import ConcludeInvestigation
from tests.stages.cases import Case, li


@command
class ConsultManufacturer(Command):
    """The manufacturer is asked."""

    complaint: UUID
    ticket: str = line(most=40, default="T-1")
    question: str = prose(default="Is the fault known?")

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        return complaint.marked_with("manufacturer", self.ticket, number=event.number)


@rule("manufacturer.not_asked")
def the_manufacturer_was_asked(s: Situation) -> Refusal | None:
    if s.complaint.marked("manufacturer", since=Stage.INVESTIGATION) is not None:
        return None
    said = {"zh_CN": "尚未询问厂家（{state}）。", "en": "The manufacturer was not asked ({state})."}
    return Refusal("manufacturer.not_asked", said=said, state=s.complaint.state.value)


ASK = Entry(ConsultManufacturer, State.INVESTIGATION, Who("specialist", Role.SPECIALIST))
OURS = LIFECYCLE.extend(
    name="ours", version="1", entries=[ASK], given={ConcludeInvestigation: [the_manufacturer_was_asked]}
)
NOT_ASKED = Refusal("manufacturer.not_asked", state="investigation")


def investigated(lifecycle: Lifecycle = OURS) -> Case:
    return Case(lifecycle=lifecycle).to(State.INVESTIGATION).shown().found()


def asked() -> Case:
    return investigated().does(ConsultManufacturer, by=li)


def under(case: Case, lifecycle: Lifecycle) -> Case:
    """The same complaint on a desk with another definition."""
    case.desk, case.lifecycle = case.desk_with(lifecycle, case.desk.store), lifecycle
    return case


def _kept(moves):
    """The moves, but for those that begin or end in the investigation."""
    for move in moves:
        sources = tuple(one for one in move.sources if one is not State.INVESTIGATION)
        targets = tuple(one for one in move.targets if one is not State.INVESTIGATION)
        if sources and targets:
            yield attrs.evolve(move, sources=sources, targets=targets)


_MOVES = tuple(_kept(LIFECYCLE.moves))
_ENTRIES = tuple(row for row in LIFECYCLE.entries if row.sources != (State.INVESTIGATION,))
_LEFT = {row.command for row in (*_MOVES, *_ENTRIES)}
NO_INVESTIGATION = Lifecycle(
    name="short",
    version="1",
    moves=[*_MOVES, Move(ConsultManufacturer, State.JUDGMENT, State.PROPOSAL, Who("specialist", Role.SPECIALIST))],
    entries=_ENTRIES,
    former=[one for one in LIFECYCLE.commands.values() if one not in _LEFT],
)
"""A house that asks the manufacturer and investigates nothing itself any more."""
