"""What the page says: alarms, reasons and times in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext

from attribution.capture import doors
from attribution.capture.judging import reasons
from attribution.models import Company, IngestKey, Lead, Refusal, WebhookSource
from reports import formatting
from reports.capture.quiet import Quiet, of_health
from reports.capture.reading import DAYS, OPEN, Health

SOON = timedelta(days=14)
UNUSED_AFTER = timedelta(days=1)
WAITS_LONG = timedelta(days=1)
MANY_AHEAD = 100  # one of so many is too many


@dataclass(frozen=True)
class Alarm:
    """Something that is wrong, and where to see to it."""

    text: str
    url: str = ""
    action: str = ""


def alarms(health: Health) -> Iterator[Alarm]:
    found = of_health(health)
    if found is not None:
        yield Alarm(quiet(found))
    if health.open_refusals:
        yield Alarm(
            refused(health.open_refusals),
            refusals_url(health.company, state=Refusal.State.WAITING),
            gettext("Look at them"),
        )
    oldest = health.oldest_waiting
    if oldest is not None and health.now - oldest >= WAITS_LONG:
        yield Alarm(
            waits(health.waiting, health.now - oldest),
            f"{reverse('admin:attribution_waitingbooking_changelist')}?"
            + urlencode({"company": health.company.slug}),
            gettext("Look at them"),
        )
    for key in health.keys:
        problem = key_problem(key, health.now)
        if problem and key_matters(key, health):
            yield Alarm(gettext("Key “%(name)s”: %(problem)s") % {"name": key, "problem": problem})
    leads = sum(health.kinds.values())
    if health.bands["ahead"] * MANY_AHEAD > leads:
        text = gettext(
            "%(n)s leads were sent with a time of more than ten minutes ahead: a clock or a time "
            "zone of the sender is wrong."
        )
        yield Alarm(text % {"n": formatting.count(health.bands["ahead"])})
    if health.over_rate:
        text = gettext(
            "%(n)s requests were more than a key may send a minute, and were asked to come again."
        )
        yield Alarm(text % {"n": formatting.count(health.over_rate)})


def quiet(found: Quiet) -> str:
    return gettext("No lead for %(silence)s; usually one comes every %(usual)s.") % {
        "silence": duration(found.silence),
        "usual": duration(found.usual),
    }


def refused(number: int) -> str:
    text = ngettext(
        "%(n)s event was refused and nobody has looked at it.",
        "%(n)s events were refused and nobody has looked at them.",
        number,
    )
    return text % {"n": formatting.count(number)}


def waits(number: int, age: timedelta) -> str:
    text = ngettext(
        "%(n)s booking waits for its lead, since %(age)s ago.",
        "%(n)s bookings wait for their leads, the oldest since %(age)s ago.",
        number,
    )
    return text % {"n": formatting.count(number), "age": duration(age)}


def key_problem(key: IngestKey, now: datetime) -> str:
    """What is the matter with a key; empty: nothing."""
    if key.revoked_at is not None:
        return gettext("revoked")
    if key.expires_at is not None and key.expires_at <= now:
        return gettext("expired")
    if key.expires_at is not None and key.expires_at <= now + SOON:
        return gettext("expires in %(time)s") % {"time": duration(key.expires_at - now)}
    if key.last_used_at is None and key.created_at <= now - UNUSED_AFTER:
        return gettext("never used")
    return ""


def key_matters(key: IngestKey, health: Health) -> bool:
    """A key that was given up on purpose, or long ago, is no alarm."""
    if key.revoked_at is not None or key.last_used_at is None:
        return False
    return key.last_used_at >= health.since


def source_problem(source: WebhookSource, now: datetime) -> str:
    if not source.is_on:
        return gettext("off")
    if source.last_used_at is None and source.created_at <= now - UNUSED_AFTER:
        return gettext("never used")
    return ""


def way(came_by: str, keys: dict[int, IngestKey], key: int | None) -> str:
    """By which way, and with which key."""
    text = doors.words(came_by)
    known = keys.get(key or 0)
    return f"{text} · {known.name}" if known else text


def kind(name: str, reason: str) -> str:
    label = str(Lead.Kind(name).label) if name in Lead.Kind.values else name
    return f"{label}: {reasons.words(reason)}" if reason else label


def band(name: str) -> str:
    return {
        "ahead": gettext("more than 10 minutes ahead"),
        "within": gettext("within 10 minutes"),
        "hour": gettext("10 minutes to an hour before"),
        "day": gettext("an hour to a day before"),
        "later": gettext("more than a day before"),
        "not stated": gettext("no time stated: arrival counts"),
    }[name]


def proof(health: Health) -> str:
    """The sums of both ways of counting."""
    at = health.by_time
    numbers = {
        "counted": formatting.count(health.counted),
        "excluded": formatting.count(health.excluded),
        "refused": formatting.count(health.refused),
        "received": formatting.count(at.received),
    }
    text = gettext("%(counted)s counted + %(excluded)s excluded + %(refused)s refused")
    if health.holds:
        return (text + gettext(" = %(received)s received ✓")) % numbers
    return (text + gettext(" ≠ %(received)s received ✗: please report this")) % numbers


def duration(time: timedelta) -> str:
    """ "40 min", "26 h", "3 days": no finer than one would say it."""
    seconds = max(0, int(time.total_seconds()))
    if seconds < 60:
        return gettext("%(n)s s") % {"n": max(1, seconds)}
    if seconds < 2 * 3_600:
        return gettext("%(n)s min") % {"n": seconds // 60}
    if seconds < 48 * 3_600:
        return gettext("%(n)s h") % {"n": seconds // 3_600}
    return gettext("%(n)s days") % {"n": seconds // 86_400}


def ago(moment: datetime | None, now: datetime) -> str:
    if moment is None:
        return "–"
    return gettext("%(time)s ago") % {"time": duration(now - moment)}


def moment(instant: datetime | None, company: Company) -> str:
    return "–" if instant is None else date_format(localtime(instant, company.zone), "j M Y, H:i")


def refusals_url(company: Company, **filters: str | tuple[str, ...]) -> str:
    asked = urlencode({"company": company.slug, **filters}, doseq=True)
    return f"{reverse('admin:attribution_refusal_changelist')}?{asked}"


def refused_url(health: Health, why: str) -> str:
    """What was refused for this reason, as far as the page counts it."""
    return refusals_url(health.company, why=why, state=OPEN, arrived=_since(health))


def leads_url(health: Health, kind: str, reason: str) -> str:
    """The leads that were sent and are of this kind for this reason: those of the very rule."""
    asked = {"company": health.company.slug, "kind": kind, "why": reason, "sent": "1"}
    asked["arrived"] = _since(health)
    return f"{reverse('admin:attribution_lead_changelist')}?{urlencode(asked)}"


def _since(health: Health) -> str:
    return health.since.astimezone(health.company.zone).isoformat()


def period(health: Health) -> str:
    if not health.is_cut:
        return gettext("the last %(days)s days") % {"days": DAYS}
    text = gettext("since %(moment)s: so many leads are stored that no more days are looked at")
    return text % {"moment": moment(health.since, health.company)}
