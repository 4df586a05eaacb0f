"""From what is chosen for groups of the queue to the items that decide it."""

from collections.abc import Sequence
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attribution.models import Reading, Repair
from attribution.repair import intents
from attribution.repair.columns import Column
from attribution.repair.desk import Asked, Desk, Refused
from attribution.repair.expand_campaigns import merge_one
from attribution.repair.intents import DISCOVERED, Action, GroupChoice, GroupKey
from attribution.repair.items import PinItem
from attribution.repair.waiting import label, waiting_in
from attribution.utm import Reason, channel_of, tidy
from attribution.verdict import Field, How, RuleLine

MOST_GROUPS = 1_000
Kind = Repair.Kind


def groups(desk: Desk, intent: intents.RepairGroups) -> Asked:
    choices = intent.choices
    if not choices:
        raise Refused(_("Tick the groups first."))
    if len(choices) > MOST_GROUPS:
        raise Refused(
            _("At most %(most)s groups at once; these are %(number)s.")
            % {"most": MOST_GROUPS, "number": len(choices)}
        )
    if len({choice.group for choice in choices}) < len(choices):
        raise Refused(_("A group was chosen twice."))
    readings = waiting_in(desk.company, {choice.group for choice in choices})
    for choice in choices:
        _group(desk, choice, readings[choice.group])
    if len(choices) == 1:
        return desk.asked(Kind.GROUPS, _title(desk, choices[0]))
    title = ngettext("%(number)s group", "%(number)s groups", len(choices))
    return desk.asked(Kind.GROUPS, title % {"number": len(choices)})


def _group(desk: Desk, choice: GroupChoice, readings: Sequence[Reading]) -> None:
    if not readings:
        raise Refused(
            _("“%(group)s” is not in the queue any more: somebody has decided about it.")
            % {"group": label(choice.group)}
        )
    match choice.action:
        case Action.MERGE:
            _merge_group(desk, choice, readings)
        case Action.MAKE if choice.group.why == DISCOVERED:
            _look_at(desk, choice, readings[0])
        case Action.MAKE:
            channel = choice.channel or channel_of(readings[0].source_key, readings[0].medium_key)
            name = choice.name.strip()
            flooded = choice.group.why == Reason.FLOOD
            key = choice.group.campaign if flooded else tidy(name)
            _decide(desk, choice, readings, desk.new_campaign(key, name or key, channel))
        case Action.ASSIGN:
            _decide(desk, choice, readings, desk.campaign(choice.campaign).pk)
        case Action.LEAVE:
            _decide(desk, choice, readings, None)


def _decide(
    desk: Desk, choice: GroupChoice, readings: Sequence[Reading], campaign: int | None
) -> None:
    """For the leads that are here by pins, for those to come as well by a rule."""
    if choice.future:
        desk.rule(_line_of(choice.group, readings[0], campaign))
    else:
        desk.made.pins += [PinItem(reading.pk, campaign) for reading in readings]


def _line_of(group: GroupKey, reading: Reading, campaign: int | None) -> RuleLine:
    """The rule that speaks of a group's leads."""
    line = RuleLine(
        id=0,
        position=0,
        field=Field.CAMPAIGN,
        how=How.EXACT,
        values=(group.campaign,),
        campaign=campaign,
    )
    if group.why in (DISCOVERED, Reason.FLOOD):
        return line
    if group.why == Reason.NO_CAMPAIGN and not (reading.source and reading.medium):
        raise Refused(
            _(
                "“%(group)s”: a rule cannot speak of leads without a source or medium, it would "
                "take others with it. Decide about the leads that are here."
            )
            % {"group": label(group)}
        )
    nameless = not group.campaign
    return replace(
        line,
        only_reason=group.why,
        only_source=reading.source if nameless else "",
        only_medium=reading.medium if nameless else "",
    )


def _look_at(desk: Desk, choice: GroupChoice, reading: Reading) -> None:
    """A discovered campaign is one that a person knows from now on."""
    campaign = desk.campaign(reading.campaign_id)
    desk.change(campaign, Column.DISCOVERED, "")
    desk.change(campaign, Column.NAME, choice.name.strip()[:200] or campaign.name)
    desk.change(campaign, Column.CHANNEL, choice.channel or campaign.channel)


def _merge_group(desk: Desk, choice: GroupChoice, readings: Sequence[Reading]) -> None:
    if choice.group.why != DISCOVERED:
        raise Refused(
            _("“%(group)s” is no campaign that could be merged. Assign its leads instead.")
            % {"group": label(choice.group)}
        )
    source, target = desk.campaign(readings[0].campaign_id), desk.campaign(choice.campaign)
    merge_one(desk, source, target)


def _title(desk: Desk, choice: GroupChoice) -> str:
    group = label(choice.group)
    if choice.action is Action.LEAVE:
        return _("%(group)s: left unattributed") % {"group": group}
    if choice.action is Action.MAKE:
        return _("%(group)s: made a campaign") % {"group": group}
    return f"{group} → {desk.campaign(choice.campaign).name}"
