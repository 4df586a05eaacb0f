"""Random changes of where facts count: put into the temporary tables by hand, then carried out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from django.db import connection

from attribution.models import Campaign, Company, Lead
from attribution.repair.intents import Undo
from attribution.repair.items import Items, NewCampaign
from attribution.repair.plan import Plan, SpendName
from attribution.verdict import Place
from reports.repair.moved import looked_up
from spend.models import SpendEntry

TARGET = (
    "CREATE TEMPORARY TABLE repair_target (lead_id bigint PRIMARY KEY, campaign_id bigint,"
    " reason varchar(12), source varchar(200), medium varchar(200))"
)
SPEND = (
    "CREATE TEMPORARY TABLE repair_spend (campaign_key varchar(500), utm_source varchar(100),"
    " utm_medium varchar(100), came_from varchar(80), platform_id varchar(100), was bigint,"
    " campaign_id bigint)"
)
REASONS = ("no_campaign", "by_person", "direct", "broken_tag")
VALUES = ("", "google", "facebook", "cpc")


@dataclass
class Change:
    """What moves where; new campaigns have negative ids until it is carried out."""

    company: Company
    leads: dict[int, Place] = field(default_factory=dict)
    spend: dict[SpendName, int | None] = field(default_factory=dict)
    makes: tuple[NewCampaign, ...] = ()
    edits: dict[int, dict[str, tuple[object, object]]] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        return Plan(
            self.company,
            Undo(0),
            kind="groups",
            title="A change",
            items=Items(makes=self.makes),
            campaigns=self.edits,
            spend=self.spend,
        )

    @contextmanager
    def collected(self) -> Iterator[int]:
        """The tables that a plan is collected in."""
        with connection.cursor() as cursor:
            cursor.execute(TARGET)
            cursor.execute(SPEND)
            cursor.executemany(
                "INSERT INTO repair_target VALUES (%s, %s, %s, %s, %s)",
                [(lead, *place) for lead, place in self.leads.items()],
            )
            cursor.executemany(
                "INSERT INTO repair_spend VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [(*name, becomes) for name, becomes in self.spend.items()],
            )
            with looked_up(self.company.pk):
                yield len(self.leads)
            cursor.execute("DROP TABLE repair_target")
            cursor.execute("DROP TABLE repair_spend")

    def carry_out(self) -> None:
        made = {
            one.id: Campaign.objects.create(
                company=self.company, key=one.key, name=one.name, channel=one.channel
            ).pk
            for one in self.makes
        }
        for lead, (campaign, *place) in self.leads.items():
            names = ("unattributed_reason", "source", "medium")
            values = dict(zip(names, place, strict=True))
            Lead.objects.filter(pk=lead).update(campaign=made.get(campaign, campaign), **values)
        entries = [
            (list(self._entries(name).values_list("pk", flat=True)), made.get(becomes, becomes))
            for name, becomes in self.spend.items()
        ]
        for keys, campaign in entries:
            SpendEntry.objects.filter(pk__in=keys).update(campaign=campaign)
        for campaign, edit in self.edits.items():
            new = {name: value for name, (_, value) in edit.items()}
            Campaign.objects.filter(pk=campaign).update(**new)

    def _entries(self, name: SpendName):
        return SpendEntry.objects.filter(
            company=self.company,
            campaign_key=name.key,
            utm_source=name.source,
            utm_medium=name.medium,
            source=name.came_from,
            platform_id=name.platform_id,
            campaign=name.campaign,
        )


def random_change(company: Company, rng: Random) -> Change:
    """Some leads and some spend move; campaigns are made, edited, withdrawn and taken up again."""
    campaigns = list(Campaign.objects.filter(company=company))
    makes = tuple(
        NewCampaign(-n, f"made-{len(campaigns) + n}", rng.choice(("Made", f"New {n}")), "email")
        for n in range(1, rng.randint(1, 3))
    )
    change = Change(company, makes=makes)
    gone = [one.pk for one in campaigns if rng.random() < 0.2]
    for one in campaigns:
        if edit := _edit(one, rng, withdrawn=one.pk in gone):
            change.edits[one.pk] = edit
    choice = [None, *(one.pk for one in campaigns if one.pk not in gone), *(n.id for n in makes)]
    for lead in Lead.objects.filter(company=company):
        campaign = rng.choice(choice)
        place = Place(
            campaign,
            "" if campaign else rng.choice(REASONS),
            rng.choice((lead.source, *VALUES)),
            rng.choice((lead.medium, *VALUES)),
        )
        if lead.campaign_id in gone or (rng.random() < 0.4 and place != _place(lead)):
            change.leads[lead.pk] = place
    for entry in SpendEntry.objects.filter(company=company):
        name = SpendName(
            *(entry.campaign_key, entry.utm_source, entry.utm_medium, entry.source),
            *(entry.platform_id, entry.campaign_id),
        )
        becomes = rng.choice(choice)
        if name in change.spend or becomes == entry.campaign_id:
            continue
        if entry.campaign_id in gone or rng.random() < 0.4:
            change.spend[name] = becomes
    return change


def _place(lead: Lead) -> Place:
    return Place(lead.campaign_id, lead.unattributed_reason, lead.source, lead.medium)


def _edit(campaign: Campaign, rng: Random, *, withdrawn: bool) -> dict[str, tuple[object, object]]:
    edit: dict[str, tuple[object, object]] = {}
    if withdrawn:
        edit["withdrawn"] = (False, True)
    elif campaign.withdrawn:
        edit["withdrawn"] = (True, False)
    if rng.random() < 0.3:
        edit["name"] = (campaign.name, f"{campaign.name} renamed")
        edit["channel"] = (campaign.channel, rng.choice(("email", "display")))
        edit["status"] = (campaign.status, rng.choice(("archived", "active")))
        edit["discovered"] = (campaign.discovered, False)
    return edit
