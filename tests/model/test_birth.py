"""Every value is right at birth, or is not born: wrong input is named field by field, all of it at once."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import attrs
import pytest

from complaints import (
    LIFECYCLE,
    Actor,
    Channel,
    Customer,
    Dealer,
    Department,
    ExternalRef,
    Fault,
    InvalidCommandError,
    Issue,
    Money,
    Party,
    Person,
    Policy,
    Query,
    Refusal,
    Role,
    State,
    Vehicle,
)
from complaints import model as rooms
from complaints.model.adoption import Milestone
from complaints.model.base import noun, number
from complaints.model.execution import Acceptance, Accountability, Booking, Measure, Settlement, Task
from complaints.model.investigation import CauseFound, Conclusion, Evidence, Finding, Responsibility
from complaints.model.judgment import Explanation, Judgment
from complaints.model.promise import Promise
from complaints.model.proposal import Consultation, Mandate, ProposalReview
from complaints.model.registration import Completeness, Registration
from complaints.model.repair import Repair, RepairHistory, Wait, WaitKind
from complaints.model.review import Attempt, Classification, Evaluation, FollowUp, Improvement, NoWayFurther
from complaints.model.span import Span, Unit, Window
from complaints.model.words import (
    Answerable,
    Cause,
    MeasureKind,
    MeasureRole,
    PartyKind,
    RemedyKind,
    ReworkReason,
    Satisfaction,
    TaskResult,
)
from complaints.policy import StandingRemedy
from complaints.stages.intake import CompleteRegistration, Receive
from tests.stages.cases import (
    MONDAY,
    SHANGHAI,
    STANDING_ORDER,
    Case,
    judgment,
    li,
    promise,
    proposal,
    remedy,
    signed,
    yuan,
)

DAY = date(2026, 3, 9)

RIGHT = (
    ExternalRef(system="dms", kind="repair_order", id="RO-1"),
    Actor("li", Role.SPECIALIST, dealer="SH01"),
    Person(id="li", roles=(Role.SPECIALIST,), skills=("product",)),
    Dealer("SH01"),
    Customer(name="王芳"),
    Party(kind=PartyKind.OWNER, name="王芳"),
    Vehicle(vin="LSVAA4182E2123456", year=2024, mileage_km=12_000),
    Issue(id="1", category="service"),
    Completeness(filled=("wish",), missing=("vehicle",)),
    Milestone(state=State.JUDGMENT, at=datetime(2026, 3, 2, tzinfo=UTC)),
    Registration(
        complainant=Customer(name="王芳"),
        channel=Channel.PHONE,
        received_at=MONDAY,
        received_by="li",
        excerpt="等了两个小时",
    ),
    Money(100, "CNY"),
    judgment(),
    Judgment(issues=(judgment(),), judge="zhao", at=MONDAY, number=3),
    Explanation(given_at=MONDAY, channel=Channel.PHONE, number=3),
    Evidence(id="photo", kind="photo", sha256="a" * 64, collector="wang", collected_at=MONDAY),
    CauseFound(cause=Cause.METHOD),
    Finding(number=5, by="li"),
    Responsibility(kind=Answerable.PERSON, persons=("gao",), head="zhou"),
    Conclusion(number=6, by="li", at=MONDAY, responsibility=Responsibility(kind=Answerable.SYSTEM, reason="a bug")),
    remedy(),
    proposal("P1"),
    Consultation(on=DAY, participants=("li",), departments=(Department.SERVICE,)),
    ProposalReview(proposal="P1", leader="qian", is_suitable=True),
    Mandate(chosen="P1", leader="qian", at=MONDAY),
    signed(),
    Settlement(number=9, remedies=(remedy(),), acceptance=signed(), at=MONDAY),
    Task(id="T1", kind=RemedyKind.VOUCHER, owner="wang", due=DAY, cost=yuan(200), number=9),
    Booking(id="B1", amount=yuan(200), task="T1", number=11),
    Measure(person="gao", role=MeasureRole.DIRECT, kind=MeasureKind.COACHING, rule="4.2"),
    Accountability(number=12, decided_by="qian"),
    Attempt(at=MONDAY, channel=Channel.PHONE, by="chen", was_reached=False),
    FollowUp(number=13, result=Satisfaction.SATISFIED, at=MONDAY, channel=Channel.PHONE, caller="chen"),
    Evaluation(summary="quick", grade=4),
    Classification(category="service", department=Department.SERVICE, cause=Cause.METHOD),
    Improvement(id="I1", text="one calendar", owner="zhou", due=DAY),
    NoWayFurther(reason="done all we can", told_where="12315", told_at=MONDAY),
    Promise(id="call", made_by="li", made_at=MONDAY, due_at=MONDAY),
    promise(),
    Span(amount=7, unit=Unit.WORKING_DAYS),
    Window(opens=540, closes=720),
    StandingRemedy(category="service", kind=RemedyKind.APOLOGY, ceiling=Decimal(0)),
    STANDING_ORDER,
    Wait(kind=WaitKind.PARTS, days=2),
    Repair(id="RO-1", received_on=DAY, finished_on=DAY, mileage_km=4_100, problem="squeal"),
    RepairHistory(
        delivered_on=DAY,
        repairs=(Repair(id="RO-1", received_on=DAY, mileage_km=4_100, problem="squeal"),),
    ),
    Query(dealer="SH01"),
    Case().form(Receive),
    *(Case().received().form(order) for order in LIFECYCLE.commands.values() if order is not Receive),
)
FIELDS = [(value, field) for value in RIGHT for field in attrs.fields(type(value)) if field.init]
WRONG = (object(), b"bytes", 1.5, [], {}, "\x00", ("\x00",), (object(),), Decimal("NaN"), MONDAY.replace(tzinfo=None))


def with_field(value, name, wrong):
    """The same value, made anew with one field that is wrong."""
    given = {field.alias: getattr(value, field.alias) for field in attrs.fields(type(value)) if field.init}
    given[name] = wrong
    first = next(iter(given))
    if isinstance(value, Money):
        return Money(given["amount"], given["currency"])
    if isinstance(value, (Actor, Dealer)):
        return type(value)(given.pop(first), **given) if isinstance(value, Dealer) else Actor(**given)
    return type(value)(**given)


def test_every_noun_and_every_command_is_looked_at():
    nouns = {
        cls
        for info in pkgutil.iter_modules(rooms.__path__)
        for cls in vars(importlib.import_module(f"{rooms.__name__}.{info.name}")).values()
        if isinstance(cls, type) and attrs.has(cls) and "__attrs_post_init__" in vars(cls)
    }

    assert nouns | set(LIFECYCLE.commands.values()) <= {type(value) for value in RIGHT}


@pytest.mark.parametrize(("value", "field"), FIELDS, ids=lambda one: getattr(one, "name", type(one).__name__))
def test_no_field_takes_what_it_is_not_made_for(value, field):
    with pytest.raises(InvalidCommandError) as refused:
        with_field(value, field.alias, object())

    assert field.alias in {fault.field.partition("[")[0] for fault in refused.value.faults}


@pytest.mark.parametrize("value", RIGHT, ids=lambda one: type(one).__name__)
def test_whatever_is_wrong_is_told_as_a_fault_and_never_as_a_crash(value):
    surprises = []
    for field in attrs.fields(type(value)):
        if not field.init:
            continue
        for wrong in WRONG:
            try:
                with_field(value, field.alias, wrong)
            except InvalidCommandError:
                continue
            except Exception as error:  # noqa: BLE001  # that is what the test looks for
                surprises.append((field.name, wrong, error))

    assert surprises == []


@pytest.mark.parametrize("value", RIGHT, ids=lambda one: type(one).__name__)
def test_a_value_is_never_changed(value):
    name = attrs.fields(type(value))[0].name

    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(value, name, getattr(value, name))


# --- a registration as bad as can be ---------------------------------------------------------------------------------


def faults_of_receiving(**changes):
    with pytest.raises(InvalidCommandError) as refused:
        Case().form(Receive, **changes)
    assert refused.value.what == "Receive"
    return refused.value.faults


CHANNELS = tuple(channel.value for channel in Channel)
ROLES = tuple(role.value for role in Role)


@pytest.mark.parametrize(
    ("changes", "faults"),
    [
        ({"received_at": MONDAY.replace(tzinfo=None)}, (Fault("received_at", "naive_time"),)),
        ({"received_at": "2026-03-02"}, (Fault("received_at", "type", wanted="datetime", given="str"),)),
        # what a spreadsheet writes for an empty cell
        ({"received_at": datetime(1900, 1, 1, tzinfo=SHANGHAI)}, (Fault("received_at", "not_a_moment"),)),
        (
            {"received_at": datetime(2026, 3, 2, 9, tzinfo=timezone(timedelta(hours=8, seconds=30)))},
            (Fault("received_at", "not_a_moment"),),
        ),
        ({"channel": "phone"}, (Fault("channel", "choice", choices=CHANNELS),)),
        ({"channel": "pigeon"}, (Fault("channel", "choice", choices=CHANNELS),)),
        ({"statement": ""}, (Fault("statement", "empty"),)),
        ({"statement": " \n\t "}, (Fault("statement", "empty"),)),
        ({"statement": "等" * 20_001}, (Fault("statement", "too_long", most=20_000, length=20_001),)),
        ({"statement": "a\x00b"}, (Fault("statement", "control_characters"),)),
        ({"statement": "\ud800"}, (Fault("statement", "control_characters"),)),
        ({"statement": None}, (Fault("statement", "type", wanted="str", given="NoneType"),)),
        ({"wish": ""}, (Fault("wish", "empty"),)),
        ({"dealer": "SH01\n"}, (Fault("dealer", "control_characters"),)),
        ({"dealer": ""}, (Fault("dealer", "empty"),)),
        ({"issues": [Issue(id="1")]}, (Fault("issues", "type", wanted="tuple", given="list"),)),
        ({"issues": ("1",)}, (Fault("issues[0]", "type", wanted="Issue", given="str"),)),
        ({"issues": (Issue(id="1"), Issue(id="1", text="again"))}, (Fault("issues", "doubled"),)),
        ({"issues": tuple(Issue(id=str(n)) for n in range(101))}, (Fault("issues", "too_many", most=100),)),
        ({"complained_of": "gao"}, (Fault("complained_of", "type", wanted="tuple", given="str"),)),
        ({"takes_on": 1}, (Fault("takes_on", "type", wanted="bool", given="int"),)),
        ({"repeat_of": "C-1"}, (Fault("repeat_of", "type", wanted="UUID", given="str"),)),
    ],
)
def test_what_is_wrong_with_a_registration_has_a_name(changes, faults):
    assert faults_of_receiving(**changes) == faults


# a 50 MB statement is refused for its length and not looked through
def test_a_book_is_no_statement():
    faults = faults_of_receiving(statement="等" * 50_000_000)

    assert faults == (Fault("statement", "too_long", most=20_000, length=50_000_000),)


def test_all_faults_are_told_at_once_in_the_order_of_the_form():
    faults = faults_of_receiving(
        dealer="",
        channel="pigeon",
        received_at=MONDAY.replace(tzinfo=None),
        statement="",
        issues=(Issue(id="1"), Issue(id="1")),
        takes_on="yes",
    )

    assert [(fault.field, fault.code) for fault in faults] == [
        ("dealer", "empty"),
        ("channel", "choice"),
        ("received_at", "naive_time"),
        ("statement", "empty"),
        ("takes_on", "type"),
        ("issues", "doubled"),
    ]


def test_an_unknown_field_is_no_field():
    with pytest.raises(TypeError):
        Case().form(Receive, statment="typo")


# people write in every script, and with signs younger than this program
@pytest.mark.parametrize("text", ["谢谢🙏", "very happy 🩷", "الخدمة", "zwei\r\nZeilen\tmit Tab", "𠮷野家"])
def test_what_people_write_is_taken(text):
    assert Case().form(Receive, statement=text).statement == text


# R8: a future date is well-formed, and refused by the rule that knows the time
def test_a_future_date_is_refused_by_a_rule():
    case = Case()

    refusals = case.refused(Receive, by=li, received_at=MONDAY.replace(year=2027))

    assert refusals == (Refusal("time.in_future", at="2027-03-02T09:00:00+08:00"),)


# --- people ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "faults"),
    [
        (lambda: Customer(name="王\x07芳"), (Fault("name", "control_characters"),)),
        (lambda: Customer(name="王\n芳"), (Fault("name", "control_characters"),)),
        (lambda: Customer(name=""), (Fault("name", "empty"),)),
        (lambda: Customer(name="芳" * 201), (Fault("name", "too_long", most=200, length=201),)),
        (lambda: Customer(phone=13800000001), (Fault("phone", "type", wanted="str", given="int"),)),
        (
            lambda: Party(kind="owner", name="王芳"),
            (Fault("kind", "choice", choices=("owner", "user", "sender", "payer", "authorised_agent")),),
        ),
        (lambda: Actor("", Role.SPECIALIST), (Fault("id", "empty"),)),
        (lambda: Actor("li", ()), (Fault("roles", "too_few", least=1),)),
        (lambda: Actor("li", ("boss",)), (Fault("roles[0]", "choice", choices=ROLES),)),
        (lambda: Actor("li", (Role.LEGAL, 3)), (Fault("roles[1]", "choice", choices=ROLES),)),
        (lambda: Actor("li", "specialist"), (Fault("roles[0]", "choice", choices=ROLES),)),
        (lambda: Actor("li", None), (Fault("roles[0]", "choice", choices=ROLES),)),
        (lambda: Dealer("SH01", zone="Shanghai"), (Fault("zone", "zone"),)),
        (lambda: Dealer("SH01", zone="../etc/passwd"), (Fault("zone", "zone"),)),
        (lambda: Dealer("SH01", language="de"), (Fault("language", "choice", choices=("zh_CN", "en")),)),
    ],
)
def test_what_is_wrong_with_a_person_has_a_name(make, faults):
    with pytest.raises(InvalidCommandError) as refused:
        make()

    assert refused.value.faults == faults


def test_a_higher_rank_holds_the_lower_ones_and_nothing_beside_them():
    manager = Actor("qian", Role.MANAGER)

    held = {role for role in Role if manager.holds(role)}

    assert held == {Role.SPECIALIST, Role.SUPERVISOR, Role.MANAGER}


def test_roles_are_a_set():
    assert Actor("both", [Role.FINANCE, Role.SPECIALIST, Role.FINANCE]) == Actor(
        "both", (Role.SPECIALIST, Role.FINANCE)
    )


# --- vehicle, issue, evidence ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("vin", ["LSVAA4182E2123456", "1HGCM82633A", "5YJSA1E2*GF"])
def test_a_whole_number_or_its_beginning_names_a_car(vin):
    assert Vehicle(vin=vin).vin == vin


@pytest.mark.parametrize(
    "vin", ["LSVAA4182E212345I", "LSVAA4182E212345O", "LSVAA4182E212345Q", "ABC", "lsvaa4182e2123456"]
)
def test_a_number_with_forbidden_letters_names_none(vin):
    with pytest.raises(InvalidCommandError) as refused:
        Vehicle(vin=vin)

    assert refused.value.faults == (Fault("vin", "vin"),)


def test_a_number_that_is_too_long_names_none():
    with pytest.raises(InvalidCommandError) as refused:
        Vehicle(vin="LSVAA4182E21234567")

    assert [fault.code for fault in refused.value.faults] == ["too_long", "vin"]


def test_a_car_is_named_by_something():
    with pytest.raises(InvalidCommandError) as refused:
        Vehicle(year=2024, mileage_km=-1)

    assert refused.value.faults == (Fault("mileage_km", "too_small", least=0), Fault("vin", "vehicle_unknown"))


@pytest.mark.parametrize("category", ["Service", "service.", "a.b.c", "服务", "product engine"])
def test_a_category_is_a_code_in_at_most_two_levels(category):
    with pytest.raises(InvalidCommandError) as refused:
        Issue(id="1", category=category)

    assert refused.value.faults == (Fault("category", "category"),)


@pytest.mark.parametrize("digest", ["A" * 64, "a" * 63, "g" * 64])
def test_a_digest_is_64_hexadecimal_digits(digest):
    with pytest.raises(InvalidCommandError) as refused:
        Evidence(id="photo", kind="photo", sha256=digest)

    assert refused.value.faults == (Fault("sha256", "digest"),)


def test_a_form_that_is_completed_brings_something():
    with pytest.raises(InvalidCommandError) as refused:
        Case().received().form(CompleteRegistration, wish=None)

    assert refused.value.faults == (Fault("complainant", "nothing_given"),)


def test_issues_that_are_completed_are_told_apart_too():
    with pytest.raises(InvalidCommandError) as refused:
        Case().received().form(CompleteRegistration, issues=(Issue(id="1"), Issue(id="1", text="again")))

    assert refused.value.faults == (Fault("issues", "doubled"),)


# R11: the completeness score is only 100 when nothing is missing
def test_completeness_is_rounded_down():
    assert Completeness(filled=tuple("abcdefgh"), missing=("vehicle",)).percent == 88


# --- what one answer asks of another ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "faults"),
    [
        (lambda: Acceptance(proof=signed().proof), (Fault("evidence", "missing"),)),
        (
            lambda: Measure(person="gao", role=MeasureRole.DIRECT, kind=MeasureKind.NONE),
            (Fault("reason", "missing"),),
        ),
        (
            lambda: Measure(person="gao", role=MeasureRole.DIRECT, kind=MeasureKind.WARNING, reason="rude"),
            (Fault("rule", "missing"),),
        ),
        (lambda: Responsibility(kind=Answerable.PERSON), (Fault("persons", "missing"),)),
        (lambda: Responsibility(kind=Answerable.NOBODY), (Fault("reason", "missing"),)),
        (
            lambda: Responsibility(kind=Answerable.SUPPLIER, persons=("gao",), reason="their part"),
            (Fault("persons", "not_with_kind"),),
        ),
        (lambda: remedy(cost=-1), (Fault("cost", "negative"),)),
        (lambda: Evaluation(summary="fine", grade=6), (Fault("grade", "too_great", most=5),)),
        (lambda: Evaluation(summary="fine", grade=0), (Fault("grade", "too_small", least=1),)),
    ],
)
def test_what_belongs_together_is_given_together(make, faults):
    with pytest.raises(InvalidCommandError) as refused:
        make()

    assert refused.value.faults == faults


COMMANDS = LIFECYCLE.commands


@pytest.mark.parametrize(
    ("order", "changes", "faults"),
    [
        # R52: declining needs a reason
        ("AnswerAssignment", {"accepts": False}, (Fault("reason", "missing"),)),
        # R46: below satisfied the reason must be asked
        (
            "RecordFollowUp",
            {"result": Satisfaction.NEUTRAL, "reason_withheld": False},
            (Fault("reason", "reason_must_be_asked"),),
        ),
        ("Accept", {"option": None}, (Fault("option", "one_of", other="remedies"),)),
        ("Accept", {"remedies": (remedy(),)}, (Fault("option", "one_of", other="remedies"),)),
        ("Approve", {"alternatives": ("P1",)}, (Fault("alternatives", "doubled"),)),
        ("ReportTask", {"proof": None}, (Fault("proof", "missing"),)),
        ("ReportTask", {"result": TaskResult.FAILED}, (Fault("remark", "missing"),)),
        ("ReportTask", {"result": TaskResult.CANCELLED}, (Fault("customer_consented", "consent"),)),
        (
            "ReportTask",
            {"result": TaskResult.OPEN},
            (Fault("result", "choice", choices=("done", "failed", "cancelled")),),
        ),
        ("BookCompensation", {"amount": yuan(-1)}, (Fault("amount", "sign_of_booking"),)),
        ("BookCompensation", {"reverses": "B0"}, (Fault("amount", "sign_of_booking"),)),
        ("DecideAccountability", {"reason": None}, (Fault("reason", "missing"),)),
        ("Uphold", {"judgments": ()}, (Fault("judgments", "too_few", least=1),)),
        # R47: the target follows from the reason
        ("ReturnForRework", {"target": State.JUDGMENT}, (Fault("target", "choice", choices=("proposal",)),)),
        ("ReturnForRework", {"remedies": (remedy(),)}, (Fault("remedies", "tasks_for_execution"),)),
        (
            "ReturnForRework",
            {"reason": ReworkReason.REMEDY_NOT_DONE, "target": State.EXECUTION},
            (Fault("remedies", "tasks_for_execution"),),
        ),
    ],
)
def test_a_command_whose_answers_contradict_each_other_is_none(order, changes, faults):
    with pytest.raises(InvalidCommandError) as refused:
        Case().received().form(COMMANDS[order], **changes)

    assert refused.value.faults == faults


# a house's own nouns may carry what the library's do not
@noun
class TyreCheck:
    depths_tenth_mm: Mapping[str, int] = number(least=0, most=200)
    pressure: int | str = number(least=1, most=9)
    by: UUID | None = None
    anything: Any = None


def test_a_noun_of_ones_own_is_checked_by_its_annotations():
    wheels = {"front left": 61, "front right": 59}

    check = TyreCheck(depths_tenth_mm=wheels, pressure="2.3 bar", anything=object)

    assert (check.depths_tenth_mm, check.pressure, check.by) == (wheels, "2.3 bar", None)


def test_a_noun_of_ones_own_tells_its_faults_by_place():
    with pytest.raises(InvalidCommandError) as refused:
        TyreCheck(depths_tenth_mm={"front left": -1, 4: "deep"}, pressure=2.5, by="li")

    assert refused.value.faults == (
        Fault("depths_tenth_mm[front left]", "too_small", least=0),
        Fault("depths_tenth_mm", "type", wanted="str", given="int"),
        Fault("depths_tenth_mm[4]", "type", wanted="int", given="str"),
        Fault("pressure", "type", wanted="int", given="float"),
        Fault("by", "type", wanted="UUID", given="str"),
    )


def test_what_is_no_mapping_is_told():
    with pytest.raises(InvalidCommandError) as refused:
        TyreCheck(depths_tenth_mm=[61, 59], pressure=2)

    assert refused.value.faults == (Fault("depths_tenth_mm", "type", wanted="mapping", given="list"),)


def test_a_query_asks_for_at_most_a_thousand():
    with pytest.raises(InvalidCommandError) as refused:
        Query(limit=1001)

    assert refused.value.faults == (Fault("limit", "too_great", most=1000),)


def test_a_standing_order_gives_the_customer_something_to_choose():
    with pytest.raises(InvalidCommandError) as refused:
        attrs.evolve(STANDING_ORDER, remedies=STANDING_ORDER.remedies[:1])

    assert [(fault.field, fault.code) for fault in refused.value.faults] == [
        ("remedies", "too_few"),
        ("remedies", "one_remedy"),
    ]


def test_a_standing_order_ends_after_it_begins():
    with pytest.raises(InvalidCommandError) as refused:
        attrs.evolve(STANDING_ORDER, valid_until=STANDING_ORDER.valid_from - timedelta(days=1))

    assert refused.value.faults == (Fault("valid_until", "ends_before_start"),)


def test_policies_take_orders_as_they_are():
    assert Policy(standing_orders=(STANDING_ORDER,)).standing_order("SH01", MONDAY) == STANDING_ORDER
