"""Spend through django-import-export's own import_data, and rows that are read by the thousand."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import example, given, settings
from hypothesis import strategies as st
from import_export.exceptions import ImportError as RowsError
from tablib import Dataset

from attribution import scope
from attribution.files.csv_reading import csv_table
from attribution.files.reading import UPLOAD, FileProblem, open_table
from attribution.files.writing import csv_cell
from attribution.imports.outcome import Outcome
from attribution.models import ImportRun
from spend.formats.rows import RowRules
from spend.formats.sieve import Sieve
from spend.importing import library
from spend.importing.importer import SpendImporter
from spend.models import SpendEntry
from spend.resources import SpendResource
from tests.attribution.import_files import file_of, take_in
from tests.factories import make_campaign, make_company, make_user

HEADERS = ["day", "campaign", "amount", "clicks"]


@pytest.fixture
def company(db):
    with scope.all_companies():
        company = make_company(name="Acme", currency="EUR")
        make_campaign(company, "spring", name="Spring")
        yield company


def dataset(*rows):
    return Dataset(*rows, headers=HEADERS)


def test_rows_are_saved_changed_and_left_as_they_are(company):
    resource = SpendResource(company=company)
    first = dataset(
        (date(2026, 3, 1), "Spring", Decimal("10.50"), 5), ("2026-03-02", "Spring", "20.00", None)
    )
    result = resource.import_data(first)
    assert not result.has_errors()
    assert not result.has_validation_errors()
    assert (result.total_rows, result.totals["new"]) == (2, 2)
    assert list(SpendEntry.objects.order_by("day").values_list("amount_minor", "clicks")) == [
        (1050, 5),
        (2000, None),
    ]
    second = dataset(
        ("2026-03-01", "Spring", "11.00", 5),
        ("2026-03-02", "Spring", "20.00", None),
        ("2026-03-03", "Spring", "1.00", None),
    )
    totals = resource.import_data(second).totals
    assert (totals["new"], totals["update"], totals["skip"]) == (1, 1, 1)
    assert sum(SpendEntry.objects.values_list("amount_minor", flat=True)) == 3200


def test_a_dry_run_says_what_it_would_do_and_saves_nothing(company):
    result = SpendResource(company=company).import_data(
        dataset(("2026-03-01", "Spring", "1.00", 1)), dry_run=True
    )
    assert result.totals["new"] == 1
    assert not SpendEntry.objects.exists()
    assert not ImportRun.objects.exists()


def test_a_row_that_cannot_be_read_is_named_and_nothing_is_saved(company):
    rows = dataset(
        ("2026-03-01", "Spring", "1.00", 1),
        ("soon", "Spring", "1.00", "x"),
        ("2026-03-03", "Spring", "1.00", 1),
    )
    result = SpendResource(company=company).import_data(rows, collect_failed_rows=True)
    assert result.has_validation_errors()
    (invalid,) = result.invalid_rows
    assert (invalid.number, sorted(invalid.field_specific_errors)) == (2, ["clicks", "day"])
    assert invalid.values == ("soon", "Spring", "1.00", "x")
    assert (result.totals["invalid"], result.totals["new"]) == (1, 0)
    assert len(result.failed_dataset) == 1
    assert not SpendEntry.objects.exists()
    assert ImportRun.objects.get().state == ImportRun.State.REFUSED


def test_a_cell_with_line_ends_does_not_shift_the_numbers_of_rows(company):
    rows = dataset(
        ("2026-03-01", "Spring", "1.00", 1),
        ("2026-03-02", "two\r\nlines", "1.00", 1),
        ("2026-03-03", "Spring", "x", 1),
    )
    result = SpendResource(company=company).import_data(rows)
    assert [row.number for row in result.invalid_rows] == [3]


SIGNS = st.text('ab1,"\n\r;é ', max_size=3)


@settings(max_examples=300)
@given(
    rows=st.lists(st.lists(SIGNS, min_size=3, max_size=3), min_size=1, max_size=6),
    width=st.integers(1, 3),
)
@example(rows=[["a", "b", "1"], ["", "", ""]], width=3)
@example(rows=[["a", "", ""], ["", "", ""]], width=1)
@example(rows=[["a,b", "c", ""], ["d", "e", "\n"]], width=2)
def test_what_is_read_is_what_stands_in_the_dataset(rows, width):
    cells = [row[:width] for row in rows]
    text, _ = library._written(Dataset(*cells, headers=HEADERS[:width]))
    written = list(csv.reader(io.StringIO(text.decode(), newline="")))
    assert written == [HEADERS[:width], *([csv_cell(cell) for cell in row] for row in cells)]


def test_errors_are_raised_on_request(company):
    resource = SpendResource(company=company)
    with pytest.raises(RowsError) as raised:
        resource.import_data(dataset(("2026-03-01", "Spring", "x", 1)), raise_errors=True)
    assert raised.value.number == 1
    with pytest.raises(RowsError):
        resource.import_data(Dataset(("1",), headers=["nothing"]), raise_errors=True)


def test_what_is_wrong_with_all_rows_is_an_error_of_none_of_them(company, settings):
    result = SpendResource(company=company).import_data(Dataset(("1",), headers=["nothing"]))
    assert result.has_errors()
    assert not result.invalid_rows
    assert "company" in str(SpendResource().import_data(dataset()).base_errors[0].error)
    settings.IMPORT_MAX_ROWS = 2
    many = dataset(*((f"2026-03-{n:02}", "Spring", "1.00", 1) for n in range(1, 5)))
    limited = SpendResource(company=company).import_data(many)
    assert limited.has_errors()
    assert not SpendEntry.objects.exists()


def test_who_may_not_import_is_refused(company):
    with pytest.raises(PermissionDenied):
        SpendResource(company=company).import_data(
            dataset(("2026-03-01", "Spring", "1.00", 1)), user=make_user()
        )
    assert not SpendEntry.objects.exists()


ROWS = """day,campaign,campaign id,amount,currency,clicks,source,note
2026-03-01,Spring,1,"1,234.56",EUR,5,google,a\tb
2026-03-01,spring%20sale,,10.5,USD,,,
2026-03-02, Spring ,2,-3.00,,"1,000",Google,back\\slash
2026-03-03,Winter,3,1.429999948,EUR,7,bing,'=1
2026-03-04,Winter,3,1.00,EUR,7,bing,"quoted, ""so"" here"
"""


def staged(company, monkeypatch, text, one_by_one):
    """What stands in the staging table, and what is wrong."""
    found = []

    def look(self):
        found.extend(self.stage.rows("SELECT * FROM import_stage ORDER BY file_row"))
        self.error(0, "", "", "Looked at.", "")

    with monkeypatch.context() as patched:
        patched.setattr(SpendImporter, "check_staged", look)
        if one_by_one:
            patched.setattr(SpendImporter, "parts", lambda self, plan: None)
        outcome = take_in(company, "spend", text)
    assert isinstance(outcome, Outcome)
    return found, outcome.rows, [error.text for error in outcome.errors]


@pytest.mark.parametrize(
    "text", [ROWS, ROWS.replace("10.5", "ten"), ROWS.replace("2026-03-02", "soon")]
)
def test_rows_read_together_are_staged_as_each_by_itself(company, monkeypatch, text):
    together = staged(company, monkeypatch, text, one_by_one=False)
    assert together == staged(company, monkeypatch, text, one_by_one=True)
    assert together[1] == 5


CELLS = st.sampled_from(
    ["", " ", "--", "All", "Total", "total: all", "Sous-total", "Spring", "2026-03-01", "1.00", "©"]
)


@settings(max_examples=150)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS).map(list), min_size=1, max_size=6),
    is_platform=st.booleans(),
    columns=st.fixed_dictionaries(
        {
            "campaign": st.sampled_from([None, 1]),
            "platform_id": st.sampled_from([None, 3]),
            "amount": st.sampled_from([None, 2]),
            "others": st.sampled_from([(), (3,), (0, 3)]),
            "with_all": st.sampled_from([(), (3,)]),
        }
    ),
)
def test_the_sieve_lets_no_row_through_that_is_no_spend(rows, is_platform, columns):
    rules = RowRules(day=0, is_platform=is_platform, **columns)
    suspects = set(Sieve(rules).suspects(list(zip(*rows, strict=True))))
    assert suspects >= {n for n, cells in enumerate(rows) if rules.skip(cells)}


LINE_ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@settings(max_examples=40)
@given(cells=st.lists(st.text("ab \n\r,\"'é", max_size=5), min_size=1, max_size=8), end=LINE_ENDS)
def test_rows_keep_the_numbers_of_their_lines(cells, end):
    text, line, lines = f"x,y{end}", 2, []
    for cell in cells:
        quoted = cell.replace('"', '""')
        text += f'1,"{quoted}"{end}'
        lines.append(line)
        line += 1 + cell.count("\n") + cell.count("\r") - cell.count("\r\n")
    table = open_table(file_of(text), name="x.csv")
    assert [row.line for row in table.rows()] == lines


@pytest.mark.parametrize("length", [2, 63, 64, 65, 2063, 2064, 2065, 4100])
def test_no_row_is_lost_between_chunks(length):
    text = "x,y\n" + "".join(f"{n},{n}\n" for n in range(length))
    table = open_table(file_of(text), name="x.csv")
    assert [(row.line, row.cells[0]) for row in table.rows()] == [
        (n + 2, str(n)) for n in range(length)
    ]


def test_a_broken_row_is_named_after_the_rows_above_it():
    file = file_of("x,y\n" + "1,2\n" * 100 + '1,"a"b\n')
    table = csv_table(lambda: _opened(file), b"x,y\n1,2\n", "x.csv", UPLOAD)
    rows = table.rows()
    assert [next(rows).line for _ in range(100)] == list(range(2, 102))
    with pytest.raises(FileProblem, match="Row 102 "):
        next(rows)


class _opened:  # noqa: N801 - used as a context manager
    def __init__(self, file):
        self.file = file

    def __enter__(self):
        self.file.seek(0)
        return self.file

    def __exit__(self, *error):
        return False
