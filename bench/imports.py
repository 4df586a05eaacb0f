"""Times the product's own import commands on the files of the largest company."""

import csv
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parent.parent
IMPORTS = (("import_leads", "leads"), ("import_bookings", "bookings"), ("import_spend", "spend"))


def time_imports(folder: Path, company: str, environment: dict[str, str]) -> list[dict[str, Any]]:
    """Rows a second of each command, with its start; what it took in is compared with the truth."""
    _split_off(folder, company)
    zone = ["--timezone", "UTC"]
    manage(environment, "create_company", company, "--slug", company, *zone)
    idle = _timed(environment, "check")[2]
    found = []
    for command, kind in IMPORTS:
        file = folder / f"{kind}-{company}.csv"
        rows = sum(1 for _ in file.open()) - 1
        wall, cpu, peak = _timed(environment, command, str(file), "--company", company)
        found.append(
            {
                "command": command,
                "rows": rows,
                "rate": rows / wall,
                "own": cpu,
                "memory": peak - idle,
            }
        )
    module = [sys.executable, "-m", "bench.measure", str(folder), "--imported", company]
    subprocess.run(module, cwd=PROJECT, env=environment, check=True)
    return found


def manage(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def _timed(environment: dict[str, str], *arguments: str) -> tuple[float, float, float]:
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


def _split_off(folder: Path, company: str) -> None:
    """One file of each kind with the rows of this company."""
    own = set()
    with (folder / "leads.csv").open() as file:
        for row in csv.DictReader(file):
            if row["company"] == company:
                own.add(row["id"])
    for _command, kind in IMPORTS:
        target = folder / f"{kind}-{company}.csv"
        with (folder / f"{kind}.csv").open() as source, target.open("w") as copy:
            head = next(source)
            copy.write(head)
            column = head.rstrip().split(",").index("lead_id" if kind == "bookings" else "company")
            for line in source:
                value = line.split(",", column + 1)[column].strip()
                if value in own if kind == "bookings" else value == company:
                    copy.write(line)
