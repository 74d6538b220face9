"""What others build on changes only where somebody has looked at what that breaks."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import attrs
import pytest

import complaints
from complaints.stages.anytime import AddNote
from tests.public_api import ROOMS, kept, listing, public_names, without_words, written

ROOT = Path(__file__).parent.parent

ANY_IS_MEANT = {
    "complaints.Policy.small_house": "takes what Policy takes, which is checked at birth",
    "complaints.Situation.command": "a rule reads the fields of the command it was written for",
    "complaints.stages.intake.Opening.begun": "takes what the complaint takes that begins with it",
    "complaints.stages.intake.Receive.begun": "as above",
    "complaints.stages.adoption.Adopt.begun": "as above",
    "complaints.http.command_from": "what was sent may be anything until it is checked",
    "complaints.http.form_from": "as above",
    "complaints.model.base.line": "a type checker takes the type of a field from its annotation",
    "complaints.model.base.number": "as above",
    "complaints.model.base.prose": "as above",
    "complaints.model.base.several": "as above",
}


@attrs.frozen(kw_only=True)
class Changes:
    """How one list differs from the one before: what breaks others, what may, and what does not."""

    gone: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    extended: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    reworded: tuple[str, ...] = ()

    def __str__(self) -> str:
        told = (
            ("GONE; breaks others. Keep the name and warn first (docs/promises.md, Deprecation):", self.gone),
            ("CHANGED; breaks others unless all that worked still works:", self.changed),
            ("EXTENDED; breaks nobody who calls it, but whoever implements it:", self.extended),
            ("ADDED; a promise from the next release on:", self.added),
            ("REWORDED; breaks nobody:", self.reworded),
        )
        lists = [f"{head}\n" + "".join(f"  {line}\n" for line in lines) for head, lines in told if lines]
        return "\n".join(
            [
                *lists,
                "If that is meant: python -m tests.public_api, look at the difference, and tell it in CHANGELOG.md.",
            ]
        )


def changes(before: dict[str, str], now: dict[str, str]) -> Changes:
    both = [key for key in before if key in now and before[key] != now[key]]
    changed = [key for key in both if without_words(before[key]) != without_words(now[key])]
    extended = [key for key in changed if is_extended(before[key], now[key])]
    told = {key: f"{key} :: {before[key]}  ->  {now[key]}" for key in changed}
    return Changes(
        gone=tuple(f"{key} :: {value}" for key, value in before.items() if key not in now),
        changed=tuple(told[key] for key in changed if key not in extended),
        extended=tuple(told[key] for key in extended),
        added=tuple(f"{key} :: {value}" for key, value in now.items() if key not in before),
        reworded=tuple(f"{key} :: {now[key]}" for key in both if key not in changed),
    )


_SIGNATURE = re.compile(r"(?P<kind>[^(]*)\((?P<taken>.*)\)(?P<given>[^()]*)")
_BETWEEN_ARGUMENTS = re.compile(r", (?![^\[(]*[\])])")


def is_extended(before: str, now: str) -> bool:
    """Whether a function takes all it took, in the same order, and more that one may leave out."""
    old, new = (_SIGNATURE.fullmatch(without_words(one)) for one in (before, now))
    if old is None or new is None or (old["kind"], old["given"]) != (new["kind"], new["given"]):
        return False
    taken, takes = (_BETWEEN_ARGUMENTS.split(one["taken"]) for one in (old, new))
    more = [one for one in takes if one not in taken]
    kept = [one for one in takes if one in taken]
    return (
        kept == [one for one in taken if one]
        and takes[-len(more) :] == more
        and all(" = " in one or one == "*" for one in more)
    )


@pytest.fixture(scope="module")
def now() -> dict[str, str]:
    return listing()


def test_what_others_build_on_is_as_it_was_written_down(now):
    found = changes(kept(), now)

    assert found == Changes(), f"\n{found}"


def test_the_list_is_read_as_it_is_written(now):
    text = written(now)

    assert dict(line.split(" :: ", 1) for line in text.splitlines()[1:]) == now


def test_what_breaks_others_is_told_apart_from_what_does_not():
    before = {"a": "(x: int) -> str -- Old.", "b": "field int", "c": "field str", "d": "field str -- Old."}
    later = {"a": "(x: int, y: int) -> str -- Old.", "b": "field int", "d": "field str -- New.", "e": "property int"}

    found = changes(before, later)

    assert found == Changes(
        gone=("c :: field str",),
        changed=("a :: (x: int) -> str -- Old.  ->  (x: int, y: int) -> str -- Old.",),
        added=("e :: property int",),
        reworded=("d :: field str -- New.",),
    )


@pytest.mark.parametrize(
    ("key", "line"),
    [
        ("complaints.Money.amount", "field Decimal"),
        ("complaints.State.INTAKE", "'intake'"),
        ("complaints.stages.anytime.AddNote", f"command -- {(AddNote.__doc__ or '').strip().splitlines()[0]}"),
        ("complaints.stages.anytime.AddNote.text", "field str"),
        ("complaints.ConflictError.events", "attribute"),
        ("complaints.model.words.State", "is complaints.State"),
        ("complaints.work.WorkItem", "noun -- "),
        ("$ complaints list --json", "flag"),
        ("refusal move.illegal", "code"),
        ("exit code 3", "exit.not_found"),
    ],
)
def test_fields_choices_commands_options_and_codes_are_in_the_list(now, key, line):
    assert now[key][: len(line)] == line


def test_every_public_name_says_what_it_is(now):
    is_said = re.compile(r" -- |^is |^field |^'|^attribute$|^code$|^exit\.|^error ")
    ours = {key: value for key, value in now.items() if key.startswith("complaints.")}

    assert [key for key, value in ours.items() if not is_said.search(value)] == []


def test_no_public_signature_leaves_its_types_open(now):
    is_open = re.compile(r"\bAny\b")

    found = {key for key, value in now.items() if is_open.search(without_words(value))}

    assert found == {key for key in ANY_IS_MEANT if key in now}


def test_nothing_private_and_nothing_of_others_is_given_away():
    every = [one.name for one in walk_packages(complaints.__path__, "complaints.")]
    rooms = [import_module(name) for name in every if "__main__" not in name and ".migrations." not in name]
    names = [(room, name) for room in rooms for name in getattr(room, "__all__", ())]

    private = [f"{room.__name__}.{name}" for room, name in names if name.startswith("_")]
    foreign = [
        f"{room.__name__}.{name}"
        for room, name in names
        if isinstance(thing := getattr(room, name), type) and not thing.__module__.startswith("complaints")
    ]
    assert (private, foreign) == ([], [])


@pytest.mark.parametrize(
    ("before", "now", "is_so"),
    [
        ("(x: int) -> str", "(x: int, y: int = 0) -> str", True),
        ("(x: int) -> str -- Said.", "(x: int, *, at: tuple[int, ...] = ()) -> str -- Said anew.", True),
        ("(x: int, *, at: int) -> str", "(x: int, *, at: int, by: Mapping[str, int] | None = None) -> str", True),
        ("() -> str", "(by: int = 0) -> str", True),
        ("(x: int) -> str", "(x: int, y: int) -> str", False),
        ("(x: int) -> str", "(y: int = 0, x: int) -> str", False),
        ("(x: int, y: int) -> str", "(x: int) -> str", False),
        ("(x: int) -> str", "(x: int, y: int = 0) -> int", False),
        ("(x: int) -> str", "property str", False),
        ("field int", "field str", False),
    ],
)
def test_more_that_may_be_left_out_breaks_nobody_who_calls(before, now, is_so):
    assert is_extended(before, now) is is_so


# --- what people are told to write --------------------------------------------------------------------------------

_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def taught() -> dict[str, set[str]]:
    """What pages and examples import from us, and where."""
    pages = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").glob("**/*.md"))]
    texts = [(page, code) for page in pages for code in _BLOCK.findall(page.read_text(encoding="utf-8"))]
    texts += [(file, file.read_text(encoding="utf-8")) for file in sorted((ROOT / "examples").glob("**/*.py"))]
    found: dict[str, set[str]] = {}
    for place, code in texts:
        for node in ast.walk(ast.parse(code)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "complaints":
                for name in node.names:
                    found.setdefault(f"{node.module}.{name.name}", set()).add(place.name)
    return found


def test_pages_and_examples_import_nothing_that_is_not_promised():
    promised = {*public_names(), *ROOMS}  # a room may be imported by its name as well

    assert {name: places for name, places in taught().items() if name not in promised} == {}
