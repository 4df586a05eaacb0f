"""Leads and orders of other people's files: the report and its file have their figures."""

from decimal import Decimal

import pytest

from reports.metrics import METRICS
from tests.factories import make_user
from tests.reports.real_files import (
    by_key,
    expected,
    exported,
    mapped,
    number,
    ranked,
    report,
    rounded,
    run,
)
from tests.shared_data import data_folder, read

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(client, db):
    client.force_login(make_user(is_superuser=True))
    return client


@pytest.fixture(scope="module")
def education(make):
    with make("education"):
        take_in_education()
    return expected(data_folder("lead-outcomes-xeducation"))


def take_in_education():
    file = data_folder("lead-outcomes-xeducation") / "Leads.csv"
    columns = {"campaign": "Lead Source", "medium": "Lead Origin", "id": "Prospect ID"}
    options = mapped(**columns, booking_status="Converted")
    constants = ("--set", "received_at=2026-01-15", "--value", "Converted:1=completed")
    return run("import_leads", file, "--company", "education", *options, *constants)


def january(*arguments):
    return report("education", "2026-01-01", "2026-01-31", *arguments)


def test_education_leads_by_source(education):
    found = january()
    wanted = dict(education["by_lead_source_case_folded"])
    empty = wanted.pop("(empty)")
    assert {key: (row["leads"], row["completed"]) for key, row in by_key(found).items()} == {
        key: (source["leads"], source["converted"]) for key, source in wanted.items()
    }
    for key, row in by_key(found).items():
        assert rounded(row["completed_rate"], 4) == number(wanted[key]["rate"], 4)
    assert found["unattributed"]["leads"] == empty["leads"] == 36
    assert found["unattributed"]["completed"] == empty["converted"]
    assert found["total"]["leads"] == education["leads"] == 9240
    assert found["total"]["completed"] == education["converted"] == 3561
    assert rounded(found["total"]["completed_rate"], 4) == number(education["rate"], 4)


def test_the_file_of_education_has_each_source(education, client):
    columns = ("leads", "completed", "completed_rate")
    days = ("2026-01-01", "2026-01-31")
    found = exported(client, "education", *days, "campaign", *columns)
    wanted = dict(education["by_lead_source_case_folded"])
    rest = wanted.pop("(empty)")
    rows = {name.casefold(): row for name, row in ranked(found).items()}
    assert rows.keys() == wanted.keys()
    rows |= {"rest": found["Unattributed"], "total": found["Total"]}
    for name, one in (wanted | {"rest": rest, "total": education}).items():
        row = rows[name]
        assert (int(row["Leads"]), int(row["Completed"])) == (one["leads"], one["converted"])
        assert Decimal(row["Completed rate"]) == number(one["rate"], 4)
    few = {name for name, row in rows.items() if row["Group"] == "Too few leads, not ranked"}
    assert few == set(education["sources_with_fewer_than_30_leads"])


def test_the_file_of_education_has_each_origin(education, client):
    days = ("2026-01-01", "2026-01-31")
    found = exported(client, "education", *days, "medium", "leads", "completed")
    assert {
        name: (int(row["Leads"]), int(row["Completed"])) for name, row in ranked(found).items()
    } == {
        name.casefold(): (one["leads"], one["converted"])
        for name, one in education["by_lead_origin"].items()
    }


def test_education_sources_with_few_leads_are_never_ranked_whatever_the_sort(education):
    thin = set(education["sources_with_fewer_than_30_leads"])
    assert len(thin) == 12
    for name in [*METRICS, "label"]:
        for sort in (name, f"-{name}"):
            rows = january(f"--sort={sort}")["rows"]
            assert {row["key"] for row in rows if row["thin"]} == thin
            assert not any(row["ranked"] for row in rows if row["thin"])
            places = [row["key"] for row in rows]
            assert set(places[-12:]) == thin  # NC_EDM's 1 of 1 stands below every ranked row
            edm = rows[places.index("nc_edm")]
            assert (edm["completed_rate"], edm["rank"]) == ("1.000000", None)
            assert edm["intervals"]["completed_rate"] == ["0.206549", "1.000000"]


def test_education_taken_in_twice_adds_nothing(education):
    before = january()
    assert "already taken in" in take_in_education()
    assert january() == before


# Spend, sessions and orders of a shop


@pytest.fixture(scope="module")
def shop(make):
    """Sessions are the leads of one company and orders those of another; both have the spend."""
    folder = data_folder("ecommerce-utm-e2e")
    with make("sessions", "orders", currency="INR", timezone="Asia/Kolkata"):
        for slug in ("sessions", "orders"):
            for name in ("google_ads.csv", "meta_ads.csv"):
                run("import_spend", folder / name, "--company", slug)
        run(
            *("import_leads", folder / "shopify_sessions.csv", "--company", "sessions"),
            *mapped(received_at="session_date", booking_status="purchased"),
            *("--value", "purchased:1=completed"),
        )
        run(
            *("import_leads", folder / "shopify_orders.csv", "--company", "orders"),
            *mapped(id="order_id", received_at="date", value="revenue"),
            *("--set", "booking_status=completed"),
        )
    return expected(folder)


def shop_report(company, *arguments):
    return report(company, "2025-02-01", "2025-04-30", *arguments)


def test_shop_sessions_and_what_each_cost(shop):
    found, wanted = shop_report("sessions"), shop["by_campaign"]
    rows = by_key(found)
    assert set(rows) == {name.lower() for name in wanted}
    for name, campaign in wanted.items():
        row = rows[name.lower()]
        assert row["leads"] == campaign["sessions"]
        assert row["completed"] == campaign["sessions_purchased"]
        assert rounded(row["spend"], 2) == number(campaign["spend"], 2)
        assert rounded(row["cost_per_lead"], 4) == number(campaign["cost_per_session"], 4)
    totals = shop["totals"]
    assert found["total"]["leads"] == totals["sessions"]
    assert found["total"]["completed"] == totals["sessions_marked_purchased"]
    both = totals["google_spend"] + totals["meta_spend"]
    assert rounded(found["total"]["spend"], 2) == number(both, 2)
    assert found["proof"]["named"] == shop["reconciles"]["sessions_attributed"]
    assert found["unmatched_spend"] == {"spend": None, "names": []}


def test_shop_orders_their_revenue_and_what_each_cost(shop):
    found, wanted = shop_report("orders"), shop["by_campaign"]
    rows = by_key(found)
    for name, campaign in wanted.items():
        row = rows[name.lower()]
        assert row["leads"] == row["completed"] == campaign["orders"]
        assert rounded(row["revenue"], 2) == number(campaign["revenue"], 2)
        assert rounded(row["spend"], 2) == number(campaign["spend"], 2)
        assert rounded(row["cost_per_completed"], 4) == number(campaign["cost_per_order"], 4)
        assert rounded(row["roas"], 4) == number(campaign["roas"], 4)
    assert found["total"]["leads"] == shop["totals"]["orders"]
    assert rounded(found["total"]["revenue"], 2) == number(shop["totals"]["revenue"], 2)
    assert found["proof"]["named"] == shop["reconciles"]["orders_attributed"]


def test_the_file_of_the_shop_has_each_campaign_and_what_it_cost(shop, client):
    days = ("2025-02-01", "2025-04-30")
    costs = (
        "leads",
        "completed",
        "revenue",
        "spend",
        "cost_per_lead",
        "cost_per_completed",
        "roas",
    )
    of_sessions = exported(client, "sessions", *days, "campaign", *costs)
    of_orders = exported(client, "orders", *days, "campaign", *costs)
    wanted = shop["by_campaign"]
    for found in (of_sessions, of_orders):
        assert {name.casefold() for name in ranked(found)} == {name.casefold() for name in wanted}
    sessions = {name.casefold(): row for name, row in of_sessions.items()}
    orders = {name.casefold(): row for name, row in of_orders.items()}
    for name, one in wanted.items():
        row = sessions[name.casefold()]
        assert (int(row["Leads"]), int(row["Completed"])) == (
            one["sessions"],
            one["sessions_purchased"],
        )
        assert Decimal(row["Cost per lead (INR)"]) == number(one["cost_per_session"], 2)
        row = orders[name.casefold()]
        assert int(row["Completed"]) == one["orders"]
        assert Decimal(row["Spend (INR)"]) == number(one["spend"], 2)
        assert Decimal(row["Revenue (INR)"]) == number(one["revenue"], 2)
        assert Decimal(row["Cost per completed (INR)"]) == number(one["cost_per_order"], 2)
        assert Decimal(row["ROAS"]) == number(one["roas"], 4)
    totals = shop["totals"]
    assert int(of_sessions["Total"]["Leads"]) == totals["sessions"]
    assert int(of_orders["Total"]["Leads"]) == totals["orders"]
    assert Decimal(of_orders["Total"]["Revenue (INR)"]) == number(totals["revenue"], 2)
    both = totals["google_spend"] + totals["meta_spend"]
    assert Decimal(of_orders["Total"]["Spend (INR)"]) == number(both, 2)


def test_shop_what_no_campaign_brought_by_source(shop):
    for one in shop["unattributed_sessions"]:
        found = shop_report("sessions", "--source", one["source"])["unattributed"]
        assert (found["leads"], found["completed"]) == (one["sessions"], one["purchased"])
        assert [reason["reason"] for reason in found["reasons"]] == ["no_campaign"]
    for one in shop["unattributed_orders"]:
        found = shop_report("orders", "--source", one["source"])["unattributed"]
        assert found["leads"] == one["orders"]
        assert rounded(found["revenue"], 2) == number(one["revenue"], 2)


# A year of a small shop, by month: orders, what Meta cost, and mailings


@pytest.fixture(scope="module")
def months(make):
    folder = data_folder("monthly-ops-demo")
    with make("months", currency="USD"):
        mails = folder / "email_campaigns.csv"
        run(
            *("import_campaigns", mails, "--company", "months"),
            *mapped(key="campaign_id", type="campaign_type"),
        )
        run("import_spend", mails, "--company", "months")
        run("import_spend", folder / "meta_ads.csv", "--company", "months")
        run(
            *("import_leads", folder / "orders.csv", "--company", "months"),
            *mapped(
                id="order_id", received_at="order_date", value="total", source="attribution_channel"
            ),
            *("--set", "booking_status=completed"),
        )
    return expected(folder)


def year(client, group, *columns, **filters):
    return exported(client, "months", "2025-04-01", "2026-03-31", group, *columns, **filters)


def test_the_file_by_month_is_the_summary_of_its_author(months, client):
    found = year(client, "month", "leads", "completed", "revenue", "spend", "sends")
    rows = list(ranked(found).values())
    summary = read(data_folder("monthly-ops-demo") / "monthly_summary.csv")
    assert len(rows) == len(summary) == 12
    for row, wanted in zip(rows, summary, strict=True):
        assert int(row["Leads"]) == int(row["Completed"]) == int(wanted["orders"])
        assert Decimal(row["Revenue (USD)"]) == Decimal(wanted["total_revenue"])
        assert Decimal(row["Spend (USD)"]) == Decimal(wanted["meta_spend"])
        assert int(row["Sends"]) == int(wanted["emails_sent"])
    total = found["Total"]
    assert int(total["Leads"]) == months["orders_total"] == months["monthly_summary_orders_total"]
    assert Decimal(total["Spend (USD)"]) == number(months["meta_spend_total"], 2)


def test_the_file_by_source_has_the_orders_of_each_channel(months, client):
    found = ranked(year(client, "source", "leads", "revenue"))
    sold = {name: row for name, row in found.items() if row["Leads"] != "0"}
    assert {
        name: (int(row["Leads"]), Decimal(row["Revenue (USD)"])) for name, row in sold.items()
    } == {
        name: (one["orders"], number(one["total"], 2))
        for name, one in months["orders_by_channel"].items()
    }


def test_the_file_by_type_has_the_mailings_of_each(months, client):
    found = ranked(year(client, "type", "sends", "opens", "clicks", "open_rate"))
    assert found.keys() == months["email"].keys()
    for name, wanted in months["email"].items():
        row = found[name]
        assert [int(row[head]) for head in ("Sends", "Opens", "Clicks")] == [
            wanted[field] for field in ("sent", "opens", "clicks")
        ]
        assert Decimal(row["Open rate"]) == number(wanted["open_rate"], 4)
