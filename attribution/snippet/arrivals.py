"""What has arrived at a company since a moment, field by field: the live test's answer."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution import masking
from attribution.capture.judging import reasons
from attribution.channels.origins import law_of
from attribution.models import Company, Lead, Refusal, Touchpoint
from attribution.repair import standing
from attribution.repair.history import unattributed
from attribution.utm import read

MOST = 3  # leads and refusals shown, the newest; each asks a few questions of its own
CONTACT = frozenset({"name", "email", "phone", "ip"})
# Marks by their column, as capture names their reasons.
MARKS = (
    ("vpn", "is_vpn", gettext_lazy("VPN")),
    ("suspicious", "is_suspicious", gettext_lazy("suspicious")),
    ("hot", "is_hot", gettext_lazy("hot")),
)
SKEW_SHOWN = timedelta(seconds=60)


class Row(NamedTuple):
    """One value: as it came, tidy, as it counts, and why so. Empty: there is nothing to say."""

    name: str
    raw: str
    tidy: str = ""
    counts: str = ""
    why: str = ""


class Touch(NamedTuple):
    """One visit before the lead."""

    at: datetime
    values: str
    counts_for: str
    referrer: str
    landing_page: str


@dataclass(frozen=True)
class Arrived:
    """A lead that was stored."""

    lead: Lead
    came_by: str
    channel_because: str
    kind_because: str
    marks: list[tuple[str, str]]  # its name, and why
    skew: str
    values: list[Row]
    person: list[Row]
    touches: list[Touch]
    first_lead: Lead | None = None


@dataclass(frozen=True)
class Arrivals:
    """The newest of all that came since then."""

    leads: list[Arrived] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    more: int = 0  # leads and refusals beyond those shown

    @property
    def number(self) -> int:
        return len(self.leads) + len(self.refusals) + self.more


def since(company: Company, start: datetime, *, sees_persons: bool) -> Arrivals:
    """Leads and refusals of this company that arrived from `start` on, by any door."""
    leads = Lead.objects.filter(company=company, created_at__gte=start)
    refusals = Refusal.objects.filter(company=company, arrived_at__gte=start)
    number = leads.count() + refusals.count()
    if not number:
        return Arrivals()
    shown = leads.select_related("company", "campaign", "reading", "key", "first_lead")
    newest = list(shown.order_by("-created_at", "-pk")[:MOST])
    touches, law = _touches_of(newest), law_of(company)
    arrived = [
        _arrived(lead, law.origin(lead.captured()).why, touches.get(lead.pk, []), sees_persons)
        for lead in newest
    ]
    refused = [_refused(one, sees_persons) for one in refusals.select_related("key")[:MOST]]
    return Arrivals(arrived, refused, number - len(arrived) - len(refused))


def _arrived(lead: Lead, because: str, touches: list[Touch], sees_persons: bool) -> Arrived:
    return Arrived(
        lead,
        _door(lead.came_by, lead.key),
        because,
        reasons.words(lead.kind_reason),
        [
            (str(label), reasons.words(_reason(lead, mark)))
            for mark, column, label in MARKS
            if getattr(lead, column)
        ],
        _skew(lead),
        list(_values(lead)),
        list(_person(lead, sees_persons)),
        touches,
        lead.first_lead,
    )


def _reason(lead: Lead, mark: str) -> str:
    reason: str = lead.mark_reasons.get(mark, "")
    return reason


def _door(came_by: str, key: Any) -> str:
    doors = {
        "snippet": _("the website tag"),
        "api": _("a server"),
        "admin": _("a person, in this admin"),
        "import": _("a file"),
    }
    kind, __, name = came_by.partition(":")
    said = _("the webhook “%s”") % name if kind == "webhook" else doors.get(kind, came_by)
    return f"{said}, {key.name}" if key is not None else said


def _skew(lead: Lead) -> str:
    """In words, when the sender's clock and ours are apart."""
    if lead.stated_at is None:
        return ""
    apart = lead.stated_at - lead.created_at
    if abs(apart) < SKEW_SHOWN:
        return ""
    minutes = f"{abs(apart) // timedelta(minutes=1):,}"
    if apart > timedelta():
        return _("the sender's clock is %s min ahead of ours") % minutes
    return _("sent %s min after it was made, or by a slow clock") % minutes


def _values(lead: Lead) -> Iterator[Row]:
    for one in standing.of_lead(lead):
        yield Row(one.name, one.raw, one.tidy, one.counts, one.why)
    tidy = read(lead.captured())
    yield Row("utm_content", lead.utm_content, tidy.content)
    yield Row("utm_term", lead.utm_term, tidy.term)
    yield Row("utm_id", lead.utm_id)
    for name, value in sorted(lead.click_ids.items()):
        yield Row(name, value)
    yield Row("referrer", lead.referrer)
    yield Row("landing_page", lead.landing_page)


def _person(lead: Lead, sees_persons: bool) -> Iterator[Row]:
    masks = {
        "name": masking.mask_name,
        "email": masking.mask_email,
        "phone": masking.mask_phone,
        "ip": lambda text: masking.HIDDEN * bool(text),
    }
    sent = {"email"} if lead.person_email else set()
    sent |= {"phone"} if lead.person_phone else set()
    for name, mask in masks.items():
        value: str = getattr(lead, name)
        # The digest by which the same person is found tells that there was one.
        if not value and name in sent:
            yield Row(name, _("(sent, and not kept: so it is set for this company)"))
        else:
            yield Row(name, value if sees_persons else mask(value))
    for name in ("country", "region", "city"):
        yield Row(name, getattr(lead, name))


def _touches_of(leads: list[Lead]) -> dict[int, list[Touch]]:
    """By lead, in the order of time."""
    found: dict[int, list[Touch]] = {}
    rows = Touchpoint.objects.filter(lead__in=leads).select_related("reading__campaign")
    for row in rows.order_by("at", "pk"):
        found.setdefault(row.lead_id, []).append(
            Touch(row.at, _in_short(row), _counts_for(row), row.referrer, row.landing_page)
        )
    return found


def _in_short(row: Touchpoint) -> str:
    named = (row.utm_source, row.utm_medium, row.utm_campaign)
    clicks = ", ".join(sorted(row.click_ids))
    utm = " / ".join(one or "–" for one in named) if any(named) else ""
    return ", ".join(part for part in (utm, clicks) if part)


def _counts_for(row: Touchpoint) -> str:
    reading = row.reading
    return reading.campaign.name if reading.campaign else unattributed(reading.reason)


def _refused(one: Refusal, sees_persons: bool) -> Refusal:
    """Its words may repeat the value, which of a person not everybody may see."""
    if one.field.rpartition(".")[2] in CONTACT and not sees_persons:
        one.detail = _("(not shown: it is about who the person is)")
    return one
