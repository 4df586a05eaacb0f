"""What the words of the report mean, for the page of definitions and for exports."""

from django.utils.translation import gettext_lazy as _

WORDS = [
    (
        _("Lead"),
        _("One enquiry of one person. It counts on the day it came, in the company's time zone."),
    ),
    (
        _("Unattributed"),
        _("Leads that count but name no campaign, each for exactly one reason."),
    ),
    (
        _("Excluded"),
        _("Follow-ups, tests, bots, blocked and duplicate leads: kept, but in no other figure."),
    ),
    (
        _("Spend not matched"),
        _("Spend under a name that no campaign has. It is part of the total."),
    ),
    (
        _("Too few leads"),
        _("Fewer leads than the company's minimum: shown with their 95 % interval, not ranked."),
    ),
    (
        _("Maturing"),
        _(
            "Most leads are younger than the time within which 80 % of bookings come: rates will "
            "still rise, so they are not ranked yet."
        ),
    ),
    (
        _("Days compared with"),
        _(
            "The period before: as many days just before the period, and whole weeks make weekdays "
            "line up. The same weekdays last year: 364 days back. Other days: any before the "
            "period."
        ),
    ),
    (
        _("At the same age"),
        _(
            "More than one in 20 of the leads is so young that it may still book. So of the days "
            "compared with only what had come when they were as old is counted."
        ),
    ),
    (
        _("So far"),
        _("The same, where no days of the same number are compared with: nothing is judged then."),
    ),
    (
        _("By the date"),
        _(
            "On which day a lead counts, with all that became of it: received, booked first, or "
            "completed first. Spend counts on its own day."
        ),
    ),
    (
        _("Then by"),
        _("What each row is split into: it adds up to the row. “(none)” lacks that value."),
    ),
    (
        _("Came from"),
        _(
            "Of a lead: its UTM source; without one the platform of its click id, or the site that "
            "linked. Own pages, payment providers and sign-in pages are no such sites."
        ),
    ),
    (
        _("Channel of the visit"),
        _(
            "Of a lead: the first of the company's channel rules that takes where it came from, "
            "its medium and its campaign. The channel of a campaign is set on the campaign's page."
        ),
    ),
    (
        _("Unusual"),
        _(
            "A past day with clearly more or fewer leads than the same weekdays of the eight weeks "
            "before. How far is usual: three times their typical distance from their median, or "
            "three times the square root of that median, whichever is more. A ring marks it in "
            "charts by day. Alerts go by the same rule."
        ),
    ),
    (
        _("Discovered"),
        _("A campaign that nobody set up: its name came with a lead."),
    ),
    (
        _("Proof"),
        _("The line under the table: a second query counts everything again and must agree."),
    ),
    (
        _("Attribution model"),
        _(
            "Which visit of a lead gets the credit. As captured: the one stored on the lead. "
            "Others look at its visits within the look-back window; each gives every lead "
            "exactly once."
        ),
    ),
    ("–", _("Not known. Nought is written 0.")),
]
