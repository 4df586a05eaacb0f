"""The selector of the report page and its files; models on the pages of campaigns and leads."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from attribution.models import Campaign
from attribution.touches.items import TouchItem
from attribution.touches.write import store
from attribution.utm import Captured
from tests.factories import make_booking, make_company, make_lead, make_spend, make_user

pytestmark = pytest.mark.django_db
MOST_QUERIES = 15


@pytest.fixture
def lead(client):
    """One lead of today with three visits, on a company whose admin is signed in."""
    company = make_company(slug="acme", look_back_days=7, thin_below=1)
    client.force_login(make_user(company, "company_admin"))
    came = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=5)
    lead = make_lead(company, "own", utm_source="own", received_at=came)
    items = [
        TouchItem(came - timedelta(days=days), Captured(utm_source=name, utm_campaign=name))
        for days, name in ((9, "old"), (6, "spring"), (4, "summer"), (2, "direct"), (-1, "later"))
    ]
    store(company, [(lead.pk, came, items)])
    make_booking(lead, "completed", 30_000)
    make_spend(company, "spring", 1_000, day=lead.day)
    return lead


def test_the_report_says_its_model_everywhere(client, lead):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(reverse("reports:overview"), {"model": "linear", "window": "5"})
    text = answer.content.decode()
    assert len(queries) <= MOST_QUERIES + 2  # who is signed in, and the session
    assert text.count("Linear, look-back 5 days") >= 3  # header, beside the table, proof
    assert '<option value="linear" selected>Linear</option>' in text
    assert '<option value="5" selected>5 days</option>' in text
    assert "7 days (usual)" in text
    assert "0.50" in text
    assert "model=linear&amp;window=5" in text  # the addresses of sorts and files
    usual = client.get(reverse("reports:overview")).content.decode()
    assert "attribution: As captured" in usual


def test_files_say_the_model_beside_each_figure_and_add_up(client, lead):
    asked = {"model": "linear", "cols": "leads,revenue,spend", "group": "source"}
    answer = client.get(reverse("reports:overview-csv"), asked)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text)))
    assert "Leads [Linear, look-back 7 days]" in rows[0]
    assert "Spend (EUR)" in rows[0]
    shares = {row[1]: row[3] for row in rows[1:4]}
    assert sorted(shares.values()) == ["0.333333", "0.333333", "0.333334"]
    assert ["Attribution", "Linear, look-back 7 days"] in rows


@pytest.mark.parametrize("value", ["best", "0", "-3", "9999", "x", "1.5"])
def test_what_is_no_model_or_window_is_ignored_and_said_so(client, lead, value):
    for name in ("model", "window"):
        answer = client.get(reverse("reports:overview"), {"model": "linear"} | {name: value})
        assert answer.status_code == 200
        assert "was ignored" in answer.content.decode()


def test_a_campaign_shows_all_models_side_by_side(client, lead):
    spring = Campaign.objects.get(key="spring")
    answer = client.get(reverse("admin:attribution_campaign_change", args=[spring.pk]))
    lines = {line["label"]: line["cells"] for line in answer.context["models"]["lines"]}
    assert lines["As captured"] == ["0", "0", "0", "€0.00", "–", "–"]
    assert lines["First touch"] == ["1", "1", "1", "€300.00", "€10.00", "€10.00"]
    assert lines["Last touch"] == ["0", "0", "0", "€0.00", "–", "–"]
    assert lines["Linear"] == ["0.33", "0.33", "0.33", "€100.00", "€30.00", "€30.00"]
    assert lines["Position-based 40/20/40"][:1] == ["0.40"]
    assert "the same 1 lead together" in answer.context["models"]["note"]
    assert "Models side by side" in answer.content.decode()


def test_a_lead_shows_its_visits_and_their_credit(client, lead):
    answer = client.get(reverse("admin:attribution_lead_change", args=[lead.pk]))
    text = answer.content.decode()
    assert [text.count(words) for words in ("before the window", "after the lead")] == [1, 1]
    assert text.count("33.3\xa0%") == 3
    assert text.count("40.0\xa0%") == 2
    order = [text.index(f">{name}<") for name in ("old", "spring", "summer", "later")]
    assert order == sorted(order)
    plain = make_lead(lead.company, "own")
    answer = client.get(reverse("admin:attribution_lead_change", args=[plain.pk]))
    assert "None was captured" in answer.content.decode()
