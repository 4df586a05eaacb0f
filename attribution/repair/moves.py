"""The leads that a plan moves, as a temporary table: preview and confirmation read the same one."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import connection

from attribution.models import Lead
from attribution.repair.plan import Plan

PART = 100_000  # leads of one UPDATE: what its triggers hold in memory
_PLACE = ("campaign_id bigint", "reason text", "source text", "medium text")
_TABLES = {
    "repair_reading": ("reading_id bigint", *_PLACE),
    "repair_fixed": ("lead_id bigint",),  # leads about which persons have decided one by one
    "repair_target": ("lead_id bigint", *_PLACE),
    "repair_spend": (
        *("campaign_key text", "utm_source text", "utm_medium text"),
        *("came_from text", "platform_id text"),
        *("was bigint", "campaign_id bigint"),
    ),
}
_COLLECT = """
  INSERT INTO repair_target (lead_id, campaign_id, reason, source, medium)
  SELECT l.id, m.campaign_id, m.reason, m.source, m.medium
    FROM attribution_lead l JOIN repair_reading m ON m.reading_id = l.reading_id
   WHERE NOT l.corrected AND NOT EXISTS (SELECT 1 FROM repair_fixed f WHERE f.lead_id = l.id)
     AND (l.campaign_id, l.unattributed_reason, l.source, l.medium)
         IS DISTINCT FROM (m.campaign_id, m.reason, m.source, m.medium)
   ORDER BY l.id"""
_COUNTED = f"CASE WHEN l.kind = '{Lead.Kind.PRIMARY}' THEN {{}} ELSE 0 END"
_FLOWS = f"""
  SELECT l.campaign_id, l.unattributed_reason, t.campaign_id, t.reason, COUNT(*),
         SUM({_COUNTED.format("CASE WHEN l.booked THEN 1 ELSE 0 END")}),
         SUM({_COUNTED.format("CASE WHEN l.completed THEN 1 ELSE 0 END")}),
         CAST(SUM({_COUNTED.format("l.revenue_minor")}) AS bigint)
    FROM repair_target t JOIN attribution_lead l ON l.id = t.lead_id
   GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC, 1, 2, 3, 4"""


class PlanBroken(RuntimeError):  # noqa: N818 - reads as what is the matter
    """Other leads were moved than were collected; the transaction must be rolled back."""


class Flow(NamedTuple):
    """Leads that go from one place to another; outcomes are those of counted leads."""

    old_campaign: int | None
    old_reason: str
    campaign: int | None
    reason: str
    leads: int
    booked: int
    completed: int
    revenue_minor: int


@contextmanager
def collected(plan: Plan) -> Iterator[int]:
    """Inside, `repair_target` holds every lead that would count elsewhere, with its new place, and
    `repair_spend` the names of spend. Yields the number of leads. Needs a transaction."""
    _drop()
    _create()
    moving = {pk: new.place for pk, (old, new) in plan.readings.items() if new.place != old.place}
    _fill("repair_reading", ((pk, *place) for pk, place in moving.items()))
    _fill("repair_fixed", ((pk,) for pk in _decided_by_hand(plan)))
    _fill("repair_spend", ((*name, campaign) for name, campaign in plan.spend.items()))
    if moving:
        _execute(_COLLECT)
    _fill("repair_target", ((pk, *new) for pk, (__, new) in plan.fixed.items()))
    _execute("CREATE INDEX repair_target_lead ON repair_target (lead_id)")
    if connection.vendor == "postgresql":
        _execute("ANALYZE repair_target")
    yield _rows("SELECT count(*) FROM repair_target")[0][0]
    _drop()


def _decided_by_hand(plan: Plan) -> set[int]:
    return {item.lead for item in plan.items.corrections} | set(plan.fixed)


def flows() -> list[Flow]:
    """From where to where, most leads first; before `apply`."""
    return [Flow(*row) for row in _rows(_FLOWS)]


def apply(number: int) -> None:
    """Write the new places, and which leads persons have corrected by now. Raises PlanBroken."""
    written = 0
    for first in range(1, number + 1, PART):
        _lock(first)
        written += _execute(
            """UPDATE attribution_lead AS l
                  SET campaign_id = t.campaign_id, unattributed_reason = t.reason,
                      source = t.source, medium = t.medium,
                      corrected = EXISTS (
                          SELECT 1 FROM attribution_correction c
                            JOIN attribution_repair r ON r.id = c.repair_id
                           WHERE c.company_id = l.company_id AND c.lead_id = l.id
                             AND r.undone_at IS NULL)
                 FROM repair_target t
                WHERE l.id = t.lead_id AND t.n BETWEEN %s AND %s""",
            [first, first + PART - 1],
        )
    if written != number:
        raise PlanBroken(f"{written} leads were moved instead of {number}.")


def _lock(first: int) -> None:
    """In the order of ids, as every writer of outcomes locks them, so that no two wait for each
    other."""
    if connection.vendor == "postgresql":
        _execute(
            """SELECT 1 FROM attribution_lead l JOIN repair_target t ON t.lead_id = l.id
                WHERE t.n BETWEEN %s AND %s ORDER BY l.id FOR NO KEY UPDATE OF l""",
            [first, first + PART - 1],
        )


def _create() -> None:
    number, end = "n integer PRIMARY KEY", ""
    if connection.vendor == "postgresql":
        number, end = "n bigint GENERATED ALWAYS AS IDENTITY", " ON COMMIT DROP"
    for table, columns in _TABLES.items():
        _execute(f"CREATE TEMPORARY TABLE {table} ({', '.join((number, *columns))}){end}")


def _drop() -> None:
    for table in _TABLES:
        _execute(f"DROP TABLE IF EXISTS {table}")


def _fill(table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    names = [column.split()[0] for column in _TABLES[table]]
    into = f"{table} ({', '.join(names)})"
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            marks = ", ".join(["%s"] * len(names))
            cursor.executemany(f"INSERT INTO {into} VALUES ({marks})", list(rows))
            return
        with cursor.copy(f"COPY {into} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    _execute(f"ANALYZE {table}")


def _execute(sql: str, params: Iterable[Any] = ()) -> int:
    if connection.vendor != "postgresql":
        sql = sql.replace("IS DISTINCT FROM", "IS NOT")
    with connection.cursor() as cursor:
        cursor.execute(sql, list(params) or None)
        return int(cursor.rowcount)


def _rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
