"""What of a shared cost falls on which month and campaign, in words."""

from typing import NamedTuple

from django.db.models import Count, F, Max, Min, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.utils.translation import gettext as _

from attribution.days import day_range
from attribution.money import shown
from spend.models import Cost, SpendEntry

MOST = 60


class Part(NamedTuple):
    """The share of one campaign in one month."""

    days: str
    campaign: str
    amount: str
    worth: str  # in the company's currency, where that is another one


class Parts(NamedTuple):
    """The first of them, and how many there are."""

    shown: list[Part]
    number: int
    converted: bool


def parts_in_words(cost: Cost) -> Parts:
    """Read off its entries, which are what the report counts."""
    recorded = Coalesce(F("original_minor"), F("amount_minor"))
    rows = (
        SpendEntry.objects.filter(company=cost.company_id, cost=cost)
        .order_by()
        .values("campaign__name", "campaign_key", month=TruncMonth("day"))
        .annotate(
            minor=Sum(recorded),
            worth=Sum("amount_minor"),
            missing=Count("pk", filter=Q(amount_minor__isnull=True)),
            first=Min("day"),
            last=Max("day"),
        )
        .order_by("month", "campaign__name", "campaign_key")
    )
    found, own = list(rows), cost.company.currency
    converted = cost.currency != own
    parts = [
        Part(
            day_range(row["first"], row["last"]),
            row["campaign__name"] or _("%(name)s (not matched)") % {"name": row["campaign_key"]},
            shown(row["minor"], cost.currency),
            (_("rate missing") if row["missing"] else shown(row["worth"], own))
            if converted
            else "",
        )
        for row in found[:MOST]
    ]
    return Parts(parts, len(found), converted)
