"""What arrived in the last 28 days, by time and by what became of it: a handful of grouped queries.

Events are leads that were sent by a program (`came_by`), and what was refused; leads of files and
of the admin's own form are named beside them. Two ways of counting, by time and by reason, have to
meet: that is the proof below the table.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    Count,
    F,
    Func,
    Max,
    Min,
    Q,
    QuerySet,
    Subquery,
    Sum,
)

from attribution.calendar import CLOCK_TOLERANCE
from attribution.capture.doors import API, SENT, SNIPPET, WEBHOOK
from attribution.models import (
    Company,
    DeliveryCount,
    IngestKey,
    Lead,
    Refusal,
    WaitingBooking,
    WebhookSource,
)

DAYS, HOURS = 28, 48
QUARTER = 900  # seconds: every time zone begins its days on a quarter of an hour
HOUR = timedelta(hours=1)
# As many leads are looked at; of a company with more, the days shown are fewer.
MOST_LEADS = 200_000
MOST_KEYS = 200
OPEN = (Refusal.State.WAITING, Refusal.State.DISMISSED)
What = DeliveryCount.What
# By how much what a sender states differs from arrival, in seconds: the bands' upper ends.
BANDS = (600, 3_600, 86_400)


class Epoch(Func):
    """Seconds since 1970, whole."""

    output_field = BigIntegerField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)"
        return self.as_sql(compiler, connection, template=template, **extra)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "FLOOR(EXTRACT(EPOCH FROM %(expressions)s))::bigint"
        return self.as_sql(compiler, connection, template=template, **extra)


@dataclass(frozen=True)
class Way:
    """By which way so many leads came, and the last of them."""

    came_by: str
    key: int | None
    leads: int
    last: datetime


@dataclass(frozen=True)
class At:
    """What arrived in one stretch of time."""

    counted: int = 0
    excluded: int = 0
    refused: int = 0

    @property
    def received(self) -> int:
        return self.counted + self.excluded + self.refused

    def __add__(self, other: "At") -> "At":
        return At(
            self.counted + other.counted,
            self.excluded + other.excluded,
            self.refused + other.refused,
        )


@dataclass
class Health:
    """Everything that the page shows, as numbers."""

    company: Company
    now: datetime
    since: datetime
    is_cut: bool  # there are more leads than are looked at
    quarters: dict[int, At] = field(default_factory=dict)  # quarters of an hour since 1970
    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)  # kind, reason
    reasons: Counter[str] = field(default_factory=Counter)  # why refused
    not_kept: int = 0  # refused, and no longer kept
    repeated: int = 0
    over_rate: int = 0
    ways: list[Way] = field(default_factory=list)
    by_hand: Counter[str] = field(default_factory=Counter)  # of files and forms
    bands: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None  # of the leads that were sent
    last: datetime | None = None
    open_refusals: int = 0
    waiting: int = 0
    oldest_waiting: datetime | None = None
    keys: list[IngestKey] = field(default_factory=list)
    sources: list[WebhookSource] = field(default_factory=list)

    @property
    def by_time(self) -> At:
        """Everything, added up along the time."""
        return sum(self.quarters.values(), At())

    @property
    def counted(self) -> int:
        return sum(n for (kind, __), n in self.kinds.items() if kind == Lead.Kind.PRIMARY)

    @property
    def excluded(self) -> int:
        return sum(self.kinds.values()) - self.counted

    @property
    def refused(self) -> int:
        return sum(self.reasons.values()) + self.not_kept

    @property
    def holds(self) -> bool:
        """Whether both ways of counting came to the same."""
        return self.by_time == At(self.counted, self.excluded, self.refused)


def read(company: Company, now: datetime | None = None) -> Health:
    """Eight queries. Inside the company's scope."""
    now = now or datetime.now(UTC)
    health = _frame(company, now)
    _by_time(health)
    _by_reason(health)
    _deliveries(health)
    health.keys = list(IngestKey.objects.filter(company=company)[:MOST_KEYS])
    health.sources = list(WebhookSource.objects.filter(company=company)[:MOST_KEYS])
    return health


def _frame(company: Company, now: datetime) -> Health:
    """From when on, and what waits now."""
    today = now.astimezone(company.zone).date()
    midnight = datetime.combine(today - timedelta(days=DAYS - 1), datetime.min.time(), company.zone)
    since = midnight.astimezone(UTC)
    latest = Lead.objects.filter(company=company).order_by("-created_at").values("created_at")
    waiting = WaitingBooking.objects.filter(company=company)
    found = (
        Company.objects.filter(pk=company.pk)
        .annotate(
            beyond=Subquery(latest[MOST_LEADS : MOST_LEADS + 1]),
            open=count_of(Refusal.objects.filter(company=company, state=Refusal.State.WAITING)),
            waiting=count_of(waiting),
            oldest=Subquery(waiting.order_by("arrived_at").values("arrived_at")[:1]),
        )
        .values_list("beyond", "open", "waiting", "oldest")
        .get()
    )
    beyond, refusals, waits, oldest = found
    is_cut = beyond is not None and beyond >= since
    if is_cut:  # from the next full hour on
        since = beyond.replace(minute=0, second=0, microsecond=0) + HOUR
    return Health(
        company,
        now,
        since,
        is_cut,
        open_refusals=refusals or 0,
        waiting=waits or 0,
        oldest_waiting=oldest,
    )


def count_of(rows: "QuerySet[Any]") -> Subquery:
    """How many there are, as a part of a larger query; NULL for none."""
    return Subquery(rows.order_by().values("company").annotate(n=Count("pk")).values("n"))


def _leads(health: Health) -> "QuerySet[Lead]":
    rows = Lead.objects.filter(company=health.company, created_at__gte=health.since)
    return rows.order_by()


def _refusals(health: Health) -> "QuerySet[Refusal]":
    """Those that are stored by now are leads."""
    rows = Refusal.objects.filter(company=health.company, arrived_at__gte=health.since)
    return rows.filter(state__in=OPEN).order_by()


def _by_time(health: Health) -> None:
    sent = _leads(health).filter(SENT).annotate(quarter=Epoch("created_at") / QUARTER)
    counts = sent.values_list("quarter").annotate(
        n=Count("pk"), counted=Count("pk", filter=Q(kind=Lead.Kind.PRIMARY))
    )
    found: dict[int, At] = {}
    for quarter, number, counted in counts:
        found[quarter] = At(counted, number - counted)
    refused = _refusals(health).annotate(quarter=Epoch("arrived_at") / QUARTER)
    for quarter, number in refused.values_list("quarter").annotate(n=Count("pk")):
        found[quarter] = found.get(quarter, At()) + At(refused=number)
    health.quarters = found


def _by_reason(health: Health) -> None:
    late = Epoch("created_at") - Epoch("stated_at")
    groups = (
        _leads(health)
        .annotate(late=late)
        .values("came_by", "key", "kind", "kind_reason")
        .annotate(
            n=Count("pk"),
            first=Min("created_at"),
            last=Max("created_at"),
            stated=Count("stated_at"),
            ahead=Count("pk", filter=Q(late__lt=-CLOCK_TOLERANCE.total_seconds())),
            **{f"band{end}": Count("pk", filter=Q(late__gt=end)) for end in BANDS},
        )
    )
    ways: dict[tuple[str, int | None], Way] = {}
    for one in groups:
        came_by, key, number = one["came_by"], one["key"], one["n"]
        if came_by not in (API, SNIPPET) and not came_by.startswith(WEBHOOK):
            health.by_hand[came_by] += number
            continue
        health.kinds[one["kind"], one["kind_reason"]] += number
        health.first = min(health.first or one["first"], one["first"])
        health.last = max(health.last or one["last"], one["last"])
        _add_bands(health.bands, dict(one))
        known = ways.get((came_by, key))
        ways[came_by, key] = Way(
            came_by,
            key,
            number + (known.leads if known else 0),
            max(one["last"], known.last) if known else one["last"],
        )
    health.ways = sorted(ways.values(), key=lambda way: way.last, reverse=True)
    for why, number in _refusals(health).values_list("why").annotate(n=Count("pk")):
        health.reasons[why] = number


def _add_bands(bands: Counter[str], one: dict[str, Any]) -> None:
    """The counts beyond each band's end become counts within the bands."""
    within, hour, day = (one[f"band{end}"] for end in BANDS)
    bands["ahead"] += one["ahead"]
    bands["within"] += one["stated"] - one["ahead"] - within
    bands["hour"] += within - hour
    bands["day"] += hour - day
    bands["later"] += day
    bands["not stated"] += one["n"] - one["stated"]


def _deliveries(health: Health) -> None:
    """Counted by the full hour (UTC)."""
    first = health.since.replace(minute=0, second=0, microsecond=0)
    rows = DeliveryCount.objects.filter(company=health.company, hour__gte=first)
    for hour, what, number in rows.values_list("hour", "what").annotate(n=Sum(F("number"))):
        if what == What.REPEATED:
            health.repeated += number
        elif what == What.OVER_RATE:
            health.over_rate += number
        else:
            health.not_kept += number
            quarter = int(hour.timestamp()) // QUARTER
            known = health.quarters.get(quarter, At())
            health.quarters[quarter] = known + At(refused=number)


def hours(health: Health) -> Iterator[tuple[datetime, At]]:
    """The last 48 full hours and the one that runs; each with its beginning."""
    end = health.now.replace(minute=0, second=0, microsecond=0)
    for number in range(HOURS - 1, -1, -1):
        start = end - number * HOUR
        first = int(start.timestamp()) // QUARTER
        quarters = (health.quarters.get(first + n, At()) for n in range(4))
        yield start, sum(quarters, At())


def days(health: Health) -> dict[Any, At]:
    """Each day of the company since the first one shown."""
    zone = health.company.zone
    day, today = health.since.astimezone(zone).date(), health.now.astimezone(zone).date()
    found = {}
    while day <= today:
        found[day] = At()
        day += timedelta(days=1)
    for quarter, at in health.quarters.items():
        of = datetime.fromtimestamp(quarter * QUARTER, zone).date()
        if of in found:
            found[of] += at
    return found
