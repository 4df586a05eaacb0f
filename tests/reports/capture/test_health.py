"""Capture health: what arrived by time and by reason, sums by hand, and the page."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from attribution import scope
from attribution.models import (
    DeliveryCount,
    IngestKey,
    Lead,
    Refusal,
    WaitingBooking,
    WebhookSource,
)
from reports.capture import quiet, reading
from reports.capture.home import columns, wrong
from reports.capture.reading import At
from tests.factories import make_company, make_lead, make_user

NOW = datetime(2026, 3, 20, 12, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


def lead(company, at, came_by="api", stated=None, **values):
    """A lead that arrived then."""
    with time_machine.travel(at, tick=False):
        return make_lead(
            company, received_at=stated or at, came_by=came_by, stated_at=stated, **values
        )


def refusal(company, at, why="invalid", state="waiting", **values):
    return Refusal.objects.create(
        company=company,
        came_by="api",
        what="lead",
        why=why,
        state=state,
        arrived_at=at,
        **values,
    )


def test_what_arrived_adds_up_by_time_and_by_reason(company):
    lead(company, NOW - HOUR)
    lead(company, NOW - HOUR, "snippet", kind="bot", stated=NOW - 3 * HOUR)
    lead(company, NOW - 30 * HOUR, "webhook:form", kind="test")
    lead(company, NOW - HOUR, "import")
    lead(company, NOW - timedelta(days=40))  # long ago
    refusal(company, NOW - HOUR)
    refusal(company, NOW - 2 * HOUR, "not_mapped", "dismissed")
    refusal(company, NOW - 2 * HOUR, state="stored")  # it is a lead by now
    hour = (NOW - HOUR).replace(minute=0)
    for what, number in (("repeated", 5), ("over_rate", 7), ("unknown", 2)):
        DeliveryCount.objects.create(
            company=company, came_by="api", hour=hour, what=what, number=number
        )
    health = reading.read(company, NOW)
    assert health.by_time == At(counted=1, excluded=2, refused=4)
    assert (health.counted, health.excluded, health.refused) == (1, 2, 4)
    assert health.holds
    assert (health.repeated, health.over_rate, health.not_kept) == (5, 7, 2)
    assert dict(health.by_hand) == {"import": 1}
    assert health.reasons == {"invalid": 1, "not_mapped": 1}
    assert [way.came_by for way in health.ways] == ["api", "snippet", "webhook:form"] or [
        way.came_by for way in health.ways
    ] == ["snippet", "api", "webhook:form"]
    by_hour = dict(reading.hours(health))
    assert by_hour[hour] == At(1, 1, 3)
    assert by_hour[(NOW - 30 * HOUR).replace(minute=0)] == At(0, 1, 0)
    assert len(by_hour) == 48
    by_day = reading.days(health)
    assert len(by_day) == 28
    assert by_day[date(2026, 3, 20)] == At(1, 1, 4)
    assert sum(by_day.values(), At()) == health.by_time


def test_days_are_those_of_the_companys_zone(company):
    """Midnight in Kathmandu is at a quarter past six in the evening (UTC)."""
    company.timezone = "Asia/Kathmandu"
    company.save()
    midnight = datetime(2026, 3, 19, tzinfo=ZoneInfo("Asia/Kathmandu"))
    lead(company, midnight - timedelta(seconds=1))
    lead(company, midnight)
    by_day = reading.days(reading.read(company, NOW))
    assert by_day[date(2026, 3, 18)] == At(1)
    assert by_day[date(2026, 3, 19)] == At(1)


def test_clocks_stand_in_bands(company):
    minutes = timedelta(minutes=1)
    for late in (-11, -10, 0, 10, 11, 60, 61, 1440, 1441):
        lead(company, NOW, stated=NOW - late * minutes)
    lead(company, NOW)
    assert dict(reading.read(company, NOW).bands) == {
        "ahead": 1,
        "within": 3,
        "hour": 2,
        "day": 2,
        "later": 1,
        "not stated": 1,
    }


def test_of_very_many_leads_fewer_days_are_shown(company, monkeypatch):
    monkeypatch.setattr(reading, "MOST_LEADS", 2)
    for days in (0, 1, 2, 3):
        lead(company, NOW - timedelta(days=days))
    health = reading.read(company, NOW)
    assert health.is_cut
    assert health.since == datetime(2026, 3, 18, 13, tzinfo=UTC)
    assert health.by_time == At(2)
    assert health.holds


@pytest.mark.on_sqlite
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.integers(0, 40 * 24 * 60),
            st.sampled_from(["api", "snippet", "webhook:x", "import", "admin", ""]),
            st.sampled_from(Lead.Kind.values),
        ),
        max_size=6,
    ),
    st.lists(
        st.tuples(st.integers(0, 40 * 24 * 60), st.sampled_from(Refusal.State.values)), max_size=4
    ),
)
def test_both_ways_of_counting_always_meet(company, leads, refusals):
    Refusal.objects.filter(company=company).delete()
    with scope.all_companies():
        company = make_company()
        for minutes, came_by, kind in leads:
            lead(company, NOW - timedelta(minutes=minutes), came_by, kind=kind)
        for minutes, state in refusals:
            refusal(company, NOW - timedelta(minutes=minutes), state=state)
        health = reading.read(company, NOW)
    start = NOW.replace(hour=0, minute=0) - timedelta(days=27)
    within = [one for one in leads if NOW - timedelta(minutes=one[0]) >= start]
    sent = [one for one in within if one[1] not in ("import", "admin", "")]
    assert health.holds
    assert sum(health.kinds.values()) == len(sent)
    assert sum(health.by_hand.values()) == len(within) - len(sent)


# Quiet


def every(company, gap, last, number):
    for n in range(number):
        lead(company, last - n * gap)


def test_a_day_without_a_lead_is_an_alarm_where_one_comes_every_hour(company):
    every(company, HOUR, NOW - 26 * HOUR, 12)
    found = quiet.of_health(reading.read(company, NOW))
    assert found == quiet.Quiet(26 * HOUR, HOUR)
    assert quiet.of_health(reading.read(company, NOW - 3 * HOUR)) is None


def test_a_few_leads_a_week_make_no_alarm_on_a_weekend():
    day = timedelta(days=1)
    assert quiet.judge(NOW, NOW - 3 * day, NOW - 13 * day, 20) is None
    assert quiet.judge(NOW, NOW - 9 * day, NOW - 19 * day, 20) is not None
    assert quiet.judge(NOW, NOW - 9 * day, NOW - 19 * day, 5) is None  # too few to know


def test_silence_in_hours_that_were_busy_in_the_weeks_before_is_an_alarm(company):
    """Ten leads an hour in the last weeks at this time, and none for three hours."""
    last = NOW.replace(hour=8, minute=50)
    lead(company, last)
    for week in (1, 2, 3):
        for hour in (9, 10, 11):
            for minute in (5, 20, 35, 50):
                lead(company, NOW.replace(hour=hour, minute=minute) - timedelta(weeks=week))
    lead(company, NOW - timedelta(days=26))
    found = quiet.of_health(reading.read(company, NOW))
    assert found is not None
    assert found.silence == NOW - last


def test_the_home_page_says_what_is_wrong(company):
    with time_machine.travel(NOW, tick=False):

        def said():
            found = type(company).objects.filter(pk=company.pk).values_list(*columns(company))
            return [one.text for one in wrong(company, found.get())]

        assert said() == []
        every(company, timedelta(minutes=10), NOW - 26 * HOUR, 51)
        refusal(company, NOW)
        WaitingBooking.objects.create(
            company=company,
            external_id="B",
            lead_external_id="L",
            status="booked",
            came_by="api",
            arrived_at=NOW - timedelta(days=2),
        )
        assert said() == [
            "without a lead; usually one comes every 10 min",
            "event was refused and nobody has looked at it",
            "booking has waited for its lead for more than a day",
        ]


# The page


@pytest.fixture
def busy(company):
    """A company with everything that the page can show."""
    now = datetime.now(UTC)
    key = IngestKey.objects.create(
        company=company,
        name="Shop",
        prefix="cpi_abc",
        digest="x",
        expires_at=now + timedelta(days=3),
        last_used_at=now,
    )
    for n in range(12):
        at = now - n * HOUR
        lead(company, at, stated=at + timedelta(minutes=30), key=key)
    lead(company, now - HOUR, "webhook:form", kind="bot")
    refusal(company, now, field="email", payload='{"email": "anna@example.org"}')
    WaitingBooking.objects.create(
        company=company,
        external_id="B",
        lead_external_id="L",
        status="booked",
        came_by="api",
        arrived_at=now - timedelta(days=2),
    )
    WebhookSource.objects.create(company=company, name="form", digest="y", last_used_at=now)
    return company


@pytest.mark.on_sqlite
def test_the_page_shows_it_in_few_queries(client, busy, django_assert_max_num_queries):
    client.force_login(make_user(busy, "company_admin"))
    with django_assert_max_num_queries(15):
        answer = client.get(reverse("reports:capture"))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert len(answer.content) <= 60_000
    for words in (
        "12 counted + 1 excluded + 1 refused = 14 received ✓",
        "Key “Shop”: expires in",
        "1 event was refused and nobody has looked at it.",
        "1 booking waits for its lead, since 2 days ago.",
        "12 leads were sent with a time of more than ten minutes ahead",
        "HTTP ingest · Shop",
        "Webhook form",
    ):
        assert words in text, words
    assert "anna@" not in text


def test_each_number_is_that_of_the_list_it_leads_to(client, company):
    """To the very rule, and to the minute of arrival; what came by files is in none of them."""
    now = datetime.now(UTC)
    rules = ("rule:bot:email:7", "rule:bot:email:8", "honeypot")
    for reason in (*rules, rules[0]):
        lead(company, now - HOUR, kind="bot", kind_reason=reason)
    lead(company, now - HOUR, stated=now - timedelta(days=60))  # long ago, as its sender says
    for elsewhere in ({"came_by": "import"}, {"came_by": "admin", "kind": "bot"}):
        lead(company, now - HOUR, **elsewhere)
    lead(company, now - timedelta(days=40), kind="bot", kind_reason=rules[0])
    refusal(company, now)
    refusal(company, now, state="dismissed")
    for state, at in (("stored", now), ("waiting", now - timedelta(days=40))):
        refusal(company, at, state=state)
    client.force_login(make_user(company, "company_admin"))
    page = client.get(reverse("reports:capture"))
    found = {}
    for _title, rows, _total in page.context["sums"]:
        for label, number, url in rows:
            listed = client.get(url).context["cl"]
            assert str(listed.result_count) == number, url
            found[label] = number
    assert found["Bot: Rule 7: E-mail address is …"] == "2"
    assert found["Bot: Rule 8: E-mail address is …"] == "1"
    assert found["Primary"] == "1"
    assert len(found) == 5
    for nonsense in ("sent=2", "arrived=yesterday", "arrived=0001-01-01T00:00:00%2B00:00", "why=x"):
        url = f"{reverse('admin:attribution_lead_changelist')}?{nonsense}"
        assert client.get(url).context["cl"].result_count == 0


@pytest.mark.parametrize(("role", "status"), [("owner", 200), ("utm_admin", 200), ("viewer", 403)])
def test_who_may_look(client, company, role, status):
    client.force_login(make_user(company, role))
    assert client.get(reverse("reports:capture")).status_code == status


def test_nothing_yet_is_said(client, company):
    client.force_login(make_user(company, "company_admin"))
    text = client.get(reverse("reports:capture")).content.decode()
    assert "Nothing was sent by a program in this time." in text
    assert "0 counted + 0 excluded + 0 refused = 0 received ✓" in text
