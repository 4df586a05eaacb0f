"""The lists of spend, shared costs, budgets and campaigns: numbers and days as in reports."""

import re
from datetime import date

import pytest
from django.urls import reverse

from attribution import days
from spend.admin.rows import EDITED, SHOWN
from spend.models import Budget
from tests.factories import make_campaign, make_spend
from tests.spend.admin.conftest import url
from tests.spend.test_costs import make_cost

pytestmark = pytest.mark.django_db
AMERICAN = re.compile(r"(Jan|Feb|Mar|March|Apr|April|May|June?|July?|Nov)\.? \d+, \d{4}|[ap]\.m\.")


def text_of(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def test_an_entry_begins_with_its_day_its_campaign_and_its_amount(client, company, signed_in):
    """All that fits on a phone."""
    make_spend(company, "spring", 123456)
    for role, amount in (("viewer", "amount"), ("company_admin", "amount_minor")):
        signed_in(role)
        page = client.get(url("spendentry", "changelist"))
        found = re.findall(r'<t[dh] class="(?:[a-z-]+ )?field-(\w+)', page.content.decode())
        assert found[:3] == ["day", "campaign_as_known", amount]
        assert "2 Mar 2026" in text_of(page)
    assert sorted({*SHOWN} - {"amount", "company"}) == sorted({*EDITED} - {"amount_minor"})


def test_budgets_and_shared_costs_say_their_days_in_one_column(client, company, signed_in):
    signed_in()
    Budget.objects.create(
        company=company,
        campaign=make_campaign(company, "spring"),
        first_day=date(2026, 12, 1),
        last_day=date(2027, 1, 31),
        amount_minor=100,
    )
    make_cost(company, 3100)  # of July 2026
    assert "1 Dec 2026 – 31 Jan 2027" in text_of(client.get(url("budget", "changelist")))
    assert "1 Jul – 31 Jul 2026" in text_of(client.get(url("cost", "changelist")))
    assert days.day_range(date(2026, 7, 1), date(2026, 7, 1)) == "1 Jul 2026"


def test_no_list_and_no_page_writes_days_in_another_way(client, company, signed_in):
    user = signed_in()
    spring = make_campaign(company, "spring", starts_on=date(2026, 3, 1), owner=user)
    entry = make_spend(company, "spring", 100)
    budget = Budget.objects.create(
        company=company,
        campaign=spring,
        first_day=date(2026, 3, 1),
        last_day=date(2026, 3, 31),
        amount_minor=100,
    )
    lists = [url(one, "changelist") for one in ("spendentry", "budget", "cost", "columnmapping")]
    lists += [url("spendentry", "change", entry.pk), url("budget", "change", budget.pk)]
    lists += [reverse("admin:attribution_campaign_changelist")]
    lists += [reverse("admin:attribution_campaign_change", args=[spring.pk])]
    for role in ("company_admin", "viewer"):  # viewers read what others have in forms
        signed_in(role)
        pages = [client.get(address) for address in lists]
        assert sum(page.status_code == 200 for page in pages) >= 6
        for address, page in zip(lists, pages, strict=True):
            assert not AMERICAN.search(text_of(page)), (address, AMERICAN.search(text_of(page)))


def test_how_many_rows_there_are_is_written_as_in_reports(client, company, signed_in, monkeypatch):
    from spend.admin.entry import SpendEntryAdmin

    signed_in()
    monkeypatch.setattr(SpendEntryAdmin, "list_per_page", 1000)
    for month in range(1, 13):
        for day in range(1, 29):
            for line in ("media", "agency", "tools"):
                make_spend(company, "spring", 100, day=date(2025, month, day), line=line)
    shown = text_of(client.get(url("spendentry", "changelist") + "?q=spring"))
    assert "1,008 results" in shown
    assert "1,008 spend" in shown
