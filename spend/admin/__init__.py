"""The admin of spend: entries, shared costs, kinds of file, budgets."""

from spend.admin import cost, entry, kind
from spend.budgets import admin as budgets

__all__ = ["budgets", "cost", "entry", "kind"]
