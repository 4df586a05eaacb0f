"""Random histories of a company, played at the same time in the database and for the oracle."""

from copy import copy
from datetime import UTC, date, datetime, timedelta
from random import Random

from attribution import scope
from attribution.models import Booking, Campaign, Company, Lead
from attribution.privacy.erasing import erase_person
from reports.periods import Days
from reports.query import ReportQuery
from reports.report import run_report
from reports.serialize import as_json
from spend.models import SpendEntry
from tests.reports import oracle
from tests.reports.history_files import FileSteps
from tests.reports.raw_values import (
    CAMPAIGNS,
    KINDS,
    MEDIUMS,
    NAME_KEYS,
    NAMES,
    SOURCES,
    STATUSES,
    TWICE,
    channel,
)
from tests.reports.sayings import Sayings

NOW = datetime(2026, 4, 9, 12, tzinfo=UTC)
FIRST = datetime(2026, 3, 24, tzinfo=UTC)  # both changes of clock below lie in these 16 days
PAGES = ("", "", "https://a.example/x?q=1", "https://a.example/x#top", "https://a.example/ü/?a#b")
ZONES = ("UTC", "Europe/Zurich", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu")


def comparison(rng, start, end):
    """How a question about these days compares them: with none, or with some before them."""
    how = rng.choice(("none", "previous", "custom", "year"))
    if how == "year" and (end - start).days >= 364:
        how = "previous"
    if how != "custom":
        return {"compare": how, "own_days": None}
    last = start - timedelta(days=1 + rng.choice((0, 0, 1, 5, 40)))
    first = last - timedelta(days=rng.choice((0, 3, 10, 60)))
    return {"compare": how, "own_days": Days(first, last)}


class History(FileSteps, Sayings):
    """One company and what happens to it: `step` does one random thing, here and for the oracle."""

    def __init__(self, rng, name):
        self.rng, self.numbers, self.files = rng, 0, []
        self.other_rng = copy(rng)  # so that what campaigns say leaves all else as it was
        settings = {
            "timezone": rng.choice(ZONES),
            "currency": rng.choice(("EUR", "JPY", "KWD")),
            "thin_below": rng.choice((1, 2, 4)),
            "new_campaigns_per_day": rng.choice((0, 1, 2, 500)),
        }
        self.company = Company.objects.create(name=name, slug=name, **settings)
        self.world = oracle.World(
            zone=settings["timezone"],
            currency=settings["currency"],
            thin_below=settings["thin_below"],
            new_a_day=settings["new_campaigns_per_day"],
            today=NOW.astimezone(self.company.zone).date(),
        )

    def step(self):
        steps = {
            self.some_leads: 4,
            self.book: 3,
            self.change_booking: 2,
            self.import_leads: 2,
            self.import_bookings: 1,
            self.import_spend: 1,
            self.import_again: 1,
            self.enter_spend: 3,
            self.spend_abroad: 1,
            self.earn_abroad: 1,
            self.change_spend: 1,
            self.new_campaign: 1,
            self.archive: 1,
            self.change_kind: 1,
            self.erase: 1,
        }
        self.rng.choices(list(steps), list(steps.values()))[0]()

    # Leads

    def some_leads(self):
        new = [self._lead() for _ in range(self.rng.randint(1, 6))]
        if self.rng.random() < 0.5:
            Lead.objects.bulk_create(new)
        else:
            for lead in new:
                lead.save()

    def _lead(self):
        lead = Lead(company=self.company, external_id=self._number("l"), **self._captured())
        self._receive(
            lead.external_id,
            lead.received_at,
            lead.kind,
            (lead.utm_source, lead.utm_medium, lead.utm_campaign),
            lead.landing_page,
            lead.click_ids,
            lead.referrer,
            lead.country,
        )
        return lead

    def _captured(self):
        rng = self.rng
        return {
            "received_at": self._instant(),
            "kind": rng.choice(KINDS),
            "utm_source": rng.choice(list(SOURCES)),
            "utm_medium": rng.choice(list(MEDIUMS)),
            "utm_campaign": rng.choice(list(CAMPAIGNS)),
            "landing_page": TWICE if rng.random() < 0.1 else rng.choice(PAGES),
            "country": rng.choice(("", "AT", "CH")),
            "click_ids": {"gclid": "AbC"} if rng.random() < 0.2 else {},
            "referrer": "https://bing.com/" if rng.random() < 0.2 else "",
            "name": "Erika Beispiel",
        }

    def _receive(self, number, at, kind, raw, page, clicks, referrer, country=""):
        """Tell the oracle of a lead, with what its raw values mean."""
        source, medium = SOURCES[raw[0]], MEDIUMS[raw[1]]
        campaign, reason = CAMPAIGNS[raw[2]]
        if page == TWICE and reason != "broken_tag":
            reason = "ambiguous"
        elif reason is None:
            reason = (
                "no_campaign"
                if source or medium
                else ("click_id" if clicks else "referrer" if referrer else "direct")
            )
        found = channel(source, medium)
        self.world.receive(
            *(number, at, kind, source, medium, found, campaign, reason),
            page=page,
            country=country,
        )

    def change_kind(self):
        if number := self._any(self.world.leads):
            lead = Lead.objects.get(company=self.company, external_id=number)
            lead.kind = self.world.leads[number].kind = self.rng.choice(KINDS)
            lead.save()

    def erase(self):
        numbers = [n for n in self.world.leads if self.rng.random() < 0.5]
        erase_person(Lead.objects.filter(company=self.company, external_id__in=numbers))

    # Bookings

    def book(self):
        for _ in range(self.rng.randint(1, 3)):
            if number := self._any(self.world.leads):
                booking = self._booking(number)
                Booking.objects.create(
                    company=self.company,
                    external_id=self._remember(self._number("b"), booking),
                    lead=Lead.objects.get(company=self.company, external_id=number),
                    booked_at=booking.at,
                    status=booking.status,
                    value_minor=booking.value,
                )

    def _booking(self, lead):
        lag = timedelta(minutes=30 * self.rng.randint(-10, 300))
        return oracle.Booking(
            lead=lead,
            at=self.world.leads[lead].at + lag,
            status=self.rng.choice(STATUSES),
            value=self.rng.choice((0, 1, 333, 12_345, 999_999)),
        )

    def _remember(self, number, booking):
        self.world.bookings[number] = booking
        return number

    def change_booking(self):
        if not (number := self._any(self.world.bookings)):
            return
        rows = Booking.objects.filter(company=self.company, external_id=number)
        known = self.world.bookings[number]
        match self.rng.choice(("delete", "status", "value", "move")):
            case "delete":
                del self.world.bookings[number]
                rows.delete()
            case "status":
                known.status = self.rng.choice(STATUSES)
                rows.update(status=known.status)
            case "value":
                known.value, known.foreign = self.rng.choice((0, 77, 100_000)), None
                rows.update(original_minor=None, currency=self.company.currency)
                booking = rows.get()
                booking.value_minor = known.value
                booking.save()
            case "move":
                if known.foreign:  # it would take the rate of its new lead's day
                    return
                known.lead = self._any(self.world.leads)
                booking = rows.get()
                booking.lead = Lead.objects.get(company=self.company, external_id=known.lead)
                booking.save()

    # Spend and campaigns by hand

    def enter_spend(self):
        at = self.rng.randrange(len(NAMES))
        source, medium = self.rng.choice(("", "google")), self.rng.choice(("", "cpc"))
        line = self.rng.choice(("media", "media", "tools", "agency", "people"))
        key = (self._day(), NAME_KEYS[at], source, medium, line, "form")
        if key in self.world.spend:
            return
        amount = self.rng.choice((0, 1, 999, 50_000, None))
        counts = dict.fromkeys(oracle.COUNTS) | self.rng.choice(
            ({}, {"sends": 100, "opens": 20}, {"impressions": 500, "clicks": 3})
        )
        self.world.spend[key] = oracle.Spend(amount, counts)
        SpendEntry.objects.create(
            company=self.company,
            day=key[0],
            campaign_name=NAMES[at],
            utm_source=source.upper(),
            utm_medium=medium,
            line=line,
            amount_minor=amount,
            **counts,
        )

    # Money in other currencies. Whatever sets the amount afterwards, a rate has come.

    def spend_abroad(self):
        if key := self._any([key for key in self.world.spend if key[-1] == "form"]):
            known = self.world.spend[key]
            known.foreign = self._foreign()
            known.amount = self.rng.choice((None, None, 55))
            self._entry(key).update(
                amount_minor=known.amount,
                currency=known.foreign[0],
                original_minor=known.foreign[1],
            )

    def earn_abroad(self):
        if number := self._any([one for one in self.world.bookings if one[0] == "b"]):
            known = self.world.bookings[number]
            known.foreign, known.value = self._foreign(), self.rng.choice((None, None, 66))
            Booking.objects.filter(company=self.company, external_id=number).update(
                value_minor=known.value,
                currency=known.foreign[0],
                original_minor=known.foreign[1],
            )

    def _foreign(self):
        """In minor units of a currency that is not the company's."""
        choice = [one for one in ("SEK", "JPY") if one != self.company.currency]
        return self.rng.choice(choice), self.rng.choice((100, 12_300))

    def _entry(self, key):
        day, campaign, source, medium, line, where = key
        return SpendEntry.objects.filter(
            company=self.company,
            day=day,
            campaign_key=campaign,
            utm_source=source,
            utm_medium=medium,
            line=line,
            source=where,
        )

    def change_spend(self):
        if key := self._any(self.world.spend):
            known = self.world.spend[key]
            known.amount, known.foreign = self.rng.choice((0, 7, 44_444)), None
            # A form that says so in the company's own currency.
            self._entry(key).update(original_minor=None, currency=self.company.currency)
            entry = self._entry(key).get()
            entry.amount_minor = known.amount
            entry.save()

    def new_campaign(self):
        at = self.rng.randrange(len(NAMES) - 1)
        if NAME_KEYS[at] not in self.world.campaigns:
            name = self.rng.choice(("", "Frühling", "ALLE"))
            made = self.rng.choice(("email", "paid_search", "other"))
            Campaign.objects.create(company=self.company, key=NAMES[at], name=name, channel=made)
            self.world.campaigns[NAME_KEYS[at]] = oracle.Campaign(name or NAMES[at], made)

    def archive(self):
        if key := self._any(self.world.campaigns):
            status = self.rng.choice(("archived", "paused", "active"))
            campaign = Campaign.objects.get(company=self.company, key=key)
            campaign.status = self.world.campaigns[key].status = status
            self._say(campaign, self.world.campaigns[key].said)
            campaign.save()

    # Questions

    def question(self):
        rng = self.rng
        start = date(2026, 3, 22) + timedelta(days=rng.randint(0, 14))
        end = start + timedelta(days=rng.choice((0, 1, 6, 20)))
        return ReportQuery(
            company=self.company,
            start=start,
            end=end,
            **self._levels(),
            campaigns=self._some(tuple(self.world.campaigns)),
            channels=self._some(("email", "paid_search", "other")),
            sources=self._some(("google", "facebook", "newsletter")),
            mediums=self._some(("cpc", "e-mail")),
            statuses=self._some(("active", "archived")),
            said=self._said(),
            search=rng.choice(("", "", "", "", "SPR", "é", "l")),
            lines=self._some(("media", "tools", "agency")),
            **comparison(rng, start, end),
        )

    def _levels(self):
        """By what rows are split; half of the time as the sums that are kept can tell."""
        kept = ("campaign", "campaign", "source", "medium", "channel", "month", "weekday")
        facts = (*kept[1:], "country", "kind", "page", "hour")
        known, basis = kept, "received"
        if self.rng.random() < 0.4:
            known, basis = facts, self.rng.choice(("received", "received", "booked", "completed"))
        levels = list(dict.fromkeys(self.rng.choices(known, k=self.rng.choice((1, 1, 2, 3)))))
        if "hour" in levels:
            basis = "received"
        return {"group_by": levels[0], "then_by": tuple(levels[1:]), "basis": basis}

    def _some(self, values):
        """Nothing, most of the time: else no question would have an answer."""
        if self.rng.random() < 0.75:
            return ()
        return tuple(value for value in values if self.rng.random() < 0.5)

    # Small things

    def _number(self, letter):
        self.numbers += 1
        return f"{letter}{self.numbers}"

    def _any(self, things):
        return self.rng.choice(list(things)) if things else None

    def _instant(self):
        return FIRST + timedelta(minutes=15 * self.rng.randint(0, 16 * 96))

    def _day(self):
        return FIRST.date() + timedelta(days=self.rng.randint(0, 16))


def play(rng, name, steps):
    """A history of this many steps; needs the scope of all companies."""
    history = History(rng, name)
    for _ in range(steps):
        history.step()
    return history


def scoped(history):
    return scope.company_scope([history.company.pk])


def reports_as_json(count):
    """Two reports of each of so many histories, the same on every machine and engine."""
    for seed in range(count):
        rng = Random(seed)
        history = play(rng, f"company-{seed}", steps=20)
        with scoped(history):
            for sort in ("-leads", "-completed_rate"):
                yield as_json(run_report(history.question()), sort)
