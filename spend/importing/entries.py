"""Staged rows become entries: added up by key, spread over their days, matched and converted."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from attribution.files.amounts import FINE
from attribution.rates import Rates
from attribution.repair import law
from spend.importing.beside import beside_others
from spend.importing.fields import COUNTS
from spend.matching import Ids, Name, campaign_of, platform_ids
from spend.models import SpendEntry

if TYPE_CHECKING:
    from spend.importing.importer import SpendImporter

REPEATED = "Row {first} is of the same campaign and day too."
REPEATED_WAY_OUT = (
    "Delete one of the two rows; or, if they are parts of one amount, have them added up."
)
TWO_CURRENCIES = "Row {first} is of the same campaign and day, but in {currency}."
TWO_CURRENCIES_WAY_OUT = "Import the two currencies as two files, each with an account of its own."

# What an entry is known by, besides its day.
NAME = ("campaign_key", "utm_source", "utm_medium", "platform_id", "line", "source")
KEY = ("day", *NAME)
RECORDED = "COALESCE(e.original_minor, e.amount_minor)"
# An empty cell says nothing: what is there stays.
DIFFERS = " OR ".join(
    [
        f"(n.minor IS NOT NULL AND n.minor IS DISTINCT FROM {RECORDED})",
        "(n.minor IS NOT NULL AND n.currency <> e.currency)",
        *(f"(n.{c} IS NOT NULL AND n.{c} IS DISTINCT FROM e.{c})" for c in COUNTS),
        "(n.note <> '' AND n.note <> e.note)",
    ]
)
_NAME = ", ".join(NAME)
_NAMED_BY = ("campaign_key", "utm_source", "utm_medium", "source", "platform_id")  # as in `Name`
_MONEY = ("minor", *COUNTS)
_RANGE = f"first_day, last_day, {_NAME}"
KEY_OF_ROWS = _RANGE  # rows of one key are added up


def _sum(name: str) -> str:
    return f"CAST(SUM({name}) AS bigint) AS {name}"


_SUMS = ", ".join(map(_sum, _MONEY))
# Rounded half up, away from nought, once all is added up.
_ROUNDED = f"(2 * fine + CASE WHEN fine < 0 THEN -{FINE} ELSE {FINE} END) / (2 * {FINE}) AS minor"
_SUMMED = f"""CREATE TEMPORARY TABLE import_sums AS
  SELECT first_row, {_RANGE}, currency, {", ".join(COUNTS)}, {_ROUNDED}
    FROM (SELECT min(file_row) AS first_row, {_RANGE}, min(currency) AS currency,
                 {", ".join(map(_sum, ("fine", *COUNTS)))}
            FROM import_stage GROUP BY {_RANGE}) AS added"""


def _share(name: str) -> str:
    """What falls on the i-th of n days: what is due by its end less what was due before, each
    rounded half up, away from nought; all days together are the whole. Both engines cut integers
    towards nought when they divide.
    """
    half = f"CASE WHEN {name} < 0 THEN -n ELSE n END"
    return (
        f"(2 * {name} * (i + 1) + {half}) / (2 * n) - (2 * {name} * i + {half}) / (2 * n) AS {name}"
    )


_SPREAD = f"""CREATE TEMPORARY TABLE import_days AS
  SELECT first_row, day, first_day, last_day, {_NAME}, currency, {", ".join(map(_share, _MONEY))}
    FROM (SELECT s.first_row, d.day, s.first_day, s.last_day, {_NAME}, currency,
                 {", ".join(_MONEY)}, CAST(d.n - f.n AS bigint) AS i,
                 CAST(l.n - f.n + 1 AS bigint) AS n
            FROM import_sums s
            JOIN import_calendar f ON f.day = s.first_day
            JOIN import_calendar l ON l.day = s.last_day
            JOIN import_calendar d ON d.n BETWEEN f.n AND l.n) AS shares"""
# Where ranges of one name overlap, a day has parts of several.
_BY_DAY = f"""
  SELECT min(first_row) AS first_row, day, {_NAME}, min(currency) AS currency, {_SUMS},
         CASE WHEN min(first_day) = max(last_day) THEN NULL ELSE min(first_day) END AS spread_from,
         CASE WHEN min(first_day) = max(last_day) THEN NULL ELSE max(last_day) END AS spread_to
    FROM import_days GROUP BY day, {_NAME}"""
_AS_THEY_ARE = f"""
  SELECT first_row, first_day AS day, {_NAME}, currency, {", ".join(_MONEY)},
         CAST(NULL AS date) AS spread_from, CAST(NULL AS date) AS spread_to FROM import_sums"""
# The name and the note are those of the first row that has the key.
_NAMED = """SELECT f.*, first.campaign_name, first.note FROM ({found}) AS f
              JOIN import_stage AS first ON first.file_row = f.first_row"""
# Where each row has a key and a day of its own.
_ONE_BY_ONE = f"""
  SELECT file_row AS first_row, first_day AS day, {_NAME}, currency, {_ROUNDED},
         {", ".join(COUNTS)}, CAST(NULL AS date) AS spread_from, CAST(NULL AS date) AS spread_to,
         campaign_name, note FROM import_stage"""
_ENTRIES = f"""CREATE TEMPORARY TABLE import_entries AS
  SELECT n.first_row, {", ".join(f"n.{name}" for name in KEY)}, n.currency, n.minor,
         {", ".join(f"n.{name}" for name in COUNTS)}, n.spread_from, n.spread_to,
         CASE WHEN n.currency = %(own)s THEN n.minor END AS amount_minor,
         CASE WHEN n.currency <> %(own)s THEN n.minor END AS original_minor,
         n.campaign_name, n.note, c.id AS campaign_id, c.owner_id,
         e.id AS entry_id, e.id IS NOT NULL AND ({DIFFERS}) AS differs
    FROM ({{found}}) AS n
    LEFT JOIN attribution_campaign c ON c.company_id = %(company)s AND c.key = n.campaign_key
         AND NOT c.withdrawn
    LEFT JOIN spend_spendentry e ON e.company_id = %(company)s AND {{same}}"""
_TABLES = ("import_sums", "import_days", "import_calendar", "import_moved", "import_entries")


class Counts(NamedTuple):
    """Of the staged rows, and of the entries that they make."""

    rows: int = 0
    ranges: int = 0  # amounts of more than one day
    entries: int = 0
    known: int = 0  # those that are there
    differing: int = 0  # of these, those that say something else


class Entries:
    """The entries of one job, in the temporary table `import_entries`."""

    def __init__(self, importer: "SpendImporter") -> None:
        self._importer = importer
        self._stage = importer.stage
        self._company = importer.company
        self._alone = False  # whether no two rows have one key
        self.table = "import_entries"  # or what stands for it
        self.counts = Counts()

    @property
    def are_added_up(self) -> bool:
        """Whether some were made of several rows."""
        return not self._alone

    def drop(self) -> None:
        for table in _TABLES:
            self._stage.execute(f"DROP TABLE IF EXISTS {table}")

    def refuse_repeated(self, *, add_up: bool) -> None:
        """Rows that nothing tells apart are an error that names both, unless they are parts.

        Rows of one key in two currencies are never added up.
        """
        self.drop()
        self._alone = self._all_alone()
        if self._alone:
            return
        apart = "" if add_up else ", apart"
        other = "" if not add_up else "WHERE currency <> first_currency"
        repeated = f"""
          SELECT file_row, campaign_name, first_row, first_currency,
                 currency <> first_currency AS differs
            FROM (SELECT file_row, campaign_name, currency,
                         first_value(file_row) OVER one AS first_row,
                         first_value(currency) OVER one AS first_currency
                    FROM import_stage
                  WINDOW one AS (PARTITION BY {_RANGE}{apart} ORDER BY file_row)) AS rows
           WHERE file_row > first_row {other.replace("WHERE", "AND")}"""
        outcome = self._importer.outcome
        count = self._repeated_keys(apart) if not add_up else self._mixed()
        if not count:
            count, repeated = self._mixed(), self._in_two_currencies()
        if not count:
            return
        rows = self._stage.rows(f"{repeated} ORDER BY 1 LIMIT %(most)s", most=outcome.listed)
        for line, name, first, currency, differs in rows:
            text, way_out = (
                (TWO_CURRENCIES, TWO_CURRENCIES_WAY_OUT)
                if differs
                else (REPEATED, REPEATED_WAY_OUT)
            )
            problem = text.format(first=first, currency=currency)
            self._importer.error(line, "campaign", name, problem, way_out)
        outcome.error_count += max(0, count - len(rows))

    def _all_alone(self) -> bool:
        """What every row says alike tells none of them apart."""
        telling = [c for c in _RANGE.split(", ") if c not in self._stage.constants]
        if not telling:
            return self._stage.number("SELECT count(*) FROM import_stage") < 2
        return not self._stage.rows(
            f"""SELECT 1 AS one FROM import_stage GROUP BY {", ".join(telling)}
                HAVING count(*) > 1 LIMIT 1"""
        )

    def _repeated_keys(self, apart: str) -> int:
        return self._stage.number(
            f"""SELECT SUM(times - 1) FROM (SELECT count(*) AS times FROM import_stage
                 GROUP BY {_RANGE}{apart} HAVING count(*) > 1) AS repeated"""
        )

    def _mixed(self) -> int:
        """How many keys are there in more than one currency."""
        if len(self._stage.rows("SELECT DISTINCT currency FROM import_stage LIMIT 2")) < 2:
            return 0
        return self._stage.number(
            f"""SELECT count(*) FROM (SELECT 1 AS one FROM import_stage GROUP BY {_RANGE}
                HAVING min(currency) <> max(currency)) AS mixed"""
        )

    def _in_two_currencies(self) -> str:
        return f"""
          SELECT file_row, campaign_name, first_row, first_currency, 1 AS differs
            FROM (SELECT file_row, campaign_name, currency,
                         first_value(file_row) OVER one AS first_row,
                         first_value(currency) OVER one AS first_currency
                    FROM import_stage
                  WINDOW one AS (PARTITION BY {_RANGE} ORDER BY file_row)) AS rows
           WHERE currency <> first_currency"""

    def make(self, *, by_id: bool) -> None:
        """One row for each natural key; it lives as long as the job."""
        stage = self._stage
        self.drop()
        rows, ranges, first, last = stage.row(
            "SELECT count(*), count(CASE WHEN first_day < last_day THEN 1 END),"
            " min(first_day), max(last_day) FROM import_stage"
        )
        found = _ONE_BY_ONE
        if ranges or not self._alone:
            stage.execute(_SUMMED)
            found = _AS_THEY_ARE
            if ranges:
                ranges = stage.number("SELECT count(*) FROM import_sums WHERE first_day < last_day")
                self._make_calendar(_day(first), _day(last))
                stage.execute(_SPREAD)
                found = _BY_DAY
            found = _NAMED.format(found=found)
        stage.execute(
            _ENTRIES.format(found=found, same=self._same_key()),
            company=self._company.pk,
            own=self._company.currency,
            **stage.constants,
        )
        self._match(by_id)
        self._convert()
        if not stage.on_postgresql:
            stage.execute(
                "CREATE INDEX import_entry_id ON import_entries (entry_id)"
                " WHERE entry_id IS NOT NULL"
            )
        stage.sample("import_entries")
        entries = stage.row(
            "SELECT count(*), count(entry_id), count(CASE WHEN differs THEN 1 END)"
            " FROM import_entries"
        )
        self.counts = Counts(rows, ranges, *entries)

    def _same_key(self) -> str:
        """What every row says alike need not be joined by."""
        constants = self._stage.constants
        return " AND ".join(
            f"e.{name} = %({name})s" if name in constants else f"e.{name} = n.{name}"
            for name in KEY
        )

    def _make_calendar(self, first: date, last: date) -> None:
        self._stage.execute("CREATE TEMPORARY TABLE import_calendar (n integer, day date)")
        days = [(n, first + timedelta(days=n)) for n in range((last - first).days + 1)]
        self._stage.execute_many("INSERT INTO import_calendar VALUES (%s, %s)", days)
        self._stage.sample("import_calendar")

    def _match(self, by_id: bool) -> None:
        """A platform's id goes first, then the name; rules and merges may send it elsewhere."""
        book = law.book(self._company)
        ids: Ids = platform_ids(self._company) if by_id else {}
        if not (book.rules or book.merged or ids):
            return
        # What every row says alike need not be compared row by row.
        constants = self._stage.constants
        telling = [name for name in _NAMED_BY if name not in constants]
        names = self._stage.rows(
            f"SELECT DISTINCT {', '.join([*telling, 'campaign_id'])} FROM import_entries"
        )
        moved = []
        for *said, campaign_id in names:
            known = {**constants, **dict(zip(telling, said, strict=True))}
            name = Name(*(known[column] for column in _NAMED_BY))
            campaign = campaign_of(name, book, ids)
            if campaign != campaign_id:
                moved.append((campaign, *name))
        if not moved:
            return
        columns = ", ".join(f"{name} text" for name in _NAMED_BY)
        self._stage.execute(
            f"CREATE TEMPORARY TABLE import_moved (campaign_id bigint, {columns},"
            f" PRIMARY KEY ({', '.join(_NAMED_BY)}))"
        )
        marks = ", ".join(["%s"] * (1 + len(_NAMED_BY)))
        self._stage.execute_many(f"INSERT INTO import_moved VALUES ({marks})", moved)
        self._stage.sample("import_moved")
        same = " AND ".join(f"m.{name} = import_entries.{name}" for name in _NAMED_BY)
        self._stage.execute(
            "UPDATE import_entries SET campaign_id = m.campaign_id FROM import_moved m"
            f" WHERE {same}"
        )
        self._stage.execute(
            """UPDATE import_entries SET owner_id =
                 (SELECT c.owner_id FROM attribution_campaign c
                   WHERE c.id = import_entries.campaign_id)"""
        )

    def _convert(self) -> None:
        """Amounts in other currencies, each at the rate of its day; without a rate: unknown."""
        if self._stage.constants.get("currency") == self._company.currency:
            return
        foreign = self._stage.rows(
            "SELECT DISTINCT currency, day, original_minor FROM import_entries"
            " WHERE original_minor IS NOT NULL"
        )
        if not foreign:
            return
        rates = Rates(self._company)
        converted = [
            (minor, currency, day, amount)
            for currency, day, minor in foreign
            if (amount := rates.convert(minor, currency, _day(day))) is not None
        ]
        self._stage.execute("DROP TABLE IF EXISTS import_converted")
        self._stage.execute(
            "CREATE TEMPORARY TABLE import_converted"
            " (original_minor bigint, currency text, day date, amount_minor bigint)"
        )
        self._stage.execute_many("INSERT INTO import_converted VALUES (%s, %s, %s, %s)", converted)
        self._stage.execute(
            """UPDATE import_entries AS n SET amount_minor = c.amount_minor
                 FROM import_converted c
                WHERE c.original_minor = n.original_minor AND c.currency = n.currency
                  AND c.day = n.day"""
        )
        self._stage.execute("DROP TABLE import_converted")

    def beside_others(self) -> tuple[int, str]:
        """New entries beside which another one may mean the same money, and theirs."""
        if self.counts.entries == self.counts.known:
            return 0, ""
        replaced = set()
        if self._importer.replaces_days:
            sources = self._stage.rows("SELECT DISTINCT source FROM import_entries")
            replaced = {source for (source,) in sources} - {SpendEntry.FORM}
        return beside_others(
            self._stage,
            self._company,
            self.table,
            new="n.entry_id IS NULL",
            stored="NOT EXISTS (SELECT 1 FROM import_gone g WHERE g.entry_id = e.id)",
            replaced=replaced,
        )

    def of_other_owners(
        self, kept: Iterable[int | None], limit: int
    ) -> tuple[int, list[tuple[Any, ...]]]:
        """How many entries are for campaigns outside these owners', and the first of them."""
        rows = f"FROM import_entries n WHERE n.campaign_id IS NOT NULL AND {others(kept, 'n')}"
        count = self._stage.number(f"SELECT count(*) {rows}")
        if not count:
            return 0, []
        listed = f"SELECT n.first_row, n.campaign_name {rows} ORDER BY 1 LIMIT %(limit)s"
        return count, self._stage.rows(listed, limit=limit)


def others(kept: Iterable[int | None], table: str) -> str:
    """The condition that the owner of this table's row is none of these."""
    owners = set(kept)
    ids = ", ".join(str(owner) for owner in sorted(owners - {None}, key=str)) or "NULL"
    theirs = f"{table}.owner_id IN ({ids})"
    theirs += f" OR {table}.owner_id IS NULL" if None in owners else ""
    return f"({theirs}) IS NOT TRUE"


def _day(value: Any) -> date:
    """SQLite gives back the text of a day in a temporary table."""
    return value if isinstance(value, date) else date.fromisoformat(value)
