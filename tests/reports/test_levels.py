"""Rows split by two or three things: sums by hand, in whatever order, on the page and in files."""

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse

from attribution.models import Lead
from reports.dimensions import BY_CAMPAIGN, DIMENSIONS
from reports.facts import FactReader
from reports.filters import Address
from reports.metrics import Figures
from reports.nested import inner_of, ranked_lines
from reports.query import ReportQuery
from reports.ranking import rank
from reports.reasons import REASONS
from reports.rollup.reader import RollupReader
from reports.serialize import as_dict
from reports.tables import CampaignTable
from reports.tally import total
from tests.factories import make_lead, make_leads, make_spend, make_user
from tests.reports.by_hand import JUNE, MARCH, ask, leads, make_month, rows

ADDRESS = reverse("reports:overview")
ASKED = {"period": "custom", "from": "2026-03-01", "to": "2026-03-31"}


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(JUNE, tick=False):
        yield


@pytest.fixture
def month(company):
    make_month(company)
    return company


def tree(row):
    """What a row is split into, by name, as leads and spend."""
    return {
        one.label: (one.leads, one.values["spend"], tree(one))
        if one.children
        else (one.leads, one.values["spend"])
        for one in row.children
    }


def test_sources_split_by_campaign(month):
    report = ask(month, group_by="source", then_by=("campaign",))
    assert isinstance(report.reader, RollupReader)
    assert leads(report) == {"news": 5, "google": 2, "meta": 1}
    news = rows(report)["news"]
    assert tree(news) == {"Spring": (4, None), "(none)": (1, None)}
    assert tree(rows(report)["google"]) == {"autumn": (1, None), "(none)": (1, None)}
    spring = next(one for one in news.children if one.label == "Spring")
    assert (spring.values["booked"], spring.values["completed"]) == (3, 2)
    assert spring.values["revenue"] == 150.5
    # Without a source, and so in no row: split all the same.
    assert tree(report.unattributed) == {"(none)": (1, None)}
    assert report.proof.holds


def test_campaigns_split_by_what_spend_says_and_what_it_does_not(month):
    Lead.objects.filter(campaign__key="spring").update(country="CH")
    report = ask(month, group_by="campaign", then_by=("country", "month"))
    spring = rows(report)["Spring"]
    assert spring.values["spend"] == 50
    assert tree(spring) == {"CH": (4, None, {"March 2026": (4, None)})}
    assert any("Country: no entry of spend says it" in note for note in report.notes)
    by_month = ask(month, group_by="campaign", then_by=("month",))
    assert tree(rows(by_month)["Spring"]) == {"March 2026": (4, 50)}
    assert tree(rows(by_month)["Brand"]) == {"March 2026": (0, Decimal("12.34"))}


@pytest.mark.parametrize(
    "levels",
    [
        ("source", "medium", "campaign"),
        ("weekday", "campaign", "month"),
        ("country", "page", "kind"),
    ],
)
def test_whatever_their_order_the_total_is_the_same(month, levels):
    whole = ask(month)
    for first, *others in permutations(levels):
        report = ask(month, group_by=first, then_by=tuple(others))
        assert report.proof.holds
        assert dict(report.total.values) == dict(whole.total.values)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_every_dimension_adds_up_alone_and_below_another(month, dimension):
    make_spend(month, "spring", 100, utm_source="news", utm_medium="email")
    whole = ask(month).total.values
    alone = ask(month, group_by=dimension)
    other = "source" if dimension != "source" else "campaign"
    below = ask(month, group_by=other, then_by=(dimension,))
    for report in (alone, below):
        assert report.proof.holds
        for name in ("leads", "booked", "completed", "revenue", "spend"):
            assert report.total.values[name] == whole[name]
    assert sum(reason.leads for reason in alone.reasons) == alone.unattributed.leads
    assert all(reason.code in REASONS for reason in alone.reasons)
    for row in below.rows:
        for name in ("leads", "booked", "completed", "revenue"):
            assert sum(one.values[name] for one in row.children) == row.values[name]


@pytest.mark.parametrize("most", [1, 2, 3])
@pytest.mark.parametrize(
    "levels", [("source", "campaign"), ("month", "campaign", "source"), ("campaign", "country")]
)
def test_the_first_of_a_row_and_the_others_are_all_that_it_is_split_into(month, levels, most):
    """Those with most leads are found without making a row of each of the others."""
    make_spend(month, "spring", 100, utm_source="news", utm_medium="email")
    earlier = datetime(2026, 2, 10, 12, tzinfo=UTC)
    make_leads(month, [{"utm_source": "news", "received_at": earlier}] * 2)
    report = ask(month, group_by=levels[0], then_by=levels[1:], compare="previous")
    assert report.total.previous["leads"] == 3
    for row in (*report.rows, report.unattributed):
        found, others = row.first("-leads", most)
        ordered = list(rank(row.children, "-leads"))
        assert [one.label for one in found] == [one.label for one in ordered[:most]]
        assert [dict(one.values) for one in found] == [dict(o.values) for o in ordered[:most]]
        assert [tree(one) for one in found] == [tree(one) for one in ordered[:most]]
        assert row.parts == len(ordered)
        rest = ordered[most:]
        assert bool(others) == bool(rest)
        for name in ("tally", "before") if rest else ():
            added, whole = (total([getattr(o, name) for o in some]) for some in (others, rest))
            assert dict(Figures(added)) == dict(Figures(whole))


def test_parts_of_months_go_by_leads_and_not_by_name(month):
    """As months follow one another, their campaigns are in the order that tells most."""
    report = ask(month, group_by="month", then_by=("campaign", "weekday"))
    [march] = [line.row for line in ranked_lines(report, "label") if line.depth == 0]
    assert march.label == "March 2026"
    named = [line.row for line in ranked_lines(report, "label") if line.depth == 1]
    assert [one.leads for one in named] == sorted((one.leads for one in named), reverse=True)
    assert [one.label for one in named] != sorted(one.label for one in named)


def test_months_below_a_row_follow_one_another_and_the_latest_are_shown(month):
    name = {"utm_campaign": "spring"}
    dates = [datetime(2026, number, 10, 12, tzinfo=UTC) for number in (1, 1, 1, 2, 4)]
    make_leads(month, [name | {"received_at": at} for at in dates])
    year = {"start": date(2026, 1, 1), "end": date(2026, 5, 31)}
    report = ask(month, group_by="campaign", then_by=("month", "source"), **year)
    spring = rows(report)["Spring"]
    months = [line.row for line in inner_of(spring, "-leads") if line.depth == 1]
    assert [(one.key, one.leads) for one in months] == [
        *(("2026-01", 3), ("2026-02", 2), ("2026-03", 4), ("2026-04", 1)),
    ]
    found, others = spring.first(spring.sort_below("-leads"), 3)
    assert [one.key for one in found] == ["2026-02", "2026-03", "2026-04"]
    assert [one.key for one in others] == ["2026-01"]
    # So do those with few leads; no order in time is a ranking.
    month.thin_below = 3
    month.save()
    thin = ask(month, group_by="campaign", then_by=("month",), **year)
    lines = [(line.row.key, line.group) for line in inner_of(rows(thin)["Spring"], "-leads")]
    assert lines == [
        *(("2026-01", "ranked"), ("2026-02", "thin")),
        *(("2026-03", "ranked"), ("2026-04", "thin")),
    ]
    told = as_dict(thin)["rows"][0]
    assert (told["label"], told["sort"]) == ("Spring", "label")
    assert [(one["label"], one["rank"]) for one in told["rows"]][-1] == ("April 2026", None)
    assert not any(one["ranked"] for one in told["rows"])
    # Of weekdays, of which the latest are worth no more, those with most leads are shown.
    days = rows(ask(month, group_by="campaign", then_by=("weekday",), **year))["Spring"]
    found, others = days.first("label", 2)
    assert sorted(one.leads for one in found) >= sorted(one.leads for one in others)[-2:]
    assert [one.key for one in found] == sorted(one.key for one in found)
    # Who asks for another order gets it.
    by_booked = [line.row.leads for line in inner_of(spring, "booked") if line.depth == 1]
    assert by_booked != [3, 2, 4, 1]


def test_a_page_keeps_no_rows_that_it_does_not_show(month):
    report = ask(month, group_by="source", then_by=("campaign",))
    table = CampaignTable(report, "-booked", [], Address([]))
    assert "autumn" in "".join(group.html() for group in table.groups())
    assert not any("children" in vars(row) for row in report.rows)


def test_what_the_kept_sums_tell_and_what_not(month):
    kept = {*BY_CAMPAIGN, "source", "medium", "month", "weekday"}
    for dimension in DIMENSIONS:
        found = isinstance(ask(month, group_by=dimension).reader, RollupReader)
        assert found is (dimension in kept), dimension
        if dimension in kept:
            same = ask(month, group_by=dimension, landing="", also=("bot",))
            assert isinstance(same.reader, FactReader)


def test_hours_are_of_the_company_clock_also_when_it_changes(company):
    company.timezone = "Europe/Zurich"
    company.save()
    for hour in (0, 1):  # 01:30 and, summer time begins, 03:30
        make_lead(company, received_at=datetime(2026, 3, 29, hour, 30, tzinfo=UTC))
    report = ask(company, group_by="hour")
    assert leads(report) == {"01:00–01:59": 1, "03:00–03:59": 1}


def test_landing_pages_without_what_follows_them(company):
    for end in ("", "?gclid=1", "#top", "?a=b#c"):
        make_lead(company, landing_page=f"https://acme.example/offer{end}")
    make_lead(company, landing_page="https://acme.example/")
    found = leads(ask(company, group_by="page"))
    assert found == {"https://acme.example/offer": 4, "https://acme.example/": 1}


def test_tags_together_are_a_row_of_their_own(month):
    month.campaign_set.filter(key="spring").update(tags="brand; vip")
    report = ask(month, group_by="tag")
    assert leads(report) == {"brand + vip": 4, "(none)": 1}
    assert any("with several tags" in note for note in report.notes)


def test_a_question_is_refused_that_nests_too_much(company):
    for levels in (("source", "source"), ("campaign", "source", "medium", "country"), ("nothing",)):
        with pytest.raises(ValueError, match="group"):
            ReportQuery(company=company, **MARCH, group_by=levels[0], then_by=levels[1:])


def test_the_page_holds_every_level_and_leads_to_its_leads(client, month):
    client.force_login(make_user(month, "viewer"))
    page = client.get(ADDRESS, ASKED | {"group": "source", "then": ["campaign", "medium"]})
    text = page.content.decode()
    assert "Sources, split by campaign, medium" in text
    assert text.count('class="cp-depth-1') == 6
    assert text.count('class="cp-depth-2') == 6
    spring = month.campaign_set.get(key="spring").pk
    [link] = [
        part.split('"')[0].replace("&amp;", "&")
        for part in text.split('href="')
        if f"&amp;source=news&amp;campaign={spring}&amp;medium=email" in part.split('"')[0]
        and "booked=1" in part.split('"')[0]
    ][:1]
    listed = client.get(link)
    assert listed.context["cl"].result_count == 3


def test_what_cannot_be_nested_is_said(client, month):
    client.force_login(make_user(month, "viewer"))
    page = client.get(ADDRESS, ASKED | {"group": "source", "then": ["source", "nonsense"]})
    text = page.content.decode()
    assert "Rows are split by each thing once." in text
    assert "“nonsense” is not a valid then" in text


def test_files_hold_every_level(client, month):
    client.force_login(make_user(month, "owner"))
    answer = client.get(
        reverse("reports:overview-csv"), ASKED | {"group": "source", "then": "campaign"}
    )
    lines = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert lines[0][:4] == ["Group", "Source", "Campaign", "Marks"]
    named = [line[:5] for line in lines if line and line[0].startswith(("Ranked", "Too few"))]
    assert ["Too few leads, not ranked", "news", "", "too few leads", "5"] in named
    assert ["Too few leads, not ranked", "news", "Spring", "too few leads", "4"] in named


def test_the_command_takes_what_the_page_takes(month, capsys):
    period = ["--from", "2026-03-01", "--to", "2026-03-31", "--company", month.slug]
    call_command("report", *period, "--group-by", "source,campaign", "--json")
    said = json.loads(capsys.readouterr().out)
    assert said == as_dict(ask(month, group_by="source", then_by=("campaign",)))
    assert said["then_by"] == ["campaign"]
    assert said["rows"][0]["split_by"] == "campaign"
    assert [one["label"] for one in said["rows"][0]["rows"]] == ["Spring", "(none)"]
    call_command("report", *period, "--group-by", "source,campaign")
    assert "  Spring" in capsys.readouterr().out
    with pytest.raises(CommandError, match="at most 3"):
        call_command("report", *period, "--group-by", "source,campaign,medium,term")


def test_a_row_with_very_many_below_it_shows_the_first_and_the_sum_of_the_others(client, company):
    make_leads(company, [{"utm_source": "one", "utm_content": f"c{n:03}"} for n in range(700)])
    client.force_login(make_user(company, "viewer"))
    page = client.get(ADDRESS, ASKED | {"group": "source", "then": "content"})
    text = page.content.decode()
    assert text.count('class="cp-depth-1') == 26
    assert "675 more" in text
