"""A column that is read or written at once comes out as it does cell by cell."""

import gc
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from attribution import scope
from attribution.files.amounts import FINE, parse_amount
from attribution.files.cells import CellError
from attribution.files.writing import csv_cell
from attribution.imports.collecting import MANY, seldom_collected
from attribution.imports.parts import Part
from spend.importing.library import _cells
from spend.importing.parts import CENTS, quick
from spend.models import SpendEntry
from tests.attribution.import_files import take_in
from tests.factories import make_company

CENT_TEXTS = st.from_regex(CENTS, fullmatch=True)
ODD = st.sampled_from(
    [
        "",
        " 1.00",
        "1.0",
        "1,00",
        "1.00\n2.00",
        "1.00\n",
        "१.00",
        "1e3",
        "-.50",
        "0,100.00",
        "1,00.00",
    ]
)
TEXTS = st.text(max_size=5)


def refused(text):
    raise CellError(text, "")


@given(texts=st.lists(CENT_TEXTS | ODD, max_size=6))
@example(texts=["0.00", "-0.00", "-0.07", "00000000012.30", "99999999999.99"])
@example(texts=["1.00\n2.00", "3.00"])
@example(texts=["1,234.56", "-999,999,999.99", "12.00"])
@example(texts=["12,34,567.00"])
@example(texts=["1,23.45"])
@pytest.mark.parametrize("parts_of_a_cent", [1, FINE])
def test_amounts(texts, parts_of_a_cent):
    part = quick(Part(("fine",), (0,), refused), list, parts_of_a_cent, refused)
    found = part.whole(texts)
    if any(not CENTS.fullmatch(text) for text in texts):
        assert found is None  # each is then looked at, and this one is named
    else:
        cents = [parse_amount(text, "EUR").minor for text in texts]
        assert list(map(int, found)) == [cent * parts_of_a_cent for cent in cents]
        assert [part.find(text)[0][0] for text in texts] == list(map(int, found))
        assert not any(part.find(text)[1] for text in texts)


def test_amounts_beside_their_currencies():
    part = quick(Part(("fine",), (0, 1), lambda *texts: texts), list, 1, "JPY".__ne__)
    assert part.whole(("EUR", "USD"), ("1.00", "2,000.00")) == ["100", "200000"]
    assert part.whole(("EUR", "JPY"), ("1.00", "2.00")) is None
    assert part.find("EUR", "2,000.00") == ((200000,), False)
    assert part.find("JPY", "2.00") == ("JPY", "2.00")  # it is left to who knows more


@given(st.lists(TEXTS) | st.lists(TEXTS | st.none() | st.booleans() | st.integers() | st.dates()))
@example(["=1+1", "'", "-5", "a=b", "", "\t=x", "é"])
@example(["a", Decimal("-1.50"), 1, True, 1.5, date(2026, 3, 1)])
def test_cells_of_a_dataset(column):
    assert list(_cells(tuple(column))) == [csv_cell(value) for value in column]


@pytest.mark.parametrize(("usual", "meanwhile"), [(700, MANY), (2 * MANY, 2 * MANY)])
def test_the_collector_of_garbage_looks_as_often_afterwards_as_before(usual, meanwhile):
    before = gc.get_threshold()
    try:
        gc.set_threshold(usual, 11, 12)
        with pytest.raises(CellError), seldom_collected():
            assert gc.get_threshold() == (meanwhile, 11, 12)
            raise CellError("", "")
        assert gc.get_threshold() == (usual, 11, 12)
    finally:
        gc.set_threshold(*before)


@pytest.mark.django_db
def test_what_every_row_says_alike_is_kept_to_the_letter():
    said = {"note": '100 % "nä\'h" ? %s', "source": "o'neill", "impressions": "7"}
    text = "day,campaign,amount\n2026-03-01,a,1.00\n2026-03-02,a,2.00\n"
    with scope.all_companies():
        company = make_company(currency="EUR")
        assert take_in(company, "spend", text, constants=said).new == 2
        assert take_in(company, "spend", text, constants=said).same == 2
        found = SpendEntry.objects.filter(note=said["note"], utm_source="o'neill", impressions=7)
        assert sorted(found.values_list("amount_minor", flat=True)) == [100, 200]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "column", "problem"),
    [
        ({"amount": "abc"}, "amount", "This is not a number."),
        ({"amount": "9" * 30}, "amount", "This number is too large."),
        (
            {"amount": "1", "day": "2026-03-02", "last_day": "2026-03-01"},
            "last_day",
            "The last day comes before the first.",
        ),
    ],
)
def test_what_every_row_says_alike_may_be_wrong(said, column, problem):
    file = "campaign\na\nb\n" if "day" in said else "day,campaign\n2026-03-01,a\n2026-03-01,b\n"
    with scope.all_companies():
        outcome = take_in(make_company(), "spend", file, constants=said)
        assert not SpendEntry.objects.exists()
    assert [(e.line, e.column, e.problem) for e in outcome.errors] == [
        (2, column, problem),
        (3, column, problem),
    ]
