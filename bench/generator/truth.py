"""The true totals of each campaign, counted while the files are written."""

import csv

import numpy as np


class Truth:
    def __init__(self, world):
        size = world.args.campaigns + world.args.companies
        self.size = size
        self.leads = np.zeros(size, np.int64)
        self.booked = np.zeros(size, np.int64)
        self.completed = np.zeros(size, np.int64)
        self.bookings = np.zeros(size, np.int64)
        self.revenue = np.zeros(size, np.int64)  # cents
        self.spend = np.zeros(size, np.int64)
        # Of leads that a report counts: no follow-ups, tests, bots or blocked ones.
        self.counted = np.zeros(size, np.int64)
        self.counted_booked = np.zeros(size, np.int64)
        self.counted_completed = np.zeros(size, np.int64)
        self.counted_revenue = np.zeros(size, np.int64)  # cents

    def add(self, name, buckets, cents=None):
        target = getattr(self, name)
        if cents is None:
            target += np.bincount(buckets, minlength=self.size)
        else:  # float sums of whole cents are exact below 2**53
            target += np.bincount(buckets, weights=cents, minlength=self.size).astype(np.int64)

    def write(self, path, world):
        with path.open("w", newline="", encoding="utf-8") as handle:
            out = csv.writer(handle, lineterminator="\n")
            out.writerow(
                (
                    "company",
                    "utm_source",
                    "utm_medium",
                    "utm_campaign",
                    "first_day",
                    "last_day",
                    "leads",
                    "booked_leads",
                    "completed_leads",
                    "bookings",
                    "revenue",
                    "spend",
                    "counted_leads",
                    "counted_booked",
                    "counted_completed",
                    "counted_revenue",
                )
            )
            count = world.args.campaigns
            for i in range(self.size):
                if i < count:
                    head = (
                        world.companies[world.company[i]],
                        *world.utm[i].split(","),
                        world.day(world.first[i]),
                        world.day(world.last[i]),
                    )
                else:
                    head = (world.companies[i - count], "", "", "", "", "")
                out.writerow(
                    (
                        *head,
                        self.leads[i],
                        self.booked[i],
                        self.completed[i],
                        self.bookings[i],
                        f"{self.revenue[i] / 100:.2f}",
                        f"{self.spend[i] / 100:.2f}",
                        self.counted[i],
                        self.counted_booked[i],
                        self.counted_completed[i],
                        f"{self.counted_revenue[i] / 100:.2f}",
                    )
                )
