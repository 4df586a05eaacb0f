"""Files of spend: recognised, read row by row, staged, and compared with what is there."""

from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction

from attribution import roles
from attribution.files.amounts import FineAmount, parse_fine, parse_micros
from attribution.files.cells import CellError, parse_count
from attribution.files.table import Table
from attribution.files.xlsx_reading import as_shown
from attribution.imports.columns import Field
from attribution.imports.importer import (
    Importer,
    Job,
    Parser,
    Understood,
    choice_parser,
    text_parser,
)
from attribution.imports.options import ImportOptions
from attribution.imports.outcome import RowError, Skipped
from attribution.imports.parts import Columns, Part
from attribution.models import Campaign, Company, ImportRun
from attribution.models.campaign import KEY_LENGTH
from attribution.repair import law
from attribution.utm import KEY_LIMIT, tidy
from spend import meeting
from spend.formats import Layout, Skip, parse_period
from spend.formats.registry import TABLE
from spend.formats.sieve import Sieve
from spend.importing import kinds
from spend.importing.changes import Changes
from spend.importing.entries import Entries
from spend.importing.fields import COUNTS, FIELDS, LINES, parse_campaign_id, parse_currency
from spend.importing.heard import Heard
from spend.importing.notes import say_all
from spend.importing.parts import NAME_LENGTH, apart_of, parts
from spend.importing.saving import Saving
from spend.importing.totals import own_total, totals
from spend.importing.understanding import understand
from spend.models import SpendEntry

if TYPE_CHECKING:
    from attribution.imports.rows import Plan

SOURCE_LENGTH = 80
LONGEST_RANGE = 3660  # days
OWN_ONLY = "This campaign belongs to another owner."
OWN_ONLY_WAY_OUT = "Leave the row out, or ask its owner or a company admin to import it."
REMEMBERED = 10_000  # amounts


class SpendImporter(Importer):
    """An entry is known by day, campaign, source, medium, line, and where it came from."""

    kind = ImportRun.Kind.SPEND.value
    title = "Spend"
    has_amounts = True
    right = "spend.import"
    fields = FIELDS
    blank = {
        **dict.fromkeys(("campaign", "source", "medium", "note", "platform_id", "account"), ""),
        "line": "media",
        "came_from": "",
    }
    staged_columns = {
        "first_day": "date",
        "last_day": "date",
        "campaign_name": "text",
        "campaign_key": "text",
        "utm_source": "text",
        "utm_medium": "text",
        "platform_id": "text",
        "line": "text",
        "source": "text",  # where the entry came from
        "currency": "text",
        "fine": "bigint",  # amount in that currency, in parts of its minor unit
        **dict.fromkeys(COUNTS, "bigint"),
        "note": "text",
        "apart": "bigint",  # the same for rows that are alike in all that tells rows apart
    }
    # What is looked for. Statistics of all 27 columns take twice as long as the sums of a month.
    busy_tables = (
        "spend_spendentry (company_id, day, campaign_id, campaign_key, source, import_run_id)",
    )

    @classmethod
    def understand(cls, table: Table, company: Company, options: ImportOptions) -> Understood:
        return understand(table, company, options)

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self.layout: Layout = job.layout
        self.noisy = 0  # rows whose amount is no whole minor unit
        self._sieve = Sieve(self.layout.rules)
        self.apart = [self.layout.headers.index(header) for header in self.layout.apart]
        self._sources: dict[tuple[str, str], str] = {}
        self._kind_of_file = kinds.name_for(self.company, job.options, self.layout.headers)
        self._amounts: dict[tuple[str, str], FineAmount] = {}
        self._own_total: list[str] | None = None
        self._campaigns = frozenset(law.keys(self.company).values())
        self.notes = Heard(self)
        self.entries = Entries(self)
        self._changes = Changes(self)

    @property
    def is_table(self) -> bool:
        """Whether no known program wrote the file."""
        return self.layout.format == TABLE.name

    @property
    def replaces_days(self) -> bool:
        """Whether the file is all that its source has to say of its days."""
        said = self.job.options.whole_days
        usual = (not self.is_table and not self.layout.is_part) or bool(self._kind_of_file)
        return usual if said is None else said

    # Rows

    def parsers(self) -> dict[str, Parser]:
        order, sign, grain = self.job.options.order, self.job.options.sign, self.layout.grain
        return {
            **dict.fromkeys(COUNTS, lambda text: parse_count(text, sign)),
            "campaign": text_parser(KEY_LENGTH),
            "day": lambda text: parse_period(text, order, grain),
            "last_day": lambda text: parse_period(text, order, "day")[1],
            "amount": str,  # its currency may stand in another column
            "source": text_parser(NAME_LENGTH),
            "medium": text_parser(NAME_LENGTH),
            "line": choice_parser(LINES),
            "currency": parse_currency,
            "note": text_parser(200),
            "platform_id": partial(parse_campaign_id, max_length=NAME_LENGTH),
            "account": partial(parse_campaign_id, max_length=NAME_LENGTH),
            "came_from": text_parser(SOURCE_LENGTH),
        }

    def cleaned(self, field: str) -> Any:
        return lambda text: self.layout.text(field, text)

    def must_fill(self, field: Field) -> bool:
        if field.name == "amount":
            return self.is_table
        if field.name == "last_day":  # a campaign that goes on has cost more than its first day
            return self.is_table and self.layout.has_ends
        return field.filled

    def passes(self, line: int, cells: list[str]) -> bool:
        skip: Skip | None = self.layout.skip(cells)
        if skip is None:
            return True
        if skip.way_out:
            column = skip.column or 0
            place = line, self.layout.headers[column], cells[column].strip()
            self.outcome.add_error(RowError(*place, skip.reason, skip.way_out))
            return False
        self.notes.hear(line, cells, skip)
        said = " · ".join(as_shown(cell).strip() for cell in cells if cell.strip())
        self.outcome.skip(Skipped(line, skip.reason, said[:200]))
        if skip.is_total and self._own_total is None:
            self._own_total = cells
        return False

    def suspects(self, columns: Columns) -> Iterable[int]:
        return self._sieve.suspects(columns)

    def parts(self, plan: "Plan") -> list[Part]:
        return parts(self, plan)

    def marked(self, rows: int) -> None:
        self.noisy += rows

    def staged(self, line: int, values: list[Any], cells: list[str]) -> tuple[Any, ...] | None:
        campaign, days, last_day, amount, currency, source, medium, kind = values[:8]
        *counts, note, platform_id, account, came_from = values[8:]
        first, last = days
        if last_day is not None:
            last = last_day
        if not self._in_order(line, first, last):
            return None
        currency = currency or self.company.currency
        fine = None
        if amount is not None:
            fine = self._fine(line, amount, currency, cells)
            if fine is None:
                return None
        campaign = self.name(campaign, platform_id)
        return (
            line,
            first,
            last,
            campaign,
            tidy(campaign)[:KEY_LIMIT],
            tidy(source)[:NAME_LENGTH],
            tidy(medium)[:NAME_LENGTH],
            platform_id.strip(),
            kind,
            self.source(came_from, account),
            currency,
            fine,
            *counts,
            note,
            apart_of(tuple([cells[column] for column in self.apart])),
        )

    def name(self, campaign: str, platform_id: str) -> str:
        """A connector's table has no names: the id serves as one."""
        return campaign if campaign or self.is_table else platform_id

    def in_order(self, first: date, last: date) -> bool:
        """Whether these are the days of a range, and of no endless one."""
        return first <= last and (last - first).days < LONGEST_RANGE

    def _in_order(self, line: int, first: date, last: date) -> bool:
        if self.in_order(first, last):
            return True
        problem = "The last day comes before the first." if last < first else "It is too long."
        self.error(line, "last_day", f"{first} – {last}", problem, "Check both days.")
        return False

    def _fine(self, line: int, text: str, currency: str, cells: list[str]) -> int | None:
        """Most columns say the same few amounts again and again."""
        key = text, currency
        amount = self._amounts.get(key)
        if amount is None:
            try:
                amount = self.parsed(text, currency)
            except CellError as error:
                self.error(
                    line, "amount", self._cell(cells, "amount"), error.problem, error.way_out
                )
                return None
            if len(self._amounts) > REMEMBERED:
                self._amounts.clear()
            self._amounts[key] = amount
        self.noisy += amount.noise
        return amount.fine

    def _cell(self, cells: list[str], field: str) -> str:
        """As it stands in the file."""
        column = self.placement.columns.get(field)
        return "" if column is None or column.index is None else cells[column.index]

    def parsed(self, text: str, currency: str) -> FineAmount:
        """People write cents; a program may write parts of them, which are added up as they are."""
        if self.layout.micros:
            return parse_micros(text, currency)
        exact = not self.is_table
        return parse_fine(text, currency, self.job.options.sign, exact=exact)

    def source(self, came_from: str, account: str) -> str:
        """Where an entry came from: what replaces it later is what comes from there again."""
        if came_from:
            return came_from
        account = account or self.job.options.account
        key = self.layout.platform or self._kind_of_file, account
        if key not in self._sources:
            name = key[0] or SpendEntry.FILE
            self._sources[key] = f"{name}:{account}"[:SOURCE_LENGTH] if account else name
        return self._sources[key]

    # All rows

    def heard(self) -> dict[str, Any]:
        return self.notes.anew()

    def check_staged(self) -> None:
        self.notes.refuse_others()
        self.entries.refuse_repeated(add_up=self.job.options.add_up)
        if self.outcome.error_count:
            return
        by_id = "platform_id" in self.placement.columns
        self.entries.make(by_id=by_id)
        self._changes.find(self.replaces_days, by_id)
        self._refuse_costs()
        if self.job.author is not None:
            self._refuse_others_campaigns(self.job.author)

    def _refuse_costs(self) -> None:
        """Entries of a shared cost follow from it, and are not changed one by one."""
        for line, name in self._changes.of_costs(self.outcome.listed):
            self.error(
                line,
                "came_from",
                name,
                "This is a part of a shared cost.",
                "Change the shared cost itself, and leave the row out.",
            )

    def _refuse_others_campaigns(self, author: Any) -> None:
        owners = Campaign.objects.filter(company=self.company).values_list("owner", flat=True)
        kept = {o for o in owners.distinct() if roles.keeps(author, self.company.pk, o)}
        count, rows = self.entries.of_other_owners(kept, self.outcome.listed)
        for line, name in rows:
            self.error(line, "campaign", name, OWN_ONLY, OWN_ONLY_WAY_OUT)
        self.outcome.error_count += count - len(rows)
        others = self._changes.gone_of_other_owners(kept)
        if others:
            self.error(
                0,
                "",
                "",
                f"{others:,} entries of these days belong to campaigns of other owners, and the "
                "file no longer has them.",
                "Keep what the file does not name, or ask a company admin to import it.",
            )

    def compare(self) -> None:
        if self.outcome.error_count:
            return
        self.count()
        outcome, of_file = self.outcome, own_total(self, self._own_total)
        found = totals(self.stage, self.company, self.entries.table, of_file, outcome.listed)
        outcome.totals, outcome.more_totals = (found[0], found[1:]) if found else (None, [])
        say_all(self)

    def count(self) -> None:
        """What is new, changed, the same and gone, and in which words."""
        outcome, changes, counts = self.outcome, self._changes, self.entries.counts
        renamed = changes.renamed.count()  # they change, though rows of their own replace them
        outcome.new = counts.entries - counts.known - renamed
        outcome.changed = counts.differing + renamed
        outcome.same = counts.known - counts.differing
        if outcome.run is not None:
            changes.hold()
        outcome.gone, outcome.gone_amount = changes.gone()
        outcome.changes = changes.in_words(outcome.listed)
        outcome.basis = changes.basis()

    def one_currency(self) -> str | None:
        """That of all rows."""
        found = self.stage.rows("SELECT DISTINCT currency FROM import_stage LIMIT 2")
        return found[0][0] if len(found) == 1 else None

    def merge(self) -> None:
        saving = Saving(self)
        self.write(saving)
        if self.layout.platform:
            learned = saving.learn_ids(self.layout.platform)
            if learned:
                saving.settle_learned()
                self.outcome.note(f"Campaign ids that are known from now on: {learned:,}.")
        if self.job.options.save_as:
            kinds.keep(self.company, self.job, self.layout.headers)
        if self.stage.on_postgresql:  # SQLite has one writer: nobody else has made any
            meeting.leave(self.outcome, self._campaigns)
            transaction.on_commit(partial(meeting.meet_after_import, self.company))

    def write(self, saving: Saving) -> None:
        """Save the entries, and count what was really new."""
        outcome = self.outcome
        outcome.new, outcome.changed, outcome.gone = saving.save()

    def drop(self) -> None:
        super().drop()
        self.entries.drop()
        self._changes.drop()
