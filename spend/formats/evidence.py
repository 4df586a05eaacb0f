"""What the values of a file prove about its days and its decimal sign. Nothing is guessed.

A value proves something only if it fits one reading alone, so that no later value could
overturn it; one that fits both is kept as an example for the question.
"""

import re
from dataclasses import dataclass, field

from attribution.files.amounts import SPACES
from attribution.files.problems import FileProblem
from attribution.imports.options import DayOrder, DecimalSign
from spend.formats.periods import ways_of_short

DAYS = re.compile(  # alone, or the end of a range: "01.-31.03.2026"
    r"(?:(?<![0-9./-])|(?<=[0-9]\.-))([0-9]{1,2})([-/.])([0-9]{1,2})\2[0-9]{4}(?![0-9])"
)
SHORT = re.compile(  # such as 12-Mar-26
    r"(?<![0-9])[0-9]{1,2}\.?[ -][^\W\d_]{3,10}\.?[ -][0-9]{1,2}(?![0-9])"
)
YEAR = re.compile(r"(?<![0-9.,])20[0-9]{2}(?![0-9.,])|(?<=[0-9][/.])20[0-9]{2}(?![0-9])")
NUMBER = re.compile(
    r"[^0-9A-Za-z.,]{0,4}(?P<mark>[A-Za-z]{1,3}[$ .]?)?\s*[-−]?\s*"
    rf"(?P<digits>[0-9.,][0-9.,{SPACES}]*)\s*(?:%|[^0-9.,]{{0,4}}\.?)"
)
LAKHS = re.compile(r"[0-9]{1,2}(?:,[0-9]{2})+,[0-9]{3}")  # as India groups digits
YEAR_FIRST = re.compile(r"[0-9]{4}-[0-9]{2}-([0-9]{2})")
EXAMPLES = 3
LONGEST = 60  # characters of a number or a day; what is longer is a text


@dataclass
class DayEvidence:
    """The order of the days of a column.

    A program may write the lines on top in its user's way and the rows in its own: what they
    prove holds for rows with the same mark, be it a slash, a dot or a hyphen.
    """

    mark: str = ""  # of the rows
    proved: DayOrder | None = None  # by the rows
    above: dict[str, DayOrder | None] = field(default_factory=dict)  # by the lines on top: by mark
    open: list[str] = field(default_factory=list)  # examples that could be two days
    same: bool = False  # a day like 02/02/2026 was seen, which any order reads alike
    bare: bool = False  # as the United States write it: 3/1/2026, without noughts before
    padded: bool = False  # with such noughts: 03/01/2026, 1/03/2026
    year_first: str = ""  # a day written so,
    is_late: bool = False  # and one of those is after the 12th
    year_last: str = ""  # a day written so
    short: list[str] = field(default_factory=list)  # examples of 12-Mar-26, 2026 or 2012,
    short_order: DayOrder | None = None  # and which of the two it is, as others of them prove
    years: set[int] = field(default_factory=set)  # that the lines on top name

    @property
    def exchanged(self) -> bool:
        """Whether a spreadsheet may have taken 03/01/2026 for another day than was written.

        It leaves 13/01/2026 alone, which is no day to it. So the days that it understood have their
        year first and are up to the 12th, and none of the others could be two days.
        """
        understood = self.year_first and not self.is_late
        return bool(understood and self.proved and not self.open and not self.same)

    @property
    def order(self) -> DayOrder | None:
        """As the rows prove it, or the lines on top."""
        if self.short or self.short_order:
            return self.short_order
        if self.proved or self.mark:
            return self.proved or self.above.get(self.mark)
        return next(filter(None, self.above.values()), None)

    @property
    def is_proved(self) -> bool:
        """By the rows."""
        return bool(self.proved or self.short_order)

    @property
    def dotted(self) -> bool:
        """1.3.2026"""
        return self.mark == "." or (not self.mark and "." in self.above)

    def add(self, text: str, prove_only: bool = False) -> None:
        """Look at a text with days in it."""
        if len(text) > LONGEST and not prove_only:
            return
        if not prove_only and (iso := YEAR_FIRST.match(text)):
            self.year_first = self.year_first or text
            self.is_late |= int(iso[1]) > 12
        for short in SHORT.findall(text) if not prove_only else ():
            self._add_short(short)
        for found in DAYS.finditer(text):
            self.year_last = self.year_last or ("" if prove_only else text)
            first, second = int(found[1]), int(found[3])
            if prove_only:
                self.above.setdefault(found[2], None)
            else:
                self.mark = self.mark or found[2]
            self.padded |= "0" in (found[1][0], found[3][0])
            self.bare |= found[2] == "/" and min(first, second) < 10
            order: DayOrder | None = None
            if first > 12 >= second > 0:
                order = "dmy"
            elif second > 12 >= first > 0:
                order = "mdy"
            if order and prove_only:
                self.above[found[2]] = self.above[found[2]] or order
            elif order:
                self.proved = self.proved or order
            elif prove_only or not 0 < first <= 12 or not 0 < second <= 12:
                continue
            elif first == second:
                self.same = True
            elif len(self.open) < EXAMPLES and text not in self.open:
                self.open.append(text)

    def _add_short(self, text: str) -> None:
        ways = ways_of_short(text)
        first, last = min(self.years, default=0), max(self.years, default=0)
        ways = {way: day for way, day in ways.items() if first <= day.year <= last} or ways
        if len(ways) == 1:
            self.short_order = self.short_order or next(iter(ways))
        elif ways and len(self.short) < EXAMPLES and text not in self.short:
            self.short.append(text)


def refuse_exchanged(days: DayEvidence, file_name: str) -> None:
    """Raises FileProblem where a spreadsheet may have exchanged days and months."""
    if days.exchanged:
        raise FileProblem(
            f'"{file_name}" has days such as {days.year_first} beside {days.year_last}. A '
            "spreadsheet may have exchanged day and month in the first of them. Import the file as "
            "it was exported, without opening and saving it before, or write all days as "
            "2026-03-13."
        )


@dataclass
class SignEvidence:
    """The decimal sign of a column of numbers."""

    sign: DecimalSign | None = None
    open: list[str] = field(default_factory=list)  # 1,234: a thousand, or one and a bit

    def add(self, text: str, prove_only: bool = False) -> None:
        """Look at a number, which may have a currency or a percent sign beside it."""
        if self.sign or len(text) > LONGEST or not ("." in text or "," in text):
            return
        found = NUMBER.fullmatch(text.strip())
        if not found:
            return
        proved = sign_of(found["digits"].rstrip(SPACES))
        if proved == "?":
            if not prove_only and len(self.open) < EXAMPLES and text.strip() not in self.open:
                self.open.append(text.strip())
        elif proved:
            self.sign = "." if proved == "." else ","


def sign_of(number: str) -> str:
    """The decimal sign a number proves: "." or ","; "?" if it could be either, "" says nothing."""
    points, commas = number.count("."), number.count(",")
    if points and commas:
        last = max(number.rfind("."), number.rfind(","))
        sign, group = number[last], "," if number[last] == "." else "."
        if number.count(sign) > 1 or not (
            re.fullmatch(rf"[0-9]{{1,3}}(?:[{group}][0-9]{{3}})+", number[:last])
            or LAKHS.fullmatch(number[:last])
        ):
            return ""
        return sign if number[last + 1 :].isdigit() or sign == number[-1] else ""  # 1.234,-
    mark = "." if points else ","
    if points + commas > 1:
        grouped = re.fullmatch(rf"[0-9]{{1,3}}(?:[{mark}][0-9]{{3}})+", number)
        grouped = grouped or LAKHS.fullmatch(number)
        return ("," if mark == "." else ".") if grouped else ""
    whole, _, fraction = number.partition(mark)
    if not fraction.isdigit():
        return ""
    spaced = re.fullmatch(rf"[0-9]{{1,3}}(?:[{SPACES}][0-9]{{3}})+", whole)
    if spaced:
        return mark
    if whole and not whole.isdigit():
        return ""
    could_group = len(fraction) == 3 and 1 <= len(whole) <= 3 and whole[0] != "0"
    return "?" if could_group else mark
