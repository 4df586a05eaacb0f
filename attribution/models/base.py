"""What every row of a company's data has in common."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from attribution import scope

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def by_whom(label: "StrOrPromise", **more: Any) -> "models.ForeignKey[Any, Any]":
    """A column for the person who did something; the row stays when the person's account goes."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        db_index=False,
        verbose_name=label,
        **more,
    )


class CompanyRow(models.Model):
    """A row that belongs to one company, and is seen and written only within its scope."""

    company = models.ForeignKey(
        "attribution.Company",
        on_delete=models.PROTECT,
        db_index=False,  # every such table has an index that starts with the company
        verbose_name=_("company"),
    )

    never_deleted: ClassVar[str] = ""  # why not, where a total would change

    objects = scope.ScopedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        scope.require(self.company_id)
        self.complete()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        scope.require(self.company_id)
        if self.never_deleted:
            raise models.ProtectedError(self.never_deleted, {self})
        return super().delete(*args, **kwargs)

    @classmethod
    def together(cls, rows: Sequence[Self]) -> AbstractContextManager[None]:
        """Around the completing of many rows: what they may share."""
        return nullcontext()

    def complete(self) -> None:
        """Fill in the columns that follow from others; called before each insert and save."""
