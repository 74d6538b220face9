"""Events to a bus: a relay that may die at any moment, and a consumer that does nothing twice."""

import json
import os
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from complaints import Actor, Channel, Customer, Dealer, Desk, Role
from complaints.stages.intake import Receive


class Place:
    """How far the relay has come: a cursor in a file, written whole or not at all."""

    def __init__(self, file: Path):
        self.file = file

    def read(self) -> str | None:
        return self.file.read_text(encoding="ascii") if self.file.exists() else None

    def write(self, cursor: str) -> None:
        beside = self.file.with_suffix(".new")
        with beside.open("w", encoding="ascii") as new:
            new.write(cursor)
            new.flush()
            os.fsync(new.fileno())
        beside.replace(self.file)


def relay(desk: Desk, publish: Callable[[list[dict]], None], place: Place, *, by: Actor) -> int:
    """Publish what happened since; ``publish`` comes back when the bus has taken it all, and raises otherwise."""
    published = 0
    while page := desk.feed(after=place.read(), by=by):
        publish([event.cloud_event(source="/dms/complaints") for event in page])
        place.write(page.next)  # dying before this line publishes the page again, and never passes over one
        published += len(page)
    return published


class Queue:
    """A durable bus that delivers at least once: here a table, with you Kafka or RabbitMQ."""

    def __init__(self, file: Path):
        self.database = sqlite3.connect(file)
        self.database.execute("CREATE TABLE IF NOT EXISTS message (place INTEGER PRIMARY KEY, text TEXT NOT NULL)")

    def publish(self, messages: list[dict]) -> None:
        with self.database:
            self.database.executemany("INSERT INTO message (text) VALUES (?)", [(json.dumps(one),) for one in messages])

    def deliver(self, take: Callable[[dict], bool]) -> list[bool]:
        answers = []
        for place, text in self.database.execute("SELECT place, text FROM message ORDER BY place").fetchall():
            answers.append(take(json.loads(text)))
            with self.database:  # only now it is gone: a consumer that dies gets it again
                self.database.execute("DELETE FROM message WHERE place = ?", (place,))
        return answers


class Board:
    """A consumer that counts what is in which state."""

    def __init__(self, file: Path):
        self.database = sqlite3.connect(file)
        self.database.execute("CREATE TABLE IF NOT EXISTS had (id TEXT PRIMARY KEY)")
        self.database.execute("CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, n INTEGER)")

    def take(self, message: dict) -> bool:
        """Whether it was new. That it was had and what it asks for are one transaction: both, or neither."""
        with self.database:
            new = self.database.execute("INSERT OR IGNORE INTO had VALUES (?)", (message["id"],)).rowcount == 1
            moved = [(message["data"]["source"] or "new", -1), (message["data"]["target"], 1)]
            count = "INSERT INTO state VALUES (?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n"
            self.database.executemany(count, moved if new else ())
        return new


if __name__ == "__main__":
    li, reader, now = Actor("li", Role.SPECIALIST, dealer="SH01"), Actor("relay", Role.GROUP), datetime.now(UTC)
    queue, board, place = Queue(Path("bus.db")), Board(Path("board.db")), Place(Path("relay.cursor"))

    def publish_and_die(messages: list[dict]) -> None:
        queue.publish(messages)
        raise KeyboardInterrupt  # as if the power went: the bus has them, and the relay does not know

    form = {"dealer": "SH01", "complainant": Customer(phone="13800000000"), "channel": Channel.WEBSITE}
    with Desk.open("sqlite:///complaints.db", dealers=[Dealer("SH01")]) as desk:
        desk.handle(Receive(**form, received_at=now, statement="Nobody called back."), by=li)
        try:
            relay(desk, publish_and_die, place, by=reader)
        except KeyboardInterrupt:
            desk.handle(Receive(**form, received_at=now, statement="The bill is wrong."), by=li)
        print("published:", relay(desk, queue.publish, place, by=reader))
    print("new to the board:", queue.deliver(board.take))
    print(*board.database.execute("SELECT * FROM state WHERE n > 0"))
    queue.database.close()
    board.database.close()
