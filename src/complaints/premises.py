"""What a desk stands on: its dealers, their policies, and the definition that steps are taken under."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from datetime import datetime
from types import NoneType
from uuid import UUID

from complaints.access import is_of
from complaints.calendars import Calendar
from complaints.directory import Directory, known
from complaints.errors import DefinitionError, InvalidCommandError, NotFoundError
from complaints.machine import Lifecycle
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Situation
from complaints.model.people import Actor, Dealer, Person
from complaints.model.personal import Personal
from complaints.model.spending import NOTHING_SPENT, Spent
from complaints.model.words import Role
from complaints.permission import Permit
from complaints.policy import SEES, Policy
from complaints.policy.pack import field_names
from complaints.stages.adoption import Adopt

_NOBODY_ELSE: Mapping[UUID, Complaint] = {}
_NOBODY: Mapping[str, Person | None] = {}
_NO_CALENDARS: Mapping[str, Calendar] = {}


class Premises:
    """
    Dealers, policies and lifecycle, as a desk was given them.

    Args:
        dealers: The dealers served. With none, every dealer id is served with the defaults of :class:`Dealer`.
        policy: One for all, or one for each dealer id; the library's defaults where there is none.
        lifecycle: The definition new steps are taken under.
        directory: Who works there, if the host has one.
        permit: The host's say, if it has one.
        calendars: The houses' own calendars, by the code that a dealer names; others come from the library.

    Raises:
        DefinitionError: If a policy is given for a dealer that is not served here.
    """

    def __init__(
        self,
        dealers: Iterable[Dealer],
        policy: Policy | Mapping[str, Policy] | None,
        lifecycle: Lifecycle,
        *,
        directory: Directory | None = None,
        permit: Permit | None = None,
        calendars: Mapping[str, Calendar] = _NO_CALENDARS,
    ) -> None:
        self.lifecycle = lifecycle
        self.directory = directory
        self.permit = permit
        self.policy = policy if isinstance(policy, Policy) else None
        self._dealers = {dealer.id: dealer for dealer in dealers}
        self._policies: dict[str, Policy] = dict(policy) if isinstance(policy, Mapping) else {}
        self._calendars = dict(calendars)
        strangers = [id for id in self._policies if self._dealers and id not in self._dealers]
        given = [one for one in (self.policy, *self._policies.values()) if isinstance(one, Policy)]
        unknown = [
            f"{rule}: no command {name}"
            for one in given
            for name, rule in one.commands_named()
            if name not in lifecycle.readable
        ]
        unknown += [
            f"{pack.name}: {name} has no field {field}"
            for one in given
            for pack in one.packs
            for name, field in pack.fields_named()
            if name in lifecycle.readable and field not in field_names(lifecycle.readable[name])
        ]
        if unknown:
            raise DefinitionError("policy", unknown)
        for dealer in self._dealers.values():
            try:
                self.calendar_of(dealer)
            except InvalidCommandError:
                problem = f"{dealer.calendar} is neither a country's code nor a calendar that was passed in"
                raise DefinitionError(f"dealer {dealer.id}", [problem]) from None
        if strangers or not isinstance(policy, (Policy, Mapping, NoneType)):
            raise DefinitionError("policy", [f"there is no dealer {id}" for id in strangers] or ["it is no Policy"])

    @property
    def dealers(self) -> tuple[Dealer, ...]:
        """The dealers served, as they were given; none where every id is served."""
        return tuple(self._dealers.values())

    def under(self, lifecycle: Lifecycle) -> Premises:
        """The same premises, with steps taken under another definition."""
        other = copy(self)
        other.lifecycle = lifecycle
        return other

    def with_policy(self, policy: Policy | Mapping[str, Policy]) -> Premises:
        """
        The same dealers and calendars under another policy.

        Raises:
            DefinitionError: If it is given for a dealer that is not served here, or names unknown commands.
        """
        return Premises(self._dealers.values(), policy, self.lifecycle, calendars=self._calendars)

    def dealer(self, id: str, by: Actor) -> Dealer:
        """
        The dealer *id*, for somebody who belongs there.

        Raises:
            NotFoundError: If it is not served here, or not for *by*.
        """
        dealer = self._dealers.get(id)
        if dealer is None and not self._dealers:
            dealer = Dealer(id)
        if dealer is None or not is_of(by, id):
            raise NotFoundError("dealer", id)
        return dealer

    def policy_for(self, dealer: str) -> Policy | None:
        """The policy that was given for a dealer id, or for all; ``None`` for the library's defaults."""
        return self.policy or self._policies.get(dealer)

    def sees(self, dealer: str) -> Mapping[Role, frozenset[Personal]]:
        """Which role sees what of a person at a dealer id."""
        policy = self.policy_for(dealer)
        return SEES if policy is None else policy.sees

    def sees_everywhere(self) -> tuple[Mapping[Role, frozenset[Personal]], ...]:
        """Which role sees what, at each of the dealers."""
        return tuple(self.sees(dealer) for dealer in self._dealers) or (self.sees(""),)

    def policy_of(self, dealer: Dealer) -> Policy:
        """The policy that decides at *dealer*."""
        policy = self.policy_for(dealer.id)
        if policy is None:
            policy = self._policies[dealer.id] = Policy(currency=dealer.currency)
        return policy

    def calendar_of(self, dealer: Dealer) -> Calendar:
        """The calendar that counts at *dealer*; without one every day is a working day, round the clock."""
        code = dealer.calendar or ""
        found = self._calendars.get(code)
        if found is None:
            found = self._calendars[code] = Calendar.of(code) if code else Calendar.always()
        return found

    def last_published_year(self) -> int | None:
        """The last year that any of the dealers' calendars knows; ``None`` where none waits for one."""
        for dealer in self._dealers.values():
            self.calendar_of(dealer)
        years = (calendar.last_known_year for calendar in self._calendars.values())
        return max((year for year in years if year), default=None)

    def situation(
        self,
        complaint: Complaint,
        command: Command | None,
        by: Actor,
        recorded_by: Actor,
        at: datetime,
        now: datetime,
        others: Mapping[UUID, Complaint] = _NOBODY_ELSE,
        spent: Spent = NOTHING_SPENT,
    ) -> Situation:
        """What the rules look at."""
        dealer = self._dealers.get(complaint.dealer) or self.dealer(complaint.dealer, by)
        return Situation(
            complaint=complaint,
            by=by,
            recorded_by=recorded_by,
            command=command,
            at=at,
            now=now,
            policy=self.policy_of(dealer),
            dealer=dealer,
            calendar=self.calendar_of(dealer),
            others=others,
            overridable=self.lifecycle.overridable,
            people=_NOBODY if self.directory is None else self._people(self.directory, command, by, dealer, at),
            spent=spent,
        )

    def _people(
        self, directory: Directory, command: Command | None, by: Actor, dealer: Dealer, at: datetime
    ) -> Mapping[str, Person | None]:
        """Whom the directory is asked about: those the order names, the doer, and those he stands in for."""
        on = at.astimezone(dealer.tz).date()
        named = known(directory, command.names_people if command is not None else (), dealer.id, on)
        if by.roles == (Role.SYSTEM,):
            return named
        return {**named, **known(directory, (by.id, *by.stands_in_for), by.dealer, on)}

    def begins(self, command: Command) -> bool:
        """Whether *command* begins a complaint."""
        return self.lifecycle.row_for(type(command), None) is not None or isinstance(command, Adopt)


__all__ = ["Premises"]
