"""What stands at the doors of a demo company: a webhook, a named kind of file, what was refused."""

import json
from datetime import datetime, timedelta

from attribution.capture.doors import API, WEBHOOK, Door
from attribution.capture.items import Refused, read_lead
from attribution.capture.refusals import keep
from attribution.capture.statements import moment
from attribution.imports.mapping import headers_key
from attribution.models import (
    Company,
    FileMapping,
    ImportRun,
    Refusal,
    WaitingBooking,
    WebhookSource,
)
from attribution.webhooks import addresses

NAME = "contact-form"
HEADERS = ["Submitted", "Customer no.", "Campaign", "E-mail"]


def make_doors(company: Company, now: datetime) -> None:
    """Nothing of this is in any total."""
    source = WebhookSource(company=company, name=NAME, shape="custom")
    source.mapping = {
        "lead": {
            "id": "submission",
            "received_at": "sent_at",
            "email": "fields[name=email].value",
            "utm_source": "utm.source",
            "utm_campaign": "utm.campaign",
        }
    }
    addresses.new_token(source)
    source.save()
    FileMapping.objects.create(
        company=company,
        kind=ImportRun.Kind.LEADS.value,
        name="List of the front desk",
        headers_key=headers_key(HEADERS),
        headers=HEADERS,
        options={
            "mapping": {
                "Submitted": "received_at",
                "Customer no.": "id",
                "Campaign": "utm_campaign",
                "E-mail": "email",
            }
        },
    )
    _refuse(company, Door(f"{WEBHOOK}{NAME}", now - timedelta(hours=5)))
    late = {"id": "W-2", "received_at": "yesterday", "email": "sam.example@example.com"}
    try:
        read_lead(late)
    except Refused as refused:
        door = Door(API, now - timedelta(hours=3))
        keep(company, door, Refusal.What.LEAD.value, json.dumps(late), refused, "W-2")
    WaitingBooking.objects.create(
        company=company,
        external_id="W-B1",
        lead_external_id="W-1",
        status="booked",
        came_by=API,
        arrived_at=now - timedelta(hours=4),
        stated=dict.fromkeys(("lead", "status", "first"), moment(now - timedelta(hours=4))),
    )


def _refuse(company: Company, door: Door) -> None:
    """The form was built anew, and its fields have other names now."""
    sent = {"form": 7, "answers": {"mail": "alex.example@example.com"}}
    text = "Nothing that the mapping names was found in what was sent."
    refused = Refused(Refusal.Why.NOT_MAPPED.value, "", text)
    keep(company, door, Refusal.What.LEAD.value, json.dumps(sent, indent=1), refused)
