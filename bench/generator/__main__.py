"""Write a deterministic, realistic lead / booking / spend data set as CSV.

The files are made for benchmarks and for reconciliation tests: they look
like two years of a lead business (growth, weekly and daily rhythm, a long
tail of campaigns, leads without any UTM value, several bookings for one
lead) and they come with the true totals, counted while writing.

Usage:
    python -m bench.generator --leads 1000000 --out data/1m
    python -m bench.generator --leads 100000 --out data/100k --seed 7 --dirty 0.02

Needs Python >= 3.11 and numpy.  The same arguments and the same numpy
version give the same bytes.  Rows are written day by day, so memory does
not grow with --leads.

leads.csv, ordered by created_at, id ascending from 1
    id            integer
    created_at    ISO 8601, milliseconds, always +00:00
    company       slug of the advertiser, "co-001" (Zipf, --companies)
    event_type    primary, follow_up, hot, test, bot, vpn, blocked, suspicious
    utm_source    "" where the lead has no UTM at all (--no-utm share)
    utm_medium    likewise
    utm_campaign  likewise; also "" for --source-only of the leads, which
                  carry source and medium but no campaign
    utm_content   "" for about a third of the leads that have a campaign
    utm_term      "" unless the medium is cpc
    landing_page  path, without query string
    country       ISO 3166 alpha-2
    city          English name

    A campaign is (company, utm_source, utm_medium, utm_campaign); names are
    unique over the whole file.  --dirty turns that share of campaign names
    into what people really paste: upper case, or a space at either end.
    lower(trim(utm_campaign)) restores the name.

bookings.csv, ordered by lead_id, id ascending from 1 (0 to 6 for a lead)
    id            integer
    lead_id       integer
    status        booked, completed, cancelled, no_show
    value         decimal, 2 places
    booked_at     ISO 8601, never before the lead's created_at
    completed_at  ISO 8601 where status is completed, else ""

spend.csv, ordered by day: one row for a paid campaign and a day on which
it ran (unpaid: a quarter of the campaigns, medium email / organic / referral)
    company, utm_source, utm_medium, utm_campaign
    day           ISO date
    amount        decimal, 2 places
    impressions   integer
    clicks        integer

truth.csv, one row for each campaign, plus one row for each company with an
empty utm_campaign (the unattributed bucket); sums over the whole span
    company, utm_source, utm_medium, utm_campaign, first_day, last_day
    leads              leads of any event type
    booked_leads       leads with at least one booking that is not cancelled
    completed_leads    leads with at least one completed booking
    bookings           bookings of any status
    revenue            sum of value over completed bookings
    spend              sum of amount
    counted_leads, counted_booked, counted_completed, counted_revenue
                       the same of leads that a report counts (event type
                       primary, hot, vpn or suspicious)

Days and the buckets of truth.csv are UTC days.
"""

import argparse
import datetime as dt
import sys
import time
from pathlib import Path

import numpy as np

from bench.generator.world import World
from bench.generator.writer import Writer


def parse_args(argv=None):
    parser = argparse.ArgumentParser(
        description="Write leads.csv, bookings.csv, spend.csv, truth.csv.",
        epilog="The columns are described at the top of this file.",
    )
    parser.add_argument("--leads", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True, help="folder, made if missing")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=dt.date.fromisoformat, default=dt.date(2024, 1, 1))
    parser.add_argument(
        "--days", type=int, default=731, help="default 731: 24 months from 2024-01-01"
    )
    parser.add_argument("--campaigns", type=int, default=2000)
    parser.add_argument("--companies", type=int, default=40)
    parser.add_argument(
        "--zipf", type=float, default=1.05, help="exponent of the campaigns' size distribution"
    )
    parser.add_argument(
        "--no-utm", type=float, default=0.18, help="share of leads without any UTM value"
    )
    parser.add_argument(
        "--source-only", type=float, default=0.03, help="share with source and medium, no campaign"
    )
    parser.add_argument(
        "--dirty", type=float, default=0.0, help="share of badly typed campaign names"
    )
    parser.add_argument(
        "--booking-rate", type=float, default=0.24, help="mean share of leads with a booking"
    )
    args = parser.parse_args(argv)
    if args.leads < 0 or min(args.days, args.campaigns, args.companies) < 1:
        parser.error("counts must be positive")
    for name in ("no_utm", "source_only", "dirty", "booking_rate"):
        if not 0 <= getattr(args, name) < 1:
            parser.error(f"--{name.replace('_', '-')} must be in [0, 1)")
    if args.no_utm + args.source_only >= 1:
        parser.error("--no-utm and --source-only leave no campaign leads")
    return args


def main(argv=None):
    args = parse_args(argv)
    begin = time.perf_counter()
    args.out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(args.seed)
    world = World(args, rng)
    counts = rng.multinomial(args.leads, world.day_share)
    writer = Writer(world, rng, args.out)
    for index, count in enumerate(counts.tolist()):
        writer.write_day(index, count)
    writer.close()
    writer.truth.write(args.out / "truth.csv", world)
    took = time.perf_counter() - begin
    print(
        f"{writer.next_lead - 1} leads, {writer.next_booking - 1} bookings, "
        f"{writer.spend_rows} spend rows in {took:.1f} s "
        f"({args.leads / max(took, 1e-9):,.0f} leads/s)",
        file=sys.stderr,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
