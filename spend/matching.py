"""Which campaign some spend belongs to: the same answer as for leads of that name."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet

from attribution import scope
from attribution.models import Campaign, Company
from attribution.prepared import Prepared
from attribution.repair import law, locking
from attribution.repair.plan import SpendName
from attribution.signals import facts_changed
from attribution.verdict import Rulebook, Tags, Unmade, verdict
from spend.models import PlatformId, SpendEntry

_books: ContextVar[dict[int, Rulebook] | None] = ContextVar("rulebooks", default=None)
_COLUMNS = ("campaign_key", "utm_source", "utm_medium", "source", "platform_id")
PlatformsId = tuple[str, str]  # a platform and its campaign id
Ids = Mapping[PlatformsId, int]  # such an id → our campaign
MOST_ASKED = 1_000  # ids that the database is asked for by name; more are looked for here


class Name(NamedTuple):
    """All of an entry that decides about its campaign. Texts are tidy, but the platform's id."""

    key: str
    source: str
    medium: str
    came_from: str
    platform_id: str


def platform_of(came_from: str) -> str:
    """The platform that an entry came from: its origin without the account."""
    return came_from.partition(":")[0]


def platform_ids(company: Company) -> Ids:
    """Which campaigns platforms mean by their ids."""
    rows = PlatformId.objects.filter(company=company).order_by()
    return {
        (platform, external): campaign
        for platform, external, campaign in rows.values_list(
            "platform", "external_id", "campaign_id"
        )
    }


def campaign_of(name: Name, book: Rulebook, ids: Ids) -> int | None:
    """The campaign of spend of this name; None: it is unmatched.

    The platform's own id goes first, then rules and the tidy name, as for leads of that name.
    """
    if name.platform_id:
        meant = ids.get((platform_of(name.came_from), name.platform_id))
        if meant is not None and meant in book.campaigns:
            return book.final(meant)
    if not name.key:
        return None
    try:
        return verdict(Tags(name.source, name.medium, name.key, ""), book).place.campaign
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


def ids_for(company: Company, name: Name) -> Ids:
    """What is known of the platform's id of one entry."""
    if not name.platform_id:
        return {}
    key = {"platform": platform_of(name.came_from), "external_id": name.platform_id}
    found = PlatformId.objects.filter(company=company, **key).first()
    return {} if found is None else {(found.platform, found.external_id): found.campaign_id}


def book_for(company: Company, name: Name) -> Rulebook:
    """A rulebook that knows at least the campaigns that one entry may mean."""
    books = _books.get()
    if books is not None:
        if company.pk not in books:
            books[company.pk] = law.book(company)
        return books[company.pk]
    if name.platform_id:
        return law.book(company)
    return law.book(company, dict(_LIVE.rows([company.pk, name.key])))


def _live() -> QuerySet[Campaign, tuple[str, int]]:
    with scope.all_companies():
        live = Campaign.objects.filter(company=0, key="", withdrawn=False).order_by()
        return live.values_list("key", "pk")


_LIVE = Prepared(_live)  # asked for each entry that is saved alone


def moves(
    company: Company,
    book: Rulebook,
    keys: Iterable[str] | None = None,
    *,
    of_ids: Collection[PlatformsId] | None = None,
    ids: Ids | None = None,
) -> dict[SpendName, int | None]:
    """Spend, by name, that would count elsewhere by this rulebook; all, or that of some keys, or
    that of some platform's ids. `ids`: as if these were known, and no others."""
    entries = SpendEntry.objects.filter(company=company)
    if keys is not None:
        entries = entries.filter(campaign_key__in=list(keys))
    if of_ids is not None:
        external = {external for __, external in of_ids}
        few = len(external) <= MOST_ASKED
        entries = entries.filter(platform_id__in=external) if few else entries
        entries = entries.exclude(platform_id="")
    ids = platform_ids(company) if ids is None else ids
    found: dict[SpendName, int | None] = {}
    for *row, was in entries.order_by().values_list(*_COLUMNS, "campaign_id").distinct():
        name = Name(*row)
        if of_ids is not None and (platform_of(name.came_from), name.platform_id) not in of_ids:
            continue
        campaign = campaign_of(name, book, ids)
        if campaign != was:
            found[SpendName(*name, was)] = campaign
    return found


def move(company: Company, moves: Mapping[SpendName, int | None]) -> int:
    """Write what `moves` has found; returns how much money that is, in minor units."""
    if not moves:
        return 0
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS spend_move")
        cursor.execute(
            "CREATE TEMPORARY TABLE spend_move (campaign_key text, utm_source text,"
            " utm_medium text, came_from text, platform_id text, was bigint, campaign_id bigint)"
        )
        cursor.executemany(
            "INSERT INTO spend_move VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [(*name, campaign) for name, campaign in moves.items()],
        )
        same = "IS NOT DISTINCT FROM" if connection.vendor == "postgresql" else "IS"
        named = """e.company_id = %s AND e.campaign_key = m.campaign_key
                AND e.utm_source = m.utm_source AND e.utm_medium = m.utm_medium
                AND e.source = m.came_from AND e.platform_id = m.platform_id"""
        cursor.execute(
            f"""UPDATE spend_spendentry AS e
                   SET campaign_id = m.campaign_id, version = e.version + 1
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
    very name; rules, merges and platforms' ids may say otherwise."""
    if law.rules(company) or law.merges(company) or _waits(company, keys):
        book = law.book(company)
        move(company, moves(company, book, keys))
    if list(_WITH_ID.rows([company.pk])):
        known = PlatformId.objects.filter(company=company, campaign__key__in=keys).order_by()
        settle_ids(company, set(known.values_list("platform", "external_id")))


def _waits(company: Company, keys: list[str]) -> bool:
    """Whether spend of these keys is unmatched."""
    if not list(_UNMATCHED.rows([company.pk])):
        return False
    rows = SpendEntry.objects.filter(company=company, campaign=None, campaign_key__in=keys)
    return rows.exists()


def _unmatched() -> QuerySet[SpendEntry, tuple[int]]:
    with scope.all_companies():
        rows = SpendEntry.objects.filter(company=0, campaign__isnull=True).order_by()
        return rows.values_list("pk")[:1]


def _with_id() -> QuerySet[PlatformId, tuple[int]]:
    with scope.all_companies():
        return PlatformId.objects.filter(company=0).order_by().values_list("pk")[:1]


# Asked for each campaign that a lead discovers: nearly always there is nothing to look for.
_UNMATCHED, _WITH_ID = Prepared(_unmatched), Prepared(_with_id)


def settle_ids(company: Company, known: Collection[PlatformsId]) -> int:
    """These ids are known by now, or not any more, or their campaigns are there again: the spend
    that names them follows. Returns how much money that is, in minor units."""
    return move(company, moves(company, law.book(company), of_ids=known)) if known else 0


def remember(
    company: Company, platform: str, external_id: str, campaign: Campaign, author: Any
) -> PlatformId:
    """Whose a platform's id is from now on; all spend that names it follows. Raises Busy."""
    with transaction.atomic():
        company = locking.repairing(company.pk)
        found, __ = PlatformId.objects.update_or_create(
            company=company,
            platform=platform,
            external_id=external_id,
            defaults={"campaign": campaign, "author": author, "import_run": None},
        )
        settle_ids(company, {(platform, external_id)})
        facts_changed.send(sender=PlatformId, company_id=company.pk)
    return found


def forget(known: PlatformId) -> None:
    """The spend that names this id goes back to where its name and the rules send it. Raises
    Busy."""
    with transaction.atomic():
        company = locking.repairing(known.company_id)
        known.delete()
        settle_ids(company, {(known.platform, known.external_id)})
        facts_changed.send(sender=PlatformId, company_id=company.pk)
