"""The report of one row alone: what the row is split into are its rows, all of them."""

from collections.abc import Callable, Collection, Sequence
from functools import cached_property

from attribution.campaign_texts import FACTS
from reports.answer import Report, Row
from reports.dimensions import OF_LEADS
from reports.filters import Address
from reports.links import month_within
from reports.query import CampaignBrief, ReportQuery
from spend.groups import AND

# Filters that take the key of a row.
AS_ROWS_ARE = ("source", "medium", "channel", *FACTS, *OF_LEADS)
# Filters that take all campaigns with a value, also those that stand in a row with more values.
OF_SEVERAL: dict[str, tuple[str, Callable[[CampaignBrief], tuple[str, ...]]]] = {
    "tag": ("tag", lambda campaign: tuple(campaign.all_tags)),
    "group": ("campaign_group", lambda campaign: campaign.says("campaign_group")),
}


class RowAlone:
    """Addresses of the rows of one page, each alone."""

    def __init__(self, report: Report, address: Address, sort: str) -> None:
        self.report, self.address, self.sort = report, address, sort

    def of(self, path: Sequence[Row]) -> str:
        """The address for the last row of `path`, below the others; in the same order.

        Empty where the report has no filter for one of them, or could not tell its spend.
        """
        query, silent = self.report.query, self.report.silent_spend
        sort, found = self.sort, self.address.without("then")
        for dimension, row in zip(query.levels, path, strict=False):
            narrowed = self._filter(dimension, row)
            hides = dimension in silent and path[-1].values["spend"] is not None
            if not narrowed or hides:
                return ""
            found, sort = found.replace(**narrowed), row.sort_below(sort)
        group, *then_by = query.levels[len(path) :]
        found = found.replace(group=group, sort=sort)
        return str(Address([*found.pairs, *(("then", name) for name in then_by)]))

    def _filter(self, dimension: str, row: Row) -> dict[str, str]:
        """The parameters that take this row alone; none where there are no such."""
        if row.campaign is not None:
            return {"campaign": row.campaign.key}
        if dimension == "month" and row.key:
            return _month_alone(self.report.query, row.key)
        if dimension in OF_SEVERAL and row.key in self._alone[dimension]:
            return {OF_SEVERAL[dimension][0]: row.key}
        return {dimension: row.key} if dimension in AS_ROWS_ARE and row.key else {}

    @cached_property
    def _alone(self) -> dict[str, set[str]]:
        """Rows of campaigns with one value, where no campaign has that value beside others."""
        return {
            dimension: _single({values(one) for one in self.report.campaigns})
            for dimension, (_, values) in OF_SEVERAL.items()
            if dimension in self.report.query.levels
        }


def _single(together: Collection[tuple[str, ...]]) -> set[str]:
    several = [values for values in together if len(values) > 1]
    shared = {name for values in several for name in (*values, AND.join(values))}
    return {values[0] for values in together if len(values) == 1} - shared


def _month_alone(query: ReportQuery, month: str) -> dict[str, str]:
    first, last = month_within(month, query.period)
    days = {"period": "custom", "from": first.isoformat(), "to": last.isoformat()}
    # The days before a month are others than those before the period.
    return days | {"compare": "none", "compare_from": "", "compare_to": "", "changes": ""}
