"""Groups of campaigns as rows of a report: each campaign in one row, whatever groups it is in."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import Aggregate, Exists, OuterRef, QuerySet, Subquery, TextField, Value

from attribution.models import Campaign, Company
from spend.budgets.reading import standing_for
from spend.models import CampaignGroup, GroupMember

AND = " + "
MARK = "\x1f"  # stands in no name that a person has typed


def groups_of(*companies: Company) -> dict[int, tuple[str, ...]]:
    """Campaign → the names of its groups, by the alphabet; none that is in no group.

    A campaign that was merged brings its groups along to the one that stands for it. One query, or
    two with such.
    """
    rows = GroupMember.objects.filter(company__in=companies).order_by()
    members = list(rows.values_list("campaign", "group__name", "campaign__merged_into"))
    merged = _merged(companies) if any(into for _campaign, _name, into in members) else {}
    found: dict[int, set[str]] = defaultdict(set)
    for campaign, name, _into in members:
        found[standing_for(campaign, merged)].add(name)
    return {campaign: tuple(sorted(names)) for campaign, names in found.items()}


class _Joined(Aggregate):
    """Texts as one, with a mark between them; in no order."""

    function = "STRING_AGG"
    output_field = TextField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **more)


def group_names() -> Subquery:
    """Of a campaign that is being read, to be split by `names_in`: no query of its own."""
    rows = GroupMember.objects.filter(campaign=OuterRef("pk"))
    return _joined(rows, "campaign", "group__name")


def names_of_company() -> Subquery:
    """The same of a company: its groups that have campaigns."""
    members = GroupMember.objects.filter(group=OuterRef("pk"))
    rows = CampaignGroup.objects.filter(Exists(members), company=OuterRef("pk"))
    return _joined(rows, "company", "name")


def _joined(rows: "QuerySet[Any]", of: str, name: str) -> Subquery:
    joined = rows.order_by().values(of).annotate(all=_Joined(name, Value(MARK)))
    return Subquery(joined.values("all"))


def names_in(found: str | None) -> list[str]:
    """The names that these have read, by the alphabet."""
    return sorted(found.split(MARK)) if found else []


def groups_with(campaign: Campaign) -> "list[CampaignGroup]":
    """Those that the campaign itself was put into."""
    rows = CampaignGroup.objects.filter(members__campaign=campaign).select_related("company")
    return list(rows.order_by("name"))


def _merged(companies: Collection[Company]) -> Mapping[int, int]:
    rows = Campaign.objects.filter(company__in=companies, merged_into__isnull=False).order_by()
    return dict(rows.values_list("pk", "merged_into_id"))
