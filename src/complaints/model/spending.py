"""
What was spent under standing orders, and so counts against their ceilings.

What counts is our choice. Money counts once, at the complaint it was spent on, from the moment it was spent, and for
good: the customer has had it, whatever becomes of the complaint. So it counts where the complaint was merged into
another (the survivor takes over the tasks, and nothing is counted there), separated again, reworked, voided, withdrawn
or ended without an agreement, where a booking was reversed, and where nobody may read any more who the customer was.
Help in an emergency is under no order and does not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from complaints.model.complaint import Complaint
from complaints.model.money import Money


class Spending(NamedTuple):
    """
    Something spent under a standing order: a remedy of a settlement, or help.

    Attributes:
        order: Id of the order, without its version.
        by: Id of whoever settled; ``None`` for help.
        at: When.
    """

    order: str
    by: str | None
    at: datetime
    amount: Money


class Spent(NamedTuple):
    """
    What was spent before a step under the standing order it names, in any of its versions.

    Attributes:
        customer: For the same customer within a year.
        month: At the dealer within the calendar month of the step.
    """

    customer: Decimal = Decimal(0)
    month: Decimal = Decimal(0)


NOTHING_SPENT = Spent()


def spendings(complaint: Complaint) -> Iterator[Spending]:
    """All that was spent on one complaint under standing orders."""
    settled = complaint.settled
    if settled is not None:
        for task in complaint.tasks:
            if task.number == settled.number:
                yield Spending(order_of(settled.order), settled.by, settled.at, task.cost)
    for help in complaint.beside.help:
        if help.order is not None:
            yield Spending(order_of(help.order), None, help.at or complaint.received_at, help.cost)


def order_of(stamp: str) -> str:
    """The id in an order's stamp, such as ``"SO-1"`` of ``"SO-1@2026"``."""
    return stamp.rpartition("@")[0] or stamp


__all__ = ["NOTHING_SPENT", "Spending", "Spent", "order_of", "spendings"]
