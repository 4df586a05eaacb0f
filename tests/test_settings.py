"""Production starts only when it is safe; each engine gets what keeps it safe under load."""

import json
import logging
import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest
from environ import Env

from campaignperf.logs import JsonFormatter
from campaignperf.settings.database import database

PROJECT = Path(__file__).resolve().parent.parent
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "campaignperf.settings.production",
    "ENV_FILE": os.devnull,
    "SECRET_KEY": secrets.token_urlsafe(60),
    "ALLOWED_HOSTS": "campaigns.example.com",
    "DATABASE_URL": "sqlite://:memory:",
}


def django(*command, **environment):
    return subprocess.run(
        [sys.executable, "-m", "django", *command],
        cwd=PROJECT,
        env=os.environ | PRODUCTION | environment,
        capture_output=True,
        text=True,
    )


def test_production_passes_the_deployment_check_without_a_warning():
    done = django("check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set."),
        ({"SECRET_KEY": "sample-key-change-me"}, "SECRET_KEY is a sample"),
        ({"SECRET_KEY": "development-only-key-that-production-refuses"}, "SECRET_KEY is a sample"),
        ({"SECRET_KEY": "django-insecure-" + "x1y2z3" * 9}, "SECRET_KEY is a sample"),
        ({"SECRET_KEY": "short-but-mixed-4711"}, "SECRET_KEY is too easy to guess"),
        ({"SECRET_KEY": "ab" * 30}, "SECRET_KEY is too easy to guess"),
        ({"DEBUG": "true"}, "DEBUG is on"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must name the hosts"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the hosts"),
    ],
)
def test_production_refuses_to_start(environment, sentence):
    done = django("check", **environment)
    assert done.returncode != 0
    assert sentence in done.stderr


def test_the_sample_environment_file_does_not_start_production():
    done = django(
        "check", ENV_FILE=str(PROJECT / ".env.example"), SECRET_KEY="sample-key-change-me"
    )
    assert "SECRET_KEY is a sample" in done.stderr


def test_static_files_are_collected_with_a_hash_in_their_names(tmp_path):
    done = django("collectstatic", "--noinput", STATIC_ROOT=str(tmp_path))
    assert done.returncode == 0, done.stderr
    names = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    assert names["admin/css/base.css"] != "admin/css/base.css"
    assert not list(tmp_path.rglob("*.br"))
    assert list(tmp_path.rglob("*.gz"))


def config(monkeypatch, **environment):
    for name in ("DATABASE_URL", "DATABASE_POOL_SIZE", "DATABASE_STATEMENT_TIMEOUT"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return database(Env(), Path("/srv/app"))


def test_sqlite_is_the_default_and_its_writers_queue(monkeypatch):
    found = config(monkeypatch)
    assert (found["ENGINE"], found["NAME"]) == ("django.db.backends.sqlite3", "/srv/app/db.sqlite3")
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert found["OPTIONS"]["timeout"] == 20
    assert "journal_mode=WAL" in found["OPTIONS"]["init_command"]


def test_postgresql_has_a_pool_and_a_statement_timeout(monkeypatch):
    found = config(monkeypatch, DATABASE_URL="postgres://ann:p%40ss@db.example:5433/campaigns")
    assert (found["USER"], found["PASSWORD"], found["PORT"]) == ("ann", "p@ss", 5433)
    assert found["OPTIONS"]["options"] == "-c statement_timeout=15000"
    assert found["OPTIONS"]["pool"]["max_size"] == 10
    assert found["CONN_HEALTH_CHECKS"]


def test_postgresql_over_a_socket_without_pool_or_timeout(monkeypatch):
    found = config(
        monkeypatch,
        DATABASE_URL="postgresql://postgres:@/campaigns?host=/run/postgresql",
        DATABASE_POOL_SIZE="0",
        DATABASE_STATEMENT_TIMEOUT="0",
    )
    assert found["OPTIONS"] == {"host": "/run/postgresql", "connect_timeout": 5}


def test_a_log_line_is_one_json_object_with_the_callers_fields():
    record = logging.LogRecord("reports", logging.ERROR, "", 1, "off by %d", (3,), None)
    record.company = "acme\nline"
    line = JsonFormatter().format(record)
    assert "\n" not in line
    entry = json.loads(line)
    assert (entry["level"], entry["logger"], entry["message"]) == ("ERROR", "reports", "off by 3")
    assert entry["company"] == "acme\nline"


def test_a_logged_exception_stays_on_its_line():
    try:
        raise ValueError("amount 12,50")
    except ValueError:
        record = logging.LogRecord("spend", logging.ERROR, "", 1, "failed", (), sys.exc_info())
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert "ValueError: amount 12,50" in json.loads(line)["exception"]
