"""Demo notes and targets: what happened on some days, and what this month is to bring."""

from calendar import monthrange
from datetime import date, timedelta

from django.contrib.auth.models import User
from django.db.models import Count, Sum

from attribution.models import Campaign, Company, Lead
from reports.demo.plans import CompanyPlan
from reports.demo.rhythm import peak_day
from reports.models import Note, Target
from spend.models import SpendEntry

DAYS = 28  # whose leads and spend say what a month brings
LARGEST = 3  # campaigns with targets
# What each is to bring, against what it brought: one asks for a lot, one for little.
SHARES = (1.15, 0.8, 1.5)


def make_notes(plan: CompanyPlan, company: Company, owner: User | None, today: date) -> None:
    """Two about the whole company, one about its largest campaign, and why one had a peak."""

    def note(days_ago: int, text: str, days: int = 1, campaign: Campaign | None = None) -> None:
        first = today - timedelta(days=days_ago)
        Note.objects.create(
            company=company,
            campaign=campaign,
            first_day=first,
            last_day=first + timedelta(days=days - 1),
            text=text,
            author=owner,
        )

    note(plan.dip, "The form on the website was broken until noon.")
    note(40, "Stand at the regional fair", days=3)
    for campaign in _largest(company, today)[:1]:
        note(24, "New pictures and a shorter text", campaign=campaign)
    peak = (today - peak_day(today)).days
    for one in plan.campaigns:
        if one.peak:
            campaign = Campaign.objects.get(company=company, name=one.name)
            note(peak, one.peak_note, campaign=campaign)


def make_targets(company: Company, owner: User | None, today: date) -> None:
    """Of this month, for the campaigns with most leads: leads, bookings, and what a lead costs."""
    first = today.replace(day=1)
    last = today.replace(day=monthrange(today.year, today.month)[1])
    days = (last - first).days + 1
    for campaign, share in zip(_largest(company, today), SHARES, strict=False):
        recent = {"company": company, "campaign": campaign, "day__gt": today - timedelta(days=DAYS)}
        leads = Lead.objects.filter(**recent, kind=Lead.Kind.PRIMARY)
        sums = leads.aggregate(n=Count("pk"))
        minor = SpendEntry.objects.filter(**recent).aggregate(minor=Sum("amount_minor"))["minor"]
        values = {Target.Metric.LEADS: sums["n"] * share * days / DAYS}
        values[Target.Metric.BOOKED] = values[Target.Metric.LEADS] / 4
        if minor and sums["n"]:
            values[Target.Metric.COST_PER_LEAD] = minor / sums["n"]
        for metric, value in values.items():
            Target.objects.create(
                company=company,
                campaign=campaign,
                metric=metric,
                first_day=first,
                last_day=last,
                value=max(1, round(value)),
                author=owner,
            )


def _largest(company: Company, today: date) -> list[Campaign]:
    """Those with most leads of late."""
    recent = Lead.objects.filter(
        company=company, campaign__isnull=False, day__gt=today - timedelta(days=DAYS)
    )
    rows = (
        recent.values_list("campaign").annotate(n=Count("pk")).order_by("-n", "campaign")[:LARGEST]
    )
    keys = [pk for pk, _n in rows]
    found = Campaign.objects.in_bulk(keys)
    return [found[pk] for pk in keys]
