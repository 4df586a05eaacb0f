"""Kinds and marks of stored leads changed by persons: what would change, the change, its undoing.

Who was what before is kept for each lead, so that undoing brings back exactly that. What counts
follows by itself: the kept sums hear of every lead whose kind changes.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from attribution.capture.judging import reasons
from attribution.models import CaptureRule, Company, KindBatch, KindChange, Lead
from attribution.signals import facts_changed

State = dict[str, Any]
MARKS = {"vpn": "is_vpn", "suspicious": "is_suspicious", "hot": "is_hot"}
# All that a change may touch; how it is kept.
COLUMNS = ("kind", "kind_reason", *MARKS.values(), "mark_reasons", "first_lead_id")
OUTCOME = ("booked", "completed", "revenue_minor")
PART = 500  # leads of one statement


class Wanted(NamedTuple):
    """What leads are to be: empty, or without a mark, leaves what is there."""

    kind: str = ""
    marks: Mapping[str, bool] = {}
    why: str = reasons.BY_HAND
    because: Mapping[str, str] = {}  # of a mark, where it is another reason

    def of(self, state: State) -> State:
        """The state of a lead afterwards."""
        after = {**state, "mark_reasons": dict(state["mark_reasons"])}
        if self.kind and self.kind != state["kind"]:
            after |= {"kind": self.kind, "kind_reason": self.why}
            if self.kind == Lead.Kind.PRIMARY:
                after["first_lead_id"] = None
        for mark, is_set in self.marks.items():
            if is_set == state[MARKS[mark]]:
                continue
            after[MARKS[mark]] = is_set
            after["mark_reasons"].pop(mark, None)
            if is_set:
                after["mark_reasons"][mark] = self.because.get(mark, self.why)
        return after


class Change(NamedTuple):
    """What becomes of one lead, and what it brought."""

    lead: int
    before: State
    after: State
    booked: bool
    completed: bool
    revenue_minor: int


@dataclass
class Sums:
    """Counted leads and what became of them; the revenue in minor units."""

    leads: int = 0
    booked: int = 0
    completed: int = 0
    revenue_minor: int = 0

    def add(self, change: Change) -> None:
        self.leads += 1
        self.booked += change.booked
        self.completed += change.completed
        self.revenue_minor += change.revenue_minor


@dataclass(frozen=True)
class Effect:
    """How many leads change, and what of them counts before and after."""

    leads: int
    before: Sums
    after: Sums


def effect(changes: Iterable[Change]) -> Effect:
    before, after, number = Sums(), Sums(), 0
    for change in changes:
        number += 1
        for state, sums in ((change.before, before), (change.after, after)):
            if state["kind"] == Lead.Kind.PRIMARY:
                sums.add(change)
    return Effect(number, before, after)


def planned(
    leads: "QuerySet[Lead]", becomes: Callable[[int, State], State], lock: bool = False
) -> list[Change]:
    """Of these leads those that would change, by their numbers."""
    rows = leads.order_by("pk")
    if lock:
        rows = rows.select_for_update(of=("self",))
    found = []
    for pk, *values in rows.values_list("pk", *COLUMNS, *OUTCOME):
        before = dict(zip(COLUMNS, values, strict=False))
        after = becomes(pk, before)
        if after != before:
            found.append(Change(pk, before, after, *values[len(COLUMNS) :]))
    return found


def by_hand(leads: "QuerySet[Lead]", wanted: Wanted) -> list[Change]:
    return planned(leads, lambda _pk, state: wanted.of(state))


@transaction.atomic
def make(
    company: Company,
    changes: Sequence[Change],
    author: Any,
    reason: str = "",
    asked: Mapping[str, Any] | None = None,
    rule: CaptureRule | None = None,
) -> KindBatch:
    """Carry them out. A lead that somebody else has changed since they were planned stays."""
    batch = KindBatch(
        company=company, author=author, reason=reason, asked=dict(asked or {}), rule=rule
    )
    batch.save()
    for part in _parts(changes):
        wanted = {change.lead: change for change in part}
        here = [
            wanted[now.lead]
            for now in _as_they_are(company, wanted)
            if now.before == wanted[now.lead].before
        ]
        _write(company, ((change.lead, change.after) for change in here))
        KindChange.objects.bulk_create(
            KindChange(
                company=company,
                batch=batch,
                lead_id=change.lead,
                before=change.before,
                after=change.after,
            )
            for change in here
        )
        batch.leads += len(here)
    batch.save(update_fields=["leads"])
    facts_changed.send(sender=KindBatch, company_id=company.pk)
    return batch


def undoing(batch: KindBatch) -> list[Change]:
    """What undoing would change: leads that are still as the batch has left them."""
    changes = {one.lead_id: one for one in batch.changes.all()}
    leads = Lead.objects.filter(company=batch.company_id, kind_changes__batch=batch)

    def back(pk: int, state: State) -> State:
        return changes[pk].before if state == changes[pk].after else state

    return planned(leads, back)


@transaction.atomic
def undo(batch: KindBatch, author: Any) -> int:
    """Each lead becomes what it was; how many did. A batch is undone once."""
    batch = KindBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    if batch.undone_at is not None:
        return 0
    number = 0
    for part in _parts(undoing(batch)):
        wanted = {change.lead: change for change in part}
        here = [
            wanted[now.lead]
            for now in _as_they_are(batch.company, wanted)
            if now.before == wanted[now.lead].before
        ]
        _write(batch.company, ((change.lead, change.after) for change in here))
        number += len(here)
    batch.undone_at, batch.undone_by = timezone.now(), author
    batch.save(update_fields=["undone_at", "undone_by"])
    facts_changed.send(sender=KindBatch, company_id=batch.company_id)
    return number


def _as_they_are(company: Company, leads: Iterable[int]) -> list[Change]:
    """Held until the end of the transaction."""
    rows = Lead.objects.filter(company=company, pk__in=list(leads))
    nothing: State = {}
    return planned(rows, lambda _pk, _state: nothing, lock=True)


def _write(company: Company, states: Iterable[tuple[int, State]]) -> None:
    """One statement for all leads that become the same."""
    alike: dict[str, tuple[State, list[int]]] = defaultdict(lambda: ({}, []))
    for lead, state in states:
        alike.setdefault(repr(state), (state, []))[1].append(lead)
    for state, leads in alike.values():
        Lead.objects.filter(company=company, pk__in=leads).update(**state)


def _parts(changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
    for start in range(0, len(changes), PART):
        yield changes[start : start + PART]


def history_of(lead: Lead, most: int = 50) -> list[KindChange]:
    """The latest changes of a lead, each with its batch and who made or undid it."""
    found = KindChange.objects.filter(company=lead.company_id, lead=lead).order_by("-pk")
    return list(found.select_related("batch__author", "batch__undone_by", "batch__rule")[:most])
