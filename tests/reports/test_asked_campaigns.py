"""Campaigns asked for by key: one that has become part of another, and one that nobody has."""

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse

from attribution import readkeys
from attribution.models import Campaign
from attribution.repair import apply, drafts
from attribution.repair.intents import Merge
from attribution.repair.plan import plan
from reports.asked_campaigns import became
from tests.factories import make_campaign, make_leads, make_user
from tests.queries import reading
from tests.reports.by_hand import JUNE

DAYS = {"period": "custom", "from": "2026-03-01", "to": "2026-03-31"}


@pytest.fixture
def merged(company):
    """Old is part of spring, and spring of new: three leads; another has one of its own."""
    with time_machine.travel(JUNE, tick=False):
        campaigns = {key: make_campaign(company, key) for key in ("old", "spring", "new", "other")}
        names = ("old", "spring", "new", "other")
        make_leads(company, [{"utm_campaign": name} for name in names])
        admin = make_user(company, "utm_admin")
        for one, into in (("old", "spring"), ("spring", "new")):
            intent = Merge((campaigns[one].pk,), campaigns[into].pk)
            draft = drafts.make(company, intent, admin, "the same")
            apply.confirm(draft, admin, plan(company, intent).fingerprint)
        yield company


def test_a_key_stands_for_what_its_campaign_has_become_part_of(merged):
    keys = ["old", "spring", "new", "other", "nobody"]
    assert became(merged, keys) == {"old": "new", "spring": "new", "new": "new", "other": "other"}
    assert became(merged, ["other"]) == {"other": "other"}
    assert became(merged, []) == {}


def test_a_circle_that_somebody_made_in_the_database_has_an_end(merged):
    old, new = (Campaign.objects.get(company=merged, key=key) for key in ("old", "new"))
    Campaign.objects.filter(pk=new.pk).update(merged_into=old)
    assert set(became(merged, ["old", "new", "other"])) == {"old", "new", "other"}


def test_the_page_follows_and_says_so(client, merged):
    client.force_login(make_user(merged, "viewer"))
    page = client.get(
        reverse("reports:overview"), DAYS | {"company": merged.slug, "campaign": ["old", "new"]}
    )
    assert page.context["report"].total.leads == 3
    assert page.context["warnings"] == ["“old” has become part of “new”: so that is shown."]
    assert page.context["query"].campaigns == ("new",)


def test_a_page_of_parts_asks_no_more_than_others(client, merged):
    Campaign.objects.filter(company=merged).update(merged_into=None)
    client.force_login(make_user(merged, "viewer"))
    asked = DAYS | {"company": merged.slug, "campaign": ["new", "other"], "then": "month"}
    client.get(reverse("reports:overview"), asked)
    with reading():
        client.get(reverse("reports:overview"), asked)


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("old", "“old” has become part of “new”: ask for that one."),
        ("nobody", "No campaign has the key “nobody”."),
    ],
)
def test_programs_are_told(client, merged, key, problem):
    """They would take another campaign's figures, or noughts, for an answer."""
    with pytest.raises(CommandError, match=problem):
        call_command("report", "--company", merged.slug, "--campaign", "new", "--campaign", key)
    secret = readkeys.make(merged, "viewer", "Program")[1]
    asked = {"period": "7d", "campaign": ["new", key]}
    answer = client.get("/api/v1/report", asked, HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert (answer.status_code, answer.json()["field"]) == (400, "campaign")
    assert problem in answer.json()["detail"]
