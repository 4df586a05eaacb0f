"""The sums as they are kept, and as they should be: added up in plain Python."""

from collections import defaultdict

from attribution.models import Lead
from reports.models import RollupLedger, RollupMark
from reports.rollup.sums import BOOKS
from spend.models import SpendEntry


def kept(company):
    """Every row of the tables of sums and the ledger."""
    tables = {table: book.columns for book in BOOKS for table in book.tables.values()}
    tables[RollupLedger] = tuple(f.attname for f in RollupLedger._meta.concrete_fields)
    return {
        table.__name__: sorted(table.objects.filter(company=company).values_list(*columns))
        for table, columns in tables.items()
    }


def marks(company):
    return RollupMark.objects.filter(company=company).count()


def in_the_ledger(company):
    """Day by day: received, counted, named, booked, completed, revenue, entries, priced, spend,
    matched."""
    names = [f.attname for f in RollupLedger._meta.concrete_fields][2:]
    rows = RollupLedger.objects.filter(company=company).values_list("day", *names)
    return {day: totals for day, *totals in rows if any(totals)}


def in_the_facts(company):
    """The same, counted one by one."""
    found = defaultdict(lambda: [0] * 10)
    for lead in Lead.objects.filter(company=company):
        counted = lead.kind == "primary"
        add(found[lead.day], 1, counted, counted and lead.campaign_id is not None)
        if counted:
            add(found[lead.day], 0, 0, 0, lead.booked, lead.completed, lead.revenue_minor)
    for entry in SpendEntry.objects.filter(company=company):
        amount = entry.amount_minor or 0
        matched = amount if entry.campaign_id else 0
        add(found[entry.day], *[0] * 6, 1, entry.amount_minor is not None, amount, matched)
    return dict(found)


def add(totals, *numbers):
    for place, number in enumerate(numbers):
        totals[place] += int(number)
