"""Makes a company's life tables anew, once a day, from a sample of its leads that is bounded."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Count, QuerySet

from attribution import calendar
from attribution.models import Booking, Campaign, Company, Lead
from reports.maturity.curve import ENOUGH
from reports.maturity.kept import lags
from reports.maturity.table import LONGEST, Waited, leads_from, life_table
from reports.models import LagDay, LagMade

# The period whose days of waiting count: the first that has enough booked leads, else the last.
PERIODS = (91, 182, 364)
BOOKED = 300
MOST_LEADS = 200_000  # above them only leads of every second, third … day are looked at
BATCH = 500
DAY = timedelta(days=1)
Outcome = LagDay.Outcome


def make_if_due(company: Company) -> int:
    """1 where the tables were made anew and tell a curve; once a day in the company's zone."""
    today = calendar.today(company.zone)
    if LagMade.objects.filter(company=company, made_on=today).exists():
        return 0
    make(company, today)
    return int(lags(company).are_known)


def make(company: Company, today: date) -> int:
    """The tables as of the end of yesterday, in place of those of before; how many lines."""
    first = _period(company, today)
    sample = _sample(company, first, today)
    lines = [
        LagDay(company=company, channel=channel, outcome=outcome, **line._asdict())
        for channel, outcome, table in _tables(sample, first, today - DAY)
        for line in table
    ]
    made = LagMade(
        company=company,
        made_on=today,
        first_day=first,
        every=sample.every,
        leads=sum(sample.leads.values()),
    )
    with transaction.atomic():
        LagDay.objects.filter(company=company).delete()
        LagDay.objects.bulk_create(lines, batch_size=BATCH)
        LagMade.objects.filter(company=company).delete()
        made.save(force_insert=True)
    return len(lines)


@dataclass
class Sample:
    """Counted leads of the days that are looked at, and what became of them."""

    every: int
    leads: Counter[tuple[str, date]]  # by channel and day
    had: dict[str, list[tuple[str, date, int]]] = field(default_factory=lambda: defaultdict(list))
    ages: list[Waited] = field(default_factory=list)


def _period(company: Company, today: date) -> date:
    """The first day of the shortest period with enough booked leads."""
    for days in PERIODS[:-1]:
        first = today - timedelta(days=days)
        if _primary(company, first, today).filter(booked=True).count() >= BOOKED:
            return first
    return today - timedelta(days=PERIODS[-1])


def _primary(company: Company, first: date, today: date) -> "QuerySet[Lead]":
    return Lead.objects.filter(
        company=company, day__gte=first, day__lte=today, kind=Lead.Kind.PRIMARY
    ).order_by()


def _sample(company: Company, first: date, today: date) -> Sample:
    start = leads_from(first)
    every = -(-_primary(company, start, today).count() // MOST_LEADS) or 1
    every += every % 7 == 0  # else all of them would be the same weekday
    days = [
        day
        for n in range((today - start).days + 1)
        if (day := start + n * DAY).toordinal() % every == 0
    ]
    channels = dict(Campaign.objects.filter(company=company).values_list("pk", "channel"))
    leads: Counter[tuple[str, date]] = Counter()
    counted = _primary(company, start, today)
    if every > 1:
        counted = counted.filter(day__in=days)
    for campaign, day, number in counted.values_list("campaign_id", "day").annotate(n=Count("*")):
        leads[channels.get(campaign, ""), day] += number
    sample = Sample(every, leads)
    _add_outcomes(sample, company, days, channels, today)
    return sample


def _add_outcomes(
    sample: Sample, company: Company, days: list[date], channels: dict[int, str], today: date
) -> None:
    """The first booking that counts of each lead, and the first that was completed."""
    ages: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for lead, bookings in _by_lead(company, days, today):
        channel = channels.get(lead.campaign_id or 0, "")
        if lead.day > today:
            continue
        age = ages[(today - lead.day).days]
        age[0] += 1
        age[1] += not bookings.booked
        for outcome, found in (
            (Outcome.BOOKED, bookings.booked),
            (Outcome.COMPLETED, bookings.completed),
        ):
            if found:
                waited = max((min(found) - lead.day).days, 0)
                sample.had[outcome].append((channel, lead.day, waited))
    sample.ages = [Waited(age, *numbers) for age, numbers in sorted(ages.items())]


@dataclass(frozen=True)
class OneLead:
    day: date
    campaign_id: int | None


@dataclass
class Bookings:
    """The days on which a lead booked, and on which that was completed."""

    booked: list[date] = field(default_factory=list)
    completed: list[date] = field(default_factory=list)


def _by_lead(company: Company, days: list[date], today: date) -> Iterable[tuple[OneLead, Bookings]]:
    """Every lead with a booking of any fate. A completed booking that does not say when is taken
    to have been completed when it was booked.
    """
    rows = (
        Booking.objects.filter(
            company=company,
            lead__company=company,
            lead__kind=Lead.Kind.PRIMARY,
            lead__day__in=days,
        )
        .order_by()
        .values_list("lead_id", "lead__day", "lead__campaign_id", "day", "status", "completed_at")
    )
    found: dict[int, tuple[OneLead, Bookings]] = {}
    for key, lead_day, campaign, day, status, completed_at in rows.iterator():
        if key not in found:
            found[key] = OneLead(lead_day, campaign), Bookings()
        bookings = found[key][1]
        if status != Booking.Status.CANCELLED:
            bookings.booked.append(day)
        if status == Booking.Status.COMPLETED:
            done = completed_at.astimezone(company.zone).date() if completed_at else day
            bookings.completed.append(done)
    return found.values()


def _tables(sample: Sample, first: date, last: date) -> Iterator[tuple[str, str, list[Waited]]]:
    """For all leads, and for each channel with enough outcomes."""
    channels = sorted({channel for channel, __ in sample.leads} - {""})
    for outcome in (Outcome.BOOKED, Outcome.COMPLETED):
        for channel in ("", *channels):
            table = list(
                life_table(
                    [(day, n) for (one, day), n in sample.leads.items() if channel in ("", one)],
                    [(day, n) for one, day, n in sample.had[outcome] if channel in ("", one)],
                    first,
                    last,
                )
            )
            if not channel or sum(line.events for line in table) >= ENOUGH:
                yield channel, outcome, table
    ages = [one for one in sample.ages if one.days <= LONGEST]
    yield "", Outcome.CANCELLED, ages
