"""A store of one's own: complaints in memory, and every transaction a line in a journal before it counts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from complaints import Actor, Channel, Customer, Desk, Role, StoreError
from complaints.model.base import reread
from complaints.stages.intake import Receive
from complaints.stores import MemoryStore, Step

read_line = msgspec.json.Decoder(list[Step | str]).decode  # a step that was written, or a counter that went on


class Noting:
    """A writer that notes what is done through it; all the rest is the memory's own."""

    def __init__(self, writer):
        self.writer, self.notes = writer, []

    def __getattr__(self, name):
        return getattr(self.writer, name)

    @contextmanager
    def attempt(self):
        kept = len(self.notes)
        try:
            with self.writer.attempt():
                yield
        except BaseException:
            del self.notes[kept:]  # undone alone, so the journal does not hear of it either
            raise

    def next_number(self, counter):
        number = self.writer.next_number(counter)
        self.notes.append(counter)
        return number

    def append(self, step):
        self.writer.append(step)
        self.notes.append(step)


class JournalStore:
    """For one process on one machine; ``StoreContract`` proves it in ``tests/test_examples.py``."""

    def __init__(self, path: Path):
        self.memory, self.file = MemoryStore(), path.open("ab+")
        self.file.seek(0)
        for line in self.file:
            if not line.endswith(b"\n"):
                self.file.truncate(self.file.tell() - len(line))  # the power went in the midst of it: it never counted
                break
            with self.memory.write() as writer:
                for note in reread(read_line, line):
                    writer.next_number(note) if isinstance(note, str) else writer.append(note)

    @contextmanager
    def write(self) -> Iterator[Noting]:
        with self.memory.write() as writer:
            noting = Noting(writer)
            yield noting
            self._keep(noting.notes)  # if this raises, the memory forgets the transaction as well

    def _keep(self, notes):
        if not notes:
            return
        end = self.file.seek(0, os.SEEK_END)
        try:
            self.file.write(msgspec.json.encode(notes) + b"\n")
            self.file.flush()
            os.fsync(self.file.fileno())
        except OSError:
            self.file.truncate(end)
            raise StoreError("full", file=self.file.name) from None

    def read(self):
        return self.memory.read()

    def close(self):
        self.memory.close()
        self.file.close()


if __name__ == "__main__":
    li, journal = Actor("li", Role.SPECIALIST, dealer="SH01"), Path("complaints.jsonl")
    for statement in ("Nobody called back.", "The bill is wrong."):
        with Desk(JournalStore(journal)) as desk:
            receive = Receive(
                dealer="SH01", complainant=Customer(phone="13800000000"), channel=Channel.WEBSITE,
                received_at=datetime.now(UTC), statement=statement,
            )  # fmt: skip
            case = desk.handle(receive, by=li)
            print(f"{case.reference}: {len(desk.find(by=li))} on record")
