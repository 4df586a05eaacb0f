"""XLSX: typed cells become the text a CSV would hold; bombs are refused before they go off."""

import io
import tracemalloc
import zipfile
from datetime import date, datetime, time

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attribution.files.reading import FileProblem, open_table
from attribution.files.writing import write_xlsx

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook(*rows, **properties):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return saved(book)


def saved(book):
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def with_part(data, path, content, stuffing=b""):
    """The same archive with one part replaced."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            if part.filename != path:
                new.writestr(part, old.read(part))
        new.writestr(path, content)
        if stuffing:
            new.writestr(zipfile.ZipInfo("stuffing.bin"), stuffing)
    return target.getvalue()


def with_sheet(rows, stuffing=b"", tail=""):
    content = f"<worksheet {MAIN}><sheetData>{rows}</sheetData>{tail}</worksheet>"
    return with_part(workbook(["id"]), "xl/worksheets/sheet1.xml", content, stuffing)


def table(data, **options):
    return open_table(io.BytesIO(data), name="leads.csv", **options)


def test_sheets_that_are_not_read_are_named():
    book = openpyxl.Workbook()
    book.active.append(["id"])
    for title, cell in (("Feb", "id"), ("Empty", None), ("Old", "id")):
        book.create_sheet(title).append([cell])
    book["Old"].sheet_state = "hidden"
    assert table(saved(book)).other_sheets == ("Feb",)


def cells(data):
    return [row.cells for row in table(data).rows()]


def test_typed_cells_become_plain_text():
    values = [date(2026, 2, 1), datetime(2026, 2, 1, 14, 30), datetime(2026, 2, 1), 0.1 + 0.2, 5.0]
    values += [1234567890123, -5, True, False, None, "x", 1e-7, time(9, 5), 1e20]
    expected = ["2026-02-01", "2026-02-01 14:30:00", "2026-02-01", "0.3", "5"]
    expected += ["1234567890123", "-5", "true", "false", "", "x", "0.0000001", "09:05:00"]
    expected += ["1E+20"]  # of which 15 digits are known
    headings = [f"c{number}" for number in range(len(values))]
    assert cells(workbook(headings, values)) == [expected]


def test_lines_stay_true_and_blank_ones_are_skipped():
    data = workbook([], ["id", "a"], [], [1, "x"], [None, None], [2])
    found = table(data)
    assert found.kind == "XLSX"
    assert found.headers == ["id", "a"]
    assert [tuple(row) for row in found.rows()] == [(4, ["1", "x"]), (6, ["2", ""])]
    assert len(list(found.rows())) == 2


def test_the_first_visible_sheet_counts():
    book = openpyxl.Workbook()
    book.active.sheet_state = "hidden"
    book.active.append(["secret"])
    book.create_sheet("Leads").append(["id"])
    assert table(saved(book)).headers == ["id"]


def test_a_cover_without_a_table_is_passed_over():
    book = openpyxl.Workbook()
    book.active.append(["Media plan"])
    book.active.append(["Spring"])
    book.create_sheet("Plan").append(["id", "day"])
    assert (table(saved(book)).sheet, table(saved(book)).other_sheets) == ("Plan", ("Sheet",))
    book = openpyxl.Workbook()
    book.active.append(["id"])
    book.create_sheet("Names").append(["name"])
    assert table(saved(book)).sheet == "Sheet"


def test_of_what_stands_beside_a_table_nobody_is_told_to_quote_it():
    found = table(workbook(["id", "day"], ["1", "2026-03-01", None, "paid?"]))
    with pytest.raises(FileProblem, match=r"Row 2 .* has 4 cells.* delete what stands beside"):
        list(found.rows())


def test_digits_that_a_spreadsheet_did_not_keep_are_not_made_up():
    cells = "".join(f"<c><v>{text}</v></c>" for text in ("1.2021012345678E+17", "1.5E+3"))
    [_, (_, texts)] = table(with_sheet(f"<row><c><v>1</v></c></row><row>{cells}</row>")).records()
    assert texts == ["1.2021012345678E+17", "1500"]


def test_the_point_of_a_number_parts_no_thousands():
    data = workbook([1.431, -12.345, 1234.567, 0.125, 1.43, "1.431"])
    [(_, texts)] = table(data, has_amounts=True).records()
    assert list(map(str, texts)) == ["1.4310", "-12.3450", "1234.567", "0.125", "1.43", "1.431"]
    assert (texts[0] == "1.4310", {texts[0]} == {"1.4310"}) == (False, False)
    [(_, texts)] = table(data).records()
    assert texts == ["1.431", "-12.345", "1234.567", "0.125", "1.43", "1.431"]


def test_a_wrong_dimension_cuts_nothing_off():
    content = f'<worksheet {MAIN}><dimension ref="A1"/><sheetData>'
    content += "<row><c><v>1</v></c><c><v>2</v></c></row>" * 3 + "</sheetData></worksheet>"
    data = with_part(workbook(["id"]), "xl/worksheets/sheet1.xml", content.replace(">1<", ">7<", 1))
    assert cells(data) == [["1", "2"], ["1", "2"]]


def test_a_formula_is_read_as_its_last_value():
    row = "<row><c><v>1</v></c></row><row><c><f>1+1</f><v>2</v></c></row>"
    assert cells(with_sheet(row)) == [["2"]]


def test_a_path(tmp_path):
    path = tmp_path / "leads.bin"
    path.write_bytes(workbook(["id"], [1]))
    assert [row.cells for row in open_table(path, name="x").rows()] == [["1"]]


def archive(**parts):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for path, content in parts.items():
            new.writestr(path.replace("__", "/"), content)
    return target.getvalue()


NOISE = bytes(range(256)) * 4096  # stored, so that the ratio of the whole looks harmless
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'

BOMBS = {
    "half a million rows": (lambda: with_sheet("<row><c><v>1</v></c></row>" * 497_000), "times"),
    "rows beside stuffing": (
        lambda: with_sheet("<row><c><v>1</v></c></row>" * 200_000, NOISE),
        "more than 100,000 rows",
    ),
    "100 MB": (lambda: with_sheet(" " * 105_000_000, NOISE), "at most 100 MB"),
    "5,000 columns": (
        lambda: with_sheet("<row>" + "<c><v>1</v></c>" * 5000 + "</row>", NOISE),
        "wider than 100 columns",
    ),
    "101 columns": (lambda: workbook([f"c{n}" for n in range(101)]), "101 columns"),
    "columns after the headings": (lambda: workbook(["id"], [1, 2]), "Row 2 of"),
    "140 kB cell": (lambda: with_sheet(inline("x" * 140_000), NOISE), "140,000 characters"),
    "20 MB cell": (lambda: with_sheet(inline("x" * 20_000_000), NOISE), "wider than"),
    "a million empty cells": (
        lambda: with_sheet("<row>" + "<c/>" * 1_000_000 + "</row>", NOISE),
        "wider than",
    ),
    "a million links": (
        lambda: with_sheet("<row/>", NOISE, "<hyperlinks>" + "<hyperlink/>" * 300_000),
        "beside its cells",
    ),
    "row number": (
        lambda: with_sheet('<row><c><v>1</v></c></row><row r="2000000000"><c><v>1</v></c></row>'),
        "cannot be read",
    ),
    "column name": (lambda: with_sheet('<row><c r="ZZZZ1"><v>1</v></c></row>'), "cannot be read"),
    "far column": (lambda: with_sheet('<row><c r="ZZZ1"><v>1</v></c></row>'), "18,278 columns"),
    "entities": (
        lambda: with_part(
            workbook(["id"]), "xl/sharedStrings.xml", f"{DOCTYPE}<sst {MAIN}><si><t>&b;</t></si>"
        ),
        "cannot be read",
    ),
    "entities in UTF-16": (
        lambda: with_part(workbook(["id"]), "xl/styles.xml", DOCTYPE.encode("utf-16")),
        "cannot be read",
    ),
    "cut off": (lambda: workbook(["id"], [1])[:-60], "cannot be read"),
    "broken sheet": (lambda: with_sheet("<row><c></row>"), "cannot be read"),
    "no workbook": (lambda: archive(content__xml="<x/>"), "not XLSX"),
    "macros": (
        lambda: with_part(workbook(["id"]), "xl/vbaProject.bin", b"x"),
        "macros",
    ),
    "no cells": (lambda: workbook(), "is empty"),
    "twice": (lambda: workbook(["id", "ID"]), "2 times"),
}


def inline(text):
    return f'<row><c><v>1</v></c></row><row><c t="inlineStr"><is><t>{text}</t></is></c></row>'


@pytest.mark.parametrize("name", BOMBS)
def test_refused_with_the_way_out(name):
    make, words = BOMBS[name]
    data = make()
    tracemalloc.start()
    with pytest.raises(FileProblem) as caught:
        for _ in table(data).rows():
            pass
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()
    assert words in str(caught.value)
    assert "leads.csv" in str(caught.value)
    assert str(caught.value).endswith(".")


def test_the_command_line_takes_more_rows_but_no_bomb():
    rows = "".join(f"<row><c><v>{number * 7919}</v></c></row>" for number in range(120_000))
    data = with_sheet(rows)
    assert sum(1 for _ in table(data, limits=None).rows()) == 119_999
    with pytest.raises(FileProblem, match="times its size"):
        table(with_sheet(" " * 50_000_000), limits=None)


def test_our_own_export_of_many_alike_rows_is_no_bomb():
    target = io.BytesIO()
    rows = [["spring", 5, date(2026, 2, 1)]] * 20_000
    write_xlsx(target, ["campaign", "leads", "day"], rows)
    assert sum(1 for _ in table(target.getvalue()).rows()) == 20_000


@pytest.fixture(scope="module")
def sound():
    """Made once: a workbook holds the moment of its making, and so differs in length."""
    return workbook(["id", "a"], [1, "x"], [date(2026, 2, 1), True])


@given(data=st.data())
def test_a_damaged_archive_is_a_problem_and_nothing_else(sound, data):
    raw = bytearray(sound)
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        for row in table(bytes(raw)).rows():
            assert all(isinstance(cell, str) for cell in row.cells)
    except FileProblem:
        pass
