"""One customer across all of his complaints: what is held on him is handed over, and erased."""

from __future__ import annotations

import json

import pytest

from complaints import Customer, Dealer, ExternalRef, InvalidCommandError, NotPermittedError, Refusal
from complaints.history import is_erased
from complaints.stages.anytime import AddNote
from complaints.testing.forbidden import STRANGER
from tests.stages.cases import GROUP, Case, feng, qian, wang, zhao
from tests.stages.test_erasure import a_closed_case

REF = ExternalRef(system="dms", kind="customer", id="C-77")


# --- handed over ------------------------------------------------------------------------------------------------------


def test_everything_held_on_a_customer_is_exported_newest_first():
    first = a_closed_case()
    second = Case(store=first.desk.store).received(complainant=Customer(name="王芳")).does(AddNote, wang, text="第二次")
    Case(store=first.desk.store).received(complainant=Customer(name="李雷"))

    held = first.desk.export_customer("王芳", by=qian)

    files = held["complaints"]
    assert (held["format"], held["made_at"], held["made_by"]) == (
        "complaints-customer-1",
        first.clock().isoformat(),
        "qian",
    )
    assert [(one["reference"], one["dealer"]) for one in files] == [
        (second.complaint.reference, "SH01"),
        (first.complaint.reference, "SH01"),
    ]
    assert [len(one["timeline"]) for one in files] == [2, first.complaint.version]
    assert files[0]["timeline"][1]["form"]["text"] == "第二次"


def test_every_text_that_is_kept_of_him_is_in_it():
    case = a_closed_case()
    with case.desk.store.read() as reader:
        kept = {text.text for text in reader.personal(case.id)}

    held = json.dumps(case.desk.export_customer("13800000001", by=qian), ensure_ascii=False)

    assert {text for text in kept if json.dumps(text, ensure_ascii=False)[1:-1] not in held} == set()


def test_a_customer_is_found_by_his_name_in_another_system():
    case = Case().received(complainant=Customer(name="王芳", ref=REF))

    held = case.desk.export_customer(REF, by=qian)

    assert [one["reference"] for one in held["complaints"]] == [case.complaint.reference]


def test_the_group_exports_what_a_dealer_left_who_is_not_served_any_more():
    case = a_closed_case()
    desk = type(case.desk)(case.desk.store, dealers=[Dealer("BJ02")])

    held = desk.export_customer("王芳", by=GROUP)

    assert [one["reference"] for one in held["complaints"]] == [case.complaint.reference]


def test_another_dealers_manager_finds_nobody():
    assert a_closed_case().desk.export_customer("王芳", by=STRANGER)["complaints"] == []


@pytest.mark.parametrize("by", [zhao, wang, feng])
def test_only_a_manager_or_above_exports(by):
    with pytest.raises(NotPermittedError) as refused:
        a_closed_case().desk.export_customer("王芳", by=by)

    assert refused.value.refusals == (Refusal("export.not_permitted", who=("manager",)),)


def test_nobody_is_no_customer():
    with pytest.raises(InvalidCommandError):
        a_closed_case().desk.export_customer("", by=qian)


# --- erased -----------------------------------------------------------------------------------------------------------


def test_a_customer_is_erased_on_every_complaint_and_what_is_refused_is_told():
    first = a_closed_case()
    second = Case(store=first.desk.store).received(complainant=Customer(name="王芳", phone="13800000001"))
    other = Case(store=first.desk.store).received(complainant=Customer(name="李雷", phone="13900000000"))

    results = first.desk.redact_customer("13800000001", by=qian, reason="asked", at=first.clock())

    refused, done = results
    assert (refused.complaint, [refusal.code for refusal in refused.outcome.refusals]) == (
        second.id,
        ["redact.still_open"],
    )
    assert (done.complaint, done.outcome) == (first.id, first.complaint)
    assert is_erased(first.complaint.registration.complainant.name)
    assert other.complaint.registration.complainant.name == "李雷"


def test_nobody_is_erased_who_is_not_known():
    assert a_closed_case().desk.redact_customer("nobody", by=qian, reason="asked") == ()


def test_a_supervisor_erases_nobody():
    case = a_closed_case()

    (result,) = case.desk.redact_customer("王芳", by=zhao, reason="asked", at=case.clock())

    assert [refusal.code for refusal in result.outcome.refusals] == ["move.not_permitted"]
