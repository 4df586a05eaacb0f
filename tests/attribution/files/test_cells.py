"""Cells: understood exactly, or refused with the way out. Nothing is guessed."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from attribution.files.cells import (
    Amount,
    CellError,
    parse_amount,
    parse_choice,
    parse_count,
    parse_day,
    parse_instant,
    parse_text,
    suggest,
)

BERLIN = ZoneInfo("Europe/Berlin")

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture(autouse=True)
def _first_of_june():
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC)):
        yield


def refused(parse, *arguments):
    with pytest.raises(CellError) as caught:
        parse(*arguments)
    error = caught.value
    assert error.problem.endswith(".")
    assert error.way_out.endswith((".", "?"))
    return error


class TestDays:
    @pytest.mark.parametrize(
        ("text", "order", "day"),
        [
            ("2026-02-01", "ymd", date(2026, 2, 1)),
            (" 2026-02-01 ", "ymd", date(2026, 2, 1)),
            ("2026/2/1", "ymd", date(2026, 2, 1)),
            ("20260201", "ymd", date(2026, 2, 1)),
            ("2026-02-01 00:00:00", "ymd", date(2026, 2, 1)),
            ("2026-02-01T00:00:00.000", "ymd", date(2026, 2, 1)),
            ("01/02/2026", "dmy", date(2026, 2, 1)),
            ("01/02/2026", "mdy", date(2026, 1, 2)),
            ("1.2.2026", "dmy", date(2026, 2, 1)),
            ("31-08-2023", "dmy", date(2023, 8, 31)),
            ("2026-02-01", "dmy", date(2026, 2, 1)),
            ("2000-01-01", "ymd", date(2000, 1, 1)),
            ("2027-06-01", "ymd", date(2027, 6, 1)),
        ],
    )
    def test_understood(self, text, order, day):
        assert parse_day(text, order) == day

    @pytest.mark.parametrize(
        ("text", "order", "problem"),
        [
            ("01/02/2026", "ymd", "two different days"),
            ("31/08/2026", "ymd", "begin with the year"),
            ("31/08/2026", "mdy", "no such day"),
            ("26-06-01", "ymd", "only two digits"),
            ("1/2/26", "dmy", "only two digits"),
            ("2026-02-30", "ymd", "no such day"),
            ("9999-12-31", "ymd", "outside"),
            ("99991231", "ymd", "outside"),
            ("2027-06-02", "ymd", "outside"),
            ("1999-12-31", "ymd", "outside"),
            ("2026-02-01 14:30", "ymd", "with a time"),
            ("2026-02/01", "ymd", "not a day"),
            ("٢٠٢٦-٠٢-٠١", "ymd", "not a day"),
            ("soon", "ymd", "not a day"),
            ("46054", "ymd", "not a day"),
            ("", "ymd", "empty"),
        ],
    )
    def test_refused(self, text, order, problem):
        assert problem in refused(parse_day, text, order).problem

    def test_the_day_a_year_after_a_leap_day_can_be_taken(self):
        with time_machine.travel(datetime(2028, 2, 29, 12, tzinfo=UTC)):
            assert parse_day("2029-03-01") == date(2029, 3, 1)
            refused(parse_day, "2029-03-02")

    def test_the_way_out_names_the_declaration(self):
        assert "declare the order" in refused(parse_day, "01/02/2026").way_out


class TestInstants:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("2026-02-01T10:00:00Z", "2026-02-01T10:00:00"),
            ("2026-02-01 10:00:00 UTC", "2026-02-01T10:00:00"),
            ("2026-02-01T10:00:00+01:00", "2026-02-01T09:00:00"),
            ("2026-02-01 10:00:00 -0500", "2026-02-01T15:00:00"),
            ("2026-02-01 10:00+01", "2026-02-01T09:00:00"),
            ("2026-02-01 10:00:00", "2026-02-01T09:00:00"),
            ("2026-02-01T10:00", "2026-02-01T09:00:00"),
            ("2026-02-01", "2026-01-31T23:00:00"),
            ("2020-02-04 4:30:21", "2020-02-04T03:30:21"),
            ("2020-02-04 4:30:21 PM", "2020-02-04T15:30:21"),
            ("2020-02-04 12:30 am", "2020-02-03T23:30:00"),
            ("2026-02-01 10:00:00.123456789", "2026-02-01T09:00:00.123456"),
            ("2025-10-26 02:30:00", "2025-10-26T00:30:00"),  # comes twice: the first
            ("2025-10-26 02:30:00+01:00", "2025-10-26T01:30:00"),
        ],
    )
    def test_understood(self, text, expected):
        assert parse_instant(text, BERLIN) == datetime.fromisoformat(expected).replace(tzinfo=UTC)
        assert parse_instant(text, BERLIN).tzinfo is UTC

    def test_in_the_declared_order(self):
        expected = datetime(2026, 2, 1, 9, 5, tzinfo=UTC)
        assert parse_instant("01/02/2026 10:05", BERLIN, "dmy") == expected
        assert parse_instant("2/1/2026 10:05", BERLIN, "mdy") == expected
        assert parse_instant("01.02.2026, 10:05", BERLIN, "dmy") == expected

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("2026-03-29 02:30:00", "clocks went forward"),
            ("01/02/2026 10:00", "two different days"),
            ("2026-02-30 10:00:00", "no such day"),
            ("2026-02-01 25:00", "no such time of day"),
            ("2026-02-01 24:00:00", "no such time of day"),
            ("2026-02-01 13:00 PM", "no such time of day"),
            ("2026-02-01 10:00+25:00", "no such offset"),
            ("2026-02-01 10:00 EST", "not a day with a time"),
            ("9999-12-31 23:59:59", "outside"),
            ("9999-12-31 23:59:59-05:00", "outside"),
            ("0001-01-01 00:00:00+05:00", "outside"),
            ("0001-01-01 00:00:00", "outside"),
            ("1700000000", "not a day"),
            ("yesterday", "not a day with a time"),
            (" ", "empty"),
        ],
    )
    def test_refused(self, text, problem):
        assert problem in refused(parse_instant, text, BERLIN).problem


class TestAmounts:
    @pytest.mark.parametrize(
        ("text", "minor"),
        [
            ("1234.56", 123456),
            ("-5.00", -500),
            ("−5", -500),
            ("-0.50", -50),
            ("+5", 500),
            ("5.5", 550),
            (".5", 50),
            ("1,234.56", 123456),
            ("1,234", 123400),
            ("1'234'567.89", 123456789),
            ("1 234.56", 123456),
            ("1\u00a0234\u00a0567", 123456700),
            ("1\u202f234", 123400),
            ("€ 12", 1200),
            ("12 EUR", 1200),
            ("eur 12", 1200),
            ("-€5", -500),
            ("€-5", -500),
            ("€ - 5", -500),
            ("12.5000", 1250),
            ("5.0", 500),
            ("007", 700),
            ("99999999999.99", 9999999999999),
            ("00000000000000000000005", 500),
        ],
    )
    def test_understood(self, text, minor):
        assert parse_amount(text, "EUR") == Amount(minor, noise=False)

    @pytest.mark.parametrize(
        ("text", "minor"),
        [
            ("1234,56", 123456),
            ("1.234,56", 123456),
            ("1.234", 123400),
            ("-5,00 €", -500),
            ("1'234,5", 123450),
            (",5", 50),
        ],
    )
    def test_the_mirror_image_with_a_decimal_comma(self, text, minor):
        assert parse_amount(text, "EUR", ",").minor == minor

    @pytest.mark.parametrize(
        ("text", "currency", "minor"),
        [("12", "JPY", 12), ("12.0", "JPY", 12), ("1.234", "KWD", 1234), ("¥1,200", "JPY", 1200)],
    )
    def test_currencies_with_other_minor_units(self, text, currency, minor):
        assert parse_amount(text, currency).minor == minor

    @pytest.mark.parametrize(
        ("text", "currency", "minor"),
        [
            ("1.234,50 kr.", "DKK", 123450),
            ("kr. 12", "NOK", 1200),
            ("1\u2009234,50 zł", "PLN", 123450),
            ("₺1.234,50", "TRY", 123450),
            ("$1.234,50", "MXN", 123450),
            ("1.234円", "JPY", 1234),
        ],
    )
    def test_a_country_has_a_mark_for_its_own_money(self, text, currency, minor):
        assert parse_amount(text, currency, ",").minor == minor
        assert "not in EUR" in refused(parse_amount, text, "EUR", ",").problem

    @pytest.mark.parametrize(
        ("text", "minor"),
        [
            ("1.429999948", 143),
            ("1.820000023", 182),
            ("352.4499991", 35245),
            ("1.999999", 200),
            ("-1.429999948", -143),
            ("1.42998", None),
            ("1.429979", None),
            ("1.429980", 143),
            ("1.430020", 143),
            ("1.430021", None),
            ("1.433333333", None),
        ],
    )
    def test_the_noise_of_floats_is_known_and_told(self, text, minor):
        if minor is None:
            assert "more decimals" in refused(parse_amount, text, "EUR").problem
        else:
            assert parse_amount(text, "EUR") == Amount(minor, noise=True)

    @pytest.mark.parametrize(
        ("text", "decimal_sign", "problem"),
        [
            ("1_000", ".", "not a number"),
            ("١٢", ".", "not a number"),
            ("１２", ".", "not a number"),
            ("NaN", ".", "not a number"),
            ("inf", ".", "not a number"),
            ("n/a", ".", "not a number"),
            ("-", ".", "not a number"),
            ("--5", ".", "not a number"),
            ("(5.00)", ".", "not a number"),
            ("5-", ".", "not a number"),
            ("1e5", ".", "not a number"),
            ("12 %", ".", "not a number"),
            ("1 2", ".", "not a number"),
            ("1,23,456", ".", "not a number"),
            ("1,234'567", ".", "not a number"),
            ("5.", ".", "not a number"),
            ("=1+1", ".", "not a number"),
            ("", ".", "empty"),
            ("9" * 30, ".", "too large"),
            ("100000000000.00", ".", "too large"),
            ("0.005", ".", "more decimals"),
            ("5.000", ".", "more decimals"),
            ("1.234,56", ".", "decimal sign"),
            ("12,50", ".", "decimal sign"),
            ("1,234.56", ",", "decimal sign"),
            ("12.50", ",", "decimal sign"),
            ("$ 12", ".", "not in EUR"),
            ("12 USD", ".", "not in EUR"),
            ("£5", ".", "not in EUR"),
        ],
    )
    def test_refused(self, text, decimal_sign, problem):
        assert problem in refused(parse_amount, text, "EUR", decimal_sign).problem

    def test_the_way_out_names_the_other_decimal_sign(self):
        assert 'Declare ","' in refused(parse_amount, "1.234,56", "EUR").way_out

    @given(st.integers(-(10**13) + 1, 10**13 - 1), st.sampled_from(["EUR", "JPY", "KWD"]))
    def test_every_amount_that_we_write_is_read_as_it_was(self, minor, currency):
        digits = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
        value = Decimal(minor).scaleb(-digits)
        assert parse_amount(f"{value:f}", currency) == Amount(minor, noise=False)
        assert parse_amount(f"{value:,f}", currency) == Amount(minor, noise=False)

    @given(st.text(alphabet="0123456789.,'-+ _€$eE\u00a0", max_size=12), st.sampled_from(".,"))
    def test_no_amount_differs_from_what_the_text_says(self, text, decimal_sign):
        try:
            amount = parse_amount(text, "EUR", decimal_sign)
        except CellError:
            return
        plain = re.sub(f"[^0-9{re.escape(decimal_sign)}-]", "", text).replace(",", ".")
        assert abs(Decimal(plain) * 100 - amount.minor) <= (Decimal("0.002") if amount.noise else 0)


class TestCounts:
    @pytest.mark.parametrize(
        ("text", "count"),
        [("0", 0), ("1234", 1234), ("1,234", 1234), ("12.0", 12), (" 7 ", 7), ("1 234", 1234)],
    )
    def test_understood(self, text, count):
        assert parse_count(text) == count

    @pytest.mark.parametrize("text", ["-1", "1.5", "1.000", "1_0", "٣", "", "x", "3000000000", "²"])
    def test_refused(self, text):
        refused(parse_count, text)

    def test_groups_follow_the_decimal_sign(self):
        assert parse_count("1.234", ",") == 1234


class TestTexts:
    @pytest.mark.parametrize(
        "text", ["", " spring ", "Été 100%", "zero\u200bwidth", "\ufeffx", "👩\u200d🔧", "a\u00a0b"]
    )
    def test_kept_as_it_stands(self, text):
        assert parse_text(text, 20) == text

    @pytest.mark.parametrize(
        "bad",
        [
            "\0",
            "\t",
            "\n",
            "\x1b",
            "\x7f",
            "\x85",
            "\ud800",
            "\u202e",
            "\u2066",
            "\u2069",
            "\uffff",
        ],
    )
    def test_what_cannot_be_seen_is_refused(self, bad):
        error = refused(parse_text, f"ab{bad}c", 20)
        assert f"U+{ord(bad):04X}" in error.problem
        assert "Character 3" in error.problem

    def test_zero_width_only_where_allowed(self):
        refused(parse_text, "zero\u200bwidth", 20, False)

    def test_too_long(self):
        assert "at most 20" in refused(parse_text, "x" * 21, 20).problem


class TestChoices:
    CHOICES = {"booked": "booked", "no show": "no_show", "no_show": "no_show"}

    def test_understood_in_any_case(self):
        assert parse_choice(" No Show ", self.CHOICES) == "no_show"

    def test_the_nearest_is_suggested(self):
        assert refused(parse_choice, "bokked", self.CHOICES).way_out == "Did you mean booked?"

    def test_else_all_are_named(self):
        assert "no_show" in refused(parse_choice, "zzz", self.CHOICES).way_out
        assert "empty" in refused(parse_choice, "", self.CHOICES).problem

    def test_suggest(self):
        assert suggest("sping sale", ["Spring Sale", "Autumn"]) == "Spring Sale"
        assert suggest("zzz", ["Spring Sale"]) is None
