"""Rows of every kind that a company can have, each text of them with the same word in it."""

import json
from datetime import UTC, date, datetime, timedelta

from django.contrib.auth.models import User

from attribution import readkeys
from attribution.ingest import keys
from attribution.models import (
    Campaign,
    CampaignChange,
    CaptureRule,
    Company,
    Correction,
    DeliveryCount,
    FileMapping,
    IngestKey,
    KindBatch,
    KindChange,
    Lead,
    Pin,
    Reading,
    ReadingMove,
    ReadKey,
    Refusal,
    RememberedAnswer,
    Repair,
    RepairDraft,
    Rule,
    RuleVersion,
    WaitingBooking,
    WebhookSource,
)
from attribution.repair.intents import Correct, to_json
from attribution.utm import digest
from attribution.webhooks import addresses
from reports.models import (
    Alert,
    ClosedCampaign,
    ClosedLeads,
    ClosedMonth,
    ClosedSpend,
    DefaultView,
    Delivery,
    Note,
    RestatedFigure,
    Restatement,
    SavedView,
    Subscription,
    Target,
)
from reports.rollup.books import DayTotals
from reports.rollup.sums import LEADS, SPEND
from spend import costs
from spend.models import (
    Budget,
    BudgetNotice,
    CampaignGroup,
    ColumnMapping,
    Cost,
    GroupMember,
    PlatformId,
)


def fill_budgets(
    company: Company, user: User, campaign: Campaign, today: date, word: str
) -> tuple[CampaignGroup, Budget]:
    """A group with its budget, and a budget of the campaign that is over; each names the word."""
    group = CampaignGroup.objects.create(company=company, name=f"{word}-group")
    GroupMember.objects.create(company=company, group=group, campaign=campaign)
    mine = {
        "company": company,
        "first_day": today.replace(day=1),
        "last_day": today.replace(day=28) + timedelta(days=3),
        "note": f"{word}-note",
        "author": user,
    }
    Budget.objects.create(group=group, amount_minor=4242, **mine)
    budget = Budget.objects.create(campaign=campaign, amount_minor=42, **mine)
    BudgetNotice.objects.create(
        company=company,
        budget=budget,
        kind=BudgetNotice.Kind.OVER_BUDGET,
        day=today,
        spent_minor=777,
        crossed_at=datetime.now(UTC),
    )
    return group, budget


def fill_costs(
    company: Company, user: User, campaign: Campaign, today: date, word: str
) -> tuple[Cost, ColumnMapping]:
    """A cost of three days with entries that were others before, a kind of file, an id."""
    cost = Cost.objects.create(
        company=company,
        name=f"{word}-cost",
        first_day=today,
        last_day=today + timedelta(days=2),
        recorded_minor=9_999,
        note=f"{word}-note",
        author=user,
    )
    costs.set_shares(cost, {campaign: 1})
    costs.make(cost, user)
    cost.recorded_minor = 6_666
    cost.save()
    costs.make(cost, user)
    PlatformId.objects.create(
        company=company, platform="google-ads", external_id=f"{word}-1", campaign=campaign
    )
    kind = ColumnMapping.objects.create(
        company=company,
        name=f"{word}-kind",
        headers_key=f"{word}-key",
        headers=[f"{word}-heading"],
        options={"mapping": {f"{word}-heading": "amount"}},
        author=user,
    )
    return cost, kind


def fill_plans(
    company: Company, user: User, campaign: Campaign, today: date, word: str
) -> tuple[Note, Target]:
    """A note about the campaign and one about all, and a target."""
    written = {"company": company, "first_day": today, "author": user}
    Note.objects.create(text=f"{word}-of-all", **written)
    note = Note.objects.create(text=f"{word}-of-campaign", campaign=campaign, **written)
    target = Target.objects.create(
        company=company,
        campaign=campaign,
        metric="leads",
        first_day=today,
        last_day=today + timedelta(days=9),
        value=4242,
        note=f"{word}-plan",
        author=user,
    )
    return note, target


def fill_views(company: Company, user: User, word: str) -> SavedView:
    """A view of the team, and one of the person, who starts with it."""
    mine = SavedView.objects.create(
        company=company, name=f"{word}-own", state=f"q={word}-search", owner=user, author=user
    )
    DefaultView.objects.create(company=company, user=user, view=mine)
    return SavedView.objects.create(
        company=company, name=f"{word}-team", state=f"source={word}-source", author=user
    )


def fill_sending(
    view: SavedView, user: User, campaign: Campaign, word: str
) -> tuple[Subscription, Alert]:
    """A digest and an alert, each with something that was sent."""
    mine = {"company": view.company, "view": view, "owner": user, "recipients": [user.pk]}
    mine |= {"paused_because": f"{word}-why", "active": False}
    digest = Subscription.objects.create(**mine)
    alert = Alert.objects.create(
        **mine, campaign=campaign, threshold=4242, state="fired", said=f"{word}-said"
    )
    sent = {"company": view.company, "key": f"{word}-key", "due_at": datetime.now(UTC)}
    sent |= {"state": "unsure", "error": f"{word}-error", "text": {"lines": [f"{word}-line"]}}
    Delivery.objects.create(**sent, subscription=digest)
    Delivery.objects.create(**sent, alert=alert)
    return digest, alert


def fill_month(
    company: Company, user: User, campaign: Campaign, today: date, word: str
) -> ClosedMonth:
    """A closed month with figures of a campaign, restated, and opened again."""
    now = datetime.now(UTC)
    first, last = today.replace(day=1), (today.replace(day=28) + timedelta(days=4)).replace(day=1)
    mine = {"company": company}
    closing = ClosedMonth.objects.create(
        **mine,
        month=first,
        last_day=last - timedelta(days=1),
        closed_at=now,
        closed_by=user,
        looked_at=now,
        reopened_at=now,
        reopened_by=user,
        reopen_reason=f"{word}-reason",
        **dict.fromkeys(DayTotals._fields, 4242),
    )
    mine["closing"] = closing
    here = {"day": today, "campaign_id": campaign.pk, "source": f"{word}-source", "medium": ""}
    ClosedCampaign.objects.create(
        **mine, campaign_id=campaign.pk, key=f"{word}-then", name=f"{word}-then"
    )
    cause = {"what": "repair", "title": f"{word}-title", "author": f"{word}-author"}
    restatement = Restatement.objects.create(**mine, seen_at=now, since=now, causes=[cause])
    RestatedFigure.objects.create(
        **mine,
        restatement=restatement,
        campaign_id=campaign.pk,
        campaign_name=f"{word}-then",
        measure="leads",
        old=4241,
        new=4242,
    )
    ClosedLeads.objects.create(**mine, **here, reason="", **dict.fromkeys(LEADS.measures, 42))
    ClosedSpend.objects.create(**mine, **here, line="media", **dict.fromkeys(SPEND.measures, 42))
    return closing


def fill_key(company: Company, user: User, word: str) -> IngestKey:
    """A browser's key, what was answered to it, and how often it sent too much."""
    origin = f"https://{word}.example.org"
    key, __ = keys.make(company, "browser", f"{word}-keyname", author=user, origins=[origin])
    RememberedAnswer.objects.create(
        company=company,
        key=key,
        idempotency_key=f"{word}-remembered",
        request=f"{word}-request",
        status=201,
        answer=f"{word}-answer",
    )
    DeliveryCount.objects.create(
        company=company, came_by="snippet", hour=datetime.now(UTC), what="over_rate", number=4242
    )
    return key


def fill_read_key(company: Company, user: User, word: str) -> ReadKey:
    """A key that reads the company."""
    return readkeys.make(company, "viewer", f"{word}-readname", author=user)[0]


def fill_capture(
    company: Company, user: User, word: str
) -> tuple[Refusal, WaitingBooking, WebhookSource, FileMapping]:
    """An event that was refused, a booking that waits, and how others are read."""
    now = datetime.now(UTC)
    refusal = Refusal.objects.create(
        company=company,
        came_by=f"webhook:{word}",
        what=Refusal.What.LEAD,
        external_id=f"{word}-refused",
        why=Refusal.Why.INVALID,
        field=f"{word}-field",
        detail=f"{word}-detail",
        payload=json.dumps({"name": f"{word}-person"}),
        arrived_at=now,
    )
    waiting = WaitingBooking.objects.create(
        company=company,
        external_id=f"{word}-waits",
        lead_external_id=f"{word}-to-come",
        status="booked",
        came_by=f"webhook:{word}",
        arrived_at=now,
    )
    hook = WebhookSource(
        company=company,
        name=f"{word}-hook",
        shape="custom",
        mapping={"lead": {"name": f"{word}-path"}},
        author=user,
    )
    addresses.new_token(hook)
    hook.save()
    files = FileMapping.objects.create(
        company=company,
        kind="leads",
        name=f"{word}-files",
        headers_key=f"{word}-key",
        headers=[f"{word}-heading"],
        options={"mapping": {f"{word}-heading": "name"}},
        author=user,
    )
    return refusal, waiting, hook, files


def fill_kinds(
    company: Company, user: User, lead: Lead, word: str
) -> tuple[CaptureRule, KindBatch]:
    """A rule, and a lead that was something else before."""
    rule = CaptureRule.objects.create(
        company=company,
        what="email_domain",
        value=f"{word}.example.net",
        note=f"{word}-note",
        author=user,
    )
    batch = KindBatch.objects.create(
        company=company, reason=f"{word}-reason", asked={"kind": "primary"}, leads=1, author=user
    )
    state = {"kind": "primary", "kind_reason": "by_hand", "mark_reasons": {}, "first_lead_id": None}
    state |= {"is_vpn": False, "is_suspicious": False, "is_hot": False}
    KindChange.objects.create(
        company=company, batch=batch, lead=lead, before=state | {"kind": "test"}, after=state
    )
    return rule, batch


def fill_repair(company: Company, user: User, campaign: Campaign, lead: Lead, word: str) -> Repair:
    """A repair in force with an item of every kind, and what follows from these."""
    repair = Repair.objects.create(
        company=company,
        kind=Repair.Kind.GROUPS,
        title=f"{word}-title",
        author=user,
        reason=f"{word}-reason",
        made_at=datetime.now(UTC),
        effect={
            "flows": [{"from": f"{word}-from", "to": f"{word}-to", "leads": 4242, "booked": 0}]
        },
    )
    mine = {"company": company, "repair": repair}
    rule = Rule.objects.create(company=company, field=Rule.About.SOURCE)
    RuleVersion.objects.create(
        **mine,
        rule=rule,
        how=RuleVersion.Comparison.EXACT,
        values=[f"{word}-value"],
        text=f"{word}-text",
        position=1,
        note=f"{word}-rule",
    )
    tags = (f"{word}-value", f"{word}-read", "")
    reading = Reading.objects.create(
        company=company,
        digest=digest(*tags),
        source_key=tags[0],
        medium_key=tags[1],
        captured_reason="no_campaign",
        campaign=campaign,
        source=f"{word}-text",
        medium=tags[1],
        source_rule=rule.pk,
    )
    Pin.objects.create(**mine, reading=reading, campaign=campaign)
    Reading.objects.filter(pk=reading.pk).update(pin=repair.pk)
    ReadingMove.objects.create(
        **mine,
        reading=reading,
        moved_at=repair.made_at,
        was={"campaign": None, "reason": "no_campaign", "source": tags[0], "medium": tags[1]},
        became={"campaign": campaign.pk, "reason": "", "source": f"{word}-text", "medium": tags[1]},
    )
    Correction.objects.create(**mine, lead=lead, source=f"{word}-corrected", was={})
    Lead.objects.filter(pk=lead.pk).update(source=f"{word}-corrected", corrected=True)
    CampaignChange.objects.create(
        **mine, campaign=campaign, field="name", old=f"{word}-old", new=campaign.name
    )
    return repair


def fill_draft(repair: Repair, lead: Lead, handle: str) -> RepairDraft:
    return RepairDraft.objects.create(
        company=repair.company,
        token=f"{handle}-draft",
        author=repair.author,
        intent=to_json(Correct(leads=(lead.pk,), source="")),
        reason=repair.reason,
    )
