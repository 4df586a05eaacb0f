"""Where a lead counts when it comes in: its reading, found or made.

Capture itself follows no rule: it makes the campaign that a lead names, and stops when a day has
too many new names. Only then is asked where such leads count by what persons have decided.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet

from attribution import scope
from attribution.channels.origins import ChannelLaw, law_of
from attribution.models.campaign import Campaign
from attribution.models.company import Company
from attribution.models.reading import Reading
from attribution.prepared import Prepared
from attribution.repair import law, locking
from attribution.signals import campaigns_made
from attribution.utm import Reason, Tidy, channel_of, digest
from attribution.verdict import Rulebook, RuleLine, Tags, verdict

if TYPE_CHECKING:
    from attribution.models.lead import Lead

# Campaigns that were there before a repair made one, or that a lead has named since.
CAPTURED = Q(made_in__isnull=True) | Q(first_lead_on__isnull=False)


class Naming(NamedTuple):
    """A lead that names a campaign which is not there: its row in a file, if it stands in one."""

    row: int
    key: str
    day: date
    source: str
    medium: str


class Placer:
    """Finds the readings of one company's leads, and makes those that are not there.

    For the time of one piece of work, in a transaction; what it has found once it knows.
    """

    def __init__(self, company: Company) -> None:
        scope.require(company.pk)
        self.company = company
        self._readings: dict[tuple[str, str], Reading] = {}
        self._campaigns: dict[str, int] = {}
        self._discovered: dict[date, int] = {}

    def reading(self, found: Tidy, day: date, given: int | None = None, why: str = "") -> Reading:
        """The reading of a lead of this day. With a campaign or a reason that was given at entry,
        that is what it was captured as."""
        reason = why or found.reason
        of_values = digest(found.source, found.medium, found.campaign, given or 0)
        known = self._known(of_values, reason)
        if known is not None:
            return known
        if not reason and given is None and self._campaign(found, day) is None:
            reason = Reason.FLOOD.value
            known = self._known(of_values, reason)
        return known or self._make(found, of_values, reason, given)

    def _known(self, of_values: str, reason: str) -> Reading | None:
        if (of_values, reason) not in self._readings:
            for reading in _OPEN.objects(Reading, [reason, self.company.pk, of_values]):
                self._readings[of_values, reason] = reading
        return self._readings.get((of_values, reason))

    def _make(self, found: Tidy, of_values: str, reason: str, given: int | None) -> Reading:
        tags = Tags(found.source, found.medium, found.campaign, reason, given)
        columns = columns_of(tags, Rulebook(self._rules, self._campaigns, self._merges))
        made = Reading(company=self.company, digest=of_values, captured_reason=reason, **columns)
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:  # somebody else made it in this moment
            known = self._known(of_values, reason)
            if known is None:
                raise
            return known
        self._readings[of_values, reason] = made
        return made

    @cached_property
    def _rules(self) -> list[RuleLine]:
        return law.lines(law.rules(self.company))

    @cached_property
    def _merges(self) -> dict[int, int]:
        return law.merges(self.company)

    @cached_property
    def channels(self) -> ChannelLaw:
        return law_of(self.company)

    def _campaign(self, found: Tidy, day: date) -> int | None:
        """The id of the campaign that is named, made if need be; None when the day is full."""
        key = found.campaign
        if key not in self._campaigns:
            known = self._captured(key)
            if not known and self._number(day) >= self.company.new_campaigns_per_day:
                return None
            self._campaigns |= known or self._discover(found, day)
        return self._campaigns[key]

    def _captured(self, key: str) -> dict[str, int]:
        return dict(_BY_KEY.rows([self.company.pk, key]))

    def _number(self, day: date) -> int:
        if day not in self._discovered:
            self._discovered[day] = sum(n for (n,) in _OF_DAY.rows([self.company.pk, day]))
        return self._discovered[day]

    def _discover(self, found: Tidy, day: date) -> dict[str, int]:
        discover(self.company, [Naming(0, found.campaign, day, found.source, found.medium)])
        self._discovered[day] += 1
        return self._captured(found.campaign)


# Asked for each lead that arrives alone:


def _open() -> QuerySet[Reading]:
    with scope.all_companies():
        readings = Reading.objects.filter(captured_reason="", company=0, digest="", is_open=True)
        return readings.order_by()


def _by_key() -> QuerySet[Campaign, tuple[str, int]]:
    with scope.all_companies():
        return (
            Campaign.objects.filter(CAPTURED, company=0, key="").order_by().values_list("key", "pk")
        )


def _of_day() -> QuerySet[Campaign, tuple[int]]:
    """How many campaigns leads of a day have discovered."""
    with scope.all_companies():
        found = Campaign.objects.filter(company=0, first_lead_on=date.min).order_by()
        return found.values("company").values_list(Count("pk"))


_OPEN, _BY_KEY, _OF_DAY = Prepared(_open), Prepared(_by_key), Prepared(_of_day)


def columns_of(tags: Tags, book: Rulebook) -> dict[str, Any]:
    """The columns of a new reading."""
    found = verdict(tags, book)
    return {
        "source_key": tags.source,
        "medium_key": tags.medium,
        "campaign_key": tags.campaign,
        "given_id": tags.given,
        "campaign_id": found.place.campaign,
        "reason": found.place.reason,
        "source": found.place.source,
        "medium": found.place.medium,
        "source_rule": found.source_rule,
        "medium_rule": found.medium_rule,
        "campaign_rule": found.campaign_rule,
    }


def capturing(company: Company) -> Placer:
    """A placer until the end of the transaction; meanwhile nothing is repaired."""
    locking.capturing(company.pk)
    return Placer(company)


def place(lead: "Lead", found: Tidy) -> None:
    """Give a new lead its reading, and the columns that follow from it."""
    placer = lead.placer or capturing(lead.company)
    given, why = lead.campaign_id, lead.unattributed_reason
    if lead.campaign is not None and lead.campaign.key == found.campaign and not found.reason:
        # As its values say anyway, but where no lead has named the campaign yet: a full day would
        # not let it in.
        given = None if _is_captured(lead.campaign) else given
    lead.reading = reading = placer.reading(found, lead.day, given, why)
    lead.source, lead.medium = reading.source, reading.medium
    lead.campaign_id, lead.unattributed_reason = reading.campaign_id, reading.reason


def _is_captured(campaign: Campaign) -> bool:
    return campaign.made_in_id is None or campaign.first_lead_on is not None


def admit(company: Company, namings: Iterable[Naming]) -> list[Naming]:
    """Of leads with unknown names, in their order, those that may make a campaign: a name once,
    and on each day no more than there is room for. Makes nothing yet."""
    rows = Campaign.objects.filter(company=company, first_lead_on__isnull=False)
    counts = rows.order_by().values_list("first_lead_on").annotate(number=Count("pk"))
    room: dict[date, int] = defaultdict(lambda: company.new_campaigns_per_day)
    room.update((day, company.new_campaigns_per_day - number) for day, number in counts)
    admitted: dict[str, Naming] = {}
    for naming in namings:
        if room[naming.day] > 0 and naming.key not in admitted:
            room[naming.day] -= 1
            admitted[naming.key] = naming
    return list(admitted.values())


@transaction.atomic
def discover(company: Company, namings: Iterable[Naming]) -> None:
    """Make these campaigns; one that somebody else makes in this moment is as good.

    One that a repair has made before is the same one; from now on it is also a discovered one.
    """
    named = {naming.key: naming for naming in namings}
    known = Campaign.objects.filter(company=company, key__in=named)
    by_repairs = {one.key: one for one in known.filter(first_lead_on__isnull=True)}
    for key, campaign in by_repairs.items():
        campaign.first_lead_on, campaign.withdrawn = named[key].day, False
        campaign.save(update_fields=["first_lead_on", "withdrawn"])
    new = [
        Campaign(company=company, **_discovered(naming))
        for key, naming in named.items()
        if key not in by_repairs
    ]
    Campaign.objects.bulk_create(new, batch_size=1000, ignore_conflicts=True)
    campaigns_made.send(Campaign, company=company, keys=list(named))


def _discovered(naming: Naming) -> dict[str, Any]:
    """The columns of a campaign that a lead's utm_campaign has discovered."""
    return {
        "key": naming.key,
        "name": naming.key[:200],
        "channel": channel_of(naming.source, naming.medium),
        "discovered": True,
        "first_lead_on": naming.day,
    }
