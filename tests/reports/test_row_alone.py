"""The report of one row alone has what the row is split into: the same lines, and all of them."""

import re
from datetime import date
from decimal import Decimal
from html import unescape
from random import Random

import pytest
import time_machine
from django.http import QueryDict

from attribution import scope
from attribution.models import Campaign, Company
from reports import nested
from reports.filters import address_of, ask
from reports.report import run_report
from reports.row_alone import RowAlone
from reports.tables import CampaignTable
from spend.models import CampaignGroup, GroupMember
from tests.factories import make_campaign, make_spend
from tests.reports.histories import NOW
from tests.reports.ways_world import make_world

pytestmark = pytest.mark.django_db
SUMS = ("leads", "booked", "completed", "revenue", "spend")
CLOSE = Decimal("0.000005")


@pytest.fixture(scope="module")
def world(module_rows):
    with module_rows(), time_machine.travel(NOW, tick=False), scope.all_companies():
        return make_world(Random(3), steps=40).pk


@pytest.fixture
def company(world, db):
    with time_machine.travel(NOW, tick=False), scope.company_scope([world]):
        yield Company.objects.get(pk=world)


def paths(rows, above=()):
    for row in rows:
        if row.children:
            yield (*above, row)
            yield from paths(row.children, (*above, row))


def sums(row):
    """Shares of leads are rounded so that the rows of one report add up: by a millionth or so."""
    return {name: pytest.approx(row.values[name], abs=CLOSE) for name in SUMS}


def plain(row):
    return {name: row.values[name] for name in SUMS}


QUESTIONS = [
    ("group=campaign&then=source", True),
    ("group=source&then=campaign&then=weekday&basis=booked", True),
    ("group=month&then=campaign&period=custom&from=2026-03-10&to=2026-04-09", True),
    ("group=channel&then=campaign&source=google&source=facebook", True),
    ("group=country&then=campaign&kind=test&campaign=spring", True),
    ("group=campaign&then=city&model=linear", True),
    ("group=origin&then=source&q=s&landing=https", True),
    ("group=weekday&then=campaign", False),
    ("group=goal&then=campaign", True),
    ("group=language&then=campaign&goal=Sell&goal=%28none%29&basis=booked", True),
    ("group=campaign&then=segment&then=source", True),
]


@pytest.mark.parametrize(("asked", "can"), QUESTIONS)
def test_the_report_of_one_row_has_what_the_row_is_split_into(company, asked, can):
    found = ask(QueryDict(asked), company)
    assert not found.ignored
    report = run_report(found.query)
    address = address_of(found, "", ())
    followed = 0
    for path in list(paths(report.rows))[:12]:
        url = RowAlone(report, address, "-booked").of(path)
        named = all(row.key for row in path)
        assert bool(url) is (can and named)
        if not url:
            continue
        there = ask(QueryDict(url.removeprefix("?")), company)
        assert not there.ignored
        alone = run_report(there.query)
        assert alone.proof.holds
        assert plain(alone.total) == sums(path[-1]), url
        lines = {row.key: sums(row) for row in path[-1].children}
        lines.pop("", None)  # without a value: unattributed there
        assert {row.key: plain(row) for row in alone.rows} == lines, url
        followed += 1
    assert bool(followed) is can


def test_a_row_of_groups_or_tags_leads_on_where_no_campaign_has_more(company):
    """The filters of both take campaigns that are in other groups, too: these stand elsewhere."""
    days = "&period=custom&from=2026-01-01&to=2026-04-09"
    GroupMember.objects.all().delete()
    Campaign.objects.update(tags="")
    wanted = (("A",), ("A",), ("B",), ("C", "D"), ("C",), ("E + F",), ("E", "F"))
    for number, names in enumerate(wanted, start=1):
        campaign = Campaign.objects.get(company=company, key=f"offer {number}")
        campaign.tags = "; ".join(names)
        campaign.save()
        for name in names:
            group, _ = CampaignGroup.objects.get_or_create(company=company, name=name)
            GroupMember.objects.create(company=company, group=group, campaign=campaign)
    for dimension in ("group", "tag"):
        found = ask(QueryDict(f"group={dimension}&then=source{days}"), company)
        report = run_report(found.query)
        alone = RowAlone(report, address_of(found, "", ()), "-leads")
        urls = {row.label: alone.of([row]) for row in report.rows}
        assert {label.upper() for label, url in urls.items() if url} == {"(NONE)", "A", "B"}
        for row in report.rows:
            if url := urls[row.label]:
                there = run_report(ask(QueryDict(url.removeprefix("?")), company).query)
                assert plain(there.total) == sums(row)


def test_where_spend_would_be_hidden_nothing_leads_there(company):
    make_spend(company, "new", 500)  # which does not say its source
    make_spend(company, "new", 100, utm_source="google")
    asked = "group=source&then=campaign&period=custom&from=2026-03-01&to=2026-03-31"
    found = ask(QueryDict(asked), company)
    report = run_report(found.query)
    address = address_of(found, "", ())
    alone = RowAlone(report, address, "-leads")
    urls = {row.key: alone.of([row]) for row in report.rows if row.key}
    spent = {row.key for row in report.rows if row.values["spend"] is not None}
    assert {key for key, url in urls.items() if not url} == spent >= {"google"}


def test_spend_that_the_filters_leave_out_hides_what_is_there(company):
    """A filter of sources makes spend unknown while any entry says none, of whatever campaign."""
    make_campaign(company, "x1", channel="email")
    make_campaign(company, "x2", channel="display")
    make_spend(company, "x1", 100, utm_source="google", day=date(2026, 5, 1))
    days = "&period=custom&from=2026-05-01&to=2026-05-31&compare=none"
    found = ask(QueryDict(f"group=source&then=campaign&channel=email{days}"), company)

    def followed():
        report = run_report(found.query)
        alone = RowAlone(report, address_of(found, "", ()), "-leads")
        return [alone.of([row]) for row in report.rows]

    [url] = followed()
    there = run_report(ask(QueryDict(url.removeprefix("?")), company).query)
    assert there.total.values["spend"] is not None
    make_spend(company, "x2", 500, day=date(2026, 5, 1))
    assert followed() == [""]


def test_lines_that_are_not_shown_lead_to_all(company, monkeypatch):
    monkeypatch.setattr(nested, "MOST_INNER", 1)  # so the fewest are shown
    found = ask(QueryDict("group=campaign&then=city"), company)
    report = run_report(found.query)
    table = CampaignTable(report, "-leads", [], address_of(found, "", ()))
    markup = "".join(group.html() for group in table.groups())
    links = re.findall(r'>(\d+) more [^/]*href="([^"]*)" aria-label="([^"]*)">([^<]*)<', markup)
    large = {row.key: row for row in report.rows if len(row.children) > nested.FEWEST}
    assert len(links) == len(large) > 0
    for others, url, label, words in links:
        asked = QueryDict(unescape(url).removeprefix("?"))
        [row] = [one for one in large.values() if one.campaign.key == asked["campaign"]]
        assert (asked["group"], asked.get("then")) == ("city", None)
        assert words == f"Show all {len(row.children)}"
        assert unescape(label) == f"{row.label}: {words}"
        assert int(others) == len(row.children) - nested.FEWEST
