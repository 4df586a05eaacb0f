"""From what a person asks for to the items that decide it. Raises Refused where that cannot be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attribution.models import Campaign, Company, Lead, Reading, Repair
from attribution.repair import columns, intents, law
from attribution.repair import rules as rule_book
from attribution.repair.columns import Column
from attribution.repair.intents import DISCOVERED, Action, GroupChoice, GroupKey, RuleText
from attribution.repair.items import (
    ChangeItem,
    Collected,
    CorrectionItem,
    Items,
    NewCampaign,
    PinItem,
    RuleItem,
)
from attribution.repair.parts import parts
from attribution.repair.waiting import waiting, waiting_in
from attribution.utm import KEY_LIMIT, VALUE_LIMIT, Reason, channel_of, tidy
from attribution.verdict import Field, How, RuleLine

MOST_GROUPS = 1_000
MOST_LEADS = 100_000  # corrected one by one in one repair
Kind = Repair.Kind


class Refused(Exception):  # noqa: N818 - reads as what is the matter
    """What is asked for cannot be done; the text says why and what to do instead."""


class Asked(NamedTuple):
    """A repair before anybody knows what it moves."""

    kind: str
    title: str
    items: Items


def asked(company: Company, intent: Any) -> Asked:
    """What an intent decides. Writes nothing. Raises Refused."""
    found = _EXPAND[type(intent)](_Desk(company), intent)
    return found._replace(title=found.title[:200])


@dataclass
class _Desk:
    """Where the items of one repair are put together."""

    company: Company

    def __post_init__(self) -> None:
        self.made = Collected()
        self.rules = law.rules(self.company)

    def campaign(self, pk: int | None) -> Campaign:
        """A campaign that leads may be sent to."""
        found = Campaign.objects.filter(company=self.company, pk=pk, withdrawn=False).first()
        if found is None:
            raise Refused(_("This campaign is not there any more. Choose another one."))
        if found.merged_into is not None:
            raise Refused(
                _("“%(name)s” has become part of “%(into)s”. Choose that one.")
                % {"name": found.name, "into": found.merged_into.name}
            )
        return found

    def change(self, campaign: Campaign, column: str, new: str) -> None:
        old = columns.text_of(campaign, column)
        if old != new:
            self.made.changes.append(ChangeItem(campaign.pk, column, old, new))

    def new_campaign(self, key: str, name: str, channel: str) -> int:
        """The id of a campaign that is made now, or taken up again where its making was undone."""
        if not key:
            raise Refused(_("Write a name with at least one letter or digit."))
        if len(key) > KEY_LIMIT:
            raise Refused(
                _("A name has at most %(limit)s characters: “%(name)s…” has more.")
                % {"limit": KEY_LIMIT, "name": name[:40]}
            )
        there = Campaign.objects.filter(company=self.company, key=key).first()
        if there is not None and not there.withdrawn:
            raise Refused(
                _("There is a campaign “%(name)s” already. Assign the leads to it instead.")
                % {"name": there.name}
            )
        if any(one.key == key for one in self.made.makes):
            raise Refused(
                _("Two groups are to become a campaign “%(name)s”. Make it of one, then assign.")
                % {"name": key}
            )
        pk = there.pk if there else -1 - len(self.made.makes)
        self.made.makes.append(NewCampaign(pk, key, name, channel))
        # What is under these decisions is what a lead of this name would have made.
        below = {Column.NAME: key[:200], Column.CHANNEL: "", Column.DISCOVERED: columns.YES}
        decided = {Column.NAME: name, Column.CHANNEL: channel, Column.DISCOVERED: ""}
        for column, old in below.items():
            self.made.changes.append(ChangeItem(pk, column.value, old, decided[column]))
        return pk

    def rule(self, line: RuleLine, note: str = "") -> None:
        """A new rule, the last of its list."""
        known = [*self.rules, *self.made.rules]
        last = max((r.line.position for r in known if r.line.field is line.field), default=0)
        number = -1 - sum(item.line.id < 0 for item in self.made.rules)
        self.made.rules.append(_with(RuleItem(line, note=note), id=number, position=last + 1))

    def asked(self, kind: str, title: str) -> Asked:
        return Asked(kind, title, self.made.items())


def _with(item: RuleItem, **values: Any) -> RuleItem:
    return item._replace(line=replace(item.line, **values))


# Groups of the queue


def _groups(desk: _Desk, intent: intents.RepairGroups) -> Asked:
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


def _group(desk: _Desk, choice: GroupChoice, readings: Sequence[Reading]) -> None:
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
    desk: _Desk, choice: GroupChoice, readings: Sequence[Reading], campaign: int | None
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


def _look_at(desk: _Desk, choice: GroupChoice, reading: Reading) -> None:
    """A discovered campaign is one that a person knows from now on."""
    campaign = desk.campaign(reading.campaign_id)
    desk.change(campaign, Column.DISCOVERED, "")
    desk.change(campaign, Column.NAME, choice.name.strip()[:200] or campaign.name)
    desk.change(campaign, Column.CHANNEL, choice.channel or campaign.channel)


def _merge_group(desk: _Desk, choice: GroupChoice, readings: Sequence[Reading]) -> None:
    if choice.group.why != DISCOVERED:
        raise Refused(
            _("“%(group)s” is no campaign that could be merged. Assign its leads instead.")
            % {"group": label(choice.group)}
        )
    source, target = desk.campaign(readings[0].campaign_id), desk.campaign(choice.campaign)
    _merge_one(desk, source, target)


def label(group: GroupKey) -> str:
    """A group in few words."""
    if group.campaign:
        return group.campaign
    values = " / ".join(filter(None, (group.source, group.medium)))
    return values or str(Reason(group.why).label)


def _title(desk: _Desk, choice: GroupChoice) -> str:
    group = label(choice.group)
    if choice.action is Action.LEAVE:
        return _("%(group)s: left unattributed") % {"group": group}
    if choice.action is Action.MAKE:
        return _("%(group)s: made a campaign") % {"group": group}
    return f"{group} → {desk.campaign(choice.campaign).name}"


# Rules


def _save_rule(desk: _Desk, intent: intents.SaveRule) -> Asked:
    problems = rule_book.problems(intent.text, desk.rules, intent.rule)
    if problems:
        raise Refused("\n".join(problems))
    text = rule_book.tidied(intent.text)
    if text.campaign is not None:
        desk.campaign(text.campaign)
    line = _line(text)
    if intent.rule is None:
        desk.rule(line, text.note)
        return desk.asked(Kind.RULE, _("New rule: %(rule)s") % {"rule": words(desk, line)})
    known = _rule(desk, intent.rule)
    if known.line.field is not line.field:
        raise Refused(_("A rule stays about what it is about. Add a new one."))
    item = RuleItem(line, known.is_off, text.note)
    desk.made.rules.append(_with(item, id=known.line.id, position=known.line.position))
    return desk.asked(Kind.RULE, _("Rule changed: %(rule)s") % {"rule": words(desk, line)})


def _line(text: RuleText) -> RuleLine:
    return RuleLine(
        id=0,
        position=0,
        field=text.field,
        how=text.how,
        values=text.values,
        only_reason=text.only_reason,
        only_source=text.only_source,
        only_medium=text.only_medium,
        campaign=text.campaign,
        text=text.text,
    )


def words(desk: _Desk, line: RuleLine) -> str:
    """A rule in few words."""
    values = ", ".join(line.values[:3]) or _("(no campaign)")
    if line.field is not Field.CAMPAIGN:
        return f"{values} → {line.text}"
    if line.campaign is None:
        return f"{values} → {_('left unattributed')}"
    named = Campaign.objects.filter(company=desk.company, pk=line.campaign)
    return f"{values} → {named.values_list('name', flat=True)[0]}"


def _rule(desk: _Desk, rule: int) -> RuleItem:
    for item in desk.rules:
        if item.line.id == rule:
            return item
    raise Refused(_("This rule is not there any more."))


def _move_rule(desk: _Desk, intent: intents.MoveRule) -> Asked:
    known = _rule(desk, intent.rule)
    listed = [item for item in desk.rules if item.line.field is known.line.field]
    here = listed.index(known)
    there = here - 1 if intent.up else here + 1
    if not 0 <= there < len(listed):
        raise Refused(_("This rule stands at the end of its list already."))
    other = listed[there]
    # Two rules may have got the same position where one of them was undone in between.
    first, second = sorted((known.line.position, other.line.position))
    second += first == second
    before, after = (known, other) if intent.up else (other, known)
    desk.made.rules += [law.moved(before, first), law.moved(after, second)]
    text = _("Rule moved up: %(rule)s") if intent.up else _("Rule moved down: %(rule)s")
    return desk.asked(Kind.RULE, text % {"rule": words(desk, known.line)})


def _switch_rule(desk: _Desk, intent: intents.SwitchRule) -> Asked:
    known = _rule(desk, intent.rule)
    if known.is_off != intent.on:
        raise Refused(_("This rule is so already."))
    desk.made.rules.append(known._replace(is_off=not intent.on))
    text = _("Rule switched on: %(rule)s") if intent.on else _("Rule switched off: %(rule)s")
    return desk.asked(Kind.RULE, text % {"rule": words(desk, known.line)})


def _ship_rules(desk: _Desk, intent: intents.ShipRules) -> Asked:
    for text in rule_book.missing(desk.rules):
        desk.rule(_line(text), text.note)
    if not desk.made.rules:
        raise Refused(_("All rules that come with the program are there."))
    return desk.asked(Kind.SHIPPED, _("Source rules that come with the program"))


# Campaigns


def _merge(desk: _Desk, intent: intents.Merge) -> Asked:
    target = desk.campaign(intent.target)
    sources = [desk.campaign(pk) for pk in intent.sources]
    if not sources:
        raise Refused(_("Choose a campaign first."))
    for source in sources:
        _merge_one(desk, source, target)
    names = ", ".join(source.name for source in sources)
    return desk.asked(Kind.MERGE, f"{names} → {target.name}")


def _merge_one(desk: _Desk, source: Campaign, target: Campaign) -> None:
    if source.pk == target.pk:
        raise Refused(_("“%(name)s” cannot become part of itself.") % {"name": source.name})
    merged = {change.campaign for change in desk.made.changes if change.field == Column.MERGED_INTO}
    if target.pk in merged:
        raise Refused(
            _("“%(name)s” is merged itself in the same repair. Choose where that goes.")
            % {"name": target.name}
        )
    desk.change(source, Column.MERGED_INTO, str(target.pk))


def _claim(desk: _Desk, intent: intents.Claim) -> Asked:
    campaign = desk.campaign(intent.campaign)
    earlier = waiting(desk.company).filter(campaign=None, campaign_key=campaign.key)
    desk.made.pins += [PinItem(pk, campaign.pk) for pk in earlier.values_list("pk", flat=True)]
    if not desk.made.pins:
        raise Refused(
            _("No earlier lead that carries the name “%(key)s” waits for a campaign.")
            % {"key": campaign.key}
        )
    return desk.asked(Kind.CLAIM, _("Earlier leads → %(name)s") % {"name": campaign.name})


def _edit_campaign(desk: _Desk, intent: intents.EditCampaign) -> Asked:
    campaign = Campaign.objects.filter(company=desk.company, pk=intent.campaign).first()
    if campaign is None:
        raise Refused(_("This campaign is not there any more."))
    for column, value in intent.values:
        desk.change(campaign, column, value)
    changed = ", ".join(str(Column(item.field).label) for item in desk.made.changes)
    return desk.asked(Kind.CAMPAIGN, f"{campaign.name}: {changed}")


# Single leads


def _correct(desk: _Desk, intent: intents.Correct) -> Asked:
    if not intent.leads:
        raise Refused(_("Choose the leads first."))
    if len(intent.leads) > MOST_LEADS:
        raise Refused(
            _("At most %(most)s leads at once; these are %(number)s. A rule may say the same.")
            % {"most": f"{MOST_LEADS:,}", "number": f"{len(intent.leads):,}"}
        )
    source = None if intent.source is None else tidy(intent.source)[:VALUE_LIMIT]
    medium = None if intent.medium is None else tidy(intent.medium)[:VALUE_LIMIT]
    if source is None and medium is None and not intent.sets_campaign:
        raise Refused(_("Say what the leads are to count as: source, medium or campaign."))
    if intent.campaign is not None:
        desk.campaign(intent.campaign)
    values = (source, medium, intent.sets_campaign, intent.campaign)
    for some in parts(sorted(set(intent.leads))):
        there = Lead.objects.filter(company=desk.company, pk__in=some).values_list("pk", flat=True)
        if len(there) < len(some):
            raise Refused(_("One of the leads is not there, or belongs to another company."))
        desk.made.corrections += [CorrectionItem(pk, *values) for pk in some]
    number = len(desk.made.corrections)
    title = ngettext("%(number)s lead corrected", "%(number)s leads corrected", number)
    return desk.asked(Kind.CORRECTION, title % {"number": f"{number:,}"})


_EXPAND: dict[type, Callable[[_Desk, Any], Asked]] = {
    intents.RepairGroups: _groups,
    intents.SaveRule: _save_rule,
    intents.MoveRule: _move_rule,
    intents.SwitchRule: _switch_rule,
    intents.ShipRules: _ship_rules,
    intents.Merge: _merge,
    intents.Claim: _claim,
    intents.EditCampaign: _edit_campaign,
    intents.Correct: _correct,
}
