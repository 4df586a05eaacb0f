"""A company with facts of every kind, and random questions about it, as addresses of the page."""

from datetime import date, timedelta

from attribution.models import Booking, Campaign, Lead
from attribution.touches.items import TouchItem
from attribution.touches.write import store
from attribution.utm import Captured
from reports.attributing.models import MODELS
from reports.dimensions import DIMENSIONS
from reports.maturity.make import make as make_lags
from reports.metrics import METRICS
from reports.targets.models import Target
from spend.models import Budget, CampaignGroup, GroupMember
from tests.reports.histories import FIRST, NOW, History
from tests.reports.sayings import SAID

FACTS = {**SAID, "tags": ("spring; brand", "brand", "")}
OLD_LEADS = 320
MANY = (*(f"Offer {n}" for n in range(24)), "Spring", "Brand", "Brand", "")
LISTS = {
    "campaign": ("spring", "brand"),
    "channel": ("email", "paid_search", "paid_social", "other"),
    "source": ("google", "facebook", "newsletter"),
    "medium": ("cpc", "e-mail"),
    "status": ("active", "archived", "paused"),
    "tag": ("brand", "spring"),
    "type": ("Search", "(none)"),
    "goal": ("Sell", "Be known", "(none)"),
    "segment": ("Families", "(none)"),
    "location": ("Graz", "Linz"),
    "language": ("German",),
    "campaign_group": ("Big", "Old", "(none)"),
    "content": ("banner", "text"),
    "term": ("hotel graz",),
    "country": ("AT", "CH"),
    "region": ("Styria",),
    "city": ("Graz", "Linz"),
    "line": ("media", "tools", "agency"),
    "kind": ("test", "bot", "duplicate", "follow_up"),
}


class Full(History):
    """Leads say where they come from and what they clicked, too."""

    def _captured(self):
        rng = self.rng
        return super()._captured() | {
            "utm_content": rng.choice(("Banner", "Text", "Film", "=1+1", "<b>Map</b>", "")),
            "utm_term": rng.choice(("Hotel Graz", "")),
            "region": rng.choice(("Styria", "Tirol", "")),
            "city": rng.choice(("Graz", "Linz", "Wels", "Murau", "Bad Aussee", "")),
        }


def make_world(rng, steps):
    """The company, whose leads wait long enough for rates to be expected of the young ones."""
    history = Full(rng, "ways")
    history.company.new_campaigns_per_day = 500
    history.company.save()
    for _ in range(steps):
        history.step()
    _old_leads(history)
    campaigns = Campaign.objects.filter(company=history.company).order_by("key")
    for number, campaign in enumerate(campaigns):
        for name, values in FACTS.items():
            value = rng.choice(values)
            if name != "campaign_group":
                setattr(campaign, name, value)
            elif value:
                mine = {"company": history.company}
                group, _ = CampaignGroup.objects.get_or_create(name=value, **mine)
                GroupMember.objects.get_or_create(group=group, campaign=campaign, **mine)
        campaign.save()
        if number % 3 == 0:
            _plans(campaign)
    _visits(history)
    make_lags(history.company, NOW.date())
    return history.company


def _plans(campaign):
    """A budget of March and a target of April."""
    mine = {"company_id": campaign.company_id, "campaign": campaign}
    march = {"first_day": date(2026, 3, 1), "last_day": date(2026, 3, 31)}
    Budget.objects.create(amount_minor=123_457, **mine, **march)
    april = {"first_day": date(2026, 4, 1), "last_day": date(2026, 4, 30)}
    Target.objects.create(metric="leads", value=70, **mine, **april)


def _old_leads(history):
    """Of January and later, with the bookings from which the lags are known."""
    rng = history.rng
    leads = []
    for number in range(OLD_LEADS):
        values = history._captured() | {
            "received_at": FIRST - timedelta(minutes=60 * rng.randint(1, 24 * 80)),
            "kind": "primary" if number % 20 else "bot",
            "utm_campaign": rng.choice(MANY),
        }
        leads.append(Lead(company=history.company, external_id=f"old{number}", **values))
    leads = Lead.objects.bulk_create(leads)
    bookings = []
    for lead in leads[: OLD_LEADS * 3 // 4]:
        at = lead.received_at + timedelta(hours=rng.randint(1, 8 * 24))
        done = at + timedelta(hours=rng.randint(1, 10 * 24))
        bookings.append(
            Booking(
                company=history.company,
                external_id=f"of {lead.external_id}",
                lead=lead,
                booked_at=at,
                completed_at=done,
                status="completed" if done < NOW else "booked",
                value_minor=rng.choice((0, 99, 12_345, 1_000_005)),
            )
        )
    Booking.objects.bulk_create(bookings)


def _visits(history):
    """Ways of some leads, for the models that split them."""
    rng, items = history.rng, []
    for lead in Lead.objects.filter(company=history.company).order_by("pk")[:120]:
        way = [
            TouchItem(
                lead.received_at - timedelta(hours=rng.randint(0, 600)),
                Captured(utm_source=rng.choice(("google", "")), utm_campaign=name),
            )
            for name in rng.sample(("Spring", "Straße", "Brand", ""), rng.randint(0, 3))
        ]
        items.append((lead.pk, lead.received_at, way))
    store(history.company, items)


def question(rng, slug):
    """Pairs of an address: any rows, days, comparison, filters, sort and columns."""
    levels = rng.sample(list(DIMENSIONS), rng.choice((1, 1, 2, 2, 3)))
    if rng.random() < 0.4:  # it has the most rows
        levels = ["campaign", *(one for one in levels if one != "campaign")][: len(levels)]
    model = rng.choice(["captured"] * 4 + list(MODELS))
    basis = rng.choice(("received", "received", "booked", "completed"))
    if "hour" in levels or MODELS[model].reads_touches:
        basis = "received"
    found = [("company", slug), *_days(rng)]
    found += [("basis", basis), ("group", levels[0]), *(("then", one) for one in levels[1:])]
    found += [("model", model)]
    if MODELS[model].reads_touches and rng.random() < 0.5:
        found.append(("window", str(rng.choice((1, 7, 30)))))
    for name, values in LISTS.items():
        if rng.random() < (0.3 if name == "kind" else 0.03):
            found += [(name, one) for one in rng.sample(values, rng.randint(1, len(values)))]
    if rng.random() < 0.1:
        found.append(("q", rng.choice(("SPR", "é", "a"))))
    if rng.random() < 0.07:
        found.append(("landing", "https://a.example"))
    if rng.random() < 0.5:
        found.append(("changes", "rows"))
    found.append(("sort", rng.choice(("", "-")) + rng.choice(["label", *METRICS])))
    if rng.random() < 0.8:
        found += [("cols", name) for name in rng.sample(list(METRICS), rng.randint(1, 12))]
    return found


def _days(rng):
    start = rng.choice((date(2026, 3, 20), date(2026, 2, 1))) + timedelta(days=rng.randint(0, 14))
    end = start + timedelta(days=rng.choice((0, 6, 13, 27, 60, 60)))
    end = min(end, date(2026, 4, 9))
    how = rng.choice(("none", "previous", "previous", "year", "custom"))
    found = [("period", "custom"), ("from", str(start)), ("to", str(end)), ("compare", how)]
    if how == "custom":
        last = start - timedelta(days=rng.randint(1, 20))
        first = last - timedelta(days=rng.choice((0, 3, 30)))
        found += [("compare_from", str(first)), ("compare_to", str(last))]
    return found
