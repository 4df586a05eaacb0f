"""Files of spend for tests: laid out by their format, and read as the importer will."""

import csv
from io import BytesIO, StringIO
from pathlib import Path

from attribution.files.cells import parse_amount, parse_count
from attribution.files.reading import open_table
from attribution.imports.columns import Field
from spend.formats import Said, parse_period, recognise

FILES = Path(__file__).parent / "files"
COUNTS = ("impressions", "clicks", "sends", "opens")
ALIASES = {
    "campaign": ("utm_campaign", "campaign_name"),
    "day": ("date", "date_day", "report_date"),
    "last_day": ("end_date", "until"),
    "amount": ("spend", "cost", "spent", "amount_spent", "costs"),
    "impressions": ("impr", "views"),
    "clicks": ("link_clicks",),
    "source": ("utm_source",),
    "medium": ("utm_medium",),
    "sends": ("sent", "emails_sent"),
    "opens": ("opened",),
}
FIELDS = tuple(
    Field(name=name, label=name, help="", aliases=ALIASES.get(name, ()))
    for name in (
        *("campaign", "platform_id", "day", "last_day", "amount", "currency", *COUNTS),
        *("source", "medium", "line", "note", "came_from", "account"),
    )
)


def records_of(text, separator=","):
    lines = list(enumerate(csv.reader(StringIO(text), delimiter=separator), start=1))
    return lambda: iter(lines)


def laid_out(text, separator=",", **said):
    return recognise(records_of(text, separator), "file.csv", FIELDS, Said(**said))


def opened(path, name=None):
    """The lines of a file, as the layer below gives them."""
    source = BytesIO(path) if isinstance(path, bytes) else path
    return open_table(source, name=name or "file.csv", limits=None).records


def rows_of(layout, records, currency=None):
    """The rows that are spend, each as a dict of its values; and why the others are not."""
    rows, skipped = [], []
    for line, cells in records():
        if line <= layout.heading_line or not any(cell.strip() for cell in cells):
            continue
        if skip := layout.skip(cells):
            skipped.append(skip)
            continue
        texts = dict(layout.constants)
        for header, field in layout.fields.items():
            texts[field] = layout.text(field, cells[layout.headers.index(header)])
        rows.append(_values(layout, texts, currency))
    return rows, skipped


def _values(layout, texts, currency):
    values = dict(texts)
    first, last = parse_period(texts["day"], layout.day_order, layout.grain)
    if texts.get("last_day"):
        _, last = parse_period(texts["last_day"], layout.day_order, "day")
    values |= {"day": first.isoformat(), "last_day": last.isoformat()}
    if "amount" in texts:
        code = texts.get("currency") or currency
        if layout.micros:
            values["amount"] = int(texts["amount"]) / 10_000
        else:
            values["amount"] = parse_amount(texts["amount"], code, layout.decimal_sign).minor
    for name in COUNTS:
        if texts.get(name):
            values[name] = parse_count(texts[name], layout.decimal_sign)
    return values
