"""A lead's page in the admin: its visits in order, and which model gives which of them credit."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.models import Lead, Touchpoint
from reports import formatting
from reports.attributing.models import CAPTURED, MODELS, Model, shares
from reports.lead_list import LeadsByDay

COMPARED = [model for model in MODELS.values() if model.name != CAPTURED]

admin.site.unregister(Lead)


@dataclass(frozen=True, slots=True)
class Visit:
    """One touch in words; `credit` has a text for each of `COMPARED`."""

    at: datetime
    source: str
    medium: str
    campaign: str
    note: str
    credit: list[tuple[Model, str]]


@admin.register(Lead)
class LeadWithVisits(LeadsByDay):
    """The lead, and the way it came."""

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*super().get_readonly_fields(request, obj), "visits")

    def get_fieldsets(self, request: HttpRequest, obj: Lead | None = None) -> Any:
        found = super().get_fieldsets(request, obj)
        if obj is None:
            return found
        return (*found[:2], (_("Visits before it"), {"fields": ("visits",)}), *found[2:])

    @admin.display(description=gettext_lazy("visits"))
    def visits(self, lead: Lead) -> SafeString | str:
        return visits_in_words(lead)


def visits_in_words(lead: Lead) -> SafeString | str:
    """The table of visits; one word when none was captured."""
    touches = list(
        Touchpoint.objects.filter(lead=lead)
        .select_related("reading", "reading__campaign")
        .order_by("at", "pk")
    )
    if not touches:
        return _("None was captured. Every model counts this lead as it stands.")
    in_window = [touch for touch in touches if not _why_not(lead, touch)]
    context = {
        "visits": _visits(lead, touches, in_window),
        "models": COMPARED,
        "corrected": lead.corrected,
        "none": not in_window,
        "days": lead.company.look_back_days,
    }
    return render_to_string("reports/attributing/visits.html", context)


def is_direct(touch: Touchpoint) -> bool:
    """As `credit.DIRECT` says it in SQL."""
    reading = touch.reading
    return (
        reading.captured_reason == "direct"
        or reading.source_key == "direct"
        or touch.utm_source.strip(" ").lower() == "(direct)"
    )


def _visits(lead: Lead, touches: list[Touchpoint], in_window: list[Touchpoint]) -> list[Visit]:
    credited = [] if lead.corrected else in_window
    flags = [is_direct(touch) for touch in credited]
    by_model = {model.name: shares(model.name, flags) for model in COMPARED}
    places = {touch.pk: nth for nth, touch in enumerate(credited)}
    zone = lead.company.zone
    found = []
    for touch in touches:
        reading, nth = touch.reading, places.get(touch.pk)
        credit = [
            (model, "" if nth is None else _percent(by_model[model.name][nth]))
            for model in COMPARED
        ]
        place = str(reading.campaign) if reading.campaign else reading.get_reason_display()
        found.append(
            Visit(
                touch.at.astimezone(zone),
                *(reading.source, reading.medium, place),
                _why_not(lead, touch),
                credit,
            )
        )
    return found


def _why_not(lead: Lead, touch: Touchpoint) -> str:
    """Why a touch gets no credit under any model; empty when it may."""
    if touch.at > lead.received_at:
        return _("after the lead")
    if touch.at < lead.received_at - timedelta(days=lead.company.look_back_days):
        return _("before the window")
    return ""


def _percent(share: Fraction) -> str:
    if not share:
        return ""
    return formatting.rate(Decimal(share.numerator) / share.denominator)
