"""What is sent becomes leads: each once, as captured, in the place that its values name."""

from datetime import UTC, datetime, timedelta

import pytest

from attribution import scope
from attribution.capture.doors import Door
from attribution.capture.items import Refused, read_lead
from attribution.capture.store import take_leads
from attribution.models import Campaign, Lead, Reading
from tests.factories import make_campaign, make_company, make_lead

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DOOR = Door("api", NOW)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everything_in_scope():
    with scope.all_companies():
        yield


@pytest.fixture
def company():
    return make_company(timezone="Europe/Berlin")


def sent(id="L-1", **fields):
    return read_lead({"id": id, **fields})


def take(company, *items, door=DOOR):
    return take_leads(company, door, list(items))


def statuses(taken):
    return [one.status for one in taken]


def test_a_lead_counts_for_the_campaign_it_names(company):
    campaign = make_campaign(company, "spring sale")
    assert statuses(take(company, sent(utm_source="Google", utm_campaign="Spring%20Sale"))) == [
        "stored"
    ]
    lead = Lead.objects.get()
    assert (lead.campaign, lead.unattributed_reason) == (campaign, "")
    assert (lead.utm_campaign, lead.source) == ("Spring%20Sale", "google")
    assert (lead.received_at, lead.created_at, lead.stated_at) == (NOW, NOW, None)
    assert (lead.came_by, lead.key, lead.kind) == ("api", None, "primary")


def test_it_is_the_same_row_that_the_form_would_have_made(company):
    fields = {
        "utm_source": "Mail ",
        "utm_medium": "e-mail",
        "utm_campaign": "Spring",
        "utm_content": "Top",
        "click_ids": {"gclid": "AbC"},
        "landing_page": "https://example.com/?x=1",
        "country": "DE",
    }
    take(company, sent("sent", received_at="2026-03-01T23:30:00Z", **fields))
    made = make_lead(
        company,
        "Spring",
        external_id="made",
        received_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC),
        **{name: value for name, value in fields.items() if name != "utm_campaign"},
    )
    taken = Lead.objects.get(external_id="sent")
    other = {"id", "external_id", "created_at", "stated_at", "came_by", "key", "channel", "origin"}
    for column in Lead._meta.concrete_fields:
        if column.name not in other:
            assert getattr(taken, column.attname) == getattr(made, column.attname), column.name
    assert str(taken.day) == "2026-03-02"


def test_a_lead_that_comes_again_changes_nothing(company):
    take(company, sent(utm_campaign="one"))
    again, otherwise = take(company, sent(utm_campaign="one")), take(company, sent())
    assert statuses(again + otherwise) == ["repeated", "repeated"]
    assert [one.differs for one in again + otherwise] == [False, True]
    assert Lead.objects.get().utm_campaign == "one"


def test_twice_in_one_batch_is_once(company):
    taken = take(company, sent("a"), sent("b"), sent("a"))
    assert statuses(taken) == ["stored", "stored", "repeated"]
    assert Lead.objects.count() == 2


def test_without_an_id_each_is_a_lead_of_its_own(company):
    taken = take(company, sent(""), sent(""))
    assert statuses(taken) == ["stored", "stored"]
    assert {one.id for one in taken} == set(Lead.objects.values_list("external_id", flat=True))


def test_new_names_make_campaigns_until_the_day_is_full(company):
    company.new_campaigns_per_day = 2
    company.save()
    items = [sent(str(n), utm_campaign=f"new {n % 3}") for n in range(6)]
    take(company, *items)
    assert sorted(Campaign.objects.values_list("key", flat=True)) == ["new 0", "new 1"]
    reasons = list(Lead.objects.order_by("pk").values_list("external_id", "unattributed_reason"))
    assert sorted(reasons) == [
        ("0", ""),
        ("1", ""),
        ("2", "flood"),
        ("3", ""),
        ("4", ""),
        ("5", "flood"),
    ]
    assert Reading.objects.count() == 3


def test_a_repeat_makes_no_campaign(company):
    take(company, sent())
    take(company, sent(utm_campaign="typed later"))
    assert not Campaign.objects.exists()


def test_what_the_sender_states_is_kept_beside_the_arrival(company):
    take(company, sent("late", received_at="2026-02-27T10:00:00+02:00"))
    take(company, sent("ahead", received_at="2026-03-02T12:11:00Z"))
    take(company, sent("nearly", received_at="2026-03-02T12:09:00Z"))
    late, ahead, nearly = (Lead.objects.get(external_id=id) for id in ("late", "ahead", "nearly"))
    assert late.received_at == late.stated_at == datetime(2026, 2, 27, 8, tzinfo=UTC)
    assert {lead.created_at for lead in (late, ahead, nearly)} == {NOW}
    assert (late.ahead, ahead.ahead, nearly.ahead) == (False, True, False)
    assert ahead.received_at == NOW + timedelta(minutes=11)


def test_the_values_of_the_landing_page_speak_where_no_others_were_sent(company):
    link = "https://example.com/?utm_source=fb&utm_campaign=one&gclid=X"
    take(company, sent("link", landing_page=link), sent("own", landing_page=link, utm_source="y"))
    link, own = (Lead.objects.get(external_id=id) for id in ("link", "own"))
    assert (link.utm_source, link.utm_campaign, link.click_ids) == ("fb", "one", {"gclid": "X"})
    assert (own.utm_source, own.utm_campaign, own.click_ids) == ("y", "", {})


def test_companies_do_not_meet(company):
    other = make_company()
    take(company, sent("same", utm_campaign="one"))
    assert statuses(take(other, sent("same", utm_campaign="one"))) == ["stored"]
    assert set(Lead.objects.values_list("company", "campaign__company")) == {
        (company.pk, company.pk),
        (other.pk, other.pk),
    }


@pytest.mark.parametrize(
    ("fields", "field", "why"),
    [
        ({"utm_campain": "x"}, "utm_campain", "invalid"),
        ({"company": 1}, "company", "invalid"),
        ({"id": 1}, "id", "invalid"),
        ({"name": True}, "name", "invalid"),
        ({"email": ["a"]}, "email", "invalid"),
        ({"hot": "yes"}, "hot", "invalid"),
        ({"kind": "hot"}, "kind", "invalid"),
        ({"received_at": "2026-03-02"}, "received_at", "invalid"),
        ({"received_at": "2026-03-02T10:00:00"}, "received_at", "invalid"),
        ({"received_at": "9999-12-31T23:59:59-12:00"}, "received_at", "invalid"),
        ({"utm_source": "x" * 501}, "utm_source", "too_long"),
        ({"landing_page": "x" * 2001}, "landing_page", "too_long"),
        ({"click_ids": {"utm": "x"}}, "click_ids.utm", "invalid"),
        ({"click_ids": "gclid"}, "click_ids", "invalid"),
        ({"touches": [{}]}, "touches.0.at", "invalid"),
        ({"touches": [{}] * 51}, "touches", "too_long"),
        ({"booking": {"status": "booked"}}, "booking.id", "invalid"),
        ({"booking": {"id": "B", "lead": "L"}}, "booking.lead", "invalid"),
        ({"booking": {"id": "B", "value": 1.5}}, "booking.value", "invalid"),
        ({"booking": {"id": "B", "value": "-1"}}, "booking.value", "invalid"),
        ({"booking": {"id": "B", "currency": "XYZ"}}, "booking.currency", "invalid"),
    ],
)
def test_a_wrong_value_is_refused_by_its_name(fields, field, why):
    with pytest.raises(Refused) as refused:
        sent(**fields)
    assert (refused.value.field, refused.value.why) == (field, why)


def test_what_nothing_can_store_is_left_out_and_said():
    item = sent(name="A\x00n\ud800na", utm_source="x\u202ey")
    assert (item.name, item.captured.utm_source) == ("Anna", "x\u202ey")
    assert item.notes == ("name: characters that nothing can store were left out",)


def test_of_many_at_once_all_or_none_is_stored(company, monkeypatch):
    def fail(*args):
        raise RuntimeError

    monkeypatch.setattr("attribution.capture.bookings.settle_waiting", fail)
    with pytest.raises(RuntimeError):
        take(company, *(sent(str(n), utm_campaign="one") for n in range(3)))
    assert not Lead.objects.exists()
    assert not Campaign.objects.exists()


def test_a_large_batch_is_one_statement(company, django_assert_max_num_queries):
    take(company, sent("first", utm_campaign="one"))
    items = [sent(str(n), utm_campaign="one") for n in range(500)]
    with django_assert_max_num_queries(12):
        assert set(statuses(take(company, *items))) == {"stored"}
    assert Lead.objects.count() == 501


def test_the_arrival_is_that_of_the_door(company):
    take(company, sent("x"), door=DOOR._replace(at=NOW + timedelta(days=1)))
    assert Lead.objects.get().received_at == NOW + timedelta(days=1)
