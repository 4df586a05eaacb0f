"""Runs everything that must hold before a change is done: `make test`, or `make check`.

Extra arguments go to pytest: `python -m tests.run -k spend`.
"""

import os
import secrets
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tests.chromium import prepare_chromium
from tests.databases import postgresql_url
from tests.shared_data import SKIPPED

PROJECT = Path(__file__).resolve().parent.parent
# Migrations take SQLite twenty seconds. PostgreSQL's database comes from them, and one of SQLite in
# a test of its own (tests/attribution/test_slots_migration.py).
AS_MODELS_SAY = ["--no-migrations"]
NOTHING_COLLECTED = 5  # pytest's exit code
LONGEST_REASON = 400

PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "campaignperf.settings.production",
    "ENV_FILE": os.devnull,
    "SECRET_KEY": secrets.token_urlsafe(60),
    "ALLOWED_HOSTS": "campaigns.example.com",
    "DATABASE_URL": "sqlite://:memory:",
}
TESTING = {"DJANGO_SETTINGS_MODULE": "campaignperf.settings.test"}
CHECKS: dict[str, tuple[list[str], dict[str, str]]] = {
    "lint": (["ruff", "check", "--output-format=concise", "."], {}),
    "format": (["ruff", "format", "--check", "--output-format=concise", "."], {}),
    "types": (["mypy"], {}),
    "migrations": (["django", "makemigrations", "--check", "--dry-run"], TESTING),
    "deployment": (["django", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
}


@dataclass(frozen=True)
class Outcome:
    """How one part went, and what to say of it at the end."""

    name: str
    passed: bool
    text: str
    failures: tuple[str, ...] = ()


def main(arguments: list[str]) -> int:
    outcomes = run_checks() if arguments == ["--checks"] else run_all(arguments)
    say("")
    for outcome in outcomes:
        say(f"{'ok    ' if outcome.passed else 'FAILED'}  {outcome.name:<22} {outcome.text}")
        for failure in outcome.failures:
            say(f"        {failure}")
    failed = sum(not outcome.passed for outcome in outcomes)
    say(f"{len(outcomes) - failed} parts passed, {failed} failed.")
    return 1 if failed else 0


def run_checks() -> list[Outcome]:
    outcomes = []
    for name, (command, environment) in CHECKS.items():
        code = run(name, [sys.executable, "-m", *command], environment)
        outcomes.append(Outcome(name, code == 0, "" if code == 0 else f"exit code {code}"))
    return outcomes


def run_all(arguments: list[str]) -> list[Outcome]:
    """Two parts at a time, the longest first: PostgreSQL beside SQLite, then what is left.

    Where Chromium has to be fetched, that is done meanwhile.
    """

    def on_postgresql() -> list[Outcome]:
        with postgresql_url() as url:
            marker = "not browser and not on_sqlite"
            return [run_pytest("tests on PostgreSQL", marker, url, arguments)]

    def on_sqlite() -> list[Outcome]:
        marker = "not browser and not on_postgresql"
        return [run_pytest("tests on SQLite", marker, "", arguments, AS_MODELS_SAY)]

    def in_browser() -> list[Outcome]:
        if not chromium.result():
            return []
        extra = [*AS_MODELS_SAY] if arguments else [*AS_MODELS_SAY, "tests/browser"]
        return [run_pytest("tests in the browser", "browser", "", arguments, extra)]

    parts: list[Callable[[], list[Outcome]]] = [on_postgresql, on_sqlite, in_browser, run_checks]
    with ThreadPoolExecutor(max_workers=1) as beside, ThreadPoolExecutor(max_workers=2) as pool:
        chromium = beside.submit(prepare_chromium)
        futures = [pool.submit(part) for part in parts]
        outcomes = [outcome for future in futures for outcome in future.result()]
    if not chromium.result():
        say("\nBROWSER TESTS DID NOT RUN: no Chromium was found and none could be installed.")
        say("Install Chromium, or name one: CHROMIUM=/path/to/chromium make test")
    return outcomes


def run_pytest(
    name: str, marker: str, database_url: str, arguments: list[str], extra: Sequence[str] = ()
) -> Outcome:
    environment = {"DATABASE_URL": database_url or "sqlite://:memory:"}
    workers = (os.cpu_count() or 2) // 2  # two parts run at once
    parallel = ["-n", str(workers)] if workers > 1 else []
    with tempfile.TemporaryDirectory() as folder:
        record = Path(folder) / "tests.xml"
        options = ["-q", "-m", marker, f"--junitxml={record}", *parallel, *extra, *arguments]
        code = run(name, [sys.executable, "-m", "pytest", *options], environment)
        if code == NOTHING_COLLECTED and arguments:
            return Outcome(name, True, "none asked for")
        if not record.exists():
            return Outcome(name, code == 0, f"exit code {code}")
        suite = next(ElementTree.parse(record).getroot().iter("testsuite"))
        return Outcome(name, code == 0, counts(suite), tuple(failures(suite)))


def failures(suite: ElementTree.Element) -> Iterator[str]:
    """Each test that failed, and why in a line: other parts' lines may stand far below its own."""
    for case in suite.iter("testcase"):
        for wrong in (*case.findall("failure"), *case.findall("error")):
            why = " ".join((wrong.get("message") or "").split())
            yield f"{case.get('classname')}.{case.get('name')}: {why[:LONGEST_REASON]}"


def counts(suite: ElementTree.Element) -> str:
    """From pytest's own record, in words."""
    total, failed, errors, skipped = (
        int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")
    )
    passed = total - failed - errors - skipped
    reasons = [node.get("message", "") for node in suite.iter("skipped")]
    missing = sum(SKIPPED in reason for reason in reasons)
    text = f"{passed} passed, {failed} failed, {errors} errors, {skipped} skipped"
    return f"{text} ({SKIPPED} for {missing} of them)" if missing else text


def run(name: str, command: list[str], environment: dict[str, str]) -> int:
    """Runs one command; each line of what it says is shown with the part's name before it."""
    say(f"[{name}] {' '.join(command[2:])}")
    process = subprocess.Popen(
        command,
        cwd=PROJECT,
        # Tests start many programs; each would compile the whole project anew.
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": ""} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    assert process.stdout is not None
    for line in process.stdout:
        say(f"[{name}] {line.rstrip()}")
    return process.wait()


def say(text: str) -> None:
    """A whole line at once, so that two parts do not write into each other's."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
