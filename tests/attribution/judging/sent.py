"""Leads as they are sent, for tests of what becomes of them; a test names only what it is about."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from attribution.capture import doors
from attribution.capture.doors import Door
from attribution.capture.items import LeadItem
from attribution.capture.judging.given import Given
from attribution.models import CaptureRule, Lead
from attribution.utm import Captured
from tests import factories

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SERVER = Door(doors.API, NOON, agent="python-requests/2.32", ip="10.0.0.1")
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Safari/537.36"
)
PAGE = Door(doors.SNIPPET, NOON, agent=CHROME, ip="203.0.113.9")


class Person(NamedTuple):
    person_email: str = ""
    person_phone: str = ""


def item(referrer="", landing_page="", **values):
    captured = Captured(referrer=referrer, landing_page=landing_page)
    return LeadItem(**{"id": "", "received_at": NOON, "kind": "", "captured": captured} | values)


def given(days=0.0, **values):
    return Given(NOON + timedelta(days=days), **values)


def make_lead(company, *campaign, **values):
    """As the factory does it, with these keys of a person and this address, as they are."""
    columns = ("person_email", "person_phone", "ip")
    known = {name: values.pop(name) for name in columns if name in values}
    lead = factories.make_lead(company, *campaign, **values)
    if known:
        Lead.objects.filter(pk=lead.pk).update(**known)
        lead.refresh_from_db()
    return lead


def make_rule(company, what, value, then="blocked", **values):
    return CaptureRule.objects.create(company=company, what=what, value=value, then=then, **values)
