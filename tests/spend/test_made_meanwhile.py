"""A campaign that is made while an import runs has the spend of its name when both are saved."""

import pytest
from django.db import connection, transaction

from attribution import scope
from attribution.imports import engine, runs
from attribution.imports.progress import _SAY
from attribution.models import Campaign, ImportRun
from attribution.repair import locking
from attribution.repair.locking import Busy
from reports.management.commands.tick import CHORES
from reports.models import RollupMark
from reports.rollup import refresh
from spend import meeting
from spend.importing.undo import undo
from spend.models import PlatformId, SpendEntry, SpendRevision
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
        if saved:
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
    def busy(company_id, wait):
        raise Busy("Somebody is at it.")

    monkeypatch.setattr(locking, "repairing", busy)
    assert take_in(company, "spend", FILE).new == 2
    assert SpendEntry.objects.count() == 2
    assert "has not met its new campaigns" in caplog.text


# What an import could not look for, the next tick finds


def tick(company):
    """Of all that a tick looks after, what is about this: as often as the company has it done."""
    [chore] = [work for words, work in CHORES if "made meanwhile" in words]
    return chore(company)


def kept(run):
    """What nobody else may have changed of a run that is done."""
    return ImportRun.objects.values("state", "rows", "new", "changed", "same").get(pk=run.pk)


@pytest.fixture
def left(company, other, before_the_end, monkeypatch):
    """An import that has not looked: a campaign is made while it runs, and another one is still
    being made when it has to stop waiting."""
    monkeypatch.setattr(locking, "WAIT", "20ms")
    monkeypatch.setattr(meeting, "SHORTLY", "20ms")

    def made():
        other.do(make_campaign, company, "spring")
        other.begin()
        other.do(make_campaign, company, "summer")

    before_the_end(made)
    outcome = take_in(company, "spend", FILE)
    assert by_campaign() == {"spring": None, "autumn": None}
    return outcome.run


def test_what_is_left_is_found_by_the_next_tick_that_can(company, other, left, caplog):
    assert tick(company) == 0  # the other campaign is still being made
    assert "has not met its new campaigns" in caplog.text
    assert by_campaign() == {"spring": None, "autumn": None}
    other.commit()
    before = kept(left)
    assert tick(company) == 1
    assert by_campaign() == {"spring": "spring", "autumn": None}
    assert kept(left) == before
    assert tick(company) == 0


def test_it_is_recorded_as_the_import_would_have(company, other, left):
    """The entry is in its second version, and no restatement: its amount is what it was."""
    other.commit()
    tick(company)
    assert dict(SpendEntry.objects.values_list("campaign_key", "version")) == {
        "spring": 2,
        "autumn": 1,
    }
    assert not SpendRevision.objects.exists()
    left.refresh_from_db()
    assert "left" not in left.report and left.progress == 1000


def test_the_sums_follow_the_tick(company, other, left):
    other.commit()
    tick(company)
    refresh.refresh(company.pk)
    assert not RollupMark.objects.exists()


def test_who_is_killed_before_looking_has_left_it_as_well(
    company, other, before_the_end, monkeypatch
):
    monkeypatch.setattr(meeting, "meet_after_import", lambda company: None)
    before_the_end(lambda: other.do(make_campaign, company, "spring"))
    take_in(company, "spend", FILE)
    assert by_campaign() == {"spring": None, "autumn": None}
    assert tick(company) == 1
    assert by_campaign() == {"spring": "spring", "autumn": None}


def test_the_next_import_finds_what_the_last_has_left(company, other, left):
    other.commit()
    take_in(company, "spend", "day,campaign,amount\n2026-03-03,Winter,1.00\n")
    assert by_campaign() == {"spring": "spring", "autumn": None, "winter": None}
    assert tick(company) == 0


def test_two_ticks_do_it_once(company, other, left):
    other.commit()
    with Elsewhere() as third:
        with transaction.atomic():
            locking.repairing(company.pk)
            ticking = third.start(meeting.meet, company, "60s")
            third.until_it_waits()
            assert meeting.meet(company, "1s") == 1
        assert ticking.result() == 0
    assert by_campaign() == {"spring": "spring", "autumn": None}


def test_an_import_that_was_undone_has_left_nothing(company, other, left):
    other.commit()
    left.refresh_from_db()
    undo(left, None)
    assert tick(company) == 0


def test_how_far_a_run_is_is_not_said_after_its_end(company, left):
    """A thread says it every second, and once more when the import is saved."""
    with connection.cursor() as cursor:
        cursor.execute(_SAY, [900, None, left.pk])
    left.refresh_from_db()
    assert left.progress == 950


def test_a_tick_reads_no_spend_where_nothing_is_left(company, django_assert_num_queries):
    take_in(company, "spend", FILE)
    with django_assert_num_queries(1) as asked:
        assert tick(company) == 0
    assert "spend_spendentry" not in asked[0]["sql"]
