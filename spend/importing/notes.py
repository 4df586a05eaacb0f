"""What is said of a file of spend beside its figures."""

from typing import TYPE_CHECKING

from attribution.imports.outcome import Outcome, Totals
from spend.importing.totals import NO_CAMPAIGN

if TYPE_CHECKING:
    from spend.importing.importer import SpendImporter


def say_all(importer: "SpendImporter") -> None:
    """Sentences for whoever looks at the check."""
    _say_of_reading(importer)
    _say_of_rows(importer)
    for totals in [importer.outcome.totals, *importer.outcome.more_totals]:
        if totals:
            _say_of_money(importer.outcome, totals)
            if "campaign" in importer.placement.columns:
                _say_of_no_campaign(importer.outcome, totals)
    typed = importer.entries.also_typed()
    if typed:
        importer.outcome.note(
            f"For {typed:,} of these entries there is also one typed in by hand. Both count; "
            "delete one of them if they mean the same money."
        )


def _say_of_reading(importer: "SpendImporter") -> None:
    """What the file does not say."""
    note = importer.outcome.note
    placed = importer.placement.columns
    if "campaign" not in placed and "platform_id" not in placed:
        note("The file names no campaigns: its amounts count as spend not matched.")
    if "amount" not in placed:
        note("The file names no amounts: it says what was sent, shown or clicked.")
    elif importer.is_table and "currency" not in placed:
        note(f"The file names no currency: its amounts were read as {importer.company.currency}.")


def _say_of_rows(importer: "SpendImporter") -> None:
    """What became of rows that are not one entry each."""
    note, counts = importer.outcome.note, importer.entries.counts
    if counts.ranges:
        note(
            f"{counts.ranges:,} amounts of more than a day are spread over their days, to the cent."
        )
    elif counts.rows > counts.entries:
        note(
            f"{counts.rows:,} rows made {counts.entries:,} entries: rows of the same campaign, "
            "day, source, medium and line were added up."
        )
    if importer.noisy and importer.is_table:
        note(
            f"{importer.noisy:,} amounts carry the noise of a computer's fractions "
            "(1.429999948 for 1.43). They were read as the cent they stand for."
        )
    elif importer.noisy:
        note(
            f"{importer.noisy:,} amounts are finer than the smallest coin. They were added up by "
            "campaign and day as they are, and then rounded half up."
        )
    for reason, count in importer.outcome.skipped.items():
        note(f"Rows left out, as they are no spend of a campaign: {count:,} ({reason}).")


def _say_of_no_campaign(outcome: Outcome, totals: Totals) -> None:
    """Where cells were merged, only the first row of a campaign names it."""
    for found in totals.by_unmatched_name:
        if found.name == NO_CAMPAIGN and found.minor:
            outcome.note(
                f"{found.amount} are of rows whose campaign is empty. If its cells were merged, "
                "write the campaign into each of them."
            )


def _say_of_money(outcome: Outcome, totals: Totals) -> None:
    """What is not matched, not converted, or not what the file itself says."""
    if totals.unmatched_names:
        outcome.note(
            f"Names that no campaign has: {totals.unmatched_names:,}. Their {totals.unmatched} "
            "are kept, and count as spend not matched."
        )
    if totals.unconverted:
        outcome.note(
            f"{totals.unconverted:,} amounts in {totals.currency} have no rate of exchange of "
            "their day: in the report they are unknown until there is one."
        )
    if totals.difference:
        outcome.note(
            f"The file's own total is {totals.own_total}; its rows add up to {totals.amount}, "
            f"which is {totals.difference} apart."
        )
