"""Who may do what: the one table of rights, by role in a company.

A site superuser stands outside the table: every right in every company.
"""

from typing import Any

from django.db.models import QuerySet

from attribution import scope
from attribution.models import Company, Membership
from attribution.prepared import Prepared

Role = Membership.Role
ALL_ROLES = frozenset(Role.values)
KEEPERS = frozenset({Role.OWNER, Role.COMPANY_ADMIN})
REPAIRERS = frozenset({Role.UTM_ADMIN, Role.COMPANY_ADMIN})
ADMINS = frozenset({Role.COMPANY_ADMIN})

RIGHTS: dict[str, frozenset[str]] = {
    "report.view": ALL_ROLES,
    "report.export": ALL_ROLES,
    "month.close": KEEPERS,
    "month.reopen": ADMINS,
    "savedview.keep": ALL_ROLES,  # one's own
    "savedview.share": KEEPERS,  # the team's: saved, changed and deleted
    "note.view": ALL_ROLES,  # what persons write beside the figures
    "note.write": KEEPERS,  # and change their own
    "note.change": ADMINS,  # anybody's
    "target.view": ALL_ROLES,
    "target.add": KEEPERS,  # owners: for their own campaigns
    "target.change": KEEPERS,
    "target.delete": KEEPERS,
    "subscription.view": KEEPERS,  # digests: figures go out by mail and to Slack
    "subscription.add": KEEPERS,
    "subscription.change": KEEPERS,
    "subscription.delete": KEEPERS,
    "alert.view": KEEPERS,
    "alert.add": KEEPERS,
    "alert.change": KEEPERS,
    "alert.delete": KEEPERS,
    "lead.view": ALL_ROLES,
    "lead.contact": REPAIRERS,  # name, e-mail and phone; masked for the others
    "lead.add": ADMINS,
    "lead.change": ADMINS,
    "lead.erase": ADMINS,
    "lead.import": KEEPERS,
    "lead.export": KEEPERS | REPAIRERS,
    "booking.view": ALL_ROLES,
    "booking.add": ADMINS,
    "booking.change": ADMINS,
    "booking.import": KEEPERS,
    "booking.export": KEEPERS | REPAIRERS,
    "spend.view": ALL_ROLES,
    "spend.add": KEEPERS,  # owners: their own campaigns, see `keeps`
    "spend.change": KEEPERS,
    "spend.delete": KEEPERS,
    "spend.import": KEEPERS,
    "spend.export": KEEPERS,
    "cost.view": ALL_ROLES,
    "cost.add": KEEPERS,  # owners: when every campaign that bears it is theirs to keep
    "cost.change": KEEPERS,
    "cost.delete": KEEPERS,
    "kindoffile.view": KEEPERS,  # of files of spend; one is added where a file is imported
    "kindoffile.change": KEEPERS,
    "kindoffile.delete": KEEPERS,
    "budget.view": ALL_ROLES,
    "budget.add": KEEPERS,  # owners: for their own campaigns, and groups of such
    "budget.change": KEEPERS,
    "budget.delete": KEEPERS,
    "campaigngroup.view": ALL_ROLES,
    "campaigngroup.add": KEEPERS,
    "campaigngroup.change": KEEPERS,
    "campaigngroup.delete": KEEPERS,
    "rate.view": ALL_ROLES,
    "rate.add": KEEPERS,
    "rate.change": KEEPERS,
    "rate.delete": KEEPERS,
    "campaign.view": ALL_ROLES,
    "campaign.add": KEEPERS,
    "campaign.change": KEEPERS,
    "campaign.import": KEEPERS,  # owners: their own campaigns, see `keeps`
    "campaign.export": ALL_ROLES,
    "importrun.view": KEEPERS | REPAIRERS,
    "filemapping.view": KEEPERS,  # kinds of file of leads and bookings, as `kindoffile`
    "filemapping.change": KEEPERS,
    "filemapping.delete": KEEPERS,
    "webhook.view": ADMINS,
    "webhook.add": ADMINS,
    "webhook.change": ADMINS,
    "refusal.view": REPAIRERS,  # what was sent and is not stored
    "refusal.settle": REPAIRERS,  # corrected and sent in again, or dismissed
    "waitingbooking.view": REPAIRERS,
    "waitingbooking.delete": ADMINS,
    "capture.view": KEEPERS | REPAIRERS,  # whether everything arrives; counts alone
    "ingestkey.view": ADMINS,
    "ingestkey.add": ADMINS,
    "ingestkey.change": ADMINS,
    "readkey.view": ADMINS,
    "readkey.add": ADMINS,
    "readkey.change": ADMINS,
    "tag.view": ALL_ROLES,  # how the website tag is put in; its key is made with ingestkey.add
    "capturerule.view": REPAIRERS,  # lists of what is blocked: addresses and numbers of persons
    "capturerule.add": ADMINS,
    "capturerule.change": ADMINS,
    "capturerule.delete": ADMINS,
    "kindbatch.view": KEEPERS | REPAIRERS,  # who changed which leads' kinds; made by lead.change
    "link.build": KEEPERS | REPAIRERS,
    "naming.view": KEEPERS | REPAIRERS,
    "naming.add": ADMINS,
    "naming.change": ADMINS,
    "shortlink.view": ALL_ROLES,
    "shortlink.add": KEEPERS | REPAIRERS,
    "shortlink.change": KEEPERS | REPAIRERS,
    "linkhost.view": KEEPERS | REPAIRERS,  # where short links may lead
    "linkhost.add": ADMINS,
    "linkhost.delete": ADMINS,
    "repair.view": ALL_ROLES,  # how much waits for repair, and what was repaired
    "repair.make": REPAIRERS,
    "rule.view": REPAIRERS,
    "rule.change": REPAIRERS,
    "channel.view": REPAIRERS,  # by which rules visits fall into channels, and own hosts
    "channel.change": REPAIRERS,
    "company.view": ALL_ROLES,
    "company.change": ADMINS,
    "membership.view": ADMINS,
    "membership.add": ADMINS,
    "membership.change": ADMINS,
    "membership.delete": ADMINS,
}


def roles_of(user: Any) -> dict[int, str]:
    """Company id → role, for this user; read once per user object."""
    try:
        return user._company_roles  # asked for a hundred times a page
    except AttributeError:
        user._company_roles = dict(_ROLES.rows([user.pk]))
        return user._company_roles


def _roles() -> QuerySet[Membership, tuple[int, str]]:
    with scope.all_companies():
        rows = Membership.objects.filter(user_id=0).order_by()
        return rows.values_list("company_id", "role")


_ROLES = Prepared(_roles)  # asked for each request


Standing = tuple[bool, frozenset[str]]


def standing(user: Any) -> Standing:
    """All that decides whether a person has a right anywhere: may they do everything, else their
    roles, whatever the company."""
    if not user.is_active or user.is_superuser:
        return bool(user.is_active), frozenset()
    return False, frozenset(roles_of(user).values())


def companies_of(user: Any) -> frozenset[int]:
    """Ids of the companies the user belongs to."""
    return frozenset(roles_of(user))


def companies_with(user: Any, right: str) -> frozenset[int]:
    """Ids of the companies in which the user has this right."""
    if user.is_superuser:
        return frozenset(Company.objects.values_list("pk", flat=True))
    return frozenset(pk for pk, role in roles_of(user).items() if role in RIGHTS[right])


def may(user: Any, right: str, company_id: int | None = None) -> bool:
    """Whether the user has the right in this company, or, without one, in any."""
    if not user.is_active:
        return False
    if user.is_superuser:
        return True
    found = roles_of(user)
    if company_id is None:
        return not RIGHTS[right].isdisjoint(found.values())
    return found.get(company_id) in RIGHTS[right]


def role_may(role: str, right: str) -> bool:
    """Whether this role has the right; for keys, which have a role and stand for no person."""
    return role in RIGHTS[right]


def keeps(user: Any, company_id: int, campaign_owner_id: int | None) -> bool:
    """Whether the user may maintain a campaign and its spend: owners only their own.

    A campaign without an owner belongs to every owner of the company.
    """
    if user.is_superuser or roles_of(user).get(company_id) == Role.COMPANY_ADMIN:
        return True
    if roles_of(user).get(company_id) != Role.OWNER:
        return False
    return campaign_owner_id in (None, user.pk)
