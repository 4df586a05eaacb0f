"""New entries of a file that may mean the same money as others that are there already.

The natural key tells them apart, so both count: one was typed in by hand, came from a file of
another layout, or says less of its source. Nobody but a person knows whether they are the same.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from attribution.imports.staging import Staging
from attribution.models import Company
from attribution.money import shown
from attribution.planning import unnested
from spend.matching import platform_of
from spend.models import SpendEntry

_UNTOLD = (SpendEntry.FORM, SpendEntry.FILE)
_STORED = """FROM spend_spendentry e WHERE e.company_id = %(company)s
  AND e.day BETWEEN %(first)s AND %(last)s AND e.cost_id IS NULL
  AND COALESCE(e.original_minor, e.amount_minor) <> 0"""


class _Kind(NamedTuple):
    """All that tells an entry from another one, but for its day."""

    campaign_key: str
    utm_source: str
    utm_medium: str
    platform_id: str
    line: str
    source: str

    def is_like(self, other: "_Kind") -> bool:
        """Whether the other one comes from the same place, or from one that says less of it."""
        return other.source in (self.source, platform_of(self.source), *_UNTOLD)

    def may_be(self, other: "_Kind") -> bool:
        """Of the same campaign. Two platforms may well have spent for it on one day."""
        return (
            self.line == other.line
            and (self.is_like(other) or other.is_like(self))
            and all(
                mine == theirs or not (mine and theirs)
                for mine, theirs in zip(self[1:4], other[1:4], strict=True)
            )
        )


_COLUMNS = ", ".join(_Kind._fields)
_MINE, _THEIRS, _PAIRED = (
    ", ".join(f"{table}.{name}" for name in _Kind._fields) for table in ("n", "e", "p")
)
_SAME = " AND ".join(f"p.other_{name} = there.{name}" for name in _Kind._fields)


def beside_others(
    stage: Staging,
    company: Company,
    table: str,
    *,
    new: str,
    stored: str = "e.id IS NOT NULL",
    replaced: Collection[str] = (),
) -> tuple[int, str]:
    """How many of the entries in `table` have such another one beside them, and their money.

    `new`: the condition that an entry `n` of the table is new; `stored`: that a stored one, `e`,
    was there before; `replaced`: the sources whose entries go when these come.
    """
    first, last = stage.row(f"SELECT min(day), max(day) FROM {table} n WHERE {new}")
    days = {"company": company.pk, "first": first, "last": last}
    if not stage.rows(f"SELECT 1 AS one {_STORED} AND {stored} LIMIT 1", **days):
        return 0, ""
    # Of few kinds there are many entries: only days of kinds that may be the same are looked up.
    mine = _kinds(stage, f"FROM {table} n")
    theirs = _kinds(stage, f"{_STORED} AND {stored}", **days)
    pairs = list(_pairs(mine, theirs, replaced))
    if not pairs:
        return 0, ""
    _keep(stage, pairs)
    with unnested():
        sums = stage.rows(
            f"""SELECT n.currency, count(*), CAST(SUM(n.minor) AS bigint) FROM {table} n
                 WHERE {new} AND n.minor <> 0 AND (n.day, {_MINE}) IN (
                   SELECT there.day, {_PAIRED} FROM (SELECT e.day, {_THEIRS} {_STORED}) AS there
                     JOIN import_pairs p ON {_SAME})
                 GROUP BY n.currency ORDER BY n.currency""",
            **days,
        )
    stage.execute("DROP TABLE import_pairs")
    words = " and ".join(shown(minor, currency) for currency, _, minor in sums)
    return sum(count for _, count, _ in sums), words


def _kinds(stage: Staging, rows: str, **params: Any) -> dict[_Kind, int | None]:
    """Those of these rows, each with its campaign."""
    found = stage.rows(f"SELECT DISTINCT {_COLUMNS}, campaign_id {rows}", **params)
    return {_Kind(*kind): campaign for *kind, campaign in found}


def _pairs(
    mine: dict[_Kind, int | None], theirs: dict[_Kind, int | None], replaced: Collection[str]
) -> Iterator[tuple[_Kind, _Kind]]:
    """A kind that the file has as well is none of the others: the file tells the two apart."""
    known: dict[int | str, list[_Kind]] = defaultdict(list)
    for kind, campaign in theirs.items():
        if kind not in mine and kind.source not in replaced:
            known[campaign or kind.campaign_key].append(kind)
    for kind, campaign in mine.items():
        for other in known.get(campaign or kind.campaign_key, ()):
            if kind.campaign_key and kind.may_be(other):
                yield kind, other


def _keep(stage: Staging, pairs: list[tuple[_Kind, _Kind]]) -> None:
    stage.execute("DROP TABLE IF EXISTS import_pairs")
    names = [*(f"other_{name}" for name in _Kind._fields), *_Kind._fields]
    stage.execute(
        f"CREATE TEMPORARY TABLE import_pairs ({', '.join(f'{name} text' for name in names)},"
        f" PRIMARY KEY ({', '.join(names)}))"
    )
    marks = ", ".join(["%s"] * len(names))
    rows = [(*other, *kind) for kind, other in pairs]
    stage.execute_many(f"INSERT INTO import_pairs VALUES ({marks})", rows)
    stage.sample("import_pairs")
