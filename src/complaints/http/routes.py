"""
What a host's routes answer, from headers and body to answer: a recipe has the paths, the user, and one line for each.

Whoever wants other routes puts them together from the same parts.
"""

from __future__ import annotations

from typing import Protocol
from urllib.parse import quote

import attrs

from complaints.desk import Desk
from complaints.errors import ComplaintError
from complaints.forms.case_file import event_data, next_step_data
from complaints.forms.next_steps import next_steps
from complaints.http.answers import Answer, answer
from complaints.http.bodies import command_from, form_from, step_named
from complaints.http.headers import key_from, language_from, version_from
from complaints.http.problems import problem
from complaints.model.people import Actor


class Headers(Protocol):
    """The headers of a request, whatever the case of their names: what every framework hands over."""

    def get(self, name: str, /) -> str | None:
        """The value of a header; ``None`` where there is none."""
        ...


def receive(desk: Desk, headers: Headers, body: bytes, *, by: Actor, home: str = "/complaints/") -> Answer:
    """
    Receive a complaint: 201, with its address and version. Repeated with the same key it answers as the first time.

    Args:
        home: The path under which the host shows complaints by their case numbers.

    Raises:
        ComplaintError: As :func:`form_from`, :func:`key_from`, :func:`command_from` and ``Desk.handle`` say.
    """
    form, key = form_from(body, headers.get("Content-Type")), key_from(headers.get("Idempotency-Key"))
    complaint = desk.handle(command_from(desk, "Receive", form, by=by), by=by, key=key)
    made = answer(complaint, status=201, complaint=complaint)
    return attrs.evolve(made, headers={**made.headers, "Location": home + quote(complaint.reference, safe="")})


def step(desk: Desk, reference: str, command: str, headers: Headers, body: bytes, *, by: Actor) -> Answer:
    """
    Take a step on the complaint *reference*, if it still has the version that was seen.

    Raises:
        ComplaintError: As for :func:`receive`, and as :func:`version_from` says.
    """
    form, key = form_from(body, headers.get("Content-Type")), key_from(headers.get("Idempotency-Key"))
    before = desk.complaint(reference, by=by)
    seen = version_from(headers.get("If-Match"), of=before.id)
    order = command_from(desk, command, form, by=by, complaint=before)
    after = desk.handle(order, by=by, key=key, expected_version=seen)
    return answer(after, complaint=after)


def complaint(desk: Desk, reference: str, *, by: Actor) -> Answer:
    """The complaint as *by* may see it, with its version."""
    found = desk.complaint(reference, by=by)
    return answer(found, complaint=found)


def history(desk: Desk, reference: str, *, by: Actor) -> Answer:
    """Who did what, when, from where to where, as *by* may see it."""
    return answer({"events": [event_data(event) for event in desk.history(reference, by=by)]})


def options(desk: Desk, reference: str, headers: Headers, *, by: Actor) -> Answer:
    """What may be done next, by whom, and what stands in the way of *by*."""
    language = language_from(headers.get("Accept-Language"))
    found = desk.complaint(reference, by=by)
    steps = next_steps(found.state, desk.options(found.id, by=by), desk.lifecycle)
    return answer({"steps": [next_step_data(one, language) for one in steps]}, complaint=found, language=language)


def form(desk: Desk, command: str, headers: Headers, *, by: Actor) -> Answer:
    """What the form of a step asks for at the dealer of *by*, as JSON Schema with labels in both languages."""
    language = language_from(headers.get("Accept-Language"))
    schema = desk.form(step_named(desk, command), dealer=by.dealer, language=language)
    return answer(schema, language=language, media_type="application/schema+json")


def work(desk: Desk, *, by: Actor) -> Answer:
    """What waits for *by*, late first."""
    return answer({"items": desk.work(by=by)})


def refusal(error: ComplaintError, headers: Headers) -> Answer:
    """What any of the others answers when it raises *error*: problem details in the reader's language."""
    language = language_from(headers.get("Accept-Language"))
    return problem(error, language=language, is_conditional=headers.get("If-Match") is not None)


__all__ = ["Headers", "complaint", "form", "history", "options", "receive", "refusal", "step", "work"]
