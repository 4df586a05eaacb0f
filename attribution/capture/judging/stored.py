"""Leads that are stored, judged by rules of today: before a rule is saved, and when it is applied.

With what is kept of them: a user agent is not, and perhaps no e-mail address, phone number or IP
address. What a person has set stays as it is.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import reduce
from itertools import islice
from operator import or_
from typing import NamedTuple

from django.db.models import Q, QuerySet

from attribution import kinds
from attribution.capture.judging import reasons
from attribution.capture.judging.given import Judgement, of_lead
from attribution.capture.judging.judge import judge_all
from attribution.capture.judging.rulebook import (
    EXACTLY,
    PLAIN,
    Line,
    Rulebook,
    lines_of,
    normal_value,
    rulebook,
)
from attribution.models import CaptureRule, Company, Lead

What = CaptureRule.What
Then = CaptureRule.Then
COLUMNS = ("email", "name", "phone", "ip", "referrer", "landing_page", "country")
ALWAYS = ("pk", "company", "kind", "kind_reason", "received_at", "person_email", "person_phone")
COLUMN = {
    What.EMAIL: "email",
    What.EMAIL_DOMAIN: "email",
    What.NAME: "name",
    What.PHONE: "phone",
    What.IP: "ip",
    What.REFERRER: "referrer",
    What.PARAMETER: "landing_page",
    What.COUNTRY: "country",
}
MOST = 100_000  # leads that rules are applied to at once
# Kinds that a rule may take away again: all reasons but these were found by the program.
SET_BY_PERSONS = (reasons.BY_HAND, reasons.STATED, "")
# What the sender or a person has said, or what was seen of a request and is not kept.
NOT_KEPT = (reasons.BY_HAND, reasons.STATED, reasons.HONEYPOT, reasons.AGENT)
PART = 1_000


class TooMany(Exception):  # noqa: N818 - reads as what is the matter
    """More leads meet the rules than can be changed at once."""


def met(
    company: Company, lines: Sequence[Line], since: datetime | None = None
) -> Iterator[tuple[Lead, list[Line]]]:
    """Leads that meet any of these rules, with those rules."""
    book = Rulebook(lines)
    for lead in _candidates(company, lines, since).iterator(2_000):
        if found := book.met(of_lead(lead)):
            yield lead, found


def changes(
    company: Company, lines: Sequence[Line], since: datetime | None = None
) -> list[kinds.Change]:
    """What these rules would make of earlier leads. Raises TooMany.

    A lead that is excluded already, or that a person has set, keeps its kind; but a rule *Never
    excluded* brings back what the program has excluded.
    """
    wanted: dict[int, kinds.Wanted] = {}
    for lead, found in met(company, lines, since):
        wanted[lead.pk] = _wanted(lead, found)
        if len(wanted) > MOST:
            raise TooMany
    planned: list[kinds.Change] = []
    numbers = list(wanted)
    for start in range(0, len(numbers), 1_000):
        rows = Lead.objects.filter(company=company, pk__in=numbers[start : start + 1_000])
        planned += kinds.planned(rows, lambda pk, state: wanted[pk].of(state))
    return planned


def _wanted(lead: Lead, found: list[Line]) -> kinds.Wanted:
    by_then = {line.then: line for line in reversed(found)}
    because = {mark: reasons.of_rule(by_then[mark]) for mark in reasons.MARKS if mark in by_then}
    marks = kinds.Wanted("", dict.fromkeys(because, True), because=because)
    if fine := by_then.get(Then.FINE):
        kind = "" if lead.kind_reason in SET_BY_PERSONS else Lead.Kind.PRIMARY.value
        return marks._replace(kind=kind, why=reasons.of_rule(fine))
    if lead.kind not in (Lead.Kind.PRIMARY, Lead.Kind.FOLLOW_UP):
        return marks
    if lead.kind_reason == reasons.BY_HAND or lead.kind_reason.startswith(reasons.FINE):
        return marks
    for then in (Then.BOT, Then.BLOCKED, Then.TEST):
        if line := by_then.get(then):
            return marks._replace(kind=then.value, why=reasons.of_rule(line))
    return marks


def _candidates(
    company: Company, lines: Sequence[Line], since: datetime | None
) -> "QuerySet[Lead]":
    """All leads that may meet one of the rules, and others: what the database can tell quickly."""
    leads = Lead.objects.filter(company=company).order_by("pk")
    if since is not None:
        leads = leads.filter(received_at__gte=since)
    if not lines:
        return leads.none()
    wanted = reduce(or_, map(_may_meet, lines))
    return leads.filter(wanted).only(*ALWAYS, *COLUMNS)


def _may_meet(line: Line) -> Q:
    column = COLUMN[What(line.what)]
    value = normal_value(line.what, line.value).removeprefix(EXACTLY)
    there = ~Q(**{column: ""})
    if line.what in (What.PHONE, What.IP) or not value.isascii():
        return there  # written in many ways
    if line.what == What.NAME:
        value = value.partition(" ")[0]
    elif line.what == What.PARAMETER:
        value = value.partition("=")[0]
        if not PLAIN.fullmatch(value):
            return there  # a link may hold it as codes
    if "xn--" in value:
        return there
    return Q(**{f"{column}__icontains": value})


class Again(NamedTuple):
    """What today's rules say of one stored lead."""

    lead: Lead
    found: Judgement
    is_settled: bool  # by a person, or by what is not kept of it: it stays what it is


def judged_again(company: Company, since: datetime | None = None) -> Iterator[Again]:
    """Every lead, judged by what is kept of it. Nothing is changed."""
    book = rulebook(lines_of(company.pk))
    leads = Lead.objects.filter(company=company).order_by("received_at", "pk")
    if since is not None:
        leads = leads.filter(received_at__gte=since)
    rows = leads.only(*ALWAYS, *COLUMNS, "revenue_minor")
    for part in parts(rows.iterator(PART)):
        judged = judge_all(company, [of_lead(lead) for lead in part], book)
        for lead, found in zip(part, judged, strict=True):
            yield Again(lead, found, _is_settled(lead))


def parts(leads: Iterator[Lead]) -> Iterator[list[Lead]]:
    while part := list(islice(leads, PART)):
        yield part


def _is_settled(lead: Lead) -> bool:
    if lead.kind_reason in NOT_KEPT:
        return True
    return not lead.kind_reason and lead.kind != Lead.Kind.PRIMARY  # by a file, or by hand
