"""No spreadsheet runs a cell of ours, and what was exported is read back as it was."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution.files.cells import parse_amount
from attribution.files.reading import open_table
from attribution.files.writing import Sheet, guard, stream_csv, unguard, write_xlsx

# What parse_text lets in: no control characters, no halves of surrogate pairs.
TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("=+-@'\"＝＋－＠;,\u00a0\u200b _x041é"),
        st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"),
    ),
    max_size=12,
)
MINOR = st.integers(-(10**13) + 1, 10**13 - 1)
ROWS = st.lists(st.tuples(TEXTS, MINOR), min_size=1, max_size=8)

HEADERS = ["id", "text", "amount"]
DANGEROUS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1", "＝1", "＋1", "－1"]
DANGEROUS += ["＠A1", " =1", '"=1', "'=1", "\u00a0=1", "\ufeff=1", "\u200b@x", '" =1', "-5.00"]


def table_of(data, name="export.csv"):
    return open_table(io.BytesIO(data), name=name)


def numbered(pairs):
    return [(number, text, Decimal(minor).scaleb(-2)) for number, (text, minor) in enumerate(pairs)]


def read_back(data):
    rows = [row.cells for row in table_of(data).rows()]
    return [(text, parse_amount(amount, "EUR").minor) for _, text, amount in rows]


@pytest.mark.parametrize("text", DANGEROUS)
def test_a_formula_gets_an_apostrophe(text):
    assert guard(text) == "'" + text
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", ["", "spring", "5 = five", "été", "a@b.example", "(x)", "„x“ 3"])
def test_harmless_text_stays_as_it_is(text):
    assert guard(text) == text
    assert unguard(text) == text


@settings(max_examples=2000)
@given(st.one_of(st.text(), TEXTS))
def test_the_guard_can_be_taken_off(text):
    assert unguard(guard(text)) == text


def test_text_of_others_with_an_apostrophe_is_not_changed():
    assert unguard("'tis the season") == "'tis the season"


@settings(max_examples=1000)
@given(ROWS)
def test_csv_comes_back_as_it_was(pairs):
    assert read_back(b"".join(stream_csv(HEADERS, numbered(pairs)))) == pairs


@settings(max_examples=50)
@given(st.lists(st.tuples(TEXTS, MINOR), min_size=25, max_size=40))
def test_xlsx_comes_back_as_it_was_without_a_formula(pairs):
    target = io.BytesIO()
    write_xlsx(target, HEADERS, numbered(pairs))
    assert read_back(target.getvalue()) == pairs
    for row in openpyxl.load_workbook(target, read_only=True).active.iter_rows(min_row=2):
        assert row[2].data_type == "n"
        assert all(cell.data_type != "f" for cell in row)


def test_csv_keeps_numbers_as_numbers_and_leaves_unknown_empty():
    row = [Decimal("-5.00"), -5, "-5.00", None, date(2026, 2, 1), True, Decimal("1E+3"), 0.1]
    data = b"".join(stream_csv(list("abcdefgh"), [row])).decode()
    assert data.splitlines()[1] == "-5.00,-5,'-5.00,,2026-02-01,true,1000,0.1"
    assert data.endswith("\r\n")


def test_csv_streams_in_pieces_and_begins_with_a_mark_when_asked():
    pieces = list(stream_csv(["é"], ([number] for number in range(1200)), bom=True))
    assert len(pieces) == 3
    assert pieces[0].startswith(b"\xef\xbb\xbf\xc3\xa9\r\n")
    assert b"".join(pieces).count(b"\xef\xbb\xbf") == 1
    assert len(list(table_of(b"".join(pieces)).rows())) == 1200


def test_headings_are_guarded_too():
    assert b"".join(stream_csv(["=cmd"], [])) == b"'=cmd\r\n"
    assert table_of(b"'=cmd\r\n").headers == ["=cmd"]


def test_xlsx_cells_have_types_and_further_sheets():
    target = io.BytesIO()
    instant = datetime(2026, 2, 1, 12, 30, tzinfo=UTC)
    row = [Decimal("5.00"), 3, date(2026, 2, 1), True, None, "=1+1", instant, 10**17, "http://x.y"]
    write_xlsx(target, list("abcdefghi"), [row], sheets=[Sheet("About", ["what"], [["=2"]])])
    book = openpyxl.load_workbook(target)
    sheet = book.worksheets[0]
    assert book.sheetnames == ["Data", "About"]
    assert sheet.freeze_panes == "A2"
    cells = sheet[2]
    assert [cell.data_type for cell in cells] == ["n", "n", "d", "b", "n", "s", "s", "s", "s"]
    assert cells[0].number_format == "0.00"
    assert cells[5].value == "'=1+1"
    assert cells[7].value == "1" + "0" * 17
    assert cells[8].hyperlink is None
    (read,) = table_of(target.getvalue()).rows()
    assert read.cells[:6] == ["5", "3", "2026-02-01", "true", "", "=1+1"]
    assert read.cells[6:] == ["2026-02-01 12:30:00+00:00", "1" + "0" * 17, "http://x.y"]


def test_a_text_that_no_xlsx_cell_holds_is_not_dropped_silently():
    with pytest.raises(ValueError, match="Export as CSV"):
        write_xlsx(io.BytesIO(), ["a"], [["x" * 40_000]])


def test_what_xml_cannot_hold_does_not_spoil_the_file():
    target = io.BytesIO()
    write_xlsx(target, ["a"], [["a\uffffb"]])
    assert [row.cells for row in table_of(target.getvalue()).rows()] == [["a\ufffdb"]]


@pytest.mark.parametrize(
    "text", ["_x0041_", "a_x000D_b", "_x0041_x0041_", "_x005F_", "_x005F_x000D_"]
)
def test_xlsx_escapes_are_undone(text):
    target = io.BytesIO()
    write_xlsx(target, ["a"], [[text]])
    assert [row.cells for row in table_of(target.getvalue()).rows()] == [[text]]
