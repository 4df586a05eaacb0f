"""Targets of a campaign, with the money of their days."""

from datetime import date
from typing import Any

from django.db.models import Case, Count, F, Model, OuterRef, QuerySet, Subquery, Sum, When

from attribution.models import Booking, Campaign
from reports.campaign.facts import DayFacts
from reports.targets.models import Target
from reports.targets.progress import Goal, Progress, Sums
from spend.budgets.reading import UNCONVERTED
from spend.models import SpendEntry

MOST = 24  # targets that a page shows, the latest


def targets_of(campaign: Campaign, since: date) -> list[Target]:
    """Those that end on this day or later, the latest first, each with its money; one query."""
    rows: QuerySet[Target] = Target.objects.filter(
        company=campaign.company_id, campaign=campaign, last_day__gte=since
    )
    found = with_money(rows).select_related("author").order_by("-last_day", "-first_day", "pk")
    for one in (targets := list(found[:MOST])):
        one.campaign, one.company = campaign, campaign.company  # read already
    return targets


def with_money(rows: "QuerySet[Target]") -> "QuerySet[Target]":
    """Adds what was spent within the days, and how many amounts lack a rate of exchange."""
    spend = _of_its_days(SpendEntry, "")
    bookings = _of_its_days(Booking, "lead__").filter(
        company=OuterRef("company"),
        status=Booking.Status.COMPLETED,
        value_minor__isnull=True,
        lead__kind="primary",
    )
    return rows.annotate(
        spent=_one(spend, Sum("amount_minor")),
        unpriced=_one(spend.filter(UNCONVERTED), Count("pk")),
        # Only asked where money that came in is what the target is about.
        unpriced_revenue=Case(
            When(metric__in=("revenue", "roas"), then=_one(bookings, Count("pk"))), default=None
        ),
    )


def _of_its_days(model: type[Model], way: str) -> "QuerySet[Any]":
    """The company's facts of the campaign and the days of a target."""
    same: dict[str, Any] = {
        f"{way}{column}": OuterRef(column) for column in ("company", "campaign")
    }
    days = {f"{way}day__gte": OuterRef("first_day"), f"{way}day__lte": OuterRef("last_day")}
    rows: QuerySet[Any] = model._default_manager.filter(**same, **days)
    return rows.order_by()


def _one(rows: "QuerySet[Any]", number: Sum | Count) -> Subquery:
    """One number over all rows; NULL without any."""
    return Subquery(rows.values(whose=F("company")).annotate(found=number).values("found"))


def progress_of(
    target: Any, facts: list[DayFacts], young_since: date, today: date, thin_below: int
) -> Progress:
    """How a target of `targets_of` stands; `facts` hold all its days, as targets count them."""
    own = [one for one in facts if target.first_day <= one.day <= target.last_day]
    sums = Sums(
        leads=sum(int(one.leads) for one in own),
        booked=sum(int(one.booked) for one in own),
        young=sum(int(one.leads) for one in own if one.day >= young_since),
        revenue_minor=None
        if target.unpriced_revenue
        else sum(int(one.revenue_minor) for one in own),
        spend_minor=None if target.unpriced or target.spent is None else int(target.spent),
    )
    goal = Goal(target.metric, target.value, target.first_day, target.last_day)
    return Progress(goal, sums, today, thin_below)
