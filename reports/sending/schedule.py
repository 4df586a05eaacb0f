"""When a digest is due, in the zone of its company: plain functions, no database."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
MONTH = "month"


class Schedule(Protocol):
    """A weekday (0 is Monday) or a day of the month, and an hour."""

    @property
    def every(self) -> str: ...
    @property
    def weekday(self) -> int: ...
    @property
    def day(self) -> int: ...
    @property
    def hour(self) -> int: ...


def instant(day: date, hour: int, zone: ZoneInfo) -> datetime:
    """The hour of a day. One that the clocks leave out is the one after it; one that comes twice
    is the first of the two."""
    return datetime.combine(day, time(hour), zone).astimezone(UTC)


def latest(schedule: Schedule, zone: ZoneInfo, now: datetime) -> tuple[date, datetime]:
    """The day and the instant when it was due last: however many were missed, it is one."""
    day = now.astimezone(zone).date()
    while not _falls_on(schedule, day) or instant(day, schedule.hour, zone) > now:
        day -= ONE_DAY
    return day, instant(day, schedule.hour, zone)


def following(schedule: Schedule, zone: ZoneInfo, now: datetime) -> datetime:
    """The instant when it is due next."""
    day = now.astimezone(zone).date()
    while not _falls_on(schedule, day) or instant(day, schedule.hour, zone) <= now:
        day += ONE_DAY
    return instant(day, schedule.hour, zone)


def _falls_on(schedule: Schedule, day: date) -> bool:
    if schedule.every == MONTH:
        return day.day == schedule.day
    return day.weekday() == schedule.weekday
