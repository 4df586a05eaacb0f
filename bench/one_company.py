"""A database with one company for a measurement of its own."""

import argparse
from typing import Any


def of_engine(engine: str, module: str, options: argparse.Namespace) -> dict[str, Any]:
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
