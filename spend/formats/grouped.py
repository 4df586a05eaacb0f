"""Reports with a row for a campaign and all its days, below which these stand without its name."""

from collections.abc import Iterator
from dataclasses import replace

from attribution.files.table import Records, Table
from spend.formats.headings import fold
from spend.formats.rows import EVERY, NOTHING, cell_at

# Of a row: does it name a campaign, and is it of all days?
Group = tuple[bool, bool]
GROUPED = frozenset({(True, True), (False, False)})
TOTAL = (False, True)


def group_of(cells: list[str], campaign: int, day: int) -> Group:
    """What a row says of its campaign and its day."""
    return cell_at(cells, campaign).strip() not in NOTHING, fold(cell_at(cells, day)) in EVERY


def named_down(table: Table, campaign: int, day: int) -> Table:
    """The same lines, and each day names the campaign that it stands below."""
    return replace(table, records=_filled(table.records, campaign, day), record_chunks=None)


def _filled(records: Records, campaign: int, day: int) -> Records:
    def filled() -> Iterator[tuple[int, list[str]]]:
        name = ""
        for line, cells in records():
            is_named, is_of_all = group_of(cells, campaign, day)
            if is_named:
                name = cells[campaign]
            elif name and not is_of_all and cell_at(cells, day).strip() not in NOTHING:
                yield line, [*cells[:campaign], name, *cells[campaign + 1 :]]
                continue
            yield line, cells

    return filled
