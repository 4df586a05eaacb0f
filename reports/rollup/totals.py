"""Makes totals anew: those of a month from its days, those of a year from its months.

Always anew and never by a difference, so that no fault can live on in them.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date

from reports.rollup.buckets import Buckets, Campaigns, together
from reports.rollup.condition import Condition, all_of, any_of, joined
from reports.rollup.sql import execute, names, total
from reports.rollup.sums import Book
from reports.rollup.tiers import (
    ONE_DAY,
    Range,
    Tier,
    month_days,
    month_end,
    month_ends,
    month_stops,
    weekday_stop,
    year_range,
    year_stops,
)


def build_totals(book: Book, buckets: Buckets) -> None:
    """All running totals that these buckets are in."""
    years: dict[int, Campaigns] = {}
    for month, campaigns in sorted(buckets.by_month().items()):
        build_month(book, buckets.company_id, month, campaigns)
        years[month.year] = together(years.get(month.year, set()), campaigns)
    for year, campaigns in years.items():
        build_year(book, buckets.company_id, year, campaigns)


def build_month(book: Book, company_id: int, month: date, campaigns: Campaigns = None) -> None:
    """The totals of one month and of its weekdays and these campaigns, from the sums by day."""
    rows = _of(company_id, (month, month_end(month)), campaigns)
    _replace(book, Tier.MONTH, rows, month_totals(book, company_id, month, campaigns))
    _replace(book, Tier.WEEKDAY, rows, weekday_totals(book, company_id, month, campaigns))


def build_year(book: Book, company_id: int, year: int, campaigns: Campaigns = None) -> None:
    """The totals of one year and these campaigns, from those of its months."""
    rows = _of(company_id, year_range(year), campaigns)
    _replace(book, Tier.YEAR, rows, year_totals(book, company_id, year, campaigns))


def month_totals(
    book: Book, company_id: int, month: date, campaigns: Campaigns = None
) -> Condition:
    """The statement that adds the days of a month up."""
    stops = month_stops(month)
    if campaigns is None:
        pieces = {days[1]: _of(company_id, days, None) for days in _between(month, stops)}
        return _piece_by_piece(book, company_id, Tier.DAY, pieces, running=True)
    return _running(book, Tier.DAY, stops, _of(company_id, (month, month_end(month)), campaigns))


def weekday_totals(
    book: Book, company_id: int, month: date, campaigns: Campaigns = None
) -> Condition:
    """The statement that adds the days of a month up by their weekdays."""
    key, sums = _columns(book)
    days: dict[date, list[date]] = defaultdict(list)
    for day in month_days(month):
        days[weekday_stop(day)].append(day)
    weekdays = {stop: any_of('"day"', some) for stop, some in days.items()}
    if campaigns is None:
        pieces = {stop: _of_company(company_id) & some for stop, some in weekdays.items()}
        return _piece_by_piece(book, company_id, Tier.DAY, pieces, running=False)
    rows = _of(company_id, (month, month_end(month)), campaigns)
    which = " ".join(f"WHEN {one.sql} THEN %s" for one in weekdays.values())
    return Condition(
        f"SELECT company_id, CASE {which} END AS stop, {key}, {sums}"
        f" FROM {book.day._meta.db_table} WHERE {rows.sql} GROUP BY company_id, stop, {key}",
        (*(p for stop, one in weekdays.items() for p in (*one.params, stop)), *rows.params),
    )


def year_totals(book: Book, company_id: int, year: int, campaigns: Campaigns = None) -> Condition:
    """The statement that adds the months of a year up."""
    days, stops = year_range(year), year_stops(year)
    if campaigns is None:
        quarters = {some[1]: _whole_months(some) for some in _between(days[0], stops)}
        pieces = {stop: _of_company(company_id) & some for stop, some in quarters.items()}
        return _piece_by_piece(book, company_id, Tier.MONTH, pieces, running=True)
    rows = _of(company_id, days, campaigns) & _whole_months(days)
    return _running(book, Tier.MONTH, stops, rows)


def _between(first: date, stops: Collection[date]) -> Iterator[Range]:
    """From the first day to the first stop, and from there to each that follows."""
    for stop in stops:
        yield first, stop
        first = stop + ONE_DAY


def _whole_months(days: Range) -> Condition:
    return any_of('"day"', list(month_ends(*days)))


def _piece_by_piece(
    book: Book, company_id: int, made_of: Tier, pieces: Mapping[date, Condition], *, running: bool
) -> Condition:
    """The rows of each piece added up under its stop, in the order of `Book.columns`; `running`:
    with the total before it.

    For whole months: each row is added up once, and only its own piece is sorted or hashed with
    it. Of a few campaigns there are so few rows that `_running` is sooner planned.
    """
    (key, sums), table = _columns(book), book.tables[made_of]._meta.db_table
    columns = names((*book.key, *book.measures))
    kind = "MATERIALIZED " if running else ""  # as each is then read twice
    totals, shown = [], []
    for n, (stop, rows) in enumerate(pieces.items()):
        before = f" UNION ALL SELECT {columns} FROM piece_{n - 1}" if running and n else ""
        found = f"SELECT {columns} FROM {table} WHERE {rows.sql}{before}"
        total_of = f"SELECT {key}, {sums} FROM ({found}) AS found GROUP BY {key}"
        totals.append(Condition(f"piece_{n} AS {kind}({total_of})", rows.params))
        select = f"SELECT {company_id:d} AS company_id, %s AS stop, {columns} FROM piece_{n}"
        shown.append(Condition(select, (stop,)))
    made, all_shown = joined(totals, ", "), all_of(shown)
    return Condition(f"WITH {made.sql} {all_shown.sql}", made.params + all_shown.params)


def _running(book: Book, made_of: Tier, stops: Collection[date], rows: Condition) -> Condition:
    """These rows added up until each stop, in the order of `Book.columns`.

    First between the stops, as most rows would otherwise be added up several times.
    """
    key, sums = _columns(book)
    table = book.tables[made_of]._meta.db_table
    until = ", ".join(["(%s)"] * len(stops))
    between = " ".join(['WHEN "day" <= %s THEN %s'] * len(stops))
    return Condition(
        f"WITH stops (stop) AS (VALUES {until})"
        f" SELECT company_id, stop, {key}, {sums} FROM stops JOIN ("
        f"SELECT company_id, CASE {between} END AS part, {key}, {sums}"
        f" FROM {table} WHERE {rows.sql} GROUP BY company_id, part, {key}"
        f") AS parts ON part <= stop GROUP BY company_id, stop, {key}",
        (*stops, *(stop for stop in stops for _ in range(2)), *rows.params),
    )


def _columns(book: Book) -> tuple[str, str]:
    """The key, and the sums of the measures under their own names."""
    return names(book.key), ", ".join(f'{total(name)} AS "{name}"' for name in book.measures)


def _replace(book: Book, tier: Tier, rows: Condition, totals: Condition) -> None:
    table = book.tables[tier]._meta.db_table
    execute(f"DELETE FROM {table} WHERE {rows.sql}", rows.params)
    # In the order of the index, so that what is read together lies together. Materialized:
    # PostgreSQL would else sort what is added up, for the sake of the order of the few sums.
    execute(
        f"INSERT INTO {table} ({names(book.columns)}) WITH totals AS MATERIALIZED ({totals.sql})"
        " SELECT * FROM totals ORDER BY stop, campaign_id",
        totals.params,
    )


def _of_company(company_id: int) -> Condition:
    return Condition("company_id = %s", (company_id,))


def _of(company_id: int, days: Range, campaigns: Campaigns) -> Condition:
    found = _of_company(company_id) & Condition('"day" BETWEEN %s AND %s', days)
    return found if campaigns is None else found & any_of("campaign_id", sorted(campaigns))
