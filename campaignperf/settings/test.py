"""For the test suite: nothing of one's own .env, and nothing slow that proves nothing."""

import os

os.environ.setdefault("ENV_FILE", os.devnull)
os.environ.setdefault("IMPORT_WORKER", "inline")

from campaignperf.logs import logging_config
from campaignperf.settings.base import *

SECRET_KEY = "test-only-key-that-production-refuses"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
LOGGING = logging_config("WARNING", "plain")
# Pooled connections outlive a test and keep its database from being dropped.
DATABASES["default"]["OPTIONS"].pop("pool", None)
