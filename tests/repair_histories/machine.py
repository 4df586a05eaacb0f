"""Two companies to whom the same happens; one of them is repaired, and in the end not any more.

Each step draws one seed: what it does with it depends on what is there, so that few steps are in
vain.
"""

import hashlib
from datetime import UTC, date, datetime, timedelta
from random import Random

from django.db import transaction
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from attribution import scope
from attribution.models import (
    Booking,
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
from attribution.privacy.erasing import erase_person
from attribution.repair import apply, drafts
from attribution.repair.campaigns import take_up
from attribution.repair.check import check
from attribution.repair.intents import (
    Action,
    Claim,
    Correct,
    EditCampaign,
    GroupChoice,
    Merge,
    MoveRule,
    RepairGroups,
    RuleText,
    SaveRule,
    ShipRules,
    SwitchRule,
    Undo,
)
from attribution.repair.plan import Refused, plan
from attribution.repair.waiting import group_of, waiting
from attribution.utm import RAW_FIELDS, tidy
from attribution.verdict import Field, How
from reports.query import ReportQuery
from reports.report import run_report
from reports.serialize import as_json
from spend.models import SpendEntry
from tests.attribution.import_files import take_in
from tests.factories import make_company, make_spend
from tests.repair_histories import slow_law

FIRST = date(2026, 3, 1)
NAMES = [
    *("", "   ", "spring_sale", "spring-sale", "Spring%20Sale", "springXsale", "SPRING_SALE"),
    *("summer", "summer%", "{{campaign.name}}", "%%CAMPAIGN%%"),
]
KEYS = ["spring_sale", "spring-sale", "springxsale", "summer", "winter"]
SOURCES = ["", "Facebook", "facebook ", "fb", "facebook.com", "google"]
MEDIUMS = ["", "cpc", "email"]
KINDS = ["primary", "primary", "primary", "test", "duplicate"]
VALUES = {
    Field.CAMPAIGN: ["spring", "spring_", "spring-sale", "summer%", "summer", "sale", "campaign"],
    Field.SOURCE: ["fb", "face", "facebook.com", "google", "goo"],
    Field.MEDIUM: ["cpc", "email", "ma"],
}
NEVER_FEWER = (
    *(Lead, Booking, Campaign, Reading, Repair, Rule, RuleVersion, Pin, Correction),
    *(CampaignChange, ReadingMove, SpendEntry),
)
GROUPINGS = ("campaign", "source", "medium", "channel", "country")

ATTEMPTS = 6
seeds = st.integers(0, 2**32 - 1)


class Repairs(RuleBasedStateMachine):
    """`ours` is repaired; `twin` only receives the same leads, bookings and money."""

    @initialize(
        a_day=st.sampled_from([0, 1, 2, 500, 500]), thin_below=st.sampled_from([1, 3]), seed=seeds
    )
    def begin(self, a_day, thin_below, seed):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.scope = scope.all_companies()
        self.scope.__enter__()
        settings = {"new_campaigns_per_day": a_day, "thin_below": thin_below}
        self.ours, self.twin = make_company(**settings), make_company(**settings)
        self.number = 0
        self.raw = {}
        self.counted = {}
        of = Random(seed)
        for happens in (self._add_a_campaign, self._file, self._spend, self._file, self._book):
            happens(of)

    @property
    def both(self):
        return self.ours, self.twin

    # What happens to both

    @rule(seed=seeds)
    def something_happens(self, seed):
        of = Random(seed)
        steps = {
            self._capture: 3,
            self._file: 2,
            self._book: 2,
            self._spend: 2,
            self._add_a_campaign: 1,
            self._erase: 1,
        }
        of.choices(list(steps), list(steps.values()))[0](of)

    def _capture(self, of):
        self.number += 1
        values = {
            "external_id": f"lead-{self.number}",
            "kind": of.choice(KINDS),
            "received_at": _noon(_day(of)),
            "utm_campaign": of.choice(NAMES),
            "utm_source": of.choice(SOURCES),
            "utm_medium": of.choice(MEDIUMS),
            "utm_id": "AbC",
            "click_ids": of.choice([{}, {"gclid": "CjwKxYz"}]),
            "email": "erika@example.com",
        }
        for company in self.both:
            Lead.objects.create(company=company, **values)

    def _file(self, of):
        lines = ["id,received_at,utm_campaign,utm_source,utm_medium"]
        for __ in range(of.randint(1, 8)):
            self.number += 1
            values = ",".join(of.choice(some) for some in (NAMES, SOURCES, MEDIUMS))
            lines.append(f"lead-{self.number},{_day(of)} 12:00,{values}")
        for company in self.both:
            outcome = take_in(company, "leads", "\n".join(lines))
            assert outcome.new == len(lines) - 1, outcome.errors

    def _book(self, of):
        """Also a second time: the lead stays where its first values have put it."""
        number = of.randint(1, self.number)
        booking = f"booking-{Booking.objects.filter(company=self.twin).count()}"
        status = of.choice(["booked", "completed", "cancelled"])
        for company in self.both:
            lead = Lead.objects.get(company=company, external_id=f"lead-{number}")
            Booking.objects.create(
                company=company,
                lead=lead,
                external_id=booking,
                status=status,
                booked_at=lead.received_at + timedelta(days=1),
                completed_at=lead.received_at + timedelta(days=2),
                value_minor=1_000,
            )

    def _spend(self, of):
        name, source, day = of.choice(NAMES[2:]), of.choice(SOURCES), _day(of)
        if of.random() < 0.5:
            line = f"date,campaign,source,amount\n{day},{name},{source},12.50\n"
            for company in self.both:
                take_in(company, "spend", line)
            return
        values = {"day": day, "utm_source": tidy(source), "campaign_key": tidy(name)}
        if not SpendEntry.objects.filter(company=self.twin, source="form", **values).exists():
            for company in self.both:
                make_spend(company, name, 999, day=day, utm_source=source)

    def _add_a_campaign(self, of):
        key = of.choice(KEYS)
        there = Campaign.objects.filter(company=self.ours, key=key, withdrawn=False)
        if there.exists() or Campaign.objects.filter(company=self.twin, key=key).exists():
            return
        take_up(self.ours, key) or Campaign.objects.create(company=self.ours, key=key)
        Campaign.objects.create(company=self.twin, key=key)

    def _erase(self, of):
        number = of.randint(1, self.number)
        for company in self.both:
            erase_person(Lead.objects.filter(company=company, external_id=f"lead-{number}"))

    # What persons decide about ours

    @rule(seed=seeds)
    def something_is_repaired(self, seed):
        of = Random(seed)
        intents = {
            self._groups: 4,
            self._save_rule: 3,
            self._correction: 2,
            self._merge: 2,
            self._claim: 1,
            self._move_rule: 1,
            self._switch_rule: 1,
            self._edit: 2,
            self._ship: 1,
        }
        for __ in range(ATTEMPTS):
            intent = of.choices(list(intents), list(intents.values()))[0](of)
            if self._do(intent):
                return

    @rule(seed=seeds)
    def something_is_undone(self, seed):
        repairs = self._in_force()
        if repairs:
            assert self._do(Undo(Random(seed).choice(repairs)))

    def _groups(self, of):
        groups = {
            group_of(one.why, one.campaign_key, one.source_key, one.medium_key)
            for one in waiting(self.ours)
        }
        chosen = of.sample(sorted(groups), min(len(groups), of.randint(1, 3)))
        choices = [
            GroupChoice(
                group=group,
                action=of.choice(list(Action)),
                campaign=self._campaign(of),
                name=of.choice(["Winter", "spring-sale", "Brand new"]),
                channel=of.choice(["", "offline"]),
                future=of.random() < 0.5,
            )
            for group in chosen
        ]
        return RepairGroups(tuple(choices))

    def _save_rule(self, of):
        field = of.choice(list(Field))
        text = RuleText(
            field=field,
            how=of.choice(list(How)),
            values=tuple(of.sample(VALUES[field], of.randint(1, 2))),
            only_reason=of.choice(["", "", "", "broken_tag", "flood"]),
            only_source=of.choice(["", "", "", "facebook", "google"]),
            campaign=of.choice([None, self._campaign(of), self._campaign(of)]),
            text=of.choice(["facebook", "Google", "paid"]),
        )
        return SaveRule(text, self._rule(of) if of.random() < 0.3 else None)

    def _move_rule(self, of):
        return MoveRule(self._rule(of), of.random() < 0.5)

    def _switch_rule(self, of):
        return SwitchRule(self._rule(of), of.random() < 0.5)

    def _ship(self, of):
        return ShipRules()

    def _merge(self, of):
        return Merge((self._campaign(of) or 0,), self._campaign(of) or 0)

    def _claim(self, of):
        return Claim(self._campaign(of) or 0)

    def _edit(self, of):
        status = of.choice(["active", "archived"])
        values = (("name", of.choice(["One", "Two"])), ("status", status), ("discovered", ""))
        first = Campaign.objects.filter(company=self.ours, withdrawn=False).order_by("pk").first()
        return EditCampaign(first.pk if first else 0, values)

    def _correction(self, of):
        leads = list(Lead.objects.filter(company=self.ours).order_by("pk"))
        chosen = of.sample([lead.pk for lead in leads], min(len(leads), of.randint(1, 4)))
        return Correct(
            leads=tuple(chosen),
            source=of.choice([None, "", "Corrected"]),
            medium=of.choice([None, "cpc"]),
            sets_campaign=of.random() < 0.6,
            campaign=of.choice([None, self._campaign(of), self._campaign(of)]),
        )

    def _do(self, intent):
        """Previewed and confirmed; what is refused changes nothing, and is no repair."""
        try:
            shown = plan(self.ours, intent)
        except Refused:
            return False
        note(f"{intent}")
        draft = drafts.make(self.ours, intent, None, "a reason")
        apply.confirm(draft, None, shown.fingerprint)
        return True

    def _campaign(self, of):
        campaigns = Campaign.objects.filter(company=self.ours, withdrawn=False)
        found = list(campaigns.order_by("key").values_list("pk", flat=True))
        return of.choice(found) if found else None

    def _rule(self, of):
        rules = list(Rule.objects.filter(company=self.ours).values_list("pk", flat=True))
        return of.choice(sorted(rules)) if rules else 0

    def _in_force(self):
        repairs = Repair.objects.filter(company=self.ours, undone_at=None)
        return sorted(repairs.values_list("pk", flat=True))

    # What always holds

    @invariant()
    def every_lead_counts_where_the_plain_way_says(self):
        if not hasattr(self, "ours"):
            return
        leads = Lead.objects.filter(company=self.ours)
        stored = {
            pk: tuple(place)
            for pk, *place in leads.values_list(
                "pk", "campaign_id", "unattributed_reason", "source", "medium"
            )
        }
        assert stored == slow_law.places(self.ours)
        assert check(self.ours) == check(self.twin) == []

    @invariant()
    def raw_values_stay_and_nothing_is_deleted(self):
        if not hasattr(self, "ours"):
            return
        kept = [name for name in RAW_FIELDS if name not in ("referrer", "landing_page")]
        for pk, *raw in Lead.objects.values_list("pk", *kept):
            found = hashlib.sha256(repr(raw).encode()).hexdigest()
            assert self.raw.setdefault(pk, found) == found
        counts = {model: model.objects.filter(company=self.ours).count() for model in NEVER_FEWER}
        for model, number in counts.items():
            assert number >= self.counted.get(model, 0), model
        self.counted = counts

    @invariant()
    def the_proof_holds(self):
        if hasattr(self, "ours"):
            report = run_report(_question(self.ours, GROUPINGS[self.number % 5]))
            assert report.proof.holds, report.proof

    def teardown(self):
        if not hasattr(self, "ours"):
            return
        try:
            of = Random(self.number)
            while repairs := self._in_force():
                assert self._do(Undo(of.choice(repairs)))
            self.every_lead_counts_where_the_plain_way_says()
            for grouping in GROUPINGS:
                ours, twin = (
                    as_json(run_report(_question(company, grouping))).replace(company.slug, "")
                    for company in self.both
                )
                assert ours == twin, grouping
        finally:
            self.scope.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)


def _question(company: Company, grouping: str) -> ReportQuery:
    end = FIRST + timedelta(days=20)
    return ReportQuery(company=company, start=FIRST, end=end, group_by=grouping)


def _day(of: Random) -> date:
    return FIRST + timedelta(days=of.randint(0, 9))


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
