"""How links and referrers would be read, one a line. Nothing is stored."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from attribution import scope
from attribution.channels.explaining import explained, is_heading, split_line
from attribution.channels.origins import ChannelLaw, law_of
from attribution.models import Company


class Command(BaseCommand):
    """Prints source, channel and reason of each line of a file."""

    help = (
        "Read landing links with their referrers, one pair a line (a tab or a comma between them),"
        " and print how each would be read: raw and tidy values, click ids, source, channel and"
        " why. Without a company by the rules that come with the program. Stores nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="the file; - for standard input")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")
        parser.add_argument("--company", metavar="SLUG", help="by whose rules and own hosts")

    def handle(self, *args: Any, **options: Any) -> None:
        law = _law(options["company"])
        try:
            for number, line in enumerate(_lines(options["file"]), start=1):
                landing, referrer = split_line(line)
                if number == 1 and is_heading(landing):
                    continue
                found = {"line": number, **explained(landing, referrer, law)}
                self.stdout.write(_json(found) if options["json"] else _text(found))
        except OSError as problem:
            raise CommandError(
                f"{options['file']} cannot be read: {problem.strerror}."
            ) from problem


def _law(slug: str | None) -> ChannelLaw:
    if slug is None:
        return ChannelLaw()
    with scope.all_companies():
        company = Company.objects.filter(slug=slug).first()
        if company is None:
            raise CommandError(f"There is no company “{slug}”.")
        return law_of(company)


def _lines(name: str) -> Iterator[str]:
    """Lines end at a line feed and nowhere else; what is no UTF-8 is replaced."""
    if name == "-":
        yield from (line.decode("utf-8", "replace") for line in sys.stdin.buffer)
        return
    with Path(name).open("rb") as file:
        yield from (line.decode("utf-8", "replace") for line in file)


def _json(found: dict[str, Any]) -> str:
    return json.dumps(found, ensure_ascii=False)


def _text(found: dict[str, Any]) -> str:
    campaign = found["campaign"] or f"no campaign: {found['reason']}"
    lines = [f"{found['line']}. {found['source']} / {found['medium']} / {campaign}"]
    lines.append(f"   {found['why']}")
    return "\n".join([*lines, *(f"   - {problem}" for problem in found["problems"])])
