"""The buckets in words, and where each is mended."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from reports.audit.buckets import Kind, Leads, Money

Text = str | Promise


@dataclass(frozen=True, slots=True)
class About:
    """A bucket in words: its name, what holds for all that is in it, what to do about it."""

    name: Text
    means: Text
    fix: Text = ""
    page: str = ""  # where it is mended
    rights: tuple[str, ...] = ()  # any of these lets a person do it
    who: Text = ""  # can, when the reader cannot


_KEEPERS = gettext_lazy("Owners and company admins can.")
_REPAIRERS = gettext_lazy("UTM admins and company admins can.")
ABOUT: dict[Kind, About] = {
    Money.UNMATCHED: About(
        gettext_lazy("Unmatched spend"),
        gettext_lazy("It names no campaign that is known, so no campaign bears it."),
        gettext_lazy("Match it"),
        "reports:unmatched",
        ("spend.change", "repair.make"),
        gettext_lazy("Owners, UTM admins and company admins can."),
    ),
    Money.NO_RATE: About(
        gettext_lazy("Without a rate of exchange"),
        gettext_lazy(
            "Recorded in another currency; what it comes to is unknown until the rate of its "
            "day is there."
        ),
        gettext_lazy("Add rates"),
        "admin:attribution_exchangerate_changelist",
        ("rate.add",),
        _KEEPERS,
    ),
    Money.OUTSIDE: About(
        gettext_lazy("Outside the campaign's own days"),
        gettext_lazy("Spent before the campaign's first day or after its last."),
        gettext_lazy("Correct the days"),
        "admin:attribution_campaign_changelist",
        ("campaign.change",),
        _KEEPERS,
    ),
    Money.NO_LEADS: About(
        gettext_lazy("Spend without leads"),
        gettext_lazy(
            "The campaign has no counted lead in this period: its links may lack their tags."
        ),
        gettext_lazy("Make tagged links"),
        "tools:utm-builder",
        ("link.build",),
        gettext_lazy("Owners, UTM admins and company admins can."),
    ),
    Money.COLLISION: About(
        gettext_lazy("One name on several platforms"),
        gettext_lazy(
            "Several platforms have spent under one campaign, or one platform under one name "
            "for two, and no person has said whose the platform's ids are."
        ),
        gettext_lazy("See the platform ids"),
        "reports:platform-ids",
        ("spend.change",),
        _KEEPERS,
    ),
    Money.UNKNOWN_SOURCE: About(
        gettext_lazy("Unknown source of spend"),
        gettext_lazy("It names a utm_source that no lead of the company ever had."),
        gettext_lazy("Add a rule for the source"),
        "reports:rules",
        ("rule.change",),
        _REPAIRERS,
    ),
    Money.IN_ORDER: About(gettext_lazy("In order"), gettext_lazy("Nothing of the above holds.")),
    Leads.UNATTRIBUTED: About(
        gettext_lazy("Unattributed leads"),
        gettext_lazy("They count for no campaign, so no spend is held against them."),
        gettext_lazy("Repair UTM"),
        "reports:queue",
        ("repair.make",),
        _REPAIRERS,
    ),
    Leads.NO_SPEND: About(
        gettext_lazy("Leads of paid campaigns without spend"),
        gettext_lazy(
            "The campaign is of a channel that is paid for, and no amount is recorded in this "
            "period. 0.00 is an amount."
        ),
        gettext_lazy("Import spend"),
        "admin:spend_spendentry_import",
        ("spend.import",),
        _KEEPERS,
    ),
    Leads.OUTSIDE: About(
        gettext_lazy("Leads outside the campaign's own days"),
        gettext_lazy("Received before the campaign's first day or after its last."),
        gettext_lazy("Correct the days"),
        "admin:attribution_campaign_changelist",
        ("campaign.change",),
        _KEEPERS,
    ),
    Leads.UNKNOWN_SOURCE: About(
        gettext_lazy("Leads of an unknown source"),
        gettext_lazy(
            "Their source is no usual one, is not on the company's list (naming rules), comes "
            "from no rule, and no spend of this period names it."
        ),
        gettext_lazy("Add a rule for the source"),
        "reports:rules",
        ("rule.change",),
        _REPAIRERS,
    ),
    Leads.IN_ORDER: About(gettext_lazy("In order"), gettext_lazy("Nothing of the above holds.")),
}
