"""What import_leads, import_bookings and import_spend have in common."""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from attribution import scope
from attribution.files.cells import UNKNOWN_WORD, suggest
from attribution.imports import engine, mapping
from attribution.imports.mapping_words import propose
from attribution.imports.options import DAY_ORDERS, DECIMAL_SIGNS, ImportOptions
from attribution.imports.outcome import SHOWN, Outcome
from attribution.imports.registry import importer_of
from attribution.models import Company

SPEND_OPTIONS = ("format", "account", "save_as", "add_up", "whole_days")
LISTED = 10_000  # of each list, for programs
REFUSED = 1
WRONG_USE = 2


class ImportCommand(BaseCommand):
    """Exit code 0: done, or taken in before. 1: refused, nothing saved. 2: wrong use, or
    something about the file is to be answered, and nothing saved.
    """

    kind: ClassVar[str]

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        kwargs["epilog"] = self._columns()
        return super().create_parser(
            prog_name,
            subcommand,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            **kwargs,
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="CSV or XLSX")
        parser.add_argument("--company", required=True, help="the company's short name")
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar='"HEADING=FIELD"',
            help="this heading of the file is that field of ours; may be repeated, or several"
            " with commas between them; FIELD=HEADING is understood as well",
        )
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            type=_pair,
            metavar="FIELD=VALUE",
            help="one value for all rows; may be repeated",
        )
        parser.add_argument(
            "--value",
            action="append",
            default=[],
            type=_translation,
            metavar='"HEADING:FROM=TO"',
            help="read FROM in this column as TO (nothing: as an empty cell); may be repeated",
        )
        parser.add_argument(
            "--dates", choices=DAY_ORDERS, help="order of days in the file, where it does not show"
        )
        parser.add_argument(
            "--decimal",
            choices=DECIMAL_SIGNS,
            help="decimal sign of the amounts, where the file does not show it",
        )
        if importer_of(self.kind).names_files:
            parser.add_argument(
                "--save-mapping",
                dest="save_as",
                metavar="NAME",
                help="remember under this name how files with these headings are read",
            )
        parser.add_argument("--currency", help="of the amounts, where the file does not say it")
        parser.add_argument("--dry-run", action="store_true", help="check only, save nothing")
        parser.add_argument("--json", action="store_true", help="the outcome as JSON")

    def handle(self, *args: Any, **given: Any) -> None:
        path: Path = given["file"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}.", returncode=WRONG_USE)
        company = find_company(given["company"])
        fields = importer_of(self.kind).fields
        try:
            given["map"] = mapping.said_pairs(given["map"], fields)
        except ValueError as problem:
            raise CommandError(str(problem), returncode=WRONG_USE) from None
        options = _options(given)
        with scope.company_scope([company.pk]):
            asked = (company, self.kind, path, path.name, options)
            listed = LISTED if given["json"] else SHOWN
            if given["dry_run"]:
                outcome = engine.check(*asked, listed=listed)
            else:
                outcome = engine.take_in(*asked, author=None, listed=listed)
        self._say(outcome, as_json=given["json"], dry_run=given["dry_run"])
        if outcome.error_count:
            raise CommandError(outcome.summary(), returncode=REFUSED)
        if outcome.questions:
            raise CommandError(_asked(outcome), returncode=WRONG_USE)

    def _say(self, outcome: Outcome, *, as_json: bool, dry_run: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(self.as_json(outcome), ensure_ascii=False, indent=2))
            return
        for error in outcome.errors:
            self.stderr.write(error.text)
        if outcome.error_count > len(outcome.errors):
            self.stderr.write(f"… and {outcome.error_count - len(outcome.errors):,} more errors")
        unknown = next((e for e in outcome.errors if e.line and e.problem == UNKNOWN_WORD), None)
        if unknown:
            self.stderr.write(
                "Or say what their word means, without editing the file: "
                f'--value "{unknown.column}:{unknown.value.strip()}=…"'
            )
        if outcome.error_count and importer_of(self.kind).names_files:
            self._propose(outcome)
        if outcome.questions:
            return
        if not outcome.error_count:
            self.stdout.write(outcome.summary())
        self._list(change.text for change in outcome.changes)
        self._list(outcome.notes)
        for totals in [outcome.totals, *outcome.more_totals]:
            if totals:
                self.stdout.write(f"Spend in the file: {totals.amount}")
                self._list(
                    f"not matched: {amount.name}: {amount.amount}"
                    for amount in totals.by_unmatched_name
                )
        if dry_run:
            self.stdout.write("This was a check: nothing was saved.")

    def as_json(self, outcome: Outcome) -> dict[str, Any]:
        """What --json prints."""
        return outcome.to_json()

    def _propose(self, outcome: Outcome) -> None:
        """What the headings that mean nothing sound like; nobody takes it for granted."""
        found = propose(outcome.headers, outcome.placed, importer_of(self.kind).fields)
        if found:
            said = " ".join(f'--map "{heading}={name}"' for heading, name in found.items())
            self.stderr.write(f"By the sound of the headings: {said}")

    def _list(self, sentences: Iterable[str]) -> None:
        for sentence in sentences:
            self.stdout.write(f"- {sentence}")

    def _columns(self) -> str:
        lines = ["columns (their names, and obvious others, are recognised without --map):"]
        for field in importer_of(self.kind).fields:
            needed = " (required)" if field.required else ""
            lines.append(f"  {field.name:<16}{field.help}{needed}")
        return "\n".join(lines)


def _asked(outcome: Outcome) -> str:
    """The questions, each with the option that answers it."""
    lines = []
    for question in outcome.questions:
        answer = "|".join(question.choices) or "…"
        lines.append(f"{question.text} Say which: {question.option} {answer}")
    return "\n".join([*lines, "Nothing was saved."])


def find_company(slug: str) -> Company:
    with scope.all_companies():
        company = Company.objects.filter(slug=slug).first()
        if company is not None:
            return company
        slugs = list(Company.objects.values_list("slug", flat=True))
    near = suggest(slug, slugs)
    way_out = f'Did you mean "{near}"?' if near else "Make it with manage.py create_company."
    raise CommandError(f'There is no company "{slug}". {way_out}', returncode=WRONG_USE)


def _pair(text: str) -> tuple[str, str]:
    """The last = parts the two: a heading may hold one, a field's name never does."""
    left, equals, right = text.rpartition("=")
    if not equals or not left:
        raise argparse.ArgumentTypeError(f'"{text}" is not of the form NAME=VALUE.')
    return left, right


def _translation(text: str) -> tuple[str, str, str]:
    left, equals, to = text.rpartition("=")
    header, colon, value = left.rpartition(":")
    if not equals or not colon or not header:
        raise argparse.ArgumentTypeError(f'"{text}" is not of the form HEADING:FROM=TO.')
    return header, value, to


def _options(given: dict[str, Any]) -> ImportOptions:
    values: dict[str, dict[str, str]] = {}
    for header, value, to in given["value"]:
        values.setdefault(header, {})[value] = to
    return ImportOptions(
        mapping=dict(given["map"]),
        constants=dict(given["set"]),
        values=values,
        day_order=given["dates"],
        decimal_sign=given["decimal"],
        currency=given["currency"] or "",
        **{name: given[name] for name in SPEND_OPTIONS if given.get(name) is not None},
    )
