"""An alert: one message when its figure is off, one when it is well, none where nothing is told."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product

import pytest
from django.core import mail
from django.utils import timezone

from attribution.models import Campaign, Membership
from reports import unusual
from reports.models import Alert, Delivery
from reports.sending import alerts
from reports.sending.judging import Finding
from reports.sending.rounds import send_due
from tests.factories import make_booking, make_lead, make_spend
from tests.reports.sending.conftest import STATE

QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)


def watch(view, **values):
    """Leads of March below 12; there are 13."""
    given = {"metric": "leads", "condition": "below", "threshold": 12}
    return Alert.objects.create(
        company=view.company,
        view=view,
        owner=view.owner,
        recipients=[view.owner.pk],
        **given | values,
    )


def look(alert):
    """As the tick does it; the state that it finds, and what it says."""
    send_due(alert.company)
    alert.refresh_from_db()
    return alert.state, alert.said


def test_one_message_when_it_is_off_and_one_when_it_is_well(march, view, clock):
    alert = watch(view, threshold=14)
    assert look(alert) == ("fired", "Leads is 13, below 14.")
    [sent] = mail.outbox
    assert sent.subject == f"Off: Leads in “Monday figures”, {march.name}"
    assert "Leads is 13, below 14." in sent.body
    assert "As of 1 Jun 2026, 14:00 Europe/Berlin." in sent.body
    for _ in range(8):
        clock.shift(QUARTER)
        assert look(alert)[0] == "fired"
    make_lead(march)
    assert look(alert)[0] == "fired"  # looked at a moment ago
    clock.shift(QUARTER)
    assert look(alert) == ("normal", "Leads is 14, not below 14.")
    assert [one.subject[:4] for one in mail.outbox] == ["Off:", "Well"]
    clock.shift(DAY)
    assert look(alert)[0] == "normal"
    assert len(mail.outbox) == 2


def test_what_was_never_off_is_not_told(march, view, clock):
    alert = watch(view)
    assert look(alert) == ("normal", "Leads is 13, not below 12.")
    assert mail.outbox == []


def campaign(key):
    return Campaign.objects.get(key=key)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        # Of 6 leads 3 were booked.
        ({"metric": "booked_rate", "condition": "below", "threshold": 60}, "fired"),
        ({"metric": "booked_rate", "condition": "above", "threshold": 50}, "normal"),
        ({"metric": "spend", "condition": "above", "threshold": 59}, "fired"),
        ({"metric": "cost_per_lead", "condition": "above", "threshold": 10}, "normal"),
    ],
)
def test_the_row_of_a_campaign_is_watched_whatever_the_view_groups_by(march, view, values, said):
    view.state = f"{STATE}&group=source"
    view.save()
    assert look(watch(view, campaign=campaign("spring"), **values))[0] == said


@pytest.mark.parametrize(
    ("key", "metric", "because"),
    [
        ("tiny", "booked_rate", "too few leads"),  # 1 of 1
        ("brand", "spend", "not known"),
        ("brand", "roi", "not known"),
    ],
)
def test_thin_and_unknown_figures_never_fire(march, view, key, metric, because):
    for condition, threshold in (("above", 0), ("below", 999)):
        alert = watch(
            view,
            campaign=campaign(key),
            metric=metric,
            condition=condition,
            threshold=threshold,
        )
        state, said = look(alert)
        assert state == "unknown"
        assert because in said
    assert mail.outbox == []


def test_a_campaign_without_anything_has_no_leads_and_nothing_else_is_known(march, view):
    view.state = "period=7d&compare=none"
    view.save()
    spring = campaign("spring")
    assert look(watch(view, campaign=spring)) == ("fired", "Leads is 0, below 12.")
    state, said = look(watch(view, campaign=spring, metric="spend", condition="below"))
    assert (state, said) == ("unknown", "The campaign has neither leads nor spend in the view.")
    view.state += "&channel=email"
    view.save()
    state, said = look(watch(view, campaign=spring))
    assert (state, said) == ("unknown", "The campaign is not among those of the view.")


def test_what_is_not_known_does_not_recover(march, view, clock):
    brand = campaign("brand")
    make_spend(march, "brand", 9_900)
    alert = watch(view, campaign=brand, metric="spend", condition="above", threshold=50)
    assert look(alert)[0] == "fired"
    Alert.objects.update(metric="cost_per_booked")  # 99 for one
    clock.shift(QUARTER)
    assert look(alert)[0] == "fired"
    march.thin_below = 10
    march.save()
    clock.shift(2 * DAY)
    assert look(alert) == ("fired", "Cost per booked is €99.00: too few leads to tell.")
    assert len(mail.outbox) == 1


def test_figures_whose_bookings_are_to_come_decide_only_what_time_cannot_undo(march, view):
    """These leads came yesterday, and most bookings take ten days."""
    for _ in range(20):
        old = make_lead(march, "spring", received_at=timezone.now() - 40 * DAY)
        make_booking(old, booked_at=old.received_at + 10 * DAY)
    for number in range(8):
        lead = make_lead(march, "spring", received_at=timezone.now() - DAY)
        if number < 4:
            make_booking(lead)
    view.state = "period=7d&compare=none"
    view.save()
    for condition, threshold in (("below", 90), ("above", 10)):
        alert = watch(view, metric="booked_rate", condition=condition, threshold=threshold)
        state, said = look(alert)
        assert state == "unknown"
        assert "still to come" in said
    assert look(watch(view, metric="leads", condition="above", threshold=7))[0] == "fired"


def test_up_and_down_in_an_hour_is_one_message_of_each_kind(march, view, clock, monkeypatch):
    alert, choice = watch(view), random.Random(7)
    off = False

    def now_and_then(_alert):
        return Finding(choice.choice([off, off, None]), "so")

    monkeypatch.setattr(alerts, "found", now_and_then)
    for _ in range(60):
        off = choice.random() < 0.5
        look(alert)
        clock.shift(QUARTER)
    told = list(Delivery.objects.order_by("due_at").values_list("key", "due_at"))
    kinds = [key.split()[0] for key, _due in told]
    assert len(told) > 10
    assert kinds == ["fired" if number % 2 == 0 else "normal" for number in range(len(kinds))]
    for kind in ("fired", "normal"):
        times = [due for key, due in told if key.startswith(kind)]
        assert all(b - a >= alerts.QUIET for a, b in pairwise(times))
    assert len(mail.outbox) == len(told)


def test_who_lost_the_right_is_told_nothing(march, view, clock):
    alert = watch(view, threshold=99)
    Membership.objects.filter(user=view.owner).delete()
    look(alert)
    assert mail.outbox == []
    assert not alert.active
    assert "may not see the report" in alert.paused_because


def test_a_message_that_waits_is_not_sent_once_the_right_is_lost(march, view, clock):
    watch(view, threshold=99)
    assert alerts.check(march, timezone.now()) == 1
    Membership.objects.filter(user=view.owner).delete()
    send_due(march)
    assert mail.outbox == []
    assert Delivery.objects.get().state == Delivery.State.SKIPPED


# Unusual


MONDAY = date(2026, 6, 1)


def weeks(*counts):
    return dict(zip(unusual.same_weekdays(MONDAY), counts, strict=False))


@pytest.mark.parametrize(
    ("counts", "range_"),
    [
        # The middle is 20, the root of it 4.47: from 20 − 13.4 to 20 + 13.4.
        ((20, 20, 20, 20, 20, 20, 20, 20), (7, 33)),
        ((20, 20, 20, 0, 20, 20, 500, 20), (7, 33)),  # two odd days move nothing
        # Distances from 30: 20, 10, 10, 0, 0, 10, 10, 20; their middle 10, times 3 × 1.4826.
        ((10, 20, 20, 30, 30, 40, 40, 50), (0, 74)),
        ((4, 4, 4, 4, 4, 4, 4, 4), None),  # too few to tell
    ],
)
def test_the_range_is_told_from_eight_weeks(counts, range_):
    found = unusual.expected(MONDAY, weeks(*counts), date(2020, 1, 1))
    assert (found and (found.low, found.high)) == range_


def test_days_before_the_first_lead_are_no_days():
    counts = weeks(20, 20, 20, 20, 20, 20)
    six, five = MONDAY - 6 * 7 * DAY, MONDAY - 5 * 7 * DAY
    assert unusual.expected(MONDAY, counts, six)
    assert unusual.expected(MONDAY, counts, five) is None
    assert unusual.expected(MONDAY, counts, None) is None


def test_a_day_without_leads_is_unusual_and_the_next_is_well_again(march, view, clock):
    """Sundays and Mondays have 10 leads of Spring, but the last Sunday has none."""
    for week, day in product(range(1, 9), (0, 1)):
        noon = datetime(2026, 6, 1, 12, tzinfo=UTC) - week * 7 * DAY - day * DAY
        for _ in range(10):
            make_lead(march, "spring", received_at=noon)
    view.state = "period=28d&compare=none"
    view.save()
    of_all = watch(view, condition="unusual", threshold=None)
    of_one = watch(view, condition="unusual", threshold=None, campaign=campaign("spring"))
    of_none = watch(view, condition="unusual", threshold=None, campaign=campaign("brand"))
    assert look(of_all) == ("fired", "Leads on Sun 31 May: 0, expected 1–19.")
    of_one.refresh_from_db()
    of_none.refresh_from_db()
    assert (of_one.state, of_one.said) == (of_all.state, of_all.said)
    assert of_none.state == "unknown"
    assert "too little is known" in of_none.said
    clock.shift(DAY)
    for _ in range(9):
        make_lead(march, "spring", received_at=timezone.now() - DAY)
    assert look(of_all) == ("normal", "Leads on Mon 1 Jun: 9, as expected (1–19).")
    assert [one.subject[:4] for one in mail.outbox] == ["Off:", "Off:", "Well", "Well"]
