"""Demo leads: who came, when, and with which values."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from attribution.capture.doors import API, IMPORT, SNIPPET
from attribution.models import Company, ImportRun, Lead
from attribution.placing import Placer, place
from attribution.utm import read
from reports.demo import capture
from reports.demo.plans import CampaignPlan, CompanyPlan, Flow, Stray
from reports.demo.rhythm import (
    HOURS,
    UNUSUAL,
    chance,
    days,
    leads_per_weight,
    peak_day,
    poisson,
    runs,
    usual,
)

# Of a hundred leads this many are of another kind than primary.
KINDS = {"primary": 925, "follow_up": 25, "duplicate": 15, "bot": 23, "blocked": 9, "test": 3}
SAME_PERSON = ("follow_up", "duplicate")
FLOOD_LEADS = 40
SINCE_THE_TAG = timedelta(days=45)
FLOOD = Flow(weight=0, booked=0.05, value=100)
Person = dict[str, str]


@dataclass(frozen=True)
class Arrival:
    """One lead before it has any values."""

    at: datetime
    flow: Flow


@dataclass(frozen=True)
class Made:
    """A lead to be stored, and the flow it came with, which decides what becomes of it."""

    lead: Lead
    flow: Flow


def make_leads(
    plan: CompanyPlan, company: Company, run: ImportRun, now: datetime, scale: float
) -> list[Made]:
    """The company's leads up to now, in the order in which they came; not yet stored."""
    rng = chance(plan, "leads")
    placer = Placer(company)
    made: list[Made] = []
    for number, arrival in enumerate(arrivals(plan, company, now, scale), start=1):
        kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
        lead = Lead(
            company=company,
            external_id=f"L-{number:06d}",
            received_at=arrival.at,
            kind=kind,
            **_door(run, arrival.at, now, rng),
            **values_of(plan, arrival.flow, rng),
            **_marks(kind, rng),
            **_person(plan, kind, made, rng),
        )
        _place(lead, placer)
        made.append(Made(lead, arrival.flow))
    return made


def arrivals(plan: CompanyPlan, company: Company, now: datetime, scale: float) -> list[Arrival]:
    """When leads came, oldest first."""
    rng = chance(plan, "arrivals")
    today = now.astimezone(company.zone).date()
    unit = leads_per_weight(plan, today) * scale
    found: list[Arrival] = []
    for ago, day in days(today):
        strength = usual(plan, ago, day) * unit * (UNUSUAL if ago == plan.dip else 1)
        for flow in plan.flows:
            number = poisson(rng, flow.weight * strength) if runs(flow, ago) else 0
            found += [Arrival(_moment(rng, company, day), flow) for __ in range(number)]
    found += _peaks(plan, company, peak_day(today), scale)
    if plan.flood:
        day = today - timedelta(days=plan.flood)
        found += [Arrival(_moment(rng, company, day), FLOOD) for __ in range(FLOOD_LEADS)]
    return sorted((a for a in found if a.at <= now), key=lambda arrival: arrival.at)


def _peaks(plan: CompanyPlan, company: Company, day: date, scale: float) -> list[Arrival]:
    """What campaigns brought more than usual on this day."""
    rng = chance(plan, "peak")
    return [
        Arrival(_moment(rng, company, day), flow)
        for flow in plan.campaigns
        for __ in range(round(flow.peak * scale))
    ]


def _moment(rng: Random, company: Company, day: date) -> datetime:
    hour = rng.choices(range(24), HOURS)[0]
    clock = time(hour, rng.randrange(60), rng.randrange(60), tzinfo=company.zone)
    return datetime.combine(day, clock)


def _door(run: ImportRun, at: datetime, now: datetime, rng: Random) -> dict[str, Any]:
    """Of the last weeks they came by themselves; what is older was taken in as a file."""
    if now - at > SINCE_THE_TAG:
        return {"import_run": run, "came_by": IMPORT}
    return {"came_by": SNIPPET if rng.random() < 0.8 else API}


def values_of(plan: CompanyPlan, flow: Flow, rng: Random) -> dict[str, Any]:
    """What a visit by this way carries."""
    if isinstance(flow, CampaignPlan):
        return capture.from_campaign(plan, flow, rng)
    if isinstance(flow, Stray):
        return capture.from_stray(plan, flow, rng)
    return capture.from_flood(plan, rng)


def _marks(kind: str, rng: Random) -> dict[str, bool]:
    return {
        "is_vpn": rng.random() < 0.03,
        "is_suspicious": kind == "bot" or rng.random() < 0.01,
        "is_hot": kind == "primary" and rng.random() < 0.05,
    }


def _person(plan: CompanyPlan, kind: str, made: list[Made], rng: Random) -> Person:
    """An invented person; a follow-up or duplicate comes from one of the latest hundred."""
    if kind in SAME_PERSON and made:
        known = rng.choice(made[-100:]).lead
        return {
            name: getattr(known, name) for name in ("name", "email", "phone", "country", "city")
        }
    country, city, __ = rng.choices(plan.places, [place[2] for place in plan.places])[0]
    if kind == "test":
        return {"name": "Test", "email": "test@example.com", "country": country, "city": city}
    first, last = rng.choice(plan.first_names), rng.choice(plan.last_names)
    return {
        "name": f"{first} {last}",
        "email": f"{first}.{last}.{rng.randrange(1000)}@example.com".lower(),
        "phone": plan.phone.format(rng.randrange(100, 200)) if plan.phone else "",
        "country": country,
        "city": city,
    }


def _place(lead: Lead, placer: Placer) -> None:
    """As a single save would do it, with one placer for all leads instead of a query for each."""
    lead.placer = placer
    lead.day = lead.received_at.astimezone(lead.company.zone).date()
    place(lead, read(lead.captured()))
