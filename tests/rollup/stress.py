"""Writers, refreshers and a reader at the same time, on a database of their own.

`run_on(url, plan)` starts this module as a process, which makes the data and one process for each
that takes part: `python -m tests.rollup.stress PLAN`, with DATABASE_URL set. It prints what came
of it as JSON.
"""

import json
import logging
import multiprocessing
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from time import monotonic, sleep

import django

PROJECT = Path(__file__).resolve().parent.parent.parent
STUCK = 120  # seconds without one transaction: something waits for ever
REFRESH_EVERY = 0.05
TOLD = 5  # differences that are told in full


@dataclass(frozen=True)
class Plan:
    """How much is done; pauses in seconds, at random and so long at most."""

    transactions: int = 600
    writers: int = 4
    refreshers: int = 2
    kills: int = 0
    seed: int = 1
    fault: str = ""  # a name of `tests.rollup.faults`
    write_pause: float = 0.02  # before some commits
    refresh_pause: float = 0.01  # between the steps of a refresh
    rest: float = 0.0  # of a writer between two transactions
    read_pause: float = 0.0  # of the reader between two reads


# SQLite has one writer at a time: who pauses there holds up all others, and without rest between
# transactions its lock is never free when one that waits looks for it.
PAUSES = {
    "postgresql": {},
    "sqlite": {"write_pause": 0.002, "refresh_pause": 0.002, "rest": 0.02},
}


@dataclass
class Outcome:
    """What a run comes to."""

    transactions: int = 0
    rolled_back: int = 0
    refused: int = 0
    deadlocks: int = 0
    lock_errors: int = 0
    errors: list[str] = field(default_factory=list)
    refreshes: int = 0
    kills: int = 0
    reads: int = 0
    wrong_reads: int = 0
    wrong_at_reads: dict[str, int] = field(default_factory=dict)  # by book
    buckets: int = 0
    wrong_buckets: int = 0
    differences: list[str] = field(default_factory=list)
    seconds: float = 0

    @property
    def exact(self):
        """Nothing was wrong, and nobody waited for ever."""
        wrong = self.wrong_reads + self.wrong_buckets + self.deadlocks + self.lock_errors
        return not (wrong or self.errors)


SETTINGS = {"DJANGO_SETTINGS_MODULE": "campaignperf.settings.test"}


def run_on(url, plan):
    """Do it in a process of its own; the database must be migrated."""
    process = subprocess.run(
        [sys.executable, "-m", "tests.rollup.stress", json.dumps(asdict(plan))],
        cwd=PROJECT,
        env=os.environ | {"DATABASE_URL": url} | SETTINGS,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Outcome(**json.loads(process.stdout.splitlines()[-1]))


class Shared:
    """What the processes tell each other, without a lock that a killed one could keep."""

    def __init__(self, plan):
        self.done = multiprocessing.RawArray("l", plan.writers)
        self.refreshes = multiprocessing.RawArray("l", plan.refreshers)
        self.stop = multiprocessing.RawValue("b", 0)


class Run:
    """The process that starts the others, kills some of them, and has the last look."""

    def __init__(self, plan):
        self.plan, self.rng = plan, Random(plan.seed)
        self.context = multiprocessing.get_context("fork")
        self.shared = Shared(plan)
        self.outcome = Outcome()
        self.answers = []

    def whole(self):
        from tests.rollup import faults
        from tests.rollup.writing import prepare

        prepare()
        refresh_all()
        faults.plant(self.plan.fault)
        started = monotonic()
        writers = [self.start(write, n) for n in range(self.plan.writers)]
        refreshers = [self.start(refresh_always, n) for n in range(self.plan.refreshers)]
        reader = self.start(read_always, 0)
        self.watch(writers, refreshers)
        self.shared.stop.value = 1
        self.outcome.seconds = round(monotonic() - started, 1)
        for process in (*writers, *refreshers, reader):
            process.join(STUCK)
            if process.exitcode != 0:
                self.outcome.errors.append(f"{process.name} ended with {process.exitcode}")
                process.kill()
        for answer in self.answers:
            with suppress(EOFError):  # of one that was killed
                self.add(answer.recv())
        self.outcome.refreshes = sum(self.shared.refreshes)
        self.look_at_the_end()
        return self.outcome

    def start(self, function, number):
        from django.db import connections

        connections.close_all()  # nobody speaks over the connection of another process
        answer, teller = self.context.Pipe(duplex=False)
        process = self.context.Process(
            target=apart,
            args=(function, number, self.plan, self.shared, teller),
            name=f"{function.__name__} {number}",
        )
        process.start()
        teller.close()
        self.answers.append(answer)
        return process

    def watch(self, writers, refreshers):
        """Kill a refresher whenever the number of transactions reaches one of some chosen."""
        number = range(1, self.plan.transactions)
        kill_at = sorted(self.rng.sample(number, self.plan.kills), reverse=True)
        moved, before = monotonic(), 0
        while any(writer.is_alive() for writer in writers):
            sleep(self.rng.uniform(0, 0.02))
            done = sum(self.shared.done)
            if kill_at and done >= kill_at[-1]:
                kill_at.pop()
                self.kill_one(refreshers)
            if done != before:
                moved, before = monotonic(), done
            elif monotonic() - moved > STUCK:
                self.outcome.errors.append(f"nothing moved for {STUCK} seconds")
                for writer in writers:
                    writer.kill()
                return

    def kill_one(self, refreshers):
        number = self.rng.randrange(len(refreshers))
        os.kill(refreshers[number].pid, signal.SIGKILL)
        refreshers[number].join()
        if refreshers[number].exitcode == -signal.SIGKILL:
            self.outcome.kills += 1
        refreshers[number] = self.start(refresh_always, number)

    def add(self, told):
        for name, value in told.items():
            if name == "wrong_at_reads":
                self.outcome.wrong_at_reads = value
            else:
                setattr(self.outcome, name, getattr(self.outcome, name) + value)

    def look_at_the_end(self):
        from tests.rollup import comparing

        refresh_all()
        found = comparing.differences()
        if comparing.mark_count():
            found.append("marks are left")
        self.outcome.buckets = comparing.bucket_count()
        self.outcome.wrong_buckets = len(found)
        self.outcome.differences += [f"end, {one}" for one in found[:TOLD]]
        self.outcome.errors = self.outcome.errors[:TOLD]


def refresh_all():
    from attribution.models import Company
    from reports.rollup import refresh as refreshing

    for company in Company.objects.all():
        refreshing.refresh(company.pk)


def apart(function, number, plan, shared, teller):
    """One process; what it finds is told at its end."""
    from attribution import scope

    with scope.all_companies():
        teller.send(function(number, plan, shared))


def write(number, plan, shared):
    from tests.rollup.writing import Writer

    writer = Writer(number, plan.seed, plan.write_pause)
    share = plan.transactions // plan.writers + (number < plan.transactions % plan.writers)
    for done in range(1, share + 1):
        writer.once()
        shared.done[number] = done
        sleep(writer.rng.uniform(0, plan.rest))
    counts = {name: n for name, n in writer.counts.items() if name != "errors"}
    return counts | {"errors": writer.errors}


def refresh_always(number, plan, shared):
    """One of them waits for its turn, the other goes on when it is not its turn."""
    from django.db import DatabaseError

    from attribution.models import Company
    from reports.rollup import refresh as refreshing
    from tests.rollup.writing import kind_of

    rng = Random(f"{plan.seed}-{number}-{os.getpid()}")
    for name in ("build_days", "build_totals"):
        setattr(refreshing, name, slower(getattr(refreshing, name), rng, plan.refresh_pause))
    companies = list(Company.objects.values_list("pk", flat=True))
    told = {"deadlocks": 0, "lock_errors": 0, "errors": []}
    while not shared.stop.value:
        for company in companies:
            try:
                refreshing.refresh(company, wait=number % 2 == 0)
                shared.refreshes[number] += 1
            except DatabaseError as error:
                kind = kind_of(error)
                told["errors"].append(f"{kind} in refresh: {error}")
                if kind != "errors":
                    told[kind] += 1
        sleep(rng.uniform(0, REFRESH_EVERY))
    return told


def slower(function, rng, pause):
    """The same after a random pause, so that others come in between its steps."""

    def paused(*args):
        sleep(rng.uniform(0, pause))
        return function(*args)

    return paused


def read_always(number, plan, shared):
    from django.db import DatabaseError

    from attribution.models import Company
    from reports.snapshot import snapshot
    from tests.rollup import comparing

    rng = Random(f"{plan.seed}-reader")
    companies = list(Company.objects.all())
    told = {"reads": 0, "wrong_reads": 0, "wrong_at_reads": {}, "differences": [], "errors": []}
    while not shared.stop.value:
        try:
            with snapshot():
                found = comparing.kept_differences()
                found += comparing.report_differences(comparing.question(rng, companies))
        except DatabaseError as error:
            told["errors"].append(f"{type(error).__name__} in a read: {error}")
            continue
        told["reads"] += 1
        told["wrong_reads"] += bool(found)
        for book in {one.split(":")[0] for one in found}:
            told["wrong_at_reads"][book] = told["wrong_at_reads"].get(book, 0) + 1
        if len(told["differences"]) < TOLD:
            told["differences"] += [f"read {told['reads']}, {one}" for one in found[:1]]
        sleep(rng.uniform(0, plan.read_pause))
    return told


def main(plan):
    django.setup()
    logging.disable(logging.CRITICAL)  # disagreement is counted, not logged
    from attribution import scope

    with scope.all_companies():
        outcome = Run(Plan(**plan)).whole()
    print(json.dumps(asdict(outcome)))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
