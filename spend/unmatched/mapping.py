"""Whose a platform's id is: decided, seen beforehand, and taken back.

A decision is kept as a `PlatformId`. Taking it back brings the spend to where its name and the
rules send it, so the report is what it was before, to the byte.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from attribution import roles, scope
from attribution.models import Campaign, Company
from attribution.repair import law
from attribution.repair.desk import Desk, Refused
from attribution.repair.locking import Busy, repairing
from attribution.repair.plan import SpendName
from attribution.signals import facts_changed
from spend import matching
from spend.matching import PlatformsId
from spend.models import PlatformId

__all__ = ["Busy", "Decision", "Outdated", "Refused", "confirm", "decide"]

Wish = Mapping[PlatformsId, int | None]  # whose each id is from now on; None: nobody's


class Outdated(Exception):  # noqa: N818 - reads as what is the matter
    """Something was decided since the preview was made, and it would do something else now."""


@dataclass(frozen=True)
class Decision:
    """What a wish would do: the spend that would count elsewhere, by its name."""

    company: Company
    wish: Wish
    spend: Mapping[SpendName, int | None]

    @property
    def fingerprint(self) -> str:
        """Of what is decided, and from where to where each id's spend moves; not of amounts."""
        moves = {
            (matching.platform_of(name.came_from), name.platform_id, name.campaign, becomes)
            for name, becomes in self.spend.items()
        }
        decided = [sorted(map(repr, self.wish.items())), sorted(map(repr, moves))]
        return hashlib.sha256(json.dumps(decided).encode()).hexdigest()[:40]


def decide(company: Company, wish: Wish, author: Any) -> Decision:
    """Work it out; writes nothing. Raises Refused. Without an author nobody's rights are asked."""
    if not wish:
        raise Refused(_("Tick the groups first."))
    known, book = dict(matching.platform_ids(company)), law.book(company)
    desk = Desk(company)
    for campaign in {campaign for campaign in wish.values() if campaign is not None}:
        desk.campaign(campaign)
    after = dict(known)
    for one, becomes in wish.items():
        if becomes is not None and known.get(one) in book.campaigns:
            raise Refused(
                _("Whose the id %(id)s is has been decided by now. Look at the known platform ids.")
                % {"id": one[1]}
            )
        if becomes is not None:
            after[one] = becomes
        elif after.pop(one, None) is None:
            raise Refused(_("The id %(id)s is not known any more.") % {"id": one[1]})
    moves = matching.moves(company, book, of_ids=set(wish), ids=after)
    _refuse_others(company, {*_touched(wish, known), *_moved(moves)}, author)
    return Decision(company, wish, moves)


def confirm(company: Company, wish: Wish, author: Any, shown: str) -> Decision:
    """Do what the preview with this fingerprint has shown, whole or not at all.

    Raises Outdated, Busy and Refused.
    """
    scope.require(company.pk)
    with transaction.atomic():
        company = repairing(company.pk)
        decision = decide(company, wish, author)
        if decision.fingerprint != shown:
            raise Outdated(_("Something else was decided meanwhile. Nothing of yours was saved."))
        _keep(decision, author)
        if decision.spend:
            matching.move(company, decision.spend)
            facts_changed.send(sender=PlatformId, company_id=company.pk)
    return decision


def _keep(decision: Decision, author: Any) -> None:
    for (platform, external), campaign in decision.wish.items():
        key = {"company": decision.company, "platform": platform, "external_id": external}
        if campaign is None:
            PlatformId.objects.filter(**key).delete()
            continue
        # One whose campaign was withdrawn since says nothing any more.
        said = {"campaign_id": campaign, "author": author, "import_run": None}
        PlatformId.objects.update_or_create(**key, defaults=said)


def _touched(wish: Wish, known: Mapping[PlatformsId, int]) -> set[int | None]:
    return {known.get(one) if campaign is None else campaign for one, campaign in wish.items()}


def _moved(moves: Mapping[SpendName, int | None]) -> set[int | None]:
    return {name.campaign for name in moves} | set(moves.values())


def _refuse_others(company: Company, touched: set[int | None], author: Any) -> None:
    """Owners decide about their own campaigns, and take nothing from those of others."""
    if author is None:
        return
    campaigns = Campaign.objects.filter(company=company, pk__in=touched - {None}).order_by("name")
    for campaign in campaigns:
        if not roles.keeps(author, company.pk, campaign.owner_id):
            raise Refused(
                _("“%(name)s” belongs to another owner. Ask its owner or a company admin.")
                % {"name": campaign.name}
            )
