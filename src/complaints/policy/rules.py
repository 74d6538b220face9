"""What a rule of a pack says: a clock, a floor under the severity, content that a form must have."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import attrs

from complaints.errors import Fault
from complaints.model.base import line, noun, number, several
from complaints.model.complaint import Complaint
from complaints.model.span import Span
from complaints.model.words import (
    RANKS,
    Alarm,
    CaseKind,
    Channel,
    ClockKind,
    HoldKind,
    Role,
    RuleStanding,
    Severity,
    State,
)

PAIRS: Mapping[str, str] = {
    "typed_by_another": "confirmed",
    "held": "released",
    "case_opened": "case_answered",
    "escalated": "escalation_answered",
    "task_given": "task_reported",
    "improvement_planned": "improvement_verified",
}
"""Facts of which there may be several at a time, and what ends each: a clock runs for every one of them."""

_FACTS = frozenset(
    {"acknowledged", "contacted", "informed", "answered", "assigned", "called_while_held", "ended", "unhandled",
     "handler_asked"}
    | set(PAIRS) | set(PAIRS.values())
)  # fmt: skip
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_STATES = frozenset(state.value for state in State)
_LEAVING = frozenset(f"leaving {state.value}" for state in State if not state.is_ending)
_WITH_A_DAY = frozenset({"task_given", "case_opened", "improvement_planned"})
_QUALIFIED = {"received": frozenset(Channel), "case_opened": frozenset(CaseKind)}


def is_moment(name: str) -> bool:
    """
    Whether *name* is a moment that may start or stop a clock, as far as that can be told without a lifecycle.

    A state (its entering), ``leaving`` a state, a fact such as ``acknowledged``, ``received.<channel>``,
    ``case_opened.<kind>``, or the name of a command, which begins with a capital.
    """
    if name in _STATES or name in _LEAVING or name in _FACTS or is_command(name):
        return True
    fact, _, kind = name.partition(".")
    return kind in _QUALIFIED.get(fact, ())


def is_command(name: str) -> bool:
    """Whether *name* has the shape of a command's; whether there is one, a lifecycle knows."""
    return name.isidentifier() and name[0].isupper()


@noun
class ClockRule:
    """
    A clock that a pack starts (lifecycle.md, "Clocks, promises, calendars").

    Args:
        clock: Its name.
        starts: Moments that start it: states (their entering), commands or facts; see :func:`is_moment`.
        stops: Moments that stop it. One that starts with a state and names none stops with leaving that state.
        within: How long; ``None`` where no number is verified (somebody looks it up), or the order brings the day.
        by_severity: Another span for a severity; it gets shorter with a complaint that gets graver, never longer.
        given: Whether the day comes with the order: what an authority wants, when a task is due.
        kind: What its end means.
        roll: Whether a period that ends on a holiday rolls to the next working day.
        pauses: Kinds of hold that stop it while they are open; none for what a statute says (invariant 13).
        statutory: Whether a statute or an authority sets it.
        warn: How long before its end it is warned of; without it in the morning of the last day, or after half of
            the hours (our choice).
        escalates_to: The rank that is asked when it is missed.
        appointment: How long after the due date an appointment may lie that the customer agreed to in time (A3).
        source: Where the number comes from; ``"default"`` for a library default (A10).
        standing: How sure that source is.
    """

    clock: str = line(most=40)
    starts: tuple[str, ...] = several(least=1, most=10)
    stops: tuple[str, ...] = several(most=20, default=())
    within: Span | None = None
    by_severity: Mapping[Severity, Span] = attrs.field(factory=dict)
    given: bool = False
    kind: ClockKind = ClockKind.OWED
    roll: bool = False
    pauses: tuple[HoldKind, ...] = ()
    statutory: bool = False
    warn: Span | None = None
    escalates_to: Role | None = None
    appointment: Span | None = None
    source: str = line(default="default")
    standing: RuleStanding = RuleStanding.DEFAULT

    def _faults(self) -> Iterator[Fault]:
        if isinstance(self.clock, str) and _NAME.fullmatch(self.clock) is None:
            yield Fault("clock", "clock_name")
        for field in ("starts", "stops"):
            names = getattr(self, field)
            unknown = tuple(one for one in names if isinstance(one, str) and not is_moment(one)) if names else ()
            if unknown:
                yield Fault(field, "moment", names=unknown)
        if self.statutory and self.pauses:
            yield Fault("pauses", "statutory_pauses")
        if self.kind is ClockKind.OWED and not self.stop_moments:
            yield Fault("stops", "never_stops")
        if self.within is None and not self.given and self.standing is not RuleStanding.UNVERIFIED:
            yield Fault("within", "no_length")
        yield from self._faults_of_a_given_day()
        if self.escalates_to is not None and self.escalates_to not in RANKS:
            yield Fault("escalates_to", "choice", choices=tuple(one.value for one in RANKS))
        if HoldKind.LEGAL in self.pauses:
            yield Fault("pauses", "choice", choices=tuple(one.value for one in HoldKind if one is not HoldKind.LEGAL))

    def _faults_of_a_given_day(self) -> Iterator[Fault]:
        """A day that comes with the order: only some facts bring one, no number is counted, and nothing moves it."""
        if not self.given:
            return
        if isinstance(self.starts, tuple) and not any(one.partition(".")[0] in _WITH_A_DAY for one in self.starts):
            yield Fault("starts", "no_day", facts=tuple(sorted(_WITH_A_DAY)))
        if self.within is not None or self.by_severity:
            yield Fault("within", "given_and_counted")
        if self.pauses:
            yield Fault("pauses", "given_pauses")

    @property
    def stop_moments(self) -> tuple[str, ...]:
        """The moments that stop it: those it names, or leaving the states it starts with, or the end of its fact."""
        if self.stops:
            return self.stops
        leaving = (f"leaving {one}" for one in self.starts if f"leaving {one}" in _LEAVING)
        ended = (PAIRS[one.partition(".")[0]] for one in self.starts if one.partition(".")[0] in PAIRS)
        return tuple(dict.fromkeys((*leaving, *ended)))

    @property
    def is_of_a_state(self) -> bool:
        """Whether entering a state starts it: then it starts anew each time."""
        return any(one in _STATES for one in self.starts)

    def span(self, severity: Severity) -> Span | None:
        """How long it is at *severity*."""
        return self.by_severity.get(severity, self.within)


@noun
class FloorRule:
    """
    The lowest severity that a fact allows, or a number of refused offers, or of repeats (R66).

    Args:
        alarm: A fact on the form, or one that channel, complainant and issues show by themselves.
        declines: So many refused offers.
        repeats: So many complaints of its kind with this one: same customer, vehicle and problem within 90 days.
    """

    code: str = line(most=40)
    severity: Severity
    alarm: Alarm | None = None
    declines: int | None = number(least=1, most=100, default=None)
    repeats: int | None = number(least=2, most=100, default=None)
    source: str = line(default="default")
    standing: RuleStanding = RuleStanding.DEFAULT

    def _faults(self) -> Iterator[Fault]:
        if sum(one is not None for one in (self.alarm, self.declines, self.repeats)) != 1:
            yield Fault("alarm", "one_ground")

    def applies(self, complaint: Complaint) -> bool:
        """Whether the complaint has the fact."""
        if self.alarm is not None:
            return self.alarm in complaint.registration.fast_track_bars
        if self.declines is not None:
            return complaint.declines >= self.declines
        return self.repeats is not None and complaint.repeats >= self.repeats


@noun
class RequiredContent:
    """A field that a form may leave out but a pack does not: such as where else the customer may turn."""

    command: str = line(most=80)
    field: str = line(most=80)
    source: str = line(default="default")
    standing: RuleStanding = RuleStanding.DEFAULT

    def _faults(self) -> Iterator[Fault]:
        if isinstance(self.command, str) and not is_command(self.command):
            yield Fault("command", "moment", names=(self.command,))


@noun
class Retention:
    """
    How long a file is kept, or whether a customer may have it erased before.

    Args:
        keep_years: For how many years after its end a file is kept whole.
        erase_on_request: Whether the customer may ask for the erasing of what is not needed any more.
    """

    keep_years: int | None = number(least=1, most=100, default=None)
    erase_on_request: bool = False
    source: str = line(default="default")
    standing: RuleStanding = RuleStanding.DEFAULT


__all__ = ["PAIRS", "ClockRule", "FloorRule", "RequiredContent", "Retention", "is_command", "is_moment"]
