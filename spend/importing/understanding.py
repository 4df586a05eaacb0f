"""What a file of spend is: which program wrote it, and which of its columns are which fields."""

from dataclasses import replace

from attribution.files.table import Table
from attribution.imports.columns import Placement, place
from attribution.imports.importer import Understood
from attribution.imports.options import ImportOptions
from attribution.models import Company
from spend.formats import Layout, Said, recognise
from spend.formats.currency import ask_for_sign
from spend.formats.grouped import named_down
from spend.formats.registry import TABLE
from spend.formats.reshaping import reshaped
from spend.importing import kinds
from spend.importing.fields import COUNTS, FIELDS


def understand(table: Table, company: Company, options: ImportOptions) -> Understood:
    """Which program wrote it, or which kind of file the company calls it. Raises FileProblem."""
    records = reshaped(table.records)
    if records is not table.records:
        table = replace(table, records=records, record_chunks=None)
    layout = recognise(table.records, table.name, FIELDS, Said.of(options), company.currency)
    saved = kinds.find(company, layout.headers)
    if saved is not None:
        options = kinds.merged(saved, options)
        layout = recognise(table.records, table.name, FIELDS, Said.of(options), company.currency)
    read = replace(
        options,
        mapping=dict(layout.fields),
        constants={**layout.constants, **options.constants},
        day_order=layout.day_order,
        decimal_sign=layout.decimal_sign,
    )
    headers = tuple(layout.headers)
    table = replace(table, heading_line=layout.heading_line, known_headers=headers)
    if layout.grouped:
        table = named_down(table, *layout.grouped)
    placement = place(table.headers, FIELDS, read, recognise=False)
    optional = _not_needed(layout, placement)
    placement.errors = [e for e in placement.errors if e.column not in optional]
    program = "" if layout.format == TABLE.name else layout.label
    questions = layout.questions + ask_for_sign(layout, company.currency)
    return Understood(table, placement, read, questions, layout, program)


def _not_needed(layout: Layout, placement: Placement) -> set[str]:
    """What this file need not say: a report on mails knows no amounts, a bill of one platform no
    campaigns. Where any other column might be the one that is missed, it is missed.
    """
    if layout.format != TABLE.name:
        return {"amount", "campaign"}
    found = set()
    if set(COUNTS) & set(placement.columns):
        found.add("amount")
    if not layout.apart:
        found.add("campaign")
    return found
