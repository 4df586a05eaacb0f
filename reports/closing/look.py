"""Looks whether closed months are still what they were, and writes down where they are not.

It does not matter by what way facts changed: the sums of the month as they are now are compared
with what is known of it, which is what was closed and all restatements since. So these always add
up to today's figures.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from attribution.models import Campaign, Company
from reports.closing import causes
from reports.closing.closing import store
from reports.closing.figures import OF_SPEND, Difference, differences
from reports.closing.today import Sums, known_sums, read_month
from reports.models import ClosedMonth, RestatedFigure, Restatement
from reports.rollup.books import SumsUnusable
from reports.rollup.reader import SumsDisagree
from reports.rollup.sums import BOOKS
from reports.snapshot import snapshot

EVERY = timedelta(hours=24)  # also where nothing has said that it changed

logger = logging.getLogger(__name__)


def look(company: Company) -> int:
    """Restate the closed months of a company that have changed. Returns how many have."""
    due = ClosedMonth.objects.filter(company=company, reopened_at__isnull=True).filter(
        ~Q(touched=F("looked")) | Q(looked_at__lt=timezone.now() - EVERY)
    )
    return sum(look_at(pk) for pk in due.order_by("month").values_list("pk", flat=True))


def look_at(pk: int) -> bool:
    """Compare one closed month; whether it was restated. Without usable sums it is left for later.

    What changes while it is compared is noted by a touch that is newer, and compared next time.
    """
    now = timezone.now()
    try:
        with snapshot():
            closing = ClosedMonth.objects.select_related("company").get(pk=pk)
            found = read_month(closing.company, closing.month)
            _closed, known = known_sums(closing)
            changed = differences(known, found.sums)
            added = _added(known, found.sums)
            why = _causes(closing, changed) if added else []
            recent = causes.recent(closing, now)
    except SumsUnusable:
        return False
    except SumsDisagree as error:
        logger.error("Closed month %s was not compared: %s", pk, error)
        return False
    with transaction.atomic():
        # Whoever was faster has written the same.
        ours = ClosedMonth.objects.filter(pk=pk, looks=closing.looks, reopened_at__isnull=True)
        new = {"looks": F("looks") + 1, "looked": closing.touched, "looked_at": now}
        if not ours.update(**new, recent=recent) or not added:
            return False
        restatement = Restatement(
            company_id=closing.company_id,
            closing=closing,
            seen_at=now,
            since=closing.looked_at,
            causes=causes.as_json(why),
        )
        restatement.save()
        for fact, sums in added.items():
            store(closing, fact, sums.items(), restatement)
        _write_figures(restatement, changed)
    return True


def _added(known: Mapping[str, Sums], found: Mapping[str, Sums]) -> dict[str, Sums]:
    """What has to be added to what is known, by book; empty when nothing has."""
    added: dict[str, Sums] = {}
    for book in BOOKS:
        nothing = (0,) * len(book.measures)
        before, after = known[book.fact], found[book.fact]
        for key in sorted({*before, *after}):
            pairs = zip(before.get(key, nothing), after.get(key, nothing), strict=True)
            numbers = tuple(new - old for old, new in pairs)
            if any(numbers):
                added.setdefault(book.fact, {})[key] = numbers
    return added


def _causes(closing: ClosedMonth, changed: Iterable[Difference]) -> list[causes.Cause]:
    of_spend = {one.measure in OF_SPEND for one in changed}
    window = causes.Window(
        closing=closing,
        since=closing.looked_at,
        leads=False in of_spend or not of_spend,
        spend=True in of_spend or not of_spend,
    )
    before = Restatement.objects.filter(closing=closing).values_list("causes", flat=True)
    named = {one["ref"] for some in before for one in some}
    return causes.find(window, named)


def _write_figures(restatement: Restatement, changed: Sequence[Difference]) -> None:
    ids = {one.campaign_id for one in changed}
    campaigns = Campaign.objects.filter(company_id=restatement.company_id, pk__in=ids)
    names = dict(campaigns.values_list("pk", "name"))
    RestatedFigure.objects.bulk_create(
        (
            RestatedFigure(
                company_id=restatement.company_id,
                restatement=restatement,
                closing_id=restatement.closing_id,
                campaign_id=one.campaign_id,
                campaign_name=names.get(one.campaign_id, ""),
                measure=one.measure,
                is_part=bool(one.part),
                part=one.part,
                old=one.old,
                new=one.new,
            )
            for one in changed
        ),
        batch_size=500,
    )
