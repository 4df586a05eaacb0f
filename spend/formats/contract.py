"""What is said about a file, what it leaves open, and what it turns out to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from attribution.files.table import Records
from attribution.imports.options import DayOrder, DecimalSign, ImportOptions
from attribution.imports.outcome import Question
from spend.formats.periods import cut_to
from spend.formats.rows import RowRules, Skip

__all__ = ["DayOrder", "DecimalSign", "Layout", "Question", "Records", "Said", "Skip"]


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a person answered; empty or None says nothing."""

    format: str = ""  # name of a format; "" recognises it
    currency: str = ""  # of amounts whose file does not say it
    day_order: DayOrder | None = None
    decimal_sign: DecimalSign | None = None
    mapping: Mapping[str, str] = field(default_factory=dict)  # their heading → our field, "" = none

    @classmethod
    def of(cls, options: ImportOptions) -> "Said":
        """What of it the options of an import say."""
        return cls(
            format=options.format,
            currency=options.currency or options.constants.get("currency", ""),
            day_order=options.day_order,
            decimal_sign=options.decimal_sign,
            mapping=options.mapping,
        )


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What a file is. `day_order` and `decimal_sign` hold only when no question asks for them.

    A platform's table may have ids and no names: `platform_id` is the campaign's name then too.
    """

    format: str
    label: str
    platform: str  # whose campaign ids these are; "" says nobody's
    heading_line: int  # as records() counts
    headers: list[str]
    fields: Mapping[str, str]  # heading → our field
    constants: Mapping[str, str]  # our field → text for all rows
    day_order: DayOrder
    decimal_sign: DecimalSign
    micros: bool  # amounts are millionths of the currency's unit
    # What a row without last_day covers: "day", "week" (seven from its day), "month" …, and the
    # days of the whole report, outside of which no part of a week or month was.
    grain: str
    within: tuple[date, date] | None = None
    # Columns of campaign and day, where days stand below the row that names their campaign.
    grouped: tuple[int, int] | None = None
    has_ends: bool = False  # a row's day is the first of a range, and its last stands beside it
    sign: str = ""  # in a heading or beside an amount, where nothing names a currency: "Cost ($)"
    is_part: bool = False  # of what its program has to say of these days
    account: str | None  # heading of the column that names the ad account
    apart: tuple[str, ...]  # headings of what tells rows of one campaign and day apart
    questions: tuple[Question, ...]
    rules: RowRules

    def skip(self, cells: list[str]) -> Skip | None:
        """Why this row is no spend of a campaign; None: it is."""
        return self.rules.skip(cells)

    def text(self, field: str, cell: str) -> str:
        """The cell as the parsers read it; what the platform did not report is empty."""
        text = self.rules.text(field, cell)
        if field == "day" and self.within and self.grain != "day" and text:
            return cut_to(text, self.day_order, self.grain, self.within)
        return text
