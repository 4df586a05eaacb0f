"""What the campaigns of a company say already: their spellings, and the tags in use."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import QuerySet

from attribution.campaign_texts import FACTS, Spellings, tags_in
from attribution.models import Campaign


def spellings(company: int, but: int | None = None) -> Spellings:
    """How the company's campaigns write their values, that one left out."""
    return said_by(Campaign.objects.filter(company=company).exclude(pk=but)).spellings


class InUse(NamedTuple):
    """What campaigns say already."""

    spellings: Spellings
    tags: list[str]


def said_by(rows: "QuerySet[Campaign]") -> InUse:
    """The spelling of the oldest campaign holds."""
    return in_use_by(rows.filter(withdrawn=False).order_by("pk").values_list(*FACTS, "tags"))


def in_use_by(said: "Iterable[tuple[str, ...]]") -> InUse:
    """The same from rows of `FACTS` and, last, the tags; the oldest campaign comes first."""
    each = list(dict.fromkeys(said))
    used = {one for tags in {row[-1] for row in each} for one in tags_in(tags)}
    return InUse(Spellings(row[:-1] for row in each), sorted(used))
