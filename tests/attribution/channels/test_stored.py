"""Every door places its leads; what came before is placed by the tick; new rules move all."""

import pytest
from django.db import transaction

from attribution import scope
from attribution.channels.origins import ChannelLaw, law_of
from attribution.channels.rules import SHIPPED, ChannelBook, ChannelRule
from attribution.channels.stored import apply, fill
from attribution.models import ChannelRules, Lead, OwnHost
from attribution.repair import locking
from tests.factories import make_company, make_lead


def placed(lead):
    lead.refresh_from_db()
    return lead.origin, lead.channel


def test_a_lead_that_is_entered_is_placed(company):
    lead = make_lead(company, "spring", utm_source="Facebook", utm_medium="paid_social")
    assert placed(lead) == ("facebook", "Paid Social")
    OwnHost.objects.create(company=company, host="partner.example")
    lead = make_lead(company, referrer="https://www.partner.example/")
    assert placed(lead) == ("(direct)", "Direct")


def test_leads_of_a_version_without_channels_are_placed_in_parts(company, monkeypatch):
    monkeypatch.setattr("attribution.channels.stored.FILLED_AT_ONCE", 2)
    leads = [make_lead(company, referrer="https://www.bing.com/") for __ in range(5)]
    Lead.objects.filter(company=company).update(channel="", origin="")
    assert fill(company) == 5
    assert {placed(lead) for lead in leads} == {("bing", "Organic Search")}
    assert fill(company) == 0


def test_no_more_than_so_many_are_placed_in_one_go(company, monkeypatch):
    monkeypatch.setattr("attribution.channels.stored.FILLED_AT_ONCE", 2)
    monkeypatch.setattr("attribution.channels.stored.FILLED_MOST", 3)
    for __ in range(5):
        make_lead(company)
    Lead.objects.filter(company=company).update(channel="", origin="")
    assert [fill(company), fill(company), fill(company)] == [4, 1, 0]


def test_other_rules_move_leads_and_going_back_moves_them_back(company, monkeypatch):
    monkeypatch.setattr("attribution.channels.stored.READ_AT_ONCE", 2)
    radio = [make_lead(company, "x", utm_source="radio") for __ in range(3)]
    rest = make_lead(company, referrer="https://partner.example/")
    with scope.all_companies():
        theirs = make_lead(make_company(), "x", utm_source="radio")
    before = list(Lead.objects.order_by("pk").values())
    law = ChannelLaw(
        ChannelBook([ChannelRule("Audio", "source is radio"), *SHIPPED]),
        frozenset({"partner.example"}),
    )
    with transaction.atomic():
        locking.repairing(company.pk)
        assert apply(company, law) == 4
    assert {placed(lead) for lead in radio} == {("radio", "Audio")}
    assert placed(rest) == ("(direct)", "Direct")
    with scope.all_companies():
        assert placed(theirs) == ("radio", "Unassigned")
    with transaction.atomic():
        assert apply(company, ChannelLaw()) == 4
    assert list(Lead.objects.order_by("pk").values()) == before


def test_the_latest_version_is_in_force_and_costs_one_query(company, django_assert_num_queries):
    rules = [{"channel": "Audio", "when": "source is radio", "on": True}]
    ChannelRules.objects.create(company=company, rules=[])
    ChannelRules.objects.create(company=company, rules=rules)
    assert [rule.channel for rule in law_of(company).book.rules] == ["Audio"]
    with django_assert_num_queries(1):
        law_of(company)


@pytest.mark.on_sqlite
def test_the_search_for_leads_to_place_uses_its_index(company):
    from django.db.models import F
    from django.db.models.expressions import RawSQL
    from django.db.models.lookups import Exact

    missing = Exact(F("channel"), RawSQL("''", ()))
    rows = Lead.objects.filter(missing, company=company).order_by("company_id", "pk")
    assert "lead_without_channel" in rows.values_list("pk")[:10].explain()
