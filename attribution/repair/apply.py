"""Confirming and undoing: a plan is made anew under the company's lock, and written as one."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from attribution.models import Campaign, Company, Lead, Repair, RepairDraft
from attribution.repair import moves, write
from attribution.repair.adopt import adopt
from attribution.repair.effect import effect_of
from attribution.repair.intents import Intent, from_json
from attribution.repair.locking import Busy, repairing
from attribution.repair.plan import Plan, Refused, plan
from attribution.signals import campaigns_made, facts_changed, facts_settled, spend_moved

__all__ = ["Busy", "Outdated", "Refused", "confirm", "save"]

MANY = 10_000  # moved leads after which the tables are tidied up


class Outdated(Exception):  # noqa: N818 - reads as what is the matter
    """Something was decided since the preview was made, and it would do something else now."""


def confirm(draft: RepairDraft, author: Any, shown: str) -> Repair:
    """Do what the preview with this fingerprint has shown, or undo it; whole or not at all.

    A second click finds what the first has done. Raises Outdated, Busy and Refused.
    """
    intent = from_json(draft.intent)

    def as_shown(planned: Plan) -> None:
        if not planned.is_what_was_shown(shown):
            raise Outdated(_changed_since(draft))

    with transaction.atomic():
        company = repairing(draft.company_id)
        draft.refresh_from_db()
        if draft.repair is not None:
            return draft.repair
        try:
            repair = _save(company, intent, author, draft.reason, as_shown)
        except Refused as refused:
            raise Outdated(f"{_changed_since(draft)} {refused}") from refused
        draft.repair = repair
        draft.save(update_fields=["repair"])
    return repair


def save(company: Company, intent: Intent, author: Any, reason: str = "") -> Repair:
    """Without a preview: forms of campaigns, commands. Raises Busy and Refused."""
    with transaction.atomic():
        return _save(repairing(company.pk), intent, author, reason, lambda planned: None)


def _save(
    company: Company, intent: Intent, author: Any, reason: str, check: Callable[[Plan], None]
) -> Repair:
    adopt(company)
    planned = plan(company, intent)
    check(planned)
    now = timezone.now()
    repair = planned.undoes
    if repair is None:
        repair = Repair.objects.create(
            company=company,
            kind=planned.kind,
            title=planned.title,
            author=author,
            reason=reason,
            made_at=now,
        )
        planned = write.made(planned, repair)
    else:
        repair.undone_at, repair.undone_by, repair.undone_reason = now, author, reason
        repair.save()
    write.campaigns(planned)
    write.readings(planned, repair, now)
    number, flows = _move(planned)
    effect = effect_of(planned, flows)
    write.corrected(company, repair)
    if planned.items.makes:
        keys = [one.key for one in planned.items.makes]
        campaigns_made.send(Campaign, company=company, keys=keys)
    for __, minor in spend_moved.send(Company, company=company, moves=planned.spend):
        effect["spend_minor"] += minor
    if planned.undoes is None:
        repair.effect = effect
    else:
        repair.undo_effect = effect
    repair.save(update_fields=["effect", "undo_effect"])
    if number or planned.spend:
        facts_changed.send(sender=Lead, company_id=company.pk)
    if number > MANY:
        transaction.on_commit(lambda: facts_settled.send(sender=Lead))
    return repair


def _move(planned: Plan) -> tuple[int, list[moves.Flow]]:
    """How many leads, and from where to where. Edits of a campaign's name move none, and are
    spared the tables that are made for it."""
    if not planned.readings and not planned.fixed:
        return 0, []
    with moves.collected(planned) as number:
        flows = moves.flows()
        moves.apply(number)
    return number, flows


def _changed_since(draft: RepairDraft) -> str:
    """Who was first, as far as that is known."""
    made = Repair.objects.filter(company=draft.company_id, made_at__gt=draft.made_at)
    undone = Repair.objects.filter(company=draft.company_id, undone_at__gt=draft.made_at)
    undone = undone.order_by("-undone_at")
    found = [*made.select_related("author")[:1], *undone.select_related("undone_by")[:1]]
    latest = max(found, key=_decided_at, default=None)
    nothing = _("Nothing of yours was saved.")
    if latest is None:
        return _("Other leads would be moved by now than the preview has shown.") + " " + nothing
    person = latest.author if latest.in_force else latest.undone_by
    text = _("%(name)s decided something at %(time)s (repair %(number)s: %(title)s).") % {
        "name": person or _("A command"),
        "time": _decided_at(latest).astimezone(draft.company.zone).strftime("%H:%M"),
        "number": latest.pk,
        "title": latest.title,
    }
    return f"{text} {nothing}"


def _decided_at(repair: Repair) -> datetime:
    return repair.undone_at or repair.made_at
