"""Tables with one column for each month, which are no rows of spend."""

import re
from collections.abc import Sequence

from attribution.files.problems import FileProblem
from spend.formats.headings import Heading
from spend.formats.periods import may_be_days
from spend.formats.words import MONTHS

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


def _is_month(heading: Heading) -> bool:
    word = FIRST_WORD.match(heading.bare)
    return may_be_days(heading.header) or bool(word and word[0] in MONTHS)
