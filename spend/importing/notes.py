"""What is said of a file of spend beside its figures."""

from typing import TYPE_CHECKING

from attribution.imports.outcome import Outcome, Totals
from spend.importing.among import totals_among_parts
from spend.importing.totals import NO_CAMPAIGN

if TYPE_CHECKING:
    from spend.importing.importer import SpendImporter


def say_all(importer: "SpendImporter") -> None:
    """Sentences for whoever looks at the check; first what may count twice."""
    _say_of_others(importer)
    if importer.is_table and importer.entries.are_added_up:
        _say_of_totals(importer)
    _say_of_reading(importer)
    _say_of_rows(importer)
    for totals in [importer.outcome.totals, *importer.outcome.more_totals]:
        if totals:
            _say_of_money(importer.outcome, totals)
            if "campaign" in importer.placement.columns:
                _say_of_no_campaign(importer.outcome, totals)


def _say_of_others(importer: "SpendImporter") -> None:
    count, amount = importer.entries.beside_others()
    if count:
        beside = _counted(count, "one of the new entries", "{count} of the new entries")
        importer.outcome.note(
            f"Beside {beside} ({amount}) there is already one of the same campaign, day and line, "
            "typed in by hand or from another file. Both count: delete one of the two if they "
            "mean the same money."
        )


def _say_of_totals(importer: "SpendImporter") -> None:
    """What is there twice within the file."""
    found = totals_among_parts(importer.stage)
    if found is None:
        return
    first = f"{found.name or NO_CAMPAIGN}, {found.days}: {found.amount}"
    if found.rows == 1:
        importer.outcome.note(
            f"The amount of row {found.first} is that of the other rows of its campaign and day "
            f"together ({first}). If it is their total, delete the row: it counts twice."
        )
        return
    importer.outcome.note(
        f"The amounts of {found.rows:,} rows are those of the other rows of their campaign and "
        f"day together, such as row {found.first} ({first}). If they are totals, delete these "
        "rows: they count twice."
    )


def _say_of_reading(importer: "SpendImporter") -> None:
    """What the file does not say."""
    note = importer.outcome.note
    placed = importer.placement.columns
    if "campaign" not in placed and "platform_id" not in placed:
        note("The file names no campaigns: its amounts count as spend not matched.")
    if "amount" not in placed:
        note("The file names no amounts: it says what was sent, shown or clicked.")
    elif not importer.notes.say() and importer.is_table and "currency" not in placed:
        note(f"The file names no currency: its amounts were read as {importer.company.currency}.")
    if importer.layout.micros:
        note("The amounts are millionths: 12340000 was read as 12.34.")


def _say_of_rows(importer: "SpendImporter") -> None:
    """What became of rows that are not one entry each."""
    note, counts = importer.outcome.note, importer.entries.counts
    if counts.ranges:
        amounts = _counted(
            counts.ranges,
            "One amount of more than a day is spread over its days",
            "{count} amounts of more than a day are spread over their days",
        )
        note(f"{amounts}, to the cent.")
    elif counts.rows > counts.entries:
        made = _counted(counts.entries, "one entry", "{count} entries")
        note(
            f"{counts.rows:,} rows made {made}: rows of the same campaign, "
            "day, source, medium and line were added up."
        )
    if importer.noisy and importer.is_table:
        carry = _counted(importer.noisy, "One amount carries", "{count} amounts carry")
        note(
            f"{carry} the noise of a computer's fractions "
            "(such as 1.429999948 for 1.43): read as the cent that is meant."
        )
    elif importer.noisy:
        finer = _counted(importer.noisy, "One amount is", "{count} amounts are")
        note(
            f"{finer} finer than the smallest coin: added up by "
            "campaign and day as written, and then rounded half up."
        )
    for reason, count in importer.outcome.skipped.items():
        note(f"Rows left out, as they are no spend of a campaign: {count:,} ({reason}).")


def _say_of_no_campaign(outcome: Outcome, totals: Totals) -> None:
    """Where cells were merged, only the first row of a campaign names it."""
    for found in totals.by_unmatched_name:
        if found.name != NO_CAMPAIGN or not found.minor:
            continue
        said = f"{found.amount} are of rows whose campaign is empty"
        if 2 * found.minor == totals.minor:
            outcome.note(
                f"{said}, and so much are all others together. If that is their total, delete it: "
                "it counts twice."
            )
            continue
        outcome.note(f"{said}. If its cells were merged, write the campaign into each of them.")


def _say_of_money(outcome: Outcome, totals: Totals) -> None:
    """What is not matched, not converted, or not what the file itself says."""
    if totals.unmatched_names:
        outcome.note(
            f"Names that no campaign has: {totals.unmatched_names:,}. Their {totals.unmatched} "
            "are kept, and count as spend not matched."
        )
    if totals.unconverted:
        amounts = _counted(
            totals.unconverted,
            "One amount in {currency} has no rate of exchange of its day: in the report it is",
            "{count} amounts in {currency} have no rate of exchange of their day: in the report "
            "they are",
            currency=totals.currency,
        )
        outcome.note(f"{amounts} unknown until there is one.")
    if totals.difference:
        outcome.note(
            f"The file's own total is {totals.own_total}; its rows add up to {totals.amount}, "
            f"which is {totals.difference} apart."
        )


def _counted(count: int, one: str, many: str, **said: str) -> str:
    """What is said of one of them, or of many."""
    return (one if count == 1 else many).format(count=f"{count:,}", **said)
