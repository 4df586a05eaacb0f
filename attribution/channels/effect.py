"""What other rules would do: counted leads and revenue of each channel, before and after."""

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count

from attribution.channels.origins import ChannelLaw
from attribution.channels.rules import CHANNELS
from attribution.models import Company, Lead
from attribution.utm import RAW_FIELDS, Captured

MOST = 200_000  # leads that a preview looks at, the latest of the company
READ_AT_ONCE = 5_000


class Sums(NamedTuple):
    """Counted leads, and revenue in minor units."""

    leads: int = 0
    minor: int = 0

    def plus(self, minor: int) -> "Sums":
        return Sums(self.leads + 1, self.minor + minor)


@dataclass(frozen=True)
class Line:
    """One channel."""

    channel: str  # empty: of leads that are not placed yet
    before: Sums
    after: Sums

    @property
    def change(self) -> int:
        return self.after.leads - self.before.leads


@dataclass(frozen=True)
class Effect:
    """Of all leads of the company, or of the latest so many."""

    lines: list[Line]
    looked_at: int
    of: int
    moved: int  # leads of another channel or origin, excluded kinds too

    @property
    def is_whole(self) -> bool:
        return self.looked_at == self.of


def effect_of(company: Company, law: ChannelLaw) -> Effect:
    """Compare what is stored with what these rules would say. Reads; writes nothing."""
    before: defaultdict[str, Sums] = defaultdict(Sums)
    after: defaultdict[str, Sums] = defaultdict(Sums)
    leads = Lead.objects.filter(company=company)
    number = leads.aggregate(n=Count("*"))["n"]
    rows = leads.order_by("-received_at").values_list(
        "kind", "revenue_minor", "channel", "origin", *RAW_FIELDS
    )[:MOST]
    looked_at = moved = 0
    for kind, minor, channel, origin, *raw in rows.iterator(READ_AT_ONCE):
        looked_at += 1
        found = law.origin(Captured(*raw))
        moved += (found.origin, found.channel) != (origin, channel)
        if kind == Lead.Kind.PRIMARY:
            before[channel] = before[channel].plus(minor)
            after[found.channel] = after[found.channel].plus(minor)
    order = ["", *CHANNELS]
    lines = [
        Line(channel, before[channel], after[channel])
        for channel in sorted(before.keys() | after.keys(), key=order.index)
    ]
    return Effect(lines, looked_at, number, moved)
