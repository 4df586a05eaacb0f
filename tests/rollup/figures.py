"""What the sums and the report say of the one day of these tests."""

from datetime import date

from attribution.models import Campaign, Lead
from reports.models import RollupDay
from reports.query import ReportQuery
from reports.report import run_report
from reports.rollup.reader import RollupReader

DAY = date(2026, 3, 2)


def kept(column="primary"):
    """A figure of the sums, by campaign key."""
    names = dict(Campaign.objects.values_list("pk", "key"))
    return {
        names[campaign]: number
        for campaign, number in RollupDay.objects.values_list("campaign_id", column)
        if number
    }


def reported(company, metric="leads"):
    """The same figure of the report, which must have been read from the sums."""
    report = run_report(ReportQuery(company=company, start=DAY, end=DAY))
    assert isinstance(report.reader, RollupReader)
    return {row.label: row.values[metric] for row in report.rows if row.values[metric]}


def move(lead, key):
    campaign = Campaign.objects.get(key=key)
    Lead.objects.filter(pk=lead.pk).update(campaign=campaign, unattributed_reason="")
