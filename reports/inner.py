"""What the rows of one page are split into, read as far as the page shows it.

Two thousand campaigns by weekday are fourteen thousand lines, of which a page shows a few hundred:
to take the others in hand would be most of its cost. Where campaigns are split, it is read once it
is known which of them are shown; where rows are split into campaigns, the largest of each row are.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace

from reports.adding import Adding
from reports.answer import First, Report, Row
from reports.builder import Builder
from reports.dimensions import BY_CAMPAIGN
from reports.levels import splits
from reports.models import NO_CAMPAIGN
from reports.query import ReportQuery
from reports.rollup.reader import RollupReader, SumsDisagree
from reports.sources import LeadGroup, SpendGroup
from reports.tally import Tally


@dataclass(frozen=True)
class Shown:
    """What of a nested report will be asked for."""

    rows: Callable[[Report], Collection[Row]]  # those of which it is asked what they are split into
    # Of what a row is split into, so many, those with most leads first; 0: all.
    most: int = 0


def ends_in_campaigns(query: ReportQuery) -> bool:
    """Whether rows are split into campaigns, and by what these are split as well."""
    *others, last = query.levels
    return last == "campaign" and not set(others) <= set(BY_CAMPAIGN)


class LargestFirst(Builder):
    """Of what rows are split into, the campaigns with most leads are known and all others as one.
    To ask for more of a row raises LookupError."""

    def __init__(self, query: ReportQuery, reader: RollupReader, most: int) -> None:
        super().__init__(query, reader, lumps=True)
        self._reader, self._most = reader, most

    def groups(self) -> tuple[Iterable[LeadGroup], Iterable[SpendGroup]]:
        leads, spend, rest = self._reader.largest(self.young_since, self.added.lumps(), self._most)
        self.added.add_rest(rest)
        return leads, spend


def can_wait(query: ReportQuery) -> bool:
    """Whether campaigns are split by what is not known with the campaign."""
    by_campaign = query.group_by == "campaign" and bool(query.then_by)
    return by_campaign and set(query.then_by).isdisjoint(BY_CAMPAIGN)


def in_two_steps(query: ReportQuery, reader: RollupReader, shown: Shown) -> Report:
    """The report; what its rows are split into is known of those that are shown, and of leads
    without a campaign. To ask it of another row raises LookupError.

    Raises SumsDisagree.
    """
    builder = Builder(query, reader.asked(replace(query, then_by=())), splits=False)
    report = builder.build()
    for row in report.rows:
        row.splits = NotRead(query.then_by[0])
    rows = [*shown.rows(report), report.unattributed]
    campaigns = [row.campaign.id for row in rows if row.campaign]
    narrow = reader.asked(query, [*campaigns, NO_CAMPAIGN])
    leads, spend = narrow.groups(builder.young_since)
    added = Adding(query, builder.terms, builder.campaigns)
    added.add_leads(leads)
    added.add_spend(spend)
    added.add_unconverted(narrow.caveats(report.campaigns).unconverted)
    for row in rows:
        _split(row, added)
    return report


def _split(row: Row, added: Adding) -> None:
    """Raises SumsDisagree where the parts are not the row."""
    now, before = (
        added.named[one][row.key] if row.key else added.unattributed[one] for one in (False, True)
    )
    _agree(row.tally, now)
    if row.before is not None:
        _agree(row.before, before)
    row.splits = splits(
        now,
        None if row.before is None else before,
        added.levels[1:],
        added.query.company.thin_below,
    )


def _agree(whole: Tally, parts: Tally) -> None:
    read, found = _sums(whole), _sums(parts)
    if read != found:
        raise SumsDisagree(f"a row is {read}, and what it is split into {found}")


def _sums(tally: Tally) -> tuple[int | None, ...]:
    leads = tally.lead_parts, tally.booked_parts, tally.completed_parts, tally.young_parts
    return (*leads, tally.revenue_minor, tally.known_spend_minor)


@dataclass(frozen=True)
class NotRead:
    """What a row is split into that was not to be shown."""

    dimension: str

    @property
    def number(self) -> int:
        raise _unread()

    def rows(self) -> list[Row]:
        raise _unread()

    def with_most_leads(self, most: int) -> First:
        raise _unread()


def _unread() -> LookupError:
    return LookupError("What this row is split into was not read: it was not to be shown.")
