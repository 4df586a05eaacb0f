"""A sender is killed with SIGKILL at each step: never two messages, and one as soon as it can be.

Between handing over and the answer of the mail server nobody can know whether it took the message:
there it is not sent again by itself, but shown, and sent again when a person says so.
"""

import signal

import pytest
from django.db import connection

from attribution import scope
from reports.models import Delivery
from reports.sending.delivering import send_again
from tests.processes import ended, pipe, start
from tests.reports.sending.child import POINTS, main

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.on_postgresql]
NOBODY_KNOWS = ("about to leave", "taken")
TRIED_EARLY = ("claimed", "taken")


@pytest.fixture
def database():
    if connection.vendor != "postgresql":
        pytest.skip("The database is a server that processes share.")
    return connection.settings_dict["NAME"]


@pytest.fixture
def run(database, tmp_path):
    record = tmp_path / "taken.txt"
    record.touch()

    def run(what, week=0, later=0, point=""):
        return ended(start(database, main, what, week, later, point, record))

    run.record = record
    run.taken = lambda: record.read_text().split()
    return run


def test_killed_at_each_step_it_is_sent_once(run):
    assert run("prepare") == 0
    with scope.all_companies():
        for week, point in enumerate(POINTS):
            before = run.taken()
            assert run("send", week, 0, point) == -signal.SIGKILL, point
            at_once = len(run.taken()) - len(before)
            assert at_once == (point in ("taken", "sent")), point
            if point in TRIED_EARLY:  # too early to give the dead one up
                assert run("send", week, 5) == 0
                assert len(run.taken()) - len(before) == at_once, point
            assert run("send", week, 11) == 0
            [*_, delivery] = Delivery.objects.order_by("key")
            sent = run.taken()[len(before) :]
            if point in NOBODY_KNOWS:
                assert delivery.state == Delivery.State.UNSURE, point
                assert len(sent) == (point == "taken"), point
            else:
                assert delivery.state == Delivery.State.SENT, point
                assert sent == [delivery.message_id], point
            if point == "about to leave":  # somebody has asked a recipient
                assert send_again(delivery)
                assert run("send", week, 12) == 0
                assert run.taken()[len(before) :] == [delivery.message_id]
    assert len(set(run.taken())) == len(run.taken()) == len(POINTS)


def test_two_senders_at_once_send_one(run, database):
    assert run("prepare") == 0
    processes = []
    for _ in range(2):
        ours, its = pipe()
        processes.append((start(database, main, "send", 0, 0, "", run.record, its), ours))
        its.close()
    for _process, told in processes:
        assert told.recv() == "ready"
    for _process, told in processes:
        told.send("go")
    assert sum(told.recv() for _process, told in processes) == 1
    assert [ended(process) for process, _told in processes] == [0, 0]
    assert len(run.taken()) == 1
