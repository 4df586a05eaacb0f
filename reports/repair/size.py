"""How much waits for repair, for the home page and the head of the queue."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum

from attribution.models import Company, Lead
from attribution.repair.groups import numbers
from reports.models import NO_CAMPAIGN, RollupLedger, RollupMark
from reports.rollup.state import may_read_sums


@dataclass(frozen=True, slots=True)
class Size:
    groups: int
    unattributed: int  # counted leads without a campaign, those that a person left so as well
    leads: int  # counted leads


def size(company: Company) -> Size:
    groups = numbers([company]).get(company.pk, 0)
    counted, named = _from_ledger(company) if may_read_sums(company.pk) else _counted(company)
    return Size(groups=groups, unattributed=counted - named, leads=counted)


def _from_ledger(company: Company) -> tuple[int, int]:
    """Counted leads and those with a campaign: each day's totals, and what has changed since."""
    kept = RollupLedger.objects.filter(company=company).aggregate(
        every=Sum("counted", default=0), with_one=Sum("named", default=0)
    )
    marks = RollupMark.objects.filter(company=company, fact=RollupMark.Fact.LEAD).aggregate(
        every=Sum("counted", default=0),
        with_one=Sum("counted", filter=~Q(campaign_id=NO_CAMPAIGN), default=0),
    )
    return kept["every"] + marks["every"], kept["with_one"] + marks["with_one"]


def _counted(company: Company) -> tuple[int, int]:
    leads = Lead.objects.filter(company=company, kind=Lead.Kind.PRIMARY)
    found = leads.aggregate(counted=Count("pk"), named=Count("campaign"))
    return found["counted"], found["named"]
