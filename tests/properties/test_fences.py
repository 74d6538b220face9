"""Another dealer's complaint does not exist, nobody sees more than his roles show, and a permit only takes away."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from uuid import UUID

import attrs
from hypothesis import strategies as st

from complaints import (
    LIFECYCLE,
    Actor,
    Channel,
    Command,
    Complaint,
    ComplaintError,
    Customer,
    Dealer,
    Desk,
    Directory,
    Entry,
    Lifecycle,
    NotFoundError,
    Order,
    Party,
    Permit,
    Person,
    Personal,
    Query,
    Refusal,
    Role,
    command,
    new_id,
)
from complaints.lifecycle import ANY_STAFF
from complaints.model.people import SYSTEM
from complaints.model.personal import GROUP_OF_LINES
from complaints.model.words import OPEN, Answer, Duty
from complaints.policy import SEES
from complaints.stages.intake import Assign, Receive
from complaints.stages.judgment import Uphold
from complaints.testing import AUDITOR, HOUSE, STAFF, STRANGER, Walk, commands
from complaints.testing.walking import trace
from tests.properties.over_walks import over_walks


@command
class Compare(Command):
    """An order about another complaint as well."""

    complaint: UUID
    with_which: UUID

    @property
    def others(self) -> tuple[UUID, ...]:
        return (self.with_which,)


WITH_COMPARE = Lifecycle(
    name="own", version="1", moves=LIFECYCLE.moves, entries=(*LIFECYCLE.entries, Entry(Compare, OPEN, ANY_STAFF))
)
OUTSIDERS = (STRANGER, Actor("nobody", Role.MANAGER), attrs.evolve(STRANGER, id="group-there", roles=(Role.GROUP,)))
LATER = [kind for kind in LIFECYCLE.commands.values() if kind is not Receive]


_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def _both_shops(walk: Walk) -> Desk:
    """The walk's store, at a desk where the outsiders' dealer is served as well."""
    dealers = (walk.house.dealer, Dealer("BJ02"))
    return Desk(walk.store, dealers=dealers, policy=walk.house.policy, lifecycle=WITH_COMPARE, clock=walk.clock)


def _answer(ask: Callable[[], object]) -> tuple[type[object], object]:
    try:
        return _told(ask())
    except ComplaintError as error:
        return _told(error)


def _told(answer: object) -> tuple[type[object], object]:
    if isinstance(answer, list):
        (answer,) = answer
    if isinstance(answer, tuple) and all(isinstance(one, Refusal) for one in answer):
        return type(answer), tuple(_ID.sub("…", one.sentence("en")) for one in answer)
    if not isinstance(answer, ComplaintError):
        return type(answer), answer
    sentences = tuple(answer.sentence(language) for language in ("zh_CN", "en"))
    wanted = str(answer.facts.get("wanted", "…"))
    # which id was asked for is told back to whoever asked; nothing else may differ
    told = (sorted(answer.facts), *(_ID.sub("…", sentence.replace(wanted, "…")) for sentence in sentences))
    return type(answer), told


def _readings(desk: Desk, id: UUID | str, by: Actor) -> list[Callable[[], object]]:
    return [
        lambda: desk.complaint(id, by=by),
        lambda: desk.history(id, by=by),
        lambda: desk.history(id, by=by, after=1, upto=2),
        lambda: desk.explain(id, by=by),
        lambda: desk.options(id, by=by),
    ]


def _doings(desk: Desk, order: Command, by: Actor) -> list[Callable[[], object]]:
    return [
        lambda: desk.handle(order, by=by),
        lambda: desk.handle(order, by=by, expected_version=0),
        lambda: desk.handle(order, by=by, key="the-first"),
        lambda: desk.handle_all([Order(order, by)]),
        lambda: desk.handle_all([Order(order, by, None, None, "the-first", 1)], atomic=True),
        lambda: desk.explain(order, by=by),
        lambda: desk.refusals(order, by=by, recorded_by=by),
    ]


@over_walks(data=True, least=2, most=20, forbidden_in=0)
def test_another_dealers_complaint_is_as_one_that_never_was(walk: Walk, data: st.DataObject) -> None:
    desk, never = _both_shops(walk), new_id()
    number = walk.complaint.reference
    before = trace(walk.store, walk.complaint_id)
    kinds = data.draw(st.lists(st.sampled_from(LATER), min_size=3, max_size=3))
    orders = [data.draw(commands(kind, complaint=walk.complaint_id)) for kind in kinds]

    for by in OUTSIDERS:
        pairs = [
            *zip(_readings(desk, walk.complaint_id, by), _readings(desk, never, by), strict=True),
            *zip(_readings(desk, number, by), _readings(desk, "SH01-2001-000001", by), strict=True),
        ]
        for order in orders:
            elsewhere = attrs.evolve(order, complaint=never)  # type: ignore[call-arg]  # every later command has one
            pairs += zip(_doings(desk, order, by), _doings(desk, elsewhere, by), strict=True)
        for there, nowhere in pairs:
            assert _answer(there) == _answer(nowhere)
            assert _answer(there)[0] is NotFoundError

    assert trace(walk.store, walk.complaint_id) == before


@over_walks(data=True, least=2, most=10, forbidden_in=0)
def test_an_order_that_names_another_dealers_complaint_learns_nothing_of_it(walk: Walk, data: st.DataObject) -> None:
    desk, never = _both_shops(walk), new_id()
    own = _received_there(desk, walk)
    before = [trace(walk.store, id) for id in (walk.complaint_id, own.id)]

    there, nowhere = (
        _doings(desk, Compare(complaint=own.id, with_which=id), STRANGER) for id in (walk.complaint_id, never)
    )

    answers = [(_answer(one), _answer(other)) for one, other in zip(there, nowhere, strict=True)]
    assert all(one == other for one, other in answers)
    # that its own page is old is said before the order is looked at
    assert {one[0].__name__ for one, _ in answers} == {"RefusedError", "tuple", "ConflictError"}
    assert [trace(walk.store, id) for id in (walk.complaint_id, own.id)] == before


@over_walks(least=2, most=20, forbidden_in=0)
def test_nobody_of_another_dealer_finds_anything(walk: Walk) -> None:
    desk, complaint = _both_shops(walk), walk.complaint
    _received_there(desk, walk)
    queries = [
        Query(dealer="SH01"),
        Query(reference=complaint.reference),
        Query(state=complaint.state),
        Query(customer=complaint.registration.complainant.name),
        Query(text=complaint.registration.excerpt[:5]),
    ]

    found = [desk.find(query, by=by) for by in OUTSIDERS for query in queries]

    assert [one for page in found for one in page if one.dealer == "SH01"] == []


def _received_there(desk: Desk, walk: Walk) -> Complaint:
    receive = Receive(
        dealer="BJ02",
        complainant=Customer(name="顾客庚"),
        channel=Channel.PHONE,
        received_at=walk.clock(),
        statement="等待时间过长",
    )
    return desk.handle(receive, by=STRANGER)


# --- masking -------------------------------------------------------------------------------------------------


@over_walks()
def test_whatever_happened_nobody_sees_a_number_or_address_he_may_not(walk: Walk) -> None:
    whole = walk.complaint.registration
    contacts = [text for one in (whole.complainant, *whole.parties) for text in _contacts(one) if text is not None]
    for by in (*STAFF, AUDITOR):
        shown = repr(walk.desk.complaint(walk.complaint_id, by=by))
        told = repr(walk.desk.history(walk.complaint_id, by=by))
        sees_contacts = any(Personal.CONTACTS in SEES[role] for role in by.roles) or _is_busy(by, walk.complaint)

        assert any(text in shown for text in contacts) == (sees_contacts and bool(contacts))
        assert sees_contacts or not any(text in told for text in contacts)
    assert walk.desk.complaint(walk.complaint_id, by=SYSTEM) == walk.complaint


def _contacts(one: Customer | Party) -> list[str | None]:
    return [getattr(one, name, None) for name, group in GROUP_OF_LINES.items() if group is Personal.CONTACTS]


def _is_busy(by: Actor, complaint: Complaint) -> bool:
    duties = {duty.assignee for duty in complaint.duties.values() if duty.answer is not Answer.DECLINED}
    return by.id in duties | {task.owner for task in complaint.open_tasks}


# --- the permit ------------------------------------------------------------------------------------------------------


def _now_and_then(kind: type[Command], complaint: Complaint, by: Actor) -> bool:
    return (len(kind.__name__) + complaint.version + len(by.id)) % 3 > 0


class _Rota:
    """Everybody of the house by his roles; some are away, some know little, one is not there, one has lost his role."""

    def person(self, id: str, *, dealer: str | None, on: date) -> Person | None:
        found = HOUSE.actor(id)
        if found is None or id == "supervisor-2":
            return None
        roles = (Role.SPECIALIST,) if id == "manager" else found.roles
        skills = ("attitude", "product") if id == "specialist-1" else ()
        return Person(id=id, roles=roles, skills=skills, absent=id in ("deputy", "specialist-2"), deputy="counter")

    def people(self, dealer: str, on: date) -> tuple[str, ...]:
        return tuple(one.id for one in HOUSE.staff)


def _desk_with(walk: Walk, *, permit: Permit | None = None, directory: Directory | None = None) -> Desk:
    house = walk.house
    return Desk(
        walk.store,
        dealers=[house.dealer],
        policy=house.policy,
        clock=walk.clock,
        permit=permit,
        directory=directory,
    )


@over_walks()
def test_a_permit_takes_away_what_the_table_allows_and_gives_nothing(walk: Walk) -> None:
    narrowed = _desk_with(walk, permit=_now_and_then)
    for by in walk.house.staff:
        alone, together = walk.desk.options(walk.complaint_id, by=by), narrowed.options(walk.complaint_id, by=by)
        for kind, refusals in alone.items():
            is_let_in = "move.not_permitted" not in {one.code for one in refusals}
            here = (Refusal("move.not_permitted_here", command=kind.__name__),)
            stopped = is_let_in and not _now_and_then(kind, walk.complaint, by)
            assert together[kind] == (here if stopped else refusals)


@over_walks()
def test_a_directory_takes_away_from_who_acts_and_gives_nothing(walk: Walk) -> None:
    narrowed = _desk_with(walk, directory=_Rota())
    for by in walk.house.staff:
        alone, together = walk.desk.options(walk.complaint_id, by=by), narrowed.options(walk.complaint_id, by=by)
        lost = {
            "supervisor-2": (Refusal("actor.unknown", actor=by.id),),
            "manager": (Refusal("actor.role_not_held", actor=by.id, roles=("manager",)),),
        }.get(by.id)
        for kind, refusals in alone.items():
            is_let_in = "move.not_permitted" not in {one.code for one in refusals}
            assert together[kind] == (lost if lost is not None and is_let_in else refusals)


@over_walks(data=True, least=3, forbidden_in=0)
def test_whatever_the_host_says_explaining_and_handling_agree(walk: Walk, data: st.DataObject) -> None:
    desk, id = _desk_with(walk, permit=_now_and_then, directory=_Rota()), walk.complaint_id
    for by in walk.house.staff:
        order = data.draw(_orders_for(walk))
        explained, answer = desk.explain(order, by=by), desk.handle_all([Order(order, by)])[0]

        assert explained == (() if isinstance(answer, Complaint) else getattr(answer, "refusals", None))
        assert desk.verify(id).number == desk.complaint(id, by=SYSTEM).version


def _orders_for(walk: Walk) -> st.SearchStrategy[Command]:
    """Orders of every kind, those that name people more often than not."""
    kind = st.sampled_from([*LATER, *[Assign] * 9, *[Uphold] * 9])
    filled = kind.flatmap(lambda one: commands(one, complaint=walk.complaint_id))
    return st.one_of(filled, st.sampled_from(walk.house.staff).map(lambda one: _asked(walk.complaint_id, one.id)))


def _asked(id: UUID, assignee: str) -> Command:
    return Assign(complaint=id, duty=Duty.CALLER, assignee=assignee, basis="负荷最低")
