"""Campaigns, leads, companies and definitions as plain values."""

from datetime import UTC, datetime, timedelta

import pytest

from attribution import scope
from attribution.models import Booking, Lead
from reports.metrics import METRICS, Ratio
from reports.query import DIMENSIONS
from tests.factories import make_booking, make_campaign, make_company, make_lead

pytestmark = pytest.mark.django_db


def test_campaigns_are_listed_and_found_by_key(acme, reader):
    found = reader.read("campaigns")
    assert [one["key"] for one in found["campaigns"]] == ["spring", "tiny"]
    spring = reader.read("campaigns/spring")
    assert spring == {"company": "acme", **found["campaigns"][0]}
    assert (spring["name"], spring["channel"], spring["goal"]) == ("Spring", "email", "Sell")
    assert spring["tags"] == ["a", "b"]
    assert found["campaigns"][1]["discovered"] is True


@pytest.mark.parametrize(
    ("asked", "keys"),
    [
        ({"channel": "email"}, ["spring"]),
        ({"channel": ["email", "other"]}, ["spring", "tiny"]),
        ({"tag": "B"}, ["spring"]),
        ({"tag": ["(none)", "c"]}, ["tiny"]),
        ({"goal": "Sell", "tag": "c"}, []),
        ({"goal": "(none)"}, ["tiny"]),
        ({"discovered": "false"}, ["spring"]),
        ({"template": "true"}, []),
        ({"q": "SPR"}, ["spring"]),
        ({"rows": "1", "page": "2"}, ["tiny"]),
    ],
    ids=str,
)
def test_campaigns_are_filtered(reader, asked, keys):
    assert [one["key"] for one in reader.read("campaigns", asked)["campaigns"]] == keys


def test_keys_of_campaigns_may_hold_anything_that_an_address_can(acme, reader):
    with scope.company_scope([acme.pk]):
        make_campaign(acme, "a/b?c d%zürich")
        make_campaign(acme, "gone", withdrawn=True)
    assert reader.read("campaigns/a%2Fb%3Fc%20d%25z%C3%BCrich")["key"] == "a/b?c d%zürich"
    assert reader.get("campaigns/gone").status_code == 404


@pytest.mark.on_sqlite
@pytest.mark.parametrize(
    ("address", "asked", "field"),
    [
        ("campaigns", {"channel": "pigeon"}, "channel"),
        ("campaigns", {"discovered": "perhaps"}, "discovered"),
        ("campaigns", {"owner": "me"}, "owner"),
        ("campaigns/spring", {"rows": "2"}, "rows"),
        ("companies", {"q": "a"}, "q"),
        ("definitions", {"company": "acme"}, "company"),
        ("leads", {"kind": "real"}, "kind"),
        ("leads", {"from": "soon"}, "from"),
        ("leads", {"from": "2026-03-02", "to": "2026-03-01"}, "to"),
        ("leads", {"email": "zq7@example.org"}, "email"),
        ("leads", {"after": "1"}, "after"),
        ("leads", {"after": f"{'9' * 18}-1"}, "after"),
        ("leads", {"booked": "2"}, "booked"),
        ("leads", {"rows": "1000"}, "rows"),
        ("leads", {"source": "x" * 501}, "source"),
    ],
    ids=str,
)
def test_what_is_not_taken_is_told_by_name(reader, address, asked, field):
    answer = reader.get(address, asked)
    assert (answer.status_code, answer.json()["field"]) == (400, field)


# Leads


def test_a_lead_says_where_it_counts_and_nothing_of_the_person(acme, reader):
    with scope.company_scope([acme.pk]):
        make_lead(
            acme,
            "spring",
            external_id="zq7-id",
            name="zq7-name",
            email="zq7@example.org",
            phone="zq7-phone",
            ip="203.0.113.77",
            click_ids={"gclid": "zq7-click"},
            referrer="https://zq7.example.org/",
            landing_page="https://example.org/?mail=zq7",
            received_at=datetime(2026, 3, 3, 12, tzinfo=UTC),
            country="DE",
        )
    for role_answer in (reader.get("leads"), reader.get("leads", {"from": "2026-03-03"})):
        text = role_answer.content.decode()
        assert "zq7" not in text.replace("zq7.example.org", "").replace('"origin"', "")
        assert "203.0.113.77" not in text
    lead = reader.read("leads", {"from": "2026-03-03"})["leads"][0]
    assert (lead["campaign"], lead["day"], lead["country"]) == ("spring", "2026-03-03", "DE")
    assert lead["received_at"] == "2026-03-03T12:00:00+00:00"
    assert not {"name", "email", "phone", "ip", "external_id", "referrer"} & set(lead)


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ({}, 5),
        ({"kind": "bot"}, 1),
        ({"kind": ["bot", "primary"]}, 5),
        ({"campaign": "spring"}, 2),
        ({"campaign": ["spring", "tiny"]}, 3),
        ({"campaign": "never"}, 0),
        ({"attributed": "false"}, 2),
        ({"reason": "direct", "kind": "primary"}, 1),
        ({"booked": "true"}, 2),
        ({"completed": "1"}, 1),
        ({"booked": "true", "completed": "0"}, 1),
        ({"source": "news"}, 2),
        ({"channel": "email", "status": "active"}, 2),
        ({"from": "2026-03-03"}, 0),
        ({"from": "2026-03-02", "to": "2026-03-02"}, 5),
    ],
    ids=str,
)
def test_leads_are_filtered(reader, asked, number):
    assert len(reader.read("leads", asked)["leads"]) == number


def test_pages_of_leads_hold_each_lead_once_whatever_comes_meanwhile(acme, reader):
    with scope.company_scope([acme.pk]):
        start = datetime(2026, 3, 5, tzinfo=UTC)
        for number in range(7):  # several at the same moment
            make_lead(acme, received_at=start + timedelta(seconds=number // 3))
        wanted = list(Lead.objects.order_by("-received_at", "-pk").values_list("pk", flat=True))
    found, asked = [], {"rows": "2"}
    address = "leads"
    while address:
        answer = reader.read(address, asked)
        found += [lead["id"] for lead in answer["leads"]]
        with scope.company_scope([acme.pk]):
            make_lead(acme, received_at=datetime(2026, 3, 6, tzinfo=UTC))
        address, asked = (answer["next"] or "").removeprefix("/api/v1/"), None
    assert found == wanted


def test_revenue_is_unknown_while_a_rate_is_missing(acme, reader):
    with scope.company_scope([acme.pk]):
        booking = Booking.objects.get(status="completed")
        paid = [lead["revenue"] for lead in reader.read("leads", {"completed": "true"})["leads"]]
        assert paid == ["100.00"]
        Booking.objects.filter(pk=booking.pk).update(
            value_minor=None, original_minor=5, currency="SEK"
        )
    [lead] = reader.read("leads", {"completed": "true"})["leads"]
    assert lead["revenue"] is None


def test_the_leads_of_a_company_are_its_own(acme, reader):
    with scope.all_companies():
        other = make_company(slug="other")
        make_booking(make_lead(other, "spring"), "completed", 1)
    assert len(reader.read("leads")["leads"]) == 5


# What everything means


def test_definitions_are_those_of_the_registry(reader):
    found = reader.read("definitions")
    assert [one["name"] for one in found["metrics"]] == list(METRICS)
    assert [one["name"] for one in found["dimensions"]] == list(DIMENSIONS)
    by_name = {one["name"]: one for one in found["metrics"]}
    for name, metric in METRICS.items():
        one = by_name[name]
        assert (one["label"], one["definition"]) == (str(metric.label), str(metric.help))
        assert (one["formula"] is not None) == isinstance(metric, Ratio)
        assert one["source"]
        unknown = "Unknown" in one["definition"]
        assert (one["unknown_when"] is not None) == unknown, name
    assert by_name["roi"]["formula"] == "(revenue - spend) / spend"
    assert by_name["cpm"]["formula"] == "1000 * spend / impressions"
    assert by_name["roas"]["source"] == ["bookings", "spend entries"]


def test_the_company_says_what_figures_are_in(reader):
    assert reader.read("companies") == {
        "companies": [
            {
                "slug": "acme",
                "name": "Acme",
                "currency": "EUR",
                "time_zone": "UTC",
                "thin_below": 2,
                "look_back_days": 30,
            }
        ]
    }
