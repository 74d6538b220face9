"""Everything that can go wrong, under one base class, each with a stable code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

if TYPE_CHECKING:
    from complaints.model.event import Event, Refusal

Fact = str | int | tuple[str, ...]
"""What an error may carry as evidence: never a customer's name, phone or words."""


class Fault:
    """
    One thing wrong with a value, named by the path of the field it sits in.

    Args:
        field: Path of the field, such as ``"vehicles[0].vin"``.
        code: Stable code; its sentences live in ``locale/`` under ``fault``.
        facts: What a person needs to mend it, such as the allowed choices.
    """

    __slots__ = ("code", "facts", "field")

    def __init__(self, field: str, code: str, **facts: Fact) -> None:
        self.field = field
        self.code = code
        self.facts: Mapping[str, Fact] = facts

    def below(self, parent: str) -> Fault:
        """The same fault, seen from the value that holds this one in *parent*."""
        joint = "" if self.field.startswith("[") else "."
        return Fault(f"{parent}{joint}{self.field}", self.code, **self.facts)

    def sentence(self, language: str = "en") -> str:
        """What is wrong and what to do, in *language* (``"en"`` or ``"zh_CN"``)."""
        from complaints.locale import sentence

        return sentence("fault", self.code, language, {"field": self.field, **self.facts})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Fault):
            return NotImplemented
        return (self.field, self.code, self.facts) == (other.field, other.code, other.facts)

    def __hash__(self) -> int:
        return hash((self.field, self.code))

    def __repr__(self) -> str:
        facts = "".join(f", {name}={value!r}" for name, value in self.facts.items())
        return f"Fault({self.field!r}, {self.code!r}{facts})"


class ComplaintError(Exception):
    """
    The base of every error of this library.

    Attributes:
        code: Stable code of the kind of error; compare this, never the sentence.
        facts: What the sentence is made of, for programs.
    """

    code: ClassVar[str] = "error"

    def __init__(self, **facts: Fact) -> None:
        super().__init__()
        self.facts: Mapping[str, Fact] = facts

    def sentence(self, language: str = "en") -> str:
        """What was asked, what stands in the way, and what to do now."""
        from complaints.locale import sentence

        return sentence("error", self.code, language, self.facts)

    def __str__(self) -> str:
        return self.sentence("en")


class InvalidCommandError(ComplaintError, ValueError):
    """A value is wrong in itself, whatever the complaint; carries every :class:`Fault` at once."""

    code = "invalid"

    def __init__(self, what: str, faults: Iterable[Fault]) -> None:
        self.what = what
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__(what=what)

    def sentence(self, language: str = "en") -> str:
        """Every fault in one text, each with its field."""
        head = super().sentence(language)
        return "\n".join([head, *(f"  {fault.field}: {fault.sentence(language)}" for fault in self.faults)])


class NaiveTimeError(ComplaintError, ValueError):
    """A time came without its zone, so nobody can tell when it was."""

    code = "time.naive"

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


_WANTED_SHOWN = 80
"""Signs of what was asked for that an error repeats; our choice, more than an id or a case number has."""


class NotFoundError(ComplaintError, LookupError):
    """There is no such thing, or not for the one who asks."""

    code = "not_found"

    def __init__(self, kind: str, wanted: str) -> None:
        # half a sign, such as a byte of another encoding on a command line, can be written nowhere
        shown = wanted if len(wanted) <= _WANTED_SHOWN else f"{wanted[:_WANTED_SHOWN]}…"
        super().__init__(kind=kind, wanted=shown.encode(errors="replace").decode())


class _StepError(ComplaintError):
    """A step that was not taken; nothing was written."""

    def __init__(self, refusals: Sequence[Refusal], **facts: Fact) -> None:
        super().__init__(**facts)
        self.refusals: tuple[Refusal, ...] = tuple(refusals)

    def sentence(self, language: str = "en") -> str:
        """The head line, then every refusal with what to do about it."""
        lines = [super().sentence(language)]
        lines += [f"  {refusal.code}: {refusal.sentence(language)}" for refusal in self.refusals]
        return "\n".join(lines)


class IllegalMoveError(_StepError):
    """The lifecycle has no row for this command in the complaint's state."""

    code = "move.illegal"


class NotPermittedError(_StepError):
    """The row exists, but not for this person."""

    code = "move.not_permitted"


class RefusedError(_StepError):
    """Rules stand in the way; carries every :class:`Refusal`."""

    code = "move.refused"


class ReentrantStepError(ComplaintError):
    """A command was handled from inside a rule or a hook of another one."""

    code = "step.reentrant"


class HostError(ComplaintError):
    """
    What the host passed in failed: its permit, its directory, its read hook. Nothing was written or shown.

    Its own error is the cause (``__cause__``); its words are not repeated, since they may tell who somebody is.

    Args:
        what: ``"permit"``, ``"directory"`` or ``"on_read"``.
        why: The type of the error it raised, or of the answer that is none.
    """

    code = "host.failed"

    def __init__(self, what: str, why: str) -> None:
        super().__init__(what=what, why=why)
        self.what = what
        self.why = why


class ConflictError(ComplaintError):
    """
    Somebody else acted in between; carries the events the caller had not seen.

    The sentence names the latest twenty of them: that many is our choice, nobody reads a longer list to the end.
    """

    code = "conflict"

    def __init__(self, complaint: UUID, expected: int, found: int, events: Sequence[Event]) -> None:
        super().__init__(
            complaint=str(complaint), expected=expected, found=found,
            between=(*(("…",) if len(events) > _MOST_NAMED else ()), *_named(events[-_MOST_NAMED:])),
        )  # fmt: skip
        self.complaint = complaint
        self.expected = expected
        self.found = found
        self.events: tuple[Event, ...] = tuple(events)


_MOST_NAMED = 20


def _named(events: Sequence[Event]) -> Iterator[str]:
    return (f"{event.number} {event.name}" for event in events)


class KeyReusedError(ComplaintError):
    """A key was used again for a different order."""

    code = "key.reused"

    def __init__(self, key: str, complaint: UUID) -> None:
        super().__init__(key=key, complaint=str(complaint))


class KeyErasedError(KeyReusedError):
    """A key was used before for an order whose texts were erased since: nobody can tell whether this is the same."""

    code = "key.erased"


class UnknownDefinitionError(ComplaintError):
    """A stored event names a command or definition that this program does not know."""

    code = "definition.unknown"

    def __init__(self, name: str) -> None:
        super().__init__(name=name)


class DefinitionError(ComplaintError, ValueError):
    """A lifecycle, policy or other definition does not hold together; lists every problem."""

    code = "definition.invalid"

    def __init__(self, name: str, problems: Iterable[str]) -> None:
        self.problems: tuple[str, ...] = tuple(problems)
        super().__init__(name=name, problems=self.problems)


class BrokenHistoryError(ComplaintError):
    """A stored history is not what was written; names the event where it breaks."""

    code = "history.broken"

    def __init__(self, complaint: UUID, number: int, what: str) -> None:
        super().__init__(complaint=str(complaint), number=number, what=what)
        self.complaint = complaint
        self.number = number
        self.what = what


class CursorError(ComplaintError, ValueError):
    """That is no cursor of a feed; nothing was read."""

    code = "cursor.unreadable"


class CursorAheadError(CursorError):
    """The feed does not reach so far: an older copy of the database was put back, or it is another one."""

    code = "cursor.ahead"


class CursorElsewhereError(CursorError):
    """Another event stands there than the one the cursor came behind: what was read before is not what is here."""

    code = "cursor.elsewhere"


class StoreError(ComplaintError):
    """The store cannot do its work: the file is foreign, read-only, full or damaged."""

    code = "store.unusable"

    def __init__(self, why: str, **facts: Fact) -> None:
        super().__init__(why=why, **facts)
        self.why = why

    def sentence(self, language: str = "en") -> str:
        """One sentence for each ``why``: what happened and what to do."""
        from complaints.locale import sentence

        return sentence("error", f"store.{self.why}", language, self.facts)


class StoreBusyError(StoreError):
    """Somebody else holds the store; nothing was written, the step may be tried again."""

    code = "store.busy"

    def __init__(self, why: str = "busy", **facts: Fact) -> None:
        super().__init__(why, **facts)


class SchemaOutOfDateError(StoreError):
    """The tables have another version than this program; ``why`` is ``older`` or ``newer``."""

    code = "store.schema"
