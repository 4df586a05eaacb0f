"""Spend of days that were over and changed: one line in the report, and a page of its own."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attribution import scope
from attribution.models import ImportRun
from reports.query import ReportQuery
from reports.report import run_report
from spend.models import SpendRevision
from tests.factories import make_campaign, make_company, make_lead, make_spend, make_user
from tests.reports.march import ADDRESS, MARCH

PAGE = "/admin/reports/restatements/"
CSV = "/admin/reports/restatements.csv"


def revise(company, of_march, old, new, **values):
    given = {
        "entry_id": 1,
        "how": "form",
        "changed_at": datetime(2026, 11, 18, 23, 30, tzinfo=UTC),
        "is_restatement": True,
        "new_amount_minor": new,
        "campaign_name": "Spring",
        "day": date(2026, 3, of_march),
        "line": "media",
        "source": "google-ads",
        "amount_minor": old,
        "currency": "EUR",
    }
    return SpendRevision.objects.create(company=company, **given | values)


@pytest.fixture
def anna(company):
    return make_user(company, "viewer", username="anna")


@pytest.fixture
def restated(company, anna):
    """Three days: 100.00 more, 30.00 more for a line, 10.00 gone; two that do not count here."""
    spring = make_campaign(company, "spring", name="Spring", channel="email")
    make_lead(company, "spring")
    make_spend(company, "spring", 30_000)
    run = ImportRun.objects.create(company=company, kind="spend", file_name="ads.csv", token="t")
    ours = {"campaign_id": spring.pk}
    revise(company, 2, 10_000, 20_000, **ours)
    revise(company, 3, 1_000, 4_000, line="tools", **ours)
    later = {"changed_at": datetime(2026, 11, 20, 9, tzinfo=UTC), "author": anna}
    revise(company, 4, 1_000, None, is_removal=True, how="import", run_id=run.pk, **later)
    revise(company, 5, 1, 2, is_restatement=False)
    revise(company, 2, 1, 99, day=date(2026, 4, 1))
    return ReportQuery(company=company, start=date(2026, 3, 1), end=date(2026, 3, 31))


def said(query, **changes):
    values = {"company": query.company, "start": query.start, "end": query.end} | changes
    return run_report(ReportQuery(**values)).restated


def test_one_line_says_how_much_since_when_and_who_was_the_last(restated):
    assert said(restated) == (
        "Spend of 3 days of this period was restated since 18 Nov 2026: +€120.00"
        " (last by anna, 20 Nov 2026, file ads.csv)"
    )


def test_the_filters_hold(restated):
    assert "of 1 day" in said(restated, lines=("tools",))
    assert "+€30.00" in said(restated, lines=("tools",))
    assert "+€130.00" in said(restated, search="spr")
    assert said(restated, sources=("google",)) == ""
    assert said(restated, countries=("AT",)) == ""  # which shows no spend
    assert said(restated, end=date(2026, 3, 1)) == ""


def test_days_are_those_of_the_company(restated):
    restated.company.timezone = "Asia/Kathmandu"
    assert "since 19 Nov 2026" in said(restated)


def test_a_difference_that_cannot_be_told_is_in_no_sum(restated):
    revise(restated.company, 6, None, 500, original_minor=900, currency="SEK")
    revise(restated.company, 6, 500, None)
    revise(restated.company, 6, None, 700)  # nothing had been said of its cost
    assert said(restated) == (
        "Spend of 4 days of this period was restated since 18 Nov 2026: +€127.00"
        " (last, 18 Nov 2026); of 2 more changes the difference is not known"
    )


def test_the_report_leads_to_the_page_of_its_days(client, restated, anna):
    client.force_login(anna)
    asked = {"company": restated.company.slug, **MARCH}
    html = client.get(ADDRESS, asked).content.decode()
    link = f"{PAGE}?company={restated.company.slug}&amp;from=2026-03-01&amp;to=2026-03-31"
    assert f'<a href="{link}">' in html
    with CaptureQueriesContext(connection) as queries:
        html = client.get(link.replace("&amp;", "&")).content.decode()
    assert len(queries) <= 15
    assert "3 changes of spend of days that were over: +€120.00 in all." in html
    assert html.index("4 Mar 2026") < html.index("3 Mar 2026") < html.index("2 Mar 2026")
    for text in ("€100.00", "€200.00", "removed", "−€10.00", "import: ads.csv", "Tools"):
        assert text in html or text.replace("−", "-") in html, text
    assert "4 changes" in client.get(PAGE, {"company": restated.company.slug}).content.decode()


def test_its_file_has_the_same_rows(client, restated, anna):
    client.force_login(anna)
    asked = {"company": restated.company.slug, "from": "2026-03-01", "to": "2026-03-31"}
    lines = b"".join(client.get(CSV, asked)).decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Day,Campaign,Line,Source,Before (EUR),After (EUR)")
    assert lines[1] == (
        "2026-03-04,Spring (not matched),Media,google-ads,10.00,0.00,-10.00,,EUR,yes,"
        "2026-11-20 09:00,anna,import: ads.csv"
    )
    differences = [Decimal(line.split(",")[6]) for line in lines[1:]]
    assert sum(differences) == Decimal(120)


def test_many_are_shown_a_page_at_a_time(client, company, anna):
    for number in range(1, 61):
        revise(company, 2, 100, 100 + number)
    client.force_login(anna)
    first = client.get(PAGE, {"company": company.slug}).content.decode()
    assert "Changes 1–50 of 60" in first and "+€18.30 in all" in first
    last = client.get(PAGE, {"company": company.slug, "page": "9"}).content.decode()
    assert "Changes 51–60 of 60" in last


def test_what_is_no_day_is_ignored_and_said(client, restated, anna):
    client.force_login(anna)
    html = client.get(PAGE, {"from": "32.1.2026"}).content.decode()
    assert "“32.1.2026” is not a day" in html
    assert "4 changes" in html
    nothing = client.get(PAGE, {"from": "2026-05-01"}).content.decode()
    assert "Nothing was restated on these days" in nothing


def test_nobody_sees_those_of_another_company(client, restated, anna):
    with scope.all_companies():
        other = make_company()
        revise(other, 2, 1, 77_700)
    client.force_login(anna)
    assert client.get(PAGE, {"company": other.slug}).status_code == 404
    assert client.get(CSV, {"company": other.slug}).status_code == 404
    assert "777" not in client.get(PAGE).content.decode()
