"""What was sent and could not be stored is kept, so that nobody has to ask for it again."""

from django.db import connection

from attribution.capture.doors import Door
from attribution.capture.items import BOOKING_ID
from attribution.capture.values import Refused, clean
from attribution.models import Company, DeliveryCount, Refusal

MOST_WAITING = 10_000
LONGEST_PAYLOAD = 64 * 1024


def keep(
    company: Company, door: Door, what: str, payload: str, refused: Refused, id: str = ""
) -> Refusal | None:
    """None when so many wait that only their number grows."""
    if Refusal.objects.filter(company=company, state=Refusal.State.WAITING)[
        MOST_WAITING - 1 : MOST_WAITING
    ].exists():
        count(company, door, DeliveryCount.What.UNKNOWN.value)
        return None
    return Refusal.objects.create(
        company=company,
        came_by=door.came_by,
        key=door.key,
        what=what,
        external_id=clean(id)[:BOOKING_ID],
        why=refused.why,
        field=refused.field[:60],
        detail=refused.text[:300],
        payload=clean(payload)[:LONGEST_PAYLOAD],
        arrived_at=door.at,
    )


def count(company: Company, door: Door, what: str, number: int = 1) -> None:
    """Adds to the count of the hour."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO attribution_deliverycount
                      (company_id, came_by, key_number, hour, what, number)
               VALUES (%s, %s, %s, %s, %s, %s)
               ON CONFLICT (company_id, hour, came_by, key_number, what)
               DO UPDATE SET number = attribution_deliverycount.number + EXCLUDED.number""",
            [
                company.pk,
                door.came_by,
                door.key.pk if door.key else 0,
                connection.ops.adapt_datetimefield_value(
                    door.at.replace(minute=0, second=0, microsecond=0)
                ),
                what,
                number,
            ],
        )
