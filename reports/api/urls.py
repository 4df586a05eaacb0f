"""Addresses for programs that read. Leads are read where they are sent: this comes first."""

from django.urls import path

from reports.api import views

app_name = "read"
urlpatterns = [
    path("v1/leads", views.LeadsView.as_view(), name="leads"),
    path("v1/companies", views.CompaniesView.as_view(), name="companies"),
    path("v1/definitions", views.DefinitionsView.as_view(), name="definitions"),
    path("v1/campaigns", views.CampaignsView.as_view(), name="campaigns"),
    path("v1/campaigns/<path:key>", views.CampaignView.as_view(), name="campaign"),
    path("v1/report", views.ReportView.as_view(), name="report"),
    path("v1/report/series", views.SeriesView.as_view(), name="series"),
    path("v1/schema.json", views.SchemaJsonView.as_view(), name="schema-json"),
    path("v1/schema.yaml", views.SchemaYamlView.as_view(), name="schema-yaml"),
    path("v1/guide.md", views.GuideView.as_view(), name="guide"),
]
