"""What a writer of a stress run does: random transactions, through every door to the facts.

All writers follow one order, so that no two of them wait for each other: bookings before leads,
leads before spend, and several rows of a table by their ids.
"""

from datetime import UTC, datetime, timedelta
from random import Random
from time import monotonic, sleep

from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from attribution.models import Booking, Campaign, Company, Lead
from attribution.privacy.erasing import erase_person
from spend.models import SpendEntry

# Three days, so that about 20 buckets and the end of a month are fought over.
FIRST = datetime(2026, 1, 30, 0, 30, tzinfo=UTC)
CAMPAIGNS = ("spring", "summer")
LATE = ("late-1", "late-2")  # spend waits for these; a lead makes them in the middle of a run
UTM = (("google", "cpc"), ("newsletter", "email"), ("", ""))
STATUSES = ("completed", "completed", "cancelled", "no_show", "booked")
ROLLED_BACK = 0.03
GONE = "did not affect any rows"
DEADLOCK, LOCK_ERRORS = "40P01", {"55P03", "57014", "40001"}


class RolledBack(Exception):  # noqa: N818 - reads as what happened
    """The writer changed its mind."""


def prepare(leads=60):
    """Two companies, in different zones, with some leads, bookings and spend."""
    for name, zone in (("acme", "UTC"), ("bolt", "Asia/Kathmandu")):
        company = Company.objects.create(name=name, slug=name, timezone=zone)
        for key in CAMPAIGNS:
            Campaign.objects.create(company=company, key=key)
    writer = Writer(9, seed=9, pause=0)
    Lead.objects.bulk_create(writer.lead() for _ in range(leads))
    for _ in range(leads // 3):
        writer.book()
        writer.add_spend()


class Writer:
    """One of several that change the facts at the same time."""

    WEIGHTS = {
        "create_lead": 14,
        "create_many": 4,
        "raw_leads": 4,
        "upsert_leads": 3,
        "book": 16,
        "book_many": 3,
        "change_booking": 10,
        "complete_many": 5,
        "move_booking": 2,
        "delete_booking": 2,
        "move_lead": 10,
        "move_many": 6,
        "change_kind": 6,
        "erase": 3,
        "touch": 2,
        "raw_delete": 1,
        "add_spend": 5,
        "change_spend": 4,
        "change_spends": 2,
        "upsert_spend": 2,
        "delete_spend": 2,
        "discover": 0.5,
    }

    def __init__(self, number, seed, pause):
        self.number, self.pause = number, pause
        self.rng = Random(f"{seed}-{number}")
        self.made = 0
        self.counts = dict.fromkeys(
            ("transactions", "rolled_back", "refused", "deadlocks", "lock_errors"), 0
        )
        self.errors = []
        self.companies = list(Company.objects.order_by("pk"))

    # One transaction

    def once(self):
        started = monotonic()
        doing = self.rng.choices(list(self.WEIGHTS), list(self.WEIGHTS.values()))[0]
        try:
            with transaction.atomic():
                getattr(self, doing)()
                if self.rng.random() < 0.15:
                    self.add_spend()
                if self.rng.random() < 0.3:
                    sleep(self.rng.uniform(0, self.pause))
                if self.rng.random() < ROLLED_BACK:
                    raise RolledBack
        except RolledBack:
            self.counts["rolled_back"] += 1
        except IntegrityError:  # a lead deleted meanwhile
            self.counts["refused"] += 1
        except DatabaseError as error:
            if GONE in str(error):  # a booking deleted meanwhile
                self.counts["refused"] += 1
            else:
                self.note(f"{doing}, after {monotonic() - started:.1f} s", error)
        self.counts["transactions"] += 1

    def note(self, doing, error):
        kind = kind_of(error)
        self.counts[kind] = self.counts.get(kind, 0) + 1
        self.errors.append(f"{kind} in {doing}: {error}")

    # What there is

    def company(self):
        return self.rng.choice(self.companies)

    def campaign(self, company):
        """One of the company's campaigns with no reason, or none with one."""
        ids = list(Campaign.objects.filter(company=company).values_list("pk", flat=True))
        chosen = self.rng.choice([None, *ids])
        return {"campaign_id": chosen, "unattributed_reason": "" if chosen else "by_person"}

    def some(self, rows, most):
        """Ids of a few rows that are next to each other; half the time among the latest."""
        ids = rows.order_by("-pk").values_list("pk", flat=True)
        newest = ids.first() or 0
        reach = 100 if self.rng.random() < 0.5 else newest
        start = newest - self.rng.randrange(max(reach, 1))
        return sorted(ids.filter(pk__lte=start)[: self.rng.randint(1, most)])

    def locked(self, model, ids):
        """Several rows are locked in the order of their ids before any of them changes."""
        return list(model.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))

    def leads(self, most=1, company=None):
        rows = Lead.objects.filter(company=company or self.company())
        return self.locked(Lead, self.some(rows, most))

    def name(self):
        self.made += 1
        return f"{self.number}-{self.made}"

    def lead(self, company=None, **values):
        source, medium = self.rng.choice(UTM)
        kinds = Lead.Kind.values
        given = {
            "company": company or self.company(),
            "external_id": self.name(),
            "received_at": FIRST + timedelta(days=self.rng.randrange(3), hours=12),
            "kind": self.rng.choice(kinds) if self.rng.random() < 0.2 else "primary",
            "utm_source": source,
            "utm_medium": medium,
            "utm_campaign": self.rng.choice((*CAMPAIGNS, *CAMPAIGNS, "")) if source else "",
            "email": "a@example.com",
        }
        return Lead(**given | values)

    # Leads

    def create_lead(self):
        self.lead().save()

    def create_many(self):
        company = self.company()
        Lead.objects.bulk_create(self.lead(company) for _ in range(self.rng.randint(2, 6)))

    def raw_leads(self):
        insert_raw([self.lead() for _ in range(self.rng.randint(2, 6))])

    def upsert_leads(self):
        found = self.leads(3)
        for lead in found:
            lead.kind = self.rng.choice(("primary", "primary", "test"))
        twins = [raw_copy(lead) for lead in found]
        Lead.objects.bulk_create(
            [*twins, self.lead()],
            update_conflicts=True,
            update_fields=["kind"],
            unique_fields=["company", "external_id"],
        )

    def move_lead(self):
        """As a form does it: all columns of a lead that was read some time ago."""
        for lead in self.leads():
            for name, value in self.campaign(lead.company).items():
                setattr(lead, name, value)
            lead.save()

    def move_many(self):
        company = self.company()
        ids = [lead.pk for lead in self.leads(8, company)]
        Lead.objects.filter(pk__in=ids).update(**self.campaign(company))

    def change_kind(self):
        ids = [lead.pk for lead in self.leads(4)]
        Lead.objects.filter(pk__in=ids).update(kind=self.rng.choice(Lead.Kind.values))

    def erase(self):
        erase_person(self.leads(3))

    def touch(self):
        """Changes nothing that counts."""
        for lead in self.leads(3):
            execute("UPDATE attribution_lead SET city = 'Bern' WHERE id = %s", lead.pk)

    def raw_delete(self):
        for pk in self.some(Lead.objects.filter(company=self.company()), 1):
            list(Lead.objects.select_for_update().filter(pk=pk))
            execute(
                "DELETE FROM attribution_lead WHERE id = %s AND NOT EXISTS"
                " (SELECT 1 FROM attribution_booking WHERE lead_id = attribution_lead.id)",
                pk,
            )

    def discover(self):
        self.lead(utm_source="google", utm_campaign=self.rng.choice(LATE)).save()

    # Bookings: nothing is locked before, the database must see to it

    def booking(self, lead_id, company):
        status = self.rng.choice(("booked", "booked", "completed"))
        return Booking(
            company=company,
            lead_id=lead_id,
            external_id=self.name(),
            status=status,
            booked_at=FIRST + timedelta(days=4),
            value_minor=self.rng.randrange(1, 50) * 100,
        )

    def book(self):
        company = self.company()
        for pk in self.some(Lead.objects.filter(company=company), 1):
            self.booking(pk, company).save()

    def book_many(self):
        company = self.company()
        ids = self.some(Lead.objects.filter(company=company), 4)
        self.rng.shuffle(ids)
        Booking.objects.bulk_create(self.booking(pk, company) for pk in ids)

    def change_booking(self):
        for pk in self.some(Booking.objects.filter(company=self.company()), 1):
            booking = Booking.objects.filter(pk=pk).first()
            if booking:
                booking.status = self.rng.choice(STATUSES)
                booking.value_minor += 100
                booking.save(update_fields=["status", "value_minor"])

    def complete_many(self):
        ids = self.some(Booking.objects.filter(company=self.company()), 4)
        self.locked(Booking, ids)
        Booking.objects.filter(pk__in=ids).update(status=self.rng.choice(STATUSES))

    def move_booking(self):
        company = self.company()
        leads = self.some(Lead.objects.filter(company=company), 1)
        bookings = self.some(Booking.objects.filter(company=company), 1)
        for pair in zip(leads, bookings, strict=False):  # either may be none
            execute("UPDATE attribution_booking SET lead_id = %s WHERE id = %s", *pair)

    def delete_booking(self):
        ids = self.some(Booking.objects.filter(company=self.company()), 1)
        Booking.objects.filter(pk__in=ids).delete()

    # Spend

    def add_spend(self):
        source, medium = self.rng.choice(UTM)
        SpendEntry.objects.create(
            company=self.company(),
            campaign_name=self.rng.choice((*CAMPAIGNS, *LATE, "")),
            day=(FIRST + timedelta(days=self.rng.randrange(3))).date(),
            source=self.name(),
            utm_source=source,
            utm_medium=medium,
            amount_minor=self.rng.randrange(1, 90) * 100,
            clicks=self.rng.choice((None, 5)),
        )

    def change_spend(self):
        for pk in self.some(SpendEntry.objects.filter(company=self.company()), 1):
            entry = SpendEntry.objects.filter(pk=pk).first()
            if entry:
                entry.amount_minor = (entry.amount_minor or 0) + 100
                entry.day = (FIRST + timedelta(days=self.rng.randrange(3))).date()
                entry.save()

    def change_spends(self):
        ids = self.some(SpendEntry.objects.filter(company=self.company()), 4)
        self.locked(SpendEntry, ids)
        values = self.rng.choice(
            (
                {"amount_minor": 700},
                {"amount_minor": None, "original_minor": 9, "currency": "SEK"},
                {"clicks": 7},
                {"clicks": None},
                {"line": "tools"},
            )
        )
        SpendEntry.objects.filter(pk__in=ids).update(**values)

    def upsert_spend(self):
        for pk in self.some(SpendEntry.objects.filter(company=self.company()), 1):
            for entry in SpendEntry.objects.filter(pk=pk):
                entry.pk, entry.amount_minor = None, self.rng.randrange(90) * 100
                SpendEntry.objects.bulk_create(
                    [entry],
                    update_conflicts=True,
                    update_fields=["amount_minor"],
                    unique_fields=SPEND_KEY,
                )

    def delete_spend(self):
        ids = self.some(SpendEntry.objects.filter(company=self.company()), 2)
        self.locked(SpendEntry, ids)
        SpendEntry.objects.filter(pk__in=ids).delete()


SPEND_KEY = [
    *("company", "day", "campaign_key", "utm_source", "utm_medium", "platform_id", "line"),
    "source",
]


def execute(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def kind_of(error):
    """What an error of the database counts as."""
    state = getattr(error.__cause__, "sqlstate", None)
    if state == DEADLOCK:
        return "deadlocks"
    if state in LOCK_ERRORS or (isinstance(error, OperationalError) and "locked" in str(error)):
        return "lock_errors"
    return "errors"


def raw_copy(lead):
    """A lead not yet stored, with the raw values of one that is."""
    names = [field.attname for field in Lead._meta.concrete_fields if not field.primary_key]
    return Lead(**{name: getattr(lead, name) for name in names})


def insert_raw(leads):
    """COPY on PostgreSQL, else plain INSERTs; no line of Django between."""
    fields = [field for field in Lead._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(field.column for field in fields)
    for lead in leads:
        lead.complete()
    rows = [
        [field.get_db_prep_save(field.pre_save(lead, True), connection) for field in fields]
        for lead in leads
    ]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY attribution_lead ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO attribution_lead ({columns}) VALUES ({places})", rows)
