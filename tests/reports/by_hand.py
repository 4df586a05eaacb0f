"""One month of one company with sums done by hand, and the question about it."""

from datetime import UTC, date, datetime

from reports.query import ReportQuery
from reports.report import run_report
from tests.factories import make_booking, make_campaign, make_lead, make_spend

MARCH = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}
JUNE = datetime(2026, 6, 1, 12, tzinfo=UTC)  # so late that no lead of March is young


def ask(company, **values):
    return run_report(ReportQuery(**{"company": company} | MARCH | values))


def rows(report):
    return {row.label: row for row in report.rows}


def leads(report):
    return {row.label: row.leads for row in report.rows}


def make_month(company):
    """Spring: 4 leads, 3 booked, 2 completed for 150.50, spend 50.00. Autumn: 1 lead, 999.00."""
    spring = make_campaign(company, "spring", name="Spring", channel="email")
    make_campaign(company, "brand", name="Brand", channel="paid_search", status="paused")
    one, two, three, _four = (
        make_lead(company, "Spring", utm_source="News", utm_medium="email") for _ in range(4)
    )
    make_booking(one, "completed", 10_000)
    make_booking(two, "completed", 5_000)
    make_booking(two, "completed", 50)
    make_booking(three, "no_show", 77_700)
    make_booking(_four, "cancelled", 88_800)
    make_booking(make_lead(company, "autumn", utm_source="google"), "completed", 99_900)
    make_lead(company)
    make_lead(company, utm_source="news")
    make_booking(make_lead(company, utm_medium="cpc", utm_source="google"), "booked")
    make_lead(company, "{{campaign.name}}", utm_source="meta")
    make_lead(company, "spring", kind="test")
    for _ in range(2):
        make_booking(make_lead(company, kind="bot"), "completed", 1_000_000)
    make_lead(company, "spring", received_at=datetime(2026, 2, 28, 23, 59, tzinfo=UTC))
    make_spend(company, "Spring", 3_000, impressions=2000, clicks=40)
    make_spend(company, "spring", 2_000, line="agency")
    make_spend(company, "brand", 1_234)
    make_spend(company, "sprnig", 777)
    make_spend(company, "spring", 99_999, day=date(2026, 4, 1))
    return spring
