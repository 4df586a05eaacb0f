"""Rules in words, and what they make of one link, step by step."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from attribution.links.counted import NEW, Counted
from attribution.repair.items import RuleItem
from attribution.utm import Reason
from attribution.verdict import Field, How, Rulebook, RuleLine

VALUES_SHOWN = 8


def says(line: RuleLine) -> str:
    """ "utm_source is one of fb, facebook.com" """
    how = {
        How.EXACT: _("is one of") if len(line.values) > 1 else _("is"),
        How.PREFIX: _("begins with"),
        How.CONTAINS: _("contains"),
    }
    values = [value or _("empty") for value in line.values[:VALUES_SHOWN]]
    shown = ", ".join(values)
    if (more := len(line.values) - VALUES_SHOWN) > 0:
        shown = _("%(values)s and %(n)s more") % {"values": shown, "n": more}
    return f"utm_{line.field.value} {how[line.how]} {shown}"


def only(line: RuleLine) -> str:
    """The conditions of a rule on campaigns; empty where it has none."""
    parts: list[str] = []
    if line.only_reason:
        parts.append(str(Reason(line.only_reason).label))
    if line.only_source:
        parts.append(_("source %(value)s") % {"value": line.only_source})
    if line.only_medium:
        parts.append(_("medium %(value)s") % {"value": line.only_medium})
    return _("only: %(what)s") % {"what": ", ".join(parts)} if parts else ""


def becomes(line: RuleLine, names: Mapping[int, str]) -> str:
    if line.field is not Field.CAMPAIGN:
        return line.text
    if line.campaign is None:
        return _("left unattributed")
    return names.get(line.campaign, "?")


class Step(NamedTuple):
    """One step of the way from a link to where its leads count."""

    what: str
    text: str


@dataclass(frozen=True)
class Names:
    """What campaigns and rules are called on the page: names, and numbers within their list."""

    campaigns: Mapping[int, str]
    numbers: Mapping[int, int]

    def rule(self, line: RuleLine) -> str:
        number = self.numbers[line.id]
        return _("rule %(n)s (%(says)s)") % {"n": number, "says": says(line)}


def numbers_of(rules: Iterable[RuleItem]) -> dict[int, int]:
    """Rule → its number in the list of its field."""
    counted = dict.fromkeys(Field, 0)
    found: dict[int, int] = {}
    for item in rules:
        counted[item.line.field] += 1
        found[item.line.id] = counted[item.line.field]
    return found


def steps(found: Counted, book: Rulebook, names: Names) -> list[Step]:
    """The whole way, each step in a sentence."""
    raw, tags = found.raw, found.read
    return [
        Step(_("As captured"), _values(raw.utm_source, raw.utm_medium, raw.utm_campaign)),
        Step(_("Tidy"), _values(tags.source, tags.medium, tags.campaign)),
        Step(_("Source"), _filtered(Field.SOURCE, tags.source, found, names)),
        Step(_("Medium"), _filtered(Field.MEDIUM, tags.medium, found, names)),
        Step(_("Campaign"), " ".join(_campaign(found, book, names))),
        *_silent(found, names),
    ]


def _values(source: str, medium: str, campaign: str) -> str:
    empty = _("empty")
    pairs = (("utm_source", source), ("utm_medium", medium), ("utm_campaign", campaign))
    return ", ".join(
        f"{name} “{value[:200]}”" if value else f"{name} {empty}" for name, value in pairs
    )


def _spoken(about: Field, lines: Sequence[RuleLine]) -> RuleLine | None:
    return next((line for line in lines if line.field is about), None)


def _filtered(about: Field, value: str, found: Counted, names: Names) -> str:
    rule = _spoken(about, found.explanation.spoke)
    shown = f"“{value}”" if value else _("empty")
    if rule is None:
        return _("No rule speaks of it: %(value)s") % {"value": shown}
    return _("%(value)s becomes “%(text)s” by %(rule)s.") % {
        "value": shown,
        "text": rule.text,
        "rule": names.rule(rule),
    }


def _campaign(found: Counted, book: Rulebook, names: Names) -> Iterator[str]:
    name, rule = found.read.campaign, _spoken(Field.CAMPAIGN, found.explanation.spoke)
    final = found.place.campaign
    if found.makes_campaign:
        yield _("No campaign is called “%(name)s”: the lead makes it, as a discovered one.") % {
            "name": name
        }
    if rule is not None and rule.campaign is None:
        yield _("It is left without a campaign by %(rule)s.") % {"rule": names.rule(rule)}
        return
    if rule is not None and rule.campaign is not None:
        yield _("It counts for “%(campaign)s” by %(rule)s.") % {
            "campaign": names.campaigns.get(rule.campaign, "?"),
            "rule": names.rule(rule),
        }
        first = rule.campaign
    elif found.read.reason:
        yield _("It has none: %(why)s. No rule speaks of such leads.") % {
            "why": Reason(found.read.reason).label
        }
        return
    else:
        first = book.by_key[name]
        if first != NEW:
            yield _("It counts for the campaign of that name.")
    if final not in (None, first):
        yield _("That has become part of “%(campaign)s”.") % {
            "campaign": names.campaigns.get(final or 0, "?")
        }


def _silent(found: Counted, names: Names) -> Iterator[Step]:
    if found.explanation.silent:
        later = ", ".join(names.rule(line) for line in found.explanation.silent)
        yield Step(_("Also matched, but later"), later)
