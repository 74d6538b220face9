"""What was erased is looked for in the bytes of every file of the database."""

from __future__ import annotations

import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from uuid import UUID

import attrs
import pytest
from sqlalchemy import create_engine

from complaints import Customer, Desk, Issue, Party, Vehicle
from complaints.model.base import evolve
from complaints.model.words import PartyKind
from complaints.stages.anytime import AddNote
from complaints.stages.erasure import Redact
from complaints.stores import SqlStore, StoredPersonal
from complaints.testing.stores import sample_complaint, sample_later, sample_step
from tests.stages.cases import Case, qian, wang

SECRETS = (
    "王芳芳芳",
    "13812345678",
    "wang.fang@example.cn",
    "发动机异响，Frau Wang rief an",
    "Apologise to Mrs Wang",
    "陈伟伟伟",
    "LSVAA4182E2123456",
    "沪A98765",
    "王女士早上不接电话",
)


def received(store: SqlStore) -> Case:
    """A complaint full of what must not be found later."""
    case = Case(store=store)
    case.received(
        complainant=Customer(name=SECRETS[0], phone=SECRETS[1], email=SECRETS[2]),
        statement=SECRETS[3],
        wish=SECRETS[4],
        parties=(Party(kind=PartyKind.USER, name=SECRETS[5]),),
        vehicles=(Vehicle(vin=SECRETS[6], plate=SECRETS[7]),),
        issues=(Issue(id="1", category="service", text=SECRETS[3]),),
    )
    return case.does(AddNote, wang, text=SECRETS[8])


def closed(store: SqlStore) -> Case:
    case = received(store).begun().upheld()._to_proposal()._to_approval().read().approved()
    return case.offered().accepted().done_and_booked().completed().called_back()._to_closed()


def bytes_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


def found_in(folder: Path) -> set[str]:
    """Which secrets stand in any file of *folder*, in any way SQLite or this library may have written them."""
    written, codes = bytes_in(folder), ("utf-8", "utf-16-le", "utf-16-be", "gb18030", "unicode-escape")
    return {text for text in SECRETS if any(form.encode(code) in written for form in _forms(text) for code in codes)}


def _forms(text: str) -> set[str]:
    return {text, text.casefold(), text.upper()}


@pytest.fixture
def store(tmp_path: Path):
    with closing(SqlStore.open(f"sqlite:///{tmp_path}/complaints.db")) as store:
        yield store


def erase(case: Case) -> None:
    case.does(Redact, qian, fields=(), include_vehicle=True, reason="asked")


def test_before_it_is_erased_everything_is_found(store, tmp_path):
    closed(store)

    assert found_in(tmp_path) == set(SECRETS)


def test_after_it_is_erased_nothing_is_found(store, tmp_path):
    case = closed(store)

    erase(case)

    assert found_in(tmp_path) == set()
    assert store.wipe() is True


def test_nor_after_the_database_was_closed_and_opened_again(tmp_path):
    with closing(SqlStore.open(f"sqlite:///{tmp_path}/complaints.db")) as store:
        erase(closed(store))

    with Desk.open(f"sqlite:///{tmp_path}/complaints.db") as desk:
        assert [one.number > 0 for one in desk.verify_all()] == [True]
        assert found_in(tmp_path) == set()


# secure_delete alone leaves copies in the unused parts of pages whose rows were moved; it takes many rows to see it
def test_no_copy_is_left_where_rows_were_moved(store, tmp_path):
    dice = Random(6)
    complaints = [sample_complaint(n, id=UUID(int=dice.getrandbits(128))) for n in range(1, 301)]
    secrets = {one.id: [f"secret-{dice.getrandbits(48):012x}" for _ in range(2, 12)] for one in complaints}
    with store.write() as writer:
        for first in complaints:
            writer.append(sample_step(first))
            for number, secret in enumerate(secrets[first.id], start=2):
                text = StoredPersonal(first.id, number, "text", b"s" * 16, secret * dice.choice((1, 1, 2, 5, 30, 200)))
                later = sample_later(evolve(first, version=number - 1), contacts=number)
                writer.append(sample_step(later, personal=(text,)))

    with store.write() as writer:
        for first in complaints[::3]:
            before = writer.complaint(first.id)
            gone = tuple(attrs.evolve(one, salt=b"", text="[erased]") for one in writer.personal(first.id))
            writer.append(sample_step(sample_later(before), erased=gone))

    erased = {secret.encode() for first in complaints[::3] for secret in secrets[first.id]}
    assert set(re.findall(rb"secret-[0-9a-f]{12}", bytes_in(tmp_path))) & erased == set()


# --- somebody else has it open ----------------------------------------------------------------------------------------


def test_a_reader_of_the_same_program_keeps_it_until_it_has_read(store, tmp_path):
    case = closed(store)

    with store.read() as reader:
        assert reader.complaint(case.id) == case.complaint
        erase(case)
        while_reading = found_in(tmp_path)
        seen = {text.text for text in reader.personal(case.id)}

    assert set(SECRETS) <= seen
    assert while_reading == set(SECRETS)
    assert found_in(tmp_path) == set()


@pytest.mark.parametrize("then", [lambda store, case: case.does(AddNote, wang), lambda store, case: store.close()])
def test_another_programs_reader_keeps_it_until_the_next_step_or_the_end(
    store, tmp_path, then: Callable[[SqlStore, Case], object]
):
    case = closed(store)
    with closing(sqlite3.connect(tmp_path / "complaints.db", isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM complaints_event").fetchone()
        erase(case)
        owed = store.wipe()

    then(store, case)

    assert owed is False
    assert found_in(tmp_path) == set()


def test_another_programs_reader_that_only_waits_keeps_nothing(store, tmp_path):
    case = closed(store)
    with closing(sqlite3.connect(tmp_path / "complaints.db")) as other:
        other.execute("SELECT count(*) FROM complaints_event").fetchone()

        erase(case)

        assert found_in(tmp_path) == set()


_DIES = """
import os, sqlite3, sys
from complaints.stores.connections import Connections
from complaints.model.base import evolve
from complaints.stores import SqlStore, StoredPersonal
from complaints.testing.stores import sample_complaint, sample_later, sample_step
from tests.stores.test_erased_bytes import closed, erase
store = SqlStore.open(sys.argv[1])
case = closed(store)
Connections._wipe = lambda self, raw: os._exit(9)  # right after the commit
erase(case)
"""


def test_what_a_program_that_died_left_is_wiped_by_the_next_one(tmp_path):
    url = f"sqlite:///{tmp_path}/complaints.db"
    died = subprocess.run([sys.executable, "-c", _DIES, url], cwd=Path.cwd(), check=False)  # our own text
    left = found_in(tmp_path)

    with closing(SqlStore.open(url)) as store:
        assert found_in(tmp_path) == set()
        assert store.wipe() is True

    assert (died.returncode, left) == (9, set(SECRETS))


# a host's own tables lie in the same file: to write that anew is its owner's to decide; what is deleted is overwritten
def test_a_hosts_own_file_is_not_written_anew_but_its_log_is_cut(tmp_path):
    file = tmp_path / "dealership.db"
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA journal_mode = WAL")
    with closing(SqlStore(create_engine(f"sqlite:///{file}"), prefix="cs_")) as store:
        case = closed(store)
        pages = pages_of(file)

        erase(case)

        assert found_in(tmp_path) == set()
        assert pages_of(file) >= pages
        assert store.wipe() is True


def pages_of(file: Path) -> int:
    with closing(sqlite3.connect(file)) as raw:
        return raw.execute("PRAGMA page_count").fetchone()[0]


def test_the_lists_of_our_own_program_keep_nothing(store):
    case = closed(store)
    erase(case)

    kept = [one for known in (store._remembered._younger, store._remembered._elder) for one in known.values()]

    assert [text for text in SECRETS for snapshot, _ in kept if text.encode() in snapshot] == []
