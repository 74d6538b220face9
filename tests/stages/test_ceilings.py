"""Standing orders have ceilings for a customer and for a month, over all complaints (fast track)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from threading import Barrier, Thread

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints import (
    ComplaintError,
    Customer,
    Desk,
    InvalidCommandError,
    Issue,
    Policy,
    Refusal,
    RefusedError,
    Role,
    State,
    Store,
    Vehicle,
)
from complaints.errors import Fault
from complaints.model.spending import Spending, order_of, spendings
from complaints.model.words import HelpKind, PersonalData, RemedyKind, ReworkReason, Satisfaction
from complaints.orders import Order
from complaints.policy.standing_order import StandingOrder, StandingRemedy
from complaints.stages.erasure import Redact
from complaints.stages.fast_track import SettleAtOnce
from complaints.stages.help import GiveHelp
from complaints.stores import MemoryStore
from complaints.stores.sql import SqlStore
from tests.stages.cases import SHANGHAI, SHOP, STANDING_ORDER, Case, li, qian, remedy, shows, staff, wang, yuan

ORDER = attrs.evolve(
    STANDING_ORDER,
    remedies=(
        *STANDING_ORDER.remedies,
        StandingRemedy(category="service", kind=RemedyKind.LOANER, ceiling=Decimal(300)),
    ),
)
SOMEBODY_ELSE = Customer(name="李强", phone="13900000009")


def case(**ceilings: int | None) -> Case:
    """At a house whose standing order has these ceilings."""
    order = attrs.evolve(ORDER, **{name: None if one is None else Decimal(one) for name, one in ceilings.items()})
    return Case(policy=Policy(standing_orders=(order,)))


def settled(case: Case, cost: int = 200, **changes: object) -> Case:
    """One more complaint, received and settled at once."""
    one = case.another().received(takes_on=False, **changes)
    return one.settled(by=wang, remedies=(remedy(RemedyKind.VOUCHER, cost),))


def help_by_order(cost: int) -> dict[str, object]:
    return {"kind": HelpKind.LOANER, "cost": yuan(cost), "order": "SO-1@2026", "emergency": None}


# --- a customer -----------------------------------------------------------------------------------------------------


@shows(SettleAtOnce, "fast.customer_ceiling")
def test_many_small_settlements_of_one_customer_stay_within_his_ceiling():
    house = case(per_customer=500)
    settled(settled(house))
    third = house.another().received(takes_on=False)

    refusals = third.refused(SettleAtOnce, by=wang, remedies=(remedy(RemedyKind.VOUCHER, 101),))

    assert refusals == (Refusal("fast.customer_ceiling", spent="400 CNY", ceiling="500 CNY"),)


def test_up_to_his_ceiling_he_gets_it():
    house = case(per_customer=500)
    settled(settled(house))

    assert settled(house, 100).state is State.FOLLOW_UP


@shows(GiveHelp, "help.customer_ceiling")
def test_help_under_the_order_counts_for_the_customer_as_well():
    house = case(per_customer=500)
    settled(house)
    other = house.another().received(takes_on=False).helped(by=wang, **help_by_order(200))

    refusals = other.refused(GiveHelp, by=wang, **help_by_order(101))

    assert refusals == (Refusal("help.customer_ceiling", spent="400 CNY", ceiling="500 CNY"),)


def test_help_in_an_emergency_is_under_no_order():
    house = case(per_customer=200)
    one = house.received(takes_on=False).helped(by=wang, cost=yuan(900))

    assert one.settled(by=wang).state is State.FOLLOW_UP


def test_somebody_else_has_his_own_ceiling():
    house = case(per_customer=200)
    settled(house)

    assert settled(house, complainant=SOMEBODY_ELSE).state is State.FOLLOW_UP


def test_a_name_is_enough_with_the_same_car_and_not_without():
    house = case(per_customer=200)
    named, car = Customer(name="王芳", address="上海"), (Vehicle(plate="沪A00001"),)
    settled(house, complainant=attrs.evolve(named, email="w@example.com"), vehicles=car)

    about_the_price = (Issue(id="1", category="price"),)
    house.later(days=1)
    with_the_car = house.another().received(takes_on=False, complainant=named, vehicles=car, issues=about_the_price)
    without = house.another().received(takes_on=False, complainant=named)

    codes = [
        [refusal.code for refusal in house.desk.explain(one.form(SettleAtOnce), by=wang)]
        for one in (with_the_car, without)
    ]
    assert ["fast.customer_ceiling" in of_one for of_one in codes] == [True, False]


def test_after_a_year_it_counts_no_more():
    house = case(per_customer=200)
    first = settled(house)
    first.later(days=365)
    on_the_day = house.another().received(takes_on=False)

    refusals = on_the_day.refused(SettleAtOnce, by=wang)
    on_the_day.later(seconds=1).settled(by=wang)

    assert refusals == (Refusal("fast.customer_ceiling", spent="200 CNY", ceiling="200 CNY"),)
    assert on_the_day.state is State.FOLLOW_UP


def test_entering_it_late_opens_no_gap():
    house = case(per_customer=200)
    late = house.another().received(takes_on=False)
    settled(house.later(hours=5))

    refusals = late.refused(SettleAtOnce, by=wang, at=late.clock() - timedelta(hours=1))

    assert refusals == (Refusal("fast.customer_ceiling", spent="200 CNY", ceiling="200 CNY"),)


def test_another_version_of_the_order_starts_nothing_anew():
    house = case(per_customer=200)
    settled(house)
    order = house.policy.standing_orders[0]
    newer = attrs.evolve(order, version="2026b", valid_from=house.clock(), signed_at=house.clock())
    house.policy = Policy(standing_orders=(order, newer))
    house.desk = house.desk_with(house.lifecycle, house.desk.store)
    next_one = house.another().received(takes_on=False)

    refusals = next_one.refused(SettleAtOnce, by=wang, order="SO-1@2026b")

    assert refusals == (Refusal("fast.customer_ceiling", spent="200 CNY", ceiling="200 CNY"),)


def test_another_order_has_ceilings_of_its_own():
    house = case(per_customer=200)
    settled(house)
    other = attrs.evolve(house.policy.standing_orders[0], id="SO-2", valid_from=house.clock(), signed_at=house.clock())
    house.policy = Policy(standing_orders=(*house.policy.standing_orders, other))
    house.desk = house.desk_with(house.lifecycle, house.desk.store)

    assert house.another().received(takes_on=False).settled(by=wang, order="SO-2@2026").state is State.FOLLOW_UP


# the customer has had it, whatever becomes of the complaint
@pytest.mark.parametrize(
    "then",
    [
        lambda one: one.called_back(Satisfaction.DISSATISFIED, by=li).reworked(ReworkReason.FORM_INCOMPLETE),
        lambda one: one.merged(by=qian),
        lambda one: one.merged(by=qian).separated(by=qian),
    ],
    ids=["reworked", "merged", "merged and separated"],
)
def test_what_was_spent_stays_spent(then: Callable[[Case], Case]):
    house = case(per_customer=200)
    first = settled(house)
    first.other = first.another().received(takes_on=False).id
    then(first)
    next_one = house.another().received(takes_on=False)

    refusals = next_one.refused(SettleAtOnce, by=wang)

    assert refusals == (Refusal("fast.customer_ceiling", spent="200 CNY", ceiling="200 CNY"),)


def test_help_on_a_complaint_that_was_voided_was_given_all_the_same():
    house = case(per_customer=200)
    house.another().received(takes_on=False).helped(by=wang, **help_by_order(150)).voided()
    next_one = house.another().received(takes_on=False)

    refusals = next_one.refused(SettleAtOnce, by=wang)

    assert refusals == (Refusal("fast.customer_ceiling", spent="150 CNY", ceiling="200 CNY"),)


# --- a month --------------------------------------------------------------------------------------------------------


@shows(SettleAtOnce, "fast.month_ceiling")
def test_all_settlements_of_a_month_stay_within_the_months_ceiling():
    house = case(per_month=500)
    settled(house)
    settled(house, complainant=SOMEBODY_ELSE)
    third = house.another().received(takes_on=False, complainant=Customer(phone="13700000007"))

    refusals = third.refused(SettleAtOnce, by=wang, remedies=(remedy(RemedyKind.VOUCHER, 101),))
    third.settled(by=wang, remedies=(remedy(RemedyKind.VOUCHER, 100),))

    assert refusals == (Refusal("fast.month_ceiling", spent="400 CNY", ceiling="500 CNY"),)
    assert third.state is State.FOLLOW_UP


@shows(GiveHelp, "help.month_ceiling")
def test_help_under_the_order_counts_for_the_month_as_well():
    house = case(per_month=500)
    settled(house, complainant=SOMEBODY_ELSE)
    other = house.another().received(takes_on=False).helped(by=wang, **help_by_order(200))

    refusals = other.refused(GiveHelp, by=wang, **help_by_order(101))

    assert refusals == (Refusal("help.month_ceiling", spent="400 CNY", ceiling="500 CNY"),)


# a month begins at the dealer's midnight: in Shanghai eight hours before it does by UTC
@pytest.mark.parametrize(
    ("first_at", "next_at", "counts"),
    [
        (datetime(2026, 3, 31, 23, 59, 59, tzinfo=SHANGHAI), datetime(2026, 4, 1, 0, 0, tzinfo=SHANGHAI), False),
        (datetime(2026, 4, 1, 0, 0, tzinfo=SHANGHAI), datetime(2026, 4, 30, 23, 59, 59, tzinfo=SHANGHAI), True),
        (datetime(2026, 4, 1, 7, 59, tzinfo=SHANGHAI), datetime(2026, 4, 1, 8, 1, tzinfo=SHANGHAI), True),
        (datetime(2026, 3, 1, 0, 0, tzinfo=SHANGHAI), datetime(2026, 3, 31, 23, 0, tzinfo=SHANGHAI), True),
    ],
    ids=["the last second of March", "all of April", "around midnight by UTC", "all of March"],
)
def test_the_month_is_the_dealers(first_at, next_at, counts):
    house = case(per_month=300)
    house.clock.set(first_at)
    settled(house, complainant=SOMEBODY_ELSE)
    house.clock.set(next_at)
    next_one = house.another().received(takes_on=False)

    refusals = next_one.desk.explain(next_one.form(SettleAtOnce), by=wang)

    expected = (Refusal("fast.month_ceiling", spent="200 CNY", ceiling="300 CNY"),) if counts else ()
    assert refusals == expected


def test_another_dealer_has_his_own_month():
    theirs = attrs.evolve(ORDER, dealer="BJ02", per_month=Decimal(300))
    house = Case(policy=Policy(standing_orders=(attrs.evolve(ORDER, per_month=Decimal(300)), theirs)))
    settled(house)
    in_beijing = staff("wang", Role.SERVICE_ADVISER, dealer="BJ02")

    here = house.another().received(takes_on=False).form(SettleAtOnce)
    there = house.another().received(by=in_beijing, dealer="BJ02", takes_on=False).id

    assert [refusal.code for refusal in house.desk.explain(here, by=wang)] == ["fast.month_ceiling"]
    assert house.desk.explain(attrs.evolve(here, complaint=there), by=in_beijing) == ()


def test_an_order_without_ceilings_asks_nobody():
    house = case(per_customer=None, per_month=None)

    for _ in range(4):
        settled(house)

    assert settled(house).state is State.FOLLOW_UP


# --- both at once ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
@pytest.mark.parametrize("ceiling", ["per_customer", "per_month"])
def test_of_two_settlements_at_the_same_time_the_ceiling_lets_one_pass(kind, ceiling, tmp_path):
    store: Store = MemoryStore() if kind == "memory" else SqlStore.open(f"sqlite:///{tmp_path / 'one.db'}")
    policy = Policy(standing_orders=(attrs.evolve(ORDER, **{ceiling: Decimal(300)}),))
    house = Case(policy=policy, store=store)
    cases = [house.another().received(takes_on=False) for _ in range(2)]
    ready, answers = Barrier(2), []

    def settle(one: Case) -> None:
        desk = Desk(store, dealers=(SHOP,), policy=policy, clock=house.clock)
        ready.wait(timeout=10)
        try:
            desk.handle(one.form(SettleAtOnce), by=wang)
            answers.append("settled")
        except RefusedError as error:
            answers.extend(refusal.code for refusal in error.refusals)

    threads = [Thread(target=settle, args=(one,)) for one in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    code = "fast.customer_ceiling" if ceiling == "per_customer" else "fast.month_ceiling"
    assert sorted(answers) == sorted(["settled", code])
    store.close()


def test_of_a_batch_the_later_ones_see_the_earlier_ones():
    house = case(per_month=500)
    cases = [house.another().received(takes_on=False) for _ in range(4)]

    answers = house.desk.handle_all([Order(one.form(SettleAtOnce), wang) for one in cases])

    assert [isinstance(one, ComplaintError) for one in answers] == [False, False, True, True]


# --- what counts ----------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.integers(0, 200), st.booleans(), st.integers(0, 40)), max_size=8))
def test_whatever_is_allowed_stays_within_both_ceilings(tries):
    house = case(per_customer=600, per_month=900)
    spent: list[tuple[datetime, str, int]] = []
    for cost, is_somebody_else, days in tries:
        house.later(days=days)
        who = SOMEBODY_ELSE if is_somebody_else else Customer(phone="13800000001")
        one = house.another().received(takes_on=False, complainant=who)
        order = one.form(SettleAtOnce, remedies=(remedy(RemedyKind.VOUCHER, cost),))
        at = one.clock().astimezone(SHANGHAI)
        of_him = sum(amount for _, whose, amount in spent if whose == who.phone)
        of_the_month = sum(amount for when, _, amount in spent if (when.year, when.month) == (at.year, at.month))

        refusals = one.desk.explain(order, by=wang)

        assert ("fast.customer_ceiling" in [refusal.code for refusal in refusals]) is (of_him + cost > 600)
        assert ("fast.month_ceiling" in [refusal.code for refusal in refusals]) is (of_the_month + cost > 900)
        if not refusals:
            one.desk.handle(order, by=wang)
            spent.append((at, who.phone or "", cost))


def test_a_settlement_and_help_are_what_was_spent():
    one = case().received(takes_on=False).helped(by=wang, **help_by_order(100)).helped(by=wang, cost=yuan(70))
    one.later(hours=1).settled(by=wang)

    assert [*spendings(one.complaint)] == [
        Spending("SO-1", "wang", one.clock(), yuan(200)),
        Spending("SO-1", None, one.clock() - timedelta(hours=1), yuan(100)),
    ]


@pytest.mark.parametrize(("stamp", "id"), [("SO-1@2026", "SO-1"), ("a@b@2", "a@b"), ("SO-1", "SO-1")])
def test_the_id_of_an_order_is_what_stands_before_its_version(stamp, id):
    assert order_of(stamp) == id


@pytest.mark.parametrize("field", ["per_customer", "per_month"])
def test_a_ceiling_is_not_below_nothing(field):
    given = {one.name: getattr(STANDING_ORDER, one.name) for one in attrs.fields(StandingOrder)}

    with pytest.raises(InvalidCommandError) as wrong:
        StandingOrder(**{**given, field: Decimal(-1)})

    assert wrong.value.faults == (Fault(field, "negative"),)


def test_nobody_knows_less_because_the_customer_was_erased():
    house = case(per_month=300)
    first = settled(house, complainant=SOMEBODY_ELSE).called_back().closed(by=qian)
    first.does(Redact, qian, fields=tuple(PersonalData), reason="he wrote to us")
    next_one = house.another().received(takes_on=False)

    refusals = next_one.refused(SettleAtOnce, by=wang)

    assert refusals == (Refusal("fast.month_ceiling", spent="200 CNY", ceiling="300 CNY"),)
