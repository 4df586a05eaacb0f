"""Fills one empty database, compares it with truth.csv, and times everything in it.

Run by `bench.run`: `python -m bench.measure FOLDER --out FILE`, with DATABASE_URL; with `--imported
COMPANY` instead it only compares the facts of that company, which the import commands took in.
"""

import argparse
import csv
import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import django

MARKS = (100, 1000)
FEW_RUNS = 5  # of what takes long


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--imported", metavar="COMPANY", default="")
    options = parser.parse_args()
    django.setup()
    from attribution import scope

    with scope.all_companies():
        if options.imported:
            return imported(options.folder, options.imported)
        found = measured(options.folder, options.runs)
    if found is None:
        return 1
    options.out.write_text(json.dumps(found))
    return 0


def imported(folder: Path, company: str) -> int:
    """1 when the facts of the company differ from the truth."""
    from bench import totals

    wrong = totals.mismatches(folder / "truth.csv", company, sums=False)
    print(f"  {wrong} mismatches with truth.csv after the imports", file=sys.stderr)
    return 1 if wrong else 0


def measured(folder: Path, runs: int) -> dict[str, Any] | None:
    """All figures of one database; None when it does not agree with the truth."""
    from django.db import connection

    from bench import marks, page, sums, totals, umami, writes
    from bench.clock import one_process

    one_process()
    rates = filled(folder, connection.vendor)
    company, leads = largest(folder)
    found: dict[str, Any] = {
        "company": company.slug,
        "company_leads": leads,
        "loaded": rates,
        "server": server_version(),
    }
    wrong = said("comparing with truth.csv", totals.mismatches, folder / "truth.csv")
    print(f"  {wrong} mismatches with truth.csv", file=sys.stderr)
    if wrong:
        return None
    found["sizes"] = marks.sizes()
    found["sums"] = said("report", sums.time_sums, company, runs)
    found["pages"] = said("page", page.time_pages, company, runs)
    marker = marks.Marker(company, MARKS[0])
    marker.mark()
    found["marks"] = {"marks": MARKS[0], "buckets": marks.buckets(company)}
    found["marked_sums"] = said("report with marks", sums.time_sums, company, runs)
    found["marked_pages"] = said("page with marks", page.time_pages, company, runs, page.ROWS[:1])
    marker.restore()
    found["refresh"] = [
        said(f"refresh of {number} marks", marks.time_refresh, company, number, FEW_RUNS)
        for number in MARKS
    ]
    if connection.vendor == "postgresql":
        found["umami"] = said("Umami's question", umami.time_umami, company, runs)
        found["writes"] = said("writes", writes.time_writes, company, FEW_RUNS)
    found["rebuild"] = said("rebuilding", marks.time_rebuild, FEW_RUNS)
    wrong = said("comparing again", totals.mismatches, folder / "truth.csv")
    return None if wrong else found


def filled(folder: Path, engine: str) -> dict[str, float]:
    """Fill the database, unless a run before has; the rows a second that it took in."""
    from bench.load import Loader
    from bench.marks import rebuild_all

    note = folder / loaded_note(engine)
    if note.exists():
        rates: dict[str, float] = json.loads(note.read_text())
        return rates
    loader = Loader(folder)
    said("loading", loader.load)
    said("building the sums", rebuild_all)
    note.write_text(json.dumps(loader.rates))
    return loader.rates


def loaded_note(engine: str) -> str:
    """The file that says that the database is full."""
    return f"loaded-{engine}.json"


def largest(folder: Path) -> tuple[Any, int]:
    """The company with most leads, and how many it has."""
    from attribution.models import Company

    leads: Counter[str] = Counter()
    with (folder / "truth.csv").open() as file:
        for row in csv.DictReader(file):
            leads[row["company"]] += int(row["leads"])
    ((slug, number),) = leads.most_common(1)
    return Company.objects.get(slug=slug), number


def said(what: str, work: Any, *arguments: Any) -> Any:
    """Do it, and say how long it took."""
    begin = time.perf_counter()
    found = work(*arguments)
    print(f"  {what}: {time.perf_counter() - begin:.1f} s", file=sys.stderr, flush=True)
    return found


def server_version() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW server_version")
            return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"
        cursor.execute("SELECT sqlite_version()")
        return f"SQLite {cursor.fetchone()[0]}"


if __name__ == "__main__":
    sys.exit(main())
