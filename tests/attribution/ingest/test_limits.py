"""How much each key may send, and what happens beyond."""

import pytest
from django.test import Client

from attribution.ingest import keys, limits
from attribution.ingest.throttling import Buckets
from attribution.models import DeliveryCount, IngestKey, Lead
from tests.attribution.ingest.sender import Sender, code


def test_beyond_its_minute_a_key_waits_and_no_other_does(sender, company):
    IngestKey.objects.update(per_minute=3)
    other = Sender(Client(), keys.make(company, "server", "Other", per_minute=3)[1])
    statuses = [sender.lead({"id": str(n)}).status_code for n in range(5)]
    assert statuses == [201, 201, 201, 429, 429]
    answer = sender.lead({"id": "5"})
    assert code(answer) == "too_many"
    assert 15 <= int(answer["Retry-After"]) <= 20  # one every 20 seconds
    assert other.lead({"id": "6"}).status_code == 201
    assert Lead.objects.count() == 4


def test_answers_of_429_are_counted_in_few_writes(sender):
    IngestKey.objects.update(per_minute=1)
    for n in range(6):
        sender.lead({"id": str(n)})
    assert DeliveryCount.objects.get().number == 1  # the first at once, the others in a while
    limits.OVER._written.clear()
    sender.lead({"id": "x"})
    count = DeliveryCount.objects.get()
    assert (count.what, count.number) == ("over_rate", 6)


def test_a_batch_counts_its_items_and_leaves_a_debt(sender):
    IngestKey.objects.update(per_minute=6)
    assert sender.leads([{"id": str(n)} for n in range(12)]).status_code == 200
    answer = sender.lead({"id": "x"})
    assert answer.status_code == 429
    assert 60 <= int(answer["Retry-After"]) <= 70  # six too many, and one more


def test_nought_is_no_limit(sender, settings):
    settings.INGEST_PER_MINUTE = 2
    assert [sender.lead({"id": str(n)}).status_code for n in range(3)] == [201, 201, 429]
    IngestKey.objects.update(per_minute=0)
    assert {sender.lead({"id": f"a{n}"}).status_code for n in range(5)} == {201}


def test_processes_share_the_limit(sender, settings):
    settings.INGEST_PROCESSES = 2
    IngestKey.objects.update(per_minute=4)
    assert [sender.lead({"id": str(n)}).status_code for n in range(3)] == [201, 201, 429]


def test_a_bucket_fills_with_time_and_never_beyond_its_minute():
    buckets = Buckets()
    for n in range(60):
        assert buckets.wait("a", 60, 0) == 0, n
        buckets.take("a", 60, 1, 0)
    assert buckets.wait("a", 60, 0) == 1
    assert buckets.wait("a", 60, 0.5) == pytest.approx(0.5)
    assert buckets.wait("a", 60, 1) == 0
    assert buckets.wait("b", 60, 0) == 0
    buckets.take("a", 60, 60, 10_000)
    assert buckets.wait("a", 60, 10_000) == 1


def test_a_clock_that_stands_gives_nothing_away():
    buckets = Buckets()
    buckets.take("a", 1, 1, 100)
    assert buckets.wait("a", 1, 50) == 60


def test_a_forgotten_bucket_is_one_that_was_not_used_for_longest(monkeypatch):
    monkeypatch.setattr("attribution.ingest.throttling.MOST_BUCKETS", 2)
    buckets = Buckets()
    for name in ("a", "b", "a", "c"):
        buckets.take(name, 1, 1, 0)
    assert buckets.wait("a", 1, 0) == 120
    assert buckets.wait("b", 1, 0) == 0
