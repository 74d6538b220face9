"""The call-back sample: about a tenth, chosen by nobody."""

from __future__ import annotations

from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from complaints.model.sampling import is_sampled
from complaints.orders import new_id

NAMESPACE = UUID("018f0000-0000-7000-8000-000000000001")


def test_the_same_ids_are_in_it_for_good():
    numbers = range(1, 101)

    assert [n for n in numbers if is_sampled(UUID(int=n))] == [20, 27, 54, 80, 88, 94, 95, 97]
    assert [n for n in numbers if is_sampled(UUID(int=n), 3)] == [54, 95]


def test_about_a_tenth_of_many_ids_is_in_it():
    ids = [uuid5(NAMESPACE, str(n)) for n in range(20_000)]

    share = sum(map(is_sampled, ids)) / len(ids)

    assert 0.095 < share < 0.105


def test_ids_that_follow_each_other_in_time_are_in_it_as_often():
    ids = [new_id() for _ in range(20_000)]

    share = sum(map(is_sampled, ids)) / len(ids)

    # eight standard deviations: ids are made by chance, and this never fails by it
    assert 0.083 < share < 0.117


@given(st.uuids(), st.integers(0, 100), st.integers(0, 100))
def test_a_larger_sample_holds_the_smaller_one(id, one, other):
    smaller, larger = sorted((one, other))

    assert is_sampled(id, larger) or not is_sampled(id, smaller)


@given(st.uuids())
def test_nothing_is_nobody_and_a_hundred_is_everybody(id):
    assert (is_sampled(id, 0), is_sampled(id, 100)) == (False, True)
