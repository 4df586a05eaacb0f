"""Settings common to every way of running; values that differ come from the environment."""

from pathlib import Path

from environ import Env

from campaignperf.logs import logging_config
from campaignperf.settings.database import database

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = Env()
Env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".env")))

DEBUG = False
# Former keys, whose signatures and digests are still honoured.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "campaignperf.apps.CampaignPerfAdminConfig",
    "reports",
    "spend",
    "attribution",
    "django_tasks",
    "django_tasks_db",
    "import_export",
    "django_tables2",
    "django_filters",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
MIDDLEWARE = [
    # Outermost, so that every answer carries the headers, errors included.
    "campaignperf.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "campaignperf.middleware.refuse_large_requests",
    "campaignperf.middleware.refuse_unreadable_text",
    "campaignperf.middleware.answer_programs",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "campaignperf.middleware.keep_answers_private",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "attribution.middleware.CompanyScopeMiddleware",
]
ROOT_URLCONF = "campaignperf.urls"
WSGI_APPLICATION = "campaignperf.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {"default": database(env, BASE_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# SQLite keeps an index without its extra columns, and would say so at each migrate.
SILENCED_SYSTEM_CHECKS = ["models.W040"]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"  # companies have zones of their own; the server keeps instants
USE_I18N = True
FORMAT_MODULE_PATH = "campaignperf.formats"  # before the formats of Django
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles"))

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = logging_config(LOG_LEVEL, "plain")

# What may come in through the browser. Commands on the server's own files have no such limits.
UPLOAD_MAX_BYTES = env.int("UPLOAD_MAX_MB", default=10) * 1024 * 1024
IMPORT_MAX_ROWS = env.int("IMPORT_MAX_ROWS", default=100_000)
IMPORT_MAX_COLUMNS = env.int("IMPORT_MAX_COLUMNS", default=100)
IMPORT_MAX_UNPACKED_BYTES = env.int("IMPORT_MAX_UNPACKED_MB", default=100) * 1024 * 1024
IMPORT_MAX_COMPRESSION = 100  # unpacked size over packed size
# Who takes large files in: "spawn" starts a worker when there is something to do, "service" leaves
# it to one that runs for good (manage.py db_worker), "inline" lets the request wait.
IMPORT_WORKER = env.str("IMPORT_WORKER", default="spawn")
_QUEUES = {"inline": "django_tasks.backends.immediate.ImmediateBackend"}
TASKS = {"default": {"BACKEND": _QUEUES.get(IMPORT_WORKER, "django_tasks_db.DatabaseBackend")}}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # a form without its files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000

# A file that says where IP addresses lie (.mmdb); empty: leads say where they are, or nobody does.
GEOIP_DATABASE = env.str("GEOIP_DATABASE", default="")

# Seconds that a report may count before the page says that it took too long; 0: no limit.
REPORT_SECONDS = env.int("REPORT_SECONDS", default=10)

# What may come in over HTTP from other programs (/api/): a body, and events a minute of each key
# and of each visitor of a browser's key; 0: no limit. Each server process gives out its share.
INGEST_MAX_BYTES: int = env.int("INGEST_MAX_MB", default=8) * 1024 * 1024
INGEST_PER_MINUTE = env.int("INGEST_PER_MINUTE", default=60_000)
INGEST_VISITOR_PER_MINUTE = env.int("INGEST_VISITOR_PER_MINUTE", default=60)
# Requests a minute of each key that reads (/api/v1/report and others); 0: no limit.
READ_PER_MINUTE = env.int("READ_PER_MINUTE", default=600)
INGEST_PROCESSES: int = max(1, env.int("WEB_CONCURRENCY", default=1))
# Addresses or networks of our own proxies: from these alone X-Forwarded-For is heard.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
# Django's packages for interfaces, without their pages, users and sessions. They are no installed
# apps: that would bring only templates and scripts, which we do not serve.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": None,
}

# What is sent by itself. Without EMAIL_HOST no mail goes out, and the pages say so.
EMAIL_HOST = env.str("EMAIL_HOST", default="")
EMAIL_PORT = env.int("EMAIL_PORT", default=587)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=True)  # STARTTLS
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="campaigns@localhost")
# Where people reach the program, for links in what is sent: https://campaigns.example.com
SITE_URL: str = env.str("SITE_URL", default="").rstrip("/")
# Where messages to Slack may go: hosts of incoming webhooks.
SLACK_HOSTS = env.list("SLACK_HOSTS", default=["hooks.slack.com", "hooks.slack-gov.com"])

# What may go out in one page.
PAGE_ROWS = 50
PAGE_ROWS_MAX = 200
