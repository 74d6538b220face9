"""The same step for ``eventsourcing``: an aggregate that carries far less than a complaint does."""

from __future__ import annotations

from eventsourcing.domain import Aggregate, event


class Case(Aggregate):
    """A statement and a state; no rules, no snapshot, no digest, nothing to search by."""

    @event("Received")
    def __init__(self, statement: str) -> None:
        self.statement = statement
        self.state = "intake"

    @event("JudgmentBegun")
    def begin(self) -> None:
        self.state = "judgment"
