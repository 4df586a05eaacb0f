"""Who waits for whom: a repair waits for captures under way, and captures for a repair.

One lock a company: captures share it, a repair has it alone, so no lead is stored by a rule that
is just being changed. A repair also takes the company's row, as imports do, so neither two repairs
nor a repair and an import run beside each other. On SQLite there is one writer anyway.
"""

from django.db import OperationalError, connection

from attribution.models import Company
from attribution.prepared import Statement

NAMESPACE = 0x72657061  # "repa": beside ours other parts of the program take advisory locks
WAIT = "5s"
LOCK_NOT_AVAILABLE = "55P03"


class Busy(Exception):  # noqa: N818 - reads as what is the matter
    """Something else of this company is being saved; nothing was changed."""


def capturing(company_id: int) -> None:
    """Until the end of the transaction no repair of the company is made."""
    _lock("pg_advisory_xact_lock_shared", company_id)


def capture(company_id: int) -> list[Statement]:
    """The same to be asked before others; none where there is nothing to ask."""
    return _statement("pg_advisory_xact_lock_shared", company_id)


def repairing(company_id: int, wait: str = WAIT) -> Company:
    """The company, held alone until the end of the transaction. Raises Busy."""
    try:
        _set("lock_timeout", wait)
        company = Company.objects.select_for_update(no_key=True).get(pk=company_id)
        _lock("pg_advisory_xact_lock", company_id)
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != LOCK_NOT_AVAILABLE:
            raise
        raise Busy(
            "An import or another repair of this company is being saved. Nothing was changed; "
            "try again in a moment."
        ) from error
    _set("lock_timeout", "0")  # for a booking that is being saved it waits
    _set("statement_timeout", "0")  # a large one takes its time
    return company


def _set(name: str, value: str) -> None:
    """For this transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])


def _lock(function: str, company_id: int) -> None:
    for sql, params in _statement(function, company_id):
        with connection.cursor() as cursor:
            cursor.execute(sql, params)


def _statement(function: str, company_id: int) -> list[Statement]:
    if connection.vendor != "postgresql":
        return []
    return [(f"SELECT {function}(%s, %s)", [NAMESPACE, company_id])]
