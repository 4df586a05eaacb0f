"""Files of other people, taken in by the commands: the figures are those that others computed."""

from collections import Counter
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from attribution import scope
from attribution.models import Lead
from tests.reports.real_files import by_key, expected, mapped, number, report, rounded, run
from tests.shared_data import data_folder, read, write

pytestmark = pytest.mark.django_db


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
