"""Generated facts in the database, and the sums that PostgreSQL itself makes of them."""

from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection

from attribution.models import Company
from bench.generator.__main__ import main as generate
from reports.models import RollupLedger
from reports.rollup.build import Days, OnConnection
from reports.rollup.refresh import refresh
from reports.rollup.sql import execute, fetch
from reports.rollup.sums import BOOKS

SHARES = {"large": 0.6, "middle": 0.3, "small": 0.1}
CAMPAIGNS = "600"  # of each company
IMPORTS = (("import_leads", "leads"), ("import_bookings", "bookings"), ("import_spend", "spend"))
TABLES = [
    *(table._meta.db_table for book in BOOKS for table in book.tables.values()),
    RollupLedger._meta.db_table,
]


def fill(leads: int, folder: Path) -> dict[str, Company]:
    """Companies with leads, bookings and spend of two years; their sums are up to date."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
    for seed, (slug, share) in enumerate(SHARES.items(), start=1):
        files = folder / slug
        size = ["--leads", str(int(leads * share)), "--companies", "1", "--campaigns", CAMPAIGNS]
        generate([*size, "--seed", str(seed), "--out", str(files)])
        call_command("create_company", slug, slug=slug, verbosity=0)
        for command, kind in IMPORTS:
            call_command(command, str(files / f"{kind}.csv"), company=slug)
    execute("VACUUM ANALYZE")
    companies = {company.slug: company for company in Company.objects.order_by("pk")}
    for company in companies.values():
        refresh(company.pk)
    return companies


def keep_as_wanted() -> None:
    """What all tables of sums hold now, to compare with."""
    for table in TABLES:
        execute(f"DROP TABLE IF EXISTS wanted_{table}")
        execute(f"CREATE TABLE wanted_{table} AS SELECT * FROM {table}")


def differences() -> list[tuple[object, ...]]:
    """Rows that are only in the sums or only in those that were wanted; a few of each table."""
    found = []
    for table in TABLES:
        (rows,) = fetch(f"SELECT COUNT(*) FROM {table}")[0]
        if not rows:
            found.append((table, "is empty"))
        for ours, other in ((table, f"wanted_{table}"), (f"wanted_{table}", table)):
            only = fetch(f"SELECT * FROM {ours} EXCEPT ALL SELECT * FROM {other} LIMIT 3")
            found += [(ours, *row) for row in only]
    return found


def spoil() -> None:
    """Wrong numbers everywhere and rows that should not be: only a build can mend these."""
    for book in BOOKS:
        for table in (one._meta.db_table for one in book.tables.values()):
            execute(f'UPDATE {table} SET "{book.measures[0]}" = "{book.measures[0]}" + 1')
            first = f"(SELECT MIN(day) FROM {table})"
            execute(f"UPDATE {table} SET source = 'no' || source WHERE day = {first}")
    execute("UPDATE rollup_ledger SET received = received + 1, spend_minor = 0")


def sums_by_day(company: Company) -> list[list[tuple[Any, ...]]]:
    days = Days(company.pk, date.min, date.max)
    return [
        sorted(book.day._default_manager.filter(days.rows).values_list(*book.columns))
        for book in BOOKS
    ]


def facts_by_day(company: Company) -> list[list[tuple[Any, ...]]]:
    days = Days(company.pk, date.min, date.max)
    return [sorted(OnConnection().build(book, days)) for book in BOOKS]


def report_totals(reader: Any) -> dict[tuple[str, bool, int | None], list[int]]:
    """What a report is made of, by campaign; reading from the sums raises when they are wrong."""
    leads, spend = reader.groups(date(2026, 1, 1))
    totals: dict[tuple[str, bool, int | None], list[int]] = defaultdict(lambda: [0] * 5)
    rows = [
        *(
            ("lead", one, [one.received, one.leads, one.booked, one.completed, one.revenue_minor])
            for one in leads
        ),
        *(("spend", one, [one.amount_minor or 0, 0, 0, 0, 0]) for one in spend),
    ]
    for fact, one, numbers in rows:
        total = totals[fact, bool(one.before), one.campaign_id or None]
        total[:] = map(sum, zip(total, numbers, strict=True))
    return dict(totals)
