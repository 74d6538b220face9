"""
Every kind of complaint that a staff can bring about, found by trying every order wherever one can get to.

A complaint has no end of possible contents. So the searcher says what he tells apart, and of all complaints that
look the same to him one is kept; the search goes on from it, and it stands for the others.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeAlias, TypeVar
from uuid import UUID

import attrs

from complaints.desk import Desk
from complaints.errors import IllegalMoveError, NotPermittedError, RefusedError
from complaints.lifecycle import LIFECYCLE
from complaints.machine import Lifecycle
from complaints.model.complaint import Complaint
from complaints.model.event import Command
from complaints.model.people import SYSTEM, Actor
from complaints.orders import Order, when
from complaints.premises import Premises
from complaints.stages.family import Merge, Separate
from complaints.stores.base import Reader
from complaints.stores.memory import MemoryStore
from complaints.taking import Taking
from complaints.testing.builders import BUILDERS
from complaints.testing.choice import Choice, First
from complaints.testing.clock import OPENING, FrozenClock
from complaints.testing.houses import SMALL_HOUSE, House
from complaints.testing.orders import Builder, Scene, build
from complaints.testing.ways import guide

T = TypeVar("T")

Look: TypeAlias = Callable[[Complaint, datetime], Iterable[Hashable]]
"""What somebody tells apart about a complaint at a moment: it is another kind as soon as one of these is new."""

WAITS = (timedelta(days=2), timedelta(days=40))
"""How long nothing may happen: past what was promised for tomorrow, and past every window."""


@attrs.frozen(kw_only=True, eq=False, repr=False)
class Place:
    """
    A complaint as one can get it, alone on a store of its own but for the *others* it may have to do with.

    Attributes:
        now: The moment it is.
    """

    store: MemoryStore
    id: UUID
    now: datetime = OPENING
    others: tuple[UUID, ...] = ()

    @property
    def complaint(self) -> Complaint:
        """The complaint itself."""
        return _kept(self.store, self.id)

    def desk(
        self, house: House = SMALL_HOUSE, *, clock: FrozenClock | None = None, lifecycle: Lifecycle = LIFECYCLE
    ) -> Desk:
        """A desk with a copy of it: what is done there leaves the place as it is."""
        clock = clock if clock is not None else FrozenClock(self.now)
        return house.desk(self.store.copy(), clock=clock, lifecycle=lifecycle)

    def __repr__(self) -> str:
        with self.store.read() as reader:
            names = [event.command for event in reader.events(self.id)]
        return f"<Place {' → '.join(names)}; {self.now.isoformat()}>"


@attrs.frozen(kw_only=True)
class Explored:
    """
    What a search has found.

    Attributes:
        places: A complaint of each kind, those that need the fewest orders first.
        kinds: All that was told apart.
        steps: How many orders were accepted on the way, by command.
        is_whole: Whether nothing new was left to find, by this look and these orders.
    """

    places: tuple[Place, ...]
    kinds: frozenset[Hashable]
    steps: Mapping[type[Command], int]
    is_whole: bool


def _kept(store: MemoryStore, id: UUID) -> Complaint:
    with store.read() as reader:
        complaint = reader.complaint(id)
    assert complaint is not None  # noqa: S101  # a place is where a complaint is
    return complaint


def explore(
    starts: Iterable[Place],
    look: Look,
    *,
    house: House = SMALL_HOUSE,
    lifecycle: Lifecycle = LIFECYCLE,
    builders: Mapping[type[Command], Builder] = BUILDERS,
    turns: int = 1,
    waits: Sequence[timedelta] = WAITS,
    within: Callable[[Complaint], bool] = lambda complaint: True,
    most: int = 10_000,
) -> Explored:
    """
    Go from *starts* wherever the staff of *house* can get, breadth first; always the same for the same arguments.

    Everywhere each person gives each order that the desk does not rule out for him, as its builder fills it in:
    plainest, and with every other answer to *turns* of the builder's questions. Complaints merged into the one that
    is looked at come and go.

    Args:
        look: What is told apart. The finer, the more is found, and the longer it takes.
        turns: How many answers of a builder may differ from the plainest at once.
        waits: How long nothing may happen, which is a step as well.
        within: Where the search goes on; what is outside is not kept.
        most: How many places are kept at most.
    """
    premises = Premises([house.dealer], house.policy, lifecycle)
    search = _Search(house=house, lifecycle=lifecycle, builders=builders, turns=turns, premises=premises)
    seen: set[Hashable] = set()
    places: list[Place] = []
    waiting: deque[Place] = deque()
    steps: Counter[type[Command]] = Counter()

    def is_new(complaint: Complaint, now: datetime) -> bool:
        return len(places) < most and not seen.issuperset(look(complaint, now)) and within(complaint)

    def arrive(place: Place, complaint: Complaint) -> None:
        if is_new(complaint, place.now):
            seen.update(look(complaint, place.now))
            places.append(place)
            waiting.append(place)

    for start in starts:
        arrive(start, start.complaint)
    while waiting:
        here = waiting.popleft()
        for wait in waits:
            arrive(attrs.evolve(here, now=here.now + wait), here.complaint)
        for step in search.steps_from(here):
            steps[type(step.order.command)] += 1
            if is_new(step.complaint, step.now):
                arrive(search.taken(here, step), step.complaint)
    return Explored(places=tuple(places), kinds=frozenset(seen), steps=steps, is_whole=len(places) < most)


@attrs.frozen(kw_only=True)
class _Step:
    """An order that would be accepted, and the complaint and the moment after it."""

    order: Order
    complaint: Complaint
    now: datetime


@attrs.frozen(kw_only=True)
class _Search:
    """How one gets on from a place."""

    house: House
    lifecycle: Lifecycle
    builders: Mapping[type[Command], Builder]
    turns: int
    premises: Premises

    def steps_from(self, here: Place) -> Iterator[_Step]:
        """Everything that would be accepted there, about the complaint or to merge another into it; nothing is done."""
        known = guide(
            here.desk(self.house, lifecycle=self.lifecycle), here.id, clock=FrozenClock(here.now), house=self.house,
            choose=First(), builders=self.builders, others=here.others,
        )  # fmt: skip
        scene = Scene(
            complaint=known.complaint, by=SYSTEM, now=here.now, at=None, house=self.house, choose=First(),
            others=known.others,
        )  # fmt: skip
        with here.store.read() as reader:
            for command in known.possible:
                able = [actor for actor, of_one in known.options.items() if of_one.get(command) == ()]
                yield from self._steps(reader, here, command, able, scene)
            for other in known.others:
                beside = attrs.evolve(scene, complaint=other, others=(known.complaint,))
                for command in (Merge, Separate):
                    yield from self._steps(reader, here, command, self.house.staff, beside)

    def taken(self, here: Place, step: _Step) -> Place:
        """Where one is when *step* is done."""
        store, order = here.store.copy(), step.order
        desk = self.house.desk(store, clock=FrozenClock(step.now), lifecycle=self.lifecycle)
        desk.handle(order.command, by=order.by, recorded_by=order.recorded_by, at=order.at)
        return attrs.evolve(here, store=store, now=step.now)

    def _steps(
        self, reader: Reader, here: Place, command: type[Command], able: Sequence[Actor], scene: Scene
    ) -> Iterator[_Step]:
        """As everybody may give the order plainly, then with other answers: of the first who can, or of everybody."""
        tried: list[Order] = []
        can: Actor | None = None
        for actor in able:
            for step in self._accepted(reader, here, self._orders(command, actor, scene, 0), tried):
                can = can or actor
                yield step
        for actor in able if can is None or self.turns > 1 else (can,):
            yield from self._accepted(reader, here, self._orders(command, actor, scene, self.turns), tried)

    def _orders(self, command: type[Command], by: Actor, scene: Scene, turns: int) -> Iterator[Order | None]:
        def made(choose: Choice) -> Order | None:
            return build(command, attrs.evolve(scene, by=by, choose=choose), self.builders)

        return every_way(made, turns)

    def _accepted(
        self, reader: Reader, here: Place, orders: Iterator[Order | None], tried: list[Order]
    ) -> Iterator[_Step]:
        for order in orders:
            if order is None or order in tried:
                continue
            tried.append(order)
            now = here.now if order.at is None else max(here.now, order.at)
            taking = Taking(self.premises, reader, now)
            try:
                taking.take(reader.complaint(order.command.complaint), order, when(order, now))
            except (IllegalMoveError, NotPermittedError, RefusedError):
                continue
            after = {step.complaint.id: step.complaint for step in taking.steps()}
            yield _Step(order=order, complaint=after.get(here.id) or here.complaint, now=now)


def every_way(make: Callable[[Choice], T], turns: int) -> Iterator[T]:
    """What *make* makes: first the plainest, then with each other answer to one question after another."""
    yield from _ways(make, (), turns)


def _ways(make: Callable[[Choice], T], told: tuple[int, ...], turns: int) -> Iterator[T]:
    choose = _Told(told)
    yield make(choose)
    if turns:
        for place in range(len(told), len(choose.asked)):
            for answer in range(1, choose.asked[place]):
                plain = (0,) * (place - len(told))
                yield from _ways(make, (*told, *plain, answer), turns - 1)


class _Told(Choice):
    """Answers the first questions as it was told and the others plainly; remembers how many answers each had."""

    def __init__(self, told: tuple[int, ...]) -> None:
        self._told = told
        self.asked: list[int] = []

    def whole(self, least: int, most: int) -> int:
        place = len(self.asked)
        self.asked.append(most - least + 1)
        return least + (self._told[place] if place < len(self._told) else 0)

    def once_in(self, times: int) -> bool:
        return self.whole(0, 1) == 1

    def weighted(self, options: Sequence[tuple[T, int]]) -> T:
        return self.one(options)[0]


__all__ = ["WAITS", "Explored", "Look", "Place", "every_way", "explore"]
