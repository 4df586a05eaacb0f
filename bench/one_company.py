"""A measurement of its own on a database with one company: its command, and its processes."""

import argparse
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import django

ENGINES = ("postgresql", "sqlite")
RUNS = 3
Measured = Callable[[Path, int], dict[str, Any]]
Printed = Callable[[int, list[dict[str, Any]]], str]


def main(
    module: str,
    about: str | None,
    measured: Measured,
    printed: Printed,
    engines: Sequence[str] = ENGINES,
) -> int:
    """The command `python -m <module>`; also of the process that it starts for each engine."""
    parser = argparse.ArgumentParser(
        description=about, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--leads", type=int, default=100_000)
    parser.add_argument("--engine", nargs="+", choices=ENGINES, default=engines)
    parser.add_argument("--keep", type=Path, help="a folder for data and databases, used again")
    options = parser.parse_args()
    if options.folder is not None:
        django.setup()
        options.out.write_text(json.dumps(measured(options.folder, options.runs)))
        return 0
    with TemporaryDirectory(prefix="bench-") as folder:
        options.keep = options.keep or Path(folder)
        found = [_of_engine(engine, module, options) for engine in options.engine]
    print(printed(options.leads, found))
    return 0


def _of_engine(engine: str, module: str, options: argparse.Namespace) -> dict[str, Any]:
    """The figures of one database, which a process of its own fills and measures."""
    from concurrent.futures import ProcessPoolExecutor

    from bench import run
    from bench.generator.__main__ import main as generate
    from bench.server import running_server

    name = f"{module.rpartition('.')[2]}_{options.leads}"
    folder = options.keep / name
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "truth.csv").exists():
        size = ["--leads", str(options.leads), "--companies", "1", "--out", str(folder)]
        with ProcessPoolExecutor(max_workers=1) as pool:
            pool.submit(generate, size).result()
    with (
        running_server(options.keep) as server,
        run.database(engine, name, folder, server, anew=True, keep=False) as environment,
    ):
        found = run.child(module, folder, options.runs, environment)
    return {"engine": engine} | found
