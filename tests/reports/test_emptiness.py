"""An empty report says why it is empty, and leads to where that is mended."""

import re

import pytest
import time_machine

from tests.factories import make_campaign, make_lead, make_user
from tests.reports.by_hand import JUNE
from tests.reports.march import ADDRESS, MARCH

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(JUNE, tick=False):
        yield


def empty(client, **parameters):
    """The heading, the text and the links in place of figures."""
    page = client.get(ADDRESS, parameters).content.decode()
    [box] = re.findall(r'<div class="cp-empty">(.*?)</div>', page, re.S)
    links = re.findall(r'href="([^"]+)">([^<]+)<', box)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", box)).strip()
    return text, {label: url.replace("&amp;", "&") for url, label in links}


@pytest.mark.parametrize(
    ("role", "ways"),
    [
        ("viewer", ["Put the website tag in"]),
        ("owner", ["Put the website tag in", "Import leads", "Import spend"]),
        ("company_admin", ["Put the website tag in", "Webhooks", "Import leads", "Import spend"]),
    ],
)
def test_where_no_lead_ever_came_it_says_how_they_come(client, company, role, ways):
    client.force_login(make_user(company, role))
    text, links = empty(client)
    assert text.startswith("No lead has come yet")
    assert list(links) == ways
    assert all(client.get(url).status_code == 200 for url in links.values())
    assert ("Owners and company admins" in text) == (role == "viewer")


def test_where_none_came_in_the_period_it_leads_to_the_latest(client, company):
    make_lead(company, "spring")
    client.force_login(make_user(company))
    text, links = empty(client, period="7d", channel="email")
    assert "Nothing was received in this period The latest lead came on 2 Mar 2026." in text
    [url] = links.values()
    assert "from=2025-12-02&to=2026-03-02" in url
    page = client.get(ADDRESS + links["Show the 91 days up to then"])
    assert "2 Dec 2025 – 2 Mar 2026" in page.content.decode()


def test_where_the_filters_leave_all_out_it_leads_to_the_report_without_them(client, company):
    make_campaign(company, "spring", channel="email")
    for _ in range(3):
        make_lead(company, "spring")
    client.force_login(make_user(company))
    text, links = empty(client, **MARCH, channel="offline")
    assert "3 leads of this period are left out by the filters." in text
    assert "cp-empty" not in client.get(ADDRESS + links["Clear filters"]).content.decode()


def test_a_person_without_a_company_is_told_whom_to_ask(client, admin_client, company):
    company.delete()
    assert "Add a company" in admin_client.get(ADDRESS).content.decode()
