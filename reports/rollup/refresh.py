"""Brings the sums up to date: takes the marks, then makes the marked buckets anew.

The order is what makes it exact. Under the lock the marks are deleted first, and the facts read
in a later statement: whoever commits in between leaves a mark that is still there, and his bucket
is made anew once more. The other way round, his mark would go and his facts be missing.

Where nothing but new leads is marked, these are added to what is kept, which takes as long as they
are many and not as all leads of the bucket are. So no lead may be counted whose mark is still to
come: a bucket that is made anew leaves such leads out.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Iterable
from contextlib import nullcontext

from django.db import IntegrityError, connection, transaction
from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from attribution.planning import hashed
from reports.closing.touching import touch_taken
from reports.models import NO_CAMPAIGN, RollupLedger, RollupMark, RollupState
from reports.rollup.books import MOST_NEW_IN_ALL, all_new
from reports.rollup.buckets import ALL_CAMPAIGNS, MANY_BUCKETS, Bucket, Buckets, boxed, whole_days
from reports.rollup.locking import refreshing
from reports.rollup.sql import as_day, execute, fetch, insert_from, names
from reports.rollup.sums import BOOKS, LEADS, SPEND, Book
from reports.rollup.totals import build_totals

DIFFERENCES = ("received", "counted", "booked", "completed", "minor")


def refresh(company_id: int, wait: bool = True) -> int:
    """Make the company's sums agree with its facts. Returns how many buckets were made anew.

    May run inside a transaction that changed facts; its marks then never become visible. Without
    `wait` nothing is done while another refresh is under way.
    """
    with refreshing(company_id, wait) as ours:
        if not ours or is_built_elsewhere(company_id):
            return 0
        taken = _take_marks(company_id)
        if taken:
            _write_ledger(company_id)
            touch_taken(company_id)
            for book in BOOKS:
                new, changed = _taken_buckets(company_id, book)
                for buckets in new:
                    add_days(book, buckets)
                    build_totals(book, buckets)
                for buckets in changed:
                    with hashed() if buckets.are_days else nullcontext():
                        build_days(book, buckets)
                        build_totals(book, buckets)
        return taken


def build_days(book: Book, buckets: Buckets) -> None:
    """Make the sums by day of these buckets anew from the facts."""
    alone = buckets.are_days
    for some in buckets.parts():
        book.day._default_manager.filter(some.kept).delete()
        facts = some.facts & _known(book, buckets.company_id)
        alone = alone and _written_one_by_one(book, facts)
        if not alone:
            insert_from(book.day, book.columns, book.live(facts))


def _written_one_by_one(book: Book, facts: Q) -> bool:
    """Write the facts as if no two of them were of one group; adding up takes most of the time.
    Where some are, or it cannot be, nothing is written: the key of the sums tells.
    """
    if book.one_by_one is None:
        return False
    try:
        with transaction.atomic():
            found = book.facts._default_manager.filter(facts)
            insert_from(book.day, book.columns, book.one_by_one(found))
    except IntegrityError:
        return False
    return True


def add_days(book: Book, buckets: Buckets) -> None:
    """Add the taken new facts to the sums by day, where they are in these buckets still."""
    table = book.day._meta.db_table
    more = ", ".join(f'"{name}" = {table}."{name}" + excluded."{name}"' for name in book.measures)
    rows = book.live(buckets.facts & Q(pk__in=_ids("rollup_taken")))
    key = names(("company_id", "day", *book.key))
    insert_from(book.day, book.columns, rows, f"ON CONFLICT ({key}) DO UPDATE SET {more}")


def _known(book: Book, company_id: int) -> Q:
    """The facts whose marks have not come since the others were taken."""
    if connection.vendor != "postgresql" or book.fact != LEADS.fact:
        return Q()  # SQLite has one writer
    came = _ids(f"rollup_mark WHERE company_id = {int(company_id)}").sql
    # As a join: for NOT IN the database may go through all of them for each lead.
    sql = f"NOT EXISTS (SELECT 1 FROM ({came}) AS came (id) WHERE came.id = attribution_lead.id)"
    return Q(RawSQL(sql, (), BooleanField()))  # noqa: S611 - of our own parts


def _ids(marks: str) -> RawSQL:
    """The ids that these marks name."""
    lists = f"(SELECT lead_ids FROM {marks}) AS lists"
    if connection.vendor == "postgresql":
        sql = f"SELECT unnest(string_to_array(lead_ids, ','))::bigint FROM {lists}"
    else:
        sql = f"SELECT one.value FROM {lists}, json_each('[' || lead_ids || ']') AS one"
    return RawSQL(sql, ())  # noqa: S611 - of our own parts


def is_built_elsewhere(company_id: int) -> bool:
    """Whether a build elsewhere is under way, which needs the marks. Asked under the lock."""
    builds = RollupState.objects.filter(company_id=company_id, building_since__isnull=False)
    return builds.exists()


def marked_companies() -> list[int]:
    """The companies in scope that have marks."""
    marks = RollupMark.objects.order_by("company_id")
    return list(marks.values_list("company_id", flat=True).distinct())


def _take_marks(company_id: int) -> int:
    """Move the company's marks into a temporary table, one row a bucket; returns how many rows."""
    sums = ", ".join(f"SUM({name})" for name in DIFFERENCES)
    columns = f"fact, day, campaign_id, {', '.join(DIFFERENCES)}, lead_ids"
    take = (
        f"INSERT INTO rollup_taken ({columns})"
        f" SELECT fact, day, {_marked_campaign(company_id)}, {sums}, {all_new()} FROM"
    )
    at_commit = "ON COMMIT DELETE ROWS" if connection.vendor == "postgresql" else ""
    execute(
        "CREATE TEMPORARY TABLE IF NOT EXISTS rollup_taken (fact text, day date,"
        f" campaign_id bigint, {', '.join(f'{name} bigint' for name in DIFFERENCES)},"
        f" lead_ids text) {at_commit}"
    )
    execute("DELETE FROM rollup_taken")
    if connection.vendor == "postgresql":
        # One statement: what is deleted is what is written down.
        gone = "WITH gone AS (DELETE FROM rollup_mark WHERE company_id = %s RETURNING *)"
        return execute(f"{gone} {take} gone GROUP BY 1, 2, 3", [company_id])
    execute(f"{take} rollup_mark WHERE company_id = %s GROUP BY 1, 2, 3", [company_id])
    execute("DELETE FROM rollup_mark WHERE company_id = %s", [company_id])
    return int(fetch("SELECT COUNT(*) FROM rollup_taken")[0][0])


def _marked_campaign(company_id: int) -> str:
    """In SQL, whose bucket a mark is of. On SQLite each entry of spend leaves a mark of its own:
    very many are taken for whole days, as PostgreSQL's triggers mark them in the first place.
    """
    if connection.vendor == "postgresql":
        return "campaign_id"
    spend = f"fact = '{SPEND.fact}'"
    many = f"SELECT 1 FROM rollup_mark WHERE company_id = %s AND {spend} LIMIT 1 OFFSET %s"
    if not fetch(many, [company_id, MANY_BUCKETS]):
        return "campaign_id"
    named = f"{spend} AND campaign_id <> {NO_CAMPAIGN}"
    return f"CASE WHEN {named} THEN {ALL_CAMPAIGNS} ELSE campaign_id END"


def _write_ledger(company_id: int) -> None:
    """Add the marks' differences to the days' totals."""
    lead, spend = "fact = 'lead'", "fact = 'spend'"
    entries = {
        "received": f"CASE WHEN {lead} THEN received ELSE 0 END",
        "counted": f"CASE WHEN {lead} THEN counted ELSE 0 END",
        "named": f"CASE WHEN {lead} AND campaign_id <> 0 THEN counted ELSE 0 END",
        "booked": "booked",
        "completed": "completed",
        "revenue_minor": f"CASE WHEN {lead} THEN minor ELSE 0 END",
        "entries": f"CASE WHEN {spend} THEN received ELSE 0 END",
        "priced": f"CASE WHEN {spend} THEN counted ELSE 0 END",
        "spend_minor": f"CASE WHEN {spend} THEN minor ELSE 0 END",
        "matched_minor": f"CASE WHEN {spend} AND campaign_id <> 0 THEN minor ELSE 0 END",
    }
    table = RollupLedger._meta.db_table
    execute(
        f"INSERT INTO {table} (company_id, day, {', '.join(entries)})"
        f" SELECT %s, day, {', '.join(f'SUM({one})' for one in entries.values())}"
        " FROM rollup_taken WHERE true GROUP BY day"
        " ON CONFLICT (company_id, day) DO UPDATE SET "
        + ", ".join(f"{name} = {table}.{name} + EXCLUDED.{name}" for name in entries),
        [company_id],
    )


def _taken_buckets(company_id: int, book: Book) -> tuple[Iterable[Buckets], Iterable[Buckets]]:
    """The buckets that the taken marks name: those with nothing but new leads, and the others;
    whole days when they are very many. Where very many leads are new, as after an import, they are
    sooner counted with all others than looked up one by one.
    """
    fact = [book.fact]
    counts = "COUNT(*), SUM(CASE WHEN lead_ids <> '' THEN received ELSE 0 END)"
    number, came = fetch(f"SELECT {counts} FROM rollup_taken WHERE fact = %s", fact)[0]
    if number > MANY_BUCKETS:
        days = fetch("SELECT DISTINCT day FROM rollup_taken WHERE fact = %s", fact)
        return (), whole_days(company_id, (as_day(day) for (day,) in days))
    new: list[Bucket] = []
    changed: list[Bucket] = []
    found = fetch("SELECT day, campaign_id, lead_ids <> '' FROM rollup_taken WHERE fact = %s", fact)
    for day, campaign, is_new in found:
        few = is_new and came <= MOST_NEW_IN_ALL
        (new if few else changed).append((as_day(day), campaign))
    return boxed(company_id, new), boxed(company_id, changed)
