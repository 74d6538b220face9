"""Takes personal texts out of what is kept: which ones, what stands in their place, how the complaint then looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from complaints.errors import BrokenHistoryError, RefusedError
from complaints.history import erased_as, personal_places, read, replay, verify
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Refusal
from complaints.model.words import PersonalData
from complaints.orders import searchable, statement_of
from complaints.stages.erasure import group_of, without_places
from complaints.stores.base import StoredEvent, StoredPersonal


class Erased(NamedTuple):
    """
    What is left of a complaint.

    Attributes:
        complaint: As the events add up to it without the erased texts; at the same version.
        texts: What stands in the place of each text that was erased.
        words: What a search for words looks at from now on.
    """

    complaint: Complaint
    texts: tuple[StoredPersonal, ...]
    words: str


def erased(
    before: Complaint,
    events: Sequence[StoredEvent],
    personal: Sequence[StoredPersonal],
    order: Command,
    commands: Mapping[str, type[Command]],
) -> Erased:
    """
    Take the texts that *order* erases out of a whole history.

    Args:
        before: As it stands.
        events: All of them up to *before*.
        personal: All of its texts.
        commands: Command classes by name.

    Raises:
        RefusedError: ``redact.nothing``: there is no such text, or it is erased already. No rule can tell that, since
            most texts do not stand on the complaint.
        BrokenHistoryError: If the history is not what was written: to erase what shows that would be to hide it.
    """
    verify(before.id, events, personal)
    if replay(read(events, personal, commands)) != before:
        raise BrokenHistoryError(before.id, before.version, "snapshot_differs")
    texts = tuple(_in_their_place(events, personal, order.erases, commands))
    if not texts:
        raise RefusedError([Refusal("redact.nothing")], command=type(order).__name__)
    gone = {(text.number, text.path): text for text in texts}
    left = [gone.get((text.number, text.path), text) for text in personal]
    remaining = read(events, left, commands)
    after = replay(remaining)
    assert after is not None  # noqa: S101  # there was a complaint before
    return Erased(after, texts, searchable(statement_of(remaining[0].command), after.registration))


def _in_their_place(
    events: Sequence[StoredEvent],
    personal: Sequence[StoredPersonal],
    groups: frozenset[PersonalData],
    commands: Mapping[str, type[Command]],
) -> Iterator[StoredPersonal]:
    orders = {event.number: event.command for event in read(events, personal, commands)}
    taken = {text.text for text in personal if not text.salt}
    # somebody may have copied what stands in the place of an erased text: it goes on standing for the same
    known = {marker: marker for marker in taken}
    for text in personal:
        order = orders[text.number]
        kind: type = type(order)
        field = personal_places(kind)[without_places(text.path)]
        if not text.salt or group_of(field, order) not in groups:
            continue
        if text.text not in known:
            known[text.text] = _fresh(taken)
        yield StoredPersonal(text.complaint, text.number, text.path, b"", known[text.text])


def _fresh(taken: set[str]) -> str:
    """What stands in the place of one more text, unlike all others of the complaint."""
    marker = erased_as(len(taken) + 1)
    taken.add(marker)
    return marker


__all__ = ["Erased", "erased"]
