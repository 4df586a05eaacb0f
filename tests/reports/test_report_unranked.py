"""Campaigns with few or young leads are shown, and never ranked."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine

from reports.maturity.kept import lags
from reports.metrics import METRICS
from tests.factories import make_booking, make_lead
from tests.reports.by_hand import JUNE, ask, rows


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(JUNE, tick=False):
        yield


@pytest.fixture
def company(company):
    company.thin_below = 3
    company.save()
    return company


def test_few_leads_are_shown_with_their_interval_and_never_ranked(company):
    for _ in range(3):
        make_booking(make_lead(company, "spring"), "booked")
    make_lead(company, "spring")
    for _ in range(2):
        make_booking(make_lead(company, "hit"), "completed", 10_000_000)
    report = ask(company)
    for name in [*METRICS, "label"]:
        for sort in (name, f"-{name}"):
            ranking = report.ranking(sort)
            assert [row.label for row in ranking.thin] == ["hit"]
            assert [row.label for row in ranking][-1] == "hit"
    low, high = rows(report)["hit"].intervals["booked_rate"]
    assert (round(low, 3), high) == (Decimal("0.342"), 1)  # 2 of 2


@pytest.mark.parametrize(("count", "thin"), [(2, True), (3, False)])
def test_the_minimum_itself_is_enough(company, count, thin):
    for _ in range(count):
        make_lead(company, "spring")
    assert rows(ask(company))["spring"].thin is thin


def test_the_unattributed_and_total_rows_are_never_thin(company):
    make_lead(company)
    report = ask(company)
    assert not report.unattributed.thin
    assert not report.total.thin


def test_campaigns_whose_leads_are_mostly_young_are_maturing(company):
    # Ten bookings, each four days after its lead: within 4 days come 80 % of them.
    for _ in range(10):
        lead = make_lead(company, "old")
        make_booking(lead, booked_at=lead.received_at + timedelta(days=4))
    assert lags(company).latest == 4
    may = datetime(2026, 5, 20, 12, tzinfo=UTC)
    with time_machine.travel(may, tick=False):
        for age in (3, 3, 10):
            make_lead(company, "young", received_at=may - timedelta(days=age))
        for age in (3, 3, 10, 10):
            make_lead(company, "half", received_at=may - timedelta(days=age))
        for _ in range(3):
            make_lead(company, "four days old", received_at=may - timedelta(days=4))
        report = ask(company, end=date(2026, 5, 20))
        assert {row.label for row in report.rows if row.maturing} == {"young"}
        assert {row.label: row.young for row in report.rows if row.young} == {"young": 2, "half": 2}
        assert [row.label for row in report.ranking("-booked_rate").maturing] == ["young"]
        assert report.ranking("-leads").maturing == []
        assert report.total.young == 4
        assert "4 of the leads are younger than 4 days" in report.notes[-1]


def test_without_bookings_nothing_is_young(company):
    make_lead(company, "spring", received_at=datetime(2026, 6, 1, 10, tzinfo=UTC))
    assert lags(company).latest == 0
    assert not rows(ask(company, end=date(2026, 6, 1)))["spring"].maturing


def test_the_time_to_a_booking_forgets_cancelled_ones_and_counts_whole_days(company):
    for hours, status in ((1, "booked"), (25, "completed"), (2400, "cancelled")):
        lead = make_lead(company)
        make_booking(lead, status, booked_at=lead.received_at + timedelta(hours=hours))
    assert lags(company).latest == 2  # 25 hours are begun the second day


def test_a_booking_before_its_lead_counts_as_none(company):
    lead = make_lead(company)
    make_booking(lead, booked_at=lead.received_at - timedelta(days=9))
    assert lags(company).latest == 0
