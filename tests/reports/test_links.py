"""Every figure of a report leads to the rows it counts: each link is asked of the list it names."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from random import Random
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.contrib.auth.models import User
from django.urls import reverse

from attribution import scope
from attribution.models import Booking, Campaign, Company, Lead
from reports.basis import BASES
from reports.campaign import facts, parts
from reports.dimensions import DIMENSIONS
from reports.filters import Address
from reports.links import Links
from reports.metrics import METRICS
from reports.query import ReportQuery
from reports.report import run_report
from reports.tables import CampaignTable
from spend.models import CampaignGroup, GroupMember
from tests.factories import make_booking, make_campaign, make_company, make_lead, make_spend
from tests.reports.by_hand import JUNE
from tests.reports.lists import LISTS, Lists

FIRST, LAST = date(2026, 3, 9), date(2026, 4, 6)  # clocks change on 29 March
COLUMNS = ("leads", "booked", "completed", "revenue", "spend", "spend_agency")
PAGES = ("", "https://a.example/x", "https://a.example/x?q=1", "https://a.example/X#top", "?q")


def can(levels, basis):
    """Hours are those of receipt."""
    return basis == "received" or "hour" not in levels


# Each dimension alone, some below others, and filters that rows narrow further.
ALONE = [(name,) for name in DIMENSIONS]
NESTED = [
    (("month", "weekday", "source"), "booked"),
    (("campaign", "month"), "completed"),
    (("source", "campaign", "medium"), "received"),
    (("weekday", "hour"), "received"),
    (("tag", "group"), "booked"),
    (("page", "kind", "month"), "completed"),
    (("goal", "channel", "country"), "received"),
]
FILTERED = [
    (("tag",), {"tags": ("brand",)}),
    (("tag", "source"), {"tags": ("brand", "(none)")}),
    (("source", "weekday"), {"sources": ("news", "google"), "mediums": ("cpc",)}),
    (("kind", "month"), {"also": ("test", "bot"), "channels": ("email", "display")}),
    (("hour",), {"landing": "https://a.example/"}),
    (("group",), {"lines": ("agency",), "search": "s"}),
    (("campaign", "source"), {"campaigns": ("spring", "a+b&c")}),
    (("campaign", "weekday"), {"said": {"goal": ("a & b", "(none)"), "type": ("(none)",)}}),
    (("goal", "group"), {"said": {"goal": ("sales", "a & b"), "campaign_group": ("Big",)}}),
    (("group", "source"), {"said": {"campaign_group": ("Old", "(none)"), "language": ("(none)",)}}),
]
QUESTIONS = [
    *((levels, basis, {}) for levels in ALONE for basis in BASES if can(levels, basis)),
    *((levels, basis, {}) for levels, basis in NESTED),
    *((levels, "received", more) for levels, more in FILTERED),
    (("campaign", "weekday"), "completed", {"tags": ("vip",), "also": ("test",)}),
]


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(JUNE, tick=False):
        yield


@pytest.fixture(scope="module")
def world(module_rows):
    """The company's key; beside it there is another one, whose rows no link may lead to."""
    with module_rows(), time_machine.travel(JUNE, tick=False), scope.all_companies():
        User.objects.create_superuser("root")
        fill(make_company(slug="other", timezone="Asia/Kathmandu"), Random(2), 15)
        company = make_company(slug="acme", timezone="Europe/Zurich")
        fill(company, Random(1), 90)
        return company.pk


@pytest.fixture
def acme(world, db):
    with scope.all_companies():
        yield Company.objects.get(pk=world)


def fill(company, rng, leads):
    """Leads, bookings and spend at random, of campaigns that stand in several groups or in none."""
    said = {"channel": "email", "goal": "sales", "tags": "brand; vip", "segment": "b2b"}
    spring = make_campaign(company, "spring", **said)
    merged = make_campaign(company, "spring old", tags="brand", merged_into=spring)
    plus = make_campaign(company, "a+b&c", channel="display", tags="brand + vip", goal="a & b")
    make_campaign(company, "brand", channel="display", tags="brand", language="de")
    for name, members in {"Big": [spring], "Old": [merged], "Plus": [plus]}.items():
        group = CampaignGroup.objects.create(company=company, name=name)
        for campaign in members:
            GroupMember.objects.create(company=company, group=group, campaign=campaign)
    names = ("spring", "a+b&c", "brand", "", "{{x}}")
    for _ in range(leads):
        lead = make_lead(
            company,
            rng.choice(names),
            received_at=moment(rng),
            kind=rng.choice(("primary", "primary", "primary", "test", "bot")),
            utm_source=rng.choice(("", "news", "google")),
            utm_medium=rng.choice(("", "cpc", "e-mail")),
            utm_content=rng.choice(("", "blue & red")),
            utm_term=rng.choice(("", "ü")),
            landing_page=rng.choice(PAGES),
            country=rng.choice(("", "CH")),
            region=rng.choice(("", "Bern")),
            city=rng.choice(("", "Thun")),
        )
        for _ in range(rng.choice((0, 0, 1, 1, 2))):
            book(lead, rng)
    for name in ("spring", "a+b&c", "brand", "sprnig", "sprnig 2", ""):
        for source, line in (("", "media"), ("news", "agency"), ("google", "media")):
            days = FIRST + timedelta(days=rng.randint(-2, (LAST - FIRST).days + 2))
            given = {"day": days, "line": line, "utm_source": source}
            make_spend(company, name, rng.randint(1, 9_999), **given)
    assert Campaign.objects.filter(company=company).count() == 4


def book(lead, rng):
    booked = lead.received_at + timedelta(hours=rng.randint(0, 400))
    status = rng.choice(Booking.Status.values)
    done = booked + timedelta(hours=rng.randint(1, 300))
    moments = {"booked_at": booked, "completed_at": done if status == "completed" else None}
    if rng.random() < 0.2:
        moments["completed_at"] = None  # the moment of the booking stands for it
    make_booking(lead, status, rng.randint(1, 9_999), **moments)


def moment(rng):
    """Often within the hours in which clocks change, or around midnight."""
    day = rng.choice((date(2026, 3, 28), date(2026, 3, 29), FIRST, LAST, None))
    if day is None:
        day = FIRST + timedelta(days=rng.randint(-3, (LAST - FIRST).days + 3))
    hour = rng.choice((0, 1, 2, 22, 23, rng.randint(0, 23)))
    return datetime(day.year, day.month, day.day, hour, rng.randint(0, 59), tzinfo=UTC)


@pytest.fixture(scope="module")
def known(world):
    """Most reports lead to the same totals; what is listed there does not change."""
    return {}


@pytest.fixture
def lists(acme, known, monkeypatch):
    return Lists(User.objects.get(username="root"), monkeypatch, known)


def table_of(company, levels, **more):
    group, *then = levels
    query = ReportQuery(
        **{"company": company, "start": FIRST, "end": LAST} | more,
        group_by=group,
        then_by=tuple(then),
    )
    return CampaignTable(run_report(query), "-leads", COLUMNS, Address([]), rows=200)


def cells_of(table):
    """Each cell with a figure on the page: its row's markup, the metric, the text and the link."""
    rows = [table.total(), table.unattributed(), table.unmatched_spend(), table.all_excluded()]
    for named in (table.reasons(), table.excluded(), table.unmatched_names()):
        rows += [cells for _name, cells in named]
    texts = [row.html() for row in rows]
    for group in table.groups():
        texts += re.findall(r"<tr.*?</tr>", group.html())
    texts += re.findall(r"<tr.*?</tr>", table.unattributed_inner())
    trend = ["trend"] if table.has_trend else []
    columns = [COLUMNS[0], *trend, *COLUMNS[1:]]
    for text in texts:
        for name, cell in zip(columns, re.findall(r"<td>(.*?)</td>", text), strict=True):
            found = re.match(r'(?:<a href="([^"]*)">)?([^<]*)', cell)
            if name != "trend" and found[2] not in ("", "–"):
                yield text, name, unescape(found[2]), unescape(found[1] or "")


@pytest.mark.parametrize(("levels", "basis", "more"), QUESTIONS, ids=str)
def test_each_figure_is_that_of_the_rows_it_leads_to(acme, lists, levels, basis, more):
    table = table_of(acme, levels, basis=basis, **more)
    assert table.report.proof.holds
    followed = 0
    for row, name, text, url in cells_of(table):
        if not url:
            assert re.fullmatch(r"\D*0*[.,]?0*\D*", text), (name, text, row)
            continue
        written = table.figures[name].write(lists.figure(url, name))
        assert written == text, (name, url)
        followed += 1
    assert followed >= 3


def test_the_tables_of_a_campaign_lead_to_their_leads(acme, lists):
    query = ReportQuery(company=acme, start=FIRST, end=LAST)
    row = next(one for one in run_report(query).rows if one.label == "spring")
    found = facts.read(query, int(row.key), query.read_days)
    for table in parts.tables(found, row, Links(query), 30):
        for part in table.parts:
            assert bool(part.url) is bool(part.leads)
            if part.url:
                assert lists.figure(part.url, "leads") == part.leads
            if part.booked_url:
                assert lists.figure(part.booked_url, "leads") == part.booked


def test_a_month_is_its_days_within_the_period(acme):
    links = Links(ReportQuery(company=acme, start=FIRST, end=LAST, group_by="month"))
    asked = parse_qs(urlsplit(links.behind("leads", links.row("2026-03"))).query)
    assert (asked["from"], asked["to"]) == (["2026-03-09"], ["2026-03-31"])
    asked = parse_qs(urlsplit(links.spend(links.row("2026-04"))).query)
    assert (asked["from"], asked["to"]) == (["2026-04-01"], ["2026-04-06"])


@pytest.mark.parametrize(
    "filters",
    [
        {"channels": ("email",)},
        {"sources": ("news",), "lines": ("agency",)},
        {"contents": ("blue & red",)},
        {"search": "s", "also": ("test",)},
    ],
    ids=str,
)
def test_under_another_model_what_leads_somewhere_leads_to_its_rows(acme, lists, filters):
    """Here no visits have credit of their own, so every figure is that of leads as captured."""
    table = table_of(acme, ("campaign",), model="linear", **filters)
    found = [cell for cell in cells_of(table) if cell[3]]
    assert {"leads", "spend"} & {name for _row, name, _text, _url in found}
    for _row, name, text, url in found:
        assert table.figures[name].write(lists.figure(url, name)) == text


def test_under_another_model_rows_lead_nowhere(acme):
    links = Links(ReportQuery(company=acme, start=FIRST, end=LAST, model="linear", group_by="hour"))
    assert links.behind("leads", links.row("07")) == ""
    assert links.of_row(links.row("07")) == ""


def test_hours_of_several_companies_are_each_of_its_own_clock(acme, lists):
    """A quarter of an hour ahead of the half: what Kathmandu's report counts, the list counts."""
    other = Company.objects.get(slug="other")
    for hour in ("00", "05", "06", "23"):
        both = lists.figure(f"/admin/attribution/lead/?hour={hour}", "leads")
        apart = [
            lists.figure(f"/admin/attribution/lead/?company={one.slug}&hour={hour}", "leads")
            for one in (acme, other)
        ]
        assert both == sum(apart)
    report = run_report(ReportQuery(company=other, start=FIRST, end=LAST, group_by="hour"))
    for row in report.rows:
        url = Links(report.query).behind("leads", f"&hour={row.key}")
        assert lists.figure(url, "leads") == row.leads


@pytest.mark.parametrize("basis", ["booked", "completed"])
def test_without_days_all_that_ever_did_is_listed(acme, lists, basis):
    url = f"/admin/attribution/lead/?company=acme&basis={basis}"
    assert lists.figure(url, "leads") == Lead.objects.filter(company=acme, **{basis: True}).count()
    for edges in ("from=0001-01-01&to=9999-12-31", "from=&to="):
        assert lists.figure(f"{url}&{edges}", "leads") == lists.figure(url, "leads")
    days = [lead.counts_on for lead in lists.rows(url)]
    assert days == sorted(days, reverse=True)
    assert set(map(type, days)) == {date}
    both = lists.figure(f"/admin/attribution/lead/?basis={basis}", "leads")
    assert both == Lead.objects.filter(**{basis: True}).count()


@pytest.mark.parametrize(
    "nonsense",
    ["basis=paid", "weekday=8", "weekday=%C2%B2", "hour=24", "page=x", "group=x", "tags=x"],
)
def test_what_no_row_has_lists_none(acme, lists, nonsense):
    assert lists.figure(f"/admin/attribution/lead/?{nonsense}", "leads") == 0


def test_every_measure_leads_to_leads_spend_or_plans(acme):
    links = Links(ReportQuery(company=acme, start=FIRST, end=LAST, group_by="weekday"))
    for name in METRICS:
        url = links.behind(name, links.row("1"))
        assert not url or urlsplit(url).path in LISTS, name


@pytest.mark.parametrize("action", ["correct_utm", "change_kind", "erase_personal_data"])
def test_what_such_a_list_shows_can_be_chosen_as_a_whole(client, acme, action):
    """By another date and hour: and exactly these leads are asked about."""
    client.force_login(User.objects.get(username="root"))
    asked = "company=acme&basis=completed&weekday=1&weekday=7&hour=22&hour=23&hour=03"
    url = f"{reverse('admin:attribution_lead_changelist')}?{asked}"
    count = client.get(url).context["cl"].result_count
    assert count > 1
    chosen = {"action": action, "select_across": "1", "index": "0", "_selected_action": "1"}
    answer = client.post(url, chosen, follow=True)
    assert f"{count} leads" in answer.content.decode()


@pytest.mark.on_sqlite  # PostgreSQL goes by how many rows there are, and here are few
@pytest.mark.parametrize(
    ("basis", "indexes"),
    [
        ("received", ["lead_company_day_campaign"]),
        ("booked", ["booking_company_booked"]),
        ("completed", ["booking_company_booked", "booking_company_completed"]),
    ],
)
def test_a_list_reads_the_rows_of_its_company_and_days_alone(acme, lists, basis, indexes):
    links = Links(ReportQuery(company=acme, start=FIRST, end=LAST, basis=basis))
    url = links.leads("&weekday=7&hour=23&page=https://a.example/x")
    plan = lists.rows(url).explain()
    assert all(name in plan for name in indexes), plan
    assert not re.search(r"SCAN (attribution_lead|attribution_booking|o)\b", plan)
