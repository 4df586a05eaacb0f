"""Large files go through a worker: killed at any moment, it leaves all rows or none.

One round in the suite. docs/reliability.md says how to run twenty, with the database killed in
every other one.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from attribution import scope
from attribution.models import ImportRun
from spend.importing.saving import Saving
from spend.models import SpendEntry, SpendRevision
from tests.attribution.import_files import take_in
from tests.factories import make_campaign, make_company, make_user
from tests.shared_data import PROJECT

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.on_postgresql]

ROWS = 5_000
ROUNDS = int(os.environ.get("KILL_ROUNDS", "1"))
RESTART = os.environ.get("KILL_DATABASE", "")
State = ImportRun.State


def content(amount=1, year=2026):
    days = (f"{year}-0{1 + n % 6}-{1 + n % 28:02}" for n in range(ROWS))
    lines = "".join(
        f"{day},campaign number {n},{amount + n % 9}.50,a note of {n}\n"
        for n, day in enumerate(days)
    )
    return f"day,campaign,amount,note\n{lines}".encode()


def worker(**more):
    parts = urlsplit(os.environ["DATABASE_URL"])
    url = parts._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    return subprocess.Popen(
        [sys.executable, "-m", "django", "db_worker", "--batch", "--no-startup-delay"],
        cwd=PROJECT,
        env=os.environ
        | {
            "DATABASE_URL": url,
            "IMPORT_WORKER": "service",
            "DJANGO_SETTINGS_MODULE": "campaignperf.settings.test",
        },
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        **more,
    )


def work():
    """What a worker does, in this process."""
    for waiting in DBTaskResult.objects.ready():
        waiting.claim("test")
        waiting.set_successful(waiting.task.call(*waiting.task_result.args))


@pytest.fixture
def page(client, settings):
    settings.IMPORT_WORKER = "service"
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    with scope.all_companies():
        company = make_company(currency="EUR")
        make_campaign(company, "campaign number 1")
        client.force_login(make_user(company, "company_admin"))
    return Pages(client, company)


class Pages:
    """What a person does in the browser."""

    def __init__(self, client, company):
        self.client, self.company = client, company

    def upload(self, data):
        file = SimpleUploadedFile("large.csv", data)
        answer = self.client.post(
            reverse("admin:spend_spendentry_import"), {"company": self.company.slug, "file": file}
        )
        self.url = answer.url
        return self.look()

    def look(self):
        return self.client.get(self.url)

    def confirm(self):
        shown = self.look()
        basis = shown.context["outcome"].basis
        data = {"token": self.run.token, "basis": basis}
        return self.client.post(reverse("admin:spend_spendentry_process_import"), data)

    @property
    def run(self):
        with scope.all_companies():
            return ImportRun.objects.latest("pk")

    def silence(self):
        """As if nobody had been heard of for a while."""
        with scope.all_companies():
            long_ago = timezone.now() - timedelta(minutes=1)
            ImportRun.objects.update(alive_at=long_ago)


def entries():
    with scope.all_companies():
        return SpendEntry.objects.count()


def amount_of(entry):
    with scope.all_companies():
        return SpendEntry.objects.get(pk=entry.pk).amount_minor


def test_a_large_file_is_checked_and_saved_by_a_worker_while_its_page_waits(page):
    answer = page.upload(content())
    assert "The file is being read" in answer.content.decode()
    assert answer["Refresh"] == "2"
    work()
    answer = page.look()
    assert answer.context["outcome"].new == ROWS
    assert len(answer.content) < 300_000
    page.confirm()
    assert "waits for its turn" in page.look().content.decode()
    again = {"token": page.run.token}  # a second click
    page.client.post(reverse("admin:spend_spendentry_process_import"), again)
    work()
    assert (page.run.state, entries()) == (State.DONE, ROWS)


@pytest.mark.parametrize("is_new", [True, False], ids=["new days", "other amounts"])
def test_killed_at_any_moment_all_rows_are_there_or_none_and_it_can_be_tried_again(page, is_new):
    """Rows that are nothing but new are saved as they are read; others are compared first."""
    rng = random.Random(5)
    ends = Counter()
    for number in range(ROUNDS):
        with scope.all_companies():
            before = SpendEntry.objects.count()
            kept = SpendRevision.objects.count()
        data = content(year=2026 - number) if is_new else content(amount=1 + number)
        rows = before + ROWS if is_new or not before else before
        page.upload(data)
        began = time.monotonic()
        work()  # the check, which does nearly all that the import does
        lasts = 2 * (time.monotonic() - began)
        page.confirm()
        process = worker()
        while page.run.state == State.QUEUED and process.poll() is None:
            time.sleep(0.01)
        time.sleep(rng.uniform(0, lasts))
        if RESTART and number % 2:
            subprocess.run(RESTART, shell=True, check=True, stdout=subprocess.DEVNULL)
            connection.close()
        else:
            process.send_signal(signal.SIGKILL)
        process.wait()
        page.silence()
        page.look()
        state = page.run.state
        ends[state] += 1
        if state == State.DONE:
            assert entries() == rows
            continue
        assert entries() == before
        with scope.all_companies():
            assert SpendRevision.objects.count() == kept
        assert state == State.INTERRUPTED
        assert "interrupted" in page.look().content.decode()
        page.client.post(page.url)
        work()
        page.confirm()
        work()
        assert (page.run.state, entries()) == (State.DONE, rows)
    print(f"{ROUNDS} rounds, after which the run was: {dict(ends)}")


def test_what_somebody_changed_since_the_check_is_not_overwritten_unseen(page):
    page.upload(content())
    work()
    page.confirm()
    work()
    page.upload(content(amount=2))
    work()
    page.look()
    confirmed = {
        "token": page.run.token,
        "basis": page.look().context["outcome"].basis,
    }
    with scope.all_companies():
        entry = SpendEntry.objects.order_by("pk").first()
        entry.amount_minor = 77_700
        entry.save()
    page.client.post(reverse("admin:spend_spendentry_process_import"), confirmed)
    work()
    answer = page.look()
    assert "Somebody has changed" in answer.content.decode()
    assert "€777.00 → €2.50" in " ".join(c.text for c in answer.context["outcome"].changes)
    assert amount_of(entry) == 77_700
    page.confirm()
    work()
    assert (page.run.state, amount_of(entry)) == (State.DONE, 250)


def test_nobody_changes_an_entry_between_its_comparison_and_its_change(monkeypatch):
    """Else the import would overwrite what it has not seen."""
    with scope.all_companies():
        company = make_company(currency="EUR")
        take_in(company, "spend", "day,campaign,amount\n2026-03-01,a,5\n")
        entry, beside, refused = SpendEntry.objects.get(), connection.copy(), []
        save = Saving.save

        def interrupted(self):
            with beside.cursor() as cursor:
                try:
                    cursor.execute(
                        "SELECT 1 FROM spend_spendentry WHERE id = %s FOR UPDATE NOWAIT", [entry.pk]
                    )
                except OperationalError:
                    refused.append(entry.pk)
            return save(self)

        monkeypatch.setattr(Saving, "save", interrupted)
        take_in(company, "spend", "day,campaign,amount\n2026-03-01,a,6\n")
        beside.close()
    assert refused == [entry.pk]
