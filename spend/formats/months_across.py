"""Tables whose headings are none: a column for each month, or the first row of spend."""

import re
from collections.abc import Sequence

from attribution.files.problems import FileProblem
from spend.formats.headings import Heading
from spend.formats.periods import may_be_days
from spend.formats.words import MONTHS

A_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[./][0-9]{1,2}[./][0-9]{4}")
A_NUMBER = re.compile(r"[0-9]+(?:[.,][0-9]+)*")
FIRST_WORD = re.compile(r"[a-z]+")


def refuse_months_across(headings: Sequence[Heading], file_name: str) -> None:
    """Say how such a table can be read. Raises FileProblem if this is one."""
    found = [heading.header for heading in headings if _is_month(heading)]
    if len(found) > 1:
        raise FileProblem(
            f'"{file_name}" has a column for each month ({", ".join(found[:3])}), and only tables '
            "with a row for each campaign and month can be read. Write the month into a column "
            "Month (such as 2026-03) and its amount into a column Cost."
        )


def refuse_without_headings(headings: Sequence[Heading], file_name: str) -> None:
    """Raises FileProblem if they are a row: it would be lost, whatever they are taken for."""
    cells = [heading.header for heading in headings]
    if any(map(A_DAY.fullmatch, cells)) and any(map(A_NUMBER.fullmatch, cells)):
        raise FileProblem(
            f'"{file_name}" has no line of headings: it begins with "{", ".join(cells[:4])}". '
            "Write one above its rows, such as Day, Campaign, Cost."
        )


def _is_month(heading: Heading) -> bool:
    word = FIRST_WORD.match(heading.bare)
    return may_be_days(heading.header) or bool(word and word[0] in MONTHS)
