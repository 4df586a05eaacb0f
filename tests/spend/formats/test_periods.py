"""The days that a cell stands for, as people and platforms write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution.files.problems import CellError
from spend.formats import parse_period

MARCH = "2026-03-01 2026-03-31"


@pytest.mark.parametrize(
    ("text", "order", "grain", "days"),
    [
        ("2026-03-01", "ymd", "day", "2026-03-01 2026-03-01"),
        ("2026-03-02", "ymd", "week", "2026-03-02 2026-03-08"),
        ("2026-03-05", "ymd", "month", MARCH),
        ("03/01/2026", "mdy", "month", MARCH),
        ("01.03.2026", "dmy", "day", "2026-03-01 2026-03-01"),
        ("2026-03", "ymd", "month", MARCH),
        ("03/2026", "mdy", "day", MARCH),
        ("202603", "ymd", "month", MARCH),
        ("March 2026", "ymd", "day", MARCH),
        ("Mar 2026", "ymd", "month", MARCH),
        ("März 2026", "ymd", "month", MARCH),
        ("mars 2026", "ymd", "month", MARCH),
        ("marzo de 2026", "ymd", "month", MARCH),
        ("março 2026", "ymd", "month", MARCH),
        ("2026-W10", "ymd", "week", "2026-03-02 2026-03-08"),
        ("KW 10/2026", "ymd", "week", "2026-03-02 2026-03-08"),
        ("2026-Q1", "ymd", "month", "2026-01-01 2026-03-31"),
        ("Mar 1, 2026", "ymd", "day", "2026-03-01 2026-03-01"),
        ("1 Mar 2026", "ymd", "day", "2026-03-01 2026-03-01"),
        ("1-Mar-2026", "ymd", "day", "2026-03-01 2026-03-01"),
        ("1. März 2026", "ymd", "day", "2026-03-01 2026-03-01"),
        ("1. marts 2026", "ymd", "day", "2026-03-01 2026-03-01"),
        ("2 maj 2026", "ymd", "day", "2026-05-02 2026-05-02"),
        ("1 Kasım 2026", "ymd", "day", "2026-11-01 2026-11-01"),
        ("2026年3月1日", "ymd", "day", "2026-03-01 2026-03-01"),
        ("2026년 3월 1일", "ymd", "day", "2026-03-01 2026-03-01"),
        ("2026. 3. 1.", "ymd", "day", "2026-03-01 2026-03-01"),
        ("2026年3月", "ymd", "month", MARCH),
        ("2026年3月1日～2026年3月31日", "ymd", "day", MARCH),
        ("1er mars 2026", "ymd", "day", "2026-03-01 2026-03-01"),
        ("1 de março de 2026", "ymd", "day", "2026-03-01 2026-03-01"),
        ("Sunday, March 1st, 2026", "ymd", "day", "2026-03-01 2026-03-01"),
        ("08/07/2025 - 31/07/2025", "dmy", "day", "2025-07-08 2025-07-31"),
        ("2026-03-01 - 2026-03-31", "ymd", "week", MARCH),
        ("2026-03-01/2026-03-31", "ymd", "day", MARCH),
        ("01.03.2026 bis 31.03.2026", "dmy", "day", MARCH),
        ("3/1/2026,3/31/2026", "mdy", "day", MARCH),
        ("March 1, 2026 - March 31, 2026", "ymd", "day", MARCH),
        ("1 de marzo de 2026 a 31 de marzo de 2026", "ymd", "day", MARCH),
        ("1 mars 2026 – 31 mars 2026", "ymd", "day", MARCH),
        ("Mar 1 – 31, 2026", "ymd", "day", MARCH),
        ("1–31 Mar 2026", "ymd", "day", MARCH),
        ("Dec 28 – Jan 3, 2026", "ymd", "day", "2025-12-28 2026-01-03"),
    ],
)
def test_a_period_is_read(text, order, grain, days):
    assert " ".join(map(str, parse_period(text, order, grain))) == days


@pytest.mark.parametrize(
    ("text", "grain", "problem"),
    [
        ("03/04/2026", "day", "This could be two different days."),
        ("", "day", "This cell is empty."),
        ("2026-02-30", "day", "There is no such day."),
        ("30 February 2026", "day", "There is no such day."),
        ("2026-W54", "week", "There is no such week."),
        ("2026-10", "week", "This is not a day, week, month or range of days."),  # or a month
        ("03/04/26", "day", "The year has only two digits."),
        ("soon", "day", "This is not a day, week, month or range of days."),
        ("March 31, 2026 - March 1, 2026", "day", "The last day comes before the first."),
        ("1999-03-01", "day", "This lies outside"),
        ("May 1999", "month", "This lies outside"),
    ],
)
def test_what_is_no_period_is_refused_with_the_way_out(text, grain, problem):
    with pytest.raises(CellError) as raised:
        parse_period(text, "ymd", grain)
    assert raised.value.problem.startswith(problem)
    assert raised.value.way_out


@settings(max_examples=80, deadline=None)
@given(st.text(alphabet="0123456789-/., WQKmarjul–", max_size=24), st.sampled_from(["dmy", "mdy"]))
def test_any_text_is_a_period_or_refused(text, order):
    try:
        first, last = parse_period(text, order, "day")
    except CellError:
        return
    assert first <= last
