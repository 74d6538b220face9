"""``complaints similar``, and what is told after a receipt."""

from __future__ import annotations

import pytest

RECEIPT = (
    "do", "Receive", "--as", "li", "--role", "specialist", "--dealer", "SH01", "--db", "new.db",
    "--set", "complainant.phone=13800000001", "--set", "channel=showroom", "--set", "statement=刹车又响了。",
    "--set", "wish=修好", "--set", "issues[0].id=I1", "--set", "issues[0].category=product.brakes",
    "--set", "vehicles[0].plate=沪A00001", "--set", "takes_on=yes",
)  # fmt: skip
ON_THE_FIRST = ("--set", "received_at=2026-01-05T09:00+08:00")
ON_THE_TWELFTH = ("--set", "received_at=2026-01-12T10:00+08:00")
SAID = (
    "SH01-2026-000001, received 2026-01-05 09:00 +08:00, may be the same trouble before (in common: telephone number,"
    " plate, category). Please link the two if it is."
)


@pytest.fixture
def two(run):
    """A customer was there with the same trouble twice."""
    return [run(*RECEIPT, *when) for when in (ON_THE_FIRST, ON_THE_TWELFTH)]


def test_after_a_receipt_it_tells_what_the_complaint_resembles(two):
    first, second = two

    assert (first.code, second.code) == (0, 0)
    assert [line for line in first.out.splitlines() if "SH01-2026-000001," in line] == []
    assert second.out.splitlines()[-1] == SAID


def test_it_tells_in_either_language_and_in_the_dealers_zone(run, two):
    english = run("similar", "SH01-2026-000002", "--db", "new.db")
    chinese = run("similar", "SH01-2026-000002", "--db", "new.db", "--lang", "zh_CN")

    assert english.out.splitlines() == [SAID]
    assert chinese.out == (
        "SH01-2026-000001（受理于 2026-01-05 09:00 +08:00）可能是同一问题的再次投诉"
        "（相同之处：联系电话、车牌号、投诉类别）。如确属同一问题，请建立关联。\n"
    )


def test_scripts_get_codes_and_no_numbers(run, two):
    shown = run("similar", "SH01-2026-000002", "--db", "new.db", "--json").json

    one = shown["similar"][0]
    assert (shown["reference"], len(shown["similar"])) == ("SH01-2026-000002", 1)
    assert {name: one[name] for name in ("reference", "kind", "shares", "is_open")} == {
        "reference": "SH01-2026-000001",
        "kind": "repeat",
        "shares": ["phone", "plate", "category"],
        "is_open": True,
    }


def test_where_nothing_is_like_it_it_says_so(run, two):
    assert run("similar", "SH01-2026-000001", "--db", "new.db").out == "No earlier complaint resembles it.\n"


def test_a_complaint_that_is_not_there_is_not_found(run, two):
    assert run("similar", "SH01-2026-000009", "--db", "new.db").code == 3
