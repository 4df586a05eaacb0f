"""Repairs: lists the latest, checks them, confirms large ones, or undoes one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from attribution import scope
from attribution.imports.command import find_company
from attribution.models import Company, Repair, RepairDraft
from attribution.repair import apply
from attribution.repair.check import check
from attribution.repair.intents import Undo, from_json
from attribution.repair.plan import plan

SHOWN = 20
DIFFERS = 1
REFUSED = 1


class Command(BaseCommand):
    """Exit code 0: all is well. 1: something differs, or was refused."""

    help = (
        "List the latest repairs, compare every lead with the decisions in force (--check), confirm"
        " a preview that is too large for the browser (--apply), or undo a repair (--undo)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--check", action="store_true", help="exit code 1 where one differs")
        what.add_argument("--apply", metavar="TOKEN", help="the end of the preview's address")
        what.add_argument("--undo", metavar="NUMBER", type=int, help="the repair's number")
        parser.add_argument("--company", metavar="SLUG", help="only this one")
        parser.add_argument("--reason", help="why it is undone; goes with --undo")

    def handle(self, *args: Any, **given: Any) -> None:
        if bool(given["undo"]) != bool(given["reason"]):
            raise CommandError("--undo and --reason go together.")
        one = find_company(given["company"]) if given["company"] else None
        with scope.all_companies():
            companies = [one] if one else list(Company.objects.order_by("slug"))
            if given["check"]:
                self._check(companies)
            elif given["apply"]:
                self._apply(given["apply"])
            elif given["undo"]:
                self._undo(given["undo"], given["reason"])
            else:
                self._list(companies)

    def _list(self, companies: list[Company]) -> None:
        repairs = Repair.objects.filter(company__in=companies)
        for repair in repairs.select_related("company", "author")[:SHOWN]:
            when = timezone.localtime(repair.made_at).strftime("%Y-%m-%d %H:%M")
            state = "" if repair.in_force else " (undone)"
            by = f", by {repair.author}" if repair.author else ""
            line = f"{repair.pk}  {repair.company.slug}  {when}{by}: {repair.title}{state}"
            self.stdout.write(line)

    def _check(self, companies: list[Company]) -> None:
        wrong = 0
        for company in companies:
            for sentence in check(company):
                self.stdout.write(f"{company.slug}: {sentence}")
                wrong += 1
        if wrong:
            raise CommandError(f"Kinds of differences: {wrong}.", returncode=DIFFERS)
        self.stdout.write("Everything counts where the decisions in force say.")

    def _apply(self, token: str) -> None:
        draft = RepairDraft.objects.filter(token=token).select_related("company", "author").first()
        if draft is None:
            raise CommandError(
                "There is no such preview, or it is older than a day. Make it again.",
                returncode=REFUSED,
            )
        try:
            shown = plan(draft.company, from_json(draft.intent)).fingerprint
            self._say(apply.confirm(draft, draft.author, shown))
        except (apply.Refused, apply.Outdated, apply.Busy) as error:
            raise CommandError(str(error), returncode=REFUSED) from error

    def _undo(self, number: int, reason: str) -> None:
        repair = Repair.objects.filter(pk=number).select_related("company").first()
        if repair is None:
            raise CommandError(f"There is no repair {number}.", returncode=REFUSED)
        try:
            self._say(apply.save(repair.company, Undo(number), None, reason))
        except (apply.Refused, apply.Busy) as error:
            raise CommandError(str(error), returncode=REFUSED) from error

    def _say(self, repair: Repair) -> None:
        effect = repair.effect if repair.in_force else repair.undo_effect
        done = "done" if repair.in_force else "undone"
        self.stdout.write(
            f"Repair {repair.pk} was {done}: {effect['leads']:,} leads count elsewhere."
        )
