"""Solutions: drafted, discussed, read one by one by the leader, and mandated (R21–R27)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from complaints.errors import Fault
from complaints.model.base import line, noun, number, prose, several
from complaints.model.money import Money, total
from complaints.model.words import Department, RemedyKind


@noun
class Remedy:
    """
    One thing done for the customer.

    Args:
        cost: What it costs the house; zero for an apology.
        owner: Id of the person who sees to it.
        due: The day by which it is done.
    """

    kind: RemedyKind
    text: str | None = prose(default=None)
    cost: Money
    owner: str = line(most=80)
    due: date

    def _faults(self) -> Iterator[Fault]:
        if isinstance(self.cost, Money) and self.cost.amount < 0:
            yield Fault("cost", "negative")


@noun
class Proposal:
    """
    One solution, with an answer to the wish and to every issue (R22, R26).

    Args:
        days: Working time it takes, in days.
        precedent: Case number of a complaint solved in this way before.
    """

    id: str = line(most=20)
    remedies: tuple[Remedy, ...] = several(least=1, most=50)
    answers_wish: str = prose()
    answers_issues: tuple[str, ...] = several(least=1)
    days: int | None = number(default=None)
    precedent: str | None = line(most=40, default=None)
    author: str | None = line(most=80, default=None)
    number: int = number(default=0)

    @property
    def cost(self) -> dict[str, Decimal]:
        """The sum of the remedies, for each currency."""
        return total(remedy.cost for remedy in self.remedies)


@noun
class Consultation:
    """What departments discussed (R21): who was asked, and the minutes where they are required."""

    on: date
    participants: tuple[str, ...] = several(least=1, most=100)
    departments: tuple[Department, ...] = several(least=1, most=20)
    has_minutes: bool = False
    number: int = number(default=0)


@noun
class ProposalReview:
    """One leader's opinion on one proposal (R23)."""

    proposal: str = line(most=20)
    leader: str = line(most=80)
    is_suitable: bool
    number: int = number(default=0)


@noun
class Mandate:
    """
    What the leader decided (R24, R25): one chosen, alternatives, and a ceiling for the counter.

    Args:
        ceiling: What the counter may agree with the customer without asking again.
    """

    chosen: str = line(most=20)
    alternatives: tuple[str, ...] = several(most=20, default=())
    ceiling: Money | None = None
    leader: str = line(most=80)
    at: datetime
    number: int = number(default=0)
