"""For timings: as in production, on this machine alone."""

from campaignperf.settings.base import *

SECRET_KEY = "a key for timings on one's own machine, never for a server"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
LOG_LEVEL = "WARNING"
