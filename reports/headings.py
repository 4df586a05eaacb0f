"""The heads of the campaign table: of its columns, and of the groups of its rows.

Its markup is made here, like that of the cells: a template takes ten times as long for it.
"""

from dataclasses import dataclass
from html import escape

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from reports import formatting
from reports.answer import Report, Row
from reports.metrics import METRICS, Better
from reports.ranking import Ranking

ARROWS = {"descending": "▼", "ascending": "▲"}


@dataclass(frozen=True, slots=True)
class Heading:
    """What the head of a column shows, and where a click on it leads."""

    name: str
    label: str
    help: str
    url: str
    direction: str  # ascending, descending, or empty when the table is not sorted by it


class Headings(list[Heading]):
    """The heads of all columns, in their order."""

    def html(self) -> SafeString:
        """The cells of the head. Behind a question mark stands what the column means."""
        what_is = gettext("What is %(name)s?")
        return _safe("\n".join([_cell(head, what_is) for head in self]))

    def definitions_html(self) -> SafeString:
        """What the question marks open."""
        url, more = reverse("reports:definitions"), escape(gettext("All definitions"))
        return _safe("\n".join(_definition(head, url, more) for head in self if head.help))


def next_sort(name: str, sort: str) -> str:
    """A first click puts the best on top, a second turns the order round."""
    if sort.removeprefix("-") == name:
        return name if sort.startswith("-") else f"-{name}"
    if name == "label" or METRICS[name].better is Better.LOWER:
        return name
    return f"-{name}"


def direction(name: str, sort: str) -> str:
    if sort.removeprefix("-") != name:
        return ""
    return "descending" if sort.startswith("-") else "ascending"


def _cell(head: Heading, what_is: str) -> str:
    label, sorted_by, help_button = escape(head.label), "", ""
    if head.direction:
        sorted_by = f' aria-sort="{head.direction}"'
        arrow = f'&nbsp;<span aria-hidden="true">{ARROWS[head.direction]}</span>'
        shown = f'<a href="{escape(head.url)}">{label}{arrow}</a>'
    else:
        shown = f'<a href="{escape(head.url)}">{label}</a>' if head.url else label
    if head.help:
        help_button = (
            f'<button type="button" class="cp-help" popovertarget="def-{head.name}" '
            f'aria-label="{escape(what_is % {"name": head.label})}">'
            '<span aria-hidden="true">?</span></button>'
        )
    return f'<th scope="col"{sorted_by}><span class="cp-headcell">{shown}{help_button}</span></th>'


def _definition(head: Heading, url: str, more: str) -> str:
    return (
        f'<div popover id="def-{head.name}" class="cp-def"><h3>{escape(head.label)}</h3>'
        f"<p>{escape(head.help)}</p>"
        f'<p><a href="{url}#{head.name}">{more}</a></p></div>'
    )


def _safe(markup: str) -> SafeString:
    # Labels and addresses have been escaped where they were written.
    return SafeString(markup)


def group_titles(report: Report, ranking: Ranking[Row], sort: str) -> dict[str, str]:
    """The heading of each group of rows that may not be ranked, with what they are."""
    name = sort.removeprefix("-")
    label = str(METRICS[name].label) if name in METRICS else ""
    return {
        "ranked": "",
        "unranked": gettext("%(metric)s unknown: %(n)s")
        % {"metric": label, "n": formatting.count(len(ranking.unranked))},
        "maturing": ngettext(
            "Not ranked yet: %(n)s row, most of whose leads are younger than %(days)s days",
            "Not ranked yet: %(n)s rows, most of whose leads are younger than %(days)s days",
            len(ranking.maturing),
        )
        % {"n": len(ranking.maturing), "days": report.young_days},
        "thin": ngettext(
            "Not ranked: %(n)s row with fewer than %(least)s leads",
            "Not ranked: %(n)s rows with fewer than %(least)s leads",
            len(ranking.thin),
        )
        % {"n": len(ranking.thin), "least": report.thin_below},
    }
