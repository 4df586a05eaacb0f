"""Which campaign some spend belongs to: the same answer as for leads of that name."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connection

from attribution.models import Campaign, Company
from attribution.repair import law
from attribution.repair.plan import SpendName
from attribution.verdict import Rulebook, Tags, Unmade, verdict
from spend.models import SpendEntry

_books: ContextVar[dict[int, Rulebook] | None] = ContextVar("rulebooks", default=None)
_NAMES = ("campaign_key", "utm_source", "utm_medium", "campaign_id")


def campaign_of(key: str, source: str, medium: str, book: Rulebook) -> int | None:
    """The campaign of spend with these tidy values; None: it is unmatched."""
    if not key:
        return None
    try:
        return verdict(Tags(source, medium, key, ""), book).place.campaign
    except Unmade:
        return None


@contextmanager
def one_book() -> Iterator[None]:
    """Inside, each company's rulebook is read once, for however many entries."""
    token = _books.set({})
    try:
        yield
    finally:
        _books.reset(token)


def book_for(company: Company, key: str) -> Rulebook:
    """A rulebook that knows at least one campaign's key, for one entry."""
    books = _books.get()
    if books is not None:
        if company.pk not in books:
            books[company.pk] = law.book(company)
        return books[company.pk]
    known = Campaign.objects.filter(company=company, key=key, withdrawn=False)
    return law.book(company, dict(known.values_list("key", "pk")))


def moves(company: Company, book: Rulebook, keys: Iterable[str] | None = None) -> dict[Any, Any]:
    """Spend, by name, that would count elsewhere by this rulebook; all, or that of some keys."""
    entries = SpendEntry.objects.filter(company=company)
    if keys is not None:
        entries = entries.filter(campaign_key__in=list(keys))
    found = {}
    for row in entries.order_by().values_list(*_NAMES).distinct():
        name = SpendName(*row)
        campaign = campaign_of(name.key, name.source, name.medium, book)
        if campaign != name.campaign:
            found[name] = campaign
    return found


def move(company: Company, moves: Mapping[SpendName, int | None]) -> int:
    """Write what `moves` has found; returns how much money that is, in minor units."""
    if not moves:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS spend_move")
        cursor.execute(
            "CREATE TEMPORARY TABLE spend_move (campaign_key text, utm_source text,"
            " utm_medium text, was bigint, campaign_id bigint)"
        )
        cursor.executemany(
            "INSERT INTO spend_move VALUES (%s, %s, %s, %s, %s)",
            [(*name, campaign) for name, campaign in moves.items()],
        )
        same = "IS NOT DISTINCT FROM" if connection.vendor == "postgresql" else "IS"
        named = """e.company_id = %s AND e.campaign_key = m.campaign_key
                AND e.utm_source = m.utm_source AND e.utm_medium = m.utm_medium"""
        cursor.execute(
            f"""UPDATE spend_spendentry AS e SET campaign_id = m.campaign_id
                  FROM spend_move m WHERE {named} AND e.campaign_id {same} m.was""",
            [company.pk],
        )
        # Asked afterwards: a campaign that was made has met the spend of its name by itself.
        cursor.execute(
            f"""SELECT CAST(COALESCE(SUM(e.amount_minor), 0) AS bigint)
                  FROM spend_spendentry e JOIN spend_move m
                    ON {named} AND e.campaign_id {same} m.campaign_id""",
            [company.pk],
        )
        minor = int(cursor.fetchone()[0])
        cursor.execute("DROP TABLE spend_move")
    return minor


# What the repairs of `attribution`, which does not know spend, ask and tell


def answer(company: Company, book: Rulebook, **kwargs: Any) -> dict[SpendName, int | None]:
    return moves(company, book)


def follow(company: Company, moves: Mapping[SpendName, int | None], **kwargs: Any) -> int:
    return move(company, moves)


def match_anew(company: Company, keys: list[str], **kwargs: Any) -> None:
    """Campaigns were made, or are there again. The database matches spend with new ones by their
    very name; rules and merges may say otherwise."""
    waits = SpendEntry.objects.filter(company=company, campaign=None, campaign_key__in=keys)
    if law.rules(company) or law.merges(company) or waits.exists():
        book = law.book(company)
        move(company, moves(company, book, keys))
