"""Which column holds the amounts, and in which currency they are."""

from collections.abc import Callable

from attribution.files.amounts import marks_of
from attribution.files.problems import FileProblem
from spend.formats.base import Format, Head, Placed
from spend.formats.contract import Layout, Question, Said
from spend.formats.headings import CURRENCIES, Heading, refuse_repeated
from spend.formats.notes_on_money import currency_of
from spend.formats.reading import Facts


def amount_column(
    head: Head, placed: Placed, said: Said, file_name: str
) -> tuple[Heading | None, tuple[Question, ...]]:
    """The column of amounts. The same amounts in two currencies: a person says which."""
    columns = placed.columns.get("amount", [])
    codes = [heading.currency for heading in columns]
    if len(columns) < 2:
        return placed.first("amount"), ()
    if len(set(codes)) < len(codes):
        refuse_repeated(head.headings, columns[0], file_name)
    wanted = said.currency.strip().upper()
    counts = next((h for h in columns if wanted and h.currency == wanted), None)
    unnamed = next((h for h in columns if not h.currency), None)
    if counts is None and (wanted or "currency" in placed.columns):
        counts = unnamed  # its currency is said, or stands in a column of its own
    if counts is not None:
        placed.columns["amount"] = [counts]
        return counts, ()
    named = ", ".join(code for code in codes if code)
    if unnamed is not None:
        text = (
            f'The amounts are there in {named}, and in "{unnamed.header}", whose currency is not '
            "named. Which currency is to count?"
        )
        return unnamed, (Question("currency", text, (), "--currency"),)
    text = f"The amounts are there in several currencies: {named}. Which is to count?"
    return columns[0], (Question("currency", text, tuple(codes), "--currency"),)


def two_currencies(
    placed: Placed, amount: Heading | None, facts: Facts, said: Said
) -> tuple[Question, ...]:
    """The heading of the amounts may name another currency than the rows do beside them."""
    column = placed.first("currency")
    if amount is None or column is None or facts.currencies <= {amount.currency, ""}:
        return ()
    wanted = said.currency.strip().upper()
    if amount.currency and wanted == amount.currency:
        placed.columns.pop("currency")
    if wanted or not amount.currency:
        return ()
    others = sorted(facts.currencies - {amount.currency})
    text = (
        f'The amounts are in {amount.currency} by their heading "{amount.header}", '
        f'but in {", ".join(others)} by the column "{column.header}". Which is true?'
    )
    return (Question("currency", text, (amount.currency, *others), "--currency"),)


def currency_of_all(
    each: Format,
    head: Head,
    placed: Placed,
    amount: Heading | None,
    facts: Facts,
    said: Said,
    file_name: str,
    noted: Callable[[], str],
) -> tuple[str, tuple[Question, ...]]:
    """The currency of all rows: the file's own word, else a person's.

    `noted`: looks for a note among the rows, which takes reading all of them.
    """
    wanted = said.currency.strip().upper()
    if wanted and wanted not in CURRENCIES:
        raise FileProblem(f'"{said.currency}" is no currency. Use a code such as EUR or USD.')
    if "currency" in placed.columns or amount is None:
        return "", ()
    above = currency_of(head.preamble, surely=True)
    if above and amount.currency not in ("", above):
        return _one_of_two(amount, above, wanted)
    own = amount.currency or currency_of(head.preamble)
    if not own and len(facts.beside) == 1:
        own = next(iter(facts.beside))
    if own and wanted and own != wanted:
        raise FileProblem(
            f'"{file_name}" says that its amounts are in {own}, and not in {wanted}. '
            "Leave the currency out."
        )
    if own or wanted:
        return own or wanted, ()
    if not each.asks_currency:
        return "", ()
    if own := noted():
        return own, ()
    text = f"The file does not say in which currency its amounts are ({amount.header})."
    return "", (Question("currency", text, (), "--currency"),)


def _one_of_two(amount: Heading, above: str, wanted: str) -> tuple[str, tuple[Question, ...]]:
    """The heading names one currency, and a line above it another."""
    codes = amount.currency, above
    if wanted in codes:
        return wanted, ()
    text = (
        f'The amounts are in {amount.currency} by their heading "{amount.header}", but in {above} '
        "by a line above it. Which is true?"
    )
    return "", (Question("currency", text, codes, "--currency"),)


def ask_for_sign(layout: Layout, own: str) -> tuple[Question, ...]:
    """The company's currency stands in for one that is not said; but euros not for "Cost ($)"."""
    is_said = layout.constants.get("currency") or "currency" in layout.fields.values()
    is_asked = any(question.about == "currency" for question in layout.questions)
    if not layout.sign or is_said or is_asked or layout.sign.upper() in marks_of(own):
        return ()
    text = f'The amounts are in "{layout.sign}", which is not {own}. Which currency is it?'
    return (Question("currency", text, (), "--currency"),)
