"""China's three guarantees 三包: when a car may be replaced or given back, at each threshold and one below."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints import Fault, InvalidCommandError, Money
from complaints.locale import LANGUAGES, codes
from complaints.model.repair import CarSystem, Failure, Repair, RepairHistory, Replaced, Wait, WaitKind
from complaints.model.words import RemedyKind
from complaints.sanbao import (
    RULES_2013,
    RULES_2021,
    Article,
    Compensation,
    Eligibility,
    GroundKind,
    Period,
    SanbaoRules,
    eligibility,
    rules_in_force,
)

DELIVERED = date(2024, 3, 1)
LAST_DAY = date(2026, 3, 1)
BACK = (RemedyKind.REPLACEMENT_VEHICLE, RemedyKind.FULL_REFUND)
CAR = RepairHistory(delivered_on=DELIVERED, mileage_at_delivery_km=20)
FORMS = {"system": CarSystem.ENGINE, "part": "crankshaft"}


def day(number: int) -> date:
    """So many days after the delivery."""
    return DELIVERED + timedelta(days=number)


def repair(id: str, on: int, lasts: int = 1, **more: object) -> Repair:
    received = day(on)
    finished = received + timedelta(days=lasts)
    return Repair(**{
        "id": id, "received_on": received, "finished_on": finished, "mileage_km": 20 + on, "problem": f"P-{id}", **more
    })  # fmt: skip


def asked(
    *repairs: Repair, on: date = date(2025, 3, 1), km: int = 20_000, rules: SanbaoRules | None = None, **more: object
) -> Eligibility:
    return eligibility(attrs.evolve(CAR, repairs=repairs, **more), on=on, mileage_km=km, rules=rules)


def held(*repairs: Repair, **more: object) -> list[tuple[str, tuple[str, ...]]]:
    return [(ground.kind.value, ground.repairs) for ground in asked(*repairs, **more).grounds]


def nearly(*repairs: Repair, **more: object) -> list[tuple[str, int]]:
    return [(ground.kind.value, ground.missing) for ground in asked(*repairs, **more).near]


# --- the periods ----------------------------------------------------------------------------------------------------


def test_a_car_without_repairs_has_its_periods_and_nothing_to_choose():
    found = asked(km=20_000)

    assert found == Eligibility(
        rules=RULES_2021,
        on=date(2025, 3, 1),
        guarantee=Period(until=LAST_DAY, until_km=50_020, is_running=True),
        warranty=Period(until=date(2027, 3, 1), until_km=60_020, is_running=True),
        grounds=(),
        near=(),
        choices=(),
        compensation=None,
    )


@pytest.mark.parametrize(
    ("on", "km", "runs"),
    [
        (LAST_DAY, 50_020, (True, True)),
        (LAST_DAY + timedelta(days=1), 50_020, (False, True)),
        (LAST_DAY, 50_021, (False, True)),
        (date(2027, 3, 1), 60_020, (False, True)),
        (date(2027, 3, 2), 60_020, (False, False)),
        (LAST_DAY, 60_021, (False, False)),
    ],
)
def test_the_periods_end_with_their_last_day_or_kilometre_whichever_comes_first(on, km, runs):
    found = asked(on=on, km=km)

    assert (found.guarantee.is_running, found.warranty.is_running) == runs


def test_a_car_delivered_on_a_leap_day_is_guaranteed_until_the_end_of_february():
    assert asked(delivered_on=date(2024, 2, 29)).guarantee.until == date(2026, 2, 28)


# --- article 22: the first seven days -------------------------------------------------------------------------------


@pytest.mark.parametrize("replaced", [Replaced.ASSEMBLY, Replaced.MAIN_PART])
def test_an_assembly_that_must_be_replaced_within_seven_days_sends_the_car_back(replaced):
    assert ("early_assembly", ("R1",)) in held(repair("R1", 7, replaced=replaced, **FORMS))
    assert "early_assembly" not in dict(held(repair("R1", 8, replaced=replaced, **FORMS)))


def test_within_seven_days_a_repair_that_replaces_nothing_or_another_system_is_no_ground():
    brakes = repair("R1", 7, system=CarSystem.BRAKES, part="caliper", replaced=Replaced.MAIN_PART)
    nothing = repair("R2", 7, system=CarSystem.ENGINE)

    assert held(brakes, nothing) == []


# --- article 23 and 20: the first sixty days and 3,000 km -----------------------------------------------------------


@pytest.mark.parametrize("failure", Failure)
def test_one_grave_failure_within_sixty_days_and_3000_km_sends_the_car_back_free_of_charge(failure):
    inside = repair("R1", 60, failure=failure, mileage_km=3_020)
    late = repair("R1", 61, failure=failure, mileage_km=3_020)
    far = repair("R1", 60, failure=failure, mileage_km=3_021)

    assert (held(inside), held(late), held(far)) == ([("first_failure", ("R1",))], [], [])
    assert [ground.is_free for ground in asked(inside).grounds] == [True]


def test_a_bad_main_part_in_the_first_days_gives_a_new_assembly_and_no_new_car():
    found = asked(repair("R1", 60, mileage_km=3_020, **FORMS))

    assert [(ground.kind, ground.choices) for ground in found.grounds] == [
        (GroundKind.FIRST_ASSEMBLY, (RemedyKind.PARTS,))
    ]
    assert (found.choices, held(repair("R1", 61, **FORMS))) == ((RemedyKind.PARTS,), [])


# --- article 24 (1): two repairs of serious safety faults -----------------------------------------------------------


def test_a_safety_fault_that_is_there_after_two_repairs_is_a_ground():
    one, two = repair("R1", 100, is_safety=True), repair("R2", 200, is_safety=True)
    three = repair("R3", 300, is_safety=True)

    assert (held(one, two), nearly(one, two)) == ([], [("safety_repairs", 1)])
    assert held(one, two, three) == [("safety_repairs", ("R1", "R2", "R3"))]
    assert held(one, attrs.evolve(two, still_there=True)) == [("safety_repairs", ("R1", "R2"))]


def test_the_first_repair_may_fail_without_being_a_ground():
    one, two = repair("R1", 100, is_safety=True, still_there=True), repair("R2", 200, is_safety=True)

    assert (held(one, two), nearly(one)) == ([], [("safety_repairs", 2)])


# --- article 24 (2) and (3): what was replaced twice ----------------------------------------------------------------


def assemblies(*days: int, system: CarSystem = CarSystem.ENGINE) -> list[Repair]:
    return [repair(f"R{n}", on, system=system, replaced=Replaced.ASSEMBLY) for n, on in enumerate(days, start=1)]


@pytest.mark.parametrize("system", RULES_2021.assemblies)
def test_an_assembly_replaced_twice_that_makes_trouble_again_is_a_ground(system):
    two = assemblies(100, 200, system=system)
    again = repair("R3", 300, system=system)

    assert (held(*two), nearly(*two)) == ([], [("assembly_replaced", 1)])
    assert held(*two, again) == [("assembly_replaced", ("R1", "R2", "R3"))]
    assert held(two[0], attrs.evolve(two[1], still_there=True)) == [("assembly_replaced", ("R1", "R2"))]


def test_one_engine_and_one_transmission_are_not_two_of_the_same():
    engine = assemblies(100)
    transmission = repair("R2", 200, system=CarSystem.TRANSMISSION, replaced=Replaced.ASSEMBLY, still_there=True)

    assert held(*engine, transmission) == []


def parts(*names: str, system: CarSystem = CarSystem.BRAKES) -> list[Repair]:
    return [
        repair(f"R{n}", 100 * n, system=system, part=name, replaced=Replaced.MAIN_PART)
        for n, name in enumerate(names, start=1)
    ]


@pytest.mark.parametrize("system", RULES_2021.systems)
def test_the_same_main_part_replaced_twice_that_makes_trouble_again_is_a_ground(system):
    two = parts("A", "A", system=system)
    again = repair("R3", 300, system=system, part="A")

    assert (held(*two), nearly(*two)) == ([], [("part_replaced", 1)])
    assert held(*two, again) == [("part_replaced", ("R1", "R2", "R3"))]


def test_two_parts_are_not_the_same_part_and_an_axle_is_no_system_of_2021():
    axles = parts("A", "A", "A", system=CarSystem.AXLES)

    assert (held(*parts("A", "B", "A")), nearly(*parts("A", "B"))) == (
        [], [("part_replaced", 2), ("part_replaced", 2)],
    )  # fmt: skip
    assert held(*axles) == []


def test_an_assembly_and_its_main_part_are_not_counted_twice():
    engine = repair("R1", 100, system=CarSystem.ENGINE, part="A", replaced=Replaced.ASSEMBLY)
    part = repair("R2", 200, system=CarSystem.ENGINE, part="A", replaced=Replaced.MAIN_PART, still_there=True)

    assert (held(engine, part), nearly(engine, part)) == ([], [("assembly_replaced", 2), ("part_replaced", 2)])


# --- article 24 (4): days and times ---------------------------------------------------------------------------------


def test_more_than_thirty_days_in_the_workshop_are_a_ground():
    thirty = (repair("R1", 100, 20), repair("R2", 200, 10))
    thirty_one = (repair("R1", 100, 20), repair("R2", 200, 11))

    assert (held(*thirty), nearly(*thirty)) == ([], [("repair_days", 1)])
    assert held(*thirty_one) == [("repair_days", ("R1", "R2"))]


def test_a_repair_of_an_hour_is_a_day_and_days_that_two_repairs_share_count_once():
    hour = repair("R1", 100, 0)
    same_stay = (repair("R2", 200, 30, mileage_km=300), repair("R3", 200, 30, mileage_km=300))

    assert held(hour, *same_stay) == [("repair_days", ("R1", "R2", "R3"))]
    assert held(*same_stay) == []


def test_a_car_that_is_still_in_the_workshop_counts_until_the_day_asked_about():
    open_one = repair("R1", 100, finished_on=None)

    assert (held(open_one, on=day(130)), held(open_one, on=day(131))) == ([], [("repair_days", ("R1",))])


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        (WaitKind.PARTS, True),
        (WaitKind.SPECIAL_PART, False),
        (WaitKind.TRACTION_BATTERY, False),
        (WaitKind.RESCUE, False),
    ],
)
def test_waiting_for_parts_is_repair_time_but_not_for_what_is_made_for_this_car(kind, counts):
    waited = repair("R1", 100, 35, waits=(Wait(kind=kind, days=5),))

    assert bool(held(waited)) is counts


def test_the_last_day_of_the_period_counts_and_the_days_after_it_do_not():
    twenty = repair("R1", 100, 20)
    eleven, ten = (repair("R2", 730 - days, 40) for days in (10, 9))

    assert day(730) == LAST_DAY
    assert held(twenty, eleven, on=date(2026, 6, 1)) == [("repair_days", ("R1", "R2"))]
    assert held(twenty, ten, on=date(2026, 6, 1)) == []


def test_more_than_four_repairs_of_the_same_problem_are_a_ground():
    five = [repair(f"R{n}", 100 * n, problem="squeal") for n in range(1, 6)]

    assert (held(*five[:4], on=day(600)), nearly(*five[:4], on=day(600))) == ([], [("same_problem", 1)])
    assert held(*five, on=day(600)) == [("same_problem", ("R1", "R2", "R3", "R4", "R5"))]


def test_a_problem_that_was_repaired_once_is_not_near_anything():
    assert (nearly(repair("R1", 100)), nearly(repair("R1", 100, 10)), nearly(repair("R1", 100, 11))) == (
        [], [], [("repair_days", 20)],
    )  # fmt: skip


# --- what counts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [{"is_quality": False}, {"received_on": LAST_DAY + timedelta(days=1)}, {"mileage_km": 50_021}],
    ids=["wear", "after the two years", "after 50,000 km"],
)
def test_what_was_no_fault_of_the_car_or_came_after_the_period_does_not_count(change):
    safety = [repair(f"R{n}", 200 * n, is_safety=True) for n in range(1, 4)]
    changed = attrs.evolve(safety[2], finished_on=None, **change)

    assert held(*safety, on=date(2026, 6, 1), km=50_021) == [("safety_repairs", ("R1", "R2", "R3"))]
    assert "safety_repairs" not in dict(held(*safety[:2], changed, on=date(2026, 3, 5), km=50_021))


def test_what_is_brought_in_after_the_day_asked_about_does_not_count():
    safety = [repair(f"R{n}", 100 * n, is_safety=True) for n in range(1, 4)]

    assert (held(*safety, on=day(299)), len(held(*safety, on=day(300)))) == ([], 1)


def test_a_ground_is_not_lost_when_the_period_ends_but_nothing_is_near_any_more():
    safety = [repair(f"R{n}", 100 * n, is_safety=True) for n in range(1, 4)]
    late = LAST_DAY + timedelta(days=1)

    assert asked(*safety, on=late).choices == BACK
    assert nearly(*safety[:2], on=late) == []
    assert "Please ask the legal department before you answer." in " ".join(asked(*safety, on=late).sentences())


# --- what it costs --------------------------------------------------------------------------------------------------

SAFETY = tuple(repair(f"R{n}", 100 * n, is_safety=True) for n in range(1, 4))
PRICE = Money("199900", "CNY")


def paid(*repairs: Repair, **more: object) -> Compensation | None:
    return asked(*repairs, **{"km": 12_345, "price": PRICE, **more}).compensation


def test_the_use_costs_price_times_kilometres_by_a_thousand_times_n():
    assert paid(*SAFETY, coefficient=Decimal("0.003")) == Compensation(
        amount=Money("7391.30", "CNY"), driven_km=12_325, coefficient=Decimal("0.003"), is_assumed=False
    )


def test_without_the_certificates_n_the_highest_is_told_as_a_limit():
    assert paid(*SAFETY) == Compensation(
        amount=Money("12318.84", "CNY"), driven_km=12_325, coefficient=Decimal("0.005"), is_assumed=True
    )


def test_a_certificate_may_not_ask_for_more_than_the_rules_allow():
    assert paid(*SAFETY, coefficient=Decimal("0.008")).coefficient == Decimal("0.005")


def test_a_car_that_goes_back_free_of_charge_costs_nothing():
    failed = repair("R0", 10, failure=Failure.BRAKES)

    assert paid(failed, *SAFETY).amount == Money("0.00", "CNY")


def test_nobody_reckons_without_a_price_or_where_no_car_goes_back():
    assert (paid(*SAFETY, price=None), paid(), paid(repair("R1", 10, **FORMS))) == (None, None, None)


# --- the versions ---------------------------------------------------------------------------------------------------


def test_the_version_in_force_on_the_day_counts():
    assert [rules_in_force(on) for on in (date(2022, 1, 1), date(2021, 12, 31), date(2013, 10, 1))] == [
        RULES_2021, RULES_2013, RULES_2013,
    ]  # fmt: skip


def test_before_there_were_rules_nobody_can_ask():
    with pytest.raises(InvalidCommandError) as error:
        rules_in_force(date(2013, 9, 30))

    assert error.value.faults == (Fault("on", "before_rules", day="2013-10-01"),)


def test_by_the_rules_of_2013_it_took_five_repairs_or_35_days_and_gave_another_car_only():
    six = [repair(f"R{n}", 50 * n, problem="squeal") for n in range(1, 7)]
    days = (repair("R7", 400, 36),)

    assert held(*six[:5], rules=RULES_2013) == []
    assert asked(*six, rules=RULES_2013).choices == (RemedyKind.REPLACEMENT_VEHICLE,)
    assert held(*days, rules=RULES_2013, on=day(500)) == [("repair_days", ("R7",))]
    assert held(repair("R7", 400, 35), rules=RULES_2013, on=day(500)) == []


def test_by_the_rules_of_2013_nothing_was_said_of_seven_days_or_batteries():
    early = repair("R1", 7, replaced=Replaced.ASSEMBLY, system=CarSystem.ENGINE)
    burned = repair("R2", 10, failure=Failure.BATTERY)

    assert (held(early, burned, rules=RULES_2013), len(held(early, burned))) == ([], 2)


# --- rules as data --------------------------------------------------------------------------------------------------


def test_a_pack_changes_what_it_names_and_leaves_the_rest():
    found = SanbaoRules.from_mapping(
        {
            "name": "our_promise",
            "valid_from": "2025-01-01",
            "repair_days": 20,
            "coefficient_most": "0.004",
            "uncounted": ["rescue"],
        }
    )

    assert found == attrs.evolve(
        RULES_2021,
        name="our_promise",
        valid_from=date(2025, 1, 1),
        repair_days=20,
        coefficient_most=Decimal("0.004"),
        uncounted=(WaitKind.RESCUE,),
    )
    assert held(repair("R1", 100, 21), rules=found) == [("repair_days", ("R1",))]


def test_a_pack_cites_its_own_articles():
    cited = [{"rule": article.rule, "article": "7"} for article in RULES_2021.articles]

    assert SanbaoRules.from_mapping({"articles": cited}).article("same_problem") == Article(
        rule="same_problem", article="7", is_verified=False
    )


def test_everything_wrong_with_a_pack_is_told_at_once():
    with pytest.raises(InvalidCommandError) as error:
        SanbaoRules.from_mapping(
            {
                "repair_days": -3,
                "first_km": "far",
                "systems": ["engine", "radio"],
                "coefficient_most": 0.5,
                "valid_from": "soon",
                "articles": [{"rule": "weather", "article": "1"}, {"rule": "warranty", "page": 3}, 7],
                "moon": 1,
            }
        )

    assert [(fault.field, fault.code) for fault in error.value.faults] == [
        ("moon", "unknown_field"),
        ("valid_from", "not_a_date"),
        ("coefficient_most", "not_a_number"),
        ("articles[0].rule", "choice"),
        ("articles[1].page", "unknown_field"),
        ("articles[1].article", "missing"),
        ("articles[2]", "type"),
        ("first_km", "type"),
        ("repair_days", "too_small"),
        ("systems[1]", "choice"),
    ]


def test_every_rule_of_a_pack_is_cited_and_the_coefficients_fit_together():
    with pytest.raises(InvalidCommandError) as error:
        SanbaoRules.from_mapping({"articles": [], "coefficient_least": "0.006"})

    uncited = (*(kind.value for kind in GroundKind), "guarantee", "warranty", "compensation")
    assert error.value.faults == (
        Fault("coefficient_most", "too_small", least="0.006"),
        Fault("articles", "uncited", uncited=uncited),
    )


@pytest.mark.parametrize("field", [field.name for field in attrs.fields(SanbaoRules)])
@pytest.mark.parametrize(
    "wrong", [object(), 1.5, (object(),), Decimal("NaN"), "\x00"], ids=["object", "float", "tuple", "nan", "control"]
)
def test_a_field_of_the_rules_that_is_nonsense_is_named_and_nothing_crashes(field, wrong):
    with pytest.raises(InvalidCommandError) as error:
        attrs.evolve(RULES_2021, **{field: wrong})

    assert field in {fault.field.partition("[")[0] for fault in error.value.faults}


# --- bad input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"finished_on": day(9)}, Fault("finished_on", "ends_before_start")),
        ({"replaced": Replaced.ASSEMBLY}, Fault("system", "missing")),
        ({"replaced": Replaced.MAIN_PART, "system": CarSystem.ENGINE}, Fault("part", "missing")),
    ],
)
def test_a_repair_that_cannot_have_been_is_refused(change, fault):
    with pytest.raises(InvalidCommandError) as error:
        repair("R1", 10, **change)

    assert error.value.faults == (fault,)


@pytest.mark.parametrize(
    ("change", "faults"),
    [
        ({"coefficient": Decimal("0.5")}, (Fault("coefficient", "coefficient"),)),
        ({"repairs": (repair("R1", 10), repair("R1", 20))}, (Fault("repairs", "doubled"),)),
        (
            {"repairs": (repair("R1", -1, mileage_km=30),)},
            (Fault("repairs[0].received_on", "before_delivery", day="2024-03-01"),),
        ),
        (
            {"repairs": (repair("R2", 20, mileage_km=900), repair("R1", 10, mileage_km=1_000))},
            (Fault("repairs[0].mileage_km", "odometer", least=1_000),),
        ),
    ],
)
def test_a_history_that_cannot_have_been_is_refused(change, faults):
    with pytest.raises(InvalidCommandError) as error:
        attrs.evolve(CAR, **change)

    assert error.value.faults == faults


def test_nobody_can_ask_about_a_day_before_the_delivery_or_an_odometer_turned_back():
    with pytest.raises(InvalidCommandError) as error:
        asked(on=date(2024, 2, 29), km=19)

    assert error.value.faults == (
        Fault("on", "before_delivery", day="2024-03-01"),
        Fault("mileage_km", "odometer", least=20),
    )


# --- how it reads ---------------------------------------------------------------------------------------------------


def test_the_answer_is_told_in_both_languages():
    found = asked(*SAFETY, km=12_345, price=PRICE, coefficient=Decimal("0.003"))

    assert found.sentences("en") == (
        "The customer may choose: another car, the money back.",
        "The three guarantees run until 2026-03-01 or 50020 km, whichever comes first (art. 18, told at second hand).",
        "Repairs are free until 2027-03-01 or 60020 km, whichever comes first (art. 18, told at second hand).",
        "For the use the customer pays 7391.30 CNY: price x 12325 km / 1000 x 0.003 (art. 27, told at second hand).",
    )
    assert [ground.sentence("zh_CN") for ground in found.grounds] == [
        (
            "因严重安全性能故障累计修理 2 次，故障仍未排除或出现新的严重安全性能故障"
            "（第 24 条第 1 款第 1 项；维修单：R1、R2、R3）。"
        )
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_ground_held_and_near_has_its_sentence_without_a_gap(language):
    told = [
        asked(repair("R1", 1, replaced=Replaced.MAIN_PART, failure=Failure.BATTERY, **FORMS)),
        asked(*[repair(f"R{n}", 60 * n, 10, problem="P", is_safety=True) for n in range(1, 6)]),
        asked(*[repair(f"R{n}", 60 * n, 10, problem="P", is_safety=True) for n in range(1, 3)]),
        *(asked(*assemblies(*days)) for days in ((100, 200, 300), (100, 200))),
        *(asked(*parts(*"A" * times)) for times in (2, 3)),
    ]
    grounds = [ground for one in told for ground in (*one.grounds, *one.near)]

    said = {ground.kind.value if ground.holds else f"{ground.kind.value}.near" for ground in grounds}
    kinds = {kind.value for kind in GroundKind}
    assert said == {code for code in codes("sanbao", language) if code.partition(".")[0] in kinds}
    assert [one for one in grounds if "–" in one.sentence(language) or "{" in one.sentence(language)] == []


# --- what always holds ----------------------------------------------------------------------------------------------

systems = st.sampled_from([None, CarSystem.ENGINE, CarSystem.BRAKES])


@st.composite
def visits(draw):
    """Repairs of one car, at most one a day, with an odometer that only goes up."""
    made = []
    for place, on in enumerate(sorted(draw(st.sets(st.integers(0, 800), max_size=9)))):
        system = draw(systems)
        replaced = draw(st.sampled_from(Replaced)) if system is not None else Replaced.NOTHING
        part = "A" if replaced is Replaced.MAIN_PART else draw(st.sampled_from([None, "A"]))
        made.append(
            repair(
                f"R{place}",
                on,
                draw(st.integers(0, 40)),
                mileage_km=20 + on * 50,
                problem=draw(st.sampled_from(["squeal", "rattle"])),
                system=system,
                part=part,
                replaced=replaced,
                failure=draw(st.sampled_from([None, None, *Failure])),
                is_safety=draw(st.booleans()),
                is_quality=draw(st.sampled_from([True, True, True, False])),
                still_there=draw(st.booleans()),
                waits=draw(st.sampled_from([(), (Wait(kind=WaitKind.RESCUE, days=2),)])),
            )
        )
    return tuple(made)


rule_sets = st.sampled_from([RULES_2021, RULES_2013])
ABOUT = ("system", "part", "problem", "failure")


def reasons(repairs: tuple[Repair, ...], rules: SanbaoRules) -> set[tuple[object, ...]]:
    found = asked(*repairs, on=day(850), km=41_000, rules=rules)
    return {(ground.kind, *(ground.facts.get(name) for name in ABOUT)) for ground in found.grounds}


@given(visits(), rule_sets, st.data())
def test_a_repair_more_never_takes_a_ground_away(repairs, rules, data):
    kept = data.draw(st.sets(st.sampled_from(repairs))) if repairs else set()
    fewer = tuple(one for one in repairs if one in kept)

    assert reasons(fewer, rules) <= reasons(repairs, rules)


@given(visits(), rule_sets, st.randoms(use_true_random=False))
def test_the_order_in_which_repairs_are_listed_does_not_matter(repairs, rules, random):
    shuffled = random.sample(repairs, len(repairs))

    assert asked(*shuffled, on=day(850), km=41_000, rules=rules) == asked(*repairs, on=day(850), km=41_000, rules=rules)


@given(visits(), rule_sets, st.integers(0, 850), st.integers(0, 850))
def test_a_ground_once_there_stays(repairs, rules, one, other):
    earlier, later = sorted((one, other))
    before, after = (
        {(ground.kind, *(ground.facts.get(name) for name in ABOUT)) for ground in found.grounds}
        for found in (asked(*repairs, on=day(number), km=41_000, rules=rules) for number in (earlier, later))
    )

    assert before <= after


@given(visits(), rule_sets)
def test_a_ground_holds_or_is_near_and_names_only_repairs_of_the_car(repairs, rules):
    found = asked(*repairs, on=day(700), km=41_000, rules=rules)
    known = {one.id for one in repairs}

    assert all(ground.missing == 0 and {*ground.repairs} <= known for ground in found.grounds)
    assert all(0 < ground.missing < ground.needed and {*ground.repairs} <= known for ground in found.near)
