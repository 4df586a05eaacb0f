"""Addresses of the tools for links, inside the admin."""

from django.contrib import admin
from django.urls import path

from attribution.links import pages

app_name = "tools"
urlpatterns = [
    path("utm-builder/", admin.site.admin_view(pages.utm_builder), name="utm-builder"),
    path("utm-builder.csv", admin.site.admin_view(pages.utm_builder_csv), name="utm-builder-csv"),
    path(
        "utm-builder/qr.<str:kind>",
        admin.site.admin_view(pages.utm_builder_qr),
        name="utm-builder-qr",
    ),
    path("link-checker/", admin.site.admin_view(pages.link_checker), name="link-checker"),
    path(
        "link-checker.csv", admin.site.admin_view(pages.link_checker_csv), name="link-checker-csv"
    ),
]
