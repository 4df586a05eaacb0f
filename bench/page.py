"""Compares the imported sums with truth.csv, then times the report page in this process."""

import argparse
import csv
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import django

LAST_DAY = date(2025, 12, 31)
PERIODS = (28, 91, 364, 731)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    django.setup()
    wrong = mismatches(options.folder / "truth.csv")
    print(f"\nCompared with truth.csv: {wrong} mismatches.")
    if wrong:
        return 1
    time_pages(options.runs)
    return 0


def mismatches(truth: Path) -> int:
    """How many campaigns differ from the true totals in leads, outcome, revenue or spend."""
    from django.db.models import Count, Q, Sum

    from attribution import scope
    from attribution.models import Campaign, Lead
    from spend.models import SpendEntry

    with scope.all_companies():
        keys = dict(Campaign.objects.values_list("pk", "key"))
        found: dict[str, list[object]] = {}
        leads = Lead.objects.values_list("campaign_id").annotate(
            received=Count("pk"),
            n_booked=Count("pk", filter=Q(booked=True)),
            n_completed=Count("pk", filter=Q(completed=True)),
            revenue=Sum("revenue_minor"),
        )
        for campaign, *sums in leads.order_by():
            found[keys.get(campaign, "")] = [*sums, 0]
        for key, amount in (
            SpendEntry.objects.values_list("campaign_key").annotate(Sum("amount_minor")).order_by()
        ):
            found.setdefault(key, [0, 0, 0, 0, 0])[4] = amount
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
            sums = [int(value) for value in found.get(row["utm_campaign"], [0] * 5)]  # type: ignore[call-overload]
            if sums != expected:
                wrong += 1
                print("differs:", row["utm_campaign"] or "(unattributed)", expected, sums)
    return wrong


def time_pages(runs: int) -> None:
    from django.contrib.auth.models import User
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    user, _made = User.objects.get_or_create(
        username="bench", defaults={"is_staff": True, "is_superuser": True}
    )
    client = Client()
    client.force_login(user)
    print("\n| page | Python CPU ms | database CPU ms | sum ms | queries | KB |")
    print("|---|---|---|---|---|---|")
    for days in PERIODS:
        first = LAST_DAY - timedelta(days=days - 1)
        address = f"/admin/reports/overview/?company=bench&period=custom&from={first}&to={LAST_DAY}"
        response = client.get(address)
        assert response.status_code == 200, response.status_code
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        own, database = cpu_times(lambda address=address: client.get(address), runs)
        print(
            f"| report, {days} days | {own:.0f} | {database:.0f} | {own + database:.0f} "
            f"| {len(queries)} | {len(response.content) / 1024:.0f} |"
        )


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
