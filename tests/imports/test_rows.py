"""Whatever is wrong with a file, it is said clearly, and one damaged row costs nobody but itself."""

from __future__ import annotations

import io
import os
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from complaints import InvalidCommandError
from complaints.errors import Fault
from complaints.imports.lines import LONGEST_LINE
from complaints.imports.map_file import FileTable
from complaints.imports.rows import Row, open_rows
from tests.imports.cases import a_file


def read(path: Path, table: FileTable | None = None, **how: frozenset[str]) -> list[Row]:
    with open_rows(path, table or FileTable(), **how) as rows:
        return list(rows)


def refusal(path: Path, table: FileTable | None = None) -> tuple[Fault, ...]:
    with pytest.raises(InvalidCommandError) as refused:
        read(path, table)
    return refused.value.faults


# --- how it is written ----------------------------------------------------------------------------------------------

TEXT = "编号,内容\n1,刹车异响\n"


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (TEXT.encode("utf-8"), None),
        (TEXT.encode("utf-8-sig"), None),
        (TEXT.encode("utf-16"), None),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), None),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("gbk"), "gbk"),
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.encode("big5", "replace").replace(b"?", b""), "big5"),
        (TEXT.replace("\n", "\r\n").encode(), None),
        (TEXT.removesuffix("\n").encode(), None),
    ],
)
def test_a_file_is_read_in_the_encoding_of_its_mark_or_its_map(tmp_path, content, declared):
    path = a_file(tmp_path, content)

    rows = read(path, FileTable(encoding=declared))

    assert [(row.number, row.cells[0], len(row.faults)) for row in rows] == [(2, "1", 0)]


def test_a_file_that_is_not_utf8_says_which_line_and_what_to_declare(tmp_path):
    path = a_file(tmp_path, b"id,text\n1,plain\n" + "2,刹车异响\n".encode("gbk"))

    (fault,) = refusal(path)

    assert fault == Fault("file.encoding", "not_utf8", line=3)
    assert "gb18030" in fault.sentence("en")


@pytest.mark.parametrize("declared", ["gbk", "gb18030", "big5", "cp1252", "latin-1"])
def test_a_file_that_is_utf8_is_not_read_as_other_words_where_something_older_is_declared(tmp_path, declared):
    path = a_file(tmp_path, "id,name\n1,张三\n")

    assert refusal(path, FileTable(encoding=declared)) == (Fault("file.encoding", "is_utf8", declared=declared),)


def test_where_the_encoding_is_declared_one_damaged_cell_is_told_of_alone(tmp_path):
    path = a_file(tmp_path, b"id,text\n1,caf\xe9\n2,tea\n")

    rows = read(path, FileTable(encoding="utf-8"))

    assert [row.faults for row in rows] == [(Fault("text", "cell_damaged"),), ()]


def test_a_file_cut_off_within_a_sign_loses_its_last_row_alone(tmp_path):
    path = a_file(tmp_path, "编号,内容\n1,好\n2,刹".encode()[:-1])
    wide = a_file(tmp_path, "编号,内容\n1,好\n2,刹车".encode("utf-16")[:-1], "wide.csv")

    told = [[row.faults for row in read(one)] for one in (path, wide)]

    assert told == [[(), (Fault("内容", "cell_damaged"),)]] * 2


def test_utf16_without_a_mark_is_not_taken_for_something_else(tmp_path):
    path = a_file(tmp_path, "id,text\n1,a\n".encode("utf-16-le"))

    assert refusal(path) == (Fault("file.encoding", "names_unreadable"),)


@pytest.mark.parametrize("content", [b"", b"\n", b"\xef\xbb\xbf"])
def test_a_file_with_nothing_in_it_says_so(tmp_path, content):
    path = a_file(tmp_path, content)

    assert [fault.code for fault in refusal(path)] == ["file_empty"]


def test_a_row_without_names_of_columns_is_not_taken_for_an_empty_file(tmp_path):
    path = a_file(tmp_path, "\nid,text\n1,a\n")

    assert refusal(path) == (Fault("columns", "no_names"),)
    assert read(path, FileTable(skip_rows=1)) == [Row(3, ("1", "a"))]


def test_a_file_that_is_not_there_or_no_file_says_so(tmp_path):
    told = [refusal(path)[0].code for path in (tmp_path / "none.csv", tmp_path)]

    assert told == ["unreadable_file", "not_a_file"]


def test_a_pipe_is_refused_before_anything_of_it_is_lost(tmp_path):
    reading, writing = os.pipe()
    os.write(writing, TEXT.encode())
    os.close(writing)

    told = refusal(Path(f"/dev/fd/{reading}"))

    with os.fdopen(reading, "rb") as left:
        assert ([fault.code for fault in told], left.read()) == (["not_a_file"], TEXT.encode())


# --- rows and cells -------------------------------------------------------------------------------------------------


def test_rows_are_numbered_as_a_spreadsheet_numbers_them(tmp_path):
    path = a_file(tmp_path, 'id,text\n1,"two\nlines"\n\n3,c\n')

    rows = read(path)

    assert [(row.number, row.cells, row.is_blank) for row in rows] == [
        (2, ("1", "two\nlines"), False),
        (3, (), True),
        (4, ("3", "c"), False),
    ]


def test_a_row_with_other_than_the_right_number_of_cells_is_told_of(tmp_path):
    path = a_file(tmp_path, "id,text,more\n1,a,b\n2,a\n3,a,b,c\n4,a,b,,\n")

    rows = read(path)

    assert [row.faults for row in rows] == [
        (),
        (Fault("", "row_fields", wanted=3, found=2),),
        (Fault("", "row_fields", wanted=3, found=4),),
        (),
    ]


def test_columns_that_some_files_do_not_have_may_be_lacking(tmp_path):
    path = a_file(tmp_path, "1\ta\n2\n", "old.txt")
    table = FileTable(form="tsv", columns=("id", "text", "towed", "more"), optional=("towed", "more"))

    rows = read(path, table)

    assert [(row.cells, len(row.faults)) for row in rows] == [(("1", "a", "", ""), 0), (("2", "", "", ""), 1)]


def test_a_quotation_mark_that_nobody_closes_spoils_its_own_row_alone(tmp_path):
    path = a_file(tmp_path, 'id,text\n1,"never closed\n2,b\n3,c\n')

    rows = read(path)

    assert [(row.number, row.cells, row.faults) for row in rows] == [
        (2, (), (Fault("", "row_quote", quote='"'),)),
        (3, ("2", "b"), ()),
        (4, ("3", "c"), ()),
    ]


@pytest.mark.parametrize(
    ("closing", "spoilt"), [('"20 inch rims', [2, 4]), ('he said "no"', [2])], ids=["within a text", "at its end"]
)
def test_a_quotation_mark_that_only_another_rows_closes_swallows_no_row(tmp_path, closing, spoilt):
    lines = [
        '1,2026-01-05,"19 inch rims,phone,x,y',
        '2,2026-01-06,"b, b",phone,x,y',
        f"3,2026-01-07,{closing},phone,x,y",
        "4,2026-01-08,d,phone,x,y",
    ]
    path = a_file(tmp_path, "\n".join(["id,day,text,via,who,what", *lines, ""]))

    rows = read(path)

    assert [row.number for row in rows] == [2, 3, 4, 5]
    assert [(row.number, row.faults) for row in rows if row.faults] == [
        (number, (Fault("", "row_quote", quote='"'),)) for number in spoilt
    ]


def test_a_text_of_several_lines_may_have_commas_and_quotation_marks_in_it(tmp_path):
    text = 'The brakes.\nThe bill, the wait, the noise, the smell, and yes,\nand ""nobody"" calls, ever.'
    path = a_file(tmp_path, f'id,day,via,who,what,text\n1,2026-01-05,phone,x,y,"{text}"\n2,a,b,c,d,e\n')

    rows = read(path)

    told = text.replace('""', '"')
    assert rows == [Row(2, ("1", "2026-01-05", "phone", "x", "y", told)), Row(3, ("2", "a", "b", "c", "d", "e"))]


def test_a_line_that_never_ends_is_passed_over_without_being_held(tmp_path):
    path = tmp_path / "old.csv"
    with path.open("wb") as opened:
        opened.write(b"id,text\n1,a\n2,")
        opened.seek(64 * LONGEST_LINE, io.SEEK_CUR)
        opened.write(b"\n3,c\n")

    rows = read(path)

    assert [(row.number, row.cells, row.faults) for row in rows] == [
        (2, ("1", "a"), ()),
        (3, (), (Fault("", "row_too_long", most=LONGEST_LINE),)),
        (4, ("3", "c"), ()),
    ]


def test_zero_bytes_are_told_of_by_their_column_and_only_where_it_matters(tmp_path):
    path = a_file(tmp_path, b"id,text,other\n1,a\0b,c\n2,b,\0\n")

    rows = read(path, used=frozenset({"id", "text"}))

    assert [row.faults for row in rows] == [(Fault("text", "cell_nul"),), ()]


def test_an_empty_cell_means_what_the_row_above_has_where_cells_were_merged(tmp_path):
    path = a_file(tmp_path, "id,text\nA,1\n,2\nB,3\n")

    rows = read(path, FileTable(fill_down=("id",)))

    assert [row.cells for row in rows] == [("A", "1"), ("A", "2"), ("B", "3")]


def test_rows_above_the_names_are_left_out(tmp_path):
    path = a_file(tmp_path, "Export of 2026,\nid,text\n1,N/A\n")

    rows = read(path, FileTable(skip_rows=1, blank=("n/a",)))

    assert [(row.number, row.cells) for row in rows] == [(3, ("1", ""))]


# --- workbooks ------------------------------------------------------------------------------------------------------


def a_workbook(folder: Path, *rows: tuple[object, ...]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "old.xlsx")
    book.close()
    return folder / "old.xlsx"


def test_a_workbook_is_read_as_text(tmp_path):
    path = a_workbook(
        tmp_path,
        ("id", "text", "at"),
        (1, "刹车异响", datetime.fromisoformat("2026-01-05T10:30")),
        (2.5, None, date(2026, 1, 6)),
        (None, None, None),
        (4, True, 46027),
    )

    rows = read(path)

    assert [(row.number, row.cells, row.faults) for row in rows] == [
        (2, ("1", "刹车异响", "2026-01-05 10:30:00"), ()),
        (3, ("2.5", "", "2026-01-06 00:00:00"), ()),
        (4, (), ()),
        (5, ("4", "TRUE", "46027"), ()),
    ]


def test_a_formula_without_a_value_is_told_of_by_its_cell(tmp_path):
    path = a_workbook(tmp_path, ("id", "text"), (1, "=A2+1"), (2, "b"))

    rows = read(path)

    assert [row.faults for row in rows] == [(Fault("text", "cell_formula", cell="B2"),), ()]


def test_a_workbook_that_is_none_or_cut_off_says_so(tmp_path):
    whole = a_workbook(tmp_path, ("id",), ("1",)).read_bytes()
    files = [
        a_file(tmp_path, whole[: len(whole) // 2], "half.xlsx"),
        a_file(tmp_path, b"id,text\n", "text.xlsx"),
        a_file(tmp_path, whole, "workbook.csv"),
        a_file(tmp_path, b"\xd0\xcf\x11\xe0 old", "old.xls"),
    ]

    assert [refusal(path)[0].code for path in files] == [
        "workbook_broken", "not_that_form", "not_that_form", "old_workbook",
    ]  # fmt: skip


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(tmp_path):
    path = a_workbook(tmp_path, ("id",), ("1",))

    assert refusal(path, FileTable(sheet="2026")) == (Fault("file.sheet", "choice", choices=("Sheet",)),)
