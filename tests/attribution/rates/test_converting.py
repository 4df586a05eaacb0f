"""Amounts in other currencies are worth what the rate of their day says, whatever comes first."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from attribution import scope
from attribution.models import Booking, Company, ExchangeRate, Lead
from attribution.rates import Rates, rounded
from attribution.rates.amounts import Amount, changes
from attribution.rates.missing import missing
from attribution.timezone import change_timezone
from reports.query import ReportQuery
from reports.report import run_report
from spend.converting import missing_spend
from spend.models import SpendEntry, SpendRevision
from tests.attribution.rates.conftest import DAY, worth
from tests.factories import make_company

WEEK = timedelta(days=7)
pytestmark = pytest.mark.django_db


class Fixed(Rates):
    """Rates that nobody has to save."""

    def __init__(self, currency, rates):
        super().__init__(make_unsaved(currency))
        self.fixed = rates

    def rate(self, currency, day):
        return self.fixed.get(currency)


def make_unsaved(currency):
    return Company(currency=currency)


def test_1000_kronor_of_cost_and_5000_of_value_are_a_return_of_5(company, rate, spend, booking):
    spend(100_000, "SEK")
    booking(500_000, "SEK")
    rate("EUR/USD", "1.1")
    rate("EUR/SEK", "11.5")
    found = run_report(ReportQuery(company=company, start=DAY, end=DAY)).total.values
    assert found["spend"] == Decimal("95.65")  # 1,000 / 11.5 * 1.1
    assert found["revenue"] == Decimal("478.26")
    assert round(found["roas"], 2) == 5


def test_dollars_and_yen_are_never_added(company, rate, spend):
    dollars = SpendEntry.objects.create(
        company=company, campaign_name="a", day=DAY, amount_minor=10_000
    )
    yen = spend(100, "JPY")
    assert (worth(dollars), worth(yen)) == (10_000, None)
    rate("USD/JPY", "150")
    assert worth(yen) == 67  # 0.6667 dollars


@pytest.mark.parametrize(
    ("recorded", "currency", "pair", "number", "cents"),
    [
        (15_000, "JPY", "USD/JPY", "150", 10_000),  # no decimals
        (1_000_000, "KWD", "KWD/USD", "3.25", 325_000),  # three decimals: 1,000.000 dinars
        (5, "BHD", "BHD/USD", "2.65", 1),  # 0.005 dinars are 1.325 cents
        (-10_001, "EUR", "EUR/USD", "1.5", -15_002),  # half up, away from nought
        (10_001, "EUR", "EUR/USD", "1.5", 15_002),
        (1, "IDR", "USD/IDR", "16850.5", 0),
    ],
)
def test_decimals_of_every_currency_are_kept_apart(
    spend, rate, recorded, currency, pair, number, cents
):
    entry = spend(recorded, currency)
    rate(pair, number)
    assert worth(entry) == cents


def test_without_a_rate_an_amount_is_unknown_and_never_one_to_one(company, spend, booking):
    entries = [spend(100, "SEK", DAY + timedelta(days=n)) for n in (0, 4)]
    bookings = [booking(7_000, "SEK"), booking(50, "JPY"), booking(1, "NOK", status="booked")]
    assert {worth(one) for one in (*entries, *bookings)} == {None}
    (found,) = missing_spend(company, DAY, DAY + WEEK)
    assert (found.currency, found.first_day, found.last_day) == ("SEK", DAY, DAY + timedelta(4))
    assert (found.entries, found.recorded_minor) == (2, 200)
    assert [(one.currency, one.entries) for one in missing(company, DAY, DAY)] == [
        ("JPY", 1),
        ("SEK", 1),
    ]
    assert missing(company, DAY + WEEK, DAY + 2 * WEEK) == []
    assert Lead.objects.get(booking=bookings[0]).revenue_minor == 0


def test_a_rate_holds_for_a_week_until_the_next_one(rate, spend):
    days = [DAY + timedelta(days=n) for n in range(-1, 9)]
    entries = [spend(1_000, "EUR", day) for day in days]
    rate("EUR/USD", "2")
    rate("EUR/USD", "3", DAY + timedelta(days=2))
    assert [worth(one) for one in entries] == [None, *[2_000] * 2, *[3_000] * 7]


def test_the_later_of_a_direct_rate_and_one_through_the_euro_is_taken(rate, spend):
    entries = [spend(1_000, "SEK", DAY + timedelta(days=n)) for n in range(3)]
    rate("SEK/USD", "0.5")
    rate("EUR/USD", "2")
    rate("EUR/SEK", "8")
    rate("EUR/USD", "2", DAY + timedelta(days=1))
    rate("EUR/SEK", "10", DAY + timedelta(days=1))
    assert [worth(one) for one in entries] == [500, 200, 200]


def test_rates_of_other_days_and_currencies_change_nothing(rate, spend, booking):
    rate("EUR/USD", "1.1")
    rows = [spend(1_000, "EUR"), booking(1_000, "EUR")]
    before = [worth(one) for one in rows]
    rate("EUR/USD", "1.9", DAY + timedelta(days=1))
    rate("EUR/USD", "1.9", DAY - timedelta(days=1))
    rate("EUR/SEK", "11")
    rate("NOK/SEK", "1.2")
    assert [worth(one) for one in rows] == before == [1_100, 1_100]
    assert not SpendRevision.objects.exists()


def test_a_rate_that_is_corrected_or_taken_away_restates(company, rate, spend, booking):
    saved = rate("EUR/USD", "1.1")
    entry, sold = spend(1_000, "EUR", note="mine"), booking(1_000, "EUR")
    saved.rate = Decimal("1.2")
    saved.save()
    assert worth(entry) == worth(sold) == 1_200
    assert Lead.objects.get(booking=sold).revenue_minor == 1_200
    saved.delete()
    assert worth(entry) is worth(sold) is None
    assert Lead.objects.get(booking=sold).revenue_minor == 0
    kept = SpendRevision.objects.order_by("pk")
    assert [(one.amount_minor, one.new_amount_minor) for one in kept] == [
        (1_100, 1_200),
        (1_200, None),
    ]
    one = kept[0]
    assert (one.how, one.entry_id, one.day, one.note) == ("rate", entry.pk, DAY, "mine")
    assert one.is_restatement and not one.is_removal and one.campaign_key == "spring"


def test_an_amount_that_was_unknown_is_no_restatement(rate, spend):
    entry = spend(1_000, "EUR")
    rate("EUR/USD", "1.1")
    assert worth(entry) == 1_100
    assert not SpendRevision.objects.exists()


def test_a_rate_of_today_restates_nothing_that_was_over(company, rate, spend):
    today = datetime.now(UTC).date()
    saved = rate("EUR/USD", "1.1", today)
    spend(1_000, "EUR", today)
    saved.rate = Decimal("1.2")
    saved.save()
    assert [one.is_restatement for one in SpendRevision.objects.all()] == [False]


def test_amounts_follow_by_whatever_door_rates_come_and_go(company, rate, spend):
    entry = spend(1_000, "EUR")
    ExchangeRate.objects.bulk_create(
        [ExchangeRate(company=company, day=DAY, base="EUR", quote="USD", rate=Decimal("1.5"))]
    )
    assert worth(entry) == 1_500
    ExchangeRate.objects.update(rate=Decimal("1.6"))
    assert worth(entry) == 1_600
    ExchangeRate.objects.update(day=DAY - WEEK - timedelta(days=1))
    assert worth(entry) is None
    saved = ExchangeRate.objects.get()
    saved.day = DAY - WEEK
    saved.save()
    assert worth(entry) == 1_600
    ExchangeRate.objects.all().delete()
    assert worth(entry) is None


def test_the_rate_of_another_company_is_no_rate(company, spend):
    entry = spend(1_000, "EUR")
    with scope.all_companies():
        other = make_company(currency="USD")
        ExchangeRate.objects.create(
            company=other, day=DAY, base="EUR", quote="USD", rate=Decimal("1.5")
        )
        assert worth(entry) is None


def test_a_booking_takes_the_rate_of_its_leads_day_also_in_another_zone(company, rate, booking):
    sold = booking(1_000, "EUR", booked_at=datetime(2026, 3, 20, tzinfo=UTC))
    rate("EUR/USD", "1.1")
    rate("EUR/USD", "1.3", DAY + timedelta(days=1))
    rate("EUR/USD", "1.5", date(2026, 3, 20))
    assert worth(sold) == 1_100
    change_timezone(company, "Pacific/Kiritimati")  # 12:00 in UTC is 2:00 of the next day
    assert worth(sold) == 1_300
    assert Lead.objects.get(booking=sold).revenue_minor == 1_300


@given(
    st.lists(st.integers(-(10**12), 10**12), max_size=30),
    st.decimals("0.00000001", "9999999", places=8),
    st.sampled_from(["SEK", "JPY", "KWD"]),
    st.sampled_from(["USD", "JPY", "BHD"]),
)
def test_what_is_converted_and_added_up_is_the_sum_of_what_is_stored(minors, number, code, own):
    rates = Fixed(own, {code: Fraction(number)})
    rows = [Amount(pk, code, DAY, minor, None) for pk, minor in enumerate(minors)]
    stored = [change.new for change in changes(rows, rates)]
    digits = {"SEK": 2, "USD": 2, "JPY": 0, "KWD": 3, "BHD": 3}
    factor = Fraction(number) * Fraction(10) ** (digits[own] - digits[code])
    assert sum(stored) == sum(rates.convert(minor, code, DAY) for minor in minors)
    exact = sum(minors) * factor
    assert abs(sum(stored) - exact) <= Fraction(len(minors), 2)


@given(st.integers(-(10**13), 10**13), st.integers(1, 10**9))
def test_rounding_is_to_the_nearest_and_half_goes_away_from_nought(numerator, denominator):
    found, exact = rounded(numerator, denominator), Fraction(numerator, denominator)
    assert abs(found - exact) <= Fraction(1, 2)
    assert abs(found) >= abs(exact) or abs(found - exact) < Fraction(1, 2)
    assert rounded(-numerator, denominator) == -found


@pytest.mark.parametrize("number", ["0.00012345", "11.1125", "9999999"])
def test_a_rate_and_its_inverse_are_the_same(company, rate, spend, number):
    saved = rate("SEK/USD", number)
    there = Rates(company).rate("SEK", DAY)
    saved.base, saved.quote = "USD", "SEK"
    saved.save()
    assert there * Rates(company).rate("SEK", DAY) == 1


def test_the_figure_is_the_same_on_both_engines(rate, spend):
    """Exact fractions, to the last cent: nothing is left to an engine's decimals."""
    rate("EUR/USD", "1.0837")
    rate("EUR/SEK", "11.4345")
    minors = (1, 527, 528, 999_999_999_999)
    entries = [spend(minor, "SEK", campaign=f"c{minor}") for minor in minors]
    assert [worth(one) for one in entries] == [0, 50, 50, 94_774_585_684]


def test_many_amounts_are_converted_by_few_queries(
    company, rate, spend, django_assert_max_num_queries
):
    SpendEntry.objects.bulk_create(
        SpendEntry(
            company=company,
            campaign_name=f"c{n}",
            day=DAY,
            original_minor=n * 100,
            currency="EUR",
        )
        for n in range(300)
    )
    rate("EUR/USD", "1.1")
    with django_assert_max_num_queries(50):
        ExchangeRate.objects.update(rate=Decimal("1.2"))
    assert SpendEntry.objects.get(original_minor=29_900).amount_minor == 35_880
    assert Booking.objects.count() == 0
