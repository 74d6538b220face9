"""The case file: everything about one complaint, with its way through the stages and what may be done next."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any
from uuid import UUID

import attrs
from starlette.requests import Request

from complaints.errors import NotFoundError
from complaints.forms.blocks import Block, Bullet, Line, Pairs, Quote, Table
from complaints.forms.case_file import Part, missing, parts
from complaints.forms.chapters import Case
from complaints.forms.next_steps import NextStep, next_steps
from complaints.forms.timeline import timeline
from complaints.forms.words import Reader
from complaints.model.complaint import Complaint
from complaints.web.board import card
from complaints.web.path import path_of
from complaints.web.visit import Visit

case_template = "case.html"

_ENTRIES = 200
"""Entries of the timeline that are shown at first; a default."""

_LONGEST_NUMBER = 60
_ASIDE = ("deadlines",)
"""Parts that stand beside the others, since they tell what is to be done now."""


@attrs.frozen(kw_only=True)
class Piece:
    """A block of the case file for a template, with what tells more of it."""

    kind: str
    block: Block
    more: tuple[Piece, ...] = ()


@attrs.frozen(kw_only=True)
class Section:
    """A part of the case file for a template."""

    code: str
    title: str
    pieces: tuple[Piece, ...]

    @property
    def groups(self) -> list[tuple[str, tuple[Piece, ...]]]:
        """Neighbours of one kind together, each group with its kind: bullets are one list."""
        return [(kind, tuple(group)) for kind, group in groupby(self.pieces, key=lambda piece: piece.kind)]


@attrs.frozen(kw_only=True)
class Step:
    """What may be done next: its name, where it leads, whose it is, and why not."""

    name: str
    way: str
    who: str
    reasons: tuple[str, ...]


def found(visit: Visit, wanted: str) -> Complaint | None:
    """
    The complaint that somebody means by what he typed.

    A case number, in any width or case; an id; or at a dealer the number alone, of this year: ``12``.
    """
    text = unicodedata.normalize("NFKC", wanted).strip()
    if not 0 < len(text) <= _LONGEST_NUMBER:
        return None
    for one in dict.fromkeys(_meant(text, visit)):
        try:
            return visit.desk.complaint(one, by=visit.by)
        except NotFoundError:
            continue
    return None


def _meant(text: str, visit: Visit) -> Iterator[UUID | str]:
    yield from (text, text.upper())
    if text.isascii() and text.isdigit() and visit.by.dealer is not None:
        yield f"{visit.by.dealer}-{visit.now.astimezone(visit.home.tz).year}-{int(text):06d}"
    try:
        yield UUID(text)
    except ValueError:
        return


def case(visit: Visit, request: Request) -> Mapping[str, Any]:
    """
    What a case file shows.

    Raises:
        NotFoundError: If there is no such complaint, or not for the one who looks.
    """
    complaint = _named(visit, request.path_params["reference"])
    events = visit.desk.history(complaint.id, by=visit.by, upto=complaint.version)
    reader = visit.reader_of(complaint.dealer)
    told = Case(
        complaint=complaint,
        events=events,
        reader=reader,
        calendar=visit.calendar_of(complaint.dealer),
        now=visit.now,
    )
    sections = [_section(part) for part in parts(told)]
    options = visit.desk.options(complaint.id, by=visit.by)
    is_whole = visit.asked.get("timeline") == "all"
    return {
        "complaint": complaint,
        "card": card(visit, complaint),
        "head": sections[0],
        "sections": [one for one in sections[1:] if one.code not in _ASIDE],
        "aside": [one for one in sections if one.code in _ASIDE],
        "missing": _pieces(missing(told)),
        "path": path_of(events, visit.desk.lifecycle, reader),
        "entries": list(timeline(events if is_whole else events[-_ENTRIES:], reader)),
        "whole": None if is_whole or len(events) <= _ENTRIES else len(events),
        "whole_link": visit.link("case", complaint.reference, timeline="all"),
        **_steps(next_steps(complaint.state, options, visit.desk.lifecycle), reader),
    }


def _named(visit: Visit, reference: str) -> Complaint:
    try:
        return visit.desk.complaint(UUID(reference), by=visit.by)
    except ValueError:
        return visit.desk.complaint(reference, by=visit.by)


def _section(part: Part) -> Section:
    return Section(code=part.code, title=part.title, pieces=_pieces(part.blocks))


_KINDS: Mapping[type, str] = {Pairs: "pairs", Bullet: "bullet", Line: "line", Quote: "quote", Table: "table"}


def _pieces(blocks: Iterable[Block]) -> tuple[Piece, ...]:
    """The blocks, each with those of a higher level that follow it."""
    pieces: list[Piece] = []
    for block in blocks:
        piece = Piece(kind=_KINDS[type(block)], block=block)
        if pieces and isinstance(block, (Pairs, Bullet, Line)) and block.level:
            pieces[-1] = attrs.evolve(pieces[-1], more=(*pieces[-1].more, piece))
        else:
            pieces.append(piece)
    return tuple(pieces)


def _steps(steps: Iterable[NextStep], reader: Reader) -> Mapping[str, tuple[Step, ...]]:
    """In three groups: open to the one who looks, still barred and why, and other people's."""
    groups: dict[str, list[Step]] = {"open_steps": [], "barred_steps": [], "others_steps": []}
    for step in steps:
        group = "others_steps" if step.is_others else "barred_steps" if step.refusals else "open_steps"
        groups[group].append(_step(step, reader))
    return {name: tuple(group) for name, group in groups.items()}


def _step(step: NextStep, reader: Reader) -> Step:
    return Step(
        name=reader.label("command", step.command),
        way=reader.list(reader.word(target) for target in step.targets),
        who=reader.list(reader.label("role", code) for code in step.who),
        reasons=tuple(refusal.sentence(reader.language) for refusal in step.refusals),
    )


__all__ = ["Piece", "Section", "Step", "case", "case_template", "found"]
