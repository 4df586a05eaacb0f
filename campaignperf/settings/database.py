"""The default database from one URL, with what each engine needs to be safe under load."""

from pathlib import Path
from typing import Any

from environ import Env


def database(env: Env, project: Path) -> dict[str, Any]:
    """`DATABASE_URL`, or SQLite beside manage.py."""
    config: dict[str, Any] = env.db("DATABASE_URL", default=f"sqlite:///{project / 'db.sqlite3'}")
    options = config.setdefault("OPTIONS", {})
    if config["ENGINE"] == "django.db.backends.sqlite3":
        options.update(sqlite_options())
    elif config["ENGINE"] == "django.db.backends.postgresql":
        # A connection that died while idle is found before a request is given it.
        config["CONN_HEALTH_CHECKS"] = True
        timeout = env.int("DATABASE_STATEMENT_TIMEOUT", default=15)
        options.update(postgresql_options(timeout, env.int("DATABASE_POOL_SIZE", default=10)))
    return config


def sqlite_options() -> dict[str, Any]:
    """Readers beside one writer, and writers that queue instead of failing with "locked".

    Without recursive triggers, INSERT OR REPLACE deletes rows and no trigger hears of it.
    """
    return {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
        " PRAGMA recursive_triggers=ON;",
    }


def postgresql_options(statement_timeout: int, pool_size: int) -> dict[str, Any]:
    """`statement_timeout` in seconds, 0 for none; `pool_size` connections a process, 0 for no pool.

    A long job lifts the limit for itself with `SET LOCAL statement_timeout = 0` in its transaction.
    """
    options: dict[str, Any] = {"connect_timeout": 5}
    if statement_timeout:
        options["options"] = f"-c statement_timeout={statement_timeout * 1000}"
    if pool_size:
        # A short reconnect_timeout: after an outage the next request tries anew at once,
        # instead of waiting for the pool's growing pauses.
        pool = {"min_size": 1, "max_size": pool_size, "timeout": 5, "reconnect_timeout": 1}
        options["pool"] = pool
    return options
