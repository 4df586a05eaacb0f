"""The part of a history that comes by file: rows are written, taken in, and told to the oracle."""

import csv
import io
from datetime import date, datetime, timedelta

from attribution.imports import engine
from attribution.imports.options import ImportOptions
from tests.reports import oracle
from tests.reports.raw_values import NAME_KEYS, NAMES, STATUSES


class FileSteps:
    """Steps of a `History`, which has the company, the oracle's world and the random choices."""

    def import_leads(self):
        rows = [self._lead_row() for _ in range(self.rng.randint(1, 6))]
        for number in self.world.leads:
            if self.rng.random() < 0.2:
                rows.append(self._row_of_known_lead(number))
        self._take_in("leads", rows)

    def _lead_row(self):
        given = self._captured()
        return self._with_outcome(
            {
                "id": self._number("f"),
                "received_at": given["received_at"].isoformat(),
                "kind": given["kind"],
                "utm_source": given["utm_source"],
                "utm_medium": given["utm_medium"],
                "utm_campaign": given["utm_campaign"],
                "gclid": given["click_ids"].get("gclid", ""),
                "referrer": given["referrer"],
            }
        )

    def _row_of_known_lead(self, number):
        """A lead that is here stays as it was captured, whatever the file says of it."""
        blank = dict.fromkeys(("utm_source", "utm_medium", "utm_campaign", "gclid", "referrer"), "")
        at = self.world.leads[number].at.isoformat()
        return self._with_outcome({"id": number, "received_at": at, "kind": "", **blank})

    def _with_outcome(self, row):
        if self.rng.random() < 0.5:
            return row | {"booking_status": "", "booked_at": "", "value": ""}
        at = datetime.fromisoformat(row["received_at"])
        return row | {
            "booking_status": self.rng.choice(STATUSES),
            "booked_at": (at + timedelta(minutes=30 * self.rng.randint(0, 300))).isoformat(),
            "value": self._amount(self.rng.choice((0, 5, 20_050))),
        }

    def import_bookings(self):
        rows = []
        for number in self.world.leads:
            if self.rng.random() < 0.4:
                booking = self._booking(number)
                rows.append(
                    {
                        "id": self._number("g"),
                        "lead": number,
                        "status": booking.status,
                        "booked_at": booking.at.isoformat(),
                        "value": self._amount(booking.value),
                    }
                )
        if rows:
            self._take_in("bookings", rows)

    def import_spend(self):
        rows = []
        for _ in range(self.rng.randint(1, 8)):
            impressions = self.rng.choice(("", "0", "1000"))
            rows.append(
                {
                    "campaign": self.rng.choice(NAMES),
                    "day": self._day().isoformat(),
                    "amount": self._amount(self.rng.choice((0, 1, 999, 123_456, -250))),
                    "source": self.rng.choice(("", "Google", "facebook")),
                    "medium": self.rng.choice(("", "CPC")),
                    "line": self.rng.choice(("", "agency")),
                    "impressions": impressions,
                    "clicks": impressions and str(self.rng.randint(0, 40)),
                }
            )
        # A file with two rows of the same campaign, day, source, medium and line is refused.
        keys = ("campaign", "day", "source", "medium", "line")
        self._take_in("spend", list({tuple(row[k] for k in keys): row for row in rows}.values()))

    def import_again(self):
        if self.files:
            self._take_in(*self.rng.choice(self.files))

    def _take_in(self, kind, rows):
        if (kind, rows) not in self.files:
            self.files.append((kind, rows))
        text = io.StringIO()
        writer = csv.DictWriter(text, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
        file = io.BytesIO(text.getvalue().encode())
        # 123.456 alone could be a hundred thousand: of such a file the program asks.
        options = ImportOptions(decimal_sign=".")
        outcome = engine.take_in(self.company, kind, file, f"{kind}.csv", options, None)
        assert not outcome.error_count, [error.text for error in outcome.errors]
        {"leads": self._learn_leads, "bookings": self._learn_bookings, "spend": self._learn_spend}[
            kind
        ](rows)

    def _learn_leads(self, rows):
        for row in rows:
            if row["id"] not in self.world.leads:
                raw = row["utm_source"], row["utm_medium"], row["utm_campaign"]
                at = datetime.fromisoformat(row["received_at"])
                self._receive(row["id"], at, row["kind"], raw, "", row["gclid"], row["referrer"])
            if row["booking_status"]:
                self._learn_booking("lead:" + row["id"], row["id"], row["booking_status"], row)

    def _learn_bookings(self, rows):
        for row in rows:
            self._learn_booking(row["id"], row["lead"], row["status"], row)

    def _learn_booking(self, number, lead, status, row):
        at, value = datetime.fromisoformat(row["booked_at"]), self._minor(row["value"])
        known = self.world.bookings.get(number)
        completed = (known and known.completed) or at if status == "completed" else None
        self.world.bookings[number] = oracle.Booking(lead, at, status, value, completed=completed)

    def _learn_spend(self, rows):
        """Rows of one key in one file are added up; what an earlier file said is replaced."""
        found = {}
        for row in rows:
            key = (
                date.fromisoformat(row["day"]),
                NAME_KEYS[NAMES.index(row["campaign"])],
                row["source"].lower(),
                row["medium"].lower(),
                row["line"] or "media",
                "file",
            )
            entry = found.setdefault(key, oracle.Spend(0, dict.fromkeys(oracle.COUNTS)))
            entry.amount += self._minor(row["amount"])
            for name in ("impressions", "clicks"):
                if row[name]:
                    entry.counts[name] = (entry.counts[name] or 0) + int(row[name])
        self.world.spend |= found

    def _amount(self, minor):
        """Minor units as a file writes them."""
        digits = oracle.DIGITS[self.world.currency]
        sign, text = "-" if minor < 0 else "", str(abs(minor)).zfill(digits + 1)
        return sign + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)

    def _minor(self, amount):
        return int(amount.replace(".", ""))
