"""A digest, or a few words, as blocks of Slack. All text is escaped: it mentions nobody."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext

from reports.cards import Card
from reports.plainly import Line, Told
from reports.sending.mail import RANKED_SHOWN, as_of_words, broken_words, more_words

LONGEST_TEXT = 2_900  # Slack takes 3,000 letters in a block
LONGEST_HEADER = 150
MOST_BLOCKS = 50
LABEL_WIDTH = 26
COLUMNS_SHOWN = 4  # more do not fit beside each other
Block = dict[str, Any]


def escaped(text: str) -> str:
    """As Slack asks: these three signs begin mentions, links and entities. A back-tick would end
    the table, and becomes a sign that looks alike."""
    for sign, instead in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("`", "ˋ")):
        text = text.replace(sign, instead)
    return text


def payload(told: Told, url: str) -> Block:
    """One message: head, cards, table, proof and the way to the report."""
    title = " ".join(f"{told.title} – {told.company}".split())[:LONGEST_HEADER]
    facts = (f"{what}: {how}" for what, how in told.facts)
    ends = (text for text in [*told.proof, broken_words(told), *told.notes] if text)
    blocks: list[Block] = [
        {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": False}},
        *map(section, _pieces(map(escaped, [as_of_words(told), *facts]))),
        *map(section, _pieces(map(_card, told.cards))),
        *(section(f"```{piece}```") for piece in _pieces(map(escaped, _table(told)))),
        *map(section, _pieces(map(escaped, ends))),
    ]
    if url:
        blocks.append(section(f"<{url}|{escaped(gettext('The report as it is now'))}>"))
    return {"text": escaped(title), "blocks": blocks[:MOST_BLOCKS]}


def words_payload(title: str, texts: Iterable[str], url: str) -> Block:
    """A short message."""
    shown = "\n".join(map(escaped, texts))
    blocks = [section(f"*{escaped(title)}*\n{shown}"[:LONGEST_TEXT])]
    if url:
        blocks.append(section(f"<{url}|{escaped(gettext('Open the report'))}>"))
    return {"text": escaped(title), "blocks": blocks}


def section(text: str) -> Block:
    """Words with what Slack itself makes of them switched off."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _card(card: Card) -> str:
    said = "; ".join(part for part in (card.change, card.note, card.before) if part)
    begins = f"*{escaped(card.label)}* {escaped(card.value)}"
    return f"{begins} – {escaped(said)}" if said else begins


def _table(told: Told) -> list[str]:
    """The first columns in type of one width; the others are in the report."""
    lines = [*told.ranked[:RANKED_SHOWN], *told.outer_sums]
    columns = told.columns[:COLUMNS_SHOWN]
    widths = [
        max(len(head), *(len(line.cells[index].text) for line in lines))
        for index, head in enumerate(columns)
    ]
    return [
        _row(told.heading, columns, widths),
        *(_line(line, widths) for line in told.ranked[:RANKED_SHOWN]),
        *(f"-- {words}" for words in more_words(told)),
        *(_line(line, widths) for line in told.outer_sums),
    ]


def _line(line: Line, widths: list[int]) -> str:
    marks = f" [{', '.join(line.marks)}]" if line.marks else ""
    label = f"{'  ' if line.is_part else ''}{line.label}{marks}"
    return _row(label, [cell.text for cell in line.cells], widths)


def _row(label: str, cells: list[str], widths: list[int]) -> str:
    shown = label if len(label) <= LABEL_WIDTH else label[: LABEL_WIDTH - 1] + "…"
    padded = [f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=False)]
    return "  ".join([f"{shown:<{LABEL_WIDTH}}", *padded]).rstrip()


def _pieces(lines: Iterable[str]) -> Iterator[str]:
    """As many lines at a time as a block takes."""
    piece = ""
    for line in lines:
        if piece and len(piece) + len(line) + 1 > LONGEST_TEXT:
            yield piece
            piece = ""
        piece = f"{piece}\n{line}" if piece else line[:LONGEST_TEXT]
    if piece:
        yield piece
