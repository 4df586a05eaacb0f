"""One month of one company with sums done by hand, and the question about it."""

from datetime import UTC, date, datetime

from reports.query import ReportQuery
from reports.report import run_report
from spend.matching import one_book
from tests.factories import make_bookings, make_campaign, make_leads, make_spend

MARCH = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}
FEBRUARY = datetime(2026, 2, 28, 23, 59, tzinfo=UTC)  # its last minute
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
    named = {"utm_campaign": "Spring", "utm_source": "News", "utm_medium": "email"}
    one, two, three, four, autumn, paid, bot, another, *__ = make_leads(
        company,
        [
            *[named] * 4,
            {"utm_campaign": "autumn", "utm_source": "google"},
            {"utm_medium": "cpc", "utm_source": "google"},
            {"kind": "bot"},
            {"kind": "bot"},
            {},
            {"utm_source": "news"},
            {"utm_campaign": "{{campaign.name}}", "utm_source": "meta"},
            {"utm_campaign": "spring", "kind": "test"},
            {"utm_campaign": "spring", "received_at": FEBRUARY},
        ],
    )
    make_bookings(
        (one, "completed", 10_000),
        (two, "completed", 5_000),
        (two, "completed", 50),
        (three, "no_show", 77_700),
        (four, "cancelled", 88_800),
        (autumn, "completed", 99_900),
        (paid, "booked"),
        (bot, "completed", 1_000_000),
        (another, "completed", 1_000_000),
    )
    with one_book():
        make_spend(company, "Spring", 3_000, impressions=2000, clicks=40)
        make_spend(company, "spring", 2_000, line="agency")
        make_spend(company, "brand", 1_234)
        make_spend(company, "sprnig", 777)
        make_spend(company, "spring", 99_999, day=date(2026, 4, 1))
    return spring
