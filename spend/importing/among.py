"""Totals among their parts: a row for a campaign, and below it one for each of its ads."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from typing import TYPE_CHECKING, NamedTuple

from attribution.files.amounts import FINE
from attribution.money import shown
from spend.importing.entries import KEY_OF_ROWS

if TYPE_CHECKING:
    from attribution.imports.staging import Staging

# With two amounts alone, equal ones would do.
FEWEST = 3
_KEYS = f"""SELECT 1 AS one FROM import_stage GROUP BY {KEY_OF_ROWS}
            HAVING count(NULLIF(fine, 0)) >= {FEWEST}"""
_AS_LARGE = f"""
  FROM (SELECT file_row, campaign_name, first_day, last_day, currency, fine,
               SUM(fine) OVER of_key AS added, MIN(fine) OVER of_key AS least,
               count(NULLIF(fine, 0)) OVER of_key AS amounts
          FROM import_stage WINDOW of_key AS (PARTITION BY {KEY_OF_ROWS})) AS rows
 WHERE amounts >= {FEWEST} AND least >= 0 AND 2 * fine = added"""


class Among(NamedTuple):
    """Rows that may be totals: how many, and the first of them."""

    rows: int
    first: int
    name: str
    days: str
    amount: str


def totals_among_parts(stage: "Staging") -> Among | None:
    """Rows as large as all others of their key together, unless so few are that it is chance."""
    count = stage.number(f"SELECT count(*) {_AS_LARGE}")
    if not count or 2 * count < stage.number(f"SELECT count(*) FROM ({_KEYS}) AS keys"):
        return None
    row, name, first, last, currency, fine = stage.row(
        f"SELECT file_row, campaign_name, first_day, last_day, currency, fine {_AS_LARGE}"
        " ORDER BY file_row LIMIT 1"
    )
    days = str(first) if first == last else f"{first} – {last}"
    return Among(count, row, name, days, shown(fine // FINE, currency))
