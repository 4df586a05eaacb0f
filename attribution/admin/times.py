"""Date and time in a form: each part with a label of its own, and within sensible years."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.models import Company

FIRST_YEAR = 2000
FARTHEST = timedelta(days=366)


def validate_day(day: date) -> None:
    """From 2000 to a year from now; anything else is a slip of the finger."""
    if day.year < FIRST_YEAR or day > datetime.now(UTC).date() + FARTHEST:
        raise ValidationError(
            gettext_lazy("%(day)s is not between the year 2000 and a year from now."),
            params={"day": day.isoformat()},
        )


def validate_instant(instant: datetime) -> None:
    validate_day(instant.date())


class InstantInput(AdminSplitDateTime):
    """Django's two inputs have no labels (its ticket 36203)."""

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        day, time = context["widget"]["subwidgets"]
        day["attrs"]["aria-label"] = _("Date")
        time["attrs"]["aria-label"] = _("Time")
        return context


class InstantField(forms.SplitDateTimeField):
    """Validated before anything is computed from it: the year 1 has no UTC in Berlin."""

    default_validators = [validate_instant]


def in_zone(instant: datetime | None, company: Company) -> str:
    """When something happened, in the company's zone, as all pages say it."""
    return date_format(localtime(instant, company.zone), "DATETIME_FORMAT") if instant else "–"
