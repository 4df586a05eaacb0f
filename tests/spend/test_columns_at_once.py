"""A column that is read or written at once comes out as it does cell by cell."""

import gc
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from attribution.files.cells import CellError
from attribution.files.writing import csv_cell
from attribution.imports.collecting import MANY, seldom_collected
from attribution.imports.parts import Part
from spend.importing.library import _cells
from spend.importing.parts import CENTS, _quick

CENT_TEXTS = st.from_regex(CENTS, fullmatch=True)
ODD = st.sampled_from(["", " 1.00", "1.0", "1,00", "1.00\n2.00", "1.00\n", "१.00", "1e3", "-.50"])
TEXTS = st.text(max_size=5)


def refused(text):
    raise CellError(text, "")


@given(st.lists(CENT_TEXTS | ODD, max_size=6))
@example(["0.00", "-0.00", "-0.07", "00000000012.30", "99999999999.99"])
@example(["1.00\n2.00", "3.00"])
def test_amounts(texts):
    part = _quick(Part(("fine",), (0,), refused), list)
    found = part.whole(texts)
    if any(not CENTS.fullmatch(text) for text in texts):
        assert found is None  # each is then looked at, and this one is named
    else:
        assert list(map(int, found)) == [part.find(text)[0][0] for text in texts]
        assert not any(part.find(text)[1] for text in texts)


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
