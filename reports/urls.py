"""Addresses of the report pages, inside the admin; none is a prefix of another."""

from django.contrib import admin
from django.urls import path

from reports import exports, views
from reports.repair import log_pages

app_name = "reports"
urlpatterns = [
    path("overview/", admin.site.admin_view(views.overview), name="overview"),
    path("overview.csv", admin.site.admin_view(exports.overview_csv), name="overview-csv"),
    path("overview.xlsx", admin.site.admin_view(exports.overview_xlsx), name="overview-xlsx"),
    path("definitions/", admin.site.admin_view(views.definitions), name="definitions"),
    path("repair-log/", admin.site.admin_view(log_pages.repairs), name="repairs"),
    path("repair-log/<int:pk>/", admin.site.admin_view(log_pages.repair), name="repair"),
]
