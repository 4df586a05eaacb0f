"""Files of other people, taken in by the commands: the figures are those that others computed."""

import json
from collections import Counter
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from attribution import scope
from attribution.models import Lead
from reports.metrics import METRICS
from tests.factories import make_company
from tests.shared_data import data_folder, read, write

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def make(module_rows):
    """Each file is taken in once."""

    @contextmanager
    def make(*slugs, **values):
        with module_rows():
            with scope.all_companies():
                for slug in slugs:
                    make_company(slug=slug, **values)
            yield

    return make


def run(command, *arguments):
    out = StringIO()
    call_command(command, *map(str, arguments), stdout=out)
    return out.getvalue()


def mapped(**headings):
    """`--map "their heading=our field"`, given the other way round."""
    return [part for ours, theirs in headings.items() for part in ("--map", f"{theirs}={ours}")]


def report(company, start, end, *arguments):
    days = ("--from", start, "--to", end)
    found = json.loads(run("report", "--company", company, *days, "--json", *arguments))
    assert found["proof"]["holds"]
    return found


def by_key(found):
    return {row["key"]: row for row in found["rows"]}


def expected(folder):
    return json.loads((folder / "expected.json").read_text())


def rounded(text, digits):
    """As the expected figures are rounded; None stays None."""
    return (
        None if text is None else Decimal(text).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    )


def number(value, digits):
    return None if value is None else rounded(str(value), digits)


@pytest.fixture(scope="module")
def education(make):
    with make("education"):
        take_in_education()
    return expected(data_folder("lead-outcomes-xeducation"))


def take_in_education():
    file = data_folder("lead-outcomes-xeducation") / "Leads.csv"
    options = mapped(campaign="Lead Source", id="Prospect ID", booking_status="Converted")
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


def test_shop_what_no_campaign_brought_by_source(shop):
    for one in shop["unattributed_sessions"]:
        found = shop_report("sessions", "--source", one["source"])["unattributed"]
        assert (found["leads"], found["completed"]) == (one["sessions"], one["purchased"])
        assert [reason["reason"] for reason in found["reasons"]] == ["no_campaign"]
    for one in shop["unattributed_orders"]:
        found = shop_report("orders", "--source", one["source"])["unattributed"]
        assert found["leads"] == one["orders"]
        assert rounded(found["revenue"], 2) == number(one["revenue"], 2)


# Ads with enquiries and purchases, in numbers only


@pytest.fixture(scope="module")
def ads(make, tmp_path_factory):
    folder = data_folder("facebook-ads-kag")
    with make("ads", currency="USD"):
        path = folder / "KAG_conversion_data.csv"
        run(
            *("import_spend", path, "--company", "ads", "--dates", "dmy"),
            *mapped(campaign="xyz_campaign_id", amount="Spent"),
        )
        leads = []
        for row in read(path):
            approved = int(row["Approved_Conversion"])
            for n in range(int(row["Total_Conversion"])):
                leads.append(
                    {
                        "id": f"{row['ad_id']}-{n}",
                        "received_at": row["Date"],
                        "utm_campaign": row["xyz_campaign_id"],
                        "booking_status": "completed" if n < approved else "",
                    }
                )
        file = write(tmp_path_factory.mktemp("made") / "enquiries.csv", leads)
        run("import_leads", file, "--company", "ads", "--dates", "dmy")
    return expected(folder)


def test_ads_spend_enquiries_and_purchases(ads):
    found = report("ads", "2023-08-01", "2023-08-31")
    rows = by_key(found)
    for key, campaign in ads["by_campaign"].items():
        row = rows[key]
        assert (row["leads"], row["completed"]) == (campaign["enquiries"], campaign["approved"])
        assert (row["impressions"], row["clicks"]) == (campaign["impressions"], campaign["clicks"])
        assert Decimal(row["spend"]) == number(campaign["spend"], 2)
        assert rounded(row["cost_per_lead"], 4) == number(campaign["cost_per_enquiry"], 4)
        assert rounded(row["cost_per_completed"], 4) == number(campaign["cost_per_approved"], 4)
        assert rounded(row["completed_rate"], 4) == number(campaign["approved_rate"], 4)
    total = ads["total"]
    assert Decimal(found["total"]["spend"]) == number(total["spend"], 2)
    assert (found["total"]["leads"], found["total"]["completed"]) == (
        total["enquiries"],
        total["approved"],
    )


# Sessions, conversions and spend: the last touch


@pytest.fixture(scope="module")
def playbook(make, tmp_path_factory):
    folder = data_folder("attribution-playbook")
    with make("playbook", currency="USD"):
        run("import_spend", folder / "ad_spend.csv", "--company", "playbook")
        run(
            *("import_leads", folder / "sessions.csv", "--company", "playbook"),
            *mapped(id="session_id", received_at="started_at"),
        )
        file = write(tmp_path_factory.mktemp("made") / "conversions.csv", last_touches(folder))
        run("import_bookings", file, "--company", "playbook")
    return expected(folder)


def last_touches(folder):
    """Each conversion as a booking of its customer's last session within 30 days before it."""
    sessions = read(folder / "sessions.csv")
    bookings = []
    for n, conversion in enumerate(read(folder / "customer_conversions.csv")):
        at = moment(conversion["converted_at"])
        touches = [
            (moment(session["started_at"]), session["session_id"])
            for session in sessions
            if session["customer_id"] == conversion["customer_id"]
            and at - timedelta(days=30) <= moment(session["started_at"]) <= at
        ]
        bookings.append(
            {
                "id": f"conversion-{n}",
                "lead": max(touches)[1],
                "status": "completed",
                "booked_at": conversion["converted_at"],
                "value": conversion["revenue"],
            }
        )
    return bookings


def moment(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S")


def february(*arguments):
    return report("playbook", "2020-01-01", "2020-12-31", *arguments)


def test_playbook_short_rows_are_leads_too(playbook):
    assert february()["total"]["leads"] == playbook["sessions_total"] == 90


def test_playbook_spend(playbook):
    wanted = {k.split(" / ")[1]: v for k, v in playbook["spend_by_campaign"].items()}
    rows = by_key(february())
    assert {key: Decimal(row["spend"]) for key, row in rows.items()} == wanted
    sources = by_key(february("--group-by", "source"))
    spent = {key: Decimal(row["spend"]) for key, row in sources.items() if row["spend"]}
    assert spent == playbook["spend_by_source"]


def test_playbook_last_touch_by_source_and_campaign(playbook):
    rows = by_key(february("--group-by", "source"))
    for one in playbook["by_source"]:
        row = rows[one["utm_source"]]
        assert row["completed"] == one["last"]
        assert Decimal(row["revenue"]) == number(one["last_revenue"], 2)
    campaigns = by_key(february())
    for one in playbook["by_source_campaign"]:
        if one["utm_campaign"]:
            row = campaigns[one["utm_campaign"]]
            assert row["completed"] == one["last"]
            assert Decimal(row["revenue"]) == number(one["last_revenue"], 2)
    assert february()["total"]["completed"] == playbook["conversions"]
    assert Decimal(february()["total"]["revenue"]) == number(playbook["revenue"], 2)


# Hotel bookings, without ids, with rows that are alike


@pytest.fixture(scope="module")
def hotel(make, tmp_path_factory):
    folder = data_folder("bookings-resort")
    with make("hotel", timezone="Europe/Lisbon"):
        rows = read(folder / "bookings.csv")
        for row in rows:
            nights = int(row["stays_in_weekend_nights"]) + int(row["stays_in_week_nights"])
            row["paid"] = str(Decimal(row["adr"]) * nights)
        run(
            *(
                "import_leads",
                write(tmp_path_factory.mktemp("made") / "bookings.csv", rows),
                "--company",
                "hotel",
            ),
            *mapped(source="market_segment", medium="distribution_channel", campaign="agent"),
            *mapped(received_at="reservation_status_date", value="paid"),
            *mapped(booking_status="reservation_status"),
            *("--value", "reservation_status:Check-Out=completed", "--dates", "mdy"),
        )
    return expected(folder)


def hotel_report(*arguments):
    return report("hotel", "2014-01-01", "2017-12-31", *arguments)


def check_stays(row, wanted):
    """Cancelled is what is not booked, no-show what is booked and not completed."""
    assert row["leads"] == wanted["bookings"]
    assert row["completed"] == wanted["completed"]
    assert row["leads"] - row["booked"] == wanted["canceled"]
    assert row["booked"] - row["completed"] == wanted["no_show"]
    assert rounded(row["completed_rate"], 4) == number(wanted["completed_rate"], 4)
    assert Decimal(row["revenue"]) == number(wanted["revenue_completed"], 2)


def test_hotel_by_market_segment(hotel):
    rows = by_key(hotel_report("--group-by", "source"))
    assert set(rows) == {name.lower() for name in hotel["by_market_segment"]}
    for name, wanted in hotel["by_market_segment"].items():
        check_stays(rows[name.lower()], wanted)


def test_hotel_by_distribution_channel(hotel):
    rows = by_key(hotel_report("--group-by", "medium"))
    assert set(rows) == {name.lower() for name in hotel["by_distribution_channel"]}
    for name, wanted in hotel["by_distribution_channel"].items():
        check_stays(rows[name.lower()], wanted)


def test_hotel_by_agent_and_without_one(hotel):
    found = hotel_report()
    rows = by_key(found) | {"NULL": found["unattributed"]}
    assert len(rows) == hotel["agents"]
    for name, wanted in hotel["by_agent_top8"].items():
        check_stays(rows[name], wanted)
    check_stays(found["total"], hotel["total"])


def test_hotel_rows_that_are_alike_are_all_kept(hotel):
    with scope.all_companies():
        leads = Lead.objects.filter(company__slug="hotel")
        ids = Counter(one.rpartition("-")[0] for one in leads.values_list("external_id", flat=True))
    assert sum(ids.values()) == hotel["total"]["bookings"] == 9999
    assert sum(ids.values()) - len(ids) == hotel["identical_rows_that_must_be_kept"] == 2453
