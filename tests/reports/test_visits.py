"""The report by channel of the visit and by origin: every figure, every link, every total."""

import json
import re
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command

from attribution.models import Lead
from reports.facts import FactReader
from reports.query import ReportQuery
from reports.report import run_report
from reports.series import sparklines
from tests.factories import make_booking, make_lead, make_spend, make_user

MARCH = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}
ADDRESS = "/admin/reports/overview/"


@pytest.fixture
def visits(company):
    paid = make_lead(company, "spring", utm_source="google", utm_medium="cpc")
    make_booking(paid, "completed", 20_000)
    make_lead(company, referrer="https://www.google.de/")
    make_lead(company, referrer="https://www.bing.com/")
    make_lead(company)
    make_lead(company, referrer="https://www.bing.com/", kind="bot")
    old = make_lead(company, "spring")
    Lead.objects.filter(pk=old.pk).update(channel="", origin="")  # not placed yet
    make_spend(company, "spring", 2_000)
    return company


def ask(company, **values):
    return run_report(ReportQuery(company=company, **MARCH, **values))


def leads(report):
    return {row.key: row.leads for row in report.rows}


def test_rows_by_channel_of_the_visit(visits):
    report = ask(visits, group_by="visit_channel")
    assert isinstance(report.reader, FactReader)
    assert leads(report) == {"Paid Search": 1, "Organic Search": 2, "Direct": 1}
    assert {reason.code: reason.leads for reason in report.reasons} == {"no_visit_channel": 1}
    assert report.excluded[0].leads == 1
    assert {row.values["spend"] for row in report.rows} == {None}
    assert report.total.values["spend"] == 20
    assert report.total.values["revenue"] == 200
    assert any("no entry of spend says it" in note for note in report.notes)
    assert report.proof.holds
    found = report.facets.of_leads["visit_channel"]
    assert found == ["Direct", "Organic Search", "Paid Search"]
    assert sum(sparklines(report, ["Organic Search"])["Organic Search"]) == 2


def test_rows_by_origin_under_a_filter(visits):
    report = ask(visits, group_by="origin", visit_channels=("Organic Search", "Direct"))
    assert leads(report) == {"google": 1, "bing": 1, "(direct)": 1}
    assert report.outside == 2
    assert report.proof.holds
    report = ask(visits, origins=("google",))
    assert report.total.leads == 2
    assert report.proof.holds


def test_every_figure_leads_to_as_many_leads(client, visits):
    client.force_login(make_user(is_superuser=True))
    asked = {"company": visits.slug, "period": "custom", "from": "2026-03-01", "to": "2026-03-31"}
    for more in (
        {"group": "visit_channel"},
        {"group": "origin"},
        {"visit_channel": ["Direct", "Organic Search"]},
        {"origin": "google", "group": "origin"},
    ):
        html = client.get(ADDRESS, asked | more).content.decode()
        links = re.findall(r'<a href="([^"]*/lead/\?[^"]*)">([\d,]+)</a>', html)
        assert links
        for link, text in links:
            answer = client.get(link.replace("&amp;", "&"))
            assert answer.context["cl"].result_count == int(text.replace(",", "")), link


def test_the_command_and_the_files_say_the_same(client, visits):
    out = StringIO()
    options = ("--from", "2026-03-01", "--to", "2026-03-31", "--visit-channel", "Organic Search")
    call_command(
        "report", "--company", visits.slug, *options, "--group-by=origin", "--json", stdout=out
    )
    found = json.loads(out.getvalue())
    assert found["filters"]["visit_channel"] == ["Organic Search"]
    assert [(row["key"], row["leads"]) for row in found["rows"]] == [
        ("bing", 1),
        ("google", 1),
    ]
    client.force_login(make_user(is_superuser=True))
    address = "/admin/reports/overview.csv"
    asked = {"company": visits.slug, "group": "visit_channel", "period": "custom"}
    asked |= {"from": "2026-03-01", "to": "2026-03-31"}
    answer = client.get(address, asked)
    text = (
        b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
    )
    assert "Channel of the visit" in text
    assert "Organic Search" in text


def test_the_page_of_a_lead_says_where_it_came_from_and_why(client, visits):
    client.force_login(make_user(is_superuser=True))
    for lead in Lead.objects.order_by("pk"):
        page = client.get(f"/admin/attribution/lead/{lead.pk}/change/").content.decode()
        said = lead.channel and f"{lead.origin}, {lead.channel} ({lead.channel}: source"
        assert (said or "Not placed yet") in page
