"""Takes a file of rates in: looked at first, then saved as one run, whole or not at all."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from attribution.files.problems import FileProblem
from attribution.models.booking import Booking
from attribution.models.company import Company
from attribution.models.importrun import ImportRun
from attribution.models.rate import ExchangeRate
from attribution.rates import ecb
from attribution.rates.book import PIVOT
from attribution.rates.plan import Plan, plan
from attribution.repair import locking
from attribution.signals import currencies_asked

BATCH = 1_000
State = ImportRun.State


@dataclass(frozen=True)
class Taken:
    """What a file is for a company: its currencies, those that are taken, and what they change."""

    file: ecb.EcbFile
    currencies: tuple[str, ...]
    not_in_file: tuple[str, ...]  # in use, but without a column
    plan: Plan


def needed(company: Company) -> set[str]:
    """The currencies whose rates convert what the company has recorded."""
    rows = Booking.objects.filter(company=company, original_minor__isnull=False)
    found = set(rows.order_by().values_list("currency", flat=True).distinct())
    for answer in currencies_asked.send(sender=Taken, company=company):
        currencies: Any = answer[1]
        found |= currencies
    return found | {company.currency}


def check(company: Company, content: bytes, name: str, ticked: Collection[str] = ()) -> Taken:
    """What the file would do. Changes nothing. Raises FileProblem."""
    found = ecb.currencies_of(content, name)
    if company.currency not in (PIVOT, *found):
        raise FileProblem(
            f'"{name}" has no column {company.currency}, the currency of {company.name}, and so '
            "converts nothing into it. Type the rates by hand, or use a file that has it."
        )
    asked = needed(company)
    wanted = {*asked, *ticked}
    if wanted == {company.currency}:
        wanted = set()  # nothing is recorded in another one
    file = ecb.read(content, name, wanted, datetime.now(UTC).date())
    return Taken(
        file=file,
        currencies=tuple(code for code in found if code in wanted),
        not_in_file=tuple(sorted(asked - {PIVOT, company.currency, *found})),
        plan=plan(company, file.rates),
    )


def begin(company: Company, content: bytes, name: str, author: Any, state: str) -> ImportRun:
    """The record of a file, from now on."""
    return ImportRun.objects.create(
        company=company,
        kind=ImportRun.Kind.RATES,
        state=state,
        token=secrets.token_urlsafe(32),
        author=author,
        file_name=name[-255:],
        file_hash=hashlib.sha256(content).hexdigest(),
        file_content=content if state == State.UPLOADED else None,
        options={"currencies": []},
    )


def take_in(run: ImportRun, content: bytes, ticked: Collection[str]) -> Taken | None:
    """Save the file's rates, convert what they reach, and say so in the run, all or nothing.

    None: another click was first. Raises FileProblem, and Busy.
    """
    with transaction.atomic():
        company = locking.repairing(run.company_id)
        waiting = ImportRun.objects.filter(pk=run.pk, state__in=[State.UPLOADED, State.RUNNING])
        if not waiting.update(state=State.RUNNING):
            return None
        taken = check(company, content, run.file_name, ticked)
        _save(company, taken.plan, run.author)
        _done(run, taken)
    return taken


def _save(company: Company, found: Plan, author: Any) -> None:
    rows = [
        ExchangeRate(
            company=company,
            day=key.day,
            base=key.base,
            quote=key.quote,
            rate=rate,
            source=ExchangeRate.Source.ECB,
            author=author,
        )
        for key, rate in found.wanted.items()
    ]
    if rows:
        ExchangeRate.objects.bulk_create(
            rows,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["company", "base", "quote", "day"],
            update_fields=["rate", "source", "author", "updated_at"],
        )


def _done(run: ImportRun, taken: Taken) -> None:
    run.state = State.DONE
    run.rows = len(taken.file.rates)
    run.new, run.changed = len(taken.plan.new), len(taken.plan.changed)
    run.same = taken.plan.same
    run.options = {"currencies": list(taken.currencies)}
    days = taken.file.days
    run.report = {
        "days": [day.isoformat() for day in days] if days else [],
        "moved": {name: vars(moved) for name, moved in taken.plan.moved.items()},
    }
    run.file_content = None
    run.finished_at = datetime.now(UTC)
    run.save()
