"""Two companies to whom the same happens; one of them is repaired, and in the end not any more."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from random import Random

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

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
from attribution.services import erase_person
from attribution.utm import RAW_FIELDS
from attribution.verdict import Field, How
from reports.query import ReportQuery
from reports.report import run_report
from reports.serialize import as_json
from spend.models import SpendEntry
from tests.attribution.import_files import take_in
from tests.factories import make_company
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
VALUES = ["spring", "spring_", "spring-sale", "summer%", "winter", "sale", "fb", "google", "cpc"]
NEVER_FEWER = (
    *(Lead, Booking, Campaign, Reading, Repair, Rule, RuleVersion, Pin, Correction),
    *(CampaignChange, ReadingMove, SpendEntry),
)
GROUPINGS = ("campaign", "source", "medium", "channel", "country")

chances = st.integers(0, 2**32 - 1).map(Random)
names, sources, mediums = map(st.sampled_from, (NAMES, SOURCES, MEDIUMS))
days = st.integers(0, 9).map(lambda n: FIRST + timedelta(days=n))


class Repairs(RuleBasedStateMachine):
    """`ours` is repaired; `twin` only receives the same leads, bookings and money."""

    @initialize(a_day=st.sampled_from([0, 1, 2, 500]), thin_below=st.sampled_from([1, 3]))
    def begin(self, a_day, thin_below):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.scope = scope.all_companies()
        self.scope.__enter__()
        settings = {"new_campaigns_per_day": a_day, "thin_below": thin_below}
        self.ours, self.twin = make_company(**settings), make_company(**settings)
        self.number = 0
        self.raw = {}
        self.counted = {}

    @property
    def both(self):
        return self.ours, self.twin

    # What happens to both

    @rule(name=names, source=sources, medium=mediums, day=days, kind=st.sampled_from(KINDS))
    def capture(self, name, source, medium, day, kind):
        self.number += 1
        for company in self.both:
            Lead.objects.create(
                company=company,
                external_id=f"lead-{self.number}",
                kind=kind,
                received_at=_noon(day),
                utm_campaign=name,
                utm_source=source,
                utm_medium=medium,
                utm_id="AbC",
                click_ids={"gclid": "CjwKxYz"} if self.number % 2 else {},
                email="erika@example.com",
            )

    @rule(rows=st.lists(st.tuples(names, sources, mediums, days), min_size=1, max_size=6))
    def take_in_a_file(self, rows):
        lines = ["id,received_at,utm_campaign,utm_source,utm_medium"]
        for name, source, medium, day in rows:
            self.number += 1
            lines.append(f"lead-{self.number},{day} 12:00,{name},{source},{medium}")
        for company in self.both:
            outcome = take_in(company, "leads", "\n".join(lines))
            assert outcome.new == len(rows), outcome.errors

    @precondition(lambda self: self.number)
    @rule(of=chances, status=st.sampled_from(["booked", "completed", "cancelled"]))
    def book(self, of, status):
        """Also a second time: the lead stays where its first values have put it."""
        number = of.randint(1, self.number)
        booking = f"booking-{Booking.objects.filter(company=self.twin).count()}"
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

    @rule(name=names, source=sources, day=days, in_a_file=st.booleans())
    def spend(self, name, source, day, in_a_file):
        line = f"date,campaign,source,amount\n{day},{name},{source},12.50\n"
        for company in self.both:
            if in_a_file:
                take_in(company, "spend", line)
                continue
            entry = SpendEntry(
                company=company,
                campaign_name=name,
                utm_source=source,
                day=day,
                amount_minor=999,
            )
            entry.complete()
            key = ("campaign_key", "utm_source", "utm_medium", "day", "line", "source")
            there = {column: getattr(entry, column) for column in key}
            if not SpendEntry.objects.filter(company=company, **there).exists():
                entry.campaign = None
                entry.save()

    @rule(key=st.sampled_from(KEYS))
    def add_a_campaign(self, key):
        there = Campaign.objects.filter(company=self.ours, key=key, withdrawn=False)
        if there.exists() or Campaign.objects.filter(company=self.twin, key=key).exists():
            return
        take_up(self.ours, key) or Campaign.objects.create(company=self.ours, key=key)
        Campaign.objects.create(company=self.twin, key=key)

    @precondition(lambda self: self.number)
    @rule(of=chances)
    def erase(self, of):
        number = of.randint(1, self.number)
        for company in self.both:
            erase_person(Lead.objects.filter(company=company, external_id=f"lead-{number}"))

    # What persons decide about ours

    @rule(of=chances, action=st.sampled_from(Action), future=st.booleans())
    def repair_groups(self, of, action, future):
        groups = {
            group_of(one.why, one.campaign_key, one.source_key, one.medium_key)
            for one in waiting(self.ours)
        }
        chosen = of.sample(sorted(groups), min(len(groups), of.randint(1, 3)))
        choices = [
            GroupChoice(
                group=group,
                action=action,
                campaign=self._campaign(of),
                name=of.choice(["Winter", "spring-sale", "Brand new"]),
                channel=of.choice(["", "offline"]),
                future=future,
            )
            for group in chosen
        ]
        self._do(RepairGroups(tuple(choices)), of)

    @rule(of=chances, field=st.sampled_from(Field), how=st.sampled_from(How), leave=st.booleans())
    def save_rule(self, of, field, how, leave):
        text = RuleText(
            field=field,
            how=how,
            values=tuple(of.sample(VALUES, of.randint(1, 2))),
            only_reason=of.choice(["", "", "broken_tag", "flood"]),
            only_source=of.choice(["", "", "facebook", "google"]),
            campaign=None if leave else self._campaign(of),
            text=of.choice(["facebook", "Google", "paid"]),
        )
        self._do(SaveRule(text, self._rule(of) if of.random() < 0.3 else None), of)

    @rule(of=chances, up=st.booleans())
    def move_rule(self, of, up):
        self._do(MoveRule(self._rule(of), up), of)

    @rule(of=chances, on=st.booleans())
    def switch_rule(self, of, on):
        self._do(SwitchRule(self._rule(of), on), of)

    @rule(of=chances)
    def ship_rules(self, of):
        self._do(ShipRules(), of)

    @rule(of=chances)
    def merge(self, of):
        self._do(Merge((self._campaign(of) or 0,), self._campaign(of) or 0), of)

    @rule(of=chances)
    def claim(self, of):
        self._do(Claim(self._campaign(of) or 0), of)

    @rule(of=chances, status=st.sampled_from(["active", "archived"]))
    def edit_a_campaign(self, of, status):
        values = (("name", of.choice(["One", "Two"])), ("status", status), ("discovered", ""))
        self._do(EditCampaign(self._campaign(of) or 0, values), of)

    @precondition(lambda self: self.number)
    @rule(of=chances, sets_campaign=st.booleans(), leave=st.booleans())
    def correct(self, of, sets_campaign, leave):
        leads = list(Lead.objects.filter(company=self.ours).values_list("pk", flat=True))
        chosen = of.sample(leads, min(len(leads), of.randint(1, 4)))
        intent = Correct(
            leads=tuple(chosen),
            source=of.choice([None, "", "Corrected"]),
            medium=of.choice([None, "cpc"]),
            sets_campaign=sets_campaign,
            campaign=None if leave else self._campaign(of),
        )
        self._do(intent, of)

    @rule(of=chances)
    def undo(self, of):
        repairs = self._in_force()
        if repairs:
            self._do(Undo(of.choice(repairs)), of)

    def _do(self, intent, of):
        """Previewed and confirmed; what is refused changes nothing."""
        try:
            shown = plan(self.ours, intent)
        except Refused:
            return
        draft = drafts.make(self.ours, intent, None, "a reason")
        apply.confirm(draft, None, shown.fingerprint)

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
                self._do(Undo(of.choice(repairs)), of)
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


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
