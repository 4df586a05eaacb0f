"""A company's channel rules and own hosts as a person edits them, and their saving."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from attribution.channels.conditions import ConditionError, compiled
from attribution.channels.hosts import address_of, without_www
from attribution.channels.origins import ChannelLaw, law_of
from attribution.channels.rules import (
    CHANNELS,
    MOST_RULES,
    ChannelBook,
    ChannelRule,
    read_rules,
)
from attribution.channels.stored import apply
from attribution.models import ChannelRules, Company, OwnHost
from attribution.repair.locking import repairing

MOST_HOSTS = 200
LONGEST_NOTE = 200


class Outdated(Exception):  # noqa: N818 - reads as what is the matter
    """Somebody else has saved other rules or hosts meanwhile; nothing was changed."""


@dataclass(frozen=True)
class Desk:
    """What stands in the form; nothing of it is in force yet."""

    rules: tuple[ChannelRule, ...]
    hosts: str  # one a line, as written
    note: str = ""
    basis: str = ""  # what was in force when the page was opened
    problems: dict[int, str] = field(default_factory=dict)  # number of a rule → what is wrong

    def law(self) -> ChannelLaw:
        return ChannelLaw(ChannelBook(self.rules), frozenset(self.host_list()[0]))

    def host_list(self) -> tuple[list[str], list[str]]:
        """The hosts, and the lines that are none."""
        hosts: list[str] = []
        wrong: list[str] = []
        for line in self.hosts.splitlines():
            if not line.strip():
                continue
            host = without_www(address_of(line.strip()).host)
            (hosts if host else wrong).append(host or line.strip()[:60])
        return sorted(set(hosts)), wrong

    def checked(self) -> "Desk":
        """With what is wrong with each rule."""
        problems = {}
        for number, rule in enumerate(self.rules, start=1):
            if rule.channel not in CHANNELS:
                problems[number] = _("Choose a channel.")
            try:
                compiled(rule.when)
            except ConditionError as problem:
                problems[number] = str(problem)
        return replace(self, problems=problems)

    def wrong(self) -> list[str]:
        """Sentences about what keeps it from being saved, besides the rules."""
        found = []
        hosts, others = self.host_list()
        if others:
            found.append(_("No hosts: %(lines)s.") % {"lines": ", ".join(others[:5])})
        if len(hosts) > MOST_HOSTS:
            found.append(_("At most %(most)s hosts.") % {"most": MOST_HOSTS})
        if len(self.rules) > MOST_RULES:
            found.append(_("At most %(most)s rules.") % {"most": MOST_RULES})
        return found

    @property
    def fingerprint(self) -> str:
        """Of what would be saved."""
        return fingerprint(self.rules, self.host_list()[0])

    def as_file(self) -> str:
        """As the command reads it."""
        rules = [rule.stored() for rule in self.rules]
        return json.dumps({"rules": rules, "hosts": self.host_list()[0]}, indent=1)


def of_file(text: str, basis: str) -> Desk:
    """What a file of the command says. Raises ConditionError."""
    try:
        found = json.loads(text)
        rules, hosts = found["rules"], [str(host) for host in found["hosts"]]
        return Desk(read_rules(rules), "\n".join(hosts), basis=basis)
    except (ValueError, KeyError, TypeError, AttributeError) as problem:
        if isinstance(problem, ConditionError):
            raise
        raise ConditionError(
            _("The file is not as `manage channels` prints it: JSON with rules and hosts.")
        ) from problem


def fingerprint(rules: Sequence[ChannelRule], hosts: Sequence[str]) -> str:
    text = json.dumps([[rule.stored() for rule in rules], sorted(hosts)])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def in_force(company: Company) -> Desk:
    """The form as it is opened."""
    law = law_of(company)
    hosts = sorted(law.own_hosts)
    return Desk(law.book.rules, "\n".join(hosts), basis=fingerprint(law.book.rules, hosts))


def sent(data: QueryDict) -> Desk:
    """What a person has sent, with the one step that was asked for done."""
    on = set(data.getlist("on"))
    pairs = zip(data.getlist("channel"), data.getlist("when"), strict=False)
    rules = [
        ChannelRule(channel[:60], when.strip()[:4000], str(number) in on)
        for number, (channel, when) in enumerate(pairs, start=1)
    ]
    return Desk(
        tuple(_stepped(rules, data)),
        data.get("hosts", "")[:60_000],
        data.get("note", "").strip()[:LONGEST_NOTE],
        data.get("basis", "")[:64],
    )


def _stepped(rules: list[ChannelRule], data: QueryDict) -> list[ChannelRule]:
    for step in ("up", "down", "remove"):
        number = data.get(step, "")
        place = int(number) - 1 if number.isdecimal() and len(number) < 4 else -1
        if not 0 <= place < len(rules):
            continue
        rule = rules.pop(place)
        if step != "remove":
            rules.insert(max(place + (1 if step == "down" else -1), 0), rule)
    if "add" in data:
        rules.insert(0, ChannelRule("", ""))
    return rules


def save(company: Company, desk: Desk, author: Any) -> int:
    """Put the rules and hosts in force and place all leads by them: whole or not at all. Returns
    how many leads are placed otherwise. Raises Outdated, and Busy of `repairing`."""
    with transaction.atomic():
        company = repairing(company.pk)
        now = in_force(company)
        if now.basis != desk.basis:
            raise Outdated(_("Somebody has saved other rules meanwhile. Nothing was saved."))
        if desk.rules != now.rules:
            stored = [rule.stored() for rule in desk.rules]
            ChannelRules.objects.create(
                company=company, rules=stored, note=desk.note, author=author
            )
        _save_hosts(company, desk.host_list()[0], author)
        return apply(company, law_of(company))


def _save_hosts(company: Company, hosts: Sequence[str], author: Any) -> None:
    there = OwnHost.objects.filter(company=company)
    there.exclude(host__in=hosts).delete()
    known = set(there.values_list("host", flat=True))
    for host in hosts:
        if host not in known:
            OwnHost.objects.create(company=company, host=host, author=author)
