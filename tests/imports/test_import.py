"""What another system holds goes on here: every row accounted for, once, and nothing doubled."""

from __future__ import annotations

import csv
import stat
from datetime import date, datetime
from pathlib import Path

import attrs
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints import (
    Actor,
    Channel,
    Customer,
    Desk,
    InvalidCommandError,
    NotFoundError,
    NotPermittedError,
    Query,
    Role,
    Severity,
    State,
    Vehicle,
)
from complaints.demo.sample import read_sample, shipped_text
from complaints.errors import Fault
from complaints.imports import Imported, import_file, load_map
from complaints.model.adoption import Milestone
from complaints.model.registration import Issue
from complaints.model.words import Alarm, Outcome, PersonalData
from complaints.stages.adoption import ADOPTABLE
from complaints.stages.anytime import AddNote
from complaints.stores.sql import SqlStore
from tests.imports.cases import (
    BRAKES,
    CLOSED,
    COLUMNS,
    NOW,
    SHANGHAI,
    SHOP,
    a_desk,
    a_file,
    a_map,
    accounted_for,
    brought_in,
    chen,
    everything,
    line,
    numbered,
    text,
)


@pytest.fixture
def desk():
    with a_desk() as desk:
        yield desk


@pytest.fixture
def stored(tmp_path: Path):
    with a_desk(SqlStore.open(f"sqlite:///{tmp_path / 'complaints.db'}")) as desk:
        yield desk


def refused_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def codes(path: Path) -> list[tuple[str, str, str]]:
    return [(row["refused_row"], row["refused_column"], row["refused_code"]) for row in refused_rows(path)]


# --- what becomes of a row ------------------------------------------------------------------------------------------


def test_a_row_becomes_a_complaint_that_goes_on_where_it_stood(desk, tmp_path):
    path = a_file(tmp_path, text(BRAKES))

    found = brought_in(desk, path)

    (complaint,) = desk.find(by=chen)
    form = complaint.registration
    assert (found.complaints, found.open, found.taken) == (1, 1, {State.JUDGMENT: 1})
    assert (complaint.state, complaint.severity, complaint.recorded_at) == (State.JUDGMENT, Severity.CRITICAL, NOW)
    assert (form.complainant, form.channel) == (Customer(name="张三", phone="13800000000"), Channel.PHONE)
    assert form.received_at == datetime(2026, 1, 5, 10, 30, tzinfo=SHANGHAI)
    assert form.vehicles == (Vehicle(vin="LSJA24U62JG269225", mileage_km=23100),)
    assert form.issues == (Issue(id="I1", category="product.brakes", text="刹车异响，修了两次还响。"),)
    assert form.alarms == (Alarm.INJURY,)


def test_a_closed_one_becomes_a_file_with_its_original_times(desk, tmp_path):
    path = a_file(tmp_path, text(CLOSED))

    brought_in(desk, path)

    (complaint,) = desk.find(by=chen)
    assert (complaint.state, complaint.outcome) == (State.CLOSED, Outcome.RESOLVED)
    assert complaint.beside.adopted.milestones == (
        Milestone(state=State.CLOSED, at=datetime(2026, 1, 9, 12, tzinfo=SHANGHAI)),
    )


def test_what_is_in_execution_comes_with_what_is_left_to_do(desk, tmp_path):
    remedy = '[[remedy]]\nkind = "free_rework"\nowner = "wang"\ndue = "{结案时间}"\n[[alarm]]'
    map = a_map(**{'"处理中" = "judgment"': '"处理中" = "execution"', "[[alarm]]": remedy, "closed = ": "# closed = "})
    row = {**BRAKES, "答复": "周三前返修。"}
    path = a_file(tmp_path, text({**row, "结案时间": "2026-03-04"}, {**row, "编号": "T-2", "结案时间": ""}))

    found = brought_in(desk, path, map)

    (complaint,) = desk.find(by=chen)
    (task,) = complaint.tasks
    assert (complaint.state, task.owner, task.due) == (State.EXECUTION, "wang", date(2026, 3, 4))
    assert found.refused == {"not_in_forms": 1}


def test_an_imported_complaint_is_found_by_its_old_number(desk, tmp_path):
    brought_in(desk, a_file(tmp_path, text(BRAKES, CLOSED)))

    page = desk.find(Query(ref=attrs.evolve(_ref("T-2"))), by=chen)

    assert [one.beside.adopted.number for one in page] == ["T-2"]


def _ref(number: str):
    from complaints import ExternalRef

    return ExternalRef(system="DMS", kind="complaint", id=number)


def test_all_faults_of_a_row_are_told_at_once_with_their_columns(desk, tmp_path):
    row = {**BRAKES, "受理时间": "gestern", "内容": "", "状态": "?", "渠道": "Fax"}
    path = a_file(tmp_path, text(BRAKES, row))

    found = brought_in(desk, path, refused=tmp_path / "refused.csv")

    assert found.refused == {"not_in_forms": 1, "missing": 1, "unknown_word": 1}
    assert codes(tmp_path / "refused.csv") == [
        ("3", "受理时间; 内容; 渠道; 状态", "not_in_forms; missing; unknown_word")
    ]


def test_what_is_flawed_but_usable_is_taken_in_and_noted_in_its_history(desk, tmp_path):
    row = {**BRAKES, "车架号": "SHORT-IO", "里程": "a lot", "类别": "其他什么", "结案时间": "2025-12-31"}

    found = brought_in(desk, a_file(tmp_path, text(row)))

    (complaint,) = desk.find(by=chen)
    note = desk.history(complaint.id, by=chen)[-1]
    assert found.marks == {"vin": 1, "no_such_number": 1, "unknown_category": 1, "before_receipt": 1}
    assert complaint.registration.vehicles == ()
    assert note.command.text.splitlines()[:2] == [
        "Brought over from DMS; what is doubtful about it:",
        "Row 2, 类别: “其他什么”. The map does not say which category this is. Please add it to its table of words.",
    ]


def test_a_vin_is_understood_however_people_write_it(desk, tmp_path):
    rows = [
        {**BRAKES, "编号": str(place), "车架号": vin} for place, vin in enumerate(("1m8gdm9axkp-042788", "JT3DJ81W8R0"))
    ]

    found = brought_in(desk, a_file(tmp_path, text(*rows)))

    vins = {vehicle.vin for one in desk.find(by=chen) for vehicle in one.registration.vehicles}
    assert (vins, found.marks) == ({"1M8GDM9AXKP042788", "JT3DJ81W8R0"}, {})


def test_miles_become_kilometres_and_what_is_not_told_is_what_the_map_means(desk, tmp_path):
    map = a_map(**{'mileage_km = "{里程}"': 'mileage_km = { value = "{里程}", unit = "miles" }'})

    brought_in(desk, a_file(tmp_path, text({**BRAKES, "里程": "10 000", "渠道": ""})), map)

    (complaint,) = desk.find(by=chen)
    assert complaint.registration.vehicles[0].mileage_km == 16093
    assert complaint.registration.channel is Channel.SHOWROOM


def test_control_characters_become_blanks_and_are_noted(desk, tmp_path):
    row = {**BRAKES, "内容": "刹车\x07异响"}

    found = brought_in(desk, a_file(tmp_path, text(row)))

    (complaint,) = desk.find(by=chen)
    assert (complaint.registration.excerpt, found.marks) == ("刹车 异响", {"control_characters": 1})


def test_an_outcome_of_what_has_not_ended_is_noted_and_not_believed(desk, tmp_path):
    found = brought_in(desk, a_file(tmp_path, text(BRAKES)), a_map(**{'"*" = "none"': '"*" = "disputed"'}))

    (complaint,) = desk.find(by=chen)
    assert (complaint.outcome, found.marks) == (None, {"not_before_the_end": 1})


def test_rows_that_the_map_leaves_out_are_counted_by_its_reason(desk, tmp_path):
    path = a_file(tmp_path, text(BRAKES, {**BRAKES, "编号": "T-9", "类别": "咨询"}, "", ",,,,,,,,,,,,"))

    found = brought_in(desk, path)

    assert (found.skipped, found.rows_blank, found.complaints, found.rows) == ({"咨询": 1}, 2, 1, 4)


def test_rows_of_one_number_are_one_complaint(desk, tmp_path):
    map = a_map(**{'value = "{编号}"': 'value = "{编号}"\ngroup = true\nwithin = 3'})
    other = {**BRAKES, "内容": "门锁坏了。", "受理时间": "2026-01-04 08:00", "类别": "维修质量", "车架号": ""}
    path = a_file(tmp_path, text(BRAKES, CLOSED, other, BRAKES))

    found = brought_in(desk, path, map)

    first = next(one for one in desk.find(by=chen) if one.beside.adopted.number == "T-1")
    assert (found.complaints, found.rows_taken) == (2, 4)
    assert [issue.category for issue in first.registration.issues] == ["product.brakes", "repair_quality"]
    assert first.registration.received_at == datetime(2026, 1, 4, 8, tzinfo=SHANGHAI)


def test_a_complaint_waits_for_rows_that_come_soon_after_its_last_one(desk, tmp_path):
    map = a_map(**{'value = "{编号}"': 'value = "{编号}"\ngroup = true\nwithin = 2'})
    others = [{**CLOSED, "编号": f"T-{place}"} for place in (7, 8)]
    rows = [BRAKES, others[0], {**BRAKES, "类别": "维修质量"}, others[1], {**BRAKES, "类别": "门锁"}, others[0]]

    found = brought_in(desk, a_file(tmp_path, text(*rows)), map)

    assert (found.complaints, found.rows_taken, found.there, found.rows_refused) == (3, 5, 1, 0)


def test_a_complaint_is_refused_with_all_its_rows_where_one_of_them_is_wrong(desk, tmp_path):
    map = a_map(**{'value = "{编号}"': 'value = "{编号}"\ngroup = true'})
    path = a_file(tmp_path, text(BRAKES, {**BRAKES, "受理时间": "?"}, CLOSED))

    found = brought_in(desk, path, map, refused=tmp_path / "refused.csv")

    assert (found.complaints, found.rows_refused) == (1, 2)
    assert codes(tmp_path / "refused.csv") == [("2", "", "row_with_another"), ("3", "受理时间", "not_in_forms")]


def test_a_row_without_a_number_of_its_own_is_known_by_its_digest(desk, tmp_path):
    map = a_map(**{'value = "{编号}"': "digest = true"})
    path = a_file(tmp_path, text(BRAKES, CLOSED, BRAKES))

    found = brought_in(desk, path, map)

    assert (found.complaints, found.there) == (2, 1)


def test_a_number_with_signs_that_nobody_sees_is_refused_before_and_when_it_is_done(desk, tmp_path):
    path = a_file(tmp_path, text({**BRAKES, "编号": "T\u200b1"}))

    told = [brought_in(desk, path, is_dry_run=dry).refused for dry in (True, False)]

    assert told == [{"control_characters": 1}] * 2


def test_what_the_desk_refuses_is_told_of_like_any_other_row(desk, tmp_path):
    path = a_file(tmp_path, text({**BRAKES, "受理时间": "2026-05-01 10:00"}, {**CLOSED, "客户": "", "电话": ""}))

    found = brought_in(desk, path, refused=tmp_path / "refused.csv")

    assert (found.rows_refused, found.complaints) == (2, 0)
    assert codes(tmp_path / "refused.csv") == [("2", "", "adoption.in_future"), ("3", "", "complainant.unknown")]


def test_days_alone_count_from_the_hour_of_the_map_and_in_its_zone(desk, tmp_path):
    map = a_map(**{"[key]": 'time = "08:30"\nzone = "America/New_York"\n[key]'})

    brought_in(desk, a_file(tmp_path, text({**BRAKES, "受理时间": "2026-01-05"})), map)

    (complaint,) = desk.find(by=chen)
    assert complaint.registration.received_at.isoformat() == "2026-01-05T08:30:00-05:00"


def test_days_of_a_workbook_may_be_numbers(desk, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(list(BRAKES))
    book.active.append([*BRAKES.values()])
    book.active.append([{**CLOSED, "受理时间": 46027.5, "结案时间": date(2026, 1, 9)}[name] for name in BRAKES])
    book.save(tmp_path / "old.xlsx")
    book.close()

    found = brought_in(desk, tmp_path / "old.xlsx")

    received = {one.beside.adopted.number: one.registration.received_at for one in desk.find(by=chen)}
    assert found.complaints == 2
    assert received["T-2"] == datetime(2026, 1, 5, 12, tzinfo=SHANGHAI)


def test_nobody_is_notified_and_no_clock_is_late_the_moment_it_comes(desk, tmp_path):
    brought_in(desk, a_file(tmp_path, text(BRAKES, CLOSED)))

    ticked = desk.tick()

    assert (ticked.events, ticked.failed) == ({}, {})


# --- again and again ------------------------------------------------------------------------------------------------


def test_the_same_file_again_changes_nothing(stored, tmp_path):
    path = a_file(tmp_path, text(BRAKES, CLOSED, {**BRAKES, "编号": "T-3", "里程": "?"}))
    first = brought_in(stored, path)
    before = everything(stored)

    again = brought_in(stored, path)

    assert (first.complaints, again.complaints, again.there) == (3, 0, 3)
    assert everything(stored) == before


def test_the_same_file_again_in_another_language_adds_no_note(desk, tmp_path):
    path = a_file(tmp_path, text({**BRAKES, "里程": "?"}))
    brought_in(desk, path)
    before = everything(desk)

    again = brought_in(desk, path, language="zh_CN")

    assert (again.there, everything(desk)) == (1, before)


def test_another_manager_who_brings_it_in_again_doubles_nothing(desk, tmp_path):
    path = a_file(tmp_path, text(BRAKES, CLOSED))
    brought_in(desk, path)

    again = import_file(desk, path, a_map(), dealer=SHOP, by=Actor("zhou", Role.MANAGER, dealer="SH01"))

    assert (again.there, again.rows_refused) == (2, 0)


def test_a_row_that_has_changed_since_is_told_of_and_changes_nothing(desk, tmp_path):
    brought_in(desk, a_file(tmp_path, text(BRAKES, CLOSED)))
    (_, reference) = sorted(one.reference for one in desk.find(by=chen))
    before = everything(desk)
    path = a_file(tmp_path, text({**BRAKES, "状态": "已结", "答复": "已修好。"}, CLOSED))

    again = brought_in(desk, path, refused=tmp_path / "refused.csv")

    assert (again.there, again.refused, everything(desk) == before) == (1, {"row_changed": 1}, True)
    assert reference[:-1] in refused_rows(tmp_path / "refused.csv")[0]["refused_reason"]


def test_the_same_number_twice_in_one_file_is_no_second_complaint(desk, tmp_path):
    path = a_file(tmp_path, text(BRAKES, {**BRAKES, "内容": "别的事。"}, BRAKES))

    rehearsed = brought_in(desk, path, is_dry_run=True)
    found = brought_in(desk, path)

    assert (found.complaints, found.there, found.refused) == (1, 1, {"row_changed": 1})
    assert (rehearsed.complaints, rehearsed.there, rehearsed.refused) == (1, 1, {"row_changed": 1})


def test_what_was_erased_since_does_not_come_back(desk, tmp_path):
    path = a_file(tmp_path, text(CLOSED))
    brought_in(desk, path)
    desk.redact_customer("张三", by=chen, reason="The customer asked for it.", fields=[PersonalData.NAMES])

    again = brought_in(desk, path)

    assert (again.there, again.erased, again.complaints, again.rows_refused) == (1, 1, 0, 0)


def test_what_is_done_here_after_the_import_stays(desk, tmp_path):
    path = a_file(tmp_path, text(BRAKES))
    brought_in(desk, path)
    (complaint,) = desk.find(by=chen)
    after = desk.handle(AddNote(complaint=complaint.id, text="Called back."), by=chen)

    brought_in(desk, path)

    assert [*desk.find(by=chen)] == [after]


def test_an_import_that_is_stopped_goes_on_with_the_same_call(stored, tmp_path):
    path = a_file(tmp_path, text(*numbered(100, 里程="?")))

    stopped = brought_in(stored, path, should_stop=lambda: True)
    kept = len(stored.find(Query(limit=1000), by=chen))
    rest = brought_in(stored, path)

    assert (stopped.is_whole, stopped.complaints, kept) == (False, 32, 32)
    assert (rest.is_whole, rest.complaints, rest.there) == (True, 68, 32)
    with a_desk() as at_once:
        brought_in(at_once, path)
        assert everything(at_once) == everything(stored)


def test_an_import_that_is_killed_between_two_commits_loses_nothing(stored, tmp_path):
    undated = {**BRAKES, "受理时间": "?"}
    path = a_file(tmp_path, text(undated, *numbered(80, 里程="?", 受伤人数="0")))

    def kill(done: int, total: int, rows: int) -> None:
        if rows > 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        brought_in(stored, path, progress=kill, refused=tmp_path / "refused.csv")
    rest = brought_in(stored, path)

    assert (rest.complaints + rest.there, rest.there > 0) == (80, True)
    assert {one.version for one in stored.find(Query(limit=1000), by=chen)} == {2}
    assert [one.name for one in tmp_path.iterdir() if "refused" in one.name] == []


# --- the file of refused rows ---------------------------------------------------------------------------------------


def test_refused_rows_are_mended_in_their_file_and_brought_in_from_there(desk, tmp_path):
    rows = text(BRAKES, {**CLOSED, "受理时间": "?", "内容": '他说"不行"，\n真的。'.replace("\n", " ")}, separator="\t")
    path = a_file(tmp_path, rows.encode("gbk"), "old.txt")
    map = a_map(**{"[file]": '[file]\nform = "tsv"\nquote = "none"\nencoding = "gbk"'})
    first = brought_in(desk, path, map, refused=tmp_path / "refused.csv")
    written = (tmp_path / "refused.csv").read_text(encoding="utf-8-sig")
    mended = a_file(tmp_path, written.replace("已结,", "已结,", 1).replace("T-2,?", "T-2,2026-01-05"), "mended.csv")
    mended.write_bytes(b"\xef\xbb\xbf" + mended.read_bytes())

    second = brought_in(desk, mended, map, refused=tmp_path / "refused.csv")

    assert (first.complaints, first.rows_refused, second.complaints, second.rows_refused) == (1, 1, 1, 0)
    assert codes(tmp_path / "refused.csv") == []


def test_mended_rows_that_are_only_looked_through_or_begun_stay_in_their_file(desk, tmp_path):
    path = a_file(tmp_path, text(*numbered(40, 受理时间="?")))
    refused = tmp_path / "old.csv.refused.csv"
    brought_in(desk, path, refused=refused)
    mended = refused.read_bytes().replace(b",?,", b",2026-01-05,")
    refused.write_bytes(mended)

    looked_through = brought_in(desk, refused, refused=refused, is_dry_run=True)
    begun = brought_in(desk, refused, refused=refused, limit=1)
    stopped = brought_in(desk, refused, refused=refused, should_stop=lambda: True)

    assert refused.read_bytes() == mended
    assert (looked_through.complaints, begun.complaints, stopped.complaints, stopped.there) == (40, 1, 31, 1)
    assert (brought_in(desk, refused, refused=refused).there, codes(refused)) == (32, [])


def test_rows_that_are_refused_again_look_as_they_did(desk, tmp_path):
    refused = tmp_path / "refused.csv"
    brought_in(desk, a_file(tmp_path, text({**BRAKES, "状态": "?"})), refused=refused)
    first = refused.read_bytes()

    brought_in(desk, refused, refused=refused)

    assert refused.read_bytes() == first


def test_refused_rows_that_a_spreadsheet_has_saved_in_its_own_encoding_come_in_as_well(desk, tmp_path):
    refused = tmp_path / "refused.csv"
    map = a_map(**{"[file]": '[file]\nencoding = "gbk"'})
    brought_in(desk, a_file(tmp_path, text({**BRAKES, "受理时间": "?"}).encode("gbk")), map, refused=refused)
    mended = refused.read_text(encoding="utf-8-sig").replace(",?,", ",2026-01-05,")
    refused.write_bytes(mended.encode("gbk"))

    found = brought_in(desk, refused, map, refused=refused)

    assert (found.complaints, found.rows_refused) == (1, 0)
    assert refused.read_text(encoding="utf-8-sig").count("refused_row") == 1


def test_a_day_too_long_ago_and_a_word_of_no_state_say_what_can_be_there(desk, tmp_path):
    path = a_file(tmp_path, text({**BRAKES, "受理时间": "1900-01-01"}, {**BRAKES, "状态": "?"}))

    brought_in(desk, path, refused=tmp_path / "refused.csv")

    reasons = [row["refused_reason"] for row in refused_rows(tmp_path / "refused.csv")]
    assert reasons == [
        "受理时间: " + Fault("", "too_long_ago", since=1980).sentence("en"),
        "状态: " + Fault("", "unknown_word", choices=tuple(state.value for state in ADOPTABLE)).sentence("en"),
    ]


def test_a_row_known_by_its_digest_is_the_same_in_the_file_of_refused_rows(desk, tmp_path):
    path = a_file(tmp_path, text({**BRAKES, "渠道": "?"}))
    by_digest = {'value = "{编号}"': "digest = true"}
    brought_in(desk, path, a_map(**by_digest), refused=tmp_path / "refused.csv")
    learnt = a_map(**by_digest, **{'"来电" = "phone"': '"来电" = "phone"\n"?" = "phone"'})

    first = brought_in(desk, tmp_path / "refused.csv", learnt)
    second = brought_in(desk, path, learnt)

    assert (first.complaints, second.complaints, second.there) == (1, 0, 1)


def test_days_of_a_workbook_are_understood_in_its_file_of_refused_rows(desk, tmp_path):
    book = openpyxl.Workbook()
    book.active.append(COLUMNS)
    for number, day in (("T-1", datetime(2026, 1, 5, 10, 30)), ("T-2", 46027)):  # noqa: DTZ001  # a cell has no zone
        row = {**BRAKES, "编号": number, "受理时间": day, "状态": "?"}
        book.active.append([row[name] for name in COLUMNS])
    book.save(tmp_path / "old.xlsx")
    refused = tmp_path / "refused.csv"
    brought_in(desk, tmp_path / "old.xlsx", refused=refused)
    refused.write_bytes(refused.read_bytes().replace(b",?,", ",处理中,".encode()))

    found = brought_in(desk, refused)

    assert (found.complaints, found.refused) == (2, {})


def test_what_nobody_has_mended_is_refused_again(desk, tmp_path):
    cut_off = line(BRAKES).rpartition(",")[0].encode()
    damaged = line({**BRAKES, "编号": "T-2"}).encode().replace("张三".encode(), b"\xd5\xc5")
    unclosed = line({**BRAKES, "编号": "T-3", "内容": '"刹车异响'}).encode()
    content = b"\n".join([",".join(COLUMNS).encode(), cut_off, damaged, unclosed, b""])
    refused = tmp_path / "refused.csv"
    map = a_map(**{"[file]": '[file]\nencoding = "utf-8"'})
    brought_in(desk, a_file(tmp_path, content), map, refused=refused)
    first = [row["refused_code"] for row in refused_rows(refused)]

    again = brought_in(desk, refused, map, refused=refused)

    assert (again.complaints, again.rows_refused) == (0, 3)
    assert first == ["row_fields", "cell_damaged", "row_quote"]
    assert [row["refused_code"] for row in refused_rows(refused)] == ["row_fields", "cell_damaged", "row_not_kept"]


def test_cells_beyond_the_last_column_are_kept_with_the_refused_row(desk, tmp_path):
    path = a_file(tmp_path, text(f"{line(BRAKES)},beyond,it"))

    brought_in(desk, path, refused=tmp_path / "refused.csv")

    (row,) = refused_rows(tmp_path / "refused.csv")
    assert row[None] == ["beyond", "it"]


def test_refused_rows_are_for_their_owner_alone(desk, tmp_path):
    path = a_file(tmp_path, text({**BRAKES, "状态": "?"}))

    brought_in(desk, path, refused=tmp_path / "refused.csv")

    mode = (tmp_path / "refused.csv").stat().st_mode
    (row,) = refused_rows(tmp_path / "refused.csv")
    assert stat.S_IMODE(mode) == 0o600
    assert {name: row[name] for name in BRAKES} == {**BRAKES, "状态": "?"}


def test_where_nothing_is_refused_there_is_no_file(desk, tmp_path):
    found = brought_in(desk, a_file(tmp_path, text(BRAKES)), refused=tmp_path / "refused.csv")

    assert (found.refused_file, (tmp_path / "refused.csv").exists()) == (None, False)


def test_reasons_are_told_in_the_readers_language(desk, tmp_path):
    path = a_file(tmp_path, text({**BRAKES, "内容": ""}))

    brought_in(desk, path, refused=tmp_path / "refused.csv", language="zh_CN")

    (row,) = refused_rows(tmp_path / "refused.csv")
    assert row["refused_reason"] == "内容: 此项必填。请填写。"


# --- before it is done ----------------------------------------------------------------------------------------------


def test_a_dry_run_writes_nothing_and_says_what_the_import_then_does(stored, tmp_path):
    odd = [{**CLOSED, "受理时间": "?"}, {**BRAKES, "编号": "T-50", "里程": "?"}, {**CLOSED, "编号": "T-60"}]
    path = a_file(tmp_path, text(*numbered(40), *odd))

    rehearsed = brought_in(stored, path, is_dry_run=True, refused=tmp_path / "one.csv")
    kept = len(stored.find(by=chen))
    done = brought_in(stored, path, refused=tmp_path / "other.csv")

    assert kept == 0
    alike = {"samples": (), "refused_file": None, "is_dry_run": False}
    assert attrs.evolve(rehearsed, **alike) == attrs.evolve(done, **alike)
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "other.csv").read_bytes()
    assert [(one.number, one.complaint.state) for one in rehearsed.samples] == [
        ("T-1", State.JUDGMENT), ("T-2", State.JUDGMENT), ("T-3", State.JUDGMENT),
    ]  # fmt: skip


def test_a_dry_run_of_what_is_there_says_that_it_is_there(desk, tmp_path):
    path = a_file(tmp_path, text(BRAKES, CLOSED))
    brought_in(desk, path)

    found = brought_in(desk, a_file(tmp_path, text(BRAKES, {**CLOSED, "内容": "别的。"})), is_dry_run=True)

    assert (found.there, found.refused, found.complaints) == (1, {"row_changed": 1}, 0)


def test_only_the_first_ones_are_looked_at_where_somebody_wants_to_try(desk, tmp_path):
    found = brought_in(desk, a_file(tmp_path, text(*numbered(10))), limit=4)

    assert (found.rows, found.complaints, found.is_whole) == (4, 4, False)


def test_only_a_manager_brings_complaints_in(desk, tmp_path):
    path = a_file(tmp_path, text(BRAKES))
    li = Actor("li", Role.SPECIALIST, dealer="SH01")

    with pytest.raises(NotPermittedError):
        import_file(desk, path, a_map(), dealer=SHOP, by=li)
    with pytest.raises(NotPermittedError):
        import_file(desk, path, a_map(), dealer=SHOP, by=li, is_dry_run=True)

    assert len(desk.find(by=chen)) == 0


def test_a_dealer_that_is_not_served_gets_no_complaints(desk, tmp_path):
    with pytest.raises(NotFoundError):
        import_file(
            desk, a_file(tmp_path, text(BRAKES)), a_map(), dealer=attrs.evolve(SHOP, id="BJ01"),
            by=Actor("chen", Role.MANAGER, dealer="BJ01"),
        )  # fmt: skip


def test_a_file_without_the_columns_of_the_map_is_refused_before_anything_is_written(desk, tmp_path):
    path = a_file(tmp_path, "编号,内容\nT-1,刹车\n")

    with pytest.raises(InvalidCommandError) as refused:
        brought_in(desk, path, refused=tmp_path / "refused.csv")

    assert [fault.code for fault in refused.value.faults] == ["no_columns"]
    assert [one.name for one in tmp_path.iterdir()] == ["old.csv"]


def test_of_a_file_without_names_nobodys_row_is_shown_on_a_screen(desk, tmp_path):
    path = a_file(tmp_path, f"{line(BRAKES)}\n")

    with pytest.raises(InvalidCommandError) as refused:
        brought_in(desk, path)

    assert [fault.code for fault in refused.value.faults] == ["no_column_at_all"]
    assert ("张三" in str(refused.value), "13800000000" in str(refused.value)) == (False, False)


def test_a_number_that_looks_like_the_name_of_a_note_is_a_number(desk, tmp_path):
    doubtful = {**BRAKES, "里程": "a lot"}
    path = a_file(tmp_path, text(doubtful, {**doubtful, "编号": "T-1:marks"}))

    found = brought_in(desk, path)

    assert (found.complaints, found.refused) == (2, {})


def test_a_place_for_refused_rows_that_cannot_be_written_is_told_of_first(desk, tmp_path):
    with pytest.raises(InvalidCommandError) as refused:
        brought_in(desk, a_file(tmp_path, text(BRAKES)), refused=tmp_path / "none" / "refused.csv")

    assert (refused.value.faults[0].code, len(desk.find(by=chen))) == ("unwritable_file", 0)


# --- what is published ----------------------------------------------------------------------------------------------


def test_every_row_of_the_regulators_sample_is_taken_in(desk, tmp_path):
    path = a_file(tmp_path, shipped_text(), "complaints.txt")
    known = read_sample(shipped_text(), SHOP)

    found = brought_in(desk, path, load_map("nhtsa_odi"))

    by_number = {one.beside.adopted.number: one.registration for one in desk.find(Query(limit=1000), by=chen)}
    assert (found.rows_taken, found.complaints, found.marks) == (100, len(known.complaints), {"vin": 1})
    assert set(by_number) == set(known.complaints)
    assert {n: set(form.alarms) - {Alarm.SAFETY_PART} for n, form in by_number.items()} == {
        n: set(form.alarms) - {Alarm.SAFETY_PART} for n, form in known.complaints.items()
    }
    assert {n: {car.mileage_km for car in form.vehicles} for n, form in by_number.items()} == {
        n: {car.mileage_km for car in form.vehicles} for n, form in known.complaints.items()
    }
    assert {n: {issue.category for issue in form.issues} for n, form in by_number.items()} == {
        n: {issue.category for issue in form.issues} for n, form in known.complaints.items()
    }


def test_a_crash_raises_the_severity_by_rule(desk, tmp_path):
    rows = (
        "record_id,make,model,year,component,incident_date,incident_date_missing,crash_involved,fire_involved,injuries,deaths",
        'c_1,FORD,Explorer,2015,"SERVICE BRAKES, HYDRAULIC,POWER TRAIN",2020-03-01,False,True,False,0,0',
        "c_2,FORD,Explorer,2015,STRUCTURE,2020-03-01,False,False,True,0,2",
        "c_3,FORD,Explorer,2015,SEATS,2013-03-01,False,False,False,0,0",
        "c_4,FORD,Explorer,2015,SEATS,1969-12-31,False,False,False,0,0",
    )

    found = brought_in(desk, a_file(tmp_path, "\n".join(rows)), load_map("nhtsa_models"))

    by_number = {one.beside.adopted.number: one for one in desk.find(by=chen)}
    assert {number: one.severity for number, one in by_number.items()} == {
        "c_1": Severity.MAJOR, "c_2": Severity.CRITICAL, "c_3": Severity.GENERAL,
    }  # fmt: skip
    assert [issue.text for issue in by_number["c_1"].registration.issues] == [
        "SERVICE BRAKES, HYDRAULIC", "POWER TRAIN",
    ]  # fmt: skip
    assert (found.marks, found.refused) == ({"doubt": 1}, {"too_long_ago": 1})


def test_requests_of_a_city_come_with_their_opening_and_closing_times(desk, tmp_path):
    head = (
        "Unique Key,Created Date,Closed Date,Agency,Complaint Type,Descriptor,Location Type,Incident Zip,"
        "Incident Address,City,Status"
    )
    rows = (
        "1,3/14/2025 1:20,,NYPD,Noise,Loud,Street,10001,1 MAIN STREET,NEW YORK,In Progress",
        "2,3/14/2025 1:20,3/15/2025 9:05,DPR,Noise,Loud,Street,10001,1 MAIN STREET,NEW YORK,Closed",
    )

    found = brought_in(desk, a_file(tmp_path, "\n".join((head, *rows))), load_map("nyc311"))

    closed = next(one for one in desk.find(by=chen) if one.state is State.CLOSED)
    assert found.taken == {State.JUDGMENT: 1, State.CLOSED: 1}
    assert closed.registration.received_at.isoformat() == "2025-03-14T01:20:00-04:00"
    assert closed.beside.adopted.entered(State.CLOSED).isoformat() == "2025-03-15T09:05:00-04:00"


def test_a_cut_off_record_is_refused_and_a_contradiction_noted(desk, tmp_path):
    head = (
        "Complaint ID,Product,Sub-product,Issue,Sub-issue,State,ZIP code,Submitted via,Date received,"
        "Date sent to company,Company,Company response,Timely response?,Consumer disputed?"
    )
    rows = (
        "1,Loan,,Terms,,NY,10001,Web,11/13/2014,11/14/2014,A Bank,In progress,No,",
        "2,Loan,,Terms,,NY,10001,Fax,11/13/2014,11/14/2014,A Bank,Closed with explanation,Yes,Yes",
        "3,Loan,,Terms,,NY,10001,Web,11/13/2014,11/14/2014,A Bank,In progress,Yes",
    )

    found = brought_in(desk, a_file(tmp_path, "\n".join((head, *rows))), load_map("cfpb"))

    assert (found.taken, found.marks) == ({State.JUDGMENT: 1, State.CLOSED: 1}, {"doubt": 1})
    assert found.refused == {"row_fields": 1}


# --- whatever the file ----------------------------------------------------------------------------------------------

CELLS = st.sampled_from(
    [
        "",
        "T-1",
        "T-2",
        "2026-01-05 10:30",
        "处理中",
        "已结",
        "咨询",
        "来电",
        '"',
        '"a""b"',
        "\0",
        "\x07",
        "x" * 300,
        "-1",
    ]
)
ROWS = st.lists(st.lists(CELLS, min_size=0, max_size=15).map(",".join), max_size=8)
LOOSE = st.binary(max_size=60)


def imported_or_refused(desk: Desk, path: Path, **how: bool) -> Imported | tuple[Fault, ...]:
    try:
        return brought_in(desk, path, a_map(**{"[file]": '[file]\nencoding = "utf-8"'}), **how)
    except InvalidCommandError as error:
        return error.faults


@given(ROWS, LOOSE, st.integers(0, 200))
@settings(max_examples=15)
def test_whatever_is_in_a_file_every_row_is_accounted_for_once(tmp_path_factory, rows, loose, cut):
    content = text(BRAKES, *rows, CLOSED).encode()
    path = a_file(tmp_path_factory.mktemp("any"), content[: len(content) - cut] + loose)

    with a_desk() as desk:
        rehearsed = imported_or_refused(desk, path, is_dry_run=True)
        found = imported_or_refused(desk, path)
        again = imported_or_refused(desk, path)

    if isinstance(found, Imported):
        assert accounted_for(found) == found.rows
        assert (rehearsed.complaints, rehearsed.refused) == (found.complaints, found.refused)
        assert (again.complaints, again.rows_refused) == (0, found.rows_refused)
    else:
        assert rehearsed == found == again


@given(st.binary(max_size=200))
@settings(max_examples=20)
def test_no_file_whatever_raises_anything_but_our_errors(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("any")
    paths = [a_file(folder, content, name) for name in ("old.csv", "old.tsv", "old.xlsx")]

    with a_desk() as desk:
        found = [imported_or_refused(desk, path) for path in paths]

    assert all(isinstance(one, (Imported, tuple)) for one in found)
