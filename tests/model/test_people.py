"""Who does something, and for which house."""

from __future__ import annotations

import pytest

from complaints import Actor, Dealer, Department, Fault, InvalidCommandError, Person, Role
from complaints.model.personal import Personal, group_of


@pytest.mark.parametrize(
    ("roles", "rank"),
    [
        ((Role.FINANCE,), -1),
        ((Role.SPECIALIST,), 0),
        ((Role.SUPERVISOR, Role.SPECIALIST), 1),
        ((Role.FINANCE, Role.MANAGER), 2),
        ((Role.GROUP,), 4),
    ],
)
def test_the_highest_rank_counts_and_other_roles_have_none(roles, rank):
    assert Actor("li", roles).rank == rank


def test_a_higher_rank_holds_the_lower_ones_and_no_other_role():
    manager = Actor("qian", Role.MANAGER)

    held = [role for role in Role if manager.holds(role)]

    assert held == [Role.SPECIALIST, Role.SUPERVISOR, Role.MANAGER]


def test_whoever_he_stands_in_for_is_listed_and_no_text():
    assert Actor("li", Role.SPECIALIST, stands_in_for=iter(["chen"])).stands_in_for == ("chen",)
    with pytest.raises(InvalidCommandError) as refused:
        Actor("li", Role.SPECIALIST, stands_in_for="chen")

    assert refused.value.what == "Actor"
    assert [fault.code for fault in refused.value.faults] == ["type"]


def test_what_is_no_role_is_named():
    with pytest.raises(InvalidCommandError) as refused:
        Actor("li", ["specialist", Role.MANAGER])

    assert [fault.code for fault in refused.value.faults] == ["choice"]


def test_roles_are_kept_once_and_in_order():
    assert Actor("li", [Role.SUPERVISOR, Role.FINANCE, Role.FINANCE]).roles == (Role.FINANCE, Role.SUPERVISOR)


def test_whoever_knows_a_group_knows_what_belongs_to_it():
    technician = Person(id="gao", department=Department.WORKSHOP, skills=("product", "recall.brakes"))

    known = [technician.is_skilled_in(one) for one in ("product.engine", "product", "recall.brakes", "recall")]

    assert known == [True, True, True, False]


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_dealer_keeps_what_it_is_told(language):
    told = {"zone": "Asia/Urumqi", "language": language, "currency": "EUR", "calendar": "CN"}

    dealer = Dealer("SH01", **told)

    assert {name: getattr(dealer, name) for name in told} == told


def test_a_dealer_told_nothing_is_a_chinese_one():
    dealer = Dealer("SH01")

    assert (dealer.zone, dealer.language, dealer.currency, dealer.calendar) == ("Asia/Shanghai", "zh_CN", "CNY", None)


def test_a_dealer_reads_one_of_two_languages_and_lives_in_a_zone():
    with pytest.raises(InvalidCommandError) as refused:
        Dealer("SH01", zone="Moon/Tycho", language="fr")

    assert refused.value.faults == (Fault("zone", "zone"), Fault("language", "choice", choices=("zh_CN", "en")))


@pytest.mark.parametrize(
    ("field", "is_prose", "group"),
    [
        ("name", False, Personal.NAMES),
        ("basis", False, Personal.WORDS),
        ("unheard_of", True, Personal.WORDS),
        ("unheard_of", False, Personal.CONTACTS),
    ],
)
def test_what_a_text_tells_of_somebody_decides_who_sees_it(field, is_prose, group):
    assert group_of(field, is_prose=is_prose) is group
