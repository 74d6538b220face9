"""What was found out, why it happened, and who answers for it (R17–R20)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from complaints.errors import Fault
from complaints.model.base import line, noun, number, prose, several
from complaints.model.words import Answerable, Cause

_SHA256 = re.compile(r"[0-9a-f]{64}")


@noun
class Evidence:
    """A thing that shows something: a photo, a scan, a recording, a workshop order."""

    id: str = line(most=40)
    kind: str = line(most=40)
    sha256: str | None = line(most=64, default=None)
    collector: str | None = line(most=80, default=None)
    collected_at: datetime | None = None
    number: int = number(default=0)

    def _faults(self) -> Iterator[Fault]:
        if isinstance(self.sha256, str) and not _SHA256.fullmatch(self.sha256):
            yield Fault("sha256", "digest")

    @property
    def weight(self) -> int:
        """1 for a reference, 2 with a digest, 3 with digest and collector."""
        return 1 + (self.sha256 is not None) + (self.sha256 is not None and self.collector is not None)


@noun
class CauseFound:
    """A cause of the complaint; the primary one is what it mainly comes from."""

    cause: Cause
    is_primary: bool = True
    is_confirmed: bool = False
    whys: tuple[str, ...] = several(personal=True, most=20, default=())


@noun
class Finding:
    """Something the investigator found, as it stands on the complaint."""

    number: int = number()
    by: str = line(most=80)
    cause: CauseFound | None = None
    evidence: tuple[str, ...] = ()
    inspected: tuple[str, ...] = ()


@noun
class Responsibility:
    """
    Who answers for it (R18): people by id, or an explicit other, with the reason.

    Args:
        head: The department head who answers with them (R28).
    """

    kind: Answerable
    persons: tuple[str, ...] = several(most=20, default=())
    head: str | None = line(most=80, default=None)
    reason: str | None = prose(default=None)

    def _faults(self) -> Iterator[Fault]:
        if self.kind is Answerable.PERSON and not self.persons:
            yield Fault("persons", "missing")
        if self.kind is not Answerable.PERSON and self.persons:
            yield Fault("persons", "not_with_kind")
        if self.kind is not Answerable.PERSON and self.reason is None:
            yield Fault("reason", "missing")


@noun
class Conclusion:
    """The end of an investigation, as it stands on the complaint."""

    number: int = number()
    by: str = line(most=80)
    at: datetime
    responsibility: Responsibility
    cause: Cause | None = None
    is_inconclusive: bool = False
