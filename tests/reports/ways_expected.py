"""What each way out has to say of a report: its figures, rounded and written by hand."""

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from math import isqrt

from babel.numbers import get_currency_precision

from reports import formatting
from reports.cards import before
from reports.changes import in_words
from reports.dimensions import LEADS_ALONE
from reports.metrics import LINE_COLUMNS, METRICS, Measure, Unit, interval
from reports.ranking import rank
from tests.reports.ways_read import squeezed

IN_TIME = ("month", "weekday", "hour")
MOST_INNER, FEWEST, MOST_OF_A_ROW, MOST_NAMES = 350, 2, 25, 20


@dataclass
class Line:
    """A line of the report: its name, and those figures that it has."""

    label: str
    values: object  # by metric; a dict where there are only these
    row: object = None
    above: tuple = ()  # names of the rows it stands below
    counts: bool = True  # whether it is a full row
    is_group: bool = False  # whether files name it where others have their group
    rest: list = field(default_factory=list)  # the rows that it stands for


class Expected:
    """The lines of a report in the order of a sort."""

    def __init__(self, report, sort, columns, *, changes):
        self.report, self.sort, self.columns, self.changes = report, sort, columns, changes
        self.currency = report.query.company.currency
        self.digits = get_currency_precision(self.currency)
        self.splits = report.query.attribution.splits

    # Which lines there are

    def rows(self, most=None):
        """All rows with what they are split into; with `most`, only so many of each."""
        for row in self.report.ranking(self.sort):
            yield from self._with_inner(row, (), most, self.sort)

    def _with_inner(self, row, above, most, sort):
        yield Line(row.label, row.values, row, above)
        yield from self.inner(row, above, most, sort)

    def inner(self, row, above=(), most=None, sort=None):
        sort = sort_below(row, sort or self.sort)
        children = in_order(row, sort)
        shown = children if most is None else children[:most]
        if most and children and children[0].dimension in IN_TIME and "label" in sort:
            worth = sorted(children, key=lambda child: (-child.leads, child.key))
            if children[0].dimension == "month":
                worth = sorted(children, key=lambda child: child.key)[::-1]
            shown = [child for child in children if any(child is one for one in worth[:most])]
        for child in shown:
            yield from self._with_inner(child, (*above, row.label), most, sort)
        if rest := [child for child in children if not any(child is one for one in shown)]:
            yield Line(f"{len(rest)} more", {}, above=(*above, row.label), rest=rest)

    def most_inner(self):
        """How many lines a page of all rows shows below each."""
        room = MOST_INNER // max(len(self.report.rows), 1)
        most = max(room if len(self.report.query.levels) == 2 else isqrt(room), FEWEST)
        return min(most, MOST_OF_A_ROW)

    def unattributed(self):
        return Line("Unattributed", self.report.unattributed.values, self.report.unattributed)

    def reasons(self):
        for one in self.report.reasons:
            counts = {"leads": one.leads, "booked": one.booked, "completed": one.completed}
            yield Line(one.label, counts, counts=False)

    def unmatched(self, names=None):
        """Spend that no row has, and the names it is under."""
        report = self.report
        untold = report.shows_spend and report.query.group_by in LEADS_ALONE
        if report.unmatched_names or untold:
            values = report.unmatched_spend.values
            spent = {name: values[name] for name in ("spend", *LINE_COLUMNS)}
            yield Line(report.unmatched_spend.label, spent, counts=False, is_group=True)
        for one in report.unmatched_names[:names]:
            amount = None if one.amount_minor is None else Decimal(one.amount_minor)
            spent = {"spend": amount and amount.scaleb(-self.digits)}
            yield Line(one.name, spent, counts=False)

    def total(self):
        return Line("Total counted", self.report.total.values, self.report.total)

    def kinds(self):
        return [Line(one.label, {"leads": one.leads}, counts=False) for one in self.report.excluded]

    def excluded(self):
        kinds = self.kinds()
        if not kinds:
            return []
        leads = sum(one.leads for one in self.report.excluded)
        return [Line("Excluded", {"leads": leads}, counts=False), *kinds]

    # How they are written

    def shown(self, line):
        """Name and cells as they are read: each figure with what is said below it."""
        return squeezed(line.label or "(no name)"), [self._shown(line, one) for one in self.columns]

    def _shown(self, line, name):
        metric = METRICS[name]
        write = formatting.writer(metric.unit, self.currency)
        if line.rest:
            if metric.unit is not Unit.COUNT or name not in ("leads", "booked", "completed"):
                return None, None
            parts = [row.values[name] for row in line.rest]
            return (squeezed(write(sum(parts))) if None not in parts else None), None
        if name not in line.values:
            return "", []
        below = []
        if line.row is not None:
            if note := line.row.note_of(name):
                below.append(note)
            elif line.row.thin and (ends := interval(line.values, name)):
                below.append(formatting.interval(ends))
            if self.changes and (said := in_words(metric, line.row, write)[0]):
                below.append(said)
        return squeezed(write(line.values[name])), [squeezed(one) for one in below]

    def filed(self, line):
        """The cells of a file after the names, as numbers; None where there is nothing."""
        cells = []
        for name in self.columns:
            metric = METRICS[name]
            values = line.values if name in line.values else {name: None}
            cells.append(self._number(name, values[name]))
            if metric.has_interval:
                ends = interval(line.values, name) if line.counts else None
                cells += [self._number(name, end) for end in ends or (None, None)]
            if self.changes:
                was = None if line.row is None else before(METRICS[name], line.row)
                cells.append(self._number(name, was))
            if name in self.rising:
                one = line.row.expected.get(name) if line.row is not None else None
                ends = (one.rate, one.low, one.high) if one else (None, None, None)
                cells += [self._number(name, end) for end in ends]
        return cells

    @property
    def rising(self):
        every = (*self.report.rows, self.report.total)
        return {name for row in every for name in row.expected}

    def _number(self, name, value):
        if value is None or METRICS[name].unit is Unit.COUNT:
            return value
        if name == "revenue" and value and self.splits:
            return half_up(value, 6)
        return half_up(value, self.digits if METRICS[name].unit is Unit.MONEY else 4)

    def told(self, row, columns, sort=None):
        """A row as JSON, with what it is split into, as far as these columns go."""
        found = {"label": row.label, **self._told(row.values, columns)}
        if row.previous is not None:
            found["previous"] = self._told(row.previous, columns)
        ends = {name: interval(row.values, name) for name in columns}
        found["intervals"] = {
            name: [f"{half_up(end, 6):f}" for end in pair] for name, pair in ends.items() if pair
        }
        if row.children:
            below = sort_below(row, sort or self.sort)
            children = in_order(row, below)
            found["rows"] = [self.told(child, columns, below) for child in children]
        return found

    def _told(self, values, columns):
        return {name: self._text(name, values[name]) for name in columns}

    def _text(self, name, value):
        if value is None:
            return None
        if METRICS[name].unit is Unit.COUNT:
            return float(value) if isinstance(value, Decimal) else value
        is_sum = isinstance(METRICS[name], Measure)
        digits = self.digits if is_sum else 6
        if name == "revenue" and self.splits:
            digits = 6
        return f"{half_up(value, digits):f}"


def sort_below(row, sort):
    """Names of campaigns say nothing of a month: what time is split into goes by its leads. And
    months follow one another, unless another order is asked for."""
    parts_in_time = bool(row.children) and row.children[0].dimension in IN_TIME
    if sort == "-leads" and parts_in_time:
        return "label"
    if sort in ("label", "-label") and row.dimension in IN_TIME and row.children:
        return sort if parts_in_time else "-leads"
    return sort


def in_order(row, sort):
    """Months and the like as they follow one another, also those with few leads."""
    children = list(rank(row.children, sort))
    if children and children[0].dimension in IN_TIME and "label" in sort:
        children = sorted(children, key=lambda child: child.key, reverse=sort == "-label")
    return children


def half_up(value, digits):
    return Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
