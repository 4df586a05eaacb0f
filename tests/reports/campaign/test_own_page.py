"""The page of a campaign: the report's own figures, what they are made of, and what happened."""

import html
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attribution import scope
from attribution.models import Campaign, ImportRun
from attribution.repair import apply, campaigns
from attribution.repair.intents import Merge, Undo
from reports.models import Note, Target
from tests.factories import (
    make_booking,
    make_campaign,
    make_company,
    make_lead,
    make_spend,
    make_user,
)
from tests.reports.by_hand import JUNE, make_month
from tests.reports.march import ADDRESS, MARCH
from tests.spend.budgets.conftest import make_budget, make_group

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("june")]
MOST_QUERIES = 15


@pytest.fixture
def acme(db, client):
    with scope.all_companies():
        company = make_company(slug="acme", thin_below=3)
    with scope.company_scope([company.pk]):
        client.force_login(make_user(company, "company_admin"))
        yield company


def address(campaign):
    return f"/admin/reports/campaign/{campaign.pk}/"


def get(client, campaign, **parameters):
    answer = client.get(address(campaign), MARCH | parameters)
    assert answer.status_code == 200
    return answer


def text_of(answer):
    shown = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return html.unescape(re.sub(r"\s+", " ", shown)).replace("\u00a0", " ")


def cards(answer):
    return {one.card.name: one.card.value for one in answer.context["figures"]}


def test_the_figures_are_the_row_of_the_report(client, march):
    page = get(client, Campaign.objects.get(key="spring"))
    assert cards(page) == {
        "leads": "6",
        "booked": "3",
        "completed": "2",
        "booked_rate": "50.0\u00a0%",
        "revenue": "€150.00",
        "spend": "€60.00",
        "cost_per_lead": "€10.00",
        "cost_per_booked": "€20.00",
        "roas": "2.5×",
    }
    assert "by the day the lead was received" in text_of(page)
    assert "1 Mar – 31 Mar 2026, compared with 29 Jan – 28 Feb 2026" in text_of(page)


def test_the_name_in_the_report_leads_here_and_the_days_come_along(client, march):
    spring = Campaign.objects.get(key="spring")
    found = re.findall(
        rf'href="({address(spring)}[^"]*)"',
        client.get(ADDRESS, MARCH | {"compare": "year"}).content.decode(),
    )
    assert [html.unescape(one) for one in set(found)] == [
        f"{address(spring)}?period=custom&from=2026-03-01&to=2026-03-31&compare=year"
    ]
    page = client.get(html.unescape(found[0]))
    assert page.context["query"].compare == "year"
    assert cards(page)["leads"] == "6"


def test_every_number_leads_to_its_rows(client, march):
    page = get(client, Campaign.objects.get(key="spring"))
    links = {one.card.name: one.card.url for one in page.context["figures"]}
    for name, count in (("leads", 6), ("booked", 3), ("completed", 2), ("spend", 1)):
        assert client.get(links[name]).context["cl"].result_count == count
    by_source = next(one for one in page.context["tables"] if one.name == "source")
    [google] = by_source.parts
    assert client.get(google.url).context["cl"].result_count == google.leads == 6
    assert client.get(google.booked_url).context["cl"].result_count == google.booked == 3


def test_the_way_from_impression_to_customer_by_hand(client, acme):
    spring = make_month(acme)
    steps = get(client, spring).context["funnel"]
    assert [(one.label, one.number, one.rate.replace("\u00a0", " ")) for one in steps] == [
        ("Impressions", "2,000", ""),
        ("Clicks", "40", "2.0 %"),
        ("Leads", "4", "10.0 %"),
        ("Booked", "3", "75.0 %"),
        ("Completed", "2", "66.7 %"),
    ]
    assert steps[3].range.replace("\u00a0", " ") == "30.1–95.4 %"  # Wilson: 3 of 4


def test_what_nobody_reported_is_a_dash_and_never_nought(client, march):
    steps = get(client, Campaign.objects.get(key="brand")).context["funnel"]
    assert [(one.number, one.rate) for one in steps[:3]] == [("–", ""), ("–", "–"), ("4", "–")]
    posters = get(client, Campaign.objects.get(key="posters")).context["funnel"]
    assert [(one.number, one.rate) for one in posters[2:]] == [("0", "–"), ("0", "–"), ("0", "–")]


def test_the_tables_add_up_to_the_card(client, acme):
    for n in range(12):  # more sources than are shown by name
        lead = make_lead(acme, "spring", utm_source=f"s{n:02}", country="DE" if n % 3 else "")
        if n < 5:
            make_booking(lead)
    page = get(client, Campaign.objects.get(key="spring"))
    by_source, by_country, by_weekday = page.context["tables"]
    assert [one.holds for one in page.context["tables"]] == [True] * 3
    assert [(one.label, one.leads) for one in by_source.parts][-1] == ("4 others", 4)
    assert {one.label: (one.leads, one.booked) for one in by_country.parts} == {
        "DE": (8, 3),
        "(none)": (4, 2),
    }
    assert [one.leads for one in by_weekday.parts] == [12, 0, 0, 0, 0, 0, 0]  # 2 March: a Monday
    assert by_source.proof == "together 12 leads, 5 booked, as above ✓"


def test_the_median_of_the_channel_is_of_campaigns_that_may_be_ranked(client, acme):
    for key, number in (("a", 3), ("b", 5), ("c", 10), ("few", 2)):
        make_campaign(acme, key, channel="email")
        for _ in range(number):
            make_lead(acme, key)
    make_campaign(acme, "other", channel="sms")
    for _ in range(50):
        make_lead(acme, "other")
    found = {
        one.card.name: (one.median, one.of)
        for one in get(client, Campaign.objects.get(key="a")).context["figures"]
    }
    assert found["leads"] == ("5", "of 3 campaigns")
    assert found["booked_rate"] == ("0.0\u00a0%", "of 3 campaigns")
    assert found["show_rate"] == ("–", "fewer than 3 campaigns")  # nobody booked
    alone = get(client, Campaign.objects.get(key="other")).context["figures"]
    assert {(one.median, one.of) for one in alone} == {("–", "fewer than 3 campaigns")}


def test_targets_of_the_campaign_by_hand(client, march):
    spring = Campaign.objects.get(key="spring")
    days = {"first_day": date(2026, 3, 1), "last_day": date(2026, 6, 10)}  # 92 of 102 days
    for metric, value in (
        ("leads", 10),
        ("booked", 3),
        ("revenue", 20_000),
        ("cost_per_lead", 900),
        ("roas", 250),
    ):
        Target.objects.create(company=march, campaign=spring, metric=metric, value=value, **days)
    page = get(client, spring)
    told = page.context["targets"]
    said = {one.target.metric: one.sentence.replace("\u00a0", " ") for one in told}
    assert said == {
        "leads": "6 of 10 (60 %), 90 % of the time: behind",
        "booked": "3 of 3 (100 %), 90 % of the time: reached",
        "revenue": "€150.00 of €200.00 (75 %), 90 % of the time: behind",
        "cost_per_lead": "€10.00, target €9.00: above the target",
        "roas": "2.5×, target 2.5×: reached",
    }
    on_cards = {one.card.name: one.target for one in page.context["figures"]}
    assert on_cards["leads"].state == "behind"
    assert on_cards["spend"] is None
    march.thin_below = 7
    march.save()
    thin = {one.target.metric: one.state for one in get(client, spring).context["targets"]}
    assert thin["cost_per_lead"] == thin["roas"] == "too few leads to tell"


def test_a_target_counts_its_own_days_whatever_period_is_shown(client, march):
    spring = Campaign.objects.get(key="spring")
    Target.objects.create(
        company=march,
        campaign=spring,
        metric="leads",
        value=6,
        first_day=date(2026, 3, 2),
        last_day=date(2026, 6, 30),
    )
    page = get(client, spring, **{"from": "2026-05-01", "to": "2026-05-31"})
    assert [one.reached for one in page.context["targets"]] == ["6"]
    assert page.context["row"] is None


def test_budgets_say_how_they_are_spent(client, acme):
    spring = make_campaign(acme, "spring")
    make_budget(acme, spring, 10_000, first_day=date(2026, 5, 23), last_day=date(2026, 6, 11))
    make_budget(acme, make_group(acme, "All", spring), 999_999, first_day=date(2026, 6, 1))
    make_spend(acme, "spring", 2_500, day=date(2026, 5, 25))
    make_spend(acme, "spring", 100, day=date(2026, 6, 1))  # today
    found = {one.group: one for one in get(client, spring).context["budgets"]}
    assert found[""].spent == "€26.00"
    assert found[""].against_time.replace("\u00a0", " ") == "25 % spent, 45 % of the time"
    assert found[""].state == "▼ under pace"
    assert found["All"].spent == ""


def test_everything_that_happened_stands_in_the_timeline(client, acme):
    user = make_user(acme, "owner", username="olga")
    with time_machine.travel(datetime(2026, 3, 1, tzinfo=UTC), tick=False):
        spring = make_campaign(acme, "spring", name="Spring")
    run = ImportRun.objects.create(
        company=acme,
        kind="spend",
        state="done",
        token="t",
        file_name="march.csv",
        file_hash="h",
        author=user,
        finished_at=datetime(2026, 3, 5, tzinfo=UTC),
    )
    entry = make_spend(acme, "spring", 100, import_run=run)
    with time_machine.travel(datetime(2026, 3, 6, tzinfo=UTC), tick=False):
        repair = campaigns.edit(spring, {"name": "Spring sale", "status": "paused"}, user)
    with time_machine.travel(datetime(2026, 3, 7, tzinfo=UTC), tick=False):
        apply.save(acme, Undo(repair.pk), user, "a slip")
    with time_machine.travel(datetime(2026, 3, 8, tzinfo=UTC), tick=False):
        entry.amount_minor = 200
        entry.changed_by = user
        entry.save()
    with time_machine.travel(datetime(2026, 3, 9, tzinfo=UTC), tick=False):
        note = Note.objects.create(
            company=acme, campaign=spring, first_day=date(2026, 3, 4), text="Fair", author=user
        )
        Note.objects.create(company=acme, first_day=date(2026, 3, 4), text="Of all", author=user)
    with time_machine.travel(datetime(2026, 3, 10, tzinfo=UTC), tick=False):
        make_budget(acme, spring, 100_00, first_day=date(2026, 3, 1), last_day=date(2026, 3, 31))
    spring.refresh_from_db()
    page = get(client, spring)
    found = [(one.at.day, one.who, one.what) for one in page.context["timeline"]]
    assert found == [
        (10, "", "Budget €100.00 for 1 Mar – 31 Mar 2026"),
        (9, "olga", "Note on 4 Mar 2026: Fair"),
        (8, "olga", "Spend of one day that was over was changed (by hand)"),
        (7, "olga", "Undone: Spring: name, status"),
        (6, "olga", ""),
        (5, "olga", "Spend imported from march.csv"),
        (1, "", "Campaign added"),
    ]
    changed = page.context["timeline"][4]
    assert [tuple(step) for step in changed.steps] == [
        ("name", "Spring", "Spring sale"),
        ("status", "Active", "Paused"),
    ]
    assert changed.url.endswith(f"/{repair.pk}/")
    assert [one["text"] for one in page.context["notes"]] == ["Fair", "Of all"]
    assert f"/admin/reports/notes/{note.pk}/" in page.content.decode()
    client.force_login(make_user(acme, "viewer"))
    assert f"/admin/reports/notes/{note.pk}/" not in get(client, spring).content.decode()


def test_what_a_form_did_to_a_budget_and_a_target_is_said_as_it_was_done(client, acme):
    spring = make_campaign(acme, "spring", name="Spring")
    days = {"first_day": "2026-06-01", "last_day": "2026-06-30"}
    whose = {"company": acme.pk, "campaign": spring.pk}
    client.post("/admin/spend/budget/add/", {**whose, **days, "amount": "100"})
    sent = {**whose, **days, "metric": "leads", "goal": "10"}
    with time_machine.travel(JUNE + timedelta(minutes=5), tick=False):
        answer = client.post("/admin/reports/target/add/", sent)
    assert answer["Location"] == address(spring)
    said = [one.what for one in get(client, spring).context["timeline"]]
    assert said == [
        "Target Spring, Leads, 1 Jun – 30 Jun 2026: Added.",
        "Campaign added",
        "Budget Spring, 1 Jun – 30 Jun 2026: Added.",
    ]


def test_the_timeline_is_paged(client, acme):
    spring = make_campaign(acme, "spring")
    for number in range(30):
        Note.objects.create(
            company=acme, campaign=spring, first_day=date(2026, 1, 1), text=f"note {number}"
        )
    first = get(client, spring)
    assert len(first.context["timeline"]) == 20
    assert "page=2" in first.context["next_url"]
    assert len(get(client, spring, page=2).context["timeline"]) == 11


@pytest.mark.parametrize(
    ("role", "shown", "hidden"),
    [
        ("viewer", {"Settings"}, {"Edit", "Clone", "Tracking links", "Add note", "Set a target"}),
        ("utm_admin", {"Settings", "Tracking links"}, {"Clone", "Add note", "Set a target"}),
        ("owner", {"Edit", "Clone", "Tracking links", "Add note", "Set a target"}, set()),
        ("company_admin", {"Edit", "Clone", "Add note", "Set a target"}, set()),
    ],
)
def test_each_role_is_offered_what_it_may_do(client, march, role, shown, hidden):
    client.force_login(make_user(march, role))
    page = get(client, Campaign.objects.get(key="spring"))
    offered = set(re.findall(r">([A-Z][a-z ]+)</a>", page.content.decode()))
    assert shown <= offered
    assert not hidden & offered


def test_a_merged_campaign_says_where_its_leads_count_and_a_withdrawn_one_is_not_found(
    client, acme
):
    spring, old = make_campaign(acme, "spring", name="Spring"), make_campaign(acme, "old")
    Note.objects.create(company=acme, campaign=old, first_day=date(2026, 3, 4), text="Of the old")
    apply.save(acme, Merge((old.pk,), spring.pk), None)
    assert "was merged into “Spring”" in text_of(get(client, old))
    assert "Of the old" in text_of(get(client, spring))
    gone = make_campaign(acme, "gone", withdrawn=True)
    assert client.get(address(gone)).status_code == 404


def test_the_latest_leads_show_no_person(client, acme):
    lead = make_lead(acme, "spring", name="Anna Berg", email="anna@example.org", phone="123456")
    page = get(client, Campaign.objects.get(key="spring"))
    assert lead.external_id in text_of(page)
    assert not re.search(r"Anna|example\.org|123456", page.content.decode())


def test_its_cost_does_not_grow_with_what_is_there(client, acme):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            get(client, spring, period="91d")
        return sum(not one["sql"].startswith("SET ") for one in queries)  # those that read

    spring = make_campaign(acme, "spring", channel="email")
    user = make_user(acme, "owner")

    def fill(first):
        for n in range(first, first + 3):
            received = JUNE - timedelta(days=n)
            make_booking(make_lead(acme, "spring", received_at=received, utm_source=f"s{n}"))
            make_lead(acme, f"other-{n}", received_at=received)
            make_spend(acme, "spring", 100, day=received.date(), clicks=n)
            Note.objects.create(company=acme, first_day=received.date(), text="x", author=user)
            begin = date(2026, 5, 1) + timedelta(days=10 * n)
            days = {"first_day": begin, "last_day": begin + timedelta(days=9)}
            make_budget(acme, spring, 100, **days)
            Target.objects.create(
                company=acme, campaign=spring, metric="leads", value=9, **days, author=user
            )
            campaigns.edit(spring, {"goal": f"goal {n}"}, user)

    fill(0)
    cost()
    few = cost()
    fill(3)
    assert cost() == few <= MOST_QUERIES


def test_a_revenue_that_waits_for_a_rate_is_unknown_in_its_target(client, acme):
    spring = make_campaign(acme, "spring")
    for _ in range(3):
        make_booking(make_lead(acme, "spring"), "completed", 1_000)
    Target.objects.create(
        company=acme,
        campaign=spring,
        metric="revenue",
        value=6_000,
        first_day=date(2026, 3, 1),
        last_day=date(2026, 6, 30),
    )
    assert [one.reached for one in get(client, spring).context["targets"]] == ["€30.00"]
    lead = make_lead(acme, "spring")
    make_booking(lead, "completed", None, original_minor=5, currency="SEK")
    page = get(client, spring)
    assert [one.state for one in page.context["targets"]] == ["unknown"]
    assert cards(page)["revenue"] == "–"
    assert Decimal(page.context["row"].values["leads"]) == 4
