"""Repairs beside captures, readers, imports and other repairs, each moment forced to happen."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connection, transaction

from attribution import scope
from attribution.imports import runs
from attribution.models import Lead, Repair
from attribution.repair import apply, drafts, locking
from attribution.repair.check import check
from attribution.repair.intents import DISCOVERED, Action, GroupChoice, GroupKey, RepairGroups
from attribution.repair.plan import plan
from reports.query import ReportQuery
from reports.report import run_report
from reports.serialize import as_json
from tests.factories import make_campaign, make_company, make_lead, make_spend
from tests.rollup.elsewhere import PATIENCE, Elsewhere

pytestmark = pytest.mark.django_db(transaction=True)
TYPO = GroupKey(DISCOVERED, "autum")
ROUNDS = 10


@pytest.fixture(autouse=True)
def _on_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("about postgresql alone: SQLite has one writer at a time")


@pytest.fixture
def company():
    with scope.all_companies():
        company = make_company()
        make_campaign(company, "autumn", name="Autumn")
        make_campaign(company, "winter", name="Winter")
        for __ in range(3):
            make_lead(company, "autum")
        make_spend(company, "autum", 5_000)
        yield company


@pytest.fixture
def admin():
    with Elsewhere() as admin:
        yield admin


@pytest.fixture
def visitor():
    with Elsewhere() as visitor:
        yield visitor


def assigned(company, key, *, future=True):
    campaign = company.campaign_set.get(key=key)
    choice = GroupChoice(group=TYPO, action=Action.ASSIGN, campaign=campaign.pk, future=future)
    return RepairGroups((choice,))


def previewed(company, key="autumn", *, future=True):
    intent = assigned(company, key, future=future)
    return drafts.make(company, intent, None, "typo"), plan(company, intent).fingerprint


def report(company):
    day = date(2026, 3, 2)
    found = run_report(ReportQuery(company=company, start=day, end=day))
    assert found.proof.holds
    return as_json(found)


def test_of_two_admins_at_the_same_moment_one_wins_and_nothing_is_half_done(company):
    for number in range(ROUNDS):
        lead = make_lead(company, f"typo {number}")
        group = GroupKey(DISCOVERED, f"typo {number}")
        both, together = [], Barrier(2)
        for key in ("autumn", "winter"):
            campaign = company.campaign_set.get(key=key)
            choice = GroupChoice(
                group=group, action=Action.ASSIGN, campaign=campaign.pk, future=bool(number % 2)
            )
            intent = RepairGroups((choice,))
            draft = drafts.make(company, intent, None, key)
            both.append((draft, plan(company, intent).fingerprint))

        def confirm(one, together=together):
            draft, shown = one
            try:
                with scope.all_companies():
                    together.wait(timeout=PATIENCE)
                    return apply.confirm(draft, None, shown)
            except apply.Outdated as outdated:
                return str(outdated)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as threads:
            found = list(threads.map(confirm, both))
        (won,) = [one for one in found if isinstance(one, Repair)]
        (told,) = [one for one in found if isinstance(one, str)]
        assert f"(repair {won.pk}: typo {number}" in told
        lead.refresh_from_db()
        assert lead.campaign.key == won.reason
    assert Repair.objects.count() == ROUNDS
    assert check(company) == []


def test_readers_see_the_report_before_or_after_and_never_between(company, admin):
    before = report(company)
    draft, shown = previewed(company)
    admin.begin()
    admin.do(apply.confirm, draft, None, shown)  # everything is written, nothing is committed
    assert report(company) == before
    admin.commit()
    after = report(company)
    assert after != before
    assert '"label": "Autumn"' in after


def test_a_lead_that_comes_during_a_repair_waits_for_it_and_follows_it(company, admin, visitor):
    draft, shown = previewed(company)
    admin.begin()
    admin.do(apply.confirm, draft, None, shown)
    coming = visitor.start(make_lead, company, "autum", utm_source="new")
    visitor.until_it_waits()
    admin.commit()
    assert coming.result(PATIENCE).campaign.key == "autumn"
    assert check(company) == []


def test_a_repair_waits_for_a_lead_that_is_being_stored_and_takes_it_along(company, admin, visitor):
    draft, shown = previewed(company)
    visitor.begin()
    visitor.do(make_lead, company, "autum", utm_source="new")
    repairing = admin.start(apply.confirm, draft, None, shown)
    admin.until_it_waits()
    visitor.commit()
    assert repairing.result(PATIENCE).effect["leads"] == 4
    assert set(Lead.objects.values_list("campaign__key", flat=True)) == {"autumn"}
    assert check(company) == []


def test_money_that_comes_during_a_repair_follows_it(company, admin, visitor):
    draft, shown = previewed(company)
    admin.begin()
    admin.do(apply.confirm, draft, None, shown)
    coming = visitor.start(make_spend, company, "autum", 700, day=date(2026, 3, 3))
    visitor.until_it_waits()
    admin.commit()
    assert coming.result(PATIENCE).campaign.key == "autumn"
    assert check(company) == []


def test_a_repair_beside_an_import_gives_up_and_says_so(company, admin, monkeypatch):
    monkeypatch.setattr(locking, "WAIT", "50ms")
    draft, shown = previewed(company)
    with transaction.atomic():
        runs.lock(company)
        repairing = admin.start(apply.confirm, draft, None, shown)
        with pytest.raises(apply.Busy, match="Nothing was changed; try again"):
            repairing.result(PATIENCE)
    assert not Repair.objects.exists()
    assert admin.do(apply.confirm, draft, None, shown).effect["leads"] == 3
