"""The host's own tables say who its users are: several roles for a person and dealer, each from a day until a day."""

import sqlite3
from datetime import UTC, date, datetime, timedelta

from complaints import Channel, Customer, Dealer, Department, Desk, Issue, Person, RefusedError, Role
from complaints.model.words import Duty
from complaints.stages.intake import Assign, BeginJudgment, Receive

TABLES = """CREATE TABLE post (person, dealer, role, department, since, until);
    CREATE TABLE absence (person, deputy, since, until); CREATE TABLE skill (person, category);
    INSERT INTO post VALUES ('li', 'SH01', 'specialist', 'customer_service', '2020-01-01', '9999-12-31'),
                            ('mei', 'SH01', 'specialist', 'customer_service', '2020-01-01', '9999-12-31'),
                            ('mei', 'SH01', 'finance', 'customer_service', '2024-01-01', '9999-12-31'),
                            ('mei', 'BJ02', 'supervisor', 'customer_service', '2020-01-01', '2023-12-31'),
                            ('zhao', 'SH01', 'supervisor', 'customer_service', '2020-01-01', '9999-12-31');
    INSERT INTO skill VALUES ('mei', 'price');"""
POSTS = "SELECT role, department FROM post WHERE person = ? AND dealer IS ? AND ? BETWEEN since AND until"
AWAY = "SELECT deputy FROM absence WHERE person = ? AND ? BETWEEN since AND until"
STANDS_IN = "SELECT person FROM absence WHERE deputy = ? AND ? BETWEEN since AND until"


class StaffTables:
    def __init__(self, host: sqlite3.Connection) -> None:
        self.host = host

    def person(self, id: str, *, dealer: str | None, on: date) -> Person | None:
        posts, away = self._rows(POSTS, id, dealer, str(on)), self._rows(AWAY, id, str(on))
        return None if not posts else Person(
            id=id, roles=tuple(Role(role) for role, _ in posts), department=Department(posts[0][1]),
            skills=tuple(category for (category,) in self._rows("SELECT category FROM skill WHERE person = ?", id)),
            absent=bool(away), deputy=away[0][0] if away else None,
            stands_in_for=tuple(other for (other,) in self._rows(STANDS_IN, id, str(on))),
        )  # fmt: skip

    def people(self, dealer: str, on: date) -> list[str]:
        return [id for (id,) in self._rows("SELECT DISTINCT person FROM post WHERE dealer = ?", dealer)]

    def _rows(self, query: str, *asked: str | None) -> list[tuple[str, ...]]:
        return self.host.execute(query, asked).fetchall()


host = sqlite3.connect(":memory:")
host.executescript(TABLES)
desk, now = Desk(dealers=[Dealer("SH01"), Dealer("BJ02")], directory=StaffTables(host)), datetime.now(UTC)
receive = Receive(
    dealer="SH01", complainant=Customer(phone="13800000000"), channel=Channel.PHONE, received_at=now, takes_on=True,
    statement="刹车异响。", wish="修好。", issues=(Issue(id="1", category="repair_quality"),),
)  # fmt: skip
case = desk.handle(receive, by=desk.actor("li", dealer="SH01"))
host.execute("INSERT INTO absence VALUES ('li', 'mei', ?, ?)", (str(now.date()), str(now.date() + timedelta(days=7))))
for assignee in ("li", "mei"):
    try:
        ask = Assign(complaint=case.id, duty=Duty.INVESTIGATOR, assignee=assignee, basis="today's rota")
        desk.handle(ask, by=desk.actor("zhao", dealer="SH01"))
    except RefusedError as refused:
        print(refused.refusals[0].sentence())
mei = desk.actor("mei", dealer="SH01")
print(*mei.roles, "for", *mei.stands_in_for, "->", desk.handle(BeginJudgment(complaint=case.id), by=mei).state)
