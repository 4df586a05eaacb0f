"""A second report in plain Python: lists of facts, loops and fractions.

It shares nothing with the program but the query value, so that the two can disagree.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import ceil
from zoneinfo import ZoneInfo

from tests.reports.oracle_rows import CHANNELS as CHANNELS
from tests.reports.oracle_rows import Rows, query_splits_no_spend

DIGITS = {"EUR": 2, "JPY": 0, "KWD": 3}
LINES = ("media", "agency", "creative", "tools", "people", "other")
COUNTS = ("impressions", "clicks", "sends", "opens")
UNTOLD = {
    "received": (),
    "booked": ("booked_rate", "completed_rate", "cost_per_lead"),
    "completed": (
        *("booked_rate", "completed_rate", "show_rate", "cost_per_lead", "cost_per_booked"),
    ),
}


@dataclass
class Lead:
    at: datetime
    day: date
    kind: str
    source: str
    medium: str
    campaign: str | None  # the key
    reason: str
    country: str = ""
    page: str = ""  # where it landed


@dataclass
class Booking:
    lead: str
    at: datetime
    status: str
    value: int | None  # in the company's currency; None: there is no rate
    foreign: tuple[str, int] | None = None  # currency and minor units, as it was recorded
    completed: datetime | None = None  # when, where that was told: files take the first they see


@dataclass
class Spend:
    amount: int | None  # likewise
    counts: dict[str, int | None]
    foreign: tuple[str, int] | None = None

    @property
    def is_unconverted(self):
        return self.amount is None and self.foreign is not None


@dataclass
class Campaign:
    name: str
    channel: str
    status: str = "active"
    discovered_on: date | None = None
    said: dict[str, set[str]] = field(default_factory=dict)  # by the names of filters


@dataclass
class World:
    """Everything that happened to one company."""

    zone: str
    currency: str
    thin_below: int
    new_a_day: int
    today: date
    leads: dict[str, Lead] = field(default_factory=dict)
    bookings: dict[str, Booking] = field(default_factory=dict)
    # (day, campaign key, source, medium, line, form or file) → money
    spend: dict[tuple, Spend] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)

    def day_of(self, instant):
        return instant.astimezone(ZoneInfo(self.zone)).date()

    def receive(self, number, at, kind, source, medium, channel, campaign, reason, **more):
        """A lead comes; `campaign` is its tidy name, `channel` that of a campaign it discovers."""
        day = self.day_of(at)
        if reason:
            campaign = None
        elif campaign not in self.campaigns:
            found = sum(one.discovered_on == day for one in self.campaigns.values())
            if found >= self.new_a_day:
                campaign, reason = None, "flood"
            else:
                self.campaigns[campaign] = Campaign(campaign, channel, discovered_on=day)
        self.leads[number] = Lead(at, day, kind, source, medium, campaign, reason, **more)


class Answer(Rows):
    """What the report must say to one query."""

    def __init__(self, world, query):
        self.world, self.query = world, query
        self.young_days = self._young_days()
        self.periods = {False: (query.start, query.end)}
        length = (query.end - query.start).days + 1
        back = {"previous": length, "year": 52 * 7}.get(query.compare)
        if back:
            self.periods[True] = tuple(day - timedelta(days=back) for day in self.periods[False])
        elif query.compare == "custom":
            self.periods[True] = tuple(query.own_days)
        self.blind = any(
            (query.sources and not key[2]) or (query.mediums and not key[3])
            for key, _ in self._spend_of(*self.periods.values(), filtered=False)
        )
        self.rows, self.thin, self.maturing, self.labels = {}, {}, {}, {}
        self._fill()

    def _fill(self):
        leads = self._leads_of(self.periods[False])
        counted = [lead for lead in leads if lead[1].kind == "primary"]
        spend = self._spend_of(self.periods[False])
        old_leads, old_spend = [], []
        if True in self.periods:
            old_leads = [x for x in self._leads_of(self.periods[True]) if x[1].kind == "primary"]
            old_spend = self._spend_of(self.periods[True])
        for key in {self._lead_key(x[1]) for x in counted} | {self._spend_key(x[0]) for x in spend}:
            mine = [x for x in counted if self._lead_key(x[1]) == key]
            money = [x for x in spend if self._spend_key(x[0]) == key]
            old = self._values(
                [x for x in old_leads if self._lead_key(x[1]) == key],
                [x for x in old_spend if self._spend_key(x[0]) == key],
            )
            if key is None:
                continue
            self.rows[key] = (self._values(mine, money), old)
            self.thin[key] = len(mine) < self.world.thin_below
            self.maturing[key] = self._is_young(mine)
            self.labels[key] = self._label(key)
        # Unattributed leads and spend that is not matched have nothing to do with each other.
        self.inner = self._inner(
            counted,
            [x for x in spend if self._spend_key(x[0]) is not None],
            old_leads,
            [x for x in old_spend if self._spend_key(x[0]) is not None],
            self.query.levels,
        )
        nameless = [x for x in counted if self._lead_key(x[1]) is None]
        old_nameless = [x for x in old_leads if self._lead_key(x[1]) is None]
        unmatched = [x for x in spend if self._spend_key(x[0]) is None]
        old_unmatched = [x for x in old_spend if self._spend_key(x[0]) is None]
        self.unattributed = (self._values(nameless, []), self._values(old_nameless, []))
        self.unmatched = (self._values([], unmatched), self._values([], old_unmatched))
        self.total = (self._values(counted, spend), self._values(old_leads, old_spend))
        self.reasons = {}
        for number, lead in nameless:
            code = lead.reason or f"no_{self.query.group_by}"
            self.reasons.setdefault(code, []).append((number, lead))
        self.reasons = {code: self._outcomes(found) for code, found in self.reasons.items()}
        self.excluded = {}
        for _, lead in leads:
            if lead.kind != "primary":
                self.excluded[lead.kind] = self.excluded.get(lead.kind, 0) + 1
        days = [self._day(*item) for item in self.world.leads.items()]
        everyone = [day for day in days if day and self._within(day, False)]
        self.outside = len(everyone) - len(leads)
        self.names = {}
        hidden = self.blind or query_splits_no_spend(self.query.group_by)
        for key, entry in () if hidden else unmatched:
            self.names.setdefault(key[1], []).append(entry)
        self.names = {name: (_money(found), len(found)) for name, found in self.names.items()}
        self.unconverted = {}
        for _, entry in () if self.blind else spend:
            if entry.is_unconverted:
                self._note_unconverted("spend", *entry.foreign)
        for booking in self._completed(counted):
            if booking.value is None:
                self._note_unconverted("booking", *booking.foreign)
        self.proof = {
            "named": len(counted) - len(nameless),
            "unattributed": len(nameless),
            "counted": len(counted),
            "excluded": len(leads) - len(counted),
            "received": len(leads),
        }
        self.daily = [
            self._outcomes([x for x in counted if self._day(*x) == self.query.start + timedelta(n)])
            for n in range(self.query.days)
        ]

    def _note_unconverted(self, fact, currency, minor):
        facts, amount = self.unconverted.get((fact, currency), (0, 0))
        self.unconverted[fact, currency] = facts + 1, amount + minor

    # What belongs to the question

    def _within(self, day, before):
        start, end = self.periods[before]
        return start <= day <= end

    def _passes(self, key, source, medium):
        query = self.query
        if query.sources and source not in query.sources:
            return False
        if query.mediums and medium not in query.mediums:
            return False
        filters = query.campaigns, query.channels, query.statuses, query.said, query.search
        if not any(filters):
            return True
        if key is None or (query.campaigns and key not in query.campaigns):
            return False
        campaign, word = self.world.campaigns[key], query.search.casefold()
        if query.channels and campaign.channel not in query.channels:
            return False
        if query.statuses and campaign.status not in query.statuses:
            return False
        for name, wanted in query.said.items():
            if not (campaign.said.get(name) or {"(none)"}) & set(wanted):
                return False
        return word in campaign.name.casefold() or word in key

    def _leads_of(self, period):
        return [
            (number, lead)
            for number, lead in self.world.leads.items()
            if (day := self._day(number, lead))
            and period[0] <= day <= period[1]
            and self._passes(lead.campaign, lead.source, lead.medium)
        ]

    def _spend_of(self, *periods, filtered=True):
        return [
            (key, entry)
            for key, entry in self.world.spend.items()
            if any(start <= key[0] <= end for start, end in periods)
            and (not filtered or self._passes(self._matched(key), key[2], key[3]))
            and (not filtered or not self.query.lines or key[4] in self.query.lines)
        ]

    def _matched(self, key):
        return key[1] if key[1] in self.world.campaigns else None

    # Sums

    def _bookings(self, number):
        return [one for one in self.world.bookings.values() if one.lead == number]

    def _outcomes(self, leads):
        """How many leads, how many booked, how many completed."""
        kept = [[b.status for b in self._bookings(n) if b.status != "cancelled"] for n, _ in leads]
        return len(leads), sum(map(bool, kept)), sum("completed" in one for one in kept)

    def _completed(self, leads):
        bookings = [booking for number, _ in leads for booking in self._bookings(number)]
        return [booking for booking in bookings if booking.status == "completed"]

    def _values(self, leads, spend):
        scale = 10 ** DIGITS[self.world.currency]
        count, booked, completed = self._outcomes(leads)
        earned = [booking.value for booking in self._completed(leads)]
        revenue = None if None in earned else Fraction(sum(earned), scale)
        spend = [] if self.blind else spend
        money = [entry for _, entry in spend]

        def units(minor):
            return None if minor is None else Fraction(minor, scale)

        cost = units(_money(money))
        values = {
            "leads": count,
            "booked": booked,
            "completed": completed,
            "revenue": revenue,
            "spend": cost,
        }
        for line in LINES:
            values[f"spend_{line}"] = units(_money([x for key, x in spend if key[4] == line]))
        for name in COUNTS:
            known = [entry.counts[name] for entry in money if entry.counts.get(name) is not None]
            values[name] = sum(known) if known else None
        # Histories have no budgets and no targets.
        values |= {"budget": None, "budget_spend": None, "budget_spent": None}
        values |= {"target": None, "target_leads": None, "target_reached": None}
        for name, top, bottom in (
            ("booked_rate", booked, count),
            ("completed_rate", completed, count),
            ("show_rate", completed, booked),
            ("cost_per_lead", cost, count),
            ("cost_per_booked", cost, booked),
            ("cost_per_completed", cost, completed),
            ("roas", values["revenue"], cost),
            ("roi", None if None in (cost, revenue) else revenue - cost, cost),
            ("ctr", values["clicks"], values["impressions"]),
            ("cpc", cost, values["clicks"]),
            ("cpm", None if cost is None else 1000 * cost, values["impressions"]),
            ("open_rate", values["opens"], values["sends"]),
        ):
            values[name] = None if top is None or not bottom else Fraction(top) / bottom
        for name in UNTOLD[self.query.basis]:
            values[name] = None
        return values

    # Ripening

    def _young_days(self):
        """Within how many days of its lead 80 % of the bookings came."""
        lags = sorted(
            max(0, _half_hour(one.at) - _half_hour(self.world.leads[one.lead].at))
            for one in self.world.bookings.values()
            if one.status != "cancelled"
        )
        return ceil(lags[ceil(len(lags) * 0.8) - 1] / 48) if lags else 0

    def _is_young(self, leads):
        if self.query.basis != "received":
            return False
        first = self.world.today - timedelta(days=self.young_days - 1)
        return 2 * sum(lead.day >= first for _, lead in leads) > len(leads)


def _money(entries):
    """What these cost together: unknown without any amount, and while one has no rate."""
    known = [entry.amount for entry in entries if entry.amount is not None]
    return sum(known) if known and not any(one.is_unconverted for one in entries) else None


def _half_hour(instant):
    return int(instant.timestamp() // 1800)
