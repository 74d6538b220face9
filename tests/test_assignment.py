"""R52: who should get a complaint – by open load, with regard to ability, absence and conflict of interest."""

from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints import Issue, Person, Role
from complaints.assignment import Candidate, Reason, propose
from complaints.locale import LANGUAGES, codes
from complaints.model.words import Duty
from complaints.stages.intake import Assign
from tests.stages.cases import Case, Listed, zhao

BRAKES = ("product.brakes",)
NOBODY: frozenset[str] = frozenset()


def specialist(id: str, *skills: str, **more: object) -> Person:
    return Person(id=id, roles=(Role.SPECIALIST,), skills=skills, **more)


def proposed(*people: Person, categories: tuple[str, ...] = BRAKES, **more: object) -> tuple[Candidate, ...]:
    return propose(people, more.pop("loads", {}), categories=categories, **{"involved": NOBODY, **more})


def order(candidates: tuple[Candidate, ...]) -> list[str]:
    return [candidate.id for candidate in candidates if candidate.is_fit]


# --- the order ------------------------------------------------------------------------------------------------------


def test_whoever_has_the_fewest_open_complaints_comes_first():
    found = proposed(specialist("chen"), specialist("li"), specialist("gao"), loads={"chen": 4, "li": 2, "gao": 3})

    assert order(found) == ["li", "gao", "chen"]


def test_of_equals_whoever_knows_more_of_the_matter_comes_first_and_then_the_id_decides():
    found = proposed(
        specialist("an"),
        specialist("bo"),
        specialist("chen", "product"),
        specialist("deng", "product.brakes", "price"),
        categories=("product.brakes", "price"),
    )

    assert order(found) == ["deng", "chen", "an", "bo"]


def test_load_goes_before_ability():
    found = proposed(specialist("an"), specialist("chen", "product"), loads={"an": 1, "chen": 2})

    assert order(found) == ["an", "chen"]


def test_a_candidate_tells_load_and_what_he_knows():
    assert proposed(specialist("li", "product"), loads={"li": 3}) == (
        Candidate(id="li", is_fit=True, load=3, reasons=(Reason("load", load=3), Reason("skilled", categories=BRAKES))),
    )


# --- who is not proposed --------------------------------------------------------------------------------------------

UNFIT = {
    "involved": (specialist("li"), {"involved": frozenset({"li"})}, Reason("involved")),
    "handled_before": (specialist("li"), {"excluded": frozenset({"li"})}, Reason("handled_before")),
    "absent": (specialist("li", absent=True), {}, Reason("absent")),
    "represented": (specialist("li", absent=True, deputy="gao"), {}, Reason("represented", deputy="gao")),
    "no_role": (Person(id="li", roles=(Role.MANAGER,)), {}, Reason("no_role", roles=("specialist",))),
    "unskilled": (specialist("li", "price"), {}, Reason("unskilled", categories=BRAKES)),
}


@pytest.mark.parametrize(("person", "more", "reason"), UNFIT.values(), ids=UNFIT)
def test_somebody_is_not_fit_and_told_why(person, more, reason):
    assert proposed(person, **more) == (
        Candidate(id="li", is_fit=False, load=0, reasons=(reason, Reason("load", load=0))),
    )


def test_everything_that_speaks_against_somebody_is_told():
    (found,) = proposed(specialist("li", "price", absent=True), involved=frozenset({"li"}))

    assert [reason.code for reason in found.reasons] == ["involved", "absent", "unskilled", "load"]


def test_whoever_is_not_fit_stands_behind_whatever_his_load():
    found = proposed(specialist("an", absent=True), specialist("li"), loads={"li": 30})

    assert [candidate.id for candidate in found] == ["li", "an"]


def test_where_the_matter_is_not_known_yet_nobody_asks_for_skills():
    assert order(proposed(specialist("li", "price"), categories=())) == ["li"]


def test_another_role_may_be_asked_for():
    found = proposed(specialist("li"), Person(id="zhao", roles=(Role.SUPERVISOR,)), role=Role.SUPERVISOR)

    assert order(found) == ["zhao"]


# --- how it reads ---------------------------------------------------------------------------------------------------


def test_the_basis_of_an_assignment_is_one_line_in_both_languages():
    (found,) = proposed(specialist("li", "product"), loads={"li": 3})

    assert found.basis("en") == "Open complaints: 3. Knows: Product quality: brakes."
    assert found.basis("zh_CN") == "在办投诉 3 件。熟悉：产品质量·制动。"


def test_a_long_basis_still_fits_into_the_form():
    categories = tuple(f"product.part_number_{number}" for number in range(20))
    (found,) = proposed(specialist("li", "product"), categories=categories)

    assert (len(found.basis("en")), found.basis("en")[-1]) == (200, "…")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_its_sentence_with_all_its_facts(language):
    reasons = [reason for _, _, reason in UNFIT.values()]
    reasons += [Reason("load", load=1), Reason("skilled", categories=BRAKES)]

    assert {reason.code for reason in reasons} == codes("reason", language)
    assert [reason for reason in reasons if "–" in reason.sentence(language)] == []


# --- what always holds ----------------------------------------------------------------------------------------------

IDS = ("an", "bo", "chen", "deng", "feng", "gao")
skill_sets = st.sampled_from([(), ("product",), ("product.brakes",), ("price", "product.steering")])
persons = st.builds(
    Person,
    id=st.sampled_from(IDS),
    roles=st.sampled_from([(), (Role.SPECIALIST,), (Role.SPECIALIST, Role.SUPERVISOR), (Role.MANAGER,)]),
    skills=skill_sets,
    absent=st.booleans(),
    deputy=st.sampled_from([None, "li"]),
)
crowds = st.lists(persons, max_size=6, unique_by=lambda person: person.id)
load_tables = st.dictionaries(st.sampled_from(IDS), st.integers(0, 9))
matters = st.lists(st.sampled_from(["product.brakes", "product.steering", "price"]), max_size=2, unique=True).map(tuple)
groups = st.frozensets(st.sampled_from(IDS), max_size=2)


@given(crowds, load_tables, matters, groups, groups)
def test_nobody_absent_involved_or_excluded_is_ever_fit(people, loads, categories, involved, excluded):
    found = propose(people, loads, categories=categories, involved=involved, excluded=excluded)

    away = {person.id for person in people if person.absent}
    assert {*order(found)} & (away | involved | excluded) == set()


@given(crowds, load_tables, matters, groups, st.randoms(use_true_random=False))
def test_the_order_in_which_people_are_listed_does_not_matter(people, loads, categories, involved, random):
    shuffled = random.sample(people, len(people))

    assert propose(shuffled, loads, categories=categories, involved=involved) == propose(
        people, loads, categories=categories, involved=involved
    )


@given(st.lists(skill_sets, min_size=2, max_size=6), st.lists(matters, max_size=30))
def test_giving_each_complaint_to_the_first_keeps_equals_within_one_of_each_other(skills, complaints):
    people = [specialist(id, *some) for id, some in zip(IDS, skills, strict=False)]
    loads = dict.fromkeys(IDS, 0)
    for categories in complaints:
        best = propose(people, loads, categories=categories, involved=NOBODY)[0]
        loads[best.id] += 1 if best.is_fit else 0

    equals = defaultdict(list)
    for person in people:
        equals[person.skills].append(loads[person.id])
    assert [some for some in equals.values() if max(some) - min(some) > 1] == []


@settings(max_examples=25)
@given(crowds, st.sampled_from([*BRAKES, "price"]), groups)
def test_nobody_is_proposed_whom_the_step_would_refuse(people, category, involved):
    case = Case(directory=Listed(*people))
    case.received(issues=(Issue(id="1", category=category),), complained_of=tuple(sorted(involved)))

    found = propose(people, {}, categories=(category,), involved=case.desk.complaint(case.id, by=zhao).involved)

    for candidate in found:
        order = Assign(complaint=case.id, duty=Duty.HANDLER, assignee=candidate.id, basis=candidate.basis("zh_CN"))
        refused = bool(case.desk.explain(order, by=zhao))
        hard = {"involved", "absent", "represented", "unskilled"}
        assert refused == any(reason.code in hard for reason in candidate.reasons)
        assert not (refused and candidate.is_fit)
