"""A company's capture rules, made ready to be asked about many leads: by look-up, never one by one.

What a rule looks for is compared as it is: nobody writes patterns (and none can take for ever).
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from django.db.models import QuerySet

from attribution import scope
from attribution.capture.judging import normal
from attribution.capture.judging.given import Given
from attribution.models import CaptureRule
from attribution.prepared import Prepared

What = CaptureRule.What
EXACTLY = "="  # before a name: the whole of it
PLAIN = re.compile(r"[\w-]+", re.ASCII)
Network = IPv4Network | IPv6Network


class Line(NamedTuple):
    """One rule, as it is stored."""

    id: int  # 0: not stored yet
    what: str
    value: str
    then: str


class Rulebook:
    """Rules by what they look at and by the value that they look for."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.by_value: dict[str, dict[str, list[Line]]] = defaultdict(lambda: defaultdict(list))
        self.networks: dict[tuple[int, int], dict[int, list[Line]]] = {}  # version, length
        self.longest_name = 0  # words of the longest name that is looked for
        for line in lines:
            self._add(line)
        self.values = dict(self.by_value)
        names = {key.partition("=")[0] for key in self._of(What.PARAMETER)}
        # Part of each link that may be met. A name with other characters may be written as codes.
        self.parameters = tuple({name if PLAIN.fullmatch(name) else "" for name in names})

    def _add(self, line: Line) -> None:
        if line.what == What.IP:
            network = network_of(line.value)
            if network is not None:
                shift = network.max_prefixlen - network.prefixlen
                group = self.networks.setdefault((network.version, shift), {})
                group.setdefault(int(network.network_address) >> shift, []).append(line)
            return
        key = normal_value(line.what, line.value)
        if not key:
            return
        if line.what == What.NAME and not key.startswith(EXACTLY):
            self.longest_name = max(self.longest_name, key.count(" ") + 1)
        self.by_value[line.what][key].append(line)

    def _of(self, what: str) -> dict[str, list[Line]]:
        return self.by_value.get(what, {})

    def met(self, given: Given) -> list[Line]:
        """The rules that this lead meets, by their ids."""
        if not (self.values or self.networks):
            return []
        found = list(self._met(given))
        return sorted(found) if len(found) > 1 else found

    def _met(self, given: Given) -> Iterator[Line]:
        values = self.values
        if given.email and (rules := values.get(What.EMAIL)):
            yield from rules.get(normal.email(given.email), ())
        if given.email and (rules := values.get(What.EMAIL_DOMAIN)):
            for name in normal.with_parents(normal.domain(given.email)):
                yield from rules.get(name, ())
        if given.name and (rules := values.get(What.NAME)):
            yield from self._names(rules, normal.words(given.name))
        if given.phone and (rules := values.get(What.PHONE)):
            yield from rules.get(normal.phone(given.phone), ())
        if given.ip and self.networks:
            yield from self._addresses(given.ip)
        if given.referrer and (rules := values.get(What.REFERRER)):
            for name in normal.with_parents(normal.host(given.referrer)):
                yield from rules.get(name, ())
        if given.landing_page and (rules := values.get(What.PARAMETER)):
            yield from self._parameters(rules, given.landing_page)
        if given.country and (rules := values.get(What.COUNTRY)):
            yield from rules.get(given.country.strip().casefold(), ())

    def _names(self, rules: dict[str, list[Line]], name: str) -> Iterator[Line]:
        """By whole words: `test` is in `Test Person`, and not in `Testa`."""
        yield from rules.get(EXACTLY + name, ())
        if not self.longest_name:
            return
        words = name.split(" ")
        seen = set()
        for start in range(len(words)):
            for end in range(start + 1, min(start + self.longest_name, len(words)) + 1):
                part = " ".join(words[start:end])
                if part not in seen and (lines := rules.get(part)):
                    seen.add(part)
                    yield from lines

    def _addresses(self, text: str) -> Iterator[Line]:
        address = normal.address(text)
        if address is None:
            return
        number = int(address)
        for (version, shift), group in self.networks.items():
            if version == address.version:
                yield from group.get(number >> shift, ())

    def _parameters(self, rules: dict[str, list[Line]], link: str) -> Iterator[Line]:
        lower = link.casefold()
        if not any(name in lower for name in self.parameters):
            return
        seen = set()
        for name, value in _parameters(lower):
            for key in (name, f"{name}={value}"):
                if key not in seen and (lines := rules.get(key)):
                    seen.add(key)
                    yield from lines


def _parameters(link: str) -> list[tuple[str, str]]:
    """All of a link, decoded, before and after `#`; those without a value as well."""
    query = link.replace("#", "&").replace("?", "&").partition("&")[2]
    return parse_qsl(query, keep_blank_values=True)


@lru_cache(maxsize=256)
def rulebook(lines: tuple[Line, ...]) -> Rulebook:
    """Made once for the same rules."""
    return Rulebook(lines)


def lines_of(company_id: int) -> tuple[Line, ...]:
    """The rules of a company that are on; one question."""
    scope.require(company_id)
    return lines_from(RULES.rows([company_id]))


def lines_from(rows: Iterable[Any]) -> tuple[Line, ...]:
    """What `RULES` gives."""
    return tuple(map(Line._make, rows))


def _rules() -> QuerySet[CaptureRule, tuple[int, str, str, str]]:
    with scope.all_companies():
        rules = CaptureRule.objects.filter(company=0, is_on=True).order_by("pk")
        return rules.values_list("pk", "what", "value", "then")


RULES = Prepared(_rules)  # asked for each lead that arrives alone


def network_of(text: str) -> Network | None:
    """A network, or an address as a network of one."""
    try:
        found = ip_network(text.strip(), strict=False)
    except ValueError:
        return None
    if (
        isinstance(found, IPv6Network)
        and found.network_address.ipv4_mapped
        and found.prefixlen > 95
    ):
        return ip_network((found.network_address.ipv4_mapped, found.prefixlen - 96))
    return found


def normal_value(what: str, value: str) -> str:
    """The value of a rule in the form in which leads are compared with it; empty: never met."""
    match what:
        case What.EMAIL:
            return normal.email(value)
        case What.EMAIL_DOMAIN:
            return normal.domain(value.strip().lstrip("@*."))
        case What.NAME:
            exactly = EXACTLY if value.strip().startswith(EXACTLY) else ""
            words = normal.words(value)
            return exactly + words if words else ""
        case What.PHONE:
            return normal.phone(value)
        case What.IP:
            network = network_of(value)
            return str(network) if network else ""
        case What.REFERRER:
            return normal.host(value.strip().removeprefix("*.").removeprefix("."))
        case What.PARAMETER:
            return value.strip().lstrip("?&#").casefold()
        case What.COUNTRY:
            return value.strip().casefold()
    return ""
