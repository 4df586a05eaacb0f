"""What comes along to the page of a campaign from the report, in its head and in its parts."""

import html
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attribution import scope
from attribution.models import Campaign
from reports.models import Target
from tests.factories import make_booking, make_campaign, make_company, make_lead, make_user
from tests.reports.march import ADDRESS, MARCH

pytestmark = pytest.mark.usefixtures("june")
MOST_QUERIES = 15 + 2  # who is signed in, and the session


def address(campaign):
    return f"/admin/reports/campaign/{campaign.pk}/"


def text_of(answer):
    shown = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return html.unescape(re.sub(r"\s+", " ", shown)).replace("\u00a0", " ")


def by_link(client, campaign, **parameters):
    """The page as one comes to it from the report that is asked so."""
    report = client.get(ADDRESS, MARCH | parameters).content.decode()
    [link] = set(re.findall(rf'href="({address(campaign)}[^"]*)"', report))
    with CaptureQueriesContext(connection) as queries:
        page = client.get(html.unescape(link))
    assert sum(not one["sql"].startswith("SET ") for one in queries) <= MOST_QUERIES
    return html.unescape(link), page


def test_the_question_of_the_report_comes_along(client, march):
    spring = Campaign.objects.get(key="spring")
    days = {"first_day": date(2026, 3, 1), "last_day": date(2026, 6, 30)}
    Target.objects.create(company=march, campaign=spring, metric="leads", value=9, **days)
    asked = {"basis": "booked", "kind": "test", "line": "media", "source": "google", "q": "spr"}
    link, page = by_link(client, spring, **asked)
    assert link == (
        f"{address(spring)}?period=custom&from=2026-03-01&to=2026-03-31&basis=booked"
        "&source=google&line=media&kind=test"
    )
    text = text_of(page)
    assert "by the day the lead booked first · spend only of Media" in text
    assert "counting Primary, Test · attribution: As captured" in text
    assert "Only leads that booked are in this view" in text
    assert "Filters of the report by “Source” are not applied here" in text
    figures = {one.card.name: one for one in page.context["figures"]}
    assert figures["leads"].card.value == "3"
    assert (figures["booked_rate"].card.value, figures["booked_rate"].card.url) == ("–", "")
    assert figures["leads"].card.url
    assert "No channel medians: fewer than three campaigns" in text
    assert "Channel median –" not in text
    assert "too few to compare by their rate" not in text  # where no rates are told
    assert figures["leads"].target is None
    assert "Targets go by primary leads as captured, by the day they were received" in text
    assert page.context["usual_url"] == "?period=custom&from=2026-03-01&to=2026-03-31"
    assert page.context["funnel"][2].rate == "–"
    chips = {one.name: one.url for one in page.context["chips"]}
    assert "kind" not in chips["Counted too"]
    assert '<input type="hidden" name="kind" value="test">' in page.content.decode()
    way_back = page.context["overview_url"]
    assert "source=google" in way_back
    assert "source" not in page.context["pdf_url"]


def test_under_a_model_that_splits_the_parts_are_left_to_the_report(client, march):
    spring = Campaign.objects.get(key="spring")
    _link, page = by_link(client, spring, model="linear", window="5", kind="bot")
    text = text_of(page)
    assert "attribution: Linear, look-back 5 days" in text
    assert "each lead counts where the model gives its credit" in text
    assert "not parted by source, country or weekday here" in text
    assert page.context["tables"] == []
    split = client.get(page.context["split_url"])
    assert split.context["query"].levels == ("campaign", "source", "country")
    [row] = split.context["report"].rows
    assert row.leads == 6
    assert 'class="cp-point" tabindex="0" role="img"' in page.content.decode()
    assert 'href=""' not in page.content.decode()


def test_under_one_that_does_not_they_are_told_without_links(client, march):
    _link, page = by_link(client, Campaign.objects.get(key="spring"), model="first")
    by_source = page.context["tables"][0]
    assert by_source.holds
    assert [(one.label, one.leads, one.url) for one in by_source.parts] == [("google", 6, "")]


def test_of_months_as_closed_it_is_said_that_these_are_not(client, march):
    page = client.get(address(Campaign.objects.get(key="spring")), MARCH | {"as": "closed"})
    assert "These are the figures of today, not those of months as closed." in text_of(page)
    usual = client.get(address(Campaign.objects.get(key="spring")), MARCH)
    assert usual.context["warnings"] == []
    assert "by the day the lead was received · attribution: As captured" in text_of(usual)


@pytest.mark.django_db
def test_the_median_of_counts_is_written_as_a_count(client):
    with scope.all_companies():
        acme = make_company(slug="acme", thin_below=1)
    with scope.company_scope([acme.pk]):
        client.force_login(make_user(acme, "company_admin"))
        for key, number in (("a", 2), ("b", 3), ("c", 4), ("d", 5)):
            make_campaign(acme, key, channel="email")
            for nth in range(number):
                lead = make_lead(acme, key)
                if nth < 2:
                    make_booking(lead)
        page = client.get(address(Campaign.objects.get(key="a")), MARCH)
        medians = {one.card.name: one.median for one in page.context["figures"]}
    assert (medians["leads"], medians["booked"]) == ("3.5", "2")
