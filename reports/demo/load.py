"""Loads the demo companies, all of them or none."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import date, datetime, time

from babel.numbers import get_currency_precision
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from attribution import calendar, scope
from attribution.capture.judging.usual import add_usual_rules
from attribution.models import Booking, Campaign, Company, ImportRun, Lead
from attribution.repair import apply
from attribution.repair.intents import ShipRules
from reports.demo.bookings import make_bookings
from reports.demo.budgets import make_budgets
from reports.demo.dental import DENTAL
from reports.demo.doors import make_doors
from reports.demo.hotel import HOTEL
from reports.demo.intentions import make_notes, make_targets
from reports.demo.language import LANGUAGE
from reports.demo.leads import make_leads
from reports.demo.plans import CompanyPlan
from reports.demo.sayings import say_all
from reports.demo.sending import make_sending
from reports.demo.spend import make_spend
from reports.demo.users import make_memberships, make_users
from reports.demo.visits import make_visits
from reports.maturity.make import make
from reports.rollup.refresh import refresh
from spend.budgets.notices import look
from spend.models import SpendEntry

COMPANIES = (DENTAL, LANGUAGE, HOTEL)
BATCH = 2_000
Say = Callable[[str], None]


def is_there() -> bool:
    """Whether the demo companies are in the database."""
    with scope.all_companies():
        return Company.objects.filter(slug__in=[plan.slug for plan in COMPANIES]).exists()


@transaction.atomic
def load(say: Say, *, scale: float = 1.0, today: date | None = None) -> None:
    """Companies, users, campaigns, leads, bookings and spend, up to today."""
    with scope.all_companies():
        users = make_users()
        companies = [
            load_company(plan, users.get("owner"), scale, today, say) for plan in COMPANIES
        ]
        make_memberships(users, companies)
        for company in companies:
            if "owner" in users:
                make_sending(company, users["owner"])
            refresh(company.pk)
            day = today or calendar.today(company.zone)
            make(company, day)
            look(company, day)


def load_company(
    plan: CompanyPlan, owner: User | None, scale: float, today: date | None, say: Say
) -> Company:
    """One of them; the sums of its reports are not built yet, and nobody is a member."""
    company = Company.objects.create(
        slug=plan.slug,
        name=plan.name,
        industry=plan.industry,
        timezone=plan.timezone,
        currency=plan.currency,
        new_campaigns_per_day=plan.new_campaigns_per_day,
        keeps_email=True,
        keeps_phone=True,
    )
    apply.save(company, ShipRules(), None)
    add_usual_rules(company)
    now = timezone.now()
    if today is not None:
        now = datetime.combine(today, time(12), tzinfo=company.zone)
    day = now.astimezone(company.zone).date()
    minor_units = 10 ** get_currency_precision(plan.currency)
    _make_campaigns(plan, company, owner, day)
    say_all(company)

    leads_run = _run(company, ImportRun.Kind.LEADS, now)
    made = make_leads(plan, company, leads_run, now, scale)
    Lead.objects.bulk_create([one.lead for one in made], batch_size=BATCH)
    Lead.objects.filter(company=company).update(created_at=F("received_at"))
    make_visits(plan, company, made)
    bookings_run = _run(company, ImportRun.Kind.BOOKINGS, now)
    bookings = make_bookings(plan, made, bookings_run, now, minor_units)
    Booking.objects.bulk_create(bookings, batch_size=BATCH)
    spend_run = _run(company, ImportRun.Kind.SPEND, now)
    entries = make_spend(plan, company, spend_run, day, minor_units, scale)
    SpendEntry.objects.bulk_create(entries, batch_size=BATCH)
    make_budgets(company, day, minor_units)
    make_notes(plan, company, owner, day)
    make_targets(company, owner, day)
    make_doors(company, now)

    from_file = [one for one in made if one.lead.import_run is not None]
    for run, rows in ((leads_run, from_file), (bookings_run, bookings), (spend_run, entries)):
        run.rows = run.new = len(rows)
        run.save()
    say(
        f"{company.name}: {Campaign.objects.filter(company=company).count()} campaigns, "
        f"{len(made):,} leads, {len(bookings):,} bookings, {len(entries):,} spend entries"
    )
    return company


def _make_campaigns(plan: CompanyPlan, company: Company, owner: User | None, today: date) -> None:
    """Every campaign but those that its leads discover."""
    for campaign in plan.campaigns:
        if campaign.known:
            Campaign.objects.create(
                company=company,
                key=campaign.key,
                name=campaign.name,
                channel=campaign.channel,
                status=campaign.status,
                owner=owner if campaign.owned else None,
            )


def _run(company: Company, kind: ImportRun.Kind, now: datetime) -> ImportRun:
    """The demo data came in as files do: each kind as one recorded run."""
    name = f"demo-{kind.value}.csv"
    return ImportRun.objects.create(
        company=company,
        kind=kind,
        state=ImportRun.State.DONE,
        token=secrets.token_urlsafe(32),
        file_name=name,
        file_hash=hashlib.sha256(f"{company.slug}/{name}".encode()).hexdigest(),
        finished_at=now,
    )
