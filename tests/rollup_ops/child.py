"""What a process does that rebuilds sums, and may be killed. Run by test_rebuild."""

import os
import signal

# Where a process dies: what of the rebuild is called, and how often, before it does. A month
# has two books, and the second month is not to be done.
POINTS = {
    "begun": ("_begin", 1),
    "stored": ("_replace", 3),
}


def main(what):
    """`what` is prepare, damage, whole, or one of POINTS."""
    from django.db import connection

    from attribution import scope
    from attribution.models import Company
    from reports.models import RollupState
    from reports.rollup.rebuild import rebuild
    from reports.rollup.refresh import refresh
    from tests.factories import make_company
    from tests.rollup_ops.conftest import fill

    with scope.all_companies():
        if what == "prepare":
            company = make_company(name="Acme", slug="acme")
            fill(company)
            refresh(company.pk)
            return
        company = Company.objects.get()
        if what == "damage":
            RollupState.objects.create(company=company, ready=False)
            with connection.cursor() as cursor:
                for table in ("rollup_day", "rollup_month", "rollup_ledger", "rollup_spend_day"):
                    cursor.execute(f"DELETE FROM {table}")
            return
        if what in POINTS:
            die_after(*POINTS[what])
        rebuild(company.pk)


def die_after(name, times):
    """Replace a function of the rebuild by itself and, after so many calls, death."""
    from reports.rollup import rebuild as module

    real, calls = getattr(module, name), []

    def mortal(*args, **kwargs):
        answer = real(*args, **kwargs)
        calls.append(1)
        if len(calls) == times:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(module, name, mortal)
