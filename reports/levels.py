"""Rows of a report, and what each is split into: one level for each dimension.

A row is split by looking again at the groups that it was added up from, so what it is split into
always adds up to it. Whatever lacks a value is a row "(none)" of its level.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nlargest
from operator import attrgetter

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from attribution.models import Lead
from reports.answer import First, Row
from reports.attributing.telling import TOLD, tell_parts
from reports.caveats import SPEND, Unconverted
from reports.dimensions import BY_CAMPAIGN, DIMENSIONS, LEADS_ALONE
from reports.of_campaigns import OF_SEVERAL, Places
from reports.query import CampaignBrief, ReportQuery
from reports.rollup import largest
from reports.sources import LeadGroup, Rest, SpendGroup
from reports.tally import Tally

Group = LeadGroup | SpendGroup | Unconverted | Rest
Campaigns = Mapping[int, CampaignBrief]
KeyOf = Callable[[Group], str]
Parts = dict[str, Tally]
# Stand for keys; no text of a database has such a sign.
OTHERS, GONE = "\0others", "\0gone"
LUMPS = {largest.OTHERS: OTHERS, largest.GONE: GONE}


class Level:
    """One dimension of a question: to which of its rows facts belong, and what these are called."""

    def __init__(
        self, query: ReportQuery, dimension: str, campaigns: Campaigns, *, lumps: bool = False
    ) -> None:
        """With `lumps` groups may stand for several campaigns."""
        self.dimension = dimension
        self.tells_spend = dimension not in LEADS_ALONE
        self._lumps = lumps
        self.key = self._key_of(query.beside)
        self._campaigns = campaigns
        self._of_campaigns = Places(dimension)
        self._found: dict[int | None, str] = {}  # by campaign: most groups come twice or more
        self._labels: dict[str, str] = {}  # by key: each month is a part of many rows

    def _key_of(self, beside: Sequence[str]) -> KeyOf:
        """What tells the row that a group belongs to, empty for none: asked 100,000 times."""
        if self.dimension == "campaign" and self._lumps:
            return lambda group: LUMPS.get(group.values[-1]) or self.of_campaign(group.campaign_id)
        if self.dimension in BY_CAMPAIGN:
            return lambda group: self.of_campaign(group.campaign_id)
        if self.dimension in beside:
            nth = beside.index(self.dimension)
            return lambda group: group.values[nth]
        return attrgetter(self.dimension)  # source or medium

    def of_campaign(self, campaign_id: int | None) -> str:
        """The same of all that a campaign has."""
        found = self._found.get(campaign_id)
        if found is None:
            campaign = self._campaigns.get(campaign_id or 0)
            found = "" if campaign is None else self._of_campaigns.row_of(campaign)
            self._found[campaign_id] = found
        return found

    def row(self, key: str, now: Tally, before: Tally | None, thin_below: int) -> Row:
        """What the tallies of one of its rows come to."""
        campaign = self._campaigns[int(key)] if key and self.dimension == "campaign" else None
        parts, terms = now.lead_parts, now.terms
        row = Row(
            key=key,
            label=campaign.name if campaign else self.label(key),
            tally=now,
            before=before,
            leads=terms.whole(parts),
            campaign=campaign,
            dimension=self.dimension,
        )
        row.thin = parts < thin_below * terms.parts
        row.maturing = 2 * now.young_parts > parts
        return row

    def label(self, key: str) -> str:
        """What a row is called that is no campaign."""
        if key not in self._labels:
            self._labels[key] = self._label(key)
        return self._labels[key]

    def _label(self, key: str) -> str:
        match self.dimension:
            case _name if not key:
                return _("(none)")
            case "month":
                return date_format(date.fromisoformat(f"{key}-01"), "F Y")
            case "weekday":
                return str(WEEKDAYS[int(key) - 1])
            case "hour":
                return f"{key}:00–{key}:59"
            case "kind":
                return str(Lead.Kind(key).label)
        return self._of_campaigns.label(key)

    def notes(self, keys: Iterable[str], has_spend: bool) -> Iterator[str]:
        """What is to be said about its rows; mostly nothing."""
        if has_spend and not self.tells_spend:
            yield _(
                "%(dimension)s: no entry of spend says it, so what was spent is not split by it. "
                "It is in the total."
            ) % {"dimension": DIMENSIONS[self.dimension]}
        if words := self._of_campaigns.note(keys):
            yield words


def rows_of(
    now: Mapping[str, Tally],
    before: Mapping[str, Tally] | None,
    levels: Sequence[Level],
    thin_below: int,
) -> list[Row]:
    """Rows of the first of these levels, each split by the others when it is asked for that.

    `before` has the tallies of the period compared with; None without any.
    """
    level, *deeper = levels
    found = []
    for key, tally in now.items():
        was = None if before is None else before.get(key) or Tally(tally.terms)
        row = level.row(key, tally, was, thin_below)
        row.splits = splits(tally, was, deeper, thin_below)
        found.append(row)
    return sorted(found, key=first_order)


def splits(
    now: Tally, before: Tally | None, levels: Sequence[Level], thin_below: int
) -> "Split | None":
    """How a row is split at the first of these levels; None without any."""
    return Split(now, before, levels, thin_below) if levels else None


@dataclass(slots=True)
class Split:
    """A row that is split at the first of these levels, and below it by those that follow."""

    now: Tally
    before: Tally | None
    levels: Sequence[Level]
    thin_below: int
    _leads: Mapping[str, int] | None = None  # by the keys of all rows, once that was asked for

    @property
    def dimension(self) -> str:
        return self.levels[0].dimension

    @property
    def number(self) -> int:
        return len(self._leads_by_key()) + self._lumped

    @property
    def _lumped(self) -> int:
        """How many rows were read as one."""
        at_last = self.dimension == "campaign"
        return sum(one.campaigns for one in self.now.rest) if at_last else 0

    def rows(self) -> list[Row]:
        """All of them, those with most leads first. Raises LookupError if some were not read."""
        if self._lumped:
            raise _not_read()
        return self._rows(*self._parts(self.levels[0].key))

    def with_most_leads(self, most: int) -> First:
        """So many of them, and what stands for the others. Raises LookupError as `rows` does.

        These are added up at once but for those that have as many leads as the last that is shown:
        to make a row of each of a thousand would take most of the time of a page.
        """
        leads = self._leads_by_key()
        if self.number <= most:
            return First(self.rows(), [])
        if len(leads) < most:
            raise _not_read()
        least = nlargest(most, leads.values())[-1]
        rows = {key: key if number >= least else OTHERS for key, number in leads.items()}
        rows[OTHERS] = OTHERS
        key_of = self.levels[0].key
        now, was = self._parts(lambda group: rows.get(key_of(group), GONE))
        others = now.pop(OTHERS, None)
        others_were = None if was is None else was.pop(OTHERS, Tally(self.now.terms))
        found = self._rows(now, was)
        rest = found[most:]
        if others is not None:
            row = Row(key="", label="", tally=others, before=others_were, leads=others.whole_leads)
            rest.append(row)
        return First(found[:most], rest)

    def _rows(self, now: Parts, was: Parts | None) -> list[Row]:
        return rows_of(now, was, self.levels, self.thin_below)

    def _parts(self, key_of: KeyOf) -> tuple[Parts, Parts | None]:
        """The tallies by these keys, and those of the period compared with."""
        level = self.levels[0]
        was = None if self.before is None else _parts(self.before, level, key_of)
        return _parts(self.now, level, key_of), was

    def _leads_by_key(self) -> Mapping[str, int]:
        if self._leads is None:
            found: dict[str, int] = defaultdict(int)
            key_of = self.levels[0].key
            for group in self.now.lead_groups:
                found[key_of(group)] += group.leads
            for other in _without_leads(self.now, self.levels[0]):
                found[key_of(other)] += 0
            found.pop(OTHERS, None)
            self._leads = found
        return self._leads


def _not_read() -> LookupError:
    return LookupError("Of what this row is split into only the largest were read.")


def tell_children(row: Row) -> None:
    """What rows are split into, as told where a model splits leads: it adds up to them."""
    if row.children:
        tell_parts([child.tally for child in row.children], row.tally, TOLD)
        if row.before is not None:
            tell_parts([child.before for child in row.children if child.before], row.before, TOLD)
    for child in row.children:
        tell_children(child)


def notes(rows: Iterable[Row], levels: Sequence[Level], has_spend: bool) -> Iterator[str]:
    """What is to be said about the rows of each level, outermost first."""
    for n, level in enumerate(levels):
        keys = _keys_at(rows, levels[: n + 1]) if level.dimension in OF_SEVERAL else ()
        yield from level.notes(keys, has_spend)


def _keys_at(rows: Iterable[Row], levels: Sequence[Level]) -> set[str]:
    """The keys of all rows of the last of these levels, without splitting those above."""
    if len(levels) == 1:
        return {row.key for row in rows}
    *above, level = levels
    tell_spend = all(one.tells_spend for one in above)
    return {
        level.key(group)
        for row in rows
        for group in (
            *row.tally.lead_groups,
            *(_without_leads(row.tally, level) if tell_spend else ()),
        )
    }


def _parts(whole: Tally, level: Level, key_of: KeyOf) -> Parts:
    """The tally of each row that this one is split into at a level."""
    found: Parts = defaultdict(lambda: Tally(whole.terms))
    for group in whole.lead_groups:
        found[key_of(group)].lead_groups.append(group)
    for other in _without_leads(whole, level):
        tally = found[key_of(other)]
        if isinstance(other, Unconverted):
            tally.wait(other)
        else:
            tally.spend_groups.append(other)
    for lump in whole.rest:
        found[key_of(lump)].lump(lump)
    return found


def _without_leads(whole: Tally, level: Level) -> Iterator[SpendGroup | Unconverted]:
    """What else makes rows: spend that the level tells, and money that lacks a rate."""
    yield from (one for one in whole.waiting if one.fact != SPEND or level.tells_spend)
    if level.tells_spend:
        yield from whole.spend_groups


def first_order(row: Row) -> tuple[int, str, str]:
    """The same on every engine; ids, which may differ there, take no part in it."""
    return (
        -row.tally.lead_parts,
        row.order,
        row.campaign.key if row.campaign else row.key,
    )
