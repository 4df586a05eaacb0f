"""Every entry and every lead is in exactly one bucket, and the buckets are all there is."""

from datetime import UTC, date, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from attribution import scope
from attribution.models import ImportRun, NamingRules
from reports.audit.buckets import Leads, Money
from reports.audit.result import audit
from reports.models import RollupState
from reports.query import ReportQuery
from reports.rollup.refresh import refresh
from spend.models import PlatformId, SpendEntry
from tests.factories import make_booking, make_campaign, make_company, make_lead
from tests.reports.audit.oracle import Oracle

START, END = date(2026, 3, 30), date(2026, 4, 4)
NAMES = ("brand", "spring", "brand", "brand", "spring", "sale", "")
SOURCES = ("", "google", "gogle", "gogel", "m.facebook.com", "intranet")
CAME_FROM = ("form", "file", "google-ads", "google-ads:7", "meta-ads", "meta-ads")


def world_of(seed):
    """What happened to one company, as plain values; few days, so that much meets."""
    dice = Random(seed)

    def day(first, last):
        return START + timedelta(days=dice.randint(first, last))

    def amount():
        return dice.choice(
            [
                {"amount_minor": dice.randint(-50, 9_999)},
                {"amount_minor": 0},
                {"original_minor": dice.randint(1, 999), "currency": "SEK"},
                {"sends": 5},
            ][: dice.choice([2, 3, 4])]
        )

    def entry():
        return {
            "campaign_name": dice.choice(NAMES),
            "day": day(-1, 6),
            "utm_source": dice.choice(SOURCES),
            "source": dice.choice(CAME_FROM),
            "platform_id": dice.choice(["", "11", "12", "13"]),
            "line": dice.choice(["media", "agency"]),
        }

    return {
        "campaigns": {
            key: {
                "channel": dice.choice(["paid_search", "email", "display"]),
                "starts_on": dice.choice([None, day(-1, 2)]),
                "ends_on": dice.choice([None, day(3, 6)]),
            }
            for key in ("brand", "spring")
        },
        "ids": {
            (platform, number): dice.choice(NAMES[:2])
            for platform in ("google-ads", "meta-ads")
            for number in dice.sample(["11", "12"], dice.randint(0, 2))
        },
        "leads": [
            (
                *(dice.choice(NAMES), day(-1, 6), dice.choice(SOURCES)),
                *(dice.choice(["primary", "primary", "test"]), dice.choice([None, 0, 700])),
            )
            for _ in range(dice.randint(0, 14))
        ],
        "spend": [(entry(), amount()) for _ in range(dice.randint(0, 12))],
        "allowed": dice.choice([[], [], ["intranet"]]),
        "refreshed": dice.choice(["never", "between", "at last", "unusable"]),
    }


def made(world):
    """The company itself."""
    company = make_company()
    campaigns = {key: make_campaign(company, key, **one) for key, one in world["campaigns"].items()}
    run = ImportRun.objects.create(company=company, kind="spend", file_name="learned.csv")
    for (platform, number), key in world["ids"].items():
        PlatformId.objects.create(
            company=company,
            platform=platform,
            external_id=number,
            campaign=campaigns[key],
            import_run=run if number == "11" else None,
        )
    if world["allowed"]:
        NamingRules.objects.create(company=company, sources=world["allowed"])
    for key, day, source, kind, value in world["leads"]:
        at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        lead = make_lead(company, key, received_at=at, utm_source=source, kind=kind)
        if value is not None:
            make_booking(lead, "completed", value)
    if world["refreshed"] == "between":
        refresh(company.pk)
    kept = set()
    for entry, amount in world["spend"]:
        if (key := tuple(sorted(entry.items()))) not in kept:
            kept.add(key)
            SpendEntry.objects.create(company=company, **entry, **amount)
    if world["refreshed"] == "at last":
        refresh(company.pk)
    if world["refreshed"] == "unusable":  # the facts are read then
        RollupState.objects.create(company=company, ready=False)
    return company


class TestAddingUp(TestCase):
    @settings(max_examples=25)
    @given(st.integers(0, 2**32))
    def test_every_fact_is_in_exactly_one_bucket(self, seed):
        with scope.all_companies():
            company = made(world_of(seed))
            found = audit(ReportQuery(company=company, start=START, end=END))
            oracle = Oracle(company, START, END)
        assert found.money_holds and found.leads_hold, found.report.proof
        for kind in Money:
            bucket, mine = found.buckets[kind], oracle.spend[kind]
            assert bucket.entries == len(mine), kind
            assert bucket.minor == sum(one.amount_minor or 0 for one in mine)
            assert bucket.minor == sum(case.minor for case in bucket.cases)
            waiting = [one for one in mine if one.amount_minor is None and one.original_minor]
            assert sum(bucket.waiting.values()) == sum(one.original_minor for one in waiting)
            days = sorted(one.day for one in mine)
            assert (bucket.first, bucket.last) == ((days[0], days[-1]) if days else (None, None))
            touched = {one.campaign_id for one in mine} - {None}
            assert bucket.leads == sum(lead.campaign_id in touched for lead in oracle.leads)
        for kind in Leads:
            bucket, mine = found.buckets[kind], oracle.lead[kind]
            assert bucket.leads == len(mine) == sum(case.leads for case in bucket.cases), kind
            assert bucket.minor == sum(lead.revenue_minor for lead in mine)
        assert found.minor == sum(one.amount_minor or 0 for one in oracle.entries)
        assert found.leads == len(oracle.leads)
