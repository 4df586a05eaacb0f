"""What the capture rules of today would say of stored leads: a dry run that changes nothing."""

import json
from argparse import ArgumentParser
from collections import Counter
from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from attribution import scope
from attribution.capture.judging import reasons
from attribution.capture.judging.stored import judged_again
from attribution.models import Company

NOTE = (
    "User agents and filled-in honeypots are not kept, and persons only where the company keeps "
    "them: what was decided by these, by the sender or by a person stays as it is."
)


class Command(BaseCommand):
    """`judge_leads --company acme [--since 2026-01-01] [--json]`."""

    help = "Say what today's capture rules would make of stored leads. Nothing is changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--company", required=True, metavar="SLUG")
        parser.add_argument("--since", metavar="YYYY-MM-DD", help="leads received since this day")
        parser.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        with scope.all_companies():
            company = Company.objects.filter(slug=options["company"]).first()
        if company is None:
            raise CommandError(f"There is no company “{options['company']}”.")
        with scope.company_scope([company.pk]):
            found = summary(company, _since(options["since"]))
        as_json = json.dumps(found, ensure_ascii=False, indent=2)
        self.stdout.write(as_json if options["json"] else text(found))


def _since(day: str | None) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) if day else None
    except ValueError:
        raise CommandError(f"“{day}” is no day. Write 2026-03-31 for 31 March 2026.") from None


def summary(company: Company, since: datetime | None) -> dict[str, Any]:
    """Counts by kind now, kind by today's rules and reason; revenue in minor units."""
    leads, settled, revenue = 0, 0, Counter[tuple[str, str, str]]()
    moves, marks = Counter[tuple[str, str, str]](), Counter[str]()
    for lead, judged, is_settled in judged_again(company, since):
        leads += 1
        if is_settled:
            settled += 1
            continue
        marks.update(judged.marks)
        key = (lead.kind, judged.kind, judged.kind_reason)
        if lead.kind != judged.kind:
            moves[key] += 1
            revenue[key] += lead.revenue_minor
    return {
        "company": company.slug,
        "since": since.date().isoformat() if since else None,
        "leads": leads,
        "settled": settled,
        "same": leads - settled - moves.total(),
        "would_change": [
            {
                "from": old,
                "to": new,
                "reason": why,
                "leads": number,
                "revenue_minor": revenue[old, new, why],
            }
            for (old, new, why), number in sorted(moves.items())
        ],
        "marks": dict(sorted(marks.items())),
        "note": NOTE,
    }


def text(found: dict[str, Any]) -> str:
    lines = [
        f"{found['leads']:,} leads: {found['same']:,} as they are, {found['settled']:,} settled "
        "otherwise, and of the others:"
    ]
    lines += [
        f"  {one['from']} -> {one['to']}: {one['leads']:,} "
        f"({reasons.words(one['reason']) or 'no reason any more'})"
        for one in found["would_change"]
    ] or ["  none."]
    lines += [f"  mark {mark}: {number:,}" for mark, number in found["marks"].items()]
    return "\n".join([*lines, found["note"]])
