"""
Carries a car dealership's customer complaints through their six-stage life, and loses none.

Nothing heavy is imported until it is used: no database, no command line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from complaints.desk import Desk
from complaints.directory import Directory
from complaints.errors import (
    BrokenHistoryError,
    ComplaintError,
    ConflictError,
    CursorAheadError,
    CursorElsewhereError,
    CursorError,
    DefinitionError,
    Fault,
    HostError,
    IllegalMoveError,
    InvalidCommandError,
    KeyErasedError,
    KeyReusedError,
    NaiveTimeError,
    NotFoundError,
    NotPermittedError,
    ReentrantStepError,
    RefusedError,
    SchemaOutOfDateError,
    StoreBusyError,
    StoreError,
    UnknownDefinitionError,
)
from complaints.feeding import FeedEvent, FeedEventType, FeedPage
from complaints.fitness import Migration, Misfit
from complaints.history import Checkpoint
from complaints.lifecycle import LIFECYCLE
from complaints.machine import Lifecycle
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event, Refusal, Situation, command, rule
from complaints.model.money import Money
from complaints.model.people import Actor, Customer, Dealer, ExternalRef, Party, Person
from complaints.model.personal import Personal
from complaints.model.registration import Issue, Vehicle
from complaints.model.words import Channel, Department, PersonalData, Role, Severity, Stage, State
from complaints.orders import Order, new_id
from complaints.permission import Permit, ReadHook
from complaints.policy import Policy
from complaints.rows import Entry, Move, Who
from complaints.stores.base import Page, Query, Store

if TYPE_CHECKING:
    from complaints.async_desk import AsyncDesk


def __getattr__(name: str) -> object:
    if name != "AsyncDesk":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # who writes no asyncio does not wait for it either
    from complaints.async_desk import AsyncDesk

    return AsyncDesk


__all__ = [
    "LIFECYCLE",
    "Actor",
    "AsyncDesk",
    "BrokenHistoryError",
    "Channel",
    "Checkpoint",
    "Command",
    "Complaint",
    "ComplaintError",
    "ConflictError",
    "CursorAheadError",
    "CursorElsewhereError",
    "CursorError",
    "Customer",
    "Dealer",
    "DefinitionError",
    "Department",
    "Desk",
    "Directory",
    "Entry",
    "Event",
    "ExternalRef",
    "Fault",
    "FeedEvent",
    "FeedEventType",
    "FeedPage",
    "HostError",
    "IllegalMoveError",
    "InvalidCommandError",
    "Issue",
    "KeyErasedError",
    "KeyReusedError",
    "Lifecycle",
    "Migration",
    "Misfit",
    "Money",
    "Move",
    "NaiveTimeError",
    "NotFoundError",
    "NotPermittedError",
    "Order",
    "Page",
    "Party",
    "Permit",
    "Person",
    "Personal",
    "PersonalData",
    "Policy",
    "Query",
    "ReadHook",
    "ReentrantStepError",
    "Refusal",
    "RefusedError",
    "Role",
    "SchemaOutOfDateError",
    "Severity",
    "Situation",
    "Stage",
    "State",
    "Store",
    "StoreBusyError",
    "StoreError",
    "UnknownDefinitionError",
    "Vehicle",
    "Who",
    "command",
    "new_id",
    "rule",
]

__version__ = "0.1.0"
