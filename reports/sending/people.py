"""On whose behalf something is sent, and to whom: as they may see it at that moment."""

from collections.abc import Collection
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext

from attribution import roles
from attribution.models import Company, Membership
from reports.saved import keeping
from reports.saved.models import SavedView
from reports.sending.delivering import Stop
from reports.sending.models import Addressed


def members(company: Company) -> list[Any]:
    """People of the company who may see its report and have an e-mail address."""
    ids = Membership.objects.filter(company=company).values("user")
    found = get_user_model().objects.filter(pk__in=ids, is_active=True).exclude(email="")
    return [one for one in found.order_by("email", "pk") if may_see(one, company)]


def may_see(user: Any, company: Company) -> bool:
    return roles.may(user, "report.view", company.pk)


def addresses(company: Company, chosen: Collection[int]) -> list[str]:
    """The e-mail addresses of those that were chosen and still belong to the company."""
    return [one.email for one in members(company) if one.pk in chosen]


def allowed_view(sent: Addressed) -> SavedView:
    """The view, if the person on whose behalf it is sent may see it now. Raises Stop."""
    if sent.view_id is None:
        raise Stop(gettext("The saved view is deleted. Choose another one."))
    if sent.owner_id is None:
        raise Stop(gettext("The person on whose behalf it was sent is gone. Save it to take over."))
    owner = get_user_model().objects.get(pk=sent.owner_id)  # rights as they are now
    name = owner.get_username()
    if not may_see(owner, sent.company):
        raise Stop(
            gettext("%(name)s may not see the report any more. Save it to take over.")
            % {"name": name}
        )
    view = keeping.find(owner, sent.view_id)
    if view is None or view.company_id != sent.company_id:
        raise Stop(
            gettext("%(name)s does not see the view any more. Choose another one.") % {"name": name}
        )
    return view


def check_addressed(sent: Addressed) -> list[str]:
    """The addresses that a mail goes to; none for Slack. Raises Stop when there is nobody."""
    if sent.channel != Addressed.Channel.MAIL:
        return []
    found = addresses(sent.company, sent.recipients)
    if not found:
        raise Stop(gettext("Nobody of its recipients belongs to the company any more."))
    return found
