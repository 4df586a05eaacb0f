"""The models beside each other on the page of a campaign."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import ngettext

from attribution.days import day_range
from attribution.models import Campaign
from reports import formatting
from reports.attributing.side_by_side import MEASURES, ModelLine, side_by_side
from reports.metrics import METRICS, Unit, Value
from reports.query import ReportQuery
from reports.snapshot import TookTooLong, no_longer_than

COLUMNS = (*MEASURES, "cost_per_lead", "cost_per_completed")


def models_of(campaign: Campaign, query: ReportQuery, spend: Value) -> dict[str, Any]:
    """What the page shows of a company that has visits, ready for the template."""
    try:
        with no_longer_than(settings.REPORT_SECONDS):
            found = side_by_side(query, campaign.pk)
    except TookTooLong:
        return {"late": settings.REPORT_SECONDS}
    return {
        "days": day_range(query.start, query.end),
        "headings": [str(METRICS[name].label) for name in COLUMNS],
        "lines": [
            {
                "label": line.model.label,
                "url": _url(campaign, line),
                "cells": _cells(line, query, spend),
            }
            for line in found.lines
        ],
        "note": " ".join((_together(found.together), _window(query.company.look_back_days))),
    }


def _together(leads: int) -> str:
    return ngettext(
        "Under every model all campaigns and what is unattributed have the same %(n)s lead "
        "together.",
        "Under every model all campaigns and what is unattributed have the same %(n)s leads "
        "together.",
        leads,
    ) % {"n": formatting.count(leads)}


def _window(days: int) -> str:
    return ngettext("Look-back: %(n)s day.", "Look-back: %(n)s days.", days) % {"n": days}


def _cells(line: ModelLine, query: ReportQuery, spend: Value) -> list[str]:
    currency, leads, completed = query.company.currency, line.leads, line.completed
    counts = [
        formatting.count(Decimal(one) if line.model.splits else one)
        for one in (leads, line.booked, completed)
    ]
    costs = [
        Decimal(spend) / one if spend is not None and one else None for one in (leads, completed)
    ]
    money = [formatting.figure(one, Unit.MONEY, currency) for one in (line.revenue, *costs)]
    return [*counts, *money]


def _url(campaign: Campaign, line: ModelLine) -> str:
    """The report of this campaign under the model."""
    asked = {"company": campaign.company.slug, "campaign": campaign.key, "model": line.model.name}
    return f"{reverse('reports:overview')}?{urlencode(asked)}"
