"""Compares what a database holds with truth.csv, to the cent: the facts, and the sums beside them.

The generator counted the truth while writing. Nothing is timed before both agree with it.
"""

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db.models import Count, Max, Q, Sum
from django.db.models.functions import Trunc

from attribution.models import Campaign, Company, Lead
from reports.models import RollupLedger
from reports.rollup.sums import LEADS, SPEND, Book
from reports.rollup.tiers import Tier
from spend.models import SpendEntry

Key = tuple[str, str]  # company, campaign
Totals = dict[Key, tuple[int, ...]]
SHOWN = 10
EXCLUDED = tuple(kind for kind in Lead.Kind.values if kind != Lead.Kind.PRIMARY)


def mismatches(truth: Path, only: str = "", *, sums: bool = True) -> int:
    """How many totals differ from the truth; `only` one company, with or without the sums."""
    rows = _read(truth, only)
    found = _differences("facts", _facts(rows), _stored_facts(only))
    if sums:
        expected = _sums(rows)
        for tier in Tier:
            name = LEADS.tables[tier]._meta.db_table
            found += _differences(name, expected, _stored_sums(tier))
        found += _differences("rollup_ledger", _by_company(expected), _stored_ledger())
    return found


def _read(truth: Path, only: str) -> list[dict[str, str]]:
    with truth.open() as handle:
        return [row for row in csv.DictReader(handle) if only in ("", row["company"])]


def _facts(rows: list[dict[str, str]]) -> Totals:
    """Of leads of any kind: received, booked, completed, revenue, spend."""
    return {
        (row["company"], row["utm_campaign"]): (
            *(int(row[name]) for name in ("leads", "booked_leads", "completed_leads")),
            *(_cents(row[name]) for name in ("revenue", "spend")),
        )
        for row in rows
    }


def _sums(rows: list[dict[str, str]]) -> Totals:
    """Received; of those that count: leads, booked, completed, revenue; spend."""
    found: Totals = defaultdict(lambda: (0,) * 6)
    for row in rows:
        received, spend = int(row["leads"]), _cents(row["spend"])
        # Spend of a campaign that no lead has named yet is not matched, like that of none.
        key = row["company"], row["utm_campaign"] if received else ""
        counted = [int(row[f"counted_{name}"]) for name in ("leads", "booked", "completed")]
        values = received, *counted, _cents(row["counted_revenue"]), spend
        found[key] = tuple(map(sum, zip(found[key], values, strict=True)))
    return dict(found)


def _stored_facts(only: str) -> Totals:
    keys = dict(Campaign.objects.values_list("pk", "key"))
    which = Q(company__slug=only) if only else Q()
    leads = Lead.objects.filter(which).order_by().values_list("company__slug", "campaign_id")
    found: Totals = {}
    for company, campaign, *values in leads.annotate(
        received=Count("pk"),
        n_booked=Count("pk", filter=Q(booked=True)),
        n_completed=Count("pk", filter=Q(completed=True)),
        revenue=Sum("revenue_minor"),
    ):
        found[company, keys.get(campaign, "")] = (*map(int, values), 0)
    spend = SpendEntry.objects.filter(which).order_by().values_list("company__slug", "campaign_key")
    for company, key, amount in spend.annotate(amount=Sum("amount_minor")):
        found[company, key] = (*found.get((company, key), (0,) * 5)[:4], int(amount))
    return found


def _stored_sums(tier: Tier) -> Totals:
    keys = dict(Campaign.objects.values_list("pk", "key"))
    found: Totals = defaultdict(lambda: (0,) * 6)
    for company, campaign, values in _added_up(
        LEADS, tier, ("primary", "booked", "completed", "revenue_minor", *EXCLUDED)
    ):
        received = values[0] + sum(values[4:])
        found[company, keys.get(campaign, "")] = (received, *values[:4], 0)
    for company, campaign, (amount,) in _added_up(SPEND, tier, ("amount_minor",)):
        key = company, keys.get(campaign, "")
        found[key] = (*found[key][:5], amount)
    return dict(found)


def _added_up(book: Book, tier: Tier, columns: tuple[str, ...]) -> list[tuple[str, int, list[int]]]:
    """By company and campaign; of running totals the last ones."""
    slugs = dict(Company.objects.values_list("pk", "slug"))
    rows = book.tables[tier]._default_manager.order_by()
    if tier is not Tier.DAY:
        period = "month" if tier is Tier.MONTH else "year"
        periods = rows.annotate(period=Trunc("day", period)).values("period")
        rows = rows.filter(day__in=periods.annotate(last=Max("day")).values("last"))
    groups = rows.values_list("company_id", "campaign_id")
    rows: Any = groups.annotate(**{f"sum_{name}": Sum(name) for name in columns})
    return [(slugs[company], campaign, list(map(int, sums))) for company, campaign, *sums in rows]


def _stored_ledger() -> Totals:
    columns = ("received", "counted", "booked", "completed", "revenue_minor", "spend_minor")
    slugs = dict(Company.objects.values_list("pk", "slug"))
    groups = RollupLedger.objects.order_by().values_list("company_id")
    rows: Any = groups.annotate(**{f"sum_{name}": Sum(name) for name in columns})
    return {(slugs[company], ""): tuple(map(int, sums)) for company, *sums in rows}


def _by_company(totals: Totals) -> Totals:
    found: Totals = defaultdict(lambda: (0,) * 6)
    for (company, _campaign), values in totals.items():
        key = company, ""
        found[key] = tuple(map(sum, zip(found[key], values, strict=True)))
    return dict(found)


def _differences(name: str, expected: Totals, found: Totals) -> int:
    keys = {key for totals in (expected, found) for key, values in totals.items() if any(values)}
    wrong = [key for key in sorted(keys) if expected.get(key) != found.get(key)]
    for key in wrong[:SHOWN]:
        print(f"{name} differs:", *key, expected.get(key), found.get(key))
    return len(wrong)


def _cents(amount: str) -> int:
    return int(Decimal(amount) * 100)
