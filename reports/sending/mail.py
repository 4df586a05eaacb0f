"""A digest as a mail: plain text, and HTML of tables with inline styles, as mail programs want it.

Nothing is fetched from anywhere: no picture, no style sheet. All text of people is escaped.
"""

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from reports.cards import Card
from reports.plainly import Line, Told

RANKED_SHOWN = 10
LABEL_WIDTH = 34
INK, QUIET, RULE, BAND = "#1b2430", "#56626f", "#d5dce4", "#f4f6f9"
GOOD, BAD = "#0a6b45", "#b42318"
FONT = "font-family:Segoe UI,Helvetica,Arial,sans-serif;font-size:14px"
CELL = f"padding:5px 8px;border-bottom:1px solid {RULE};color:{INK};{FONT}"
NUMBER = f"{CELL};text-align:right;white-space:nowrap"
SMALL = f"color:{QUIET};font-size:12px"
VERDICTS = {"better": GOOD, "worse": BAD}


def message(
    subject: str, text: str, html: str, to: Sequence[str], message_id: str
) -> EmailMultiAlternatives:
    """A mail that programs know to be automatic, under a name that stays at every try."""
    mail = EmailMultiAlternatives(
        " ".join(subject.split())[:200],
        text,
        settings.DEFAULT_FROM_EMAIL,
        list(to),
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(html, "text/html")
    return mail


def subject(told: Told) -> str:
    return gettext("%(view)s: %(company)s, %(days)s") % {
        "view": told.title,
        "company": told.company,
        "days": told.days,
    }


def as_of_words(told: Told) -> str:
    return gettext("As of %(moment)s. Later bookings and corrections change later figures.") % {
        "moment": told.as_of
    }


def more_words(told: Told) -> list[str]:
    """What is left out below the first rows, each group with its number."""
    left = len(told.ranked) - RANKED_SHOWN
    more = [gettext("and %(n)s more in the ranking") % {"n": left}] if left > 0 else []
    split = [gettext("What the rows are split into is in the report")] if told.is_split else []
    return [*more, *told.not_ranked, *split]


def broken_words(told: Told) -> str:
    if told.holds:
        return ""
    return gettext("These sums do not agree. Do not decide by this message.")


# A few words


def words_text(title: str, lines: Iterable[str], url: str) -> str:
    """A short message as plain text."""
    link = gettext("The report as it is now: %(url)s") % {"url": url} if url else ""
    return _without_gaps([title, "", *lines, "", link])


def words_html(title: str, lines: Iterable[str], url: str) -> str:
    """A short message as HTML."""
    link = format_html('<p><a href="{}">{}</a></p>', url, gettext("The report as it is now"))
    return format_html(
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{}</title></head>'
        '<body style="margin:0;padding:16px;{}"><h1 style="font-size:18px">{}</h1>{}{}</body>'
        "</html>",
        title,
        SafeString(FONT),
        title,
        paragraphs(lines, FONT),
        link if url else "",
    )


# Plain text


def as_text(told: Told, url: str) -> str:
    """The digest as lines; figures stand under their headings."""
    widths = [
        max(len(head), *(len(line.cells[index].text) for line in _lines(told)), 4)
        for index, head in enumerate(told.columns)
    ]
    parts: list[str] = [
        f"{told.title} – {told.company}",
        as_of_words(told),
        "",
        *(f"{what}: {how}" for what, how in told.facts),
        "",
        *(_card_text(card) for card in told.cards),
        "",
        told.ranked_by,
        _row_text(told.heading, told.columns, widths),
        *(text for line in told.ranked[:RANKED_SHOWN] for text in _line_text(line, widths)),
        *(f"-- {words}" for words in more_words(told)),
        *(text for line in told.outer_sums for text in _line_text(line, widths)),
        "",
        *told.proof,
        broken_words(told),
        *told.notes,
        "",
        gettext("The report as it is now: %(url)s") % {"url": url} if url else "",
    ]
    return _without_gaps(parts)


def _lines(told: Told) -> list[Line]:
    return [*told.ranked[:RANKED_SHOWN], *told.outer_sums]


def _card_text(card: Card) -> str:
    said = [part for part in (card.change, card.note, card.before) if part]
    begins = f"{card.label}: {card.value}"
    return f"{begins} ({'; '.join(said)})" if said else begins


def _row_text(label: str, cells: Iterable[str], widths: Sequence[int]) -> str:
    shown = label if len(label) <= LABEL_WIDTH else label[: LABEL_WIDTH - 1] + "…"
    padded = [f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)]
    return "  ".join([f"{shown:<{LABEL_WIDTH}}", *padded]).rstrip()


def _line_text(line: Line, widths: Sequence[int]) -> list[str]:
    label = f"   {line.label}" if line.is_part else line.label
    if line.marks:
        label = f"{label} [{', '.join(line.marks)}]"
    below = [cell.below for cell in line.cells if cell.below]
    return [
        _row_text(label, [cell.text for cell in line.cells], widths),
        *(f"      {words}" for words in below),
    ]


def _without_gaps(parts: Iterable[str]) -> str:
    """Never two empty lines in a row."""
    lines: list[str] = []
    for part in parts:
        if part or (lines and lines[-1]):
            lines.append(part)
    return "\n".join(lines).strip() + "\n"


# HTML


def as_html(told: Told, url: str) -> str:
    """The digest as a page of its own, narrow enough for a phone."""
    link = format_html('<p><a href="{}">{}</a></p>', url, gettext("The report as it is now"))
    return format_html(
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{}</title></head>'
        '<body style="margin:0;padding:16px;background:#ffffff;color:{};{}">'
        '<h1 style="font-size:20px;margin:0 0 4px">{}</h1><p style="margin:0 0 12px">{}</p>'
        "{}{}{}{}{}</body></html>",
        told.title,
        INK,
        SafeString(FONT),
        f"{told.title} – {told.company}",
        as_of_words(told),
        _facts(told),
        _cards(told),
        _table(told),
        paragraphs([*told.proof, broken_words(told), *told.notes], SMALL),
        link if url else "",
    )


def paragraphs(texts: Iterable[str], style: str) -> SafeString:
    shown = [(SafeString(style), text) for text in texts if text]
    return format_html_join("", '<p style="margin:0 0 6px;{}">{}</p>', shown)


def _facts(told: Told) -> SafeString:
    rows = format_html_join(
        "",
        '<tr><td style="padding:1px 12px 1px 0;{}">{}</td><td style="padding:1px 0">{}</td></tr>',
        ((SafeString(SMALL), what, how) for what, how in told.facts),
    )
    return format_html('<table role="presentation" style="border-spacing:0">{}</table>', rows)


def _cards(told: Told) -> SafeString:
    rows = format_html_join(
        "",
        '<tr><th scope="row" style="{};text-align:left;font-weight:400">{}</th>'
        '<td style="{}"><b>{}</b></td><td style="{};white-space:normal">'
        '<span style="color:{}">{}</span> <span style="{}">{}</span></td></tr>',
        (
            (
                SafeString(CELL),
                card.label,
                SafeString(NUMBER),
                card.value,
                SafeString(CELL),
                VERDICTS.get(card.verdict, INK),
                card.change,
                SafeString(SMALL),
                "; ".join(part for part in (card.note, card.before) if part),
            )
            for card in told.cards
        ),
    )
    return format_html('<table style="border-collapse:collapse;margin:14px 0">{}</table>', rows)


def _table(told: Told) -> SafeString:
    heads = format_html_join(
        "",
        '<th scope="col" style="{};background:{}">{}</th>',
        ((SafeString(f"{NUMBER};white-space:normal"), BAND, column) for column in told.columns),
    )
    body = [_row(line) for line in told.ranked[:RANKED_SHOWN]]
    across = len(told.columns) + 1
    body += [
        format_html(
            '<tr><td colspan="{}" style="{};background:{};{}">{}</td></tr>',
            across,
            SafeString(CELL),
            BAND,
            SafeString(SMALL),
            words,
        )
        for words in more_words(told)
    ]
    body += [_row(line, is_sum=not line.is_part) for line in told.outer_sums]
    return format_html(
        "{}"
        '<div style="overflow-x:auto"><table style="border-collapse:collapse;margin:6px 0 14px">'
        '<tr><th scope="col" style="{};background:{};text-align:left">{}</th>{}</tr>{}'
        "</table></div>",
        paragraphs([told.ranked_by], SMALL),
        SafeString(CELL),
        BAND,
        told.heading,
        heads,
        format_html_join("", "{}", ((one,) for one in body)),
    )


def _row(line: Line, *, is_sum: bool = False) -> SafeString:
    style = f"{CELL};text-align:left;min-width:150px;font-weight:{700 if is_sum else 400}"
    if line.is_part:
        style += f";padding-left:22px;color:{QUIET}"
    cells = format_html_join(
        "",
        '<td style="{}">{}{}</td>',
        (
            (
                SafeString(NUMBER),
                cell.text,
                format_html('<br><span style="{}">{}</span>', SafeString(SMALL), cell.below)
                if cell.below
                else "",
            )
            for cell in line.cells
        ),
    )
    marks = format_html_join(
        "", ' <i style="{}">[{}]</i>', ((SafeString(SMALL), mark) for mark in line.marks)
    )
    return format_html(
        '<tr><th scope="row" style="{}">{}{}</th>{}</tr>',
        SafeString(style),
        line.label,
        marks,
        cells,
    )
