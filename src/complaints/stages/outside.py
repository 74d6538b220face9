"""外部投诉: an authority, a court, a lawyer, the manufacturer or the media has the complaint as well (R5, R66)."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from complaints.model.base import evolve, line, prose
from complaints.model.beside import ExternalCase
from complaints.model.complaint import Complaint
from complaints.model.event import Command, Event, Refusal, Situation, command, rule
from complaints.model.people import ExternalRef
from complaints.model.registration import Registration
from complaints.model.words import Alarm, CaseKind, CaseStatus, Role, Track


@command
class OpenExternalCase(Command):
    """
    外部投诉立案: somebody outside has the complaint; its alarm rings and shuts the fast track (R5, R66).

    Args:
        id: Short name, unique within the complaint.
        ref: What they call it there: the case number.
        due: When they want their answer; their clock is their own, and touches none of the house's.
        text: What they want.
    """

    complaint: UUID
    id: str = line(most=40)
    kind: CaseKind
    ref: ExternalRef | None = None
    due: date | None = None
    text: str | None = prose(most=2000, default=None)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """One case more beside the state; where its kind is an alarm, the fast track is shut for good."""
        opened = ExternalCase(id=self.id, kind=self.kind, opened_at=event.at, number=event.number, due=self.due)
        after = complaint.beside_with(cases=(*complaint.beside.cases, opened))
        alarm = self.kind.alarm
        if alarm is None:
            return after
        return evolve(after, registration=_with_alarm(complaint.registration, alarm), track=Track.FULL)


def _with_alarm(form: Registration, alarm: Alarm) -> Registration:
    return form if alarm in form.alarms else evolve(form, alarms=(*form.alarms, alarm))


@command
class UpdateExternalCase(Command):
    """
    外部投诉进展: what has become of it.

    Args:
        case: Its name on this complaint.
        due: Another date for the answer; the one before stays if none is given.
        text: What was said or done.
    """

    complaint: UUID
    case: str = line(most=80)
    status: CaseStatus
    due: date | None = None
    text: str = prose(most=2000)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The case as it stands from now on."""
        cases = tuple(
            evolve(one, status=self.status, due=self.due or one.due) if one.id == self.case else one
            for one in complaint.beside.cases
        )
        return complaint.beside_with(cases=cases)


# --- rules ----------------------------------------------------------------------------------------------------------


@rule("case.doubled")
def the_case_has_a_new_name(s: Situation) -> Refusal | None:
    """Outside cases are told apart by their name, for life."""
    taken = any(one.id == s.command.id for one in s.complaint.beside.cases)
    return Refusal("case.doubled", case=s.command.id) if taken else None


@rule("case.role")
def the_kind_of_case_is_theirs(s: Situation) -> Refusal | None:
    """With the media only the spokesperson speaks (R5); every other case is the manager's."""
    kind = s.command.kind if isinstance(s.command, OpenExternalCase) else _kind_of_the_open_case(s)
    wanted = Role.SPOKESPERSON if kind is CaseKind.MEDIA else Role.MANAGER
    if kind is None or s.by.holds(wanted):
        return None
    return Refusal("case.role", who=(wanted.value,), case_kind=kind.value)


def _kind_of_the_open_case(s: Situation) -> CaseKind | None:
    case = _open_case(s)
    return case.kind if case is not None else None


@rule("cases.none_open")
def a_case_is_open(s: Situation) -> Refusal | None:
    """There is something to update."""
    return None if s.complaint.open_cases else Refusal("cases.none_open")


@rule("case.not_open")
def the_case_is_open(s: Situation) -> Refusal | None:
    """What is settled or closed outside is over; if they begin anew it is a case of its own (our choice)."""
    if _open_case(s) is not None:
        return None
    return Refusal("case.not_open", cases=tuple(one.id for one in s.complaint.open_cases))


def _open_case(s: Situation) -> ExternalCase | None:
    return next((one for one in s.complaint.open_cases if one.id == s.command.case), None)


@rule("case.answered")
def an_answered_case_stays_answered(s: Situation) -> Refusal | None:
    """What the house has answered is not unanswered again (our choice)."""
    case = _open_case(s)
    goes_back = case is not None and case.status is not CaseStatus.OPEN and s.command.status is CaseStatus.OPEN
    return Refusal("case.answered", case=s.command.case) if goes_back else None


@rule("cases.open")
def no_case_blocks(s: Situation) -> Refusal | None:
    """
    Nothing is closed while an authority, a consumer association, a court or a lawyer has it (MOVES 21).

    Nor put away for good, where they took it up after it was closed (our choice: in the archive nobody could answer).
    """
    blocking = tuple(one.id for one in s.complaint.blocking_cases)
    return Refusal("cases.open", who=("manager",), cases=blocking) if blocking else None


__all__ = ["OpenExternalCase", "UpdateExternalCase"]
