"""索赔追偿: what the house asks back from manufacturer, supplier or insurer; no customer waits for it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from msgspec.structs import replace

from complaints.errors import Fault
from complaints.model.base import line, prose
from complaints.model.beside import Claim
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event, Refusal, Situation, command, rule
from complaints.model.money import Money
from complaints.model.words import Against, ClaimAnswer


@command
class ClaimBack(Command):
    """
    索赔: the house asks its money back (ENTRIES, investigation to closed).

    Args:
        id: Short name, unique within the complaint.
        reference: The other side's number for it.
    """

    complaint: UUID
    id: str = line(most=40)
    against: Against
    amount: Money
    reference: str = line(most=120)

    def _faults(self) -> Iterator[Fault]:
        if isinstance(self.amount, Money) and self.amount.amount <= 0:
            yield Fault("amount", "not_positive")

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """One claim more."""
        made = Claim(id=self.id, against=self.against, amount=self.amount, number=event.number)
        return complaint.beside_with(claims=(*complaint.beside.claims, made))


@command
class RecordClaimAnswer(Command):
    """
    索赔结果: paid, paid in part, or refused.

    Args:
        granted: What is paid; nothing where the claim is refused.
    """

    complaint: UUID
    claim: str = line(most=40)
    answer: ClaimAnswer
    granted: Money | None = None
    remark: str | None = prose(most=2000, default=None)

    def _faults(self) -> Iterator[Fault]:
        if self.answer is ClaimAnswer.PENDING:
            yield Fault("answer", "choice", choices=("paid", "partly_paid", "refused"))
        if self.answer in (ClaimAnswer.PAID, ClaimAnswer.PARTLY_PAID) and self.granted is None:
            yield Fault("granted", "missing")
        if self.answer is ClaimAnswer.REFUSED and self.granted is not None:
            yield Fault("granted", "not_where_refused")

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The claim with its answer."""
        claims = tuple(
            replace(one, answer=self.answer, granted=self.granted) if one.id == self.claim else one
            for one in complaint.beside.claims
        )
        return complaint.beside_with(claims=claims)


def open_claims(complaint: Complaint) -> tuple[Claim, ...]:
    """The claims that nobody has answered."""
    return tuple(one for one in complaint.beside.claims if one.answer is ClaimAnswer.PENDING)


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("claim.doubled")
def the_claim_has_a_new_name(s: Situation) -> Refusal | None:
    """Claims are told apart by their id."""
    taken = any(one.id == s.command.id for one in s.complaint.beside.claims)
    return Refusal("claim.doubled", claim=s.command.id) if taken else None


@rule("claim.currency")
def the_claim_is_in_the_houses_money(s: Situation) -> Refusal | None:
    """A claim is in the currency of the house's books, so that it can be counted against what was spent."""
    given, wanted = s.command.amount.currency, s.policy.currency
    return None if given == wanted else Refusal("claim.currency", given=given, wanted=wanted)


@rule("claims.none_open")
def a_claim_is_open(s: Situation) -> Refusal | None:
    """There is a claim to answer."""
    return None if open_claims(s.complaint) else Refusal("claims.none_open")


@rule("claim.not_open")
def the_claim_is_open(s: Situation) -> Refusal | None:
    """A claim is answered once."""
    there = tuple(one.id for one in open_claims(s.complaint))
    return None if s.command.claim in there else Refusal("claim.not_open", claims=there)


@rule("claim.inconsistent")
def the_answer_fits_the_amount(s: Situation) -> Refusal | None:
    """Paid is the whole, partly paid less and more than nothing; both in the money of the claim."""
    claim = next((one for one in open_claims(s.complaint) if one.id == s.command.claim), None)
    granted = s.command.granted
    if claim is None or granted is None:
        return None  # the_claim_is_open refuses the one, the form the other
    asked = claim.amount
    fits = granted == asked if s.command.answer is ClaimAnswer.PAID else 0 < granted.amount < asked.amount
    if fits and granted.currency == asked.currency:
        return None
    return Refusal("claim.inconsistent", claimed=str(asked), granted=str(granted))


__all__ = ["ClaimBack", "RecordClaimAnswer"]
