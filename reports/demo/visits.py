"""Visits before demo leads: what nearly half of the visitors had seen before they wrote."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from attribution.models import Company, Lead
from attribution.touches import write
from attribution.touches.items import TouchItem
from attribution.utm import RAW_FIELDS, Captured
from reports.demo.leads import Made, values_of
from reports.demo.plans import CompanyPlan
from reports.demo.rhythm import chance

REMEMBERED = 0.45  # of all leads; the others came by a door that knows no visits
EARLIER = {0: 40, 1: 30, 2: 20, 3: 10}  # visits before the last one, and how often
DAYS_BEFORE = 24
AT_ONCE = 2_000


def make_visits(plan: CompanyPlan, company: Company, made: list[Made]) -> int:
    """Stores the visits of leads that are stored; returns how many."""
    rng = chance(plan, "visits")
    remembered = [one.lead for one in made if rng.random() < REMEMBERED]
    return sum(
        write.store(
            company,
            [
                (lead.pk, lead.received_at, tuple(_visits(plan, lead, rng)))
                for lead in remembered[n : n + AT_ONCE]
            ],
        ).new
        for n in range(0, len(remembered), AT_ONCE)
    )


def _visits(plan: CompanyPlan, lead: Lead, rng: Random) -> Iterator[TouchItem]:
    """Some earlier ones by any of the company's ways, then the one with which the lead came."""
    for __ in range(rng.choices(list(EARLIER), list(EARLIER.values()))[0]):
        flow = rng.choices(plan.flows, [one.weight for one in plan.flows])[0]
        values = values_of(plan, flow, rng)
        captured = Captured(**{name: values[name] for name in RAW_FIELDS if name in values})
        yield TouchItem(_before(lead.received_at, rng, DAYS_BEFORE * 86_400), captured)
    yield TouchItem(_before(lead.received_at, rng, 1_800), lead.captured())


def _before(moment: datetime, rng: Random, seconds: int) -> datetime:
    return moment - timedelta(seconds=rng.randrange(60, seconds))
