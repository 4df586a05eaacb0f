"""What the rows of one page are split into, read as far as the page shows it.

Two thousand campaigns by weekday are fourteen thousand lines, of which a page shows a few hundred:
to take the others in hand would be most of its cost. Where campaigns are split, it is read once it
is known which of them are shown; where rows are split into campaigns, the largest of each row are.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from reports.adding import Adding
from reports.answer import First, Report, Row, Splits
from reports.builder import Builder
from reports.caveats import Unconverted
from reports.dimensions import BY_CAMPAIGN, BY_DAY
from reports.levels import Split
from reports.models import NO_CAMPAIGN
from reports.query import ReportQuery
from reports.ranking import DEFAULT_SORT
from reports.rollup.alike_days import number_of_values
from reports.rollup.books import UNCONVERTED
from reports.rollup.reader import RollupReader, SumsDisagree
from reports.sources import LeadGroup, Rest, SpendGroup
from reports.tally import Tally

Rows = Callable[[Report], Collection[Row]]
Most = Callable[[int], int]


@dataclass(frozen=True)
class Shown:
    """What of a nested report will be asked for."""

    rows: Rows  # those of which it is asked what they are split into
    # Of the parts of each so many, those with most leads first, where so many rows are shown; None:
    # all of them, in any order.
    most: Most | None = None


def as_shown(query: ReportQuery, reader: RollupReader, shown: Shown) -> Report:
    """The report; to ask for more of it than will be shown may raise LookupError.

    Raises SumsDisagree.
    """
    if "campaign" not in query.levels:
        return Builder(query, reader).build()
    place = query.levels.index("campaign")
    above, below = query.levels[:place], query.levels[place + 1 :]
    # Money without a rate makes a part of a row unknown, however small the part is.
    most = None if UNCONVERTED in reader.caveat_kinds else shown.most
    known = set(BY_CAMPAIGN)
    if below and not known.issuperset(below):
        if not above:
            return _of_shown_rows(query, reader, shown.rows)
        if most:
            return _of_shown_parts(query, reader, shown.rows, most)
    elif most and known.issuperset(below) and not known.issuperset(above):
        if set(above) == set(BY_DAY):
            return _of_shown_pairs(query, reader, shown.rows, most)
        return LargestFirst(query, reader, most(1)).build()
    return Builder(query, reader).build()


class LargestFirst(Builder):
    """Of what rows are split into, the campaigns with most leads are known and all others as one.
    To ask for more of a row raises LookupError."""

    def __init__(
        self,
        query: ReportQuery,
        reader: RollupReader,
        most: int,
        then_by: tuple[str, ...] | None = None,
    ) -> None:
        super().__init__(query, reader, then_by, lumps=True)
        self._reader, self._most = reader, most

    def groups(self) -> tuple[Iterable[LeadGroup], Iterable[SpendGroup]]:
        leads, spend, rest = self._reader.largest(self.young_since, self.added.lumps, self._most)
        self.added.add_rest(rest)
        return leads, spend


class WithoutCampaigns(Builder):
    """Rows are known without the campaigns that they are split into."""

    def __init__(self, query: ReportQuery, reader: RollupReader, then_by: tuple[str, ...]) -> None:
        super().__init__(query, reader, then_by)
        self._reader = reader

    def groups(self) -> tuple[Iterable[LeadGroup], Iterable[SpendGroup]]:
        if not self.query.looks_at_campaigns:
            for campaign in self._reader.campaigns_there():  # the filters offer what these have
                self.added.taken[campaign] = True
            return self._reader.groups(self.young_since, campaigns=False)
        alike = {one.campaign_id: one.one for one in self.added.lumps}
        return self._reader.groups(self.young_since, alike=alike)


def _of_shown_rows(query: ReportQuery, reader: RollupReader, shown: Rows) -> Report:
    """What campaigns are split into is known of those that are shown, and of leads without one."""
    # What is known with a campaign is in its own groups already, and notes may speak of it.
    then_by = tuple(name for name in query.then_by if name in BY_CAMPAIGN)
    builder = Builder(query, reader.asked(replace(query, then_by=then_by)), then_by)
    report = builder.build()
    for row in report.rows:
        row.splits = NotRead(query.then_by[0])
    rows = [*shown(report), report.unattributed]
    below = _of_campaigns(builder, reader, rows)
    for row in rows:
        row.splits = below.of_row(row)
        _agree(row.tally, row.splits.now)
        _agree(row.before, row.splits.before)
    return report


def _of_shown_parts(query: ReportQuery, reader: RollupReader, shown: Rows, most: Most) -> Report:
    """The same where campaigns are parts of other rows, and only the largest are shown."""
    then_by = query.levels[1 : query.levels.index("campaign") + 1]
    coarse = reader.asked(replace(query, then_by=then_by))
    builder = LargestFirst(query, coarse, most(1), then_by)
    report = builder.build()
    rows = shown(report)
    parts = [
        (row, row.first(DEFAULT_SORT, most(len(rows))).rows) for row in (*rows, report.unattributed)
    ]
    below = _of_campaigns(builder, reader, [part for _row, some in parts for part in some])
    _split_parts(parts, below)
    return report


def _of_shown_pairs(query: ReportQuery, reader: RollupReader, shown: Rows, most: Most) -> Report:
    """The same where campaigns are what rows of rows are split into: the largest of each of those
    that are shown."""
    then_by = query.levels[1:2]
    coarse = reader.asked(replace(query, then_by=then_by))
    builder = WithoutCampaigns(query, coarse, then_by)
    report = builder.build()
    rows = shown(report)
    many = most(len(rows))
    parts = [
        (row, row.first(row.sort_below(DEFAULT_SORT), many).rows)
        for row in (*rows, report.unattributed)
    ]
    days = {
        number_of_values(dict(zip(query.levels, (row.key, part.key), strict=False)))
        for row, some in parts
        for part in some
    }
    if not days:
        return report
    narrow = reader.asked(query, days=days)
    lumps = builder.added.find_lumps(lambda campaign: ())  # the filters have been offered all
    _split_parts(parts, _Below(builder, *narrow.largest(builder.young_since, lumps, many)))
    return report


def _split_parts(parts: Iterable[tuple[Row, Collection[Row]]], below: "_Below") -> None:
    """What some parts of each row are split into. Raises SumsDisagree."""
    for row, some in parts:
        if not row.splits:
            continue
        found = {one.key: one for one in below.of_row(row).rows()}
        for part in some:
            if part.key not in found:
                raise SumsDisagree(f"a row has {_sums(part.tally)}, and nothing below it")
            _agree(part.tally, found[part.key].tally)
            _agree(part.before, found[part.key].before)
        known = {part.key: found[part.key].splits for part in some}
        row.splits = Further(row.splits, known, NotRead(below.dimension))
        row.forget_children()


class _Below:
    """What rows of a report are split into, read of some of them."""

    def __init__(
        self,
        builder: Builder,
        leads: Iterable[LeadGroup],
        spend: Iterable[SpendGroup],
        rest: Iterable[Rest] | None = None,
    ) -> None:
        """With a rest, groups may stand for several campaigns."""
        query, lumps = builder.query, rest is not None
        self._added = Adding(query, builder.terms, builder.campaigns, lumps=lumps)
        self._added.add_leads(leads)
        self._added.add_spend(spend)
        self._added.add_rest(rest or ())

    def wait(self, found: Iterable[Unconverted]) -> None:
        """Money that lacks a rate of exchange."""
        self._added.add_unconverted(found)

    @property
    def dimension(self) -> str:
        """Of what the parts of these rows are split into."""
        return self._added.levels[-1].dimension

    def of_row(self, row: Row) -> Split:
        """The parts of an outermost row."""
        added = self._added
        now, before = (
            added.named[one][row.key] if row.key else added.unattributed[one]
            for one in (False, True)
        )
        compared = None if row.before is None else before
        return Split(now, compared, added.levels[1:], added.query.company.thin_below)


def _of_campaigns(builder: Builder, reader: RollupReader, campaigns: Iterable[Row]) -> _Below:
    """What these campaigns, and leads without one, are split into."""
    alone = {row.campaign.id for row in campaigns if row.campaign}
    narrow = reader.asked(builder.query, [*alone, NO_CAMPAIGN])
    found = _Below(builder, *narrow.groups(builder.young_since))
    found.wait(narrow.caveats(builder.campaigns.values()).unconverted)
    return found


def _agree(whole: Tally | None, parts: Tally | None) -> None:
    """Raises SumsDisagree where the parts are not the row."""
    read, found = _sums(whole), _sums(parts)
    if read != found:
        raise SumsDisagree(f"a row is {read}, and what it is split into {found}")


def _sums(tally: Tally | None) -> tuple[int | None, ...]:
    if tally is None:
        return ()
    leads = tally.lead_parts, tally.booked_parts, tally.completed_parts, tally.young_parts
    return (*leads, tally.revenue_minor, tally.known_spend_minor)


@dataclass(frozen=True)
class Further:
    """What a row is split into, with what the parts that are shown are split into themselves."""

    parts: Splits
    below: Mapping[str, Splits | None]  # by the key of a part
    unread: "NotRead"  # what all others are split into

    @property
    def dimension(self) -> str:
        return self.parts.dimension

    @property
    def number(self) -> int:
        return self.parts.number

    def rows(self) -> list[Row]:
        return self._split(self.parts.rows())

    def with_most_leads(self, most: int) -> First:
        found = self.parts.with_most_leads(most)
        self._split(found.rows)
        return found

    def _split(self, rows: list[Row]) -> list[Row]:
        for row in rows:
            row.splits = self.below.get(row.key, self.unread)
        return rows


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
