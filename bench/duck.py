"""The practical limit: DuckDB, a column store, scanning the same rows in this machine's memory.

Runs in a process of its own: `python -m bench.duck FOLDER --company co-001 --out FILE`.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import duckdb

from bench.ranges import RANGES

COUNTED = "event_type IN ('primary', 'hot', 'vpn', 'suspicious')"
_LOAD = (
    """CREATE TABLE company AS SELECT row_number() OVER (ORDER BY company)::UTINYINT AS id,
              company AS slug FROM (SELECT DISTINCT company FROM read_csv('{0}/truth.csv'))""",
    """CREATE TABLE campaign AS SELECT row_number() OVER (ORDER BY t.company, utm_campaign)
              ::USMALLINT AS id, c.id AS company, utm_campaign AS name
         FROM read_csv('{0}/truth.csv', all_varchar = true) t JOIN company c ON c.slug = t.company
        WHERE utm_campaign IS NOT NULL AND utm_campaign <> ''""",
    # Flags on the lead, as the product keeps them.
    """CREATE TABLE lead AS
       SELECT l.created_at::TIMESTAMP::DATE AS day, c.id AS company,
              coalesce(g.id, 0)::USMALLINT AS campaign, {1} AS counted,
              coalesce(b.booked, false) AS booked, coalesce(b.completed, false) AS completed,
              coalesce(b.revenue, 0)::BIGINT AS revenue
         FROM read_csv('{0}/leads.csv', all_varchar = true) l
         JOIN company c ON c.slug = l.company
         LEFT JOIN campaign g ON g.company = c.id AND g.name = l.utm_campaign
         LEFT JOIN (SELECT lead_id, bool_or(status <> 'cancelled') AS booked,
                           bool_or(status = 'completed') AS completed,
                           sum(CASE WHEN status = 'completed'
                                    THEN (value::DECIMAL(12, 2) * 100)::BIGINT END) AS revenue
                      FROM read_csv('{0}/bookings.csv', all_varchar = true) GROUP BY lead_id) b
           ON b.lead_id = l.id
        ORDER BY l.id::BIGINT""",
    """CREATE TABLE spend AS
       SELECT s.day::DATE AS day, c.id AS company, g.id AS campaign,
              (amount::DECIMAL(12, 2) * 100)::BIGINT AS amount
         FROM read_csv('{0}/spend.csv', all_varchar = true) s
         JOIN company c ON c.slug = s.company
         JOIN campaign g ON g.company = c.id AND g.name = s.utm_campaign ORDER BY s.day""",
    """CREATE TABLE rollup AS
       SELECT day, company, campaign, count(*)::INTEGER AS received,
              count(*) FILTER (counted)::INTEGER AS counted,
              count(*) FILTER (counted AND booked)::INTEGER AS booked,
              count(*) FILTER (counted AND completed)::INTEGER AS completed,
              coalesce(sum(revenue) FILTER (counted), 0)::BIGINT AS revenue
         FROM lead GROUP BY ALL ORDER BY day""",
)
_ANSWER = """
SELECT campaign.name, found.*, amount
  FROM (SELECT campaign, {0} FROM {1} WHERE company = ? AND day BETWEEN ? AND ? GROUP BY campaign)
       AS found
  FULL JOIN (SELECT campaign, sum(amount) AS amount FROM spend
              WHERE company = ? AND day BETWEEN ? AND ? GROUP BY campaign) AS costs
    USING (campaign)
  LEFT JOIN campaign ON campaign.id = campaign"""
OF_LEADS = (
    "count(*) AS received, count(*) FILTER (counted) AS counted,"
    " count(*) FILTER (counted AND booked) AS booked,"
    " count(*) FILTER (counted AND completed) AS completed,"
    " sum(revenue) FILTER (counted) AS revenue"
)
OF_ROLLUP = ", ".join(
    f"sum({name}) AS {name}" for name in ("received", "counted", "booked", "completed", "revenue")
)
SHAPES = {"leads": (OF_LEADS, "lead"), "rollup": (OF_ROLLUP, "rollup")}


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--company", required=True)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    connection = duckdb.connect()
    for statement in _LOAD:
        connection.execute(statement.format(options.folder, COUNTED))
    wrong = _mismatches(connection, options.folder)
    if wrong:
        print(f"DuckDB differs from truth.csv: {wrong}")
        return 1
    found: dict[str, Any] = {"version": duckdb.__version__}
    for threads in (1, 2):
        connection.execute(f"SET threads = {threads}")
        for shape in SHAPES:
            found[f"{shape} {threads}"] = {
                name: _time(partial(_ask, connection, options.company, shape, period), options.runs)
                for name, period in RANGES.items()
            }
    options.out.write_text(json.dumps(found))
    return 0


def _ask(
    connection: duckdb.DuckDBPyConnection, company: str, shape: str, period: tuple[date, date]
) -> Sequence[Any]:
    found = connection.execute("SELECT id FROM company WHERE slug = ?", [company]).fetchone()
    assert found is not None
    return connection.execute(_ANSWER.format(*SHAPES[shape]), [*found, *period] * 2).fetchall()


def _time(work: Callable[[], object], runs: int) -> dict[str, float]:
    """Medians in milliseconds: CPU of all threads together, and wall time."""
    cpu, wall = [], []
    work()
    for _ in range(runs):
        process, begin = time.process_time(), time.perf_counter()
        work()
        cpu.append((time.process_time() - process) * 1000)
        wall.append((time.perf_counter() - begin) * 1000)
    return {"cpu": statistics.median(cpu), "wall": statistics.median(wall)}


def _mismatches(connection: duckdb.DuckDBPyConnection, folder: Path) -> Sequence[Any]:
    """Campaigns whose totals are not the true ones."""
    return connection.execute(f"""
        WITH found AS (
          SELECT company, campaign, count(*) AS received, sum(counted::INT) AS counted,
                 sum((counted AND booked)::INT) AS booked,
                 sum(CASE WHEN counted THEN revenue ELSE 0 END) AS revenue
            FROM lead GROUP BY ALL),
        costs AS (SELECT company, campaign, sum(amount) AS amount FROM spend GROUP BY ALL)
        SELECT t.company, t.utm_campaign
          FROM read_csv('{folder}/truth.csv', all_varchar = true) t
          JOIN company c ON c.slug = t.company
          LEFT JOIN campaign g ON g.company = c.id AND g.name = t.utm_campaign
          LEFT JOIN found f ON f.company = c.id AND f.campaign = coalesce(g.id, 0)
          LEFT JOIN costs s ON s.company = c.id AND s.campaign = g.id
         WHERE (t.leads::BIGINT, t.counted_leads::BIGINT, t.counted_booked::BIGINT,
                (t.counted_revenue::DECIMAL(18, 2) * 100)::BIGINT,
                (t.spend::DECIMAL(18, 2) * 100)::BIGINT)
            <> (coalesce(f.received, 0), coalesce(f.counted, 0), coalesce(f.booked, 0),
                coalesce(f.revenue, 0), coalesce(s.amount, 0))""").fetchall()


if __name__ == "__main__":
    sys.exit(main())
