"""Filters of lists by how and when something arrived: *Capture health* leads to what it counts."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from attribution.admin.filters import Choices, FlagFilter, ValuesFilter
from attribution.capture.doors import SENT
from attribution.capture.judging import reasons


class KindReasonFilter(ValuesFilter):
    """Why it is of its kind, to the very rule; empty for what needed no reason."""

    title = _("why of this kind")
    parameter_name = "why"
    column = "kind_reason"

    def label(self, value: str) -> str:
        return reasons.words(value) or "–"


class SentFilter(FlagFilter):
    """Whether a program sent it; shown only while it is in force."""

    title = _("sent by a program")
    parameter_name = "sent"

    def lookups(self, request: HttpRequest) -> Choices:
        return []

    def label(self, value: str) -> str:
        return str({"1": self.yes, "0": self.no}.get(value, f"{value} ?"))

    def keep(self, rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        if values[-1] not in ("0", "1"):
            return rows.none()
        return rows.filter(SENT) if values[-1] == "1" else rows.exclude(SENT)


class ArrivedFilter(ValuesFilter):
    """Since when it arrived here, whatever time its sender states: an instant with its offset."""

    title = _("arrived since")
    parameter_name = "arrived"
    column = "arrived_at"

    def label(self, value: str) -> str:
        moment = _instant(value)
        return date_format(moment, "j M Y, H:i") if moment else f"{value} ?"

    def keep(self, rows: QuerySet[Any], values: list[str]) -> QuerySet[Any]:
        moment = _instant(values[-1])
        return rows.filter(**{f"{self.column}__gte": moment}) if moment else rows.none()


class LeadArrivedFilter(ArrivedFilter):
    column = "created_at"


def _instant(text: str) -> datetime | None:
    """None for what is no instant, or so far off that no database could compare it."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo and 1900 < found.year < 9000 else None
