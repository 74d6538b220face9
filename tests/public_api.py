"""
What others may build on, as a list of lines: one for every public name, field, option and code.

Public is what the rooms below give away, and every class of ours that one gets hold of through it. The list is kept in
``docs/public-api.txt`` and held against the program by ``test_public_api.py``. ``python -m tests.public_api`` writes it
anew; what that changes is what a release changes for others.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from enum import Enum
from functools import cache, cached_property
from importlib import import_module
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import msgspec
import rich_click as click

from complaints import locale
from complaints.cli.app import application
from complaints.cli.exit_codes import EXIT_CODES
from complaints.errors import ComplaintError
from complaints.lifecycle import LIFECYCLE
from complaints.model.event import Command

FILE = Path(__file__).parent.parent / "docs" / "public-api.txt"

ROOMS = (
    "complaints",
    *sorted({cls.__module__ for cls in LIFECYCLE.readable.values()}),
    "complaints.model.words",
    "complaints.model.base",
    "complaints.policy",
    "complaints.calendars",
    "complaints.sanbao",
    "complaints.diagram",
    "complaints.forms.due",
    "complaints.stores",
    "complaints.testing",
    "complaints.async_desk",
    "complaints.feeding",
    "complaints.http",
    "complaints.http.routes",
    "complaints.imports",
    "complaints.web",
)
"""Where one may import from; those that are not there are passed over. The first that gives a name away names it."""

ALSO = ("complaints.cli.eligibility.car_at",)
"""Names that are public though the rest of their room is not."""

_GIVES_MORE = ("complaints.stages.",)
"""Rooms that give away more than others may use: of them the commands are public, and rules are not."""

_SEPARATOR = " :: "
_SAYS = " -- "
_LONGEST_DEFAULT = 30
_HEAD = """\
# What others may build on; see promises.md. Written by: python -m tests.public_api
"""


# --- names ----------------------------------------------------------------------------------------------------------


def _is_public(name: str) -> bool:
    return not name.startswith("_")


@cache
def _tree(room: str) -> ast.Module:
    return ast.parse(inspect.getsource(import_module(room)))


@cache
def _imported(room: str) -> dict[str, str]:
    """Which room a name comes from that *room* imports, for type checkers alone or not."""
    found = (node for node in ast.walk(_tree(room)) if isinstance(node, ast.ImportFrom) and node.module)
    return {name.asname or name.name: node.module for node in found for name in node.names if node.module}


def _thing(room: str, name: str) -> object:
    """What *name* means in *room*; ``None`` if it is none of ours."""
    thing = getattr(import_module(room), name, None)
    if thing is None and _imported(room).get(name, "").startswith("complaints"):
        return _thing(_imported(room)[name], name)
    return thing


def given_away(room: ModuleType) -> list[str]:
    """The names that *room* is there for."""
    names = getattr(room, "__all__", None)
    if names is None:
        own = ((name, getattr(thing, "__module__", "")) for name, thing in vars(room).items())
        names = [name for name, home in own if home == room.__name__ and _is_public(name)]
    if room.__name__.startswith(_GIVES_MORE):
        names = [name for name in names if _is_command(getattr(room, name))]
    return sorted(names)


def _is_command(thing: object) -> bool:
    return isinstance(thing, type) and issubclass(thing, Command)


def _is_there(room: str) -> bool:
    above = room.rpartition(".")[0]
    return (not above or _is_there(above)) and find_spec(room) is not None


def public_names() -> dict[str, object]:
    """Every public name with what it stands for; classes that one only gets hold of are named by their homes."""
    names: dict[str, object] = {}
    known: list[object] = []
    for name in ROOMS:
        if _is_there(name):
            room = import_module(name)
            names.update({f"{name}.{given}": getattr(room, given) for given in given_away(room)})
    names.update({name: getattr(import_module(name.rpartition(".")[0]), name.rpartition(".")[2]) for name in ALSO})
    waiting = list(names.values())
    while waiting:
        thing = waiting.pop()
        if any(thing is one for one in known):
            continue
        known.append(thing)
        waiting += _mentioned(thing)
    homeless = [thing for thing in known if not any(thing is one for one in names.values())]
    names.update({f"{thing.__module__}.{thing.__qualname__}": thing for thing in homeless})  # type: ignore[attr-defined]
    return names


def _mentioned(thing: object) -> Iterator[type]:
    """The classes of ours that the annotations of *thing* name."""
    if not callable(thing) or not getattr(thing, "__module__", "").startswith("complaints"):
        return
    for room, text in _annotations(thing):
        for word in re.findall(r"[A-Za-z_]\w*", text):
            found = _thing(room, word)
            if isinstance(found, type) and found.__module__.startswith("complaints") and _is_public(found.__name__):
                yield found


def _annotations(thing: Any) -> Iterator[tuple[str, str]]:
    """The annotations of *thing* and its public parts, each with the room it is written in."""
    if not isinstance(thing, type):
        yield from ((thing.__module__, str(one)) for one in inspect.get_annotations(thing).values())
        return
    for cls in thing.__mro__:
        if not cls.__module__.startswith("complaints"):
            continue
        notes = inspect.get_annotations(cls).items()
        yield from ((cls.__module__, str(note)) for name, note in notes if _is_public(name))
        for name, part in vars(cls).items():
            function = _function_of(part)
            is_asked = _is_public(name) or (name == "__init__" and not attrs.has(cls))
            if function is not None and is_asked:
                yield from ((cls.__module__, str(one)) for one in inspect.get_annotations(function).values())


def _function_of(part: object) -> Callable[..., object] | None:
    if isinstance(part, staticmethod | classmethod):
        return part.__func__
    if isinstance(part, property):
        return part.fget
    if isinstance(part, cached_property):
        return part.func
    # a fixture is a function in older releases of pytest, and none in newer ones
    is_fixture = hasattr(part, "_pytestfixturefunction")
    return part if inspect.isfunction(part) and not is_fixture else None


# --- lines ----------------------------------------------------------------------------------------------------------


def listing() -> dict[str, str]:
    """Every line, by its key."""
    lines: dict[str, str] = {}
    shown: list[tuple[object, str]] = []
    for name, thing in public_names().items():
        first = next((known for one, known in shown if one is thing and isinstance(thing, type)), None)
        if first is not None:
            lines[name] = f"is {first}"
            continue
        shown.append((thing, name))
        lines.update(_lines_of(name, thing))
    lines.update(_codes())
    lines.update(_commands(application("en"), "complaints"))
    return dict(sorted(lines.items()))


def _lines_of(name: str, thing: Any) -> Iterator[tuple[str, str]]:
    if isinstance(thing, type):
        yield name, f"{_kind(thing)}{_said(thing)}"
        yield from ((f"{name}.{part}", value) for part, value in sorted(_parts(thing).items()))
    elif inspect.isfunction(inspect.unwrap(thing)):
        yield name, f"{_signature(thing)}{_said(thing)}"
    else:
        yield name, f"constant{_said_below(*name.rsplit('.', 1))}"


def _kind(cls: type) -> str:
    if issubclass(cls, ComplaintError):
        built_in = next(base.__name__ for base in cls.__mro__ if base.__module__ == "builtins")
        return f"error {cls.code}, {built_in}{_signature(cls.__init__)}"
    if issubclass(cls, Enum):
        return "choice"
    if _is_command(cls):
        return "command"
    if attrs.has(cls) or issubclass(cls, msgspec.Struct):
        return "noun"
    if getattr(cls, "_is_protocol", False):
        return "protocol"
    return f"class{_signature(cls.__init__) if '__init__' in vars(cls) else ''}"


def _said(thing: object) -> str:
    text = (inspect.getdoc(thing) or "").partition("\n")[0]
    return f"{_SAYS}{text}" if text else ""


def _said_below(room: str, name: str) -> str:
    """What the string says that stands below a constant, where it is written."""
    while name in _imported(room):
        room = _imported(room)[name]
    body = _tree(room).body
    for node, below in pairwise(body):
        targets = [node.target] if isinstance(node, ast.AnnAssign) else getattr(node, "targets", [])
        if name in [target.id for target in targets if isinstance(target, ast.Name)]:
            is_said = isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)
            return f"{_SAYS}{inspect.cleandoc(below.value.value).partition(chr(10))[0]}" if is_said else ""
    return ""


def _parts(cls: type) -> dict[str, str]:
    """Fields, members, methods and properties, inherited ones too; what every command has is told of it alone."""
    told = vars(Command) if cls is not Command and _is_command(cls) else {}
    parts = {}
    for owner in reversed(cls.__mro__):
        if owner.__module__.startswith("complaints"):
            parts.update((name, value) for name, value in _parts_of_its_own(owner) if name not in told)
    parts.update(_fields(cls))
    if issubclass(cls, Enum):
        parts.update({name: repr(str(member.value)) for name, member in cls.__members__.items()})
    if issubclass(cls, ComplaintError):
        parts.update(dict.fromkeys(_attributes_of_error(cls), "attribute"))
    return parts


def _parts_of_its_own(cls: type) -> Iterator[tuple[str, str]]:
    for name, part in vars(cls).items():
        function = _function_of(part)
        if function is None or not _is_public(name) or name.startswith("test_"):
            continue
        note = inspect.get_annotations(function).get("return")
        if isinstance(part, property | cached_property):
            yield name, f"property {note}{_said(function)}"
        else:
            how = {classmethod: "class ", staticmethod: "static "}.get(type(part), "")
            yield name, f"{how}{_signature(function)}{_said(function)}"


def _fields(cls: Any) -> Iterator[tuple[str, str]]:
    notes = {name: note for owner in reversed(cls.__mro__) for name, note in inspect.get_annotations(owner).items()}
    if attrs.has(cls):
        for one in attrs.fields(cls):
            if _is_public(one.name):
                place = "" if one.kw_only else ", by place"
                yield one.name, f"field {notes[one.name]}{_default(one.default, attrs.NOTHING)}{place}"
    elif issubclass(cls, msgspec.Struct):
        names, defaults = cls.__struct_fields__, cls.__struct_defaults__
        defaults = (*[msgspec.NODEFAULT] * (len(names) - len(defaults)), *defaults)
        for name, default in zip(names, defaults, strict=True):
            if _is_public(name):
                yield name, f"field {notes[name]}{_default(default, msgspec.NODEFAULT)}"


def _default(value: object, none: object) -> str:
    if value is none:
        return ""
    if value is attrs.NOTHING:
        return " = NOTHING"
    if isinstance(value, Enum):
        return f" = {value.value}"
    is_plain = value is None or isinstance(value, bool | int | str | Decimal | tuple)
    return f" = {value!r}" if is_plain and len(repr(value)) <= _LONGEST_DEFAULT else " = …"


def _signature(function: Callable[..., object]) -> str:
    signature = inspect.signature(function)
    taken = [one for one in signature.parameters.values() if one.name not in ("self", "cls")]
    pieces = []
    star = False
    for place, one in enumerate(taken):
        if one.kind is one.KEYWORD_ONLY and not star and not any(o.kind is o.VAR_POSITIONAL for o in taken[:place]):
            star = True
            pieces.append("*")
        sign = {one.VAR_POSITIONAL: "*", one.VAR_KEYWORD: "**"}.get(one.kind, "")
        note = f": {one.annotation}" if one.annotation is not one.empty else ""
        pieces.append(f"{sign}{one.name}{note}{_default(one.default, one.empty)}")
    given = signature.return_annotation
    back = f" -> {given}" if given is not signature.empty and function.__name__ != "__init__" else ""
    return f"({', '.join(pieces)}){back}"


@cache
def _classes(room: str) -> dict[str, ast.ClassDef]:
    return {node.name: node for node in _tree(room).body if isinstance(node, ast.ClassDef)}


def _attributes_of_error(cls: type) -> Iterator[str]:
    for owner in cls.__mro__:
        if not owner.__module__.startswith("complaints"):
            continue
        for node in ast.walk(_classes(owner.__module__)[owner.__name__]):
            is_own = isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
            if is_own and isinstance(node.value, ast.Name) and node.value.id == "self" and _is_public(node.attr):
                yield node.attr


# --- codes and the command line -------------------------------------------------------------------------------------


def _codes() -> Iterator[tuple[str, str]]:
    for kind in ("refusal", "fault", "error"):
        yield from ((f"{kind} {code}", "code") for code in locale.codes(kind, "en"))
    yield from ((f"exit code {code}", meaning) for code, meaning in EXIT_CODES.items())


def _commands(command: click.Command, path: str) -> Iterator[tuple[str, str]]:
    yield f"$ {path}", "command"
    for one in command.params:
        yield f"$ {path} {_written(one)}", _taken(one)
    for name, below in getattr(command, "commands", {}).items():
        yield from _commands(below, f"{path} {name}")


def _written(one: click.Parameter) -> str:
    long = [opt for opt in one.opts if opt.startswith("--")]
    return long[0] if long else str(one.name).upper()


def _taken(one: click.Parameter) -> str:
    choices = getattr(one.type, "choices", ())
    kind = "|".join(map(str, choices)) if choices else one.type.name
    flags = {
        "flag": getattr(one, "is_flag", False),
        "required": one.required,
        "multiple": getattr(one, "multiple", False) or one.nargs != 1,
        f"or {one.envvar}": one.envvar,
    }
    others = [opt for opt in (*one.opts, *one.secondary_opts) if opt.startswith("-") and opt != _written(one)]
    return ", ".join([*([] if flags["flag"] else [kind]), *others, *(name for name, is_so in flags.items() if is_so)])


# --- the file -------------------------------------------------------------------------------------------------------


def written(lines: dict[str, str]) -> str:
    """The text of the list."""
    return _HEAD + "".join(f"{key}{_SEPARATOR}{value}\n" for key, value in lines.items())


def kept() -> dict[str, str]:
    """The list as it was last written."""
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return dict(line.split(_SEPARATOR, 1) for line in lines if not line.startswith("#"))  # type: ignore[misc]


def without_words(value: str) -> str:
    """A line's value without what its docstring says."""
    return value.partition(_SAYS)[0]


if __name__ == "__main__":
    FILE.write_text(written(listing()), encoding="utf-8")
    sys.stdout.write(f"{FILE}\n")
