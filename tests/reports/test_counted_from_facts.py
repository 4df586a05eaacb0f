"""What the kept sums do not tell apart is counted lead by lead, within bounds, and said so."""

import re
from datetime import date

import pytest
from django.db import connection
from django.urls import reverse

from reports import tables
from reports.facts import FactReader
from reports.models import RollupState
from reports.query import ReportQuery
from reports.report import run_report
from reports.snapshot import TookTooLong, no_longer_than
from tests.factories import make_booking, make_lead, make_spend, make_user

MARCH = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}
SHOP = "https://shop.example/a_b"
ADDRESS = "/admin/reports/overview/"


@pytest.fixture
def facts(company):
    swiss = make_lead(company, "spring", country="CH", landing_page=f"{SHOP}/x?utm_source=news")
    make_booking(swiss, "completed", 12_345)
    make_lead(company, "spring", country="DE", landing_page="https://shop.example/aXb")
    make_lead(company, country="DE", landing_page=SHOP)
    make_lead(company, "spring", landing_page=SHOP.upper())
    make_lead(company)
    make_lead(company, "spring", country="CH", kind="bot")
    make_spend(company, "spring", 2_000)
    return company


def ask(company, **values):
    return run_report(ReportQuery(company=company, **MARCH, **values))


def test_rows_by_country(facts):
    report = ask(facts, group_by="country")
    assert isinstance(report.reader, FactReader)
    assert {row.key: (row.leads, row.values["booked"]) for row in report.rows} == {
        "CH": (1, 1),
        "DE": (2, 0),
    }
    assert report.unattributed.leads == 2
    assert {reason.code: reason.leads for reason in report.reasons} == {
        "no_country": 1,
        "direct": 1,
    }
    assert report.excluded[0].leads == 1
    assert report.proof.holds
    assert report.facets.of_leads["country"] == ["CH", "DE"]


def test_spend_has_no_country_and_is_split_by_none(facts):
    report = ask(facts, group_by="country")
    assert {row.values["spend"] for row in report.rows} == {None}
    assert {row.values["cost_per_lead"] for row in report.rows} == {None}
    whole = ask(facts).total.values
    assert report.total.values["spend"] == report.unmatched_spend.values["spend"] == whole["spend"]
    assert report.total.values["cost_per_lead"] == whole["cost_per_lead"]
    assert report.unmatched_names == []
    assert str(report.unmatched_spend.label) == "Spend, not split by country"
    assert any("Country: no entry of spend says it" in note for note in report.notes)
    assert report.proof.holds


def test_under_a_filter_by_country_spend_is_unknown(facts):
    report = ask(facts, countries=("CH",))
    assert report.total.values["spend"] is None
    assert report.total.values["revenue"] is not None
    assert any("no entry says its country" in note for note in report.notes)
    assert not {"spend", "roi", "cost_per_lead"} & set(tables.default_columns(report))


def test_the_report_says_that_it_counts_lead_by_lead(facts):
    assert any("lead by lead" in note for note in ask(facts, countries=("CH",)).notes)
    assert not any("lead by lead" in note for note in ask(facts).notes)


def test_the_page_says_when_it_gives_up(client, facts):
    client.force_login(make_user(is_superuser=True))
    asked = {"company": facts.slug}
    said = "gives up counting lead by lead after 10 seconds"
    assert said in client.get(ADDRESS, asked | {"group": "country"}).content.decode()
    assert said not in client.get(ADDRESS, asked).content.decode()


def test_a_filter_on_countries(facts):
    report = ask(facts, countries=("DE",))
    assert report.total.values["leads"] == 2
    assert report.outside == 4
    assert report.proof.holds


@pytest.mark.parametrize(
    ("landing", "leads"),
    [(SHOP, 2), ("https://shop.example/", 3), (SHOP.upper(), 1), ("shop", 0), ("%", 0)],
)
def test_a_landing_page_is_compared_letter_by_letter(facts, landing, leads):
    report = ask(facts, landing=landing)
    assert report.total.values["leads"] == leads
    assert report.proof.holds


def test_every_figure_leads_to_as_many_leads(client, facts):
    client.force_login(make_user(is_superuser=True))
    asked = {"company": facts.slug, "period": "custom", "from": "2026-03-01", "to": "2026-03-31"}
    for more in ({"group": "country"}, {"landing": SHOP}, {"country": ["DE", "CH"]}):
        html = client.get(ADDRESS, asked | more).content.decode()
        links = re.findall(r'<a href="([^"]*/lead/\?[^"]*)">([\d,]+)</a>', html)
        assert links
        for link, text in links:
            answer = client.get(link.replace("&amp;", "&"))
            assert answer.context["cl"].result_count == int(text.replace(",", "")), link


def test_a_question_that_takes_too_long_is_given_up(client, facts, monkeypatch):
    def slow(*_):
        raise TookTooLong

    monkeypatch.setattr(FactReader, "groups", slow)
    client.force_login(make_user(is_superuser=True))
    for path in (ADDRESS, reverse("reports:overview-csv"), reverse("reports:overview-xlsx")):
        answer = client.get(path, {"company": facts.slug, "group": "country", "q": "spring"})
        assert answer.status_code == 503
        html = answer.content.decode()
        assert "takes too long" in html
        assert "q=spring" in html and "group=country" not in html


def test_without_the_sums_it_does_not_blame_the_country(client, facts, monkeypatch):
    def slow(*_):
        raise TookTooLong

    RollupState.objects.create(company=facts, ready=False)
    monkeypatch.setattr(FactReader, "groups", slow)
    client.force_login(make_user(is_superuser=True))
    answer = client.get(ADDRESS, {"company": facts.slug, "group": "channel"})
    assert answer.status_code == 503
    html = answer.content.decode()
    assert "not in use just now" in html
    assert "country" not in html


@pytest.mark.django_db(transaction=True)
def test_the_database_itself_is_stopped():
    """Counting to a number that would take minutes."""
    endless = (
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000)"
        " SELECT COUNT(*) FROM n"
    )
    with pytest.raises(TookTooLong), no_longer_than(1), connection.cursor() as cursor:
        cursor.execute(endless)
    with no_longer_than(0), connection.cursor() as cursor:  # the connection is as good as before
        cursor.execute("SELECT COUNT(*) FROM attribution_lead")


@pytest.mark.django_db(transaction=True)
def test_several_queries_have_the_time_together():
    """Each alone would be within it."""
    if connection.vendor != "postgresql":
        pytest.skip("about postgresql alone: on SQLite one clock runs for all")
    with pytest.raises(TookTooLong), no_longer_than(1), connection.cursor() as cursor:
        for _ in range(3):
            cursor.execute("SELECT pg_sleep(0.7)")
