"""Spend of an import meets the campaigns that were made while it ran.

On PostgreSQL neither sees the other until both are saved. So an import leaves word, with its rows,
of the campaigns that it knew; when it is saved it looks for others. Where it cannot, because it has
waited too long or was killed, the next tick finds what it has left.
"""

import logging

from django.db import DatabaseError, transaction
from django.db.models import QuerySet

from attribution import scope
from attribution.imports import runs
from attribution.imports.outcome import Outcome
from attribution.models import Campaign, Company, ImportRun
from attribution.repair import law, locking
from attribution.signals import facts_changed
from spend import matching

KNOWN = "campaigns_known"  # what is left with a run: these are not looked for
# Captures queue up behind who waits, and the tick comes again every minute.
SHORTLY = "1s"

logger = logging.getLogger(__name__)


def leave(outcome: Outcome, known: frozenset[int]) -> None:
    """Before the rows are saved. `known`: the campaigns that all of them have been asked for."""
    outcome.left[KNOWN] = sorted(known)


def meet(company: Company, wait: str) -> int:
    """Let the spend of all imports that have left it meet their new campaigns; returns how many
    imports that were. Raises Busy.

    Whoever makes a campaign shares the lock that is taken here, so none is under way unseen.
    """
    if not _waiting(company).exists():
        return 0
    with transaction.atomic():
        company = locking.repairing(company.pk, wait)
        # Asked again: who had the lock before has perhaps done it.
        waiting = list(_waiting(company).select_for_update(no_key=True))
        if not waiting:
            return 0
        known = set.intersection(*(set(run.report[runs.LEFT_KEY][KNOWN]) for run in waiting))
        keys = [key for key, campaign in law.keys(company).items() if campaign not in known]
        if keys:
            matching.match_anew(company, keys)
            facts_changed.send(sender=Campaign, company_id=company.pk)
        for run in waiting:
            runs.nothing_left(run)
    return len(waiting)


def meet_after_import(company: Company) -> None:
    """What cannot be had is only logged: the entries are saved, and wait for the next tick."""
    try:
        with scope.company_scope([company.pk]):
            meet(company, locking.WAIT)
    except (locking.Busy, DatabaseError) as error:
        _say(company, error)


def meet_left(company: Company) -> int:
    """What imports have left; while another one is being saved, that waits for the next tick."""
    try:
        return meet(company, SHORTLY)
    except locking.Busy as error:
        _say(company, error)
        return 0


def _say(company: Company, error: Exception) -> None:
    logger.warning(
        "Spend of company %s has not met its new campaigns; the next tick tries again. (%s)",
        company.pk,
        error,
    )


def _waiting(company: Company) -> QuerySet[ImportRun]:
    return runs.with_work_left(company, ImportRun.Kind.SPEND)
