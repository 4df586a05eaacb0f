"""Measures how spend is taken in: by command, through django-import-export, by a browser's job.

    python -m bench.spend_imports                 1,000,000 rows, PostgreSQL and SQLite
    python -m bench.spend_imports --rows 100000 --engine postgresql
    python -m bench.spend_imports --times 5       the middle one of five runs of each

Beside them, in the same run, the stock resource of django-import-export, PostgreSQL's bare COPY of
the same rows into a table without keys, and its bare INSERT of them into tables like ours. CPU is
that of Python and of the database process; what is found is compared with the file's own sums.
"""

import argparse
import csv
import io
import json
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django

CAMPAIGNS = 2_000
FIRST_DAY = date(2024, 1, 1)
NAMES = ("spring-sale", "Brand Search", "launch", "Retargeting EU", "newsletter")
SHAPES = {
    "table": "day,campaign,amount,impressions,clicks",
    "google": "Day,Campaign,Campaign ID,Currency code,Cost,Impr.,Clicks,CTR,Avg. CPC",
}
LIBRARY_ROWS = 100_000
STOCK_ROWS = 5_000
STOCK_ON_OURS = 500
JOB_ROWS = 100_000


def main() -> int:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--work", default="", help=argparse.SUPPRESS)
    parser.add_argument("--runs", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument(
        "--engine", nargs="+", choices=["postgresql", "sqlite"], default=["postgresql", "sqlite"]
    )
    options = parser.parse_args()
    if options.folder is None:
        return of_engines(options)
    django.setup()
    from attribution import scope

    with scope.all_companies():
        found = WORKS[options.work](options.folder)
    options.out.write_text(json.dumps(found))
    return 0


def of_engines(options: argparse.Namespace) -> int:
    """Each figure by a process of its own, so that its memory is its own too."""
    from bench import run
    from bench.machine import machine
    from bench.server import running_server

    found: dict[str, dict[str, Any]] = {}
    with TemporaryDirectory(prefix="bench-") as name, running_server(None) as server:
        folder = Path(name)
        sums = {shape: write_file(folder / f"{shape}.csv", shape, options.rows) for shape in SHAPES}
        write_file(folder / "job.csv", "table", JOB_ROWS)
        for engine in options.engine:
            found[engine] = {}
            for work in WORKS:
                if work == "floor" and engine == "sqlite":
                    continue
                runs = []
                for _ in range(options.times):
                    with run.database(engine, "bench_spend", folder, server) as environment:
                        run.say(f"{engine}: {work}")
                        figures = run.child(
                            "bench.spend_imports", folder, 1, environment, "--work", work
                        )
                    runs.append(figures)
                    print(f"  {figures}", file=sys.stderr, flush=True)
                    if work in SHAPES and figures["fresh"]["minor"] != sums[work]:
                        raise SystemExit(f"{engine}, {work}: the sum is not that of the file.")
                found[engine][work] = sorted(runs, key=_first_wall)[len(runs) // 2]
    print(printed(options.rows, machine(), found))
    return 0


def _first_wall(figures: dict[str, Any]) -> float:
    """What the runs of one work are put in order by: how long the first thing in it took."""
    wall: float = next(iter(figures.values()))["wall"]
    return wall


def rows_of(number: int) -> Iterator[tuple[str, int, int, int, int]]:
    """Day, campaign, cents, impressions, clicks; the same ones each time."""
    chance = random.Random(7)
    for n in range(number):
        day, campaign = divmod(n, CAMPAIGNS)
        seen = chance.randrange(50, 5_000)
        clicks = int(seen * chance.random() * 0.08)
        cents = clicks * chance.randrange(20, 300)
        yield f"{FIRST_DAY + timedelta(days=day)}", campaign, cents, seen, clicks


def name_of(campaign: int) -> str:
    return f"{NAMES[campaign % len(NAMES)]} {2023 + campaign % 4} {campaign:04d}"


def write_file(path: Path, shape: str, number: int) -> int:
    """One row for each campaign and day; returns the sum of the amounts in cents."""
    total = 0
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if shape == "google":
            writer.writerow(["Campaign report"])
            writer.writerow([f"{FIRST_DAY:%B} 1, 2024 - June 30, 2026"])
            writer.writerow(
                [
                    "Day",
                    "Campaign",
                    "Campaign ID",
                    "Currency code",
                    "Cost",
                    "Impr.",
                    "Clicks",
                    "CTR",
                    "Avg. CPC",
                ]
            )
        else:
            writer.writerow(SHAPES["table"].split(","))
        for day, campaign, cents, seen, clicks in rows_of(number):
            total += cents
            amount = cents / 100
            if shape == "table":
                writer.writerow([day, name_of(campaign), f"{amount:.2f}", seen, clicks])
                continue
            each = amount / clicks if clicks else 0
            writer.writerow(
                (
                    *(day, name_of(campaign), 700_000_000 + campaign, "EUR", f"{amount:,.2f}"),
                    *(f"{seen:,}", clicks, f"{clicks / seen:.2%}", f"{each:.2f}"),
                )
            )
        if shape == "google":
            writer.writerow(
                ["Total: Campaigns", "", " --", "EUR", f"{total / 100:,.2f}", *[""] * 4]
            )
    return total


def company() -> Any:
    """A company that has the campaigns of the file, so that all of its spend is matched."""
    from attribution.models import Campaign, Company
    from attribution.utm import tidy

    made = Company.objects.create(name="Bench", slug="bench", currency="EUR", timezone="UTC")
    names = [name_of(n) for n in range(CAMPAIGNS)]
    Campaign.objects.bulk_create(Campaign(company=made, key=tidy(n), name=n) for n in names)
    return made


@contextmanager
def measured() -> Iterator[dict[str, float]]:
    """Seconds, CPU seconds, and by how many MB the peak of memory grew."""
    from bench.clock import backend_cpu

    found: dict[str, float] = {}
    peak, begin = peak_memory(), time.perf_counter()
    own, database = time.process_time(), backend_cpu()
    yield found
    found["wall"] = time.perf_counter() - begin
    found["own"] = time.process_time() - own
    found["database"] = backend_cpu() - database
    found["grown"] = peak_memory() - peak
    found["peak"] = peak_memory()


def peak_memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def by_file(path: Path) -> dict[str, Any]:
    """As `import_spend` takes it in: fresh, and the same file again."""
    from django.db.models import Sum

    from attribution.imports import engine
    from attribution.imports.options import ImportOptions
    from spend.models import SpendEntry

    ours = company()
    _warm(ours)
    found: dict[str, Any] = {}
    for turn in ("fresh", "again"):
        with measured() as figures:
            outcome = engine.take_in(ours, "spend", path, path.name, ImportOptions(), None)
        assert not outcome.error_count, [error.text for error in outcome.errors]
        assert not outcome.questions, outcome.questions
        counts = {"rows": outcome.rows, "new": outcome.new, "changed": outcome.changed}
        minor = SpendEntry.objects.aggregate(minor=Sum("amount_minor"))
        found[turn] = {**figures, **counts, "gone": outcome.gone, **minor}
    assert (found["again"]["new"], found["again"]["changed"], found["again"]["gone"]) == (0, 0, 0)
    return found


def _warm(ours: Any) -> None:
    """What a process loads once is not a row's cost: a file of one row goes first."""
    from attribution.imports import engine
    from attribution.imports.options import ImportOptions

    row = io.BytesIO(b"day,campaign,amount\n2020-01-01,warm,0.00\n")
    engine.take_in(ours, "spend", row, "warm.csv", ImportOptions(), None)


def bare(folder: Path) -> dict[str, Any]:
    """What nothing can be faster than."""
    from bench.spend_imports_floor import floor

    company()
    return floor(folder / "table.csv", measured)


def library(folder: Path) -> dict[str, Any]:
    """`import_data` of 100,000 rows, fresh and again, and of fewer by the library's own loop."""
    from tablib import Dataset

    from spend.models import SpendEntry
    from spend.resources import SpendResource

    ours = company()
    _warm(ours)
    heads = SHAPES["table"].split(",")
    rows = [
        (day, name_of(campaign), f"{cents / 100:.2f}", str(seen), str(clicks))
        for day, campaign, cents, seen, clicks in rows_of(LIBRARY_ROWS)
    ]
    found: dict[str, Any] = {}
    dataset = Dataset(*rows, headers=heads)  # the caller's own, as for the stock resource
    for turn in ("fresh", "again"):
        with measured() as figures:
            result = SpendResource(company=ours).import_data(dataset)
        assert not result.has_errors() and not result.has_validation_errors()
        found[turn] = {**figures, "rows": len(rows), "new": result.totals["new"]}
    assert (found["fresh"]["new"], found["again"]["new"]) == (LIBRARY_ROWS, 0)

    found["stock, plain table"] = _stock(_plain_table(), STOCK_ROWS, 1)
    found["stock, our table"] = _stock(SpendEntry, STOCK_ON_OURS, ours.pk)
    return found


def _plain_table() -> Any:
    """A table of the same columns, with the unique key that the rows are found by. Our own does
    more with each row that is saved: that is no cost of the library.
    """
    from django.db import connection, models

    from attribution.models import Campaign

    class PlainSpend(models.Model):  # noqa: DJ008 - nobody reads it
        company = models.IntegerField()
        day = models.DateField()
        campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="+")
        campaign_key = models.CharField(max_length=400)
        source = models.CharField(max_length=80)
        amount_minor = models.BigIntegerField()
        currency = models.CharField(max_length=3)
        impressions = models.BigIntegerField(null=True)
        clicks = models.BigIntegerField(null=True)

        class Meta:
            app_label = "spend"
            unique_together = (("company", "day", "campaign_key", "source"),)

    with connection.schema_editor() as editor:
        editor.create_model(PlainSpend)
    return PlainSpend


def _stock(of_model: Any, number: int, company_id: int) -> dict[str, Any]:
    """The library as its manual has it: the campaign by its key, one entry a day, row by row."""
    from import_export import fields, resources, widgets
    from tablib import Dataset

    from attribution.models import Campaign
    from attribution.utm import tidy

    known = ["company", "day", "campaign_key", "source"]
    said = ["amount_minor", "currency", "impressions", "clicks"]
    found_by = widgets.ForeignKeyWidget(Campaign, "key")
    campaign = fields.Field(column_name="campaign_key", attribute="campaign", widget=found_by)
    meta = {"model": of_model, "import_id_fields": known, "fields": [*known, "campaign", *said]}
    members = {"campaign": campaign, "Meta": type("Meta", (), meta)}
    stock = type("Stock", (resources.ModelResource,), members)
    rows = (
        (company_id, day, tidy(name_of(campaign)), "stock", cents, "EUR", seen, clicks)
        for day, campaign, cents, seen, clicks in rows_of(number)
    )
    dataset = Dataset(*rows, headers=[*known, *said])
    with measured() as figures:
        result = stock().import_data(dataset)
    assert result.totals["new"] == number, result.base_errors or result.row_errors()[:1]
    return {**figures, "rows": number}


def job(folder: Path) -> dict[str, Any]:
    """100,000 rows as the worker of the browser takes them: the check, its page, the import."""
    from django.conf import settings
    from django.contrib.auth.models import User

    from attribution.imports import jobs, runs
    from attribution.imports.options import ImportOptions
    from attribution.models import ImportRun
    from bench.page import client

    settings.IMPORT_WORKER = "inline"  # the figures are those of this process
    ours, browser = company(), client()
    content = (folder / "job.csv").read_bytes()
    user = User.objects.get(pk=browser.session["_auth_user_id"])
    run = runs.begin(ours, "spend", "job.csv", "hash", ImportOptions(), user)
    ImportRun.objects.filter(pk=run.pk).update(file_content=content, state=ImportRun.State.CHECKING)
    run.refresh_from_db()
    with measured() as checked:
        outcome = jobs.check(run, run_id=run.pk)
        assert outcome is not None and not outcome.error_count
        jobs.keep_check(run, outcome)
    del outcome
    page = browser.get(f"/admin/spend/spendentry/import/{run.token}/")
    assert page.status_code == 200, page.status_code
    run.refresh_from_db()
    with measured() as taken:
        done = jobs.take_in(run, None)
    assert done is not None and done.new == JOB_ROWS, done
    return {
        "check": checked,
        "take_in": taken,
        "page": len(page.content),
        "rows": JOB_ROWS,
    }


WORKS: dict[str, Callable[[Path], dict[str, Any]]] = {
    "table": lambda folder: by_file(folder / "table.csv"),
    "google": lambda folder: by_file(folder / "google.csv"),
    "library": library,
    "job": job,
    "floor": bare,
}


def printed(rows: int, facts: dict[str, str], found: dict[str, dict[str, Any]]) -> str:
    """Tables in Markdown."""
    lines = [
        f"{facts['day']}: {facts['processor']}, {facts['memory']}, {facts['system']}; "
        f"Python {facts['python']}, {facts['packages']}; load {facts['load']} at the end. "
        f"{rows:,} rows by file, {LIBRARY_ROWS:,} through the library.",
        "",
        "| engine | what | turn | rows/s (wall) | rows/s (CPU) | Python s | database s | MB more |",
        "|---|---|---|---:|---:|---:|---:|---:|",
    ]
    for engine, works in found.items():
        for work in ("table", "google", "library"):
            for turn, figures in works[work].items():
                lines.append(_line(engine, work, turn, figures))
        for rung, figures in works.get("floor", {}).items():
            lines.append(_line(engine, rung, "", figures))
    lines += ["", "| engine | 100,000 rows by a job | |", "|---|---|---:|"]
    for engine, works in found.items():
        done = works["job"]
        lines += [
            f"| {engine} | check, s | {done['check']['wall']:.1f} |",
            f"| {engine} | import, s | {done['take_in']['wall']:.1f} |",
            f"| {engine} | peak memory of the process, MB | {done['take_in']['peak']:.0f} |",
            f"| {engine} | page of the check, kB | {done['page'] / 1000:.0f} |",
        ]
    return "\n".join(lines)


def _line(engine: str, work: str, turn: str, figures: dict[str, float]) -> str:
    cpu = figures["own"] + figures["database"]
    return (
        f"| {engine} | {work} | {turn} | {figures['rows'] / figures['wall']:,.0f} |"
        f" {figures['rows'] / cpu:,.0f} | {figures['own']:.1f} | {figures['database']:.1f} |"
        f" {figures['grown']:.0f} |"
    )


if __name__ == "__main__":
    sys.exit(main())
