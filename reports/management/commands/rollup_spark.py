"""Builds the sums by day and month on Apache Spark: export, build, load."""

import shutil
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from attribution import scope
from attribution.models import Company
from reports.rollup.load import Build, FactsMissing, NotAwaited, beginning, give_up, load
from reports.rollup.parquet import write_facts
from reports.rollup.spark import OnSpark, SparkFailed
from reports.rollup.spark_needs import missing
from reports.rollup.state import settle
from reports.rollup.sums import BOOKS

CANNOT_RUN = 2


class Command(BaseCommand):
    """`rollup_spark --master spark://spark-1:7077 --folder /shared/rollup [--company acme]`."""

    help = (
        "Build the kept sums of all companies, or one, on Apache Spark: writes the facts as"
        " Parquet files, adds them up there, and loads the sums. Reports stay exact meanwhile."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--master", metavar="URL", help="such as spark://spark-1:7077")
        parser.add_argument(
            "--folder",
            type=Path,
            metavar="PATH",
            help="for the facts; this machine and all workers reach it by this path",
        )
        parser.add_argument("--company", metavar="SLUG", help="only this one")
        parser.add_argument(
            "--conf",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="a setting of Spark, such as spark.executor.memory=4g",
        )
        parser.add_argument("--keep", action="store_true", help="do not delete the files")
        parser.add_argument(
            "--give-up",
            action="store_true",
            help="build nothing: end the wait for a build that was killed, and refresh as ever",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        settings = {} if options["give_up"] else _settings(options)
        with scope.all_companies():
            companies = _companies(options["company"])
            if options["give_up"]:
                give_up(companies)
                self.stdout.write("No build is waited for any more.")
                return
            folder = options["folder"] / f"export-{timezone.now():%Y%m%dT%H%M%S%f}"
            try:
                self._run(companies, options["master"], folder, settings)
            except (SparkFailed, NotAwaited, FactsMissing) as problem:
                raise CommandError(
                    f"{problem}\nReports stay exact: they read the sums that were there, and what"
                    " changed since from the facts. Mend the cause and run the command again."
                ) from problem
            finally:
                if not options["keep"]:
                    shutil.rmtree(folder, ignore_errors=True)

    def _run(
        self, companies: dict[int, str], master: str, folder: Path, settings: dict[str, str]
    ) -> None:
        self.stdout.write(f"Waiting for a worker of {master} …")
        with closing(OnSpark(master, folder, settings)) as runner:
            build = self._export(companies, folder)
            try:
                for company_id, (slug, progress) in _in_turn(companies):
                    begin = time.perf_counter()
                    rows = load(company_id, runner, build)
                    took = time.perf_counter() - begin
                    self.stdout.write(f"{progress} {slug}: {rows:,} rows by day in {took:.1f} s")
            finally:
                give_up(companies, build)  # those that were not loaded
        settle()

    def _export(self, companies: dict[int, str], folder: Path) -> Build:
        begin = time.perf_counter()
        with beginning(companies) as build:
            for company_id, (slug, progress) in _in_turn(companies):
                for book in BOOKS:
                    build.facts[company_id, book.fact] = write_facts(folder, book, company_id)
                leads, entries = (build.facts[company_id, book.fact] for book in BOOKS)
                self.stdout.write(f"{progress} {slug}: {leads:,} leads, {entries:,} spend entries")
        self.stdout.write(f"Exported to {folder} in {time.perf_counter() - begin:.1f} s")
        return build


def _in_turn(companies: dict[int, str]) -> Iterator[tuple[int, tuple[str, str]]]:
    """Each company with its slug, and how far that is."""
    for number, (company_id, slug) in enumerate(companies.items(), start=1):
        yield company_id, (slug, f"[{number} of {len(companies)}]")


def _companies(slug: str | None) -> dict[int, str]:
    """The slugs of the companies that are asked for, the oldest first."""
    found = Company.objects.filter(slug=slug) if slug else Company.objects.all()
    companies = dict(found.order_by("pk").values_list("pk", "slug"))
    if slug and not companies:
        raise CommandError(f"There is no company “{slug}”. Make it with create_company.")
    return companies


def _settings(options: dict[str, Any]) -> dict[str, str]:
    """The settings for Spark. Says what keeps the command from running."""
    problem = ""
    pairs = [one.partition("=") for one in options["conf"]]
    if not (options["master"] and options["folder"]):
        problem = "Say where Spark is and where the facts go: --master and --folder."
    elif wrong := [name for name, _, value in pairs if not value]:
        problem = f"--conf {wrong[0]}: a setting is written NAME=VALUE."
    elif connection.vendor != "postgresql":
        problem = "Spark stands beside PostgreSQL. docs/scale.md says how to move to it first."
    if problem := problem or missing():
        raise CommandError(problem, returncode=CANNOT_RUN)
    return {name: value for name, _, value in pairs}
