"""The entries of a shared cost: its amount split over campaigns by weight, then over its days.

Parts are cumulative shares, rounded: they add up to the amount to the cent, and each campaign's
sum is less than a cent away from its exact share. The entries follow the cost: those that stay
the same keep their rows, the others are kept as revisions before they change or go.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from django.db import connection, transaction

from attribution.models import Campaign
from attribution.rates import Rates
from attribution.repair import locking
from attribution.repair.parts import parts
from attribution.signals import facts_changed
from spend import revisions
from spend.formats.spreading import spread
from spend.models import Cost, CostShare, SpendEntry, SpendRevision
from spend.revisions import Worth

LONGEST = 3 * 366  # days
MOST_PARTS = 20_000  # campaigns times days
Place = tuple[str, date]  # a campaign's key, and the day


class Made(NamedTuple):
    """How many entries of a cost were made, changed and removed."""

    new: int
    changed: int
    removed: int


def split(minor: int, weights: Sequence[int]) -> list[int]:
    """Parts in proportion to the weights, in minor units; they add up to `minor`.

    Part i is round(minor · W(i) / W) less the same of i - 1, with W(i) the sum of the first i
    weights and W that of all; halves up, and a negative amount mirrors its positive one.
    """
    size, sign, whole = abs(minor), -1 if minor < 0 else 1, sum(weights)
    ends = [(2 * size * end + whole) // (2 * whole) for end in accumulate(weights, initial=0)]
    return [sign * (end - start) for start, end in pairwise(ends)]


def lock(company_id: int) -> None:
    """Until the end of the transaction no import, repair or new rate comes in between.

    To be called before any row is locked, as these do it. Raises Busy.
    """
    locking.repairing(company_id)


def set_shares(cost: Cost, weights: dict[Campaign, int]) -> None:
    """Who bears it, in this order, and how much of it."""
    there = {share.campaign_id: share for share in CostShare.objects.filter(cost=cost)}
    wanted = {campaign.pk for campaign in weights}
    gone = [share.pk for pk, share in there.items() if pk not in wanted]
    CostShare.objects.filter(pk__in=gone).delete()
    for campaign, weight in weights.items():
        share = there.get(campaign.pk)
        if share is None:
            share = CostShare(company=cost.company, cost=cost, campaign=campaign)
        elif share.weight == weight:
            continue
        share.weight = weight
        share.save()


def make(cost: Cost, author: Any) -> Made:
    """Bring its entries in line with the cost and its shares, in one transaction."""
    with transaction.atomic():
        lock(cost.company_id)
        shares = CostShare.objects.filter(cost=cost).select_related("campaign").order_by("pk")
        campaigns = {share.campaign.key: share.campaign for share in shares}
        wanted = _parts(cost, list(shares))
        rows = SpendEntry.objects.filter(company=cost.company_id, cost=cost).order_by("pk")
        there = {(entry.campaign_key, entry.day): entry for entry in rows}
        removed = [entry.pk for place, entry in there.items() if place not in wanted]
        changed = [
            (entry, wanted[place])
            for place, entry in there.items()
            if place in wanted and _differs(cost, entry, wanted[place])
        ]
        new = [place for place in wanted if place not in there]
        who = author.pk if author else None
        _remove(cost, removed, who)
        _change(cost, changed, who)
        for some in parts(new, revisions.PART):
            SpendEntry.objects.bulk_create(
                (_entry(cost, campaigns[key], day, wanted[key, day], who) for key, day in some),
                batch_size=500,
            )
        made = Made(len(new), len(changed), len(removed))
        if any(made):
            facts_changed.send(sender=Cost, company_id=cost.company_id)
    return made


def remove_entries(cost: Cost, author: Any) -> None:
    """To be called before the cost itself is removed."""
    with transaction.atomic():
        lock(cost.company_id)
        rows = SpendEntry.objects.filter(company=cost.company_id, cost=cost)
        _remove(cost, list(rows.values_list("pk", flat=True)), author.pk if author else None)
        facts_changed.send(sender=Cost, company_id=cost.company_id)


def _parts(cost: Cost, shares: Sequence[CostShare]) -> dict[Place, int]:
    """What each campaign bears of it on each day.

    Parts of nought say nothing, and are left out; but a cost of nought is nought on every day.
    """
    if not shares:
        return {}
    amounts = split(cost.recorded_minor, [share.weight for share in shares])
    return {
        (share.campaign.key, cost.first_day + timedelta(days=number)): part
        for share, amount in zip(shares, amounts, strict=True)
        for number, part in enumerate(spread(amount, cost.days))
        if part or not cost.recorded_minor
    }


def _range(cost: Cost) -> tuple[date | None, date | None]:
    """The range that an entry is a share of; none where the cost is of one day."""
    return (None, None) if cost.days == 1 else (cost.first_day, cost.last_day)


def _differs(cost: Cost, entry: SpendEntry, minor: int) -> bool:
    said = entry.recorded_minor, entry.currency, entry.line, (entry.spread_from, entry.spread_to)
    return said != (minor, cost.currency, cost.line, _range(cost))


def _entry(cost: Cost, campaign: Campaign, day: date, minor: int, author: int | None) -> SpendEntry:
    """As one that is typed in for this campaign; it is converted when it is completed."""
    own = cost.currency == cost.company.currency
    first, last = _range(cost)
    return SpendEntry(
        company=cost.company,
        campaign=campaign,
        day=day,
        line=cost.line,
        source=cost.source,
        cost=cost,
        amount_minor=minor if own else None,
        original_minor=None if own else minor,
        currency=cost.currency,
        spread_from=first,
        spread_to=last,
        author_id=author,
    )


def _remove(cost: Cost, ids: Sequence[int], author: int | None) -> None:
    revisions.remove(cost.company_id, ids, how=SpendRevision.How.COST, author=author)


def _change(cost: Cost, changed: Iterable[tuple[SpendEntry, int]], author: int | None) -> None:
    """Many by one statement; their campaigns stay, for the names do."""
    rates, own = Rates(cost.company), cost.currency == cost.company.currency
    for some in parts(changed, revisions.PART):
        worths = [
            Worth(entry.pk, minor)
            if own
            else Worth(entry.pk, rates.convert(minor, cost.currency, entry.day), minor)
            for entry, minor in some
        ]
        revisions.keep_each(cost.company, worths, how=SpendRevision.How.COST, author=author)
        new, params = revisions.table_of(worths)
        first, last = _range(cost)
        values = {
            "line": cost.line,
            "currency": cost.currency,
            "first": connection.ops.adapt_datefield_value(first),
            "last": connection.ops.adapt_datefield_value(last),
            "author": author,
            "now": connection.ops.adapt_datetimefield_value(datetime.now(UTC)),
        }
        with connection.cursor() as cursor:
            cursor.execute(
                f"""UPDATE spend_spendentry AS e
                       SET amount_minor = new.amount, original_minor = new.original,
                           line = %(line)s, currency = %(currency)s,
                           spread_from = %(first)s, spread_to = %(last)s,
                           author_id = %(author)s, updated_at = %(now)s, version = e.version + 1
                      FROM {new} WHERE e.id = new.id""",
                params | values,
            )
