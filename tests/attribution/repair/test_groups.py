"""The repair queue: which leads stand in it, as which groups, in which order."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attribution import scope
from attribution.models import Lead, Reading
from attribution.repair import groups as queue
from attribution.repair.intents import DISCOVERED, GroupKey
from attribution.suggest import Likeness
from tests.factories import make_booking, make_campaign, make_company, make_lead


def lead_on(company, day, campaign="", **values):
    received = datetime(2026, 3, day, 12, tzinfo=UTC)
    return make_lead(company, campaign, received_at=received, **values)


def keys(found):
    return [group.key for group in found]


def test_leads_without_values_are_no_part_of_it(db, company):
    assert queue.groups(company) == []
    assert queue.numbers([company]) == {}
    assert queue.numbers([]) == {}


def test_one_group_of_each_kind(company):
    lead_on(company, 1, "Sommer Sale", utm_source="google", utm_medium="cpc")
    lead_on(company, 1, "{{campaign.name}}", utm_source="fb")
    lead_on(company, 1, "a", landing_page="https://e.org/?utm_campaign=a&utm_campaign=b")
    lead_on(company, 1, utm_source="News", utm_medium="email")
    lead_on(company, 1, click_ids={"gclid": "Ab1"})
    lead_on(company, 1, referrer="https://example.org/")
    lead_on(company, 1)
    found = queue.groups(company)
    assert set(keys(found)) == {
        GroupKey(DISCOVERED, "sommer sale"),
        GroupKey("broken_tag", "{{campaign.name}}"),
        GroupKey("ambiguous", "a"),
        GroupKey("no_campaign", "", "news", "email"),
        GroupKey("click_id", ""),
        GroupKey("referrer", ""),
        GroupKey("direct", ""),
    }
    assert queue.numbers([company]) == {company.pk: 7}


def test_spellings_that_are_one_when_tidy_are_one_group(company):
    for medium in ("CPC", "cpc ", " Cpc"):
        lead_on(company, 1, utm_source="google", utm_medium=medium)
    for campaign in ("Sommer", "SOMMER", "sommer "):
        lead_on(company, 1, campaign)
    found = queue.groups(company)
    assert keys(found) == [
        GroupKey("discovered", "sommer"),
        GroupKey("no_campaign", "", "google", "cpc"),
    ]
    assert [group.leads for group in found] == [3, 3]


def test_a_group_says_how_many_leads_and_bookings_it_has_and_when(company):
    booked = lead_on(company, 4, "sommer", utm_source="google", utm_medium="cpc")
    make_booking(booked)
    lead_on(company, 9, "sommer", utm_source="google", utm_medium="cpc")
    lead_on(company, 2, "sommer", utm_source="bing", utm_medium="cpc")
    (group,) = queue.groups(company)
    assert (group.leads, group.booked) == (3, 1)
    assert (group.first, group.last) == (date(2026, 3, 2), date(2026, 3, 9))
    assert group.sources == (("google", "cpc"), ("bing", "cpc"))
    assert group.campaign.name == "sommer"


def test_leads_that_are_not_counted_make_no_group(company):
    lead_on(company, 1, "robots", kind="bot")
    lead_on(company, 1, "sommer")
    lead_on(company, 8, "sommer", kind="test")
    (group,) = queue.groups(company)
    assert (group.key.campaign, group.leads, group.last) == ("sommer", 1, date(2026, 3, 1))
    assert queue.numbers([company]) == {company.pk: 1}


def test_what_a_person_has_looked_at_is_no_part_of_it(company):
    make_campaign(company, "sommer")
    lead_on(company, 1, "sommer")
    corrected = lead_on(company, 1, utm_source="news")
    Lead.objects.filter(pk=corrected.pk).update(corrected=True)
    Lead.objects.create(
        company=company,
        external_id="entered",
        received_at=corrected.received_at,
        utm_source="letter",
        campaign=make_campaign(company, "winter"),
    )
    lead_on(company, 1, utm_source="y", unattributed_reason="by_person")
    assert queue.groups(company) == []
    assert queue.numbers([company]) == {}


def test_what_a_rule_or_a_person_has_settled_is_no_part_of_it(company):
    lead_on(company, 1, utm_source="ruled")
    lead_on(company, 1, utm_source="pinned")
    lead_on(company, 1, utm_source="open")
    Reading.objects.filter(source_key="ruled").update(campaign_rule=1)
    Reading.objects.filter(source_key="pinned").update(pin=1)
    assert keys(queue.groups(company)) == [GroupKey("no_campaign", "", "open", "")]
    assert queue.numbers([company]) == {company.pk: 1}


class TestOrder:
    @pytest.fixture(autouse=True)
    def _leads(self, company):
        make_campaign(company, "autumn_clearance", name="Autumn clearance")
        for day in (1, 2, 3, 4):
            lead_on(company, day)  # direct: nothing to go by
        for day in (1, 2):
            lead_on(company, day, utm_source="news", utm_medium="email")
        make_booking(lead_on(company, 8, utm_source="letter", utm_medium="email"))
        lead_on(company, 9, utm_source="letter", utm_medium="email")
        lead_on(company, 1, "autum_clearnce")

    def test_by_gain_suggestions_come_first_and_groups_without_any_clue_last(self, company):
        assert keys(queue.groups(company)) == [
            GroupKey(DISCOVERED, "autum_clearnce"),
            GroupKey("no_campaign", "", "letter", "email"),  # as many leads, more of them booked
            GroupKey("no_campaign", "", "news", "email"),
            GroupKey("direct", ""),
        ]

    @pytest.mark.parametrize(
        ("sort", "first"), [("leads", "direct"), ("booked", "no_campaign"), ("last", "no_campaign")]
    )
    def test_by_what_else_is_asked(self, company, sort, first):
        assert queue.groups(company, sort=sort)[0].key.why == first

    def test_one_kind_alone(self, company):
        assert keys(queue.groups(company, why="direct")) == [GroupKey("direct", "")]


class TestSuggestions:
    def test_a_slip_of_typing_is_offered_with_how_alike_it_is(self, company):
        campaign = make_campaign(company, "autumn_clearance", name="Autumn clearance")
        lead_on(company, 1, "autum_clearnce")
        (group,) = queue.groups(company)
        assert group.offer.campaign == campaign.pk
        assert (group.offer.name, group.offer.likeness) == ("Autumn clearance", Likeness.SLIP)

    @pytest.mark.parametrize("value", ["sale_2025_q4", "sale_2026_q3", "sale_2026_q4_us"])
    def test_nothing_is_offered_across_a_period_or_region(self, company, value):
        make_campaign(company, "sale_2026_q4")
        lead_on(company, 1, value)
        (group,) = queue.groups(company)
        assert group.offer is None

    def test_a_campaign_is_known_by_its_name_too(self, company):
        make_campaign(company, "c-4711", name="Wellness weekend")
        lead_on(company, 1, "wellness-weekend")
        (group,) = queue.groups(company)
        assert (group.offer.name, group.offer.percent) == ("Wellness weekend", 100)

    def test_discovered_and_withdrawn_campaigns_are_never_offered(self, company):
        make_campaign(company, "autumn_clearance", withdrawn=True)
        make_campaign(company, "winter_clearing", discovered=True)
        lead_on(company, 1, "autumn_clearence")
        lead_on(company, 1, "winter_cleering")
        assert [group.offer for group in queue.groups(company)] == [None, None]

    def test_the_other_company_has_no_say(self, company):
        with scope.all_companies():
            make_campaign(make_company(), "autumn_clearance")
        lead_on(company, 1, "autum_clearnce")
        (group,) = queue.groups(company)
        assert group.offer is None

    def test_which_of_two_named_campaigns_was_meant_is_not_guessed(self, company):
        make_campaign(company, "a-long-name")
        link = "https://e.org/?utm_campaign=a-long-name&utm_campaign=b"
        lead_on(company, 1, "a-long-name", landing_page=link)
        (group,) = queue.groups(company)
        assert (group.key.why, group.offer) == ("ambiguous", None)

    def test_of_many_groups_the_largest_get_one(self, company, monkeypatch):
        monkeypatch.setattr(queue, "MOST_OFFERS", 1)
        make_campaign(company, "autumn_clearance")
        make_campaign(company, "winter_sports_days")
        lead_on(company, 1, "autum_clearance")
        for day in (1, 2):
            lead_on(company, day, "winter_sport_days")
        first, second = queue.groups(company)
        assert first.key.campaign == "winter_sport_days"
        assert first.offer
        assert second.offer is None


class TestSamples:
    def test_the_pages_of_the_latest_leads_without_their_parameters(self, company):
        for day, page in ((1, "old"), (2, "termin"), (3, "aligner")):
            link = f"https://e.org/{page}?utm_campaign=sommer&mail=a@b.org"
            lead_on(company, day, "sommer", landing_page=link)
        found = queue.groups(company)
        assert queue.samples(company, found) == {
            found[0].key: ["https://e.org/aligner", "https://e.org/termin"]
        }

    def test_a_page_is_named_once_and_an_address_never(self, company):
        lead_on(company, 1, "sommer", utm_source="a", landing_page="https://e.org/x?y=1")
        lead_on(company, 2, "sommer", utm_source="b", landing_page="https://e.org/x?y=2")
        lead_on(company, 2, "winter", landing_page="https://e.org/me@e.org/")
        found = queue.groups(company)
        assert queue.samples(company, found) == {
            GroupKey(DISCOVERED, "sommer"): ["https://e.org/x"],
            GroupKey(DISCOVERED, "winter"): [],
        }

    def test_without_groups_there_are_none(self, company):
        assert queue.samples(company, []) == {}


def test_the_number_of_queries_does_not_grow_with_the_groups(company):
    def asked():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            queue.samples(company, queue.groups(company))
            queue.numbers([company])
        return len(queries)

    make_campaign(company, "autumn_clearance")
    lead_on(company, 1, "first-name")
    few = asked()
    for number in range(30):
        lead_on(company, 1, f"name-{number}", utm_source=f"source-{number % 7}")
    assert asked() == few <= 7


def test_several_companies_are_counted_at_once(company):
    with scope.all_companies():
        other = make_company()
        lead_on(company, 1, "a")
        lead_on(other, 1, "a")
        lead_on(other, 1, "b")
        assert queue.numbers([company, other, make_company()]) == {company.pk: 1, other.pk: 2}
