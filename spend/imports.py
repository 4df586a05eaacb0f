"""Files of spend: each row money for one campaign on one day. Rows of one key are added up."""

from typing import Any

from attribution import roles
from attribution.files.cells import Amount, parse_amount, parse_count, parse_day
from attribution.imports.columns import Field
from attribution.imports.importer import Importer, Job, Parser, choice_parser, text_parser
from attribution.models import Campaign, ImportRun
from attribution.models.campaign import KEY_LENGTH
from attribution.utm import KEY_LIMIT, tidy
from spend.import_rows import COUNTS, SpendRows
from spend.models import SpendEntry

NAME_LENGTH = 100
OWN_ONLY = "This campaign belongs to another owner."
OWN_ONLY_WAY_OUT = "Leave the row out, or ask its owner or a company admin to import it."


class SpendImporter(Importer):
    """An entry is known by its day, campaign, source, medium and line; a row of it changes it."""

    kind = ImportRun.Kind.SPEND.value
    title = "Spend"
    right = "spend.import"
    fields = (
        Field(
            name="campaign",
            label="Campaign",
            help="As in the links (utm_campaign). Capitals and blanks make no difference.",
            required=True,
            aliases=("utm_campaign", "campaign_name"),
            example="Spring sale",
        ),
        Field(
            name="day",
            label="Day",
            help="As 2026-01-15, unless another order is declared.",
            required=True,
            filled=True,
            aliases=("date", "date_day", "report_date"),
            example="2026-01-15",
        ),
        Field(
            name="amount",
            label="Amount",
            help="In the company's currency.",
            required=True,
            filled=True,
            aliases=("spend", "cost", "spent", "amount_spent", "costs"),
            example="123.40",
        ),
        Field(
            name="source",
            label="Source",
            help="utm_source, such as google.",
            aliases=("utm_source",),
            example="google",
        ),
        Field(
            name="medium",
            label="Medium",
            help="utm_medium, such as cpc.",
            aliases=("utm_medium",),
            example="cpc",
        ),
        Field(
            name="line",
            label="Line",
            help="media, agency, creative, tools, people or other. Empty: media.",
            example="media",
        ),
        Field(name="currency", label="Currency", help="Must be the company's own."),
        Field(
            name="impressions",
            label="Impressions",
            help="How often it was shown.",
            aliases=("impr", "views"),
            example="12000",
        ),
        Field(
            name="clicks",
            label="Clicks",
            help="How often it was clicked.",
            aliases=("link_clicks",),
            example="240",
        ),
        Field(name="sends", label="Sends", help="E-mails sent.", aliases=("sent", "emails_sent")),
        Field(name="opens", label="Opens", help="E-mails opened.", aliases=("opened",)),
        Field(name="note", label="Note", help="For people.", aliases=("notes", "comment")),
        Field(
            name="came_from",
            label="Came from",
            help="In exported files: form for amounts typed in by hand. Empty: file.",
        ),
    )
    blank = {
        **dict.fromkeys(("campaign", "source", "medium", "note"), ""),
        "line": "media",
        "came_from": SpendEntry.FILE,
    }
    staged_columns = {
        "day": "date",
        "campaign_name": "text",
        "campaign_key": "text",
        "utm_source": "text",
        "utm_medium": "text",
        "line": "text",
        "source": "text",  # where the entry came from: a form or a file
        "amount_minor": "bigint",
        **dict.fromkeys(COUNTS, "bigint"),
        "note": "text",
        "content": "bigint",  # the same for rows that are alike in every column
    }
    busy_tables = ("spend_spendentry",)

    def __init__(self, job: Job) -> None:
        super().__init__(job)
        self._noisy = 0
        self._spend = SpendRows(self)

    def parsers(self) -> dict[str, Parser]:
        order, sign = self.job.options.day_order, self.job.options.decimal_sign
        return {
            **dict.fromkeys(COUNTS, lambda text: parse_count(text, sign)),
            "campaign": text_parser(KEY_LENGTH),
            "day": lambda text: parse_day(text, order),
            "amount": self._amount,
            "source": text_parser(NAME_LENGTH),
            "medium": text_parser(NAME_LENGTH),
            "line": choice_parser({line: line for line in SpendEntry.Line.values}),
            "currency": self.currency,
            "note": text_parser(200),
            "came_from": choice_parser({way: way for way in (SpendEntry.FORM, SpendEntry.FILE)}),
        }

    def _amount(self, text: str) -> Amount:
        return parse_amount(text, self.company.currency, self.job.options.decimal_sign)

    def staged(self, line: int, values: list[Any], cells: list[str]) -> tuple[Any, ...]:
        campaign, day, amount, source, medium, kind, _, *counts, note, came_from = values
        self._noisy += amount.noise
        return (
            line,
            day,
            campaign,
            tidy(campaign)[:KEY_LIMIT],
            tidy(source)[:NAME_LENGTH],
            tidy(medium)[:NAME_LENGTH],
            kind,
            came_from,
            amount.minor,
            *counts,
            note,
            hash(tuple(cells)),
        )

    def check_staged(self) -> None:
        self._spend.add_up()
        author = self.job.author
        if author is None:
            return
        owners = Campaign.objects.filter(company=self.company).values_list("owner", flat=True)
        kept = {o for o in owners.distinct() if roles.keeps(author, self.company.pk, o)}
        count, rows = self._spend.of_other_owners(kept, self.outcome.kept_errors)
        for line, name in rows:
            self.error(line, "campaign", name, OWN_ONLY, OWN_ONLY_WAY_OUT)
        self.outcome.error_count += count - len(rows)

    def compare(self) -> None:
        outcome, spend = self.outcome, self._spend
        entries = spend.entries()
        outcome.new, outcome.changed = spend.new(), spend.changed()
        outcome.same = entries - outcome.new - outcome.changed
        outcome.changes = spend.changes() if outcome.changed else []
        outcome.totals = spend.totals()
        self._note_added_up(entries)
        if self._noisy:
            outcome.note(
                f"{self._noisy:,} amounts carry the noise of a computer's fractions "
                "(1.429999948 for 1.43). They were read as the cent they stand for."
            )
        if outcome.totals.unmatched_names:
            outcome.note(
                f"Names that no campaign has: {outcome.totals.unmatched_names:,}. Their "
                f"{outcome.totals.unmatched} are kept, and count as spend not matched."
            )
        typed = spend.also_typed()
        if typed:
            outcome.note(
                f"For {typed:,} of these entries there is also one typed in by hand. Both count; "
                "delete one of them if they mean the same money."
            )

    def _note_added_up(self, entries: int) -> None:
        rows = self._spend.staged()
        if rows == entries:
            return
        self.outcome.note(
            f"{rows:,} rows made {entries:,} entries: rows of the same campaign, day, source, "
            "medium and line were added up."
        )
        alike = self._spend.alike()
        if alike:
            self.outcome.note(
                f"{alike:,} rows are exactly like an earlier row of the file, and were added too. "
                "If they are there twice by mistake, delete them and import the file again."
            )

    def merge(self) -> None:
        self.outcome.new, self.outcome.changed = self._spend.save()
