"""What is to become of groups of the queue: a row for each, as it is shown and as it was sent."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from attribution.models import Campaign, Company
from attribution.numerals import NO_BREAK_SPACE
from attribution.repair.groups import Group
from attribution.repair.intents import DISCOVERED, Action, GroupChoice, GroupKey, RepairGroups
from attribution.repair.waiting import label
from attribution.suggest import Likeness
from attribution.utm import Reason, tidy
from reports.repair.campaign_choice import Typed, Unknown, typed
from reports.repair.forms import MOST_REASON

SOURCES_SHOWN = 3
# Where nothing else is known: what one does with most groups of the kind.
USUAL = {
    DISCOVERED: Action.MAKE,
    Reason.FLOOD.value: Action.MAKE,
    Reason.NO_CAMPAIGN.value: Action.ASSIGN,
}
NEED_A_CAMPAIGN = (Action.ASSIGN.value, Action.MERGE.value)


class Option(NamedTuple):
    value: str
    label: str


def why_label(why: str) -> str:
    return _("Discovered campaign") if why == DISCOVERED else str(Reason(why).label)


@dataclass
class Row:
    """One group and what a person has filled in beside it."""

    number: int
    group: Group
    ticked: bool = False
    action: str = ""
    to: str = ""  # a campaign, or the name of the one to be made
    future: bool = False
    samples: Sequence[str] = ()
    errors: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return json.dumps(self.group.key)

    @property
    def label(self) -> str:
        return label(self.group.key)

    @property
    def why(self) -> str:
        return why_label(self.group.key.why)

    @property
    def actions(self) -> list[Option]:
        labels = {
            Action.ASSIGN: _("Assign to"),
            Action.MAKE: _("Make it a campaign"),
            Action.MERGE: _("Merge into"),
            Action.LEAVE: _("Leave unattributed"),
        }
        if self.group.key.why != DISCOVERED:
            del labels[Action.MERGE]
        return [Option(action.value, text) for action, text in labels.items()]

    @property
    def may_rule(self) -> bool:
        """A rule cannot speak of leads that have no source or no medium, and of no others."""
        key = self.group.key
        return key.why != Reason.NO_CAMPAIGN or bool(key.source and key.medium)

    @property
    def sources(self) -> list[str]:
        """Source and medium of most of its leads, where the group itself is not named by them."""
        pairs = self.group.sources if self.group.key.campaign else ()
        return [f"{source or '–'} / {medium or '–'}" for source, medium in pairs[:SOURCES_SHOWN]]

    @property
    def more_sources(self) -> str:
        left = len(self.group.sources) - SOURCES_SHOWN
        if not self.group.key.campaign or left <= 0:
            return ""
        return ngettext("and one more", "and %(n)s more", left) % {"n": left}

    @property
    def pages(self) -> list[str]:
        """Where its latest leads landed; what all links begin with is left out."""
        return [page.removeprefix("https://").removeprefix("http://") for page in self.samples]

    @property
    def offer(self) -> str:
        """Why a campaign is proposed."""
        offer = self.group.offer
        if offer is None:
            return ""
        how = Likeness(offer.likeness).label
        return _("Suggested: %(name)s. %(how)s (%(percent)s alike).") % {
            "name": offer.name,
            "how": how,
            "percent": f"{offer.percent}{NO_BREAK_SPACE}%",
        }


def proposed(number: int, group: Group) -> Row:
    """The row as the program fills it in; nothing is ticked: that is for a person."""
    row = Row(number, group)
    if group.offer is not None:
        row.action, row.to, row.future = Action.ASSIGN.value, group.offer.key, True
        return row
    row.action = USUAL.get(group.key.why, Action.LEAVE).value
    if row.action == Action.MAKE:
        row.to = group.campaign.name if group.campaign else group.key.campaign
    return row


@dataclass
class Sent:
    """The form as it came back; `intent` is what is asked for where nothing is wrong with it."""

    company: Company
    rows: list[Row]
    reason: str
    gone: list[str] = field(default_factory=list)  # groups that are not in the queue any more
    errors: list[str] = field(default_factory=list)
    reason_error: str = ""
    choices: list[GroupChoice] = field(default_factory=list)

    @property
    def intent(self) -> RepairGroups | None:
        faulty = self.errors or self.reason_error or self.gone or any(r.errors for r in self.rows)
        return None if faulty else RepairGroups(tuple(self.choices))


def read(company: Company, data: QueryDict, known: Iterable[Group]) -> Sent:
    """The form, checked; what was typed is kept also where it is wrong."""
    of_key = {group.key: group for group in known}
    reason = data.get("reason", "").strip()
    sent = Sent(company, [], reason, reason_error=_problem_of(reason))
    if "suggested" in data:
        sent.choices = [_suggested(group) for group in of_key.values() if group.offer]
        if not sent.choices:
            sent.errors.append(_("There is no suggestion any more."))
        return sent
    for number in _numbers(data):
        key = _key(data.get(f"key-{number}", ""))
        ticked = f"tick-{number}" in data
        if key in of_key:
            sent.rows.append(_row(number, of_key[key], data, ticked))
        elif ticked:
            sent.gone.append(label(key) if key else "?")
    chosen = [row for row in sent.rows if row.ticked]
    if not chosen and not sent.gone:
        sent.errors.append(_("Tick the groups first."))
    campaigns = typed(company, [row.to for row in chosen if row.action in NEED_A_CAMPAIGN])
    for row in chosen:
        if one := _choice(row, campaigns):
            sent.choices.append(one)
    return sent


def _problem_of(reason: str) -> str:
    if not reason:
        return _("Say why: it stands in the history.")
    if len(reason) > MOST_REASON:
        return _("At most %(most)s characters, please.") % {"most": MOST_REASON}
    return ""


def _numbers(data: QueryDict) -> list[int]:
    names = (name.removeprefix("key-") for name in data if name.startswith("key-"))
    return sorted(int(text) for text in names if text.isascii() and text.isdigit())


def _key(text: str) -> GroupKey | None:
    try:
        why, campaign, source, medium = json.loads(text)
    except (ValueError, TypeError):
        return None
    known = why == DISCOVERED or why in Reason.values
    texts = all(isinstance(one, str) for one in (campaign, source, medium))
    return GroupKey(why, campaign, source, medium) if known and texts else None


def _row(number: int, group: Group, data: Mapping[str, Any], ticked: bool) -> Row:
    return Row(
        number,
        group,
        ticked=ticked,
        action=data.get(f"do-{number}", ""),
        to=data.get(f"to-{number}", "").strip(),
        future=f"future-{number}" in data,
    )


def _suggested(group: Group) -> GroupChoice:
    campaign = group.offer.campaign if group.offer else None
    return GroupChoice(group=group.key, action=Action.ASSIGN, campaign=campaign, future=True)


def _choice(row: Row, campaigns: Typed) -> GroupChoice | None:
    """What is asked for one group; what is wrong with it stands in the row."""
    if row.action not in [option.value for option in row.actions]:
        row.errors.append(_("Choose what to do."))
        return None
    action = Action(row.action)
    asked = GroupChoice(group=row.group.key, action=action, future=row.future and row.may_rule)
    match action:
        case Action.LEAVE:
            return asked
        case Action.MAKE:
            return _made(row)
    campaign = _campaign(row, campaigns)
    if campaign is None:
        return None
    future = asked.future and action is Action.ASSIGN
    return GroupChoice(group=asked.group, action=action, campaign=campaign.pk, future=future)


def _campaign(row: Row, campaigns: Typed) -> Campaign | None:
    if not row.to:
        row.errors.append(_("Choose a campaign of the list, or what else to do."))
        return None
    try:
        found = campaigns.find(row.to)
    except Unknown as problem:
        row.errors.append(_("%(problem)s Or make it a campaign.") % {"problem": problem})
        return None
    if row.group.campaign is not None and row.group.campaign.id == found.pk:
        row.errors.append(_("This is the same campaign. Choose another, or make it a campaign."))
        return None
    return found


def _made(row: Row) -> GroupChoice | None:
    named = row.group.campaign is not None or row.group.key.why == Reason.FLOOD
    if not named and not tidy(row.to):
        row.errors.append(_("Write the name of the new campaign."))
        return None
    # A discovered campaign goes on by its own name: no rule is needed for what comes.
    future = row.future and row.may_rule and not named
    return GroupChoice(group=row.group.key, action=Action.MAKE, name=row.to, future=future)
