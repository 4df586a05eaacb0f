"""What the home page says of capture: only when something is wrong."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import Subquery
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from attribution.models import Company, Refusal, WaitingBooking
from reports import formatting
from reports.capture import quiet, words
from reports.capture.reading import count_of


class Wrong(NamedTuple):
    much: str
    text: str
    action: str
    url: str


def columns(company: Company) -> tuple[Subquery, ...]:
    """Parts of a query on companies; `wrong` reads what they come to."""
    waiting = WaitingBooking.objects.filter(
        company=company.pk, arrived_at__lte=datetime.now(UTC) - words.WAITS_LONG
    )
    refused = Refusal.objects.filter(company=company.pk, state=Refusal.State.WAITING)
    return count_of(refused), count_of(waiting), *quiet.last_and_earlier(company)


def wrong(company: Company, found: Sequence[Any]) -> Iterator[Wrong]:
    refused, waiting, last, earlier = found
    health = f"{reverse('reports:capture')}?company={company.slug}"
    if last is not None and earlier is not None:
        silence = quiet.judge(datetime.now(UTC), last, earlier, quiet.EARLIER)
        if silence is not None:
            text = gettext("without a lead; usually one comes every %(usual)s")
            usual = {"usual": words.duration(silence.usual)}
            yield Wrong(
                words.duration(silence.silence), text % usual, gettext("Capture health"), health
            )
    if refused:
        text = ngettext(
            "event was refused and nobody has looked at it",
            "events were refused and nobody has looked at them",
            refused,
        )
        url = words.refusals_url(company, state=Refusal.State.WAITING)
        yield Wrong(formatting.count(refused), text, gettext("Refused events"), url)
    if waiting:
        text = ngettext(
            "booking has waited for its lead for more than a day",
            "bookings have waited for their leads for more than a day",
            waiting,
        )
        yield Wrong(formatting.count(waiting), text, gettext("Capture health"), health)
