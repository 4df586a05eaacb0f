"""Readings and corrected leads, asked anew where they count."""

from collections import defaultdict
from typing import Any

from django.db.models import Q, QuerySet

from attribution.models import Company, Correction, Lead, Pin, Reading
from attribution.repair.items import Items
from attribution.repair.parts import any_of
from attribution.repair.reach import Reach
from attribution.verdict import (
    CorrectionLine,
    PinLine,
    Place,
    Rulebook,
    Tags,
    Verdict,
    settle,
    verdict,
)

NEW = -1  # the id of the repair that is being planned
_TAGS = ("source_key", "medium_key", "campaign_key", "captured_reason", "given_id")
_PLACE = ("campaign_id", "reason", "source", "medium")
_DECIDED = ("source_rule", "medium_rule", "campaign_rule", "pin")
_LEAD_PLACE = ("campaign_id", "unattributed_reason", "source", "medium")


def in_force(rows: "QuerySet[Any]", without: int | None) -> "QuerySet[Any]":
    """Items of repairs that are not undone; `without`: as if this one were."""
    found = rows.filter(repair__undone_at__isnull=True)
    return found if without is None else found.exclude(repair=without)


def read_anew(
    company: Company, reach: Reach, items: Items, without: int | None, book: Rulebook
) -> dict[int, tuple[Verdict, Verdict]]:
    """Readings that would be decided in another way: what is stored, and what would be."""
    if reach.readings is None:
        return {}
    readings = Reading.objects.filter(reach.readings, company=company)
    pins = _pins(company, readings, items, without)
    rows = readings.order_by("pk").values_list("pk", *_TAGS, *_PLACE, *_DECIDED)
    found = {}
    for pk, *columns in rows:
        stored = Verdict(Place(*columns[5:9]), *columns[9:])
        new = verdict(Tags(*columns[:5]), book, pins.get(pk))
        if new != stored:
            found[pk] = (stored, new)
    return found


def _pins(
    company: Company, readings: "QuerySet[Reading]", items: Items, without: int | None
) -> dict[int, PinLine]:
    """The pin in force of each of these readings that has one; its id is the repair's."""
    rows = in_force(Pin.objects.filter(company=company, reading__in=readings), without)
    found = {
        reading: PinLine(repair, campaign)
        for reading, repair, campaign in rows.order_by("pk").values_list(
            "reading_id", "repair_id", "campaign_id"
        )
    }
    return found | {pin.reading: PinLine(NEW, pin.campaign) for pin in items.pins}


def corrected_leads(
    company: Company, reach: Reach, items: Items, without: int | None, book: Rulebook
) -> dict[int, tuple[Place, Place]]:
    """Leads that persons have corrected, or do so now, which would count elsewhere."""
    new = {item.lead: item.line for item in items.corrections}
    leads = set(new)
    if without is not None:
        leads |= set(Correction.objects.filter(repair=without).values_list("lead_id", flat=True))
    others = Q()
    if reach.readings is not None:
        inside = Reading.objects.filter(reach.readings, company=company).values("pk")
        others = Q(reading__in=inside)
    if reach.campaigns:
        others |= Q(campaign__in=reach.campaigns)
    if others:
        touched = Lead.objects.filter(others, company=company, corrected=True)
        leads |= set(touched.values_list("pk", flat=True))
    return _settled(company, leads, new, items, without, book) if leads else {}


def _settled(
    company: Company,
    leads: set[int],
    new: dict[int, CorrectionLine],
    items: Items,
    without: int | None,
    book: Rulebook,
) -> dict[int, tuple[Place, Place]]:
    found_leads = Lead.objects.filter(company=company, pk__in=any_of(leads))
    rows = list(found_leads.values_list("pk", "reading_id", "corrected", *_LEAD_PLACE))
    corrections = _corrections(
        company, [pk for pk, __, corrected, *__ in rows if corrected], without
    )
    readings = Reading.objects.filter(
        company=company, pk__in=any_of({reading for __, reading, *__ in rows})
    )
    pins = _pins(company, readings, items, without)
    tags = {pk: Tags(*columns) for pk, *columns in readings.values_list("pk", *_TAGS)}
    verdicts = {pk: verdict(one, book, pins.get(pk)) for pk, one in tags.items()}
    found = {}
    for pk, reading, __, *columns in rows:
        stored = Place(*columns)
        lines = [*corrections[pk], *([new[pk]] if pk in new else [])]
        place = settle(verdicts[reading], tags[reading].reason, lines, book)
        if place != stored:
            found[pk] = (stored, place)
    return found


def _corrections(
    company: Company, leads: list[int], without: int | None
) -> dict[int, list[CorrectionLine]]:
    """Those in force; a lead that is not marked as corrected has none."""
    found: dict[int, list[CorrectionLine]] = defaultdict(list)
    if not leads:
        return found
    rows = Correction.objects.filter(company=company, lead__in=any_of(leads))
    for lead, source, medium, sets, campaign in (
        in_force(rows, without)
        .order_by("pk")
        .values_list("lead_id", "source", "medium", "sets_campaign", "campaign_id")
    ):
        found[lead].append(
            CorrectionLine(source=source, medium=medium, sets_campaign=sets, campaign=campaign)
        )
    return found
