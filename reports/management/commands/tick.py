"""What is due now: to be called every minute by cron or a timer, or to run beside the server."""

import logging
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from attribution import scope
from attribution.capture.bookings import settle_all
from attribution.channels.stored import fill
from attribution.imports import runs
from attribution.ingest import idempotency
from attribution.models import Company
from attribution.privacy.retention import forget_refused, retire
from attribution.repair.adopt import adopt
from attribution.repair.check import check
from reports.closing.look import look
from reports.maturity.make import make_if_due
from reports.models import RollupState
from reports.rollup.check import examine
from reports.rollup.rebuild import BuiltElsewhere, rebuild
from reports.rollup.refresh import marked_companies, refresh
from reports.rollup.sql import execute, fetch
from reports.rollup.state import settle
from reports.sending.rounds import send_due
from spend import meeting
from spend.budgets import notices

LOCK = 0x7469636B  # "tick"
CHECK_EVERY = timedelta(hours=24)
JOBS_KEPT = timedelta(days=14)

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Marks killed imports, makes and refreshes the kept sums, checks them once in 24 hours."""

    help = (
        "Do what is due: mark killed imports as interrupted, build kept sums that are not built"
        " yet, bring them up to date, and compare them with the facts once in 24 hours. For cron or"
        " a timer, every minute."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--loop",
            type=float,
            metavar="SECONDS",
            help="never end, and do it every so many seconds; for containers",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["loop"] is None:
            if self._tick():
                raise CommandError("Something failed: see the log. The next tick tries again.")
            return
        if options["loop"] <= 0:
            raise CommandError(f"--loop {options['loop']:g}: use a number of seconds above 0.")
        while True:
            try:
                self._tick()
            except DatabaseError:
                logger.exception("The database is away. The next tick tries again.")
            close_old_connections()
            time.sleep(options["loop"])

    def _tick(self) -> int:
        """One line about what was done, if anything was. Returns how often something failed."""
        with scope.all_companies(), _alone() as alone:
            if not alone:
                return 0
            tick = Tick()
            tick.run()
        if tick.done:
            self.stdout.write(f"{'; '.join(tick.done)}.")
        return tick.failed


def _off_pace(company: Company) -> int:
    """Once a day, and after a budget was changed; imports look by themselves."""
    return notices.look(company) if notices.is_due(company) else 0


def _prune(__: str) -> int:
    """Results of jobs that ended two weeks ago: what they did stands in the import history."""
    old = DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - JOBS_KEPT)
    return old.delete()[0]


# What is looked after in every company, each with the words for how much was done.
CHORES: tuple[tuple[str, Callable[[Company], int]], ...] = (
    ("Imports marked as interrupted", runs.sweep),
    ("Imports whose spend met the campaigns made meanwhile", meeting.meet_left),
    ("Leads read that were stored without", adopt),
    ("Leads placed in channels", fill),
    ("Bookings that had crossed their lead", settle_all),
    ("Closed months restated", look),
    ("Curves of how long bookings take", make_if_due),
    ("Budgets that crossed a mark", _off_pace),
    ("Leads whose persons were erased, as old as they are", retire),
    ("Refused events no longer kept as sent", forget_refused),
    ("Answers to other programs no longer remembered", idempotency.forget),
    ("Digests and alerts sent", send_due),
)


class Tick:
    """One tick; where one company fails, the others have their turn."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.failed = 0

    def run(self) -> None:
        companies = list(Company.objects.order_by("pk"))
        if built := sum(self._try(_build, company_id) for company_id in _unbuilt()):
            self.done.append(f"Companies whose sums were built: {built}")
            settle()
        if pruned := self._try(_prune, "the queue"):
            self.done.append(f"Old jobs forgotten: {pruned:,}")
        buckets = sum(self._try(refresh, company_id) for company_id in marked_companies())
        if buckets:
            self.done.append(f"Sums made anew: {buckets:,}")
        due = [company for company in companies if is_due(company.pk)]
        for words, work in CHORES:
            if number := sum(self._try(work, company) for company in companies):
                self.done.append(f"{words}: {number:,}")
        wrong = sum(self._try(_wrong, company.pk) for company in due)
        wrong += sum(self._try(_astray, company) for company in due)
        if due:
            self.done.append(f"Companies checked: {len(due)}, differences: {wrong:,}")

    def _try(self, work: Callable[[Any], int], of: Any) -> int:
        try:
            return work(of)
        except DatabaseError:
            logger.exception("%s failed for company %s", work.__name__, getattr(of, "pk", of))
            self.failed += 1
            return 0


def is_due(company_id: int) -> bool:
    """Whether the company's sums are to be checked; those not built yet are not read anyway."""
    state = RollupState.objects.filter(company_id=company_id).first()
    if state is None or state.checked_at is None:
        return state is None or state.ready
    return state.ready and state.checked_at <= timezone.now() - CHECK_EVERY


def _unbuilt() -> list[int]:
    """Companies in scope whose reports are read from the facts, because nobody has built the sums:
    so it is after an upgrade that keeps other sums, and after tables were emptied."""
    states = RollupState.objects.filter(ready=False, building_since=None)
    return list(states.order_by("pk").values_list("pk", flat=True))


def _build(company_id: int) -> int:
    try:
        rebuild(company_id)
    except BuiltElsewhere:  # begun a moment ago
        return 0
    return 1


def _wrong(company_id: int) -> int:
    return examine(company_id).wrong


def _astray(company: Company) -> int:
    """Kinds of leads that count elsewhere than the decisions in force say; each is logged."""
    found = check(company)
    for sentence in found:
        logger.error("Company %s: %s", company.pk, sentence)
    return len(found)


@contextmanager
def _alone() -> Iterator[bool]:
    """False while another tick is at work; SQLite has one writer anyway."""
    if connection.vendor != "postgresql":
        yield True
        return
    if not fetch("SELECT pg_try_advisory_lock(%s)", [LOCK])[0][0]:
        yield False
        return
    try:
        yield True
    finally:
        execute("SELECT pg_advisory_unlock(%s)", [LOCK])
