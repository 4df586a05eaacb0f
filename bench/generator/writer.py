"""Writes the leads, bookings and spend of one day after another."""

import datetime as dt

import numpy as np

from bench.generator.truth import Truth
from bench.generator.world import (
    BOOKED,
    CANCELLED,
    CHANNELS,
    COMPLETED,
    CONTENTS,
    COUNTED_EVENTS,
    DAY_S,
    EVENT_TYPES,
    HOUR_WEIGHTS,
    MAX_CHUNK,
    PAGES,
    PLACES,
    STATUS,
    TERMS,
    draw,
    shares,
)


class Clock:
    """Text of a second, from two tables: much faster than strftime."""

    def __init__(self, start):
        self.times = [f"T{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}." for s in range(DAY_S)]
        self.millis = [f"{i:03d}+00:00" for i in range(1000)]
        self.start = start
        self.days = []

    def day(self, index):
        while len(self.days) <= index:
            self.days.append((self.start + dt.timedelta(days=len(self.days))).isoformat())
        return self.days[index]

    def texts(self, millis):
        """ISO 8601 texts for milliseconds since the start."""
        second, milli = np.divmod(millis, 1000)
        day, second = np.divmod(second, DAY_S)
        if len(day):
            self.day(int(day.max()))
        days, times, tails = self.days, self.times, self.millis
        return [
            days[d] + times[s] + tails[m]
            for d, s, m in zip(day.tolist(), second.tolist(), milli.tolist(), strict=True)
        ]


class Writer:
    def __init__(self, world, rng, folder):
        self.world = world
        self.rng = rng
        self.truth = Truth(world)
        self.clock = Clock(world.args.start)
        self.next_lead = 1
        self.next_booking = 1
        self.spend_rows = 0
        self.span = world.args.days * DAY_S * 1000
        self.event_cum = shares([e[1] for e in EVENT_TYPES])
        self.place_cum = shares([p[2] for p in PLACES])
        self.page_cum = shares(1.0 / np.arange(1, len(PAGES) + 1))
        self.hour_cum = shares(HOUR_WEIGHTS)
        self.events = [e[0] for e in EVENT_TYPES]
        self.counts = np.array([name in COUNTED_EVENTS for name in self.events])
        self.tails = [  # landing page x place, one table
            f",{page},{place[0]},{place[1]}\n" for page in PAGES for place in PLACES
        ]
        self.tags = self.make_tags()
        self.leads = self.open(
            folder / "leads.csv",
            (
                "id,created_at,company,event_type,utm_source,utm_medium,"
                "utm_campaign,utm_content,utm_term,landing_page,country,city"
            ),
        )
        self.bookings = self.open(
            folder / "bookings.csv", "id,lead_id,status,value,booked_at,completed_at"
        )
        self.spend = self.open(
            folder / "spend.csv",
            ("company,utm_source,utm_medium,utm_campaign,day,amount,impressions,clicks"),
        )

    @staticmethod
    def open(path, header):
        handle = path.open("w", encoding="utf-8", newline="\n", buffering=1 << 20)
        handle.write(header + "\n")
        return handle

    @staticmethod
    def make_tags():
        """Content x term texts; the last of each is empty."""
        contents, terms = (*CONTENTS, ""), (*TERMS, "")
        return [f",{c},{t}" for c in contents for t in terms]

    def close(self):
        for handle in (self.leads, self.bookings, self.spend):
            handle.close()

    def write_day(self, index, count):
        world = self.world
        active = np.flatnonzero((world.first <= index) & (index <= world.last))
        cumulative = shares(world.weight[active])
        # Whole day in one draw of moments, so that chunks stay ordered.
        hour = draw(self.rng, self.hour_cum, count)
        moment = hour * 3_600_000 + self.rng.integers(0, 3_600_000, count)
        moment.sort()
        moment += index * DAY_S * 1000
        for at in range(0, count, MAX_CHUNK):
            self.write_leads(moment[at : at + MAX_CHUNK], active, cumulative)
        self.write_spend(index, active, cumulative)

    def write_leads(self, moment, active, cumulative):
        world, rng, args = self.world, self.rng, self.world.args
        size = len(moment)
        campaign = active[draw(rng, cumulative, size)]
        lot = rng.random(size)
        no_utm = lot < args.no_utm
        source_only = ~no_utm & (lot < args.no_utm + args.source_only)
        attributed = ~(no_utm | source_only)
        company = np.where(no_utm, draw(rng, world.company_cum, size), world.company[campaign])
        bucket = np.where(attributed, campaign, args.campaigns + company)
        self.truth.add("leads", bucket)

        contents, terms = len(CONTENTS), len(TERMS)
        content = rng.integers(0, contents + contents // 2, size)
        content = np.where(content < contents, content, contents)
        term = rng.integers(0, terms, size)
        cpc = np.array([c[1] == "cpc" for c in CHANNELS])
        term = np.where(cpc[world.channel[campaign]], term, terms)
        tag = content * (terms + 1) + term
        tag[~attributed] = contents * (terms + 1) + terms
        tail = draw(rng, self.page_cum, size) * len(PLACES) + draw(rng, self.place_cum, size)

        texts = self.clock.texts(moment)
        utm, names = world.utm, world.companies
        utms = [utm[i] for i in campaign.tolist()]
        for i in np.flatnonzero(no_utm).tolist():
            utms[i] = ",,"
        for i in np.flatnonzero(source_only).tolist():
            utms[i] = utms[i].rpartition(",")[0] + ","
        if args.dirty:
            self.spoil(utms, np.flatnonzero(attributed & (rng.random(size) < args.dirty)))
        event = draw(rng, self.event_cum, size)
        counted = self.counts[event]
        self.truth.add("counted", bucket[counted])
        events, tags, tails = self.events, self.tags, self.tails
        first = self.next_lead
        self.leads.write(
            "".join(
                [
                    f"{i},{t},{names[c]},{events[e]},{u}{tags[g]}{tails[p]}"
                    for i, t, c, e, u, g, p in zip(
                        range(first, first + size),
                        texts,
                        company.tolist(),
                        event.tolist(),
                        utms,
                        tag.tolist(),
                        tail.tolist(),
                        strict=True,
                    )
                ]
            )
        )
        self.next_lead = first + size
        self.write_bookings(first, moment, company, bucket, counted)

    def spoil(self, utms, where):
        for i, way in zip(
            where.tolist(), self.rng.integers(0, 3, len(where)).tolist(), strict=True
        ):
            head, _, name = utms[i].rpartition(",")
            name = (name.upper(), name + " ", " " + name)[way]
            utms[i] = f"{head},{name}"

    def write_bookings(self, first, moment, company, bucket, counted):
        world, rng = self.world, self.rng
        rate = np.concatenate((world.booking_rate, world.company_booking_rate))[bucket]
        has = np.flatnonzero(rng.random(len(moment)) < rate)
        if not len(has):
            return
        times = np.minimum(rng.geometric(0.84, len(has)), 6)
        lead = np.repeat(has, times)
        size = len(lead)
        booked = moment[lead] + (rng.exponential(40 * 3600, size) * 1000).astype(np.int64)
        booked = np.minimum(booked, self.span - 1)
        status = draw(rng, shares((0.10, 0.60, 0.18, 0.12)), size)
        completed = booked + (rng.exponential(6 * DAY_S, size) * 1000).astype(np.int64)
        status[(completed >= self.span) & (status == COMPLETED)] = BOOKED
        cents = np.maximum(
            (world.ticket[company[lead]] * rng.lognormal(0, 0.4, size) * 100).astype(np.int64), 100
        )

        where = bucket[lead]
        done = status == COMPLETED
        kept = np.unique(lead[status != CANCELLED])
        finished = np.unique(lead[done])
        self.truth.add("bookings", where)
        self.truth.add("revenue", where[done], cents[done])
        self.truth.add("booked", bucket[kept])
        self.truth.add("completed", bucket[finished])
        self.truth.add("counted_booked", bucket[kept[counted[kept]]])
        self.truth.add("counted_completed", bucket[finished[counted[finished]]])
        paying = done & counted[lead]
        self.truth.add("counted_revenue", where[paying], cents[paying])

        ends = [""] * size
        for i, text in zip(
            np.flatnonzero(done).tolist(), self.clock.texts(completed[done]), strict=True
        ):
            ends[i] = text
        start = self.next_booking
        self.bookings.write(
            "".join(
                [
                    f"{i},{n},{STATUS[s]},{v // 100}.{v % 100:02d},{b},{e}\n"
                    for i, n, s, v, b, e in zip(
                        range(start, start + size),
                        (lead + first).tolist(),
                        status.tolist(),
                        cents.tolist(),
                        self.clock.texts(booked),
                        ends,
                        strict=True,
                    )
                ]
            )
        )
        self.next_booking = start + size

    def write_spend(self, index, active, cumulative):
        world, rng, args = self.world, self.rng, self.world.args
        share = np.diff(cumulative, prepend=0.0)
        paid = world.paid[active]
        which, share = active[paid], share[paid]
        size = len(which)
        expected = (
            share * args.leads * world.day_share[index] * (1 - args.no_utm - args.source_only)
        )
        cents = np.maximum(
            (expected * world.cost_per_lead[which] * rng.lognormal(0, 0.25, size) * 100).astype(
                np.int64
            ),
            50,
        )
        clicks = 1 + (cents / rng.lognormal(4.6, 0.3, size)).astype(np.int64)
        shown = (clicks * rng.lognormal(4.0, 0.3, size)).astype(np.int64)
        shown = np.maximum(shown, clicks)
        self.truth.add("spend", which, cents)
        day = self.clock.day(index)
        utm, names = world.utm, world.companies
        self.spend.write(
            "".join(
                [
                    f"{names[co]},{utm[c]},{day},{a // 100}.{a % 100:02d},{n},{k}\n"
                    for c, co, a, n, k in zip(
                        which.tolist(),
                        world.company[which].tolist(),
                        cents.tolist(),
                        shown.tolist(),
                        clicks.tolist(),
                        strict=True,
                    )
                ]
            )
        )
        self.spend_rows += size
