"""The report as JSON: plain values, nothing lost, nothing that differs between engines."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine

from attribution import scope
from reports.metrics import METRICS
from reports.query import ReportQuery
from reports.report import run_report
from reports.serialize import as_dict, as_json
from tests.factories import make_booking, make_campaign, make_company, make_lead, make_spend


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC), tick=False):
        yield


def fill(company):
    company.thin_below = 2
    company.save()
    make_campaign(company, "spring", name="Frühling", channel="email")
    for status in ("completed", "booked", "cancelled"):
        make_booking(make_lead(company, "spring", utm_source="news"), status, 1_001)
    make_booking(make_lead(company, "tiny"), "completed", 5)
    make_lead(company)
    make_lead(company, kind="test")
    make_spend(company, "spring", 1_000)
    make_spend(company, "nobody", 1)


def ask(company, **values):
    march = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}
    return run_report(ReportQuery(company=company, **march | values))


def test_a_report_as_plain_values(company):
    fill(company)
    found = as_dict(ask(company))
    spring, tiny = found["rows"]
    assert (spring["key"], spring["label"], spring["rank"]) == ("spring", "Frühling", 1)
    assert (spring["ranked"], spring["thin"], spring["maturing"]) == (True, False, False)
    assert (spring["channel"], spring["status"], spring["discovered"]) == ("email", "active", False)
    assert (spring["leads"], spring["booked"], spring["completed"]) == (3, 2, 1)
    assert (spring["revenue"], spring["spend"]) == ("10.01", "10.00")
    assert spring["booked_rate"] == "0.666667"
    assert spring["cost_per_lead"] == "3.333333"
    assert spring["roi"] == "0.001000"
    assert spring["ctr"] is None
    assert (tiny["key"], tiny["rank"], tiny["ranked"], tiny["thin"]) == ("tiny", None, False, True)
    assert tiny["intervals"]["completed_rate"] == ["0.206549", "1.000000"]
    assert found["unattributed"]["reasons"] == [
        {
            "reason": "direct",
            "label": "No UTM values (direct)",
            "leads": 1,
            "booked": 0,
            "completed": 0,
        }
    ]
    assert found["excluded"] == {"leads": 1, "kinds": {"test": 1}}
    assert found["unmatched_spend"] == {
        "spend": "0.01",
        "names": [{"name": "nobody", "spend": "0.01", "entries": 1}],
    }
    assert (found["total"]["leads"], found["total"]["spend"]) == (5, "10.01")
    assert found["proof"]["holds"] is True
    assert found["proof"]["spend"] == "10.01"
    assert found["period"] == {"from": "2026-03-01", "to": "2026-03-31"}


def test_every_row_has_every_metric(company):
    fill(company)
    found = as_dict(ask(company))
    for row in (*found["rows"], found["unattributed"], found["total"]):
        assert set(METRICS) <= set(row)


def test_the_rank_follows_the_sort(company):
    fill(company)
    for _ in range(2):
        make_lead(company, "autumn")
    for sort, wanted in (("-leads", ["spring", "autumn"]), ("leads", ["autumn", "spring"])):
        rows = as_dict(ask(company), sort)["rows"]
        assert [row["key"] for row in rows if row["ranked"]] == wanted
        assert [row["rank"] for row in rows] == [1, 2, None]
        assert rows[-1]["key"] == "tiny"


@pytest.mark.parametrize(("currency", "revenue"), [("JPY", "1001"), ("KWD", "1.001")])
def test_sums_have_the_digits_of_the_currency(db, currency, revenue):
    with scope.all_companies():
        company = make_company(currency=currency)
        make_booking(make_lead(company, "spring"), "completed", 1_001)
        found = as_dict(ask(company))
    assert found["rows"][0]["revenue"] == revenue
    assert found["proof"]["revenue"] == revenue
    assert found["proof"]["spend"] is None


def test_ratios_are_rounded_half_up(company):
    make_lead(company, "spring", kind="primary")
    for _ in range(7):
        make_lead(company, "spring")
    make_spend(company, "spring", 1, impressions=64_000_000, clicks=96)
    row = as_dict(ask(company))["rows"][0]
    assert row["ctr"] == "0.000002"  # 0.0000015
    assert row["cost_per_lead"] == "0.001250"
    assert Decimal(row["spend"]) == Decimal("0.01")


def test_no_id_of_the_database_is_in_the_text(company):
    make_campaign(company, "spring", pk=987_654_321)
    make_lead(company, "spring", pk=876_543_219)
    text = as_json(ask(company))
    assert "987654321" not in text
    assert "876543219" not in text


def test_the_text_is_json_with_letters_as_they_are(company):
    fill(company)
    text = as_json(ask(company))
    assert "Frühling" in text
    assert json.loads(text) == as_dict(ask(company))


def test_a_report_of_an_empty_company(company):
    found = as_dict(ask(company))
    assert found["rows"] == []
    assert found["total"]["leads"] == 0
    assert found["total"]["revenue"] == "0.00"
    assert found["total"]["spend"] is None
    assert found["proof"]["holds"] is True
