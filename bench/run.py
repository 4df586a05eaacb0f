"""Times imports and the report page on generated data: `make bench ARGS="--leads 100000"`.

Makes the data, imports them by the product's own commands, compares every sum with truth.csv to
the cent, and only then times the page. CPU seconds, not wall time: they hold on a machine that
others use too.
"""

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.generator.__main__ import main as generate
from tests.databases import postgresql_url

PROJECT = Path(__file__).resolve().parent.parent
COMPANY = "bench"
IMPORTS = (
    ("import_leads", "leads.csv", ["--map", "id=external_id"]),
    ("import_bookings", "bookings.csv", []),
    ("import_spend", "spend.csv", []),
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--engine", choices=["postgresql", "sqlite"], default="postgresql")
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        generate(["--leads", str(options.leads), "--companies", "1", "--out", name])
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
    print(f"\n## {options.leads:,} leads, {options.engine}, Python {platform.python_version()}\n")
    manage(environment, "migrate", "--verbosity", "0")
    manage(environment, "create_company", "Bench", "--slug", COMPANY, "--timezone", "UTC")
    print("| import | rows | rows/s (wall) | Python CPU s | peak memory MB | over start MB |")
    print("|---|---|---|---|---|---|")
    for command, file, extra in IMPORTS:
        rows = sum(1 for _ in (folder / file).open()) - 1
        arguments = [command, str(folder / file), "--company", COMPANY, *extra]
        wall, cpu, peak = timed(environment, *arguments)
        print(
            f"| {command} | {rows:,} | {rows / wall:,.0f} | {cpu:.1f} | {peak:.0f} "
            f"| {peak - start_memory(environment):.0f} |"
        )
    return subprocess.call(
        [sys.executable, "-m", "bench.page", str(folder), "--runs", str(options.runs)],
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


def start_memory(environment: dict[str, str]) -> float:
    """What a command needs that does nothing."""
    return timed(environment, "check")[2]


if __name__ == "__main__":
    sys.exit(main())
