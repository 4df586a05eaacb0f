"""The caveats of a report in words."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attribution.days import day_range
from attribution.models import Company
from attribution.money import shown
from reports import formatting
from reports.caveats import BOOKING, SPEND, Restated, Unconverted


def missing_rates(unconverted: Iterable[Unconverted]) -> list[str]:
    """A sentence for each currency without a rate: which days, and what is unknown therefore."""
    by_currency: dict[str, list[Unconverted]] = defaultdict(list)
    for one in unconverted:
        by_currency[one.currency].append(one)
    return [
        _("No rate of exchange for %(currency)s, %(days)s. Unknown until there is one: %(what)s.")
        % {
            "currency": currency,
            "days": day_range(min(one.first for one in found), max(one.last for one in found)),
            "what": ", ".join(_unknown(found)),
        }
        for currency, found in sorted(by_currency.items())
    ]


def _unknown(found: Iterable[Unconverted]) -> Iterator[str]:
    campaigns: dict[str, set[int]] = {SPEND: set(), BOOKING: set()}
    for one in found:
        campaigns[one.fact].add(one.campaign_id or 0)
    if number := len(campaigns[SPEND] - {0}):
        yield ngettext("spend of %(n)s campaign", "spend of %(n)s campaigns", number) % {
            "n": formatting.count(number)
        }
    if 0 in campaigns[SPEND]:
        yield _("spend not matched")
    if number := len(campaigns[BOOKING] - {0}):
        yield ngettext("revenue of %(n)s campaign", "revenue of %(n)s campaigns", number) % {
            "n": formatting.count(number)
        }
    if 0 in campaigns[BOOKING]:
        yield _("revenue of leads without a campaign")


def restated_words(found: Restated | None, company: Company) -> str:
    """How much, since when, and who was the last; empty without any."""
    if found is None:
        return ""
    text = ngettext(
        "Spend of %(n)s day of this period was restated since %(since)s: %(sum)s (%(last)s)",
        "Spend of %(n)s days of this period was restated since %(since)s: %(sum)s (%(last)s)",
        found.days,
    ) % {
        "n": formatting.count(found.days),
        "since": _day(found.since, company),
        "sum": signed_money(found.difference_minor, company.currency),
        "last": ", ".join(_last(found, company)),
    }
    if not found.unknown:
        return text
    return text + ngettext(
        "; of %(n)s more change the difference is not known",
        "; of %(n)s more changes the difference is not known",
        found.unknown,
    ) % {"n": formatting.count(found.unknown)}


def _last(found: Restated, company: Company) -> Iterator[str]:
    yield _("last by %(author)s") % {"author": found.author} if found.author else _("last")
    yield _day(found.last, company)
    if found.file:
        yield _("file %(name)s") % {"name": found.file}


def signed_money(minor: int, currency: str) -> str:
    """A difference with its sign, in whole units."""
    return ("+" if minor > 0 else "") + shown(minor, currency)


def _day(moment: datetime, company: Company) -> str:
    return date_format(moment.astimezone(company.zone), "j M Y")
