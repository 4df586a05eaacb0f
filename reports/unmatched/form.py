"""What is to become of groups of unmatched spend: a row for each, as shown and as sent."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from attribution import roles
from attribution.models import Campaign, Company
from attribution.numerals import NO_BREAK_SPACE
from attribution.repair import law
from attribution.repair.intents import Action, NameChoice
from attribution.repair.offers import Offer, offers
from attribution.suggest import Likeness
from attribution.utm import tidy
from attribution.verdict import Field, Rulebook
from reports.repair.campaign_choice import Offered, Typed, Unknown, offered, typed
from reports.repair.forms import MOST_REASON
from reports.repair.queue_form import Option
from spend.matching import PlatformsId
from spend.unmatched.groups import Group, GroupKey


class Rights(NamedTuple):
    """What a person may do about unmatched spend of one company."""

    map_ids: bool  # owners: for their own campaigns
    repair: bool

    @property
    def any(self) -> bool:
        return self.map_ids or self.repair


def rights_of(user: Any, company: Company) -> Rights:
    return Rights(
        roles.may(user, "spend.change", company.pk), roles.may(user, "repair.make", company.pk)
    )


def choices(company: Company, user: Any, rights: Rights) -> list[Offered]:
    """Campaigns to choose from: all for those who repair, their own for owners."""
    listed = offered(company)
    if rights.repair:
        return listed
    keys = [one.key for one in listed]
    owners = Campaign.objects.filter(company=company, key__in=keys).values_list("key", "owner")
    kept = {key for key, owner in owners if roles.keeps(user, company.pk, owner)}
    return [one for one in listed if one.key in kept]


@dataclass
class Row:
    """One group, what a person may do about it, and what was filled in beside it."""

    number: int
    group: Group
    rights: Rights
    ticked: bool = False
    action: str = ""
    to: str = ""  # a campaign, or the name of the one to be made
    suggested: Offer | None = None
    rule: int | None = None  # one that leaves this name without a campaign
    errors: list[str] = field(default_factory=list)

    @property
    def key(self) -> str:
        return json.dumps(self.group.key)

    @property
    def label(self) -> str:
        return label(self.group.key, self.group.written)

    @property
    def actions(self) -> list[Option]:
        """What this person may do; nothing where nobody can, or others have to."""
        key, found = self.group.key, []
        if key.has_id and self.rights.map_ids:
            found.append(Option(Action.ASSIGN.value, _("Assign to")))
        if self.rule is not None or not self.rights.repair:
            return found
        if key.name:
            found.append(Option(Action.ASSIGN.value, _("Assign to")))
        if self.group.name:
            found.append(Option(Action.MAKE.value, _("Make it a campaign")))
        return found

    @property
    def rule_url(self) -> str:
        return reverse("reports:rule", args=[self.rule]) if self.rule else ""

    @property
    def how(self) -> str:
        """How it is decided about, or why not by this person."""
        key = self.group.key
        if key.has_id:
            if self.rights.map_ids:
                return _("By the platform's id: for all entries of it, of any day, and to come.")
            return _("Owners and company admins say whose a platform's id is.")
        if not key.name:
            return _("Nothing names its campaign: it can only be written into the entries.")
        if self.rule is not None:
            return _("A rule leaves this name without a campaign: change the rule.")
        if self.rights.repair:
            return _("By a rule on this name: for leads and spend, of any day, and to come.")
        return _("UTM admins and company admins send a name to a campaign, by a rule.")

    @property
    def offer(self) -> str:
        """Why a campaign is proposed."""
        if self.suggested is None:
            return ""
        return _("Suggested: %(name)s. %(how)s (%(percent)s alike).") % {
            "name": self.suggested.name,
            "how": Likeness(self.suggested.likeness).label,
            "percent": f"{self.suggested.percent}{NO_BREAK_SPACE}%",
        }


def label(key: GroupKey, written: Sequence[str] = ()) -> str:
    """A group in few words."""
    if key.has_id:
        return f"{key.platform} {key.external_id}"
    return (written[0] if written else key.name) or _("(no campaign named)")


def proposed(company: Company, shown: Iterable[Group], rights: Rights) -> list[Row]:
    """The rows as the program fills them in; nothing is ticked: that is for a person."""
    rows = [Row(number, group, rights) for number, group in enumerate(shown, start=1)]
    complete(company, rows)
    for row in rows:
        row.action = row.actions[0].value if row.actions else ""
        row.to = row.suggested.key if row.suggested and row.actions else ""
    return rows


def complete(company: Company, rows: Sequence[Row]) -> None:
    """Fill in what is suggested, and which rules have spoken already."""
    if not rows:
        return
    of_company, book = offers(company), Rulebook(law.lines(law.rules(company)))
    for row in rows:
        row.suggested = of_company.of(row.group.name) if row.group.name else None
        if not row.group.key.has_id:
            row.rule = _leaving(row.group.key.name, book)


def _leaving(name: str, book: Rulebook) -> int | None:
    """The rule that leaves all spend of this name without a campaign, on purpose."""
    for rule in book.matching(Field.CAMPAIGN, name):
        if not (rule.only_reason or rule.only_source or rule.only_medium):
            return rule.id if rule.campaign is None else None
    return None


@dataclass
class Sent:
    """The form as it came back: what is asked for, where nothing is wrong with it."""

    rows: list[Row]
    reason: str
    gone: list[str] = field(default_factory=list)  # groups that are not in the queue any more
    errors: list[str] = field(default_factory=list)
    reason_error: str = ""
    ids: dict[PlatformsId, int] = field(default_factory=dict)
    names: list[NameChoice] = field(default_factory=list)

    @property
    def is_faulty(self) -> bool:
        faults = self.errors or self.reason_error or self.gone
        return bool(faults or any(row.errors for row in self.rows))

    @property
    def days(self) -> list[Group]:
        return [row.group for row in self.rows if row.ticked]


def read(
    company: Company, data: QueryDict, known: Iterable[Group], user: Any, rights: Rights
) -> Sent:
    """The form, checked; what was typed is kept also where it is wrong."""
    of_key = {group.key: group for group in known}
    sent = Sent([], data.get("reason", "").strip())
    for number in _numbers(data):
        key, ticked = _key(data.get(f"key-{number}", "")), f"tick-{number}" in data
        if key in of_key:
            sent.rows.append(_row(number, of_key[key], data, rights, ticked))
        elif ticked:
            sent.gone.append(label(key) if key else "?")
    complete(company, sent.rows)
    chosen = [row for row in sent.rows if row.ticked]
    if not chosen and not sent.gone:
        sent.errors.append(_("Tick the groups first."))
    campaigns = typed(company, [row.to for row in chosen if row.action == Action.ASSIGN.value])
    for row in chosen:
        _choose(sent, row, campaigns, user, company)
    if sent.names:
        sent.reason_error = _problem_of(sent.reason)
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
        platform, external, name = json.loads(text)
    except (ValueError, TypeError):
        return None
    texts = all(isinstance(one, str) for one in (platform, external, name))
    return GroupKey(platform, external, name) if texts else None


def _row(number: int, group: Group, data: Mapping[str, Any], rights: Rights, ticked: bool) -> Row:
    return Row(
        number,
        group,
        rights,
        ticked=ticked,
        action=data.get(f"do-{number}", ""),
        to=data.get(f"to-{number}", "").strip(),
    )


def _choose(sent: Sent, row: Row, campaigns: Typed, user: Any, company: Company) -> None:
    """What is asked for one group; what is wrong with it stands in the row."""
    key = row.group.key
    if row.action not in [option.value for option in row.actions]:
        row.errors.append(_("Choose what to do.") if row.actions else row.how)
        return
    action = Action(row.action)
    if action is Action.MAKE:
        name = row.to if tidy(row.to) else row.group.name
        sent.names.append(
            NameChoice(
                key=row.group.name, action=action, name=name[:200], channel=row.group.channel
            )
        )
        return
    if not row.to:
        row.errors.append(_("Choose a campaign of the list, or what else to do."))
        return
    try:
        campaign = campaigns.find(row.to)
    except Unknown as problem:
        row.errors.append(str(problem))
        return
    if not key.has_id:
        sent.names.append(NameChoice(key=key.name, action=action, campaign=campaign.pk))
    elif roles.keeps(user, company.pk, campaign.owner_id):
        sent.ids[key.platform, key.external_id] = campaign.pk
    else:
        row.errors.append(
            _("“%(name)s” belongs to another owner. Ask its owner or a company admin.")
            % {"name": campaign.name}
        )
