"""What becomes of leads that arrive: their kind, their marks, and the reason of each.

The first of these that applies decides the kind: a rule *Never excluded*; what the sender states;
the honeypot field; the user agent, and rules for bots; the referrer spam list; rules that block;
rules for tests; an earlier lead of the same person. All else is primary. Whatever is excluded is
stored and counted, with its reason.

A lead is judged once, when it arrives, by what is known then. An earlier lead of the same person
that arrives later changes nothing of those that are there.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from attribution.capture.doors import Door
from attribution.capture.items import LeadItem
from attribution.capture.judging import agents, reasons, spam, suspicion
from attribution.capture.judging.given import Given, Judgement, Keys, of_item
from attribution.capture.judging.persons import FOLLOWED, Earlier, earlier_leads
from attribution.capture.judging.rulebook import Line, Rulebook, lines_of, rulebook
from attribution.models import CaptureRule, Company, Lead

Kind = Lead.Kind
Then = CaptureRule.Then
NO_MARKS: dict[str, str] = {}


def judge(
    company: Company,
    door: Door,
    items: Sequence[LeadItem],
    persons: Sequence[Keys] = (),
    countries: Sequence[str] = (),
    book: Rulebook | None = None,
) -> list[Judgement]:
    """In the order of the items, in few questions: the rules, and earlier leads of these persons.

    `persons` and `countries` (where the addresses lie) are in the order of the items, or not given;
    so is `book`, the rules in force.
    """
    batch = [
        of_item(
            item,
            door,
            persons[place] if persons else None,
            countries[place] if countries else "",
        )
        for place, item in enumerate(items)
    ]
    return judge_all(company, batch, book or rulebook(lines_of(company.pk)))


def judge_all(company: Company, batch: Sequence[Given], book: Rulebook) -> list[Judgement]:
    """The same of what is given, by these rules."""
    judged = [verdict(given, book) for given in batch]
    # What is no enquiry follows none, and none follows it.
    asked = [
        one.kind in FOLLOWED and not one.kind_reason.startswith(reasons.FINE) for one in judged
    ]
    if company.follow_up_days and any(
        is_asked and (given.person_email or given.person_phone)
        for is_asked, given in zip(asked, batch, strict=True)
    ):
        return _with_persons(company, batch, judged, asked)
    return judged


def verdict(given: Given, book: Rulebook) -> Judgement:
    """The kind and the marks of one lead, by itself."""
    met = book.met(given)
    kind, reason = _kind(given, met)
    is_fine = reason.startswith(reasons.FINE)
    return Judgement(kind, reason, _marks(given, met, is_fine))


def _kind(given: Given, met: list[Line]) -> tuple[str, str]:
    by_rule: dict[str, Line] = {}
    for line in reversed(met):  # the oldest rule speaks
        by_rule[line.then] = line
    if fine := by_rule.get(Then.FINE):
        return Kind.PRIMARY.value, reasons.of_rule(fine)
    if given.stated_kind:
        return given.stated_kind, reasons.STATED
    if given.honeypot:
        return Kind.BOT.value, reasons.HONEYPOT
    if given.agent and agents.is_program(given.agent):
        return Kind.BOT.value, reasons.AGENT
    if rule := by_rule.get(Then.BOT):
        return Kind.BOT.value, reasons.of_rule(rule)
    if given.referrer and (spammer := spam.spammer(given.referrer)):
        return Kind.BOT.value, reasons.of_spammer(spammer)
    if rule := by_rule.get(Then.BLOCKED):
        return Kind.BLOCKED.value, reasons.of_rule(rule)
    if rule := by_rule.get(Then.TEST):
        return Kind.TEST.value, reasons.of_rule(rule)
    return Kind.PRIMARY.value, ""


def _marks(given: Given, met: list[Line], is_fine: bool) -> dict[str, str]:
    marks = {}
    for mark in reasons.MARKS:
        rule = next((line for line in met if line.then == mark), None)
        if getattr(given, mark):
            marks[mark] = reasons.STATED
        elif rule is not None:
            marks[mark] = reasons.of_rule(rule)
    if "hot" not in marks and given.booked:
        marks["hot"] = reasons.BOOKED
    if "suspicious" not in marks and not is_fine and (found := ", ".join(suspicion.signals(given))):
        marks["suspicious"] = found
    return marks or NO_MARKS


class _Chains:
    """Leads of this batch that others of it may follow, by the digests of their persons."""

    def __init__(self) -> None:
        self.by_digest: dict[tuple[str, str], list[tuple[Given, int]]] = defaultdict(list)

    def add(self, given: Given, place: int) -> None:
        for key in _keys(given):
            self.by_digest[key].append((given, place))

    def earliest(self, given: Given, days: int) -> tuple[Given, int] | None:
        since = given.received_at - timedelta(days=days)
        found = [
            (one, place)
            for key in _keys(given)
            for one, place in self.by_digest.get(key, ())
            if one.received_at >= since
        ]
        return min(found, key=lambda pair: (pair[0].received_at, pair[1]), default=None)


def _keys(given: Given) -> list[tuple[str, str]]:
    pairs = (("email", given.person_email), ("phone", given.person_phone))
    return [pair for pair in pairs if pair[1]]


def _with_persons(
    company: Company, batch: Sequence[Given], judged: Sequence[Judgement], asked: Sequence[bool]
) -> list[Judgement]:
    """In the order of time, so that a batch and its items one by one give the same."""
    days = company.follow_up_days
    stored = earlier_leads(company.pk, days, batch)
    found = list(judged)
    chains = _Chains()
    for place in sorted(range(len(batch)), key=lambda at: (batch[at].received_at, at)):
        given = batch[place]
        if asked[place]:
            found[place] = _following(
                judged[place], stored.get(place), chains.earliest(given, days), found
            )
        if found[place].kind in FOLLOWED and not given.lead:  # else it is among the stored
            chains.add(given, place)
    return found


def _following(
    alone: Judgement,
    stored: Earlier | None,
    beside: tuple[Given, int] | None,
    found: Sequence[Judgement],
) -> Judgement:
    """The judgement of a lead that follows the earlier one of both, or of neither."""
    if stored is None and beside is None:
        return alone
    if beside is not None and (stored is None or beside[0].received_at < stored.received_at):
        place = beside[1]
        root = found[place]
        if root.first_lead is None and root.first_item is None:
            first: tuple[int | None, int | None] = (None, place)
        else:
            first = (root.first_lead, root.first_item)
    else:
        assert stored is not None  # noqa: S101 - one of both is there
        first = (stored.first, None)
    if alone.kind != Kind.PRIMARY:  # stated by the sender
        return alone._replace(first_lead=first[0], first_item=first[1])
    return Judgement(Kind.FOLLOW_UP.value, reasons.PERSON, alone.marks, *first)
