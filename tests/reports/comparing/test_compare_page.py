"""Two to four campaigns side by side."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from attribution import scope
from tests.factories import (
    make_booking,
    make_campaign,
    make_company,
    make_lead,
    make_spend,
    make_user,
)

pytestmark = pytest.mark.django_db
COMPARE = "/admin/reports/compare/"
MARCH = {"period": "custom", "from": "2026-03-01", "to": "2026-03-31"}


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def acme(db):
    """“good”: 9 of 10 booked for €90; “poor”: 1 of 10 for €300; “tiny”: 1 of 1."""
    with scope.all_companies():
        acme = make_company(name="Acme", slug="acme", thin_below=5)
        acme.ids = {
            name: make_campaign(acme, name, name=name.title()).pk
            for name in ("good", "poor", "tiny")
        }
        for name, leads, booked in (("good", 10, 9), ("poor", 10, 1), ("tiny", 1, 1)):
            for n in range(leads):
                lead = make_lead(acme, name)
                if n < booked:
                    make_booking(lead, booked_at=lead.received_at + timedelta(days=1))
        make_spend(acme, "good", 9_000)
        make_spend(acme, "poor", 30_000)
        yield acme


def text(client, acme, *names, **more):
    asked = {"company": "acme", **MARCH, **more, "campaign": [acme.ids.get(n, n) for n in names]}
    answer = client.get(COMPARE, asked)
    assert answer.status_code == 200
    return answer.content.decode().replace("\u00a0", " ")


def test_a_difference_is_told_where_chance_does_not_explain_it(acme, client):
    client.force_login(make_user(acme))
    html = text(client, acme, "good", "poor")
    # z = (0.9 - 0.1) ÷ √(0.5 × 0.5 × 2 ÷ 10) = 3.578
    assert (
        "“Good” probably has the higher booked rate than “Poor”: by chance alone they would lie so "
        "far apart in fewer than 1 of 1,000 cases." in html
    )
    assert "9 of 10 leads" in html
    assert "21 named + 0 unattributed = 21 counted; + 0 excluded = 21 received ✓" in html
    assert "€390.00 matched + €0.00 not matched = €390.00 spend ✓" in html
    assert "59.6 % – 98.2 %" in html  # Wilson
    assert "“Good” probably has the lower cost per booked than “Poor”" in html
    assert "Between “Good” and “Poor” no difference can be told: their ranges overlap." in html


def test_one_lead_proves_nothing(acme, client):
    client.force_login(make_user(acme))
    html = text(client, acme, "tiny", "good")
    assert "Between “Tiny” and “Good” no difference can be told" in html
    assert "too few leads" in html


def test_what_cannot_be_compared_is_said(acme, client):
    client.force_login(make_user(acme))
    assert "Tick two to four campaigns" in text(client, acme, "good")
    assert "Tick two to four campaigns" in text(client, acme)
    html = text(client, acme, "good", "999999", "poor")
    assert "neither leads nor spend in this period" in html
    assert "probably has the higher booked rate" in html


def test_the_report_leads_there_with_its_period(acme, client):
    client.force_login(make_user(acme))
    html = client.get("/admin/reports/overview/", {"company": "acme", **MARCH}).content.decode()
    assert 'action="/admin/reports/compare/"' in html
    assert f'name="campaign" value="{acme.ids["good"]}" aria-label="Compare Good"' in html
    assert '<input type="hidden" name="from" value="2026-03-01">' in html


def test_another_companys_campaign_is_none(acme, client):
    with scope.all_companies():
        other = make_company(slug="other")
        theirs = make_campaign(other, "secret", name="Secret")
        make_lead(other, "secret")
    client.force_login(make_user(acme))
    assert "Secret" not in text(client, acme, "good", str(theirs.pk))
