"""By which of its days a lead counts: one for a whole view, never mixed.

A lead counts once, with all that became of it, on the day it was received, was booked first, or
was completed first. Spend counts on its own day in every view.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# In words that follow "by" or stand alone; the first is the default.
BASES = {
    "received": _("the day the lead was received"),
    "booked": _("the day the lead booked first"),
    "completed": _("the day a booking of the lead was completed first"),
}
BASES_SHORT = {"received": _("Received"), "booked": _("Booked"), "completed": _("Completed")}
# What leads that were chosen by an outcome cannot tell: of those that booked all have booked.
UNTOLD: dict[str, frozenset[str]] = {
    "received": frozenset(),
    "booked": frozenset({"booked_rate", "completed_rate", "cost_per_lead"}),
    "completed": frozenset(
        {"booked_rate", "completed_rate", "show_rate", "cost_per_lead", "cost_per_booked"}
    ),
}
NOTES: dict[str, str | Promise] = {
    "booked": _(
        "Only leads that booked are in this view, each in the days of its first booking that was "
        "not cancelled: what share of all leads that is, and what a lead cost, it cannot tell."
    ),
    "completed": _(
        "Only leads with a completed booking are in this view, each in the days of the first one: "
        "shares of all leads or of those that booked, and what these cost, it cannot tell."
    ),
}
