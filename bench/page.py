"""Compares the imported sums with truth.csv, then times the report page in this process."""

import argparse
import csv
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import django

LAST_DAY = date(2025, 12, 31)
PERIODS = (28, 91, 364, 731)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--company", default="bench")
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    django.setup()
    wrong = mismatches(options.folder / "truth.csv")
    print(f"\nCompared with truth.csv: {wrong} mismatches.")
    if wrong:
        return 1
    time_pages(options.company, options.runs)
    return 0


def mismatches(truth: Path) -> int:
    """How many campaigns differ from the true totals in leads, outcome, revenue or spend."""
    from django.db.models import Count, Q, Sum

    from attribution import scope
    from attribution.models import Campaign, Lead
    from spend.models import SpendEntry

    with scope.all_companies():
        keys = dict(Campaign.objects.values_list("pk", "key"))
        found: dict[tuple[str, str], list[int]] = {}
        leads = Lead.objects.values_list("company__slug", "campaign_id").annotate(
            received=Count("pk"),
            n_booked=Count("pk", filter=Q(booked=True)),
            n_completed=Count("pk", filter=Q(completed=True)),
            revenue=Sum("revenue_minor"),
        )
        for company, campaign, *sums in leads.order_by():
            found[company, keys.get(campaign, "")] = [*map(int, sums), 0]
        spend = SpendEntry.objects.values_list("company__slug", "campaign_key")
        for company, key, amount in spend.annotate(amount=Sum("amount_minor")).order_by():
            found.setdefault((company, key), [0] * 5)[4] = int(amount)
    wrong = 0
    with truth.open() as handle:
        for row in csv.DictReader(handle):
            expected = [
                int(row["leads"]),
                int(row["booked_leads"]),
                int(row["completed_leads"]),
                int(Decimal(row["revenue"]) * 100),
                int(Decimal(row["spend"]) * 100),
            ]
            sums = found.get((row["company"], row["utm_campaign"]), [0] * 5)
            if sums != expected:
                wrong += 1
                name = row["utm_campaign"] or "(unattributed)"
                print("differs:", row["company"], name, expected, sums)
    return wrong


def time_pages(company: str, runs: int) -> None:
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client

    user, _made = User.objects.get_or_create(
        username="bench", defaults={"is_staff": True, "is_superuser": True}
    )
    client = Client()
    client.force_login(user)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # all work in the process that is measured
            cursor.execute("SET max_parallel_workers_per_gather = 0")
    print("\n| page | Python CPU ms | database CPU ms | sum ms | queries | KB |")
    print("|---|---|---|---|---|---|")
    for days in PERIODS:
        first = LAST_DAY - timedelta(days=days - 1)
        address = (
            f"/admin/reports/overview/?company={company}&period=custom&from={first}&to={LAST_DAY}"
        )
        response = client.get(address)
        assert response.status_code == 200, response.status_code
        asked: list[str] = []
        with connection.execute_wrapper(partial(noted, asked)):
            client.get(address)
        own, database = cpu_times(lambda address=address: client.get(address), runs)
        print(
            f"| report, {days} days | {own:.0f} | {database:.0f} | {own + database:.0f} "
            f"| {len(asked)} | {len(response.content) / 1024:.0f} |"
        )


def noted(asked: list[str], execute: Callable[..., object], sql: str, *rest: object) -> object:
    asked.append(sql)
    return execute(sql, *rest)


def cpu_times(work: Callable[[], object], runs: int) -> tuple[float, float]:
    """Median CPU milliseconds of this process and of its database server process for `work`."""
    own, database = [], []
    for _ in range(runs):
        before, process = backend_cpu(), time.process_time()
        work()
        own.append((time.process_time() - process) * 1000)
        database.append((backend_cpu() - before) * 1000)
    return statistics.median(own), statistics.median(database)


def backend_cpu() -> float:
    """CPU seconds so far of the PostgreSQL process that serves us; 0 on SQLite, which is in us."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


if __name__ == "__main__":
    sys.exit(main())
