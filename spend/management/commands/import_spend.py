from argparse import BooleanOptionalAction

from django.core.management.base import CommandParser

from attribution.imports.command import ImportCommand
from spend.formats import FORMATS


class Command(ImportCommand):
    help = (
        "Take in a file of spend, of whatever program: whole, or not at all. The same file twice"
        " adds nothing."
    )
    kind = "spend"

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--format", choices=FORMATS, help="whose file it is, where that is not recognised"
        )
        parser.add_argument(
            "--account",
            help="the ad account, where the file does not name it: files of two accounts do not"
            " replace each other",
        )
        parser.add_argument(
            "--save-as",
            metavar="NAME",
            help="remember how files with these headings are read; the name is their source",
        )
        parser.add_argument(
            "--add-up",
            action="store_true",
            default=None,
            help="rows of one campaign and day are parts of one amount, and not a mistake",
        )
        parser.add_argument(
            "--whole-days",
            action=BooleanOptionalAction,
            help="what a day had from this source and the file does not name is removed, or not;"
            " without it: removed where a platform or a named kind of file says it",
        )
