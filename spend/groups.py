"""Groups of campaigns as rows of a report: each campaign in one row, whatever groups it is in."""

from collections import defaultdict
from collections.abc import Mapping

from attribution.models import Campaign, Company
from spend.budgets.reading import standing_for
from spend.models import CampaignGroup, GroupMember

AND = " + "


def groups_of(company: Company) -> dict[int, str]:
    """Campaign → the names of its groups, by the alphabet; of several, all of them in one text.

    So no lead and no amount stands in two rows. A campaign that was merged brings its groups along
    to the one that stands for it. One query, or two with groups.
    """
    rows = GroupMember.objects.filter(company=company).order_by()
    members = list(rows.values_list("campaign", "group__name"))
    if not members:
        return {}
    merged = _merged(company)
    found: dict[int, set[str]] = defaultdict(set)
    for campaign, name in members:
        found[standing_for(campaign, merged)].add(name)
    return {campaign: AND.join(sorted(names)) for campaign, names in found.items()}


def groups_with(campaign: Campaign) -> "list[CampaignGroup]":
    """Those that the campaign itself was put into."""
    rows = CampaignGroup.objects.filter(members__campaign=campaign).select_related("company")
    return list(rows.order_by("name"))


def _merged(company: Company) -> Mapping[int, int]:
    rows = Campaign.objects.filter(company=company, merged_into__isnull=False).order_by()
    return dict(rows.values_list("pk", "merged_into_id"))
