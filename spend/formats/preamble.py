"""What the lines above the headings say: the days of a report, and how its amounts are meant."""

import re
from collections.abc import Collection, Iterator, Sequence

from attribution.files.problems import CellError, FileProblem
from attribution.imports.options import DayOrder
from spend.formats.headings import COMMON, fold
from spend.formats.notes_on_money import LONGEST, line_of
from spend.formats.periods import ends_of, may_be_days, parse_period

MONEY = rf"(?:(?-i:{'|'.join(sorted(COMMON))})|(?:US)?\$|[€£])"
THOUSANDS = (
    r"(?:thousands?|millions?|tausend|tsd|mio|milliers|millones|milhares|milh(?:ões|oes)|migliaia"
    r"|milioni)\b"
)
IN_THOUSANDS = re.compile(
    rf"\b(?:in|en|em)\s+(?:{MONEY}\s*)?(?:{THOUSANDS}|['’]?000)"
    rf"|\b(?:in|en|em)\s+(?:{MONEY}(?:\s*k|mn?)\b|[kmt]\s?{MONEY})"
    rf"|\ben\s+(?:{MONEY}\s*)?miles\b"  # but not "in Miles"
    rf"|{MONEY}\s*(?:{THOUSANDS}|['’]?000s?\b)|(?<![0-9])['’]000"  # but not 1'000
    rf"|(?<![a-z])[kt](?:EUR|USD|CHF|GBP|€)(?![a-z])",
    re.IGNORECASE,
)
CLOCK = re.compile(
    r",?\s+(?:at\s+)?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:\s*[AaPp]\.?[Mm]\.?)?"
    r"(?:\s*\(?(?:UTC|GMT)[^),]*\)?)?"
)
FROM = re.compile(r"^(?:from|vom|von|du|del?|dal|van)\s+(?=.*\s)", re.IGNORECASE)
START = re.compile(
    r"\b(?:start|starts|from|von|beginn|desde|début|debut|inicio|início|inizio)"
    r"(?: date| day| time)?\s*:",
    re.IGNORECASE,
)
END = re.compile(
    r"[,;]?\s*(?:\b(?:report|reporting|date)\s+)?\b(?:end|ends|to|bis|ende|hasta|fin|fim|fine)"
    r"(?: date| day| time)?\s*:",
    re.IGNORECASE,
)
# Of a report's making, and not of its days.
MAKING = re.compile(
    r"generat|creat|download|export|erstellt|last (?:completed|updated?|refresh)"
    r"|généré|cré[eé]|descarga|gerado|créé",
    re.IGNORECASE,
)
IN_BRACKETS = re.compile(r"\(([^()]*)\)")  # "Last 30 days (Mar 1, 2026 - Mar 30, 2026)"
ORDERS: tuple[DayOrder, ...] = ("dmy", "mdy", "ymd")


def refuse_thousands(preamble: Sequence[list[str]], file_name: str) -> None:
    """Amounts are read as they stand. Raises FileProblem if a line says to take them by more."""
    for line in map(line_of, preamble):
        if found := IN_THOUSANDS.search(line):
            raise FileProblem(
                f'"{file_name}" says above its headings that its amounts are "{found[0]}", and '
                "only whole amounts are read. Write 1200 for 1.2 thousand, and delete that line."
            )


def period_of(preamble: Sequence[list[str]], labels: Collection[str] = ()) -> str:
    """The days of the report, as it writes them and parse_period reads them; "" if it does not.

    `labels`: of lines with the report's days, folded, be it a single one.
    """
    for cells in preamble:
        for text in _candidates(cells, labels):
            if may_be_days(text):
                return text
    return _labelled("\n".join(map(line_of, preamble)))


def _candidates(cells: list[str], labels: Collection[str]) -> Iterator[str]:
    filled = [cell.strip().strip('"# ')[:LONGEST] for cell in cells if cell.strip()]
    if not filled or MAKING.search(" ".join(filled)):
        return
    whole = ", ".join(filled)
    days = [text for text in map(_without_clock, filled[1:]) if may_be_days(text)]
    if len(filled) == 3 and len(days) == 2:  # "Date range", its first day and its last
        yield " - ".join(days)
    for text in (whole, *IN_BRACKETS.findall(whole), *filled):
        label, colon, rest = _without_clock(text).partition(":")
        found = _without_clock(rest if colon else label)
        # A single day behind a label may be of anything; so may one beside it.
        is_range = bool(ends_of(rest)) if colon else (text == whole or not _is_one_day(found))
        if is_range or fold(label) in labels:
            yield found


def _is_one_day(text: str) -> bool:
    return any(first == last for _, first, last in orders_of(text))


def _labelled(text: str) -> str:
    """ "Report Start: 3/1/2026, Report End: 3/31/2026", on one line or on two."""
    start = START.search(text)
    end = END.search(text, start.end()) if start else None
    if not start or not end:
        return ""
    sides = (text[start.end() : end.start()], text[end.end() :])
    first, last = (_without_clock(side.strip().split("\n")[0]).strip(" ,") for side in sides)
    whole = f"{first} - {last}"
    return whole if may_be_days(whole) else ""


def _without_clock(text: str) -> str:
    return FROM.sub("", CLOCK.sub("", text).strip(" ,;"))


def orders_of(text: str) -> list[tuple[DayOrder, str, str]]:
    """The ways to read a report's days: order, first and last day. Of several one must ask."""
    ways: dict[tuple[str, str], DayOrder] = {}
    for order in ORDERS:
        try:
            first, last = parse_period(text, order, "day")
        except CellError:
            continue
        ways.setdefault((first.isoformat(), last.isoformat()), order)
    return [(order, *days) for days, order in ways.items()]
