"""Whether a schema that others rely on only grew: fields and values were added, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

_SPEECH = frozenset({"title", "description", "examples", "$comment"})


def breaking_changes(old: Schema, new: Schema, at: str = "event") -> list[str]:
    """
    What of *new* breaks somebody who relies on *old*; ``[]`` if it only grew.

    Both ways count: consumers that know the old schema read new messages, and those that know the new one still have
    old messages lying about. So a new field is optional, and a new value of an enumeration may be added, since
    consumers bear with values that they do not know. Words for people may change.
    """
    return list(_breaking(old, new, at))


def _breaking(old: Schema, new: Schema, at: str) -> Iterator[str]:
    for word in sorted({*old, *new} - _SPEECH):
        before, after = old.get(word), new.get(word)
        if before == after:
            continue
        if before is None or after is None:
            yield f"{at}: {word} was {'added' if before is None else 'taken away'}"
        elif word == "properties":
            yield from _of_fields(before, after, at)
        elif word == "required":
            yield from _of_required(set(before), set(after), at)
        elif word == "enum":
            yield from (f"{at}: the value {value!r} is gone" for value in before if value not in after)
        elif word == "items":
            yield from _breaking(before, after, f"{at}[]")
        elif word == "anyOf" and len(before) == len(after):
            for one, other in zip(before, after, strict=True):
                yield from _breaking(one, other, at)
        else:
            yield f"{at}: {word} was {before!r} and is {after!r}"


def _of_fields(before: Schema, after: Schema, at: str) -> Iterator[str]:
    for name, field in before.items():
        if name not in after:
            yield f"{at}: the field {name} is gone"
        else:
            yield from _breaking(field, after[name], f"{at}.{name}")


def _of_required(before: set[str], after: set[str], at: str) -> Iterator[str]:
    yield from (f"{at}: {name} was always there and may be missing" for name in sorted(before - after))
    yield from (f"{at}: {name} is required and older messages lack it" for name in sorted(after - before))
