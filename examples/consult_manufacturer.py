"""An extra step: before the cause of a car's fault is concluded, the manufacturer is asked."""

from uuid import UUID

from complaints import (
    LIFECYCLE,
    Channel,
    Command,
    Complaint,
    Customer,
    Entry,
    Event,
    Issue,
    Refusal,
    Role,
    Situation,
    Stage,
    State,
    Who,
    command,
    rule,
)
from complaints.model.base import line, prose
from complaints.model.words import Duty
from complaints.stages.intake import Receive
from complaints.stages.investigation import ConcludeInvestigation
from complaints.testing import BUILDERS, CURES, OPENING, SMALL_HOUSE, FrozenClock, lead_home


@command
class ConsultManufacturer(Command):
    """询问厂家: the manufacturer's technical line was asked about the fault."""

    complaint: UUID
    ticket: str = line(most=40)
    question: str = prose(most=2000)

    def apply(self, complaint: Complaint, event: Event) -> Complaint:
        """The ticket stays on the complaint, for rules to read; the question stays in the history."""
        return complaint.marked_with("manufacturer", self.ticket, number=event.number)


SAID = {"zh_CN": "尚未询问厂家。请先登记询问。", "en": "The manufacturer was not asked. Please record that first."}


@rule("manufacturer.not_asked")
def the_manufacturer_was_asked(s: Situation) -> Refusal | None:
    """Asked since the investigation began, where the complaint is about the car itself."""
    is_about_the_car = any((one.category or "").startswith("product") for one in s.complaint.registration.issues)
    was_asked = s.complaint.marked("manufacturer", since=Stage.INVESTIGATION) is not None
    return None if was_asked or not is_about_the_car else Refusal("manufacturer.not_asked", said=SAID)


WHO = Who("technical", Role.TECHNICAL_LEAD, duty=Duty.INVESTIGATOR)
OURS = LIFECYCLE.extend(
    name="sh_house", version="2", entries=[Entry(ConsultManufacturer, State.INVESTIGATION, WHO)],
    given={ConcludeInvestigation: [the_manufacturer_was_asked]},
)  # fmt: skip

# for complaints.testing: an order that walks can give, and what clears the refusal away
OUR_BUILDERS = {
    **BUILDERS,
    ConsultManufacturer: lambda s: ConsultManufacturer(complaint=s.id, ticket="T", question="?"),
}
OUR_CURES = {**CURES, "manufacturer.not_asked": (ConsultManufacturer,)}

if __name__ == "__main__":
    clock = FrozenClock(OPENING)
    desk = SMALL_HOUSE.desk(clock=clock, lifecycle=OURS)
    receive = Receive(
        dealer="SH01", complainant=Customer(phone="13800000000"), channel=Channel.PHONE, received_at=clock(),
        statement="刹车有异响。", wish="修好。", issues=(Issue(id="1", category="product.brakes"),),
    )  # fmt: skip
    case = desk.handle(receive, by=SMALL_HOUSE.staff[0])
    orders = lead_home(desk, case.id, clock=clock, to=State.PROPOSAL, builders=OUR_BUILDERS, cures=OUR_CURES)
    print(*(type(order.command).__name__ for order in orders))
