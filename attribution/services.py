"""Changes that reach beyond one row: finding a lead's campaign, erasing a person's data."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from attribution.models.campaign import Campaign
from attribution.models.company import Company
from attribution.utm import Reason, channel_of, page_of

if TYPE_CHECKING:
    from attribution.models.lead import Lead


class Naming(NamedTuple):
    """A row of a file that names a campaign which is not there."""

    row: int
    key: str
    day: date
    source: str
    medium: str


class CampaignFinder:
    """Finds a company's campaigns by their tidy key, and discovers those that are not there.

    Holds the keys of one company for the time of one piece of work, so that a million leads cost
    one query. New keys beyond the company's number a day are a flood and get no campaign.
    """

    def __init__(self, company: Company) -> None:
        self.company = company
        self._ids = dict(Campaign.objects.filter(company=company).values_list("key", "pk"))
        self._discovered: dict[date, int] = {}

    def find(self, key: str, day: date, source: str, medium: str) -> int | None:
        """The id of the campaign with this key; None when the day has too many new ones."""
        if key not in self._ids:
            if self._discovered_on(day) >= self.company.new_campaigns_per_day:
                return None
            self._ids[key] = self._discover(key, day, source, medium)
        return self._ids[key]

    def admit(self, namings: Iterable[Naming]) -> list[Naming]:
        """Of rows with unknown keys, in their order, those that may make a campaign: a key once,
        and on each day no more than there is room for. Makes nothing yet."""
        rows = Campaign.objects.filter(company=self.company, first_lead_on__isnull=False)
        counts = rows.order_by().values_list("first_lead_on").annotate(number=Count("pk"))
        room = {day: self.company.new_campaigns_per_day - number for day, number in counts}
        admitted: dict[str, Naming] = {}
        for naming in namings:
            left = room.get(naming.day, self.company.new_campaigns_per_day)
            if left > 0 and naming.key not in admitted:
                room[naming.day] = left - 1
                admitted[naming.key] = naming
        return list(admitted.values())

    def make(self, namings: Iterable[Naming]) -> None:
        """Make the campaigns; one that somebody else made in this moment is as good."""
        campaigns = [
            Campaign(company=self.company, **_discovered(*naming[1:])) for naming in namings
        ]
        Campaign.objects.bulk_create(campaigns, batch_size=1000, ignore_conflicts=True)

    def _discovered_on(self, day: date) -> int:
        if day not in self._discovered:
            rows = Campaign.objects.filter(company=self.company, first_lead_on=day)
            self._discovered[day] = rows.count()
        return self._discovered[day]

    def _discover(self, key: str, day: date, source: str, medium: str) -> int:
        values = _discovered(key, day, source, medium)
        campaign, made = Campaign.objects.get_or_create(
            company=self.company, key=values.pop("key"), defaults=values
        )
        self._discovered[day] += made
        return campaign.pk


def _discovered(key: str, day: date, source: str, medium: str) -> dict[str, Any]:
    """The columns of a campaign that a lead's utm_campaign has discovered."""
    return {
        "key": key,
        "name": key[:200],
        "channel": channel_of(source, medium),
        "discovered": True,
        "first_lead_on": day,
    }


def find_campaign(lead: "Lead") -> tuple[Campaign | None, str]:
    """The campaign that one lead's tidy values name, discovered if need be, or the reason."""
    known = Campaign.objects.filter(company_id=lead.company_id, key=lead.campaign_key).first()
    if known is not None:
        return known, ""
    finder = CampaignFinder(lead.company)
    pk = finder.find(lead.campaign_key, lead.day, lead.source, lead.medium)
    if pk is None:
        return None, Reason.FLOOD.value
    return Campaign.objects.get(pk=pk), ""


@transaction.atomic
def erase_person(leads: "Iterable[Lead]") -> int:
    """Erase who the persons are; every total stays. Returns how many.

    Name, e-mail and phone go. Links keep their page and lose their parameters, where forms and
    mail tools leave addresses; the UTM values and click ids stand in columns of their own.
    """
    from attribution.models.lead import Lead

    now = timezone.now()
    return sum(
        Lead.objects.filter(pk=lead.pk).update(
            name="",
            email="",
            phone="",
            landing_page=page_of(lead.landing_page),
            referrer=page_of(lead.referrer),
            erased_at=now,
        )
        for lead in leads
    )
