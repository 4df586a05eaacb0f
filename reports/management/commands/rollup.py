"""The kept sums: `manage.py rollup` shows their state, checks them, or makes them anew."""

import time
from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count

from attribution import scope
from attribution.imports.command import find_company
from attribution.models import Company
from reports.models import RollupMark, RollupState
from reports.rollup.check import examine
from reports.rollup.rebuild import BuiltElsewhere, rebuild
from reports.rollup.state import settle

DIFFERS = 1


class Command(BaseCommand):
    """Exit code 0: all is well. 1: the sums differ from the facts, or were not rebuilt."""

    help = (
        "Show the state of the kept sums, compare them with the facts (--check), or make them anew"
        " (--rebuild). Reports stay exact all the while."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--check", action="store_true", help="say where sums and facts differ; exit code 1"
        )
        what.add_argument(
            "--rebuild",
            action="store_true",
            help="make all sums anew from the facts; one that was stopped goes on where it was",
        )
        parser.add_argument("--company", metavar="SLUG", help="only this one")
        parser.add_argument(
            "--force", action="store_true", help="give up a build elsewhere, and rebuild here"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["force"] and not options["rebuild"]:
            raise CommandError("--force goes with --rebuild.")
        one = find_company(options["company"]) if options["company"] else None
        with scope.all_companies():
            companies = [one] if one else list(Company.objects.order_by("slug"))
            if options["check"]:
                self._check(companies)
            elif options["rebuild"]:
                self._rebuild(companies, options["force"])
            else:
                self._show(companies)

    def _check(self, companies: list[Company]) -> None:
        compared = leads = wrong = 0
        for company in companies:
            found = examine(company.pk)
            for difference in found.differences:
                self.stdout.write(str(difference))
            if found.wrong > len(found.differences):
                rest = found.wrong - len(found.differences)
                self.stdout.write(f"{company.slug}: … and {rest:,} more")
            wrong += found.wrong
            compared, leads = compared + found.compared, leads + found.leads
        result = f"Differences: {wrong:,}; {compared:,} buckets and {leads:,} leads were compared."
        if wrong:
            raise CommandError(
                f"{result} Reports of these companies are counted from the facts until"
                " manage.py rollup --rebuild.",
                returncode=DIFFERS,
            )
        self.stdout.write(result)

    def _rebuild(self, companies: list[Company], force: bool) -> None:
        refused = []
        for company in companies:
            begin = time.perf_counter()

            def say(month: date, last: date, slug: str = company.slug) -> None:
                self.stdout.write(f"{slug}: {month:%Y-%m} is made anew, up to {last:%Y-%m}")

            try:
                months = rebuild(company.pk, progress=say, force=force)
            except BuiltElsewhere as reason:
                refused.append(f"{company.slug}: {reason}")
                continue
            took = time.perf_counter() - begin
            self.stdout.write(f"{company.slug}: {months} months in {took:.1f} s")
        settle()
        if refused:
            raise CommandError("\n".join(refused))

    def _show(self, companies: list[Company]) -> None:
        marks = dict(
            RollupMark.objects.order_by()
            .values_list("company_id")
            .annotate(number=Count("pk"))
            .values_list("company_id", "number")
        )
        states = {state.company_id: state for state in RollupState.objects.all()}
        self.stdout.write(f"{len(companies)} companies; changes that wait for the next refresh:")
        for company in companies:
            state = states.get(company.pk) or RollupState(company=company)
            waiting = marks.get(company.pk, 0)
            self.stdout.write(f"{company.slug}: {waiting:,} waiting; {_say(state)}")


def _say(state: RollupState) -> str:
    """The state in words."""
    parts = [f"built {_when(state.built_at)}", f"checked {_when(state.checked_at)}"]
    if not state.ready:
        parts.append("not built: reports are counted from the facts until --rebuild")
    if state.drift:
        parts.append(
            f"{state.drift:,} differences found: reports are counted from the facts until --rebuild"
        )
    if state.next_month:
        parts.append(f"a rebuild was stopped before {state.next_month:%Y-%m}, or is under way")
    if state.building_since:
        parts.append(f"being built elsewhere since {_when(state.building_since)}")
    return "; ".join(parts)


def _when(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"
