"""Measures the report, the page, refreshes and writes on generated data: `make bench`.

Makes the data, fills a database with them, compares every sum with truth.csv to the cent, and only
then times anything; beside it DuckDB and a peer's query on the same rows, in the same run. Without
arguments 100,000 leads on PostgreSQL and SQLite; the figures of docs/performance.md are written by

    make bench ARGS="--leads 100000 1000000 10000000 --companies 1 --write"
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from bench.generator.__main__ import main as generate
from bench.imports import PROJECT, manage, time_imports
from bench.machine import machine
from bench.measure import loaded_note
from bench.report import printed, write
from bench.server import Server, running_server

MOST_ON_SQLITE = 1_000_000
MOST_IMPORTED = {"postgresql": 1_000_000, "sqlite": 100_000}


def main() -> int:
    options = parsed()
    results: dict[str, Any] = {
        "companies": options.companies,
        "runs": options.runs,
        "machine": machine(),
        "measured": [],
        "duck": {},
        "imports": [],
    }
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    with running_server(options.keep) as server:
        for leads in options.leads:
            with data_folder(leads, options) as folder:
                measure(folder, leads, options, server, results)
            if options.results:
                options.results.write_text(json.dumps(results, indent=1))
    print(printed(results))
    if options.write:
        write(results)
    return 0


def parsed() -> argparse.Namespace:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--leads", type=int, nargs="+", default=[100_000], metavar="N", help="in this order"
    )
    parser.add_argument("--companies", type=int, default=40, help="1: the heaviest report")
    parser.add_argument(
        "--engine", nargs="+", choices=["postgresql", "sqlite"], default=["postgresql", "sqlite"]
    )
    parser.add_argument("--runs", type=int, default=7, help="medians of so many")
    parser.add_argument("--no-imports", action="store_true", help="leave the import commands out")
    parser.add_argument("--write", action="store_true", help="into docs/performance.md")
    parser.add_argument(
        "--keep", type=Path, help="a folder for data and filled databases, used again if there"
    )
    parser.add_argument("--results", type=Path, help="keep the figures in this file too")
    return parser.parse_args()


@contextmanager
def data_folder(leads: int, options: argparse.Namespace) -> Iterator[Path]:
    """A folder with the generated files."""
    with ExitStack() as stack:
        if options.keep:
            folder = options.keep / f"{leads}-leads-{options.companies}-companies"
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        if not (folder / "truth.csv").exists():  # it is written last
            size = ["--leads", str(leads), "--companies", str(options.companies)]
            # In a process of its own: what it needs would count as the memory of those started
            # later.
            with ProcessPoolExecutor(max_workers=1) as pool:
                pool.submit(generate, [*size, "--out", str(folder)]).result()
        yield folder


def measure(
    folder: Path, leads: int, options: argparse.Namespace, server: Server, results: dict[str, Any]
) -> None:
    """Everything about one number of leads."""
    largest = ""
    for engine in options.engine:
        if engine == "sqlite" and leads > MOST_ON_SQLITE:
            continue
        say(f"{leads:,} leads, {options.companies} companies, {engine}")
        name = f"bench_{leads}_{options.companies}"
        anew = not (folder / loaded_note(engine)).exists()
        keep = options.keep is not None
        with database(engine, name, folder, server, anew=anew, keep=keep) as environment:
            found = child("bench.measure", folder, options.runs, environment)
        results["measured"].append({"leads": leads, "engine": engine} | found)
        largest = found["company"]
        if leads <= MOST_IMPORTED[engine] and not options.no_imports:
            say(f"{leads:,} leads, {engine}: imports")
            with database(engine, "bench_imports", folder, server) as environment:
                rows = time_imports(folder, largest, environment)
            results["imports"] += [{"leads": leads, "engine": engine} | row for row in rows]
    say(f"{leads:,} leads, DuckDB")
    results["duck"][str(leads)] = child(
        "bench.duck", folder, options.runs, dict(os.environ), "--company", largest
    )


@contextmanager
def database(
    engine: str,
    name: str,
    folder: Path,
    server: Server,
    *,
    anew: bool = True,
    keep: bool = False,
) -> Iterator[dict[str, str]]:
    """The environment of a database with the product's tables."""
    file = folder / f"{name}.sqlite3"
    if engine == "postgresql":
        url = server.database(name, anew=anew)
    else:
        if anew:
            file.unlink(missing_ok=True)
        url = f"sqlite:///{file}"
    environment = environment_of(url)
    manage(environment, "migrate", "--verbosity", "0")
    yield environment
    if engine == "postgresql" and not keep:
        server.drop(name)


def environment_of(url: str) -> dict[str, str]:
    return os.environ | {
        "DATABASE_URL": url,
        "DATABASE_STATEMENT_TIMEOUT": "0",
        "DJANGO_SETTINGS_MODULE": "campaignperf.settings.bench",
        "ENV_FILE": os.devnull,
    }


def child(
    module: str, folder: Path, runs: int, environment: dict[str, str], *more: str
) -> dict[str, Any]:
    """The figures that a module writes in a process of its own."""
    out = folder / "figures.json"
    arguments = [str(folder), "--runs", str(runs), "--out", str(out), *more]
    subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=PROJECT, env=environment, check=True
    )
    found: dict[str, Any] = json.loads(out.read_text())
    return found


def say(what: str) -> None:
    print(f"\n{what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
