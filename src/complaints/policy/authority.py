"""The authority matrix: how far each role decides alone (A1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

import attrs

from complaints.errors import Fault
from complaints.model.words import RANKS, RemedyKind, Role, Severity


@attrs.frozen(kw_only=True)
class Authority:
    """
    One line of the authority matrix (A1): how far a role decides alone.

    Args:
        limit: The dearest solution it may approve, in the policy's currency; ``None`` is no limit.
        severity: The gravest complaint it may decide.
        excluded: Remedies it may not grant.
        above: The role that decides what is beyond it; the next line where none is named.
    """

    role: Role
    limit: Decimal | None = None
    severity: Severity
    excluded: frozenset[RemedyKind] = frozenset()
    above: Role | None = None

    def covers(
        self, cost: Mapping[str, Decimal], currency: str, severity: Severity, kinds: frozenset[RemedyKind]
    ) -> bool:
        """Whether it covers a solution of *cost* (by currency) with remedies of *kinds* at *severity*."""
        if severity.rank > self.severity.rank or kinds & self.excluded:
            return False
        if self.limit is None:
            return True
        return all(name == currency and amount <= self.limit for name, amount in cost.items() if amount)


def ladder_faults(ladder: Sequence[Authority]) -> Iterator[Fault]:
    """What is wrong with a ladder, lowest line first: it must lead upwards, to a top that may decide everything."""
    if not ladder or ladder[-1].limit is not None:
        yield Fault("authority", "ladder_limit")
    elif ladder[-1].severity is not Severity.CRITICAL or ladder[-1].excluded:
        yield Fault("authority", "ladder_top")
    roles = [line.role for line in ladder]
    ranks = [RANKS.index(role) for role in roles if role in RANKS]
    if ranks != sorted(ranks) or len(set(roles)) != len(roles):
        yield Fault("authority", "ladder_order")
    above = {line.role: line.above for line in ladder if line.above is not None}
    for role, next_one in above.items():
        if next_one not in roles:
            yield Fault("authority", "ladder_gap", role=role.value, above=next_one.value)
        if _leads_round(role, above):
            yield Fault("authority", "ladder_cycle", role=role.value)


def _leads_round(role: Role, above: Mapping[Role, Role]) -> bool:
    seen, at = set[Role](), above.get(role)
    while at is not None and at not in seen:
        if at is role:
            return True
        seen.add(at)
        at = above.get(at)
    return False


__all__ = ["Authority", "ladder_faults"]
