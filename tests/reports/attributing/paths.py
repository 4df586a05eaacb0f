"""Leads with their visits, made for tests."""

from datetime import UTC, date, datetime, timedelta

from attribution.touches.items import TouchItem
from attribution.touches.write import store
from attribution.utm import Captured
from reports.query import ReportQuery
from tests.factories import make_booking, make_lead

CAME = datetime(2026, 3, 20, 12, tzinfo=UTC)
MARCH = {"start": date(2026, 3, 1), "end": date(2026, 3, 31)}


def lead_with(company, visits, captured="", cents=None, **values):
    """A lead of 20 March; `visits` are pairs of hours before it and a source (or Captured)."""
    lead = make_lead(
        company, captured, received_at=CAME, utm_source=captured and f"s-{captured}", **values
    )
    items = [
        TouchItem(
            CAME - timedelta(hours=hours),
            of
            if isinstance(of, Captured)
            else Captured(utm_source=of and f"s-{of}", utm_campaign=of),
        )
        for hours, of in visits
    ]
    store(company, [(lead.pk, CAME, items)])
    if cents is not None:
        make_booking(lead, "completed", cents)
    return lead


def asked(company, model, **more):
    given = {"group_by": "campaign", "compare": "none", **MARCH}
    return ReportQuery(company=company, model=model, **given | more)


def told(report, name="leads"):
    """What each row is told to have, by its key or the campaign's, as text."""
    found = {
        row.campaign.key if row.campaign else row.key: str(row.values[name]) for row in report.rows
    }
    rest = report.unattributed.values[name]
    return found | ({"-": str(rest)} if rest else {})
