"""Recognises a file: which format, which line holds the headings, which column is what."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from itertools import chain

from attribution.files.amounts import mark_beside, minor_digits
from attribution.files.problems import FileProblem
from attribution.imports.columns import Field, plain
from attribution.imports.options import DayOrder, DecimalSign
from spend.formats.any_table import miss_amount
from spend.formats.base import Format, Head, Placed, grain_of, is_called
from spend.formats.called_total import Rows, tell_apart
from spend.formats.contract import Layout, Question, Records, Said
from spend.formats.currency import amount_column, currency_of_all, two_currencies
from spend.formats.evidence import refuse_exchanged
from spend.formats.grouped import GROUPED, TOTAL
from spend.formats.headings import Heading, read_headings, refuse_repeated
from spend.formats.millionths import ask_for_millionths
from spend.formats.months_across import refuse_months_across, refuse_without_headings
from spend.formats.notes_on_money import noted_currency, sign_of_several
from spend.formats.periods import ways_of_short
from spend.formats.preamble import orders_of, period_of, refuse_thousands
from spend.formats.reading import Facts, Wanted, read_facts
from spend.formats.registry import FORMATS, TABLE
from spend.formats.words import WORDS, names

NOTHING_SAID = Said()
# Of Google Analytics: how many days, weeks or months it is since the first.
COUNTED_DAYS = names("nth day | nth week | nth month | day index | week index | month index")
TOP_LINES = 40  # within which the headings must stand
Line = tuple[int, list[str]]


@dataclass(frozen=True)
class Found:
    """The format of a file, and where its headings are."""

    format: Format
    head: Head


def recognise(
    records: Records,
    file_name: str,
    fields: Sequence[Field],
    said: Said = NOTHING_SAID,
    own: str = "",
) -> Layout:
    """What a file is. Reads it once at most, and no further than its proofs need; once more for
    notes and totals that could change what is made of it.

    `fields` are those that the importer takes, `own` is the company's currency. Raises
    FileProblem if nothing can be made of it.
    """
    lines = records()
    try:
        top = _top(lines, file_name)
        found = _find(top, file_name, said)
        below = (cells for number, cells in top if number > found.head.line)
        rows = chain(below, (cells for _, cells in lines))
        again = partial(_rows_below, records, found.head)
        layout = _layout(found, rows, file_name, fields, said, again, own)
        return replace(layout, rules=tell_apart(layout.rules, again, layout.decimal_sign))
    finally:
        if isinstance(lines, Generator):
            lines.close()  # an upload is read from one place at a time


def _rows_below(records: Records, head: Head) -> Iterator[list[str]]:
    """The rows from the first one."""
    return (cells for number, cells in records() if number > head.line)


def _noted(rows: Rows) -> str:
    """The currency that a note among the rows names."""
    return next(filter(None, map(noted_currency, rows())), "")


def _top(lines: Iterator[Line], file_name: str) -> list[Line]:
    top: list[Line] = []
    for number, cells in lines:
        if any(cell.strip() for cell in cells):
            top.append((number, cells))
            if len(top) == TOP_LINES:
                break
    if not top:
        raise FileProblem(
            f'"{file_name}" is empty. '
            "Export it again with a line of headings and the rows below it."
        )
    return top


def _find(top: list[Line], file_name: str, said: Said) -> Found:
    heads = [
        Head(number, read_headings(cells), tuple(above for _, above in top[:place]))
        for place, (number, cells) in enumerate(top)
    ]
    if said.format:
        return _as_said(heads, file_name, said)
    for head in heads:
        for each in FORMATS.values():
            if each is not TABLE and each.recognises(head):
                return Found(each, head)
    return Found(TABLE, _table_head(heads, said))


def _as_said(heads: list[Head], file_name: str, said: Said) -> Found:
    if said.format not in FORMATS:
        raise FileProblem(
            f'There is no format "{said.format}". There are: {", ".join(FORMATS)}. '
            "Leave the format out, and it is recognised."
        )
    each = FORMATS[said.format]
    if each is TABLE:
        return Found(each, _table_head(heads, said))
    for head in heads:
        if each.recognises(head):
            return Found(each, head)
    best = max(heads, key=lambda head: len(each.place(head, ()).columns))
    if len(each.place(best, ()).columns) < 2:
        raise FileProblem(
            f'"{file_name}" has no line of headings as {each.label} writes it. '
            "Leave the format out, and it is recognised."
        )
    return Found(each, best)


def _table_head(heads: list[Head], said: Said) -> Head:
    """The first line that can be headings; failing that the first that is no title."""
    wanted = {plain(header) for header in said.mapping}
    if wanted:
        for head in heads:
            if wanted <= {plain(heading.header) for heading in head.headings}:
                return head
    for head in heads:
        if TABLE.recognises(head):
            return head
    for head in heads:
        if len(head.headings) > 1 and len(TABLE.place(head, ()).columns) > 1:
            return head
    widest = max(len(head.headings) for head in heads)
    return next(head for head in heads if 2 * len(head.headings) > widest)


def _said_columns(
    head: Head, placed: Placed, names: set[str], mapping: Mapping[str, str], file_name: str
) -> None:
    """What a person said about a heading beats what it was taken for."""
    said: dict[str, Heading] = {}
    for header, name in mapping.items():
        heading = next((h for h in head.headings if plain(h.header) == plain(header)), None)
        if heading is None:
            raise FileProblem(
                f'"{file_name}" has no column "{header}". '
                f"It has: {', '.join(h.header for h in head.headings)}."
            )
        if name and name not in names:
            raise FileProblem(f'There is no field "{name}". There are: {", ".join(sorted(names))}.')
        if name in said:
            raise FileProblem(
                f'Two columns were named for {name}: "{said[name].header}" and '
                f'"{heading.header}". Name only one of them.'
            )
        for other in list(placed.columns):
            if heading in placed.columns[other]:
                placed.columns.pop(other)
        if name:
            said[name] = heading
    for name, heading in said.items():
        placed.columns[name] = [heading]
    if "day" in said:
        placed.grain = grain_of(said["day"])
        if "last_day" not in said:
            placed.columns.pop("last_day", None)


def _layout(
    found: Found,
    rows: Iterable[list[str]],
    file_name: str,
    fields: Sequence[Field],
    said: Said,
    again: Rows,
    own: str,
) -> Layout:
    each, head = found.format, found.head
    names = {field.name for field in fields}
    placed = each.place(head, fields)
    if each is TABLE:
        refuse_thousands(head.preamble, file_name)
        refuse_without_headings(head.headings, file_name)
    if each is TABLE and "day" not in placed.columns and not said.mapping:
        refuse_months_across(head.headings, file_name)
    _said_columns(head, placed, names, said.mapping, file_name)
    if each is TABLE and "amount" not in placed.columns:
        miss_amount(head, placed, said.mapping)
    account = placed.first("account")  # which file it is, also for an importer without the field
    placed.columns = {name: c for name, c in placed.columns.items() if name in names}
    amount, asked = amount_column(head, placed, said, file_name)
    for columns in placed.columns.values():
        refuse_repeated(head.headings, columns[0], file_name)
    micros = amount is not None and is_called(amount, each.micros)
    wanted = Wanted(
        days=not said.day_order,
        order_is_known=each.day_order is not None,
        sign=not (said.decimal_sign or micros),
        one_hand=each is not TABLE,
        ranged_by=_ranged_by(each, head),
    )
    facts = read_facts(head, placed, rows, wanted)
    refuse_exchanged(facts.days, file_name)
    two_words = two_currencies(placed, amount, facts, said)
    currency, unknown = currency_of_all(
        each, head, placed, amount, facts, said, file_name, partial(_noted, again)
    )
    codes = facts.currencies or {currency or (amount.currency if amount else "")}
    if not each.asks_currency:
        codes = {code or own for code in codes}
    told: tuple[Question, ...] = ()
    if each.in_micros and amount is not None and not (micros or said.format):
        micros, told = _in_millionths(each, amount, facts, codes - {""} or {own})
    order, range_of_report, undated = _days(each, head, placed, facts, said)
    grain = each.grain(head, placed)
    sign, unsigned = _sign(facts, said, codes)
    constants = {**each.constants, **range_of_report, "currency": currency}
    return Layout(
        format=each.name,
        label=each.label,
        platform=each.platform,
        heading_line=head.line,
        headers=[heading.header for heading in head.headings],
        fields={columns[0].header: name for name, columns in placed.columns.items()},
        constants={
            name: text
            for name, text in constants.items()
            if text and name in names and name not in placed.columns
        },
        day_order=order,
        decimal_sign=sign,
        micros=micros,
        grain=grain,
        within=_within(each, head, facts, order) if each is not TABLE and grain != "day" else None,
        grouped=_grouped(placed, facts),
        has_ends=_has_ends(placed),
        sign="" if currency else _sign_of_money(head, placed, amount, facts),
        is_part=each.is_part(head),
        account=account.header if account else None,
        apart=tuple(heading.header for heading in facts.apart),
        questions=(*told, *undated, *unsigned, *(asked or two_words or unknown)),
        rules=each.rules(head, placed, facts),
    )


def _in_millionths(
    each: Format, amount: Heading, facts: Facts, codes: set[str]
) -> tuple[bool, tuple[Question, ...]]:
    """Whether amounts are surely millionths, and what to ask where they may be."""
    if not facts.millionths.is_open(codes):
        return facts.millionths.is_proved, ()
    choices = (each.name, each.in_micros)
    return False, (ask_for_millionths(facts.millionths, amount.header, choices),)


def _sign_of_money(head: Head, placed: Placed, amount: Heading | None, facts: Facts) -> str:
    """What stands for a currency where nothing names one."""
    if amount is None or "currency" in placed.columns:
        return ""
    return sign_of_several(amount.header, head.preamble) or mark_beside(facts.marked)


def _grouped(placed: Placed, facts: Facts) -> tuple[int, int] | None:
    campaign, day = placed.first("campaign"), placed.first("day")
    if campaign is None or day is None or facts.groups - {TOTAL} != GROUPED:
        return None
    return campaign.index, day.index


def _has_ends(placed: Placed) -> bool:
    first = placed.first("day")
    return "last_day" in placed.columns and first is not None and first.bare in WORDS["start"]


def _days(
    each: Format, head: Head, placed: Placed, facts: Facts, said: Said
) -> tuple[DayOrder, dict[str, str], tuple[Question, ...]]:
    """The order of the days, and the report's own days where its rows have none."""
    days = facts.days
    known = said.day_order or days.order or each.order(head, days)
    if "day" in placed.columns:
        if days.short and not (said.day_order or days.order):
            years = {order: day.year for order, day in ways_of_short(days.short[0]).items()}
            return "ymd", {}, (_which_year(days.short[0], years),)
        if known or not days.open:
            return known or ("dmy" if days.same else "ymd"), {}, ()
        return "ymd", {}, (_which_days(days.open),)
    text = period_of(head.preamble, each.dated_by)
    # The range of all rows is not that of each.
    if not text or facts.days_elsewhere or head.has(*COUNTED_DAYS):
        return known or "ymd", {}, ()
    ways = _ways(text, known)
    if facts.months and any({*map(_month_of, way[1:])} != facts.months for way in ways):
        return known or "ymd", {}, ()  # rows are of a month, and the report is of more
    if len(ways) > 1:
        years = {order: date.fromisoformat(day).year for order, day, _ in ways}
        asked = _which_year(text, years) if "ymd" in years else _which_days([text])
        return "ymd", {"day": ways[0][1], "last_day": ways[0][2]}, (asked,)
    return known or "ymd", {"day": ways[0][1], "last_day": ways[0][2]} if ways else {}, ()


def _month_of(day: str) -> int:
    return date.fromisoformat(day).month


def _ways(text: str, known: DayOrder | None) -> list[tuple[DayOrder, str, str]]:
    """The ways to read the days of a report, where the order of days may be known."""
    ways = orders_of(text)
    if known and (known != "ymd" or known in (way[0] for way in ways)):
        ways = [way for way in ways if way[0] == known] or ways[:1]
    return ways


def _within(each: Format, head: Head, facts: Facts, order: DayOrder) -> tuple[date, date] | None:
    """The days of a platform's report: a week or month at its edge is not in it as a whole."""
    text = period_of(head.preamble, each.dated_by)
    if not text and len(facts.ranges) == 1:  # where there are several, they are not the report's
        text = " - ".join(*facts.ranges)
    ways = _ways(text, order) if text else []
    if len(ways) != 1:
        return None
    return date.fromisoformat(ways[0][1]), date.fromisoformat(ways[0][2])


def _ranged_by(each: Format, head: Head) -> tuple[int, ...]:
    """The columns with the report's first and last day; a first day alone says no range."""
    if not all(head.has(*names) for names in each.ranged_by):
        return ()
    return tuple(head.find(*names)[0].index for names in each.ranged_by)


def _which_days(examples: Sequence[str]) -> Question:
    text = f"The days could be day/month or month/day: {', '.join(examples)}."
    return Question("dates", text, ("dmy", "mdy"), "--dates")


def _which_year(example: str, years: Mapping[DayOrder, int]) -> Question:
    """Of 12-Mar-26: does it begin with its day or with its year?"""
    text = (
        f"{example} could be of {years['dmy']} (the day first, dmy) or of {years['ymd']} "
        "(the year first, ymd)."
    )
    return Question("dates", text, ("dmy", "ymd"), "--dates")


def _sign(
    facts: Facts, said: Said, currencies: set[str]
) -> tuple[DecimalSign, tuple[Question, ...]]:
    """The decimal sign of the amounts. In money without decimals, a mark parts thousands."""
    known = said.decimal_sign or facts.sign.sign
    if known or not facts.sign.open:
        return known or ".", ()
    if all(code and not minor_digits(code) for code in currencies):
        return "." if "," in facts.sign.open[0] else ",", ()
    examples = ", ".join(facts.sign.open)
    text = f"The mark in these amounts could part thousands or decimals: {examples}."
    return ".", (Question("decimal", text, (".", ","), "--decimal"),)
