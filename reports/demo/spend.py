"""Demo spend: media a day, mails a week, agency a month, and a name that no campaign has."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from attribution.models import Campaign, Company, ImportRun
from reports.demo.plans import CampaignPlan, CompanyPlan
from reports.demo.rhythm import chance, days, leads_per_weight, runs, usual
from spend.models import SpendEntry

MISSPELT_DAYS = range(30, 52)  # days ago
CLICKS_PER_LEAD = 14
CLICK_RATE = 0.021
OPEN_RATE = 0.34
SEND_DAY = 3  # Thursday


class Cost(NamedTuple):
    """One amount, in whole units of the company's currency."""

    key: str  # of the campaign; empty: none has this name
    name: str
    day: date
    amount: float
    values: dict[str, Any]


def make_spend(
    plan: CompanyPlan,
    company: Company,
    run: ImportRun,
    today: date,
    minor_units: int,
    scale: float,
) -> list[SpendEntry]:
    """The spend of every campaign up to yesterday; today's is not known yet."""
    known = {campaign.key: campaign for campaign in Campaign.objects.filter(company=company)}
    return [
        SpendEntry(
            company=company,
            campaign=known.get(cost.key),
            campaign_name=cost.name,
            day=cost.day,
            amount_minor=round(cost.amount * scale * minor_units),
            source=SpendEntry.FILE,
            import_run=run,
            **cost.values,
        )
        for cost in costs(plan, today)
    ]


def costs(plan: CompanyPlan, today: date) -> Iterator[Cost]:
    """Everything the company paid for, oldest first."""
    rng = chance(plan, "spend")
    unit = leads_per_weight(plan, today)
    for ago, day in days(today - timedelta(days=1)):
        for campaign in plan.campaigns:
            if campaign.known and runs(campaign, ago):
                expected = campaign.weight * usual(plan, ago, day) * unit
                for amount, values in _of_one_day(campaign, day, expected, rng):
                    yield Cost(campaign.key, campaign.name, day, amount, values)
        if ago in MISSPELT_DAYS:
            amount = plan.campaigns[0].cost_per_lead * rng.uniform(1, 3)
            yield Cost("", plan.misspelt_spend, day, amount, {})


def _of_one_day(
    campaign: CampaignPlan, day: date, expected: float, rng: Random
) -> Iterator[tuple[float, dict[str, Any]]]:
    """(amount, further columns): what a campaign costs, however many leads really came."""
    link = {"utm_source": campaign.source, "utm_medium": campaign.medium}
    if campaign.cost_per_lead:
        clicks = round(expected * CLICKS_PER_LEAD * rng.uniform(0.7, 1.3))
        seen = round(clicks / CLICK_RATE * rng.uniform(0.8, 1.2))
        amount = expected * campaign.cost_per_lead * rng.lognormvariate(-0.03, 0.25)
        yield amount, link | {"clicks": clicks, "impressions": seen}
    elif campaign.daily_cost and not campaign.sends:
        yield campaign.daily_cost, link
    if campaign.sends and day.weekday() == SEND_DAY:
        sends = round(campaign.sends * rng.uniform(0.95, 1.05))
        opens = round(sends * OPEN_RATE * rng.uniform(0.85, 1.15))
        yield campaign.daily_cost * 7, link | {"sends": sends, "opens": opens}
    if campaign.agency_fee and day.day == 1:
        yield campaign.agency_fee, {"line": SpendEntry.Line.AGENCY.value, "note": "Monthly fee"}
