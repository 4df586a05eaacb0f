"""What a repair decided, in words: its rules, groups, corrections and changes of campaigns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count
from django.utils.translation import gettext, ngettext

from attribution.models import Campaign, CampaignChange, Correction, Pin, Repair, RuleVersion
from attribution.repair import law
from attribution.repair.items import RuleItem
from reports.repair import rule_words

MOST = 50  # of each kind on a page


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A rule: its number, and what it says."""

    rule: int  # 0: not saved yet
    text: str


@dataclass(frozen=True, slots=True)
class Decided:
    rules: list[RuleWords]
    sentences: list[str]


def decided_by(repair: Repair) -> Decided:
    """At most so many of each kind as a page can bear."""
    return Decided(
        rules=_rules(repair),
        sentences=[*_pins(repair), *_corrections(repair), *_changes(repair)],
    )


def rules_in_words(items: Iterable[RuleItem], campaigns: Mapping[int, str]) -> list[RuleWords]:
    """ "utm_source is one of fb, facebook.com → facebook"; a new rule has no number yet."""
    return [RuleWords(max(0, item.line.id), _rule_words(item, campaigns)) for item in items]


def _rule_words(item: RuleItem, campaigns: Mapping[int, str]) -> str:
    condition = f" ({only})" if (only := rule_words.only(item.line)) else ""
    becomes = rule_words.becomes(item.line, campaigns)
    words = f"{rule_words.says(item.line)}{condition} → {becomes}"
    return gettext("%(rule)s – switched off") % {"rule": words} if item.is_off else words


def _rules(repair: Repair) -> list[RuleWords]:
    versions = RuleVersion.objects.filter(repair=repair)
    rows = versions.order_by("rule__field", "position", "pk").values_list(
        "campaign__name", *law.COLUMNS
    )[:MOST]
    named = [(name, law.item_of(version)) for name, *version in rows]
    names = {item.line.campaign: name for name, item in named if item.line.campaign is not None}
    return rules_in_words((item for _, item in named), names)


def _pins(repair: Repair) -> list[str]:
    """Kinds of leads that stay where they are put, by campaign."""
    rows = Pin.objects.filter(repair=repair).values_list("campaign__name").order_by("campaign")
    return [
        ngettext(
            "One kind of leads, as it was captured: %(place)s",
            "%(n)s kinds of leads, as they were captured: %(place)s",
            n,
        )
        % {"n": f"{n:,}", "place": name or gettext("left unattributed")}
        for name, n in rows.annotate(n=Count("pk"))[:MOST]
    ]


def _corrections(repair: Repair) -> list[str]:
    corrections = Correction.objects.filter(repair=repair)
    count = corrections.count()
    if not count:
        return []
    said = corrections.select_related("campaign")[0]  # all of one repair say the same
    parts = []
    if said.sets_campaign:
        campaign = said.campaign.name if said.campaign else gettext("none")
        parts.append(gettext("campaign: %(value)s") % {"value": campaign})
    for label, value in ((gettext("source"), said.source), (gettext("medium"), said.medium)):
        if value is not None:
            parts.append(f"{label}: {value or gettext('none')}")
    words = ngettext("One lead set to %(what)s", "%(n)s leads set to %(what)s", count)
    return [words % {"n": f"{count:,}", "what": ", ".join(parts)}]


def _changes(repair: Repair) -> list[str]:
    changes = list(
        CampaignChange.objects.filter(repair=repair)
        .select_related("campaign")
        .order_by("pk")[:MOST]
    )
    into = {
        int(value)
        for one in changes
        if one.field == CampaignChange.Column.MERGED_INTO
        for value in (one.old, one.new)
        if value.isdigit()
    }
    names = dict(Campaign.objects.filter(pk__in=into).values_list("pk", "name")) if into else {}
    return [_change_words(one, names) for one in changes]


def _change_words(change: CampaignChange, names: dict[int, str]) -> str:
    column = CampaignChange.Column
    if change.field == column.DISCOVERED:
        return gettext("%(campaign)s: looked at by a person") % {"campaign": change.campaign.name}
    old, new = change.old, change.new
    labels: dict[str, str] = {}
    match change.field:
        case column.CHANNEL:
            labels = {value: str(label) for value, label in Campaign.Channel.choices}
        case column.STATUS:
            labels = {value: str(label) for value, label in Campaign.Status.choices}
        case column.MERGED_INTO:
            labels = {str(pk): name for pk, name in names.items()}
    nothing = gettext("nothing")
    return gettext("%(campaign)s: %(field)s %(old)s → %(new)s") % {
        "campaign": change.campaign.name,
        "field": change.get_field_display(),
        "old": labels.get(old, old) or nothing,
        "new": labels.get(new, new) or nothing,
    }
