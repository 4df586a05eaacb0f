"""A file of days of which its source has said nothing yet: each row is a new entry, and goes into
the table as it is read.

There is nothing to compare, to add up, to spread or to convert then, and no copy to be made first.
Whatever is not that simple raises `NotStraight`, and what had been written is rolled back. For
PostgreSQL, which reads on the other side of a pipe; SQLite would be locked for longer.
"""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NoReturn

from attribution import roles
from attribution.imports.importer import Job, NotStraight
from attribution.imports.parts import Part
from attribution.imports.staging import Staging
from attribution.models import Campaign
from attribution.repair import law
from attribution.utm import KEY_LIMIT, tidy
from spend.importing import entries
from spend.importing.beside import beside_others
from spend.importing.changes import basis_of
from spend.importing.fields import COUNTS
from spend.importing.importer import SpendImporter
from spend.importing.parts import NAME_LENGTH, Made, amounts_at_once, as_it_is
from spend.importing.saving import Saving
from spend.matching import Name, campaign_of, platform_ids
from spend.models import SpendEntry

if TYPE_CHECKING:
    from attribution.imports.rows import Plan

_NAMED = (
    *("campaign_key", "campaign_name", "utm_source", "utm_medium", "platform_id", "source"),
    "campaign_id",
)
_NAMED_BY = ("campaign", "platform_id", "source", "medium", "came_from", "account")
TOGETHER = 20  # chunks
Chunk = Sequence[Sequence[Any]]  # of each part what is staged, row by row
# From day to day by the natural key, and not through all entries.
_TAKEN_DAYS = """WITH RECURSIVE days (day) AS (
    SELECT min(day) FROM spend_spendentry WHERE company_id = %(company)s
    UNION ALL
    SELECT (SELECT min(e.day) FROM spend_spendentry e
             WHERE e.company_id = %(company)s AND e.day > days.day)
      FROM days WHERE days.day IS NOT NULL)
  SELECT day FROM days WHERE EXISTS (
    SELECT 1 FROM spend_spendentry e
     WHERE e.company_id = %(company)s AND e.day = days.day {of_source})"""


class EntryTable(Staging):
    """The table of entries itself."""

    table = SpendEntry._meta.db_table
    has_lines = False

    def create(self) -> None:
        """It is there."""

    def drop(self) -> None:
        """It stays."""

    def sample(self, table: str) -> None:
        """It has statistics of its own."""

    def load_chunks(self, chunks: Iterable[Chunk], names: Sequence[str]) -> None:
        super().load_chunks(_in_order(chunks), names)

    def load(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotStraight

    def places_of(self, names: Sequence[str]) -> NoReturn:
        """Some row has to be looked at by itself."""
        raise NotStraight


def _in_order(chunks: Iterable[Chunk]) -> Iterator[Chunk]:
    """By their first part, some chunks at a time. Entries of one campaign stand beside each other
    in an index, and files go from day to day: written as they come, each would go to another place
    of it, which is what takes longest.

    What is in order is given away bit by bit while the next chunks are read, so that the database
    always has something to do.
    """
    ready: Iterator[Chunk] = iter(())
    waiting: list[Chunk] = []
    for chunk in chunks:
        waiting.append(chunk)
        if len(waiting) == TOGETHER:
            yield from ready
            ready, waiting = _sorted(waiting), []
        yield from islice(ready, 1)
    yield from ready
    if waiting:
        yield from _sorted(waiting)


def _sorted(chunks: list[Chunk]) -> Iterator[Chunk]:
    """The rows of these chunks, those that begin alike beside each other, in as many chunks."""
    columns = [list(chain.from_iterable(column)) for column in zip(*chunks, strict=True)]
    ranks = {key: rank for rank, key in enumerate(sorted(set(columns[0])))}
    ranked = list(map(ranks.__getitem__, columns[0]))
    order = sorted(range(len(ranked)), key=ranked.__getitem__)
    size = -(-len(order) // len(chunks))
    for start in range(0, len(order), size):
        some = order[start : start + size]
        yield [list(map(column.__getitem__, some)) for column in columns]


class Written(entries.Entries):
    """The entries of the file, once they are written."""

    def __init__(self, importer: "StraightSpendImporter") -> None:
        super().__init__(importer)
        self._job = importer.job
        self._alone = True  # or the file does not go straight
        self.days: set[date] = set()
        self.others_days: set[date] = set()  # with entries of any source, before these came

    def close(self, rows: int) -> None:
        """All are there: the run's own, which lie together by their days."""
        self.counts = entries.Counts(rows=rows, entries=rows)
        self.table = f"""(SELECT *, amount_minor AS minor FROM spend_spendentry
            WHERE company_id = {self._job.company.pk:d} AND import_run_id = {self._job.run_id:d}
              AND day BETWEEN '{min(self.days)}' AND '{max(self.days)}')"""

    def beside_others(self) -> tuple[int, str]:
        """All of them are new; the others are of other runs, or of none."""
        if not self.days & self.others_days:
            return 0, ""
        return beside_others(
            self._stage,
            self._company,
            self.table,
            new="n.id IS NOT NULL",
            stored=f"e.import_run_id IS DISTINCT FROM {self._job.run_id:d}",
        )


class StraightSpendImporter(SpendImporter):
    """Takes in what is nothing but new, in the company's currency, a day and a name each row."""

    @classmethod
    def new_stage(cls) -> Staging:
        return EntryTable({})

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.written = Written(self)
        self.entries = self.written

    def parts(self, plan: "Plan") -> list[Part]:
        """What of an entry follows from which columns."""
        part, amounts = plan.part, plan.part(("amount_minor",), ("currency", "amount"), self._minor)
        return [
            part(_NAMED, _NAMED_BY, self._named("platform_id" in plan.steps)),
            part(("day",), ("day", "last_day"), self._day(self._taken_days(plan))),
            part(("line",), ("line",), as_it_is),
            part(("currency",), ("currency",), self._currency),
            amounts_at_once(self, plan, amounts, 1),
            *(part((count,), (count,), as_it_is) for count in COUNTS),
            part(("note",), ("note",), as_it_is),
            self._record(),
        ]

    def _taken_days(self, plan: "Plan") -> set[date]:
        """Those of which the file's source has said something, or which have typed entries."""
        if {"came_from", "account"} & set(plan.steps):
            of_source, sources = "", {}  # its rows are of several
        else:
            source = self.source(plan.constant("came_from"), plan.constant("account"))
            of_source = "AND e.source IN (%(source)s, %(form)s)"
            sources = {"source": source, "form": SpendEntry.FORM}
        self.written.others_days = self._days_with("")
        return self._days_with(of_source, **sources)

    def _days_with(self, of_source: str, **sources: str) -> set[date]:
        sql = _TAKEN_DAYS.format(of_source=of_source)
        return {day for (day,) in self.stage.rows(sql, company=self.company.pk, **sources)}

    def _day(self, taken: set[date]) -> Callable[..., Made]:
        def find(said: tuple[date, date], last_day: date | None) -> Made:
            first, last = said
            if first != (last_day or last) or first in taken:
                raise NotStraight
            self.written.days.add(first)
            return (first,), False

        return find

    def _named(self, by_id: bool) -> Callable[..., Made]:
        book = law.book(self.company)
        ids = platform_ids(self.company) if by_id else {}
        others = self._campaigns_of_others()

        def find(
            campaign: str, platform_id: str, source: str, medium: str, came_from: str, account: str
        ) -> Made:
            named = self.name(campaign, platform_id)
            name = Name(
                key=tidy(named)[:KEY_LIMIT],
                source=tidy(source)[:NAME_LENGTH],
                medium=tidy(medium)[:NAME_LENGTH],
                came_from=self.source(came_from, account),
                platform_id=platform_id.strip(),
            )
            found = campaign_of(name, book, ids)
            if found in others or name.came_from.startswith("cost-"):
                raise NotStraight
            said = (name.key, named, name.source, name.medium, name.platform_id, name.came_from)
            return (*said, found), False

        return find

    def _campaigns_of_others(self) -> set[int]:
        """Those whose spend the author may not import."""
        author = self.job.author
        if author is None:
            return set()
        owners = Campaign.objects.filter(company=self.company).order_by()
        found = list(owners.values_list("pk", "owner"))
        kept = {o for o in {o for _, o in found} if roles.keeps(author, self.company.pk, o)}
        return {pk for pk, owner in found if owner not in kept}

    def _currency(self, code: str | None) -> Made:
        own = self.company.currency
        if code not in (None, own):
            raise NotStraight
        return (own,), False

    def _minor(self, code: str | None, amount: str | None) -> Made:
        if amount is None:
            return (None,), False
        found = self.parsed(amount, code or self.company.currency)
        # Amounts that have to be added up before they are rounded are of one key: the table
        # refuses the second.
        return (found.minor,), found.noise

    def _record(self) -> Part:
        """By whom; when is said by the database."""
        job = self.job
        said = {
            "company_id": job.company.pk,
            "author_id": job.author.pk if job.author else None,
            "import_run_id": job.run_id,
        }
        return Part(tuple(said), (), lambda: (tuple(said.values()), False))

    def heard(self) -> dict[str, Any]:
        """What is written is not written again."""
        if self.notes.may_decide or set(self.notes.notes) - {self.company.currency}:
            raise NotStraight
        return {}

    def check_staged(self) -> None:
        if not self.outcome.rows or self.outcome.error_count:
            raise NotStraight
        self.written.close(self.outcome.rows)

    def count(self) -> None:
        self.outcome.new = self.outcome.rows
        self.outcome.basis = basis_of(self.outcome.rows, [])

    def one_currency(self) -> str:
        return self.company.currency

    def write(self, saving: Saving) -> None:
        """It is done."""
