"""The timeline in words: each thing that happened, when, and who did it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.contrib.admin.models import ADDITION, DELETION, LogEntry
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from attribution.days import day_range
from attribution.models import Campaign, CampaignChange
from attribution.money import shown
from attribution.repair.history import Step, steps_of
from reports import formatting
from reports.campaign.timeline import Event
from reports.targets.models import Target
from reports.targets.words import amount_text
from spend.models import SpendRevision

A_PAGE = 20


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    at: datetime
    who: str
    what: str
    why: str = ""
    url: str = ""
    link: str = ""  # what the address is called
    steps: tuple[Step, ...] = ()


def entries(
    events: Sequence[Event], campaign: Campaign, user_id: int, *, may_all: bool
) -> list[Entry]:
    """In the order they come; changes of one repair stand together.

    `user_id` may change own notes, and with `may_all` anybody's.
    """
    changes = [_change(one, campaign) for one in events if one.kind == "change"]
    said = iter(steps_of(campaign, changes))
    steps = {id(one): next(said) for one in events if one.kind == "change"}
    found = []
    for (_at, kind, about), group in groupby(events, lambda one: (one.at, one.kind, one.about)):
        same = list(group)
        if kind == "change":
            told = tuple(steps[id(one)] for one in same)
            found.append(_repair(same[0], "", told, about))
        else:
            found += [_entry(one, campaign, user_id, may_all=may_all) for one in same]
    return found


def _change(event: Event, campaign: Campaign) -> CampaignChange:
    """As it was kept, for the words of histories."""
    own = event.campaign == campaign.pk
    about = campaign if own else Campaign(pk=event.campaign, name=event.named)
    return CampaignChange(campaign=about, field=event.text, old=event.more, new=event.new)


def _entry(event: Event, campaign: Campaign, user_id: int, *, may_all: bool) -> Entry:
    match event.kind:
        case "note":
            return _note(event, changes=may_all or event.writer == user_id)
        case "repair":
            return _repair(event, event.text, (), event.about)
        case "undone":
            what = gettext("Undone: %(what)s") % {"what": event.text}
            return _repair(event, what, (), event.about)
        case "import":
            what = gettext("Spend imported from %(file)s") % {"file": event.text}
            return Entry(event.at, event.who, what)
        case "restated":
            return Entry(event.at, event.who, _restated(event))
        case "budget" | "target":
            return Entry(event.at, event.who, _plan(event, campaign), why=event.text)
        case "budget-log" | "target-log":
            return Entry(event.at, event.who, _logged(event))
    return Entry(event.at, event.who, gettext("Campaign added"))


def _note(event: Event, *, changes: bool) -> Entry:
    days = day_range(event.first, event.last or event.first) if event.first else ""
    return Entry(
        at=event.at,
        who=event.who,
        what=gettext("Note on %(days)s: %(text)s") % {"days": days, "text": event.text},
        url=reverse("reports:note", args=[event.about]) if changes else "",
        link=gettext("Change"),
    )


def _repair(event: Event, what: str, steps: tuple[Step, ...], repair: int) -> Entry:
    return Entry(
        at=event.at,
        who=event.who,
        what=what,
        why="" if event.kind == "change" else event.more,
        url=reverse("reports:repair", args=[repair]),
        link=gettext("Repair %(number)s") % {"number": repair},
        steps=steps,
    )


def _restated(event: Event) -> str:
    number = event.number or 0
    text = ngettext(
        "Spend of one day that was over was changed (%(how)s)",
        "%(n)s entries of spend of days that were over were changed (%(how)s)",
        number,
    )
    how = dict(SpendRevision.How.choices).get(event.text, event.text)
    return text % {"n": formatting.count(number), "how": how}


def _plan(event: Event, campaign: Campaign) -> str:
    """One that no form has made: how it stands, and when it was last changed."""
    days = day_range(event.first, event.last) if event.first and event.last else ""
    amount = event.number or 0
    if event.kind == "budget":
        words = {"amount": shown(amount, campaign.company.currency), "days": days}
        return gettext("Budget %(amount)s for %(days)s") % words
    target = Target(company=campaign.company, metric=event.more, value=amount)
    label = str(target.get_metric_display())
    words = {"metric": label, "amount": amount_text(target, amount), "days": days}
    return gettext("Target: %(metric)s %(amount)s for %(days)s") % words


def _logged(event: Event) -> str:
    """“Budget …: Changed Amount.”, in the words of Django's own history."""
    name = gettext("Budget") if event.kind == "budget-log" else gettext("Target")
    done: Any = LogEntry(action_flag=event.about, change_message=event.more)
    message = done.get_change_message()
    if event.about == ADDITION and not message:
        message = gettext("Added.")
    if event.about == DELETION:
        message = gettext("Deleted.")
    return f"{name} {event.text}: {capfirst(message)}"
