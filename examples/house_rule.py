"""A house rule: a fault of the car is not judged before the form says which car it is about."""

from datetime import UTC, datetime

from complaints import (
    LIFECYCLE,
    Actor,
    Channel,
    Customer,
    Dealer,
    Desk,
    Issue,
    Refusal,
    RefusedError,
    Role,
    Situation,
    Vehicle,
    rule,
)
from complaints.stages.intake import BeginJudgment, CompleteRegistration, Receive

SAID = {
    "zh_CN": "车辆故障类投诉尚未登记车辆（{categories}）。请补全登记后再开始判定。",
    "en": "No car is on the form, and the complaint is about one ({categories}). Please complete the registration.",
}


@rule("car.unnamed")
def the_car_is_named(s: Situation) -> Refusal | None:
    """House rule 7: without the car, the workshop judges from hearsay."""
    form = s.complaint.registration
    faults = tuple(sorted(one.category for one in form.issues if (one.category or "").startswith("product")))
    return Refusal("car.unnamed", said=SAID, categories=faults) if faults and not form.vehicles else None


# given: it needs no more than the complaint, so a screen may ask explain() before anybody fills in a form
OURS = LIFECYCLE.extend(name="sh_house", version="1", given={BeginJudgment: [the_car_is_named]})

if __name__ == "__main__":
    li = Actor("li", Role.SPECIALIST, dealer="SH01")
    now = datetime.now(UTC)
    receive = Receive(
        dealer="SH01", complainant=Customer(phone="13800000000"), channel=Channel.PHONE, received_at=now,
        statement="刹车有异响。", wish="修好。", issues=(Issue(id="1", category="product.brakes"),), takes_on=True,
    )  # fmt: skip
    with Desk(dealers=[Dealer("SH01")], lifecycle=OURS) as desk:
        case = desk.handle(receive, by=li)
        try:
            desk.handle(BeginJudgment(complaint=case.id), by=li)
        except RefusedError as error:
            print(*(f"{one.code}: {one.sentence('en')}" for one in error.refusals))
        desk.handle(CompleteRegistration(complaint=case.id, vehicles=(Vehicle(plate="沪A12345"),)), by=li)
        case = desk.handle(BeginJudgment(complaint=case.id), by=li)
        print(f"{case.state}, allowed by {case.definition.partition('#')[0]}")
