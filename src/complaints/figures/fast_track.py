"""
The figures of the fast track 当场办结: how much is settled at once, whether it lasts, and what it costs whom.

They are counted from ids, times, money and codes alone: what is known of a customer may be erased, and they stay the
same (invariant 10).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta, tzinfo
from decimal import Decimal
from uuid import UUID

import attrs

from complaints.figures.period import period
from complaints.figures.ratio import ratio
from complaints.model.complaint import Complaint
from complaints.model.money import Money, total
from complaints.model.sampling import is_sampled
from complaints.model.spending import spendings
from complaints.model.words import State

REPEATED_WITHIN = timedelta(days=30)
"""How long after a settlement the same trouble counts against it; lifecycle.md, "its 30-day repeats"."""


@attrs.frozen(kw_only=True)
class SettlerFigures:
    """
    What one person settled at once.

    Attributes:
        settler: Id of the person.
        settled: How many complaints.
        cost: What the remedies cost, one sum for each currency; help that was given before is nobody's settlement.
    """

    settler: str
    settled: int
    cost: tuple[Money, ...]


@attrs.frozen(kw_only=True)
class FastTrackFigures:
    """
    The fast track of the complaints that were received in a period.

    Version 1 of the formulas. All are about the complaints received from *since* on and before *until*, local days of
    the dealer, but for those that were merged or voided by now, or brought over from another system.

    - share = settled at once ÷ registered
    - repeat rate = repeated ÷ settled at once, where a settlement is repeated if a complaint that was received within
      30 times 24 hours after it repeats it: same customer, vehicle and problem, recorded by the system
      (``RecordRepeat``) or named by staff (``Receive.repeat_of``). One that was merged or voided repeats nothing.
      However often it is repeated, a settlement counts once.
    - sample coverage = called ÷ sampled, where sampled are those settled at once that belong to the call-back sample,
      and called are those of them that a follow-up got an answer of; declined, unreachable and overdue stay in the
      denominator (R37).

    Attributes:
        registered: Complaints that were received.
        settled: Of them settled at once, whatever became of them afterwards.
        reworked: Of the settled ones those that were returned for rework.
        repeated: Of the settled ones those that were repeated.
        sampled: Of the settled ones those in the call-back sample.
        called: Of the sampled ones those whose customer answered.
        settlers: By person, whoever settled most first, then by id.
        adopted: Complaints received in the period that were brought over from another system: counted apart, since
            nobody here could have settled them at once.
    """

    since: date
    until: date
    registered: int
    settled: int
    reworked: int
    repeated: int
    sampled: int
    called: int
    settlers: tuple[SettlerFigures, ...]
    adopted: int = 0
    version: str = "1"

    @property
    def share(self) -> Decimal | None:
        """Settled at once ÷ registered, to four places, half to even; ``None`` where nothing was registered."""
        return ratio(self.settled, self.registered)

    @property
    def repeat_rate(self) -> Decimal | None:
        """Repeated ÷ settled at once; ``None`` where nothing was settled."""
        return ratio(self.repeated, self.settled)

    @property
    def sample_coverage(self) -> Decimal | None:
        """Called ÷ sampled; ``None`` where the sample is empty."""
        return ratio(self.called, self.sampled)


def fast_track(
    complaints: Iterable[Complaint], *, zone: tzinfo, since: date, until: date, sample_percent: int = 10
) -> FastTrackFigures:
    """
    Count the figures.

    Args:
        complaints: All of one dealer that were received in the period, and whatever may repeat them: up to 30 days
            after the last settlement. Others do no harm, nor does any order.
        zone: The dealer's.
        since: First local day of receipt.
        until: The local day after the last one.
        sample_percent: Share of the call-back sample, ``Policy.callback_sample_percent``.

    Raises:
        InvalidCommandError: If the period ends before it begins.
    """
    first, end = period(zone, since, until)
    counting = [one for one in complaints if not one.was_in(State.VOIDED) and one.beside.merged_into is None]
    received = [one for one in counting if first <= one.received_at < end]
    registered = [one for one in received if one.adopted is None]
    settled = [one for one in registered if one.settled is not None]
    repeated = _repeated(settled, counting)
    sampled = [one for one in settled if is_sampled(one.id, sample_percent)]
    return FastTrackFigures(
        since=since,
        until=until,
        registered=len(registered),
        settled=len(settled),
        reworked=sum(one.reworks > 0 for one in settled),
        repeated=len(repeated),
        sampled=len(sampled),
        called=sum(one.follow_up is not None and one.follow_up.result.was_answered for one in sampled),
        settlers=tuple(_by_settler(settled)),
        adopted=len(received) - len(registered),
    )


def _repeated(settled: Iterable[Complaint], others: Iterable[Complaint]) -> frozenset[UUID]:
    settled_at = {one.id: one.settled.at for one in settled if one.settled is not None}
    return frozenset(
        before
        for one in others
        for before in {*one.earlier, *(() if one.repeat_of is None else (one.repeat_of,))}
        if before in settled_at and timedelta() <= one.received_at - settled_at[before] <= REPEATED_WITHIN
    )


def _by_settler(settled: Iterable[Complaint]) -> Iterator[SettlerFigures]:
    of_each: dict[str, list[Complaint]] = {}
    for one in settled:
        if one.settled is not None:
            of_each.setdefault(one.settled.by, []).append(one)
    for settler, theirs in sorted(of_each.items(), key=lambda one: (-len(one[1]), one[0])):
        sums = total(spent.amount for one in theirs for spent in spendings(one) if spent.by is not None)
        cost = tuple(Money(amount, currency) for currency, amount in sorted(sums.items()))
        yield SettlerFigures(settler=settler, settled=len(theirs), cost=cost)


__all__ = ["REPEATED_WITHIN", "FastTrackFigures", "SettlerFigures", "fast_track"]
