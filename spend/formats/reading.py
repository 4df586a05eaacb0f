"""Reads the rows of a file as far as it takes to know its days, its numbers and its figures."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from spend.formats.base import Head, Placed
from spend.formats.evidence import LONGEST, NUMBER, YEAR, DayEvidence, SignEvidence
from spend.formats.grouped import Group, group_of
from spend.formats.headings import CURRENCIES, Heading, currency_beside, currency_named, fold
from spend.formats.millionths import MillionthsEvidence
from spend.formats.periods import may_be_days
from spend.formats.rows import ACTUAL, COUNT_FIELDS, EVERY, NOTHING, PLANNED, cell_at, total_in
from spend.formats.words import (
    FIGURES,
    KINDS_OF_ROW,
    MONTHS,
    NAMED_THINGS,
    NAMING,
    STAMPS,
)

SAMPLE = 200  # rows that show which columns hold figures
# Days with their year first stay so; one that does not is an error later, and never misread.
DAYS_LOOKED_AT = 1_000
GROUPED = re.compile(r"[0-9]{1,3}([.,])[0-9]{3}(?:\1[0-9]{3})*")
HOUR = re.compile(r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?|(?<=\|)[0-9]{2}$")
UNMARKED = re.compile(r"[-+0-9., ]*")
WORD = re.compile(r"[a-z0-9%.]+")


@dataclass
class Facts:
    """What the rows say."""

    days: DayEvidence = field(default_factory=DayEvidence)
    sign: SignEvidence = field(default_factory=SignEvidence)  # of the amounts
    apart: list[Heading] = field(default_factory=list)
    with_all: list[Heading] = field(default_factory=list)  # of these: "All" beside single values
    split: list[Heading] = field(default_factory=list)  # of these: those that are not all empty
    planned: list[Heading] = field(default_factory=list)  # of these: what came, and perhaps plans
    currencies: set[str] = field(default_factory=set)  # of the first rows, by their column
    ranges: set[tuple[str, ...]] = field(default_factory=set)  # of the first rows: the report's
    beside: set[str] = field(default_factory=set)  # in the cells of their amounts; "": in one none
    groups: set[Group] = field(default_factory=set)  # of the first rows
    marked: str = ""  # the first amount with something beside it
    millionths: MillionthsEvidence = field(default_factory=MillionthsEvidence)
    days_elsewhere: bool = False  # in a column that is not known to be the day
    months: set[int] = field(default_factory=set)  # there, by their names alone


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be found out."""

    days: bool
    order_is_known: bool  # by the format, unless the days prove another
    sign: bool
    one_hand: bool  # one program wrote amounts, counts, rates and the lines on top
    ranged_by: tuple[int, ...] = ()  # columns with the report's first and last day


def read_facts(head: Head, placed: Placed, rows: Iterable[list[str]], wanted: Wanted) -> Facts:
    """The facts, by reading no further than they need: at most to the end."""
    facts = Facts()
    for cell in (cell for cells in head.preamble for cell in cells):
        facts.days.years |= set(map(int, YEAR.findall(cell)))
        if wanted.one_hand:
            facts.days.add(cell, prove_only=True)
    days = [h.index for name in ("day", "last_day") for h in placed.columns.get(name, ())]
    amounts = [heading.index for heading in placed.columns.get("amount", ())]
    counts = [h.index for name in COUNT_FIELDS for h in placed.columns.get(name, ())]
    ask_days = wanted.days and bool(days)
    ask_sign = wanted.sign and bool(amounts or counts)
    columns, of_counts = _Columns(head, placed), SignEvidence()
    for number, cells in enumerate(rows, start=1):
        if number <= SAMPLE:
            columns.add(cells)
            facts.ranges.add(tuple(cell_at(cells, column) for column in wanted.ranged_by))
        if (ask_days or number <= SAMPLE) and not _is_note(cells):
            for column in days:
                facts.days.add(cell_at(cells, column))
        if ask_days:
            is_open = not facts.days.order and not wanted.order_is_known
            unsure = is_open and (facts.days.open or facts.days.same or facts.days.short)
            ask_days = not facts.days.is_proved and (number < DAYS_LOOKED_AT or bool(unsure))
        if ask_sign:
            for column in amounts:
                facts.sign.add(cell_at(cells, column))
            for column in counts:
                add_count(of_counts, cell_at(cells, column))
            proved = facts.sign.sign or ((wanted.one_hand or not amounts) and of_counts.sign)
            ask_sign = not proved
        ask_plans = number >= SAMPLE and columns.look_for_actual(cells)
        if not (ask_days or ask_sign or ask_plans) and number >= SAMPLE:
            break
    # By another hand, what a count or a rate shows is no proof for amounts that are open.
    if not facts.sign.sign and (wanted.one_hand or not facts.sign.open):
        facts.sign.sign = of_counts.sign
        if wanted.one_hand:
            columns.prove(facts.sign)
    facts.apart = columns.apart()
    facts.with_all = [h for h in facts.apart if columns.kinds[h.index] == {True, False}]
    facts.split = [h for h in facts.apart if columns.kinds[h.index]]
    # Further down, a plan would be the other half of what is there already.
    facts.planned = [h for h in facts.apart if _may_plan(h, columns.plans[h.index])]
    facts.currencies, facts.beside = columns.currencies, columns.beside
    facts.marked, facts.groups = columns.marked, columns.groups
    facts.millionths = columns.millionths
    facts.days_elsewhere, facts.months = columns.days_elsewhere, columns.months
    return facts


def _is_note(cells: list[str]) -> bool:
    """One text alone is no row, be there a day in it: "Made on 01/04/2026"."""
    return sum(map(bool, map(str.strip, cells))) == 1


def add_count(evidence: SignEvidence, text: str) -> None:
    """A count is whole, so that the mark in 1,234 can only part its thousands."""
    found = GROUPED.fullmatch(text.strip()) if evidence.sign is None else None
    if found is None:
        evidence.add(text, prove_only=True)
    elif text.strip()[0] != "0":
        evidence.sign = "." if found[1] == "," else ","


class _Columns:
    """The columns that fill none of our fields, and the day if it has hours."""

    def __init__(self, head: Head, placed: Placed) -> None:
        self.day = placed.first("day")
        self.has_hours = self.day is not None and "hour" in words_of(self.day)
        used = {h.index for columns in placed.columns.values() for h in columns}
        self.free = [h for h in head.headings if h.index not in used]
        # Brands, clients and campaigns may be called Budget or Real.
        self.of_rows = {h.index for h in self.free if not words_of(h) & NAMED_THINGS}
        self.texts: set[int] = set()  # of columns with a cell that is no number
        self.numbers: dict[int, list[str]] = {h.index: [] for h in self.free}
        self.kinds: dict[int, set[bool]] = {h.index: set() for h in head.headings}  # is it "All"?
        # Of plans, of what came of them, or (None) of neither.
        self.plans: dict[int, set[bool | None]] = {h.index: set() for h in head.headings}
        self.campaign = placed.first("campaign") or placed.first("platform_id")
        self.currency = placed.first("currency")
        self.currencies: set[str] = set()
        self.amount = placed.first("amount")
        self.beside: set[str] = set()
        self.marked = ""
        self.groups: set[Group] = set()
        self.clicks = placed.first("clicks")
        self.price = next((h for h in self.free if "cpc" in words_of(h)), None)
        self.millionths = MillionthsEvidence()
        self.days_elsewhere = False
        self.months: set[int] = set()
        self._days: dict[tuple[int, str], str] = {}

    def add(self, cells: list[str]) -> None:
        """Look at a row."""
        if self.day is not None and not self.has_hours:
            found = HOUR.search(cell_at(cells, self.day.index))
            self.has_hours = bool(found and found[0].strip("0: "))
        if self.currency is not None:
            code = currency_named(cell_at(cells, self.currency.index).strip())
            self.currencies |= {code.upper()} & CURRENCIES
        self._look_beside(cells)
        if self.day is not None and self.campaign is not None:
            self.groups.add(group_of(cells, self.campaign.index, self.day.index))
        if self.amount is not None:
            columns = (self.amount, self.clicks, self.price)
            self.millionths.add(*(cell_at(cells, h.index if h else None) for h in columns))
        for heading in self.free:
            cell = cell_at(cells, heading.index).strip()
            if cell in NOTHING:
                continue
            self.kinds[heading.index].add(fold(cell) in EVERY)
            if heading.index in self.of_rows:
                self.plans[heading.index].add(_is_plan(fold(cell)))
            if self.day is None:
                self._look_for_days(heading, cell, cells)
            if heading.index in self.texts:
                continue
            if _is_number(heading, cell):
                self.numbers[heading.index].append(cell)
            else:
                self.texts.add(heading.index)

    def _look_beside(self, cells: list[str]) -> None:
        """One amount without its currency, and the others prove nothing of it. Totals are none."""
        amount = cell_at(cells, self.amount.index if self.amount else None).strip()
        if amount not in NOTHING and amount.strip("0.,") and self._is_of_something(cells):
            self.beside.add(currency_beside(amount))
            if not self.marked and UNMARKED.fullmatch(amount) is None:
                self.marked = amount

    def _is_of_something(self, cells: list[str]) -> bool:
        """Not a total: it names a campaign, or is in a table that names none."""
        if self.campaign is not None:
            return cell_at(cells, self.campaign.index).strip() not in NOTHING
        return total_in(cell_at(cells, 0)) is None

    def _look_for_days(self, heading: Heading, cell: str, cells: list[str]) -> None:
        """Several days of one campaign are those of its rows; one may be its first or last."""
        if cell.isdigit() or not (may_be_days(cell) or fold(cell) in MONTHS):
            return
        if fold(cell) in MONTHS:
            self.months.add(MONTHS[fold(cell)])
        key = heading.index, cell_at(cells, self.campaign.index if self.campaign else None)
        self.days_elsewhere |= self._days.setdefault(key, cell) != cell

    def look_for_actual(self, cells: list[str]) -> bool:
        """Whether there are plans without anything that came of them, also in this row."""
        only = [
            heading.index
            for heading in self.free
            if (plans := self.plans[heading.index])
            and True in plans
            and False not in plans
            and _may_plan(heading, plans | {False})
        ]
        for index in only:
            if fold(cell_at(cells, index)) in ACTUAL:
                self.plans[index].add(False)
        return bool(only)

    def apart(self) -> list[Heading]:
        """Those that tell rows apart: of one day, also its hours."""
        hours = [self.day] if self.day is not None and self.has_hours else []
        return [*hours, *(heading for heading in self.free if self._is_apart(heading))]

    def prove(self, evidence: SignEvidence) -> None:
        """Rates and averages are written by the same hand as the amounts."""
        for heading in self.free:
            if heading.index not in self.texts and words_of(heading) & FIGURES:
                for cell in self.numbers[heading.index]:
                    evidence.add(cell, prove_only=True)

    def _is_apart(self, heading: Heading) -> bool:
        words = words_of(heading)
        if words & STAMPS:
            return False
        if heading.index in self.texts:
            return True
        if self.numbers[heading.index]:
            return bool(words & NAMING)
        return not words & FIGURES


def _is_plan(text: str) -> bool | None:
    """Whether a folded word is of plans, of what came of them, or (None) of neither."""
    return text in PLANNED if text in PLANNED or text in ACTUAL else None


def _may_plan(heading: Heading, plans: set[bool | None]) -> bool:
    """Whether some rows of this column are planned, and others came of it.

    Where names of another kind stand beside them, Budget and Real are two of these.
    """
    is_of_rows = not heading.name or bool(words_of(heading) & KINDS_OF_ROW)
    return False in plans and (is_of_rows or None not in plans)


def _is_number(heading: Heading, cell: str) -> bool:
    """A number with its currency at most: "Ad 1" is a name, unless it is a figure's heading."""
    found = NUMBER.fullmatch(cell) if len(cell) <= LONGEST else None
    if found is None:
        return False
    mark = (found["mark"] or "").strip()
    return not mark or mark[-1] == "$" or mark in CURRENCIES or bool(words_of(heading) & FIGURES)


def words_of(heading: Heading) -> frozenset[str]:
    """The words of a heading."""
    return frozenset(WORD.findall(heading.name))
