"""What a process does that sends digests, and dies in the middle. Run by test_sending_survival."""

import os
import signal
from datetime import timedelta
from pathlib import Path

from tests.reports.sending.moments import FIRST

# Where a process dies: the function, in or after which it does.
POINTS = {
    "planned": ("reports.sending.digests", "_plan", "after"),
    "claimed": ("reports.sending.delivering", "_claim", "after"),
    "made": ("reports.sending.digests", "ready", "after"),
    "connected": ("tests.reports.sending.child.Recorder", "open", "after"),
    "about to leave": ("tests.reports.sending.child.Recorder", "send_messages", "before"),
    "taken": ("tests.reports.sending.child.Recorder", "send_messages", "after"),
    "sent": ("reports.sending.delivering", "_finish", "after"),
}


class Recorder:
    """A mail server that writes down what it has taken."""

    path: Path

    def open(self):
        return True

    def close(self):
        pass

    def send_messages(self, messages):
        with self.path.open("a") as file:
            for message in messages:
                file.write(f"{message.extra_headers['Message-ID']}\n")
        return len(messages)


def main(what, week, later, point, path, other=None):
    """`prepare`, or `send` in a week, so many minutes after eight, and die at the point, if any."""
    import time_machine
    from django.conf import settings

    from attribution import scope
    from attribution.models import Company
    from reports.sending import transport
    from reports.sending.rounds import send_due

    settings.EMAIL_HOST = "mail.example.org"
    Recorder.path = path
    transport.get_connection = lambda **more: Recorder()
    now = FIRST + timedelta(weeks=week, minutes=later)
    with time_machine.travel(now, tick=False), scope.all_companies():
        if what == "prepare":
            prepare()
            return
        if point:
            die(*POINTS[point])
        if other:
            other.send("ready")
            other.recv()
        sent = send_due(Company.objects.get())
        if other:
            other.send(sent)


def prepare():
    from reports.models import SavedView
    from tests.factories import make_company, make_user
    from tests.reports.sending.conftest import subscribe

    company = make_company(timezone="Europe/Berlin")
    owner = make_user(company, "owner", email="olga@example.org")
    view = SavedView.objects.create(company=company, name="Mondays", state="", owner=owner)
    subscribe(view, since=FIRST)


def die(place, name, when):
    """Replace a function by itself and death, before or after it has done its work."""
    from importlib import import_module

    module, _, cls = place.rpartition(".")
    owner = getattr(import_module(module), cls)  # a module is one of its package, too
    real = getattr(owner, name)

    def mortal(*args, **kwargs):
        if when == "after":
            real(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, mortal)
