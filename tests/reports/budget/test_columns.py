"""Budgets as columns of the report: by days, of campaigns' own budgets, adding up to the total."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from attribution import scope
from reports.query import ReportQuery
from reports.report import run_report
from reports.serialize import as_dict
from tests.factories import make_campaign, make_company, make_lead, make_spend, make_user
from tests.spend.budgets.conftest import make_budget, make_group

pytestmark = pytest.mark.django_db
NAMES = ("budget", "budget_spend", "budget_spent")


@pytest.fixture(autouse=True)
def everything_in_scope():
    with scope.all_companies():
        yield


@pytest.fixture
def planned():
    """Brand: 310.00 for October; mail: 61.00 for October and November; a group; one without."""
    company = make_company(slug="acme")
    brand = make_campaign(company, "brand", channel="paid_search")
    mail = make_campaign(company, "mail", channel="email")
    make_budget(company, brand, 31_000)
    make_budget(company, mail, 6_100, last_day=date(2026, 11, 30))
    make_budget(company, make_group(company, "all", brand, mail), 999_999)
    for key, minor, day in (
        ("brand", 5_000, date(2026, 10, 5)),
        ("brand", 700, date(2026, 9, 30)),
        ("free", 900, date(2026, 10, 5)),
    ):
        make_spend(company, key, minor, day=day)
    make_campaign(company, "free", channel="paid_search")
    return company


def ask(company, start=date(2026, 10, 1), end=date(2026, 10, 10), **values):
    return run_report(ReportQuery(company=company, start=start, end=end, **values))


def figures(report):
    return {row.label: tuple(row.values[name] for name in NAMES) for row in report.rows}


def test_ten_days_by_hand(planned):
    report = ask(planned)
    assert figures(report) == {
        "brand": (Decimal("100.00"), Decimal("50.00"), Decimal("0.5")),
        "mail": (Decimal("10.00"), None, None),
        "free": (None, None, None),
    }
    total = report.total.values
    assert [total[name] for name in NAMES] == [Decimal(110), Decimal(50), Decimal(50) / 110]
    assert report.proof.holds


def test_spend_beside_the_budgets_days_has_no_part_in_it(planned):
    report = ask(planned, start=date(2026, 9, 1), end=date(2026, 10, 31))
    brand = figures(report)["brand"]
    assert brand == (Decimal("310.00"), Decimal("50.00"), Decimal(50) / 310)
    assert next(row for row in report.rows if row.label == "brand").values["spend"] == 57


def test_by_channel_and_under_filters(planned):
    by_channel = ask(planned, group_by="channel")
    assert figures(by_channel)["Paid search"][0] == 100
    assert figures(ask(planned, channels=("email",))) == {"mail": (Decimal(10), None, None)}
    assert [row.label for row in ask(planned, search="brand").rows] == ["brand"]


def test_a_source_has_no_budget(planned):
    make_lead(
        planned, "brand", received_at=datetime(2026, 10, 5, 12, tzinfo=UTC), utm_source="google"
    )
    for asked in ({"group_by": "source"}, {"sources": ("google",)}):
        report = ask(planned, **asked)
        assert report.total.values["budget"] is None


def test_a_merged_campaigns_budget_stands_with_the_one_that_counts(planned):
    make_campaign(planned, "old", merged_into=make_campaign(planned, "new"))
    old = make_campaign(planned, "older", merged_into=planned.campaign_set.get(key="old"))
    make_budget(planned, old, 3_100)
    make_spend(planned, "new", 100, day=date(2026, 10, 1))
    assert figures(ask(planned))["new"] == (Decimal("10.00"), Decimal("1.00"), Decimal("0.1"))


def test_what_was_not_asked_for_is_not_said_to_be_unknown(planned):
    report = ask(planned, budgets=False)
    with pytest.raises(LookupError):
        report.total.values["budget"]


def test_as_plain_values(planned):
    brand = next(row for row in as_dict(ask(planned))["rows"] if row["key"] == "brand")
    assert [brand[name] for name in NAMES] == ["100.00", "50.00", "0.500000"]
    assert "budget_spent" not in brand["intervals"]


def test_the_page_reads_budgets_only_when_a_column_asks(client, planned, monkeypatch):
    monkeypatch.setattr("attribution.calendar.today", lambda zone: date(2026, 10, 10))
    client.force_login(make_user(planned, "viewer"))
    address = reverse("reports:overview")
    assert "€110.00" not in client.get(address, {"period": "7d"}).content.decode()
    asked = {"period": "this-month", "cols": ["leads", "budget", "budget_spent"]}
    text = client.get(address, asked).content.decode()
    assert "€110.00" in text
    assert "50.0\u00a0%" in text
