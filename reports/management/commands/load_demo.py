"""Three invented companies to look at: `manage.py load_demo`. Safe to run again."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from reports.demo.load import is_there, load
from reports.demo.users import sign_in_lines


class Command(BaseCommand):
    """Loads the demo data once, and prints who may sign in each time."""

    help = "Loads three invented companies with leads, bookings and spend of fifteen months."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--scale", type=float, default=1.0, help="share of the 20,000 leads (default 1)"
        )
        parser.add_argument(
            "--today",
            type=date.fromisoformat,
            help="the last day of the data, YYYY-MM-DD (default: each company's current day)",
        )
        parser.add_argument(
            "--force", action="store_true", help="also where DEBUG is off, as on a server"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG and not options["force"]:
            raise CommandError(
                "DEBUG is off, so this may be a server that others reach, and the demo users have "
                "passwords that everyone knows. Nothing was loaded. "
                "If you mean it: manage.py load_demo --force"
            )
        if not 0 < options["scale"] <= 10:
            raise CommandError(f"--scale {options['scale']}: use a number above 0 and up to 10.")
        if is_there():
            self.stdout.write("The demo data are there.")
        else:
            self.stdout.write("Loading the demo data …")
            load(self.stdout.write, scale=options["scale"], today=options["today"])
        self.stdout.write("\nSign in as       with password        who is")
        for line in sign_in_lines():
            self.stdout.write(f"  {line}")
