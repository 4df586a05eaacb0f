"""What a report can be split by: names, and what each is of a lead and of an entry of spend.

Expressions are SQL that both engines read alike. They hold no parameters: what stands in them is
ours alone, never what a person has typed.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext_lazy as _

from attribution.campaign_texts import FACTS

# The first is the default.
DIMENSIONS = {
    "campaign": _("Campaign"),
    "source": _("Source"),
    "medium": _("Medium"),
    "channel": _("Channel"),
    "type": _("Type"),
    "goal": _("Goal"),
    "segment": _("Segment"),
    "location": _("Location"),
    "language": _("Language"),
    "group": _("Campaign group"),
    "tag": _("Tag"),
    "content": _("Content"),
    "term": _("Term"),
    "page": _("Landing page"),
    "country": _("Country"),
    "region": _("Region"),
    "city": _("City"),
    "visit_channel": _("Channel of the visit"),
    "origin": _("Came from"),
    "kind": _("Kind of lead"),
    "month": _("Month"),
    "weekday": _("Weekday"),
    "hour": _("Hour"),
}
# What the rows of each are called together.
CAPTIONS = {
    "campaign": _("Campaigns"),
    "source": _("Sources"),
    "medium": _("Mediums"),
    "channel": _("Channels"),
    "type": _("Types of campaigns"),
    "goal": _("Goals"),
    "segment": _("Segments"),
    "location": _("Locations"),
    "language": _("Languages"),
    "group": _("Groups of campaigns"),
    "tag": _("Tags of campaigns"),
    "content": _("Contents"),
    "term": _("Terms"),
    "page": _("Landing pages"),
    "country": _("Countries"),
    "region": _("Regions"),
    "city": _("Cities"),
    "visit_channel": _("Channels of the visits"),
    "origin": _("Where the visits came from"),
    "kind": _("Kinds of leads"),
    "month": _("Months"),
    "weekday": _("Weekdays"),
    "hour": _("Hours of the day"),
}
# Dimensions of which each campaign has one value: all rows but those of leads without a campaign.
BY_CAMPAIGN = (
    *("campaign", "channel", "type", "goal", "segment", "location", "language", "group", "tag"),
)
# What owners say of campaigns: the parameter that filters by it, and the dimension. (`group` is
# what rows are.)
SAID = {**{name: name for name in FACTS}, "campaign_group": "group"}
# Of the lead alone, each with its column: one may filter by them. The kept sums know none.
OF_LEADS = {
    "content": "content",
    "term": "term",
    "country": "country",
    "region": "region",
    "city": "city",
    "visit_channel": "channel",
    "origin": "origin",
}
WORKED_OUT = ("page", "kind", "hour")  # of the lead alone, too, but from more than one column
LEADS_ALONE = (*OF_LEADS, *WORKED_OUT)
BY_DAY = ("month", "weekday")  # of whatever has a day: leads, spend, and the sums of both
IN_TIME = (*BY_DAY, "hour")  # rows that follow one another
VALUES = ("source", "medium", *LEADS_ALONE, *BY_DAY)  # what decides beside the campaign

MOST_LEVELS = 3  # dimensions nested in each other
MINUTES_A_DAY = 24 * 60


def of_lead(name: str, zone: ZoneInfo, days: tuple[date, date], table: str, day: str) -> str:
    """What a lead of this table counts under; `day` is the day that it counts on."""
    if name in BY_DAY:
        return of_day(name, day)
    if name == "page":
        return _without_query(f"{table}landing_page")
    if name == "hour":
        return _hour(f"{table}slot", zone, *days)
    return f"{table}{OF_LEADS.get(name, name)}"


def of_day(name: str, day: str) -> str:
    """The month as 2026-03, the weekday from 1 (Monday) to 7."""
    postgresql = connection.vendor == "postgresql"
    if name == "month":
        return f"to_char({day}, 'YYYY-MM')" if postgresql else f"substr({day}, 1, 7)"
    if postgresql:  # its own way, to_char, takes several times as long
        return f"CAST(({day} - DATE '0001-01-01') %% 7 + 1 AS text)"  # that was a Monday
    return f"CAST((strftime('%%w', {day}) + 6) %% 7 + 1 AS text)"


def value_of(name: str, day: date) -> str:
    """The same of a day in hand."""
    return f"{day:%Y-%m}" if name == "month" else str(day.isoweekday())


def _without_query(url: str) -> str:
    """The address up to its question mark or number sign."""
    if connection.vendor == "postgresql":
        return f"split_part(split_part({url}, '?', 1), '#', 1)"
    bare = f"substr({url}, 1, instr({url} || '?', '?') - 1)"
    return f"substr({bare}, 1, instr({bare} || '#', '#') - 1)"


def _hour(slot: str, zone: ZoneInfo, first: date, last: date) -> str:
    """The hour of the company's clock, from 00 to 23, without a function of time zones.

    From the half hour in UTC, so where clocks differ from it by a quarter of an hour, up to fifteen
    minutes count to the hour before.
    """
    *turns, (_until, usual) = _offsets(zone, first, last)
    ahead = str(usual)
    if turns:
        when = " ".join(f"WHEN {slot} < {until} THEN {minutes}" for until, minutes in turns)
        ahead = f"CASE {when} ELSE {usual} END"
    minutes = f"({slot} * 30 + {ahead} + {MINUTES_A_DAY})"
    hour = f"{minutes} / 60 %% 24"
    return f"CASE WHEN {hour} < 10 THEN '0' ELSE '' END || CAST({hour} AS text)"


def _offsets(zone: ZoneInfo, first: date, last: date) -> Iterator[tuple[int, int]]:
    """How many minutes the clock is ahead of UTC, each until this half hour since 1970."""
    start = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=1)
    end = datetime(last.year, last.month, last.day, tzinfo=UTC) + timedelta(days=2)
    now = _ahead(zone, start)
    for day in range((end - start).days):
        at = start + timedelta(days=day)
        if _ahead(zone, at + timedelta(days=1)) == now:
            continue
        for half_hour in range(1, 49):
            moment = at + timedelta(minutes=30 * half_hour)
            if (then := _ahead(zone, moment)) != now:
                yield int(moment.timestamp()) // 1800, now
                now = then
    yield 0, now


def _ahead(zone: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(zone).utcoffset() or timedelta()
    return int(offset.total_seconds()) // 60
