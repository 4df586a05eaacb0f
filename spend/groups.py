"""Groups of campaigns as rows of a report: each campaign in one row, whatever groups it is in."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Aggregate, OuterRef, Subquery, TextField, Value

from attribution.models import Campaign, Company
from spend.budgets.reading import standing_for
from spend.models import CampaignGroup, GroupMember

AND = " + "
MARK = "\x1f"  # stands in no name that a person has typed


def groups_of(*companies: Company) -> dict[int, str]:
    """Campaign → the names of its groups, by the alphabet; of several, all of them in one text.

    So no lead and no amount stands in two rows. A campaign that was merged brings its groups along
    to the one that stands for it. One query, or two with groups.
    """
    rows = GroupMember.objects.filter(company__in=companies).order_by()
    members = list(rows.values_list("campaign", "group__name"))
    if not members:
        return {}
    merged = _merged(companies)
    found: dict[int, set[str]] = defaultdict(set)
    for campaign, name in members:
        found[standing_for(campaign, merged)].add(name)
    return {campaign: AND.join(sorted(names)) for campaign, names in found.items()}


class _Joined(Aggregate):
    """Texts as one, with a mark between them; in no order."""

    function = "STRING_AGG"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **more)


def group_names() -> Subquery:
    """Of a campaign that is being read, to be split by `names_in`: no query of its own."""
    rows = GroupMember.objects.filter(campaign=OuterRef("pk")).order_by().values("campaign")
    return Subquery(rows.annotate(all=_Joined("group__name", Value(MARK))).values("all"))


def names_in(found: str | None) -> list[str]:
    """The names that `group_names` has read, by the alphabet."""
    return sorted(found.split(MARK)) if found else []


def groups_with(campaign: Campaign) -> "list[CampaignGroup]":
    """Those that the campaign itself was put into."""
    rows = CampaignGroup.objects.filter(members__campaign=campaign).select_related("company")
    return list(rows.order_by("name"))


def _merged(companies: Collection[Company]) -> Mapping[int, int]:
    rows = Campaign.objects.filter(company__in=companies, merged_into__isnull=False).order_by()
    return dict(rows.values_list("pk", "merged_into_id"))
