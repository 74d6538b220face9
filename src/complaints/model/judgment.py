"""The judgment in two parts, the tactful answer, and how the customer took it (R13–R16)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from complaints.errors import Fault
from complaints.model.base import line, noun, number, prose
from complaints.model.words import Channel, Demand, Department, Grounds, Verdict

VERDICTS: dict[tuple[Grounds, Demand | None], tuple[Verdict, ...]] = {
    (Grounds.SUFFICIENT, Demand.REASONABLE): (Verdict.UPHELD,),
    (Grounds.SUFFICIENT, Demand.PARTLY): (Verdict.PARTLY_UPHELD,),
    (Grounds.SUFFICIENT, Demand.UNREASONABLE): (Verdict.PARTLY_UPHELD,),
    (Grounds.INSUFFICIENT, Demand.REASONABLE): (Verdict.NOT_UPHELD, Verdict.GOODWILL, Verdict.NOT_OURS),
    (Grounds.INSUFFICIENT, Demand.PARTLY): (Verdict.NOT_UPHELD, Verdict.GOODWILL, Verdict.NOT_OURS),
    (Grounds.INSUFFICIENT, Demand.UNREASONABLE): (Verdict.NOT_UPHELD, Verdict.NOT_OURS),
    (Grounds.UNKNOWN, None): (Verdict.INCONCLUSIVE, Verdict.TO_BE_INSPECTED),
}
"""Which verdicts the two answers allow (A7); unknown grounds leave the demand unanswered."""


@noun
class IssueJudgment:
    """
    The two answers about one issue, each with its reason (R13).

    The reasons are internal: they are never copied to the customer (R59).
    """

    issue: str = line(most=20)
    grounds: Grounds
    grounds_reason: str = prose()
    demand: Demand | None = None
    demand_reason: str | None = prose(default=None)
    verdict: Verdict

    def _faults(self) -> Iterator[Fault]:
        if not isinstance(self.grounds, Grounds) or not isinstance(self.demand, Demand | None):
            return
        demand = None if self.grounds is Grounds.UNKNOWN else self.demand
        allowed = VERDICTS.get((self.grounds, demand), ())
        if self.verdict not in allowed:
            yield Fault("verdict", "verdict", choices=tuple(verdict.value for verdict in allowed))
        if self.grounds is not Grounds.UNKNOWN and self.demand is None:
            yield Fault("demand", "missing")
        if self.demand is not None and self.demand_reason is None:
            yield Fault("demand_reason", "missing")


@noun
class Judgment:
    """
    A judgment as it stands on the complaint: every issue, by whom, when.

    Args:
        rank: Of the judge; a second review is somebody higher's (MOVES 7).
    """

    issues: tuple[IssueJudgment, ...]
    judge: str = line(most=80)
    at: datetime
    rank: int = number(least=-1, default=0)
    number: int = number()
    department: Department | None = None

    def verdict_on(self, issue: str) -> Verdict | None:
        """The verdict on one issue; ``None`` while it is not judged."""
        return next((judged.verdict for judged in self.issues if judged.issue == issue), None)

    @property
    def is_upheld(self) -> bool:
        """Whether any issue was upheld, wholly or partly."""
        return any(judged.verdict.is_upheld for judged in self.issues)


@noun
class Explanation:
    """The tactful answer to a complaint that is not established (R14), and the reaction to it."""

    given_at: datetime
    channel: Channel
    number: int = number()
    understood_at: datetime | None = None
    understood_channel: Channel | None = None
