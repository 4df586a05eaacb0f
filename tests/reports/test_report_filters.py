"""Groupings and filters, by hand: whatever is asked, every lead is somewhere."""

from decimal import Decimal

import pytest
import time_machine

from tests.factories import make_lead, make_spend
from tests.reports.by_hand import JUNE, ask, leads, make_month, rows


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(JUNE, tick=False):
        yield


def test_by_source(company):
    make_month(company)
    report = ask(company, group_by="source")
    assert leads(report) == {"news": 5, "google": 2, "meta": 1}
    assert report.unattributed.leads == 1
    assert [(reason.code, reason.leads) for reason in report.reasons] == [("direct", 1)]
    assert report.unmatched_spend.values["spend"] == Decimal("70.11")  # no entry says its source
    assert report.proof.holds


def test_by_medium_a_lead_may_have_a_campaign_but_no_medium(company):
    make_month(company)
    report = ask(company, group_by="medium")
    assert leads(report) == {"email": 4, "cpc": 1}
    assert {reason.code: reason.leads for reason in report.reasons} == {
        "direct": 1,
        "no_campaign": 1,
        "broken_tag": 1,
        "no_medium": 1,
    }
    assert report.total.leads == 9
    assert report.proof.holds


def test_by_channel(company):
    make_month(company)
    report = ask(company, group_by="channel")
    assert leads(report) == {"E-mail": 4, "Other": 1, "Paid search": 0}
    assert rows(report)["E-mail"].values["spend"] == 50
    assert rows(report)["Paid search"].values["spend"] == Decimal("12.34")
    assert report.unattributed.leads == 4
    assert report.proof.holds


def test_spend_that_says_its_source_stands_in_the_row_of_its_source(company):
    make_lead(company, "spring", utm_source="google")
    make_spend(company, "spring", 1_000, utm_source="Google", utm_medium="CPC")
    make_spend(company, "nobody", 200, utm_source="bing")
    report = ask(company, group_by="source")
    assert {row.label: row.values["spend"] for row in report.rows} == {"google": 10, "bing": 2}
    assert report.proof.holds


# Filters


@pytest.mark.parametrize(
    ("filters", "named", "unattributed", "excluded", "outside"),
    [
        ({}, 5, 4, 3, 0),
        ({"sources": ("news",)}, 4, 1, 0, 7),
        ({"sources": ("news", "google")}, 5, 2, 0, 5),
        ({"mediums": ("cpc",)}, 0, 1, 0, 11),
        ({"sources": ("google",), "mediums": ("cpc",)}, 0, 1, 0, 11),
        ({"channels": ("email",)}, 4, 0, 1, 7),
        ({"channels": ("email", "other")}, 5, 0, 1, 6),
        ({"statuses": ("active",)}, 5, 0, 1, 6),
        ({"statuses": ("archived",)}, 0, 0, 0, 12),
        ({"search": "PRIN"}, 4, 0, 1, 7),
        ({"campaigns": ("spring", "nowhere")}, 4, 0, 1, 7),
        ({"search": "aut", "sources": ("google",)}, 1, 0, 0, 11),
        ({"sources": ("nowhere",)}, 0, 0, 0, 12),
    ],
)
@pytest.mark.parametrize("group_by", ["campaign", "source", "medium", "channel"])
def test_filters_by_hand(company, filters, named, unattributed, excluded, outside, group_by):
    make_month(company)
    report = ask(company, group_by=group_by, **filters)
    assert report.total.leads == named + unattributed
    assert sum(kind.leads for kind in report.excluded) == excluded
    assert report.outside == outside
    assert report.total.leads + excluded + outside == 12
    assert report.proof.holds
    if group_by in ("campaign", "channel"):
        assert sum(row.leads for row in report.rows) == named


def test_filters_on_campaigns_filter_their_spend_too(company):
    make_month(company)
    assert ask(company, channels=("email",)).total.values["spend"] == 50
    assert ask(company, statuses=("paused",)).total.values["spend"] == Decimal("12.34")
    assert ask(company, search="sprnig").total.values["spend"] is None


def test_spend_is_unknown_under_a_filter_that_some_entries_do_not_answer(company):
    make_month(company)
    report = ask(company, sources=("news",))
    assert report.total.values["spend"] is None
    assert report.total.values["cost_per_lead"] is None
    assert {row.values["spend"] for row in report.rows} == {None}
    assert report.unmatched_names == []
    assert any("Spend is unknown" in note for note in report.notes)
    assert report.proof.holds
    assert report.proof.spend_text == ""


def test_no_amounts_are_shown_where_spend_is_unknown(company):
    make_spend(company, "nobody", 1_000, utm_source="google")
    assert len(ask(company, sources=("google",)).unmatched_names) == 1
    make_spend(company, "nobody", 300)
    report = ask(company, sources=("google",))
    assert report.unmatched_spend.values["spend"] is None
    assert report.unmatched_names == []


def test_spend_is_known_under_a_filter_that_every_entry_answers(company):
    make_lead(company, "spring", utm_source="google")
    make_spend(company, "spring", 1_000, utm_source="google")
    make_spend(company, "spring", 300, utm_source="bing")
    assert ask(company, sources=("google",)).total.values["spend"] == 10


def test_the_search_finds_no_leads_without_campaign_and_says_so(company):
    make_month(company)
    report = ask(company, search="spring")
    assert report.unattributed.leads == 0
    assert any("leads without one are left out" in note for note in report.notes)


def test_filters_offer_what_the_period_holds(company):
    make_month(company)
    facets = ask(company, group_by="source", channels=("email",)).facets
    assert facets.channels == ["email", "other", "paid_search"]
    assert facets.statuses == ["active", "paused"]
    assert facets.sources == ["google", "meta", "news"]
    assert facets.mediums == ["cpc", "email"]
