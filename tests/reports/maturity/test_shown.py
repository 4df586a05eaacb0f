"""Young rows in tables, reports, exports and on the page, by curves that a tick has made."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse

from attribution import scope
from attribution.models import Booking, Company, Lead
from reports import report as running
from reports.facts import FactReader
from reports.maturity.make import make, make_if_due
from reports.models import LagDay, LagMade
from reports.query import ReportQuery
from reports.report import run_report
from reports.rollup.reader import RollupReader
from reports.serialize import as_dict, as_json
from tests.factories import make_campaign, make_company, make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TODAY = date(2026, 6, 1)
WEEK = {"start": TODAY - timedelta(days=6), "end": TODAY}


@pytest.fixture(scope="module")
def company_pk(module_rows):
    """200 old leads of which 120 booked, half after 2 days and half after 4; 40 young ones."""
    with module_rows(), time_machine.travel(NOW, tick=False), scope.all_companies():
        company = make_company(timezone="UTC", slug="young", thin_below=10)
        make_campaign(company, "spring", name="Spring", channel="email")
        fill(company)
        make(company, TODAY)
        return company.pk


def fill(company):
    leads = [lead(company, f"old-{n}", 30 + n % 50, "spring") for n in range(200)]
    young = [lead(company, f"new-{n}", n % 4, "spring" if n < 24 else "") for n in range(40)]
    Lead.objects.bulk_create([*leads, *young])
    found = {one.external_id: one for one in Lead.objects.filter(company=company)}
    Booking.objects.bulk_create(
        [booking(found[f"old-{n}"], 2 if n % 2 else 4) for n in range(120)]
        + [booking(found[f"new-{n}"], 2) for n in (3, 7, 11, 35)]
    )


def lead(company, key, age, campaign):
    at = NOW - timedelta(days=age)
    return Lead(company=company, external_id=key, received_at=at, utm_campaign=campaign)


def booking(lead, days):
    at = lead.received_at + timedelta(days=days)
    return Booking(
        company=lead.company,
        lead=lead,
        external_id=f"B-{lead.external_id}",
        status="completed" if days == 4 else "booked",
        booked_at=at,
        completed_at=at if days == 4 else None,
    )


@pytest.fixture
def company(company_pk, db):
    with time_machine.travel(NOW, tick=False), scope.all_companies():
        yield Company.objects.get(pk=company_pk)


def spring(report):
    return next(row for row in report.rows if row.label == "Spring")


def test_the_table_is_made_once_a_day_from_whole_days_of_waiting(company):
    assert not make_if_due(company)
    made = LagMade.objects.get(company=company)
    assert (made.made_on, made.every, made.leads) == (TODAY, 1, 240)
    assert (TODAY - made.first_day).days == 364  # fewer than 300 booked leads
    rows = LagDay.objects.filter(company=company, outcome="booked", events__gt=0).order_by("days")
    found = {(one.channel, one.days, one.at_risk, one.events) for one in rows}
    # 200 old leads and ten of three days ago had waited through day 2; 60 and four booked then.
    assert {one for one in found if not one[0]} == {("", 2, 210, 64), ("", 4, 140, 60)}
    assert {one[0] for one in found} == {"", "email"}
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        assert make_if_due(company) == 1
        assert not make_if_due(company)
    assert make(company, TODAY) == LagDay.objects.filter(company=company).count()


def test_a_row_that_matures_says_where_it_may_end_up(company):
    report = run_report(ReportQuery(company=company, **WEEK))
    row = spring(report)
    assert row.maturing and report.total.maturing
    assert report.young_days == 5
    for told in (row.expected["booked_rate"], report.total.expected["booked_rate"]):
        assert told.low < told.rate < told.high
    assert report.total.expected["booked_rate"].rate > report.total.values["booked_rate"]
    assert "so far; expected" in row.note_of("booked_rate")
    assert [one.label for one in report.ranking("-booked_rate").maturing] == ["Spring"]
    assert report.ranking("-booked_rate").ranked == []
    assert [one.label for one in report.ranking("-leads").ranked] == ["Spring"]
    old = ReportQuery(company=company, start=date(2026, 3, 1), end=TODAY)
    assert not spring(run_report(old)).expected


@pytest.mark.parametrize("group_by", ["campaign", "channel", "source", "country"])
def test_the_kept_sums_and_the_facts_expect_the_same(company, group_by, monkeypatch):
    query = ReportQuery(company=company, group_by=group_by, **WEEK)
    kept = run_report(query)
    monkeypatch.setattr(running, "RollupReader", lambda query: FactReader(query))
    counted = run_report(query)
    assert type(counted.reader) is FactReader
    if group_by != "country":
        assert type(kept.reader) is RollupReader
    assert as_json(kept) == as_json(counted)
    assert kept.total.expected == counted.total.expected != {}


def test_it_costs_one_query_more_and_only_when_something_matures(
    company, django_assert_max_num_queries
):
    query = ReportQuery(company=company, compare="previous", **WEEK)
    with django_assert_max_num_queries(9):
        run_report(query)


def test_json_and_the_command_say_it(company, capsys):
    found = as_dict(run_report(ReportQuery(company=company, **WEEK)))
    told = found["rows"][0]["maturity"]["booked_rate"]
    assert set(told) == {"so_far", "expected", "range"}
    assert float(told["range"][0]) <= float(told["expected"]) <= float(told["range"][1])
    assert found["total"]["maturity"]
    out = StringIO()
    call_command("report", "--company", "young", "--period", "7d", stdout=out)
    assert "Spring: Booked rate" in out.getvalue()
    call_command(
        "report", "--company", "young", "--period", "7d", "--json", stdout=(two := StringIO())
    )
    assert json.loads(two.getvalue())["rows"][0]["maturity"]


@pytest.fixture
def page(company, client):
    client.force_login(make_user(company, "owner"))

    def get(name, **values):
        answer = client.get(reverse(f"reports:{name}"), {"company": "young", **values})
        assert answer.status_code == 200
        return b"".join(answer).decode() if answer.streaming else answer.content.decode()

    return get


def test_pages_and_files_say_it(page):
    html = page("overview", period="7d")
    assert html.count("so far; expected") >= 3
    assert 'class="cp-young"' in html
    head, *rows = csv.reader(StringIO(page("overview-csv", period="7d").lstrip("\ufeff")))
    nth = head.index("Booked rate, expected")
    assert head[nth : nth + 3] == [
        "Booked rate, expected",
        "Booked rate, expected from",
        "Booked rate, expected to",
    ]
    assert 0 < float(rows[0][nth + 1]) < float(rows[0][nth]) < float(rows[0][nth + 2]) < 1
    assert "expected" not in page("overview-csv", period="91d").splitlines()[0]


def test_the_page_of_the_curves(page):
    html = page("maturity")
    assert "2 days" in html and "4 days" in html
    assert "Leads younger than 5 days count as young" in html
    assert "240 counted leads" in html


def test_a_company_without_curves_is_told_so(page, client):
    with scope.all_companies():
        LagMade.objects.all().delete()
        LagDay.objects.all().delete()
    assert "not made yet" in page("maturity")
    assert "so far; expected" not in page("overview", period="7d")
