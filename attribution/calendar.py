"""Days and half hours: computed once, when a fact is stored, never in a query."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

HALF_HOUR = 1800
CLOCK_TOLERANCE = timedelta(minutes=10)


def day_and_slot(instant: datetime, zone: ZoneInfo) -> tuple[date, int]:
    """The day in the company's zone, and the number of half hours since 1970 in UTC."""
    return instant.astimezone(zone).date(), int(instant.timestamp()) // HALF_HOUR


def is_ahead(instant: datetime) -> bool:
    """Whether the sender's clock ran ahead: such a lead is flagged, never lost."""
    return instant > timezone.now() + CLOCK_TOLERANCE


def today(zone: ZoneInfo) -> date:
    """The current day of a company."""
    return datetime.now(UTC).astimezone(zone).date()
