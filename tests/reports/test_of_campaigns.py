"""Rows made of what campaigns say of themselves, and the filter of tags: sums by hand."""

import json
import re
from decimal import Decimal
from io import StringIO
from random import Random

import pytest
import time_machine
from django.core.management import call_command
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from attribution.campaign_texts import one_line, tag, tags_in, tidy_tags
from attribution.models import Campaign
from attribution.repair import apply
from attribution.repair.intents import Merge
from reports.closing.closing import close
from reports.dimensions import BY_CAMPAIGN, DIMENSIONS
from reports.facts import FactReader
from reports.models import ClosedCampaign
from reports.rollup.reader import RollupReader
from reports.rollup.refresh import refresh
from reports.series import sparklines
from spend.models import CampaignGroup, GroupMember
from tests.factories import make_campaign, make_lead, make_spend, make_user
from tests.queries import reading
from tests.reports.by_hand import JUNE, MARCH, ask, leads, make_month, rows


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(JUNE, tick=False):
        yield


@pytest.fixture
def month(company):
    """Spring: 4 leads, 50.00. Autumn, which says nothing: 1 lead. Brand: 12.34. None: 4 leads."""
    make_month(company)
    said = {"goal": "Leads", "segment": "Families", "tags": "b2b; vip"}
    Campaign.objects.filter(key="spring").update(**said)
    Campaign.objects.filter(key="brand").update(goal="Awareness", tags="vip; vip2")
    return company


def put(company, group, *keys):
    row, __ = CampaignGroup.objects.get_or_create(company=company, name=group)
    for campaign in Campaign.objects.filter(key__in=keys):
        GroupMember.objects.create(company=company, group=row, campaign=campaign)


def test_rows_by_goal(month):
    report = ask(month, group_by="goal")
    assert leads(report) == {"Leads": 4, "(none)": 1, "Awareness": 0}
    spend = {row.label: row.values["spend"] for row in report.rows}
    assert spend == {"Leads": 50, "(none)": None, "Awareness": Decimal("12.34")}
    assert rows(report)["Leads"].values["booked"] == 3
    assert report.unattributed.leads == 4
    assert report.total.leads == 9
    assert report.proof.holds


def test_a_campaign_of_two_groups_is_in_one_row_of_its_own(month):
    put(month, "Mail", "spring", "brand")
    put(month, "All", "spring")
    report = ask(month, group_by="group")
    assert leads(report) == {"All + Mail": 4, "(none)": 1, "Mail": 0}
    assert any("several groups" in note for note in report.notes)
    assert (report.total.leads, report.proof.holds) == (9, True)
    put(month, "Mail", "autumn")
    GroupMember.objects.filter(group__name="All").delete()
    report = ask(month, group_by="group")
    assert leads(report) == {"Mail": 5}
    assert rows(report)["Mail"].values["spend"] == Decimal("62.34")
    assert not any("several groups" in note for note in report.notes)


def test_a_merged_campaign_brings_its_groups_along(month):
    put(month, "Mail", "autumn")
    by_key = dict(Campaign.objects.values_list("key", "pk"))
    apply.save(month, Merge((by_key["autumn"],), by_key["spring"]), None)
    assert leads(ask(month, group_by="group")) == {"Mail": 5, "(none)": 0}


@pytest.mark.parametrize(
    ("tags", "named", "spend"),
    [
        (("vip",), 4, Decimal("62.34")),
        (("b2b",), 4, 50),
        (("vip2",), 0, Decimal("12.34")),
        (("b2b", "vip2"), 4, Decimal("62.34")),
        (("vi",), 0, None),
        (("(none)",), 1, None),
        (("(none)", "b2b"), 5, 50),
    ],
)
def test_a_filter_of_tags_takes_campaigns_with_any_of_them(month, tags, named, spend):
    for grouping in ("campaign", "goal", "source"):
        report = ask(month, tags=tags, group_by=grouping)
        assert (report.total.leads, report.total.values["spend"]) == (named, spend)
        assert report.proof.holds
        assert report.facets.tags == ["(none)", "b2b", "vip", "vip2"]
    assert any("tag" in note for note in report.notes)


@pytest.mark.parametrize(
    ("said", "named", "spend"),
    [
        ({"goal": ("Leads",)}, 4, 50),
        ({"goal": ("Awareness",)}, 0, Decimal("12.34")),
        ({"goal": ("(none)", "Leads")}, 5, 50),
        ({"goal": ("Leads", "Awareness"), "segment": ("(none)",)}, 0, Decimal("12.34")),
        ({"goal": ("leads",)}, 0, None),
        ({"campaign_group": ("All",)}, 4, 50),
        ({"campaign_group": ("Mail",)}, 4, Decimal("62.34")),
        ({"campaign_group": ("(none)",)}, 1, None),
        ({"campaign_group": ("All + Mail",)}, 0, None),
    ],
)
def test_a_filter_takes_campaigns_that_say_one_of_its_values(month, said, named, spend):
    put(month, "Mail", "spring", "brand")
    put(month, "All", "spring")
    for grouping in ("campaign", "group", "source"):
        report = ask(month, said=said, group_by=grouping)
        assert (report.total.leads, report.total.values["spend"]) == (named, spend)
        assert report.proof.holds
        assert report.outside == 12 - report.proof.received
    assert any("goal" in note for note in report.notes)


def test_figures_as_closed_are_filtered_by_what_campaigns_said_then(month):
    close(month, MARCH["start"], make_user(month, "owner"))
    Campaign.objects.filter(key="spring").update(goal="")
    Campaign.objects.filter(key="autumn").update(goal="Leads")
    put(month, "Mail", "autumn")

    def labels(as_closed, **said):
        return set(leads(ask(month, as_closed=as_closed, said=said)))

    assert labels(True, goal=("Leads",)) == {"Spring"}
    assert labels(False, goal=("Leads",)) == {"autumn"}
    for as_closed in (True, False):  # groups are those of today
        assert labels(as_closed, campaign_group=("Mail",)) == {"autumn"}
    assert "groups" not in ClosedCampaign.objects.get(key="spring").facts


def test_a_value_is_offered_while_a_campaign_in_use_has_it(client, month):
    put(month, "Mail", "spring")
    CampaignGroup.objects.create(company=month, name="Empty")
    Campaign.objects.filter(key="brand").update(status="archived")
    client.force_login(make_user(month, "viewer"))
    days = {"period": "custom", "from": "2026-03-01", "to": "2026-03-31"}
    page = client.get(reverse("reports:overview"), days | {"goal": "Awareness", "type": "(none)"})
    text = page.content.decode()
    boxes = dict.fromkeys(("type", "goal", "segment", "location", "language", "campaign_group"), ())
    for name, value in re.findall(r'<input type="checkbox" name="(\w+)" value="([^"]*)"', text):
        if name in boxes:
            boxes[name] = (*boxes[name], value)
    assert boxes == {
        "type": ("(none)",),  # chosen, so that it can be lifted; likewise Awareness
        "goal": ("(none)", "Awareness", "Leads"),
        "segment": ("(none)", "Families"),
        "location": (),
        "language": (),
        "campaign_group": ("(none)", "Mail"),
    }
    chips = [(chip.name, chip.value) for chip in page.context["chips"]]
    assert chips == [("Type", "(none)"), ("Goal", "Awareness")]
    asked = {"group": "group", "then": "campaign", "campaign_group": "Mail", "goal": "Leads"}
    refresh(month.pk)
    with reading() as read:
        page = client.get(reverse("reports:overview"), days | asked)
    assert [row.label for row in page.context["report"].rows] == ["Mail"]
    assert sum('FROM "spend_groupmember"' in sql for sql in read) == 2  # names, and who is in them


def test_what_is_in_no_group_leads_to_its_leads(client, month):
    client.force_login(make_user(month, "viewer"))
    asked = {"period": "custom", "from": "2026-03-01", "to": "2026-03-31"}
    for grouping in ("group", "tag", "goal"):
        page = client.get(reverse("reports:overview"), asked | {"group": grouping})
        without = ask(month, group_by=grouping).unattributed.leads
        [link] = {
            part.split('"')[0].replace("&amp;", "&")
            for part in page.content.decode().split('href="')
            if part.split('"')[0].endswith("kind=primary&amp;campaign=none")
        }
        assert client.get(link).context["cl"].result_count == without > 0


def test_both_readers_say_the_same_and_every_grouping_adds_up_to_the_same(company):
    rng = Random(7)
    keys = [f"c{n}" for n in range(8)]
    for key in keys:
        said = {n: rng.choice(("", "One", "Two")) for n in BY_CAMPAIGN[2:-2]}
        make_campaign(company, key, tags=rng.choice(("", "a", "a; b", "b")), **said)
        make_spend(company, key, rng.randint(1, 9_999))
    for _ in range(60):
        make_lead(company, rng.choice((*keys, "")), utm_source=rng.choice(("", "x")))
    put(company, "G", *keys[:4])
    put(company, "H", *keys[2:6])
    refresh(company.pk)
    for filters in (
        {},
        {"tags": ("a",)},
        {"tags": ("b",), "sources": ("x",)},
        {"said": {"goal": ("One", "(none)"), "campaign_group": ("G",)}},
    ):
        totals = set()
        for grouping in BY_CAMPAIGN:
            report = ask(company, group_by=grouping, **filters)
            assert isinstance(report.reader, RollupReader)
            assert report.proof.holds
            slow = ask(company, group_by=grouping, landing="", also=("test",), **filters)
            assert isinstance(slow.reader, FactReader)
            assert slow.proof.holds
            assert leads(slow) == leads(report)
            curves = sparklines(report, [row.key for row in report.rows])
            assert {key: sum(curve) for key, curve in curves.items()} == {
                row.key: row.leads for row in report.rows
            }
            known = [row.values["spend"] for row in report.rows if row.values["spend"] is not None]
            named = sum(row.leads for row in report.rows)
            totals.add((named, report.unattributed.leads, sum(known), report.total.leads))
        assert len(totals) == 1


def test_the_command_takes_what_campaigns_say(month):
    put(month, "Mail", "spring", "brand")
    out = StringIO()
    days = ("--from", "2026-03-01", "--to", "2026-03-31")
    said = ("--campaign-group", "Mail", "--goal", "Leads", "--goal", "(none)")
    call_command("report", "--company", month.slug, *days, *said, "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert found["filters"]["goal"] == ["Leads", "(none)"]
    assert found["filters"]["campaign_group"] == ["Mail"]
    assert {row["label"]: row["leads"] for row in found["rows"]} == {"Spring": 4}


def test_the_command_takes_tags_and_groupings(month):
    out = StringIO()
    days = ("--from", "2026-03-01", "--to", "2026-03-31")
    call_command(
        *("report", "--company", month.slug, *days, "--group-by", "goal", "--tag", "VIP", "--json"),
        stdout=out,
    )
    found = json.loads(out.getvalue())
    assert found["filters"]["tag"] == ["vip"]
    assert {row["label"]: row["leads"] for row in found["rows"]} == {"Leads": 4, "Awareness": 0}


def test_the_page_shows_rows_tags_and_links_that_open(client, month):
    client.force_login(make_user(month, "viewer"))
    put(month, "Mail", "spring")
    asked = {"period": "custom", "from": "2026-03-01", "to": "2026-03-31"}
    for grouping in BY_CAMPAIGN[2:]:
        page = client.get(reverse("reports:overview"), asked | {"group": grouping, "tag": "vip"})
        assert page.status_code == 200
        text = page.content.decode()
        assert str(DIMENSIONS[grouping]) in text
        assert 'name="tag" value="vip"' in text
    page = client.get(reverse("reports:overview"), asked | {"group": "goal", "tag": "vip"})
    link = page.content.decode().split('class="cp-scroll')[-1]
    assert "goal=Leads" in link or "goal=Leads" in page.content.decode()
    listed = client.get(
        reverse("admin:attribution_lead_changelist"),
        {"goal": "Leads", "tag": "vip", "kind": "primary", "from": "2026-03-01"},
    )
    assert listed.context["cl"].result_count == 4


@settings(max_examples=60)
@given(st.text(), st.text())
def test_tags_are_tidy_once_and_for_all(one, other):
    both = tags_in(f"{one};{other}|{one.upper()}")
    assert tags_in(tidy_tags(f"{one};{other}|{one.upper()}")) == both
    assert len({found.casefold() for found in both}) == len(both)
    assert all(found == tag(found) and found == one_line(found) for found in both)
