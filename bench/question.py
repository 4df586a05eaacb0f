"""The questions that are timed: one company's campaigns, all of them, over three ranges of days."""

from datetime import date, timedelta

from attribution.models import Company
from reports.query import ReportQuery

LAST_DAY = date(2025, 12, 31)  # of the generated data
RANGES = {"30 days": 30, "90 days": 90, "24 months": 731}


def days_of(name: str) -> tuple[date, date]:
    return LAST_DAY - timedelta(days=RANGES[name] - 1), LAST_DAY


def question(company: Company, name: str) -> ReportQuery:
    first, last = days_of(name)
    return ReportQuery(company=company, start=first, end=last)
