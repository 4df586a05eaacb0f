"""Rules: what one may say, which are hidden by others, which lead what where, which come along."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Max, QuerySet
from django.utils.translation import gettext as _

from attribution.models import Campaign, Company, Lead, Reading
from attribution.repair import law
from attribution.repair.intents import RuleText
from attribution.repair.items import RuleItem
from attribution.utm import KEY_LIMIT, VALUE_LIMIT, Reason, tidy
from attribution.verdict import NAMED, Field, How, RuleLine

MOST_VALUES = 200
NOTE_LIMIT = 200
SHORTEST_PATTERN = 2  # letters or digits
# Leads of these have no utm_campaign at all.
NAMELESS = frozenset({Reason.NO_CAMPAIGN, Reason.CLICK_ID, Reason.REFERRER, Reason.DIRECT})


def _shipped(text: str, *values: str) -> RuleText:
    return RuleText(field=Field.SOURCE, how=How.EXACT, values=values, text=text)


# Spellings and hosts of one and the same source; nothing that guesses.
SHIPPED: tuple[RuleText, ...] = (
    _shipped(
        "facebook",
        *("fb", "facebook.com", "www.facebook.com"),
        *("m.facebook.com", "l.facebook.com", "lm.facebook.com"),
    ),
    _shipped("instagram", "ig", "instagram.com", "www.instagram.com", "l.instagram.com"),
    _shipped("google", "google.com", "www.google.com"),
    _shipped("bing", "bing.com", "www.bing.com"),
    _shipped("linkedin", "linkedin.com", "www.linkedin.com", "lnkd.in"),
    _shipped("youtube", "youtube.com", "www.youtube.com", "m.youtube.com", "youtu.be"),
    _shipped("tiktok", "tiktok.com", "www.tiktok.com"),
    _shipped("twitter", "twitter.com", "www.twitter.com", "t.co"),
    _shipped("pinterest", "pinterest.com", "www.pinterest.com"),
    _shipped("reddit", "reddit.com", "www.reddit.com"),
)


def missing(existing: Iterable[RuleItem]) -> tuple[RuleText, ...]:
    """The rules that come with the program, as far as no rule names their values.

    One that was edited or switched off stays as the company wants it.
    """
    taken = {value for rule in _exact(existing, Field.SOURCE) for value in rule.line.values}
    left = (
        replace(one, values=tuple(value for value in one.values if value not in taken))
        for one in SHIPPED
    )
    return tuple(one for one in left if one.values)


def _exact(rules: Iterable[RuleItem], about: Field) -> Iterator[RuleItem]:
    return (one for one in rules if one.line.field is about and one.line.how is How.EXACT)


def tidied(text: RuleText) -> RuleText:
    """The rule as it is saved: values as leads' are compared, and no condition without effect."""
    values = tuple(dict.fromkeys(map(tidy, text.values)))
    if text.field is not Field.CAMPAIGN:
        return replace(
            text,
            values=values,
            text=tidy(text.text),
            only_reason="",
            only_source="",
            only_medium="",
            campaign=None,
        )
    return replace(
        text,
        values=values,
        text="",
        only_source=tidy(text.only_source),
        only_medium=tidy(text.only_medium),
    )


def problems(text: RuleText, existing: Iterable[RuleItem], rule: int | None = None) -> list[str]:
    """What is wrong with a rule, in words; `rule` is its id where it is there already."""
    tidy_text = tidied(text)
    found = [*_values(text), *_lengths(text, tidy_text), *_conditions(text)]
    if text.field is not Field.CAMPAIGN and not tidy_text.text:
        found.append(_("Write what the value becomes."))
    return found or list(_same(tidy_text, existing, rule))


def _values(text: RuleText) -> Iterator[str]:
    if not any(map(str.strip, text.values)) and not _may_be_empty(text):
        yield _("Write at least one value.")
        return
    if len(text.values) > MOST_VALUES:
        yield _("A rule holds %(most)s values at most; make a second one of the others.") % {
            "most": MOST_VALUES
        }
    for value in dict.fromkeys(text.values):
        if not value.strip() and _may_be_empty(text):
            continue
        enough = sum(map(str.isalnum, tidy(value))) >= SHORTEST_PATTERN
        if not (tidy(value) if text.how is How.EXACT else enough):
            yield _("“%(value)s” means nothing. Write at least two letters or digits.") % {
                "value": value[:60]
            }


def _may_be_empty(text: RuleText) -> bool:
    """A rule about leads that have no utm_campaign; its conditions say which."""
    return bool(text.values) and text.field is Field.CAMPAIGN and text.how is How.EXACT


def _lengths(text: RuleText, tidy_text: RuleText) -> Iterator[str]:
    most = KEY_LIMIT if text.field is Field.CAMPAIGN else VALUE_LIMIT
    others = (tidy_text.text, tidy_text.only_source, tidy_text.only_medium)
    limits = [
        *((value, most) for value in tidy_text.values),
        *((one, VALUE_LIMIT) for one in others),
    ]
    for value, limit in limits:
        if len(value) > limit:
            yield _("“%(value)s…” has more than %(most)s characters.") % {
                "value": value[:40],
                "most": limit,
            }
    if len(text.note) > NOTE_LIMIT:
        yield _("The note has more than %(most)s characters.") % {"most": NOTE_LIMIT}


def _conditions(text: RuleText) -> Iterator[str]:
    if text.field is not Field.CAMPAIGN:
        return
    named = [value for value in text.values if value.strip()]
    if text.only_reason in NAMELESS and named:
        yield _(
            "Leads of the kind “%(why)s” have no utm_campaign: remove “%(value)s”, or choose "
            "another kind."
        ) % {"why": Reason(text.only_reason).label, "value": named[0][:60]}
    elif text.only_reason in NAMED and len(named) < len(text.values):
        yield _("A rule for leads without a campaign must say why they have none.")


def _same(text: RuleText, existing: Iterable[RuleItem], rule: int | None) -> Iterator[str]:
    """Another rule that is about just the same leads. Numbers are those of the list."""
    alike = (one for one in existing if one.line.field is text.field)
    for number, one in enumerate(alike, start=1):
        if one.line.id == rule or _about(one.line) != _about(text):
            continue
        if one.is_off:
            yield _("Rule %(n)s is about the same and switched off: edit it and switch it on.") % {
                "n": number
            }
        elif (one.line.campaign, one.line.text) == (text.campaign, text.text):
            yield _("This is what rule %(n)s already says.") % {"n": number}
        else:
            yield _("Rule %(n)s is about the same: edit that one.") % {"n": number}


def _about(rule: RuleText | RuleLine) -> tuple[object, ...]:
    only = (rule.only_reason, rule.only_source, rule.only_medium)
    return rule.how, frozenset(rule.values), *only


def shadowed(rules: Sequence[RuleItem]) -> dict[int, list[int]]:
    """Rules that can never speak, and the earlier ones that always speak first.

    `rules` are in their order. Those switched off neither hide others nor are hidden.
    """
    hidden: dict[int, list[int]] = {}
    exact: dict[tuple[Field, str], list[RuleLine]] = defaultdict(list)
    patterns: dict[Field, list[RuleLine]] = defaultdict(list)
    for item in rules:
        line = item.line
        if item.is_off:
            continue
        by = [
            _hider(line, value, exact[line.field, value], patterns[line.field])
            for value in line.values
        ]
        if by and all(by):
            hidden[line.id] = list(dict.fromkeys(one.id for one in by if one is not None))
        if line.how is How.EXACT:
            for value in line.values:
                exact[line.field, value].append(line)
        else:
            patterns[line.field].append(line)
    return hidden


def _hider(
    line: RuleLine, value: str, exact: Sequence[RuleLine], patterns: Sequence[RuleLine]
) -> RuleLine | None:
    """The earlier rule that speaks of everything this value of the rule would speak of."""
    earlier = [one for one in patterns if _covers(one, line.how, value)]
    if line.how is How.EXACT:
        earlier = sorted([*exact, *earlier], key=lambda one: (one.position, one.id))
    return next((one for one in earlier if _at_least_as_wide(one, line)), None)


def _covers(pattern: RuleLine, how: How, value: str) -> bool:
    """Whether a pattern matches whatever this value matches. What merely contains a text need
    not begin with it."""
    if not value or (how is How.CONTAINS and pattern.how is How.PREFIX):
        return False
    return pattern.matches(value)


def _at_least_as_wide(earlier: RuleLine, later: RuleLine) -> bool:
    """Whether its conditions hold wherever the later one's do."""
    same_leads = earlier.only_reason == later.only_reason or (
        not earlier.only_reason and later.only_reason in NAMED
    )
    return (
        same_leads
        and earlier.only_source in ("", later.only_source)
        and earlier.only_medium in ("", later.only_medium)
    )


class Usage(NamedTuple):
    """Counted leads that count where they do because of a rule, and when the latest came."""

    leads: int
    last_on: date


def usage(company: Company) -> dict[int, Usage]:
    """By the rule's id; one that decides about no lead is left out. Leads that a person has
    corrected are not counted: that decided about them."""
    ruled = Reading.objects.filter(company=company).exclude(
        source_rule__isnull=True, medium_rule__isnull=True, campaign_rule__isnull=True
    )
    # The scope is asked of the readings: with the lead's company the index would not be enough.
    counts = (
        QuerySet(Lead)
        .filter(reading__in=ruled.values("pk"), corrected=False, kind=Lead.Kind.PRIMARY)
        .order_by()
        .values_list("reading_id")
        .annotate(number=Count("reading"), latest=Max("day"))
    )
    rules_of = {
        pk: {*by} - {None}
        for pk, *by in ruled.values_list("pk", "source_rule", "medium_rule", "campaign_rule")
    }
    found: dict[int, Usage] = {}
    for pk, number, latest in counts:
        for rule in rules_of.get(pk, ()):
            before = found.get(rule, Usage(0, latest))
            found[rule] = Usage(before.leads + number, max(before.last_on, latest))
    return found


def clean(company: Company, text: RuleText, rule: int | None = None) -> list[str]:
    """What is wrong with a rule of this company; `rule` is its id where it is there already."""
    found = problems(text, law.rules(company), rule)
    if text.field is Field.CAMPAIGN and text.campaign is not None:
        there = Campaign.objects.filter(company=company, pk=text.campaign, withdrawn=False)
        if not there.exists():
            found.append(_("The campaign that the rule leads to is not there any more."))
    return found
