"""Databases of their own for processes that commit: made once, copied for each run."""

import os
import secrets
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.rollup.stress import PROJECT, SETTINGS


class Databases:
    """Copies of one migrated database, on a PostgreSQL server or as SQLite files in a folder."""

    def __init__(self, server: str, folder: Path, template: str = "") -> None:
        """`template` names one that is there: a database, or a file, without its .sqlite3."""
        self.server, self.folder = server, folder
        self.template, self.own = template, not template
        if self.own:
            self._make_template()

    def _make_template(self) -> None:
        self.template = f"stress_{secrets.token_hex(4)}"
        server = self.server
        if server:
            self._on_server(f"CREATE DATABASE {self.template}")
        subprocess.run(
            [sys.executable, "-m", "django", "migrate", "--verbosity", "0"],
            cwd=PROJECT,
            env=os.environ | {"DATABASE_URL": self._url(self.template)} | SETTINGS,
            check=True,
        )

    @contextmanager
    def copy(self):
        """The URL of a database with tables and triggers, and nothing in it; gone afterwards."""
        name = f"stress_{secrets.token_hex(4)}"
        if self.server:
            self._on_server(f"CREATE DATABASE {name} TEMPLATE {self.template}")
        else:
            shutil.copy(self._path(self.template), self._path(name))
        try:
            yield self._url(name)
        finally:
            self._drop(name)

    def drop(self):
        if self.own:
            self._drop(self.template)

    def _drop(self, name):
        if self.server:
            self._on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        else:
            for path in self.folder.glob(f"{name}.*"):
                path.unlink()

    def _url(self, name):
        if self.server:
            return urlsplit(self.server)._replace(path=f"/{name}").geturl()
        return f"sqlite:///{self._path(name)}"

    def _path(self, name):
        return self.folder / f"{name}.sqlite3"

    def _on_server(self, sql):
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(sql)
