"""The part of a lead's page about its kind: why, which marks, whom it follows, and what changed."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from attribution import kinds, roles
from attribution.admin.kinds import KindAction, in_words, mark_name
from attribution.capture.judging import reasons
from attribution.models import CaptureRule, Lead

FOLLOWERS = 20  # that are named


class KindOfLead(KindAction):
    """Stands before the admin of leads among the bases."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """With what the reader may see of rules and changes."""
        lead: Any = super().get_object(request, object_id, from_field)
        if lead is not None:
            company = lead.company_id
            lead.may_see_rules = roles.may(request.user, "capturerule.view", company)
            lead.may_see_changes = roles.may(request.user, "kindbatch.view", company)
        return lead

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A kind or mark that a person sets in the form is a change like any other."""
        columns = {"kind": "kind", **kinds.MARKS}
        asked = [name for name, column in columns.items() if column in form.changed_data]
        if not change or not asked:
            super().save_model(request, obj, form, change)
            return
        new = {name: getattr(obj, columns[name]) for name in asked}
        stored = Lead.objects.get(pk=obj.pk)
        for name in kinds.COLUMNS:
            setattr(obj, name, getattr(stored, name))
        super().save_model(request, obj, form, change)
        wanted = kinds.Wanted(
            new.get("kind", ""), {name: new[name] for name in asked if name != "kind"}
        )
        said = {name: ("yes" if new[name] else "no") for name in wanted.marks}
        changes = kinds.by_hand(Lead.objects.filter(pk=obj.pk), wanted)
        if changes:
            kinds.make(obj.company, changes, request.user, "", {"kind": wanted.kind, **said})

    @admin.display(description=gettext_lazy("why, and what was changed"))
    def kind_words(self, lead: Any) -> SafeString:
        may_see_rules = getattr(lead, "may_see_rules", False)
        changes: list[Any] = list(kinds.history_of(lead))
        for one in changes:
            one.was, one.became = in_words(one)
        context = {
            "lead": lead,
            "why": reasons.words(lead.kind_reason),
            "rule": _rule_of(lead) if may_see_rules else None,
            "marks": [
                (mark_name(mark), reasons.words(lead.mark_reasons.get(mark, "")))
                for mark, column in kinds.MARKS.items()
                if getattr(lead, column)
            ],
            "followers": _followers(lead),
            "changes": changes,
            "may_see": getattr(lead, "may_see_changes", False),
            "zone": lead.company.zone,
        }
        return render_to_string("admin/attribution/lead/_kind.html", context)


def _rule_of(lead: Lead) -> int | None:
    """The number of the rule that is the reason, while there is such a rule."""
    number = reasons.rule_of(lead.kind_reason)
    if number is None or not CaptureRule.objects.filter(pk=number).exists():
        return None
    return number


def _followers(lead: Lead) -> list[Lead]:
    """Later leads of the same person that follow this one; found by the person, not one by one."""
    found: list[Lead] = []
    for column in ("person_email", "person_phone"):
        if key := getattr(lead, column):
            rows = Lead.objects.filter(company=lead.company_id, **{column: key}).exclude(
                **{column: ""}
            )
            rows = rows.filter(first_lead=lead.pk, received_at__gte=lead.received_at)
            found += rows.order_by("received_at")[:FOLLOWERS]
    alike = {one.pk: one for one in found}
    return sorted(alike.values(), key=lambda one: (one.received_at, one.pk))[:FOLLOWERS]
