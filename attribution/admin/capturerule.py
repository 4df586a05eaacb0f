"""Capture rules: lists that are added to by the line, tried out, and applied to earlier leads."""

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from attribution import kinds, roles
from attribution.admin import confirm, filters
from attribution.admin.base import ScopedAdmin
from attribution.admin.capturerule_forms import RulesForm, TryForm
from attribution.admin.kinds import effect_words, mark_name
from attribution.capture.judging import reasons, stored
from attribution.capture.judging.judge import judge_all
from attribution.capture.judging.rulebook import Line, lines_of, rulebook
from attribution.capture.judging.usual import add_usual_rules
from attribution.models import CaptureRule, Company, Lead
from attribution.privacy import keeping

DAYS = 28  # so far back one sees which leads a rule would have met
SHOWN = 50  # lines of a preview


class WhatFilter(filters.ValuesFilter):
    title = gettext_lazy("when")
    parameter_name = column = "what"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return list(CaptureRule.What.choices)


class ThenFilter(filters.ValuesFilter):
    title = gettext_lazy("then")
    parameter_name = column = "then"

    def lookups(self, request: HttpRequest) -> filters.Choices:
        return list(CaptureRule.Then.choices)


class OnFilter(filters.FlagFilter):
    title = gettext_lazy("on")
    parameter_name = "on"
    column = "is_on"


@admin.register(CaptureRule)
class CaptureRuleAdmin(ScopedAdmin):
    """Of new leads only; what a rule looks for is fixed once it is there."""

    subject = "capturerule"
    fixed = ("company", "what", "value", "then")
    list_display = ("what", "value", "then", "is_on", "note", "author", "company")
    list_display_links = ("what", "value")
    list_select_related = ("company", "author")
    list_filter = (filters.CompanyFilter, WhatFilter, ThenFilter, OnFilter)
    search_fields = ("value", "note")
    ordering = ("what", "value")
    fields = ("company", "what", "value", "then", "is_on", "note", "author", "updated_at", "lately")
    readonly_fields = ("author", "updated_at", "lately")
    actions = ("switch_on", "switch_off", "apply_to_earlier")
    change_list_template = "admin/attribution/capturerule/change_list.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.try_page)
        return [path("try/", view, name="attribution_capturerule_try"), *super().get_urls()]

    # Adding, after a look at what would have been met

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        posted = request.POST if request.method == "POST" else None
        form = RulesForm(request.user, posted, initial=self._initial(request))
        looked = None
        if posted is not None and "usual" in posted:
            return self._add_usual(request)
        if form.is_valid():
            lines = form.cleaned_data["lines"]
            if "save" in request.POST:
                return self._save_lines(request, form.cleaned_data, lines)
            looked = would_have_met(form.cleaned_data["company"], lines)
        context = {"title": _("Add capture rules"), "form": form, "looked": looked}
        return self._page(request, "add", context)

    def _initial(self, request: HttpRequest) -> dict[str, Any]:
        return {"company": request.GET.get("company"), "what": request.GET.get("what")}

    def _save_lines(
        self, request: HttpRequest, given: dict[str, Any], lines: list[Line]
    ) -> HttpResponse:
        author: Any = request.user
        rules = [
            CaptureRule(
                company=given["company"],
                what=line.what,
                value=line.value,
                then=line.then,
                note=given["note"],
                author=author,
            )
            for line in lines
        ]
        try:
            with transaction.atomic():
                CaptureRule.objects.bulk_create(rules)
                for rule in rules[:SHOWN]:
                    self.log_addition(request, rule, "Added.")
        except IntegrityError:
            text = _("Somebody has added one of these rules at the same time. Look again.")
            self.message_user(request, text, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())
        text = ngettext(
            "%d rule was added. It is asked about every new lead.",
            "%d rules were added. They are asked about every new lead.",
            len(rules),
        )
        self.message_user(request, text % len(rules), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:attribution_capturerule_changelist"))

    def _add_usual(self, request: HttpRequest) -> HttpResponse:
        slug = request.POST.get("company", "")
        allowed = roles.companies_with(request.user, "capturerule.add")
        company = Company.objects.filter(pk__in=allowed, slug=slug).first()
        if company is None:
            raise PermissionDenied
        number = add_usual_rules(company, request.user)
        text = ngettext(
            "%d usual rule for tests was added.", "%d usual rules for tests were added.", number
        )
        self.message_user(request, text % number, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:attribution_capturerule_changelist"))

    @admin.display(description=gettext_lazy("leads of the last 28 days that meet it"))
    def lately(self, rule: CaptureRule) -> str:
        line = Line(rule.pk, rule.what, rule.value, rule.then)
        found = sum(1 for _met in stored.met(rule.company, [line], _lately()))
        return f"{found:,}"

    # Trying

    def try_page(self, request: HttpRequest) -> HttpResponse:
        """What would happen to a lead with these values. Nothing is stored."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        posted = request.POST if request.method == "POST" else None
        form = TryForm(request.user, posted, initial=self._initial(request))
        found = None
        if form.is_valid():
            company = form.cleaned_data["company"]
            person = keeping.kept(
                company, *(form.cleaned_data[name] for name in ("name", "email", "phone"))
            )
            given = form.given(
                received_at=timezone.now(),
                person_email=person.person_email,
                person_phone=person.person_phone,
            )
            [judged] = judge_all(company, [given], rulebook(lines_of(company.pk)))
            found = {
                "kind": Lead.Kind(judged.kind).label,
                "why": reasons.words(judged.kind_reason),
                "rule": reasons.rule_of(judged.kind_reason),
                "marks": [
                    (mark_name(mark), reasons.words(why)) for mark, why in judged.marks.items()
                ],
                "first": judged.first_lead,
            }
        return self._page(
            request, "try", {"title": _("Try the rules"), "form": form, "found": found}
        )

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> TemplateResponse:
        request.current_app = self.admin_site.name
        common = {**self.admin_site.each_context(request), "opts": self.opts}
        template = f"admin/attribution/capturerule/{name}.html"
        return TemplateResponse(request, template, common | context)

    # Many at once

    @admin.action(description=gettext_lazy("Switch on"), permissions=["change"])
    def switch_on(self, request: HttpRequest, queryset: QuerySet[CaptureRule]) -> None:
        self._switch(request, queryset, True)

    @admin.action(description=gettext_lazy("Switch off"), permissions=["change"])
    def switch_off(self, request: HttpRequest, queryset: QuerySet[CaptureRule]) -> None:
        self._switch(request, queryset, False)

    def _switch(self, request: HttpRequest, rules: QuerySet[CaptureRule], is_on: bool) -> None:
        allowed = roles.companies_with(request.user, "capturerule.change")
        changed = list(rules.filter(company__in=allowed, is_on=not is_on))
        for rule in changed:
            rule.is_on = is_on
            rule.save(update_fields=["is_on", "updated_at"])
            self.log_change(request, rule, "Switched on." if is_on else "Switched off.")
        text = ngettext("%d rule was changed.", "%d rules were changed.", len(changed))
        self.message_user(request, text % len(changed), messages.SUCCESS)

    def has_apply_permission(self, request: HttpRequest) -> bool:
        return roles.may(request.user, "lead.change")

    @admin.action(description=gettext_lazy("Apply to earlier leads …"), permissions=["apply"])
    def apply_to_earlier(
        self, request: HttpRequest, queryset: QuerySet[CaptureRule]
    ) -> HttpResponse | None:
        """Of one company; asked first, with leads and money."""
        rules = list(queryset.order_by("pk"))
        companies = {rule.company_id for rule in rules}
        if len(companies) != 1 or not roles.may(request.user, "lead.change", *companies):
            text = _("Choose rules of one company in which you may change leads.")
            self.message_user(request, text, messages.ERROR)
            return None
        company = rules[0].company
        lines = [Line(rule.pk, rule.what, rule.value, rule.then) for rule in rules]
        try:
            changes = stored.changes(company, lines)
        except stored.TooMany:
            text = _("More than %(most)s leads meet these rules. Apply fewer rules at a time.")
            self.message_user(request, text % {"most": f"{stored.MOST:,}"}, messages.ERROR)
            return None
        if not confirm.is_confirmed(request):
            title = _("Apply to earlier leads")
            sentences = [
                *effect_words(kinds.effect(changes), company),
                _("Leads that a person has set, or whose sender said what they are, stay."),
                _("It can be undone under “Changes of kinds”."),
            ]
            return confirm.ask_first(
                self, request, "apply_to_earlier", rules, title, sentences, title
            )
        only = rules[0] if len(rules) == 1 else None
        numbers = ", ".join(str(rule.pk) for rule in rules[:20])
        reason = _("Rules applied to earlier leads: %(numbers)s") % {"numbers": numbers}
        batch = kinds.make(company, changes, request.user, reason[:200], rule=only)
        text = ngettext("%d lead was changed.", "%d leads were changed.", batch.leads)
        self.message_user(request, text % batch.leads, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:attribution_kindbatch_change", args=[batch.pk]))


def would_have_met(company: Company, lines: list[Line]) -> dict[str, Any]:
    """How many leads of the last days each line would have met, and what would count less."""
    numbered = [line._replace(id=number) for number, line in enumerate(lines)]
    met = [0] * len(lines)
    leads = 0
    for _lead, found in stored.met(company, numbered, _lately()):
        leads += 1
        for line in found:
            met[line.id] += 1
    changes = stored.changes(company, numbered, _lately()) if leads else []
    words = effect_words(kinds.effect(changes), company)
    rows = [(line.value, number) for line, number in zip(lines, met, strict=True)]
    return {"leads": leads, "rows": rows[:SHOWN], "more": len(rows[SHOWN:]), "words": words}


def _lately() -> Any:
    return timezone.now() - timedelta(days=DAYS)
