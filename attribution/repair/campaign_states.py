"""What campaigns are now, and what they would be with a repair more or less."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from attribution.models import (
    Campaign,
    CampaignChange,
    Company,
    Correction,
    Pin,
    Reading,
    Repair,
    ShortLink,
)
from attribution.repair import columns
from attribution.repair.columns import Column
from attribution.repair.items import Items, RuleItem
from attribution.utm import channel_of


class State(NamedTuple):
    """What decides about a campaign's place among the others."""

    id: int
    key: str
    merged_into_id: int | None
    withdrawn: bool
    made_in_id: int | None
    first_lead_on: Any


class States:
    """The campaigns of a company as they are."""

    def __init__(self, company: Company) -> None:
        self.company = company
        rows = Campaign.objects.filter(company=company).order_by()
        found = map(State._make, rows.values_list(*State._fields))
        self.all: dict[int, State] = {state.id: state for state in found}

    @cached_property
    def by_key(self) -> dict[str, int]:
        return {state.key: pk for pk, state in self.all.items() if not state.withdrawn}

    @cached_property
    def merged(self) -> dict[int, int]:
        return {pk: one.merged_into_id for pk, one in self.all.items() if one.merged_into_id}


class After:
    """The same once these items have been added, or this repair has been undone."""

    def __init__(
        self, states: States, items: Items, undone: Repair | None, rules: Sequence[RuleItem]
    ) -> None:
        self.states = states
        self.company = states.company
        self.items = items
        self.undone = undone
        self.rules = rules
        # Campaign → column → old and new value.
        self.edits: dict[int, dict[str, tuple[Any, Any]]] = {}
        for campaign, column, text in self._columns():
            self._edit(campaign, column, text)
        for pk, withdrawn in self._withdrawn():
            self.edits.setdefault(pk, {})["withdrawn"] = (not withdrawn, withdrawn)

    @cached_property
    def merged(self) -> dict[int, int]:
        name = columns.attribute_of(Column.MERGED_INTO)
        merged: dict[int, Any] = dict(self.states.merged)
        for pk, edits in self.edits.items():
            if name in edits:
                merged[pk] = edits[name][1]
        return {pk: into for pk, into in merged.items() if into is not None}

    @cached_property
    def by_key(self) -> dict[str, int]:
        found = {one.key: pk for pk, one in self.states.all.items() if self.is_live(pk)}
        return found | {one.key: one.id for one in self.items.makes}

    def is_live(self, pk: int) -> bool:
        change = self.edits.get(pk, {}).get("withdrawn")
        return not (change[1] if change else self.states.all[pk].withdrawn)

    def _edit(self, pk: int, column: str, text: str) -> None:
        name = columns.attribute_of(column)
        old = getattr(self._rows[pk], name) if pk in self._rows else None
        new = columns.as_value(column, columns.standing(column, text))
        if pk < 0 or old != new:
            self.edits.setdefault(pk, {})[name] = (old, new)

    @cached_property
    def _rows(self) -> Mapping[int, Campaign]:
        """Those whose columns change."""
        pks = {item.campaign for item in self.items.changes}
        if self.undone is not None:
            pks |= {change.campaign_id for change in self._undone_changes}
        return Campaign.objects.filter(company=self.company).in_bulk(pks)

    @cached_property
    def _undone_changes(self) -> list[CampaignChange]:
        return list(CampaignChange.objects.filter(company=self.company, repair=self.undone))

    def _columns(self) -> Iterable[tuple[int, str, str]]:
        """(campaign, column, its text then)."""
        for item in self.items.changes:
            yield item.campaign, item.field, item.new
        if self.undone is None:
            return
        touched = {(change.campaign_id, change.field) for change in self._undone_changes}
        history = CampaignChange.objects.filter(
            company=self.company, campaign__in={pk for pk, __ in touched}
        )
        first: dict[tuple[int, str], str] = {}
        latest: dict[tuple[int, str], str] = {}
        for change in history.select_related("repair").order_by("pk"):
            of = (change.campaign_id, change.field)
            first.setdefault(of, change.old)
            if change.repair_id != self.undone.pk and change.repair.in_force:
                latest[of] = change.new
        for pk, column in touched:
            text = latest.get((pk, column), first[pk, column])
            yield pk, column, text or self._below(pk, column)

    def _below(self, pk: int, column: str) -> str:
        """The channel of a campaign that a repair made is that of its first lead, as for any."""
        if column != Column.CHANNEL:
            return ""
        key = self.states.all[pk].key
        readings = Reading.objects.filter(company=self.company, campaign_key=key)
        first = readings.filter(captured_reason="", given=None).order_by("pk").first()
        if first is None:
            return Campaign.Channel.OTHER.value
        return channel_of(first.source_key, first.medium_key)

    def _withdrawn(self) -> Iterable[tuple[int, bool]]:
        """Campaigns that repairs have made, where it changes whether anything needs them."""
        made = {pk: one for pk, one in self.states.all.items() if one.made_in_id is not None}
        taken_up = {one.id for one in self.items.makes}
        if not made:
            return
        wanted = self._wanted(set(made))
        undone = Repair.objects.filter(company=self.company, undone_at__isnull=False)
        gone = set(undone.values_list("pk", flat=True))
        gone |= {self.undone.pk} if self.undone else set()
        for pk, one in made.items():
            live = (
                pk in taken_up
                or one.first_lead_on is not None
                or one.made_in_id not in gone
                or pk in wanted
            )
            if live == one.withdrawn:
                yield pk, not live

    def _wanted(self, pks: set[int]) -> set[int]:
        """Those that something in force leads to, or that was chosen at an entry or for a link."""
        found = {item.line.campaign for item in self.rules if not item.is_off}
        found |= {pin.campaign for pin in self.items.pins}
        found |= {correction.campaign for correction in self.items.corrections}
        merges = Column.MERGED_INTO.value
        found |= {int(c.new) for c in self.items.changes if c.field == merges and c.new}
        for model in (Pin, Correction):
            rows = model.objects.filter(
                company=self.company, campaign__in=pks, repair__undone_at__isnull=True
            )
            if self.undone is not None:
                rows = rows.exclude(repair=self.undone)
            found |= set(rows.values_list("campaign", flat=True).distinct())
        given = Reading.objects.filter(company=self.company, given__in=pks)
        found |= set(given.order_by().values_list("given", flat=True).distinct())
        links = ShortLink.objects.filter(company=self.company, campaign__in=pks)
        found |= set(links.order_by().values_list("campaign", flat=True).distinct())
        name = columns.attribute_of(Column.MERGED_INTO)
        for pk, one in self.states.all.items():
            into = self.edits.get(pk, {}).get(name, (None, one.merged_into_id))[1]
            found.add(into)
        return {pk for pk in found if pk in pks}
