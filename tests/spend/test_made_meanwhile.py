"""A campaign that is made while an import runs has the spend of its name when both are saved."""

import pytest
from django.db import connection, transaction

from attribution import scope
from attribution.imports import engine, runs
from attribution.models import Campaign
from attribution.repair import locking
from attribution.repair.locking import Busy
from reports.models import RollupMark
from reports.rollup import refresh
from spend.models import PlatformId, SpendEntry
from tests.attribution.import_files import take_in
from tests.factories import make_campaign, make_company, make_lead
from tests.rollup.elsewhere import Elsewhere

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.on_postgresql]
FILE = "day,campaign,amount\n2026-03-01,Spring,10.00\n2026-03-02,Autumn,5.00\n"


@pytest.fixture(autouse=True)
def _on_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")


@pytest.fixture(params=[0, 10_000_000], ids=["straight", "staged"])
def company(request, monkeypatch):
    monkeypatch.setattr(engine, "STRAIGHT_FROM", request.param)
    with scope.all_companies():
        yield make_company()


@pytest.fixture
def other():
    with Elsewhere() as other:
        yield other


@pytest.fixture
def before_the_end(monkeypatch):
    """Sets what happens elsewhere when all entries are written and none can be seen."""
    saved = []
    done = runs.done

    def stopping(*args):
        saved.pop()()
        done(*args)

    monkeypatch.setattr(runs, "done", stopping)
    return saved.append


def by_campaign():
    rows = SpendEntry.objects.order_by("day").values_list("campaign_key", "campaign__key")
    return dict(rows)


@pytest.mark.parametrize("make", [make_campaign, lambda c, k: make_lead(c, utm_campaign=k)])
def test_one_that_is_saved_before_the_import(company, other, before_the_end, make):
    before_the_end(lambda: other.do(make, company, "spring"))
    outcome = take_in(company, "spend", FILE)
    assert outcome.new == 2
    assert by_campaign() == {"spring": "spring", "autumn": None}


def test_one_that_is_saved_after_the_import(company, other, before_the_end):
    """The import looks for it, waits for it, and then sees it."""
    other.begin()

    def made():
        other.do(make_campaign, company, "spring")

    before_the_end(made)
    with Elsewhere() as third:
        taking = third.start(take_in, company, "spend", FILE)
        third.until_it_waits()
        assert by_campaign() == {"spring": None, "autumn": None}
        other.commit()
        assert taking.result().new == 2
    assert by_campaign() == {"spring": "spring", "autumn": None}


def test_one_that_comes_while_the_import_looks(company, other):
    """It waits, and then sees the spend by itself."""
    take_in(company, "spend", FILE)
    with transaction.atomic():
        locking.repairing(company.pk)
        making = other.start(make_campaign, company, "spring")
        other.until_it_waits()
        assert not Campaign.objects.exists()
    making.result()
    assert by_campaign() == {"spring": "spring", "autumn": None}


def test_the_sums_follow(company, other, before_the_end):
    refresh.refresh(company.pk)
    before_the_end(lambda: other.do(make_campaign, company, "spring"))
    take_in(company, "spend", FILE)
    assert not RollupMark.objects.exists()


def test_ids_and_merges_are_looked_at_as_well(company, other, before_the_end):
    """By its id the spend belongs to a campaign that was there before."""
    summer = make_campaign(company, "summer")
    PlatformId.objects.create(company=company, platform="google", external_id="7", campaign=summer)
    before_the_end(lambda: other.do(make_campaign, company, "spring"))
    take_in(
        company,
        "spend",
        "day,campaign,campaign id,amount,came from\n2026-03-01,Spring,7,1.00,google\n",
    )
    assert by_campaign() == {"spring": "summer"}


def test_who_cannot_wait_any_longer_has_saved_all_the_same(company, caplog, monkeypatch):
    def busy(company_id):
        raise Busy("Somebody is at it.")

    monkeypatch.setattr(locking, "repairing", busy)
    assert take_in(company, "spend", FILE).new == 2
    assert SpendEntry.objects.count() == 2
    assert "has not met its new campaigns" in caplog.text
