"""For a server others can reach: everything from the environment, and no start without it."""

from campaignperf.logs import logging_config
from campaignperf.settings.base import *
from campaignperf.settings.guard import checked_hosts, checked_key, refuse_debug

refuse_debug(env.bool("DEBUG", default=False))
SECRET_KEY = checked_key(env.str("SECRET_KEY", default=""))
ALLOWED_HOSTS = checked_hosts(ALLOWED_HOSTS)

HTTPS_ONLY = env.bool("HTTPS_ONLY", default=True)
SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # a load balancer asks over plain HTTP
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000) if HTTPS_ONLY else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS_ONLY
SECURE_HSTS_PRELOAD = HTTPS_ONLY
SESSION_COOKIE_SECURE = HTTPS_ONLY
CSRF_COOKIE_SECURE = HTTPS_ONLY
X_FRAME_OPTIONS = "DENY"

# Behind the security headers and redirects, before everything that costs time.
MIDDLEWARE.insert(
    MIDDLEWARE.index("django.middleware.security.SecurityMiddleware") + 1,
    "whitenoise.middleware.WhiteNoiseMiddleware",
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "campaignperf.static_storage.HashedStaticFilesStorage"},
}
LOGGING = logging_config(LOG_LEVEL, "json")
