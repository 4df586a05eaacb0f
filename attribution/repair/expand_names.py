"""From what is chosen for names of unmatched spend to the rules and campaigns that decide it."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attribution.models import Campaign, Repair
from attribution.repair import intents
from attribution.repair.desk import Asked, Desk, Refused
from attribution.repair.expand_groups import MOST_GROUPS
from attribution.repair.intents import Action, NameChoice
from attribution.utm import channel_of
from attribution.verdict import Field, How, RuleLine

Kind = Repair.Kind


def names(desk: Desk, intent: intents.RepairNames) -> Asked:
    """One rule for each campaign that names are sent to; the others become campaigns."""
    choices = intent.choices
    if not choices:
        raise Refused(_("Tick the names first."))
    if len(choices) > MOST_GROUPS:
        raise Refused(
            _("At most %(most)s names at once; these are %(number)s.")
            % {"most": MOST_GROUPS, "number": len(choices)}
        )
    if len({choice.key for choice in choices}) < len(choices):
        raise Refused(_("A name was chosen twice."))
    sent: dict[Campaign, list[str]] = {}
    for choice in choices:
        if not choice.key:
            raise Refused(_("Spend that names no campaign cannot be decided about by its name."))
        if choice.action is Action.ASSIGN:
            sent.setdefault(desk.campaign(choice.campaign), []).append(choice.key)
        else:
            desk.new_campaign(choice.key, choice.name.strip() or choice.key, _channel(choice))
    for campaign, keys in sent.items():
        desk.rule(_line(campaign.pk, keys))
    return desk.asked(Kind.RULE if sent else Kind.GROUPS, _title(choices, sent))


def _channel(choice: NameChoice) -> str:
    return choice.channel or channel_of("", "")


def _line(campaign: int, keys: list[str]) -> RuleLine:
    return RuleLine(
        id=0,
        position=0,
        field=Field.CAMPAIGN,
        how=How.EXACT,
        values=tuple(sorted(keys)),
        campaign=campaign,
    )


def _title(choices: tuple[NameChoice, ...], sent: dict[Campaign, list[str]]) -> str:
    if len(choices) > 1:
        title = ngettext("%(number)s name of spend", "%(number)s names of spend", len(choices))
        return title % {"number": len(choices)}
    for campaign in sent:
        return f"{choices[0].key} → {campaign.name}"
    return _("%(group)s: made a campaign") % {"group": choices[0].key}
