"""The money of a file: by campaign, by names that no campaign has, and against its own total."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from typing import TYPE_CHECKING

from attribution.files.cells import CellError
from attribution.imports.outcome import NamedAmount, Totals
from attribution.imports.staging import Staging
from attribution.models import Company
from attribution.money import shown
from attribution.planning import hashed
from spend.formats.headings import currency_in

if TYPE_CHECKING:
    from spend.importing.importer import SpendImporter

_MATCHED, _UNMATCHED = "campaign_id IS NOT NULL", "campaign_id IS NULL"
NO_CAMPAIGN = "(no campaign)"
# Few rows where many entries are of few campaigns, whose names are looked up afterwards.
_BY_NAME = """CREATE TEMPORARY TABLE import_names AS
  SELECT currency, campaign_id, campaign_key,
         min(CASE WHEN campaign_id IS NULL THEN campaign_name END) AS campaign_name,
         CAST(SUM(minor) AS bigint) AS minor, count(*) AS number,
         count(CASE WHEN amount_minor IS NULL THEN original_minor END) AS unconverted
    FROM {entries} GROUP BY currency, campaign_id, campaign_key"""
_OF_CAMPAIGN = "(SELECT c.name FROM attribution_campaign c WHERE c.id = campaign_id)"


def totals(
    stage: Staging,
    company: Company,
    entries: str,
    own_total: tuple[str, int] | None,
    listed: int,
) -> list[Totals]:
    """One for each currency, the company's first: two currencies are never added up.

    `entries`: the table in which those of the file stand.
    `own_total`: currency and minor units that the file's own total row says. `listed`: how many
    names each list holds at most.
    """
    stage.execute("DROP TABLE IF EXISTS import_names")
    with hashed():
        stage.execute(_BY_NAME.format(entries=entries))
    found = [code for (code,) in stage.rows("SELECT DISTINCT currency FROM import_names")]
    found.sort(key=lambda code: (code != company.currency, code))
    totals = [_of(stage, currency, own_total, listed) for currency in found]
    stage.execute("DROP TABLE import_names")
    return totals


def own_total(importer: "SpendImporter", cells: list[str] | None) -> tuple[str, int] | None:
    """What the file's own total row says, in these cells; None where it cannot be read."""
    currency = importer.one_currency()
    if cells is None or currency is None:
        return None
    label = next((cell.strip() for cell in cells if cell.strip()), "")
    if currency_in(label)[1] not in ("", currency):
        return None
    minor = amount_in(importer, cells, currency)
    return None if minor is None else (currency, minor)


def amount_in(importer: "SpendImporter", cells: list[str], currency: str = "") -> int | None:
    """The amount of a row, in minor units of this currency or else the company's; None where it
    cannot be read.
    """
    column = importer.placement.columns.get("amount")
    if column is None or column.index is None:
        return None
    text = importer.layout.text("amount", cells[column.index])
    try:
        return importer.parsed(text, currency or importer.company.currency).minor if text else None
    except CellError:
        return None


def _of(stage: Staging, currency: str, own_total: tuple[str, int] | None, listed: int) -> Totals:
    matched_names, matched = _sum(stage, currency, _MATCHED, "campaign_id")
    unmatched_names, unmatched = _sum(stage, currency, _UNMATCHED, "campaign_key")
    minor = matched + unmatched
    own = own_total[1] if own_total and own_total[0] == currency else None
    return Totals(
        currency=currency,
        amount=shown(minor, currency),
        minor=minor,
        matched=shown(matched, currency),
        matched_names=matched_names,
        unmatched=shown(unmatched, currency),
        unmatched_names=unmatched_names,
        by_campaign=_largest(stage, currency, _MATCHED, "campaign_id", _OF_CAMPAIGN, listed),
        by_unmatched_name=_largest(
            stage, currency, _UNMATCHED, "campaign_key", "min(campaign_name)", listed
        ),
        own_total="" if own is None else shown(own, currency),
        own_total_minor=own,
        difference="" if own is None or own == minor else shown(minor - own, currency),
        unconverted=stage.number(
            "SELECT CAST(SUM(unconverted) AS bigint) FROM import_names"
            " WHERE currency = %(currency)s",
            currency=currency,
        ),
    )


def _sum(stage: Staging, currency: str, which: str, key: str) -> tuple[int, int]:
    """How many campaigns, or names of none, and their money."""
    names, minor = stage.row(
        f"""SELECT count(DISTINCT {key}), CAST(SUM(minor) AS bigint)
              FROM import_names WHERE currency = %(currency)s AND {which}""",
        currency=currency,
    )
    return names, minor or 0


def _largest(
    stage: Staging, currency: str, which: str, key: str, name: str, listed: int
) -> list[NamedAmount]:
    rows = stage.rows(
        f"""SELECT {name}, CAST(COALESCE(SUM(minor), 0) AS bigint),
                     CAST(SUM(number) AS bigint)
              FROM import_names WHERE currency = %(currency)s AND {which}
             GROUP BY {key} ORDER BY 2 DESC, {key} LIMIT %(listed)s""",
        currency=currency,
        listed=listed,
    )
    return [
        NamedAmount(name or NO_CAMPAIGN, minor, shown(minor, currency), count)
        for name, minor, count in rows
    ]
