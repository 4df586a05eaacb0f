"""A form that is sent twice at once: one lead and its follow-up, whoever is first."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from attribution import scope
from attribution.capture import doors, store
from attribution.capture.doors import Door
from attribution.models import Lead
from tests.attribution.judging.sent import item
from tests.factories import make_company

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.django_db(transaction=True)
def test_two_forms_of_a_person_at_once():
    if connection.vendor != "postgresql":
        pytest.skip("about postgresql alone: SQLite has one writer at a time")
    with scope.all_companies():
        company = make_company()
        together = threading.Barrier(2)

        def send(number):
            with scope.all_companies():
                try:
                    together.wait(timeout=30)
                    moment = NOW + timedelta(milliseconds=number)
                    door = Door(doors.API, moment)
                    lead = item(id=f"sent-{number}", email="anna@berg.de", received_at=None)
                    store.take_leads(company, door, [lead])
                finally:
                    connection.close()

        for first in range(0, 10, 2):
            Lead.objects.filter(company=company).update(person_email="")
            threads = [threading.Thread(target=send, args=(first + n,)) for n in range(2)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            found = Lead.objects.filter(company=company).exclude(person_email="")
            kinds = sorted(found.values_list("kind", flat=True))
            assert kinds == ["follow_up", "primary"]
