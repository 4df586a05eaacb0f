"""Measures ingest over HTTP: `python -m bench.ingest`. Needs wrk and PostgreSQL.

gunicorn with two processes, wrk on the loopback beside it, single leads and batches of 500, into a
company that has leads, bookings and spend of two years already; and the report page meanwhile. Wall
time says little on a machine that others use, so the CPU time of a lead is given too.

With --apart ingest has the server that docs/deployment.md describes for many leads, which gives way
to that of the pages.
"""

import argparse
import http.client
import io
import os
import re
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import django
import psycopg

from bench.generator.__main__ import main as generate
from bench.imports import PROJECT
from bench.machine import machine
from bench.ranges import LAST_DAY
from bench.run import environment_of
from bench.server import running_server

DATABASE = "bench_ingest"
PORT = 8765
ALL = ("campaignperf.wsgi", "--config", "python:campaignperf.serving")
INGEST = ("--config", "python:campaignperf.serving_ingest")
GIVES_WAY = 10  # nice: a tenth of the time of another process, while that one has something to do
TICKS = os.sysconf("SC_CLK_TCK")
SCRIPT = Path(__file__).with_suffix(".lua")


class Load(NamedTuple):
    """One kind of load."""

    name: str
    items: int  # of a request
    connections: int


LOADS = (
    Load("single leads, 8 connections", 1, 8),
    Load("single leads, 16 connections", 1, 16),
    Load("single leads, 32 connections", 1, 32),
    Load("batches of 500, 8 connections", 500, 8),
)


def main() -> int:
    assert __doc__ is not None
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--leads", type=int, default=100_000, help="that are there before")
    parser.add_argument("--seconds", type=int, default=8, help="of each load")
    parser.add_argument("--pages", type=int, default=15, help="report pages asked for")
    parser.add_argument("--apart", action="store_true", help="pages from another server")
    options = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("wrk is missing. On Debian or Ubuntu: apt-get install wrk.")
    print(", ".join(f"{name}: {value}" for name, value in machine().items()))
    with running_server(None) as database:
        url = database.database(DATABASE, anew=True)
        os.environ.update(environment_of(url) | {"INGEST_PER_MINUTE": "0"})
        try:
            key, cookie, slug = filled(options.leads)
            with (
                psycopg.connect(url, autocommit=True) as watching,
                ExitStack() as servers,
            ):
                if options.apart:
                    web = servers.enter_context(gunicorn(PORT, 2, INGEST, GIVES_WAY))
                    servers.enter_context(gunicorn(PORT + 1, 1, ALL))
                else:
                    web = servers.enter_context(gunicorn(PORT, 2, ALL))
                probe = Probe(watching, web)
                page = Page(slug, cookie, PORT + options.apart)
                quiet = page.times(options.pages)
                print(f"page, quiet: {shown(quiet)}")
                wrk(LOADS[0], 2, key)
                probe.tidy()
                for load in LOADS:
                    measured(load, options, key, probe, page, quiet)
        finally:
            from django.db import connections

            connections.close_all()
            database.drop(DATABASE)
    return 0


def filled(leads: int) -> tuple[str, str, str]:
    """A company with its sums, a key of it, and the cookie of somebody who is signed in."""
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from attribution import scope
    from attribution.ingest import keys
    from bench.measure import filled as fill
    from bench.measure import largest
    from bench.page import client

    with tempfile.TemporaryDirectory(prefix="bench-") as name, scope.all_companies():
        folder = Path(name)
        generate(["--leads", str(leads), "--companies", "1", "--out", name])
        fill(folder, "postgresql")
        company, _ = largest(folder)
        text = keys.make(company, "server", "bench")[1]
        cookie = client().cookies["sessionid"].value
        return text, cookie, company.slug


@contextmanager
def gunicorn(port: int, workers: int, how: tuple[str, ...], nice: int = 0) -> Iterator[int]:
    """Its process id."""
    command = [
        *("nice", "-n", str(nice)),
        *(sys.executable, "-m", "gunicorn", *how),
        *("--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--log-level", "warning"),
    ]
    process = subprocess.Popen(command, cwd=PROJECT)
    try:
        for _ in range(600):
            if _get(port, "/healthz", {})[0] == 200:
                break
            time.sleep(0.1)
        yield process.pid
    finally:
        process.terminate()
        process.wait()


class Probe:
    """CPU seconds so far of the server's processes and of the database's."""

    def __init__(self, watching: Any, web: int) -> None:
        self.watching, self.web = watching, web

    def now(self) -> tuple[float, float]:
        command = ["ps", "-o", "pid=", "--ppid", str(self.web)]
        workers = subprocess.check_output(command, text=True).split()
        sql = "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        backends = [row[0] for row in self.watching.execute(sql, [DATABASE])]
        return sum(map(_cpu, workers)), sum(map(_cpu, backends))

    def tidy(self) -> None:
        """What autovacuum does each minute, too; here it is off."""
        self.watching.execute("VACUUM ANALYZE")


def _cpu(pid: int | str) -> float:
    """Of all threads of a process; 0 when it has gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS


class Page:
    """The report page of the company, as an owner asks for it."""

    def __init__(self, slug: str, cookie: str, port: int) -> None:
        self.port = port
        first = LAST_DAY.replace(day=1)
        self.path = (
            f"/admin/reports/overview/?company={slug}&period=custom&from={first}&to={LAST_DAY}"
        )
        self.headers = {"Cookie": f"sessionid={cookie}"}

    def times(self, number: int, meanwhile: Callable[[], bool] = lambda: True) -> list[float]:
        """Milliseconds of each, after some to warm up; no more than go on `meanwhile`."""
        found: list[float] = []
        for n in range(number + 4):
            begin = time.perf_counter()
            status, size = _get(self.port, self.path, self.headers)
            assert status == 200, status
            assert size > 10_000
            if not meanwhile():
                break
            if n >= 4:
                found.append((time.perf_counter() - begin) * 1000)
        return found


def _get(port: int, path: str, headers: dict[str, str]) -> tuple[int, int]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, len(answer.read())
    except OSError:
        return 0, 0
    finally:
        connection.close()


def measured(
    load: Load, options: argparse.Namespace, key: str, probe: Probe, page: Page, quiet: list[float]
) -> None:
    """Two seconds to warm up, the load alone, and once more with the page beside it."""
    from django.core.management import call_command

    wrk(load, 2, key)
    before = probe.now()
    said = wrk(load, options.seconds, key)
    web, database = (after - b for after, b in zip(probe.now(), before, strict=True))
    leads = int(_found(r"(\d+) requests in", said)) * load.items
    rate = float(_found(r"Requests/sec:\s+([\d.]+)", said)) * load.items
    print(
        f"{load.name}: {rate:,.0f} leads/s, p50 {_latency(50, said)}, p99 {_latency(99, said)}; "
        f"CPU a lead: server {web / leads * 1e6:,.0f} µs, database {database / leads * 1e6:,.0f} µs"
    )
    call_command("tick", verbosity=0, stdout=io.StringIO())  # as each minute
    probe.tidy()
    beside = threading.Thread(target=wrk, args=(load, options.seconds + 2, key))
    beside.start()
    time.sleep(1)
    busy = page.times(options.pages, beside.is_alive)
    beside.join()
    if not busy:
        raise SystemExit("No page came while the load lasted: ask for more --seconds.")
    times = statistics.median(busy) / statistics.median(quiet)
    print(f"page beside it: {shown(busy)}; {times:.2f} × quiet")


def wrk(load: Load, seconds: int, key: str) -> str:
    command = [
        *("wrk", "-t1", f"-c{load.connections}", f"-d{seconds}s", "--latency", "--timeout", "30s"),
        *("-s", str(SCRIPT), f"http://127.0.0.1:{PORT}", "--"),
        *(key, secrets.token_hex(4), str(load.items), str(LAST_DAY)),
    ]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "WRONG ANSWER" in said or "Socket errors" in said:
        raise SystemExit(said)
    return said


def _found(pattern: str, said: str) -> str:
    found = re.search(pattern, said)
    assert found is not None, said
    return found[1]


def _latency(percent: int, said: str) -> str:
    return _found(rf"{percent}%\s+([\d.]+\w+)", said)


def shown(times: list[float]) -> str:
    return f"median {statistics.median(times):.0f} ms, most {max(times):.0f} ms"


if __name__ == "__main__":
    sys.exit(main())
