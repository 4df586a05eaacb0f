"""What a process does that takes in a file, and may be killed or raced. Run by
test_import_survival.
"""

import os
import signal

# Where a process dies: what of the import is called, and how often, before it does.
POINTS = {
    "reading": ("leads.LeadImporter", "staged", 700),
    "staged": ("leads.LeadImporter", "compare", 1),
    "saved": ("lead_rows.LeadRows", "save", 1),
    "recorded": ("runs", "done", 1),
}


def main(what, path, other):
    """`what` is prepare, race, whole, or one of POINTS; `other` is our end of a pipe."""
    from django.core.management import call_command

    from attribution import scope
    from attribution.imports import engine
    from attribution.imports.options import ImportOptions
    from attribution.models import Company, ImportRun

    if what == "prepare":
        call_command("create_company", "Acme", slug="acme", verbosity=0)
        return
    with scope.all_companies():
        company, run = Company.objects.get(), None
        if what == "race":
            run = ImportRun.objects.get()
            other.send("ready")
            other.recv()
        elif what in POINTS:
            die_after(*POINTS[what])
        outcome = engine.take_in(company, "leads", path, path.name, ImportOptions(), None, run)
        other.send(("already" if outcome.already else "saved", outcome.rows))


def die_after(place, name, times):
    """Replace a function of the import by itself and, after so many calls, death."""
    from importlib import import_module

    module, _, cls = place.partition(".")
    owner = import_module(f"attribution.imports.{module}")
    owner = getattr(owner, cls) if cls else owner
    real, calls = getattr(owner, name), []

    def mortal(*args, **kwargs):
        answer = real(*args, **kwargs)
        calls.append(1)
        if len(calls) == times:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(owner, name, mortal)
