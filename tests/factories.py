"""Valid objects for tests; a test names only what it is about. Needs a company scope."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from django.contrib.auth.models import User

from attribution.models import (
    Booking,
    Campaign,
    Company,
    Lead,
    LinkHost,
    Membership,
    ShortLink,
)
from spend.models import SpendEntry

_numbers = count(1)


def make_company(**values: Any) -> Company:
    n = next(_numbers)
    given = {"name": f"Company {n}", "slug": f"company-{n}"}
    return Company.objects.create(**given | {"keeps_email": True, "keeps_phone": True} | values)


def make_user(company: Company | None = None, role: str = "viewer", **values: Any) -> User:
    """A user who may sign in, with a role in the company if one is given; password: password."""
    user = User(**{"username": f"user-{next(_numbers)}", "is_staff": True} | values)
    user.set_password("password")
    user.save()
    if company is not None:
        Membership.objects.create(company=company, user=user, role=role)
    return user


def make_campaign(company: Company, key: str = "", **values: Any) -> Campaign:
    return Campaign.objects.create(
        company=company, key=key or f"campaign-{next(_numbers)}", **values
    )


def make_lead(company: Company, campaign: str = "", **values: Any) -> Lead:
    """A lead of 2 March 2026 whose utm_campaign is `campaign`."""
    return Lead.objects.create(**_a_lead(company) | {"utm_campaign": campaign} | values)


def make_leads(company: Company, each: Iterable[dict[str, Any]]) -> list[Lead]:
    """The same for each of these values, in one statement."""
    return Lead.objects.bulk_create(Lead(**_a_lead(company) | values) for values in each)


def _a_lead(company: Company) -> dict[str, Any]:
    return {
        "company": company,
        "external_id": f"lead-{next(_numbers)}",
        "received_at": datetime(2026, 3, 2, 12, tzinfo=UTC),
    }


def make_booking(*about: Any, **values: Any) -> Booking:
    """Of a lead: with a status, if it is not booked, and a value in minor units, if any."""
    booking = _a_booking(*about, **values)
    booking.save(force_insert=True)
    return booking


def make_bookings(*each: tuple[Any, ...]) -> list[Booking]:
    """The same for each of these, in one statement."""
    return Booking.objects.bulk_create(_a_booking(*about) for about in each)


def _a_booking(lead: Lead, status: str = "booked", value_minor: int = 0, **values: Any) -> Booking:
    given = {
        "external_id": f"booking-{next(_numbers)}",
        "booked_at": lead.received_at + timedelta(days=1),
        "completed_at": lead.received_at + timedelta(days=3) if status == "completed" else None,
    }
    return Booking(
        company=lead.company, lead=lead, status=status, value_minor=value_minor, **given | values
    )


def make_spend(company: Company, campaign: str, amount_minor: int, **values: Any) -> SpendEntry:
    given = {"day": date(2026, 3, 2), "campaign_name": campaign, "amount_minor": amount_minor}
    return SpendEntry.objects.create(company=company, **given | values)


def make_link_host(company: Company, host: str = "www.example.com") -> LinkHost:
    return LinkHost.objects.get_or_create(company=company, host=host)[0]


def make_short_link(company: Company, slug: str = "", **values: Any) -> ShortLink:
    """A short link to a page whose host is on the company's list."""
    make_link_host(company)
    given = {"target": "https://www.example.com/offer", "source": "newsletter", "medium": "email"}
    return ShortLink.objects.create(company=company, slug=slug, **given | values)
