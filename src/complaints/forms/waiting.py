"""What waits for whom, in words: the codes of a work-list as people read them."""

from __future__ import annotations

from complaints.forms.words import Reader
from complaints.model.words import WaitsFor

_KIND_OF_SUBJECT = {
    "answer_assignment": "duty",
    "assign": "duty",
    "step": "state",
    "customer_answer": "state",
    "decide_lapse": "state",
    "answer_transfer": "department",
    "clock": "clock",
    "look_up": "clock",
    "outside_answer": "clock",
}
"""The kind of label that the subject of an item has; others are ids and stand as they are."""


def what_waits(what: str, subject: str, reader: Reader) -> str:
    """What is to be done, and about what, such as ``"Assign: Handler"``."""
    kind = _KIND_OF_SUBJECT.get(what)
    code, _, about = subject.partition(":") if kind == "clock" else (subject, "", "")
    named = reader.label(kind, code) if kind is not None else code
    return reader.named(reader.label("work", what), f"{named} {about}".strip())


def whom_it_waits_for(waits_for: WaitsFor, who: tuple[str, ...], reader: Reader) -> str:
    """The persons by id, the roles by name, the customer, or that nobody is named yet."""
    if waits_for in (WaitsFor.NOBODY, WaitsFor.CUSTOMER):
        return reader.screen(f"work.{waits_for.value}")
    return reader.list(reader.label("role", one) if waits_for is WaitsFor.ROLE else one for one in who)


__all__ = ["what_waits", "whom_it_waits_for"]
