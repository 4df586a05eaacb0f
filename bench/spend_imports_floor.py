"""What PostgreSQL itself takes to write the rows of a spend import: nothing can be faster here.

The file's rows go by COPY into a table without keys, as its text is. From there, with all that has
to be found out about them known beforehand and not measured, they go into empty copies of our
tables: same columns, keys and constraints, but no triggers, no records, and nothing is compared.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from django.db import connection

MEGABYTE = 1024 * 1024
Figures = dict[str, Any]
Measure = Callable[[], AbstractContextManager[Figures]]

_ENTRY = """company_id, day, campaign_name, campaign_key, utm_source, utm_medium, platform_id, line,
  source, currency, note, version, updated_at, amount_minor, campaign_id, impressions, clicks"""
_SUMS = """company_id, day, campaign_id, source, medium, line, entries, priced, amount_minor,
  impressions, clicks, sends, opens, told_impressions, told_clicks, told_sends, told_opens"""
_KNOWN = """CREATE TEMPORARY TABLE known AS
  SELECT c.company_id, b.day, c.name AS campaign_name, c.key AS campaign_key, '' AS utm_source,
         '' AS utm_medium, '' AS platform_id, 'media' AS line, 'file' AS source, 'EUR' AS currency,
         '' AS note, 1 AS version, now() AS updated_at, CAST(amount * 100 AS bigint)
         AS amount_minor, c.id AS campaign_id, b.impressions, b.clicks
    FROM bare b JOIN attribution_campaign c ON c.name = b.campaign;
  ANALYZE known;
  CREATE TABLE bare_entry (LIKE spend_spendentry INCLUDING ALL);
  CREATE TABLE bare_sums (LIKE rollup_spend_day INCLUDING ALL)"""
_INSERT = f"INSERT INTO bare_entry ({_ENTRY}) SELECT {_ENTRY} FROM known"
_INSERT_SUMS = f"""INSERT INTO bare_sums ({_SUMS})
  SELECT company_id, day, campaign_id, utm_source, utm_medium, line, 1, 1, amount_minor,
         impressions, clicks, 0, 0, 1, 1, 0, 0 FROM known"""


def floor(path: Path, measured: Measure) -> dict[str, Figures]:
    """COPY of the file; INSERT of its entries; the same with their sums by day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE UNLOGGED TABLE bare"
            " (day date, campaign text, amount numeric, impressions bigint, clicks bigint)"
        )
        command = "COPY bare FROM STDIN (FORMAT csv, HEADER true)"
        with measured() as copied, path.open("rb") as file, cursor.copy(command) as copy:
            while block := file.read(MEGABYTE):
                copy.write(block)
        cursor.execute(_KNOWN)
        with measured() as inserted:
            cursor.execute(_INSERT)
        rows = cursor.rowcount
        cursor.execute("TRUNCATE bare_entry")
        with measured() as with_sums:
            cursor.execute(f"{_INSERT}; {_INSERT_SUMS}")
    found = {
        "bare COPY": copied,
        "bare INSERT": inserted,
        "bare INSERT, and sums by day": with_sums,
    }
    return {name: {**figures, "rows": rows} for name, figures in found.items()}
