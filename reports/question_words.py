"""What was asked, in the words that stand in the head of a page."""

from collections.abc import Sequence

from django.utils.translation import gettext

from attribution.days import day_range
from reports.attributing.words import model_words
from reports.basis import BASES
from reports.proof import kind_words
from reports.query import ReportQuery
from spend.models import SpendEntry


def in_words(query: ReportQuery) -> dict[str, str]:
    """By what each part is about; empty where nothing is to be said."""
    before = ""
    if query.compared is not None:
        before = gettext("compared with %(days)s") % {"days": day_range(*query.compared)}
    return {
        "days": day_range(query.start, query.end),
        "before": before,
        "lines": gettext("spend only of %(lines)s") % {"lines": _line_names(query.lines)}
        if query.lines
        else "",
        "kinds": gettext("counting %(kinds)s") % {"kinds": kind_words(query.kinds)}
        if query.also
        else "",
        "basis": gettext("by %(day)s") % {"day": BASES[query.basis]},
        "attribution": gettext("attribution: %(model)s") % {"model": model_words(query)},
        "model": model_words(query) if query.attribution.reads_touches else "",
        "closed": gettext("as closed") if query.as_closed else "",
    }


def _line_names(lines: Sequence[str]) -> str:
    return ", ".join(str(SpendEntry.Line(line).label) for line in lines)
