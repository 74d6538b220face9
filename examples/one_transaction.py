"""My repair order is stopped and the complaint about it received: both in one transaction, or neither."""

from datetime import UTC, datetime

from sqlalchemy import Column, Integer, MetaData, String, Table, create_engine, insert, select, update

from complaints import Actor, Channel, Customer, Dealer, Desk, ExternalRef, Query, RefusedError, Role
from complaints.stages.intake import BeginJudgment, Receive
from complaints.stores import SqlStore

mine = MetaData()
repair_order = Table(
    "repair_order", mine, Column("number", Integer, primary_key=True), Column("state", String(20)),
    Column("complaint", String(60)),
)  # fmt: skip
engine = create_engine("sqlite:///dealership.db")  # my own; complaints lie in the same file
desk = Desk(SqlStore(engine), dealers=[Dealer("SH01")])
li = Actor("li", Role.SPECIALIST, dealer="SH01")


def stop_and_complain(number: int, phone: str, said: str, screen: str) -> str:
    """Stop the invoice of a finished order and receive the complaint about it; answers the case number."""
    order = ExternalRef(system="dms", kind="repair_order", id=str(number))
    receive = Receive(
        dealer="SH01", complainant=Customer(phone=phone), channel=Channel.SHOWROOM, received_at=datetime.now(UTC),
        statement=said, takes_on=True, refs=(order,),
    )  # fmt: skip
    with desk.transaction() as connection:
        case = desk.handle(receive, by=li, key=screen, connection=connection)
        finished = (repair_order.c.number == number) & (repair_order.c.state == "finished")
        stop = update(repair_order).where(finished).values(state="stopped", complaint=case.reference)
        if connection.execute(stop).rowcount == 0:
            raise LookupError(f"there is no finished order {number}")  # undoes the complaint and its number as well
        try:
            desk.handle(BeginJudgment(complaint=case.id), by=li, connection=connection)
        except RefusedError as refused:  # undone alone: what came before it stands
            print("still to come:", *(refusal.code for refusal in refused.refusals))
    return case.reference


if __name__ == "__main__":
    mine.create_all(engine)
    with engine.begin() as connection:
        rows = [{"number": 4711, "state": "finished"}, {"number": 4712, "state": "paid"}]
        connection.execute(insert(repair_order), rows)
    for number in (4712, 4711):
        try:
            print(stop_and_complain(number, "13800000001", "说好三百，账单上是九百。", screen=f"screen-{number}"))
        except LookupError as error:
            print(error)
    with engine.connect() as connection:
        print(*connection.execute(select(repair_order)), sep="\n")
    about = Query(ref=ExternalRef(system="dms", kind="repair_order", id="4711"))
    print(len(desk.find(about, by=li)), "complaint about order 4711, and", len(desk.find(by=li)), "on record")
    desk.close()
    engine.dispose()
