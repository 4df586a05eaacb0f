"""Finding the campaign of a lead, floods of new names, and erasing a person."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection
from django.db.models import ProtectedError
from django.db.transaction import atomic, set_rollback

from attribution import scope
from attribution.models import Campaign, Lead
from attribution.placing import Placer
from attribution.privacy.erasing import erase_person
from attribution.utm import KEY_LIMIT, Captured, read
from tests.factories import make_booking, make_campaign, make_company, make_lead, make_leads

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
TUESDAY = datetime(2026, 3, 3, 12, tzinfo=UTC)


def test_an_unknown_name_makes_a_campaign_marked_discovered(company):
    lead = make_lead(company, "Spring%20Sale", utm_source="Facebook", utm_medium="cpc")
    campaign = lead.campaign
    assert (campaign.key, campaign.name) == ("spring sale", "spring sale")
    assert campaign.discovered
    assert campaign.channel == "paid_social"
    assert campaign.first_lead_on == date(2026, 3, 2)
    assert lead.unattributed_reason == ""


def test_a_known_name_is_found_however_it_is_written(company):
    campaign = make_campaign(company, "Spring Sale", name="Spring")
    leads = [make_lead(company, name) for name in ("SPRING SALE", "spring+sale", "spring%20sale")]
    assert {lead.campaign_id for lead in leads} == {campaign.pk}
    campaign.refresh_from_db()
    assert (campaign.name, campaign.discovered) == ("Spring", False)


@pytest.mark.parametrize("name", ["a%252Bb", "100%2525", "％20x", "a＋b", "c++", "%2520x"])
def test_a_name_that_was_encoded_twice_is_one_campaign_for_all_its_leads(company, name):
    first, second = make_lead(company, name), make_lead(company, name)
    assert first.campaign_id == second.campaign_id
    assert first.campaign_key == first.campaign.key
    first.campaign.save()
    assert make_lead(company, name).campaign_id == first.campaign_id


def test_a_lead_keeps_its_campaign_when_a_new_campaign_comes(company):
    lead = make_lead(company)
    make_campaign(company, "spring")
    lead.refresh_from_db()
    assert lead.campaign is None
    assert lead.unattributed_reason == "direct"


def test_an_archived_campaign_still_takes_its_leads(company):
    campaign = make_campaign(company, "spring", status="archived")
    assert make_lead(company, "Spring").campaign == campaign


@pytest.mark.django_db
def test_another_company_has_campaigns_of_its_own():
    with scope.all_companies():
        lead, other = (make_lead(make_company(), "spring") for _ in range(2))
        assert lead.campaign_id != other.campaign_id
        assert lead.campaign.company_id == lead.company_id


def test_a_flood_of_new_names_stays_unattributed_and_known_names_do_not(company):
    company.new_campaigns_per_day = 2
    company.save()
    known = make_campaign(company, "known")
    leads = [make_lead(company, name) for name in ("a", "b", "c", "known", "a")]
    assert [lead.unattributed_reason for lead in leads] == ["", "", "flood", "", ""]
    assert leads[3].campaign == known
    assert leads[2].campaign_key == "c"  # the name is kept
    assert make_lead(company, "c", received_at=TUESDAY).campaign.key == "c"
    assert Campaign.objects.count() == 4


def test_the_flood_guard_counts_the_day_that_the_leads_were_received(company):
    company.new_campaigns_per_day = 1
    company.save()
    placer = Placer(company)

    def reason(name, at, placer=placer):
        found = read(Captured(utm_campaign=name))
        return placer.reading(found, at.date()).captured_reason

    assert reason("a", MONDAY) == ""
    assert reason("b", MONDAY) == "flood"
    assert reason("b", TUESDAY) == ""
    assert reason("c", MONDAY, Placer(company)) == "flood"


def test_a_placer_asks_once_for_what_is_there(company, django_assert_num_queries):
    found = [read(Captured(utm_campaign=name)) for name in "abc"]
    for one in found:
        Placer(company).reading(one, MONDAY.date())
    with django_assert_num_queries(3):
        placer = Placer(company)
        readings = [placer.reading(one, MONDAY.date()) for one in found * 2]
    assert readings[:3] == readings[3:]


def test_a_lead_that_comes_alone_asks_little(company, django_assert_max_num_queries):
    with django_assert_max_num_queries(23):
        make_lead(company, "spring")
    with django_assert_max_num_queries(7):
        make_lead(company, "spring")


def test_leads_that_come_together_ask_once(company, django_assert_max_num_queries):
    with django_assert_max_num_queries(25):
        leads = make_leads(company, [{"utm_campaign": name} for name in ("spring", "") * 20])
    assert {lead.campaign and lead.campaign.key for lead in leads} == {"spring", None}
    with pytest.raises(IntegrityError), atomic():
        make_leads(company, [{"utm_campaign": "new", "external_id": "same"}] * 2)
    assert make_lead(company, "new").campaign == Campaign.objects.get(key="new")


def test_leads_whose_storing_failed_can_be_stored_again(company):
    leads = [Lead(company=company, external_id="one", received_at=MONDAY, utm_campaign="spring")]
    with atomic():
        Lead.objects.bulk_create(leads)
        set_rollback(True)
    [again] = make_leads(company, [{"utm_campaign": "spring"}])
    assert again.campaign == Campaign.objects.get()
    assert leads[0].placer is None


def test_a_reading_that_somebody_else_makes_in_this_moment_is_as_good(company, monkeypatch):
    found = read(Captured(utm_campaign="a"))
    theirs = Placer(company).reading(found, MONDAY.date())
    mine, answers = Placer(company), [None, theirs]  # not there when asked, but when it is made
    monkeypatch.setattr(mine, "_known", lambda *__: answers.pop(0))
    assert (mine.reading(found, MONDAY.date()), answers) == (theirs, [])


def test_no_new_campaigns_at_all_may_be_wanted(company):
    company.new_campaigns_per_day = 0
    company.save()
    assert make_lead(company, "spring").unattributed_reason == "flood"


def test_a_very_long_name_makes_a_campaign(company):
    lead = make_lead(company, "x" * KEY_LIMIT)
    assert (lead.campaign.key, lead.campaign.name) == ("x" * KEY_LIMIT, "x" * 200)


def test_erasing_persons_leaves_every_total_and_no_trace_in_the_table(company):
    person = {"name": "Erika Beispiel", "email": "erika@example.com", "phone": "+49 30 5550100"}
    link = "https://acme.test/offer?email=erika@example.com&utm_campaign=spring#erika"
    lead = make_lead(company, "spring", landing_page=link, **person)
    other = make_lead(company, "spring", name="Max Muster")
    make_booking(lead, "completed", 5000)
    assert erase_person([lead]) == 1
    lead.refresh_from_db()
    other.refresh_from_db()
    assert (lead.name, lead.email, lead.phone) == ("", "", "")
    assert lead.landing_page == "https://acme.test/offer"
    assert lead.erased_at is not None
    assert (lead.completed, lead.revenue_minor, lead.campaign.key) == (True, 5000, "spring")
    assert (other.name, other.erased_at) == ("Max Muster", None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM attribution_lead")
        stored = str(cursor.fetchall())
    assert "erika" not in stored.lower() and "example.com" not in stored and "5550100" not in stored


def test_leads_are_never_deleted_one_or_many_with_or_without_bookings(company):
    lead = make_lead(company)
    make_booking(make_lead(company))
    for delete in (lead.delete, Lead.objects.all().delete, Lead.objects.filter(pk=lead.pk).delete):
        with pytest.raises(ProtectedError, match="erased or excluded, never deleted"):
            delete()
    assert Lead.objects.count() == 2


def test_a_campaign_with_leads_is_not_deleted(company):
    lead = make_lead(company, "spring")
    with pytest.raises(ProtectedError):
        lead.campaign.delete()
    with pytest.raises(ProtectedError):
        Campaign.objects.all().delete()


def test_erasing_sees_no_other_company(company):
    with scope.all_companies():
        stranger = make_lead(make_company(), name="Stranger")
    assert erase_person([stranger]) == 0
    with scope.all_companies():
        assert Lead.objects.get(pk=stranger.pk).name == "Stranger"
