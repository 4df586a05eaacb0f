"""What persons have decided about a lead or a campaign: who, when, why, and from what to what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Prefetch, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from attribution.models import (
    Campaign,
    CampaignChange,
    Correction,
    Lead,
    ReadingMove,
    Repair,
    RuleVersion,
)
from attribution.utm import Reason

MOST = 100  # entries of a history that are read
Column = CampaignChange.Column


class Step(NamedTuple):
    """One thing that became another."""

    name: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """One entry: a repair, or its undoing, as far as it is about this lead or campaign."""

    at: datetime
    who: str
    why: str
    repair: int
    what: str = ""  # a sentence, where the steps do not say it all
    steps: tuple[Step, ...] = ()


def author_of(user: Any) -> str:
    """The name that people see; a person who was removed has none."""
    return user.get_username() if user is not None else _("a command, or a person who is gone")


def made(repair: Repair, what: str = "", steps: Iterable[Step] = ()) -> Change:
    who = author_of(repair.author)
    return Change(repair.made_at, who, repair.reason, repair.pk, what, tuple(steps))


def undone(repair: Repair, what: str) -> Change:
    at, who = repair.undone_at or repair.made_at, author_of(repair.undone_by)
    return Change(at, who, repair.undone_reason, repair.pk, what)


def newest_first(changes: Iterable[Change]) -> list[Change]:
    return sorted(changes, key=lambda change: (change.at, change.repair), reverse=True)[:MOST]


# Leads


def of_lead(lead: Lead) -> list[Change]:
    """Its corrections, and the moves of all leads that were captured like it, since it is here."""
    corrections = list(corrections_of(lead))
    moves = list(_moves_of(lead))
    merges = _merges_after(corrections)
    names = campaign_names(
        lead.company_id,
        [
            *(one.was.get("campaign") for one in corrections),
            *(place.get("campaign") for one in moves for place in (one.was, one.became)),
            *(int(one.new) for one in merges if one.new),
        ],
    )
    found = [_corrected(one, names) for one in corrections]
    found += [
        undone(one.repair, _("Undone: the correction does not hold any more."))
        for one in corrections
        if one.repair.undone_at
    ]
    found += [change for one in moves if (change := _moved(one, corrections, names)).steps]
    for one in merges:
        into = names.get(int(one.new), one.new) if one.new else ""
        step = Step(_("campaign"), one.campaign.name, into)
        found.append(made(one.repair, _("Merged."), [step]))
        if one.repair.undone_at:
            found.append(undone(one.repair, _("Undone: the merge does not hold any more.")))
    return newest_first(found)


def corrections_of(lead: Lead) -> Any:
    """All that persons have decided about this very lead, oldest first."""
    found = Correction.objects.filter(company=lead.company_id, lead=lead).order_by("pk")
    return found.select_related("repair__author", "repair__undone_by", "campaign")


def _moves_of(lead: Lead) -> Any:
    moves = ReadingMove.objects.filter(
        company=lead.company_id, reading=lead.reading_id, moved_at__gte=lead.created_at
    )
    return moves.select_related("repair__author", "repair__undone_by").order_by("-pk")[:MOST]


def _corrected(correction: Correction, names: Mapping[int, str]) -> Change:
    was = correction.was
    steps = []
    if correction.source is not None:
        steps.append(_set(_("source"), was.get("source", ""), correction.source))
    if correction.medium is not None:
        steps.append(_set(_("medium"), was.get("medium", ""), correction.medium))
    if correction.sets_campaign:
        chosen = correction.campaign.name if correction.campaign else _("no campaign")
        steps.append(_set(_("campaign"), place_words(was, names), chosen))
    return made(correction.repair, steps=steps)


def _set(name: str, old: str, new: str) -> Step:
    """What was set to what it was already is a decision too."""
    return Step(name, old if old != new else "", new)


def _moved(
    move: ReadingMove, corrections: Iterable[Correction], names: Mapping[int, str]
) -> Change:
    """What of a move concerns the lead: not what a correction has decided for it by then."""
    in_force = [one for one in corrections if _held(one.repair, move.moved_at)]
    steps = []
    if all(one.source is None for one in in_force):
        steps.append(Step(_("source"), move.was.get("source", ""), move.became.get("source", "")))
    if all(one.medium is None for one in in_force):
        steps.append(Step(_("medium"), move.was.get("medium", ""), move.became.get("medium", "")))
    if not any(one.sets_campaign for one in in_force):
        places = place_words(move.was, names), place_words(move.became, names)
        steps.append(Step(_("campaign"), *places))
    differing = tuple(step for step in steps if step.old != step.new)
    repair = move.repair
    by = repair.undone_by if move.is_undo else repair.author
    why = repair.undone_reason if move.is_undo else repair.reason
    what = _("Undone.") if move.is_undo else ""
    return Change(move.moved_at, author_of(by), why, repair.pk, what, differing)


def _merges_after(corrections: Iterable[Correction]) -> list[CampaignChange]:
    """Merges of the campaigns that a correction has chosen, and of those that these became part
    of: they move a lead that was corrected, whatever its reading does."""
    chosen = [one for one in corrections if one.campaign_id is not None]
    if not chosen:
        return []
    merges = CampaignChange.objects.filter(
        company=chosen[0].company_id, field=Column.MERGED_INTO, repair__gt=chosen[0].repair_id
    )
    followed = {one.campaign_id for one in chosen}
    found = []
    people = ("campaign", "repair__author", "repair__undone_by")
    for merge in merges.select_related(*people).order_by("pk"):
        held = any(_held(one.repair, merge.repair.made_at) for one in chosen)
        if merge.campaign_id in followed and held:
            followed |= {int(merge.new)} if merge.new else set()
            found.append(merge)
    return found


def _held(repair: Repair, at: datetime) -> bool:
    return repair.made_at < at and (repair.undone_at is None or repair.undone_at > at)


def place_words(place: Mapping[str, Any], names: Mapping[int, str]) -> str:
    """ "Spring promo", or "Unattributed: Broken tag"; nothing where it was not written down."""
    campaign, reason = place.get("campaign"), place.get("reason")
    if campaign is not None:
        return names.get(campaign, str(campaign))
    return unattributed(reason) if reason else ""


def unattributed(reason: str) -> str:
    return _("Unattributed: %(reason)s") % {"reason": dict(Reason.choices).get(reason, reason)}


def campaign_names(company: int, ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {pk for pk in ids if pk is not None}
    if not wanted:
        return {}
    rows = Campaign.objects.filter(company=company, pk__in=wanted).order_by()
    return dict(rows.values_list("pk", "name"))


# Campaigns


def of_campaign(campaign: Campaign) -> list[Change]:
    """Every repair that changed it, led leads to it or away from it, made it or merged into it."""
    repairs = _repairs_of(campaign)
    names = _names_in(campaign, [change for repair in repairs for change in repair.told])
    found = []
    for repair in repairs:
        steps = [_step(one, names) for one in repair.told if one.old != one.new]
        said = steps and repair.kind in (Repair.Kind.CAMPAIGN, Repair.Kind.MERGE)
        found.append(made(repair, "" if said else repair.title, steps))
        if repair.undone_at:
            found.append(undone(repair, _("Undone: %(what)s") % {"what": repair.title}))
    return newest_first(found)


def changes_of(campaign: Campaign) -> "QuerySet[CampaignChange]":
    """What was changed of it, and the merges of others into it."""
    merged = Q(field=Column.MERGED_INTO, new=str(campaign.pk))
    rows: QuerySet[CampaignChange] = CampaignChange.objects.filter(
        Q(campaign=campaign) | merged, company=campaign.company_id
    )
    return rows


def repairs_about(campaign: Campaign) -> "QuerySet[Repair]":
    """Every repair that changed it, led leads to it or away from it, made it or merged into it."""
    rules = RuleVersion.objects.filter(campaign=campaign)  # also those that no lead has met
    about = (
        Q(pk=campaign.made_in_id)
        | Q(pk__in=changes_of(campaign).values("repair"))
        | Q(pk__in=rules.values("repair"))
        | _names(campaign)
    )
    rows: QuerySet[Repair] = Repair.objects.filter(about, company=campaign.company_id)
    return rows


def _repairs_of(campaign: Campaign) -> list[Any]:
    """The latest, each with its changes of the campaign in `told`."""
    told = changes_of(campaign).select_related("campaign").order_by("pk")
    found = repairs_about(campaign).order_by("-pk")
    return list(
        found.select_related("author", "undone_by")
        .defer("effect", "undo_effect")
        .prefetch_related(Prefetch("campaignchanges", told, to_attr="told"))[:MOST]
    )


def steps_of(campaign: Campaign, changes: Sequence[CampaignChange]) -> list[Step]:
    """Changes in words; of those of other campaigns, these have to be there by name."""
    names = _names_in(campaign, changes)
    return [_step(one, names) for one in changes]


def _names(campaign: Campaign) -> Q:
    """Repairs in whose effect the campaign stands."""
    if connection.features.supports_json_field_contains:
        return Q(effect__contains={"campaigns": [campaign.pk]})
    sql = (
        "SELECT r.id FROM attribution_repair r, json_each(r.effect, '$.campaigns') c"
        " WHERE r.company_id = %s AND c.value = %s"
    )
    return Q(pk__in=RawSQL(sql, [campaign.company_id, campaign.pk]))  # noqa: S611 - our constant


def _names_in(campaign: Campaign, changes: Iterable[CampaignChange]) -> dict[str, dict[str, str]]:
    """For each column whose values are numbers of rows or words of a list: what they are called."""
    merged = {one.campaign_id: one.campaign.name for one in changes} | {campaign.pk: campaign.name}
    if campaign.merged_into is not None:
        merged[campaign.merged_into.pk] = campaign.merged_into.name
    merged |= campaign_names(campaign.company_id, _ids(changes, Column.MERGED_INTO) - set(merged))
    owners = {} if campaign.owner is None else {campaign.owner.pk: campaign.owner.get_username()}
    if others := _ids(changes, Column.OWNER) - set(owners):
        people = get_user_model().objects.filter(pk__in=others)
        owners |= {one.pk: one.get_username() for one in people}
    return {
        Column.CHANNEL: {value: str(label) for value, label in Campaign.Channel.choices},
        Column.STATUS: {value: str(label) for value, label in Campaign.Status.choices},
        Column.MERGED_INTO: {str(pk): name for pk, name in merged.items()},
        Column.OWNER: {str(pk): name for pk, name in owners.items()},
    }


def _ids(changes: Iterable[CampaignChange], column: str) -> set[int]:
    texts = (text for one in changes if one.field == column for text in (one.old, one.new))
    return {int(text) for text in texts if text.isdecimal()}


def _step(change: CampaignChange, names: Mapping[str, Mapping[str, str]]) -> Step:
    known = names.get(change.field, {})
    if change.field == Column.DISCOVERED:
        return Step(_("looked at by a person"), _("no"), _("yes"))
    name = str(change.get_field_display())
    if change.field == Column.MERGED_INTO:  # whether it is this campaign or another
        name = _("“%(campaign)s” merged into") % {"campaign": change.campaign.name}
    return Step(name, known.get(change.old, change.old), known.get(change.new, change.new))
