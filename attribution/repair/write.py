"""Writes a plan's decisions: the rows that it makes, its items, and what they change."""

# ruff: noqa: S608  (the parts of the SQL are our own constants; values are parameters)

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F

from attribution.models import (
    Campaign,
    CampaignChange,
    Company,
    Correction,
    Lead,
    Pin,
    Reading,
    ReadingMove,
    Repair,
    Rule,
    RuleVersion,
)
from attribution.repair.items import CorrectionItem, Items, RuleItem
from attribution.repair.parts import any_of, parts
from attribution.repair.plan import Plan
from attribution.repair.settled import NEW, in_force
from attribution.verdict import Place, Verdict

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class _Ids:
    """The ids of what was planned with negative ones."""

    campaigns: Mapping[int, int]
    rules: Mapping[int, int]
    repair: int

    def campaign(self, pk: int | None) -> int | None:
        return pk if pk is None else self.campaigns.get(pk, pk)

    def rule(self, pk: int | None) -> int | None:
        return pk if pk is None else self.rules.get(pk, pk)

    def place(self, place: Place) -> Place:
        return place._replace(campaign=self.campaign(place.campaign))

    def verdict(self, found: Verdict) -> Verdict:
        return Verdict(
            self.place(found.place),
            self.rule(found.source_rule),
            self.rule(found.medium_rule),
            self.rule(found.campaign_rule),
            self.repair if found.pin == NEW else found.pin,
        )


def made(plan: Plan, repair: Repair) -> Plan:
    """Make the plan's campaigns and rules and write its items; the plan with their ids."""
    ids = _Ids(_campaigns(plan, repair), _rules(plan), repair.pk)
    plan = replace(
        plan,
        items=_bound(plan.items, ids),
        readings={pk: (old, ids.verdict(new)) for pk, (old, new) in plan.readings.items()},
        fixed={pk: (old, ids.place(new)) for pk, (old, new) in plan.fixed.items()},
        campaigns={ids.campaigns.get(pk, pk): edits for pk, edits in plan.campaigns.items()},
        spend={name: ids.campaign(campaign) for name, campaign in plan.spend.items()},
    )
    _write_items(plan, repair)
    return plan


def _campaigns(plan: Plan, repair: Repair) -> dict[int, int]:
    """Made, or taken up again where an undone repair had made them."""
    found = {}
    for new in plan.items.makes:
        if new.id < 0:
            values = {"key": new.key, "name": new.name, "channel": new.channel}
            campaign = Campaign.objects.create(company=plan.company, made_in=repair, **values)
            found[new.id] = campaign.pk
        else:
            Campaign.objects.filter(pk=new.id).update(made_in=repair)
    return found


def _rules(plan: Plan) -> dict[int, int]:
    return {
        item.line.id: Rule.objects.create(company=plan.company, field=item.line.field).pk
        for item in plan.items.rules
        if item.line.id < 0
    }


def _bound(items: Items, ids: _Ids) -> Items:
    return replace(
        items,
        rules=tuple(_bound_rule(item, ids) for item in items.rules),
        pins=tuple(pin._replace(campaign=ids.campaign(pin.campaign)) for pin in items.pins),
        changes=tuple(
            change._replace(campaign=ids.campaigns.get(change.campaign, change.campaign))
            for change in items.changes
        ),
    )


def _bound_rule(item: RuleItem, ids: _Ids) -> RuleItem:
    line = item.line
    pk = ids.rules.get(line.id, line.id)
    return item._replace(line=replace(line, id=pk, campaign=ids.campaign(line.campaign)))


def _write_items(plan: Plan, repair: Repair) -> None:
    of = {"company": plan.company, "repair": repair}
    RuleVersion.objects.bulk_create(
        RuleVersion(
            **of,
            rule_id=item.line.id,
            how=item.line.how.value,
            values=list(item.line.values),
            only_reason=item.line.only_reason,
            only_source=item.line.only_source,
            only_medium=item.line.only_medium,
            campaign_id=item.line.campaign,
            text=item.line.text,
            position=item.line.position,
            is_off=item.is_off,
            note=item.note,
        )
        for item in plan.items.rules
    )
    Pin.objects.bulk_create(
        (Pin(**of, reading_id=pin.reading, campaign_id=pin.campaign) for pin in plan.items.pins),
        batch_size=BATCH,
    )
    CampaignChange.objects.bulk_create(
        CampaignChange(**of, **dict(zip(("campaign_id", "field", "old", "new"), item, strict=True)))
        for item in plan.items.changes
    )
    _write_corrections(plan, repair)
    pinned = [pin.reading for pin in plan.items.pins]
    for some in parts(pinned):
        Reading.objects.filter(company=plan.company, pk__in=some).update(is_open=False)


def _write_corrections(plan: Plan, repair: Repair) -> None:
    """There may be 100,000 of them, too many for rows in Python."""
    places = _places(plan)
    of = (plan.company.pk, repair.pk)
    rows = ((*of, *item, json.dumps(_kept(places[item.lead]))) for item in plan.items.corrections)
    columns = "company_id, repair_id, lead_id, source, medium, sets_campaign, campaign_id, was"
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            marks = ", ".join(["%s"] * (len(of) + len(CorrectionItem._fields) + 1))
            into = f"INSERT INTO attribution_correction ({columns}) VALUES ({marks})"
            cursor.executemany(into, list(rows))
            return
        with cursor.copy(f"COPY attribution_correction ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def _places(plan: Plan) -> dict[int, Place]:
    """Where the leads that are corrected count now."""
    columns = ("pk", "campaign_id", "unattributed_reason", "source", "medium")
    leads = Lead.objects.filter(pk__in=any_of(item.lead for item in plan.items.corrections))
    return {pk: Place(*place) for pk, *place in leads.values_list(*columns)}


def _kept(place: Place) -> dict[str, Any]:
    return place._asdict()


def campaigns(plan: Plan) -> None:
    """Write the columns of campaigns."""
    for pk, edits in plan.campaigns.items():
        values = {column: new for column, (__, new) in edits.items()}
        changed = Campaign.objects.filter(company=plan.company, pk=pk)
        changed.update(**values, version=F("version") + 1)


def readings(plan: Plan, repair: Repair, now: datetime) -> None:
    """Write where the readings count, and log which of their leads move."""
    if not plan.readings:
        return
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS repair_verdict")
        cursor.execute(
            "CREATE TEMPORARY TABLE repair_verdict (reading_id bigint, campaign_id bigint,"
            " reason text, source text, medium text, source_rule bigint, medium_rule bigint,"
            " campaign_rule bigint, pin bigint)"
        )
        cursor.executemany(
            f"INSERT INTO repair_verdict VALUES ({', '.join(['%s'] * 9)})",
            [(pk, *new.place, *new[1:]) for pk, (__, new) in plan.readings.items()],
        )
        cursor.execute(
            """UPDATE attribution_reading AS r
                  SET campaign_id = v.campaign_id, reason = v.reason, source = v.source,
                      medium = v.medium, source_rule = v.source_rule,
                      medium_rule = v.medium_rule, campaign_rule = v.campaign_rule, pin = v.pin
                 FROM repair_verdict v WHERE r.id = v.reading_id"""
        )
        cursor.execute("DROP TABLE repair_verdict")
    ReadingMove.objects.bulk_create(
        (
            ReadingMove(
                company=plan.company,
                repair=repair,
                reading_id=pk,
                is_undo=plan.undoes is not None,
                moved_at=now,
                was=_kept(old.place),
                became=_kept(new.place),
            )
            for pk, (old, new) in plan.readings.items()
            if old.place != new.place
        ),
        batch_size=BATCH,
    )


def corrected(company: Company, repair: Repair) -> None:
    """Mark the leads that persons have corrected, and no others, among those of this repair."""
    mine = Correction.objects.filter(repair=repair).values("lead")
    still = in_force(Correction.objects.filter(company=company, lead__in=mine), None)
    leads = Lead.objects.filter(company=company, pk__in=mine)
    wanted = still.values("lead")
    leads.filter(pk__in=wanted, corrected=False).update(corrected=True)
    leads.filter(corrected=True).exclude(pk__in=wanted).update(corrected=False)
