"""What would change if something were confirmed or undone: one answer for preview and for both."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast

from django.db.models import Max
from django.utils.translation import gettext as _

from attribution.models import Company, Reading, Repair
from attribution.repair import expand, law
from attribution.repair.campaign_states import After, States
from attribution.repair.desk import Refused
from attribution.repair.intents import Intent, Undo
from attribution.repair.items import Items
from attribution.repair.reach import reach_of
from attribution.repair.remains import Remainder, remains
from attribution.repair.settled import corrected_leads, read_anew
from attribution.signals import spend_asked
from attribution.verdict import Place, Rulebook, Verdict

__all__ = ["Plan", "Refused", "Remainder", "SpendName", "plan"]


class SpendName(NamedTuple):
    """Spend that is alike in everything that decides about its campaign."""

    key: str
    source: str
    medium: str
    came_from: str
    platform_id: str
    campaign: int | None  # where it counts now


@dataclass(frozen=True)
class Plan:
    """What would change. Campaigns and rules that would be made have negative ids."""

    company: Company
    intent: Intent
    kind: str  # of the repair
    title: str
    items: Items = field(default_factory=Items)
    undoes: Repair | None = None
    # Only what differs: where it counts now, and where it would.
    readings: Mapping[int, tuple[Verdict, Verdict]] = field(default_factory=dict)
    fixed: Mapping[int, tuple[Place, Place]] = field(default_factory=dict)  # corrected leads
    # Campaign → column → old and new value, as on the model; also merged_into_id and withdrawn.
    campaigns: Mapping[int, dict[str, tuple[Any, Any]]] = field(default_factory=dict)
    spend: Mapping[SpendName, int | None] = field(default_factory=dict)
    remains: tuple[Remainder, ...] = ()
    last_reading: int = 0  # the newest of the company

    @property
    def fingerprint(self) -> str:
        """Of the decisions and of what moves where, without numbers of leads."""
        return self._fingerprint(self.last_reading)

    def is_what_was_shown(self, fingerprint: str) -> bool:
        """Whether this plan decides what the one of that fingerprint did; leads of other values
        may have come in since then."""
        last = fingerprint.partition("-")[0]
        return last.isdecimal() and self._fingerprint(int(last)) == fingerprint

    def _fingerprint(self, last: int) -> str:
        moves = [pair for pk, pair in self.readings.items() if pk <= last]
        places = {(*old.place[:2], *new.place[:2]) for old, new in moves}
        places |= {(*old[:2], *new[:2]) for old, new in self.fixed.values()}
        decided = [
            self.kind,
            self.undoes.pk if self.undoes else None,
            [repr(item) for item in self.items.rules],
            [pin for pin in self.items.pins if pin.reading <= last],
            self.items.corrections,
            self.items.changes,
            self.items.makes,
            sorted((pk, sorted(edits.items())) for pk, edits in self.campaigns.items()),
            sorted(map(repr, places)),
        ]
        found = hashlib.sha256(json.dumps(decided, default=str).encode()).hexdigest()
        return f"{last}-{found[:40]}"


def plan(company: Company, intent: Intent) -> Plan:
    """Work it out; writes nothing. Raises Refused."""
    if isinstance(intent, Undo):
        return _work_out(company, intent, undoes=_to_undo(company, intent.repair))
    asked = expand.asked(company, intent)
    return _work_out(company, intent, kind=asked.kind, title=asked.title, items=asked.items)


def _to_undo(company: Company, pk: int) -> Repair:
    repair = Repair.objects.filter(company=company, pk=pk).first()
    if repair is None:
        raise Refused(_("This repair is not there."))
    if repair.undone_at is not None:
        raise Refused(
            _("Repair %(number)s was undone by %(name)s. Nothing is left to undo.")
            % {"number": pk, "name": repair.undone_by or _("a command")}
        )
    return repair


def _work_out(
    company: Company,
    intent: Intent,
    *,
    undoes: Repair | None = None,
    kind: str = "",
    title: str = "",
    items: Items | None = None,
) -> Plan:
    items = items or Items()
    without = undoes.pk if undoes else None
    rules_now = law.rules(company)
    rules_then = law.amended(law.rules(company, without), items.rules)
    states = States(company)
    after = After(states, items, undoes, rules_then)
    now = Rulebook(law.lines(rules_now), states.by_key, states.merged)
    then = Rulebook(law.lines(rules_then), after.by_key, after.merged)
    reach = reach_of(items, undoes, rules_now, rules_then, now, then)
    readings = read_anew(company, reach, items, without, then)
    fixed = corrected_leads(company, reach, items, without, then)
    latest = Reading.objects.filter(company=company).aggregate(last=Max("pk"))["last"]
    return Plan(
        company=company,
        intent=intent,
        kind=undoes.kind if undoes else kind,
        title=_("Undo repair %(number)s") % {"number": undoes.pk} if undoes else title,
        items=items,
        undoes=undoes,
        readings=readings,
        fixed=fixed,
        campaigns=after.edits,
        spend=spend_moves(company, then) if reach.names else {},
        remains=remains(undoes, after) if undoes else (),
        last_reading=latest or 0,
    )


def spend_moves(company: Company, book: Rulebook) -> dict[SpendName, int | None]:
    """Spend that would count elsewhere, from whoever keeps it."""
    found: dict[SpendName, int | None] = {}
    for __, answer in spend_asked.send(Company, company=company, book=book):
        found |= cast("dict[SpendName, int | None]", answer)
    return found
