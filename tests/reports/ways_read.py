"""What the ways out say, read back: tables of HTML, the lines of a mail, files."""

import csv
import io
from dataclasses import dataclass, field
from html.parser import HTMLParser

import openpyxl

ASIDE = {"span", "small", "i", "svg", "details", "script"}  # around what is no figure of its own
EMPTY = {"br", "input", "img", "link", "meta", "hr"}


@dataclass
class Cell:
    """A cell of a table: its text, and what stands beside or below it."""

    tag: str
    parts: list = field(default_factory=list)
    bold: list = field(default_factory=list)
    notes: list = field(default_factory=list)

    @property
    def text(self):
        return squeezed("".join(self.bold or self.parts))


def squeezed(text):
    return " ".join(text.split())


class Tables(HTMLParser):
    """The rows of each table of a page; rows of one cell are headings and stand for themselves."""

    def __init__(self, html):
        super().__init__()
        self.tables, self.cell, self.inside = [], None, []
        self.cards, self.card = [], None
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "table":
            self.tables.append((given.get("class", ""), []))
        elif tag == "tr":
            self.tables[-1][1].append([])
        elif tag in ("td", "th"):
            self.cell, self.inside = Cell(tag), []
            self.tables[-1][1][-1].append(self.cell)
        elif self.cell is not None and tag not in EMPTY:
            self.inside.append(tag)
            if tag in ("span", "small") and not ASIDE & set(self.inside[:-1]):
                self.cell.notes.append("")
        kind = given.get("class") or ""
        if kind == "cp-card-label":
            self.cards.append(["", ""])
            self.card = 0
        elif kind == "cp-card-value":
            self.card = 1

    def handle_endtag(self, tag):
        self.card = None
        if self.cell is None:
            return
        if tag in ("td", "th"):
            self.cell = None
        elif tag in self.inside:
            while self.inside.pop() != tag:
                pass

    def handle_data(self, data):
        if self.card is not None:
            self.cards[-1][self.card] += data
        if self.cell is None:
            return
        if "b" in self.inside:
            self.cell.bold.append(data)
        elif not ASIDE & set(self.inside):
            self.cell.parts.append(data)
        elif self.cell.notes and self.inside[0] in ("span", "small"):
            self.cell.notes[-1] += data

    def lines(self, of):
        """Name and cells of each row that has both, of the table of this class or number."""
        rows = self.tables[of][1] if isinstance(of, int) else dict(self.tables)[of]
        return [
            (row[0].text, [(one.text, [squeezed(note) for note in one.notes]) for one in row[1:]])
            for row in rows
            if len(row) > 1 and row[0].tag == "th" and row[1].tag == "td"
        ]


def mail_lines(text, columns, width):
    """The rows of a mail's table: figures end where the headings of their columns end."""
    rows = text.split("\n")
    at, ends = next(
        (n, ends) for n, row in enumerate(rows) if (ends := _ends(row, columns, width)) is not None
    )
    found = []
    for row in rows[at + 1 :]:
        if not row:
            break
        if row.startswith(("-- ", "      ")):
            continue
        cells, start = [], width
        for end in ends:
            cells.append(squeezed(row[start:end]))
            start = end
        found.append((squeezed(row[:width]), cells))
    return found


def _ends(row, columns, width):
    """Where each column ends, if the row is the heading of all of them."""
    ends, start = [], width
    for column in columns:
        at = row.find(column, start)
        if at < 0 or row[start:at].strip():
            return None
        start = at + len(column)
        ends.append(start)
    return None if row[start:].strip() else ends


def csv_lines(content):
    """The rows of the table, until the empty one, and the pairs that follow it."""
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    ends = rows.index([])
    about = rows[ends + 1 : rows.index([], ends + 1)]
    return rows[0], rows[1:ends], about


def xlsx_lines(content):
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    head, *rows = (list(row) for row in book.worksheets[0].iter_rows(values_only=True))
    width = len(head)
    rows = [[*row, *[None] * (width - len(row))] for row in rows]
    about = [list(row) for row in book["About"].iter_rows(min_row=2, values_only=True)]
    return head, rows, about
