"""Leaves marks on the newest leads, as new outcomes and corrections do, and times the refresh."""

from dataclasses import asdict
from functools import partial
from typing import Any

from django.db import connection

from attribution.models import Company, Lead
from bench.clock import cost
from bench.load import tidy_up
from reports.models import RollupLedger, RollupMark
from reports.rollup.rebuild import rebuild
from reports.rollup.refresh import refresh
from reports.rollup.sums import BOOKS

SUMS = [table for book in BOOKS for table in book.tables.values()]
ROLLUP = (*SUMS, RollupLedger, RollupMark)


class Marker:
    """Gives the newest leads another kind, one statement a lead, and gives it back next time."""

    def __init__(self, company: Company, number: int) -> None:
        leads = Lead.objects.filter(company=company, kind=Lead.Kind.PRIMARY)
        newest = leads.order_by("-received_at").values_list("pk", flat=True)
        self.ids = list(newest[:number])
        self.kinds = (Lead.Kind.FOLLOW_UP.value, Lead.Kind.PRIMARY.value)

    def mark(self) -> None:
        for pk in self.ids:
            Lead.objects.filter(pk=pk).update(kind=self.kinds[0])
        self.kinds = self.kinds[::-1]

    def restore(self) -> None:
        """Every lead as it was before the first mark."""
        if self.kinds[0] == Lead.Kind.PRIMARY:
            self.mark()


def buckets(company: Company) -> int:
    """How many buckets the company's marks name."""
    marks = RollupMark.objects.filter(company=company).order_by()
    return marks.values("fact", "day", "campaign_id").distinct().count()


def time_refresh(company: Company, number: int, runs: int) -> dict[str, Any]:
    """CPU of a refresh with so many marks; the sums agree with the facts again afterwards."""
    marker = Marker(company, number)
    marker.mark()
    found = buckets(company)
    refresh(company.pk)
    spent = cost(partial(refresh, company.pk), runs, before=marker.mark)
    marker.restore()
    refresh(company.pk)
    settle()
    return {"marks": len(marker.ids), "buckets": found, **asdict(spent)}


def rebuild_all() -> None:
    """Make all sums of all companies anew from the facts."""
    for company in Company.objects.all():
        rebuild(company.pk)
    settle()


def time_rebuild(runs: int) -> dict[str, Any]:
    """CPU of the same, on tables as they are after daily cleaning."""
    ids = list(Company.objects.values_list("pk", flat=True))
    return asdict(cost(lambda: [rebuild(pk) for pk in ids], runs, before=settle))


def settle() -> None:
    """What autovacuum does in daily life."""
    tidy_up(*ROLLUP)


def sizes() -> dict[str, Any]:
    """Rows of the sums, and on PostgreSQL the megabytes of tables with their indexes."""
    found: dict[str, Any] = {table._meta.db_table: table._default_manager.count() for table in SUMS}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for name, tables in (
                ("lead_mb", (Lead._meta.db_table,)),
                ("rollup_mb", tuple(model._meta.db_table for model in ROLLUP)),
            ):
                cursor.execute(
                    "SELECT SUM(pg_total_relation_size(name::regclass))::float / 1024 ^ 2"
                    " FROM unnest(%s::text[]) AS name",
                    [list(tables)],
                )
                found[name] = cursor.fetchone()[0]
    return found
