"""The report page as a request sees it: what it says, what it refuses, what it costs."""

import logging
import re
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.contrib.auth import get_user
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attribution import scope
from attribution.models import Company
from reports import formatting
from reports.metrics import METRICS
from tests.factories import make_campaign, make_company, make_lead, make_leads, make_user
from tests.queries import reading
from tests.reports.lists import Lists
from tests.reports.march import ADDRESS, MARCH, make_march

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def march(march_rows, db, client):
    with scope.company_scope([march_rows]):
        company = Company.objects.get(pk=march_rows)
        client.force_login(make_user(company))
        yield company


def text_of(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).replace("\u00a0", " ")


def get(client, **parameters):
    answer = client.get(ADDRESS, MARCH | parameters)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_shows_each_campaign_the_sums_and_the_proof(client, march):
    text = text_of(get(client))
    for name in ("Spring", "Brand", "Tiny", "Posters", "Unattributed", "Spend not matched"):
        assert name in text
    assert "11 named + 2 unattributed = 13 counted; + 2 excluded = 15 received ✓" in text
    assert "€85.00 matched + €7.50 not matched = €92.50 spend ✓" in text
    assert "by the day the lead was received" in text
    assert "1 Mar – 31 Mar 2026, compared with 29 Jan – 28 Feb 2026" in text


def test_reasons_kinds_and_unknown_names_each_lead_to_their_rows(client, march):
    html = get(client)
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', html)]
    asked = [parse_qs(urlsplit(link).query) for link in links]
    assert {q["reason"][0] for q in asked if "reason" in q} == {"direct", "no_campaign"}
    assert {q["kind"][0] for q in asked if "kind" in q} >= {"primary", "test", "bot"}
    assert any(q.get("name") == ["sprnig"] for q in asked)


GROUPINGS = ["campaign", "source", "medium", "channel"]
FILTERS = [{}, {"channel": "paid_search"}, {"source": ["google", "news"]}, {"q": "spr"}]


def linked(html, model):
    """The addresses in the table that lead to a list, and the text of each."""
    table = html[html.index('class="cp-table"') : html.index('id="proof"')]
    found = re.findall(rf'<a href="(/admin/{model}/[^"]+)">([^<]+)</a>', table)
    return [(link.replace("&amp;", "&"), text) for link, text in found]


@pytest.fixture
def viewer(client, march):
    return get_user(client)


@pytest.mark.parametrize("filters", FILTERS, ids=str)
@pytest.mark.parametrize("group", GROUPINGS)
def test_every_figure_is_that_of_the_rows_it_leads_to(client, viewer, monkeypatch, group, filters):
    html = get(client, group=group, cols=["leads", "booked", "completed", "spend"], **filters)
    lists = Lists(viewer, monkeypatch)
    leads = [(link, text) for link, text in linked(html, "attribution/lead") if is_number(text)]
    assert len(leads) >= 6
    for link, text in leads:
        assert lists.figure(link, "leads") == int(text.replace(",", "")), link
    for link, text in linked(html, "spend"):
        assert formatting.money(lists.figure(link, "spend"), "EUR") == text, link


def is_number(text):
    """Not the name of a row."""
    return text.replace(",", "").isdigit()


def test_every_figure_can_be_clicked(client, march):
    html = get(client, cols=["leads", "booked", "completed", "spend"])
    for link, text in linked(html, "attribution/lead"):
        if is_number(text):
            answer = client.get(link)
            assert answer.context["cl"].result_count == int(text.replace(",", "")), link
    for link, text in linked(html, "spend"):
        entries = client.get(link).context["cl"].queryset
        spent = sum(entry.amount_minor for entry in entries)
        assert formatting.money(Decimal(spent) / 100, "EUR") == text, link


def test_the_report_of_one_campaign_says_its_name_and_shows_no_other(client, march):
    with scope.all_companies():
        make_campaign(make_company(slug="other"), "theirs", name="Theirs")
    answer = client.get(ADDRESS, MARCH | {"campaign": "spring"})
    assert [(one.name, one.value) for one in answer.context["chips"]] == [("Campaign", "Spring")]
    assert "campaign" not in answer.context["chips"][0].url
    assert [row.label for row in answer.context["report"].rows] == ["Spring"]
    assert not {name for name, _ in answer.context["compare_state"]} & {"campaign"}
    html = answer.content.decode()
    assert 'name="campaign" value="spring" id="f-campaign-1" checked>' in html  # goes along
    nothing = client.get(ADDRESS, MARCH | {"campaign": "theirs"})
    assert not nothing.context["report"].total.leads
    assert "Theirs" not in nothing.content.decode()


def test_a_proof_that_does_not_hold_is_red_and_logged(client, march, monkeypatch, caplog):
    from reports.rollup.reader import RollupReader

    count = RollupReader.totals

    def wrong(self, campaigns):
        leads, spend = count(self, campaigns)
        return leads._replace(received=99, counted=97), spend

    monkeypatch.setattr(RollupReader, "totals", wrong)
    with caplog.at_level(logging.ERROR):
        html = get(client)
    assert "cp-proof-broken" in html
    assert "These sums do not agree" in html
    assert "does not add up" in caplog.text


def test_every_heading_is_defined_on_the_spot_and_sorts(client, march):
    html = get(client, cols=list(METRICS))
    for metric in METRICS.values():
        assert f'id="def-{metric.name}"' in html
        assert f'popovertarget="def-{metric.name}"' in html
    assert html.count('scope="col"') >= len(METRICS)
    assert "<caption" in html
    assert 'aria-sort="descending"' in html


def test_filters_are_in_the_address_and_as_chips(client, march):
    html = get(client, channel="paid_search", q="spr")
    text = text_of(html)
    assert "Channel: Paid search" in text
    assert "Search: spr" in text
    assert "Clear all" in text
    assert "Brand" not in text
    assert 'value="spr"' in html


def test_no_spend_at_all_leaves_the_costs_out_and_says_how_to_add_it(client, company):
    make_lead(company, "spring")
    client.force_login(make_user(company, role="owner"))
    text = text_of(get(client))
    assert "No spend is known for this period" in text
    assert "Add spend" in text
    assert "Cost per lead" not in text


def test_filters_that_leave_nothing_say_so_and_offer_a_way_out(client, march):
    text = text_of(get(client, source="nowhere"))
    assert "No lead fits these filters" in text
    assert "Clear filters" in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("period", "yesterday"),
        ("from", "31/02/2026"),
        ("to", "2026-02-30"),
        ("compare", "moon"),
        ("group", "password"),
        ("channel", "nonsense"),
        ("status", "nonsense"),
        ("source", "x" * 600),
        ("q", "x" * 300),
        ("sort", "campaign__company__name"),
        ("cols", "password"),
        ("page", "99999999999999999999"),
        ("page", "x"),
        ("from", "0001-01-01"),
        ("to", "9999-12-31"),
        ("unknown", "1"),
    ],
)
@pytest.mark.parametrize("ending", ["/", ".csv"])
def test_nonsense_is_left_out_and_never_an_error(client, march, ending, name, value):
    answer = client.get(ADDRESS.rstrip("/") + ending, MARCH | {name: value})
    assert answer.status_code == 200


def test_what_was_ignored_is_said(client, march):
    assert "“nonsense” is not a valid channel and was ignored." in get(client, channel="nonsense")
    assert "The last day comes before the first day" in get(client, to="2026-02-01")
    late = get(client, **{"from": "9999-12-01", "to": "9999-12-31"})
    assert "A period may end in the year 2199 at the latest: 13 weeks are shown." in late
    last = get(client, **{"from": "2199-12-01", "to": "2199-12-31"})
    assert "13 weeks are shown" not in last


def test_another_company_is_not_found(client, march):
    with scope.all_companies():
        other = make_company(slug="other")
    for ending in ("/", ".csv", ".xlsx"):
        address = ADDRESS.rstrip("/") + ending
        assert client.get(address, {"company": other.slug}).status_code == 404
        assert client.get(address, {"company": "nobody"}).status_code == 404


def test_strangers_are_asked_to_sign_in(client, march):
    client.logout()
    for ending in ("/", ".csv", ".xlsx"):
        answer = client.get(ADDRESS.rstrip("/") + ending)
        assert answer.status_code == 302
        assert "/login/" in answer["Location"]


def test_the_page_is_read_only(client, march):
    assert client.post(ADDRESS).status_code == 405


@pytest.mark.parametrize(
    "parameters",
    [{}, {"channel": "email", "q": "a"}, {"group": "source"}, {"cols": list(METRICS)}],
    ids=str,
)
def test_the_page_needs_few_queries(client, march, parameters):
    get(client)
    with reading():
        get(client, **parameters)


def test_the_number_of_queries_does_not_grow_with_campaigns(client, march):
    with CaptureQueriesContext(connection) as few:
        get(client)
    make_leads(march, [{"utm_campaign": f"more {number}"} for number in range(60)])
    with CaptureQueriesContext(connection) as many:
        get(client)
    assert len(many) == len(few)


@pytest.fixture(scope="module")
def long_rows(module_rows):
    with module_rows(), scope.all_companies():
        company = make_company()
        make_leads(company, [{"utm_campaign": f"more {number}"} for number in range(120)])
        return company.pk


@pytest.fixture
def long_page(long_rows, db, client):
    with scope.company_scope([long_rows]):
        company = Company.objects.get(pk=long_rows)
        client.force_login(make_user(company))
        yield company


def rows_shown(html):
    return html.count('class="cp-pick"')


def test_the_number_of_queries_is_the_same_for_25_and_for_100_rows(client, long_page):
    counts = {}
    for rows in (25, 100):
        with reading() as queries:
            assert rows_shown(get(client, rows=rows)) == rows
        counts[rows] = len(queries)
    assert counts[25] == counts[100]


def test_rows_a_page_are_chosen_by_link_and_stay_in_every_address(client, long_page):
    assert rows_shown(get(client)) == rows_shown(get(client, rows="7")) == 50
    html = get(client, rows=25, page=2)
    assert '<b aria-current="true">25</b>' in html
    assert '<input type="hidden" name="rows" value="25">' in html
    links = [link.replace("&amp;", "&") for link in re.findall(r'href="(\?[^"]+)"', html)]
    asked = [parse_qs(link[1:]) for link in links]
    choice = {"25", "100", "200"}
    assert {q["rows"][0] for q in asked if "rows" in q} == choice
    assert all(q["rows"] == ["25"] for q in asked if {"sort", "page"} & set(q))
    [usual] = [q for q in asked if not {"rows", "sort", "page", "cols"} & set(q)]
    assert usual["company"] == [long_page.slug]


def test_where_all_rows_stand_on_one_page_there_is_nothing_to_choose(client, march):
    assert "Rows a page" not in get(client)


def test_one_page_of_many_rows_still_leads_back_to_fewer(client, long_page):
    assert "Rows a page" in get(client, rows=200)


def test_definitions_name_every_metric(client, march):
    html = client.get("/admin/reports/definitions/").content.decode()
    for metric in METRICS.values():
        assert f'id="{metric.name}"' in html


def test_the_home_page_shows_four_figures_and_what_needs_attention(client, company):
    with time_machine.travel(datetime(2026, 3, 10, 12, tzinfo=UTC), tick=False):
        make_march(company)
        client.force_login(make_user(company, role="owner"))
        with reading():
            html = client.get("/admin/").content.decode()
    text = text_of(html)
    assert html.count('class="cp-card"') == 4
    assert "2 groups of leads to repair (2 leads without a campaign) Last repairs" in text
    assert "€7.50 of spend that matches no campaign" in text
    assert "imports that failed" not in text


@pytest.mark.parametrize(
    ("role", "way"), [("utm_admin", "Repair UTM"), ("company_admin", "Repair UTM"), ("viewer", "")]
)
def test_who_may_repair_is_led_to_the_queue(client, company, role, way):
    with time_machine.travel(datetime(2026, 3, 10, 12, tzinfo=UTC), tick=False):
        make_march(company)
        client.force_login(make_user(company, role=role))
        home = client.get("/admin/").content.decode()
        overview = client.get("/admin/reports/overview/").content.decode()
        by_source = client.get("/admin/reports/overview/?group=source").content.decode()
    queue = f"/admin/reports/repair/?company={company.slug}"
    assert (f'<a class="cp-act" href="{queue}">Repair UTM</a>' in home) == bool(way)
    assert (f'<a href="{queue}">Repair UTM</a>' in overview) == bool(way)
    assert "Repair UTM" not in by_source


def test_nothing_needs_attention_where_nothing_is_wrong(client, company):
    client.force_login(make_user(company))
    assert "cp-attention" not in client.get("/admin/").content.decode()


def test_no_inline_style_or_script_is_on_the_page(client, march):
    html = get(client)
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?! src)", html)


def test_campaigns_that_nobody_has_are_said_and_no_campaign_is_no_filter(client, march):
    unknown = client.get(ADDRESS, MARCH | {"campaign": "nope"})
    assert unknown.context["warnings"] == ["No campaign has the key “nope”."]
    assert unknown.context["report"].total.leads == 0
    usual = client.get(ADDRESS, MARCH | {"campaign": ""})
    assert usual.context["warnings"] == []
    assert usual.context["report"].total.leads > 0
