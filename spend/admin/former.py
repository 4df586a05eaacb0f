"""What an entry of spend said before it was changed: field by field, newest first."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from attribution.money import shown
from spend.models import SpendEntry, SpendRevision

MOST = 20
State = SpendEntry | SpendRevision


class Step(NamedTuple):
    """One value that became another, in words."""

    name: str
    old: str
    new: str


class Former(NamedTuple):
    """One change of an entry: when, by whom, in which way, and what it changed."""

    at: datetime
    who: str
    how: str
    steps: list[Step]


def former_values(entry: SpendEntry) -> list[Former]:
    """The latest changes of what a person sees of it; times are in the company's zone."""
    rows = SpendRevision.objects.filter(company=entry.company_id, entry_id=entry.pk)
    kept = list(rows.select_related("author").order_by("-pk")[:MOST])
    zone, became, found = entry.company.zone, _said(entry, entry), []
    for revision in kept:
        was = _said(revision, entry)
        steps = [Step(name, was[name], became[name]) for name in was if was[name] != became[name]]
        # By a rate alone: it says the same, and counts for another amount.
        steps = steps or list(_worth(revision, entry))
        who = str(revision.author) if revision.author else "–"
        how = revision.get_how_display()
        if steps:
            found.append(Former(revision.changed_at.astimezone(zone), who, how, steps))
        became = was
    return found


def _said(state: State, entry: SpendEntry) -> dict[str, str]:
    """What it says, in words."""
    recorded = state.amount_minor if state.original_minor is None else state.original_minor
    line: Any = SpendEntry.Line(state.line).label if state.line in SpendEntry.Line else state.line
    return {
        _("Campaign"): state.campaign_name or "–",
        _("Day"): state.day.isoformat(),
        _("Line"): str(line),
        _("Amount"): shown(recorded, state.currency or entry.currency),
        _("Source"): state.utm_source or "–",
        _("Medium"): state.utm_medium or "–",
        _("Impressions"): _count(state.impressions),
        _("Clicks"): _count(state.clicks),
        _("Sends"): _count(state.sends),
        _("Opens"): _count(state.opens),
        _("Note"): state.note or "–",
    }


def _worth(revision: SpendRevision, entry: SpendEntry) -> Iterator[Step]:
    own = entry.company.currency
    old, new = revision.amount_minor, revision.new_amount_minor
    if old != new:
        yield Step(_("Worth"), shown(old, own), shown(new, own))


def _count(number: int | None) -> str:
    return "–" if number is None else f"{number:,}"
