"""Hears of many changed facts, so that the marks of an import never become visible."""

from collections.abc import Collection
from typing import Any

from reports.rollup.refresh import refresh
from reports.rollup.state import settle


def refresh_sums(company_id: int, **kwargs: Any) -> None:
    """In the transaction that changed the facts: they and their sums become visible together."""
    refresh(company_id)


def settle_sums(tables: Collection[str] | None = None, **kwargs: Any) -> None:
    settle(tables)
