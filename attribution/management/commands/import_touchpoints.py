from typing import Any

from django.core.management.base import CommandParser

from attribution.imports.command import ImportCommand
from attribution.imports.outcome import Outcome
from attribution.touches.importer import WITHOUT_LEAD


class Command(ImportCommand):
    help = (
        "Take in a file of touches, visits that leads made before they came: whole, or not at all. "
        "The same file twice adds nothing; visits of nobody who became a lead are counted."
    )
    kind = "touches"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--check", action="store_true", dest="dry_run", help="the same as --dry-run"
        )

    def as_json(self, outcome: Outcome) -> dict[str, Any]:
        """With the numbers that only touches have."""
        left = outcome.rows - outcome.new - outcome.same
        without = outcome.skipped.get(WITHOUT_LEAD, 0)
        return outcome.to_json() | {
            "without_a_lead": without,
            "beyond_the_bound": 0 if outcome.error_count else left - without,
        }
