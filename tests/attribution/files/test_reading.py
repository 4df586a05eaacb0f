"""CSV as the programs of others write it: read right, or refused in a sentence."""

import csv
import hashlib
import io
import tracemalloc

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st

from attribution.files.csv_reading import find_separator
from attribution.files.reading import FileProblem, Limits, Table, fingerprint, open_table
from tests.shared_data import data_folder

SAMPLE = "id;näme;amount\r\n1;Zoë, „x“;1,50\r\n2;日本;2,00\r\n"
SAMPLE_CELLS = [["1", "Zoë, „x“", "1,50"], ["2", "日本", "2,00"]]


def table(data, limits=Limits()):  # noqa: B008 - frozen
    if isinstance(data, str):
        data = data.encode()
    return open_table(io.BytesIO(data), name="leads.csv", limits=limits)


def cells(data):
    return [row.cells for row in table(data).rows()]


def problem(data, **limits):
    with pytest.raises(FileProblem) as caught:
        for _ in table(data, Limits(**limits)).rows():
            pass
    message = str(caught.value)
    assert "leads.csv" in message
    assert message.endswith(".")
    return message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_encodings(encoding, mark):
    found = table((mark + SAMPLE).encode(encoding))
    assert found.headers[1:] == ["näme", "amount"]
    assert found.headers[0].strip("\ufeff") == "id"
    assert [row.cells for row in found.rows()] == SAMPLE_CELLS


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_separators_are_found_from_headings_and_rows(separator):
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=separator)
    rows = [["1", "a;b,c\td;;;;,,,,\t\t\t\t", "1,5"], ["2", 'say "x"', "2;5"], ["3", "", "7"]]
    writer.writerows([["id", "na,me;x", "amount"], *rows])
    found = table(buffer.getvalue())
    assert found.headers == ["id", "na,me;x", "amount"]
    assert [row.cells for row in found.rows()] == rows


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("Report\n2026-03-01 - 2026-03-31\n\nday|name|cost\n1|A|1,50\n", "|"),
        ("day|name|cost\nMar 1, 2026|A, B|1,234,567\n", "|"),
        (
            "Report\nMar 1, 2026 - Mar 3, 2026\nname|cost|clicks\nA, B|1,234.50|1,000\nC|1,2|3,4",
            "|",
        ),
        # In names it parts nothing.
        ("day,name,cost\n1,US | Search | Brand | Exact,2\n", ","),
        ("day,a | b | c | d,cost\n1,e | f | g | h,2\n", ","),
        ("Acme | March\nday;name\n1;A\n", ";"),
    ],
)
def test_a_bar_parts_cells_or_is_part_of_a_name(text, separator):
    assert find_separator(text) == separator


def test_a_list_of_names_with_bars_is_one_column():
    assert cells("name\nSearch | Brand\nSearch | Shoes\n") == [
        ["Search | Brand"],
        ["Search | Shoes"],
    ]


def test_one_column_needs_no_separator():
    assert cells("id\n1\n2\n") == [["1"], ["2"]]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_lines_stay_true(end):
    text = end.join(["", "id,note", "", '1,"a', 'b"', ",", "  ", "2,x", "3"])
    assert [(row.line, row.cells[0], len(row.cells)) for row in table(text).rows()] == [
        (4, "1", 2),
        (8, "2", 2),
        (9, "3", 2),
    ]


def test_short_rows_are_filled_and_blank_cells_at_the_end_are_no_columns():
    found = table("id,a,b,,\n1\n2,x,y,,\n3,,,,,,\n")
    assert found.headers == ["id", "a", "b"]
    assert [row.cells for row in found.rows()] == [["1", "", ""], ["2", "x", "y"], ["3", "", ""]]


def test_a_column_without_a_heading_is_named_by_its_place():
    assert table("id,,b\n1,2,3\n").headers == ["id", "column 2", "b"]


def test_the_apostrophe_of_our_own_exports_is_taken_off():
    assert cells("id,a\n'=1,''tis\n2,'tis\n") == [["=1", "'tis"], ["2", "'tis"]]


def test_only_headings_is_an_empty_table():
    assert cells("id,amount\n") == []


def test_rows_can_be_read_again_and_the_upload_stays_open():
    upload = SimpleUploadedFile("leads.csv", SAMPLE.encode())
    found = open_table(upload, name="leads.csv")
    assert [row.cells for row in found.rows()] == SAMPLE_CELLS
    assert [row.cells for row in found.rows()] == SAMPLE_CELLS
    next(iter(found.rows()))  # left half-way
    assert not upload.closed
    assert fingerprint(upload) == hashlib.sha256(SAMPLE.encode()).hexdigest()


def test_a_path_and_a_pipe(tmp_path):
    path = tmp_path / "leads.txt"
    path.write_text(SAMPLE, encoding="utf-8")
    assert [row.cells for row in open_table(path, name="x").rows()] == SAMPLE_CELLS
    assert fingerprint(path) == hashlib.sha256(path.read_bytes()).hexdigest()

    class Pipe(io.BytesIO):
        def seekable(self):
            return False

    found = open_table(Pipe(SAMPLE.encode()), name="x", limits=None)
    assert [row.cells for row in found.rows()] == SAMPLE_CELLS
    assert [row.cells for row in found.rows()] == SAMPLE_CELLS


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"\n\n , \n", "is empty"),
        ("id;näme\n1;é\n".encode("cp1252"), '0xE4, "ä" if it is Windows-1252'),
        (b"id,a\n" + b"1,x\n" * 50_000 + b"2,\xe9\n", "row 50002 holds the byte 0xE9"),
        (SAMPLE.encode("utf-32"), "UTF-32"),
        (SAMPLE.encode("utf-16")[:-1], "damaged UTF-16"),
        (b"id,amount,ID\n1,2,3\n", 'heading "id" 2 times'),
        (b"id,a\n1,2,3\n", "Row 2 of"),
        (b'id,a\n1,x\n2,"open\n3,x\n', "Row 3 of"),
        (b'id,a\n1,"x"y\n', "double quote"),
        (b"id,a\n1," + b"x" * 32_001, "32,001 characters in column 2"),
        (b"id,a\n1," + b"x" * 1_500_000, "Row 2 of"),
        (",".join(f"c{n}" for n in range(5000)).encode() + b"\n1\n", "5,000 columns"),
        (b"id\n" + b"1\n" * 100_001, "more than 100,000 rows"),
        (b"id,a\n" + b"1,x\n" * 3_000_000, "at most 10 MB"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1" + b"\0" * 500, ".xls"),
        (b"%PDF-1.7\n", "a PDF"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\xef\xbb\xbf <!DOCTYPE html><table>", "HTML"),
        (b"<?xml version='1.0'?>", "XML"),
        (b'{"id": 1}', "JSON"),
        (b'[{"id": 1}]', "JSON"),
        (b"---\na: &a [x]\nb: [*a, *a]\n", "YAML"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (bytes(range(256)) * 100 + b"\0\0\0" * 3000, "binary data"),
    ],
)
def test_refused_with_the_way_out(data, words):
    tracemalloc.start()
    message = problem(data)
    assert tracemalloc.get_traced_memory()[1] < 50_000_000
    tracemalloc.stop()
    assert words in message


def test_too_many_rows_are_refused_at_opening():
    with pytest.raises(FileProblem, match="more than 3 rows"):
        table("id\n" + "1\n" * 300, Limits(rows=3))
    with pytest.raises(FileProblem, match="more than 3 rows"):
        list(table("id\n1\n2\n3\n4\n", Limits(rows=3)).rows())
    assert len(list(table('id\n1\n"2\n"\n3\n', Limits(rows=3)).rows())) == 3


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_as_many_rows_as_may_be_are_not_read_to_be_counted(monkeypatch, end):
    def count(self):
        raise AssertionError("Counting takes as long as reading.")

    data = "".join(f"{text}{end}" for text in ("a,b", "1,2", "3,4", "5,6")).encode()
    monkeypatch.setattr(Table, "check_row_count", count)
    assert len(list(table(data, Limits(rows=3)).rows())) == 3
    with pytest.raises(FileProblem):
        list(table(data[: -len(end)], Limits(rows=2)).rows())


def test_no_limits_on_the_command_line():
    assert sum(1 for _ in table(b"id\n" + b"1\n" * 100_001, None).rows()) == 100_001


def test_a_missing_file_is_a_problem_of_the_file(tmp_path):
    with pytest.raises(FileProblem, match="cannot be opened: No such file"):
        open_table(tmp_path / "gone.csv", name="gone.csv")
    with pytest.raises(FileProblem, match="cannot be opened"):
        open_table(tmp_path, name="folder")


def test_memory_does_not_grow_with_the_rows(tmp_path):
    path = tmp_path / "large.csv"
    with path.open("w") as file:
        file.write("id,day,campaign\n")
        for number in range(50_000):
            file.write(f"{number},2026-02-01,spring\n")
    tracemalloc.start()
    assert sum(1 for _ in open_table(path, name="large.csv", limits=None).rows()) == 50_000
    assert tracemalloc.get_traced_memory()[1] < 3_000_000
    tracemalloc.stop()


@given(st.binary(max_size=300))
def test_any_bytes_are_a_table_or_a_problem(data):
    try:
        for row in table(data).rows():
            assert all(isinstance(cell, str) for cell in row.cells)
    except FileProblem:
        pass


def test_every_sample_file_is_read():
    # The Google export carries two lines above its headings, and says so by its third row.
    for path in data_folder("").glob("*/*.csv"):
        if path.name != "Campaign report.csv":
            assert sum(1 for _ in open_table(path, name=path.name, limits=None).rows())


def test_commas_inside_cells_do_not_hide_the_tabs_between_them():
    row = '"March 1, 2026, 12:00 AM"\ta, b\t"1,234.50"\n'
    found = table(f"Report in UTC\n\nDay\tName\tCost\n{row * 3}".encode("utf-16"))
    assert [len(cells) for _, cells in found.records()][2:] == [3] * 4
