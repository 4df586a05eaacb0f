"""A model and its window in words, for whoever reads its figures."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from reports.query import ReportQuery


def model_words(query: "ReportQuery") -> str:
    """The model and its window: they belong beside every figure."""
    if not query.attribution.reads_touches:
        return str(query.attribution.label)
    days = ngettext("%(n)s day", "%(n)s days", query.look_back) % {"n": query.look_back}
    return _("%(model)s, look-back %(days)s") % {"model": query.attribution.label, "days": days}


def model_note(query: "ReportQuery") -> str:
    """What is said of figures under a model."""
    note = _(
        "%(model)s: each lead counts where the model gives its credit. Touches after a lead get "
        "none; a lead without one in the window, and one that a person has corrected, counts as it "
        "stands, as do excluded leads. This is counted lead by lead, and takes longer the more "
        "leads there are."
    ) % {"model": model_words(query)}
    if not query.looks_at_touches:
        return note
    of_touch = _("The filters look at the touch with the credit, not at the one on the lead.")
    return f"{note} {of_touch}"
