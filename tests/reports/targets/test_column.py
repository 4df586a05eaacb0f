"""Targets as columns of the report: by hand, under filters, in sums and in exports."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attribution import scope
from reports.models import Target
from reports.query import ReportQuery
from reports.report import run_report
from tests.factories import make_campaign, make_company, make_lead, make_user
from tests.reports.by_hand import JUNE
from tests.reports.march import ADDRESS

pytestmark = pytest.mark.django_db
NAMES = ("target", "target_leads", "target_reached")


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(JUNE, tick=False), scope.all_companies():
        yield


@pytest.fixture
def planned():
    """Brand: 10 in March and 5 in April; mail: 4 bookings alone; free: nothing."""
    company = make_company(slug="acme")
    brand = make_campaign(company, "brand", channel="paid_search")
    mail = make_campaign(company, "mail", channel="email")
    for campaign, metric, month, value in (
        (brand, "leads", 3, 10),
        (brand, "leads", 4, 5),
        (brand, "leads", 5, 99),
        (mail, "booked", 3, 4),
    ):
        Target.objects.create(
            company=company,
            campaign=campaign,
            metric=metric,
            first_day=date(2026, month, 1),
            last_day=date(2026, month, 30),
            value=value,
        )
    for key, day in (("brand", 2), ("brand", 30), ("brand", 31), ("mail", 2), ("free", 2)):
        make_lead(company, key, received_at=datetime(2026, 3, day, 12, tzinfo=UTC))
    make_lead(company, "brand", received_at=datetime(2026, 4, 30, 12, tzinfo=UTC))
    make_lead(company, "brand", received_at=datetime(2026, 3, 2, 12, tzinfo=UTC), kind="bot")
    return company


def ask(company, start=date(2026, 3, 15), end=date(2026, 4, 15), **values):
    return run_report(ReportQuery(company=company, start=start, end=end, **values))


def figures(report):
    return {row.label: tuple(row.values[name] for name in NAMES) for row in report.rows}


def test_the_targets_that_touch_the_period_count_with_all_their_days(planned):
    report = ask(planned)
    assert figures(report) == {"brand": (15, 3, Decimal(3) / 15)}  # the 31st is in neither
    total = report.total.values
    assert [total[name] for name in NAMES] == [15, 3, Decimal(3) / 15]
    assert report.proof.holds
    march = ask(planned, end=date(2026, 3, 31))
    assert figures(march)["brand"] == (10, 2, Decimal(2) / 10)
    assert figures(ask(planned, start=date(2026, 3, 1)))["mail"] == (None, None, None)


def test_by_channel_and_where_it_cannot_be_told(planned):
    assert figures(ask(planned, group_by="channel"))["Paid search"] == (15, 3, Decimal(3) / 15)
    by_source = ask(planned, group_by="source")
    assert by_source.total.values["target"] is None
    assert figures(ask(planned, channels=("email",), start=date(2026, 3, 1)))["mail"][0] is None
    assert ask(planned, model="linear").total.values["target"] is None


def test_on_the_page_only_when_asked_for_and_led_to_the_targets(client, planned):
    client.force_login(make_user(planned, "viewer"))
    asked = {"period": "custom", "from": "2026-03-15", "to": "2026-04-15"}

    def page(**more):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(ADDRESS, asked | more)
        return answer, len(queries)

    page()
    plain, usual = page()
    assert "Target of leads" in plain.content.decode()  # among the columns to choose from
    shown, cost = page(cols=["leads", "target", "target_reached"])
    assert cost <= usual + 3
    text = shown.content.decode()
    assert "20.0\u00a0%" in text
    link = next(
        part.split('"')[0]
        for part in text.split('href="')
        if part.startswith("/admin/reports/target/") and "campaign=" in part.split('"')[0]
    )
    listed = client.get(link.replace("&amp;", "&"))
    assert listed.context["cl"].result_count == 2
    file = client.get("/admin/reports/overview.csv", asked | {"cols": "target_reached"})
    assert b"".join(file.streaming_content).decode("utf-8-sig").splitlines()[0].endswith("Target")
