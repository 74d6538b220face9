"""The customer's yes, the tasks, the money, and who answers (R28–R31)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from complaints.errors import Fault
from complaints.model.base import line, noun, number, prose, several
from complaints.model.money import Money
from complaints.model.proposal import Remedy
from complaints.model.words import MeasureKind, MeasureRole, PartyKind, Proof, RemedyKind, TaskResult


@noun
class Acceptance:
    """
    How the customer's yes was shown (R30); acceptance and signature are two facts.

    Args:
        proof: Signature, recording, message or noted words.
        evidence: Id of the evidence: a scan, an e-signature token, a recording.
        signer: Who signed or agreed: ``None`` is the complainant himself.
    """

    proof: Proof
    evidence: str | None = line(most=120, default=None)
    signer: PartyKind | None = None

    def _faults(self) -> Iterator[Fault]:
        if self.proof is not Proof.WORDS and self.evidence is None:
            yield Fault("evidence", "missing")


@noun
class Settlement:
    """What the customer accepted, as it stands on the complaint."""

    number: int = number()
    option: str | None = line(most=20, default=None)
    remedies: tuple[Remedy, ...] = several(least=1, most=50)
    acceptance: Acceptance
    at: datetime


@noun
class Task:
    """One remedy being carried out."""

    id: str = line(most=40)
    kind: RemedyKind
    owner: str = line(most=80)
    due: date
    cost: Money
    result: TaskResult = TaskResult.OPEN
    number: int = number()


@noun
class Booking:
    """Compensation in the ledger, booked by finance (R67); a wrong one is reversed by reference."""

    id: str = line(most=120)
    amount: Money
    task: str = line(most=40)
    reverses: str | None = line(most=120, default=None)
    number: int = number()


@noun
class Measure:
    """
    What follows for one person (R28).

    Args:
        rule: The house rule it cites; required for every measure.
        reason: Why; required where the measure is none.
    """

    person: str = line(most=80)
    role: MeasureRole
    kind: MeasureKind
    rule: str | None = line(default=None)
    reason: str | None = prose(default=None)

    def _faults(self) -> Iterator[Fault]:
        if self.kind is MeasureKind.NONE and self.reason is None:
            yield Fault("reason", "missing")
        if self.kind is not MeasureKind.NONE and self.rule is None:
            yield Fault("rule", "missing")


@noun
class Accountability:
    """
    Who answers, decided beside the state (A6); for major complaints looked at by a second decider.

    Args:
        rank: Of the decider; whoever reviews a contest stands above it.
    """

    rank: int = number(default=0)
    number: int = number()
    measures: tuple[Measure, ...] = ()
    decided_by: str = line(most=80)
    reviewed_by: str | None = line(most=80, default=None)
    standing_rule: str | None = line(default=None)
