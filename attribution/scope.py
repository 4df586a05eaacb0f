"""Which companies' rows a piece of work may see and change.

Fails closed: with no scope set, every query on a scoped model raises `NoCompanyScope`. A request
gets the companies of its user's memberships (`attribution.middleware`), a command names its own.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Final, TypeVar

from django.db import models, transaction
from django.db.models.sql import Query


class NoCompanyScope(RuntimeError):  # noqa: N818 - reads as what is missing
    """A query on companies' data was made before anybody said for which companies."""


class OutOfCompanyScope(RuntimeError):  # noqa: N818
    """A row of a company outside the scope was about to be written."""


class _AllCompanies:
    """Every company: for migrations, checks and jobs that look after the whole database."""


ALL: Final = _AllCompanies()
Scope = frozenset[int] | _AllCompanies
_current: ContextVar[Scope | None] = ContextVar("company_scope", default=None)


def current() -> Scope:
    """The scope in force; raises `NoCompanyScope` when there is none."""
    scope = _current.get()
    if scope is None:
        raise NoCompanyScope(
            "No company scope is set. Wrap the work in company_scope(ids) or all_companies()."
        )
    return scope


@contextmanager
def company_scope(ids: Iterable[int]) -> Iterator[None]:
    """Only rows of these companies exist inside the block."""
    token = _current.set(frozenset(ids))
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def all_companies() -> Iterator[None]:
    """Rows of every company: jobs over the whole database, and site superusers."""
    token = _current.set(ALL)
    try:
        yield
    finally:
        _current.reset(token)


def includes(company_id: int | None) -> bool:
    """Whether rows of this company may be seen now; for statements that no manager narrows."""
    scope = current()
    return isinstance(scope, _AllCompanies) or company_id in scope


def require(company_id: int | None) -> None:
    """Raise unless rows of this company may be written now."""
    if not includes(company_id):
        raise OutOfCompanyScope(f"Company {company_id} is outside the company scope.")


M = TypeVar("M", bound=models.Model)


class ScopedQuerySet(models.QuerySet[M]):
    """A queryset that writes only rows of the companies in scope."""

    def bulk_create(self, objs: Iterable[M], *args: Any, **kwargs: Any) -> list[M]:
        """Insert many rows; each is completed as `save()` would do it."""
        rows = list(objs)
        for row in rows:
            require(getattr(row, "company_id", None))
        # What they are completed by holds until they are stored.
        ours = not transaction.get_connection(self.db).in_atomic_block
        with transaction.atomic(using=self.db) if ours else nullcontext():
            with self.model.together(rows):  # type: ignore[attr-defined]  # every scoped model has it
                for row in rows:
                    row.complete()  # type: ignore[attr-defined]
            return super().bulk_create(rows, *args, **kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refused where a total would change, as for one row."""
        if reason := getattr(self.model, "never_deleted", ""):
            raise models.ProtectedError(reason, set(self[:1]))
        return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]  # as Django marks its own
    delete.queryset_only = True  # type: ignore[attr-defined]


class ScopedManager(models.Manager.from_queryset(ScopedQuerySet)):  # type: ignore[misc]
    """Sees only rows of the companies in scope, and nothing at all without a scope."""

    company_field = "company_id"

    def get_queryset(self) -> models.QuerySet[Any]:
        rows = super().get_queryset()
        scope = current()
        if not isinstance(scope, _AllCompanies):
            rows.query = _narrowed(self.model, self.company_field, scope).chain()
        return rows


@lru_cache(maxsize=1024)
def _narrowed(model: type[models.Model], field: str, scope: frozenset[int]) -> Query:
    """What every question begins with; putting it together takes longer than most answers."""
    return models.QuerySet(model).filter(**{f"{field}__in": sorted(scope)}).query


class CompanyManager(ScopedManager):
    """The companies in scope themselves."""

    company_field = "pk"
