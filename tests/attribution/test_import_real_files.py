"""Files that others wrote go in as they are, and their sums are those counted elsewhere."""

import csv
import json
from collections import Counter
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Count, Q, Sum

from attribution import scope
from attribution.models import Lead
from spend.models import SpendEntry
from tests.factories import make_company
from tests.shared_data import data_folder

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    with scope.all_companies():
        yield make_company(slug="acme", currency="EUR")


def take_in_twice(command, file, *arguments):
    for _ in range(2):
        out = StringIO()
        call_command(command, str(file), "--company", "acme", *arguments, "--json", stdout=out)
    again = json.loads(out.getvalue())
    assert (again["new"], again["changed"], again["error_count"]) == (0, 0, 0)


def expected(folder):
    return json.loads((folder / "expected.json").read_text())


def by_campaign():
    """Name as in the links → leads, completed, revenue in minor units."""
    rows = Lead.objects.values_list("campaign__key").annotate(
        leads=Count("pk"),
        won=Count("pk", filter=Q(completed=True)),
        revenue=Sum("revenue_minor"),
    )
    return {key or "": values for key, *values in rows}


def spent():
    rows = SpendEntry.objects.values_list("campaign_key").annotate(Sum("amount_minor")).order_by()
    return {key: Decimal(minor) / 100 for key, minor in rows}


def test_lead_outcomes_of_a_crm(company):
    folder = data_folder("lead-outcomes-xeducation")
    take_in_twice(
        *("import_leads", folder / "Leads.csv", "--map", "Lead Source=utm_campaign"),
        *("--map", "Prospect ID=id", "--set", "received_at=2026-01-15"),
        *("--map", "Converted=booking_status", "--value", "Converted:1=completed"),
    )
    wanted = {
        name.replace("(empty)", ""): [row["leads"], row["converted"]]
        for name, row in expected(folder)["by_lead_source_case_folded"].items()
    }
    assert {key: values[:2] for key, values in by_campaign().items()} == wanted


def test_a_shop_s_spend_sessions_and_orders(company):
    folder = data_folder("ecommerce-utm-e2e")
    for platform in ("google", "meta"):
        take_in_twice("import_spend", folder / f"{platform}_ads.csv", "--set", f"source={platform}")
    take_in_twice(
        "import_leads", folder / "shopify_sessions.csv", "--map", "session_date=received_at"
    )
    sessions = by_campaign()
    take_in_twice(
        *("import_leads", folder / "shopify_orders.csv", "--map", "order_id=id"),
        *("--map", "revenue=value", "--set", "booking_status=completed"),
    )
    totals, both = expected(folder)["totals"], by_campaign()
    assert sum(leads for leads, *_ in sessions.values()) == totals["sessions"]
    for name, row in expected(folder)["by_campaign"].items():
        key = name.casefold()
        if key not in both:
            continue
        leads, orders, revenue = both[key]
        assert leads - orders == sessions[key][0] == row["sessions"]
        assert (orders, revenue) == (row["orders"], round(row["revenue"] * 100))
        assert spent()[key] == Decimal(str(row["spend"]))
    assert sum(spent().values()) == Decimal(totals["google_spend"] + totals["meta_spend"])
    assert sum(revenue for *_, revenue in both.values()) == totals["revenue"] * 100
    assert not SpendEntry.objects.filter(campaign=None).exists(), "a campaign found its spend"


def test_ads_with_the_noise_of_floats(company):
    folder = data_folder("facebook-ads-kag")
    take_in_twice(
        *("import_spend", folder / "KAG_conversion_data.csv", "--dates", "dmy"),
        *("--map", "Spent=amount", "--map", "xyz_campaign_id=campaign"),
    )
    wanted = expected(folder)
    sums = {name: Decimal(str(row["spend"])) for name, row in wanted["by_campaign"].items()}
    assert spent() == sums
    counts = SpendEntry.objects.aggregate(Sum("clicks"), Sum("impressions"))
    rows = wanted["by_campaign"].values()
    assert counts["clicks__sum"] == sum(row["clicks"] for row in rows)
    assert counts["impressions__sum"] == sum(row["impressions"] for row in rows)


def test_short_rows_and_hours_of_one_digit(company):
    folder = data_folder("attribution-playbook")
    take_in_twice(
        *("import_leads", folder / "sessions.csv", "--map", "session_id=id"),
        *("--map", "started_at=received_at"),
    )
    take_in_twice("import_spend", folder / "ad_spend.csv")
    with (folder / "ad_spend.csv").open() as file:
        assert sum(spent().values()) == sum(Decimal(row["spend"]) for row in csv.DictReader(file))
    assert Lead.objects.count() == 90
    # Of these 33 rows end before the column of the campaign.
    assert Lead.objects.filter(campaign=None, unattributed_reason="no_campaign").count() == 59


def test_hotel_bookings_without_ids_are_all_kept(company):
    folder = data_folder("bookings-resort")
    take_in_twice(
        *("import_leads", folder / "bookings.csv", "--dates", "mdy"),
        *("--map", "reservation_status_date=received_at", "--map", "agent=utm_campaign"),
        *("--map", "reservation_status=booking_status"),
        *("--value", "reservation_status:Check-Out=completed"),
        *("--value", "reservation_status:Canceled=cancelled"),
    )
    wanted = expected(folder)
    total = wanted["total"]
    found = Counter(Lead.objects.values_list("completed", flat=True))
    assert (found.total(), found[True]) == (total["bookings"], total["completed"])
    assert Lead.objects.filter(booked=True).count() == total["completed"] + total["no_show"]
    agents = by_campaign()
    for name, row in wanted["by_agent_top8"].items():
        key = "" if name == "NULL" else name
        assert agents[key][:2] == [row["bookings"], row["completed"]]
