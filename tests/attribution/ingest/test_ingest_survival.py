"""A server process is killed while leads come in: what was acknowledged is there, once.

One round in the suite. docs/reliability.md says how to run twenty, with the database killed too:

    KILL_ROUNDS=20 KILL_DATABASE="pg_ctl -D … -m immediate restart" pytest <this file> -s
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from urllib.parse import urlsplit

import pytest
from django.db import connection

from attribution import scope
from attribution.ingest import keys
from attribution.models import Lead
from campaignperf.settings import bench
from tests.attribution.ingest.shop import Shop
from tests.factories import make_company
from tests.shared_data import PROJECT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.on_postgresql]

ROUNDS = int(os.environ.get("KILL_ROUNDS", "1"))
RESTART = os.environ.get("KILL_DATABASE", "")
RESTART_EVERY = 4  # rounds
DOORS = {
    "thread": ("campaignperf.wsgi", "--config", "python:campaignperf.serving"),
    "loop": ("--config", "python:campaignperf.serving_ingest"),
}
SETTINGS = {
    "DJANGO_SETTINGS_MODULE": "campaignperf.settings.bench",
    "ENV_FILE": os.devnull,
    "INGEST_PER_MINUTE": "0",
}


class Server:
    """gunicorn with two worker processes; `how` it serves is one of DOORS."""

    def __init__(self, url, how):
        self.port = free_port()
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", *how),
                *("--bind", f"127.0.0.1:{self.port}", "--workers", "2"),
                *("--log-level", "critical"),
            ],
            cwd=PROJECT,
            env=os.environ | SETTINGS | {"DATABASE_URL": url},
            stderr=subprocess.DEVNULL,
        )

    def wait(self):
        for _ in range(600):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5)
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("The server did not start.")

    def workers(self):
        command = ["ps", "-o", "pid=", "--ppid", str(self.process.pid)]
        return [int(pid) for pid in subprocess.check_output(command, text=True).split()]

    def kill_a_worker(self, choice):
        pids = self.workers()
        if pids:
            os.kill(choice.choice(pids), signal.SIGKILL)

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@pytest.mark.skipif(not shutil.which("ps"), reason="ps is missing: no worker can be found")
@pytest.mark.parametrize("how", DOORS.values(), ids=DOORS)
def test_nothing_acknowledged_is_lost_or_doubled(settings, how):
    if connection.vendor != "postgresql":
        pytest.skip("The database is a server that processes share.")
    settings.SECRET_KEY = bench.SECRET_KEY  # the server's own
    with scope.all_companies():
        text = keys.make(make_company(), "server", "Shop")[1]
    parts = urlsplit(os.environ["DATABASE_URL"])
    server = Server(parts._replace(path=f"/{connection.settings_dict['NAME']}").geturl(), how)
    shop = Shop(server.port, text)
    choice = random.Random(ROUNDS)
    try:
        server.wait()
        shop.open()
        for number in range(1, ROUNDS + 1):
            shop.wait_for_more(10)
            time.sleep(choice.uniform(0, 0.5))
            server.kill_a_worker(choice)
            if RESTART and number % RESTART_EVERY == 0:
                subprocess.run(RESTART, shell=True, check=True, stdout=subprocess.DEVNULL)
        time.sleep(0.5)
        shop.close()
    finally:
        shop.stop()
        server.stop()
        connection.close()  # it may have been cut by the restart
    assert shop.faults == []
    with scope.all_companies():
        stored = list(Lead.objects.values_list("external_id", flat=True))
    lost = set(shop.acknowledged) - set(stored)
    doubled = len(stored) - len(set(shop.acknowledged))
    print(
        f"{ROUNDS} kills: {len(stored):,} leads stored, {len(shop.acknowledged):,} acknowledged, "
        f"{shop.failed_tries} of {shop.tries:,} tries failed; lost {len(lost)}, doubled {doubled}"
    )
    assert shop.failed_tries or ROUNDS == 1
    assert (len(lost), doubled) == (0, 0)
    assert len(stored) > 20
