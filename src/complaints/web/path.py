"""
The way one complaint took through the stages, as a drawing and in words.

Stages are columns and states boxes in them. Steps run from box to box in the gaps between the columns: to the next
column straight, over several of them above the boxes, and back below them. So no line crosses a box.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs

from complaints.forms.layout import wrapped
from complaints.forms.words import Reader
from complaints.machine import Lifecycle
from complaints.model.event import Event
from complaints.model.words import Stage, State

_BOX, _HIGH = 122, 40
_GAP, _ROW = 44, 58
_LEFT = 46
_TITLES = 26
_LANE = 16
_LINE = 14
_COLUMNS = 16
_ABREAST, _SPREAD = 4, 6
_UPRIGHT, _BESIDE = 20, 13
_LOWER = 11
_FIRST = 34
_ALWAYS_DRAWN = (State.CLOSED, State.ARCHIVED)
"""Endings that are drawn whether or not the complaint came to them; the others only where it did."""


@attrs.frozen(kw_only=True)
class Label:
    """A line of text, by its middle."""

    x: int
    y: int
    text: str


@attrs.frozen(kw_only=True)
class Box:
    """A state: where it is drawn, whether the complaint was there, and whether it is there now."""

    x: int
    y: int
    lines: tuple[Label, ...]
    was_visited: bool
    is_current: bool


@attrs.frozen(kw_only=True)
class Arrow:
    """One way from a state to another, and the numbers of the steps that took it."""

    line: str
    x: int
    y: int
    numbers: str = ""


@attrs.frozen(kw_only=True)
class Path:
    """
    The whole drawing, in units of a pixel.

    Attributes:
        rails: Ways between neighbours that the definition has, for orientation.
        words: The same in words, a sentence for each step.
        now: The state it is in, in words.
    """

    width: int
    height: int
    box_width: int
    box_height: int
    titles: tuple[Label, ...]
    boxes: tuple[Box, ...]
    rails: tuple[str, ...]
    arrows: tuple[Arrow, ...]
    words: tuple[str, ...]
    now: str


_Way = tuple[State | None, State]


def path_of(events: Iterable[Event], lifecycle: Lifecycle, reader: Reader) -> Path:
    """The way that a history tells of, on the states that the definition has."""
    moves = [event for event in events if event.is_move]
    taken: dict[_Way, list[int]] = {}
    for number, event in enumerate(moves, start=1):
        taken.setdefault((event.source, event.target), []).append(number)
    visited = {event.target for event in moves}
    plan = _Plan(_drawn(lifecycle, visited), len(_over(taken)), len(_back(taken)))
    current = moves[-1].target if moves else State.INTAKE
    return Path(
        width=plan.width,
        height=plan.height,
        box_width=_BOX,
        box_height=_HIGH,
        titles=tuple(Label(x=plan.centre(stage), y=_TITLES - 11, text=reader.word(stage)) for stage in Stage),
        boxes=tuple(
            Box(
                x=plan.x(state),
                y=plan.y(state),
                lines=tuple(plan.lines(state, reader.word(state))),
                was_visited=state in visited,
                is_current=state is current,
            )
            for state in plan.states
        ),
        rails=tuple(plan.straight(*way) for way in _rails(lifecycle, plan.states) if way not in taken),
        arrows=tuple(plan.arrows(taken)),
        words=tuple(_in_words(number, event, reader) for number, event in enumerate(moves, start=1)),
        now=reader.word(current),
    )


def _drawn(lifecycle: Lifecycle, visited: set[State]) -> tuple[State, ...]:
    known = {state for move in lifecycle.moves for state in (*move.sources, *move.targets) if state is not None}
    rest = [one for one in State if one.is_ending and one not in _ALWAYS_DRAWN and one in visited]
    states = [one for one in State if not one.is_ending] + [*_ALWAYS_DRAWN, *rest]
    return tuple(one for one in states if one in known | visited)


def _rails(lifecycle: Lifecycle, states: Sequence[State]) -> Iterator[tuple[State, State]]:
    """Ways of the definition to the state below, or to the next stage."""
    ways = {(source, target) for move in lifecycle.moves for source in move.sources for target in move.targets}
    for source, target in sorted((s, t) for s, t in ways if s is not None and s in states and t in states):
        ahead = _column(target.stage) - _column(source.stage)
        is_below = ahead == 0 and states.index(target) == states.index(source) + 1
        if is_below or ahead == 1:
            yield source, target


def _in_words(number: int, event: Event, reader: Reader) -> str:
    step = f"{reader.label('command', event.name)} → {reader.word(event.target)}"
    return f"{number}. {reader.remark(step, reader.moment(event.at))}"


def _column(stage: Stage) -> int:
    return list(Stage).index(stage)


def _ahead(way: _Way) -> int:
    source, target = way
    return 1 if source is None else _column(target.stage) - _column(source.stage)


def _over(ways: Iterable[_Way]) -> list[_Way]:
    return [way for way in ways if _ahead(way) > 1]


def _back(ways: Iterable[_Way]) -> list[_Way]:
    return [way for way in ways if _ahead(way) < -1]


class _Plan:
    """
    Where everything is drawn.

    Args:
        states: Those that are drawn, in the order of their columns.
        over: How many ways run above the boxes.
        back: How many run below them.
    """

    def __init__(self, states: tuple[State, ...], over: int, back: int) -> None:
        self.states = states
        self._rows = {state: [one for one in states if one.stage is state.stage].index(state) for state in states}
        self._top = _TITLES + over * _LANE + 10
        self._bottom = self._top + max(self._rows.values(), default=0) * _ROW + _HIGH
        self.height = self._bottom + back * _LANE + 14
        self.width = _LEFT + len(Stage) * _BOX + (len(Stage) - 1) * _GAP + 2 * _BESIDE

    def x(self, state: State) -> int:
        return _LEFT + _column(state.stage) * (_BOX + _GAP)

    def y(self, state: State) -> int:
        return self._top + self._rows[state] * _ROW

    def lines(self, state: State, text: str) -> Iterator[Label]:
        """The name of a state on one line or several, in the middle of its box."""
        lines = wrapped(text, _COLUMNS)
        top = self._middle(state) + 4 - (len(lines) - 1) * _LINE // 2
        for place, line in enumerate(lines):
            yield Label(x=self.centre(state.stage), y=top + place * _LINE, text=line)

    def centre(self, stage: Stage) -> int:
        return _LEFT + _column(stage) * (_BOX + _GAP) + _BOX // 2

    def _middle(self, state: State) -> int:
        return self.y(state) + _HIGH // 2

    def straight(self, source: State, target: State) -> str:
        """To the state below, or into the next column."""
        return (self._upright if source.stage is target.stage else self._across)(source, target).line

    def arrows(self, taken: Mapping[_Way, Sequence[int]]) -> Iterator[Arrow]:
        """Every way that was taken, the numbers of its steps beside it."""
        over, back = _over(taken), _back(taken)
        crossing: Counter[int] = Counter()
        for way, numbers in taken.items():
            source, target = way
            gap = self._gap(way)
            aside = crossing[gap] % _ABREAST * _SPREAD - _SPREAD * (_ABREAST - 1) // 2
            crossing[gap] += 1
            if source is None:
                drawn = self._first(target)
            elif way in over:
                drawn = self._around(source, target, self._top - 10 - over.index(way) * _LANE, aside)
            elif way in back:
                drawn = self._around(source, target, self._bottom + 12 + back.index(way) * _LANE, aside)
            elif source.stage is target.stage:
                drawn = self._upright(source, target)
            else:
                drawn = self._across(source, target, aside)
            yield attrs.evolve(drawn, numbers=", ".join(map(str, numbers)))

    def _gap(self, way: _Way) -> int:
        """The gap in which the way turns first, by the column on its left."""
        source, target = way
        if source is None or source.stage is target.stage:
            return -1
        return _column(source.stage) - (_ahead(way) < 0)

    def _first(self, target: State) -> Arrow:
        """In from the left, also where it was taken over in the midst of its way."""
        x, y = self.x(target), self._middle(target)
        return Arrow(line=f"M{x - _FIRST} {y}H{x}", x=x - _FIRST // 2 - 3, y=y)

    def _across(self, source: State, target: State, aside: int = 0) -> Arrow:
        """Through one gap; ways back leave and enter a little lower, so that they do not hide those ahead."""
        ahead = _ahead((source, target))
        lower = _LOWER if ahead < 0 else 0
        start, end = self._side(source, ahead), self._side(target, -ahead)
        above, below = self._middle(source) + lower, self._middle(target) + lower
        turn = (start + end) // 2 + aside
        if above == below:
            return Arrow(line=f"M{start} {above}H{end}", x=(start + end) // 2 - 3 * ahead, y=above)
        return Arrow(line=f"M{start} {above}H{turn}V{below}H{end}", x=turn, y=(above + below) // 2)

    def _upright(self, source: State, target: State) -> Arrow:
        """Down on the left, up on the right, so that both are seen where both were taken."""
        if abs(self._rows[target] - self._rows[source]) > 1:
            return self._past(source, target)
        is_down = self.y(target) > self.y(source)
        x = self.centre(source.stage) + (-_UPRIGHT if is_down else _UPRIGHT)
        start = self.y(source) + (_HIGH if is_down else 0)
        end = self.y(target) + (0 if is_down else _HIGH)
        beside = -_BESIDE if is_down else _BESIDE
        return Arrow(line=f"M{x} {start}V{end}", x=x + beside, y=(start + end) // 2)

    def _past(self, source: State, target: State) -> Arrow:
        """To a state of the same column that lies behind another one: out and in on the right."""
        edge, above, below = self._side(source, 1), self._middle(source), self._middle(target)
        return Arrow(line=f"M{edge} {above}H{edge + _BESIDE}V{below}H{edge}", x=edge + _BESIDE, y=(above + below) // 2)

    def _around(self, source: State, target: State, lane: int, aside: int) -> Arrow:
        """Out into the next gap, along a lane, and in from the gap before the target."""
        ahead = 1 if _ahead((source, target)) > 0 else -1
        lower = _LOWER if ahead < 0 else 0
        leaves, enters = self._side(source, ahead), self._side(target, -ahead)
        out, into = leaves + ahead * _GAP // 2 + aside, enters - ahead * _GAP // 2 + aside
        above, below = self._middle(source) + lower, self._middle(target) + lower
        line = f"M{leaves} {above}H{out}V{lane}H{into}V{below}H{enters}"
        return Arrow(line=line, x=(out + into) // 2, y=lane)

    def _side(self, state: State, ahead: int) -> int:
        """The right edge of a box for what lies ahead of it, the left edge for what lies behind."""
        return self.x(state) + (_BOX if ahead > 0 else 0)


__all__ = ["Arrow", "Box", "Label", "Path", "path_of"]
