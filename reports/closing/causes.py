"""What happened to the facts of a month between two looks: the causes of a restatement.

Looked up from what persons, files and programs leave behind. What is known to have touched the
month is named, all of it; where nothing is, whatever else happened in the company meanwhile. A
change that leaves no trace, such as one by SQL, has no cause here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Max, Q

from attribution.models import (
    Booking,
    ExchangeRate,
    ImportRun,
    IngestKey,
    KindBatch,
    Lead,
    Repair,
    WebhookSource,
)
from reports.models import ClosedMonth
from spend.models import SpendEntry, SpendRevision

# What is dated before the last look may have become visible after it: a long import, for one.
MARGIN = timedelta(minutes=10)
MOST = 50  # causes of one restatement
ADMIN = "admin"  # as `Lead.came_by`: the log of the admin says who


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that happened."""

    what: str  # a name of `words.CAUSES`
    title: str = ""  # the repair, the file, the key …
    author: str = ""  # who; empty: a program, or not known
    at: str = ""  # an instant in ISO form
    ref: str = ""  # so that none is named by two restatements


@dataclass(frozen=True, slots=True)
class Window:
    """Where causes are looked for: a month, since when, and of which figures."""

    closing: ClosedMonth
    since: datetime
    leads: bool  # whether figures of leads differ, what became of them included
    spend: bool

    @property
    def facts(self) -> Q:
        """Leads and entries of spend of the month."""
        first, last = self.closing.month, self.closing.last_day
        return Q(company_id=self.closing.company_id, day__gte=first, day__lte=last)

    @property
    def bookings(self) -> Q:
        """Bookings of the month's leads."""
        first, last = self.closing.month, self.closing.last_day
        own = Q(company_id=self.closing.company_id)
        return own & Q(lead__day__gte=first, lead__day__lte=last)


def find(window: Window, named: Iterable[str] = ()) -> list[Cause]:
    """All that may have been the cause, but for what was named before (by its `ref`), or was there
    at the last look.
    """
    window = Window(window.closing, window.since - MARGIN, window.leads, window.spend)
    known = {*named, *window.closing.recent}
    certain: list[Cause] = []
    likely: list[Cause] = []
    for cause, is_certain in _all(window):
        if cause.ref not in known:
            (certain if is_certain else likely).append(cause)
    return sorted(certain or likely, key=lambda one: (one.at, one.ref))[:MOST]


def recent(closing: ClosedMonth, now: datetime) -> list[str]:
    """What has just happened, by `ref`: to be read in the snapshot of the sums."""
    window = Window(closing, now - MARGIN, leads=True, spend=True)
    return sorted({cause.ref for cause, _certain in _all(window)})


def as_json(causes: Iterable[Cause]) -> list[dict[str, str]]:
    return [asdict(one) for one in causes]


def from_json(rows: Iterable[dict[str, str]]) -> list[Cause]:
    return [Cause(**row) for row in rows]


Found = Iterator[tuple[Cause, bool]]  # whether it is known to have touched the month


def _all(window: Window) -> Found:
    yield from _repairs(window)
    yield from _files(window)
    if window.leads:
        yield from _kinds(window)
        yield from _arrivals(window)
        yield from _by_hand(window)
    if window.spend:
        yield from _spend_changes(window)
    yield from _rates(window)
    yield from _programs(window)


def _repairs(window: Window) -> Found:
    company, since = window.closing.company_id, window.since
    rows = Repair.objects.filter(company=company).filter(
        Q(made_at__gte=since) | Q(undone_at__gte=since)
    )
    for one in rows.select_related("author", "undone_by"):
        # Spend follows campaigns and their names, which every repair may have changed.
        certain = window.spend or _moved(one, window)
        if one.made_at >= since:
            ref = f"repair:{one.pk}"
            yield Cause("repair", one.title, _name(one.author), _iso(one.made_at), ref), certain
        if one.undone_at and one.undone_at >= since:
            by, at = _name(one.undone_by), _iso(one.undone_at)
            yield Cause("repair_undone", one.title, by, at, f"repair:{one.pk}:undone"), certain


def _moved(repair: Repair, window: Window) -> bool:
    """Whether leads of the month are among those that it moved."""
    leads = Lead.objects.filter(window.facts)
    by_reading = leads.filter(reading__in=repair.readingmoves.values("reading"))
    return (
        by_reading.exists()
        or leads.filter(pk__in=repair.corrections.values("lead")).exists()
        or repair.kind == Repair.Kind.MERGE
    )


def _files(window: Window) -> Found:
    since = window.since
    runs = ImportRun.objects.filter(company=window.closing.company_id).filter(
        Q(finished_at__gte=since, state__in=("done", "undone")) | Q(undone_at__gte=since)
    )
    for run in runs.select_related("author", "undone_by"):
        certain = _brought(run, window)
        if run.finished_at and run.finished_at >= since:
            by, at = _name(run.author), _iso(run.finished_at)
            yield Cause("file", run.file_name, by, at, f"run:{run.pk}"), certain
        if run.undone_at and run.undone_at >= since:
            by, at = _name(run.undone_by), _iso(run.undone_at)
            yield Cause("file_undone", run.file_name, by, at, f"run:{run.pk}:undone"), certain


def _brought(run: ImportRun, window: Window) -> bool:
    """Whether the month has facts that the file brought or changed."""
    if window.leads and (
        Lead.objects.filter(window.facts, import_run=run).exists()
        or Booking.objects.filter(window.bookings, import_run=run).exists()
    ):
        return True
    return window.spend and (
        SpendEntry.objects.filter(window.facts, import_run=run).exists()
        or SpendRevision.objects.filter(window.facts, run_id=run.pk).exists()
    )


def _kinds(window: Window) -> Found:
    since, closing = window.since, window.closing
    rows = KindBatch.objects.filter(company=closing.company_id).filter(
        Q(made_at__gte=since) | Q(undone_at__gte=since),
        changes__lead__day__gte=closing.month,
        changes__lead__day__lte=closing.last_day,
    )
    for one in rows.distinct().select_related("author", "undone_by"):
        if one.made_at >= since:
            by, at = _name(one.author), _iso(one.made_at)
            yield Cause("kinds", one.reason, by, at, f"kinds:{one.pk}"), True
        if one.undone_at and one.undone_at >= since:
            by, at = _name(one.undone_by), _iso(one.undone_at)
            yield Cause("kinds_undone", one.reason, by, at, f"kinds:{one.pk}:undone"), True


def _arrivals(window: Window) -> Found:
    """What came one by one: over HTTP, from the website tag, from booking tools."""
    leads = Lead.objects.filter(window.facts, import_run=None, created_at__gte=window.since)
    rows = leads.exclude(came_by__in=("", ADMIN)).order_by()
    keys = IngestKey.objects.filter(company=window.closing.company_id)
    names = dict(keys.values_list("pk", "name"))
    for way, key, last in rows.values_list("came_by", "key_id").annotate(last=Max("created_at")):
        title = f"{way}, {names[key]}" if key in names else way
        yield Cause("leads", title, "", _iso(last), f"leads:{way}:{key}:{_iso(last)}"), True
    bookings = Booking.objects.filter(
        window.bookings, import_run=None, created_at__gte=window.since
    )
    ways = bookings.exclude(came_by__in=("", ADMIN)).order_by().values_list("came_by")
    for way, last in ways.annotate(last=Max("created_at")):
        yield Cause("bookings", way, "", _iso(last), f"bookings:{way}:{_iso(last)}"), True


def _by_hand(window: Window) -> Found:
    """What the log of the admin says of leads and bookings of the month."""
    rows: tuple[tuple[Any, Q], ...] = ((Lead, window.facts), (Booking, window.bookings))
    for model, own in rows:
        kind = ContentType.objects.get_for_model(model)
        entries = list(
            LogEntry.objects.filter(content_type=kind, action_time__gte=window.since)
            .select_related("user")
            .order_by("pk")
        )
        ids = {one.object_id for one in entries if (one.object_id or "").isdecimal()}
        found = model.objects.filter(own, pk__in=ids).values_list("pk", "external_id")
        there = {str(pk): number for pk, number in found}
        for one in entries:
            if one.object_id in there:
                title = f"{model._meta.verbose_name} {there[one.object_id]}"
                at = _iso(one.action_time)
                yield Cause("by_hand", title, _name(one.user), at, f"log:{one.pk}"), True


def _spend_changes(window: Window) -> Found:
    """What was changed by form, cost, rate or undoing, and what was entered; files name theirs."""
    revisions = SpendRevision.objects.filter(
        window.facts, changed_at__gte=window.since, run_id=None
    )
    key = ("how", "author__username")
    for how, author, last, at in (
        revisions.order_by().values_list(*key).annotate(last=Max("pk"), at=Max("changed_at"))
    ):
        yield Cause(f"spend_{how}", "", author or "", _iso(at), f"revision:{last}"), True
    entries = SpendEntry.objects.filter(
        window.facts, updated_at__gte=window.since, import_run=None, version=1
    )
    for cost, author, last, at in (
        entries.order_by()
        .values_list("cost__name", "author__username")
        .annotate(last=Max("pk"), at=Max("updated_at"))
    ):
        what = "spend_cost" if cost else "spend_entered"
        yield Cause(what, cost or "", author or "", _iso(at), f"entry:{last}"), True


def _rates(window: Window) -> Found:
    rows = ExchangeRate.objects.filter(window.facts, updated_at__gte=window.since)
    pairs = rows.order_by().values_list("base", "quote", "author__username")
    for base, quote, author, last in pairs.annotate(last=Max("updated_at")):
        at = _iso(last)
        yield Cause("rate", f"{base}/{quote}", author or "", at, f"rate:{base}:{quote}:{at}"), False


def _programs(window: Window) -> Found:
    """Keys and webhooks that were used: a booking that is changed does not say by which."""
    if not window.leads:
        return
    company = window.closing.company_id
    for key in IngestKey.objects.filter(company=company, last_used_at__gte=window.since):
        at = _iso(key.last_used_at)
        yield Cause("key", key.name, "", at, f"key:{key.pk}:{at}"), False
    for hook in WebhookSource.objects.filter(company=company, last_used_at__gte=window.since):
        at = _iso(hook.last_used_at)
        yield Cause("webhook", hook.name, "", at, f"webhook:{hook.pk}:{at}"), False


def _name(user: Any) -> str:
    return user.username if user else ""


def _iso(moment: datetime | None) -> str:
    return moment.isoformat(timespec="seconds") if moment else ""
