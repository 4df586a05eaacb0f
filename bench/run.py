"""Times imports and the report page on generated data: `make bench ARGS="--leads 100000"`.

Makes the data, imports them by the product's own commands, compares every sum with truth.csv to
the cent, and only then times the page. CPU seconds, not wall time: they hold on a machine that
others use too.
"""

import argparse
import csv
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from bench.generator.__main__ import main as generate
from tests.databases import postgresql_url

PROJECT = Path(__file__).resolve().parent.parent
IMPORTS = (("import_leads", "leads"), ("import_bookings", "bookings"), ("import_spend", "spend"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--companies", type=int, default=40, help="1: the heaviest page")
    parser.add_argument("--engine", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        size = ["--leads", str(options.leads), "--companies", str(options.companies)]
        # In a process of its own: what it needs would count as the memory of those started later.
        with ProcessPoolExecutor(max_workers=1) as pool:
            pool.submit(generate, [*size, "--out", name]).result()
            options.slugs = pool.submit(split_by_company, folder).result()
        if options.engine == "sqlite":
            return measure(folder, f"sqlite:///{folder / 'bench.sqlite3'}", options)
        with postgresql_url() as url:
            return measure(folder, url, options)


def measure(folder: Path, url: str, options: argparse.Namespace) -> int:
    environment = os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "campaignperf.settings.bench",
        "ENV_FILE": os.devnull,
    }
    print(
        f"\n## {options.leads:,} leads, {options.companies} companies, {options.engine}, "
        f"Python {platform.python_version()}\n"
    )
    manage(environment, "migrate", "--verbosity", "0")
    companies: list[str] = options.slugs
    for company in companies:
        zone = ["--timezone", "UTC"]
        manage(environment, "create_company", company, "--slug", company, *zone)
    print("Of the largest company:\n")
    print("| import | rows | rows/s (wall) | Python CPU s | peak memory MB | over start MB |")
    print("|---|---|---|---|---|---|")
    idle = timed(environment, "check")[2]
    for command, kind in IMPORTS:
        for place, company in enumerate(companies):
            file = folder / f"{kind}-{company}.csv"
            if not file.exists():
                continue
            rows = sum(1 for _ in file.open()) - 1
            wall, cpu, peak = timed(environment, command, str(file), "--company", company)
            if place == 0:
                print(
                    f"| {command} | {rows:,} | {rows / wall:,.0f} | {cpu:.1f} | {peak:.0f} "
                    f"| {peak - idle:.0f} |"
                )
    return subprocess.call(
        [
            *(sys.executable, "-m", "bench.page", str(folder)),
            *("--company", companies[0], "--runs", str(options.runs)),
        ],
        cwd=PROJECT,
        env=environment,
    )


def manage(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def timed(environment: dict[str, str], *arguments: str) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak memory in MB of one command of manage.py."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _pid, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{arguments[0]} failed:\n{said}")
    wall = time.perf_counter() - begin
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def split_by_company(folder: Path) -> list[str]:
    """One file of each kind for each company; returns the companies, the largest first."""
    sizes: Counter[str] = Counter()
    of_lead: dict[str, str] = {}
    with (folder / "leads.csv").open() as file:
        for row in csv.DictReader(file):
            of_lead[row["id"]] = row["company"]
            sizes[row["company"]] += 1
    for kind in ("leads", "bookings", "spend"):
        with ExitStack() as opened, (folder / f"{kind}.csv").open() as file:
            head = next(file)
            named = head.rstrip().split(",")
            column = named.index("lead_id" if kind == "bookings" else "company")
            targets: dict[str, TextIO] = {}
            for line in file:
                value = line.split(",", column + 1)[column].strip()
                company = of_lead[value] if kind == "bookings" else value
                if company not in targets:
                    path = folder / f"{kind}-{company}.csv"
                    targets[company] = opened.enter_context(path.open("w"))
                    targets[company].write(head)
                targets[company].write(line)
    return [company for company, _ in sizes.most_common()]


if __name__ == "__main__":
    sys.exit(main())
