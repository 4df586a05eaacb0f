"""The saved views on the report page: what is opened without parameters, and the menu."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from attribution import roles
from attribution.models import Company
from reports.filters import Address
from reports.periods import DEFAULT_PERIOD
from reports.saved import keeping
from reports.saved.models import LONGEST_NAME, SavedView
from reports.saved.state import pairs_of, state_of

IN_THE_MENU = 30  # the page of views has the others


@dataclass(frozen=True)
class Link:
    """One view in the menu."""

    name: str
    url: str
    is_default: bool
    is_shown: bool


def url_of(view: SavedView, company: Company) -> str:
    """Where the report stands as the view has it. It holds everything that is asked."""
    asked = [("company", company.slug), *pairs_of(view.state)]
    if len(asked) == 1:  # an address with nothing but a company would open the default view
        asked.append(("period", DEFAULT_PERIOD))
    return f"{reverse('reports:overview')}{Address([*asked, ('view', str(view.pk))])}"


def plain_url(company: Company) -> str:
    """The report as it is before anybody chooses anything."""
    asked = Address([("company", company.slug), ("period", DEFAULT_PERIOD)])
    return f"{reverse('reports:overview')}{asked}"


def elsewhere(request: HttpRequest, company: Company) -> str:
    """Where to go on when an address asks for nothing but a view, or for nothing at all.

    Empty: the report is to be shown as asked.
    """
    given = {name for name in request.GET if request.GET[name]}
    if given - {"company", "view"}:
        return ""
    if "view" in given:
        views = keeping.seen_by(request.user, company)
        wanted = keeping.number_of(request.GET["view"])
        view = None if wanted is None else views.filter(pk=wanted).first()
        if view is None:
            messages.warning(
                request,
                gettext(
                    "This view is not there: it was deleted, or it is somebody's own. "
                    "The plain report is shown."
                ),
            )
            return plain_url(company)
    else:
        view = keeping.default_of(request.user, company)
    return "" if view is None else url_of(view, company)


def shown_number(request: HttpRequest) -> str:
    """The view that the address says it began with, if it can be one."""
    return "" if (pk := keeping.number_of(request.GET.get("view", ""))) is None else str(pk)


def menu(request: HttpRequest, company: Company, address: Address) -> dict[str, Any]:
    """What the page says of saved views; one query."""
    user = request.user
    views = list(keeping.seen_by(user, company))
    state = state_of(address)
    began = next((one for one in views if str(one.pk) == address.get("view")), None)
    if began is None:  # opened by hand, but the same
        began = next((one for one in views if one.state == state), None)
    may_share = roles.may(user, "savedview.share", company.pk)
    links = [_link(one, company, began) for one in views]
    own = [link for link, one in zip(links, views, strict=True) if one.owner_id is not None]
    team = links[len(own) :]
    path = reverse("reports:overview")
    exact = Address([pair for pair in address.pairs if pair[0] not in ("view", "page")])
    return {
        "saved": {
            "groups": [
                (title, part[:IN_THE_MENU])
                for title, part in ((gettext("My views"), own), (gettext("Of the team"), team))
                if part
            ],
            "number": len(views),
            "began": began,
            "began_url": url_of(began, company) if began else "",
            "is_changed": began is not None and began.state != state,
            "is_team": began is not None and began.owner_id is None,
            "is_default": bool(began and began.is_default),  # type: ignore[attr-defined]
            "may_replace": began is not None and keeping.may_change(user, began),
            "may_share": may_share,
            "state": state,
            "longest_name": LONGEST_NAME,
            "plain_url": plain_url(company),
            "all_url": f"{reverse('reports:views')}?company={company.slug}",
            "link": request.build_absolute_uri(f"{path}{exact}"),
        }
    }


def _link(view: SavedView, company: Company, began: SavedView | None) -> Link:
    return Link(
        name=view.name,
        url=f"{reverse('reports:overview')}?company={company.slug}&view={view.pk}",
        is_default=view.is_default,  # type: ignore[attr-defined]
        is_shown=view is began,
    )
