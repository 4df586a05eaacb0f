"""The report of one row alone: what the row is split into are its rows, all of them."""

from collections.abc import Sequence
from functools import cached_property
from operator import attrgetter

from reports.answer import Report, Row
from reports.dimensions import OF_LEADS
from reports.filters import Address
from reports.links import month_within
from reports.query import ReportQuery

UTM = ("source", "medium")
AS_ROWS_ARE = (*UTM, "channel", *OF_LEADS)  # filters that take the key of a row


class RowAlone:
    """Addresses of the rows of one page, each alone."""

    def __init__(self, report: Report, address: Address, sort: str) -> None:
        self.report, self.address, self.sort = report, address, sort

    def of(self, path: Sequence[Row]) -> str:
        """The address for the last row of `path`, below the others; in the same order.

        Empty where the report has no filter for one of them, or could not tell its spend.
        """
        query, sort, found = self.report.query, self.sort, self.address.without("then")
        for dimension, row in zip(query.levels, path, strict=False):
            narrowed = _filter(query, dimension, row)
            hides = dimension in self._hide_spend and path[-1].values["spend"] is not None
            if not narrowed or hides:
                return ""
            found, sort = found.replace(**narrowed), row.sort_below(sort)
        group, *then_by = query.levels[len(path) :]
        found = found.replace(group=group, sort=sort)
        return str(Address([*found.pairs, *(("then", name) for name in then_by)]))

    @cached_property
    def _hide_spend(self) -> set[str]:
        """Filters under which spend is unknown: some entry does not say what it is of."""
        lines = (*self.report.rows, self.report.unmatched_spend)
        tallies = [tally for row in lines for tally in (row.tally, row.before) if tally is not None]
        spend = [group for tally in tallies for group in tally.spend_groups]
        return {name for name in UTM if not all(map(attrgetter(name), spend))}


def _filter(query: ReportQuery, dimension: str, row: Row) -> dict[str, str]:
    """The parameters that take this row alone; none where there are no such."""
    if row.campaign is not None:
        return {"campaign": row.campaign.key}
    if dimension == "month" and row.key:
        first, last = month_within(row.key, query.period)
        days = {"period": "custom", "from": first.isoformat(), "to": last.isoformat()}
        # The days before a month are others than those before the period.
        return days | {"compare": "none", "compare_from": "", "compare_to": "", "changes": ""}
    return {dimension: row.key} if dimension in AS_ROWS_ARE and row.key else {}
