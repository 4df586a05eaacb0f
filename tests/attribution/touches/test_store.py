"""Storing touches: bounded, the same one once, each where its values count."""

from datetime import UTC, datetime, timedelta

import pytest

from attribution import scope
from attribution.models import Campaign, Touchpoint
from attribution.touches.items import TouchItem
from attribution.touches.write import store
from attribution.utm import Captured
from tests.factories import make_company, make_lead

pytestmark = pytest.mark.django_db
CAME = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _scope(db):
    with scope.all_companies():
        yield


def touch(hours_before, campaign="", **raw):
    return TouchItem(CAME - timedelta(hours=hours_before), Captured(utm_campaign=campaign, **raw))


def hours_of(lead):
    times = Touchpoint.objects.filter(lead=lead).order_by("at", "pk").values_list("at", flat=True)
    return [round((CAME - at).total_seconds() / 3600) for at in times]


def test_a_touch_is_stored_once_however_often_it_is_sent():
    company = make_company()
    lead = make_lead(company)
    both = [touch(5, "spring", utm_source="x"), touch(1, click_ids={"gclid": "A"})]
    assert store(company, [(lead.pk, CAME, both)]) == (2, 0, 0)
    assert store(company, [(lead.pk, CAME, [*both, touch(2), touch(2)])]) == (1, 3, 0)
    first = Touchpoint.objects.order_by("at").first()
    assert (first.utm_campaign, first.utm_source, first.click_ids) == ("spring", "x", {})
    assert hours_of(lead) == [5, 2, 1]


def test_each_counts_where_its_values_do_and_makes_the_campaign_that_it_alone_names():
    company = make_company(new_campaigns_per_day=1)
    lead = make_lead(company)
    store(
        company,
        [(lead.pk, CAME, [touch(3, "Spring Sale"), touch(2, "Other"), touch(1, referrer="x.org")])],
    )
    places = [
        (one.reading.campaign and one.reading.campaign.key, one.reading.reason)
        for one in Touchpoint.objects.select_related("reading__campaign").order_by("at")
    ]
    assert places == [("spring sale", ""), (None, "flood"), (None, "referrer")]
    assert Campaign.objects.get(key="spring sale").discovered


def test_of_too_many_the_first_and_the_last_before_the_lead_stay():
    company = make_company()
    lead = make_lead(company)
    many = [touch(hours) for hours in range(-5, 60)]  # the last five came after the lead
    assert store(company, [(lead.pk, CAME, many)]) == (50, 0, 15)
    assert hours_of(lead) == [59, *range(48, -1, -1)]
    assert store(company, [(lead.pk, CAME, many)]) == (0, 50, 15)


def test_what_comes_in_parts_keeps_the_first_and_takes_the_last_as_long_as_there_is_room():
    company = make_company()
    lead = make_lead(company)
    store(company, [(lead.pk, CAME, [touch(hours) for hours in range(100, 130)])])
    assert store(company, [(lead.pk, CAME, [touch(hours) for hours in range(30)])]).new == 20
    assert hours_of(lead) == [*range(129, 99, -1), *range(19, -1, -1)]
    assert store(company, [(lead.pk, CAME, [touch(-1), touch(200)])]) == (0, 0, 2)


def test_touches_after_the_lead_get_the_room_that_is_left():
    company = make_company()
    lead = make_lead(company)
    many = [touch(hours) for hours in range(-20, 40)]
    assert store(company, [(lead.pk, CAME, many)]) == (50, 0, 10)
    assert hours_of(lead) == list(range(39, -11, -1))


def test_leads_of_one_batch_are_apart_and_outside_the_scope_nothing_is_stored():
    company = make_company()
    one, two = make_lead(company), make_lead(company)
    same = touch(1, "spring")
    assert store(company, [(two.pk, CAME, [same]), (one.pk, CAME, [same])]).new == 2
    assert hours_of(one) == hours_of(two) == [1]
    with scope.company_scope([]), pytest.raises(scope.OutOfCompanyScope):
        store(company, [(one.pk, CAME, [touch(9)])])
