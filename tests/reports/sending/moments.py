"""The instant from which the digests of these tests are due."""

from datetime import datetime
from zoneinfo import ZoneInfo

# Weeks later it is eight o'clock again, though the clocks go back on 25 October.
FIRST = datetime(2026, 10, 12, 8, tzinfo=ZoneInfo("Europe/Berlin"))
