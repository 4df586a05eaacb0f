"""Takes in a file of reference rates of the European Central Bank."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from attribution import scope
from attribution.files.problems import FileProblem
from attribution.imports.command import REFUSED, WRONG_USE, find_company
from attribution.models import Company
from attribution.money import shown
from attribution.rates import taking
from attribution.rates.plan import Moved
from attribution.rates.taking import Taken
from attribution.repair.locking import Busy


class Command(BaseCommand):
    """Exit code 0: done, or nothing to do. 1: refused, nothing saved. 2: wrong use."""

    help = "Take in exchange rates: eurofxref-hist.csv or eurofxref.csv of the ECB, or its .zip."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV, or the ZIP that it came in")
        parser.add_argument("--company", required=True, help="the company's short name")
        parser.add_argument(
            "--currencies",
            default="",
            metavar="SEK,NOK",
            help="take these too; those in which something is recorded are always taken",
        )
        parser.add_argument("--dry-run", action="store_true", help="look only, save nothing")
        parser.add_argument("--json", action="store_true", help="the outcome as JSON")

    def handle(self, *args: Any, **given: Any) -> None:
        path: Path = given["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.", returncode=WRONG_USE)
        company = find_company(given["company"])
        ticked = [code.strip().upper() for code in given["currencies"].split(",") if code.strip()]
        with scope.company_scope([company.pk]):
            try:
                taken = _taken(company, path, ticked, save=not given["dry_run"])
            except (FileProblem, Busy) as problem:
                raise CommandError(str(problem), returncode=REFUSED) from problem
        if given["json"]:
            self.stdout.write(json.dumps(_as_json(taken), indent=2))
        else:
            self._say(company, taken)
            if given["dry_run"]:
                self.stdout.write("This was a check: nothing was saved.")

    def _say(self, company: Company, taken: Taken) -> None:
        plan, days = taken.plan, taken.file.days
        if not taken.currencies:
            self.stdout.write(
                "Nothing is recorded in another currency, so no rate was taken. Name those to "
                "keep all the same with --currencies."
            )
            return
        span = f", {days[0]} to {days[1]}" if days else ""
        self.stdout.write(
            f"{', '.join(taken.currencies)}{span}: {len(plan.new):,} new rates, "
            f"{len(plan.changed):,} changed, {plan.same:,} same."
        )
        for one in plan.used:
            self.stdout.write(
                f"- {one.key.day}: 1 {one.key.base} = {one.old.normalize():f} → "
                f"{one.new.normalize():f} {one.key.quote}: {one.entries:,} amounts converted by it"
            )
        for name, moved in plan.moved.items():
            for sentence in _sentences(name, moved, company.currency):
                self.stdout.write(f"- {sentence}")
        if taken.not_in_file:
            self.stdout.write(f"- Not in the file: {', '.join(taken.not_in_file)}.")


def _taken(company: Company, path: Path, ticked: list[str], *, save: bool) -> Taken:
    content = path.read_bytes()
    if not save:
        return taking.check(company, content, path.name, ticked)
    with transaction.atomic():
        run = taking.begin(company, content, path.name, None, taking.State.RUNNING)
        taken = taking.take_in(run, content, ticked)
    if taken is None:  # nobody else knows of this run
        raise AssertionError("A file of rates was taken in by somebody else.")
    return taken


def _sentences(name: str, moved: Moved, currency: str) -> list[str]:
    found = []
    if moved.entries:
        before, after = shown(moved.before, currency), shown(moved.after, currency)
        found.append(f"{name} worth something else: {moved.entries:,}, {before} → {after}")
    if moved.found:
        worth = shown(moved.found_minor, currency)
        found.append(f"{name} whose worth was not known: {moved.found:,}, now {worth}")
    return found


def _as_json(taken: Taken) -> dict[str, Any]:
    plan, days = taken.plan, taken.file.days
    return {
        "currencies": list(taken.currencies),
        "first_day": days[0].isoformat() if days else None,
        "last_day": days[1].isoformat() if days else None,
        "new": len(plan.new),
        "changed": len(plan.changed),
        "same": plan.same,
        "not_in_file": list(taken.not_in_file),
        "restated": [
            {
                "day": one.key.day.isoformat(),
                "base": one.key.base,
                "quote": one.key.quote,
                "old": str(one.old),
                "new": str(one.new),
                "amounts": one.entries,
            }
            for one in plan.used
        ],
        "moved": {name: vars(moved) for name, moved in plan.moved.items()},
    }
