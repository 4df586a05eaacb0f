"""How much waits for repair, for the home page and the head of the queue."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Sum, Value

from attribution.models import Company, Lead
from attribution.repair.groups import number
from reports.models import NO_CAMPAIGN, RollupLedger, RollupMark, RollupState


@dataclass(frozen=True, slots=True)
class Size:
    groups: int
    unattributed: int  # counted leads without a campaign, those that a person left so as well
    leads: int  # counted leads
    has_unread: bool = False  # leads of an older version, which the next tick reads


def size(company: Company, groups: int | None = None) -> Size:
    """In one query, where the kept sums may be believed: the home page asks a lot already.
    `groups`: how many there are, if that is known.

    Leads are those of the ledger, each day's totals, and of the marks: what has changed since.
    """
    of_company = {"company": OuterRef("pk")}
    ledger = RollupLedger.objects.filter(**of_company)
    marks = RollupMark.objects.filter(**of_company, fact=RollupMark.Fact.LEAD)
    # As in the condition of the index: SQLite uses it for no other wording.
    indexed = Q(corrected=True) | Q(reading__isnull=True)
    unread = Lead.objects.filter(indexed, **of_company, reading__isnull=True)
    wrong = RollupState.objects.filter(Q(ready=False) | ~Q(drift=0), **of_company)
    row = (
        Company.objects.filter(pk=company.pk)
        .annotate(
            waiting=Subquery(number(company).values("number")) if groups is None else Value(groups),
            kept=_sum(ledger, "counted"),
            kept_named=_sum(ledger, "named"),
            marked=_sum(marks, "counted"),
            marked_named=_sum(marks.exclude(campaign_id=NO_CAMPAIGN), "counted"),
            is_wrong=Exists(wrong),
            has_unread=Exists(unread),
        )
        .values("waiting", "kept", "kept_named", "marked", "marked_named", "is_wrong", "has_unread")
        .get()
    )
    found = {name: value or 0 for name, value in row.items()}
    counted, named = found["kept"] + found["marked"], found["kept_named"] + found["marked_named"]
    if found["is_wrong"]:
        counted, named = _from_facts(company)
    return Size(found["waiting"], counted - named, counted, bool(found["has_unread"]))


def _sum(rows: "QuerySet[Any]", column: str) -> Subquery:
    return Subquery(rows.order_by().values("company").annotate(total=Sum(column)).values("total"))


def _from_facts(company: Company) -> tuple[int, int]:
    leads = Lead.objects.filter(company=company, kind=Lead.Kind.PRIMARY)
    found = leads.aggregate(counted=Count("pk"), named=Count("campaign"))
    return found["counted"], found["named"]
