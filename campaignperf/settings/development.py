"""For one's own machine: a sample key and the local host."""

from campaignperf.settings.base import *

SECRET_KEY = "development-only-key-that-production-refuses"  # noqa: S105
DEBUG = True
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
