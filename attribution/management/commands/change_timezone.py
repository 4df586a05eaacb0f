from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from attribution import scope
from attribution.files.cells import suggest
from attribution.imports.command import WRONG_USE, find_company
from attribution.models import Company
from attribution.timezone import Moved, change_timezone, preview


class Command(BaseCommand):
    help = "Change a company's time zone; its leads and bookings get their days in the new one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--company", required=True, help="the company's short name")
        parser.add_argument("--to", required=True, metavar="ZONE", help="such as Europe/Zurich")
        parser.add_argument("--check", action="store_true", help="count only, save nothing")

    def handle(self, *args: Any, **given: Any) -> None:
        company = find_company(given["company"])
        before = company.timezone
        with scope.company_scope([company.pk]):
            try:
                moved = preview(company, given["to"]) if given["check"] else _change(company, given)
            except ValidationError as error:
                raise CommandError(_with_near(error, given["to"]), returncode=WRONG_USE) from error
        self.stdout.write(
            f"{company.name}, {before} → {given['to']}. On another day than before: "
            f"leads {moved.leads:,}, bookings {moved.bookings:,}."
        )
        if given["check"]:
            self.stdout.write("This was a check: nothing was saved.")


def _change(company: Company, given: dict[str, Any]) -> Moved:
    """Twice: the second time moves what was being stored in the old zone meanwhile."""
    first, second = (change_timezone(company, given["to"]) for _ in range(2))
    return Moved(first.leads + second.leads, first.bookings + second.bookings)


def _with_near(error: ValidationError, name: str) -> str:
    near = suggest(name, available_timezones())
    return " ".join([*error.messages, *([f"Did you mean {near}?"] if near else [])])
