"""The report of one row alone: what the row is split into are its rows, all of them."""

from collections.abc import Sequence

from reports.answer import Row
from reports.dimensions import OF_LEADS
from reports.filters import Address
from reports.links import month_within
from reports.query import ReportQuery

AS_ROWS_ARE = ("source", "medium", "channel", *OF_LEADS)  # filters that take the key of a row


def row_alone(query: ReportQuery, address: Address, path: Sequence[Row], sort: str) -> str:
    """The address for the last row of `path`, below the others; in the same order.

    Empty where the report has no filter for one of them.
    """
    found = address.without("then").replace(sort=sort)
    for dimension, row in zip(query.levels, path, strict=False):
        if not (narrowed := _filter(query, dimension, row)):
            return ""
        found = found.replace(**narrowed)
    group, *then_by = query.levels[len(path) :]
    found = found.replace(group=group)
    return str(Address([*found.pairs, *(("then", name) for name in then_by)]))


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
