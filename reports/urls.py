"""Addresses of the report pages, inside the admin; none is a prefix of another."""

from django.contrib import admin
from django.urls import path

from reports import exports, restatements, views
from reports.api import page as api_page
from reports.audit import page as audit_page
from reports.budget import exports as budget_exports
from reports.budget import page as budget_page
from reports.campaign import page as own_page
from reports.capture import page as capture_page
from reports.closing import month_page
from reports.closing import page as months_page
from reports.comparing import page as comparing_page
from reports.maturity import page as maturity_page
from reports.notes import pages as notes_pages
from reports.pdf import page as pdf_page
from reports.repair import (
    campaign_page,
    correct_page,
    log_pages,
    preview_page,
    queue_page,
    rules_pages,
)
from reports.saved import pages as saved_pages
from reports.unmatched import ids_page as unmatched_ids_page
from reports.unmatched import queue_page as unmatched_page

app_name = "reports"
urlpatterns = [
    path("overview/", admin.site.admin_view(views.overview), name="overview"),
    path("overview.csv", admin.site.admin_view(exports.overview_csv), name="overview-csv"),
    path("overview.xlsx", admin.site.admin_view(exports.overview_xlsx), name="overview-xlsx"),
    path("campaign/<int:pk>/", admin.site.admin_view(own_page.campaign), name="campaign"),
    path("notes/", admin.site.admin_view(notes_pages.notes), name="notes"),
    path("notes/<int:pk>/", admin.site.admin_view(notes_pages.note), name="note"),
    path("overview.pdf", admin.site.admin_view(pdf_page.overview_pdf), name="overview-pdf"),
    path("compare/", admin.site.admin_view(comparing_page.compare), name="compare"),
    path("views/", admin.site.admin_view(saved_pages.views), name="views"),
    path("views/<int:pk>/", admin.site.admin_view(saved_pages.view), name="view"),
    path("months/", admin.site.admin_view(months_page.closed_months), name="months"),
    path("months/<int:pk>/", admin.site.admin_view(month_page.closed_month), name="month"),
    path(
        "months/<int:pk>.csv", admin.site.admin_view(month_page.closed_month_csv), name="month-csv"
    ),
    path("restatements/", admin.site.admin_view(restatements.restatements), name="restatements"),
    path(
        "restatements.csv",
        admin.site.admin_view(restatements.restatements_csv),
        name="restatements-csv",
    ),
    path("budget/", admin.site.admin_view(budget_page.budget), name="budget"),
    path("budget.csv", admin.site.admin_view(budget_exports.budget_csv), name="budget-csv"),
    path("budget.xlsx", admin.site.admin_view(budget_exports.budget_xlsx), name="budget-xlsx"),
    path("spend-audit/", admin.site.admin_view(audit_page.spend_audit), name="audit"),
    path("spend-audit.csv", admin.site.admin_view(audit_page.spend_audit_csv), name="audit-csv"),
    path("capture/", admin.site.admin_view(capture_page.capture), name="capture"),
    path("maturity/", admin.site.admin_view(maturity_page.maturity), name="maturity"),
    path("api/", admin.site.admin_view(api_page.api), name="api"),
    path("definitions/", admin.site.admin_view(views.definitions), name="definitions"),
    path("correct-leads/", admin.site.admin_view(correct_page.correct), name="correct"),
    path(
        "campaign-repair/<int:pk>/",
        admin.site.admin_view(campaign_page.campaign_repair),
        name="campaign-repair",
    ),
    path(
        "repair-preview/<str:token>/",
        admin.site.admin_view(preview_page.preview_page),
        name="preview",
    ),
    path(
        "repair-preview/<str:token>.csv",
        admin.site.admin_view(preview_page.preview_leads),
        name="preview-leads",
    ),
    path("repair-log/", admin.site.admin_view(log_pages.repairs), name="repairs"),
    path("repair-log/<int:pk>/", admin.site.admin_view(log_pages.repair), name="repair"),
    path("unmatched-spend/", admin.site.admin_view(unmatched_page.unmatched), name="unmatched"),
    path(
        "platform-ids/",
        admin.site.admin_view(unmatched_ids_page.platform_ids),
        name="platform-ids",
    ),
    path("repair/", admin.site.admin_view(queue_page.queue), name="queue"),
    path("utm-rules/", admin.site.admin_view(rules_pages.rules), name="rules"),
    path("utm-rule/add/", admin.site.admin_view(rules_pages.rule_add), name="rule-add"),
    path("utm-rule/<int:pk>/", admin.site.admin_view(rules_pages.rule), name="rule"),
]
