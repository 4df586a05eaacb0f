"""A company's channel rules and own hosts: printed, compared, and put in force from a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from attribution import scope
from attribution.channels.conditions import ConditionError
from attribution.channels.editing import LONGEST_NOTE, Desk, Outdated, in_force, of_file, save
from attribution.channels.effect import effect_of
from attribution.models import Company
from attribution.repair.locking import Busy


class Command(BaseCommand):
    """For companies with so many leads that a page could not wait for them, and for scripts."""

    help = (
        "Print the channel rules and own hosts of a company as JSON, or put those of a file in"
        " force: all leads are placed by them, or none."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", required=True, metavar="SLUG")
        parser.add_argument("--save", metavar="FILE", help="put the rules of this file in force")
        parser.add_argument("--dry-run", action="store_true", help="say what --save would do")
        parser.add_argument("--reason", default="", help="why they are changed")

    def handle(self, *args: Any, **options: Any) -> None:
        with scope.all_companies():
            company = Company.objects.filter(slug=options["company"]).first()
            if company is None:
                raise CommandError(f"There is no company “{options['company']}”.")
            now = in_force(company)
            if not options["save"]:
                self.stdout.write(now.as_file())
                return
            desk = _read(options["save"], now.basis)
            if options["dry_run"]:
                self._say(company, desk)
                return
            try:
                moved = save(company, _noted(desk, options["reason"]), None)
            except (Outdated, Busy) as problem:
                raise CommandError(str(problem)) from problem
            self.stdout.write(f"Saved. {moved:,} leads are placed otherwise.")

    def _say(self, company: Company, desk: Desk) -> None:
        effect = effect_of(company, desk.law())
        of = "" if effect.is_whole else f" of the latest {effect.looked_at:,}"
        self.stdout.write(f"{effect.moved:,}{of} leads would be placed otherwise.")
        for line in effect.lines:
            name = line.channel or "Not placed yet"
            self.stdout.write(f"{name}: {line.before.leads:,} leads, then {line.after.leads:,}")


def _read(name: str, basis: str) -> Desk:
    try:
        desk = of_file(Path(name).read_text(encoding="utf-8"), basis)
    except OSError as problem:
        raise CommandError(f"{name} cannot be read: {problem.strerror}.") from problem
    except (ConditionError, UnicodeDecodeError) as problem:
        raise CommandError(f"{name}: {problem}") from problem
    if wrong := desk.wrong():
        raise CommandError(f"{name}: {' '.join(wrong)}")
    return desk


def _noted(desk: Desk, reason: str) -> Desk:
    return Desk(desk.rules, desk.hosts, reason[:LONGEST_NOTE], desk.basis)
