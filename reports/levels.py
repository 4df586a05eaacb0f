"""Rows of a report, and what each is split into: one level for each dimension.

A row is split by looking again at the groups that it was added up from, so what it is split into
always adds up to it. Whatever lacks a value is a row "(none)" of its level.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from attribution.models import Lead
from reports.answer import Row
from reports.attributing.telling import TOLD, tell_parts
from reports.caveats import SPEND, Unconverted
from reports.dimensions import BY_CAMPAIGN, DIMENSIONS, LEADS_ALONE
from reports.of_campaigns import OF_SEVERAL, Places
from reports.query import CampaignBrief, ReportQuery
from reports.sources import LeadGroup, SpendGroup
from reports.tally import Tally

Group = LeadGroup | SpendGroup | Unconverted
Campaigns = Mapping[int, CampaignBrief]


class Level:
    """One dimension of a question: to which of its rows facts belong, and what these are called."""

    def __init__(self, query: ReportQuery, dimension: str, campaigns: Campaigns) -> None:
        self.dimension = dimension
        self.tells_spend = dimension not in LEADS_ALONE
        self._nth = query.beside.index(dimension) if dimension in query.beside else None
        self._campaigns = campaigns
        self._of_campaigns = Places(query.company, dimension)
        self._found: dict[int | None, str] = {}  # by campaign: most groups come twice or more

    def key(self, group: Group) -> str:
        """The row that it belongs to; empty for none."""
        if self.dimension in BY_CAMPAIGN:
            return self.of_campaign(group.campaign_id)
        if self._nth is not None:
            return group.values[self._nth]
        return group.source if self.dimension == "source" else group.medium

    def of_campaign(self, campaign_id: int | None) -> str:
        """The same of all that a campaign has."""
        if campaign_id not in self._found:
            campaign = self._campaigns.get(campaign_id or 0)
            found = "" if campaign is None else self._of_campaigns.row_of(campaign)
            self._found[campaign_id] = found
        return self._found[campaign_id]

    def row(self, key: str, now: Tally, before: Tally | None, thin_below: int) -> Row:
        """What the tallies of one of its rows come to."""
        campaign = self._campaigns[int(key)] if key and self.dimension == "campaign" else None
        row = Row(
            key=key,
            label=campaign.name if campaign else self.label(key),
            tally=now,
            before=before,
            leads=now.whole_leads,
            campaign=campaign,
            dimension=self.dimension,
        )
        row.thin = now.lead_parts < thin_below * now.terms.parts
        row.maturing = 2 * now.young_parts > now.lead_parts
        return row

    def label(self, key: str) -> str:
        """What a row is called that is no campaign."""
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
        was = None if before is None else before.get(key, Tally(tally.terms))
        row = level.row(key, tally, was, thin_below)
        row.splits = splits(tally, was, deeper, thin_below)
        found.append(row)
    return sorted(found, key=first_order)


def splits(
    now: Tally, before: Tally | None, levels: Sequence[Level], thin_below: int
) -> Callable[[], list[Row]] | None:
    """How a row is split at the first of these levels; None without any."""
    return partial(_split, now, before, levels, thin_below) if levels else None


def _split(now: Tally, before: Tally | None, levels: Sequence[Level], thin_below: int) -> list[Row]:
    was = None if before is None else _parts(before, levels[0])
    return rows_of(_parts(now, levels[0]), was, levels, thin_below)


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
        # Of others nobody need look at the rows, which would split all that stand above.
        keys = _keys_at(rows, n) if level.dimension in OF_SEVERAL else ()
        yield from level.notes(keys, has_spend)


def _keys_at(rows: Iterable[Row], depth: int) -> set[str]:
    if not depth:
        return {row.key for row in rows}
    return set().union(*(_keys_at(row.children, depth - 1) for row in rows))


def _parts(whole: Tally, level: Level) -> dict[str, Tally]:
    """The tally of each row that this one is split into."""
    found: dict[str, Tally] = defaultdict(lambda: Tally(whole.terms))
    for group in whole.lead_groups:
        found[level.key(group)].lead_groups.append(group)
    for one in whole.waiting:
        if one.fact != SPEND or level.tells_spend:
            found[level.key(one)].wait(one)
    if level.tells_spend:
        for spent in whole.spend_groups:
            found[level.key(spent)].spend_groups.append(spent)
    return found


def first_order(row: Row) -> tuple[int, str, str]:
    """The same on every engine; ids, which may differ there, take no part in it."""
    return (
        -row.tally.lead_parts,
        row.order,
        row.campaign.key if row.campaign else row.key,
    )
