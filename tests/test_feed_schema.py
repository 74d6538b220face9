"""What other systems are promised of an event: the committed schema is the code's, and it only ever grows."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from complaints.feeding import SCHEMA, FeedEvent, event_schema
from tests.additive import breaking_changes

SCHEMAS = Path(__file__).parent.parent / "docs" / "schema"


def committed(name: str) -> dict[str, Any]:
    return json.loads((SCHEMAS / name).read_text(encoding="utf-8"))


def changed(*path: str, **changes: object) -> dict[str, Any]:
    """The schema with other words at *path*; ``None`` takes one away."""
    schema = deepcopy(event_schema())
    place: Any = schema
    for step in path:
        place = place[step]
    place.update({name: value for name, value in changes.items() if value is not None})
    for name in [name for name, value in changes.items() if value is None]:
        del place[name]
    return schema


def without_required(name: str) -> list[str]:
    return [one for one in event_schema()["required"] if one != name]


def without_value(field: str, value: str) -> list[str]:
    return [one for one in event_schema()["properties"][field]["enum"] if one != value]


# --- as it is committed -----------------------------------------------------------------------------------------------


def test_the_committed_schema_is_what_the_code_says():
    # when it differs on purpose: complaints feed --schema > docs/schema/complaint-event.v1.json
    assert committed("complaint-event.v1.json") == event_schema()


@pytest.mark.parametrize("released", sorted((SCHEMAS / "released").glob("*.json")), ids=lambda path: path.name)
def test_what_was_promised_to_somebody_still_holds(released):
    assert breaking_changes(committed(f"released/{released.name}"), committed(released.name)) == []


def test_the_schema_is_one_and_carries_its_version_in_its_name():
    Draft202012Validator.check_schema(event_schema())

    assert (event_schema()["$id"], SCHEMA.rpartition(":")[2]) == (SCHEMA, "v1")


def test_every_field_of_an_event_but_its_cursor_is_promised_and_described():
    fields = [name for name in FeedEvent.__struct_fields__ if name != "cursor"]

    described = {name: field["description"] for name, field in event_schema()["properties"].items()}

    assert (list(described), event_schema()["required"], all(described.values())) == (fields, fields, True)


# --- what may change, and what may not --------------------------------------------------------------------------------

GROWN = {
    "nothing": event_schema(),
    "a field that may be missing": changed("properties", priority={"type": "string"}),
    "one more value": changed("properties", "severity", enum=[*without_value("severity", ""), "catastrophic"]),
    "other words for people": changed("properties", "at", description="The moment."),
}
BROKEN = {
    "event: the field roles is gone": changed("properties", roles=None),
    "event: severity was always there and may be missing": changed(required=without_required("severity")),
    "event: priority is required and older messages lack it": changed(
        properties={**event_schema()["properties"], "priority": {"type": "string"}},
        required=[*event_schema()["required"], "priority"],
    ),
    "event.number: type was 'integer' and is 'string'": changed("properties", "number", type="string"),
    "event.number: minimum was 1 and is 2": changed("properties", "number", minimum=2),
    "event.command: enum was added": changed("properties", "command", enum=["Receive"]),
    "event.command: maxLength was added": changed("properties", "command", maxLength=10),
    "event.target: enum was taken away": changed("properties", "target", enum=None),
    "event.target: the value 'archived' is gone": changed(
        "properties", "target", enum=without_value("target", "archived")
    ),
    "event.roles[]: the value 'auditor' is gone": changed(
        "properties",
        "roles",
        "items",
        enum=[one for one in event_schema()["properties"]["roles"]["items"]["enum"] if one != "auditor"],
    ),
    "event.caused_by: anyOf was taken away": changed("properties", "caused_by", anyOf=None),
    "event.at: format was 'date-time' and is 'date'": changed("properties", "at", format="date"),
    "event: additionalProperties was True and is False": changed(additionalProperties=False),
    f"event: $id was '{SCHEMA}' and is 'urn:other'": changed(**{"$id": "urn:other"}),
}


@pytest.mark.parametrize("what", GROWN)
def test_a_schema_may_grow(what):
    assert breaking_changes(event_schema(), GROWN[what]) == []


@pytest.mark.parametrize("what", BROKEN)
def test_what_breaks_a_consumer_is_named(what):
    assert breaking_changes(event_schema(), BROKEN[what]) == [what]


def test_a_type_that_is_no_longer_empty_breaks_consumers():
    now = changed("properties", "source", anyOf=[event_schema()["properties"]["source"]["anyOf"][0]])

    (told,) = breaking_changes(event_schema(), now)

    assert told.startswith("event.source: anyOf was ")
