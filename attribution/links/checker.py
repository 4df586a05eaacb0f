"""Says how a link would be read today, and what is wrong with it. Nothing is stored.

The values are read by the same functions as a lead's; only the faults are found here.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import NamedTuple
from urllib.parse import unquote_plus

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attribution.channels.links import is_of_another_coding, written_values
from attribution.links import naming
from attribution.links.builder import LONGEST_LINK, UTM_NAMES, BadPage, check_page
from attribution.links.campaigns import Known, KnownCampaigns
from attribution.links.counted import NEW, counted
from attribution.models import NamingRules
from attribution.utm import Reason, Tidy, captured_from_link, is_broken, tidy
from attribution.verdict import Place

NEEDED = ("utm_source", "utm_medium", "utm_campaign")
# Parameters of other tools that are no slips.
OF_OTHERS = frozenset(
    (
        *("utm_source_platform", "utm_creative_format", "utm_marketing_tactic"),
        *("utm_referrer", "utm_expid", "utm_nooverride"),
    )
)
SQUEEZED = {name.replace("_", ""): name for name in sorted(UTM_NAMES)}
UTM_LIKE = re.compile(r"[\W_]*[utm]{2}", re.I)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.I)


class Grade(TextChoices):
    """How bad it is."""

    WRONG = "wrong", gettext_lazy("wrong")
    HINT = "hint", gettext_lazy("hint")


class Fault(NamedTuple):
    grade: Grade
    text: str


@dataclass(frozen=True)
class Checked:
    """One link, as a lead that came by it would be counted."""

    link: str
    read: Tidy
    place: Place  # by the company's rules
    campaign: Known | None  # the one that it counts for, if that is here already
    faults: list[Fault] = field(default_factory=list)

    @property
    def counts_for(self) -> str:
        """Where the lead would count, in words."""
        if self.place.campaign is None:
            return _("Unattributed: %(why)s") % {"why": Reason(self.place.reason).label}
        if self.campaign:
            return str(self.campaign)
        return _("New campaign “%(name)s”") % {"name": self.read.campaign}

    @property
    def worst(self) -> str:
        """The grade of the worst fault; empty where there is none."""
        return min((fault.grade.value for fault in self.faults), key=GRADES.index, default="")


GRADES = [*Grade.values, ""]


def check_link(link: str, rules: NamingRules, known: KnownCampaigns) -> Checked:
    """What capture makes of a link, and every fault that is found."""
    link = link.strip()
    found = captured_from_link(link)
    of_link = counted(link, known.book)
    tags, place = of_link.read, of_link.place
    campaign = None if place.campaign is None else known.by_id.get(place.campaign)
    pairs = written_values(link)
    address = list(_address(link))
    if address and not found:
        return Checked(link, tags, place, campaign, address)
    faults = [
        *address,
        *_slips_in_names(pairs),
        *_missing(found, bool(found.get("click_ids"))),
        *_repeated(pairs),
        *_values(found),
        *_not_allowed(tags, rules),
        *_places(link),
        *_personal(link),
    ]
    if place.campaign == NEW:
        faults += _new_name(found["utm_campaign"].strip(), rules, known)
    order = [Grade.WRONG, Grade.HINT]
    return Checked(
        link, tags, place, campaign, sorted(faults, key=lambda one: order.index(one.grade))
    )


def check_links(
    links: Iterable[str], rules: NamingRules, known: KnownCampaigns
) -> list[tuple[int, Checked]]:
    """Each link with its number in the list, the worst first."""
    checked = [(n, check_link(link, rules, known)) for n, link in enumerate(links, start=1)]
    return sorted(checked, key=lambda one: GRADES.index(one[1].worst))


def wrong(text: str, **values: object) -> Fault:
    return Fault(Grade.WRONG, text % values)


def hint(text: str, **values: object) -> Fault:
    return Fault(Grade.HINT, text % values)


def _address(link: str) -> Iterator[Fault]:
    try:
        check_page(link)
    except BadPage as problem:
        yield Fault(Grade.WRONG, str(problem))
    else:
        if re.search(r"\s", link):
            yield wrong(_("There is a blank in the link: it ends there when it is clicked."))


def _missing(found: Mapping[str, str], has_click_id: bool) -> Iterator[Fault]:
    named = [name for name in NEEDED if found.get(name, "").strip()]
    if not named:
        if has_click_id:
            yield hint(_("It has a click id, but no UTM values: no campaign can be told by it."))
        else:
            yield wrong(_("It has no UTM values: its visitors cannot be told from direct ones."))
        return
    for name in NEEDED:
        if name not in named:
            yield wrong(_("%(name)s is missing."), name=name)


def _slips_in_names(pairs: Collection[tuple[str, str]]) -> Iterator[Fault]:
    there = {name.casefold() for name, __ in pairs}
    for name, __ in pairs:
        lower = name.casefold()
        if lower in UTM_NAMES:
            if name != name.lower():
                yield hint(
                    _("“%(name)s” has capitals: read here, but not by every tool."), name=name[:60]
                )
        elif lower.startswith("amp;"):
            yield wrong(_("“&amp;” stands where “&” belongs, before %(name)s."), name=lower[4:64])
        elif lower not in OF_OTHERS and (meant := _meant(lower, there)):
            yield wrong(
                _("“%(name)s” is not read. Is %(meant)s meant?"), name=name[:60], meant=meant
            )
        elif lower not in OF_OTHERS and lower.startswith("utm"):
            yield hint(_("“%(name)s” is not read."), name=name[:60])


def _meant(name: str, there: Collection[str]) -> str:
    """The UTM parameter that a misspelt one stands for, or an empty text.

    A bare `campaign` may be the page's own: it is a slip only where utm_campaign is missing.
    """
    close = get_close_matches(re.sub(r"[\W_]", "", name), SQUEEZED, n=1, cutoff=0.8)
    meant = SQUEEZED[close[0]] if close else ""
    if UTM_LIKE.match(name) or (meant in NEEDED and meant not in there):
        return meant
    return ""


def _repeated(pairs: Iterable[tuple[str, str]]) -> Iterator[Fault]:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        if name.casefold() in UTM_NAMES:
            values.setdefault(name.casefold(), []).append(value)
    for name, given in values.items():
        if len(given) == 1:
            continue
        if len({tidy(value) for value in given}) == 1:
            yield hint(_("%(name)s stands there %(n)s times."), name=name, n=len(given))
        elif name == "utm_campaign":
            names = naming.a_few(given, most=3)
            yield wrong(_("utm_campaign names two campaigns: %(names)s."), names=names)
        else:
            yield wrong(
                _("%(name)s stands there %(n)s times; only the first, “%(value)s”, is read."),
                name=name,
                n=len(given),
                value=given[0][:60],
            )


def _values(found: Mapping[str, str]) -> Iterator[Fault]:
    """Faults of source, medium and campaign; content and term may be what they like."""
    for name in NEEDED:
        value = found.get(name, "")
        short = value[:60]
        if not value.strip():
            continue  # said to be missing
        if is_broken(value):
            text = _("%(name)s: the placeholder “%(value)s” is not filled in.")
            yield wrong(text, name=name, value=short)
            continue
        if refused := _refused(name, value):
            yield Fault(Grade.WRONG, f"{name}: {refused}")
            continue
        if value != value.lower():
            text = _("%(name)s: “%(value)s” has capitals, which other tools count apart.")
            yield hint(text, name=name, value=short)
        if re.search(r"\s", value):
            text = _("%(name)s: “%(value)s” has a blank. Use a hyphen or an underscore.")
            yield hint(text, name=name, value=short)
        if re.search(r"%[0-9a-f]{2}", value, re.I):
            text = _("%(name)s: “%(value)s” is encoded twice.")
            if is_of_another_coding(value):
                text = _("%(name)s: “%(value)s” is not encoded as UTF-8.")
            yield hint(text, name=name, value=short)


def _refused(name: str, value: str) -> str:
    if name == "utm_campaign":
        return naming.not_usable(value)
    return naming.value_not_usable(value)


def _not_allowed(tags: Tidy, rules: NamingRules) -> Iterator[Fault]:
    for name, value, allowed in (
        ("source", tags.source, rules.sources),
        ("medium", tags.medium, rules.mediums),
    ):
        if value and naming.not_allowed(value, allowed):
            close = get_close_matches(value, allowed, n=1, cutoff=0.7)
            text = _("The %(name)s “%(value)s” is not on the company's list: %(allowed)s.")
            known = naming.a_few(dict.fromkeys([*close, *allowed]))
            yield wrong(text, name=name, value=value[:60], allowed=known)


def _places(link: str) -> Iterator[Fault]:
    before, __, fragment = link.partition("#")
    if any(map(_is_utm, re.split(r"[?&]", fragment))):
        yield hint(_("UTM values stand after “#”: read here, but not by most other tools."))
    for pair in before.partition("?")[2].split("&"):
        if any(map(_is_utm, pair.split("?")[1:])):
            yield wrong(_("A second “?” stands where “&” belongs: not every tool reads the rest."))


def _is_utm(pair: str) -> bool:
    return unquote_plus(pair.partition("=")[0]).casefold() in UTM_NAMES


def _personal(link: str) -> Iterator[Fault]:
    if EMAIL.search(unquote_plus(unquote_plus(link))):
        yield wrong(
            _("It holds an e-mail address: whoever sees the link sees whose it is. Remove it.")
        )
    if len(link) > LONGEST_LINK:
        yield hint(
            _("It has more than %(most)s characters; a lead keeps no more of it."),
            most=LONGEST_LINK,
        )


def _new_name(name: str, rules: NamingRules, known: KnownCampaigns) -> Iterator[Fault]:
    if close := known.close_to(name):
        yield wrong(
            _("The new name is close to “%(key)s”, which is here: is that meant?"), key=close.key
        )
    for problem in naming.problems(tidy(name) if rules.lower_case else name, rules):
        yield Fault(Grade.HINT, problem)
