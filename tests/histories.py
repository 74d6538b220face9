"""
Histories as released programs wrote them, which every later one must read.

``python -m tests.histories`` writes those of this program to ``tests/data/histories/<version>.jsonl.gz``: complaints in
which every command occurs, and the shapes of all that is stored. A file is never written again once its version is
released: it stands for what lies in other people's databases.
"""

from __future__ import annotations

import base64
import gzip
import json
import sys
import types
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs
import msgspec

from complaints import LIFECYCLE, Channel, Complaint, Customer, Desk, Issue, State, __version__
from complaints.history import _Envelope
from complaints.model.adoption import Milestone
from complaints.model.people import Actor
from complaints.model.words import Outcome, Role
from complaints.stages.adoption import Adopt
from complaints.stages.execution import AbandonExecution, Decline
from complaints.stages.family import Merge
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.investigation import ReopenInvestigation
from complaints.stages.review import ReturnForRework
from complaints.stores import StoredEvent, StoredPersonal
from complaints.stores.migrate import NEWEST
from complaints.testing import (
    DEALER,
    SMALL_HOUSE,
    SMALLEST_STAFF,
    Dice,
    FrozenClock,
    Trace,
    lead_home,
    take_walk,
    trace,
)

FOLDER = Path(__file__).parent / "data" / "histories"
_RARE = (None, Decline, ReturnForRework, None, SettleAtOnce, ReopenInvestigation, AbandonExecution, Merge)
_MOST_WALKS = 1_000


@attrs.frozen(kw_only=True)
class Golden:
    """
    A file of histories.

    Attributes:
        version: Of the program that wrote it.
        revision: Of the tables it wrote to.
        shapes: For each class that is stored its fields, or its choices.
        traces: What the store kept of each complaint, without the complaint.
        told: The complaint of each, as its snapshot.
    """

    version: str
    revision: str
    shapes: dict[str, list[str]]
    traces: tuple[Trace, ...]
    told: tuple[dict[str, Any], ...]


# --- reading --------------------------------------------------------------------------------------------------------


def golden_files() -> list[Path]:
    """Every file, the oldest version first."""
    return sorted(FOLDER.glob("*.jsonl.gz"), key=lambda file: [int(part) for part in file.name.split(".")[:3]])


def read(file: Path) -> Golden:
    """What is in *file*."""
    head, *lines = map(json.loads, gzip.decompress(file.read_bytes()).decode().splitlines())
    return Golden(
        version=head["version"],
        revision=head["revision"],
        shapes=head["shapes"],
        traces=tuple(_trace_of(line) for line in lines),
        told=tuple(line["complaint"] for line in lines),
    )


def _trace_of(line: dict[str, Any]) -> Trace:
    id = UUID(line["complaint"]["id"])
    events = (
        StoredEvent(id, number, command, datetime.fromisoformat(at), body, digest)
        for number, command, at, digest, body in line["events"]
    )
    personal = (
        StoredPersonal(id, number, path, base64.b64decode(salt), text) for number, path, salt, text in line["personal"]
    )
    return Trace(None, tuple(events), tuple(personal))


# --- shapes ---------------------------------------------------------------------------------------------------------


def shapes() -> dict[str, list[str]]:
    """What is stored, class by class: field names, and the choices of a field that has some."""
    waiting: list[Any] = [Complaint, _Envelope, *LIFECYCLE.readable.values()]
    found: dict[str, list[str]] = {}
    while waiting:
        cls = waiting.pop()
        if cls.__name__ not in found:
            found[cls.__name__] = sorted(_choices(cls) if issubclass(cls, Enum) else _fields(cls))
            waiting += [] if issubclass(cls, Enum) else _classes_in(get_type_hints(cls).values())
    return dict(sorted(found.items()))


def _choices(cls: type[Enum]) -> list[str]:
    return [str(one.value) for one in cls]


def _fields(cls: Any) -> list[str]:
    return [one.name for one in attrs.fields(cls)] if attrs.has(cls) else list(cls.__struct_fields__)


def _classes_in(hints: Iterable[Any]) -> Iterator[type]:
    for hint in hints:
        if get_origin(hint) is not None or isinstance(hint, types.UnionType):
            yield from _classes_in(get_args(hint))
        elif isinstance(hint, type) and (attrs.has(hint) or issubclass(hint, msgspec.Struct | Enum)):
            yield hint


# --- writing --------------------------------------------------------------------------------------------------------


def main() -> None:
    """Write this version's file anew."""
    families = _families(set(LIFECYCLE.readable))
    head = {"version": __version__, "revision": NEWEST, "shapes": shapes()}
    lines = [head, *(_line_of(one) for family in families for one in family)]
    text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
    file = FOLDER / f"{__version__}.jsonl.gz"
    FOLDER.mkdir(parents=True, exist_ok=True)
    file.write_bytes(gzip.compress(text.encode(), mtime=0))
    sys.stdout.write(f"{file}: {len(lines) - 1} complaints\n")


def _families(wanted: set[str]) -> list[tuple[Trace, ...]]:
    """As few walks as it takes for every command to occur, each with the complaints it is about."""
    begun = _adopted()
    found: list[tuple[Trace, ...]] = []
    missing = wanted - set().union(*map(_commands_of, begun))
    for seed in range(_MOST_WALKS):
        family = _walked(seed)
        if missing & _commands_of(family):
            found.append(family)
            missing -= _commands_of(family)
        if not missing:
            return begun + _needed(found, wanted - {Adopt.__name__})
    raise SystemExit(f"no walk takes {sorted(missing)}")


def _adopted() -> list[tuple[Trace, ...]]:
    """What another system had handled so far: one that goes on and is led to the archive, and one that was over."""
    clock = FrozenClock()
    desk = SMALL_HOUSE.desk(clock=clock)
    received = clock() - timedelta(days=7)
    order = Adopt(
        dealer=DEALER,
        complainant=Customer(name="顾客甲", phone="10000000001"),
        channel=Channel.PHONE,
        received_at=received,
        statement="变速箱顿挫，已经来过两次。",
        issues=(Issue(id="1", category="product.transmission"),),
        system="DMS",
        number="A-1",
        target=State.INVESTIGATION,
        milestones=(Milestone(state=State.JUDGMENT, at=received + timedelta(days=1)),),
    )
    over = attrs.evolve(order, number="A-2", target=State.CLOSED, outcome=Outcome.RESOLVED)
    leader = SMALLEST_STAFF[0]
    ids = [desk.handle(one, by=leader).id for one in (order, over)]
    lead_home(desk, ids[0], clock=clock, house=SMALL_HOUSE)
    return [(trace(desk.store, id),) for id in ids]


def _walked(seed: int) -> tuple[Trace, ...]:
    walk = take_walk(Dice(seed), steps=30, forbidden_in=0, favourite=_RARE[seed % len(_RARE)], ticks_in=seed % 3 * 4)
    if walk.complaint.is_open and seed % 5 == 0:
        ours = LIFECYCLE.extend(name="ours", version="1")
        leader = Actor("manager", Role.MANAGER, dealer=DEALER)
        desk = Desk(walk.store, dealers=[walk.house.dealer], lifecycle=ours, clock=walk.clock)
        desk.migrate([walk.complaint_id], by=leader, reason="New table from March on.", dry_run=False)
    ids = [walk.complaint_id, *([walk.companion] if walk.companion is not None else [])]
    return tuple(trace(walk.store, id) for id in ids)


def _commands_of(family: tuple[Trace, ...]) -> set[str]:
    return {event.command for one in family for event in one.events}


def _needed(families: list[tuple[Trace, ...]], wanted: set[str]) -> list[tuple[Trace, ...]]:
    """Without those whose commands all occur in others; the longest are tried first."""
    kept = list(families)
    for family in sorted(families, key=lambda one: -sum(len(each.events) for each in one)):
        others = [one for one in kept if one is not family]
        if wanted <= set().union(*map(_commands_of, others)):
            kept = others
    return kept


def _line_of(one: Trace) -> dict[str, Any]:
    return {
        "complaint": json.loads(msgspec.json.encode(one.complaint)),
        "events": [[e.number, e.command, e.recorded_at.isoformat(), e.digest, e.body] for e in one.events],
        "personal": [[p.number, p.path, base64.b64encode(p.salt).decode(), p.text] for p in one.personal],
    }


if __name__ == "__main__":
    main()
