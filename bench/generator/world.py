"""What does not depend on a single lead: companies, campaigns, rhythm and rates."""

import datetime as dt

import numpy as np

EVENT_TYPES = (
    ("primary", 0.70),
    ("follow_up", 0.12),
    ("hot", 0.05),
    ("bot", 0.04),
    ("test", 0.03),
    ("vpn", 0.025),
    ("blocked", 0.02),
    ("suspicious", 0.015),
)
# A report counts these; the rest is received and excluded.
COUNTED_EVENTS = {"primary", "hot", "vpn", "suspicious"}
CHANNELS = (  # source, medium, weight, paid
    ("google", "cpc", 0.34, True),
    ("facebook", "paid_social", 0.20, True),
    ("instagram", "paid_social", 0.08, True),
    ("bing", "cpc", 0.06, True),
    ("linkedin", "paid_social", 0.07, True),
    ("newsletter", "email", 0.12, False),
    ("google", "organic", 0.06, False),
    ("partner", "referral", 0.07, False),
)
PLACES = (  # country, city, weight
    ("US", "New York", 14),
    ("US", "Chicago", 9),
    ("US", "Austin", 7),
    ("US", "Denver", 5),
    ("US", "Miami", 6),
    ("GB", "London", 10),
    ("GB", "Manchester", 4),
    ("DE", "Berlin", 6),
    ("DE", "Munich", 4),
    ("FR", "Paris", 6),
    ("FR", "Lyon", 2),
    ("NL", "Amsterdam", 3),
    ("ES", "Madrid", 3),
    ("IT", "Milan", 3),
    ("PL", "Warsaw", 2),
    ("CA", "Toronto", 5),
    ("AU", "Sydney", 4),
    ("IN", "Mumbai", 4),
    ("BR", "Sao Paulo", 2),
    ("JP", "Tokyo", 1),
)
THEMES = (
    "spring",
    "summer",
    "autumn",
    "winter",
    "launch",
    "retarget",
    "brand",
    "demo",
    "webinar",
    "trial",
    "local",
    "flash",
)
PAGES = (
    "/",
    "/pricing",
    "/book",
    "/demo",
    "/contact",
    "/offers/summer",
    "/offers/first-visit",
    "/services",
    "/services/premium",
    "/about",
    "/locations",
    "/blog/how-to-choose",
)
CONTENTS = (
    "hero-a",
    "hero-b",
    "carousel",
    "video-15s",
    "video-30s",
    "story",
    "sidebar",
    "footer-cta",
)
TERMS = (
    "near me",
    "best price",
    "book online",
    "reviews",
    "same day",
    "compare",
    "cheap",
    "professional",
)
HOUR_WEIGHTS = (1, 1, 1, 1, 1, 2, 3, 5, 8, 10, 11, 11, 10, 10, 10, 10, 9, 8, 8, 8, 7, 5, 3, 2)
STATUS = ("booked", "completed", "cancelled", "no_show")
BOOKED, COMPLETED, CANCELLED = 0, 1, 2
DAY_S = 86_400
MAX_CHUNK = 50_000


def shares(weights):
    """Cumulative shares, for drawing with searchsorted."""
    total = np.cumsum(np.asarray(weights, dtype=np.float64))
    return total / total[-1]


def draw(rng, cumulative, size):
    index = np.searchsorted(cumulative, rng.random(size), side="right")
    return np.minimum(index, len(cumulative) - 1)


class World:
    """Everything that does not depend on a single lead."""

    def __init__(self, args, rng):
        self.args = args
        count, days = args.campaigns, args.days
        self.companies = [f"co-{i + 1:03d}" for i in range(args.companies)]
        company_weight = 1.0 / np.arange(1, args.companies + 1) ** 0.8
        self.company_cum = shares(company_weight)
        self.company = draw(rng, self.company_cum, count)
        self.channel = draw(rng, shares([c[2] for c in CHANNELS]), count)
        self.paid = np.array([c[3] for c in CHANNELS])[self.channel]
        self.weight = 1.0 / np.arange(1, count + 1) ** args.zipf
        rng.shuffle(self.weight)
        # One in eight runs all the time, so that each day has a campaign.
        length = np.minimum(rng.integers(14, 271, count), days)
        evergreen = rng.random(count) < 0.125
        evergreen[0] = True
        length[evergreen] = days
        self.first = (rng.random(count) * (days - length + 1)).astype(int)
        self.last = self.first + length - 1
        self.booking_rate = np.clip(args.booking_rate * rng.lognormal(-0.1, 0.45, count), 0.0, 0.8)
        self.company_booking_rate = np.full(args.companies, args.booking_rate * 0.9)
        self.ticket = rng.lognormal(4.9, 0.5, args.companies)
        self.cost_per_lead = rng.lognormal(3.3, 0.5, count)
        self.names = [f"{THEMES[i % len(THEMES)]}-{2024 + i % 3}-{i:04d}" for i in range(count)]
        self.utm = [
            f"{CHANNELS[ch][0]},{CHANNELS[ch][1]},{name}"
            for ch, name in zip(self.channel, self.names, strict=True)
        ]
        day = np.arange(days)
        first_weekday = args.start.weekday()
        weekday = np.array((1.1, 1.15, 1.1, 1.05, 1.0, 0.75, 0.7))
        rhythm = weekday[(day + first_weekday) % 7]
        growth = 1.0 + 0.8 * day / max(days - 1, 1)
        season = 1.0 + 0.15 * np.sin(2 * np.pi * day / 365.25)
        noise = rng.lognormal(0, 0.06, days)
        self.day_share = rhythm * growth * season * noise
        self.day_share /= self.day_share.sum()

    def day(self, index):
        return self.args.start + dt.timedelta(days=int(index))
