"""The lifecycle as people look at it: a Mermaid diagram, and two tables in Markdown. Text; nothing is drawn."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from complaints.locale import label
from complaints.machine import Entry, Lifecycle, Move, Row
from complaints.model.event import Rule
from complaints.model.words import Stage, State

_ORDER = {state: place for place, state in enumerate(State)}
_STYLES = (
    "classDef visited fill:#d6e9f8,stroke:#1f5f99,color:#10314d",
    "classDef current fill:#1f5f99,stroke:#10314d,color:#ffffff,stroke-width:3px",
)
_TAKEN = "stroke:#1f5f99,stroke-width:3px"


def mermaid(lifecycle: Lifecycle, *, language: str = "en", complaint_path: Sequence[State] | None = None) -> str:
    """
    The moves as a Mermaid flowchart: states by stage, roles on the arrows, the codes of rules as comments.

    A flowchart and not a ``stateDiagram-v2``, since Mermaid styles single arrows only there.

    Args:
        lifecycle: The definition.
        language: Of the labels: ``"zh_CN"`` or ``"en"``.
        complaint_path: The states one complaint was in, in order, the present one last: they are highlighted,
            with the arrows between them. Where two moves lead the same way, both are.
    """
    path = list(complaint_path or ())
    arrows = list(_arrows(lifecycle.moves))
    lines = ["flowchart TB", f'    {_id("state", None)}(("&nbsp;"))']
    lines += _nodes({*path, *(state for _, *ends in arrows for state in ends if state is not None)}, language)
    for move, steps in groupby(arrows, key=lambda arrow: arrow[0]):
        lines += _comments(move)
        for _, source, target in steps:
            lines.append(f'    {_id("state", source)} -->|"{_arrow_text(move, language)}"| {_id("state", target)}')
    lines += _highlights(path, [(source, target) for _, source, target in arrows])
    return "\n".join(lines) + "\n"


def table_markdown(lifecycle: Lifecycle, *, language: str = "en") -> str:
    """
    The moves as one Markdown table by stage, numbered in the order of the definition, and the entries as another.

    Rules are told by their label of kind ``rule``, else by the name of their function, and by their code.

    Args:
        lifecycle: The definition.
        language: Of the labels: ``"zh_CN"`` or ``"en"``.
    """
    moves = _table(("number", "command", "from", "to", "who", "rules"), _move_rows(lifecycle.moves, language), language)
    entries = _table(("where", "command", "who", "rules"), _entry_rows(lifecycle.entries, language), language)
    return "\n".join([*moves, "", *entries]) + "\n"


# --- the diagram ----------------------------------------------------------------------------------------------------


def _arrows(moves: Iterable[Move]) -> Iterator[tuple[Move, State | None, State]]:
    for move in moves:
        for source in move.sources:
            yield from ((move, source, target) for target in move.targets)


def _nodes(states: set[State], language: str) -> Iterator[str]:
    for stage in Stage:
        here = [state for state in State if state in states and state.stage is stage]
        if here:
            yield f'    subgraph {_id("stage", stage)}["{_escaped(label("stage", stage, language))}"]'
            yield from (
                f'        {_id("state", state)}["{_escaped(label("state", state, language))}"]' for state in here
            )
            yield "    end"


def _comments(move: Move) -> Iterator[str]:
    for part, rules in (("given", move.given), ("provided", move.provided)):
        if rules:
            yield f"    %% {move.command.__name__} {part}: {', '.join(rule.code for rule in rules)}"


def _arrow_text(move: Move, language: str) -> str:
    command = label("command", move.command.__name__, language)
    return f"{_escaped(command)}<br/>{_escaped(_who(move, language))}"


def _highlights(path: Sequence[State], arrows: Sequence[tuple[State | None, State]]) -> Iterator[str]:
    if not path:
        return
    steps = set(pairwise([None, *path]))
    taken = [str(place) for place, arrow in enumerate(arrows) if arrow in steps]
    visited = [_id("state", state) for state in State if state in path and state is not path[-1]]
    yield from (f"    {style}" for style in _STYLES)
    if visited:
        yield f"    class {','.join(visited)} visited"
    yield f"    class {_id('state', path[-1])} current"
    if taken:
        yield f"    linkStyle {','.join(taken)} {_TAKEN}"


def _id(kind: str, code: str | None) -> str:
    # The kind in front keeps a stage apart from its state, and Mermaid's own words ("end") from ours.
    return f"{kind}_{re.sub(r'[^a-z0-9_]', '_', code or 'start')}"


def _escaped(text: str) -> str:
    # Mermaid's own entities: in a quoted label only these can end it or be taken for markup.
    for sign, entity in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;"), ("`", "#96;"), ("\n", " ")):
        text = text.replace(sign, entity)
    return text


# --- the tables -----------------------------------------------------------------------------------------------------


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]], language: str) -> list[str]:
    head = [label("column", column, language) for column in columns]
    return [_line(head), _line(["---"] * len(columns)), *map(_line, rows)]


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _move_rows(moves: Sequence[Move], language: str) -> Iterator[Sequence[str]]:
    numbered = list(enumerate(moves, start=1))
    for stage in Stage:
        here = [(number, move) for number, move in numbered if _stage(move) is stage]
        if here:
            yield ("", f"**{label('stage', stage, language)}**", "", "", "", "")
        for number, move in here:
            start = _states([state for state in move.sources if state is not None], language)
            yield (str(number), *_told(move, language, start or "–", _states(move.targets, language)))


def _entry_rows(entries: Iterable[Entry], language: str) -> Iterator[Sequence[str]]:
    by_place: dict[str, list[Entry]] = {}
    for entry in entries:
        by_place.setdefault(_states(entry.sources, language), []).append(entry)
    for place, here in by_place.items():
        for number, entry in enumerate(here):
            yield ("" if number else place, *_told(entry, language))


def _told(row: Row, language: str, *between: str) -> tuple[str, ...]:
    name = row.command.__name__
    title = label("command", name, language)
    command = f"`{name}`" if title == name else f"{title} `{name}`"
    rules = "; ".join(_rule(rule, language) for rule in (*row.given, *row.provided))
    return (command, *between, _who(row, language), rules)


def _rule(rule: Rule, language: str) -> str:
    text = label("rule", rule.code, language)
    words = rule.__name__.replace("_", " ") if text == rule.code else text
    return f"{words} (`{rule.code}`)"


def _stage(move: Move) -> Stage:
    first = move.sources[0]
    return (move.targets[0] if first is None else first).stage


def _who(row: Row, language: str) -> str:
    return _joint(language).join(label("role", name, language) for name in row.who.names)


def _states(states: Iterable[State], language: str) -> str:
    """The states in order; three neighbours and more as ``first … last``."""
    runs: list[list[State]] = []
    for state in sorted(states, key=lambda state: _ORDER[state]):
        if runs and _ORDER[state] == _ORDER[runs[-1][-1]] + 1:
            runs[-1].append(state)
        else:
            runs.append([state])
    names = [[label("state", state, language) for state in run] for run in runs]
    joint = _joint(language)
    return joint.join(f"{run[0]} … {run[-1]}" if len(run) > 2 else joint.join(run) for run in names)


def _joint(language: str) -> str:
    return "、" if language == "zh_CN" else ", "


__all__ = ["mermaid", "table_markdown"]
