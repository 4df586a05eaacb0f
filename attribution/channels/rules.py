"""By which rules a visit falls into a channel: the first that takes it decides.

The shipped rules are those of GA4's default channel group for manual traffic, in the order of the
test suite of Velir/dbt-ga4, with a channel for AI assistants, webmail as Email and one odd case
(docs/channels.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.utils.translation import gettext as _

from attribution.channels.conditions import ConditionError, Test, Visit, compiled

MOST_RULES = 100
UNASSIGNED = "Unassigned"
CHANNELS = (
    *("Direct", "Cross-network", "Paid Shopping", "Paid Search", "Paid Social", "Paid Video"),
    *("Display", "Paid Other", "AI Assistants", "Organic Shopping", "Organic Social"),
    *("Organic Video", "Organic Search", "Referral", "Email", "Affiliates", "Audio", "SMS"),
    *("Mobile Push Notifications", UNASSIGNED),
)


@dataclass(frozen=True)
class ChannelRule:
    """Visits under this condition are of this channel."""

    channel: str
    when: str
    is_on: bool = True

    @property
    def test(self) -> Test:
        return compiled(self.when)

    def stored(self) -> dict[str, Any]:
        return {"channel": self.channel, "when": self.when, "on": self.is_on}


_PAID = "(medium contains cp or medium is ppc, retargeting or medium begins paid)"
_SHOP = "campaign contains shopping, eshop or campaign word shop"
_MAIL = 'email, e-mail, e_mail, "e mail"'
SHIPPED = (
    ChannelRule("Direct", "source is (direct) and medium is (none)"),
    ChannelRule("Cross-network", "campaign contains cross-network"),
    ChannelRule("Paid Shopping", f"(site is shopping or {_SHOP}) and {_PAID}"),
    # As the published suite has it. Google's own words ask for a paid medium here too.
    ChannelRule("Paid Shopping", 'source is alibaba and medium is "" and campaign is ""'),
    ChannelRule("Paid Search", f"site is search and {_PAID}"),
    ChannelRule("Paid Social", f"site is social and {_PAID}"),
    ChannelRule("Paid Video", f"site is video and {_PAID}"),
    ChannelRule("Display", "medium is display, banner, expandable, interstitial, cpm"),
    ChannelRule("Paid Other", _PAID.strip("()")),
    ChannelRule("AI Assistants", "site is ai"),
    ChannelRule("Organic Shopping", f"site is shopping or click is srsltid or {_SHOP}"),
    ChannelRule(
        "Organic Social",
        "site is social or medium is social, social-network, social-media, sm, "
        '"social network", "social media"',
    ),
    ChannelRule("Organic Video", "site is video or medium contains video"),
    ChannelRule("Organic Search", "site is search or medium is organic"),
    ChannelRule("Referral", "medium is referral, app, link"),
    ChannelRule("Email", f"source is {_MAIL} or medium is {_MAIL} or site is email"),
    ChannelRule("Affiliates", "medium is affiliate, affiliates"),
    ChannelRule("Audio", "medium is audio"),
    ChannelRule("SMS", "source is sms or medium is sms"),
    ChannelRule(
        "Mobile Push Notifications",
        "medium ends push or medium contains mobile, notification or source is firebase",
    ),
)


class ChannelBook:
    """Rules in their order, with what they have answered before."""

    def __init__(self, rules: Iterable[ChannelRule]) -> None:
        self.rules = tuple(rules)
        self.decide = lru_cache(maxsize=16_384)(self._decide)

    @cached_property
    def _tests(self) -> list[tuple[int, str, Test]]:
        return [(n, rule.channel, rule.test) for n, rule in enumerate(self.rules, 1) if rule.is_on]

    def _decide(self, visit: Visit) -> tuple[int, str]:
        """The number of the first rule that takes the visit, and its channel; 0 without one."""
        for number, channel, test in self._tests:
            if test(visit):
                return number, channel
        return 0, UNASSIGNED


SHIPPED_BOOK = ChannelBook(SHIPPED)


def read_rules(stored: object) -> tuple[ChannelRule, ...]:
    """Rules as a version holds them, or as a person sends them. Raises ConditionError, which names
    the rule."""
    if not isinstance(stored, list) or len(stored) > MOST_RULES:
        raise ConditionError(_("There are at most %(most)s rules.") % {"most": MOST_RULES})
    return tuple(_read_rule(number, one) for number, one in enumerate(stored, start=1))


def _read_rule(number: int, stored: Any) -> ChannelRule:
    if not (isinstance(stored, dict) and {"channel", "when"} <= stored.keys()):
        raise ConditionError(_("Rule %(n)s has no channel or no condition.") % {"n": number})
    rule = ChannelRule(str(stored["channel"]), str(stored["when"]), bool(stored.get("on", True)))
    if rule.channel not in CHANNELS:
        raise ConditionError(
            _("Rule %(n)s: “%(channel)s” is no channel.")
            % {"n": number, "channel": rule.channel[:60]}
        )
    try:
        rule.test  # noqa: B018  (compiled on asking)
    except ConditionError as problem:
        raise ConditionError(
            _("Rule %(n)s: %(problem)s") % {"n": number, "problem": problem}
        ) from problem
    return rule
