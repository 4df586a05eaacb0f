"""Gives out, or erases, what is kept of one person."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from attribution import scope
from attribution.models import Company
from attribution.privacy import persons
from attribution.privacy.erasing import erase


class Command(BaseCommand):
    """`person --company acme --email a@b.c export FILE`, or `… erase --yes`."""

    help = (
        "Export everything that is kept of one person as JSON, or erase it everywhere. The person "
        "is named by e-mail address, by phone number or by the id of one of their leads. Erasing "
        "changes no total of any report."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", required=True, metavar="SHORT-NAME")
        parser.add_argument("--email", default="")
        parser.add_argument("--phone", default="")
        parser.add_argument("--lead", default="", metavar="ID", help="the lead's own id")
        actions = parser.add_subparsers(dest="action", required=True)
        out = actions.add_parser("export")
        out.add_argument("file", help="where the JSON goes; - for standard output")
        actions.add_parser("erase").add_argument(
            "--yes", action="store_true", help="without it, only says how much there is"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        named = {name: options[name].strip() for name in ("email", "phone", "lead")}
        if not any(named.values()):
            raise CommandError("Name the person: --email, --phone or --lead.")
        with scope.all_companies():
            company = Company.objects.filter(slug=options["company"]).first()
        if company is None:
            raise CommandError(f"There is no company “{options['company']}”.")
        with scope.company_scope([company.pk]):
            leads = persons.leads_of(company, **named)
            addresses = persons.addresses_of(leads, named["email"], named["phone"])
            if options["action"] == "export":
                self._export(company, leads, addresses, options["file"])
            else:
                self._erase(company, leads, addresses, certain=options["yes"])

    def _export(self, company: Company, leads: Any, addresses: Any, file: str) -> None:
        found = persons.export(company, leads, addresses)
        text = json.dumps(found, indent=2, ensure_ascii=False, default=str)
        if file == "-":
            self.stdout.write(text)
            return
        Path(file).write_text(text + "\n", encoding="utf-8")
        self.stdout.write(f"{_leads(len(leads))}, {len(found['refused']):,} refused: {file}")

    def _erase(self, company: Company, leads: Any, addresses: Any, *, certain: bool) -> None:
        refused = len(persons.refused_of(company, addresses))
        if not certain:
            self.stdout.write(
                f"{_leads(len(leads))} and {refused:,} refused events name this person. "
                "Nothing was erased: add --yes to do it. It cannot be undone."
            )
            return
        erase(leads, also=addresses, of=company)
        self.stdout.write(
            f"The person was erased from {_leads(len(leads))} and {refused:,} events."
        )


def _leads(count: int) -> str:
    return f"{count:,} lead" if count == 1 else f"{count:,} leads"
