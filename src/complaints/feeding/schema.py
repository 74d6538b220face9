"""What other systems are promised of an event: its JSON Schema, made from its fields."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

from msgspec.structs import fields

from complaints.feeding.events import SCHEMA, TOLD, FeedEvent

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_UTC = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?Z$"

_SAID = {
    "id": "complaint:number, unique for ever: tells whether this event was had before.",
    "type": "The first event of a complaint, one that changed its state, or one that recorded something within it.",
    "complaint": "Id of the complaint.",
    "number": "Number of the event within its complaint, from 1 without gaps; the complaint's version after it.",
    "reference": "The complaint's case number.",
    "dealer": "Id of the dealer.",
    "command": "Name of the step. Houses have steps of their own.",
    "source": "The state before; null for the first event.",
    "target": "The state after.",
    "stage": "The stage that the target belongs to.",
    "severity": "The severity after it.",
    "at": "When it happened, in UTC.",
    "recorded_at": "When it was recorded, in UTC.",
    "roles": "What whoever did it may act as.",
    "caused_by": "Number of the event it follows from; null where somebody did it.",
    "caused_in": "The complaint that event belongs to; null where it is the same one.",
}


def event_schema() -> dict[str, object]:
    """
    What :meth:`~complaints.feeding.events.FeedEvent.data` holds, as JSON Schema (draft 2020-12).

    Under its name it only ever grows: fields and values are added, none is taken away or gets another meaning.
    Consumers pass over fields they do not know and bear with values they do not know.
    """
    hints = get_type_hints(FeedEvent)
    return {
        "$schema": _DIALECT,
        "$id": SCHEMA,
        "title": "Something that happened to a complaint",
        "description": "Thin: who wants more asks for the complaint by its id. Fields and values may be added.",
        "type": "object",
        "properties": {name: {"description": _SAID[name], **_schema_of(hints[name])} for name in TOLD},
        # what is added later has a default: messages that lack it are still about
        "required": [field.name for field in fields(FeedEvent) if field.name in TOLD and field.required],
        "additionalProperties": True,
    }


def _schema_of(hint: Any) -> dict[str, object]:
    if get_origin(hint) is UnionType:
        (kind,) = (one for one in get_args(hint) if one is not NoneType)
        return {"anyOf": [_schema_of(kind), {"type": "null"}]}
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _schema_of(get_args(hint)[0]), "minItems": 1}
    if issubclass(hint, StrEnum):
        return {"type": "string", "enum": [one.value for one in hint]}
    return _PLAIN_SCHEMAS[hint].copy()


_PLAIN_SCHEMAS: Mapping[type, dict[str, object]] = {
    str: {"type": "string", "minLength": 1},
    int: {"type": "integer", "minimum": 1},
    UUID: {"type": "string", "format": "uuid"},
    datetime: {"type": "string", "format": "date-time", "pattern": _UTC},
}


__all__ = ["event_schema"]
