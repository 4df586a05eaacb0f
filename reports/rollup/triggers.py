"""Marks of change, written by the database itself, so that no door goes round them.

On PostgreSQL one statement appends one mark for each bucket that it changed, OLD and NEW; on
SQLite each row does. The mark of new leads says which they are: they come all day long, and need
not be told apart from all others of their bucket. A statement that brings or removes very many
entries of spend, an import or what undoes it, marks whole days instead: they are made anew anyway.

A booking changes its lead's outcome (`attribution.triggers`), under a lock on the lead, and so
marks the bucket in which the lead stands at that moment.
"""

from django.db import connections

from attribution.triggers import install_sqlite
from reports.models import NO_CAMPAIGN
from reports.rollup.buckets import ALL_CAMPAIGNS, MANY_BUCKETS
from reports.rollup.sql import TOTAL

MARK = "company_id, fact, day, campaign_id, received, counted, booked, completed, minor, lead_ids"
NOTHING = "''"
IS_COUNTED = "kind = 'primary'"
# All that the sums of a lead depend on.
LEAD = (
    "company_id, day, campaign_id, unattributed_reason, source, medium, kind, booked, completed,"
    " revenue_minor"
)
SPEND = (
    "company_id, day, campaign_id, utm_source, utm_medium, line, amount_minor, impressions,"
    " clicks, sends, opens"
)


def _lead_marks(rows: str, sign: str) -> str:
    """Differences by bucket; `sign` says how often each row was added."""
    new = "string_agg(id::text, ',')" if rows == "new_rows" else "''"
    return f"""
  INSERT INTO rollup_mark ({MARK})
  SELECT company_id, 'lead', day, COALESCE(campaign_id, 0), SUM({sign}),
         COALESCE(SUM({sign}) FILTER (WHERE {IS_COUNTED}), 0),
         COALESCE(SUM({sign}) FILTER (WHERE {IS_COUNTED} AND booked), 0),
         COALESCE(SUM({sign}) FILTER (WHERE {IS_COUNTED} AND completed), 0),
         COALESCE(SUM({sign} * revenue_minor) FILTER (WHERE {IS_COUNTED}), 0), {new}
    FROM {rows} GROUP BY 1, 3, 4;"""


def _spend_marks(rows: str, sign: str, campaign: str = "COALESCE(campaign_id, 0)") -> str:
    """Of entries without a known amount there is no difference of money."""
    return f"""
  INSERT INTO rollup_mark ({MARK})
  SELECT company_id, 'spend', day, {campaign}, SUM({sign}),
         COALESCE(SUM({sign}) FILTER (WHERE amount_minor IS NOT NULL), 0), 0, 0,
         COALESCE(SUM({sign} * amount_minor), 0), ''
    FROM {rows} GROUP BY 1, 3, 4;"""


def _many_spend_marks(rows: str, sign: str) -> str:
    """By whole days where the statement has many rows. The ledger still learns what is matched.

    Planned anew each time: a plan from a statement of one row would sort them all.
    """
    whole = f"CASE WHEN campaign_id IS NULL THEN {NO_CAMPAIGN} ELSE {ALL_CAMPAIGNS} END"
    return f"""
  IF EXISTS (SELECT 1 FROM {rows} OFFSET {MANY_BUCKETS}) THEN
    EXECUTE $marks${_spend_marks(rows, sign, whole)}$marks$;
    RETURN NULL;
  END IF;{_spend_marks(rows, sign)}"""


def _net(columns: str) -> str:
    """Rows that an update took away (-) or brought (+), without those that it left as they were."""
    return f"""(
    SELECT {columns}, SUM(sign)::int AS sign
      FROM (SELECT {columns}, -1 AS sign FROM old_rows
            UNION ALL SELECT {columns}, 1 FROM new_rows) AS both_images
     GROUP BY {columns} HAVING SUM(sign) <> 0) AS net"""


def _postgresql(name: str, table: str, columns: str, event: str) -> str:
    few = event == "update"  # which no file does to many rows
    marks = _lead_marks if name == "lead" else _spend_marks if few else _many_spend_marks
    rows, sign, images = {
        "insert": ("new_rows", "1", "NEW TABLE AS new_rows"),
        "delete": ("old_rows", "-1", "OLD TABLE AS old_rows"),
        "update": (_net(columns), "sign", "OLD TABLE AS old_rows NEW TABLE AS new_rows"),
    }[event]
    trigger = f"rollup_mark_{name}_{event}"
    return f"""
CREATE OR REPLACE FUNCTION {trigger}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN{marks(rows, sign)}
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER {trigger} AFTER {event.upper()} ON {table} REFERENCING {images}
FOR EACH STATEMENT EXECUTE FUNCTION {trigger}();
"""


# Emptying a table has no images of rows: from then on the facts themselves are read, and what is
# being built elsewhere is of no use any more.
_TRUNCATE = """
CREATE OR REPLACE FUNCTION rollup_mark_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO rollup_state (company_id, ready, drift) SELECT id, false, 0 FROM attribution_company
  ON CONFLICT (company_id) DO UPDATE SET ready = false, next_month = NULL,
    building_since = NULL;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER rollup_mark_truncate AFTER TRUNCATE ON attribution_lead
FOR EACH STATEMENT EXECUTE FUNCTION rollup_mark_truncate();
CREATE OR REPLACE TRIGGER rollup_mark_truncate AFTER TRUNCATE ON spend_spendentry
FOR EACH STATEMENT EXECUTE FUNCTION rollup_mark_truncate();
"""
# See `reports.rollup.sql`.
_TOTAL = f"""
CREATE OR REPLACE AGGREGATE {TOTAL} (bigint)
  (SFUNC = int8pl, STYPE = bigint, COMBINEFUNC = int8pl, PARALLEL = SAFE);
"""
TABLES = {"lead": ("attribution_lead", LEAD), "spend": ("spend_spendentry", SPEND)}
EVENTS = ("insert", "update", "delete")
_POSTGRESQL = (
    _TOTAL
    + _TRUNCATE
    + "".join(
        _postgresql(name, table, columns, event)
        for name, (table, columns) in TABLES.items()
        for event in EVENTS
    )
)


def _sqlite_mark(name: str, row: str, sign: int, is_new: bool) -> str:
    """One row's own mark; a comparison is 1 or 0 in SQLite."""
    start = f"{row}.company_id, '{name}', {row}.day, COALESCE({row}.campaign_id, 0), {sign}"
    if name == "spend":
        amount = f"{row}.amount_minor"
        priced = f"{sign} * ({amount} IS NOT NULL)"
        values = f"{start}, {priced}, 0, 0, {sign} * COALESCE({amount}, 0), ''"
    else:
        counted = f"{sign} * ({row}.kind = 'primary')"
        values = (
            f"{start}, {counted}, {counted} * {row}.booked, {counted} * {row}.completed,"
            f" {counted} * {row}.revenue_minor, {f'CAST({row}.id AS text)' if is_new else NOTHING}"
        )
    return f"INSERT INTO rollup_mark ({MARK}) VALUES ({values});"


def _sqlite(name: str, table: str, columns: str, event: str) -> str:
    when, marks = "", []
    if event == "update":
        differs = (f"OLD.{one} IS NOT NEW.{one}" for one in columns.split(", "))
        when = f"WHEN {' OR '.join(differs)}"
    if event != "insert":
        marks.append(_sqlite_mark(name, "OLD", -1, is_new=False))
    if event != "delete":
        marks.append(_sqlite_mark(name, "NEW", 1, is_new=event == "insert"))
    return f"""CREATE TRIGGER rollup_mark_{name}_{event} AFTER {event.upper()} ON {table} {when}
    BEGIN {" ".join(marks)} END"""


_SQLITE = {
    f"rollup_mark_{name}_{event}": _sqlite(name, table, columns, event)
    for name, (table, columns) in TABLES.items()
    for event in EVENTS
}
NEEDED = {"attribution_lead", "spend_spendentry", "rollup_mark", "rollup_state"}


def install(using: str) -> None:
    """Put the triggers in place; needs the tables of all three apps."""
    connection = connections[using]
    if not set(connection.introspection.table_names()) >= NEEDED:
        return
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_POSTGRESQL)
    else:
        install_sqlite(connection, _SQLITE)
