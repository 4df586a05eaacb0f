"""Reads a report as its months were when they were closed."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from attribution import scope
from reports.caveats import Caveats
from reports.closing.covering import NotAsClosed, closed_months, why_not
from reports.closing.today import TABLES
from reports.filtered import NameSums
from reports.models import ClosedCampaign
from reports.of_campaigns import with_groups
from reports.query import CampaignBrief, ReportQuery
from reports.rollup.alike_days import Names, number
from reports.rollup.books import CLOSED, Books, DayTotals
from reports.rollup.condition import Condition, any_of, is_named, wanted_spend
from reports.rollup.reader import RollupReader
from reports.rollup.sql import fetch
from reports.rollup.sums import SPEND, Book
from reports.rollup.tiers import Tiers, tiers
from reports.sources import ALL_DIFFER, Aged, Alike, DayPoint, LeadGroup, SpendGroup

KNOWN = frozenset(CampaignBrief._fields)


class ClosedReader(RollupReader):
    """The kept figures of closed months, asked as the kept sums are; all else is read as ever.

    Raises NotAsClosed, with the reason, where a question asks for more than was kept.
    """

    def __init__(self, query: ReportQuery) -> None:
        if reason := why_not(query, closings := closed_months(query)):
            raise NotAsClosed(reason)
        self.query = query
        self.company_id = query.company.pk if scope.includes(query.company.pk) else 0
        self.closings = closings
        # The totals stand on the last day of their month, as their sums do.
        totals = {
            one.last_day: DayTotals(*(getattr(one, name) for name in DayTotals._fields))
            for one in closings
        }
        self.books = Books(self.company_id, days=totals)
        self.is_due = False
        self.caveat_kinds = frozenset((CLOSED,))
        self.note = _(
            "These are the figures as they stood when each month was closed. They are kept by"
            " month: there are no days, no leads behind them, and no other days to compare with"
            " than whole closed months. Groups of campaigns are those of today."
        )

    def campaigns(self) -> Iterator[CampaignBrief]:
        """As they were, in the groups of today; of several months as the latest of these knew."""
        return with_groups(self._as_they_were(), self.query)

    def _as_they_were(self) -> Iterator[CampaignBrief]:
        rows = ClosedCampaign.objects.filter(closing__in=self.closings).order_by("closing__month")
        latest = {one.campaign_id: one for one in rows}
        for one in latest.values():
            facts = {name: value for name, value in one.facts.items() if name in KNOWN}
            yield CampaignBrief(id=one.campaign_id, key=one.key, name=one.name, **facts)

    def groups(
        self, young_since: date, campaigns: bool = True, alike: Alike = ALL_DIFFER
    ) -> tuple[list[LeadGroup], list[SpendGroup]]:
        """No lead of them is young: what became of them since is not asked."""
        return super().groups(date.max, campaigns, alike)

    def unmatched_names(self, campaigns: Iterable[CampaignBrief]) -> list[NameSums]:
        """All together: the names are not kept."""
        sums = self._rows(SPEND, tiers(self.query.start, self.query.end))
        where = wanted_spend(self.query, campaigns)
        ((amount, entries, priced),) = fetch(
            "SELECT COALESCE(SUM(amount_minor), 0), COALESCE(SUM(entries), 0),"
            f" COALESCE(SUM(priced), 0) FROM ({sums.sql}) AS sums"
            f" WHERE {where.sql} AND NOT ({is_named(self.query)})",
            [*sums.params, *where.params],
        )
        if not entries:
            return []
        name = _("names are not kept with closed months")
        return [NameSums(name, int(amount), int(entries), int(priced))]

    def caveats(self, campaigns: Iterable[CampaignBrief]) -> Caveats:
        """None: a month is only closed when all its money is known."""
        return Caveats()

    def day_points(self, query: ReportQuery, campaigns: Iterable[CampaignBrief]) -> list[DayPoint]:
        """None: the figures are kept by month."""
        return []

    def curves(
        self, campaigns: Iterable[CampaignBrief], column: str, keys: Collection[Any], parts: Tiers
    ) -> Iterator[tuple[Any, date, int]]:
        """None, for the same reason."""
        return iter(())

    def aged(
        self,
        campaigns: Iterable[CampaignBrief],
        column: str,
        keys: Collection[Any] | None,
        first: date,
        last: date,
    ) -> Iterator[Aged]:
        """None, for the same reason."""
        return iter(())

    def late_groups(self, known: date) -> Iterator[LeadGroup]:
        """None, for the same reason."""
        return iter(())

    def _kept(
        self, book: Book, parts: Tiers, columns: str, less: str = "", told: Names = ()
    ) -> Condition:
        """Rows of the months within the reach of the parts, which they cover exactly."""
        first, last = parts.reach
        columns = ", ".join([*number(told), columns])
        months = any_of("closing_id", [one.pk for one in self.closings])
        return Condition(
            f"SELECT {columns} FROM {TABLES[book.fact]._meta.db_table}"
            ' WHERE company_id = %s AND restatement_id IS NULL AND "day" BETWEEN %s AND %s'
            f" AND {months.sql}",
            (self.company_id, str(first), str(last), *months.params),
        )

    def _compare(self, leads: Sequence[Sequence[Any]], spend: Sequence[Sequence[Any]]) -> None:
        """Left to the proof: there is nothing else to read, should the two differ."""
