"""What a new complaint may have to do with earlier ones: told twice, once more, or related."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from complaints import Channel, Complaint, Customer, Issue, NaiveTimeError, State, Vehicle
from complaints.history import MASKED, erased_as
from complaints.locale import LANGUAGES, codes
from complaints.model.beside import Beside, MergedInto
from complaints.model.people import ExternalRef
from complaints.model.registration import Registration
from complaints.repeats import Likeness, LikenessKind, likenesses, repeats_of, shared, terms_to_look_for
from complaints.stores.search import terms_of
from tests.stages.cases import MONDAY

VIN, OTHER_VIN = "LSVAA49J132047371", "LSVAA49J132047372"
WANG = Customer(name="王芳", phone="138-0000-0001", email="wang@example.com", wechat="wangfang")
PASSAT = Vehicle(vin=VIN, plate="沪A·00001")
FORM = Registration(
    complainant=WANG,
    channel=Channel.PHONE,
    received_at=MONDAY,
    received_by="li",
    excerpt="刹车异响",
    issues=(Issue(id="1", category="product.brakes"),),
    vehicles=(PASSAT,),
)
DUPLICATE, REPEAT, RELATED = LikenessKind.DUPLICATE, LikenessKind.REPEAT, LikenessKind.RELATED


def about(*categories: str) -> tuple[Issue, ...]:
    return tuple(Issue(id=str(place), category=category) for place, category in enumerate(categories))


def said(form: Registration = FORM, **changes: object) -> Registration:
    return attrs.evolve(form, **changes)


def complaint(number: int = 1, *, days: float = 0, state: State = State.JUDGMENT, **changes: object) -> Complaint:
    """An earlier complaint, received so many days before the form."""
    return Complaint(
        id=UUID(int=number),
        reference=f"SH01-2026-{number:06}",
        dealer="SH01",
        version=1,
        state=state,
        registration=said(received_at=MONDAY - timedelta(days=days), **changes),
        recorded_at=MONDAY,
        updated_at=MONDAY,
        moved_at=MONDAY,
    )


def kinds(form: Registration, *earlier: Complaint, **more: object) -> tuple[LikenessKind, ...]:
    return tuple(one.kind for one in likenesses(form, earlier, **more))


# --- what a likeness says -------------------------------------------------------------------------------------------


def test_the_same_customer_car_and_problem_within_a_week_is_told_twice():
    found = likenesses(FORM, [complaint(days=3)])

    assert found == (
        Likeness(
            complaint=UUID(int=1),
            reference="SH01-2026-000001",
            kind=DUPLICATE,
            shares=("phone", "email", "wechat", "vin", "plate", "category", "name"),
            received_at=MONDAY - timedelta(days=3),
            is_open=True,
        ),
    )


def test_a_likeness_says_in_both_languages_what_is_shared_and_nobodys_number():
    (found,) = likenesses(said(complainant=Customer(phone="13800000001")), [complaint(days=3)])

    assert found.sentence("en") == (
        "SH01-2026-000001, received 2026-02-27 09:00 +08:00, may be the same thing told before (in common:"
        " telephone number, vehicle identification number, plate, category). Please check before you go on;"
        " two that are one are merged."
    )
    assert found.sentence("zh_CN") == (
        "SH01-2026-000001（受理于 2026-02-27 09:00 +08:00）可能是同一事项的重复登记"
        "（相同之处：联系电话、车辆识别代号、车牌号、投诉类别）。请先核对；确属同一事项的，请并案。"
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_has_its_label_and_its_sentence(language):
    kinds = {kind.value for kind in LikenessKind}

    assert (codes("likeness", language), codes("likeness_said", language)) == (kinds, kinds)


@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_that_can_be_shared_has_a_label(language):
    reference = ExternalRef(system="dms", kind="customer", id="7")
    car = Vehicle(vin=VIN, plate="沪A00001", ref=ExternalRef(system="dms", kind="car", id="8"))
    half = Vehicle(vin=VIN[:11])
    whole = said(complainant=attrs.evolve(WANG, ref=reference), vehicles=(car, half))
    coarse = said(whole, issues=about("product"))

    assert {*shared(whole, whole), *shared(whole, coarse)} == codes("shared", language)


# --- told twice, once more, related ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "kind"), [(0, DUPLICATE), (7, DUPLICATE), (7.001, REPEAT), (90, REPEAT)])
def test_an_open_one_is_a_duplicate_for_seven_days_and_a_repeat_for_ninety(days, kind):
    assert kinds(FORM, complaint(days=days)) == (kind,)


@pytest.mark.parametrize("days", [90.001, 400, -0.001])
def test_what_was_received_longer_ago_or_later_does_not_count(days):
    assert kinds(FORM, complaint(days=days)) == ()


@pytest.mark.parametrize("state", [State.CLOSED, State.ARCHIVED])
def test_one_that_has_ended_is_no_duplicate_but_may_come_again(state):
    assert kinds(FORM, complaint(days=1, state=state)) == (REPEAT,)


def test_a_house_may_look_back_less_far_and_from_another_moment():
    earlier = complaint(days=30)

    assert kinds(FORM, earlier, within_days=29) == ()
    assert kinds(FORM, earlier, within_days=29, at=MONDAY - timedelta(days=1)) == (REPEAT,)


def test_a_moment_without_its_zone_is_refused():
    with pytest.raises(NaiveTimeError):
        likenesses(FORM, [], at=datetime(2026, 3, 9))  # noqa: DTZ001  # that is what is refused


def test_days_are_counted_back_from_the_receipt_of_the_form():
    assert kinds(said(received_at=MONDAY - timedelta(days=1)), complaint(days=8)) == (DUPLICATE,)


@pytest.mark.parametrize("state", [State.VOIDED, State.MERGED])
def test_what_was_voided_or_merged_elsewhere_never_counts(state):
    gone = complaint(state=state)
    went = MergedInto(survivor=UUID(int=9), state=State.JUDGMENT, outcome=None, number=3)
    archived = replace(complaint(state=State.ARCHIVED), beside=Beside(merged_into=went))

    assert kinds(FORM, gone, archived) == ()


def test_another_dealers_complaints_do_not_count_and_nothing_resembles_itself():
    elsewhere = replace(complaint(1, days=1), dealer="BJ02")

    assert kinds(FORM, elsewhere, complaint(2), dealer="SH01", itself=UUID(int=2)) == ()


def test_another_problem_of_the_same_customer_is_related():
    assert kinds(FORM, complaint(issues=about("price"))) == (RELATED,)


def test_one_without_a_category_is_related_only_until_it_has_one():
    assert kinds(said(issues=()), complaint()) == (RELATED,)


def test_another_detail_of_the_same_group_is_the_same_problem():
    assert kinds(FORM, complaint(days=30, issues=about("product.steering"))) == (REPEAT,)


def test_the_car_may_be_missing_on_either_side_but_not_be_another():
    nameless = Vehicle(make="Volkswagen")

    assert kinds(FORM, complaint(vehicles=())) == (DUPLICATE,)
    assert kinds(said(vehicles=(nameless,)), complaint()) == (DUPLICATE,)
    assert kinds(said(vehicles=()), complaint(vehicles=())) == (DUPLICATE,)
    assert kinds(FORM, complaint(vehicles=(Vehicle(plate="沪B00002"),))) == (RELATED,)


def test_the_same_car_with_another_customer_is_related():
    assert kinds(FORM, complaint(complainant=Customer(phone="13900000002"))) == (RELATED,)


def test_a_stranger_with_the_same_problem_is_nobody():
    stranger = complaint(complainant=Customer(phone="13900000002"), vehicles=(Vehicle(plate="沪B00002"),))

    assert kinds(FORM, stranger) == ()


def test_a_name_alone_is_weak_and_with_the_car_it_is_the_customer():
    by_name = said(complainant=Customer(name="王芳"))

    assert kinds(by_name, complaint(complainant=Customer(name="王芳"), vehicles=())) == (RELATED,)
    assert kinds(by_name, complaint(complainant=Customer(name="王芳"))) == (DUPLICATE,)


# --- what counts as the same ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "phone", ["13800000001", "138 0000 0001", "+86 138-0000-0001", "008613800000001", "１３８０００００００１"]
)
def test_a_telephone_number_is_the_same_however_it_is_written(phone):
    caller = said(complainant=Customer(phone=phone), vehicles=(), issues=())

    assert shared(caller, FORM) == ("phone",)


@pytest.mark.parametrize(("one", "other"), [("无", "无"), ("1380", "1380"), ("13800000002", "13800000003")])
def test_no_number_a_short_one_and_another_one_are_not_the_same(one, other):
    here, there = (said(complainant=Customer(phone=phone), vehicles=(), issues=()) for phone in (one, other))

    assert shared(here, there) == ()


@pytest.mark.parametrize(
    ("one", "other", "shares"),
    [
        (VIN, VIN, ("vin",)),
        (VIN, OTHER_VIN, ()),
        (VIN, VIN[:11], ("vin_partial",)),
        (VIN[:11], VIN[:11], ("vin_partial",)),
        (VIN, VIN[:10], ()),
        (VIN[:10], VIN[:10], ("vin_partial",)),
        (VIN, f"{VIN[:11]}******", ("vin_partial",)),
        (VIN, f"{VIN[:8]}*********", ()),
    ],
)
def test_a_partial_vin_counts_for_what_it_has(one, other, shares):
    here, there = (said(complainant=Customer(), issues=(), vehicles=(Vehicle(vin=vin),)) for vin in (one, other))

    assert (shared(here, there), shared(there, here)) == (shares, shares)


def test_a_plate_moves_to_another_car_but_a_vin_does_not():
    old, new = Vehicle(vin=VIN, plate="沪A00001"), Vehicle(vin=OTHER_VIN, plate="沪A00001")
    nobody = said(complainant=Customer(), issues=())

    assert shared(said(nobody, vehicles=(old,)), said(nobody, vehicles=(new,))) == ()
    assert shared(said(nobody, vehicles=(old,)), said(nobody, vehicles=(Vehicle(plate="沪a 00001"),))) == ("plate",)


def test_a_partial_vin_alone_is_no_likeness_since_a_whole_series_has_it():
    stranger = Customer(phone="13900000002")
    part = (Vehicle(vin=VIN[:11]),)

    assert kinds(FORM, complaint(complainant=stranger, vehicles=part, issues=about("price"))) == ()
    assert kinds(FORM, complaint(complainant=stranger, vehicles=part)) == (RELATED,)
    assert kinds(FORM, complaint(vehicles=part)) == (DUPLICATE,)


# --- for the floor: the repeats in full -----------------------------------------------------------------------------


def test_the_third_within_ninety_days_has_two_repeats_behind_it():
    earlier = [
        complaint(1, days=80, state=State.CLOSED),
        complaint(2, days=20),
        complaint(3, days=91, state=State.CLOSED),
        complaint(4, days=30, issues=about("price")),
        complaint(5, days=30, vehicles=()),
        complaint(6, days=2),
    ]

    assert repeats_of(FORM, earlier) == (UUID(int=2), UUID(int=1))


# --- what to search by ----------------------------------------------------------------------------------------------


def test_the_store_is_asked_for_the_surest_first():
    customer = attrs.evolve(WANG, phone="１３８", ref=ExternalRef(system="dms", kind="customer", id="C-7"))

    assert terms_to_look_for(said(complainant=customer)) == (
        ("customer", "138"),
        ("customer", "wang@example.com"),
        ("customer", "c-7"),
        ("vehicle", VIN.lower()),
        ("vehicle", "沪a·00001"),
        ("customer", "王芳"),
    )


# --- what always holds ----------------------------------------------------------------------------------------------

MARKERS = (MASKED, erased_as(1), erased_as(2))
texts = st.sampled_from([None, "13800000001", "13900000002", "王芳", *MARKERS])
customers = st.builds(Customer, name=texts, phone=texts, email=texts, wechat=texts)
vins = st.sampled_from([None, VIN, OTHER_VIN, VIN[:11], "LSVAA49J***", erased_as(1)])
plates = st.sampled_from([None, "沪A00001", "沪B00002", erased_as(1)])
vehicles = st.builds(Vehicle, vin=vins, plate=plates, make=st.just("Volkswagen"))
categories = st.sampled_from([None, "price", "product", "product.brakes", "product.steering"])
forms = st.builds(
    said,
    complainant=customers,
    vehicles=st.lists(vehicles, max_size=2).map(tuple),
    issues=st.lists(categories, max_size=2).map(lambda some: about(*some)),
)


@st.composite
def complaints(draw):
    number, days = draw(st.integers(1, 50)), draw(st.integers(-1, 100))
    made = complaint(number, days=days, state=draw(st.sampled_from(State)))
    return replace(made, registration=said(draw(forms), received_at=made.registration.received_at))


many = st.lists(complaints(), max_size=8, unique_by=lambda one: one.id)


@given(forms, forms)
def test_what_two_share_is_the_same_both_ways_round(one, other):
    assert shared(one, other) == shared(other, one)


@given(many, forms, st.randoms(use_true_random=False))
def test_the_order_in_which_candidates_come_does_not_matter(earlier, form, random):
    shuffled = random.sample(earlier, len(earlier))

    assert likenesses(form, shuffled) == likenesses(form, earlier)


@given(many, forms)
def test_a_later_look_back_further_never_loses_a_likeness(earlier, form):
    near, far = (likenesses(form, earlier, within_days=days) for days in (30, 90))

    assert set(near) <= set(far)


@given(st.sampled_from(MARKERS), st.lists(categories, max_size=2))
def test_nothing_resembles_an_erased_text(marker, some):
    who = Customer(name=marker, phone=marker, email=marker, wechat=marker)
    erased = said(complainant=who, vehicles=(Vehicle(vin=marker[:17], plate=marker),), issues=about(*some))
    twin = replace(complaint(), registration=erased)

    assert set(shared(erased, erased)) <= {"category"}
    assert (likenesses(erased, [twin]), terms_to_look_for(erased)) == ((), ())


@given(many, forms)
def test_every_full_repeat_shares_customer_car_and_problem(earlier, form):
    by_id = {one.complaint: one for one in likenesses(form, earlier)}

    for id in repeats_of(form, earlier):
        shares = {*by_id[id].shares}
        assert shares & {"phone", "email", "wechat", "name"}
        assert shares & {"vin", "vin_partial", "plate"}
        assert shares & {"category", "category_group"}


@given(forms)
def test_the_terms_are_those_that_a_store_finds_a_complaint_by(form):
    findable = {term for term in terms_of(form) if term[0] in ("customer", "vehicle")}

    assert set(terms_to_look_for(form)) == findable
