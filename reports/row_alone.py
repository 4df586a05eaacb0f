"""The report of one row alone: what the row is split into are its rows, all of them."""

from collections.abc import Sequence

from reports.answer import Report, Row
from reports.dimensions import OF_LEADS
from reports.filters import Address
from reports.links import month_within
from reports.query import ReportQuery

UTM = ("source", "medium")
AS_ROWS_ARE = (*UTM, "channel", *OF_LEADS)  # filters that take the key of a row


def row_alone(report: Report, address: Address, path: Sequence[Row], sort: str) -> str:
    """The address for the last row of `path`, below the others; in the same order.

    Empty where the report has no filter for one of them, or could not tell its spend.
    """
    query = report.query
    found = address.without("then").replace(sort=sort)
    for dimension, row in zip(query.levels, path, strict=False):
        narrowed = _filter(query, dimension, row)
        hides = dimension in UTM and path[-1].values["spend"] is not None
        if not narrowed or (hides and _hides_spend(report, dimension)):
            return ""
        found = found.replace(**narrowed)
    group, *then_by = query.levels[len(path) :]
    found = found.replace(group=group)
    return str(Address([*found.pairs, *(("then", name) for name in then_by)]))


def _hides_spend(report: Report, dimension: str) -> bool:
    """Whether spend is unknown under a filter by it: some entry does not say what it is of."""
    lines = (*report.rows, report.unmatched_spend)
    tallies = [tally for row in lines for tally in (row.tally, row.before) if tally is not None]
    spend = (group for tally in tallies for group in tally.spend_groups)
    return not all(getattr(group, dimension) for group in spend)


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
