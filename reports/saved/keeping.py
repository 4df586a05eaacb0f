"""Which views a person sees and may change; saving, changing and deleting them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import BooleanField, Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext

from attribution import roles, scope
from attribution.models import Company
from reports.saved.models import LONGEST_NAME, DefaultView, SavedView

MOST = 100  # of a person in a company, the team's that it saved among them


def number_of(text: str) -> int | None:
    """The number of a view as an address gives it; None where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def seen_by(user: Any, company: Company) -> "QuerySet[SavedView]":
    """The person's own views and the team's, one's own first, by name; with `is_default`."""
    return _seen_by(user.pk, company.pk, scope.current()).all()


@lru_cache(maxsize=1024)
def _seen_by(user: int, company: int, seen: scope.Scope) -> "QuerySet[SavedView]":
    """Asked by each page of the report; to put it together takes longer than to ask."""
    default = DefaultView.objects.filter(company=company, user=user, view=OuterRef("pk"))
    is_own = Case(When(owner=user, then=True), default=Value(False), output_field=BooleanField())
    rows = SavedView.objects.filter(company=company).filter(Q(owner=user) | Q(owner=None))
    return rows.annotate(is_default=Exists(default), is_own=is_own).order_by(
        "-is_own", "name", "pk"
    )


def default_of(user: Any, company: Company) -> SavedView | None:
    """The view that the person starts with in this company."""
    chosen = DefaultView.objects.filter(company=company, user=user).values("view")
    return seen_by(user, company).filter(pk__in=chosen).first()


def find(user: Any, pk: int) -> SavedView | None:
    """A view that the person sees, in whichever of the companies."""
    view = SavedView.objects.select_related("company").filter(pk=pk).first()
    if view is None or view.owner_id not in (None, user.pk):
        return None
    return view if roles.may(user, "report.view", view.company_id) else None


def may_change(user: Any, view: SavedView) -> bool:
    """One's own, and with the right to share also the team's."""
    if view.owner_id == user.pk:
        return roles.may(user, "savedview.keep", view.company_id)
    return view.owner_id is None and roles.may(user, "savedview.share", view.company_id)


def clean_name(text: str) -> str:
    """Raises ValidationError for a name that is empty or too long."""
    name = " ".join(text.split())
    if not name:
        raise ValidationError(gettext("Give the view a name."))
    if len(name) > LONGEST_NAME:
        raise ValidationError(
            gettext("A name has at most %(most)s letters; these are %(number)s.")
            % {"most": LONGEST_NAME, "number": len(name)}
        )
    return name


def save_new(user: Any, company: Company, name: str, state: str, *, shared: bool) -> SavedView:
    """Keep a state under a name; raises ValidationError in words for the person."""
    if SavedView.objects.filter(company=company, author=user).count() >= MOST:
        raise ValidationError(
            gettext("You have saved %(most)s views in this company. Delete one first.")
            % {"most": MOST}
        )
    view = SavedView(
        company=company, name=clean_name(name), state=state, author=user, changed_by=user
    )
    view.owner = None if shared else user
    return _stored(view)


def change(user: Any, view: SavedView, name: str, *, shared: bool) -> SavedView:
    """Rename it, and give it to the team or take it back: it is then the changer's own."""
    view.name = clean_name(name)
    if shared:
        view.owner = None
    elif view.owner_id is None:
        view.owner = user
    view.changed_by = user
    _stored(view)
    if view.owner_id is not None:  # the others do not see it any more
        DefaultView.objects.filter(view=view).exclude(user=user).delete()
    return view


def replace_state(user: Any, view: SavedView, state: str) -> SavedView:
    view.state, view.changed_by = state, user
    return _stored(view)


def _stored(view: SavedView) -> SavedView:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        whose = (
            gettext("The team has a view named “%(name)s” already.")
            if view.owner_id is None
            else gettext("You have a view named “%(name)s” already.")
        )
        other = gettext("Choose another name, or open that view and replace it.")
        raise ValidationError(f"{whose % {'name': view.name}} {other}") from error
    return view


def start_with(user: Any, view: SavedView) -> None:
    """Make it the view that the person starts with in its company."""
    DefaultView.objects.update_or_create(company=view.company, user=user, defaults={"view": view})


def start_plain(user: Any, company: Company) -> None:
    """The person starts with the plain report again."""
    DefaultView.objects.filter(company=company, user=user).delete()


def starters(views: Sequence[SavedView]) -> dict[int, int]:
    """View → how many persons start with it; only where there are any."""
    found: dict[int, int] = {}
    for pk in DefaultView.objects.filter(view__in=views).values_list("view_id", flat=True):
        found[pk] = found.get(pk, 0) + 1
    return found


def may_share(request: HttpRequest, company: Company) -> bool:
    return roles.may(request.user, "savedview.share", company.pk)
