"""The lines of a nested table: under each row what it is split into, in the order of the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isqrt

from django.utils.translation import gettext

from reports.answer import Report, Row
from reports.links import Links
from reports.ranking import GROUPS, Ranking, parts_in_order
from reports.tally import total

REST = "rest"  # the group of the line that stands for those that are not shown
MOST_INNER = 350  # lines on a page below its rows, about; but in any case the fewest of each
FEWEST, MOST_OF_A_ROW = 2, 25


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table and the group it stands in."""

    row: Row
    group: str  # one of GROUPS, or REST
    parameter: str = ""  # what narrows addresses to this row, ready for markup
    depth: int = 0  # how many rows it stands below
    above: tuple[Row, ...] = ()  # these rows, outermost first


def ranked_lines(report: Report, sort: str) -> Iterator[Line]:
    """Every row with its group, in the order of the page; all of what each is split into."""
    for group, row in report.ranking(sort).grouped():
        line = Line(row, group)
        yield line
        yield from inner_of(row, sort, line)


def inner_of(row: Row, sort: str, line: Line | None = None) -> Iterator[Line]:
    """All of what a row is split into, and what that is split into."""
    depth, above = (line.depth, line.above) if line else (0, ())
    sort = row.sort_below(sort)
    for group, part in parts_in_order(row.children, sort):
        child = Line(part, group, "", depth + 1, (*above, row))
        yield child
        yield from inner_of(part, sort, child)


def lines(ranking: Ranking[Row], start: int, stop: int, links: Links) -> Iterator[Line]:
    """The rows of one page, from the `start`-th to before the `stop`-th of all."""
    for group in GROUPS:
        rows = getattr(ranking, group)
        for row in rows[max(start, 0) : max(stop, 0)]:
            yield Line(row, group, links.row(row.key))
        start, stop = start - len(rows), stop - len(rows)


def inner_lines(line: Line, sort: str, links: Links, most: int) -> list[Line]:
    """What a row is split into: so many, and one line that stands for all others."""
    found, others = line.row.first(sort, most)
    depth, above = line.depth + 1, (*line.above, line.row)
    shown = [
        Line(row, group, line.parameter + links.part(row.dimension, row.key), depth, above)
        for group, row in parts_in_order(found, sort)
    ]
    if others:
        shown.append(Line(_sum_of(others, line.row.parts - len(found)), REST, "", depth, above))
    return shown


def most_inner(rows: int, levels: int) -> int:
    """How many lines are shown below a row, so that a page of so many rows stays light."""
    room = MOST_INNER // max(rows, 1)
    return min(max(room if levels == 2 else isqrt(room), FEWEST), MOST_OF_A_ROW)


def _sum_of(rows: list[Row], number: int) -> Row:
    """All of them as one line; they stand for so many."""
    before = [row.before for row in rows if row.before is not None]
    tally = total([row.tally for row in rows])
    return Row(
        key="",
        label=gettext("%(number)s more") % {"number": number},
        tally=tally,
        before=total(before) if before else None,
        leads=tally.whole_leads,
    )
