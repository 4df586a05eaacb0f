"""The same request again: the same answer, and nothing stored twice."""

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from attribution import scope
from attribution.ingest import idempotency, keys
from attribution.models import Booking, Company, Lead, Refusal, RememberedAnswer
from tests.attribution.ingest.sender import Sender, code
from tests.factories import make_company

KEY = {"HTTP_IDEMPOTENCY_KEY": "order-1"}


def test_the_same_request_gets_the_same_answer_byte_for_byte(sender):
    first = sender.lead({"utm_source": "x"}, **KEY)  # without an id, so it would be another lead
    again = sender.lead({"utm_source": "x"}, **KEY)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert Lead.objects.count() == 1


def test_a_batch_and_a_refusal_are_remembered_too(sender):
    for data, kept in (({"items": [{"a": 1}, {}]}, 1), ({"b": 1}, 2)):
        answers = [sender.lead(data, HTTP_IDEMPOTENCY_KEY=f"k{kept}") for _ in range(3)]
        assert len({one.content for one in answers}) == 1
        assert len({one.status_code for one in answers}) == 1
        assert Refusal.objects.count() == kept
    assert Lead.objects.count() == 1


def test_another_request_with_the_same_key_is_409(sender):
    sender.lead({"id": "1"}, **KEY)
    for answer in (sender.lead({"id": "2"}, **KEY), sender.booking({"id": "1"}, **KEY)):
        assert (answer.status_code, code(answer)) == (409, "idempotency_conflict")
    assert Lead.objects.count() == 1


def test_each_credential_has_its_own(sender, company):
    other = Sender(Client(), keys.make(company, "server", "Other")[1])
    with scope.all_companies():
        foreign = Sender(Client(), keys.make(make_company(), "server", "Foreign")[1])
        answers = [one.lead({"utm_source": "x"}, **KEY) for one in (sender, other, foreign)]
        assert [one.status_code for one in answers] == [201, 201, 201]
        assert Lead.objects.count() == 3


def test_after_24_hours_it_is_forgotten(sender, company):
    sender.lead({"id": "1"}, **KEY)
    RememberedAnswer.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
    assert sender.lead({"id": "2"}, **KEY).status_code == 201
    assert sender.lead({"id": "2"}, **KEY).status_code == 201  # from here on it is the new one
    assert RememberedAnswer.objects.count() == 1
    RememberedAnswer.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
    assert idempotency.forget(company) == 1
    assert idempotency.forget(company) == 0
    assert sender.lead({"id": "2"}, **KEY).status_code == 200


def test_what_was_not_stored_is_not_remembered(sender, monkeypatch):
    assert sender.lead(b"{", **KEY).status_code == 400
    sender.client.raise_request_exception = False
    with monkeypatch.context() as patch:
        patch.setattr("attribution.ingest.storing.stored", lambda *args: 1 / 0)
        assert sender.lead({"id": "1"}, **KEY).status_code == 500
    assert not RememberedAnswer.objects.exists()
    assert sender.lead({"id": "1"}, **KEY).status_code == 201


@pytest.mark.parametrize("name", ["", " ", "a b", "é", "x" * 201, "\t"])
def test_a_key_that_is_none_is_400(sender, name):
    answer = sender.lead({"id": "1"}, HTTP_IDEMPOTENCY_KEY=name)
    assert (answer.status_code, code(answer)) == (400, "bad_idempotency_key")


def test_the_senders_own_words_are_not_stored(sender):
    sender.lead({"id": "1"}, HTTP_IDEMPOTENCY_KEY="jane@example.com")
    row = RememberedAnswer.objects.get()
    assert "jane" not in row.idempotency_key + row.request + row.answer


@pytest.mark.django_db(transaction=True)
@pytest.mark.on_postgresql
@pytest.mark.parametrize("headers", [KEY, {}], ids=["with a key", "by its own id"])
def test_twenty_at_once_are_one(headers):
    with scope.all_companies():
        text = keys.make(make_company(), "server", "Shop")[1]
    data = {"utm_source": "x"} if headers else {"id": "1", "utm_source": "x"}
    answers, start = [], threading.Barrier(20)

    def send():
        start.wait()
        try:
            answers.append(Sender(Client(), text).lead(data, **headers))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send) for _ in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with scope.all_companies():
        assert Lead.objects.count() == 1
    statuses = sorted(one.status_code for one in answers)
    if headers:
        assert statuses == [201] * 20
        assert len({one.content for one in answers}) == 1
    else:
        assert statuses == [200] * 19 + [201]


@pytest.mark.django_db(transaction=True)
@pytest.mark.on_postgresql
def test_statements_about_one_booking_that_cross_end_as_the_latest_says():
    with scope.all_companies():
        company = make_company()
        text = keys.make(company, "server", "Shop")[1]
    sent = [
        {"id": "b", "lead": "l", "status": status, "as_of": f"2026-03-0{n}T10:00:00Z"}
        for n, status in enumerate(("booked", "no_show", "cancelled", "completed"), 1)
    ]
    answers = []

    def send(address, data):
        try:
            answers.append(Sender(Client(), text).post(address, data).status_code)
        finally:
            connections.close_all()

    work = [("leads", {"id": "l"}), *(("bookings", one) for one in sent)]
    threads = [threading.Thread(target=send, args=one) for one in work]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert set(answers) <= {200, 201, 202}
    with scope.all_companies():
        Sender(Client(), text).booking(sent[0])  # whoever waited is heard by the next statement
        assert Booking.objects.get().status == "completed"
        assert Company.objects.count() == 1
