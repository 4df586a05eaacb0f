"""Three clicks at once on "Import": the rows go in once, on both engines."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from attribution import scope
from attribution.imports import jobs
from attribution.models import ImportRun, Lead
from tests.factories import make_company, make_user

ROUNDS = 20
ROWS = 30
CLICKS = 3


@pytest.fixture
def threads(transactional_db, tmp_path, monkeypatch):
    """Threads with connections of their own. SQLite in memory has but one: they get a file."""
    if connection.vendor == "sqlite":
        file = tmp_path / "db.sqlite3"
        connection.ensure_connection()
        with sqlite3.connect(file) as copy:
            connection.connection.backup(copy)
        copy.close()
        # A dictionary of its own: the connection of this thread must still know that it is in
        # memory, or it is closed after the test, and the tables are gone for the tests to come.
        there = connections.settings["default"] | {"NAME": str(file)}
        monkeypatch.setitem(connections.settings, "default", there)
    with ThreadPoolExecutor(CLICKS) as pool:
        yield pool


def closing(work, *args):
    try:
        with scope.all_companies():
            return work(*args)
    finally:
        connection.close()


def upload(number):
    """A file of leads by a new owner, waiting for confirmation."""
    company = make_company()
    owner = make_user(company, "owner")
    client = Client()
    client.force_login(owner)
    lines = "".join(f"L{n},2026-03-01,c{n % 3}\n" for n in range(ROWS))
    file = SimpleUploadedFile("a.csv", f"id,received_at,utm_campaign\n{lines}".encode())
    said = {"company": company.slug, "file": file, "day_order": "ymd", "decimal_sign": "."}
    client.post(reverse("admin:attribution_lead_import"), said)
    return company, client.cookies, ImportRun.objects.get(company=company).token


def click(cookies, token, together):
    client = Client(raise_request_exception=False)
    client.cookies = cookies.copy()
    together.wait(timeout=30)
    url = reverse("admin:attribution_lead_process_import")
    answer = client.post(url, {"token": token}, follow=True)
    return answer.status_code, "was already imported" in answer.content.decode()


def found(company):
    run = ImportRun.objects.get(company=company)
    return Lead.objects.filter(company=company).count(), run.state, run.new


def test_three_clicks_at_once_import_once(threads):
    for number in range(ROUNDS):
        company, cookies, token = threads.submit(closing, upload, number).result()
        together = Barrier(CLICKS)
        clicks = [threads.submit(closing, click, cookies, token, together) for _ in range(CLICKS)]
        answers = [one.result() for one in clicks]
        assert [status for status, _ in answers] == [200] * CLICKS
        assert sum(already for _, already in answers) == CLICKS - 1
        assert threads.submit(closing, found, company).result() == (ROWS, "done", ROWS)


def test_a_click_whose_file_has_just_gone_with_another_is_told(db, monkeypatch):
    """The other one took the file in after this one had looked up the run."""
    with scope.all_companies():
        _company, cookies, token = upload(0)

        def taken_meanwhile(run):
            ImportRun.objects.filter(pk=run.pk).update(state="done", finished_at=timezone.now())

        monkeypatch.setattr(jobs, "content", taken_meanwhile)
        together = Barrier(1)
        assert click(cookies, token, together) == (200, True)
