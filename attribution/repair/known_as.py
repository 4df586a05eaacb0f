"""What leads to a campaign besides its own key, and what could be counted for it as well."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from attribution.models import Campaign, CampaignChange, Lead, Repair
from attribution.repair import law
from attribution.repair.waiting import waiting
from attribution.verdict import Field, How, RuleLine


@dataclass(frozen=True)
class KnownAs:
    """Names that a rule leads to the campaign."""

    rule: int
    names: str
    only: str = ""  # on which condition


def known_as(campaign: Campaign) -> list[KnownAs]:
    """The rules in force that say this campaign, in their order."""
    lines = law.lines(law.rules(campaign.company))
    mine = (one for one in lines if one.field is Field.CAMPAIGN and one.campaign == campaign.pk)
    return [KnownAs(one.id, _names(one.how, one.values), _condition(one)) for one in mine]


def _names(how: How, values: tuple[str, ...]) -> str:
    names = ", ".join(value or _("no name at all") for value in values)
    match how:
        case How.PREFIX:
            return _("begins with %(names)s") % {"names": names}
        case How.CONTAINS:
            return _("contains %(names)s") % {"names": names}
    return names


def _condition(line: RuleLine) -> str:
    only = (_("source"), line.only_source), (_("medium"), line.only_medium)
    return ", ".join(f"{name} {value}" for name, value in only if value)


def claimable(campaign: Campaign) -> int:
    """How many leads carry its name and count for no campaign."""
    earlier = waiting(campaign.company).filter(campaign=None, campaign_key=campaign.key)
    leads = Lead.objects.filter(company=campaign.company_id, campaign=None)
    return leads.filter(reading__in=earlier.values("pk")).count()


def merged_by(campaign: Campaign) -> Repair | None:
    """The repair in force that has made it part of another."""
    if campaign.merged_into_id is None:
        return None
    merges = CampaignChange.objects.filter(
        campaign=campaign,
        field=CampaignChange.Column.MERGED_INTO,
        new=str(campaign.merged_into_id),
        repair__undone_at__isnull=True,
    )
    latest = merges.select_related("repair__author").order_by("-pk").first()
    return latest.repair if latest else None
